/* Element types of models and of TensorRT: what computes what, and how numbers cross the edge of an engine. */
#ifndef TFP_TRT_TYPES_H
#define TFP_TRT_TYPES_H

#include "backend/tensorrt/trt_api.h"
#include "ir/ir.h"

/* The model's type whose elements are the same bytes; TFP_UNDEFINED: none (fp8 and smaller). */
tfp_dtype trt_dtype(enum trt_type type);
/* What a network computes with for a model's type: one that holds all its values, or the nearest that the library has.
 * False: none. */
bool trt_type_computing(const struct trt *t, tfp_dtype dtype, enum trt_type *out);
/* Inputs and outputs may have it although nothing computes with it: it becomes floats, and is made of floats. */
bool trt_type_only_at_edge(const struct trt *t, tfp_dtype dtype);
/* Why the node cannot be where the library lacks int64, however its results are used; NULL: it can. */
const char *trt_lacks_int64_for(const struct trt *t, const struct ir_node *n);

/* Whether an engine's input or output of that type can stand for one of the model's. Of such pairs: */
bool trt_type_carries(enum trt_type engine, tfp_dtype model);
/* n elements from the model's type to the engine's; false: element *bad is beyond what the engine's type holds. Infinities
 * and NaN never are. */
bool trt_to_engine(tfp_dtype model, const void *from, enum trt_type engine, void *to, size_t n, size_t *bad);
void trt_from_engine(enum trt_type engine, const void *from, tfp_dtype model, void *to, size_t n);

#endif
