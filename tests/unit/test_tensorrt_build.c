/* Networks of one layer through a real TensorRT library: what the layers' outputs are, and that engines come out. */
#include "backend/tensorrt/trt_parser.h"
#include "backend/tensorrt/trt_ranges.h"

#include "real_tensorrt.h"

static struct trt_network *net;

/* -- pieces -------------------------------------------------------------------------------------------------------- */

typedef struct trt_tensor *tensor;
typedef struct trt_layer *layer;

#define DIMS(...) (&(const struct trt_dims){ sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t), { __VA_ARGS__ } })
static const struct trt_dims scalar = { 0 };
static const struct trt_weights no_weights = { TRT_FLOAT, NULL, 0 };
static float many[4096]; /* values of weights; small numbers */

static tensor input(const char *name, enum trt_type type, const struct trt_dims *dims)
{
    tensor x = trt_add_input(t, net, name, type, dims);
    assert_non_null(x);
    return x;
}

static struct trt_weights floats(int64_t count)
{
    assert_in_range(count, 1, 4096);
    return (struct trt_weights){ TRT_FLOAT, many, count };
}

/* A constant whose values live as long as the program. */
static tensor ints(const struct trt_dims *dims, int64_t count, const int32_t *values)
{
    return trt_layer_output(t, trt_add_constant(t, net, dims, (struct trt_weights){ TRT_INT32, values, count }), 0);
}

static tensor float_constant(const struct trt_dims *dims, int64_t count)
{
    return trt_layer_output(t, trt_add_constant(t, net, dims, floats(count)), 0);
}

static tensor image(void)
{
    return input("x", TRT_FLOAT, DIMS(1, 4, 8, 8));
}

static tensor matrix(void)
{
    return input("x", TRT_FLOAT, DIMS(2, 6));
}

static const int32_t zero[1] = { 0 }, one[1] = { 1 }, three[1] = { 3 }, pair[2] = { 1, 0 };

/* -- one network a kind of layer ----------------------------------------------------------------------------------- */

