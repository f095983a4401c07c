/* The rows that write the IR into TensorRT networks: a small graph for each of them and each of its variants. The network
 * must have the dimensions and types that the IR infers, the kind of layer that the row is about, and must build: float32
 * and float16, with dimensions that are known and with open ones. */
#include "backend/tensorrt/trt_lower.h"

#include "graph.h"
#include "real_tensorrt.h"

/* -- pieces of graphs ---------------------------------------------------------------------------------------------- */

typedef struct ir_value *value;

static struct build b;
static tfp_dtype type; /* of the graph's floats */
static bool open;      /* dimensions below 0 are open, else they are numbers */
static value more[2];  /* outputs besides the first */

/* A dimension -d is d, or an open one whose profile has d as its greatest. */
static value input_of(tfp_dtype dtype, const char *name, size_t rank, const int64_t *dims)
{
    struct dim d[TFP_MAX_RANK];
    char symbol[32];
    for (size_t i = 0; i < rank; i++) {
        snprintf(symbol, sizeof symbol, "%s%zu", name, i);
        d[i] = dims[i] >= 0 ? dim_of(dims[i]) : open ? ir_symbol(b.graph, symbol) : dim_of(-dims[i]);
    }
    value x = ir_add_input(b.graph, name, dtype, (int32_t)rank, d);
    assert_non_null(x);
    return x;
}

static value input(const char *name, size_t rank, const int64_t *dims)
{
    return input_of(type, name, rank, dims);
}

/* Small numbers, none of them 0. */
static value weights(size_t rank, const int64_t *dims)
{
    int64_t count = 1;
    for (size_t i = 0; i < rank; i++) count *= dims[i];
    float *at = ARENA_ARRAY(&b.graph->arena, float, (size_t)count);
    assert_non_null(at);
    for (int64_t i = 0; i < count; i++) at[i] = (float)(i % 7 + 1) / 16;
    return ir_cast(&b, ir_tensor(&b, TFP_FLOAT, rank, dims, at), type);
}

#define LIST(name, ...)                                                                                                \
    A_INTS(name, ((const int64_t[]){ __VA_ARGS__ }), sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))

static value image(void)
{
    return input("x", DIMS(-2, 4, -9, -10));
}

/* -- convolutions -------------------------------------------------------------------------------------------------- */

static value conv(void)
{
    return ir_emit(&b, IR_CONV, IN(image(), weights(DIMS(6, 4, 3, 2)), weights(DIMS(6))),
                   ATTRS(LIST(ATTR_STRIDES, 2, 1), LIST(ATTR_PADS, 0, 1, 2, 0)));
}
static value conv_same(void)
{
    return ir_emit(&b, IR_CONV, IN(image(), weights(DIMS(6, 4, 3, 4))),
                   ATTRS(LIST(ATTR_STRIDES, 2, 3), A_STRING(ATTR_AUTO_PAD, "SAME_UPPER")));
}
/* Strides beyond the windows. */
static value conv_same_apart(void)
{
    return ir_emit(&b, IR_CONV, IN(image(), weights(DIMS(6, 4, 2, 1))),
                   ATTRS(LIST(ATTR_STRIDES, 3, 2), A_STRING(ATTR_AUTO_PAD, "SAME_LOWER")));
}
static value conv_depthwise(void)
{
    return ir_emit(&b, IR_CONV, IN(image(), weights(DIMS(8, 1, 3, 3))),
                   ATTRS(A_INT(ATTR_GROUP, 4), LIST(ATTR_DILATIONS, 2, 2), A_STRING(ATTR_AUTO_PAD, "SAME_LOWER")));
}
static value conv_1d(void)
{
    return ir_emit(&b, IR_CONV, IN(input("x", DIMS(-2, 4, -9)), weights(DIMS(6, 4, 3)), weights(DIMS(6))),
                   ATTRS(LIST(ATTR_STRIDES, 2), LIST(ATTR_PADS, 1, 0)));
}
static value conv_1d_same(void)
{
    return ir_emit(&b, IR_CONV, IN(input("x", DIMS(-2, 4, -9)), weights(DIMS(6, 4, 3))),
                   ATTRS(LIST(ATTR_STRIDES, 2), A_STRING(ATTR_AUTO_PAD, "SAME_UPPER")));
}
static value conv_3d(void)
{
    return ir_emit(&b, IR_CONV, IN(input("x", DIMS(-2, 2, 4, -5, -6)), weights(DIMS(3, 2, 2, 3, 2))),
                   ATTRS(LIST(ATTR_PADS, 0, 1, 0, 1, 1, 0)));
}
/* Weights and bias that are computed. */
static value conv_computed(void)
{
    return ir_emit(&b, IR_CONV, IN(image(), input("w", DIMS(6, 4, 3, 3)), input("b", DIMS(6))),
                   ATTRS(A_STRING(ATTR_AUTO_PAD, "VALID")));
}
static value transpose(void)
{
    return ir_emit(&b, IR_CONV_TRANSPOSE, IN(image(), weights(DIMS(4, 3, 3, 3)), weights(DIMS(3))),
                   ATTRS(LIST(ATTR_STRIDES, 2, 2), LIST(ATTR_PADS, 1, 1, 1, 1), LIST(ATTR_OUTPUT_PADDING, 1, 0)));
}
/* More zeros behind than padding to take them from. */
static value transpose_longer(void)
{
    return ir_emit(&b, IR_CONV_TRANSPOSE, IN(image(), weights(DIMS(4, 3, 2, 2)), weights(DIMS(3))),
                   ATTRS(LIST(ATTR_STRIDES, 4, 2), LIST(ATTR_OUTPUT_PADDING, 2, 1)));
}
static value transpose_groups(void)
{
    return ir_emit(&b, IR_CONV_TRANSPOSE, IN(image(), weights(DIMS(4, 1, 4, 2))),
                   ATTRS(A_INT(ATTR_GROUP, 2), LIST(ATTR_STRIDES, 2, 3), A_STRING(ATTR_AUTO_PAD, "SAME_UPPER")));
}
static value transpose_1d(void)
{
    return ir_emit(&b, IR_CONV_TRANSPOSE, IN(input("x", DIMS(-2, 4, -9)), weights(DIMS(4, 3, 3))),
                   ATTRS(LIST(ATTR_STRIDES, 2), LIST(ATTR_PADS, 1, 0)));
}
static value transpose_3d(void)
{
    return ir_emit(&b, IR_CONV_TRANSPOSE, IN(input("x", DIMS(-2, 2, 4, 5, 6)), weights(DIMS(2, 3, 2, 2, 2))),
                   ATTRS(LIST(ATTR_STRIDES, 2, 2, 2), LIST(ATTR_OUTPUT_SHAPE, 8, 10, 13)));
}
static value transpose_computed(void)
{
    return ir_emit(&b, IR_CONV_TRANSPOSE, IN(image(), input("w", DIMS(4, 3, 2, 2))),
                   ATTRS(LIST(ATTR_STRIDES, 2, 2), LIST(ATTR_OUTPUT_PADDING, 1, 0)));
}
static value transpose_shaped(void)
{
    return ir_emit(&b, IR_CONV_TRANSPOSE, IN(input("x", DIMS(-2, 4, 5, 6)), weights(DIMS(4, 3, 3, 3))),
                   ATTRS(LIST(ATTR_STRIDES, 2, 2), LIST(ATTR_OUTPUT_SHAPE, 10, 14)));
}
static value transpose_dilated(void)
{
    return ir_emit(&b, IR_CONV_TRANSPOSE, IN(image(), weights(DIMS(4, 3, 2, 3))),
                   ATTRS(LIST(ATTR_DILATIONS, 2, 2), LIST(ATTR_OUTPUT_PADDING, 1, 0), LIST(ATTR_PADS, 0, 0, 0, 1)));
}

