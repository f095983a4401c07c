/* Reductions, the place of the greatest, running sums. */
#include "backend/tensorrt/emit.h"

#include <math.h>

/* -- axes ---------------------------------------------------------------------------------------------------------- */

/* The mask of the axes of input `at`; false: they are not constant. None given are all, unless the node says "none". */
static bool axes_of(const struct ir_node *n, size_t at, int32_t rank, uint32_t *mask)
{
    int64_t axes[TFP_MAX_RANK];
    int64_t count = ir_in(n, at) ? emit_in_ints(n, at, axes, TFP_MAX_RANK) : 0;
    *mask = 0;
    if (count < 0) return false;
    for (int64_t i = 0; i < count; i++) *mask |= 1u << emit_axis(axes[i], rank);
    if (count == 0 && !ir_attr_int(n, ATTR_NOOP_WITH_EMPTY_AXES, 0)) *mask = (1u << rank) - 1;
    return true;
}

/* -- sums and the like --------------------------------------------------------------------------------------------- */

static tensor_p square(struct emit *e, tensor_p x)
{
    return emit_binary(e, TRT_BINARY_PROD, x, x);
}

/* log(sum(exp(x - max))) + max; a max that is infinite would give NaN, 0 serves as well there. */
static tensor_p log_sum_exp(struct emit *e, tensor_p x, uint32_t axes, bool keep)
{
    tensor_p max = emit_reduce(e, TRT_REDUCE_MAX, x, axes, true), zero = emit_like(e, max, 0);
    tensor_p size = emit_unary(e, TRT_UNARY_ABS, max);
    tensor_p finite = emit_binary(e, TRT_BINARY_LESS, size, emit_like(e, max, (double)INFINITY));
    max = emit_select(e, finite, max, zero);
    tensor_p sum = emit_reduce(e, TRT_REDUCE_SUM, emit_unary(e, TRT_UNARY_EXP, emit_binary(e, TRT_BINARY_SUB, x, max)), axes,
                               keep);
    if (!keep) max = emit_reduce(e, TRT_REDUCE_MAX, max, axes, false);
    return emit_binary(e, TRT_BINARY_SUM, emit_unary(e, TRT_UNARY_LOG, sum), max);
}

/* A mean of whole numbers is cut off; the layer has no such form. */
static tensor_p mean_of_ints(struct emit *e, const struct ir_node *n, tensor_p x, uint32_t axes, bool keep)
{
    const struct ir_value *v = ir_in(n, 0);
    int64_t count = 1;
    for (int32_t i = 0; i < v->rank; i++) {
        if (!(axes >> i & 1)) continue;
        if (!dim_fixed(v->dims[i])) return emit_refuse(e, "a mean of whole numbers over an open dimension");
        count *= v->dims[i].n;
    }
    tensor_p sum = emit_reduce(e, TRT_REDUCE_SUM, x, axes, keep);
    return emit_binary(e, TRT_BINARY_DIV, sum, emit_like(e, sum, (double)count));
}

/* Over the last two axes of an image: the form with kept axes has faster kernels in TensorRT 8.6 for large batches
 * (docs/benchmarks.md). */
static tensor_p mean(struct emit *e, const struct ir_node *n, tensor_p x, uint32_t axes, bool keep)
{
    static const int32_t batch_and_channel[] = { 0, 1 };
    const bool pools = !keep && ir_in(n, 0)->rank == 4 && axes == 0xc;
    if (!emit_is_float(emit_type_of(e, x))) return mean_of_ints(e, n, x, axes, keep);
    x = emit_reduce(e, TRT_REDUCE_AVG, x, axes, keep || pools);
    return pools ? emit_reshape_axes(e, x, batch_and_channel, 2) : x;
}

static tensor_p reduced(struct emit *e, const struct ir_node *n, tensor_p x, uint32_t axes, bool keep)
{
    switch (n->op) {
    case IR_REDUCE_L1: return emit_reduce(e, TRT_REDUCE_SUM, emit_unary(e, TRT_UNARY_ABS, x), axes, keep);
    case IR_REDUCE_L2: return emit_unary(e, TRT_UNARY_SQRT, emit_reduce(e, TRT_REDUCE_SUM, square(e, x), axes, keep));
    case IR_REDUCE_LOG_SUM: return emit_unary(e, TRT_UNARY_LOG, emit_reduce(e, TRT_REDUCE_SUM, x, axes, keep));
    case IR_REDUCE_LOG_SUM_EXP: return log_sum_exp(e, x, axes, keep);
    case IR_REDUCE_MAX: return emit_reduce(e, TRT_REDUCE_MAX, x, axes, keep);
    case IR_REDUCE_MIN: return emit_reduce(e, TRT_REDUCE_MIN, x, axes, keep);
    case IR_REDUCE_PROD: return emit_reduce(e, TRT_REDUCE_PROD, x, axes, keep);
    case IR_REDUCE_SUM: return emit_reduce(e, TRT_REDUCE_SUM, x, axes, keep);
    case IR_REDUCE_SUM_SQUARE: return emit_reduce(e, TRT_REDUCE_SUM, square(e, x), axes, keep);
    default: return mean(e, n, x, axes, keep); /* IR_REDUCE_MEAN */
    }
}

