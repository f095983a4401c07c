/* The tables of TensorFlow's messages: one row a field, with the number that the public .proto files give it. The key
 * and the value of a map's entry are always written, as protobuf does. */
#include "schema/tensorflow_proto.h"

#include <stdio.h>

#define WORD(name, number) { "DT_" #name, (number) },
#define WORD_REF(name, number) { "DT_" #name "_REF", (number) + TFPB_DT_REF },
static const struct pb_word data_types[] = { { "DT_INVALID", 0 }, TFPB_DATA_TYPES(WORD) TFPB_DATA_TYPES(WORD_REF) };
static const struct pb_word saver_versions[] = { { "LEGACY", 0 }, { "V1", 1 }, { "V2", 2 } };
static const struct pb_word variable_syncs[] = {
    { "VARIABLE_SYNCHRONIZATION_AUTO", 0 },
    { "VARIABLE_SYNCHRONIZATION_NONE", 1 },
    { "VARIABLE_SYNCHRONIZATION_ON_WRITE", 2 },
    { "VARIABLE_SYNCHRONIZATION_ON_READ", 3 },
};
static const struct pb_word variable_aggregations[] = {
    { "VARIABLE_AGGREGATION_NONE", 0 },
    { "VARIABLE_AGGREGATION_SUM", 1 },
    { "VARIABLE_AGGREGATION_MEAN", 2 },
    { "VARIABLE_AGGREGATION_ONLY_FIRST_REPLICA", 3 },
};

const struct pb_enum tfpb_data_type_words = PB_WORDS("DataType", data_types);
static const struct pb_enum tfpb_saver_version_words = PB_WORDS("CheckpointFormatVersion", saver_versions);
static const struct pb_enum tfpb_variable_sync_words = PB_WORDS("VariableSynchronization", variable_syncs);
static const struct pb_enum tfpb_variable_aggregation_words = PB_WORDS("VariableAggregation", variable_aggregations);

/* Those that need no name outside; messages hold one another, so all are declared first. */
static const struct pb_message tfpb_dim_type, tfpb_attr_list_type, tfpb_attr_type, tfpb_name_attr_list_type,
    tfpb_arg_type, tfpb_op_attr_type, tfpb_string_pair_type, tfpb_arg_attr_value_type,
    tfpb_arg_attr_type, tfpb_resource_arg_type, tfpb_op_def_list_type, tfpb_meta_info_type, tfpb_node_list_type,
    tfpb_bytes_list_type, tfpb_int64_list_type, tfpb_float_list_type, tfpb_collection_type, tfpb_collection_entry_type,
    tfpb_coo_sparse_type, tfpb_composite_type, tfpb_tensor_info_entry_type, tfpb_tensor_entry_type,
    tfpb_signature_entry_type, tfpb_any_type, tfpb_any_list_type;

static const struct pb_field tfpb_dim_fields[] = {
    PB_FIELD(struct tfpb_dim, 1, size, INT64, PB_ONE),
    PB_FIELD(struct tfpb_dim, 2, name, STRING, PB_ONE),
};
static const struct pb_message tfpb_dim_type =
    PB_MESSAGE_TYPE("TensorShapeProto.Dim", struct tfpb_dim, tfpb_dim_fields);

static const struct pb_field tfpb_shape_fields[] = {
    PB_FIELD(struct tfpb_shape, 2, dim, MESSAGE, PB_MANY, .message = &tfpb_dim_type),
    PB_FIELD(struct tfpb_shape, 3, unknown_rank, BOOL, PB_ONE),
};
const struct pb_message tfpb_shape_type =
    PB_MESSAGE_TYPE("TensorShapeProto", struct tfpb_shape, tfpb_shape_fields);

static const struct pb_field tfpb_tensor_fields[] = {
    PB_FIELD(struct tfpb_tensor, 1, dtype, ENUM, PB_ONE, .words = &tfpb_data_type_words),
    PB_FIELD(struct tfpb_tensor, 2, tensor_shape, MESSAGE, PB_ONE, .message = &tfpb_shape_type),
    PB_FIELD(struct tfpb_tensor, 3, version_number, INT32, PB_ONE),
    PB_FIELD(struct tfpb_tensor, 4, tensor_content, BYTES, PB_ONE),
    PB_FIELD(struct tfpb_tensor, 5, float_val, FLOAT, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct tfpb_tensor, 6, double_val, DOUBLE, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct tfpb_tensor, 7, int_val, INT32, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct tfpb_tensor, 8, string_val, BYTES, PB_MANY),
    PB_FIELD(struct tfpb_tensor, 9, scomplex_val, FLOAT, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct tfpb_tensor, 10, int64_val, INT64, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct tfpb_tensor, 11, bool_val, BOOL, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct tfpb_tensor, 12, dcomplex_val, DOUBLE, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct tfpb_tensor, 13, half_val, INT32, PB_MANY, .flags = PB_PACKED),
    PB_IGNORE(14, "resource_handle_val"),
    PB_IGNORE(15, "variant_val"),
    PB_FIELD(struct tfpb_tensor, 16, uint32_val, UINT32, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct tfpb_tensor, 17, uint64_val, UINT64, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct tfpb_tensor, 18, float8_val, BYTES, PB_ONE),
};
const struct pb_message tfpb_tensor_type =
    PB_MESSAGE_TYPE("TensorProto", struct tfpb_tensor, tfpb_tensor_fields);

