/* Element-wise nodes: a chain of them is one pass over memory, in whatever dense layout the data has, a tile at a time
 * that stays in the first cache. Operands may be broadcast along any dims. In place where an operand dies. */
#include "backend/cpu/cpu_plan.h"

#include "backend/cpu/cpu_math.h"

#include <math.h>
#include <string.h>

enum { TILE = 1024 };
enum { OPERANDS = CPU_POSTS + 2, LOOP_DIMS = 2 * DNNL_MAX_NDIMS, SHORT_ROW = TILE / 4, PARALLEL = 1 << 15 };

typedef void tile_fn(float *at, int64_t n, float a, float b);
typedef void pair_fn(float *at, const float *with, int64_t n, int64_t step);

/* One operation on a tile: at[i] = f(at[i]) or f(at[i], with[i]). */
struct loop_op {
    tile_fn *run;
    pair_fn *pair;
    float alpha, beta;
    uint32_t operand; /* of a pair */
};

struct loop_state {
    struct loop_op ops[CPU_POSTS + 1];
    uint32_t n_ops;
    int rank; /* loops, slowest first; the last one is the row */
    int64_t size[LOOP_DIMS];
    int64_t stride[OPERANDS][LOOP_DIMS]; /* of each operand; 0: broadcast */
    bool whole[OPERANDS];                /* lies exactly as the result does */
    bool single[OPERANDS];               /* one element for all */
    uint32_t n_operands;                 /* [0] is what the chain begins with */
    bool short_rows;                     /* tiles go over the ends of rows: operands are gathered */
};

/* -- tiles --------------------------------------------------------------------------------------------------------- */

#define TILE_LOOP(name, formula)                                                                                       \
    CPU_CLONES static void name(float *at, int64_t n, float a, float b)                                                \
    {                                                                                                                  \
        (void)a;                                                                                                       \
        (void)b;                                                                                                       \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            float x = at[i];                                                                                           \
            at[i] = (formula);                                                                                         \
        }                                                                                                              \
    }

TILE_LOOP(tile_relu, x < 0.0f ? 0.0f : x)
TILE_LOOP(tile_leaky_relu, x < 0.0f ? a * x : x)
TILE_LOOP(tile_clip, x < a ? a : (x > b ? b : x))
TILE_LOOP(tile_scale, a *x)
TILE_LOOP(tile_shift, x + b)
TILE_LOOP(tile_linear, a *x + b)
TILE_LOOP(tile_abs, math_abs(x))
TILE_LOOP(tile_sqrt, sqrtf(x))
TILE_LOOP(tile_rsqrt, 1.0f / sqrtf(x))
TILE_LOOP(tile_square, x *x)
TILE_LOOP(tile_reciprocal, 1.0f / x)
TILE_LOOP(tile_exp, math_exp(x))
TILE_LOOP(tile_logistic, math_logistic(x))
TILE_LOOP(tile_tanh, math_tanh(x))
TILE_LOOP(tile_elu, x < 0.0f ? a * math_expm1(x) : x)
TILE_LOOP(tile_swish, x *math_logistic(a *x))
TILE_LOOP(tile_hard_swish, math_hard_swish(x))
TILE_LOOP(tile_softplus, math_softplus(x))
TILE_LOOP(tile_mish, math_mish(x))
TILE_LOOP(tile_gelu, math_gelu(x))
TILE_LOOP(tile_gelu_tanh, math_gelu_tanh(x))

#define TILE_PAIR(name, formula)                                                                                       \
    CPU_CLONES static void name(float *at, const float *with, int64_t n, int64_t step)                                 \
    {                                                                                                                  \
        float y = *with;                                                                                               \
        if (step == 0)                                                                                                 \
            for (int64_t i = 0; i < n; i++) {                                                                          \
                float x = at[i];                                                                                       \
                at[i] = (formula);                                                                                     \
            }                                                                                                          \
        else                                                                                                           \
            for (int64_t i = 0; i < n; i++) {                                                                          \
                float x = at[i];                                                                                       \
                y = with[i];                                                                                           \
                at[i] = (formula);                                                                                     \
            }                                                                                                          \
    }

