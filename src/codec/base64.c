/* Decoding base64: see base64.h. */
#include "codec/base64.h"

/* -1: none of the 64. */
static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool is_space(char c)
{
    return c == '\n' || c == '\r' || c == ' ' || c == '\t';
}

bool base64_decode(struct bytes text, char *out, size_t *n)
{
    uint32_t bits = 0;
    size_t digits = 0, padding = 0;
    *n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (is_space(text.at[i])) continue;
        int value = value_of(text.at[i]);
        if (text.at[i] == '=') padding++;
        else if (value < 0 || padding) return false;
        else bits = bits << 6 | (uint32_t)value;
        if (value < 0) continue;
        digits++;
        if (digits % 4 != 1) out[(*n)++] = (char)(bits >> (digits % 4 == 2 ? 4 : digits % 4 == 3 ? 2 : 0));
    }
    return digits % 4 != 1 && padding <= 2;
}
