/* Pooling over windows, over all of an image, and to a fixed size. */
#include "frontend/keras/keras.h"
#include "ir/sliding.h"

#include <math.h>

struct pooling {
    enum ir_op op; /* IR_MAX_POOL or IR_AVERAGE_POOL; of the global ones the reduction */
    size_t n;      /* spatial axes */
};
#define POOLING(c) (*(const struct pooling *)(c)->layer->class->variant)

/* -- windows ------------------------------------------------------------------------------------------------------- */

static bool read_pooling(struct keras_call *c, size_t n, struct sliding *s)
{
    struct keras_layer *l = c->layer;
    const char *padding = config_text(l, "padding", config_text(l, "border_mode", "valid"));
    *s = (struct sliding){ .n = n, .channels_last = config_channels_last(l), .dilations = { 1, 1, 1 } };
    config_ints(l, "pool_size", 2, n, s->kernel);
    if (config_has(l, "strides")) config_ints(l, "strides", 1, n, s->strides);
    else memcpy(s->strides, s->kernel, sizeof s->strides);
    for (size_t i = 0; i < n; i++)
        if (s->kernel[i] < 1 || s->strides[i] < 1 || s->kernel[i] > INT32_MAX || s->strides[i] > INT32_MAX)
            return call_malformed(c, "pool_size and strides must be positive"), false;
    if (strcmp(padding, "same") == 0) s->padding = SLIDING_SAME;
    else if (strcmp(padding, "valid") != 0) return call_unsupported(c, "padding %s", padding), false;
    return true;
}

/* Runtimes want windows no shorter than the stride where the padding depends on an open size. */
static bool pads_apart(const struct sliding *s, const struct ir_value *x)
{
    bool open = x->rank < 0, sparse = false;
    for (size_t i = 0; i < s->n && x->rank >= 0; i++) {
        open = open || !dim_fixed(x->dims[i + 2]);
        sparse = sparse || s->strides[i] > s->kernel[i];
    }
    return s->padding == SLIDING_SAME && open && sparse;
}

static void lower_pool(struct keras_call *c)
{
    struct build *b = c->b;
    struct sliding s;
    struct sliding_form form;
    if (!read_pooling(c, POOLING(c).n, &s)) return;
    struct ir_value *x = sliding_to_channels_first(b, &s, call_in(c, 0));
    if (!x) return;
    bool apart = pads_apart(&s, x);
    if (apart && POOLING(c).op == IR_AVERAGE_POOL) {
        call_unsupported(c, "padding same over an open size with strides above pool_size");
        return;
    }
    struct ir_value *fill = apart ? ir_like(b, x, -(double)INFINITY) : NULL;
    if (sliding_make_form(b, &s, &x, apart, fill, &form) != TFP_OK || !x) return;
    call_out(c, sliding_from_channels_first(b, &s, ir_emit(b, POOLING(c).op, IN(x), form.attrs)));
}

/* -- all of an image ----------------------------------------------------------------------------------------------- */

/* Steps that a mask leaves out do not count; only over time, as Keras does. */
static struct ir_value *masked_mean(struct keras_call *c, struct ir_value *x, struct ir_value *mask, const int64_t *axis,
                                    bool keep)
{
    struct build *b = c->b;
    struct ir_value *weights = ir_unsqueeze(b, ir_cast(b, mask, x->dtype), (const int64_t[]){ *axis == 1 ? 2 : 1 }, 1);
    struct ir_value *sum = ir_reduce(b, IR_REDUCE_SUM, ir_mul(b, x, weights), axis, 1, keep);
    return ir_div(b, sum, ir_reduce(b, IR_REDUCE_SUM, weights, axis, 1, keep));
}

static void lower_global(struct keras_call *c)
{
    int64_t axes[SLIDING_MOST], first = config_channels_last(c->layer) ? 1 : 2;
    size_t n = POOLING(c).n;
    struct ir_value *x = call_in(c, 0);
    bool keep = config_bool(c->layer, "keepdims", false);
    int64_t rank = call_rank(c, x);
    if (rank < 0) return;
    if (rank != (int64_t)n + 2) {
        call_malformed(c, "an input of rank %lld", (long long)rank);
        return;
    }
    for (size_t i = 0; i < n; i++) axes[i] = first + (int64_t)i;
    if (n == 1 && c->in[0].mask && POOLING(c).op == IR_REDUCE_MEAN)
        call_out(c, masked_mean(c, x, c->in[0].mask, axes, keep));
    else call_out(c, form_reduce(c->b, POOLING(c).op, x, axes, n, keep));
}

