/* Shapes, and tensors put together, taken apart, filled and counted up. Shapes of unknown size stay known as
 * expressions: everything here is Shape, Gather, Concat and arithmetic on int64, which the builder folds as far as it
 * can. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

#define VARIANT(type) (*(const type *)lw->rule->variant)
#define YES (&(const bool){ true })
#define NO (&(const bool){ false })

/* -- shapes -------------------------------------------------------------------------------------------------------- */

static tfp_status lower_reshape(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lower_done(lw, ir_reshape(&lw->b, lower_in(lw, 0), lower_int64(lw, 1)));
}

static tfp_status lower_squeeze(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct ir_value *x = lower_in(lw, 0);
    struct ir_ints axes = tf_list_int(lw, "squeeze_dims");
    int64_t ones[TFP_MAX_RANK];
    size_t count = 0;
    if (axes.n) return lower_done(lw, ir_squeeze(&lw->b, x, axes.at, axes.n));
    for (int32_t i = 0; i < form_rank(x); i++) {
        if (!dim_fixed(x->dims[i])) return lower_done(lw, ir_squeeze(&lw->b, x, NULL, 0));
        if (dim_is(x->dims[i], 1)) ones[count++] = i;
    }
    if (form_rank(x) >= 0 && count == 0) return lower_done(lw, x);
    return lower_done(lw, ir_squeeze(&lw->b, x, ones, count));
}

static tfp_status lower_expand_dims(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    int64_t axis;
    if (lower_const_ints(lw, 1, "dim", &axis, 1) < 0) return lw->b.status;
    return lower_done(lw, ir_unsqueeze(&lw->b, lower_in(lw, 0), &axis, 1));
}

static tfp_status lower_rank_op(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    if (form_rank(x) >= 0) return lower_done(lw, ir_scalar(b, TFP_INT32, x->rank));
    return lower_done(lw, ir_cast(b, ir_unary(b, IR_SIZE, ir_shape(b, x)), TFP_INT32));
}

/* Shape and ShapeN. */
static tfp_status lower_shape(struct lower *lw, const struct tf_node *n)
{
    tfp_dtype to = tf_type(lw, "out_type");
    for (size_t i = 0; i < n->n_in; i++) lower_out(lw, i, ir_cast(&lw->b, ir_shape(&lw->b, lower_in(lw, i)), to));
    return lw->b.status;
}

static tfp_status lower_size(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    tfp_dtype to = tf_type(lw, "out_type");
    return lower_done(lw, ir_cast(b, ir_unary(b, IR_SIZE, lower_in(lw, 0)), to));
}

/* Sizes of two shapes broadcast together; the shorter is filled up with ones in front. */
static tfp_status lower_broadcast_args(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_int64(lw, 0), *y = lower_int64(lw, 1);
    struct ir_value *n_x = ir_shape(b, x), *n_y = ir_shape(b, y), *most = ir_binary(b, IR_MAX, n_x, n_y);
    x = CONCAT(b, 0, form_ones(b, ir_sub(b, most, n_x)), x);
    y = CONCAT(b, 0, form_ones(b, ir_sub(b, most, n_y)), y);
    struct ir_value *both = ir_where(b, ir_binary(b, IR_EQUAL, x, INTS(b, 1)), y, x);
    return lower_done(lw, ir_cast(b, both, form_dtype(lower_in(lw, 0))));
}

static tfp_status lower_transpose(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct ir_value *x = lower_in(lw, 0);
    int64_t perm[TFP_MAX_RANK], count = lower_const_ints(lw, 1, "perm", perm, TFP_MAX_RANK);
    if (count < 0) return lw->b.status;
    if (VARIANT(bool) && form_is_complex(x)) return lower_unsupported(lw, "complex numbers");
    for (int64_t i = 0; i < count; i++)
        if ((perm[i] = lower_axis(lw, perm[i], count)) < 0) return lw->b.status;
    return lower_done(lw, ir_transpose(&lw->b, x, perm, (size_t)count));
}

/* -- filled -------------------------------------------------------------------------------------------------------- */

static tfp_status lower_fill(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lower_done(lw, ir_expand(&lw->b, lower_in(lw, 1), lower_int64(lw, 0)));
}

static tfp_status lower_empty(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lower_done(lw, form_zeros(&lw->b, tf_type(lw, "dtype"), lower_int64(lw, 0)));
}

static tfp_status lower_broadcast_to(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lower_done(lw, ir_expand(&lw->b, lower_in(lw, 0), lower_int64(lw, 1)));
}

static tfp_status lower_tile(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lower_done(lw, ir_binary(&lw->b, IR_TILE, lower_in(lw, 0), lower_int64(lw, 1)));
}

static tfp_status lower_range(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    tfp_dtype dtype = form_dtype(lower_in(lw, 0)), wide = form_wide(IR_RANGE, dtype);
    struct ir_value *in[3];
    for (size_t i = 0; i < 3; i++) in[i] = form_scalar(b, ir_cast(b, lower_in(lw, i), wide));
    if (!in[0] || !in[1] || !in[2]) return b->status;
    return lower_done(lw, ir_cast(b, ir_emit(b, IR_RANGE, in, 3, NO_ATTRS), dtype));
}

