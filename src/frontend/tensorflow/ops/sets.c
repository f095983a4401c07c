/* Values found, counted and told apart: Where, Unique, ListDiff, Bincount, Bucketize, searches in sorted rows, sets. Their
 * sizes depend on the data, so the results' shapes are known at run time only. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

#define VARIANT(type) (*(const type *)lw->rule->variant)
#define YES (&(const bool){ true })
#define NO (&(const bool){ false })

/* NonZero has the coordinates as rows, TensorFlow as columns. */
static tfp_status lower_where(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    if (form_is_complex(x)) return lower_unsupported(lw, "complex numbers");
    return lower_done(lw, TRANSPOSE(b, ir_unary(b, IR_NON_ZERO, x), 1, 0));
}

/* In the order of first occurrence. Outputs: values, index of each input element in them, how often each occurs. */
static tfp_status lower_unique(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *out[4];
    int64_t axis = 0, count = 0;
    tfp_dtype to = tf_type(lw, "out_idx");
    if (VARIANT(bool) && (count = lower_const_ints(lw, 1, "axis", &axis, 1)) < 0) return b->status;
    if (!x || b->status != TFP_OK) return b->status;
    const struct ir_attr *attrs =
        count ? ATTRS(A_INT(ATTR_SORTED, 0), A_INT(ATTR_AXIS, axis)) : ATTRS(A_INT(ATTR_SORTED, 0));
    ir_emit_many(b, IR_UNIQUE, IN(x), attrs, 4, out);
    lower_out(lw, 0, out[0]);
    lower_out(lw, 1, ir_cast(b, out[2], to));
    if (n->n_out > 2) lower_out(lw, 2, ir_cast(b, out[3], to));
    return b->status;
}

/* Of two constants the difference is taken at once, because its size is known by its values alone: axes are told this
 * way. */
static bool constant_diff(struct lower *lw, const struct tensor *x, const struct tensor *y, tfp_dtype to)
{
    enum { MOST = 256 };
    struct build *b = &lw->b;
    int64_t values[MOST], at[MOST];
    size_t n = 0;
    if (!x || !y || !dtype_is_integer(x->dtype) || x->count > MOST || y->count > MOST) return false;
    for (int64_t i = 0; i < x->count; i++) {
        bool found = false;
        for (int64_t k = 0; k < y->count; k++) found = found || tensor_int(x, i) == tensor_int(y, k);
        if (found) continue;
        values[n] = tensor_int(x, i);
        at[n++] = i;
    }
    lower_out(lw, 0, ir_cast(b, ir_ints(b, values, n), x->dtype));
    lower_out(lw, 1, ir_cast(b, ir_ints(b, at, n), to));
    return true;
}

/* What of x is not in y, and where it stood. */
static tfp_status lower_list_diff(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *y = lower_in(lw, 1);
    tfp_dtype to = tf_type(lw, "out_idx");
    if (!x || !y) return b->status;
    if (constant_diff(lw, x->constant, y->constant, to)) return b->status;
    struct ir_value *same = ir_cast(b, ir_binary(b, IR_EQUAL, UNSQUEEZE(b, x, 1), y), TFP_INT32);
    struct ir_value *found = ir_reduce(b, IR_REDUCE_SUM, same, (const int64_t[]){ 1 }, 1, false);
    struct ir_value *missing = ir_binary(b, IR_EQUAL, found, ir_scalar(b, TFP_INT32, 0));
    struct ir_value *at = SQUEEZE(b, ir_unary(b, IR_NON_ZERO, missing), 0);
    lower_out(lw, 0, ir_gather(b, x, at, 0));
    lower_out(lw, 1, ir_cast(b, at, to));
    return b->status;
}

/* -- counting ------------------------------------------------------------------------------------------------------ */

/* Bincount (any shape, counted as one) and DenseBincount (a row of counts for each row of a matrix). Values beyond the
 * size are not counted. */
static tfp_status lower_bincount(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    bool dense = VARIANT(bool), binary = dense && tf_bool(lw, "binary_output");
    struct ir_value *x = lower_int64(lw, 0), *weights = lower_in(lw, 2);
    int64_t rank = lower_rank(lw, x, "input"), none = 0;
    if (rank < 0 || !weights) return b->status;
    bool sized = form_rank(weights) == 1 && dim_fixed(weights->dims[0]);
    if (sized) none = weights->dims[0].n == 0;
    else if (form_rank(weights) < 0 || (weights->rank == 1 && !binary && rank != 1))
        return lower_unsupported(lw, "weights of unknown shape");
    bool weighted = !none && !binary;
    if (!dense || rank == 0) {
        x = form_vector(b, x);
        if (weighted) weights = form_vector(b, weights);
    }
    struct ir_value *bins = form_iota(b, lower_int64(lw, 1));
    struct ir_value *hit = ir_cast(b, ir_binary(b, IR_EQUAL, UNSQUEEZE(b, x, -1), bins), weights->dtype);
    if (weighted) hit = ir_mul(b, hit, UNSQUEEZE(b, weights, -1));
    return lower_done(lw,
                      ir_reduce(b, binary ? IR_REDUCE_MAX : IR_REDUCE_SUM, hit, (const int64_t[]){ -2 }, 1, false));
}

