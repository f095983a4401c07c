/* Small random graphs that are valid by construction, for fuzz targets that check meaning: bytes come in, a graph with
 * its inputs' values and its outputs' values (by the reference kernels) comes out. Each node is evaluated as soon as it
 * is made, so that the next one can be chosen to fit; what fails, grows too large or leaves the ordinary numbers is taken
 * out again. Ops whose result jumps (Floor, Less, ArgMax, ..) are only applied to values that no rewriting may change by
 * a bit, so that two graphs of the same meaning give the same numbers within rounding. */
#ifndef TESTS_RANDOM_GRAPH_H
#define TESTS_RANDOM_GRAPH_H

#include "base/text.h"
#include "ir/build.h"
#include "ir/kernels/kernel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_VALUES = 512, MOST_POOL = 40, MOST_STEPS = 20, MOST_ELEMENTS = 3000, MOST_OUT = 6, MOST_IN = 16 };
static const double largest_number = 1e4;

struct random_bytes {
    const uint8_t *at;
    size_t n;
};

/* All values of a graph by ir_value.mark: inputs and what nodes made. */
struct evaluation {
    struct tensor at[MOST_VALUES];
    uint32_t n; /* [0] is not used */
};

struct random_graph {
    struct random_bytes bytes;
    struct tfp_context ctx;
    struct ir_graph *graph;
    struct build b;
    struct evaluation values;
    struct ir_value *pool[MOST_POOL]; /* operands for what comes */
    bool exact[MOST_POOL];            /* no rewriting changes a bit of it */
    size_t n_pool;
    bool exact_now; /* whether the node being made keeps its operands' exactness */
    uint32_t seed;
    double highest; /* magnitude of all values that were kept */
};

__attribute__((noreturn, format(printf, 3, 4))) static void wrong(const struct ir_graph *before, const struct ir_graph *after,
                                                                  const char *format, ...)
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

static const struct tensor *evaluated(const struct evaluation *e, const struct ir_value *v)
{
    return v->constant ? v->constant : v->mark && v->mark < e->n ? &e->at[v->mark] : NULL;
}

static void evaluation_free(struct evaluation *e)
{
    for (uint32_t i = 0; i < e->n; i++) tensor_release(&e->at[i]);
    e->n = 0;
}

/* One node whose inputs are there. */
static tfp_status evaluate_node(struct tfp_context *ctx, struct evaluation *e, const struct ir_node *n)
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
        wrong(s->graph, NULL, "inferred %s, is %s", ir_value_text(v, room, sizeof room), tensor_text(t, other, sizeof other));
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
        if (status != TFP_OK) wrong(r->graph, g, "status %d: %s", (int)status, r->ctx.text);
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

/* The outputs of `g` under `e` are those of r's own graph. */
static void compare_outputs(const struct random_graph *r, const struct ir_graph *g, const struct evaluation *e)
{
    if (g->n_outputs != r->graph->n_outputs) wrong(r->graph, g, "%zu outputs", g->n_outputs);
    for (size_t k = 0; k < g->n_outputs; k++) {
        const struct tensor *a = evaluated(&r->values, r->graph->outputs[k].value), *b = evaluated(e, g->outputs[k].value);
        bool shape = b && a->dtype == b->dtype && a->rank == b->rank;
        for (uint32_t i = 0; shape && i < a->rank; i++) shape = a->dims[i] == b->dims[i];
        if (!shape) wrong(r->graph, g, "output %s has another type or shape", g->outputs[k].name);
        for (int64_t i = 0; i < a->count; i++)
            if (!same_element(r, a, b, i))
                wrong(r->graph, g, "output %s, element %lld: %g before, %g after", g->outputs[k].name, (long long)i,
                      tensor_float(a, i), tensor_float(b, i));
    }
}

/* -- choosing ------------------------------------------------------------------------------------------------------ */

static uint32_t byte_of(struct random_graph *r)
{
    if (!r->bytes.n) return 0;
    r->bytes.n--;
    return *r->bytes.at++;
}

static int64_t below(struct random_graph *r, int64_t n)
{
    return n > 1 ? (int64_t)(byte_of(r) % (uint64_t)n) : 0;
}

static bool coin(struct random_graph *r)
{
    return byte_of(r) & 1;
}

/* Numbers that float32 holds exactly: multiples of 1/4 from -2 to 2. */
static double number(struct random_graph *r)
{
    r->seed = r->seed * 1664525 + 1013904223;
    return (double)(int32_t)((r->seed >> 16) % 17) / 4 - 2;
}

static void put_number(const struct tensor *t, int64_t i, double x)
{
    switch (t->dtype) {
    case TFP_FLOAT: ((float *)t->data)[i] = (float)x; break;
    case TFP_DOUBLE: ((double *)t->data)[i] = x; break;
    case TFP_INT64: ((int64_t *)t->data)[i] = (int64_t)x; break;
    case TFP_INT32: ((int32_t *)t->data)[i] = (int32_t)x; break;
    default: ((bool *)t->data)[i] = x > 0; break;
    }
}

