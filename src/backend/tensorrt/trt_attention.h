/* What TensorRT's attention takes of the IR's: the layer, and its ONNX parser, which makes that layer. */
#ifndef TFP_TRT_ATTENTION_H
#define TFP_TRT_ATTENTION_H

#include "backend/tensorrt/trt_api.h"
#include "ir/ir.h"

enum { ATTENTION_QUERY, ATTENTION_KEY, ATTENTION_VALUE, ATTENTION_MASK };

/* NULL: it takes the Attention node; else what stands in the way, in words for a message ("" where the library lacks it
 * altogether). Attribute softmax_precision does not: where one kernel does all, scores and softmax are float32 in it. */
const char *trt_attention_lacks(const struct trt *t, const struct ir_node *n);
/* What the queries of a node that it takes are multiplied with. */
double trt_attention_scale(const struct ir_node *n);

#endif
