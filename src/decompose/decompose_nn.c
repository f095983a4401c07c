/* Activations, normalizations, pooling and quantization in terms of plain arithmetic. */
#include "decompose/decompose.h"
#include "ir/ranges.h"

#include <math.h>

static struct ir_value *plus(struct build *b, struct ir_value *x, double c)
{
    return ir_add(b, x, ir_like(b, x, c));
}

static struct ir_value *times(struct build *b, struct ir_value *x, double c)
{
    return ir_mul(b, x, ir_like(b, x, c));
}

/* -- activations --------------------------------------------------------------------------------------------------- */

static bool run_gelu(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *bend;
    if (ir_attr_is(n, ATTR_APPROXIMATE, "tanh")) {
        struct ir_value *cube = ir_mul(b, ir_mul(b, x, x), x);
        bend = ir_unary(b, IR_TANH, times(b, ir_add(b, x, times(b, cube, 0.044715)), 0.7978845608028654));
    } else {
        bend = ir_unary(b, IR_ERF, times(b, x, 0.7071067811865476));
    }
    return give(out, ir_mul(b, times(b, x, 0.5), plus(b, bend, 1)));
}

static bool run_hard_swish(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct ir_value *x = ir_in(n, 0);
    struct ir_attr sixth = A_FLOAT(ATTR_ALPHA, 1.0f / 6), half = A_FLOAT(ATTR_BETA, 0.5f);
    return give(out, ir_mul(&d->b, x, ir_emit(&d->b, IR_HARD_SIGMOID, IN(x), ATTRS(sixth, half))));
}

static bool run_mish(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct ir_value *x = ir_in(n, 0);
    return give(out, ir_mul(&d->b, x, ir_unary(&d->b, IR_TANH, ir_unary(&d->b, IR_SOFTPLUS, x))));
}

struct ir_value *decompose_swish(struct build *b, struct ir_value *x, double alpha)
{
    return ir_mul(b, x, ir_unary(b, IR_SIGMOID, alpha == 1 ? x : times(b, x, alpha)));
}

static bool run_swish(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    return give(out, decompose_swish(&d->b, ir_in(n, 0), (double)ir_attr_float(n, ATTR_ALPHA, 1)));
}

/* max(0, x) + alpha (exp(min(0, x) / beta) - 1), scaled: Celu, and Elu and Selu where they have no kernel. */
static bool run_elu(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    double alpha = (double)ir_attr_float(n, ATTR_ALPHA, 1), beta = n->op == IR_CELU ? alpha : 1;
    double gamma = n->op == IR_SELU ? (double)ir_attr_float(n, ATTR_GAMMA, 1) : 1;
    if (n->op == IR_CELU && decompose_computes(d, IR_ELU, x->dtype)) {
        x = ir_emit(b, IR_ELU, IN(times(b, x, 1 / beta)), NO_ATTRS);
        return give(out, times(b, x, beta));
    }
    struct ir_value *up = ir_unary(b, IR_RELU, x),
                    *down = ir_unary(b, IR_NEG, ir_unary(b, IR_RELU, ir_unary(b, IR_NEG, x)));
    struct ir_value *bent = times(b, plus(b, ir_unary(b, IR_EXP, times(b, down, 1 / beta)), -1), alpha);
    struct ir_value *sum = ir_add(b, up, bent);
    return give(out, gamma == 1 ? sum : times(b, sum, gamma));
}

static bool run_hard_sigmoid(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = times(b, ir_in(n, 0), (double)ir_attr_float(n, ATTR_ALPHA, 0.2f));
    x = plus(b, x, (double)ir_attr_float(n, ATTR_BETA, 0.5f));
    return give(out, x ? ir_emit(b, IR_CLIP, IN(x, ir_like(b, x, 0), ir_like(b, x, 1)), NO_ATTRS) : NULL);
}

