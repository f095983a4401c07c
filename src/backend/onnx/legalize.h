/* Brings a graph down to what an opset can say. */
#ifndef TFP_ONNX_LEGALIZE_H
#define TFP_ONNX_LEGALIZE_H

#include "backend/onnx/onnx_write.h"

struct onnx_target {
    int opset;
    const struct onnx_reader *reader; /* NULL: ONNX Runtime */
    bool plain;                       /* with nothing of ai.onnx.ml */
};

/* Rewrites `g` in place until slots_form() lays out every node at the target's opset and its reader has it.
 * E_UNSUPPORTED names every op of the graph that cannot be said, why, at which nodes, and the lowest opset that can say
 * it. */
tfp_status legalize_graph(struct tfp_context *ctx, struct ir_graph *g, const struct onnx_target *to);

#endif
