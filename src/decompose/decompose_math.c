/* Element-wise arithmetic in terms of older element-wise arithmetic. */
#include "decompose/decompose.h"

#include <float.h>
#include <math.h>

static struct ir_value *either(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return ir_binary(b, IR_OR, x, y);
}

static struct ir_value *both(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return ir_binary(b, IR_AND, x, y);
}

static struct ir_value *negate(struct build *b, struct ir_value *x)
{
    return ir_unary(b, IR_NOT, x);
}

static struct ir_value *less(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return ir_binary(b, IR_LESS, x, y);
}

static struct ir_value *greater(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return ir_binary(b, IR_GREATER, x, y);
}

/* x op constant */
static struct ir_value *plus(struct build *b, struct ir_value *x, double c)
{
    return x ? ir_add(b, x, ir_like(b, x, c)) : NULL;
}

static struct ir_value *times(struct build *b, struct ir_value *x, double c)
{
    return x ? ir_mul(b, x, ir_like(b, x, c)) : NULL;
}

static struct ir_value *clip(struct build *b, struct ir_value *x, double low, double high)
{
    return x ? ir_emit(b, IR_CLIP, IN(x, ir_like(b, x, low), ir_like(b, x, high)), NO_ATTRS) : NULL;
}

/* False for NaN only: each number is above -inf or below inf. */
static struct ir_value *is_number(struct build *b, struct ir_value *x)
{
    return x ? either(b, less(b, x, ir_like(b, x, (double)INFINITY)), greater(b, x, ir_like(b, x, (double)-INFINITY)))
             : NULL;
}

/* -- comparing ----------------------------------------------------------------------------------------------------- */

/* 64-bit numbers in two halves that double holds exactly; Div truncates, so both halves have the number's sign. */
static void halves(struct build *b, struct ir_value *x, struct ir_value **high, struct ir_value **low)
{
    struct ir_value *unit = ir_like(b, x, 4294967296.0), *h = ir_div(b, x, unit);
    *low = ir_cast(b, ir_sub(b, x, ir_mul(b, h, unit)), TFP_DOUBLE);
    *high = ir_cast(b, h, TFP_DOUBLE);
}

static bool run_less(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    bool swap = n->op == IR_GREATER;
    struct ir_value *x = ir_in(n, swap), *y = ir_in(n, !swap), *xh, *xl, *yh, *yl;
    if (x->dtype != TFP_INT64 && x->dtype != TFP_UINT64) return false;
    halves(b, x, &xh, &xl);
    halves(b, y, &yh, &yl);
    return give(out, either(b, less(b, xh, yh), both(b, negate(b, less(b, yh, xh)), less(b, xl, yl))));
}

/* NaN makes every comparison false. */
static bool run_less_or_equal(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    bool swap = n->op == IR_GREATER_OR_EQUAL;
    struct ir_value *x = ir_in(n, swap), *y = ir_in(n, !swap), *holds = negate(b, less(b, y, x));
    if (dtype_is_float(x->dtype)) holds = both(b, holds, both(b, is_number(b, x), is_number(b, y)));
    return give(out, holds);
}

/* Before 11 Equal knew no floats. */
static bool run_equal(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *y = ir_in(n, 1);
    if (!dtype_is_float(x->dtype)) return false;
    if (decompose_computes(d, IR_EQUAL, x->dtype)) return false;
    struct ir_value *apart = either(b, less(b, x, y), greater(b, x, y));
    return give(out, both(b, negate(b, apart), both(b, is_number(b, x), is_number(b, y))));
}

static bool run_is_nan(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct ir_value *x = ir_in(n, 0);
    if (decompose_computes(d, IR_IS_NAN, TFP_FLOAT) && !decompose_computes(d, IR_IS_NAN, x->dtype) &&
        x->dtype != TFP_DOUBLE)
        x = ir_cast(&d->b, x, TFP_FLOAT);
    return give(out, negate(&d->b, is_number(&d->b, x)));
}

static bool run_is_inf(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    if (x->dtype != TFP_DOUBLE) x = ir_cast(b, x, TFP_FLOAT);
    double most = x && x->dtype == TFP_DOUBLE ? DBL_MAX : (double)FLT_MAX;
    bool up = ir_attr_int(n, ATTR_DETECT_POSITIVE, 1), down = ir_attr_int(n, ATTR_DETECT_NEGATIVE, 1);
    struct ir_value *high = up ? greater(b, x, ir_like(b, x, most)) : NULL;
    struct ir_value *low = down ? less(b, x, ir_like(b, x, -most)) : NULL;
    if (up && down) return give(out, either(b, high, low));
    if (up || down) return give(out, up ? high : low);
    return give(out, both(b, greater(b, x, x), greater(b, x, x)));
}

