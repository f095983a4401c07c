/* Works on a plan's own copy of the graph, whose input dims are numbers: makes constant what these decide, and writes
 * as one op the activations that TensorFlow writes as several (swish, hard sigmoid, hard swish, gelu), and batch
 * normalizations as the lines that they are. */
#include "backend/cpu/cpu_plan.h"

#include "decompose/decompose.h"

#include <math.h>
#include <string.h>

enum { FOLD_BYTES = 4 << 20 };

/* -- folding ------------------------------------------------------------------------------------------------------- */

/* A small integer tensor whose elements are all known becomes a constant. */
static tfp_status fold_known(struct tfp_context *ctx, struct ir_graph *g, struct ir_value *v, bool *folded)
{
    int64_t dims[TFP_MAX_RANK], at[IR_KNOWN_MAX];
    if ((v->dtype != TFP_INT32 && v->dtype != TFP_INT64) || !ir_static_dims(v, dims)) return TFP_OK;
    int64_t n = ir_known_ints(v, at, IR_KNOWN_MAX);
    struct tensor t = { 0 };
    if (n < 0) return TFP_OK;
    TFP_TRY(tensor_describe(ctx, "a folded value", v->dtype, (size_t)v->rank, dims, &t));
    if (t.count != n) return TFP_OK;
    TFP_TRY(tensor_allocate(ctx, &t));
    for (int64_t i = 0; i < n; i++)
        if (v->dtype == TFP_INT64)
            ((int64_t *)t.data)[i] = at[i];
        else
            ((int32_t *)t.data)[i] = (int32_t)at[i];
    *folded = ir_make_constant(g, v, &t);
    tensor_release(&t);
    return *folded ? TFP_OK : tfp_no_memory(ctx);
}

/* All inputs constant, and one result of a small, known size. */
static bool can_evaluate(const struct ir_node *n)
{
    int64_t dims[TFP_MAX_RANK], count;
    if (n->n_out != 1 || !n->out[0] || !n->n_in || ir_is_random(n->op) || !kernel_find(n->op)) return false;
    for (uint32_t i = 0; i < n->n_in; i++)
        if (n->in[i].value && (!n->in[i].value->constant || n->in[i].value->dtype == TFP_STRING)) return false;
    return n->out[0]->dtype != TFP_STRING && ir_static_dims(n->out[0], dims) &&
           numbers_count(dims, (size_t)n->out[0]->rank, &count) && count <= FOLD_BYTES / 16;
}

static tfp_status evaluate(struct tfp_context *ctx, struct ir_graph *g, struct ir_node *n, int threads)
{
    struct tensor in[8] = { { 0 } }, out = { 0 };
    if (n->n_in > sizeof in / sizeof in[0]) return TFP_OK;
    for (uint32_t i = 0; i < n->n_in; i++)
        if (n->in[i].value) in[i] = *n->in[i].value->constant;
    /* What fails here fails again when it runs, if it runs. */
    if (kernel_evaluate(ctx, n, in, n->n_in, &out, 1, threads) != TFP_OK) return TFP_OK;
    bool done = ir_make_constant(g, n->out[0], &out);
    tensor_release(&out);
    return done ? TFP_OK : tfp_no_memory(ctx);
}

static tfp_status fold(struct tfp_context *ctx, struct ir_graph *g, struct ir_node *n, int threads)
{
    for (uint32_t i = 0; i < n->n_out; i++) {
        bool folded = false;
        if (n->out[i] && !n->out[i]->constant) TFP_TRY(fold_known(ctx, g, n->out[i], &folded));
        if (folded && n->n_out == 1) return TFP_OK;
    }
    return can_evaluate(n) ? evaluate(ctx, g, n, threads) : TFP_OK;
}

/* -- patterns ------------------------------------------------------------------------------------------------------ */

static bool near(float a, double b)
{
    return fabs((double)a - b) <= 1e-6 * fabs(b);
}

