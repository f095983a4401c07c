/* TensorFlow's messages as structs: graphs, functions, tensors, meta graphs, saved models. Field names and numbers are
 * those of tensorflow/core/framework and tensorflow/core/protobuf (*.proto); fields that no reader here needs are
 * skipped. Decode with protobuf_decode() or protobuf_text_decode() and the table `..._type`. See
 * docs/formats/graph-def.md, meta-graph.md and saved-model.md. */
#ifndef TFP_SCHEMA_TENSORFLOW_PROTO_H
#define TFP_SCHEMA_TENSORFLOW_PROTO_H

#include "codec/protobuf.h"

/* DataType. A reference type has the number of its value type plus TFPB_DT_REF. */
#define TFPB_DATA_TYPES(X)                                                                                             \
    X(FLOAT, 1)                                                                                                        \
    X(DOUBLE, 2)                                                                                                       \
    X(INT32, 3)                                                                                                        \
    X(UINT8, 4)                                                                                                        \
    X(INT16, 5)                                                                                                        \
    X(INT8, 6)                                                                                                         \
    X(STRING, 7)                                                                                                       \
    X(COMPLEX64, 8)                                                                                                    \
    X(INT64, 9)                                                                                                        \
    X(BOOL, 10)                                                                                                        \
    X(QINT8, 11)                                                                                                       \
    X(QUINT8, 12)                                                                                                      \
    X(QINT32, 13)                                                                                                      \
    X(BFLOAT16, 14)                                                                                                    \
    X(QINT16, 15)                                                                                                      \
    X(QUINT16, 16)                                                                                                     \
    X(UINT16, 17)                                                                                                      \
    X(COMPLEX128, 18)                                                                                                  \
    X(HALF, 19)                                                                                                        \
    X(RESOURCE, 20)                                                                                                    \
    X(VARIANT, 21)                                                                                                     \
    X(UINT32, 22)                                                                                                      \
    X(UINT64, 23)                                                                                                      \
    X(FLOAT8_E5M2, 24)                                                                                                 \
    X(FLOAT8_E4M3FN, 25)                                                                                               \
    X(INT4, 29)                                                                                                        \
    X(UINT4, 30)
#define TFPB_DATA_TYPE_NUMBER(name, number) TFPB_DT_##name = (number),
enum tfpb_data_type { TFPB_DT_INVALID = 0, TFPB_DATA_TYPES(TFPB_DATA_TYPE_NUMBER) TFPB_DT_REF = 100 };
#undef TFPB_DATA_TYPE_NUMBER
extern const struct pb_enum tfpb_data_type_words;

/* -- tensors ------------------------------------------------------------------------------------------------------- */

struct tfpb_dim {
    int64_t size; /* -1: unknown */
    struct bytes name;
};
PB_LIST(tfpb_dims, struct tfpb_dim);

struct tfpb_shape {
    struct tfpb_dims dim;
    bool unknown_rank;
};
PB_LIST(tfpb_shapes, struct tfpb_shape);

struct tfpb_tensor {
    int32_t dtype;
    int32_t version_number;
    const struct tfpb_shape *tensor_shape;
    struct bytes tensor_content; /* little-endian elements; empty when a list below holds them */
    struct pb_floats float_val;
    struct pb_doubles double_val;
    struct pb_int32s int_val; /* int32, int16, int8, uint8, uint16 and the quantized types */
    struct pb_strings string_val;
    struct pb_floats scomplex_val; /* real and imaginary parts by turns */
    struct pb_int64s int64_val;
    struct pb_bools bool_val;
    struct pb_doubles dcomplex_val;
    struct pb_int32s half_val; /* float16 and bfloat16: the low 16 bits */
    struct pb_uint32s uint32_val;
    struct pb_uint64s uint64_val;
    struct bytes float8_val;
};
PB_LIST(tfpb_tensors, struct tfpb_tensor);

/* -- graphs -------------------------------------------------------------------------------------------------------- */

struct tfpb_attr_list;
struct tfpb_name_attr_list;

enum tfpb_attr_which { /* AttrValue's field numbers */
    TFPB_ATTR_LIST = 1,
    TFPB_ATTR_S = 2,
    TFPB_ATTR_I = 3,
    TFPB_ATTR_F = 4,
    TFPB_ATTR_B = 5,
    TFPB_ATTR_TYPE = 6,
    TFPB_ATTR_SHAPE = 7,
    TFPB_ATTR_TENSOR = 8,
    TFPB_ATTR_PLACEHOLDER = 9,
    TFPB_ATTR_FUNC = 10,
};

struct tfpb_attr_value {
    int32_t which; /* enum tfpb_attr_which, 0: nothing is set */
    union {        /* only the member that `which` names may be read */
        struct bytes s;
        int64_t i;
        float f;
        bool b;
        int32_t type;
        const struct tfpb_shape *shape;
        const struct tfpb_tensor *tensor;
        const struct tfpb_attr_list *list;
        const struct tfpb_name_attr_list *func;
        struct bytes placeholder;
    };
};

