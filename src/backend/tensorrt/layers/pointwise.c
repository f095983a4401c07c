/* Element-wise arithmetic, comparisons, logic, casts. */
#include "backend/tensorrt/emit.h"

/* -- unary --------------------------------------------------------------------------------------------------------- */

enum { FLOATS = 1, INTS = 2, BOOLS = 4 };
static const struct unary {
    enum ir_op op;
    enum trt_unary unary;
    uint8_t types;
} unaries[] = {
    { IR_ABS, TRT_UNARY_ABS, FLOATS | INTS },
    { IR_ACOS, TRT_UNARY_ACOS, FLOATS },
    { IR_ACOSH, TRT_UNARY_ACOSH, FLOATS },
    { IR_ASIN, TRT_UNARY_ASIN, FLOATS },
    { IR_ASINH, TRT_UNARY_ASINH, FLOATS },
    { IR_ATAN, TRT_UNARY_ATAN, FLOATS },
    { IR_ATANH, TRT_UNARY_ATANH, FLOATS },
    { IR_CEIL, TRT_UNARY_CEIL, FLOATS },
    { IR_COS, TRT_UNARY_COS, FLOATS },
    { IR_COSH, TRT_UNARY_COSH, FLOATS },
    { IR_ERF, TRT_UNARY_ERF, FLOATS },
    { IR_EXP, TRT_UNARY_EXP, FLOATS },
    { IR_FLOOR, TRT_UNARY_FLOOR, FLOATS },
    { IR_LOG, TRT_UNARY_LOG, FLOATS },
    { IR_NEG, TRT_UNARY_NEG, FLOATS | INTS },
    { IR_NOT, TRT_UNARY_NOT, BOOLS },
    { IR_RECIPROCAL, TRT_UNARY_RECIP, FLOATS },
    { IR_ROUND, TRT_UNARY_ROUND, FLOATS },
    { IR_SIGN, TRT_UNARY_SIGN, FLOATS | INTS },
    { IR_SIN, TRT_UNARY_SIN, FLOATS },
    { IR_SINH, TRT_UNARY_SINH, FLOATS },
    { IR_SQRT, TRT_UNARY_SQRT, FLOATS },
    { IR_TAN, TRT_UNARY_TAN, FLOATS },
};

static uint8_t kind_of(enum trt_type type)
{
    return emit_is_float(type) ? FLOATS : type == TRT_BOOL ? BOOLS : INTS;
}

static bool emit_unary_row(struct emit *e, const struct ir_node *n)
{
    const struct unary *u = unaries;
    while (u->op != n->op) u++;
    tensor_p x = emit_in(e, n, 0);
    if (!x) return true;
    if (!(u->types & kind_of(emit_type_of(e, x)))) return emit_decline(e, "of such a type");
    /* The layer negates no whole numbers on TensorRT 8. */
    if (n->op == IR_NEG && !emit_is_float(emit_type_of(e, x))) x = emit_binary(e, TRT_BINARY_SUB, emit_like(e, x, 0), x);
    else x = emit_unary(e, u->unary, x);
    return emit_give(e, n, x);
}

static bool emit_is_inf(struct emit *e, const struct ir_node *n)
{
    if (!trt_has_unary(e->t, TRT_UNARY_ISINF) || !ir_attr_int(n, ATTR_DETECT_NEGATIVE, 1) ||
        !ir_attr_int(n, ATTR_DETECT_POSITIVE, 1))
        return emit_decline(e, NULL);
    return emit_give(e, n, emit_unary(e, TRT_UNARY_ISINF, emit_in(e, n, 0)));
}

/* No number but NaN differs from itself. */
static bool emit_is_nan(struct emit *e, const struct ir_node *n)
{
    tensor_p x = emit_in(e, n, 0);
    if (trt_has_unary(e->t, TRT_UNARY_ISNAN)) return emit_give(e, n, emit_unary(e, TRT_UNARY_ISNAN, x));
    return emit_give(e, n, emit_unary(e, TRT_UNARY_NOT, emit_binary(e, TRT_BINARY_EQUAL, x, x)));
}

