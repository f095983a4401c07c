/* Moving elements about in terms of older ways to move them; mostly Gather over computed places. */
#include "decompose/decompose.h"

/* Lists of places up to this length are constants, longer ones are computed by the model. */
enum { LONGEST_LIST = 1 << 20 };

/* -- parts --------------------------------------------------------------------------------------------------------- */

/* Before 9 nothing makes a tensor of a computed length but Tile, and nothing counts but a recurrence:
 * h = relu(1 + h). */
static struct ir_value *count_by_recurrence(struct build *b, struct ir_value *count)
{
    static const struct bytes relu = { "Relu", 4 };
    const int64_t ones[] = { 1, 1, 1 };
    const float one = 1;
    struct ir_value *unit = ir_tensor(b, TFP_FLOAT, 3, ones, &one);
    struct ir_value *more = ir_add(b, count, INTS(b, 1)); /* one too many: no recurrence is empty */
    struct ir_value *x = ir_binary(b, IR_TILE, unit, CONCAT(b, 0, more, INTS(b, 1, 1)));
    if (!x) return NULL;
    const struct ir_attr activations = { .name = ATTR_ACTIVATIONS,
                                         .kind = ATTR_KIND_STRINGS,
                                         .v.strings = { &relu, 1 } };
    struct ir_value *h = ir_emit(b, IR_RNN, IN(x, unit, unit), ATTRS(A_INT(ATTR_HIDDEN_SIZE, 1), activations));
    h = ir_slice_axis(b, RESHAPE(b, h, -1), 0, 0, -1);
    return ir_sub(b, ir_cast(b, h, TFP_INT64), INTS(b, 1));
}

struct ir_value *decompose_iota(struct decompose *d, struct ir_value *count)
{
    struct build *b = &d->b;
    int64_t n;
    if (!count) return NULL;
    if (ir_known_ints(count, &n, 1) == 1 && n >= 0 && n <= LONGEST_LIST) {
        int64_t *at = ARENA_ARRAY(&b->graph->arena, int64_t, (size_t)n);
        if (!at) return build_fail(b, tfp_no_memory(b->ctx));
        for (int64_t i = 0; i < n; i++) at[i] = i;
        return ir_ints(b, at, (size_t)n);
    }
    if (decompose_computes(d, IR_RANGE, TFP_INT64))
        return ir_emit(b, IR_RANGE, IN(ir_int(b, 0), SQUEEZE(b, count, 0), ir_int(b, 1)), NO_ATTRS);
    if (d->opset < 9) return count_by_recurrence(b, count);
    const int64_t one = 1;
    struct ir_value *value = ir_tensor(b, TFP_INT64, 1, (const int64_t[]){ 1 }, &one);
    if (!value) return NULL;
    struct ir_value *ones = ir_emit(b, IR_CONSTANT_OF_SHAPE, IN(count), ATTRS(A_TENSOR(ATTR_VALUE, value->constant)));
    return RESHAPE(b, ir_unary(b, IR_NON_ZERO, ones), -1);
}

/* A list along one dimension of `rank`. */
static struct ir_value *along(struct build *b, struct ir_value *list, int64_t axis, int64_t rank)
{
    int64_t dims[TFP_MAX_RANK];
    for (int64_t i = 0; i < rank; i++) dims[i] = i == axis ? -1 : 1;
    return list ? ir_reshape(b, list, ir_ints(b, dims, (size_t)rank)) : NULL;
}

/* From the back to the front where negative, without comparing: Div truncates. */
static struct ir_value *place_from_front(struct build *b, struct ir_value *at, struct ir_value *count)
{
    const struct tensor *t = at ? at->constant : NULL;
    bool negative = !t;
    for (int64_t i = 0; t && i < t->count; i++) negative = negative || tensor_int(t, i) < 0;
    if (!negative) return at;
    struct ir_value *up = ir_add(b, at, count);
    return ir_sub(b, up, ir_mul(b, ir_div(b, up, count), count));
}

static struct ir_value *dims_of(struct build *b, struct ir_value *x, int64_t from, int64_t to)
{
    return ir_slice_axis(b, ir_shape(b, x), 0, from, to);
}

static struct ir_value *product(struct build *b, struct ir_value *dims)
{
    return ir_reduce(b, IR_REDUCE_PROD, dims, (const int64_t[]){ 0 }, 1, true);
}

/* -- shapes -------------------------------------------------------------------------------------------------------- */

static bool run_shape(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    int64_t start = ir_attr_int(n, ATTR_START, 0), end = ir_attr_int(n, ATTR_END, INT64_MAX);
    if (!ir_attr(n, ATTR_START) && !ir_attr(n, ATTR_END)) return false;
    if (x->rank < 0 && (start < 0 || end < 0)) return decline(d, "an unknown rank");
    return give(out, ir_slice_axis(b, ir_shape(b, x), 0, start, end));
}

static bool run_size(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    return give(out, ir_reduce(&d->b, IR_REDUCE_PROD, ir_shape(&d->b, ir_in(n, 0)), (const int64_t[]){ 0 }, 1, false));
}

static bool run_flatten(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    if (x->rank < 0) return decline(d, "an unknown rank");
    int64_t axis = from_front(ir_attr_int(n, ATTR_AXIS, 1), x->rank);
    struct ir_value *rows = axis ? product(b, dims_of(b, x, 0, axis)) : INTS(b, 1);
    struct ir_value *columns = axis < x->rank ? product(b, dims_of(b, x, axis, x->rank)) : INTS(b, 1);
    return give(out, ir_reshape(b, x, CONCAT(b, 0, rows, columns)));
}

