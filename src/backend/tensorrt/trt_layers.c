/* What is set on layers, and what they tell. */
#include "backend/tensorrt/trt_call.h"

#include <string.h>

typedef struct trt_layer *layer_p;
typedef struct trt_tensor *tensor_p;
typedef const struct trt_dims *dims_p;

/* -- any layer ----------------------------------------------------------------------------------------------------- */

enum trt_layer_kind trt_layer_kind(struct trt *t, layer_p l)
{
    static const int32_t numbers[TRT_LAYER_OTHER][TRT_N_COLUMNS] = {
#define LAYER_KIND(name, ...) { __VA_ARGS__ },
#include "backend/tensorrt/trt_slots.def"
    };
    METHOD(l, Layer_getType);
    int32_t number = call.function ? CALL0(int32_t) : -1;
    for (int i = 0; i < TRT_LAYER_OTHER && number >= 0; i++)
        if (trt_cell(t, numbers[i]) == number) return (enum trt_layer_kind)i;
    return TRT_LAYER_OTHER;
}

FLAT(trt_layer_set_name, layer_p, Layer_setName, const char *, const char *)
GIVE(trt_layer_name, layer_p, Layer_getName, const char *, const char *, NULL)
FLAT(trt_layer_set_metadata, layer_p, Layer_setMetadata, const char *, const char *)
GIVE(trt_layer_inputs, layer_p, Layer_getNbInputs, int32_t, int32_t, 0)
GIVE(trt_layer_outputs, layer_p, Layer_getNbOutputs, int32_t, int32_t, 0)
FLAT(trt_layer_set_precision, layer_p, Layer_setPrecision, enum trt_type, int32_t)

tensor_p trt_layer_input(struct trt *t, layer_p l, int32_t i)
{
    METHOD(l, Layer_getInput);
    return call.function ? CALL(tensor_p, (void *, int32_t), i) : NULL;
}

tensor_p trt_layer_output(struct trt *t, layer_p l, int32_t i)
{
    METHOD(l, Layer_getOutput);
    return call.function ? CALL(tensor_p, (void *, int32_t), i) : NULL;
}

bool trt_layer_set_input(struct trt *t, layer_p l, int32_t i, tensor_p x)
{
    METHOD(l, Layer_setInput);
    if (!x || !call.function) return false;
    CALL(void, (void *, int32_t, tensor_p), i, x);
    return true;
}

bool trt_layer_set_output_type(struct trt *t, layer_p l, int32_t i, enum trt_type type)
{
    METHOD(l, Layer_setOutputType);
    if (call.function) CALL(void, (void *, int32_t, int32_t), i, (int32_t)type);
    return call.function != NULL;
}

enum trt_type trt_layer_output_type(struct trt *t, layer_p l, int32_t i)
{
    METHOD(l, Layer_getOutputType);
    return call.function ? (enum trt_type)CALL(int32_t, (void *, int32_t), i) : TRT_FLOAT;
}

/* Constants and shapes are no computing. */
static bool computes_floats(struct trt *t, layer_p l)
{
    enum trt_layer_kind kind = trt_layer_kind(t, l);
    tensor_p x = trt_layer_output(t, l, 0);
    return kind != TRT_LAYER_CONSTANT && kind != TRT_LAYER_SHAPE && x && trt_tensor_type(t, x) == TRT_FLOAT;
}

void trt_layer_keep_float(struct trt *t, layer_p l)
{
    if (!computes_floats(t, l)) return;
    trt_layer_set_precision(t, l, TRT_FLOAT);
    for (int32_t k = 0, n = trt_layer_outputs(t, l); k < n; k++)
        if (trt_layer_output_type(t, l, k) == TRT_FLOAT) trt_layer_set_output_type(t, l, k, TRT_FLOAT);
}

/* -- convolutions, deconvolutions, poolings ------------------------------------------------------------------------ */

/* The three have these methods under the same names in different tables. */
struct window_methods {
    enum trt_method strides, before, after, mode, dilations, groups;
};
#define WINDOW(class, ...)                                                                                             \
    {                                                                                                                  \
        TRT_##class##_setStrideNd, TRT_##class##_setPrePadding, TRT_##class##_setPostPadding,                          \
            TRT_##class##_setPaddingMode, __VA_ARGS__                                                                  \
    }

