/* Shapes, and what moves elements without computing: reshaping, slices, padding, repetition. */
#include "backend/tensorrt/emit.h"

/* Far beyond any dimension, and far from overflow in int32. */
enum { FAR = 1 << 30 };

/* -- shapes -------------------------------------------------------------------------------------------------------- */

static bool emit_shape_row(struct emit *e, const struct ir_node *n)
{
    tensor_p x = emit_in(e, n, 0);
    int64_t rank = emit_rank(e, x), start = ir_attr_int(n, ATTR_START, 0), end = ir_attr_int(n, ATTR_END, rank);
    if (!x) return true;
    start = start < 0 ? start + rank : start;
    end = end < 0 ? end + rank : end;
    start = start < 0 ? 0 : start > rank ? rank : start;
    end = end < start ? start : end > rank ? rank : end;
    tensor_p shape = emit_shape(e, x);
    if (start > 0 || end < rank) shape = emit_slice_axis(e, shape, 0, start, end - start);
    return emit_give(e, n, shape);
}

static bool emit_size(struct emit *e, const struct ir_node *n)
{
    tensor_p x = emit_in(e, n, 0);
    if (!x) return true;
    if (emit_rank(e, x) == 0) return emit_give(e, n, emit_int(e, 1, emit_index_type(e)));
    return emit_give(e, n, emit_reduce(e, TRT_REDUCE_PROD, emit_shape(e, x), 1, false));
}

/* The result's dimensions say it all, where they are known before the run; else the values that the node is given. */
static bool emit_reshape_row(struct emit *e, const struct ir_node *n)
{
    const struct ir_value *out = n->out[0];
    int32_t open = 0;
    tensor_p x = emit_in(e, n, 0);
    if (!x) return true;
    for (int32_t i = 0; i < out->rank; i++) open += !dim_fixed(out->dims[i]);
    if (out->rank >= 0 && (open <= 1 || emit_knows_dims(e, out->dims, out->rank)))
        return emit_give(e, n, emit_reshape(e, x, out->dims, out->rank));
    tensor_p shape = emit_in_index(e, n, 1);
    layer_p l = trt_add_shuffle(e->t, e->net, x);
    if (!shape || !trt_shuffle_set_zero_is_placeholder(e->t, l, !ir_attr_int(n, ATTR_ALLOWZERO, 0)) ||
        !trt_layer_set_input(e->t, l, 1, shape))
        return emit_fail(e, "TensorRT refuses the shape"), true;
    return emit_give(e, n, emit_layer(e, l));
}

static bool emit_flatten(struct emit *e, const struct ir_node *n)
{
    const struct ir_value *out = n->out[0];
    if (out->rank != 2 || (!dim_fixed(out->dims[0]) && !dim_fixed(out->dims[1]) && !emit_knows_dims(e, out->dims, 2)))
        return emit_decline(e, NULL);
    return emit_give(e, n, emit_reshape(e, emit_in(e, n, 0), out->dims, 2));
}

/* Which axes, counted in `rank`; no axes given: those that are 1. False: not known. */
static bool axes_of(const struct ir_node *n, int32_t rank, bool *marked)
{
    int64_t axes[TFP_MAX_RANK];
    const struct ir_value *v = ir_in(n, 0);
    int64_t count = ir_in(n, 1) ? emit_in_ints(n, 1, axes, TFP_MAX_RANK) : 0;
    for (int64_t i = 0; i < count; i++) {
        int32_t axis = emit_axis(axes[i], rank);
        if (axis < 0 || axis >= rank) return false;
        marked[axis] = true;
    }
    for (int32_t i = 0; !ir_in(n, 1) && i < v->rank; i++) marked[i] = dim_is(v->dims[i], 1);
    return count >= 0;
}

