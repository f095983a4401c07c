/* Elementwise operators: one plain loop an operator and element type, one row an operator. float16 and bfloat16 are
 * computed in float and rounded once. Integers wrap around; dividing an integer by zero, which has no answer, is
 * refused with E_UNSUPPORTED, so that constant folding leaves the node alone. Formulas: the operators' pages. */
#include "ir/kernels/elements.h"

#include <math.h>
#include <tgmath.h>

#define LOOP(name, suffix, n_in, type, made, ...)                                                                      \
    static void name##_##suffix(const void *const *in, void *out, size_t n, const struct element_params *p)            \
    {                                                                                                                  \
        OPERANDS_##n_in(type)                                                                                          \
        made *restrict results = out;                                                                                  \
        (void)p;                                                                                                       \
        for (size_t i = 0; i < n; i++) {                                                                               \
            VALUES_##n_in(type)                                                                                        \
            results[i] = (made)(__VA_ARGS__);                                                                          \
        }                                                                                                              \
    }
#define OPERANDS_1(type) const type *restrict first = in[0];
#define OPERANDS_2(type) OPERANDS_1(type) const type *restrict second = in[1];
#define OPERANDS_3(type) OPERANDS_2(type) const type *restrict third = in[2];
#define VALUES_1(type) type x = first[i];
#define VALUES_2(type) VALUES_1(type) type y = second[i];
#define VALUES_3(type) VALUES_2(type) type z = third[i];

/* T is the element type inside these. */
#define FLOAT_LOOPS(name, n_in, function)                                                                              \
    LOOP(name, float, n_in, float, float, function(float, float))                                                      \
    LOOP(name, double, n_in, double, double, function(double, double))
#define SIGNED_LOOPS(name, n_in, function)                                                                             \
    LOOP(name, int8, n_in, int8_t, int8_t, function(int8_t, uint32_t))                                                 \
    LOOP(name, int16, n_in, int16_t, int16_t, function(int16_t, uint32_t))                                             \
    LOOP(name, int32, n_in, int32_t, int32_t, function(int32_t, uint32_t))                                             \
    LOOP(name, int64, n_in, int64_t, int64_t, function(int64_t, uint64_t))
#define UNSIGNED_LOOPS(name, n_in, function)                                                                           \
    LOOP(name, uint8, n_in, uint8_t, uint8_t, function(uint8_t, uint32_t))                                             \
    LOOP(name, uint16, n_in, uint16_t, uint16_t, function(uint16_t, uint32_t))                                         \
    LOOP(name, uint32, n_in, uint32_t, uint32_t, function(uint32_t, uint32_t))                                         \
    LOOP(name, uint64, n_in, uint64_t, uint64_t, function(uint64_t, uint64_t))
#define INTEGER_LOOPS(name, n_in, function) SIGNED_LOOPS(name, n_in, function) UNSIGNED_LOOPS(name, n_in, function)

#define ON_FLOATS(name) [TFP_FLOAT] = name##_float, [TFP_DOUBLE] = name##_double
#define ON_SIGNED(name)                                                                                                \
    [TFP_INT8] = name##_int8, [TFP_INT16] = name##_int16, [TFP_INT32] = name##_int32, [TFP_INT64] = name##_int64
#define ON_UNSIGNED(name)                                                                                              \
    [TFP_UINT8] = name##_uint8, [TFP_UINT16] = name##_uint16, [TFP_UINT32] = name##_uint32, [TFP_UINT64] = name##_uint64
#define ON_INTEGERS(name) ON_SIGNED(name), ON_UNSIGNED(name)
#define ON_ALL(name) ON_FLOATS(name), ON_INTEGERS(name)

/* -- one operand ----------------------------------------------------------------------------------------------------
 * Functions of (T, U): the element type and, for integers, an unsigned type in which arithmetic wraps. */

#define ABS_FLOAT(T, U) fabs(x)
#define ABS_INT(T, U) (x < 0 ? (T)(0 - (U)x) : x)
#define ITSELF(T, U) x
#define NEG_FLOAT(T, U) -x
#define NEG_INT(T, U) (T)(0 - (U)x)
#define SIGN_FLOAT(T, U) (x > 0 ? 1 : x < 0 ? -1 : x)
#define SIGN_INT(T, U) ((x > 0) - (x < 0))
#define SIGN_UINT(T, U) (x != 0)
#define RELU(T, U) (x < 0 ? 0 : x)
#define BIT_NOT(T, U) (T) ~(U)x
#define SIGMOID(v) (1 / (1 + exp(-(v))))
#define ALPHA(T) ((T)p->alpha)
#define BETA(T) ((T)p->beta)

