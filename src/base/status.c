/* The context: messages of failed calls, notes and progress; the version. */
#include "base/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STRING_(x) #x
#define STRING(x) STRING_(x)

const char *tfp_version(void)
{
    return STRING(TFP_VERSION_MAJOR) "." STRING(TFP_VERSION_MINOR) "." STRING(TFP_VERSION_PATCH);
}

tfp_status tfp_fail(struct tfp_context *ctx, tfp_status code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(ctx->text, sizeof ctx->text, format, args);
    va_end(args);
    return code;
}

tfp_status tfp_prefix(struct tfp_context *ctx, tfp_status code, const char *format, ...)
{
    char prefix[512];
    va_list args;
    va_start(args, format);
    vsnprintf(prefix, sizeof prefix, format, args);
    va_end(args);
    size_t n = strlen(prefix), old = strlen(ctx->text);
    if (strncmp(ctx->text, prefix, n) == 0 && strncmp(ctx->text + n, ": ", 2) == 0) return code;
    if (old > sizeof ctx->text - n - 3) old = sizeof ctx->text - n - 3;
    memmove(ctx->text + n + 2, ctx->text, old);
    memcpy(ctx->text, prefix, n);
    memcpy(ctx->text + n, ": ", 2);
    ctx->text[n + 2 + old] = '\0';
    return code;
}

tfp_status tfp_no_memory(struct tfp_context *ctx)
{
    return tfp_fail(ctx, TFP_E_SYSTEM, "out of memory");
}

void tfp_note(struct tfp_context *ctx, const char *format, ...)
{
    if (!ctx->note) return;
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    ctx->note(ctx->note_user, text);
}

void tfp_progress(struct tfp_context *ctx, const char *stage, uint64_t done, uint64_t total)
{
    if (ctx->progress) ctx->progress(ctx->progress_user, stage, done, total);
}

tfp_status tfp_context_create(tfp_context **out)
{
    *out = calloc(1, sizeof **out);
    return *out ? TFP_OK : TFP_E_SYSTEM;
}

void tfp_context_destroy(tfp_context *ctx)
{
    free(ctx);
}

const char *tfp_context_message(const tfp_context *ctx)
{
    return ctx->text;
}

void tfp_context_on_progress(tfp_context *ctx, tfp_progress_fn *fn, void *user)
{
    ctx->progress = fn;
    ctx->progress_user = user;
}

void tfp_context_on_note(tfp_context *ctx, tfp_note_fn *fn, void *user)
{
    ctx->note = fn;
    ctx->note_user = user;
}
