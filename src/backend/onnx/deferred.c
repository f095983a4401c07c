/* Constants computed late: found by walking the nodes in order, computed by the kernels. */
#include "backend/onnx/deferred.h"

#include "ir/kernels/kernel.h"
#include "ir/kernels/strided.h"

#include <string.h>

enum { MOST_INPUTS = 8, DEEPEST = 16, MOST_PIECES = 8 };
#define PIECE ((size_t)32 << 20) /* bytes; a larger value is given in pieces of at least that many */

struct deferred {
    const struct ir_node *node; /* out of the graph; its attributes live on */
    size_t n_in, depth;         /* depth: steps in a row, computed by recursion */
    size_t size;                /* bytes of the result */
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
    if (ir_is_quantized_weight(n)) return false;
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
    d->size = t.size;
    if (d->size > l->largest) l->largest = d->size;
    void **at = map_at(&l->by_data, (const char *)token, sizeof *token);
    if (!at || !ir_make_constant(n->graph, v, &t)) return tfp_no_memory(ctx);
    *at = d;
    ir_remove(n);
    return TFP_OK;
}

static tfp_status collect(struct tfp_context *ctx, struct arena *arena, struct ir_graph *g, struct deferred_list *out)
{
    for (struct ir_node *n = g->first, *next; n; n = next) {
        next = n->next;
        if (fits(n)) TFP_TRY(defer(ctx, arena, n, out));
    }
    for (struct ir_graph *body = g->bodies; body; body = body->next_body) TFP_TRY(collect(ctx, arena, body, out));
    return TFP_OK;
}

tfp_status deferred_collect(struct tfp_context *ctx, struct arena *arena, struct ir_graph *g, struct deferred_list *out)
{
    *out = (struct deferred_list){ .spare = { NULL } };
    map_init(&out->by_data, arena);
    return collect(ctx, arena, g, out);
}

/* -- computing ----------------------------------------------------------------------------------------------------- */

/* Memory that was touched before is taken again; so it has room for the largest at once. */
static tfp_status allocate(struct kernel *k, struct tensor *t)
{
    struct deferred_list *l = k->user;
    size_t room = l->largest < PIECE ? l->largest : PIECE;
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
    TFP_TRY(buffer_create(k->ctx, t->size > room ? t->size : room, &t->owner));
    t->data = t->owner->data;
    return TFP_OK;
}

static void give_back(struct deferred_list *l, struct tensor *t)
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

static tfp_status compute(struct tfp_context *ctx, struct deferred_list *l, const struct deferred *d, struct tensor *out);

static tfp_status compute_inputs(struct tfp_context *ctx, struct deferred_list *l, const struct deferred *d,
                                 struct tensor *in)
{
    for (size_t i = 0; i < d->n_in; i++) {
        in[i] = d->in[i];
        if (d->from[i]) TFP_TRY(compute(ctx, l, d->from[i], &in[i]));
    }
    return TFP_OK;
}

static tfp_status compute(struct tfp_context *ctx, struct deferred_list *l, const struct deferred *d, struct tensor *out)
{
    struct tensor in[MOST_INPUTS];
    memset(in, 0, sizeof in);
    tfp_status status = compute_inputs(ctx, l, d, in);
    if (status == TFP_OK) status = kernel_evaluate_into(ctx, d->node, in, d->n_in, out, 1, allocate, l);
    for (size_t i = 0; i < d->n_in; i++) {
        if (d->from[i]) give_back(l, &in[i]);
        else if (d->in[i].owner) buffer_forget(d->in[i].owner, d->in[i].data, d->in[i].size);
    }
    return status;
}

/* -- in pieces ----------------------------------------------------------------------------------------------------- */

/* The elements of `source` in another order. */
struct move {
    const struct tensor *source;
    struct strided order; /* its first dimension is cut */
};

/* The first step, from the result back, that changes the order of the elements; NULL: none does. */
static const struct deferred *reordering(const struct deferred *d)
{
    static const enum ir_op keep_order[] = { IR_FLATTEN, IR_IDENTITY, IR_RESHAPE, IR_SQUEEZE, IR_UNSQUEEZE };
    for (; d; d = d->from[0]) {
        size_t i = 0;
        while (i < sizeof keep_order / sizeof keep_order[0] && d->node->op != keep_order[i]) i++;
        if (i == sizeof keep_order / sizeof keep_order[0]) return d;
    }
    return NULL;
}

/* A Transpose's elements as strides over its input; dimensions of 1 are left out. false: its perm is none. */
static bool order_of(const struct ir_node *transpose, const struct tensor *in, struct strided *out)
{
    struct ir_ints perm = ir_attr_ints(transpose, ATTR_PERM);
    int64_t strides[STRIDED_MAX_RANK];
    uint32_t seen = 0;
    *out = (struct strided){ .rank = 0 };
    if (perm.n != in->rank) return false;
    strides_of(in->rank, in->dims, strides);
    for (size_t i = 0; i < perm.n; i++) {
        if (perm.at[i] < 0 || perm.at[i] >= in->rank || seen >> perm.at[i] & 1) return false;
        seen |= (uint32_t)1 << perm.at[i];
        if (in->dims[perm.at[i]] == 1) continue;
        out->dims[out->rank] = in->dims[perm.at[i]];
        out->from[out->rank++] = strides[perm.at[i]];
    }
    strides_of(out->rank, out->dims, out->to);
    return out->rank > 0;
}

/* Whether all that is done to a constant is one Transpose, between Reshapes. */
static bool find_move(const struct deferred *d, struct move *out)
{
    const struct deferred *t = reordering(d);
    if (!t || t->node->op != IR_TRANSPOSE || reordering(t->from[0]) || !order_of(t->node, &t->in[0], &out->order))
        return false;
    size_t size = t->in[0].size;
    while (t->from[0]) t = t->from[0];
    out->source = &t->in[0];
    return d->size == size && out->source->size == size;
}

static tfp_status give_pieces(struct tfp_context *ctx, const struct move *m, deferred_take *take, void *user)
{
    const size_t size = tfp_dtype_size(m->source->dtype), row = size * (size_t)m->order.to[0];
    size_t piece = m->source->size / MOST_PIECES > PIECE ? m->source->size / MOST_PIECES : PIECE;
    int64_t rows = piece > row ? (int64_t)(piece / row) : 1;
    struct strided part = m->order;
    struct buffer *room = NULL;
    tfp_status status = buffer_create(ctx, (size_t)rows * row, &room);
    for (int64_t at = 0; status == TFP_OK && at < m->order.dims[0]; at += rows) {
        part.dims[0] = m->order.dims[0] - at < rows ? m->order.dims[0] - at : rows;
        strided_copy(&part, size, (const char *)m->source->data + (size_t)(at * m->order.from[0]) * size, room->data, 1);
        if (m->source->owner) buffer_forget(m->source->owner, m->source->data, m->source->size);
        status = take(user, room, room->data, (size_t)part.dims[0] * row);
    }
    buffer_drop(room);
    return status;
}

tfp_status deferred_give(struct tfp_context *ctx, struct deferred_list *l, const struct deferred *d, deferred_take *take,
                         void *user)
{
    struct move move;
    struct tensor value;
    if (find_move(d, &move) && move.source->size > PIECE) return give_pieces(ctx, &move, take, user);
    TFP_TRY(compute(ctx, l, d, &value));
    tfp_status status = take(user, value.owner, value.data, value.size);
    give_back(l, &value);
    return status;
}