/* A constant of random numbers, `low` at least; every so often all the same, 0 or 1, as neutral elements are. */
static struct ir_value *constant(struct random_graph *r, tfp_dtype dtype, size_t rank, const int64_t *dims, double low)
{
    struct tensor t = { 0 };
    if (r->b.status != TFP_OK) return NULL;
    uint32_t kind = byte_of(r) % 8;
    if (tensor_describe(&r->ctx, "c", dtype, rank, dims, &t) != TFP_OK || t.count > MOST_ELEMENTS) return NULL;
    if (tensor_allocate(&r->ctx, &t) != TFP_OK) return NULL;
    for (int64_t i = 0; i < t.count; i++) {
        double x = kind < 2 ? (double)kind : number(r);
        put_number(&t, i, x < low ? low + fabs(x) : x);
    }
    struct ir_value *v = ir_tensor(&r->b, dtype, rank, dims, t.data);
    tensor_release(&t);
    return v;
}
#define CONSTANT(r, dtype, low, ...)                                                                                   \
    constant((r), (dtype), sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t), (const int64_t[]){ __VA_ARGS__ }, (low))

static const double any_number = -100;

static struct ir_value *pick(struct random_graph *r)
{
    size_t back = (size_t)below(r, 5); /* mostly the latest: long chains */
    size_t i = back < 3 && back < r->n_pool ? r->n_pool - 1 - back : (size_t)below(r, (int64_t)r->n_pool);
    r->exact_now = r->exact_now && r->exact[i];
    return r->pool[i];
}

static struct ir_value *pick_where(struct random_graph *r, bool (*fits)(const struct ir_value *v))
{
    struct ir_value *v = pick(r);
    for (size_t k = r->n_pool; k-- && !fits(v);) {
        v = r->pool[k];
        r->exact_now = r->exact_now && r->exact[k];
    }
    return fits(v) ? v : NULL;
}

static bool is_float(const struct ir_value *v)
{
    return v->dtype == TFP_FLOAT;
}

static bool is_number(const struct ir_value *v)
{
    return dtype_is_float(v->dtype) || dtype_is_integer(v->dtype);
}

static bool is_bool(const struct ir_value *v)
{
    return v->dtype == TFP_BOOL;
}

static bool has_axes(const struct ir_value *v)
{
    return v->rank >= 1;
}

static bool is_image(const struct ir_value *v)
{
    return is_float(v) && v->rank >= 3 && v->rank <= 5 && dim_fixed(v->dims[1]) && v->dims[1].n > 0;
}

static const struct tensor *now(const struct random_graph *r, const struct ir_value *v)
{
    return evaluated(&r->values, v);
}

/* An axis, now and then written from the back. */
static int64_t axis_of(struct random_graph *r, int64_t rank)
{
    int64_t axis = below(r, rank);
    return byte_of(r) % 4 == 0 ? axis - rank : axis;
}

/* Distinct axes in any order; at least one. */
static size_t axes_of(struct random_graph *r, int64_t rank, int64_t *axes)
{
    size_t n = 0;
    uint32_t mask = byte_of(r), first = byte_of(r);
    for (int64_t i = 0; i < rank; i++) {
        int64_t axis = ((int64_t)first + i) % rank;
        if (i == 0 || mask >> axis & 1) axes[n++] = byte_of(r) % 4 ? axis : axis - rank;
    }
    return n;
}

#define EMIT(r, op, inputs, ...) ir_emit(&(r)->b, (op), inputs, ATTRS(__VA_ARGS__))
#define EMIT_PLAIN(r, op, inputs) ir_emit(&(r)->b, (op), inputs, NO_ATTRS)

/* -- one function a kind of step: the new value, or NULL ----------------------------------------------------------- */

#define ONE_OF(r, ...)                                                                                                 \
    ((const enum ir_op[]){ __VA_ARGS__ })[below((r), sizeof((const enum ir_op[]){ __VA_ARGS__ }) / sizeof(enum ir_op))]

static struct ir_value *step_smooth(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    if (!x) return NULL;
    enum ir_op op = ONE_OF(r, IR_RELU, IR_SIGMOID, IR_TANH, IR_ABS, IR_NEG, IR_SOFTPLUS, IR_SIN, IR_COS, IR_ERF, IR_IDENTITY,
                           IR_ELU, IR_SELU, IR_LEAKY_RELU, IR_HARD_SIGMOID, IR_HARD_SWISH, IR_SOFTSIGN, IR_MISH, IR_GELU);
    r->exact_now = r->exact_now && (op == IR_RELU || op == IR_ABS || op == IR_NEG || op == IR_IDENTITY);
    if (op == IR_LEAKY_RELU || op == IR_ELU) return EMIT(r, op, IN(x), A_FLOAT(ATTR_ALPHA, 0.25f));
    return ir_unary(&r->b, op, x);
}

/* Jumps, poles and steep places. */
static struct ir_value *step_rough(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    if (!x || !r->exact_now) return NULL;
    enum ir_op op = ONE_OF(r, IR_EXP, IR_LOG, IR_SQRT, IR_RECIPROCAL, IR_FLOOR, IR_CEIL, IR_ROUND, IR_SIGN, IR_TAN, IR_ATAN,
                           IR_ASINH, IR_IS_NAN);
    r->exact_now = op == IR_FLOOR || op == IR_CEIL || op == IR_ROUND || op == IR_SIGN || op == IR_IS_NAN;
    return ir_unary(&r->b, op, x);
}

static bool broadcasts(const struct ir_value *a, const struct ir_value *b)
{
    for (int32_t i = 1; i <= a->rank && i <= b->rank; i++) {
        struct dim x = a->dims[a->rank - i], y = b->dims[b->rank - i];
        if (!dim_equal(x, y) && !dim_is(x, 1) && !dim_is(y, 1)) return false;
    }
    return true;
}

