/* Which array of the file is which weight of which layer. Two layouts of HDF5: Keras 1 and 2 keep, for each layer of the
 * model, a list of its weights in their order (trainable ones first), inner layers' among them; Keras 3 keeps a tree of
 * groups that follows the objects' attributes. See docs/formats/keras-hdf5.md. */
#include "frontend/keras/keras.h"

#include "base/path.h"
#include "weights/hdf5.h"
#include "weights/weights.h"

#include <ctype.h>
#include <stdio.h>

enum { SHAPE_ROOM = 96 };

static tfp_status no_memory(struct keras_source *s)
{
    return tfp_no_memory(s->ctx);
}

/* -- arrays -------------------------------------------------------------------------------------------------------- */

static tfp_status describe(struct keras_source *s, const struct keras_weight *w, struct tensor *out)
{
    if (s->store == KERAS_HDF5) return hdf5_describe(s->ctx, s->hdf5, w->key, out);
    const struct weights_entry *e = weights_find(s->weights, w->key, strlen(w->key));
    *out = (struct tensor){ .dtype = TFP_UNDEFINED };
    return tensor_describe(s->ctx, w->key, e->dtype, e->rank, e->dims, out);
}

tfp_status keras_weight_describe(struct keras_source *s, struct keras_weight *w, struct tensor *out)
{
    if (!w->described) {
        struct tensor *t = ARENA_NEW(&s->arena, struct tensor);
        if (!t) return no_memory(s);
        TFP_TRY(describe(s, w, t));
        w->described = t;
    }
    *out = *w->described;
    return TFP_OK;
}

tfp_status keras_weight_read(struct keras_source *s, const struct keras_weight *w, struct tensor *out)
{
    if (s->store == KERAS_HDF5) return hdf5_read(s->ctx, s->hdf5, w->key, out);
    return weights_read(s->ctx, s->weights, weights_find(s->weights, w->key, strlen(w->key)), NULL, out);
}

bool keras_layer_has_weights(const struct keras_layer *l)
{
    if (l->n_weights) return true;
    for (size_t i = 0; i < l->n_children; i++)
        if (keras_layer_has_weights(l->children[i])) return true;
    for (size_t i = 0; l->model && i < l->model->n_layers; i++)
        if (keras_layer_has_weights(l->model->layers[i])) return true;
    return false;
}

/* -- the order of Keras' own list ---------------------------------------------------------------------------------- */

struct place { /* a weight and the layer that has it */
    struct keras_weight *weight;
    struct keras_layer *layer;
};
struct places {
    struct arena *arena;
    struct place *at;
    size_t n, room;
    bool failed;
};

static void add_place(struct places *p, struct keras_layer *l, struct keras_weight *w)
{
    if (ARENA_GROW(p->arena, p->at, p->n, &p->room)) p->at[p->n++] = (struct place){ w, l };
    else p->failed = true;
}

enum which { ALL, TRAINABLE, FIXED };

/* Part g of each weight, or the weights that have no parts. */
static void list_own(struct places *p, struct keras_layer *l, enum which which, size_t g)
{
    for (size_t i = 0; i < l->n_weights; i++) {
        struct keras_weight *w = &l->weights[i];
        bool trainable = w->trainable && l->trainable;
        if (which == ALL || (which == TRAINABLE) == trainable) add_place(p, l, w->n_parts ? &w->parts[g] : w);
    }
}

static void list(struct places *p, struct keras_layer *l, enum which which)
{
    size_t parts = l->n_weights && l->weights[0].n_parts ? l->weights[0].n_parts : 1; /* all or none of a layer have them */
    for (size_t g = 0; g < parts; g++) list_own(p, l, which, g);
    for (size_t i = 0; i < l->n_children; i++) list(p, l->children[i], which);
    for (size_t i = 0; l->model && i < l->model->n_layers; i++) list(p, l->model->layers[i], which);
}

/* -- comparing ----------------------------------------------------------------------------------------------------- */