TILE_PAIR(tile_add, x + y)
TILE_PAIR(tile_sub, x - y)
TILE_PAIR(tile_mul, x *y)
TILE_PAIR(tile_div, x / y)
/* The first operand when it is NaN, and the second when that is. */
TILE_PAIR(tile_max, x >= y || x != x ? x : y)
TILE_PAIR(tile_min, x <= y || x != x ? x : y)

static const struct {
    dnnl_alg_kind_t alg;
    tile_fn *run;
    pair_fn *pair;
} tiles[] = {
    { dnnl_eltwise_relu, tile_leaky_relu, NULL },
    { dnnl_eltwise_clip, tile_clip, NULL },
    { dnnl_eltwise_linear, tile_linear, NULL },
    { dnnl_eltwise_abs, tile_abs, NULL },
    { dnnl_eltwise_sqrt, tile_sqrt, NULL },
    { dnnl_eltwise_square, tile_square, NULL },
    { dnnl_eltwise_exp, tile_exp, NULL },
    { dnnl_eltwise_logistic, tile_logistic, NULL },
    { dnnl_eltwise_tanh, tile_tanh, NULL },
    { dnnl_eltwise_elu, tile_elu, NULL },
    { dnnl_eltwise_swish, tile_swish, NULL },
    { dnnl_eltwise_hardswish, tile_hard_swish, NULL },
    { dnnl_eltwise_soft_relu, tile_softplus, NULL },
    { dnnl_eltwise_mish, tile_mish, NULL },
    { dnnl_eltwise_gelu_erf, tile_gelu, NULL },
    { dnnl_eltwise_gelu_tanh, tile_gelu_tanh, NULL },
    { dnnl_binary_add, NULL, tile_add },
    { dnnl_binary_sub, NULL, tile_sub },
    { dnnl_binary_mul, NULL, tile_mul },
    { dnnl_binary_div, NULL, tile_div },
    { dnnl_binary_max, NULL, tile_max },
    { dnnl_binary_min, NULL, tile_min },
};
enum { TILES = sizeof tiles / sizeof tiles[0] };

static bool is(float a, float b)
{
    return a >= b && a <= b;
}

/* The function of a unary operation, with the special cases of relu, linear and pow. */
static tile_fn *tile_of(dnnl_alg_kind_t alg, float alpha, float beta)
{
    if (alg == dnnl_eltwise_relu && is(alpha, 0)) return tile_relu;
    if (alg == dnnl_eltwise_linear && is(beta, 0)) return tile_scale;
    if (alg == dnnl_eltwise_linear && is(alpha, 1)) return tile_shift;
    if (alg == dnnl_eltwise_pow && is(alpha, 1))
        return is(beta, 2)       ? tile_square
               : is(beta, 0.5f)  ? tile_sqrt
               : is(beta, -1)    ? tile_reciprocal
               : is(beta, -0.5f) ? tile_rsqrt
                                 : NULL;
    for (size_t i = 0; i < TILES; i++)
        if (tiles[i].alg == alg) return tiles[i].run;
    return NULL;
}

static pair_fn *pair_of(dnnl_alg_kind_t alg)
{
    for (size_t i = 0; i < TILES; i++)
        if (tiles[i].alg == alg) return tiles[i].pair;
    return NULL;
}

/* -- running ------------------------------------------------------------------------------------------------------- */

/* Where a row begins in an operand. */
static int64_t row_offset(const struct loop_state *l, uint32_t operand, int64_t row)
{
    int64_t at = 0;
    for (int d = l->rank - 2; d >= 0; d--) {
        at += row % l->size[d] * l->stride[operand][d];
        row /= l->size[d];
    }
    return at;
}

