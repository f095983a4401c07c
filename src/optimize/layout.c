/* Transposes sink towards the outputs and cancel. TensorFlow's images are NHWC and the IR's convolutions NCHW, so a
 * frontend puts a Transpose before and behind each one. A node that may as well work on the untransposed tensor is
 * rewritten so and the Transpose comes behind it; two that meet compose; those that only move dimensions of 1 become
 * Reshapes. What an op must change when its input's dimensions are permuted stands in one row of a table.
 *
 * Notation: y = Transpose(x, perm) has y.dims[i] = x.dims[perm[i]]: axis i of y is axis perm[i] of x. */
#include "optimize/passes.h"

struct perm {
    int64_t at[TFP_MAX_RANK];
    int32_t n; /* 0: none */
};

/* A node being moved above the Transposes of its inputs. */
struct sinking {
    struct optimize *o;
    struct build b;
    struct ir_node *node;
    struct perm perm; /* of the Transposes above */
};

/* Makes the moved node; gives its outputs and, in *after, the permutation that follows (n 0: none). false: not movable. */
typedef bool sink_fn(struct sinking *s, struct perm *after, struct ir_value **out);

static struct perm perm_of(const struct ir_node *transpose)
{
    struct perm p = { .n = 0 };
    struct ir_ints a = ir_attr_ints(transpose, ATTR_PERM);
    const struct ir_value *x = ir_in(transpose, 0);
    if (x->rank < 1 || x->rank > TFP_MAX_RANK) return p;
    p.n = x->rank;
    for (int32_t i = 0; i < p.n; i++) p.at[i] = a.n ? a.at[i] : p.n - 1 - i;
    return p;
}

static struct perm inverse(const struct perm *p)
{
    struct perm r = { .n = p->n };
    for (int32_t i = 0; i < p->n; i++) r.at[p->at[i]] = i;
    return r;
}

static bool is_identity(const struct perm *p)
{
    for (int32_t i = 0; i < p->n; i++)
        if (p->at[i] != i) return false;
    return true;
}

static bool equal(const struct perm *a, const struct perm *b)
{
    if (a->n != b->n) return false;
    for (int32_t i = 0; i < a->n; i++)
        if (a->at[i] != b->at[i]) return false;
    return true;
}

static struct ir_value *transposed(struct sinking *s, struct ir_value *x, const struct perm *p)
{
    return ir_transpose(&s->b, x, p->at, (size_t)p->n);
}

/* -- the inputs of a moved node ------------------------------------------------------------------------------------ */

/* Dimensions other than 1, in order, stay in order: a Reshape does it. */
static bool moves_only_ones(const struct ir_value *x, const struct perm *p)
{
    int64_t last = -1;
    for (int32_t i = 0; i < p->n; i++) {
        if (dim_is(x->dims[p->at[i]], 1)) continue;
        if (p->at[i] < last) return false;
        last = p->at[i];
    }
    return true;
}

/* How many Transposes an operand would cost when its axes must be put into the order of x. */
static int cost_of(const struct ir_value *v, const struct perm *perm)
{
    if (v->constant || v->rank <= 0) return 0;
    if (v->producer && v->producer->op == IR_TRANSPOSE && v->rank == perm->n) {
        struct perm p = perm_of(v->producer);
        if (equal(&p, perm)) return -1;
    }
    if (v->rank > perm->n) return 1;
    struct perm back = inverse(perm);
    struct dim dims[TFP_MAX_RANK];
    struct ir_value padded = { .rank = perm->n, .dims = dims };
    for (int32_t i = 0; i < perm->n; i++) {
        int32_t k = i - (perm->n - v->rank);
        dims[i] = k < 0 ? dim_of(1) : v->dims[k];
    }
    return moves_only_ones(&padded, &back) ? 0 : 1;
}

/* The operand in the order of x: what stands above its Transpose, or itself rearranged. Broadcast operands of lower rank
 * are first given their leading ones. */
static struct ir_value *operand(struct sinking *s, struct ir_value *v)
{
    if (v->rank == 0) return v;
    if (v->producer && v->producer->op == IR_TRANSPOSE && v->rank == s->perm.n) {
        struct perm p = perm_of(v->producer);
        if (equal(&p, &s->perm)) return ir_in(v->producer, 0);
    }
    struct perm back = inverse(&s->perm);
    int64_t leading[TFP_MAX_RANK];
    int32_t missing = s->perm.n - v->rank;
    for (int32_t i = 0; i < missing; i++) leading[i] = i;
    return transposed(s, ir_unsqueeze(&s->b, v, leading, (size_t)missing), &back);
}

