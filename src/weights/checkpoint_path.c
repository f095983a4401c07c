/* Which files a checkpoint's path means: looks, changes nothing. */
#include "weights/checkpoint_path.h"

#include "base/buffer.h"
#include "base/path.h"
#include "base/text.h"
#include "codec/sstable.h"
#include "schema/checkpoint_proto.h"

#include <dirent.h>
#include <stdlib.h>

enum { MOST_SHARDS = 65536, DEEPEST = 4, LARGEST_STATE = 16 * 1024 * 1024 };

struct search {
    struct tfp_context *ctx;
    struct arena *arena;
    struct checkpoint_path *out;
    int depth; /* a state file may name a path that is searched again */
};

static bool exists(struct search *s, const char *prefix, const char *suffix)
{
    return path_is_file(arena_printf(s->arena, "%s%s", prefix, suffix));
}

static bool ends_in_table(const char *path)
{
    struct buffer *b;
    struct tfp_context quiet = { 0 };
    if (buffer_map(&quiet, path, &b) != TFP_OK) return false;
    bool table = sstable_is((struct bytes){ b->data, b->size });
    buffer_drop(b);
    return table;
}

/* -- prefixes ------------------------------------------------------------------------------------------------------ */

/* "-00000-of-00003": the shard's number (`shard`; "?????" in it means all and gives 0) and how many there are (`of`). */
enum { SHARD_NAME = 15 };

static bool shard_name(const char *name, size_t *of)
{
    size_t n = 0, shard = 0;
    bool all = strncmp(name, "-?????", 6) == 0;
    if (strlen(name) != SHARD_NAME || name[0] != '-' || memcmp(name + 6, "-of-", 4) != 0) return false;
    for (size_t i = 1; i < SHARD_NAME; i++) {
        if ((i > 5 && i < 10) || (i <= 5 && all)) continue;
        if (name[i] < '0' || name[i] > '9') return false;
        size_t *number = i <= 5 ? &shard : &n;
        *number = 10 * *number + (size_t)(name[i] - '0');
    }
    *of = n;
    return shard < n && n <= MOST_SHARDS;
}

/* How many shards the prefix's first shard says there are, into *found; 0: there is none. */
static tfp_status shards_of(struct search *s, const char *prefix, size_t *found)
{
    const char *name = path_last(prefix), *folder = path_folder(s->arena, prefix);
    DIR *d = folder ? opendir(folder) : NULL;
    size_t n = strlen(name), of;
    tfp_status status = TFP_OK;
    *found = 0;
    for (struct dirent *e; d && status == TFP_OK && (e = readdir(d));) {
        if (strncmp(e->d_name, name, n) != 0 || strncmp(e->d_name + n, "-00000", 6) != 0) continue;
        if (!shard_name(e->d_name + n, &of)) continue;
        if (*found)
            status = tfp_fail(s->ctx, TFP_E_USAGE, "%s: there are checkpoints of %zu and of %zu files of this name: "
                              "choose by the name of one of the files", prefix, *found < of ? *found : of,
                              *found < of ? of : *found);
        *found = of;
    }
    if (d) closedir(d);
    return status;
}

static tfp_status set(struct search *s, enum checkpoint_kind kind, const char *prefix, size_t n_shards)
{
    const char *meta = arena_printf(s->arena, "%s.meta", prefix);
    if (!meta) return tfp_no_memory(s->ctx);
    *s->out = (struct checkpoint_path){ .kind = kind, .prefix = prefix, .n_shards = n_shards,
                                        .meta = path_is_file(meta) ? meta : NULL };
    return TFP_OK;
}

/* The files that a prefix has; kind NONE: none. */
static tfp_status try_prefix(struct search *s, const char *prefix)
{
    size_t shards;
    if (exists(s, prefix, ".index")) return set(s, CHECKPOINT_V2, prefix, 0);
    if (path_is_file(prefix) && ends_in_table(prefix)) return set(s, CHECKPOINT_V1, prefix, 0);
    TFP_TRY(shards_of(s, prefix, &shards));
    if (shards) return set(s, CHECKPOINT_V1_SHARDED, prefix, shards);
    return exists(s, prefix, ".meta") ? set(s, CHECKPOINT_GRAPH_ONLY, prefix, 0) : TFP_OK;
}

/* By the name of one of a checkpoint's files: PREFIX.index, PREFIX.meta, PREFIX.data-00000-of-00002,
 * PREFIX-00000-of-00002, or PREFIX-?????-of-00002 as TensorFlow names a sharded one of version 1 in state files. */
