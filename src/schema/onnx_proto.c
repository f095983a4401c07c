/* The tables of ONNX's messages: one row a field, with the number that onnx.proto3 gives it. Lists of numbers that ONNX
 * declares without `packed` are written unpacked, as its own writers do. */
#include "schema/onnx_proto.h"

static const struct pb_word attribute_kinds[] = {
    { "UNDEFINED", 0 }, { "FLOAT", 1 }, { "INT", 2 }, { "STRING", 3 }, { "TENSOR", 4 }, { "GRAPH", 5 },
    { "FLOATS", 6 }, { "INTS", 7 }, { "STRINGS", 8 }, { "TENSORS", 9 }, { "GRAPHS", 10 }, { "SPARSE_TENSOR", 11 },
    { "SPARSE_TENSORS", 12 }, { "TYPE_PROTO", 13 }, { "TYPE_PROTOS", 14 },
};
static const struct pb_word data_locations[] = { { "DEFAULT", 0 }, { "EXTERNAL", 1 } };

static const struct pb_enum onnxpb_attribute_kind_words = PB_WORDS("AttributeType", attribute_kinds);
static const struct pb_enum onnxpb_data_location_words = PB_WORDS("DataLocation", data_locations);

/* Those that need no name outside; messages hold one another, so all are declared first. */
static const struct pb_message onnxpb_string_pair_type, onnxpb_dim_type, onnxpb_shape_type, onnxpb_type_tensor_type,
    onnxpb_type_element_type, onnxpb_type_map_type, onnxpb_type_opaque_type, onnxpb_sparse_tensor_type,
    onnxpb_tensor_annotation_type, onnxpb_opset_type;

static const struct pb_field onnxpb_string_pair_fields[] = {
    PB_FIELD(struct onnxpb_string_pair, 1, key, STRING, PB_ONE, .flags = PB_ALWAYS),
    PB_FIELD(struct onnxpb_string_pair, 2, value, STRING, PB_ONE, .flags = PB_ALWAYS),
};
static const struct pb_message onnxpb_string_pair_type =
    PB_MESSAGE_TYPE("StringStringEntryProto", struct onnxpb_string_pair, onnxpb_string_pair_fields);

static const struct pb_field onnxpb_dim_fields[] = {
    PB_FIELD(struct onnxpb_dim, 1, dim_value, INT64, PB_ONE, PB_ONEOF(struct onnxpb_dim, which)),
    PB_FIELD(struct onnxpb_dim, 2, dim_param, STRING, PB_ONE, PB_ONEOF(struct onnxpb_dim, which)),
    PB_FIELD(struct onnxpb_dim, 3, denotation, STRING, PB_ONE),
};
static const struct pb_message onnxpb_dim_type =
    PB_MESSAGE_TYPE("TensorShapeProto.Dimension", struct onnxpb_dim, onnxpb_dim_fields);

static const struct pb_field onnxpb_shape_fields[] = {
    PB_FIELD(struct onnxpb_shape, 1, dim, MESSAGE, PB_MANY, .message = &onnxpb_dim_type),
};
static const struct pb_message onnxpb_shape_type =
    PB_MESSAGE_TYPE("TensorShapeProto", struct onnxpb_shape, onnxpb_shape_fields);

static const struct pb_field onnxpb_type_tensor_fields[] = {
    PB_FIELD(struct onnxpb_type_tensor, 1, elem_type, INT32, PB_ONE),
    PB_FIELD(struct onnxpb_type_tensor, 2, shape, MESSAGE, PB_ONE, .message = &onnxpb_shape_type),
};
static const struct pb_message onnxpb_type_tensor_type =
    PB_MESSAGE_TYPE("TypeProto.Tensor", struct onnxpb_type_tensor, onnxpb_type_tensor_fields);

static const struct pb_field onnxpb_type_element_fields[] = {
    PB_FIELD(struct onnxpb_type_element, 1, elem_type, MESSAGE, PB_ONE, .message = &onnxpb_type_type),
};
static const struct pb_message onnxpb_type_element_type =
    PB_MESSAGE_TYPE("TypeProto.Sequence", struct onnxpb_type_element, onnxpb_type_element_fields);

static const struct pb_field onnxpb_type_map_fields[] = {
    PB_FIELD(struct onnxpb_type_map, 1, key_type, INT32, PB_ONE),
    PB_FIELD(struct onnxpb_type_map, 2, value_type, MESSAGE, PB_ONE, .message = &onnxpb_type_type),
};
static const struct pb_message onnxpb_type_map_type =
    PB_MESSAGE_TYPE("TypeProto.Map", struct onnxpb_type_map, onnxpb_type_map_fields);