#define F_ACOS(T, U) acos(x)
#define F_ACOSH(T, U) acosh(x)
#define F_ASIN(T, U) asin(x)
#define F_ASINH(T, U) asinh(x)
#define F_ATAN(T, U) atan(x)
#define F_ATANH(T, U) atanh(x)
#define F_CEIL(T, U) ceil(x)
#define F_CELU(T, U) (x > 0 ? x : ALPHA(T) * expm1(x / ALPHA(T)))
#define F_COS(T, U) cos(x)
#define F_COSH(T, U) cosh(x)
#define F_ELU(T, U) (x < 0 ? ALPHA(T) * expm1(x) : x)
#define F_ERF(T, U) erf(x)
#define F_EXP(T, U) exp(x)
#define F_FLOOR(T, U) floor(x)
#define F_GELU(T, U) ((T)0.5 * x * (1 + erf(x * (T)0.70710678118654752440L)))
#define F_GELU_TANH(T, U)                                                                                              \
    ((T)0.5 * x * (1 + tanh((T)0.79788456080286535588L * (x + (T)0.044715L * x * x * x))))
#define UNIT(T, v) ((v) < 0 ? (T)0 : (v) > 1 ? (T)1 : (v))
#define F_HARD_SIGMOID(T, U) UNIT(T, ALPHA(T) * x + BETA(T))
#define F_HARD_SWISH(T, U) (x * UNIT(T, x / 6 + (T)0.5))
#define F_LEAKY_RELU(T, U) (x < 0 ? ALPHA(T) * x : x)
#define F_LOG(T, U) log(x)
#define SOFTPLUS(v) (((v) > 0 ? (v) : 0) + log1p(exp(-fabs(v))))
#define F_MISH(T, U) (x * tanh(SOFTPLUS(x)))
#define F_RECIPROCAL(T, U) (1 / x)
#define F_ROUND(T, U) rint(x)
#define F_SELU(T, U) (BETA(T) * (x > 0 ? x : ALPHA(T) * expm1(x)))
#define F_SIGMOID(T, U) SIGMOID(x)
#define F_SIN(T, U) sin(x)
#define F_SINH(T, U) sinh(x)
#define F_SOFTPLUS(T, U) SOFTPLUS(x)
#define F_SOFTSIGN(T, U) (x / (1 + fabs(x)))
#define F_SQRT(T, U) sqrt(x)
#define F_SWISH(T, U) (x * SIGMOID(ALPHA(T) * x))
#define F_TAN(T, U) tan(x)
#define F_TANH(T, U) tanh(x)
#define F_THRESHOLDED_RELU(T, U) (x > ALPHA(T) ? x : 0)
/* alpha: lambd, beta: bias */
#define SHRINK(T, U) (x < -ALPHA(T) ? x + BETA(T) : x > ALPHA(T) ? x - BETA(T) : 0)