static tfp_status try_file_name(struct search *s, const char *path)
{
    static const char *const ends[] = { ".index", ".meta" };
    size_t n = strlen(path), of;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t m = strlen(ends[i]);
        if (n <= m || strcmp(path + n - m, ends[i]) != 0) continue;
        const char *prefix = arena_string(s->arena, path, n - m);
        return prefix ? try_prefix(s, prefix) : tfp_no_memory(s->ctx);
    }
    if (n <= SHARD_NAME || !shard_name(path + n - SHARD_NAME, &of)) return TFP_OK;
    n -= SHARD_NAME;
    bool data = n > 5 && memcmp(path + n - 5, ".data", 5) == 0;
    const char *prefix = arena_string(s->arena, path, data ? n - 5 : n);
    if (!prefix) return tfp_no_memory(s->ctx);
    if (data) return exists(s, prefix, ".index") ? set(s, CHECKPOINT_V2, prefix, 0) : TFP_OK;
    const char *first = arena_printf(s->arena, "%s-00000-of-%05zu", prefix, of);
    return path_is_file(first) ? set(s, CHECKPOINT_V1_SHARDED, prefix, of) : TFP_OK;
}

/* -- state files --------------------------------------------------------------------------------------------------- */

static tfp_status find(struct search *s, const char *path);

static bool looks_like_state(struct bytes b)
{
    static const char word[] = "model_checkpoint_path";
    const char *at = b.at, *end = b.at + b.n;
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t' || *at == '#')) {
        if (*at == '#')
            while (at < end && *at != '\n') at++;
        else at++;
    }
    return (size_t)(end - at) > sizeof word && memcmp(at, word, sizeof word - 1) == 0;
}

static const char *beside(struct search *s, const char *file, struct bytes name)
{
    if (name.n && name.at[0] == '/') return arena_string(s->arena, name.at, name.n);
    return arena_printf(s->arena, "%.*s%.*s", (int)path_folder_length(file), file, (int)name.n, name.at);
}

static struct bytes last_component(struct bytes name)
{
    const char *slash = memrchr(name.at, '/', name.n);
    return slash ? (struct bytes){ slash + 1, name.n - (size_t)(slash + 1 - name.at) } : name;
}

/* A moved folder: what an absolute path names may lie beside the state file now. */
static tfp_status find_named(struct search *s, const char *file, struct bytes name)
{
    const char *named = beside(s, file, name), *near = beside(s, file, last_component(name));
    if (!named || !near) return tfp_no_memory(s->ctx);
    TFP_TRY(find(s, named));
    return s->out->kind == CHECKPOINT_NONE ? find(s, near) : TFP_OK;
}

/* Up to eight of those that the state file lists and that are there. */
static void list_others(struct search *s, const char *file, const struct tfpb_checkpoint_state *state, struct text *out)
{
    size_t n = 0;
    for (size_t i = 0; i < state->all_model_checkpoint_paths.n && n < 8; i++) {
        if (find_named(s, file, state->all_model_checkpoint_paths.at[i]) == TFP_OK && s->out->kind != CHECKPOINT_NONE)
            text_add(out, "%s%s", n++ ? ", " : "; there are: ", s->out->prefix);
        s->out->kind = CHECKPOINT_NONE;
    }
}

static tfp_status not_there(struct search *s, const char *file, const struct tfpb_checkpoint_state *state)
{
    struct text others = { 0 };
    struct bytes latest = state->model_checkpoint_path;
    list_others(s, file, state, &others);
    bool there = path_is_file(beside(s, file, latest)) || path_is_file(beside(s, file, last_component(latest)));
    tfp_status status = tfp_fail(s->ctx, TFP_E_FORMAT, "%s: names checkpoint %.*s, which is %s%s", file,
                                 (int)(latest.n < 400 ? latest.n : 400), latest.at, there ? "none" : "not there",
                                 others.n ? others.at : "");
    text_free(&others);
    return status;
}

static tfp_status read_state(struct search *s, const char *file, struct bytes text)
{
    struct tfpb_checkpoint_state state = { 0 };
    tfp_status status = protobuf_text_decode(s->ctx, s->arena, &tfpb_checkpoint_state_type, text, &state);
    if (status != TFP_OK) return tfp_prefix(s->ctx, status, "%s", file);
    if (!state.model_checkpoint_path.n || memchr(state.model_checkpoint_path.at, '\0', state.model_checkpoint_path.n))
        return tfp_fail(s->ctx, TFP_E_FORMAT, "%s: it names no checkpoint", file);
    TFP_TRY(find_named(s, file, state.model_checkpoint_path));
    return s->out->kind == CHECKPOINT_NONE ? not_there(s, file, &state) : TFP_OK;
}

/* Reads the file when it is a state file; the text lives as long as the search. */
static tfp_status try_state(struct search *s, const char *file)
{
    struct buffer *b;
    TFP_TRY(buffer_map(s->ctx, file, &b));
    struct bytes text = { b->data, b->size };
    tfp_status status = TFP_OK;
    if (b->size <= LARGEST_STATE && looks_like_state(text)) {
        text.at = arena_string(s->arena, text.at, text.n);
        status = text.at ? read_state(s, file, text) : tfp_no_memory(s->ctx);
    }
    buffer_drop(b);
    return status;
}