static const struct pb_field onnxpb_type_opaque_fields[] = {
    PB_FIELD(struct onnxpb_type_opaque, 1, domain, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_type_opaque, 2, name, STRING, PB_ONE),
};
static const struct pb_message onnxpb_type_opaque_type =
    PB_MESSAGE_TYPE("TypeProto.Opaque", struct onnxpb_type_opaque, onnxpb_type_opaque_fields);

static const struct pb_field onnxpb_type_fields[] = {
    PB_FIELD(struct onnxpb_type, 1, tensor_type, MESSAGE, PB_ONE,
             .message = &onnxpb_type_tensor_type, PB_ONEOF(struct onnxpb_type, which)),
    PB_FIELD(struct onnxpb_type, 4, sequence_type, MESSAGE, PB_ONE,
             .message = &onnxpb_type_element_type, PB_ONEOF(struct onnxpb_type, which)),
    PB_FIELD(struct onnxpb_type, 5, map_type, MESSAGE, PB_ONE,
             .message = &onnxpb_type_map_type, PB_ONEOF(struct onnxpb_type, which)),
    PB_FIELD(struct onnxpb_type, 6, denotation, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_type, 7, opaque_type, MESSAGE, PB_ONE,
             .message = &onnxpb_type_opaque_type, PB_ONEOF(struct onnxpb_type, which)),
    PB_FIELD(struct onnxpb_type, 8, sparse_tensor_type, MESSAGE, PB_ONE,
             .message = &onnxpb_type_tensor_type, PB_ONEOF(struct onnxpb_type, which)),
    PB_FIELD(struct onnxpb_type, 9, optional_type, MESSAGE, PB_ONE,
             .message = &onnxpb_type_element_type, PB_ONEOF(struct onnxpb_type, which)),
};
const struct pb_message onnxpb_type_type =
    PB_MESSAGE_TYPE("TypeProto", struct onnxpb_type, onnxpb_type_fields);

static const struct pb_field onnxpb_value_info_fields[] = {
    PB_FIELD(struct onnxpb_value_info, 1, name, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_value_info, 2, type, MESSAGE, PB_ONE, .message = &onnxpb_type_type),
    PB_FIELD(struct onnxpb_value_info, 3, doc_string, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_value_info, 4, metadata_props, MESSAGE, PB_MANY, .message = &onnxpb_string_pair_type),
};
const struct pb_message onnxpb_value_info_type =
    PB_MESSAGE_TYPE("ValueInfoProto", struct onnxpb_value_info, onnxpb_value_info_fields);

static const struct pb_field onnxpb_tensor_fields[] = {
    PB_FIELD(struct onnxpb_tensor, 1, dims, INT64, PB_MANY),
    PB_FIELD(struct onnxpb_tensor, 2, data_type, INT32, PB_ONE, .flags = PB_ALWAYS),
    PB_IGNORE(3, "segment"),
    PB_FIELD(struct onnxpb_tensor, 4, float_data, FLOAT, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct onnxpb_tensor, 5, int32_data, INT32, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct onnxpb_tensor, 6, string_data, BYTES, PB_MANY),
    PB_FIELD(struct onnxpb_tensor, 7, int64_data, INT64, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct onnxpb_tensor, 8, name, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_tensor, 9, raw_data, BYTES, PB_ONE),
    PB_FIELD(struct onnxpb_tensor, 10, double_data, DOUBLE, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct onnxpb_tensor, 11, uint64_data, UINT64, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct onnxpb_tensor, 12, doc_string, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_tensor, 13, external_data, MESSAGE, PB_MANY, .message = &onnxpb_string_pair_type),
    PB_FIELD(struct onnxpb_tensor, 14, data_location, ENUM, PB_ONE, .words = &onnxpb_data_location_words),
    PB_FIELD(struct onnxpb_tensor, 16, metadata_props, MESSAGE, PB_MANY, .message = &onnxpb_string_pair_type),
};
const struct pb_message onnxpb_tensor_type =
    PB_MESSAGE_TYPE("TensorProto", struct onnxpb_tensor, onnxpb_tensor_fields);

