/* Checkpoints of version 1: tables (one file, or one a shard) whose first value lists the arrays and whose others hold
 * their parts as TensorProtos, as docs/formats/checkpoint-v1.md describes them. */
#include "codec/sstable.h"
#include "weights/checkpoint_path.h"
#include "weights/parts.h"
#include "weights/slice_key.h"
#include "weights/tensor_proto.h"

#include <stdlib.h>

/* Eight bytes of an element are one in a message (int64 as varint), and snappy packs 22 of these into one. */
enum { DENSEST = 8 * 22 };

struct shard {
    const char *path;
    struct buffer *map;
    struct sstable *table;
};

/* Slices of one array as the shards list them. */
struct listed {
    const struct tfpb_saved_slice_meta *meta;
    struct tfpb_slice *slices;
    size_t n, room;
};

struct checkpoint_v1 {
    struct weights weights;
    struct shard *shards;
    size_t n_shards;
    struct listed *arrays; /* by weights_entry.own */
    size_t n_arrays, room;
    struct map names; /* -> 1 + index */
};

extern const struct weights_format weights_checkpoint_v1;

static int score(const struct weights_probe *p)
{
    return p->checkpoint->kind == CHECKPOINT_V1 || p->checkpoint->kind == CHECKPOINT_V1_SHARDED ? 100 : 0;
}

/* -- opening ------------------------------------------------------------------------------------------------------- */

static bool add_slices(struct arena *a, struct listed *l, struct tfpb_slices more)
{
    if (l->n + more.n > l->room) {
        size_t room = 2 * (l->n + more.n);
        struct tfpb_slice *at = ARENA_ARRAY(a, struct tfpb_slice, room);
        if (!at) return false;
        if (l->n) memcpy(at, l->slices, l->n * sizeof *at);
        l->slices = at;
        l->room = room;
    }
    if (more.n) memcpy(l->slices + l->n, more.at, more.n * sizeof *more.at);
    l->n += more.n;
    return true;
}

static struct listed *list_array(struct checkpoint_v1 *c, const struct tfpb_saved_slice_meta *m)
{
    struct arena *a = &c->weights.arena;
    void **at = map_at(&c->names, m->name.n ? m->name.at : "", m->name.n);
    if (!at) return NULL;
    if (*at) return &c->arrays[(size_t)(uintptr_t)*at - 1];
    if (!ARENA_GROW(a, c->arrays, c->n_arrays, &c->room)) return NULL;
    *at = (void *)(uintptr_t)(c->n_arrays + 1);
    c->arrays[c->n_arrays] = (struct listed){ .meta = m };
    return &c->arrays[c->n_arrays++];
}

static bool same_shape(const struct tfpb_shape *a, const struct tfpb_shape *b)
{
    int64_t x[TFP_MAX_RANK], y[TFP_MAX_RANK];
    int32_t n = tfpb_shape_dims(a, x), m = tfpb_shape_dims(b, y);
    return n == m && n >= 0 && memcmp(x, y, (size_t)n * sizeof *x) == 0;
}

static tfp_status read_list(struct tfp_context *ctx, struct checkpoint_v1 *c, const struct shard *s)
{
    struct arena *a = &c->weights.arena;
    struct tfpb_saved_slices *all = ARENA_NEW(a, struct tfpb_saved_slices);
    struct bytes value;
    bool found;
    if (!all) return tfp_no_memory(ctx);
    TFP_TRY(sstable_get(ctx, s->table, (struct bytes){ "", 0 }, &found, &value));
    if (!found) return tfp_fail(ctx, TFP_E_FORMAT, "a table, but no checkpoint: it has no list of arrays");
    TFP_TRY(protobuf_decode(ctx, a, &tfpb_saved_slices_type, value, all));
    if (!all->meta) return tfp_fail(ctx, TFP_E_FORMAT, "a table, but no checkpoint: its first value lists no arrays");
    for (size_t i = 0; i < all->meta->tensor.n; i++) {
        const struct tfpb_saved_slice_meta *m = &all->meta->tensor.at[i];
        if (!m->name.n || memchr(m->name.at, '\0', m->name.n))
            return tfp_fail(ctx, TFP_E_FORMAT, "array %zu of the list has no name, or one with a NUL in it", i);
        struct listed *l = list_array(c, m);
        if (!l || !add_slices(a, l, m->slice)) return tfp_no_memory(ctx);
        if (l->meta->type != m->type || !same_shape(l->meta->shape, m->shape))
            return tfp_fail(ctx, TFP_E_FORMAT, "array %.*s differs in type or shape between the files",
                            (int)(m->name.n < 200 ? m->name.n : 200), m->name.at);
    }
    return TFP_OK;
}

