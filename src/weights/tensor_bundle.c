/* Checkpoints of version 2: a table of contents (PREFIX.index) and the arrays' bytes (PREFIX.data-0000x-of-0000y), as
 * docs/formats/tensor-bundle.md describes them. A data file is mapped when something in it is read. */
#include "codec/crc32c.h"
#include "codec/sstable.h"
#include "schema/checkpoint_proto.h"
#include "weights/checkpoint_path.h"
#include "weights/parts.h"
#include "weights/slice_key.h"

#include <stdlib.h>
#include <sys/stat.h>

enum { MOST_SHARDS = 65536, READER_VERSION = 1 };
#define SUMMED_AT_ONCE ((size_t)4 << 20) /* bytes */

struct shard {
    const char *path;
    struct buffer *map; /* NULL: not needed yet */
};

struct tensor_bundle {
    struct weights weights;
    struct buffer *index;
    struct sstable *table;
    struct shard *shards;
    int32_t n_shards;
    bool verify;
    /* while it is opened */
    struct tfp_context *ctx;
    struct tfpb_bundle_entry *own; /* by weights_entry.own */
    size_t room;
    bool has_header;
};

extern const struct weights_format weights_checkpoint_v2;

static int score(const struct weights_probe *p)
{
    return p->checkpoint->kind == CHECKPOINT_V2 ? 100 : 0;
}

/* -- the index ----------------------------------------------------------------------------------------------------- */

/* kTensorBundleVersion in tensor_bundle.cc; it never grew. */
static tfp_status check_version(struct tfp_context *ctx, const struct tfpb_versions *v)
{
    if (!v) return TFP_OK;
    if (v->min_consumer > READER_VERSION)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "a checkpoint for readers from version %d on, this one is of version %d",
                        v->min_consumer, READER_VERSION);
    for (size_t i = 0; i < v->bad_consumers.n; i++)
        if (v->bad_consumers.at[i] == READER_VERSION)
            return tfp_fail(ctx, TFP_E_UNSUPPORTED, "a checkpoint that says readers of version %d must not read it",
                            READER_VERSION);
    return TFP_OK;
}

static tfp_status read_header(struct tensor_bundle *b, struct bytes value)
{
    struct tfpb_bundle_header h = { 0 };
    TFP_TRY(protobuf_decode(b->ctx, &b->weights.arena, &tfpb_bundle_header_type, value, &h));
    if (h.endianness != TFPB_BUNDLE_LITTLE)
        return tfp_fail(b->ctx, TFP_E_UNSUPPORTED, "a checkpoint of a big-endian machine");
    if (h.num_shards < 1 || h.num_shards > MOST_SHARDS)
        return tfp_fail(b->ctx, TFP_E_FORMAT, "the header says %d data files", h.num_shards);
    b->n_shards = h.num_shards;
    b->has_header = true;
    return check_version(b->ctx, h.version);
}

/* Memory for one entry more. */
static bool grow(struct tensor_bundle *b)
{
    struct weights *w = &b->weights;
    if (w->n_entries < b->room) return true;
    size_t room = b->room ? b->room * 2 : 64;
    struct weights_entry *entries = ARENA_ARRAY(&w->arena, struct weights_entry, room);
    struct tfpb_bundle_entry *own = ARENA_ARRAY(&w->arena, struct tfpb_bundle_entry, room);
    if (!entries || !own) return false;
    if (w->n_entries) {
        memcpy(entries, w->entries, w->n_entries * sizeof *entries);
        memcpy(own, b->own, w->n_entries * sizeof *own);
    }
    w->entries = entries;
    b->own = own;
    b->room = room;
    return true;
}

static bool contains_nul(struct bytes key)
{
    return memchr(key.at, '\0', key.n) != NULL;
}

