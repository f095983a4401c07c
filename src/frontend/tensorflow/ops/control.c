/* Control flow of TensorFlow 1. In a loop every op passes its data on; lower_loop.c knows the rest. In a conditional
 * Switch passes its data on to both sides; Merge takes the live side, or chooses between two results of the same shape,
 * for the IR's ops have no side effects. tf_control.c found the predicates. */
#include "frontend/tensorflow/lower.h"
#include "frontend/tensorflow/tf_graph.h"

static tfp_status lower_switch(struct lower *lw, const struct tf_node *n)
{
    struct ir_value *v = lower_in(lw, 0);
    (void)n;
    lower_out(lw, 0, v);
    lower_out(lw, 1, v);
    return lw->b.status;
}

static bool same_shape(const struct ir_value *a, const struct ir_value *b)
{
    if (a->rank < 0 || a->rank != b->rank) return false;
    for (int32_t i = 0; i < a->rank; i++)
        if (!dim_equal(a->dims[i], b->dims[i])) return false;
    return true;
}

static tfp_status lower_merge(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    const struct tf_merge *m = n->merge;
    if (!m) return lower_unsupported(lw, "the condition of its branches cannot be told");
    if (m->live >= 0) {
        lower_out(lw, 0, lower_in(lw, (size_t)m->live));
        lower_out(lw, 1, ir_scalar(b, TFP_INT32, m->live));
        return b->status;
    }
    struct ir_value *condition = m->predicate.node->out[m->predicate.port];
    struct ir_value *holds = lower_in(lw, m->true_input), *fails = lower_in(lw, !m->true_input);
    if (condition->dtype != TFP_BOOL) return lower_malformed(lw, "its condition is no bool");
    if (holds->dtype != fails->dtype) return lower_malformed(lw, "its branches differ in type");
    if (holds == fails) lower_out(lw, 0, holds);
    else if (!same_shape(holds, fails)) return lower_unsupported(lw, "branches of different shape need control flow");
    else lower_out(lw, 0, ir_where(b, condition, holds, fails));
    lower_out(lw, 1,
              ir_where(b, condition, ir_scalar(b, TFP_INT32, m->true_input), ir_scalar(b, TFP_INT32, !m->true_input)));
    return b->status;
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
    { "Enter", lower_pass, NULL },
    { "Exit", lower_stray_exit, NULL },
    { "LoopCond", lower_in_loop, NULL },
    { "Merge", lower_merge, NULL },
    { "NextIteration", lower_in_loop, NULL },
    { "RefEnter", lower_pass, NULL },
    { "RefExit", lower_stray_exit, NULL },
    { "RefMerge", lower_merge, NULL },
    { "RefNextIteration", lower_in_loop, NULL },
    { "RefSwitch", lower_switch, NULL },
    { "Switch", lower_switch, NULL },
};
const struct rule_family rules_control = { rules, sizeof rules / sizeof rules[0] };