static struct ir_value *above(struct sinking *s)
{
    return ir_in(ir_in(s->node, 0)->producer, 0);
}

/* The same node on other inputs, with some attribute replaced. */
static bool remake(struct sinking *s, struct ir_value *const *in, size_t n_in, const struct ir_attr *replace,
                   struct ir_value **out)
{
    struct ir_attr attrs[24];
    size_t count = 0;
    if (s->b.status != TFP_OK || s->node->n_attrs > 20) return false;
    for (size_t i = 0; i < s->node->n_attrs; i++)
        if (!replace || s->node->attrs[i].name != replace->name) attrs[count++] = s->node->attrs[i];
    if (replace) attrs[count++] = *replace;
    attrs[count] = (struct ir_attr){ .name = ATTR_NONE };
    ir_emit_many(&s->b, s->node->op, in, n_in, attrs, s->node->n_out, out);
    return s->b.status == TFP_OK;
}

static bool normal_axis(const struct sinking *s, int64_t *axis)
{
    if (*axis < 0) *axis += s->perm.n;
    return *axis >= 0 && *axis < s->perm.n;
}

/* -- one function a kind of op ------------------------------------------------------------------------------------- */

/* Element by element; further inputs are scalars or parameters that do not see the axes. */
static bool sink_unary(struct sinking *s, struct perm *after, struct ir_value **out)
{
    struct ir_value *in[8];
    if (s->node->n_in > 8) return false;
    for (uint32_t i = 0; i < s->node->n_in; i++) in[i] = ir_in(s->node, i);
    in[0] = above(s);
    *after = s->perm;
    return remake(s, in, s->node->n_in, NULL, out);
}

/* One scale, or scales along an axis. */
static bool sink_quantized(struct sinking *s, struct perm *after, struct ir_value **out)
{
    const struct ir_value *scale = ir_in(s->node, 1);
    struct ir_value *in[] = { above(s), ir_in(s->node, 1), ir_in(s->node, 2) };
    int64_t axis = ir_attr_int(s->node, ATTR_AXIS, 1);
    const bool single = scale && (scale->rank == 0 || (scale->rank == 1 && dim_is(scale->dims[0], 1)));
    if (single && !normal_axis(s, &axis)) axis = 0;
    if (!scale || scale->rank > 1 || !normal_axis(s, &axis)) return false;
    *after = s->perm;
    return remake(s, in, s->node->n_in, &(struct ir_attr)A_INT(ATTR_AXIS, s->perm.at[axis]), out);
}

/* Worth it when it saves more Transposes than it makes (one comes behind). */
static bool sink_broadcast(struct sinking *s, struct perm *after, struct ir_value **out)
{
    struct ir_value *in[16];
    int cost = 1;
    if (s->node->n_in > 16) return false;
    for (uint32_t i = 0; i < s->node->n_in; i++) {
        struct ir_value *v = ir_in(s->node, i);
        if (!v || v->rank < 0 || v->rank > s->perm.n) return false;
        cost += cost_of(v, &s->perm);
    }
    if (cost > 0) return false;
    for (uint32_t i = 0; i < s->node->n_in; i++) in[i] = operand(s, ir_in(s->node, i));
    *after = s->perm;
    return remake(s, in, s->node->n_in, NULL, out);
}

static bool sink_concat(struct sinking *s, struct perm *after, struct ir_value **out)
{
    int64_t axis = ir_attr_int(s->node, ATTR_AXIS, 0);
    int cost = 1;
    if (!normal_axis(s, &axis)) return false;
    struct ir_value **in = ARENA_ARRAY(&s->o->graph->arena, struct ir_value *, s->node->n_in);
    if (!in) return build_fail(&s->b, tfp_no_memory(s->o->ctx)), false;
    for (uint32_t i = 0; i < s->node->n_in; i++) {
        if (ir_in(s->node, i)->rank != s->perm.n) return false;
        cost += cost_of(ir_in(s->node, i), &s->perm);
    }
    if (cost > 0) return false;
    for (uint32_t i = 0; i < s->node->n_in; i++) in[i] = operand(s, ir_in(s->node, i));
    *after = s->perm;
    return remake(s, in, s->node->n_in, &(struct ir_attr)A_INT(ATTR_AXIS, s->perm.at[axis]), out);
}

