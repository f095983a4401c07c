/* Sorted string tables, as docs/formats/sstable.md describes them. A block is checked whole when it is first needed;
 * what a block unpacks to is kept, so memory stays within a multiple of the file however often it is asked. */
#include "codec/sstable.h"

#include "base/numbers.h"
#include "codec/crc32c.h"

#include <snappy-c.h>
#include <stdlib.h>

enum { FOOTER = 48, HANDLES = 40, TRAILER = 5, STORED_PLAIN = 0, STORED_SNAPPY = 1 };
static const uint64_t MAGIC = 0xdb4775248b80fb57u;

/* Snappy's densest element is a copy of 64 bytes that takes 3 bytes, 21.3 to 1: data that claims more is none. */
enum { SNAPPY_DENSEST = 22 };

/* Keys spelled out against the bytes of their block. Between two restart points a key's bytes all stand there at least
 * once, and the writers make a restart point every 16 keys (every key in an index block): 16 to 1 at the most. Without
 * a limit the keys of a hostile block grow with the square of its size. */
enum { KEYS_DENSEST = 32 };

struct handle {
    uint64_t offset, size; /* without the trailer */
};

struct index_entry {
    struct bytes last; /* not below the block's last key, and below the next block's first */
    struct handle handle;
    struct bytes block; /* unpacked and checked; at: NULL until it is needed */
};

struct sstable {
    struct arena *arena;
    const char *name;
    struct bytes file;
    bool verify;
    struct index_entry *index;
    size_t n_index;
};

static uint32_t little32(const char *at)
{
    uint32_t v = 0;
    struct cursor c = cursor_of(at, 4);
    cursor_le32(&c, &v);
    return v;
}

bool sstable_is(struct bytes file)
{
    uint64_t magic = 0;
    if (file.n < FOOTER) return false;
    struct cursor c = cursor_of(file.at + file.n - 8, 8);
    return cursor_le64(&c, &magic) && magic == MAGIC;
}

