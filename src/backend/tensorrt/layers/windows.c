/* Windows that slide over the spatial axes: convolutions, their transposes, poolings, and what moves elements between
 * channels and space. TensorRT's windows have two or three axes: one with a single axis gets another of length 1. */
#include "backend/tensorrt/emit.h"

#include <math.h>

enum { SPATIAL_MOST = 3 };

struct windows {
    int32_t n;  /* spatial axes as TensorRT sees them: 2 or 3 */
    bool flat;  /* one axis in truth, the second has the length 1 */
    bool upper; /* SAME: what is odd goes behind */
    bool apart; /* SAME whose padding depends on open dimensions as no mode of the layer has it: a slice of its own */
    struct trt_dims kernel, stride, dilation, before, after;
    enum trt_padding mode;
};

/* -- geometry ------------------------------------------------------------------------------------------------------ */

static void read_list(const struct ir_node *n, enum ir_attr_name name, int64_t otherwise, int32_t count, int64_t *out)
{
    struct ir_ints list = ir_attr_ints(n, name);
    for (int32_t i = 0; i < count; i++) out[i] = (size_t)i < list.n ? list.at[i] : otherwise;
}

/* What the attributes say but for the padding. `kernel`: one length an axis of the node. NULL, or why not. */
static const char *read_windows(const struct ir_node *n, const int64_t *kernel, struct windows *w)
{
    int32_t axes = ir_in(n, 0)->rank - 2;
    if (axes < 1 || axes > SPATIAL_MOST) return "such a number of spatial axes";
    *w = (struct windows){ .n = axes < 2 ? 2 : axes, .flat = axes < 2 };
    w->kernel.n = w->stride.n = w->dilation.n = w->before.n = w->after.n = w->n;
    read_list(n, ATTR_STRIDES, 1, axes, w->stride.d);
    read_list(n, ATTR_DILATIONS, 1, axes, w->dilation.d);
    for (int32_t i = 0; i < axes; i++) w->kernel.d[i] = kernel[i];
    if (w->flat) w->kernel.d[1] = w->stride.d[1] = w->dilation.d[1] = 1;
    return NULL;
}

/* Elements that a window reaches over. */
static int64_t span_of(const struct windows *w, int32_t i)
{
    return (w->kernel.d[i] - 1) * w->dilation.d[i] + 1;
}

static struct dim length_of(const struct ir_node *n, const struct windows *w, int32_t i)
{
    return w->flat && i == 1 ? dim_of(1) : ir_in(n, 0)->dims[i + 2];
}

/* What the windows of SAME reach beyond the input, below 0 where they leave something of it; false: not known. */
static bool same_total(const struct windows *w, int32_t i, struct dim length, int64_t *total)
{
    int64_t stride = w->stride.d[i], span = span_of(w, i);
    if (!dim_fixed(length) && stride > 1 && span > 1) return false;
    *total = dim_fixed(length) ? (length.n - 1) / stride * stride + span - length.n : span - 1;
    return true;
}

static void same_pads(const struct ir_node *n, struct windows *w)
{
    bool known = true, covered = true;
    for (int32_t i = 0; i < w->n; i++) {
        int64_t total = 0;
        bool fixed = same_total(w, i, length_of(n, w, i), &total);
        known = known && fixed;
        covered = covered && (fixed ? total >= 0 : span_of(w, i) >= w->stride.d[i]);
        if (total < 0) total = 0;
        w->before.d[i] = w->upper ? total / 2 : total - total / 2;
        w->after.d[i] = total - w->before.d[i];
    }
    if (known) return;
    w->apart = !covered;
    if (covered) w->mode = w->upper ? TRT_PADDING_SAME_UPPER : TRT_PADDING_SAME_LOWER;
    for (int32_t i = 0; i < w->n; i++) w->before.d[i] = w->after.d[i] = 0;
}

static bool is_same(const struct ir_node *n, bool *upper)
{
    *upper = ir_attr_is(n, ATTR_AUTO_PAD, "SAME_UPPER");
    return *upper || ir_attr_is(n, ATTR_AUTO_PAD, "SAME_LOWER");
}

