/* Ragged tensors (values one after another, and where each row begins), and the greedy decoder of CTC, which gives a sparse one.
 * Which row a value belongs to is found by comparing its number with the rows' ends. */
#include "frontend/tensorflow/lower.h"
#include "frontend/tensorflow/tf_attr.h"
#include "ir/forms.h"

/* -- rows ---------------------------------------------------------------------------------------------------------- */

static struct ir_value *cumulative(struct build *b, struct ir_value *x, int64_t axis)
{
    struct ir_value *at = ir_int(b, axis);
    return x && at ? ir_emit(b, IR_CUM_SUM, IN(x, at), NO_ATTRS) : NULL;
}

/* Lengths [rows] as the beginning of each row and the end of the last, [rows + 1]. */
static struct ir_value *splits_of(struct build *b, struct ir_value *lengths)
{
    return CONCAT(b, 0, INTS(b, 0), cumulative(b, lengths, 0));
}

static struct ir_value *all_but_first(struct build *b, struct ir_value *splits)
{
    return ir_slice_axis(b, splits, 0, 1, INT64_MAX);
}

static struct ir_value *all_but_last(struct build *b, struct ir_value *splits)
{
    return ir_slice_axis(b, splits, 0, 0, -1);
}

static struct ir_value *lengths_of(struct build *b, struct ir_value *splits)
{
    return ir_sub(b, all_but_first(b, splits), all_but_last(b, splits));
}

/* The row of each value, [values]: as many rows end before it. */
static struct ir_value *rows_of(struct build *b, struct ir_value *splits, struct ir_value *numbers)
{
    struct ir_value *ends = UNSQUEEZE(b, all_but_first(b, splits), 0), *each = UNSQUEEZE(b, numbers, 1);
    struct ir_value *over = each && ends ? ir_binary(b, IR_GREATER_OR_EQUAL, each, ends) : NULL;
    return ir_reduce(b, IR_REDUCE_SUM, ir_cast(b, over, TFP_INT64), (const int64_t[]){ 1 }, 1, false);
}

/* The number of each value in its row. */
static struct ir_value *places_of(struct build *b, struct ir_value *splits, struct ir_value *numbers, struct ir_value *rows)
{
    return ir_sub(b, numbers, ir_gather(b, splits, rows, 0));
}

static struct ir_value *numbers_of(struct build *b, struct ir_value *splits)
{
    return form_iota(b, form_scalar(b, form_element(b, splits, -1)));
}

/* -- ragged -------------------------------------------------------------------------------------------------------- */

/* Values start, start + delta .. below limit; one number stands for all rows. */
static tfp_status lower_ragged_range(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct ir_value *start = lower_in(lw, 0), *limit = lower_in(lw, 1), *delta = lower_in(lw, 2);
    tfp_dtype splits_type = tf_type(lw, "Tsplits");
    (void)n;
    if (!start || !limit || !delta) return b->status;
    if (start->rank < 0 || limit->rank < 0 || delta->rank < 0) return lower_unsupported(lw, "the ranks are not known");
    struct ir_value *span = ir_cast(b, ir_sub(b, limit, start), TFP_DOUBLE), *step = ir_cast(b, delta, TFP_DOUBLE);
    struct ir_value *steps = ir_cast(b, ir_unary(b, IR_CEIL, ir_div(b, span, step)), TFP_INT64);
    struct ir_value *lengths = form_vector(b, ir_binary(b, IR_MAX, steps, ir_int(b, 0)));
    struct ir_value *splits = splits_of(b, lengths), *numbers = numbers_of(b, splits), *rows = rows_of(b, splits, numbers);
    struct ir_value *place = ir_cast(b, places_of(b, splits, numbers, rows), start->dtype), *shape = ir_shape(b, lengths);
    struct ir_value *first = ir_gather(b, ir_expand(b, form_vector(b, start), shape), rows, 0);
    struct ir_value *each = ir_gather(b, ir_expand(b, form_vector(b, delta), shape), rows, 0);
    lower_out(lw, 0, ir_cast(b, splits, splits_type));
    lower_out(lw, 1, ir_add(b, first, ir_mul(b, place, each)));
    return b->status;
}

