/* The tables of object graphs' messages, as tensorflow_proto.c has them. */
#include "schema/object_graph_proto.h"

/* StructuredValue and what holds it know one another. */
static const struct pb_message sequence_type, dict_type, named_tuple_type;

static const struct pb_field tensor_spec_fields[] = {
    PB_FIELD(struct tfpb_tensor_spec, 1, name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_tensor_spec, 2, shape, MESSAGE, PB_ONE, .message = &tfpb_shape_type),
    PB_FIELD(struct tfpb_tensor_spec, 3, dtype, ENUM, PB_ONE, .words = &tfpb_data_type_words),
    PB_IGNORE(4, "minimum"),
    PB_IGNORE(5, "maximum"),
};
static const struct pb_message tensor_spec_type =
    PB_MESSAGE_TYPE("TensorSpecProto", struct tfpb_tensor_spec, tensor_spec_fields);

static const struct pb_word spec_classes[] = {
    { "UNKNOWN", 0 },           { "SPARSE_TENSOR_SPEC", 1 },    { "INDEXED_SLICES_SPEC", 2 },
    { "RAGGED_TENSOR_SPEC", 3 }, { "TENSOR_ARRAY_SPEC", 4 },     { "DATA_DATASET_SPEC", 5 },
    { "DATA_ITERATOR_SPEC", 6 }, { "OPTIONAL_SPEC", 7 },         { "PER_REPLICA_SPEC", 8 },
    { "VARIABLE_SPEC", 9 },     { "ROW_PARTITION_SPEC", 10 },   { "REGISTERED_TYPE_SPEC", 12 },
    { "EXTENSION_TYPE_SPEC", 13 },
};
static const struct pb_enum spec_class_words = PB_WORDS("TypeSpecClass", spec_classes);

static const struct pb_field type_spec_fields[] = {
    PB_FIELD(struct tfpb_type_spec, 1, type_spec_class, ENUM, PB_ONE, .words = &spec_class_words),
    PB_IGNORE(2, "type_state"),
    PB_FIELD(struct tfpb_type_spec, 3, type_spec_class_name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_type_spec, 4, num_flat_components, INT32, PB_ONE),
};
static const struct pb_message type_spec_type =
    PB_MESSAGE_TYPE("TypeSpecProto", struct tfpb_type_spec, type_spec_fields);

#define VALUE(number, member, type, ...)                                                                               \
    PB_FIELD(struct tfpb_structured, number, member, type, PB_ONE, PB_ONEOF(struct tfpb_structured, which), __VA_ARGS__)
static const struct pb_field structured_fields[] = {
    VALUE(1, none_value, RAW),
    VALUE(11, float64_value, DOUBLE),
    VALUE(12, int64_value, SINT64),
    VALUE(13, string_value, STRING),
    VALUE(14, bool_value, BOOL),
    VALUE(31, tensor_shape_value, MESSAGE, .message = &tfpb_shape_type),
    VALUE(32, tensor_dtype_value, ENUM, .words = &tfpb_data_type_words),
    VALUE(33, tensor_spec_value, MESSAGE, .message = &tensor_spec_type),
    VALUE(34, type_spec_value, MESSAGE, .message = &type_spec_type),
    VALUE(35, bounded_tensor_spec_value, MESSAGE, .message = &tensor_spec_type),
    VALUE(51, list_value, MESSAGE, .message = &sequence_type),
    VALUE(52, tuple_value, MESSAGE, .message = &sequence_type),
    VALUE(53, dict_value, MESSAGE, .message = &dict_type),
    VALUE(54, named_tuple_value, MESSAGE, .message = &named_tuple_type),
    PB_IGNORE(55, "tensor_value"),
    PB_IGNORE(56, "numpy_value"),
};
#undef VALUE
const struct pb_message tfpb_structured_type =
    PB_MESSAGE_TYPE("StructuredValue", struct tfpb_structured, structured_fields);

static const struct pb_field sequence_fields[] = {
    PB_FIELD(struct tfpb_sequence, 1, values, MESSAGE, PB_MANY, .message = &tfpb_structured_type),
};
static const struct pb_message sequence_type = PB_MESSAGE_TYPE("ListValue", struct tfpb_sequence, sequence_fields);

static const struct pb_field entry_fields[] = {
    PB_FIELD(struct tfpb_structured_entry, 1, key, STRING, PB_ONE, .flags = PB_ALWAYS),
    PB_FIELD(struct tfpb_structured_entry, 2, value, MESSAGE, PB_INLINE, .message = &tfpb_structured_type),
};
static const struct pb_message entry_type = PB_MESSAGE_TYPE("PairValue", struct tfpb_structured_entry, entry_fields);