/* relu(x) - slope relu(-x) */
static bool run_leaky(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *slope = n->op == IR_PRELU
                                                   ? ir_in(n, 1)
                                                   : ir_like(b, x, (double)ir_attr_float(n, ATTR_ALPHA, 0.01f));
    struct ir_value *down = ir_unary(b, IR_RELU, ir_unary(b, IR_NEG, x));
    if (!dtype_is_float(x->dtype)) return decline(d, "whole numbers");
    return give(out, ir_sub(b, ir_unary(b, IR_RELU, x), ir_mul(b, slope, down)));
}

static bool run_relu(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct ir_value *x = ir_in(n, 0);
    return give(out, ir_binary(&d->b, IR_MAX, x, ir_like(&d->b, x, 0)));
}

/* log(1 + exp(-|x|)) + max(x, 0) */
static bool run_softplus(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *small = ir_unary(b, IR_EXP, ir_unary(b, IR_NEG, ir_unary(b, IR_ABS, x)));
    return give(out, ir_add(b, ir_unary(b, IR_LOG, plus(b, small, 1)), ir_unary(b, IR_RELU, x)));
}

static bool run_softsign(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct ir_value *x = ir_in(n, 0);
    return give(out, ir_div(&d->b, x, plus(&d->b, ir_unary(&d->b, IR_ABS, x), 1)));
}

static bool run_thresholded_relu(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *alpha = ir_like(b, x, (double)ir_attr_float(n, ATTR_ALPHA, 1));
    return give(out, ir_where(b, ir_binary(b, IR_GREATER, x, alpha), x, ir_like(b, x, 0)));
}

static bool run_shrink(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    double bias = (double)ir_attr_float(n, ATTR_BIAS, 0), edge = (double)ir_attr_float(n, ATTR_LAMBD, 0.5f);
    struct ir_value *low = ir_binary(b, IR_LESS, x, ir_like(b, x, -edge)),
                    *high = ir_binary(b, IR_GREATER, x, ir_like(b, x, edge));
    struct ir_value *rest = ir_where(b, high, plus(b, x, -bias), ir_like(b, x, 0));
    return give(out, ir_where(b, low, plus(b, x, bias), rest));
}

/* -- along one axis ------------------------------------------------------------------------------------------------ */

/* Before 13 only the last axis means the same. */
static bool run_softmax(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    int64_t swap[TFP_MAX_RANK];
    if (x->rank < 1) return decline(d, "an unknown rank");
    int64_t last = x->rank - 1, axis = from_front(ir_attr_int(n, ATTR_AXIS, -1), x->rank);
    if (axis == last) return false;
    for (int64_t i = 0; i <= last; i++) swap[i] = i == axis ? last : i == last ? axis : i;
    struct ir_value *turned = ir_transpose(b, x, swap, (size_t)x->rank);
    struct ir_value *y = turned ? ir_emit(b, n->op, IN(turned), ATTRS(A_INT(ATTR_AXIS, last))) : NULL;
    return give(out, ir_transpose(b, y, swap, (size_t)x->rank));
}

/* -- normalizations ------------------------------------------------------------------------------------------------ */

static struct ir_value *mean_of(struct build *b, struct ir_value *x, const int64_t *axes, size_t n)
{
    return ir_reduce(b, IR_REDUCE_MEAN, x, axes, n, true);
}

/* (x - mean) / sqrt(mean of squares + epsilon); *deviation gets 1 / sqrt. */
static struct ir_value *normalize(struct build *b, struct ir_value *x, const int64_t *axes, size_t n, double epsilon,
                                  struct ir_value **mean, struct ir_value **deviation)
{
    *mean = mean_of(b, x, axes, n);
    struct ir_value *away = ir_sub(b, x, *mean), *variance = mean_of(b, ir_mul(b, away, away), axes, n);
    *deviation = ir_unary(b, IR_RECIPROCAL, ir_unary(b, IR_SQRT, plus(b, variance, epsilon)));
    return ir_mul(b, away, *deviation);
}