static bool has_pads(const struct ir_node *n)
{
    return !ir_attr(n, ATTR_AUTO_PAD) || ir_attr_is(n, ATTR_AUTO_PAD, "NOTSET");
}

static void explicit_pads(const struct ir_node *n, struct windows *w)
{
    int64_t pads[2 * SPATIAL_MOST];
    int32_t axes = w->flat ? 1 : w->n;
    if (!has_pads(n)) return; /* VALID */
    read_list(n, ATTR_PADS, 0, 2 * axes, pads);
    for (int32_t i = 0; i < axes; i++) {
        w->before.d[i] = pads[i];
        w->after.d[i] = pads[i + axes];
    }
}

static void pad_windows(const struct ir_node *n, struct windows *w)
{
    if (is_same(n, &w->upper)) same_pads(n, w);
    else explicit_pads(n, w);
}

/* -- the tensors --------------------------------------------------------------------------------------------------- */

static tensor_p raise(struct emit *e, const struct windows *w, tensor_p x)
{
    static const int32_t from[] = { 0, 1, 2, -1 };
    return w->flat ? emit_reshape_axes(e, x, from, 4) : x;
}

static tensor_p lower(struct emit *e, const struct windows *w, tensor_p x)
{
    static const int32_t from[] = { 0, 1, 2 };
    return w->flat ? emit_reshape_axes(e, x, from, 3) : x;
}

/* The padding of SAME: max(0, (ceil(length / stride) - 1) * stride + span - length), computed while the network runs.
 * Batch and channels are axes with stride and span 1. */
static tensor_p pad_apart(struct emit *e, const struct windows *w, tensor_p x, double fill)
{
    int32_t rank = w->n + 2;
    int64_t strides[TRT_MAX_DIMS], round[TRT_MAX_DIMS], reach[TRT_MAX_DIMS];
    struct emit_window s = { .start = { .n = rank }, .size = { .n = rank }, .stride = { .n = rank },
                             .mode = TRT_SAMPLE_FILL };
    if (!w->apart) return x;
    for (int32_t i = 0; i < rank; i++) {
        strides[i] = i < 2 ? 1 : w->stride.d[i - 2];
        round[i] = strides[i] - 1;
        reach[i] = (i < 2 ? 1 : span_of(w, i - 2)) - strides[i];
        s.size.d[i] = s.stride.d[i] = 1;
    }
    tensor_p length = emit_shape(e, x), stride = emit_ints(e, strides, rank), zero = EMIT_INTS(e, 0);
    tensor_p count = emit_binary(e, TRT_BINARY_FLOOR_DIV,
                                 emit_binary(e, TRT_BINARY_SUM, length, emit_ints(e, round, rank)), stride);
    tensor_p end = emit_binary(e, TRT_BINARY_SUM, emit_binary(e, TRT_BINARY_PROD, count, stride), emit_ints(e, reach, rank));
    tensor_p total = emit_binary(e, TRT_BINARY_MAX, emit_binary(e, TRT_BINARY_SUB, end, length), zero);
    tensor_p half = emit_binary(e, TRT_BINARY_FLOOR_DIV, total, EMIT_INTS(e, 2));
    tensor_p before = w->upper ? half : emit_binary(e, TRT_BINARY_SUB, total, half);
    s.start_tensor = emit_binary(e, TRT_BINARY_SUB, zero, before);
    s.size_tensor = emit_binary(e, TRT_BINARY_SUM, length, total);
    s.fill = emit_number(e, fill, emit_type_of(e, x), 0);
    return s.start_tensor && s.size_tensor ? emit_window(e, x, &s) : NULL;
}

static bool set_geometry(struct emit *e, layer_p l, const struct windows *w)
{
    if (w->mode == TRT_PADDING_ROUND_DOWN || w->mode == TRT_PADDING_ROUND_UP)
        if (!trt_window_set_padding(e->t, l, &w->before, &w->after)) return false;
    return trt_window_set_strides(e->t, l, &w->stride) && trt_window_set_padding_mode(e->t, l, w->mode);
}

/* -- convolution --------------------------------------------------------------------------------------------------- */

struct filter {
    const struct tensor *constant; /* NULL: a tensor that is computed */
    int64_t maps, groups;
    bool transposed;
};

