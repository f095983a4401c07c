/* Nodes that run bodies (ir.h): which input and output is which. */
#ifndef TFP_IR_BODIES_H
#define TFP_IR_BODIES_H

#include "ir/ir.h"

/* Has a body. */
static inline bool ir_is_control(enum ir_op op)
{
    return op == IR_IF || op == IR_LOOP || op == IR_SCAN;
}

/* The body in that attribute; NULL: none. */
struct ir_graph *ir_body(const struct ir_node *n, enum ir_attr_name name);

/* Whether `v` is known to be that one truth value; NULL is not. */
bool ir_is_constant_bool(const struct ir_value *v, bool value);

/* The branches of an If that may run: one where the condition is constant. Returns how many. */
size_t ir_open_branches(const struct ir_node *n, struct ir_graph *out[2]);

/* A Loop or Scan. Carried value i is input `in` + i and output i of the node, input `body_in` + i and output `body_out` + i
 * of the body. Scanned inputs, of which each iteration gets a slice, are behind them; so are collected outputs, which
 * get a slice from each iteration. */
struct ir_loop {
    struct ir_graph *body;
    size_t n_carried, n_scanned, n_collected;
    size_t in, body_in, body_out;
};
/* Of a Loop or Scan without a mismatch. */
struct ir_loop ir_loop_of(const struct ir_node *n);

/* The body gives the carried value back as it came. */
static inline bool ir_loop_invariant(const struct ir_loop *l, size_t i)
{
    return l->body->outputs[l->body_out + i].value == l->body->inputs[l->body_in + i];
}

/* Whether the values of a Loop may end it before the iterations that it is given. */
bool ir_loop_may_end(const struct ir_node *n, const struct ir_loop *l);

/* Entry i of a list that Scan leaves out where all are 0: axes, directions (1: from the last slice to the first). */
int64_t ir_list_entry(const struct ir_node *n, enum ir_attr_name name, size_t i);

/* Why the counts of inputs and outputs of a node and of its bodies do not belong together; NULL: they do, or it is a node
 * without a body. */
const char *ir_control_mismatch(const struct ir_node *n);

#endif
