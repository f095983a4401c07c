/* One walk over the nodes: each is emitted by its row; what has no row, or is declined, is rewritten in simpler ops, and the
 * walk goes on with those. What is left is reported, all of it at once. */
#include "backend/tensorrt/trt_lower.h"

#include "base/text.h"
#include "decompose/decompose.h"

#include <stdio.h>
#include <stdlib.h>

enum { DEEPEST = 24, SHOWN = 3 };

#define FAMILIES(X)                                                                                                    \
    X(activation) X(control_flow) X(index) X(matrix) X(normalize) X(pointwise) X(recurrent) X(reductions) X(resize) X(shape) X(window)

#define DECLARE(name) extern const struct emit_rows emit_rows_##name;
FAMILIES(DECLARE)
#define ROW(name) &emit_rows_##name,
static const struct emit_rows *const families[] = { FAMILIES(ROW) };

static emit_fn *find_row(enum ir_op op)
{
    for (size_t f = 0; f < sizeof families / sizeof families[0]; f++)
        for (size_t i = 0; i < families[f]->n; i++)
            if (families[f]->rows[i].op == op) return families[f]->rows[i].run;
    return NULL;
}

/* -- what is refused ----------------------------------------------------------------------------------------------- */

struct refusal {
    enum ir_op op;
    const char *why;
    const char *nodes[SHOWN];
    size_t n_nodes;
    struct refusal *next;
};

struct walk {
    struct emit e;
    emit_fn *rows[IR_OP_COUNT];
    struct refusal *refusals, **last;
};

static tfp_status refuse(struct walk *w, const struct ir_node *n, const char *why)
{
    struct refusal *r = w->refusals;
    if (!why) why = "";
    while (r && (r->op != n->op || strcmp(r->why, why) != 0)) r = r->next;
    if (!r) {
        r = ARENA_NEW(&w->e.arena, struct refusal);
        if (!r || !(r->why = arena_string(&w->e.arena, why, strlen(why)))) return tfp_no_memory(w->e.ctx);
        r->op = n->op;
        *w->last = r;
        w->last = &r->next;
    }
    if (n->name && r->n_nodes < SHOWN) r->nodes[r->n_nodes] = n->name;
    r->n_nodes++;
    return TFP_OK;
}

/* Without "node NAME (OP): ", which the report says in its own way. */
static const char *reason_of(const struct walk *w, const struct ir_node *n)
{
    char head[512];
    const char *text = w->e.ctx->text;
    int k = snprintf(head, sizeof head, "node %s (%s): ", n->name ? n->name : "", schema_op_name(n->op));
    return k > 0 && (size_t)k < sizeof head && strncmp(text, head, (size_t)k) == 0 ? text + k : text;
}

static tfp_status report(const struct walk *w)
{
    struct text t = { 0 };
    size_t ops = 0;
    for (const struct refusal *r = w->refusals; r; r = r->next, ops++) {
        text_add(&t, "%s%s", ops ? ", " : "", schema_op_name(r->op));
        text_add(&t, "%s%s", r->why[0] ? " (" : "", r->why);
        for (size_t i = 0; i < r->n_nodes && i < SHOWN; i++)
            if (r->nodes[i]) text_add(&t, "%s%s", i ? ", " : r->why[0] ? "; node " : " (node ", r->nodes[i]);
        if (r->n_nodes > SHOWN) text_add(&t, " and %zu more", r->n_nodes - SHOWN);
        if (r->why[0] || (r->n_nodes && r->nodes[0])) text_add(&t, ")");
    }
    tfp_status status = t.failed ? tfp_no_memory(w->e.ctx)
                                 : tfp_fail(w->e.ctx, TFP_E_UNSUPPORTED, "%s cannot express %zu op%s: %s", w->e.t->name, ops,
                                            ops == 1 ? "" : "s", t.at);
    text_free(&t);
    return status;
}

/* Results of a refused node, and of all that needs them. A value's mark is its place among e.tensors; this is none. */
enum { POISONED = UINT32_MAX };

static void poison(const struct ir_node *n)
{
    for (uint32_t i = 0; i < n->n_out; i++)
        if (n->out[i]) n->out[i]->mark = POISONED;
}