static const struct pb_field tfpb_attr_list_fields[] = {
    PB_FIELD(struct tfpb_attr_list, 2, s, BYTES, PB_MANY),
    PB_FIELD(struct tfpb_attr_list, 3, i, INT64, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct tfpb_attr_list, 4, f, FLOAT, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct tfpb_attr_list, 5, b, BOOL, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct tfpb_attr_list, 6, type, ENUM, PB_MANY, .words = &tfpb_data_type_words, .flags = PB_PACKED),
    PB_FIELD(struct tfpb_attr_list, 7, shape, MESSAGE, PB_MANY, .message = &tfpb_shape_type),
    PB_FIELD(struct tfpb_attr_list, 8, tensor, MESSAGE, PB_MANY, .message = &tfpb_tensor_type),
    PB_FIELD(struct tfpb_attr_list, 9, func, MESSAGE, PB_MANY, .message = &tfpb_name_attr_list_type),
};
static const struct pb_message tfpb_attr_list_type =
    PB_MESSAGE_TYPE("AttrValue.ListValue", struct tfpb_attr_list, tfpb_attr_list_fields);

static const struct pb_field tfpb_attr_value_fields[] = {
    PB_FIELD(struct tfpb_attr_value, 1, list, MESSAGE, PB_ONE,
             .message = &tfpb_attr_list_type, PB_ONEOF(struct tfpb_attr_value, which)),
    PB_FIELD(struct tfpb_attr_value, 2, s, BYTES, PB_ONE, PB_ONEOF(struct tfpb_attr_value, which)),
    PB_FIELD(struct tfpb_attr_value, 3, i, INT64, PB_ONE, PB_ONEOF(struct tfpb_attr_value, which)),
    PB_FIELD(struct tfpb_attr_value, 4, f, FLOAT, PB_ONE, PB_ONEOF(struct tfpb_attr_value, which)),
    PB_FIELD(struct tfpb_attr_value, 5, b, BOOL, PB_ONE, PB_ONEOF(struct tfpb_attr_value, which)),
    PB_FIELD(struct tfpb_attr_value, 6, type, ENUM, PB_ONE,
             .words = &tfpb_data_type_words, PB_ONEOF(struct tfpb_attr_value, which)),
    PB_FIELD(struct tfpb_attr_value, 7, shape, MESSAGE, PB_ONE,
             .message = &tfpb_shape_type, PB_ONEOF(struct tfpb_attr_value, which)),
    PB_FIELD(struct tfpb_attr_value, 8, tensor, MESSAGE, PB_ONE,
             .message = &tfpb_tensor_type, PB_ONEOF(struct tfpb_attr_value, which)),
    PB_FIELD(struct tfpb_attr_value, 9, placeholder, STRING, PB_ONE, PB_ONEOF(struct tfpb_attr_value, which)),
    PB_FIELD(struct tfpb_attr_value, 10, func, MESSAGE, PB_ONE,
             .message = &tfpb_name_attr_list_type, PB_ONEOF(struct tfpb_attr_value, which)),
};
const struct pb_message tfpb_attr_value_type =
    PB_MESSAGE_TYPE("AttrValue", struct tfpb_attr_value, tfpb_attr_value_fields);

static const struct pb_field tfpb_attr_fields[] = {
    PB_FIELD(struct tfpb_attr, 1, key, STRING, PB_ONE, .flags = PB_ALWAYS),
    PB_FIELD(struct tfpb_attr, 2, value, MESSAGE, PB_INLINE, .message = &tfpb_attr_value_type),
};
static const struct pb_message tfpb_attr_type =
    PB_MESSAGE_TYPE("AttrEntry", struct tfpb_attr, tfpb_attr_fields);

