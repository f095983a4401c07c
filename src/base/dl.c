/* Finding and opening shared libraries. */
#include "base/dl.h"

#include <dlfcn.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool open_one(struct dl *d, const char *path)
{
    d->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (d->handle) snprintf(d->path, sizeof d->path, "%s", path);
    return d->handle != NULL;
}

/* The last match of a pattern is the newest version where the name ends in one. */
static bool open_pattern(struct dl *d, const char *pattern)
{
    char full[1024];
    const char *environment = getenv("VIRTUAL_ENV");
    glob_t found = { 0 };
    if (pattern[0] != '/' && pattern[0] != '~') return open_one(d, pattern);
    if (pattern[0] == '~' && !environment) return false;
    snprintf(full, sizeof full, "%s%s", pattern[0] == '~' ? environment : "", pattern + (pattern[0] == '~'));
    bool opened = false;
    if (glob(full, 0, NULL, &found) == 0)
        for (size_t i = found.gl_pathc; i-- > 0 && !opened;) opened = open_one(d, found.gl_pathv[i]);
    globfree(&found);
    return opened;
}

tfp_status dl_open(struct tfp_context *ctx, const struct dl_search *search, const char *path, struct dl *out)
{
    *out = (struct dl){ 0 };
    if (!path) path = getenv(search->variable);
    if (path && *path) {
        if (open_one(out, path)) return TFP_OK;
        const char *why = dlerror();
        return tfp_fail(ctx, TFP_E_MISSING, "%s: %s", search->what, why ? why : path);
    }
    for (const char *const *p = search->patterns; *p; p++)
        if (open_pattern(out, *p)) return TFP_OK;
    return tfp_fail(ctx, TFP_E_MISSING, "%s was not found; %s FILE or %s=FILE names its library", search->what,
                    search->option ? search->option : "--library", search->variable);
}

void *dl_symbol(const struct dl *d, const char *name)
{
    return dlsym(d->handle, name);
}

void dl_close(struct dl *d)
{
    if (d->handle) dlclose(d->handle);
    d->handle = NULL;
}

/* -- of the whole process ------------------------------------------------------------------------------------------ */

static tfp_status find_functions(struct tfp_context *ctx, const struct dl_shared *s, const struct dl *library)
{
    for (size_t i = 0; i < s->n; i++) {
        void *symbol = dl_symbol(library, s->functions[i].name);
        if (!symbol)
            return tfp_fail(ctx, TFP_E_MISSING, "%s: another version of %s than this program is for: it has no %s", library->path,
                            s->search->what, s->functions[i].name);
        memcpy(s->functions[i].place, &symbol, sizeof symbol);
    }
    return TFP_OK;
}

tfp_status dl_share(struct tfp_context *ctx, struct dl_shared *s)
{
    tfp_status status = TFP_OK;
    pthread_mutex_lock(&s->opening);
    if (!s->library.handle) {
        struct dl found;
        status = dl_open(ctx, s->search, NULL, &found);
        if (status == TFP_OK) status = find_functions(ctx, s, &found);
        if (status == TFP_OK) s->library = found;
        else dl_close(&found);
    }
    pthread_mutex_unlock(&s->opening);
    return status;
}
