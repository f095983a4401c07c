/* What executes a graph: one row a backend. Backends never include one another, nor a frontend, nor a pass. */
#ifndef TFP_BACKEND_H
#define TFP_BACKEND_H

#include "ir/ir.h"

struct plan_info;
struct tensorflow_program;

struct backend_options {
    int threads;         /* at least 1 */
    const char *library; /* where the backend's library is; NULL: found by itself */
    const char *path;    /* a file, for backends that read ONNX or plans; else NULL */
    struct bytes onnx;   /* or ONNX in memory, which outlives the state */
    struct bytes plan;   /* or an engine in memory, for the time of open(), with what is told of it; `path` names it */
    const struct plan_info *told;
    const char *const *expose; /* with `original`: tensors that are outputs behind its own */
    size_t n_expose;
    const struct tensorflow_program *original; /* or the model as TensorFlow takes it, for the time of open() */
    int device;          /* number of the GPU */
    bool no_graph, allow_host_code, assume_family; /* of tensorrt: struct trt_session_options */
};

/* A way to repeat a run for measuring it. */
struct backend_mode {
    bool transfers; /* with the copies between host and device; false where there are none */
    bool graph;     /* as a CUDA graph */
};

struct backend {
    const char *name;
    size_t state_size; /* the caller allocates (zeroed) and frees it */
    bool reads_onnx;   /* open() takes options->path or options->onnx, and no graph */
    bool reads_plans;  /* open() takes options->path to an engine, or options->plan, and no graph */
    bool runs_original; /* open() takes options->original, and no graph */
    /* `g` outlives the state, its constants are aligned; NULL for backends that read ONNX. */
    tfp_status (*open)(struct tfp_context *ctx, void *state, const struct ir_graph *g, const struct backend_options *o);
    /* Inputs and outputs in the graph's order. Contract of `outputs`: tfp_session_run() in tfport.h. Shapes and types of
     * inputs were compared with the graph's by the caller. */
    tfp_status (*run)(struct tfp_context *ctx, void *state, const struct tfp_tensor *inputs, size_t n_inputs,
                      struct tfp_tensor *outputs, size_t n_outputs);
    /* What the file declares, for backends that read files; lives in the state. NULL otherwise. */
    const struct tfp_tensor_info *(*info)(void *state, bool output, size_t *n);
    /* Whether the program has a tensor of that name, for backends that run the original; `expose` may name it then. */
    bool (*has_tensor)(void *state, const char *name);
    void (*close)(void *state); /* always called, also after a failed open */

    /* What follows a backend may lack (NULL). All but usual() is for after a run. */
    /* Number i of the ways to repeat the last run; false: there are no more. */
    bool (*mode)(void *state, size_t i, struct backend_mode *out);
    /* Repeats it that way and waits. *device_ms: by the device's own clock. */
    tfp_status (*repeat)(struct tfp_context *ctx, void *state, struct backend_mode mode, float *device_ms);
    /* Repeats it and tells each layer's time each time. */
    tfp_status (*profile)(struct tfp_context *ctx, void *state, size_t runs,
                          void (*layer)(void *user, const char *name, float milliseconds), void *user);
    tfp_status (*inspect)(struct tfp_context *ctx, void *state, char **json); /* free() it */
    /* Dimensions that input i is best at, and where the backend needs certain values of it, these (into `values` unless it
     * is NULL): false: not known. */
    bool (*usual)(void *state, size_t i, int64_t *dims, int64_t *values);
};

/* Hands out an output that lies in memory of the state: where the caller gave room it is copied there. E_USAGE by name: the room
 * is too small. */
tfp_status backend_give(struct tfp_context *ctx, const char *name, const struct tfp_tensor *from, struct tfp_tensor *out);
/* That check alone: `need` bytes; without room there is nothing to check. */
tfp_status backend_check_room(struct tfp_context *ctx, const char *name, const struct tfp_tensor *out, size_t need);

const struct backend *backend_find(const char *name); /* NULL: no such */
const struct backend *backend_at(size_t i);           /* NULL behind the last */
const char *backend_names(char *room, size_t n);      /* "cpu, onnxruntime, .." */

#endif
