/* The weights of a model of TensorFlow.js. model.json lists groups: files whose bytes follow one another, and the arrays
 * that lie in these without gaps. Arrays may be quantized, and cross from one file into the next. See docs/formats/tfjs.md. */
#include "weights/tfjs.h"

#include "base/path.h"
#include "ir/kernels/convert.h"
#include "weights/parts.h"

#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>

struct group {
    const char **paths;
    size_t n;
    uint64_t size;       /* of all its files */
    const char *missing; /* the first that is not there; NULL: all are */
    struct buffer *bytes; /* of all files, once they are needed */
};

/* How an array lies in its group: `scale` * stored + `min`, or a float16 for a float32. */
struct stored {
    struct group *group;
    uint64_t at, size; /* `at` UINT64_MAX: behind strings in a file that is not there */
    tfp_dtype dtype;
    double scale, min;
    bool scaled;
};

struct tfjs {
    struct weights weights;
    const char *folder;
    struct map seen; /* files by what the system tells them apart by */
    struct group *groups;
    size_t n_groups, room_files;
    struct stored *stored; /* by weights_entry.own: the order of the manifest */
};

/* -- what kind of file --------------------------------------------------------------------------------------------- */

/* Whether the text has a member of that name, and the string that is its value where it is one. */
static bool find_member(struct bytes text, const char *quoted, struct bytes *word)
{
    const size_t n = strlen(quoted);
    *word = (struct bytes){ "", 0 };
    const char *found = text.n ? memmem(text.at, text.n, quoted, n) : NULL;
    if (!found) return false;
    const char *at = found + n, *end = text.at + text.n;
    while (at < end && (bytes_is_space(*at) || *at == ':')) at++;
    const char *close = at < end && *at == '"' ? memchr(at + 1, '"', (size_t)(end - at - 1)) : NULL;
    if (close) *word = (struct bytes){ at + 1, (size_t)(close - at - 1) };
    return true;
}

static bool is_object(struct bytes file)
{
    size_t i = 0;
    while (i < file.n && bytes_is_space(file.at[i])) i++;
    return i < file.n && file.at[i] == '{';
}

enum tfjs_kind tfjs_kind_of(struct bytes file)
{
    struct bytes word, none;
    if (!is_object(file) || !find_member(file, "\"modelTopology\"", &none)) return TFJS_NONE;
    if (!find_member(file, "\"weightsManifest\"", &none)) return TFJS_NONE;
    for (struct bytes rest = file; find_member(rest, "\"format\"", &word);) {
        if (bytes_equal(word, "graph-model")) return TFJS_GRAPH;
        if (bytes_equal(word, "layers-model")) return TFJS_LAYERS;
        const char *found = memmem(rest.at, rest.n, "\"format\"", strlen("\"format\""));
        rest = (struct bytes){ found + 1, rest.n - (size_t)(found + 1 - rest.at) };
    }
    return find_member(file, "\"class_name\"", &none) ? TFJS_LAYERS : TFJS_GRAPH; /* converters before 1.3 */
}

const char *tfjs_file(struct arena *a, const char *path, bool folder)
{
    const size_t n = strlen(path);
    if (!folder) return arena_string(a, path, n);
    return arena_printf(a, "%s%smodel.json", path, n && path[n - 1] == '/' ? "" : "/");
}

enum tfjs_kind tfjs_kind_at(const char *path, bool folder, struct bytes head)
{
    struct arena arena = { 0 };
    struct tfp_context quiet = { 0 };
    struct buffer *file = NULL;
    if (!folder) return tfjs_kind_of(head);
    const char *name = tfjs_file(&arena, path, true);
    if (path_is_file(name) && buffer_map(&quiet, name, &file) == TFP_OK)
        head = (struct bytes){ file->data, file->size };
    enum tfjs_kind kind = file ? tfjs_kind_of(head) : TFJS_NONE;
    buffer_drop(file);
    arena_free(&arena);
    return kind;
}

tfp_status tfjs_read(struct tfp_context *ctx, struct bytes file, json_t **out, const json_t **topology)
{
    TFP_TRY(json_read(ctx, file, "the model", out));
    *topology = json_object_get(*out, "modelTopology");
    if (json_is_object(*topology)) return TFP_OK;
    json_decref(*out);
    *out = NULL;
    return tfp_fail(ctx, TFP_E_FORMAT, "its modelTopology is no object");
}

static int score(const struct weights_probe *p)
{
    struct bytes head = { p->file ? p->file->data : NULL, p->file ? p->file->size : 0 };
    return (p->folder || p->file) && tfjs_kind_at(p->path, p->folder, head) ? 90 : 0;
}

