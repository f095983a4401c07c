/* Preprocessing of numbers and images. Layers that change images at random do so in training only. */
#include "frontend/keras/keras.h"

#include <math.h>
#include <stdlib.h>

/* A configuration's list of numbers as a constant; NULL: it is absent. */
static struct ir_value *numbers(struct keras_call *c, const char *key, tfp_dtype dtype)
{
    const json_t *j = keras_get(c->layer->config, key);
    return j ? call_tensor(c, j, dtype).value : NULL;
}

static struct ir_value *to_float(struct keras_call *c, struct ir_value *x)
{
    return x && !dtype_is_float(x->dtype) ? ir_cast(c->b, x,
                                                    dtype_is_float(c->layer->dtype) ? c->layer->dtype : TFP_FLOAT) : x;
}

/* -- Rescaling, Normalization -------------------------------------------------------------------------------------- */

static void lower_rescaling(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = to_float(c, call_in(c, 0));
    if (!x) return;
    struct ir_value *scale = numbers(c, "scale", x->dtype), *offset = numbers(c, "offset", x->dtype);
    if (scale) x = ir_mul(b, x, scale);
    call_out(c, offset ? ir_add(b, x, offset) : x);
}

static void declare_normalization(struct keras_layer *l)
{
    if (config_has(l, "mean") || config_has(l, "variance")) return;
    keras_weight_add(l, "mean", false, KERAS_ANY, NULL);
    keras_weight_add(l, "variance", false, KERAS_ANY, NULL);
    keras_weight_add(l, "count", false, KERAS_ANY, NULL);
}

/* The statistics of the kept axes, in their order among the input's. */
static struct ir_value *statistic(struct keras_call *c, const char *key, struct ir_value *x)
{
    struct build *b = c->b;
    struct ir_value *v = c->layer->n_weights ? call_weight(c, key) : numbers(c, key, x->dtype), *shape[TFP_MAX_RANK];
    int64_t axes[TFP_MAX_RANK] = { -1 }, n = config_list(c->layer, "axis", -1, axes, TFP_MAX_RANK), rank = x->rank;
    v = ir_cast(b, v, x->dtype);
    if (!v || n < 0 || v->rank == 0) return v;
    for (int64_t i = 0; i < rank; i++) shape[i] = INTS(b, 1);
    for (int64_t i = 0; i < n; i++) {
        int64_t axis = call_axis(c, axes[i], rank);
        if (axis < 0) return NULL;
        shape[axis] = ir_dim(b, x, axis);
    }
    if (v->rank == 1 && n == 1 && axes[0] == -1) return v;
    return ir_reshape(b, v, ir_concat(b, shape, (size_t)rank, 0));
}

static void lower_normalization(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = to_float(c, call_in(c, 0));
    if (call_rank(c, x) < 0) return;
    struct ir_value *mean = statistic(c, "mean", x), *variance = statistic(c, "variance", x);
    struct ir_value *spread = ir_binary(b, IR_MAX, ir_unary(b, IR_SQRT, variance), ir_like(b, x, 1e-7));
    if (config_bool(c->layer, "invert", false)) call_out(c, ir_add(b, mean, ir_mul(b, x, spread)));
    else call_out(c, ir_div(b, ir_sub(b, x, mean), spread));
}

/* -- images -------------------------------------------------------------------------------------------------------- */

/* Weights of one axis: for each pixel of the result those of the input, as TensorFlow resizes with centers at .5. */
static double kernel_at(const char *how, double x)
{
    x = fabs(x);
    if (strcmp(how, "bilinear") == 0) return x < 1 ? 1 - x : 0;
    if (strcmp(how, "gaussian") == 0) return x < 1.5 ? exp(-x * x / (2 * 0.25)) : 0;
    double radius = strcmp(how, "lanczos5") == 0 ? 5 : 3, pi = acos(-1.0);
    if (strncmp(how, "lanczos", 7) == 0)
        return x >= radius ? 0 : x <= 1e-3 ? 1 : radius * sin(pi * x) * sin(pi * x / radius) / (pi * pi * x * x);
    if (strcmp(how, "bicubic") == 0)
        return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
    if (x < 1) return ((7.0 / 6 * x - 2) * x * x) + 8.0 / 9; /* mitchellcubic */
    return x < 2 ? ((-7.0 / 18 * x + 2) * x - 10.0 / 3) * x + 16.0 / 9 : 0;
}

