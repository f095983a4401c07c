/* From a model or an ONNX file to an engine in memory. */
#ifndef TFP_API_ENGINE_BUILD_H
#define TFP_API_ENGINE_BUILD_H

#include "backend/tensorrt/plan_file.h"
#include "backend/tensorrt/trt_make.h"

struct engine_source {
    struct tfp_model *model;
    const char *onnx; /* or the path of a file for TensorRT's own parser */
};

/* What becomes of it. `info` and the plan live for the time of the call. */
struct engine_use {
    /* Asked of an ONNX file, of which nothing else is known before, when its network is made; NULL: it is built. With
     * *build false that was all. */
    tfp_status (*look)(struct tfp_context *ctx, void *user, const struct plan_info *info, bool *build);
    tfp_status (*take)(struct tfp_context *ctx, void *user, struct bytes plan, struct plan_info *info);
    void *user;
};

/* Contract of `options` and errors: tfp_model_build(). `beside`: a path whose folder takes ONNX on the way that memory
 * cannot hold. */
tfp_status engine_build(struct tfp_context *ctx, struct engine_source from, const struct tfp_build_options *options,
                        const char *beside, const struct engine_use *use);
/* Reads the options, of which messages are E_USAGE; what `out` refers to is theirs or the arena's. */
tfp_status engine_options(struct tfp_context *ctx, struct arena *arena, const struct tfp_build_options *options,
                          struct trt_make_options *out);

#endif