static layer activation(void)
{
    layer l = trt_add_activation(t, net, matrix(), TRT_ACTIVATION_CLIP);
    assert_true(trt_activation_set_alpha(t, l, 0) && trt_activation_set_beta(t, l, 6));
    return l;
}
static layer activation_gelu(void)
{
    return trt_add_activation(t, net, matrix(), TRT_ACTIVATION_GELU_TANH);
}
static layer cast(void)
{
    return trt_add_cast(t, net, matrix(), TRT_HALF);
}
static layer concatenation(void)
{
    tensor x = matrix(), both[2] = { x, x };
    return trt_add_concatenation(t, net, both, 2, 1);
}
static layer constant(void)
{
    return trt_add_elementwise(t, net, matrix(), float_constant(DIMS(1, 6), 6), TRT_BINARY_SUM);
}
static layer convolution(void)
{
    layer l = trt_add_convolution(t, net, image(), 6, DIMS(3, 3), floats(6 * 2 * 9), floats(6));
    assert_true(trt_window_set_strides(t, l, DIMS(2, 2)) && trt_window_set_padding(t, l, DIMS(0, 0), DIMS(1, 1)));
    assert_true(trt_window_set_groups(t, l, 2) && trt_window_set_dilations(t, l, DIMS(1, 1)));
    return l;
}
static layer convolution_same(void)
{
    layer l = trt_add_convolution(t, net, image(), 8, DIMS(5, 5), floats(8 * 4 * 25), no_weights);
    assert_true(trt_window_set_padding_mode(t, l, TRT_PADDING_SAME_UPPER));
    return l;
}
/* Weights that are a tensor. */
static layer convolution_dynamic(void)
{
    tensor x = image(), w = input("w", TRT_FLOAT, DIMS(5, 4, 3, 3));
    layer l = trt_add_convolution(t, net, x, 5, DIMS(3, 3), no_weights, no_weights);
    assert_true(trt_layer_set_input(t, l, 1, w));
    return l;
}
static layer convolution_3d(void)
{
    return trt_add_convolution(t, net, input("x", TRT_FLOAT, DIMS(1, 2, 4, 5, 6)), 3, DIMS(2, 2, 2), floats(48),
                               no_weights);
}
static layer cumulative(void)
{
    return trt_add_cumulative(t, net, matrix(), ints(&scalar, 1, one), TRT_CUMULATIVE_SUM, true, false);
}
static layer deconvolution(void)
{
    layer l = trt_add_deconvolution(t, net, image(), 3, DIMS(2, 2), floats(4 * 3 * 4), no_weights);
    assert_true(trt_window_set_strides(t, l, DIMS(2, 2)));
    return l;
}
static layer quantize_and_back(void)
{
    tensor scale = float_constant(&scalar, 1), x = matrix();
    tensor q = trt_layer_output(t, trt_add_quantize(t, net, x, scale, TRT_INT8), 0);
    assert_int_equal(trt_tensor_type(t, q), TRT_INT8);
    return trt_add_dequantize(t, net, q, scale, TRT_FLOAT);
}
static layer quantize_channels(void)
{
    tensor scale = float_constant(DIMS(6), 6), x = matrix();
    layer q = trt_add_quantize(t, net, x, scale, TRT_INT8);
    assert_true(trt_quantize_set_axis(t, q, 1));
    layer d = trt_add_dequantize(t, net, trt_layer_output(t, q, 0), scale, TRT_FLOAT);
    assert_true(trt_quantize_set_axis(t, d, 1));
    return d;
}
static layer einsum(void)
{
    tensor both[2] = { input("x", TRT_FLOAT, DIMS(2, 3, 4)), input("y", TRT_FLOAT, DIMS(2, 4, 5)) };
    return trt_add_einsum(t, net, both, 2, "bij,bjk->bik");
}
static layer elementwise(void)
{
    return trt_add_elementwise(t, net, matrix(), input("y", TRT_FLOAT, DIMS(2, 1)), TRT_BINARY_GREATER);
}
static layer fill(void)
{
    layer l = trt_add_fill(t, net, DIMS(2, 6), TRT_FILL_RANDOM_UNIFORM, TRT_FLOAT);
    assert_true(trt_fill_set_alpha(t, l, -1) && trt_fill_set_beta(t, l, 1));
    return trt_add_elementwise(t, net, matrix(), trt_layer_output(t, l, 0), TRT_BINARY_SUM);
}
static layer fill_ints(void)
{
    layer l = trt_add_fill(t, net, DIMS(6), TRT_FILL_LINSPACE, TRT_INT64);
    assert_true(
        trt_fill_set_alpha_int64(t, l, 3) &&
        trt_layer_set_input(t, l, 1, trt_layer_output(t, trt_add_cast(t, net, ints(&scalar, 1, three), TRT_INT64), 0)));
    assert_true(
        trt_layer_set_input(t, l, 2, trt_layer_output(t, trt_add_cast(t, net, ints(DIMS(1), 1, one), TRT_INT64), 0)));
    return l;
}
/* The length comes from the input's shape, on the host. */
static layer fill_dynamic(void)
{
    tensor shape = trt_layer_output(t, trt_add_shape(t, net, input("x", TRT_FLOAT, DIMS(-1))), 0);
    layer l = trt_add_fill(t, net, NULL, TRT_FILL_LINSPACE, TRT_FLOAT);
    assert_true(trt_layer_set_input(t, l, 0, shape) && trt_layer_set_input(t, l, 1, float_constant(&scalar, 1)));
    assert_true(trt_layer_set_input(t, l, 2, float_constant(DIMS(1), 1)));
    return l;
}
static layer gather(void)
{
    return trt_add_gather(t, net, matrix(), input("i", TRT_INT32, DIMS(3)), TRT_GATHER_DEFAULT, 1);
}
static layer gather_nd(void)
{
    layer l = trt_add_gather(t, net, input("x", TRT_FLOAT, DIMS(2, 3, 4)), input("i", TRT_INT32, DIMS(2, 5, 1)),
                             TRT_GATHER_ND, 0);
    assert_true(trt_gather_set_elementwise_dims(t, l, 1));
    return l;
}
static layer grid_sample(void)
{
    layer l = trt_add_grid_sample(t, net, image(), input("g", TRT_FLOAT, DIMS(1, 5, 6, 2)));
    assert_true(trt_grid_sample_set(t, l, TRT_LINEAR, true, TRT_SAMPLE_CLAMP));
    return l;
}
static layer identity(void)
{
    return trt_add_identity(t, net, matrix());
}
static layer lrn(void)
{
    return trt_add_lrn(t, net, image(), 5, 1e-4f, 0.75f, 1);
}
static layer matrix_multiply(void)
{
    return trt_add_matrix_multiply(t, net, matrix(), TRT_MATRIX_NONE, input("y", TRT_FLOAT, DIMS(5, 6)),
                                   TRT_MATRIX_TRANSPOSE);
}
static layer nms(void)
{
    static const float thresholds[2] = { 0.5f, 0.1f };
    layer l = trt_add_nms(t, net, input("b", TRT_FLOAT, DIMS(1, 20, 4)), input("s", TRT_FLOAT, DIMS(1, 20, 3)),
                          ints(&scalar, 1, three), TRT_INT32);
    assert_true(trt_nms_set_format(t, l, TRT_BOXES_CENTERS) && trt_nms_set_limit(t, l, 20));
    for (int32_t i = 0; i < 2; i++) {
        struct trt_weights w = { TRT_FLOAT, &thresholds[i], 1 };
        assert_true(trt_layer_set_input(t, l, 3 + i, trt_layer_output(t, trt_add_constant(t, net, &scalar, w), 0)));
    }
    return l;
}
static layer non_zero(void)
{
    return trt_add_non_zero(t, net, matrix(), TRT_INT32);
}
static layer non_zero_wide(void)
{
    return trt_add_non_zero(t, net, matrix(), TRT_INT64);
}
static layer instance_norm(void)
{
    layer l = trt_add_normalization(t, net, image(), float_constant(DIMS(1, 4, 1, 1), 4),
                                    float_constant(DIMS(1, 4, 1, 1), 4), 0xc);
    assert_true(trt_normalization_set_epsilon(t, l, 1e-3f));
    return l;
}
static layer group_norm(void)
{
    layer l = trt_add_normalization(t, net, image(), float_constant(DIMS(1, 2, 1, 1), 2),
                                    float_constant(DIMS(1, 2, 1, 1), 2), 0xc);
    assert_true(trt_normalization_set_groups(t, l, 2));
    return l;
}
static layer layer_norm_v2(void)
{
    tensor x = input("x", TRT_FLOAT, DIMS(2, 3, 8));
    return trt_add_normalization_v2(t, net, x, float_constant(DIMS(1, 1, 8), 8), float_constant(DIMS(1, 1, 8), 8), 4);
}
static layer one_hot(void)
{
    return trt_add_one_hot(t, net, input("i", TRT_INT32, DIMS(4)), float_constant(DIMS(2), 2), ints(&scalar, 1, three),
                           -1);
}
static layer padding(void)
{
    return trt_add_padding(t, net, image(), DIMS(1, 2), DIMS(3, -1));
}
static layer parametric_relu(void)
{
    return trt_add_parametric_relu(t, net, matrix(), float_constant(DIMS(1, 6), 6));
}
static layer pooling(void)
{
    layer l = trt_add_pooling(t, net, image(), TRT_POOLING_AVERAGE, DIMS(3, 3));
    assert_true(trt_window_set_strides(t, l, DIMS(2, 2)) && trt_window_set_padding_mode(t, l, TRT_PADDING_SAME_UPPER));
    assert_true(trt_pooling_set_excludes_padding(t, l, true));
    return l;
}
static layer reduce(void)
{
    layer l = trt_add_reduce(t, net, image(), TRT_REDUCE_AVG, 0xc, false);
    assert_true(trt_reduce_set_keep(t, l, true));
    return l;
}
static layer resize(void)
{
    static const float scales[4] = { 1, 1, 2, 3 };
    layer l = trt_add_resize(t, net, image());
    assert_true(trt_resize_set_mode(t, l, TRT_LINEAR) && trt_resize_set_scales(t, l, scales, 4));
    assert_true(trt_resize_set_coordinates(t, l, TRT_HALF_PIXEL) && trt_resize_set_selector(t, l, TRT_SELECT_UPPER));
    return l;
}
static layer resize_cubic(void)
{
    layer l = trt_add_resize(t, net, image());
    assert_true(trt_resize_set_mode(t, l, TRT_CUBIC) && trt_resize_set_dims(t, l, DIMS(1, 4, 5, 16)));
    assert_true(trt_resize_set_cubic(t, l, -0.5f) && trt_resize_set_exclude_outside(t, l, true));
    return l;
}
static layer resize_nearest(void)
{
    layer l = trt_add_resize(t, net, image());
    assert_true(trt_resize_set_mode(t, l, TRT_NEAREST) && trt_resize_set_dims(t, l, DIMS(1, 4, 3, 3)));
    assert_true(trt_resize_set_rounding(t, l, TRT_ROUND_FLOOR) && trt_resize_set_coordinates(t, l, TRT_ASYMMETRIC));
    return l;
}
static layer reverse_sequence(void)
{
    layer l = trt_add_reverse_sequence(t, net, input("x", TRT_FLOAT, DIMS(2, 6, 3)), input("n", TRT_INT32, DIMS(2)));
    assert_true(trt_reverse_sequence_set_axes(t, l, 0, 1));
    return l;
}
static layer scale(void)
{
    return trt_add_scale(t, net, image(), TRT_SCALE_CHANNEL, floats(4), floats(4), no_weights, 1);
}
static layer scatter_elements(void)
{
    layer l = trt_add_scatter(t, net, matrix(), input("i", TRT_INT32, DIMS(2, 3)), input("u", TRT_FLOAT, DIMS(2, 3)),
                              TRT_SCATTER_ELEMENT);
    assert_true(trt_scatter_set_axis(t, l, 1));
    return l;
}
static layer scatter_nd(void)
{
    return trt_add_scatter(t, net, matrix(), input("i", TRT_INT32, DIMS(3, 1)), input("u", TRT_FLOAT, DIMS(3, 6)),
                           TRT_SCATTER_ND);
}
static layer choose(void)
{
    return trt_add_select(t, net, input("c", TRT_BOOL, DIMS(1, 6)), matrix(), float_constant(DIMS(1, 1), 1));
}
static layer shape_of(void)
{
    return trt_add_shape(t, net, input("x", TRT_FLOAT, DIMS(-1, 6)));
}
static layer shuffle(void)
{
    static const int32_t first[3] = { 2, 0, 1 }, second[2] = { 1, 0 };
    layer l = trt_add_shuffle(t, net, input("x", TRT_FLOAT, DIMS(2, 3, 4)));
    assert_true(trt_shuffle_set_first_transpose(t, l, first, 3) && trt_shuffle_set_dims(t, l, DIMS(0, -1)));
    assert_true(trt_shuffle_set_second_transpose(t, l, second, 2));
    return l;
}
static layer shuffle_empty(void)
{
    layer l = trt_add_shuffle(t, net, input("x", TRT_FLOAT, DIMS(0, 3)));
    assert_true(trt_shuffle_set_zero_is_placeholder(t, l, false) && trt_shuffle_set_dims(t, l, DIMS(3, 0)));
    return l;
}
static layer slice(void)
{
    return trt_add_slice(t, net, matrix(), DIMS(1, 5), DIMS(1, 3), DIMS(1, -2));
}
static layer slice_fill(void)
{
    layer l = trt_add_slice(t, net, matrix(), DIMS(-1, 0), DIMS(4, 6), DIMS(1, 1));
    assert_true(trt_slice_set_mode(t, l, TRT_SAMPLE_FILL) && trt_layer_set_input(t, l, 4, float_constant(&scalar, 1)));
    return l;
}
static layer slice_axes(void)
{
    layer l = trt_add_slice(t, net, matrix(), DIMS(2), DIMS(3), DIMS(1));
    assert_true(trt_slice_set_axes(t, l, DIMS(1)));
    return l;
}
static layer softmax(void)
{
    return trt_add_softmax(t, net, image(), 2);
}
static layer squeeze(void)
{
    return trt_add_squeeze(t, net, image(), ints(DIMS(1), 1, zero));
}
static layer unsqueeze(void)
{
    return trt_add_unsqueeze(t, net, matrix(), ints(DIMS(1), 1, one));
}
static layer topk(void)
{
    return trt_add_topk(t, net, matrix(), TRT_TOPK_MAX, 3, 2, TRT_INT32);
}
static layer topk_wide(void)
{
    return trt_add_topk(t, net, matrix(), TRT_TOPK_MIN, 1, 1, TRT_INT64);
}
static layer unary(void)
{
    return trt_add_unary(t, net, matrix(), TRT_UNARY_ERF);
}
static layer unary_nan(void)
{
    return trt_add_unary(t, net, matrix(), TRT_UNARY_ISNAN);
}
static layer assertion(void)
{
    tensor rows_equal = trt_layer_output(
        t, trt_add_elementwise(t, net, ints(DIMS(2), 2, pair), ints(DIMS(2), 2, pair), TRT_BINARY_EQUAL), 0);
    assert_non_null(trt_add_assertion(t, net, rows_equal, "these are equal"));
    return identity();
}
/* Four rounds of s += x. */
static layer loop(void)
{
    static const int32_t four[1] = { 4 };
    tensor x = matrix();
    struct trt_loop *l = trt_add_loop(t, net);
    assert_true(trt_loop_set_name(t, l, "rounds"));
    assert_non_null(trt_loop_add_trip_limit(t, l, ints(&scalar, 1, four), TRT_TRIP_COUNT));
    layer sum = trt_loop_add_recurrence(t, l, x);
    tensor next = trt_layer_output(t, trt_add_elementwise(t, net, trt_layer_output(t, sum, 0), x, TRT_BINARY_SUM), 0);
    assert_true(trt_layer_set_input(t, sum, 1, next));
    return trt_loop_add_output(t, l, trt_layer_output(t, sum, 0), TRT_LOOP_LAST_VALUE, 0);
}
static layer loop_rows(void)
{
    static const int32_t two[1] = { 2 };
    tensor x = matrix(), length = ints(&scalar, 1, two);
    struct trt_loop *l = trt_add_loop(t, net);
    assert_non_null(trt_loop_add_trip_limit(t, l, length, TRT_TRIP_COUNT));
    layer row = trt_loop_add_iterator(t, l, x, 0, true);
    tensor y = trt_layer_output(t, trt_add_unary(t, net, trt_layer_output(t, row, 0), TRT_UNARY_NEG), 0);
    layer all = trt_loop_add_output(t, l, y, TRT_LOOP_CONCATENATE, 0);
    assert_true(trt_layer_set_input(t, all, 1, length));
    return all;
}
static layer conditional(void)
{
    tensor x = matrix();
    struct trt_conditional *c = trt_add_conditional(t, net);
    assert_true(trt_conditional_set_name(t, c, "choice"));
    assert_non_null(trt_conditional_set_condition(t, c, input("c", TRT_BOOL, &scalar)));
    tensor inside = trt_layer_output(t, trt_conditional_add_input(t, c, x), 0);
    tensor yes = trt_layer_output(t, trt_add_unary(t, net, inside, TRT_UNARY_NEG), 0);
    tensor no = trt_layer_output(t, trt_add_unary(t, net, inside, TRT_UNARY_ABS), 0);
    return trt_conditional_add_output(t, c, yes, no);
}
/* The attention is no layer: an identity after it is. */
static layer attention(void)
{
    tensor q = input("q", TRT_HALF, DIMS(1, 2, 16, 32)), k = input("k", TRT_HALF, DIMS(1, 2, 16, 32)),
           v = input("v", TRT_HALF, DIMS(1, 2, 16, 32));
    struct trt_attention *a = trt_add_attention(t, net, q, k, v, TRT_ATTENTION_SOFTMAX, TRT_CAUSAL_UPPER_LEFT);
    assert_true(trt_attention_set_name(t, a, "attention") && trt_attention_set_decomposable(t, a, true));
    return trt_add_identity(t, net, trt_attention_output(t, a));
}
static layer attention_masked(void)
{
    tensor q = input("q", TRT_HALF, DIMS(1, 2, 16, 32)), m = input("m", TRT_BOOL, DIMS(1, 1, 16, 16));
    struct trt_attention *a = trt_add_attention(t, net, q, q, q, TRT_ATTENTION_SOFTMAX, TRT_CAUSAL_NONE);
    assert_true(trt_attention_set_mask(t, a, m) && trt_attention_set_decomposable(t, a, true));
    return trt_add_identity(t, net, trt_attention_output(t, a));
}