/* The filter is [maps, channels a group, ...], of the transposed form [channels, maps a group, ...]. */
static const char *read_filter(const struct ir_node *n, struct filter *f, struct windows *w)
{
    int64_t kernel[TFP_MAX_RANK];
    const struct ir_value *x = ir_in(n, 0), *v = ir_in(n, 1);
    if (!dtype_is_float(x->dtype)) return "of whole numbers";
    if (v->rank != x->rank || x->rank > SPATIAL_MOST + 2) return "such a number of spatial axes";
    struct trt_dims dims = emit_dims_of(v);
    if (!emit_is_static(&dims)) return "weights of open dimensions";
    for (int32_t i = 2; i < v->rank; i++) kernel[i - 2] = dims.d[i];
    *f = (struct filter){ .constant = v->constant, .groups = ir_attr_int(n, ATTR_GROUP, 1),
                          .transposed = n->op == IR_CONV_TRANSPOSE };
    f->maps = f->transposed ? dims.d[1] * f->groups : dims.d[0];
    return read_windows(n, kernel, w);
}

/* Copies a filter into one that is longer at the end of its spatial axes, where it has zeros. */
static void copy_filter(const char *from, const int64_t *had, char *to, const int64_t *has, int32_t rank, size_t size)
{
    int64_t at[TRT_MAX_DIMS] = { 0 }, count = 1;
    for (int32_t i = 0; i < rank; i++) count *= had[i];
    for (int64_t k = 0; k < count; k++) {
        int64_t place = 0;
        for (int32_t i = 0; i < rank; i++) place = place * has[i] + at[i];
        memcpy(to + (size_t)place * size, from + (size_t)k * size, size);
        for (int32_t i = rank - 1; i >= 0 && ++at[i] == had[i]; i--) at[i] = 0;
    }
}

/* Constant weights, with zeros up to the window's kernel. */
static bool filter_weights(struct emit *e, const struct ir_node *n, const struct windows *w, enum trt_type type,
                           struct trt_weights *out)
{
    const struct tensor *t = ir_in_constant(n, 1);
    int64_t dims[TRT_MAX_DIMS], count = 1;
    if (!emit_weights(e, t, type, out)) return false;
    for (int32_t i = 0; i < (int32_t)t->rank; i++) count *= dims[i] = i < 2 ? t->dims[i] : w->kernel.d[i - 2];
    if (count == t->count) return true;
    size_t size = trt_type_bits(type) / 8;
    char *room = arena_alloc(&e->arena, (size_t)count, size);
    if (!room) return emit_fail(e, "out of memory"), false;
    memset(room, 0, (size_t)count * size);
    copy_filter(out->values, t->dims, room, dims, (int32_t)t->rank, size);
    *out = (struct trt_weights){ .type = (int32_t)type, .values = room, .count = count };
    return true;
}

/* The same of weights that are computed. */
static tensor_p filter_tensor(struct emit *e, const struct ir_node *n, const struct windows *w, enum trt_type type)
{
    tensor_p x = raise(e, w, emit_cast(e, emit_in(e, n, 1), type));
    if (!x) return NULL;
    struct trt_dims dims = trt_tensor_dims(e->t, x);
    struct emit_window s = { .start = { .n = dims.n }, .size = dims, .stride = { .n = dims.n }, .mode = TRT_SAMPLE_FILL };
    bool longer = false;
    for (int32_t i = 0; i < dims.n; i++) {
        s.stride.d[i] = 1;
        if (i < 2 || w->kernel.d[i - 2] == dims.d[i]) continue;
        s.size.d[i] = w->kernel.d[i - 2];
        longer = true;
    }
    s.fill = longer ? emit_number(e, 0, type, 0) : NULL;
    return longer ? emit_window(e, x, &s) : x;
}