/* n elements of an operand from position `from` of the result on. */
static void gather(const struct loop_state *l, uint32_t operand, const float *data, int64_t from, int64_t n, float *out)
{
    int last = l->rank - 1;
    int64_t width = l->size[last], step = l->stride[operand][last], row = from / width, at = from % width;
    int64_t rows = last ? l->size[last - 1] : 1, next = last ? l->stride[operand][last - 1] : 0;
    int64_t turn = row % rows, start = row_offset(l, operand, row);
    while (n > 0) {
        int64_t k = width - at < n ? width - at : n;
        const float *line = data + start + at * step;
        if (step == 1)
            memcpy(out, line, (size_t)k * sizeof *out);
        else
            for (int64_t i = 0; i < k; i++)
                out[i] = line[i * step];
        out += k;
        n -= k;
        at = 0;
        row++;
        start += next;
        if (++turn == rows) {
            turn = 0;
            start = row_offset(l, operand, row);
        }
    }
}

/* An operand's elements for the tile; `room` is used when they do not lie together. */
static const float *fetch(const struct loop_state *l, uint32_t i, const float *data, int64_t from, int64_t n,
                          float *room, int64_t *step)
{
    int64_t width = l->size[l->rank - 1];
    *step = 1;
    if (l->whole[i]) return data + from;
    if (l->single[i]) {
        *step = 0;
        return data;
    }
    if (l->short_rows) {
        gather(l, i, data, from, n, room);
        return room;
    }
    *step = l->stride[i][l->rank - 1];
    return data + row_offset(l, i, from / width) + from % width * *step;
}

static void run_tile(const struct loop_state *l, float *const *data, float *out, int64_t from, int64_t n)
{
    float tile[TILE], room[TILE];
    int64_t step;
    const float *first = fetch(l, 0, data[0], from, n, tile, &step);
    if (!step)
        for (int64_t i = 0; i < n; i++)
            tile[i] = *first;
    else if (first != tile)
        memcpy(tile, first, (size_t)n * sizeof *tile);
    for (uint32_t k = 0; k < l->n_ops; k++) {
        const struct loop_op *op = &l->ops[k];
        if (op->run) {
            op->run(tile, n, op->alpha, op->beta);
            continue;
        }
        const float *with = fetch(l, op->operand, data[op->operand], from, n, room, &step);
        op->pair(tile, with, n, step);
    }
    memcpy(out + from, tile, (size_t)n * sizeof *tile);
}

static tfp_status run_loops(struct run *r, struct step *s)
{
    const struct loop_state *l = s->state;
    float *data[OPERANDS], *out = s->slots[s->n_in]->t.data;
    int64_t rows = 1, width = l->size[l->rank - 1];
    for (uint32_t i = 0; i < l->n_operands; i++)
        data[i] = s->slots[i]->t.data;
    for (int d = 0; d < l->rank - 1; d++)
        rows *= l->size[d];
    if (l->short_rows) {
        width *= rows;
        rows = 1;
    }
    int64_t per_row = (width + TILE - 1) / TILE;
#pragma omp parallel for num_threads(r->session->threads) if (rows * width > PARALLEL)
    for (int64_t i = 0; i < rows * per_row; i++) {
        int64_t at = i % per_row * TILE, left = width - at;
        run_tile(l, data, out, i / per_row * width + at, left < TILE ? left : TILE);
    }
    return TFP_OK;
}

/* -- making -------------------------------------------------------------------------------------------------------- */

struct loops {
    struct loop_state state;
    const struct ir_value *value[OPERANDS];
    struct slot *slot[OPERANDS];
    dnnl_memory_desc_t md; /* of the result */
};

static bool add_operand(struct loops *l, const struct ir_value *v, const struct ir_value *result)
{
    if (l->state.n_operands == OPERANDS || !layout_fits(v) || v->rank > result->rank) return false;
    l->value[l->state.n_operands++] = v;
    return true;
}

static bool add_post(struct loops *l, const struct post *p, const struct ir_value *result)
{
    struct loop_op op = { .alpha = p->alpha, .beta = p->beta, .operand = l->state.n_operands };
    if (l->state.n_ops == CPU_POSTS + 1) return false;
    if (p->other)
        op.pair = pair_of(p->alg);
    else
        op.run = tile_of(p->alg, p->alpha, p->beta);
    if ((!op.run && !op.pair) || (p->other && !add_operand(l, p->other, result))) return false;
    l->state.ops[l->state.n_ops++] = op;
    return true;
}

