#include "codec/example.h"

#include "codec/protobuf_table.h"

/* One field: its number, how it is written and, for what has a length, the bytes; other fields are taken whole. */
struct field {
    uint64_t number;
    unsigned wire;
    struct bytes bytes;
};

static inline bool next_field(struct cursor *c, struct field *f)
{
    uint64_t tag, n;
    if (!cursor_varint(c, &tag) || tag >> 3 == 0) return false;
    f->number = tag >> 3;
    f->wire = (unsigned)(tag & 7);
    switch (f->wire) {
    case WIRE_VARINT: {
        const uint8_t *start = c->at;
        f->bytes = (struct bytes){ (const char *)start, 0 };
        if (!cursor_varint(c, &n)) return false;
        f->bytes.n = (size_t)(c->at - start);
        return true;
    }
    case WIRE_64: return cursor_take(c, 8, &f->bytes);
    case WIRE_32: return cursor_take(c, 4, &f->bytes);
    case WIRE_BYTES: return cursor_varint(c, &n) && n <= cursor_left(c) && cursor_take(c, (size_t)n, &f->bytes);
    default: return false; /* groups are older than examples */
    }
}

static bool is_message(const struct field *f, uint64_t number)
{
    return f->number == number && f->wire == WIRE_BYTES;
}

static struct cursor inside(struct bytes b)
{
    return cursor_of(b.n ? b.at : "", b.n);
}

/* -- counting ------------------------------------------------------------------------------------------------------ */

static bool count_packed(enum example_kind kind, struct bytes b, size_t *n)
{
    struct cursor c = inside(b);
    uint64_t value;
    if (kind == EXAMPLE_FLOAT) return *n += b.n / 4, b.n % 4 == 0;
    for (; cursor_left(&c); ++*n)
        if (!cursor_varint(&c, &value)) return false;
    return true;
}

/* Values in one field of a list; false: it cannot be there. */
static bool count_field(enum example_kind kind, const struct field *f, size_t *n)
{
    if (f->number != 1) return true;
    if (kind == EXAMPLE_BYTES) return ++*n, f->wire == WIRE_BYTES;
    if (f->wire == WIRE_BYTES) return count_packed(kind, f->bytes, n);
    return ++*n, f->wire == (kind == EXAMPLE_FLOAT ? WIRE_32 : WIRE_VARINT);
}

/* A list of numbers as most writers have it: one packed field, shorter than 128 bytes. */
static bool count_short(struct example_feature *f)
{
    const uint8_t *at = (const uint8_t *)f->list.at;
    if (f->kind == EXAMPLE_BYTES || f->list.n < 2 || at[0] != (1 << 3 | WIRE_BYTES) || at[1] >= 0x80 || at[1] != f->list.n - 2)
        return false;
    if (f->kind == EXAMPLE_FLOAT) return f->n = at[1] / 4u, at[1] % 4 == 0;
    for (size_t i = 2; i < f->list.n; i++)
        if (at[i] >= 0x80) return false; /* a number of several bytes */
    return f->n = at[1], true;
}

static bool count_list(struct example_feature *f)
{
    if (count_short(f)) return true;
    struct cursor c = inside(f->list);
    struct field field;
    f->n = 0;
    while (cursor_left(&c))
        if (!next_field(&c, &field) || !count_field(f->kind, &field, &f->n)) return false;
    return true;
}

/* -- features ------------------------------------------------------------------------------------------------------ */

static bool read_feature(struct bytes b, struct example_feature *out)
{
    struct cursor c = inside(b);
    struct field field;
    while (cursor_left(&c)) {
        if (!next_field(&c, &field)) return false;
        if (field.number < 1 || field.number > 3) continue;
        if (field.wire != WIRE_BYTES) return false;
        out->kind = (enum example_kind)field.number;
        out->list = field.bytes;
    }
    return out->kind == EXAMPLE_NONE || count_list(out);
}

/* An entry of a map: its key and the encoded message behind it. */
struct entry {
    struct bytes key, value;
};

