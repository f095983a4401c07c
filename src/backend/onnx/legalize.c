/* One walk over the nodes: each is laid out; what cannot be is rewritten by the first row that accepts it, and the
 * walk goes on with the nodes that came of it. What is left is reported, all of it at once. */
#include "backend/onnx/legalize.h"

#include "backend/onnx/ml_domain.h"
#include "backend/onnx/types.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 24, NAMES_SHOWN = 3, EXPLAINED = 64 };

/* A node before any rewriting, for the report; and how far its descendants are from it. */
struct origin {
    struct origin *root; /* itself, or what it came of */
    const struct ir_node *node;
    struct ir_value **in; /* its inputs: unlinking a node clears them */
    bool *used;           /* which outputs somebody wanted */
    unsigned depth;
    const char *why; /* not NULL: it cannot be said */
    int needs;       /* the lowest opset that can, 0: none */
};

struct walk {
    struct tfp_context *ctx;
    struct arena arena;
    struct ir_graph *graph;
    const struct onnx_reader *reader; /* NULL: ONNX Runtime */
    bool plain;
    struct decompose d;
    struct origin **origins; /* by node->mark; [0] is not used */
    size_t n_origins, room;
    size_t failures;
};

/* -- origins ------------------------------------------------------------------------------------------------------- */

static struct origin *new_origin(struct walk *w, const struct ir_node *n, struct origin *parent)
{
    if (!ARENA_GROW(&w->arena, w->origins, w->n_origins, &w->room)) return NULL;
    if (!w->n_origins) w->n_origins = 1;
    struct origin *o = ARENA_NEW(&w->arena, struct origin);
    if (!o) return NULL;
    *o = (struct origin){ .node = n, .depth = parent ? parent->depth + 1 : 0, .root = parent ? parent->root : o };
    if (!parent) {
        o->in = ARENA_ARRAY(&w->arena, struct ir_value *, n->n_in);
        o->used = ARENA_ARRAY(&w->arena, bool, n->n_out);
        if (!o->in || !o->used) return NULL;
        for (uint32_t i = 0; i < n->n_out; i++) o->used[i] = ir_wants(n, i);
        for (uint32_t i = 0; i < n->n_in; i++) o->in[i] = n->in[i].value;
    }
    w->origins[w->n_origins++] = o;
    return o;
}

static struct origin *origin_of(struct walk *w, struct ir_node *n)
{
    if (n->mark) return w->origins[n->mark];
    struct origin *o = new_origin(w, n, NULL);
    if (o) n->mark = (uint32_t)(w->n_origins - 1);
    return o;
}

static tfp_status fail_node(struct walk *w, struct ir_node *n, const char *why)
{
    struct origin *o = origin_of(w, n);
    if (!o) return tfp_no_memory(w->ctx);
    if (o->root->why) return TFP_OK;
    w->failures++;
    const char *op = schema_op_name(n->op);
    bool itself = o->root->node->op == n->op, reason = why && why[0];
    o->root->why =
        arena_printf(&w->arena, "%s%s%s", itself ? "" : op, reason && !itself ? ": " : "", reason ? why : "");
    return o->root->why ? TFP_OK : tfp_no_memory(w->ctx);
}

/* -- rewriting ----------------------------------------------------------------------------------------------------- */

/* The rewritten node's uses go to what it became; new nodes remember where they come from. */
static tfp_status replace_node(struct walk *w, struct ir_node *n, struct ir_node *behind, struct ir_value **out)
{
    struct origin *from = origin_of(w, n), *o = from ? new_origin(w, n, from) : NULL;
    if (!o) return tfp_no_memory(w->ctx);
    for (struct ir_node *k = behind ? behind->next : w->graph->first; k != n; k = k->next)
        if (!k->mark) k->mark = (uint32_t)(w->n_origins - 1);
    return decompose_replace(w->graph, n, out) ? TFP_OK : tfp_no_memory(w->ctx);
}