static bool run_layer_normalization(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *mean, *deviation;
    int64_t axes[TFP_MAX_RANK];
    tfp_dtype t = x->dtype, w = dtype_is_float(t) && t != TFP_DOUBLE ? TFP_FLOAT : t;
    if (x->rank < 1) return decline(d, "an unknown rank");
    int64_t axis = from_front(ir_attr_int(n, ATTR_AXIS, -1), x->rank);
    size_t count = 0;
    for (int64_t i = axis; i < x->rank; i++) axes[count++] = i;
    double epsilon = (double)ir_attr_float(n, ATTR_EPSILON, 1e-5f);
    struct ir_value *y = normalize(b, ir_cast(b, x, w), axes, count, epsilon, &mean, &deviation);
    y = ir_mul(b, ir_cast(b, y, t), ir_in(n, 1));
    if (ir_in(n, 2)) y = ir_add(b, y, ir_in(n, 2));
    if (n->n_out > 1 && n->out[1]) out[1] = ir_cast(b, mean, n->out[1]->dtype);
    if (n->n_out > 2 && n->out[2]) out[2] = ir_cast(b, deviation, n->out[2]->dtype);
    return give(out, y);
}

static bool run_rms_normalization(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    int64_t axes[TFP_MAX_RANK];
    tfp_dtype t = n->out[0]->dtype, w = x->dtype == TFP_DOUBLE ? TFP_DOUBLE : TFP_FLOAT;
    if (x->rank < 1) return decline(d, "an unknown rank");
    size_t count = 0;
    for (int64_t i = from_front(ir_attr_int(n, ATTR_AXIS, -1), x->rank); i < x->rank; i++) axes[count++] = i;
    x = ir_cast(b, x, w);
    struct ir_value *square = mean_of(b, ir_mul(b, x, x), axes, count);
    struct ir_value *root = ir_unary(b, IR_SQRT, plus(b, square, (double)ir_attr_float(n, ATTR_EPSILON, 1e-5f)));
    return give(out, ir_mul(b, ir_cast(b, ir_div(b, x, root), t), ir_in(n, 1)));
}

/* [channels] as [1, channels, 1, ..] beside x. */
static struct ir_value *per_channel(struct build *b, struct ir_value *v, int64_t rank)
{
    int64_t dims[TFP_MAX_RANK];
    for (int64_t i = 0; i < rank - 1; i++) dims[i] = i ? 1 : -1;
    return rank > 2 ? ir_reshape(b, v, ir_ints(b, dims, (size_t)(rank - 1))) : v;
}

static bool run_group_normalization(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *mean, *deviation;
    int64_t groups = ir_attr_int(n, ATTR_NUM_GROUPS, 1);
    const int64_t axes[] = { 2 };
    tfp_dtype t = x->dtype, w = t != TFP_DOUBLE ? TFP_FLOAT : t;
    if (x->rank < 2) return decline(d, "an unknown rank");
    struct ir_value *shape = ir_shape(b, x), *lists = CONCAT(b, 0, ir_dim(b, x, 0), INTS(b, groups, -1));
    struct ir_value *y = ir_reshape(b, ir_cast(b, x, w), lists);
    y = normalize(b, y, axes, 1, (double)ir_attr_float(n, ATTR_EPSILON, 1e-5f), &mean, &deviation);
    y = ir_cast(b, ir_reshape(b, y, shape), t);
    y = ir_mul(b, y, per_channel(b, ir_in(n, 1), x->rank));
    return give(out, ir_add(b, y, per_channel(b, ir_in(n, 2), x->rank)));
}

