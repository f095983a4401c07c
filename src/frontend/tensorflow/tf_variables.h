/* Variables of a graph and where their values lie in a checkpoint.
 *
 * Which key of the checkpoint is a variable's value is told, in this order, by
 *   0. the node's attribute _tfport_key;
 *   1. the saver: RestoreV2 (RestoreSlice, Restore) -> Identity.. -> Assign / AssignVariableOp -> the variable, inside
 *      functions too (a TF2 SavedModel restores in one); shape_and_slices tells the part of a partitioned variable;
 *   2. the collections of a meta graph (VariableDef: save_slice_info_def names the whole);
 *   3. the variable's own name: shared_name of VarHandleOp, else the node's name; "NAME/part_3" is part 3 of NAME;
 *      "NAME/replica_1" is NAME;
 *   4. the object graph of a SavedModel, where a function that is called captured the variable's object;
 *   5. its initializer, when no restore op names the variable and it is a constant expression: its value then. Without
 *      a checkpoint only local variables, which none would hold, take theirs.
 * With moving averages asked for, "KEY/ExponentialMovingAverage" comes before KEY where the checkpoint has it. */
#ifndef TFP_TF_VARIABLES_H
#define TFP_TF_VARIABLES_H

#include "frontend/tensorflow/tf_graph.h"

/* Where the graph says that a value lies. */
struct tf_place {
    const char *key;
    struct weights_slice slice;  /* rank 0: the whole */
    int64_t whole[TFP_MAX_RANK]; /* dims of the whole where it is a slice */
    bool reshaped;               /* the value takes the variable's shape */
};

struct tf_variable {
    const struct tf_node *node; /* VariableV2, Variable, VarHandleOp, AutoReloadVariable: the first that means it */
    const char *name;           /* as 3. has it */
    int32_t type;
    int32_t rank; /* of the node's shape attribute; -1: unknown */
    int64_t dims[TFP_MAX_RANK]; /* -1: unknown */
    const struct weights_entry *entry; /* NULL: no key was found */
    struct tf_place place;             /* of the entry; without one, key is what was looked for */
    struct tf_input initial;           /* without an entry: what the initializer assigns; node NULL: none known */

    /* Only for what binds: what the saver and the collections tell; NULL: nothing. */
    struct tf_place *saved, *listed;
    const char *initializer;
    uint8_t score; /* of `saved` and of `initial` */
    bool local;

    bool changed; /* by the model when it runs: tf_state.c put its values in place of it where these are known */

    struct ir_value *value; /* while lowering */
    uint32_t pass;          /* of that lowering */
    bool counted;
};

/* Finds the variables of all nodes of the file and binds them. A key that is missing is no error here: only a variable
 * that an output needs must have a value. */
tfp_status tf_variables_bind(struct tfp_context *ctx, struct tf_graph *g, const struct tf_request *r);
/* Sets n->state of a node that is one (made on the spot for nodes of inlined functions); else it stays NULL. */
tfp_status tf_variables_of(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *n);
/* The node of the variable that a handle or reference comes from, through what only passes it on; NULL: not known. */
struct tf_node *tf_variables_trace(struct tf_input in);
/* Elements and bytes of a variable that a node stands for; false when it is none, has none or was counted before. */
bool tf_variables_size(const struct tf_node *n, uint64_t *elements, uint64_t *bytes);
/* Its value, out of the checkpoint. E_FORMAT: dtype or shape other than the graph's; weights.h's errors. */
tfp_status tf_variables_read(struct tfp_context *ctx, struct tf_graph *g, const struct tf_variable *v,
                             struct tensor *out);
/* E_FORMAT, for variables without entry and initial value: why they have none; with one, names that are near. `n` is
 * their number, `all` the first of them. */
enum { TF_VARIABLES_SHOWN = 4 };
tfp_status tf_variables_no_value(struct tfp_context *ctx, const struct tf_graph *g,
                                 const struct tf_variable *const *all, size_t n);

/* -- tf_saver.c: what restores ------------------------------------------------------------------------------------- */

struct tf_restored {
    struct bytes key, slice; /* "10 4 0,5:-", empty: the whole */
    bool reshaped;
};
/* Inlines the functions that restore and marks (2 * g->pass + 1) what the saver's restore op runs; g->pass is new. */
tfp_status tf_saver_find(struct tfp_context *ctx, struct tf_graph *g, const struct tfpb_saver *saver);
/* What a tensor is restored from; false: it is not, or its name is computed. */
bool tf_saver_source(struct tf_input value, struct tf_restored *out);
/* Reads shape_and_slices' text; false: it is none. */
bool tf_saver_slice(struct bytes text, struct tf_place *out);

/* -- tf_writes.c: what changes variables when the model runs ------------------------------------------------------- */

/* Whether the op changes the variable that its first input names. */
bool tf_writes_is(const struct tf_node *n);
/* Sets n->behind of every needed node that reads a variable after something else has changed it. */
tfp_status tf_writes_find(struct tfp_context *ctx, struct tf_graph *g);

/* -- tf_state.c: what the model changes, as inputs and outputs ------------------------------------------------------ */

/* Every variable that changes while the outputs are computed becomes an input of its name (g->state) and an output
 * NAME/next; what reads and writes it becomes formulas of these. E_UNSUPPORTED: a change in a branch or a loop, one that has no
 * formula, or an order that the graph does not tell. g->order is to be made anew. */
tfp_status tf_state_make(struct tfp_context *ctx, struct tf_graph *g);
/* The ops whose change of a variable has a formula, sorted; NULL behind the last. */
const char *tf_state_op(size_t i);

#endif
