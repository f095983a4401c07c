/* Tables put together here byte by byte, tables that TensorFlow wrote, damaged ones, and the checksum they all use. */
#include "base/buffer.h"
#include "base/text.h"
#include "codec/crc32c.h"
#include "codec/sstable.h"

#include <snappy-c.h>

#include "support.h"

#define FILES TEST_DATA "/checkpoints/"
#define LITERAL(text) { text, sizeof text - 1 }
#define BYTES(text) ((struct bytes)LITERAL(text))

enum { PLAIN = 0, SNAPPY = 1, FOOTER = 48, TRAILER = 5 };

/* -- writing tables ------------------------------------------------------------------------------------------------ */

static void put_varint(struct text *t, uint64_t v)
{
    for (; v >= 128; v >>= 7) text_add_bytes(t, &(char){ (char)(v | 128) }, 1);
    text_add_bytes(t, &(char){ (char)v }, 1);
}

static void put_little(struct text *t, uint64_t v, int n)
{
    for (; n--; v >>= 8) text_add_bytes(t, &(char){ (char)v }, 1);
}

/* A block that is being filled; an entry in `interval` stores its key whole. */
struct block {
    struct text bytes, restarts;
    size_t interval, count, n_last;
    char last[64];
};

static void add_entry(struct block *b, struct bytes key, struct bytes value)
{
    size_t shared = 0;
    assert_true(key.n <= sizeof b->last);
    if (b->count++ % b->interval == 0) put_little(&b->restarts, b->bytes.n, 4);
    else
        while (shared < b->n_last && shared < key.n && b->last[shared] == key.at[shared]) shared++;
    put_varint(&b->bytes, shared);
    put_varint(&b->bytes, key.n - shared);
    put_varint(&b->bytes, value.n);
    text_add_bytes(&b->bytes, key.at + shared, key.n - shared);
    text_add_bytes(&b->bytes, value.at, value.n);
    memcpy(b->last, key.at, b->n_last = key.n);
}

/* Adds the restart points and empties the block into `out`. */
static void finish_block(struct block *b, struct text *out)
{
    if (!b->restarts.n) put_little(&b->restarts, 0, 4);
    text_add_bytes(&b->bytes, b->restarts.at, b->restarts.n);
    put_little(&b->bytes, b->restarts.n / 4, 4);
    *out = b->bytes;
    text_free(&b->restarts);
    *b = (struct block){ .interval = b->interval };
}

/* A table that is being written; the data blocks may hold anything. */
struct table {
    struct text file;
    struct block index;
};

/* Appends a block and its trailer; the handle goes to `handle`. */
static void put_block(struct text *file, struct bytes block, int type, struct text *handle)
{
    size_t n = snappy_max_compressed_length(block.n);
    char *packed = malloc(n);
    assert_non_null(packed);
    if (type == SNAPPY) {
        assert_int_equal(snappy_compress(block.at, block.n, packed, &n), SNAPPY_OK);
        block = (struct bytes){ packed, n };
    }
    put_varint(handle, file->n);
    put_varint(handle, block.n);
    char trailer = (char)type;
    text_add_bytes(file, block.at, block.n);
    text_add_bytes(file, &trailer, 1);
    put_little(file, crc32c_mask(crc32c_by_table(crc32c_by_table(0, block.at, block.n), &trailer, 1)), 4);
    free(packed);
}

static void put_data(struct table *t, struct bytes block, int type, struct bytes last)
{
    struct text handle = { 0 };
    put_block(&t->file, block, type, &handle);
    t->index.interval = 1;
    add_entry(&t->index, last, (struct bytes){ handle.at, handle.n });
    text_free(&handle);
}

static void put_footer(struct text *file, struct bytes handles)
{
    text_add_bytes(file, handles.at, handles.n);
    for (size_t n = handles.n; n < 40; n++) text_add_bytes(file, "", 1);
    put_little(file, 0xdb4775248b80fb57u, 8);
    assert_false(file->failed);
}