/* Each channel of each instance by itself; over given axes for MeanVarianceNormalization. */
static bool run_instance_normalization(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *mean, *deviation;
    int64_t axes[TFP_MAX_RANK];
    size_t count = 0;
    if (x->rank < 3) return decline(d, "an unknown rank");
    for (int64_t i = 2; i < x->rank; i++) axes[count++] = i;
    struct ir_value *y = normalize(b, x, axes, count, (double)ir_attr_float(n, ATTR_EPSILON, 1e-5f), &mean, &deviation);
    y = ir_mul(b, y, per_channel(b, ir_in(n, 1), x->rank));
    return give(out, ir_add(b, y, per_channel(b, ir_in(n, 2), x->rank)));
}

static bool run_mean_variance_normalization(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    static const int64_t usual[] = { 0, 2, 3 };
    struct build *b = &d->b;
    struct ir_ints axes = ir_attr(n, ATTR_AXES) ? ir_attr_ints(n, ATTR_AXES) : (struct ir_ints){ usual, 3 };
    struct ir_value *x = ir_in(n, 0), *away = ir_sub(b, x, mean_of(b, x, axes.at, axes.n));
    struct ir_value *root = ir_unary(b, IR_SQRT, mean_of(b, ir_mul(b, away, away), axes.at, axes.n));
    return give(out, ir_div(b, away, plus(b, root, 1e-9)));
}

/* Statistics are given: scale (x - mean) / sqrt(variance + epsilon) + bias. */
static bool run_batch_normalization(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    if (ir_attr_int(n, ATTR_TRAINING_MODE, 0)) return decline(d, "training_mode");
    if (x->rank < 2) return decline(d, "an unknown rank");
    tfp_dtype t = x->dtype, w = ir_in(n, 3)->dtype == TFP_DOUBLE || t == TFP_DOUBLE ? TFP_DOUBLE : TFP_FLOAT;
    struct ir_value *part[4];
    for (size_t i = 0; i < 4; i++) part[i] = per_channel(b, ir_cast(b, ir_in(n, i + 1), w), x->rank);
    struct ir_value *root = ir_unary(b, IR_SQRT, plus(b, part[3], (double)ir_attr_float(n, ATTR_EPSILON, 1e-5f)));
    struct ir_value *y = ir_mul(b, ir_div(b, ir_sub(b, ir_cast(b, x, w), part[2]), root), part[0]);
    return give(out, ir_cast(b, ir_add(b, y, part[1]), t));
}

static bool run_dropout(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    const struct tensor *training = ir_in_constant(n, 2);
    if (ir_in(n, 2) && (!training || tensor_int(training, 0))) return decline(d, "training_mode");
    return give(out, ir_unary(&d->b, IR_IDENTITY, ir_in(n, 0)));
}

/* (sum of |x|^p)^(1/p) over one axis; rows of zeros stay zero. */
static bool run_lp_normalization(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    int64_t axis = ir_attr_int(n, ATTR_AXIS, -1);
    if (x->rank < 1) return decline(d, "an unknown rank");
    axis = from_front(axis, x->rank);
    struct ir_value *norm =
        ir_reduce(b, ir_attr_int(n, ATTR_P, 2) == 1 ? IR_REDUCE_L1 : IR_REDUCE_L2, x, &axis, 1, true);
    struct ir_value *zero = ir_cast(b, ir_binary(b, IR_EQUAL, norm, ir_like(b, norm, 0)), x->dtype);
    return give(out, ir_div(b, x, ir_add(b, norm, zero)));
}

/* -- pooling ------------------------------------------------------------------------------------------------------- */

struct pooling {
    int64_t rank; /* of the window */
    int64_t kernel[TFP_MAX_RANK], strides[TFP_MAX_RANK], dilations[TFP_MAX_RANK], pads[2 * TFP_MAX_RANK];
};

static void read_list(const struct ir_node *n, enum ir_attr_name name, int64_t otherwise, int64_t count, int64_t *out)
{
    struct ir_ints list = ir_attr_ints(n, name);
    for (int64_t i = 0; i < count; i++) out[i] = (size_t)i < list.n ? list.at[i] : otherwise;
}