static bool emit_squeeze(struct emit *e, const struct ir_node *n)
{
    bool ones[TFP_MAX_RANK] = { false };
    int32_t from[TRT_MAX_DIMS], rank = ir_in(n, 0)->rank, k = 0;
    if (!axes_of(n, rank, ones)) return emit_decline(e, "axes that are not constant");
    for (int32_t i = 0; i < rank; i++)
        if (!ones[i]) from[k++] = i;
    return emit_give(e, n, emit_reshape_axes(e, emit_in(e, n, 0), from, k));
}

static bool emit_unsqueeze(struct emit *e, const struct ir_node *n)
{
    bool ones[TFP_MAX_RANK] = { false };
    int64_t axes[TFP_MAX_RANK], count = emit_in_ints(n, 1, axes, TFP_MAX_RANK);
    int32_t from[TRT_MAX_DIMS], rank = ir_in(n, 0)->rank + (int32_t)count, k = 0;
    if (count < 0 || rank > TRT_MAX_DIMS || !axes_of(n, rank, ones)) return emit_decline(e, "axes that are not constant");
    for (int32_t i = 0; i < rank; i++) from[i] = ones[i] ? -1 : k++;
    return emit_give(e, n, emit_reshape_axes(e, emit_in(e, n, 0), from, rank));
}

static bool emit_transpose_row(struct emit *e, const struct ir_node *n)
{
    struct ir_ints perm = ir_attr_ints(n, ATTR_PERM);
    int32_t order[TRT_MAX_DIMS], rank = ir_in(n, 0)->rank;
    for (int32_t i = 0; i < rank; i++) order[i] = perm.n ? (int32_t)perm.at[i] : rank - 1 - i;
    return emit_give(e, n, emit_transpose(e, emit_in(e, n, 0), order, rank));
}

/* -- joining and parting ------------------------------------------------------------------------------------------- */

static bool emit_concat_row(struct emit *e, const struct ir_node *n)
{
    tensor_p *x = ARENA_ARRAY(&e->arena, tensor_p, n->n_in);
    int32_t rank = n->out[0]->rank;
    if (!x) return emit_fail(e, "out of memory"), true;
    for (uint32_t i = 0; i < n->n_in; i++) x[i] = emit_in(e, n, i);
    return emit_give(e, n, emit_concat(e, x, (int32_t)n->n_in, emit_axis(ir_attr_int(n, ATTR_AXIS, 0), rank)));
}

static bool emit_split(struct emit *e, const struct ir_node *n)
{
    const struct ir_value *v = ir_in(n, 0);
    int32_t axis = emit_axis(ir_attr_int(n, ATTR_AXIS, 0), v->rank);
    int64_t at = 0;
    for (uint32_t i = 0; i < n->n_out; i++)
        if (!n->out[i] || n->out[i]->rank != v->rank || !dim_fixed(n->out[i]->dims[axis]))
            return emit_decline(e, "of a length that is not known");
    tensor_p x = emit_in(e, n, 0);
    for (uint32_t i = 0; i < n->n_out; i++) {
        int64_t size = n->out[i]->dims[axis].n;
        if (ir_wants(n, i) && !emit_out(e, n, i, emit_slice_axis(e, x, axis, at, size))) return true;
        at += size;
    }
    return true;
}

/* -- slices -------------------------------------------------------------------------------------------------------- */

/* A slice node's numbers, spread over all axes; an axis that is not sliced goes from 0 to FAR. */
struct slice {
    int32_t rank, n; /* n: sliced axes */
    int32_t axes[TRT_MAX_DIMS];
    int64_t starts[TRT_MAX_DIMS], ends[TRT_MAX_DIMS], steps[TRT_MAX_DIMS];
    bool known; /* starts and ends are constant */
};

static int64_t near(int64_t v)
{
    return v > FAR ? FAR : v < -FAR ? -FAR : v;
}

