/* Partial values: what is known of each element of a small integer tensor of rank 0 or 1, from what is known of the
 * inputs' elements. The driver has set all elements to unknown and out->n to the count that the shape gives. */
#include "ir/infer.h"

static bool elements(const struct infer *s, size_t i, struct known *out)
{
    return infer_elements(ir_in(s->node, i), out);
}

/* Element i of an operand that is as long as the result, or one element for all. */
static struct dim at(const struct known *k, size_t i, size_t n)
{
    if (k->n == 1) return k->at[0];
    return k->n == n ? k->at[i] : dim_unknown();
}

void known_identity(struct infer *s, size_t output, struct known *out)
{
    struct known in;
    if (output == 0 && elements(s, 0, &in) && in.n == out->n) *out = in;
}

void known_constant(struct infer *s, size_t output, struct known *out)
{
    (void)output;
    const struct ir_attr *a = ir_attr(s->node, ATTR_VALUE_INT);
    if (a && out->n == 1) out->at[0] = dim_of(a->v.i);
    a = ir_attr(s->node, ATTR_VALUE_INTS);
    for (size_t i = 0; a && a->v.ints.n == out->n && i < out->n; i++) out->at[i] = dim_of(a->v.ints.at[i]);
    a = ir_attr(s->node, ATTR_VALUE);
    for (size_t i = 0; a && (size_t)a->v.tensor->count == out->n && i < out->n; i++)
        out->at[i] = dim_of(tensor_int(a->v.tensor, (int64_t)i));
}

/* -- arithmetic ---------------------------------------------------------------------------------------------------- */

typedef struct dim pair_fn(struct infer *s, struct dim a, struct dim b);

/* Also for variadic operators: ((a op b) op c). */
static void pairs(struct infer *s, struct known *out, pair_fn *op)
{
    struct known a, b, result = { .n = out->n };
    if (!elements(s, 0, &a)) return;
    for (size_t i = 0; i < out->n; i++) result.at[i] = at(&a, i, out->n);
    for (uint32_t k = 1; k < s->node->n_in; k++) {
        if (!elements(s, k, &b)) return;
        for (size_t i = 0; i < out->n; i++) {
            struct dim y = at(&b, i, out->n), x = result.at[i];
            bool both = !dim_is_unknown(x) && !dim_is_unknown(y);
            result.at[i] = both || dim_is(x, 0) || dim_is(y, 0) ? op(s, x, y) : dim_unknown();
        }
    }
    *out = result;
}

static struct dim add_pair(struct infer *s, struct dim a, struct dim b)
{
    return dim_add(s->graph, a, b);
}

static struct dim sub_pair(struct infer *s, struct dim a, struct dim b)
{
    return dim_sub(s->graph, a, b);
}

static struct dim mul_pair(struct infer *s, struct dim a, struct dim b)
{
    return dim_mul(s->graph, a, b);
}

/* Division of integers cuts towards zero: the same as rounding down only when neither is negative. */
static struct dim div_pair(struct infer *s, struct dim a, struct dim b)
{
    if (dim_fixed(a) && dim_fixed(b)) {
        if (b.n == 0 || (a.n == INT64_MIN && b.n == -1)) return dim_unknown();
        return dim_of(a.n / b.n);
    }
    if (!dim_nonnegative(s->graph, a) || !dim_nonnegative(s->graph, b)) return dim_unknown();
    return dim_div(s->graph, a, b);
}

/* fmod 0: the sign of the divisor; 1: of the dividend. */
static struct dim mod_pair(struct infer *s, struct dim a, struct dim b)
{
    bool truncate = ir_attr_int(s->node, ATTR_FMOD, 0) != 0;
    if (dim_is_unknown(a) || !dim_fixed(b) || b.n == 0) return dim_unknown();
    if (dim_fixed(a)) {
        if (b.n == -1) return dim_of(0);
        int64_t rest = a.n % b.n;
        return dim_of(!truncate && rest && (rest < 0) != (b.n < 0) ? rest + b.n : rest);
    }
    if (b.n < 0 || (truncate && !dim_nonnegative(s->graph, a))) return dim_unknown();
    return dim_sub(s->graph, a, dim_mul(s->graph, dim_div(s->graph, a, b), b));
}

static struct dim max_pair(struct infer *s, struct dim a, struct dim b)
{
    return dim_max(s->graph, a, b);
}

static struct dim min_pair(struct infer *s, struct dim a, struct dim b)
{
    return dim_min(s->graph, a, b);
}