FLOAT_LOOPS(abs, 1, ABS_FLOAT)
SIGNED_LOOPS(abs, 1, ABS_INT)
UNSIGNED_LOOPS(abs, 1, ITSELF)
FLOAT_LOOPS(neg, 1, NEG_FLOAT)
SIGNED_LOOPS(neg, 1, NEG_INT)
FLOAT_LOOPS(sign, 1, SIGN_FLOAT)
SIGNED_LOOPS(sign, 1, SIGN_INT)
UNSIGNED_LOOPS(sign, 1, SIGN_UINT)
FLOAT_LOOPS(relu, 1, RELU)
SIGNED_LOOPS(relu, 1, RELU)
INTEGER_LOOPS(bitwise_not, 1, BIT_NOT)
FLOAT_LOOPS(shrink, 1, SHRINK)
FLOAT_LOOPS(acos, 1, F_ACOS)
FLOAT_LOOPS(acosh, 1, F_ACOSH)
FLOAT_LOOPS(asin, 1, F_ASIN)
FLOAT_LOOPS(asinh, 1, F_ASINH)
FLOAT_LOOPS(atan, 1, F_ATAN)
FLOAT_LOOPS(atanh, 1, F_ATANH)
FLOAT_LOOPS(ceil, 1, F_CEIL)
FLOAT_LOOPS(celu, 1, F_CELU)
FLOAT_LOOPS(cos, 1, F_COS)
FLOAT_LOOPS(cosh, 1, F_COSH)
FLOAT_LOOPS(elu, 1, F_ELU)
FLOAT_LOOPS(erf, 1, F_ERF)
FLOAT_LOOPS(exp, 1, F_EXP)
FLOAT_LOOPS(floor, 1, F_FLOOR)
FLOAT_LOOPS(gelu, 1, F_GELU)
FLOAT_LOOPS(gelu_tanh, 1, F_GELU_TANH)
FLOAT_LOOPS(hard_sigmoid, 1, F_HARD_SIGMOID)
FLOAT_LOOPS(hard_swish, 1, F_HARD_SWISH)
FLOAT_LOOPS(leaky_relu, 1, F_LEAKY_RELU)
FLOAT_LOOPS(log, 1, F_LOG)
FLOAT_LOOPS(mish, 1, F_MISH)
FLOAT_LOOPS(reciprocal, 1, F_RECIPROCAL)
FLOAT_LOOPS(round, 1, F_ROUND)
FLOAT_LOOPS(selu, 1, F_SELU)
FLOAT_LOOPS(sigmoid, 1, F_SIGMOID)
FLOAT_LOOPS(sin, 1, F_SIN)
FLOAT_LOOPS(sinh, 1, F_SINH)
FLOAT_LOOPS(softplus, 1, F_SOFTPLUS)
FLOAT_LOOPS(softsign, 1, F_SOFTSIGN)
FLOAT_LOOPS(sqrt, 1, F_SQRT)
FLOAT_LOOPS(swish, 1, F_SWISH)
FLOAT_LOOPS(tan, 1, F_TAN)
FLOAT_LOOPS(tanh, 1, F_TANH)
FLOAT_LOOPS(thresholded_relu, 1, F_THRESHOLDED_RELU)
LOOP(not, bool, 1, uint8_t, uint8_t, !x)
LOOP(is_nan, float, 1, float, uint8_t, x != x)
LOOP(is_nan, double, 1, double, uint8_t, x != x)
/* flag: positive infinities count, other_flag: negative ones do */
#define IS_INF(T) ((x == (T)INFINITY && p->flag) || (x == -(T)INFINITY && p->other_flag))
LOOP(is_inf, float, 1, float, uint8_t, IS_INF(float))
LOOP(is_inf, double, 1, double, uint8_t, IS_INF(double))

/* -- two operands -------------------------------------------------------------------------------------------------- */

#define ADD(T, U) x + y
#define ADD_INT(T, U) (T)((U)x + (U)y)
#define SUB(T, U) x - y
#define SUB_INT(T, U) (T)((U)x - (U)y)
#define MUL(T, U) x * y
#define MUL_INT(T, U) (T)((U)x * (U)y)
#define DIV(T, U) x / y
#define DIV_INT(T, U) (y == -1 ? (T)(0 - (U)x) : (T)(x / y))
#define MAX(T, U) (x > y || x != x ? x : y)
#define MIN(T, U) (x < y || x != x ? x : y)
#define BIT_AND(T, U) (x & y)
#define BIT_OR(T, U) (x | y)
#define BIT_XOR(T, U) (x ^ y)
#define PRELU(T, U) (x < 0 ? x * y : x)
#define PRELU_INT(T, U) (x < 0 ? (T)((U)x * (U)y) : x)
#define POW(T, U) pow(x, y)
#define TRUNC_MOD(T, U) fmod(x, y)
#define TRUNC_MOD_INT(T, U) (y == -1 ? 0 : x % y)
#define TRUNC_MOD_UINT(T, U) (x % y)
/* The sign is the divisor's. */
#define FLOOR_MOD_INT(T, U) (y == -1 ? 0 : x % y && (x % y < 0) != (y < 0) ? x % y + y : x % y)
#define BITS(T) ((T)(8 * sizeof(T)))
#define SHIFT_LEFT(T, U) (y < 0 || y >= BITS(T) ? 0 : (T)((U)x << y))
#define SHIFT_RIGHT(T, U) (y < 0 || y >= BITS(T) ? (x < 0 ? -1 : 0) : x >> y)
#define SHIFT_LEFT_UINT(T, U) (y >= BITS(T) ? 0 : (T)((U)x << y))
#define SHIFT_RIGHT_UINT(T, U) (y >= BITS(T) ? 0 : x >> y)