/* Zeros in the shape before allowzero: what is reshaped has no elements. */
static bool run_reshape(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    int64_t dims[TFP_MAX_RANK], shape[TFP_MAX_RANK];
    const struct ir_value *x = ir_in(n, 0), *y = n->out[0];
    if (!ir_attr_int(n, ATTR_ALLOWZERO, 0)) return false;
    int64_t count = ir_known_ints(ir_in(n, 1), shape, TFP_MAX_RANK), zeros = 0;
    for (int64_t i = 0; i < count; i++) zeros += shape[i] == 0;
    if (count >= 0 && zeros == 0) return give(out, ir_emit(b, IR_RESHAPE, IN(ir_in(n, 0), ir_in(n, 1)), NO_ATTRS));
    if (!ir_static_dims(y, dims)) return decline(d, "allowzero");
    for (int32_t i = 0; i < y->rank; i++)
        if (dims[i] == 0) return give(out, ir_tensor(b, x->dtype, (size_t)y->rank, dims, ""));
    return decline(d, "allowzero");
}

/* How often a dimension must be repeated that is 1 or else there already: wanted to the power of "it is 1". */
static struct ir_value *unless_there(struct build *b, struct ir_value *length, struct ir_value *wanted)
{
    struct ir_value *one = INTS(b, 1), *single = ir_cast(b, ir_binary(b, IR_EQUAL, length, one), TFP_INT64);
    return ir_add(b, one, ir_mul(b, single, ir_sub(b, wanted, one)));
}

static bool run_expand(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *shape = ir_in(n, 1);
    int64_t rank = n->out[0]->rank, axes[TFP_MAX_RANK] = { 0 };
    if (schema_at(IR_EXPAND, d->opset)) return false;
    if (rank < 0 || x->rank < 0 || shape->rank != 1 || !dim_fixed(shape->dims[0])) return decline(d, "an unknown rank");
    for (int64_t i = 0; i < rank; i++) axes[i] = i;
    x = ir_unsqueeze(b, x, axes, (size_t)(rank - x->rank));
    struct ir_value *repeats[TFP_MAX_RANK], *one = INTS(b, 1);
    for (int64_t i = 0; i < rank && x; i++) {
        struct dim from = x->dims[i], to = n->out[0]->dims[i];
        int64_t at = i - (rank - shape->dims[0].n);
        struct ir_value *wanted = at >= 0 ? ir_gather(b, shape, INTS(b, at), 0) : one;
        if (dim_equal(from, to)) repeats[i] = one;
        else if (dim_is(from, 1) && dim_fixed(to)) repeats[i] = INTS(b, to.n);
        else if (dim_is(from, 1)) repeats[i] = wanted;
        else repeats[i] = unless_there(b, ir_dim(b, x, i), wanted);
    }
    return give(out, rank ? ir_binary(b, IR_TILE, x, ir_concat(b, repeats, (size_t)rank, 0)) : x);
}

static bool run_constant_of_shape(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *shape = ir_in(n, 0);
    const struct ir_attr *value = ir_attr(n, ATTR_VALUE);
    int64_t ones[TFP_MAX_RANK], rank = n->out[0]->rank;
    const float zero = 0;
    if (schema_at(IR_CONSTANT_OF_SHAPE, d->opset)) return false;
    if (rank < 0) return decline(d, "an unknown rank");
    for (int64_t i = 0; i < rank; i++) ones[i] = 1;
    struct ir_value *one = value ? ir_tensor(b, value->v.tensor->dtype, (size_t)rank, ones, value->v.tensor->data)
                                 : ir_tensor(b, TFP_FLOAT, (size_t)rank, ones, &zero);
    return give(out, rank ? ir_binary(b, IR_TILE, one, shape) : one);
}

static bool run_eye_like(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    struct ir_value *rows = decompose_iota(d, ir_dim(b, x, 0)), *columns = decompose_iota(d, ir_dim(b, x, 1));
    struct ir_value *diagonal = ir_add(b, along(b, rows, 0, 2), ir_int(b, ir_attr_int(n, ATTR_K, 0)));
    return give(out, ir_cast(b, ir_binary(b, IR_EQUAL, diagonal, along(b, columns, 1, 2)), n->out[0]->dtype));
}

/* Rows and columns compared in doubles, where every comparison exists. */
static bool run_trilu(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *k = ir_in(n, 1) ? ir_in(n, 1) : ir_int(b, 0);
    struct ir_value *rows = along(b, decompose_iota(d, ir_dim(b, x, -2)), 0, 2);
    struct ir_value *columns = along(b, decompose_iota(d, ir_dim(b, x, -1)), 1, 2);
    struct ir_value *edge = ir_cast(b, ir_add(b, rows, k), TFP_DOUBLE);
    columns = ir_cast(b, columns, TFP_DOUBLE);
    bool upper = ir_attr_int(n, ATTR_UPPER, 1) != 0;
    struct ir_value *cut = upper ? ir_binary(b, IR_LESS, columns, edge) : ir_binary(b, IR_GREATER, columns, edge);
    return give(out, ir_where(b, cut, ir_like(b, x, 0), x));
}

/* -- slices -------------------------------------------------------------------------------------------------------- */

/* Start or end as ONNX reads it: from the back when negative, then kept within low and high. */
static struct ir_value *bound(struct build *b, struct ir_value *at, struct ir_value *count, bool backwards)
{
    struct ir_value *zero = INTS(b, 0), *one = INTS(b, 1);
    struct ir_value *low = backwards ? INTS(b, -1) : zero, *high = backwards ? ir_sub(b, count, one) : count;
    struct ir_value *negative = ir_cast(b, ir_binary(b, IR_LESS, at, zero), TFP_INT64);
    at = ir_add(b, at, ir_mul(b, negative, count));
    return ir_binary(b, IR_MIN, ir_binary(b, IR_MAX, at, low), high);
}

/* "To the end" is written as the largest number, which arithmetic would run over; no dimension is this long. */
static struct ir_value *near_bound(struct build *b, struct ir_value *list, size_t i)
{
    const int64_t farthest = (int64_t)1 << 48;
    int64_t known;
    struct ir_value *at = ir_gather(b, list, INTS(b, (int64_t)i), 0);
    if (!at || ir_known_ints(at, &known, 1) != 1) return at;
    if (known > farthest) return INTS(b, farthest);
    return known < -farthest ? INTS(b, -farthest) : at;
}

struct slicing {
    struct decompose *d;
    const struct ir_node *node;
    struct ir_value *starts, *ends;
    struct dim length; /* of the axis in the result */
};

