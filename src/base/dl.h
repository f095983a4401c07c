/* Libraries that the user brings, opened at run time. */
#ifndef TFP_BASE_DL_H
#define TFP_BASE_DL_H

#include "base/status.h"

#include <pthread.h>

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
    const char *option;          /* of the command that names it, for messages; NULL: --library */
};

/* `path` NULL: search. E_MISSING with what was tried when none opens; a library that was named must open. */
tfp_status dl_open(struct tfp_context *ctx, const struct dl_search *search, const char *path, struct dl *out);
void *dl_symbol(const struct dl *d, const char *name); /* NULL: absent */
void dl_close(struct dl *d);                           /* accepts a zeroed one */

/* A library of the whole process, opened when it is needed first and kept: its threads and tables outlive who asked. */
struct dl_function {
    const char *name;
    void *place; /* of the pointer that it goes to */
};
struct dl_shared {
    const struct dl_search *search;
    const struct dl_function *functions;
    size_t n;
    pthread_mutex_t opening; /* PTHREAD_MUTEX_INITIALIZER */
    struct dl library;
};
/* The functions may be called after it. E_MISSING: there is no library that has all of them. Any thread may call it. */
tfp_status dl_share(struct tfp_context *ctx, struct dl_shared *s);

#endif
