/* Activations and softmax. TensorRT's take floats only. */
#include "backend/tensorrt/emit.h"

/* -- tables -------------------------------------------------------------------------------------------------------- */

/* The parameters are attributes with the schema's defaults, or fixed numbers. */
static const struct activation {
    enum ir_op op;
    enum trt_activation activation;
    enum ir_attr_name alpha_attr, beta_attr; /* ATTR_NONE: the number */
    float alpha, beta;
} activations[] = {
    { IR_ELU, TRT_ACTIVATION_ELU, ATTR_ALPHA, ATTR_NONE, 1, 0 },
    { IR_HARD_SIGMOID, TRT_ACTIVATION_HARD_SIGMOID, ATTR_ALPHA, ATTR_BETA, 0.2F, 0.5F },
    { IR_LEAKY_RELU, TRT_ACTIVATION_LEAKY_RELU, ATTR_ALPHA, ATTR_NONE, 0.01F, 0 },
    { IR_RELU, TRT_ACTIVATION_RELU, ATTR_NONE, ATTR_NONE, 0, 0 },
    { IR_SELU, TRT_ACTIVATION_SELU, ATTR_ALPHA, ATTR_GAMMA, 1.67326319217681884765625F, 1.05070102214813232421875F },
    { IR_SIGMOID, TRT_ACTIVATION_SIGMOID, ATTR_NONE, ATTR_NONE, 0, 0 },
    { IR_SOFTPLUS, TRT_ACTIVATION_SOFTPLUS, ATTR_NONE, ATTR_NONE, 1, 1 },
    { IR_SOFTSIGN, TRT_ACTIVATION_SOFTSIGN, ATTR_NONE, ATTR_NONE, 0, 0 },
    { IR_TANH, TRT_ACTIVATION_TANH, ATTR_NONE, ATTR_NONE, 0, 0 },
    { IR_THRESHOLDED_RELU, TRT_ACTIVATION_THRESHOLDED_RELU, ATTR_ALPHA, ATTR_NONE, 1, 0 },
};

static bool emit_table(struct emit *e, const struct ir_node *n)
{
    const struct activation *a = activations;
    while (a->op != n->op) a++;
    tensor_p x = emit_in(e, n, 0);
    if (!x) return true;
    if (!emit_is_float(emit_type_of(e, x))) {
        if (n->op != IR_RELU) return emit_decline(e, "of whole numbers");
        return emit_give(e, n, emit_binary(e, TRT_BINARY_MAX, x, emit_like(e, x, 0)));
    }
    float alpha = a->alpha_attr ? ir_attr_float(n, a->alpha_attr, a->alpha) : a->alpha;
    float beta = a->beta_attr ? ir_attr_float(n, a->beta_attr, a->beta) : a->beta;
    return emit_give(e, n, emit_activation(e, a->activation, x, alpha, beta));
}

/* -- others -------------------------------------------------------------------------------------------------------- */

static bool emit_gelu(struct emit *e, const struct ir_node *n)
{
    enum trt_activation a =
        ir_attr_is(n, ATTR_APPROXIMATE, "tanh") ? TRT_ACTIVATION_GELU_TANH : TRT_ACTIVATION_GELU_ERF;
    if (!trt_has_activation(e->t, a)) return emit_decline(e, NULL);
    return emit_give(e, n, emit_activation(e, a, emit_in(e, n, 0), 0, 0));
}

/* x * sigmoid(alpha * x) */
static bool emit_swish(struct emit *e, const struct ir_node *n)
{
    tensor_p x = emit_in(e, n, 0);
    float alpha = ir_attr_float(n, ATTR_ALPHA, 1);
    tensor_p scaled = alpha == 1 ? x : emit_binary(e, TRT_BINARY_PROD, x, emit_like(e, x, (double)alpha));
    return emit_give(e, n, emit_binary(e, TRT_BINARY_PROD, x, emit_activation(e, TRT_ACTIVATION_SIGMOID, scaled, 0, 0)));
}

