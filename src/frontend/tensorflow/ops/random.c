/* Random numbers. They stand in dropout that an inference never runs, and in the few models that really draw: ONNX's
 * generators are other ones, so a draw has TensorFlow's distribution and never its very numbers. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

#define VARIANT(type) (*(const type *)lw->rule->variant)

/* TensorFlow's two seeds as one; both 0: another draw each time. */
static void set_seed(struct lower *lw, struct ir_attr *attr)
{
    int64_t seed = tf_int(lw, "seed"), seed2 = tf_int(lw, "seed2");
    *attr = (struct ir_attr){ .name = ATTR_NONE };
    if (seed || seed2) *attr = (struct ir_attr)A_FLOAT(ATTR_SEED, (float)(seed % 65536 * 256 + seed2 % 65536));
}

/* Of the shape that a vector holds. */
static struct ir_value *draw(struct lower *lw, enum ir_op fixed, enum ir_op like, struct ir_value *shape,
                             tfp_dtype dtype)
{
    struct build *b = &lw->b;
    int64_t dims[TFP_MAX_RANK];
    struct ir_attr seed;
    set_seed(lw, &seed);
    if (!shape || b->status != TFP_OK) return NULL;
    int64_t rank = ir_known_ints(shape, dims, TFP_MAX_RANK);
    if (rank >= 0)
        return ir_emit(b, fixed, NULL, 0,
                       ATTRS(A_INTS(ATTR_SHAPE, dims, (size_t)rank), A_INT(ATTR_DTYPE, dtype), seed));
    struct ir_value *model = form_zeros(b, dtype, shape);
    return model ? ir_emit(b, like, IN(model), ATTRS(A_INT(ATTR_DTYPE, dtype), seed)) : NULL;
}

static struct ir_value *draw_uniform(struct lower *lw, struct ir_value *shape, tfp_dtype dtype)
{
    return draw(lw, IR_RANDOM_UNIFORM, IR_RANDOM_UNIFORM_LIKE, shape, dtype);
}

static bool has_generator(tfp_dtype dtype)
{
    return dtype == TFP_FLOAT || dtype == TFP_DOUBLE || dtype == TFP_FLOAT16;
}

static tfp_status lower_draw(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    tfp_dtype dtype = tf_type(lw, "dtype"), made = has_generator(dtype) ? dtype : TFP_FLOAT;
    struct ir_value *shape = lower_int64(lw, 0);
    struct ir_value *x = VARIANT(bool) ? draw(lw, IR_RANDOM_NORMAL, IR_RANDOM_NORMAL_LIKE, shape, made)
                                       : draw_uniform(lw, shape, made);
    return lower_done(lw, ir_cast(&lw->b, x, dtype));
}

/* minval <= x < maxval */
static tfp_status lower_draw_integers(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *low = lower_in(lw, 1), *high = lower_in(lw, 2);
    tfp_dtype dtype = form_dtype(low);
    struct ir_value *x = draw_uniform(lw, lower_int64(lw, 0), TFP_DOUBLE);
    struct ir_value *range = ir_cast(b, ir_sub(b, high, low), TFP_DOUBLE);
    x = ir_cast(b, ir_unary(b, IR_FLOOR, ir_mul(b, x, range)), dtype);
    return lower_done(lw, ir_add(b, x, low));
}

/* Rows in the order of numbers drawn for them. */
static tfp_status lower_shuffle(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *order[2];
    struct ir_value *count = ir_dim(b, x, 0), *keys = draw_uniform(lw, count, TFP_FLOAT);
    if (!keys) return b->status;
    ir_emit_many(b, IR_TOP_K, IN(keys, count), NO_ATTRS, 2, order);
    return lower_done(lw, ir_gather(b, x, order[1], 0));
}

