/* Element types at the edge of an engine: what the model says, and what the engine takes. */
#ifndef TFP_TRT_EDGE_H
#define TFP_TRT_EDGE_H

#include "backend/tensorrt/trt_api.h"

struct trt_edge {
    tfp_dtype model;
    enum trt_type engine;
    /* n elements from the model's type to the engine's; false: element *bad is beyond what the engine's type holds. */
    bool (*in)(const void *from, void *to, size_t n, size_t *bad);
    void (*out)(const void *from, void *to, size_t n);
}; /* without functions the bytes are the same */

const struct trt_edge *trt_edge_find(tfp_dtype model, enum trt_type engine); /* NULL: there is no way between them */
/* The model's type of an engine's tensor of which nothing is told; TFP_UNDEFINED: none (fp8 and smaller). */
tfp_dtype trt_edge_dtype(enum trt_type engine);

#endif