static const struct pb_field dict_fields[] = {
    PB_FIELD(struct tfpb_dict, 1, fields, MESSAGE, PB_MANY, .message = &entry_type),
};
static const struct pb_message dict_type = PB_MESSAGE_TYPE("DictValue", struct tfpb_dict, dict_fields);

static const struct pb_field named_tuple_fields[] = {
    PB_FIELD(struct tfpb_named_tuple, 1, name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_named_tuple, 2, values, MESSAGE, PB_MANY, .message = &entry_type),
};
static const struct pb_message named_tuple_type =
    PB_MESSAGE_TYPE("NamedTupleValue", struct tfpb_named_tuple, named_tuple_fields);

/* -- objects ------------------------------------------------------------------------------------------------------- */

static const struct pb_field reference_fields[] = {
    PB_FIELD(struct tfpb_object_reference, 1, node_id, INT32, PB_ONE),
    PB_FIELD(struct tfpb_object_reference, 2, local_name, STRING, PB_ONE),
};
static const struct pb_message reference_type =
    PB_MESSAGE_TYPE("ObjectReference", struct tfpb_object_reference, reference_fields);

static const struct pb_field asset_fields[] = {
    PB_FIELD(struct tfpb_saved_asset, 1, asset_file_def_index, INT32, PB_ONE),
};
static const struct pb_message asset_type = PB_MESSAGE_TYPE("SavedAsset", struct tfpb_saved_asset, asset_fields);

static const struct pb_field spec_fields[] = {
    PB_FIELD(struct tfpb_function_spec, 1, fullargspec, MESSAGE, PB_ONE, .message = &tfpb_structured_type),
    PB_FIELD(struct tfpb_function_spec, 2, is_method, BOOL, PB_ONE),
    PB_IGNORE(5, "input_signature"),
    PB_IGNORE(6, "jit_compile"),
};
static const struct pb_message spec_type = PB_MESSAGE_TYPE("FunctionSpec", struct tfpb_function_spec, spec_fields);

static const struct pb_field function_fields[] = {
    PB_FIELD(struct tfpb_saved_function, 1, concrete_functions, STRING, PB_MANY),
    PB_FIELD(struct tfpb_saved_function, 2, function_spec, MESSAGE, PB_ONE, .message = &spec_type),
};
static const struct pb_message function_type =
    PB_MESSAGE_TYPE("SavedFunction", struct tfpb_saved_function, function_fields);

static const struct pb_field variable_fields[] = {
    PB_FIELD(struct tfpb_saved_variable, 1, dtype, ENUM, PB_ONE, .words = &tfpb_data_type_words),
    PB_FIELD(struct tfpb_saved_variable, 2, shape, MESSAGE, PB_ONE, .message = &tfpb_shape_type),
    PB_FIELD(struct tfpb_saved_variable, 3, trainable, BOOL, PB_ONE),
    PB_IGNORE(4, "synchronization"),
    PB_IGNORE(5, "aggregation"),
    PB_FIELD(struct tfpb_saved_variable, 6, name, STRING, PB_ONE),
    PB_IGNORE(7, "device"),
    PB_IGNORE(8, "experimental_distributed_variable_components"),
};
static const struct pb_message variable_type =
    PB_MESSAGE_TYPE("SavedVariable", struct tfpb_saved_variable, variable_fields);

static const struct pb_field bare_fields[] = {
    PB_FIELD(struct tfpb_bare_function, 1, concrete_function_name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_bare_function, 2, argument_keywords, STRING, PB_MANY),
    PB_FIELD(struct tfpb_bare_function, 3, allowed_positional_arguments, INT64, PB_ONE),
    PB_IGNORE(4, "function_spec"),
};
static const struct pb_message bare_type =
    PB_MESSAGE_TYPE("SavedBareConcreteFunction", struct tfpb_bare_function, bare_fields);

static const struct pb_field constant_fields[] = {
    PB_FIELD(struct tfpb_saved_constant, 1, operation, STRING, PB_ONE),
};
static const struct pb_message constant_type =
    PB_MESSAGE_TYPE("SavedConstant", struct tfpb_saved_constant, constant_fields);

static const struct pb_field captured_fields[] = {
    PB_FIELD(struct tfpb_captured_tensor, 1, name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_captured_tensor, 2, concrete_function, STRING, PB_ONE),
};
static const struct pb_message captured_type =
    PB_MESSAGE_TYPE("CapturedTensor", struct tfpb_captured_tensor, captured_fields);

#define KIND(number, member, type, ...)                                                                                \
    PB_FIELD(struct tfpb_saved_object, number, member, type, PB_ONE, PB_ONEOF(struct tfpb_saved_object, which),        \
             __VA_ARGS__)