static struct ir_value *slice_by_gather(struct slicing *s, struct ir_value *x, size_t i, int64_t axis, int64_t step)
{
    struct build *b = &s->d->b;
    struct ir_value *count = ir_dim(b, x, axis), *length;
    struct ir_value *start = bound(b, near_bound(b, s->starts, i), count, step < 0);
    if (dim_fixed(s->length)) {
        length = INTS(b, s->length.n);
    } else {
        struct ir_value *end = bound(b, near_bound(b, s->ends, i), count, step < 0);
        struct ir_value *span = step < 0 ? ir_sub(b, start, end) : ir_sub(b, end, start),
                        *stride = INTS(b, step < 0 ? -step : step);
        length = ir_div(b, ir_add(b, span, ir_sub(b, stride, INTS(b, 1))), stride);
        length = ir_binary(b, IR_MAX, length, INTS(b, 0));
    }
    struct ir_value *places = ir_add(b, ir_mul(b, decompose_iota(s->d, length), INTS(b, step)), start);
    return ir_gather(b, x, places, axis);
}

/* Before 10 a slice is constant and has no steps. */
static bool run_slice(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *y = n->out[0];
    int64_t axes[TFP_MAX_RANK], steps[TFP_MAX_RANK], start, end;
    if (schema_at(IR_SLICE, d->opset)->since >= 10) return false;
    if (x->rank < 0 || ir_in(n, 1)->rank != 1 || !dim_fixed(ir_in(n, 1)->dims[0])) return decline(d, "an unknown rank");
    int64_t count = ir_in(n, 1)->dims[0].n;
    if (count > x->rank) return decline(d, "more axes than the rank");
    for (int64_t i = 0; i < count; i++) axes[i] = i, steps[i] = 1;
    if (ir_in(n, 3) && ir_known_ints(ir_in(n, 3), axes, TFP_MAX_RANK) != count)
        return decline(d, "axes that are not constant");
    if (ir_in(n, 4) && ir_known_ints(ir_in(n, 4), steps, TFP_MAX_RANK) != count)
        return decline(d, "steps that are not constant");
    struct slicing s = {
        .d = d, .node = n, .starts = ir_cast(b, ir_in(n, 1), TFP_INT64), .ends = ir_cast(b, ir_in(n, 2), TFP_INT64)
    };
    for (int64_t i = 0; i < count && b->status == TFP_OK; i++) {
        int64_t axis = from_front(axes[i], x->rank);
        struct ir_value *from = ir_gather(b, s.starts, INTS(b, i), 0), *to = ir_gather(b, s.ends, INTS(b, i), 0);
        bool known = from && to && ir_known_ints(from, &start, 1) == 1 && ir_known_ints(to, &end, 1) == 1;
        s.length = y->rank == x->rank ? y->dims[axis] : (struct dim){ 0, DIM_UNKNOWN };
        if (known && steps[i] == 1) x = ir_slice_axis(b, x, axis, start, end);
        else x = slice_by_gather(&s, x, (size_t)i, axis, steps[i]);
    }
    return give(out, x == ir_in(n, 0) ? ir_unary(b, IR_IDENTITY, x) : x);
}

/* Parts of which the last is smaller. */
static bool run_split(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    const struct ir_value *x = ir_in(n, 0);
    int64_t axis = ir_attr_int(n, ATTR_AXIS, 0), parts[64], left;
    if (ir_in(n, 1) || x->rank < 0 || n->n_out > 64) return decline(d, "parts that are not constant");
    left = x->dims[from_front(axis, x->rank)].n;
    int64_t each = (left + n->n_out - 1) / n->n_out;
    for (uint32_t i = 0; i < n->n_out; i++) {
        parts[i] = left < each ? left : each;
        left -= parts[i];
    }
    struct ir_value *sizes = ir_ints(&d->b, parts, n->n_out);
    return ir_emit_many(&d->b, IR_SPLIT, IN(ir_in(n, 0), sizes), ATTRS(A_INT(ATTR_AXIS, axis)), n->n_out, out);
}

/* -- gathering ----------------------------------------------------------------------------------------------------- */

/* The places in x's first `depth` dimensions that index tuples mean, as places in a list. `tuples`: [.., depth]. */
static struct ir_value *list_places(struct build *b, struct ir_value *x, struct ir_value *tuples, int64_t first,
                                    int64_t depth)
{
    struct ir_value *places = NULL;
    for (int64_t i = 0; i < depth; i++) {
        struct ir_value *count = ir_dim(b, x, first + i);
        struct ir_value *at = ir_gather(b, tuples, ir_int(b, i), tuples ? tuples->rank - 1 : 0);
        at = place_from_front(b, at, ir_squeeze(b, count, (const int64_t[]){ 0 }, 1));
        places = places ? ir_add(b, ir_mul(b, places, ir_squeeze(b, count, (const int64_t[]){ 0 }, 1)), at) : at;
    }
    return places;
}

static bool tuple_depth(const struct ir_value *indices, int64_t *depth)
{
    if (indices->rank < 1 || !dim_fixed(indices->dims[indices->rank - 1])) return false;
    *depth = indices->dims[indices->rank - 1].n;
    return *depth > 0;
}

static bool run_gather_nd(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *indices = ir_in(n, 1);
    int64_t depth, batch = ir_attr_int(n, ATTR_BATCH_DIMS, 0);
    if (x->rank < 0 || !tuple_depth(indices, &depth)) return decline(d, "an unknown rank");
    struct ir_value *places = list_places(b, x, indices, batch, depth); /* [batch.., ..] */
    if (batch) {
        /* each batch looks into its own part of the list */
        struct ir_value *part = product(b, dims_of(b, x, batch, batch + depth)),
                        *batches = product(b, dims_of(b, x, 0, batch));
        struct ir_value *base = ir_mul(b, decompose_iota(d, batches), part), *shape = ir_shape(b, places);
        places = ir_reshape(b, places, CONCAT(b, 0, batches, INTS(b, -1)));
        places = ir_reshape(b, ir_add(b, places, along(b, base, 0, 2)), shape);
    }
    bool rest = batch + depth < x->rank;
    struct ir_value *list = rest ? ir_reshape(b, x, CONCAT(b, 0, INTS(b, -1), dims_of(b, x, batch + depth, x->rank)))
                                 : RESHAPE(b, x, -1);
    return give(out, ir_gather(b, list, places, 0));
}