static const char *shape_text(int32_t rank, const int64_t *dims, char *room)
{
    int at = snprintf(room, SHAPE_ROOM, "[");
    for (int32_t i = 0; i < rank && at < SHAPE_ROOM - 24; i++)
        at += dims[i] < 0 ? snprintf(room + at, (size_t)(SHAPE_ROOM - at), i ? ",?" : "?")
                          : snprintf(room + at, (size_t)(SHAPE_ROOM - at), i ? ",%lld" : "%lld", (long long)dims[i]);
    snprintf(room + at, (size_t)(SHAPE_ROOM - at), "]");
    return room;
}

bool keras_weight_fits(const struct keras_weight *w, const struct tensor *t)
{
    if (w->rank < 0) return true;
    if (w->rank != (int32_t)t->rank) return false;
    for (int32_t i = 0; i < w->rank; i++)
        if (w->dims[i] >= 0 && w->dims[i] != t->dims[i]) return false;
    return true;
}

static tfp_status check_shape(struct keras_source *s, const struct place *p)
{
    char wanted[SHAPE_ROOM], found[SHAPE_ROOM];
    struct tensor t;
    if (!p->weight->key) return TFP_OK;
    tfp_status status = keras_weight_describe(s, p->weight, &t);
    if (status != TFP_OK) return tfp_prefix(s->ctx, status, "layer %s (%s)", p->layer->name, p->layer->class_name);
    if (keras_weight_fits(p->weight, &t)) return TFP_OK;
    return tfp_fail(s->ctx, TFP_E_FORMAT, "layer %s (%s): weight %s (%s) has shape %s in the file, %s by the configuration",
                    p->layer->name, p->layer->class_name, p->weight->name, p->weight->key,
                    shape_text((int32_t)t.rank, t.dims, found), shape_text(p->weight->rank, p->weight->dims, wanted));
}

/* The last part of a weight's path is its attribute: "dense/kernel:0", "kernel_1:0", "dense/kernel". */
static bool name_fits(const char *path, const char *name)
{
    const char *last = path_last(path);
    size_t n = strlen(name);
    if (strncmp(last, name, n) != 0) return false;
    last += n;
    if (*last == '_') {
        last++;
        while (isdigit((unsigned char)*last)) last++;
    }
    return *last == '\0' || *last == ':';
}

/* States of random generators, which no inference needs. */
static bool is_state(const char *path)
{
    return name_fits(path, "StateVar") || name_fits(path, "seed_generator_state") || name_fits(path, "rng_state");
}

/* -- Keras 1 and 2 ------------------------------------------------------------------------------------------------- */

struct groups { /* of layers, in the file */
    const char *prefix; /* "model_weights/" or "" */
    struct hdf5_texts names;
    bool by_order;
};

static tfp_status weight_names(struct keras_source *s, const char *group, struct hdf5_texts *out)
{
    bool found;
    TFP_TRY(hdf5_text_list(s->ctx, s->hdf5, group, "weight_names", &s->arena, &found, out));
    size_t n = 0;
    for (size_t i = 0; i < out->n; i++)
        if (!is_state(out->at[i])) out->at[n++] = out->at[i];
    out->n = n;
    return TFP_OK;
}

/* Whether names (or shapes) of the arrays go with the layer's weights in that order. */
static bool order_fits(struct keras_source *s, const struct places *p, const struct keras_keys *keys, bool by_name)
{
    struct tensor t;
    for (size_t i = 0; i < p->n; i++) {
        const struct keras_weight w = { .key = keys->at[i] };
        if (by_name && !name_fits(keys->at[i], p->at[i].weight->name)) return false;
        if (!by_name && (describe(s, &w, &t) != TFP_OK || !keras_weight_fits(p->at[i].weight, &t))) return false;
    }
    return true;
}

