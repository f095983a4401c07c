/* The engines of a session on a model or an ONNX file: built when they are needed, or taken from the cache. */
#ifndef TFP_API_ENGINE_SESSION_H
#define TFP_API_ENGINE_SESSION_H

#include "api/engine_build.h"
#include "backend/backend.h"

struct engines;

/* The model and what `o->build` points to outlive it. Opens the one engine unless inputs have open dimensions without a
 * range: then there is one for each run's shapes. `b` is how `backend` opens each. */
tfp_status engines_open(struct tfp_context *ctx, struct engine_source from, const struct tfp_session_options *o,
                        const struct backend *backend, const struct backend_options *b, struct engines **out);
void engines_close(struct engines *e); /* NULL passes */
const struct tfp_tensor_info *engines_info(const struct engines *e, bool output, size_t *n);
/* The backend's state of the engine for these shapes, which were compared with engines_info(). `inputs` NULL: the engine
 * for all shapes; *state is NULL where there is no such. Lives until the next call. */
tfp_status engines_for(struct tfp_context *ctx, struct engines *e, const struct tfp_tensor *inputs, void **state);

#endif
