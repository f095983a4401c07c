/* The binary form: decode in two scans a level (count the lists, then fill them: exact memory, no growth), encode in
 * two walks (sizes of all sub-messages in order, then the bytes). Wire types: 0 varint, 1 eight bytes, 2 length and
 * bytes, 3 and 4 start and end of a group (skipped), 5 four bytes. */
#include "codec/protobuf.h"
#include "base/list.h"
#include "codec/protobuf_table.h"

#include <inttypes.h>
#include <stdlib.h>

static bool takes_wire(const struct pb_field *f, enum pb_wire wire)
{
    const struct pb_kind *kind = protobuf_kind(f);
    if (wire == kind->wire) return true;
    return f->label == PB_MANY && wire == WIRE_BYTES && kind->wire != WIRE_BYTES;
}

/* -- decode -------------------------------------------------------------------------------------------------------- */

struct decoder {
    struct tfp_context *ctx;
    struct arena *arena;
    const uint8_t *start; /* of the whole input */
    size_t budget;        /* bytes that may still be allocated */
};

__attribute__((cold)) static tfp_status malformed(struct decoder *d, const uint8_t *at, const struct pb_message *type,
                                                  const struct pb_field *f, const char *what)
{
    size_t offset = (size_t)(at - d->start);
    if (!f) return tfp_fail(d->ctx, TFP_E_FORMAT, "offset %zu: %s: %s", offset, type->name, what);
    return tfp_fail(d->ctx, TFP_E_FORMAT, "offset %zu: %s.%s: %s", offset, type->name, f->name, what);
}

static tfp_status take_memory(struct decoder *d, const struct pb_message *type, const struct pb_field *f, size_t count,
                              size_t size, void **out)
{
    size_t bytes;
    if (!mul_size(&bytes, count, size) || bytes > d->budget)
        return tfp_fail(d->ctx, TFP_E_FORMAT, "%s.%s: %zu elements need more memory than a file of this size may take",
                        type->name, f->name, count);
    d->budget -= bytes;
    *out = arena_alloc(d->arena, count, size);
    return *out ? TFP_OK : tfp_no_memory(d->ctx);
}

/* What one tag announces: the field (NULL: unknown) and where its value begins and ends. */
struct item {
    const struct pb_field *field;
    size_t index; /* of the field in its table */
    uint32_t number;
    enum pb_wire wire;
    const uint8_t *tag;
    uint64_t varint;     /* WIRE_VARINT */
    struct cursor value; /* the other wire types; starts at the input's start */
};

static inline bool varint_fast(struct cursor *c, uint64_t *out)
{
    if (c->at != c->end && *c->at < 0x80) {
        *out = *c->at++;
        return true;
    }
    return cursor_varint(c, out);
}

/* Steps over the rest of a group whose start tag was read. Iterative: the open groups' numbers are a small stack. */
static bool skip_group(struct cursor *c, uint32_t number, int depth)
{
    uint32_t open[PB_MAX_DEPTH];
    int n = 0;
    open[n++] = number;
    while (n > 0) {
        uint64_t tag, length;
        struct bytes skipped;
        if (!varint_fast(c, &tag) || tag > UINT32_MAX || tag >> 3 == 0) return false;
        switch (tag & 7) {
        case WIRE_VARINT:
            if (!varint_fast(c, &length)) return false;
            break;
        case WIRE_64:
            if (!cursor_take(c, 8, &skipped)) return false;
            break;
        case WIRE_BYTES:
            if (!varint_fast(c, &length) || !cursor_take(c, length, &skipped)) return false;
            break;
        case WIRE_GROUP:
            if (n + depth >= PB_MAX_DEPTH) return false;
            open[n++] = (uint32_t)(tag >> 3);
            break;
        case WIRE_GROUP_END:
            if (open[--n] != tag >> 3) return false;
            break;
        case WIRE_32:
            if (!cursor_take(c, 4, &skipped)) return false;
            break;
        default:
            return false;
        }
    }
    return true;
}

static const char past_the_end[] = "length runs past the end";