/* -- files --------------------------------------------------------------------------------------------------------- */

static tfp_status add_file(struct tfp_context *ctx, struct tfjs *t, const char *path, uint64_t size, bool present)
{
    struct weights *w = &t->weights;
    if (!ARENA_GROW(&w->arena, w->files, w->n_files, &t->room_files)) return tfp_no_memory(ctx);
    w->files[w->n_files++] = (struct weights_file){ path, size, present };
    return TFP_OK;
}

/* A file counts once, whatever it is called: else a small manifest would claim any amount of memory. */
static tfp_status refuse_twice(struct tfp_context *ctx, struct tfjs *t, const struct stat *st, const char *name)
{
    const struct {
        uint64_t device, number;
    } key = { st->st_dev, st->st_ino };
    const char *copy = arena_copy(&t->weights.arena, &key, sizeof key);
    void **at = copy ? map_at(&t->seen, copy, sizeof key) : NULL;
    if (!at) return tfp_no_memory(ctx);
    if (*at) return tfp_fail(ctx, TFP_E_FORMAT, "\"%s\" is named twice", name);
    *at = t;
    return TFP_OK;
}

/* One more file of a group. */
static tfp_status read_path(struct tfp_context *ctx, struct tfjs *t, const json_t *j, struct group *g)
{
    const struct bytes name = { json_is_string(j) ? json_string_value(j) : "", json_string_length(j) };
    struct stat st = { 0 };
    if (!path_is_inside(name))
        return tfp_fail(ctx, TFP_E_FORMAT, "\"%.200s\" names no file in the model's folder", name.at);
    const char *path = g->paths[g->n++] = arena_printf(&t->weights.arena, "%s/%s", t->folder, name.at);
    if (!path) return tfp_no_memory(ctx);
    const bool present = stat(path, &st) == 0 && S_ISREG(st.st_mode);
    if (!present && !g->missing) g->missing = path;
    if (present && !path_lies_in(t->folder, path))
        return tfp_fail(ctx, TFP_E_FORMAT, "\"%.200s\" is a link out of the model's folder", name.at);
    if (present) TFP_TRY(refuse_twice(ctx, t, &st, name.at));
    if (present && __builtin_add_overflow(g->size, (uint64_t)st.st_size, &g->size))
        return tfp_fail(ctx, TFP_E_FORMAT, "the files of a group are too large");
    return add_file(ctx, t, path, present ? (uint64_t)st.st_size : 0, present);
}

static tfp_status read_paths(struct tfp_context *ctx, struct tfjs *t, const json_t *paths, struct group *g)
{
    const size_t n = json_array_size(paths);
    if (!json_is_array(paths)) return tfp_fail(ctx, TFP_E_FORMAT, "a group without paths");
    if (!(g->paths = ARENA_ARRAY(&t->weights.arena, const char *, n))) return tfp_no_memory(ctx);
    for (size_t i = 0; i < n; i++) TFP_TRY(read_path(ctx, t, json_array_get(paths, i), g));
    return TFP_OK;
}

static tfp_status need_bytes(struct tfp_context *ctx, struct group *g)
{
    if (g->bytes) return TFP_OK;
    if (g->missing) return tfp_fail(ctx, TFP_E_FORMAT, "%s is not there", g->missing);
    TFP_TRY(buffer_map_files(ctx, g->paths, g->n, &g->bytes));
    return g->bytes->size == g->size ? TFP_OK : tfp_fail(ctx, TFP_E_FORMAT, "its files have changed");
}