/* Where a whole array lies. */
static tfp_status check_place(struct tfp_context *ctx, const struct tensor_bundle *b, const struct tfpb_bundle_entry *e)
{
    if (e->shard_id < 0 || e->shard_id >= b->n_shards)
        return tfp_fail(ctx, TFP_E_FORMAT, "lies in data file %d of %d", e->shard_id, b->n_shards);
    if (e->offset < 0 || e->size < 0 || e->offset > INT64_MAX - e->size)
        return tfp_fail(ctx, TFP_E_FORMAT, "lies at byte %lld with %lld bytes", (long long)e->offset,
                        (long long)e->size);
    return TFP_OK;
}

static tfp_status describe_entry(struct tensor_bundle *b, struct weights_entry *e, struct tfpb_bundle_entry *own,
                                 struct bytes value)
{
    struct weights *w = &b->weights;
    char room[32];
    TFP_TRY(protobuf_decode(b->ctx, &w->arena, &tfpb_bundle_entry_type, value, own));
    const char *type = tfpb_type_name(own->dtype, room, sizeof room);
    if (!(e->type_name = arena_string(&w->arena, type, strlen(type)))) return tfp_no_memory(b->ctx);
    e->dtype = tfpb_dtype(own->dtype);
    TFP_TRY(parts_shape(b->ctx, w, e, own->shape));
    if (own->slices.n) return parts_describe(b->ctx, w, e, &own->slices);
    e->bytes = (uint64_t)own->size;
    return check_place(b->ctx, b, own);
}

static tfp_status read_entry(struct tensor_bundle *b, struct bytes key, struct bytes value)
{
    struct weights *w = &b->weights;
    if (contains_nul(key)) return tfp_fail(b->ctx, TFP_E_FORMAT, "a key with a NUL byte in it");
    if (!grow(b)) return tfp_no_memory(b->ctx);
    struct weights_entry *e = &w->entries[w->n_entries];
    struct tfpb_bundle_entry *own = &b->own[w->n_entries];
    *own = (struct tfpb_bundle_entry){ 0 };
    *e = (struct weights_entry){ .name = arena_string(&w->arena, key.at, key.n), .own = w->n_entries };
    if (!e->name) return tfp_no_memory(b->ctx);
    tfp_status status = describe_entry(b, e, own, value);
    if (status != TFP_OK) return tfp_prefix(b->ctx, status, "array %s", e->name);
    w->n_entries++;
    return TFP_OK;
}

/* Keys of parts begin with a NUL; they are looked up when a part is read. */
static tfp_status each_entry(void *user, struct bytes key, struct bytes value)
{
    struct tensor_bundle *b = user;
    if (key.n == 0) return read_header(b, value);
    if (!b->has_header) return tfp_fail(b->ctx, TFP_E_FORMAT, "no header: the first key is not empty");
    return key.at[0] == '\0' ? TFP_OK : read_entry(b, key, value);
}

/* -- opening ------------------------------------------------------------------------------------------------------- */

static tfp_status list_files(struct tfp_context *ctx, struct tensor_bundle *b, const char *prefix, const char *index)
{
    struct weights *w = &b->weights;
    struct stat st;
    w->n_files = 1 + (size_t)b->n_shards;
    w->files = ARENA_ARRAY(&w->arena, struct weights_file, w->n_files);
    b->shards = ARENA_ARRAY(&w->arena, struct shard, (size_t)b->n_shards);
    if (!w->files || !b->shards) return tfp_no_memory(ctx);
    w->files[0] = (struct weights_file){ index, b->index->size, true };
    for (int32_t i = 0; i < b->n_shards; i++) {
        const char *path = arena_printf(&w->arena, "%s.data-%05d-of-%05d", prefix, i, b->n_shards);
        if (!path) return tfp_no_memory(ctx);
        bool present = stat(path, &st) == 0;
        b->shards[i].path = path;
        w->files[1 + i] = (struct weights_file){ path, present ? (uint64_t)st.st_size : 0, present };
    }
    return TFP_OK;
}

