/* Preprocessing of numbers and images. Layers that change images at random do so in training only. Strings are refused. */
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
    if (rows < 1 || columns < 1 || height < 1 || width < 1 || !is_interpolation(how) ||
        config_bool(c->layer, "pad_to_aspect_ratio", false)) {
        call_unsupported(c, "images of unknown size, pad_to_aspect_ratio, or interpolation %s", how);
        return;
    }
    if (config_bool(c->layer, "crop_to_aspect_ratio", false)) x = largest_part(c, x, height, width);
    if (x) call_out(c, resize(c, x, how, config_bool(c->layer, "antialias", false), height, width));
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

/* -- categories ---------------------------------------------------------------------------------------------------- */

/* Integers as they are, or as rows of ones: one_hot, multi_hot (over the last axis), count. */
static void encode(struct keras_call *c, struct ir_value *x, int64_t depth, const char *mode, struct ir_value *weights)
{
    struct build *b = c->b;
    tfp_dtype dtype = dtype_is_float(c->layer->dtype) ? c->layer->dtype : TFP_FLOAT;
    int64_t rank = call_rank(c, x);
    if (rank < 0) return;
    if (strcmp(mode, "int") == 0) {
        call_out(c, x);
        return;
    }
    bool one_hot = strcmp(mode, "one_hot") == 0;
    if (!one_hot && strcmp(mode, "multi_hot") != 0 && strcmp(mode, "count") != 0 && strcmp(mode, "binary") != 0) {
        call_unsupported(c, "output_mode %s", mode);
        return;
    }
    if (one_hot && rank > 1 && dim_is(x->dims[rank - 1], 1)) x = SQUEEZE(b, x, -1);
    struct ir_value *classes = ir_cast(b, form_iota(b, INTS(b, depth)), TFP_INT64);
    struct ir_value *hit = ir_binary(b, IR_EQUAL, UNSQUEEZE(b, ir_cast(b, x, TFP_INT64), -1), classes);
    struct ir_value *rows = ir_cast(b, hit, dtype);
    if (weights) rows = ir_mul(b, rows, UNSQUEEZE(b, ir_cast(b, weights, dtype), -1));
    enum ir_op op = strcmp(mode, "count") == 0 ? IR_REDUCE_SUM : IR_REDUCE_MAX;
    call_out(c, one_hot || rank == 0 ? rows : ir_reduce(b, op, rows, (const int64_t[]){ -2 }, 1, false));
}

static void lower_category(struct keras_call *c)
{
    int64_t depth = config_int(c->layer, "num_tokens", config_int(c->layer, "max_tokens", 0));
    const json_t *weights = c->node ? keras_get(c->node->kwargs, "count_weights") : NULL;
    struct ir_value *w = weights ? call_tensor(c, weights, TFP_FLOAT).value : NULL;
    if (config_bool(c->layer, "sparse", false)) call_unsupported(c, "sparse results");
    if (depth < 1) call_malformed(c, "no num_tokens");
    else encode(c, call_in(c, 0), depth, config_text(c->layer, "output_mode", "multi_hot"), w);
}

/* How many boundaries are not above x. */
static void lower_discretization(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = to_float(c, call_in(c, 0));
    const json_t *list = keras_get(c->layer->config, "bin_boundaries");
    if (config_bool(c->layer, "sparse", false)) call_unsupported(c, "sparse results");
    if (!list) call_unsupported(c, "boundaries that are not in the configuration");
    if (!x || b->status != TFP_OK) return;
    if (x->dtype != TFP_DOUBLE) x = ir_cast(b, x, TFP_FLOAT);
    struct ir_value *edges = call_tensor(c, list, x->dtype).value;
    struct ir_value *not_above = ir_binary(b, IR_LESS_OR_EQUAL, edges, UNSQUEEZE(b, x, -1));
    struct ir_value *bins = ir_reduce(b, IR_REDUCE_SUM, ir_cast(b, not_above, TFP_INT64), (const int64_t[]){ -1 }, 1, false);
    const char *mode = config_text(c->layer, "output_mode", "int");
    if (strcmp(mode, "int") == 0 && c->layer->dtype == TFP_INT32) bins = ir_cast(b, bins, TFP_INT32);
    encode(c, bins, (int64_t)json_array_size(list) + 1, mode, NULL);
}

