/* Images: resizing in every way TensorFlow knows, colours, data formats.
 *
 * TensorFlow resizes each axis on its own. Where ONNX's Resize gives the same result it is used. Everything else is a
 * matrix of weights for each axis, [wanted size, size], made by the formulas of TensorFlow's kernels in float32:
 * constant where the sizes are, else computed when the model runs; or, for the nearest pixel, a Gather. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"
#include "frontend/tensorflow/ops/sliding_attrs.h"

#include <float.h>
#include <math.h>

#define VARIANT(type) (*(const type *)lw->rule->variant)

static const struct sliding image_layout = { .n = 2, .channels_last = true };

/* -- small formulas ------------------------------------------------------------------------------------------------ */

static struct ir_value *number(struct build *b, double value)
{
    return ir_scalar(b, TFP_FLOAT, value);
}

static struct ir_value *clip(struct build *b, struct ir_value *x, double low, double high)
{
    return x ? ir_emit(b, IR_CLIP, IN(x, ir_like(b, x, low), ir_like(b, x, high)), NO_ATTRS) : NULL;
}

static struct ir_value *as_float(struct build *b, struct ir_value *v)
{
    return ir_cast(b, v, TFP_FLOAT);
}

static struct ir_value *less(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return ir_binary(b, IR_LESS, x, y);
}

/* -- one axis of a resized image ----------------------------------------------------------------------------------- */

struct axis {
    struct ir_value *in, *out; /* sizes: int64, one element */
    struct ir_value *scale;    /* float32: input pixels for each pixel of the result */
    bool aligned, half;        /* corners aligned; pixel centers at .5 */
};

static struct ir_value *quotient(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return ir_div(b, as_float(b, x), as_float(b, y));
}

static struct ir_value *axis_scale(struct build *b, const struct axis *a)
{
    struct ir_value *one = INTS(b, 1), *plain = quotient(b, a->in, a->out);
    int64_t out;
    if (!a->aligned || (form_known(a->out, 0, &out) && out <= 1)) return plain;
    struct ir_value *inner = quotient(b, ir_sub(b, a->in, one), ir_sub(b, a->out, one));
    if (form_known(a->out, 0, &out)) return inner;
    return ir_where(b, less(b, one, a->out), inner, plain);
}

/* Where each pixel of the result lies in the input; of its centre when `centre`. */
static struct ir_value *positions(struct build *b, const struct axis *a, bool centre)
{
    struct ir_value *i = as_float(b, form_iota(b, a->out));
    if (!a->half) return ir_mul(b, i, a->scale);
    struct ir_value *at = ir_mul(b, ir_add(b, i, number(b, 0.5)), a->scale);
    return centre ? at : ir_sub(b, at, number(b, 0.5));
}

static struct ir_value *last_index(struct build *b, const struct axis *a)
{
    return ir_sub(b, a->in, INTS(b, 1));
}

/* Indices held within the image. */
static struct ir_value *within(struct build *b, const struct axis *a, struct ir_value *index)
{
    return ir_binary(b, IR_MAX, ir_binary(b, IR_MIN, index, last_index(b, a)), INTS(b, 0));
}

/* [n] as [n, 1]. */
static struct ir_value *column(struct build *b, struct ir_value *v)
{
    return form_column(b, v, 1);
}

/* -- matrices of weights ------------------------------------------------------------------------------------------- */

struct weighting {
    struct ir_value *(*of)(struct lower *lw, const struct axis *a);
};

/* Cubic convolution (R. Keys, 1981) with TensorFlow's table of 1024 steps between two pixels. Pixels beyond the edge
 * are the edge again, a = -0.75; with pixel centers at .5 they do not count, a = -0.5. */