static void finish_table(struct table *t, int type)
{
    struct block meta = { .interval = 1 };
    struct text block, handles = { 0 };
    finish_block(&meta, &block);
    put_block(&t->file, (struct bytes){ block.at, block.n }, PLAIN, &handles);
    text_free(&block);
    t->index.interval = 1;
    finish_block(&t->index, &block);
    put_block(&t->file, (struct bytes){ block.at, block.n }, type, &handles);
    text_free(&block);
    put_footer(&t->file, (struct bytes){ handles.at, handles.n });
    text_free(&handles);
}

/* A table of one data block, as it is given. */
static struct text table_of(struct bytes block, int type, struct bytes last)
{
    struct table t = { 0 };
    put_data(&t, block, type, last);
    finish_table(&t, PLAIN);
    return t.file;
}

/* -- reading them -------------------------------------------------------------------------------------------------- */

static struct bytes whole(const struct text *t)
{
    return (struct bytes){ t->at, t->n };
}

static tfp_status ignore(void *user, struct bytes key, struct bytes value)
{
    (void)user, (void)key, (void)value;
    return TFP_OK;
}

/* Opens a copy that ends where the memory ends, and reads it all. */
static tfp_status read_all(tfp_context *ctx, struct bytes file, bool verify)
{
    struct arena arena = { 0 };
    struct sstable *t;
    char *copy = malloc(file.n ? file.n : 1);
    assert_non_null(copy);
    if (file.n) memcpy(copy, file.at, file.n);
    tfp_status status = sstable_open(ctx, &arena, "x", (struct bytes){ copy, file.n }, verify, &t);
    if (status == TFP_OK) status = sstable_each(ctx, t, true, ignore, NULL);
    arena_free(&arena);
    free(copy);
    return status;
}

static void refused(tfp_context *ctx, struct bytes file, const char *message)
{
    if (read_all(ctx, file, true) != TFP_E_FORMAT) fail_msg("taken, though: %s", message);
    if (!strstr(tfp_context_message(ctx), message)) fail_msg("%s\nexpected: %s", tfp_context_message(ctx), message);
}

/* -- whole tables -------------------------------------------------------------------------------------------------- */

/* Keys of several lengths with common beginnings, the first empty, one with a NUL. Even numbers are in the table. */
static struct bytes key_of(size_t i, char room[32])
{
    if (i == 0) return (struct bytes){ "", 0 };
    int n = snprintf(room, 32, "net/block_%zu/layer_%04zu", 1000 + i / 40, i);
    if (i % 3 == 0) memcpy(room + n, "/a\0b", 4);
    return (struct bytes){ room, (size_t)n + (i % 3 == 0 ? 4 : 0) };
}

static struct bytes value_of(size_t i, char room[64])
{
    memset(room, 'v', 64);
    snprintf(room, 64, "%zu", i * i);
    return (struct bytes){ room, i % 64 };
}

/* `pairs` even keys. An index key is the odd key that follows the block's last one. */
static struct text make_table(size_t pairs, size_t per_block, size_t interval, int type)
{
    struct table t = { 0 };
    struct block b = { .interval = interval };
    char key[32], value[64];
    for (size_t i = 0; i < pairs; i++) {
        add_entry(&b, key_of(2 * i, key), value_of(i, value));
        if ((i + 1) % per_block && i + 1 < pairs) continue;
        struct text bytes;
        finish_block(&b, &bytes);
        put_data(&t, whole(&bytes), type, key_of(2 * i + 1, key));
        text_free(&bytes);
    }
    finish_table(&t, type);
    return t.file;
}

static void find(tfp_context *ctx, struct sstable *t, size_t i, size_t pairs)
{
    char key[32], value[64];
    struct bytes found_value, expected = value_of(i / 2, value);
    bool found = false, there = i % 2 == 0 && i < 2 * pairs;
    assert_ok(ctx, sstable_get(ctx, t, key_of(i, key), &found, &found_value));
    if (found != there) fail_msg("key %zu %s", i, there ? "is not found" : "is found");
    if (!there) return;
    assert_int_equal(found_value.n, expected.n);
    assert_memory_equal(found_value.at, expected.at, expected.n);
}

struct seen {
    size_t n, stop;
    struct bytes keys[512], values[512];
};