static enum onnx_has reader_has(const struct walk *w, const struct ir_node *n, const char **why)
{
    *why = NULL;
    return w->reader ? w->reader->has(w->reader->user, n, why) : ONNX_HAS;
}

/* By the first way there is: a type that has a kernel, other terms, a type that the opset allows. */
static bool rewrite(struct walk *w, struct ir_node *n, const struct onnx_form *form, enum onnx_has has, bool typed,
                    struct ir_value **out)
{
    struct decompose *d = &w->d;
    if (!w->reader && form->schema && types_widen(d, n, form, false, out)) return true;
    if (!w->reader && !w->plain && ml_domain_decompose(d, n, out)) return true;
    if (d->b.status != TFP_OK) return false;
    if (has == ONNX_HAS && decompose_node(d, n, out)) return true;
    if (has == ONNX_LACKS && decompose_lacking(d, n, out)) return true;
    return form->schema && !typed && d->b.status == TFP_OK && types_widen(d, n, form, true, out);
}

static tfp_status visit(struct walk *w, struct ir_node *n, bool *rewritten)
{
    struct onnx_form form;
    struct decompose *d = &w->d;
    struct ir_node *behind = n->prev;
    struct ir_value **out = ARENA_ARRAY(&w->arena, struct ir_value *, n->n_out);
    char room[160];
    if (!out) return tfp_no_memory(w->ctx);
    TFP_TRY(slots_form(w->ctx, &w->arena, n, slots_opset(n, d->opset, w->reader && w->reader->own_ops), &form));
    const char *lacking;
    const enum onnx_has has = reader_has(w, n, &lacking);
    const bool typed = form.schema && types_allowed(n, &form), allowed = typed && has == ONNX_HAS;
    if (ir_node_unused(n) || (allowed && (w->reader || types_runnable(n, &form)))) return TFP_OK;
    if (n->mark && w->origins[n->mark]->depth > DEEPEST) return fail_node(w, n, "a decomposition without end");
    d->b.before = n;
    d->b.scope = n->name;
    d->why = NULL;
    *rewritten = rewrite(w, n, &form, has, typed, out);
    if (d->b.status != TFP_OK) return d->b.status;
    if (*rewritten) return replace_node(w, n, behind, out);
    if (allowed) return TFP_OK;
    const char *why = lacking ? lacking : d->why ? d->why : form.schema ? types_refused(n, &form, room, sizeof room) : form.why;
    return fail_node(w, n, why);
}

/* Nodes stand behind what they use: one walk backwards removes whole dead chains. */
static void remove_dead(struct ir_graph *g)
{
    for (struct ir_node *n = g->last, *before; n; n = before) {
        before = n->prev;
        if (ir_node_unused(n)) ir_remove(n);
    }
}

static tfp_status walk_nodes(struct walk *w)
{
    for (struct ir_node *n = w->graph->first; n; n = n->next) n->mark = 0;
    for (struct ir_node *n = w->graph->first; n;) {
        struct ir_node *behind = n->prev, *next = n->next;
        bool rewritten = false;
        TFP_TRY(visit(w, n, &rewritten));
        n = !rewritten ? next : behind ? behind->next : w->graph->first;
    }
    return TFP_OK;
}

static tfp_status walk_graph(struct tfp_context *ctx, struct ir_graph *g, const struct onnx_target *to, struct walk *w)
{
    *w = (struct walk){ .ctx = ctx, .graph = g, .reader = to->reader, .plain = to->plain };
    w->d = (struct decompose){ .b = { .ctx = ctx, .graph = g }, .opset = to->opset };
    if (!to->reader) w->d.computes = types_computes;
    remove_dead(g);
    tfp_status status = walk_nodes(w);
    remove_dead(g);
    return status;
}

/* -- the report ---------------------------------------------------------------------------------------------------- */