static bool read_pooling(const struct ir_node *n, struct pooling *p)
{
    p->rank = (int64_t)ir_attr_ints(n, ATTR_KERNEL_SHAPE).n;
    if (p->rank < 1 || p->rank > TFP_MAX_RANK - 2 || ir_in(n, 0)->rank != p->rank + 2) return false;
    read_list(n, ATTR_KERNEL_SHAPE, 1, p->rank, p->kernel);
    read_list(n, ATTR_STRIDES, 1, p->rank, p->strides);
    read_list(n, ATTR_DILATIONS, 1, p->rank, p->dilations);
    read_list(n, ATTR_PADS, 0, 2 * p->rank, p->pads);
    return ir_attr_is(n, ATTR_AUTO_PAD, "NOTSET") || ir_attr_is(n, ATTR_AUTO_PAD, "VALID");
}

/* ceil_mode as more padding behind, as much as the last window reaches over. False: a size is not known. */
static bool spell_ceiling(const struct ir_node *n, struct pooling *p)
{
    const struct ir_value *x = ir_in(n, 0), *y = n->out[0];
    if (!ir_attr_int(n, ATTR_CEIL_MODE, 0)) return true;
    for (int64_t i = 0; i < p->rank; i++) {
        if (!dim_fixed(x->dims[i + 2]) || y->rank != x->rank || !dim_fixed(y->dims[i + 2])) return false;
        int64_t reach = (y->dims[i + 2].n - 1) * p->strides[i] + (p->kernel[i] - 1) * p->dilations[i] + 1;
        int64_t there = x->dims[i + 2].n + p->pads[i] + p->pads[i + p->rank];
        if (reach > there) p->pads[i + p->rank] += reach - there;
    }
    return true;
}

static struct ir_value *pad_with(struct build *b, struct ir_value *x, const struct pooling *p, double value)
{
    int64_t pads[2 * TFP_MAX_RANK] = { 0 };
    bool any = false;
    for (int64_t i = 0; i < p->rank; i++) {
        pads[i + 2] = p->pads[i];
        pads[i + 2 + p->rank + 2] = p->pads[i + p->rank];
        any = any || p->pads[i] || p->pads[i + p->rank];
    }
    if (!any) return x;
    return ir_emit(b, IR_PAD, IN(x, ir_ints(b, pads, (size_t)(2 * (p->rank + 2))), ir_like(b, x, value)), NO_ATTRS);
}

/* The element that each window has at one offset: a strided slice. */
static struct ir_value *window_part(struct build *b, struct ir_value *x, const struct ir_node *n,
                                    const struct pooling *p, const int64_t *offset)
{
    int64_t axes[TFP_MAX_RANK], starts[TFP_MAX_RANK], ends[TFP_MAX_RANK];
    for (int64_t i = 0; i < p->rank; i++) {
        int64_t last = n->out[0]->dims[i + 2].n - 1;
        axes[i] = i + 2;
        starts[i] = offset[i] * p->dilations[i];
        ends[i] = starts[i] + last * p->strides[i] + 1;
    }
    size_t r = (size_t)p->rank;
    return ir_slice(b, x, ir_ints(b, starts, r), ir_ints(b, ends, r), ir_ints(b, axes, r), ir_ints(b, p->strides, r));
}

static int64_t window_count(const struct pooling *p)
{
    int64_t count = 1;
    for (int64_t i = 0; i < p->rank; i++) count *= p->kernel[i];
    return count;
}

/* Number k in row-major order. */
static void window_offset(const struct pooling *p, int64_t k, int64_t *offset)
{
    for (int64_t i = p->rank - 1; i >= 0; i--) {
        offset[i] = k % p->kernel[i];
        k /= p->kernel[i];
    }
}

