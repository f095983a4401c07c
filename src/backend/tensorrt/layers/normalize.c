/* Normalizations: batch normalization as a scale, those of instances, groups and layers by the normalization layer, which
 * TensorRT has since 8.6. The others are written in plain arithmetic by decompose/: the layer adds its epsilon to the
 * variance and takes the mean off, as those do not. */
#include "backend/tensorrt/emit.h"

#include "ir/kernels/convert.h"

#include <math.h>

/* -- batch normalization ------------------------------------------------------------------------------------------- */

/* scale * (x - mean) / sqrt(variance + epsilon) + bias as x * factor + shift; constants of one element a channel. */
struct folded {
    struct tensor factor, shift;
};

static bool fold(struct emit *e, const struct ir_node *n, double *factor, double *shift, int64_t count)
{
    double epsilon = (double)ir_attr_float(n, ATTR_EPSILON, 1e-5F), most = ir_in(n, 0)->dtype == TFP_FLOAT16 ? 65504 : 3e38;
    for (int64_t i = 0; i < count; i++) {
        double variance = tensor_float(ir_in_constant(n, 4), i);
        factor[i] = tensor_float(ir_in_constant(n, 1), i) / sqrt(variance + epsilon);
        shift[i] = tensor_float(ir_in_constant(n, 2), i) - tensor_float(ir_in_constant(n, 3), i) * factor[i];
        if (!(fabs(factor[i]) <= most && fabs(shift[i]) <= most))
            return emit_decline(e, "with a channel whose scale its type cannot hold");
    }
    return true;
}

/* Numbers in x's type, one a channel, of x's rank. */
static bool describe(struct emit *e, const struct ir_value *x, const double *numbers, int64_t count, struct tensor *out)
{
    tfp_dtype dtype = x->dtype == TFP_DOUBLE ? TFP_FLOAT : x->dtype;
    void *data = arena_alloc(&e->arena, (size_t)count + 1, tfp_dtype_size(dtype));
    if (!data) return emit_fail(e, "out of memory"), false;
    convert_run(TFP_DOUBLE, numbers, dtype, data, (size_t)count);
    *out = (struct tensor){ .dtype = dtype, .rank = (uint32_t)x->rank, .count = count, .data = data };
    out->size = (size_t)count * tfp_dtype_size(dtype);
    for (int32_t i = 0; i < x->rank; i++) out->dims[i] = 1;
    out->dims[x->rank > 1] = count;
    return true;
}

/* The scale layer wants four dimensions. */
static tensor_p scaled(struct emit *e, tensor_p x, const struct folded *f)
{
    struct trt_weights shift, scale, power;
    enum trt_type type = emit_type_of(e, x);
    if (!x) return NULL;
    if (emit_rank(e, x) < 4) {
        x = emit_binary(e, TRT_BINARY_PROD, x, emit_constant(e, &f->factor));
        return emit_binary(e, TRT_BINARY_SUM, x, emit_constant(e, &f->shift));
    }
    if (!emit_weights(e, &f->shift, type, &shift) || !emit_weights(e, &f->factor, type, &scale)) return NULL;
    power = (struct trt_weights){ .type = (int32_t)type };
    return emit_layer(e, trt_add_scale(e->t, e->net, x, TRT_SCALE_CHANNEL, shift, scale, power, 1));
}

static bool emit_batch_normalization(struct emit *e, const struct ir_node *n)
{
    const struct ir_value *v = ir_in(n, 0);
    struct folded f;
    for (size_t i = 1; i < 5; i++)
        if (!ir_in_constant(n, i)) return emit_decline(e, NULL);
    if (ir_attr_int(n, ATTR_TRAINING_MODE, 0)) return emit_decline(e, "training_mode");
    if (v->rank < 1 || v->rank > TRT_MAX_DIMS) return emit_decline(e, "an unknown rank");
    int64_t count = ir_in_constant(n, 4)->count;
    double *factor = ARENA_ARRAY(&e->arena, double, (size_t)count + 1),
           *shift = ARENA_ARRAY(&e->arena, double, (size_t)count + 1);
    if (!factor || !shift) return emit_fail(e, "out of memory"), true;
    if (!fold(e, n, factor, shift, count)) return false;
    if (!describe(e, v, factor, count, &f.factor) || !describe(e, v, shift, count, &f.shift)) return true;
    return emit_give(e, n, scaled(e, emit_in(e, n, 0), &f));
}

/* -- the normalization layer --------------------------------------------------------------------------------------- */

static bool has_layer(const struct emit *e)
{
    return trt_has(e->t, TRT_NetworkDefinition_addNormalization);
}

/* A list of one element a channel as [1, channels, 1, ..]. */
static tensor_p per_channel(struct emit *e, const struct ir_node *n, size_t i, int32_t rank)
{
    static const int32_t from[TRT_MAX_DIMS] = { -1, 0, -1, -1, -1, -1, -1, -1 };
    return emit_reshape_axes(e, emit_in(e, n, i), from, rank);
}

static tensor_p normalized(struct emit *e, const struct ir_node *n, layer_p l, int64_t groups)
{
    if (!trt_normalization_set_epsilon(e->t, l, ir_attr_float(n, ATTR_EPSILON, 1e-5F)) ||
        (groups > 1 && !trt_normalization_set_groups(e->t, l, groups)))
        return emit_fail(e, "TensorRT refuses it");
    return emit_layer(e, l);
}

static uint32_t axes_from(int32_t axis, int32_t rank)
{
    return ((1u << rank) - 1) & ~((1u << axis) - 1);
}