/* Softmax, Split and their like: an axis in an attribute. */
static bool sink_axis(struct sinking *s, struct perm *after, struct ir_value **out)
{
    struct ir_value *in[4];
    int64_t axis = ir_attr_int(s->node, ATTR_AXIS, 0);
    if (!normal_axis(s, &axis) || s->node->n_in > 4) return false;
    for (uint32_t i = 0; i < s->node->n_in; i++) in[i] = ir_in(s->node, i);
    in[0] = above(s);
    *after = s->perm;
    return remake(s, in, s->node->n_in, &(struct ir_attr)A_INT(ATTR_AXIS, s->perm.at[axis]), out);
}

/* What is left of a permutation when axes (of the transposed side) vanish. */
static struct perm without(const struct perm *p, const bool *gone)
{
    struct perm r = { .n = 0 };
    for (int32_t i = 0; i < p->n; i++) {
        if (gone[i]) continue;
        int64_t to = 0;
        for (int32_t k = 0; k < p->n; k++)
            if (!gone[k] && p->at[k] < p->at[i]) to++;
        r.at[r.n++] = to;
    }
    return r;
}

/* Axes of the transposed side to those of x, and which of the former are meant. */
static bool map_axes(const struct sinking *s, const int64_t *axes, int64_t count, int64_t *mapped, bool *meant)
{
    for (int32_t i = 0; i < s->perm.n; i++) meant[i] = false;
    for (int64_t i = 0; i < count; i++) {
        int64_t axis = axes[i];
        if (!normal_axis(s, &axis)) return false;
        meant[axis] = true;
        mapped[i] = s->perm.at[axis];
    }
    for (int64_t i = 1; i < count; i++) /* in rising order, as people write them */
        for (int64_t k = i; k > 0 && mapped[k] < mapped[k - 1]; k--) {
            int64_t swap = mapped[k];
            mapped[k] = mapped[k - 1];
            mapped[k - 1] = swap;
        }
    return true;
}

static bool sink_reduce(struct sinking *s, struct perm *after, struct ir_value **out)
{
    int64_t axes[TFP_MAX_RANK], mapped[TFP_MAX_RANK];
    bool gone[TFP_MAX_RANK];
    bool keep = ir_attr_int(s->node, ATTR_KEEPDIMS, 1) != 0;
    int64_t count = ir_in(s->node, 1) ? ir_known_ints(ir_in(s->node, 1), axes, TFP_MAX_RANK) : -1;
    if (count <= 0 || !map_axes(s, axes, count, mapped, gone)) return false;
    *after = keep ? s->perm : without(&s->perm, gone);
    return remake(s, IN(above(s), ir_ints(&s->b, mapped, (size_t)count)), NULL, out);
}

static bool sink_arg(struct sinking *s, struct perm *after, struct ir_value **out)
{
    bool gone[TFP_MAX_RANK] = { false };
    int64_t axis = ir_attr_int(s->node, ATTR_AXIS, 0);
    if (!normal_axis(s, &axis)) return false;
    gone[axis] = true;
    *after = ir_attr_int(s->node, ATTR_KEEPDIMS, 1) ? s->perm : without(&s->perm, gone);
    return remake(s, IN(above(s)), &(struct ir_attr)A_INT(ATTR_AXIS, s->perm.at[axis]), out);
}

static bool sink_pad(struct sinking *s, struct perm *after, struct ir_value **out)
{
    int64_t pads[2 * TFP_MAX_RANK], mapped[2 * TFP_MAX_RANK];
    const int32_t n = s->perm.n;
    if (ir_in(s->node, 3) || ir_known_ints(ir_in(s->node, 1), pads, 2 * TFP_MAX_RANK) != 2 * n) return false;
    for (int32_t i = 0; i < n; i++) {
        mapped[s->perm.at[i]] = pads[i];
        mapped[n + s->perm.at[i]] = pads[n + i];
    }
    *after = s->perm;
    return remake(s, IN(above(s), ir_ints(&s->b, mapped, 2 * (size_t)n), ir_in(s->node, 2)), NULL, out);
}