static const struct {
    const char *name;
    layer (*add)(void);
    enum trt_layer_kind kind;
    enum trt_type type;
    enum trt_method needs; /* what not every library has */
    struct trt_dims dims;  /* of output 0 */
} rows[] = {
#define LATER(function, kind, type, needs, ...)                                                                        \
    {                                                                                                                  \
#function, function, TRT_LAYER_##kind, TRT_##type, needs,                                                      \
        {                                                                                                              \
            sizeof((int64_t[]){ __VA_ARGS__ }) / 8,                                                                    \
            {                                                                                                          \
                __VA_ARGS__                                                                                            \
            }                                                                                                          \
        }                                                                                                              \
    }
#define ROW(function, kind, type, ...) LATER(function, kind, type, TRT_NetworkDefinition_addInput, __VA_ARGS__)
    ROW(activation, ACTIVATION, FLOAT, 2, 6),
    LATER(activation_gelu, ACTIVATION, FLOAT, TRT_NetworkDefinition_addFillV2, 2, 6),
    ROW(assertion, IDENTITY, FLOAT, 2, 6),
    LATER(attention, IDENTITY, HALF, TRT_NetworkDefinition_addAttention, 1, 2, 16, 32),
    LATER(attention_masked, IDENTITY, HALF, TRT_NetworkDefinition_addAttention, 1, 2, 16, 32),
    LATER(cast, CAST, HALF, TRT_NetworkDefinition_addCast, 2, 6),
    ROW(choose, SELECT, FLOAT, 2, 6),
    ROW(concatenation, CONCATENATION, FLOAT, 2, 12),
    ROW(conditional, CONDITIONAL_OUTPUT, FLOAT, 2, 6),
    ROW(constant, ELEMENTWISE, FLOAT, 2, 6),
    ROW(convolution, CONVOLUTION, FLOAT, 1, 6, 4, 4),
    ROW(convolution_3d, CONVOLUTION, FLOAT, 1, 3, 3, 4, 5),
    ROW(convolution_dynamic, CONVOLUTION, FLOAT, 1, 5, 6, 6),
    ROW(convolution_same, CONVOLUTION, FLOAT, 1, 8, 8, 8),
    LATER(cumulative, CUMULATIVE, FLOAT, TRT_NetworkDefinition_addCumulative, 2, 6),
    ROW(deconvolution, DECONVOLUTION, FLOAT, 1, 3, 16, 16),
    ROW(einsum, EINSUM, FLOAT, 2, 3, 5),
    ROW(elementwise, ELEMENTWISE, BOOL, 2, 6),
    ROW(fill, ELEMENTWISE, FLOAT, 2, 6),
    ROW(fill_dynamic, FILL, FLOAT, -1),
    LATER(fill_ints, FILL, INT64, TRT_FillLayer_setAlphaInt64, 6),
    ROW(gather, GATHER, FLOAT, 2, 3),
    ROW(gather_nd, GATHER, FLOAT, 2, 5, 4),
    ROW(grid_sample, GRID_SAMPLE, FLOAT, 1, 4, 5, 6),
    LATER(group_norm, NORMALIZATION, FLOAT, TRT_NetworkDefinition_addNormalization, 1, 4, 8, 8),
    ROW(identity, IDENTITY, FLOAT, 2, 6),
    LATER(instance_norm, NORMALIZATION, FLOAT, TRT_NetworkDefinition_addNormalization, 1, 4, 8, 8),
    LATER(layer_norm_v2, NORMALIZATION, FLOAT, TRT_NetworkDefinition_addNormalizationV2, 2, 3, 8),
    ROW(loop, LOOP_OUTPUT, FLOAT, 2, 6),
    ROW(loop_rows, LOOP_OUTPUT, FLOAT, 2, 6),
    ROW(lrn, LRN, FLOAT, 1, 4, 8, 8),
    ROW(matrix_multiply, MATRIX_MULTIPLY, FLOAT, 2, 5),
    ROW(nms, NMS, INT32, -1, 3),
    ROW(non_zero, NON_ZERO, INT32, 2, -1),
    LATER(non_zero_wide, NON_ZERO, INT64, TRT_NetworkDefinition_addNonZeroV2, 2, -1),
    ROW(one_hot, ONE_HOT, FLOAT, 4, 3),
    ROW(padding, PADDING, FLOAT, 1, 4, 12, 9),
    ROW(parametric_relu, PARAMETRIC_RELU, FLOAT, 2, 6),
    ROW(pooling, POOLING, FLOAT, 1, 4, 4, 4),
    ROW(quantize_and_back, DEQUANTIZE, FLOAT, 2, 6),
    ROW(quantize_channels, DEQUANTIZE, FLOAT, 2, 6),
    ROW(reduce, REDUCE, FLOAT, 1, 4, 1, 1),
    ROW(resize, RESIZE, FLOAT, 1, 4, 16, 24),
    ROW(resize_cubic, RESIZE, FLOAT, 1, 4, 5, 16),
    ROW(resize_nearest, RESIZE, FLOAT, 1, 4, 3, 3),
    LATER(reverse_sequence, REVERSE_SEQUENCE, FLOAT, TRT_NetworkDefinition_addReverseSequence, 2, 6, 3),
    ROW(scale, SCALE, FLOAT, 1, 4, 8, 8),
    ROW(scatter_elements, SCATTER, FLOAT, 2, 6),
    ROW(scatter_nd, SCATTER, FLOAT, 2, 6),
    ROW(shape_of, SHAPE, INT64, 2),
    ROW(shuffle, SHUFFLE, FLOAT, 6, 4),
    ROW(shuffle_empty, SHUFFLE, FLOAT, 3, 0),
    ROW(slice, SLICE, FLOAT, 1, 3),
    LATER(slice_axes, SLICE, FLOAT, TRT_SliceLayer_setAxes, 2, 3),
    ROW(slice_fill, SLICE, FLOAT, 4, 6),
    ROW(softmax, SOFTMAX, FLOAT, 1, 4, 8, 8),
    LATER(squeeze, SQUEEZE, FLOAT, TRT_NetworkDefinition_addSqueeze, 4, 8, 8),
    ROW(topk, TOPK, FLOAT, 2, 3),
    LATER(topk_wide, TOPK, FLOAT, TRT_NetworkDefinition_addTopKV2, 1, 6),
    ROW(unary, UNARY, FLOAT, 2, 6),
    LATER(unary_nan, UNARY, BOOL, TRT_NetworkDefinition_addSqueeze, 2, 6),
    LATER(unsqueeze, UNSQUEEZE, FLOAT, TRT_NetworkDefinition_addUnsqueeze, 2, 1, 6),
};

