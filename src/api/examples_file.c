/* Serialized tf.Example messages from files: .npy files of bytes, where the messages' own lengths tell the NULs that numpy drops,
 * and TFRecord files. */
#include "api/array.h"
#include "codec/deflate.h"
#include "codec/example.h"
#include "codec/tfrecord.h"

#include <stdlib.h>

/* -- npy ----------------------------------------------------------------------------------------------------------- */

static bool is_npy(const struct buffer *file)
{
    static const char magic[] = "\x93NUMPY";
    return file->size >= sizeof magic - 1 && memcmp(file->data, magic, sizeof magic - 1) == 0;
}

static void restore_lengths(tfp_array *a)
{
    struct tfp_string *strings = a->tensor.data;
    for (size_t i = 0; a->npy.width && i < a->npy.size / sizeof *strings; i++)
        strings[i].n = example_length((struct bytes){ strings[i].at, a->npy.width }, strings[i].n);
}

/* -- TFRecord ------------------------------------------------------------------------------------------------------ */

struct unpacked {
    char *at;
    size_t n, room; /* the file may have changed since it was counted */
};

static bool count_bytes(void *user, struct bytes b)
{
    struct unpacked *u = user;
    return !__builtin_add_overflow(u->n, b.n, &u->n);
}

static bool keep_bytes(void *user, struct bytes b)
{
    struct unpacked *u = user;
    if (b.n > u->room - u->n) return false;
    memcpy(u->at + u->n, b.at, b.n);
    u->n += b.n;
    return true;
}

static tfp_status expand(tfp_context *ctx, const char *path, struct bytes file, enum deflate_form form,
                         bool (*put)(void *user, struct bytes b), struct unpacked *u)
{
    switch (deflate_expand(file, form, put, u)) {
    case DEFLATE_OK: return TFP_OK;
    case DEFLATE_DAMAGED: return tfp_fail(ctx, TFP_E_FORMAT, "%s: its compressed data is damaged or cut off", path);
    default: return tfp_no_memory(ctx);
    }
}

/* Puts the records in place of the packed file. It is unpacked twice, so that memory is taken once and for what is there. */
static tfp_status unpack(tfp_context *ctx, const char *path, enum deflate_form form, struct buffer **file)
{
    struct unpacked u = { .n = 0 };
    const struct bytes packed = { (*file)->data, (*file)->size };
    struct buffer *records;
    TFP_TRY(expand(ctx, path, packed, form, count_bytes, &u));
    TFP_TRY(buffer_create(ctx, u.n, &records));
    u = (struct unpacked){ .at = records->data, .room = u.n };
    tfp_status status = expand(ctx, path, packed, form, keep_bytes, &u);
    buffer_drop(status == TFP_OK ? *file : records);
    if (status == TFP_OK) *file = records;
    return status;
}

static tfp_status count_records(tfp_context *ctx, const char *path, struct bytes all, size_t *n)
{
    struct tfrecord_reader r = tfrecord_begin(all);
    struct bytes record;
    for (bool end = false; !end;) TFP_TRY(tfrecord_next(ctx, path, &r, &record, &end));
    *n = r.n;
    return TFP_OK;
}

static tfp_status read_records(tfp_context *ctx, const char *path, tfp_array *a)
{
    const enum tfrecord_packing packing = tfrecord_packing_of((struct bytes){ a->file->data, a->file->size });
    if (packing != TFRECORD_PLAIN)
        TFP_TRY(unpack(ctx, path, packing == TFRECORD_GZIP ? DEFLATE_GZIP : DEFLATE_ZLIB, &a->file));
    const struct bytes all = { a->file->data, a->file->size };
    struct tfrecord_reader r = tfrecord_begin(all);
    struct bytes record;
    size_t n;
    bool end = false;
    TFP_TRY(count_records(ctx, path, all, &n));
    struct tfp_string *strings = ARENA_ARRAY(&a->arena, struct tfp_string, n);
    if (!strings) return tfp_no_memory(ctx);
    a->npy.dims[0] = (int64_t)n;
    for (size_t i = 0; i < n; i++) {
        TFP_TRY(tfrecord_next(ctx, path, &r, &record, &end));
        strings[i] = (struct tfp_string){ record.at, record.n };
    }
    a->tensor = (struct tfp_tensor){ .dtype = TFP_STRING, .rank = 1, .dims = a->npy.dims, .data = strings, .size = n * sizeof *strings };
    return TFP_OK;
}

tfp_status tfp_examples_read(tfp_context *ctx, const char *path, tfp_array **out)
{
    tfp_array *a = calloc(1, sizeof *a);
    if (!a) return tfp_no_memory(ctx);
    tfp_status status = buffer_map(ctx, path, &a->file);
    if (status == TFP_OK && is_npy(a->file)) {
        tfp_array_destroy(a);
        TFP_TRY(tfp_npy_read(ctx, path, &a));
        restore_lengths(a);
    } else if (status == TFP_OK) {
        status = read_records(ctx, path, a);
    }
    if (status == TFP_OK) *out = a;
    else tfp_array_destroy(a);
    return status;
}