static double radius_of(const char *how)
{
    return strcmp(how, "lanczos5") == 0 ? 5 : strcmp(how, "lanczos3") == 0 ? 3 : strcmp(how, "bilinear") == 0 ? 1
           : strcmp(how, "gaussian") == 0 ? 1.5 : 2;
}

/* An area's pixel is the mean of what it covers; a kernel is widened where the image shrinks and `antialias` is set. */
static void fill_row(const char *how, bool antialias, int64_t in, int64_t out, int64_t i, float *row)
{
    double scale = (double)in / (double)out, sum = 0, wide = antialias && scale > 1 ? scale : 1;
    double at = ((double)i + 0.5) * scale;
    bool nearest = strcmp(how, "nearest") == 0, area = strcmp(how, "area") == 0;
    bool steps = strcmp(how, "bicubic") == 0 && !antialias; /* TensorFlow has a table of 1024 steps between two pixels */
    if (steps) at = floor(at - 0.5) + round((at - 0.5 - floor(at - 0.5)) * 1024) / 1024 + 0.5;
    for (int64_t k = 0; k < in; k++) {
        double w, low = (double)i * scale, high = ((double)i + 1) * scale;
        if (nearest) w = (int64_t)floor(at) == k || (k == in - 1 && floor(at) >= (double)in);
        else if (area) w = fmax(fmin((double)k + 1, high) - fmax((double)k, low), 0);
        else w = fabs(at - 0.5 - (double)k) / wide < radius_of(how) ? kernel_at(how, (at - 0.5 - (double)k) / wide) : 0;
        row[k] = (float)w;
        sum += w;
    }
    for (int64_t k = 0; k < in && sum != 0; k++) row[k] = (float)((double)row[k] / sum);
}

static struct ir_value *axis_weights(struct keras_call *c, const char *how, bool antialias, int64_t in, int64_t out)
{
    enum { MOST = 1 << 24 };
    if (in < 1 || out < 1 || in > MOST / out) return call_unsupported(c, "sizes from %lld to %lld", (long long)in,
                                                                      (long long)out);
    float *at = calloc((size_t)(in * out), sizeof *at);
    if (!at) return build_fail(c->b, tfp_no_memory(c->b->ctx));
    for (int64_t i = 0; i < out; i++) fill_row(how, antialias, in, out, i, at + i * in);
    struct ir_value *v = ir_tensor(c->b, TFP_FLOAT, 2, (const int64_t[]){ out, in }, at);
    free(at);
    return v;
}

static bool is_interpolation(const char *how)
{
    static const char *const names[] = { "nearest", "bilinear", "bicubic", "area", "lanczos3", "lanczos5", "gaussian",
                                         "mitchellcubic" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], how) == 0) return true;
    return false;
}

static int64_t fixed(const struct ir_value *x, int64_t axis)
{
    return x && dim_fixed(x->dims[axis]) ? x->dims[axis].n : -1;
}

static int64_t first_image_axis(struct keras_call *c, const struct ir_value *x)
{
    return config_channels_last(c->layer) ? x->rank - 3 : x->rank - 2;
}

static struct ir_value *crop_to(struct keras_call *c, struct ir_value *x, int64_t axis, int64_t size)
{
    int64_t in = fixed(x, axis);
    int64_t from = (in - size) / 2;
    return in == size ? x : ir_slice_axis(c->b, x, axis, from, from + size);
}

