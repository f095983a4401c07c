/* Scaled dot-product attention as the products, the mask and the softmax that it is. */
#include "decompose/decompose.h"

#include <math.h>

/* Causal masks up to this many elements are constants, larger ones are computed by the model. */
enum { LARGEST_MASK = 1 << 20, DEEPEST = 16, OTHER_ATTRIBUTES = 8 };

/* -- what a mask can hold ------------------------------------------------------------------------------------------ */

static bool bounded(const struct ir_value *v, int depth, double *limit);

static bool bounded_constant(const struct tensor *t, double *limit)
{
    if (t->count > LARGEST_MASK || t->dtype == TFP_STRING || dtype_is_complex(t->dtype)) return false;
    *limit = 0;
    for (int64_t i = 0; i < t->count; i++) *limit = fmax(*limit, fabs(tensor_float(t, i)));
    return isfinite(*limit);
}

static bool bounded_pair(const struct ir_node *n, size_t first, int depth, double *limit)
{
    double x, y;
    if (!bounded(ir_in(n, first), depth, &x) || !bounded(ir_in(n, first + 1), depth, &y)) return false;
    *limit = n->op == IR_WHERE ? fmax(x, y) : n->op == IR_MUL ? x * y : x + y;
    return true;
}

/* Surely finite; *limit: no element is farther from zero. */
static bool bounded(const struct ir_value *v, int depth, double *limit)
{
    bool good = false;
    if (!v || depth == 0) return false;
    if (v->constant) return bounded_constant(v->constant, limit);
    if (v->dtype == TFP_BOOL || dtype_is_integer(v->dtype)) {
        *limit = v->dtype == TFP_BOOL ? 1 : ldexp(1, 8 * (int)tfp_dtype_size(v->dtype));
        return true;
    }
    switch (v->producer ? v->producer->op : IR_NONE) {
    case IR_CAST: case IR_NEG: case IR_ABS: case IR_IDENTITY: case IR_UNSQUEEZE: case IR_SQUEEZE: case IR_RESHAPE:
    case IR_TRANSPOSE: case IR_EXPAND: case IR_SLICE: case IR_GATHER: case IR_TILE:
        good = bounded(ir_in(v->producer, 0), depth - 1, limit);
        break;
    case IR_ADD: case IR_SUB: case IR_MUL: good = bounded_pair(v->producer, 0, depth - 1, limit); break;
    case IR_WHERE: good = bounded_pair(v->producer, 1, depth - 1, limit); break;
    default: break;
    }
    return good && *limit <= (v->dtype == TFP_FLOAT16 ? 65504 : 3e38);
}

/* -- operands ------------------------------------------------------------------------------------------------------ */

struct attention {
    struct decompose *d;
    const struct ir_node *node;
    struct ir_value *q, *k, *v; /* [batch, heads, length, size] */
    bool closes;                /* the bias may forbid a query every key */
};

/* [batch, length, heads * size] to [batch, heads, length, size]. */
static struct ir_value *heads_apart(struct build *b, struct ir_value *x, int64_t heads)
{
    if (!x || x->rank == 4) return x;
    struct ir_value *shape = CONCAT(b, 0, ir_dim(b, x, 0), ir_dim(b, x, 1), INTS(b, heads, -1));
    return TRANSPOSE(b, ir_reshape(b, x, shape), 0, 2, 1, 3);
}

/* Each head of keys or values as often as there are heads of queries to share it; one head broadcasts by itself. */
static struct ir_value *share_heads(struct build *b, struct ir_value *x, int64_t heads)
{
    int64_t own = x ? x->dims[1].n : 1;
    if (!x || own == heads || own == 1) return x;
    struct ir_value *length = ir_dim(b, x, 2), *size = ir_dim(b, x, 3), *batch = ir_dim(b, x, 0);
    struct ir_value *repeated = ir_expand(b, UNSQUEEZE(b, x, 2), INTS(b, 1, 1, heads / own, 1, 1));
    return ir_reshape(b, repeated, CONCAT(b, 0, batch, INTS(b, heads), length, size));
}

