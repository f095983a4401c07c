/* From every opset to the newest: one row an op and range of opsets, one small function each. What an op's newest
 * version merely adds, or widens in types, needs no row; defaults that changed are written down before a row runs. A row
 * sees the node as the rows before it left it. */
#include "frontend/onnx/onnx_lower.h"

#include <float.h>
#include <string.h>

/* -- attributes that became inputs --------------------------------------------------------------------------------- */

static struct ir_value *ints_value(struct onnx_lower *l, struct ir_ints list)
{
    return ir_ints(&l->b, list.at, list.n);
}

/* A list of integers becomes input i, where it is given. */
static void list_to_input(struct onnx_lower *l, struct onnx_node *n, enum ir_attr_name name, size_t i)
{
    if (!onnx_attr(n, name)) return;
    struct ir_value *v = ints_value(l, onnx_int_list(n, name));
    onnx_drop(n, name);
    onnx_set_in(l, n, i, v);
}

static void axes_to_input(struct onnx_lower *l, struct onnx_node *n)
{
    list_to_input(l, n, ATTR_AXES, 1);
}

static void concat_axis(struct onnx_lower *l, struct onnx_node *n)
{
    if (!onnx_attr(n, ATTR_AXIS)) onnx_set(l, n, (struct ir_attr)A_INT(ATTR_AXIS, 1));
}

static void shape_to_input(struct onnx_lower *l, struct onnx_node *n)
{
    list_to_input(l, n, ATTR_SHAPE, 1);
}

static void slice_attributes(struct onnx_lower *l, struct onnx_node *n)
{
    if (!onnx_attr(n, ATTR_STARTS) || !onnx_attr(n, ATTR_ENDS)) onnx_malformed(l, n, "starts or ends are missing");
    list_to_input(l, n, ATTR_STARTS, 1);
    list_to_input(l, n, ATTR_ENDS, 2);
    list_to_input(l, n, ATTR_AXES, 3);
}

static void split_to_input(struct onnx_lower *l, struct onnx_node *n)
{
    list_to_input(l, n, ATTR_SPLIT, 1);
}

/* Without lengths the parts are as many as there are outputs. */
static void split_without_count(struct onnx_lower *l, struct onnx_node *n)
{
    if (!onnx_in(n, 1)) onnx_set(l, n, (struct ir_attr)A_INT(ATTR_NUM_OUTPUTS, (int64_t)n->n_out));
}

static void top_k_attribute(struct onnx_lower *l, struct onnx_node *n)
{
    if (!onnx_attr(n, ATTR_K)) onnx_malformed(l, n, "attribute k is missing");
    struct ir_value *k = INTS(&l->b, onnx_int(n, ATTR_K, 0));
    onnx_drop(n, ATTR_K);
    onnx_set_in(l, n, 1, k);
}

static void paddings_to_pads(struct onnx_lower *l, struct onnx_node *n)
{
    struct ir_ints pads = onnx_int_list(n, ATTR_PADDINGS);
    onnx_drop(n, ATTR_PADDINGS);
    onnx_set(l, n, (struct ir_attr)A_INTS(ATTR_PADS, pads.at, pads.n));
}

static void pad_attributes(struct onnx_lower *l, struct onnx_node *n)
{
    struct ir_value *x = onnx_in(n, 0);
    float value = onnx_float(n, ATTR_VALUE, 0);
    onnx_drop(n, ATTR_VALUE);
    list_to_input(l, n, ATTR_PADS, 1);
    if (value != 0 && x) onnx_set_in(l, n, 2, ir_like(&l->b, x, value));
}

/* The limits were the type's least and most where they are not given. */
static void clip_attributes(struct onnx_lower *l, struct onnx_node *n)
{
    struct ir_value *x = onnx_in(n, 0);
    static const enum ir_attr_name names[] = { ATTR_MIN, ATTR_MAX };
    for (size_t i = 0; i < 2 && x; i++) {
        float limit = onnx_float(n, names[i], 0);
        bool given = onnx_attr(n, names[i]) && limit != (i ? FLT_MAX : -FLT_MAX);
        onnx_drop(n, names[i]);
        if (given) onnx_set_in(l, n, 1 + i, ir_like(&l->b, x, limit));
    }
}

