/* Reductions, positions of extremes, and running sums. TensorFlow's reductions take their axes as an input; ONNX's
 * forms of most opsets take them as an attribute, so they must be constant. No axes at all means "no reduction" in
 * TensorFlow and "all of them" in ONNX. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

#include <math.h>

#define VARIANT(type) (*(const type *)lw->rule->variant)

enum reduction { SUM, MEAN, PROD, MAX, MIN, ALL, ANY, NORM, LOG_SUM_EXP };

struct axes {
    int64_t at[TFP_MAX_RANK];
    size_t n; /* 0: all */
    bool none;
};

/* Range(0, Rank(x), 1): every axis, also when the rank is not known. */
static bool means_all(const struct tf_node *n)
{
    const struct tf_node *range = n->in[1].node, *rank = NULL;
    int64_t first = -1, step = -1;
    if (strcmp(range->op, "Range") != 0 || range->n_in != 3) return false;
    rank = range->in[1].node;
    struct tf_node *const *ends = (struct tf_node *const[]) { range->in[0].node, range->in[2].node };
    if (!ends[0]->out || !ends[1]->out) return false;
    return strcmp(rank->op, "Rank") == 0 && rank->n_in == 1 && rank->in[0].node == n->in[0].node &&
           rank->in[0].port == n->in[0].port && form_known(ends[0]->out[0], 0, &first) &&
           form_known(ends[1]->out[0], 0, &step) && first == 0 && step == 1;
}

static tfp_status read_axes(struct lower *lw, const struct tf_node *n, const struct ir_value *x, struct axes *out)
{
    *out = (struct axes){ .n = 0 };
    int64_t count = lower_known_ints(lw, 1, out->at, TFP_MAX_RANK);
    if (count < 0 && means_all(n)) return lw->b.status;
    if (count < 0 && lower_const_ints(lw, 1, "axis", out->at, TFP_MAX_RANK) < 0) return lw->b.status;
    out->none = count == 0;
    for (int64_t i = 0; i < count; i++) {
        int64_t axis = out->at[i];
        if (form_rank(x) >= 0 && (axis = lower_axis(lw, axis, x->rank)) < 0) return lw->b.status;
        bool again = false;
        for (size_t k = 0; k < out->n; k++) again = again || out->at[k] == axis;
        if (!again) out->at[out->n++] = axis;
    }
    return lw->b.status;
}

/* How many elements are joined, int64. */
static struct ir_value *joined(struct build *b, struct ir_value *x, const struct axes *axes)
{
    if (axes->n == 0) return ir_unary(b, IR_SIZE, x);
    int64_t at[TFP_MAX_RANK];
    for (size_t i = 0; i < axes->n; i++) at[i] = axes->at[i] < 0 && x->rank >= 0 ? axes->at[i] + x->rank : axes->at[i];
    struct ir_value *dims = ir_gather(b, ir_shape(b, x), ir_ints(b, at, axes->n), 0);
    return form_scalar(b, form_product(b, dims));
}

/* Integers are summed as int64 and divided toward zero. */
static struct ir_value *mean(struct build *b, struct ir_value *x, const struct axes *axes, bool keep)
{
    if (!dtype_is_integer(x->dtype)) return ir_reduce(b, IR_REDUCE_MEAN, x, axes->at, axes->n, keep);
    struct ir_value *sum = ir_reduce(b, IR_REDUCE_SUM, ir_cast(b, x, TFP_INT64), axes->at, axes->n, keep);
    return ir_cast(b, ir_div(b, sum, joined(b, x, axes)), x->dtype);
}

static struct ir_value *norm(struct build *b, struct ir_value *x, const struct axes *axes, bool keep)
{
    if (!dtype_is_integer(x->dtype)) return ir_reduce(b, IR_REDUCE_L2, x, axes->at, axes->n, keep);
    return ir_cast(b, ir_reduce(b, IR_REDUCE_L2, ir_cast(b, x, TFP_DOUBLE), axes->at, axes->n, keep), x->dtype);
}

/* Product and sum, not minimum and maximum: over nothing, All is true and Any is false. */
static struct ir_value *logical(struct build *b, enum ir_op op, struct ir_value *x, const struct axes *axes, bool keep)
{
    return ir_cast(b, ir_reduce(b, op, ir_cast(b, x, TFP_INT32), axes->at, axes->n, keep), TFP_BOOL);
}

static tfp_status lower_reduce(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    enum reduction what = VARIANT(enum reduction);
    bool keep = tf_bool(lw, "keep_dims");
    struct axes axes;
    if (!x) return b->status;
    if (form_is_complex(x)) return lower_unsupported(lw, "complex numbers");
    TFP_TRY(read_axes(lw, n, x, &axes));
    if (axes.none && what == NORM) return lower_done(lw, ir_unary(b, IR_ABS, x));
    if (axes.none || (x->rank == 0 && what != NORM)) return lower_done(lw, x);
    switch (what) {
    case SUM: return lower_done(lw, form_reduce(b, IR_REDUCE_SUM, x, axes.at, axes.n, keep));
    case MEAN: return lower_done(lw, mean(b, x, &axes, keep));
    case PROD: return lower_done(lw, form_reduce(b, IR_REDUCE_PROD, x, axes.at, axes.n, keep));
    case MAX: return lower_done(lw, form_reduce(b, IR_REDUCE_MAX, x, axes.at, axes.n, keep));
    case MIN: return lower_done(lw, form_reduce(b, IR_REDUCE_MIN, x, axes.at, axes.n, keep));
    case ALL: return lower_done(lw, logical(b, IR_REDUCE_PROD, x, &axes, keep));
    case ANY: return lower_done(lw, logical(b, IR_REDUCE_SUM, x, &axes, keep));
    default: return lower_done(lw, norm(b, x, &axes, keep));
    }
}