static tensor_p filtered(struct emit *e, const struct ir_node *n, const struct filter *f, const struct windows *w,
                         tensor_p x)
{
    enum trt_type type = emit_type_of(e, x);
    struct trt_weights weights = { .type = (int32_t)type }, bias = weights;
    const struct tensor *added = ir_in_constant(n, 2);
    if (!x || (f->constant && !filter_weights(e, n, w, type, &weights))) return NULL;
    if (added && !emit_weights(e, added, type, &bias)) return NULL;
    layer_p l = f->transposed ? trt_add_deconvolution(e->t, e->net, x, f->maps, &w->kernel, weights, bias)
                              : trt_add_convolution(e->t, e->net, x, f->maps, &w->kernel, weights, bias);
    if (!set_geometry(e, l, w) || !trt_window_set_dilations(e->t, l, &w->dilation) ||
        !trt_window_set_groups(e->t, l, f->groups))
        return emit_fail(e, "TensorRT refuses the windows");
    if (!f->constant) {
        tensor_p filter = filter_tensor(e, n, w, type);
        if (!filter || !trt_layer_set_input(e->t, l, 1, filter)) return emit_fail(e, "TensorRT refuses the weights");
    }
    tensor_p y = lower(e, w, emit_layer(e, l));
    if (!ir_in(n, 2) || added) return y;
    const int32_t beside[] = { -1, 0, -1, -1, -1 };
    tensor_p more = emit_reshape_axes(e, emit_cast(e, emit_in(e, n, 2), type), beside, ir_in(n, 0)->rank);
    return emit_binary(e, TRT_BINARY_SUM, y, more);
}

static bool emit_conv(struct emit *e, const struct ir_node *n)
{
    struct windows w;
    struct filter f;
    const char *why = read_filter(n, &f, &w);
    if (why) return emit_decline(e, why);
    pad_windows(n, &w);
    tensor_p x = pad_apart(e, &w, raise(e, &w, emit_in(e, n, 0)), 0);
    return emit_give(e, n, filtered(e, n, &f, &w, x));
}

/* How much is cut off the full result before and after an axis; after: below 0 where zeros (and the bias) are added.
 * False: it depends on an open dimension. */
static bool transposed_cut(const struct ir_node *n, const struct windows *w, int32_t i, int64_t extra, int64_t *before,
                           int64_t *after)
{
    struct ir_ints wanted = ir_attr_ints(n, ATTR_OUTPUT_SHAPE);
    struct dim length = length_of(n, w, i);
    int32_t axes = w->flat ? 1 : w->n;
    bool upper, same = is_same(n, &upper);
    int64_t more = span_of(w, i) - w->stride.d[i] + extra; /* than length * stride */
    if (i >= axes || (!wanted.n && !same)) {
        *before = w->before.d[i];
        *after = w->after.d[i] - extra;
        return true;
    }
    if (wanted.n && !dim_fixed(length)) return false;
    if (wanted.n) more += length.n * w->stride.d[i] - wanted.at[wanted.n - (size_t)axes + (size_t)i];
    else if (more < 0) more = 0;
    int64_t total = more > 0 ? more : 0;
    *before = upper ? total / 2 : total - total / 2;
    *after = more - *before - extra;
    return true;
}

/* The layer cuts, and does not add: behind a filter that ends in zeros the result is longer. */
static const char *cut_windows(const struct ir_node *n, struct windows *w)
{
    int64_t extra[SPATIAL_MOST] = { 0 }, before, after;
    read_list(n, ATTR_OUTPUT_PADDING, 0, w->flat ? 1 : w->n, extra);
    explicit_pads(n, w);
    for (int32_t i = 0; i < w->n; i++) {
        if (!transposed_cut(n, w, i, extra[i], &before, &after)) return "output_shape of an open dimension";
        int64_t dilation = w->dilation.d[i], grown = after < 0 ? (-after + dilation - 1) / dilation : 0;
        w->kernel.d[i] += grown;
        w->before.d[i] = before;
        w->after.d[i] = after + grown * dilation;
    }
    return NULL;
}

static bool emit_conv_transpose(struct emit *e, const struct ir_node *n)
{
    struct windows w;
    struct filter f;
    const char *why = read_filter(n, &f, &w);
    if (!why) why = cut_windows(n, &w);
    if (why) return emit_decline(e, why);
    tensor_p x = emit_in(e, n, 0);
    enum trt_type type = emit_type_of(e, x);
    if (e->t->rtx && type == TRT_BF16) x = emit_cast(e, x, TRT_FLOAT); /* TensorRT-RTX has no code for it */
    return emit_give(e, n, emit_cast(e, filtered(e, n, &f, &w, raise(e, &w, x)), type));
}