static const struct {
    enum ir_op op;
    pair_fn *of;
} arithmetic[] = {
    { IR_ADD, add_pair }, { IR_DIV, div_pair }, { IR_MAX, max_pair }, { IR_MIN, min_pair },
    { IR_MOD, mod_pair }, { IR_MUL, mul_pair }, { IR_SUB, sub_pair },
};

void known_arithmetic(struct infer *s, size_t output, struct known *out)
{
    (void)output;
    for (size_t i = 0; i < sizeof arithmetic / sizeof arithmetic[0]; i++)
        if (arithmetic[i].op == s->node->op) pairs(s, out, arithmetic[i].of);
}

void known_neg(struct infer *s, size_t output, struct known *out)
{
    struct known in;
    (void)output;
    if (!elements(s, 0, &in) || in.n != out->n) return;
    for (size_t i = 0; i < out->n; i++) out->at[i] = dim_sub(s->graph, dim_of(0), in.at[i]);
}

void known_abs(struct infer *s, size_t output, struct known *out)
{
    struct known in;
    (void)output;
    if (!elements(s, 0, &in) || in.n != out->n) return;
    for (size_t i = 0; i < out->n; i++) {
        if (dim_nonnegative(s->graph, in.at[i])) out->at[i] = in.at[i];
        else if (dim_fixed(in.at[i])) out->at[i] = dim_sub(s->graph, dim_of(0), in.at[i]);
    }
}

void known_sign(struct infer *s, size_t output, struct known *out)
{
    struct known in;
    (void)output;
    if (!elements(s, 0, &in) || in.n != out->n) return;
    for (size_t i = 0; i < out->n; i++)
        if (dim_fixed(in.at[i])) out->at[i] = dim_of((in.at[i].n > 0) - (in.at[i].n < 0));
}

/* An absent limit does not limit. */
void known_clip(struct infer *s, size_t output, struct known *out)
{
    struct known in, low, high;
    (void)output;
    if (!elements(s, 0, &in) || in.n != out->n) return;
    if (infer_has(s, 1) && (!elements(s, 1, &low) || low.n != 1)) return;
    if (infer_has(s, 2) && (!elements(s, 2, &high) || high.n != 1)) return;
    for (size_t i = 0; i < out->n; i++) {
        struct dim d = in.at[i];
        if (infer_has(s, 1)) d = dim_max(s->graph, d, low.at[0]);
        if (infer_has(s, 2)) d = dim_min(s->graph, d, high.at[0]);
        out->at[i] = d;
    }
}

/* -- conditions: 1, 0, or not known --------------------------------------------------------------------------------- */

enum { BELOW = 1, SAME = 2, ABOVE = 4 };

/* How a may lie to b. */
static unsigned orders(struct ir_graph *g, struct dim a, struct dim b)
{
    unsigned may = BELOW | SAME | ABOVE;
    if (dim_is_unknown(a) || dim_is_unknown(b)) return may;
    if (dim_fixed(a) && dim_fixed(b)) return a.n < b.n ? BELOW : a.n > b.n ? ABOVE : SAME;
    struct dim up = dim_sub(g, a, b), down = dim_sub(g, b, a), greater = dim_max(g, a, b);
    if (dim_is(up, 0)) return SAME;
    if (dim_equal(greater, a)) may &= ~(unsigned)BELOW;
    if (dim_equal(greater, b)) may &= ~(unsigned)ABOVE;
    if (dim_nonnegative(g, dim_sub(g, up, dim_of(1))) || dim_nonnegative(g, dim_sub(g, down, dim_of(1))))
        may &= ~(unsigned)SAME;
    return may;
}

static struct dim holds(unsigned may, unsigned wanted)
{
    return !(may & ~wanted) ? dim_of(1) : !(may & wanted) ? dim_of(0) : dim_unknown();
}

static unsigned wanted_by(enum ir_op op)
{
    switch (op) {
    case IR_EQUAL: return SAME;
    case IR_LESS: return BELOW;
    case IR_LESS_OR_EQUAL: return BELOW | SAME;
    case IR_GREATER: return ABOVE;
    default: return ABOVE | SAME;
    }
}

void known_comparison(struct infer *s, size_t output, struct known *out)
{
    struct known a, b;
    (void)output;
    if (!elements(s, 0, &a) || !elements(s, 1, &b)) return;
    for (size_t i = 0; i < out->n; i++)
        out->at[i] = holds(orders(s->graph, at(&a, i, out->n), at(&b, i, out->n)), wanted_by(s->node->op));
}

