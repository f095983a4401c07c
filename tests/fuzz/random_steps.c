/* One function a kind of step. Operands come from the pool, parameters from the bytes; what does not fit gives NULL or
 * is refused by inference or by the kernel, and the caller takes it out again. */
#include "random_graph.h"

#include <math.h>
#include <string.h>

static const double any_number = -100;

static bool coin(struct random_graph *r)
{
    return random_byte(r) & 1;
}

/* A constant of random numbers, `low` at least; every so often all the same, 0 or 1, as neutral elements are. */
static struct ir_value *constant(struct random_graph *r, tfp_dtype dtype, size_t rank, const int64_t *dims, double low)
{
    struct tensor t = { 0 };
    if (r->b.status != TFP_OK) return NULL;
    uint32_t kind = random_byte(r) % 8;
    if (tensor_describe(&r->ctx, "c", dtype, rank, dims, &t) != TFP_OK || t.count > MOST_ELEMENTS) return NULL;
    if (tensor_allocate(&r->ctx, &t) != TFP_OK) return NULL;
    for (int64_t i = 0; i < t.count; i++) {
        double x = kind < 2 ? (double)kind : random_number(r);
        random_put(&t, i, x < low ? low + fabs(x) : x);
    }
    struct ir_value *v = ir_tensor(&r->b, dtype, rank, dims, t.data);
    tensor_release(&t);
    return v;
}
#define CONSTANT(r, dtype, low, ...)                                                                                   \
    constant((r), (dtype), sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t), (const int64_t[]){ __VA_ARGS__ }, (low))

static struct ir_value *pick(struct random_graph *r)
{
    size_t back = (size_t)random_below(r, 5); /* mostly the latest: long chains */
    size_t i = back < 3 && back < r->n_pool ? r->n_pool - 1 - back : (size_t)random_below(r, (int64_t)r->n_pool);
    r->exact_now = r->exact_now && r->exact[i];
    return r->pool[i];
}

static struct ir_value *pick_where(struct random_graph *r, bool (*fits)(const struct ir_value *v))
{
    struct ir_value *v = pick(r);
    for (size_t k = r->n_pool; k-- && !fits(v);) {
        v = r->pool[k];
        r->exact_now = r->exact_now && r->exact[k];
    }
    return fits(v) ? v : NULL;
}

static bool is_float(const struct ir_value *v)
{
    return v->dtype == TFP_FLOAT;
}

static bool is_number(const struct ir_value *v)
{
    return dtype_is_float(v->dtype) || dtype_is_integer(v->dtype);
}

static bool is_bool(const struct ir_value *v)
{
    return v->dtype == TFP_BOOL;
}

static bool has_axes(const struct ir_value *v)
{
    return v->rank >= 1;
}

static bool is_image(const struct ir_value *v)
{
    return is_float(v) && v->rank >= 3 && v->rank <= 5 && dim_fixed(v->dims[1]) && v->dims[1].n > 0;
}

static const struct tensor *now(const struct random_graph *r, const struct ir_value *v)
{
    return evaluated(&r->values, v);
}

/* An axis, now and then written from the back. */
static int64_t axis_of(struct random_graph *r, int64_t rank)
{
    int64_t axis = random_below(r, rank);
    return random_byte(r) % 4 == 0 ? axis - rank : axis;
}

/* Distinct axes in any order; at least one. */
static size_t axes_of(struct random_graph *r, int64_t rank, int64_t *axes)
{
    size_t n = 0;
    uint32_t mask = random_byte(r), first = random_byte(r);
    for (int64_t i = 0; i < rank; i++) {
        int64_t axis = ((int64_t)first + i) % rank;
        if (i == 0 || mask >> axis & 1) axes[n++] = random_byte(r) % 4 ? axis : axis - rank;
    }
    return n;
}

#define EMIT(r, op, inputs, ...) ir_emit(&(r)->b, (op), inputs, ATTRS(__VA_ARGS__))
#define EMIT_PLAIN(r, op, inputs) ir_emit(&(r)->b, (op), inputs, NO_ATTRS)

/* -- one function a kind of step: the new value, or NULL ----------------------------------------------------------- */

#define ONE_OF(r, ...)                                                                                                 \
    ((const enum ir_op[]){ __VA_ARGS__ })[random_below((r), sizeof((const enum ir_op[]){ __VA_ARGS__ }) / sizeof(enum ir_op))]

static struct ir_value *step_smooth(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    if (!x) return NULL;
    enum ir_op op = ONE_OF(r, IR_RELU, IR_SIGMOID, IR_TANH, IR_ABS, IR_NEG, IR_SOFTPLUS, IR_SIN, IR_COS, IR_ERF, IR_IDENTITY,
                           IR_ELU, IR_SELU, IR_LEAKY_RELU, IR_HARD_SIGMOID, IR_HARD_SWISH, IR_SOFTSIGN, IR_MISH, IR_GELU);
    r->exact_now = r->exact_now && (op == IR_RELU || op == IR_ABS || op == IR_NEG || op == IR_IDENTITY);
    if (op == IR_LEAKY_RELU || op == IR_ELU) return EMIT(r, op, IN(x), A_FLOAT(ATTR_ALPHA, 0.25f));
    return ir_unary(&r->b, op, x);
}

/* Jumps, poles and steep places. */
static struct ir_value *step_rough(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    if (!x || !r->exact_now) return NULL;
    enum ir_op op = ONE_OF(r, IR_EXP, IR_LOG, IR_SQRT, IR_RECIPROCAL, IR_FLOOR, IR_CEIL, IR_ROUND, IR_SIGN, IR_TAN, IR_ATAN,
                           IR_ASINH, IR_IS_NAN);
    r->exact_now = op == IR_FLOOR || op == IR_CEIL || op == IR_ROUND || op == IR_SIGN || op == IR_IS_NAN;
    return ir_unary(&r->b, op, x);
}

static bool broadcasts(const struct ir_value *a, const struct ir_value *b)
{
    for (int32_t i = 1; i <= a->rank && i <= b->rank; i++) {
        struct dim x = a->dims[a->rank - i], y = b->dims[b->rank - i];
        if (!dim_equal(x, y) && !dim_is(x, 1) && !dim_is(y, 1)) return false;
    }
    return true;
}

