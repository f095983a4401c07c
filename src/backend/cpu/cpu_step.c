/* Making and running steps: oneDNN primitives with their memory objects, and plain copies. */
#include "backend/cpu/cpu_plan.h"

#include <stdlib.h>
#include <string.h>

enum { STEP_ARGS = 40 };

/* A oneDNN primitive with its arguments, ready to execute. */
struct call {
    dnnl_primitive_t primitive;
    dnnl_exec_arg_t *args;
    int n;
};

tfp_status step_answer(struct tfp_context *ctx, dnnl_status_t status, bool *refused)
{
    if (refused) *refused = status == dnnl_unimplemented || status == dnnl_invalid_arguments;
    if (status == dnnl_success || (refused && *refused)) return TFP_OK;
    if (status == dnnl_out_of_memory) return tfp_no_memory(ctx);
    return tfp_fail(ctx, TFP_E_SYSTEM, "oneDNN failed with its status %d", (int)status);
}

static void touch(struct slot *s, int32_t at)
{
    struct slot *root = s->root;
    if (root->first < 0) root->first = at;
    root->last = at;
}

tfp_status step_add(struct builder *b, const struct ir_node *n, step_fn *run, struct slot *const *in, uint32_t n_in,
                    struct slot *const *out, uint32_t n_out, void *state, void (*end)(struct step *))
{
    struct plan *p = b->plan;
    struct step *s = ARENA_NEW(&p->arena, struct step);
    struct slot **slots = ARENA_ARRAY(&p->arena, struct slot *, (size_t)n_in + n_out);
    if (!s || !slots) {
        struct step ended = { .state = state };
        if (end) end(&ended);
        return tfp_no_memory(b->ctx);
    }
    if (n_in) memcpy(slots, in, n_in * sizeof *slots);
    if (n_out) memcpy(slots + n_in, out, n_out * sizeof *slots);
    *s = (struct step){ .run = run,
                        .end = end,
                        .node = n,
                        .slots = slots,
                        .n_in = n_in,
                        .n_out = n_out,
                        .state = state,
                        .index = p->n_steps++ };
    for (uint32_t i = 0; i < n_in + n_out; i++)
        touch(slots[i], s->index);
    if (p->last)
        p->last->next = s;
    else
        p->first = s;
    p->last = s;
    return TFP_OK;
}

static tfp_status run_primitive(struct run *r, struct step *s)
{
    const struct call *c = s->state;
    dnnl_status_t status = onednn.primitive_execute(c->primitive, r->session->stream, c->n, c->args);
    return status == dnnl_success ? TFP_OK : step_answer(r->ctx, status, NULL);
}

static void end_primitive(struct step *s)
{
    struct call *c = s->state;
    for (int i = 0; i < c->n; i++)
        if (c->args[i].memory) onednn.memory_destroy(c->args[i].memory);
    if (c->primitive) onednn.primitive_destroy(c->primitive);
    c->primitive = NULL;
    c->n = 0;
}

/* A memory object without memory yet; memory_plan() and the runs bind it. */
static tfp_status add_memory(struct builder *b, struct call *c, const struct step_arg *a)
{
    const dnnl_memory_desc_t *md = a->md ? a->md : &a->slot->md;
    dnnl_exec_arg_t *arg = &c->args[c->n];
    arg->arg = a->arg;
    TFP_TRY(step_answer(b->ctx, onednn.memory_create(&arg->memory, md, b->session->engine, DNNL_MEMORY_NONE), NULL));
    c->n++;
    struct rebind *bind = ARENA_NEW(&b->plan->arena, struct rebind);
    if (!bind) return tfp_no_memory(b->ctx);
    *bind = (struct rebind){ arg->memory, a->slot, NULL, b->plan->rebinds };
    b->plan->rebinds = bind;
    return TFP_OK;
}

/* Fills the call; what was made is ended by the caller. */
static tfp_status fill_call(struct builder *b, struct call *c, dnnl_primitive_desc_t pd, struct step_arg *args,
                            uint32_t *n)
{
    const dnnl_memory_desc_t *scratch = onednn.primitive_desc_query_md(pd, dnnl_query_scratchpad_md, 0);
    size_t bytes = scratch ? onednn.memory_desc_get_size(scratch) : 0;
    if (bytes) {
        args[*n] = (struct step_arg){ .arg = DNNL_ARG_SCRATCHPAD, .md = scratch };
        TFP_TRY(layout_scratch(b, bytes, &args[*n].slot));
        ++*n;
    }
    c->args = ARENA_ARRAY(&b->plan->arena, dnnl_exec_arg_t, *n);
    if (!c->args) return tfp_no_memory(b->ctx);
    TFP_TRY(step_answer(b->ctx, onednn.primitive_create(&c->primitive, pd), NULL));
    for (uint32_t i = 0; i < *n; i++)
        TFP_TRY(add_memory(b, c, &args[i]));
    return TFP_OK;
}

static bool arg_written(int arg)
{
    return arg == DNNL_ARG_DST || arg == DNNL_ARG_SCRATCHPAD;
}

tfp_status step_add_primitive(struct builder *b, const struct ir_node *n, dnnl_primitive_desc_t pd,
                              const struct step_arg *args, uint32_t n_args)
{
    struct step_arg all[STEP_ARGS + 1];
    struct slot *in[STEP_ARGS + 1], *out[2];
    uint32_t n_in = 0, n_out = 0;
    struct call *c = ARENA_NEW(&b->plan->arena, struct call);
    tfp_status status = c && n_args <= STEP_ARGS ? TFP_OK : tfp_no_memory(b->ctx);
    if (status == TFP_OK) {
        memcpy(all, args, n_args * sizeof *args);
        status = fill_call(b, c, pd, all, &n_args);
        if (status != TFP_OK) end_primitive(&(struct step){ .state = c });
    }
    onednn.primitive_desc_destroy(pd);
    TFP_TRY(status);
    for (uint32_t i = 0; i < n_args; i++)
        if (arg_written(all[i].arg))
            out[n_out++] = all[i].slot;
        else
            in[n_in++] = all[i].slot;
    return step_add(b, n, run_primitive, in, n_in, out, n_out, c, end_primitive);
}

tfp_status step_describe_reorder(struct builder *b, const dnnl_memory_desc_t *from, const dnnl_memory_desc_t *to,
                                 dnnl_primitive_desc_t *pd)
{
    dnnl_primitive_attr_t attr = NULL;
    dnnl_engine_t e = b->session->engine;
    dnnl_status_t status = onednn.primitive_attr_create(&attr);
    if (status == dnnl_success) status = onednn.primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user);
    if (status == dnnl_success) status = onednn.reorder_primitive_desc_create(pd, from, e, to, e, attr);
    onednn.primitive_attr_destroy(attr);
    return step_answer(b->ctx, status, NULL);
}

static tfp_status run_copy(struct run *r, struct step *s)
{
    (void)r;
    if (s->slots[1]->t.size) memcpy(s->slots[1]->root->t.data, s->slots[0]->t.data, s->slots[1]->t.size);
    return TFP_OK;
}

tfp_status step_add_copy(struct builder *b, struct slot *from, struct slot *to)
{
    return step_add(b, NULL, run_copy, &from, 1, &to, 1, NULL, NULL);
}