/* start + i * (stop - start) / (num - 1) */
static tfp_status lower_lin_space(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *start = lower_in(lw, 0), *stop = lower_in(lw, 1), *count = form_scalar(b, lower_int64(lw, 2));
    tfp_dtype dtype = form_dtype(start);
    struct ir_value *steps = ir_binary(b, IR_MAX, ir_sub(b, count, ir_int(b, 1)), ir_int(b, 1));
    struct ir_value *step = ir_div(b, ir_sub(b, stop, start), ir_cast(b, steps, dtype));
    return lower_done(lw, ir_add(b, start, ir_mul(b, ir_cast(b, form_iota(b, count), dtype), step)));
}

/* Compared with a Range along a new axis: ONNX's OneHot counts negative indices from the end, TensorFlow has no place
 * for them. */
static tfp_status lower_one_hot(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *indices = lower_int64(lw, 0), *depth = form_scalar(b, lower_int64(lw, 1));
    struct ir_value *on = lower_in(lw, 2), *off = lower_in(lw, 3), *places = form_iota(b, depth);
    int64_t axis = tf_int(lw, "axis"), rank;
    if (axis != -1) {
        if ((rank = lower_rank(lw, indices, "indices")) < 0) return b->status;
        if ((axis = lower_axis(lw, axis, rank + 1)) < 0) return b->status;
        places = form_column(b, places, rank - axis);
    }
    struct ir_value *hit = ir_binary(b, IR_EQUAL, ir_unsqueeze(b, indices, &axis, 1), places);
    if (!on || !off || !hit) return b->status;
    bool plain = on->constant && off->constant && on->dtype != TFP_STRING && !form_is_complex(on) &&
                 on->constant->count == 1 && off->constant->count == 1 && tensor_float(on->constant, 0) == 1 &&
                 tensor_float(off->constant, 0) == 0;
    return lower_done(lw, plain ? ir_cast(b, hit, on->dtype) : ir_where(b, hit, on, off));
}

/* -- joined and split ---------------------------------------------------------------------------------------------- */

static tfp_status concat_inputs(struct lower *lw, size_t first, size_t count, int64_t axis, bool stack)
{
    struct ir_value **in = ARENA_ARRAY(&lw->b.graph->arena, struct ir_value *, count);
    if (!in) return lw->b.status = tfp_no_memory(lw->b.ctx);
    if (count == 0) return lower_malformed(lw, "nothing to join");
    for (size_t i = 0; i < count; i++) {
        in[i] = lower_in(lw, first + i);
        if (stack) in[i] = ir_unsqueeze(&lw->b, in[i], &axis, 1);
        if (!in[i]) return lw->b.status;
    }
    return lower_done(lw, ir_concat(&lw->b, in, count, axis));
}

/* The axis is the first input of Concat, the last of ConcatV2. */
static tfp_status lower_concat(struct lower *lw, const struct tf_node *n)
{
    bool first = VARIANT(bool);
    int64_t axis;
    if (n->n_in < 2) return lower_malformed(lw, "nothing to join");
    if (lower_const_ints(lw, first ? 0 : n->n_in - 1, "axis", &axis, 1) < 0) return lw->b.status;
    return concat_inputs(lw, first, n->n_in - 1, axis, false);
}

static tfp_status lower_parallel_concat(struct lower *lw, const struct tf_node *n)
{
    return concat_inputs(lw, 0, n->n_in, 0, false);
}

static tfp_status lower_pack(struct lower *lw, const struct tf_node *n)
{
    return concat_inputs(lw, 0, n->n_in, tf_int(lw, "axis"), true);
}

/* By index, not by Split: elements of a shape then stay known one by one. */
static tfp_status lower_unpack(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    int64_t axis = tf_int(lw, "axis"), count = tf_int(lw, "num");
    if (form_rank(x) >= 0 && (axis = lower_axis(lw, axis, x->rank)) < 0) return b->status;
    if (count < 0 || (size_t)count > n->n_out) return lower_malformed(lw, "num does not fit the outputs");
    for (int64_t i = 0; i < count; i++)
        lower_out(lw, (size_t)i, count == 1 ? ir_squeeze(b, x, &axis, 1) : ir_gather(b, x, ir_int(b, i), axis));
    return b->status;
}

static tfp_status split(struct lower *lw, struct ir_value *x, struct ir_value *sizes, int64_t axis, size_t count)
{
    struct build *b = &lw->b;
    struct ir_value **out = ARENA_ARRAY(&b->graph->arena, struct ir_value *, count);
    struct ir_attr attrs[3] = { A_INT(ATTR_AXIS, axis),
                                A_INT(ATTR_NUM_OUTPUTS, (int64_t)count),
                                { .name = ATTR_NONE } };
    if (!out) return b->status = tfp_no_memory(b->ctx);
    if (!x || b->status != TFP_OK) return b->status;
    if (sizes) attrs[1].name = ATTR_NONE;
    if (count == 1) out[0] = x;
    else ir_emit_many(b, IR_SPLIT, IN(x, sizes), attrs, count, out);
    for (size_t i = 0; i < count; i++) lower_out(lw, i, out[i]);
    return b->status;
}