static const struct pb_field tfpb_name_attr_list_fields[] = {
    PB_FIELD(struct tfpb_name_attr_list, 1, name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_name_attr_list, 2, attr, MESSAGE, PB_MANY, .message = &tfpb_attr_type),
};
static const struct pb_message tfpb_name_attr_list_type =
    PB_MESSAGE_TYPE("NameAttrList", struct tfpb_name_attr_list, tfpb_name_attr_list_fields);

static const struct pb_field tfpb_node_fields[] = {
    PB_FIELD(struct tfpb_node, 1, name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_node, 2, op, STRING, PB_ONE),
    PB_FIELD(struct tfpb_node, 3, input, STRING, PB_MANY),
    PB_FIELD(struct tfpb_node, 4, device, STRING, PB_ONE),
    PB_FIELD(struct tfpb_node, 5, attr, MESSAGE, PB_MANY, .message = &tfpb_attr_type),
    PB_IGNORE(6, "experimental_debug_info"),
    PB_IGNORE(7, "experimental_type"),
};
const struct pb_message tfpb_node_type =
    PB_MESSAGE_TYPE("NodeDef", struct tfpb_node, tfpb_node_fields);

static const struct pb_field tfpb_versions_fields[] = {
    PB_FIELD(struct tfpb_versions, 1, producer, INT32, PB_ONE),
    PB_FIELD(struct tfpb_versions, 2, min_consumer, INT32, PB_ONE),
    PB_FIELD(struct tfpb_versions, 3, bad_consumers, INT32, PB_MANY, .flags = PB_PACKED),
};
const struct pb_message tfpb_versions_type =
    PB_MESSAGE_TYPE("VersionDef", struct tfpb_versions, tfpb_versions_fields);

static const struct pb_field tfpb_arg_fields[] = {
    PB_FIELD(struct tfpb_arg, 1, name, STRING, PB_ONE),
    PB_IGNORE(2, "description"),
    PB_FIELD(struct tfpb_arg, 3, type, ENUM, PB_ONE, .words = &tfpb_data_type_words),
    PB_FIELD(struct tfpb_arg, 4, type_attr, STRING, PB_ONE),
    PB_FIELD(struct tfpb_arg, 5, number_attr, STRING, PB_ONE),
    PB_FIELD(struct tfpb_arg, 6, type_list_attr, STRING, PB_ONE),
    PB_IGNORE(7, "handle_data"),
    PB_FIELD(struct tfpb_arg, 16, is_ref, BOOL, PB_ONE),
    PB_IGNORE(17, "experimental_full_type"),
};
static const struct pb_message tfpb_arg_type =
    PB_MESSAGE_TYPE("OpDef.ArgDef", struct tfpb_arg, tfpb_arg_fields);

static const struct pb_field tfpb_op_attr_fields[] = {
    PB_FIELD(struct tfpb_op_attr, 1, name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_op_attr, 2, type, STRING, PB_ONE),
    PB_FIELD(struct tfpb_op_attr, 3, default_value, MESSAGE, PB_ONE, .message = &tfpb_attr_value_type),
    PB_IGNORE(4, "description"),
    PB_FIELD(struct tfpb_op_attr, 5, has_minimum, BOOL, PB_ONE),
    PB_FIELD(struct tfpb_op_attr, 6, minimum, INT64, PB_ONE),
    PB_FIELD(struct tfpb_op_attr, 7, allowed_values, MESSAGE, PB_ONE, .message = &tfpb_attr_value_type),
};
static const struct pb_message tfpb_op_attr_type =
    PB_MESSAGE_TYPE("OpDef.AttrDef", struct tfpb_op_attr, tfpb_op_attr_fields);

static const struct pb_field tfpb_op_def_fields[] = {
    PB_FIELD(struct tfpb_op_def, 1, name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_op_def, 2, input_arg, MESSAGE, PB_MANY, .message = &tfpb_arg_type),
    PB_FIELD(struct tfpb_op_def, 3, output_arg, MESSAGE, PB_MANY, .message = &tfpb_arg_type),
    PB_FIELD(struct tfpb_op_def, 4, attr, MESSAGE, PB_MANY, .message = &tfpb_op_attr_type),
    PB_IGNORE(5, "summary"),
    PB_IGNORE(6, "description"),
    PB_IGNORE(8, "deprecation"),
    PB_FIELD(struct tfpb_op_def, 16, is_aggregate, BOOL, PB_ONE),
    PB_FIELD(struct tfpb_op_def, 17, is_stateful, BOOL, PB_ONE),
    PB_FIELD(struct tfpb_op_def, 18, is_commutative, BOOL, PB_ONE),
    PB_FIELD(struct tfpb_op_def, 19, allows_uninitialized_input, BOOL, PB_ONE),
    PB_FIELD(struct tfpb_op_def, 20, control_output, STRING, PB_MANY),
    PB_IGNORE(21, "is_distributed_communication"),
};
const struct pb_message tfpb_op_def_type =
    PB_MESSAGE_TYPE("OpDef", struct tfpb_op_def, tfpb_op_def_fields);

