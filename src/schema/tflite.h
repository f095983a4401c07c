/* TensorFlow Lite's files as FlatBuffers (tensorflow/lite/schema/schema.fbs): numbers of fields, of types, of ops and their options. See
 * docs/formats/tflite.md. Ops and options stand in tflite.def, which tools/tflite_schema.py makes from an installed TensorFlow:
 *   TFLITE_OP(NUMBER, NAME)
 *   TFLITE_OPTIONS(UNION, NUMBER, FIELDS)   of BuiltinOptions (1) or BuiltinOptions2 (2); fields parted by spaces:
 *                                           NAME:KIND@FIELD or NAME:KIND@FIELD=PRESET
 *                                           b bool, i1 i2 i4 i8 u1 u4 numbers and their bytes, f float32, v vector of 4 byte elements */
#ifndef TFP_SCHEMA_TFLITE_H
#define TFP_SCHEMA_TFLITE_H

#include "codec/flatbuffer.h"

enum { TFLITE_NEWEST_VERSION = 3 };
enum tflite_model { MODEL_VERSION, MODEL_OPERATOR_CODES, MODEL_SUBGRAPHS, MODEL_DESCRIPTION, MODEL_BUFFERS, MODEL_METADATA_BUFFER,
                    MODEL_METADATA, MODEL_SIGNATURE_DEFS };
enum tflite_operator_code { CODE_DEPRECATED_BUILTIN, CODE_CUSTOM, CODE_VERSION, CODE_BUILTIN };
enum tflite_subgraph { SUBGRAPH_TENSORS, SUBGRAPH_INPUTS, SUBGRAPH_OUTPUTS, SUBGRAPH_OPERATORS, SUBGRAPH_NAME };
enum tflite_tensor_field { TENSOR_SHAPE, TENSOR_TYPE, TENSOR_BUFFER, TENSOR_NAME, TENSOR_QUANTIZATION, TENSOR_IS_VARIABLE, TENSOR_SPARSITY,
                           TENSOR_SHAPE_SIGNATURE, TENSOR_HAS_RANK };
enum tflite_quantization { QUANTIZATION_MIN, QUANTIZATION_MAX, QUANTIZATION_SCALE, QUANTIZATION_ZERO_POINT, QUANTIZATION_DETAILS_TYPE,
                           QUANTIZATION_DETAILS, QUANTIZATION_DIMENSION };
enum tflite_buffer { BUFFER_DATA, BUFFER_OFFSET, BUFFER_SIZE };
enum tflite_operator { OPERATOR_CODE, OPERATOR_INPUTS, OPERATOR_OUTPUTS, OPERATOR_OPTIONS_TYPE, OPERATOR_OPTIONS, OPERATOR_CUSTOM_OPTIONS,
                       OPERATOR_CUSTOM_FORMAT, OPERATOR_MUTATING, OPERATOR_INTERMEDIATES, OPERATOR_LARGE_CUSTOM_OFFSET,
                       OPERATOR_LARGE_CUSTOM_SIZE, OPERATOR_OPTIONS_2_TYPE, OPERATOR_OPTIONS_2 };
enum tflite_signature { SIGNATURE_INPUTS, SIGNATURE_OUTPUTS, SIGNATURE_KEY, SIGNATURE_UNUSED, SIGNATURE_SUBGRAPH };
enum tflite_tensor_map { MAP_NAME, MAP_TENSOR };
enum { TFLITE_CUSTOM = 32 /* the op whose name stands in CODE_CUSTOM */, TFLITE_MANY_CODES = 127 /* CODE_BUILTIN has the number */ };

/* "ADD"; NULL: no such op. */
const char *tflite_op_name(int64_t number);
/* TensorType -> TensorFlow's DataType; TFPB_DT_INVALID: none. */
int32_t tflite_data_type(int64_t type);

/* Of one operator. */
struct tflite_options {
    struct flat_table table;
    const char *fields; /* "": it has none */
};

/* Of union 1 or 2. */
struct tflite_options tflite_options_of(struct flat_table table, int which, int64_t number);
/* Whether options of this kind have the field; what the file leaves out has its preset. */
bool tflite_knows(const struct tflite_options *o, const char *field);
/* Fields that the options do not know are 0, or have no elements. */
int64_t tflite_int(const struct tflite_options *o, const char *field);
float tflite_float(const struct tflite_options *o, const char *field);
struct flat_vector tflite_list(const struct tflite_options *o, const char *field);

#endif