/* Reads the next tag and steps over its value. NULL, or what is wrong; `item` is set as far as it is known. */
static const char *next_item(struct cursor *c, const struct pb_message *type, int depth, struct item *item)
{
    uint64_t tag, length = 0;
    struct bytes taken;
    *item = (struct item){ .tag = c->at };
    if (!varint_fast(c, &tag) || tag > UINT32_MAX || tag >> 3 == 0) return "broken tag";
    item->number = (uint32_t)(tag >> 3);
    item->wire = (enum pb_wire)(tag & 7);
    item->field = protobuf_field(type, item->number, &item->index);
    if (item->field && item->field->type != PB_IGNORED && !takes_wire(item->field, item->wire))
        return "wire type does not fit the field";
    const uint8_t *from = c->at;
    switch (item->wire) {
    case WIRE_VARINT:
        return varint_fast(c, &item->varint) ? NULL : "broken varint";
    case WIRE_64:
    case WIRE_32:
        length = item->wire == WIRE_64 ? 8 : 4;
        break;
    case WIRE_BYTES:
        if (!varint_fast(c, &length)) return "broken length";
        from = c->at;
        break;
    case WIRE_GROUP:
        return skip_group(c, item->number, depth) ? NULL : "broken group";
    case WIRE_GROUP_END:
        return "end of a group that was not begun";
    default:
        return "unknown wire type";
    }
    item->value = (struct cursor){ c->start, from, c->end };
    if (!cursor_take(c, length, &taken)) return past_the_end;
    item->value.end = c->at;
    return NULL;
}

/* Elements that one occurrence of a list's field holds; false when a packed run is broken. */
static bool item_count(const struct item *item, size_t *out)
{
    const struct pb_kind *kind = protobuf_kind(item->field);
    *out = 1;
    if (item->wire == kind->wire) return true;
    const uint8_t *at = item->value.at;
    size_t n = cursor_left(&item->value), count = 0;
    if (kind->wire != WIRE_VARINT) {
        *out = n / (kind->wire == WIRE_64 ? 8 : 4);
        return n % (kind->wire == WIRE_64 ? 8 : 4) == 0;
    }
    for (size_t i = 0; i < n; i++) count += at[i] < 0x80;
    *out = count;
    return n == 0 || at[n - 1] < 0x80;
}

/* The first scan: how many elements each list gets. */
static tfp_status count_lists(struct decoder *d, const struct pb_message *type, struct cursor c, int depth,
                              size_t counts[PB_MAX_FIELDS])
{
    while (c.at != c.end) {
        struct item item;
        size_t n;
        const char *wrong = next_item(&c, type, depth, &item);
        if (wrong) return malformed(d, item.tag, type, item.field, wrong);
        if (!item.field || item.field->type == PB_IGNORED || item.field->label != PB_MANY) continue;
        if (!item_count(&item, &n)) return malformed(d, item.tag, type, item.field, "broken packed list");
        counts[item.index] += n; /* each element took a byte at least: no overflow */
    }
    return TFP_OK;
}

/* Room for the counted elements behind those that a first occurrence of this message may have left. */
static tfp_status allocate_lists(struct decoder *d, const struct pb_message *type, const size_t counts[PB_MAX_FIELDS],
                                 char *out)
{
    for (size_t i = 0; i < type->n_fields; i++) {
        const struct pb_field *f = &type->fields[i];
        if (counts[i] == 0) continue;
        struct pb_many list;
        void *at;
        size_t size = protobuf_element_size(f);
        memcpy(&list, out + f->offset, sizeof list);
        TFP_TRY(take_memory(d, type, f, list.n + counts[i], size, &at));
        if (list.n) memcpy(at, list.at, list.n * size);
        list.at = at;
        memcpy(out + f->offset, &list, sizeof list);
    }
    return TFP_OK;
}

static void store_varint(enum pb_type type, uint64_t v, void *out)
{
    int32_t i32 = (int32_t)(uint32_t)v;
    bool b = v != 0;
    switch (type) {
    case PB_BOOL:
        memcpy(out, &b, sizeof b);
        break;
    case PB_SINT32:
        i32 = (int32_t)((uint32_t)v >> 1 ^ (0u - ((uint32_t)v & 1)));
        memcpy(out, &i32, sizeof i32);
        break;
    case PB_SINT64:
        v = v >> 1 ^ (0u - (v & 1));
        memcpy(out, &v, sizeof v);
        break;
    case PB_INT64:
    case PB_UINT64:
        memcpy(out, &v, sizeof v);
        break;
    default:
        memcpy(out, &i32, sizeof i32);
        break;
    }
}

/* `n` little-endian elements of `size` bytes each. */
static void store_fixed(const uint8_t *from, size_t n, size_t size, void *out)
{
    if (n == 0) return;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(out, from, n * size);
#else
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < size; k++) ((uint8_t *)out)[i * size + k] = from[i * size + size - 1 - k];
#endif
}

static tfp_status decode_message(struct decoder *d, const struct pb_message *type, struct cursor c, int depth,
                                 char *out);

