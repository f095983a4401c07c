/* Object detection: non-maximum suppression in all its versions, crops of images.
 *
 * ONNX's NonMaxSuppression selects as TensorFlow's does: by score, the first box of equal ones, without those that
 * overlap a selected box by more than the threshold. What it cannot (scores that decay, overlaps that are given) is
 * unrolled: one step for each box that can be selected. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

#include <math.h>

#define VARIANT(type) (*(const type *)lw->rule->variant)

enum { MOST_STEPS = 128 }; /* of an unrolled selection */

static struct ir_value *as_float_scalar(struct build *b, struct ir_value *v)
{
    return form_scalar(b, ir_cast(b, v, TFP_FLOAT));
}

static struct ir_value *less(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return ir_binary(b, IR_LESS, x, y);
}

/* -- selection step by step ---------------------------------------------------------------------------------------- */

struct selection {
    struct ir_value *indices; /* int64, as many as selected */
    struct ir_value *scores;  /* of them, as they were then */
};

/* What the selection of a box does to the others. */
struct suppression {
    struct ir_value *overlaps;  /* [n,n]: of a box (row) with a selected one (column) */
    struct ir_value *threshold; /* rank 0 */
    struct ir_value *sigma;     /* NULL: scores do not decay */
};

/* Intersection over union of each box with each: [n,n]. Corners may be exchanged. */
static struct ir_value *overlaps_of(struct build *b, struct ir_value *boxes)
{
    struct ir_value *low[2], *high[2], *zero = ir_scalar(b, TFP_FLOAT, 0), *area = NULL, *common = NULL;
    for (int64_t i = 0; i < 2; i++) {
        struct ir_value *p = ir_gather(b, boxes, ir_int(b, i), 1), *q = ir_gather(b, boxes, ir_int(b, i + 2), 1);
        low[i] = ir_binary(b, IR_MIN, p, q);
        high[i] = ir_binary(b, IR_MAX, p, q);
        struct ir_value *side = ir_sub(b, high[i], low[i]);
        area = area ? ir_mul(b, area, side) : side;
        struct ir_value *from = ir_binary(b, IR_MAX, form_column(b, low[i], 1), low[i]);
        struct ir_value *to = ir_binary(b, IR_MIN, form_column(b, high[i], 1), high[i]);
        side = ir_binary(b, IR_MAX, ir_sub(b, to, from), zero);
        common = common ? ir_mul(b, common, side) : side;
    }
    struct ir_value *joined = ir_sub(b, ir_add(b, form_column(b, area, 1), area), common);
    struct ir_value *empty = ir_binary(b, IR_MIN, form_column(b, area, 1), area);
    struct ir_value *solid = less(b, zero, empty);
    return ir_where(b, solid, ir_div(b, common, ir_where(b, solid, joined, ir_scalar(b, TFP_FLOAT, 1))), zero);
}

/* The factor on the scores of boxes that overlap the selected one by `shares`: where scores decay there is no
 * threshold. */
static struct ir_value *decay(struct build *b, const struct suppression *how, struct ir_value *shares)
{
    if (!how->sigma)
        return ir_cast(b, ir_unary(b, IR_NOT, less(b, how->threshold, shares)), TFP_FLOAT);
    struct ir_value *scale = ir_div(b, ir_scalar(b, TFP_FLOAT, -0.5), how->sigma);
    return ir_unary(b, IR_EXP, ir_mul(b, scale, ir_mul(b, shares, shares)));
}

/* One box that never counts goes last, so that there always is a highest score. */
static struct ir_value *append_nothing(struct build *b, struct ir_value *scores)
{
    const float nothing = -INFINITY;
    return CONCAT(b, 0, scores, ir_tensor(b, TFP_FLOAT, 1, (const int64_t[]){ 1 }, &nothing));
}