static tfp_status lower_multinomial(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_attr seed;
    int64_t samples;
    tfp_dtype dtype = tf_type(lw, "output_dtype");
    struct ir_value *logits = ir_cast(b, lower_in(lw, 0), TFP_FLOAT);
    if (lower_const_ints(lw, 1, "num_samples", &samples, 1) < 0) return b->status;
    set_seed(lw, &seed);
    if (!logits || b->status != TFP_OK) return b->status;
    struct ir_value *x = ir_emit(b, IR_MULTINOMIAL, IN(logits),
                                 ATTRS(A_INT(ATTR_DTYPE, TFP_INT64), A_INT(ATTR_SAMPLE_SIZE, samples), seed));
    return lower_done(lw, ir_cast(b, x, dtype));
}

/* -- random crops -------------------------------------------------------------------------------------------------- */

/* A rectangle in pixels, or one an element of vectors. */
struct crop {
    struct ir_value *y, *x, *height, *width;
};

static struct ir_value *number(struct build *b, double value)
{
    return ir_scalar(b, TFP_FLOAT, value);
}

/* 1 where the comparison holds, else 0. */
static struct ir_value *where_true(struct build *b, enum ir_op condition, struct ir_value *p, struct ir_value *q)
{
    return ir_cast(b, ir_binary(b, condition, p, q), TFP_FLOAT);
}

static struct ir_value *rounded(struct build *b, struct ir_value *x)
{
    return ir_unary(b, IR_ROUND, x);
}

/* Whole numbers from 0 up to, not including, n; 0 where that is less than 1. */
static struct ir_value *draw_below(struct build *b, struct ir_value *u, struct ir_value *n)
{
    return ir_unary(b, IR_FLOOR, ir_mul(b, u, ir_binary(b, IR_MAX, n, number(b, 0))));
}

/* The height that is drawn between those that the areas allow; GenerateRandomCrop() in
 * tensorflow/core/kernels/image/sample_distorted_bounding_box_op.cc. */
static struct ir_value *draw_height(struct build *b, const struct crop *image, struct ir_value *const area[2],
                                    struct ir_value *ratio, struct ir_value *u)
{
    struct ir_value *low = rounded(b, ir_unary(b, IR_SQRT, ir_div(b, area[0], ratio)));
    struct ir_value *high = rounded(b, ir_unary(b, IR_SQRT, ir_div(b, area[1], ratio)));
    struct ir_value *fits = ir_unary(b, IR_FLOOR, ir_div(b, ir_add(b, image->width, number(b, 0.5 - 1e-7)), ratio));
    fits = ir_sub(b, fits, where_true(b, IR_GREATER, rounded(b, ir_mul(b, fits, ratio)), image->width));
    high = ir_where(b, ir_binary(b, IR_GREATER, rounded(b, ir_mul(b, high, ratio)), image->width), fits, high);
    high = ir_binary(b, IR_MIN, high, image->height);
    low = ir_binary(b, IR_MIN, low, high);
    return ir_add(b, low, draw_below(b, u, ir_add(b, ir_sub(b, high, low), number(b, 1))));
}

static struct ir_value *both(struct build *b, struct ir_value *p, struct ir_value *q)
{
    return ir_binary(b, IR_AND, p, q);
}

/* All attempts at once, from the rows of u; returns which are crops of an allowed area within the image. */
static struct ir_value *draw_crops(struct build *b, const struct crop *image, const float *areas, const float *ratios,
                                   struct ir_value *u, struct crop *c)
{
    struct ir_value *row[4], *pixels = ir_mul(b, image->height, image->width);
    for (int64_t i = 0; i < 4; i++) row[i] = ir_gather(b, u, ir_int(b, i), 0);
    struct ir_value *area[2] = { ir_mul(b, pixels, number(b, areas[0])), ir_mul(b, pixels, number(b, areas[1])) };
    struct ir_value *ratio = ir_mul(b, row[0], number(b, (double)ratios[1] - (double)ratios[0]));
    ratio = ir_add(b, ratio, number(b, ratios[0]));
    c->height = draw_height(b, image, area, ratio, row[1]);
    for (int i = 0; i < 2; i++) { /* one pixel more, then one less, for what rounding took off or on */
        struct ir_value *now = ir_mul(b, c->height, rounded(b, ir_mul(b, c->height, ratio)));
        c->height = i ? ir_sub(b, c->height, where_true(b, IR_GREATER, now, area[1]))
                      : ir_add(b, c->height, where_true(b, IR_LESS, now, area[0]));
    }
    c->width = rounded(b, ir_mul(b, c->height, ratio));
    c->y = draw_below(b, row[2], ir_sub(b, image->height, c->height));
    c->x = draw_below(b, row[3], ir_sub(b, image->width, c->width));
    struct ir_value *size = ir_mul(b, c->height, c->width);
    struct ir_value *outside = ir_binary(b, IR_OR, ir_binary(b, IR_LESS, size, area[0]), ir_binary(b, IR_GREATER, size, area[1]));
    outside = ir_binary(b, IR_OR, outside, ir_binary(b, IR_GREATER, c->height, image->height));
    outside = ir_binary(b, IR_OR, outside, ir_binary(b, IR_GREATER, c->width, image->width));
    return both(b, ir_unary(b, IR_NOT, outside), ir_binary(b, IR_GREATER, size, number(b, 0)));
}

