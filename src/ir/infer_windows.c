/* Shapes of convolutions and poolings: windows that slide over the spatial axes (those behind batch and channels). */
#include "ir/infer.h"

#include <inttypes.h>

enum padding { PADDING_EXPLICIT, PADDING_VALID, PADDING_SAME };

struct windows {
    int32_t n; /* spatial axes */
    struct dim kernel[TFP_MAX_RANK];
    int64_t stride[TFP_MAX_RANK], dilation[TFP_MAX_RANK], before[TFP_MAX_RANK], after[TFP_MAX_RANK];
    enum padding padding;
    bool ceiling;
};

/* `n` numbers of at least `least`, or all `otherwise` when the attribute is not set. */
static tfp_status read_numbers(struct infer *s, enum ir_attr_name name, size_t n, int64_t least, int64_t otherwise,
                               int64_t *out)
{
    struct ir_ints given = ir_attr_ints(s->node, name);
    if (given.n && given.n != n) return infer_fail(s, "%s has %zu values, not %zu", schema_attr_name(name), given.n, n);
    for (size_t i = 0; i < n; i++) {
        out[i] = given.n ? given.at[i] : otherwise;
        if (out[i] < least || out[i] > INT32_MAX)
            return infer_fail(s, "%s has the value %" PRId64, schema_attr_name(name), out[i]);
    }
    return TFP_OK;
}

static tfp_status read_padding(struct infer *s, enum padding *out)
{
    struct bytes word = ir_attr_string(s->node, ATTR_AUTO_PAD, "NOTSET");
    if (bytes_equal(word, "NOTSET") || word.n == 0) *out = PADDING_EXPLICIT;
    else if (bytes_equal(word, "VALID")) *out = PADDING_VALID;
    else if (bytes_equal(word, "SAME_UPPER") || bytes_equal(word, "SAME_LOWER")) *out = PADDING_SAME;
    else return infer_fail(s, "auto_pad is \"%.*s\"", (int)(word.n < 40 ? word.n : 40), word.at);
    return TFP_OK;
}

/* kernel_shape, else the weights' spatial dimensions. */
static tfp_status read_kernel(struct infer *s, const struct shape *weights, struct windows *w)
{
    int64_t kernel[TFP_MAX_RANK];
    for (int32_t i = 0; i < w->n; i++)
        w->kernel[i] = weights && weights->rank >= 0 ? weights->at[i + 2] : dim_unknown();
    if (!ir_attr(s->node, ATTR_KERNEL_SHAPE)) return TFP_OK;
    TFP_TRY(read_numbers(s, ATTR_KERNEL_SHAPE, (size_t)w->n, 1, 1, kernel));
    for (int32_t i = 0; i < w->n; i++) TFP_TRY(infer_merge(s, &w->kernel[i], dim_of(kernel[i])));
    return TFP_OK;
}

static tfp_status read_windows(struct infer *s, const struct shape *weights, struct windows *w)
{
    int64_t pads[2 * TFP_MAX_RANK];
    TFP_TRY(read_kernel(s, weights, w));
    TFP_TRY(read_padding(s, &w->padding));
    TFP_TRY(read_numbers(s, ATTR_STRIDES, (size_t)w->n, 1, 1, w->stride));
    TFP_TRY(read_numbers(s, ATTR_DILATIONS, (size_t)w->n, 1, 1, w->dilation));
    TFP_TRY(read_numbers(s, ATTR_PADS, 2 * (size_t)w->n, 0, 0, pads));
    for (int32_t i = 0; i < w->n; i++) {
        bool explicit_pads = w->padding == PADDING_EXPLICIT;
        w->before[i] = explicit_pads ? pads[i] : 0;
        w->after[i] = explicit_pads ? pads[i + w->n] : 0;
    }
    w->ceiling = ir_attr_int(s->node, ATTR_CEIL_MODE, 0) != 0;
    return TFP_OK;
}

/* Elements that a dilated window spans: (kernel - 1) * dilation + 1. */
static struct dim window_span(struct infer *s, const struct windows *w, int32_t i)
{
    struct dim gaps = dim_sub(s->graph, w->kernel[i], dim_of(1));
    return dim_add(s->graph, dim_mul(s->graph, gaps, dim_of(w->dilation[i])), dim_of(1));
}

/* How many windows fit. Rounding up may leave a window that begins behind the input and the padding before it; such a
 * one is dropped. It can occur only when the stride is longer than the span less the padding behind. */