/* Rows picked by their number; on each level of nesting the picked rows' parts are the rows picked on the next. */
static tfp_status lower_ragged_gather(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    const int64_t levels = tf_int(lw, "PARAMS_RAGGED_RANK");
    struct ir_value *values = lower_in(lw, n->n_in - 2), *picked = lower_int64(lw, n->n_in - 1);
    if (!values || !picked) return b->status;
    if (levels < 1 || (uint64_t)levels + 2 != n->n_in) return lower_malformed(lw, "%lld levels", (long long)levels);
    if (picked->rank != 1) return lower_unsupported(lw, "indices that are no vector");
    for (int64_t i = 0; i < levels; i++) {
        struct ir_value *splits = lower_int64(lw, (size_t)i), *starts = ir_gather(b, all_but_last(b, splits), picked, 0);
        struct ir_value *lengths = ir_gather(b, lengths_of(b, splits), picked, 0);
        struct ir_value *out = splits_of(b, lengths), *numbers = numbers_of(b, out), *rows = rows_of(b, out, numbers);
        if (b->status != TFP_OK) return b->status;
        lower_out(lw, (size_t)i, ir_cast(b, out, n->in[i].node->out[n->in[i].port]->dtype));
        picked = ir_add(b, ir_gather(b, starts, rows, 0), places_of(b, out, numbers, rows));
    }
    lower_out(lw, (size_t)levels, ir_gather(b, values, picked, 0));
    return b->status;
}

/* A ragged tensor's places: the number of each value in each level's row, from the outermost, and the most there are. */
struct places {
    struct ir_value *column[TFP_MAX_RANK]; /* [values] */
    struct ir_value *size[TFP_MAX_RANK];   /* of one element each */
    size_t n;
};

static struct ir_value *longest(struct build *b, struct ir_value *lengths)
{
    /* A zero beside them: there may be no rows. */
    return ir_reduce(b, IR_REDUCE_MAX, CONCAT(b, 0, lengths, INTS(b, 0)), NULL, 0, false);
}

static void find_places(struct build *b, struct ir_value *const *splits, size_t levels, struct places *p)
{
    struct ir_value *numbers = numbers_of(b, splits[levels - 1]);
    p->n = levels + 1;
    for (size_t i = levels; i-- > 0 && b->status == TFP_OK;) {
        struct ir_value *rows = rows_of(b, splits[i], numbers);
        p->column[i + 1] = places_of(b, splits[i], numbers, rows);
        p->size[i + 1] = form_vector(b, longest(b, lengths_of(b, splits[i])));
        numbers = rows;
    }
    p->column[0] = numbers;
    p->size[0] = ir_sub(b, ir_dim(b, splits[0], 0), INTS(b, 1));
}

/* [values, levels + 1] */
static struct ir_value *joined(struct build *b, const struct places *p)
{
    struct ir_value *columns[TFP_MAX_RANK];
    for (size_t i = 0; i < p->n; i++) columns[i] = UNSQUEEZE(b, p->column[i], 1);
    return ir_concat(b, columns, p->n, 1);
}

/* The rows' beginnings on each level, however the op is told of them. */
static bool read_partitions(struct lower *lw, size_t first, struct ir_value **splits, size_t *levels)
{
    struct build *b = &lw->b;
    const struct tf_node *n = lw->node;
    const struct tfpb_attr_value *a = tf_attr_find(n, "row_partition_types", strlen("row_partition_types"));
    struct ir_value *rows = NULL; /* how many on this level, where the first partition says it */
    *levels = 0;
    if (!a || a->which != TFPB_ATTR_LIST || !a->list || a->list->s.n != n->n_in - first)
        return lower_malformed(lw, "row_partition_types does not go with its inputs"), false;
    for (size_t i = 0; i < a->list->s.n; i++) {
        struct ir_value *v = lower_int64(lw, first + i);
        if (*levels + 2 > TFP_MAX_RANK) return lower_unsupported(lw, "too many levels"), false;
        if (bytes_equal(a->list->s.at[i], "FIRST_DIM_SIZE") && i == 0) {
            rows = form_vector(b, v);
        } else if (bytes_equal(a->list->s.at[i], "ROW_SPLITS")) {
            splits[(*levels)++] = v;
            rows = NULL;
        } else if (bytes_equal(a->list->s.at[i], "VALUE_ROWIDS")) {
            if (!rows) rows = *levels ? form_element(b, splits[*levels - 1], -1) : NULL;
            if (!rows) return lower_unsupported(lw, "row ids without the number of rows"), false;
            struct ir_value *each = UNSQUEEZE(b, form_iota(b, form_scalar(b, rows)), 1), *ids = UNSQUEEZE(b, v, 0);
            struct ir_value *mine = each && ids ? ir_cast(b, ir_binary(b, IR_EQUAL, each, ids), TFP_INT64) : NULL;
            splits[(*levels)++] = splits_of(b, ir_reduce(b, IR_REDUCE_SUM, mine, (const int64_t[]){ 1 }, 1, false));
            rows = NULL;
        } else return lower_unsupported(lw, "a row partition of another type"), false;
    }
    return b->status == TFP_OK && *levels > 0;
}

