/* Gathering, scattering, the k greatest, non-maximum suppression, random numbers. */
#include "backend/tensorrt/emit.h"

enum { MOST_K = 3840 }; /* of the top-k layer */

/* -- indices ------------------------------------------------------------------------------------------------------- */

/* TensorRT counts indices from the front only. Negative constants are settled here; others are taken to be none, as in
 * TensorFlow. `lengths`: of the axis, or for tuples of the axis of each component. NULL with e->why: not possible. */
static tensor_p indices_of(struct emit *e, const struct ir_node *n, size_t i, const struct dim *lengths, int64_t components)
{
    const struct tensor *t = ir_in_constant(n, i);
    bool negative = false;
    for (int64_t k = 0; t && k < t->count; k++) negative = negative || tensor_int(t, k) < 0;
    if (!negative) return emit_in(e, n, i);
    int64_t *own = ARENA_ARRAY(&e->arena, int64_t, (size_t)t->count);
    struct tensor settled = *t;
    if (!own) return emit_fail(e, "out of memory");
    for (int64_t k = 0; k < t->count; k++) {
        struct dim length = lengths[k % components];
        int64_t v = tensor_int(t, k);
        if (v < 0 && !dim_fixed(length)) return emit_refuse(e, "an index from the end of an open dimension");
        own[k] = v < 0 ? v + length.n : v;
    }
    settled.dtype = TFP_INT64;
    settled.data = own;
    settled.size = (size_t)t->count * sizeof *own;
    return emit_constant(e, &settled);
}

/* -- gathering ----------------------------------------------------------------------------------------------------- */

static tensor_p gather(struct emit *e, tensor_p x, tensor_p indices, enum trt_gather mode, int32_t axis, int32_t batch)
{
    if (!x || !indices) return NULL;
    enum trt_type type = emit_type_of(e, x);
    if (type == TRT_BOOL) x = emit_cast(e, x, TRT_INT32);
    layer_p l = x ? trt_add_gather(e->t, e->net, x, indices, mode, axis) : NULL;
    if (batch && !trt_gather_set_elementwise_dims(e->t, l, batch)) return emit_fail(e, "TensorRT refuses batch dimensions");
    return emit_cast(e, emit_layer(e, l), type);
}

static bool emit_gather_row(struct emit *e, const struct ir_node *n)
{
    const struct ir_value *v = ir_in(n, 0);
    int32_t axis = emit_axis(ir_attr_int(n, ATTR_AXIS, 0), v->rank);
    tensor_p indices = indices_of(e, n, 1, &v->dims[axis], 1);
    return emit_give(e, n, gather(e, emit_in(e, n, 0), indices, TRT_GATHER_DEFAULT, axis, 0));
}

static bool emit_gather_elements(struct emit *e, const struct ir_node *n)
{
    const struct ir_value *v = ir_in(n, 0);
    int32_t axis = emit_axis(ir_attr_int(n, ATTR_AXIS, 0), v->rank);
    tensor_p indices = indices_of(e, n, 1, &v->dims[axis], 1);
    return emit_give(e, n, gather(e, emit_in(e, n, 0), indices, TRT_GATHER_ELEMENT, axis, 0));
}

static bool emit_gather_nd(struct emit *e, const struct ir_node *n)
{
    const struct ir_value *v = ir_in(n, 0), *at = ir_in(n, 1);
    int64_t batch = ir_attr_int(n, ATTR_BATCH_DIMS, 0);
    if (at->rank < 1 || !dim_fixed(at->dims[at->rank - 1])) return emit_decline(e, "indices of unknown length");
    int64_t components = at->dims[at->rank - 1].n;
    if (components < 1) return emit_decline(e, "indices without components");
    tensor_p indices = indices_of(e, n, 1, v->dims + batch, components);
    return emit_give(e, n, gather(e, emit_in(e, n, 0), indices, TRT_GATHER_ND, 0, (int32_t)batch));
}

/* -- scattering ---------------------------------------------------------------------------------------------------- */

static bool emit_scatter(struct emit *e, const struct ir_node *n)
{
    bool nd = n->op == IR_SCATTER_ND;
    const struct ir_value *v = ir_in(n, 0), *at = ir_in(n, 1);
    if (!ir_attr_is(n, ATTR_REDUCTION, "none") && ir_attr(n, ATTR_REDUCTION)) return emit_decline(e, "with a reduction");
    if (nd && (at->rank < 1 || !dim_fixed(at->dims[at->rank - 1]))) return emit_decline(e, "indices of unknown length");
    int32_t axis = nd ? 0 : emit_axis(ir_attr_int(n, ATTR_AXIS, 0), v->rank);
    int64_t components = nd ? at->dims[at->rank - 1].n : 1;
    if (components < 1) return emit_decline(e, "indices without components");
    tensor_p x = emit_in(e, n, 0), indices = indices_of(e, n, 1, v->dims + axis, components), updates = emit_in(e, n, 2);
    if (!x || !indices || !updates) return true;
    enum trt_type type = emit_type_of(e, x);
    if (type == TRT_BOOL) x = emit_cast(e, x, TRT_INT32), updates = emit_cast(e, updates, TRT_INT32);
    layer_p l = trt_add_scatter(e->t, e->net, x, indices, updates, nd ? TRT_SCATTER_ND : TRT_SCATTER_ELEMENT);
    if (!nd && !trt_scatter_set_axis(e->t, l, axis)) return emit_fail(e, "TensorRT refuses the axis"), true;
    return emit_give(e, n, emit_cast(e, emit_layer(e, l), type));
}