static const struct window_methods *window(struct trt *t, layer_p l)
{
    static const struct window_methods convolution =
        WINDOW(ConvolutionLayer, TRT_ConvolutionLayer_setDilationNd, TRT_ConvolutionLayer_setNbGroups);
    static const struct window_methods deconvolution =
        WINDOW(DeconvolutionLayer, TRT_DeconvolutionLayer_setDilationNd, TRT_DeconvolutionLayer_setNbGroups);
    static const struct window_methods pooling = WINDOW(PoolingLayer, TRT_N_METHODS, TRT_N_METHODS);
    switch (trt_layer_kind(t, l)) {
    case TRT_LAYER_DECONVOLUTION: return &deconvolution;
    case TRT_LAYER_POOLING: return &pooling;
    default: return &convolution; /* of another kind: refused by the call */
    }
}

bool trt_window_set_strides(struct trt *t, layer_p l, dims_p strides)
{
    return trt_set_dims(t, l, window(t, l)->strides, strides);
}

bool trt_window_set_padding(struct trt *t, layer_p l, dims_p before, dims_p after)
{
    const struct window_methods *w = window(t, l);
    return trt_set_dims(t, l, w->before, before) && trt_set_dims(t, l, w->after, after);
}

bool trt_window_set_padding_mode(struct trt *t, layer_p l, enum trt_padding mode)
{
    const struct trt_call call = trt_call_of(t, l, window(t, l)->mode);
    if (call.function) CALL(void, (void *, int32_t), (int32_t)mode);
    return call.function != NULL;
}

bool trt_window_set_dilations(struct trt *t, layer_p l, dims_p dilations)
{
    enum trt_method method = window(t, l)->dilations;
    return method != TRT_N_METHODS && trt_set_dims(t, l, method, dilations);
}

bool trt_window_set_groups(struct trt *t, layer_p l, int64_t groups)
{
    enum trt_method method = window(t, l)->groups;
    return method != TRT_N_METHODS && trt_set_wide(t, l, method, groups);
}

FLAT(trt_pooling_set_blend, layer_p, PoolingLayer_setBlendFactor, float, float)
FLAT(trt_pooling_set_excludes_padding, layer_p, PoolingLayer_setAverageCountExcludesPadding, bool, bool)

/* -- numbers and choices ------------------------------------------------------------------------------------------- */

FLAT(trt_activation_set_alpha, layer_p, ActivationLayer_setAlpha, float, float)
FLAT(trt_activation_set_beta, layer_p, ActivationLayer_setBeta, float, float)
FLAT(trt_reduce_set_keep, layer_p, ReduceLayer_setKeepDimensions, bool, bool)
FLAT(trt_gather_set_axis, layer_p, GatherLayer_setGatherAxis, int32_t, int32_t)
FLAT(trt_gather_set_elementwise_dims, layer_p, GatherLayer_setNbElementWiseDims, int32_t, int32_t)
FLAT(trt_scatter_set_axis, layer_p, ScatterLayer_setAxis, int32_t, int32_t)
FLAT(trt_concatenation_set_axis, layer_p, ConcatenationLayer_setAxis, int32_t, int32_t)
FLAT(trt_slice_set_mode, layer_p, SliceLayer_setMode, enum trt_sample, int32_t)
FLAT(trt_resize_set_mode, layer_p, ResizeLayer_setResizeMode, enum trt_interpolation, int32_t)
FLAT(trt_resize_set_coordinates, layer_p, ResizeLayer_setCoordinateTransformation, enum trt_coordinates, int32_t)
FLAT(trt_resize_set_selector, layer_p, ResizeLayer_setSelectorForSinglePixel, enum trt_selector, int32_t)
FLAT(trt_resize_set_rounding, layer_p, ResizeLayer_setNearestRounding, enum trt_rounding, int32_t)
FLAT(trt_resize_set_cubic, layer_p, ResizeLayer_setCubicCoeff, float, float)
FLAT(trt_resize_set_exclude_outside, layer_p, ResizeLayer_setExcludeOutside, bool, bool)
FLAT(trt_fill_set_alpha, layer_p, FillLayer_setAlpha, double, double)
FLAT(trt_fill_set_beta, layer_p, FillLayer_setBeta, double, double)
FLAT(trt_fill_set_alpha_int64, layer_p, FillLayer_setAlphaInt64, int64_t, int64_t)
FLAT(trt_fill_set_beta_int64, layer_p, FillLayer_setBetaInt64, int64_t, int64_t)
FLAT(trt_nms_set_format, layer_p, NMSLayer_setBoundingBoxFormat, enum trt_boxes, int32_t)
FLAT(trt_nms_set_limit, layer_p, NMSLayer_setTopKBoxLimit, int32_t, int32_t)
FLAT(trt_normalization_set_epsilon, layer_p, NormalizationLayer_setEpsilon, float, float)
FLAT(trt_normalization_set_precision, layer_p, NormalizationLayer_setComputePrecision, enum trt_type, int32_t)

