#include "codec/flatbuffer.h"

enum { OFFSET = 4 };

static uint64_t number_at(const struct flatbuffer *f, size_t at, size_t size)
{
    uint64_t v = 0;
    for (size_t i = 0; i < size; i++) v |= (uint64_t)(uint8_t)f->file.at[at + i] << 8 * i;
    return v;
}

static int64_t as_signed(uint64_t v, size_t size)
{
    const unsigned unused = 64 - 8 * (unsigned)size;
    return (int64_t)(v << unused) >> unused;
}

static bool inside(struct flatbuffer *f, size_t at, size_t n)
{
    if (at <= f->file.n && n <= f->file.n - at) return true;
    f->broken = true;
    return false;
}

/* Where the offset at `at` leads to; 0: out of the file. */
static size_t follow(struct flatbuffer *f, size_t at)
{
    if (!inside(f, at, OFFSET)) return 0;
    const size_t by = (size_t)number_at(f, at, OFFSET);
    return by && inside(f, at, by) ? at + by : (f->broken = true, 0);
}

bool flat_is(struct bytes file, const char identifier[4])
{
    return file.n >= 8 && memcmp(file.at + 4, identifier, 4) == 0;
}

static struct flat_table table_at(struct flatbuffer *f, size_t at)
{
    struct flat_table t = { .in = NULL };
    if (!at || !inside(f, at, OFFSET)) return t;
    const int64_t fields = (int64_t)at - as_signed(number_at(f, at, OFFSET), OFFSET);
    if (fields < 0 || !inside(f, (size_t)fields, 4)) return f->broken = true, t;
    const size_t size = (size_t)number_at(f, (size_t)fields, 2);
    if (size < 4 || !inside(f, (size_t)fields, size)) return f->broken = true, t;
    return (struct flat_table){ f, at, (size_t)fields + 4, (size - 4) / 2 };
}

struct flat_table flat_root(struct flatbuffer *f)
{
    return table_at(f, follow(f, 0));
}

/* Where the field lies; 0: it is absent. */
static size_t place(const struct flat_table *t, unsigned field, size_t size)
{
    if (!t->in || field >= t->n_fields) return 0;
    const size_t by = (size_t)number_at(t->in, t->fields + 2 * field, 2);
    return by && inside(t->in, t->at + by, size) ? t->at + by : 0;
}

bool flat_has(const struct flat_table *t, unsigned field)
{
    return place(t, field, 1) != 0;
}

uint64_t flat_unsigned(const struct flat_table *t, unsigned field, size_t size, uint64_t otherwise)
{
    const size_t at = place(t, field, size);
    return at ? number_at(t->in, at, size) : otherwise;
}

int64_t flat_signed(const struct flat_table *t, unsigned field, size_t size, int64_t otherwise)
{
    const size_t at = place(t, field, size);
    return at ? as_signed(number_at(t->in, at, size), size) : otherwise;
}

static float float_at(const struct flatbuffer *f, size_t at)
{
    const uint32_t bits = (uint32_t)number_at(f, at, 4);
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

float flat_float(const struct flat_table *t, unsigned field, float otherwise)
{
    const size_t at = place(t, field, 4);
    return at ? float_at(t->in, at) : otherwise;
}

struct flat_table flat_table_of(const struct flat_table *t, unsigned field)
{
    const size_t at = place(t, field, OFFSET);
    return at ? table_at(t->in, follow(t->in, at)) : (struct flat_table){ .in = NULL };
}

struct flat_vector flat_vector_of(const struct flat_table *t, unsigned field, size_t size)
{
    const size_t offset = place(t, field, OFFSET);
    const size_t at = offset ? follow(t->in, offset) : 0;
    if (!at || !inside(t->in, at, OFFSET)) return (struct flat_vector){ .in = NULL };
    const uint64_t n = number_at(t->in, at, OFFSET);
    if (n > SIZE_MAX / size || !inside(t->in, at + OFFSET, (size_t)n * size)) return t->in->broken = true, (struct flat_vector){ .in = NULL };
    return (struct flat_vector){ t->in, at + OFFSET, (size_t)n, size };
}

struct bytes flat_bytes(const struct flat_table *t, unsigned field)
{
    const struct flat_vector v = flat_vector_of(t, field, 1);
    return v.in ? (struct bytes){ v.in->file.at + v.at, v.n } : (struct bytes){ NULL, 0 };
}

int64_t flat_vector_signed(const struct flat_vector *v, size_t i)
{
    return as_signed(number_at(v->in, v->at + i * v->size, v->size), v->size);
}

float flat_vector_float(const struct flat_vector *v, size_t i)
{
    return float_at(v->in, v->at + i * v->size);
}

struct flat_table flat_vector_table(const struct flat_vector *v, size_t i)
{
    return table_at(v->in, follow(v->in, v->at + i * v->size));
}