/* The chain of operations of a unit; false: something in it is not element-wise. */
static bool read_chain(struct loops *l, const struct unit *u)
{
    struct post posts[2];
    bool commutes;
    uint32_t data, n = fuse_posts_of(u->head, posts, &data);
    dnnl_alg_kind_t alg = n ? dnnl_alg_kind_undef : fuse_binary_of(u->head, &commutes);
    if (!n && (alg == dnnl_alg_kind_undef || u->head->n_in != 2)) return false;
    if (!add_operand(l, ir_in(u->head, n ? data : 0), u->result)) return false;
    for (uint32_t i = 0; i < n; i++)
        if (!add_post(l, &posts[i], u->result)) return false;
    if (!n && !add_post(l, &(struct post){ .alg = alg, .other = ir_in(u->head, 1) }, u->result)) return false;
    for (uint32_t i = 1; i < u->n_nodes; i++)
        if (u->posts_after[i] == u->posts_after[i - 1]) return false; /* a Reshape: a matrix product would go through it */
    for (uint32_t i = 0; i < u->n_posts; i++)
        if (!add_post(l, &u->posts[i], u->result)) return false;
    return true;
}

/* The result lies like its largest operand that is no constant; row-major when none has its size. */
static tfp_status choose_layout(struct builder *b, struct loops *l, const struct ir_value *result)
{
    int64_t dims[TFP_MAX_RANK];
    bool found = false;
    for (uint32_t i = 0; i < l->state.n_operands; i++) {
        TFP_TRY(layout_first(b, l->value[i], &l->slot[i]));
        const dnnl_memory_desc_t *md = &l->slot[i]->md;
        if (found || l->value[i]->constant || !layout_same_dims(l->value[i], result)) continue;
        found = layout_like(md, md->dims, &l->md) && layout_dense(&l->md);
    }
    ir_static_dims(result, dims);
    if (!found) layout_plain(&l->md, (size_t)result->rank, dims);
    return TFP_OK;
}

/* Rows dense, and the dims in the result's order: a part of something larger. */
static bool is_part(const dnnl_memory_desc_t *md, const dnnl_memory_desc_t *like)
{
    dnnl_memory_desc_t dense;
    return md->format_kind == dnnl_blocked && !md->format_desc.blocking.inner_nblks && !layout_dense(md) &&
           !md->offset0 && layout_like(md, md->dims, &dense) && layout_same(&dense, like);
}

/* An operand whose rows can be walked through beside the result's: as it lies, or in the result's own layout when it
 * has that size, or row-major. */
static tfp_status place_operand(struct builder *b, struct loops *l, uint32_t i, const struct ir_value *result)
{
    if (layout_same_dims(l->value[i], result))
        return is_part(&l->slot[i]->md, &l->md) ? TFP_OK : layout_as(b, l->value[i], &l->md, &l->slot[i]);
    return layout_unblocked(&l->slot[i]->md) ? TFP_OK : layout_row_major(b, l->value[i], &l->slot[i]);
}

/* Steps of an operand along each of the result's loops. */
static void operand_strides(struct loops *l, uint32_t i, const struct ir_value *result, const int *dim,
                            const int64_t *span, const int64_t *own)
{
    const dnnl_memory_desc_t *md = &l->slot[i]->md;
    int shift = l->md.ndims - (l->value[i]->rank ? l->value[i]->rank : 1);
    bool full = l->state.whole[i] = layout_same_dims(l->value[i], result) && !is_part(md, &l->md);
    l->state.single[i] = true;
    for (int k = 0; k < l->state.rank; k++) {
        int d = dim[k] - shift;
        bool across = d < 0 || md->dims[d] == 1;
        l->state.stride[i][k] = full ? own[k] : across ? 0 : md->format_desc.blocking.strides[d] * span[k];
        l->state.single[i] &= l->state.stride[i][k] == 0;
    }
}

