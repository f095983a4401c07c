/* Shapes of operators that work element by element: the first input's shape, or all inputs' shapes broadcast. */
#include "ir/infer.h"

static tfp_status infer_broadcast_all(struct infer *s)
{
    struct shape shape = infer_shape(s, 0);
    for (uint32_t i = 1; i < s->node->n_in; i++) {
        struct shape other = infer_shape(s, i);
        TFP_TRY(infer_broadcast(s, &shape, &other));
    }
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

/* Slope broadcasts to x, not the other way. */
static tfp_status infer_prelu(struct infer *s)
{
    struct shape x = infer_shape(s, 0), slope = infer_shape(s, 1), all = x;
    TFP_TRY(infer_broadcast(s, &all, &slope));
    for (int32_t i = 0; i < all.rank; i++)
        if (all.rank > x.rank || (dim_is(x.at[i], 1) && dim_fixed(all.at[i]) && all.at[i].n != 1))
            return infer_fail(s, "the slope does not broadcast to the input");
    return infer_put(s, 0, TFP_UNDEFINED, &x);
}

static tfp_status infer_cast(struct infer *s)
{
    struct shape shape = infer_shape(s, 0);
    tfp_dtype to;
    TFP_TRY(infer_type_attr(s, ATTR_TO, TFP_UNDEFINED, &to));
    if (to == TFP_UNDEFINED) return infer_fail(s, "attribute to is no element type");
    return infer_put(s, 0, to, &shape);
}

/* The input's shape; the type is an attribute, or where that is missing another. */
static tfp_status put_typed(struct infer *s, enum ir_attr_name attr, tfp_dtype otherwise)
{
    struct shape shape = infer_shape(s, 0);
    tfp_dtype type;
    TFP_TRY(infer_type_attr(s, attr, otherwise, &type));
    return infer_put(s, 0, type, &shape);
}

static tfp_status infer_like(struct infer *s)
{
    return put_typed(s, ATTR_DTYPE, infer_dtype(s, 0));
}

static tfp_status infer_eye_like(struct infer *s)
{
    TFP_TRY(infer_need_rank(s, 0, 2));
    return infer_like(s);
}

static tfp_status infer_dropout(struct infer *s)
{
    TFP_TRY(infer_same(s));
    return infer_put_like(s, 1, 0);
}

static tfp_status infer_quantize(struct infer *s)
{
    return put_typed(s, ATTR_OUTPUT_DTYPE, infer_has(s, 2) ? infer_dtype(s, 2) : TFP_UINT8);
}

static tfp_status infer_dequantize(struct infer *s)
{
    return put_typed(s, ATTR_OUTPUT_DTYPE, infer_dtype(s, 1));
}

static tfp_status infer_dynamic_quantize(struct infer *s)
{
    struct shape shape = infer_shape(s, 0), scalar = shape_of_rank(0);
    TFP_TRY(infer_put(s, 0, TFP_UINT8, &shape));
    TFP_TRY(infer_put(s, 1, TFP_FLOAT, &scalar));
    return infer_put(s, 2, TFP_UINT8, &scalar);
}

static tfp_status infer_swiglu(struct infer *s)
{
    struct shape shape = infer_shape(s, 0), other = infer_shape(s, 1);
    TFP_TRY(infer_merge_shapes(s, &shape, &other));
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

/* The axis is only checked. */
static tfp_status infer_softmax(struct infer *s)
{
    struct shape shape = infer_shape(s, 0);
    int32_t axis;
    if (shape.rank >= 0) TFP_TRY(infer_axis(s, ir_attr_int(s->node, ATTR_AXIS, -1), shape.rank, &axis));
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_trilu(struct infer *s)
{
    TFP_TRY(infer_need_min_rank(s, 0, 2));
    return infer_same(s);
}

const struct infer_row infer_elementwise_rows[] = {
    { IR_ABS, infer_same, known_abs },
    { IR_ACOS, infer_same, NULL },
    { IR_ACOSH, infer_same, NULL },
    { IR_ADD, infer_broadcast_all, known_arithmetic },
    { IR_AND, infer_broadcast_all, known_logic },
    { IR_ASIN, infer_same, NULL },
    { IR_ASINH, infer_same, NULL },
    { IR_ATAN, infer_same, NULL },
    { IR_ATANH, infer_same, NULL },
    { IR_BERNOULLI, infer_like, NULL },
    { IR_BIT_CAST, infer_cast, NULL },
    { IR_BIT_SHIFT, infer_broadcast_all, NULL },
    { IR_BITWISE_AND, infer_broadcast_all, NULL },
    { IR_BITWISE_NOT, infer_same, NULL },
    { IR_BITWISE_OR, infer_broadcast_all, NULL },
    { IR_BITWISE_XOR, infer_broadcast_all, NULL },
    { IR_CAST, infer_cast, known_cast },
    { IR_CAST_LIKE, infer_same, known_cast },
    { IR_CEIL, infer_same, NULL },
    { IR_CELU, infer_same, NULL },
    { IR_CLIP, infer_same, known_clip },
    { IR_COS, infer_same, NULL },
    { IR_COSH, infer_same, NULL },
    { IR_DEQUANTIZE_LINEAR, infer_dequantize, NULL },
    { IR_DIV, infer_broadcast_all, known_arithmetic },
    { IR_DROPOUT, infer_dropout, NULL },
    { IR_DYNAMIC_QUANTIZE_LINEAR, infer_dynamic_quantize, NULL },
    { IR_ELU, infer_same, NULL },
    { IR_EQUAL, infer_broadcast_all, known_comparison },
    { IR_ERF, infer_same, NULL },
    { IR_EXP, infer_same, NULL },
    { IR_EYE_LIKE, infer_eye_like, NULL },
    { IR_FLOOR, infer_same, NULL },
    { IR_GELU, infer_same, NULL },
    { IR_GREATER, infer_broadcast_all, known_comparison },
    { IR_GREATER_OR_EQUAL, infer_broadcast_all, known_comparison },
    { IR_HARD_SIGMOID, infer_same, NULL },
    { IR_HARD_SWISH, infer_same, NULL },
    { IR_HARDMAX, infer_softmax, NULL },
    { IR_IDENTITY, infer_same, known_identity },
    { IR_IS_INF, infer_same, NULL },
    { IR_IS_NAN, infer_same, NULL },
    { IR_LEAKY_RELU, infer_same, NULL },
    { IR_LESS, infer_broadcast_all, known_comparison },
    { IR_LESS_OR_EQUAL, infer_broadcast_all, known_comparison },
    { IR_LOG, infer_same, NULL },
    { IR_LOG_SOFTMAX, infer_softmax, NULL },
    { IR_MAX, infer_broadcast_all, known_arithmetic },
    { IR_MEAN, infer_broadcast_all, NULL },
    { IR_MIN, infer_broadcast_all, known_arithmetic },
    { IR_MISH, infer_same, NULL },
    { IR_MOD, infer_broadcast_all, known_arithmetic },
    { IR_MUL, infer_broadcast_all, known_arithmetic },
    { IR_NEG, infer_same, known_neg },
    { IR_NOT, infer_same, known_not },
    { IR_OR, infer_broadcast_all, known_logic },
    { IR_PRELU, infer_prelu, NULL },
    { IR_POW, infer_broadcast_all, NULL },
    { IR_QUANTIZE_LINEAR, infer_quantize, NULL },
    { IR_RANDOM_NORMAL_LIKE, infer_like, NULL },
    { IR_RANDOM_UNIFORM_LIKE, infer_like, NULL },
    { IR_RECIPROCAL, infer_same, NULL },
    { IR_REGEX_FULL_MATCH, infer_same, NULL },
    { IR_RELU, infer_same, NULL },
    { IR_ROUND, infer_same, NULL },
    { IR_SELU, infer_same, NULL },
    { IR_SHRINK, infer_same, NULL },
    { IR_SIGMOID, infer_same, NULL },
    { IR_SIGN, infer_same, known_sign },
    { IR_SIN, infer_same, NULL },
    { IR_SINH, infer_same, NULL },
    { IR_SOFTMAX, infer_softmax, NULL },
    { IR_SOFTPLUS, infer_same, NULL },
    { IR_SOFTSIGN, infer_same, NULL },
    { IR_SQRT, infer_same, NULL },
    { IR_STRING_CONCAT, infer_broadcast_all, NULL },
    { IR_SUB, infer_broadcast_all, known_arithmetic },
    { IR_SUM, infer_broadcast_all, NULL }, /* floats only */
    { IR_SWI_GLU, infer_swiglu, NULL },
    { IR_SWISH, infer_same, NULL },
    { IR_TAN, infer_same, NULL },
    { IR_TANH, infer_same, NULL },
    { IR_THRESHOLDED_RELU, infer_same, NULL },
    { IR_TRILU, infer_trilu, NULL },
    { IR_WHERE, infer_broadcast_all, known_where },
    { IR_XOR, infer_broadcast_all, NULL },
    { IR_NONE, NULL, NULL },
};