static const struct pb_field tfpb_string_pair_fields[] = {
    PB_FIELD(struct tfpb_string_pair, 1, key, STRING, PB_ONE, .flags = PB_ALWAYS),
    PB_FIELD(struct tfpb_string_pair, 2, value, STRING, PB_ONE, .flags = PB_ALWAYS),
};
static const struct pb_message tfpb_string_pair_type =
    PB_MESSAGE_TYPE("StringEntry", struct tfpb_string_pair, tfpb_string_pair_fields);

static const struct pb_field tfpb_arg_attr_value_fields[] = {
    PB_FIELD(struct tfpb_arg_attr_value, 1, attr, MESSAGE, PB_MANY, .message = &tfpb_attr_type),
};
static const struct pb_message tfpb_arg_attr_value_type =
    PB_MESSAGE_TYPE("FunctionDef.ArgAttrs", struct tfpb_arg_attr_value, tfpb_arg_attr_value_fields);

static const struct pb_field tfpb_arg_attr_fields[] = {
    PB_FIELD(struct tfpb_arg_attr, 1, key, UINT32, PB_ONE, .flags = PB_ALWAYS),
    PB_FIELD(struct tfpb_arg_attr, 2, value, MESSAGE, PB_INLINE, .message = &tfpb_arg_attr_value_type),
};
static const struct pb_message tfpb_arg_attr_type =
    PB_MESSAGE_TYPE("FunctionDef.ArgAttrEntry", struct tfpb_arg_attr, tfpb_arg_attr_fields);

static const struct pb_field tfpb_resource_arg_fields[] = {
    PB_FIELD(struct tfpb_resource_arg, 1, key, UINT32, PB_ONE, .flags = PB_ALWAYS),
    PB_FIELD(struct tfpb_resource_arg, 2, value, UINT32, PB_ONE, .flags = PB_ALWAYS),
};
static const struct pb_message tfpb_resource_arg_type =
    PB_MESSAGE_TYPE("FunctionDef.ResourceArgUniqueIdEntry", struct tfpb_resource_arg, tfpb_resource_arg_fields);

static const struct pb_field tfpb_function_fields[] = {
    PB_FIELD(struct tfpb_function, 1, signature, MESSAGE, PB_ONE, .message = &tfpb_op_def_type),
    PB_FIELD(struct tfpb_function, 3, node_def, MESSAGE, PB_MANY, .message = &tfpb_node_type),
    PB_FIELD(struct tfpb_function, 4, ret, MESSAGE, PB_MANY, .message = &tfpb_string_pair_type),
    PB_FIELD(struct tfpb_function, 5, attr, MESSAGE, PB_MANY, .message = &tfpb_attr_type),
    PB_FIELD(struct tfpb_function, 6, control_ret, MESSAGE, PB_MANY, .message = &tfpb_string_pair_type),
    PB_FIELD(struct tfpb_function, 7, arg_attr, MESSAGE, PB_MANY, .message = &tfpb_arg_attr_type),
    PB_FIELD(struct tfpb_function, 8, resource_arg_unique_id, MESSAGE, PB_MANY, .message = &tfpb_resource_arg_type),
};
const struct pb_message tfpb_function_type =
    PB_MESSAGE_TYPE("FunctionDef", struct tfpb_function, tfpb_function_fields);

static const struct pb_field tfpb_library_fields[] = {
    PB_FIELD(struct tfpb_library, 1, function, MESSAGE, PB_MANY, .message = &tfpb_function_type),
    PB_IGNORE(2, "gradient"),
    PB_IGNORE(3, "registered_gradients"),
};
const struct pb_message tfpb_library_type =
    PB_MESSAGE_TYPE("FunctionDefLibrary", struct tfpb_library, tfpb_library_fields);

static const struct pb_field tfpb_graph_fields[] = {
    PB_FIELD(struct tfpb_graph, 1, node, MESSAGE, PB_MANY, .message = &tfpb_node_type),
    PB_FIELD(struct tfpb_graph, 2, library, MESSAGE, PB_ONE, .message = &tfpb_library_type),
    PB_FIELD(struct tfpb_graph, 3, version, INT32, PB_ONE),
    PB_FIELD(struct tfpb_graph, 4, versions, MESSAGE, PB_ONE, .message = &tfpb_versions_type),
    PB_IGNORE(5, "debug_info"),
};
const struct pb_message tfpb_graph_type =
    PB_MESSAGE_TYPE("GraphDef", struct tfpb_graph, tfpb_graph_fields);

