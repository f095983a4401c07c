/* Ops that ONNX itself defines as functions of others: losses, and the parts of language models. Arithmetic is in float32
 * where the definition's is. */
#include "decompose/decompose.h"
#include "ir/forms.h"

#include <math.h>

/* -- losses -------------------------------------------------------------------------------------------------------- */

/* Where the target is the class that does not count; NULL: every class does. */
static struct ir_value *ignored(struct build *b, const struct ir_node *n, struct ir_value *target)
{
    if (!ir_attr(n, ATTR_IGNORE_INDEX)) return NULL;
    struct ir_value *index = ir_int(b, ir_attr_int(n, ATTR_IGNORE_INDEX, 0));
    return ir_binary(b, IR_EQUAL, ir_cast(b, target, TFP_INT64), index);
}

static struct ir_value *gather_elements(struct build *b, struct ir_value *x, struct ir_value *indices, int64_t axis)
{
    return ir_emit(b, IR_GATHER_ELEMENTS, IN(x, indices), ATTRS(A_INT(ATTR_AXIS, axis)));
}

static struct ir_value *loss_weights(struct build *b, const struct ir_node *n, struct ir_value *target,
                                     struct ir_value *mask)
{
    const struct ir_value *x = ir_in(n, 0);
    struct ir_value *weights = ir_in(n, 2) ? ir_gather(b, ir_in(n, 2), target, 0)
                                           : ir_expand(b, ir_like(b, x, 1), ir_shape(b, target));
    return mask ? ir_where(b, mask, ir_like(b, x, 0), weights) : weights;
}

static bool run_likelihood_loss(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *target = ir_in(n, 1), *mask = ignored(b, n, target);
    if (target->rank < 0) return decline(d, "an unknown rank");
    if (mask) target = ir_where(b, mask, ir_like(b, target, 0), target);
    struct ir_value *loss = ir_unary(b, IR_NEG, SQUEEZE(b, gather_elements(b, x, UNSQUEEZE(b, target, 1), 1), 1));
    if (mask) loss = ir_where(b, mask, ir_like(b, x, 0), loss);
    struct ir_value *weights = ir_in(n, 2) || mask ? loss_weights(b, n, target, mask) : NULL;
    if (weights) loss = ir_mul(b, loss, weights);
    if (ir_attr_is(n, ATTR_REDUCTION, "none")) return give(out, loss);
    if (ir_attr_is(n, ATTR_REDUCTION, "sum")) return give(out, ir_reduce(b, IR_REDUCE_SUM, loss, NULL, 0, false));
    if (!weights) return give(out, ir_reduce(b, IR_REDUCE_MEAN, loss, NULL, 0, false));
    return give(out, ir_div(b, ir_reduce(b, IR_REDUCE_SUM, loss, NULL, 0, false),
                            ir_reduce(b, IR_REDUCE_SUM, weights, NULL, 0, false)));
}

static bool run_cross_entropy_loss(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct bytes reduction = ir_attr_string(n, ATTR_REDUCTION, "mean");
    struct ir_attr attrs[3] = { { .name = ATTR_REDUCTION, .kind = ATTR_KIND_STRING, .v.s = reduction } };
    if (ir_attr(n, ATTR_IGNORE_INDEX)) attrs[1] = *ir_attr(n, ATTR_IGNORE_INDEX);
    struct ir_value *log_prob = ir_emit(b, IR_LOG_SOFTMAX, IN(ir_in(n, 0)), ATTRS(A_INT(ATTR_AXIS, 1)));
    out[0] = ir_emit(b, IR_NEGATIVE_LOG_LIKELIHOOD_LOSS, IN(log_prob, ir_in(n, 1), ir_in(n, 2)), attrs);
    if (n->n_out > 1) out[1] = log_prob;
    return out[0] != NULL;
}

/* -- activations --------------------------------------------------------------------------------------------------- */

static bool run_swiglu(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct ir_value *gate = decompose_swish(&d->b, ir_in(n, 0), (double)ir_attr_float(n, ATTR_ALPHA, 1));
    return give(out, ir_mul(&d->b, gate, ir_in(n, 1)));
}