static struct ir_value *partner(struct random_graph *r, const struct ir_value *x)
{
    for (size_t i = 0, from = byte_of(r); i < r->n_pool; i++) {
        size_t k = (from + i) % r->n_pool;
        if (r->pool[k]->dtype != x->dtype || !broadcasts(x, r->pool[k])) continue;
        r->exact_now = r->exact_now && r->exact[k];
        return r->pool[k];
    }
    return NULL;
}

static struct ir_value *step_binary(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_number), *y = x ? partner(r, x) : NULL;
    if (!y) return NULL;
    enum ir_op op = ONE_OF(r, IR_ADD, IR_SUB, IR_MUL, IR_MAX, IR_MIN, IR_ADD, IR_MUL, IR_SUM, IR_MEAN);
    if ((op == IR_SUM || op == IR_MEAN) && !dtype_is_float(x->dtype)) op = IR_ADD;
    if (op == IR_SUM || op == IR_MEAN) r->exact_now = false;
    return coin(r) ? ir_binary(&r->b, op, x, y) : ir_binary(&r->b, op, y, x);
}

/* A constant that broadcasts to x: one number, a vector along one axis, or a tail of x's own dimensions. */
static struct ir_value *constant_for(struct random_graph *r, const struct ir_value *x, double low)
{
    int64_t dims[TFP_MAX_RANK];
    int32_t rank = (int32_t)below(r, x->rank + 1), one = (int32_t)below(r, rank + 1);
    bool vector = coin(r);
    for (int32_t i = 0; i < rank; i++) {
        struct dim d = x->dims[x->rank - rank + i];
        dims[i] = dim_fixed(d) && (!vector || i == one) ? d.n : 1;
    }
    return constant(r, x->dtype, (size_t)rank, dims, low);
}

static struct ir_value *step_constant(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_number);
    if (!x) return NULL;
    enum ir_op op = ONE_OF(r, IR_ADD, IR_SUB, IR_MUL, IR_DIV, IR_MAX, IR_MIN, IR_ADD, IR_MUL, IR_POW);
    if (op == IR_POW) {
        if (!is_float(x) || !r->exact_now) return NULL;
        r->exact_now = false;
        return ir_binary(&r->b, op, x, ir_like(&r->b, x, (double)below(r, 4)));
    }
    if (op == IR_DIV) return ir_binary(&r->b, op, x, constant_for(r, x, 0.5));
    struct ir_value *c = constant_for(r, x, any_number);
    return coin(r) ? ir_binary(&r->b, op, x, c) : ir_binary(&r->b, op, c, x);
}

/* Activations as graphs spell them out: Max(Min(x, b), a), Max(x, a * x), Clip(Relu(x)), Clip(Clip(x)). */
static struct ir_value *step_pattern(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    struct build *b = &r->b;
    if (!x) return NULL;
    struct ir_value *low = ir_scalar(b, TFP_FLOAT, number(r)), *high = ir_scalar(b, TFP_FLOAT, number(r));
    switch (below(r, 6)) {
    case 0: return ir_binary(b, IR_MAX, ir_binary(b, IR_MIN, x, high), low);
    case 1: return ir_binary(b, IR_MIN, low, ir_binary(b, IR_MAX, high, x));
    case 2: return ir_binary(b, IR_MAX, x, ir_mul(b, x, ir_scalar(b, TFP_FLOAT, 0.25)));
    case 3: return ir_emit(b, IR_CLIP, IN(ir_unary(b, IR_RELU, x), ir_scalar(b, TFP_FLOAT, 0), high), NO_ATTRS);
    case 4: return ir_emit(b, IR_CLIP, IN(ir_emit(b, IR_CLIP, IN(x, low, high), NO_ATTRS), low, high), NO_ATTRS);
    default: return r->exact_now = false, ir_mul(b, x, ir_unary(b, IR_SIGMOID, x));
    }
}

static struct ir_value *step_clip(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    if (!x) return NULL;
    struct ir_value *low = coin(r) ? ir_scalar(&r->b, TFP_FLOAT, number(r)) : NULL;
    struct ir_value *high = coin(r) ? ir_scalar(&r->b, TFP_FLOAT, number(r)) : NULL;
    return EMIT_PLAIN(r, IR_CLIP, IN(x, low, high));
}

static struct ir_value *step_transpose(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, has_axes);
    int64_t perm[TFP_MAX_RANK];
    if (!x) return NULL;
    if (byte_of(r) % 8 == 0) return ir_unary(&r->b, IR_TRANSPOSE, x);
    bool images = x->rank >= 3 && coin(r), in = coin(r);
    for (int64_t i = 0; i < x->rank; i++) perm[i] = i;
    if (images && in) { /* NHWC to NCHW */
        perm[1] = x->rank - 1;
        for (int64_t i = 2; i < x->rank; i++) perm[i] = i - 1;
    } else if (images) { /* and back */
        for (int64_t i = 1; i < x->rank - 1; i++) perm[i] = i + 1;
        perm[x->rank - 1] = 1;
    } else {
        for (int64_t i = x->rank - 1; i > 0; i--) {
            int64_t k = below(r, i + 1), swap = perm[i];
            perm[i] = perm[k];
            perm[k] = swap;
        }
    }
    return EMIT(r, IR_TRANSPOSE, IN(x), A_INTS(ATTR_PERM, perm, (size_t)x->rank));
}

