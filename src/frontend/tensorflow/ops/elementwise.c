/* Element-wise ops of one argument, of two with broadcasting, and the few of three: one row each, most of them naming
 * the IR op that means the same. What TensorFlow means by an op is written in its op definition; special functions
 * without an ONNX op (Lgamma, Digamma, Erfinv) are computed by the published approximations named at them. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

#include <math.h>

#define VARIANT(type) (*(const type *)lw->rule->variant)
#define IS(op) (&(const enum ir_op){ IR_##op })

static tfp_status refuse_complex(struct lower *lw)
{
    return lower_unsupported(lw, "complex numbers");
}

/* -- one argument -------------------------------------------------------------------------------------------------- */

static tfp_status lower_unary(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct ir_value *x = lower_in(lw, 0);
    if (form_is_complex(x)) return refuse_complex(lw);
    return lower_done(lw, form_unary(&lw->b, VARIANT(enum ir_op), x));
}

/* The result is bool. */
static tfp_status lower_predicate(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lower_done(lw, ir_unary(&lw->b, VARIANT(enum ir_op), lower_in(lw, 0)));
}

/* Integers pass through: they are rounded, respectively not below zero, already. */
static tfp_status lower_round(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct ir_value *x = lower_in(lw, 0);
    if (form_is_complex(x)) return refuse_complex(lw);
    if (x && dtype_is_integer(x->dtype)) return lower_done(lw, x);
    return lower_done(lw, form_unary(&lw->b, VARIANT(enum ir_op), x));
}

static tfp_status lower_relu(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct ir_value *x = lower_in(lw, 0);
    if (x && dtype_is_unsigned(x->dtype)) return lower_done(lw, x);
    return lower_done(lw, ir_unary(&lw->b, IR_RELU, x));
}

static tfp_status lower_relu6(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    if (!x) return b->status;
    return lower_done(lw, ir_emit(b, IR_CLIP, IN(x, ir_like(b, x, 0), ir_like(b, x, 6)), NO_ATTRS));
}

static tfp_status lower_leaky_relu(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    float alpha = tf_float(lw, "alpha");
    return lower_done(lw, ir_emit(&lw->b, IR_LEAKY_RELU, IN(lower_in(lw, 0)), ATTRS(A_FLOAT(ATTR_ALPHA, alpha))));
}

static tfp_status lower_square(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct ir_value *x = lower_in(lw, 0);
    if (form_is_complex(x)) return refuse_complex(lw);
    return lower_done(lw, ir_mul(&lw->b, x, x));
}

static tfp_status lower_rsqrt(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    if (form_is_complex(x)) return refuse_complex(lw);
    return lower_done(lw, ir_unary(b, IR_RECIPROCAL, ir_unary(b, IR_SQRT, x)));
}

static tfp_status lower_reciprocal(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    if (form_is_complex(x)) return refuse_complex(lw);
    if (x && dtype_is_integer(x->dtype)) return lower_done(lw, ir_div(b, ir_like(b, x, 1), x));
    return lower_done(lw, ir_unary(b, IR_RECIPROCAL, x));
}

/* exp(x) - 1, log(1 + x), 1 - erf(x). */
static tfp_status lower_near_one(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *one = ir_like(b, x, 1);
    if (form_is_complex(x)) return refuse_complex(lw);
    switch (VARIANT(enum ir_op)) {
    case IR_EXP: return lower_done(lw, ir_sub(b, ir_unary(b, IR_EXP, x), one));
    case IR_LOG: return lower_done(lw, ir_unary(b, IR_LOG, ir_add(b, x, one)));
    default: return lower_done(lw, ir_sub(b, one, ir_unary(b, IR_ERF, x)));
    }
}

static struct ir_value *is_finite(struct build *b, struct ir_value *x)
{
    return ir_binary(b, IR_LESS, ir_unary(b, IR_ABS, x), ir_like(b, x, (double)INFINITY));
}

static tfp_status lower_is_finite(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lower_done(lw, is_finite(&lw->b, lower_in(lw, 0)));
}