static struct ir_value *cubic_weights(struct lower *lw, const struct axis *a)
{
    struct build *b = &lw->b;
    double c = a->half ? -0.5 : -0.75;
    struct ir_value *at = positions(b, a, false), *base = ir_unary(b, IR_FLOOR, at), *taps[4], *index[4], *sum = NULL;
    struct ir_value *steps = number(b, 1024), *one = number(b, 1), *matrix = NULL;
    struct ir_value *t = ir_div(b, ir_unary(b, IR_ROUND, ir_mul(b, ir_sub(b, at, base), steps)), steps);
    struct ir_value *distance[4] = { ir_add(b, t, one), t, ir_sub(b, one, t), ir_sub(b, number(b, 2), t) };
    struct ir_value *pixels = form_iota(b, a->in);
    base = ir_cast(b, base, TFP_INT64);
    for (int64_t k = 0; k < 4; k++) {
        struct ir_value *x = distance[k];
        if (k == 1 || k == 2) {
            struct ir_value *slope = ir_sub(b, ir_mul(b, x, number(b, c + 2)), number(b, c + 3));
            taps[k] = ir_add(b, ir_mul(b, ir_mul(b, slope, x), x), one);
        } else {
            struct ir_value *slope = ir_sub(b, ir_mul(b, x, number(b, c)), number(b, 5 * c));
            slope = ir_add(b, ir_mul(b, slope, x), number(b, 8 * c));
            taps[k] = ir_sub(b, ir_mul(b, slope, x), number(b, 4 * c));
        }
        struct ir_value *free_index = ir_add(b, base, INTS(b, k - 1));
        index[k] = within(b, a, free_index);
        if (a->half) taps[k] = ir_mul(b, taps[k], as_float(b, ir_binary(b, IR_EQUAL, index[k], free_index)));
        sum = sum ? ir_add(b, sum, taps[k]) : taps[k];
    }
    for (int64_t k = 0; k < 4; k++) {
        if (a->half) taps[k] = ir_div(b, taps[k], sum);
        struct ir_value *hit = as_float(b, ir_binary(b, IR_EQUAL, column(b, index[k]), pixels));
        struct ir_value *part = ir_mul(b, hit, column(b, taps[k]));
        matrix = matrix ? ir_add(b, matrix, part) : part;
    }
    return matrix;
}

/* The share of each input pixel in a pixel of the result; the last pixel reaches on without end. */
static struct ir_value *area_weights(struct lower *lw, const struct axis *a)
{
    struct build *b = &lw->b;
    struct ir_value *i = as_float(b, form_iota(b, a->out)), *one = number(b, 1), *pixels = form_iota(b, a->in);
    struct ir_value *from = column(b, ir_mul(b, i, a->scale)), *to = column(b, ir_mul(b, ir_add(b, i, one), a->scale));
    struct ir_value *begin = as_float(b, pixels), *is_last = ir_binary(b, IR_EQUAL, pixels, last_index(b, a));
    struct ir_value *end = ir_where(b, is_last, number(b, (double)FLT_MAX), ir_add(b, begin, one));
    struct ir_value *common = ir_sub(b, ir_binary(b, IR_MIN, end, to), ir_binary(b, IR_MAX, begin, from));
    return ir_div(b, ir_binary(b, IR_MAX, common, number(b, 0)), a->scale);
}

/* Rows of weights for H and W applied to an image with channels first. */
static struct ir_value *apply(struct build *b, struct ir_value *image, struct ir_value *rows, struct ir_value *columns)
{
    return ir_matmul(b, rows, ir_matmul(b, image, TRANSPOSE(b, columns, 1, 0)));
}

/* -- Resize... ----------------------------------------------------------------------------------------------------- */

struct resized {
    struct ir_value *image; /* channels first */
    struct ir_value *sizes; /* int64, two of them */
    struct axis axes[2];
};

static tfp_status read_resized(struct lower *lw, struct resized *r)
{
    struct build *b = &lw->b;
    bool half = strstr(lw->node->def->attrs, "half_pixel_centers") && tf_bool(lw, "half_pixel_centers");
    bool aligned = tf_bool(lw, "align_corners");
    r->image = sliding_to_channels_first(&lw->b, &image_layout, lower_in(lw, 0));
    r->sizes = lower_int64(lw, 1);
    if (!r->image || !r->sizes || b->status != TFP_OK) return b->status;
    if (half && aligned) return lower_malformed(lw, "both align_corners and half_pixel_centers");
    for (int64_t i = 0; i < 2; i++) {
        struct axis *a = &r->axes[i];
        *a = (struct axis){ ir_dim(b, r->image, 2 + i), form_element(b, r->sizes, i), NULL, aligned, half };
        a->scale = axis_scale(b, a);
    }
    return b->status;
}