/* To some factors of the number of elements; the open one is said as -1, or computed by Shape. */
static struct ir_value *step_reshape(struct random_graph *r)
{
    struct ir_value *x = pick(r);
    int64_t dims[TFP_MAX_RANK], rest = now(r, x)->count;
    size_t n = 0, open;
    if (rest == 0) return NULL;
    bool keep = x->rank > 0 && coin(r);
    if (keep) rest /= now(r, x)->dims[0];
    for (int64_t d = 2; n < 4 && d <= rest; d++) {
        if (rest % d || (d == 2 && coin(r))) continue;
        dims[n++] = d;
        rest /= d;
    }
    if (coin(r)) dims[n++] = 1;
    dims[n++] = rest;
    open = (size_t)below(r, (int64_t)n + 1);
    if (keep) {
        struct ir_value *first = ir_dim(&r->b, x, 0);
        return ir_reshape(&r->b, x, CONCAT(&r->b, 0, first, ir_ints(&r->b, dims, n)));
    }
    if (open < n) dims[open] = -1;
    return ir_reshape(&r->b, x, ir_ints(&r->b, dims, n));
}

static struct ir_value *step_flatten(struct random_graph *r)
{
    struct ir_value *x = pick(r);
    return EMIT(r, IR_FLATTEN, IN(x), A_INT(ATTR_AXIS, below(r, x->rank + 1)));
}

static struct ir_value *step_squeeze(struct random_graph *r)
{
    struct ir_value *x = pick(r);
    int64_t axes[TFP_MAX_RANK], n = 0;
    if (coin(r) && x->rank < 6) {
        n = 1 + below(r, 2);
        axes[0] = axis_of(r, x->rank + n);
        axes[1] = (axes[0] < 0 ? axes[0] + x->rank + n : axes[0]) ? 0 : x->rank + n - 1;
        return ir_unsqueeze(&r->b, x, axes, (size_t)n);
    }
    for (int32_t i = 0; i < x->rank; i++)
        if (dim_is(x->dims[i], 1) && coin(r)) axes[n++] = i;
    return n ? ir_squeeze(&r->b, x, axes, (size_t)n) : NULL;
}

static struct ir_value *step_expand(struct random_graph *r)
{
    struct ir_value *x = pick(r);
    int64_t dims[TFP_MAX_RANK];
    int32_t more = (int32_t)below(r, 2), rank = x->rank + more;
    if (rank > 6) return NULL;
    for (int32_t i = 0; i < rank; i++)
        dims[i] = i >= more && dim_is(x->dims[i - more], 1) && coin(r) ? 1 + below(r, 3) : 1;
    return ir_expand(&r->b, x, ir_ints(&r->b, dims, (size_t)rank));
}

static struct ir_value *step_tile(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, has_axes);
    int64_t repeats[TFP_MAX_RANK];
    if (!x) return NULL;
    for (int32_t i = 0; i < x->rank; i++) repeats[i] = 1 + (byte_of(r) % 4 == 0);
    return EMIT_PLAIN(r, IR_TILE, IN(x, ir_ints(&r->b, repeats, (size_t)x->rank)));
}

static bool joins(const struct ir_value *a, const struct ir_value *b, int32_t axis)
{
    if (a->dtype != b->dtype || a->rank != b->rank) return false;
    for (int32_t i = 0; i < a->rank; i++)
        if (i != axis && !dim_equal(a->dims[i], b->dims[i])) return false;
    return true;
}

/* With whatever fits along the axis: other values, itself, constants. */
static struct ir_value *step_concat(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, has_axes), *in[4];
    int64_t dims[TFP_MAX_RANK];
    size_t n = 0;
    if (!x) return NULL;
    int32_t axis = (int32_t)below(r, x->rank);
    bool fixed = true;
    in[n++] = x;
    for (size_t k = r->n_pool; k-- && n < 3;) {
        if (!joins(x, r->pool[k], axis) || coin(r)) continue;
        r->exact_now = r->exact_now && r->exact[k];
        in[n++] = r->pool[k];
    }
    for (int32_t i = 0; i < x->rank; i++) {
        dims[i] = i == axis ? 1 + below(r, 3) : x->dims[i].n;
        fixed = fixed && (i == axis || dim_fixed(x->dims[i]));
    }
    if (fixed && coin(r)) in[n++] = constant(r, x->dtype, (size_t)x->rank, dims, any_number);
    for (size_t i = 0; i < n; i++)
        if (!in[i]) return NULL;
    return ir_emit(&r->b, IR_CONCAT, in, n, ATTRS(A_INT(ATTR_AXIS, coin(r) ? axis : axis - x->rank)));
}

