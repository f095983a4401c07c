/* Layers that many rows are made of, and shapes that are computed while the network runs. */
#include "backend/tensorrt/emit.h"

#include "ir/ranges.h"

/* -- layers -------------------------------------------------------------------------------------------------------- */

int32_t emit_rank(struct emit *e, tensor_p x)
{
    return x ? trt_tensor_dims(e->t, x).n : -1;
}

tensor_p emit_layer(struct emit *e, layer_p l)
{
    tensor_p x = e->status == TFP_OK && l ? trt_layer_output(e->t, l, 0) : NULL;
    if (e->status != TFP_OK) return NULL;
    return x ? x : emit_fail(e, "TensorRT refuses it");
}

tensor_p emit_unary(struct emit *e, enum trt_unary op, tensor_p x)
{
    return x ? emit_layer(e, trt_add_unary(e->t, e->net, x, op)) : NULL;
}

tensor_p emit_activation(struct emit *e, enum trt_activation a, tensor_p x, float alpha, float beta)
{
    if (!x) return NULL;
    layer_p l = trt_add_activation(e->t, e->net, x, a);
    trt_activation_set_alpha(e->t, l, alpha);
    trt_activation_set_beta(e->t, l, beta);
    return emit_layer(e, l);
}

static bool align(struct emit *e, tensor_p *a, tensor_p *b)
{
    int32_t n = emit_rank(e, *a), m = emit_rank(e, *b);
    *a = emit_to_rank(e, *a, n > m ? n : m);
    *b = emit_to_rank(e, *b, n > m ? n : m);
    return *a && *b;
}

tensor_p emit_binary(struct emit *e, enum trt_binary op, tensor_p a, tensor_p b)
{
    if (!a || !b || !align(e, &a, &b)) return NULL;
    return emit_layer(e, trt_add_elementwise(e->t, e->net, a, b, op));
}

tensor_p emit_modulo(struct emit *e, tensor_p x, tensor_p y)
{
    tensor_p whole = emit_binary(e, TRT_BINARY_PROD, emit_binary(e, TRT_BINARY_FLOOR_DIV, x, y), y);
    return emit_binary(e, TRT_BINARY_SUB, x, whole);
}

/* ((x - lowest) mod count) + lowest. */
tensor_p emit_wrap(struct emit *e, tensor_p x, tfp_dtype dtype)
{
    double lowest, highest;
    const tfp_dtype holder = trt_dtype(emit_type_of(e, x));
    if (!x || !range_of(dtype, &lowest, &highest)) return x;
    if (!dtype_is_integer(holder) || tfp_dtype_size(holder) <= tfp_dtype_size(dtype)) return x;
    tensor_p least = lowest != 0 ? emit_like(e, x, lowest) : NULL;
    if (least) x = emit_binary(e, TRT_BINARY_SUB, x, least);
    x = emit_modulo(e, x, emit_like(e, x, highest - lowest + 1));
    return least ? emit_binary(e, TRT_BINARY_SUM, x, least) : x;
}

tensor_p emit_select(struct emit *e, tensor_p condition, tensor_p yes, tensor_p no)
{
    if (!condition || !yes || !no || !align(e, &yes, &no) || !align(e, &condition, &yes)) return NULL;
    no = emit_to_rank(e, no, emit_rank(e, yes));
    return no ? emit_layer(e, trt_add_select(e->t, e->net, condition, yes, no)) : NULL;
}

tensor_p emit_transpose(struct emit *e, tensor_p x, const int32_t *order, int32_t n)
{
    bool moves = false;
    for (int32_t i = 0; i < n; i++) moves = moves || order[i] != i;
    if (!x || !moves) return x;
    layer_p l = trt_add_shuffle(e->t, e->net, x);
    if (!trt_shuffle_set_first_transpose(e->t, l, order, n)) return emit_fail(e, "TensorRT refuses the permutation");
    return emit_layer(e, l);
}

tensor_p emit_reduce(struct emit *e, enum trt_reduce op, tensor_p x, uint32_t axes, bool keep)
{
    if (!x || !axes) return x;
    return emit_layer(e, trt_add_reduce(e->t, e->net, x, op, axes, keep));
}

tensor_p emit_concat(struct emit *e, tensor_p const *x, int32_t n, int32_t axis)
{
    for (int32_t i = 0; i < n; i++)
        if (!x[i]) return NULL;
    return n == 1 ? x[0] : emit_layer(e, trt_add_concatenation(e->t, e->net, x, n, axis));
}

tensor_p emit_gather(struct emit *e, tensor_p x, tensor_p indices, int32_t axis)
{
    if (!x || !indices) return NULL;
    return emit_layer(e, trt_add_gather(e->t, e->net, x, indices, TRT_GATHER_DEFAULT, axis));
}

