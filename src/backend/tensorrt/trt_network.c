/* The network: inputs, outputs, layers to add, tensors. */
#include "backend/tensorrt/trt_call.h"

#include <string.h>

/* Short names for the types of C++ methods. */
typedef struct trt_tensor *tensor_p;
typedef struct trt_layer *layer_p;
typedef struct trt_network *network_p;
typedef const struct trt_dims *dims_p;
typedef struct trt_weights weights;

/* -- network ------------------------------------------------------------------------------------------------------- */

FLAT(trt_network_set_name, network_p, NetworkDefinition_setName, const char *, const char *)
GIVE(trt_network_layers, network_p, NetworkDefinition_getNbLayers, int32_t, int32_t, 0)
GIVE(trt_network_inputs, network_p, NetworkDefinition_getNbInputs, int32_t, int32_t, 0)
GIVE(trt_network_outputs, network_p, NetworkDefinition_getNbOutputs, int32_t, int32_t, 0)

/* One tensor or number in, something out: the commonest kinds of methods. */
#define OF_TENSOR(name, class_method, result, otherwise)                                                               \
    bool name(struct trt *t, network_p n, tensor_p x)                                                                  \
    {                                                                                                                  \
        METHOD(n, class_method);                                                                                       \
        return x && call.function && result(CALL(otherwise, (void *, tensor_p), x));                                   \
    }
#define TOLD_SO(x) (x)
#define ALWAYS(x) ((x), true)
OF_TENSOR(trt_network_mark_output, NetworkDefinition_markOutput, ALWAYS, void)
OF_TENSOR(trt_network_unmark_output, NetworkDefinition_unmarkOutput, ALWAYS, void)
OF_TENSOR(trt_network_mark_shape_output, NetworkDefinition_markOutputForShapes, TOLD_SO, bool)
OF_TENSOR(trt_network_mark_debug, NetworkDefinition_markDebug, TOLD_SO, bool)

#define AT_INDEX(name, class_method, object, result)                                                                   \
    result name(struct trt *t, object o, int32_t i)                                                                    \
    {                                                                                                                  \
        METHOD(o, class_method);                                                                                       \
        return call.function ? CALL(result, (void *, int32_t), i) : NULL;                                              \
    }
AT_INDEX(trt_network_layer, NetworkDefinition_getLayer, network_p, layer_p)
AT_INDEX(trt_network_input, NetworkDefinition_getInput, network_p, tensor_p)
AT_INDEX(trt_network_output, NetworkDefinition_getOutput, network_p, tensor_p)

bool trt_network_set_weights_name(struct trt *t, network_p n, weights w, const char *name)
{
    METHOD(n, NetworkDefinition_setWeightsName);
    return call.function && CALL(bool, (void *, weights, const char *), w, name);
}

/* -- layers of tensors and numbers --------------------------------------------------------------------------------- */

/* A layer of one tensor. */
static layer_p add_one(struct trt *t, network_p n, enum trt_method method, tensor_p x)
{
    const struct trt_call call = trt_call_of(t, n, method);
    return x && call.function ? CALL(layer_p, (void *, tensor_p), x) : NULL;
}

/* A layer of one tensor and a number or an enum. */
static layer_p add_kind(struct trt *t, network_p n, enum trt_method method, tensor_p x, int32_t kind)
{
    const struct trt_call call = trt_call_of(t, n, method);
    return x && call.function ? CALL(layer_p, (void *, tensor_p, int32_t), x, kind) : NULL;
}

static layer_p add_two(struct trt *t, network_p n, enum trt_method method, tensor_p a, tensor_p b)
{
    const struct trt_call call = trt_call_of(t, n, method);
    return a && b && call.function ? CALL(layer_p, (void *, tensor_p, tensor_p), a, b) : NULL;
}

static layer_p add_two_kind(struct trt *t, network_p n, enum trt_method method, tensor_p a, tensor_p b, int32_t kind)
{
    const struct trt_call call = trt_call_of(t, n, method);
    return a && b && call.function ? CALL(layer_p, (void *, tensor_p, tensor_p, int32_t), a, b, kind) : NULL;
}