static struct ir_value *step_pad(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    int64_t pads[2 * TFP_MAX_RANK], axes[TFP_MAX_RANK];
    static const char *const modes[] = { "constant", "constant", "constant", "reflect", "edge", "wrap" };
    if (!x || x->rank < 1) return NULL;
    const char *mode = modes[below(r, 6)];
    bool spatial = coin(r) && x->rank > 2, some = byte_of(r) % 4 == 0;
    size_t n = some ? axes_of(r, x->rank, axes) : (size_t)x->rank;
    for (size_t i = 0; i < 2 * n; i++) {
        pads[i] = byte_of(r) % 3;
        if (byte_of(r) % 16 == 0) pads[i] = -1;
        if (spatial && !some && i % n < 2) pads[i] = 0;
    }
    struct ir_value *value = NULL;
    if (mode == modes[0] && byte_of(r) % 4 == 0) value = ir_scalar(&r->b, TFP_FLOAT, number(r));
    return EMIT(r, IR_PAD, IN(x, ir_ints(&r->b, pads, 2 * n), value, some ? ir_ints(&r->b, axes, n) : NULL),
                A_TEXT(ATTR_MODE, mode));
}

static struct ir_value *step_slice(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, has_axes);
    int64_t axes[TFP_MAX_RANK], starts[TFP_MAX_RANK], ends[TFP_MAX_RANK], steps[TFP_MAX_RANK];
    if (!x) return NULL;
    size_t n = axes_of(r, x->rank, axes);
    bool forward = coin(r);
    for (size_t i = 0; i < n; i++) {
        bool back = !forward && coin(r);
        starts[i] = back ? INT64_MAX : below(r, 3) - (byte_of(r) % 8 == 0);
        ends[i] = back ? INT64_MIN : coin(r) ? INT64_MAX : -below(r, 3);
        if (!back && ends[i] == 0) ends[i] = 4;
        steps[i] = (back ? -1 : 1) * (1 + below(r, 2) * below(r, 2));
    }
    bool plain = forward && coin(r);
    if (plain)
        for (size_t i = 0; i < n; i++) axes[i] = (int64_t)i;
    return ir_slice(&r->b, x, ir_ints(&r->b, starts, n), ir_ints(&r->b, ends, n), plain ? NULL : ir_ints(&r->b, axes, n),
                    forward ? NULL : ir_ints(&r->b, steps, n));
}

static struct ir_value *step_gather(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, has_axes);
    int64_t at[3];
    if (!x) return NULL;
    int64_t axis = below(r, x->rank), length = now(r, x)->dims[axis];
    for (size_t i = 0; i < 3; i++) at[i] = length ? below(r, length) - (coin(r) ? length : 0) : 0;
    return ir_gather(&r->b, x, coin(r) ? ir_int(&r->b, at[0]) : ir_ints(&r->b, at, (size_t)below(r, 3) + 1), axis);
}

static struct ir_value *step_reduce(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    int64_t axes[TFP_MAX_RANK];
    if (!x) return NULL;
    enum ir_op op = ONE_OF(r, IR_REDUCE_SUM, IR_REDUCE_MEAN, IR_REDUCE_MAX, IR_REDUCE_MIN, IR_REDUCE_PROD, IR_REDUCE_L1,
                           IR_REDUCE_SUM_SQUARE, IR_REDUCE_LOG_SUM_EXP);
    if (op != IR_REDUCE_MAX && op != IR_REDUCE_MIN) r->exact_now = false;
    size_t n = x->rank ? axes_of(r, x->rank, axes) : 0;
    bool keep = coin(r), noop = byte_of(r) % 8 == 0;
    struct ir_value *over = byte_of(r) % 8 ? ir_ints(&r->b, axes, n) : NULL;
    return EMIT(r, op, IN(x, over), A_INT(ATTR_KEEPDIMS, keep), A_INT(ATTR_NOOP_WITH_EMPTY_AXES, noop));
}

static struct ir_value *step_arg(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    if (!x || x->rank < 1 || !r->exact_now) return NULL;
    int64_t axis = axis_of(r, x->rank), keep = coin(r), last = byte_of(r) % 4 == 0;
    return EMIT(r, coin(r) ? IR_ARG_MAX : IR_ARG_MIN, IN(x), A_INT(ATTR_AXIS, axis), A_INT(ATTR_KEEPDIMS, keep),
                A_INT(ATTR_SELECT_LAST_INDEX, last));
}

static struct ir_value *step_axis(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    if (!x || x->rank < 1) return NULL;
    enum ir_op op = ONE_OF(r, IR_SOFTMAX, IR_LOG_SOFTMAX, IR_HARDMAX, IR_SOFTMAX);
    if (op == IR_HARDMAX && !r->exact_now) return NULL;
    r->exact_now = r->exact_now && op == IR_HARDMAX;
    if (op == IR_SOFTMAX && coin(r)) return ir_unary(&r->b, op, x);
    return EMIT(r, op, IN(x), A_INT(ATTR_AXIS, axis_of(r, x->rank)));
}

/* -- products and windows -- */

static struct ir_value *bias_of(struct random_graph *r, int64_t channels)
{
    return coin(r) ? CONSTANT(r, TFP_FLOAT, any_number, channels) : NULL;
}

struct random_window {
    int64_t kernel[3], strides[3], dilations[3], pads[6];
    size_t n;
};

static struct random_window window_of(struct random_graph *r, const struct ir_value *x)
{
    struct random_window w = { .n = (size_t)x->rank - 2 };
    bool padded = coin(r), strided = coin(r), dilated = byte_of(r) % 4 == 0;
    for (size_t i = 0; i < w.n; i++) {
        w.kernel[i] = 1 + below(r, 3);
        w.strides[i] = strided ? 1 + below(r, 2) : 1;
        w.dilations[i] = dilated ? 1 + below(r, 2) : 1;
        for (size_t k = i; k < 2 * w.n; k += w.n) w.pads[k] = padded ? below(r, w.kernel[i]) : 0;
        /* An open size that turns out smaller than the window: inference cannot know. */
        if (!dim_fixed(x->dims[i + 2]) && now(r, x)->dims[i + 2] < 5) w.kernel[i] = 1;
    }
    return w;
}