FLOAT_LOOPS(add, 2, ADD)
INTEGER_LOOPS(add, 2, ADD_INT)
FLOAT_LOOPS(sub, 2, SUB)
INTEGER_LOOPS(sub, 2, SUB_INT)
FLOAT_LOOPS(mul, 2, MUL)
INTEGER_LOOPS(mul, 2, MUL_INT)
FLOAT_LOOPS(div, 2, DIV)
SIGNED_LOOPS(div, 2, DIV_INT)
UNSIGNED_LOOPS(div, 2, DIV)
FLOAT_LOOPS(max, 2, MAX)
INTEGER_LOOPS(max, 2, MAX)
FLOAT_LOOPS(min, 2, MIN)
INTEGER_LOOPS(min, 2, MIN)
INTEGER_LOOPS(bitwise_and, 2, BIT_AND)
INTEGER_LOOPS(bitwise_or, 2, BIT_OR)
INTEGER_LOOPS(bitwise_xor, 2, BIT_XOR)
FLOAT_LOOPS(prelu, 2, PRELU)
SIGNED_LOOPS(prelu, 2, PRELU_INT)
UNSIGNED_LOOPS(prelu, 1, ITSELF)
FLOAT_LOOPS(pow, 2, POW)
FLOAT_LOOPS(trunc_mod, 2, TRUNC_MOD)
SIGNED_LOOPS(trunc_mod, 2, TRUNC_MOD_INT)
UNSIGNED_LOOPS(trunc_mod, 2, TRUNC_MOD_UINT)
SIGNED_LOOPS(floor_mod, 2, FLOOR_MOD_INT)
UNSIGNED_LOOPS(floor_mod, 2, TRUNC_MOD_UINT)
SIGNED_LOOPS(shift_left, 2, SHIFT_LEFT)
UNSIGNED_LOOPS(shift_left, 2, SHIFT_LEFT_UINT)
SIGNED_LOOPS(shift_right, 2, SHIFT_RIGHT)
UNSIGNED_LOOPS(shift_right, 2, SHIFT_RIGHT_UINT)
LOOP(and, bool, 2, uint8_t, uint8_t, x & y)
LOOP(or, bool, 2, uint8_t, uint8_t, x | y)
LOOP(xor, bool, 2, uint8_t, uint8_t, x ^ y)

static double floor_mod_of(double x, double y)
{
    double rest = fmod(x, y);
    if (rest == 0) return copysign(0, y);
    return (rest < 0) != (y < 0) ? rest + y : rest;
}
#define FLOOR_MOD(T, U) floor_mod_of((double)x, (double)y)
FLOAT_LOOPS(floor_mod, 2, FLOOR_MOD)

/* x to the y by squaring, wrapping around; y is not negative. */
static int64_t power(int64_t x, int64_t y)
{
    uint64_t result = 1, factor = (uint64_t)x;
    for (; y > 0; y >>= 1, factor *= factor)
        if (y & 1) result *= factor;
    return (int64_t)result;
}
LOOP(pow, int64, 2, int64_t, int64_t, power(x, y))
LOOP(square, float, 2, float, float, ((void)y, x * x))
LOOP(square, double, 2, double, double, ((void)y, x * x))

/* -- three operands ------------------------------------------------------------------------------------------------ */

#define BELOW(v, limit) ((v) > (limit) ? (limit) : (v))
#define CLIP(T, U) BELOW((x < y ? y : x), z)
FLOAT_LOOPS(clip, 3, CLIP)
INTEGER_LOOPS(clip, 3, CLIP)

#define WHERE(name, type)                                                                                              \
    static void where_##name(const void *const *in, void *out, size_t n, const struct element_params *p)               \
    {                                                                                                                  \
        const uint8_t *restrict condition = in[0];                                                                     \
        const type *restrict first = in[1], *restrict second = in[2];                                                  \
        type *restrict results = out;                                                                                  \
        (void)p;                                                                                                       \
        for (size_t i = 0; i < n; i++) results[i] = condition[i] ? first[i] : second[i];                               \
    }
struct sixteen {
    uint64_t low, high;
};
WHERE(1, uint8_t)
WHERE(2, uint16_t)
WHERE(4, uint32_t)
WHERE(8, uint64_t)
WHERE(16, struct sixteen)

/* -- the table ----------------------------------------------------------------------------------------------------- */

struct row {
    enum ir_attr_name alpha, beta; /* float attributes that the loop reads */
    tfp_dtype makes;               /* TFP_UNDEFINED: what it takes */
    element_loop *loops[TFP_BFLOAT16 + 1];
};