static layer_p add_three(struct trt *t, network_p n, enum trt_method method, tensor_p a, tensor_p b, tensor_p c)
{
    const struct trt_call call = trt_call_of(t, n, method);
    return a && b && c && call.function ? CALL(layer_p, (void *, tensor_p, tensor_p, tensor_p), a, b, c) : NULL;
}

static layer_p add_three_kind(struct trt *t, network_p n, enum trt_method method, tensor_p a, tensor_p b, tensor_p c,
                              int32_t kind)
{
    const struct trt_call call = trt_call_of(t, n, method);
    if (!a || !b || !c || !call.function) return NULL;
    return CALL(layer_p, (void *, tensor_p, tensor_p, tensor_p, int32_t), a, b, c, kind);
}

/* NULL, with what lacks noted. */
static void *lacks(struct trt *t, const char *what)
{
    t->missing = what;
    return NULL;
}

layer_p trt_add_activation(struct trt *t, network_p n, tensor_p x, enum trt_activation a)
{
    if (!trt_has_activation(t, a)) return lacks(t, "such an activation");
    return add_kind(t, n, TRT_NetworkDefinition_addActivation, x, (int32_t)a);
}

layer_p trt_add_assertion(struct trt *t, network_p n, tensor_p condition, const char *message)
{
    METHOD(n, NetworkDefinition_addAssertion);
    return condition && call.function ? CALL(layer_p, (void *, tensor_p, const char *), condition, message) : NULL;
}

layer_p trt_add_cast(struct trt *t, network_p n, tensor_p x, enum trt_type to)
{
    if (!trt_has_type(t, to)) return lacks(t, trt_type_name(to));
    return add_kind(t, n, TRT_NetworkDefinition_addCast, x, (int32_t)to);
}

static bool any_missing(tensor_p const *x, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        if (!x[i]) return true;
    return count < 1;
}

layer_p trt_add_concatenation(struct trt *t, network_p n, tensor_p const *x, int32_t count, int32_t axis)
{
    METHOD(n, NetworkDefinition_addConcatenation);
    if (!call.function || any_missing(x, count)) return NULL;
    layer_p l = CALL(layer_p, (void *, tensor_p const *, int32_t), x, count);
    return trt_concatenation_set_axis(t, l, axis) ? l : NULL;
}

layer_p trt_add_cumulative(struct trt *t, network_p n, tensor_p x, tensor_p axis, enum trt_cumulative op,
                           bool exclusive, bool reverse)
{
    METHOD(n, NetworkDefinition_addCumulative);
    if (!x || !axis || !call.function) return NULL;
    return CALL(layer_p, (void *, tensor_p, tensor_p, int32_t, bool, bool), x, axis, (int32_t)op, exclusive, reverse);
}

layer_p trt_add_dequantize(struct trt *t, network_p n, tensor_p x, tensor_p scale, enum trt_type to)
{
    if (trt_has(t, TRT_NetworkDefinition_addDequantizeV2))
        return add_two_kind(t, n, TRT_NetworkDefinition_addDequantizeV2, x, scale, (int32_t)to);
    if (to != TRT_FLOAT) return lacks(t, "dequantization to this type");
    return add_two(t, n, TRT_NetworkDefinition_addDequantize, x, scale);
}

layer_p trt_add_quantize(struct trt *t, network_p n, tensor_p x, tensor_p scale, enum trt_type to)
{
    if (trt_has(t, TRT_NetworkDefinition_addQuantizeV2))
        return add_two_kind(t, n, TRT_NetworkDefinition_addQuantizeV2, x, scale, (int32_t)to);
    if (to != TRT_INT8) return lacks(t, "quantization to this type");
    return add_two(t, n, TRT_NetworkDefinition_addQuantize, x, scale);
}

layer_p trt_add_einsum(struct trt *t, network_p n, tensor_p const *x, int32_t count, const char *equation)
{
    METHOD(n, NetworkDefinition_addEinsum);
    if (!call.function || any_missing(x, count)) return NULL;
    return CALL(layer_p, (void *, tensor_p const *, int32_t, const char *), x, count, equation);
}

layer_p trt_add_elementwise(struct trt *t, network_p n, tensor_p a, tensor_p b, enum trt_binary op)
{
    return add_two_kind(t, n, TRT_NetworkDefinition_addElementWise, a, b, (int32_t)op);
}

