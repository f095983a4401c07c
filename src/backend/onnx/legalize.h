/* Brings a graph down to what an opset can say. */
#ifndef TFP_ONNX_LEGALIZE_H
#define TFP_ONNX_LEGALIZE_H

#include "backend/onnx/onnx_write.h"

/* Rewrites `g` in place until slots_form() lays out every node at `opset` and the reader has it (NULL: ONNX Runtime).
 * E_UNSUPPORTED names every op of the graph that cannot be said, why, at which nodes, and the lowest opset that can say
 * it. */
tfp_status legalize_graph(struct tfp_context *ctx, struct ir_graph *g, int opset, const struct onnx_reader *reader);

#endif