struct tfpb_attr { /* an entry of map<string, AttrValue> */
    struct bytes key;
    struct tfpb_attr_value value;
};
PB_LIST(tfpb_attrs, struct tfpb_attr);

struct tfpb_name_attr_list {
    struct bytes name;
    struct tfpb_attrs attr;
};
PB_LIST(tfpb_name_attr_lists, struct tfpb_name_attr_list);

struct tfpb_attr_list { /* AttrValue.ListValue */
    struct pb_strings s;
    struct pb_int64s i;
    struct pb_floats f;
    struct pb_bools b;
    struct pb_int32s type;
    struct tfpb_shapes shape;
    struct tfpb_tensors tensor;
    struct tfpb_name_attr_lists func;
};

struct tfpb_node {
    struct bytes name, op;
    struct pb_strings input; /* "node", "node:1", "^control" */
    struct bytes device;
    struct tfpb_attrs attr;
};
PB_LIST(tfpb_nodes, struct tfpb_node);

struct tfpb_versions {
    int32_t producer, min_consumer;
    struct pb_int32s bad_consumers;
};

struct tfpb_arg { /* OpDef.ArgDef */
    struct bytes name;
    int32_t type;
    struct bytes type_attr, number_attr, type_list_attr;
    bool is_ref;
};
PB_LIST(tfpb_args, struct tfpb_arg);

struct tfpb_op_attr { /* OpDef.AttrDef */
    struct bytes name, type;
    const struct tfpb_attr_value *default_value, *allowed_values;
    bool has_minimum;
    int64_t minimum;
};
PB_LIST(tfpb_op_attrs, struct tfpb_op_attr);

struct tfpb_op_def {
    struct bytes name;
    struct tfpb_args input_arg, output_arg;
    struct tfpb_op_attrs attr;
    struct pb_strings control_output;
    bool is_aggregate, is_stateful, is_commutative, allows_uninitialized_input;
};
PB_LIST(tfpb_op_defs, struct tfpb_op_def);

struct tfpb_string_pair { /* an entry of map<string, string> */
    struct bytes key, value;
};
PB_LIST(tfpb_string_pairs, struct tfpb_string_pair);

struct tfpb_arg_attr { /* an entry of FunctionDef's map<uint32, ArgAttrs> */
    uint32_t key;      /* index of the argument */
    struct tfpb_arg_attr_value {
        struct tfpb_attrs attr;
    } value;
};
PB_LIST(tfpb_arg_attrs, struct tfpb_arg_attr);

struct tfpb_resource_arg { /* an entry of FunctionDef's map<uint32, uint32> */
    uint32_t key, value;
};
PB_LIST(tfpb_resource_args, struct tfpb_resource_arg);

struct tfpb_function {
    const struct tfpb_op_def *signature;
    struct tfpb_nodes node_def;
    struct tfpb_string_pairs ret;
    struct tfpb_attrs attr;
    struct tfpb_string_pairs control_ret;
    struct tfpb_arg_attrs arg_attr;
    struct tfpb_resource_args resource_arg_unique_id;
};
PB_LIST(tfpb_functions, struct tfpb_function);

struct tfpb_library {
    struct tfpb_functions function;
};

struct tfpb_graph {
    struct tfpb_nodes node;
    const struct tfpb_library *library;
    int32_t version; /* before `versions` came */
    const struct tfpb_versions *versions;
};

/* -- meta graphs --------------------------------------------------------------------------------------------------- */

struct tfpb_op_def_list {
    struct tfpb_op_defs op;
};

struct tfpb_meta_info {
    struct bytes meta_graph_version;
    const struct tfpb_op_def_list *stripped_op_list;
    struct pb_strings tags;
    struct bytes tensorflow_version, tensorflow_git_version;
    bool stripped_default_attrs;
    struct tfpb_string_pairs function_aliases;
};

enum tfpb_saver_version { TFPB_SAVER_LEGACY = 0, TFPB_SAVER_V1 = 1, TFPB_SAVER_V2 = 2 };

struct tfpb_saver {
    struct bytes filename_tensor_name, save_tensor_name, restore_op_name;
    int32_t max_to_keep;
    bool sharded;
    float keep_checkpoint_every_n_hours;
    int32_t version; /* enum tfpb_saver_version */
};

struct tfpb_node_list {
    struct pb_strings value;
};
struct tfpb_bytes_list {
    struct pb_strings value;
};
struct tfpb_int64_list {
    struct pb_int64s value;
};
struct tfpb_float_list {
    struct pb_floats value;
};

struct tfpb_asset;
struct tfpb_any { /* google.protobuf.Any */
    struct bytes type_url, value;
    const struct tfpb_asset *asset; /* what the text form shows in place of both; NULL: nothing, or another message */
};
PB_LIST(tfpb_anys, struct tfpb_any);
struct tfpb_any_list {
    struct tfpb_anys value;
};

