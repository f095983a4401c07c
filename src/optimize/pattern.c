/* Activations that a graph spells out become one op, which every backend has a fast form of. */
#include "optimize/passes.h"

/* Max(Min(x, b), a) and Min(Max(x, a), b) with a <= b. */
static struct ir_value *clip(struct build *b, struct ir_node *n)
{
    double outer, inner;
    struct ir_value *y = beside_number(n, &outer);
    enum ir_op other = n->op == IR_MAX ? IR_MIN : IR_MAX;
    if (!y || !y->producer || y->producer->op != other || !ir_single_use(y)) return NULL;
    struct ir_value *x = beside_number(y->producer, &inner);
    double low = n->op == IR_MAX ? outer : inner, high = n->op == IR_MAX ? inner : outer;
    if (!x || !(low <= high)) return NULL;
    return ir_emit(b, IR_CLIP, IN(x, ir_like(b, x, low), ir_like(b, x, high)), NO_ATTRS);
}

/* Max(x, 0) */
static struct ir_value *relu(struct build *b, struct ir_node *n)
{
    double zero;
    struct ir_value *x = n->op == IR_MAX ? beside_number(n, &zero) : NULL;
    if (!x || zero != 0) return NULL;
    for (const struct ir_use *u = n->out[0]->uses; u; u = u->next)
        if (u->node->op == IR_MIN) return NULL; /* Clip will take both */
    return ir_unary(b, IR_RELU, x);
}

/* Max(x, alpha * x) with 0 < alpha < 1. */
static struct ir_value *leaky_relu(struct build *b, struct ir_node *n)
{
    double alpha;
    if (n->op != IR_MAX || n->n_in != 2) return NULL;
    for (size_t i = 0; i < 2; i++) {
        struct ir_node *mul = made_by(n, i, IR_MUL);
        if (!mul || beside_number(mul, &alpha) != ir_in(n, 1 - i) || !(alpha > 0 && alpha < 1)) continue;
        return ir_emit(b, IR_LEAKY_RELU, IN(ir_in(n, 1 - i)), ATTRS(A_FLOAT(ATTR_ALPHA, (float)alpha)));
    }
    return NULL;
}

static const struct pattern rows[] = {
    { IR_MAX, clip }, { IR_MIN, clip }, { IR_MAX, relu }, { IR_MAX, leaky_relu },
};

tfp_status pass_pattern(struct optimize *o, bool *changed)
{
    return rewrite_patterns(o, rows, sizeof rows / sizeof rows[0], NULL, changed);
}
