/* Normalization: by stored or by the batch's own statistics, across channels, and softmax. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"
#include "frontend/tensorflow/ops/nn.h"
#include "frontend/tensorflow/ops/sliding_attrs.h"

#define VARIANT(type) (*(const type *)lw->rule->variant)

/* -- batch normalization ------------------------------------------------------------------------------------------- */

static bool attr_or(struct lower *lw, const char *attr, bool otherwise)
{
    return tf_has(lw, attr) || lw->node->def ? tf_bool(lw, attr) : otherwise;
}

/* Attributes have a default in the op's definition; TensorFlow's own fused ops are not defined publicly. */
static float number_or(struct lower *lw, const char *attr, float otherwise)
{
    bool defined = lw->node->def && strstr(lw->node->def->attrs, attr);
    return tf_has(lw, attr) || defined ? tf_float(lw, attr) : otherwise;
}

static tfp_status read_layout(struct lower *lw, struct sliding *s)
{
    static const char *const words[] = { "NHWC", "NCHW", "NDHWC", "NCDHW", NULL };
    int word = tf_has(lw, "data_format") || lw->node->def ? tf_word(lw, "data_format", words) : 0;
    *s = (struct sliding){ .n = word < 2 ? 2 : 3, .channels_last = word % 2 == 0 };
    return lw->b.status;
}

/* A vector along the channels, to be broadcast against x. */
static struct ir_value *along_channels(struct build *b, const struct sliding *s, struct ir_value *v)
{
    return s->channels_last ? v : form_column(b, v, (int64_t)s->n);
}

struct statistics {
    struct ir_value *mean, *variance; /* vectors */
};

/* By the batch's own mean and variance, computed in the type of scale and offset. */
static struct ir_value *normalize_by_batch(struct lower *lw, const struct sliding *s, struct ir_value *x, float epsilon,
                                           struct statistics *own)
{
    struct build *b = &lw->b;
    struct ir_value *scale = lower_in(lw, 1), *offset = lower_in(lw, 2);
    tfp_dtype dtype = form_dtype(x);
    int64_t axes[SLIDING_MOST + 1], channel = s->channels_last ? (int64_t)s->n + 1 : 1;
    for (int64_t i = 0, k = 0; i < (int64_t)s->n + 2; i++)
        if (i != channel) axes[k++] = i;
    x = ir_cast(b, x, form_dtype(scale));
    struct ir_value *mean = ir_reduce(b, IR_REDUCE_MEAN, x, axes, s->n + 1, true);
    struct ir_value *centred = ir_sub(b, x, mean);
    struct ir_value *variance = ir_reduce(b, IR_REDUCE_MEAN, ir_mul(b, centred, centred), axes, s->n + 1, true);
    struct ir_value *deviation = ir_unary(b, IR_SQRT, ir_add(b, variance, ir_like(b, variance, (double)epsilon)));
    struct ir_value *factor = ir_div(b, along_channels(b, s, scale), deviation);
    own->mean = ir_squeeze(b, mean, axes, s->n + 1);
    own->variance = ir_squeeze(b, variance, axes, s->n + 1);
    return ir_cast(b, ir_add(b, ir_mul(b, centred, factor), along_channels(b, s, offset)), dtype);
}

/* Outputs 1 and 2 of training: the batch's mean and unbiased variance, or moved from the old ones towards them. */
static void give_moving(struct lower *lw, const struct sliding *s, struct ir_value *x, const struct statistics *own)
{
    struct build *b = &lw->b;
    float factor = number_or(lw, "exponential_avg_factor", 1);
    struct ir_value *channels = ir_dim(b, x, s->channels_last ? (int64_t)s->n + 1 : 1);
    struct ir_value *count = ir_div(b, form_product(b, ir_shape(b, x)), channels), *one = INTS(b, 1);
    struct ir_value *others = ir_binary(b, IR_MAX, ir_sub(b, count, one), one);
    if (!own->variance || b->status != TFP_OK) return;
    tfp_dtype dtype = own->variance->dtype;
    struct ir_value *unbiased = ir_div(b, ir_cast(b, count, dtype), ir_cast(b, others, dtype));
    struct ir_value *out[2] = { own->mean, ir_mul(b, own->variance, unbiased) };
    for (size_t i = 0; i < 2; i++) {
        if (factor != 1) {
            struct ir_value *old = ir_mul(b, lower_in(lw, 3 + i), ir_like(b, own->mean, 1 - (double)factor));
            out[i] = ir_add(b, old, ir_mul(b, out[i], ir_like(b, out[i], (double)factor)));
        }
        lower_out(lw, 1 + i, out[i]);
    }
}

