/* What executes a graph: one row a backend. Backends never include one another, nor a frontend, nor a pass. */
#ifndef TFP_BACKEND_H
#define TFP_BACKEND_H

#include "ir/ir.h"

struct backend_options {
    int threads;         /* at least 1 */
    const char *library; /* where the backend's library is; NULL: found by itself */
    const char *path;    /* an ONNX file, for backends that read ONNX; else NULL */
    struct bytes onnx;   /* or the same in memory, which outlives the state */
};

struct backend {
    const char *name;
    size_t state_size; /* the caller allocates (zeroed) and frees it */
    bool reads_onnx;   /* open() takes options->path or options->onnx, and no graph */
    /* `g` outlives the state, its constants are aligned; NULL for backends that read ONNX. */
    tfp_status (*open)(struct tfp_context *ctx, void *state, const struct ir_graph *g, const struct backend_options *o);
    /* Inputs and outputs in the graph's order. Contract of `outputs`: tfp_session_run() in tfport.h. Shapes and types of
     * inputs were compared with the graph's by the caller. */
    tfp_status (*run)(struct tfp_context *ctx, void *state, const struct tfp_tensor *inputs, size_t n_inputs,
                      struct tfp_tensor *outputs, size_t n_outputs);
    /* What the file declares, for backends that read ONNX; lives in the state. NULL otherwise. */
    const struct tfp_tensor_info *(*info)(void *state, bool output, size_t *n);
    void (*close)(void *state); /* always called, also after a failed open */
};

const struct backend *backend_find(const char *name); /* NULL: no such */

#endif
