/* Loops that run a small known number of times are written out, one iteration behind the other. */
#include "optimize/over_time.h"

#include "base/numbers.h"

#include <string.h>

enum { MOST_NODES = 20000 }; /* of all iterations */

struct unrolling {
    struct over_time t;
    struct build b; /* before the Loop */
    struct map values; /* of the body -> around it, in the iteration at hand */
    struct ir_value **carried, **collected; /* the latter: by output, then by iteration */
    int64_t trips;
};

static bool bind(struct unrolling *u, struct ir_value *const *inside, struct ir_value *outside)
{
    void **at = outside ? map_at(&u->values, (const char *)inside, sizeof *inside) : NULL;
    if (at) *at = outside;
    return at != NULL;
}

/* A value of the body in this iteration; NULL: memory is out. */
static struct ir_value *value_of(struct unrolling *u, struct ir_value *const *inside)
{
    void **at = map_find(&u->values, (const char *)inside, sizeof *inside);
    if (at && *at) return *at;
    struct ir_value *own = (*inside)->constant ? ir_constant_of(&u->b, *inside) : NULL;
    return own && bind(u, inside, own) ? own : NULL;
}

static tfp_status copy_node(struct unrolling *u, const struct ir_node *n)
{
    struct ir_value **in = ARENA_ARRAY(u->values.arena, struct ir_value *, n->n_in);
    struct ir_attr *attrs = ARENA_ARRAY(u->values.arena, struct ir_attr, n->n_attrs + 1); /* ended by an empty one */
    if (!in || !attrs) return tfp_no_memory(u->b.ctx);
    for (uint32_t i = 0; i < n->n_in; i++)
        if (n->in[i].value && !(in[i] = value_of(u, &n->in[i].value))) return tfp_no_memory(u->b.ctx);
    if (n->n_attrs) memcpy(attrs, n->attrs, n->n_attrs * sizeof *attrs);
    struct ir_node *to = ir_add_node(u->b.graph, u->b.before, n->op, n->name, in, n->n_in, attrs, n->n_out);
    if (!to) return tfp_no_memory(u->b.ctx);
    for (uint32_t i = 0; i < n->n_out; i++) {
        if (!n->out[i]) to->out[i] = NULL;
        else if (!ir_set_shape(u->b.graph, to->out[i], n->out[i]->dtype, -1, NULL) || !bind(u, &n->out[i], to->out[i]))
            return tfp_no_memory(u->b.ctx);
    }
    return ir_infer(u->b.ctx, to);
}

static tfp_status iterate(struct unrolling *u, int64_t number)
{
    const struct ir_loop *l = &u->t.l;
    struct ir_graph *body = l->body;
    if (!bind(u, &body->inputs[0], ir_int(&u->b, number)) || !bind(u, &body->inputs[1], ir_scalar(&u->b, TFP_BOOL, 1)))
        return tfp_no_memory(u->b.ctx);
    for (size_t i = 0; i < l->n_carried; i++)
        if (!bind(u, &body->inputs[l->body_in + i], u->carried[i])) return tfp_no_memory(u->b.ctx);
    for (const struct ir_node *n = body->first; n; n = n->next) TFP_TRY(copy_node(u, n));
    for (size_t i = 0; i < l->n_carried + l->n_collected; i++) {
        struct ir_value *v = value_of(u, &body->outputs[l->body_out + i].value);
        if (!v) return tfp_no_memory(u->b.ctx);
        if (i < l->n_carried) u->carried[i] = v;
        else u->collected[(i - l->n_carried) * (size_t)u->trips + (size_t)number] = UNSQUEEZE(&u->b, v, 0);
    }
    return u->b.status;
}

static tfp_status unroll(struct unrolling *u)
{
    const struct ir_loop *l = &u->t.l;
    struct ir_node *n = u->t.node;
    for (size_t i = 0; i < l->n_carried; i++) u->carried[i] = ir_in(n, l->in + i);
    for (int64_t k = 0; k < u->trips; k++) TFP_TRY(iterate(u, k));
    for (size_t i = 0; i < n->n_out; i++) {
        if (!ir_wants(n, i)) continue;
        struct ir_value *v = i < l->n_carried ? u->carried[i]
                                              : ir_concat(&u->b, &u->collected[(i - l->n_carried) * (size_t)u->trips],
                                                          (size_t)u->trips, 0);
        if (!v) return u->b.status;
        ir_replace(u->b.graph, n->out[i], v);
    }
    rewrite_remove(u->t.o, n);
    return TFP_OK;
}

static bool small_enough(struct optimize *o, struct ir_node *n, int64_t most, struct unrolling *u)
{
    size_t nodes;
    if (ir_node_unused(n) || !over_time_begin(o, n, &u->t) || ir_known_ints(u->t.trips, &u->trips, 1) != 1) return false;
    if (u->trips < 1 || u->trips > most || !mul_size(&nodes, u->t.l.body->n_nodes, (size_t)u->trips)) return false;
    for (const struct ir_node *k = u->t.l.body->first; k; k = k->next)
        if (ir_is_control(k->op)) return false; /* bodies are not copied */
    return nodes <= MOST_NODES;
}

static tfp_status unroll_graph(struct optimize *o, int64_t most, bool *changed)
{
    for (struct ir_graph *body = o->graph->bodies; body; body = body->next_body) {
        struct optimize inner = { .ctx = o->ctx, .graph = body };
        TFP_TRY(unroll_graph(&inner, most, changed));
    }
    for (struct ir_node *n = o->graph->first, *next; n; n = next) {
        struct unrolling u = { .b = rewrite_before(o, n) };
        struct arena scratch = { 0 };
        next = n->next;
        if (!small_enough(o, n, most, &u)) continue;
        map_init(&u.values, &scratch);
        u.carried = ARENA_ARRAY(&scratch, struct ir_value *, u.t.l.n_carried);
        u.collected = ARENA_ARRAY(&scratch, struct ir_value *, u.t.l.n_collected * (size_t)u.trips);
        tfp_status status = u.carried && u.collected ? unroll(&u) : tfp_no_memory(o->ctx);
        arena_free(&scratch);
        TFP_TRY(status);
        *changed = true;
    }
    return TFP_OK;
}

tfp_status optimize_unroll(struct tfp_context *ctx, struct ir_graph *g, int64_t most)
{
    struct optimize o = { .ctx = ctx, .graph = g };
    bool changed = false;
    TFP_TRY(unroll_graph(&o, most, &changed));
    if (!changed) return TFP_OK;
    TFP_TRY(ir_infer_all(ctx, g));
    return optimize_graph(ctx, g);
}
