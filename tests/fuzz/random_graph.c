/* Making, evaluating and comparing; what the steps are stands in random_steps.c. */
#include "random_graph.h"

#include "backend/backend.h"
#include "base/text.h"
#include "ir/kernels/kernel.h"
#include "optimize/optimize.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_STEPS = 20, MOST_OUT = 6, MOST_IN = 16 };
static const double largest_number = 1e4;

void random_graph_wrong(const struct ir_graph *before, const struct ir_graph *after, const char *format, ...)
{
    va_list args;
    const struct ir_graph *graphs[] = { before, after };
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    for (size_t i = 0; i < 2; i++) {
        struct text t = { 0 };
        if (!graphs[i]) continue;
        ir_dump(graphs[i], &t);
        fprintf(stderr, "\n-- %s --\n%s", i ? "after" : "before", t.at ? t.at : "");
        text_free(&t);
    }
    abort();
}

/* -- evaluating ---------------------------------------------------------------------------------------------------- */

const struct tensor *evaluated(const struct evaluation *e, const struct ir_value *v)
{
    return v->constant ? v->constant : v->mark && v->mark < e->n ? &e->at[v->mark] : NULL;
}

static void evaluation_free(struct evaluation *e)
{
    for (uint32_t i = 0; i < e->n; i++) tensor_release(&e->at[i]);
    e->n = 0;
}

/* One node whose inputs are there. */
tfp_status evaluate_node(struct tfp_context *ctx, struct evaluation *e, const struct ir_node *n)
{
    struct tensor in[MOST_IN] = { 0 }, out[MOST_OUT] = { 0 };
    if (n->n_in > MOST_IN || n->n_out > MOST_OUT || e->n + n->n_out > MOST_VALUES) return TFP_E_UNSUPPORTED;
    for (uint32_t i = 0; i < n->n_in; i++) {
        const struct tensor *t = ir_in(n, i) ? evaluated(e, ir_in(n, i)) : NULL;
        if (ir_in(n, i) && !t) return tfp_fail(ctx, TFP_E_SYSTEM, "an input that was not evaluated");
        if (t) in[i] = *t;
    }
    TFP_TRY(kernel_evaluate(ctx, n, in, n->n_in, out, n->n_out, 1));
    for (uint32_t i = 0; i < n->n_out; i++) {
        if (n->out[i]) {
            n->out[i]->mark = e->n;
            e->at[e->n++] = out[i];
        } else {
            tensor_release(&out[i]);
        }
    }
    return TFP_OK;
}

/* The numbers that a graph's symbols stand for, learnt from values; what contradicts is inference's mistake. */
struct bindings {
    int64_t *at; /* -1: not met yet */
    const struct ir_graph *graph;
};

static bool agrees(struct bindings *s, struct dim d, int64_t actual)
{
    if (d.sym == DIM_UNKNOWN) return true;
    if (dim_fixed(d)) return d.n == actual;
    if (s->at[d.sym] < 0) s->at[d.sym] = actual;
    return s->at[d.sym] == actual;
}

static void check_value(struct bindings *s, const struct ir_value *v, const struct tensor *t)
{
    char room[256], other[256];
    bool good = v->dtype == t->dtype && (v->rank < 0 || v->rank == (int32_t)t->rank);
    for (int32_t i = 0; good && i < v->rank; i++) good = agrees(s, v->dims[i], t->dims[i]);
    for (size_t i = 0; good && v->known && i < v->n_known; i++)
        good = (int64_t)i < t->count && agrees(s, v->known[i], tensor_int(t, (int64_t)i));
    if (!good)
        random_graph_wrong(s->graph, NULL, "inferred %s, is %s", ir_value_text(v, room, sizeof room), tensor_text(t, other, sizeof other));
}

/* What was inferred of the values must be true of the tensors. */
static void check_inference(const struct ir_graph *g, const struct evaluation *e)
{
    struct bindings s = { calloc(g->n_symbols + 1, sizeof(int64_t)), g };
    if (!s.at) return;
    for (size_t i = 0; i < g->n_symbols; i++) s.at[i] = -1;
    for (size_t i = 0; i < g->n_inputs; i++) check_value(&s, g->inputs[i], evaluated(e, g->inputs[i]));
    for (const struct ir_node *n = g->first; n; n = n->next)
        for (uint32_t i = 0; i < n->n_out; i++)
            if (n->out[i]) check_value(&s, n->out[i], evaluated(e, n->out[i]));
    free(s.at);
}

