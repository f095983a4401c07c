/* TensorProto -> constant. What the file holds as one run of bytes is referred to in the file's map where it is aligned
 * for its type, and copied once where it is not; typed fields are converted. The compressed forms (the last value
 * counts for the rest; no value at all means zeros) are written out. See docs/formats/graph-def.md. */
#ifndef TFP_WEIGHTS_TENSOR_PROTO_H
#define TFP_WEIGHTS_TENSOR_PROTO_H

#include "ir/tensor.h"
#include "schema/tensorflow_proto.h"

/* What tensors may point into, and what they were given so far.
 *
 * Repeated values are written out as long as all those of a file together take no more than this; beyond, a tensor of
 * one repeated value is given as that one value: a small file cannot claim much memory. */
enum { TENSOR_PROTO_REPEATED = 64 * 1024 * 1024 };
struct tensor_proto_file {
    struct buffer *map; /* the file; runs of bytes elsewhere are copied. NULL: all are */
    struct buffer **others; /* and what else may be referred to; n_others of them */
    size_t n_others;
    uint64_t repeated;  /* bytes that tensors of one repeated value have been given */
};

/* Fills t, whose data belongs to t->owner (release it). *single: all elements are equal and only one is at t->data.
 * `what` begins messages. E_FORMAT: unknown rank, wrong number of elements, a repeated value of 2 GiB or more;
 * E_UNSUPPORTED: a type that the IR lacks. */
tfp_status tensor_proto_read(struct tfp_context *ctx, struct tensor_proto_file *file, const char *what,
                             const struct tfpb_tensor *p, struct tensor *t, bool *single);
/* Elements and bytes that the tensor says it has; false when it says nonsense. */
bool tensor_proto_size(const struct tfpb_tensor *p, uint64_t *elements, uint64_t *bytes);
/* The value of a bool, int32 or int64 tensor of one element; false when it is something else. */
bool tensor_proto_integer(const struct tfpb_tensor *p, int64_t *out);

#endif