/* How many elements along the last axis are true, as `to`. */
static struct ir_value *count_last(struct build *b, struct ir_value *hit, tfp_dtype to)
{
    return ir_cast(b, ir_reduce(b, IR_REDUCE_SUM, ir_cast(b, hit, TFP_INT32), (const int64_t[]){ -1 }, 1, false), to);
}

/* The number of boundaries that are not above the value. */
static tfp_status lower_bucketize(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    struct ir_floats at = tf_list_float(lw, "boundaries");
    int64_t count = (int64_t)at.n;
    if (!x || b->status != TFP_OK) return b->status;
    if (at.n == 0) return lower_done(lw, form_zeros(b, TFP_INT32, ir_shape(b, x)));
    tfp_dtype dtype = x->dtype == TFP_DOUBLE ? TFP_DOUBLE : TFP_FLOAT;
    struct ir_value *boundaries = ir_cast(b, ir_tensor(b, TFP_FLOAT, 1, &count, at.at), dtype);
    struct ir_value *below = ir_binary(b, IR_LESS, UNSQUEEZE(b, ir_cast(b, x, dtype), -1), boundaries);
    return lower_done(lw, count_last(b, ir_unary(b, IR_NOT, below), TFP_INT32));
}

/* Each row of `values` in the same row of `sorted_inputs`: LowerBound counts what is less, UpperBound what is not
 * more. */
static tfp_status lower_bound(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    bool upper = VARIANT(bool);
    tfp_dtype to = tf_type(lw, "out_type");
    struct ir_value *sorted = UNSQUEEZE(b, lower_in(lw, 0), 1), *values = UNSQUEEZE(b, lower_in(lw, 1), 2);
    struct ir_value *hit =
        upper ? ir_unary(b, IR_NOT, ir_binary(b, IR_LESS, values, sorted)) : ir_binary(b, IR_LESS, sorted, values);
    return lower_done(lw, count_last(b, hit, to));
}

/* Row i: (index / product of the dims behind i) modulo dim i. */
static tfp_status lower_unravel_index(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    int64_t dims[TFP_MAX_RANK], strides[TFP_MAX_RANK], product = 1;
    int64_t rank = lower_rank(lw, x, "indices"), count = lower_const_ints(lw, 1, "dims", dims, TFP_MAX_RANK);
    if (rank < 0 || count < 0) return b->status;
    for (int64_t i = count; i-- > 0;) {
        strides[i] = product;
        if (dims[i] < 1 || __builtin_mul_overflow(product, dims[i], &product))
            return lower_malformed(lw, "dims are out of range");
    }
    struct ir_value *by = form_column(b, ir_ints(b, strides, (size_t)count), rank);
    struct ir_value *sizes = form_column(b, ir_ints(b, dims, (size_t)count), rank);
    struct ir_value *at = ir_binary(b, IR_MOD, ir_div(b, UNSQUEEZE(b, ir_cast(b, x, TFP_INT64), 0), by), sizes);
    return lower_done(lw, ir_cast(b, at, x->dtype));
}

/* -- sets of rows -------------------------------------------------------------------------------------------------- */

/* For each element of x, rows of a matrix: whether the same row of y has it. */
static struct ir_value *is_in(struct build *b, struct ir_value *x, struct ir_value *y)
{
    struct ir_value *same = ir_cast(b, ir_binary(b, IR_EQUAL, UNSQUEEZE(b, x, 2), UNSQUEEZE(b, y, 1)), TFP_INT32);
    same = ir_reduce(b, IR_REDUCE_SUM, same, (const int64_t[]){ 2 }, 1, false);
    return ir_binary(b, IR_GREATER, same, ir_scalar(b, TFP_INT32, 0));
}

/* The matrix whose elements count, and where; keep NULL: everywhere. */
static struct ir_value *candidates(struct build *b, int operation, struct ir_value *x, struct ir_value *y, struct ir_value **keep)
{
    enum { X_WITHOUT_Y, Y_WITHOUT_X, IN_BOTH, IN_ANY };
    *keep = NULL;
    switch (operation) {
    case X_WITHOUT_Y: *keep = ir_unary(b, IR_NOT, is_in(b, x, y)); return x;
    case Y_WITHOUT_X: *keep = ir_unary(b, IR_NOT, is_in(b, y, x)); return y;
    case IN_BOTH: *keep = is_in(b, x, y); return x;
    default: return CONCAT(b, 1, x, y);
    }
}

