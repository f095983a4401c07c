/* The IR, layer by layer, into a network: no ONNX in between. */
#ifndef TFP_TRT_LOWER_H
#define TFP_TRT_LOWER_H

#include "backend/tensorrt/emit.h"

/* What the network holds on to until its last build: converted weights and names. Zeroed: empty. */
struct trt_lowered {
    struct arena arena;
};

/* Fills `net`. Nodes that the library lacks are rewritten in `g` in simpler terms (decompose/), so `g` is a clone of the
 * caller's, its constants folded and aligned; it outlives the last build, as `out` does. Inputs and outputs have the
 * graph's names; their types are the nearest that the library has at its edge: uint8 and bool stay, float64 is float32,
 * int64 is int32 on TensorRT 8, other whole numbers are int32. Layers are named after TensorFlow's nodes, which also stand
 * in their metadata.
 * E_UNSUPPORTED names every op that neither the library nor a rewriting can express, and why. */
tfp_status trt_lower(struct tfp_context *ctx, struct trt *t, struct trt_network *net, struct ir_graph *g,
                     const struct emit_options *options, struct trt_lowered *out);
void trt_lowered_free(struct trt_lowered *l);

#endif