static const char *read_slice(const struct ir_node *n, struct slice *s)
{
    int64_t starts[TFP_MAX_RANK], ends[TFP_MAX_RANK], axes[TFP_MAX_RANK], steps[TFP_MAX_RANK];
    const struct ir_value *given = ir_in(n, 1);
    s->rank = ir_in(n, 0)->rank;
    if (given->rank != 1 || !dim_fixed(given->dims[0]) || given->dims[0].n > s->rank) return "starts of unknown number";
    s->n = (int32_t)given->dims[0].n;
    s->known = emit_in_ints(n, 1, starts, TFP_MAX_RANK) == s->n && emit_in_ints(n, 2, ends, TFP_MAX_RANK) == s->n;
    if (ir_in(n, 3) && emit_in_ints(n, 3, axes, TFP_MAX_RANK) != s->n) return "axes that are not constant";
    if (ir_in(n, 4) && emit_in_ints(n, 4, steps, TFP_MAX_RANK) != s->n) return "steps that are not constant";
    for (int32_t i = 0; i < s->rank; i++) {
        s->starts[i] = 0;
        s->ends[i] = FAR;
        s->steps[i] = 1;
    }
    for (int32_t i = 0; i < s->n; i++) {
        int32_t axis = s->axes[i] = ir_in(n, 3) ? emit_axis(axes[i], s->rank) : i;
        if (axis < 0 || axis >= s->rank) return "an axis out of range";
        if (ir_in(n, 4)) s->steps[axis] = near(steps[i]);
        if (s->steps[axis] == 0) return "a step of 0";
        if (!s->known) continue;
        s->starts[axis] = near(starts[i]);
        s->ends[axis] = near(ends[i]);
    }
    return NULL;
}

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
    return v < low ? low : v > high ? high : v;
}

/* ONNX's rules for one axis of a known length. */
static void slice_axis(const struct slice *s, int32_t i, int64_t length, int64_t *start, int64_t *size)
{
    int64_t step = s->steps[i], from = s->starts[i], to = s->ends[i];
    from += from < 0 ? length : 0;
    to += to < 0 ? length : 0;
    from = clamp(from, 0, step > 0 ? length : length - 1);
    to = step > 0 ? clamp(to, 0, length) : clamp(to, -1, length - 1);
    int64_t count = step > 0 ? (to - from + step - 1) / step : (from - to - step - 1) / -step;
    *start = from;
    *size = count < 0 ? 0 : count;
}

/* The whole of an axis, forwards: whatever its length. */
static bool is_whole(const struct slice *s, int32_t i)
{
    return s->steps[i] == 1 && s->starts[i] == 0 && s->ends[i] == FAR;
}

/* Numbers alone, where each axis has a known length or is taken whole. */
static bool slice_numbers(const struct slice *s, const struct trt_dims *dims, struct emit_window *w)
{
    if (!s->known) return false;
    for (int32_t i = 0; i < s->rank; i++) {
        w->stride.d[i] = s->steps[i];
        if (dims->d[i] >= 0) slice_axis(s, i, dims->d[i], &w->start.d[i], &w->size.d[i]);
        else if (!is_whole(s, i)) return false;
        else w->start.d[i] = 0, w->size.d[i] = -1;
    }
    return true;
}

/* Starts or ends of all axes as a tensor: those given, `other` for the axes that are not sliced. */
static tensor_p spread(struct emit *e, const struct ir_node *n, size_t in, const struct slice *s, const int64_t *numbers,
                       int64_t other)
{
    int64_t places[TRT_MAX_DIMS];
    if (s->known) return emit_ints(e, numbers, s->rank);
    for (int32_t i = 0; i < s->rank; i++) places[i] = s->n;
    for (int32_t i = 0; i < s->n; i++) places[s->axes[i]] = i;
    tensor_p far = EMIT_INTS(e, FAR), given = emit_in_index(e, n, in);
    given = emit_binary(e, TRT_BINARY_MAX, emit_binary(e, TRT_BINARY_MIN, given, far), EMIT_INTS(e, -FAR));
    tensor_p parts[2] = { given, EMIT_INTS(e, other) };
    return emit_gather(e, emit_concat(e, parts, 2, 0), emit_ints(e, places, s->rank), 0);
}