/* TensorFlow's i * (1 / k) in float32 never falls below the pixel it stands for. */
static bool is_safe_factor(int64_t k)
{
    return k <= 1024 && (double)(1.0F / (float)k) * (double)k >= 1;
}

/* The whole factor by which an axis grows; 0: none, or not known. */
static int64_t whole_factor(struct ir_graph *g, const struct ir_value *image, const struct axis *a, int64_t i)
{
    enum { TRIED = 16 };
    int64_t out;
    if (image->rank != 4) return 0;
    struct dim in = image->dims[2 + i];
    if (dim_fixed(in))
        return form_known(a->out, 0, &out) && in.n > 0 && out > 0 && out % in.n == 0 ? out / in.n : 0;
    if (!a->out->known || a->out->n_known != 1) return 0;
    for (int64_t k = 1; k <= TRIED; k++)
        if (dim_equal(dim_mul(g, in, dim_of(k)), a->out->known[0])) return k;
    return 0;
}

static struct ir_value *resize(struct build *b, const struct resized *r, const char *mode, const char *coordinates,
                               const char *nearest, const int64_t *factors)
{
    struct ir_attr attrs[] = { A_TEXT(ATTR_MODE, mode), A_TEXT(ATTR_COORDINATE_TRANSFORMATION_MODE, coordinates),
                               { .name = ATTR_NONE }, { .name = ATTR_NONE } };
    struct ir_value *scales = NULL, *sizes = NULL;
    if (nearest) attrs[2] = (struct ir_attr)A_TEXT(ATTR_NEAREST_MODE, nearest);
    if (factors[0] && factors[1]) {
        const float by[] = { 1, 1, (float)factors[0], (float)factors[1] };
        scales = ir_tensor(b, TFP_FLOAT, 1, (const int64_t[]){ 4 }, by);
    } else {
        sizes = CONCAT(b, 0, form_dims(b, r->image, 0, 2), r->sizes);
    }
    return b->status == TFP_OK ? ir_emit(b, IR_RESIZE, IN(r->image, NULL, scales, sizes), attrs) : NULL;
}

static void find_factors(struct lower *lw, const struct resized *r, int64_t *factors)
{
    for (int64_t i = 0; i < 2; i++) factors[i] = whole_factor(lw->b.graph, r->image, &r->axes[i], i);
}

static tfp_status lower_bilinear(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct resized r;
    int64_t factors[2];
    TFP_TRY(read_resized(lw, &r));
    find_factors(lw, &r, factors);
    const struct axis *a = &r.axes[0];
    if (a->aligned) factors[0] = factors[1] = 0; /* the factor is another then: the sizes say what is wanted */
    const char *coordinates = a->aligned ? "align_corners" : a->half ? "half_pixel" : "asymmetric";
    r.image = as_float(&lw->b, r.image);
    struct ir_value *y = resize(&lw->b, &r, "linear", coordinates, NULL, factors);
    return lower_done(lw, sliding_from_channels_first(&lw->b, &image_layout, y));
}

/* Rounded down; with aligned corners to the nearest, halves up. */
static struct ir_value *nearest_indices(struct build *b, const struct axis *a)
{
    struct ir_value *at = positions(b, a, true), *base = ir_unary(b, IR_FLOOR, at);
    if (a->aligned) {
        struct ir_value *below = less(b, ir_sub(b, at, base), number(b, 0.5));
        base = ir_where(b, below, base, ir_add(b, base, number(b, 1)));
    }
    return within(b, a, ir_cast(b, base, TFP_INT64));
}