/* -- the manifest -------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    tfp_dtype dtype;
} types[] = {
    { "bool", TFP_BOOL },       { "complex64", TFP_COMPLEX64 }, { "float16", TFP_FLOAT16 }, { "float32", TFP_FLOAT },
    { "int32", TFP_INT32 },     { "string", TFP_STRING },       { "uint16", TFP_UINT16 },   { "uint8", TFP_UINT8 },
};

static tfp_dtype dtype_of(const json_t *j)
{
    const char *name = json_is_string(j) ? json_string_value(j) : "";
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i].name, name) == 0) return types[i].dtype;
    return TFP_UNDEFINED;
}

static tfp_status read_shape(struct tfp_context *ctx, struct arena *a, const json_t *j, struct weights_entry *e)
{
    const size_t n = json_array_size(j);
    if (!json_is_array(j)) return tfp_fail(ctx, TFP_E_FORMAT, "it has no shape");
    if (n > TFP_MAX_RANK)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "it has %zu dimensions, at most %d are read", n, TFP_MAX_RANK);
    int64_t *dims = ARENA_ARRAY(a, int64_t, n);
    if (!dims) return tfp_no_memory(ctx);
    for (size_t i = 0; i < n; i++) {
        const json_t *d = json_array_get(j, i);
        dims[i] = json_is_integer(d) ? json_integer_value(d) : -1;
        if (dims[i] < 0) return tfp_fail(ctx, TFP_E_FORMAT, "dimension %zu of its shape is no size", i);
    }
    e->rank = (uint32_t)n;
    e->dims = dims;
    return TFP_OK;
}

static bool number(const json_t *object, const char *key, double *out)
{
    const json_t *j = json_object_get(object, key);
    *out = json_number_value(j);
    return json_is_number(j) && isfinite(*out);
}

static tfp_status read_quantization(struct tfp_context *ctx, const json_t *q, const struct weights_entry *e, struct stored *s)
{
    if (!q || json_is_null(q)) return TFP_OK;
    s->dtype = dtype_of(json_object_get(q, "dtype"));
    if (s->dtype == TFP_FLOAT16 && e->dtype == TFP_FLOAT) return TFP_OK;
    s->scaled = true;
    if ((s->dtype != TFP_UINT8 && s->dtype != TFP_UINT16) || (e->dtype != TFP_FLOAT && e->dtype != TFP_INT32))
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "a quantization other than uint8 or uint16 for float32 or int32, and float16 for float32");
    if (number(q, "scale", &s->scale) && number(q, "min", &s->min)) return TFP_OK;
    return tfp_fail(ctx, TFP_E_FORMAT, "its quantization has no scale or no min");
}

/* Each string is its length, four bytes, and its bytes. */
static bool take_string(struct cursor *c, struct bytes *out)
{
    uint32_t n;
    return cursor_le32(c, &n) && cursor_take(c, n, out);
}

static struct cursor cursor_at(const struct group *g, uint64_t at)
{
    return cursor_of((const char *)g->bytes->data + at, (size_t)(g->size - at));
}

static tfp_status strings_size(struct tfp_context *ctx, struct group *g, uint64_t at, int64_t count, uint64_t *size)
{
    struct bytes text;
    TFP_TRY(need_bytes(ctx, g));
    struct cursor c = cursor_at(g, at);
    for (int64_t i = 0; i < count; i++)
        if (!take_string(&c, &text)) return *size = UINT64_MAX, TFP_OK;
    *size = cursor_offset(&c);
    return TFP_OK;
}

/* Where it lies: behind what the group has so far. */
static tfp_status place(struct tfp_context *ctx, const struct weights_entry *e, struct stored *s, uint64_t *at)
{
    int64_t count;
    size_t size;
    struct group *g = s->group;
    if (!numbers_count(e->dims, e->rank, &count) || !mul_size(&size, (size_t)count, tfp_dtype_size(s->dtype)))
        return tfp_fail(ctx, TFP_E_FORMAT, "its shape has too many elements");
    s->at = *at;
    s->size = size;
    if (s->dtype == TFP_STRING && g->missing) *at = UINT64_MAX;
    if (*at == UINT64_MAX) return TFP_OK;
    if (s->dtype == TFP_STRING) TFP_TRY(strings_size(ctx, g, *at, count, &s->size));
    const bool fits = g->missing || g->size - *at >= s->size; /* what came before fits */
    if (!fits || __builtin_add_overflow(*at, s->size, at))
        return tfp_fail(ctx, TFP_E_FORMAT, "it ends outside the files of its group, which have %llu bytes",
                        (unsigned long long)g->size);
    return TFP_OK;
}

static tfp_status read_array_entry(struct tfp_context *ctx, struct tfjs *t, const json_t *j, struct weights_entry *e,
                                   struct stored *s, uint64_t *at)
{
    struct arena *a = &t->weights.arena;
    const json_t *type = json_object_get(j, "dtype");
    e->dtype = s->dtype = dtype_of(type);
    e->type_name = json_is_string(type) ? arena_string(a, json_string_value(type), json_string_length(type)) : "";
    if (!e->type_name) return tfp_no_memory(ctx);
    TFP_TRY(read_shape(ctx, a, json_object_get(j, "shape"), e));
    if (e->dtype == TFP_UNDEFINED)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "it is of type \"%.40s\"", e->type_name);
    TFP_TRY(read_quantization(ctx, json_object_get(j, "quantization"), e, s));
    TFP_TRY(place(ctx, e, s, at));
    e->bytes = s->size;
    return TFP_OK;
}

