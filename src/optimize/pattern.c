/* Activations that a graph spells out become one op, which every backend has a fast form of. */
#include "optimize/passes.h"

/* The constant behind input i when it is one number; false otherwise. */
static bool scalar(const struct ir_node *n, size_t i, double *out)
{
    const struct tensor *t = ir_in_constant(n, i);
    if (!t || t->count != 1 || !dtype_is_float(t->dtype)) return false;
    *out = tensor_float(t, 0);
    return true;
}

/* The operand that is not the number, when the number does not broadcast it to something larger. */
static struct ir_value *against_scalar(const struct ir_node *n, double *number)
{
    if (n->n_in != 2 || !dtype_is_float(n->out[0]->dtype)) return NULL;
    size_t x = scalar(n, 1, number) ? 0 : scalar(n, 0, number) ? 1 : 2;
    return x < 2 && same_shape(ir_in(n, x), n->out[0]) ? ir_in(n, x) : NULL;
}

/* Max(Min(x, b), a) and Min(Max(x, a), b) with a <= b. */
static struct ir_value *clip(struct build *b, struct ir_node *n)
{
    double outer, inner;
    struct ir_value *y = against_scalar(n, &outer);
    enum ir_op other = n->op == IR_MAX ? IR_MIN : IR_MAX;
    if (!y || !y->producer || y->producer->op != other || !ir_single_use(y)) return NULL;
    struct ir_value *x = against_scalar(y->producer, &inner);
    double low = n->op == IR_MAX ? outer : inner, high = n->op == IR_MAX ? inner : outer;
    if (!x || !(low <= high)) return NULL;
    return ir_emit(b, IR_CLIP, IN(x, ir_like(b, x, low), ir_like(b, x, high)), NO_ATTRS);
}

/* Max(x, 0) */
static struct ir_value *relu(struct build *b, struct ir_node *n)
{
    double zero;
    struct ir_value *x = n->op == IR_MAX ? against_scalar(n, &zero) : NULL;
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
        if (!mul || against_scalar(mul, &alpha) != ir_in(n, 1 - i) || !(alpha > 0 && alpha < 1)) continue;
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
