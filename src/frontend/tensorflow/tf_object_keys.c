/* Which array of a checkpoint holds the value of an object of a SavedModel, by the object graphs of both, and which variables
 * of the graph these objects are. See docs/formats/object-graph.md. */
#include "frontend/tensorflow/tf_object_graph.h"
#include "frontend/tensorflow/tf_attr.h"

/* -- keys of objects ----------------------------------------------------------------------------------------------- */

static tfp_status read_checkpoint_graph(struct tfp_context *ctx, struct tf_object_keys *k)
{
    static const char key[] = "_CHECKPOINTABLE_OBJECT_GRAPH";
    struct weights *w = k->weights;
    const struct weights_entry *e = w ? weights_find(w, key, strlen(key)) : NULL;
    struct tfpb_trackable_object_graph *graph = ARENA_NEW(k->arena, struct tfpb_trackable_object_graph);
    struct tensor t = { .dtype = TFP_UNDEFINED };
    if (!graph) return tfp_no_memory(ctx);
    if (!e) return TFP_OK;
    TFP_TRY(weights_read(ctx, w, e, NULL, &t));
    const struct tfp_string *text = t.data;
    const char *copy = t.dtype == TFP_STRING && t.count == 1 ? arena_copy(k->arena, text->at, text->n) : NULL;
    struct bytes bytes = { copy, copy ? text->n : 0 };
    bool fine = t.dtype == TFP_STRING && t.count == 1;
    tensor_release(&t);
    if (!fine) return tfp_fail(ctx, TFP_E_FORMAT, "%s: %s is no object graph", w->path, key);
    if (!copy) return tfp_no_memory(ctx);
    tfp_status status = protobuf_decode(ctx, k->arena, &tfpb_trackable_object_graph_type, bytes, graph);
    if (status != TFP_OK) return tfp_prefix(ctx, status, "%s: %s", w->path, key);
    k->saved = graph;
    return TFP_OK;
}

static const char *edge(struct tf_object_keys *k, size_t from, struct bytes name)
{
    return arena_printf(k->arena, "%zu/%.*s", from, (int)(name.n & INT32_MAX), name.n ? name.at : "");
}

/* Edges of the checkpoint's graph: "7/kernel" -> 1 + the object it leads to. */
static tfp_status index_edges(struct tfp_context *ctx, struct tf_object_keys *k, struct map *edges)
{
    map_init(edges, k->arena);
    for (size_t i = 0; i < k->saved->nodes.n; i++) {
        struct tfpb_object_references list = k->saved->nodes.at[i].children;
        for (size_t j = 0; j < list.n; j++) {
            const char *text = edge(k, i, list.at[j].local_name);
            void **at = text ? map_at(edges, text, strlen(text)) : NULL;
            if (!at) return tfp_no_memory(ctx);
            if (list.at[j].node_id >= 0 && (size_t)list.at[j].node_id < k->saved->nodes.n)
                *at = (void *)((uintptr_t)list.at[j].node_id + 1);
        }
    }
    return TFP_OK;
}

/* The two graphs number their objects each in its own way: equal ways from the root lead to the same object. */
static tfp_status find_twins(struct tfp_context *ctx, struct tf_object_keys *k)
{
    struct map edges;
    struct tfpb_saved_objects nodes = k->nodes;
    size_t head = 0, tail = 0, *queue = ARENA_ARRAY(k->arena, size_t, nodes.n);
    int32_t *twins = ARENA_ARRAY(k->arena, int32_t, nodes.n);
    TFP_TRY(read_checkpoint_graph(ctx, k));
    if (!queue || !twins) return tfp_no_memory(ctx);
    for (size_t i = 0; i < nodes.n; i++) twins[i] = -1;
    k->twins = twins;
    if (!k->saved || !k->saved->nodes.n || !nodes.n) return TFP_OK;
    TFP_TRY(index_edges(ctx, k, &edges));
    queue[tail++] = 0;
    twins[0] = 0;
    while (head < tail) {
        size_t from = queue[head++];
        for (size_t j = 0; j < nodes.at[from].children.n; j++) {
            const struct tfpb_object_reference *child = &nodes.at[from].children.at[j];
            if (child->node_id < 0 || (size_t)child->node_id >= nodes.n || twins[child->node_id] >= 0) continue;
            const char *text = edge(k, (size_t)twins[from], child->local_name);
            if (!text) return tfp_no_memory(ctx);
            void **at = map_find(&edges, text, strlen(text));
            if (!at || !*at) continue;
            twins[child->node_id] = (int32_t)((uintptr_t)*at - 1);
            queue[tail++] = (size_t)child->node_id;
        }
    }
    return TFP_OK;
}

