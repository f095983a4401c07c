/* The public view of a graph: nodes and who feeds whom, for pictures. */
#include "api/model.h"
#include "base/text.h"
#include "optimize/optimize.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct tfp_graph {
    struct arena arena;
    struct tfp_node *nodes;
    size_t n;
};

/* "float32[batch,3]" */
static const char *describe(struct tfp_graph *out, const struct ir_graph *g, const struct ir_value *v)
{
    struct text t = { 0 };
    text_add(&t, "%s[%s", tfp_dtype_name(v->dtype), v->rank < 0 ? "..." : "");
    for (int32_t i = 0; i < v->rank; i++) {
        if (dim_fixed(v->dims[i])) text_add(&t, i ? ",%" PRId64 : "%" PRId64, v->dims[i].n);
        else text_add(&t, i ? ",%s" : "%s", ir_symbol_name(g, v->dims[i]));
    }
    text_add(&t, "]");
    const char *kept = t.failed ? NULL : arena_string(&out->arena, t.at, t.n);
    text_free(&t);
    return kept;
}

/* -- the IR -------------------------------------------------------------------------------------------------------- */

/* ir_value.mark holds the number of the node that makes it. */
static void add_edge(struct tfp_node *n, size_t *edges, const struct ir_value *v)
{
    for (size_t i = 0; i < n->n_inputs; i++)
        if (edges[i] == v->mark) return;
    edges[n->n_inputs++] = v->mark;
}

static void add_use(struct tfp_node *n, size_t *edges, const struct ir_value *v)
{
    if (v->constant) n->weight_elements += (uint64_t)v->constant->count;
    else add_edge(n, edges, v);
}

/* The next node, with room for its edges; names are copied, since the graph may change later. */
static struct tfp_node *new_node(struct tfp_graph *out, const char *name, const char *op, size_t room, size_t **edges)
{
    struct tfp_node *n = &out->nodes[out->n++];
    n->name = name ? arena_string(&out->arena, name, strlen(name)) : "";
    n->op = arena_string(&out->arena, op, strlen(op));
    n->output = "";
    n->inputs = *edges = ARENA_ARRAY(&out->arena, size_t, room);
    return n->name && n->op && *edges ? n : NULL;
}

static bool add_node(struct tfp_graph *out, const struct ir_graph *g, const struct ir_node *from)
{
    size_t *edges, number = out->n;
    const struct ir_value *first = NULL;
    struct tfp_node *n = new_node(out, from->name, schema_op_name(from->op), from->n_in, &edges);
    if (!n) return false;
    for (uint32_t i = 0; i < from->n_in; i++)
        if (from->in[i].value) add_use(n, edges, from->in[i].value);
    for (uint32_t i = 0; i < from->n_out; i++) {
        if (!from->out[i]) continue;
        from->out[i]->mark = (uint32_t)number;
        if (!first) first = from->out[i];
    }
    return !first || (n->output = describe(out, g, first));
}

static bool add_input(struct tfp_graph *out, const struct ir_graph *g, struct ir_value *v)
{
    size_t *edges;
    v->mark = (uint32_t)out->n;
    struct tfp_node *n = new_node(out, v->name, "Input", 0, &edges);
    return n && (n->output = describe(out, g, v));
}

static bool add_output(struct tfp_graph *out, const struct ir_graph *g, const struct ir_output *o)
{
    size_t *edges;
    struct tfp_node *n = new_node(out, o->name, "Output", 1, &edges);
    if (!n) return false;
    add_use(n, edges, o->value);
    return (n->output = describe(out, g, o->value));
}

static bool fill(struct tfp_graph *out, const struct ir_graph *g)
{
    out->nodes = ARENA_ARRAY(&out->arena, struct tfp_node, g->n_nodes + g->n_inputs + g->n_outputs);
    bool fine = out->nodes;
    for (size_t i = 0; fine && i < g->n_inputs; i++) fine = add_input(out, g, g->inputs[i]);
    for (const struct ir_node *n = g->first; fine && n; n = n->next) fine = add_node(out, g, n);
    for (size_t i = 0; fine && i < g->n_outputs; i++) fine = add_output(out, g, &g->outputs[i]);
    return fine;
}

/* -- the source's ------------------------------------------------------------------------------------------------------ */

static tfp_status fill_source(struct tfp_context *ctx, struct tfp_graph *out, const struct source *s)
{
    struct source_node *nodes;
    size_t n;
    if (!s->frontend->nodes) return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: the file holds no graph of nodes", s->format);
    TFP_TRY(s->frontend->nodes(ctx, s, &out->arena, &nodes, &n));
    if (!(out->nodes = ARENA_ARRAY(&out->arena, struct tfp_node, n))) return tfp_no_memory(ctx);
    for (size_t i = 0; i < n; i++) {
        size_t *edges;
        struct tfp_node *to = new_node(out, nodes[i].name, nodes[i].op, 0, &edges);
        if (!to) return tfp_no_memory(ctx);
        to->inputs = nodes[i].inputs;
        to->n_inputs = nodes[i].n_inputs;
    }
    return TFP_OK;
}

static tfp_status fill_ir(struct tfp_context *ctx, struct tfp_graph *out, struct tfp_model *m)
{
    struct ir_graph *g;
    TFP_TRY(model_graph(ctx, m, true, &g));
    TFP_TRY(optimize_fold(ctx, g));
    return fill(out, g) ? TFP_OK : tfp_no_memory(ctx);
}

tfp_status tfp_model_graph(tfp_context *ctx, tfp_model *m, enum tfp_graph_kind kind, tfp_graph **out)
{
    struct tfp_graph *made = calloc(1, sizeof *made);
    if (!made) return tfp_no_memory(ctx);
    tfp_status status = kind == TFP_GRAPH_SOURCE ? fill_source(ctx, made, m->source) : fill_ir(ctx, made, m);
    if (status == TFP_OK) *out = made;
    else tfp_graph_destroy(made);
    return status;
}

void tfp_graph_destroy(tfp_graph *g)
{
    if (!g) return;
    arena_free(&g->arena);
    free(g);
}

size_t tfp_graph_n_nodes(const tfp_graph *g)
{
    return g->n;
}

const struct tfp_node *tfp_graph_node(const tfp_graph *g, size_t i)
{
    return i < g->n ? &g->nodes[i] : NULL;
}