static struct ir_value *step_conv(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_image);
    int64_t dims[5];
    static const char *const autos[] = { "NOTSET", "NOTSET", "SAME_UPPER", "VALID" };
    if (!x) return NULL;
    struct random_window w = window_of(r, x);
    int64_t channels = x->dims[1].n, group = coin(r) ? 1 : channels, out = group * (1 + below(r, 3));
    bool transposed = byte_of(r) % 4 == 0;
    dims[0] = transposed ? channels : out;
    dims[1] = transposed ? out / group : channels / group;
    for (size_t i = 0; i < w.n; i++) dims[2 + i] = w.kernel[i];
    r->exact_now = false;
    struct ir_value *weights = constant(r, TFP_FLOAT, w.n + 2, dims, any_number), *bias = bias_of(r, out);
    const char *mode = autos[below(r, 4)];
    if (!weights) return NULL;
    if (mode != autos[0])
        return EMIT(r, transposed ? IR_CONV_TRANSPOSE : IR_CONV, IN(x, weights, bias), A_INT(ATTR_GROUP, group),
                    A_TEXT(ATTR_AUTO_PAD, mode), A_INTS(ATTR_STRIDES, w.strides, w.n));
    return EMIT(r, transposed ? IR_CONV_TRANSPOSE : IR_CONV, IN(x, weights, bias), A_INT(ATTR_GROUP, group),
                A_INTS(ATTR_PADS, w.pads, 2 * w.n), A_INTS(ATTR_STRIDES, w.strides, w.n),
                A_INTS(ATTR_DILATIONS, w.dilations, w.n));
}

/* As TensorFlow's graphs have it: NHWC outside, perhaps a Pad, a bias, an activation. */
static struct ir_value *step_conv_nhwc(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    struct build *b = &r->b;
    const int64_t pads[] = { 0, 1, 1, 0, 0, below(r, 2), 1, 0 };
    if (!x || x->rank != 4 || !dim_fixed(x->dims[3]) || x->dims[3].n < 1) return NULL;
    if (now(r, x)->dims[1] < 2 || now(r, x)->dims[2] < 2) return NULL;
    int64_t in = x->dims[3].n, out = 1 + below(r, 3);
    r->exact_now = false;
    if (coin(r)) x = ir_emit(b, IR_PAD, IN(x, ir_ints(b, pads, 8)), NO_ATTRS);
    struct ir_value *w = TRANSPOSE(b, CONSTANT(r, TFP_FLOAT, any_number, 2, 2, in, out), 3, 2, 0, 1);
    if (!w || !x) return NULL;
    x = TRANSPOSE(b, ir_emit(b, IR_CONV, IN(TRANSPOSE(b, x, 0, 3, 1, 2), w), NO_ATTRS), 0, 2, 3, 1);
    if (coin(r)) x = ir_add(b, x, CONSTANT(r, TFP_FLOAT, any_number, out));
    if (coin(r)) x = ir_mul(b, x, CONSTANT(r, TFP_FLOAT, any_number, out));
    return coin(r) ? x : ir_unary(b, IR_RELU, x);
}

static struct ir_value *step_batch_norm(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float);
    if (!x || x->rank < 2 || !dim_fixed(x->dims[1])) return NULL;
    const int64_t n = x->dims[1].n;
    r->exact_now = false;
    struct ir_value *in[] = { x, CONSTANT(r, TFP_FLOAT, any_number, n), CONSTANT(r, TFP_FLOAT, any_number, n),
                              CONSTANT(r, TFP_FLOAT, any_number, n), CONSTANT(r, TFP_FLOAT, 0.25, n) };
    for (size_t i = 1; i < 5; i++)
        if (!in[i]) return NULL;
    return ir_emit(&r->b, IR_BATCH_NORMALIZATION, in, 5, ATTRS(A_FLOAT(ATTR_EPSILON, 0.001f)));
}

static struct ir_value *step_matmul(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_float), *y;
    if (!x || x->rank < 1 || !dim_fixed(x->dims[x->rank - 1])) return NULL;
    int64_t inner = x->dims[x->rank - 1].n, columns = 1 + below(r, 3);
    r->exact_now = false;
    switch (below(r, 4)) {
    case 0:
        if (x->rank != 2) return NULL;
        y = CONSTANT(r, TFP_FLOAT, any_number, columns, inner);
        return y ? EMIT(r, IR_GEMM, IN(x, y, bias_of(r, columns)), A_INT(ATTR_TRANS_B, 1), A_FLOAT(ATTR_ALPHA, 0.5f)) : NULL;
    case 1: y = partner(r, x); break; /* fits now and then */
    default: y = CONSTANT(r, TFP_FLOAT, any_number, inner, columns); break;
    }
    return y ? ir_matmul(&r->b, x, y) : NULL;
}