/* Each of the sizes as the shape says, where it says one. */
static struct ir_value *wanted(struct build *b, struct ir_value *natural, struct ir_value *shape)
{
    struct ir_value *open = ir_binary(b, IR_LESS, shape, ir_int(b, 0));
    return open ? ir_where(b, open, natural, shape) : NULL;
}

/* Values at their places, the default elsewhere; then cut down to the sizes asked for. */
static tfp_status lower_ragged_to_tensor(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct ir_value *splits[TFP_MAX_RANK], *shape = lower_int64(lw, 0), *values = lower_in(lw, 1), *fill = lower_in(lw, 2);
    struct places p;
    size_t levels;
    (void)n;
    if (!shape || !values || !fill || !read_partitions(lw, 3, splits, &levels)) return b->status;
    find_places(b, splits, levels, &p);
    if (b->status != TFP_OK) return b->status;
    struct ir_value *natural = CONCAT(b, 0, ir_concat(b, p.size, p.n, 0), form_dims(b, values, 1, INT64_MAX));
    struct ir_value *size = shape->rank == 1 ? wanted(b, natural, shape) : natural;
    struct ir_value *room = ir_binary(b, IR_MAX, natural, size), *all = ir_expand(b, fill, room), *at = joined(b, &p);
    if (!all || !at || !size) return b->status;
    all = ir_emit(b, IR_SCATTER_ND, IN(all, at, values), NO_ATTRS);
    struct ir_value *zeros = form_zeros(b, TFP_INT64, ir_shape(b, size));
    if (shape->rank != 1) return lower_done(lw, all);
    /* The reshape changes nothing, but tells the sizes that the shape fixes. */
    return lower_done(lw, ir_reshape(b, ir_slice(b, all, zeros, size, NULL, NULL), size));
}

static tfp_status lower_ragged_to_sparse(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    const int64_t levels = tf_int(lw, "RAGGED_RANK");
    struct ir_value *splits[TFP_MAX_RANK], *values = lower_in(lw, n->n_in - 1);
    struct places p;
    if (!values) return b->status;
    if (levels < 1 || (uint64_t)levels + 1 != n->n_in || levels + 1 >= TFP_MAX_RANK)
        return lower_malformed(lw, "%lld levels", (long long)levels);
    if (values->rank != 1) return lower_unsupported(lw, "values that are no vector");
    for (int64_t i = 0; i < levels; i++)
        if (!(splits[i] = lower_int64(lw, (size_t)i))) return b->status;
    find_places(b, splits, (size_t)levels, &p);
    if (b->status != TFP_OK) return b->status;
    lower_out(lw, 0, joined(b, &p));
    lower_out(lw, 1, values);
    lower_out(lw, 2, ir_concat(b, p.size, p.n, 0));
    return b->status;
}

/* -- CTC ----------------------------------------------------------------------------------------------------------- */

