/* Normalization. Statistics are computed in float32 where the layer's own type is shorter, as Keras does. */
#include "frontend/keras/keras.h"

static tfp_dtype wide(const struct ir_value *x)
{
    return x && x->dtype == TFP_DOUBLE ? TFP_DOUBLE : TFP_FLOAT;
}

/* -- BatchNormalization -------------------------------------------------------------------------------------------- */

static void declare_scale_and_center(struct keras_layer *l)
{
    if (config_bool(l, "scale", true)) keras_weight_add(l, "gamma", true, KERAS_ANY, NULL);
    if (config_bool(l, "center", true)) keras_weight_add(l, "beta", true, KERAS_ANY, NULL);
}

static void declare_batch(struct keras_layer *l)
{
    declare_scale_and_center(l);
    keras_weight_add(l, "moving_mean", false, KERAS_ANY, NULL);
    keras_weight_add(l, "moving_variance", false, KERAS_ANY, NULL);
    if (!config_bool(l, "renorm", false)) return;
    static const char *const renorm[] = { "renorm_mean", "renorm_stddev" };
    for (size_t i = 0; i < sizeof renorm / sizeof renorm[0]; i++) keras_weight_add(l, renorm[i], false, KERAS_ANY, NULL);
}

static struct ir_value *channel_weight(struct keras_call *c, const char *name, tfp_dtype dtype, double otherwise)
{
    if (keras_weight_find(c->layer, name)) return ir_cast(c->b, call_raw_weight(c, c->layer, name), dtype);
    struct ir_value *mean = call_raw_weight(c, c->layer, "moving_mean");
    return ir_expand(c->b, ir_scalar(c->b, dtype, otherwise), ir_shape(c->b, mean));
}

/* Over one axis it is ONNX's own; over several a formula with weights of their shape. */
static void lower_batch_axes(struct keras_call *c, const int64_t *axes, size_t n, int64_t rank)
{
    struct build *b = c->b;
    struct ir_value *x = call_in(c, 0), *one = INTS(b, 1), *shape[TFP_MAX_RANK], *w[4];
    static const char *const names[] = { "gamma", "beta", "moving_mean", "moving_variance" };
    tfp_dtype dtype = x->dtype, in = wide(x);
    for (int64_t i = 0; i < rank; i++) shape[i] = one;
    for (size_t i = 0; i < n; i++) shape[axes[i]] = ir_dim(b, x, axes[i]);
    struct ir_value *to = ir_concat(b, shape, (size_t)rank, 0);
    for (size_t i = 0; i < 4; i++) w[i] = ir_reshape(b, channel_weight(c, names[i], in, i == 0), to);
    struct ir_value *spread = ir_unary(b, IR_SQRT, ir_add(b, w[3], ir_scalar(b, in, config_float(c->layer, "epsilon",
                                                                                                 1e-3))));
    struct ir_value *y = ir_div(b, ir_sub(b, ir_cast(b, x, in), w[2]), spread);
    call_out(c, ir_cast(b, ir_add(b, ir_mul(b, y, w[0]), w[1]), dtype));
}

static void lower_batch(struct keras_call *c)
{
    struct build *b = c->b;
    int64_t axes[TFP_MAX_RANK] = { -1 };
    struct ir_value *x = call_in(c, 0);
    int64_t n = config_list(c->layer, "axis", -1, axes, TFP_MAX_RANK), rank = call_rank(c, x);
    if (c->source->generation == 1 && config_int(c->layer, "mode", 0) != 0)
        call_unsupported(c, "mode %lld of Keras 1, which normalizes by the batch or the sample",
                         (long long)config_int(c->layer, "mode", 0));
    if (rank < 0) return;
    if (n < 1) n = 1;
    for (int64_t i = 0; i < n; i++)
        if ((axes[i] = call_axis(c, axes[i], rank)) < 0) return;
    if (n > 1) {
        lower_batch_axes(c, axes, (size_t)n, rank);
        return;
    }
    tfp_dtype dtype = x->dtype, in = wide(x);
    if (axes[0] == 0) {
        call_unsupported(c, "normalization over the batch axis");
        return;
    }
    x = form_move_axis(b, ir_cast(b, x, in), rank, axes[0], 1);
    struct ir_value *gamma = channel_weight(c, "gamma", in, 1), *beta = channel_weight(c, "beta", in, 0);
    struct ir_value *mean = channel_weight(c, "moving_mean", in, 0), *variance = channel_weight(c, "moving_variance", in, 1);
    if (!x || !gamma || !beta || !mean || !variance) return;
    float epsilon = (float)config_float(c->layer, "epsilon", 1e-3);
    x = ir_emit(b, IR_BATCH_NORMALIZATION, IN(x, gamma, beta, mean, variance), ATTRS(A_FLOAT(ATTR_EPSILON, epsilon)));
    call_out(c, ir_cast(b, form_move_axis(b, x, rank, 1, axes[0]), dtype));
}

