/* Sparse tensors as their indices [n, rank], values [n] and dense_shape [rank]. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

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

static int64_t rank_of(struct lower *lw, const struct ir_value *shape, const char *what)
{
    if (!shape) return -1;
    if (shape->rank == 1 && dim_fixed(shape->dims[0]) && shape->dims[0].n >= 1 && shape->dims[0].n <= TFP_MAX_RANK)
        return shape->dims[0].n;
    lower_unsupported(lw, "%s has a length that is not known, 0 or above %d", what, TFP_MAX_RANK);
    return -1;
}

static tfp_status lower_reshape(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *at = lower_in(lw, 0), *shape = lower_in(lw, 1), *wanted = lower_in(lw, 2);
    int64_t from = rank_of(lw, shape, "input_shape"), to = rank_of(lw, wanted, "new_shape");
    if (from < 0 || to < 0) return b->status;
    struct ir_value *place = form_reduce(b, IR_REDUCE_SUM, ir_mul(b, at, strides(b, shape, from)), (const int64_t[]){ 1 }, 1, true);
    wanted = settle(b, wanted, form_product(b, shape));
    struct ir_value *steps = ir_binary(b, IR_MAX, strides(b, wanted, to), INTS(b, 1)); /* of no elements: any will do */
    struct ir_value *sizes = ir_binary(b, IR_MAX, wanted, INTS(b, 1));
    lower_out(lw, 0, ir_binary(b, IR_MOD, ir_div(b, place, steps), sizes));
    lower_out(lw, 1, wanted);
    return b->status;
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

/* Each row without an element gets one, at column 0; elements are in the order of their rows then. */
static tfp_status lower_fill_empty_rows(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *at = lower_in(lw, 0), *values = lower_in(lw, 1), *shape = lower_in(lw, 2), *otherwise = lower_in(lw, 3);
    int64_t rank = rank_of(lw, shape, "dense_shape");
    if (rank < 0 || !at || !values) return b->status;
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
    lower_out(lw, 0, ir_gather(b, CONCAT(b, 0, at, new_at), order, 0));
    lower_out(lw, 1, ir_gather(b, CONCAT(b, 0, values, new_values), order, 0));
    lower_out(lw, 2, empty);
    struct ir_value *back = scatter(b, form_zeros(b, TFP_INT64, count), order, form_iota(b, count));
    lower_out(lw, 3, ir_slice(b, back, INTS(b, 0), had, INTS(b, 0), NULL));
    return b->status;
}

/* The hashed form, as crossed feature columns have it. */
static tfp_status lower_cross(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct ir_value **in = ARENA_ARRAY(&lw->graph->arena, struct ir_value *, n->n_in + 1), *out[3] = { NULL };
    const struct ir_attr attrs[] = { A_INT(ATTR_SPARSE, tf_int(lw, "N")), A_INT(ATTR_NUM_BUCKETS, tf_int(lw, "num_buckets")),
                                     A_INT(ATTR_HASH_KEY, tf_int(lw, "hash_key")), { .name = ATTR_NONE } };
    if (!in) return b->status = tfp_no_memory(b->ctx);
    if (!tf_bool(lw, "hashed_output")) return lower_unsupported(lw, "crossed features that are not hashed");
    for (size_t i = 0; i < n->n_in; i++) in[i] = lower_in(lw, i);
    if (b->status != TFP_OK) return b->status;
    ir_emit_many(b, IR_SPARSE_CROSS, in, n->n_in, attrs, 3, out);
    for (size_t i = 0; i < 3 && b->status == TFP_OK; i++) lower_out(lw, i, out[i]);
    return b->status;
}

static const struct rule rules[] = {
    { "SparseCross", lower_cross, NULL },
    { "SparseFillEmptyRows", lower_fill_empty_rows, NULL },
    { "SparseReshape", lower_reshape, NULL },
};
const struct rule_family rules_sparse = { rules, sizeof rules / sizeof rules[0] };
