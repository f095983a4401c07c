/* Small graphs of the IR: made, counted, and their numbers by the kernels alone. */
#ifndef TESTS_UNIT_GRAPH_H
#define TESTS_UNIT_GRAPH_H

#include "ir/build.h"

#include "support.h"

/* Rank and dimensions. */
#define DIMS(...) sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t), (const int64_t[]){ __VA_ARGS__ }

/* A builder of a new graph. */
struct build graph_begin(struct tfp_context *ctx);
/* dims: -1 opens a dimension. */
struct ir_value *graph_input(struct build *b, const char *name, tfp_dtype dtype, size_t rank, const int64_t *dims);
void graph_output(struct build *b, const char *name, struct ir_value *v);
size_t graph_count(const struct ir_graph *g, enum ir_op op);
/* Runs every node by its kernel; outputs of the graph are handed over. */
void graph_evaluate(struct tfp_context *ctx, const struct ir_graph *g, const struct tensor *in, struct tensor *out);

#endif