/* -- pooling ------------------------------------------------------------------------------------------------------- */

static value max_pool(void)
{
    return ir_emit(&b, IR_MAX_POOL, IN(image()),
                   ATTRS(LIST(ATTR_KERNEL_SHAPE, 3, 2), LIST(ATTR_STRIDES, 2, 2), LIST(ATTR_PADS, 0, 1, 1, 0)));
}
static value max_pool_same(void)
{
    return ir_emit(&b, IR_MAX_POOL, IN(image()),
                   ATTRS(LIST(ATTR_KERNEL_SHAPE, 3, 3), LIST(ATTR_STRIDES, 2, 2), A_STRING(ATTR_AUTO_PAD, "SAME_UPPER")));
}
static value max_pool_same_apart(void)
{
    return ir_emit(&b, IR_MAX_POOL, IN(image()),
                   ATTRS(LIST(ATTR_KERNEL_SHAPE, 2, 2), LIST(ATTR_STRIDES, 3, 3), A_STRING(ATTR_AUTO_PAD, "SAME_UPPER")));
}
static value max_pool_ceiling(void)
{
    return ir_emit(&b, IR_MAX_POOL, IN(image()),
                   ATTRS(LIST(ATTR_KERNEL_SHAPE, 2, 3), LIST(ATTR_STRIDES, 2, 2), A_INT(ATTR_CEIL_MODE, 1)));
}
static value max_pool_1d(void)
{
    return ir_emit(&b, IR_MAX_POOL, IN(input("x", DIMS(-2, 4, -9))),
                   ATTRS(LIST(ATTR_KERNEL_SHAPE, 2), LIST(ATTR_STRIDES, 2)));
}
static value max_pool_3d(void)
{
    return ir_emit(&b, IR_MAX_POOL, IN(input("x", DIMS(-2, 2, 4, -5, -6))), ATTRS(LIST(ATTR_KERNEL_SHAPE, 2, 3, 2)));
}
/* Dilated windows are the greatest of slices. */
static value max_pool_dilated(void)
{
    return ir_emit(&b, IR_MAX_POOL, IN(input("x", DIMS(-2, 4, 9, 10))),
                   ATTRS(LIST(ATTR_KERNEL_SHAPE, 2, 2), LIST(ATTR_DILATIONS, 2, 3)));
}
static value max_pool_indices(void)
{
    value out[2];
    ir_emit_many(&b, IR_MAX_POOL, IN(input("x", DIMS(-2, 4, 9, 10))),
                 ATTRS(LIST(ATTR_KERNEL_SHAPE, 3, 2), LIST(ATTR_STRIDES, 2, 2), LIST(ATTR_PADS, 0, 1, 1, 0)), 2, out);
    more[0] = out[1];
    return out[0];
}
static value average_pool(void)
{
    return ir_emit(&b, IR_AVERAGE_POOL, IN(image()),
                   ATTRS(LIST(ATTR_KERNEL_SHAPE, 3, 3), LIST(ATTR_STRIDES, 2, 2), A_STRING(ATTR_AUTO_PAD, "SAME_UPPER")));
}
static value average_pool_same_apart(void)
{
    return ir_emit(&b, IR_AVERAGE_POOL, IN(image()),
                   ATTRS(LIST(ATTR_KERNEL_SHAPE, 2, 2), LIST(ATTR_STRIDES, 3, 3), A_STRING(ATTR_AUTO_PAD, "SAME_LOWER")));
}
static value max_pool_bytes(void)
{
    value x = ir_cast(&b, ir_emit(&b, IR_MAX_POOL, IN(input_of(TFP_UINT8, "x", DIMS(-2, 4, -9, -10))),
                                  ATTRS(LIST(ATTR_KERNEL_SHAPE, 2, 2), LIST(ATTR_STRIDES, 2, 2))), type);
    return x;
}
/* The sum of numbers that 32 bits hold may need more. */
static value sum_of_uint32(void)
{
    value x = input_of(TFP_UINT32, "x", DIMS(-2, 8, -9));
    return ir_cast(&b, ir_emit(&b, IR_REDUCE_SUM, IN(x, INTS(&b, 1, 2)), NO_ATTRS), type);
}
static value average_pool_counting(void)
{
    return ir_emit(&b, IR_AVERAGE_POOL, IN(image()),
                   ATTRS(LIST(ATTR_KERNEL_SHAPE, 3, 3), LIST(ATTR_PADS, 1, 1, 0, 2), A_INT(ATTR_COUNT_INCLUDE_PAD, 1)));
}
static value average_pool_ceiling(void)
{
    return ir_emit(&b, IR_AVERAGE_POOL, IN(image()),
                   ATTRS(LIST(ATTR_KERNEL_SHAPE, 3, 2), LIST(ATTR_STRIDES, 2, 2), A_INT(ATTR_CEIL_MODE, 1),
                         A_INT(ATTR_COUNT_INCLUDE_PAD, 1)));
}
static value average_pool_1d(void)
{
    return ir_emit(&b, IR_AVERAGE_POOL, IN(input("x", DIMS(-2, 4, -9))),
                   ATTRS(LIST(ATTR_KERNEL_SHAPE, 3), LIST(ATTR_STRIDES, 2), LIST(ATTR_PADS, 1, 1)));
}
static value lp_pool(void)
{
    return ir_emit(&b, IR_LP_POOL, IN(image()), ATTRS(LIST(ATTR_KERNEL_SHAPE, 3, 3), LIST(ATTR_PADS, 1, 0, 1, 0)));
}
static value lp_pool_cubes(void)
{
    return ir_emit(&b, IR_LP_POOL, IN(image()),
                   ATTRS(LIST(ATTR_KERNEL_SHAPE, 2, 2), A_INT(ATTR_P, 3), A_STRING(ATTR_AUTO_PAD, "SAME_LOWER")));
}
static value global_max_pool(void)
{
    return ir_unary(&b, IR_GLOBAL_MAX_POOL, image());
}
static value global_average_pool(void)
{
    return ir_unary(&b, IR_GLOBAL_AVERAGE_POOL, input("x", DIMS(-2, 4, -9)));
}
static value global_lp_pool(void)
{
    return ir_emit(&b, IR_GLOBAL_LP_POOL, IN(input("x", DIMS(-2, 2, 4, -5, -6))), ATTRS(A_INT(ATTR_P, 1)));
}

