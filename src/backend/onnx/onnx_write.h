/* The IR as an ONNX file at any opset from 7 to the newest. */
#ifndef TFP_ONNX_WRITE_H
#define TFP_ONNX_WRITE_H

#include "ir/ir.h"

enum { ONNX_OLDEST_OPSET = 7 };

/* A reader of ONNX files that has less than the standard. The writer's usual reader is ONNX Runtime. */
enum onnx_has {
    ONNX_HAS,   /* the node as it stands */
    ONNX_LACKS, /* it must be written in other terms */
    ONNX_NEVER  /* nor would other terms do */
};
struct onnx_reader {
    const char *name; /* for messages */
    /* *why: what is lacking, in words for a message. */
    enum onnx_has (*has)(const void *user, const struct ir_node *n, const char **why);
    /* The type that it computes with where a node has `dtype`: itself, or one that holds all its values but for what no
     * type of the reader holds (float64 becomes float32). */
    tfp_dtype (*holds)(const void *user, tfp_dtype dtype);
    /* Whether inputs and outputs of the graph may have a type that it does not compute with, to be cast. */
    bool (*edge)(const void *user, tfp_dtype dtype);
    const void *user;
    bool own_ops; /* it takes the IR's own ops, in the domain ONNX_OWN_DOMAIN */
};
#define ONNX_OWN_DOMAIN "tfport"
enum { ONNX_OWN_VERSION = 1 };
extern const struct onnx_reader onnx_own_reader; /* tfport itself: takes every node as it stands, at the newest opset */

struct onnx_write_options {
    int opset;
    uint64_t external_above; /* bytes of model above which the weights go to PATH.data */
    bool keep_nodes;         /* nodes over constants are written as such; else large ones are computed while writing */
    const struct onnx_reader *reader; /* NULL: ONNX Runtime */
    bool plain;              /* with nothing of the domain ai.onnx.ml, which TensorRT lacks */
};

/* Writes the file(s) atomically. `g` is brought down to the opset in place: hand over a clone (ir_clone() shares the
 * weights). E_UNSUPPORTED names every op that the opset cannot say and the lowest opset that can. */
tfp_status onnx_write(struct tfp_context *ctx, struct ir_graph *g, const char *path,
                      const struct onnx_write_options *o);
/* The same model in memory (weights inside): *out owns it. E_UNSUPPORTED above 2 GiB. */
tfp_status onnx_write_memory(struct tfp_context *ctx, struct ir_graph *g, int opset, struct buffer **out);
/* The same for a certain reader. Inputs and outputs (here and in onnx_write()) of types that it has not at all come out
 * as the type that holds them. */
tfp_status onnx_write_for(struct tfp_context *ctx, struct ir_graph *g, int opset, const struct onnx_reader *reader,
                          struct buffer **out);

#endif