static struct selection select_by_steps(struct build *b, struct ir_value *scores, const struct suppression *how,
                                        struct ir_value *least, int64_t steps)
{
    struct ir_value *picked[MOST_STEPS], *values[MOST_STEPS], *nothing = ir_scalar(b, TFP_FLOAT, (double)-INFINITY);
    struct ir_value *places = form_iota(b, ir_add(b, ir_dim(b, scores, 0), INTS(b, 1)));
    struct ir_value *edge = ir_concat(b, (struct ir_value *[]){ INTS(b, 0, 0), INTS(b, 1, 1) }, 2, 0);
    struct suppression padded = *how;
    padded.overlaps = how->overlaps && edge ? ir_emit(b, IR_PAD, IN(how->overlaps, edge), NO_ATTRS) : NULL;
    scores = append_nothing(b, scores);
    scores = ir_where(b, less(b, least, scores), scores, nothing);
    for (int64_t i = 0; i < steps; i++) {
        if (!scores) return (struct selection){ NULL, NULL };
        picked[i] = ir_emit(b, IR_ARG_MAX, IN(scores), ATTRS(A_INT(ATTR_AXIS, 0), A_INT(ATTR_KEEPDIMS, 1)));
        values[i] = ir_gather(b, scores, picked[i], 0);
        struct ir_value *shares = SQUEEZE(b, ir_gather(b, padded.overlaps, picked[i], 1), 1);
        struct ir_value *factor = decay(b, &padded, shares);
        /* What is gone stays so: minus infinity times 0 is no number. */
        struct ir_value *gone = ir_unary(b, IR_NOT, less(b, nothing, scores));
        if (!how->sigma)
            gone = ir_binary(b, IR_OR, gone, ir_unary(b, IR_NOT, less(b, ir_scalar(b, TFP_FLOAT, 0), factor)));
        gone = ir_binary(b, IR_OR, gone, ir_binary(b, IR_EQUAL, places, picked[i]));
        struct ir_value *left = ir_where(b, gone, nothing, ir_mul(b, scores, factor));
        scores = ir_where(b, less(b, least, left), left, nothing);
    }
    struct ir_value *all = ir_concat(b, values, (size_t)steps, 0);
    struct ir_value *counted = ir_cast(b, less(b, nothing, all), TFP_INT64);
    struct ir_value *count = ir_reduce(b, IR_REDUCE_SUM, counted, (const int64_t[]){ 0 }, 1, true);
    struct ir_value *zero = INTS(b, 0);
    return (struct selection){ ir_slice(b, ir_concat(b, picked, (size_t)steps, 0), zero, count, zero, NULL),
                               ir_slice(b, all, zero, count, zero, NULL) };
}

/* -- NonMaxSuppression V1 to V5 ------------------------------------------------------------------------------------ */

struct version {
    bool threshold_input, score_threshold, valid_outputs, scores, sigma, overlaps;
};

static struct ir_value *onnx_selection(struct build *b, struct ir_value *boxes, struct ir_value *scores,
                                       struct ir_value *most, struct ir_value *threshold, struct ir_value *least)
{
    struct ir_value *in[] = { UNSQUEEZE(b, boxes, 0), UNSQUEEZE(b, scores, 0, 1), most, threshold, least };
    if (!in[0] || !in[1] || !most || !threshold) return NULL;
    struct ir_value *triples = ir_emit(b, IR_NON_MAX_SUPPRESSION, in, 5, NO_ATTRS);
    return ir_gather(b, triples, ir_int(b, 2), 1);
}

static tfp_status select_unrolled(struct lower *lw, const struct version *v, struct ir_value *boxes,
                                  struct ir_value *scores, struct suppression *how, struct ir_value *least,
                                  struct selection *out)
{
    int64_t most;
    struct ir_value *limit = lower_in(lw, 2);
    if (!limit) return lw->b.status;
    if (ir_known_ints(limit, &most, 1) != 1)
        return lower_unsupported(lw, "max_output_size is not constant though %s",
                                 v->overlaps ? "overlaps are given" : "soft_nms_sigma is not 0");
    if (most > MOST_STEPS)
        return lower_unsupported(lw, "max_output_size is %lld, at most %d are supported %s", (long long)most,
                                 (int)MOST_STEPS, v->overlaps ? "with overlaps" : "with soft_nms_sigma");
    how->overlaps = v->overlaps ? boxes : overlaps_of(&lw->b, boxes);
    if (most <= 0) {
        *out =
            (struct selection){ ir_ints(&lw->b, NULL, 0), ir_tensor(&lw->b, TFP_FLOAT, 1, (const int64_t[]){ 0 }, "") };
        return lw->b.status;
    }
    if (!least) least = ir_scalar(&lw->b, TFP_FLOAT, (double)-INFINITY);
    *out = select_by_steps(&lw->b, scores, how, least, most);
    return lw->b.status;
}