layer_p trt_add_gather(struct trt *t, network_p n, tensor_p data, tensor_p indices, enum trt_gather mode, int32_t axis)
{
    layer_p l = add_two_kind(t, n, TRT_NetworkDefinition_addGatherV2, data, indices, (int32_t)mode);
    return mode == TRT_GATHER_ND || trt_gather_set_axis(t, l, axis) ? l : NULL;
}

layer_p trt_add_grid_sample(struct trt *t, network_p n, tensor_p x, tensor_p grid)
{
    return add_two(t, n, TRT_NetworkDefinition_addGridSample, x, grid);
}

layer_p trt_add_identity(struct trt *t, network_p n, tensor_p x)
{
    return add_one(t, n, TRT_NetworkDefinition_addIdentity, x);
}

layer_p trt_add_lrn(struct trt *t, network_p n, tensor_p x, int64_t window, float alpha, float beta, float k)
{
    METHOD(n, NetworkDefinition_addLRN);
    if (!x || !call.function || window > INT32_MAX) return NULL;
    return BY_VALUE
               ? CALL(layer_p, (void *, tensor_p, int32_t, float, float, float), x, (int32_t)window, alpha, beta, k)
               : CALL(layer_p, (void *, tensor_p, int64_t, float, float, float), x, window, alpha, beta, k);
}

layer_p trt_add_matrix_multiply(struct trt *t, network_p n, tensor_p a, enum trt_matrix of_a, tensor_p b,
                                enum trt_matrix of_b)
{
    METHOD(n, NetworkDefinition_addMatrixMultiply);
    if (!a || !b || !call.function) return NULL;
    return CALL(layer_p, (void *, tensor_p, int32_t, tensor_p, int32_t), a, (int32_t)of_a, b, (int32_t)of_b);
}

layer_p trt_add_nms(struct trt *t, network_p n, tensor_p boxes, tensor_p scores, tensor_p most, enum trt_type indices)
{
    if (indices == TRT_INT32) return add_three(t, n, TRT_NetworkDefinition_addNMS, boxes, scores, most);
    return add_three_kind(t, n, TRT_NetworkDefinition_addNMSV2, boxes, scores, most, (int32_t)indices);
}

layer_p trt_add_non_zero(struct trt *t, network_p n, tensor_p x, enum trt_type indices)
{
    if (indices == TRT_INT32) return add_one(t, n, TRT_NetworkDefinition_addNonZero, x);
    return add_kind(t, n, TRT_NetworkDefinition_addNonZeroV2, x, (int32_t)indices);
}

layer_p trt_add_normalization(struct trt *t, network_p n, tensor_p x, tensor_p scale, tensor_p bias, uint32_t axes)
{
    return add_three_kind(t, n, TRT_NetworkDefinition_addNormalization, x, scale, bias, (int32_t)axes);
}

layer_p trt_add_normalization_v2(struct trt *t, network_p n, tensor_p x, tensor_p scale, tensor_p bias, uint32_t axes)
{
    return add_three_kind(t, n, TRT_NetworkDefinition_addNormalizationV2, x, scale, bias, (int32_t)axes);
}

layer_p trt_add_one_hot(struct trt *t, network_p n, tensor_p indices, tensor_p values, tensor_p depth, int32_t axis)
{
    return add_three_kind(t, n, TRT_NetworkDefinition_addOneHot, indices, values, depth, axis);
}

layer_p trt_add_parametric_relu(struct trt *t, network_p n, tensor_p x, tensor_p slope)
{
    return add_two(t, n, TRT_NetworkDefinition_addParametricReLU, x, slope);
}

layer_p trt_add_reduce(struct trt *t, network_p n, tensor_p x, enum trt_reduce op, uint32_t axes, bool keep)
{
    METHOD(n, NetworkDefinition_addReduce);
    if (!x || !call.function) return NULL;
    return CALL(layer_p, (void *, tensor_p, int32_t, uint32_t, bool), x, (int32_t)op, axes, keep);
}

layer_p trt_add_resize(struct trt *t, network_p n, tensor_p x)
{
    return add_one(t, n, TRT_NetworkDefinition_addResize, x);
}