static bool run_gather_elements(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *at = ir_cast(b, ir_in(n, 1), TFP_INT64), *places = NULL;
    if (x->rank < 1) return decline(d, "an unknown rank");
    int64_t axis = from_front(ir_attr_int(n, ATTR_AXIS, 0), x->rank);
    for (int64_t i = 0; i < x->rank; i++) {
        struct ir_value *count = ir_dim(b, x, i);
        struct ir_value *here = i == axis ? place_from_front(b, at, count)
                                          : along(b, decompose_iota(d, ir_dim(b, at, i)), i, x->rank);
        places = places ? ir_add(b, ir_mul(b, places, count), here) : here;
    }
    return give(out, ir_gather(b, RESHAPE(b, x, -1), places, 0));
}

/* In doubles, where comparing exists at every opset. */
static bool run_reverse_sequence(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *lengths = ir_in(n, 1);
    int64_t swap[TFP_MAX_RANK] = { 1, 0 }, batch_axis = ir_attr_int(n, ATTR_BATCH_AXIS, 1);
    if (x->rank < 2) return decline(d, "an unknown rank");
    for (int64_t i = 2; i < x->rank; i++) swap[i] = i;
    if (batch_axis == 1) x = ir_transpose(b, x, swap, (size_t)x->rank);
    if (!x) return false;
    struct ir_value *times = ir_dim(b, x, 1), *t = along(b, decompose_iota(d, times), 1, 2),
                    *end = along(b, lengths, 0, 2);
    struct ir_value *inside = ir_binary(b, IR_LESS, ir_cast(b, t, TFP_DOUBLE), ir_cast(b, end, TFP_DOUBLE));
    struct ir_value *back = ir_sub(b, ir_sub(b, end, INTS(b, 1)), ir_add(b, t, t)); /* end - 1 - t, less t */
    struct ir_value *place = ir_add(b, t, ir_mul(b, back, ir_cast(b, inside, TFP_INT64)));
    struct ir_value *base = ir_mul(b, along(b, decompose_iota(d, ir_dim(b, x, 0)), 0, 2), times);
    place = RESHAPE(b, ir_add(b, place, base), -1);
    struct ir_value *list = x->rank > 2 ? ir_reshape(b, x, CONCAT(b, 0, INTS(b, -1), dims_of(b, x, 2, x->rank)))
                                        : RESHAPE(b, x, -1);
    struct ir_value *y = ir_reshape(b, ir_gather(b, list, place, 0), ir_shape(b, x));
    return give(out, batch_axis == 1 && y ? ir_transpose(b, y, swap, (size_t)y->rank) : y);
}

/* -- scattering ---------------------------------------------------------------------------------------------------- */

/* data as a list of rows, the updates as rows for it, and which row each is for. */
struct scattering {
    struct ir_value *list, *updates, *places;
    struct ir_value *count; /* of rows of the list */
};

static bool flatten_scatter(struct decompose *d, const struct ir_node *n, struct scattering *s)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *indices = ir_in(n, 1);
    int64_t depth;
    if (x->rank < 1 || !tuple_depth(indices, &depth)) return decline(d, "an unknown rank");
    struct ir_value *rest = depth < x->rank ? product(b, dims_of(b, x, depth, x->rank)) : INTS(b, 1);
    s->count = product(b, dims_of(b, x, 0, depth));
    s->places = RESHAPE(b, list_places(b, x, indices, 0, depth), -1);
    s->list = ir_reshape(b, x, CONCAT(b, 0, s->count, rest));
    s->updates = ir_reshape(b, ir_in(n, 2), CONCAT(b, 0, ir_shape(b, s->places), rest));
    return s->updates != NULL;
}

/* For each row of the list the updates meant for it, the others replaced by what the reduction ignores. Exact also for
 * infinities, at the price of memory for count * updates rows. */
static struct ir_value *reduce_updates(struct decompose *d, struct scattering *s, enum ir_op reduce,
                                       struct ir_value *nothing)
{
    struct build *b = &d->b;
    struct ir_value *rows = along(b, decompose_iota(d, s->count), 1, 3), *places = along(b, s->places, 0, 3);
    struct ir_value *meant = ir_binary(b, IR_EQUAL, places, rows); /* [updates, rows, 1] */
    struct ir_value *all = ir_where(b, meant, UNSQUEEZE(b, s->updates, 1), nothing);
    return ir_reduce(b, reduce, all, (const int64_t[]){ 0 }, 1, false);
}

/* Integers of 8 and 16 bits, which reductions lack, are summed and multiplied as 32 bits: the lower ones are the same. */
static bool scatter_reduced(struct decompose *d, const struct ir_node *n, struct scattering *s, struct ir_value **out)
{
    struct build *b = &d->b;
    struct bytes word = ir_attr_string(n, ATTR_REDUCTION, "none");
    struct ir_value *x = ir_in(n, 0);
    const bool add = bytes_equal(word, "add"), mul = bytes_equal(word, "mul"), max = bytes_equal(word, "max");
    const enum ir_op op = add ? IR_REDUCE_SUM : mul ? IR_REDUCE_PROD : max ? IR_REDUCE_MAX : IR_REDUCE_MIN;
    const tfp_dtype t = x->dtype, w = decompose_computes(d, op, t) ? t : TFP_INT32;
    struct ir_value *rows;
    if (w != t && (!dtype_is_integer(t) || tfp_dtype_size(t) > 2)) return decline(d, "a type that reductions lack");
    s->list = ir_cast(b, s->list, w);
    s->updates = ir_cast(b, s->updates, w);
    if (add) {
        rows = ir_add(b, s->list, reduce_updates(d, s, op, ir_scalar(b, w, 0)));
    } else if (mul) {
        rows = ir_mul(b, s->list, reduce_updates(d, s, op, ir_scalar(b, w, 1)));
    } else {
        /* a row that nothing is meant for is compared with itself */
        struct ir_value *places = along(b, s->places, 0, 3), *every = along(b, decompose_iota(d, s->count), 1, 3);
        struct ir_value *meant = ir_binary(b, IR_EQUAL, places, every);
        struct ir_value *all = ir_where(b, meant, UNSQUEEZE(b, s->updates, 1), UNSQUEEZE(b, s->list, 0));
        struct ir_value *pool = CONCAT(b, 0, all, UNSQUEEZE(b, s->list, 0));
        rows = ir_reduce(b, op, pool, (const int64_t[]){ 0 }, 1, false);
    }
    return give(out, ir_cast(b, ir_reshape(b, rows, ir_shape(b, x)), t));
}