/* Filled up with zeros to the wanted length. */
static struct ir_value *fill_up(struct build *b, struct ir_value *x, struct ir_value *length)
{
    struct ir_value *missing = ir_sub(b, form_vector(b, length), ir_dim(b, x, 0));
    struct ir_value *pads = CONCAT(b, 0, INTS(b, 0), ir_binary(b, IR_MAX, missing, INTS(b, 0)));
    return x && pads ? ir_emit(b, IR_PAD, IN(x, pads), NO_ATTRS) : NULL;
}

static tfp_status lower_suppression(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    const struct version *v = lw->rule->variant;
    struct build *b = &lw->b;
    struct ir_value *boxes = ir_cast(b, lower_in(lw, 0), TFP_FLOAT), *in_scores = lower_in(lw, 1);
    struct ir_value *scores = ir_cast(b, in_scores, TFP_FLOAT), *most = form_scalar(b, lower_int64(lw, 2)),
                    *least = NULL;
    struct suppression how = { 0 };
    struct selection selected = { 0 };
    if (v->threshold_input) how.threshold = as_float_scalar(b, lower_in(lw, 3));
    else how.threshold = ir_scalar(b, TFP_FLOAT, (double)tf_float(lw, "iou_threshold"));
    if (v->score_threshold) least = as_float_scalar(b, lower_in(lw, 4));
    if (v->sigma) {
        how.sigma = as_float_scalar(b, lower_in(lw, 5));
        if (how.sigma && how.sigma->constant && tensor_float(how.sigma->constant, 0) == 0) how.sigma = NULL;
        else if (how.sigma && !how.sigma->constant) return lower_unsupported(lw, "soft_nms_sigma is not constant");
    }
    if (how.sigma || v->overlaps) {
        TFP_TRY(select_unrolled(lw, v, boxes, scores, &how, least, &selected));
    } else {
        selected.indices = onnx_selection(b, boxes, scores, most, how.threshold, least);
        if (v->scores) selected.scores = ir_gather(b, scores, selected.indices, 0);
    }
    struct ir_value *count = SQUEEZE(b, ir_dim(b, selected.indices, 0), 0);
    if (v->valid_outputs && tf_bool(lw, "pad_to_max_output_size")) {
        selected.indices = fill_up(b, selected.indices, most);
        if (v->scores) selected.scores = fill_up(b, selected.scores, most);
    }
    lower_out(lw, 0, ir_cast(b, selected.indices, TFP_INT32));
    if (v->scores) lower_out(lw, 1, ir_cast(b, selected.scores, form_dtype(in_scores)));
    if (v->valid_outputs) lower_out(lw, v->scores ? 2 : 1, ir_cast(b, count, TFP_INT32));
    return b->status;
}

/* -- CombinedNonMaxSuppression ------------------------------------------------------------------------------------- */

struct combined {
    struct ir_value *boxes; /* [batch, n, q, 4]: q is 1 or the number of classes */
    struct ir_value *batch, *n, *q, *classes; /* one element each */
    struct ir_value *scores; /* [batch, classes, n] */
    bool shared;
};

