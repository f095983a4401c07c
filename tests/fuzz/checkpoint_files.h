/* What the fuzz targets of checkpoints share: tables with right checksums made of an input's pairs (fuzz_sstable is the
 * target for tables themselves), files in a folder of the process's own, and what must hold for weights that opened. */
#ifndef TFP_TESTS_FUZZ_CHECKPOINT_FILES_H
#define TFP_TESTS_FUZZ_CHECKPOINT_FILES_H

#include "base/bytes.h"
#include "base/text.h"
#include "codec/crc32c.h"
#include "weights/weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST_BYTES = 1 << 22, MOST_TRIED = 64 };

static void put_number(struct text *t, uint64_t v)
{
    for (; v >= 128; v >>= 7) text_add_bytes(t, &(char){ (char)(v | 128) }, 1);
    text_add_bytes(t, &(char){ (char)v }, 1);
}

static void put_fixed(struct text *t, uint64_t v, int n)
{
    for (; n--; v >>= 8) text_add_bytes(t, &(char){ (char)v }, 1);
}

/* Fields of protobuf messages. */
static inline void put_field(struct text *t, uint32_t field, uint64_t value)
{
    put_number(t, field << 3);
    put_number(t, value);
}

static inline void put_message(struct text *t, uint32_t field, struct bytes content)
{
    put_number(t, field << 3 | 2);
    put_number(t, content.n);
    if (content.n) text_add_bytes(t, content.at, content.n);
}

static inline struct bytes bytes_in(const struct text *t)
{
    return (struct bytes){ t->at, t->n };
}

/* Appends block and trailer; its handle goes to `handle`. */
static void put_block(struct text *file, struct text *block, int type, struct text *handle)
{
    put_number(handle, file->n);
    put_number(handle, block->n);
    put_fixed(block, (uint64_t)type, 1);
    text_add_bytes(file, block->at, block->n);
    put_fixed(file, crc32c_mask(crc32c(0, block->at, block->n)), 4);
    text_free(block);
}

static inline void put_pair(struct text *block, struct bytes key, struct bytes value)
{
    put_number(block, 0);
    put_number(block, key.n);
    put_number(block, value.n);
    if (key.n) text_add_bytes(block, key.at, key.n);
    if (value.n) text_add_bytes(block, value.at, value.n);
}

/* A table of one data block as it is; type 0 is plain, 1 snappy. */
static void finish_table_of(struct text *data, int type, struct text *file)
{
    struct text empty = { 0 }, index = { 0 }, handle = { 0 }, handles = { 0 };
    put_block(file, data, type, &handle);
    put_pair(&index, (struct bytes){ "\xff\xff\xff\xff\xff\xff\xff\xff", 8 }, (struct bytes){ handle.at, handle.n });
    put_fixed(&empty, (uint64_t)1 << 32, 8);
    put_fixed(&index, (uint64_t)1 << 32, 8);
    put_block(file, &empty, 0, &handles);
    put_block(file, &index, 0, &handles);
    while (handles.n < 40) put_fixed(&handles, 0, 1);
    text_add_bytes(file, handles.at, 40);
    put_fixed(file, 0xdb4775248b80fb57u, 8);
    text_free(&handle);
    text_free(&handles);
}

/* One data block of the pairs that were put into it. */
static inline void finish_table(struct text *data, struct text *file)
{
    put_fixed(data, 0, 4);
    put_fixed(data, 1, 4);
    finish_table_of(data, 0, file);
}

/* The input: size of key, size of value (varints), key, value, and again. */
static inline void table_of_pairs(const uint8_t *data, size_t n, struct text *file)
{
    struct cursor c = cursor_of(data, n);
    struct text block = { 0 };
    uint64_t n_key, n_value;
    struct bytes key, value;
    while (cursor_varint(&c, &n_key) && cursor_varint(&c, &n_value) && n_key <= cursor_left(&c) &&
           cursor_take(&c, (size_t)n_key, &key) && n_value <= cursor_left(&c) && cursor_take(&c, (size_t)n_value, &value))
        put_pair(&block, key, value);
    finish_table(&block, file);
}

/* -- files --------------------------------------------------------------------------------------------------------- */