static bool read_operands(struct attention *a)
{
    struct decompose *d = a->d;
    const struct ir_node *n = a->node;
    struct build *b = &d->b;
    for (size_t i = 0; i < 3; i++)
        if (ir_in(n, i)->rank != 3 && ir_in(n, i)->rank != 4) return decline(d, "an unknown rank");
    if (!ir_in(n, 4) != !ir_in(n, 5)) return decline(d, "half a cache");
    a->q = heads_apart(b, ir_in(n, 0), ir_attr_int(n, ATTR_Q_NUM_HEADS, 0));
    a->k = heads_apart(b, ir_in(n, 1), ir_attr_int(n, ATTR_KV_NUM_HEADS, 0));
    a->v = heads_apart(b, ir_in(n, 2), ir_attr_int(n, ATTR_KV_NUM_HEADS, 0));
    if (ir_in(n, 4)) a->k = CONCAT(b, 2, ir_in(n, 4), a->k);
    if (ir_in(n, 5)) a->v = CONCAT(b, 2, ir_in(n, 5), a->v);
    return a->q && a->k && a->v;
}

static bool share_all(struct attention *a)
{
    struct build *b = &a->d->b;
    struct dim heads = a->q->dims[1], keys = a->k->dims[1], values = a->v->dims[1];
    if (dim_equal(heads, keys) && dim_equal(heads, values)) return true;
    if (!dim_fixed(heads) || !dim_fixed(keys) || !dim_fixed(values))
        return decline(a->d, "an unknown number of heads");
    a->k = share_heads(b, a->k, heads.n);
    a->v = share_heads(b, a->v, heads.n);
    return a->k && a->v;
}

/* -- scores -------------------------------------------------------------------------------------------------------- */

static struct ir_value *scaled_queries(struct attention *a)
{
    struct build *b = &a->d->b;
    struct dim size = a->q->dims[3];
    double scale = (double)ir_attr_float(a->node, ATTR_SCALE, 1);
    if (!ir_attr(a->node, ATTR_SCALE)) {
        if (!dim_fixed(size))
            return ir_div(b, a->q, ir_unary(b, IR_SQRT, ir_cast(b, ir_dim(b, a->q, 3), a->q->dtype)));
        scale = size.n ? 1 / sqrt((double)size.n) : 1;
    }
    return scale == 1 ? a->q : ir_mul(b, a->q, ir_like(b, a->q, scale));
}

static struct ir_value *capped(struct attention *a, struct ir_value *scores)
{
    struct build *b = &a->d->b;
    double cap = (double)ir_attr_float(a->node, ATTR_SOFTCAP, 0);
    if (!scores || !(cap > 0)) return scores;
    struct ir_value *limit = ir_like(b, scores, cap);
    return ir_mul(b, ir_unary(b, IR_TANH, ir_div(b, scores, limit)), limit);
}

/* Key j stands at or before query i. */
static struct ir_value *causal_places(struct attention *a)
{
    struct build *b = &a->d->b;
    struct dim rows = a->q->dims[2], columns = a->k->dims[2];
    if (!dim_fixed(rows) || !dim_fixed(columns) || rows.n * columns.n > LARGEST_MASK) {
        struct ir_value *i = ir_cast(b, decompose_iota(a->d, ir_dim(b, a->q, 2)), TFP_INT32);
        struct ir_value *j = ir_cast(b, decompose_iota(a->d, ir_dim(b, a->k, 2)), TFP_INT32);
        return ir_unary(b, IR_NOT, ir_binary(b, IR_GREATER, j, UNSQUEEZE(b, i, 1)));
    }
    const int64_t dims[] = { rows.n, columns.n };
    uint8_t *at = ARENA_ARRAY(&b->graph->arena, uint8_t, (size_t)(rows.n * columns.n));
    if (!at) return build_fail(b, tfp_no_memory(b->ctx));
    for (int64_t i = 0; i < rows.n; i++)
        for (int64_t j = 0; j < columns.n; j++) at[i * columns.n + j] = j <= i;
    return ir_tensor(b, TFP_BOOL, 2, dims, at);
}

