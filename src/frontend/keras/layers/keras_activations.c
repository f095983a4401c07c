/* Activation layers: functions with parameters of their own. */
#include "frontend/keras/keras.h"

#include <math.h>

static struct ir_value *number(struct keras_call *c, const struct ir_value *x, double value)
{
    return ir_like(c->b, x, value);
}

static void lower_activation(struct keras_call *c)
{
    call_out(c, call_activation(c, "activation", call_in(c, 0)));
}

/* min(x, max_value) above the threshold, negative_slope * (x - threshold) below. */
static void lower_relu(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = call_in(c, 0), *y;
    double most = config_float(c->layer, "max_value", (double)INFINITY);
    double slope = config_float(c->layer, "negative_slope", 0), threshold = config_float(c->layer, "threshold", 0);
    if (!x) return;
    if (threshold == 0 && slope == 0) {
        y = ir_unary(b, IR_RELU, x);
    } else if (threshold == 0) {
        y = ir_emit(b, IR_LEAKY_RELU, IN(x), ATTRS(A_FLOAT(ATTR_ALPHA, (float)slope)));
    } else {
        struct ir_value *t = number(c, x, threshold), *below = ir_mul(b, ir_sub(b, x, t), number(c, x, slope));
        y = ir_where(b, ir_binary(b, IR_LESS, x, t), below, x);
    }
    if (!isinf(most)) y = ir_binary(b, IR_MIN, y, number(c, x, most));
    call_out(c, y);
}

static void lower_leaky_relu(struct keras_call *c)
{
    struct ir_value *x = call_in(c, 0);
    double slope = config_float(c->layer, "negative_slope", config_float(c->layer, "alpha", 0.3));
    if (x) call_out(c, ir_emit(c->b, IR_LEAKY_RELU, IN(x), ATTRS(A_FLOAT(ATTR_ALPHA, (float)slope))));
}

static void lower_elu(struct keras_call *c)
{
    struct ir_value *x = call_in(c, 0);
    double alpha = config_float(c->layer, "alpha", 1);
    if (x) call_out(c, ir_emit(c->b, IR_ELU, IN(x), ATTRS(A_FLOAT(ATTR_ALPHA, (float)alpha))));
}

static void lower_thresholded_relu(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = call_in(c, 0);
    double theta = config_float(c->layer, "theta", 1);
    if (!x) return;
    call_out(c, ir_where(b, ir_binary(b, IR_GREATER, x, number(c, x, theta)), x, number(c, x, 0)));
}

static void declare_prelu(struct keras_layer *l)
{
    keras_weight_add(l, "alpha", true, KERAS_ANY, NULL);
}

/* alpha has the input's shape without the batch, with ones for the shared axes. */
static void lower_prelu(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = call_in(c, 0), *alpha = call_weight(c, "alpha");
    if (!x || !alpha) return;
    struct ir_value *zero = number(c, x, 0);
    struct ir_value *negative = ir_mul(b, alpha, ir_binary(b, IR_MIN, x, zero));
    call_out(c, ir_add(b, ir_binary(b, IR_MAX, x, zero), negative));
}

/* Over several axes: exp(x - log(sum(exp(x)))). A mask makes what it leaves out very small. */
static void lower_softmax(struct keras_call *c)
{
    struct build *b = c->b;
    int64_t axes[TFP_MAX_RANK] = { -1 };
    int64_t n = config_list(c->layer, "axis", -1, axes, TFP_MAX_RANK);
    struct ir_value *x = call_in(c, 0);
    const json_t *mask = call_argument(c, 1, "mask");
    int64_t rank = call_rank(c, x);
    if (rank < 0) return;
    if (mask) x = keras_masked(b, x, call_tensor(c, mask, TFP_BOOL).value);
    if (n <= 1) {
        call_out(c, ir_softmax(b, x, call_axis(c, axes[0], rank)));
        return;
    }
    struct ir_value *most = form_reduce(b, IR_REDUCE_MAX, x, axes, (size_t)n, true);
    struct ir_value *e = ir_unary(b, IR_EXP, ir_sub(b, x, most));
    call_out(c, ir_div(b, e, form_reduce(b, IR_REDUCE_SUM, e, axes, (size_t)n, true)));
}

static const struct keras_class classes[] = {
    { "Activation", NULL, lower_activation, KERAS_MASK_PASSES, false, NULL, NULL },
    { "ELU", NULL, lower_elu, KERAS_MASK_PASSES, false, NULL, NULL },
    { "LeakyReLU", NULL, lower_leaky_relu, KERAS_MASK_PASSES, false, NULL, NULL },
    { "PReLU", declare_prelu, lower_prelu, KERAS_MASK_PASSES, false, NULL, NULL },
    { "ReLU", NULL, lower_relu, KERAS_MASK_PASSES, false, NULL, NULL },
    { "Softmax", NULL, lower_softmax, KERAS_MASK_PASSES, false, NULL, NULL },
    { "ThresholdedReLU", NULL, lower_thresholded_relu, KERAS_MASK_PASSES, false, NULL, NULL },
};

extern const struct keras_family keras_family_activations;
KERAS_FAMILY(activations, "Activations");