/* Axes are made explicit; their order decides that of starts, ends and steps, so they are not sorted. */
static bool sink_slice(struct sinking *s, struct perm *after, struct ir_value **out)
{
    int64_t axes[TFP_MAX_RANK], mapped[TFP_MAX_RANK];
    const struct ir_value *starts = ir_in(s->node, 1);
    if (starts->rank != 1 || !dim_fixed(starts->dims[0])) return false;
    int64_t count = starts->dims[0].n;
    if (count > TFP_MAX_RANK) return false;
    for (int64_t i = 0; i < count; i++) axes[i] = i;
    if (ir_in(s->node, 3) && ir_known_ints(ir_in(s->node, 3), axes, TFP_MAX_RANK) != count) return false;
    for (int64_t i = 0; i < count; i++) {
        if (!normal_axis(s, &axes[i])) return false;
        mapped[i] = s->perm.at[axes[i]];
    }
    *after = s->perm;
    return remake(s, IN(above(s), ir_in(s->node, 1), ir_in(s->node, 2), ir_ints(&s->b, mapped, (size_t)count),
                        ir_in(s->node, 4)), NULL, out);
}

static bool sink_tile(struct sinking *s, struct perm *after, struct ir_value **out)
{
    int64_t repeats[TFP_MAX_RANK], mapped[TFP_MAX_RANK];
    if (ir_known_ints(ir_in(s->node, 1), repeats, TFP_MAX_RANK) != s->perm.n) return false;
    for (int32_t i = 0; i < s->perm.n; i++) mapped[s->perm.at[i]] = repeats[i];
    *after = s->perm;
    return remake(s, IN(above(s), ir_ints(&s->b, mapped, (size_t)s->perm.n)), NULL, out);
}

static bool sink_squeeze(struct sinking *s, struct perm *after, struct ir_value **out)
{
    int64_t axes[TFP_MAX_RANK], mapped[TFP_MAX_RANK];
    bool gone[TFP_MAX_RANK];
    int64_t count = ir_in(s->node, 1) ? ir_known_ints(ir_in(s->node, 1), axes, TFP_MAX_RANK) : -1;
    if (count <= 0 || !map_axes(s, axes, count, mapped, gone)) return false;
    *after = without(&s->perm, gone);
    return remake(s, IN(above(s), ir_ints(&s->b, mapped, (size_t)count)), NULL, out);
}

/* New dimensions go in front of x's and the permutation puts them where they belong. */
static bool sink_unsqueeze(struct sinking *s, struct perm *after, struct ir_value **out)
{
    int64_t axes[TFP_MAX_RANK], front[TFP_MAX_RANK];
    bool made[2 * TFP_MAX_RANK] = { false };
    int64_t count = ir_known_ints(ir_in(s->node, 1), axes, TFP_MAX_RANK), rank = s->perm.n + count;
    if (count < 0 || rank > TFP_MAX_RANK) return false;
    for (int64_t i = 0; i < count; i++) {
        if (axes[i] < 0) axes[i] += rank;
        if (axes[i] < 0 || axes[i] >= rank || made[axes[i]]) return false;
        made[axes[i]] = true;
        front[i] = i;
    }
    after->n = (int32_t)rank;
    int64_t next_new = 0, next_old = 0;
    for (int64_t i = 0; i < rank; i++) after->at[i] = made[i] ? next_new++ : count + s->perm.at[next_old++];
    return remake(s, IN(above(s), ir_ints(&s->b, front, (size_t)count)), NULL, out);
}

/* Two in a row compose. */
static bool sink_transpose(struct sinking *s, struct perm *after, struct ir_value **out)
{
    struct perm outer = perm_of(s->node);
    if (outer.n != s->perm.n) return false;
    after->n = outer.n;
    for (int32_t i = 0; i < outer.n; i++) after->at[i] = s->perm.at[outer.at[i]];
    out[0] = above(s);
    return true;
}

/* The shape of a transposed tensor is the permuted shape. */
static bool sink_shape(struct sinking *s, struct perm *after, struct ir_value **out)
{
    if (ir_attr(s->node, ATTR_START) || ir_attr(s->node, ATTR_END)) return false;
    after->n = 0;
    out[0] = ir_gather(&s->b, ir_shape(&s->b, above(s)), ir_ints(&s->b, s->perm.at, (size_t)s->perm.n), 0);
    return s->b.status == TFP_OK;
}