static void begin(void)
{
    library_is_there();
    trt_forget(t);
    net = trt_network_create(t, builder, trt_may_be_strongly_typed(t));
    assert_non_null(net);
    assert_int_equal(trt_network_is_strongly_typed(t, net), trt_may_be_strongly_typed(t));
}

static void end(void)
{
    trt_destroy(t, net);
    net = NULL;
}

/* Engines for a GPU of compute capability 8.9; every open dimension from 1 to 8. */
static tfp_status build(struct trt_build_options *o, size_t *size)
{
    static const int32_t ada = 89;
    struct trt_range ranges[8];
    struct trt_profile_ranges profile = { ranges, (size_t)trt_network_inputs(t, net) };
    struct trt_memory *plan;
    for (size_t i = 0; i < profile.n; i++) {
        tensor x = trt_network_input(t, net, (int32_t)i);
        struct trt_dims dims = trt_tensor_dims(t, x);
        ranges[i] = (struct trt_range){ .input = trt_tensor_name(t, x), .dims = { dims, dims, dims } };
        for (int32_t k = 0; k < dims.n; k++)
            if (dims.d[k] < 0) ranges[i].dims[0].d[k] = 1, ranges[i].dims[1].d[k] = 4, ranges[i].dims[2].d[k] = 8;
    }
    if (t->rtx && !o->n_capabilities) o->capabilities = &ada, o->n_capabilities = 1;
    if (!o->n_profiles) o->profiles = &profile, o->n_profiles = 1;
    TFP_TRY(trt_build(&ctx, t, builder, net, o, &plan));
    *size = trt_memory_bytes(t, plan).n;
    trt_destroy(t, plan);
    return TFP_OK;
}

