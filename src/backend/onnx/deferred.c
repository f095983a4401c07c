/* Constants computed late: found by walking the nodes in order, computed by the kernels. */
#include "backend/onnx/deferred.h"

#include "ir/kernels/kernel.h"

#include <string.h>

enum { MOST_INPUTS = 8, DEEPEST = 16 };

struct deferred {
    const struct ir_node *node; /* out of the graph; its attributes live on */
    size_t n_in, depth;         /* depth: steps in a row, computed by recursion */
    struct tensor in[MOST_INPUTS];
    struct deferred *from[MOST_INPUTS]; /* NULL: in[i] is real */
};

struct deferred *deferred_find(const struct deferred_list *l, const void *data)
{
    void **at = map_find(&l->by_data, (const char *)&data, sizeof data);
    return at ? *at : NULL;
}

/* One output of known size, large, made by a kernel of constants alone. */
static bool fits(const struct ir_node *n)
{
    int64_t dims[TFP_MAX_RANK], count;
    size_t bytes;
    if (n->n_out != 1 || n->n_in == 0 || n->n_in > MOST_INPUTS || ir_is_random(n->op) || !kernel_find(n->op)) return false;
    for (uint32_t i = 0; i < n->n_in; i++)
        if (n->in[i].value && !n->in[i].value->constant) return false;
    if (n->out[0]->dtype == TFP_STRING || !ir_static_dims(n->out[0], dims)) return false;
    return numbers_count(dims, (size_t)n->out[0]->rank, &count) &&
           mul_size(&bytes, (size_t)count, tfp_dtype_size(n->out[0]->dtype)) && bytes >= DEFERRED_FROM;
}

static bool take_inputs(const struct deferred_list *l, const struct ir_node *n, struct deferred *d)
{
    d->n_in = n->n_in;
    for (uint32_t i = 0; i < n->n_in; i++) {
        if (!n->in[i].value) continue;
        d->in[i] = *n->in[i].value->constant;
        d->from[i] = deferred_find(l, d->in[i].data);
        if (d->from[i] && d->from[i]->depth + 1 > d->depth) d->depth = d->from[i]->depth + 1;
    }
    return d->depth < DEEPEST;
}

static tfp_status defer(struct tfp_context *ctx, struct arena *arena, struct ir_node *n, struct deferred_list *l)
{
    struct deferred *d = ARENA_NEW(arena, struct deferred);
    void **token = ARENA_NEW(arena, void *);
    struct ir_value *v = n->out[0];
    struct tensor t = { 0 };
    int64_t dims[TFP_MAX_RANK];
    if (!d || !token) return tfp_no_memory(ctx);
    if (!take_inputs(l, n, d)) return TFP_OK; /* stays a node */
    ir_static_dims(v, dims);
    TFP_TRY(tensor_describe(ctx, n->name ? n->name : "constant", v->dtype, (size_t)v->rank, dims, &t));
    t.data = *token = d;
    d->node = n;
    void **at = map_at(&l->by_data, (const char *)token, sizeof *token);
    if (!at || !ir_make_constant(n->graph, v, &t)) return tfp_no_memory(ctx);
    *at = d;
    ir_remove(n);
    return TFP_OK;
}

tfp_status deferred_collect(struct tfp_context *ctx, struct arena *arena, struct ir_graph *g, struct deferred_list *out)
{
    *out = (struct deferred_list){ .spare = { NULL } };
    map_init(&out->by_data, arena);
    for (struct ir_node *n = g->first, *next; n; n = next) {
        next = n->next;
        if (fits(n)) TFP_TRY(defer(ctx, arena, n, out));
    }
    return TFP_OK;
}

/* -- computing ----------------------------------------------------------------------------------------------------- */

/* Memory that was touched before is taken again; what is too small makes way for larger. */
static tfp_status allocate(struct kernel *k, struct tensor *t)
{
    struct deferred_list *l = k->user;
    for (size_t i = 0; i < DEFERRED_SPARES; i++) {
        if (!l->spare[i] || l->spare[i]->size < t->size) continue;
        t->owner = l->spare[i];
        t->data = t->owner->data;
        l->spare[i] = NULL;
        return TFP_OK;
    }
    for (size_t i = 0; i < DEFERRED_SPARES; i++) {
        if (!l->spare[i]) continue;
        buffer_drop(l->spare[i]);
        l->spare[i] = NULL;
        break;
    }
    TFP_TRY(buffer_create(k->ctx, t->size, &t->owner));
    t->data = t->owner->data;
    return TFP_OK;
}

void deferred_release(struct deferred_list *l, struct tensor *t)
{
    bool alone = t->owner && !t->owner->mapped && atomic_load(&t->owner->owners) == 1;
    for (size_t i = 0; i < DEFERRED_SPARES && alone; i++) {
        if (l->spare[i]) continue;
        l->spare[i] = t->owner;
        t->owner = NULL;
        t->data = NULL;
        return;
    }
    tensor_release(t);
}

void deferred_end(struct deferred_list *l)
{
    for (size_t i = 0; i < DEFERRED_SPARES; i++) buffer_drop(l->spare[i]);
}

static tfp_status compute_inputs(struct tfp_context *ctx, struct deferred_list *l, const struct deferred *d,
                                 struct tensor *in)
{
    for (size_t i = 0; i < d->n_in; i++) {
        in[i] = d->in[i];
        in[i].owner = NULL; /* given back below only where computed here */
        if (d->from[i]) TFP_TRY(deferred_compute(ctx, l, d->from[i], &in[i]));
    }
    return TFP_OK;
}

tfp_status deferred_compute(struct tfp_context *ctx, struct deferred_list *l, const struct deferred *d, struct tensor *out)
{
    struct tensor in[MOST_INPUTS];
    memset(in, 0, sizeof in);
    tfp_status status = compute_inputs(ctx, l, d, in);
    if (status == TFP_OK) status = kernel_evaluate_into(ctx, d->node, in, d->n_in, out, 1, allocate, l);
    for (size_t i = 0; i < d->n_in; i++) {
        if (d->from[i]) deferred_release(l, &in[i]);
        else if (d->in[i].owner) buffer_forget(d->in[i].owner, d->in[i].data, d->in[i].size);
    }
    return status;
}
