/* Convolutions on one to three axes: forward, transposed, depthwise, separable. Keras' kernels are
 * [spatial.., in / groups, out] as TensorFlow's; ONNX's are [out, in / groups, spatial..]. */
#include "frontend/keras/keras.h"
#include "ir/sliding.h"

static size_t axes_of(const struct keras_layer *l) /* spatial ones */
{
    return *(const size_t *)l->class->variant;
}

/* -- options ------------------------------------------------------------------------------------------------------- */

/* strides, dilation_rate, kernel_size, padding and data_format. Causal padding lies in front of the only axis. */
static bool read_sliding(struct keras_call *c, size_t n, struct sliding *s)
{
    struct keras_layer *l = c->layer;
    const char *padding = config_text(l, "padding", "valid");
    *s = (struct sliding){ .n = n, .channels_last = config_channels_last(l) };
    config_ints(l, "kernel_size", 1, n, s->kernel);
    config_ints(l, "strides", 1, n, s->strides);
    config_ints(l, "dilation_rate", 1, n, s->dilations);
    for (size_t i = 0; i < n; i++)
        if (s->kernel[i] < 1 || s->strides[i] < 1 || s->dilations[i] < 1 || s->kernel[i] > INT32_MAX ||
            s->strides[i] > INT32_MAX || s->dilations[i] > INT32_MAX)
            return call_malformed(c, "kernel_size, strides and dilation_rate must be positive"), false;
    if (strcmp(padding, "same") == 0) {
        s->padding = SLIDING_SAME;
    } else if (strcmp(padding, "causal") == 0 && n == 1) {
        s->padding = SLIDING_EXPLICIT;
        s->before[0] = (s->kernel[0] - 1) * s->dilations[0];
    } else if (strcmp(padding, "valid") != 0) {
        return call_unsupported(c, "padding %s", padding), false;
    }
    return true;
}

/* The last two axes of a kernel to the front, exchanged or in their order. */
static struct ir_value *to_front(struct build *b, struct ir_value *kernel, size_t n, bool exchanged)
{
    int64_t perm[SLIDING_MOST + 2], axes = (int64_t)n;
    perm[0] = exchanged ? axes + 1 : axes;
    perm[1] = exchanged ? axes : axes + 1;
    for (int64_t i = 0; i < axes; i++) perm[i + 2] = i;
    return ir_transpose(b, kernel, perm, n + 2);
}

static struct ir_value *with_bias(struct keras_call *c, size_t n, struct ir_value *x)
{
    int64_t axes[SLIDING_MOST];
    for (size_t i = 0; i < n; i++) axes[i] = (int64_t)i + 1;
    if (!config_bool(c->layer, "use_bias", true)) return x;
    return ir_add(c->b, x, ir_unsqueeze(c->b, call_weight(c, "bias"), axes, n));
}

static struct ir_value *convolve(struct keras_call *c, const struct sliding *s, struct ir_value *x, struct ir_value *w,
                                 int64_t groups)
{
    struct sliding_form form;
    if (!x || !w || sliding_make_form(c->b, s, &x, false, NULL, &form) != TFP_OK) return NULL;
    if (groups != 1) sliding_attr(&form, (struct ir_attr)A_INT(ATTR_GROUP, groups));
    return ir_emit(c->b, IR_CONV, IN(x, w), form.attrs);
}

static void finish(struct keras_call *c, const struct sliding *s, struct ir_value *x)
{
    x = sliding_from_channels_first(c->b, s, with_bias(c, s->n, x));
    call_out(c, call_activation(c, "activation", x));
}

/* -- forward ------------------------------------------------------------------------------------------------------- */

static void declare_kernel(struct keras_layer *l, const char *name, size_t n, int64_t in, int64_t out)
{
    int64_t dims[SLIDING_MOST + 2];
    config_ints(l, "kernel_size", KERAS_ANY, n, dims);
    dims[n] = in;
    dims[n + 1] = out;
    keras_weight_add(l, name, true, (int32_t)n + 2, dims);
}

static void declare_conv(struct keras_layer *l)
{
    int64_t filters = config_int(l, "filters", KERAS_ANY);
    declare_kernel(l, "kernel", axes_of(l), KERAS_ANY, filters);
    if (config_bool(l, "use_bias", true)) WEIGHT(l, "bias", filters);
}

