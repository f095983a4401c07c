/* Resize in terms of Gather: along each axis the places that each result looks at, and how much it takes of each. The
 * coordinate formulas are those of ONNX's Resize; they are computed in double and folded when the sizes are known. */
#include "decompose/decompose.h"

#include <math.h>

/* One axis of the resize. Values are double, rank 1: of one element but for `at`. */
struct resizing {
    struct build *b;
    const struct ir_node *node;
    struct ir_value *in, *out; /* lengths */
    struct ir_value *scale;    /* out / in where sizes are given, or as given */
    bool sized;
    struct ir_value *target;   /* the length that the scale stands for, which need not be whole */
    struct ir_value *at; /* where in the input each result lies */
};

static struct ir_value *number(struct resizing *r, double value)
{
    const int64_t dims[] = { 1 };
    return ir_tensor(r->b, TFP_DOUBLE, 1, dims, &value);
}

static struct ir_value *plus(struct resizing *r, struct ir_value *x, double value)
{
    return ir_add(r->b, x, number(r, value));
}

/* x / scale; with sizes as x * in / out, which meets whole numbers exactly. */
static struct ir_value *unscaled(struct resizing *r, struct ir_value *x)
{
    if (r->sized) return ir_div(r->b, ir_mul(r->b, x, r->in), r->out);
    return ir_div(r->b, x, r->scale);
}

/* 1 where the length is more than one, else 0. */
static struct ir_value *if_several(struct resizing *r)
{
    return ir_cast(r->b, ir_binary(r->b, IR_GREATER, r->out, number(r, 1.5)), TFP_DOUBLE);
}

/* False: a mode that is not known here. */
static bool place_results(struct resizing *r, struct ir_value *x)
{
    struct build *b = r->b;
    struct bytes mode = ir_attr_string(r->node, ATTR_COORDINATE_TRANSFORMATION_MODE, "half_pixel");
    struct ir_value *centred = plus(r, unscaled(r, plus(r, x, 0.5)), -0.5);
    if (bytes_equal(mode, "half_pixel")) {
        r->at = centred;
    } else if (bytes_equal(mode, "asymmetric")) {
        r->at = unscaled(r, x);
    } else if (bytes_equal(mode, "pytorch_half_pixel")) {
        r->at = ir_mul(b, centred, if_several(r));
    } else if (bytes_equal(mode, "align_corners")) {
        struct ir_value *several = if_several(r),
                        *steps = ir_add(b, plus(r, r->target, -1), ir_sub(b, number(r, 1), several));
        r->at = ir_mul(b, ir_div(b, ir_mul(b, x, plus(r, r->in, -1)), steps), several);
    } else if (bytes_equal(mode, "half_pixel_symmetric") && r->sized) {
        r->at = centred; /* nothing was rounded away */
    } else if (bytes_equal(mode, "half_pixel_symmetric")) {
        struct ir_value *exact = ir_mul(b, r->scale, r->in), *shrunk = ir_div(b, r->out, exact);
        struct ir_value *offset = ir_mul(b, ir_mul(b, r->in, number(r, 0.5)), ir_sub(b, number(r, 1), shrunk));
        r->at = ir_add(b, offset, centred);
    } else {
        return false;
    }
    return true;
}

static struct ir_value *within(struct resizing *r, struct ir_value *at)
{
    struct ir_value *low = ir_binary(r->b, IR_MAX, at, number(r, 0));
    return ir_cast(r->b, ir_binary(r->b, IR_MIN, low, plus(r, r->in, -1)), TFP_INT64);
}

static struct ir_value *nearest(struct resizing *r)
{
    struct build *b = r->b;
    struct bytes mode = ir_attr_string(r->node, ATTR_NEAREST_MODE, "round_prefer_floor");
    struct ir_value *at = r->at;
    if (bytes_equal(mode, "floor")) at = ir_unary(b, IR_FLOOR, at);
    else if (bytes_equal(mode, "ceil")) at = ir_unary(b, IR_CEIL, at);
    else if (bytes_equal(mode, "round_prefer_ceil")) at = ir_unary(b, IR_FLOOR, plus(r, at, 0.5));
    else at = ir_unary(b, IR_CEIL, plus(r, at, -0.5));
    return within(r, at);
}

/* c[0] t^3 + c[1] t^2 + c[2] t + c[3] */
static struct ir_value *polynomial(struct resizing *r, struct ir_value *t, const double *c)
{
    struct ir_value *y = number(r, c[0]);
    for (int i = 1; i < 4; i++) y = plus(r, ir_mul(r->b, y, t), c[i]);
    return y;
}

