/* GraphDef files, binary and text (tensorflow/core/framework/graph.proto): told by content, read, lowered. */
#include "frontend/frontend.h"
#include "frontend/tensorflow/lower.h"
#include "frontend/tensorflow/tf_attr.h"
#include "frontend/tensorflow/tf_tensor.h"

#include <stdlib.h>

enum { HEAD = 64 * 1024 };

extern const struct frontend tensorflow_graph_def;

struct graph_def {
    struct source source;
    const char *path;
    struct tf_graph *graph;
};

static struct bytes head_of(const struct probe *p)
{
    return (struct bytes){ p->head.at, p->head.n < HEAD ? p->head.n : HEAD };
}

static int text_score(const struct probe *p)
{
    return protobuf_text_score(&tfpb_graph_type, head_of(p));
}

static int score(const struct probe *p)
{
    if (p->folder || !p->head.n) return 0;
    int binary = protobuf_score(&tfpb_graph_type, head_of(p)), text = text_score(p);
    return binary > text ? binary : text;
}

/* -- what is told of the graph ------------------------------------------------------------------------------------- */

/* GraphDef versions (TF_GRAPH_DEF_VERSION in tensorflow/core/public/version.h) of releases. */
static const struct {
    int32_t version;
    const char *release;
} releases[] = {
    { 27, "1.11 to 1.13" }, { 38, "1.14" }, { 134, "1.15" }, { 175, "2.1" }, { 1645, "2.15" },
};

static const char *producer_text(struct tf_graph *g)
{
    if (g->producer <= 0) return "";
    for (size_t i = 0; i < sizeof releases / sizeof releases[0]; i++)
        if (releases[i].version == g->producer)
            return arena_printf(&g->arena, "GraphDef version %d (TensorFlow %s)", g->producer, releases[i].release);
    return arena_printf(&g->arena, "GraphDef version %d", g->producer);
}

static bool describe(struct arena *a, const char *name, int32_t type, int32_t rank, const int64_t *dims,
                     struct tfp_tensor_info *out)
{
    int64_t *own = ARENA_ARRAY(a, int64_t, rank > 0 ? (size_t)rank : 0);
    const char **labels = ARENA_ARRAY(a, const char *, rank > 0 ? (size_t)rank : 0);
    *out = (struct tfp_tensor_info){
        .name = name, .dtype = tf_attr_dtype(type), .rank = rank, .dims = own, .labels = labels
    };
    for (int32_t i = 0; own && labels && i < rank; i++) {
        own[i] = dims[i];
        labels[i] = dims[i] < 0 ? arena_printf(a, "%s_d%d", name, i) : NULL;
        if (dims[i] < 0 && !labels[i]) return false;
    }
    return own && labels;
}

static tfp_status describe_interface(struct tfp_context *ctx, struct tf_graph *g, struct source *s)
{
    struct tfp_tensor_info *in = ARENA_ARRAY(&g->arena, struct tfp_tensor_info, g->n_inputs);
    struct tfp_tensor_info *out = ARENA_ARRAY(&g->arena, struct tfp_tensor_info, g->n_outputs);
    bool fine = in && out;
    for (size_t i = 0; fine && i < g->n_inputs; i++) {
        const struct tf_graph_input *x = &g->inputs[i];
        fine = describe(&g->arena, x->name, x->type, x->rank, x->dims, &in[i]);
    }
    for (size_t i = 0; fine && i < g->n_outputs; i++) {
        int64_t dims[TFP_MAX_RANK];
        struct tf_input t = g->outputs[i].tensor;
        int32_t rank = t.node->is_input ? -1 : tf_attr_output_shape(t.node, t.port, dims);
        int32_t type = tf_attr_output_type(t.node, t.port);
        fine = describe(&g->arena, g->outputs[i].name, type, rank, dims, &out[i]);
    }
    s->inputs = in;
    s->n_inputs = g->n_inputs;
    s->outputs = out;
    s->n_outputs = g->n_outputs;
    return fine ? TFP_OK : tfp_no_memory(ctx);
}

static int by_op(const void *a, const void *b)
{
    return strcmp(((const struct source_op *)a)->op, ((const struct source_op *)b)->op);
}