/* For each class its own selection: the scores of what is selected, minus infinity elsewhere, [batch, classes * n]. */
static struct ir_value *selected_scores(struct lower *lw, const struct combined *c)
{
    struct build *b = &lw->b;
    struct ir_value *per_class = form_scalar(b, lower_int64(lw, 2)), *boxes, *scores = c->scores;
    struct ir_value *threshold = as_float_scalar(b, lower_in(lw, 4)), *least = as_float_scalar(b, lower_in(lw, 5));
    if (c->shared) {
        boxes = SQUEEZE(b, c->boxes, 2);
    } else { /* each class as a batch of its own */
        boxes = FORM_RESHAPE(b, TRANSPOSE(b, c->boxes, 0, 2, 1, 3), ir_mul(b, c->batch, c->classes), c->n, INTS(b, 4));
        scores = FORM_RESHAPE(b, scores, ir_mul(b, c->batch, c->classes), INTS(b, 1), c->n);
    }
    if (!boxes || !scores || !per_class || !threshold || !least) return NULL;
    struct ir_value *triples =
        ir_emit(b, IR_NON_MAX_SUPPRESSION, IN(boxes, scores, per_class, threshold, least), NO_ATTRS);
    struct ir_value *image = ir_gather(b, triples, ir_int(b, 0), 1), *box = ir_gather(b, triples, ir_int(b, 2), 1);
    struct ir_value *row = image;
    if (c->shared) row = ir_add(b, ir_mul(b, image, c->classes), ir_gather(b, triples, ir_int(b, 1), 1));
    struct ir_value *place = ir_add(b, ir_mul(b, row, c->n), box);
    struct ir_value *flat = ir_reshape(b, scores, INTS(b, -1));
    struct ir_value *none = ir_expand(b, ir_scalar(b, TFP_FLOAT, (double)-INFINITY), ir_shape(b, flat));
    struct ir_value *values = ir_gather(b, flat, place, 0), *at = form_column(b, place, 1);
    if (!none || !at || !values) return NULL;
    flat = ir_emit(b, IR_SCATTER_ND, IN(none, at, values), NO_ATTRS);
    return FORM_RESHAPE(b, flat, c->batch, ir_mul(b, c->classes, c->n));
}

/* How many detections an image gets: max_total_size, or with pad_per_class no more than the classes can have. */
static struct ir_value *total_size(struct lower *lw, const struct combined *c)
{
    struct build *b = &lw->b;
    struct ir_value *total = form_vector(b, lower_int64(lw, 3)), *per_class = form_vector(b, lower_int64(lw, 2));
    if (!tf_bool(lw, "pad_per_class")) return total;
    return ir_binary(b, IR_MIN, total, ir_mul(b, per_class, c->classes));
}

/* Filled up with zeros along axis 1. */
static struct ir_value *fill_row(struct build *b, struct ir_value *x, struct ir_value *length, int64_t rank)
{
    struct ir_value *missing = ir_binary(b, IR_MAX, ir_sub(b, length, ir_dim(b, x, 1)), INTS(b, 0));
    struct ir_value *before = form_zeros(b, TFP_INT64, INTS(b, rank + 1));
    struct ir_value *pads = CONCAT(b, 0, before, missing, form_zeros(b, TFP_INT64, INTS(b, rank - 2)));
    int64_t known;
    if (form_known(missing, 0, &known) && known == 0) return x;
    return x && pads ? ir_emit(b, IR_PAD, IN(x, pads), NO_ATTRS) : NULL;
}

static tfp_status give_detections(struct lower *lw, const struct combined *c, struct ir_value *scores)
{
    struct build *b = &lw->b;
    struct ir_value *top[2], *total = total_size(lw, c), *zero = ir_scalar(b, TFP_FLOAT, 0);
    struct ir_value *k = ir_binary(b, IR_MIN, total, ir_mul(b, c->classes, c->n));
    if (!scores || !k) return b->status;
    ir_emit_many(b, IR_TOP_K, IN(scores, k), ATTRS(A_INT(ATTR_AXIS, 1)), 2, top);
    struct ir_value *valid = less(b, ir_scalar(b, TFP_FLOAT, (double)-INFINITY), top[0]);
    struct ir_value *class = ir_div(b, top[1], c->n), *box = ir_binary(b, IR_MOD, top[1], c->n);
    struct ir_value *image = form_column(b, form_iota(b, c->batch), 1);
    struct ir_value *place = ir_mul(b, ir_add(b, ir_mul(b, image, c->n), box), c->q);
    if (!c->shared) place = ir_add(b, place, class);
    struct ir_value *boxes = ir_gather(b, RESHAPE(b, c->boxes, -1, 4), place, 0);
    if (tf_bool(lw, "clip_boxes") && boxes)
        boxes = ir_emit(b, IR_CLIP, IN(boxes, zero, ir_scalar(b, TFP_FLOAT, 1)), NO_ATTRS);
    boxes = ir_where(b, UNSQUEEZE(b, valid, 2), boxes, zero);
    class = ir_where(b, valid, ir_cast(b, class, TFP_FLOAT), zero);
    lower_out(lw, 0, fill_row(b, boxes, total, 3));
    lower_out(lw, 1, fill_row(b, ir_where(b, valid, top[0], zero), total, 2));
    lower_out(lw, 2, fill_row(b, class, total, 2));
    struct ir_value *count = ir_cast(b, valid, TFP_INT32);
    lower_out(lw, 3, ir_reduce(b, IR_REDUCE_SUM, count, (const int64_t[]){ 1 }, 1, false));
    return b->status;
}