static void check_output(size_t i, tensor y)
{
    char wanted[160], found[160];
    struct trt_dims dims = trt_tensor_dims(t, y);
    trt_dims_text(&rows[i].dims, wanted, sizeof wanted);
    trt_dims_text(&dims, found, sizeof found);
    if (strcmp(wanted, found) != 0) fail_msg("%s: %s, wanted %s", rows[i].name, found, wanted);
    enum trt_type type = rows[i].type == TRT_INT64 && !trt_has_type(t, TRT_INT64) ? TRT_INT32 : rows[i].type;
    if (trt_tensor_type(t, y) != type) fail_msg("%s: type %s", rows[i].name, trt_type_name(trt_tensor_type(t, y)));
}

/* TensorRT-RTX takes these into a network and then says that it has no code for them. */
static bool lacks_runner(enum trt_layer_kind kind)
{
    return kind == TRT_LAYER_NMS || kind == TRT_LAYER_NON_ZERO;
}

static tensor add_row(size_t i)
{
    layer l = rows[i].add();
    tensor y = trt_layer_output(t, l, 0);
    if (!y) {
        trt_fail(&ctx, t, TFP_E_SYSTEM, "%s", rows[i].name);
        fail_msg("%s", ctx.text);
    }
    assert_int_equal(trt_layer_kind(t, l), rows[i].kind);
    assert_true(trt_layer_set_name(t, l, rows[i].name) && trt_layer_outputs(t, l) >= 1);
    assert_string_equal(trt_layer_name(t, l), rows[i].name);
    assert_int_equal(trt_layer_set_metadata(t, l, "from a test"), trt_has(t, TRT_Layer_setMetadata));
    return y;
}

