/* Activation functions by name: one row a function. Keras 3 changed the slope of hard_sigmoid. */
#include "frontend/keras/keras.h"

typedef struct ir_value *activation_fn(struct keras_call *c, struct ir_value *x);

static struct ir_value *number(struct keras_call *c, const struct ir_value *x, double value)
{
    return ir_like(c->b, x, value);
}

static struct ir_value *clip(struct keras_call *c, struct ir_value *x, double low, double high)
{
    return x ? ir_emit(c->b, IR_CLIP, IN(x, number(c, x, low), number(c, x, high)), NO_ATTRS) : NULL;
}

static struct ir_value *with_alpha(struct keras_call *c, enum ir_op op, struct ir_value *x, float alpha)
{
    return x ? ir_emit(c->b, op, IN(x), ATTRS(A_FLOAT(ATTR_ALPHA, alpha))) : NULL;
}

#define UNARY(id, op)                                                                                                  \
    static struct ir_value *id(struct keras_call *c, struct ir_value *x)                                               \
    {                                                                                                                  \
        return ir_unary(c->b, op, x);                                                                                  \
    }
UNARY(relu, IR_RELU)
UNARY(selu, IR_SELU)
UNARY(softplus, IR_SOFTPLUS)
UNARY(softsign, IR_SOFTSIGN)
UNARY(hyperbolic, IR_TANH)
UNARY(sigmoid, IR_SIGMOID)
UNARY(exponential, IR_EXP)
UNARY(gelu, IR_GELU)
UNARY(mish, IR_MISH)
UNARY(hard_silu, IR_HARD_SWISH)
#undef UNARY

static struct ir_value *linear(struct keras_call *c, struct ir_value *x)
{
    (void)c;
    return x;
}

static struct ir_value *elu(struct keras_call *c, struct ir_value *x)
{
    return with_alpha(c, IR_ELU, x, 1);
}

static struct ir_value *celu(struct keras_call *c, struct ir_value *x)
{
    return with_alpha(c, IR_CELU, x, 1);
}

static struct ir_value *leaky_relu(struct keras_call *c, struct ir_value *x)
{
    return with_alpha(c, IR_LEAKY_RELU, x, 0.2F);
}

static struct ir_value *relu6(struct keras_call *c, struct ir_value *x)
{
    return clip(c, x, 0, 6);
}

static float hard_slope(const struct keras_source *s)
{
    return s->generation >= 3 ? 1.0F / 6.0F : 0.2F;
}

static struct ir_value *hard_sigmoid(struct keras_call *c, struct ir_value *x)
{
    if (!x) return NULL;
    const float slope = hard_slope(c->source);
    return ir_emit(c->b, IR_HARD_SIGMOID, IN(x), ATTRS(A_FLOAT(ATTR_ALPHA, slope), A_FLOAT(ATTR_BETA, 0.5F)));
}

static struct ir_value *silu(struct keras_call *c, struct ir_value *x)
{
    return ir_mul(c->b, x, ir_unary(c->b, IR_SIGMOID, x));
}

static struct ir_value *log_sigmoid(struct keras_call *c, struct ir_value *x)
{
    return ir_unary(c->b, IR_NEG, ir_unary(c->b, IR_SOFTPLUS, ir_unary(c->b, IR_NEG, x)));
}

static struct ir_value *softmax(struct keras_call *c, struct ir_value *x)
{
    return ir_softmax(c->b, x, -1);
}

static struct ir_value *log_softmax(struct keras_call *c, struct ir_value *x)
{
    return x ? ir_emit(c->b, IR_LOG_SOFTMAX, IN(x), ATTRS(A_INT(ATTR_AXIS, -1))) : NULL;
}

static struct ir_value *hard_tanh(struct keras_call *c, struct ir_value *x)
{
    return clip(c, x, -1, 1);
}

static struct ir_value *shrink(struct keras_call *c, struct ir_value *x, float bias)
{
    return x ? ir_emit(c->b, IR_SHRINK, IN(x), ATTRS(A_FLOAT(ATTR_LAMBD, 0.5F), A_FLOAT(ATTR_BIAS, bias))) : NULL;
}

static struct ir_value *hard_shrink(struct keras_call *c, struct ir_value *x)
{
    return shrink(c, x, 0);
}