/* Side `i` of boxes (y, x, y, x as parts of the image) in whole pixels, as a row. */
static struct ir_value *box_side(struct build *b, const struct crop *image, struct ir_value *boxes, int64_t i)
{
    struct ir_value *at = ir_mul(b, ir_gather(b, boxes, ir_int(b, i), 1), i % 2 ? image->width : image->height);
    return UNSQUEEZE(b, ir_unary(b, IR_FLOOR, at), 0);
}

/* Length of what two intervals share; where they share nothing, 0. */
static struct ir_value *shared(struct build *b, struct ir_value *at, struct ir_value *length, struct ir_value *from,
                               struct ir_value *to)
{
    at = UNSQUEEZE(b, at, 1);
    struct ir_value *end = ir_binary(b, IR_MIN, ir_add(b, at, UNSQUEEZE(b, length, 1)), to);
    return ir_binary(b, IR_MAX, ir_sub(b, end, ir_binary(b, IR_MAX, at, from)), number(b, 0));
}

/* Which crops have enough of any box; a box of less than a pixel does not count. */
static struct ir_value *covers(struct build *b, const struct crop *image, struct ir_value *boxes, const struct crop *c,
                               struct ir_value *least)
{
    struct ir_value *side[4];
    for (int64_t i = 0; i < 4; i++) side[i] = box_side(b, image, boxes, i);
    struct ir_value *area = ir_mul(b, ir_sub(b, side[2], side[0]), ir_sub(b, side[3], side[1]));
    struct ir_value *common = ir_mul(b, shared(b, c->y, c->height, side[0], side[2]), shared(b, c->x, c->width, side[1], side[3]));
    struct ir_value *counts = ir_unary(b, IR_NOT, ir_binary(b, IR_LESS, area, number(b, 1)));
    struct ir_value *part = ir_div(b, common, ir_binary(b, IR_MAX, area, number(b, 1)));
    struct ir_value *enough = both(b, counts, ir_unary(b, IR_NOT, ir_binary(b, IR_LESS, part, least)));
    enough = ir_reduce(b, IR_REDUCE_SUM, ir_cast(b, enough, TFP_INT32), (const int64_t[]){ 1 }, 1, false);
    return ir_binary(b, IR_GREATER, enough, ir_scalar(b, TFP_INT32, 0));
}

/* The boxes as a matrix, and the whole image where there are none and that is wished. */
static struct ir_value *boxes_of(struct lower *lw)
{
    struct build *b = &lw->b;
    struct ir_value *boxes = RESHAPE(b, lower_in(lw, 1), -1, 4);
    if (!tf_bool(lw, "use_image_if_no_bounding_boxes")) return boxes;
    const float whole[] = { 0, 0, 1, 1 };
    struct ir_value *none = ir_cast(b, ir_binary(b, IR_EQUAL, ir_dim(b, boxes, 0), INTS(b, 0)), TFP_INT64);
    struct ir_value *image = ir_tensor(b, TFP_FLOAT, 2, (const int64_t[]){ 1, 4 }, whole);
    return CONCAT(b, 0, boxes, ir_slice(b, image, INTS(b, 0), none, INTS(b, 0), NULL));
}

