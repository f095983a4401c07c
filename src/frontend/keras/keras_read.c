/* Configuration -> model. Three ways to write a functional graph: Keras 1 and 2 list [layer, node, tensor, arguments]
 * for each call, newer ones of Keras 2 also without the outer list, Keras 3 writes the arguments with references in
 * them. All become arguments with references. See docs/formats/keras-config.md. */
#include "frontend/keras/keras.h"

#include <stdlib.h>

enum { MOST_LAYERS = 200000, DEEPEST = 64 };

static struct keras_layer *fail(struct keras_source *s, tfp_status status)
{
    if (s->status == TFP_OK) s->status = status;
    return NULL;
}

static void *no_memory(struct keras_source *s)
{
    return fail(s, tfp_no_memory(s->ctx));
}

#define MALFORMED(s, ...) fail((s), tfp_fail((s)->ctx, TFP_E_FORMAT, __VA_ARGS__))

/* -- types and shapes ---------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    tfp_dtype dtype;
} types[] = {
    { "float32", TFP_FLOAT },  { "float16", TFP_FLOAT16 },        { "bfloat16", TFP_BFLOAT16 },
    { "float64", TFP_DOUBLE }, { "mixed_float16", TFP_FLOAT16 },  { "mixed_bfloat16", TFP_BFLOAT16 },
    { "int8", TFP_INT8 },      { "int16", TFP_INT16 },            { "int32", TFP_INT32 },
    { "int64", TFP_INT64 },    { "uint8", TFP_UINT8 },            { "uint16", TFP_UINT16 },
    { "uint32", TFP_UINT32 },  { "uint64", TFP_UINT64 },          { "bool", TFP_BOOL },
    { "string", TFP_STRING },  { "_infer", TFP_FLOAT },           { "infer", TFP_FLOAT },
};

tfp_dtype keras_dtype(const char *name)
{
    for (size_t i = 0; name && i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i].name, name) == 0) return types[i].dtype;
    return TFP_UNDEFINED;
}

/* A name, or a policy: {"class_name": "Policy", "config": {"name": "mixed_float16"}}. A quantized one is named
 * "int8_from_mixed_float16". */
static void read_dtype(struct keras_layer *l)
{
    const json_t *j = keras_get(l->config, "dtype");
    const char *name = json_is_string(j) ? json_string_value(j) : NULL, *from;
    if (json_is_object(j)) {
        const json_t *config = keras_get(j, "config");
        name = keras_text(config, "name");
        const char *source = keras_text(config, "source_name");
        if ((l->quantization = keras_text(config, "mode")) && source) name = source;
    }
    if (name && (from = strstr(name, "_from_"))) name = from + 6;
    l->dtype = name ? keras_dtype(name) : TFP_FLOAT;
    if (l->dtype == TFP_UNDEFINED) l->fault = "dtype";
}

int32_t keras_shape(const json_t *j, int64_t *dims)
{
    size_t n = json_array_size(j);
    if (!json_is_array(j) || n > TFP_MAX_RANK) return -1;
    for (size_t i = 0; i < n; i++) {
        const json_t *d = json_array_get(j, i);
        dims[i] = -1;
        if (!json_is_null(d) && (!keras_integer(d, &dims[i]) || dims[i] < 0)) return -1;
    }
    return (int32_t)n;
}

/* -- references ---------------------------------------------------------------------------------------------------- */

/* {"class_name": "__keras_tensor__", "config": {"keras_history": [layer, node, tensor]}} */
static const json_t *history(const json_t *j)
{
    const char *class_name = json_is_object(j) ? keras_text(j, "class_name") : NULL;
    if (!class_name || strcmp(class_name, "__keras_tensor__") != 0) return NULL;
    return keras_get(keras_get(j, "config"), "keras_history");
}