static tfp_status lower_cast(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct ir_value *x = lower_in(lw, 0);
    tfp_dtype to = tf_type(lw, "DstT");
    if (!x || lw->b.status != TFP_OK) return lw->b.status;
    if (dtype_is_complex(to) || form_is_complex(x)) return refuse_complex(lw);
    if (tf_bool(lw, "Truncate") && dtype_is_float(to) && dtype_is_float(x->dtype) &&
        tfp_dtype_size(to) < tfp_dtype_size(x->dtype))
        return lower_unsupported(lw, "Truncate: digits cut off instead of rounded");
    return lower_done(lw, ir_cast(&lw->b, x, to));
}

static tfp_status lower_bitcast(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    tfp_dtype to = tf_type(lw, "type");
    if (!x || b->status != TFP_OK) return b->status;
    if (tfp_dtype_size(to) != tfp_dtype_size(x->dtype))
        return lower_unsupported(lw, "from %s to %s: the sizes differ", tfp_dtype_name(x->dtype), tfp_dtype_name(to));
    /* Two's complement: between integers of one size a Cast keeps the bits, and every opset has it. */
    if (to == x->dtype || (dtype_is_integer(to) && dtype_is_integer(x->dtype)))
        return lower_done(lw, ir_cast(b, x, to));
    return lower_done(lw, ir_emit(b, IR_BIT_CAST, IN(x), ATTRS(A_INT(ATTR_TO, to))));
}

static tfp_status lower_filled_like(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    if (form_is_complex(x)) return refuse_complex(lw);
    if (form_dtype(x) == TFP_STRING) return lower_unsupported(lw, "strings");
    return lower_done(lw, ir_expand(b, ir_like(b, x, VARIANT(int)), ir_shape(b, x)));
}

/* -- special functions --------------------------------------------------------------------------------------------- */

/* coefficients[0] x^(n-1) + ... + coefficients[n-1] */
static struct ir_value *polynomial(struct build *b, struct ir_value *x, const double *coefficients, size_t n)
{
    struct ir_value *sum = ir_like(b, x, coefficients[0]);
    for (size_t i = 1; i < n; i++) sum = ir_add(b, ir_mul(b, sum, x), ir_like(b, x, coefficients[i]));
    return sum;
}

/* The two polynomials of M. Giles, "Approximating the erfinv function" (2010), single precision. */
static struct ir_value *erf_inverse(struct build *b, struct ir_value *x)
{
    static const double centre[] = { 2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087,
                                     -0.00125372503, -0.00417768164, 0.246640727,    1.50140941 };
    static const double tail[] = { -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773,
                                   -0.0076224613,   0.00943887047,  1.00167406,    2.83297682 };
    struct ir_value *one = ir_like(b, x, 1);
    struct ir_value *w = ir_unary(b, IR_NEG, ir_unary(b, IR_LOG, ir_mul(b, ir_sub(b, one, x), ir_add(b, one, x))));
    struct ir_value *near = polynomial(b, ir_sub(b, w, ir_like(b, x, 2.5)), centre, 9);
    struct ir_value *far = polynomial(b, ir_sub(b, ir_unary(b, IR_SQRT, w), ir_like(b, x, 3)), tail, 9);
    struct ir_value *p = ir_where(b, ir_binary(b, IR_LESS, w, ir_like(b, x, 5)), near, far);
    p = ir_where(b, ir_binary(b, IR_EQUAL, ir_unary(b, IR_ABS, x), one), ir_like(b, x, (double)INFINITY), p);
    return ir_mul(b, p, x);
}

/* erfinv(x); ndtri(x) = sqrt(2) erfinv(2 x - 1). */
static tfp_status lower_erf_inverse(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    tfp_dtype dtype = form_dtype(x);
    bool normal = VARIANT(bool);
    if (dtype == TFP_FLOAT16 || dtype == TFP_BFLOAT16) x = ir_cast(b, x, TFP_FLOAT);
    if (normal) x = ir_sub(b, ir_mul(b, x, ir_like(b, x, 2)), ir_like(b, x, 1));
    x = erf_inverse(b, x);
    if (normal) x = ir_mul(b, x, ir_like(b, x, M_SQRT2));
    return lower_done(lw, ir_cast(b, x, dtype));
}

