/* The IR's own ops: text, tables, tf.Example messages. */
#include "ir/infer.h"

static tfp_status infer_label_encoder(struct infer *s)
{
    struct shape x = infer_shape(s, 0);
    return infer_put(s, 0, ir_attr(s->node, ATTR_VALUES_STRINGS) ? TFP_STRING
                           : ir_attr(s->node, ATTR_VALUES_INT64S) ? TFP_INT64 : TFP_FLOAT, &x);
}

/* Indices, values and shape of a sparse matrix of which nothing more is known. */
static tfp_status infer_sparse_matrix(struct infer *s)
{
    struct shape at = shape_of_rank(2), values = shape_of_rank(1), shape = shape_vector(dim_of(2));
    at.at[1] = dim_of(2);
    TFP_TRY(infer_put(s, 0, TFP_UNDEFINED, &at));
    TFP_TRY(infer_put(s, 1, TFP_UNDEFINED, &values));
    return infer_put(s, 2, TFP_UNDEFINED, &shape);
}

static struct dim length_of(const struct infer *s, size_t input)
{
    const struct shape x = infer_shape(s, input);
    return x.rank == 1 ? x.at[0] : dim_unknown();
}

/* What the first element of a shape is known to be. */
static struct dim first_of(const struct infer *s, size_t input)
{
    struct known shape;
    const struct ir_value *v = ir_in(s->node, input);
    const bool some = v && infer_elements(v, &shape) && shape.n;
    return some && dim_nonnegative(s->graph, shape.at[0]) ? shape.at[0] : dim_unknown();
}

/* The dimension that was put for an output, so that another can have the same. */
static struct dim put_length(const struct infer *s, size_t output)
{
    const struct ir_value *v = output < s->node->n_out ? s->node->out[output] : NULL;
    return v && v->rank > 0 ? v->dims[0] : dim_unknown();
}

static tfp_status infer_fill_empty_rows(struct infer *s)
{
    struct shape at = shape_of_rank(2), had = infer_shape(s, 0), rows = shape_vector(first_of(s, 2));
    TFP_TRY(infer_need_rank(s, 0, 2));
    TFP_TRY(infer_need_rank(s, 1, 1));
    at.at[1] = length_of(s, 2);
    TFP_TRY(infer_put(s, 0, TFP_INT64, &at));
    struct shape values = shape_vector(put_length(s, 0)), places = shape_vector(had.rank == 2 ? had.at[0] : dim_unknown());
    TFP_TRY(infer_put(s, 1, infer_dtype(s, 1), &values));
    TFP_TRY(infer_put(s, 2, TFP_BOOL, &rows));
    return infer_put(s, 3, TFP_INT64, &places);
}

static tfp_status infer_sparse_reshape(struct infer *s)
{
    struct shape had = infer_shape(s, 0), at = shape_of_rank(2), shape = shape_vector(length_of(s, 2));
    TFP_TRY(infer_need_rank(s, 0, 2));
    if (had.rank == 2) at.at[0] = had.at[0];
    at.at[1] = shape.at[0];
    TFP_TRY(infer_put(s, 0, TFP_INT64, &at));
    return infer_put(s, 1, TFP_INT64, &shape);
}

/* All but a dimension that may be -1; that too, where all sizes are numbers. */
static void known_sparse_reshape(struct infer *s, size_t output, struct known *out)
{
    struct known wanted, from;
    int64_t count = 1, rest = 1;
    if (output != 1 || !infer_elements(ir_in(s->node, 2), &wanted) || wanted.n != out->n) return;
    bool numbers = infer_elements(ir_in(s->node, 1), &from);
    for (size_t i = 0; i < from.n && numbers; i++)
        numbers = dim_fixed(from.at[i]) && !__builtin_mul_overflow(count, from.at[i].n, &count);
    for (size_t i = 0; i < wanted.n && numbers; i++)
        numbers = dim_fixed(wanted.at[i]) && (wanted.at[i].n < 0 || !__builtin_mul_overflow(rest, wanted.at[i].n, &rest));
    for (size_t i = 0; i < wanted.n; i++) {
        if (dim_nonnegative(s->graph, wanted.at[i])) out->at[i] = wanted.at[i];
        else if (numbers) out->at[i] = dim_of(rest > 0 ? count / rest : count);
    }
}

