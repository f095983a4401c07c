/* Opening oneDNN. It stays open: its threads and caches outlive sessions. */
#include "backend/cpu/onednn.h"

#include "base/dl.h"

#include <pthread.h>
#include <string.h>

#define TEXT_OF(x) #x
#define SONAME(major) "libdnnl.so." TEXT_OF(major)

struct onednn onednn;

static tfp_status find_functions(struct tfp_context *ctx, const struct dl *library)
{
    void *symbol;
#define FIND(name)                                                                                                     \
    symbol = dl_symbol(library, "dnnl_" #name);                                                                        \
    if (!symbol)                                                                                                       \
        return tfp_fail(ctx, TFP_E_MISSING, "%s: no oneDNN of version %d.%d or later: it has no dnnl_%s",              \
                        library->path, DNNL_VERSION_MAJOR, DNNL_VERSION_MINOR, #name);                                 \
    memcpy(&onednn.name, &symbol, sizeof symbol);
    ONEDNN_FUNCTIONS(FIND)
#undef FIND
    return TFP_OK;
}

tfp_status onednn_open(struct tfp_context *ctx)
{
    /* The header's major version: another one has other structs. */
    static const char *const names[] = { SONAME(DNNL_VERSION_MAJOR), NULL };
    static const struct dl_search search = { "oneDNN", "TFPORT_ONEDNN", names };
    static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;
    static struct dl library;
    tfp_status status = TFP_OK;
    pthread_mutex_lock(&opening);
    if (!library.handle) {
        struct dl found;
        status = dl_open(ctx, &search, NULL, &found);
        if (status == TFP_OK) status = find_functions(ctx, &found);
        if (status == TFP_OK) library = found;
        else dl_close(&found);
    }
    pthread_mutex_unlock(&opening);
    return status;
}