/* -- pooling ------------------------------------------------------------------------------------------------------- */

/* ceil_mode: where sizes are known, padding behind as far as the last window reaches; else the layer's own rounding up,
 * which keeps a window that begins behind the input. *beyond: windows reach over the padding. NULL, or why not. */
static const char *round_up(const struct ir_node *n, struct windows *w, bool *beyond)
{
    const struct ir_value *out = n->out[0];
    for (int32_t i = 0; i < (w->flat ? 1 : w->n); i++) {
        struct dim length = length_of(n, w, i);
        if (dim_fixed(length) && out->rank == w->n + 2 - w->flat && dim_fixed(out->dims[i + 2])) {
            int64_t reach = (out->dims[i + 2].n - 1) * w->stride.d[i] + w->kernel.d[i] - length.n - w->before.d[i];
            *beyond = *beyond || reach > w->after.d[i];
            w->after.d[i] = reach > 0 ? reach : 0;
        } else if (w->stride.d[i] <= w->kernel.d[i] - w->after.d[i]) {
            w->mode = TRT_PADDING_ROUND_UP;
            *beyond = true;
        } else {
            return "ceil_mode over an open dimension";
        }
    }
    return NULL;
}

/* NULL, or why not. */
static const char *read_pooling(const struct ir_node *n, struct windows *w, bool *beyond)
{
    struct ir_ints kernel = ir_attr_ints(n, ATTR_KERNEL_SHAPE);
    const struct ir_value *x = ir_in(n, 0);
    *beyond = false;
    if (!dtype_is_float(x->dtype) && tfp_dtype_size(x->dtype) > 2) return "of whole numbers";
    if ((int32_t)kernel.n != x->rank - 2) return "such a number of spatial axes";
    const char *why = read_windows(n, kernel.at, w);
    if (why) return why;
    for (int32_t i = 0; i < w->n; i++)
        if (w->dilation.d[i] != 1) return "with dilations";
    pad_windows(n, w);
    for (int32_t i = 0; i < w->n; i++)
        if (w->before.d[i] >= w->kernel.d[i] || w->after.d[i] >= w->kernel.d[i]) return "padding as wide as the window";
    if (!ir_attr_int(n, ATTR_CEIL_MODE, 0)) return NULL;
    return has_pads(n) ? round_up(n, w, beyond) : "ceil_mode beside auto_pad";
}

static bool is_padded(const struct windows *w)
{
    for (int32_t i = 0; i < w->n; i++)
        if (w->before.d[i] || w->after.d[i]) return true;
    return false;
}

/* x has the rank of the windows already. */
static tensor_p pooled(struct emit *e, const struct windows *w, tensor_p x, enum trt_pooling how, bool excludes_padding)
{
    layer_p l = x ? trt_add_pooling(e->t, e->net, x, how, &w->kernel) : NULL;
    if (!x) return NULL;
    if (!set_geometry(e, l, w) ||
        (how == TRT_POOLING_AVERAGE && !trt_pooling_set_excludes_padding(e->t, l, excludes_padding)))
        return emit_fail(e, "TensorRT refuses the windows");
    return emit_layer(e, l);
}

/* Small whole numbers are floats on the way. */
static bool emit_max_pool(struct emit *e, const struct ir_node *n)
{
    struct windows w;
    bool beyond;
    const char *why = ir_wants(n, 1) ? "output Indices" : read_pooling(n, &w, &beyond);
    if (why) return emit_decline(e, why);
    tensor_p x = raise(e, &w, emit_in(e, n, 0));
    enum trt_type type = emit_type_of(e, x);
    if (!emit_is_float(type)) x = emit_cast(e, x, TRT_FLOAT);
    x = pooled(e, &w, pad_apart(e, &w, x, (double)-INFINITY), TRT_POOLING_MAX, false);
    return emit_give(e, n, lower(e, &w, emit_cast(e, x, type)));
}