static bool run_sign(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *zero = ir_like(b, x, 0);
    struct ir_value *up = ir_cast(b, greater(b, x, zero), TFP_INT32), *down = ir_cast(b, less(b, x, zero), TFP_INT32);
    return give(out, ir_cast(b, ir_sub(b, up, down), x->dtype));
}

/* -- choosing ------------------------------------------------------------------------------------------------------ */

static bool surely_finite(const struct ir_value *v)
{
    const struct tensor *t = v->constant;
    if (!t || t->count > 4096 || !dtype_is_float(t->dtype)) return false;
    for (int64_t i = 0; i < t->count; i++)
        if (!isfinite(tensor_float(t, i))) return false;
    return true;
}

/* Both lists behind one another; the condition says in which of them each place looks itself up. */
static struct ir_value *where_by_gather(struct decompose *d, struct ir_value *c, struct ir_value *x, struct ir_value *y)
{
    struct build *b = &d->b;
    struct ir_value *shape = ir_shape(b, either(b, either(b, c, ir_cast(b, x, TFP_BOOL)), ir_cast(b, y, TFP_BOOL)));
    struct ir_value *all = INTS(b, -1), *count = ir_reduce(b, IR_REDUCE_PROD, shape, (int64_t[]){ 0 }, 1, true);
    struct ir_value *pool =
        CONCAT(b, 0, ir_reshape(b, ir_expand(b, x, shape), all), ir_reshape(b, ir_expand(b, y, shape), all));
    struct ir_value *chosen = ir_cast(b, ir_reshape(b, ir_expand(b, negate(b, c), shape), all), TFP_INT64);
    struct ir_value *place = ir_add(b, decompose_iota(d, count), ir_mul(b, chosen, count));
    return ir_reshape(b, ir_gather(b, pool, place, 0), shape);
}

static bool run_where(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *c = ir_in(n, 0), *x = ir_in(n, 1), *y = ir_in(n, 2);
    tfp_dtype t = x->dtype;
    if (t == TFP_BOOL) return give(out, either(b, both(b, c, x), both(b, negate(b, c), y)));
    if (schema_at(IR_WHERE, d->opset)) return false;
    if (dtype_is_integer(t)) { /* modulo 2^bits: no overflow can spoil it */
        tfp_dtype w = decompose_computes(d, IR_ADD, t) ? t : TFP_INT32;
        x = ir_cast(b, x, w);
        y = ir_cast(b, y, w);
        return give(out, ir_cast(b, ir_add(b, y, ir_mul(b, ir_sub(b, x, y), ir_cast(b, c, w))), t));
    }
    if (surely_finite(x) && surely_finite(y)) {
        struct ir_value *is = ir_cast(b, c, t), *is_not = ir_cast(b, negate(b, c), t);
        return give(out, ir_add(b, ir_mul(b, x, is), ir_mul(b, y, is_not)));
    }
    if (x->rank < 0 || y->rank < 0 || c->rank < 0) return decline(d, "an unknown rank");
    return give(out, where_by_gather(d, c, x, y));
}

/* The older Max and Min: floats, later doubles, of one shape before 8. */
static bool run_extreme(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *y = n->n_in > 1 ? ir_in(n, 1) : NULL;
    if (!y) return give(out, ir_unary(b, IR_IDENTITY, x));
    if (n->n_in > 2) {
        for (uint32_t i = 1; i < n->n_in; i++) x = ir_binary(b, n->op, x, ir_in(n, i));
        return give(out, x);
    }
    struct ir_value *first = n->op == IR_MAX ? greater(b, x, y) : less(b, x, y);
    if (dtype_is_integer(x->dtype)) return give(out, ir_where(b, first, x, y));
    if (x->dtype == TFP_FLOAT && d->opset < 8) {
        const struct ir_value *whole = n->out[0];
        struct ir_value *shape = ir_shape(b, first);
        if (whole->rank < 0) return decline(d, "an unknown rank");
        x = ir_expand(b, x, shape);
        y = ir_expand(b, y, shape);
        if (!x || !y || !ir_set_shape(b->graph, x, x->dtype, whole->rank, whole->dims) ||
            !ir_set_shape(b->graph, y, y->dtype, whole->rank, whole->dims))
            return false;
        return give(out, ir_binary(b, n->op, x, y));
    }
    return give(out, ir_where(b, either(b, first, negate(b, is_number(b, x))), x, y));
}

