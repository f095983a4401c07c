/* SavedModel folders (tensorflow/core/protobuf/saved_model.proto): meta graphs told apart by tags, each with signatures;
 * variables in a checkpoint beside. See docs/formats/saved-model.md. */
#include "base/path.h"
#include "base/text.h"
#include "frontend/tensorflow/tf_object_graph.h"
#include "weights/checkpoint_path.h"

#include <dirent.h>
#include <stdlib.h>

enum {
    SURE = 102, /* above a checkpoint's: its folder holds one, too */
    MOST_VERSIONS = 64,
    SHOWN = 24,
    SHOWN_BYTES = 80,
};

/* -- where it lies ------------------------------------------------------------------------------------------------- */

static const char *const file_names[] = { "saved_model.pb", "saved_model.pbtxt" };

/* The file in the folder; NULL: none. */
static const char *file_in(struct arena *a, const char *folder)
{
    for (size_t i = 0; i < sizeof file_names / sizeof file_names[0]; i++) {
        const char *path = arena_printf(a, "%s/%s", folder, file_names[i]);
        if (path_is_file(path)) return path;
    }
    return NULL;
}

static int by_number(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    size_t n = strlen(x), m = strlen(y);
    return n != m ? (n < m ? -1 : 1) : strcmp(x, y);
}

/* Exporters write each version into a folder named by a number. Returns how many there are, sorted. */
static size_t versions_in(struct arena *a, const char *folder, const char **out)
{
    size_t n = 0;
    DIR *d = path_is_file(arena_printf(a, "%s/checkpoint", folder)) ? NULL : opendir(folder);
    for (struct dirent *e; d && n < MOST_VERSIONS && (e = readdir(d));) {
        if (!e->d_name[0] || e->d_name[strspn(e->d_name, "0123456789")]) continue;
        const char *path = arena_printf(a, "%s/%s", folder, e->d_name);
        if (path && file_in(a, path)) out[n++] = path;
    }
    if (d) closedir(d);
    qsort(out, n, sizeof *out, by_number);
    return n;
}

static int score(const struct probe *p)
{
    struct arena a = { 0 };
    const char *versions[MOST_VERSIONS];
    bool text, found = false;
    if (p->folder) found = file_in(&a, p->path) || versions_in(&a, p->path, versions);
    arena_free(&a);
    return p->folder ? (found ? SURE : 0) : tf_source_score(&tfpb_saved_model_type, p->head, &text);
}

static tfp_status several(struct tfp_context *ctx, const char *const *versions, size_t n)
{
    struct text list = { 0 };
    for (size_t i = 0; i < n && i < SHOWN; i++) text_add(&list, "%s%s", i ? ", " : "", versions[i]);
    tfp_status status = tfp_fail(ctx, TFP_E_USAGE, "several versions: name one: %s", list.at ? list.at : "");
    text_free(&list);
    return status;
}

struct place {
    const char *folder, *file;
};

static tfp_status find(struct tfp_context *ctx, struct arena *a, const struct probe *p, struct place *out)
{
    const char *versions[MOST_VERSIONS];
    out->folder = p->path;
    if (!p->folder) {
        out->file = p->path;
        out->folder = path_folder(a, p->path);
        return out->folder ? TFP_OK : tfp_no_memory(ctx);
    }
    if ((out->file = file_in(a, out->folder))) return TFP_OK;
    size_t n = versions_in(a, p->path, versions);
    if (n > 1) return several(ctx, versions, n);
    out->folder = n ? versions[0] : p->path;
    out->file = file_in(a, out->folder);
    return out->file ? TFP_OK : tfp_fail(ctx, TFP_E_FORMAT, "%s is not there any more", file_names[0]);
}

/* -- meta graphs --------------------------------------------------------------------------------------------------- */

static void list_tags(struct text *out, const struct tfpb_saved_model *m)
{
    for (size_t i = 0; i < m->meta_graphs.n && i < SHOWN; i++) {
        struct pb_strings tags = tf_source_tags(&m->meta_graphs.at[i]);
        text_add(out, "%s{", i ? ", " : "");
        for (size_t k = 0; k < tags.n && k < SHOWN; k++)
            text_add(out, "%s%.*s", k ? "," : "", (int)(tags.at[k].n < SHOWN_BYTES ? tags.at[k].n : SHOWN_BYTES),
                     tags.at[k].n ? tags.at[k].at : "");
        text_add(out, "}");
    }
    if (m->meta_graphs.n > SHOWN) text_add(out, ", and %zu more", m->meta_graphs.n - SHOWN);
}