static bool copy_dims(const struct ir_graph *from, struct ir_graph *to, const struct dim *dims, size_t n,
                      struct dim *out)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = dim_carry(from, to, dims[i]);
        if (dims[i].sym != DIM_UNKNOWN && out[i].sym == DIM_UNKNOWN) return false;
    }
    return true;
}

/* A value of the graph as an input of another. */
static struct ir_value *outside(const struct ir_graph *from, struct ir_graph *to, const struct ir_value *v, size_t i)
{
    char name[32];
    struct dim dims[IR_KNOWN_MAX];
    if (v->constant) return ir_add_constant(to, NULL, v->constant);
    snprintf(name, sizeof name, "in%zu", i);
    if (v->rank > 0 && !copy_dims(from, to, v->dims, (size_t)v->rank, dims)) return NULL;
    struct ir_value *x = ir_add_input(to, name, v->dtype, v->rank, dims);
    if (x && v->known && v->n_known <= IR_KNOWN_MAX) {
        if (!copy_dims(from, to, v->known, v->n_known, dims) || !ir_set_known(to, x, dims, v->n_known)) return NULL;
    }
    return x;
}

/* The node alone in a graph of its own. */
static bool isolate(const struct ir_graph *from, const struct origin *o, struct ir_graph *to)
{
    const struct ir_node *n = o->node;
    struct ir_value **in = ARENA_ARRAY(&to->arena, struct ir_value *, n->n_in);
    struct ir_attr *attrs = ARENA_ARRAY(&to->arena, struct ir_attr, n->n_attrs + 1);
    if (!in || !attrs) return false;
    for (uint32_t i = 0; i < n->n_in; i++)
        if (o->in[i] && !(in[i] = outside(from, to, o->in[i], i))) return false;
    if (n->n_attrs) memcpy(attrs, n->attrs, n->n_attrs * sizeof *attrs);
    struct ir_node *alone = ir_add_node(to, NULL, n->op, n->name, in, n->n_in, attrs, n->n_out);
    for (uint32_t i = 0; alone && i < n->n_out; i++) {
        struct dim dims[TFP_MAX_RANK];
        char name[32];
        const struct ir_value *v = n->out[i];
        if (!v) continue;
        snprintf(name, sizeof name, "out%u", (unsigned)i);
        if (v->rank > 0 && !copy_dims(from, to, v->dims, (size_t)v->rank, dims)) return false;
        if (!ir_set_shape(to, alone->out[i], v->dtype, v->rank, dims)) return false;
        if (o->used[i] && !ir_add_output(to, name, alone->out[i])) return false;
    }
    return alone != NULL;
}

/* The lowest opset above `opset` that can say the node; 0 when none can. Failures on the way count as "cannot". */
static int lowest_opset(struct walk *w, const struct origin *o, int opset)
{
    struct tfp_context *quiet = calloc(1, sizeof *quiet);
    int found = 0;
    for (int at = opset + 1; quiet && !found && at <= schema_newest_opset; at++) {
        struct ir_graph *alone;
        struct walk inner = { 0 };
        if (ir_create(quiet, &alone) != TFP_OK) break;
        const struct onnx_target to = { .opset = at, .plain = w->plain };
        if (isolate(w->graph, o, alone) && walk_graph(quiet, alone, &to, &inner) == TFP_OK && inner.failures == 0)
            found = at;
        arena_free(&inner.arena);
        ir_destroy(alone);
    }
    free(quiet);
    return found;
}

static bool same_failure(const struct origin *a, const struct origin *b)
{
    return a->node->op == b->node->op && a->needs == b->needs && strcmp(a->why, b->why) == 0;
}