static void dft_axis(struct onnx_lower *l, struct onnx_node *n)
{
    struct ir_value *axis = ir_int(&l->b, onnx_int(n, ATTR_AXIS, 1));
    onnx_drop(n, ATTR_AXIS);
    onnx_set_in(l, n, 2, axis);
}

/* -- elementwise --------------------------------------------------------------------------------------------------- */

/* With `broadcast` the second operand's first dimension stood at `axis` of the first one, at its end without; Gemm, whose
 * third one it is, has no `axis`. */
static void old_broadcast(struct onnx_lower *l, struct onnx_node *n)
{
    const struct ir_attr *axis = onnx_attr(n, ATTR_AXIS);
    struct ir_value *x = onnx_in(n, 0), *y = onnx_in(n, 1);
    bool aligned = axis && onnx_int(n, ATTR_BROADCAST, 0);
    int64_t at = axis ? axis->v.i : 0, axes[TFP_MAX_RANK];
    onnx_drop(n, ATTR_AXIS);
    onnx_drop(n, ATTR_BROADCAST);
    if (!aligned || !x || !y) return;
    if (x->rank < 0 || y->rank < 0) {
        onnx_refuse(l, n, "broadcast along an axis where a rank is not known");
        return;
    }
    if (at < 0) at += x->rank;
    int64_t behind = x->rank - at - y->rank;
    if (at < 0 || behind < 0 || behind + y->rank > TFP_MAX_RANK) {
        onnx_malformed(l, n, "axis %lld for ranks %d and %d", (long long)at, (int)x->rank, (int)y->rank);
        return;
    }
    for (int64_t i = 0; i < behind; i++) axes[i] = y->rank + i;
    onnx_set_in(l, n, 1, ir_unsqueeze(&l->b, y, axes, (size_t)behind));
}

/* A slope for each channel stands at dimension 1. */
static void prelu_channels(struct onnx_lower *l, struct onnx_node *n)
{
    struct ir_value *x = onnx_in(n, 0), *slope = onnx_in(n, 1);
    int64_t axes[TFP_MAX_RANK];
    if (!x || !slope || slope->rank != 1 || x->rank <= 2) return;
    for (int32_t i = 0; i < x->rank - 2; i++) axes[i] = 1 + i;
    onnx_set_in(l, n, 1, ir_unsqueeze(&l->b, slope, axes, (size_t)(x->rank - 2)));
}

static void cast_word(struct onnx_lower *l, struct onnx_node *n)
{
    const struct ir_attr *to = onnx_attr(n, ATTR_TO);
    int64_t type = to && to->kind == ATTR_KIND_STRING ? onnx_type_number(to->v.s) : 0;
    if (!type) onnx_malformed(l, n, "attribute to names no type");
    onnx_set(l, n, (struct ir_attr)A_INT(ATTR_TO, type));
}

/* -- softmax over all that follows an axis ------------------------------------------------------------------------- */

static void flat_softmax(struct onnx_lower *l, struct onnx_node *n)
{
    struct build *b = &l->b;
    struct ir_value *x = onnx_in(n, 0);
    int64_t axis = onnx_int(n, ATTR_AXIS, 1);
    if (!x) return;
    if (x->rank >= 0 && (axis == x->rank - 1 || axis == -1)) {
        onnx_set(l, n, (struct ir_attr)A_INT(ATTR_AXIS, -1));
        return;
    }
    struct ir_value *flat = ir_emit(b, IR_FLATTEN, IN(x), ATTRS(A_INT(ATTR_AXIS, axis)));
    struct ir_value *y = flat ? ir_emit(b, n->op, IN(flat), ATTRS(A_INT(ATTR_AXIS, -1))) : NULL;
    onnx_done(n, ir_reshape(b, y, ir_shape(b, x)));
}

/* -- normalization ------------------------------------------------------------------------------------------------- */

/* What training leaves behind: only the first output counts in inference. */
static void refuse_training(struct onnx_lower *l, struct onnx_node *n)
{
    if (n->n_out > 1) onnx_refuse(l, n, "outputs of training");
}