/* E_USAGE that no meta graph has those tags, or that some are to be chosen, which waits until somebody needs the graph. */
static tfp_status not_chosen(struct tfp_context *ctx, const struct tfpb_saved_model *m, struct tf_source *s)
{
    struct text asked = { 0 }, there = { 0 };
    tfp_status status = TFP_OK;
    if (!m->meta_graphs.n) return tfp_fail(ctx, TFP_E_FORMAT, "it holds no meta graph");
    for (size_t i = 0; i < s->options.n_tags; i++) text_add(&asked, "%s%s", i ? "," : "", s->options.tags[i]);
    list_tags(&there, m);
    const char *list = there.at ? there.at : "";
    s->refusal_code = TFP_E_USAGE;
    if (s->options.n_tags)
        status = tfp_fail(ctx, TFP_E_USAGE, "no meta graph has the tags {%s}; there are: %s", asked.at ? asked.at : "",
                          list);
    else if (!(s->refusal = arena_printf(&s->graph->arena, "several meta graphs and none is {serve}: choose one with "
                                         "--tags: %s", list)))
        status = tfp_no_memory(ctx);
    text_free(&asked);
    text_free(&there);
    return status;
}

/* The one with the tags asked for; else {"serve"}; else the only one. *out NULL: s->refusal tells why. */
static tfp_status choose(struct tfp_context *ctx, const struct tfpb_saved_model *m, struct tf_source *s,
                         const struct tfpb_meta_graph **out)
{
    static const char *const serve[] = { "serve" };
    const char *const *tags = s->options.n_tags ? s->options.tags : serve;
    size_t n = s->options.n_tags ? s->options.n_tags : 1;
    *out = NULL;
    for (size_t i = 0; i < m->meta_graphs.n && !*out; i++)
        if (tf_source_has_tags(&m->meta_graphs.at[i], tags, n)) *out = &m->meta_graphs.at[i];
    if (!*out && !s->options.n_tags && m->meta_graphs.n == 1) *out = &m->meta_graphs.at[0];
    if (!*out) return not_chosen(ctx, m, s);
    return (*out)->graph_def ? TFP_OK : tfp_fail(ctx, TFP_E_FORMAT, "the meta graph holds no graph");
}

/* -- the files beside ---------------------------------------------------------------------------------------------- */

/* "Const:0" names the node Const. */
static bool name_asset(struct tf_source *s, const struct tfpb_tensor_info *info, const char *path)
{
    struct bytes name = info && info->which == TFPB_INFO_NAME ? info->name : (struct bytes){ "", 0 };
    const char *colon = name.n ? memrchr(name.at, ':', name.n) : NULL;
    struct tf_asset *a = ARENA_NEW(&s->graph->arena, struct tf_asset);
    if (!a || !(a->tensor = arena_string(&s->graph->arena, name.at, colon ? (size_t)(colon - name.at) : name.n))) return false;
    a->path = path;
    a->next = s->graph->assets;
    s->graph->assets = a;
    return true;
}

/* Where links lead: a model that somebody else wrote names no file outside its folder. What is not there is no matter here. */
static bool stays_inside(const char *folder, const char *path)
{
    char *root = realpath(folder, NULL), *file = realpath(path, NULL);
    const size_t n = root ? strlen(root) : 0;
    const bool inside = !root || !file || (strncmp(file, root, n) == 0 && (file[n] == '/' || n == 1));
    free(root);
    free(file);
    return inside;
}

/* A file that tables are filled from, in the folder `assets`. */
static tfp_status add_asset(struct tfp_context *ctx, struct tf_source *s, const char *folder, const struct tfpb_asset *asset)
{
    const struct bytes name = asset->filename;
    struct arena *a = &s->graph->arena;
    const char *text = arena_string(a, name.n ? name.at : "", name.n), *path;
    if (!text) return tfp_no_memory(ctx);
    if (strlen(text) != name.n) return tfp_fail(ctx, TFP_E_FORMAT, "asset \"%s...\": a NUL in its name", text);
    if (!path_is_inside(name))
        return tfp_fail(ctx, TFP_E_FORMAT, "asset \"%s\": its path must lead to a file within %s/assets", text, folder);
    path = arena_printf(a, "%s/assets/%s", folder, text);
    if (!path || !name_asset(s, asset->tensor_info, path)) return tfp_no_memory(ctx);
    if (!stays_inside(folder, path))
        return tfp_fail(ctx, TFP_E_FORMAT, "asset \"%s\": it is a link out of %s", text, folder);
    return tf_source_file(ctx, s, path);
}

/* TensorFlow 1.11 and before named them in a collection only. */
static const struct tfpb_any_list *old_assets(const struct tfpb_meta_graph *m)
{
    for (size_t i = 0; i < m->collection_def.n; i++) {
        const struct tfpb_collection_entry *c = &m->collection_def.at[i];
        if (bytes_equal(c->key, "saved_model_assets") && c->value.which == TFPB_COLLECTION_ANYS) return c->value.any_list;
    }
    return NULL;
}