/* One value into its place; a message at `at` is the struct itself. */
static tfp_status store_value(struct decoder *d, const struct pb_message *type, const struct item *item, int depth,
                              char *at)
{
    const struct pb_field *f = item->field;
    struct cursor value = item->value;
    struct bytes bytes;
    switch (item->wire) {
    case WIRE_VARINT:
        store_varint(f->type, item->varint, at);
        return TFP_OK;
    case WIRE_64:
    case WIRE_32:
        store_fixed(value.at, 1, item->wire == WIRE_64 ? 8 : 4, at);
        return TFP_OK;
    default:
        break;
    }
    if (f->type == PB_MESSAGE) {
        if (depth + 1 >= PB_MAX_DEPTH) return malformed(d, item->tag, type, f, "nested too deep");
        return decode_message(d, f->message, value, depth + 1, at);
    }
    bytes = (struct bytes){ (const char *)value.at, cursor_left(&value) };
    memcpy(at, &bytes, sizeof bytes);
    return TFP_OK;
}

static tfp_status append_packed(struct decoder *d, const struct pb_message *type, const struct item *item, char *at,
                                size_t *n)
{
    const struct pb_field *f = item->field;
    size_t size = protobuf_element_size(f);
    struct cursor c = item->value;
    if (protobuf_kind(f)->wire != WIRE_VARINT) {
        *n = cursor_left(&c) / size;
        store_fixed(c.at, *n, size, at);
        return TFP_OK;
    }
    for (*n = 0; c.at != c.end; ++*n) {
        uint64_t v;
        const uint8_t *from = c.at;
        if (!varint_fast(&c, &v)) return malformed(d, from, type, f, "broken varint");
        store_varint(f->type, v, at + *n * size);
    }
    return TFP_OK;
}

static tfp_status append(struct decoder *d, const struct pb_message *type, const struct item *item, int depth,
                         char *member)
{
    struct pb_many list;
    size_t n = 1;
    memcpy(&list, member, sizeof list);
    if (!list.at) return TFP_OK; /* nothing but empty packed runs */
    char *at = (char *)list.at + list.n * protobuf_element_size(item->field);
    if (item->wire != protobuf_kind(item->field)->wire) TFP_TRY(append_packed(d, type, item, at, &n));
    else TFP_TRY(store_value(d, type, item, depth, at));
    list.n += n;
    memcpy(member, &list, sizeof list);
    return TFP_OK;
}

static tfp_status store_item(struct decoder *d, const struct pb_message *type, const struct item *item, int depth,
                             char *out)
{
    const struct pb_field *f = item->field;
    char *member = out + f->offset;
    if (f->label == PB_MANY) return append(d, type, item, depth, member);
    protobuf_choose(f, out);
    if (f->type != PB_MESSAGE || f->label == PB_INLINE) return store_value(d, type, item, depth, member);
    void *child;
    memcpy(&child, member, sizeof child);
    if (!child) TFP_TRY(take_memory(d, type, f, 1, f->message->size, &child));
    memcpy(member, &child, sizeof child);
    return store_value(d, type, item, depth, child);
}

static tfp_status decode_message(struct decoder *d, const struct pb_message *type, struct cursor c, int depth,
                                 char *out)
{
    size_t counts[PB_MAX_FIELDS] = { 0 };
    TFP_TRY(count_lists(d, type, c, depth, counts));
    TFP_TRY(allocate_lists(d, type, counts, out));
    while (c.at != c.end) {
        struct item item;
        const char *wrong = next_item(&c, type, depth, &item);
        if (wrong) return malformed(d, item.tag, type, item.field, wrong);
        if (!item.field || item.field->type == PB_IGNORED) continue;
        TFP_TRY(store_item(d, type, &item, depth, out));
    }
    return TFP_OK;
}

tfp_status protobuf_decode(struct tfp_context *ctx, struct arena *arena, const struct pb_message *type,
                           struct bytes input, void *out)
{
    if (input.n == 0) return TFP_OK; /* the empty message; `at` may be NULL */
    struct decoder d = { ctx, arena, (const uint8_t *)input.at, protobuf_budget(input.n) };
    return decode_message(&d, type, cursor_of(input.at, input.n), 0, out);
}

/* -- encode -------------------------------------------------------------------------------------------------------- */

enum { GATHER = 4096, DIRECT = 1024 };

/* Sizes of sub-messages and packed lists in the order in which a walk meets them: the first walk fills, the second
 * takes. */
struct encoder {
    uint64_t *sizes;
    size_t n, room, taken;
    bool failed; /* memory is out or the nesting too deep */
    const struct pb_sink *sink;
    size_t gathered;
    uint8_t gather[GATHER];
};

static size_t varint_size(uint64_t v)
{
    return (size_t)(64 - __builtin_clzll(v | 1) + 6) / 7;
}

