/* What only moves elements does so while they are whole numbers: weights stay such, and of other tensors a quarter of the bytes is moved. */
#include "optimize/passes.h"

/* Whether axis `from` of x, in the elements' order, is an axis of these dims, too. */
static bool same_axis(const struct ir_value *x, int64_t from, const int64_t *dims, int32_t rank, int64_t *to)
{
    int64_t before = 1, passed = 1;
    for (int64_t i = 0; i < from; i++) before *= x->dims[i].n;
    for (int32_t i = 0; i < rank; passed *= dims[i++]) {
        if (passed != before || dims[i] != x->dims[from].n) continue;
        *to = i;
        return true;
    }
    return false;
}

/* The axis that the scales lie along, behind the node; *to stays where there is one scale. False: along none. */
static bool axis_behind(const struct ir_node *n, const struct ir_node *dequantize, int64_t *to)
{
    const struct ir_value *x = ir_in(dequantize, 0);
    const struct tensor *scale = ir_in_constant(dequantize, 1);
    int64_t axis = ir_attr_int(dequantize, ATTR_AXIS, 1), dims[TFP_MAX_RANK];
    const struct ir_ints perm = ir_attr_ints(n, ATTR_PERM);
    *to = 0;
    if (!scale || ir_attr_int(dequantize, ATTR_BLOCK_SIZE, 0)) return false;
    if (scale->count == 1) return true;
    if (axis < 0) axis += x->rank;
    if (axis < 0 || axis >= x->rank) return false;
    if (n->op == IR_SLICE) return false;
    if (n->op != IR_TRANSPOSE) return ir_static_dims(n->out[0], dims) && same_axis(x, axis, dims, n->out[0]->rank, to);
    for (*to = 0; *to < x->rank; ++*to)
        if ((perm.n ? perm.at[*to] : x->rank - 1 - *to) == axis) return true;
    return false;
}

static struct ir_value *moved(struct build *b, const struct ir_node *n, struct ir_value *x)
{
    int64_t dims[TFP_MAX_RANK];
    const struct ir_ints perm = ir_attr_ints(n, ATTR_PERM);
    struct ir_value *in[5] = { x };
    if (n->op == IR_TRANSPOSE)
        return ir_emit(b, IR_TRANSPOSE, IN(x), ATTRS(A_INTS(ATTR_PERM, perm.at, perm.n)));
    if (n->op == IR_SLICE) {
        for (uint32_t i = 1; i < n->n_in && i < 5; i++) in[i] = ir_in(n, i);
        return n->n_in <= 5 ? ir_emit(b, IR_SLICE, in, n->n_in, NO_ATTRS) : NULL;
    }
    return ir_static_dims(n->out[0], dims) ? ir_reshape(b, x, ir_ints(b, dims, (size_t)n->out[0]->rank)) : NULL;
}

static struct ir_value *move_before(struct build *b, struct ir_node *n)
{
    const struct ir_node *dequantize = made_by(n, 0, IR_DEQUANTIZE_LINEAR);
    int64_t axis;
    if (!dequantize || (ir_is_quantized_weight(dequantize) && !ir_single_use(dequantize->out[0]))) return NULL;
    if ((n->op == IR_TRANSPOSE && !ir_attr(n, ATTR_PERM)) || !axis_behind(n, dequantize, &axis)) return NULL;
    struct ir_value *x = moved(b, n, ir_in(dequantize, 0)), *in[] = { x, ir_in(dequantize, 1), ir_in(dequantize, 2) };
    return x ? ir_emit(b, IR_DEQUANTIZE_LINEAR, in, in[2] ? 3 : 2, ATTRS(A_INT(ATTR_AXIS, axis))) : NULL;
}

static const struct pattern patterns[] = {
    { IR_TRANSPOSE, move_before }, { IR_RESHAPE, move_before }, { IR_SQUEEZE, move_before }, { IR_UNSQUEEZE, move_before },
    { IR_SLICE, move_before },
};

static bool moves_weights(const struct ir_node *n)
{
    const struct ir_node *dequantize = made_by(n, 0, IR_DEQUANTIZE_LINEAR);
    return dequantize && ir_is_quantized_weight(dequantize);
}

tfp_status pass_quantized(struct optimize *o, bool *changed)
{
    return rewrite_patterns(o, patterns, sizeof patterns / sizeof *patterns, moves_weights, changed);
}

tfp_status pass_quantized_last(struct optimize *o, bool *changed)
{
    return rewrite_patterns(o, patterns, sizeof patterns / sizeof *patterns, NULL, changed);
}