layer_p trt_add_reverse_sequence(struct trt *t, network_p n, tensor_p x, tensor_p lengths)
{
    return add_two(t, n, TRT_NetworkDefinition_addReverseSequence, x, lengths);
}

layer_p trt_add_scale(struct trt *t, network_p n, tensor_p x, enum trt_scale mode, weights shift, weights scale,
                      weights power, int32_t axis)
{
    METHOD(n, NetworkDefinition_addScaleNd);
    if (!x || !call.function) return NULL;
    return CALL(layer_p, (void *, tensor_p, int32_t, weights, weights, weights, int32_t), x, (int32_t)mode, shift,
                scale, power, axis);
}

layer_p trt_add_scatter(struct trt *t, network_p n, tensor_p data, tensor_p indices, tensor_p updates,
                        enum trt_scatter mode)
{
    return add_three_kind(t, n, TRT_NetworkDefinition_addScatter, data, indices, updates, (int32_t)mode);
}

layer_p trt_add_select(struct trt *t, network_p n, tensor_p condition, tensor_p yes, tensor_p no)
{
    return add_three(t, n, TRT_NetworkDefinition_addSelect, condition, yes, no);
}

layer_p trt_add_shape(struct trt *t, network_p n, tensor_p x)
{
    return add_one(t, n, TRT_NetworkDefinition_addShape, x);
}

layer_p trt_add_shuffle(struct trt *t, network_p n, tensor_p x)
{
    return add_one(t, n, TRT_NetworkDefinition_addShuffle, x);
}

layer_p trt_add_softmax(struct trt *t, network_p n, tensor_p x, uint32_t axes)
{
    layer_p l = add_one(t, n, TRT_NetworkDefinition_addSoftMax, x);
    METHOD(l, SoftMaxLayer_setAxes);
    if (!call.function) return NULL;
    CALL(void, (void *, uint32_t), axes);
    return l;
}

layer_p trt_add_squeeze(struct trt *t, network_p n, tensor_p x, tensor_p axes)
{
    return add_two(t, n, TRT_NetworkDefinition_addSqueeze, x, axes);
}

layer_p trt_add_unsqueeze(struct trt *t, network_p n, tensor_p x, tensor_p axes)
{
    return add_two(t, n, TRT_NetworkDefinition_addUnsqueeze, x, axes);
}

layer_p trt_add_topk(struct trt *t, network_p n, tensor_p x, enum trt_topk op, int32_t k, uint32_t axes,
                     enum trt_type indices)
{
    const bool plain = indices == TRT_INT32;
    const struct trt_call call =
        trt_call_of(t, n, plain ? TRT_NetworkDefinition_addTopK : TRT_NetworkDefinition_addTopKV2);
    if (!x || !call.function) return NULL;
    return plain ? CALL(layer_p, (void *, tensor_p, int32_t, int32_t, uint32_t), x, (int32_t)op, k, axes)
                 : CALL(layer_p, (void *, tensor_p, int32_t, int32_t, uint32_t, int32_t), x, (int32_t)op, k, axes,
                        (int32_t)indices);
}

layer_p trt_add_unary(struct trt *t, network_p n, tensor_p x, enum trt_unary op)
{
    if (!trt_has_unary(t, op)) return lacks(t, "such a unary operation");
    return add_kind(t, n, TRT_NetworkDefinition_addUnary, x, (int32_t)op);
}

/* -- layers with dimensions ---------------------------------------------------------------------------------------- */

tensor_p trt_add_input(struct trt *t, network_p n, const char *name, enum trt_type type, dims_p dims)
{
    struct dims32 old;
    METHOD(n, NetworkDefinition_addInput);
    if (!call.function || !trt_narrow(t, dims, &old)) return NULL;
    if (!trt_has_type(t, type)) return lacks(t, trt_type_name(type));
    return BY_VALUE ? CALL(tensor_p, (void *, const char *, int32_t, struct dims32), name, (int32_t)type, old)
                    : CALL(tensor_p, (void *, const char *, int32_t, dims_p), name, (int32_t)type, dims);
}