static struct ir_value *combine_window(struct decompose *d, const struct ir_node *n, const struct pooling *p,
                                       struct ir_value *x, enum ir_op op)
{
    int64_t offset[TFP_MAX_RANK], count = window_count(p);
    struct ir_value *all = NULL;
    for (int64_t k = 0; k < count && d->b.status == TFP_OK; k++) {
        window_offset(p, k, offset);
        struct ir_value *part = window_part(&d->b, x, n, p, offset);
        all = all ? ir_binary(&d->b, op, all, part) : part;
    }
    return all;
}

enum { LARGEST_WINDOW = 256 };

static bool sizes_known(const struct ir_node *n, const struct pooling *p)
{
    for (int64_t i = 0; i < p->rank; i++)
        if (n->out[0]->rank < 0 || !dim_fixed(n->out[0]->dims[i + 2]) || p->kernel[i] > 64) return false;
    return window_count(p) <= LARGEST_WINDOW;
}

static bool dilated(const struct pooling *p)
{
    for (int64_t i = 0; i < p->rank; i++)
        if (p->dilations[i] != 1) return true;
    return false;
}

/* Where in its plane each window's element at an offset lies: int64[1,1,..] of the result's size. */
static struct ir_value *window_places(struct build *b, const struct ir_node *n, const struct pooling *p, int64_t k)
{
    int64_t offset[TFP_MAX_RANK], dims[TFP_MAX_RANK] = { 1, 1 }, count = 1;
    window_offset(p, k, offset);
    for (int64_t i = 0; i < p->rank; i++) count *= dims[i + 2] = n->out[0]->dims[i + 2].n;
    int64_t *at = ARENA_ARRAY(&b->graph->arena, int64_t, (size_t)count);
    if (!at) return build_fail(b, tfp_no_memory(b->ctx));
    for (int64_t o = 0; o < count; o++) {
        int64_t rest = o, unit = 1;
        for (int64_t i = p->rank - 1; i >= 0; i--) {
            at[o] += (rest % dims[i + 2] * p->strides[i] + offset[i] * p->dilations[i] - p->pads[i]) * unit;
            rest /= dims[i + 2];
            unit *= ir_in(n, 0)->dims[i + 2].n;
        }
    }
    return ir_tensor(b, TFP_INT64, (size_t)p->rank + 2, dims, at);
}

/* Counted through the whole of x: its planes before this one. */
static struct ir_value *planes_before(struct decompose *d, const struct ir_node *n, const struct pooling *p)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *batch = ir_dim(b, x, 0), *channels = ir_dim(b, x, 1);
    int64_t ones[TFP_MAX_RANK], size = 1;
    for (int64_t i = 0; i < p->rank; i++) {
        ones[i] = 1;
        size *= x->dims[i + 2].n;
    }
    struct ir_value *shape = CONCAT(b, 0, batch, channels, ir_ints(b, ones, (size_t)p->rank));
    return times(b, ir_reshape(b, decompose_iota(d, ir_mul(b, batch, channels)), shape), (double)size);
}

/* The greatest of each window, and the first place where it stands. `x` is padded. */
static bool pool_with_places(struct decompose *d, const struct ir_node *n, const struct pooling *p, struct ir_value *x,
                             struct ir_value **out)
{
    struct build *b = &d->b;
    int64_t offset[TFP_MAX_RANK];
    if (!sizes_known(n, p) || ir_attr_int(n, ATTR_STORAGE_ORDER, 0)) return decline(d, "output Indices of open sizes");
    for (int64_t i = 0; i < p->rank; i++)
        if (!dim_fixed(ir_in(n, 0)->dims[i + 2])) return decline(d, "output Indices of open sizes");
    struct ir_value *most = combine_window(d, n, p, x, IR_MAX), *places = NULL;
    for (int64_t k = window_count(p) - 1; k >= 0 && most && b->status == TFP_OK; k--) {
        window_offset(p, k, offset);
        struct ir_value *here = ir_binary(b, IR_EQUAL, window_part(b, x, n, p, offset), most);
        struct ir_value *at = window_places(b, n, p, k);
        places = places ? ir_where(b, here, at, places) : at;
    }
    out[0] = most;
    out[1] = ir_add(b, places, planes_before(d, n, p));
    return out[1] != NULL;
}