static tfp_status see(void *user, struct bytes key, struct bytes value)
{
    struct seen *s = user;
    char key_room[32], value_room[64];
    struct bytes expected = key_of(2 * s->n, key_room), expected_value = value_of(s->n, value_room);
    assert_int_equal(key.n, expected.n);
    assert_memory_equal(key.at, expected.at, key.n);
    assert_int_equal(value.n, expected_value.n);
    assert_memory_equal(value.at, expected_value.at, value.n);
    s->keys[s->n] = key;
    s->values[s->n++] = value;
    return s->n == s->stop ? TFP_E_USAGE : TFP_OK;
}

static void check_table(tfp_context *ctx, size_t pairs, size_t per_block, size_t interval, int type)
{
    struct arena arena = { 0 };
    struct sstable *t;
    struct seen seen = { 0 };
    struct text file = make_table(pairs, per_block, interval, type);
    assert_true(sstable_is(whole(&file)));
    assert_ok(ctx, sstable_open(ctx, &arena, "x", whole(&file), true, &t));
    for (size_t i = 0; i < 2 * pairs + 2; i++) find(ctx, t, (i * 7919) % (2 * pairs + 2), pairs);
    assert_ok(ctx, sstable_each(ctx, t, true, see, &seen));
    assert_int_equal(seen.n, pairs);
    for (size_t i = 0; i < pairs; i++) { /* what is kept stays, and plain values are not copied */
        char room[32];
        struct bytes key = key_of(2 * i, room);
        assert_memory_equal(seen.keys[i].at, key.at, key.n);
        assert_int_equal(type == PLAIN, seen.values[i].at >= file.at && seen.values[i].at < file.at + file.n);
    }
    arena_free(&arena);
    text_free(&file);
}

static void tables_are_read(void **state)
{
    static const size_t pairs[] = { 0, 1, 2, 17, 200 }, per_block[] = { 1, 7, 33, 1000 }, intervals[] = { 1, 2, 16 };
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < 4; k++)
            for (size_t m = 0; m < 3; m++) {
                check_table(*state, pairs[i], per_block[k], intervals[m], PLAIN);
                check_table(*state, pairs[i], per_block[k], intervals[m], SNAPPY);
            }
}

/* The example of docs/formats/sstable.md. */
static void the_described_table_is_read(void **state)
{
    static const char described[] =
        "\x00\x01\x01\x61\x78" "\x01\x01\x02\x62\x79\x7a" "\x00\x00\x00\x00\x01\x00\x00\x00" "\x00\xda\x96\x65\x6e"
        "\x00\x00\x00\x00\x01\x00\x00\x00" "\x00\xc0\xf2\xa1\xb0"
        "\x00\x01\x02\x62\x00\x13" "\x00\x00\x00\x00\x01\x00\x00\x00" "\x00\xe9\x68\xf4\x36"
        "\x18\x08\x25\x0e\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
        "\x57\xfb\x80\x8b\x24\x75\x47\xdb";
    struct arena arena = { 0 };
    struct sstable *t;
    struct bytes value;
    bool found;
    assert_ok(*state, sstable_open(*state, &arena, "x", BYTES(described), true, &t));
    assert_int_equal(sstable_get(*state, t, BYTES("ab"), &found, &value), TFP_OK);
    assert_true(found && value.n == 2 && memcmp(value.at, "yz", 2) == 0);
    assert_int_equal(sstable_get(*state, t, BYTES("aa"), &found, &value), TFP_OK);
    assert_false(found);
    struct block b = { .interval = 16 };
    struct text block;
    add_entry(&b, BYTES("a"), BYTES("x"));
    add_entry(&b, BYTES("ab"), BYTES("yz"));
    finish_block(&b, &block);
    struct text file = table_of(whole(&block), PLAIN, BYTES("b"));
    assert_int_equal(file.n, sizeof described - 1);
    assert_memory_equal(file.at, described, file.n);
    arena_free(&arena);
    text_free(&block);
    text_free(&file);
}

