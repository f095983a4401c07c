/* Which dimensions of operands XLA's ops mean: messages of xla/xla_data.proto, kept serialized in attributes. */
#ifndef TFP_SCHEMA_XLA_PROTO_H
#define TFP_SCHEMA_XLA_PROTO_H

#include "codec/protobuf.h"

struct xlapb_dot_dimensions {
    struct pb_int64s lhs_contracting_dimensions, rhs_contracting_dimensions;
    struct pb_int64s lhs_batch_dimensions, rhs_batch_dimensions;
};
extern const struct pb_message xlapb_dot_dimensions_type;

struct xlapb_convolution_dimensions {
    int64_t input_batch_dimension, input_feature_dimension;
    int64_t kernel_input_feature_dimension, kernel_output_feature_dimension;
    int64_t output_batch_dimension, output_feature_dimension;
    struct pb_int64s input_spatial_dimensions, kernel_spatial_dimensions, output_spatial_dimensions;
};
extern const struct pb_message xlapb_convolution_dimensions_type;

#endif
