#include "ir/kernels/fingerprint.h"

#define K0 0xc3a5c85c97cb3127u
#define K1 0xb492b66fbe98f273u
#define K2 0x9ae16a3b2f90404fu

struct pair {
    uint64_t a, b;
};

static uint64_t word(const char *at)
{
    uint64_t v = 0;
    for (int i = 7; i >= 0; i--) v = v << 8 | (uint8_t)at[i];
    return v;
}

static uint64_t half(const char *at)
{
    uint64_t v = 0;
    for (int i = 3; i >= 0; i--) v = v << 8 | (uint8_t)at[i];
    return v;
}

static uint64_t rotate(uint64_t v, int by)
{
    return v >> by | v << (64 - by);
}

static uint64_t shift_mix(uint64_t v)
{
    return v ^ v >> 47;
}

static uint64_t mix(uint64_t u, uint64_t v, uint64_t by)
{
    uint64_t a = shift_mix((u ^ v) * by);
    return shift_mix((v ^ a) * by) * by;
}

static uint64_t up_to_16(const char *s, size_t n)
{
    const uint64_t by = K2 + n * 2;
    if (n >= 8) {
        uint64_t a = word(s) + K2, b = word(s + n - 8);
        return mix(rotate(b, 37) * by + a, (rotate(a, 25) + b) * by, by);
    }
    if (n >= 4) return mix(n + (half(s) << 3), half(s + n - 4), by);
    if (!n) return K2;
    uint64_t first = (uint8_t)s[0], middle = (uint8_t)s[n >> 1], last = (uint8_t)s[n - 1];
    return shift_mix((first + (middle << 8)) * K2 ^ (n + (last << 2)) * K0) * K2;
}

/* 17 and more bytes; *y: what longer texts go on with. */
static uint64_t up_to_32(const char *s, size_t n, uint64_t *y)
{
    const uint64_t by = K2 + n * 2;
    uint64_t a = word(s), b = word(s + 8), c = word(s + n - 8) * by, d = word(s + n - 16) * K2;
    a *= n > 32 ? K2 : K1;
    *y = rotate(a + b, 43) + rotate(c, 30) + d;
    return mix(*y, a + rotate(b + K2, 18) + c, by);
}

static uint64_t up_to_64(const char *s, size_t n)
{
    const uint64_t by = K2 + n * 2, a = word(s) * K2;
    uint64_t y, z = up_to_32(s, n, &y);
    uint64_t e = word(s + 16) * by, f = word(s + 24), g = (y + word(s + n - 32)) * by, h = (z + word(s + n - 24)) * by;
    return mix(rotate(e + f, 43) + rotate(g, 30) + h, e + rotate(f + a, 18) + g, by);
}

static struct pair weak(const char *s, uint64_t a, uint64_t b)
{
    a += word(s);
    b = rotate(b + a + word(s + 24), 21);
    uint64_t c = a;
    a += word(s + 8) + word(s + 16);
    b += rotate(a, 44);
    return (struct pair){ a + word(s + 24), b + c };
}

struct state {
    uint64_t x, y, z;
    struct pair v, w;
};

/* 64 bytes; the last ones are taken in with other factors. */
static void take(struct state *t, const char *s, uint64_t by, uint64_t nine)
{
    t->x = rotate(t->x + t->y + t->v.a + word(s + 8), 37) * by;
    t->y = rotate(t->y + t->v.b + word(s + 48), 42) * by;
    t->x ^= t->w.b * nine;
    t->y += t->v.a * nine + word(s + 40);
    t->z = rotate(t->z + t->w.a, 33) * by;
    t->v = weak(s, t->v.b * by, t->x + t->w.a);
    t->w = weak(s + 32, t->z + t->w.b, t->y + word(s + 16));
    uint64_t x = t->x;
    t->x = t->z;
    t->z = x;
}

static uint64_t longer(const char *s, size_t n)
{
    enum { SEED = 81 };
    const char *end = s + (n - 1) / 64 * 64, *last = s + n - 64;
    struct state t = { .x = SEED * K2 + word(s), .y = SEED * K1 + 113 };
    t.z = shift_mix(t.y * K2 + 113) * K2;
    for (; s != end; s += 64) take(&t, s, K1, 1);
    const uint64_t by = K1 + ((t.z & 0xff) << 1);
    t.w.a += (n - 1) & 63;
    t.v.a += t.w.a;
    t.w.a += t.v.a;
    take(&t, last, by, 9);
    return mix(mix(t.v.a, t.w.a, by) + shift_mix(t.y) * K0 + t.z, mix(t.v.b, t.w.b, by) + t.x, by);
}

uint64_t fingerprint_farm(struct bytes text)
{
    uint64_t y;
    if (text.n <= 16) return up_to_16(text.at, text.n);
    if (text.n <= 32) return up_to_32(text.at, text.n, &y);
    return text.n <= 64 ? up_to_64(text.at, text.n) : longer(text.at, text.n);
}

uint64_t fingerprint_cat(uint64_t first, uint64_t second)
{
    const uint64_t by = 0xc6a4a7935bd1e995u;
    uint64_t h = (first ^ by ^ shift_mix(second * by) * by) * by;
    return shift_mix(shift_mix(h) * by);
}

/* The up to 7 bytes behind the whole words, least first. */
static uint64_t rest_of(const char *at, size_t n)
{
    uint64_t v = 0;
    while (n--) v = v << 8 | (uint8_t)at[n];
    return v;
}

uint64_t fingerprint_murmur(struct bytes text)
{
    const uint64_t by = 0xc6a4a7935bd1e995u, seed = 0xdecafcaffeu;
    uint64_t h = seed ^ text.n * by;
    size_t at = 0;
    for (; text.n - at >= 8; at += 8) h = (h ^ shift_mix(word(text.at + at) * by) * by) * by;
    if (at < text.n) h = (h ^ rest_of(text.at + at, text.n - at)) * by;
    return shift_mix(shift_mix(h) * by);
}

static uint64_t rotate_left(uint64_t v, int by)
{
    return rotate(v, 64 - by);
}

static void sip_rounds(uint64_t v[4], int n)
{
    while (n--) {
        v[0] += v[1], v[2] += v[3];
        v[1] = rotate_left(v[1], 13) ^ v[0], v[3] = rotate_left(v[3], 16) ^ v[2];
        v[0] = rotate_left(v[0], 32);
        v[2] += v[1], v[0] += v[3];
        v[1] = rotate_left(v[1], 17) ^ v[2], v[3] = rotate_left(v[3], 21) ^ v[0];
        v[2] = rotate_left(v[2], 32);
    }
}

static void sip_take(uint64_t v[4], uint64_t m)
{
    v[3] ^= m;
    sip_rounds(v, 2);
    v[0] ^= m;
}

uint64_t fingerprint_sip(struct bytes text, const uint64_t *key)
{
    uint64_t v[4] = { key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du, key[0] ^ 0x6c7967656e657261u,
                      key[1] ^ 0x7465646279746573u };
    size_t at = 0;
    for (; text.n - at >= 8; at += 8) sip_take(v, word(text.at + at));
    sip_take(v, rest_of(text.at + at, text.n - at) | (uint64_t)text.n << 56);
    v[2] ^= 0xff;
    sip_rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