static void reading_stops_where_the_caller_fails(void **state)
{
    struct arena arena = { 0 };
    struct sstable *t;
    struct seen seen = { .stop = 11 };
    struct text file = make_table(40, 7, 16, PLAIN);
    assert_int_equal(sstable_open(*state, &arena, "x", whole(&file), true, &t), TFP_OK);
    assert_int_equal(sstable_each(*state, t, false, see, &seen), TFP_E_USAGE);
    assert_int_equal(seen.n, 11);
    arena_free(&arena);
    text_free(&file);
}

static void blocks_are_unpacked_once(void **state)
{
    struct arena arena = { 0 };
    struct sstable *t;
    char a[32], b[32];
    struct bytes first, second, again;
    bool found;
    struct text file = make_table(40, 20, 16, SNAPPY);
    assert_int_equal(sstable_open(*state, &arena, "x", whole(&file), true, &t), TFP_OK);
    assert_int_equal(sstable_get(*state, t, key_of(6, a), &found, &first), TFP_OK);
    assert_int_equal(sstable_get(*state, t, key_of(60, b), &found, &second), TFP_OK);
    assert_int_equal(sstable_get(*state, t, key_of(6, a), &found, &again), TFP_OK);
    assert_true(found && first.at == again.at);
    arena_free(&arena);
    text_free(&file);
}

/* Snappy at its densest stays below the limit. */
static void a_long_run_of_zeros_is_read(void **state)
{
    struct block b = { .interval = 16 };
    struct text block;
    char *zeros = calloc(1, 1 << 20);
    assert_non_null(zeros);
    add_entry(&b, BYTES("a"), (struct bytes){ zeros, 1 << 20 });
    finish_block(&b, &block);
    struct text file = table_of(whole(&block), SNAPPY, BYTES("a"));
    assert_true(file.n < (1 << 20) / 20);
    assert_ok(*state, read_all(*state, whole(&file), true));
    text_free(&file);
    text_free(&block);
    free(zeros);
}

/* -- tables of TensorFlow ------------------------------------------------------------------------------------------ */

struct expected {
    const struct bytes *keys;
    size_t n, at;
};

static tfp_status expect(void *user, struct bytes key, struct bytes value)
{
    struct expected *e = user;
    assert_true(e->at < e->n);
    assert_int_equal(key.n, e->keys[e->at].n);
    assert_memory_equal(key.at, e->keys[e->at].at, key.n);
    assert_true(value.n > 0);
    e->at++;
    return TFP_OK;
}

static void check_file(tfp_context *ctx, const char *path, const struct bytes *keys, size_t n)
{
    struct arena arena = { 0 };
    struct buffer *map;
    struct sstable *t;
    struct expected e = { keys, n, 0 };
    if (buffer_map(ctx, path, &map) != TFP_OK ||
        sstable_open(ctx, &arena, path, (struct bytes){ map->data, map->size }, true, &t) != TFP_OK ||
        sstable_each(ctx, t, false, expect, &e) != TFP_OK)
        fail_msg("%s", tfp_context_message(ctx));
    assert_int_equal(e.at, n);
    arena_free(&arena);
    buffer_drop(map);
}

static void tables_of_tensorflow_are_read(void **state)
{
    static const struct bytes index[] = {
        LITERAL(""),      LITERAL("conv1/biases"), LITERAL("conv1/weights"), LITERAL("conv2/biases"),
        LITERAL("conv2/weights"), LITERAL("fc1/b"), LITERAL("fc1/w"), LITERAL("fc2/b"), LITERAL("fc2/w"),
    };
    static const struct bytes old[] = { LITERAL(""), LITERAL("\0b1\0\1\1\1\x80\x7f"),
                                        LITERAL("\0w1\0\1\1\2\x80\x7f\x80\x7f") };
    check_file(*state, FILES "lenet_tf1_11.index", index, COUNT_OF(index));
    check_file(*state, FILES "lenet_v1-00001-of-00002", old, COUNT_OF(old));
}

/* -- damaged tables ------------------------------------------------------------------------------------------------ */