static void build_row(size_t i)
{
    struct trt_build_options o = TRT_BUILD_DEFAULTS;
    size_t size = 0;
    if (!trt_may_be_strongly_typed(t)) o.flags_on = 1u << TRT_FLAG_INT8 | 1u << TRT_FLAG_FP16;
    begin();
    tensor y = add_row(i);
    check_output(i, y);
    assert_true(trt_tensor_set_name(t, y, "y") && trt_network_mark_output(t, net, y));
    assert_true(trt_tensor_is_output(t, y) && trt_network_outputs(t, net) == 1 && trt_network_output(t, net, 0) == y);
    tfp_status status = build(&o, &size);
    if (t->rtx && lacks_runner(rows[i].kind)) {
        assert_int_equal(status, TFP_E_UNSUPPORTED);
        assert_contains(ctx.text, rows[i].name);
    } else if (status != TFP_OK) {
        fail_msg("%s: %s", rows[i].name, ctx.text);
    } else {
        assert_true(size > 1000);
    }
    end();
}

static void layers(void **state)
{
    (void)state;
    library_is_there();
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (trt_has(t, rows[i].needs)) build_row(i);
        else print_message("%s: %s lacks it\n", rows[i].name, t->name);
}

/* -- options ------------------------------------------------------------------------------------------------------- */

static void small_network(void)
{
    begin();
    tensor y = trt_layer_output(t, trt_add_unary(t, net, input("x", TRT_FLOAT, DIMS(-1, 4)), TRT_UNARY_EXP), 0);
    assert_true(trt_tensor_set_name(t, y, "y") && trt_network_mark_output(t, net, y));
}

static void open_dimensions_need_a_shape(void **state)
{
    struct trt_build_options o = TRT_BUILD_DEFAULTS;
    struct trt_memory *plan;
    (void)state;
    small_network();
    assert_int_equal(trt_build(&ctx, t, builder, net, &o, &plan), TFP_E_USAGE);
    assert_contains(ctx.text, "input x has open dimensions [-1, 4]");
    assert_null(plan);
    struct trt_range wrong = { .input = "x", .dims = { { 2, { 8, 4 } }, { 2, { 4, 4 } }, { 2, { 1, 4 } } } };
    struct trt_profile_ranges profile = { &wrong, 1 };
    o.profiles = &profile;
    o.n_profiles = 1;
    assert_int_equal(trt_build(&ctx, t, builder, net, &o, &plan), TFP_E_USAGE);
    end();
}

static void settings_read_back(void **state)
{
    (void)state;
    small_network();
    struct trt_config *c = trt_config_create(t, builder);
    assert_true(trt_config_flag(t, c, TRT_FLAG_TF32));
    assert_true(trt_config_set_flag(t, c, TRT_FLAG_TF32, false));
    assert_false(trt_config_flag(t, c, TRT_FLAG_TF32));
    assert_true(trt_config_set_flag(t, c, TRT_FLAG_REFIT, true) && trt_config_flag(t, c, TRT_FLAG_REFIT));
    assert_false(trt_config_flag(t, c, TRT_FLAG_DISABLE_TIMING_CACHE));
    assert_true(trt_config_set_pool(t, c, TRT_POOL_WORKSPACE, 12345678));
    assert_int_equal(trt_config_pool(t, c, TRT_POOL_WORKSPACE), 12345678);
    for (int i = 0; i < TRT_N_TACTICS; i++)
        if (trt_has_tactic(t, (enum trt_tactic)i)) trt_config_set_tactics(t, c, 1u << i); /* an answer, whichever */
    for (int i = 0; i < TRT_N_PREVIEWS; i++)
        assert_int_equal(trt_config_set_preview(t, c, (enum trt_preview)i, true),
                         trt_has_preview(t, (enum trt_preview)i));
    assert_true(trt_config_set_hardware(t, c, TRT_HARDWARE_NONE) && trt_config_set_platform(t, c, TRT_PLATFORM_SAME));
    struct trt_profile *p = trt_profile_create(t, builder);
    const struct trt_dims dims = { 2, { 3, 4 } };
    for (int which = 0; which < 3; which++) assert_true(trt_profile_set_dims(t, p, "x", (enum trt_which)which, &dims));
    assert_true(trt_profile_valid(t, p));
    struct trt_dims got = trt_profile_dims(t, p, "x", TRT_OPT);
    assert_true(got.n == 2 && got.d[0] == 3 && got.d[1] == 4);
    assert_int_equal(trt_config_add_profile(t, c, p), 0);
    tensor x = trt_network_input(t, net, 0);
    assert_true(trt_tensor_set_dim_name(t, x, 0, "batch") && trt_tensor_is_input(t, x));
    assert_string_equal(trt_tensor_dim_name(t, x, 0), "batch");
    assert_true(trt_tensor_set_formats(t, x, 1u << TRT_LAYOUT_LINEAR) && trt_network_set_name(t, net, "net"));
    assert_true(trt_network_supported(t, builder, net, c) || !t->rtx || t->log_n || t->no_gpu[0]);
    trt_destroy(t, c);
    end();
}

/* An input whose values are a shape: its profile has values. */
/* How many a TopK takes is at most what there is; of other inputs nothing is known. */
static void counts_have_a_range(void **state)
{
    int64_t most = 0;
    (void)state;
    begin();
    tensor k = input("k", TRT_INT32, &scalar), other = input("other", TRT_INT32, &scalar);
    layer same = trt_add_identity(t, net, k);
    layer top = trt_add_topk(t, net, matrix(), TRT_TOPK_MAX, 1, 2, TRT_INT32);
    assert_true(trt_layer_set_input(t, top, 1, trt_layer_output(t, same, 0)));
    assert_true(trt_range_of_count(t, net, k, &most));
    assert_int_equal(most, 6);
    assert_false(trt_range_of_count(t, net, other, &most));
    layer open = trt_add_topk(t, net, input("y", TRT_FLOAT, DIMS(2, -1)), TRT_TOPK_MAX, 1, 2, TRT_INT32);
    assert_true(trt_layer_set_input(t, open, 1, other));
    assert_false(trt_range_of_count(t, net, other, &most));
    end();
}

