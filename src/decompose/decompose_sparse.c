/* Sparse tensors, as their indices [n, rank], values [n] and shape [rank], and what is counted of them, in ONNX's terms. */
#include "decompose/decompose.h"
#include "ir/forms.h"
#include "ir/segments.h"

/* The number of dimensions that a shape has; below 0: not known. */
static int64_t rank_of(const struct ir_value *shape)
{
    return shape->rank == 1 && dim_fixed(shape->dims[0]) && shape->dims[0].n <= TFP_MAX_RANK ? shape->dims[0].n : -1;
}

/* How many elements a step along each axis passes over: products of the dimensions behind. */
static struct ir_value *strides(struct build *b, struct ir_value *shape, int64_t rank)
{
    struct ir_value *parts[TFP_MAX_RANK] = { NULL }, *step = INTS(b, 1);
    for (int64_t i = rank - 1; i >= 0; i--) {
        parts[i] = step;
        step = ir_mul(b, step, form_element(b, shape, i));
    }
    return ir_concat(b, parts, (size_t)rank, 0);
}

/* A dimension of -1 becomes what is left of the elements. */
static struct ir_value *settle(struct build *b, struct ir_value *shape, struct ir_value *count)
{
    struct ir_value *open = ir_binary(b, IR_LESS, shape, ir_int(b, 0));
    struct ir_value *rest = form_product(b, ir_where(b, open, ir_int(b, 1), shape));
    return ir_where(b, open, ir_div(b, count, ir_binary(b, IR_MAX, rest, INTS(b, 1))), shape);
}

static bool reshape(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *at = ir_in(n, 0), *shape = ir_in(n, 1), *wanted = ir_in(n, 2);
    const int64_t from = rank_of(shape), to = rank_of(wanted);
    if (from < 1 || to < 1) return decline(d, "shapes of a length that is not known, 0 or above 16");
    struct ir_value *place = form_reduce(b, IR_REDUCE_SUM, ir_mul(b, at, strides(b, shape, from)), (const int64_t[]){ 1 }, 1, true);
    wanted = settle(b, wanted, form_product(b, shape));
    struct ir_value *steps = ir_binary(b, IR_MAX, strides(b, wanted, to), INTS(b, 1)); /* of no elements: any will do */
    struct ir_value *sizes = ir_binary(b, IR_MAX, wanted, INTS(b, 1));
    out[0] = ir_binary(b, IR_MOD, ir_div(b, place, steps), sizes);
    out[1] = wanted;
    return b->status == TFP_OK;
}

static struct ir_value *scatter(struct build *b, struct ir_value *into, struct ir_value *at, struct ir_value *values)
{
    return ir_emit(b, IR_SCATTER_ND, IN(into, UNSQUEEZE(b, at, 1), values), NO_ATTRS);
}

/* Places of rows in the order of their keys, of which none occurs twice. */
static struct ir_value *ascending(struct build *b, struct ir_value *keys, struct ir_value *count)
{
    struct ir_value *order[2] = { NULL };
    const struct ir_attr attrs[] = { A_INT(ATTR_LARGEST, 0), A_INT(ATTR_SORTED, 1), { .name = ATTR_NONE } };
    ir_emit_many(b, IR_TOP_K, IN(keys, count), attrs, 2, order);
    return order[1];
}

static bool fill_empty_rows(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *at = ir_in(n, 0), *values = ir_in(n, 1), *shape = ir_in(n, 2), *otherwise = ir_in(n, 3);
    const int64_t rank = rank_of(shape);
    if (rank < 1) return decline(d, "a shape of a length that is not known, 0 or above 16");
    struct ir_value *rows = form_element(b, shape, 0), *had = ir_dim(b, at, 0);
    struct ir_value *row = SQUEEZE(b, ir_slice_axis(b, at, 1, 0, 1), 1);
    struct ir_value *filled = scatter(b, form_zeros(b, TFP_INT64, rows), row, form_ones(b, had));
    struct ir_value *empty = ir_binary(b, IR_EQUAL, filled, ir_int(b, 0));
    struct ir_value *new_rows = SQUEEZE(b, ir_unary(b, IR_NON_ZERO, empty), 0), *more = ir_dim(b, new_rows, 0);
    struct ir_value *count = ir_add(b, had, more), *all_rows = CONCAT(b, 0, row, new_rows);
    struct ir_value *order = ascending(b, ir_add(b, ir_mul(b, all_rows, count), form_iota(b, count)), count);
    struct ir_value *columns = form_zeros(b, TFP_INT64, CONCAT(b, 0, more, INTS(b, rank - 1)));
    struct ir_value *new_at = CONCAT(b, 1, UNSQUEEZE(b, new_rows, 1), columns);
    struct ir_value *new_values = ir_expand(b, otherwise, more);
    struct ir_value *back = scatter(b, form_zeros(b, TFP_INT64, count), order, form_iota(b, count));
    out[0] = ir_gather(b, CONCAT(b, 0, at, new_at), order, 0);
    out[1] = ir_gather(b, CONCAT(b, 0, values, new_values), order, 0);
    out[2] = empty;
    out[3] = ir_slice(b, back, INTS(b, 0), had, INTS(b, 0), NULL);
    return b->status == TFP_OK;
}

static bool sum_of_one_hot(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *places = form_iota(b, ir_int(b, ir_attr_int(n, ATTR_DEPTH, 0)));
    if (x->rank < 1) return decline(d, "an unknown rank");
    const int64_t rank = x->rank, last = rank - 1;
    struct ir_value *hit = ir_binary(b, IR_EQUAL, ir_unsqueeze(b, x, &rank, 1), places);
    return give(out, ir_reduce(b, IR_REDUCE_SUM, ir_cast(b, hit, TFP_FLOAT), &last, 1, false));
}

/* Elements that do not count are in segment -1. */
static bool embedding_sum(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *table = ir_in(n, 0), *ids = ir_in(n, 1), *to = ir_in(n, 2), *base = ir_in(n, 4), *sum;
    const struct bytes combiner = ir_attr_string(n, ATTR_COMBINER, "sum");
    const int64_t skip = ir_attr_int(n, ATTR_SKIP, 0);
    if (to->rank == 2) to = SQUEEZE(b, ir_slice_axis(b, to, 1, 0, 1), 1);
    if (skip && !form_nonnegative(b, ids)) {
        to = ir_where(b, ir_binary(b, IR_LESS, ids, ir_int(b, 0)), ir_int(b, -1), to);
        ids = ir_binary(b, IR_MAX, ids, ir_int(b, 0));
    }
    if (skip > 1) {
        struct ir_value *size = ir_dim(b, table, 0);
        to = ir_where(b, ir_binary(b, IR_LESS, ids, size), to, ir_int(b, -1));
        ids = ir_binary(b, IR_MIN, ids, ir_sub(b, size, ir_int(b, 1)));
    }
    sum = segments_join(b, ir_gather(b, table, ids, 0), to, ir_in(n, 3),
                        bytes_equal(combiner, "mean") ? SEGMENT_MEAN : bytes_equal(combiner, "sqrtn") ? SEGMENT_SQRT_N : SEGMENT_SUM, false);
    return give(out, base ? ir_add(b, base, sum) : sum);
}

static const struct decomposition rows[] = {
    { IR_EMBEDDING_SUM, embedding_sum },
    { IR_SPARSE_FILL_EMPTY_ROWS, fill_empty_rows },
    { IR_SPARSE_RESHAPE, reshape },
    { IR_SUM_OF_ONE_HOT, sum_of_one_hot },
};
const struct decompositions decompose_sparse = { rows, sizeof rows / sizeof rows[0] };