/* -- folders ------------------------------------------------------------------------------------------------------- */

static const char index_end[] = ".index";
enum { INDEX_END = sizeof index_end - 1 };

static int is_index(const struct dirent *e)
{
    size_t n = strlen(e->d_name);
    return n > INDEX_END && strcmp(e->d_name + n - INDEX_END, index_end) == 0;
}

static tfp_status several(struct search *s, const char *folder, struct dirent *const *files, int n)
{
    struct text names = { 0 };
    for (int i = 0; i < n && i < 8; i++)
        text_add(&names, "%s%.*s", i ? ", " : "", (int)(strlen(files[i]->d_name) - INDEX_END), files[i]->d_name);
    tfp_status status = tfp_fail(s->ctx, TFP_E_USAGE, "%s: holds %d checkpoints and no state file that names one: choose "
                                 "by its path (%s%s)", folder, n, names.at ? names.at : "", n > 8 ? ", .." : "");
    text_free(&names);
    return status;
}

/* A folder of one checkpoint and no state file. */
static tfp_status try_only_index(struct search *s, const char *folder)
{
    struct dirent **files = NULL;
    int n = scandir(folder, &files, is_index, alphasort);
    tfp_status status = n > 1 ? several(s, folder, files, n) : TFP_OK;
    if (n == 1) {
        const char *path = arena_printf(s->arena, "%s/%s", folder, files[0]->d_name);
        status = path ? try_file_name(s, path) : tfp_no_memory(s->ctx);
    }
    for (int i = 0; i < n; i++) free(files[i]);
    free(files);
    return status;
}

/* The only folder in it whose name is a number, as exporters name versions. */
static const char *only_version(struct search *s, const char *folder)
{
    DIR *d = opendir(folder);
    const char *found = NULL;
    size_t count = 0;
    for (struct dirent *e; d && (e = readdir(d));) {
        if (!e->d_name[0] || e->d_name[strspn(e->d_name, "0123456789")]) continue;
        const char *path = arena_printf(s->arena, "%s/%s", folder, e->d_name);
        if (!path_is_folder(path)) continue;
        found = path;
        count++;
    }
    if (d) closedir(d);
    return count == 1 ? found : NULL;
}

static tfp_status find_in_folder(struct search *s, const char *folder)
{
    static const char *const prefixes[] = { "variables/variables", "export" };
    const char *state = arena_printf(s->arena, "%s/checkpoint", folder);
    if (path_is_file(state)) TFP_TRY(try_state(s, state));
    if (s->out->kind != CHECKPOINT_NONE) return TFP_OK;
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        const char *prefix = arena_printf(s->arena, "%s/%s", folder, prefixes[i]);
        if (!prefix) return tfp_no_memory(s->ctx);
        TFP_TRY(try_prefix(s, prefix));
        if (s->out->kind != CHECKPOINT_NONE) return TFP_OK;
    }
    TFP_TRY(try_only_index(s, folder));
    const char *version = s->out->kind == CHECKPOINT_NONE ? only_version(s, folder) : NULL;
    return version ? find(s, version) : TFP_OK;
}

/* -- the whole ----------------------------------------------------------------------------------------------------- */

/* A folder's own name would end in "/": the prefix "model/" means the folder. */
static const char *without_slashes(struct search *s, const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/') n--;
    return arena_string(s->arena, path, n);
}

/* Names come first: an .index is a table, too, as a V1 file is. */
static tfp_status find_without_slashes(struct search *s, const char *path)
{
    if (path_is_folder(path)) TFP_TRY(find_in_folder(s, path));
    else TFP_TRY(try_file_name(s, path));
    if (s->out->kind == CHECKPOINT_NONE) TFP_TRY(try_prefix(s, path));
    return s->out->kind == CHECKPOINT_NONE && path_is_file(path) ? try_state(s, path) : TFP_OK;
}

static tfp_status find(struct search *s, const char *given)
{
    const char *path = without_slashes(s, given);
    if (!path) return tfp_no_memory(s->ctx);
    *s->out = (struct checkpoint_path){ .kind = CHECKPOINT_NONE };
    if (s->depth >= DEEPEST) return tfp_fail(s->ctx, TFP_E_FORMAT, "%s: state files that name one another", path);
    s->depth++;
    tfp_status status = find_without_slashes(s, path);
    s->depth--;
    return status;
}

tfp_status checkpoint_path_find(struct tfp_context *ctx, struct arena *arena, const char *path,
                                struct checkpoint_path *out)
{
    struct search s = { .ctx = ctx, .arena = arena, .out = out };
    return find(&s, path);
}