#define FLOAT_ROW(name) { .loops = { ON_FLOATS(name) } }
static const struct row rows[IR_OP_COUNT] = {
    [IR_ABS] = { .loops = { ON_ALL(abs) } },
    [IR_ACOS] = FLOAT_ROW(acos),
    [IR_ACOSH] = FLOAT_ROW(acosh),
    [IR_ADD] = { .loops = { ON_ALL(add) } },
    [IR_AND] = { .loops = { [TFP_BOOL] = and_bool } },
    [IR_ASIN] = FLOAT_ROW(asin),
    [IR_ASINH] = FLOAT_ROW(asinh),
    [IR_ATAN] = FLOAT_ROW(atan),
    [IR_ATANH] = FLOAT_ROW(atanh),
    [IR_BITWISE_AND] = { .loops = { ON_INTEGERS(bitwise_and) } },
    [IR_BITWISE_NOT] = { .loops = { ON_INTEGERS(bitwise_not) } },
    [IR_BITWISE_OR] = { .loops = { ON_INTEGERS(bitwise_or) } },
    [IR_BITWISE_XOR] = { .loops = { ON_INTEGERS(bitwise_xor) } },
    [IR_CEIL] = FLOAT_ROW(ceil),
    [IR_CELU] = { .alpha = ATTR_ALPHA, .loops = { ON_FLOATS(celu) } },
    [IR_CLIP] = { .loops = { ON_ALL(clip) } },
    [IR_COS] = FLOAT_ROW(cos),
    [IR_COSH] = FLOAT_ROW(cosh),
    [IR_DIV] = { .loops = { ON_ALL(div) } },
    [IR_ELU] = { .alpha = ATTR_ALPHA, .loops = { ON_FLOATS(elu) } },
    [IR_ERF] = FLOAT_ROW(erf),
    [IR_EXP] = FLOAT_ROW(exp),
    [IR_FLOOR] = FLOAT_ROW(floor),
    [IR_GELU] = FLOAT_ROW(gelu),
    [IR_HARD_SIGMOID] = { .alpha = ATTR_ALPHA, .beta = ATTR_BETA, .loops = { ON_FLOATS(hard_sigmoid) } },
    [IR_HARD_SWISH] = FLOAT_ROW(hard_swish),
    [IR_IS_INF] = { .makes = TFP_BOOL, .loops = { ON_FLOATS(is_inf) } },
    [IR_IS_NAN] = { .makes = TFP_BOOL, .loops = { ON_FLOATS(is_nan) } },
    [IR_LEAKY_RELU] = { .alpha = ATTR_ALPHA, .loops = { ON_FLOATS(leaky_relu) } },
    [IR_LOG] = FLOAT_ROW(log),
    [IR_MAX] = { .loops = { ON_ALL(max) } },
    [IR_MEAN] = FLOAT_ROW(add),
    [IR_MIN] = { .loops = { ON_ALL(min) } },
    [IR_MISH] = FLOAT_ROW(mish),
    [IR_MOD] = { .loops = { ON_ALL(floor_mod) } },
    [IR_MUL] = { .loops = { ON_ALL(mul) } },
    [IR_NEG] = { .loops = { ON_FLOATS(neg), ON_SIGNED(neg) } },
    [IR_NOT] = { .loops = { [TFP_BOOL] = not_bool } },
    [IR_OR] = { .loops = { [TFP_BOOL] = or_bool } },
    [IR_PRELU] = { .loops = { ON_ALL(prelu) } },
    [IR_RECIPROCAL] = FLOAT_ROW(reciprocal),
    [IR_RELU] = { .loops = { ON_FLOATS(relu), ON_SIGNED(relu) } },
    [IR_ROUND] = FLOAT_ROW(round),
    [IR_SELU] = { .alpha = ATTR_ALPHA, .beta = ATTR_GAMMA, .loops = { ON_FLOATS(selu) } },
    [IR_SHRINK] = { .alpha = ATTR_LAMBD, .beta = ATTR_BIAS, .loops = { ON_FLOATS(shrink) } },
    [IR_SIGMOID] = FLOAT_ROW(sigmoid),
    [IR_SIGN] = { .loops = { ON_ALL(sign) } },
    [IR_SIN] = FLOAT_ROW(sin),
    [IR_SINH] = FLOAT_ROW(sinh),
    [IR_SOFTPLUS] = FLOAT_ROW(softplus),
    [IR_SOFTSIGN] = FLOAT_ROW(softsign),
    [IR_SQRT] = FLOAT_ROW(sqrt),
    [IR_SUB] = { .loops = { ON_ALL(sub) } },
    [IR_SUM] = FLOAT_ROW(add),
    [IR_SWISH] = { .alpha = ATTR_ALPHA, .loops = { ON_FLOATS(swish) } },
    [IR_TAN] = FLOAT_ROW(tan),
    [IR_TANH] = FLOAT_ROW(tanh),
    [IR_THRESHOLDED_RELU] = { .alpha = ATTR_ALPHA, .loops = { ON_FLOATS(thresholded_relu) } },
    [IR_XOR] = { .loops = { [TFP_BOOL] = xor_bool } },
};
/* What stands in for the row's loops when an attribute says so. */
static element_loop *const gelu_tanh_loops[TFP_BFLOAT16 + 1] = { ON_FLOATS(gelu_tanh) };
static element_loop *const trunc_mod_loops[TFP_BFLOAT16 + 1] = { ON_ALL(trunc_mod) };
static element_loop *const shift_loops[2][TFP_BFLOAT16 + 1] = { { ON_INTEGERS(shift_left) },
                                                                { ON_INTEGERS(shift_right) } };