static tfp_status read_arrays(struct tfp_context *ctx, struct tfjs *t, const json_t *list, struct group *g)
{
    struct weights *w = &t->weights;
    uint64_t at = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *j = json_array_get(list, i), *name = json_object_get(j, "name");
        struct weights_entry *e = &w->entries[w->n_entries];
        struct stored *s = &t->stored[w->n_entries];
        const size_t n = json_string_length(name);
        if (!n || strlen(json_string_value(name)) != n)
            return tfp_fail(ctx, TFP_E_FORMAT, "array %zu of a group has no name, or one with a NUL in it", i);
        e->own = w->n_entries++;
        s->group = g;
        if (!(e->name = arena_string(&w->arena, json_string_value(name), n))) return tfp_no_memory(ctx);
        tfp_status status = read_array_entry(ctx, t, j, e, s, &at);
        if (status != TFP_OK) return tfp_prefix(ctx, status, "array %s", e->name);
    }
    return TFP_OK;
}

static tfp_status read_manifest(struct tfp_context *ctx, struct tfjs *t, const json_t *manifest)
{
    struct weights *w = &t->weights;
    const size_t n = json_array_size(manifest);
    size_t total = 0;
    if (!json_is_array(manifest)) return tfp_fail(ctx, TFP_E_FORMAT, "its weightsManifest is no list");
    for (size_t i = 0; i < n; i++) total += json_array_size(json_object_get(json_array_get(manifest, i), "weights"));
    t->groups = ARENA_ARRAY(&w->arena, struct group, n);
    w->entries = ARENA_ARRAY(&w->arena, struct weights_entry, total);
    t->stored = ARENA_ARRAY(&w->arena, struct stored, total);
    if (!t->groups || !w->entries || !t->stored) return tfp_no_memory(ctx);
    for (size_t i = 0; i < n; i++) {
        const json_t *group = json_array_get(manifest, i);
        struct group *g = &t->groups[t->n_groups++];
        TFP_TRY(read_paths(ctx, t, json_object_get(group, "paths"), g));
        TFP_TRY(read_arrays(ctx, t, json_object_get(group, "weights"), g));
    }
    return TFP_OK;
}

static tfp_status read_model(struct tfp_context *ctx, struct tfjs *t, const char *path, uint64_t size, const json_t *model)
{
    struct weights *w = &t->weights;
    const json_t *by = json_object_get(model, "convertedBy");
    map_init(&t->seen, &w->arena);
    w->path = arena_string(&w->arena, path, strlen(path));
    t->folder = path_folder(&w->arena, path);
    w->description = "weights of TensorFlow.js";
    w->producer = json_is_string(by) ? arena_string(&w->arena, json_string_value(by), json_string_length(by)) : "";
    if (!w->path || !t->folder || !w->producer) return tfp_no_memory(ctx);
    TFP_TRY(add_file(ctx, t, w->path, size, true));
    return read_manifest(ctx, t, json_object_get(model, "weightsManifest"));
}

static void close_tfjs(struct weights *w)
{
    struct tfjs *t = (struct tfjs *)w;
    for (size_t i = 0; i < t->n_groups; i++) buffer_drop(t->groups[i].bytes);
    arena_free(&w->arena);
    free(t);
}

tfp_status tfjs_open_weights(struct tfp_context *ctx, const char *path, uint64_t size, const json_t *model, struct weights **out)
{
    struct tfjs *t = calloc(1, sizeof *t);
    if (!t) return tfp_no_memory(ctx);
    t->weights.format = &weights_tfjs;
    tfp_status status = read_model(ctx, t, path, size, model);
    status = status == TFP_OK ? weights_sort(ctx, &t->weights) : tfp_prefix(ctx, status, "%s", path);
    if (status != TFP_OK) return close_tfjs(&t->weights), status;
    *out = &t->weights;
    return TFP_OK;
}