/* Flatten(NHWC) times a matrix. */
static struct ir_value *step_dense(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_image);
    struct build *b = &r->b;
    int64_t count = 1;
    if (!x || x->rank != 4) return NULL;
    for (int32_t i = 1; i < 4; i++) {
        if (!dim_fixed(x->dims[i]) || x->dims[i].n == 0) return NULL;
        count *= x->dims[i].n;
    }
    r->exact_now = false;
    struct ir_value *flat = RESHAPE(b, TRANSPOSE(b, x, 0, 2, 3, 1), -1, count);
    return ir_matmul(b, flat, CONSTANT(r, TFP_FLOAT, any_number, count, 2));
}

static struct ir_value *step_pool(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_image);
    if (!x) return NULL;
    struct random_window w = window_of(r, x);
    bool average = coin(r), ceil = byte_of(r) % 4 == 0, include = coin(r);
    if (coin(r)) x = ir_unary(&r->b, IR_RELU, x);
    if (coin(r)) {
        int64_t pads[10] = { 0 };
        for (int64_t i = 2; i < x->rank; i++) pads[i] = pads[i + x->rank] = 1;
        x = ir_emit(&r->b, IR_PAD, IN(x, ir_ints(&r->b, pads, 2 * (size_t)x->rank)), NO_ATTRS);
    }
    if (!x) return NULL;
    if (average) {
        r->exact_now = false;
        return EMIT(r, IR_AVERAGE_POOL, IN(x), A_INTS(ATTR_KERNEL_SHAPE, w.kernel, w.n), A_INTS(ATTR_PADS, w.pads, 2 * w.n),
                    A_INTS(ATTR_STRIDES, w.strides, w.n), A_INT(ATTR_COUNT_INCLUDE_PAD, include));
    }
    return EMIT(r, IR_MAX_POOL, IN(x), A_INTS(ATTR_KERNEL_SHAPE, w.kernel, w.n), A_INTS(ATTR_PADS, w.pads, 2 * w.n),
                A_INTS(ATTR_STRIDES, w.strides, w.n), A_INT(ATTR_CEIL_MODE, ceil));
}

/* -- types, conditions, shapes -- */

static struct ir_value *step_cast(struct random_graph *r)
{
    struct ir_value *x = pick(r);
    const tfp_dtype to = ((const tfp_dtype[]){ TFP_FLOAT, TFP_FLOAT, TFP_INT32, TFP_INT64, TFP_BOOL, TFP_DOUBLE })[below(r, 6)];
    if (!r->exact_now && !(dtype_is_float(x->dtype) && dtype_is_float(to))) return NULL;
    return EMIT(r, IR_CAST, IN(x), A_INT(ATTR_TO, to));
}

static struct ir_value *step_compare(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_number);
    if (!x || !r->exact_now) return NULL;
    struct ir_value *y = coin(r) ? partner(r, x) : constant_for(r, x, any_number);
    if (!r->exact_now) return NULL;
    return ir_binary(&r->b, ONE_OF(r, IR_LESS, IR_GREATER, IR_EQUAL, IR_LESS_OR_EQUAL, IR_GREATER_OR_EQUAL), x, y);
}

static struct ir_value *step_logic(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, is_bool);
    if (!x) return NULL;
    if (coin(r)) return ir_unary(&r->b, IR_NOT, x);
    struct ir_value *y = coin(r) ? partner(r, x) : constant_for(r, x, any_number);
    return ir_binary(&r->b, ONE_OF(r, IR_AND, IR_OR, IR_XOR), x, y);
}

static struct ir_value *step_where(struct random_graph *r)
{
    struct ir_value *condition = pick_where(r, is_bool), *x = pick_where(r, is_number);
    if (!x) return NULL;
    if (!condition || !broadcasts(condition, x)) {
        struct ir_value like = *x;
        like.dtype = TFP_BOOL;
        condition = constant_for(r, &like, any_number);
    }
    struct ir_value *y = coin(r) ? partner(r, x) : constant_for(r, x, any_number);
    return ir_where(&r->b, condition, x, y);
}

/* The shape as a value, whole or in part. */
static struct ir_value *step_shape(struct random_graph *r)
{
    struct ir_value *x = pick(r);
    r->exact_now = true;
    if (coin(r)) return ir_shape(&r->b, x);
    return x->rank > 0 ? ir_dim(&r->b, x, below(r, x->rank)) : ir_unary(&r->b, IR_SIZE, x);
}

/* Split gives several; the first is the step's value, the others are added here. */
static struct ir_value *step_split(struct random_graph *r);

typedef struct ir_value *step_fn(struct random_graph *r);
static step_fn *const steps[] = {
    step_smooth, step_rough,  step_binary, step_constant, step_pattern,   step_clip,   step_transpose, step_reshape,
    step_flatten, step_squeeze, step_expand, step_tile,   step_concat,    step_pad,    step_slice,     step_gather,
    step_reduce, step_arg,    step_axis,   step_conv,     step_conv_nhwc, step_batch_norm, step_matmul, step_dense,
    step_pool,   step_cast,   step_compare, step_logic,   step_where,     step_shape,  step_split,
    /* the common ones again */
    step_transpose, step_transpose, step_binary, step_constant, step_reshape, step_conv_nhwc, step_conv, step_batch_norm,
};

/* -- making -------------------------------------------------------------------------------------------------------- */

static void to_pool(struct random_graph *r, struct ir_value *v)
{
    if (r->n_pool == MOST_POOL || !now(r, v)) return;
    r->exact[r->n_pool] = r->exact_now;
    r->pool[r->n_pool++] = v;
}

