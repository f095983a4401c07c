/* ONNX's messages as structs, for reading and writing. Field names and numbers are those of onnx.proto3; training
 * information and multi-device annotations are skipped. Tables: `..._type`. */
#ifndef TFP_SCHEMA_ONNX_PROTO_H
#define TFP_SCHEMA_ONNX_PROTO_H

#include "codec/protobuf.h"

enum onnxpb_attribute_kind { /* AttributeProto.AttributeType */
    ONNXPB_FLOAT = 1,
    ONNXPB_INT = 2,
    ONNXPB_STRING = 3,
    ONNXPB_TENSOR = 4,
    ONNXPB_GRAPH = 5,
    ONNXPB_FLOATS = 6,
    ONNXPB_INTS = 7,
    ONNXPB_STRINGS = 8,
    ONNXPB_TENSORS = 9,
    ONNXPB_GRAPHS = 10,
    ONNXPB_SPARSE_TENSOR = 11,
    ONNXPB_SPARSE_TENSORS = 12,
    ONNXPB_TYPE_PROTO = 13,
    ONNXPB_TYPE_PROTOS = 14,
};

enum onnxpb_data_location { ONNXPB_DEFAULT = 0, ONNXPB_EXTERNAL = 1 };

struct onnxpb_string_pair { /* StringStringEntryProto */
    struct bytes key, value;
};
PB_LIST(onnxpb_string_pairs, struct onnxpb_string_pair);

/* -- types --------------------------------------------------------------------------------------------------------- */

enum onnxpb_dim_which { ONNXPB_DIM_VALUE = 1, ONNXPB_DIM_PARAM = 2 };

struct onnxpb_dim {
    int32_t which; /* enum onnxpb_dim_which, 0: unknown and unnamed */
    union {
        int64_t dim_value;
        struct bytes dim_param;
    };
    struct bytes denotation;
};
PB_LIST(onnxpb_dims, struct onnxpb_dim);

struct onnxpb_shape {
    struct onnxpb_dims dim;
};

struct onnxpb_type;

struct onnxpb_type_tensor { /* TypeProto.Tensor and TypeProto.SparseTensor */
    int32_t elem_type;
    const struct onnxpb_shape *shape; /* NULL: unknown rank */
};
struct onnxpb_type_element { /* TypeProto.Sequence and TypeProto.Optional */
    const struct onnxpb_type *elem_type;
};
struct onnxpb_type_map {
    int32_t key_type;
    const struct onnxpb_type *value_type;
};
struct onnxpb_type_opaque {
    struct bytes domain, name;
};

enum onnxpb_type_which {
    ONNXPB_TENSOR_TYPE = 1,
    ONNXPB_SEQUENCE_TYPE = 4,
    ONNXPB_MAP_TYPE = 5,
    ONNXPB_OPAQUE_TYPE = 7,
    ONNXPB_SPARSE_TENSOR_TYPE = 8,
    ONNXPB_OPTIONAL_TYPE = 9,
};

struct onnxpb_type {
    int32_t which; /* enum onnxpb_type_which */
    union {
        const struct onnxpb_type_tensor *tensor_type;
        const struct onnxpb_type_element *sequence_type;
        const struct onnxpb_type_map *map_type;
        const struct onnxpb_type_opaque *opaque_type;
        const struct onnxpb_type_tensor *sparse_tensor_type;
        const struct onnxpb_type_element *optional_type;
    };
    struct bytes denotation;
};
PB_LIST(onnxpb_types, struct onnxpb_type);

struct onnxpb_value_info {
    struct bytes name;
    const struct onnxpb_type *type;
    struct bytes doc_string;
    struct onnxpb_string_pairs metadata_props;
};
PB_LIST(onnxpb_value_infos, struct onnxpb_value_info);

/* -- tensors ------------------------------------------------------------------------------------------------------- */

struct onnxpb_tensor {
    struct pb_int64s dims;
    int32_t data_type;     /* TensorProto.DataType: the numbers of tfp_dtype */
    int32_t data_location; /* enum onnxpb_data_location */
    struct pb_floats float_data;
    struct pb_int32s int32_data;
    struct pb_strings string_data;
    struct pb_int64s int64_data;
    struct bytes name, raw_data, doc_string;
    struct pb_doubles double_data;
    struct pb_uint64s uint64_data;
    struct onnxpb_string_pairs external_data; /* location, offset, length, checksum */
    struct onnxpb_string_pairs metadata_props;
};
PB_LIST(onnxpb_tensors, struct onnxpb_tensor);