/* Scale, bias, mean and variance for each activation: the formula, since the shapes have all dimensions but the first. */
static void batch_normalization_spatial(struct onnx_lower *l, struct onnx_node *n)
{
    struct build *b = &l->b;
    bool spatial = onnx_int(n, ATTR_SPATIAL, 1);
    onnx_drop(n, ATTR_SPATIAL);
    if (spatial || !onnx_in(n, 4)) return;
    struct ir_value *x = onnx_in(n, 0), *variance = onnx_in(n, 4);
    struct ir_value *deviation =
        ir_unary(b, IR_SQRT, ir_add(b, variance, ir_like(b, variance, onnx_float(n, ATTR_EPSILON, 1e-5f))));
    struct ir_value *y = ir_div(b, ir_sub(b, x, onnx_in(n, 3)), deviation);
    onnx_done(n, ir_add(b, ir_mul(b, y, onnx_in(n, 1)), onnx_in(n, 2)));
}

/* Scale and bias were given for each group, now for each channel. */
static void group_normalization_channels(struct onnx_lower *l, struct onnx_node *n)
{
    struct build *b = &l->b;
    struct ir_value *x = onnx_in(n, 0);
    int64_t groups = onnx_int(n, ATTR_NUM_GROUPS, 0);
    if (!x || groups <= 0) {
        onnx_malformed(l, n, "num_groups %lld", (long long)groups);
        return;
    }
    for (size_t i = 1; i <= 2; i++) {
        if (!onnx_in(n, i)) return;
        struct ir_value *each = ir_div(b, ir_dim(b, x, 1), INTS(b, groups));
        struct ir_value *column = UNSQUEEZE(b, onnx_in(n, i), 1);
        struct ir_value *spread = ir_expand(b, column, CONCAT(b, 0, INTS(b, groups), each));
        onnx_set_in(l, n, i, RESHAPE(b, spread, -1));
    }
}

/* -- dropout ------------------------------------------------------------------------------------------------------- */

/* At inference it hands its input on, and a mask of ones that had the input's type before opset 10. */
static void old_dropout(struct onnx_lower *l, struct onnx_node *n)
{
    struct ir_value *x = onnx_in(n, 0);
    if (!x || n->n_out < 2) return;
    struct ir_value *out[2];
    ir_emit_many(&l->b, IR_DROPOUT, IN(x), NO_ATTRS, 2, out);
    n->out[0] = out[0];
    n->out[1] = ir_cast(&l->b, out[1], n->opset < 10 ? x->dtype : TFP_BOOL);
    n->done = true;
}

/* -- resizing ------------------------------------------------------------------------------------------------------ */

static void as_resize(struct onnx_lower *l, struct onnx_node *n, struct ir_value *scales)
{
    if (onnx_is(n, ATTR_MODE, "bilinear")) onnx_set(l, n, (struct ir_attr)A_STRING(ATTR_MODE, "linear"));
    onnx_set(l, n, (struct ir_attr)A_STRING(ATTR_COORDINATE_TRANSFORMATION_MODE, "asymmetric"));
    onnx_set(l, n, (struct ir_attr)A_STRING(ATTR_NEAREST_MODE, "floor"));
    onnx_set_in(l, n, 1, NULL);
    onnx_set_in(l, n, 2, scales);
    n->op = IR_RESIZE;
}

static void upsample_height_width(struct onnx_lower *l, struct onnx_node *n)
{
    const float scales[] = { 1, 1, onnx_float(n, ATTR_HEIGHT_SCALE, 1), onnx_float(n, ATTR_WIDTH_SCALE, 1) };
    const int64_t four = 4;
    onnx_drop(n, ATTR_HEIGHT_SCALE);
    onnx_drop(n, ATTR_WIDTH_SCALE);
    as_resize(l, n, ir_tensor(&l->b, TFP_FLOAT, 1, &four, scales));
}

static void upsample_scales(struct onnx_lower *l, struct onnx_node *n)
{
    const struct ir_attr *a = onnx_attr(n, ATTR_SCALES);
    struct ir_floats scales = a && a->kind == ATTR_KIND_FLOATS ? a->v.floats : (struct ir_floats){ NULL, 0 };
    int64_t count = (int64_t)scales.n;
    onnx_drop(n, ATTR_SCALES);
    as_resize(l, n, ir_tensor(&l->b, TFP_FLOAT, 1, &count, scales.at));
}