static tfp_status lower_split(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 1), *sizes = NULL;
    int64_t axis, count = tf_int(lw, "num_split");
    if (lower_const_ints(lw, 0, "split_dim", &axis, 1) < 0) return b->status;
    if (form_rank(x) >= 0 && (axis = lower_axis(lw, axis, x->rank)) < 0) return b->status;
    if (count < 1 || (size_t)count > n->n_out) return lower_malformed(lw, "num_split does not fit the outputs");
    if (form_rank(x) >= 0 && dim_fixed(x->dims[axis])) {
        int64_t *each = ARENA_ARRAY(&b->graph->arena, int64_t, (size_t)count);
        if (!each) return b->status = tfp_no_memory(b->ctx);
        if (x->dims[axis].n % count) return lower_malformed(lw, "the dimension does not divide by num_split");
        for (int64_t i = 0; i < count; i++) each[i] = x->dims[axis].n / count;
        sizes = ir_ints(b, each, (size_t)count);
    }
    return split(lw, x, sizes, axis, (size_t)count);
}

/* Where the size of one part is left open: those in front of it are counted from the start, those behind from the end,
 * so that the dimension itself need not be known. */
static tfp_status split_around(struct lower *lw, struct ir_value *x, const int64_t *sizes, size_t count, int64_t axis)
{
    struct build *b = &lw->b;
    int64_t from = 0, behind = 0;
    size_t rest = 0;
    for (size_t i = 0; i < count; i++) {
        if (sizes[i] < -1 || sizes[i] > INT32_MAX) return lower_malformed(lw, "a size is out of range");
        if (sizes[i] < 0) rest = i;
        else behind += sizes[i];
    }
    for (size_t i = 0; i < count; i++) {
        if (i <= rest) behind -= i < rest ? sizes[i] : 0;
        int64_t to = i < rest ? from + sizes[i] : i == rest ? -behind : from + sizes[i];
        if (i >= rest && to == 0) to = INT64_MAX;
        lower_out(lw, i, ir_slice_axis(b, x, axis, from, to));
        from = to;
    }
    return b->status;
}

/* One size may be -1: what the others leave. */
static tfp_status lower_split_v(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *sizes = lower_int64(lw, 1);
    int64_t axis, count = tf_int(lw, "num_split"), rest = -1;
    if (lower_const_ints(lw, 2, "split_dim", &axis, 1) < 0) return b->status;
    if (form_rank(x) >= 0 && (axis = lower_axis(lw, axis, x->rank)) < 0) return b->status;
    if (count < 1 || (size_t)count > n->n_out) return lower_malformed(lw, "num_split does not fit the outputs");
    int64_t *known = ARENA_ARRAY(&b->graph->arena, int64_t, (size_t)count);
    if (!known) return b->status = tfp_no_memory(b->ctx);
    size_t n_known = 0;
    for (; n_known < (size_t)count && form_known(sizes, n_known, &known[n_known]); n_known++)
        if (known[n_known] == -1) rest = (int64_t)n_known;
    if (rest < 0 || n_known < (size_t)count) return split(lw, x, sizes, axis, (size_t)count);
    if (form_rank(x) < 0 || !dim_fixed(x->dims[axis])) return split_around(lw, x, known, (size_t)count, axis);
    known[rest] = x->dims[axis].n;
    for (int64_t i = 0; i < count; i++)
        if (i != rest && __builtin_sub_overflow(known[rest], known[i], &known[rest])) known[rest] = -1;
    if (known[rest] < 0) return lower_malformed(lw, "the parts are larger than the dimension");
    return split(lw, x, ir_ints(b, known, (size_t)count), axis, (size_t)count);
}

static const struct rule rules[] = {
    { "BroadcastArgs", lower_broadcast_args, NULL },
    { "BroadcastTo", lower_broadcast_to, NULL },
    { "Concat", lower_concat, YES },
    { "ConcatV2", lower_concat, NO },
    { "ConjugateTranspose", lower_transpose, YES },
    { "Empty", lower_empty, NULL },
    { "ExpandDims", lower_expand_dims, NULL },
    { "Fill", lower_fill, NULL },
    { "LinSpace", lower_lin_space, NULL },
    { "OneHot", lower_one_hot, NULL },
    { "Pack", lower_pack, NULL },
    { "ParallelConcat", lower_parallel_concat, NULL },
    { "Range", lower_range, NULL },
    { "Rank", lower_rank_op, NULL },
    { "Reshape", lower_reshape, NULL },
    { "Shape", lower_shape, NULL },
    { "ShapeN", lower_shape, NULL },
    { "Size", lower_size, NULL },
    { "Split", lower_split, NULL },
    { "SplitV", lower_split_v, NULL },
    { "Squeeze", lower_squeeze, NULL },
    { "Tile", lower_tile, NULL },
    { "Transpose", lower_transpose, NO },
    { "Unpack", lower_unpack, NULL },
};

const struct rule_family rules_array = { rules, sizeof rules / sizeof rules[0] };