static bool run_clip(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *low = ir_in(n, 1), *high = ir_in(n, 2);
    if (!low && !high) return give(out, ir_unary(b, IR_IDENTITY, x));
    if (low) x = ir_binary(b, IR_MAX, x, low);
    if (high) x = ir_binary(b, IR_MIN, x, high);
    return give(out, x);
}

static bool run_sum(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct ir_value *sum = ir_in(n, 0);
    for (uint32_t i = 1; i < n->n_in; i++) sum = ir_add(&d->b, sum, ir_in(n, i));
    if (n->n_in == 1) sum = ir_unary(&d->b, IR_IDENTITY, sum);
    if (n->op == IR_MEAN && sum) sum = ir_div(&d->b, sum, ir_like(&d->b, sum, n->n_in));
    return give(out, sum);
}

/* -- whole numbers ------------------------------------------------------------------------------------------------- */

/* Remainder by truncation for fmod, by flooring otherwise: then it has the divisor's sign. */
static bool mod_integers(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *y = ir_in(n, 1);
    tfp_dtype t = x->dtype, w = decompose_computes(d, IR_DIV, t) ? t : TFP_INT32;
    x = ir_cast(b, x, w);
    y = ir_cast(b, y, w);
    struct ir_value *rest = ir_sub(b, x, ir_mul(b, ir_div(b, x, y), y));
    if (!ir_attr_int(n, ATTR_FMOD, 0) && dtype_is_signed(t)) {
        struct ir_value *zero = ir_like(b, y, 0), *over = less(b, ir_mul(b, rest, ir_unary(b, IR_SIGN, y)), zero);
        rest = ir_add(b, rest, ir_mul(b, y, ir_cast(b, over, w)));
    }
    return give(out, ir_cast(b, rest, t));
}

/* What is left of the first, with its sign; what is smaller than the second is left as it is, also of infinity. */
static struct ir_value *truncated_rest(struct build *b, struct ir_value *x, struct ir_value *y)
{
    struct ir_value *ax = ir_unary(b, IR_ABS, x), *ay = ir_unary(b, IR_ABS, y);
    struct ir_value *rest = ir_sub(b, ax, ir_mul(b, ay, ir_unary(b, IR_FLOOR, ir_div(b, ax, ay))));
    return ir_mul(b, ir_where(b, less(b, ax, ay), ax, rest), ir_unary(b, IR_SIGN, x));
}

/* Brought to the sign of the second. */
static struct ir_value *floored_rest(struct build *b, struct ir_value *rest, struct ir_value *y)
{
    struct ir_value *signs = ir_mul(b, ir_unary(b, IR_SIGN, rest), ir_unary(b, IR_SIGN, y));
    return ir_where(b, less(b, signs, ir_like(b, signs, 0)), ir_add(b, rest, y), rest);
}

/* float in double: the quotient's whole part and its product with the divisor are exact while it is below 2^28. */
static bool run_mod(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *y = ir_in(n, 1), *rest;
    const bool floors = !ir_attr_int(n, ATTR_FMOD, 0);
    if (dtype_is_integer(x->dtype)) return mod_integers(d, n, out);
    tfp_dtype t = x->dtype;
    if (floors && decompose_computes(d, IR_MOD, t)) {
        rest = ir_emit(b, IR_MOD, IN(x, y), ATTRS(A_INT(ATTR_FMOD, 1)));
    } else {
        x = ir_cast(b, x, TFP_DOUBLE);
        y = ir_cast(b, y, TFP_DOUBLE);
        rest = truncated_rest(b, x, y);
    }
    return give(out, ir_cast(b, floors ? floored_rest(b, rest, y) : rest, t));
}