/* Padding that is a slice of its own does not count: the mean with its zeros over that of ones with its zeros. */
static tensor_p mean_apart(struct emit *e, const struct windows *w, tensor_p x, bool counts)
{
    tensor_p mean = pooled(e, w, pad_apart(e, w, x, 0), TRT_POOLING_AVERAGE, false);
    if (counts || !mean) return mean;
    tensor_p ones = emit_expand_to(e, emit_like(e, x, 1), emit_shape(e, x));
    ones = pooled(e, w, pad_apart(e, w, ones, 0), TRT_POOLING_AVERAGE, false);
    return emit_binary(e, TRT_BINARY_DIV, mean, ones);
}

/* What a window has beyond the padding never counts. */
static bool emit_average_pool(struct emit *e, const struct ir_node *n)
{
    struct windows w, own;
    bool beyond, counts = ir_attr_int(n, ATTR_COUNT_INCLUDE_PAD, 0) != 0;
    const char *why = read_pooling(n, &w, &beyond);
    if (why) return emit_decline(e, why);
    if (!dtype_is_float(ir_in(n, 0)->dtype)) return emit_decline(e, "of whole numbers");
    own = w;
    explicit_pads(n, &own);
    if (counts && beyond && is_padded(&own)) return emit_decline(e, "count_include_pad with windows beyond the padding");
    tensor_p x = raise(e, &w, emit_in(e, n, 0));
    if (w.apart) x = mean_apart(e, &w, x, counts);
    else x = pooled(e, &w, x, TRT_POOLING_AVERAGE, !counts || beyond);
    return emit_give(e, n, lower(e, &w, x));
}

/* |x|^p */
static tensor_p power_of(struct emit *e, tensor_p x, int64_t p)
{
    if (p == 2) return emit_binary(e, TRT_BINARY_PROD, x, x);
    x = emit_unary(e, TRT_UNARY_ABS, x);
    return p == 1 ? x : emit_binary(e, TRT_BINARY_POW, x, emit_like(e, x, (double)p));
}

static tensor_p root_of(struct emit *e, tensor_p x, int64_t p)
{
    if (p == 2) return emit_unary(e, TRT_UNARY_SQRT, x);
    return p == 1 ? x : emit_binary(e, TRT_BINARY_POW, x, emit_like(e, x, 1 / (double)p));
}

/* (sum of |x|^p)^(1/p): a mean that counts the padding is the sum over the window's size. */
static bool emit_lp_pool(struct emit *e, const struct ir_node *n)
{
    struct windows w;
    bool beyond;
    int64_t p = ir_attr_int(n, ATTR_P, 2), size = 1;
    const char *why = read_pooling(n, &w, &beyond);
    if (why) return emit_decline(e, why);
    if (!dtype_is_float(ir_in(n, 0)->dtype)) return emit_decline(e, "of whole numbers");
    if (w.mode == TRT_PADDING_ROUND_UP) return emit_decline(e, "ceil_mode over an open dimension");
    for (int32_t i = 0; i < w.n; i++) size *= w.kernel.d[i];
    tensor_p x = pad_apart(e, &w, raise(e, &w, power_of(e, emit_in(e, n, 0), p)), 0);
    x = pooled(e, &w, x, TRT_POOLING_AVERAGE, false);
    x = x ? emit_binary(e, TRT_BINARY_PROD, x, emit_like(e, x, (double)size)) : NULL;
    return emit_give(e, n, lower(e, &w, root_of(e, x, p)));
}

static bool emit_global_pool(struct emit *e, const struct ir_node *n)
{
    const struct ir_value *v = ir_in(n, 0);
    int64_t p = ir_attr_int(n, ATTR_P, 2);
    if (v->rank < 3) return emit_decline(e, "of an unknown rank");
    if (!dtype_is_float(v->dtype)) return emit_decline(e, "of whole numbers");
    uint32_t axes = ((1u << v->rank) - 1) & ~3u;
    tensor_p x = emit_in(e, n, 0);
    if (n->op == IR_GLOBAL_MAX_POOL) return emit_give(e, n, emit_reduce(e, TRT_REDUCE_MAX, x, axes, true));
    if (n->op == IR_GLOBAL_AVERAGE_POOL) return emit_give(e, n, emit_reduce(e, TRT_REDUCE_AVG, x, axes, true));
    return emit_give(e, n, root_of(e, emit_reduce(e, TRT_REDUCE_SUM, power_of(e, x, p), axes, true), p));
}

