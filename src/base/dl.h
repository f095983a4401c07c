/* Libraries that the user brings, opened at run time. */
#ifndef TFP_BASE_DL_H
#define TFP_BASE_DL_H

#include "base/status.h"

struct dl {
    void *handle; /* NULL: not open */
    char path[1024];
};

/* What to look for. The order: the caller's path, the environment variable, then the patterns. */
struct dl_search {
    const char *what;            /* for messages: "ONNX Runtime" */
    const char *variable;        /* environment variable that holds the library's path */
    const char *const *patterns; /* NULL-ended: sonames for the loader, or glob(7) patterns of absolute paths; a pattern
                                    that begins with '~' is taken relative to $VIRTUAL_ENV, where that is set */
};

/* `path` NULL: search. E_MISSING with what was tried when none opens; a library that was named must open. */
tfp_status dl_open(struct tfp_context *ctx, const struct dl_search *search, const char *path, struct dl *out);
void *dl_symbol(const struct dl *d, const char *name); /* NULL: absent */
void dl_close(struct dl *d);                           /* accepts a zeroed one */

#endif
