#include "codec/flexbuffer.h"

enum { INT = 1, UINT, FLOAT, KEY, STRING, INDIRECT_INT, INDIRECT_UINT, INDIRECT_FLOAT, MAP, VECTOR, BLOB = 25, BOOL };

static uint64_t number_at(struct bytes b, size_t at, size_t size)
{
    uint64_t v = 0;
    for (size_t i = 0; i < size; i++) v |= (uint64_t)(uint8_t)b.at[at + i] << 8 * i;
    return v;
}

static bool inside(struct bytes b, size_t at, size_t n)
{
    return at <= b.n && n <= b.n - at;
}

/* Offsets lead back. */
static bool follow(struct bytes b, size_t at, size_t size, size_t *out)
{
    if (!inside(b, at, size)) return false;
    const uint64_t by = number_at(b, at, size);
    if (by > at) return false;
    *out = at - (size_t)by;
    return true;
}

static size_t width(const struct flex *v)
{
    return (size_t)1 << (v->type & 3);
}

struct flex flex_root(struct bytes b)
{
    const struct flex none = { .size = 0 };
    if (b.n < 3) return none;
    const size_t size = (uint8_t)b.at[b.n - 1];
    if ((size != 1 && size != 2 && size != 4 && size != 8) || size > b.n - 2) return none;
    return (struct flex){ b, b.n - 2 - size, size, (uint8_t)b.at[b.n - 2] };
}

/* The first element and the count in front of it. */
static bool elements(const struct flex *v, size_t *first, size_t *n)
{
    const size_t size = width(v);
    if (!v->size || !follow(v->buffer, v->at, v->size, first) || *first < size) return false;
    const uint64_t count = number_at(v->buffer, *first - size, size);
    if (count > v->buffer.n / size) return false;
    *n = (size_t)count;
    return inside(v->buffer, *first, *n * size);
}

/* Types of one byte each stand behind the elements. */
struct flex flex_element(const struct flex *v, size_t i)
{
    const struct flex none = { .size = 0 };
    size_t first, n;
    const int type = v->type >> 2;
    if ((type != VECTOR && type != MAP) || !elements(v, &first, &n) || i >= n) return none;
    const size_t size = width(v), types = first + n * size;
    if (!inside(v->buffer, types, n)) return none;
    return (struct flex){ v->buffer, first + i * size, size, (uint8_t)v->buffer.at[types + i] };
}

static bool key_is(struct bytes b, size_t at, const char *key)
{
    const size_t n = strlen(key) + 1;
    return inside(b, at, n) && memcmp(b.at + at, key, n) == 0;
}

/* In front of a map's count lie the offset of the vector of keys and the size of its elements. */
struct flex flex_field(const struct flex *v, const char *key)
{
    const struct flex none = { .size = 0 };
    size_t first, n, keys, at;
    if (v->type >> 2 != MAP || !elements(v, &first, &n)) return none;
    const size_t size = width(v);
    if (first < 3 * size || !follow(v->buffer, first - 3 * size, size, &keys)) return none;
    const uint64_t key_size = number_at(v->buffer, first - 2 * size, size);
    if (key_size != 1 && key_size != 2 && key_size != 4 && key_size != 8) return none;
    for (size_t i = 0; i < n; i++)
        if (follow(v->buffer, keys + i * (size_t)key_size, (size_t)key_size, &at) && key_is(v->buffer, at, key)) return flex_element(v, i);
    return none;
}

static bool float_of(struct bytes b, size_t at, size_t size, double *out)
{
    const uint64_t bits = number_at(b, at, size);
    const uint32_t low = (uint32_t)bits;
    float f;
    if (size == 4) memcpy(&f, &low, sizeof f), *out = (double)f;
    else if (size == 8) memcpy(out, &bits, sizeof *out);
    return size == 4 || size == 8;
}

bool flex_number(const struct flex *v, double *out)
{
    size_t at = v->at, size = v->size;
    int type = v->type >> 2;
    if (!size || !inside(v->buffer, at, size)) return false;
    if (type >= INDIRECT_INT && type <= INDIRECT_FLOAT) {
        size = width(v);
        if (!follow(v->buffer, v->at, v->size, &at) || !inside(v->buffer, at, size)) return false;
        type -= INDIRECT_INT - INT;
    }
    if (type == FLOAT) return float_of(v->buffer, at, size, out);
    const uint64_t bits = number_at(v->buffer, at, size);
    const unsigned unused = 64 - 8 * (unsigned)size;
    *out = type == INT ? (double)((int64_t)(bits << unused) >> unused) : (double)bits;
    return type == INT || type == UINT || type == BOOL;
}

struct bytes flex_text(const struct flex *v)
{
    size_t first, n;
    const int type = v->type >> 2;
    if ((type != STRING && type != BLOB) || !v->size || !follow(v->buffer, v->at, v->size, &first)) return (struct bytes){ NULL, 0 };
    const size_t size = width(v);
    if (first < size) return (struct bytes){ NULL, 0 };
    const uint64_t count = number_at(v->buffer, first - size, size);
    n = (size_t)count;
    return count <= v->buffer.n && inside(v->buffer, first, n) ? (struct bytes){ v->buffer.at + first, n } : (struct bytes){ NULL, 0 };
}
