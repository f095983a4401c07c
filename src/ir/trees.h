/* Ensembles of decision trees as the tables that the op Trees takes: made by frontends, node by node. */
#ifndef TFP_IR_TREES_H
#define TFP_IR_TREES_H

#include "ir/build.h"

struct tree_tables {
    int64_t n, step; /* nodes of all trees; of one, at most: tree t begins at node t * step */
    int64_t outputs; /* of a leaf */
    int64_t depth;   /* splits on the longest way from a root */
    /* By node. A leaf leads to itself; what a split leads to lies behind it. */
    int64_t *feature, *left, *right;
    int32_t *threshold;
    bool *equal; /* left where the feature equals the threshold; else where it is not above */
    float *leaf; /* [n, outputs] */
};

/* So many trees fit, of so many nodes and outputs: 2^24 numbers in all. */
bool trees_fit(int64_t count, int64_t step, int64_t outputs);
/* Tables of that size, which fits, where every node is a leaf of zeros. False: memory is out. */
bool trees_make(struct arena *a, int64_t count, int64_t step, int64_t outputs, struct tree_tables *out);
/* Finds the depth when all nodes are there. False: memory is out. */
bool trees_measure(struct arena *a, struct tree_tables *t);
/* features, int32 [batch, features] -> float32 [batch, outputs] */
struct ir_value *trees_emit(struct build *b, const struct tree_tables *t, struct ir_value *features);

#endif