static bool emit_instance_normalization(struct emit *e, const struct ir_node *n)
{
    int32_t rank = ir_in(n, 0)->rank;
    if (!has_layer(e)) return emit_decline(e, NULL);
    if (rank < 3 || rank > TRT_MAX_DIMS) return emit_decline(e, "an unknown rank");
    tensor_p x = emit_in(e, n, 0), scale = per_channel(e, n, 1, rank), bias = per_channel(e, n, 2, rank);
    if (!x || !scale || !bias) return true;
    return emit_give(e, n, normalized(e, n, trt_add_normalization(e->t, e->net, x, scale, bias, axes_from(2, rank)), 1));
}

/* [1, count, 1, ..], all of them `value`, in x's type. */
static tensor_p list_of(struct emit *e, const struct ir_value *x, int64_t count, double value)
{
    struct tensor t;
    double *numbers = ARENA_ARRAY(&e->arena, double, (size_t)count + 1);
    if (!numbers) return emit_fail(e, "out of memory");
    for (int64_t i = 0; i < count; i++) numbers[i] = value;
    return describe(e, x, numbers, count, &t) ? emit_constant(e, &t) : NULL;
}

/* The layer's first form scales groups, ONNX scales channels: that is done apart then. */
static bool emit_group_normalization(struct emit *e, const struct ir_node *n)
{
    const struct ir_value *v = ir_in(n, 0);
    int64_t groups = ir_attr_int(n, ATTR_NUM_GROUPS, 1);
    int32_t rank = v->rank;
    if (!has_layer(e)) return emit_decline(e, NULL);
    if (rank < 3 || rank > TRT_MAX_DIMS) return emit_decline(e, "an unknown rank");
    uint32_t axes = axes_from(groups > 1 ? 2 : 1, rank);
    tensor_p x = emit_in(e, n, 0), scale = per_channel(e, n, 1, rank), bias = per_channel(e, n, 2, rank);
    if (!x || !scale || !bias) return true;
    if (groups > 1 && trt_has(e->t, TRT_NetworkDefinition_addNormalizationV2))
        return emit_give(e, n, normalized(e, n, trt_add_normalization_v2(e->t, e->net, x, scale, bias, axes), groups));
    tensor_p ones = list_of(e, v, groups, 1), zeros = list_of(e, v, groups, 0);
    if (!ones || !zeros) return true;
    x = normalized(e, n, trt_add_normalization(e->t, e->net, x, ones, zeros, axes), groups);
    return emit_give(e, n, emit_binary(e, TRT_BINARY_SUM, emit_binary(e, TRT_BINARY_PROD, x, scale), bias));
}

/* Scale and bias have the shape of the axes that are normalized. */
static bool has_plain_shape(const struct ir_value *v, const struct ir_value *x, int32_t axis)
{
    if (v->rank != x->rank - axis) return false;
    for (int32_t i = axis; i < x->rank; i++)
        if (!dim_fixed(v->dims[i - axis]) || !dim_equal(v->dims[i - axis], x->dims[i])) return false;
    return true;
}

/* Zeros beside the scale. */
static tensor_p no_bias(struct emit *e, const struct ir_value *scale, int32_t rank)
{
    int64_t count = 1;
    for (int32_t i = 0; i < scale->rank; i++) count *= scale->dims[i].n;
    tfp_dtype dtype = scale->dtype == TFP_DOUBLE ? TFP_FLOAT : scale->dtype;
    struct tensor t = { .dtype = dtype, .rank = (uint32_t)rank, .count = count };
    t.size = (size_t)count * tfp_dtype_size(dtype);
    void *zeros = arena_alloc(&e->arena, t.size + 1, 1);
    if (!zeros) return emit_fail(e, "out of memory");
    memset(zeros, 0, t.size);
    t.data = zeros;
    for (int32_t i = 0; i < rank; i++) t.dims[i] = i < rank - scale->rank ? 1 : scale->dims[i - rank + scale->rank].n;
    return emit_constant(e, &t);
}

static bool emit_layer_normalization(struct emit *e, const struct ir_node *n)
{
    const struct ir_value *v = ir_in(n, 0), *scale = ir_in(n, 1), *bias = ir_in(n, 2);
    int32_t rank = v->rank, axis = emit_axis(ir_attr_int(n, ATTR_AXIS, -1), rank);
    if (!has_layer(e)) return emit_decline(e, NULL);
    if (rank < 1 || rank > TRT_MAX_DIMS) return emit_decline(e, "an unknown rank");
    if (ir_wants(n, 1) || ir_wants(n, 2)) return emit_decline(e, "outputs Mean and InvStdDev");
    if (!has_plain_shape(scale, v, axis) || (bias && !has_plain_shape(bias, v, axis)))
        return emit_decline(e, "scale or bias of another shape");
    tensor_p x = emit_in(e, n, 0), factor = emit_in_rank(e, n, 1, rank);
    tensor_p shift = bias ? emit_in_rank(e, n, 2, rank) : no_bias(e, scale, rank);
    if (!x || !factor || !shift) return true;
    layer_p l = trt_add_normalization(e->t, e->net, x, factor, shift, axes_from(axis, rank));
    return emit_give(e, n, normalized(e, n, l, 1));
}

static const struct emit_row rows[] = {
    { IR_BATCH_NORMALIZATION, emit_batch_normalization },
    { IR_GROUP_NORMALIZATION, emit_group_normalization },
    { IR_INSTANCE_NORMALIZATION, emit_instance_normalization },
    { IR_LAYER_NORMALIZATION, emit_layer_normalization },
};
const struct emit_rows emit_rows_normalize = { rows, sizeof rows / sizeof rows[0] };