static bool emit_reduce_row(struct emit *e, const struct ir_node *n)
{
    uint32_t axes;
    tensor_p x = emit_in(e, n, 0);
    if (!x) return true;
    if (!axes_of(n, 1, emit_rank(e, x), &axes)) return emit_decline(e, "axes that are not constant");
    enum trt_type type = emit_type_of(e, x);
    bool keep = ir_attr_int(n, ATTR_KEEPDIMS, 1) != 0;
    /* Bools as 0 and 1: their greatest is "any", their least "all". */
    if (type == TRT_BOOL) x = emit_cast(e, x, TRT_INT32);
    return emit_give(e, n, emit_cast(e, reduced(e, n, x, axes, keep), type));
}

/* -- the place of the greatest ------------------------------------------------------------------------------------- */

/* The layer wants two dimensions, and floats on TensorRT 8. */
static tensor_p best_index(struct emit *e, tensor_p x, enum trt_topk op, int32_t axis)
{
    int32_t rank = emit_rank(e, x), more = rank < 2;
    if (more) x = emit_to_rank(e, x, 2);
    if (!emit_is_float(emit_type_of(e, x)) && e->t->family == TRT_8) x = emit_cast(e, x, TRT_FLOAT);
    layer_p l = x ? trt_add_topk(e->t, e->net, x, op, 1, 1u << (axis + more), TRT_INT32) : NULL;
    tensor_p index = l ? trt_layer_output(e->t, l, 1) : emit_fail(e, "TensorRT refuses it");
    if (!more || !index) return index;
    const struct dim one = dim_of(1);
    return emit_reshape(e, index, &one, 1);
}

static bool emit_arg(struct emit *e, const struct ir_node *n)
{
    const struct ir_value *v = ir_in(n, 0), *out = n->out[0];
    enum trt_type type;
    if (ir_attr_int(n, ATTR_SELECT_LAST_INDEX, 0)) return emit_decline(e, "the last of equals");
    if (v->rank < 1 || !emit_type(e, out->dtype, &type)) return emit_decline(e, "of a scalar");
    int32_t axis = emit_axis(ir_attr_int(n, ATTR_AXIS, 0), v->rank);
    tensor_p x = emit_in(e, n, 0);
    if (emit_type_of(e, x) == TRT_BOOL) x = emit_cast(e, x, TRT_INT32);
    x = x ? best_index(e, x, n->op == IR_ARG_MAX ? TRT_TOPK_MAX : TRT_TOPK_MIN, axis) : NULL;
    if (x && !ir_attr_int(n, ATTR_KEEPDIMS, 1)) x = emit_reduce(e, TRT_REDUCE_MAX, x, 1u << axis, false);
    return emit_give(e, n, emit_cast(e, x, type));
}

/* -- running sums -------------------------------------------------------------------------------------------------- */

static bool emit_cum_sum(struct emit *e, const struct ir_node *n)
{
    int64_t axis;
    const struct ir_value *v = ir_in(n, 0);
    if (!trt_has(e->t, TRT_NetworkDefinition_addCumulative)) return emit_decline(e, NULL);
    if (emit_in_ints(n, 1, &axis, 1) != 1) return emit_decline(e, "an axis that is not constant");
    tensor_p x = emit_in(e, n, 0), at = emit_int(e, emit_axis(axis, v->rank), TRT_INT32);
    if (!x || !at) return true;
    return emit_give(e, n, emit_layer(e, trt_add_cumulative(e->t, e->net, x, at, TRT_CUMULATIVE_SUM,
                                                            ir_attr_int(n, ATTR_EXCLUSIVE, 0) != 0,
                                                            ir_attr_int(n, ATTR_REVERSE, 0) != 0)));
}

static const struct emit_row rows[] = {
    { IR_ARG_MAX, emit_arg },
    { IR_ARG_MIN, emit_arg },
    { IR_CUM_SUM, emit_cum_sum },
    { IR_REDUCE_L1, emit_reduce_row },
    { IR_REDUCE_L2, emit_reduce_row },
    { IR_REDUCE_LOG_SUM, emit_reduce_row },
    { IR_REDUCE_LOG_SUM_EXP, emit_reduce_row },
    { IR_REDUCE_MAX, emit_reduce_row },
    { IR_REDUCE_MEAN, emit_reduce_row },
    { IR_REDUCE_MIN, emit_reduce_row },
    { IR_REDUCE_PROD, emit_reduce_row },
    { IR_REDUCE_SUM, emit_reduce_row },
    { IR_REDUCE_SUM_SQUARE, emit_reduce_row },
};
const struct emit_rows emit_rows_reductions = { rows, sizeof rows / sizeof rows[0] };
