#include "optimize/cut.h"

#include "optimize/passes.h"

#include <string.h>

enum { HOST = 1, HEAVY = 2, BEHIND = 4, BEFORE = 8, CUT = BEHIND | BEFORE };

struct cutting {
    struct tfp_context *ctx;
    struct ir_graph *graph;
    bool *told; /* by symbol: a dimension of an input */
    size_t n_new;
};

/* -- what is what -------------------------------------------------------------------------------------------------- */

bool cut_is_host(const struct ir_node *n)
{
    const struct schema *s = schema_newest(n->op);
    for (uint32_t i = 0; i < n->n_in; i++)
        if (n->in[i].value && n->in[i].value->dtype == TFP_STRING) return true;
    for (uint32_t i = 0; i < n->n_out; i++)
        if (n->out[i] && n->out[i]->dtype == TFP_STRING) return true;
    return s && s->since == SCHEMA_OWN;
}

static bool is_heavy(enum ir_op op)
{
    static const enum ir_op ops[] = { IR_CONV, IR_CONV_TRANSPOSE, IR_MATMUL, IR_GEMM, IR_EINSUM, IR_LSTM, IR_GRU, IR_RNN,
                                      IR_ATTENTION, IR_LOOP, IR_SCAN };
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (ops[i] == op) return true;
    return false;
}

static bool depends_on_data(const struct cutting *c, const struct ir_value *v)
{
    if (v->rank < 0) return true;
    for (int32_t i = 0; i < v->rank; i++)
        if (!dim_fixed(v->dims[i]) && !c->told[v->dims[i].sym]) return true;
    return false;
}

/* Of what it takes, too: so what follows joins it until sizes are those of the batch again. */
static bool has_data_dims(const struct cutting *c, const struct ir_node *n)
{
    for (uint32_t i = 0; i < n->n_in; i++)
        if (n->in[i].value && depends_on_data(c, n->in[i].value)) return true;
    for (uint32_t i = 0; i < n->n_out; i++)
        if (n->out[i] && depends_on_data(c, n->out[i])) return true;
    return false;
}

/* -- marks --------------------------------------------------------------------------------------------------------- */

static bool mark_forward(struct cutting *c)
{
    bool any = false;
    for (size_t i = 0; i < c->graph->n_inputs; i++) any = any || c->graph->inputs[i]->dtype == TFP_STRING;
    for (size_t i = 0; i < c->graph->n_outputs; i++) any = any || c->graph->outputs[i].value->dtype == TFP_STRING;
    for (struct ir_node *n = c->graph->first; n; n = n->next) {
        n->mark = (cut_is_host(n) ? HOST : 0) | (is_heavy(n->op) ? HEAVY : 0);
        for (uint32_t i = 0; i < n->n_in; i++)
            if (n->in[i].value && n->in[i].value->producer) n->mark |= n->in[i].value->producer->mark & HEAVY;
        any = any || (n->mark & HOST);
    }
    return any;
}

static bool only_behind(const struct ir_node *n)
{
    for (uint32_t i = 0; i < n->n_out; i++)
        for (const struct ir_use *u = n->out[i] ? n->out[i]->uses : NULL; u; u = u->next)
            if (!(u->node->mark & BEHIND)) return false;
    return true;
}

static void mark_cut(struct cutting *c)
{
    for (struct ir_node *n = c->graph->last; n; n = n->prev) {
        if ((n->mark & HOST) && only_behind(n)) n->mark |= BEHIND;
        else if (!(n->mark & HEAVY) && ((n->mark & HOST) || has_data_dims(c, n))) n->mark |= BEFORE;
        if (!(n->mark & BEFORE)) continue;
        for (uint32_t i = 0; i < n->n_in; i++)
            if (n->in[i].value && n->in[i].value->producer) n->in[i].value->producer->mark |= BEFORE;
    }
}

static bool in_core(const struct ir_node *n)
{
    return !(n->mark & CUT);
}

/* Constants and inputs are, but for strings. */
static bool is_of_core(const struct ir_value *v)
{
    return v->producer ? in_core(v->producer) : v->dtype != TFP_STRING;
}

/* -- edges --------------------------------------------------------------------------------------------------------- */

static const char *name_of_value(struct cutting *c, const struct ir_value *v)
{
    return v->name ? v->name : arena_printf(&c->graph->arena, "core_%zu", c->n_new++);
}