tfp_status keras_weights_bind_list(struct keras_source *s, struct keras_layer *l, struct keras_keys *keys)
{
    struct places first = { .arena = &s->arena }, second = { .arena = &s->arena };
    size_t n = 0;
    list(&first, l, TRAINABLE);
    list(&first, l, FIXED);
    list(&second, l, ALL);
    if (first.failed || second.failed) return no_memory(s);
    for (size_t i = 0; i < keys->n; i++)
        if (!is_state(keys->at[i])) keys->at[n++] = keys->at[i];
    keys->n = n;
    if (n != first.n)
        return tfp_fail(s->ctx, TFP_E_FORMAT, "layer %s (%s): the file has %zu weights for it, the configuration %zu",
                        l->name, l->class_name, n, first.n);
    struct places *p = order_fits(s, &first, keys, true)    ? &first
                       : order_fits(s, &second, keys, true) ? &second
                       : order_fits(s, &first, keys, false) ? &first
                                                            : &second;
    for (size_t i = 0; i < p->n; i++) {
        p->at[i].weight->key = keys->at[i];
        TFP_TRY(check_shape(s, &p->at[i]));
    }
    return TFP_OK;
}

static tfp_status bind_group(struct keras_source *s, struct keras_layer *l, const char *group)
{
    struct hdf5_texts names;
    TFP_TRY(weight_names(s, group, &names));
    for (size_t i = 0; i < names.n; i++)
        if (!(names.at[i] = arena_printf(&s->arena, "%s/%s", group, names.at[i]))) return no_memory(s);
    return keras_weights_bind_list(s, l, &(struct keras_keys){ names.at, names.n });
}

static bool holds(const struct hdf5_texts *names, const char *name)
{
    for (size_t i = 0; i < names->n; i++)
        if (strcmp(names->at[i], name) == 0) return true;
    return false;
}

/* By name where every layer is there, else the layers that have weights in their order, as Keras does. */
static tfp_status bind_layers(struct keras_source *s, const struct keras_model *m, struct groups *g)
{
    size_t n = 0, at = 0;
    for (size_t i = 0; i < m->n_layers; i++)
        if (keras_layer_has_weights(m->layers[i]) && !holds(&g->names, m->layers[i]->name)) g->by_order = true;
    for (size_t i = 0; g->by_order && i < g->names.n; i++) {
        struct hdf5_texts names;
        char *group = arena_printf(&s->arena, "%s%s", g->prefix, g->names.at[i]);
        if (!group) return no_memory(s);
        TFP_TRY(weight_names(s, group, &names));
        if (names.n) g->names.at[n++] = g->names.at[i];
    }
    if (g->by_order) g->names.n = n;
    for (size_t i = 0; i < m->n_layers; i++) {
        struct keras_layer *l = m->layers[i];
        if (!keras_layer_has_weights(l)) continue;
        if (g->by_order && at == g->names.n)
            return tfp_fail(s->ctx, TFP_E_FORMAT, "layer %s (%s): the file has no weights for it", l->name, l->class_name);
        char *group = arena_printf(&s->arena, "%s%s", g->prefix, g->by_order ? g->names.at[at++] : l->name);
        if (!group) return no_memory(s);
        TFP_TRY(bind_group(s, l, group));
    }
    return TFP_OK;
}

/* -- Keras 3 ------------------------------------------------------------------------------------------------------- */

void keras_snake_case(const char *name, char *room, size_t n)
{
    size_t at = 0;
    for (size_t i = 0; name[i] && at + 2 < n; i++) {
        bool upper = isupper((unsigned char)name[i]) != 0;
        if (i && upper && (islower((unsigned char)name[i + 1]) || islower((unsigned char)name[i - 1]))) room[at++] = '_';
        if (isalnum((unsigned char)name[i]) || name[i] == '_') room[at++] = (char)tolower((unsigned char)name[i]);
    }
    room[at] = '\0';
}

/* Name of layer i in a list: its class, and how many of that class stand before it. */
static void list_name(struct keras_layer *const *layers, size_t i, char *room, size_t n)
{
    size_t before = 0;
    for (size_t k = 0; k < i; k++) before += strcmp(layers[k]->class_name, layers[i]->class_name) == 0;
    keras_snake_case(layers[i]->class_name, room, n);
    size_t at = strlen(room);
    if (before) snprintf(room + at, n - at, "_%zu", before);
}