/* Data blocks under the index key "m": entries (shared, rest, value size, rest, value), restart points, their count. */
#define NO_RESTARTS "\0\0\0\0\1\0\0\0"
static const struct {
    struct bytes block;
    const char *message;
} bad_blocks[] = {
    { LITERAL("\1\0\0\0"), "block at byte 0: too short for its restart points" },
    { LITERAL("\0\1\1av\0\0\0\0"), "0 restart points in" },
    { LITERAL("\0\1\1av\0\0\0\0\3\0\0\0"), "3 restart points in 13 bytes" },
    { LITERAL("\0\1\1av\0\0\0\0\xff\xff\xff\xff"), "4294967295 restart points in" },
    { LITERAL("\0\1\1av\1\0\0\0\1\0\0\0"), "the first restart point is not its first entry" },
    { LITERAL("\0\1\1av\0\0\0\0\0\0\0\0\2\0\0\0"), "the restart points are out of order" },
    { LITERAL("\0\1\1av\0\1\1bv\0\1\1cv\0\0\0\0\xa\0\0\0\5\0\0\0\3\0\0\0"), "lies behind the last entry" },
    { LITERAL("\0\1\1av\0\1\1bv\0\0\0\0\4\0\0\0\2\0\0\0"), "at byte 5 of it: the restart points are out of order" },
    { LITERAL("\0\1\1av\0\1\1bv\0\0\0\0\xa\0\0\0\2\0\0\0"), "restart point lies behind the last entry" },
    { LITERAL("\0\1\1av\0\1\1bv\0\0\0\0\xff\xff\xff\xff\2\0\0\0"), "restart point lies behind the last entry" },
    { LITERAL("\0\1\1av\1\1\1bv\0\0\0\0\5\0\0\0\2\0\0\0"), "entry at byte 5 of it: it is a restart point" },
    { LITERAL("\1\1\1av" NO_RESTARTS), "it shares more bytes than the key before has" },
    { LITERAL("\0\1\1av\2\1\1bv" NO_RESTARTS), "entry at byte 5 of it: it shares more bytes" },
    { LITERAL("\0\7\1av" NO_RESTARTS), "it runs over the block's end" },
    { LITERAL("\0\1\2av" NO_RESTARTS), "it runs over the block's end" },
    { LITERAL("\0\1" NO_RESTARTS), "it runs over the block's end" },
    { LITERAL("\0\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\1av" NO_RESTARTS), "it runs over the block's end" },
    { LITERAL("\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\1\1av" NO_RESTARTS), "it runs over the block's end" },
    { LITERAL("\xff\xff\xff\xff\xff\xff\xff\xff\xff\1\1\1av" NO_RESTARTS), "it shares more bytes than the key" },
    { LITERAL("\0\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\1av" NO_RESTARTS), "it runs over the block's end" },
    { LITERAL("\0\1\1bv\0\1\1av" NO_RESTARTS), "entry at byte 5 of it: its key is not above the one before" },
    { LITERAL("\0\1\1av\0\1\1av" NO_RESTARTS), "its key is not above the one before" },
    { LITERAL("\0\1\1av\1\0\1v" NO_RESTARTS), "its key is not above the one before" },
    { LITERAL("\0\3\1abcv\2\0\1v" NO_RESTARTS), "its key is not above the one before" },
    { LITERAL("\0\1\1\x7fv\0\1\1zv" NO_RESTARTS), "its key is not above the one before" },
    { LITERAL("\0\0\1v\0\0\1v" NO_RESTARTS), "its key is not above the one before" },
    { LITERAL("\0\1\1av\0\1\1nv" NO_RESTARTS), "its last key is above the index's key for it" },
};

static void bad_blocks_are_refused(void **state)
{
    for (size_t i = 0; i < COUNT_OF(bad_blocks); i++) {
        struct text plain = table_of(bad_blocks[i].block, PLAIN, BYTES("m"));
        struct text packed = table_of(bad_blocks[i].block, SNAPPY, BYTES("m"));
        refused(*state, whole(&plain), bad_blocks[i].message);
        refused(*state, whole(&packed), bad_blocks[i].message);
        text_free(&plain);
        text_free(&packed);
    }
    struct text good = table_of(BYTES("\0\1\1av\0\1\1bv\0\1\1\x6dv" NO_RESTARTS), PLAIN, BYTES("m"));
    assert_int_equal(read_all(*state, whole(&good), true), TFP_OK); /* what the rows are variations of */
    text_free(&good);
}

