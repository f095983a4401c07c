/* The walk that lowers a graph: what lower.c, which walks, and lower_loop.c, which runs loops while walking, share. */
#ifndef TFP_TF_LOWER_WALK_H
#define TFP_TF_LOWER_WALK_H

#include "base/text.h"
#include "frontend/tensorflow/lower.h"
#include "frontend/tensorflow/tf_variables.h"

struct missing {
    const char *op;
    size_t count;
};

struct job {
    struct lower lw;
    struct map missing_names; /* op -> struct missing */
    struct missing *missing;  /* heap */
    size_t n_missing, room_missing;
    struct text reasons;
    size_t n_reasons;
    const struct tf_variable *valueless[TF_VARIABLES_SHOWN]; /* the first of the variables without a value */
    size_t n_valueless;
    struct tf_stack stack;
    size_t done;

    /* Loops that run, see lower_loop.c. */
    uint16_t depth;
    struct tf_stack trail; /* nodes lowered that depend on a running loop: they are lowered anew in its next step */
    size_t loop_nodes, loop_bytes, loop_made, made_before;
};

/* Lowers `root` behind all that it needs. */
tfp_status lower_from(struct job *j, struct tf_node *root);
/* The context's message is a reason why the graph is refused. */
void lower_note_reason(struct job *j);

/* An Exit needs what its loop takes from outside; the rest is the loop's own. */
bool lower_exit_dependency(struct tf_node *n, size_t k, struct tf_input *out);
/* Runs the Exit's loop unless that is done. */
tfp_status lower_exit(struct job *j, struct tf_node *n);
/* Notes which running loop a node depends on; call it when all that the node needs is lowered. */
tfp_status lower_place(struct job *j, struct tf_node *n);
/* A loop's Merge that was reached while the loop does not run: names it, unless the loop's failure was named. */
void lower_stray(struct job *j, const struct tf_node *merge);

#endif