static void upsample_of_scales(struct onnx_lower *l, struct onnx_node *n)
{
    as_resize(l, n, onnx_in(n, 1));
}

static bool shrinks(const struct ir_value *scales)
{
    const struct tensor *t = scales->constant;
    for (int64_t i = 0; t && i < t->count; i++)
        if (tensor_float(t, i) < 1) return true;
    return !t;
}

/* Opset 10 said nothing of rounding: runtimes and its tests round up where a dimension shrinks, down where it grows. */
static void resize_of_scales(struct onnx_lower *l, struct onnx_node *n)
{
    struct build *b = &l->b;
    struct ir_value *x = onnx_in(n, 0), *scales = onnx_in(n, 1);
    if (!x || !scales) return;
    if (!onnx_is(n, ATTR_MODE, "linear") && shrinks(scales)) {
        struct ir_value *one = ir_like(b, scales, 1), *smaller = ir_binary(b, IR_MIN, scales, one);
        x = ir_emit(b, IR_RESIZE, IN(x, NULL, smaller),
                    ATTRS(A_STRING(ATTR_MODE, "nearest"), A_STRING(ATTR_COORDINATE_TRANSFORMATION_MODE, "asymmetric"),
                          A_STRING(ATTR_NEAREST_MODE, "ceil")));
        onnx_set_in(l, n, 0, x);
        scales = ir_binary(b, IR_MAX, scales, one);
    }
    as_resize(l, n, scales);
}

/* Rounding to the nearest below half_pixel's 0.5: what tf_half_pixel_for_nn meant with floor. */
static void resize_nearest_of_tensorflow(struct onnx_lower *l, struct onnx_node *n)
{
    if (!onnx_is(n, ATTR_COORDINATE_TRANSFORMATION_MODE, "tf_half_pixel_for_nn")) return;
    if (!onnx_is(n, ATTR_MODE, "nearest") || !onnx_is(n, ATTR_NEAREST_MODE, "floor")) {
        onnx_refuse(l, n, "coordinate_transformation_mode tf_half_pixel_for_nn without mode nearest and nearest_mode floor");
        return;
    }
    onnx_set(l, n, (struct ir_attr)A_STRING(ATTR_COORDINATE_TRANSFORMATION_MODE, "half_pixel"));
    onnx_set(l, n, (struct ir_attr)A_STRING(ATTR_NEAREST_MODE, "round_prefer_ceil"));
}

/* An empty tensor stood for an input that is left out. */
static void resize_empty_inputs(struct onnx_lower *l, struct onnx_node *n)
{
    for (size_t i = 1; i < n->n_in; i++) {
        const struct ir_value *v = n->in[i];
        if (v && v->rank == 1 && dim_is(v->dims[0], 0)) onnx_set_in(l, n, i, NULL);
    }
}

static void roi_align_pixels(struct onnx_lower *l, struct onnx_node *n)
{
    onnx_set(l, n, (struct ir_attr)A_STRING(ATTR_COORDINATE_TRANSFORMATION_MODE, "output_half_pixel"));
}

/* -- others -------------------------------------------------------------------------------------------------------- */

static void float_p(struct onnx_lower *l, struct onnx_node *n)
{
    const struct ir_attr *p = onnx_attr(n, ATTR_P);
    if (!p || p->kind != ATTR_KIND_FLOAT) return;
    if (p->v.f != (float)(int)p->v.f) onnx_refuse(l, n, "p %g", (double)p->v.f);
    onnx_set(l, n, (struct ir_attr)A_INT(ATTR_P, (int64_t)p->v.f));
}

/* Models give one element in a list where a number is meant. */
static void range_scalars(struct onnx_lower *l, struct onnx_node *n)
{
    for (size_t i = 0; i < n->n_in; i++)
        if (n->in[i] && n->in[i]->rank == 1 && (!dim_fixed(n->in[i]->dims[0]) || n->in[i]->dims[0].n == 1))
            onnx_set_in(l, n, i, SQUEEZE(&l->b, n->in[i], 0));
}

static void scatter_elements(struct onnx_lower *l, struct onnx_node *n)
{
    (void)l;
    n->op = IR_SCATTER_ELEMENTS;
}