static tfp_status read_index(struct tfp_context *ctx, struct tensor_bundle *b)
{
    struct bytes file = { b->index->data, b->index->size };
    /* The index is always verified: it is small, and everything hangs on it. */
    TFP_TRY(sstable_open(ctx, &b->weights.arena, "table", file, true, &b->table));
    TFP_TRY(sstable_each(ctx, b->table, true, each_entry, b));
    return b->has_header ? TFP_OK : tfp_fail(ctx, TFP_E_FORMAT, "the table is empty: no header");
}

static tfp_status open_parts(struct tfp_context *ctx, struct tensor_bundle *b, const struct weights_probe *p)
{
    struct weights *w = &b->weights;
    const char *prefix = arena_string(&w->arena, p->checkpoint->prefix, strlen(p->checkpoint->prefix));
    const char *index = prefix ? arena_printf(&w->arena, "%s.index", prefix) : NULL;
    if (!index) return tfp_no_memory(ctx);
    w->path = prefix;
    w->description = "checkpoint V2 (tensor bundle)";
    w->producer = "";
    TFP_TRY(buffer_map(ctx, index, &b->index));
    tfp_status status = read_index(ctx, b);
    if (status != TFP_OK) return tfp_prefix(ctx, status, "%s", index);
    TFP_TRY(list_files(ctx, b, prefix, index));
    return weights_sort(ctx, w);
}

static void close_bundle(struct weights *w)
{
    struct tensor_bundle *b = (struct tensor_bundle *)w;
    for (int32_t i = 0; b->shards && i < b->n_shards; i++) buffer_drop(b->shards[i].map);
    buffer_drop(b->index);
    arena_free(&w->arena);
    free(b);
}

static tfp_status open_bundle(struct tfp_context *ctx, const struct weights_probe *p,
                              const struct weights_options *options, struct weights **out)
{
    struct tensor_bundle *b = calloc(1, sizeof *b);
    if (!b) return tfp_no_memory(ctx);
    b->weights.format = &weights_checkpoint_v2;
    b->verify = !options->no_verify;
    b->ctx = ctx;
    tfp_status status = open_parts(ctx, b, p);
    b->ctx = NULL;
    if (status == TFP_OK) *out = &b->weights;
    else close_bundle(&b->weights);
    return status;
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

/* An array, or a part of one, in its data file. */
struct place {
    const char *name; /* for messages */
    const struct tfpb_bundle_entry *entry;
    struct shard *shard;
    struct bytes bytes;
};

static tfp_status find_bytes(struct tfp_context *ctx, struct tensor_bundle *b, struct place *p)
{
    const struct tfpb_bundle_entry *e = p->entry;
    p->shard = &b->shards[e->shard_id];
    if (!p->shard->map) {
        tfp_status status = buffer_map(ctx, p->shard->path, &p->shard->map);
        if (status != TFP_OK) return tfp_prefix(ctx, status, "array %s lies in a data file that cannot be read", p->name);
    }
    const struct buffer *map = p->shard->map;
    if ((uint64_t)e->offset > map->size || (uint64_t)e->size > map->size - (uint64_t)e->offset)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: array %s needs bytes %lld to %lld, the file has %zu", p->shard->path,
                        p->name, (long long)e->offset, (long long)e->offset + (long long)e->size, map->size);
    p->bytes = (struct bytes){ (const char *)map->data + e->offset, (size_t)e->size };
    return TFP_OK;
}

/* The pages of a large array are given back behind the reading: whoever uses the array maps them anew, from the system's
 * cache, and as many at a time as it needs. */
static uint32_t sum_of(const struct place *p)
{
    uint32_t sum = 0;
    for (size_t at = 0, n; at < p->bytes.n; at += n) {
        n = p->bytes.n - at < SUMMED_AT_ONCE ? p->bytes.n - at : SUMMED_AT_ONCE;
        sum = crc32c(sum, p->bytes.at + at, n);
        if (p->bytes.n >= SUMMED_AT_ONCE) buffer_forget(p->shard->map, p->bytes.at + at, n);
    }
    return sum;
}