/* Everything but the activation; gives the outputs behind the first, too. */
static struct ir_value *normalize(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct sliding s;
    struct ir_value *in[5], *y;
    struct statistics used;
    float epsilon = number_or(lw, "epsilon", 1e-4F);
    for (size_t i = 0; i < 5; i++)
        if (!(in[i] = lower_in(lw, i))) return NULL;
    if (read_layout(lw, &s) != TFP_OK) return NULL;
    if (attr_or(lw, "is_training", true)) {
        y = normalize_by_batch(lw, &s, in[0], epsilon, &used);
        if (n->n_out > 1) give_moving(lw, &s, in[0], &used);
    } else {
        used = (struct statistics){ in[3], in[4] };
        in[0] = sliding_to_channels_first(&lw->b, &s, in[0]);
        y = in[0] ? ir_emit(b, IR_BATCH_NORMALIZATION, in, 5, ATTRS(A_FLOAT(ATTR_EPSILON, epsilon))) : NULL;
        y = sliding_from_channels_first(&lw->b, &s, y);
        for (size_t i = 1; i < 3 && i < n->n_out; i++) lower_out(lw, i, in[2 + i]);
    }
    if (n->n_out > 3) lower_out(lw, 3, used.mean);
    if (n->n_out > 4) lower_out(lw, 4, used.variance);
    if (n->n_out > 5) lower_out(lw, 5, ir_tensor(b, in[1]->dtype, 1, (const int64_t[]){ 0 }, "")); /* for a gradient */
    return y;
}

static tfp_status lower_batch_normalization(struct lower *lw, const struct tf_node *n)
{
    return lower_done(lw, normalize(lw, n));
}

/* TensorFlow's optimizer joins what follows: a sum with another tensor, and Relu. */
static tfp_status lower_fused_normalization(struct lower *lw, const struct tf_node *n)
{
    static const char *const activations[] = { "Identity", "Relu", NULL };
    struct ir_value *y = normalize(lw, n);
    if (n->n_in > 5) y = ir_add(&lw->b, y, lower_in(lw, 5));
    int activation = tf_has(lw, "activation_mode") ? tf_word(lw, "activation_mode", activations) : 0;
    return lower_done(lw, activation ? ir_unary(&lw->b, IR_RELU, y) : y);
}

/* Inputs: x, mean, variance, offset (beta), scale (gamma). */
static tfp_status lower_global_normalization(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    const struct sliding s = { .n = 2, .channels_last = true };
    struct ir_value *x = sliding_to_channels_first(&lw->b, &s, lower_in(lw, 0)), *gamma = lower_in(lw, 4);
    struct ir_value *mean = lower_in(lw, 1), *variance = lower_in(lw, 2), *beta = lower_in(lw, 3);
    float epsilon = tf_float(lw, "variance_epsilon");
    if (!tf_bool(lw, "scale_after_normalization")) gamma = ir_expand(b, ir_like(b, gamma, 1), ir_shape(b, gamma));
    if (!x || !gamma || !mean || !variance || !beta) return b->status;
    x = ir_emit(b, IR_BATCH_NORMALIZATION, IN(x, gamma, beta, mean, variance), ATTRS(A_FLOAT(ATTR_EPSILON, epsilon)));
    return lower_done(lw, sliding_from_channels_first(&lw->b, &s, x));
}

/* -- across channels ----------------------------------------------------------------------------------------------- */

/* ONNX divides alpha by the number of channels in a window, TensorFlow does not. */
static tfp_status lower_response(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    const struct sliding s = { .n = 2, .channels_last = true };
    int64_t radius = tf_int(lw, "depth_radius");
    float alpha = tf_float(lw, "alpha"), beta = tf_float(lw, "beta"), bias = tf_float(lw, "bias");
    struct ir_value *x = sliding_to_channels_first(&lw->b, &s, lower_in(lw, 0));
    if (!x || b->status != TFP_OK) return b->status;
    if (radius < 0 || radius > INT32_MAX) return lower_malformed(lw, "depth_radius is %lld", (long long)radius);
    int64_t size = 2 * radius + 1;
    x = ir_emit(b, IR_LRN, IN(x), ATTRS(A_INT(ATTR_SIZE, size), A_FLOAT(ATTR_ALPHA, alpha * (float)size),
                                       A_FLOAT(ATTR_BETA, beta), A_FLOAT(ATTR_BIAS, bias)));
    return lower_done(lw, sliding_from_channels_first(&lw->b, &s, x));
}

static tfp_status lower_softmax(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct ir_value *x = lower_in(lw, 0);
    if (!x) return lw->b.status;
    if (x->rank == 0) return lower_malformed(lw, "logits are a scalar");
    return lower_done(lw, ir_emit(&lw->b, VARIANT(enum ir_op), IN(x), ATTRS(A_INT(ATTR_AXIS, -1))));
}

static const struct rule rules[] = {
    { "BatchNormWithGlobalNormalization", lower_global_normalization, NULL },
    { "FusedBatchNorm", lower_batch_normalization, NULL },
    { "FusedBatchNormV2", lower_batch_normalization, NULL },
    { "FusedBatchNormV3", lower_batch_normalization, NULL },
    { "LRN", lower_response, NULL },
    { "LogSoftmax", lower_softmax, &(const enum ir_op){ IR_LOG_SOFTMAX } },
    { "Softmax", lower_softmax, &(const enum ir_op){ IR_SOFTMAX } },
    { "_FusedBatchNormEx", lower_fused_normalization, NULL },
};

const struct rule_family rules_normalization = { rules, sizeof rules / sizeof rules[0] };