static struct ir_value *partner(struct random_graph *r, const struct ir_value *x)
{
    for (size_t i = 0, from = random_byte(r); i < r->n_pool; i++) {
        size_t k = (from + i) % r->n_pool;
        if (r->pool[k]->dtype != x->dtype || !broadcasts(x, r->pool[k])) continue;
        r->exact_now = r->exact_now && r->exact[k];
        return r->pool[k];
    }
    return NULL;
}

static struct ir_value *step_binary(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_number), *y = x ? partner(r, x) : NULL;
    if (!y) return NULL;
    enum ir_op op = ONE_OF(r, IR_ADD, IR_SUB, IR_MUL, IR_MAX, IR_MIN, IR_ADD, IR_MUL, IR_SUM, IR_MEAN);
    if ((op == IR_SUM || op == IR_MEAN) && !dtype_is_float(x->dtype)) op = IR_ADD;
    if (op == IR_SUM || op == IR_MEAN) r->exact_now = false;
    return coin(r) ? ir_binary(&r->b, op, x, y) : ir_binary(&r->b, op, y, x);
}

/* A constant that broadcasts to x: one number, a vector along one axis, or a tail of x's own dimensions. */
static struct ir_value *constant_for(struct random_graph *r, const struct ir_value *x, double low)
{
    int64_t dims[TFP_MAX_RANK];
    int32_t rank = (int32_t)random_below(r, x->rank + 1), one = (int32_t)random_below(r, rank + 1);
    bool vector = coin(r);
    for (int32_t i = 0; i < rank; i++) {
        struct dim d = x->dims[x->rank - rank + i];
        dims[i] = dim_fixed(d) && (!vector || i == one) ? d.n : 1;
    }
    return constant(r, x->dtype, (size_t)rank, dims, low);
}

static struct ir_value *step_constant(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_number);
    if (!x) return NULL;
    enum ir_op op = ONE_OF(r, IR_ADD, IR_SUB, IR_MUL, IR_DIV, IR_MAX, IR_MIN, IR_ADD, IR_MUL, IR_POW);
    if (op == IR_POW) {
        if (!is_float(x) || !r->exact_now) return NULL;
        r->exact_now = false;
        return ir_binary(&r->b, op, x, ir_like(&r->b, x, (double)random_below(r, 4)));
    }
    if (op == IR_DIV) return ir_binary(&r->b, op, x, constant_for(r, x, 0.5));
    struct ir_value *c = constant_for(r, x, any_number);
    return coin(r) ? ir_binary(&r->b, op, x, c) : ir_binary(&r->b, op, c, x);
}

/* Activations as graphs spell them out: Max(Min(x, b), a), Max(x, a * x), Clip(Relu(x)), Clip(Clip(x)). */
static struct ir_value *step_pattern(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    struct build *b = &r->b;
    if (!x) return NULL;
    struct ir_value *low = ir_scalar(b, TFP_FLOAT, random_number(r)), *high = ir_scalar(b, TFP_FLOAT, random_number(r));
    switch (random_below(r, 6)) {
    case 0: return ir_binary(b, IR_MAX, ir_binary(b, IR_MIN, x, high), low);
    case 1: return ir_binary(b, IR_MIN, low, ir_binary(b, IR_MAX, high, x));
    case 2: return ir_binary(b, IR_MAX, x, ir_mul(b, x, ir_scalar(b, TFP_FLOAT, 0.25)));
    case 3: return ir_emit(b, IR_CLIP, IN(ir_unary(b, IR_RELU, x), ir_scalar(b, TFP_FLOAT, 0), high), NO_ATTRS);
    case 4: return ir_emit(b, IR_CLIP, IN(ir_emit(b, IR_CLIP, IN(x, low, high), NO_ATTRS), low, high), NO_ATTRS);
    default: return r->exact_now = false, ir_mul(b, x, ir_unary(b, IR_SIGMOID, x));
    }
}

static struct ir_value *step_clip(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    if (!x) return NULL;
    struct ir_value *low = coin(r) ? ir_scalar(&r->b, TFP_FLOAT, random_number(r)) : NULL;
    struct ir_value *high = coin(r) ? ir_scalar(&r->b, TFP_FLOAT, random_number(r)) : NULL;
    return EMIT_PLAIN(r, IR_CLIP, IN(x, low, high));
}

static struct ir_value *step_transpose(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, has_axes);
    int64_t perm[TFP_MAX_RANK];
    if (!x) return NULL;
    if (random_byte(r) % 8 == 0) return ir_unary(&r->b, IR_TRANSPOSE, x);
    bool images = x->rank >= 3 && coin(r), in = coin(r);
    for (int64_t i = 0; i < x->rank; i++) perm[i] = i;
    if (images && in) { /* NHWC to NCHW */
        perm[1] = x->rank - 1;
        for (int64_t i = 2; i < x->rank; i++) perm[i] = i - 1;
    } else if (images) { /* and back */
        for (int64_t i = 1; i < x->rank - 1; i++) perm[i] = i + 1;
        perm[x->rank - 1] = 1;
    } else {
        for (int64_t i = x->rank - 1; i > 0; i--) {
            int64_t k = random_below(r, i + 1), swap = perm[i];
            perm[i] = perm[k];
            perm[k] = swap;
        }
    }
    return EMIT(r, IR_TRANSPOSE, IN(x), A_INTS(ATTR_PERM, perm, (size_t)x->rank));
}

/* To some factors of the number of elements; the open one is said as -1, or computed by Shape. */
static struct ir_value *step_reshape(struct random_graph *r)
{
    struct ir_value *x = pick(r);
    int64_t dims[TFP_MAX_RANK], rest = now(r, x)->count;
    size_t n = 0, open;
    if (rest == 0) return NULL;
    bool keep = x->rank > 0 && coin(r);
    if (keep) rest /= now(r, x)->dims[0];
    for (int64_t d = 2; n < 4 && d <= rest; d++) {
        if (rest % d || (d == 2 && coin(r))) continue;
        dims[n++] = d;
        rest /= d;
    }
    if (coin(r)) dims[n++] = 1;
    dims[n++] = rest;
    open = (size_t)random_below(r, (int64_t)n + 1);
    if (keep) {
        struct ir_value *first = ir_dim(&r->b, x, 0);
        return ir_reshape(&r->b, x, CONCAT(&r->b, 0, first, ir_ints(&r->b, dims, n)));
    }
    if (open < n) dims[open] = -1;
    return ir_reshape(&r->b, x, ir_ints(&r->b, dims, n));
}

