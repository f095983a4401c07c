/* Operations on images with channels last, batch in front. Where a built-in layer computes the same, it does. */
#include "frontend/keras/layers/keras_operations.h"

#include <ctype.h>

static bool is_image(struct keras_call *c, const struct ir_value *x)
{
    if (x && x->rank == 4) return true;
    return x && (call_unsupported(c, "an input of rank %d, not 4", (int)x->rank), false);
}

static bool is_channels_last(struct keras_call *c, size_t place)
{
    const json_t *j = operation_argument(c, place, "data_format");
    const char *format = json_is_string(j) ? json_string_value(j) : "channels_last";
    bool last = strcmp(format, "channels_last") == 0 || strcmp(format, "NHWC") == 0;
    return last || (call_unsupported(c, "data_format %s", format), false);
}

/* The name of what a layer is told in lower case: "bilinear" for ResizeMethod.BILINEAR, whose value that is. */
static const char *lower_case(const json_t *j, const char *otherwise, char *room, size_t n)
{
    const char *text = json_is_string(j) ? json_string_value(j) : otherwise;
    size_t i = 0;
    for (; text[i] && i + 1 < n; i++) room[i] = (char)tolower((unsigned char)text[i]);
    room[i] = '\0';
    return room;
}

/* TensorFlow 1 has another function under the same name, which places pixels otherwise. */
static bool may_be_old(const struct keras_call *c)
{
    const char *version = c->source->keras_version;
    return c->function && (strncmp(version, "2.0.", 4) == 0 || strncmp(version, "2.1.", 4) == 0 ||
                           strncmp(version, "2.2.", 4) == 0 || c->source->generation == 1);
}

static void lower_resize(struct keras_call *c)
{
    char method[24];
    int64_t size[2], n = operation_integers(c, 1, "size", size, 2);
    const json_t *how = operation_argument(c, 2, "method|interpolation");
    struct ir_value *x = operation_first(c);
    bool antialias = operation_flag(c, c->function ? 4 : 3, "antialias");
    if (may_be_old(c)) call_unsupported(c, "%s: TensorFlow 1 and 2 resize differently, and the file may be of either",
                                        c->function);
    if (n != 2 || operation_flag(c, c->function ? 3 : SIZE_MAX, "preserve_aspect_ratio|crop_to_aspect_ratio") ||
        operation_flag(c, SIZE_MAX, "pad_to_aspect_ratio"))
        call_unsupported(c, "a size that is not two numbers, or proportions that are kept");
    if (!is_image(c, x) || !is_channels_last(c, SIZE_MAX) || c->b->status != TFP_OK) return;
    json_t *config = json_pack("{s:I,s:I,s:s,s:b}", "height", (json_int_t)size[0], "width", (json_int_t)size[1],
                               "interpolation", lower_case(how, "bilinear", method, sizeof method), "antialias", antialias);
    call_out(c, operation_as_layer(c, "Resizing", config, &(struct keras_tensor){ x, NULL }, 1));
}

static void lower_enlarge(struct keras_call *c)
{
    char method[24];
    int64_t height = operation_integer(c, 1, "height_factor", 1), width = operation_integer(c, 2, "width_factor", 1);
    const json_t *how = operation_argument(c, 4, "interpolation");
    struct ir_value *x = operation_first(c);
    if (!is_image(c, x) || !is_channels_last(c, 3) || c->b->status != TFP_OK) return;
    json_t *config = json_pack("{s:[I,I],s:s}", "size", (json_int_t)height, (json_int_t)width, "interpolation",
                               lower_case(how, "nearest", method, sizeof method));
    call_out(c, operation_as_layer(c, "UpSampling2D", config, &(struct keras_tensor){ x, NULL }, 1));
}

/* keras.backend's padding of one or two axes; the row tells the layer. */
static void lower_pad_space(struct keras_call *c)
{
    const json_t *pads = operation_argument(c, 1, "padding");
    struct ir_value *x = operation_first(c);
    if (!x || !is_channels_last(c, 2) || c->b->status != TFP_OK) return;
    json_t *config = json_object();
    if (config && pads && json_object_set(config, "padding", (json_t *)(uintptr_t)pads) != 0)
        build_fail(c->b, tfp_no_memory(c->b->ctx));
    call_out(c, operation_as_layer(c, operation_variant(c), config, &(struct keras_tensor){ x, NULL }, 1));
}

/* A window or a step of TensorFlow: a number, one for each axis of the image, or with batch and channels around them. */
static json_t *window(struct keras_call *c, size_t place, const char *names)
{
    int64_t at[4], n = operation_integers(c, place, names, at, 4);
    size_t first = n == 4 ? 1 : 0, second = n == 1 ? first : first + 1;
    if (n != 1 && n != 2 && n != 4) return NULL;
    return json_pack("[I,I]", (json_int_t)at[first], (json_int_t)at[second]);
}