/* -- to a fixed size ----------------------------------------------------------------------------------------------- */

/* Window i of k over n elements is [floor(i * n / k), ceil((i + 1) * n / k)). */
static struct ir_value *adapt(struct keras_call *c, struct ir_value *x, int64_t axis, int64_t size)
{
    enum { MOST = 1024 };
    struct build *b = c->b;
    struct ir_value *parts[MOST];
    enum ir_op op = POOLING(c).op;
    if (!x || !dim_fixed(x->dims[axis]) || size < 1 || size > MOST)
        return call_unsupported(c, "an image of unknown size, or an output_size above %d", (int)MOST);
    int64_t n = x->dims[axis].n;
    for (int64_t i = 0; i < size; i++) {
        struct ir_value *part = ir_slice_axis(b, x, axis, i * n / size, ((i + 1) * n + size - 1) / size);
        parts[i] = ir_reduce(b, op, part, &axis, 1, true);
    }
    return ir_concat(b, parts, (size_t)size, axis);
}

static void lower_adaptive(struct keras_call *c)
{
    int64_t sizes[SLIDING_MOST], first = config_channels_last(c->layer) ? 1 : 2;
    size_t n = POOLING(c).n;
    struct ir_value *x = call_in(c, 0);
    config_ints(c->layer, "output_size", 1, n, sizes);
    if (call_rank(c, x) != (int64_t)n + 2) {
        call_malformed(c, "an input of rank %d", x ? (int)x->rank : -1);
        return;
    }
    for (size_t i = 0; i < n; i++) x = adapt(c, x, first + (int64_t)i, sizes[i]);
    call_out(c, x);
}

#define POOL(name, lower, op, n) { name, NULL, lower, KERAS_MASK_STOPS, false, &(const struct pooling){ op, n }, NULL }
#define SIZED(name, op, n)                                                                                             \
    { name, NULL, lower_adaptive, KERAS_MASK_STOPS, false, &(const struct pooling){ op, n }, "images of unknown size" }

static const struct keras_class classes[] = {
    SIZED("AdaptiveAveragePooling1D", IR_REDUCE_MEAN, 1),
    SIZED("AdaptiveAveragePooling2D", IR_REDUCE_MEAN, 2),
    SIZED("AdaptiveAveragePooling3D", IR_REDUCE_MEAN, 3),
    SIZED("AdaptiveMaxPooling1D", IR_REDUCE_MAX, 1),
    SIZED("AdaptiveMaxPooling2D", IR_REDUCE_MAX, 2),
    SIZED("AdaptiveMaxPooling3D", IR_REDUCE_MAX, 3),
    POOL("AveragePooling1D", lower_pool, IR_AVERAGE_POOL, 1),
    POOL("AveragePooling2D", lower_pool, IR_AVERAGE_POOL, 2),
    POOL("AveragePooling3D", lower_pool, IR_AVERAGE_POOL, 3),
    POOL("AvgPool1D", lower_pool, IR_AVERAGE_POOL, 1),
    POOL("AvgPool2D", lower_pool, IR_AVERAGE_POOL, 2),
    POOL("AvgPool3D", lower_pool, IR_AVERAGE_POOL, 3),
    POOL("GlobalAveragePooling1D", lower_global, IR_REDUCE_MEAN, 1),
    POOL("GlobalAveragePooling2D", lower_global, IR_REDUCE_MEAN, 2),
    POOL("GlobalAveragePooling3D", lower_global, IR_REDUCE_MEAN, 3),
    POOL("GlobalMaxPooling1D", lower_global, IR_REDUCE_MAX, 1),
    POOL("GlobalMaxPooling2D", lower_global, IR_REDUCE_MAX, 2),
    POOL("GlobalMaxPooling3D", lower_global, IR_REDUCE_MAX, 3),
    POOL("MaxPool1D", lower_pool, IR_MAX_POOL, 1),
    POOL("MaxPool2D", lower_pool, IR_MAX_POOL, 2),
    POOL("MaxPool3D", lower_pool, IR_MAX_POOL, 3),
    POOL("MaxPooling1D", lower_pool, IR_MAX_POOL, 1),
    POOL("MaxPooling2D", lower_pool, IR_MAX_POOL, 2),
    POOL("MaxPooling3D", lower_pool, IR_MAX_POOL, 3),
};

extern const struct keras_family keras_family_pooling;
KERAS_FAMILY(pooling, "Pooling");
