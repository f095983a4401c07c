/* The Python objects behind a model of TensorFlow 2 as structs: what a SavedModel keeps of them
 * (tensorflow/core/protobuf/saved_object_graph.proto, struct.proto) and what its checkpoint does
 * (trackable_object_graph.proto). Objects are numbered by their place in `nodes`; 0 is the root.
 * See docs/formats/object-graph.md. */
#ifndef TFP_SCHEMA_OBJECT_GRAPH_PROTO_H
#define TFP_SCHEMA_OBJECT_GRAPH_PROTO_H

#include "schema/tensorflow_proto.h"

/* -- values of Python, for arguments and results (struct.proto) ---------------------------------------------------- */

struct tfpb_structured;
PB_LIST(tfpb_structured_list, struct tfpb_structured);

struct tfpb_sequence { /* ListValue, TupleValue */
    struct tfpb_structured_list values;
};

struct tfpb_structured_entry;
PB_LIST(tfpb_structured_entries, struct tfpb_structured_entry);

struct tfpb_dict { /* DictValue: a map */
    struct tfpb_structured_entries fields;
};

struct tfpb_named_tuple {
    struct bytes name;
    struct tfpb_structured_entries values;
};

struct tfpb_tensor_spec { /* TensorSpecProto, BoundedTensorSpecProto */
    struct bytes name;
    const struct tfpb_shape *shape;
    int32_t dtype;
};

struct tfpb_type_spec {
    int32_t type_spec_class; /* 2: IndexedSlices, .. */
    int32_t num_flat_components;
    struct bytes type_spec_class_name;
};

enum tfpb_structured_which { /* StructuredValue's field numbers */
    TFPB_VALUE_NONE = 1,
    TFPB_VALUE_FLOAT = 11,
    TFPB_VALUE_INT = 12,
    TFPB_VALUE_STRING = 13,
    TFPB_VALUE_BOOL = 14,
    TFPB_VALUE_SHAPE = 31,
    TFPB_VALUE_DTYPE = 32,
    TFPB_VALUE_TENSOR_SPEC = 33,
    TFPB_VALUE_TYPE_SPEC = 34,
    TFPB_VALUE_BOUNDED_SPEC = 35,
    TFPB_VALUE_LIST = 51,
    TFPB_VALUE_TUPLE = 52,
    TFPB_VALUE_DICT = 53,
    TFPB_VALUE_NAMED_TUPLE = 54,
};

struct tfpb_structured {
    int32_t which; /* enum tfpb_structured_which, 0: nothing, or something newer */
    union {
        double float64_value;
        int64_t int64_value;
        struct bytes string_value, none_value;
        bool bool_value;
        int32_t tensor_dtype_value;
        const struct tfpb_shape *tensor_shape_value;
        const struct tfpb_tensor_spec *tensor_spec_value, *bounded_tensor_spec_value;
        const struct tfpb_type_spec *type_spec_value;
        const struct tfpb_sequence *list_value, *tuple_value;
        const struct tfpb_dict *dict_value;
        const struct tfpb_named_tuple *named_tuple_value;
    };
};

struct tfpb_structured_entry {
    struct bytes key;
    struct tfpb_structured value;
};

/* -- objects of a SavedModel --------------------------------------------------------------------------------------- */

struct tfpb_object_reference {
    int32_t node_id;
    struct bytes local_name; /* the attribute of the object that holds the other */
};
PB_LIST(tfpb_object_references, struct tfpb_object_reference);

struct tfpb_saved_asset {
    int32_t asset_file_def_index;
};

struct tfpb_function_spec {
    const struct tfpb_structured *fullargspec; /* a named tuple of inspect.FullArgSpec's members */
    bool is_method;
};

struct tfpb_saved_function {
    struct pb_strings concrete_functions;
    const struct tfpb_function_spec *function_spec;
};

struct tfpb_saved_variable {
    int32_t dtype;
    const struct tfpb_shape *shape;
    bool trainable;
    struct bytes name;
};

struct tfpb_bare_function {
    struct bytes concrete_function_name;
    struct pb_strings argument_keywords;
    int64_t allowed_positional_arguments;
};

struct tfpb_saved_constant {
    struct bytes operation; /* name of a Const node */
};

struct tfpb_captured_tensor {
    struct bytes name, concrete_function;
};

enum tfpb_object_which { /* SavedObject's field numbers */
    TFPB_OBJECT_USER = 4,
    TFPB_OBJECT_ASSET = 5,
    TFPB_OBJECT_FUNCTION = 6,
    TFPB_OBJECT_VARIABLE = 7,
    TFPB_OBJECT_BARE_FUNCTION = 8,
    TFPB_OBJECT_CONSTANT = 9,
    TFPB_OBJECT_RESOURCE = 10,
    TFPB_OBJECT_CAPTURED_TENSOR = 12,
};

struct tfpb_saved_object {
    struct tfpb_object_references children;
    int32_t which; /* enum tfpb_object_which, 0: none */
    union {
        struct bytes user_object, resource; /* encoded */
        const struct tfpb_saved_asset *asset;
        const struct tfpb_saved_function *function;
        const struct tfpb_saved_variable *variable;
        const struct tfpb_bare_function *bare_concrete_function;
        const struct tfpb_saved_constant *constant;
        const struct tfpb_captured_tensor *captured_tensor;
    };
};
PB_LIST(tfpb_saved_objects, struct tfpb_saved_object);

struct tfpb_concrete_function {
    struct pb_int32s bound_inputs; /* objects whose tensors are the function's last arguments */
    const struct tfpb_structured *canonicalized_input_signature, *output_signature;
};

struct tfpb_concrete_function_entry {
    struct bytes key; /* the function's name in the library */
    struct tfpb_concrete_function value;
};
PB_LIST(tfpb_concrete_functions, struct tfpb_concrete_function_entry);

struct tfpb_saved_object_graph {
    struct tfpb_saved_objects nodes;
    struct tfpb_concrete_functions concrete_functions;
};

/* -- objects of a checkpoint: the string under its key _CHECKPOINTABLE_OBJECT_GRAPH -------------------------------- */

struct tfpb_object_attribute {
    struct bytes name, full_name, checkpoint_key; /* name: "VARIABLE_VALUE" */
};
PB_LIST(tfpb_object_attributes, struct tfpb_object_attribute);

struct tfpb_slot_variable {
    int32_t original_variable_node_id;
    struct bytes slot_name;
    int32_t slot_variable_node_id;
};
PB_LIST(tfpb_slot_variables, struct tfpb_slot_variable);

struct tfpb_trackable_object {
    struct tfpb_object_references children;
    struct tfpb_object_attributes attributes;
    struct tfpb_slot_variables slot_variables;
};
PB_LIST(tfpb_trackable_objects, struct tfpb_trackable_object);

struct tfpb_trackable_object_graph {
    struct tfpb_trackable_objects nodes;
};

extern const struct pb_message tfpb_saved_object_graph_type, tfpb_trackable_object_graph_type, tfpb_structured_type;

#endif
