/* Bytes that are borrowed, and a cursor over them that cannot run over. Nobody else does pointer arithmetic on input. */
#ifndef TFP_BASE_BYTES_H
#define TFP_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
    const char *at;
    size_t n;
};

static inline struct bytes bytes_of(const char *text)
{
    return (struct bytes){ text, strlen(text) };
}

static inline bool bytes_equal(struct bytes b, const char *text)
{
    return strlen(text) == b.n && memcmp(b.at, text, b.n) == 0;
}

/* White space as the C locale has it. */
static inline bool bytes_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct cursor {
    const uint8_t *start, *at, *end;
};

static inline struct cursor cursor_of(const void *at, size_t n)
{
    const uint8_t *start = (const uint8_t *)at; /* C++ asks for the cast */
    return (struct cursor){ start, start, start + n };
}

static inline size_t cursor_left(const struct cursor *c)
{
    return (size_t)(c->end - c->at);
}

static inline size_t cursor_offset(const struct cursor *c)
{
    return (size_t)(c->at - c->start);
}

static inline bool cursor_take(struct cursor *c, size_t n, struct bytes *out)
{
    if (cursor_left(c) < n) return false;
    *out = (struct bytes){ (const char *)c->at, n };
    c->at += n;
    return true;
}

static inline bool cursor_u8(struct cursor *c, uint8_t *out)
{
    if (c->at == c->end) return false;
    *out = *c->at++;
    return true;
}

static inline bool cursor_le16(struct cursor *c, uint16_t *out)
{
    if (cursor_left(c) < 2) return false;
    *out = (uint16_t)(c->at[0] | c->at[1] << 8);
    c->at += 2;
    return true;
}

static inline bool cursor_le32(struct cursor *c, uint32_t *out)
{
    if (cursor_left(c) < 4) return false;
    *out = (uint32_t)c->at[0] | (uint32_t)c->at[1] << 8 | (uint32_t)c->at[2] << 16 | (uint32_t)c->at[3] << 24;
    c->at += 4;
    return true;
}

static inline bool cursor_le64(struct cursor *c, uint64_t *out)
{
    uint32_t low = 0, high = 0;
    if (cursor_left(c) < 8) return false;
    cursor_le32(c, &low);
    cursor_le32(c, &high);
    *out = low | (uint64_t)high << 32;
    return true;
}

/* Base-128 varint of at most ten bytes, least significant group first. */
static inline bool cursor_varint(struct cursor *c, uint64_t *out)
{
    uint64_t v = 0;
    if (c->at < c->end && *c->at < 0x80) return *out = *c->at++, true; /* most are one byte */
    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (c->at == c->end) return false;
        uint8_t b = *c->at++;
        if (shift < 64) v |= (uint64_t)(b & 0x7f) << shift;
        if (!(b & 0x80)) {
            *out = v;
            return true;
        }
    }
    return false;
}

#endif