static int compare(struct bytes a, struct bytes b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.at, b.at, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

/* -- blocks -------------------------------------------------------------------------------------------------------- */

static tfp_status bad_block(struct tfp_context *ctx, const struct sstable *t, struct handle h, const char *what)
{
    return tfp_fail(ctx, TFP_E_FORMAT, "%s: block at byte %llu: %s", t->name, (unsigned long long)h.offset, what);
}

/* A block and its trailer lie in the file, before the footer. */
static tfp_status check_handle(struct tfp_context *ctx, const struct sstable *t, struct handle h)
{
    uint64_t room = t->file.n - FOOTER;
    if (h.size <= room && h.offset <= room - h.size && room - h.size - h.offset >= TRAILER) return TFP_OK;
    return tfp_fail(ctx, TFP_E_FORMAT,
                    "%s: a block of %llu bytes at byte %llu does not fit before the table's footer at byte %llu",
                    t->name, (unsigned long long)h.size, (unsigned long long)h.offset, (unsigned long long)room);
}

static bool read_handle(struct cursor *c, struct handle *out)
{
    return cursor_varint(c, &out->offset) && cursor_varint(c, &out->size);
}

static tfp_status unpack(struct tfp_context *ctx, struct sstable *t, struct handle h, struct bytes stored,
                         struct bytes *out)
{
    size_t size;
    if (snappy_uncompressed_length(stored.at, stored.n, &size) != SNAPPY_OK)
        return bad_block(ctx, t, h, "its snappy data does not begin with a length");
    if (size / SNAPPY_DENSEST > stored.n)
        return tfp_fail(ctx, TFP_E_FORMAT,
                        "%s: block at byte %llu: %zu bytes of snappy data cannot hold %zu, as they claim", t->name,
                        (unsigned long long)h.offset, stored.n, size);
    char *room = arena_alloc(t->arena, size, 1);
    if (!room) return tfp_no_memory(ctx);
    if (snappy_uncompress(stored.at, stored.n, room, &size) != SNAPPY_OK)
        return bad_block(ctx, t, h, "its snappy data is damaged");
    *out = (struct bytes){ room, size };
    return TFP_OK;
}

/* `h` has been checked. */
static tfp_status read_block(struct tfp_context *ctx, struct sstable *t, struct handle h, struct bytes *out)
{
    struct bytes stored = { t->file.at + h.offset, (size_t)h.size };
    uint8_t type = (uint8_t)stored.at[stored.n];
    if (t->verify) {
        uint32_t sum = crc32c_mask(crc32c(0, stored.at, stored.n + 1)), expected = little32(stored.at + stored.n + 1);
        if (sum != expected)
            return tfp_fail(ctx, TFP_E_FORMAT, "%s: block at byte %llu: its checksum is %08x, the file says %08x",
                            t->name, (unsigned long long)h.offset, sum, expected);
    }
    *out = stored;
    if (type == STORED_PLAIN) return TFP_OK;
    if (type == STORED_SNAPPY) return unpack(ctx, t, h, stored, out);
    return tfp_fail(ctx, TFP_E_FORMAT, "%s: block at byte %llu: of type %u; 0 (plain) and 1 (snappy) exist", t->name,
                    (unsigned long long)h.offset, type);
}

/* -- entries ------------------------------------------------------------------------------------------------------- */

/* Goes through a block's entries; the key is put together in `key`. */
struct walk {
    struct tfp_context *ctx;
    const struct sstable *t;
    struct handle handle; /* for messages */
    struct cursor entries;
    const char *restarts;
    size_t n_restarts, restart; /* restart points passed */
    struct bytes key;           /* heap; freed by walk_end() */
    char *room;
    size_t n_room, spelled, most; /* of the keys so far */
    bool any;                     /* a key came before */
};

static tfp_status walk_start(struct walk *w, struct handle h, struct bytes block)
{
    w->handle = h;
    w->key.n = w->spelled = 0;
    w->any = false;
    if (block.n < 8) return bad_block(w->ctx, w->t, h, "too short for its restart points");
    w->n_restarts = little32(block.at + block.n - 4);
    if (!w->n_restarts || w->n_restarts > (block.n - 4) / 4)
        return tfp_fail(w->ctx, TFP_E_FORMAT, "%s: block at byte %llu: %zu restart points in %zu bytes", w->t->name,
                        (unsigned long long)h.offset, w->n_restarts, block.n);
    size_t n = block.n - 4 - 4 * w->n_restarts;
    w->restarts = block.at + n;
    w->restart = 1;
    if (little32(w->restarts)) return bad_block(w->ctx, w->t, h, "the first restart point is not its first entry");
    if (!mul_size(&w->most, block.n, KEYS_DENSEST)) w->most = SIZE_MAX;
    w->entries = cursor_of(block.at, n);
    return TFP_OK;
}

static void walk_end(struct walk *w)
{
    free(w->room);
}

static tfp_status bad_entry(struct walk *w, size_t at, const char *what)
{
    return tfp_fail(w->ctx, TFP_E_FORMAT, "%s: block at byte %llu: entry at byte %zu of it: %s", w->t->name,
                    (unsigned long long)w->handle.offset, at, what);
}

/* How many bytes of the key before are shared, the key's other bytes, the value. False: they run over the end. */
static bool take_entry(struct cursor *c, uint64_t *shared, struct bytes *rest, struct bytes *value)
{
    uint64_t n_rest, n_value;
    return cursor_varint(c, shared) && cursor_varint(c, &n_rest) && cursor_varint(c, &n_value) &&
           n_rest <= cursor_left(c) && cursor_take(c, (size_t)n_rest, rest) && n_value <= cursor_left(c) &&
           cursor_take(c, (size_t)n_value, value);
}

/* A restart point stands at an entry's start, and that entry shares nothing. */
static tfp_status pass_restart(struct walk *w, size_t at, uint64_t shared)
{
    if (w->restart == w->n_restarts) return TFP_OK;
    uint32_t next = little32(w->restarts + 4 * w->restart);
    if (next > at) return TFP_OK;
    if (next < at || !at) return bad_entry(w, at, "the restart points are out of order, or lie within entries");
    if (shared) return bad_entry(w, at, "it is a restart point, but its key is not stored whole");
    w->restart++;
    return TFP_OK;
}

/* The key's new length; its first `shared` bytes stay. */
static tfp_status spell_key(struct walk *w, size_t shared, struct bytes rest)
{
    size_t n = shared + rest.n;
    if (n >= w->n_room) { /* one byte more than needed: there is room for an empty key too */
        size_t larger = n < 128 ? 256 : 2 * n;
        char *more = realloc(w->room, larger);
        if (!more) return tfp_no_memory(w->ctx);
        w->room = more;
        w->n_room = larger;
    }
    memcpy(w->room + shared, rest.at, rest.n);
    w->key = (struct bytes){ w->room, n };
    w->any = true;
    return TFP_OK;
}

/* The next entry. Keys ascend, and none comes twice. */
static tfp_status walk_next(struct walk *w, bool *more, struct bytes *value)
{
    size_t at = cursor_offset(&w->entries);
    uint64_t shared;
    struct bytes rest;
    *more = cursor_left(&w->entries) > 0;
    if (!*more) {
        if (w->restart == w->n_restarts) return TFP_OK;
        return bad_entry(w, at, "a restart point lies behind the last entry");
    }
    if (!take_entry(&w->entries, &shared, &rest, value)) return bad_entry(w, at, "it runs over the block's end");
    if (shared > w->key.n) return bad_entry(w, at, "it shares more bytes than the key before has");
    TFP_TRY(pass_restart(w, at, shared));
    if (w->any && compare((struct bytes){ w->key.at + shared, w->key.n - (size_t)shared }, rest) >= 0)
        return bad_entry(w, at, "its key is not above the one before");
    if ((size_t)shared + rest.n > w->most - w->spelled)
        return bad_entry(w, at, "the keys so far are far longer than the block's size allows");
    w->spelled += (size_t)shared + rest.n;
    return spell_key(w, (size_t)shared, rest);
}

/* -- opening ------------------------------------------------------------------------------------------------------- */

static tfp_status add_to_index(struct walk *w, struct sstable *t, size_t *room, struct bytes value)
{
    struct cursor c = cursor_of(value.at, value.n);
    if (!ARENA_GROW(t->arena, t->index, t->n_index, room)) return tfp_no_memory(w->ctx);
    struct index_entry *e = &t->index[t->n_index];
    e->last = (struct bytes){ arena_string(t->arena, w->key.at, w->key.n), w->key.n };
    if (!e->last.at) return tfp_no_memory(w->ctx);
    if (!read_handle(&c, &e->handle) || cursor_left(&c))
        return bad_block(w->ctx, t, w->handle, "an entry of the index is no block handle");
    TFP_TRY(check_handle(w->ctx, t, e->handle));
    /* Writers append block to block. Handles that point to one block many times would multiply the memory. */
    const struct handle *before = t->n_index ? &e[-1].handle : NULL;
    if (before && e->handle.offset < before->offset + before->size + TRAILER)
        return bad_block(w->ctx, t, e->handle, "begins before the end of the block that the index names before it");
    t->n_index++;
    return TFP_OK;
}

static tfp_status read_index(struct tfp_context *ctx, struct sstable *t, struct handle h)
{
    struct bytes block, value;
    struct walk w = { .ctx = ctx, .t = t };
    size_t room = 0;
    bool more = true;
    TFP_TRY(read_block(ctx, t, h, &block));
    tfp_status status = walk_start(&w, h, block);
    while (status == TFP_OK && (status = walk_next(&w, &more, &value)) == TFP_OK && more)
        status = add_to_index(&w, t, &room, value);
    walk_end(&w);
    return status;
}

tfp_status sstable_open(struct tfp_context *ctx, struct arena *arena, const char *name, struct bytes file, bool verify,
                        struct sstable **out)
{
    struct handle meta, index;
    if (!sstable_is(file))
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: no table: its %zu bytes do not end in a table's magic number", name,
                        file.n);
    struct sstable *t = ARENA_NEW(arena, struct sstable);
    if (!t) return tfp_no_memory(ctx);
    *t = (struct sstable){ .arena = arena, .name = arena_string(arena, name, strlen(name)), .file = file,
                           .verify = verify };
    if (!t->name) return tfp_no_memory(ctx);
    struct cursor c = cursor_of(file.at + file.n - FOOTER, HANDLES);
    if (!read_handle(&c, &meta) || !read_handle(&c, &index))
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: the table's footer holds no block handles", name);
    TFP_TRY(check_handle(ctx, t, meta)); /* what it names, filters and the like, TensorFlow leaves empty */
    TFP_TRY(check_handle(ctx, t, index));
    TFP_TRY(read_index(ctx, t, index));
    *out = t;
    return TFP_OK;
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

/* Every entry, and that the keys lie between what the index says of this block and the one before. */
static tfp_status check_block(struct walk *w, size_t i, struct bytes block)
{
    const struct index_entry *e = &w->t->index[i];
    struct bytes value;
    bool more = true;
    TFP_TRY(walk_start(w, e->handle, block));
    for (bool first = true;; first = false) {
        TFP_TRY(walk_next(w, &more, &value));
        if (!more) break;
        if (first && i && compare(e[-1].last, w->key) >= 0)
            return bad_block(w->ctx, w->t, e->handle, "its first key is not above the index's key of the block before");
    }
    if (w->any && compare(w->key, e->last) > 0)
        return bad_block(w->ctx, w->t, e->handle, "its last key is above the index's key for it");
    return TFP_OK;
}

/* Block i of the index, read and checked at the first time. */
static tfp_status need_block(struct tfp_context *ctx, struct sstable *t, size_t i, struct bytes *out)
{
    struct index_entry *e = &t->index[i];
    if (!e->block.at) {
        struct walk w = { .ctx = ctx, .t = t };
        struct bytes block;
        TFP_TRY(read_block(ctx, t, e->handle, &block));
        tfp_status status = check_block(&w, i, block);
        walk_end(&w);
        TFP_TRY(status);
        e->block = block;
    }
    *out = e->block;
    return TFP_OK;
}

static tfp_status each_in_block(struct walk *w, struct sstable *t, size_t i, bool keep,
                                tfp_status (*each)(void *user, struct bytes key, struct bytes value), void *user)
{
    struct bytes block, value;
    TFP_TRY(need_block(w->ctx, t, i, &block));
    TFP_TRY(walk_start(w, t->index[i].handle, block));
    for (bool more = true;;) {
        TFP_TRY(walk_next(w, &more, &value));
        if (!more) return TFP_OK;
        struct bytes key = w->key;
        if (keep && !(key.at = arena_string(t->arena, key.at, key.n))) return tfp_no_memory(w->ctx);
        TFP_TRY(each(user, key, value));
    }
}

tfp_status sstable_each(struct tfp_context *ctx, struct sstable *t, bool keep,
                        tfp_status (*each)(void *user, struct bytes key, struct bytes value), void *user)
{
    struct walk w = { .ctx = ctx, .t = t };
    tfp_status status = TFP_OK;
    for (size_t i = 0; i < t->n_index && status == TFP_OK; i++) status = each_in_block(&w, t, i, keep, each, user);
    walk_end(&w);
    return status;
}

/* The entries from a restart point on. */
static bool from_restart(const struct walk *w, size_t i, struct cursor *out)
{
    struct bytes skipped;
    *out = w->entries;
    return cursor_take(out, little32(w->restarts + 4 * i), &skipped);
}

/* Moves a walk that has just begun to the last restart point whose key is not above the wanted one. */
static void skip_to(struct walk *w, struct bytes key)
{
    size_t low = 0, high = w->n_restarts;
    uint64_t shared;
    struct bytes found, value;
    struct cursor c, best = w->entries;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        bool read = from_restart(w, middle, &c);
        struct cursor at = c;
        if (read && take_entry(&c, &shared, &found, &value) && compare(found, key) <= 0) {
            low = middle;
            best = at;
        } else {
            high = middle;
        }
    }
    w->entries = best;
    w->restart = low + 1;
}

static tfp_status find_in_block(struct walk *w, struct bytes key, bool *found, struct bytes *value)
{
    struct bytes here;
    skip_to(w, key);
    for (bool more = true;;) {
        TFP_TRY(walk_next(w, &more, &here));
        int order = more ? compare(w->key, key) : 1;
        if (order < 0) continue;
        *found = order == 0;
        if (*found) *value = here;
        return TFP_OK;
    }
}

tfp_status sstable_get(struct tfp_context *ctx, struct sstable *t, struct bytes key, bool *found, struct bytes *value)
{
    size_t low = 0, high = t->n_index;
    struct bytes block;
    *found = false;
    while (low < high) { /* the first block whose last key is not below the wanted one */
        size_t middle = low + (high - low) / 2;
        if (compare(t->index[middle].last, key) < 0) low = middle + 1;
        else high = middle;
    }
    if (low == t->n_index) return TFP_OK;
    TFP_TRY(need_block(ctx, t, low, &block));
    struct walk w = { .ctx = ctx, .t = t };
    tfp_status status = walk_start(&w, t->index[low].handle, block);
    if (status == TFP_OK) status = find_in_block(&w, key, found, value);
    walk_end(&w);
    return status;
}