static bool read_entry(struct bytes b, struct entry *out)
{
    struct cursor c = inside(b);
    struct field field;
    *out = (struct entry){ .key = { "", 0 }, .value = { "", 0 } };
    while (cursor_left(&c)) {
        if (!next_field(&c, &field)) return false;
        if (is_message(&field, 1)) out->key = field.bytes;
        if (is_message(&field, 2)) out->value = field.bytes;
    }
    return true;
}

void example_begin(struct example_reader *r, struct bytes example)
{
    *r = (struct example_reader){ .example = inside(example), .features = inside((struct bytes){ "", 0 }) };
}

/* The next entry of the maps that lie in messages of that number. */
static enum example_next next_entry(struct example_reader *r, uint64_t number, struct entry *out)
{
    struct field field;
    for (;;) {
        while (cursor_left(&r->features)) {
            if (!next_field(&r->features, &field)) return EXAMPLE_MALFORMED;
            if (is_message(&field, 1)) return read_entry(field.bytes, out) ? EXAMPLE_FEATURE : EXAMPLE_MALFORMED;
        }
        if (!cursor_left(&r->example)) return EXAMPLE_END;
        if (!next_field(&r->example, &field)) return EXAMPLE_MALFORMED;
        if (is_message(&field, number)) r->features = inside(field.bytes);
    }
}

enum example_next example_next(struct example_reader *r, struct example_feature *out)
{
    struct entry entry;
    enum example_next next = next_entry(r, 1, &entry);
    if (next != EXAMPLE_FEATURE) return next;
    *out = (struct example_feature){ .key = entry.key, .list = { "", 0 } };
    return read_feature(entry.value, out) ? EXAMPLE_FEATURE : EXAMPLE_MALFORMED;
}

enum example_next example_next_list(struct example_reader *r, struct example_list *out)
{
    struct entry entry;
    enum example_next next = next_entry(r, 2, &entry);
    if (next == EXAMPLE_FEATURE) *out = (struct example_list){ .key = entry.key, .steps = inside(entry.value) };
    return next;
}

enum example_next example_next_step(struct example_list *l, struct example_feature *out)
{
    struct field field;
    while (cursor_left(&l->steps)) {
        if (!next_field(&l->steps, &field)) return EXAMPLE_MALFORMED;
        if (!is_message(&field, 1)) continue;
        *out = (struct example_feature){ .key = { "", 0 }, .list = { "", 0 } };
        return read_feature(field.bytes, out) ? EXAMPLE_FEATURE : EXAMPLE_MALFORMED;
    }
    return EXAMPLE_END;
}

size_t example_length(struct bytes room, size_t n)
{
    struct cursor c = inside(room);
    struct field field;
    while (cursor_offset(&c) < n)
        if (!next_field(&c, &field)) return n;
    return cursor_offset(&c);
}

const char *example_kind_name(enum example_kind kind)
{
    static const char *const names[] = { "no type", "string", "float", "int64" };
    return names[kind];
}

/* -- values -------------------------------------------------------------------------------------------------------- */

void example_strings(const struct example_feature *f, struct bytes *to)
{
    struct cursor c = inside(f->list);
    struct field field;
    while (cursor_left(&c) && next_field(&c, &field))
        if (field.number == 1) *to++ = field.bytes;
}

void example_floats(const struct example_feature *f, float *to)
{
    struct cursor c = inside(f->list);
    struct field field;
    while (cursor_left(&c) && next_field(&c, &field)) {
        if (field.number != 1) continue;
        memcpy(to, field.bytes.at, field.bytes.n); /* a packed list or one of them */
        to += field.bytes.n / 4;
    }
}

void example_ints(const struct example_feature *f, int64_t *to)
{
    struct cursor c = inside(f->list);
    struct field field;
    uint64_t value;
    while (cursor_left(&c) && next_field(&c, &field)) {
        struct cursor values = inside(field.bytes);
        while (field.number == 1 && cursor_left(&values) && cursor_varint(&values, &value)) *to++ = (int64_t)value;
    }
}