static size_t tag_size(const struct pb_field *f)
{
    return varint_size((uint64_t)f->number << 3);
}

/* The number that a varint type writes. */
static uint64_t load_varint(enum pb_type type, const char *at)
{
    uint64_t v;
    int32_t i32;
    bool b;
    switch (type) {
    case PB_BOOL:
        memcpy(&b, at, sizeof b);
        return b;
    case PB_INT64:
    case PB_UINT64:
        memcpy(&v, at, sizeof v);
        return v;
    case PB_SINT64:
        memcpy(&v, at, sizeof v);
        return v << 1 ^ (0u - (v >> 63));
    default:
        break;
    }
    memcpy(&i32, at, sizeof i32);
    if (type == PB_UINT32) return (uint32_t)i32;
    if (type == PB_SINT32) return (uint32_t)i32 << 1 ^ (0u - ((uint32_t)i32 >> 31));
    return (uint64_t)(int64_t)i32;
}

static bool is_packed(const struct pb_field *f)
{
    return f->label == PB_MANY && f->flags & PB_PACKED && protobuf_kind(f)->wire != WIRE_BYTES;
}

/* Keeps a place for a size; SIZE_MAX when that fails. */
static size_t reserve_size(struct encoder *e)
{
    if (LIST_GROW(e->sizes, e->n, &e->room)) return e->n++;
    e->failed = true;
    return SIZE_MAX;
}

static uint64_t size_message(struct encoder *e, const struct pb_message *type, const char *message, int depth);

static uint64_t size_value(struct encoder *e, const struct pb_field *f, const char *at, int depth)
{
    struct bytes bytes;
    switch (protobuf_kind(f)->wire) {
    case WIRE_VARINT:
        return varint_size(load_varint(f->type, at));
    case WIRE_BYTES:
        break;
    default:
        return protobuf_kind(f)->size;
    }
    if (f->type != PB_MESSAGE) {
        memcpy(&bytes, at, sizeof bytes);
        return varint_size(bytes.n) + bytes.n;
    }
    size_t place = reserve_size(e);
    if (place == SIZE_MAX) return 0;
    uint64_t size = size_message(e, f->message, at, depth + 1);
    e->sizes[place] = size;
    return varint_size(size) + size;
}

static uint64_t size_message(struct encoder *e, const struct pb_message *type, const char *message, int depth)
{
    uint64_t total = 0;
    if (depth >= PB_MAX_DEPTH) e->failed = true;
    for (size_t i = 0; i < type->n_fields && !e->failed; i++) {
        const struct pb_field *f = &type->fields[i];
        if (!protobuf_present(f, message)) continue;
        uint64_t size = 0;
        size_t n = protobuf_count(f, message), place = is_packed(f) ? reserve_size(e) : 0;
        if (place == SIZE_MAX) break;
        for (size_t k = 0; k < n && !e->failed; k++)
            size += size_value(e, f, protobuf_element(f, message, k), depth);
        if (is_packed(f)) {
            e->sizes[place] = size;
            total += tag_size(f) + varint_size(size) + size;
        } else {
            total += tag_size(f) * n + size;
        }
    }
    return total;
}

static tfp_status flush(struct encoder *e)
{
    size_t n = e->gathered;
    e->gathered = 0;
    return n ? e->sink->write(e->sink->user, e->gather, n) : TFP_OK;
}

static tfp_status put(struct encoder *e, const void *at, size_t n)
{
    if (n >= DIRECT || n > GATHER - e->gathered) TFP_TRY(flush(e));
    if (n >= DIRECT) return e->sink->write(e->sink->user, at, n);
    if (n) memcpy(e->gather + e->gathered, at, n);
    e->gathered += n;
    return TFP_OK;
}

static tfp_status put_varint(struct encoder *e, uint64_t v)
{
    uint8_t at[10];
    size_t n = 0;
    for (; v >= 0x80; v >>= 7) at[n++] = (uint8_t)(v | 0x80);
    at[n++] = (uint8_t)v;
    return put(e, at, n);
}

static tfp_status put_fixed(struct encoder *e, const char *at, size_t n, size_t size)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return put(e, at, n * size);
#else
    for (size_t i = 0; i < n * size; i++) TFP_TRY(put(e, at + i / size * size + size - 1 - i % size, 1));
    return TFP_OK;
#endif
}

static tfp_status put_message(struct encoder *e, const struct pb_message *type, const char *message);

