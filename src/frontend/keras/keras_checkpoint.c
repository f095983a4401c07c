/* A checkpoint's arrays for a model's weights. Checkpoints of objects (TensorFlow 1.11 on) name a variable by the way to it
 * from the model: layer_with_weights-1, cell, kernel; the object graph tells its key. Name-based ones of TensorFlow 1 are
 * searched by the layer's name and the weight's. See docs/formats/object-graph.md. */
#include "frontend/keras/keras.h"

#include "base/path.h"
#include "schema/object_graph_proto.h"
#include "weights/weights.h"

#include <stdio.h>

struct objects {
    struct keras_source *s;
    struct tfpb_trackable_object_graph graph;
};

/* The object that `node` holds under a name; -1: none. */
static int32_t member(const struct objects *o, int32_t node, const char *name)
{
    if (node < 0 || (size_t)node >= o->graph.nodes.n) return -1;
    const struct tfpb_object_references *children = &o->graph.nodes.at[node].children;
    for (size_t i = 0; i < children->n; i++)
        if (bytes_equal(children->at[i].local_name, name)) return children->at[i].node_id;
    return -1;
}

/* Python's attribute may be private: "_query_dense". */
static int32_t attribute(const struct objects *o, int32_t node, const char *name)
{
    char private_name[256];
    int32_t found = member(o, node, name);
    snprintf(private_name, sizeof private_name, "_%.250s", name);
    return found >= 0 ? found : member(o, node, private_name);
}

static tfp_status check(struct keras_source *s, const struct keras_layer *l, struct keras_weight *w)
{
    struct tensor t;
    TFP_TRY(keras_weight_describe(s, w, &t));
    if (keras_weight_fits(w, &t)) return TFP_OK;
    return tfp_fail(s->ctx, TFP_E_FORMAT, "layer %s (%s): weight %s (%s) has another shape in the checkpoint than by the "
                    "configuration", l->name, l->class_name, w->name, w->key);
}

static tfp_status bind_key(struct keras_source *s, const struct keras_layer *l, struct keras_weight *w, struct bytes key)
{
    const struct weights_entry *e = weights_find(s->weights, key.at, key.n);
    if (!e)
        return tfp_fail(s->ctx, TFP_E_FORMAT, "layer %s (%s): the checkpoint has no array %.*s", l->name, l->class_name,
                        (int)key.n, key.at);
    w->key = e->name;
    return check(s, l, w);
}

static tfp_status bind_variable(struct objects *o, struct keras_layer *l, struct keras_weight *w, int32_t node)
{
    int32_t variable = attribute(o, node, w->name);
    if (variable >= 0 && (size_t)variable < o->graph.nodes.n) {
        const struct tfpb_object_attributes *attributes = &o->graph.nodes.at[variable].attributes;
        for (size_t i = 0; i < attributes->n; i++)
            if (bytes_equal(attributes->at[i].name, "VARIABLE_VALUE"))
                return bind_key(o->s, l, w, attributes->at[i].checkpoint_key);
    }
    return tfp_fail(o->s->ctx, TFP_E_FORMAT, "layer %s (%s): the checkpoint's objects have no %s of it", l->name,
                    l->class_name, w->name);
}

static tfp_status bind_object(struct objects *o, struct keras_layer *l, int32_t node);

static tfp_status bind_children(struct objects *o, struct keras_layer *l, int32_t node)
{
    char number[24];
    size_t in_list = 0;
    for (size_t i = 0; i < l->n_children; i++) {
        struct keras_layer *child = l->children[i];
        int32_t next = attribute(o, node, child->attribute);
        if (child->listed) {
            snprintf(number, sizeof number, "%zu", in_list++);
            next = member(o, next, number);
        }
        if (keras_layer_has_weights(child)) TFP_TRY(bind_object(o, child, next));
    }
    return TFP_OK;
}

static tfp_status bind_model(struct objects *o, const struct keras_model *m, int32_t node)
{
    char name[48];
    size_t number = 0;
    for (size_t i = 0; i < m->n_layers; i++) {
        if (!keras_layer_has_weights(m->layers[i])) continue;
        snprintf(name, sizeof name, "layer_with_weights-%zu", number++);
        int32_t next = member(o, node, name);
        snprintf(name, sizeof name, "layer-%zu", i);
        TFP_TRY(bind_object(o, m->layers[i], next >= 0 ? next : member(o, node, name)));
    }
    return TFP_OK;
}

