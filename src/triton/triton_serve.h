/* The Triton backend: what its parts share. A model is its configuration; each instance of it has a context, a model and a session
 * of its own, so that instances share nothing and need no lock. */
#ifndef TFP_TRITON_SERVE_H
#define TFP_TRITON_SERVE_H

#include "triton/triton_api.h"

#include "tfport/tfport.h"

#include <jansson.h>

enum { MOST_WORDS = 256 };

/* An input or output as the configuration has it. */
struct declared {
    const char *name;
    tfp_dtype dtype;
    uint32_t rank;
    int64_t dims[TFP_MAX_RANK]; /* with the batch, -1: open */
};
struct words {
    const char *at[MOST_WORDS];
    size_t n;
};
/* What config.pbtxt says. Strings are the JSON's, but for those that `cut` holds. */
struct settings {
    json_t *config;
    char *folder;         /* of the version */
    char *cut[4];         /* lists, cut in place */
    const char *file;     /* default_model_filename; NULL: none */
    const char *backend, *library, *tensorrt, *precision; /* parameters; NULL: not given */
    const char *signature, *weights;
    struct words inputs_chosen, outputs_chosen, tags;
    bool moving_averages, no_verify, state_io;
    int64_t unroll, threads;
    int64_t max_batch; /* 0: requests are not batched */
    int64_t cpu_instances;
    struct declared *inputs, *outputs;
    size_t n_inputs, n_outputs;
};
/* `json` of Triton's ModelConfig, version 1. An error names what is wrong. settings_free() follows in any case. */
triton_error settings_read(const char *json, size_t n, const char *folder, struct settings *out);
void settings_free(struct settings *s);
/* The engine for a compute capability, "8.9"; NULL: none is named for it. */
const char *settings_engine(const struct settings *s, const char *capability);

/* An error with a message. */
__attribute__((format(printf, 2, 3))) triton_error triton_fail(int code, const char *format, ...);
/* The message of a context as an error of the code that its status means. */
triton_error triton_failed(const tfp_context *ctx, tfp_status status);
__attribute__((format(printf, 2, 3))) void triton_log(int level, const char *format, ...);
/* Ends an error that there is nobody to tell but the log. */
void triton_drop(triton_error error);

/* Types by Triton's numbers and words. */
int triton_datatype(tfp_dtype dtype); /* 0: it has none */
tfp_dtype triton_dtype(const char *word); /* "TYPE_FP32" */

/* Triton has no scalars without a batch: they are one element there. */
static inline bool triton_is_scalar(const struct tfp_tensor_info *info)
{
    return info->rank == 0;
}

/* Memory that grows and is used again. */
struct room {
    char *at;
    size_t n, size;
};
bool room_add(struct room *r, const void *from, size_t n);
void *room_take(struct room *r, size_t n); /* n more bytes; NULL: out of memory. Moves what is in it */

/* How the engine of an instance on TensorRT is built. The session refers to it as long as it lives. */
struct building {
    struct tfp_build_options options;
    struct tfp_profile profile;
    struct tfp_range *ranges;
    int64_t (*least)[TFP_MAX_RANK], (*most)[TFP_MAX_RANK];
};

struct instance {
    struct TRITONBACKEND_ModelInstance *triton;
    const struct settings *settings;
    struct building building;
    tfp_context *ctx;
    tfp_model *model; /* NULL: the session reads the file itself */
    tfp_session *session;
    size_t n_inputs, n_outputs;
    struct tfp_tensor *inputs, *outputs;
    int64_t (*dims)[TFP_MAX_RANK]; /* of the inputs */
    struct room *staged, *strings; /* by input: bytes of several requests, elements of text */
    struct room jobs, job_inputs;
};
triton_error instance_open(struct TRITONBACKEND_ModelInstance *triton, const struct settings *s, int kind, int32_t device,
                           struct instance **out);
void instance_close(struct instance *in);
void instance_execute(struct instance *in, struct TRITONBACKEND_Request **requests, size_t n);

/* KServe's form of text: each element behind its length in 4 bytes, little-endian. `n` elements into `out`; false: it is not that
 * form, or has another number of elements. */
bool strings_decode(const char *at, size_t size, size_t n, struct tfp_string *out);
size_t strings_size(const struct tfp_string *s, size_t n);
void strings_encode(const struct tfp_string *s, size_t n, char *out);

#endif
