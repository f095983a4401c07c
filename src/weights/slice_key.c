/* Ordered code of part names, see slice_key.h. */
#include "weights/slice_key.h"

static void put_number(struct text *out, uint64_t v)
{
    char bytes[9];
    size_t n = 0;
    for (int shift = 56; shift >= 0; shift -= 8)
        if (n || v >> shift) bytes[1 + n++] = (char)(v >> shift & 0xff);
    bytes[0] = (char)n;
    text_add_bytes(out, bytes, 1 + n);
}

static void put_signed(struct text *out, int64_t v)
{
    uint64_t magnitude = (uint64_t)(v < 0 ? ~v : v), bits = (uint64_t)v;
    uint8_t bytes[10], fill = v < 0 ? 0xff : 0;
    size_t n = 1 + (size_t)(magnitude ? 64 - __builtin_clzll(magnitude) : 0) / 7; /* 7 n - 1 bits fit beside the sign */
    bytes[0] = bytes[1] = fill;
    for (int i = 0; i < 8; i++) bytes[2 + i] = (uint8_t)(bits >> (56 - 8 * i) & 0xff);
    uint8_t *begin = bytes + sizeof bytes - n;
    for (size_t bit = 0; bit < n; bit++) begin[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
    text_add_bytes(out, (const char *)begin, n);
}

static void put_string(struct text *out, const char *s)
{
    for (; *s; s++) text_add_bytes(out, *s == '\xff' ? "\xff\0" : s, *s == '\xff' ? 2 : 1);
    text_add_bytes(out, "\0\1", 2);
}

void slice_key(struct text *out, const char *name, const struct weights_slice *slice)
{
    put_number(out, 0);
    put_string(out, name);
    put_number(out, slice->rank);
    for (uint32_t i = 0; i < slice->rank; i++) {
        put_signed(out, slice->start[i]);
        put_signed(out, slice->length[i]);
    }
}
