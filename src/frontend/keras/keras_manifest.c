/* The arrays of a TensorFlow.js model for its layers. They are called as Keras calls variables, "dense/kernel" and
 * "bidirectional/forward_lstm/lstm_cell/kernel": a layer's have its name, whichever model it is in, and stand in the order of
 * its weights. From a file of Keras 3 they have the paths that they had there. See docs/formats/tfjs.md. */
#include "frontend/keras/keras.h"

#include "weights/weights.h"

#include <ctype.h>
#include <stdlib.h>

struct named { /* arrays with this name among the parts of theirs, the last one not counted */
    const struct weights_entry **at;
    size_t n, room;
};

struct manifest {
    struct keras_source *s;
    struct map by_part; /* -> struct named */
};

static tfp_status no_memory(const struct manifest *m)
{
    return tfp_no_memory(m->s->ctx);
}

static int by_place(const void *a, const void *b)
{
    const struct weights_entry *x = *(const struct weights_entry *const *)a, *y = *(const struct weights_entry *const *)b;
    return (x->own > y->own) - (x->own < y->own);
}

/* A part that a name has twice counts once. */
static tfp_status add_part(struct manifest *m, const struct weights_entry *e, const char *part, size_t n)
{
    void **at = map_at(&m->by_part, part, n);
    struct arena *a = &m->s->arena;
    if (!at || (!*at && !(*at = ARENA_NEW(a, struct named)))) return no_memory(m);
    struct named *list = *at;
    if (list->n && list->at[list->n - 1] == e) return TFP_OK;
    if (!ARENA_GROW(a, list->at, list->n, &list->room)) return no_memory(m);
    list->at[list->n++] = e;
    return TFP_OK;
}

/* In the order of the manifest. */
static tfp_status index_parts(struct manifest *m)
{
    const struct weights *w = m->s->weights;
    const struct weights_entry **all = ARENA_ARRAY(&m->s->arena, const struct weights_entry *, w->n_entries);
    if (!all) return no_memory(m);
    for (size_t i = 0; i < w->n_entries; i++) all[i] = &w->entries[i];
    if (w->n_entries) qsort(all, w->n_entries, sizeof *all, by_place);
    for (size_t i = 0; i < w->n_entries; i++)
        for (const char *at = all[i]->name, *slash; (slash = strchr(at, '/')); at = slash + 1)
            TFP_TRY(add_part(m, all[i], at, (size_t)(slash - at)));
    return TFP_OK;
}

static const struct named *find(const struct manifest *m, const char *name)
{
    static const struct named none;
    void **at = map_find(&m->by_part, name, strlen(name));
    return at ? *at : &none;
}

static size_t count(const struct keras_layer *l)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n_weights; i++) n += l->weights[i].n_parts ? l->weights[i].n_parts : 1;
    for (size_t i = 0; i < l->n_children; i++) n += count(l->children[i]);
    for (size_t i = 0; l->model && i < l->model->n_layers; i++) n += count(l->model->layers[i]);
    return n;
}

static bool has_part(const char *path, const char *part)
{
    const size_t n = strlen(part);
    for (const char *at = path, *slash; (slash = strchr(at, '/')); at = slash + 1)
        if ((size_t)(slash - at) == n && memcmp(at, part, n) == 0) return true;
    return false;
}

/* Several layers of one name: the models around one may be in the names of its arrays, too. */
static size_t models_in(const char *path, const struct keras_layer *l)
{
    size_t n = 0;
    for (l = l->parent; l && l->parent; l = l->parent) n += has_part(path, l->name);
    return n;
}

static bool begins_with(const char *path, const char *part)
{
    const size_t n = strlen(part);
    return strncmp(path, part, n) == 0 && path[n] == '/';
}

/* Those of `from` that are most likely the layer's. */
static void choose(const struct keras_layer *l, const struct named *from, size_t wanted, struct keras_keys *out)
{
    size_t most = 0;
    for (size_t i = 0; i < from->n; i++) {
        const size_t n = models_in(from->at[i]->name, l);
        if (n > most) most = n;
    }
    for (int way = 0; way < 3; way++) {
        out->n = 0;
        for (size_t i = 0; i < from->n; i++) {
            const char *name = from->at[i]->name;
            if (way == 0 || (models_in(name, l) == most && (way == 1 || begins_with(name, l->name)))) out->at[out->n++] = name;
        }
        if (out->n == wanted) return;
    }
}

static tfp_status gather_inner(struct manifest *m, const struct keras_layer *l, struct named *out);

static tfp_status gather(struct manifest *m, const struct keras_layer *l, struct named *out)
{
    const struct named *list = find(m, l->name);
    for (size_t i = 0; i < list->n; i++) {
        if (!ARENA_GROW(&m->s->arena, out->at, out->n, &out->room)) return no_memory(m);
        out->at[out->n++] = list->at[i];
    }
    return list->n ? TFP_OK : gather_inner(m, l, out);
}

/* TensorFlow.js names weights of inner layers by these alone: "forward_lstm/kernel". */
static tfp_status gather_inner(struct manifest *m, const struct keras_layer *l, struct named *out)
{
    for (size_t i = 0; i < l->n_children; i++) TFP_TRY(gather(m, l->children[i], out));
    for (size_t i = 0; l->model && i < l->model->n_layers; i++) TFP_TRY(gather(m, l->model->layers[i], out));
    return TFP_OK;
}

static tfp_status bind_layer(struct manifest *m, struct keras_layer *l)
{
    struct named all = { 0 };
    TFP_TRY(gather(m, l, &all));
    struct keras_keys keys = { ARENA_ARRAY(&m->s->arena, const char *, all.n), 0 };
    if (!keys.at) return no_memory(m);
    choose(l, &all, count(l), &keys);
    return keras_weights_bind_list(m->s, l, &keys);
}

static tfp_status bind_model(struct manifest *m, const struct keras_model *model)
{
    for (size_t i = 0; i < model->n_layers; i++) {
        struct keras_layer *l = model->layers[i];
        if (!keras_layer_has_weights(l)) continue;
        TFP_TRY(l->model ? bind_model(m, l->model) : bind_layer(m, l));
    }
    return TFP_OK;
}

/* Whether all names end as those of Keras 3: "layers/dense/vars/0". */
static bool is_tree(const struct weights *w)
{
    for (size_t i = 0; i < w->n_entries; i++) {
        const char *slash = strrchr(w->entries[i].name, '/');
        static const char vars[] = "vars";
        const size_t n = slash ? (size_t)(slash - w->entries[i].name) : 0;
        if (n < 4 || memcmp(slash - 4, vars, 4) != 0 || (n > 4 && slash[-5] != '/') || !isdigit((unsigned char)slash[1])) return false;
    }
    return w->n_entries > 0;
}

tfp_status keras_weights_bind_manifest(struct keras_source *s)
{
    struct manifest m = { .s = s };
    if (is_tree(s->weights)) return keras_weights_bind_tree(s);
    map_init(&m.by_part, &s->arena);
    TFP_TRY(index_parts(&m));
    return bind_model(&m, s->root->model);
}
