#include "codec/unicode.h"
#include "codec/icu.h"

#include <limits.h>
#include <stdlib.h>

tfp_status unicode_library(struct tfp_context *ctx)
{
    return icu_open(ctx);
}

/* -- case ---------------------------------------------------------------------------------------------------------- */

/* UTF-16 of `text` and its length, heap; NULL: memory is out. */
static UChar *utf16_of(struct bytes text, int32_t *n)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar *units = text.n < INT32_MAX ? malloc((text.n + 1) * sizeof *units) : NULL;
    if (units) icu.from_utf8(units, (int32_t)text.n + 1, n, text.at, (int32_t)text.n, 0xfffd, NULL, &status);
    if (!units || U_SUCCESS(status)) return units;
    free(units);
    return NULL;
}

/* A letter becomes three at most. */
static UChar *cased(const UChar *units, int32_t n, bool upper, int32_t *length)
{
    UErrorCode status = U_ZERO_ERROR;
    const int32_t room = n < INT32_MAX / 8 ? 3 * n + 1 : 0;
    UChar *out = room ? malloc((size_t)room * sizeof *out) : NULL;
    if (out) *length = (upper ? icu.to_upper : icu.to_lower)(out, room, units, n, "", &status);
    if (!out || U_SUCCESS(status)) return out;
    free(out);
    return NULL;
}

bool unicode_case(struct bytes text, bool upper, void (*put)(void *user, struct bytes b), void *user)
{
    int32_t n = 0, length = 0, bytes = 0;
    UErrorCode status = U_ZERO_ERROR;
    UChar *units = utf16_of(text, &n), *changed = units ? cased(units, n, upper, &length) : NULL;
    char *out = changed ? malloc((size_t)length * 3 + 1) : NULL;
    if (out) icu.to_utf8(out, length * 3 + 1, &bytes, changed, length, &status);
    const bool good = out && U_SUCCESS(status);
    if (good) put(user, (struct bytes){ out, (size_t)bytes });
    free(out);
    free(changed);
    free(units);
    return good;
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

/* Notes that something is malformed, then puts U+FFFD in its place as ICU does by itself. */
static void note_malformed(const void *context, UConverterToUnicodeArgs *args, const char *units, int32_t n,
                           UConverterCallbackReason reason, UErrorCode *status)
{
    union { const void *in; struct unicode_reader *out; } reader = { context };
    if (reason == UCNV_UNASSIGNED || reason == UCNV_ILLEGAL || reason == UCNV_IRREGULAR) reader.out->malformed = true;
    icu.substitute(NULL, args, units, n, reason, status);
}

bool unicode_open(struct unicode_reader *r, const char *encoding)
{
    UErrorCode status = U_ZERO_ERROR;
    *r = (struct unicode_reader){ .converter = icu.open(encoding, &status) };
    if (U_SUCCESS(status)) icu.on_malformed(r->converter, note_malformed, r, NULL, NULL, &status);
    if (U_SUCCESS(status)) return true;
    unicode_close(r);
    return false;
}

void unicode_begin(struct unicode_reader *r, struct bytes text)
{
    icu.reset(r->converter);
    r->start = r->at = text.at;
    r->end = text.at + text.n;
}

bool unicode_next(struct unicode_reader *r, struct unicode_point *out)
{
    UErrorCode status = U_ZERO_ERROR;
    if (r->at >= r->end) return false;
    r->malformed = false;
    *out = (struct unicode_point){ .start = (size_t)(r->at - r->start) };
    out->value = icu.next(r->converter, &r->at, r->end, &status);
    out->malformed = r->malformed;
    if (U_FAILURE(status)) r->at = r->end;
    return U_SUCCESS(status) || status == U_TRUNCATED_CHAR_FOUND;
}

void unicode_close(struct unicode_reader *r)
{
    if (r->converter) icu.close(r->converter);
    r->converter = NULL;
}

/* -- writing ------------------------------------------------------------------------------------------------------- */

enum unicode_form unicode_form_of(struct bytes name)
{
    return bytes_equal(name, "UTF-8")       ? UNICODE_UTF8
           : bytes_equal(name, "UTF-16-BE") ? UNICODE_UTF16
           : bytes_equal(name, "UTF-32-BE") ? UNICODE_UTF32
                                            : UNICODE_NONE;
}

bool unicode_is_character(int64_t point)
{
    return point >= 0 && point <= 0x10ffff && U_IS_UNICODE_CHAR((UChar32)point);
}

static size_t big_endian(uint32_t value, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) out[i] = (char)(value >> 8 * (n - 1 - i));
    return n;
}

size_t unicode_encode(enum unicode_form form, int32_t point, char out[4])
{
    size_t n = 0;
    switch (form) {
    case UNICODE_UTF8: U8_APPEND_UNSAFE((uint8_t *)out, n, U_IS_SURROGATE(point) ? 0xfffd : point); return n;
    case UNICODE_UTF16:
        if (point < 0x10000) return big_endian((uint32_t)point, 2, out);
        return big_endian((uint32_t)U16_LEAD(point) << 16 | U16_TRAIL(point), 4, out);
    case UNICODE_UTF32: return big_endian((uint32_t)point, 4, out);
    default: return 0;
    }
}

int32_t unicode_script(int32_t point)
{
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode script = icu.script(point, &status);
    return U_SUCCESS(status) ? script : -1;
}
