/* What stands around a convolution or a matrix product with constant weights goes into it: zero padding before it; scale,
 * bias and BatchNormalization behind it. The new weights are IR expressions over constants; the folding pass computes
 * them, each once. */
#include "optimize/passes.h"

#include <string.h>

/* Constant now or after folding: a short chain of nodes over constants. */
static bool will_be_constant(const struct ir_value *v, int depth)
{
    if (v->constant) return true;
    if (!v->producer || depth == 0) return false;
    for (uint32_t i = 0; i < v->producer->n_in; i++)
        if (ir_in(v->producer, i) && !will_be_constant(ir_in(v->producer, i), depth - 1)) return false;
    return true;
}
enum { CHAIN = 6 };

/* -- Pad before Conv and MaxPool ----------------------------------------------------------------------------------- */

/* A Pad whose result reaches input 0 of n, through a Transpose at most. */
struct padding {
    struct ir_node *pad, *transpose; /* transpose NULL: none between */
    int64_t begin[TFP_MAX_RANK], end[TFP_MAX_RANK]; /* by axis of n's input */
};

/* By zeros, outwards, in spatial dimensions only. */
static bool padding_of(struct ir_node *n, struct padding *p)
{
    int64_t pads[2 * TFP_MAX_RANK];
    const int64_t rank = ir_in(n, 0)->rank;
    p->transpose = made_by(n, 0, IR_TRANSPOSE);
    p->pad = made_by(p->transpose ? p->transpose : n, 0, IR_PAD);
    if (!p->pad || rank < 3 || !ir_attr_is(n, ATTR_AUTO_PAD, "NOTSET")) return false;
    if (!ir_attr_is(p->pad, ATTR_MODE, "constant") || ir_in(p->pad, 3)) return false;
    if (ir_in(p->pad, 2) && !constant_is(ir_in(p->pad, 2), 0)) return false;
    if (ir_known_ints(ir_in(p->pad, 1), pads, 2 * TFP_MAX_RANK) != 2 * rank) return false;
    struct ir_ints perm = p->transpose ? ir_attr_ints(p->transpose, ATTR_PERM) : (struct ir_ints){ NULL, 0 };
    if (p->transpose && perm.n != (size_t)rank) return false;
    for (int64_t i = 0; i < rank; i++) {
        int64_t from = p->transpose ? perm.at[i] : i;
        p->begin[i] = pads[from];
        p->end[i] = pads[rank + from];
        if (p->begin[i] < 0 || p->end[i] < 0 || (i < 2 && (p->begin[i] || p->end[i]))) return false;
    }
    return true;
}

/* Rebuilds the Transpose on what the Pad had, and adds its widths to n's own. */
static tfp_status take_padding(struct optimize *o, struct ir_node *n, const struct padding *p, bool *changed)
{
    const int64_t spatial = ir_in(n, 0)->rank - 2;
    int64_t pads[2 * TFP_MAX_RANK];
    struct ir_ints own = ir_attr_ints(n, ATTR_PADS);
    for (int64_t i = 0; i < spatial; i++) {
        pads[i] = p->begin[i + 2] + (own.n ? own.at[i] : 0);
        pads[spatial + i] = p->end[i + 2] + (own.n ? own.at[spatial + i] : 0);
    }
    struct build b = rewrite_before(o, n);
    struct ir_value *x = ir_in(p->pad, 0);
    if (p->transpose) {
        struct ir_ints perm = ir_attr_ints(p->transpose, ATTR_PERM);
        x = ir_transpose(&b, x, perm.at, perm.n);
    }
    if (!x) return b.status;
    if (!ir_set_attr(n, &(struct ir_attr)A_INTS(ATTR_PADS, pads, 2 * (size_t)spatial))) return tfp_no_memory(o->ctx);
    ir_set_input(n, 0, x);
    rewrite_remove(o, p->transpose ? p->transpose : p->pad);
    *changed = true;
    return TFP_OK;
}