static const struct pb_field tfpb_op_def_list_fields[] = {
    PB_FIELD(struct tfpb_op_def_list, 1, op, MESSAGE, PB_MANY, .message = &tfpb_op_def_type),
};
static const struct pb_message tfpb_op_def_list_type =
    PB_MESSAGE_TYPE("OpList", struct tfpb_op_def_list, tfpb_op_def_list_fields);

static const struct pb_field tfpb_meta_info_fields[] = {
    PB_FIELD(struct tfpb_meta_info, 1, meta_graph_version, STRING, PB_ONE),
    PB_FIELD(struct tfpb_meta_info, 2, stripped_op_list, MESSAGE, PB_ONE, .message = &tfpb_op_def_list_type),
    PB_IGNORE(3, "any_info"),
    PB_FIELD(struct tfpb_meta_info, 4, tags, STRING, PB_MANY),
    PB_FIELD(struct tfpb_meta_info, 5, tensorflow_version, STRING, PB_ONE),
    PB_FIELD(struct tfpb_meta_info, 6, tensorflow_git_version, STRING, PB_ONE),
    PB_FIELD(struct tfpb_meta_info, 7, stripped_default_attrs, BOOL, PB_ONE),
    PB_FIELD(struct tfpb_meta_info, 8, function_aliases, MESSAGE, PB_MANY, .message = &tfpb_string_pair_type),
};
static const struct pb_message tfpb_meta_info_type =
    PB_MESSAGE_TYPE("MetaGraphDef.MetaInfoDef", struct tfpb_meta_info, tfpb_meta_info_fields);

static const struct pb_field tfpb_saver_fields[] = {
    PB_FIELD(struct tfpb_saver, 1, filename_tensor_name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_saver, 2, save_tensor_name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_saver, 3, restore_op_name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_saver, 4, max_to_keep, INT32, PB_ONE),
    PB_FIELD(struct tfpb_saver, 5, sharded, BOOL, PB_ONE),
    PB_FIELD(struct tfpb_saver, 6, keep_checkpoint_every_n_hours, FLOAT, PB_ONE),
    PB_FIELD(struct tfpb_saver, 7, version, ENUM, PB_ONE, .words = &tfpb_saver_version_words),
};
const struct pb_message tfpb_saver_type =
    PB_MESSAGE_TYPE("SaverDef", struct tfpb_saver, tfpb_saver_fields);

static const struct pb_field tfpb_node_list_fields[] = {
    PB_FIELD(struct tfpb_node_list, 1, value, STRING, PB_MANY),
};
static const struct pb_message tfpb_node_list_type =
    PB_MESSAGE_TYPE("CollectionDef.NodeList", struct tfpb_node_list, tfpb_node_list_fields);

static const struct pb_field tfpb_bytes_list_fields[] = {
    PB_FIELD(struct tfpb_bytes_list, 1, value, BYTES, PB_MANY),
};
static const struct pb_message tfpb_bytes_list_type =
    PB_MESSAGE_TYPE("CollectionDef.BytesList", struct tfpb_bytes_list, tfpb_bytes_list_fields);

static const struct pb_field tfpb_int64_list_fields[] = {
    PB_FIELD(struct tfpb_int64_list, 1, value, INT64, PB_MANY, .flags = PB_PACKED),
};
static const struct pb_message tfpb_int64_list_type =
    PB_MESSAGE_TYPE("CollectionDef.Int64List", struct tfpb_int64_list, tfpb_int64_list_fields);

static const struct pb_field tfpb_float_list_fields[] = {
    PB_FIELD(struct tfpb_float_list, 1, value, FLOAT, PB_MANY, .flags = PB_PACKED),
};
static const struct pb_message tfpb_float_list_type =
    PB_MESSAGE_TYPE("CollectionDef.FloatList", struct tfpb_float_list, tfpb_float_list_fields);

static const struct pb_field tfpb_any_fields[] = {
    PB_FIELD(struct tfpb_any, 1, type_url, STRING, PB_ONE),
    PB_FIELD(struct tfpb_any, 2, value, BYTES, PB_ONE),
    { .number = PB_SHOWN, .name = "[type.googleapis.com/tensorflow.AssetFileDef]", .type = PB_MESSAGE, .label = PB_ONE,
      .offset = offsetof(struct tfpb_any, asset), .message = &tfpb_asset_type },
};
static const struct pb_message tfpb_any_type = PB_MESSAGE_TYPE("Any", struct tfpb_any, tfpb_any_fields);

