/* Functions of a SavedModel's object graph as signatures. */
#include "frontend/tensorflow/tf_object_graph.h"

#include <stdlib.h>

enum { LONGEST_PATH = 200, LONGEST_KEY = 128 };

/* -- ways from the root -------------------------------------------------------------------------------------------- */

/* Functions of these are no business of a caller: a function's traces, a table's making. */
static bool is_closed(const struct tfpb_saved_object *o)
{
    return o->which == TFPB_OBJECT_FUNCTION || o->which == TFPB_OBJECT_RESOURCE;
}

/* Text without what a name may not hold. */
static char *clean(struct arena *a, struct bytes text, const char *before)
{
    char *out = arena_printf(a, "%s%s%.*s", before, *before ? "." : "", (int)text.n, text.n ? text.at : "");
    for (char *at = out; at && *at; at++)
        if ((unsigned char)*at <= ' ' || *at == 127) *at = '_';
    return out;
}

static tfp_status path_of(struct tfp_context *ctx, struct tf_source *s, const char *parent,
                          const struct tfpb_object_reference *child, const char **out)
{
    struct arena *a = &s->graph->arena;
    bool fine = child->local_name.n && child->local_name.n < LONGEST_KEY &&
                !memchr(child->local_name.at, '\0', child->local_name.n) &&
                strlen(parent) + child->local_name.n < LONGEST_PATH;
    *out = fine ? clean(a, child->local_name, parent) : arena_printf(a, "object_%d", child->node_id);
    return *out ? TFP_OK : tfp_no_memory(ctx);
}

/* Shortest ways first: an object is called after the first that leads to it. */
static tfp_status find_paths(struct tfp_context *ctx, struct tf_source *s)
{
    struct tf_objects *o = s->objects;
    size_t n = o->graph.nodes.n, head = 0, tail = 0;
    size_t *queue = ARENA_ARRAY(&s->graph->arena, size_t, n);
    if (!queue || !(o->paths = ARENA_ARRAY(&s->graph->arena, const char *, n))) return tfp_no_memory(ctx);
    if (n) o->paths[queue[tail++] = 0] = "";
    while (head < tail) {
        size_t parent = queue[head++];
        const struct tfpb_saved_object *from = &o->graph.nodes.at[parent];
        for (size_t i = 0; !is_closed(from) && i < from->children.n; i++) {
            const struct tfpb_object_reference *child = &from->children.at[i];
            if (child->node_id < 0 || (size_t)child->node_id >= n)
                return tfp_fail(ctx, TFP_E_FORMAT, "object %zu has object %d as a child, there are %zu", parent,
                                child->node_id, n);
            if (o->paths[child->node_id]) continue;
            TFP_TRY(path_of(ctx, s, o->paths[parent], child, &o->paths[child->node_id]));
            queue[tail++] = (size_t)child->node_id;
        }
    }
    return TFP_OK;
}

/* -- functions ----------------------------------------------------------------------------------------------------- */

static tfp_status index_functions(struct tfp_context *ctx, struct tf_source *s)
{
    struct tf_objects *o = s->objects;
    const struct tfpb_library *library = s->request.meta->graph_def->library;
    map_init(&o->functions, &s->graph->arena);
    map_init(&o->concrete, &s->graph->arena);
    for (size_t i = 0; library && i < library->function.n; i++) {
        const struct tfpb_function *f = &library->function.at[i];
        if (!f->signature) continue;
        void **at = map_at(&o->functions, f->signature->name.n ? f->signature->name.at : "", f->signature->name.n);
        if (!at) return tfp_no_memory(ctx);
        *at = (void *)(uintptr_t)f;
    }
    for (size_t i = 0; i < o->graph.concrete_functions.n; i++) {
        const struct tfpb_concrete_function_entry *e = &o->graph.concrete_functions.at[i];
        void **at = map_at(&o->concrete, e->key.n ? e->key.at : "", e->key.n);
        if (!at) return tfp_no_memory(ctx);
        *at = (void *)(uintptr_t)&e->value;
    }
    return TFP_OK;
}

bool tf_object_graph_concrete(const struct tf_objects *o, struct bytes name, struct tf_concrete *out)
{
    void **function = map_find(&o->concrete, name.n ? name.at : "", name.n);
    void **definition = map_find(&o->functions, name.n ? name.at : "", name.n);
    if (!function || !definition) return false;
    *out = (struct tf_concrete){ *function, *definition };
    return true;
}

/* -- signatures ---------------------------------------------------------------------------------------------------- */