/* -- the k greatest ------------------------------------------------------------------------------------------------ */

/* Removes the leading 1 that a vector was given. */
static tensor_p without_first(struct emit *e, tensor_p x)
{
    const int32_t from[1] = { 1 };
    return emit_reshape_axes(e, x, from, 1);
}

static bool emit_top_k(struct emit *e, const struct ir_node *n)
{
    const struct ir_value *v = ir_in(n, 0);
    int64_t k = 0;
    bool known = emit_in_ints(n, 1, &k, 1) == 1;
    enum trt_type index;
    if (v->rank < 1 || !emit_type(e, TFP_INT64, &index)) return emit_decline(e, "of a scalar");
    if (k > MOST_K) return emit_decline(e, "more than 3840 values, TensorRT's limit");
    if (!known && e->t->family == TRT_8 && e->t->minor < 6) return emit_decline(e, "k that is not constant");
    tensor_p x = emit_in(e, n, 0);
    if (!x) return true;
    enum trt_type type = emit_type_of(e, x);
    int32_t more = v->rank < 2, axis = emit_axis(ir_attr_int(n, ATTR_AXIS, -1), v->rank) + more;
    if (more) x = emit_to_rank(e, x, 2);
    if (!emit_is_float(type) && e->t->family == TRT_8) x = emit_cast(e, x, TRT_FLOAT);
    layer_p l = x ? trt_add_topk(e->t, e->net, x, ir_attr_int(n, ATTR_LARGEST, 1) ? TRT_TOPK_MAX : TRT_TOPK_MIN,
                                 known ? (int32_t)k : 1, 1u << axis, TRT_INT32) : NULL;
    tensor_p count = known || !l ? NULL : emit_reshape(e, emit_cast(e, emit_in(e, n, 1), TRT_INT32), NULL, 0);
    if (!l || (!known && !trt_layer_set_input(e->t, l, 1, count))) return emit_fail(e, "TensorRT refuses it"), true;
    tensor_p values = trt_layer_output(e->t, l, 0), indices = trt_layer_output(e->t, l, 1);
    if (more) values = without_first(e, values), indices = without_first(e, indices);
    if (ir_wants(n, 0)) emit_out(e, n, 0, emit_cast(e, values, type));
    if (ir_wants(n, 1)) emit_out(e, n, 1, emit_cast(e, indices, index));
    return true;
}

static bool refuse_data_sizes(struct emit *e)
{
    emit_refuse(e, "TensorRT-RTX has no results whose size depends on data");
    return true;
}

static bool emit_non_zero(struct emit *e, const struct ir_node *n)
{
    tensor_p x = emit_in(e, n, 0);
    if (e->t->rtx) return refuse_data_sizes(e);
    if (!x) return true;
    if (emit_rank(e, x) == 0) return emit_decline(e, "of a scalar");
    x = emit_layer(e, trt_add_non_zero(e->t, e->net, x, TRT_INT32));
    return emit_give(e, n, emit_cast(e, x, emit_index_type(e)));
}

/* -- boxes --------------------------------------------------------------------------------------------------------- */

static tensor_p scalar_in(struct emit *e, const struct ir_node *n, size_t i, enum trt_type type)
{
    tensor_p x = emit_cast(e, emit_in(e, n, i), type);
    return x && emit_rank(e, x) != 0 ? emit_reshape(e, x, NULL, 0) : x;
}

/* ONNX's scores are [batch, classes, boxes], TensorRT's [batch, boxes, classes]. */
static bool emit_nms(struct emit *e, const struct ir_node *n)
{
    static const int32_t order[3] = { 0, 2, 1 };
    if (e->t->rtx) return refuse_data_sizes(e);
    if (!ir_in(n, 2)) return emit_decline(e, "without a number of boxes");
    tensor_p boxes = emit_in(e, n, 0), scores = emit_transpose(e, emit_in(e, n, 1), order, 3);
    tensor_p most = scalar_in(e, n, 2, TRT_INT32);
    if (!boxes || !scores || !most) return true;
    layer_p l = trt_add_nms(e->t, e->net, boxes, scores, most, TRT_INT32);
    enum trt_boxes form = ir_attr_int(n, ATTR_CENTER_POINT_BOX, 0) ? TRT_BOXES_CENTERS : TRT_BOXES_CORNERS;
    bool fine = trt_nms_set_format(e->t, l, form);
    for (size_t i = 3; fine && i < 5; i++) {
        tensor_p threshold = ir_in(n, i) ? scalar_in(e, n, i, TRT_FLOAT) : i == 3 ? emit_number(e, 0, TRT_FLOAT, 0) : NULL;
        if (ir_in(n, i) || i == 3) fine = threshold && trt_layer_set_input(e->t, l, (int32_t)i, threshold);
    }
    if (!fine) return emit_fail(e, "TensorRT refuses it"), true;
    return emit_give(e, n, emit_cast(e, emit_layer(e, l), emit_index_type(e)));
}