/* Where each query stands among the keys: behind a cache, or the last of the keys that are filled. */
static struct ir_value *query_places(struct attention *a, struct ir_value *filled)
{
    struct build *b = &a->d->b;
    struct ir_value *i = UNSQUEEZE(b, ir_cast(b, decompose_iota(a->d, ir_dim(b, a->q, 2)), TFP_INT32), 1);
    if (filled) return ir_add(b, i, ir_sub(b, filled, ir_cast(b, ir_dim(b, a->q, 2), TFP_INT32)));
    return ir_in(a->node, 4) ? ir_add(b, i, ir_cast(b, ir_dim(b, ir_in(a->node, 4), 2), TFP_INT32)) : i;
}

static struct ir_value *and_also(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return x ? ir_binary(b, IR_AND, x, y) : y;
}

static struct ir_value *not_above(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return ir_unary(b, IR_NOT, ir_binary(b, IR_GREATER, x, y));
}

/* The keys that a query may see; NULL: all. */
static struct ir_value *seen_places(struct attention *a)
{
    struct build *b = &a->d->b;
    const bool causal = ir_attr_int(a->node, ATTR_IS_CAUSAL, 0);
    const int64_t left = ir_attr_int(a->node, ATTR_LEFT_WINDOW_SIZE, -1),
                  right = ir_attr_int(a->node, ATTR_RIGHT_WINDOW_SIZE, -1);
    const bool plain = !ir_in(a->node, 4) && !ir_in(a->node, 6) && left < 0 && right < 0;
    struct ir_value *seen = NULL, *filled = NULL;
    if (plain) return causal ? causal_places(a) : NULL;
    struct ir_value *j = ir_cast(b, decompose_iota(a->d, ir_dim(b, a->k, 2)), TFP_INT32);
    if (ir_in(a->node, 6)) filled = RESHAPE(b, ir_cast(b, ir_in(a->node, 6), TFP_INT32), -1, 1, 1, 1);
    struct ir_value *place = query_places(a, filled);
    if (filled) seen = ir_binary(b, IR_LESS, j, filled);
    if (causal) seen = and_also(b, seen, not_above(b, j, place));
    if (left >= 0) seen = and_also(b, seen, not_above(b, ir_sub(b, place, ir_like(b, place, (double)left)), j));
    if (right >= 0) seen = and_also(b, seen, not_above(b, j, ir_add(b, place, ir_like(b, place, (double)right))));
    a->closes = a->closes || filled || left >= 0 || right >= 0;
    return seen;
}

/* A mask may end before the keys do: the rest is forbidden. */
static struct ir_value *full_length(struct attention *a, struct ir_value *mask)
{
    struct build *b = &a->d->b;
    struct dim have = mask->dims[mask->rank - 1], want = a->k->dims[2];
    int64_t zeros[2 * TFP_MAX_RANK] = { 0 };
    if (dim_equal(have, want)) return mask;
    struct ir_value *missing = ir_sub(b, ir_dim(b, a->k, 2), ir_dim(b, mask, -1));
    struct ir_value *pads = CONCAT(b, 0, ir_ints(b, zeros, 2 * (size_t)mask->rank - 1), missing);
    a->closes = true;
    return ir_emit(b, IR_PAD, IN(mask, pads, ir_like(b, mask, mask->dtype == TFP_BOOL ? 0 : -HUGE_VAL)), NO_ATTRS);
}

/* Zero where a key may be seen, -inf where not. */
static struct ir_value *bias_of_places(struct build *b, const struct ir_value *q, struct ir_value *places)
{
    return ir_where(b, places, ir_like(b, q, 0), ir_like(b, q, -HUGE_VAL));
}

/* What is added to the scores; NULL: nothing, or a failure. */
static struct ir_value *bias(struct attention *a)
{
    struct build *b = &a->d->b;
    struct ir_value *mask = ir_in(a->node, 3), *bias = NULL;
    double limit;
    struct ir_value *seen = seen_places(a);
    if (seen) bias = bias_of_places(b, a->q, seen);
    if (!mask || b->status != TFP_OK) return bias;
    a->closes = a->closes || !bounded(mask, DEEPEST, &limit) || mask->dtype == TFP_BOOL;
    mask = full_length(a, mask);
    if (!mask) return NULL;
    mask = mask->dtype == TFP_BOOL ? bias_of_places(b, a->q, mask) : ir_cast(b, mask, a->q->dtype);
    return bias ? ir_add(b, mask, bias) : mask;
}