static tfp_status lower_nearest(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct resized r;
    int64_t factors[2];
    TFP_TRY(read_resized(lw, &r));
    find_factors(lw, &r, factors);
    bool half = r.axes[0].half, whole = !r.axes[0].aligned && factors[0] && factors[1];
    struct ir_value *y = r.image;
    if (whole && is_safe_factor(factors[0]) && is_safe_factor(factors[1])) {
        y = resize(b, &r, "nearest", half ? "half_pixel" : "asymmetric", half ? "round_prefer_ceil" : "floor", factors);
    } else {
        for (int64_t i = 0; i < 2; i++) y = ir_gather(b, y, nearest_indices(b, &r.axes[i]), 2 + i);
    }
    return lower_done(lw, sliding_from_channels_first(&lw->b, &image_layout, y));
}

static tfp_status lower_weighted(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    const struct weighting *weights = lw->rule->variant;
    struct build *b = &lw->b;
    struct resized r;
    TFP_TRY(read_resized(lw, &r));
    struct ir_value *y = apply(b, as_float(b, r.image), weights->of(lw, &r.axes[0]), weights->of(lw, &r.axes[1]));
    return lower_done(lw, sliding_from_channels_first(&lw->b, &image_layout, y));
}

/* -- ScaleAndTranslate --------------------------------------------------------------------------------------------- */

static struct ir_value *polynomial(struct build *b, struct ir_value *x, const double *coefficients, size_t n)
{
    struct ir_value *sum = number(b, coefficients[0]);
    for (size_t i = 1; i < n; i++) sum = ir_add(b, ir_mul(b, sum, x), number(b, coefficients[i]));
    return sum;
}

/* One cubic up to 1, another up to 2, nothing beyond. x is not negative. */
static struct ir_value *two_cubics(struct build *b, struct ir_value *x, const double *near, const double *far)
{
    struct ir_value *outer = ir_where(b, less(b, x, number(b, 2)), polynomial(b, x, far, 4), number(b, 0));
    return ir_where(b, less(b, x, number(b, 1)), polynomial(b, x, near, 4), outer);
}

/* sinc(x) sinc(x / radius), 1 near 0. */
static struct ir_value *lanczos(struct build *b, struct ir_value *x, double radius)
{
    struct ir_value *angle = ir_mul(b, x, number(b, M_PI));
    struct ir_value *slow = ir_unary(b, IR_SIN, ir_div(b, angle, number(b, radius)));
    struct ir_value *waves = ir_mul(b, ir_mul(b, ir_unary(b, IR_SIN, angle), slow), number(b, radius));
    struct ir_value *safe = ir_binary(b, IR_MAX, ir_mul(b, angle, angle), number(b, 1e-7));
    struct ir_value *inner = ir_where(b, less(b, number(b, 1e-3), x), ir_div(b, waves, safe), number(b, 1));
    return ir_where(b, less(b, number(b, radius), x), number(b, 0), inner);
}

enum kernel { LANCZOS1, LANCZOS3, LANCZOS5, GAUSSIAN, BOX, TRIANGLE, KEYS, MITCHELL };

static struct ir_value *kernel_value(struct build *b, enum kernel kernel, struct ir_value *x)
{
    static const double keys_near[] = { 1.5, -2.5, 0, 1 }, keys_far[] = { -0.5, 2.5, -4, 2 };
    static const double mitchell_near[] = { 7.0 / 6, -2, 0, 8.0 / 9 };
    static const double mitchell_far[] = { -7.0 / 18, 2, -10.0 / 3, 16.0 / 9 };
    struct ir_value *zero = number(b, 0), *half = number(b, 0.5);
    switch (kernel) {
    case LANCZOS1: return lanczos(b, x, 1);
    case LANCZOS3: return lanczos(b, x, 3);
    case LANCZOS5: return lanczos(b, x, 5);
    case GAUSSIAN: {
        /* Radius 3 pixels of the kernel's own scale, sigma half a pixel. */
        struct ir_value *square = ir_mul(b, ir_mul(b, x, x), number(b, -2));
        return ir_where(b, less(b, x, number(b, 1.5)), ir_unary(b, IR_EXP, square), zero);
    }
    case BOX: return ir_where(b, less(b, x, half), number(b, 1), ir_where(b, less(b, half, x), zero, half));
    case TRIANGLE: return ir_binary(b, IR_MAX, ir_sub(b, number(b, 1), x), zero);
    case KEYS: return two_cubics(b, x, keys_near, keys_far);
    default: return two_cubics(b, x, mitchell_near, mitchell_far);
    }
}