/* log Gamma(x) for x >= 0.5 by Lanczos' series with g = 7 and 9 terms. */
static struct ir_value *log_gamma_right(struct build *b, struct ir_value *x)
{
    static const double terms[] = { 676.520368121885098567009190444019, -1259.13921672240287047156078755283,
                                    771.3234287776530788486528258894,   -176.61502916214059906584551354,
                                    12.507343278686904814458936853,     -0.13857109526572011689554707,
                                    9.984369578019570859563e-6,         1.50563273514931155834e-7 };
    struct ir_value *z = ir_sub(b, x, ir_like(b, x, 1)), *sum = ir_like(b, x, 0.99999999999980993227684700473478);
    for (int i = 0; i < 8; i++)
        sum = ir_add(b, sum, ir_div(b, ir_like(b, x, terms[i]), ir_add(b, z, ir_like(b, x, i + 1))));
    /* log t = log 7.5 + log(1 + z / 7.5); (z + 0.5) log t - t as one product keeps the digits. */
    struct ir_value *t = ir_add(b, z, ir_like(b, x, 7.5)), *log_t = ir_unary(b, IR_LOG, t);
    struct ir_value *power = ir_mul(b, ir_sub(b, ir_add(b, z, ir_like(b, x, 0.5)), ir_div(b, t, log_t)), log_t);
    return ir_add(b, ir_add(b, power, ir_like(b, x, 0.91893853320467274178)), ir_unary(b, IR_LOG, sum));
}

/* Left of 0.5 by reflection: log(pi / |sin(pi x)|) - log Gamma(1 - x), with |sin| from the distance to the nearest
 * integer so that the poles are exact. */
static tfp_status lower_lgamma(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    tfp_dtype dtype = form_dtype(x);
    if (dtype == TFP_FLOAT16 || dtype == TFP_BFLOAT16) x = ir_cast(b, x, TFP_FLOAT);
    struct ir_value *half = ir_like(b, x, 0.5), *one = ir_like(b, x, 1);
    struct ir_value *left = ir_binary(b, IR_LESS, x, half);
    struct ir_value *right = log_gamma_right(b, ir_where(b, left, ir_sub(b, one, x), x));
    struct ir_value *part = ir_sub(b, x, ir_unary(b, IR_FLOOR, x));
    struct ir_value *near = ir_binary(b, IR_MIN, part, ir_sub(b, one, part));
    struct ir_value *sine = ir_unary(b, IR_SIN, ir_mul(b, near, ir_like(b, x, M_PI)));
    struct ir_value *reflected =
        ir_sub(b, ir_sub(b, ir_like(b, x, 1.1447298858494001741), ir_unary(b, IR_LOG, sine)), right);
    struct ir_value *infinite = ir_like(b, x, (double)INFINITY);
    struct ir_value *y = ir_where(b, left, reflected, right);
    y = ir_where(b, ir_binary(b, IR_EQUAL, ir_unary(b, IR_ABS, x), infinite), infinite, y);
    return lower_done(lw, ir_cast(b, y, dtype));
}

/* psi(x) for x >= 0.5: six steps up by psi(x) = psi(x + 1) - 1 / x, then the asymptotic series. Left of it by
 * psi(x) = psi(1 - x) - pi / tan(pi x). */
static tfp_status lower_digamma(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    static const double series[] = { -1.0 / 252, 1.0 / 120, -1.0 / 12, 0 };
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    tfp_dtype dtype = form_dtype(x);
    if (dtype == TFP_FLOAT16 || dtype == TFP_BFLOAT16) x = ir_cast(b, x, TFP_FLOAT);
    struct ir_value *one = ir_like(b, x, 1), *half = ir_like(b, x, 0.5);
    struct ir_value *left = ir_binary(b, IR_LESS, x, half);
    struct ir_value *z = ir_where(b, left, ir_sub(b, one, x), x), *steps = ir_unary(b, IR_RECIPROCAL, z);
    for (int i = 1; i < 6; i++) steps = ir_add(b, steps, ir_unary(b, IR_RECIPROCAL, ir_add(b, z, ir_like(b, x, i))));
    struct ir_value *inverse = ir_unary(b, IR_RECIPROCAL, ir_add(b, z, ir_like(b, x, 6)));
    struct ir_value *right = ir_sub(b, ir_unary(b, IR_LOG, ir_add(b, z, ir_like(b, x, 6))), ir_mul(b, inverse, half));
    right = ir_add(b, right, polynomial(b, ir_mul(b, inverse, inverse), series, 4));
    right = ir_sub(b, right, steps);
    struct ir_value *part = ir_sub(b, x, ir_unary(b, IR_ROUND, x)), *pi = ir_like(b, x, M_PI);
    struct ir_value *reflected = ir_sub(b, right, ir_div(b, pi, ir_unary(b, IR_TAN, ir_mul(b, part, pi))));
    /* At zero and at the negative integers TensorFlow has no number. */
    struct ir_value *pole = ir_binary(b, IR_AND, left, ir_binary(b, IR_EQUAL, part, ir_like(b, x, 0)));
    struct ir_value *y = ir_where(b, pole, ir_like(b, x, (double)NAN), ir_where(b, left, reflected, right));
    return lower_done(lw, ir_cast(b, y, dtype));
}

