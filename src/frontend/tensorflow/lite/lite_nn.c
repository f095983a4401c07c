/* Convolutions, pools and matrix products. Filters stand as [out, height, width, in]. */
#include "frontend/tensorflow/lite/lite.h"

static struct tfpb_attr padding(const struct lite_operator *o)
{
    return LITE_TEXT("padding", tflite_int(&o->options, "padding") ? "VALID" : "SAME");
}

/* [1, h, w, 1]. */
static struct tfpb_attr spatial(const struct lite_operator *o, const char *name, const char *h, const char *w)
{
    const int64_t v[4] = { 1, tflite_int(&o->options, h), tflite_int(&o->options, w), 1 };
    return lite_ints(o->body->model, name, v, 4);
}

static struct tfpb_attr volumetric(const struct lite_operator *o, const char *name, const char *d, const char *h, const char *w)
{
    const int64_t v[5] = { 1, tflite_int(&o->options, d), tflite_int(&o->options, h), tflite_int(&o->options, w), 1 };
    return lite_ints(o->body->model, name, v, 5);
}

static tfp_status add_bias(struct lite_operator *o, struct lite_ref y, size_t i)
{
    struct lite_body *b = o->body;
    if (lite_has(o, i)) y = LITE_CALL("BiasAdd", y, lite_in_bias(o, i));
    return lite_out_activated(o, y);
}

static const struct lite_tensor *filter_of_rank(const struct lite_operator *o, int32_t rank)
{
    const struct lite_tensor *t = lite_in_tensor(o, 1);
    if (t && t->rank == rank) return t;
    lite_fail(o->body->model, TFP_E_FORMAT, "%s (%s): the filter has not rank %d", o->name, o->op, (int)rank);
    return NULL;
}

#define STRIDES spatial(o, "strides", "stride_h", "stride_w")
#define DILATIONS spatial(o, "dilations", "dilation_h_factor", "dilation_w_factor")

tfp_status lite_conv_2d(struct lite_operator *o)
{
    static const int64_t to_tensorflow[] = { 1, 2, 3, 0 };
    if (!filter_of_rank(o, 4)) return o->body->model->status;
    const struct lite_ref x = lite_in(o, 0), w = lite_in_transposed(o, 1, to_tensorflow);
    return add_bias(o, lite_call(o->body, o->name, "Conv2D", LITE_IN(x, w), LITE_ATTRS(STRIDES, DILATIONS, padding(o))), 2);
}

/* The filter is [1, height, width, in * multiplier]. */
tfp_status lite_depthwise_conv_2d(struct lite_operator *o)
{
    struct lite_body *b = o->body;
    const struct lite_tensor *t = filter_of_rank(o, 4), *x_tensor = lite_in_tensor(o, 0);
    if (!t || !x_tensor) return o->body->model->status;
    const int64_t channels = x_tensor->rank == 4 && x_tensor->dims[3] > 0 ? x_tensor->dims[3] : 0;
    const int64_t multiplier = channels ? t->dims[3] / channels : tflite_int(&o->options, "depth_multiplier");
    if (multiplier < 1 || t->dims[3] % multiplier)
        return lite_fail(b->model, TFP_E_FORMAT, "%s (%s): the filter does not fit the input", o->name, o->op);
    const int64_t shape[4] = { t->dims[1], t->dims[2], t->dims[3] / multiplier, multiplier };
    const struct lite_ref x = lite_in(o, 0), w = LITE_CALL("Reshape", lite_in(o, 1), lite_int32s(b, o->name, shape, 4));
    return add_bias(o, lite_call(b, o->name, "DepthwiseConv2dNative", LITE_IN(x, w), LITE_ATTRS(STRIDES, DILATIONS, padding(o))), 2);
}