/* A whole graph that came of `r`'s, on the same inputs: whatever fails is a mistake. False: too large for `e`. */
static bool evaluate_graph(struct random_graph *r, const struct ir_graph *g, struct evaluation *e)
{
    e->n = 1;
    for (size_t i = 0; i < g->n_inputs; i++) {
        e->at[e->n] = *evaluated(&r->values, r->graph->inputs[i]);
        buffer_keep(e->at[e->n].owner);
        g->inputs[i]->mark = e->n++;
    }
    for (const struct ir_node *n = g->first; n; n = n->next) {
        if (n->n_in > MOST_IN || n->n_out > MOST_OUT || e->n + n->n_out > MOST_VALUES) return false;
        tfp_status status = evaluate_node(&r->ctx, e, n);
        if (status != TFP_OK) random_graph_wrong(r->graph, g, "status %d: %s", (int)status, r->ctx.text);
    }
    check_inference(g, e);
    return true;
}

static bool same_element(const struct random_graph *r, const struct tensor *a, const struct tensor *b, int64_t i)
{
    if (dtype_is_integer(a->dtype) || a->dtype == TFP_BOOL) return tensor_int(a, i) == tensor_int(b, i);
    double x = tensor_float(a, i), y = tensor_float(b, i);
    return fabs(x - y) <= 2e-4 * (1 + r->highest);
}

/* Output k of `g`, which is `b`, is that of r's own graph. */
static void compare_output(const struct random_graph *r, const struct ir_graph *g, size_t k, const struct tensor *b)
{
    const struct tensor *a = evaluated(&r->values, r->graph->outputs[k].value);
    const char *name = g->outputs[k].name, *stage = r->stage ? r->stage : "";
    bool shape = b && a->dtype == b->dtype && a->rank == b->rank;
    for (uint32_t i = 0; shape && i < a->rank; i++) shape = a->dims[i] == b->dims[i];
    if (!shape) random_graph_wrong(r->graph, g, "%s: output %s has another type or shape", stage, name);
    for (int64_t i = 0; i < a->count; i++)
        if (!same_element(r, a, b, i))
            random_graph_wrong(r->graph, g, "%s: output %s, element %lld: %g before, %g after", stage, name, (long long)i,
                               tensor_float(a, i), tensor_float(b, i));
}

static void check_count(const struct random_graph *r, const struct ir_graph *g)
{
    if (g->n_outputs != r->graph->n_outputs) random_graph_wrong(r->graph, g, "%zu outputs", g->n_outputs);
}

void random_graph_compare(struct random_graph *r, const struct ir_graph *g)
{
    struct evaluation *e = calloc(1, sizeof *e);
    check_count(r, g);
    if (e && evaluate_graph(r, g, e))
        for (size_t k = 0; k < g->n_outputs; k++) compare_output(r, g, k, evaluated(e, g->outputs[k].value));
    if (e) evaluation_free(e);
    free(e);
}

/* -- optimizing and executing -------------------------------------------------------------------------------------- */

struct watched {
    struct random_graph *r;
    const struct ir_graph *g;
};

static void look(void *user, const char *pass)
{
    const struct watched *w = user;
    w->r->stage = pass;
    if (ir_check(&w->r->ctx, w->g) != TFP_OK) random_graph_wrong(w->r->graph, w->g, "after %s: %s", pass, w->r->ctx.text);
    random_graph_compare(w->r, w->g);
}

void random_graph_optimize(struct random_graph *r, struct ir_graph *g)
{
    struct watched w = { r, g };
    if (optimize_graph_watched(&r->ctx, g, look, &w) != TFP_OK) random_graph_wrong(r->graph, g, "%s", r->ctx.text);
    r->stage = NULL;
}