static tfp_status check_sum(struct tfp_context *ctx, const struct place *p, uint32_t sum)
{
    if (crc32c_mask(sum) == p->entry->crc32c) return TFP_OK;
    return tfp_fail(ctx, TFP_E_FORMAT, "%s: array %s: its checksum is %08x, the index says %08x", p->shard->path, p->name,
                    crc32c_mask(sum), p->entry->crc32c);
}

/* The lengths as varints, and their checksum: over 32-bit numbers, 64-bit where a string has 4 GiB or more. `to` has
 * room for them all; c then stands at the checksum. */
static bool read_lengths(struct cursor *c, struct tfp_string *to, size_t count, uint64_t *total, uint32_t *sum)
{
    uint64_t length;
    *total = *sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (!cursor_varint(c, &length) || length > cursor_left(c)) return false;
        *total += length;
        if (*total > cursor_left(c)) return false;
        to[i].n = (size_t)length;
        uint32_t narrow = (uint32_t)length;
        *sum = length <= UINT32_MAX ? crc32c(*sum, &narrow, sizeof narrow) : crc32c(*sum, &length, sizeof length);
    }
    return true;
}

/* Strings: the lengths, a masked checksum of them, the bytes. The entry's checksum covers the lengths as numbers, that
 * checksum as stored, and the bytes. They are copied behind the table of strings, which has one owner. */
static tfp_status read_strings(struct tfp_context *ctx, const struct tensor_bundle *b, const struct place *p,
                               struct tensor *t)
{
    struct cursor c = cursor_of(p->bytes.at, p->bytes.n);
    uint32_t sum, stored;
    uint64_t total;
    if ((uint64_t)t->count > p->bytes.n)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: array %s: %lld strings in %zu bytes", p->shard->path, p->name,
                        (long long)t->count, p->bytes.n);
    TFP_TRY(buffer_create(ctx, t->size + p->bytes.n, &t->owner));
    struct tfp_string *to = t->data = t->owner->data;
    if (!read_lengths(&c, to, (size_t)t->count, &total, &sum) || !cursor_le32(&c, &stored) || total != cursor_left(&c) ||
        (b->verify && stored != crc32c_mask(sum)))
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: array %s: the lengths of its %lld strings are damaged", p->shard->path,
                        p->name, (long long)t->count);
    if (b->verify) TFP_TRY(check_sum(ctx, p, crc32c(crc32c(sum, &stored, sizeof stored), c.at, cursor_left(&c))));
    char *text = (char *)t->data + t->size;
    memcpy(text, c.at, cursor_left(&c));
    for (int64_t i = 0; i < t->count; i++) {
        to[i].at = text;
        text += to[i].n;
    }
    return TFP_OK;
}

static tfp_status read_numbers(struct tfp_context *ctx, const struct tensor_bundle *b, const struct place *p,
                               struct tensor *t)
{
    if (p->bytes.n != t->size)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: array %s: the shape says %zu bytes, the index %zu", p->shard->path,
                        p->name, t->size, p->bytes.n);
    if (b->verify) TFP_TRY(check_sum(ctx, p, sum_of(p)));
    for (size_t i = 0; t->dtype == TFP_BOOL && i < p->bytes.n; i++)
        if ((unsigned char)p->bytes.at[i] > 1)
            return tfp_fail(ctx, TFP_E_FORMAT, "%s: array %s: bool element %zu is %d", p->shard->path, p->name, i,
                            (unsigned char)p->bytes.at[i]);
    t->data = (void *)(uintptr_t)p->bytes.at;
    if (p->bytes.n >= TENSOR_MISALIGNED_FROM || tensor_is_aligned(t)) {
        t->owner = buffer_keep(p->shard->map);
        return TFP_OK;
    }
    TFP_TRY(tensor_allocate(ctx, t));
    memcpy(t->data, p->bytes.at, p->bytes.n);
    return TFP_OK;
}