/* And is 0 where either is, Or is 1. */
void known_logic(struct infer *s, size_t output, struct known *out)
{
    struct known a, b;
    (void)output;
    const int64_t decides = s->node->op == IR_OR;
    if (!elements(s, 0, &a) || !elements(s, 1, &b)) return;
    for (size_t i = 0; i < out->n; i++) {
        struct dim x = at(&a, i, out->n), y = at(&b, i, out->n);
        if (dim_is(x, decides) || dim_is(y, decides)) out->at[i] = dim_of(decides);
        else if (dim_is(x, !decides) && dim_is(y, !decides)) out->at[i] = dim_of(!decides);
    }
}

void known_not(struct infer *s, size_t output, struct known *out)
{
    struct known in;
    (void)output;
    if (!elements(s, 0, &in) || in.n != out->n) return;
    for (size_t i = 0; i < out->n; i++)
        if (dim_fixed(in.at[i])) out->at[i] = dim_of(!in.at[i].n);
}

void known_where(struct infer *s, size_t output, struct known *out)
{
    struct known condition, x, y;
    (void)output;
    bool have_condition = elements(s, 0, &condition), have_x = elements(s, 1, &x), have_y = elements(s, 2, &y);
    for (size_t i = 0; i < out->n; i++) {
        struct dim c = have_condition ? at(&condition, i, out->n) : dim_unknown();
        struct dim a = have_x ? at(&x, i, out->n) : dim_unknown(), b = have_y ? at(&y, i, out->n) : dim_unknown();
        if (dim_is(c, 1) || (!dim_fixed(c) && dim_equal(a, b))) out->at[i] = a;
        else if (dim_is(c, 0)) out->at[i] = b;
    }
}

/* -- casts --------------------------------------------------------------------------------------------------------- */
/* The whole number behind a floating-point value of rank 0 or 1 that is only an integer cast, or such a one times or
 * over a constant: numerator and denominator. Sizes are taken to be exact in floating point. */
struct ratio {
    struct known top;
    int64_t times, over;
};

static bool whole_constant(const struct ir_value *v, int64_t *times, int64_t *over)
{
    if (!v || !v->constant || v->constant->count != 1 || !dtype_is_float(v->constant->dtype)) return false;
    double d = tensor_float(v->constant, 0);
    for (int64_t power = 1; power <= 1024; power *= 2) {
        double up = d * (double)power;
        if (up >= 1 && up < 0x1p31 && up == (double)(int64_t)up) {
            *times = (int64_t)up;
            *over = power;
            return true;
        }
    }
    return false;
}

static bool read_ratio(const struct ir_value *v, struct ratio *out)
{
    const struct ir_node *n = v ? v->producer : NULL;
    *out = (struct ratio){ .times = 1, .over = 1 };
    if (!n || (v->dtype != TFP_FLOAT && v->dtype != TFP_DOUBLE)) return false; /* a Cast to another type holds no quotient */
    if (n->op == IR_CAST) return infer_elements(ir_in(n, 0), &out->top);
    if (n->op != IR_MUL && n->op != IR_DIV) return false;
    for (size_t i = 0; i < (n->op == IR_MUL ? 2u : 1u); i++) {
        const struct ir_value *x = ir_in(n, i);
        int64_t times, over;
        if (!x || !x->producer || x->producer->op != IR_CAST || !infer_elements(ir_in(x->producer, 0), &out->top))
            continue;
        if (!whole_constant(ir_in(n, 1 - i), &times, &over)) return false;
        out->times = n->op == IR_MUL ? times : over;
        out->over = n->op == IR_MUL ? over : times;
        return true;
    }
    return false;
}

void known_cast(struct infer *s, size_t output, struct known *out)
{
    const struct ir_value *x = ir_in(s->node, 0);
    const bool to_bool = s->node->out[output]->dtype == TFP_BOOL;
    bool up = false;
    struct ratio r;
    if (x && (x->dtype == TFP_INT32 || x->dtype == TFP_INT64 || x->dtype == TFP_BOOL)) {
        known_identity(s, output, out);
        for (size_t i = 0; to_bool && i < out->n; i++) out->at[i] = holds(orders(s->graph, out->at[i], dim_of(0)), BELOW | ABOVE);
        return;
    }
    if (to_bool) return;
    if (x && x->producer && (x->producer->op == IR_FLOOR || x->producer->op == IR_CEIL)) {
        up = x->producer->op == IR_CEIL;
        x = ir_in(x->producer, 0);
    }
    if (!read_ratio(x, &r) || r.top.n != out->n) return;
    for (size_t i = 0; i < out->n; i++) {
        if (!dim_nonnegative(s->graph, r.top.at[i])) continue;
        struct dim d = dim_mul(s->graph, r.top.at[i], dim_of(r.times));
        if (dim_fixed(d) && d.n >= 1 << 24) continue;
        if (up) d = dim_add(s->graph, d, dim_of(r.over - 1));
        out->at[i] = dim_div(s->graph, d, dim_of(r.over));
    }
}