static tfp_status put_value(struct encoder *e, const struct pb_field *f, const char *at)
{
    struct bytes bytes;
    switch (protobuf_kind(f)->wire) {
    case WIRE_VARINT:
        return put_varint(e, load_varint(f->type, at));
    case WIRE_BYTES:
        break;
    default:
        return put_fixed(e, at, 1, protobuf_kind(f)->size);
    }
    if (f->type == PB_MESSAGE) {
        TFP_TRY(put_varint(e, e->sizes[e->taken++]));
        return put_message(e, f->message, at);
    }
    memcpy(&bytes, at, sizeof bytes);
    TFP_TRY(put_varint(e, bytes.n));
    return put(e, bytes.at, bytes.n);
}

static tfp_status put_packed(struct encoder *e, const struct pb_field *f, const char *message)
{
    size_t n = protobuf_count(f, message);
    TFP_TRY(put_varint(e, (uint64_t)f->number << 3 | WIRE_BYTES));
    TFP_TRY(put_varint(e, e->sizes[e->taken++]));
    if (protobuf_kind(f)->wire != WIRE_VARINT)
        return put_fixed(e, protobuf_element(f, message, 0), n, protobuf_kind(f)->size);
    for (size_t k = 0; k < n; k++) TFP_TRY(put_value(e, f, protobuf_element(f, message, k)));
    return TFP_OK;
}

static tfp_status put_message(struct encoder *e, const struct pb_message *type, const char *message)
{
    for (size_t i = 0; i < type->n_fields; i++) {
        const struct pb_field *f = &type->fields[i];
        if (!protobuf_present(f, message)) continue;
        if (is_packed(f)) {
            TFP_TRY(put_packed(e, f, message));
            continue;
        }
        size_t n = protobuf_count(f, message);
        for (size_t k = 0; k < n; k++) {
            TFP_TRY(put_varint(e, (uint64_t)f->number << 3 | protobuf_kind(f)->wire));
            TFP_TRY(put_value(e, f, protobuf_element(f, message, k)));
        }
    }
    return TFP_OK;
}

uint64_t protobuf_size(const struct pb_message *type, const void *message)
{
    struct encoder e = { .n = 0 };
    uint64_t size = size_message(&e, type, message, 0);
    free(e.sizes);
    return e.failed ? UINT64_MAX : size;
}

tfp_status protobuf_encode(struct tfp_context *ctx, const struct pb_message *type, const void *message,
                           const struct pb_sink *sink)
{
    struct encoder e = { .sink = sink };
    size_message(&e, type, message, 0);
    tfp_status status = TFP_OK;
    if (e.failed) status = tfp_fail(ctx, TFP_E_SYSTEM, "%s: out of memory or nested too deep", type->name);
    if (status == TFP_OK) status = put_message(&e, type, message);
    if (status == TFP_OK) status = flush(&e);
    free(e.sizes);
    return status;
}

/* -- score --------------------------------------------------------------------------------------------------------- */

enum { SCORE_LEVELS = 3, SCORE_TEXT = 64 };
static const int score_fields[SCORE_LEVELS] = { 64, 16, 4 };

struct score {
    int known, unknown;
};

/* Names and words hold no control characters; encoded messages that lie in a string's place begin with some. */
static bool is_plain(struct cursor c)
{
    for (size_t i = 0; i < SCORE_TEXT && c.at + i != c.end; i++)
        if (c.at[i] < 0x20 && c.at[i] != '\n' && c.at[i] != '\t' && c.at[i] != '\r') return false;
    return true;
}

/* False: cannot be such a message. `cut`: the input may end too early. Looks at a few fields of each level only, so the
 * work is bounded whatever the input. */
static bool score_message(const struct pb_message *type, struct cursor c, int level, bool cut, struct score *score)
{
    for (int i = 0; c.at != c.end && i < score_fields[level]; i++) {
        struct item item;
        const char *wrong = next_item(&c, type, 0, &item);
        bool ended = cut && wrong == past_the_end;
        if (wrong && !ended) return false;
        if (!item.field) {
            score->unknown++;
        } else {
            score->known++;
            if (item.field->type == PB_STRING && !is_plain(item.value)) return false;
            if (item.field->type == PB_MESSAGE && level + 1 < SCORE_LEVELS &&
                !score_message(item.field->message, item.value, level + 1, ended, score))
                return false;
        }
        if (ended) return true;
    }
    return true;
}

int protobuf_score(const struct pb_message *type, struct bytes input)
{
    struct score score = { 0 };
    if (input.n == 0) return 0;
    if (!score_message(type, cursor_of(input.at, input.n), 0, true, &score) || score.known == 0) return 0;
    int percent = 100 * score.known / (score.known + score.unknown);
    return percent ? percent : 1;
}
