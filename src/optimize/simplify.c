/* What does nothing goes: casts to the same type, reshapes to the same shape, pads by nothing, adding zero; and chains
 * of the same movement become one. One row an op. */
#include "optimize/passes.h"

typedef struct ir_value *simplify_fn(struct build *b, struct ir_node *n); /* NULL: nothing to simplify */

static struct ir_value *input_of(struct build *b, struct ir_node *n)
{
    (void)b;
    return ir_in(n, 0);
}

static struct ir_value *simplify_dropout(struct build *b, struct ir_node *n)
{
    (void)b;
    bool training = ir_in(n, 2) && !constant_is(ir_in(n, 2), 0);
    bool mask = ir_wants(n, 1);
    return training || mask ? NULL : ir_in(n, 0);
}

/* Exact when the first cast holds every value of the source: bool and ints into wider ints. */
static bool cast_is_exact(tfp_dtype from, tfp_dtype to)
{
    size_t a = tfp_dtype_size(from), b = tfp_dtype_size(to);
    if (from == TFP_BOOL) return dtype_is_integer(to) || dtype_is_float(to);
    if (!dtype_is_integer(from) || !dtype_is_integer(to)) return false;
    if (dtype_is_signed(from) == dtype_is_signed(to)) return b >= a;
    return dtype_is_unsigned(from) && b > a;
}

static struct ir_value *simplify_cast(struct build *b, struct ir_node *n)
{
    struct ir_value *x = ir_in(n, 0);
    if (x->dtype == n->out[0]->dtype) return x;
    struct ir_node *before = made_by(n, 0, IR_CAST);
    struct ir_value *source = before ? ir_in(before, 0) : NULL;
    if (!source || !cast_is_exact(source->dtype, x->dtype)) return NULL;
    return ir_cast(b, source, n->out[0]->dtype);
}

/* -- shapes -------------------------------------------------------------------------------------------------------- */

/* A target as an int64 list of the output's own dimensions, with -1 where one is not fixed; false: more than one. */
static bool target_of(const struct ir_value *v, int64_t *dims)
{
    int open = 0;
    if (v->rank < 0) return false;
    for (int32_t i = 0; i < v->rank; i++) {
        dims[i] = dim_fixed(v->dims[i]) ? v->dims[i].n : -1;
        if (dims[i] == -1) open++;
        if (dims[i] == 0) return false;
    }
    return open <= 1;
}

static bool moves_nothing(const struct ir_node *n)
{
    return n->op == IR_RESHAPE || n->op == IR_SQUEEZE || n->op == IR_UNSQUEEZE || n->op == IR_FLATTEN;
}

/* Reshape, Squeeze, Unsqueeze and Flatten: away when the shape stays, one Reshape when two follow each other. */
static struct ir_value *simplify_reshape(struct build *b, struct ir_node *n)
{
    struct ir_value *x = ir_in(n, 0), *out = n->out[0];
    int64_t dims[TFP_MAX_RANK];
    if (same_shape(x, out)) return x;
    if (!x->producer || !moves_nothing(x->producer)) return NULL;
    struct ir_value *source = ir_in(x->producer, 0);
    if (same_shape(source, out)) return source;
    if (!target_of(out, dims)) return NULL;
    return ir_reshape(b, source, ir_ints(b, dims, (size_t)out->rank));
}

/* A Reshape whose target is computed at run time from nothing but one unknown dimension gets a constant target. */
static struct ir_value *simplify_target(struct build *b, struct ir_node *n)
{
    struct ir_value *simpler = simplify_reshape(b, n);
    int64_t dims[TFP_MAX_RANK];
    if (simpler || b->status != TFP_OK) return simpler;
    if (ir_in(n, 1)->constant || !target_of(n->out[0], dims)) return NULL;
    return ir_reshape(b, ir_in(n, 0), ir_ints(b, dims, (size_t)n->out[0]->rank));
}

static struct ir_value *simplify_expand(struct build *b, struct ir_node *n)
{
    (void)b;
    return same_shape(ir_in(n, 0), n->out[0]) ? ir_in(n, 0) : NULL;
}

static struct ir_value *simplify_pad(struct build *b, struct ir_node *n)
{
    (void)b;
    return constant_is(ir_in(n, 1), 0) ? ir_in(n, 0) : NULL;
}