bool keras_asset(const struct keras_source *s, const struct keras_layer *l, const char *file, struct bytes *out)
{
    enum { DEEPEST = 8 };
    char path[512], name[128];
    snprintf(path, sizeof path, "%s", file);
    for (int depth = 0; l->parent && depth < DEEPEST; l = l->parent, depth++) {
        char longer[sizeof path];
        if (l->attribute || !l->parent->model) return false;
        list_name(l->parent->model->layers, l->index, name, sizeof name);
        if ((size_t)snprintf(longer, sizeof longer, "layers/%s/%s", name, path) >= sizeof longer) return false;
        memcpy(path, longer, sizeof path);
    }
    void **at = s->assets.n ? map_find(&s->assets, path, strlen(path)) : NULL;
    if (at) *out = *(const struct bytes *)*at;
    return at != NULL;
}

static bool has_array(const struct keras_source *s, const char *key)
{
    return s->store == KERAS_HDF5 ? hdf5_is_data_set(s->hdf5, key) : weights_find(s->weights, key, strlen(key)) != NULL;
}

/* A manifest has no groups but in the names of its arrays, which are sorted. */
static bool has_group(const struct keras_source *s, const char *path)
{
    if (s->store == KERAS_HDF5) return hdf5_is_group(s->hdf5, path);
    const struct weights *w = s->weights;
    const size_t n = strlen(path);
    size_t low = 0, high = w->n_entries;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const char *name = w->entries[middle].name;
        const int order = strncmp(name, path, n);
        if (order < 0 || (order == 0 && (unsigned char)name[n] < '/')) low = middle + 1;
        else high = middle;
    }
    return low < w->n_entries && strncmp(w->entries[low].name, path, n) == 0 && w->entries[low].name[n] == '/';
}

static tfp_status bind_tree(struct keras_source *s, struct keras_layer *l, const char *group);

/* The group's own arrays are numbered, trainable ones first. */
static tfp_status bind_own(struct keras_source *s, struct keras_layer *l, const char *group)
{
    size_t number = 0;
    for (int fixed = 0; fixed <= 1; fixed++) {
        for (size_t i = 0; i < l->n_weights; i++) {
            struct keras_weight *w = &l->weights[i];
            if (w->trainable == (fixed != 0)) continue;
            char *key = arena_printf(&s->arena, "%s%svars/%zu", group, *group ? "/" : "", number++);
            if (!key) return no_memory(s);
            if (!has_array(s, key))
                return tfp_fail(s->ctx, TFP_E_FORMAT, "layer %s (%s): the file has no array /%s for its weight %s", l->name,
                                l->class_name, key, w->name);
            w->key = key;
            TFP_TRY(check_shape(s, &(struct place){ w, l }));
        }
    }
    return TFP_OK;
}

static tfp_status bind_child(struct keras_source *s, struct keras_layer *l, size_t i, const char *group)
{
    struct keras_layer *child = l->children[i];
    char name[256] = "", *path;
    if (child->listed) list_name(l->children, i, name, sizeof name);
    for (size_t k = 0; k < 2; k++) { /* Python's attribute may be private: "_query_dense" */
        path = arena_printf(&s->arena, "%s%s%s%s%s%s", group, *group ? "/" : "", k ? "_" : "", child->attribute,
                            *name ? "/" : "", name);
        if (!path) return no_memory(s);
        if (has_group(s, path)) return bind_tree(s, child, path);
    }
    return keras_layer_has_weights(child)
               ? tfp_fail(s->ctx, TFP_E_FORMAT, "layer %s (%s): the file has no group /%s for its %s", l->name,
                          l->class_name, path, child->attribute)
               : TFP_OK;
}

