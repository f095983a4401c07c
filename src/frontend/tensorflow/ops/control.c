/* Control flow as TensorFlow 1 writes it, and If, Case and While written so. In a loop every op passes its data on;
 * lower_loop.c knows the rest. In a conditional Switch passes its data on to both sides; Merge takes the live side, or an
 * If chooses, for the IR's ops have no side effects. tf_control.c and tf_if.c found the
 * predicates. */
#include "frontend/tensorflow/lower_list.h"
#include "frontend/tensorflow/tf_attr.h"
#include "frontend/tensorflow/tf_graph.h"

#include <stdio.h>

static tfp_status lower_switch(struct lower *lw, const struct tf_node *n)
{
    struct ir_value *v = lower_in(lw, 0);
    (void)n;
    lower_out(lw, 0, v);
    lower_out(lw, 1, v);
    return lw->b.status;
}

/* A branch that gives one of two values. */
static struct ir_graph *branch_of(struct lower *lw, struct ir_value *const *values, size_t n, size_t which)
{
    struct build *b = &lw->b;
    struct ir_graph *g = ir_add_body(b->graph);
    struct ir_value *result = NULL;
    if (!g) return lower_unsupported(lw, "conditionals nested too deep"), NULL;
    for (size_t i = 0; i < n; i++) {
        char name[32];
        snprintf(name, sizeof name, "given_%u_%zu", g->number, i);
        struct ir_value *v = ir_add_input(g, name, values[i]->dtype, -1, NULL);
        if (!v) return build_fail(b, tfp_no_memory(b->ctx)), NULL;
        if (i == which) result = v;
    }
    if (!ir_add_output(g, "result", result)) return build_fail(b, tfp_no_memory(b->ctx)), NULL;
    return g;
}

/* x where the condition holds, else y: an If that chooses. The passes move into its branches what only they need. */
static struct ir_value *choose(struct lower *lw, struct ir_value *condition, struct ir_value *x, struct ir_value *y)
{
    struct ir_value *in[] = { condition, x, y }, *out;
    if (!condition || !x || !y) return NULL;
    if (x == y) return x;
    struct ir_graph *holds = branch_of(lw, in + 1, 2, 0), *fails = holds ? branch_of(lw, in + 1, 2, 1) : NULL;
    if (!fails) return NULL;
    return ir_emit_many(&lw->b, IR_IF, in, 3, ATTRS(A_GRAPH(ATTR_THEN_BRANCH, holds), A_GRAPH(ATTR_ELSE_BRANCH, fails)), 1,
                        &out);
}

/* The array that holds the elements of one of two. */
static struct ir_value *choose_list(struct lower *lw, struct ir_value *condition, struct ir_value *x, struct ir_value *y)
{
    const struct lower_list *a = lower_list_find(lw, x), *b = lower_list_find(lw, y);
    if (!a || !b) return lower_malformed(lw, "one of its branches is an array, one is not"), NULL;
    struct ir_value *all = choose(lw, condition, lower_list_stack(lw, a), lower_list_stack(lw, b));
    struct lower_list *list = all ? lower_list_of(lw, a, all) : NULL;
    return list ? list->value : NULL;
}

/* Whether the values of all branches may be chosen from; *equal: they are one value. */
static tfp_status check_branches(struct lower *lw, const struct tf_node *n, bool *equal)
{
    const struct ir_value *first = lower_in(lw, 0);
    *equal = true;
    for (size_t i = 1; i < n->n_in && lw->b.status == TFP_OK; i++) {
        const struct ir_value *v = lower_in(lw, i);
        if (!v || v == first) continue;
        *equal = false;
        if (v->dtype != first->dtype) return lower_malformed(lw, "its branches differ in type");
    }
    return lw->b.status;
}

static struct ir_value *choose_any(struct lower *lw, struct ir_value *condition, struct ir_value *x, struct ir_value *y)
{
    if (!x || !y || x == y) return x;
    return lower_is_list(lw, x) || lower_is_list(lw, y) ? choose_list(lw, condition, x, y) : choose(lw, condition, x, y);
}

static tfp_status choose_by_index(struct lower *lw, const struct tf_node *n, struct ir_value *index)
{
    struct build *b = &lw->b;
    bool equal;
    if (index->dtype != TFP_INT32) return lower_malformed(lw, "the index of its branch is no int32");
    if (index->rank != 0) return lower_unsupported(lw, "the index of its branch is not known to be a scalar");
    TFP_TRY(check_branches(lw, n, &equal));
    struct ir_value *v = lower_in(lw, n->n_in - 1);
    for (size_t i = n->n_in - 1; i-- > 0 && !equal;) {
        struct ir_value *here = ir_binary(b, IR_EQUAL, index, ir_scalar(b, TFP_INT32, (double)i));
        v = choose_any(lw, here, lower_in(lw, i), v);
    }
    return lower_done(lw, v);
}