/* -- two arguments ------------------------------------------------------------------------------------------------- */

static tfp_status lower_binary(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct ir_value *x = lower_in(lw, 0), *y = lower_in(lw, 1);
    if (form_is_complex(x)) return refuse_complex(lw);
    return lower_done(lw, form_binary(&lw->b, VARIANT(enum ir_op), x, y));
}

static tfp_status lower_add(struct lower *lw, const struct tf_node *n)
{
    if (form_dtype(lower_in(lw, 0)) != TFP_STRING) return lower_binary(lw, n);
    return lower_done(lw, ir_binary(&lw->b, IR_STRING_CONCAT, lower_in(lw, 0), lower_in(lw, 1)));
}

/* All inputs have one shape. */
static tfp_status lower_add_n(struct lower *lw, const struct tf_node *n)
{
    struct ir_value *sum = lower_in(lw, 0);
    if (form_is_complex(sum)) return refuse_complex(lw);
    for (size_t i = 1; i < n->n_in; i++) sum = ir_add(&lw->b, sum, lower_in(lw, i));
    return lower_done(lw, sum);
}

/* Integers: x less its remainder of y's sign is divided exactly. Sizes, which are not negative, divide as they are, so
 * that shape arithmetic stays known. */
static tfp_status lower_floor_div(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *y = lower_in(lw, 1);
    if (!x || !y) return b->status;
    if (form_is_complex(x)) return refuse_complex(lw);
    if (dtype_is_float(x->dtype)) return lower_done(lw, ir_unary(b, IR_FLOOR, ir_div(b, x, y)));
    if (form_nonnegative(b, x) && form_nonnegative(b, y)) return lower_done(lw, ir_div(b, x, y));
    return lower_done(lw, ir_div(b, ir_sub(b, x, ir_binary(b, IR_MOD, x, y)), y));
}

static struct ir_value *c_remainder(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return x && y ? ir_emit(b, IR_MOD, IN(x, y), ATTRS(A_INT(ATTR_FMOD, 1))) : NULL;
}

static tfp_status lower_truncate_mod(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lower_done(lw, c_remainder(&lw->b, lower_in(lw, 0), lower_in(lw, 1)));
}

/* ONNX's Mod has the divisor's sign for integers only. */
static tfp_status lower_floor_mod(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *y = lower_in(lw, 1), *zero = ir_like(b, x, 0);
    if (!x || !y) return b->status;
    if (!dtype_is_float(x->dtype)) return lower_done(lw, ir_binary(b, IR_MOD, x, y));
    struct ir_value *r = c_remainder(b, x, y);
    struct ir_value *other_sign =
        ir_binary(b, IR_LESS, ir_mul(b, ir_unary(b, IR_SIGN, r), ir_unary(b, IR_SIGN, y)), zero);
    return lower_done(lw, ir_where(b, other_sign, ir_add(b, r, y), r));
}

static tfp_status lower_squared_difference(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct ir_value *x = lower_in(lw, 0);
    if (form_is_complex(x)) return refuse_complex(lw);
    struct ir_value *d = ir_sub(&lw->b, x, lower_in(lw, 1));
    return lower_done(lw, ir_mul(&lw->b, d, d));
}

/* 0 wherever one operand is 0, whatever the other is. */
struct guarded {
    size_t guard;  /* the operand that decides */
    enum ir_op op; /* joins x and g(y) */
    enum { Y_ITSELF, Y_LOG, Y_LOG_1P } y;
};

static tfp_status lower_guarded(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    const struct guarded *v = lw->rule->variant;
    struct ir_value *x = lower_in(lw, 0), *y = lower_in(lw, 1), *zero = ir_like(b, x, 0);
    struct ir_value *guard = ir_binary(b, IR_EQUAL, v->guard ? y : x, zero);
    if (form_is_complex(x)) return refuse_complex(lw);
    if (v->y == Y_LOG_1P) y = ir_add(b, y, ir_like(b, x, 1));
    if (v->y != Y_ITSELF) y = ir_unary(b, IR_LOG, y);
    return lower_done(lw, ir_where(b, guard, zero, ir_binary(b, v->op, x, y)));
}