/* -- LayerNormalization, RMSNormalization -------------------------------------------------------------------------- */

static void declare_layer(struct keras_layer *l)
{
    bool rms = config_bool(l, "rms_scaling", false);
    if (config_bool(l, "scale", true) || rms) keras_weight_add(l, "gamma", true, KERAS_ANY, NULL);
    if (config_bool(l, "center", true) && !rms) keras_weight_add(l, "beta", true, KERAS_ANY, NULL);
}

static void declare_rms(struct keras_layer *l)
{
    keras_weight_add(l, "scale", true, KERAS_ANY, NULL);
}

struct span { /* the axes that are normalized */
    int64_t axes[TFP_MAX_RANK], n, rank;
    bool last; /* they are the last ones, in order */
};

static bool read_span(struct keras_call *c, const struct ir_value *x, struct span *s)
{
    s->axes[0] = -1;
    s->n = config_list(c->layer, "axis", -1, s->axes, TFP_MAX_RANK);
    s->rank = call_rank(c, x);
    if (s->n < 1) s->n = 1;
    s->last = true;
    for (int64_t i = 0; i < s->n; i++) {
        if ((s->axes[i] = call_axis(c, s->axes[i], s->rank)) < 0) return false;
        s->last = s->last && s->axes[i] == s->rank - s->n + i;
    }
    return true;
}

/* A weight of the axes' shape, with ones for the others. */
static struct ir_value *spread_weight(struct keras_call *c, const struct span *s, struct ir_value *x, const char *name,
                                      tfp_dtype dtype)
{
    struct build *b = c->b;
    struct ir_value *shape[TFP_MAX_RANK], *w = ir_cast(b, call_raw_weight(c, c->layer, name), dtype);
    if (!w || s->last) return w;
    for (int64_t i = 0; i < s->rank; i++) shape[i] = INTS(b, 1);
    for (int64_t i = 0; i < s->n; i++) shape[s->axes[i]] = ir_dim(b, x, s->axes[i]);
    return ir_reshape(b, w, ir_concat(b, shape, (size_t)s->rank, 0));
}

static struct ir_value *root_mean_square(struct keras_call *c, const struct span *s, struct ir_value *x, const char *scale,
                                         double epsilon)
{
    struct build *b = c->b;
    struct ir_value *square = ir_reduce(b, IR_REDUCE_MEAN, ir_mul(b, x, x), s->axes, (size_t)s->n, true);
    struct ir_value *root = ir_unary(b, IR_SQRT, ir_add(b, square, ir_like(b, x, epsilon)));
    return ir_mul(b, ir_div(b, x, root), spread_weight(c, s, x, scale, x->dtype));
}

static void lower_rms(struct keras_call *c)
{
    struct span s;
    struct ir_value *x = call_in(c, 0);
    if (!read_span(c, x, &s)) return;
    struct ir_value *inner = ir_cast(c->b, x, wide(x));
    if (inner) call_out(c, ir_cast(c->b, root_mean_square(c, &s, inner, "scale", config_float(c->layer, "epsilon", 1e-6)),
                                   x->dtype));
}

/* rms_scaling divides by the root of the variance about the mean, but does not take the mean off. */
static struct ir_value *by_deviation(struct keras_call *c, const struct span *s, struct ir_value *x, double epsilon)
{
    struct build *b = c->b;
    struct ir_value *mean = ir_reduce(b, IR_REDUCE_MEAN, x, s->axes, (size_t)s->n, true), *d = ir_sub(b, x, mean);
    struct ir_value *variance = ir_reduce(b, IR_REDUCE_MEAN, ir_mul(b, d, d), s->axes, (size_t)s->n, true);
    struct ir_value *root = ir_unary(b, IR_SQRT, ir_add(b, variance, ir_like(b, x, epsilon)));
    return ir_div(b, config_bool(c->layer, "rms_scaling", false) ? x : d, root);
}