/* inputs [time, batch, classes]: the best class of each step, without blanks and, if asked, without repetitions. */
static tfp_status lower_greedy(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *lengths = lower_int64(lw, 1);
    int64_t blank = tf_int(lw, "blank_index");
    const bool merge = tf_bool(lw, "merge_repeated");
    (void)n;
    if (!x || !lengths) return b->status;
    if (x->rank != 3) return lower_unsupported(lw, "the rank of the inputs is not known");
    struct ir_value *skip = ir_int(b, blank), *classes = form_dim(b, x, 2);
    if (blank < 0) skip = ir_add(b, classes, skip);
    struct ir_value *best = ir_emit(b, IR_ARG_MAX, IN(x), ATTRS(A_INT(ATTR_AXIS, 2), A_INT(ATTR_KEEPDIMS, 0)));
    best = TRANSPOSE(b, best, 1, 0);
    struct ir_value *steps = form_iota(b, form_dim(b, x, 0)), *ends = UNSQUEEZE(b, lengths, 1);
    struct ir_value *inside = steps && ends ? ir_binary(b, IR_LESS, UNSQUEEZE(b, steps, 0), ends) : NULL;
    struct ir_value *keep = best ? ir_binary(b, IR_AND, ir_unary(b, IR_NOT, ir_binary(b, IR_EQUAL, best, skip)), inside) : NULL;
    if (merge && best) {
        struct ir_value *none = ir_expand(b, INTS(b, -1), CONCAT(b, 0, ir_dim(b, best, 0), INTS(b, 1)));
        struct ir_value *before = CONCAT(b, 1, none, ir_slice_axis(b, best, 1, 0, -1));
        keep = ir_binary(b, IR_AND, keep, ir_unary(b, IR_NOT, ir_binary(b, IR_EQUAL, best, before)));
    }
    struct ir_value *count = ir_cast(b, keep, TFP_INT64), *order = cumulative(b, count, 1);
    struct ir_value *found = keep ? TRANSPOSE(b, ir_emit(b, IR_NON_ZERO, IN(keep), NO_ATTRS), 1, 0) : NULL;
    if (!found || !order) return b->status;
    struct ir_value *place = ir_sub(b, ir_emit(b, IR_GATHER_ND, IN(order, found), NO_ATTRS), ir_int(b, 1));
    lower_out(lw, 0, CONCAT(b, 1, ir_slice_axis(b, found, 1, 0, 1), UNSQUEEZE(b, place, 1)));
    lower_out(lw, 1, ir_emit(b, IR_GATHER_ND, IN(best, found), NO_ATTRS));
    struct ir_value *most = ir_reduce(b, IR_REDUCE_SUM, count, (const int64_t[]){ 1 }, 1, false);
    lower_out(lw, 2, CONCAT(b, 0, ir_dim(b, x, 1), form_vector(b, longest(b, most))));
    struct ir_value *top = TRANSPOSE(b, ir_reduce(b, IR_REDUCE_MAX, x, (const int64_t[]){ 2 }, 1, false), 1, 0);
    struct ir_value *sum = top ? ir_reduce(b, IR_REDUCE_SUM, ir_where(b, inside, top, ir_like(b, top, 0)),
                                           (const int64_t[]){ 1 }, 1, true) : NULL;
    lower_out(lw, 3, ir_unary(b, IR_NEG, sum));
    return b->status;
}

/* -- counting ------------------------------------------------------------------------------------------------------ */

/* How often each number below `size` is among a row's values, or what their weights add up to; others are not counted. */
static struct ir_value *count_in_rows(struct lower *lw, struct ir_value *rows, struct ir_value *n_rows, struct ir_value *values,
                                      struct ir_value *weights)
{
    struct build *b = &lw->b;
    struct ir_value *size = form_vector(b, lower_int64(lw, lw->node->n_in - 2)), *width = ir_add(b, size, INTS(b, 1));
    const bool binary = tf_bool(lw, "binary_output");
    if (form_rank(weights) != 1) return lower_unsupported(lw, "weights of unknown shape"), NULL;
    const bool weighted = !binary && !(dim_fixed(weights->dims[0]) && weights->dims[0].n == 0);
    /* One bin more takes what is not counted. */
    struct ir_value *place = ir_add(b, ir_mul(b, rows, width), ir_binary(b, IR_MIN, values, size));
    struct ir_value *each = weighted ? weights : ir_expand(b, ir_like(b, weights, 1), ir_shape(b, place));
    const struct ir_attr attrs[] = { A_TEXT(ATTR_REDUCTION, binary ? "none" : "add"), { .name = ATTR_NONE } };
    struct ir_value *bins = ir_emit(b, IR_SCATTER_ND, IN(form_zeros(b, weights->dtype, ir_mul(b, n_rows, width)),
                                                         UNSQUEEZE(b, place, 1), each), attrs);
    return ir_slice(b, ir_reshape(b, bins, CONCAT(b, 0, n_rows, width)), INTS(b, 0), size, INTS(b, 1), NULL);
}