static void run_state(struct random_graph *r, const struct ir_graph *g, const struct backend *cpu, void *state)
{
    struct tfp_tensor in[MOST_POOL], out[MOST_POOL] = { { TFP_UNDEFINED } };
    const struct backend_options o = { .threads = 1 };
    for (size_t i = 0; i < g->n_inputs; i++) {
        const struct tensor *t = evaluated(&r->values, r->graph->inputs[i]);
        in[i] = (struct tfp_tensor){ t->dtype, t->rank, t->dims, t->data, t->size };
    }
    if (cpu->open(&r->ctx, state, g, &o) != TFP_OK || cpu->run(&r->ctx, state, in, g->n_inputs, out, g->n_outputs) != TFP_OK)
        random_graph_wrong(r->graph, g, "on the CPU backend: %s", r->ctx.text);
    r->stage = "the CPU backend";
    for (size_t k = 0; k < g->n_outputs; k++) {
        struct tensor t;
        if (tensor_describe(&r->ctx, "a result", out[k].dtype, out[k].rank, out[k].dims, &t) != TFP_OK) continue;
        t.data = out[k].data;
        compare_output(r, g, k, &t);
    }
    r->stage = NULL;
}

void random_graph_execute(struct random_graph *r, struct ir_graph *g)
{
    const struct backend *cpu = backend_find("cpu");
    void *state = calloc(1, cpu->state_size);
    check_count(r, g);
    if (!state || g->n_inputs > MOST_POOL || g->n_outputs > MOST_POOL) return;
    if (optimize_fold(&r->ctx, g) != TFP_OK || ir_align_constants(&r->ctx, g) != TFP_OK)
        random_graph_wrong(r->graph, g, "%s", r->ctx.text);
    run_state(r, g, cpu, state);
    cpu->close(state);
    free(state);
}

/* -- choosing ------------------------------------------------------------------------------------------------------ */

uint32_t random_byte(struct random_graph *r)
{
    if (!r->n_bytes) return 0;
    r->n_bytes--;
    return *r->bytes++;
}

int64_t random_below(struct random_graph *r, int64_t n)
{
    return n > 1 ? (int64_t)(random_byte(r) % (uint64_t)n) : 0;
}

double random_number(struct random_graph *r)
{
    r->seed = r->seed * 1664525 + 1013904223;
    return (double)(int32_t)((r->seed >> 16) % 17) / 4 - 2;
}

void random_put(const struct tensor *t, int64_t i, double x)
{
    switch (t->dtype) {
    case TFP_FLOAT: ((float *)t->data)[i] = (float)x; break;
    case TFP_DOUBLE: ((double *)t->data)[i] = x; break;
    case TFP_INT64: ((int64_t *)t->data)[i] = (int64_t)x; break;
    case TFP_UINT64: ((uint64_t *)t->data)[i] = (uint64_t)fabs(x); break;
    case TFP_INT32: ((int32_t *)t->data)[i] = (int32_t)x; break;
    case TFP_UINT32: ((uint32_t *)t->data)[i] = (uint32_t)fabs(x); break;
    case TFP_INT16: ((int16_t *)t->data)[i] = (int16_t)x; break;
    case TFP_UINT16: ((uint16_t *)t->data)[i] = (uint16_t)fabs(x); break;
    case TFP_INT8: ((int8_t *)t->data)[i] = (int8_t)x; break;
    case TFP_UINT8: ((uint8_t *)t->data)[i] = (uint8_t)fabs(x); break;
    case TFP_BOOL: ((bool *)t->data)[i] = x > 0; break;
    default: memset((char *)t->data + (size_t)i * tfp_dtype_size(t->dtype), 0, tfp_dtype_size(t->dtype)); break;
    }
}

/* -- making -------------------------------------------------------------------------------------------------------- */

void random_graph_add(struct random_graph *r, struct ir_value *v)
{
    if (r->n_pool == MOST_POOL || !evaluated(&r->values, v)) return;
    r->exact[r->n_pool] = r->exact_now;
    r->pool[r->n_pool++] = v;
}

/* Finite, and not too large. */
static bool ordinary(struct random_graph *r, const struct tensor *t)
{
    double highest = 0;
    if (t->count > MOST_ELEMENTS || t->rank > 7) return false;
    for (int64_t i = 0; i < t->count; i++) {
        double x = fabs(tensor_float(t, i));
        if (!(x <= largest_number)) return false;
        if (x > highest) highest = x;
    }
    r->highest = highest > r->highest ? highest : r->highest;
    return true;
}

static void undo(struct random_graph *r, const struct ir_node *last)
{
    while (r->graph->last && r->graph->last != last) ir_remove(r->graph->last);
}

/* Without elements because of a dimension that is open: such a length of 0 would be "as it was" in the shape that a Reshape
 * is given, and nobody who forms one expects it. */