/* Of the target's proportions. */
static struct ir_value *largest_part(struct keras_call *c, struct ir_value *x, int64_t height, int64_t width)
{
    if (!x) return NULL;
    int64_t at = first_image_axis(c, x), rows = fixed(x, at), columns = fixed(x, at + 1);
    int64_t high = (int64_t)((double)columns * (double)height / (double)width);
    int64_t wide = (int64_t)((double)rows * (double)width / (double)height);
    x = crop_to(c, x, at, high < rows ? high : rows);
    return crop_to(c, x, at + 1, wide < columns ? wide : columns);
}

/* Each axis is a product with its weights, channels first. */
static struct ir_value *resize(struct keras_call *c, struct ir_value *x, const char *how, bool antialias, int64_t height,
                               int64_t width)
{
    struct build *b = c->b;
    int64_t at = first_image_axis(c, x), rank = x->rank;
    bool last = at == rank - 3;
    struct ir_value *rows = axis_weights(c, how, antialias, fixed(x, at), height);
    struct ir_value *columns = axis_weights(c, how, antialias, fixed(x, at + 1), width);
    if (!rows || !columns) return NULL;
    tfp_dtype dtype = x->dtype;
    x = ir_cast(b, last ? form_move_axis(b, x, rank, rank - 1, rank - 3) : x, TFP_FLOAT);
    x = ir_matmul(b, rows, ir_matmul(b, x, TRANSPOSE(b, columns, 1, 0)));
    return ir_cast(b, last ? form_move_axis(b, x, rank, rank - 3, rank - 1) : x, dtype);
}

/* Places are rounded down. */
static struct ir_value *nearest(struct build *b, struct ir_value *x, int64_t axis, int64_t size)
{
    struct ir_value *in = ir_dim(b, x, axis), *half = ir_scalar(b, TFP_FLOAT, 0.5);
    struct ir_value *scale = ir_div(b, ir_cast(b, in, TFP_FLOAT), ir_scalar(b, TFP_FLOAT, (double)size));
    struct ir_value *i = ir_add(b, ir_cast(b, form_iota(b, INTS(b, size)), TFP_FLOAT), half);
    struct ir_value *at = ir_cast(b, ir_unary(b, IR_FLOOR, ir_mul(b, i, scale)), TFP_INT64);
    return ir_gather(b, x, ir_binary(b, IR_MIN, at, ir_sub(b, in, INTS(b, 1))), axis);
}

/* Images of unknown size have no constant weights. */
static struct ir_value *resize_open(struct keras_call *c, struct ir_value *x, const char *how, int64_t height, int64_t width)
{
    struct build *b = c->b;
    int64_t at = first_image_axis(c, x), rank = x->rank;
    bool last = at == rank - 3;
    tfp_dtype dtype = x->dtype;
    if (strcmp(how, "nearest") == 0) return nearest(b, nearest(b, x, at, height), at + 1, width);
    x = ir_cast(b, last ? form_move_axis(b, x, rank, rank - 1, rank - 3) : x, TFP_FLOAT);
    if (rank == 3) x = UNSQUEEZE(b, x, 0);
    struct ir_value *sizes = CONCAT(b, 0, form_dims(b, x, 0, 2), INTS(b, height, width));
    if (!x || !sizes) return NULL;
    x = ir_emit(b, IR_RESIZE, IN(x, NULL, NULL, sizes),
                ATTRS(A_STRING(ATTR_MODE, "linear"), A_STRING(ATTR_COORDINATE_TRANSFORMATION_MODE, "half_pixel")));
    if (rank == 3) x = SQUEEZE(b, x, 0);
    return ir_cast(b, last ? form_move_axis(b, x, rank, rank - 3, rank - 1) : x, dtype);
}