/* Without any scattering: a row of the list gives way to the last update that is meant for it. */
static struct ir_value *choose_rows(struct decompose *d, struct scattering *s, struct ir_value *shape)
{
    struct build *b = &d->b;
    struct ir_value *one = INTS(b, 1), *n_updates = ir_dim(b, s->updates, 0), *rows = decompose_iota(d, s->count);
    struct ir_value *meant =
        ir_cast(b, ir_binary(b, IR_EQUAL, along(b, s->places, 0, 2), along(b, rows, 1, 2)), TFP_INT64);
    struct ir_value *number = along(b, ir_add(b, decompose_iota(d, n_updates), one), 0, 2);
    struct ir_value *last =
        ir_reduce(b, IR_REDUCE_MAX, ir_mul(b, meant, number), (const int64_t[]){ 0 }, 1, false); /* 0: none */
    struct ir_value *none = ir_cast(b, ir_binary(b, IR_EQUAL, last, INTS(b, 0)), TFP_INT64);
    struct ir_value *own = ir_add(b, rows, ir_add(b, n_updates, one));
    struct ir_value *place = ir_add(b, ir_sub(b, last, one), ir_mul(b, none, own));
    return ir_reshape(b, ir_gather(b, CONCAT(b, 0, s->updates, s->list), place, 0), shape);
}

static bool run_scatter_nd(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct scattering s;
    if (!flatten_scatter(d, n, &s)) return false;
    if (!ir_attr_is(n, ATTR_REDUCTION, "none") && !ir_attr_is(n, ATTR_REDUCTION, ""))
        return scatter_reduced(d, n, &s, out);
    if (d->opset < 9) return give(out, choose_rows(d, &s, ir_shape(b, ir_in(n, 0))));
    struct ir_value *places = ir_expand(b, UNSQUEEZE(b, s.places, 1), ir_shape(b, s.updates));
    struct ir_value *list = ir_emit(b, IR_SCATTER_ELEMENTS, IN(s.list, places, s.updates), ATTRS(A_INT(ATTR_AXIS, 0)));
    return give(out, ir_reshape(b, list, ir_shape(b, ir_in(n, 0))));
}

/* -- padding ------------------------------------------------------------------------------------------------------- */

/* pads[i] and pads[i + rank], or 0 for an axis that is not padded. */
static struct ir_value *full_pads(struct build *b, const struct ir_node *n, const int64_t *axes, int64_t count,
                                  int64_t rank)
{
    struct ir_value *parts[2 * TFP_MAX_RANK], *zero = INTS(b, 0);
    for (int64_t i = 0; i < 2 * rank; i++) parts[i] = zero;
    for (int64_t i = 0; i < count; i++) {
        int64_t axis = from_front(axes[i], rank);
        if (axis < 0 || axis >= rank) return NULL;
        parts[axis] = ir_gather(b, ir_in(n, 1), INTS(b, i), 0);
        parts[axis + rank] = ir_gather(b, ir_in(n, 1), INTS(b, i + count), 0);
    }
    return ir_concat(b, parts, (size_t)(2 * rank), 0);
}

/* The places that a mode looks at, for a dimension whose length is known. Negative pads cut first: what is left of the
 * dimension, its core, is what the mode repeats. */
static struct ir_value *mode_places(struct build *b, const char *mode, int64_t length, int64_t before, int64_t after)
{
    if (length < 1 || length > LONGEST_LIST || before > LONGEST_LIST || after > LONGEST_LIST) return NULL;
    if (before < -LONGEST_LIST || after < -LONGEST_LIST) return NULL;
    int64_t n = length + before + after, *at = n > 0 ? ARENA_ARRAY(&b->graph->arena, int64_t, (size_t)n) : NULL;
    int64_t cut = before < 0 ? -before : 0, core = length - cut + (after < 0 ? after : 0);
    if (!at || core < 1) return NULL;
    for (int64_t i = 0; i < n; i++) {
        int64_t k = i - before - cut, period = 2 * (core - 1);
        if (*mode == 'e') k = k < 0 ? 0 : k >= core ? core - 1 : k;
        else if (*mode == 'w') k = (k % core + core) % core;
        else if (period == 0) k = 0;
        else k = (k % period + period) % period, k = k < core ? k : period - k;
        at[i] = cut + k;
    }
    return ir_ints(b, at, (size_t)n);
}

static bool pad_by_gather(struct decompose *d, const struct ir_node *n, const char *mode, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    int64_t pads[2 * TFP_MAX_RANK], rank = x->rank;
    if (ir_known_ints(ir_in(n, 1), pads, 2 * TFP_MAX_RANK) != 2 * rank) return decline(d, "pads that are not constant");
    for (int64_t i = 0; i < rank && x; i++) {
        if (pads[i] == 0 && pads[i + rank] == 0) continue;
        if (!dim_fixed(x->dims[i])) return decline(d, "dimensions that are not constant");
        x = ir_gather(b, x, mode_places(b, mode, x->dims[i].n, pads[i], pads[i + rank]), i);
    }
    return give(out, x == ir_in(n, 0) ? ir_unary(b, IR_IDENTITY, x) : x);
}