static tfp_status fuse_conv_pad(struct optimize *o, struct ir_node *n, bool *changed)
{
    struct padding p;
    return padding_of(n, &p) ? take_padding(o, n, &p, changed) : TFP_OK;
}

static bool never_negative(const struct ir_value *v)
{
    const struct ir_node *n = v->producer;
    while (n && (n->op == IR_TRANSPOSE || n->op == IR_MAX_POOL)) n = ir_in(n, 0)->producer;
    if (!n) return false;
    const struct tensor *high = ir_in_constant(n, 2);
    if (n->op == IR_CLIP && ir_in(n, 2) && !(high && high->count == 1 && tensor_float(high, 0) >= 0)) return false;
    if (n->op == IR_CLIP) return constant_is(ir_in(n, 1), 0);
    return n->op == IR_RELU || n->op == IR_SIGMOID;
}

/* MaxPool pads with minus infinity, which is the same as zero where no value is negative and each window holds one. */
static tfp_status fuse_pool_pad(struct optimize *o, struct ir_node *n, bool *changed)
{
    struct padding p;
    struct ir_ints kernel = ir_attr_ints(n, ATTR_KERNEL_SHAPE), own = ir_attr_ints(n, ATTR_PADS);
    if (n->n_out > 1 || ir_attr(n, ATTR_DILATIONS) || ir_attr_int(n, ATTR_CEIL_MODE, 0)) return TFP_OK;
    if (!padding_of(n, &p) || !never_negative(ir_in(p.pad, 0))) return TFP_OK;
    for (size_t i = 0; i < kernel.n; i++)
        if (dim_is(ir_in(n, 0)->dims[i + 2], p.begin[i + 2] + p.end[i + 2]) || /* nothing but padding */
            p.begin[i + 2] + (own.n ? own.at[i] : 0) >= kernel.at[i] ||
            p.end[i + 2] + (own.n ? own.at[kernel.n + i] : 0) >= kernel.at[i])
            return TFP_OK;
    return take_padding(o, n, &p, changed);
}

/* -- scale and shift behind a product ------------------------------------------------------------------------------ */

/* The product n may be scaled by a vector over its output channels, which lie at `axis` of its output. */
struct product {
    struct ir_node *node;
    struct ir_value *weights;
    int64_t channels;
    int32_t axis;        /* in the output */
    int32_t weight_axis; /* of the output channels in the weights */
    bool has_bias;       /* input 2 takes a bias */
};

static bool product_of(struct ir_node *n, struct product *p)
{
    if (!n || !n->out[0] || n->out[0]->rank < 2 || !ir_single_use(n->out[0])) return false;
    struct ir_value *w = ir_in(n, 1);
    *p = (struct product){ .node = n, .weights = w, .axis = 1, .has_bias = true };
    if (n->op == IR_CONV_TRANSPOSE && ir_attr_int(n, ATTR_GROUP, 1) == 1) p->weight_axis = 1;
    else if (n->op == IR_MATMUL && w->rank == 2) *p = (struct product){ n, w, 0, n->out[0]->rank - 1, 1, false };
    else if (n->op != IR_CONV) return false;
    if (w->rank < 2 || !dim_fixed(w->dims[p->weight_axis]) || !dtype_is_float(w->dtype)) return false;
    p->channels = w->dims[p->weight_axis].n;
    if (ir_in(n, 2) && !will_be_constant(ir_in(n, 2), CHAIN)) return false;
    return will_be_constant(w, CHAIN);
}

/* A small constant that varies over the channels only, as a vector of `channels`; NULL when it is none. */
static struct ir_value *per_channel(struct build *b, const struct product *p, struct ir_value *c)
{
    const struct tensor *t = c ? c->constant : NULL;
    int32_t rank = p->node->out[0]->rank;
    if (!t || c->rank > rank || (t->count != 1 && t->count != p->channels)) return NULL;
    for (int32_t i = 0; i < c->rank; i++)
        if (t->dims[i] != 1 && rank - c->rank + i != p->axis) return NULL;
    struct ir_value *flat = RESHAPE(b, c, -1);
    return t->count == p->channels ? flat : ir_expand(b, flat, INTS(b, p->channels));
}