static tfp_status lower_combined(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct combined c = { .boxes = lower_in(lw, 0) };
    struct ir_value *scores = lower_in(lw, 1);
    if (!c.boxes || !scores) return b->status;
    if (c.boxes->rank != 4 || scores->rank != 3) return lower_unsupported(lw, "boxes or scores of unknown rank");
    c.shared = dim_is(c.boxes->dims[2], 1);
    if (!dim_fixed(c.boxes->dims[2])) return lower_unsupported(lw, "whether classes share their boxes is not known");
    c.batch = ir_dim(b, c.boxes, 0);
    c.n = ir_dim(b, c.boxes, 1);
    c.q = ir_dim(b, c.boxes, 2);
    c.classes = ir_dim(b, scores, 2);
    c.scores = TRANSPOSE(b, scores, 0, 2, 1);
    return give_detections(lw, &c, selected_scores(lw, &c));
}

/* -- CropAndResize ------------------------------------------------------------------------------------------------- */

/* One axis of every crop. */
struct crop_axis {
    struct ir_value *at;    /* [boxes, size]: where the crop's pixels lie in the image, in pixels */
    struct ir_value *valid; /* [boxes, size]: inside the image */
    struct ir_value *length; /* of the image: int64, one element */
};

/* low * (length - 1) + i * (high - low) * (length - 1) / (size - 1); the middle when size is 1. */
static struct crop_axis crop_positions(struct build *b, struct ir_value *boxes, int64_t axis, struct ir_value *length,
                                       struct ir_value *size)
{
    struct ir_value *one = INTS(b, 1);
    struct ir_value *low = ir_slice_axis(b, boxes, 1, axis, axis + 1),
                    *high = ir_slice_axis(b, boxes, 1, axis + 2, axis + 3);
    struct ir_value *reach = ir_cast(b, ir_sub(b, length, one), TFP_FLOAT);
    struct ir_value *steps = ir_cast(b, ir_binary(b, IR_MAX, ir_sub(b, size, one), one), TFP_FLOAT);
    struct ir_value *step = ir_div(b, ir_mul(b, ir_sub(b, high, low), reach), steps);
    struct ir_value *i = ir_cast(b, form_iota(b, size), TFP_FLOAT);
    struct ir_value *at = ir_add(b, ir_mul(b, low, reach), ir_mul(b, i, step));
    int64_t known;
    if (!form_known(size, 0, &known) || known == 1) {
        struct ir_value *middle = ir_mul(b, ir_mul(b, ir_add(b, low, high), ir_scalar(b, TFP_FLOAT, 0.5)), reach);
        at = ir_where(b, ir_binary(b, IR_EQUAL, size, one), middle, at);
    }
    struct ir_value *outside = ir_binary(b, IR_OR, less(b, at, ir_scalar(b, TFP_FLOAT, 0)), less(b, reach, at));
    return (struct crop_axis){ at, ir_unary(b, IR_NOT, outside), length };
}

/* Positions outside become 0: they are not used. */
static struct ir_value *pixel(struct build *b, const struct crop_axis *a, struct ir_value *at)
{
    return ir_cast(b, ir_where(b, a->valid, at, ir_scalar(b, TFP_FLOAT, 0)), TFP_INT64);
}

/* Halves away from 0; positions are not negative. */
static struct ir_value *rounded(struct build *b, struct ir_value *at)
{
    struct ir_value *base = ir_unary(b, IR_FLOOR, at);
    struct ir_value *below = less(b, ir_sub(b, at, base), ir_scalar(b, TFP_FLOAT, 0.5));
    return ir_where(b, below, base, ir_add(b, base, ir_scalar(b, TFP_FLOAT, 1)));
}

struct crop {
    struct ir_value *pixels; /* [batch * height * width, channels] */
    struct ir_value *image;  /* [boxes, 1, 1]: first row of the image that a box is of, batch index * height */
    struct crop_axis y, x;
};