/* A block of the constant before or behind the axis; a negative pad cuts, if it is known to be one. */
static struct ir_value *pad_side(struct build *b, struct ir_value *x, struct ir_value *value, struct ir_value *size,
                                 int64_t axis, bool behind)
{
    int64_t known, rank = x ? x->rank : 0;
    if (x && ir_known_ints(size, &known, 1) == 1) {
        if (known == 0) return x;
        if (known == INT64_MIN) return NULL;
        if (known < 0)
            return behind ? ir_slice_axis(b, x, axis, 0, known) : ir_slice_axis(b, x, axis, -known, INT64_MAX);
    }
    struct ir_value *dims[3];
    size_t k = 0;
    if (axis > 0) dims[k++] = dims_of(b, x, 0, axis);
    dims[k++] = size;
    if (axis + 1 < rank) dims[k++] = dims_of(b, x, axis + 1, rank);
    struct ir_value *block = ir_expand(b, value, ir_concat(b, dims, k, 0));
    return behind ? CONCAT(b, axis, x, block) : CONCAT(b, axis, block, x);
}

static bool run_pad(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *pads = ir_in(n, 1), *value = ir_in(n, 2);
    int64_t axes[TFP_MAX_RANK], rank = x->rank;
    if (rank < 1) return decline(d, "an unknown rank");
    if (ir_in(n, 3)) {
        int64_t count = ir_known_ints(ir_in(n, 3), axes, TFP_MAX_RANK);
        if (count < 0) return decline(d, "axes that are not constant");
        struct ir_attr attrs[] = { A_INT(ATTR_NONE, 0), { .name = ATTR_NONE } };
        if (ir_attr(n, ATTR_MODE)) attrs[0] = *ir_attr(n, ATTR_MODE);
        return give(out, ir_emit(b, IR_PAD, IN(x, full_pads(b, n, axes, count, rank), value), attrs));
    }
    struct bytes mode = ir_attr_string(n, ATTR_MODE, "constant");
    if (!bytes_equal(mode, "constant")) return pad_by_gather(d, n, mode.at, out);
    if (!value) value = ir_like(b, x, 0);
    for (int64_t i = 0; i < rank && x; i++) {
        x = pad_side(b, x, value, ir_gather(b, pads, INTS(b, i), 0), i, false);
        x = pad_side(b, x, value, ir_gather(b, pads, INTS(b, i + rank), 0), i, true);
    }
    return give(out, x == ir_in(n, 0) ? ir_unary(b, IR_IDENTITY, x) : x);
}

/* -- blocks -------------------------------------------------------------------------------------------------------- */

static bool run_depth_to_space(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    int64_t size = ir_attr_int(n, ATTR_BLOCKSIZE, 1);
    bool to_space = n->op == IR_DEPTH_TO_SPACE, dcr = ir_attr_is(n, ATTR_MODE, "DCR");
    struct ir_value *batch = ir_dim(b, x, 0), *depth = ir_dim(b, x, 1), *rows = ir_dim(b, x, 2),
                    *columns = ir_dim(b, x, 3);
    struct ir_value *block = INTS(b, size), *area = INTS(b, size * size);
    if (to_space) {
        struct ir_value *less = ir_div(b, depth, area);
        x = ir_reshape(b, x,
                       dcr ? CONCAT(b, 0, batch, block, block, less, rows, columns)
                           : CONCAT(b, 0, batch, less, block, block, rows, columns));
        x = dcr ? TRANSPOSE(b, x, 0, 3, 4, 1, 5, 2) : TRANSPOSE(b, x, 0, 1, 4, 2, 5, 3);
        return give(out,
                    ir_reshape(b, x, CONCAT(b, 0, batch, less, ir_mul(b, rows, block), ir_mul(b, columns, block))));
    }
    rows = ir_div(b, rows, block);
    columns = ir_div(b, columns, block);
    x = ir_reshape(b, x, CONCAT(b, 0, batch, depth, rows, block, columns, block));
    x = dcr ? TRANSPOSE(b, x, 0, 3, 5, 1, 2, 4) : TRANSPOSE(b, x, 0, 1, 3, 5, 2, 4);
    return give(out, ir_reshape(b, x, CONCAT(b, 0, batch, ir_mul(b, depth, area), rows, columns)));
}

/* -- finding ------------------------------------------------------------------------------------------------------- */

/* The places of true elements in a list, in order: sorted by a key that is larger the earlier a true one stands. */
static struct ir_value *true_places(struct decompose *d, struct ir_value *list, int64_t length)
{
    struct build *b = &d->b;
    struct ir_value *mask = ir_cast(b, list, TFP_DOUBLE), *places = decompose_iota(d, INTS(b, length)),
                    *sorted[2] = { NULL };
    struct ir_value *rising = ir_sub(b, ir_scalar(b, TFP_DOUBLE, (double)length), ir_cast(b, places, TFP_DOUBLE));
    struct ir_value *key = ir_mul(b, mask, rising);
    if (!key || !ir_emit_many(b, IR_TOP_K, IN(key, INTS(b, length)), ATTRS(A_INT(ATTR_AXIS, 0)), 2, sorted))
        return NULL;
    struct ir_value *count = ir_reduce(b, IR_REDUCE_SUM, ir_cast(b, list, TFP_INT64), (const int64_t[]){ 0 }, 1, true);
    return ir_slice(b, sorted[1], INTS(b, 0), count, INTS(b, 0), NULL);
}

/* The same for a length that is not known: the true ones are counted, and each number is looked for. */
static struct ir_value *counted_places(struct decompose *d, struct ir_value *list)
{
    struct build *b = &d->b;
    struct ir_value *mask = ir_cast(b, list, TFP_INT64);
    struct ir_value *numbers =
        ir_cast(b, ir_binary(b, IR_CUM_SUM, ir_cast(b, list, TFP_FLOAT), ir_int(b, 0)), TFP_INT64);
    struct ir_value *count = ir_reduce(b, IR_REDUCE_SUM, mask, (const int64_t[]){ 0 }, 1, true);
    struct ir_value *wanted = along(b, ir_add(b, decompose_iota(d, count), INTS(b, 1)), 0, 2);
    numbers = ir_mul(b, numbers, mask);
    struct ir_value *hit = ir_cast(b, ir_binary(b, IR_EQUAL, wanted, along(b, numbers, 1, 2)), TFP_INT64);
    struct ir_value *places = along(b, decompose_iota(d, ir_dim(b, list, 0)), 1, 2);
    return ir_reduce(b, IR_REDUCE_SUM, ir_mul(b, hit, places), (const int64_t[]){ 1 }, 1, false);
}