static tfp_status lower_merge(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    const struct tf_merge *m = n->merge;
    bool equal;
    if (!m) return lower_unsupported(lw, "the condition of its branches cannot be told");
    if (m->live >= 0) {
        lower_out(lw, 0, lower_in(lw, (size_t)m->live));
        lower_out(lw, 1, ir_scalar(b, TFP_INT32, m->live));
        return b->status;
    }
    struct ir_value *condition = lower_value(lw, m->predicate);
    if (!condition) return b->status;
    if (m->n_branches) return choose_by_index(lw, n, condition);
    if (condition->dtype != TFP_BOOL) return lower_malformed(lw, "its condition is no bool");
    TFP_TRY(check_branches(lw, n, &equal));
    struct ir_value *holds = lower_in(lw, m->true_input), *fails = lower_in(lw, !m->true_input);
    lower_out(lw, 0, choose_any(lw, condition, holds, fails));
    lower_out(lw, 1,
              ir_where(b, condition, ir_scalar(b, TFP_INT32, m->true_input), ir_scalar(b, TFP_INT32, !m->true_input)));
    return b->status;
}

static struct ir_value *is_positive(struct build *b, struct ir_value *x)
{
    return x ? ir_binary(b, IR_GREATER, x, ir_like(b, x, 0)) : NULL;
}

static struct ir_value *over_all(struct build *b, enum ir_op op, struct ir_value *x)
{
    return x ? ir_reduce(b, op, x, NULL, 0, false) : NULL;
}

static struct ir_value *test_scalar(struct build *b, struct ir_value *x)
{
    if (x->dtype != TFP_STRING) return ir_cast(b, x, TFP_BOOL);
    struct ir_value *empty = ir_tensor(b, TFP_STRING, 0, NULL, &(struct tfp_string){ "", 0 });
    return ir_unary(b, IR_NOT, ir_binary(b, IR_EQUAL, x, empty));
}

/* What counts as true: a scalar that is not zero, a scalar string that is not empty, any other tensor with elements
 * (ToBool of tensorflow/core/kernels/functional_ops.cc). Of an unknown rank both are asked. */
static tfp_status lower_to_bool(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    (void)n;
    if (!x) return b->status;
    if (x->rank == 0) return lower_done(lw, test_scalar(b, x));
    struct ir_value *shape = ir_shape(b, x);
    struct ir_value *has_elements = is_positive(b, over_all(b, IR_REDUCE_PROD, shape));
    if (x->rank > 0) return lower_done(lw, has_elements);
    if (x->dtype == TFP_STRING) return lower_unsupported(lw, "a condition that is a string of unknown rank");
    struct ir_value *bits = ir_cast(b, test_scalar(b, x), TFP_INT32);
    struct ir_value *scalar = is_positive(b, over_all(b, IR_REDUCE_SUM, bits)); /* a sum of one */
    struct ir_value *rank = shape ? over_all(b, IR_REDUCE_SUM, ir_shape(b, shape)) : NULL;
    return lower_done(lw, ir_where(b, is_positive(b, rank), has_elements, scalar));
}

/* A call that was not inlined: it names what the library does not have. */
static tfp_status lower_call(struct lower *lw, const struct tf_node *n)
{
    for (size_t i = 0; i < n->n_attrs; i++) {
        const struct tfpb_attr_value *v = &n->attrs[i].value;
        const struct tfpb_name_attr_list *f = v->which == TFPB_ATTR_FUNC ? v->func : NULL;
        if (v->which == TFPB_ATTR_LIST && v->list && v->list->func.n) f = &v->list->func.at[0];
        if (f && f->name.n && !map_find(&lw->graph->functions, f->name.at, f->name.n))
            return lower_malformed(lw, "function %.*s is not in the library", (int)(f->name.n < 200 ? f->name.n : 200),
                                   f->name.at);
    }
    return lower_malformed(lw, "its attributes name no function");
}

static tfp_status lower_pass(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lower_done(lw, lower_in(lw, 0));
}

static tfp_status lower_in_loop(struct lower *lw, const struct tf_node *n)
{
    return lw->in_loop ? lower_pass(lw, n) : lower_unsupported(lw, "it stands in no loop");
}

/* The Exits of loops take their values from lower_loop.c. */
static tfp_status lower_stray_exit(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lower_unsupported(lw, "the loop that it leaves cannot be told");
}

static const struct rule rules[] = {
    { "Case", lower_call, NULL },
    { "Enter", lower_pass, NULL },
    { "Exit", lower_stray_exit, NULL },
    { "If", lower_call, NULL },
    { "LoopCond", lower_in_loop, NULL },
    { "Merge", lower_merge, NULL },
    { "NextIteration", lower_in_loop, NULL },
    { "PartitionedCall", lower_call, NULL },
    { "RefEnter", lower_pass, NULL },
    { "RefExit", lower_stray_exit, NULL },
    { "RefMerge", lower_merge, NULL },
    { "RefNextIteration", lower_in_loop, NULL },
    { "RefSwitch", lower_switch, NULL },
    { "StatefulPartitionedCall", lower_call, NULL },
    { "StatelessCase", lower_call, NULL },
    { "StatelessIf", lower_call, NULL },
    { "StatelessWhile", lower_call, NULL },
    { "Switch", lower_switch, NULL },
    { "ToBool", lower_to_bool, NULL },
    { "While", lower_call, NULL },
};
const struct rule_family rules_control = { rules, sizeof rules / sizeof rules[0] };