layer_p trt_add_constant(struct trt *t, network_p n, dims_p dims, weights w)
{
    struct dims32 old;
    METHOD(n, NetworkDefinition_addConstant);
    if (!call.function || !trt_narrow(t, dims, &old)) return NULL;
    if (!trt_has_type(t, (enum trt_type)w.type)) return lacks(t, trt_type_name((enum trt_type)w.type));
    return BY_VALUE ? CALL(layer_p, (void *, struct dims32, weights), old, w)
                    : CALL(layer_p, (void *, dims_p, weights), dims, w);
}

static layer_p add_convolution(struct trt *t, network_p n, enum trt_method method, tensor_p x, int64_t maps,
                               dims_p kernel, weights w, weights bias)
{
    struct dims32 old;
    const struct trt_call call = trt_call_of(t, n, method);
    if (!x || !call.function || maps > INT32_MAX || !trt_narrow(t, kernel, &old)) return NULL;
    return BY_VALUE ? CALL(layer_p, (void *, tensor_p, int32_t, struct dims32, weights, weights), x, (int32_t)maps, old,
                           w, bias)
                    : CALL(layer_p, (void *, tensor_p, int64_t, dims_p, weights, weights), x, maps, kernel, w, bias);
}

layer_p trt_add_convolution(struct trt *t, network_p n, tensor_p x, int64_t maps, dims_p kernel, weights w,
                            weights bias)
{
    return add_convolution(t, n, TRT_NetworkDefinition_addConvolutionNd, x, maps, kernel, w, bias);
}

layer_p trt_add_deconvolution(struct trt *t, network_p n, tensor_p x, int64_t maps, dims_p kernel, weights w,
                              weights bias)
{
    return add_convolution(t, n, TRT_NetworkDefinition_addDeconvolutionNd, x, maps, kernel, w, bias);
}

/* TensorRT 8 takes the type as the output's. */
static layer_p add_fill_v1(struct trt *t, network_p n, dims_p dims, enum trt_fill op, enum trt_type type)
{
    struct dims32 old;
    METHOD(n, NetworkDefinition_addFill);
    if (!call.function || !trt_narrow(t, dims, &old)) return NULL;
    layer_p l = BY_VALUE ? CALL(layer_p, (void *, struct dims32, int32_t), old, (int32_t)op)
                         : CALL(layer_p, (void *, dims_p, int32_t), dims, (int32_t)op);
    return trt_layer_set_output_type(t, l, 0, type) ? l : NULL;
}

layer_p trt_add_fill(struct trt *t, network_p n, dims_p dims, enum trt_fill op, enum trt_type type)
{
    static const struct trt_dims none = { 0 };
    if (!dims) dims = &none;
    if (!trt_has(t, TRT_NetworkDefinition_addFillV2)) return add_fill_v1(t, n, dims, op, type);
    METHOD(n, NetworkDefinition_addFillV2);
    return call.function ? CALL(layer_p, (void *, dims_p, int32_t, int32_t), dims, (int32_t)op, (int32_t)type) : NULL;
}

layer_p trt_add_padding(struct trt *t, network_p n, tensor_p x, dims_p before, dims_p after)
{
    struct dims32 a, b;
    METHOD(n, NetworkDefinition_addPaddingNd);
    if (!x || !call.function || !trt_narrow(t, before, &a) || !trt_narrow(t, after, &b)) return NULL;
    return BY_VALUE ? CALL(layer_p, (void *, tensor_p, struct dims32, struct dims32), x, a, b)
                    : CALL(layer_p, (void *, tensor_p, dims_p, dims_p), x, before, after);
}

layer_p trt_add_pooling(struct trt *t, network_p n, tensor_p x, enum trt_pooling type, dims_p window)
{
    struct dims32 old;
    METHOD(n, NetworkDefinition_addPoolingNd);
    if (!x || !call.function || !trt_narrow(t, window, &old)) return NULL;
    return BY_VALUE ? CALL(layer_p, (void *, tensor_p, int32_t, struct dims32), x, (int32_t)type, old)
                    : CALL(layer_p, (void *, tensor_p, int32_t, dims_p), x, (int32_t)type, window);
}