/* How much of the neighbour at floor + tap is taken, `f` beyond the floor. */
static struct ir_value *weight(struct resizing *r, struct ir_value *f, int tap, bool cubic)
{
    double a = (double)ir_attr_float(r->node, ATTR_CUBIC_COEFF_A, -0.75f);
    const double near[] = { a + 2, -(a + 3), 0, 1 }, far[] = { a, -5 * a, 8 * a, -4 * a };
    struct ir_value *distance = tap <= 0 ? plus(r, f, -tap) : ir_sub(r->b, number(r, tap), f);
    if (!cubic) return ir_sub(r->b, number(r, 1), distance);
    return polynomial(r, distance, tap == 0 || tap == 1 ? near : far);
}

static struct ir_value *along(struct build *b, struct ir_value *list, int64_t axis, int64_t rank)
{
    int64_t dims[TFP_MAX_RANK];
    for (int64_t i = 0; i < rank; i++) dims[i] = i == axis ? -1 : 1;
    return ir_reshape(b, list, ir_ints(b, dims, (size_t)rank));
}

static struct ir_value *interpolate(struct resizing *r, struct ir_value *x, int64_t axis, bool cubic)
{
    struct build *b = r->b;
    struct ir_value *floor = ir_unary(b, IR_FLOOR, r->at), *f = ir_sub(b, r->at, floor), *sum = NULL, *whole = NULL;
    struct ir_value *w[4], *places[4];
    int first = cubic ? -1 : 0, count = cubic ? 4 : 2;
    bool exclude = ir_attr_int(r->node, ATTR_EXCLUDE_OUTSIDE, 0) != 0;
    for (int i = 0; i < count; i++) {
        struct ir_value *at = plus(r, floor, first + i);
        w[i] = weight(r, f, first + i, cubic);
        places[i] = within(r, at);
        if (!exclude) continue;
        struct ir_value *above = ir_binary(b, IR_GREATER, at, number(r, -0.5)),
                        *below = ir_binary(b, IR_LESS, at, plus(r, r->in, -0.5));
        w[i] = ir_mul(b, w[i], ir_cast(b, ir_binary(b, IR_AND, above, below), TFP_DOUBLE));
        whole = whole ? ir_add(b, whole, w[i]) : w[i];
    }
    for (int i = 0; i < count && x; i++) {
        if (whole) w[i] = ir_div(b, w[i], whole);
        struct ir_value *part =
            ir_mul(b, ir_gather(b, x, places[i], axis), along(b, ir_cast(b, w[i], x->dtype), axis, x->rank));
        sum = sum ? ir_add(b, sum, part) : part;
    }
    return sum;
}

/* The axes that are named, each with its scale or size. */
struct request {
    int64_t axes[TFP_MAX_RANK];
    int64_t count;
    struct ir_value *scales, *sizes; /* one of them */
};

static bool read_request(struct decompose *d, const struct ir_node *n, struct request *q)
{
    struct ir_ints axes = ir_attr_ints(n, ATTR_AXES);
    const struct ir_value *x = ir_in(n, 0), *scales = ir_in(n, 2);
    if (x->rank < 1) return decline(d, "an unknown rank");
    if (!ir_attr_is(n, ATTR_KEEP_ASPECT_RATIO_POLICY, "stretch")) return decline(d, "keep_aspect_ratio_policy");
    if (ir_attr_int(n, ATTR_ANTIALIAS, 0)) return decline(d, "antialias");
    q->count = axes.at ? (int64_t)axes.n : x->rank;
    if (q->count > x->rank) return decline(d, "more axes than the rank");
    for (int64_t i = 0; i < q->count; i++) q->axes[i] = axes.at ? from_front(axes.at[i], x->rank) : i;
    bool empty = !scales || (scales->rank == 1 && dim_is(scales->dims[0], 0));
    q->scales = empty ? NULL : ir_in(n, 2);
    q->sizes = empty ? ir_in(n, 3) : NULL;
    return q->scales || q->sizes;
}

/* Nothing changes along the axis. */
static bool stays(const struct ir_node *n, const struct request *q, int64_t i)
{
    int64_t axis = q->axes[i];
    const struct ir_value *x = ir_in(n, 0), *y = n->out[0];
    if (q->scales && q->scales->constant) return tensor_float(q->scales->constant, i) == 1;
    return q->sizes && y->rank == x->rank && dim_equal(x->dims[axis], y->dims[axis]);
}