enum tfpb_collection_which {
    TFPB_COLLECTION_NODES = 1,
    TFPB_COLLECTION_BYTES = 2,
    TFPB_COLLECTION_INT64S = 3,
    TFPB_COLLECTION_FLOATS = 4,
    TFPB_COLLECTION_ANYS = 5,
};

struct tfpb_collection {
    int32_t which; /* enum tfpb_collection_which, 0: none */
    union {
        const struct tfpb_node_list *node_list;
        const struct tfpb_bytes_list *bytes_list;
        const struct tfpb_int64_list *int64_list;
        const struct tfpb_float_list *float_list;
        const struct tfpb_any_list *any_list;
    };
};

struct tfpb_collection_entry {
    struct bytes key;
    struct tfpb_collection value;
};
PB_LIST(tfpb_collections, struct tfpb_collection_entry);

struct tfpb_coo_sparse {
    struct bytes values_tensor_name, indices_tensor_name, dense_shape_tensor_name;
};

struct tfpb_tensor_info;
PB_LIST(tfpb_tensor_info_list, struct tfpb_tensor_info);

struct tfpb_composite {
    struct bytes type_spec; /* an encoded TypeSpecProto */
    struct tfpb_tensor_info_list components;
};

enum tfpb_tensor_info_which { TFPB_INFO_NAME = 1, TFPB_INFO_COO_SPARSE = 4, TFPB_INFO_COMPOSITE = 5 };

struct tfpb_tensor_info {
    int32_t which; /* enum tfpb_tensor_info_which */
    int32_t dtype;
    union {
        struct bytes name;
        const struct tfpb_coo_sparse *coo_sparse;
        const struct tfpb_composite *composite_tensor;
    };
    const struct tfpb_shape *tensor_shape;
};

struct tfpb_tensor_info_entry {
    struct bytes key;
    struct tfpb_tensor_info value;
};
PB_LIST(tfpb_tensor_infos, struct tfpb_tensor_info_entry);

struct tfpb_tensor_entry {
    struct bytes key;
    struct tfpb_tensor value;
};
PB_LIST(tfpb_tensor_entries, struct tfpb_tensor_entry);

struct tfpb_signature {
    struct tfpb_tensor_infos inputs, outputs;
    struct bytes method_name;
    struct tfpb_tensor_entries defaults;
};

struct tfpb_signature_entry {
    struct bytes key;
    struct tfpb_signature value;
};
PB_LIST(tfpb_signatures, struct tfpb_signature_entry);

struct tfpb_asset {
    const struct tfpb_tensor_info *tensor_info;
    struct bytes filename;
};
PB_LIST(tfpb_assets, struct tfpb_asset);

struct tfpb_meta_graph {
    const struct tfpb_meta_info *meta_info_def;
    const struct tfpb_graph *graph_def;
    const struct tfpb_saver *saver_def;
    struct tfpb_collections collection_def;
    struct tfpb_signatures signature_def;
    struct tfpb_assets asset_file_def;
    struct bytes object_graph_def; /* an encoded SavedObjectGraph */
};
PB_LIST(tfpb_meta_graphs, struct tfpb_meta_graph);

struct tfpb_saved_model {
    int64_t saved_model_schema_version;
    struct tfpb_meta_graphs meta_graphs;
};

/* -- variables ----------------------------------------------------------------------------------------------------- */

struct tfpb_slice_info { /* SaveSliceInfoDef */
    struct bytes full_name;
    struct pb_int64s full_shape, var_offset, var_shape;
};

struct tfpb_variable { /* VariableDef, the value of collection "variables" */
    struct bytes variable_name, initializer_name, snapshot_name;
    const struct tfpb_slice_info *save_slice_info_def;
    bool is_resource;
    struct bytes initial_value_name;
    bool trainable;
    int32_t synchronization, aggregation;
};

extern const struct pb_message tfpb_graph_type, tfpb_node_type, tfpb_attr_value_type, tfpb_tensor_type, tfpb_shape_type,
    tfpb_function_type, tfpb_library_type, tfpb_op_def_type, tfpb_meta_graph_type, tfpb_saved_model_type,
    tfpb_saver_type, tfpb_signature_type, tfpb_tensor_info_type, tfpb_variable_type, tfpb_slice_info_type,
    tfpb_versions_type, tfpb_asset_type;

/* TensorFlow's type number -> element type; quantized types are their plain integers, reference types their base.
 * TFP_UNDEFINED: none here (resource, variant, float8, ...). */
tfp_dtype tfpb_dtype(int32_t type);
/* "float", "resource", or "type 77". */
const char *tfpb_type_name(int32_t type, char *room, size_t n);
/* Rank of a shape message (-1: unknown) and its sizes (-1: unknown); -2: more than TFP_MAX_RANK or below -1. */
int32_t tfpb_shape_dims(const struct tfpb_shape *shape, int64_t *dims);

#endif