layer_p trt_add_slice(struct trt *t, network_p n, tensor_p x, dims_p start, dims_p size, dims_p stride)
{
    struct dims32 a, b, c;
    METHOD(n, NetworkDefinition_addSlice);
    if (!x || !call.function || !trt_narrow(t, start, &a) || !trt_narrow(t, size, &b) || !trt_narrow(t, stride, &c))
        return NULL;
    return BY_VALUE ? CALL(layer_p, (void *, tensor_p, struct dims32, struct dims32, struct dims32), x, a, b, c)
                    : CALL(layer_p, (void *, tensor_p, dims_p, dims_p, dims_p), x, start, size, stride);
}

/* -- loops, conditionals, attention -------------------------------------------------------------------------------- */

struct trt_loop *trt_add_loop(struct trt *t, network_p n)
{
    METHOD(n, NetworkDefinition_addLoop);
    return call.function ? CALL0(struct trt_loop *) : NULL;
}

struct trt_conditional *trt_add_conditional(struct trt *t, network_p n)
{
    METHOD(n, NetworkDefinition_addIfConditional);
    return call.function ? CALL0(struct trt_conditional *) : NULL;
}

FLAT(trt_loop_set_name, struct trt_loop *, Loop_setName, const char *, const char *)
FLAT(trt_conditional_set_name, struct trt_conditional *, IfConditional_setName, const char *, const char *)

layer_p trt_loop_add_recurrence(struct trt *t, struct trt_loop *l, tensor_p initial)
{
    METHOD(l, Loop_addRecurrence);
    return initial && call.function ? CALL(layer_p, (void *, tensor_p), initial) : NULL;
}

layer_p trt_loop_add_trip_limit(struct trt *t, struct trt_loop *l, tensor_p x, enum trt_trip_limit kind)
{
    METHOD(l, Loop_addTripLimit);
    return x && call.function ? CALL(layer_p, (void *, tensor_p, int32_t), x, (int32_t)kind) : NULL;
}

layer_p trt_loop_add_iterator(struct trt *t, struct trt_loop *l, tensor_p x, int32_t axis, bool reverse)
{
    METHOD(l, Loop_addIterator);
    return x && call.function ? CALL(layer_p, (void *, tensor_p, int32_t, bool), x, axis, reverse) : NULL;
}

layer_p trt_loop_add_output(struct trt *t, struct trt_loop *l, tensor_p x, enum trt_loop_output kind, int32_t axis)
{
    METHOD(l, Loop_addLoopOutput);
    return x && call.function ? CALL(layer_p, (void *, tensor_p, int32_t, int32_t), x, (int32_t)kind, axis) : NULL;
}

layer_p trt_conditional_set_condition(struct trt *t, struct trt_conditional *c, tensor_p x)
{
    METHOD(c, IfConditional_setCondition);
    return x && call.function ? CALL(layer_p, (void *, tensor_p), x) : NULL;
}

layer_p trt_conditional_add_input(struct trt *t, struct trt_conditional *c, tensor_p x)
{
    METHOD(c, IfConditional_addInput);
    return x && call.function ? CALL(layer_p, (void *, tensor_p), x) : NULL;
}

layer_p trt_conditional_add_output(struct trt *t, struct trt_conditional *c, tensor_p yes, tensor_p no)
{
    METHOD(c, IfConditional_addOutput);
    return yes && no && call.function ? CALL(layer_p, (void *, tensor_p, tensor_p), yes, no) : NULL;
}

/* The first form's mask is the upper left triangle. */
struct trt_attention *trt_add_attention(struct trt *t, network_p n, tensor_p query, tensor_p key, tensor_p value,
                                        enum trt_attention_norm norm, enum trt_causal causal)
{
    const bool first = causal != TRT_CAUSAL_LOWER_RIGHT;
    const struct trt_call call =
        trt_call_of(t, n, first ? TRT_NetworkDefinition_addAttention : TRT_NetworkDefinition_addAttentionV2);
    if (!query || !key || !value || !call.function) return NULL;
    return first ? CALL(struct trt_attention *, (void *, tensor_p, tensor_p, tensor_p, int32_t, bool), query, key,
                        value, (int32_t)norm, causal == TRT_CAUSAL_UPPER_LEFT)
                 : CALL(struct trt_attention *, (void *, tensor_p, tensor_p, tensor_p, int32_t, int32_t), query, key,
                        value, (int32_t)norm, (int32_t)causal);
}