bool keras_reference(const json_t *j, struct keras_reference *out)
{
    const json_t *list = history(j);
    if (!list) list = j;
    size_t n = json_array_size(list);
    if (!json_is_array(list) || (n != 3 && n != 4) || !json_is_string(json_array_get(list, 0))) return false;
    *out = (struct keras_reference){ .layer = json_string_value(json_array_get(list, 0)) };
    if (strcmp(out->layer, "_CONSTANT_VALUE") == 0) {
        out->constant = json_array_get(list, 2);
        return true;
    }
    const json_t *node = json_array_get(list, 1), *tensor = json_array_get(list, 2);
    if (!json_is_integer(node) || !json_is_integer(tensor)) return false;
    out->node = json_integer_value(node);
    out->tensor = json_integer_value(tensor);
    return out->node >= 0 && out->tensor >= 0;
}

/* -- nodes --------------------------------------------------------------------------------------------------------- */

/* Calls are kept as new JSON that belongs to the configuration, under a key that no file has. */
bool keras_keep(struct keras_source *s, json_t *j)
{
    json_t *made = json_object_get(s->json, "\x01made");
    if (!made && (made = json_array()) && json_object_set_new_nocheck(s->json, "\x01made", made) != 0) return false;
    return made && json_array_append_new(made, j) == 0; /* which accepts NULL as a failure */
}

/* Keras 1 and 2: the tensors are the first argument, the fourth element of one holds the others. */
static void read_listed_node(struct keras_layer *l, struct keras_source *s, const json_t *j, struct keras_node *node)
{
    struct keras_reference r;
    bool single = keras_reference(j, &r);
    const json_t *first = j, *kwargs = NULL;
    if (!single && json_is_array(j) && json_array_size(j) == 1 && keras_reference(json_array_get(j, 0), &r)) {
        first = json_array_get(j, 0);
        single = true;
    }
    const json_t *holder = single ? first : json_array_get(j, 0);
    if (json_is_array(holder) && json_array_size(holder) == 4) kwargs = json_array_get(holder, 3);
    json_t *args = json_array();
    if (!args || json_array_append(args, (json_t *)(uintptr_t)first) != 0 || !keras_keep(s, args)) {
        no_memory(s);
        return;
    }
    node->args = args;
    node->kwargs = json_is_object(kwargs) ? kwargs : NULL;
    if (!json_is_array(j) && !json_is_object(j)) MALFORMED(s, "layer %s: a damaged inbound node", l->name);
}

static void read_node(struct keras_layer *l, struct keras_source *s, const json_t *j, struct keras_node *node)
{
    if (json_is_object(j) && json_is_array(json_object_get(j, "args"))) {
        node->args = json_object_get(j, "args");
        node->kwargs = keras_get(j, "kwargs");
        if (node->kwargs && !json_is_object(node->kwargs)) MALFORMED(s, "layer %s: a damaged inbound node", l->name);
        return;
    }
    read_listed_node(l, s, j, node);
}

/* A node of several references looks like a list of nodes of one: [["x", 0, 0, {}]] may be either, and means the same. */
static void read_nodes(struct keras_layer *l, struct keras_source *s, const json_t *nodes)
{
    if (nodes && !json_is_array(nodes)) {
        MALFORMED(s, "layer %s: its inbound nodes are no list", l->name);
        return;
    }
    l->n_nodes = json_array_size(nodes);
    if (!(l->nodes = ARENA_ARRAY(&s->arena, struct keras_node, l->n_nodes))) {
        no_memory(s);
        return;
    }
    for (size_t i = 0; i < l->n_nodes && s->status == TFP_OK; i++)
        read_node(l, s, json_array_get(nodes, i), &l->nodes[i]);
}

/* -- layers -------------------------------------------------------------------------------------------------------- */

static struct keras_layer *read_layer(struct keras_source *s, struct keras_layer *parent, const char *attribute,
                                      const json_t *j, unsigned depth);

static const char *class_name_of(const json_t *j)
{
    const char *name = keras_text(j, "class_name");
    const char *last = name ? strrchr(name, '>') : NULL; /* "Package>Class" */
    return last && last[1] ? last + 1 : name;
}

static bool is_model(const char *class_name)
{
    return strcmp(class_name, "Functional") == 0 || strcmp(class_name, "Model") == 0 ||
           strcmp(class_name, "Sequential") == 0;
}

/* -- models -------------------------------------------------------------------------------------------------------- */