static struct ir_value *fetch(struct build *b, const struct crop *c, struct ir_value *y, struct ir_value *x)
{
    struct ir_value *row = ir_add(b, c->image, UNSQUEEZE(b, pixel(b, &c->y, y), 2));
    struct ir_value *place = ir_add(b, ir_mul(b, row, c->x.length), UNSQUEEZE(b, pixel(b, &c->x, x), 1));
    return ir_gather(b, c->pixels, place, 0);
}

static struct ir_value *mix(struct build *b, struct ir_value *from, struct ir_value *to, struct ir_value *share)
{
    return ir_add(b, from, ir_mul(b, ir_sub(b, to, from), share));
}

static struct ir_value *fetch_bilinear(struct build *b, const struct crop *c)
{
    struct ir_value *top = ir_unary(b, IR_FLOOR, c->y.at), *bottom = ir_unary(b, IR_CEIL, c->y.at);
    struct ir_value *left = ir_unary(b, IR_FLOOR, c->x.at), *right = ir_unary(b, IR_CEIL, c->x.at);
    struct ir_value *across = UNSQUEEZE(b, ir_sub(b, c->x.at, left), 1, 3);
    struct ir_value *down = UNSQUEEZE(b, ir_sub(b, c->y.at, top), 2, 3);
    struct ir_value *above = mix(b, fetch(b, c, top, left), fetch(b, c, top, right), across);
    struct ir_value *below = mix(b, fetch(b, c, bottom, left), fetch(b, c, bottom, right), across);
    return mix(b, above, below, down);
}

static tfp_status lower_crop(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    static const char *const methods[] = { "bilinear", "nearest", NULL };
    struct build *b = &lw->b;
    struct ir_value *image = ir_cast(b, lower_in(lw, 0), TFP_FLOAT), *boxes = ir_cast(b, lower_in(lw, 1), TFP_FLOAT);
    struct ir_value *sizes = lower_int64(lw, 3), *height = ir_dim(b, image, 1), *width = ir_dim(b, image, 2);
    bool nearest = tf_word(lw, "method", methods) == 1;
    float outside = tf_float(lw, "extrapolation_value");
    struct crop c = { .y = crop_positions(b, boxes, 0, height, form_element(b, sizes, 0)),
                      .x = crop_positions(b, boxes, 1, width, form_element(b, sizes, 1)) };
    c.pixels = FORM_RESHAPE(b, image, INTS(b, -1), ir_dim(b, image, 3));
    c.image = form_column(b, ir_mul(b, lower_int64(lw, 2), height), 2);
    struct ir_value *y = nearest ? fetch(b, &c, rounded(b, c.y.at), rounded(b, c.x.at)) : fetch_bilinear(b, &c);
    struct ir_value *valid = ir_binary(b, IR_AND, UNSQUEEZE(b, c.y.valid, 2, 3), UNSQUEEZE(b, c.x.valid, 1, 3));
    return lower_done(lw, ir_where(b, valid, y, ir_scalar(b, TFP_FLOAT, (double)outside)));
}

#define VERSION(...) (&(const struct version){ __VA_ARGS__ })

static const struct rule rules[] = {
    { "CombinedNonMaxSuppression", lower_combined, NULL },
    { "CropAndResize", lower_crop, NULL },
    { "NonMaxSuppression", lower_suppression, VERSION(.threshold_input = false) },
    { "NonMaxSuppressionV2", lower_suppression, VERSION(.threshold_input = true) },
    { "NonMaxSuppressionV3", lower_suppression, VERSION(.threshold_input = true, .score_threshold = true) },
    { "NonMaxSuppressionV4", lower_suppression,
      VERSION(.threshold_input = true, .score_threshold = true, .valid_outputs = true) },
    { "NonMaxSuppressionV5", lower_suppression,
      VERSION(.threshold_input = true, .score_threshold = true, .valid_outputs = true, .scores = true, .sigma = true) },
    { "NonMaxSuppressionWithOverlaps", lower_suppression,
      VERSION(.threshold_input = true, .score_threshold = true, .overlaps = true) },
};

const struct rule_family rules_detection = { rules, sizeof rules / sizeof rules[0] };