static tfp_status infer_embedding_sum(struct infer *s)
{
    struct shape y = infer_shape(s, 0);
    TFP_TRY(infer_need_min_rank(s, 0, 1));
    TFP_TRY(infer_need_rank(s, 1, 1));
    TFP_TRY(infer_need_min_rank(s, 2, 1));
    if (y.rank > 0) y.at[0] = first_of(s, 3);
    return infer_put(s, 0, TFP_FLOAT, &y);
}

static tfp_status infer_trees(struct infer *s)
{
    const struct shape x = infer_shape(s, 0), leaf = infer_shape(s, 6);
    struct shape y = shape_of_rank(2);
    TFP_TRY(infer_need_rank(s, 0, 2));
    TFP_TRY(infer_need_rank(s, 6, 2));
    if (x.rank == 2) y.at[0] = x.at[0];
    if (leaf.rank == 2) y.at[1] = leaf.at[1];
    return infer_put(s, 0, TFP_FLOAT, &y);
}

static tfp_status infer_tree_ensemble(struct infer *s)
{
    const struct shape x = infer_shape(s, 0);
    struct shape y = shape_of_rank(2);
    if (x.rank == 2) y.at[0] = x.at[0];
    y.at[1] = dim_of(ir_attr_int(s->node, ATTR_N_TARGETS, 0));
    return infer_put(s, 0, TFP_FLOAT, &y);
}

static tfp_status infer_sum_of_one_hot(struct infer *s)
{
    struct shape x = infer_shape(s, 0);
    const int64_t depth = ir_attr_int(s->node, ATTR_DEPTH, 0);
    if (depth < 0) return infer_fail(s, "depth is %lld", (long long)depth);
    TFP_TRY(infer_need_min_rank(s, 0, 1));
    if (x.rank > 0) x.at[x.rank - 1] = dim_of(depth);
    return infer_put(s, 0, TFP_FLOAT, &x);
}

static tfp_status infer_table_find(struct infer *s)
{
    struct shape x = infer_shape(s, 0);
    return infer_put(s, 0, infer_dtype(s, 2), &x);
}

/* -- strings ------------------------------------------------------------------------------------------------------- */

/* Of input 0, pos and len. */
static tfp_status infer_substr(struct infer *s)
{
    struct shape x = infer_shape(s, 0);
    for (size_t i = 1; i < 3; i++) {
        const struct shape other = infer_shape(s, i);
        TFP_TRY(infer_broadcast(s, &x, &other));
    }
    return infer_put(s, 0, TFP_UNDEFINED, &x);
}

static tfp_status infer_reduce_join(struct infer *s)
{
    struct shape x = infer_shape(s, 0);
    TFP_TRY(infer_need_min_rank(s, 0, 1));
    if (x.rank > 0) x.rank--;
    return infer_put(s, 0, TFP_UNDEFINED, &x);
}

/* Segments, and the axes that segment_ids does not have. */
static tfp_status infer_segment_join(struct infer *s)
{
    const struct shape x = infer_shape(s, 0), ids = infer_shape(s, 1);
    struct shape y = { .rank = 1, .at = { dim_unknown() } };
    struct known n;
    if (x.rank < 0 || ids.rank < 0) return TFP_OK;
    if (ids.rank > x.rank || x.rank - ids.rank >= TFP_MAX_RANK)
        return infer_fail(s, "segment_ids of rank %d for strings of rank %d", ids.rank, x.rank);
    if (infer_elements(ir_in(s->node, 2), &n) && n.n == 1) y.at[0] = n.at[0];
    for (int32_t i = ids.rank; i < x.rank; i++) y.at[y.rank++] = x.at[i];
    return infer_put(s, 0, TFP_UNDEFINED, &y);
}

static tfp_status infer_ngrams(struct infer *s)
{
    const struct shape grams = shape_of_rank(1), splits = infer_shape(s, 1);
    TFP_TRY(infer_put(s, 0, TFP_UNDEFINED, &grams));
    return infer_put(s, 1, TFP_UNDEFINED, &splits);
}

static tfp_status infer_decode_raw(struct infer *s)
{
    struct shape x = infer_shape(s, 0);
    const int64_t fixed = ir_attr_int(s->node, ATTR_FIXED_LENGTH, -1);
    tfp_dtype dtype;
    TFP_TRY(infer_type_attr(s, ATTR_DTYPE, TFP_UNDEFINED, &dtype));
    const int64_t size = (int64_t)tfp_dtype_size(dtype);
    if (x.rank == TFP_MAX_RANK || !size) return infer_refuse(s, "rank %d, or an element type without a size", x.rank);
    if (x.rank >= 0) x.at[x.rank++] = fixed < 0 ? dim_unknown() : dim_of(fixed / size);
    return infer_put(s, 0, dtype, &x);
}