/* Half to even. */
static bool run_round(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *half = ir_like(b, x, 0.5), *whole = ir_unary(b, IR_FLOOR, x);
    struct ir_value *rest = ir_sub(b, x, whole);
    struct ir_value *odd = ir_sub(b, whole, times(b, ir_unary(b, IR_FLOOR, times(b, whole, 0.5)), 2));
    struct ir_value *up =
        either(b, greater(b, rest, half), both(b, negate(b, less(b, rest, half)), greater(b, odd, half)));
    return give(out, ir_add(b, whole, ir_cast(b, up, x->dtype)));
}

static tfp_dtype unsigned_of(tfp_dtype t)
{
    switch (t) {
    case TFP_INT8: return TFP_UINT8;
    case TFP_INT16: return TFP_UINT16;
    case TFP_INT32: return TFP_UINT32;
    case TFP_INT64: return TFP_UINT64;
    default: return t;
    }
}

static int bits_of(tfp_dtype t)
{
    return (int)tfp_dtype_size(t) * 8;
}

/* Powers of two are exact in double. */
static struct ir_value *power_of_two(struct build *b, struct ir_value *exponent, tfp_dtype t)
{
    struct ir_value *e = ir_cast(b, exponent, TFP_DOUBLE);
    return e ? ir_cast(b, ir_binary(b, IR_POW, ir_like(b, e, 2), e), t) : NULL;
}

static struct ir_value *shift(struct decompose *d, const struct ir_node *n, struct ir_value *x, struct ir_value *by,
                              bool left)
{
    struct build *b = &d->b;
    struct ir_attr direction = *ir_attr(n, ATTR_DIRECTION), attrs[] = { direction, { .name = ATTR_NONE } };
    if (schema_at(IR_BIT_SHIFT, d->opset)) return ir_emit(b, IR_BIT_SHIFT, IN(x, by), attrs);
    tfp_dtype t = x->dtype, w = decompose_computes(d, IR_MUL, t) ? t : TFP_UINT32;
    struct ir_value *wide = ir_cast(b, x, w), *power = power_of_two(b, by, w);
    return ir_cast(b, left ? ir_mul(b, wide, power) : ir_div(b, wide, power), t);
}

/* Signed numbers as unsigned ones; to the right the bits of a negative one are those of its complement, turned over. */
static bool run_bit_shift(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *by = ir_in(n, 1);
    bool left = ir_attr_is(n, ATTR_DIRECTION, "LEFT");
    tfp_dtype t = x->dtype, u = unsigned_of(t);
    if (!dtype_is_signed(t)) return schema_at(IR_BIT_SHIFT, d->opset) ? false : give(out, shift(d, n, x, by, left));
    by = ir_cast(b, by, u);
    if (left) return give(out, ir_cast(b, shift(d, n, ir_cast(b, x, u), by, true), t));
    /* with m = -1 for negative numbers and 0 otherwise: x ^ m = (x - m) * (1 + 2 * m) */
    tfp_dtype w = bits_of(t) < 32 ? TFP_INT32 : t;
    x = ir_cast(b, x, w);
    struct ir_value *m = ir_unary(b, IR_NEG, ir_cast(b, less(b, x, ir_like(b, x, 0)), w)),
                    *turn = plus(b, times(b, m, 2), 1);
    struct ir_value *up = ir_mul(b, ir_sub(b, x, m), turn);
    struct ir_value *shifted = ir_cast(b, shift(d, n, ir_cast(b, up, u), by, false), w);
    return give(out, ir_cast(b, ir_add(b, ir_mul(b, shifted, turn), m), t));
}

static bool run_bitwise_not(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    tfp_dtype t = x->dtype, w = decompose_computes(d, IR_SUB, t) ? t : TFP_INT32;
    x = ir_cast(b, x, w);
    /* -1 - x, modulo 2^bits */
    struct ir_value *ones = dtype_is_unsigned(w) ? ir_sub(b, ir_like(b, x, 0), ir_like(b, x, 1)) : ir_like(b, x, -1);
    return give(out, ir_cast(b, ir_sub(b, ones, x), t));
}