/* Joins loops that all operands go through in one go. */
static void join_loops(struct loop_state *s)
{
    int kept = 0;
    for (int k = 1; k < s->rank; k++) {
        bool joins = true;
        for (uint32_t i = 0; i < s->n_operands; i++)
            joins &= s->stride[i][kept] == s->stride[i][k] * s->size[k];
        if (joins)
            s->size[kept] *= s->size[k];
        else
            s->size[++kept] = s->size[k];
        for (uint32_t i = 0; i < s->n_operands; i++)
            s->stride[i][kept] = s->stride[i][k];
    }
    s->rank = kept + 1;
}

/* The loops over the result in the order of memory: outer dims, then blocks. */
static void lay_loops(struct loops *l, const struct ir_value *result)
{
    const dnnl_blocking_desc_t *k = &l->md.format_desc.blocking;
    int order[DNNL_MAX_NDIMS], dim[LOOP_DIMS], n = 0;
    int64_t span[LOOP_DIMS], own[LOOP_DIMS], rest[DNNL_MAX_NDIMS];
    struct loop_state *s = &l->state;
    layout_order(&l->md, order);
    for (int d = 0; d < DNNL_MAX_NDIMS; d++)
        rest[d] = 1;
    for (int i = 0; i < k->inner_nblks; i++)
        rest[k->inner_idxs[i]] *= k->inner_blks[i];
    for (int i = 0; i < l->md.ndims; i++) {
        int d = order[i];
        if (l->md.dims[d] == rest[d] && n + l->md.ndims - i > 1) continue; /* one turn only */
        dim[n] = d;
        span[n] = rest[d];
        s->size[n++] = l->md.dims[d] / rest[d];
    }
    for (int i = 0; i < k->inner_nblks; i++) {
        int d = (int)k->inner_idxs[i];
        rest[d] /= k->inner_blks[i];
        dim[n] = d;
        span[n] = rest[d];
        s->size[n++] = k->inner_blks[i];
    }
    s->rank = n;
    int64_t step = 1;
    for (int i = n; i-- > 0; step *= s->size[i])
        own[i] = step;
    for (uint32_t i = 0; i < s->n_operands; i++)
        operand_strides(l, i, result, dim, span, own);
    join_loops(s);
}

static bool has_short_rows(const struct loop_state *s)
{
    for (uint32_t i = 0; i < s->n_operands; i++)
        if (s->stride[i][s->rank - 1] > 1) return true;
    return s->size[s->rank - 1] < SHORT_ROW && s->rank > 1;
}

static tfp_status result_slot(struct builder *b, const struct loops *l, const struct ir_value *result,
                              struct slot **out)
{
    for (uint32_t i = 0; i < l->state.n_operands; i++) {
        struct slot *s = l->slot[i];
        if (l->state.whole[i] && layout_dies(b, l->value[i]) && s->root->kind == SLOT_ARENA)
            return layout_over(b, result, &l->md, s, out);
    }
    return layout_new(b, result, &l->md, out);
}

tfp_status make_loops(struct builder *b, const struct unit *u, bool *made)
{
    struct loops l = { .state = { .rank = 0 } };
    struct slot *out;
    if (!layout_fits(u->result) || !read_chain(&l, u)) return TFP_OK;
    TFP_TRY(choose_layout(b, &l, u->result));
    for (uint32_t i = 0; i < l.state.n_operands; i++)
        TFP_TRY(place_operand(b, &l, i, u->result));
    lay_loops(&l, u->result);
    l.state.short_rows = has_short_rows(&l.state);
    struct loop_state *state = arena_copy(&b->plan->arena, &l.state, sizeof l.state);
    if (!state) return tfp_no_memory(b->ctx);
    *made = true;
    TFP_TRY(result_slot(b, &l, u->result, &out));
    return step_add(b, u->head, run_loops, l.slot, l.state.n_operands, &out, 1, state, NULL);
}