/* v + length where v is negative, then between low and high; without comparisons, which shapes cannot have everywhere. */
static tensor_p settle(struct emit *e, tensor_p v, tensor_p length, tensor_p low, tensor_p high)
{
    tensor_p zero = EMIT_INTS(e, 0), one = EMIT_INTS(e, 1);
    tensor_p negative = emit_binary(e, TRT_BINARY_SUB, zero, v);
    negative = emit_binary(e, TRT_BINARY_MIN, one, emit_binary(e, TRT_BINARY_MAX, zero, negative));
    v = emit_binary(e, TRT_BINARY_SUM, v, emit_binary(e, TRT_BINARY_PROD, negative, length));
    return emit_binary(e, TRT_BINARY_MAX, low, emit_binary(e, TRT_BINARY_MIN, high, v));
}

/* The same rules on vectors, while the network runs. */
static bool slice_tensors(struct emit *e, const struct ir_node *n, const struct slice *s, tensor_p x, struct emit_window *w)
{
    int64_t zeros[TRT_MAX_DIMS] = { 0 }, back[TRT_MAX_DIMS], more[TRT_MAX_DIMS];
    for (int32_t i = 0; i < s->rank; i++) {
        back[i] = s->steps[i] > 0 ? 0 : -1;
        more[i] = s->steps[i] > 0 ? s->steps[i] - 1 : s->steps[i] + 1;
        w->stride.d[i] = s->steps[i];
        w->start.d[i] = 0;
        w->size.d[i] = 1;
    }
    tensor_p length = emit_shape(e, x), zero = emit_ints(e, zeros, s->rank), low = emit_ints(e, back, s->rank);
    tensor_p high = emit_binary(e, TRT_BINARY_SUM, length, low);
    tensor_p start = settle(e, spread(e, n, 1, s, s->starts, 0), length, zero, high);
    tensor_p end = settle(e, spread(e, n, 2, s, s->ends, FAR), length, low, high);
    tensor_p size = emit_binary(e, TRT_BINARY_SUM, emit_binary(e, TRT_BINARY_SUB, end, start), emit_ints(e, more, s->rank));
    size = emit_binary(e, TRT_BINARY_FLOOR_DIV, size, emit_ints(e, s->steps, s->rank));
    w->start_tensor = start;
    w->size_tensor = emit_binary(e, TRT_BINARY_MAX, size, zero);
    return w->size_tensor != NULL;
}

/* Sizes that are known but for whole axes: those keep the input's. */
static tensor_p sizes_beside(struct emit *e, tensor_p x, const struct trt_dims *size)
{
    int64_t mask[TRT_MAX_DIMS], number[TRT_MAX_DIMS];
    for (int32_t i = 0; i < size->n; i++) {
        mask[i] = size->d[i] < 0;
        number[i] = size->d[i] < 0 ? 0 : size->d[i];
    }
    tensor_p kept = emit_binary(e, TRT_BINARY_PROD, emit_shape(e, x), emit_ints(e, mask, size->n));
    return emit_binary(e, TRT_BINARY_SUM, kept, emit_ints(e, number, size->n));
}

static bool emit_slice_row(struct emit *e, const struct ir_node *n)
{
    struct slice s;
    const char *why = read_slice(n, &s);
    if (why) return emit_decline(e, why);
    tensor_p x = emit_in(e, n, 0);
    if (!x) return true;
    struct trt_dims dims = trt_tensor_dims(e->t, x);
    struct emit_window w = { .start = { .n = s.rank }, .size = { .n = s.rank }, .stride = { .n = s.rank } };
    if (!slice_numbers(&s, &dims, &w)) {
        if (!slice_tensors(e, n, &s, x, &w)) return true;
    } else if (!emit_is_static(&w.size)) {
        if (!(w.size_tensor = sizes_beside(e, x, &w.size))) return true;
        for (int32_t i = 0; i < s.rank; i++) w.size.d[i] = 1;
    }
    return emit_give(e, n, emit_window(e, x, &w));
}

/* -- padding ------------------------------------------------------------------------------------------------------- */

