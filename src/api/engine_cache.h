/* Engines that are kept on disk, one file each, by a key that tells all that they depend on. */
#ifndef TFP_API_ENGINE_CACHE_H
#define TFP_API_ENGINE_CACHE_H

#include "api/engine_build.h"
#include "base/digest.h"

/* All of the key but the profiles. Reads every byte of the weights. */
tfp_status engine_key_begin(struct tfp_context *ctx, struct engine_source from, const struct tfp_build_options *o,
                            const struct trt_target *target, struct digest *out);
void engine_key_end(const struct digest *begun, const struct tfp_profile *profiles, size_t n, char key[DIGEST_TEXT]);

/* The folder, made when it is not there: `asked`, else $TFPORT_ENGINE_CACHE, else tfport/ in the user's cache. NULL, and a
 * note why, when there is none to write to. The arena's. */
tfp_status engine_cache_folder(struct tfp_context *ctx, struct arena *arena, const char *asked, const char **out);
/* The engine's file; the arena's, NULL: no memory. */
char *engine_cache_path(struct arena *arena, const char *folder, const char *key);
/* False: there is none, or it is damaged or another's, which a note says. `map` and `arena` hold what is read. */
bool engine_cache_read(struct tfp_context *ctx, struct arena *arena, const char *path, const char *key, struct buffer **map,
                       struct bytes *plan, struct plan_info *info);
/* Beside its place and then renamed. What fails is a note. */
void engine_cache_write(struct tfp_context *ctx, const char *path, const char *key, struct bytes plan,
                        const struct plan_info *info);

#endif
