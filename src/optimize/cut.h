/* A graph told apart into what a device can do and what only a CPU can. Before the core stands the prefix (parsing, tables,
 * strings), behind it the suffix: ops whose results no number depends on, such as class names. Of the prefix is also, as long
 * as nothing heavy (a convolution, a product, a recurrent layer) has been computed, what has dimensions that depend on data:
 * in a model over sparse features the core begins where sizes are those of the batch again. */
#ifndef TFP_OPTIMIZE_CUT_H
#define TFP_OPTIMIZE_CUT_H

#include "ir/ir.h"

enum cut_side { CUT_PREFIX, CUT_CORE, CUT_SUFFIX };
enum { CUT_SIDES = 3 };

/* Lists are the arena's; nodes and their outputs are counted as they stand in the graph. */
struct cut {
    uint8_t *sides;          /* of each node: enum cut_side */
    const char **reasons;    /* why a node is no part of the core; NULL: it is one */
    const char **names;      /* of each output of each node: what other parts call it; NULL: they do not use it */
    const char **results;    /* of each output of the graph: what its part calls it */
    size_t n[CUT_SIDES];     /* nodes */
    bool whole;              /* nothing is to be cut off, and no input or output is a string */
};

/* Where the core begins and ends. `at`: values by name where it is to be cut besides: those that depend on another of them
 * are where the core ends, the others where it begins: what follows those is no part of the prefix for its sizes. E_USAGE: no such value (with names that are near), or one that cannot be cut at. Uses the marks of `g`. */
tfp_status cut_plan(struct tfp_context *ctx, struct arena *arena, struct ir_graph *g, const char *const *at, size_t n_at,
                    struct cut *out);
/* A copy of one part, which shares the weights. Its inputs are those of the graph that it uses (the core also has those
 * that nothing uses) and what it takes from parts before it; its outputs those of the graph that it makes, then what parts
 * behind it take. */
tfp_status cut_part(struct tfp_context *ctx, const struct ir_graph *g, const struct cut *cut, enum cut_side side,
                    struct ir_graph **out);
const char *cut_side_name(enum cut_side side); /* "prefix" */
/* The op, or one in its bodies, or its strings are what a CPU alone does. */
bool cut_is_host(const struct ir_node *n);

/* Leaves what computes `output` from `inputs` and the graph's own: values of the graph, inputs[i] of which comes in under
 * names[i]. Inputs that are not needed go. */
tfp_status cut_region(struct tfp_context *ctx, struct ir_graph *g, struct ir_value *const *inputs, const char *const *names,
                      size_t n, struct ir_value *output, const char *name);

#endif