static struct ir_value *step_flatten(struct random_graph *r)
{
    struct ir_value *x = pick(r);
    return EMIT(r, IR_FLATTEN, IN(x), A_INT(ATTR_AXIS, random_below(r, x->rank + 1)));
}

static struct ir_value *step_squeeze(struct random_graph *r)
{
    struct ir_value *x = pick(r);
    int64_t axes[TFP_MAX_RANK], n = 0;
    if (coin(r) && x->rank < 6) {
        n = 1 + random_below(r, 2);
        axes[0] = axis_of(r, x->rank + n);
        axes[1] = (axes[0] < 0 ? axes[0] + x->rank + n : axes[0]) ? 0 : x->rank + n - 1;
        return ir_unsqueeze(&r->b, x, axes, (size_t)n);
    }
    for (int32_t i = 0; i < x->rank; i++)
        if (dim_is(x->dims[i], 1) && coin(r)) axes[n++] = i;
    return n ? ir_squeeze(&r->b, x, axes, (size_t)n) : NULL;
}

static struct ir_value *step_expand(struct random_graph *r)
{
    struct ir_value *x = pick(r);
    int64_t dims[TFP_MAX_RANK];
    int32_t more = (int32_t)random_below(r, 2), rank = x->rank + more;
    if (rank > 6) return NULL;
    for (int32_t i = 0; i < rank; i++)
        dims[i] = i >= more && dim_is(x->dims[i - more], 1) && coin(r) ? 1 + random_below(r, 3) : 1;
    return ir_expand(&r->b, x, ir_ints(&r->b, dims, (size_t)rank));
}

static struct ir_value *step_tile(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, has_axes);
    int64_t repeats[TFP_MAX_RANK];
    if (!x) return NULL;
    for (int32_t i = 0; i < x->rank; i++) repeats[i] = 1 + (random_byte(r) % 4 == 0);
    return EMIT_PLAIN(r, IR_TILE, IN(x, ir_ints(&r->b, repeats, (size_t)x->rank)));
}

static bool joins(const struct ir_value *a, const struct ir_value *b, int32_t axis)
{
    if (a->dtype != b->dtype || a->rank != b->rank) return false;
    for (int32_t i = 0; i < a->rank; i++)
        if (i != axis && !dim_equal(a->dims[i], b->dims[i])) return false;
    return true;
}

/* With whatever fits along the axis: other values, itself, constants. */
static struct ir_value *step_concat(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, has_axes), *in[4];
    int64_t dims[TFP_MAX_RANK];
    size_t n = 0;
    if (!x) return NULL;
    int32_t axis = (int32_t)random_below(r, x->rank);
    bool fixed = true;
    in[n++] = x;
    for (size_t k = r->n_pool; k-- && n < 3;) {
        if (!joins(x, r->pool[k], axis) || coin(r)) continue;
        r->exact_now = r->exact_now && r->exact[k];
        in[n++] = r->pool[k];
    }
    for (int32_t i = 0; i < x->rank; i++) {
        dims[i] = i == axis ? 1 + random_below(r, 3) : x->dims[i].n;
        fixed = fixed && (i == axis || dim_fixed(x->dims[i]));
    }
    if (fixed && coin(r)) in[n++] = constant(r, x->dtype, (size_t)x->rank, dims, any_number);
    for (size_t i = 0; i < n; i++)
        if (!in[i]) return NULL;
    return ir_emit(&r->b, IR_CONCAT, in, n, ATTRS(A_INT(ATTR_AXIS, coin(r) ? axis : axis - x->rank)));
}

static struct ir_value *step_pad(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    int64_t pads[2 * TFP_MAX_RANK], axes[TFP_MAX_RANK];
    static const char *const modes[] = { "constant", "constant", "constant", "reflect", "edge", "wrap" };
    if (!x || x->rank < 1) return NULL;
    const char *mode = modes[random_below(r, 6)];
    bool spatial = coin(r) && x->rank > 2, some = random_byte(r) % 4 == 0;
    size_t n = some ? axes_of(r, x->rank, axes) : (size_t)x->rank;
    for (size_t i = 0; i < 2 * n; i++) {
        pads[i] = random_byte(r) % 3;
        if (random_byte(r) % 16 == 0) pads[i] = -1;
        if (spatial && !some && i % n < 2) pads[i] = 0;
    }
    struct ir_value *value = NULL;
    if (mode == modes[0] && random_byte(r) % 4 == 0) value = ir_scalar(&r->b, TFP_FLOAT, random_number(r));
    return EMIT(r, IR_PAD, IN(x, ir_ints(&r->b, pads, 2 * n), value, some ? ir_ints(&r->b, axes, n) : NULL),
                A_TEXT(ATTR_MODE, mode));
}

static struct ir_value *step_slice(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, has_axes);
    int64_t axes[TFP_MAX_RANK], starts[TFP_MAX_RANK], ends[TFP_MAX_RANK], steps[TFP_MAX_RANK];
    if (!x) return NULL;
    size_t n = axes_of(r, x->rank, axes);
    bool forward = coin(r);
    for (size_t i = 0; i < n; i++) {
        bool back = !forward && coin(r);
        starts[i] = back ? INT64_MAX : random_below(r, 3) - (random_byte(r) % 8 == 0);
        ends[i] = back ? INT64_MIN : coin(r) ? INT64_MAX : -random_below(r, 3);
        if (!back && ends[i] == 0) ends[i] = 4;
        steps[i] = (back ? -1 : 1) * (1 + random_below(r, 2) * random_below(r, 2));
    }
    bool plain = forward && coin(r);
    if (plain)
        for (size_t i = 0; i < n; i++) axes[i] = (int64_t)i;
    return ir_slice(&r->b, x, ir_ints(&r->b, starts, n), ir_ints(&r->b, ends, n), plain ? NULL : ir_ints(&r->b, axes, n),
                    forward ? NULL : ir_ints(&r->b, steps, n));
}

static struct ir_value *step_gather(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, has_axes);
    int64_t at[3];
    if (!x) return NULL;
    int64_t axis = random_below(r, x->rank), length = now(r, x)->dims[axis];
    for (size_t i = 0; i < 3; i++) at[i] = length ? random_below(r, length) - (coin(r) ? length : 0) : 0;
    return ir_gather(&r->b, x, coin(r) ? ir_int(&r->b, at[0]) : ir_ints(&r->b, at, (size_t)random_below(r, 3) + 1), axis);
}