static void shape_inputs_have_values(void **state)
{
    static const int64_t least[2] = { 1, 2 }, usual[2] = { 3, 4 }, most[2] = { 6, 8 };
    struct trt_build_options o = TRT_BUILD_DEFAULTS;
    size_t size;
    (void)state;
    begin();
    tensor x = input("x", TRT_FLOAT, DIMS(1, 1)),
           s = input("s", trt_has_type(t, TRT_INT64) ? TRT_INT64 : TRT_INT32, DIMS(2));
    const struct trt_dims start = { 2, { 0, 0 } }, ones = { 2, { 1, 1 } };
    layer l = trt_add_slice(t, net, x, &start, &ones, &ones);
    assert_true(trt_layer_set_input(t, l, 2, s) && trt_slice_set_mode(t, l, TRT_SAMPLE_CLAMP));
    assert_true(trt_network_mark_output(t, net, trt_layer_output(t, l, 0)));
    assert_true(trt_tensor_is_shape(t, s) && !trt_tensor_is_shape(t, x));
    struct trt_range ranges[1] = { { .input = "s", .values = { least, usual, most }, .n_values = 2 } };
    struct trt_profile_ranges none = { ranges, 0 }, profile = { ranges, 1 };
    o.n_profiles = 1;
    o.profiles = &none;
    assert_int_equal(build(&o, &size), TFP_E_USAGE);
    assert_contains(ctx.text, "input s");
    o.profiles = &profile;
    assert_ok(&ctx, build(&o, &size));
    end();
}

static void options_are_taken(void **state)
{
    static const int32_t capabilities[2] = { 80, 120 };
    struct trt_build_options o = TRT_BUILD_DEFAULTS;
    size_t size = 0, small = 0;
    (void)state;
    small_network();
    assert_int_equal(build(&o, &small), TFP_OK);
    o = (struct trt_build_options)TRT_BUILD_DEFAULTS;
    o.flags_off = 1u << TRT_FLAG_TF32 | 1u << TRT_FLAG_FP16;
    o.flags_on = 1u << TRT_FLAG_REFIT;
    o.workspace = 1 << 24;
    o.level = 2;
    o.aux_streams = 0;
    o.timing_iterations = 2;
    o.threads = 2;
    o.verbosity = TRT_VERBOSITY_DETAILED;
    if (t->rtx) o.capabilities = capabilities, o.n_capabilities = 2;
    assert_int_equal(build(&o, &size), TFP_OK);
    end();
}

static void options_are_refused_by_name(void **state)
{
    struct trt_build_options o = TRT_BUILD_DEFAULTS;
    size_t size;
    (void)state;
    small_network();
    if (trt_strongly_typed_only(t)) {
        o.flags_on = 1u << TRT_FLAG_FP16;
        assert_int_equal(build(&o, &size), TFP_E_UNSUPPORTED);
        assert_contains(ctx.text, "has no FP16 flag");
    }
    for (int i = 0; i < TRT_N_TACTICS; i++) {
        o = (struct trt_build_options)TRT_BUILD_DEFAULTS;
        o.tactics = 1u << i;
        if (trt_has_tactic(t, (enum trt_tactic)i)) continue;
        assert_int_equal(build(&o, &size), TFP_E_UNSUPPORTED);
        assert_non_null(strstr(ctx.text, trt_tactic_name((enum trt_tactic)i)));
    }
    if (t->rtx) {
        static const int32_t unknown = 33;
        o = (struct trt_build_options)TRT_BUILD_DEFAULTS;
        o.capabilities = &unknown;
        o.n_capabilities = 1;
        assert_int_not_equal(build(&o, &size), TFP_OK);
        assert_true(strlen(ctx.text) > 20);
    }
    end();
}

static void timing_cache_is_kept(void **state)
{
    const char *path = temp_path("timing");
    struct trt_build_options o = TRT_BUILD_DEFAULTS;
    size_t size;
    (void)state;
    library_is_there();
    o.timing_cache = path;
    for (int round = 0; round < 2; round++) { /* made, then read and merged */
        small_network();
        assert_int_equal(build(&o, &size), TFP_OK);
        o.n_profiles = 0;
        assert_int_equal(access(path, R_OK), 0);
        end();
    }
    write_text(path, "this is no timing cache at all, it is text");
    small_network();
    assert_int_not_equal(build(&o, &size), TFP_OK);
    assert_contains(ctx.text, path);
    end();
}

static int steps;

static bool count_steps(void *user)
{
    (void)user;
    return ++steps > 2;
}

static void builds_can_be_stopped(void **state)
{
    struct trt_build_options o = TRT_BUILD_DEFAULTS;
    size_t size;
    (void)state;
    small_network();
    if (!trt_has(t, TRT_BuilderConfig_setProgressMonitor)) {
        end();
        skip();
    }
    steps = 0;
    o.cancel = count_steps;
    assert_int_equal(build(&o, &size), TFP_E_SYSTEM);
    assert_string_equal(ctx.text, "the build was stopped");
    assert_true(steps > 2);
    end();
}

static void failures_have_the_library_s_words(void **state)
{
    struct trt_build_options o = TRT_BUILD_DEFAULTS;
    size_t size;
    (void)state;
    begin();
    tensor x = matrix();
    layer l = trt_add_elementwise(t, net, x, input("y", TRT_FLOAT, DIMS(3, 5)), TRT_BINARY_SUM);
    tensor y = trt_layer_output(t, l, 0);
    if (y) trt_network_mark_output(t, net, y);
    assert_int_equal(build(&o, &size), TFP_E_UNSUPPORTED);
    assert_true(strlen(ctx.text) > 60);
    assert_int_equal(t->log_n, 0);
    end();
}

/* -- ONNX ---------------------------------------------------------------------------------------------------------- */

