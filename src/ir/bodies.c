/* The layout of If, Loop and Scan, and whether it holds. */
#include "ir/bodies.h"

struct ir_graph *ir_body(const struct ir_node *n, enum ir_attr_name name)
{
    const struct ir_attr *a = ir_attr(n, name);
    return a && a->kind == ATTR_KIND_GRAPH ? a->v.graph : NULL;
}

bool ir_is_constant_bool(const struct ir_value *v, bool value)
{
    return v && v->constant && v->constant->dtype == TFP_BOOL && v->constant->count == 1 &&
           (tensor_int(v->constant, 0) != 0) == value;
}

size_t ir_open_branches(const struct ir_node *n, struct ir_graph *out[2])
{
    size_t count = 0;
    if (!ir_is_constant_bool(ir_in(n, 0), false)) out[count++] = ir_body(n, ATTR_THEN_BRANCH);
    if (!ir_is_constant_bool(ir_in(n, 0), true)) out[count++] = ir_body(n, ATTR_ELSE_BRANCH);
    return count;
}

/* How many of a node's first inputs are not handed to its bodies as they are: a condition, a number of iterations. All
 * others are the last inputs of the bodies, in the same order. */
static size_t own_inputs(enum ir_op op)
{
    return op == IR_IF ? 1 : op == IR_LOOP ? 2 : 0;
}

struct ir_loop ir_loop_of(const struct ir_node *n)
{
    struct ir_loop l = { .body = ir_body(n, ATTR_BODY) };
    if (n->op == IR_LOOP) l.in = l.body_in = own_inputs(n->op), l.body_out = 1;
    else l.n_scanned = (size_t)ir_attr_int(n, ATTR_NUM_SCAN_INPUTS, 0);
    l.n_carried = n->n_in - l.in - l.n_scanned;
    l.n_collected = l.body->n_outputs - l.body_out - l.n_carried;
    return l;
}

bool ir_loop_may_end(const struct ir_node *n, const struct ir_loop *l)
{
    const struct ir_value *condition = ir_in(n, 1), *next = l->body->outputs[0].value;
    const bool starts = !condition || ir_is_constant_bool(condition, true);
    return !starts || !(next == l->body->inputs[1] || ir_is_constant_bool(next, true));
}

int64_t ir_list_entry(const struct ir_node *n, enum ir_attr_name name, size_t i)
{
    const struct ir_ints list = ir_attr_ints(n, name);
    return i < list.n ? list.at[i] : 0;
}

static const char *if_mismatch(const struct ir_node *n)
{
    const struct ir_graph *branches[] = { ir_body(n, ATTR_THEN_BRANCH), ir_body(n, ATTR_ELSE_BRANCH) };
    for (size_t i = 0; i < 2; i++) {
        if (!branches[i]) return "a branch is missing";
        if (branches[i]->n_inputs != n->n_in - 1) return "a branch has another number of inputs than the node gives it";
        if (branches[i]->n_outputs < n->n_out) return "a branch has fewer outputs than the node";
    }
    return branches[0]->n_outputs == branches[1]->n_outputs ? NULL : "the branches differ in their number of outputs";
}

static const char *loop_mismatch(const struct ir_node *n)
{
    const struct ir_graph *body = ir_body(n, ATTR_BODY);
    const bool scan = n->op == IR_SCAN;
    const int64_t scanned = scan ? ir_attr_int(n, ATTR_NUM_SCAN_INPUTS, 0) : 0;
    const size_t own = own_inputs(n->op);
    if (!body) return "the body is missing";
    if (n->n_in < (scan ? 1 : own)) return "it has too few inputs";
    if (scan && (scanned < 1 || scanned > n->n_in)) return "num_scan_inputs is no number of its inputs";
    const size_t carried = n->n_in - (size_t)scanned - own, first = scan ? 0 : 1;
    if (body->n_inputs != n->n_in) return "the body has another number of inputs than the node gives it";
    if (body->n_outputs < first + carried) return "the body gives fewer values than are carried";
    if (n->n_out > body->n_outputs - first) return "the body has fewer outputs than the node";
    return NULL;
}

const char *ir_control_mismatch(const struct ir_node *n)
{
    const char *why = n->op == IR_IF ? if_mismatch(n) : n->op == IR_LOOP || n->op == IR_SCAN ? loop_mismatch(n) : NULL;
    for (size_t i = ir_is_control(n->op) ? own_inputs(n->op) : n->n_in; i < n->n_in && !why; i++)
        if (!n->in[i].value) why = "an input that its body uses is missing";
    return why;
}