static const struct {
    enum ir_op op;
    sink_fn *sink;
} rows[] = {
    { IR_TRANSPOSE, sink_transpose }, { IR_SHAPE, sink_shape },
    { IR_RELU, sink_unary }, { IR_CLIP, sink_unary }, { IR_LEAKY_RELU, sink_unary }, { IR_ELU, sink_unary },
    { IR_SELU, sink_unary }, { IR_CELU, sink_unary }, { IR_SIGMOID, sink_unary }, { IR_TANH, sink_unary },
    { IR_SOFTPLUS, sink_unary }, { IR_SOFTSIGN, sink_unary }, { IR_HARD_SIGMOID, sink_unary },
    { IR_HARD_SWISH, sink_unary }, { IR_GELU, sink_unary }, { IR_SWISH, sink_unary }, { IR_MISH, sink_unary },
    { IR_THRESHOLDED_RELU, sink_unary }, { IR_SHRINK, sink_unary }, { IR_ABS, sink_unary }, { IR_NEG, sink_unary },
    { IR_SIGN, sink_unary }, { IR_CEIL, sink_unary }, { IR_FLOOR, sink_unary }, { IR_ROUND, sink_unary },
    { IR_EXP, sink_unary }, { IR_LOG, sink_unary }, { IR_SQRT, sink_unary }, { IR_RECIPROCAL, sink_unary },
    { IR_ERF, sink_unary }, { IR_SIN, sink_unary }, { IR_COS, sink_unary }, { IR_TAN, sink_unary },
    { IR_NOT, sink_unary }, { IR_CAST, sink_unary }, { IR_IDENTITY, sink_unary }, { IR_IS_NAN, sink_unary },
    { IR_IS_INF, sink_unary },
    { IR_QUANTIZE_LINEAR, sink_quantized }, { IR_DEQUANTIZE_LINEAR, sink_quantized },
    { IR_ADD, sink_broadcast }, { IR_SUB, sink_broadcast }, { IR_MUL, sink_broadcast }, { IR_DIV, sink_broadcast },
    { IR_POW, sink_broadcast }, { IR_MAX, sink_broadcast }, { IR_MIN, sink_broadcast }, { IR_SUM, sink_broadcast },
    { IR_MEAN, sink_broadcast }, { IR_PRELU, sink_broadcast }, { IR_WHERE, sink_broadcast }, { IR_MOD, sink_broadcast },
    { IR_EQUAL, sink_broadcast }, { IR_LESS, sink_broadcast }, { IR_LESS_OR_EQUAL, sink_broadcast },
    { IR_GREATER, sink_broadcast }, { IR_GREATER_OR_EQUAL, sink_broadcast }, { IR_AND, sink_broadcast },
    { IR_OR, sink_broadcast }, { IR_XOR, sink_broadcast },
    { IR_CONCAT, sink_concat },
    { IR_SOFTMAX, sink_axis }, { IR_LOG_SOFTMAX, sink_axis }, { IR_HARDMAX, sink_axis }, { IR_SPLIT, sink_axis },
    { IR_REDUCE_SUM, sink_reduce }, { IR_REDUCE_MEAN, sink_reduce }, { IR_REDUCE_MAX, sink_reduce },
    { IR_REDUCE_MIN, sink_reduce }, { IR_REDUCE_PROD, sink_reduce }, { IR_REDUCE_L1, sink_reduce },
    { IR_REDUCE_L2, sink_reduce }, { IR_REDUCE_LOG_SUM_EXP, sink_reduce }, { IR_REDUCE_SUM_SQUARE, sink_reduce },
    { IR_ARG_MAX, sink_arg }, { IR_ARG_MIN, sink_arg },
    { IR_PAD, sink_pad }, { IR_SLICE, sink_slice }, { IR_TILE, sink_tile }, { IR_SQUEEZE, sink_squeeze },
    { IR_UNSQUEEZE, sink_unsqueeze },
};

static sink_fn *row_for(enum ir_op op)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].op == op) return rows[i].sink;
    return NULL;
}

/* -- driver -------------------------------------------------------------------------------------------------------- */

/* The first input made by a Transpose; broadcasting ops may have it at any place. */
static struct ir_node *transpose_above(const struct ir_node *n, sink_fn *sink)
{
    bool any = sink == sink_broadcast || sink == sink_concat;
    for (uint32_t i = 0; i < n->n_in && (i == 0 || any); i++) {
        struct ir_node *t = made_by(n, i, IR_TRANSPOSE);
        if (t && !ir_in(t, 0)->constant) return t; /* a constant's own Transpose is folded, not sunk */
    }
    return NULL;
}

enum { MOST_OUTPUTS = 256 };