static bool pad_mode(const struct ir_node *n, enum trt_sample *out)
{
    static const struct {
        const char *word;
        enum trt_sample mode;
    } modes[] = {
        { "constant", TRT_SAMPLE_FILL }, { "edge", TRT_SAMPLE_CLAMP }, { "reflect", TRT_SAMPLE_REFLECT },
        { "wrap", TRT_SAMPLE_WRAP },
    };
    struct bytes mode = ir_attr_string(n, ATTR_MODE, "constant");
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
        if (bytes_equal(mode, modes[i].word)) return *out = modes[i].mode, true;
    return false;
}

/* Before and after each axis. */
static bool read_pads(const struct ir_node *n, int32_t rank, int64_t *before, int64_t *after)
{
    int64_t pads[2 * TFP_MAX_RANK], axes[TFP_MAX_RANK];
    int64_t ends = emit_in_ints(n, 1, pads, 2 * TFP_MAX_RANK), count = ends / 2;
    int64_t named = ir_in(n, 3) ? emit_in_ints(n, 3, axes, TFP_MAX_RANK) : count;
    if (ends < 0 || named != count) return false;
    for (int32_t i = 0; i < rank; i++) before[i] = after[i] = 0;
    for (int64_t i = 0; i < count; i++) {
        int32_t axis = ir_in(n, 3) ? emit_axis(axes[i], rank) : (int32_t)i;
        if (axis < 0 || axis >= rank) return false;
        before[axis] = pads[i];
        after[axis] = pads[count + i];
    }
    return true;
}

static void pad_numbers(struct emit_window *w, const struct trt_dims *dims, const int64_t *before, const int64_t *after)
{
    for (int32_t i = 0; i < dims->n; i++) {
        w->start.d[i] = -before[i];
        w->size.d[i] = dims->d[i] < 0 ? -1 : dims->d[i] + before[i] + after[i];
        w->stride.d[i] = 1;
    }
}

/* Pads that are computed: [before.., after..] of all axes. */
static bool pad_tensors(struct emit *e, const struct ir_node *n, tensor_p x, struct emit_window *w)
{
    int32_t rank = w->start.n;
    tensor_p pads = emit_in_index(e, n, 1), zero = EMIT_INTS(e, 0);
    tensor_p before = emit_slice_axis(e, pads, 0, 0, rank), after = emit_slice_axis(e, pads, 0, rank, rank);
    w->start_tensor = emit_binary(e, TRT_BINARY_SUB, zero, before);
    w->size_tensor = emit_binary(e, TRT_BINARY_SUM, emit_shape(e, x), emit_binary(e, TRT_BINARY_SUM, before, after));
    for (int32_t i = 0; i < rank; i++) w->stride.d[i] = w->size.d[i] = 1;
    return w->start_tensor && w->size_tensor;
}

static bool emit_pad(struct emit *e, const struct ir_node *n)
{
    int64_t before[TRT_MAX_DIMS], after[TRT_MAX_DIMS], sums[TRT_MAX_DIMS];
    const struct ir_value *v = ir_in(n, 0);
    struct emit_window w = { .start = { .n = v->rank }, .size = { .n = v->rank }, .stride = { .n = v->rank } };
    if (!pad_mode(n, &w.mode)) return emit_decline(e, "such a mode");
    bool known = read_pads(n, v->rank, before, after);
    if (!known && ir_in(n, 3)) return emit_decline(e, "pads that are not constant, for some axes");
    tensor_p x = emit_in(e, n, 0), fill = ir_in(n, 2) ? emit_in(e, n, 2) : NULL;
    if (!x) return true;
    enum trt_type type = emit_type_of(e, x);
    if (type == TRT_BOOL) x = emit_cast(e, x, TRT_INT32), fill = emit_cast(e, fill, TRT_INT32);
    struct trt_dims dims = trt_tensor_dims(e->t, x);
    if (fill && emit_rank(e, fill) != 0) fill = emit_reshape(e, fill, NULL, 0);
    if (w.mode == TRT_SAMPLE_FILL) w.fill = fill ? fill : emit_number(e, 0, emit_type_of(e, x), 0);
    if (known) {
        pad_numbers(&w, &dims, before, after);
        for (int32_t i = 0; i < v->rank; i++) sums[i] = before[i] + after[i];
        if (!emit_is_static(&w.size))
            w.size_tensor = emit_binary(e, TRT_BINARY_SUM, emit_shape(e, x), emit_ints(e, sums, v->rank));
        for (int32_t i = 0; w.size_tensor && i < v->rank; i++) w.size.d[i] = 1;
    } else if (!pad_tensors(e, n, x, &w)) {
        return true;
    }
    return emit_give(e, n, emit_cast(e, emit_window(e, x, &w), type));
}