static bool emit_reverse_sequence(struct emit *e, const struct ir_node *n)
{
    tensor_p x = emit_in(e, n, 0), lengths = emit_cast(e, emit_in(e, n, 1), TRT_INT32);
    if (!trt_has(e->t, TRT_NetworkDefinition_addReverseSequence)) return emit_decline(e, NULL);
    if (!x || !lengths) return true;
    layer_p l = trt_add_reverse_sequence(e->t, e->net, x, lengths);
    if (!trt_reverse_sequence_set_axes(e->t, l, (int32_t)ir_attr_int(n, ATTR_BATCH_AXIS, 1),
                                       (int32_t)ir_attr_int(n, ATTR_TIME_AXIS, 0)))
        return emit_fail(e, "TensorRT refuses the axes"), true;
    return emit_give(e, n, emit_layer(e, l));
}

static bool emit_grid_sample(struct emit *e, const struct ir_node *n)
{
    struct bytes mode = ir_attr_string(n, ATTR_MODE, "linear"), edge = ir_attr_string(n, ATTR_PADDING_MODE, "zeros");
    enum trt_interpolation how = bytes_equal(mode, "nearest") ? TRT_NEAREST
                                 : bytes_equal(mode, "cubic") ? TRT_CUBIC : TRT_LINEAR;
    enum trt_sample outside = bytes_equal(edge, "border") ? TRT_SAMPLE_CLAMP
                              : bytes_equal(edge, "reflection") ? TRT_SAMPLE_REFLECT : TRT_SAMPLE_FILL;
    if (ir_in(n, 0)->rank != 4) return emit_decline(e, "of other than 4 dimensions");
    tensor_p x = emit_in(e, n, 0), grid = emit_in(e, n, 1);
    if (!x || !grid) return true;
    layer_p l = trt_add_grid_sample(e->t, e->net, x, grid);
    if (!trt_grid_sample_set(e->t, l, how, ir_attr_int(n, ATTR_ALIGN_CORNERS, 0) != 0, outside))
        return emit_fail(e, "TensorRT refuses the mode"), true;
    return emit_give(e, n, emit_layer(e, l));
}

/* -- random numbers ------------------------------------------------------------------------------------------------ */

/* Another sequence than TensorFlow's, of the same distribution. */
static bool emit_random(struct emit *e, const struct ir_node *n)
{
    bool uniform = n->op == IR_RANDOM_UNIFORM || n->op == IR_RANDOM_UNIFORM_LIKE;
    struct trt_dims dims = emit_dims_of(n->out[0]);
    enum trt_type type;
    if (!emit_type(e, n->out[0]->dtype, &type) || dims.n < 1) return emit_decline(e, "of such a shape or type");
    bool fixed = emit_is_static(&dims);
    tensor_p shape = fixed ? NULL : emit_shape(e, emit_in(e, n, 0));
    for (int32_t i = 0; !fixed && i < dims.n; i++) dims.d[i] = 1;
    layer_p l = trt_add_fill(e->t, e->net, &dims, uniform ? TRT_FILL_RANDOM_UNIFORM : TRT_FILL_RANDOM_NORMAL, TRT_FLOAT);
    double alpha = (double)ir_attr_float(n, uniform ? ATTR_LOW : ATTR_MEAN, 0);
    double beta = (double)ir_attr_float(n, uniform ? ATTR_HIGH : ATTR_SCALE, 1);
    if (!l || (!fixed && !trt_layer_set_input(e->t, l, 0, shape)) || !trt_fill_set_alpha(e->t, l, alpha) ||
        !trt_fill_set_beta(e->t, l, beta))
        return emit_fail(e, "TensorRT refuses it"), true;
    return emit_give(e, n, emit_cast(e, emit_layer(e, l), type));
}

static const struct emit_row rows[] = {
    { IR_GATHER, emit_gather_row },
    { IR_GATHER_ELEMENTS, emit_gather_elements },
    { IR_GATHER_ND, emit_gather_nd },
    { IR_GRID_SAMPLE, emit_grid_sample },
    { IR_NON_MAX_SUPPRESSION, emit_nms },
    { IR_NON_ZERO, emit_non_zero },
    { IR_RANDOM_NORMAL, emit_random },
    { IR_RANDOM_NORMAL_LIKE, emit_random },
    { IR_RANDOM_UNIFORM, emit_random },
    { IR_RANDOM_UNIFORM_LIKE, emit_random },
    { IR_REVERSE_SEQUENCE, emit_reverse_sequence },
    { IR_SCATTER_ELEMENTS, emit_scatter },
    { IR_SCATTER_ND, emit_scatter },
    { IR_TOP_K, emit_top_k },
};
const struct emit_rows emit_rows_index = { rows, sizeof rows / sizeof rows[0] };