static bool add_layer(struct keras_source *s, struct keras_model *m, struct keras_layer *l)
{
    void **at = map_at(&m->by_name, l->name, strlen(l->name));
    if (!at) return no_memory(s), false;
    if (*at) return MALFORMED(s, "two layers are called %s", l->name), false;
    *at = l;
    l->index = m->n_layers;
    m->layers[m->n_layers++] = l;
    return true;
}

static const json_t *layers_of(const json_t *config)
{
    return json_is_array(config) ? config : keras_get(config, "layers");
}

struct keras_layer *keras_layer_find(const struct keras_model *m, const char *name)
{
    void **at = map_find(&m->by_name, name, strlen(name));
    return at ? *at : NULL;
}

struct keras_weight *keras_weight_find(const struct keras_layer *l, const char *name)
{
    for (size_t i = 0; i < l->n_weights; i++)
        if (strcmp(l->weights[i].name, name) == 0) return &l->weights[i];
    return NULL;
}

const char *keras_unique_name(struct arena *a, struct map *taken, const char *wanted)
{
    const char *name = wanted;
    for (size_t k = 1; name && map_find(taken, name, strlen(name)); k++) name = arena_printf(a, "%s_%zu", wanted, k);
    void **at = name ? map_at(taken, name, strlen(name)) : NULL;
    if (at) *at = taken;
    return at ? name : NULL;
}

struct ends {
    struct keras_end *at;
    size_t n, room;
};

static bool add_end(struct keras_source *s, struct ends *e, struct keras_end end)
{
    if (!ARENA_GROW(&s->arena, e->at, e->n, &e->room)) return no_memory(s), false;
    e->at[e->n++] = end;
    return true;
}

/* One reference, or lists and dictionaries of them in any depth. */
static void read_ends(struct keras_source *s, struct keras_model *m, const json_t *j, struct ends *out, unsigned depth)
{
    struct keras_reference r;
    struct keras_layer *l = NULL;
    const char *key;
    json_t *value;
    size_t i;
    if (s->status != TFP_OK || depth > DEEPEST) return;
    if (keras_reference(j, &r)) {
        if (r.constant || !(l = keras_layer_find(m, r.layer))) MALFORMED(s,
                                                             "an input or output of the model is no tensor of its layers");
        else add_end(s, out, (struct keras_end){ l, (size_t)r.node, (size_t)r.tensor });
    } else if (json_is_array(j)) {
        json_array_foreach((json_t *)(uintptr_t)j, i, value) read_ends(s, m, value, out, depth + 1);
    } else if (json_is_object(j)) {
        json_object_foreach((json_t *)(uintptr_t)j, key, value) read_ends(s, m, value, out, depth + 1);
    } else if (j) {
        MALFORMED(s, "an input or output of the model is no tensor of its layers");
    }
}

/* Layers of a functional model are numbered from 0 by their calls, models used as layers from 1 where they have been
 * called before, by their own inputs. The last call of each leads to the outputs, so the highest number tells. */
static void note_reference(const struct keras_model *m, const json_t *j, unsigned depth)
{
    struct keras_reference r;
    size_t i;
    const char *key;
    json_t *value;
    if (depth > DEEPEST) return;
    if (keras_reference(j, &r)) {
        struct keras_layer *l = r.constant ? NULL : keras_layer_find(m, r.layer);
        if (l && l->n_nodes && (size_t)r.node >= l->n_nodes) l->first_node = 1;
        if (json_array_size(j) == 4) note_reference(m, json_array_get(j, 3), depth + 1);
    } else if (json_is_array(j)) {
        json_array_foreach((json_t *)(uintptr_t)j, i, value) note_reference(m, value, depth + 1);
    } else if (json_is_object(j)) {
        json_object_foreach((json_t *)(uintptr_t)j, key, value) note_reference(m, value, depth + 1);
    }
}

static void number_nodes(struct keras_model *m)
{
    for (size_t i = 0; i < m->n_layers; i++) {
        const struct keras_layer *l = m->layers[i];
        for (size_t k = 0; k < l->n_nodes; k++) {
            note_reference(m, l->nodes[k].args, 0);
            note_reference(m, l->nodes[k].kwargs, 0);
        }
    }
    for (size_t i = 0; i < m->n_outputs; i++) {
        struct keras_layer *l = m->outputs[i].layer;
        if (l->n_nodes && m->outputs[i].node >= l->n_nodes) l->first_node = 1;
    }
}