/* -- channels ------------------------------------------------------------------------------------------------------ */

static value lrn(void)
{
    return ir_emit(&b, IR_LRN, IN(image()), ATTRS(A_INT(ATTR_SIZE, 5), A_FLOAT(ATTR_ALPHA, 0.01F)));
}
static value lrn_wide(void)
{
    return ir_emit(&b, IR_LRN, IN(input("x", DIMS(-2, 40, -9, -10))), ATTRS(A_INT(ATTR_SIZE, 21), A_FLOAT(ATTR_BIAS, 2)));
}
static value lrn_even(void)
{
    return ir_emit(&b, IR_LRN, IN(input("x", DIMS(-2, 6, -9))), ATTRS(A_INT(ATTR_SIZE, 2), A_FLOAT(ATTR_BETA, 0.5F)));
}
static value depth_to_space(void)
{
    return ir_emit(&b, IR_DEPTH_TO_SPACE, IN(input("x", DIMS(-2, 12, -3, -5))), ATTRS(A_INT(ATTR_BLOCKSIZE, 2)));
}
static value depth_to_space_crd(void)
{
    return ir_emit(&b, IR_DEPTH_TO_SPACE, IN(input("x", DIMS(-2, 12, 3, 5))),
                   ATTRS(A_INT(ATTR_BLOCKSIZE, 2), A_STRING(ATTR_MODE, "CRD")));
}
static value space_to_depth(void)
{
    return ir_emit(&b, IR_SPACE_TO_DEPTH, IN(input("x", DIMS(-2, 3, -4, -6))), ATTRS(A_INT(ATTR_BLOCKSIZE, 2)));
}
static value space_to_depth_sized(void)
{
    return ir_emit(&b, IR_SPACE_TO_DEPTH, IN(input("x", DIMS(-2, 3, 4, 6))), ATTRS(A_INT(ATTR_BLOCKSIZE, 2)));
}

/* -- normalizations ------------------------------------------------------------------------------------------------ */

static value batch_normalization_of(value x, int64_t channels)
{
    return ir_emit(&b, IR_BATCH_NORMALIZATION,
                   IN(x, weights(DIMS(channels)), weights(DIMS(channels)), weights(DIMS(channels)), weights(DIMS(channels))),
                   ATTRS(A_FLOAT(ATTR_EPSILON, 1e-3F)));
}
static value batch_normalization(void)
{
    return batch_normalization_of(image(), 4);
}
static value batch_normalization_2d(void)
{
    return batch_normalization_of(input("x", DIMS(-2, 5)), 5);
}
static value batch_normalization_5d(void)
{
    return batch_normalization_of(input("x", DIMS(-2, 2, 4, -5, -6)), 2);
}
static value batch_normalization_computed(void)
{
    value list = input("m", DIMS(4));
    return ir_emit(&b, IR_BATCH_NORMALIZATION, IN(image(), weights(DIMS(4)), list, list, weights(DIMS(4))), NO_ATTRS);
}
static value instance_normalization(void)
{
    return ir_emit(&b, IR_INSTANCE_NORMALIZATION, IN(image(), weights(DIMS(4)), input("b", DIMS(4))), NO_ATTRS);
}
static value instance_normalization_1d(void)
{
    value x = input("x", DIMS(-2, 4, -9));
    return ir_emit(&b, IR_INSTANCE_NORMALIZATION, IN(x, weights(DIMS(4)), weights(DIMS(4))), NO_ATTRS);
}
static value group_normalization(void)
{
    return ir_emit(&b, IR_GROUP_NORMALIZATION, IN(image(), weights(DIMS(4)), weights(DIMS(4))),
                   ATTRS(A_INT(ATTR_NUM_GROUPS, 2)));
}
static value group_normalization_one(void)
{
    return ir_emit(&b, IR_GROUP_NORMALIZATION, IN(image(), weights(DIMS(4)), weights(DIMS(4))),
                   ATTRS(A_INT(ATTR_NUM_GROUPS, 1)));
}
static value layer_normalization(void)
{
    return ir_emit(&b, IR_LAYER_NORMALIZATION, IN(input("x", DIMS(-2, -7, 16)), weights(DIMS(16)), weights(DIMS(16))),
                   ATTRS(A_FLOAT(ATTR_EPSILON, 1e-6F)));
}
static value layer_normalization_axes(void)
{
    value x = input("x", DIMS(-2, 7, 16));
    return ir_emit(&b, IR_LAYER_NORMALIZATION, IN(x, weights(DIMS(7, 16))), ATTRS(A_INT(ATTR_AXIS, 1)));
}
/* One number for all elements is another shape. */
static value layer_normalization_scalar(void)
{
    return ir_emit(&b, IR_LAYER_NORMALIZATION, IN(input("x", DIMS(-2, 7, 16)), weights(DIMS(1))), NO_ATTRS);
}
static value rms_normalization(void)
{
    return ir_emit(&b, IR_RMS_NORMALIZATION, IN(input("x", DIMS(-2, -7, 16)), weights(DIMS(16))), NO_ATTRS);
}
static value mean_variance_normalization(void)
{
    return ir_emit(&b, IR_MEAN_VARIANCE_NORMALIZATION, IN(image()), ATTRS(LIST(ATTR_AXES, 0, 2, 3)));
}
static value lp_normalization(void)
{
    return ir_emit(&b, IR_LP_NORMALIZATION, IN(image()), ATTRS(A_INT(ATTR_AXIS, 1), A_INT(ATTR_P, 2)));
}

/* -- resizing ------------------------------------------------------------------------------------------------------ */

static value floats(const float *at, int64_t n)
{
    return ir_tensor(&b, TFP_FLOAT, 1, &n, at);
}
#define FLOATS(...) floats((const float[]){ __VA_ARGS__ }, sizeof((const float[]){ __VA_ARGS__ }) / sizeof(float))