/* -- the row ------------------------------------------------------------------------------------------------------- */

/* A target has attention, but not causal and with a mask: the causal places can be part of the mask. */
static bool wants_one_mask(const struct decompose *d, const struct ir_node *n)
{
    return ir_attr_int(n, ATTR_IS_CAUSAL, 0) && ir_in(n, 3) && n->n_out == 1 && d->computes &&
           decompose_computes(d, IR_ATTENTION, ir_in(n, 0)->dtype);
}

static struct ir_value *with_one_mask(struct attention *a)
{
    const struct ir_node *n = a->node;
    struct ir_attr attrs[OTHER_ATTRIBUTES + 1] = { { .name = ATTR_NONE } };
    size_t n_attrs = 0;
    for (size_t i = 0; i < n->n_attrs && n_attrs < OTHER_ATTRIBUTES; i++)
        if (n->attrs[i].name != ATTR_IS_CAUSAL) attrs[n_attrs++] = n->attrs[i];
    attrs[n_attrs].name = ATTR_NONE;
    return ir_emit(&a->d->b, IR_ATTENTION, IN(ir_in(n, 0), ir_in(n, 1), ir_in(n, 2), bias(a)), attrs);
}

static struct ir_value *weights_of(struct attention *a, struct ir_value *scores, struct ir_value *added)
{
    struct build *b = &a->d->b;
    tfp_dtype type = a->q->dtype, inner = (tfp_dtype)ir_attr_int(a->node, ATTR_SOFTMAX_PRECISION, type);
    const int64_t last = -1;
    struct ir_value *weights = ir_cast(b, ir_softmax(b, ir_cast(b, scores, inner), -1), type);
    if (!added || !a->closes) return weights;
    struct ir_value *most = ir_reduce(b, IR_REDUCE_MAX, added, &last, 1, true);
    struct ir_value *open = ir_binary(b, IR_GREATER, most, ir_like(b, a->q, -HUGE_VAL));
    return ir_where(b, open, weights, ir_like(b, a->q, 0));
}

static bool run_attention(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct attention a = { .d = d, .node = n };
    const struct ir_value *mask = ir_in(n, 3);
    struct ir_value *shown[4];
    if (mask && mask->rank < 1) return decline(d, "a mask of unknown rank");
    if (!read_operands(&a)) return false;
    if (wants_one_mask(d, n)) return give(out, with_one_mask(&a));
    if (n->n_out > 1) out[1] = ir_unary(b, IR_IDENTITY, a.k);
    if (n->n_out > 2) out[2] = ir_unary(b, IR_IDENTITY, a.v);
    if (!share_all(&a)) return false;
    shown[0] = ir_matmul(b, scaled_queries(&a), TRANSPOSE(b, a.k, 0, 1, 3, 2));
    shown[1] = capped(&a, shown[0]);
    struct ir_value *added = bias(&a);
    shown[2] = added ? ir_add(b, shown[1], added) : shown[1];
    shown[3] = weights_of(&a, shown[2], added);
    int64_t show = ir_attr_int(n, ATTR_QK_MATMUL_OUTPUT_MODE, 0);
    if (n->n_out > 3) out[3] = shown[show >= 0 && show < 4 ? show : 0];
    struct ir_value *y = ir_matmul(b, shown[3], ir_cast(b, a.v, a.q->dtype));
    if (y && ir_in(n, 0)->rank == 3) {
        struct ir_value *shape = CONCAT(b, 0, ir_dim(b, y, 0), ir_dim(b, y, 2), INTS(b, -1));
        y = ir_reshape(b, TRANSPOSE(b, y, 0, 2, 1, 3), shape);
    }
    return give(out, y);
}

static const struct decomposition rows[] = {
    { IR_ATTENTION, run_attention },
};

const struct decompositions decompose_attention = { rows, sizeof rows / sizeof rows[0] };