static struct ir_value *simplify_tile(struct build *b, struct ir_node *n)
{
    (void)b;
    return constant_is(ir_in(n, 1), 1) ? ir_in(n, 0) : NULL;
}

static struct ir_value *simplify_slice(struct build *b, struct ir_node *n)
{
    int64_t starts[TFP_MAX_RANK], steps[TFP_MAX_RANK];
    (void)b;
    int64_t count = ir_known_ints(ir_in(n, 1), starts, TFP_MAX_RANK);
    if (count < 0 || !same_shape(ir_in(n, 0), n->out[0])) return NULL;
    if (ir_in(n, 4) && ir_known_ints(ir_in(n, 4), steps, TFP_MAX_RANK) != count) return NULL;
    for (int64_t i = 0; i < count; i++)
        if (starts[i] != 0 || (ir_in(n, 4) && steps[i] != 1)) return NULL;
    return ir_in(n, 0);
}

/* -- arithmetic ---------------------------------------------------------------------------------------------------- */

/* The other operand, when it has the result's shape already (no broadcast is lost). */
static struct ir_value *other(struct ir_node *n, size_t i)
{
    struct ir_value *x = ir_in(n, i);
    return same_shape(x, n->out[0]) && x->dtype == n->out[0]->dtype ? x : NULL;
}

/* x + 0 and x - 0: for floats -0.0 + 0.0 is 0.0, so only integers are exact; but -0.0 and 0.0 compare equal and no op
 * here but a division by it tells them apart, and TensorFlow's own optimizer does the same. */
static struct ir_value *simplify_add(struct build *b, struct ir_node *n)
{
    (void)b;
    if (constant_is(ir_in(n, 1), 0)) return other(n, 0);
    return n->op == IR_ADD && constant_is(ir_in(n, 0), 0) ? other(n, 1) : NULL;
}

static struct ir_value *simplify_mul(struct build *b, struct ir_node *n)
{
    (void)b;
    if (constant_is(ir_in(n, 1), 1)) return other(n, 0);
    return n->op == IR_MUL && constant_is(ir_in(n, 0), 1) ? other(n, 1) : NULL;
}

static struct ir_value *simplify_and(struct build *b, struct ir_node *n)
{
    (void)b;
    double neutral = n->op == IR_AND;
    if (constant_is(ir_in(n, 1), neutral)) return other(n, 0);
    return constant_is(ir_in(n, 0), neutral) ? other(n, 1) : NULL;
}

static struct ir_value *simplify_where(struct build *b, struct ir_node *n)
{
    (void)b;
    if (constant_is(ir_in(n, 0), 1)) return other(n, 1);
    return constant_is(ir_in(n, 0), 0) ? other(n, 2) : NULL;
}

static struct ir_value *simplify_not(struct build *b, struct ir_node *n)
{
    struct ir_node *inner = made_by(n, 0, IR_NOT);
    (void)b;
    return inner ? ir_in(inner, 0) : NULL;
}

static bool same_constant(const struct ir_value *a, const struct ir_value *b)
{
    if (a == b) return true;
    return a && b && a->constant && b->constant && a->constant->count == 1 && constant_is(a, tensor_float(b->constant, 0)) &&
           b->constant->count == 1;
}

/* Clip of what is clipped so already; Clip(Relu(x), 0, b). */
static struct ir_value *simplify_clip(struct build *b, struct ir_node *n)
{
    struct ir_node *inner = made_by(n, 0, IR_CLIP), *relu = made_by(n, 0, IR_RELU);
    if (inner && same_constant(ir_in(n, 1), ir_in(inner, 1)) && same_constant(ir_in(n, 2), ir_in(inner, 2)))
        return ir_in(n, 0);
    if (!relu || !constant_is(ir_in(n, 1), 0)) return NULL;
    return ir_emit(b, IR_CLIP, IN(ir_in(relu, 0), ir_in(n, 1), ir_in(n, 2)), NO_ATTRS);
}

static struct ir_value *simplify_single(struct build *b, struct ir_node *n)
{
    (void)b;
    return n->n_in == 1 ? ir_in(n, 0) : NULL;
}

