/* An engine that runs: on one GPU, in one stream, with memory that stays from run to run. */
#ifndef TFP_TRT_SESSION_H
#define TFP_TRT_SESSION_H

#include "backend/tensorrt/cuda.h"
#include "backend/tensorrt/plan_file.h"
#include "backend/tensorrt/trt_types.h"

struct trt_session;

/* An input or output of the engine. */
struct trt_slot {
    const char *name;
    tfp_dtype model;      /* its type there, which callers see, */
    enum trt_type engine; /* and here */
    bool output, on_host;        /* on_host: a shape tensor, whose values TensorRT reads on the host */
    struct trt_dims dims;        /* as built; -1: open */
    const struct plan_range *told; /* what was told of an on_host input's values, a profile each; n 0: nothing */
    size_t n_told;
    /* Of the run: */
    struct trt_dims now;        /* -1: known after it */
    size_t count, bytes;        /* elements; bytes on the engine's side */
    void *device, *host;        /* device memory; pinned host memory, what is copied from or to it */
    size_t device_room, host_room;
    void *before;               /* on_host inputs: the values of the run before */
    void *lent;                 /* what the caller sees where types differ, */
    size_t lent_room;           /* heap */
    bool grows;                 /* an output whose size is known after the run: TensorRT asks for its memory */
    struct trt_allocator allocator;
    struct trt_session *session;
};

struct trt_session {
    struct tfp_context *ctx; /* of the call that runs */
    const char *where;       /* names the plan in messages */
    struct trt *trt;
    struct cuda cuda;
    struct trt_runtime *runtime;
    struct trt_engine *engine;
    struct trt_execution *execution;
    struct arena arena;
    struct tfp_tensor_info *infos[2]; /* inputs, outputs */
    struct trt_slot *slots[2];
    size_t n[2];
    int32_t profile; /* that is set; -1: none */
    cuda_stream stream;
    cuda_event start, stop;
    cuda_graph graph;      /* of these shapes */
    bool graph_transfers;  /* the graph has the copies in it */
    bool shapes_set;       /* the engine's shapes are those of the slots, and it ran with them */
    bool no_graph;         /* asked for, the engine's flow depends on data, or it could not be captured */
};

struct trt_session_options {
    const char *tensorrt; /* a library or its folder; NULL: found by itself */
    int32_t device;       /* number of the GPU, from 0 */
    bool no_graph;        /* every run goes through TensorRT's enqueue */
    bool assume_family;   /* struct trt_open_options */
    bool allow_host_code; /* plans that are version compatible hold a library of their own, which is then run */
};

/* Makes a session of a plan in memory, which may go after the call. `info` NULL: nothing is told, types and names are the
 * engine's. `where` names the plan in messages and is copied. trt_session_close() ends what was made, also after a
 * failure. E_MISSING for a plan of another version or GPU, with both named; E_FORMAT in TensorRT's words for one that it
 * does not take. */
tfp_status trt_session_open(struct tfp_context *ctx, struct trt_session *s, const char *where, struct bytes plan,
                            const struct plan_info *info, const struct trt_session_options *options);
void trt_session_close(struct trt_session *s); /* accepts a zeroed one */
/* Contract: run() of struct backend. */
tfp_status trt_session_run(struct tfp_context *ctx, struct trt_session *s, const struct tfp_tensor *inputs,
                           struct tfp_tensor *outputs);
/* Once more what ran last, waited for: with or without the copies between host and GPU, as a graph or not. Time by the
 * GPU's events, in milliseconds. A graph of an output with a size of its own is E_UNSUPPORTED. */
tfp_status trt_session_repeat(struct tfp_context *ctx, struct trt_session *s, bool transfers, bool graph,
                              float *milliseconds);
/* The last run again, `runs` times, with the time of each layer told each time. */
tfp_status trt_session_profile(struct tfp_context *ctx, struct trt_session *s, size_t runs,
                               void (*layer)(void *user, const char *name, float milliseconds), void *user);
/* TensorRT's inspector on the engine, JSON; free() it. */
tfp_status trt_session_inspect(struct tfp_context *ctx, struct trt_session *s, char **json);
/* Dimensions that the engine was tuned for (profile 0), or values of an input that is a shape tensor: `values` has room
 * for its elements, or is NULL. False: not known. */
bool trt_session_usual(struct trt_session *s, size_t input, int64_t *dims, int64_t *values);

/* -- between trt_session.c and trt_run.c --------------------------------------------------------------------------- */

/* What the profile says of element i of a shape tensor; false: nobody tells. */
bool trt_session_value(struct trt_session *s, const struct trt_slot *slot, int32_t profile, enum trt_which which, size_t i,
                       int64_t *out);

#endif