/* A type that is held by the same one needs no layer, but for narrowing. */
static bool emit_cast_row(struct emit *e, const struct ir_node *n)
{
    enum trt_type to;
    const struct ir_value *v = ir_in(n, 0);
    tfp_dtype from = v->dtype, dtype = n->out[0]->dtype;
    tensor_p x = emit_in(e, n, 0);
    if (!emit_type(e, dtype, &to)) return emit_decline(e, "to such a type");
    if (!x) return true;
    bool narrows = tfp_dtype_size(dtype) < tfp_dtype_size(from) || dtype_is_signed(dtype) != dtype_is_signed(from);
    x = emit_cast(e, x, to);
    if (narrows && from != TFP_BOOL) x = emit_wrap(e, x, dtype);
    return emit_give(e, n, x);
}

/* -- binary -------------------------------------------------------------------------------------------------------- */

static const struct binary {
    enum ir_op op;
    enum trt_binary binary;
    uint8_t types;
} binaries[] = {
    { IR_ADD, TRT_BINARY_SUM, FLOATS | INTS }, { IR_AND, TRT_BINARY_AND, BOOLS },
    { IR_DIV, TRT_BINARY_DIV, FLOATS | INTS }, { IR_MAX, TRT_BINARY_MAX, FLOATS | INTS },
    { IR_MIN, TRT_BINARY_MIN, FLOATS | INTS },         { IR_MUL, TRT_BINARY_PROD, FLOATS | INTS },
    { IR_OR, TRT_BINARY_OR, BOOLS },                   { IR_SUB, TRT_BINARY_SUB, FLOATS | INTS },
    { IR_SUM, TRT_BINARY_SUM, FLOATS | INTS }, { IR_XOR, TRT_BINARY_XOR, BOOLS },
};

/* The ops of any number of operands are those of two, one after another. */
static bool emit_binary_row(struct emit *e, const struct ir_node *n)
{
    const struct binary *b = binaries;
    while (b->op != n->op) b++;
    tensor_p x = emit_in(e, n, 0);
    if (!x) return true;
    if (!(b->types & kind_of(emit_type_of(e, x)))) return emit_decline(e, "of such types");
    const struct ir_value *out = n->out[0];
    for (size_t i = 1; i < n->n_in && x; i++) {
        int32_t rank = emit_rank(e, x);
        tensor_p y = out && out->rank >= rank ? emit_in_rank(e, n, i, rank > ir_in(n, i)->rank ? rank : ir_in(n, i)->rank)
                                              : emit_in(e, n, i);
        x = emit_binary(e, b->binary, x, y);
    }
    return emit_give(e, n, x);
}

static tensor_p comparable(struct emit *e, const struct ir_node *n, size_t i)
{
    tensor_p x = emit_in(e, n, i);
    return emit_type_of(e, x) == TRT_BOOL ? emit_cast(e, x, TRT_INT32) : x;
}

static bool emit_compare(struct emit *e, const struct ir_node *n)
{
    bool greater = n->op == IR_GREATER || n->op == IR_GREATER_OR_EQUAL;
    enum trt_binary op = n->op == IR_EQUAL ? TRT_BINARY_EQUAL : greater ? TRT_BINARY_GREATER : TRT_BINARY_LESS;
    tensor_p x = comparable(e, n, 0), y = comparable(e, n, 1), z = emit_binary(e, op, x, y);
    /* Not the opposite of the opposite: that would be true of NaN. */
    if (n->op == IR_GREATER_OR_EQUAL || n->op == IR_LESS_OR_EQUAL)
        z = emit_binary(e, TRT_BINARY_OR, z, emit_binary(e, TRT_BINARY_EQUAL, x, y));
    return emit_give(e, n, z);
}

static bool emit_mod(struct emit *e, const struct ir_node *n)
{
    tensor_p x = emit_in(e, n, 0), y = emit_in(e, n, 1);
    if (!x || !y) return true;
    if (kind_of(emit_type_of(e, x)) != INTS || ir_attr_int(n, ATTR_FMOD, 0)) return emit_decline(e, NULL);
    return emit_give(e, n, emit_modulo(e, x, y));
}

