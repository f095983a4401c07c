/* Opening ICU. */
#include "codec/icu.h"

#include "base/dl.h"

struct icu icu;

tfp_status icu_open(struct tfp_context *ctx)
{
#define TEXT_OF(x) #x
#define SONAME(major) "libicuuc.so." TEXT_OF(major)
    static const char *const names[] = { SONAME(U_ICU_VERSION_MAJOR_NUM), NULL };
    static const struct dl_search search = { "ICU", "TFPORT_ICU", names, NULL };
#define FUNCTION(member, function) { TEXT_OF(function), &icu.member },
    static const struct dl_function functions[] = { ICU_FUNCTIONS(FUNCTION) };
    static struct dl_shared library = { &search, functions, sizeof functions / sizeof *functions, PTHREAD_MUTEX_INITIALIZER,
                                        { .handle = NULL } };
    return dl_share(ctx, &library);
}
