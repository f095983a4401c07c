/* Builds a plan: the graph with concrete input dims becomes steps over slots in one block of memory. */
#include "backend/cpu/cpu_plan.h"

#include <stdlib.h>
#include <string.h>

static tfp_status make_key(struct builder *b, const struct tfp_tensor *inputs)
{
    struct plan *p = b->plan;
    size_t n = 0;
    for (size_t i = 0; i < p->graph->n_inputs; i++)
        n += 1 + inputs[i].rank;
    p->key = ARENA_ARRAY(&p->arena, int64_t, n);
    if (!p->key) return tfp_no_memory(b->ctx);
    for (size_t i = 0; i < p->graph->n_inputs; i++) {
        p->key[p->n_key++] = inputs[i].rank;
        for (uint32_t d = 0; d < inputs[i].rank; d++, p->n_key++) {
            p->key[p->n_key] = inputs[i].dims[d];
            session_key(b->session, i, d, &p->key[p->n_key]);
        }
    }
    return TFP_OK;
}

static tfp_status set_inputs(struct builder *b, const struct tfp_tensor *inputs)
{
    struct ir_graph *g = b->plan->graph;
    for (size_t i = 0; i < g->n_inputs; i++) {
        struct dim dims[TFP_MAX_RANK];
        int64_t rank = inputs[i].rank;
        if (inputs[i].rank > TFP_MAX_RANK)
            return tfp_fail(b->ctx, TFP_E_UNSUPPORTED, "input %s: rank %u", g->inputs[i]->name, inputs[i].rank);
        for (uint32_t d = 0; d < inputs[i].rank; d++) {
            int64_t n = inputs[i].dims[d];
            if (!session_key(b->session, i, d, &n)) rank = -1;
            dims[d] = n >= 0 ? dim_of(n) : ir_new_symbol(g, "varies");
        }
        if (!ir_set_shape(g, g->inputs[i], inputs[i].dtype, (int32_t)rank, dims)) return tfp_no_memory(b->ctx);
    }
    return TFP_OK;
}

static tfp_status place_inputs(struct builder *b)
{
    struct plan *p = b->plan;
    p->inputs = ARENA_ARRAY(&p->arena, struct slot *, p->graph->n_inputs);
    if (!p->inputs) return tfp_no_memory(b->ctx);
    for (size_t i = 0; i < p->graph->n_inputs; i++) {
        TFP_TRY(layout_place(b, p->graph->inputs[i], SLOT_INPUT, &p->inputs[i]));
        p->inputs[i]->io = i;
    }
    return TFP_OK;
}

static tfp_status run_copy_open(struct run *r, struct step *s)
{
    struct tensor *to = &s->slots[1]->t;
    tensor_release(to);
    return tensor_copy(r->ctx, &s->slots[0]->t, to);
}

/* An input of open dimensions that is an output, too. */
static tfp_status place_open_output(struct builder *b, struct slot *s, struct slot **out)
{
    TFP_TRY(layout_place(b, NULL, SLOT_DYNAMIC, out));
    return step_add(b, NULL, run_copy_open, &s, 1, out, 1, NULL, NULL);
}

/* The last writer of an output writes to the caller's memory, unless the value is one that something else holds too. */
static tfp_status place_output(struct builder *b, size_t i)
{
    struct plan *p = b->plan;
    const struct ir_value *v = p->graph->outputs[i].value;
    struct slot *s, *copy;
    TFP_TRY(layout_row_major(b, v, &s));
    p->outputs[i] = s;
    if (s->root->kind == SLOT_DYNAMIC) return TFP_OK;
    if (s->root->kind == SLOT_INPUT && b->session->graph->inputs[s->root->io]->varies)
        return place_open_output(b, s, &p->outputs[i]);
    if (s->root->kind == SLOT_ARENA && s->root->bytes == s->bytes) {
        s->root->kind = SLOT_OUTPUT;
        s->root->io = i;
        return TFP_OK;
    }
    TFP_TRY(layout_scratch(b, s->bytes, &copy));
    copy->t = s->t;
    copy->t.data = NULL;
    copy->t.owner = NULL;
    copy->kind = SLOT_OUTPUT;
    copy->io = i;
    p->outputs[i] = copy;
    return step_add_copy(b, s, copy);
}

static tfp_status place_outputs(struct builder *b)
{
    struct plan *p = b->plan;
    p->outputs = ARENA_ARRAY(&p->arena, struct slot *, p->graph->n_outputs);
    p->lent = ARENA_ARRAY(&p->arena, struct buffer *, p->graph->n_outputs);
    if (!p->outputs || !p->lent) return tfp_no_memory(b->ctx);
    for (size_t i = 0; i < p->graph->n_outputs; i++)
        TFP_TRY(place_output(b, i));
    return TFP_OK;
}

static tfp_status fill(struct builder *b, const struct tfp_tensor *inputs)
{
    struct plan *p = b->plan;
    TFP_TRY(ir_clone(b->ctx, b->session->graph, &p->graph));
    TFP_TRY(make_key(b, inputs));
    TFP_TRY(set_inputs(b, inputs));
    TFP_TRY(rewrite_graph(b->ctx, p->graph, b->session->threads));
    TFP_TRY(fuse_graph(b));
    TFP_TRY(place_inputs(b));
    for (const struct ir_node *n = p->graph->first; n; n = n->next)
        if (n->mark && b->units[n->mark]) TFP_TRY(make_unit(b, b->units[n->mark]));
    TFP_TRY(place_outputs(b));
    return memory_plan(b);
}

tfp_status plan_build(struct tfp_context *ctx, struct cpu_session *s, const struct tfp_tensor *inputs,
                      struct plan **out)
{
    struct plan *p = calloc(1, sizeof *p);
    if (!p) return tfp_no_memory(ctx);
    struct builder b = { .ctx = ctx, .session = s, .plan = p };
    tfp_status status = fill(&b, inputs);
    if (status != TFP_OK) {
        plan_destroy(s, p);
        return status;
    }
    *out = p;
    return TFP_OK;
}

void plan_destroy(struct cpu_session *s, struct plan *p)
{
    if (!p) return;
    for (struct step *step = p->first; step; step = step->next)
        if (step->end) step->end(step);
    for (struct slot *slot = p->slots; slot; slot = slot->next)
        if (slot->kind == SLOT_DYNAMIC) tensor_release(&slot->t);
    if (p->lent)
        for (size_t i = 0; i < p->graph->n_outputs; i++)
            buffer_drop(p->lent[i]);
    layout_end(s, p);
    ir_destroy(p->graph);
    buffer_drop(p->memory);
    arena_free(&p->arena);
    free(p);
}