static struct dim window_count(struct infer *s, const struct windows *w, int32_t i, struct dim size)
{
    struct ir_graph *g = s->graph;
    struct dim stride = dim_of(w->stride[i]);
    if (w->padding == PADDING_SAME) return dim_div(g, dim_add(g, size, dim_of(w->stride[i] - 1)), stride);
    struct dim span = window_span(s, w, i), padded = dim_add(g, size, dim_of(w->before[i] + w->after[i]));
    struct dim room = dim_sub(g, padded, span);
    if (!w->ceiling) return dim_add(g, dim_div(g, room, stride), dim_of(1));
    struct dim count = dim_add(g, dim_div(g, dim_add(g, room, dim_of(w->stride[i] - 1)), stride), dim_of(1));
    if (dim_fixed(span) && w->stride[i] <= span.n - w->after[i]) return count;
    if (!dim_fixed(count) || !dim_fixed(size)) return dim_unknown();
    struct dim start = dim_sub(g, dim_mul(g, dim_sub(g, count, dim_of(1)), stride), dim_of(w->before[i]));
    return dim_fixed(start) && start.n >= size.n ? dim_sub(g, count, dim_of(1)) : count;
}

/* -- convolution --------------------------------------------------------------------------------------------------- */

/* Finds the shape of the input even when only the weights' rank is known. */
static tfp_status conv_operands(struct infer *s, size_t weights_at, struct shape *x, struct shape *weights)
{
    *x = infer_shape(s, 0);
    *weights = infer_shape(s, weights_at);
    TFP_TRY(infer_need_min_rank(s, 0, 3));
    TFP_TRY(infer_need_min_rank(s, weights_at, 3));
    if (x->rank >= 0 && weights->rank >= 0 && x->rank != weights->rank)
        return infer_fail(s, "input has rank %d, weights %d", (int)x->rank, (int)weights->rank);
    if (x->rank < 0 && weights->rank >= 0) *x = shape_of_rank(weights->rank);
    return TFP_OK;
}

static tfp_status conv_group(struct infer *s, int64_t *out)
{
    *out = ir_attr_int(s->node, ATTR_GROUP, 1);
    return *out >= 1 && *out <= INT32_MAX ? TFP_OK : infer_fail(s, "group is %" PRId64, *out);
}