static const struct pb_field object_fields[] = {
    PB_FIELD(struct tfpb_saved_object, 1, children, MESSAGE, PB_MANY, .message = &reference_type),
    PB_IGNORE(3, "slot_variables"),
    KIND(4, user_object, RAW),
    KIND(5, asset, MESSAGE, .message = &asset_type),
    KIND(6, function, MESSAGE, .message = &function_type),
    KIND(7, variable, MESSAGE, .message = &variable_type),
    KIND(8, bare_concrete_function, MESSAGE, .message = &bare_type),
    KIND(9, constant, MESSAGE, .message = &constant_type),
    KIND(10, resource, RAW),
    PB_IGNORE(11, "saveable_objects"),
    KIND(12, captured_tensor, MESSAGE, .message = &captured_type),
    PB_IGNORE(13, "registered_name"),
    PB_IGNORE(14, "serialized_user_proto"),
    PB_IGNORE(15, "dependencies"),
    PB_IGNORE(16, "registered_saver"),
};
#undef KIND
static const struct pb_message object_type = PB_MESSAGE_TYPE("SavedObject", struct tfpb_saved_object, object_fields);

static const struct pb_field concrete_fields[] = {
    PB_FIELD(struct tfpb_concrete_function, 2, bound_inputs, INT32, PB_MANY, .flags = PB_PACKED),
    PB_FIELD(struct tfpb_concrete_function, 3, canonicalized_input_signature, MESSAGE, PB_ONE,
             .message = &tfpb_structured_type),
    PB_FIELD(struct tfpb_concrete_function, 4, output_signature, MESSAGE, PB_ONE, .message = &tfpb_structured_type),
};
static const struct pb_message concrete_type =
    PB_MESSAGE_TYPE("SavedConcreteFunction", struct tfpb_concrete_function, concrete_fields);

static const struct pb_field concrete_entry_fields[] = {
    PB_FIELD(struct tfpb_concrete_function_entry, 1, key, STRING, PB_ONE, .flags = PB_ALWAYS),
    PB_FIELD(struct tfpb_concrete_function_entry, 2, value, MESSAGE, PB_INLINE, .message = &concrete_type),
};
static const struct pb_message concrete_entry_type = PB_MESSAGE_TYPE(
    "SavedObjectGraph.ConcreteFunctionsEntry", struct tfpb_concrete_function_entry, concrete_entry_fields);

static const struct pb_field saved_graph_fields[] = {
    PB_FIELD(struct tfpb_saved_object_graph, 1, nodes, MESSAGE, PB_MANY, .message = &object_type),
    PB_FIELD(struct tfpb_saved_object_graph, 2, concrete_functions, MESSAGE, PB_MANY, .message = &concrete_entry_type),
};
const struct pb_message tfpb_saved_object_graph_type =
    PB_MESSAGE_TYPE("SavedObjectGraph", struct tfpb_saved_object_graph, saved_graph_fields);

/* -- checkpoints --------------------------------------------------------------------------------------------------- */

static const struct pb_field attribute_fields[] = {
    PB_FIELD(struct tfpb_object_attribute, 1, name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_object_attribute, 2, full_name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_object_attribute, 3, checkpoint_key, STRING, PB_ONE),
};
static const struct pb_message attribute_type =
    PB_MESSAGE_TYPE("SerializedTensor", struct tfpb_object_attribute, attribute_fields);

static const struct pb_field slot_fields[] = {
    PB_FIELD(struct tfpb_slot_variable, 1, original_variable_node_id, INT32, PB_ONE),
    PB_FIELD(struct tfpb_slot_variable, 2, slot_name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_slot_variable, 3, slot_variable_node_id, INT32, PB_ONE),
};
static const struct pb_message slot_type =
    PB_MESSAGE_TYPE("SlotVariableReference", struct tfpb_slot_variable, slot_fields);

static const struct pb_field trackable_fields[] = {
    PB_FIELD(struct tfpb_trackable_object, 1, children, MESSAGE, PB_MANY, .message = &reference_type),
    PB_FIELD(struct tfpb_trackable_object, 2, attributes, MESSAGE, PB_MANY, .message = &attribute_type),
    PB_FIELD(struct tfpb_trackable_object, 3, slot_variables, MESSAGE, PB_MANY, .message = &slot_type),
    PB_IGNORE(4, "registered_saver"),
    PB_IGNORE(5, "has_checkpoint_values"),
};
static const struct pb_message trackable_type =
    PB_MESSAGE_TYPE("TrackableObject", struct tfpb_trackable_object, trackable_fields);

static const struct pb_field trackable_graph_fields[] = {
    PB_FIELD(struct tfpb_trackable_object_graph, 1, nodes, MESSAGE, PB_MANY, .message = &trackable_type),
};
const struct pb_message tfpb_trackable_object_graph_type =
    PB_MESSAGE_TYPE("TrackableObjectGraph", struct tfpb_trackable_object_graph, trackable_graph_fields);