static bool resize_axis(struct decompose *d, const struct ir_node *n, const struct request *q, int64_t i,
                        struct ir_value **x)
{
    struct build *b = &d->b;
    struct resizing r = { .b = b, .node = n, .sized = q->sizes != NULL };
    struct ir_value *length;
    r.in = ir_cast(b, ir_dim(b, *x, q->axes[i]), TFP_DOUBLE);
    if (q->sizes) {
        length = ir_cast(b, ir_gather(b, q->sizes, INTS(b, i), 0), TFP_INT64);
        r.out = ir_cast(b, length, TFP_DOUBLE);
        r.scale = ir_div(b, r.out, r.in);
        r.target = r.out;
    } else {
        r.scale = ir_cast(b, ir_gather(b, q->scales, INTS(b, i), 0), TFP_DOUBLE);
        r.target = ir_mul(b, r.in, r.scale);
        r.out = ir_unary(b, IR_FLOOR, r.target);
        length = ir_cast(b, r.out, TFP_INT64);
    }
    if (!place_results(&r, ir_cast(b, decompose_iota(d, length), TFP_DOUBLE)))
        return decline(d, "coordinate_transformation_mode");
    if (ir_attr_is(n, ATTR_MODE, "nearest")) *x = ir_gather(b, *x, nearest(&r), q->axes[i]);
    else *x = interpolate(&r, *x, q->axes[i], ir_attr_is(n, ATTR_MODE, "cubic"));
    return *x != NULL;
}

/* The region's starts, then its ends: from 0 to 1 along axes that are not named. */
static struct ir_value *spell_region(struct build *b, const struct ir_node *n, const struct request *q)
{
    struct ir_value *roi = ir_in(n, 1), *parts[2 * TFP_MAX_RANK];
    const int64_t rank = ir_in(n, 0)->rank, dims[] = { 1 };
    const float whole[] = { 0, 1 };
    for (int64_t i = 0; i < 2 * rank; i++)
        parts[i] = ir_cast(b, ir_tensor(b, TFP_FLOAT, 1, dims, &whole[i / rank]), roi->dtype);
    for (int64_t i = 0; i < 2 * q->count; i++)
        parts[q->axes[i % q->count] + i / q->count * rank] = ir_gather(b, roi, INTS(b, i), 0);
    return ir_concat(b, parts, (size_t)(2 * rank), 0);
}

/* The same with a scale or size for every axis, for opsets that have no `axes`. */
static struct ir_value *spell_axes(struct decompose *d, const struct ir_node *n, const struct request *q)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *parts[TFP_MAX_RANK];
    struct ir_attr attrs[8];
    size_t k = 0;
    const int64_t dims[] = { 1 };
    const float one = 1;
    for (int64_t i = 0; i < x->rank; i++)
        parts[i] = q->sizes ? ir_dim(b, x, i) : ir_tensor(b, TFP_FLOAT, 1, dims, &one);
    for (int64_t i = 0; i < q->count; i++)
        parts[q->axes[i]] = ir_gather(b, q->sizes ? q->sizes : q->scales, INTS(b, i), 0);
    struct ir_value *list = ir_concat(b, parts, (size_t)x->rank, 0), *roi = ir_in(n, 1) ? spell_region(b, n, q) : NULL;
    for (size_t i = 0; i < n->n_attrs && k < 7; i++)
        if (n->attrs[i].name != ATTR_AXES && n->attrs[i].name != ATTR_KEEP_ASPECT_RATIO_POLICY)
            attrs[k++] = n->attrs[i];
    attrs[k] = (struct ir_attr){ .name = ATTR_NONE };
    return ir_emit(b, IR_RESIZE, IN(x, roi, q->scales ? list : NULL, q->sizes ? list : NULL), attrs);
}

static bool run_resize(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct request q;
    struct ir_value *x = ir_in(n, 0);
    tfp_dtype t = x->dtype;
    bool plain = ir_attr_is(n, ATTR_MODE, "nearest");
    if (!read_request(d, n, &q)) return false;
    if (d->opset >= 11 && ir_attr(n, ATTR_AXES) && d->opset < 18) return give(out, spell_axes(d, n, &q));
    if (!plain && !dtype_is_float(t)) return decline(d, "whole numbers");
    if (!plain && t != TFP_DOUBLE) x = ir_cast(b, x, TFP_FLOAT);
    for (int64_t i = 0; i < q.count && x; i++)
        if (!stays(n, &q, i) && !resize_axis(d, n, &q, i, &x)) return false;
    x = ir_cast(b, x, t);
    return give(out, x == ir_in(n, 0) ? ir_unary(b, IR_IDENTITY, x) : x);
}

static const struct decomposition rows[] = {
    { IR_RESIZE, run_resize },
};

const struct decompositions decompose_resize = { rows, sizeof rows / sizeof rows[0] };
