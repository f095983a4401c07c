/* Resize and Upsample by the resize layer, where it means the same: it takes coordinates by the ratio of the lengths, which
 * is ONNX's scale where that gives whole lengths. The nearest is chosen only where no rounding of float32 takes a coordinate
 * over an edge. What is left is written as gathers by decompose/. */
#include "backend/tensorrt/emit.h"

#include <math.h>

struct resize {
    int how, coordinates, rounding; /* enum trt_interpolation, trt_coordinates, trt_rounding */
    bool first_of_one; /* a result of one element is the first of the input */
    bool exclude_outside;
    float cubic;
    int32_t rank, first;         /* the first axis that changes; rank: none */
    int32_t place[TRT_MAX_DIMS]; /* of each axis in the node's scales or sizes; -1: it stays */
    const struct tensor *scales; /* NULL: sizes */
};

/* -- attributes ---------------------------------------------------------------------------------------------------- */

struct word {
    const char *word;
    int value;
};
static const struct word modes[] = { { "nearest", TRT_NEAREST }, { "linear", TRT_LINEAR }, { "cubic", TRT_CUBIC }, { 0 } };
static const struct word coordinates[] = {
    { "align_corners", TRT_ALIGN_CORNERS },
    { "asymmetric", TRT_ASYMMETRIC },
    { "half_pixel", TRT_HALF_PIXEL },
    { "half_pixel_symmetric", TRT_HALF_PIXEL }, /* differs where a scale gives no whole length */
    { "pytorch_half_pixel", TRT_HALF_PIXEL },   /* differs where a result has one element */
    { 0 },
};
static const struct word roundings[] = {
    { "ceil", TRT_ROUND_CEIL },
    { "floor", TRT_ROUND_FLOOR },
    { "round_prefer_ceil", TRT_ROUND_HALF_UP },
    { "round_prefer_floor", TRT_ROUND_HALF_DOWN },
    { 0 },
};

static bool find_word(const struct word *table, struct bytes word, int *out)
{
    for (; table->word; table++)
        if (bytes_equal(word, table->word)) return *out = table->value, true;
    return false;
}

static const char *read_modes(const struct ir_node *n, struct resize *r)
{
    if (!find_word(modes, ir_attr_string(n, ATTR_MODE, "nearest"), &r->how)) return "such a mode";
    if (n->op == IR_UPSAMPLE) {
        r->coordinates = TRT_ASYMMETRIC;
        r->rounding = TRT_ROUND_FLOOR;
        return NULL;
    }
    struct bytes how = ir_attr_string(n, ATTR_COORDINATE_TRANSFORMATION_MODE, "half_pixel");
    if (!find_word(coordinates, how, &r->coordinates)) return "such a coordinate_transformation_mode";
    if (!find_word(roundings, ir_attr_string(n, ATTR_NEAREST_MODE, "round_prefer_floor"), &r->rounding))
        return "such a nearest_mode";
    if (ir_attr_int(n, ATTR_ANTIALIAS, 0)) return "antialias";
    if (!ir_attr_is(n, ATTR_KEEP_ASPECT_RATIO_POLICY, "stretch")) return "keep_aspect_ratio_policy";
    r->first_of_one = r->coordinates == TRT_ALIGN_CORNERS || bytes_equal(how, "pytorch_half_pixel");
    r->exclude_outside = ir_attr_int(n, ATTR_EXCLUDE_OUTSIDE, 0) != 0;
    r->cubic = ir_attr_float(n, ATTR_CUBIC_COEFF_A, -0.75F);
    return NULL;
}

/* -- axes ---------------------------------------------------------------------------------------------------------- */

static double scale_of(const struct resize *r, int32_t axis)
{
    return r->scales && r->place[axis] >= 0 ? tensor_float(r->scales, r->place[axis]) : 1;
}

static bool is_empty(const struct ir_value *v)
{
    return v->rank == 1 && dim_is(v->dims[0], 0);
}