/* New weights w * scale and, where the op has one, bias * scale + shift. `scale` or `shift` may be NULL. */
static tfp_status rewrite_product(struct optimize *o, struct build *b, const struct product *p, struct ir_node *last,
                                  struct ir_value *scale, struct ir_value *shift)
{
    struct ir_value *weights = p->weights, *bias = ir_in(p->node, 2);
    if (scale) {
        int64_t dims[TFP_MAX_RANK] = { 0 };
        for (int32_t i = 0; i < weights->rank; i++) dims[i] = i == p->weight_axis ? p->channels : 1;
        weights = ir_mul(b, weights, ir_reshape(b, scale, ir_ints(b, dims, (size_t)weights->rank)));
        if (bias) bias = ir_mul(b, bias, scale);
    }
    if (shift) bias = bias ? ir_add(b, bias, shift) : shift;
    struct ir_attr attrs[24];
    if (p->node->n_attrs > 20) return TFP_OK;
    if (p->node->n_attrs) memcpy(attrs, p->node->attrs, p->node->n_attrs * sizeof attrs[0]);
    attrs[p->node->n_attrs] = (struct ir_attr){ .name = ATTR_NONE };
    const char *scope = b->scope;
    b->scope = p->node->name;
    struct ir_value *v = ir_emit(b, p->node->op, IN(ir_in(p->node, 0), weights, bias), attrs);
    b->scope = scope;
    return rewrite_with(o, b, last, v);
}

/* Product * c, product + c, product - c, product / c. */
static tfp_status fuse_arithmetic(struct optimize *o, struct ir_node *n, bool *changed)
{
    struct product p;
    struct ir_value *c = NULL;
    bool commutes = n->op == IR_MUL || n->op == IR_ADD;
    if (n->n_in != 2) return TFP_OK;
    for (size_t i = 0; i < (commutes ? 2u : 1u) && !c; i++)
        if (ir_in(n, i)->producer && product_of(ir_in(n, i)->producer, &p) && same_shape(ir_in(n, i), n->out[0]))
            c = ir_in(n, 1 - i);
    if (!c || !c->constant || c->dtype != p.weights->dtype) return TFP_OK;
    bool scales = n->op == IR_MUL || n->op == IR_DIV;
    if (!scales && !p.has_bias) return TFP_OK;
    struct build b = rewrite_before(o, n);
    struct ir_value *vector = per_channel(&b, &p, c);
    if (!vector) return b.status;
    if (n->op == IR_DIV) vector = ir_div(&b, ir_like(&b, vector, 1), vector);
    if (n->op == IR_SUB) vector = ir_unary(&b, IR_NEG, vector);
    *changed = true;
    return rewrite_product(o, &b, &p, n, scales ? vector : NULL, scales ? NULL : vector);
}

/* -- a number that scales, farther behind a product ----------------------------------------------------------------- */

/* It scales every element alike, so it may go before what only moves them. */
static bool is_move(enum ir_op op)
{
    return op == IR_RESHAPE || op == IR_TRANSPOSE || op == IR_SQUEEZE || op == IR_UNSQUEEZE || op == IR_FLATTEN;
}

/* The operand of an Add beside a constant; NULL: there is none. */
static struct ir_value *beside_constant(const struct ir_node *add, struct ir_value **constant)
{
    for (size_t i = 0; i < 2; i++)
        if ((*constant = ir_in(add, i))->constant) return ir_in(add, 1 - i);
    return NULL;
}

static bool comes_of_product(const struct ir_value *v, int depth)
{
    struct product p;
    struct ir_value *c, *x = NULL;
    if (!v->producer || !ir_single_use(v) || depth == 0) return false;
    if (product_of(v->producer, &p)) return true;
    if (is_move(v->producer->op)) x = ir_in(v->producer, 0);
    if (v->producer->op == IR_ADD) x = beside_constant(v->producer, &c);
    return x && comes_of_product(x, depth - 1);
}