/* The last dimension of both is a set; each result is sorted. Pairs of row and element are made unique, which sorts them, and
 * counted by row. */
static tfp_status lower_set_operation(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    static const char *const words[] = { "a-b", "b-a", "intersection", "union", NULL };
    struct ir_value *x = lower_in(lw, 0), *y = lower_in(lw, 1), *keep, *unique[4];
    const tfp_dtype dtype = form_dtype(x);
    const int operation = tf_word(lw, "set_operation", words);
    const int64_t rank = lower_rank(lw, x, "the first sets");
    if (rank < 0 || b->status != TFP_OK) return b->status;
    if (rank < 2) return lower_malformed(lw, "sets of rank %lld", (long long)rank);
    if (!dtype_is_integer(dtype)) return lower_unsupported(lw, "sets of %s", tfp_dtype_name(dtype));
    struct ir_value *groups = form_dims(b, x, 0, rank - 1), *rows = form_product(b, groups);
    x = FORM_RESHAPE(b, ir_cast(b, x, TFP_INT64), rows, ir_dim(b, x, -1));
    y = FORM_RESHAPE(b, ir_cast(b, y, TFP_INT64), rows, ir_dim(b, y, -1));
    struct ir_value *all = candidates(b, operation, x, y, &keep);
    if (!keep) keep = ir_binary(b, IR_EQUAL, all, all);
    struct ir_value *at = TRANSPOSE(b, ir_unary(b, IR_NON_ZERO, keep), 1, 0);
    if (!at || !all) return b->status;
    struct ir_value *elements = ir_emit(b, IR_GATHER_ND, IN(all, at), NO_ATTRS);
    struct ir_value *pairs = CONCAT(b, 1, ir_slice_axis(b, at, 1, 0, 1), UNSQUEEZE(b, elements, 1));
    if (!pairs) return b->status;
    ir_emit_many(b, IR_UNIQUE, IN(pairs), ATTRS(A_INT(ATTR_SORTED, 1), A_INT(ATTR_AXIS, 0)), 4, unique);
    struct ir_value *row = ir_gather(b, unique[0], ir_int(b, 0), 1);
    struct ir_value *of_row = ir_cast(b, ir_binary(b, IR_EQUAL, UNSQUEEZE(b, row, 1), form_iota(b, rows)), TFP_INT64);
    struct ir_value *counts = form_reduce(b, IR_REDUCE_SUM, of_row, (const int64_t[]){ 0 }, 1, false);
    if (!counts) return b->status;
    struct ir_value *first = ir_emit(b, IR_CUM_SUM, IN(counts, ir_int(b, 0)), ATTRS(A_INT(ATTR_EXCLUSIVE, 1)));
    struct ir_value *place = ir_sub(b, form_iota(b, ir_dim(b, row, 0)), ir_gather(b, first, row, 0));
    struct ir_value *columns[TFP_MAX_RANK], *rest = row;
    columns[rank - 1] = UNSQUEEZE(b, place, 1);
    for (int64_t i = rank - 1; i-- > 0; rest = ir_div(b, rest, form_dim(b, lower_in(lw, 0), i)))
        columns[i] = UNSQUEEZE(b, ir_binary(b, IR_MOD, rest, form_dim(b, lower_in(lw, 0), i)), 1);
    /* A zero more: there may be no row at all. */
    struct ir_value *most = form_reduce(b, IR_REDUCE_MAX, CONCAT(b, 0, counts, INTS(b, 0)), (const int64_t[]){ 0 }, 1, true);
    lower_out(lw, 0, ir_concat(b, columns, (size_t)rank, 1));
    lower_out(lw, 1, ir_cast(b, ir_gather(b, unique[0], ir_int(b, 1), 1), dtype));
    lower_out(lw, 2, CONCAT(b, 0, groups, most));
    return b->status;
}

static const struct rule rules[] = {
    { "Bincount", lower_bincount, NO },
    { "Bucketize", lower_bucketize, NULL },
    { "DenseBincount", lower_bincount, YES },
    { "DenseToDenseSetOperation", lower_set_operation, NULL },
    { "ListDiff", lower_list_diff, NULL },
    { "LowerBound", lower_bound, NO },
    { "Unique", lower_unique, NO },
    { "UniqueV2", lower_unique, YES },
    { "UniqueWithCounts", lower_unique, NO },
    { "UniqueWithCountsV2", lower_unique, YES },
    { "UnravelIndex", lower_unravel_index, NULL },
    { "UpperBound", lower_bound, YES },
    { "Where", lower_where, NULL },
};

const struct rule_family rules_sets = { rules, sizeof rules / sizeof rules[0] };