/* Four bits at a time, looked up in a table of 16 by 16. */
static bool run_bitwise(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    tfp_dtype t = ir_in(n, 0)->dtype, u = unsigned_of(t), w = bits_of(t) == 64 ? TFP_UINT64 : TFP_INT64;
    int64_t table[256];
    for (int64_t i = 0; i < 256; i++) {
        int64_t x = i / 16, y = i % 16;
        table[i] = n->op == IR_BITWISE_AND ? (x & y) : n->op == IR_BITWISE_OR ? (x | y) : (x ^ y);
    }
    struct ir_value *results = ir_cast(b, ir_tensor(b, TFP_INT64, 1, (const int64_t[]){ 256 }, table), w), *sum = NULL;
    struct ir_value *x = ir_cast(b, ir_cast(b, ir_in(n, 0), u), w), *y = ir_cast(b, ir_cast(b, ir_in(n, 1), u), w);
    double unit = 1;
    for (int k = 0; k < bits_of(t) / 4 && b->status == TFP_OK; k++, unit *= 16) {
        struct ir_value *sixteen = ir_like(b, x, 16), *x_next = ir_div(b, x, sixteen), *y_next = ir_div(b, y, sixteen);
        struct ir_value *low_x = ir_sub(b, x, ir_mul(b, x_next, sixteen)),
                        *low_y = ir_sub(b, y, ir_mul(b, y_next, sixteen));
        struct ir_value *place = ir_cast(b, ir_add(b, ir_mul(b, low_x, sixteen), low_y), TFP_INT64);
        struct ir_value *part = ir_gather(b, results, place, 0);
        if (k) part = times(b, part, unit);
        sum = sum ? ir_add(b, sum, part) : part;
        x = x_next;
        y = y_next;
    }
    return give(out, ir_cast(b, ir_cast(b, sum, u), t));
}

/* -- powers -------------------------------------------------------------------------------------------------------- */

/* Before 12 both sides have one type, a float. Results that int32 holds are exact in double. */
static bool run_pow(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *y = ir_in(n, 1);
    tfp_dtype t = x->dtype, w = dtype_is_float(t) ? t : TFP_DOUBLE;
    if (t == TFP_INT64 || t == TFP_UINT64) return decline(d, "int64 powers");
    if (w == t && y->dtype == t) return false;
    return give(out, ir_cast(b, ir_binary(b, IR_POW, ir_cast(b, x, w), ir_cast(b, y, w)), t));
}

/* -- functions ----------------------------------------------------------------------------------------------------- */

static struct ir_value *exp_of(struct build *b, struct ir_value *x)
{
    return ir_unary(b, IR_EXP, x);
}

/* log(1 + u), with what the sum lost put back: the derivative times the loss. The correction is kept away from inf. */
static struct ir_value *log1p_of(struct build *b, struct ir_value *u)
{
    struct ir_value *bounded = clip(b, u, -1, 1e38), *sum = plus(b, bounded, 1);
    struct ir_value *lost = ir_sub(b, bounded, plus(b, sum, -1));
    return ir_add(b, ir_unary(b, IR_LOG, plus(b, u, 1)), ir_div(b, lost, clip(b, sum, 1e-30, (double)INFINITY)));
}

static bool run_cosh(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    return give(out, ir_add(b, times(b, exp_of(b, x), 0.5), times(b, exp_of(b, ir_unary(b, IR_NEG, x)), 0.5)));
}

/* sinh(x1 + r) with x1 in [-1, 1], whose own sinh and cosh come from tanh(x1 / 2): no cancellation near 0. */
static bool run_sinh(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *near = clip(b, x, -1, 1), *r = ir_sub(b, x, near);
    struct ir_value *t = ir_unary(b, IR_TANH, times(b, near, 0.5)), *t2 = ir_mul(b, t, t);
    struct ir_value *scale = ir_unary(b, IR_RECIPROCAL, plus(b, ir_unary(b, IR_NEG, t2), 1));
    struct ir_value *s = ir_mul(b, times(b, t, 2), scale), *c = ir_mul(b, plus(b, t2, 1), scale);
    struct ir_value *up = times(b, exp_of(b, r), 0.5), *down = times(b, exp_of(b, ir_unary(b, IR_NEG, r)), 0.5);
    return give(out, ir_add(b, ir_mul(b, s, ir_add(b, up, down)), ir_mul(b, c, ir_sub(b, up, down))));
}

/* sign(x) log1p(a + a a / (1 + sqrt(1 + a a))), a = |x|, with the root as m sqrt(1 + (k / m)^2) so that a a cannot
 * overflow. */