/* A node of `op` with one scalar operand (either side when it commutes): the other side, and the scalar. */
static struct ir_value *with_scalar(const struct ir_node *n, float *scalar)
{
    if (!n) return NULL;
    if (layout_scalar(ir_in(n, 1), scalar)) return ir_in(n, 0);
    if (n->op != IR_DIV && n->op != IR_SUB && layout_scalar(ir_in(n, 0), scalar)) return ir_in(n, 1);
    return NULL;
}

/* x * factor, written as Mul or Div. */
static struct ir_value *scaled(const struct ir_value *v, float *factor)
{
    const struct ir_node *n = v ? v->producer : NULL;
    struct ir_value *x = n && (n->op == IR_MUL || n->op == IR_DIV) ? with_scalar(n, factor) : NULL;
    if (x && n->op == IR_DIV) *factor = 1 / *factor;
    return x;
}

struct found {
    enum ir_op op;
    struct ir_value *x;
    struct ir_attr attrs[3];
};

/* clip(x + offset, 0, limit) * (1 / limit) */
static bool find_hard_sigmoid(const struct ir_node *n, struct found *f)
{
    float factor, low, high, offset = 0;
    struct ir_value *clipped = scaled(n->out[0], &factor);
    const struct ir_node *clip = ir_producer(clipped, IR_CLIP);
    if (!clip || !layout_scalar(ir_in(clip, 1), &low) || !layout_scalar(ir_in(clip, 2), &high)) return false;
    if (low < 0 || low > 0 || !near(high * factor, 1)) return false;
    struct ir_value *x = with_scalar(ir_producer(ir_in(clip, 0), IR_ADD), &offset);
    if (!x) return false;
    *f = (struct found){ IR_HARD_SIGMOID,
                         x,
                         { A_FLOAT(ATTR_ALPHA, factor), A_FLOAT(ATTR_BETA, offset * factor), { .name = ATTR_NONE } } };
    return true;
}

static bool is_hard_swish_gate(const struct ir_node *gate)
{
    return near(ir_attr_float(gate, ATTR_ALPHA, 0.2f), 1.0 / 6) && near(ir_attr_float(gate, ATTR_BETA, 0.5f), 0.5);
}

/* x * gate(x) for a gate that oneDNN has with its product. */
static bool find_gated(const struct ir_node *n, struct found *f)
{
    if (n->op != IR_MUL) return false;
    for (size_t i = 0; i < 2; i++) {
        struct ir_value *x = ir_in(n, i);
        const struct ir_value *gate = ir_in(n, 1 - i);
        const struct ir_node *soft = ir_producer(gate, IR_SIGMOID), *hard = ir_producer(gate, IR_HARD_SIGMOID);
        if (soft && ir_in(soft, 0) == x)
            *f = (struct found){ IR_SWISH, x, { A_FLOAT(ATTR_ALPHA, 1.0f), { .name = ATTR_NONE } } };
        else if (hard && ir_in(hard, 0) == x && is_hard_swish_gate(hard))
            *f = (struct found){ IR_HARD_SWISH, x, { { .name = ATTR_NONE } } };
        else
            continue;
        return true;
    }
    return false;
}

/* 1 + erf(x / sqrt(2)): x */
static struct ir_value *erf_gate(const struct ir_value *v)
{
    float one, factor;
    struct ir_value *inner = with_scalar(ir_producer(v, IR_ADD), &one);
    const struct ir_node *erf = ir_producer(inner, IR_ERF);
    if (!erf || !near(one, 1)) return NULL;
    struct ir_value *x = scaled(ir_in(erf, 0), &factor);
    return x && near(factor, M_SQRT1_2) ? x : NULL;
}