static const struct pb_field onnxpb_sparse_tensor_fields[] = {
    PB_FIELD(struct onnxpb_sparse_tensor, 1, values, MESSAGE, PB_ONE, .message = &onnxpb_tensor_type),
    PB_FIELD(struct onnxpb_sparse_tensor, 2, indices, MESSAGE, PB_ONE, .message = &onnxpb_tensor_type),
    PB_FIELD(struct onnxpb_sparse_tensor, 3, dims, INT64, PB_MANY),
};
static const struct pb_message onnxpb_sparse_tensor_type =
    PB_MESSAGE_TYPE("SparseTensorProto", struct onnxpb_sparse_tensor, onnxpb_sparse_tensor_fields);

static const struct pb_field onnxpb_attribute_fields[] = {
    PB_FIELD(struct onnxpb_attribute, 1, name, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_attribute, 2, f, FLOAT, PB_ONE, PB_ONEOF(struct onnxpb_attribute, which)),
    PB_FIELD(struct onnxpb_attribute, 3, i, INT64, PB_ONE, PB_ONEOF(struct onnxpb_attribute, which)),
    PB_FIELD(struct onnxpb_attribute, 4, s, BYTES, PB_ONE, PB_ONEOF(struct onnxpb_attribute, which)),
    PB_FIELD(struct onnxpb_attribute, 5, t, MESSAGE, PB_ONE,
             .message = &onnxpb_tensor_type, PB_ONEOF(struct onnxpb_attribute, which)),
    PB_FIELD(struct onnxpb_attribute, 6, g, MESSAGE, PB_ONE,
             .message = &onnxpb_graph_type, PB_ONEOF(struct onnxpb_attribute, which)),
    PB_FIELD(struct onnxpb_attribute, 7, floats, FLOAT, PB_MANY),
    PB_FIELD(struct onnxpb_attribute, 8, ints, INT64, PB_MANY),
    PB_FIELD(struct onnxpb_attribute, 9, strings, BYTES, PB_MANY),
    PB_FIELD(struct onnxpb_attribute, 10, tensors, MESSAGE, PB_MANY, .message = &onnxpb_tensor_type),
    PB_FIELD(struct onnxpb_attribute, 11, graphs, MESSAGE, PB_MANY, .message = &onnxpb_graph_type),
    PB_FIELD(struct onnxpb_attribute, 13, doc_string, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_attribute, 14, tp, MESSAGE, PB_ONE,
             .message = &onnxpb_type_type, PB_ONEOF(struct onnxpb_attribute, which)),
    PB_FIELD(struct onnxpb_attribute, 15, type_protos, MESSAGE, PB_MANY, .message = &onnxpb_type_type),
    PB_FIELD(struct onnxpb_attribute, 20, type, ENUM, PB_ONE, .words = &onnxpb_attribute_kind_words),
    PB_FIELD(struct onnxpb_attribute, 21, ref_attr_name, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_attribute, 22, sparse_tensor, MESSAGE, PB_ONE,
             .message = &onnxpb_sparse_tensor_type, PB_ONEOF(struct onnxpb_attribute, which)),
    PB_FIELD(struct onnxpb_attribute, 23, sparse_tensors, MESSAGE, PB_MANY, .message = &onnxpb_sparse_tensor_type),
};
const struct pb_message onnxpb_attribute_type =
    PB_MESSAGE_TYPE("AttributeProto", struct onnxpb_attribute, onnxpb_attribute_fields);

static const struct pb_field onnxpb_node_fields[] = {
    PB_FIELD(struct onnxpb_node, 1, input, STRING, PB_MANY),
    PB_FIELD(struct onnxpb_node, 2, output, STRING, PB_MANY),
    PB_FIELD(struct onnxpb_node, 3, name, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_node, 4, op_type, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_node, 5, attribute, MESSAGE, PB_MANY, .message = &onnxpb_attribute_type),
    PB_FIELD(struct onnxpb_node, 6, doc_string, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_node, 7, domain, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_node, 8, overload, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_node, 9, metadata_props, MESSAGE, PB_MANY, .message = &onnxpb_string_pair_type),
    PB_IGNORE(10, "device_configurations"),
};
const struct pb_message onnxpb_node_type =
    PB_MESSAGE_TYPE("NodeProto", struct onnxpb_node, onnxpb_node_fields);

static const struct pb_field onnxpb_tensor_annotation_fields[] = {
    PB_FIELD(struct onnxpb_tensor_annotation, 1, tensor_name, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_tensor_annotation, 2, quant_parameter_tensor_names, MESSAGE, PB_MANY,
             .message = &onnxpb_string_pair_type),
};
static const struct pb_message onnxpb_tensor_annotation_type =
    PB_MESSAGE_TYPE("TensorAnnotation", struct onnxpb_tensor_annotation, onnxpb_tensor_annotation_fields);

