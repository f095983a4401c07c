/* Build options by name: trtexec's words in GNU style. One row each in trt_settings.c. */
#ifndef TFP_TRT_SETTINGS_H
#define TFP_TRT_SETTINGS_H

#include "backend/tensorrt/trt_build.h"
#include "base/arena.h"

/* Reads one setting ("workspace", "2G") into the options; a flag has the value NULL. Lists go to the arena. E_USAGE for a
 * name that is none and for a value that makes no sense, with what is expected. */
tfp_status trt_setting(struct tfp_context *ctx, struct arena *arena, const char *name, const char *value,
                       struct trt_build_options *out);
/* It says how the builder works, as a timing cache does, and not which engine comes of it. */
bool trt_setting_is_how(const char *name);

#endif