static tfp_status sink_node(struct optimize *o, struct ir_node *n, bool *changed)
{
    sink_fn *sink = row_for(n->op);
    struct ir_node *t = sink ? transpose_above(n, sink) : NULL;
    struct ir_value *out[MOST_OUTPUTS];
    struct perm after;
    if (!t || n->n_out > MOST_OUTPUTS) return TFP_OK;
    struct sinking s = { .o = o, .b = rewrite_before(o, n), .node = n, .perm = perm_of(t) };
    if (!s.perm.n || (sink != sink_broadcast && sink != sink_concat && ir_in(n, 0)->rank != s.perm.n)) return TFP_OK;
    if (!sink(&s, &after, out)) return s.b.status;
    for (uint32_t i = 0; i < n->n_out; i++) {
        if (!n->out[i] || !out[i]) continue;
        struct ir_value *v = after.n && !is_identity(&after) ? transposed(&s, out[i], &after) : out[i];
        if (s.b.status != TFP_OK) return s.b.status;
        ir_replace(o->graph, n->out[i], v);
    }
    rewrite_remove(o, n);
    *changed = true;
    return s.b.status;
}

/* A Transpose that only moves dimensions of 1 is a Reshape, which costs nothing. */
static tfp_status reshape_instead(struct optimize *o, struct ir_node *n, bool *changed)
{
    struct perm p = perm_of(n);
    struct ir_value *x = ir_in(n, 0);
    int64_t dims[TFP_MAX_RANK];
    int open = 0;
    if (!p.n || x->constant || !moves_only_ones(x, &p)) return TFP_OK;
    for (int32_t i = 0; i < p.n; i++) {
        dims[i] = dim_fixed(x->dims[p.at[i]]) ? x->dims[p.at[i]].n : -1;
        if (dims[i] == 0) return TFP_OK;
        open += dims[i] < 0;
    }
    if (open > 1) return TFP_OK;
    struct build b = rewrite_before(o, n);
    *changed = true;
    return rewrite_with(o, &b, n, is_identity(&p) ? x : ir_reshape(&b, x, ir_ints(&b, dims, (size_t)p.n)));
}

/* Flatten(Transpose(x)) times a constant matrix: the matrix's rows are permuted instead. */
static tfp_status permute_rows(struct optimize *o, struct ir_node *n, bool *changed)
{
    struct ir_node *reshape = made_by(n, 0, IR_RESHAPE), *t = reshape ? made_by(reshape, 0, IR_TRANSPOSE) : NULL;
    struct ir_value *w = ir_in(n, 1);
    if (!t || !w->constant || w->rank != 2 || !ir_single_use(reshape->out[0])) return TFP_OK;
    struct perm p = perm_of(t);
    struct ir_value *flat = reshape->out[0], *x = ir_in(t, 0);
    int64_t inner[TFP_MAX_RANK + 1], count = 1, back[TFP_MAX_RANK + 1];
    if (p.n < 2 || p.at[0] != 0 || flat->rank != 2 || !dim_equal(flat->dims[0], x->dims[0])) return TFP_OK;
    for (int32_t i = 1; i < p.n; i++) {
        struct dim d = x->dims[p.at[i]];
        if (!dim_fixed(d) || d.n == 0 || __builtin_mul_overflow(count, d.n, &count)) return TFP_OK;
        inner[i - 1] = d.n;
        back[p.at[i] - 1] = i - 1;
    }
    if (!dim_is(flat->dims[1], count) || w->constant->dims[0] != count) return TFP_OK;
    inner[p.n - 1] = w->constant->dims[1];
    back[p.n - 1] = p.n - 1;
    struct build b = rewrite_before(o, n);
    struct ir_value *rows_of_x = ir_transpose(&b, ir_reshape(&b, w, ir_ints(&b, inner, (size_t)p.n)), back, (size_t)p.n);
    rows_of_x = RESHAPE(&b, rows_of_x, count, w->constant->dims[1]);
    struct ir_value *flat_x = RESHAPE(&b, x, dim_fixed(x->dims[0]) ? x->dims[0].n : -1, count);
    *changed = true;
    return rewrite_with(o, &b, n, ir_matmul(&b, flat_x, rows_of_x));
}

tfp_status pass_layout(struct optimize *o, bool *changed)
{
    for (struct ir_node *n = o->graph->first, *next; n; n = next) {
        next = n->next;
        if (n->op == IR_MATMUL) TFP_TRY(permute_rows(o, n, changed));
        else TFP_TRY(sink_node(o, n, changed));
    }
    for (struct ir_node *n = o->graph->first, *next; n; n = next) {
        next = n->next;
        if (n->op == IR_TRANSPOSE) TFP_TRY(reshape_instead(o, n, changed));
    }
    return TFP_OK;
}