/* A vocabulary of integers: its places behind the mask's and the unknowns' ones. */
static void lower_integer_lookup(struct keras_call *c)
{
    struct build *b = c->b;
    struct keras_layer *l = c->layer;
    struct ir_value *x = ir_cast(b, call_in(c, 0), TFP_INT64);
    const json_t *list = keras_get(l->config, "vocabulary");
    const char *mode = config_text(l, "output_mode", "int");
    bool masks = config_has(l, "mask_token") && strcmp(mode, "int") == 0; /* else it is unknown like any other */
    int64_t unknown = config_int(l, "num_oov_indices", 1), first = unknown + (masks ? 1 : 0), mask;
    if (!json_is_array(list) || unknown != 1 || config_bool(l, "invert", false) || config_bool(l, "sparse", false)) {
        call_unsupported(c, "a vocabulary outside of the configuration, several indices for unknown values, or invert");
        return;
    }
    int64_t n = (int64_t)json_array_size(list);
    struct ir_value *words = call_tensor(c, list, TFP_INT64).value;
    struct ir_value *hit = ir_binary(b, IR_EQUAL, UNSQUEEZE(b, x, -1), words);
    struct ir_value *place = ir_mul(b, ir_cast(b, hit, TFP_INT64), ir_add(b, form_iota(b, INTS(b, n)), INTS(b, 1)));
    place = ir_reduce(b, IR_REDUCE_MAX, place, (const int64_t[]){ -1 }, 1, false); /* 0: unknown */
    struct ir_value *zero = ir_scalar(b, TFP_INT64, 0);
    if (!place) return;
    struct ir_value *index = ir_add(b, place, ir_scalar(b, TFP_INT64, (double)(first - 1)));
    const json_t *token = keras_get(l->config, "mask_token");
    if (masks && keras_integer(token, &mask))
        index = ir_where(b, ir_binary(b, IR_EQUAL, x, ir_scalar(b, TFP_INT64, (double)mask)), zero, index);
    encode(c, index, n + first, mode, NULL);
}

#define ROW(name, lower) { name, NULL, lower, KERAS_MASK_STOPS, false, NULL, NULL }
#define RANDOM(name) { name, NULL, keras_lower_same, KERAS_MASK_PASSES, false, NULL, NULL }
#define TEXT(name) { name, NULL, NULL, KERAS_MASK_STOPS, true, NULL, "preprocessing of strings, or hashing" }
static const char sized[] = "images of unknown size";

static const struct keras_class classes[] = {
    RANDOM("AugMix"),
    { "CategoryEncoding", NULL, lower_category, KERAS_MASK_STOPS, true, NULL, "sparse results" },
    { "CenterCrop", NULL, lower_center_crop, KERAS_MASK_STOPS, false, NULL, sized },
    RANDOM("CutMix"),
    { "Discretization", NULL, lower_discretization, KERAS_MASK_STOPS, true, NULL, "sparse results" },
    TEXT("HashedCrossing"),
    TEXT("Hashing"),
    { "IntegerLookup", NULL, lower_integer_lookup, KERAS_MASK_STOPS, true, NULL,
      "a vocabulary outside of the configuration, several indices for unknown values, invert" },
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
    { "Resizing", NULL, lower_resizing, KERAS_MASK_STOPS, false, NULL, "images of unknown size, pad_to_aspect_ratio" },
    TEXT("StringLookup"),
    TEXT("TextVectorization"),
};

extern const struct keras_family keras_family_preprocessing;
KERAS_FAMILY(preprocessing, "Preprocessing");