static struct ir_value *step_reduce(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    int64_t axes[TFP_MAX_RANK];
    if (!x) return NULL;
    enum ir_op op = ONE_OF(r, IR_REDUCE_SUM, IR_REDUCE_MEAN, IR_REDUCE_MAX, IR_REDUCE_MIN, IR_REDUCE_PROD, IR_REDUCE_L1,
                           IR_REDUCE_SUM_SQUARE, IR_REDUCE_LOG_SUM_EXP);
    if (op == IR_REDUCE_PROD && !r->exact_now) return NULL; /* a factor near 0 may be rounding only */
    if (op != IR_REDUCE_MAX && op != IR_REDUCE_MIN) r->exact_now = false;
    size_t n = x->rank ? axes_of(r, x->rank, axes) : 0;
    bool keep = coin(r), noop = random_byte(r) % 8 == 0;
    struct ir_value *over = random_byte(r) % 8 ? ir_ints(&r->b, axes, n) : NULL;
    return EMIT(r, op, IN(x, over), A_INT(ATTR_KEEPDIMS, keep), A_INT(ATTR_NOOP_WITH_EMPTY_AXES, noop));
}

static struct ir_value *step_arg(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    if (!x || x->rank < 1 || !r->exact_now) return NULL;
    int64_t axis = axis_of(r, x->rank), keep = coin(r), last = random_byte(r) % 4 == 0;
    return EMIT(r, coin(r) ? IR_ARG_MAX : IR_ARG_MIN, IN(x), A_INT(ATTR_AXIS, axis), A_INT(ATTR_KEEPDIMS, keep),
                A_INT(ATTR_SELECT_LAST_INDEX, last));
}

static struct ir_value *step_axis(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    if (!x || x->rank < 1) return NULL;
    enum ir_op op = ONE_OF(r, IR_SOFTMAX, IR_LOG_SOFTMAX, IR_HARDMAX, IR_SOFTMAX);
    if (op == IR_HARDMAX && !r->exact_now) return NULL;
    r->exact_now = r->exact_now && op == IR_HARDMAX;
    if (op == IR_SOFTMAX && coin(r)) return ir_unary(&r->b, op, x);
    return EMIT(r, op, IN(x), A_INT(ATTR_AXIS, axis_of(r, x->rank)));
}

/* -- products and windows -- */

static struct ir_value *bias_of(struct random_graph *r, int64_t channels)
{
    return coin(r) ? CONSTANT(r, TFP_FLOAT, any_number, channels) : NULL;
}

struct random_window {
    int64_t kernel[3], strides[3], dilations[3], pads[6];
    size_t n;
};

static struct random_window window_of(struct random_graph *r, const struct ir_value *x)
{
    struct random_window w = { .n = (size_t)x->rank - 2 };
    bool padded = coin(r), strided = coin(r), dilated = random_byte(r) % 4 == 0;
    for (size_t i = 0; i < w.n; i++) {
        w.kernel[i] = 1 + random_below(r, 3);
        w.strides[i] = strided ? 1 + random_below(r, 2) : 1;
        w.dilations[i] = dilated ? 1 + random_below(r, 2) : 1;
        for (size_t k = i; k < 2 * w.n; k += w.n) w.pads[k] = padded ? random_below(r, w.kernel[i]) : 0;
        /* An open size that turns out smaller than the window: inference cannot know. */
        if (!dim_fixed(x->dims[i + 2]) && now(r, x)->dims[i + 2] < 5) w.kernel[i] = 1;
    }
    return w;
}

static struct ir_value *step_conv(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_image);
    int64_t dims[5];
    static const char *const autos[] = { "NOTSET", "NOTSET", "SAME_UPPER", "VALID" };
    if (!x) return NULL;
    struct random_window w = window_of(r, x);
    int64_t channels = x->dims[1].n, group = coin(r) ? 1 : channels, out = group * (1 + random_below(r, 3));
    bool transposed = random_byte(r) % 4 == 0;
    dims[0] = transposed ? channels : out;
    dims[1] = transposed ? out / group : channels / group;
    for (size_t i = 0; i < w.n; i++) dims[2 + i] = w.kernel[i];
    r->exact_now = false;
    struct ir_value *weights = constant(r, TFP_FLOAT, w.n + 2, dims, any_number), *bias = bias_of(r, out);
    const char *mode = autos[random_below(r, 4)];
    if (!weights) return NULL;
    if (mode != autos[0])
        return EMIT(r, transposed ? IR_CONV_TRANSPOSE : IR_CONV, IN(x, weights, bias), A_INT(ATTR_GROUP, group),
                    A_TEXT(ATTR_AUTO_PAD, mode), A_INTS(ATTR_STRIDES, w.strides, w.n));
    return EMIT(r, transposed ? IR_CONV_TRANSPOSE : IR_CONV, IN(x, weights, bias), A_INT(ATTR_GROUP, group),
                A_INTS(ATTR_PADS, w.pads, 2 * w.n), A_INTS(ATTR_STRIDES, w.strides, w.n),
                A_INTS(ATTR_DILATIONS, w.dilations, w.n));
}

/* As TensorFlow's graphs have it: NHWC outside, perhaps a Pad, a bias, an activation. */
static struct ir_value *step_conv_nhwc(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    struct build *b = &r->b;
    const int64_t pads[] = { 0, 1, 1, 0, 0, random_below(r, 2), 1, 0 };
    if (!x || x->rank != 4 || !dim_fixed(x->dims[3]) || x->dims[3].n < 1) return NULL;
    if (now(r, x)->dims[1] < 2 || now(r, x)->dims[2] < 2) return NULL;
    int64_t in = x->dims[3].n, out = 1 + random_below(r, 3);
    r->exact_now = false;
    if (coin(r)) x = ir_emit(b, IR_PAD, IN(x, ir_ints(b, pads, 8)), NO_ATTRS);
    struct ir_value *w = TRANSPOSE(b, CONSTANT(r, TFP_FLOAT, any_number, 2, 2, in, out), 3, 2, 0, 1);
    if (!w || !x) return NULL;
    x = TRANSPOSE(b, ir_emit(b, IR_CONV, IN(TRANSPOSE(b, x, 0, 3, 1, 2), w), NO_ATTRS), 0, 2, 3, 1);
    if (coin(r)) x = ir_add(b, x, CONSTANT(r, TFP_FLOAT, any_number, out));
    if (coin(r)) x = ir_mul(b, x, CONSTANT(r, TFP_FLOAT, any_number, out));
    return coin(r) ? x : ir_unary(b, IR_RELU, x);
}

