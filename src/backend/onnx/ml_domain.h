/* What the domain ai.onnx.ml, which ONNX Runtime has, can say of what only a CPU can do. */
#ifndef TFP_ONNX_ML_DOMAIN_H
#define TFP_ONNX_ML_DOMAIN_H

#include "decompose/decompose.h"

#define ONNX_ML_DOMAIN "ai.onnx.ml"
enum { ONNX_ML_VERSION = 2 }; /* the first in which LabelEncoder maps any type to any other */

/* As decompose_node(): a look-up in a table that is constant as LabelEncoder, whole numbers as text as Cast,
 * trees that are constant as TreeEnsembleRegressor. */
bool ml_domain_decompose(struct decompose *d, const struct ir_node *n, struct ir_value **out);
bool ml_domain_has(enum ir_op op); /* one of that domain's ops */

#endif