static void lower_pool(struct keras_call *c)
{
    char padding[16];
    struct ir_value *x = operation_first(c);
    if (!is_image(c, x) || !is_channels_last(c, 4) || c->b->status != TFP_OK) return;
    json_t *size = window(c, 1, "ksize|pool_size"), *strides = window(c, 2, "strides");
    if (!size) {
        json_decref(strides);
        call_unsupported(c, "a window that is no number for each axis of the image");
        return;
    }
    json_t *config = json_pack("{s:o,s:o*,s:s}", "pool_size", size, "strides", strides, "padding",
                               lower_case(operation_argument(c, 3, "padding"), "valid", padding, sizeof padding));
    call_out(c, operation_as_layer(c, operation_variant(c), config, &(struct keras_tensor){ x, NULL }, 1));
}

static struct ir_value *between_channels_first(struct keras_call *c, enum ir_op op, struct ir_value *x,
                                               const struct ir_attr *attrs)
{
    x = ir_emit(c->b, op, IN(form_move_axis(c->b, x, 4, 3, 1)), attrs);
    return form_move_axis(c->b, x, 4, 1, 3);
}

static void lower_blocks(struct keras_call *c)
{
    struct ir_value *x = operation_first(c);
    enum ir_op op = operation_op(c);
    int64_t block = operation_integer(c, 1, "block_size", 0);
    if (!is_image(c, x) || !is_channels_last(c, 2) || c->b->status != TFP_OK) return;
    if (block < 1) {
        call_malformed(c, "block_size %lld", (long long)block);
        return;
    }
    const struct ir_attr *attrs = op == IR_DEPTH_TO_SPACE
                                      ? ATTRS(A_INT(ATTR_BLOCKSIZE, block), A_STRING(ATTR_MODE, "DCR"))
                                      : ATTRS(A_INT(ATTR_BLOCKSIZE, block));
    call_out(c, between_channels_first(c, op, x, attrs));
}

/* ONNX divides alpha by the number of channels in a window, TensorFlow does not. */
static void lower_response(struct keras_call *c)
{
    struct ir_value *x = operation_first(c);
    int64_t radius = operation_integer(c, 1, "depth_radius", 5), size = 2 * radius + 1;
    double bias = operation_number(c, 2, "bias", 1), alpha = operation_number(c, 3, "alpha", 1);
    double beta = operation_number(c, 4, "beta", 0.5);
    if (radius < 0 || radius > INT32_MAX) call_malformed(c, "depth_radius %lld", (long long)radius);
    if (!is_image(c, x) || c->b->status != TFP_OK) return;
    call_out(c, between_channels_first(c, IR_LRN, x,
                                       ATTRS(A_INT(ATTR_SIZE, size), A_FLOAT(ATTR_ALPHA, (float)(alpha * (double)size)),
                                             A_FLOAT(ATTR_BETA, (float)beta), A_FLOAT(ATTR_BIAS, (float)bias))));
}

static void lower_gray(struct keras_call *c)
{
    static const double weights[] = { 0.2989, 0.587, 0.114 };
    struct ir_value *x = operation_first(c);
    struct ir_value *w = ir_cast(c->b, ir_tensor(c->b, TFP_DOUBLE, 2, (const int64_t[]){ 3, 1 }, weights), form_dtype(x));
    if (!x) return;
    if (dtype_is_float(x->dtype) && is_channels_last(c, 1)) call_out(c, ir_matmul(c->b, x, w));
    else call_unsupported(c, "pixels that are no fractions");
}

static void lower_mirror(struct keras_call *c)
{
    call_out(c, form_reverse(c->b, operation_first(c), operation_variant(c), 1));
}

static const struct keras_operation rows[] = {
    OPERATION("ops.AveragePool", lower_pool, "AveragePooling2D", "nn.avg_pool2d", "nn.avg_pool"),
    OPERATION("depth_to_space", lower_blocks, IR(IR_DEPTH_TO_SPACE), "nn.depth_to_space", "depth_to_space",
              "compat.v1.depth_to_space"),
    OPERATION("flip_left_right", lower_mirror, &(const int64_t){ -2 }, "image.flip_left_right"),
    OPERATION("flip_up_down", lower_mirror, &(const int64_t){ -3 }, "image.flip_up_down"),
    OPERATION("local_response_normalization", lower_response, NULL, "nn.local_response_normalization", "nn.lrn"),
    OPERATION("ops.MaxPool", lower_pool, "MaxPooling2D", "nn.max_pool2d", "nn.max_pool"),
    OPERATION("ops.RGBToGrayscale", lower_gray, NULL, "image.rgb_to_grayscale"),
    OPERATION("ops.Resize", lower_resize, NULL, "image.resize"),
    OPERATION("K.resize_images", lower_enlarge, NULL, "K.resize_images"),
    OPERATION("K.spatial_2d_padding", lower_pad_space, "ZeroPadding2D", "K.spatial_2d_padding"),
    OPERATION("space_to_depth", lower_blocks, IR(IR_SPACE_TO_DEPTH), "nn.space_to_depth", "space_to_depth",
              "compat.v1.space_to_depth"),
    OPERATION("K.temporal_padding", lower_pad_space, "ZeroPadding1D", "K.temporal_padding"),
};

extern const struct keras_operations keras_operations_images;
KERAS_OPERATIONS(images);