static bool is_poisoned(const struct ir_node *n)
{
    for (uint32_t i = 0; i < n->n_in; i++)
        if (n->in[i].value && n->in[i].value->mark == POISONED) return true;
    return false;
}

/* -- names and precision ------------------------------------------------------------------------------------------- */

/* Layers must have distinct names (TensorRT 8); a node gives several layers, and nodes may share a name. NULL: no memory. */
static const char *distinct(struct emit *e, const char *base)
{
    const char *name = base;
    void **wanted = map_at(&e->names, base, strlen(base));
    if (!wanted) return NULL;
    uintptr_t count = (uintptr_t)*wanted;
    for (bool taken = count > 0; taken;) {
        name = arena_printf(&e->arena, "%s/%zu", base, (size_t)count++);
        taken = name && map_find(&e->names, name, strlen(name));
    }
    *wanted = (void *)(count ? count : 1);
    void **own = name ? map_at(&e->names, name, strlen(name)) : NULL;
    if (own && !*own) *own = (void *)(uintptr_t)1;
    return own ? name : NULL;
}

/* The layers that came since the last call, which are those of the node at hand. */
static void name_layers(struct emit *e, const struct ir_node *n)
{
    const struct emit_options *o = e->options;
    int32_t count = trt_network_layers(e->t, e->net);
    bool keep = o->low != TRT_FLOAT && !o->strongly_typed && o->keeps_float && n->name && o->keeps_float(o->user, n->name);
    for (int32_t i = e->named; i < count; i++) {
        layer_p l = trt_network_layer(e->t, e->net, i);
        const char *name = distinct(e, n->name ? n->name : schema_op_name(n->op));
        if (name) trt_layer_set_name(e->t, l, name);
        if (n->name && trt_has(e->t, TRT_Layer_setMetadata)) trt_layer_set_metadata(e->t, l, n->name);
        if (keep) trt_layer_keep_float(e->t, l);
    }
    e->named = count;
}

/* -- rewriting ----------------------------------------------------------------------------------------------------- */

/* A node's mark is how many rewritings it came of. */
static tfp_status replace(struct walk *w, struct ir_node *n, struct ir_node *behind, struct ir_value **out)
{
    for (struct ir_node *k = behind ? behind->next : w->e.graph->first; k != n; k = k->next) k->mark = n->mark + 1;
    return decompose_replace(w->e.graph, n, out) ? TFP_OK : tfp_no_memory(w->e.ctx);
}

/* Rows say themselves what they lack. */
static bool has_row(const struct decompose *d, enum ir_op op, tfp_dtype dtype)
{
    (void)d;
    return find_row(op) && dtype != TFP_STRING && !dtype_is_complex(dtype);
}

/* Small floats that TensorRT may run with are float32 to the rewriting. */
static tfp_status rewrite(struct walk *w, struct ir_node *n, struct ir_node *behind, bool *done)
{
    struct decompose d = { .b = { .ctx = w->e.ctx, .graph = w->e.graph, .before = n, .scope = n->name }, .opset = 7,
                           .computes = has_row };
    struct ir_value **out = ARENA_ARRAY(&w->e.arena, struct ir_value *, n->n_out);
    if (!out) return tfp_no_memory(w->e.ctx);
    *done = n->mark < DEEPEST && decompose_lacking(&d, n, out);
    if (d.b.status == TFP_E_UNSUPPORTED) d.b.status = TFP_OK, *done = false;
    TFP_TRY(d.b.status);
    if (*done) return replace(w, n, behind, out);
    if (d.why && !w->e.why) w->e.why = d.why;
    return TFP_OK;
}

/* -- the walk ------------------------------------------------------------------------------------------------------ */

/* Whether a result has more dimensions than a TensorRT tensor. */
static bool too_many_dims(const struct ir_node *n)
{
    for (uint32_t i = 0; i < n->n_out; i++)
        if (ir_wants(n, i) && n->out[i]->rank > TRT_MAX_DIMS) return true;
    return false;
}

/* Rows count on ranks. */
static bool has_unknown_rank(const struct ir_node *n)
{
    for (uint32_t i = 0; i < n->n_in; i++)
        if (n->in[i].value && n->in[i].value->rank < 0) return true;
    for (uint32_t i = 0; i < n->n_out; i++)
        if (ir_wants(n, i) && n->out[i]->rank < 0) return true;
    return false;
}