/* atan(y / x), moved by pi to the left half plane. */
static tfp_status lower_atan2(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *y = lower_in(lw, 0), *x = lower_in(lw, 1);
    struct ir_value *zero = ir_like(b, x, 0), *pi = ir_like(b, x, M_PI);
    struct ir_value *angle = ir_unary(b, IR_ATAN, ir_div(b, y, x));
    struct ir_value *below = ir_binary(b, IR_LESS, y, zero);
    struct ir_value *left = ir_where(b, below, ir_sub(b, angle, pi), ir_add(b, angle, pi));
    struct ir_value *upright = ir_mul(b, ir_unary(b, IR_SIGN, y), ir_like(b, x, M_PI_2));
    struct ir_value *right = ir_where(b, ir_binary(b, IR_EQUAL, x, zero), upright, angle);
    return lower_done(lw, ir_where(b, ir_binary(b, IR_LESS, x, zero), left, right));
}

static tfp_dtype unsigned_of(tfp_dtype dtype)
{
    switch (dtype) {
    case TFP_INT8: return TFP_UINT8;
    case TFP_INT16: return TFP_UINT16;
    case TFP_INT32: return TFP_UINT32;
    case TFP_INT64: return TFP_UINT64;
    default: return dtype;
    }
}

/* ONNX shifts unsigned numbers; TensorFlow's right shift keeps the sign: x >> y = -1 - ((-1 - x) >> y) below zero. The
 * amount is held between 0 and the type's last bit. */
static tfp_status lower_shift(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *y = lower_in(lw, 1);
    if (!x || !y) return b->status;
    bool right = VARIANT(bool), mirrored = right && dtype_is_signed(x->dtype);
    tfp_dtype dtype = x->dtype, plain = unsigned_of(dtype);
    struct ir_value *last = ir_like(b, y, (double)tfp_dtype_size(dtype) * 8 - 1), *negative = NULL, *minus_one = NULL;
    y = ir_binary(b, IR_MIN, ir_binary(b, IR_MAX, y, ir_like(b, y, 0)), last);
    if (mirrored) {
        minus_one = ir_like(b, x, -1);
        negative = ir_binary(b, IR_LESS, x, ir_like(b, x, 0));
        x = ir_where(b, negative, ir_sub(b, minus_one, x), x);
    }
    x = ir_emit(b, IR_BIT_SHIFT, IN(ir_cast(b, x, plain), ir_cast(b, y, plain)),
                ATTRS(A_TEXT(ATTR_DIRECTION, right ? "RIGHT" : "LEFT")));
    x = ir_cast(b, x, dtype);
    if (mirrored) x = ir_where(b, negative, ir_sub(b, minus_one, x), x);
    return lower_done(lw, x);
}

/* -- comparisons --------------------------------------------------------------------------------------------------- */

static tfp_status lower_compare(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lower_done(lw, ir_binary(&lw->b, VARIANT(enum ir_op), lower_in(lw, 0), lower_in(lw, 1)));
}

static bool surely_incompatible(const struct ir_value *x, const struct ir_value *y)
{
    for (int32_t i = 1; i <= x->rank && i <= y->rank; i++) {
        struct dim a = x->dims[x->rank - i], c = y->dims[y->rank - i];
        if (dim_fixed(a) && dim_fixed(c) && a.n != c.n && a.n != 1 && c.n != 1) return true;
    }
    return false;
}

static tfp_status lower_equal(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *y = lower_in(lw, 1);
    bool same = VARIANT(bool);
    if (!x || !y) return b->status;
    if (form_is_complex(x)) return refuse_complex(lw);
    if (!tf_bool(lw, "incompatible_shape_error") && surely_incompatible(x, y))
        return lower_done(lw, ir_scalar(b, TFP_BOOL, !same));
    struct ir_value *equal = ir_binary(b, IR_EQUAL, x, y);
    return lower_done(lw, same ? equal : ir_unary(b, IR_NOT, equal));
}