/* -- local response normalization ---------------------------------------------------------------------------------- */

/* What the layer takes. */
static bool has_layer(int64_t size, float beta, float bias, int32_t rank)
{
    return rank == 4 && size % 2 && size <= 15 && beta >= 0.01F && beta <= 1e5F && bias >= 1e-5F && bias <= 1e10F;
}

/* The mean of squares over `size` channels, zeros around them; an even size has one more behind: an average pooling over
 * [batch, 1, channels, elements]. */
static tensor_p mean_square(struct emit *e, tensor_p x, int64_t size, const struct ir_value *v)
{
    const struct windows w = { .n = 2, .kernel = { 2, { size, 1 } }, .stride = { 2, { 1, 1 } },
                               .before = { 2, { (size - 1) / 2, 0 } }, .after = { 2, { size / 2, 0 } } };
    const struct trt_dims lists = { 4, { 0, 1, v->dims[1].n, -1 } };
    tensor_p square = emit_binary(e, TRT_BINARY_PROD, x, x);
    layer_p l = square ? trt_add_shuffle(e->t, e->net, square) : NULL;
    if (!square) return NULL;
    if (!trt_shuffle_set_dims(e->t, l, &lists)) return emit_fail(e, "TensorRT refuses the shape");
    tensor_p mean = pooled(e, &w, emit_layer(e, l), TRT_POOLING_AVERAGE, false);
    return emit_reshape(e, mean, v->dims, v->rank);
}

/* x / (bias + alpha * mean of squares) ^ beta */
static bool emit_lrn(struct emit *e, const struct ir_node *n)
{
    const struct ir_value *v = ir_in(n, 0);
    int64_t size = ir_attr_int(n, ATTR_SIZE, 1);
    float alpha = ir_attr_float(n, ATTR_ALPHA, 1e-4F), beta = ir_attr_float(n, ATTR_BETA, 0.75F);
    float bias = ir_attr_float(n, ATTR_BIAS, 1);
    if (v->rank < 2 || !dim_fixed(v->dims[1])) return emit_decline(e, "of an unknown number of channels");
    tensor_p x = emit_in(e, n, 0);
    if (!x) return true;
    if (has_layer(size, beta, bias, v->rank))
        return emit_give(e, n, emit_layer(e, trt_add_lrn(e->t, e->net, x, size, alpha, beta, bias)));
    tensor_p mean = mean_square(e, x, size, v);
    if (!mean) return true;
    tensor_p sum = emit_binary(e, TRT_BINARY_PROD, mean, emit_like(e, mean, (double)alpha));
    sum = emit_binary(e, TRT_BINARY_SUM, sum, emit_like(e, mean, (double)bias));
    sum = emit_binary(e, TRT_BINARY_POW, sum, emit_like(e, mean, (double)beta));
    return emit_give(e, n, emit_binary(e, TRT_BINARY_DIV, x, sum));
}

/* -- channels and space -------------------------------------------------------------------------------------------- */

/* A dimension of the image: its axis, counted from -1 down, so that numbers and axes stand in one list. */
enum { BATCH = -1, HEIGHT = -3, WIDTH = -4 };

/* What shapes are made of: an image whose height and width are multiplied and divided. */
struct blocks {
    tensor_p image;
    int64_t times, over;
};