/* -- positions ----------------------------------------------------------------------------------------------------- */

struct pair {
    struct ir_value *first, *second;
};

static struct ir_value *every_second(struct build *b, struct ir_value *x, int64_t from)
{
    return ir_slice(b, x, INTS(b, from), INTS(b, INT64_MAX), INTS(b, -1), INTS(b, 2));
}

static struct pair take_apart(struct build *b, struct ir_value *x, bool interleaved)
{
    struct ir_value *halves[2] = { NULL };
    if (interleaved) return (struct pair){ every_second(b, x, 0), every_second(b, x, 1) };
    ir_emit_many(b, IR_SPLIT, IN(x), ATTRS(A_INT(ATTR_AXIS, -1), A_INT(ATTR_NUM_OUTPUTS, 2)), 2, halves);
    return (struct pair){ halves[0], halves[1] };
}

static struct ir_value *put_together(struct build *b, struct pair p, bool interleaved, struct ir_value *shape)
{
    if (!interleaved) return CONCAT(b, -1, p.first, p.second);
    return ir_reshape(b, CONCAT(b, -1, UNSQUEEZE(b, p.first, -1), UNSQUEEZE(b, p.second, -1)), shape);
}

/* The angles' cosines or sines for each token, one for all heads. */
static struct ir_value *angles(struct build *b, const struct ir_node *n, size_t cache, int64_t heads_axis)
{
    struct ir_value *x = ir_in(n, cache);
    if (ir_in(n, 3)) x = ir_gather(b, x, ir_in(n, 3), 0);
    return ir_unsqueeze(b, x, &heads_axis, 1);
}

static struct ir_value *rotate(struct build *b, const struct ir_node *n, struct ir_value *x, int64_t heads_axis)
{
    const bool interleaved = ir_attr_int(n, ATTR_INTERLEAVED, 0);
    struct ir_value *cos = angles(b, n, 1, heads_axis), *sin = angles(b, n, 2, heads_axis);
    struct pair p = take_apart(b, x, interleaved);
    const struct pair turned = { ir_sub(b, ir_mul(b, cos, p.first), ir_mul(b, sin, p.second)),
                           ir_add(b, ir_mul(b, sin, p.first), ir_mul(b, cos, p.second)) };
    return put_together(b, turned, interleaved, ir_shape(b, x));
}

static bool run_rotary(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *given = ir_in(n, 0), *x = given;
    int64_t heads = ir_attr_int(n, ATTR_NUM_HEADS, 0), turned = ir_attr_int(n, ATTR_ROTARY_EMBEDDING_DIM, 0);
    if (given->rank != 3 && given->rank != 4) return decline(d, "an unknown rank");
    if (given->rank == 3 && heads <= 0) return decline(d, "no num_heads");
    if (given->rank == 3)
        x = ir_reshape(b, x, CONCAT(b, 0, ir_dim(b, x, 0), ir_dim(b, x, 1), INTS(b, heads, -1)));
    const int64_t heads_axis = given->rank == 3 ? 2 : 1;
    struct ir_value *y = rotate(b, n, turned ? ir_slice_axis(b, x, -1, 0, turned) : x, heads_axis);
    if (turned) y = CONCAT(b, -1, y, ir_slice_axis(b, x, -1, turned, INT64_MAX));
    return give(out, given->rank == 3 ? ir_reshape(b, y, ir_shape(b, given)) : y);
}

/* -- convolution with a state -------------------------------------------------------------------------------------- */