/* Ops and weights of what the outputs need; inputs of the model are no ops. */
static tfp_status count(struct tfp_context *ctx, struct tf_graph *g, struct source *s)
{
    struct map seen;
    map_init(&seen, &g->arena);
    if (!(s->ops = ARENA_ARRAY(&g->arena, struct source_op, g->n_order))) return tfp_no_memory(ctx);
    for (size_t i = 0; i < g->n_order; i++) {
        const struct tf_node *n = g->order[i];
        uint64_t elements, bytes;
        if (n->is_input) continue;
        void **at = map_at(&seen, n->op, strlen(n->op));
        if (!at) return tfp_no_memory(ctx);
        struct source_op *op = *at;
        if (!op) {
            op = *at = &s->ops[s->n_ops++];
            *op = (struct source_op){ .op = n->op, .supported = rule_find(n->op) != NULL };
        }
        op->count++;
        const struct tfpb_attr_value *v =
            strcmp(n->op, "Const") == 0 ? tf_attr_find(n, "value", strlen("value")) : NULL;
        if (!v || v->which != TFPB_ATTR_TENSOR || !v->tensor || !tf_tensor_size(v->tensor, &elements, &bytes)) continue;
        s->weight_elements += elements;
        s->weight_bytes += bytes;
    }
    qsort(s->ops, s->n_ops, sizeof *s->ops, by_op);
    return TFP_OK;
}

/* -- the frontend's functions -------------------------------------------------------------------------------------- */

static void close_graph(struct source *s)
{
    if (!s) return;
    tf_graph_destroy(((struct graph_def *)s)->graph);
    free(s);
}

static tfp_status read(struct tfp_context *ctx, const struct probe *p, const struct tfp_model_options *options,
                       struct graph_def *d)
{
    TFP_TRY(tf_graph_create(ctx, p->file, &d->graph));
    struct tf_graph *g = d->graph;
    struct tfpb_graph *def = ARENA_NEW(&g->arena, struct tfpb_graph);
    d->path = arena_string(&g->arena, p->path, strlen(p->path));
    if (!def || !d->path) return tfp_no_memory(ctx);
    bool text = text_score(p) > protobuf_score(&tfpb_graph_type, head_of(p));
    d->source.format = text ? "GraphDef (text)" : "GraphDef (binary)";
    tfp_progress(ctx, "read", 0, 0);
    TFP_TRY(text ? protobuf_text_decode(ctx, &g->arena, &tfpb_graph_type, p->head, def)
                 : protobuf_decode(ctx, &g->arena, &tfpb_graph_type, p->head, def));
    TFP_TRY(tf_graph_build(ctx, g, def, options));
    if (!(d->source.producer = producer_text(g))) return tfp_no_memory(ctx);
    TFP_TRY(describe_interface(ctx, g, &d->source));
    return count(ctx, g, &d->source);
}

static tfp_status open_graph(struct tfp_context *ctx, const struct probe *p, const struct tfp_model_options *options,
                             struct source **out)
{
    struct graph_def *d = calloc(1, sizeof *d);
    if (!d) return tfp_no_memory(ctx);
    d->source.frontend = &tensorflow_graph_def;
    tfp_status status = read(ctx, p, options, d);
    if (status == TFP_OK) *out = &d->source;
    else close_graph(&d->source);
    return status == TFP_OK ? status : tfp_prefix(ctx, status, "%s", p->path);
}

static tfp_status lower_source(struct tfp_context *ctx, struct source *s, struct ir_graph **out)
{
    struct graph_def *d = (struct graph_def *)s;
    struct ir_graph *graph;
    tfp_status status = lower_graph(ctx, d->graph, &graph);
    if (status != TFP_OK) return tfp_prefix(ctx, status, "%s", d->path);
    if (!ir_add_metadata(graph, "source_format", s->format) ||
        (s->producer[0] && !ir_add_metadata(graph, "source_producer", s->producer))) {
        ir_destroy(graph);
        return tfp_no_memory(ctx);
    }
    *out = graph;
    return TFP_OK;
}

const struct frontend tensorflow_graph_def = {
    .name = "tensorflow_graph_def",
    .score = score,
    .open = open_graph,
    .lower = lower_source,
    .close = close_graph,
};