/* The kernel around the place where each pixel of the result lies, normalized; nothing for places outside the image. */
static struct ir_value *kernel_weights(struct build *b, enum kernel kernel, const struct axis *a,
                                       struct ir_value *translation, bool antialias)
{
    struct ir_value *half = number(b, 0.5), *zero = number(b, 0), *one = number(b, 1);
    struct ir_value *inverse = ir_div(b, one, a->scale);
    struct ir_value *shift = ir_mul(b, ir_unary(b, IR_NEG, inverse), translation);
    struct ir_value *width = antialias ? ir_binary(b, IR_MAX, inverse, one) : one;
    struct ir_value *i = ir_add(b, as_float(b, form_iota(b, a->out)), half);
    struct ir_value *at = column(b, ir_add(b, ir_mul(b, i, inverse), shift));
    struct ir_value *pixels = ir_add(b, as_float(b, form_iota(b, a->in)), half);
    struct ir_value *distance = ir_mul(b, ir_unary(b, IR_ABS, ir_sub(b, pixels, at)), ir_div(b, one, width));
    struct ir_value *weights = kernel_value(b, kernel, distance);
    struct ir_value *outside = ir_binary(b, IR_OR, less(b, at, zero), less(b, as_float(b, a->in), at));
    weights = ir_where(b, outside, zero, weights);
    struct ir_value *sum = ir_reduce(b, IR_REDUCE_SUM, weights, (const int64_t[]){ 1 }, 1, true);
    struct ir_value *tiny = less(b, ir_unary(b, IR_ABS, sum), number(b, (double)(1000 * FLT_MIN)));
    return ir_div(b, weights, ir_where(b, tiny, one, sum));
}

static tfp_status lower_scale_and_translate(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    static const char *const words[] = { [LANCZOS1] = "lanczos1", [LANCZOS3] = "lanczos3", [LANCZOS5] = "lanczos5",
                                         [GAUSSIAN] = "gaussian", [BOX] = "box", [TRIANGLE] = "triangle",
                                         [KEYS] = "keyscubic", [MITCHELL] = "mitchellcubic", NULL };
    struct build *b = &lw->b;
    enum kernel kernel = (enum kernel)tf_word(lw, "kernel_type", words);
    bool antialias = tf_bool(lw, "antialias");
    struct ir_value *image = sliding_to_channels_first(&lw->b, &image_layout, as_float(b, lower_in(lw, 0)));
    struct ir_value *sizes = lower_int64(lw, 1), *scale = lower_in(lw, 2), *translation = lower_in(lw, 3), *weights[2];
    for (int64_t i = 0; i < 2; i++) {
        struct axis a = { .in = ir_dim(b, image, 2 + i), .out = form_element(b, sizes, i),
                          .scale = form_element(b, scale, i) };
        weights[i] = kernel_weights(b, kernel, &a, form_element(b, translation, i), antialias);
    }
    return lower_done(lw, sliding_from_channels_first(&lw->b, &image_layout, apply(b, image, weights[0], weights[1])));
}

/* -- colours ------------------------------------------------------------------------------------------------------- */

/* Three channels, the last axis of an image, each with that axis kept at 1. */
struct colour {
    struct ir_value *at[3];
};

static struct colour split_colour(struct build *b, struct ir_value *x)
{
    struct colour c;
    for (int64_t i = 0; i < 3; i++) c.at[i] = ir_slice_axis(b, x, -1, i, i + 1);
    return c;
}

static struct ir_value *join_colour(struct build *b, const struct colour *c)
{
    return CONCAT(b, -1, c->at[0], c->at[1], c->at[2]);
}