static tfp_status open_tfjs(struct tfp_context *ctx, const struct weights_probe *p, const struct weights_options *options,
                            struct weights **out)
{
    struct arena arena = { 0 };
    struct buffer *file = p->folder ? NULL : buffer_keep(p->file);
    json_t *json = NULL;
    const char *path = tfjs_file(&arena, p->path, p->folder);
    (void)options;
    tfp_status status = !path ? tfp_no_memory(ctx) : file ? TFP_OK : buffer_map(ctx, path, &file);
    if (status == TFP_OK) {
        status = json_read(ctx, (struct bytes){ file->data, file->size }, "the model", &json);
        status = status == TFP_OK ? tfjs_open_weights(ctx, path, file->size, json, out) : tfp_prefix(ctx, status, "%s", path);
    }
    json_decref(json);
    buffer_drop(file);
    arena_free(&arena);
    return status;
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

static tfp_status read_strings(struct tfp_context *ctx, const struct stored *s, struct tensor *out)
{
    const size_t n = (size_t)out->count;
    size_t table, all;
    if (!mul_size(&table, n, sizeof(struct tfp_string)) || __builtin_add_overflow(table, (size_t)s->size, &all))
        return tfp_no_memory(ctx);
    TFP_TRY(buffer_create(ctx, all, &out->owner));
    struct tfp_string *to = out->data = out->owner->data;
    char *text = (char *)out->data + table;
    struct cursor c = cursor_at(s->group, s->at);
    struct bytes from;
    for (size_t i = 0; i < n; i++) {
        if (!take_string(&c, &from)) return tfp_fail(ctx, TFP_E_FORMAT, "a string ends outside the files");
        memcpy(text, from.at, from.n);
        to[i] = (struct tfp_string){ text, from.n };
        text += from.n;
    }
    return TFP_OK;
}

static void scale(const struct stored *s, const void *from, struct tensor *out)
{
    for (int64_t i = 0; i < out->count; i++) {
        const double q = s->dtype == TFP_UINT8 ? ((const uint8_t *)from)[i] : ((const uint16_t *)from)[i];
        double v = q * s->scale + s->min;
        if (out->dtype == TFP_FLOAT) {
            ((float *)out->data)[i] = (float)v;
            continue;
        }
        v = rint(v);
        ((int32_t *)out->data)[i] = v <= INT32_MIN ? INT32_MIN : v >= INT32_MAX ? INT32_MAX : (int32_t)v;
    }
}

/* As it lies in the files where that is aligned; what is converted next has to be. */
static tfp_status read_stored(struct tfp_context *ctx, const struct stored *s, bool converted, struct tensor *t)
{
    char *at = t->data = (char *)s->group->bytes->data + s->at;
    if (tensor_is_aligned(t) || (!converted && t->size >= TENSOR_MISALIGNED_FROM)) {
        t->owner = buffer_keep(s->group->bytes);
        return TFP_OK;
    }
    TFP_TRY(tensor_allocate(ctx, t));
    memcpy(t->data, at, t->size);
    return TFP_OK;
}

static tfp_status read_whole(struct tfp_context *ctx, const struct stored *s, const struct weights_entry *e, struct tensor *out)
{
    struct tensor stored = { 0 };
    TFP_TRY(need_bytes(ctx, s->group));
    TFP_TRY(tensor_describe(ctx, "its data", e->dtype, e->rank, e->dims, out));
    if (e->dtype == TFP_STRING) return read_strings(ctx, s, out);
    TFP_TRY(tensor_describe(ctx, "its data", s->dtype, e->rank, e->dims, &stored));
    TFP_TRY(read_stored(ctx, s, s->dtype != e->dtype, &stored));
    for (size_t i = 0; s->dtype == TFP_BOOL && i < stored.size; i++) {
        const int v = ((const uint8_t *)stored.data)[i];
        if (v <= 1) continue;
        tensor_release(&stored);
        return tfp_fail(ctx, TFP_E_FORMAT, "bool element %zu is %d", i, v);
    }
    if (s->dtype == e->dtype) {
        *out = stored;
        return TFP_OK;
    }
    tfp_status status = tensor_allocate(ctx, out);
    if (status == TFP_OK && s->scaled) scale(s, stored.data, out);
    else if (status == TFP_OK) convert_run(s->dtype, stored.data, out->dtype, out->data, (size_t)out->count);
    tensor_release(&stored);
    return status;
}

static tfp_status read_array(struct tfp_context *ctx, struct weights *w, const struct weights_entry *e,
                             const struct weights_slice *slice, struct tensor *out)
{
    const struct stored *s = &((struct tfjs *)w)->stored[e->own];
    struct tensor whole = { 0 };
    tfp_status status = read_whole(ctx, s, e, slice ? &whole : out);
    if (status == TFP_OK && slice) status = parts_cut(ctx, e, slice, &whole, out);
    tensor_release(&whole);
    return status == TFP_OK ? status : tfp_prefix(ctx, status, "%s: array %s", w->path, e->name);
}

const struct weights_format weights_tfjs = {
    .name = "tfjs",
    .score = score,
    .open = open_tfjs,
    .read = read_array,
    .close = close_tfjs,
};
