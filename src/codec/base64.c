/* Base64: see base64.h. */
#include "codec/base64.h"

static const char *const alphabets[] = { "+/", "-_" }; /* the last two of the 64 */

/* -1: none of the 64. */
static int value_of(char c, const char *last)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == last[0] ? 62 : c == last[1] ? 63 : -1;
}

static bool is_space(char c)
{
    return c == '\n' || c == '\r' || c == ' ' || c == '\t';
}

static bool decode(struct bytes text, bool web, char *out, size_t *n)
{
    uint32_t bits = 0;
    size_t digits = 0, padding = 0;
    *n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (!web && is_space(text.at[i])) continue;
        int value = value_of(text.at[i], alphabets[web]);
        if (text.at[i] == '=') padding++;
        else if (value < 0 || padding) return false;
        else bits = bits << 6 | (uint32_t)value;
        if (value < 0) continue;
        digits++;
        if (digits % 4 != 1) out[(*n)++] = (char)(bits >> (digits % 4 == 2 ? 4 : digits % 4 == 3 ? 2 : 0));
    }
    return digits % 4 != 1 && padding <= 2 && (!web || !padding || (digits + padding) % 4 == 0);
}

bool base64_decode(struct bytes text, char *out, size_t *n)
{
    return decode(text, false, out, n);
}

bool base64_decode_web(struct bytes text, char *out, size_t *n)
{
    return decode(text, true, out, n);
}

size_t base64_encoded(size_t n, bool pad)
{
    return n / 3 * 4 + (n % 3 ? pad ? 4 : n % 3 + 1 : 0);
}

void base64_encode_web(struct bytes b, bool pad, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (size_t i = 0; i < b.n; i += 3) {
        const size_t n = b.n - i < 3 ? b.n - i : 3;
        uint32_t bits = 0;
        for (size_t j = 0; j < 3; j++) bits = bits << 8 | (j < n ? (uint8_t)b.at[i + j] : 0);
        for (size_t j = 0; j < 4; j++)
            if (j <= n) *out++ = digits[bits >> (18 - 6 * j) & 63];
            else if (pad) *out++ = '=';
    }
}