struct onnxpb_sparse_tensor {
    const struct onnxpb_tensor *values, *indices;
    struct pb_int64s dims;
};
PB_LIST(onnxpb_sparse_tensors, struct onnxpb_sparse_tensor);

/* -- graphs -------------------------------------------------------------------------------------------------------- */

struct onnxpb_graph;
PB_LIST(onnxpb_graphs, struct onnxpb_graph);

/* The single values are no oneof in ONNX; but exactly the one that `type` names is to be there, even when it is zero:
 * `which` holds its field number, and the codec writes that one always and no other. The lists need no `which`. */
enum onnxpb_attribute_which {
    ONNXPB_ATTRIBUTE_F = 2,
    ONNXPB_ATTRIBUTE_I = 3,
    ONNXPB_ATTRIBUTE_S = 4,
    ONNXPB_ATTRIBUTE_T = 5,
    ONNXPB_ATTRIBUTE_G = 6,
    ONNXPB_ATTRIBUTE_TP = 14,
    ONNXPB_ATTRIBUTE_SPARSE_TENSOR = 22,
};

struct onnxpb_attribute {
    struct bytes name;
    int32_t type;  /* enum onnxpb_attribute_kind */
    int32_t which; /* enum onnxpb_attribute_which; 0: a list, or `ref_attr_name` */
    union {
        float f;
        int64_t i;
        struct bytes s;
        const struct onnxpb_tensor *t;
        const struct onnxpb_graph *g;
        const struct onnxpb_type *tp;
        const struct onnxpb_sparse_tensor *sparse_tensor;
    };
    struct pb_floats floats;
    struct pb_int64s ints;
    struct pb_strings strings;
    struct onnxpb_tensors tensors;
    struct onnxpb_graphs graphs;
    struct onnxpb_types type_protos;
    struct onnxpb_sparse_tensors sparse_tensors;
    struct bytes doc_string, ref_attr_name;
};
PB_LIST(onnxpb_attributes, struct onnxpb_attribute);

struct onnxpb_node {
    struct pb_strings input, output; /* "": left out */
    struct bytes name, op_type;
    struct onnxpb_attributes attribute;
    struct bytes doc_string, domain, overload;
    struct onnxpb_string_pairs metadata_props;
};
PB_LIST(onnxpb_nodes, struct onnxpb_node);

struct onnxpb_tensor_annotation {
    struct bytes tensor_name;
    struct onnxpb_string_pairs quant_parameter_tensor_names;
};
PB_LIST(onnxpb_tensor_annotations, struct onnxpb_tensor_annotation);

struct onnxpb_graph {
    struct onnxpb_nodes node;
    struct bytes name;
    struct onnxpb_tensors initializer;
    struct bytes doc_string;
    struct onnxpb_value_infos input, output, value_info;
    struct onnxpb_tensor_annotations quantization_annotation;
    struct onnxpb_sparse_tensors sparse_initializer;
    struct onnxpb_string_pairs metadata_props;
};

struct onnxpb_opset {
    struct bytes domain;
    int64_t version;
};
PB_LIST(onnxpb_opsets, struct onnxpb_opset);

struct onnxpb_function {
    struct bytes name;
    struct pb_strings input, output, attribute;
    struct onnxpb_nodes node;
    struct bytes doc_string;
    struct onnxpb_opsets opset_import;
    struct bytes domain;
    struct onnxpb_attributes attribute_proto;
    struct onnxpb_value_infos value_info;
    struct bytes overload;
    struct onnxpb_string_pairs metadata_props;
};
PB_LIST(onnxpb_functions, struct onnxpb_function);

struct onnxpb_model {
    int64_t ir_version;
    struct bytes producer_name, producer_version, domain;
    int64_t model_version;
    struct bytes doc_string;
    const struct onnxpb_graph *graph;
    struct onnxpb_opsets opset_import;
    struct onnxpb_string_pairs metadata_props;
    struct onnxpb_functions functions;
};

extern const struct pb_message onnxpb_model_type, onnxpb_graph_type, onnxpb_node_type, onnxpb_attribute_type,
    onnxpb_tensor_type, onnxpb_type_type, onnxpb_function_type, onnxpb_value_info_type;

#endif