/* -- moving -------------------------------------------------------------------------------------------------------- */

void known_shape(struct infer *s, size_t output, struct known *out)
{
    const struct ir_value *x = ir_in(s->node, 0);
    (void)output;
    int64_t start = ir_attr_int(s->node, ATTR_START, 0);
    if (x->rank < 0) return;
    if (start < 0) start += x->rank;
    if (start < 0) start = 0;
    for (size_t i = 0; i < out->n && (size_t)start + i < (size_t)x->rank; i++) out->at[i] = x->dims[(size_t)start + i];
}

void known_size(struct infer *s, size_t output, struct known *out)
{
    const struct ir_value *x = ir_in(s->node, 0);
    (void)output;
    if (x->rank < 0 || out->n != 1) return;
    out->at[0] = dim_of(1);
    for (int32_t i = 0; i < x->rank; i++) out->at[0] = dim_mul(s->graph, out->at[0], x->dims[i]);
}

void known_gather(struct infer *s, size_t output, struct known *out)
{
    struct known data, indices;
    (void)output;
    if (!elements(s, 0, &data) || !elements(s, 1, &indices) || indices.n != out->n) return;
    for (size_t i = 0; i < out->n; i++) {
        if (!dim_fixed(indices.at[i])) continue;
        int64_t index = indices.at[i].n;
        if (index < 0) index += (int64_t)data.n;
        if (index >= 0 && index < (int64_t)data.n) out->at[i] = data.at[index];
    }
}

void known_concat(struct infer *s, size_t output, struct known *out)
{
    size_t n = 0;
    (void)output;
    for (uint32_t i = 0; i < s->node->n_in; i++) {
        struct known part;
        if (!elements(s, i, &part) || part.n > out->n - n) return;
        for (size_t k = 0; k < part.n; k++) out->at[n++] = part.at[k];
    }
}

static bool number(const struct infer *s, size_t i, int64_t otherwise, int64_t *out)
{
    int64_t room[INFER_NUMBERS];
    struct ir_ints all;
    *out = otherwise;
    if (!infer_has(s, i)) return true;
    if (!infer_numbers(s, i, room, &all) || all.n != 1) return false;
    *out = all.at[0];
    return true;
}

void known_slice(struct infer *s, size_t output, struct known *out)
{
    struct known data;
    int64_t start, step;
    (void)output;
    if (!elements(s, 0, &data) || !number(s, 1, 0, &start) || !number(s, 4, 1, &step)) return;
    int64_t n = (int64_t)data.n;
    if (start < 0) start += n;
    if (start < 0) start = step < 0 ? -1 : 0;
    if (start >= n && step < 0) start = n - 1;
    for (size_t i = 0; i < out->n; i++) {
        int64_t from;
        if (__builtin_mul_overflow((int64_t)i, step, &from) || __builtin_add_overflow(from, start, &from)) return;
        if (from >= 0 && from < n) out->at[i] = data.at[from];
    }
}

void known_range(struct infer *s, size_t output, struct known *out)
{
    struct known start, step;
    (void)output;
    if (!elements(s, 0, &start) || !elements(s, 2, &step)) return;
    for (size_t i = 0; i < out->n; i++)
        out->at[i] = dim_add(s->graph, start.at[0], dim_mul(s->graph, step.at[0], dim_of((int64_t)i)));
}

void known_constant_of_shape(struct infer *s, size_t output, struct known *out)
{
    const struct ir_attr *value = ir_attr(s->node, ATTR_VALUE);
    (void)output;
    if (!value || value->v.tensor->count != 1) return;
    for (size_t i = 0; i < out->n; i++) out->at[i] = dim_of(tensor_int(value->v.tensor, 0));
}

void known_expand(struct infer *s, size_t output, struct known *out)
{
    struct known in;
    (void)output;
    if (!elements(s, 0, &in)) return;
    for (size_t i = 0; i < out->n; i++) out->at[i] = at(&in, i, out->n);
}

void known_tile(struct infer *s, size_t output, struct known *out)
{
    struct known in;
    (void)output;
    if (!elements(s, 0, &in) || in.n == 0) return;
    for (size_t i = 0; i < out->n; i++) out->at[i] = in.at[i % in.n];
}

