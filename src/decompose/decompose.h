/* Rewriting a node in terms of others, for what a target lacks: an opset, or a library that takes a graph layer by layer.
 * One file a family; each has a table of rows. The results mean exactly what the node means in the newest opset; where a
 * last bit may differ the function says so. Backends ask; what a target has is theirs to say, through the fields. */
#ifndef TFP_DECOMPOSE_H
#define TFP_DECOMPOSE_H

#include "ir/build.h"

struct decompose {
    struct build b;  /* nodes are made before b.before, the node at hand; a failure (b.status) ends the whole rewriting */
    int opset;       /* results keep to the ops that it has, 7 to the newest; 7: the simplest terms */
    const char *why; /* set when declining: what stands in the way ("an unknown rank"); NULL: nothing to say */
    /* Whether the target computes `op` on elements of `dtype` (of its first input). NULL: whatever the opset allows. */
    bool (*computes)(const struct decompose *d, enum ir_op op, tfp_dtype dtype);
};

/* Writes `n` in other terms by the first row that can: fills out[i] for each of n's outputs that is used; `out` has room
 * for n->n_out. The node itself stays, for the caller to replace. False: there is no way (d->why may say what hinders
 * it), or a failure (d->b.status). */
bool decompose_node(struct decompose *d, const struct ir_node *n, struct ir_value **out);

/* Whether any row is for that op. */
bool decompose_known(enum ir_op op);

/* The same for a node that the target lacks although its opset has it: in the newest terms that are plain enough, else in
 * older ones. */
bool decompose_lacking(struct decompose *d, const struct ir_node *n, struct ir_value **out);

/* `n`, which was rewritten, goes, and `out` takes its place; what was known of the shapes of n's outputs holds for what
 * takes their place, whose own inference may know less. False: out of memory. */
bool decompose_replace(struct ir_graph *g, struct ir_node *n, struct ir_value *const *out);

/* -- for the rows -------------------------------------------------------------------------------------------------- */

/* Fills out[i] for each output that is used. False: declined, the node stays, or the next row is asked. */
typedef bool decompose_fn(struct decompose *d, const struct ir_node *n, struct ir_value **out);

struct decomposition {
    enum ir_op op;
    decompose_fn *run;
};

struct decompositions {
    const struct decomposition *rows;
    size_t n;
};

extern const struct decompositions decompose_array, decompose_math, decompose_nn, decompose_resize, decompose_linear,
    decompose_attention, decompose_function, decompose_sparse, decompose_trees;

bool decompose_computes(const struct decompose *d, enum ir_op op, tfp_dtype dtype); /* asks d->computes */

static inline bool decline(struct decompose *d, const char *why)
{
    d->why = why;
    return false;
}

/* For functions with one output: takes over what was built, or passes its failure on. */
static inline bool give(struct ir_value **out, struct ir_value *made)
{
    out[0] = made;
    return made != NULL;
}

/* 0, 1, .. count - 1 as int64 of rank 1; `count`: int64, one element. */
struct ir_value *decompose_iota(struct decompose *d, struct ir_value *count);

/* x * sigmoid(alpha * x). */
struct ir_value *decompose_swish(struct build *b, struct ir_value *x, double alpha);

static inline int64_t from_front(int64_t axis, int64_t rank)
{
    return axis < 0 ? axis + rank : axis;
}

#endif