/* x * max(0, min(1, x / 6 + 0.5)) */
static bool emit_hard_swish(struct emit *e, const struct ir_node *n)
{
    tensor_p x = emit_in(e, n, 0);
    tensor_p gate = emit_activation(e, TRT_ACTIVATION_HARD_SIGMOID, x, 1.0F / 6, 0.5F);
    return emit_give(e, n, emit_binary(e, TRT_BINARY_PROD, x, gate));
}

static bool emit_prelu(struct emit *e, const struct ir_node *n)
{
    tensor_p x = emit_in(e, n, 0);
    if (!x) return true;
    if (!emit_is_float(emit_type_of(e, x))) return emit_decline(e, "of whole numbers");
    tensor_p slope = emit_in_rank(e, n, 1, emit_rank(e, x));
    return emit_give(e, n, slope ? emit_layer(e, trt_add_parametric_relu(e->t, e->net, x, slope)) : NULL);
}

static tensor_p bound(struct emit *e, const struct ir_node *n, size_t i, enum trt_binary op, tensor_p x)
{
    return ir_in(n, i) ? emit_binary(e, op, x, emit_in(e, n, i)) : x;
}

static bool emit_clip(struct emit *e, const struct ir_node *n)
{
    const struct tensor *low = ir_in_constant(n, 1), *high = ir_in_constant(n, 2);
    tensor_p x = emit_in(e, n, 0);
    if (x && low && high && low->count == 1 && high->count == 1 && emit_is_float(emit_type_of(e, x)))
        return emit_give(e, n, emit_activation(e, TRT_ACTIVATION_CLIP, x, (float)tensor_float(low, 0),
                                               (float)tensor_float(high, 0)));
    if (!ir_in(n, 1) && !ir_in(n, 2)) return emit_give(e, n, x);
    return emit_give(e, n, bound(e, n, 2, TRT_BINARY_MIN, bound(e, n, 1, TRT_BINARY_MAX, x)));
}

/* -- softmax ------------------------------------------------------------------------------------------------------- */

static bool emit_softmax(struct emit *e, const struct ir_node *n)
{
    tensor_p x = emit_in(e, n, 0);
    int32_t rank = emit_rank(e, x), axis = emit_axis(ir_attr_int(n, ATTR_AXIS, -1), rank);
    if (!x) return true;
    if (axis < 0 || axis >= rank) return emit_decline(e, "of a scalar");
    return emit_give(e, n, emit_layer(e, trt_add_softmax(e->t, e->net, x, 1u << axis)));
}

/* s - log(sum(exp(s))) of s = x - max(x) */
static bool emit_log_softmax(struct emit *e, const struct ir_node *n)
{
    tensor_p x = emit_in(e, n, 0);
    int32_t rank = emit_rank(e, x), axis = emit_axis(ir_attr_int(n, ATTR_AXIS, -1), rank);
    if (!x) return true;
    if (axis < 0 || axis >= rank) return emit_decline(e, "of a scalar");
    tensor_p s = emit_binary(e, TRT_BINARY_SUB, x, emit_reduce(e, TRT_REDUCE_MAX, x, 1u << axis, true));
    tensor_p sum = emit_reduce(e, TRT_REDUCE_SUM, emit_unary(e, TRT_UNARY_EXP, s), 1u << axis, true);
    return emit_give(e, n, emit_binary(e, TRT_BINARY_SUB, s, emit_unary(e, TRT_UNARY_LOG, sum)));
}

static const struct emit_row rows[] = {
    { IR_CLIP, emit_clip },
    { IR_ELU, emit_table },
    { IR_GELU, emit_gelu },
    { IR_HARD_SIGMOID, emit_table },
    { IR_HARD_SWISH, emit_hard_swish },
    { IR_LEAKY_RELU, emit_table },
    { IR_LOG_SOFTMAX, emit_log_softmax },
    { IR_PRELU, emit_prelu },
    { IR_RELU, emit_table },
    { IR_SELU, emit_table },
    { IR_SIGMOID, emit_table },
    { IR_SOFTMAX, emit_softmax },
    { IR_SOFTPLUS, emit_table },
    { IR_SOFTSIGN, emit_table },
    { IR_SWISH, emit_swish },
    { IR_TANH, emit_table },
    { IR_THRESHOLDED_RELU, emit_table },
};
const struct emit_rows emit_rows_activation = { rows, sizeof rows / sizeof rows[0] };
