/* The tables of checkpoints' messages, as tensorflow_proto.c has them. */
#include "schema/checkpoint_proto.h"

static const struct pb_word endiannesses[] = { { "LITTLE", TFPB_BUNDLE_LITTLE }, { "BIG", TFPB_BUNDLE_BIG } };
static const struct pb_enum endianness_words = PB_WORDS("Endianness", endiannesses);

static const struct pb_field extent_fields[] = {
    PB_FIELD(struct tfpb_extent, 1, start, INT64, PB_ONE),
    PB_FIELD(struct tfpb_extent, 2, length, INT64, PB_ONE, PB_ONEOF(struct tfpb_extent, which)),
};
static const struct pb_message extent_type =
    PB_MESSAGE_TYPE("TensorSliceProto.Extent", struct tfpb_extent, extent_fields);

static const struct pb_field slice_fields[] = {
    PB_FIELD(struct tfpb_slice, 1, extent, MESSAGE, PB_MANY, .message = &extent_type),
};
static const struct pb_message slice_type = PB_MESSAGE_TYPE("TensorSliceProto", struct tfpb_slice, slice_fields);

static const struct pb_field header_fields[] = {
    PB_FIELD(struct tfpb_bundle_header, 1, num_shards, INT32, PB_ONE),
    PB_FIELD(struct tfpb_bundle_header, 2, endianness, ENUM, PB_ONE, .words = &endianness_words),
    PB_FIELD(struct tfpb_bundle_header, 3, version, MESSAGE, PB_ONE, .message = &tfpb_versions_type),
};
const struct pb_message tfpb_bundle_header_type =
    PB_MESSAGE_TYPE("BundleHeaderProto", struct tfpb_bundle_header, header_fields);

static const struct pb_field entry_fields[] = {
    PB_FIELD(struct tfpb_bundle_entry, 1, dtype, ENUM, PB_ONE, .words = &tfpb_data_type_words),
    PB_FIELD(struct tfpb_bundle_entry, 2, shape, MESSAGE, PB_ONE, .message = &tfpb_shape_type),
    PB_FIELD(struct tfpb_bundle_entry, 3, shard_id, INT32, PB_ONE),
    PB_FIELD(struct tfpb_bundle_entry, 4, offset, INT64, PB_ONE),
    PB_FIELD(struct tfpb_bundle_entry, 5, size, INT64, PB_ONE),
    PB_FIELD(struct tfpb_bundle_entry, 6, crc32c, FIXED32, PB_ONE),
    PB_FIELD(struct tfpb_bundle_entry, 7, slices, MESSAGE, PB_MANY, .message = &slice_type),
};
const struct pb_message tfpb_bundle_entry_type =
    PB_MESSAGE_TYPE("BundleEntryProto", struct tfpb_bundle_entry, entry_fields);

static const struct pb_field slice_meta_fields[] = {
    PB_FIELD(struct tfpb_saved_slice_meta, 1, name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_saved_slice_meta, 2, shape, MESSAGE, PB_ONE, .message = &tfpb_shape_type),
    PB_FIELD(struct tfpb_saved_slice_meta, 3, type, ENUM, PB_ONE, .words = &tfpb_data_type_words),
    PB_FIELD(struct tfpb_saved_slice_meta, 4, slice, MESSAGE, PB_MANY, .message = &slice_type),
};
static const struct pb_message slice_meta_type =
    PB_MESSAGE_TYPE("SavedSliceMeta", struct tfpb_saved_slice_meta, slice_meta_fields);

static const struct pb_field slices_meta_fields[] = {
    PB_FIELD(struct tfpb_saved_slices_meta, 1, tensor, MESSAGE, PB_MANY, .message = &slice_meta_type),
    PB_FIELD(struct tfpb_saved_slices_meta, 2, versions, MESSAGE, PB_ONE, .message = &tfpb_versions_type),
};
static const struct pb_message slices_meta_type =
    PB_MESSAGE_TYPE("SavedTensorSliceMeta", struct tfpb_saved_slices_meta, slices_meta_fields);

static const struct pb_field saved_slice_fields[] = {
    PB_FIELD(struct tfpb_saved_slice, 1, name, STRING, PB_ONE),
    PB_FIELD(struct tfpb_saved_slice, 2, slice, MESSAGE, PB_ONE, .message = &slice_type),
    PB_FIELD(struct tfpb_saved_slice, 3, data, MESSAGE, PB_ONE, .message = &tfpb_tensor_type),
};
static const struct pb_message saved_slice_type =
    PB_MESSAGE_TYPE("SavedSlice", struct tfpb_saved_slice, saved_slice_fields);

static const struct pb_field saved_slices_fields[] = {
    PB_FIELD(struct tfpb_saved_slices, 1, meta, MESSAGE, PB_ONE, .message = &slices_meta_type),
    PB_FIELD(struct tfpb_saved_slices, 2, data, MESSAGE, PB_ONE, .message = &saved_slice_type),
};
const struct pb_message tfpb_saved_slices_type =
    PB_MESSAGE_TYPE("SavedTensorSlices", struct tfpb_saved_slices, saved_slices_fields);

static const struct pb_field state_fields[] = {
    PB_FIELD(struct tfpb_checkpoint_state, 1, model_checkpoint_path, STRING, PB_ONE),
    PB_FIELD(struct tfpb_checkpoint_state, 2, all_model_checkpoint_paths, STRING, PB_MANY),
    PB_IGNORE(3, "all_model_checkpoint_timestamps"),
    PB_IGNORE(4, "last_preserved_timestamp"),
};
const struct pb_message tfpb_checkpoint_state_type =
    PB_MESSAGE_TYPE("CheckpointState", struct tfpb_checkpoint_state, state_fields);
