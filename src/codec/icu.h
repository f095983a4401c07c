/* ICU, opened at run time by the first op on Unicode text: hardly a model has one, and each start would pay for it.
 * The functions are called by their names: icu.ucnv_open(). */
#ifndef TFP_CODEC_ICU_H
#define TFP_CODEC_ICU_H

#include "base/status.h"

#include <unicode/ucnv.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

/* A member and the function, whose name ends in ICU's version. */
#define ICU_FUNCTIONS(X)                                                                                               \
    X(from_utf8, u_strFromUTF8WithSub) X(to_lower, u_strToLower) X(to_upper, u_strToUpper) X(to_utf8, u_strToUTF8)     \
    X(close, ucnv_close) X(next, ucnv_getNextUChar) X(open, ucnv_open) X(reset, ucnv_reset)                            \
    X(on_malformed, ucnv_setToUCallBack) X(substitute, UCNV_TO_U_CALLBACK_SUBSTITUTE) X(script, uscript_getScript)

struct icu {
#define ICU_MEMBER(member, function) __typeof__(function) *member;
    ICU_FUNCTIONS(ICU_MEMBER)
#undef ICU_MEMBER
};

extern struct icu icu; /* may be used after icu_open() */
tfp_status icu_open(struct tfp_context *ctx);

#endif