static bool run_max_pool(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct pooling p;
    struct ir_value *x = ir_in(n, 0);
    if (!read_pooling(n, &p)) return decline(d, "auto_pad");
    if (!dtype_is_float(x->dtype)) return decline(d, "whole numbers");
    if (!spell_ceiling(n, &p)) return decline(d, "ceil_mode with sizes that are not known");
    x = pad_with(b, x, &p, (double)-INFINITY);
    if (ir_wants(n, 1)) return x && pool_with_places(d, n, &p, x, out);
    if (dilated(&p) || (x && !decompose_computes(d, IR_MAX_POOL, x->dtype))) {
        if (!sizes_known(n, &p)) return decline(d, "dilations with sizes that are not known");
        return give(out, combine_window(d, n, &p, x, IR_MAX));
    }
    struct ir_attr kernel = A_INTS(ATTR_KERNEL_SHAPE, p.kernel, (size_t)p.rank),
                   strides = A_INTS(ATTR_STRIDES, p.strides, (size_t)p.rank);
    return give(out, x ? ir_emit(b, IR_MAX_POOL, IN(x), ATTRS(kernel, strides)) : NULL);
}

/* Sums over windows, divided by how many elements each window has. */
static bool run_average_pool(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct pooling p, own;
    struct ir_value *x = ir_in(n, 0);
    if (!read_pooling(n, &p)) return decline(d, "auto_pad");
    own = p;
    if (!spell_ceiling(n, &p) || !sizes_known(n, &p)) return decline(d, "sizes that are not known");
    int64_t dims[TFP_MAX_RANK] = { 1, 1 };
    for (int64_t i = 0; i < p.rank; i++) {
        if (!dim_fixed(x->dims[i + 2])) return decline(d, "sizes that are not known");
        dims[i + 2] = x->dims[i + 2].n;
    }
    /* what ceil_mode adds never counts */
    struct pooling beyond = p;
    for (int64_t i = 0; i < 2 * p.rank; i++) beyond.pads[i] -= own.pads[i];
    bool count_pads = ir_attr_int(n, ATTR_COUNT_INCLUDE_PAD, 0) != 0;
    struct ir_value *one = ir_like(b, x, 1), *ones = ir_expand(b, one, ir_ints(b, dims, (size_t)(p.rank + 2)));
    ones = count_pads ? pad_with(b, pad_with(b, ones, &own, 1), &beyond, 0) : pad_with(b, ones, &p, 0);
    struct ir_value *counts = combine_window(d, n, &p, ones, IR_ADD);
    return give(out, ir_div(b, combine_window(d, n, &p, pad_with(b, x, &p, 0), IR_ADD), counts));
}

static bool run_global_pool(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct ir_value *x = ir_in(n, 0);
    int64_t axes[TFP_MAX_RANK];
    if (x->rank < 3) return decline(d, "an unknown rank");
    for (int64_t i = 2; i < x->rank; i++) axes[i - 2] = i;
    enum ir_op op = n->op == IR_GLOBAL_MAX_POOL ? IR_REDUCE_MAX : IR_REDUCE_MEAN;
    return give(out, ir_reduce(&d->b, op, x, axes, (size_t)(x->rank - 2), true));
}

/* -- quantization -------------------------------------------------------------------------------------------------- */

/* A scale or zero point for each place of the axis, beside x. */
static struct ir_value *beside(struct build *b, struct ir_value *v, const struct ir_node *n)
{
    int64_t dims[TFP_MAX_RANK], rank = ir_in(n, 0)->rank;
    if (!v || v->rank == 0 || rank < 1) return v;
    int64_t axis = from_front(ir_attr_int(n, ATTR_AXIS, 1), rank);
    for (int64_t i = 0; i < rank; i++) dims[i] = i == axis ? -1 : 1;
    return ir_reshape(b, v, ir_ints(b, dims, (size_t)rank));
}