static bool run_asinh(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *a = ir_unary(b, IR_ABS, x);
    struct ir_value *m = clip(b, a, 1, 3e38), *q = ir_div(b, clip(b, a, 0, 1), m);
    struct ir_value *root = ir_mul(b, m, ir_unary(b, IR_SQRT, plus(b, ir_mul(b, q, q), 1)));
    struct ir_value *u = ir_add(b, a, ir_mul(b, a, ir_div(b, a, plus(b, root, 1))));
    return give(out, ir_mul(b, ir_unary(b, IR_SIGN, x), log1p_of(b, u)));
}

static bool run_acosh(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *t = plus(b, ir_in(n, 0), -1);
    struct ir_value *root = ir_mul(b, ir_unary(b, IR_SQRT, t), ir_unary(b, IR_SQRT, plus(b, t, 2)));
    return give(out, log1p_of(b, ir_add(b, t, root)));
}

static bool run_atanh(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    struct ir_value *up = log1p_of(b, x), *down = log1p_of(b, ir_unary(b, IR_NEG, x));
    return give(out, times(b, ir_sub(b, up, down), 0.5));
}

static bool run_tan(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct ir_value *x = ir_in(n, 0);
    if (x->dtype != TFP_DOUBLE) return false;
    return give(out, ir_div(&d->b, ir_unary(&d->b, IR_SIN, x), ir_unary(&d->b, IR_COS, x)));
}

/* x P(x^2) / Q(x^2) on [-4, 4], 1 beyond float's last bit outside: within 2e-7 of erf. */
static bool run_erf(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    static const double p[] = { -2.72614225801306e-10, 2.77068142495902e-08,  -2.10102402082508e-06,
                                -5.69250639462346e-05, -7.34990630326855e-04, -2.95459980854025e-03,
                                -1.60960333262415e-02 };
    static const double q[] = { -1.45660718464996e-05, -2.13374055278905e-04, -1.68282697438203e-03,
                                -7.37332916720468e-03, -1.42647390514189e-02 };
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    tfp_dtype t = x->dtype;
    if (t == TFP_DOUBLE) return decline(d, "float64 precision");
    x = clip(b, ir_cast(b, x, TFP_FLOAT), -4, 4);
    struct ir_value *x2 = ir_mul(b, x, x), *above = ir_like(b, x, p[0]), *below = ir_like(b, x, q[0]);
    for (size_t i = 1; i < sizeof p / sizeof p[0]; i++) above = plus(b, ir_mul(b, above, x2), p[i]);
    for (size_t i = 1; i < sizeof q / sizeof q[0]; i++) below = plus(b, ir_mul(b, below, x2), q[i]);
    return give(out, ir_cast(b, ir_div(b, ir_mul(b, x, above), below), t));
}

/* -- random numbers ------------------------------------------------------------------------------------------------ */

/* ONNX Runtime draws no numbers at opset 22 and above, but it drops out: 24 coins for each element are the bits of a
 * number in [0, 1). */
static struct ir_value *draw(struct build *b, struct ir_value *shape, const struct ir_node *n, int64_t number)
{
    enum { BITS = 24 };
    float weights[BITS];
    const int64_t dims[] = { BITS };
    int64_t ones[TFP_MAX_RANK + 1];
    if (!shape || shape->rank != 1 || !dim_fixed(shape->dims[0]) || shape->dims[0].n >= TFP_MAX_RANK) return NULL;
    for (int i = 0; i < BITS; i++) weights[i] = ldexpf(1, -1 - i);
    for (int64_t i = 0; i <= shape->dims[0].n; i++) ones[i] = i ? 1 : BITS;
    struct ir_value *coins[2] = { NULL },
                    *all = ir_expand(b, ir_scalar(b, TFP_FLOAT, 1), CONCAT(b, 0, INTS(b, BITS), shape));
    struct ir_value *half = ir_scalar(b, TFP_FLOAT, 0.5), *yes = ir_scalar(b, TFP_BOOL, 1);
    int64_t seed = (int64_t)fminf(fabsf(ir_attr_float(n, ATTR_SEED, 0)), 0x1p40f) + number;
    struct ir_attr attrs[] = { A_INT(ATTR_SEED, seed), { .name = ATTR_NONE } };
    if (!all || !ir_emit_many(b, IR_DROPOUT, IN(all, half, yes), ir_attr(n, ATTR_SEED) ? attrs : NO_ATTRS, 2, coins))
        return NULL;
    struct ir_value *weight =
        ir_reshape(b, ir_tensor(b, TFP_FLOAT, 1, dims, weights), ir_ints(b, ones, (size_t)shape->dims[0].n + 1));
    const int64_t axis = 0;
    return ir_reduce(b, IR_REDUCE_SUM, ir_mul(b, ir_cast(b, coins[1], TFP_FLOAT), weight), &axis, 1, false);
}

