/* A model as TensorFlow itself takes it: what the frontends of its formats tell the backend that calls TensorFlow. Strings
 * live as long as the model. */
#ifndef TFP_TENSORFLOW_PROGRAM_H
#define TFP_TENSORFLOW_PROGRAM_H

#include "base/buffer.h"
#include "base/bytes.h"

struct tensorflow_program {
    const char *folder; /* a SavedModel with its tags; NULL: the graph */
    const char *const *tags;
    size_t n_tags;
    struct bytes graph;   /* an encoded GraphDef, */
    struct buffer *owner; /* which the receiver releases; NULL: it lives as long as the model */
    /* Its variables are restored by running an op that is told a prefix through a tensor. NULL: it has none. */
    const char *checkpoint, *restore_op, *filename_tensor;
    const char *const *inputs, *const *outputs; /* "node" or "node:1", in the model's order */
    size_t n_inputs, n_outputs;
};

#endif
