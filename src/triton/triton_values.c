/* Errors, types, memory and text, between the server's words and tfport's. */
#include "triton/triton_serve.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- errors -------------------------------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) triton_error triton_fail(int code, const char *format, ...)
{
    char text[4200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return TRITONSERVER_ErrorNew(code, text);
}

triton_error triton_failed(const tfp_context *ctx, tfp_status status)
{
    const int code = status == TFP_E_USAGE         ? TRITON_INVALID_ARG
                     : status == TFP_E_UNSUPPORTED ? TRITON_UNSUPPORTED
                     : status == TFP_E_MISSING     ? TRITON_UNAVAILABLE
                                                   : TRITON_INTERNAL;
    return triton_fail(code, "%s", ctx ? tfp_context_message(ctx) : "out of memory");
}

void triton_log(int level, const char *format, ...)
{
    char text[4200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    TRITONSERVER_ErrorDelete(TRITONSERVER_LogMessage(level, __FILE__, __LINE__, text));
}

void triton_drop(triton_error error)
{
    if (!error) return;
    triton_log(TRITON_LOG_ERROR, "tfport: %s", TRITONSERVER_ErrorMessage(error));
    TRITONSERVER_ErrorDelete(error);
}

/* -- types --------------------------------------------------------------------------------------------------------- */

static const struct type {
    tfp_dtype dtype;
    const char *word;
} types[] = { /* at Triton's number */
    { TFP_UNDEFINED, "TYPE_INVALID" }, { TFP_BOOL, "TYPE_BOOL" },     { TFP_UINT8, "TYPE_UINT8" },    { TFP_UINT16, "TYPE_UINT16" },
    { TFP_UINT32, "TYPE_UINT32" },     { TFP_UINT64, "TYPE_UINT64" }, { TFP_INT8, "TYPE_INT8" },      { TFP_INT16, "TYPE_INT16" },
    { TFP_INT32, "TYPE_INT32" },       { TFP_INT64, "TYPE_INT64" },   { TFP_FLOAT16, "TYPE_FP16" },   { TFP_FLOAT, "TYPE_FP32" },
    { TFP_DOUBLE, "TYPE_FP64" },       { TFP_STRING, "TYPE_STRING" }, { TFP_BFLOAT16, "TYPE_BF16" },
};
enum { TYPES = sizeof types / sizeof *types };

int triton_datatype(tfp_dtype dtype)
{
    for (int i = 1; i < TYPES; i++)
        if (types[i].dtype == dtype) return i;
    return 0;
}

tfp_dtype triton_dtype(const char *word)
{
    for (int i = 1; i < TYPES; i++)
        if (strcmp(types[i].word, word) == 0) return types[i].dtype;
    return TFP_UNDEFINED;
}

/* -- memory -------------------------------------------------------------------------------------------------------- */

enum { ALIGNED = 64 };

void *room_take(struct room *r, size_t n)
{
    if (n > SIZE_MAX / 2 - r->n) return NULL;
    if (r->n + n > r->size || !r->at) {
        const size_t size = (2 * (r->n + n) + ALIGNED - 1) / ALIGNED * ALIGNED + ALIGNED;
        char *at = aligned_alloc(ALIGNED, size);
        if (!at) return NULL;
        if (r->n) memcpy(at, r->at, r->n);
        free(r->at);
        r->at = at;
        r->size = size;
    }
    void *out = r->at + r->n;
    r->n += n;
    return out;
}

bool room_add(struct room *r, const void *from, size_t n)
{
    void *to = room_take(r, n);
    if (to && n) memcpy(to, from, n);
    return to != NULL;
}

/* -- text ---------------------------------------------------------------------------------------------------------- */

bool strings_decode(const char *at, size_t size, size_t n, struct tfp_string *out)
{
    for (size_t i = 0; i < n; i++) {
        if (size < 4) return false;
        const unsigned char *l = (const unsigned char *)at;
        const size_t length = (size_t)l[0] | (size_t)l[1] << 8 | (size_t)l[2] << 16 | (size_t)l[3] << 24;
        if (length > size - 4) return false;
        out[i] = (struct tfp_string){ at + 4, length };
        at += 4 + length;
        size -= 4 + length;
    }
    return size == 0;
}

size_t strings_size(const struct tfp_string *s, size_t n)
{
    size_t size = 0;
    for (size_t i = 0; i < n; i++) size += 4 + s[i].n;
    return size;
}

void strings_encode(const struct tfp_string *s, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) {
        for (int k = 0; k < 4; k++) *out++ = (char)(s[i].n >> 8 * k & 255);
        if (s[i].n) memcpy(out, s[i].at, s[i].n);
        out += s[i].n;
    }
}
