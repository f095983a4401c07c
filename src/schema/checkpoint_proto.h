/* Messages of checkpoints as structs: tensor bundles (tensorflow/core/protobuf/tensor_bundle.proto), checkpoints of
 * version 1 (tensorflow/core/util/saved_tensor_slice.proto) and the state file
 * (tensorflow/python/training/checkpoint_state.proto). See docs/formats/tensor-bundle.md, checkpoint-v1.md and
 * meta-graph.md. */
#ifndef TFP_SCHEMA_CHECKPOINT_PROTO_H
#define TFP_SCHEMA_CHECKPOINT_PROTO_H

#include "schema/tensorflow_proto.h"

struct tfpb_extent { /* TensorSliceProto.Extent; without a length it is the whole dimension */
    int64_t start;
    int32_t which; /* 2: length is set */
    int64_t length;
};
PB_LIST(tfpb_extents, struct tfpb_extent);

struct tfpb_slice { /* TensorSliceProto */
    struct tfpb_extents extent;
};
PB_LIST(tfpb_slices, struct tfpb_slice);

enum { TFPB_BUNDLE_LITTLE = 0, TFPB_BUNDLE_BIG = 1 };

struct tfpb_bundle_header {
    int32_t num_shards;
    int32_t endianness;
    const struct tfpb_versions *version;
};

struct tfpb_bundle_entry {
    int32_t dtype;
    const struct tfpb_shape *shape;
    int32_t shard_id;
    int64_t offset, size; /* bytes in the shard */
    uint32_t crc32c;      /* masked, of these bytes */
    struct tfpb_slices slices; /* of a partitioned variable, which has no bytes of its own */
};

struct tfpb_saved_slice_meta {
    struct bytes name;
    const struct tfpb_shape *shape;
    int32_t type;
    struct tfpb_slices slice;
};
PB_LIST(tfpb_saved_slice_metas, struct tfpb_saved_slice_meta);

struct tfpb_saved_slices_meta { /* SavedTensorSliceMeta */
    struct tfpb_saved_slice_metas tensor;
    const struct tfpb_versions *versions;
};

struct tfpb_saved_slice {
    struct bytes name;
    const struct tfpb_slice *slice;
    const struct tfpb_tensor *data;
};

struct tfpb_saved_slices { /* SavedTensorSlices: the value of every key of a V1 file */
    const struct tfpb_saved_slices_meta *meta; /* of key "" */
    const struct tfpb_saved_slice *data;       /* of all others */
};

struct tfpb_checkpoint_state {
    struct bytes model_checkpoint_path;
    struct pb_strings all_model_checkpoint_paths;
};

extern const struct pb_message tfpb_bundle_header_type, tfpb_bundle_entry_type, tfpb_saved_slices_type,
    tfpb_checkpoint_state_type;

#endif