static tfp_status add_old_assets(struct tfp_context *ctx, struct tf_source *s, const char *folder,
                                 const struct tfpb_any_list *list)
{
    for (size_t i = 0; i < list->value.n; i++) {
        const struct tfpb_any *any = &list->value.at[i];
        struct tfpb_asset asset = { .filename = { NULL, 0 } };
        tfp_status status = TFP_OK;
        if (any->asset) asset = *any->asset;
        else status = protobuf_decode(ctx, &s->graph->arena, &tfpb_asset_type, any->value, &asset);
        if (status == TFP_OK) status = add_asset(ctx, s, folder, &asset);
        if (status != TFP_OK) return tfp_prefix(ctx, status, "collection saved_model_assets");
    }
    return TFP_OK;
}

static tfp_status add_assets(struct tfp_context *ctx, struct tf_source *s, const char *folder, const struct tfpb_meta_graph *m)
{
    const struct tfpb_any_list *old = m->asset_file_def.n ? NULL : old_assets(m);
    if (old) return add_old_assets(ctx, s, folder, old);
    for (size_t i = 0; i < m->asset_file_def.n; i++) TFP_TRY(add_asset(ctx, s, folder, &m->asset_file_def.at[i]));
    return TFP_OK;
}

static tfp_status open_variables(struct tfp_context *ctx, struct tf_source *s, const char *folder)
{
    struct arena *a = &s->graph->arena;
    struct checkpoint_path found = { .kind = CHECKPOINT_NONE };
    const char *prefix = arena_printf(a, "%s/variables/variables", folder);
    if (!prefix) return tfp_no_memory(ctx);
    if (!s->options.weights) TFP_TRY(checkpoint_path_find(ctx, a, prefix, &found));
    bool there = found.kind != CHECKPOINT_NONE && found.kind != CHECKPOINT_GRAPH_ONLY;
    if (!there && !(s->request.no_weights = arena_printf(a, "%s.index is not there", prefix)))
        return tfp_no_memory(ctx);
    return tf_source_weights(ctx, s, there ? prefix : NULL);
}

/* -- opening ------------------------------------------------------------------------------------------------------- */

static const char *format_of(const struct tfpb_meta_graph *m, bool text)
{
    if (m->object_graph_def.n) return "SavedModel (TensorFlow 2)"; /* which the text form does not tell */
    return text ? "SavedModel (TensorFlow 1, text)" : "SavedModel (TensorFlow 1)";
}

/* Without signatures, the functions of the object graph are taken for some. */
static tfp_status read_graph(struct tfp_context *ctx, struct tf_source *s, const struct tfpb_meta_graph *meta)
{
    const struct tfpb_graph *def = meta->graph_def;
    if (!s->n_signatures && meta->object_graph_def.n) TFP_TRY(tf_object_graph_read(ctx, s));
    TFP_TRY(tf_signature_choose(ctx, s, true));
    if (!s->n_signatures && meta->object_graph_def.n && !s->options.n_outputs)
        s->refusal = "it was saved without signatures and without functions: there is nothing to call";
    if (s->chosen && s->chosen->concrete && !s->refusal) TFP_TRY(tf_object_call_make(ctx, s, s->chosen, &def));
    return tf_source_finish(ctx, s, def);
}

static tfp_status read(struct tfp_context *ctx, const struct probe *p, struct tf_source *s)
{
    struct place place;
    const struct tfpb_meta_graph *meta;
    void *model;
    bool text;
    TFP_TRY(find(ctx, &s->graph->arena, p, &place));
    const char *path = arena_string(&s->graph->arena, place.file, strlen(place.file));
    if (!path) return tfp_no_memory(ctx);
    if (p->folder) TFP_TRY(tf_source_map(ctx, s, path));
    if (!(s->folder = arena_string(&s->graph->arena, place.folder, strlen(place.folder)))) return tfp_no_memory(ctx);
    struct bytes file = p->folder ? (struct bytes){ s->file->data, s->file->size } : p->head;
    tfp_status status = tf_source_decode(ctx, s, &tfpb_saved_model_type, file, &model, &text);
    if (status != TFP_OK) return p->folder ? tfp_prefix(ctx, status, "%s", path) : status;
    s->source.format = text ? "SavedModel (text)" : "SavedModel";
    TFP_TRY(tf_source_file(ctx, s, path));
    TFP_TRY(choose(ctx, model, s, &meta));
    if (!meta) return TFP_OK;
    s->source.format = format_of(meta, text);
    TFP_TRY(add_assets(ctx, s, place.folder, meta));
    TFP_TRY(open_variables(ctx, s, place.folder));
    TFP_TRY(tf_source_meta_graph(ctx, s, meta));
    return read_graph(ctx, s, meta);
}

static tfp_status open_saved_model(struct tfp_context *ctx, const struct probe *p,
                                   const struct tfp_model_options *options, struct source **out)
{
    return tf_source_open(ctx, &tensorflow_saved_model, p, options, read, out);
}

const struct frontend tensorflow_saved_model = {
    .name = "tensorflow_saved_model",
    .folder = "saved_model.pb or saved_model.pbtxt",
    .score = score,
    .open = open_saved_model,
    .lower = tf_source_lower,
    .original = tf_source_original,
    .nodes = tf_source_nodes,
    .close = tf_source_close,
};