static bool empty_by_chance(const struct random_graph *r, const struct ir_value *v)
{
    int64_t dims[TFP_MAX_RANK];
    return v && evaluated(&r->values, v)->count == 0 && !ir_static_dims(v, dims);
}

/* Evaluates what a step made; false: it is taken out. */
static bool evaluate_step(struct random_graph *r, const struct ir_node *last)
{
    uint32_t first = r->values.n;
    for (const struct ir_node *n = last ? last->next : r->graph->first; n; n = n->next) {
        if (!n->out[0]->mark && evaluate_node(&r->ctx, &r->values, n) != TFP_OK) return false;
        for (uint32_t i = 0; i < n->n_out; i++)
            if (empty_by_chance(r, n->out[i])) return false;
    }
    for (uint32_t i = first; i < r->values.n; i++)
        if (!ordinary(r, &r->values.at[i])) return false;
    return true;
}

static void make_step(struct random_graph *r)
{
    const struct ir_node *last = r->graph->last;
    size_t n_pool = r->n_pool;
    r->exact_now = true;
    r->b.before = NULL;
    struct ir_value *v = random_step(r);
    bool good = v && r->b.status == TFP_OK && evaluate_step(r, last);
    r->b.status = TFP_OK;
    if (good && v->rank >= 0 && v->constant && !ordinary(r, v->constant)) good = false;
    if (good) random_graph_add(r, v);
    else r->n_pool = n_pool, undo(r, last);
}

static bool make_input(struct random_graph *r, size_t k)
{
    char name[32];
    struct dim dims[TFP_MAX_RANK];
    int64_t actual[TFP_MAX_RANK];
    static const char *const symbols[] = { "batch", "length" };
    const tfp_dtype dtype = ((const tfp_dtype[]){ TFP_FLOAT, TFP_FLOAT, TFP_FLOAT, TFP_INT64, TFP_BOOL })[random_below(r, 5)];
    int32_t rank = (int32_t)(random_byte(r) % 8 == 0 ? random_below(r, 6) : 4);
    for (int32_t i = 0; i < rank; i++) {
        uint32_t choice = random_byte(r);
        bool open = choice < (i == 0 ? 128u : 16u);
        actual[i] = open ? 2 + (choice & 1) * 1 : 1 + choice % 5;
        dims[i] = open ? ir_symbol(r->graph, symbols[choice & 1]) : dim_of(actual[i]);
    }
    snprintf(name, sizeof name, "x%zu", k);
    struct ir_value *v = ir_add_input(r->graph, name, dtype, rank, dims);
    struct tensor t = { 0 };
    if (!v || tensor_describe(&r->ctx, name, dtype, (size_t)rank, actual, &t) != TFP_OK) return false;
    if (tensor_allocate(&r->ctx, &t) != TFP_OK) return false;
    for (int64_t i = 0; i < t.count; i++) random_put(&t, i, random_number(r));
    v->mark = r->values.n;
    r->values.at[r->values.n++] = t;
    r->exact_now = true;
    return random_graph_add(r, v), true;
}

static bool make_outputs(struct random_graph *r)
{
    char name[32];
    for (size_t i = 0; i < r->n_pool; i++) {
        bool last = i + 1 == r->n_pool;
        snprintf(name, sizeof name, "y%zu", i);
        if ((last || random_byte(r) % 8 == 0) && !ir_add_output(r->graph, name, r->pool[i])) return false;
    }
    return true;
}

bool random_graph_make(struct random_graph *r, const uint8_t *data, size_t n)
{
    *r = (struct random_graph){ .bytes = data, .n_bytes = n, .values = { .n = 1 }, .highest = 1 };
    if (ir_create(&r->ctx, &r->graph) != TFP_OK) return false;
    r->b = (struct build){ .ctx = &r->ctx, .graph = r->graph, .scope = "n" };
    r->seed = random_byte(r);
    for (size_t i = 0, inputs = 1 + (size_t)random_below(r, 3); i < inputs; i++)
        if (!make_input(r, i)) return false;
    for (int i = 0; i < MOST_STEPS && r->n_bytes; i++) make_step(r);
    if (!make_outputs(r)) return false;
    if (ir_check(&r->ctx, r->graph) != TFP_OK) random_graph_wrong(r->graph, NULL, "%s", r->ctx.text);
    check_inference(r->graph, &r->values);
    return true;
}

void random_graph_free(struct random_graph *r)
{
    evaluation_free(&r->values);
    ir_destroy(r->graph);
}