static const struct pb_field tfpb_any_list_fields[] = {
    PB_FIELD(struct tfpb_any_list, 1, value, MESSAGE, PB_MANY, .message = &tfpb_any_type),
};
static const struct pb_message tfpb_any_list_type =
    PB_MESSAGE_TYPE("CollectionDef.AnyList", struct tfpb_any_list, tfpb_any_list_fields);

static const struct pb_field tfpb_collection_fields[] = {
    PB_FIELD(struct tfpb_collection, 1, node_list, MESSAGE, PB_ONE,
             .message = &tfpb_node_list_type, PB_ONEOF(struct tfpb_collection, which)),
    PB_FIELD(struct tfpb_collection, 2, bytes_list, MESSAGE, PB_ONE,
             .message = &tfpb_bytes_list_type, PB_ONEOF(struct tfpb_collection, which)),
    PB_FIELD(struct tfpb_collection, 3, int64_list, MESSAGE, PB_ONE,
             .message = &tfpb_int64_list_type, PB_ONEOF(struct tfpb_collection, which)),
    PB_FIELD(struct tfpb_collection, 4, float_list, MESSAGE, PB_ONE,
             .message = &tfpb_float_list_type, PB_ONEOF(struct tfpb_collection, which)),
    PB_FIELD(struct tfpb_collection, 5, any_list, MESSAGE, PB_ONE,
             .message = &tfpb_any_list_type, PB_ONEOF(struct tfpb_collection, which)),
};
static const struct pb_message tfpb_collection_type =
    PB_MESSAGE_TYPE("CollectionDef", struct tfpb_collection, tfpb_collection_fields);

static const struct pb_field tfpb_collection_entry_fields[] = {
    PB_FIELD(struct tfpb_collection_entry, 1, key, STRING, PB_ONE, .flags = PB_ALWAYS),
    PB_FIELD(struct tfpb_collection_entry, 2, value, MESSAGE, PB_INLINE, .message = &tfpb_collection_type),
};
static const struct pb_message tfpb_collection_entry_type =
    PB_MESSAGE_TYPE("MetaGraphDef.CollectionDefEntry", struct tfpb_collection_entry, tfpb_collection_entry_fields);

static const struct pb_field tfpb_coo_sparse_fields[] = {
    PB_FIELD(struct tfpb_coo_sparse, 1, values_tensor_name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_coo_sparse, 2, indices_tensor_name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_coo_sparse, 3, dense_shape_tensor_name, STRING, PB_ONE),
};
static const struct pb_message tfpb_coo_sparse_type =
    PB_MESSAGE_TYPE("TensorInfo.CooSparse", struct tfpb_coo_sparse, tfpb_coo_sparse_fields);

static const struct pb_field tfpb_composite_fields[] = {
    PB_FIELD(struct tfpb_composite, 1, type_spec, RAW, PB_ONE),
    PB_FIELD(struct tfpb_composite, 2, components, MESSAGE, PB_MANY, .message = &tfpb_tensor_info_type),
};
static const struct pb_message tfpb_composite_type =
    PB_MESSAGE_TYPE("TensorInfo.CompositeTensor", struct tfpb_composite, tfpb_composite_fields);

static const struct pb_field tfpb_tensor_info_fields[] = {
    PB_FIELD(struct tfpb_tensor_info, 1, name, STRING, PB_ONE, PB_ONEOF(struct tfpb_tensor_info, which)),
    PB_FIELD(struct tfpb_tensor_info, 2, dtype, ENUM, PB_ONE, .words = &tfpb_data_type_words),
    PB_FIELD(struct tfpb_tensor_info, 3, tensor_shape, MESSAGE, PB_ONE, .message = &tfpb_shape_type),
    PB_FIELD(struct tfpb_tensor_info, 4, coo_sparse, MESSAGE, PB_ONE,
             .message = &tfpb_coo_sparse_type, PB_ONEOF(struct tfpb_tensor_info, which)),
    PB_FIELD(struct tfpb_tensor_info, 5, composite_tensor, MESSAGE, PB_ONE,
             .message = &tfpb_composite_type, PB_ONEOF(struct tfpb_tensor_info, which)),
};
const struct pb_message tfpb_tensor_info_type =
    PB_MESSAGE_TYPE("TensorInfo", struct tfpb_tensor_info, tfpb_tensor_info_fields);