static tfp_status describe(struct tfp_context *ctx, struct checkpoint_v1 *c, size_t i, struct weights_entry *e)
{
    struct weights *w = &c->weights;
    const struct listed *l = &c->arrays[i];
    char room[32];
    const char *type = tfpb_type_name(l->meta->type, room, sizeof room);
    *e = (struct weights_entry){ .name = arena_string(&w->arena, l->meta->name.at, l->meta->name.n),
                                 .dtype = tfpb_dtype(l->meta->type), .own = i,
                                 .type_name = arena_string(&w->arena, type, strlen(type)) };
    if (!e->name || !e->type_name) return tfp_no_memory(ctx);
    tfp_status status = parts_shape(ctx, w, e, l->meta->shape);
    if (status == TFP_OK && !l->n) status = tfp_fail(ctx, TFP_E_FORMAT, "no part of it is listed");
    if (status == TFP_OK) status = parts_describe(ctx, w, e, &(struct tfpb_slices){ l->slices, l->n });
    if (status != TFP_OK) return tfp_prefix(ctx, status, "%s: array %s", w->path, e->name);
    if (e->n_parts == 1) e->n_parts = 0; /* a single part is the whole; its box is part of its key */
    return TFP_OK;
}

static tfp_status open_shard(struct tfp_context *ctx, struct checkpoint_v1 *c, struct shard *s, bool verify)
{
    TFP_TRY(buffer_map(ctx, s->path, &s->map));
    tfp_status status = sstable_open(ctx, &c->weights.arena, "table", (struct bytes){ s->map->data, s->map->size },
                                     verify, &s->table);
    if (status == TFP_OK) status = read_list(ctx, c, s);
    return status == TFP_OK ? status : tfp_prefix(ctx, status, "%s", s->path);
}

static tfp_status open_shards(struct tfp_context *ctx, struct checkpoint_v1 *c, const struct weights_probe *p, bool verify)
{
    struct weights *w = &c->weights;
    const struct checkpoint_path *path = p->checkpoint;
    size_t n = path->kind == CHECKPOINT_V1 ? 1 : path->n_shards;
    w->path = arena_string(&w->arena, path->prefix, strlen(path->prefix));
    w->description = "checkpoint V1";
    w->producer = "";
    w->files = ARENA_ARRAY(&w->arena, struct weights_file, n);
    c->shards = ARENA_ARRAY(&w->arena, struct shard, n);
    map_init(&c->names, &w->arena);
    if (!w->path || !w->files || !c->shards) return tfp_no_memory(ctx);
    for (size_t i = 0; i < n; i++) {
        struct shard *s = &c->shards[c->n_shards++];
        s->path = path->kind == CHECKPOINT_V1 ? w->path : arena_printf(&w->arena, "%s-%05zu-of-%05zu", w->path, i, n);
        if (!s->path) return tfp_no_memory(ctx);
        TFP_TRY(open_shard(ctx, c, s, verify));
        w->files[w->n_files++] = (struct weights_file){ s->path, s->map->size, true };
    }
    if (!(w->entries = ARENA_ARRAY(&w->arena, struct weights_entry, c->n_arrays))) return tfp_no_memory(ctx);
    for (; w->n_entries < c->n_arrays; w->n_entries++)
        TFP_TRY(describe(ctx, c, w->n_entries, &w->entries[w->n_entries]));
    return weights_sort(ctx, w);
}

static void close_checkpoint(struct weights *w)
{
    struct checkpoint_v1 *c = (struct checkpoint_v1 *)w;
    for (size_t i = 0; i < c->n_shards; i++) buffer_drop(c->shards[i].map);
    arena_free(&w->arena);
    free(c);
}