static bool run_causal_conv(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *weights = ir_in(n, 1), *before = ir_in(n, 3);
    if (weights->rank != 3 || !dim_fixed(weights->dims[0]) || !dim_fixed(weights->dims[2]))
        return decline(d, "weights of unknown shape");
    struct ir_value *kept = INTS(b, weights->dims[2].n - 1);
    if (!before) before = form_zeros(b, x->dtype, CONCAT(b, 0, ir_dim(b, x, 0), ir_dim(b, x, 1), kept));
    struct ir_value *all = CONCAT(b, 2, before, x), *length = ir_dim(b, all, 2);
    struct ir_value *y = ir_emit(b, IR_CONV, IN(all, weights, ir_in(n, 2)), ATTRS(A_INT(ATTR_GROUP, weights->dims[0].n)));
    if (ir_attr_is(n, ATTR_ACTIVATION, "silu") || ir_attr_is(n, ATTR_ACTIVATION, "swish"))
        y = ir_cast(b, decompose_swish(b, ir_cast(b, y, TFP_FLOAT), 1), x->dtype);
    out[0] = y;
    if (n->n_out > 1) out[1] = ir_slice(b, all, ir_sub(b, length, kept), length, INTS(b, 2), NULL);
    return out[0] != NULL;
}

/* -- linear attention ---------------------------------------------------------------------------------------------- */

struct linear {
    struct build *b;
    const struct ir_node *node;
    int64_t heads, shared; /* of keys and values; heads of queries for each */
    double scale;
    bool gated, delta;
    struct ir_graph *body;
};

/* [batch, tokens, heads * size] as [batch, tokens, heads, size]. */
static struct ir_value *heads_apart(struct linear *a, struct ir_value *x)
{
    struct build *b = a->b;
    return ir_reshape(b, x, CONCAT(b, 0, ir_dim(b, x, 0), ir_dim(b, x, 1), INTS(b, a->heads, -1)));
}

/* The body's input for one token of `x`, float32. */
static struct ir_value *token_of(struct linear *a, struct build *in, const char *name, struct ir_value *x)
{
    struct dim dims[TFP_MAX_RANK];
    int32_t rank = 0;
    if (!x) return NULL;
    for (int32_t i = 0; i < x->rank; i++)
        if (i != 1) dims[rank++] = dim_carry(a->b->graph, a->body, x->dims[i]);
    struct ir_value *v = ir_add_input(a->body, name, x->dtype, rank, dims);
    return v ? ir_cast(in, v, TFP_FLOAT) : build_fail(in, tfp_no_memory(in->ctx));
}

static struct ir_value *state_of(struct linear *a, struct build *in, const struct ir_value *state)
{
    struct dim dims[4];
    for (int32_t i = 0; i < 4; i++) dims[i] = dim_carry(a->b->graph, a->body, state->dims[i]);
    struct ir_value *v = ir_add_input(a->body, "state", TFP_FLOAT, 4, dims);
    return v ? v : build_fail(in, tfp_no_memory(in->ctx));
}

/* state, then query, key, value, decay and beta of a token: the state after it, and what the queries read. */
static void make_step(struct linear *a, const struct ir_value *start, struct ir_value *const x[5])
{
    static const char *const names[] = { "query", "key", "value", "decay", "beta" };
    struct build in = { .ctx = a->b->ctx, .graph = a->body, .scope = a->b->scope }, *b = &in;
    struct ir_value *state = state_of(a, b, start), *t[5];
    for (size_t i = 0; i < 5; i++) t[i] = token_of(a, b, names[i], x[i]);
    if (a->gated) state = ir_mul(b, state, UNSQUEEZE(b, ir_unary(b, IR_EXP, t[3]), -1));
    struct ir_value *key = UNSQUEEZE(b, t[1], -1), *value = UNSQUEEZE(b, t[2], -2);
    if (a->delta) {
        struct ir_value *known = ir_matmul(b, UNSQUEEZE(b, t[1], -2), state);
        value = ir_mul(b, UNSQUEEZE(b, t[4], -1), ir_sub(b, value, known));
    }
    state = ir_add(b, state, ir_mul(b, key, value));
    struct ir_value *read = ir_matmul(b, t[0], state);
    read = ir_cast(b, ir_mul(b, read, ir_like(b, read, a->scale)), x[0]->dtype);
    if (in.status == TFP_OK && (!ir_add_output(a->body, "state", state) || !ir_add_output(a->body, "read", read)))
        build_fail(b, tfp_no_memory(in.ctx));
    if (in.status != TFP_OK) build_fail(a->b, in.status);
}

