/* What the parts of Triton's model repository share. */
#ifndef TFP_API_TRITON_H
#define TFP_API_TRITON_H

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

/* A backend of Triton that can be written for. */
struct triton_backend {
    const char *name, *platform; /* its published platform word; "" none */
    const char *file;            /* that it looks for in a version's folder; NULL: the configuration says */
    bool onnx, plans;            /* it takes ONNX files alone, engines alone; neither: whatever tfport reads */
};

/* One model, an engine or a bundle, opened for what it tells of itself. */
struct triton_served {
    const char *path;
    tfp_model *model;   /* one of these three */
    tfp_plan *plan;
    tfp_parts *bundle;
    const struct tfp_tensor_info *inputs, *outputs;
    size_t n_inputs, n_outputs;
    tfp_array **given; /* by input: values that the user gave; NULL: none */
};

/* A file of a mixed set of engines. */
struct triton_engine {
    const char *capability; /* "8.9" */
    const char *file;
};

/* What config.pbtxt says. */
struct triton_written {
    const char *name;
    const struct triton_backend *backend;
    int32_t max_batch;       /* 0: the model has no batch */
    const char *model;       /* default_model_filename; NULL: the backend's own */
    const char *weights;     /* a parameter; NULL: none */
    const struct triton_engine *engines;
    size_t n_engines;
    size_t versions; /* that are served at a time */
};

/* The most rows of one run that inputs and outputs allow, 0: requests are not batched; a note says why where the
 * shapes would allow it. E_USAGE where the options ask for more than there is. */
tfp_status triton_batch(struct tfp_context *ctx, const struct triton_served *s, const struct tfp_triton_options *o, int32_t *out);
/* Appends config.pbtxt. E_UNSUPPORTED by name for what Triton has no word for. */
tfp_status triton_config(struct tfp_context *ctx, const struct triton_served *s, const struct triton_written *w,
                         const struct tfp_triton_options *o, struct text *out);
/* The values of input i that the user gave; NULL: none. */
const struct tfp_tensor *triton_given(const struct triton_served *s, size_t i);
/* Whether the model is warmed up, and with which: by what is given, else by zeros where every shape is known and no input is
 * text. */
bool triton_warms_up(const struct triton_served *s, const struct triton_written *w, const struct tfp_triton_options *o);
/* Name of the warm-up file of input i, in the folder warmup. */
const char *triton_warmup_file(struct arena *a, size_t i);
/* Appends its bytes: one row of what was given where there is a batch; strings as KServe has them, each behind its length in 4
 * bytes, little-endian. */
tfp_status triton_warmup_bytes(struct tfp_context *ctx, const struct tfp_tensor *given, bool batch, struct text *out);

#endif