/* The last two axes. */
static value resize_to(value x, int64_t height, int64_t width, const char *mode, const char *coordinates,
                       const char *rounding)
{
    return ir_emit(&b, IR_RESIZE, IN(x, NULL, NULL, INTS(&b, height, width)),
                   ATTRS(A_TEXT(ATTR_MODE, mode), A_TEXT(ATTR_COORDINATE_TRANSFORMATION_MODE, coordinates),
                         A_TEXT(ATTR_NEAREST_MODE, rounding), LIST(ATTR_AXES, 2, 3), A_FLOAT(ATTR_CUBIC_COEFF_A, -0.5F),
                         A_INT(ATTR_EXCLUDE_OUTSIDE, strcmp(mode, "cubic") == 0)));
}
static value resize_by(value x, value scales, value sizes, const char *mode, const char *coordinates, const char *rounding)
{
    return ir_emit(&b, IR_RESIZE, IN(x, NULL, scales, sizes),
                   ATTRS(A_TEXT(ATTR_MODE, mode), A_TEXT(ATTR_COORDINATE_TRANSFORMATION_MODE, coordinates),
                         A_TEXT(ATTR_NEAREST_MODE, rounding)));
}
static value doubled(void)
{
    return resize_by(image(), FLOATS(1, 1, 2, 4), NULL, "nearest", "asymmetric", "floor");
}
/* The sizes as TensorFlow has them: twice what there is, computed. */
static value doubled_by_sizes(void)
{
    value x = image(), twice = ir_mul(&b, ir_slice_axis(&b, ir_shape(&b, x), 0, 2, 4), INTS(&b, 2, 2));
    value all = CONCAT(&b, 0, ir_dim(&b, x, 0), ir_dim(&b, x, 1), twice);
    return resize_by(x, NULL, all, "nearest", "half_pixel", "round_prefer_ceil");
}
/* 3 * (1 / 3) may be less than 1: chosen by lists. */
static value tripled(void)
{
    return resize_by(image(), FLOATS(1, 1, 3, 3), NULL, "nearest", "asymmetric", "floor");
}
static value nearest_to_sizes(void)
{
    return resize_to(input("x", DIMS(-2, 4, 9, 10)), 7, 16, "nearest", "half_pixel", "round_prefer_floor");
}
/* Some coordinates are whole numbers, which rounding might miss. */
static value nearest_on_edges(void)
{
    return resize_to(input("x", DIMS(-2, 4, 9, 10)), 7, 16, "nearest", "half_pixel", "ceil");
}
static value linear_to_sizes(void)
{
    return resize_to(image(), 7, 15, "linear", "half_pixel", "floor");
}
static value linear_by_scales(void)
{
    return resize_by(image(), FLOATS(1, 1, 2, 3), NULL, "linear", "half_pixel", "floor");
}
static value linear_halved(void)
{
    return resize_by(image(), FLOATS(1, 1, 0.5F, 0.75F), NULL, "linear", "half_pixel", "floor");
}
static value linear_corners(void)
{
    value x = image(), sizes = CONCAT(&b, 0, ir_dim(&b, x, 0), INTS(&b, 4, 7, 15));
    return resize_by(x, NULL, sizes, "linear", "align_corners", "floor");
}
static value linear_to_one(void)
{
    return resize_to(input("x", DIMS(-2, 4, 9, 10)), 1, 15, "linear", "pytorch_half_pixel", "floor");
}
static value linear_channels_last(void)
{
    return ir_emit(&b, IR_RESIZE, IN(input("x", DIMS(-2, -9, -10, 4)), NULL, NULL, INTS(&b, 7, 15)),
                   ATTRS(A_STRING(ATTR_MODE, "linear"), LIST(ATTR_AXES, 1, 2)));
}
static value linear_3d(void)
{
    return resize_by(input("x", DIMS(-2, 2, 4, -5, -6)), FLOATS(1, 1, 2, 2, 2), NULL, "linear", "asymmetric", "floor");
}
static value cubic(void)
{
    return resize_to(image(), 18, 15, "cubic", "half_pixel", "floor");
}

/* -- recurrent layers ---------------------------------------------------------------------------------------------- */

/* 4 inputs, 3 units. */
struct recurrent {
    enum ir_op op;
    int64_t gates, steps; /* steps: 0 for -9 */
    const char *direction;
    bool bias, lengths, states, peepholes, batch_first;
    struct ir_attr attr; /* one more, or none */
};

static value state_of(const struct recurrent *r, const char *name, int64_t directions)
{
    if (!r->states) return NULL;
    return r->batch_first ? input(name, DIMS(2, directions, 3)) : input(name, DIMS(directions, 2, 3));
}

static value recurrent(const struct recurrent *r)
{
    int64_t d = strcmp(r->direction, "bidirectional") == 0 ? 2 : 1;
    int64_t steps = r->steps ? r->steps : -9, batch = r->states ? 2 : -2;
    bool lstm = r->op == IR_LSTM;
    value x = r->batch_first ? input("x", DIMS(batch, steps, 4)) : input("x", DIMS(steps, batch, 4)), out[3];
    value all[] = { x,
                    weights(DIMS(d, r->gates * 3, 4)),
                    weights(DIMS(d, r->gates * 3, 3)),
                    r->bias ? weights(DIMS(d, 2 * r->gates * 3)) : NULL,
                    r->lengths ? input_of(TFP_INT32, "l", DIMS(batch)) : NULL,
                    state_of(r, "h", d),
                    lstm ? state_of(r, "c", d) : NULL,
                    r->peepholes ? weights(DIMS(d, 9)) : NULL };
    const struct ir_attr attrs[] = { A_INT(ATTR_HIDDEN_SIZE, 3), A_TEXT(ATTR_DIRECTION, r->direction),
                                     A_INT(ATTR_LAYOUT, r->batch_first), r->attr, { .name = ATTR_NONE } };
    ir_emit_many(&b, r->op, all, lstm ? 8 : 6, attrs, lstm ? 3 : 2, out);
    more[0] = out[1];
    more[1] = lstm ? out[2] : NULL;
    return out[0];
}
#define RECURRENT(name, ...)                                                                                           \
    static value name(void)                                                                                            \
    {                                                                                                                  \
        return recurrent(&(const struct recurrent){ __VA_ARGS__ });                                                    \
    }
RECURRENT(rnn, IR_RNN, 1, .direction = "forward")
RECURRENT(rnn_reverse, IR_RNN, 1, .direction = "reverse", .bias = true, .attr = A_FLOAT(ATTR_CLIP, 3))
RECURRENT(gru, IR_GRU, 3, .direction = "forward", .bias = true)
RECURRENT(gru_linear, IR_GRU, 3, .direction = "reverse", .bias = true, .states = true,
          .attr = A_INT(ATTR_LINEAR_BEFORE_RESET, 1))
RECURRENT(gru_both, IR_GRU, 3, .direction = "bidirectional", .lengths = true, .batch_first = true)
RECURRENT(lstm, IR_LSTM, 4, .direction = "forward", .bias = true)
RECURRENT(lstm_peepholes, IR_LSTM, 4, .direction = "reverse", .bias = true, .peepholes = true, .states = true)
RECURRENT(lstm_both, IR_LSTM, 4, .direction = "bidirectional", .bias = true, .lengths = true, .states = true)
RECURRENT(lstm_batch_first, IR_LSTM, 4, .direction = "bidirectional", .bias = true, .states = true, .batch_first = true,
          .attr = A_INT(ATTR_INPUT_FORGET, 1))
RECURRENT(lstm_written_out, IR_LSTM, 4, .steps = 3, .direction = "bidirectional", .bias = true, .lengths = true)
RECURRENT(gru_written_out, IR_GRU, 3, .steps = 4, .direction = "reverse", .bias = true, .batch_first = true)
RECURRENT(lstm_sequence, IR_LSTM, 4, .steps = 20, .direction = "forward", .bias = true)