/* Every key is one byte longer than the one before: a megabyte of them would spell out 17 gigabytes. */
static void keys_that_explode_are_refused(void **state)
{
    struct text block = { 0 };
    for (size_t i = 0; i < 20000; i++) {
        put_varint(&block, i);
        text_add_bytes(&block, "\1\0k", 3);
    }
    text_add_bytes(&block, NO_RESTARTS, 8);
    struct text file = table_of(whole(&block), PLAIN, BYTES("l"));
    refused(*state, whole(&file), "far longer than the block's size allows");
    text_free(&file);
    text_free(&block);
}

static void blocks_that_differ_from_the_index_are_refused(void **state)
{
    static const struct bytes a = LITERAL("\0\1\1av" NO_RESTARTS), e = LITERAL("\0\1\1ev" NO_RESTARTS);
    struct table t = { 0 };
    put_data(&t, a, PLAIN, BYTES("g"));
    put_data(&t, e, PLAIN, BYTES("m"));
    finish_table(&t, PLAIN);
    refused(*state, whole(&t.file), "block at byte 18: its first key is not above the index's key of the block before");
    text_free(&t.file);

    t = (struct table){ 0 }; /* one block twice */
    put_data(&t, a, PLAIN, BYTES("a"));
    add_entry(&t.index, BYTES("b"), BYTES("\0\15"));
    finish_table(&t, PLAIN);
    refused(*state, whole(&t.file), "block at byte 0: begins before the end of the block that the index names before");
    text_free(&t.file);

    t = (struct table){ 0 };
    put_data(&t, e, PLAIN, BYTES("m"));
    put_data(&t, a, PLAIN, BYTES("g"));
    finish_table(&t, PLAIN);
    refused(*state, whole(&t.file), "its key is not above the one before");
    text_free(&t.file);
}

static const struct {
    struct bytes handle;
    const char *message;
} bad_handles[] = {
    { LITERAL(""), "an entry of the index is no block handle" },
    { LITERAL("\0"), "an entry of the index is no block handle" },
    { LITERAL("\0\15\0"), "an entry of the index is no block handle" },
    { LITERAL("\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"), "an entry of the index is no block handle" },
    { LITERAL("\xff\1\15"), "a block of 13 bytes at byte 255 does not fit" },
    { LITERAL("\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"), "a block of 18446744073709551615 bytes at byte 1 " },
    { LITERAL("\xff\xff\xff\xff\xff\xff\xff\xff\xff\1\15"), "a block of 13 bytes at byte 18446744073709551615 " },
    { LITERAL("\xff\xff\xff\xff\xff\xff\xff\xff\xff\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"), "does not fit" },
    { LITERAL("\4\15"), "block at byte 4: its checksum is" },
    { LITERAL("\0\4"), "block at byte 0: its checksum is" },
    { LITERAL("\0\0"), "block at byte 0: its checksum is" },
};

static void bad_handles_are_refused(void **state)
{
    for (size_t i = 0; i < COUNT_OF(bad_handles); i++) {
        struct table t = { 0 };
        struct text unused = { 0 };
        put_block(&t.file, BYTES("\0\1\1av" NO_RESTARTS), PLAIN, &unused);
        t.index.interval = 1;
        add_entry(&t.index, BYTES("a"), bad_handles[i].handle);
        finish_table(&t, PLAIN);
        refused(*state, whole(&t.file), bad_handles[i].message);
        text_free(&t.file);
        text_free(&unused);
    }
}

static void bad_footers_are_refused(void **state)
{
    struct text file = { 0 };
    refused(*state, whole(&file), "no table: its 0 bytes");
    put_footer(&file, BYTES("\0\0\0\0"));
    refused(*state, whole(&file), "a block of 0 bytes at byte 0 does not fit");
    file.at[0] ^= 1;
    refused(*state, whole(&file), "a block of 0 bytes at byte 1 does not fit");
    memset(file.at, 0xff, 40);
    refused(*state, whole(&file), "the table's footer holds no block handles");
    file.at[47] ^= 1;
    refused(*state, whole(&file), "no table: its 48 bytes do not end in a table's magic number");
    text_free(&file);

    file = make_table(30, 7, 16, PLAIN);
    for (size_t n = 0; n < file.n; n++) refused(*state, (struct bytes){ file.at, n }, "no table");
    text_free(&file);
}