static tfp_status open_checkpoint(struct tfp_context *ctx, const struct weights_probe *p,
                                  const struct weights_options *options, struct weights **out)
{
    struct checkpoint_v1 *c = calloc(1, sizeof *c);
    if (!c) return tfp_no_memory(ctx);
    c->weights.format = &weights_checkpoint_v1;
    tfp_status status = open_shards(ctx, c, p, !options->no_verify);
    if (status == TFP_OK) *out = &c->weights;
    else close_checkpoint(&c->weights);
    return status;
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

/* TensorProtos here are written without a shape, often without a type: the list of arrays tells them. */
static tfp_status read_proto(struct tfp_context *ctx, const struct weights_entry *e, const struct tfpb_tensor *data,
                             const int64_t *dims, int32_t type, struct tensor *out)
{
    /* Every element is written, here no value stands for many: nothing may be repeated. */
    struct tensor_proto_file file = { .repeated = TENSOR_PROTO_REPEATED };
    struct tfpb_dim sizes[TFP_MAX_RANK];
    bool single;
    for (uint32_t i = 0; i < e->rank; i++) sizes[i] = (struct tfpb_dim){ .size = dims[i] };
    struct tfpb_shape shape = { .dim = { sizes, e->rank } };
    struct tfpb_tensor t = *data;
    t.tensor_shape = &shape;
    if (t.dtype == TFPB_DT_INVALID) t.dtype = type;
    TFP_TRY(tensor_proto_read(ctx, &file, "its data", &t, out, &single));
    if (single) return tfp_fail(ctx, TFP_E_FORMAT, "fewer elements are there than its shape says");
    if (out->dtype == e->dtype) return TFP_OK;
    return tfp_fail(ctx, TFP_E_FORMAT, "its data are of type %s", tfp_dtype_name(out->dtype));
}

static tfp_status find_part(struct tfp_context *ctx, struct checkpoint_v1 *c, const struct weights_entry *e,
                            const struct weights_slice *part, struct bytes *value)
{
    struct text key = { 0 };
    bool found = false;
    slice_key(&key, e->name, part);
    tfp_status status = key.failed ? tfp_no_memory(ctx) : TFP_OK;
    for (size_t i = 0; i < c->n_shards && status == TFP_OK && !found; i++)
        status = sstable_get(ctx, c->shards[i].table, (struct bytes){ key.at, key.n }, &found, value);
    text_free(&key);
    if (status != TFP_OK || found) return status;
    return tfp_fail(ctx, TFP_E_FORMAT, "one of its parts is missing");
}

/* parts_read_fn */
static tfp_status read_part(struct tfp_context *ctx, struct weights *w, const struct weights_entry *e,
                            const struct weights_slice *part, const int64_t *dims, struct tensor *out)
{
    struct checkpoint_v1 *c = (struct checkpoint_v1 *)w;
    struct bytes value;
    struct arena arena = { 0 }; /* the message of a large array is large */
    struct tfpb_saved_slices s = { 0 };
    tfp_status status = find_part(ctx, c, e, part, &value);
    if (status == TFP_OK) status = protobuf_decode(ctx, &arena, &tfpb_saved_slices_type, value, &s);
    if (status == TFP_OK && (!s.data || !s.data->data || !bytes_equal(s.data->name, e->name)))
        status = tfp_fail(ctx, TFP_E_FORMAT, "one of its parts has no data, or those of another array");
    if (status == TFP_OK) status = read_proto(ctx, e, s.data->data, dims, c->arrays[e->own].meta->type, out);
    arena_free(&arena);
    return status == TFP_OK ? status : tfp_prefix(ctx, status, "%s: array %s", w->path, e->name);
}

static tfp_status read_array(struct tfp_context *ctx, struct weights *w, const struct weights_entry *e,
                             const struct weights_slice *slice, struct tensor *out)
{
    struct tensor whole = { 0 };
    if (e->n_parts) return parts_assemble(ctx, w, e, slice, read_part, DENSEST, out);
    if (!slice) return read_part(ctx, w, e, e->parts, e->dims, out);
    tfp_status status = read_part(ctx, w, e, e->parts, e->dims, &whole);
    if (status == TFP_OK) status = parts_cut(ctx, e, slice, &whole, out);
    tensor_release(&whole);
    return status;
}

const struct weights_format weights_checkpoint_v1 = {
    .name = "checkpoint_v1",
    .score = score,
    .open = open_checkpoint,
    .read = read_array,
    .close = close_checkpoint,
};
