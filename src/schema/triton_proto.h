/* Triton Inference Server's model configuration as structs: what is written of it. Names, numbers and meaning are those of its
 * published protobuf/model_config.proto (package inference); as text it is a model's config.pbtxt. */
#ifndef TFP_SCHEMA_TRITON_PROTO_H
#define TFP_SCHEMA_TRITON_PROTO_H

#include "codec/protobuf.h"

/* DataType; 0: it has no type for that. */
enum {
    TRTIS_BOOL = 1,
    TRTIS_UINT8,
    TRTIS_UINT16,
    TRTIS_UINT32,
    TRTIS_UINT64,
    TRTIS_INT8,
    TRTIS_INT16,
    TRTIS_INT32,
    TRTIS_INT64,
    TRTIS_FP16,
    TRTIS_FP32,
    TRTIS_FP64,
    TRTIS_STRING,
    TRTIS_BF16,
};
enum { TRTIS_KIND_GPU = 1, TRTIS_KIND_CPU = 2 };

struct trtis_reshape { /* ModelTensorReshape: the shape that the model has; empty: a scalar */
    struct pb_int64s shape;
};
struct trtis_tensor { /* ModelInput and ModelOutput */
    struct bytes name;
    int32_t data_type;
    struct pb_int64s dims; /* without the batch; -1: open; never empty */
    const struct trtis_reshape *reshape;
    struct bytes label_filename; /* of an output */
};
PB_LIST(trtis_tensors, struct trtis_tensor);

struct trtis_instance_group { /* ModelInstanceGroup */
    int32_t count;            /* for each GPU */
    struct pb_int32s gpus;    /* none: all that there are */
    int32_t kind;
};
PB_LIST(trtis_instance_groups, struct trtis_instance_group);

struct trtis_dynamic_batching { /* ModelDynamicBatching */
    struct pb_int32s preferred_batch_size;
    uint64_t max_queue_delay_microseconds;
};
struct trtis_latest { /* ModelVersionPolicy.Latest */
    uint32_t num_versions;
};
struct trtis_version_policy {
    const struct trtis_latest *latest;
};
struct trtis_file { /* an entry of cc_model_filenames: compute capability and file */
    struct bytes key, value;
};
PB_LIST(trtis_files, struct trtis_file);

struct trtis_parameter { /* ModelParameter */
    struct bytes string_value;
};
struct trtis_parameter_entry {
    struct bytes key;
    struct trtis_parameter value;
};
PB_LIST(trtis_parameters, struct trtis_parameter_entry);

struct trtis_warmup_input { /* ModelWarmup.Input */
    int32_t data_type;
    struct pb_int64s dims;
    bool zero_data;               /* or */
    struct bytes input_data_file; /* in the folder warmup */
};
struct trtis_warmup_entry {
    struct bytes key;
    struct trtis_warmup_input value;
};
PB_LIST(trtis_warmup_inputs, struct trtis_warmup_entry);
struct trtis_warmup { /* ModelWarmup */
    struct bytes name;
    uint32_t batch_size; /* 1 where the model has no batch */
    struct trtis_warmup_inputs inputs;
};
PB_LIST(trtis_warmups, struct trtis_warmup);

struct trtis_config { /* ModelConfig */
    struct bytes name, platform, backend;
    const struct trtis_version_policy *version_policy;
    int32_t max_batch_size; /* 0: dims are whole shapes */
    struct trtis_tensors input, output;
    struct trtis_instance_groups instance_group;
    struct bytes default_model_filename;
    struct trtis_files cc_model_filenames;
    const struct trtis_dynamic_batching *dynamic_batching;
    struct trtis_parameters parameters;
    struct trtis_warmups model_warmup;
};

extern const struct pb_message trtis_config_type;

#endif