static bool read_linear(struct decompose *d, struct linear *a)
{
    const struct ir_node *n = a->node;
    struct bytes rule = ir_attr_string(n, ATTR_UPDATE_RULE, "gated_delta");
    int64_t q_heads = ir_attr_int(n, ATTR_Q_NUM_HEADS, 0);
    a->heads = ir_attr_int(n, ATTR_KV_NUM_HEADS, 0);
    a->gated = bytes_equal(rule, "gated") || bytes_equal(rule, "gated_delta");
    a->delta = bytes_equal(rule, "delta") || bytes_equal(rule, "gated_delta");
    if (a->heads <= 0 || q_heads % a->heads) return decline(d, "numbers of heads that do not go together");
    if (!a->gated && !a->delta && !bytes_equal(rule, "linear")) return decline(d, "an unknown update rule");
    if ((a->gated && !ir_in(n, 4)) || (a->delta && !ir_in(n, 5))) return decline(d, "no decay or beta");
    for (size_t i = 0; i < 6; i++)
        if (i != 3 && ir_in(n, i) && (ir_in(n, i)->rank != 3 || !dim_fixed(ir_in(n, i)->dims[2])))
            return decline(d, "an unknown size of heads");
    a->shared = q_heads / a->heads;
    a->scale = (double)ir_attr_float(n, ATTR_SCALE, 0);
    if (a->scale == 0) a->scale = 1 / sqrt((double)(ir_in(n, 0)->dims[2].n / q_heads));
    return true;
}

/* A gate for each head is one for each of its numbers. */
static struct ir_value *per_head(struct linear *a, struct ir_value *x)
{
    if (!x) return NULL;
    if (x->dims[2].n == a->heads || x->dims[2].n == 1) return UNSQUEEZE(a->b, x, -1);
    return heads_apart(a, x);
}

static bool run_linear_attention(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct linear a = { .b = b, .node = n };
    struct ir_value *results[2], *x[5], *state = ir_in(n, 3);
    if (!read_linear(d, &a)) return false;
    struct ir_value *q = ir_in(n, 0), *batch = ir_dim(b, q, 0), *tokens = ir_dim(b, q, 1);
    const int64_t size = ir_in(n, 1)->dims[2].n / a.heads, width = ir_in(n, 2)->dims[2].n / a.heads;
    if (!state) state = form_zeros(b, q->dtype, CONCAT(b, 0, batch, INTS(b, a.heads, size, width)));
    state = ir_cast(b, state, TFP_FLOAT);
    x[0] = ir_reshape(b, q, CONCAT(b, 0, batch, tokens, INTS(b, a.heads, a.shared, size)));
    for (size_t i = 1; i < 3; i++) x[i] = heads_apart(&a, ir_in(n, i));
    x[3] = a.gated ? per_head(&a, ir_in(n, 4)) : NULL;
    x[4] = a.delta ? per_head(&a, ir_in(n, 5)) : NULL;
    if (b->status != TFP_OK || state->rank != 4) return false;
    if (!(a.body = ir_add_body(b->graph))) return decline(d, "bodies that lie too deep in one another");
    make_step(&a, state, x);
    struct ir_value *in[6] = { state };
    size_t n_in = 1;
    for (size_t i = 0; i < 5; i++)
        if (x[i]) in[n_in++] = x[i];
    static const int64_t ones[] = { 1, 1, 1, 1, 1 };
    if (b->status != TFP_OK) return false;
    ir_emit_many(b, IR_SCAN, in, n_in,
                 ATTRS(A_GRAPH(ATTR_BODY, a.body), A_INT(ATTR_NUM_SCAN_INPUTS, (int64_t)n_in - 1),
                       A_INTS(ATTR_SCAN_INPUT_AXES, ones, n_in - 1), A_INTS(ATTR_SCAN_OUTPUT_AXES, ones, 1)),
                 2, results);
    if (b->status != TFP_OK) return false;
    out[0] = ir_reshape(b, results[1], CONCAT(b, 0, batch, tokens, INTS(b, a.heads * a.shared * width)));
    if (n->n_out > 1) out[1] = ir_cast(b, results[0], ir_in(n, 3) ? ir_in(n, 3)->dtype : q->dtype);
    return out[0] != NULL;
}