/* -- repetition ---------------------------------------------------------------------------------------------------- */

/* Reading on behind the end begins anew. */
static bool emit_tile(struct emit *e, const struct ir_node *n)
{
    int64_t repeats[TRT_MAX_DIMS];
    const struct ir_value *v = ir_in(n, 0);
    struct emit_window w = { .start = { .n = v->rank }, .size = { .n = v->rank }, .stride = { .n = v->rank },
                             .mode = TRT_SAMPLE_WRAP };
    bool known = emit_in_ints(n, 1, repeats, TRT_MAX_DIMS) == v->rank;
    tensor_p x = emit_in(e, n, 0);
    if (!x || v->rank == 0) return emit_give(e, n, x);
    struct trt_dims dims = trt_tensor_dims(e->t, x);
    bool fixed = known && emit_is_static(&dims);
    for (int32_t i = 0; i < v->rank; i++) {
        w.size.d[i] = fixed ? dims.d[i] * repeats[i] : 1;
        w.stride.d[i] = 1;
    }
    if (!fixed) {
        tensor_p times = known ? emit_ints(e, repeats, v->rank) : emit_in_index(e, n, 1);
        if (!(w.size_tensor = emit_binary(e, TRT_BINARY_PROD, emit_shape(e, x), times))) return true;
    }
    return emit_give(e, n, emit_window(e, x, &w));
}

/* Both of static dimensions. */
static tensor_p expand_numbers(struct emit *e, tensor_p x, const struct trt_dims *from, const struct trt_dims *to)
{
    struct emit_window w = { .start = { .n = to->n }, .size = *to, .stride = { .n = to->n } };
    bool same = true;
    for (int32_t i = 0; i < to->n; i++) {
        w.stride.d[i] = from->d[i] != 1;
        same = same && from->d[i] == to->d[i];
    }
    return same ? x : emit_window(e, x, &w);
}

/* The shape as a tensor of `rank` entries. */
static tensor_p target_shape(struct emit *e, const struct ir_node *n, int32_t rank)
{
    const int64_t ones[TRT_MAX_DIMS] = { 1, 1, 1, 1, 1, 1, 1, 1 };
    const struct ir_value *out = n->out[0], *given = ir_in(n, 1);
    if (out->rank == rank && emit_knows_dims(e, out->dims, rank)) return emit_shape_of(e, out->dims, rank);
    tensor_p shape = emit_in_index(e, n, 1);
    int32_t more = rank - (given->rank == 1 && dim_fixed(given->dims[0]) ? (int32_t)given->dims[0].n : rank);
    tensor_p parts[2] = { more > 0 ? emit_ints(e, ones, more) : NULL, shape };
    return more > 0 ? emit_concat(e, parts, 2, 0) : shape;
}

static bool emit_expand(struct emit *e, const struct ir_node *n)
{
    const struct ir_value *out = n->out[0];
    if (out->rank < 0) return emit_decline(e, "to an unknown number of dimensions");
    tensor_p x = emit_in_rank(e, n, 0, out->rank);
    if (!x) return true;
    struct trt_dims from = trt_tensor_dims(e->t, x), to = emit_dims_of(out);
    if (emit_is_static(&from) && emit_is_static(&to)) return emit_give(e, n, expand_numbers(e, x, &from, &to));
    return emit_give(e, n, emit_expand_to(e, x, target_shape(e, n, out->rank)));
}