TOLD(trt_attention_set_name, struct trt_attention *, Attention_setName, const char *, const char *)
TOLD(trt_attention_set_metadata, struct trt_attention *, Attention_setMetadata, const char *, const char *)
TOLD(trt_attention_set_decomposable, struct trt_attention *, Attention_setDecomposable, bool, bool)

bool trt_attention_set_mask(struct trt *t, struct trt_attention *a, tensor_p mask)
{
    METHOD(a, Attention_setMask);
    return mask && call.function && CALL(bool, (void *, tensor_p), mask);
}

tensor_p trt_attention_output(struct trt *t, struct trt_attention *a)
{
    METHOD(a, Attention_getOutput);
    return call.function ? CALL(tensor_p, (void *, int32_t), 0) : NULL;
}

bool trt_has_attention(const struct trt *t)
{
    return trt_strongly_typed_only(t) && trt_has(t, TRT_NetworkDefinition_addAttention);
}

/* Among the layers, an attention is the one that its inputs enter and the one that its output leaves. */
static struct trt_attention *attention_of(struct trt *t, layer_p l)
{
    METHOD(l, AttentionBoundaryLayer_getAttention);
    return call.function ? CALL0(struct trt_attention *) : NULL;
}

void trt_network_set_decomposable(struct trt *t, network_p n)
{
    if (!trt_has_attention(t)) return;
    for (int32_t i = 0, count = trt_network_layers(t, n); i < count; i++) {
        layer_p l = trt_network_layer(t, n, i);
        if (trt_layer_kind(t, l) == TRT_LAYER_ATTENTION_INPUT) trt_attention_set_decomposable(t, attention_of(t, l), true);
    }
}

/* A loop's count is a number, its condition a bool. */
bool trt_network_flow_depends_on_data(struct trt *t, network_p n)
{
    for (int32_t i = 0, count = trt_network_layers(t, n); i < count; i++) {
        layer_p l = trt_network_layer(t, n, i);
        enum trt_layer_kind kind = trt_layer_kind(t, l);
        if (kind == TRT_LAYER_CONDITION) return true;
        if (kind == TRT_LAYER_TRIP_LIMIT && trt_tensor_type(t, trt_layer_input(t, l, 0)) == TRT_BOOL) return true;
    }
    return false;
}

/* -- tensors ------------------------------------------------------------------------------------------------------- */

FLAT(trt_tensor_set_name, tensor_p, Tensor_setName, const char *, const char *)
GIVE(trt_tensor_name, tensor_p, Tensor_getName, const char *, const char *, NULL)
GIVE(trt_tensor_type, tensor_p, Tensor_getType, enum trt_type, int32_t, TRT_FLOAT)
FLAT(trt_tensor_set_type, tensor_p, Tensor_setType, enum trt_type, int32_t)
FLAT(trt_tensor_set_formats, tensor_p, Tensor_setAllowedFormats, uint32_t, uint32_t)
GIVE(trt_tensor_is_input, tensor_p, Tensor_isNetworkInput, bool, bool, false)
GIVE(trt_tensor_is_output, tensor_p, Tensor_isNetworkOutput, bool, bool, false)
GIVE(trt_tensor_is_shape, tensor_p, Tensor_isShapeTensor, bool, bool, false)
AT_INDEX(trt_tensor_dim_name, Tensor_getDimensionName, tensor_p, const char *)

bool trt_tensor_set_dims(struct trt *t, tensor_p x, dims_p dims)
{
    return trt_set_dims(t, x, TRT_Tensor_setDimensions, dims);
}

struct trt_dims trt_tensor_dims(struct trt *t, tensor_p x)
{
    return trt_get_dims(t, x, TRT_Tensor_getDimensions);
}

bool trt_tensor_set_dim_name(struct trt *t, tensor_p x, int32_t axis, const char *name)
{
    METHOD(x, Tensor_setDimensionName);
    if (call.function) CALL(void, (void *, int32_t, const char *), axis, name);
    return call.function != NULL;
}