/* A name that none of the map has yet; the map counts how often each was wanted. */
static const char *free_name(struct arena *a, struct map *taken, const char *wanted)
{
    void **wanted_at = map_at(taken, wanted, strlen(wanted));
    if (!wanted_at) return NULL;
    uintptr_t count = (uintptr_t)*wanted_at;
    *wanted_at = (void *)(count + 1);
    if (!count) return wanted;
    for (;; count++) {
        const char *name = arena_printf(a, "%s_%zu", wanted, (size_t)count);
        void **at = name ? map_at(taken, name, strlen(name)) : NULL;
        if (!at) return NULL;
        if (!*at) return *at = (void *)(uintptr_t)1, name;
    }
}

/* What a tensor is called: by its own word, else by its way in the value, else by its place. */
static const char *leaf_name(struct arena *a, struct map *taken, struct bytes own, const char *path, const char *what,
                             size_t place)
{
    bool fine = own.n && own.n < LONGEST_KEY && !memchr(own.at, '\0', own.n);
    const char *name = fine                ? clean(a, own, "")
                       : path && path[0] ? clean(a, bytes_of(path), "")
                                         : arena_printf(a, "%s_%zu", what, place);
    return name ? free_name(a, taken, name) : NULL;
}

static bool has_shape(const struct tfpb_shape *shape)
{
    int64_t dims[TFP_MAX_RANK];
    return !shape || tfpb_shape_dims(shape, dims) != -2;
}

struct side {
    const char *what;
    struct tfpb_args args; /* the function's own, without those for what it captured */
    const struct tfpb_structured *value;
    const char *(*tensor)(struct tf_source *s, size_t i);
    bool input;
};

static tfp_status read_side(struct tfp_context *ctx, struct tf_source *s, const struct side *side,
                            const struct tf_named_tensor **out, size_t *n, const char **refusal, bool *malformed)
{
    struct arena *a = &s->graph->arena;
    struct tf_leaves leaves;
    struct map taken;
    struct tf_named_tensor *list = ARENA_ARRAY(a, struct tf_named_tensor, side->args.n);
    map_init(&taken, a);
    if (!list || !tf_object_values_flatten(a, side->value, &leaves)) return tfp_no_memory(ctx);
    *out = list;
    for (size_t i = 0; i < leaves.n && !*refusal; i++)
        if (leaves.at[i].composite || !has_shape(leaves.at[i].spec->shape))
            *refusal = leaves.at[i].composite ? "composite tensors among its arguments or results"
                                              : "a tensor of more than 16 dimensions";
    if (!*refusal && leaves.n != side->args.n) {
        *malformed = true;
        *refusal = arena_printf(a, "the object graph tells of %zu %s%s, the function has %zu", leaves.n, side->what,
                                leaves.n == 1 ? "" : "s", side->args.n);
        if (!*refusal) return tfp_no_memory(ctx);
    }
    for (size_t i = 0; i < side->args.n && !*refusal; i++)
        if (side->args.at[i].type == TFPB_DT_INVALID) *refusal = "a tensor whose type the function leaves open";
    for (size_t i = 0; i < side->args.n && !*refusal; i++) {
        const struct tfpb_tensor_spec *spec = leaves.at[i].spec;
        struct bytes own = { NULL, 0 };
        if (side->input) own = spec->name.n ? spec->name : side->args.at[i].name;
        list[i] = (struct tf_named_tensor){
            .name = leaf_name(a, &taken, own, leaves.at[i].name, side->what, i),
            .tensor = side->tensor(s, i),
            .type = side->args.at[i].type,
            .shape = spec->shape,
        };
        if (!list[i].name || !list[i].tensor) return tfp_no_memory(ctx);
        *n = i + 1;
    }
    return TFP_OK;
}

static tfp_status read_function(struct tfp_context *ctx, struct tf_source *s, const struct tf_concrete *c,
                                struct tf_signature *out)
{
    const struct tfpb_op_def *def = c->definition->signature;
    size_t bound = c->function->bound_inputs.n;
    struct side in = { "input", def->input_arg, c->function->canonicalized_input_signature, tf_object_call_input, true };
    struct side result = { "output", def->output_arg, c->function->output_signature, tf_object_call_output, false };
    if (bound > def->input_arg.n) {
        out->malformed = true;
        out->refusal = arena_printf(&s->graph->arena, "it captured %zu objects, its function has %zu arguments", bound,
                                    def->input_arg.n);
        out->inputs = out->outputs = ARENA_NEW(&s->graph->arena, struct tf_named_tensor);
        return out->inputs && out->refusal ? TFP_OK : tfp_no_memory(ctx);
    }
    in.args.n -= bound;
    TFP_TRY(read_side(ctx, s, &in, &out->inputs, &out->n_inputs, &out->refusal, &out->malformed));
    return read_side(ctx, s, &result, &out->outputs, &out->n_outputs, &out->refusal, &out->malformed);
}

