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

/* -- crossed features ---------------------------------------------------------------------------------------------- */

/* The features: all inputs but the last `others`. */
static tfp_status emit_cross(struct lower *lw, enum ir_op op, size_t others, const struct ir_attr *attrs)
{
    struct build *b = &lw->b;
    const size_t n_in = lw->node->n_in - others;
    struct ir_value **in = ARENA_ARRAY(&lw->graph->arena, struct ir_value *, n_in + 1), *out[3] = { NULL };
    if (!in) return b->status = tfp_no_memory(b->ctx);
    for (size_t i = 0; i < n_in; i++) in[i] = lower_in(lw, i);
    if (b->status != TFP_OK) return b->status;
    ir_emit_many(b, op, in, n_in, attrs, 3, out);
    for (size_t i = 0; i < 3 && b->status == TFP_OK; i++) lower_out(lw, i, out[i]);
    return b->status;
}

static tfp_status emit_cross_text(struct lower *lw, size_t others, struct bytes separator)
{
    const struct ir_attr attrs[] = { A_INT(ATTR_SPARSE, tf_int(lw, "N")),
                                     { .name = ATTR_SEPARATOR, .kind = ATTR_KIND_STRING, .v.s = separator },
                                     { .name = ATTR_NONE } };
    return emit_cross(lw, IR_SPARSE_CROSS_TEXT, others, attrs);
}

static tfp_status lower_cross(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    const struct ir_attr attrs[] = { A_INT(ATTR_SPARSE, tf_int(lw, "N")), A_INT(ATTR_NUM_BUCKETS, tf_int(lw, "num_buckets")),
                                     A_INT(ATTR_HASH_KEY, tf_int(lw, "hash_key")), { .name = ATTR_NONE } };
    return tf_bool(lw, "hashed_output") ? emit_cross(lw, IR_SPARSE_CROSS, 0, attrs) : emit_cross_text(lw, 0, bytes_of("_X_"));
}

static tfp_status lower_cross_text(struct lower *lw, const struct tf_node *n)
{
    const struct ir_value *v = n->n_in ? lower_in(lw, n->n_in - 1) : NULL;
    const struct tensor *t = v ? v->constant : NULL;
    if (!v || lw->b.status != TFP_OK) return lw->b.status;
    if (!t || t->dtype != TFP_STRING || t->count != 1) return lower_unsupported(lw, "its separator is not constant");
    const struct tfp_string separator = *(const struct tfp_string *)t->data;
    return emit_cross_text(lw, 1, (struct bytes){ separator.at, separator.n });
}

static bool crosses_dense_integers(struct lower *lw, size_t sparse, size_t features)
{
    for (size_t i = 3 * sparse; i < features; i++)
        if (form_dtype(lower_in(lw, i)) == TFP_INT64) return true;
    return false;
}

/* -1 (and why): not constant. */
static int constant_bool(struct lower *lw, size_t i)
{
    const struct ir_value *v = lower_in(lw, i);
    if (v && v->constant && v->dtype == TFP_BOOL && v->constant->count == 1) return *(const bool *)v->constant->data;
    if (v) lower_unsupported(lw, "input %zu is not constant", i);
    return -1;
}

static tfp_status lower_cross_hashed(struct lower *lw, const struct tf_node *n)
{
    enum { OTHERS = 3 }; /* num_buckets, strong_hash, salt */
    int64_t buckets, salt[2];
    if (n->n_in < OTHERS) return lower_malformed(lw, "it has %zu inputs", n->n_in);
    const size_t features = n->n_in - OTHERS, sparse = (size_t)tf_int(lw, "N");
    const int strong = constant_bool(lw, features + 1);
    if (strong < 0 || lower_const_ints(lw, features, "num_buckets", &buckets, 1) != 1 ||
        lower_const_ints(lw, features + 2, "salt", salt, 2) != 2)
        return lw->b.status != TFP_OK ? lw->b.status : lower_malformed(lw, "num_buckets or salt is wrong");
    const struct ir_attr attrs[] = { A_INT(ATTR_SPARSE, (int64_t)sparse), A_INT(ATTR_NUM_BUCKETS, buckets),
                                     A_INTS(ATTR_SALT, salt, 2), A_INT(ATTR_STRONG_HASH, strong), { .name = ATTR_NONE } };
    /* TensorFlow itself crashes on these. */
    if (strong && crosses_dense_integers(lw, sparse, features)) return lower_unsupported(lw, "dense numbers under a strong hash");
    return emit_cross(lw, IR_SPARSE_CROSS, OTHERS, attrs);
}

static const struct rule rules[] = {
    { "SparseCross", lower_cross, NULL },
    { "SparseCrossHashed", lower_cross_hashed, NULL },
    { "SparseCrossV2", lower_cross_text, NULL },
    { "SparseFillEmptyRows", lower_fill_empty_rows, NULL },
    { "SparseReshape", lower_reshape, NULL },
};
const struct rule_family rules_sparse = { rules, sizeof rules / sizeof rules[0] };
