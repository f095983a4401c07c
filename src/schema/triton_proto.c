/* The tables of Triton's model configuration, as tensorflow_proto.c has them. */
#include "schema/triton_proto.h"

static const struct pb_word data_types[] = {
    { "TYPE_INVALID", 0 },           { "TYPE_BOOL", TRTIS_BOOL },     { "TYPE_UINT8", TRTIS_UINT8 },   { "TYPE_UINT16", TRTIS_UINT16 },
    { "TYPE_UINT32", TRTIS_UINT32 }, { "TYPE_UINT64", TRTIS_UINT64 }, { "TYPE_INT8", TRTIS_INT8 },     { "TYPE_INT16", TRTIS_INT16 },
    { "TYPE_INT32", TRTIS_INT32 },   { "TYPE_INT64", TRTIS_INT64 },   { "TYPE_FP16", TRTIS_FP16 },     { "TYPE_FP32", TRTIS_FP32 },
    { "TYPE_FP64", TRTIS_FP64 },     { "TYPE_STRING", TRTIS_STRING }, { "TYPE_BF16", TRTIS_BF16 },
};
static const struct pb_enum data_type_words = PB_WORDS("DataType", data_types);

static const struct pb_word kinds[] = { { "KIND_AUTO", 0 }, { "KIND_GPU", TRTIS_KIND_GPU }, { "KIND_CPU", TRTIS_KIND_CPU } };
static const struct pb_enum kind_words = PB_WORDS("ModelInstanceGroup.Kind", kinds);

static const struct pb_field reshape_fields[] = { PB_FIELD(struct trtis_reshape, 1, shape, INT64, PB_MANY) };
static const struct pb_message reshape_type = PB_MESSAGE_TYPE("ModelTensorReshape", struct trtis_reshape, reshape_fields);

static const struct pb_field input_fields[] = {
    PB_FIELD(struct trtis_tensor, 1, name, STRING, PB_ONE),
    PB_FIELD(struct trtis_tensor, 2, data_type, ENUM, PB_ONE, .words = &data_type_words),
    PB_FIELD(struct trtis_tensor, 4, dims, INT64, PB_MANY),
    PB_FIELD(struct trtis_tensor, 5, reshape, MESSAGE, PB_ONE, .message = &reshape_type),
};
static const struct pb_message input_type = PB_MESSAGE_TYPE("ModelInput", struct trtis_tensor, input_fields);

static const struct pb_field output_fields[] = {
    PB_FIELD(struct trtis_tensor, 1, name, STRING, PB_ONE),
    PB_FIELD(struct trtis_tensor, 2, data_type, ENUM, PB_ONE, .words = &data_type_words),
    PB_FIELD(struct trtis_tensor, 3, dims, INT64, PB_MANY),
    PB_FIELD(struct trtis_tensor, 4, label_filename, STRING, PB_ONE),
    PB_FIELD(struct trtis_tensor, 5, reshape, MESSAGE, PB_ONE, .message = &reshape_type),
};
static const struct pb_message output_type = PB_MESSAGE_TYPE("ModelOutput", struct trtis_tensor, output_fields);

static const struct pb_field instance_group_fields[] = {
    PB_FIELD(struct trtis_instance_group, 2, count, INT32, PB_ONE),
    PB_FIELD(struct trtis_instance_group, 3, gpus, INT32, PB_MANY),
    PB_FIELD(struct trtis_instance_group, 4, kind, ENUM, PB_ONE, .words = &kind_words),
};
static const struct pb_message instance_group_type =
    PB_MESSAGE_TYPE("ModelInstanceGroup", struct trtis_instance_group, instance_group_fields);

static const struct pb_field dynamic_batching_fields[] = {
    PB_FIELD(struct trtis_dynamic_batching, 1, preferred_batch_size, INT32, PB_MANY),
    PB_FIELD(struct trtis_dynamic_batching, 2, max_queue_delay_microseconds, UINT64, PB_ONE),
};
static const struct pb_message dynamic_batching_type =
    PB_MESSAGE_TYPE("ModelDynamicBatching", struct trtis_dynamic_batching, dynamic_batching_fields);

static const struct pb_field latest_fields[] = { PB_FIELD(struct trtis_latest, 1, num_versions, UINT32, PB_ONE) };
static const struct pb_message latest_type = PB_MESSAGE_TYPE("ModelVersionPolicy.Latest", struct trtis_latest, latest_fields);
static const struct pb_field version_policy_fields[] = {
    PB_FIELD(struct trtis_version_policy, 1, latest, MESSAGE, PB_ONE, .message = &latest_type),
};
static const struct pb_message version_policy_type =
    PB_MESSAGE_TYPE("ModelVersionPolicy", struct trtis_version_policy, version_policy_fields);