static tfp_status visit(struct walk *w, struct ir_node *n, bool *rewritten)
{
    struct emit *e = &w->e;
    struct ir_node *behind = n->prev;
    *rewritten = false;
    if (ir_node_unused(n)) return TFP_OK;
    if (is_poisoned(n)) return poison(n), TFP_OK;
    e->node = n;
    e->why = NULL;
    emit_fn *row = w->rows[n->op];
    const char *lacks = trt_lacks_int64_for(e->t, n);
    if (lacks) {
        poison(n);
        return refuse(w, n, lacks);
    }
    if (has_unknown_rank(n)) {
        poison(n);
        return refuse(w, n, "a number of dimensions that is not known");
    }
    if (too_many_dims(n)) e->why = "more than 8 dimensions";
    else if (row && row(e, n)) {
        if (e->status == TFP_OK) name_layers(e, n);
        return e->status;
    }
    TFP_TRY(e->status);
    TFP_TRY(rewrite(w, n, behind, rewritten));
    if (*rewritten) return TFP_OK;
    poison(n);
    return refuse(w, n, e->why);
}

static tfp_status walk_nodes(struct walk *w)
{
    struct ir_graph *g = w->e.graph;
    for (struct ir_node *n = g->first; n;) {
        struct ir_node *behind = n->prev, *next = n->next;
        bool rewritten;
        tfp_status status = visit(w, n, &rewritten);
        /* What TensorRT says no to is one of the refusals, unless it is the machine's matter. */
        if (status == TFP_E_UNSUPPORTED && w->e.status != TFP_OK && !rewritten) {
            w->e.status = TFP_OK;
            TFP_TRY(refuse(w, n, reason_of(w, n)));
            poison(n);
            name_layers(&w->e, n);
        } else {
            TFP_TRY(status);
        }
        n = !rewritten ? next : behind ? behind->next : g->first;
    }
    return TFP_OK;
}

/* -- bodies -------------------------------------------------------------------------------------------------------- */

static bool body_outputs(struct emit *e, struct ir_graph *body, tensor_p *out)
{
    for (size_t i = 0; i < body->n_outputs; i++) {
        struct ir_use use = { .value = body->outputs[i].value };
        const struct ir_node sink = { .op = IR_IDENTITY, .name = e->node->name, .in = &use, .n_in = 1 };
        if (use.value->mark == POISONED) return false;
        if (!(out[i] = emit_in(e, &sink, 0))) return false;
    }
    return true;
}

static bool walk_body(struct walk *w, struct ir_graph *body, tensor_p const *in, tensor_p *out)
{
    struct emit *e = &w->e;
    const struct ir_node *node = e->node;
    for (size_t i = 0; i < body->n_inputs && e->status == TFP_OK; i++) {
        const struct ir_node source = { .op = IR_IDENTITY, .name = node->name, .out = &body->inputs[i], .n_out = 1 };
        if (in[i]) emit_give(e, &source, in[i]);
    }
    if (e->status == TFP_OK) e->status = walk_nodes(w);
    e->node = node;
    return e->status == TFP_OK && body_outputs(e, body, out);
}

bool emit_body(struct emit *e, struct ir_graph *body, tensor_p const *in, tensor_p *out)
{
    struct walk *w = (struct walk *)e; /* its first member */
    const struct emit outside = *e;
    name_layers(e, e->node);
    e->graph = body;
    e->symbols = NULL;
    e->n_symbols = 0;
    bool whole = walk_body(w, body, in, out);
    e->graph = outside.graph;
    e->symbols = outside.symbols;
    e->n_symbols = outside.n_symbols;
    if (!whole && e->status == TFP_OK) poison(outside.node);
    return whole;
}

/* -- edges --------------------------------------------------------------------------------------------------------- */

/* uint8 can cross the edge, but only floats are made of it. */
static bool edge_type(struct emit *e, tfp_dtype dtype, enum trt_type *out)
{
    if (!emit_type(e, dtype, out)) return false;
    if (trt_type_only_at_edge(e->t, dtype)) *out = TRT_UINT8;
    return true;
}