/* To a list of numbers and dimensions of the image. One that is open is computed by the reshape, more are read. */
static tensor_p reshape_blocks(struct emit *e, tensor_p x, const struct blocks *b, const int64_t *list, int32_t n)
{
    struct trt_dims had = b->image ? trt_tensor_dims(e->t, b->image) : (struct trt_dims){ .n = 0 };
    struct dim dims[TRT_MAX_DIMS];
    int64_t numbers[TRT_MAX_DIMS], places[TRT_MAX_DIMS];
    int32_t open = 0;
    if (!x || had.n != 4) return NULL;
    for (int32_t i = 0; i < n; i++) {
        int64_t length = list[i] < 0 ? had.d[-1 - list[i]] : list[i];
        if (list[i] < BATCH && length > 0) length = length * b->times / b->over;
        dims[i] = length < 0 ? (struct dim){ 0, DIM_UNKNOWN } : dim_of(length);
        numbers[i] = list[i] < 0 ? 0 : list[i];
        places[i] = list[i] < 0 ? -1 - list[i] : had.n + i;
        open += length < 0;
    }
    if (open <= 1) return emit_reshape(e, x, dims, n);
    tensor_p lengths = emit_binary(e, TRT_BINARY_PROD, emit_shape(e, b->image), EMIT_INTS(e, 1, 1, b->times, b->times));
    lengths = emit_binary(e, TRT_BINARY_FLOOR_DIV, lengths, EMIT_INTS(e, 1, 1, b->over, b->over));
    tensor_p parts[2] = { lengths, emit_ints(e, numbers, n) };
    return emit_reshape_to(e, x, emit_gather(e, emit_concat(e, parts, 2, 0), emit_ints(e, places, n), 0));
}

/* NULL, or why not. */
static const char *read_blocks(const struct ir_node *n, int64_t *block, int64_t *channels)
{
    const struct ir_value *v = ir_in(n, 0);
    *block = ir_attr_int(n, ATTR_BLOCKSIZE, 0);
    if (v->rank != 4 || !dim_fixed(v->dims[1])) return "of an unknown number of channels";
    *channels = v->dims[1].n;
    return *block > 0 ? NULL : "such a block";
}

/* DCR: the block's places are counted before the channels, CRD: behind them. */
static bool emit_depth_to_space(struct emit *e, const struct ir_node *n)
{
    static const int32_t order[2][6] = { { 0, 3, 4, 1, 5, 2 }, { 0, 1, 4, 2, 5, 3 } };
    int64_t size, channels;
    const char *why = read_blocks(n, &size, &channels);
    if (why) return emit_decline(e, why);
    bool behind = ir_attr_is(n, ATTR_MODE, "CRD");
    int64_t rest = channels / (size * size);
    const int64_t parts[2][6] = { { BATCH, size, size, rest, HEIGHT, WIDTH }, { BATCH, rest, size, size, HEIGHT, WIDTH } };
    const int64_t whole[] = { BATCH, rest, HEIGHT, WIDTH };
    struct blocks apart = { emit_in(e, n, 0), 1, 1 }, joined = { apart.image, size, 1 };
    tensor_p x = reshape_blocks(e, apart.image, &apart, parts[behind], 6);
    x = emit_transpose(e, x, order[behind], 6);
    return emit_give(e, n, reshape_blocks(e, x, &joined, whole, 4));
}

static bool emit_space_to_depth(struct emit *e, const struct ir_node *n)
{
    static const int32_t order[] = { 0, 3, 5, 1, 2, 4 };
    int64_t size, channels;
    const char *why = read_blocks(n, &size, &channels);
    if (why) return emit_decline(e, why);
    const int64_t parts[] = { BATCH, channels, HEIGHT, size, WIDTH, size };
    const int64_t whole[] = { BATCH, channels * size * size, HEIGHT, WIDTH };
    struct blocks shrunk = { emit_in(e, n, 0), 1, size };
    tensor_p x = emit_transpose(e, reshape_blocks(e, shrunk.image, &shrunk, parts, 6), order, 6);
    return emit_give(e, n, reshape_blocks(e, x, &shrunk, whole, 4));
}

static const struct emit_row rows[] = {
    { IR_AVERAGE_POOL, emit_average_pool },
    { IR_CONV, emit_conv },
    { IR_CONV_TRANSPOSE, emit_conv_transpose },
    { IR_DEPTH_TO_SPACE, emit_depth_to_space },
    { IR_GLOBAL_AVERAGE_POOL, emit_global_pool },
    { IR_GLOBAL_LP_POOL, emit_global_pool },
    { IR_GLOBAL_MAX_POOL, emit_global_pool },
    { IR_LP_POOL, emit_lp_pool },
    { IR_LRN, emit_lrn },
    { IR_MAX_POOL, emit_max_pool },
    { IR_SPACE_TO_DEPTH, emit_space_to_depth },
};
const struct emit_rows emit_rows_window = { rows, sizeof rows / sizeof rows[0] };