static bool run_quantize(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    tfp_dtype t = n->out[0]->dtype;
    double low, high;
    if (ir_attr_int(n, ATTR_BLOCK_SIZE, 0) || tfp_dtype_size(t) > 2 || !range_of(t, &low, &high)) return false;
    struct ir_value *scale = ir_cast(b, beside(b, ir_in(n, 1), n), TFP_FLOAT),
                    *zero = ir_cast(b, beside(b, ir_in(n, 2), n), TFP_FLOAT);
    struct ir_value *y = ir_unary(b, IR_ROUND, ir_div(b, ir_cast(b, ir_in(n, 0), TFP_FLOAT), scale));
    if (zero) y = ir_add(b, y, zero);
    y = y ? ir_emit(b, IR_CLIP, IN(y, ir_like(b, y, low), ir_like(b, y, high)), NO_ATTRS) : NULL;
    return give(out, ir_cast(b, y, t));
}

static bool run_dequantize(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    tfp_dtype t = n->out[0]->dtype, from = ir_in(n, 0)->dtype;
    if (ir_attr_int(n, ATTR_BLOCK_SIZE, 0) || !dtype_is_integer(from)) return false;
    struct ir_value *x = ir_cast(b, ir_in(n, 0), TFP_INT32), *zero = ir_cast(b, beside(b, ir_in(n, 2), n), TFP_INT32);
    if (zero) x = ir_sub(b, x, zero);
    return give(out,
                ir_cast(b, ir_mul(b, ir_cast(b, x, TFP_FLOAT), ir_cast(b, beside(b, ir_in(n, 1), n), TFP_FLOAT)), t));
}

static const struct decomposition rows[] = {
    { IR_AVERAGE_POOL, run_average_pool },
    { IR_BATCH_NORMALIZATION, run_batch_normalization },
    { IR_CELU, run_elu },
    { IR_DEQUANTIZE_LINEAR, run_dequantize },
    { IR_DROPOUT, run_dropout },
    { IR_ELU, run_elu },
    { IR_GELU, run_gelu },
    { IR_GLOBAL_AVERAGE_POOL, run_global_pool },
    { IR_GLOBAL_MAX_POOL, run_global_pool },
    { IR_GROUP_NORMALIZATION, run_group_normalization },
    { IR_HARD_SIGMOID, run_hard_sigmoid },
    { IR_HARD_SWISH, run_hard_swish },
    { IR_HARDMAX, run_softmax },
    { IR_INSTANCE_NORMALIZATION, run_instance_normalization },
    { IR_LAYER_NORMALIZATION, run_layer_normalization },
    { IR_LEAKY_RELU, run_leaky },
    { IR_LOG_SOFTMAX, run_softmax },
    { IR_LP_NORMALIZATION, run_lp_normalization },
    { IR_MAX_POOL, run_max_pool },
    { IR_MEAN_VARIANCE_NORMALIZATION, run_mean_variance_normalization },
    { IR_MISH, run_mish },
    { IR_PRELU, run_leaky },
    { IR_QUANTIZE_LINEAR, run_quantize },
    { IR_RMS_NORMALIZATION, run_rms_normalization },
    { IR_RELU, run_relu },
    { IR_SELU, run_elu },
    { IR_SHRINK, run_shrink },
    { IR_SOFTMAX, run_softmax },
    { IR_SOFTPLUS, run_softplus },
    { IR_SOFTSIGN, run_softsign },
    { IR_SWISH, run_swish },
    { IR_THRESHOLDED_RELU, run_thresholded_relu },
};

const struct decompositions decompose_nn = { rows, sizeof rows / sizeof rows[0] };