/* The first attempt's value that is good, else the image's; rank 0. */
static struct ir_value *chosen(struct build *b, struct ir_value *good, struct ir_value *all, struct ir_value *image)
{
    struct ir_value *hits = ir_cast(b, good, TFP_INT32);
    struct ir_value *any = ir_binary(b, IR_GREATER, ir_reduce(b, IR_REDUCE_MAX, hits, NULL, 0, false), ir_scalar(b, TFP_INT32, 0));
    if (!hits) return NULL;
    struct ir_value *first = ir_emit(b, IR_ARG_MAX, IN(hits), ATTRS(A_INT(ATTR_AXIS, 0), A_INT(ATTR_KEEPDIMS, 0)));
    return ir_where(b, any, ir_gather(b, all, first, 0), image);
}

/* A part of the image of a random shape that has enough of a box, or after max_attempts all of it. As many attempts are drawn
 * at once. */
static tfp_status lower_distorted_box(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    const int64_t attempts = tf_int(lw, "max_attempts");
    struct ir_floats areas = tf_list_float(lw, "area_range"), ratios = tf_list_float(lw, "aspect_ratio_range");
    struct ir_value *size = lower_in(lw, 0), *zero = number(b, 0);
    const tfp_dtype dtype = form_dtype(size);
    if (b->status != TFP_OK || !size) return b->status;
    if (areas.n != 2 || ratios.n != 2 || attempts < 1 || attempts > INT16_MAX || !(ratios.at[0] > 0) || !(areas.at[1] > 0))
        return lower_malformed(lw, "ranges or attempts that are none");
    struct ir_value *least = VARIANT(bool) ? lower_in(lw, 2) : number(b, (double)tf_float(lw, "min_object_covered"));
    size = ir_cast(b, size, TFP_FLOAT);
    const struct crop image = { zero, zero, ir_gather(b, size, ir_int(b, 0), 0), ir_gather(b, size, ir_int(b, 1), 0) };
    struct crop all;
    struct ir_value *good = draw_crops(b, &image, areas.at, ratios.at, draw_uniform(lw, INTS(b, 4, attempts), TFP_FLOAT), &all);
    good = both(b, good, covers(b, &image, boxes_of(lw), &all, least));
    struct ir_value *at[4], *image_at[] = { zero, zero, image.height, image.width };
    struct ir_value *all_at[] = { all.y, all.x, all.height, all.width };
    for (size_t i = 0; i < 4; i++) at[i] = UNSQUEEZE(b, chosen(b, good, all_at[i], image_at[i]), 0);
    struct ir_value *box = CONCAT(b, 0, ir_div(b, at[0], image.height), ir_div(b, at[1], image.width),
                                  ir_div(b, ir_add(b, at[0], at[2]), image.height),
                                  ir_div(b, ir_add(b, at[1], at[3]), image.width));
    lower_out(lw, 0, ir_cast(b, CONCAT(b, 0, at[0], at[1], UNSQUEEZE(b, zero, 0)), dtype));
    lower_out(lw, 1, ir_cast(b, CONCAT(b, 0, at[2], at[3], UNSQUEEZE(b, number(b, -1), 0)), dtype));
    lower_out(lw, 2, RESHAPE(b, box, 1, 1, 4));
    return b->status;
}

static const struct rule rules[] = {
    { "Multinomial", lower_multinomial, NULL },
    { "RandomShuffle", lower_shuffle, NULL },
    { "RandomStandardNormal", lower_draw, &(const bool){ true } },
    { "RandomUniform", lower_draw, &(const bool){ false } },
    { "RandomUniformInt", lower_draw_integers, NULL },
    { "SampleDistortedBoundingBox", lower_distorted_box, &(const bool){ false } },
    { "SampleDistortedBoundingBoxV2", lower_distorted_box, &(const bool){ true } },
};

const struct rule_family rules_random = { rules, sizeof rules / sizeof rules[0] };
