/* Layers that move, repeat, cut and pad. */
#include "frontend/keras/keras.h"

#define SPATIAL(c) (*(const size_t *)(c)->layer->class->variant)
enum { SPATIAL_MOST = 3 };

/* -- shapes -------------------------------------------------------------------------------------------------------- */

static void lower_reshape(struct keras_call *c)
{
    struct build *b = c->b;
    int64_t target[TFP_MAX_RANK], n = config_list(c->layer, "target_shape", -1, target, TFP_MAX_RANK - 1);
    struct ir_value *x = call_in(c, 0);
    if (n < 0) call_malformed(c, "no target_shape");
    else call_out(c, FORM_RESHAPE(b, x, ir_dim(b, x, 0), ir_ints(b, target, (size_t)n)));
}

static struct ir_value *channels_to_end(struct build *b, struct ir_value *x)
{
    return form_move_axis(b, x, x->rank, 1, x->rank - 1);
}

/* Channels first are moved behind before the image is laid flat. */
static void lower_flatten(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = call_in(c, 0);
    int64_t rank = call_rank(c, x);
    if (rank < 0) return;
    if (rank > 2 && !config_channels_last(c->layer)) x = channels_to_end(b, x);
    if (rank == 1) call_out(c, UNSQUEEZE(b, x, 1));
    else call_out(c, FORM_RESHAPE(b, x, ir_dim(b, x, 0), form_product(b, form_dims(b, x, 1, INT64_MAX))));
}

static void lower_permute(struct keras_call *c)
{
    int64_t perm[TFP_MAX_RANK] = { 0 }, n = config_list(c->layer, "dims", -1, perm + 1, TFP_MAX_RANK - 1);
    struct ir_value *x = call_in(c, 0);
    if (call_rank(c, x) != n + 1) call_malformed(c, "dims do not fit the input");
    else call_out(c, ir_transpose(c->b, x, perm, (size_t)n + 1));
}

static void lower_repeat(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = call_in(c, 0);
    struct ir_value *sizes = CONCAT(b, 0, ir_dim(b, x, 0), INTS(b, config_int(c->layer, "n", 1)), ir_dim(b, x, 1));
    call_out(c, ir_expand(b, UNSQUEEZE(b, x, 1), sizes));
}

/* -- cropping and padding ------------------------------------------------------------------------------------------ */

/* For each axis two numbers, one for both, or one number for all. */
static bool read_pairs(struct keras_call *c, const char *key, int64_t otherwise, size_t n, int64_t *first, int64_t *second)
{
    const json_t *j = keras_get(c->layer->config, key);
    bool fine = true, list = json_is_array(j), alone = list && n == 1 && json_array_size(j) == 2;
    for (size_t i = 0; i < n; i++) {
        const json_t *e = list && !alone ? json_array_get(j, i) : j;
        first[i] = second[i] = otherwise;
        if (!j) continue;
        if (json_is_array(e) && json_array_size(e) == 2)
            fine = fine && keras_integer(json_array_get(e, 0), &first[i]) && keras_integer(json_array_get(e, 1), &second[i]);
        else if (keras_integer(e, &first[i])) second[i] = first[i];
        else fine = false;
        fine = fine && first[i] >= 0 && second[i] >= 0;
    }
    if (list && !alone && json_array_size(j) != n) fine = false;
    return fine || (call_malformed(c, "%s does not fit", key), false);
}

static int64_t first_axis(struct keras_call *c, size_t n)
{
    return n == 1 || config_channels_last(c->layer) ? 1 : 2;
}

static void lower_crop(struct keras_call *c)
{
    struct build *b = c->b;
    size_t n = SPATIAL(c);
    int64_t starts[SPATIAL_MOST], ends[SPATIAL_MOST], axes[SPATIAL_MOST], first = first_axis(c, n);
    struct ir_value *x = call_in(c, 0);
    if (!read_pairs(c, "cropping", 1, n, starts, ends)) return;
    for (size_t i = 0; i < n; i++) {
        axes[i] = first + (int64_t)i;
        ends[i] = ends[i] ? -ends[i] : INT64_MAX;
    }
    call_out(c, ir_slice(b, x, ir_ints(b, starts, n), ir_ints(b, ends, n), ir_ints(b, axes, n), NULL));
}