static char checkpoint_folder[64];

static void remove_folder(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", checkpoint_folder);
    if (system(command) != 0) perror(checkpoint_folder);
}

static inline void write_checkpoint_file(const char *name, const void *at, size_t n, char *path, size_t room)
{
    if (!checkpoint_folder[0]) {
        strcpy(checkpoint_folder, "/tmp/tfport-fuzz-XXXXXX");
        if (!mkdtemp(checkpoint_folder) || atexit(remove_folder) != 0) abort();
    }
    snprintf(path, room, "%s/%s", checkpoint_folder, name);
    FILE *f = fopen(path, "wb");
    if (!f || (n && fwrite(at, 1, n, f) != n) || fclose(f) != 0) abort();
}

/* -- what must hold ------------------------------------------------------------------------------------------------ */

/* A box of each array is the same as the box cut from the whole. */
static void check_box(struct tfp_context *ctx, struct weights *w, const struct weights_entry *e, const struct tensor *whole)
{
    struct weights_slice box = { .rank = e->rank };
    struct tensor t, expected = { 0 };
    for (uint32_t i = 0; i < e->rank; i++) {
        box.start[i] = e->dims[i] / 3;
        box.length[i] = e->dims[i] - box.start[i] - e->dims[i] / 4;
    }
    tfp_status status = weights_read(ctx, w, e, &box, &t);
    if (status != TFP_OK && e->dtype == TFP_STRING) return;
    if (status != TFP_OK) abort();
    if (e->dtype == TFP_STRING) {
        tensor_release(&t);
        return;
    }
    if (tensor_describe(ctx, "x", t.dtype, t.rank, t.dims, &expected) != TFP_OK) abort();
    if (tensor_allocate(ctx, &expected) != TFP_OK) abort();
    weights_copy_overlap(e->rank, e->dims, NULL, whole->data, &box, expected.data, tfp_dtype_size(e->dtype));
    if (expected.size != t.size || (t.size && memcmp(expected.data, t.data, t.size) != 0)) abort();
    tensor_release(&expected);
    tensor_release(&t);
}

static uint64_t sum_of(const struct tensor *t)
{
    const struct tfp_string *s = t->data;
    uint64_t sum = t->dtype == TFP_STRING ? 0 : crc32c(0, t->data, t->size);
    for (int64_t i = 0; t->dtype == TFP_STRING && i < t->count; i++) sum = crc32c((uint32_t)sum, s[i].at, s[i].n);
    return sum;
}

/* How many arrays were read; their contents go into *sum. */
static size_t read_arrays(struct tfp_context *ctx, struct weights *w, uint64_t *sum)
{
    size_t n = 0;
    *sum = 0;
    for (size_t i = 0; i < w->n_entries; i++) {
        const struct weights_entry *e = &w->entries[i];
        struct tensor t;
        if (weights_find(w, e->name, strlen(e->name)) != e) abort();
        if (i >= MOST_TRIED || weights_read(ctx, w, e, NULL, &t) != TFP_OK) continue;
        if (t.dtype != e->dtype || t.rank != e->rank || t.size != (size_t)t.count * tfp_dtype_size(t.dtype)) abort();
        *sum = *sum * 31 + sum_of(&t) + i;
        if (t.rank && t.size <= MOST_BYTES) check_box(ctx, w, e, &t);
        tensor_release(&t);
        n++;
    }
    return n;
}

/* What can be read with checksums is the same without. */
static inline void check_checkpoint(const char *path)
{
    size_t n[2] = { 0, 0 };
    uint64_t sum[2] = { 0, 0 };
    for (int loose = 0; loose < 2; loose++) {
        struct weights_options options = { .no_verify = loose };
        struct weights *w;
        tfp_context *ctx;
        if (tfp_context_create(&ctx) != TFP_OK) return;
        if (weights_open(ctx, path, &options, &w) == TFP_OK) {
            n[loose] = read_arrays(ctx, w, &sum[loose]);
            weights_close(w);
        }
        tfp_context_destroy(ctx);
    }
    if (n[0] > n[1] || (n[0] == n[1] && sum[0] != sum[1])) abort();
}

#endif