static bool run_non_zero(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *axis[TFP_MAX_RANK];
    int64_t dims[TFP_MAX_RANK], length = 0;
    if (d->opset >= 9)
        return x->dtype == TFP_BOOL ? false : give(out, ir_unary(b, IR_NON_ZERO, ir_cast(b, x, TFP_BOOL)));
    if (x->rank < 1) return decline(d, "an unknown rank");
    bool known = ir_static_dims(x, dims) && numbers_count(dims, (size_t)x->rank, &length);
    if (known && length < 1) return decline(d, "no elements");
    struct ir_value *list = RESHAPE(b, ir_cast(b, x, TFP_BOOL), -1);
    struct ir_value *places = known ? true_places(d, list, length) : counted_places(d, list);
    for (int64_t i = x->rank - 1; i >= 0; i--) {
        struct ir_value *size = ir_dim(b, x, i), *rest = ir_div(b, places, size);
        axis[i] = UNSQUEEZE(b, ir_sub(b, places, ir_mul(b, rest, size)), 0);
        places = rest;
    }
    return give(out, ir_concat(b, axis, (size_t)x->rank, 0));
}

static bool run_compress(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *condition = ir_in(n, 1);
    if (schema_at(IR_COMPRESS, d->opset)) return false;
    if (!ir_attr(n, ATTR_AXIS)) x = RESHAPE(b, x, -1);
    return give(out,
                ir_gather(b, x, RESHAPE(b, ir_unary(b, IR_NON_ZERO, condition), -1), ir_attr_int(n, ATTR_AXIS, 0)));
}

/* Compared with every class. */
static bool run_one_hot(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *at = ir_cast(b, ir_in(n, 0), TFP_INT64), *values = ir_in(n, 2);
    if (!at || at->rank < 0) return decline(d, "an unknown rank");
    int64_t axis = from_front(ir_attr_int(n, ATTR_AXIS, -1), at->rank + 1);
    struct ir_value *depth = ir_cast(b, RESHAPE(b, ir_in(n, 1), -1), TFP_INT64);
    struct ir_value *classes = along(b, decompose_iota(d, depth), axis, at->rank + 1);
    at = ir_unsqueeze(b, at, &axis, 1);
    struct ir_value *is = ir_binary(b, IR_EQUAL, at, classes),
                    *from_back = ir_binary(b, IR_EQUAL, ir_add(b, at, depth), classes);
    struct ir_value *off = ir_gather(b, values, ir_int(b, 0), 0), *on = ir_gather(b, values, ir_int(b, 1), 0);
    return give(out, ir_where(b, ir_binary(b, IR_OR, is, from_back), on, off));
}

/* Some targets find the place in a row only. */
static bool arg_of_vector(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    const bool keep = ir_attr_int(n, ATTR_KEEPDIMS, 1);
    struct ir_value *row = UNSQUEEZE(b, ir_in(n, 0), 0);
    struct ir_value *at = row ? ir_emit(b, n->op, IN(row), ATTRS(A_INT(ATTR_AXIS, 1), A_INT(ATTR_KEEPDIMS, 1))) : NULL;
    return give(out, keep ? SQUEEZE(b, at, 0) : SQUEEZE(b, at, 0, 1));
}

/* The last of equal ones is the first from behind. */
static bool run_arg(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    if (!ir_attr_int(n, ATTR_SELECT_LAST_INDEX, 0)) return x->rank == 1 && arg_of_vector(d, n, out);
    if (x->rank < 1) return decline(d, "an unknown rank");
    int64_t axis = from_front(ir_attr_int(n, ATTR_AXIS, 0), x->rank);
    struct ir_value *count = ir_dim(b, x, axis), *last = ir_sub(b, count, INTS(b, 1));
    x = ir_gather(b, x, ir_sub(b, last, decompose_iota(d, count)), axis);
    struct ir_value *at =
        x ? ir_emit(b, n->op, IN(x),
                    ATTRS(A_INT(ATTR_AXIS, axis), A_INT(ATTR_KEEPDIMS, ir_attr_int(n, ATTR_KEEPDIMS, 1))))
          : NULL;
    return give(out, ir_sub(b, ir_squeeze(b, last, (const int64_t[]){ 0 }, 1), at));
}

/* Before 10 the number is an attribute: all of them in order, then a slice. */
static bool top_k_of_all(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *k = RESHAPE(b, ir_in(n, 1), 1);
    if (x->rank < 1) return decline(d, "K that is not constant");
    int64_t axis = from_front(ir_attr_int(n, ATTR_AXIS, -1), x->rank);
    if (axis < 0 || axis >= x->rank || !dim_fixed(x->dims[axis])) return decline(d, "K that is not constant");
    struct ir_attr attrs[] = { A_INT(ATTR_AXIS, axis),
                               A_INT(ATTR_LARGEST, ir_attr_int(n, ATTR_LARGEST, 1)),
                               { .name = ATTR_NONE } };
    if (!ir_emit_many(b, IR_TOP_K, IN(x, INTS(b, x->dims[axis].n)), attrs, 2, out)) return false;
    for (int i = 0; i < 2; i++) out[i] = ir_slice(b, out[i], INTS(b, 0), k, INTS(b, axis), NULL);
    return out[1] != NULL;
}

