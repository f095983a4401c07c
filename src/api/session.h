/* What the parts of the public API share of a session. */
#ifndef TFP_API_SESSION_H
#define TFP_API_SESSION_H

#include "backend/backend.h"

struct engines;

struct tfp_session {
    const struct backend *backend;
    void *state;             /* NULL: its engine waits for the shapes of a run */
    struct engines *engines; /* of a model or ONNX file, which own the state then; else NULL */
    struct buffer *onnx; /* the model in memory, for backends that read ONNX */
    const struct tfp_tensor_info *inputs, *outputs; /* the model's, or the backend's when it read the file itself */
    size_t n_inputs, n_outputs;
    bool *examples; /* of a bundle, by input: tfp_session_takes_examples() */
    const tfp_model *model; /* NULL: the backend read a file itself */
    struct tfp_tensor_info *exposed; /* the outputs' infos, where they are the session's own; else NULL */
    tfp_model *derived; /* the model with more outputs; NULL: it is run as it is */
    tfp_model *own; /* of a session on a file whose backend takes graphs; NULL: the model is the caller's, or there is none */
};

/* Do types and shapes fit what the model says? E_USAGE by name. */
tfp_status session_check(struct tfp_context *ctx, const struct tfp_session *s, const struct tfp_tensor *inputs, size_t n);
/* What run() needs besides: an engine that takes these inputs, which fit the model. */
tfp_status session_ready(struct tfp_context *ctx, struct tfp_session *s, const struct tfp_tensor *inputs);

#endif
