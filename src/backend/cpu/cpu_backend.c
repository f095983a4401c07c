/* The built-in executor. A session opens on a graph, keeps a plan for each of the last few sets of input dimensions
 * (cpu_plan.h) and runs it on the caller's memory: inputs are read where they lie and outputs written where they
 * belong. */
#include "backend/cpu/cpu_plan.h"

#include "base/clock.h"
#include "base/text.h"
#include "decompose/decompose.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* -- opening ------------------------------------------------------------------------------------------------------- */

static void list_unknown(const struct ir_graph *g, bool *listed, struct text *text, size_t *n)
{
    for (const struct ir_node *node = g->first; node; node = node->next) {
        if (listed[node->op] || kernel_find(node->op) || unit_is_native(node->op) || decompose_known(node->op)) continue;
        listed[node->op] = true;
        text_add(text, "%s%s", (*n)++ ? ", " : "", schema_op_name(node->op));
    }
    for (const struct ir_graph *body = g->bodies; body; body = body->next_body) list_unknown(body, listed, text, n);
}

static tfp_status check_ops(struct tfp_context *ctx, const struct ir_graph *g)
{
    bool listed[IR_OP_COUNT] = { false };
    struct text text = { 0 };
    size_t n = 0;
    list_unknown(g, listed, &text, &n);
    if (!n) return TFP_OK;
    char *names = text_take(&text);
    tfp_status status = tfp_fail(ctx, TFP_E_UNSUPPORTED, "%zu op%s not supported by the cpu backend: %s", n,
                                 n == 1 ? " is" : "s are", names ? names : "(out of memory)");
    free(names);
    return status;
}

static tfp_status cpu_open(struct tfp_context *ctx, void *state, const struct ir_graph *g,
                           const struct backend_options *o)
{
    struct cpu_session *s = state;
    s->graph = g;
    s->threads = o->threads > 0 ? o->threads : 1;
    TFP_TRY(check_ops(ctx, g));
    TFP_TRY(onednn_open(ctx));
    TFP_TRY(step_answer(ctx, onednn.engine_create(&s->engine, dnnl_cpu, 0), NULL));
    return step_answer(ctx, onednn.stream_create(&s->stream, s->engine, dnnl_stream_default_flags), NULL);
}

tfp_status session_open(struct tfp_context *ctx, struct cpu_session *s, struct cpu_session *outer,
                        const struct ir_graph *body)
{
    *s = (struct cpu_session){ .graph = body, .threads = outer->threads, .engine = outer->engine, .stream = outer->stream };
    s->outermost = outer->outermost ? outer->outermost : outer;
    s->given = calloc(body->n_inputs + 1, sizeof *s->given);
    s->got = calloc(body->n_outputs + 1, sizeof *s->got);
    return s->given && s->got ? TFP_OK : tfp_no_memory(ctx);
}

void session_close(struct cpu_session *s)
{
    for (size_t i = 0; i < CPU_PLANS; i++)
        plan_destroy(s, s->plans[i]);
    spare_end(&s->spare);
    if (!s->outermost) layout_end(s, NULL);
    free(s->given);
    free(s->got);
}

static void cpu_close(void *state)
{
    struct cpu_session *s = state;
    session_close(s);
    if (s->stream) onednn.stream_destroy(s->stream);
    if (s->engine) onednn.engine_destroy(s->engine);
}

/* -- plans --------------------------------------------------------------------------------------------------------- */

bool session_key(const struct cpu_session *s, size_t i, uint32_t axis, int64_t *dim)
{
    const uint32_t varies = s->graph->inputs[i]->varies;
    if (varies & (IR_RANK_VARIES | UINT32_C(1) << axis)) *dim = -1;
    return !(varies & IR_RANK_VARIES);
}

/* A rank that varies is in the key none the less: it says how long the key is. */
static bool key_matches(const struct cpu_session *s, const struct plan *p, const struct tfp_tensor *inputs, size_t n_inputs)
{
    size_t k = 0;
    for (size_t i = 0; i < n_inputs; i++) {
        if (p->key[k++] != inputs[i].rank) return false;
        for (uint32_t d = 0; d < inputs[i].rank; d++) {
            int64_t dim = inputs[i].dims[d];
            session_key(s, i, d, &dim);
            if (p->key[k++] != dim) return false;
        }
    }
    return true;
}

/* The plan for these dimensions; a new one takes the place of the one not used for longest. */
static tfp_status find_plan(struct tfp_context *ctx, struct cpu_session *s, const struct tfp_tensor *inputs,
                            size_t n_inputs, struct plan **out)
{
    struct plan **oldest = &s->plans[0];
    for (size_t i = 0; i < CPU_PLANS; i++) {
        struct plan *p = s->plans[i];
        if (p && key_matches(s, p, inputs, n_inputs)) {
            *out = p;
            return TFP_OK;
        }
        if (*oldest && (!p || p->used < (*oldest)->used)) oldest = &s->plans[i];
    }
    plan_destroy(s, *oldest);
    *oldest = NULL;
    TFP_TRY(plan_build(ctx, s, inputs, oldest));
    *out = *oldest;
    return TFP_OK;
}