static struct ir_value *step_batch_norm(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    if (!x || x->rank < 2 || !dim_fixed(x->dims[1])) return NULL;
    const int64_t n = x->dims[1].n;
    r->exact_now = false;
    struct ir_value *in[] = { x, CONSTANT(r, TFP_FLOAT, any_number, n), CONSTANT(r, TFP_FLOAT, any_number, n),
                              CONSTANT(r, TFP_FLOAT, any_number, n), CONSTANT(r, TFP_FLOAT, 0.25, n) };
    for (size_t i = 1; i < 5; i++)
        if (!in[i]) return NULL;
    return ir_emit(&r->b, IR_BATCH_NORMALIZATION, in, 5, ATTRS(A_FLOAT(ATTR_EPSILON, 0.001f)));
}

static struct ir_value *step_matmul(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float), *y;
    if (!x || x->rank < 1 || !dim_fixed(x->dims[x->rank - 1])) return NULL;
    int64_t inner = x->dims[x->rank - 1].n, columns = 1 + random_below(r, 3);
    r->exact_now = false;
    switch (random_below(r, 4)) {
    case 0:
        if (x->rank != 2) return NULL;
        y = CONSTANT(r, TFP_FLOAT, any_number, columns, inner);
        return y ? EMIT(r, IR_GEMM, IN(x, y, bias_of(r, columns)), A_INT(ATTR_TRANS_B, 1), A_FLOAT(ATTR_ALPHA, 0.5f)) : NULL;
    case 1: y = partner(r, x); break; /* fits now and then */
    default: y = CONSTANT(r, TFP_FLOAT, any_number, inner, columns); break;
    }
    return y ? ir_matmul(&r->b, x, y) : NULL;
}

/* Flatten(NHWC) times a matrix. */
static struct ir_value *step_dense(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_image);
    struct build *b = &r->b;
    int64_t count = 1;
    if (!x || x->rank != 4) return NULL;
    for (int32_t i = 1; i < 4; i++) {
        if (!dim_fixed(x->dims[i]) || x->dims[i].n == 0) return NULL;
        count *= x->dims[i].n;
    }
    r->exact_now = false;
    struct ir_value *flat = RESHAPE(b, TRANSPOSE(b, x, 0, 2, 3, 1), -1, count);
    return ir_matmul(b, flat, CONSTANT(r, TFP_FLOAT, any_number, count, 2));
}

static struct ir_value *step_pool(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_image);
    if (!x) return NULL;
    struct random_window w = window_of(r, x);
    bool average = coin(r), ceil = random_byte(r) % 4 == 0, include = coin(r);
    if (coin(r)) x = ir_unary(&r->b, IR_RELU, x);
    if (coin(r)) {
        int64_t pads[10] = { 0 };
        for (int64_t i = 2; i < x->rank; i++) pads[i] = pads[i + x->rank] = 1;
        x = ir_emit(&r->b, IR_PAD, IN(x, ir_ints(&r->b, pads, 2 * (size_t)x->rank)), NO_ATTRS);
    }
    if (!x) return NULL;
    if (average) {
        r->exact_now = false;
        return EMIT(r, IR_AVERAGE_POOL, IN(x), A_INTS(ATTR_KERNEL_SHAPE, w.kernel, w.n), A_INTS(ATTR_PADS, w.pads, 2 * w.n),
                    A_INTS(ATTR_STRIDES, w.strides, w.n), A_INT(ATTR_COUNT_INCLUDE_PAD, include));
    }
    return EMIT(r, IR_MAX_POOL, IN(x), A_INTS(ATTR_KERNEL_SHAPE, w.kernel, w.n), A_INTS(ATTR_PADS, w.pads, 2 * w.n),
                A_INTS(ATTR_STRIDES, w.strides, w.n), A_INT(ATTR_CEIL_MODE, ceil));
}

/* -- types, conditions, shapes -- */

static struct ir_value *step_cast(struct random_graph *r)
{
    struct ir_value *x = pick(r);
    const tfp_dtype to = ((const tfp_dtype[]){ TFP_FLOAT, TFP_FLOAT, TFP_INT32, TFP_INT64, TFP_BOOL, TFP_DOUBLE })[random_below(r, 6)];
    if (!r->exact_now && !(dtype_is_float(x->dtype) && dtype_is_float(to))) return NULL;
    return EMIT(r, IR_CAST, IN(x), A_INT(ATTR_TO, to));
}

static struct ir_value *step_compare(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_number);
    if (!x || !r->exact_now) return NULL;
    struct ir_value *y = coin(r) ? partner(r, x) : constant_for(r, x, any_number);
    if (!r->exact_now) return NULL;
    return ir_binary(&r->b, ONE_OF(r, IR_LESS, IR_GREATER, IR_EQUAL, IR_LESS_OR_EQUAL, IR_GREATER_OR_EQUAL), x, y);
}

static struct ir_value *step_logic(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_bool);
    if (!x) return NULL;
    if (coin(r)) return ir_unary(&r->b, IR_NOT, x);
    struct ir_value *y = coin(r) ? partner(r, x) : constant_for(r, x, any_number);
    return ir_binary(&r->b, ONE_OF(r, IR_AND, IR_OR, IR_XOR), x, y);
}

static struct ir_value *step_where(struct random_graph *r)
{
    struct ir_value *condition = pick_where(r, is_bool), *x = pick_where(r, is_number);
    if (!x) return NULL;
    if (!condition || !broadcasts(condition, x)) {
        struct ir_value like = *x;
        like.dtype = TFP_BOOL;
        condition = constant_for(r, &like, any_number);
    }
    struct ir_value *y = coin(r) ? partner(r, x) : constant_for(r, x, any_number);
    return ir_where(&r->b, condition, x, y);
}

/* The shape as a value, whole or in part. */
static struct ir_value *step_shape(struct random_graph *r)
{
    struct ir_value *x = pick(r);
    r->exact_now = true;
    if (coin(r)) return ir_shape(&r->b, x);
    return x->rank > 0 ? ir_dim(&r->b, x, random_below(r, x->rank)) : ir_unary(&r->b, IR_SIZE, x);
}