static struct ir_value *soft_shrink(struct keras_call *c, struct ir_value *x)
{
    return shrink(c, x, 0.5F);
}

static struct ir_value *tanh_shrink(struct keras_call *c, struct ir_value *x)
{
    return ir_sub(c->b, x, ir_unary(c->b, IR_TANH, x));
}

static struct ir_value *squareplus(struct keras_call *c, struct ir_value *x)
{
    struct build *b = c->b;
    if (!x) return NULL;
    struct ir_value *root = ir_unary(b, IR_SQRT, ir_add(b, ir_mul(b, x, x), number(c, x, 4)));
    return ir_div(b, ir_add(b, x, root), number(c, x, 2));
}

static struct ir_value *sparse_plus(struct keras_call *c, struct ir_value *x)
{
    struct build *b = c->b;
    if (!x) return NULL;
    struct ir_value *one = number(c, x, 1), *inner = clip(c, ir_add(b, x, one), 0, 2);
    struct ir_value *curve = ir_mul(b, number(c, x, 0.25), ir_mul(b, inner, inner));
    return ir_where(b, ir_binary(b, IR_LESS, x, one), curve, x);
}

static struct ir_value *sparse_sigmoid(struct keras_call *c, struct ir_value *x)
{
    if (!x) return NULL;
    return clip(c, ir_mul(c->b, ir_add(c->b, x, number(c, x, 1)), number(c, x, 0.5)), 0, 1);
}

/* Martins and Astudillo, 2016: the simplex' nearest point, by sorting. Keras adds up the sums up to each element of the
 * support where the paper takes the last of them, and so do we. */
static struct ir_value *sparsemax(struct keras_call *c, struct ir_value *x)
{
    struct build *b = c->b;
    struct ir_value *sorted[2] = { NULL, NULL }, *count = ir_dim(b, x, x ? x->rank - 1 : 0);
    if (!x || !count) return NULL;
    ir_emit_many(b, IR_TOP_K, IN(x, count), ATTRS(A_INT(ATTR_AXIS, -1)), 2, sorted);
    struct ir_value *axis = ir_int(b, x->rank - 1), *one = number(c, x, 1);
    struct ir_value *sum = sorted[0] ? ir_emit(b, IR_CUM_SUM, IN(sorted[0], axis), NO_ATTRS) : NULL;
    struct ir_value *k = ir_add(b, ir_cast(b, form_iota(b, count), x->dtype), one);
    struct ir_value *inside = ir_binary(b, IR_LESS, ir_sub(b, sum, one), ir_mul(b, k, sorted[0]));
    inside = ir_cast(b, inside, x->dtype);
    const int64_t last[] = { -1 };
    struct ir_value *support = ir_reduce(b, IR_REDUCE_SUM, inside, last, 1, true);
    struct ir_value *total = ir_reduce(b, IR_REDUCE_SUM, ir_mul(b, sum, inside), last, 1, true);
    struct ir_value *tau = ir_div(b, ir_sub(b, total, one), support);
    return ir_binary(b, IR_MAX, ir_sub(b, x, tau), number(c, x, 0));
}

static struct ir_value *glu(struct keras_call *c, struct ir_value *x)
{
    struct build *b = c->b;
    if (!x || x->rank < 1 || !dim_fixed(x->dims[x->rank - 1])) return call_unsupported(c, "glu over an open dimension");
    int64_t half = x->dims[x->rank - 1].n / 2;
    struct ir_value *gate = ir_slice_axis(b, x, -1, half, 2 * half);
    return ir_mul(b, ir_slice_axis(b, x, -1, 0, half), ir_unary(b, IR_SIGMOID, gate));
}