bool trt_normalization_set_groups(struct trt *t, layer_p l, int64_t groups)
{
    return trt_set_wide(t, l, TRT_NormalizationLayer_setNbGroups, groups);
}

static bool set_int(struct trt *t, layer_p l, enum trt_method method, int32_t value)
{
    const struct trt_call call = trt_call_of(t, l, method);
    if (call.function) CALL(void, (void *, int32_t), value);
    return call.function != NULL;
}

bool trt_quantize_set_axis(struct trt *t, layer_p l, int32_t axis)
{
    bool back = trt_layer_kind(t, l) == TRT_LAYER_DEQUANTIZE;
    return set_int(t, l, back ? TRT_DequantizeLayer_setAxis : TRT_QuantizeLayer_setAxis, axis);
}

bool trt_quantize_set_block(struct trt *t, layer_p l, dims_p block)
{
    bool back = trt_layer_kind(t, l) == TRT_LAYER_DEQUANTIZE;
    const struct trt_call call =
        trt_call_of(t, l, back ? TRT_DequantizeLayer_setBlockShape : TRT_QuantizeLayer_setBlockShape);
    return call.function && CALL(bool, (void *, dims_p), block);
}

bool trt_reverse_sequence_set_axes(struct trt *t, layer_p l, int32_t batch, int32_t sequence)
{
    return set_int(t, l, TRT_ReverseSequenceLayer_setBatchAxis, batch) &&
           set_int(t, l, TRT_ReverseSequenceLayer_setSequenceAxis, sequence);
}

bool trt_grid_sample_set(struct trt *t, layer_p l, enum trt_interpolation how, bool align_corners, enum trt_sample mode)
{
    METHOD(l, GridSampleLayer_setAlignCorners);
    if (!call.function || !set_int(t, l, TRT_GridSampleLayer_setInterpolationMode, (int32_t)how)) return false;
    CALL(void, (void *, bool), align_corners);
    const struct trt_call last = trt_call_of(t, l, TRT_GridSampleLayer_setSampleMode);
    return ((bool (*)(void *, int32_t))last.function)(last.self, (int32_t)mode);
}

/* -- dimensions and permutations ----------------------------------------------------------------------------------- */

/* Entries past `n` are the identity. */
static bool set_order(struct trt *t, layer_p l, enum trt_method method, const int32_t *order, int32_t n)
{
    struct permutation p;
    const struct trt_call call = trt_call_of(t, l, method);
    if (!call.function || n < 0 || n > TRT_MAX_DIMS) return false;
    for (int32_t i = 0; i < TRT_MAX_DIMS; i++) p.order[i] = i < n ? order[i] : i;
    CALL(void, (void *, const struct permutation *), &p);
    return true;
}

bool trt_shuffle_set_first_transpose(struct trt *t, layer_p l, const int32_t *order, int32_t n)
{
    return set_order(t, l, TRT_ShuffleLayer_setFirstTranspose, order, n);
}

bool trt_shuffle_set_second_transpose(struct trt *t, layer_p l, const int32_t *order, int32_t n)
{
    return set_order(t, l, TRT_ShuffleLayer_setSecondTranspose, order, n);
}

bool trt_shuffle_set_dims(struct trt *t, layer_p l, dims_p dims)
{
    return trt_set_dims(t, l, TRT_ShuffleLayer_setReshapeDimensions, dims);
}

FLAT(trt_shuffle_set_zero_is_placeholder, layer_p, ShuffleLayer_setZeroIsPlaceholder, bool, bool)

bool trt_slice_set_axes(struct trt *t, layer_p l, dims_p axes)
{
    return trt_set_dims(t, l, TRT_SliceLayer_setAxes, axes);
}

bool trt_resize_set_dims(struct trt *t, layer_p l, dims_p dims)
{
    return trt_set_dims(t, l, TRT_ResizeLayer_setOutputDimensions, dims);
}

bool trt_resize_set_scales(struct trt *t, layer_p l, const float *scales, int32_t n)
{
    METHOD(l, ResizeLayer_setScales);
    if (call.function) CALL(void, (void *, const float *, int32_t), scales, n);
    return call.function != NULL;
}