/* Uses of a value of the first part by the core become uses of an input. */
static tfp_status cut_before(struct cutting *c, struct ir_value *v)
{
    struct ir_value *input = NULL;
    for (struct ir_use *u = v->uses, *next; u; u = next) {
        next = u->next;
        if (!in_core(u->node)) continue;
        const char *name = input ? NULL : name_of_value(c, v);
        if (!input && name) input = ir_add_input(c->graph, name, v->dtype, v->rank, v->dims);
        if (!input) return tfp_no_memory(c->ctx);
        ir_set_input(u->node, u->index, input);
    }
    return TFP_OK;
}

/* A value of the core that is needed behind becomes an output. */
static tfp_status cut_behind(struct cutting *c, struct ir_value *v)
{
    bool needed = false;
    for (const struct ir_use *u = v->uses; u && !v->n_outputs; u = u->next) needed = needed || (u->node->mark & BEHIND);
    if (!needed) return TFP_OK;
    const char *name = name_of_value(c, v);
    return name && ir_add_output(c->graph, name, v) ? TFP_OK : tfp_no_memory(c->ctx);
}

static tfp_status cut_edges(struct cutting *c)
{
    for (struct ir_node *n = c->graph->first; n; n = n->next)
        for (uint32_t i = 0; i < n->n_out; i++)
            if (n->out[i] && !(n->mark & BEHIND))
                TFP_TRY((n->mark & BEFORE) ? cut_before(c, n->out[i]) : cut_behind(c, n->out[i]));
    return TFP_OK;
}

static tfp_status drop_rest(struct cutting *c, const bool *used)
{
    struct ir_graph *g = c->graph;
    struct optimize o = { .ctx = c->ctx, .graph = g };
    bool changed = false;
    for (size_t i = g->n_outputs; i-- > 0;)
        if (!is_of_core(g->outputs[i].value)) ir_drop_output(g, i);
    TFP_TRY(pass_dead(&o, &changed));
    for (size_t i = g->n_inputs; i-- > 0;)
        if ((used[i] || g->inputs[i]->dtype == TFP_STRING) && ir_unused(g->inputs[i])) ir_drop_input(g, i);
    return TFP_OK;
}

/* -- what is told -------------------------------------------------------------------------------------------------- */

static void tell_op(const struct ir_graph *g, const struct ir_node *n, struct cut *out)
{
    size_t same = 0;
    for (const struct ir_node *at = g->first; at; at = at->next) {
        if (at->op != n->op || !(at->mark & HOST)) continue;
        if (!same++ && at != n) return; /* told with the first */
    }
    text_add(&out->ops, "%s%s", out->ops.n ? ", " : "", schema_op_name(n->op));
    if (same > 1) text_add(&out->ops, " (%zu nodes)", same);
}

static void tell(const struct ir_graph *g, struct cut *out)
{
    for (const struct ir_node *n = g->first; n; n = n->next) {
        out->before += (n->mark & BEFORE) != 0;
        out->behind += (n->mark & BEHIND) != 0;
        if (n->mark & HOST) tell_op(g, n, out);
    }
}

tfp_status cut_core(struct tfp_context *ctx, struct ir_graph *g, struct cut *out)
{
    struct arena arena = { 0 };
    struct cutting c = { .ctx = ctx, .graph = g, .told = ARENA_ARRAY(&arena, bool, g->n_symbols + 1) };
    bool *used = ARENA_ARRAY(&arena, bool, g->n_inputs + 1);
    tfp_status status = c.told && used ? TFP_OK : tfp_no_memory(ctx);
    const size_t n_inputs = g->n_inputs;
    *out = (struct cut){ .before = 0 };
    for (size_t i = 0; status == TFP_OK && i < n_inputs; i++) {
        const struct ir_value *v = g->inputs[i];
        used[i] = !ir_unused(v);
        for (int32_t k = 0; k < v->rank; k++)
            if (!dim_fixed(v->dims[k])) c.told[v->dims[k].sym] = true;
    }
    if (status == TFP_OK && mark_forward(&c)) {
        mark_cut(&c);
        tell(g, out);
        status = cut_edges(&c);
        bool *all = ARENA_ARRAY(&arena, bool, g->n_inputs + 1);
        if (status == TFP_OK && !all) status = tfp_no_memory(ctx);
        if (status == TFP_OK) {
            memcpy(all, used, n_inputs * sizeof *used);
            status = drop_rest(&c, all);
            if (status == TFP_OK && !g->n_outputs)
                status = tfp_fail(ctx, TFP_E_UNSUPPORTED, "nothing is left for a device: all results are strings, or come from %s",
                                  out->ops.n ? out->ops.at : "them");
        }
    }
    arena_free(&arena);
    return status;
}