static void lower_conv(struct keras_call *c)
{
    struct sliding s;
    if (!read_sliding(c, axes_of(c->layer), &s)) return;
    struct ir_value *x = sliding_to_channels_first(c->b, &s, call_in(c, 0));
    struct ir_value *w = to_front(c->b, call_weight(c, "kernel"), s.n, true);
    if (c->layer->quantization) call_unsupported(c, "quantization %s", c->layer->quantization);
    int64_t groups = config_int(c->layer, "groups", 1);
    if (groups < 1) call_malformed(c, "%lld groups", (long long)groups);
    finish(c, &s, convolve(c, &s, x, w, groups));
}

/* -- transposed ---------------------------------------------------------------------------------------------------- */

static void declare_transposed(struct keras_layer *l)
{
    int64_t filters = config_int(l, "filters", KERAS_ANY);
    declare_kernel(l, "kernel", axes_of(l), filters, KERAS_ANY);
    if (config_bool(l, "use_bias", true)) WEIGHT(l, "bias", filters);
}

/* What Keras cuts off the full result, or (negative) lets follow it, and how that lies in front and behind. Without
 * output_padding: SAME gives size * stride, VALID size * stride + max(kernel - stride, 0); with it
 * (size - 1) * stride + kernel - 2 * pad + output_padding, pad being kernel / 2 for SAME. */
static void cut_of(const struct sliding *s, size_t i, int64_t output_padding, int64_t *before, int64_t *after)
{
    int64_t span = (s->kernel[i] - 1) * s->dilations[i] + 1, more = span - s->strides[i];
    if (output_padding < 0 && s->padding == SLIDING_VALID) more = more > 0 ? 0 : more;
    if (output_padding >= 0) more = (s->padding == SLIDING_SAME ? 2 * (span / 2) : 0) - output_padding;
    *before = s->padding == SLIDING_SAME && more > 0 ? more / 2 : 0;
    *after = more - *before;
}

static struct ir_value *transpose(struct keras_call *c, const struct sliding *s, struct ir_value *x, struct ir_value *w)
{
    int64_t pads[2 * SLIDING_MOST], extra[SLIDING_MOST], wanted[SLIDING_MOST], beyond[2 * (SLIDING_MOST + 2)] = { 0 };
    bool padded = false, extended = false, outside = false;
    struct sliding_form form = { .n = 0 };
    struct build *b = c->b;
    config_ints(c->layer, "output_padding", -1, s->n, wanted);
    for (size_t i = 0; i < s->n; i++) {
        cut_of(s, i, wanted[i], &pads[i], &pads[i + s->n]);
        extra[i] = pads[i + s->n] < 0 ? -pads[i + s->n] : 0;
        if (extra[i]) pads[i + s->n] = 0;
        if (extra[i] >= s->strides[i] && extra[i] >= s->dilations[i]) { /* ONNX takes no more than that */
            beyond[s->n + 4 + i] = extra[i];
            extra[i] = 0;
            outside = true;
        }
        padded = padded || pads[i] || pads[i + s->n];
        extended = extended || extra[i];
    }
    sliding_attr(&form, (struct ir_attr)A_INTS(ATTR_STRIDES, s->strides, s->n));
    sliding_attr(&form, (struct ir_attr)A_INTS(ATTR_DILATIONS, s->dilations, s->n));
    sliding_attr(&form, (struct ir_attr)A_INTS(ATTR_KERNEL_SHAPE, s->kernel, s->n));
    if (padded) sliding_attr(&form, (struct ir_attr)A_INTS(ATTR_PADS, pads, 2 * s->n));
    if (extended) sliding_attr(&form, (struct ir_attr)A_INTS(ATTR_OUTPUT_PADDING, extra, s->n));
    if (!x || !w) return NULL;
    x = ir_emit(b, IR_CONV_TRANSPOSE, IN(x, w), form.attrs);
    if (!outside || !x) return x;
    return ir_emit(b, IR_PAD, IN(x, ir_ints(b, beyond, 2 * (s->n + 2))), ATTRS(A_STRING(ATTR_MODE, "constant")));
}

/* The kernel is [spatial.., out, in], ONNX's [in, out, spatial..]. */
static void lower_transposed(struct keras_call *c)
{
    struct sliding s;
    if (!read_sliding(c, axes_of(c->layer), &s)) return;
    if (s.padding == SLIDING_EXPLICIT) call_unsupported(c, "causal padding");
    struct ir_value *x = sliding_to_channels_first(c->b, &s, call_in(c, 0));
    finish(c, &s, transpose(c, &s, x, to_front(c->b, call_weight(c, "kernel"), s.n, true)));
}

/* -- depthwise and separable --------------------------------------------------------------------------------------- */