/* -- kernels ------------------------------------------------------------------------------------------------------- */

static struct element_params params_of(const struct kernel *k, const struct row *row)
{
    struct element_params p = { 0 };
    if (row->alpha) p.alpha = ir_attr_float(k->node, row->alpha, 0);
    if (row->beta) p.beta = ir_attr_float(k->node, row->beta, 0);
    return p;
}

/* All inputs have the first one's type, or the caller has checked that they need not. */
static tfp_status run_loops(struct kernel *k, element_loop *const *loops, size_t n_in, tfp_dtype makes,
                            const struct element_params *params)
{
    tfp_dtype type = k->in[0].dtype, as = element_compute_type(type);
    if (!loops[as]) return kernel_fail(k, TFP_E_UNSUPPORTED, "there is no kernel for %s", tfp_dtype_name(type));
    struct element_op op = { .n_in = n_in, .makes = makes ? makes : as, .stored = makes ? makes : type,
                             .loop = loops[as], .params = *params };
    for (size_t i = 0; i < n_in; i++) {
        op.in[i] = &k->in[i];
        op.as[i] = as;
    }
    return element_run(k, &op);
}

static tfp_status run_row(struct kernel *k, size_t n_in)
{
    const struct row *row = &rows[k->node->op];
    struct element_params params = params_of(k, row);
    return run_loops(k, row->loops, n_in, row->makes, &params);
}

static tfp_status run_unary(struct kernel *k)
{
    return run_row(k, 1);
}

static tfp_status run_binary(struct kernel *k)
{
    return run_row(k, 2);
}

static tfp_status run_gelu(struct kernel *k)
{
    bool is_tanh = ir_attr_is(k->node, ATTR_APPROXIMATE, "tanh");
    return run_loops(k, is_tanh ? gelu_tanh_loops : rows[IR_GELU].loops, 1, TFP_UNDEFINED,
                     &(struct element_params){ 0 });
}

static tfp_status run_is_inf(struct kernel *k)
{
    struct element_params p = { .flag = ir_attr_int(k->node, ATTR_DETECT_POSITIVE, 1) != 0,
                                .other_flag = ir_attr_int(k->node, ATTR_DETECT_NEGATIVE, 1) != 0 };
    return run_loops(k, rows[IR_IS_INF].loops, 1, TFP_BOOL, &p);
}

/* Integers go through double, as the attributes are floats. */
static tfp_status run_shrink(struct kernel *k)
{
    tfp_dtype type = k->in[0].dtype, as = dtype_is_integer(type) ? TFP_DOUBLE : element_compute_type(type);
    struct element_op op = { .n_in = 1, .in = { &k->in[0] }, .as = { as }, .makes = as, .stored = type,
                             .loop = rows[IR_SHRINK].loops[as], .params = params_of(k, &rows[IR_SHRINK]) };
    return element_run(k, &op);
}

static bool has_zero(const struct tensor *t)
{
    size_t size = tfp_dtype_size(t->dtype);
    const char *at = t->data;
    for (int64_t i = 0; i < t->count; i++, at += size) {
        uint64_t bits = 0;
        memcpy(&bits, at, size);
        if (bits == 0) return true;
    }
    return false;
}

static tfp_status refuse_zero_divisor(struct kernel *k)
{
    if (dtype_is_integer(k->in[1].dtype) && has_zero(&k->in[1]))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "divides an integer by zero");
    return TFP_OK;
}

static tfp_status run_div(struct kernel *k)
{
    TFP_TRY(refuse_zero_divisor(k));
    return run_row(k, 2);
}

static tfp_status run_mod(struct kernel *k)
{
    TFP_TRY(refuse_zero_divisor(k));
    bool truncates = ir_attr_int(k->node, ATTR_FMOD, 0) != 0;
    return run_loops(k, truncates ? trunc_mod_loops : rows[IR_MOD].loops, 2, TFP_UNDEFINED,
                     &(struct element_params){ 0 });
}

