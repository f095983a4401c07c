/* Shapes of reductions along axes, and of running totals. */
#include "ir/infer.h"

#include <inttypes.h>

static tfp_status put_reduced(struct infer *s, const struct shape *x, uint32_t mask, bool keep)
{
    struct shape shape = { 0 };
    for (int32_t i = 0; i < x->rank; i++) {
        bool reduced = mask >> i & 1;
        if (!reduced || keep) shape.at[shape.rank++] = reduced ? dim_of(1) : x->at[i];
    }
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_reduce(struct infer *s)
{
    struct shape x = infer_shape(s, 0);
    int64_t room[INFER_NUMBERS];
    struct ir_ints axes = { NULL, 0 };
    struct known some;
    bool keep = ir_attr_int(s->node, ATTR_KEEPDIMS, 1) != 0, given = infer_has(s, 1);
    bool noop = ir_attr_int(s->node, ATTR_NOOP_WITH_EMPTY_AXES, 0) != 0;
    uint32_t mask;
    TFP_TRY(infer_need_rank(s, 1, 1));
    if (given && !infer_numbers(s, 1, room, &axes)) { /* which axes is not known, but perhaps how many */
        bool counted = infer_elements(ir_in(s->node, 1), &some);
        if (counted && some.n == 0) return noop ? infer_same(s) : put_reduced(s, &x, UINT32_MAX, keep);
        struct shape shape = shape_of_rank(keep                                   ? x.rank
                                           : counted && x.rank >= (int32_t)some.n ? x.rank - (int32_t)some.n
                                                                                  : -1);
        return infer_put(s, 0, TFP_UNDEFINED, &shape);
    }
    if (axes.n == 0 && noop) return infer_same(s);
    if (x.rank < 0) {
        struct shape scalar = shape_of_rank(0);
        return axes.n == 0 && !keep ? infer_put(s, 0, TFP_UNDEFINED, &scalar) : TFP_OK;
    }
    TFP_TRY(infer_axes(s, axes, x.rank, &mask));
    return put_reduced(s, &x, axes.n ? mask : UINT32_MAX, keep);
}

static tfp_status infer_arg(struct infer *s)
{
    struct shape x = infer_shape(s, 0);
    int32_t axis;
    if (x.rank < 0) return TFP_OK;
    TFP_TRY(infer_axis(s, ir_attr_int(s->node, ATTR_AXIS, 0), x.rank, &axis));
    return put_reduced(s, &x, 1u << axis, ir_attr_int(s->node, ATTR_KEEPDIMS, 1) != 0);
}

static tfp_status infer_running(struct infer *s)
{
    struct shape x = infer_shape(s, 0);
    int64_t room[INFER_NUMBERS];
    struct ir_ints axes;
    int32_t axis;
    if (x.rank >= 0 && infer_numbers(s, 1, room, &axes)) {
        if (axes.n != 1) return infer_fail(s, "axis has %zu elements", axes.n);
        TFP_TRY(infer_axis(s, axes.at[0], x.rank, &axis));
    }
    return infer_put(s, 0, TFP_UNDEFINED, &x);
}

const struct infer_row infer_reduce_rows[] = {
    { IR_ARG_MAX, infer_arg, NULL },
    { IR_ARG_MIN, infer_arg, NULL },
    { IR_CUM_PROD, infer_running, known_cum_sum },
    { IR_CUM_SUM, infer_running, known_cum_sum },
    { IR_REDUCE_L1, infer_reduce, NULL },
    { IR_REDUCE_L2, infer_reduce, NULL },
    { IR_REDUCE_LOG_SUM, infer_reduce, NULL },
    { IR_REDUCE_LOG_SUM_EXP, infer_reduce, NULL },
    { IR_REDUCE_MAX, infer_reduce, known_reduce },
    { IR_REDUCE_MEAN, infer_reduce, NULL },
    { IR_REDUCE_MIN, infer_reduce, known_reduce },
    { IR_REDUCE_PROD, infer_reduce, known_reduce },
    { IR_REDUCE_SUM, infer_reduce, known_reduce },
    { IR_REDUCE_SUM_SQUARE, infer_reduce, NULL },
    { IR_NONE, NULL, NULL },
};
