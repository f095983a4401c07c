/* A growing string on the heap. */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool text_reserve(struct text *t, size_t more)
{
    if (t->failed) return false;
    if (t->room - t->n > more) return true;
    size_t room = t->room ? t->room * 2 : 256;
    if (room < t->n + more + 1) room = t->n + more + 1;
    char *at = realloc(t->at, room);
    if (!at) {
        t->failed = true;
        return false;
    }
    t->at = at;
    t->room = room;
    return true;
}

void text_add(struct text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0 || !text_reserve(t, (size_t)n)) {
        t->failed = true;
        return;
    }
    va_start(args, format);
    vsnprintf(t->at + t->n, (size_t)n + 1, format, args);
    va_end(args);
    t->n += (size_t)n;
}

void text_add_bytes(struct text *t, const char *from, size_t n)
{
    if (!text_reserve(t, n)) return;
    if (n) memcpy(t->at + t->n, from, n);
    t->n += n;
    t->at[t->n] = '\0';
}

/* Length of the UTF-8 sequence at s, 0 when it is none (overlong forms and surrogates are none). */
static size_t utf8_length(const unsigned char *s, size_t n)
{
    static const unsigned char lead[] = { 0, 0, 0xc2, 0xe0, 0xf0 };
    size_t k = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;
    if (k == 0 || k > n || s[0] < lead[k]) return 0;
    for (size_t i = 1; i < k; i++)
        if ((s[i] & 0xc0) != 0x80) return 0;
    if (s[0] == 0xe0 && s[1] < 0xa0) return 0;
    if (s[0] == 0xed && s[1] > 0x9f) return 0;
    if (s[0] == 0xf0 && s[1] < 0x90) return 0;
    if (s[0] == 0xf4 && s[1] > 0x8f) return 0;
    return k;
}

void text_add_json(struct text *t, const char *from, size_t n)
{
    const unsigned char *s = (const unsigned char *)from;
    text_add(t, "\"");
    for (size_t i = 0; i < n;) {
        size_t k = utf8_length(s + i, n - i);
        if (s[i] == '"' || s[i] == '\\') text_add(t, "\\%c", s[i]);
        else if (s[i] < 0x20 || s[i] == 0x7f) text_add(t, "\\u%04x", s[i]);
        else if (k == 0) text_add(t, "\\ufffd");
        else text_add_bytes(t, from + i, k);
        i += k ? k : 1;
    }
    text_add(t, "\"");
}

char *text_take(struct text *t)
{
    if (!t->failed && !t->at) text_add_bytes(t, "", 0);
    char *at = t->failed ? NULL : t->at;
    if (t->failed) free(t->at);
    *t = (struct text){ 0 };
    return at;
}

void text_free(struct text *t)
{
    free(t->at);
    *t = (struct text){ 0 };
}