/* Which axes change, and by what. */
static const char *read_axes(const struct ir_node *n, struct resize *r)
{
    struct ir_ints axes = ir_attr_ints(n, ATTR_AXES);
    const struct ir_value *x = ir_in(n, 0), *y = n->out[0], *scales = ir_in(n, n->op == IR_UPSAMPLE ? 1 : 2);
    bool sized = !scales || is_empty(scales);
    if (x->rank < 1 || x->rank > TRT_MAX_DIMS || y->rank != x->rank) return "an unknown rank";
    if (!sized && !scales->constant) return "scales that are computed";
    r->rank = r->first = x->rank;
    r->scales = sized ? NULL : scales->constant;
    for (int32_t i = 0; i < r->rank; i++) r->place[i] = axes.n ? -1 : i;
    for (size_t i = 0; i < axes.n; i++) {
        int32_t axis = emit_axis(axes.at[i], r->rank);
        if (axis < 0 || axis >= r->rank) return "axes beyond the rank";
        r->place[axis] = (int32_t)i;
    }
    for (int32_t i = r->rank - 1; i >= 0; i--) {
        if (sized ? dim_equal(x->dims[i], y->dims[i]) : scale_of(r, i) == 1) r->place[i] = -1;
        if (r->place[i] >= 0) r->first = i;
    }
    return NULL;
}

/* -- what the layer means alike ------------------------------------------------------------------------------------ */

/* Where in the input result i of an axis lies. */
static double place_of(const struct resize *r, int64_t i, int64_t in, int64_t out)
{
    double a = (double)i, from = (double)in, to = (double)out;
    if (r->coordinates == TRT_ALIGN_CORNERS) return out > 1 ? a * (from - 1) / (to - 1) : 0;
    return r->coordinates == TRT_HALF_PIXEL ? (a + 0.5) * from / to - 0.5 : a * from / to;
}

static bool is_power_of_two(int64_t v)
{
    return v > 0 && (v & (v - 1)) == 0;
}

/* Whether float32 arithmetic, in whatever order, chooses the same elements: the coordinates are exact, or far from where
 * the choice changes. */
static bool nearest_is_sure(const struct resize *r, int64_t in, int64_t out)
{
    bool corners = r->coordinates == TRT_ALIGN_CORNERS, halves = r->rounding == TRT_ROUND_HALF_UP ||
                                                                 r->rounding == TRT_ROUND_HALF_DOWN;
    if (in < 1 || out < 1) return false;
    if (!corners && ((out % in == 0 && is_power_of_two(out / in)) || (in % out == 0 && is_power_of_two(in / out))))
        return true;
    for (int64_t i = r->coordinates != TRT_HALF_PIXEL; i < out; i++) { /* the others begin at 0, and that is exact */
        double at = place_of(r, i, in, out), from_edge = at - (halves ? 0.5 : 0);
        if (fabs(from_edge - nearbyint(from_edge)) < 1e-5 * (1 + fabs(at))) return false;
    }
    return true;
}

/* out = in * 2^k, whatever the open dimension is. */
static bool is_doubled(struct emit *e, struct dim in, struct dim out, double scale)
{
    for (int64_t times = 2; times <= 64; times *= 2)
        if (scale == (double)times || dim_equal(out, dim_mul(e->graph, in, dim_of(times)))) return true;
    return false;
}

/* NULL, or why an axis is not as the layer has it. */
static const char *check_axis(struct emit *e, const struct resize *r, struct dim in, struct dim out, double scale)
{
    bool sized = !r->scales, fixed = dim_fixed(in) && dim_fixed(out);
    if (!sized && (fixed ? (double)in.n * scale != (double)out.n : scale != floor(scale)))
        return "a scale that gives no whole length";
    if (fixed && r->first_of_one && out.n == 1 && in.n > 1) return "a result of one element";
    if (r->how != TRT_NEAREST) return NULL;
    if (fixed) return nearest_is_sure(r, in.n, out.n) ? NULL : "coordinates between two elements";
    bool exact = r->coordinates != TRT_ALIGN_CORNERS && is_doubled(e, in, out, sized ? 0 : scale);
    return exact ? NULL : "coordinates of an open dimension";
}