/* Tile-1 repeated along one axis. */
static void tile_axis(struct onnx_lower *l, struct onnx_node *n)
{
    struct ir_value *x = onnx_in(n, 0), *tiles = onnx_in(n, 1), *axis = onnx_in(n, 2);
    if (!x || !tiles || !axis) return;
    if (x->rank < 0 || !axis->constant || axis->constant->count != 1) {
        onnx_refuse(l, n, "an axis or a rank that is not known before the model runs");
        return;
    }
    double at = tensor_float(axis->constant, 0);
    struct ir_value *repeats[TFP_MAX_RANK];
    if (at < 0 || at >= x->rank) {
        onnx_malformed(l, n, "axis %g for rank %d", at, (int)x->rank);
        return;
    }
    for (int32_t i = 0; i < x->rank; i++)
        repeats[i] = i == (int32_t)at ? RESHAPE(&l->b, ir_cast(&l->b, tiles, TFP_INT64), 1) : INTS(&l->b, 1);
    onnx_done(n, ir_emit(&l->b, IR_TILE, IN(x, ir_concat(&l->b, repeats, (size_t)x->rank, 0)), NO_ATTRS));
}

static struct ir_value *listed_constant(struct onnx_lower *l, const struct ir_attr *a)
{
    struct build *b = &l->b;
    const int64_t count = a->kind == ATTR_KIND_FLOATS  ? (int64_t)a->v.floats.n
                          : a->kind == ATTR_KIND_INTS ? (int64_t)a->v.ints.n
                                                      : (int64_t)a->v.strings.n;
    const struct bytes *strings = a->kind == ATTR_KIND_STRING ? &a->v.s : a->v.strings.at;
    struct tfp_string *own;
    switch (a->kind) {
    case ATTR_KIND_FLOAT: return ir_tensor(b, TFP_FLOAT, 0, NULL, &a->v.f);
    case ATTR_KIND_INT: return ir_int(b, a->v.i);
    case ATTR_KIND_FLOATS: return ir_tensor(b, TFP_FLOAT, 1, &count, a->v.floats.at);
    case ATTR_KIND_INTS: return ir_ints(b, a->v.ints.at, a->v.ints.n);
    case ATTR_KIND_STRING: case ATTR_KIND_STRINGS: break;
    default: return NULL;
    }
    size_t n = a->kind == ATTR_KIND_STRING ? 1 : (size_t)count;
    if (!(own = ARENA_ARRAY(l->arena, struct tfp_string, n))) return build_fail(b, tfp_no_memory(b->ctx));
    for (size_t i = 0; i < n; i++) own[i] = (struct tfp_string){ strings[i].at, strings[i].n };
    return ir_tensor(b, TFP_STRING, a->kind == ATTR_KIND_STRING ? 0 : 1, &count, own);
}

static void constant(struct onnx_lower *l, struct onnx_node *n)
{
    struct ir_value *v = NULL;
    if (n->n_attrs != 1) {
        onnx_malformed(l, n, "%zu values, one is expected", n->n_attrs);
        return;
    }
    if (n->attrs[0].kind == ATTR_KIND_TENSOR || n->attrs[0].kind == ATTR_KIND_SPARSE_TENSOR) {
        v = ir_add_constant(l->b.graph, NULL, n->attrs[0].v.tensor);
        if (!v) build_fail(&l->b, tfp_no_memory(l->b.ctx));
    } else if (!(v = listed_constant(l, &n->attrs[0])) && l->b.status == TFP_OK) {
        onnx_malformed(l, n, "a value of a kind that no constant has");
    }
    onnx_done(n, v);
}

/* -- the table ----------------------------------------------------------------------------------------------------- */

/* Attributes of old versions that do not change what an op computes at inference: `output_sequence` told whether there is
 * a first output, as its name does. */
static const enum ir_attr_name meaningless[] = { ATTR_CONSUMED_INPUTS, ATTR_IS_TEST, ATTR_OUTPUT_SEQUENCE, ATTR_RATIO };

enum { ANY = 10000 };