static struct ir_value *step_split(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, has_axes), *out[3];
    int64_t sizes[3];
    if (!x) return NULL;
    int64_t axis = random_below(r, x->rank), length = now(r, x)->dims[axis], n = 2 + random_below(r, 2);
    if (!dim_fixed(x->dims[axis]) || length < n) return NULL;
    sizes[0] = 1 + random_below(r, length - n + 1);
    sizes[1] = n == 2 ? length - sizes[0] : 1;
    sizes[2] = length - sizes[0] - sizes[1];
    struct ir_node *before = r->graph->last;
    bool even = coin(r);
    if (even)
        ir_emit_many(&r->b, IR_SPLIT, IN(x), ATTRS(A_INT(ATTR_AXIS, axis), A_INT(ATTR_NUM_OUTPUTS, n)), (size_t)n, out);
    else
        ir_emit_many(&r->b, IR_SPLIT, IN(x, ir_ints(&r->b, sizes, (size_t)n)), ATTRS(A_INT(ATTR_AXIS, axis)), (size_t)n, out);
    if (!out[0] || r->graph->last == before || evaluate_node(&r->ctx, &r->values, r->graph->last) != TFP_OK) return out[0];
    for (int64_t i = 1; i < n; i++) random_graph_add(r, out[i]);
    return out[0];
}

/* -- rarer ops, most of which older opsets lack -------------------------------------------------------------------- */

static bool is_fixed(const struct ir_value *v)
{
    int64_t dims[TFP_MAX_RANK], count;
    return v->rank >= 1 && ir_static_dims(v, dims) && numbers_count(dims, (size_t)v->rank, &count) && count > 0;
}

static bool is_whole(const struct ir_value *v)
{
    return dtype_is_integer(v->dtype);
}

static bool is_matrix(const struct ir_value *v)
{
    return is_float(v) && v->rank >= 2;
}

static struct ir_value *step_unary_rare(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    if (!x || !r->exact_now) return NULL;
    r->exact_now = false;
    switch (random_below(r, 5)) {
    case 0: return EMIT(r, IR_CELU, IN(x), A_FLOAT(ATTR_ALPHA, 0.5f));
    case 1: return EMIT(r, IR_SHRINK, IN(x), A_FLOAT(ATTR_LAMBD, 0.5f), A_FLOAT(ATTR_BIAS, 0.25f));
    case 2: return EMIT(r, IR_THRESHOLDED_RELU, IN(x), A_FLOAT(ATTR_ALPHA, 0.75f));
    case 3: return EMIT(r, IR_IS_INF, IN(x), A_INT(ATTR_DETECT_NEGATIVE, coin(r)));
    default: return ir_unary(&r->b, ONE_OF(r, IR_COSH, IR_SINH, IR_ATANH, IR_ACOSH, IR_SWISH, IR_ACOS, IR_ASIN), x);
    }
}

static struct ir_value *step_prelu(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    return x ? ir_binary(&r->b, IR_PRELU, x, constant_for(r, x, any_number)) : NULL;
}

static struct ir_value *step_whole(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_whole);
    if (!x || now(r, x)->count == 0) return NULL; /* of nothing the maximum is the type's own lowest */
    switch (random_below(r, 6)) {
    case 0: return ir_unary(&r->b, IR_BITWISE_NOT, x);
    case 1: return EMIT(r, IR_MOD, IN(x, constant_for(r, x, 1)), A_INT(ATTR_FMOD, coin(r)));
    case 2:
        if (!dtype_is_unsigned(x->dtype)) return NULL;
        return EMIT(r, IR_BIT_SHIFT, IN(x, constant_for(r, x, 0)), A_TEXT(ATTR_DIRECTION, coin(r) ? "LEFT" : "RIGHT"));
    case 3: return ir_unary(&r->b, ONE_OF(r, IR_ABS, IR_NEG, IR_SIGN), x);
    case 4: return ir_reduce(&r->b, ONE_OF(r, IR_REDUCE_SUM, IR_REDUCE_MAX, IR_REDUCE_MIN, IR_REDUCE_PROD), x, NULL, 0, coin(r));
    default: return ir_binary(&r->b, ONE_OF(r, IR_BITWISE_AND, IR_BITWISE_OR, IR_BITWISE_XOR), x, constant_for(r, x, any_number));
    }
}

/* Into one of the smaller types, from values that fit. */
static struct ir_value *step_small_type(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_number);
    static const tfp_dtype types[] = { TFP_INT8, TFP_UINT8, TFP_INT16, TFP_UINT16, TFP_UINT32, TFP_UINT64 };
    if (!x || !r->exact_now || x->dtype == TFP_BOOL) return NULL;
    x = ir_cast(&r->b, x, TFP_FLOAT);
    x = x ? EMIT_PLAIN(r, IR_CLIP, IN(x, ir_scalar(&r->b, TFP_FLOAT, 0), ir_scalar(&r->b, TFP_FLOAT, 100))) : NULL;
    return ir_cast(&r->b, x, types[random_below(r, 6)]);
}

static struct ir_value *step_running(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, has_axes);
    if (!x || !is_number(x)) return NULL;
    r->exact_now = r->exact_now && is_whole(x);
    int64_t axis = axis_of(r, x->rank), exclusive = coin(r), reverse = coin(r);
    enum ir_op op = random_below(r, 4) ? IR_CUM_SUM : IR_CUM_PROD;
    if (op == IR_CUM_PROD && now(r, x)->dims[axis < 0 ? axis + x->rank : axis] > 8) return NULL; /* a part may overflow, the rest be 0 */
    return EMIT(r, op, IN(x, ir_int(&r->b, axis)), A_INT(ATTR_EXCLUSIVE, exclusive), A_INT(ATTR_REVERSE, reverse));
}

static struct ir_value *step_depth(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_image);
    if (!x || x->rank != 4) return NULL;
    if (x->dims[1].n % 4 == 0)
        return EMIT(r, IR_DEPTH_TO_SPACE, IN(x), A_INT(ATTR_BLOCKSIZE, 2), A_TEXT(ATTR_MODE, coin(r) ? "DCR" : "CRD"));
    return EMIT(r, IR_SPACE_TO_DEPTH, IN(x), A_INT(ATTR_BLOCKSIZE, 2)); /* refused where the sizes are odd */
}

/* `n` distinct places along an axis, some written from the back. */
static struct ir_value *places(struct random_graph *r, const struct ir_value *x, int64_t axis, int64_t n, size_t rank,
                               const int64_t *dims)
{
    int64_t at[4], from = random_below(r, x->dims[axis].n);
    for (int64_t i = 0; i < n; i++) at[i] = (from + i) % x->dims[axis].n - (coin(r) ? x->dims[axis].n : 0);
    return ir_tensor(&r->b, TFP_INT64, rank, dims, at);
}

