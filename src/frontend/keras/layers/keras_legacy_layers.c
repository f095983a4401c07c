/* Layers that Keras 1 has and Keras 2 has no longer, or only keeps to read old files. Options have the names that
 * keras_legacy.c gives them, in files of Keras 2 the old ones. */
#include "frontend/keras/keras.h"

static bool has_bias(struct keras_layer *l)
{
    return config_bool(l, "use_bias", config_bool(l, "bias", true));
}

/* -- Highway ------------------------------------------------------------------------------------------------------- */

static void declare_highway(struct keras_layer *l)
{
    WEIGHT(l, "W", KERAS_ANY, KERAS_ANY);
    WEIGHT(l, "W_carry", KERAS_ANY, KERAS_ANY);
    if (!has_bias(l)) return;
    WEIGHT(l, "b", KERAS_ANY);
    WEIGHT(l, "b_carry", KERAS_ANY);
}

/* t * f(x W + b) + (1 - t) * x, t being a sigmoid of the other weights. */
static void lower_highway(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = call_in(c, 0);
    struct ir_value *y = ir_matmul(b, x, call_weight(c, "W")), *t = ir_matmul(b, x, call_weight(c, "W_carry"));
    if (has_bias(c->layer)) {
        y = ir_add(b, y, call_weight(c, "b"));
        t = ir_add(b, t, call_weight(c, "b_carry"));
    }
    t = ir_unary(b, IR_SIGMOID, t);
    y = call_activation(c, "activation", y);
    if (t) call_out(c, ir_add(b, ir_mul(b, t, y), ir_mul(b, ir_sub(b, ir_like(b, t, 1), t), x)));
}

/* -- MaxoutDense --------------------------------------------------------------------------------------------------- */

static void declare_maxout(struct keras_layer *l)
{
    int64_t units = config_int(l, "units", config_int(l, "output_dim", KERAS_ANY));
    int64_t features = config_int(l, "nb_feature", KERAS_ANY);
    WEIGHT(l, "W", features, KERAS_ANY, units);
    if (has_bias(l)) WEIGHT(l, "b", features, units);
}

/* The largest of several products. */
static void lower_maxout(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = call_in(c, 0), *y = ir_matmul(b, UNSQUEEZE(b, UNSQUEEZE(b, x, 1), 1), call_weight(c, "W"));
    y = SQUEEZE(b, y, 2); /* [batch, features, units] */
    if (has_bias(c->layer)) y = ir_add(b, y, call_weight(c, "b"));
    call_out(c, ir_reduce(b, IR_REDUCE_MAX, y, (const int64_t[]){ 1 }, 1, false));
}

/* -- activations with weights -------------------------------------------------------------------------------------- */

static void declare_softplus(struct keras_layer *l)
{
    keras_weight_add(l, "alphas", true, KERAS_ANY, NULL);
    keras_weight_add(l, "betas", true, KERAS_ANY, NULL);
}

static void lower_softplus(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *y = ir_unary(b, IR_SOFTPLUS, ir_mul(b, call_in(c, 0), call_weight(c, "betas")));
    call_out(c, ir_mul(b, y, call_weight(c, "alphas")));
}

static void declare_s_shaped(struct keras_layer *l)
{
    keras_weight_add(l, "t_left", true, KERAS_ANY, NULL);
    keras_weight_add(l, "a_left", true, KERAS_ANY, NULL);
    keras_weight_add(l, "t_right", true, KERAS_ANY, NULL);
    keras_weight_add(l, "a_right", true, KERAS_ANY, NULL);
}

/* Between two thresholds the input, beyond them slopes; the right one is given by its distance. */
static void lower_s_shaped(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = call_in(c, 0), *left = call_weight(c, "t_left"), *width = call_weight(c, "t_right");
    width = ir_sub(b, ir_add(b, left, ir_unary(b, IR_ABS, width)), left);
    struct ir_value *from_left = ir_sub(b, x, left), *right = ir_add(b, left, width);
    struct ir_value *middle = ir_binary(b, IR_MIN, ir_unary(b, IR_RELU, from_left), width);
    struct ir_value *below = ir_mul(b, call_weight(c, "a_left"), ir_unary(b, IR_RELU, ir_unary(b, IR_NEG, from_left)));
    struct ir_value *above = ir_mul(b, ir_unary(b, IR_RELU, ir_sub(b, x, right)), call_weight(c, "a_right"));
    call_out(c, ir_add(b, ir_add(b, left, ir_sub(b, middle, below)), above));
}

static const struct keras_class classes[] = {
    { "Highway", declare_highway, lower_highway, KERAS_MASK_PASSES, false, NULL, NULL },
    { "MaxoutDense", declare_maxout, lower_maxout, KERAS_MASK_STOPS, false, NULL, NULL },
    { "Merge", NULL, NULL, KERAS_MASK_STOPS, false, NULL,
      "a Merge by cosine or by a function of Python, or of branches within a Sequential model" },
    { "ParametricSoftplus", declare_softplus, lower_softplus, KERAS_MASK_PASSES, false, NULL, NULL },
    { "SReLU", declare_s_shaped, lower_s_shaped, KERAS_MASK_PASSES, false, NULL, NULL },
};

extern const struct keras_family keras_family_legacy;
KERAS_FAMILY(legacy, "Of Keras 1");