static tfp_status run_bit_shift(struct kernel *k)
{
    bool left = ir_attr_is(k->node, ATTR_DIRECTION, "LEFT");
    if (!left && !ir_attr_is(k->node, ATTR_DIRECTION, "RIGHT"))
        return kernel_fail(k, TFP_E_FORMAT, "direction is neither LEFT nor RIGHT");
    return run_loops(k, shift_loops[!left], 2, TFP_UNDEFINED, &(struct element_params){ 0 });
}

/* The base's type is the result's. Integers to integers are exact; an integer base with a float exponent is computed in
 * double; a float base in float, unless the exponent needs more. */
static tfp_status run_pow(struct kernel *k)
{
    const struct tensor *x = &k->in[0], *y = &k->in[1];
    bool small = x->dtype != TFP_DOUBLE && y->dtype != TFP_DOUBLE && !dtype_is_integer(x->dtype);
    tfp_dtype as = small ? TFP_FLOAT : TFP_DOUBLE;
    if (dtype_is_integer(x->dtype) && dtype_is_integer(y->dtype)) {
        as = TFP_INT64;
        for (int64_t i = 0; i < y->count && dtype_is_signed(y->dtype); i++)
            if (tensor_int(y, i) < 0)
                return kernel_fail(k, TFP_E_UNSUPPORTED, "raises an integer to a negative power");
    }
    struct element_op op = { .n_in = 2, .in = { x, y }, .as = { as, as }, .makes = as, .stored = x->dtype };
    op.loop = as == TFP_INT64 ? pow_int64 : as == TFP_FLOAT ? pow_float : pow_double;
    if (as != TFP_INT64 && y->count == 1 && tensor_float(y, 0) == 2) op.loop = small ? square_float : square_double;
    return element_run(k, &op);
}

static tfp_status run_prelu(struct kernel *k)
{
    size_t rank = 0;
    int64_t dims[TFP_MAX_RANK];
    const struct tensor *x = &k->in[0];
    TFP_TRY(element_broadcast(k, x, &rank, dims));
    TFP_TRY(element_broadcast(k, &k->in[1], &rank, dims));
    if (rank != x->rank || memcmp(dims, x->dims, rank * sizeof dims[0]) != 0)
        return kernel_fail(k, TFP_E_FORMAT, "the slope's shape does not stretch to the input's");
    return run_row(k, 2);
}

/* The value that clips nothing: of the same type as `x`, in `room`. */
static struct tensor no_limit(const struct tensor *x, bool is_upper, uint64_t *room)
{
    size_t size = tfp_dtype_size(x->dtype);
    struct tensor t = { .dtype = x->dtype, .count = 1, .data = room, .size = size };
    *room = 0;
    if (dtype_is_unsigned(x->dtype)) *room = is_upper ? UINT64_MAX : 0;
    else if (dtype_is_signed(x->dtype)) *room = is_upper ? UINT64_MAX >> (65 - 8 * size) : 1ULL << (8 * size - 1);
    else if (x->dtype == TFP_DOUBLE) *room = is_upper ? 0x7ff0000000000000 : 0xfff0000000000000;
    else if (x->dtype == TFP_FLOAT) *room = is_upper ? 0x7f800000 : 0xff800000;
    else if (x->dtype == TFP_FLOAT16) *room = is_upper ? 0x7c00 : 0xfc00;
    else *room = is_upper ? 0x7f80 : 0xff80; /* bfloat16 */
    return t;
}

static tfp_status run_clip(struct kernel *k)
{
    const struct tensor *x = &k->in[0];
    tfp_dtype as = element_compute_type(x->dtype);
    uint64_t rooms[2];
    struct tensor limits[2];
    for (size_t i = 0; i < 2; i++) {
        const struct tensor *given = kernel_in(k, i + 1);
        if (given && given->count != 1) return kernel_fail(k, TFP_E_FORMAT, "a limit is no scalar");
        limits[i] = given ? *given : no_limit(x, i == 1, &rooms[i]);
        limits[i].rank = 0;
    }
    struct element_op op = { .n_in = 3, .in = { x, &limits[0], &limits[1] }, .as = { as, as, as }, .makes = as,
                             .stored = x->dtype, .loop = rows[IR_CLIP].loops[as] };
    if (!op.loop) return kernel_fail(k, TFP_E_UNSUPPORTED, "there is no kernel for %s", tfp_dtype_name(x->dtype));
    return element_run(k, &op);
}

LOOP(divide_by, float, 1, float, float, x / p->alpha)
LOOP(divide_by, double, 1, double, double, x / (double)p->alpha)