/* Every activation once, and their numbers. */
static value activations(void)
{
    static const char *const names[] = { "Affine", "Elu", "HardSigmoid", "LeakyRelu", "relu", "ScaledTanh", "Softplus",
                                         "Softsign", "ThresholdedRelu" };
    static const float numbers[2] = { 0.5F, 0.25F };
    value x = input("x", DIMS(-9, -2, 4));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct bytes word = bytes_of(names[i]);
        const struct ir_attr words = { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS, .v.strings = { &word, 1 } };
        const struct ir_attr alpha = { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS, .v.floats = { numbers, 1 } };
        const struct ir_attr beta = { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS,
                                      .v.floats = { numbers + 1, 1 } };
        x = ir_emit(&b, IR_RNN, IN(x, weights(DIMS(1, 3, i ? 3 : 4)), weights(DIMS(1, 3, 3))),
                    ATTRS(A_INT(ATTR_HIDDEN_SIZE, 3), words, alpha, beta));
        x = SQUEEZE(&b, x, 1);
    }
    return x;
}

/* Lengths of which a part is empty, as what was once an Einsum has them. */
static value reshaped_by_parts(void)
{
    static const int64_t none = 0;
    value x = image(), empty = ir_tensor(&b, TFP_INT64, 1, &none, &none);
    return ir_reshape(&b, x, CONCAT(&b, 0, ir_dim(&b, x, 0), empty, INTS(&b, -1)));
}

/* -- attention ----------------------------------------------------------------------------------------------------- */

/* [batch, heads, length, 16]; a length below 0 may be open, as the batch is then. */
static value heads(const char *name, int64_t count, int64_t length)
{
    return input(name, DIMS(length < 0 ? -2 : 2, count, length, 16));
}

static value attend(value q, value k, value v, value mask, bool causal)
{
    return ir_emit(&b, IR_ATTENTION, IN(q, k, v, mask), ATTRS(A_FLOAT(ATTR_SCALE, 0.25F), A_INT(ATTR_IS_CAUSAL, causal)));
}

/* Queries, keys and values of one tensor: their symbols are the same. */
static value attention_to_itself(void)
{
    value x = heads("x", 4, -8);
    return attend(x, ir_unary(&b, IR_TANH, x), ir_unary(&b, IR_SIN, x), NULL, false);
}
/* Twice under one name, the second with the scale that its size gives. */
static value attention_twice(void)
{
    value x = heads("x", 4, -8), y = attend(x, x, x, NULL, false);
    return ir_emit(&b, IR_ATTENTION, IN(y, x, x), NO_ATTRS);
}
static value attention_causal(void)
{
    value x = heads("x", 4, -8);
    return attend(x, x, x, NULL, true);
}
/* Of a mask, every dimension but the keys may be 1 or missing. */
static value attention_masked(void)
{
    return attend(heads("q", 4, 6), heads("k", 4, 9), heads("v", 4, 9), input("m", DIMS(2, 1, 1, 9)), false);
}
static value attention_masked_plainly(void)
{
    return attend(heads("q", 4, 6), heads("k", 4, 9), heads("v", 4, 9), weights(DIMS(6, 9)), false);
}
static value attention_masked_open(void)
{
    value x = heads("x", 4, -8), mask = ir_reduce(&b, IR_REDUCE_SUM, x, (const int64_t[]){ 1, 3 }, 2, false);
    return attend(x, x, x, UNSQUEEZE(&b, mask, 1, 2), false);
}
/* The layer does not do both. */
static value attention_causal_and_masked(void)
{
    value x = heads("x", 4, 8);
    return attend(x, x, x, input("m", DIMS(2, 1, 1, 8)), true);
}
static value attention_shared_heads(void)
{
    value q = heads("q", 4, -8), k = ir_slice_axis(&b, q, 1, 0, 2);
    return attend(q, k, ir_unary(&b, IR_TANH, k), NULL, false);
}
static value attention_shared_head(void)
{
    value q = heads("q", 4, -8), k = ir_slice_axis(&b, q, 1, 1, 2);
    return attend(q, k, k, NULL, true);
}
static value attention_across(void)
{
    value x = heads("x", 4, -8), memory = ir_slice_axis(&b, x, 2, 0, 3);
    return attend(x, memory, ir_unary(&b, IR_TANH, memory), NULL, false);
}
/* Where no layer will do, the parts do. */
static value attention_of_other_size(void)
{
    return attend(heads("q", 4, 6), heads("k", 4, 9), input("v", DIMS(2, 4, 9, 24)), NULL, false);
}
static value attention_of_places(void)
{
    return attend(heads("q", 4, 6), heads("k", 4, 9), heads("v", 4, 9), input_of(TFP_BOOL, "m", DIMS(6, 9)), false);
}
static value attention_short_mask(void)
{
    return attend(heads("q", 4, 6), heads("k", 4, 9), heads("v", 4, 9), input("m", DIMS(6, 5)), false);
}
static value attention_capped(void)
{
    value x = heads("x", 4, -8);
    return ir_emit(&b, IR_ATTENTION, IN(x, x, x), ATTRS(A_FLOAT(ATTR_SOFTCAP, 5)));
}
static value attention_packed(void)
{
    value x = input("x", DIMS(-2, -8, 64));
    return ir_emit(&b, IR_ATTENTION, IN(x, x, x), ATTRS(A_INT(ATTR_Q_NUM_HEADS, 4), A_INT(ATTR_KV_NUM_HEADS, 4)));
}

/* -- rows ---------------------------------------------------------------------------------------------------------- */

/* -- bodies -------------------------------------------------------------------------------------------------------- */

/* The input of a body that is like `v` of the graph around. */
static value body_input(struct ir_graph *body, const char *name, const struct ir_value *v)
{
    struct dim dims[TFP_MAX_RANK];
    for (int32_t i = 0; i < v->rank; i++)
        dims[i] = dim_fixed(v->dims[i]) ? v->dims[i] : ir_symbol(body, ir_symbol_name(b.graph, v->dims[i]));
    value x = ir_add_input(body, name, v->dtype, v->rank, dims);
    assert_non_null(x);
    return x;
}

static struct build in_body(struct ir_graph *body)
{
    return (struct build){ .ctx = b.ctx, .graph = body, .scope = "inner" };
}

static value choice(void)
{
    value x = input("x", DIMS(-4, 3)), sum = ir_reduce(&b, IR_REDUCE_SUM, x, NULL, 0, false), out;
    value positive = ir_binary(&b, IR_GREATER, sum, ir_like(&b, sum, 0));
    struct ir_graph *yes = ir_add_body(b.graph), *no = ir_add_body(b.graph);
    struct build of_yes = in_body(yes);
    ir_add_output(yes, "yes", ir_unary(&of_yes, IR_TANH, body_input(yes, "x", x)));
    ir_add_output(no, "no", body_input(no, "x", x));
    return ir_emit_many(&b, IR_IF, IN(positive, x), ATTRS(A_GRAPH(ATTR_THEN_BRANCH, yes), A_GRAPH(ATTR_ELSE_BRANCH, no)), 1, &out);
}