static tfp_status lower_approximate_equal(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *y = lower_in(lw, 1);
    double tolerance = (double)tf_float(lw, "tolerance");
    if (form_is_complex(x)) return refuse_complex(lw);
    struct ir_value *difference = form_unary(b, IR_ABS, ir_sub(b, x, y));
    return lower_done(lw, ir_binary(b, IR_LESS, difference, ir_like(b, x, tolerance)));
}

/* -- three arguments ----------------------------------------------------------------------------------------------- */

static tfp_status lower_clip(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *low = lower_in(lw, 1), *high = lower_in(lw, 2);
    if (form_is_complex(x)) return refuse_complex(lw);
    if (form_rank(low) == 0 && form_rank(high) == 0)
        return lower_done(lw, ir_emit(b, IR_CLIP, IN(x, low, high), NO_ATTRS));
    return lower_done(lw, ir_binary(b, IR_MIN, ir_binary(b, IR_MAX, x, low), high));
}

/* Version 1 does not broadcast: a condition of rank 1 chooses whole rows, [n] becomes [n,1,..,1]. */
static tfp_status lower_select(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *condition = lower_in(lw, 0), *x = lower_in(lw, 1), *y = lower_in(lw, 2);
    int64_t rank = form_rank(x) >= 0 ? form_rank(x) : form_rank(y);
    if (form_rank(condition) < 0) {
        if (rank != 0 && rank != 1) return lower_unsupported(lw, "the condition's rank is not known");
    } else if (form_rank(condition) == 1 && rank >= 0) {
        condition = form_column(b, condition, rank - 1);
    } else if (form_rank(condition) == 1) {
        struct ir_value *others = ir_sub(b, ir_unary(b, IR_SIZE, ir_shape(b, x)), ir_int(b, 1));
        condition = ir_reshape(b, condition, CONCAT(b, 0, INTS(b, -1), form_ones(b, others)));
    }
    return lower_done(lw, ir_where(b, condition, x, y));
}

static tfp_status lower_select_v2(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lower_done(lw, ir_where(&lw->b, lower_in(lw, 0), lower_in(lw, 1), lower_in(lw, 2)));
}

/* -- bias ---------------------------------------------------------------------------------------------------------- */

static tfp_status lower_bias_add(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    static const char *const layouts[] = { "NHWC", "NCHW", NULL };
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *bias = lower_in(lw, 1);
    if (form_is_complex(x)) return refuse_complex(lw);
    if (VARIANT(bool) && tf_word(lw, "data_format", layouts) == 1) {
        int64_t rank = lower_rank(lw, x, "value");
        if (rank < 0) return b->status;
        if (rank < 2) return lower_malformed(lw, "value needs at least 2 dimensions");
        bias = form_column(b, bias, rank - 2);
    }
    return lower_done(lw, ir_add(b, x, bias));
}

/* -- the table ----------------------------------------------------------------------------------------------------- */

#define GUARDED(...) (&(const struct guarded){ __VA_ARGS__ })
#define YES (&(const bool){ true })
#define NO (&(const bool){ false })