/* Start, size and stride are numbers. */
static tensor_p slice_fixed(struct emit *e, tensor_p x, const struct trt_dims *start, const struct trt_dims *size,
                            const struct trt_dims *stride)
{
    return x ? emit_layer(e, trt_add_slice(e->t, e->net, x, start, size, stride)) : NULL;
}

tensor_p emit_window(struct emit *e, tensor_p x, const struct emit_window *w)
{
    if (!x || e->status != TFP_OK) return NULL;
    layer_p l = trt_add_slice(e->t, e->net, x, &w->start, &w->size, &w->stride);
    bool fine = l != NULL;
    if (w->mode != TRT_SAMPLE_STRICT) fine = fine && trt_slice_set_mode(e->t, l, w->mode);
    if (w->start_tensor) fine = fine && trt_layer_set_input(e->t, l, 1, w->start_tensor);
    if (w->size_tensor) fine = fine && trt_layer_set_input(e->t, l, 2, w->size_tensor);
    if (w->stride_tensor) fine = fine && trt_layer_set_input(e->t, l, 3, w->stride_tensor);
    if (w->fill) fine = fine && trt_layer_set_input(e->t, l, 4, w->fill);
    return fine ? emit_layer(e, l) : emit_fail(e, "TensorRT refuses the slice");
}

/* The shape with one entry replaced: shape * mask + entry. */
static tensor_p shape_with(struct emit *e, tensor_p x, int32_t axis, int64_t size)
{
    int64_t mask[TRT_MAX_DIMS], entry[TRT_MAX_DIMS] = { 0 };
    int32_t n = emit_rank(e, x);
    for (int32_t i = 0; i < n; i++) mask[i] = i != axis;
    entry[axis] = size;
    tensor_p others = emit_binary(e, TRT_BINARY_PROD, emit_shape(e, x), emit_ints(e, mask, n));
    return emit_binary(e, TRT_BINARY_SUM, others, emit_ints(e, entry, n));
}

tensor_p emit_slice_axis(struct emit *e, tensor_p x, int32_t axis, int64_t start, int64_t size)
{
    if (!x) return NULL;
    struct trt_dims dims = trt_tensor_dims(e->t, x);
    struct emit_window w = { .start = { .n = dims.n }, .size = dims, .stride = { .n = dims.n } };
    for (int32_t i = 0; i < dims.n; i++) w.stride.d[i] = 1;
    w.start.d[axis] = start;
    w.size.d[axis] = size;
    if (!emit_is_static(&w.size)) {
        if (!(w.size_tensor = shape_with(e, x, axis, size))) return NULL;
        w.size = w.stride;
    }
    return emit_window(e, x, &w);
}

/* A slice whose stride is 0 where a dimension is 1 repeats it. */
tensor_p emit_expand_to(struct emit *e, tensor_p x, tensor_p shape)
{
    int32_t n = emit_rank(e, x);
    if (!x || !shape) return NULL;
    if (n == 0) return x;
    struct trt_dims dims = trt_tensor_dims(e->t, x);
    struct emit_window w = { .start = { .n = n }, .size = { .n = n }, .stride = { .n = n } };
    bool open = false;
    for (int32_t i = 0; i < n; i++) {
        w.size.d[i] = 1;
        w.stride.d[i] = dims.d[i] != 1;
        open = open || dims.d[i] < 0;
    }
    w.size_tensor = shape;
    if (open) { /* a dimension that turns out to be 1 is repeated, too */
        tensor_p one = EMIT_INTS(e, 1), from = emit_shape(e, x);
        w.stride_tensor = emit_binary(e, TRT_BINARY_MIN, one, emit_binary(e, TRT_BINARY_SUB, from, one));
        w.size_tensor = emit_binary(e, TRT_BINARY_MAX, from, shape);
        if (!w.stride_tensor) return NULL;
    }
    return w.size_tensor ? emit_window(e, x, &w) : NULL;
}

/* -- reshaping ----------------------------------------------------------------------------------------------------- */

static tensor_p reshape_by_numbers(struct emit *e, tensor_p x, const struct trt_dims *dims)
{
    layer_p l = trt_add_shuffle(e->t, e->net, x);
    if (!trt_shuffle_set_zero_is_placeholder(e->t, l, false) || !trt_shuffle_set_dims(e->t, l, dims))
        return emit_fail(e, "TensorRT refuses the shape");
    return emit_layer(e, l);
}