static const char *check(struct emit *e, const struct ir_node *n, const struct resize *r)
{
    static const int32_t most[] = { [TRT_NEAREST] = TRT_MAX_DIMS, [TRT_LINEAR] = 3, [TRT_CUBIC] = 2 };
    const struct ir_value *x = ir_in(n, 0), *y = n->out[0];
    if (!dtype_is_float(x->dtype)) return "of whole numbers";
    if (r->rank - r->first > most[r->how]) return "so many axes";
    for (int32_t i = r->first; i < r->rank; i++) {
        const char *why = r->place[i] < 0 ? NULL : check_axis(e, r, x->dims[i], y->dims[i], scale_of(r, i));
        if (why) return why;
    }
    return NULL;
}

/* -- the layer ----------------------------------------------------------------------------------------------------- */

/* The result's shape: the input's, and the given sizes. */
static tensor_p shape_of(struct emit *e, const struct ir_node *n, const struct resize *r, tensor_p x)
{
    int64_t places[TRT_MAX_DIMS];
    const struct ir_value *y = n->out[0];
    if (emit_knows_dims(e, y->dims, r->rank)) return emit_shape_of(e, y->dims, r->rank);
    for (int32_t i = 0; i < r->rank; i++) places[i] = r->place[i] < 0 ? i : r->rank + r->place[i];
    tensor_p parts[2] = { emit_shape(e, x), emit_in_index(e, n, 3) };
    return emit_gather(e, emit_concat(e, parts, 2, 0), emit_ints(e, places, r->rank), 0);
}

static bool set_sizes(struct emit *e, const struct ir_node *n, const struct resize *r, tensor_p x, layer_p l)
{
    float scales[TRT_MAX_DIMS];
    struct trt_dims had = emit_dims_of(ir_in(n, 0)), dims = emit_dims_of(n->out[0]);
    if (emit_is_static(&had) && emit_is_static(&dims)) return trt_resize_set_dims(e->t, l, &dims);
    if (!r->scales) {
        tensor_p shape = shape_of(e, n, r, x);
        return shape && trt_layer_set_input(e->t, l, 1, shape);
    }
    for (int32_t i = 0; i < r->rank; i++) scales[i] = (float)scale_of(r, i);
    return trt_resize_set_scales(e->t, l, scales, r->rank);
}

static bool set_modes(struct emit *e, const struct resize *r, layer_p l)
{
    bool fine = trt_resize_set_mode(e->t, l, (enum trt_interpolation)r->how) &&
                trt_resize_set_coordinates(e->t, l, (enum trt_coordinates)r->coordinates) &&
                trt_resize_set_selector(e->t, l, r->first_of_one ? TRT_SELECT_UPPER : TRT_SELECT_FORMULA);
    if (r->how == TRT_NEAREST) fine = fine && trt_resize_set_rounding(e->t, l, (enum trt_rounding)r->rounding);
    if (r->how == TRT_CUBIC)
        fine = fine && trt_resize_set_cubic(e->t, l, r->cubic) &&
               trt_resize_set_exclude_outside(e->t, l, r->exclude_outside);
    return fine;
}

static bool emit_resize(struct emit *e, const struct ir_node *n)
{
    struct resize r = { .how = TRT_NEAREST };
    const char *why = read_modes(n, &r);
    if (!why) why = read_axes(n, &r);
    if (!why) why = check(e, n, &r);
    if (why) return emit_decline(e, why);
    tensor_p x = emit_in(e, n, 0);
    if (!x || r.first == r.rank) return emit_give(e, n, x);
    layer_p l = trt_add_resize(e->t, e->net, x);
    if (!set_sizes(e, n, &r, x, l) || !set_modes(e, &r, l)) return emit_fail(e, "TensorRT refuses the sizes"), true;
    return emit_give(e, n, emit_layer(e, l));
}

static const struct emit_row rows[] = {
    { IR_RESIZE, emit_resize },
    { IR_UPSAMPLE, emit_resize },
};
const struct emit_rows emit_rows_resize = { rows, sizeof rows / sizeof rows[0] };
