/* The part of a graph that a device can do. What only a CPU can do (parsing, tables, strings) stands before it or behind it and is
 * cut off: what the core takes from before becomes an input, what is needed behind becomes an output, under the values' own
 * names. Behind are ops whose results no number depends on, such as class names. Before are the others, and, as long as nothing
 * heavy (a convolution, a product, a recurrent layer) has been computed, what has dimensions that depend on data: in a model over
 * sparse features the core begins where sizes are those of the batch again. */
#ifndef TFP_OPTIMIZE_CUT_H
#define TFP_OPTIMIZE_CUT_H

#include "base/text.h"
#include "ir/ir.h"

struct cut {
    size_t before, behind; /* nodes that were cut off */
    struct text ops;       /* those that a CPU alone can do: "ParseExample (2 nodes), AsString"; text_free() it */
};

/* Leaves the core of `g`. A graph without such ops stays as it is. E_UNSUPPORTED: nothing is left. */
tfp_status cut_core(struct tfp_context *ctx, struct ir_graph *g, struct cut *out);
/* The op or its strings are what a CPU alone does. */
bool cut_is_host(const struct ir_node *n);

#endif