/* state + y * (number of the round), five times; what each round had is collected unless it `may_end` before. */
static value loop_of(bool may_end)
{
    value x = input("x", DIMS(-4, 3)), y = ir_unary(&b, IR_SIN, x), out[3];
    struct ir_graph *body = ir_add_body(b.graph);
    struct build inner = in_body(body);
    value round = ir_add_input(body, "round", TFP_INT64, 0, NULL), again = ir_add_input(body, "again", TFP_BOOL, 0, NULL);
    value state = body_input(body, "state", x), same = body_input(body, "same", y);
    value next = ir_add(&inner, state, ir_mul(&inner, same, ir_cast(&inner, round, type)));
    value sum = ir_reduce(&inner, IR_REDUCE_SUM, next, NULL, 0, false);
    ir_add_output(body, "again", may_end ? ir_binary(&inner, IR_LESS, sum, ir_like(&inner, sum, 100)) : again);
    ir_add_output(body, "next", next);
    ir_add_output(body, "same", same);
    if (!may_end) ir_add_output(body, "row", ir_unary(&inner, IR_EXP, state));
    ir_emit_many(&b, IR_LOOP, IN(ir_int(&b, 5), NULL, x, y), ATTRS(A_GRAPH(ATTR_BODY, body)), may_end ? 2 : 3, out);
    if (!may_end) more[0] = out[2];
    return out[0];
}
static value loop_counted(void)
{
    return loop_of(false);
}
static value loop_ended(void)
{
    return loop_of(true);
}

/* A running sum along the first dimension, and its rows from the last. */
static value scan(void)
{
    static const int64_t backwards[1] = { 1 };
    value x = input("x", DIMS(-6, 3)), start = input("s", DIMS(3)), out[2];
    struct ir_graph *body = ir_add_body(b.graph);
    struct build inner = in_body(body);
    value state = body_input(body, "state", start), row = body_input(body, "row", start);
    value next = ir_add(&inner, state, row);
    ir_add_output(body, "next", next);
    ir_add_output(body, "out", ir_unary(&inner, IR_TANH, next));
    ir_emit_many(&b, IR_SCAN, IN(start, x),
                 ATTRS(A_GRAPH(ATTR_BODY, body), A_INT(ATTR_NUM_SCAN_INPUTS, 1), A_INTS(ATTR_SCAN_OUTPUT_DIRECTIONS, backwards, 1)), 2, out);
    more[0] = out[1];
    return out[0];
}