void known_split(struct infer *s, size_t output, struct known *out)
{
    struct known in;
    size_t before = 0;
    if (!elements(s, 0, &in)) return;
    for (size_t i = 0; i < output; i++) {
        const struct ir_value *v = s->node->out[i];
        if (!v || v->rank != 1 || !dim_fixed(v->dims[0]) || v->dims[0].n > (int64_t)in.n) return;
        before += (size_t)v->dims[0].n;
    }
    for (size_t i = 0; i < out->n && before + i < in.n; i++) out->at[i] = in.at[before + i];
}

void known_pad(struct infer *s, size_t output, struct known *out)
{
    struct known in, value = { .n = 1, .at = { { 0, 0 } } };
    int64_t room[INFER_NUMBERS];
    struct ir_ints pads;
    (void)output;
    if (!elements(s, 0, &in) || !infer_numbers(s, 1, room, &pads) || pads.n != 2) return;
    if (!ir_attr_is(s->node, ATTR_MODE, "constant") || pads.at[0] < 0 || pads.at[0] > IR_KNOWN_MAX) return;
    if (infer_has(s, 2) && (!elements(s, 2, &value) || value.n != 1)) return;
    for (size_t i = 0; i < out->n; i++) {
        int64_t from = (int64_t)i - pads.at[0];
        out->at[i] = from >= 0 && from < (int64_t)in.n ? in.at[from] : value.at[0];
    }
}

/* ScatterND with [n,1] indices and ScatterElements, both over a vector and without reduction. */
void known_scatter(struct infer *s, size_t output, struct known *out)
{
    struct known data, updates;
    int64_t room[INFER_NUMBERS];
    struct ir_ints indices;
    (void)output;
    if (!ir_attr_is(s->node, ATTR_REDUCTION, "none")) return;
    if (!elements(s, 0, &data) || data.n != out->n || !elements(s, 2, &updates)) return;
    if (!infer_numbers(s, 1, room, &indices) || indices.n != updates.n) return;
    *out = data;
    for (size_t i = 0; i < updates.n; i++) {
        int64_t index = indices.at[i] < 0 ? indices.at[i] + (int64_t)data.n : indices.at[i];
        if (index >= 0 && index < (int64_t)data.n) out->at[index] = updates.at[i];
    }
}

/* -- over all elements --------------------------------------------------------------------------------------------- */

void known_reduce(struct infer *s, size_t output, struct known *out)
{
    struct known in;
    int64_t room[INFER_NUMBERS];
    struct ir_ints axes = { NULL, 0 };
    (void)output;
    const struct ir_value *x = ir_in(s->node, 0);
    if (!elements(s, 0, &in) || out->n != 1) return;
    if (infer_has(s, 1) && !infer_numbers(s, 1, room, &axes)) return;
    bool none = axes.n == 0 && ir_attr_int(s->node, ATTR_NOOP_WITH_EMPTY_AXES, 0) != 0;
    if (none || x->rank == 0) {
        if (in.n == 1) out->at[0] = in.at[0];
        return;
    }
    enum ir_op op = s->node->op;
    if (in.n == 0 && op != IR_REDUCE_SUM && op != IR_REDUCE_PROD) return;
    struct dim all = op == IR_REDUCE_SUM ? dim_of(0) : op == IR_REDUCE_PROD ? dim_of(1) : in.at[0];
    for (size_t i = 0; i < in.n; i++) {
        if (op == IR_REDUCE_SUM) all = dim_add(s->graph, all, in.at[i]);
        else if (op == IR_REDUCE_PROD) all = dim_mul(s->graph, all, in.at[i]);
        else if (op == IR_REDUCE_MAX) all = dim_max(s->graph, all, in.at[i]);
        else all = dim_min(s->graph, all, in.at[i]);
    }
    out->at[0] = all;
}

void known_cum_sum(struct infer *s, size_t output, struct known *out)
{
    struct known in;
    (void)output;
    bool product = s->node->op == IR_CUM_PROD, reverse = ir_attr_int(s->node, ATTR_REVERSE, 0) != 0;
    bool exclusive = ir_attr_int(s->node, ATTR_EXCLUSIVE, 0) != 0;
    if (!elements(s, 0, &in) || in.n != out->n) return;
    struct dim all = dim_of(product ? 1 : 0);
    for (size_t i = 0; i < in.n; i++) {
        size_t k = reverse ? in.n - 1 - i : i;
        struct dim next = product ? dim_mul(s->graph, all, in.at[k]) : dim_add(s->graph, all, in.at[k]);
        out->at[k] = exclusive ? all : next;
        all = next;
    }
}