static const struct pb_field file_fields[] = {
    PB_FIELD(struct trtis_file, 1, key, STRING, PB_ONE),
    PB_FIELD(struct trtis_file, 2, value, STRING, PB_ONE),
};
static const struct pb_message file_type = PB_MESSAGE_TYPE("CcModelFilenamesEntry", struct trtis_file, file_fields);

static const struct pb_field parameter_fields[] = { PB_FIELD(struct trtis_parameter, 1, string_value, STRING, PB_ONE) };
static const struct pb_message parameter_type = PB_MESSAGE_TYPE("ModelParameter", struct trtis_parameter, parameter_fields);
static const struct pb_field parameter_entry_fields[] = {
    PB_FIELD(struct trtis_parameter_entry, 1, key, STRING, PB_ONE),
    PB_FIELD(struct trtis_parameter_entry, 2, value, MESSAGE, PB_INLINE, .message = &parameter_type),
};
static const struct pb_message parameter_entry_type =
    PB_MESSAGE_TYPE("ParametersEntry", struct trtis_parameter_entry, parameter_entry_fields);

static const struct pb_field warmup_input_fields[] = {
    PB_FIELD(struct trtis_warmup_input, 1, data_type, ENUM, PB_ONE, .words = &data_type_words),
    PB_FIELD(struct trtis_warmup_input, 2, dims, INT64, PB_MANY),
    PB_FIELD(struct trtis_warmup_input, 3, zero_data, BOOL, PB_ONE),
    PB_FIELD(struct trtis_warmup_input, 5, input_data_file, STRING, PB_ONE),
};
static const struct pb_message warmup_input_type = PB_MESSAGE_TYPE("ModelWarmup.Input", struct trtis_warmup_input, warmup_input_fields);
static const struct pb_field warmup_entry_fields[] = {
    PB_FIELD(struct trtis_warmup_entry, 1, key, STRING, PB_ONE),
    PB_FIELD(struct trtis_warmup_entry, 2, value, MESSAGE, PB_INLINE, .message = &warmup_input_type),
};
static const struct pb_message warmup_entry_type = PB_MESSAGE_TYPE("InputsEntry", struct trtis_warmup_entry, warmup_entry_fields);
static const struct pb_field warmup_fields[] = {
    PB_FIELD(struct trtis_warmup, 1, name, STRING, PB_ONE),
    PB_FIELD(struct trtis_warmup, 2, batch_size, UINT32, PB_ONE),
    PB_FIELD(struct trtis_warmup, 3, inputs, MESSAGE, PB_MANY, .message = &warmup_entry_type),
};
static const struct pb_message warmup_type = PB_MESSAGE_TYPE("ModelWarmup", struct trtis_warmup, warmup_fields);

static const struct pb_field config_fields[] = {
    PB_FIELD(struct trtis_config, 1, name, STRING, PB_ONE),
    PB_FIELD(struct trtis_config, 2, platform, STRING, PB_ONE),
    PB_FIELD(struct trtis_config, 3, version_policy, MESSAGE, PB_ONE, .message = &version_policy_type),
    PB_FIELD(struct trtis_config, 4, max_batch_size, INT32, PB_ONE, .flags = PB_ALWAYS),
    PB_FIELD(struct trtis_config, 5, input, MESSAGE, PB_MANY, .message = &input_type),
    PB_FIELD(struct trtis_config, 6, output, MESSAGE, PB_MANY, .message = &output_type),
    PB_FIELD(struct trtis_config, 7, instance_group, MESSAGE, PB_MANY, .message = &instance_group_type),
    PB_FIELD(struct trtis_config, 8, default_model_filename, STRING, PB_ONE),
    PB_FIELD(struct trtis_config, 9, cc_model_filenames, MESSAGE, PB_MANY, .message = &file_type),
    PB_FIELD(struct trtis_config, 11, dynamic_batching, MESSAGE, PB_ONE, .message = &dynamic_batching_type),
    PB_FIELD(struct trtis_config, 14, parameters, MESSAGE, PB_MANY, .message = &parameter_entry_type),
    PB_FIELD(struct trtis_config, 16, model_warmup, MESSAGE, PB_MANY, .message = &warmup_type),
    PB_FIELD(struct trtis_config, 17, backend, STRING, PB_ONE),
};
const struct pb_message trtis_config_type = PB_MESSAGE_TYPE("ModelConfig", struct trtis_config, config_fields);
