#include "optimize/cut.h"

#include "base/near.h"
#include "decompose/decompose.h"
#include "ir/bodies.h"
#include "ir/names.h"
#include "optimize/passes.h"

#include <stdlib.h>
#include <string.h>

enum {
    HOST = 1,
    HEAVY = 2,
    BEHIND = 4,
    BEFORE = 8,
    NAMED = 16,  /* gives a value that is cut at */
    BEGINS = 32, /* .. where the core begins */
    FOLLOWS = 64 /* depends on a value that is cut at: a core that begins there has it, whatever its sizes */
};

struct cutting {
    struct tfp_context *ctx;
    struct arena *arena;
    struct ir_graph *graph;
    bool *told;          /* by symbol: a dimension of an input */
    bool begins, ends;   /* the caller names where */
    const char **because; /* by node */
    struct map names;    /* taken */
    size_t n_new;
};

const char *cut_side_name(enum cut_side side)
{
    static const char *const names[CUT_SIDES] = { "prefix", "core", "suffix" };
    return names[side];
}

/* -- what is what -------------------------------------------------------------------------------------------------- */

/* One of the IR's own ops that nothing else can say. */
static bool is_own(const struct ir_node *n)
{
    const struct schema *s = schema_newest(n->op);
    return s && s->since == SCHEMA_OWN && !decompose_known(n->op);
}

static bool has_strings(const struct ir_node *n)
{
    for (uint32_t i = 0; i < n->n_in; i++)
        if (n->in[i].value && n->in[i].value->dtype == TFP_STRING) return true;
    for (uint32_t i = 0; i < n->n_out; i++)
        if (n->out[i] && n->out[i]->dtype == TFP_STRING) return true;
    return false;
}

static bool has_host_body(const struct ir_node *n)
{
    for (size_t i = 0; i < n->n_attrs; i++)
        if (n->attrs[i].kind == ATTR_KIND_GRAPH)
            for (const struct ir_node *inner = n->attrs[i].v.graph->first; inner; inner = inner->next)
                if (cut_is_host(inner)) return true;
    return false;
}

bool cut_is_host(const struct ir_node *n)
{
    return is_own(n) || has_strings(n) || has_host_body(n);
}