static bool emit_constant_of_shape(struct emit *e, const struct ir_node *n)
{
    const struct ir_attr *value = ir_attr(n, ATTR_VALUE);
    const struct ir_value *out = n->out[0], *shape = ir_in(n, 0);
    enum trt_type type;
    if (shape->rank != 1 || !dim_fixed(shape->dims[0]) || shape->dims[0].n > TRT_MAX_DIMS)
        return emit_decline(e, "of an unknown number of dimensions");
    if (!emit_type(e, out->dtype, &type)) return emit_decline(e, "of such a type");
    double number = value && value->v.tensor->count ? tensor_float(value->v.tensor, 0) : 0;
    int32_t rank = (int32_t)shape->dims[0].n;
    tensor_p dims = out->rank == rank && emit_knows_dims(e, out->dims, rank) ? emit_shape_of(e, out->dims, rank)
                                                                              : emit_in_index(e, n, 0);
    return emit_give(e, n, emit_expand_to(e, emit_number(e, number, type, rank), dims));
}

/* -- ranges -------------------------------------------------------------------------------------------------------- */

/* ceil((limit - start) / delta) for a delta of known sign, not below 0. */
static tensor_p range_length(struct emit *e, tensor_p start, tensor_p limit, int64_t delta)
{
    tensor_p span = emit_binary(e, TRT_BINARY_SUB, limit, start);
    span = emit_binary(e, TRT_BINARY_SUM, span, EMIT_INTS(e, delta > 0 ? delta - 1 : delta + 1));
    return emit_binary(e, TRT_BINARY_MAX, emit_binary(e, TRT_BINARY_FLOOR_DIV, span, EMIT_INTS(e, delta)), EMIT_INTS(e, 0));
}

static bool emit_range(struct emit *e, const struct ir_node *n)
{
    int64_t delta;
    const struct ir_value *v = ir_in(n, 0);
    const struct trt_dims one = { .n = 1, .d = { 1 } };
    if (!dtype_is_integer(v->dtype)) return emit_decline(e, "of floats");
    if (emit_in_ints(n, 2, &delta, 1) != 1 || delta == 0) return emit_decline(e, "a step that is not constant");
    tensor_p start = emit_in_index(e, n, 0), length = range_length(e, start, emit_in_index(e, n, 1), delta);
    if (!length) return true;
    layer_p l = trt_add_fill(e->t, e->net, &one, TRT_FILL_LINSPACE, emit_index_type(e));
    tensor_p first = emit_reshape(e, start, NULL, 0), step = EMIT_INTS(e, delta);
    if (!l || !first || !step || !trt_layer_set_input(e->t, l, 0, length) || !trt_layer_set_input(e->t, l, 1, first) ||
        !trt_layer_set_input(e->t, l, 2, step))
        return emit_fail(e, "TensorRT refuses the range"), true;
    enum trt_type type;
    return emit_give(e, n, emit_type(e, v->dtype, &type) ? emit_cast(e, emit_layer(e, l), type) : NULL);
}

static const struct emit_row rows[] = {
    { IR_CONCAT, emit_concat_row },
    { IR_CONSTANT_OF_SHAPE, emit_constant_of_shape },
    { IR_EXPAND, emit_expand },
    { IR_FLATTEN, emit_flatten },
    { IR_PAD, emit_pad },
    { IR_RANGE, emit_range },
    { IR_RESHAPE, emit_reshape_row },
    { IR_SHAPE, emit_shape_row },
    { IR_SIZE, emit_size },
    { IR_SLICE, emit_slice_row },
    { IR_SPLIT, emit_split },
    { IR_SQUEEZE, emit_squeeze },
    { IR_TILE, emit_tile },
    { IR_TRANSPOSE, emit_transpose_row },
    { IR_UNSQUEEZE, emit_unsqueeze },
};
const struct emit_rows emit_rows_shape = { rows, sizeof rows / sizeof rows[0] };