/* `kind`: at least one layer is of it; `open_kind`: the same where dimensions are open, when it is another. */
static const struct row {
    const char *name;
    value (*make)(void);
    enum trt_layer_kind kind, open_kind;
} rows[] = {
    { "if", choice, TRT_LAYER_CONDITIONAL_OUTPUT, 0 },
    { "loop, counted", loop_counted, TRT_LAYER_LOOP_OUTPUT, 0 },
    { "loop, ended by its values", loop_ended, TRT_LAYER_LOOP_OUTPUT, 0 },
    { "scan", scan, TRT_LAYER_LOOP_OUTPUT, 0 },
    { "conv", conv, TRT_LAYER_CONVOLUTION, 0 },
    { "conv, SAME", conv_same, TRT_LAYER_CONVOLUTION, 0 },
    { "conv, SAME with strides beyond the windows", conv_same_apart, TRT_LAYER_CONVOLUTION, TRT_LAYER_SLICE },
    { "conv, depthwise, dilated", conv_depthwise, TRT_LAYER_CONVOLUTION, 0 },
    { "conv, 1-d", conv_1d, TRT_LAYER_CONVOLUTION, 0 },
    { "conv, 1-d, SAME", conv_1d_same, TRT_LAYER_CONVOLUTION, 0 },
    { "conv, 3-d", conv_3d, TRT_LAYER_CONVOLUTION, 0 },
    { "conv, computed weights", conv_computed, TRT_LAYER_CONVOLUTION, 0 },
    { "transposed", transpose, TRT_LAYER_DECONVOLUTION, 0 },
    { "transposed, longer", transpose_longer, TRT_LAYER_DECONVOLUTION, 0 },
    { "transposed, groups", transpose_groups, TRT_LAYER_DECONVOLUTION, 0 },
    { "transposed, 1-d", transpose_1d, TRT_LAYER_DECONVOLUTION, 0 },
    { "transposed, 3-d, output_shape", transpose_3d, TRT_LAYER_DECONVOLUTION, 0 },
    { "transposed, computed weights", transpose_computed, TRT_LAYER_DECONVOLUTION, 0 },
    { "transposed, output_shape", transpose_shaped, TRT_LAYER_DECONVOLUTION, 0 },
    { "transposed, dilated", transpose_dilated, TRT_LAYER_DECONVOLUTION, 0 },
    { "max pool", max_pool, TRT_LAYER_POOLING, 0 },
    { "max pool, SAME", max_pool_same, TRT_LAYER_POOLING, 0 },
    { "max pool, SAME with strides beyond the windows", max_pool_same_apart, TRT_LAYER_POOLING, TRT_LAYER_SLICE },
    { "max pool, ceil_mode", max_pool_ceiling, TRT_LAYER_POOLING, 0 },
    { "max pool, 1-d", max_pool_1d, TRT_LAYER_POOLING, 0 },
    { "max pool, 3-d", max_pool_3d, TRT_LAYER_POOLING, 0 },
    { "max pool, dilated", max_pool_dilated, TRT_LAYER_ELEMENTWISE, 0 },
    { "max pool, indices", max_pool_indices, TRT_LAYER_SELECT, 0 },
    { "average pool", average_pool, TRT_LAYER_POOLING, 0 },
    { "average pool, SAME with strides beyond the windows", average_pool_same_apart, TRT_LAYER_POOLING, TRT_LAYER_SLICE },
    { "max pool, bytes", max_pool_bytes, TRT_LAYER_POOLING, 0 },
    { "sum of uint32, which wraps around", sum_of_uint32, TRT_LAYER_ELEMENTWISE, 0 },
    { "average pool, count_include_pad", average_pool_counting, TRT_LAYER_POOLING, 0 },
    { "average pool, ceil_mode", average_pool_ceiling, TRT_LAYER_POOLING, 0 },
    { "average pool, 1-d", average_pool_1d, TRT_LAYER_POOLING, 0 },
    { "lp pool", lp_pool, TRT_LAYER_POOLING, 0 },
    { "lp pool, cubes", lp_pool_cubes, TRT_LAYER_POOLING, 0 },
    { "global max pool", global_max_pool, TRT_LAYER_REDUCE, 0 },
    { "global average pool, 1-d", global_average_pool, TRT_LAYER_REDUCE, 0 },
    { "global lp pool, 3-d", global_lp_pool, TRT_LAYER_REDUCE, 0 },
    { "lrn", lrn, TRT_LAYER_LRN, 0 },
    { "lrn, wide", lrn_wide, TRT_LAYER_POOLING, 0 },
    { "lrn, even", lrn_even, TRT_LAYER_POOLING, 0 },
    { "depth to space", depth_to_space, TRT_LAYER_SHUFFLE, 0 },
    { "depth to space, CRD", depth_to_space_crd, TRT_LAYER_SHUFFLE, 0 },
    { "space to depth", space_to_depth, TRT_LAYER_SHUFFLE, 0 },
    { "space to depth, known size", space_to_depth_sized, TRT_LAYER_SHUFFLE, 0 },
    { "batch normalization", batch_normalization, TRT_LAYER_SCALE, 0 },
    { "batch normalization, 2-d", batch_normalization_2d, TRT_LAYER_ELEMENTWISE, 0 },
    { "batch normalization, 5-d", batch_normalization_5d, TRT_LAYER_SCALE, 0 },
    { "batch normalization, computed", batch_normalization_computed, TRT_LAYER_ELEMENTWISE, 0 },
    { "instance normalization", instance_normalization, TRT_LAYER_NORMALIZATION, 0 },
    { "instance normalization, 1-d", instance_normalization_1d, TRT_LAYER_NORMALIZATION, 0 },
    { "group normalization", group_normalization, TRT_LAYER_NORMALIZATION, 0 },
    { "group normalization, one", group_normalization_one, TRT_LAYER_NORMALIZATION, 0 },
    { "layer normalization", layer_normalization, TRT_LAYER_NORMALIZATION, 0 },
    { "layer normalization, two axes", layer_normalization_axes, TRT_LAYER_NORMALIZATION, 0 },
    { "layer normalization, scalar", layer_normalization_scalar, TRT_LAYER_REDUCE, 0 },
    { "rms normalization", rms_normalization, TRT_LAYER_REDUCE, 0 },
    { "mean variance normalization", mean_variance_normalization, TRT_LAYER_REDUCE, 0 },
    { "lp normalization", lp_normalization, TRT_LAYER_REDUCE, 0 },
    { "reshape, an empty part", reshaped_by_parts, TRT_LAYER_SHUFFLE, 0 },
    { "attention to itself", attention_to_itself, TRT_LAYER_ATTENTION_OUTPUT, 0 },
    { "attention, twice", attention_twice, TRT_LAYER_ATTENTION_OUTPUT, 0 },
    { "attention, causal", attention_causal, TRT_LAYER_ATTENTION_OUTPUT, 0 },
    { "attention, masked", attention_masked, TRT_LAYER_ATTENTION_OUTPUT, 0 },
    { "attention, masked, a matrix", attention_masked_plainly, TRT_LAYER_ATTENTION_OUTPUT, 0 },
    { "attention, masked, computed", attention_masked_open, TRT_LAYER_ATTENTION_OUTPUT, 0 },
    { "attention, causal and masked", attention_causal_and_masked, TRT_LAYER_ATTENTION_OUTPUT, 0 },
    { "attention, shared heads", attention_shared_heads, TRT_LAYER_ATTENTION_OUTPUT, 0 },
    { "attention, one shared head, causal", attention_shared_head, TRT_LAYER_ATTENTION_OUTPUT, 0 },
    { "attention across", attention_across, TRT_LAYER_ATTENTION_OUTPUT, 0 },
    { "attention, values of another size", attention_of_other_size, TRT_LAYER_SOFTMAX, 0 },
    { "attention, places", attention_of_places, TRT_LAYER_SOFTMAX, 0 },
    { "attention, short mask", attention_short_mask, TRT_LAYER_SOFTMAX, 0 },
    { "attention, capped", attention_capped, TRT_LAYER_SOFTMAX, 0 },
    { "attention, packed heads", attention_packed, TRT_LAYER_SOFTMAX, 0 },
    { "nearest, doubled", doubled, TRT_LAYER_RESIZE, 0 },
    { "nearest, doubled by sizes", doubled_by_sizes, TRT_LAYER_RESIZE, 0 },
    { "nearest, tripled", tripled, TRT_LAYER_GATHER, 0 },
    { "nearest, to sizes", nearest_to_sizes, TRT_LAYER_RESIZE, 0 },
    { "nearest, to sizes, on edges", nearest_on_edges, TRT_LAYER_GATHER, 0 },
    { "linear, to sizes", linear_to_sizes, TRT_LAYER_RESIZE, 0 },
    { "linear, by scales", linear_by_scales, TRT_LAYER_RESIZE, 0 },
    { "linear, by scales that give no whole lengths", linear_halved, TRT_LAYER_GATHER, 0 },
    { "linear, align_corners", linear_corners, TRT_LAYER_RESIZE, 0 },
    { "linear, to one element", linear_to_one, TRT_LAYER_GATHER, 0 },
    { "linear, channels last", linear_channels_last, TRT_LAYER_RESIZE, 0 },
    { "linear, 3-d", linear_3d, TRT_LAYER_RESIZE, 0 },
    { "cubic", cubic, TRT_LAYER_RESIZE, 0 },
    { "rnn", rnn, TRT_LAYER_RECURRENCE, 0 },
    { "rnn, reverse, clip", rnn_reverse, TRT_LAYER_RECURRENCE, 0 },
    { "gru", gru, TRT_LAYER_RECURRENCE, 0 },
    { "gru, reverse, linear_before_reset, states", gru_linear, TRT_LAYER_RECURRENCE, 0 },
    { "gru, both directions, lengths, batch first", gru_both, TRT_LAYER_RECURRENCE, 0 },
    { "lstm", lstm, TRT_LAYER_RECURRENCE, 0 },
    { "lstm, reverse, peepholes, states", lstm_peepholes, TRT_LAYER_RECURRENCE, 0 },
    { "lstm, both directions, lengths, states", lstm_both, TRT_LAYER_RECURRENCE, 0 },
    { "lstm, both directions, states, batch first, input_forget", lstm_batch_first, TRT_LAYER_RECURRENCE, 0 },
    { "lstm, written out", lstm_written_out, TRT_LAYER_SELECT, 0 },
    { "gru, written out", gru_written_out, TRT_LAYER_CONCATENATION, 0 },
    { "lstm, known steps", lstm_sequence, TRT_LAYER_RECURRENCE, 0 },
    { "rnn, activations", activations, TRT_LAYER_RECURRENCE, 0 },
};

/* -- lowering and building ----------------------------------------------------------------------------------------- */

struct trial {
    const char *name;
    struct ir_graph *graph;
    struct trt_network *net;
    struct trt_lowered lowered;
};

static void begin(struct trial *trial, const char *name)
{
    library_is_there();
    *trial = (struct trial){ .name = name };
    b = (struct build){ .ctx = &ctx, .scope = "node" };
    assert_int_equal(ir_create(&ctx, &trial->graph), TFP_OK);
    b.graph = trial->graph;
    more[0] = more[1] = NULL;
}

static tfp_status lower(struct trial *trial)
{
    static const struct emit_options options = { .low = TRT_FLOAT, .strongly_typed = true };
    trial->net = trt_network_create(t, builder, trt_may_be_strongly_typed(t));
    assert_non_null(trial->net);
    return trt_lower(&ctx, t, trial->net, trial->graph, &options, &trial->lowered);
}

static void end(struct trial *trial)
{
    trt_destroy(t, trial->net);
    trt_lowered_free(&trial->lowered);
    ir_destroy(trial->graph);
}