/* The smallest are the largest of the negative ones. Whole numbers that double holds go through it. */
static bool run_top_k(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    int64_t k;
    tfp_dtype t = x->dtype, w = dtype_is_float(t) ? t : TFP_DOUBLE;
    if (d->opset < 10 && ir_known_ints(ir_in(n, 1), &k, 1) != 1) return top_k_of_all(d, n, out);
    if (ir_attr_int(n, ATTR_LARGEST, 1) || t == TFP_INT64 || t == TFP_UINT64) return false;
    x = ir_unary(b, IR_NEG, ir_cast(b, x, w));
    struct ir_attr axis = A_INT(ATTR_AXIS, ir_attr_int(n, ATTR_AXIS, -1));
    if (!x || !ir_emit_many(b, IR_TOP_K, IN(x, ir_in(n, 1)), ATTRS(axis), 2, out)) return false;
    return give(out, ir_cast(b, ir_unary(b, IR_NEG, out[0]), t));
}

/* Counting, then stretched and moved. */
static bool run_range(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *start = ir_in(n, 0), *limit = ir_in(n, 1), *delta = ir_in(n, 2);
    tfp_dtype t = start->dtype;
    if (schema_at(IR_RANGE, d->opset)) return false;
    struct ir_value *span = ir_cast(b, ir_sub(b, limit, start), TFP_DOUBLE), *step = ir_cast(b, delta, TFP_DOUBLE);
    struct ir_value *count = ir_cast(b, ir_unary(b, IR_CEIL, ir_div(b, span, step)), TFP_INT64);
    count = ir_binary(b, IR_MAX, RESHAPE(b, count, 1), INTS(b, 0));
    struct ir_value *steps = ir_cast(b, decompose_iota(d, count), t);
    return give(out, ir_add(b, ir_mul(b, steps, delta), start));
}

/* Every element compared with every other: the first of equal ones stands for them. */
static bool run_unique(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    if (d->opset < 9 || schema_at(IR_UNIQUE, d->opset)) return false;
    if (ir_attr(n, ATTR_AXIS) || ir_attr_int(n, ATTR_SORTED, 1)) return decline(d, "an order or an axis");
    x = x->rank == 1 ? x : RESHAPE(b, x, -1);
    struct ir_value *same = ir_binary(b, IR_EQUAL, UNSQUEEZE(b, x, 1), UNSQUEEZE(b, x, 0)),
                    *equal = ir_cast(b, same, TFP_INT32);
    struct ir_value *first =
        equal ? ir_emit(b, IR_ARG_MAX, IN(equal), ATTRS(A_INT(ATTR_AXIS, 1), A_INT(ATTR_KEEPDIMS, 0))) : NULL;
    struct ir_value *is_first = ir_binary(b, IR_EQUAL, first, decompose_iota(d, ir_dim(b, x, 0)));
    struct ir_value *places = RESHAPE(b, ir_unary(b, IR_NON_ZERO, is_first), -1);
    out[0] = ir_gather(b, x, places, 0);
    if (n->n_out > 1) out[1] = places;
    if (ir_wants(n, 2)) {
        struct ir_value *count = ir_binary(b, IR_CUM_SUM, ir_cast(b, is_first, TFP_FLOAT), ir_int(b, 0));
        out[2] = ir_gather(b, ir_cast(b, ir_sub(b, count, ir_like(b, count, 1)), TFP_INT64), first, 0);
    }
    if (ir_wants(n, 3)) {
        struct ir_value *counts = ir_reduce(b, IR_REDUCE_SUM, equal, (const int64_t[]){ 1 }, 1, false);
        out[3] = ir_gather(b, ir_cast(b, counts, TFP_INT64), places, 0);
    }
    return out[0] != NULL;
}

/* Nothing is reduced: only the function of a single element is left. */
static bool run_reduce(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    int64_t axes[TFP_MAX_RANK];
    bool none = !ir_in(n, 1) || ir_known_ints(ir_in(n, 1), axes, TFP_MAX_RANK) == 0;
    if (!none || !ir_attr_int(n, ATTR_NOOP_WITH_EMPTY_AXES, 0)) return false;
    return give(out, ir_unary(&d->b, IR_IDENTITY, ir_in(n, 0)));
}

/* Whole numbers of one size have the same bits with and without sign. */
static bool run_bit_cast(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct ir_value *x = ir_in(n, 0);
    tfp_dtype to = n->out[0]->dtype;
    if (x->dtype == to) return give(out, ir_unary(&d->b, IR_IDENTITY, x));
    if (!dtype_is_integer(x->dtype) || !dtype_is_integer(to)) return decline(d, "bits of floats");
    return give(out, ir_cast(&d->b, x, to));
}

static const struct decomposition rows[] = {
    { IR_ARG_MAX, run_arg },
    { IR_ARG_MIN, run_arg },
    { IR_BIT_CAST, run_bit_cast },
    { IR_COMPRESS, run_compress },
    { IR_CONSTANT_OF_SHAPE, run_constant_of_shape },
    { IR_DEPTH_TO_SPACE, run_depth_to_space },
    { IR_EXPAND, run_expand },
    { IR_EYE_LIKE, run_eye_like },
    { IR_FLATTEN, run_flatten },
    { IR_GATHER_ELEMENTS, run_gather_elements },
    { IR_GATHER_ND, run_gather_nd },
    { IR_NON_ZERO, run_non_zero },
    { IR_ONE_HOT, run_one_hot },
    { IR_PAD, run_pad },
    { IR_RANGE, run_range },
    { IR_REDUCE_MAX, run_reduce },
    { IR_REDUCE_MEAN, run_reduce },
    { IR_REDUCE_MIN, run_reduce },
    { IR_REDUCE_PROD, run_reduce },
    { IR_REDUCE_SUM, run_reduce },
    { IR_RESHAPE, run_reshape },
    { IR_REVERSE_SEQUENCE, run_reverse_sequence },
    { IR_SCATTER_ND, run_scatter_nd },
    { IR_SHAPE, run_shape },
    { IR_SIZE, run_size },
    { IR_SLICE, run_slice },
    { IR_SPACE_TO_DEPTH, run_depth_to_space },
    { IR_SPLIT, run_split },
    { IR_TOP_K, run_top_k },
    { IR_TRILU, run_trilu },
    { IR_UNIQUE, run_unique },
};

const struct decompositions decompose_array = { rows, sizeof rows / sizeof rows[0] };