static void lower_pad(struct keras_call *c)
{
    struct build *b = c->b;
    size_t n = SPATIAL(c);
    int64_t before[SPATIAL_MOST], after[SPATIAL_MOST], pads[2 * (SPATIAL_MOST + 2)] = { 0 }, first = first_axis(c, n);
    struct ir_value *x = call_in(c, 0);
    if (!x || !read_pairs(c, "padding", 1, n, before, after)) return;
    for (size_t i = 0; i < n; i++) {
        pads[first + (int64_t)i] = before[i];
        pads[first + (int64_t)(i + n + 2)] = after[i];
    }
    call_out(c, ir_emit(b, IR_PAD, IN(x, ir_ints(b, pads, 2 * (n + 2))), ATTRS(A_STRING(ATTR_MODE, "constant"))));
}

/* -- growing ------------------------------------------------------------------------------------------------------- */

static struct ir_value *to_channels_first(struct build *b, struct ir_value *x, bool last)
{
    return x && last ? form_move_axis(b, x, x->rank, x->rank - 1, 1) : x;
}

static struct ir_value *from_channels_first(struct build *b, struct ir_value *x, bool last)
{
    return x && last ? channels_to_end(b, x) : x;
}

static void lower_upsample(struct keras_call *c)
{
    static const struct {
        const char *name, *mode;
    } modes[] = { { "nearest", "nearest" }, { "bilinear", "linear" }, { "bicubic", "cubic" } };
    struct build *b = c->b;
    size_t n = SPATIAL(c), mode = 0;
    int64_t factors[SPATIAL_MOST];
    float scales[SPATIAL_MOST + 2] = { 1, 1 };
    bool last = n == 1 || config_channels_last(c->layer);
    const char *how = config_text(c->layer, "interpolation", "nearest");
    struct ir_value *x = call_in(c, 0);
    config_ints(c->layer, "size", 2, n, factors);
    if (n == 1 && config_has(c->layer, "length")) config_ints(c->layer, "length", 2, n, factors);
    while (mode < 3 && strcmp(modes[mode].name, how) != 0) mode++;
    if (mode == 3 || (mode && n != 2)) {
        call_unsupported(c, "interpolation %s", how);
        return;
    }
    if (call_rank(c, x) < 0) return;
    for (size_t i = 0; i < n; i++) scales[i + 2] = (float)factors[i];
    x = to_channels_first(b, x, last);
    struct ir_value *to = ir_tensor(b, TFP_FLOAT, 1, &(const int64_t){ (int64_t)n + 2 }, scales);
    if (!x || !to) return;
    const char *where = mode ? "half_pixel" : "asymmetric";
    struct ir_attr attrs[] = { A_TEXT(ATTR_MODE, modes[mode].mode), A_TEXT(ATTR_COORDINATE_TRANSFORMATION_MODE, where),
                               { .name = ATTR_NONE }, { .name = ATTR_NONE }, { .name = ATTR_NONE } };
    if (mode == 0) attrs[2] = (struct ir_attr)A_STRING(ATTR_NEAREST_MODE, "floor");
    if (mode == 2) { /* TensorFlow's: pixels beyond the edge do not count */
        attrs[2] = (struct ir_attr)A_FLOAT(ATTR_CUBIC_COEFF_A, -0.5F);
        attrs[3] = (struct ir_attr)A_INT(ATTR_EXCLUDE_OUTSIDE, 1);
    }
    call_out(c, from_channels_first(b, ir_emit(b, IR_RESIZE, IN(x, NULL, to), attrs), last));
}

#define ROW(name, lower, n) { name, NULL, lower, KERAS_MASK_STOPS, false, &(const size_t){ n }, NULL }

static const struct keras_class classes[] = {
    ROW("Cropping1D", lower_crop, 1),
    ROW("Cropping2D", lower_crop, 2),
    ROW("Cropping3D", lower_crop, 3),
    { "Flatten", NULL, lower_flatten, KERAS_MASK_STOPS, false, NULL, NULL },
    { "Permute", NULL, lower_permute, KERAS_MASK_STOPS, false, NULL, NULL },
    { "RepeatVector", NULL, lower_repeat, KERAS_MASK_STOPS, false, NULL, NULL },
    { "Reshape", NULL, lower_reshape, KERAS_MASK_STOPS, false, NULL, NULL },
    ROW("UpSampling1D", lower_upsample, 1),
    { "UpSampling2D", NULL, lower_upsample, KERAS_MASK_STOPS, false, &(const size_t){ 2 },
      "interpolations other than nearest, bilinear and bicubic" },
    ROW("UpSampling3D", lower_upsample, 3),
    ROW("ZeroPadding1D", lower_pad, 1),
    ROW("ZeroPadding2D", lower_pad, 2),
    ROW("ZeroPadding3D", lower_pad, 3),
};

extern const struct keras_family keras_family_reshaping;
KERAS_FAMILY(reshaping, "Reshaping");