/* "GatherND (needs opset 11; nodes a, b)" for all failures that are the same as number i. */
static void report_one(const struct walk *w, size_t i, int opset, struct text *t)
{
    const struct origin *first = w->origins[i];
    size_t names = 0;
    text_add(t, "%s (", schema_op_name(first->node->op));
    if (w->reader) text_add(t, "%s", first->why[0] ? first->why : "unknown to it");
    else if (first->needs) text_add(t, "needs opset %d", first->needs);
    else text_add(t, "no opset from %d on can", opset);
    if (first->why[0] && !w->reader) text_add(t, ": %s", first->why);
    for (size_t k = i; k < w->n_origins; k++) {
        const struct origin *o = w->origins[k];
        if (!o->why || !same_failure(o, first)) continue;
        if (o->node->name && names < NAMES_SHOWN) text_add(t, "%s %s", names ? "," : "; node", o->node->name);
        names++;
    }
    if (names > NAMES_SHOWN) text_add(t, " and %zu more", names - NAMES_SHOWN);
    text_add(t, ")");
}

static bool reported_before(const struct walk *w, size_t i)
{
    for (size_t k = 1; k < i; k++)
        if (w->origins[k]->why && same_failure(w->origins[k], w->origins[i])) return true;
    return false;
}

/* What differs in the names of ops that are shown. */
static size_t count_ops(const struct walk *w)
{
    bool seen[IR_OP_COUNT] = { false };
    size_t n = 0;
    for (size_t i = 1; i < w->n_origins; i++) {
        if (!w->origins[i]->why || seen[w->origins[i]->node->op]) continue;
        seen[w->origins[i]->node->op] = true;
        n++;
    }
    return n;
}

static tfp_status report(struct walk *w, int opset)
{
    struct text t = { 0 };
    size_t explained = 0, ops = count_ops(w);
    int needs = 0;
    bool all = true;
    for (size_t i = 1; i < w->n_origins; i++) {
        struct origin *o = w->origins[i];
        if (o->why && !w->reader && explained++ < EXPLAINED) o->needs = lowest_opset(w, o, opset);
        if (o->why && o->needs > needs) needs = o->needs;
        if (o->why && !o->needs) all = false;
    }
    const char *between = "";
    for (size_t i = 1; i < w->n_origins; i++) {
        if (!w->origins[i]->why || reported_before(w, i)) continue;
        text_add(&t, "%s", between);
        report_one(w, i, opset, &t);
        between = ", ";
    }
    if (all) text_add(&t, "; opset %d can", needs);
    char target[80];
    if (w->reader) snprintf(target, sizeof target, "%s", w->reader->name);
    else snprintf(target, sizeof target, "opset %d", opset);
    tfp_status status = t.failed ? tfp_no_memory(w->ctx)
                                 : tfp_fail(w->ctx, TFP_E_UNSUPPORTED, "%s cannot express %zu op%s: %s", target, ops,
                                            ops == 1 ? "" : "s", t.at);
    text_free(&t);
    return status;
}

/* A graph and a body that both cannot be said, in one message. */
static tfp_status report_both(struct tfp_context *ctx, const char *first)
{
    char *second = strdup(ctx->text);
    tfp_status status = first && second ? tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s; in a body: %s", first, second)
                                        : tfp_no_memory(ctx);
    free(second);
    return status;
}

static tfp_status legalize_bodies(struct tfp_context *ctx, struct ir_graph *g, const struct onnx_target *to, tfp_status status)
{
    for (struct ir_graph *body = g->bodies; body; body = body->next_body) {
        if (status != TFP_OK && status != TFP_E_UNSUPPORTED) break;
        char *first = status == TFP_OK ? NULL : strdup(ctx->text);
        tfp_status own = legalize_graph(ctx, body, to);
        if (own == TFP_E_UNSUPPORTED && status == TFP_E_UNSUPPORTED) status = report_both(ctx, first);
        else if (own != TFP_OK) status = own;
        free(first);
    }
    return status;
}

tfp_status legalize_graph(struct tfp_context *ctx, struct ir_graph *g, const struct onnx_target *to)
{
    struct walk w;
    tfp_status status = walk_graph(ctx, g, to, &w);
    if (status == TFP_OK && w.failures) status = report(&w, to->opset);
    arena_free(&w.arena);
    ir_drop_bodies(g);
    return legalize_bodies(ctx, g, to, status);
}