static const struct pb_field onnxpb_graph_fields[] = {
    PB_FIELD(struct onnxpb_graph, 1, node, MESSAGE, PB_MANY, .message = &onnxpb_node_type),
    PB_FIELD(struct onnxpb_graph, 2, name, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_graph, 5, initializer, MESSAGE, PB_MANY, .message = &onnxpb_tensor_type),
    PB_FIELD(struct onnxpb_graph, 10, doc_string, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_graph, 11, input, MESSAGE, PB_MANY, .message = &onnxpb_value_info_type),
    PB_FIELD(struct onnxpb_graph, 12, output, MESSAGE, PB_MANY, .message = &onnxpb_value_info_type),
    PB_FIELD(struct onnxpb_graph, 13, value_info, MESSAGE, PB_MANY, .message = &onnxpb_value_info_type),
    PB_FIELD(struct onnxpb_graph, 14, quantization_annotation, MESSAGE, PB_MANY,
             .message = &onnxpb_tensor_annotation_type),
    PB_FIELD(struct onnxpb_graph, 15, sparse_initializer, MESSAGE, PB_MANY, .message = &onnxpb_sparse_tensor_type),
    PB_FIELD(struct onnxpb_graph, 16, metadata_props, MESSAGE, PB_MANY, .message = &onnxpb_string_pair_type),
};
const struct pb_message onnxpb_graph_type =
    PB_MESSAGE_TYPE("GraphProto", struct onnxpb_graph, onnxpb_graph_fields);

static const struct pb_field onnxpb_opset_fields[] = {
    PB_FIELD(struct onnxpb_opset, 1, domain, STRING, PB_ONE, .flags = PB_ALWAYS),
    PB_FIELD(struct onnxpb_opset, 2, version, INT64, PB_ONE, .flags = PB_ALWAYS),
};
static const struct pb_message onnxpb_opset_type =
    PB_MESSAGE_TYPE("OperatorSetIdProto", struct onnxpb_opset, onnxpb_opset_fields);

static const struct pb_field onnxpb_function_fields[] = {
    PB_FIELD(struct onnxpb_function, 1, name, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_function, 4, input, STRING, PB_MANY),
    PB_FIELD(struct onnxpb_function, 5, output, STRING, PB_MANY),
    PB_FIELD(struct onnxpb_function, 6, attribute, STRING, PB_MANY),
    PB_FIELD(struct onnxpb_function, 7, node, MESSAGE, PB_MANY, .message = &onnxpb_node_type),
    PB_FIELD(struct onnxpb_function, 8, doc_string, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_function, 9, opset_import, MESSAGE, PB_MANY, .message = &onnxpb_opset_type),
    PB_FIELD(struct onnxpb_function, 10, domain, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_function, 11, attribute_proto, MESSAGE, PB_MANY, .message = &onnxpb_attribute_type),
    PB_FIELD(struct onnxpb_function, 12, value_info, MESSAGE, PB_MANY, .message = &onnxpb_value_info_type),
    PB_FIELD(struct onnxpb_function, 13, overload, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_function, 14, metadata_props, MESSAGE, PB_MANY, .message = &onnxpb_string_pair_type),
};
const struct pb_message onnxpb_function_type =
    PB_MESSAGE_TYPE("FunctionProto", struct onnxpb_function, onnxpb_function_fields);

static const struct pb_field onnxpb_model_fields[] = {
    PB_FIELD(struct onnxpb_model, 1, ir_version, INT64, PB_ONE),
    PB_FIELD(struct onnxpb_model, 2, producer_name, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_model, 3, producer_version, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_model, 4, domain, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_model, 5, model_version, INT64, PB_ONE),
    PB_FIELD(struct onnxpb_model, 6, doc_string, STRING, PB_ONE),
    PB_FIELD(struct onnxpb_model, 7, graph, MESSAGE, PB_ONE, .message = &onnxpb_graph_type),
    PB_FIELD(struct onnxpb_model, 8, opset_import, MESSAGE, PB_MANY, .message = &onnxpb_opset_type),
    PB_FIELD(struct onnxpb_model, 14, metadata_props, MESSAGE, PB_MANY, .message = &onnxpb_string_pair_type),
    PB_IGNORE(20, "training_info"),
    PB_FIELD(struct onnxpb_model, 25, functions, MESSAGE, PB_MANY, .message = &onnxpb_function_type),
    PB_IGNORE(26, "configuration"),
};
const struct pb_message onnxpb_model_type =
    PB_MESSAGE_TYPE("ModelProto", struct onnxpb_model, onnxpb_model_fields);