static struct ir_value *step_split(struct random_graph *r)
{
    struct ir_value *x = pick_where(r, has_axes), *out[3];
    int64_t sizes[3];
    if (!x) return NULL;
    int64_t axis = below(r, x->rank), length = now(r, x)->dims[axis], n = 2 + below(r, 2);
    if (!dim_fixed(x->dims[axis]) || length < n) return NULL;
    sizes[0] = 1 + below(r, length - n + 1);
    sizes[1] = n == 2 ? length - sizes[0] : 1;
    sizes[2] = length - sizes[0] - sizes[1];
    struct ir_node *before = r->graph->last;
    bool even = coin(r);
    if (even)
        ir_emit_many(&r->b, IR_SPLIT, IN(x), ATTRS(A_INT(ATTR_AXIS, axis), A_INT(ATTR_NUM_OUTPUTS, n)), (size_t)n, out);
    else
        ir_emit_many(&r->b, IR_SPLIT, IN(x, ir_ints(&r->b, sizes, (size_t)n)), ATTRS(A_INT(ATTR_AXIS, axis)), (size_t)n, out);
    if (!out[0] || r->graph->last == before || evaluate_node(&r->ctx, &r->values, r->graph->last) != TFP_OK) return out[0];
    for (int64_t i = 1; i < n; i++) to_pool(r, out[i]);
    return out[0];
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
    if (highest > r->highest) r->highest = highest;
    return true;
}

static void undo(struct random_graph *r, const struct ir_node *last)
{
    while (r->graph->last && r->graph->last != last) ir_remove(r->graph->last);
}

/* Evaluates what a step made; false: it is taken out. */
static bool evaluate_step(struct random_graph *r, const struct ir_node *last)
{
    uint32_t first = r->values.n;
    for (const struct ir_node *n = last ? last->next : r->graph->first; n; n = n->next)
        if (!n->out[0]->mark && evaluate_node(&r->ctx, &r->values, n) != TFP_OK) return false;
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
    struct ir_value *v = steps[below(r, sizeof steps / sizeof steps[0])](r);
    bool good = v && r->b.status == TFP_OK && evaluate_step(r, last);
    r->b.status = TFP_OK;
    if (good && v->rank >= 0 && v->constant && !ordinary(r, v->constant)) good = false;
    if (good) to_pool(r, v);
    else r->n_pool = n_pool, undo(r, last);
}

static bool make_input(struct random_graph *r, size_t k)
{
    char name[32];
    struct dim dims[TFP_MAX_RANK];
    int64_t actual[TFP_MAX_RANK];
    static const char *const symbols[] = { "batch", "length" };
    const tfp_dtype dtype = ((const tfp_dtype[]){ TFP_FLOAT, TFP_FLOAT, TFP_FLOAT, TFP_INT64, TFP_BOOL })[below(r, 5)];
    int32_t rank = (int32_t)(byte_of(r) % 8 == 0 ? below(r, 6) : 4);
    for (int32_t i = 0; i < rank; i++) {
        uint32_t choice = byte_of(r);
        bool open = choice < (i == 0 ? 128u : 16u);
        actual[i] = open ? 2 + (choice & 1) * 1 : 1 + choice % 5;
        dims[i] = open ? ir_symbol(r->graph, symbols[choice & 1]) : dim_of(actual[i]);
    }
    snprintf(name, sizeof name, "x%zu", k);
    struct ir_value *v = ir_add_input(r->graph, name, dtype, rank, dims);
    struct tensor t = { 0 };
    if (!v || tensor_describe(&r->ctx, name, dtype, (size_t)rank, actual, &t) != TFP_OK) return false;
    if (tensor_allocate(&r->ctx, &t) != TFP_OK) return false;
    for (int64_t i = 0; i < t.count; i++) put_number(&t, i, number(r));
    v->mark = r->values.n;
    r->values.at[r->values.n++] = t;
    r->exact_now = true;
    return to_pool(r, v), true;
}

static bool make_outputs(struct random_graph *r)
{
    char name[32];
    for (size_t i = 0; i < r->n_pool; i++) {
        bool last = i + 1 == r->n_pool;
        snprintf(name, sizeof name, "y%zu", i);
        if ((last || byte_of(r) % 8 == 0) && !ir_add_output(r->graph, name, r->pool[i])) return false;
    }
    return true;
}

/* False: memory is out. The caller ends it with random_graph_free() either way. */
static bool random_graph_make(struct random_graph *r, const uint8_t *data, size_t n)
{
    *r = (struct random_graph){ .bytes = { data, n }, .values = { .n = 1 }, .highest = 1 };
    if (ir_create(&r->ctx, &r->graph) != TFP_OK) return false;
    r->b = (struct build){ .ctx = &r->ctx, .graph = r->graph, .scope = "n" };
    r->seed = byte_of(r);
    for (size_t i = 0, inputs = 1 + (size_t)below(r, 3); i < inputs; i++)
        if (!make_input(r, i)) return false;
    for (int i = 0; i < MOST_STEPS && r->bytes.n; i++) make_step(r);
    if (!make_outputs(r)) return false;
    if (ir_check(&r->ctx, r->graph) != TFP_OK) wrong(r->graph, NULL, "%s", r->ctx.text);
    check_inference(r->graph, &r->values);
    return true;
}

static void random_graph_free(struct random_graph *r)
{
    evaluation_free(&r->values);
    ir_destroy(r->graph);
}

#endif