/* (x * 0.5) * gate, (x * gate) * 0.5, x * (gate * 0.5) */
static bool find_gelu(const struct ir_node *n, struct found *f)
{
    struct ir_value *x = NULL;
    float half = 0;
    if (n->op != IR_MUL) return false;
    const struct ir_node *product = n;
    struct ir_value *whole = scaled(n->out[0], &half);
    bool outer = whole && near(half, 0.5) && (product = ir_producer(whole, IR_MUL));
    if (!product) return false;
    for (size_t i = 0; i < 2 && !x; i++) {
        struct ir_value *side = ir_in(product, i), *other = ir_in(product, 1 - i);
        struct ir_value *inner = outer ? NULL : scaled(side, &half), *gate_inner = outer ? NULL : scaled(other, &half);
        if (outer && erf_gate(other) == side) x = side;
        if (inner && near(half, 0.5) && erf_gate(other) == inner) x = inner;
        if (!x && gate_inner && near(half, 0.5) && erf_gate(gate_inner) == side) x = side;
    }
    if (!x) return false;
    *f = (struct found){ IR_GELU, x, { A_STRING(ATTR_APPROXIMATE, "none"), { .name = ATTR_NONE } } };
    return true;
}

static tfp_status write_pattern(struct tfp_context *ctx, struct ir_graph *g, struct ir_node *n)
{
    struct found f;
    struct ir_value *old = n->out[0];
    if (!old || old->dtype != TFP_FLOAT || (n->op != IR_MUL && n->op != IR_DIV)) return TFP_OK;
    if (!find_hard_sigmoid(n, &f) && !find_gated(n, &f) && !find_gelu(n, &f)) return TFP_OK;
    if (!layout_fits(old) || !layout_fits(f.x)) return TFP_OK;
    struct ir_node *made = ir_add_node(g, n, f.op, n->name, &f.x, 1, f.attrs, 1);
    if (!made || !ir_set_shape(g, made->out[0], old->dtype, f.x->rank, f.x->dims)) return tfp_no_memory(ctx);
    ir_replace(g, old, made->out[0]);
    return TFP_OK;
}

/* -- what no kernel is for ----------------------------------------------------------------------------------------- */

static bool has_kernel(const struct decompose *d, enum ir_op op, tfp_dtype dtype)
{
    (void)d;
    (void)dtype;
    return kernel_find(op) != NULL;
}

/* Writes the node in terms of others; *next is the first of them. */
static tfp_status write_out(struct tfp_context *ctx, struct ir_graph *g, struct ir_node *n, struct ir_node **next)
{
    struct decompose d = { .b = { .ctx = ctx, .graph = g, .before = n, .scope = n->name }, .opset = schema_newest_opset,
                           .computes = has_kernel };
    struct ir_node *behind = n->prev;
    struct ir_value **out = ARENA_ARRAY(&g->arena, struct ir_value *, n->n_out);
    if (!out) return tfp_no_memory(ctx);
    bool made = decompose_lacking(&d, n, out);
    TFP_TRY(d.b.status);
    if (!made)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "node %s (%s): the cpu backend has no kernel for it%s%s",
                        n->name ? n->name : "without name", schema_op_name(n->op), d.why ? ", and there is " : "",
                        d.why ? d.why : "");
    if (!decompose_replace(g, n, out)) return tfp_no_memory(ctx);
    *next = behind ? behind->next : g->first;
    return TFP_OK;
}

static bool lacks_kernel(const struct ir_node *n)
{
    return !kernel_find(n->op) && !unit_is_native(n->op);
}

tfp_status rewrite_graph(struct tfp_context *ctx, struct ir_graph *g, int threads)
{
    for (struct ir_node *n = g->first, *next; n; n = next) {
        next = n->next;
        TFP_TRY(ir_infer(ctx, n));
        if (lacks_kernel(n)) TFP_TRY(write_out(ctx, g, n, &next));
        else TFP_TRY(fold(ctx, g, n, threads));
    }
    for (struct ir_node *n = g->first, *next; n; n = next) {
        next = n->next;
        TFP_TRY(write_pattern(ctx, g, n));
        TFP_TRY(rewrite_normalization(ctx, g, n));
        TFP_TRY(rewrite_indicators(ctx, g, n));
    }
    return TFP_OK;
}