static const struct pb_field tfpb_tensor_info_entry_fields[] = {
    PB_FIELD(struct tfpb_tensor_info_entry, 1, key, STRING, PB_ONE, .flags = PB_ALWAYS),
    PB_FIELD(struct tfpb_tensor_info_entry, 2, value, MESSAGE, PB_INLINE, .message = &tfpb_tensor_info_type),
};
static const struct pb_message tfpb_tensor_info_entry_type =
    PB_MESSAGE_TYPE("SignatureDef.InputsEntry", struct tfpb_tensor_info_entry, tfpb_tensor_info_entry_fields);

static const struct pb_field tfpb_tensor_entry_fields[] = {
    PB_FIELD(struct tfpb_tensor_entry, 1, key, STRING, PB_ONE, .flags = PB_ALWAYS),
    PB_FIELD(struct tfpb_tensor_entry, 2, value, MESSAGE, PB_INLINE, .message = &tfpb_tensor_type),
};
static const struct pb_message tfpb_tensor_entry_type =
    PB_MESSAGE_TYPE("SignatureDef.DefaultsEntry", struct tfpb_tensor_entry, tfpb_tensor_entry_fields);

static const struct pb_field tfpb_signature_fields[] = {
    PB_FIELD(struct tfpb_signature, 1, inputs, MESSAGE, PB_MANY, .message = &tfpb_tensor_info_entry_type),
    PB_FIELD(struct tfpb_signature, 2, outputs, MESSAGE, PB_MANY, .message = &tfpb_tensor_info_entry_type),
    PB_FIELD(struct tfpb_signature, 3, method_name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_signature, 4, defaults, MESSAGE, PB_MANY, .message = &tfpb_tensor_entry_type),
};
const struct pb_message tfpb_signature_type =
    PB_MESSAGE_TYPE("SignatureDef", struct tfpb_signature, tfpb_signature_fields);

static const struct pb_field tfpb_signature_entry_fields[] = {
    PB_FIELD(struct tfpb_signature_entry, 1, key, STRING, PB_ONE, .flags = PB_ALWAYS),
    PB_FIELD(struct tfpb_signature_entry, 2, value, MESSAGE, PB_INLINE, .message = &tfpb_signature_type),
};
static const struct pb_message tfpb_signature_entry_type =
    PB_MESSAGE_TYPE("MetaGraphDef.SignatureDefEntry", struct tfpb_signature_entry, tfpb_signature_entry_fields);

static const struct pb_field tfpb_asset_fields[] = {
    PB_FIELD(struct tfpb_asset, 1, tensor_info, MESSAGE, PB_ONE, .message = &tfpb_tensor_info_type),
    PB_FIELD(struct tfpb_asset, 2, filename, STRING, PB_ONE),
};
const struct pb_message tfpb_asset_type =
    PB_MESSAGE_TYPE("AssetFileDef", struct tfpb_asset, tfpb_asset_fields);

static const struct pb_field tfpb_meta_graph_fields[] = {
    PB_FIELD(struct tfpb_meta_graph, 1, meta_info_def, MESSAGE, PB_ONE, .message = &tfpb_meta_info_type),
    PB_FIELD(struct tfpb_meta_graph, 2, graph_def, MESSAGE, PB_ONE, .message = &tfpb_graph_type),
    PB_FIELD(struct tfpb_meta_graph, 3, saver_def, MESSAGE, PB_ONE, .message = &tfpb_saver_type),
    PB_FIELD(struct tfpb_meta_graph, 4, collection_def, MESSAGE, PB_MANY, .message = &tfpb_collection_entry_type),
    PB_FIELD(struct tfpb_meta_graph, 5, signature_def, MESSAGE, PB_MANY, .message = &tfpb_signature_entry_type),
    PB_FIELD(struct tfpb_meta_graph, 6, asset_file_def, MESSAGE, PB_MANY, .message = &tfpb_asset_type),
    PB_FIELD(struct tfpb_meta_graph, 7, object_graph_def, RAW, PB_ONE),
};
const struct pb_message tfpb_meta_graph_type =
    PB_MESSAGE_TYPE("MetaGraphDef", struct tfpb_meta_graph, tfpb_meta_graph_fields);

static const struct pb_field tfpb_saved_model_fields[] = {
    PB_FIELD(struct tfpb_saved_model, 1, saved_model_schema_version, INT64, PB_ONE),
    PB_FIELD(struct tfpb_saved_model, 2, meta_graphs, MESSAGE, PB_MANY, .message = &tfpb_meta_graph_type),
};
const struct pb_message tfpb_saved_model_type =
    PB_MESSAGE_TYPE("SavedModel", struct tfpb_saved_model, tfpb_saved_model_fields);