static struct ir_value *step_indexed(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_fixed);
    int64_t dims[TFP_MAX_RANK] = { 0 };
    if (!x || x->dtype == TFP_BOOL) return NULL;
    int64_t n = 1 + random_below(r, x->dims[0].n < 3 ? x->dims[0].n : 3);
    static const char *const reductions[] = { "none", "none", "add", "max" };
    const char *reduction = reductions[random_below(r, 4)];
    dims[0] = n;
    dims[1] = 1;
    struct ir_value *at = places(r, x, 0, n, 2, dims);
    if (coin(r)) return EMIT_PLAIN(r, IR_GATHER_ND, IN(x, at));
    for (int32_t i = 1; i < x->rank; i++) dims[i] = x->dims[i].n;
    struct ir_value *updates = constant(r, x->dtype, (size_t)x->rank, dims, any_number);
    if (!updates) return NULL;
    if (coin(r)) return EMIT(r, IR_SCATTER_ND, IN(x, at, updates), A_TEXT(ATTR_REDUCTION, reduction));
    for (int32_t i = 1; i < x->rank; i++) dims[i] = 1;
    at = places(r, x, 0, n, (size_t)x->rank, dims);
    updates = constant(r, x->dtype, (size_t)x->rank, dims, any_number);
    if (!updates) return NULL;
    if (coin(r)) return EMIT(r, IR_GATHER_ELEMENTS, IN(x, at), A_INT(ATTR_AXIS, 0));
    return EMIT(r, IR_SCATTER_ELEMENTS, IN(x, at, updates), A_INT(ATTR_AXIS, 0), A_TEXT(ATTR_REDUCTION, reduction));
}

static struct ir_value *step_top_k(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float), *out[2];
    if (!x || x->rank < 1 || !r->exact_now) return NULL;
    int64_t axis = axis_of(r, x->rank), largest = coin(r);
    ir_emit_many(&r->b, IR_TOP_K, IN(x, INTS(&r->b, 1 + random_below(r, 2))),
                 ATTRS(A_INT(ATTR_AXIS, axis), A_INT(ATTR_LARGEST, largest)), 2, out);
    return out[random_below(r, 2)];
}

static struct ir_value *step_one_hot(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_whole);
    const float values[] = { (float)random_number(r), (float)random_number(r) };
    if (!x) return NULL;
    int64_t axis = axis_of(r, x->rank + 1), depth = 1 + random_below(r, 4);
    return EMIT(r, IR_ONE_HOT, IN(x, ir_int(&r->b, depth), ir_tensor(&r->b, TFP_FLOAT, 1, (const int64_t[]){ 2 }, values)),
                A_INT(ATTR_AXIS, axis));
}

static struct ir_value *step_triangle(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_matrix);
    if (!x) return NULL;
    if (x->rank == 2 && coin(r)) return EMIT(r, IR_EYE_LIKE, IN(x), A_INT(ATTR_K, random_below(r, 3) - 1));
    return EMIT(r, IR_TRILU, IN(x, ir_int(&r->b, random_below(r, 4) - 1)), A_INT(ATTR_UPPER, coin(r)));
}

/* What is the same everywhere must not be normalized by its deviation, which is rounding only: a slope is added. */
static struct ir_value *step_deviation(struct random_graph *r, struct ir_value *x)
{
    static const int64_t axes[] = { 0, 2 };
    enum { STEEP = 3, MOST = 32 };
    float slope[MOST];
    int64_t dims[TFP_MAX_RANK];
    const int64_t n = dim_fixed(x->dims[2]) ? x->dims[2].n : 0;
    if (n < 2 || n > MOST) return NULL;
    for (int64_t i = 0; i < n; i++) slope[i] = (float)(STEEP * i);
    for (int32_t i = 2; i < x->rank; i++) dims[i - 2] = i == 2 ? n : 1;
    struct ir_value *y = ir_add(&r->b, EMIT_PLAIN(r, IR_TANH, IN(x)), ir_tensor(&r->b, TFP_FLOAT, (size_t)x->rank - 2, dims, slope));
    return EMIT(r, IR_MEAN_VARIANCE_NORMALIZATION, IN(y), A_INTS(ATTR_AXES, axes, 2));
}

static struct ir_value *step_normalize(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_image);
    if (!x || !dim_fixed(x->dims[x->rank - 1])) return NULL;
    int64_t channels = x->dims[1].n, last = x->dims[x->rank - 1].n;
    const bool exact = r->exact_now;
    r->exact_now = false;
    struct ir_value *of_last = CONSTANT(r, TFP_FLOAT, any_number, last), *more = CONSTANT(r, TFP_FLOAT, any_number, last);
    struct ir_value *scale = CONSTANT(r, TFP_FLOAT, any_number, channels), *bias = CONSTANT(r, TFP_FLOAT, any_number, channels);
    if (!of_last || !more || !scale || !bias) return NULL;
    switch (random_below(r, 9)) {
    case 0: return EMIT(r, IR_LAYER_NORMALIZATION, IN(x, of_last, more), A_FLOAT(ATTR_EPSILON, 0.01f));
    case 1: return EMIT(r, IR_RMS_NORMALIZATION, IN(x, of_last), A_FLOAT(ATTR_EPSILON, 0.01f));
    case 2: return EMIT(r, IR_INSTANCE_NORMALIZATION, IN(x, scale, bias), A_FLOAT(ATTR_EPSILON, 0.01f));
    case 3:
        return EMIT(r, IR_GROUP_NORMALIZATION, IN(x, scale, bias), A_FLOAT(ATTR_EPSILON, 0.01f),
                    A_INT(ATTR_NUM_GROUPS, coin(r) ? 1 : channels));
    case 4: /* of rounding only, too */
        if (!exact) return NULL;
        return EMIT(r, IR_LP_NORMALIZATION, IN(x), A_INT(ATTR_P, 1 + random_below(r, 2)), A_INT(ATTR_AXIS, axis_of(r, x->rank)));
    case 5: return step_deviation(r, x);
    case 6: return EMIT(r, IR_LRN, IN(x), A_INT(ATTR_SIZE, 3), A_FLOAT(ATTR_ALPHA, 0.5f));
    case 7: return ir_unary(&r->b, IR_GLOBAL_AVERAGE_POOL, x);
    default: return ir_unary(&r->b, IR_GLOBAL_MAX_POOL, x);
    }
}

