/* TensorProto -> constant. What the file holds as one run of bytes is referred to in the file's map where it is aligned
 * for its type, and copied once where it is not; typed fields are converted. The compressed forms (the last value
 * counts for the rest; no value at all means zeros) are written out. */
#ifndef TFP_TF_TENSOR_H
#define TFP_TF_TENSOR_H

#include "frontend/tensorflow/tf_graph.h"

/* Repeated values are written out as long as all those of a graph together take no more than this; beyond, a tensor of
 * one repeated value is given as that one value: a small file cannot claim much memory. */
enum { TF_TENSOR_REPEATED = 64 * 1024 * 1024 };

/* Fills t, whose data belongs to t->owner (release it). *single: all elements are equal and only one is at t->data.
 * `what` begins messages. E_FORMAT: unknown rank, wrong number of elements, a repeated value of 2 GiB or more;
 * E_UNSUPPORTED: a type that the IR lacks. */
tfp_status tf_tensor_read(struct tfp_context *ctx, struct tf_graph *g, const char *what, const struct tfpb_tensor *p,
                          struct tensor *t, bool *single);
/* Elements and bytes that the tensor says it has; false when it says nonsense. */
bool tf_tensor_size(const struct tfpb_tensor *p, uint64_t *elements, uint64_t *bytes);
/* The value of a bool or integer tensor of one element; false when it is something else. */
bool tf_tensor_flag(const struct tfpb_tensor *p, bool *out);

#endif