static void lower_resizing(struct keras_call *c)
{
    struct ir_value *x = to_float(c, call_in(c, 0));
    const char *how = config_text(c->layer, "interpolation", "bilinear");
    int64_t height = config_int(c->layer, "height", 0), width = config_int(c->layer, "width", 0);
    if (call_rank(c, x) < 3) {
        call_unsupported(c, "an input that is no image");
        return;
    }
    int64_t at = first_image_axis(c, x), rows = fixed(x, at), columns = fixed(x, at + 1);
    bool antialias = config_bool(c->layer, "antialias", false), crop = config_bool(c->layer, "crop_to_aspect_ratio", false);
    bool open = rows < 0 || columns < 0, plain = !antialias && (strcmp(how, "bilinear") == 0 || strcmp(how, "nearest") == 0);
    if (rows == 0 || columns == 0 || height < 1 || width < 1 || !is_interpolation(how) ||
        config_bool(c->layer, "pad_to_aspect_ratio", false)) {
        call_unsupported(c, "empty images, pad_to_aspect_ratio, or interpolation %s", how);
    } else if (open && (crop || !plain)) {
        call_unsupported(c, "images of unknown size with antialias, crop_to_aspect_ratio or interpolation %s", how);
    } else if (open) {
        call_out(c, resize_open(c, x, how, height, width));
    } else {
        if (crop) x = largest_part(c, x, height, width);
        if (x) call_out(c, resize(c, x, how, antialias, height, width));
    }
}

/* A smaller image is resized to cover the target first. */
static void lower_center_crop(struct keras_call *c)
{
    struct ir_value *x = call_in(c, 0);
    int64_t height = config_int(c->layer, "height", 0), width = config_int(c->layer, "width", 0);
    if (call_rank(c, x) < 3) {
        call_unsupported(c, "an input that is no image");
        return;
    }
    int64_t at = first_image_axis(c, x), rows = fixed(x, at), columns = fixed(x, at + 1);
    if (rows < 1 || columns < 1 || height < 1 || width < 1) {
        call_unsupported(c, "images of unknown size");
        return;
    }
    bool always = strcmp(c->layer->class_name, "RandomCrop") == 0; /* which crops in training only */
    if (!always && rows >= height && columns >= width) {
        x = crop_to(c, x, at, height);
        call_out(c, crop_to(c, x, at + 1, width));
        return;
    }
    x = largest_part(c, to_float(c, x), height, width);
    if (x) call_out(c, resize(c, x, "bilinear", false, height, width));
}

#define ROW(name, lower) { name, NULL, lower, KERAS_MASK_STOPS, false, NULL, NULL }
#define RANDOM(name) { name, NULL, keras_lower_same, KERAS_MASK_PASSES, false, NULL, NULL }
static const char sized[] = "images of unknown size";

static const struct keras_class classes[] = {
    RANDOM("AugMix"),
    { "CenterCrop", NULL, lower_center_crop, KERAS_MASK_STOPS, false, NULL, sized },
    RANDOM("CutMix"),
    RANDOM("MixUp"),
    { "Normalization", declare_normalization, lower_normalization, KERAS_MASK_STOPS, false, NULL, NULL },
    RANDOM("RandAugment"),
    RANDOM("RandomBrightness"),
    RANDOM("RandomColorDegeneration"),
    RANDOM("RandomColorJitter"),
    RANDOM("RandomContrast"),
    { "RandomCrop", NULL, lower_center_crop, KERAS_MASK_STOPS, false, NULL, sized },
    RANDOM("RandomErasing"),
    RANDOM("RandomFlip"),
    RANDOM("RandomGaussianBlur"),
    RANDOM("RandomGrayscale"),
    RANDOM("RandomHeight"),
    RANDOM("RandomHue"),
    RANDOM("RandomInvert"),
    RANDOM("RandomPerspective"),
    RANDOM("RandomPosterization"),
    RANDOM("RandomRotation"),
    RANDOM("RandomSaturation"),
    RANDOM("RandomSharpness"),
    RANDOM("RandomShear"),
    RANDOM("RandomTranslation"),
    RANDOM("RandomWidth"),
    RANDOM("RandomZoom"),
    ROW("Rescaling", lower_rescaling),
    { "Resizing", NULL, lower_resizing, KERAS_MASK_STOPS, false, NULL,
      "pad_to_aspect_ratio; of images of unknown size antialias, crop_to_aspect_ratio, interpolations other than bilinear and nearest" },
};

extern const struct keras_family keras_family_preprocessing;
KERAS_FAMILY(preprocessing, "Preprocessing");