/* Parts without elements add nothing. */
static struct ir_value *simplify_concat(struct build *b, struct ir_node *n)
{
    const struct ir_value *out = n->out[0];
    int64_t axis = ir_attr_int(n, ATTR_AXIS, 0);
    size_t kept = 0;
    if (n->n_in == 1) return ir_in(n, 0);
    if (!out || out->rank < 1) return NULL;
    if (axis < 0) axis += out->rank;
    struct ir_value **in = ARENA_ARRAY(&b->graph->arena, struct ir_value *, n->n_in);
    if (!in) return build_fail(b, tfp_no_memory(b->ctx));
    for (uint32_t i = 0; i < n->n_in; i++) {
        const bool empty = ir_in(n, i)->rank == out->rank && dim_is(ir_in(n, i)->dims[axis], 0);
        if (!empty) in[kept++] = ir_in(n, i);
    }
    return kept && kept < n->n_in ? ir_concat(b, in, kept, axis) : NULL;
}

/* A reduction over dimensions that are all 1 is a Reshape. */
static struct ir_value *simplify_reduce(struct build *b, struct ir_node *n)
{
    int64_t axes[TFP_MAX_RANK], dims[TFP_MAX_RANK];
    struct ir_value *x = ir_in(n, 0);
    int64_t count = ir_in(n, 1) ? ir_known_ints(ir_in(n, 1), axes, TFP_MAX_RANK) : -1;
    if (count == 0) return ir_attr_int(n, ATTR_NOOP_WITH_EMPTY_AXES, 0) ? x : NULL;
    if (count < 0 || x->rank < 0 || x->dtype != n->out[0]->dtype) return NULL;
    for (int64_t i = 0; i < count; i++) {
        int64_t axis = axes[i] < 0 ? axes[i] + x->rank : axes[i];
        if (axis < 0 || axis >= x->rank || !dim_is(x->dims[axis], 1)) return NULL;
    }
    if (same_shape(x, n->out[0])) return x;
    return target_of(n->out[0], dims) ? ir_reshape(b, x, ir_ints(b, dims, (size_t)n->out[0]->rank)) : NULL;
}

static const struct {
    enum ir_op op;
    simplify_fn *simplify;
} rows[] = {
    { IR_IDENTITY, input_of },
    { IR_DROPOUT, simplify_dropout },
    { IR_CAST, simplify_cast },
    { IR_RESHAPE, simplify_target },
    { IR_SQUEEZE, simplify_reshape },
    { IR_UNSQUEEZE, simplify_reshape },
    { IR_FLATTEN, simplify_reshape },
    { IR_EXPAND, simplify_expand },
    { IR_PAD, simplify_pad },
    { IR_TILE, simplify_tile },
    { IR_SLICE, simplify_slice },
    { IR_ADD, simplify_add },
    { IR_SUB, simplify_add },
    { IR_MUL, simplify_mul },
    { IR_DIV, simplify_mul },
    { IR_POW, simplify_mul },
    { IR_AND, simplify_and },
    { IR_OR, simplify_and },
    { IR_WHERE, simplify_where },
    { IR_NOT, simplify_not },
    { IR_CLIP, simplify_clip },
    { IR_CONCAT, simplify_concat },
    { IR_MAX, simplify_single },
    { IR_MIN, simplify_single },
    { IR_SUM, simplify_single },
    { IR_REDUCE_SUM, simplify_reduce },
    { IR_REDUCE_MEAN, simplify_reduce },
    { IR_REDUCE_MAX, simplify_reduce },
    { IR_REDUCE_MIN, simplify_reduce },
    { IR_REDUCE_PROD, simplify_reduce },
};

static simplify_fn *row_for(enum ir_op op)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].op == op) return rows[i].simplify;
    return NULL;
}

tfp_status pass_simplify(struct optimize *o, bool *changed)
{
    for (struct ir_node *n = o->graph->first, *next; n; n = next) {
        next = n->next;
        simplify_fn *simplify = row_for(n->op);
        if (!simplify || !n->out[0]) continue;
        struct build b = rewrite_before(o, n);
        struct ir_value *v = simplify(&b, n);
        if (b.status != TFP_OK) return b.status;
        if (!v) continue;
        TFP_TRY(rewrite_with(o, &b, n, v));
        *changed = true;
    }
    return TFP_OK;
}