static tfp_status bind_object(struct objects *o, struct keras_layer *l, int32_t node)
{
    if (node < 0)
        return tfp_fail(o->s->ctx, TFP_E_FORMAT, "layer %s (%s): the checkpoint has no object for it", l->name,
                        l->class_name);
    for (size_t i = 0; i < l->n_weights; i++) TFP_TRY(bind_variable(o, l, &l->weights[i], node));
    TFP_TRY(bind_children(o, l, node));
    return l->model ? bind_model(o, l->model, node) : TFP_OK;
}

/* tf.train.Checkpoint(model=model) has the model as a member of its own. */
static int32_t model_object(const struct objects *o)
{
    static const char *const members[] = { "model", "net", "network" };
    if (member(o, 0, "layer_with_weights-0") >= 0 || member(o, 0, "layer-0") >= 0) return 0;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (member(o, 0, members[i]) >= 0) return member(o, 0, members[i]);
    return 0;
}

/* -- by names ------------------------------------------------------------------------------------------------------ */

static bool has_part(const char *path, const char *part)
{
    size_t n = strlen(part);
    for (const char *at = path; (at = strstr(at, part)); at++)
        if ((at == path || at[-1] == '/') && (at[n] == '/' || at[n] == '\0')) return true;
    return false;
}

/* How many names of the layer and of those around it, up to the model's own, the path has. A wrapper's layer gives its
 * arrays none (time_distributed/kernel), its directions do (bidirectional/forward_gru/gru_cell/kernel). */
static size_t names_in(const char *path, const struct keras_layer *l)
{
    size_t n = 0;
    for (; l && l->attribute; l = l->parent) n += has_part(path, l->name);
    return n;
}

/* The array of that attribute under the layer's name; where several are, the one that has most of the inner layers' names. */
static tfp_status find_name(struct keras_source *s, const char *outer, struct keras_layer *l, struct keras_weight *w)
{
    const struct weights_entry *found = NULL, *other = NULL;
    size_t best = 0;
    for (size_t i = 0; i < s->weights->n_entries; i++) {
        const struct weights_entry *e = &s->weights->entries[i];
        if (strcmp(path_last(e->name), w->name) != 0 || !has_part(e->name, outer)) continue;
        size_t names = names_in(e->name, l);
        if (found && names < best) continue;
        other = found && names == best ? found : NULL;
        found = e;
        best = names;
    }
    if (other)
        return tfp_fail(s->ctx, TFP_E_FORMAT, "layer %s (%s): its %s may be %s or %s", l->name, l->class_name, w->name,
                        other->name, found->name);
    if (!found)
        return tfp_fail(s->ctx, TFP_E_FORMAT, "layer %s (%s): the checkpoint has no array %s/%s", l->name, l->class_name,
                        outer, w->name);
    w->key = found->name;
    return check(s, l, w);
}

static tfp_status bind_names(struct keras_source *s, const char *outer, struct keras_layer *l)
{
    if (!l->attribute) outer = l->name;
    for (size_t i = 0; i < l->n_weights; i++) TFP_TRY(find_name(s, outer, l, &l->weights[i]));
    for (size_t i = 0; i < l->n_children; i++) TFP_TRY(bind_names(s, outer, l->children[i]));
    for (size_t i = 0; l->model && i < l->model->n_layers; i++) TFP_TRY(bind_names(s, l->name, l->model->layers[i]));
    return TFP_OK;
}

/* ------------------------------------------------------------------------------------------------------------------ */

tfp_status keras_weights_bind_checkpoint(struct keras_source *s)
{
    static const char key[] = "_CHECKPOINTABLE_OBJECT_GRAPH";
    struct objects o = { .s = s };
    struct tensor t;
    const struct weights_entry *e = weights_find(s->weights, key, sizeof key - 1);
    if (!e) return bind_names(s, "", s->root);
    TFP_TRY(weights_read(s->ctx, s->weights, e, NULL, &t));
    tfp_status status = tfp_fail(s->ctx, TFP_E_FORMAT, "the checkpoint's object graph is no string");
    if (t.dtype == TFP_STRING && t.count == 1) {
        const struct tfp_string *text = t.data;
        char *copy = arena_copy(&s->arena, text->at, text->n);
        status = copy ? protobuf_decode(s->ctx, &s->arena, &tfpb_trackable_object_graph_type,
                                        (struct bytes){ copy, text->n }, &o.graph) : tfp_no_memory(s->ctx);
    }
    tensor_release(&t);
    TFP_TRY(status);
    return bind_object(&o, s->root, model_object(&o));
}