static tensor_p add_input(struct emit *e, const struct ir_value *v)
{
    enum trt_type type, inside;
    struct trt_dims dims = emit_dims_of(v);
    if (dims.n < 0)
        return emit_refuse(e, "input %s: its number of dimensions is %s", v->name,
                           v->rank < 0 ? "not known: --shape gives it" : "above TensorRT's 8");
    if (!edge_type(e, v->dtype, &type) || !emit_type(e, v->dtype, &inside))
        return emit_refuse(e, "input %s is of type %s", v->name, tfp_dtype_name(v->dtype));
    tensor_p x = trt_add_input(e->t, e->net, v->name, type, &dims);
    if (!x) return emit_fail(e, "its inputs");
    for (int32_t i = 0; i < dims.n; i++)
        if (dims.d[i] < 0) trt_tensor_set_dim_name(e->t, x, i, ir_symbol_name(e->graph, v->dims[i]));
    if (type != TRT_UINT8) return x;
    return emit_cast(e, emit_cast(e, x, TRT_FLOAT), inside);
}

/* An input is a node's output as far as emit_out() goes. */
static tfp_status add_inputs(struct walk *w)
{
    struct emit *e = &w->e;
    for (size_t i = 0; i < e->graph->n_inputs && e->status == TFP_OK; i++) {
        struct ir_value **v = &e->graph->inputs[i];
        struct ir_node source = { .op = IR_IDENTITY, .name = (*v)->name, .out = v, .n_out = 1 };
        e->node = &source;
        emit_give(e, &source, add_input(e, *v));
        name_layers(e, &source);
    }
    e->node = NULL;
    return e->status;
}

static bool is_edge(struct emit *e, tensor_p x)
{
    return trt_tensor_is_input(e->t, x) || trt_tensor_is_output(e->t, x);
}

static tfp_status add_output(struct emit *e, const struct ir_output *o)
{
    enum trt_type type;
    struct ir_use use = { .value = o->value };
    struct ir_node sink = { .op = IR_IDENTITY, .name = o->name, .in = &use, .n_in = 1 };
    e->node = &sink;
    tensor_p x = emit_in(e, &sink, 0);
    if (!edge_type(e, o->value->dtype, &type))
        emit_refuse(e, "output %s is of type %s", o->name, tfp_dtype_name(o->value->dtype));
    if (x && type == TRT_UINT8) x = emit_cast(e, emit_cast(e, x, TRT_FLOAT), TRT_UINT8);
    else x = emit_cast(e, x, type);
    if (x && is_edge(e, x)) x = emit_layer(e, trt_add_identity(e->t, e->net, x));
    if (x && !trt_network_mark_output(e->t, e->net, x)) emit_fail(e, "its outputs");
    if (x) trt_tensor_set_name(e->t, x, o->name);
    if (x && !trt_network_is_strongly_typed(e->t, e->net)) trt_tensor_set_type(e->t, x, type);
    if (x) name_layers(e, &sink);
    return e->status;
}

static tfp_status add_all(struct walk *w)
{
    TFP_TRY(add_inputs(w));
    TFP_TRY(walk_nodes(w));
    if (w->refusals) return report(w);
    for (size_t i = 0; i < w->e.graph->n_outputs; i++) TFP_TRY(add_output(&w->e, &w->e.graph->outputs[i]));
    return TFP_OK;
}

tfp_status trt_lower(struct tfp_context *ctx, struct trt *t, struct trt_network *net, struct ir_graph *g,
                     const struct emit_options *options, struct trt_lowered *out)
{
    struct walk w = { .e = { .ctx = ctx, .t = t, .net = net, .graph = g, .options = options } };
    w.last = &w.refusals;
    map_init(&w.e.names, &w.e.arena);
    for (int op = 0; op < IR_OP_COUNT; op++) w.rows[op] = find_row((enum ir_op)op);
    ir_clear_marks(g);
    trt_forget(t);
    if (g->name) trt_network_set_name(t, net, g->name);
    tfp_status status = add_all(&w);
    trt_forget(t);
    out->arena = w.e.arena;
    return status;
}

void trt_lowered_free(struct trt_lowered *l)
{
    arena_free(&l->arena);
    *l = (struct trt_lowered){ 0 };
}