tfp_status tf_object_keys_of(struct tfp_context *ctx, struct tf_object_keys *k, size_t object, struct bytes *out)
{
    struct tfpb_object_attributes list = { NULL, 0 };
    *out = (struct bytes){ NULL, 0 };
    if (!k->twins) TFP_TRY(find_twins(ctx, k));
    if (k->saved && k->twins[object] >= 0) list = k->saved->nodes.at[k->twins[object]].attributes;
    for (size_t i = 0; i < list.n && !out->n; i++)
        if (bytes_equal(list.at[i].name, "VARIABLE_VALUE")) *out = list.at[i].checkpoint_key;
    return TFP_OK;
}

/* -- variables that functions captured ----------------------------------------------------------------------------- */

static tfp_status index_concrete(struct tfp_context *ctx, const struct tfpb_saved_object_graph *graph, struct map *out)
{
    for (size_t i = 0; i < graph->concrete_functions.n; i++) {
        const struct tfpb_concrete_function_entry *e = &graph->concrete_functions.at[i];
        void **at = map_at(out, e->key.n ? e->key.at : "", e->key.n);
        if (!at) return tfp_no_memory(ctx);
        *at = (void *)(uintptr_t)&e->value;
    }
    return TFP_OK;
}

/* The last inputs of a call are what the function captured. */
static tfp_status list_captures(struct tfp_context *ctx, struct tf_object_keys *k, const struct tfpb_node *call,
                                struct pb_int32s bound, struct tf_captured *out, size_t *n)
{
    if (bound.n > call->input.n) return TFP_OK;
    for (size_t i = 0; i < bound.n; i++) {
        const int32_t id = bound.at[i];
        struct bytes key = { NULL, 0 };
        if (id < 0 || (size_t)id >= k->nodes.n || k->nodes.at[id].which != TFPB_OBJECT_VARIABLE) continue;
        TFP_TRY(tf_object_keys_of(ctx, k, (size_t)id, &key));
        if (key.n) out[(*n)++] = (struct tf_captured){ call->input.at[call->input.n - bound.n + i], key };
    }
    return TFP_OK;
}

static const struct tfpb_concrete_function *function_of(const struct map *concrete, const struct tfpb_node *n)
{
    for (size_t i = 0; i < n->attr.n; i++) {
        const struct tfpb_attr *a = &n->attr.at[i];
        if (!bytes_equal(a->key, "f") || a->value.which != TFPB_ATTR_FUNC || !a->value.func->name.n) continue;
        void **at = map_find(concrete, a->value.func->name.at, a->value.func->name.n);
        return at ? *at : NULL;
    }
    return NULL;
}

tfp_status tf_object_keys_captured(struct tfp_context *ctx, struct arena *a, struct weights *weights,
                                   const struct tfpb_meta_graph *meta, struct tf_captured **out, size_t *n)
{
    struct tfpb_saved_object_graph graph = { .nodes = { NULL, 0 } };
    struct map concrete;
    *n = 0;
    if (!meta->object_graph_def.n) return TFP_OK;
    tfp_status status = protobuf_decode(ctx, a, &tfpb_saved_object_graph_type, meta->object_graph_def, &graph);
    if (status != TFP_OK) return tfp_prefix(ctx, status, "object graph");
    struct tf_object_keys k = { .arena = a, .weights = weights, .nodes = graph.nodes };
    struct tfpb_nodes nodes = meta->graph_def->node;
    size_t room = 0;
    map_init(&concrete, a);
    TFP_TRY(index_concrete(ctx, &graph, &concrete));
    for (size_t i = 0; i < nodes.n; i++)
        if (function_of(&concrete, &nodes.at[i])) room += nodes.at[i].input.n;
    if (!(*out = ARENA_ARRAY(a, struct tf_captured, room))) return tfp_no_memory(ctx);
    for (size_t i = 0; i < nodes.n; i++) {
        const struct tfpb_concrete_function *f = function_of(&concrete, &nodes.at[i]);
        if (f) TFP_TRY(list_captures(ctx, &k, &nodes.at[i], f->bound_inputs, *out, n));
    }
    return TFP_OK;
}