tensor_p emit_reshape_to(struct emit *e, tensor_p x, tensor_p shape)
{
    if (!x || !shape) return NULL;
    layer_p l = trt_add_shuffle(e->t, e->net, x);
    if (!trt_shuffle_set_zero_is_placeholder(e->t, l, false) || !trt_layer_set_input(e->t, l, 1, shape))
        return emit_fail(e, "TensorRT refuses the shape");
    return emit_layer(e, l);
}

tensor_p emit_reshape(struct emit *e, tensor_p x, const struct dim *dims, int32_t n)
{
    struct trt_dims to = { .n = n };
    int32_t open = 0;
    bool zero = false;
    if (!x) return NULL;
    if (n > TRT_MAX_DIMS) return emit_refuse(e, "%d dimensions, TensorRT has at most 8", (int)n);
    for (int32_t i = 0; i < n; i++) {
        to.d[i] = dim_fixed(dims[i]) ? dims[i].n : -1;
        open += to.d[i] < 0;
        zero = zero || to.d[i] == 0;
    }
    if (open == 0 || (open == 1 && !zero)) return reshape_by_numbers(e, x, &to);
    return emit_reshape_to(e, x, emit_shape_of(e, dims, n));
}

tensor_p emit_reshape_axes(struct emit *e, tensor_p x, const int32_t *from, int32_t n)
{
    struct trt_dims had = x ? trt_tensor_dims(e->t, x) : (struct trt_dims){ .n = 0 }, to = { .n = n };
    int64_t places[TRT_MAX_DIMS];
    int32_t open = 0;
    bool zero = false;
    if (!x) return NULL;
    if (n > TRT_MAX_DIMS) return emit_refuse(e, "%d dimensions, TensorRT has at most 8", (int)n);
    for (int32_t i = 0; i < n; i++) {
        to.d[i] = from[i] < 0 ? 1 : had.d[from[i]];
        places[i] = from[i] < 0 ? had.n : from[i];
        open += to.d[i] < 0;
        zero = zero || to.d[i] == 0;
    }
    if (open == 0 || (open == 1 && !zero)) return reshape_by_numbers(e, x, &to);
    tensor_p parts[2] = { emit_shape(e, x), EMIT_INTS(e, 1) };
    return emit_reshape_to(e, x, emit_gather(e, emit_concat(e, parts, 2, 0), emit_ints(e, places, n), 0));
}

tensor_p emit_to_rank(struct emit *e, tensor_p x, int32_t rank)
{
    int32_t from[TRT_MAX_DIMS], more = rank - emit_rank(e, x);
    if (!x || more == 0) return x;
    if (more < 0) return emit_fail(e, "a rank that is too large");
    if (rank > TRT_MAX_DIMS) return emit_refuse(e, "%d dimensions, TensorRT has at most 8", (int)rank);
    for (int32_t i = 0; i < rank; i++) from[i] = i < more ? -1 : i - more;
    return emit_reshape_axes(e, x, from, rank);
}

/* -- shapes -------------------------------------------------------------------------------------------------------- */

tensor_p emit_shape(struct emit *e, tensor_p x)
{
    return x ? emit_cast(e, emit_layer(e, trt_add_shape(e->t, e->net, x)), emit_index_type(e)) : NULL;
}

static bool is_known(const struct emit *e, struct dim d)
{
    return dim_fixed(d) || (d.sym < e->n_symbols && e->symbols[d.sym].tensor);
}

bool emit_knows_dims(const struct emit *e, const struct dim *dims, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        if (!is_known(e, dims[i])) return false;
    return true;
}

static tensor_p one_dim(struct emit *e, struct dim d)
{
    const struct trt_dims one = { .n = 1, .d = { 1 } };
    if (dim_fixed(d)) return EMIT_INTS(e, d.n);
    const struct emit_symbol *s = &e->symbols[d.sym];
    const struct trt_dims at = { .n = 1, .d = { s->axis } };
    return slice_fixed(e, emit_shape(e, s->tensor), &at, &one, &one);
}

tensor_p emit_shape_of(struct emit *e, const struct dim *dims, int32_t n)
{
    tensor_p parts[TRT_MAX_DIMS];
    if (n > TRT_MAX_DIMS) return emit_refuse(e, "%d dimensions, TensorRT has at most 8", (int)n);
    if (n == 0) return emit_ints(e, NULL, 0);
    for (int32_t i = 0; i < n; i++) {
        if (!is_known(e, dims[i]))
            return emit_refuse(e, "dimension %d of its result, %s, cannot be told before it runs", (int)i,
                               ir_symbol_name(e->graph, dims[i]));
        parts[i] = one_dim(e, dims[i]);
    }
    return emit_concat(e, parts, n, 0);
}