/* -- quantized ------------------------------------------------------------------------------------------------------- */

static bool one_element(const struct ir_value *v)
{
    return v && (v->rank == 0 || (v->rank == 1 && dim_is(v->dims[0], 1)));
}

/* In floats, which hold the products exactly while they are below 2^24. */
static bool run_qlinear_matmul(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    static const size_t scales[] = { 1, 2, 4, 5, 6, 7 };
    for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++)
        if (!one_element(ir_in(n, scales[i]))) return decline(d, "a scale for each row or column");
    struct ir_value *x = ir_emit(b, IR_DEQUANTIZE_LINEAR, IN(ir_in(n, 0), ir_in(n, 1), ir_in(n, 2)), NO_ATTRS);
    struct ir_value *y = ir_emit(b, IR_DEQUANTIZE_LINEAR, IN(ir_in(n, 3), ir_in(n, 4), ir_in(n, 5)), NO_ATTRS);
    struct ir_value *product = x && y ? ir_cast(b, ir_matmul(b, x, y), ir_in(n, 6)->dtype) : NULL;
    return give(out, product ? ir_emit(b, IR_QUANTIZE_LINEAR, IN(product, ir_in(n, 6), ir_in(n, 7)), NO_ATTRS) : NULL);
}

static bool run_dynamic_quantize(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *nothing = ir_like(b, x, 0);
    struct ir_value *most = ir_binary(b, IR_MAX, ir_reduce(b, IR_REDUCE_MAX, x, NULL, 0, false), nothing);
    struct ir_value *least = ir_binary(b, IR_MIN, ir_reduce(b, IR_REDUCE_MIN, x, NULL, 0, false), nothing);
    struct ir_value *scale = ir_div(b, ir_sub(b, most, least), ir_like(b, x, 255));
    scale = ir_where(b, ir_binary(b, IR_EQUAL, most, least), ir_like(b, x, 1), scale);
    struct ir_value *zero = ir_unary(b, IR_ROUND, ir_div(b, ir_unary(b, IR_NEG, least), scale));
    zero = ir_cast(b, ir_emit(b, IR_CLIP, IN(zero, nothing, ir_like(b, x, 255)), NO_ATTRS), TFP_UINT8);
    out[0] = ir_emit(b, IR_QUANTIZE_LINEAR, IN(x, scale, zero), NO_ATTRS);
    if (n->n_out > 1) out[1] = scale;
    if (n->n_out > 2) out[2] = zero;
    return out[0] != NULL;
}

/* -- others ---------------------------------------------------------------------------------------------------------- */

/* One where the first largest stands. */
static bool run_hardmax(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    if (x->rank < 1) return decline(d, "an unknown rank");
    const int64_t axis = from_front(ir_attr_int(n, ATTR_AXIS, -1), x->rank);
    int64_t behind[TFP_MAX_RANK];
    for (int64_t i = axis + 1; i < x->rank; i++) behind[i - axis - 1] = 1 + i - axis - 1;
    struct ir_value *place = ir_emit(b, IR_ARG_MAX, IN(x), ATTRS(A_INT(ATTR_AXIS, axis)));
    struct ir_value *places = ir_unsqueeze(b, decompose_iota(d, ir_dim(b, x, axis)), behind, (size_t)(x->rank - axis - 1));
    return give(out, ir_cast(b, ir_binary(b, IR_EQUAL, places, place), x->dtype));
}

static bool run_center_crop_pad(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    int64_t shape[TFP_MAX_RANK], pads[2 * TFP_MAX_RANK] = { 0 }, given = ir_known_ints(ir_in(n, 1), shape, TFP_MAX_RANK);
    const struct ir_ints axes = ir_attr_ints(n, ATTR_AXES);
    const bool named = ir_attr(n, ATTR_AXES) != NULL;
    if (x->rank < 0 || given != (named ? (int64_t)axes.n : x->rank)) return decline(d, "a shape that is not constant");
    bool grows = false;
    for (int64_t i = 0; i < given; i++) {
        const int64_t axis = named ? from_front(axes.at[i], x->rank) : i;
        if (!dim_fixed(x->dims[axis])) return decline(d, "a size that is not known");
        const int64_t more = shape[i] - ir_in(n, 0)->dims[axis].n, before = (more < 0 ? -more : more) / 2;
        if (more < 0) x = ir_slice_axis(b, x, axis, before, before + shape[i]);
        if (more > 0) pads[axis] = before, pads[axis + x->rank] = more - before, grows = true;
        if (!x) return false;
    }
    if (grows) x = ir_emit(b, IR_PAD, IN(x, ir_ints(b, pads, 2 * (size_t)x->rank)), NO_ATTRS);
    return give(out, x == ir_in(n, 0) ? ir_unary(b, IR_IDENTITY, x) : x);
}