static void read_model(struct keras_source *s, struct keras_layer *l, const json_t *config, unsigned depth)
{
    const json_t *layers = layers_of(config), *inputs = keras_get(config, "input_layers");
    struct keras_model *m = ARENA_NEW(&s->arena, struct keras_model);
    if (!json_is_array(layers)) {
        MALFORMED(s, "model %s: its configuration has no layers", l->name);
        return;
    }
    if (!m || !(m->layers = ARENA_ARRAY(&s->arena, struct keras_layer *, json_array_size(layers)))) {
        no_memory(s);
        return;
    }
    map_init(&m->by_name, &s->arena);
    l->model = m;
    m->sequential = !inputs && !keras_get(config, "output_layers");
    for (size_t i = 0; i < json_array_size(layers) && s->status == TFP_OK; i++) {
        struct keras_layer *inner = read_layer(s, l, NULL, json_array_get(layers, i), depth + 1);
        if (inner) add_layer(s, m, inner);
    }
    if (m->sequential || s->status != TFP_OK) return;
    struct ends in = { .n = 0 }, out = { .n = 0 };
    read_ends(s, m, inputs, &in, 0);
    read_ends(s, m, keras_get(config, "output_layers"), &out, 0);
    m->inputs = in.at;
    m->n_inputs = in.n;
    m->outputs = out.at;
    m->n_outputs = out.n;
    if (s->status == TFP_OK && !m->n_outputs) MALFORMED(s, "model %s has no outputs", l->name);
    if (s->status == TFP_OK) number_nodes(m);
}

/* -- one layer ----------------------------------------------------------------------------------------------------- */

static struct keras_layer *new_layer(struct keras_source *s, struct keras_layer *parent, const char *attribute,
                                     const char *class_name, const json_t *config)
{
    struct keras_layer *l = ARENA_NEW(&s->arena, struct keras_layer);
    if (!l) return no_memory(s);
    if (++s->n_layers > MOST_LAYERS) return MALFORMED(s, "more than %d layers", (int)MOST_LAYERS);
    *l = (struct keras_layer){ .class = keras_class_find(class_name), .class_name = class_name, .attribute = attribute,
                               .parent = parent, .config = config, .source = s };
    l->name = keras_text(config, "name");
    if (!l->name) l->name = attribute ? attribute : class_name;
    l->trainable = config_bool(l, "trainable", true) && (!parent || parent->trainable);
    read_dtype(l);
    return l;
}

static void declare(struct keras_layer *l)
{
    if (!l->class || !l->class->declare) return;
    l->class->declare(l);
    if (l->source->generation == 1) keras_legacy_weights(l);
}

/* An operation of Keras 3 is called ops.NAME: ops.Add is not the layer Add. Its module tells it, and in HDF5 and TensorFlow.js, where
 * modules are left out, that it has neither a type nor weights. NULL: memory is out. */
static const char *called(struct keras_source *s, const json_t *j, const char *class_name)
{
    const char *module = keras_text(j, "module");
    const json_t *config = keras_get(j, "config");
    const bool told = module && strstr(module, "keras") && strstr(module, ".ops");
    if (!told && (module || s->generation < 3 || keras_get(config, "dtype") || keras_get(config, "trainable"))) return class_name;
    const char *name = arena_printf(&s->arena, "ops.%s", class_name);
    return !name || told || keras_class_find(name) ? name : class_name;
}