/* -- running ------------------------------------------------------------------------------------------------------- */

static tfp_status too_small(struct tfp_context *ctx, const struct plan *p, size_t i, size_t need, size_t given)
{
    return tfp_fail(ctx, TFP_E_USAGE, "output %s needs %zu bytes, its buffer has %zu", p->graph->outputs[i].name, need,
                    given);
}

/* Points the slots in the caller's memory to it. */
static tfp_status bind_caller(struct run *r, const struct tfp_tensor *inputs, const struct tfp_tensor *outputs)
{
    struct plan *p = r->plan;
    for (size_t i = 0; i < p->graph->n_inputs; i++) {
        struct tensor *t = &p->inputs[i]->t;
        if (r->session->graph->inputs[i]->varies)
            TFP_TRY(tensor_describe(r->ctx, "an input", inputs[i].dtype, inputs[i].rank, inputs[i].dims, t));
        t->data = inputs[i].data;
    }
    for (size_t i = 0; i < p->graph->n_outputs; i++) {
        struct slot *root = p->outputs[i]->root;
        size_t need = p->outputs[i]->t.size;
        if (root->kind == SLOT_DYNAMIC) continue;
        root->t.data = outputs[i].data;
        if (outputs[i].data && outputs[i].size < need) return too_small(r->ctx, p, i, need, outputs[i].size);
        if (outputs[i].data) continue;
        if (!p->lent[i]) TFP_TRY(buffer_create(r->ctx, need, &p->lent[i]));
        root->t.data = p->lent[i]->data;
    }
    for (size_t i = 0; i < p->n_moving; i++)
        p->moving[i]->t.data = p->moving[i]->root->t.data;
    for (struct rebind *bind = p->rebinds; bind; bind = bind->next) {
        if (bind->data == bind->slot->t.data) continue;
        TFP_TRY(step_answer(r->ctx, onednn.memory_set_data_handle(bind->memory, bind->slot->t.data), NULL));
        bind->data = bind->slot->t.data;
    }
    return TFP_OK;
}

static tfp_status give_output(struct run *r, size_t i, struct tfp_tensor *out)
{
    struct slot *s = r->plan->outputs[i];
    out->dtype = s->t.dtype;
    out->rank = s->t.rank;
    out->dims = s->t.dims;
    if (s->root->kind == SLOT_DYNAMIC && out->data) {
        if (out->size < s->t.size) return too_small(r->ctx, r->plan, i, s->t.size, out->size);
        if (s->t.size) memcpy(out->data, s->t.data, s->t.size);
    } else {
        out->data = s->t.data;
    }
    out->size = s->t.size;
    return TFP_OK;
}

/* Strings stay until the next run: elements made later may point into them. */
static void drop_dying(struct spare *spare, struct step *s)
{
    for (uint32_t i = 0; i < s->n_dying; i++)
        if (s->dying[i]->t.dtype != TFP_STRING) spare_release(spare, &s->dying[i]->t);
}

static tfp_status run_step(struct run *r, struct step *s)
{
    const double start = r->seconds ? clock_seconds() : 0;
    TFP_TRY(s->run(r, s));
    if (s->n_dying) drop_dying(&r->session->spare, s);
    if (r->seconds) r->seconds[s->index] += clock_seconds() - start;
    return TFP_OK;
}

static tfp_status run_plan(struct run *r, const struct tfp_tensor *inputs, struct tfp_tensor *outputs)
{
    struct plan *p = r->plan;
    if (p->dynamic)
        for (struct slot *s = p->slots; s; s = s->next)
            if (s->kind == SLOT_DYNAMIC) spare_release(&r->session->spare, &s->t);
    TFP_TRY(bind_caller(r, inputs, outputs));
    for (struct step *s = p->first; s; s = s->next) TFP_TRY(run_step(r, s));
    for (size_t i = 0; i < p->graph->n_outputs; i++)
        TFP_TRY(give_output(r, i, &outputs[i]));
    return TFP_OK;
}

/* Memory for the outputs whose size is known. */
static tfp_status lend_outputs(struct run *r, struct tensor *out, struct tfp_tensor *got)
{
    for (size_t i = 0; i < r->plan->graph->n_outputs; i++) {
        const struct slot *s = r->plan->outputs[i];
        const bool open = s->root->kind == SLOT_DYNAMIC;
        if (open || !out[i].data || out[i].size != s->t.size) {
            tensor_release(&out[i]);
            out[i].data = NULL;
        }
        if (!open && !out[i].data) {
            TFP_TRY(buffer_create(r->ctx, s->t.size, &out[i].owner));
            out[i].data = out[i].owner->data;
        }
        got[i] = (struct tfp_tensor){ .data = out[i].data, .size = open ? 0 : s->t.size };
    }
    return TFP_OK;
}