static double grid_place(int64_t i, int64_t n, bool aligned)
{
    if (aligned) return n > 1 ? 2.0 * (double)i / (double)(n - 1) - 1 : -1;
    return (2.0 * (double)i + 1) / (double)n - 1;
}

/* x, y (, z) and 1 of each cell, a row a cell: constant. NULL: a failure. */
static struct ir_value *grid_rows(struct build *b, const int64_t *size, int64_t axes, bool aligned, tfp_dtype dtype)
{
    int64_t cells = 1;
    for (int64_t i = 0; i < axes; i++) cells *= size[i];
    float *at = ARENA_ARRAY(&b->graph->arena, float, (size_t)(cells * (axes + 1)));
    if (!at) return build_fail(b, tfp_no_memory(b->ctx));
    for (int64_t c = 0; c < cells; c++) {
        int64_t rest = c;
        for (int64_t a = 0; a < axes; a++) { /* the last axis is x */
            at[c * (axes + 1) + a] = (float)grid_place(rest % size[axes - 1 - a], size[axes - 1 - a], aligned);
            rest /= size[axes - 1 - a];
        }
        at[c * (axes + 1) + axes] = 1;
    }
    return ir_cast(b, ir_tensor(b, TFP_FLOAT, 2, (const int64_t[]){ cells, axes + 1 }, at), dtype);
}

static bool run_affine_grid(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    enum { MOST_CELLS = 1 << 22 };
    struct build *b = &d->b;
    struct ir_value *theta = ir_in(n, 0);
    int64_t size[5], given = ir_known_ints(ir_in(n, 1), size, 5), cells = 1;
    if (given != 4 && given != 5) return decline(d, "a size that is not constant");
    for (int64_t i = 2; i < given; i++)
        if (size[i] < 1 || __builtin_mul_overflow(cells, size[i], &cells) || cells > MOST_CELLS)
            return decline(d, "its size");
    struct ir_value *rows = grid_rows(b, size + 2, given - 2, ir_attr_int(n, ATTR_ALIGN_CORNERS, 0), theta->dtype);
    struct ir_value *grid = rows ? ir_matmul(b, rows, TRANSPOSE(b, theta, 0, 2, 1)) : NULL;
    struct ir_value *shape = CONCAT(b, 0, ir_dim(b, theta, 0), ir_ints(b, size + 2, (size_t)given - 2), INTS(b, given - 2));
    return give(out, ir_reshape(b, grid, shape));
}

static const struct decomposition rows[] = {
    { IR_AFFINE_GRID, run_affine_grid },
    { IR_CAUSAL_CONV_WITH_STATE, run_causal_conv },
    { IR_CENTER_CROP_PAD, run_center_crop_pad },
    { IR_DYNAMIC_QUANTIZE_LINEAR, run_dynamic_quantize },
    { IR_HARDMAX, run_hardmax },
    { IR_LINEAR_ATTENTION, run_linear_attention },
    { IR_NEGATIVE_LOG_LIKELIHOOD_LOSS, run_likelihood_loss },
    { IR_Q_LINEAR_MATMUL, run_qlinear_matmul },
    { IR_ROTARY_EMBEDDING, run_rotary },
    { IR_SOFTMAX_CROSS_ENTROPY_LOSS, run_cross_entropy_loss },
    { IR_SWI_GLU, run_swiglu },
};

const struct decompositions decompose_function = { rows, sizeof rows / sizeof rows[0] };