static tfp_status infer_unicode_decode(struct infer *s)
{
    const struct shape x = infer_shape(s, 0), points = shape_of_rank(1);
    struct shape splits = points;
    if (x.rank == 1) TFP_TRY(infer_add(s, x.at[0], dim_of(1), &splits.at[0]));
    TFP_TRY(infer_put(s, 0, TFP_UNDEFINED, &splits));
    TFP_TRY(infer_put(s, 1, TFP_UNDEFINED, &points));
    return infer_put(s, 2, TFP_UNDEFINED, &points);
}

static tfp_status infer_unicode_encode(struct infer *s)
{
    const struct shape rows = shape_of_rank(1);
    return infer_put(s, 0, TFP_UNDEFINED, &rows);
}

/* -- ParseExample -------------------------------------------------------------------------------------------------- */

/* The dimension that stands for the examples, where they are a vector. */
static void add_examples(const struct shape *serialized, struct shape *out)
{
    if (serialized->rank == 1) out->at[out->rank++] = serialized->at[0];
}

static tfp_status infer_sparse(struct infer *s, const struct shape *serialized, size_t sparse)
{
    struct ir_ints types = ir_attr_ints(s->node, ATTR_SPARSE_TYPES);
    const struct dim axes = dim_of(serialized->rank + 1);
    for (size_t i = 0; i < sparse && i < types.n; i++) {
        struct shape values = shape_of_rank(1), at = shape_of_rank(2), shape = shape_vector(axes);
        at.at[1] = axes;
        TFP_TRY(infer_put(s, i, TFP_INT64, &at));
        TFP_TRY(infer_put(s, sparse + i, (tfp_dtype)types.at[i], &values));
        TFP_TRY(infer_put(s, 2 * sparse + i, TFP_INT64, &shape));
    }
    return TFP_OK;
}

/* `lists`: of steps, whose number follows in outputs of their own. */
static tfp_status infer_dense(struct infer *s, const struct shape *serialized, size_t first, size_t dense, bool lists)
{
    struct ir_ints types = ir_attr_ints(s->node, ATTR_DENSE_TYPES), ranks = ir_attr_ints(s->node, ATTR_DENSE_RANKS),
                   dims = ir_attr_ints(s->node, ATTR_DENSE_SHAPES);
    size_t at = 0;
    for (size_t i = 0; i < dense && i < types.n && i < ranks.n; i++) {
        struct shape x = { .rank = 0 };
        add_examples(serialized, &x);
        if (lists) x.at[x.rank++] = dim_unknown();
        for (int64_t j = 0; j < ranks.at[i] && at < dims.n && x.rank < TFP_MAX_RANK; j++, at++)
            x.at[x.rank++] = dims.at[at] < 0 ? dim_unknown() : dim_of(dims.at[at]);
        TFP_TRY(infer_put(s, first + i, (tfp_dtype)types.at[i], &x));
        if (lists) TFP_TRY(infer_put(s, first + dense + i, TFP_INT64, serialized));
    }
    return TFP_OK;
}

/* Values, and row splits of `levels` levels. */
static tfp_status infer_ragged(struct infer *s, size_t first, size_t ragged, size_t levels)
{
    const struct ir_ints types = ir_attr_ints(s->node, ATTR_RAGGED_TYPES), splits = ir_attr_ints(s->node, ATTR_RAGGED_SPLIT_TYPES);
    const struct shape any = shape_of_rank(1);
    for (size_t i = 0; i < ragged && i < types.n && i < splits.n; i++) {
        TFP_TRY(infer_put(s, first + i, (tfp_dtype)types.at[i], &any));
        for (size_t k = 1; k <= levels; k++) TFP_TRY(infer_put(s, first + k * ragged + i, (tfp_dtype)splits.at[i], &any));
    }
    return TFP_OK;
}

static size_t strings_of(const struct infer *s, enum ir_attr_name name)
{
    const struct ir_attr *a = ir_attr(s->node, name);
    return a ? a->v.strings.n : 0;
}

