/* Steps that run a node's reference kernel on row-major memory. Results whose dims are known before the run have their
 * place in the plan; others get memory while the kernel runs and lose it after their last reader. */
#include "backend/cpu/cpu_plan.h"

#include <string.h>

struct kernel_state {
    const struct kernel_row *kernel;
    struct tensor *in, *out;
    struct slot **from; /* of each input; NULL: absent */
    size_t n_in;
    const struct step *step;
    struct kernel_memo memo;
    struct cpu_session *session; /* that runs */
};

static tfp_status allocate(struct kernel *k, struct tensor *t)
{
    struct kernel_state *state = k->user;
    const struct step *s = state->step;
    size_t i = (size_t)(t - k->out);
    struct slot *slot = s->slots[s->n_in + i];
    if (slot->root->kind == SLOT_DYNAMIC) {
        spare_release(&state->session->spare, &slot->t);
        t->owner = NULL;
        TFP_TRY(spare_allocate(k->ctx, &state->session->spare, t));
        slot->t = *t;
        return TFP_OK;
    }
    bool same = t->dtype == slot->t.dtype && t->rank == slot->t.rank &&
                (!t->rank || memcmp(t->dims, slot->t.dims, t->rank * sizeof *t->dims) == 0);
    if (!same) {
        char made[256], expected[256];
        return kernel_fail(k, TFP_E_FORMAT, "output %zu is %s, but %s was inferred", i,
                           tensor_text(t, made, sizeof made), tensor_text(&slot->t, expected, sizeof expected));
    }
    t->data = slot->t.data;
    t->owner = NULL;
    return TFP_OK;
}

/* A kernel that hands on an input that has an owner, a constant, leaves the place in the plan unwritten. */
static void settle(struct slot *slot, struct tensor *out)
{
    if (slot->root->kind == SLOT_DYNAMIC) {
        slot->t = *out;
    } else if (out->data && out->data != slot->t.data) {
        if (out->size) memcpy(slot->t.data, out->data, out->size);
        tensor_release(out);
    }
}

static tfp_status run_kernel(struct run *r, struct step *s)
{
    struct kernel_state *state = s->state;
    for (size_t i = 0; i < state->n_in; i++)
        if (state->from[i]) state->in[i] = state->from[i]->t;
    memset(state->out, 0, s->n_out * sizeof *state->out);
    struct kernel k = { .ctx = r->ctx,
                        .node = s->node,
                        .in = state->in,
                        .n_in = state->n_in,
                        .out = state->out,
                        .n_out = s->n_out,
                        .threads = r->session->threads,
                        .memo = &state->memo,
                        .allocate = allocate,
                        .user = state };
    state->step = s;
    state->session = r->session;
    TFP_TRY(kernel_run(&k, state->kernel));
    for (uint32_t i = 0; i < s->n_out; i++) settle(s->slots[s->n_in + i], &state->out[i]);
    return TFP_OK;
}

static void forget(struct step *s)
{
    struct kernel_memo *memo = &((struct kernel_state *)s->state)->memo;
    if (memo->data) memo->free(memo->data);
    memo->data = NULL;
}

static tfp_status output_slots(struct builder *b, const struct ir_node *n, struct slot **out)
{
    for (uint32_t i = 0; i < n->n_out; i++) {
        const struct ir_value *v = n->out[i];
        int64_t dims[TFP_MAX_RANK];
        if (v && v->dtype != TFP_STRING && v->dtype != TFP_UNDEFINED && ir_static_dims(v, dims))
            TFP_TRY(layout_new(b, v, NULL, &out[i]));
        else
            TFP_TRY(layout_place(b, v, SLOT_DYNAMIC, &out[i]));
    }
    return TFP_OK;
}

tfp_status kernel_step_add(struct builder *b, const struct ir_node *n)
{
    struct arena *a = &b->plan->arena;
    const struct schema *schema = schema_newest(n->op);
    size_t room = schema && schema->max_in != 0xffff && schema->max_in > n->n_in ? schema->max_in : n->n_in;
    struct kernel_state *state = ARENA_NEW(a, struct kernel_state);
    struct slot **in = ARENA_ARRAY(a, struct slot *, n->n_in), **out = ARENA_ARRAY(a, struct slot *, n->n_out);
    if (!state || !in || !out) return tfp_no_memory(b->ctx);
    state->kernel = kernel_find(n->op);
    if (!state->kernel) return tfp_fail(b->ctx, TFP_E_UNSUPPORTED, "cpu backend: no kernel for %s", schema_op_name(n->op));
    state->in = ARENA_ARRAY(a, struct tensor, room);
    state->out = ARENA_ARRAY(a, struct tensor, n->n_out);
    state->from = ARENA_ARRAY(a, struct slot *, n->n_in);
    state->n_in = n->n_in;
    if (!state->in || !state->out || !state->from) return tfp_no_memory(b->ctx);
    uint32_t n_in = 0;
    for (uint32_t i = 0; i < n->n_in; i++) {
        if (!n->in[i].value) continue;
        TFP_TRY(layout_row_major(b, n->in[i].value, &state->from[i]));
        in[n_in++] = state->from[i];
    }
    TFP_TRY(output_slots(b, n, out));
    return step_add(b, n, run_kernel, in, n_in, out, n->n_out, state, forget);
}