/* Small whole powers are products: TensorRT's power takes no negative base. */
static bool emit_pow(struct emit *e, const struct ir_node *n)
{
    const struct tensor *power = ir_in_constant(n, 1);
    double p = power && power->count == 1 ? tensor_float(power, 0) : 0;
    tensor_p x = emit_in(e, n, 0), y = x;
    if (!x) return true;
    if (power && power->count == 1 && (p == 2 || p == 3 || p == 4) && (int32_t)power->rank <= ir_in(n, 0)->rank) {
        for (int i = 1; i < (int)p; i++) y = emit_binary(e, TRT_BINARY_PROD, y, x);
        return emit_give(e, n, y);
    }
    if (kind_of(emit_type_of(e, x)) != FLOATS) return emit_decline(e, "of whole numbers");
    y = emit_cast(e, emit_in(e, n, 1), emit_type_of(e, x));
    return emit_give(e, n, emit_binary(e, TRT_BINARY_POW, x, y));
}

/* A select layer takes no bools. */
static bool emit_where(struct emit *e, const struct ir_node *n)
{
    tensor_p c = emit_in(e, n, 0), x = emit_in(e, n, 1), y = emit_in(e, n, 2);
    if (emit_type_of(e, x) != TRT_BOOL) return emit_give(e, n, emit_select(e, c, x, y));
    x = emit_binary(e, TRT_BINARY_AND, c, x);
    y = emit_binary(e, TRT_BINARY_AND, emit_unary(e, TRT_UNARY_NOT, c), y);
    return emit_give(e, n, emit_binary(e, TRT_BINARY_OR, x, y));
}

static bool emit_identity(struct emit *e, const struct ir_node *n)
{
    return emit_give(e, n, emit_in(e, n, 0));
}

static const struct emit_row rows[] = {
    { IR_ABS, emit_unary_row },      { IR_ACOS, emit_unary_row },     { IR_ACOSH, emit_unary_row },
    { IR_ADD, emit_binary_row },     { IR_AND, emit_binary_row },     { IR_ASIN, emit_unary_row },
    { IR_ASINH, emit_unary_row },    { IR_ATAN, emit_unary_row },     { IR_ATANH, emit_unary_row },
    { IR_CAST, emit_cast_row },      { IR_CEIL, emit_unary_row },     { IR_COS, emit_unary_row },
    { IR_COSH, emit_unary_row },     { IR_DIV, emit_binary_row },     { IR_EQUAL, emit_compare },
    { IR_ERF, emit_unary_row },      { IR_EXP, emit_unary_row },      { IR_FLOOR, emit_unary_row },
    { IR_GREATER, emit_compare },    { IR_GREATER_OR_EQUAL, emit_compare }, { IR_IDENTITY, emit_identity },
    { IR_IS_INF, emit_is_inf },      { IR_IS_NAN, emit_is_nan },      { IR_LESS, emit_compare },
    { IR_LESS_OR_EQUAL, emit_compare }, { IR_LOG, emit_unary_row },   { IR_MAX, emit_binary_row },
    { IR_MIN, emit_binary_row },     { IR_MOD, emit_mod },            { IR_MUL, emit_binary_row },
    { IR_NEG, emit_unary_row },      { IR_NOT, emit_unary_row },      { IR_OR, emit_binary_row },
    { IR_POW, emit_pow },            { IR_RECIPROCAL, emit_unary_row }, { IR_ROUND, emit_unary_row },
    { IR_SIGN, emit_unary_row },     { IR_SIN, emit_unary_row },      { IR_SINH, emit_unary_row },
    { IR_SQRT, emit_unary_row },     { IR_SUB, emit_binary_row },     { IR_SUM, emit_binary_row },
    { IR_TAN, emit_unary_row },      { IR_WHERE, emit_where },        { IR_XOR, emit_binary_row },
};
const struct emit_rows emit_rows_pointwise = { rows, sizeof rows / sizeof rows[0] };