/* tf.keras 1.11 leaves depth_multiplier out of what it writes; the kernel's shape tells it. */
static void declare_depthwise_kernel(struct keras_layer *l, const char *name)
{
    declare_kernel(l, name, axes_of(l), KERAS_ANY, config_int(l, "depth_multiplier", KERAS_ANY));
}

static void declare_depthwise(struct keras_layer *l)
{
    declare_depthwise_kernel(l, "depthwise_kernel");
    if (config_bool(l, "use_bias", true)) WEIGHT(l, "bias", KERAS_ANY);
}

static struct ir_value *depthwise(struct keras_call *c, const struct sliding *s, struct ir_value *x)
{
    struct build *b = c->b;
    struct ir_value *w = to_front(b, call_weight(c, "depthwise_kernel"), s->n, false);
    if (!w) return NULL;
    if (!dim_fixed(w->dims[0])) return call_malformed(c, "a kernel of unknown shape");
    int64_t channels = w->dims[0].n;
    w = FORM_RESHAPE(b, w, form_product(b, form_dims(b, w, 0, 2)), INTS(b, 1), form_dims(b, w, 2, INT64_MAX));
    return convolve(c, s, x, w, channels);
}

static void lower_depthwise(struct keras_call *c)
{
    struct sliding s;
    if (!read_sliding(c, axes_of(c->layer), &s)) return;
    struct ir_value *x = sliding_to_channels_first(c->b, &s, call_in(c, 0));
    finish(c, &s, depthwise(c, &s, x));
}

static void declare_separable(struct keras_layer *l)
{
    int64_t dims[SLIDING_MOST + 2] = { 1, 1, 1, 1, 1 }, filters = config_int(l, "filters", KERAS_ANY);
    size_t n = axes_of(l);
    declare_depthwise_kernel(l, "depthwise_kernel");
    dims[n] = KERAS_ANY;
    dims[n + 1] = filters;
    keras_weight_add(l, "pointwise_kernel", true, (int32_t)n + 2, dims);
    if (config_bool(l, "use_bias", true)) WEIGHT(l, "bias", filters);
}

static void lower_separable(struct keras_call *c)
{
    size_t n = axes_of(c->layer);
    struct sliding s, point = { .n = n, .strides = { 1, 1, 1 }, .dilations = { 1, 1, 1 }, .kernel = { 1, 1, 1 } };
    if (!read_sliding(c, n, &s)) return;
    struct ir_value *x = sliding_to_channels_first(c->b, &s, call_in(c, 0));
    x = depthwise(c, &s, x);
    x = convolve(c, &point, x, to_front(c->b, call_weight(c, "pointwise_kernel"), s.n, true), 1);
    finish(c, &s, x);
}

#define N(n) (&(const size_t){ n })
#define ROW(name, declare, lower, n, limits) { name, declare, lower, KERAS_MASK_STOPS, false, N(n), limits }
static const char causal[] = "causal padding";

static const struct keras_class classes[] = {
    { "Conv1D", declare_conv, lower_conv, KERAS_MASK_PASSES, false, N(1), NULL },
    ROW("Conv1DTranspose", declare_transposed, lower_transposed, 1, causal),
    ROW("Conv2D", declare_conv, lower_conv, 2, NULL),
    ROW("Conv2DTranspose", declare_transposed, lower_transposed, 2, NULL),
    ROW("Conv3D", declare_conv, lower_conv, 3, NULL),
    ROW("Conv3DTranspose", declare_transposed, lower_transposed, 3, NULL),
    ROW("Convolution1D", declare_conv, lower_conv, 1, NULL),
    ROW("Convolution1DTranspose", declare_transposed, lower_transposed, 1, causal),
    ROW("Convolution2D", declare_conv, lower_conv, 2, NULL),
    ROW("Convolution2DTranspose", declare_transposed, lower_transposed, 2, NULL),
    ROW("Convolution3D", declare_conv, lower_conv, 3, NULL),
    ROW("Convolution3DTranspose", declare_transposed, lower_transposed, 3, NULL),
    ROW("DepthwiseConv1D", declare_depthwise, lower_depthwise, 1, NULL),
    ROW("DepthwiseConv2D", declare_depthwise, lower_depthwise, 2, NULL),
    ROW("SeparableConv1D", declare_separable, lower_separable, 1, NULL),
    ROW("SeparableConv2D", declare_separable, lower_separable, 2, NULL),
    ROW("SeparableConvolution1D", declare_separable, lower_separable, 1, NULL),
    ROW("SeparableConvolution2D", declare_separable, lower_separable, 2, NULL),
};

extern const struct keras_family keras_family_convolution;
KERAS_FAMILY(convolution, "Convolution");
