/* Failing with a message. The message lives in the caller's context: no thread-local, nothing to free, no allocation on
 * the out-of-memory path. */
#ifndef TFP_BASE_STATUS_H
#define TFP_BASE_STATUS_H

#include "tfport/tfport.h"

#include <stdarg.h>

enum { TFP_MESSAGE_SIZE = 4096 };

struct tfp_context {
    tfp_progress_fn *progress;
    void *progress_user;
    tfp_note_fn *note;
    void *note_user;
    char text[TFP_MESSAGE_SIZE];
};

/* Sets the message and returns `code`. */
__attribute__((format(printf, 3, 4), cold)) tfp_status tfp_fail(struct tfp_context *ctx, tfp_status code,
                                                                const char *format, ...);
/* Puts "prefix: " before the message of a call that failed, unless it begins so, and returns `code`. */
__attribute__((format(printf, 3, 4), cold)) tfp_status tfp_prefix(struct tfp_context *ctx, tfp_status code,
                                                                  const char *format, ...);
__attribute__((cold)) tfp_status tfp_no_memory(struct tfp_context *ctx);
__attribute__((format(printf, 2, 3))) void tfp_note(struct tfp_context *ctx, const char *format, ...);
void tfp_progress(struct tfp_context *ctx, const char *stage, uint64_t done, uint64_t total);

#define TFP_TRY(expr)                                                                                                  \
    do {                                                                                                               \
        tfp_status try_status_ = (expr);                                                                               \
        if (try_status_ != TFP_OK) return try_status_;                                                                 \
    } while (0)

#endif