/* Uniform, or normal by Box and Muller's way from two uniform ones. */
static bool run_random(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    bool like = n->op == IR_RANDOM_UNIFORM_LIKE || n->op == IR_RANDOM_NORMAL_LIKE;
    bool normal = n->op == IR_RANDOM_NORMAL || n->op == IR_RANDOM_NORMAL_LIKE;
    struct ir_ints dims = ir_attr_ints(n, ATTR_SHAPE);
    if (d->opset < 22) return false;
    struct ir_value *shape = like ? ir_shape(b, ir_in(n, 0)) : ir_ints(b, dims.at, dims.n), *y = draw(b, shape, n, 0);
    if (!normal) {
        double low = (double)ir_attr_float(n, ATTR_LOW, 0), high = (double)ir_attr_float(n, ATTR_HIGH, 1);
        return give(out, ir_cast(b, plus(b, times(b, y, high - low), low), n->out[0]->dtype));
    }
    struct ir_value *other = draw(b, shape, n, 1), *left = y ? ir_sub(b, ir_like(b, y, 1), y) : NULL; /* never 0 */
    struct ir_value *radius = ir_unary(b, IR_SQRT, times(b, ir_unary(b, IR_LOG, left), -2));
    y = ir_mul(b, radius, ir_unary(b, IR_COS, times(b, other, 6.283185307179586)));
    double mean = (double)ir_attr_float(n, ATTR_MEAN, 0), scale = (double)ir_attr_float(n, ATTR_SCALE, 1);
    return give(out, ir_cast(b, plus(b, times(b, y, scale), mean), n->out[0]->dtype));
}

static bool run_cast_like(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct ir_value *x = ir_in(n, 0);
    tfp_dtype to = ir_in(n, 1)->dtype;
    struct ir_attr attrs[4] = { A_INT(ATTR_TO, to) };
    size_t n_attrs = 1;
    if (ir_attr(n, ATTR_SATURATE)) attrs[n_attrs++] = *ir_attr(n, ATTR_SATURATE);
    if (ir_attr(n, ATTR_ROUND_MODE)) attrs[n_attrs++] = *ir_attr(n, ATTR_ROUND_MODE);
    return give(out, x->dtype == to ? ir_unary(&d->b, IR_IDENTITY, x) : ir_emit(&d->b, IR_CAST, IN(x), attrs));
}

static const struct decomposition rows[] = {
    { IR_ACOSH, run_acosh },
    { IR_ASINH, run_asinh },
    { IR_ATANH, run_atanh },
    { IR_BIT_SHIFT, run_bit_shift },
    { IR_BITWISE_AND, run_bitwise },
    { IR_BITWISE_NOT, run_bitwise_not },
    { IR_BITWISE_OR, run_bitwise },
    { IR_BITWISE_XOR, run_bitwise },
    { IR_CAST_LIKE, run_cast_like },
    { IR_CLIP, run_clip },
    { IR_COSH, run_cosh },
    { IR_EQUAL, run_equal },
    { IR_ERF, run_erf },
    { IR_GREATER, run_less },
    { IR_GREATER_OR_EQUAL, run_less_or_equal },
    { IR_IS_INF, run_is_inf },
    { IR_IS_NAN, run_is_nan },
    { IR_LESS, run_less },
    { IR_LESS_OR_EQUAL, run_less_or_equal },
    { IR_MAX, run_extreme },
    { IR_MEAN, run_sum },
    { IR_MIN, run_extreme },
    { IR_MOD, run_mod },
    { IR_POW, run_pow },
    { IR_RANDOM_NORMAL, run_random },
    { IR_RANDOM_NORMAL_LIKE, run_random },
    { IR_RANDOM_UNIFORM, run_random },
    { IR_RANDOM_UNIFORM_LIKE, run_random },
    { IR_ROUND, run_round },
    { IR_SIGN, run_sign },
    { IR_SINH, run_sinh },
    { IR_SUM, run_sum },
    { IR_TAN, run_tan },
    { IR_WHERE, run_where },
};

const struct decompositions decompose_math = { rows, sizeof rows / sizeof rows[0] };
