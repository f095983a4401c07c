/* IR to IR: the passes, in running order, over a graph. */
#ifndef TFP_OPTIMIZE_H
#define TFP_OPTIMIZE_H

#include "ir/build.h"

struct optimize {
    struct tfp_context *ctx;
    struct ir_graph *graph;
    void (*watch)(void *user, const char *pass); /* called after each pass that changed the graph; or NULL */
    void *user;
};

struct pass {
    const char *name;
    tfp_status (*run)(struct optimize *o, bool *changed);
};

/* Runs the table of passes.c until nothing changes (at most a few rounds). In debug builds ir_check() runs after every
 * pass that changed something and names it when it broke the graph. */
tfp_status optimize_graph(struct tfp_context *ctx, struct ir_graph *g);
/* The same with somebody who looks at the graph after each pass that changed it (not at bodies after theirs). */
tfp_status optimize_graph_watched(struct tfp_context *ctx, struct ir_graph *g, void (*watch)(void *user, const char *pass),
                                  void *user);
/* Makes constants of what optimize_graph() left as nodes: large results over constants, which the ONNX writer computes
 * while it writes. For whoever executes or shows the graph. */
tfp_status optimize_fold(struct tfp_context *ctx, struct ir_graph *g);

/* Writes out loops of at most `most` iterations, where that is known, and optimizes what comes of it. */
tfp_status optimize_unroll(struct tfp_context *ctx, struct ir_graph *g, int64_t most);

/* Joins scaled dot-product attention that is written out as products, masks and a softmax into Attention nodes, for a
 * target that has it as one op; the others do better with the ops apart. Takes a graph of optimize_graph()'s. */
tfp_status optimize_attention(struct tfp_context *ctx, struct ir_graph *g);

#endif
