/* TensorProto of ONNX -> dense tensors. What the file holds as one run of bytes, and external data, is referred to in
 * the file's map where it is aligned for its type or large, and copied once where it is neither; typed fields are
 * converted. */
#ifndef TFP_ONNX_TENSOR_H
#define TFP_ONNX_TENSOR_H

#include "base/map.h"
#include "ir/tensor.h"
#include "schema/onnx_proto.h"

/* Where a model's tensors lie: its own file and those beside it, each mapped once. */
struct onnx_files {
    struct arena *arena;
    const char *folder;    /* of the model; external data lies in it or below */
    struct buffer *own;    /* the model's file; NULL: runs of bytes are copied */
    struct map maps;       /* location, the message's -> struct buffer, owned */
};

void onnx_files_close(struct onnx_files *f);

/* Fills t, whose data belongs to t->owner (release it). `what` begins messages. E_FORMAT: a wrong number of bytes or
 * elements, external data that is not there, outside the model's folder or past its file's end. E_UNSUPPORTED: a type
 * that the IR lacks. */
tfp_status onnx_tensor_read(struct tfp_context *ctx, struct onnx_files *f, const char *what, const struct onnxpb_tensor *p,
                            struct tensor *t);
/* The same with the zeros written out, as long as they take less than 2 GiB. */
tfp_status onnx_tensor_read_sparse(struct tfp_context *ctx, struct onnx_files *f, const char *what,
                                   const struct onnxpb_sparse_tensor *p, struct tensor *t);
/* Elements and bytes that the tensor says it has; false when it says nonsense. */
bool onnx_tensor_size(const struct onnxpb_tensor *p, uint64_t *elements, uint64_t *bytes);
/* The type with that number; TFP_UNDEFINED: none of the IR's. */
tfp_dtype onnx_dtype(int64_t number);
/* ONNX's word for a type: "FLOAT8E4M3FN"; a number in `room` for what is none. */
const char *onnx_type_word(int64_t number, char *room, size_t n);
/* The number of a word; 0: no such type. */
int64_t onnx_type_number(struct bytes word);
/* Where its external data lies: "weights.bin"; "" for none. */
struct bytes onnx_tensor_location(const struct onnxpb_tensor *p);

#endif
