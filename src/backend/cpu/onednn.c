/* Opening oneDNN. */
#include "backend/cpu/onednn.h"

#include "base/dl.h"

#define TEXT_OF(x) #x
#define SONAME(major) "libdnnl.so." TEXT_OF(major)

struct onednn onednn;

tfp_status onednn_open(struct tfp_context *ctx)
{
    /* The header's major version: another one has other structs. */
    static const char *const names[] = { SONAME(DNNL_VERSION_MAJOR), NULL };
    static const struct dl_search search = { "oneDNN", "TFPORT_ONEDNN", names, NULL };
#define FUNCTION(name) { "dnnl_" #name, &onednn.name },
    static const struct dl_function functions[] = { ONEDNN_FUNCTIONS(FUNCTION) };
#undef FUNCTION
    static struct dl_shared library = { &search, functions, sizeof functions / sizeof *functions, PTHREAD_MUTEX_INITIALIZER,
                                        { .handle = NULL } };
    return dl_share(ctx, &library);
}