/* ModelProto, written by hand: y = OP(x), float [2, 3], opset 17. */
static size_t onnx(uint8_t *to, const char *op)
{
    uint8_t node[64], io[2][40], graph[256];
    size_t n = strlen(op), k = 0, g = 0;
    memcpy(node, "\x0a\x01x\x12\x01y\x1a\x04node\x22", 13);
    node[13] = (uint8_t)n;
    memcpy(node + 14, op, n);
    graph[g++] = 0x0a;
    graph[g++] = (uint8_t)(14 + n);
    memcpy(graph + g, node, 14 + n);
    g += 14 + n;
    memcpy(graph + g, "\x12\x01g", 3);
    g += 3;
    for (int i = 0; i < 2; i++) { /* name; type { tensor { float, shape { 2, 3 } } } */
        memcpy(io[i], "\x0a\x01?\x12\x0e\x0a\x0c\x08\x01\x12\x08\x0a\x02\x08\x02\x0a\x02\x08\x03", 19);
        io[i][2] = i ? 'y' : 'x';
        graph[g++] = i ? 0x62 : 0x5a;
        graph[g++] = 19;
        memcpy(graph + g, io[i], 19);
        g += 19;
    }
    memcpy(to, "\x08\x08\x42\x04\x0a\x00\x10\x11\x3a", 9);
    k = 9;
    to[k++] = (uint8_t)g;
    memcpy(to + k, graph, g);
    return k + g;
}

static void onnx_is_parsed(void **state)
{
    struct trt_build_options o = TRT_BUILD_DEFAULTS;
    struct trt_parse_options p = { .name = "m.onnx" };
    struct trt_parser *parser;
    uint8_t model[400];
    size_t size = onnx(model, "Relu");
    (void)state;
    begin();
    assert_ok(&ctx, trt_parse(&ctx, t, net, (struct bytes){ (char *)model, size }, &p, &parser));
    assert_int_equal(trt_network_layers(t, net), 1);
    assert_int_equal(trt_layer_kind(t, trt_network_layer(t, net, 0)), TRT_LAYER_ACTIVATION);
    assert_string_equal(trt_tensor_name(t, trt_network_input(t, net, 0)), "x");
    struct trt_dims dims = trt_tensor_dims(t, trt_network_output(t, net, 0));
    assert_true(dims.n == 2 && dims.d[0] == 2 && dims.d[1] == 3);
    assert_ok(&ctx, build(&o, &size));
    end();
    trt_parser_destroy(t, parser);
}

static void onnx_errors_are_told(void **state)
{
    struct trt_parse_options p = { .name = "m.onnx" };
    struct trt_parser *parser;
    uint8_t model[400];
    (void)state;
    begin();
    size_t size = onnx(model, "Frobnicate");
    assert_int_equal(trt_parse(&ctx, t, net, (struct bytes){ (char *)model, size }, &p, &parser), TFP_E_UNSUPPORTED);
    assert_null(parser);
    assert_contains(ctx.text, "m.onnx: ");
    assert_contains(ctx.text, "Frobnicate");
    end();
    begin();
    assert_int_equal(trt_parse(&ctx, t, net, bytes_of("this is no model"), &p, &parser), TFP_E_FORMAT);
    assert_contains(ctx.text, "m.onnx: ");
    end();
    for (size = 1; size < onnx(model, "Relu"); size += 7) { /* cut short: a failure or, rarely, a model */
        begin();
        if (trt_parse(&ctx, t, net, (struct bytes){ (char *)model, size }, &p, &parser) == TFP_OK) {
            end();
            trt_parser_destroy(t, parser);
        } else {
            assert_true(strlen(ctx.text) > 10);
            end();
        }
    }
}

/* -- finding ------------------------------------------------------------------------------------------------------- */

static void what_is_not_found_is_told(void **state)
{
    struct trt none;
    struct trt_open_options o = { .library = "/nowhere/libnvinfer.so.10" };
    (void)state;
    assert_int_equal(trt_open(&ctx, &none, &o), TFP_E_MISSING);
    assert_contains(ctx.text, "/nowhere/libnvinfer.so.10");
    trt_close(&none);
    o.library = TEST_DATA;
    assert_int_equal(trt_open(&ctx, &none, &o), TFP_E_MISSING);
    assert_contains(ctx.text, TEST_DATA);
    trt_close(&none);
}

static void foreign_library_is_refused(void **state)
{
    struct trt none;
    struct trt_open_options o = { .library = "libc.so.6" };
    (void)state;
    assert_int_equal(trt_open(&ctx, &none, &o), TFP_E_MISSING);
    assert_contains(ctx.text, "no builder in it");
    trt_close(&none);
}

static void foreign_plan_is_refused(void **state)
{
    struct trt_runtime *r;
    (void)state;
    library_is_there();
    if (trt_runtime_create(&ctx, t, &r) != TFP_OK) skip();
    assert_null(trt_engine_create(
        t, r, bytes_of("this is no plan, and it is long enough for a header of one, one would think")));
    assert_true(t->log_n > 0);
    trt_forget(t);
    assert_null(trt_engine_name(t, NULL));
    trt_destroy(t, r);
}

int main(void)
{
    for (size_t i = 0; i < COUNT_OF(many); i++) many[i] = (float)(i % 7 + 1) / 8;
    open_library();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers),
        cmocka_unit_test(open_dimensions_need_a_shape),
        cmocka_unit_test(settings_read_back),
        cmocka_unit_test(counts_have_a_range),
        cmocka_unit_test(shape_inputs_have_values),
        cmocka_unit_test(options_are_taken),
        cmocka_unit_test(options_are_refused_by_name),
        cmocka_unit_test(timing_cache_is_kept),
        cmocka_unit_test(builds_can_be_stopped),
        cmocka_unit_test(failures_have_the_library_s_words),
        cmocka_unit_test(onnx_is_parsed),
        cmocka_unit_test(onnx_errors_are_told),
        cmocka_unit_test(what_is_not_found_is_told),
        cmocka_unit_test(foreign_library_is_refused),
        cmocka_unit_test(foreign_plan_is_refused),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    close_library();
    return failed;
}