/* Inputs: the result's shape, the filter, what is convolved, the bias. */
tfp_status lite_transpose_conv(struct lite_operator *o)
{
    static const int64_t to_tensorflow[] = { 1, 2, 0, 3 };
    if (!filter_of_rank(o, 4)) return o->body->model->status;
    const struct lite_ref in[] = { lite_in_stored(o, 0), lite_in_transposed(o, 1, to_tensorflow), lite_in(o, 2) };
    return add_bias(o, lite_call(o->body, o->name, "Conv2DBackpropInput", in, 3, LITE_ATTRS(STRIDES, padding(o))), 3);
}

#define STRIDES_3D volumetric(o, "strides", "stride_d", "stride_h", "stride_w")
#define DILATIONS_3D volumetric(o, "dilations", "dilation_d_factor", "dilation_h_factor", "dilation_w_factor")

/* The filters of volumes stand as TensorFlow's. */
tfp_status lite_conv_3d(struct lite_operator *o)
{
    const struct lite_ref in[] = { lite_in(o, 0), lite_in(o, 1) };
    return add_bias(o, lite_call(o->body, o->name, "Conv3D", in, 2, LITE_ATTRS(STRIDES_3D, DILATIONS_3D, padding(o))), 2);
}

tfp_status lite_conv_3d_transpose(struct lite_operator *o)
{
    const struct lite_ref in[] = { lite_in_stored(o, 0), lite_in(o, 1), lite_in(o, 2) };
    return add_bias(o, lite_call(o->body, o->name, "Conv3DBackpropInputV2", in, 3, LITE_ATTRS(STRIDES_3D, DILATIONS_3D, padding(o))), 3);
}

/* The filter is [units, depth]; what is multiplied becomes a matrix, whose result gets the other axes back if the options say so. */
tfp_status lite_fully_connected(struct lite_operator *o)
{
    struct lite_body *b = o->body;
    static const int64_t exchanged[] = { 1, 0 };
    const struct lite_tensor *w = lite_in_tensor(o, 1), *x_tensor = lite_in_tensor(o, 0);
    if (!w || !x_tensor) return lite_fail(b->model, TFP_E_FORMAT, "%s (%s): an input is missing", o->name, o->op);
    if (tflite_int(&o->options, "weights_format")) return lite_refuse(o);
    struct lite_ref x = lite_in(o, 0), y;
    const bool keeps = x_tensor->rank > 2 && tflite_int(&o->options, "keep_num_dims");
    if (x_tensor->rank != 2 && !keeps) {
        if (!filter_of_rank(o, 2)) return b->model->status;
        const int64_t matrix[2] = { -1, w->dims[1] };
        x = LITE_CALL("Reshape", x, lite_int32s(b, o->name, matrix, 2));
    }
    if (w->data.at && w->rank == 2) y = LITE_CALL(keeps ? "BatchMatMulV2" : "MatMul", x, lite_in_transposed(o, 1, exchanged));
    else y = lite_call(b, o->name, keeps ? "BatchMatMulV2" : "MatMul", LITE_IN(x, lite_in(o, 1)),
                       LITE_ATTRS(LITE_BOOL(keeps ? "adj_y" : "transpose_b", true)));
    return add_bias(o, y, 2);
}

/* -- pools --------------------------------------------------------------------------------------------------------- */

static struct lite_ref pool(struct lite_operator *o, const char *op, struct lite_ref x)
{
    return lite_call(o->body, o->name, op, LITE_IN(x), LITE_ATTRS(spatial(o, "ksize", "filter_height", "filter_width"), STRIDES, padding(o)));
}

tfp_status lite_average_pool(struct lite_operator *o)
{
    return lite_out_activated(o, pool(o, "AvgPool", lite_in(o, 0)));
}

tfp_status lite_max_pool(struct lite_operator *o)
{
    return lite_out_activated(o, pool(o, "MaxPool", lite_in(o, 0)));
}

tfp_status lite_l2_pool(struct lite_operator *o)
{
    struct lite_body *b = o->body;
    return lite_out_activated(o, LITE_CALL("Sqrt", pool(o, "AvgPool", LITE_CALL("Square", lite_in(o, 0)))));
}