/* Open dimensions go from 1 to what the rows' negative ones say; here 1 to 12 does for all. */
static tfp_status build_plan(const struct trial *trial, size_t *size)
{
    static const int32_t ada = 89;
    struct trt_build_options o = TRT_BUILD_DEFAULTS;
    struct trt_range ranges[8];
    struct trt_profile_ranges profile = { ranges, (size_t)trt_network_inputs(t, trial->net) };
    struct trt_memory *plan;
    for (size_t i = 0; i < profile.n; i++) {
        struct trt_tensor *x = trt_network_input(t, trial->net, (int32_t)i);
        struct trt_dims dims = trt_tensor_dims(t, x);
        ranges[i] = (struct trt_range){ .input = trt_tensor_name(t, x), .dims = { dims, dims, dims } };
        for (int32_t k = 0; k < dims.n; k++)
            if (dims.d[k] < 0) ranges[i].dims[0].d[k] = 4, ranges[i].dims[1].d[k] = 8, ranges[i].dims[2].d[k] = 12;
    }
    if (t->rtx) o.capabilities = &ada, o.n_capabilities = 1;
    o.profiles = &profile;
    o.n_profiles = 1;
    TFP_TRY(trt_build(&ctx, t, builder, trial->net, &o, &plan));
    *size = trt_memory_bytes(t, plan).n;
    trt_destroy(t, plan);
    return TFP_OK;
}

static void check_output(const struct trial *trial, int32_t i)
{
    char text[160];
    const struct ir_value *v = trial->graph->outputs[i].value;
    struct trt_tensor *y = trt_network_output(t, trial->net, i);
    struct trt_dims dims = trt_tensor_dims(t, y);
    bool fits = dims.n == v->rank;
    for (int32_t k = 0; fits && k < dims.n; k++)
        fits = !dim_fixed(v->dims[k]) || dims.d[k] == v->dims[k].n || (open && dims.d[k] < 0);
    if (!fits)
        fail_msg("%s, output %d: %s, not %s", trial->name, (int)i, trt_dims_text(&dims, text, sizeof text / 2),
                 ir_value_text(v, text + sizeof text / 2, sizeof text / 2));
    enum trt_type wanted = v->dtype == TFP_FLOAT16 ? TRT_HALF : v->dtype == TFP_BFLOAT16 ? TRT_BF16 : TRT_FLOAT;
    if (v->dtype == TFP_INT64) wanted = trt_has_type(t, TRT_INT64) ? TRT_INT64 : TRT_INT32;
    assert_int_equal(trt_tensor_type(t, y), wanted);
}

static bool has_kind(const struct trial *trial, enum trt_layer_kind kind)
{
    for (int32_t i = 0; i < trt_network_layers(t, trial->net); i++)
        if (trt_layer_kind(t, trt_network_layer(t, trial->net, i)) == kind) return true;
    return false;
}

static void try_row(const struct row *row)
{
    struct trial trial;
    size_t size = 0;
    begin(&trial, row->name);
    value y = row->make();
    if (b.status != TFP_OK || !y) fail_msg("%s: %s", row->name, ctx.text);
    ir_add_output(trial.graph, "y", y);
    for (size_t i = 0; i < 2 && more[i]; i++) ir_add_output(trial.graph, i ? "y2" : "y1", more[i]);
    if (lower(&trial) != TFP_OK) fail_msg("%s: %s", row->name, ctx.text);
    for (size_t i = 0; i < trial.graph->n_outputs; i++) check_output(&trial, (int32_t)i);
    enum trt_layer_kind kind = open && row->open_kind ? row->open_kind : row->kind;
    if (!has_kind(&trial, kind)) fail_msg("%s has no layer of kind %d", row->name, (int)kind);
    if (build_plan(&trial, &size) != TFP_OK) fail_msg("%s: %s", row->name, ctx.text);
    assert_true(size > 1000);
    end(&trial);
}

static void try_rows(tfp_dtype dtype, bool with_open)
{
    const char *only = getenv("TRT_LOWER_ROW"); /* while working on one */
    type = dtype;
    open = with_open;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (!only || strstr(rows[i].name, only)) try_row(&rows[i]);
}

static void float32_of_known_dimensions(void **state)
{
    (void)state;
    library_is_there();
    try_rows(TFP_FLOAT, false);
}

static void float32_of_open_dimensions(void **state)
{
    (void)state;
    library_is_there();
    try_rows(TFP_FLOAT, true);
}

static void float16_of_known_dimensions(void **state)
{
    (void)state;
    library_is_there();
    try_rows(TFP_FLOAT16, false);
}

static void float16_of_open_dimensions(void **state)
{
    (void)state;
    library_is_there();
    try_rows(TFP_FLOAT16, true);
}

/* -- refusals ------------------------------------------------------------------------------------------------------ */

static value conv_4d(void)
{
    return ir_emit(&b, IR_CONV, IN(input("x", DIMS(1, 2, 3, 3, 3, 3)), weights(DIMS(2, 2, 1, 1, 1, 1))), NO_ATTRS);
}
static value transpose_open_shape(void)
{
    return ir_emit(&b, IR_CONV_TRANSPOSE, IN(image(), weights(DIMS(4, 3, 3, 3))),
                   ATTRS(LIST(ATTR_STRIDES, 2, 2), LIST(ATTR_OUTPUT_SHAPE, 18, 20)));
}
static value lrn_open_channels(void)
{
    return ir_emit(&b, IR_LRN, IN(input("x", DIMS(-2, -4, 9, 10))), ATTRS(A_INT(ATTR_SIZE, 2)));
}

static void what_cannot_be_is_refused_by_name(void **state)
{
    static const struct {
        value (*make)(void);
        const char *says;
    } refusals[] = {
        { conv_4d, "Conv (such a number of spatial axes; node node)" },
        { transpose_open_shape, "ConvTranspose (output_shape of an open dimension; node node)" },
        { lrn_open_channels, "LRN (of an unknown number of channels; node node)" },
    };
    (void)state;
    library_is_there();
    type = TFP_FLOAT;
    open = true;
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct trial trial;
        begin(&trial, refusals[i].says);
        ir_add_output(trial.graph, "y", refusals[i].make());
        assert_int_equal(lower(&trial), TFP_E_UNSUPPORTED);
        if (!strstr(ctx.text, refusals[i].says)) fail_msg("%s, not %s", ctx.text, refusals[i].says);
        end(&trial);
    }
}

static void bfloat16_of_known_dimensions(void **state)
{
    (void)state;
    library_is_there();
    if (!trt_has_type(t, TRT_BF16)) skip();
    try_rows(TFP_BFLOAT16, false);
}

int main(void)
{
    open_library();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(float32_of_known_dimensions),
        cmocka_unit_test(float32_of_open_dimensions),
        cmocka_unit_test(float16_of_known_dimensions),
        cmocka_unit_test(float16_of_open_dimensions),
        cmocka_unit_test(bfloat16_of_known_dimensions),
        cmocka_unit_test(what_cannot_be_is_refused_by_name),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    close_library();
    return failed;
}
