/* The public array: a tensor with what keeps its memory. */
#ifndef TFP_API_ARRAY_H
#define TFP_API_ARRAY_H

#include "base/buffer.h"
#include "codec/npy.h"

struct tfp_array {
    struct tfp_tensor tensor;
    struct npy npy;
    struct arena arena;
    struct buffer *file; /* or memory */
};

#endif