/* What a kernel allocated gets one more owner; what lies in the plan is copied, which may be gone before its user. */
static tfp_status take_output(struct run *r, const struct slot *s, struct tensor *out)
{
    const struct tensor given = *out;
    if (s->root->kind == SLOT_DYNAMIC) return tensor_keep(r->ctx, &s->t, out);
    *out = s->t;
    out->data = given.data;
    out->owner = given.owner;
    return TFP_OK;
}

tfp_status session_run(struct tfp_context *ctx, struct cpu_session *s, const struct tensor *in, struct tensor *out)
{
    struct run r = { .ctx = ctx, .session = s };
    for (size_t i = 0; i < s->graph->n_inputs; i++)
        s->given[i] = (struct tfp_tensor){
            .dtype = in[i].dtype, .rank = in[i].rank, .dims = in[i].dims, .data = in[i].data, .size = in[i].size
        };
    TFP_TRY(find_plan(ctx, s, s->given, s->graph->n_inputs, &r.plan));
    r.plan->used = ++s->clock;
    TFP_TRY(lend_outputs(&r, out, s->got));
    TFP_TRY(run_plan(&r, s->given, s->got));
    for (size_t i = 0; i < s->graph->n_outputs; i++) TFP_TRY(take_output(&r, r.plan->outputs[i], &out[i]));
    return TFP_OK;
}

static tfp_status cpu_run(struct tfp_context *ctx, void *state, const struct tfp_tensor *inputs, size_t n_inputs,
                          struct tfp_tensor *outputs, size_t n_outputs)
{
    struct run r = { .ctx = ctx, .session = state };
    (void)n_outputs;
    int threads = omp_get_max_threads();
    omp_set_num_threads(r.session->threads);
    tfp_status status = find_plan(ctx, r.session, inputs, n_inputs, &r.plan);
    if (status == TFP_OK) {
        r.plan->used = ++r.session->clock;
        status = run_plan(&r, inputs, outputs);
    }
    omp_set_num_threads(threads);
    return status;
}

/* -- measuring ----------------------------------------------------------------------------------------------------- */

static struct plan *last_plan(const struct cpu_session *s)
{
    struct plan *last = NULL;
    for (size_t i = 0; i < CPU_PLANS; i++)
        if (s->plans[i] && (!last || s->plans[i]->used > last->used)) last = s->plans[i];
    return last;
}

/* The last run again, on the inputs that it had, into memory of the plan's own. */
static tfp_status repeat_last(struct run *r, size_t times)
{
    const struct ir_graph *g = r->plan->graph;
    struct tfp_tensor *in = calloc(g->n_inputs + 1, sizeof *in), *out = calloc(g->n_outputs + 1, sizeof *out);
    tfp_status status = in && out ? TFP_OK : tfp_no_memory(r->ctx);
    for (size_t i = 0; i < g->n_inputs && status == TFP_OK; i++) {
        const struct tensor *t = &r->plan->inputs[i]->t;
        in[i] = (struct tfp_tensor){ .dtype = t->dtype, .rank = t->rank, .dims = t->dims, .data = t->data, .size = t->size };
    }
    for (size_t k = 0; k < times && status == TFP_OK; k++) {
        for (size_t i = 0; i < g->n_outputs; i++) out[i] = (struct tfp_tensor){ .data = NULL };
        status = run_plan(r, in, out);
    }
    free(in);
    free(out);
    return status;
}

static tfp_status cpu_profile(struct tfp_context *ctx, void *state, size_t runs,
                              void (*layer)(void *user, const char *name, float milliseconds), void *user)
{
    struct cpu_session *session = state;
    struct run r = { .ctx = ctx, .session = session, .plan = last_plan(session) };
    struct text name = { 0 };
    const int threads = omp_get_max_threads();
    if (!(r.seconds = calloc((size_t)r.plan->n_steps + 1, sizeof *r.seconds))) return tfp_no_memory(ctx);
    omp_set_num_threads(session->threads);
    tfp_status status = repeat_last(&r, runs);
    omp_set_num_threads(threads);
    for (const struct step *s = r.plan->first; s && status == TFP_OK; s = s->next) {
        name.n = 0;
        text_add(&name, "%s %s", s->node ? schema_op_name(s->node->op) : "", s->node && s->node->name ? s->node->name : "");
        layer(user, name.at ? name.at : "", (float)(r.seconds[s->index] * 1e3));
    }
    text_free(&name);
    free(r.seconds);
    return status;
}

const struct backend backend_cpu = {
    .name = "cpu",
    .state_size = sizeof(struct cpu_session),
    .open = cpu_open,
    .run = cpu_run,
    .close = cpu_close,
    .profile = cpu_profile,
};