static bool copy_keys(struct keras_layer *to, const struct keras_layer *from)
{
    if (to->n_weights != from->n_weights || to->n_children != from->n_children) return false;
    for (size_t i = 0; i < to->n_weights; i++)
        if (!(to->weights[i].key = from->weights[i].key)) return false;
    for (size_t i = 0; i < to->n_children; i++)
        if (!copy_keys(to->children[i], from->children[i])) return false;
    return true;
}

/* A layer that several models have in common is written with the first; the others' groups lack it. */
static bool share(struct keras_layer *among, struct keras_layer *l)
{
    for (size_t i = 0; among->model && i < among->model->n_layers; i++) {
        struct keras_layer *other = among->model->layers[i];
        bool same = other != l && strcmp(other->name, l->name) == 0 && strcmp(other->class_name, l->class_name) == 0;
        if (same && !l->model && copy_keys(l, other)) return true;
        if (share(other, l)) return true;
    }
    return false;
}

static tfp_status bind_model(struct keras_source *s, const struct keras_model *m, const char *group)
{
    static const char *const lists[] = { "layers", "_layer_checkpoint_dependencies" };
    const char *list_of = NULL;
    char name[256];
    for (size_t i = 0; i < 2 && !list_of; i++) {
        char *path = arena_printf(&s->arena, "%s%s%s", group, *group ? "/" : "", lists[i]);
        if (!path) return no_memory(s);
        if (has_group(s, path)) list_of = path;
    }
    for (size_t i = 0; i < m->n_layers; i++) {
        struct keras_layer *l = m->layers[i];
        if (!keras_layer_has_weights(l)) continue;
        list_name(m->layers, i, name, sizeof name);
        char *path = arena_printf(&s->arena, "%s/%s", list_of ? list_of : "layers", name);
        char *by_name = arena_printf(&s->arena, "%s/%s", list_of ? list_of : "layers", l->name);
        if (!path || !by_name) return no_memory(s);
        bool there = list_of && (has_group(s, path) || has_group(s, by_name));
        if (!there && share(s->root, l)) continue;
        if (!there && !l->model) /* a model whose layers are all shared has no arrays */
            return tfp_fail(s->ctx, TFP_E_FORMAT, "layer %s (%s): the file has no group /%s for it", l->name, l->class_name,
                            path);
        TFP_TRY(bind_tree(s, l, has_group(s, path) ? path : by_name));
    }
    return TFP_OK;
}

static tfp_status bind_tree(struct keras_source *s, struct keras_layer *l, const char *group)
{
    TFP_TRY(bind_own(s, l, group));
    for (size_t i = 0; i < l->n_children; i++) TFP_TRY(bind_child(s, l, i, group));
    return l->model ? bind_model(s, l->model, group) : TFP_OK;
}

tfp_status keras_weights_bind_tree(struct keras_source *s)
{
    return bind_tree(s, s->root, "");
}

/* ------------------------------------------------------------------------------------------------------------------ */

tfp_status keras_weights_bind(struct keras_source *s)
{
    static const char *const roots[] = { "", "model_weights" };
    if (s->store == KERAS_CHECKPOINT) return keras_weights_bind_checkpoint(s);
    if (s->store == KERAS_MANIFEST) return keras_weights_bind_manifest(s);
    if (s->store == KERAS_NO_WEIGHTS) return TFP_OK;
    for (size_t i = 0; i < 2; i++) {
        struct groups g = { .prefix = i ? "model_weights/" : "" };
        bool found = false;
        if (i && !hdf5_is_group(s->hdf5, roots[i])) continue;
        TFP_TRY(hdf5_text_list(s->ctx, s->hdf5, roots[i], "layer_names", &s->arena, &found, &g.names));
        if (found) return bind_layers(s, s->root->model, &g);
    }
    if (has_group(s, "layers") || has_group(s, "_layer_checkpoint_dependencies")) return bind_tree(s, s->root, "");
    return keras_layer_has_weights(s->root)
               ? tfp_fail(s->ctx, TFP_E_FORMAT, "the HDF5 file has neither layer_names nor a group of layers") : TFP_OK;
}