/* Hue in turns, 0 to 1; saturation; value. */
static struct colour to_hsv(struct build *b, const struct colour *rgb)
{
    struct ir_value *red = rgb->at[0], *green = rgb->at[1], *blue = rgb->at[2];
    struct ir_value *zero = ir_like(b, red, 0), *one = ir_like(b, red, 1);
    struct ir_value *value = ir_binary(b, IR_MAX, red, ir_binary(b, IR_MAX, green, blue));
    struct ir_value *range = ir_sub(b, value, ir_binary(b, IR_MIN, red, ir_binary(b, IR_MIN, green, blue)));
    struct ir_value *grey = ir_binary(b, IR_EQUAL, range, zero);
    struct ir_value *norm = ir_div(b, ir_like(b, red, 1.0 / 6), ir_where(b, grey, one, range));
    struct ir_value *from_red = ir_mul(b, norm, ir_sub(b, green, blue));
    struct ir_value *from_green = ir_add(b, ir_mul(b, norm, ir_sub(b, blue, red)), ir_like(b, red, 2.0 / 6));
    struct ir_value *from_blue = ir_add(b, ir_mul(b, norm, ir_sub(b, red, green)), ir_like(b, red, 4.0 / 6));
    struct ir_value *hue = ir_where(b, ir_binary(b, IR_EQUAL, green, value), from_green, from_blue);
    hue = ir_where(b, ir_binary(b, IR_EQUAL, red, value), from_red, hue);
    hue = ir_where(b, grey, zero, hue);
    hue = ir_where(b, less(b, hue, zero), ir_add(b, hue, one), hue);
    struct ir_value *positive = less(b, zero, value);
    struct ir_value *saturation = ir_div(b, range, ir_where(b, positive, value, one));
    return (struct colour){ { hue, ir_where(b, positive, saturation, zero), value } };
}

static struct colour to_rgb(struct build *b, const struct colour *hsv)
{
    static const double centre[] = { 3, 2, 4 };
    struct ir_value *hue = hsv->at[0], *saturation = hsv->at[1], *value = hsv->at[2];
    struct ir_value *one = ir_like(b, hue, 1), *two = ir_like(b, hue, 2);
    struct ir_value *sixths = ir_mul(b, hue, ir_like(b, hue, 6));
    struct colour rgb;
    for (size_t i = 0; i < 3; i++) {
        struct ir_value *away = ir_unary(b, IR_ABS, ir_sub(b, sixths, ir_like(b, hue, centre[i])));
        struct ir_value *part = clip(b, i == 0 ? ir_sub(b, away, one) : ir_sub(b, two, away), 0, 1);
        part = ir_add(b, ir_sub(b, one, saturation), ir_mul(b, saturation, part));
        rgb.at[i] = ir_mul(b, part, value);
    }
    return rgb;
}

enum colour_change { RGB_TO_HSV, HSV_TO_RGB, CHANGE_HUE, CHANGE_SATURATION };

static tfp_status lower_colour(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    enum colour_change change = VARIANT(enum colour_change);
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    tfp_dtype dtype = form_dtype(x);
    if (dtype == TFP_FLOAT16 || dtype == TFP_BFLOAT16) x = as_float(b, x);
    struct colour c = split_colour(b, x);
    if (change != HSV_TO_RGB) c = to_hsv(b, &c);
    if (change == CHANGE_HUE) {
        struct ir_value *turned = ir_add(b, c.at[0], ir_cast(b, lower_in(lw, 1), form_dtype(x)));
        c.at[0] = ir_sub(b, turned, ir_unary(b, IR_FLOOR, turned));
    } else if (change == CHANGE_SATURATION) {
        c.at[1] = clip(b, ir_mul(b, c.at[1], ir_cast(b, lower_in(lw, 1), form_dtype(x))), 0, 1);
    }
    if (change != RGB_TO_HSV) c = to_rgb(b, &c);
    return lower_done(lw, ir_cast(b, join_colour(b, &c), dtype));
}

/* Away from the mean of each channel. */
static tfp_status lower_contrast(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *image = lower_in(lw, 0), *x = as_float(b, image);
    struct ir_value *mean = ir_reduce(b, IR_REDUCE_MEAN, x, (const int64_t[]){ -3, -2 }, 2, true);
    struct ir_value *y = ir_add(b, ir_mul(b, ir_sub(b, x, mean), lower_in(lw, 1)), mean);
    return lower_done(lw, ir_cast(b, y, form_dtype(image)));
}