static struct keras_layer *read_layer(struct keras_source *s, struct keras_layer *parent, const char *attribute,
                                      const json_t *j, unsigned depth)
{
    const char *class_name = json_is_object(j) ? class_name_of(j) : NULL;
    const json_t *config = keras_get(j, "config");
    if (s->status != TFP_OK) return NULL;
    if (!class_name || !(json_is_object(config) || json_is_array(config)))
        return MALFORMED(s, "%s%sa layer without a class or a configuration", parent ? parent->name : "",
                         parent ? ": " : "");
    if (depth > DEEPEST) return MALFORMED(s, "models are nested more than %d deep", (int)DEEPEST);
    bool old = s->generation == 1 && json_is_object(config) && !is_model(class_name);
    if (old && !(config = keras_legacy_config(s, &class_name, config))) return NULL;
    if (!(class_name = called(s, j, class_name))) return no_memory(s);
    struct keras_layer *l = new_layer(s, parent, attribute, class_name, config);
    if (!l) return NULL;
    const char *name = keras_text(j, "name");
    if (name) l->name = name; /* of an operation of Keras 3 it may not stand in the configuration */
    const json_t *build = keras_get(j, "build_config");
    l->build_shape = keras_get(build, "input_shape");
    if (is_model(class_name) && (json_is_array(config) || keras_get(config, "layers"))) read_model(s, l, config, depth);
    else declare(l);
    read_nodes(l, s, keras_get(j, "inbound_nodes"));
    return s->status == TFP_OK ? l : NULL;
}

tfp_status keras_read_model(struct keras_source *s, const json_t *json)
{
    const char *class_name = json_is_object(json) ? class_name_of(json) : NULL;
    if (!class_name) return MALFORMED(s, "the configuration names no class"), s->status;
    s->root = read_layer(s, NULL, NULL, json, 0);
    if (s->status != TFP_OK) return s->status;
    if (!s->root->model) {
        return s->status = tfp_fail(s->ctx, TFP_E_UNSUPPORTED,
                                    "model %s (%s): a class of its own, whose configuration has no layers; save it as a "
                                    "SavedModel and convert that", s->root->name, class_name);
    }
    return s->status;
}

/* -- for `declare` ------------------------------------------------------------------------------------------------- */

static struct keras_source *source_of(const struct keras_layer *l)
{
    return (struct keras_source *)(uintptr_t)l->source; /* while it is being read */
}

void keras_weight_add(struct keras_layer *l, const char *name, bool trainable, int32_t rank, const int64_t *dims)
{
    struct keras_source *s = source_of(l);
    struct keras_weight *more = ARENA_ARRAY(&s->arena, struct keras_weight, l->n_weights + 1);
    if (!more) {
        no_memory(s);
        return;
    }
    if (l->n_weights) memcpy(more, l->weights, l->n_weights * sizeof *more);
    struct keras_weight *w = &more[l->n_weights++];
    *w = (struct keras_weight){ .name = name, .trainable = trainable, .rank = rank };
    for (int32_t i = 0; i < rank; i++) w->dims[i] = dims[i];
    l->weights = more;
}

static struct keras_layer *add_child(struct keras_layer *l, struct keras_layer *child)
{
    struct keras_source *s = source_of(l);
    struct keras_layer **more = ARENA_ARRAY(&s->arena, struct keras_layer *, l->n_children + 1);
    if (!child) return NULL;
    if (!more) return no_memory(s);
    if (l->n_children) memcpy(more, l->children, l->n_children * sizeof *more);
    child->index = l->n_children;
    more[l->n_children++] = child;
    l->children = more;
    return child;
}

static unsigned depth_of(const struct keras_layer *l)
{
    unsigned depth = 0;
    for (; l; l = l->parent) depth++;
    return depth;
}

struct keras_layer *keras_child_add(struct keras_layer *l, const char *attribute, const json_t *serialized)
{
    struct keras_source *s = source_of(l);
    if (!serialized) return MALFORMED(s, "layer %s (%s): its configuration has no %s", l->name, l->class_name, attribute);
    return add_child(l, read_layer(s, l, attribute, serialized, depth_of(l)));
}

struct keras_layer *keras_child_make(struct keras_layer *l, const char *attribute, const char *class_name,
                                     const json_t *config)
{
    struct keras_source *s = source_of(l);
    struct keras_layer *child = new_layer(s, l, attribute, class_name, config);
    if (!child) return NULL;
    child->dtype = l->dtype;
    child->quantization = l->quantization;
    declare(child);
    return add_child(l, child);
}

struct keras_layer *keras_child(const struct keras_layer *l, const char *attribute)
{
    for (size_t i = 0; i < l->n_children; i++)
        if (l->children[i]->attribute && strcmp(l->children[i]->attribute, attribute) == 0) return l->children[i];
    return NULL;
}
