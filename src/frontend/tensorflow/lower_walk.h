/* The walk that lowers a graph: what lower.c, which walks, and lower_loop.c, which runs loops while walking, share. */
#ifndef TFP_TF_LOWER_WALK_H
#define TFP_TF_LOWER_WALK_H

#include "base/text.h"
#include "frontend/tensorflow/lower.h"
#include "frontend/tensorflow/tf_variables.h"

enum { LOWER_DEEPEST = 16 }; /* loops in one another */

/* A body of a Loop while it is made. What it takes from around comes in as inputs behind the carried values. */
struct lower_body {
    struct lower_body *outer;
    struct ir_graph *graph, *around;
    struct map inside; /* value around -> the input or constant that it is in the body */
    struct ir_value **given; /* around: those that are inputs */
    size_t n_given, room;
};

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
    uint16_t lowest_failure; /* lowest level of a node that failed, of those noted since it was set */
    const struct tf_variable *valueless[TF_VARIABLES_SHOWN]; /* the first of the variables without a value */
    size_t n_valueless;
    struct tf_stack stack;
    size_t done;

    /* Loops that run, see lower_loop.c. */
    uint16_t depth;
    struct ir_graph *graphs[LOWER_DEEPEST + 1]; /* by level: where nodes are written; [0]: the model's */
    struct tf_stack trail; /* nodes lowered that depend on a running loop: they are lowered anew in its next step */
    size_t loop_nodes, loop_bytes, loop_made, made_before;
};

/* Lowers `root` behind all that it needs. */
tfp_status lower_from(struct job *j, struct tf_node *root);
/* The context's message is a reason why the graph is refused. */
void lower_note_reason(struct job *j, const struct tf_node *n);

/* An Exit needs what its loop takes from outside; the rest is the loop's own. */
bool lower_exit_dependency(struct tf_node *n, size_t k, struct tf_input *out);
/* Runs the Exit's loop unless that is done. */
tfp_status lower_exit(struct job *j, struct tf_node *n);
/* Notes which running loop a node depends on; call it when all that the node needs is lowered. */
tfp_status lower_place(struct job *j, struct tf_node *n);
/* A loop's Merge that was reached while the loop does not run: names it, unless the loop's failure was named. */
void lower_stray(struct job *j, const struct tf_node *merge);

/* -- pieces of running a loop, shared by lower_loop.c (step by step) and lower_body.c (as a Loop) -- */

/* Binds the loop's Merge to a value for the step that is lowered. */
tfp_status lower_bind(struct job *j, const struct tf_loop_variable *v, struct ir_value *value);
/* Lowers a node of the loop; *out is NULL when that failed, which has been noted then. */
tfp_status lower_inside(struct job *j, struct tf_node *n, struct ir_value **out);
/* Forgets the nodes from place `from` of the trail on that depend on the innermost loop. */
void lower_end_step(struct job *j, size_t from);
/* Why the loops may make no more nodes; NULL: they may. */
const char *lower_over_budget(struct job *j);
/* Type, shape and, where nothing varies, known elements of a value as those of another one, of another graph of the tree.
 * `varies` as in ir_value: those dimensions are new symbols. */
bool lower_carry_facts(const struct ir_value *from, struct ir_value *to, uint32_t varies);
/* Makes a Loop of a loop whose condition is `starts` before the first step. *made: done, and the variables' `now` are what
 * comes out; else it could not be, for a reason that was noted. */
tfp_status lower_as_body(struct job *j, struct tf_loop *loop, struct ir_value *starts, bool *made);

#endif