static tfp_status infer_parse_example(struct infer *s)
{
    struct shape serialized = infer_shape(s, 0);
    const size_t sparse = strings_of(s, ATTR_SPARSE_KEYS), dense = strings_of(s, ATTR_DENSE_KEYS),
                 ragged = strings_of(s, ATTR_RAGGED_KEYS);
    if (serialized.rank > 1) return infer_fail(s, "examples of rank %d", serialized.rank);
    if (serialized.rank < 0) return TFP_OK;
    TFP_TRY(infer_sparse(s, &serialized, sparse));
    TFP_TRY(infer_dense(s, &serialized, 3 * sparse, dense, false));
    return infer_ragged(s, 3 * sparse + dense, ragged, 1);
}

/* The shapes of sparse features begin with the number of examples. */
static void known_parse_example(struct infer *s, size_t output, struct known *out)
{
    const struct shape serialized = infer_shape(s, 0);
    const size_t sparse = strings_of(s, ATTR_SPARSE_KEYS);
    if (serialized.rank == 1 && output >= 2 * sparse && output < 3 * sparse && out->n == 2) out->at[0] = serialized.at[0];
}

/* -- ParseFeatureLists --------------------------------------------------------------------------------------------- */

static tfp_status infer_parse_feature_lists(struct infer *s)
{
    struct shape serialized = infer_shape(s, 0), steps = serialized;
    const size_t sparse = strings_of(s, ATTR_SPARSE_KEYS), dense = strings_of(s, ATTR_DENSE_KEYS),
                 ragged = strings_of(s, ATTR_RAGGED_KEYS);
    if (serialized.rank > 1) return infer_fail(s, "examples of rank %d", serialized.rank);
    if (serialized.rank < 0) return TFP_OK;
    steps.at[steps.rank++] = dim_unknown(); /* a sparse list has one axis more than a feature */
    TFP_TRY(infer_sparse(s, &steps, sparse));
    TFP_TRY(infer_dense(s, &serialized, 3 * sparse, dense, true));
    return infer_ragged(s, 3 * sparse + 2 * dense, ragged, 2);
}

const struct infer_row infer_own_rows[] = {
    { IR_AS_STRING, infer_same, NULL },
    { IR_DECODE_BASE64, infer_same, NULL },
    { IR_DECODE_COMPRESSED, infer_same, NULL },
    { IR_DECODE_RAW, infer_decode_raw, NULL },
    { IR_EMBEDDING_SUM, infer_embedding_sum, NULL },
    { IR_ENCODE_BASE64, infer_same, NULL },
    { IR_LABEL_ENCODER, infer_label_encoder, NULL },
    { IR_PARSE_EXAMPLE, infer_parse_example, known_parse_example },
    { IR_PARSE_FEATURE_LISTS, infer_parse_feature_lists, NULL },
    { IR_REDUCE_JOIN, infer_reduce_join, NULL },
    { IR_REGEX_REPLACE, infer_same, NULL },
    { IR_SPARSE_CROSS, infer_sparse_matrix, NULL },
    { IR_SPARSE_CROSS_TEXT, infer_sparse_matrix, NULL },
    { IR_SPARSE_FILL_EMPTY_ROWS, infer_fill_empty_rows, NULL },
    { IR_SPARSE_RESHAPE, infer_sparse_reshape, known_sparse_reshape },
    { IR_STRING_LENGTH, infer_same, NULL },
    { IR_STRING_LOWER, infer_same, NULL },
    { IR_STRING_N_GRAMS, infer_ngrams, NULL },
    { IR_STRING_SPLIT_SPARSE, infer_sparse_matrix, NULL },
    { IR_STRING_STRIP, infer_same, NULL },
    { IR_STRING_TO_HASH_BUCKET, infer_same, NULL },
    { IR_STRING_TO_HASH_BUCKET_FAST, infer_same, NULL },
    { IR_STRING_TO_HASH_BUCKET_STRONG, infer_same, NULL },
    { IR_STRING_UPPER, infer_same, NULL },
    { IR_SUBSTR, infer_substr, NULL },
    { IR_SUM_OF_ONE_HOT, infer_sum_of_one_hot, NULL },
    { IR_TABLE_FIND, infer_table_find, NULL },
    { IR_TREE_ENSEMBLE_REGRESSOR, infer_tree_ensemble, NULL },
    { IR_TREES, infer_trees, NULL },
    { IR_UNICODE_DECODE, infer_unicode_decode, NULL },
    { IR_UNICODE_ENCODE, infer_unicode_encode, NULL },
    { IR_UNICODE_SCRIPT, infer_same, NULL },
    { IR_UNICODE_TRANSCODE, infer_same, NULL },
    { IR_UNSORTED_SEGMENT_JOIN, infer_segment_join, NULL },
    { IR_NONE, NULL, NULL },
};
