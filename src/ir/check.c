/* What must hold between passes. A violation is a mistake in tfport, never in a model. */
#include "ir/bodies.h"

#include <stdio.h>
#include <string.h>

struct checking {
    struct tfp_context *ctx;
    const struct ir_graph *graph;
    struct arena arena;
    struct map names; /* of values: two values with one name cannot both be written */
    struct map seen;  /* values whose uses were walked: once each, however many they are */
};

__attribute__((format(printf, 3, 4))) static tfp_status broken(struct checking *c, const struct ir_node *n,
                                                               const char *format, ...)
{
    char what[512];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return tfp_fail(c->ctx, TFP_E_SYSTEM, "internal error: node %s (%s): %s", n && n->name ? n->name : "?",
                    n ? schema_op_name(n->op) : "graph", what);
}

static tfp_status check_name(struct checking *c, const struct ir_node *n, const struct ir_value *v)
{
    if (!v->name) return TFP_OK;
    void **at = map_at(&c->names, v->name, strlen(v->name));
    if (!at) return tfp_no_memory(c->ctx);
    if (*at && *at != v) return broken(c, n, "two values are named %s", v->name);
    memcpy(at, &v, sizeof v);
    return TFP_OK;
}

static tfp_status check_uses(struct checking *c, const struct ir_node *n, const struct ir_value *v)
{
    uint32_t count = 0;
    const struct ir_value **key = arena_copy(&c->arena, &v, sizeof v);
    void **at = key ? map_at(&c->seen, (const char *)key, sizeof v) : NULL;
    if (!at) return tfp_no_memory(c->ctx);
    if (*at) return TFP_OK;
    *at = key;
    for (const struct ir_use *u = v->uses; u; u = u->next) {
        if (u->value != v) return broken(c, n, "a use of %s belongs to another value", v->name ? v->name : "?");
        if (u->next && u->next->prev != u) return broken(c, n, "the use list of %s is torn", v->name ? v->name : "?");
        if (u != &u->node->in[u->index]) return broken(c, n, "a use is not an input of its node");
        count++;
    }
    return count == v->n_uses ? TFP_OK : broken(c, n, "%u uses counted, %u linked", (unsigned)v->n_uses, (unsigned)count);
}

static tfp_status check_inputs(struct checking *c, const struct ir_node *n, const struct schema *s)
{
    if (n->n_in < s->min_in || (schema_most_in(s) != 0xffff && n->n_in > s->max_in))
        return broken(c, n, "%u inputs", (unsigned)n->n_in);
    for (uint32_t i = 0; i < n->n_in; i++) {
        const struct ir_value *v = n->in[i].value;
        const struct schema_param *p = schema_in(s, i);
        if (n->in[i].node != n || n->in[i].index != i) return broken(c, n, "input %u is linked wrongly", (unsigned)i);
        if (!v) {
            if (p && p->option == PARAM_ONE) return broken(c, n, "input %s is missing", p->name);
            continue;
        }
        if (v->producer && v->producer->mark != 1) return broken(c, n, "input %u is made behind it", (unsigned)i);
        if (v->constant) TFP_TRY(check_name(c, n, v));
        TFP_TRY(check_uses(c, n, v));
    }
    return TFP_OK;
}

static tfp_status check_outputs(struct checking *c, const struct ir_node *n, const struct schema *s)
{
    if (n->n_out < s->min_out || (s->max_out != 0xffff && n->n_out > s->max_out))
        return broken(c, n, "%u outputs", (unsigned)n->n_out);
    for (uint32_t i = 0; i < n->n_out; i++) {
        const struct ir_value *v = n->out[i];
        if (!v) continue;
        if (v->producer != n || v->index != i || v->constant) return broken(c, n, "output %u is linked wrongly", (unsigned)i);
        if (v->rank > TFP_MAX_RANK) return broken(c, n, "rank %d", (int)v->rank);
        TFP_TRY(check_name(c, n, v));
        TFP_TRY(check_uses(c, n, v));
    }
    return TFP_OK;
}

static tfp_status check_body(struct checking *c, const struct ir_node *n, const struct ir_graph *body)
{
    if (!body || body->parent != c->graph) return broken(c, n, "a body belongs to another graph");
    TFP_TRY(ir_check(c->ctx, body));
    const char *mismatch = ir_control_mismatch(n);
    return mismatch ? broken(c, n, "%s", mismatch) : TFP_OK;
}

static tfp_status check_attrs(struct checking *c, const struct ir_node *n, const struct schema *s)
{
    for (size_t i = 0; i < n->n_attrs; i++) {
        const struct schema_attr *a = schema_attr(s, n->attrs[i].name);
        if (!a) return broken(c, n, "has no attribute %s", schema_attr_name(n->attrs[i].name));
        if (a->kind != n->attrs[i].kind) return broken(c, n, "attribute %s is of the wrong kind", schema_attr_name(a->name));
        if (a->kind == ATTR_KIND_GRAPH) TFP_TRY(check_body(c, n, n->attrs[i].v.graph));
    }
    for (size_t i = 0; i < s->n_attrs; i++)
        if (s->attrs[i].required && !ir_attr(n, s->attrs[i].name))
            return broken(c, n, "lacks attribute %s", schema_attr_name(s->attrs[i].name));
    return TFP_OK;
}

static tfp_status check_node(struct checking *c, struct ir_node *n)
{
    const struct schema *s = schema_newest(n->op);
    if (!s || s->deprecated) return broken(c, n, "is no operator of the IR");
    if (n->graph != c->graph) return broken(c, n, "belongs to another graph");
    TFP_TRY(check_inputs(c, n, s));
    TFP_TRY(check_attrs(c, n, s));
    n->mark = 1;
    return check_outputs(c, n, s);
}

static tfp_status check_graph(struct checking *c)
{
    const struct ir_graph *g = c->graph;
    size_t count = 0;
    for (struct ir_node *n = g->first; n; n = n->next) n->mark = 0;
    for (size_t i = 0; i < g->n_inputs; i++) {
        if (!g->inputs[i]->name) return broken(c, NULL, "input %zu has no name", i);
        TFP_TRY(check_name(c, NULL, g->inputs[i]));
    }
    for (struct ir_node *n = g->first; n; n = n->next, count++) {
        if (n->next ? n->next->prev != n : g->last != n) return broken(c, n, "the node list is torn");
        TFP_TRY(check_node(c, n));
    }
    if (count != g->n_nodes) return broken(c, NULL, "%zu nodes counted, %zu linked", g->n_nodes, count);
    for (size_t i = 0; i < g->n_outputs; i++) {
        const struct ir_value *v = g->outputs[i].value;
        if (!v || v->n_outputs == 0) return broken(c, NULL, "output %s is linked wrongly", g->outputs[i].name);
        if (v->producer && v->producer->mark != 1) return broken(c, NULL, "output %s is not made", g->outputs[i].name);
    }
    return TFP_OK;
}

tfp_status ir_check(struct tfp_context *ctx, const struct ir_graph *g)
{
    struct checking c = { .ctx = ctx, .graph = g };
    map_init(&c.names, &c.arena);
    map_init(&c.seen, &c.arena);
    tfp_status status = check_graph(&c);
    arena_free(&c.arena);
    return status;
}