static const struct pb_field tfpb_slice_info_fields[] = {
    PB_FIELD(struct tfpb_slice_info, 1, full_name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_slice_info, 2, full_shape, INT64, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct tfpb_slice_info, 3, var_offset, INT64, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct tfpb_slice_info, 4, var_shape, INT64, PB_MANY, .flags = PB_PACKED),
};
const struct pb_message tfpb_slice_info_type =
    PB_MESSAGE_TYPE("SaveSliceInfoDef", struct tfpb_slice_info, tfpb_slice_info_fields);

static const struct pb_field tfpb_variable_fields[] = {
    PB_FIELD(struct tfpb_variable, 1, variable_name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_variable, 2, initializer_name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_variable, 3, snapshot_name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_variable, 4, save_slice_info_def, MESSAGE, PB_ONE, .message = &tfpb_slice_info_type),
    PB_FIELD(struct tfpb_variable, 5, is_resource, BOOL, PB_ONE),
    PB_FIELD(struct tfpb_variable, 6, initial_value_name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_variable, 7, trainable, BOOL, PB_ONE),
    PB_FIELD(struct tfpb_variable, 8, synchronization, ENUM, PB_ONE, .words = &tfpb_variable_sync_words),
    PB_FIELD(struct tfpb_variable, 9, aggregation, ENUM, PB_ONE, .words = &tfpb_variable_aggregation_words),
};
const struct pb_message tfpb_variable_type =
    PB_MESSAGE_TYPE("VariableDef", struct tfpb_variable, tfpb_variable_fields);

/* -- types and shapes -------------------------------------------------------------------------------------------------- */

static const struct {
    int32_t type;
    tfp_dtype dtype;
} dtypes[] = {
    { TFPB_DT_FLOAT, TFP_FLOAT },       { TFPB_DT_DOUBLE, TFP_DOUBLE },         { TFPB_DT_INT32, TFP_INT32 },
    { TFPB_DT_UINT8, TFP_UINT8 },       { TFPB_DT_INT16, TFP_INT16 },           { TFPB_DT_INT8, TFP_INT8 },
    { TFPB_DT_STRING, TFP_STRING },     { TFPB_DT_COMPLEX64, TFP_COMPLEX64 },   { TFPB_DT_INT64, TFP_INT64 },
    { TFPB_DT_BOOL, TFP_BOOL },         { TFPB_DT_QINT8, TFP_INT8 },            { TFPB_DT_QUINT8, TFP_UINT8 },
    { TFPB_DT_QINT32, TFP_INT32 },      { TFPB_DT_BFLOAT16, TFP_BFLOAT16 },     { TFPB_DT_QINT16, TFP_INT16 },
    { TFPB_DT_QUINT16, TFP_UINT16 },    { TFPB_DT_UINT16, TFP_UINT16 },         { TFPB_DT_COMPLEX128, TFP_COMPLEX128 },
    { TFPB_DT_HALF, TFP_FLOAT16 },      { TFPB_DT_UINT32, TFP_UINT32 },         { TFPB_DT_UINT64, TFP_UINT64 },
};

tfp_dtype tfpb_dtype(int32_t type)
{
    int32_t base = type > TFPB_DT_REF ? type - TFPB_DT_REF : type;
    for (size_t i = 0; i < sizeof dtypes / sizeof dtypes[0]; i++)
        if (dtypes[i].type == base) return dtypes[i].dtype;
    return TFP_UNDEFINED;
}

const char *tfpb_type_name(int32_t type, char *room, size_t n)
{
    int32_t base = type > TFPB_DT_REF ? type - TFPB_DT_REF : type;
    for (size_t i = 0; i < tfpb_data_type_words.n_words; i++) {
        const struct pb_word *w = &tfpb_data_type_words.words[i];
        if (w->number != base) continue;
        size_t k = 0;
        for (const char *s = w->name + (strncmp(w->name, "DT_", 3) == 0 ? 3 : 0); *s && k + 1 < n; s++)
            room[k++] = (char)(*s >= 'A' && *s <= 'Z' ? *s + 32 : *s);
        room[k] = '\0';
        return room;
    }
    snprintf(room, n, "type %d", type);
    return room;
}

int32_t tfpb_shape_dims(const struct tfpb_shape *shape, int64_t *dims)
{
    if (!shape) return 0;
    if (shape->unknown_rank) return -1;
    if (shape->dim.n > TFP_MAX_RANK) return -2;
    for (size_t i = 0; i < shape->dim.n; i++) {
        dims[i] = shape->dim.at[i].size;
        if (dims[i] < -1) return -2;
    }
    return (int32_t)shape->dim.n;
}