/* The list of signatures while it grows. */
struct found {
    struct tf_signature *at;
    size_t n, room;
    struct map seen, names; /* concrete functions; signatures */
};

static tfp_status missing_function(struct tfp_context *ctx, const struct tf_objects *o, const char *path,
                                   struct bytes name)
{
    bool known = map_find(&o->concrete, name.n ? name.at : "", name.n) != NULL;
    return tfp_fail(ctx, TFP_E_FORMAT, "object %s: its function %.*s is not in the %s", path,
                    (int)(name.n < LONGEST_PATH ? name.n : LONGEST_PATH), name.n ? name.at : "",
                    known ? "library" : "object graph's list");
}

static tfp_status add_function(struct tfp_context *ctx, struct tf_source *s, struct found *f, const char *path,
                               unsigned trace, struct bytes name, const struct tfpb_function_spec *spec)
{
    struct arena *a = &s->graph->arena;
    struct tf_concrete *c = ARENA_NEW(a, struct tf_concrete);
    void **at = map_at(&f->seen, name.n ? name.at : "", name.n);
    if (!at || !c) return tfp_no_memory(ctx);
    if (*at) return TFP_OK;
    if (!tf_object_graph_concrete(s->objects, name, c)) return missing_function(ctx, s->objects, path, name);
    if (!c->definition->signature->output_arg.n) return TFP_OK;
    *at = f;
    if (!ARENA_GROW(a, f->at, f->n, &f->room)) return tfp_no_memory(ctx);
    struct tf_signature *x = &f->at[f->n++];
    x->concrete = c;
    x->name = trace ? arena_printf(a, "%s#%u", path, trace + 1) : path;
    if (x->name) x->name = free_name(a, &f->names, x->name);
    x->method = tf_object_values_call(a, name, c->function->canonicalized_input_signature, spec);
    return x->name && x->method ? read_function(ctx, s, c, x) : tfp_no_memory(ctx);
}

static tfp_status add_object(struct tfp_context *ctx, struct tf_source *s, struct found *f, size_t i)
{
    const struct tfpb_saved_object *x = &s->objects->graph.nodes.at[i];
    const char *path = s->objects->paths[i];
    if (!path || !*path) return TFP_OK;
    if (x->which == TFPB_OBJECT_BARE_FUNCTION)
        return add_function(ctx, s, f, path, 0, x->bare_concrete_function->concrete_function_name, NULL);
    if (x->which != TFPB_OBJECT_FUNCTION) return TFP_OK;
    for (size_t k = 0; k < x->function->concrete_functions.n; k++)
        TFP_TRY(add_function(ctx, s, f, path, (unsigned)k, x->function->concrete_functions.at[k],
                             x->function->function_spec));
    return TFP_OK;
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

/* "call", with lines behind it until no node of the graph is called so. */
static const char *free_prefix(struct arena *a, const struct tfpb_graph *def)
{
    const char *prefix = "call";
    for (size_t i = 0; prefix && i < def->node.n; i++) {
        size_t n = strlen(prefix);
        if (def->node.at[i].name.n < n || memcmp(def->node.at[i].name.at, prefix, n) != 0) continue;
        prefix = arena_printf(a, "%s_", prefix);
        i = (size_t)-1; /* from the start */
    }
    return prefix;
}

tfp_status tf_object_graph_read(struct tfp_context *ctx, struct tf_source *s)
{
    struct arena *a = &s->graph->arena;
    const struct tfpb_meta_graph *meta = s->request.meta;
    struct found found = { .n = 0 };
    struct tf_objects *o = s->objects = ARENA_NEW(a, struct tf_objects);
    if (!o) return tfp_no_memory(ctx);
    tfp_status status = protobuf_decode(ctx, a, &tfpb_saved_object_graph_type, meta->object_graph_def, &o->graph);
    if (status != TFP_OK) return tfp_prefix(ctx, status, "object graph");
    if (!(o->prefix = free_prefix(a, meta->graph_def))) return tfp_no_memory(ctx);
    TFP_TRY(index_functions(ctx, s));
    TFP_TRY(find_paths(ctx, s));
    map_init(&found.seen, a);
    map_init(&found.names, a);
    for (size_t i = 0; i < o->graph.nodes.n; i++) TFP_TRY(add_object(ctx, s, &found, i));
    return tf_signature_set(ctx, s, found.at, found.n);
}