static const char *why_host(const struct ir_node *n)
{
    return n->op == IR_PARSE_EXAMPLE ? "parses tf.Example messages"
           : n->op == IR_TABLE_FIND  ? "looks up a table"
           : has_strings(n)          ? "handles strings"
           : is_own(n)               ? "is no op of ONNX or TensorRT"
                                     : "has a body that only a CPU can do";
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

/* -- where the caller cuts ----------------------------------------------------------------------------------------- */

/* "x:0" is "x", too. */
static bool is_called(const char *name, const char *asked)
{
    const size_t n = ir_name_length(asked);
    return name && strlen(name) == n && memcmp(name, asked, n) == 0;
}

/* By its own name, that of an output of the graph, or that of its node, whose last value it is then. */
static struct ir_value *find_value(const struct ir_graph *g, const char *asked)
{
    for (const struct ir_node *n = g->first; n; n = n->next)
        for (uint32_t i = 0; i < n->n_out; i++)
            if (n->out[i] && is_called(n->out[i]->name, asked)) return n->out[i];
    for (size_t i = 0; i < g->n_outputs; i++)
        if (is_called(g->outputs[i].name, asked) && g->outputs[i].value->producer) return g->outputs[i].value;
    for (const struct ir_node *n = g->last; n; n = n->prev)
        if (is_called(n->name, asked) && n->n_out && n->out[0]) return n->out[0];
    return NULL;
}

static tfp_status no_such_value(const struct cutting *c, const char *asked)
{
    struct text list = { 0 };
    struct near near;
    near_begin(&near, asked);
    for (size_t i = 0; i < c->graph->n_outputs; i++) near_offer(&near, c->graph->outputs[i].name);
    for (const struct ir_node *n = c->graph->first; n; n = n->next)
        for (uint32_t i = 0; i < n->n_out; i++)
            if (n->out[i] && n->out[i]->name) near_offer(&near, n->out[i]->name);
    near_list(&near, &list);
    tfp_status status = tfp_fail(c->ctx, TFP_E_USAGE, "--cut \"%s\": the optimized graph has no such value%s%s", asked,
                                 list.n ? "; near it: " : "; inspect --verbose shows it", list.n ? list.at : "");
    text_free(&list);
    return status;
}

static tfp_status mark_named(struct cutting *c, const char *const *at, size_t n_at)
{
    for (struct ir_node *n = c->graph->first; n; n = n->next) n->mark = 0;
    for (size_t i = 0; i < n_at; i++) {
        struct ir_value *v = find_value(c->graph, at[i]);
        if (!v) return no_such_value(c, at[i]);
        v->producer->mark |= NAMED;
    }
    for (struct ir_node *n = c->graph->first; n; n = n->next) {
        for (uint32_t i = 0; i < n->n_in; i++) {
            const struct ir_node *by = n->in[i].value ? n->in[i].value->producer : NULL;
            if (by && (by->mark & (NAMED | FOLLOWS))) n->mark |= FOLLOWS;
        }
        if (!(n->mark & NAMED)) continue;
        if (n->mark & FOLLOWS) c->ends = true;
        else c->begins = true, n->mark |= BEGINS;
    }
    return TFP_OK;
}

/* What depends on a value where the core ends. */
static bool is_past_end(const struct ir_node *n)
{
    for (uint32_t i = 0; i < n->n_in; i++) {
        const struct ir_node *by = n->in[i].value ? n->in[i].value->producer : NULL;
        if (by && ((by->mark & BEHIND) || ((by->mark & NAMED) && !(by->mark & BEGINS)))) return true;
    }
    return false;
}

/* -- marks --------------------------------------------------------------------------------------------------------- */

static bool mark_forward(struct cutting *c)
{
    bool any = c->begins || c->ends;
    for (size_t i = 0; i < c->graph->n_inputs; i++) any = any || c->graph->inputs[i]->dtype == TFP_STRING;
    for (size_t i = 0; i < c->graph->n_outputs; i++) any = any || c->graph->outputs[i].value->dtype == TFP_STRING;
    for (struct ir_node *n = c->graph->first; n; n = n->next) {
        n->mark |= (cut_is_host(n) ? HOST : 0) | (is_heavy(n->op) ? HEAVY : 0) | (is_past_end(n) ? BEHIND : 0);
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

static void put_before(struct cutting *c, struct ir_node *n, size_t place, const char *why)
{
    n->mark |= BEFORE;
    c->because[place] = why;
}

static void mark_cut(struct cutting *c)
{
    size_t place = c->graph->n_nodes;
    for (struct ir_node *n = c->graph->last; n; n = n->prev) {
        const char *host = (n->mark & HOST) ? why_host(n) : NULL;
        place--;
        if (n->mark & BEHIND) c->because[place] = host ? host : "stands behind the values that the core was cut at";
        else if (host && only_behind(n)) n->mark |= BEHIND, c->because[place] = host;
        else if (n->mark & BEGINS) put_before(c, n, place, host ? host : "gives a value that the core was cut at");
        else if (host && !(n->mark & HEAVY)) put_before(c, n, place, host);
        else if (!(n->mark & (HEAVY | FOLLOWS)) && has_data_dims(c, n)) put_before(c, n, place, "has sizes that depend on data");
        else if (n->mark & BEFORE) c->because[place] = "is needed before the core";
        if (!(n->mark & BEFORE)) continue;
        for (uint32_t i = 0; i < n->n_in; i++)
            if (n->in[i].value && n->in[i].value->producer) n->in[i].value->producer->mark |= BEFORE;
    }
}

static enum cut_side side_of(const struct ir_node *n)
{
    return n->mark & BEFORE ? CUT_PREFIX : n->mark & BEHIND ? CUT_SUFFIX : CUT_CORE;
}

/* -- names --------------------------------------------------------------------------------------------------------- */

/* `wanted`, or with a number behind it; NULL: memory is out. */
static const char *free_name(struct cutting *c, const char *wanted, const void *holder)
{
    const char *name = wanted ? wanted : arena_printf(c->arena, "core_%zu", c->n_new++);
    for (size_t i = 1; name; i++) {
        void **at = map_at(&c->names, name, strlen(name));
        if (!at) return NULL;
        if (!*at) memcpy(at, &holder, sizeof holder);
        if (*at == holder) return name;
        name = arena_printf(c->arena, "%s_%zu", wanted ? wanted : "core", i);
    }
    return NULL;
}

static tfp_status name_results(struct cutting *c, struct cut *out)
{
    const struct ir_graph *g = c->graph;
    for (size_t i = 0; i < g->n_inputs; i++)
        if (!free_name(c, g->inputs[i]->name, g->inputs[i])) return tfp_no_memory(c->ctx);
    for (size_t i = 0; i < g->n_outputs; i++)
        if (!(out->results[i] = free_name(c, g->outputs[i].name, g->outputs[i].value))) return tfp_no_memory(c->ctx);
    return TFP_OK;
}

static bool is_taken_elsewhere(const struct ir_value *v)
{
    for (const struct ir_use *u = v->uses; u; u = u->next)
        if (side_of(u->node) != side_of(v->producer)) return true;
    return false;
}

static const char *name_of_value(struct cutting *c, const struct cut *out, const struct ir_value *v)
{
    for (size_t i = 0; i < c->graph->n_outputs && v->n_outputs; i++)
        if (c->graph->outputs[i].value == v) return out->results[i];
    return free_name(c, v->name, v);
}

static tfp_status name_values(struct cutting *c, struct cut *out)
{
    size_t at = 0;
    for (const struct ir_node *n = c->graph->first; n; n = n->next)
        for (uint32_t i = 0; i < n->n_out; i++, at++)
            if (n->out[i] && is_taken_elsewhere(n->out[i]) && !(out->names[at] = name_of_value(c, out, n->out[i])))
                return tfp_no_memory(c->ctx);
    return TFP_OK;
}

/* -- the plan ------------------------------------------------------------------------------------------------------ */

static size_t count_values(const struct ir_graph *g)
{
    size_t n = 0;
    for (const struct ir_node *at = g->first; at; at = at->next) n += at->n_out;
    return n;
}

static bool make_room(struct cutting *c, struct cut *out)
{
    const struct ir_graph *g = c->graph;
    c->told = ARENA_ARRAY(c->arena, bool, g->n_symbols + 1);
    out->sides = ARENA_ARRAY(c->arena, uint8_t, g->n_nodes + 1);
    c->because = out->reasons = ARENA_ARRAY(c->arena, const char *, g->n_nodes + 1);
    out->names = ARENA_ARRAY(c->arena, const char *, count_values(g) + 1);
    out->results = ARENA_ARRAY(c->arena, const char *, g->n_outputs + 1);
    map_init(&c->names, c->arena);
    return c->told && out->sides && out->reasons && out->names && out->results;
}

static void tell_symbols(struct cutting *c)
{
    for (size_t i = 0; i < c->graph->n_inputs; i++) {
        const struct ir_value *v = c->graph->inputs[i];
        for (int32_t k = 0; k < v->rank; k++)
            if (!dim_fixed(v->dims[k])) c->told[v->dims[k].sym] = true;
    }
}

tfp_status cut_plan(struct tfp_context *ctx, struct arena *arena, struct ir_graph *g, const char *const *at, size_t n_at,
                    struct cut *out)
{
    struct cutting c = { .ctx = ctx, .arena = arena, .graph = g };
    size_t place = 0;
    *out = (struct cut){ .whole = true };
    if (!make_room(&c, out)) return tfp_no_memory(ctx);
    tell_symbols(&c);
    TFP_TRY(mark_named(&c, at, n_at));
    out->whole = !mark_forward(&c);
    if (!out->whole) mark_cut(&c);
    for (const struct ir_node *n = g->first; n; n = n->next, place++) {
        out->sides[place] = (uint8_t)side_of(n);
        out->n[side_of(n)]++;
    }
    TFP_TRY(name_results(&c, out));
    return name_values(&c, out);
}

/* -- a part -------------------------------------------------------------------------------------------------------- */

struct parting {
    struct tfp_context *ctx;
    struct ir_graph *graph; /* becomes the part */
    const struct cut *cut;
    enum cut_side side;
};

static bool in_part(const struct parting *p, const struct ir_node *n)
{
    return n->mark == (uint32_t)p->side;
}

/* Of constants and inputs, strings are the suffix's. */
static bool is_of_part(const struct parting *p, const struct ir_value *v)
{
    if (v->producer) return in_part(p, v->producer);
    return p->side == (v->dtype == TFP_STRING ? CUT_SUFFIX : CUT_CORE);
}

/* Uses of another part's value become uses of an input. */
static tfp_status take_value(const struct parting *p, struct ir_value *v, const char *name)
{
    struct ir_value *input = NULL;
    for (struct ir_use *u = v->uses, *next; u; u = next) {
        next = u->next;
        if (!in_part(p, u->node)) continue;
        if (!input) input = ir_add_input(p->graph, name, v->dtype, v->rank, v->dims);
        if (!input) return tfp_no_memory(p->ctx);
        ir_set_input(u->node, u->index, input);
    }
    return TFP_OK;
}

static tfp_status share_value(const struct parting *p, struct ir_value *v, const char *name)
{
    if (!in_part(p, v->producer)) return take_value(p, v, name);
    return v->n_outputs || ir_add_output(p->graph, name, v) ? TFP_OK : tfp_no_memory(p->ctx);
}

static tfp_status separate(const struct parting *p)
{
    size_t place = 0, at = 0;
    for (struct ir_node *n = p->graph->first; n; n = n->next) n->mark = p->cut->sides[place++];
    for (size_t i = p->graph->n_outputs; i-- > 0;) {
        p->graph->outputs[i].name = arena_string(&p->graph->arena, p->cut->results[i], strlen(p->cut->results[i]));
        if (!p->graph->outputs[i].name) return tfp_no_memory(p->ctx);
        if (!is_of_part(p, p->graph->outputs[i].value)) ir_drop_output(p->graph, i);
    }
    for (struct ir_node *n = p->graph->first; n; n = n->next)
        for (uint32_t i = 0; i < n->n_out; i++, at++)
            if (p->cut->names[at]) TFP_TRY(share_value(p, n->out[i], p->cut->names[at]));
    return TFP_OK;
}

/* Inputs that nothing uses in the whole graph stay with the core: a caller expects them. */
static tfp_status drop_rest(const struct parting *p, const struct ir_graph *whole)
{
    struct ir_graph *g = p->graph;
    struct optimize o = { .ctx = p->ctx, .graph = g };
    bool changed = false;
    TFP_TRY(pass_dead(&o, &changed));
    for (size_t i = g->n_inputs; i-- > 0;) {
        const struct ir_value *v = g->inputs[i];
        const bool idle = p->side == CUT_CORE && v->dtype != TFP_STRING && i < whole->n_inputs && ir_unused(whole->inputs[i]);
        if (ir_unused(v) && !idle) ir_drop_input(g, i);
    }
    return TFP_OK;
}

tfp_status cut_part(struct tfp_context *ctx, const struct ir_graph *g, const struct cut *cut, enum cut_side side,
                    struct ir_graph **out)
{
    struct parting p = { .ctx = ctx, .cut = cut, .side = side };
    TFP_TRY(ir_clone(ctx, g, &p.graph));
    tfp_status status = separate(&p);
    if (status == TFP_OK) status = drop_rest(&p, g);
    if (status != TFP_OK) {
        ir_destroy(p.graph);
        return status;
    }
    *out = p.graph;
    return TFP_OK;
}

tfp_status cut_region(struct tfp_context *ctx, struct ir_graph *g, struct ir_value *const *inputs, const char *const *names,
                      size_t n, struct ir_value *output, const char *name)
{
    struct optimize o = { .ctx = ctx, .graph = g };
    bool changed = false;
    while (g->n_outputs) ir_drop_output(g, g->n_outputs - 1);
    if (!ir_add_output(g, name, output)) return tfp_no_memory(ctx);
    for (size_t i = 0; i < n; i++) {
        struct ir_value *in = ir_add_input(g, names[i], inputs[i]->dtype, inputs[i]->rank, inputs[i]->dims);
        if (!in) return tfp_no_memory(ctx);
        inputs[i]->name = NULL; /* the input has it now */
        while (inputs[i]->uses) ir_set_input(inputs[i]->uses->node, inputs[i]->uses->index, in);
    }
    TFP_TRY(pass_dead(&o, &changed));
    for (size_t i = g->n_inputs; i-- > 0;)
        if (ir_unused(g->inputs[i])) ir_drop_input(g, i);
    return TFP_OK;
}