static const struct rule rules[] = {
    { "Abs", lower_unary, IS(ABS) },
    { "AccumulateNV2", lower_add_n, NULL },
    { "Acos", lower_unary, IS(ACOS) },
    { "Acosh", lower_unary, IS(ACOSH) },
    { "Add", lower_add, IS(ADD) },
    { "AddN", lower_add_n, NULL },
    { "AddV2", lower_binary, IS(ADD) },
    { "ApproximateEqual", lower_approximate_equal, NULL },
    { "Asin", lower_unary, IS(ASIN) },
    { "Asinh", lower_unary, IS(ASINH) },
    { "Atan", lower_unary, IS(ATAN) },
    { "Atan2", lower_atan2, NULL },
    { "Atanh", lower_unary, IS(ATANH) },
    { "BiasAdd", lower_bias_add, YES },
    { "BiasAddV1", lower_bias_add, NO },
    { "Bitcast", lower_bitcast, NULL },
    { "BitwiseAnd", lower_binary, IS(BITWISE_AND) },
    { "BitwiseOr", lower_binary, IS(BITWISE_OR) },
    { "BitwiseXor", lower_binary, IS(BITWISE_XOR) },
    { "Cast", lower_cast, NULL },
    { "Ceil", lower_unary, IS(CEIL) },
    { "ClipByValue", lower_clip, NULL },
    { "Cos", lower_unary, IS(COS) },
    { "Cosh", lower_unary, IS(COSH) },
    { "Digamma", lower_digamma, NULL },
    { "Div", lower_binary, IS(DIV) },
    { "DivNoNan", lower_guarded, GUARDED(1, IR_DIV, Y_ITSELF) },
    { "Elu", lower_unary, IS(ELU) },
    { "Equal", lower_equal, YES },
    { "Erf", lower_unary, IS(ERF) },
    { "Erfc", lower_near_one, IS(ERF) },
    { "Erfinv", lower_erf_inverse, NO },
    { "Exp", lower_unary, IS(EXP) },
    { "Expm1", lower_near_one, IS(EXP) },
    { "Floor", lower_unary, IS(FLOOR) },
    { "FloorDiv", lower_floor_div, NULL },
    { "FloorMod", lower_floor_mod, NULL },
    { "Greater", lower_compare, IS(GREATER) },
    { "GreaterEqual", lower_compare, IS(GREATER_OR_EQUAL) },
    { "Inv", lower_reciprocal, NULL },
    { "Invert", lower_unary, IS(BITWISE_NOT) },
    { "IsFinite", lower_is_finite, NULL },
    { "IsInf", lower_predicate, IS(IS_INF) },
    { "IsNan", lower_predicate, IS(IS_NAN) },
    { "LeakyRelu", lower_leaky_relu, NULL },
    { "LeftShift", lower_shift, NO },
    { "Less", lower_compare, IS(LESS) },
    { "LessEqual", lower_compare, IS(LESS_OR_EQUAL) },
    { "Lgamma", lower_lgamma, NULL },
    { "Log", lower_unary, IS(LOG) },
    { "Log1p", lower_near_one, IS(LOG) },
    { "LogicalAnd", lower_compare, IS(AND) },
    { "LogicalNot", lower_predicate, IS(NOT) },
    { "LogicalOr", lower_compare, IS(OR) },
    { "Maximum", lower_binary, IS(MAX) },
    { "Minimum", lower_binary, IS(MIN) },
    { "Mod", lower_truncate_mod, NULL },
    { "Mul", lower_binary, IS(MUL) },
    { "MulNoNan", lower_guarded, GUARDED(1, IR_MUL, Y_ITSELF) },
    { "Ndtri", lower_erf_inverse, YES },
    { "Neg", lower_unary, IS(NEG) },
    { "NotEqual", lower_equal, NO },
    { "OnesLike", lower_filled_like, &(const int){ 1 } },
    { "Pow", lower_binary, IS(POW) },
    { "RealDiv", lower_binary, IS(DIV) },
    { "Reciprocal", lower_reciprocal, NULL },
    { "Relu", lower_relu, NULL },
    { "Relu6", lower_relu6, NULL },
    { "RightShift", lower_shift, YES },
    { "Rint", lower_round, IS(ROUND) },
    { "Round", lower_round, IS(ROUND) },
    { "Rsqrt", lower_rsqrt, NULL },
    { "Select", lower_select, NULL },
    { "SelectV2", lower_select_v2, NULL },
    { "Selu", lower_unary, IS(SELU) },
    { "Sigmoid", lower_unary, IS(SIGMOID) },
    { "Sign", lower_unary, IS(SIGN) },
    { "Sin", lower_unary, IS(SIN) },
    { "Sinh", lower_unary, IS(SINH) },
    { "Softplus", lower_unary, IS(SOFTPLUS) },
    { "Softsign", lower_unary, IS(SOFTSIGN) },
    { "Sqrt", lower_unary, IS(SQRT) },
    { "Square", lower_square, NULL },
    { "SquaredDifference", lower_squared_difference, NULL },
    { "Sub", lower_binary, IS(SUB) },
    { "Tan", lower_unary, IS(TAN) },
    { "Tanh", lower_unary, IS(TANH) },
    { "TruncateDiv", lower_binary, IS(DIV) },
    { "TruncateMod", lower_truncate_mod, NULL },
    { "Xdivy", lower_guarded, GUARDED(0, IR_DIV, Y_ITSELF) },
    { "Xlog1py", lower_guarded, GUARDED(0, IR_MUL, Y_LOG_1P) },
    { "Xlogy", lower_guarded, GUARDED(0, IR_MUL, Y_LOG) },
    { "ZerosLike", lower_filled_like, &(const int){ 0 } },
};

const struct rule_family rules_elementwise = { rules, sizeof rules / sizeof rules[0] };