static struct ir_value *scaled(struct build *b, struct ir_value *v, double factor)
{
    const struct ir_node *n = v->producer;
    struct ir_value *c;
    struct ir_attr attrs[8];
    if (n->op == IR_ADD) {
        struct ir_value *x = scaled(b, beside_constant(n, &c), factor);
        return ir_add(b, x, ir_mul(b, c, ir_like(b, c, factor)));
    }
    if (!is_move(n->op) || n->n_attrs > 6) return ir_mul(b, v, ir_like(b, v, factor));
    if (n->n_attrs) memcpy(attrs, n->attrs, n->n_attrs * sizeof attrs[0]);
    attrs[n->n_attrs] = (struct ir_attr){ .name = ATTR_NONE };
    struct ir_value *x = scaled(b, ir_in(n, 0), factor);
    return n->n_in > 1 ? ir_emit(b, n->op, IN(x, ir_in(n, 1)), attrs) : ir_emit(b, n->op, IN(x), attrs);
}

/* Queries of attention are scaled behind their projection, bias and heads: the factor goes into the weights. */
static tfp_status fuse_scale(struct optimize *o, struct ir_node *n, bool *changed)
{
    double factor;
    struct ir_value *x = scaled_by(n->out[0], &factor);
    if (!x || factor == 1 || !dtype_is_float(x->dtype) || !comes_of_product(x, CHAIN)) return fuse_arithmetic(o, n, changed);
    if (product_of(x->producer, &(struct product){ 0 })) return fuse_arithmetic(o, n, changed);
    struct build b = rewrite_before(o, n);
    *changed = true;
    return rewrite_with(o, &b, n, scaled(&b, x, factor));
}

/* y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, computed in double where the numbers are small. */
static tfp_status fuse_normalization(struct optimize *o, struct ir_node *n, bool *changed)
{
    struct product p;
    if (!ir_in(n, 0)->producer || !product_of(ir_in(n, 0)->producer, &p) || !p.has_bias) return TFP_OK;
    if (ir_attr_int(n, ATTR_TRAINING_MODE, 0)) return TFP_OK;
    for (size_t i = 1; i < 5; i++)
        if (!ir_in_constant(n, i) || ir_in_constant(n, i)->count != p.channels) return TFP_OK;
    struct build b = rewrite_before(o, n);
    struct ir_value *in[5];
    for (size_t i = 1; i < 5; i++) in[i] = ir_cast(&b, ir_in(n, i), TFP_DOUBLE);
    double epsilon = (double)ir_attr_float(n, ATTR_EPSILON, 1e-5f);
    struct ir_value *deviation = ir_unary(&b, IR_SQRT, ir_add(&b, in[4], ir_scalar(&b, TFP_DOUBLE, epsilon)));
    struct ir_value *scale = ir_div(&b, in[1], deviation);
    struct ir_value *shift = ir_sub(&b, in[2], ir_mul(&b, in[3], scale));
    scale = ir_cast(&b, scale, p.weights->dtype);
    shift = ir_cast(&b, shift, p.weights->dtype);
    *changed = true;
    return rewrite_product(o, &b, &p, n, scale, shift);
}

static const struct {
    enum ir_op op;
    tfp_status (*fuse)(struct optimize *o, struct ir_node *n, bool *changed);
} rows[] = {
    { IR_CONV, fuse_conv_pad },
    { IR_MAX_POOL, fuse_pool_pad },
    { IR_MUL, fuse_scale },
    { IR_DIV, fuse_scale },
    { IR_ADD, fuse_arithmetic },
    { IR_SUB, fuse_arithmetic },
    { IR_BATCH_NORMALIZATION, fuse_normalization },
};

tfp_status pass_fuse(struct optimize *o, bool *changed)
{
    for (struct ir_node *n = o->graph->first, *next; n; n = next) {
        next = n->next;
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            if (rows[i].op != n->op) continue;
            TFP_TRY(rows[i].fuse(o, n, changed));
            break;
        }
    }
    return TFP_OK;
}