static tfp_status lower_arg(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    enum ir_op op = VARIANT(enum ir_op);
    tfp_dtype to = tf_type(lw, "output_type");
    int64_t axis;
    if (lower_const_ints(lw, 1, "dimension", &axis, 1) < 0) return b->status;
    if (form_rank(x) >= 0 && (axis = lower_axis(lw, axis, x->rank)) < 0) return b->status;
    x = ir_cast(b, x, form_wide(op, form_dtype(x)));
    if (!x) return b->status;
    x = ir_emit(b, op, IN(x), ATTRS(A_INT(ATTR_AXIS, axis), A_INT(ATTR_KEEPDIMS, 0)));
    return lower_done(lw, ir_cast(b, x, to));
}

static tfp_status lower_l2_loss(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    struct ir_value *sum = ir_reduce(b, IR_REDUCE_SUM, ir_mul(b, x, x), NULL, 0, false);
    return lower_done(lw, ir_mul(b, sum, ir_like(b, x, 0.5)));
}

/* -- running sums, products, log-sums ------------------------------------------------------------------------------ */

/* [n,n] of which (i,j) is true where element j belongs to result i. */
static struct ir_value *triangle(struct build *b, struct ir_value *n, bool exclusive, bool reverse)
{
    struct ir_value *j = form_iota(b, n), *i = UNSQUEEZE(b, j, 1);
    struct ir_value *before = ir_binary(b, IR_LESS, reverse ? i : j, reverse ? j : i);
    if (exclusive) return before;
    return ir_unary(b, IR_NOT, ir_binary(b, IR_LESS, reverse ? j : i, reverse ? i : j));
}

/* Each result is a reduction over a masked copy of the axis: quadratic in its length, but exact and for every opset. */
static struct ir_value *reduce_triangle(struct lower *lw, enum ir_op op, struct ir_value *x, int64_t axis,
                                        double neutral)
{
    struct build *b = &lw->b;
    bool exclusive = tf_bool(lw, "exclusive"), reverse = tf_bool(lw, "reverse");
    struct ir_value *mask = triangle(b, form_dim(b, x, axis), exclusive, reverse);
    int64_t after[TFP_MAX_RANK];
    size_t n_after = 0;
    for (int64_t i = axis + 1; i < x->rank; i++) after[n_after++] = i - axis + 1;
    mask = ir_unsqueeze(b, mask, after, n_after);
    struct ir_value *masked = ir_where(b, mask, ir_unsqueeze(b, x, &axis, 1), ir_like(b, x, neutral));
    return form_reduce(b, op, masked, (const int64_t[]){ axis + 1 }, 1, false);
}

static tfp_status lower_cumulative(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    enum reduction what = VARIANT(enum reduction);
    int64_t axis, rank;
    if (form_is_complex(x)) return lower_unsupported(lw, "complex numbers");
    if (lower_const_ints(lw, 1, "axis", &axis, 1) < 0) return b->status;
    if (what == SUM) {
        const struct ir_attr *attrs =
            ATTRS(A_INT(ATTR_EXCLUSIVE, tf_bool(lw, "exclusive")), A_INT(ATTR_REVERSE, tf_bool(lw, "reverse")));
        struct ir_value *wide = ir_cast(b, x, form_wide(IR_CUM_SUM, form_dtype(x)));
        if (!wide) return b->status;
        return lower_done(lw, ir_cast(b, ir_emit(b, IR_CUM_SUM, IN(wide, ir_int(b, axis)), attrs), x->dtype));
    }
    if ((rank = lower_rank(lw, x, "x")) < 0 || (axis = lower_axis(lw, axis, rank)) < 0) return b->status;
    if (what == PROD) return lower_done(lw, reduce_triangle(lw, IR_REDUCE_PROD, x, axis, 1));
    return lower_done(lw, reduce_triangle(lw, IR_REDUCE_LOG_SUM_EXP, x, axis, (double)-INFINITY));
}

#define IS(what) (&(const enum reduction){ what })

static const struct rule rules[] = {
    { "All", lower_reduce, IS(ALL) },
    { "Any", lower_reduce, IS(ANY) },
    { "ArgMax", lower_arg, &(const enum ir_op){ IR_ARG_MAX } },
    { "ArgMin", lower_arg, &(const enum ir_op){ IR_ARG_MIN } },
    { "Cumprod", lower_cumulative, IS(PROD) },
    { "Cumsum", lower_cumulative, IS(SUM) },
    { "CumulativeLogsumexp", lower_cumulative, IS(LOG_SUM_EXP) },
    { "EuclideanNorm", lower_reduce, IS(NORM) },
    { "L2Loss", lower_l2_loss, NULL },
    { "Max", lower_reduce, IS(MAX) },
    { "Mean", lower_reduce, IS(MEAN) },
    { "Min", lower_reduce, IS(MIN) },
    { "Prod", lower_reduce, IS(PROD) },
    { "Sum", lower_reduce, IS(SUM) },
};

const struct rule_family rules_reduce = { rules, sizeof rules / sizeof rules[0] };