static tfp_status conv(struct infer *s, size_t weights_at)
{
    struct shape x, weights, shape;
    struct windows w = { 0 };
    int64_t group;
    TFP_TRY(conv_operands(s, weights_at, &x, &weights));
    TFP_TRY(conv_group(s, &group));
    if (x.rank < 0) return TFP_OK;
    w.n = x.rank - 2;
    TFP_TRY(read_windows(s, &weights, &w));
    shape = shape_of_rank(x.rank);
    shape.at[0] = x.at[0];
    if (weights.rank >= 0) {
        struct dim channels;
        TFP_TRY(infer_mul(s, weights.at[1], dim_of(group), &channels));
        TFP_TRY(infer_merge(s, &channels, x.at[1]));
        if (dim_fixed(weights.at[0]) && weights.at[0].n % group)
            return infer_fail(s, "%" PRId64 " output channels in %" PRId64 " groups", weights.at[0].n, group);
        shape.at[1] = weights.at[0];
    }
    for (int32_t i = 0; i < w.n; i++) shape.at[i + 2] = window_count(s, &w, i, x.at[i + 2]);
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_conv(struct infer *s)
{
    return conv(s, 1);
}

static tfp_status infer_q_linear_conv(struct infer *s)
{
    return conv(s, 3);
}

static tfp_status infer_deform_conv(struct infer *s)
{
    struct shape offset = infer_shape(s, 2);
    TFP_TRY(conv(s, 1));
    struct ir_value *y = s->node->out[0];
    if (!y || y->rank < 0 || offset.rank != y->rank) return TFP_OK;
    struct shape shape = { .rank = y->rank };
    for (int32_t i = 0; i < y->rank; i++) shape.at[i] = y->dims[i];
    for (int32_t i = 2; i < y->rank; i++) TFP_TRY(infer_merge(s, &shape.at[i], offset.at[i]));
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_conv_transpose(struct infer *s)
{
    struct shape x, weights, shape;
    struct windows w = { 0 };
    struct ir_ints wanted = ir_attr_ints(s->node, ATTR_OUTPUT_SHAPE);
    int64_t group, extra[TFP_MAX_RANK];
    TFP_TRY(conv_operands(s, 1, &x, &weights));
    TFP_TRY(conv_group(s, &group));
    if (x.rank < 0) return TFP_OK;
    w.n = x.rank - 2;
    TFP_TRY(read_windows(s, &weights, &w));
    TFP_TRY(read_numbers(s, ATTR_OUTPUT_PADDING, (size_t)w.n, 0, 0, extra));
    if (wanted.n && wanted.n != (size_t)w.n && wanted.n != (size_t)x.rank) /* with or without batch and channels */
        return infer_fail(s, "output_shape has %zu values, not %d", wanted.n, (int)w.n);
    shape = shape_of_rank(x.rank);
    shape.at[0] = x.at[0];
    if (weights.rank >= 0) {
        struct dim channels = weights.at[0];
        TFP_TRY(infer_merge(s, &channels, x.at[1]));
        TFP_TRY(infer_mul(s, weights.at[1], dim_of(group), &shape.at[1]));
    }
    for (int32_t i = 0; i < w.n; i++) {
        struct dim *to = &shape.at[i + 2], span = dim_add(s->graph, window_span(s, &w, i), dim_of(extra[i])), grown;
        if (wanted.n) {
            *to = dim_of(wanted.at[wanted.n - (size_t)w.n + (size_t)i]);
            continue;
        }
        if (w.padding == PADDING_SAME) { /* the padding takes what is more than input * stride */
            *to = dim_unknown();
            if (!dim_fixed(span)) continue;
            span = dim_min(s->graph, span, dim_of(w.stride[i]));
        }
        TFP_TRY(infer_mul(s, dim_sub(s->graph, x.at[i + 2], dim_of(1)), dim_of(w.stride[i]), &grown));
        TFP_TRY(infer_add(s, grown, span, &grown));
        TFP_TRY(infer_add(s, grown, dim_of(-w.before[i] - w.after[i]), to));
    }
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

/* -- pooling ------------------------------------------------------------------------------------------------------- */

static tfp_status pool_operand(struct infer *s, struct shape *x)
{
    size_t n = ir_attr_ints(s->node, ATTR_KERNEL_SHAPE).n;
    *x = infer_shape(s, 0);
    if (n == 0 || n + 2 > TFP_MAX_RANK) return infer_fail(s, "kernel_shape has %zu values", n);
    TFP_TRY(infer_need_rank(s, 0, (int32_t)n + 2));
    if (x->rank < 0) *x = shape_of_rank((int32_t)n + 2);
    return TFP_OK;
}

static tfp_status infer_pool(struct infer *s)
{
    struct shape x, shape;
    struct windows w = { 0 };
    TFP_TRY(pool_operand(s, &x));
    w.n = x.rank - 2;
    TFP_TRY(read_windows(s, NULL, &w));
    shape = x;
    for (int32_t i = 0; i < w.n; i++) shape.at[i + 2] = window_count(s, &w, i, x.at[i + 2]);
    TFP_TRY(infer_put(s, 0, TFP_UNDEFINED, &shape));
    return infer_put(s, 1, TFP_INT64, &shape);
}

static tfp_status infer_unpool(struct infer *s)
{
    struct shape x, shape;
    struct windows w = { 0 };
    struct known wanted;
    TFP_TRY(pool_operand(s, &x));
    w.n = x.rank - 2;
    TFP_TRY(read_windows(s, NULL, &w));
    shape = x;
    bool have = infer_has(s, 2), listed = have && infer_elements(ir_in(s->node, 2), &wanted);
    if (listed && wanted.n != (size_t)x.rank)
        return infer_fail(s, "output_shape has %zu values, not %d", wanted.n, (int)x.rank);
    for (int32_t i = 0; i < x.rank; i++) {
        if (have) shape.at[i] = listed ? wanted.at[i] : dim_unknown();
        if (have || i < 2) continue;
        TFP_TRY(infer_mul(s, dim_sub(s->graph, x.at[i], dim_of(1)), dim_of(w.stride[i - 2]), &shape.at[i]));
        TFP_TRY(infer_add(s, shape.at[i], w.kernel[i - 2], &shape.at[i]));
        TFP_TRY(infer_add(s, shape.at[i], dim_of(-w.before[i - 2] - w.after[i - 2]), &shape.at[i]));
    }
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_global_pool(struct infer *s)
{
    struct shape shape = infer_shape(s, 0);
    TFP_TRY(infer_need_min_rank(s, 0, 3));
    for (int32_t i = 2; i < shape.rank; i++) shape.at[i] = dim_of(1);
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

const struct infer_row infer_window_rows[] = {
    { IR_AVERAGE_POOL, infer_pool, NULL },
    { IR_CONV, infer_conv, NULL },
    { IR_CONV_INTEGER, infer_conv, NULL },
    { IR_CONV_TRANSPOSE, infer_conv_transpose, NULL },
    { IR_DEFORM_CONV, infer_deform_conv, NULL },
    { IR_GLOBAL_AVERAGE_POOL, infer_global_pool, NULL },
    { IR_GLOBAL_LP_POOL, infer_global_pool, NULL },
    { IR_GLOBAL_MAX_POOL, infer_global_pool, NULL },
    { IR_LP_POOL, infer_pool, NULL },
    { IR_MAX_POOL, infer_pool, NULL },
    { IR_MAX_UNPOOL, infer_unpool, NULL },
    { IR_Q_LINEAR_CONV, infer_q_linear_conv, NULL },
    { IR_NONE, NULL, NULL },
};