/* One bit of any byte is seen, but in the footer's filling and in the metaindex block, which nobody reads. */
static void every_flipped_bit_is_seen(void **state)
{
    for (int type = PLAIN; type <= SNAPPY; type++) {
        struct text file = make_table(30, 7, 16, type);
        const char *footer = file.at + file.n - FOOTER;
        uint64_t meta = 0, meta_size = 0, unused;
        struct cursor c = cursor_of(footer, 40);
        assert_true(cursor_varint(&c, &meta) && cursor_varint(&c, &meta_size) && cursor_varint(&c, &unused) &&
                    cursor_varint(&c, &unused));
        size_t filling = file.n - FOOTER + cursor_offset(&c);
        for (size_t i = 0; i < file.n; i++) {
            if ((i >= meta && i < meta + meta_size + TRAILER) || (i >= filling && i < file.n - 8)) continue;
            if (i >= file.n - FOOTER && i < file.n - FOOTER + 3) continue; /* the metaindex block's handle */
            file.at[i] ^= (char)(1 << i % 8);
            if (read_all(*state, whole(&file), true) != TFP_E_FORMAT) fail_msg("type %d: byte %zu", type, i);
            file.at[i] ^= (char)(1 << i % 8);
        }
        assert_int_equal(read_all(*state, whole(&file), true), TFP_OK);
        text_free(&file);
    }
}

static void checksums_can_be_passed_over(void **state)
{
    struct text small = table_of(BYTES("\0\1\1av" NO_RESTARTS), PLAIN, BYTES("m"));
    small.at[4] = 'w';
    refused(*state, whole(&small), "x: block at byte 0: its checksum is ");
    assert_int_equal(read_all(*state, whole(&small), false), TFP_OK);
    text_free(&small);
}

/* Puts a data block's bytes and type as they are, with a sum that fits. */
static struct text stored_as(struct bytes block, int type)
{
    struct text file = table_of(block, PLAIN, BYTES("m"));
    file.at[block.n] = (char)type;
    uint32_t sum = crc32c_mask(crc32c_by_table(0, file.at, block.n + 1));
    for (int i = 0; i < 4; i++) file.at[block.n + 1 + (size_t)i] = (char)(sum >> 8 * i);
    return file;
}