/* -- data formats -------------------------------------------------------------------------------------------------- */

/* For each letter of `to` its place in `from`; 0 when they are not the same letters. */
static size_t permutation(struct lower *lw, int64_t *places)
{
    struct bytes from = tf_string(lw, "src_format"), to = tf_string(lw, "dst_format");
    if (lw->b.status != TFP_OK) return 0;
    bool fits = from.n == to.n && from.n > 0 && from.n <= TFP_MAX_RANK;
    for (size_t i = 0; fits && i < to.n; i++) {
        const char *at = memchr(from.at, to.at[i], from.n);
        fits = at != NULL;
        if (at) places[i] = at - from.at;
    }
    if (!fits) lower_malformed(lw, "src_format and dst_format do not hold the same letters");
    return fits ? from.n : 0;
}

/* Of two values instead of four: those of H and W alone. */
static size_t spatial_places(struct lower *lw, int64_t *places, size_t n)
{
    struct bytes from = tf_string(lw, "src_format");
    int64_t rank_of[TFP_MAX_RANK], rank = 0;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) rank_of[i] = from.at[i] == 'N' || from.at[i] == 'C' ? -1 : rank++;
    for (size_t i = 0; i < n; i++)
        if (rank_of[places[i]] >= 0) places[kept++] = rank_of[places[i]];
    return kept;
}

static tfp_status lower_vector_permutation(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct ir_value *x = lower_in(lw, 0);
    int64_t places[TFP_MAX_RANK];
    size_t count = permutation(lw, places);
    if (!x || !count) return lw->b.status;
    if (x->rank < 1 || !dim_fixed(x->dims[0])) return lower_unsupported(lw, "a vector of unknown length");
    if (x->dims[0].n == (int64_t)count - 2) count = spatial_places(lw, places, count);
    if (x->dims[0].n != (int64_t)count) return lower_malformed(lw, "%lld values", (long long)x->dims[0].n);
    return lower_done(lw, ir_gather(&lw->b, x, ir_ints(&lw->b, places, count), 0));
}

/* Axes, maybe counted from the end, to where they stand in the other format. */
static tfp_status lower_axis_map(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    int64_t places[TFP_MAX_RANK], back[TFP_MAX_RANK];
    size_t count = permutation(lw, places);
    if (!x || !count) return b->status;
    for (size_t i = 0; i < count; i++) back[places[i]] = (int64_t)i;
    struct ir_value *axis = ir_binary(b, IR_MOD, ir_cast(b, x, TFP_INT64), ir_int(b, (int64_t)count));
    return lower_done(lw, ir_cast(b, ir_gather(b, ir_ints(b, back, count), axis, 0), x->dtype));
}

#define WEIGHTS(function) (&(const struct weighting){ function })
#define COLOUR(change) (&(const enum colour_change){ change })

static const struct rule rules[] = {
    { "AdjustContrastv2", lower_contrast, NULL },
    { "AdjustHue", lower_colour, COLOUR(CHANGE_HUE) },
    { "AdjustSaturation", lower_colour, COLOUR(CHANGE_SATURATION) },
    { "DataFormatDimMap", lower_axis_map, NULL },
    { "DataFormatVecPermute", lower_vector_permutation, NULL },
    { "HSVToRGB", lower_colour, COLOUR(HSV_TO_RGB) },
    { "RGBToHSV", lower_colour, COLOUR(RGB_TO_HSV) },
    { "ResizeArea", lower_weighted, WEIGHTS(area_weights) },
    { "ResizeBicubic", lower_weighted, WEIGHTS(cubic_weights) },
    { "ResizeBilinear", lower_bilinear, NULL },
    { "ResizeNearestNeighbor", lower_nearest, NULL },
    { "ScaleAndTranslate", lower_scale_and_translate, NULL },
};

const struct rule_family rules_image = { rules, sizeof rules / sizeof rules[0] };
