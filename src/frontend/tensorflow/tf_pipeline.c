/* Graphs that were saved while training take their examples from a queue or a tf.data iterator. The pipeline is cut away:
 * what a node takes from it becomes a placeholder, which is an input when the outputs need it. */
#include "frontend/tensorflow/tf_attr.h"

/* Ops that take from a pipeline; `batched`: a queue's elements get a first dimension. */
static const struct {
    const char *op, *shapes;
    bool queue, batched;
} takers[] = {
    { "IteratorGetNext", "output_shapes", false, false }, { "IteratorGetNextSync", "output_shapes", false, false },
    { "QueueDequeue", "shapes", true, false },            { "QueueDequeueV2", "shapes", true, false },
    { "QueueDequeueMany", "shapes", true, true },         { "QueueDequeueManyV2", "shapes", true, true },
    { "QueueDequeueUpTo", "shapes", true, true },         { "QueueDequeueUpToV2", "shapes", true, true },
};

/* The shape of what port `port` gives; *out without one: it is not told. */
static tfp_status shape_of(struct tfp_context *ctx, struct tf_graph *g, const struct tf_node *n, size_t taker,
                           uint32_t port, const struct tfpb_shape **out)
{
    const struct tf_node *from = takers[taker].queue && n->n_in ? n->in[0].node : n;
    const char *name = takers[taker].shapes;
    const struct tfpb_attr_value *v = tf_attr_find(from, name, strlen(name));
    *out = NULL;
    if (!v || v->which != TFPB_ATTR_LIST || !v->list || port >= v->list->shape.n) return TFP_OK;
    const struct tfpb_shape *shape = *out = &v->list->shape.at[port];
    if (!takers[taker].batched || shape->unknown_rank) return TFP_OK;
    struct tfpb_shape *whole = ARENA_NEW(&g->arena, struct tfpb_shape);
    struct tfpb_dim *dims = ARENA_ARRAY(&g->arena, struct tfpb_dim, shape->dim.n + 1);
    if (!whole || !dims) return tfp_no_memory(ctx);
    dims[0].size = -1;
    for (size_t i = 0; i < shape->dim.n; i++) dims[i + 1] = shape->dim.at[i];
    *whole = (struct tfpb_shape){ .dim = { dims, shape->dim.n + 1 } };
    *out = whole;
    return TFP_OK;
}

static struct bytes word(const char *text)
{
    return (struct bytes){ text, strlen(text) };
}

/* Called "NODE:PORT", as no node of a file can be. */
static tfp_status cut_port(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *n, size_t taker, uint32_t port)
{
    const struct tfpb_shape *shape;
    TFP_TRY(shape_of(ctx, g, n, taker, port, &shape));
    struct tfpb_attr *attrs = ARENA_ARRAY(&g->arena, struct tfpb_attr, 2);
    struct tf_cut *c = ARENA_NEW(&g->arena, struct tf_cut);
    const char *name = arena_printf(&g->arena, "%s:%u", n->name, port);
    bool taken;
    if (!attrs || !c || !name) return tfp_no_memory(ctx);
    attrs[0] = (struct tfpb_attr){ word("dtype"), { .which = TFPB_ATTR_TYPE, .type = tf_attr_output_type(n, port) } };
    attrs[1] = (struct tfpb_attr){ word("shape"), { .which = TFPB_ATTR_SHAPE, .shape = shape } };
    struct tf_node *node = tf_graph_add(g, name, strlen(name), word("Placeholder"),
                                        (struct tfpb_attrs){ attrs, shape ? 2 : 1 }, true, &taken);
    if (!node) return tfp_no_memory(ctx);
    *c = (struct tf_cut){ .port = port, .node = node, .next = n->cuts };
    n->cuts = c;
    return TFP_OK;
}

static bool is_cut(const struct tf_node *n, uint32_t port)
{
    for (const struct tf_cut *c = n->cuts; c; c = c->next)
        if (c->port == port) return true;
    return false;
}

tfp_status tf_pipeline_cut(struct tfp_context *ctx, struct tf_graph *g)
{
    for (size_t i = 0; i < g->n_file_nodes; i++) {
        struct tf_node *n = g->nodes[i];
        size_t k = 0;
        while (k < sizeof takers / sizeof takers[0] && strcmp(n->op, takers[k].op) != 0) k++;
        if (k == sizeof takers / sizeof takers[0]) continue;
        for (uint32_t port = 0; port < n->used_ports && tf_attr_output_type(n, port) != TFPB_DT_INVALID; port++)
            if (!is_cut(n, port)) TFP_TRY(cut_port(ctx, g, n, k, port));
    }
    return TFP_OK;
}