/* Max, Min, Sum, Mean. */
static tfp_status run_variadic(struct kernel *k)
{
    tfp_dtype type = k->in[0].dtype, as = element_compute_type(type);
    element_loop *loop = rows[k->node->op].loops[as];
    if (!loop) return kernel_fail(k, TFP_E_UNSUPPORTED, "there is no kernel for %s", tfp_dtype_name(type));
    if (k->n_in == 2 && kernel_in(k, 1) && k->node->op != IR_MEAN)
        return run_loops(k, rows[k->node->op].loops, 2, TFP_UNDEFINED, &(struct element_params){ 0 });
    struct element_params params = { .alpha = (float)k->n_in };
    element_loop *finish = NULL;
    if (k->node->op == IR_MEAN) finish = as == TFP_DOUBLE ? divide_by_double : divide_by_float;
    return element_fold(k, as, loop, finish, &params);
}

static tfp_status run_where(struct kernel *k)
{
    tfp_dtype type = k->in[1].dtype;
    struct element_op op = { .n_in = 3, .in = { &k->in[0], &k->in[1], &k->in[2] }, .as = { TFP_BOOL, type, type },
                             .makes = type, .stored = type };
    switch (tfp_dtype_size(type)) {
    case 1: op.loop = where_1; break;
    case 2: op.loop = where_2; break;
    case 4: op.loop = where_4; break;
    case 8: op.loop = where_8; break;
    case 16: op.loop = where_16; break;
    default: return kernel_fail(k, TFP_E_UNSUPPORTED, "there is no kernel for %s", tfp_dtype_name(type));
    }
    return element_run(k, &op);
}

const struct kernel_row kernels_elementwise[] = {
    { IR_ABS, .run = run_unary },
    { IR_ACOS, .run = run_unary },
    { IR_ACOSH, .run = run_unary },
    { IR_ADD, .run = run_binary },
    { IR_AND, .run = run_binary },
    { IR_ASIN, .run = run_unary },
    { IR_ASINH, .run = run_unary },
    { IR_ATAN, .run = run_unary },
    { IR_ATANH, .run = run_unary },
    { IR_BIT_SHIFT, .run = run_bit_shift },
    { IR_BITWISE_AND, .run = run_binary },
    { IR_BITWISE_NOT, .run = run_unary },
    { IR_BITWISE_OR, .run = run_binary },
    { IR_BITWISE_XOR, .run = run_binary },
    { IR_CEIL, .run = run_unary },
    { IR_CELU, .run = run_unary },
    { IR_CLIP, .run = run_clip },
    { IR_COS, .run = run_unary },
    { IR_COSH, .run = run_unary },
    { IR_DIV, .run = run_div },
    { IR_ELU, .run = run_unary },
    { IR_ERF, .run = run_unary },
    { IR_EXP, .run = run_unary },
    { IR_FLOOR, .run = run_unary },
    { IR_GELU, .run = run_gelu },
    { IR_HARD_SIGMOID, .run = run_unary },
    { IR_HARD_SWISH, .run = run_unary },
    { IR_IS_INF, .run = run_is_inf },
    { IR_IS_NAN, .run = run_unary },
    { IR_LEAKY_RELU, .run = run_unary },
    { IR_LOG, .run = run_unary },
    { IR_MAX, .run = run_variadic },
    { IR_MEAN, .run = run_variadic },
    { IR_MIN, .run = run_variadic },
    { IR_MISH, .run = run_unary },
    { IR_MOD, .run = run_mod },
    { IR_MUL, .run = run_binary },
    { IR_NEG, .run = run_unary },
    { IR_NOT, .run = run_unary },
    { IR_OR, .run = run_binary },
    { IR_POW, .run = run_pow },
    { IR_PRELU, .run = run_prelu },
    { IR_RECIPROCAL, .run = run_unary },
    { IR_RELU, .run = run_unary },
    { IR_ROUND, .run = run_unary },
    { IR_SELU, .run = run_unary },
    { IR_SHRINK, .run = run_shrink },
    { IR_SIGMOID, .run = run_unary },
    { IR_SIGN, .run = run_unary },
    { IR_SIN, .run = run_unary },
    { IR_SINH, .run = run_unary },
    { IR_SOFTPLUS, .run = run_unary },
    { IR_SOFTSIGN, .run = run_unary },
    { IR_SQRT, .run = run_unary },
    { IR_SUB, .run = run_binary },
    { IR_SUM, .run = run_variadic },
    { IR_SWISH, .run = run_unary },
    { IR_TAN, .run = run_unary },
    { IR_TANH, .run = run_unary },
    { IR_THRESHOLDED_RELU, .run = run_unary },
    { IR_WHERE, .run = run_where },
    { IR_XOR, .run = run_binary },
};
const size_t kernels_elementwise_n = sizeof kernels_elementwise / sizeof kernels_elementwise[0];