static const struct {
    const char *name;
    activation_fn *of;
    struct keras_onnx_activation onnx; /* in recurrent ops; without a name: they lack it */
} functions[] = {
    { "celu", celu, { .name = NULL } },
    { "elu", elu, { "Elu", true, false, 1, 0 } },
    { "exp", exponential, { .name = NULL } },
    { "exponential", exponential, { .name = NULL } },
    { "gelu", gelu, { .name = NULL } },
    { "glu", glu, { .name = NULL } },
    { "hard_shrink", hard_shrink, { .name = NULL } },
    { "hard_sigmoid", hard_sigmoid, { "HardSigmoid", true, true, 0, 0.5F } },
    { "hard_silu", hard_silu, { .name = NULL } },
    { "hard_swish", hard_silu, { .name = NULL } },
    { "hard_tanh", hard_tanh, { .name = NULL } },
    { "leaky_relu", leaky_relu, { "LeakyRelu", true, false, 0.2F, 0 } },
    { "linear", linear, { "Affine", true, true, 1, 0 } },
    { "log_sigmoid", log_sigmoid, { .name = NULL } },
    { "log_softmax", log_softmax, { .name = NULL } },
    { "log_softmax_v2", log_softmax, { .name = NULL } },
    { "mish", mish, { .name = NULL } },
    { "relu", relu, { "Relu", false, false, 0, 0 } },
    { "relu6", relu6, { .name = NULL } },
    { "selu", selu, { .name = NULL } },
    { "sigmoid", sigmoid, { "Sigmoid", false, false, 0, 0 } },
    { "silu", silu, { .name = NULL } },
    { "soft_shrink", soft_shrink, { .name = NULL } },
    { "softmax", softmax, { .name = NULL } },
    { "softmax_v2", softmax, { .name = NULL } },
    { "softplus", softplus, { "Softplus", false, false, 0, 0 } },
    { "softsign", softsign, { "Softsign", false, false, 0, 0 } },
    { "sparse_plus", sparse_plus, { .name = NULL } },
    { "sparse_sigmoid", sparse_sigmoid, { .name = NULL } },
    { "sparsemax", sparsemax, { .name = NULL } },
    { "squareplus", squareplus, { .name = NULL } },
    { "swish", silu, { .name = NULL } },
    { "tanh", hyperbolic, { "Tanh", false, false, 0, 0 } },
    { "tanh_shrink", tanh_shrink, { .name = NULL } },
};
enum { FUNCTIONS = sizeof functions / sizeof functions[0] };

static size_t find(const char *name)
{
    size_t i = 0;
    while (i < FUNCTIONS && strcmp(functions[i].name, name) != 0) i++;
    return i;
}

bool keras_is_activation(const char *name)
{
    return find(name) < FUNCTIONS;
}

struct ir_value *call_function(struct keras_call *c, const char *name, struct ir_value *x)
{
    const char *last = strrchr(name, '>'); /* "Package>function" */
    size_t i = find(last ? last + 1 : name);
    if (i == FUNCTIONS) return call_unsupported(c, "activation %s is not known here", name);
    return functions[i].of(c, x);
}

/* The function's name in a text, or in what Keras serializes functions to; NULL: something else. */
static const char *function_name(const json_t *j)
{
    const char *class_name = json_is_object(j) ? keras_text(j, "class_name") : NULL;
    if (json_is_string(j)) return json_string_value(j);
    if (!class_name) return NULL;
    if (strcmp(class_name, "function") == 0) return keras_text(j, "config");
    return json_is_object(keras_get(j, "config")) && keras_class_find(class_name) ? NULL : class_name;
}

struct ir_value *call_activation(struct keras_call *c, const char *key, struct ir_value *x)
{
    const json_t *j = keras_get(c->layer->config, key);
    const char *name = j ? function_name(j) : "linear";
    if (name) return call_function(c, name, x);
    struct keras_layer *inner = keras_child(c->layer, key);
    if (!keras_text(j, "class_name")) return call_malformed(c, "%s is no function", key);
    if (!inner) inner = keras_child_make(c->layer, key, keras_text(j, "class_name"), keras_get(j, "config"));
    if (!inner || c->source->status != TFP_OK) return build_fail(c->b, c->source->status);
    if (keras_layer_has_weights(inner)) return call_unsupported(c, "an activation with weights (%s)", inner->class_name);
    return call_layer(c, inner, &(struct keras_tensor){ x, NULL }, 1).value;
}

bool keras_onnx_activation(struct keras_layer *l, const char *key, const char *otherwise,
                           struct keras_onnx_activation *out)
{
    const json_t *j = json_object_get(l->config, key);
    const char *name = !j ? otherwise : json_is_null(j) ? "linear" : function_name(j);
    size_t i = name ? find(name) : FUNCTIONS;
    if (i == FUNCTIONS || !functions[i].onnx.name) return false;
    *out = functions[i].onnx;
    if (functions[i].of == hard_sigmoid) out->alpha = hard_slope(l->source);
    return true;
}