static struct ir_value *step_einsum(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_matrix);
    static const char *const of_matrix[] = { "ij->ji", "ij->i", "ij,ij->j", "ij,kj->ik", "ij,kl->", "...j->...", "ij,ik" };
    static const char *const of_three[] = { "bij->bji", "bij,bkj->bik", "b...->...b", "bij,bij->bij", "abc,abd->dc", "bij->" };
    if (!x || x->rank > 3) return NULL;
    r->exact_now = false;
    const char *equation = x->rank == 2 ? of_matrix[random_below(r, 7)] : of_three[random_below(r, 6)];
    if (strchr(equation, ',')) return EMIT(r, IR_EINSUM, IN(x, x), A_TEXT(ATTR_EQUATION, equation));
    return EMIT(r, IR_EINSUM, IN(x), A_TEXT(ATTR_EQUATION, equation));
}

/* As many results as the values say. */
static struct ir_value *step_chosen(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_fixed);
    if (!x || !r->exact_now) return NULL;
    if (coin(r)) return ir_unary(&r->b, IR_NON_ZERO, x);
    int64_t axis = random_below(r, x->rank), n = x->dims[axis].n;
    struct ir_value *which = constant(r, TFP_BOOL, 1, &n, any_number);
    return which ? EMIT(r, IR_COMPRESS, IN(x, which), A_INT(ATTR_AXIS, axis)) : NULL;
}

static struct ir_value *step_made(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, has_axes);
    struct ir_value *fill = CONSTANT(r, TFP_FLOAT, any_number, 1);
    if (!x || !fill) return NULL;
    r->exact_now = true;
    if (coin(r)) return EMIT(r, IR_CONSTANT_OF_SHAPE, IN(ir_shape(&r->b, x)), A_TENSOR(ATTR_VALUE, fill->constant));
    struct ir_value *end = ir_squeeze(&r->b, ir_dim(&r->b, x, 0), (const int64_t[]){ 0 }, 1);
    return end ? EMIT_PLAIN(r, IR_RANGE, IN(ir_int(&r->b, random_below(r, 2)), end, ir_int(&r->b, 1 + random_below(r, 2)))) : NULL;
}

static struct ir_value *step_resize(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_image);
    static const char *const modes[] = { "nearest", "linear", "cubic" };
    static const char *const places_of[] = { "half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel" };
    static const char *const nearest[] = { "round_prefer_floor", "floor", "ceil", "round_prefer_ceil" };
    const float scales[] = { 1, 1, coin(r) ? 2 : 1, coin(r) ? 2 : 1.5f };
    if (!x || x->rank != 4) return NULL;
    const char *mode = modes[random_below(r, 3)], *place = places_of[random_below(r, 4)], *rounded = nearest[random_below(r, 4)];
    r->exact_now = r->exact_now && mode == modes[0];
    struct ir_value *by = ir_tensor(&r->b, TFP_FLOAT, 1, (const int64_t[]){ 4 }, scales), *to = NULL;
    if (mode != modes[0] && coin(r)) { /* which is the nearest of a quotient on the edge of two cells is rounding's choice */
        to = CONCAT(&r->b, 0, ir_dim(&r->b, x, 0), ir_dim(&r->b, x, 1), INTS(&r->b, 1 + random_below(r, 7), 1 + random_below(r, 7)));
        by = NULL;
    }
    return EMIT(r, IR_RESIZE, IN(x, NULL, by, to), A_TEXT(ATTR_MODE, mode), A_TEXT(ATTR_COORDINATE_TRANSFORMATION_MODE, place),
                A_TEXT(ATTR_NEAREST_MODE, rounded));
}

/* There and back: what is in between takes 256 values. */
static struct ir_value *step_quantize(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    if (!x || !r->exact_now) return NULL;
    struct ir_value *scale = ir_scalar(&r->b, TFP_FLOAT, coin(r) ? 0.125 : 0.05);
    struct ir_value *zero = ir_scalar(&r->b, coin(r) ? TFP_UINT8 : TFP_INT8, (double)random_below(r, 100));
    struct ir_value *q = EMIT_PLAIN(r, IR_QUANTIZE_LINEAR, IN(x, scale, zero));
    r->exact_now = false;
    return q ? EMIT_PLAIN(r, IR_DEQUANTIZE_LINEAR, IN(q, scale, zero)) : NULL;
}

static struct ir_value *step_reverse(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_fixed);
    if (!x || x->rank < 2) return NULL;
    bool swapped = coin(r);
    int64_t lengths[MOST_ELEMENTS], n = x->dims[swapped].n, most = x->dims[!swapped].n;
    if (n > MOST_ELEMENTS) return NULL;
    for (int64_t i = 0; i < n; i++) lengths[i] = 1 + random_below(r, most);
    return EMIT(r, IR_REVERSE_SEQUENCE, IN(x, ir_ints(&r->b, lengths, (size_t)n)), A_INT(ATTR_BATCH_AXIS, swapped),
                A_INT(ATTR_TIME_AXIS, !swapped));
}

static struct ir_value *step_dropout(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float), *out[2];
    if (!x) return NULL;
    ir_emit_many(&r->b, IR_DROPOUT, IN(x), NO_ATTRS, 1 + (size_t)coin(r), out);
    return out[0];
}

typedef struct ir_value *step_fn(struct random_graph *r);
static step_fn *const steps[] = {
    step_smooth, step_rough, step_binary, step_constant, step_pattern, step_clip, step_transpose, step_reshape, step_flatten,
    step_squeeze, step_expand, step_tile, step_concat, step_pad, step_slice, step_gather, step_reduce, step_arg, step_axis,
    step_conv, step_conv_nhwc, step_batch_norm, step_matmul, step_dense, step_pool, step_cast, step_compare, step_logic,
    step_where, step_shape, step_split, step_unary_rare, step_prelu, step_whole, step_small_type, step_running, step_depth,
    step_indexed, step_top_k, step_one_hot, step_triangle, step_normalize, step_einsum, step_chosen, step_made, step_resize,
    step_quantize, step_reverse, step_dropout,
    /* the common ones again */
    step_transpose, step_transpose, step_binary, step_constant, step_reshape, step_conv_nhwc, step_conv, step_batch_norm,
};

struct ir_value *random_step(struct random_graph *r)
{
    return steps[random_below(r, sizeof steps / sizeof steps[0])](r);
}