static const struct row {
    enum ir_op op;
    int from, to; /* opsets that the node may mean */
    onnx_rule *run;
} rows[] = {
    { IR_ADD, 1, 6, old_broadcast },
    { IR_AND, 1, 6, old_broadcast },
    { IR_BATCH_NORMALIZATION, 1, 13, refuse_training },
    { IR_BATCH_NORMALIZATION, 1, 8, batch_normalization_spatial },
    { IR_CAST, 1, 5, cast_word },
    { IR_CLIP, 1, 10, clip_attributes },
    { IR_CONCAT, 1, 3, concat_axis },
    { IR_CONSTANT, 1, ANY, constant },
    { IR_DFT, 17, 19, dft_axis },
    { IR_DIV, 1, 6, old_broadcast },
    { IR_DROPOUT, 1, 9, old_dropout },
    { IR_EQUAL, 1, 6, old_broadcast },
    { IR_GEMM, 1, 6, old_broadcast },
    { IR_GLOBAL_LP_POOL, 1, 1, float_p },
    { IR_GREATER, 1, 6, old_broadcast },
    { IR_GROUP_NORMALIZATION, 18, 20, group_normalization_channels },
    { IR_HARDMAX, 1, 12, flat_softmax },
    { IR_IF, 1, ANY, onnx_body_lower },
    { IR_LESS, 1, 6, old_broadcast },
    { IR_LOG_SOFTMAX, 1, 12, flat_softmax },
    { IR_LOOP, 1, ANY, onnx_body_lower },
    { IR_LP_POOL, 1, 1, float_p },
    { IR_MUL, 1, 6, old_broadcast },
    { IR_OR, 1, 6, old_broadcast },
    { IR_PAD, 1, 1, paddings_to_pads },
    { IR_PAD, 1, 10, pad_attributes },
    { IR_POW, 1, 6, old_broadcast },
    { IR_PRELU, 1, 6, prelu_channels },
    { IR_RANGE, 11, ANY, range_scalars },
    { IR_REDUCE_L1, 1, 17, axes_to_input },
    { IR_REDUCE_L2, 1, 17, axes_to_input },
    { IR_REDUCE_LOG_SUM, 1, 17, axes_to_input },
    { IR_REDUCE_LOG_SUM_EXP, 1, 17, axes_to_input },
    { IR_REDUCE_MAX, 1, 17, axes_to_input },
    { IR_REDUCE_MEAN, 1, 17, axes_to_input },
    { IR_REDUCE_MIN, 1, 17, axes_to_input },
    { IR_REDUCE_PROD, 1, 17, axes_to_input },
    { IR_REDUCE_SUM, 1, 12, axes_to_input },
    { IR_REDUCE_SUM_SQUARE, 1, 17, axes_to_input },
    { IR_RESHAPE, 1, 4, shape_to_input },
    { IR_RESIZE, 10, 10, resize_of_scales },
    { IR_RESIZE, 11, 12, resize_nearest_of_tensorflow },
    { IR_RESIZE, 11, ANY, resize_empty_inputs },
    { IR_ROI_ALIGN, 10, 15, roi_align_pixels },
    { IR_SCAN, 1, ANY, onnx_body_lower },
    { IR_SCATTER, 1, ANY, scatter_elements },
    { IR_SLICE, 1, 9, slice_attributes },
    { IR_SOFTMAX, 1, 12, flat_softmax },
    { IR_SPLIT, 1, 12, split_to_input },
    { IR_SPLIT, 1, 17, split_without_count },
    { IR_SQUEEZE, 1, 12, axes_to_input },
    { IR_SUB, 1, 6, old_broadcast },
    { IR_TILE, 1, 5, tile_axis },
    { IR_TOP_K, 1, 9, top_k_attribute },
    { IR_UNSQUEEZE, 1, 12, axes_to_input },
    { IR_UPSAMPLE, 1, 6, upsample_height_width },
    { IR_UPSAMPLE, 7, 8, upsample_scales },
    { IR_UPSAMPLE, 9, ANY, upsample_of_scales },
    { IR_XOR, 1, 6, old_broadcast },
};

void onnx_upgrade(struct onnx_lower *l, struct onnx_node *n)
{
    const enum ir_op op = n->op;
    for (size_t i = 0; i < sizeof meaningless / sizeof meaningless[0]; i++) onnx_drop(n, meaningless[i]);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && !n->done && l->b.status == TFP_OK; i++)
        if (rows[i].op == op && rows[i].from <= n->opset && n->opset <= rows[i].to) rows[i].run(l, n);
}