static void bad_compression_is_refused(void **state)
{
    static const struct {
        struct bytes stored;
        int type;
        const char *message;
    } rows[] = {
        { LITERAL("\0\1\1av" NO_RESTARTS), 2, "block at byte 0: of type 2; 0 (plain) and 1 (snappy) exist" },
        { LITERAL("\0\1\1av" NO_RESTARTS), 255, "of type 255" },
        { LITERAL(""), SNAPPY, "its snappy data does not begin with a length" },
        { LITERAL("\xff\xff\xff"), SNAPPY, "its snappy data does not begin with a length" },
        { LITERAL("\xff\xff\xff\xff\x1f"), SNAPPY, "its snappy data does not begin with a length" },
        { LITERAL("\xff\xff\xff\xff\xf\4ab"), SNAPPY, "8 bytes of snappy data cannot hold 4294967295, as they claim" },
        { LITERAL("\xb0\1\4ab\0\0\0"), SNAPPY, "its snappy data is damaged" },       /* 176 = 22 * 8: may be tried */
        { LITERAL("\xc6\1\4ab\0\0\0"), SNAPPY, "cannot hold 198, as they claim" },   /* 22 * 9 */
        { LITERAL("\5\4ab"), SNAPPY, "its snappy data is damaged" },                 /* says 5 bytes, holds 2 */
        { LITERAL("\1\4ab"), SNAPPY, "its snappy data is damaged" },                 /* says 1 */
        { LITERAL("\10\4ab\5\3\5\3"), SNAPPY, "its snappy data is damaged" },        /* copies from before its start */
        { LITERAL("\2\4ab"), SNAPPY, "too short for its restart points" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct text file = stored_as(rows[i].stored, rows[i].type);
        refused(*state, whole(&file), rows[i].message);
        text_free(&file);
    }
}

/* -- checksums ----------------------------------------------------------------------------------------------------- */

static void sums_of_rfc_3720(void **state)
{
    static const unsigned char read_command[48] = {
        0x01, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 4, 0,
        0,    0,    0, 0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
    };
    unsigned char zeros[32] = { 0 }, ones[32], up[32], down[32];
    (void)state;
    memset(ones, 0xff, 32);
    for (int i = 0; i < 32; i++) up[i] = down[31 - i] = (unsigned char)i;
    const struct {
        const void *at;
        size_t n;
        uint32_t sum;
    } rows[] = { { zeros, 32, 0x8a9136aa }, { ones, 32, 0x62a8ab43 },         { up, 32, 0x46dd794e },
                 { down, 32, 0x113fdb5c },  { read_command, 48, 0xd9963a56 }, { "123456789", 9, 0xe3069283 },
                 { "", 0, 0 } };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(crc32c(0, rows[i].at, rows[i].n), rows[i].sum);
        assert_int_equal(crc32c_by_table(0, rows[i].at, rows[i].n), rows[i].sum);
    }
    assert_int_equal(crc32c_mask(0), 0xa282ead8);
    assert_int_equal(crc32c_mask(0x8000), 0xa282ead9);
    assert_int_equal(crc32c_mask(1), 0xa284ead8);
}

/* Bit by bit, as the polynomial says. */
static uint32_t sum_slowly(const unsigned char *at, size_t n)
{
    uint32_t crc = ~0u;
    for (size_t i = 0; i < n; i++) {
        crc ^= at[i];
        for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0x82f63b78u : crc >> 1;
    }
    return ~crc;
}

static void all_ways_of_summing_agree(void **state)
{
    enum { ROOM = 100000 };
    static const size_t around[] = { 128, 4096, 8192, 12288, 24576, 49152, 99000 };
    unsigned char *data = malloc(ROOM);
    uint32_t seed = 12345;
    (void)state;
    assert_non_null(data);
    for (size_t i = 0; i < ROOM; i++) data[i] = (unsigned char)((seed = seed * 1664525 + 1013904223) >> 24);
    for (size_t i = 0; i < COUNT_OF(around); i++)
        for (size_t n = around[i] - 9; n < around[i] + 10; n++) {
            size_t from = n % 11;
            uint32_t expected = sum_slowly(data + from, n), hardware = crc32c(0, data + from, n);
            assert_int_equal(hardware, expected);
            assert_int_equal(crc32c_by_table(0, data + from, n), expected);
            size_t cut = n * (n % 13) / 13; /* in two parts, each by another way */
            assert_int_equal(crc32c(crc32c_by_table(0, data + from, cut), data + from + cut, n - cut), expected);
            assert_int_equal(crc32c_by_table(crc32c(0, data + from, cut), data + from + cut, n - cut), expected);
        }
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_read),
        cmocka_unit_test(the_described_table_is_read),
        cmocka_unit_test(reading_stops_where_the_caller_fails),
        cmocka_unit_test(blocks_are_unpacked_once),
        cmocka_unit_test(a_long_run_of_zeros_is_read),
        cmocka_unit_test(tables_of_tensorflow_are_read),
        cmocka_unit_test(bad_blocks_are_refused),
        cmocka_unit_test(keys_that_explode_are_refused),
        cmocka_unit_test(blocks_that_differ_from_the_index_are_refused),
        cmocka_unit_test(bad_handles_are_refused),
        cmocka_unit_test(bad_footers_are_refused),
        cmocka_unit_test(every_flipped_bit_is_seen),
        cmocka_unit_test(checksums_can_be_passed_over),
        cmocka_unit_test(bad_compression_is_refused),
        cmocka_unit_test(sums_of_rfc_3720),
        cmocka_unit_test(all_ways_of_summing_agree),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
