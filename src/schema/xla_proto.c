/* The tables of XLA's messages: one row a field, with the number that xla/xla_data.proto gives it. */
#include "schema/xla_proto.h"

static const struct pb_field dot_fields[] = {
    PB_FIELD(struct xlapb_dot_dimensions, 1, lhs_contracting_dimensions, INT64, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct xlapb_dot_dimensions, 2, rhs_contracting_dimensions, INT64, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct xlapb_dot_dimensions, 3, lhs_batch_dimensions, INT64, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct xlapb_dot_dimensions, 4, rhs_batch_dimensions, INT64, PB_MANY, .flags = PB_PACKED),
};
const struct pb_message xlapb_dot_dimensions_type =
    PB_MESSAGE_TYPE("DotDimensionNumbers", struct xlapb_dot_dimensions, dot_fields);

static const struct pb_field convolution_fields[] = {
    PB_FIELD(struct xlapb_convolution_dimensions, 3, kernel_input_feature_dimension, INT64, PB_ONE),
    PB_FIELD(struct xlapb_convolution_dimensions, 4, kernel_output_feature_dimension, INT64, PB_ONE),
    PB_FIELD(struct xlapb_convolution_dimensions, 6, kernel_spatial_dimensions, INT64, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct xlapb_convolution_dimensions, 7, input_batch_dimension, INT64, PB_ONE),
    PB_FIELD(struct xlapb_convolution_dimensions, 8, input_feature_dimension, INT64, PB_ONE),
    PB_FIELD(struct xlapb_convolution_dimensions, 9, output_batch_dimension, INT64, PB_ONE),
    PB_FIELD(struct xlapb_convolution_dimensions, 10, output_feature_dimension, INT64, PB_ONE),
    PB_FIELD(struct xlapb_convolution_dimensions, 11, input_spatial_dimensions, INT64, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct xlapb_convolution_dimensions, 12, output_spatial_dimensions, INT64, PB_MANY, .flags = PB_PACKED),
};
const struct pb_message xlapb_convolution_dimensions_type =
    PB_MESSAGE_TYPE("ConvolutionDimensionNumbers", struct xlapb_convolution_dimensions, convolution_fields);
