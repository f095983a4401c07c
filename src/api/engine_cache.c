/* The cache never makes a call fail: what it cannot read is built, what it cannot write is not kept. */
#include "api/engine_cache.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* -- the folder ---------------------------------------------------------------------------------------------------- */

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* As the XDG base directories say: a path that does not begin at the root does not count. "": nobody says where. NULL: no
 * memory. */
static const char *choose_folder(struct arena *arena, const char *asked)
{
    const char *own = asked ? asked : variable("TFPORT_ENGINE_CACHE"), *cache = variable("XDG_CACHE_HOME"),
               *home = variable("HOME");
    if (own) return arena_string(arena, own, strlen(own));
    if (cache && *cache == '/') return arena_printf(arena, "%s/tfport", cache);
    return home ? arena_printf(arena, "%s/.cache/tfport", home) : arena_string(arena, "", 0);
}

/* With the folders above it, for the user alone. */
static bool make_folders(char *path)
{
    for (char *s = path + 1; *s; s++) {
        if (*s != '/') continue;
        *s = '\0';
        const bool made = mkdir(path, 0700) == 0 || errno == EEXIST || access(path, F_OK) == 0;
        *s = '/';
        if (!made) return false;
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

tfp_status engine_cache_folder(struct tfp_context *ctx, struct arena *arena, const char *asked, const char **out)
{
    const char *chosen = choose_folder(arena, asked);
    char *path = chosen ? arena_string(arena, chosen, strlen(chosen)) : NULL;
    *out = NULL;
    if (!path) return tfp_no_memory(ctx);
    if (!*path) {
        tfp_note(ctx, "engines are not kept: neither TFPORT_ENGINE_CACHE, XDG_CACHE_HOME nor HOME says where");
        return TFP_OK;
    }
    if (!make_folders(path) || access(path, W_OK | X_OK) != 0) {
        tfp_note(ctx, "engines are not kept: %s is no folder to write to: %s", path, strerror(errno));
        return TFP_OK;
    }
    *out = path;
    return TFP_OK;
}

char *engine_cache_path(struct arena *arena, const char *folder, const char *key)
{
    return arena_printf(arena, "%s/%s.plan", folder, key);
}

/* -- engines ------------------------------------------------------------------------------------------------------- */

static tfp_status read_engine(struct tfp_context *ctx, struct arena *arena, const char *path, const char *key,
                              struct buffer **map, struct bytes *plan, struct plan_info *info)
{
    bool told;
    TFP_TRY(plan_file_read(ctx, arena, path, map, plan, info, &told));
    if (told && strcmp(info->key, key) == 0) return TFP_OK;
    buffer_drop(*map);
    *map = NULL;
    return tfp_fail(ctx, TFP_E_FORMAT, "%s: it is not the engine that is to be there", path);
}

bool engine_cache_read(struct tfp_context *ctx, struct arena *arena, const char *path, const char *key, struct buffer **map,
                       struct bytes *plan, struct plan_info *info)
{
    if (access(path, F_OK) != 0) return false;
    if (read_engine(ctx, arena, path, key, map, plan, info) == TFP_OK) return true;
    tfp_note(ctx, "an engine is built anew: %s", ctx->text);
    return false;
}

void engine_cache_write(struct tfp_context *ctx, const char *path, const char *key, struct bytes plan,
                        const struct plan_info *info)
{
    struct plan_info keyed = *info;
    keyed.key = key;
    if (plan_file_write(ctx, path, plan, &keyed, true) != TFP_OK) tfp_note(ctx, "the engine is not kept: %s", ctx->text);
}