static tfp_status lower_ragged_bincount(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *splits = lower_int64(lw, 0), *values = lower_int64(lw, 1), *weights = lower_in(lw, 3);
    if (!splits || !values || !weights) return b->status;
    struct ir_value *rows = rows_of(b, splits, form_iota(b, ir_dim(b, values, 0)));
    return lower_done(lw, count_in_rows(lw, rows, ir_sub(b, ir_dim(b, splits, 0), INTS(b, 1)), values, weights));
}

/* Of a sparse matrix, or (a vector) in one row that has no axis. */
static tfp_status lower_sparse_bincount(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *at = lower_in(lw, 0), *values = lower_int64(lw, 1), *shape = lower_in(lw, 2), *weights = lower_in(lw, 4);
    if (!at || !values || !shape || !weights) return b->status;
    if (shape->rank != 1 || !dim_fixed(shape->dims[0])) return lower_unsupported(lw, "dense_shape has a length that is not known");
    const bool matrix = shape->dims[0].n == 2;
    struct ir_value *rows = SQUEEZE(b, ir_slice_axis(b, at, 1, 0, 1), 1);
    if (!matrix) rows = ir_mul(b, rows, ir_int(b, 0));
    struct ir_value *y = count_in_rows(lw, rows, matrix ? form_element(b, shape, 0) : INTS(b, 1), values, weights);
    return lower_done(lw, matrix ? y : SQUEEZE(b, y, 0));
}

/* -- ragged tensors as variants ------------------------------------------------------------------------------------ */

/* What RaggedTensorToVariant was given. Nothing ever computes with the constant that stands for it. */
struct ragged_variant {
    struct ir_value *value; /* that constant; its bytes are the key in lower.ragged */
    struct ir_value *values, **splits;
    int64_t n;
};

static tfp_status lower_to_variant(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    const int64_t rank = tf_int(lw, "RAGGED_RANK");
    struct ragged_variant *made = ARENA_NEW(&lw->graph->arena, struct ragged_variant);
    struct ir_value **splits = ARENA_ARRAY(&lw->graph->arena, struct ir_value *, (size_t)rank + 1);
    if (!made || !splits) return tfp_no_memory(lw->b.ctx);
    *made = (struct ragged_variant){ ir_scalar(&lw->b, TFP_FLOAT, 0), lower_in(lw, (size_t)rank), splits, rank };
    for (int64_t i = 0; i < rank; i++) splits[i] = lower_in(lw, (size_t)i);
    if (lw->b.status != TFP_OK) return lw->b.status;
    void **place = map_at(&lw->ragged, (const char *)&made->value, sizeof made->value);
    if (!place) return tfp_no_memory(lw->b.ctx);
    *place = made;
    return lower_done(lw, made->value);
}

/* Whether it was taken apart into rows or not: all its rows give it again. */
static tfp_status lower_from_variant(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    const struct ir_value *in = lower_in(lw, 0);
    void **place = in ? map_find(&lw->ragged, (const char *)&in, sizeof in) : NULL;
    if (!in) return lw->b.status;
    if (!place) return lower_unsupported(lw, "rows that no RaggedTensorToVariant made, or some of them");
    const struct ragged_variant *from = *place;
    if (from->n != tf_int(lw, "output_ragged_rank"))
        return lower_unsupported(lw, "output_ragged_rank is not the rank %lld of what the variant was made of", (long long)from->n);
    if (from->values->dtype != tf_type(lw, "Tvalues")) return lower_malformed(lw, "Tvalues is not the variant's type");
    for (int64_t i = 0; i < from->n; i++) lower_out(lw, (size_t)i, lower_import(lw, from->splits[i]));
    lower_out(lw, (size_t)from->n, lower_import(lw, from->values));
    return lw->b.status;
}

static const struct rule rules[] = {
    { "CTCGreedyDecoder", lower_greedy, NULL },
    { "RaggedBincount", lower_ragged_bincount, NULL },
    { "RaggedGather", lower_ragged_gather, NULL },
    { "RaggedRange", lower_ragged_range, NULL },
    { "RaggedTensorFromVariant", lower_from_variant, NULL },
    { "RaggedTensorToSparse", lower_ragged_to_sparse, NULL },
    { "RaggedTensorToTensor", lower_ragged_to_tensor, NULL },
    { "RaggedTensorToVariant", lower_to_variant, NULL },
    { "SparseBincount", lower_sparse_bincount, NULL },
};
const struct rule_family rules_ragged = { rules, sizeof rules / sizeof rules[0] };