/* All of an array that is stored whole, or all of a part; its place has been checked. */
static tfp_status read_whole(struct tfp_context *ctx, struct tensor_bundle *b, const char *name,
                             const struct tfpb_bundle_entry *entry, uint32_t rank, const int64_t *dims, struct tensor *t)
{
    struct place p = { .name = name, .entry = entry };
    tfp_status status = tensor_describe(ctx, "its data", tfpb_dtype(entry->dtype), rank, dims, t);
    if (status != TFP_OK) return tfp_prefix(ctx, status, "%s: array %s", b->weights.files[0].path, name);
    TFP_TRY(find_bytes(ctx, b, &p));
    return t->dtype == TFP_STRING ? read_strings(ctx, b, &p, t) : read_numbers(ctx, b, &p, t);
}

static bool has_shape(const struct tfpb_shape *shape, uint32_t rank, const int64_t *dims)
{
    int64_t has[TFP_MAX_RANK];
    return tfpb_shape_dims(shape, has) == (int32_t)rank && (!rank || memcmp(has, dims, rank * sizeof *dims) == 0);
}

static tfp_status read_part_entry(struct tfp_context *ctx, struct arena *arena, const struct tensor_bundle *b,
                                  const struct weights_entry *e, const struct weights_slice *part,
                                  const int64_t *dims, struct tfpb_bundle_entry *out)
{
    const char *path = b->weights.files[0].path;
    struct text key = { 0 };
    struct bytes value;
    bool found = false;
    slice_key(&key, e->name, part);
    tfp_status status = key.failed ? tfp_no_memory(ctx)
                                   : sstable_get(ctx, b->table, (struct bytes){ key.at, key.n }, &found, &value);
    text_free(&key);
    if (status == TFP_OK && found) status = protobuf_decode(ctx, arena, &tfpb_bundle_entry_type, value, out);
    if (status == TFP_OK && found) status = check_place(ctx, b, out);
    if (status != TFP_OK) return tfp_prefix(ctx, status, "%s: array %s", path, e->name);
    if (!found) return tfp_fail(ctx, TFP_E_FORMAT, "%s: array %s: one of its parts has no entry", path, e->name);
    if (out->dtype == b->own[e->own].dtype && has_shape(out->shape, e->rank, dims)) return TFP_OK;
    return tfp_fail(ctx, TFP_E_FORMAT, "%s: array %s: one of its parts has another type or shape than the array says",
                    path, e->name);
}

/* parts_read_fn: a part has an entry of its own under its name and box. */
static tfp_status read_part(struct tfp_context *ctx, struct weights *w, const struct weights_entry *e,
                            const struct weights_slice *part, const int64_t *dims, struct tensor *out)
{
    struct tensor_bundle *b = (struct tensor_bundle *)w;
    struct tfpb_bundle_entry entry = { 0 };
    struct arena arena = { 0 };
    tfp_status status = read_part_entry(ctx, &arena, b, e, part, dims, &entry);
    if (status == TFP_OK) status = read_whole(ctx, b, e->name, &entry, e->rank, dims, out);
    arena_free(&arena);
    return status;
}

static tfp_status read_array(struct tfp_context *ctx, struct weights *w, const struct weights_entry *e,
                             const struct weights_slice *slice, struct tensor *out)
{
    struct tensor_bundle *b = (struct tensor_bundle *)w;
    struct tensor whole = { 0 };
    if (e->n_parts) return parts_assemble(ctx, w, e, slice, read_part, 1, out);
    if (!slice) return read_whole(ctx, b, e->name, &b->own[e->own], e->rank, e->dims, out);
    tfp_status status = read_whole(ctx, b, e->name, &b->own[e->own], e->rank, e->dims, &whole);
    if (status == TFP_OK) status = parts_cut(ctx, e, slice, &whole, out);
    tensor_release(&whole);
    return status;
}

const struct weights_format weights_checkpoint_v2 = {
    .name = "checkpoint_v2",
    .score = score,
    .open = open_bundle,
    .read = read_array,
    .close = close_bundle,
};