static void lower_layer(struct keras_call *c)
{
    struct build *b = c->b;
    struct span s;
    struct ir_value *x = call_in(c, 0);
    if (!read_span(c, x, &s)) return;
    tfp_dtype dtype = x->dtype;
    double epsilon = config_float(c->layer, "epsilon", 1e-3);
    bool gamma = keras_weight_find(c->layer, "gamma"), beta = keras_weight_find(c->layer, "beta");
    x = ir_cast(b, x, wide(x));
    if (s.last && gamma && !config_bool(c->layer, "rms_scaling", false)) {
        struct ir_value *scale = spread_weight(c, &s, x, "gamma", x->dtype);
        struct ir_value *bias = beta ? spread_weight(c, &s, x, "beta", x->dtype) : NULL;
        if (!x || !scale || b->status != TFP_OK) return;
        x = ir_emit(b, IR_LAYER_NORMALIZATION, IN(x, scale, bias),
                    ATTRS(A_INT(ATTR_AXIS, s.axes[0]), A_FLOAT(ATTR_EPSILON, (float)epsilon)));
    } else if (x) {
        struct ir_value *y = by_deviation(c, &s, x, epsilon);
        if (gamma) y = ir_mul(b, y, spread_weight(c, &s, x, "gamma", x->dtype));
        if (beta) y = ir_add(b, y, spread_weight(c, &s, x, "beta", x->dtype));
        x = y;
    }
    call_out(c, ir_cast(b, x, dtype));
}

/* -- GroupNormalization, UnitNormalization, SpectralNormalization -------------------------------------------------- */

/* Channels first: [batch, groups, everything of a group]. */
static void lower_group(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = call_in(c, 0);
    int64_t rank = call_rank(c, x), axis = call_axis(c, config_int(c->layer, "axis", -1), rank);
    int64_t groups = config_int(c->layer, "groups", 32), per[TFP_MAX_RANK];
    if (rank < 0 || axis < 1) return;
    tfp_dtype dtype = x->dtype;
    x = form_move_axis(b, ir_cast(b, x, wide(x)), rank, axis, 1);
    if (!x) return;
    struct ir_value *channels = ir_dim(b, x, 1), *shape = ir_shape(b, x);
    struct ir_value *count = groups == -1 ? channels : INTS(b, groups);
    struct ir_value *y = FORM_RESHAPE(b, x, ir_dim(b, x, 0), count, INTS(b, -1));
    per[0] = 2;
    struct ir_value *mean = ir_reduce(b, IR_REDUCE_MEAN, y, per, 1, true), *d = ir_sub(b, y, mean);
    struct ir_value *variance = ir_reduce(b, IR_REDUCE_MEAN, ir_mul(b, d, d), per, 1, true);
    struct ir_value *epsilon = ir_scalar(b, x->dtype, config_float(c->layer, "epsilon", 1e-3));
    y = ir_reshape(b, ir_div(b, d, ir_unary(b, IR_SQRT, ir_add(b, variance, epsilon))), shape);
    for (int64_t i = 0; i < rank - 2; i++) per[i] = i + 1;
    static const char *const names[] = { "gamma", "beta" };
    for (size_t i = 0; i < 2; i++) {
        if (!keras_weight_find(c->layer, names[i])) continue;
        struct ir_value *w = ir_cast(b, call_raw_weight(c, c->layer, names[i]), x->dtype);
        w = ir_unsqueeze(b, w, per, (size_t)rank - 2);
        y = i ? ir_add(b, y, w) : ir_mul(b, y, w);
    }
    call_out(c, ir_cast(b, form_move_axis(b, y, rank, 1, axis), dtype));
}

static void lower_unit(struct keras_call *c)
{
    struct span s;
    struct ir_value *x = call_in(c, 0);
    if (read_span(c, x, &s)) call_out(c, keras_unit_length(c->b, x, s.axes, (size_t)s.n));
}

/* The weights as they stand were normalized by the last step of training. */
static void declare_spectral(struct keras_layer *l)
{
    keras_weight_add(l, "vector_u", false, KERAS_ANY, NULL);
    keras_declare_wrapper(l);
}

#define BATCH(name) { name, declare_batch, lower_batch, KERAS_MASK_PASSES, false, NULL, NULL }
#define BATCH_1(name) { name, declare_batch, lower_batch, KERAS_MASK_PASSES, false, NULL, "modes 1 and 2 of Keras 1" }

static const struct keras_class classes[] = {
    BATCH_1("BatchNormalization"),
    BATCH("BatchNormalizationV1"),
    BATCH("BatchNormalizationV2"),
    { "GroupNormalization", declare_scale_and_center, lower_group, KERAS_MASK_PASSES, false, NULL, NULL },
    { "LayerNormalization", declare_layer, lower_layer, KERAS_MASK_PASSES, false, NULL, NULL },
    { "RMSNormalization", declare_rms, lower_rms, KERAS_MASK_PASSES, false, NULL, NULL },
    { "SpectralNormalization", declare_spectral, keras_lower_wrapper, KERAS_MASK_OWN, false, NULL, NULL },
    BATCH("SyncBatchNormalization"),
    { "UnitNormalization", NULL, lower_unit, KERAS_MASK_PASSES, false, NULL, NULL },
};

extern const struct keras_family keras_family_normalization;
KERAS_FAMILY(normalization, "Normalization");
