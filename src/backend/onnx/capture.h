/* What a body of ONNX's need not be handed: it may use any value around it by its name. */
#ifndef TFP_ONNX_CAPTURE_H
#define TFP_ONNX_CAPTURE_H

#include "ir/ir.h"

/* In the graph, not in its bodies: carried values of Loop and Scan that come back as they came become the last inputs of
 * the node and the body, without outputs of theirs; ir_node.mark tells how many these are (0 without a body). An If has
 * as many as its branches have inputs. Nodes and bodies have the same outputs then, as ONNX wants it. */
tfp_status capture_graph(struct tfp_context *ctx, struct ir_graph *g, int opset);

#endif
