/* The IR's own ops: text, tables, tf.Example messages. */
#include "ir/infer.h"

static tfp_status infer_as_string(struct infer *s)
{
    struct shape x = infer_shape(s, 0);
    return infer_put(s, 0, TFP_STRING, &x);
}

static tfp_status infer_hash_bucket(struct infer *s)
{
    struct shape x = infer_shape(s, 0);
    return infer_put(s, 0, TFP_INT64, &x);
}

static tfp_status infer_sparse_cross(struct infer *s)
{
    struct shape at = shape_of_rank(2), values = shape_of_rank(1), shape = shape_vector(dim_of(2));
    at.at[1] = dim_of(2);
    TFP_TRY(infer_put(s, 0, TFP_INT64, &at));
    TFP_TRY(infer_put(s, 1, TFP_INT64, &values));
    return infer_put(s, 2, TFP_INT64, &shape);
}

static tfp_status infer_table_find(struct infer *s)
{
    struct shape x = infer_shape(s, 0);
    return infer_put(s, 0, infer_dtype(s, 2), &x);
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

static tfp_status infer_dense(struct infer *s, const struct shape *serialized, size_t first, size_t dense)
{
    struct ir_ints types = ir_attr_ints(s->node, ATTR_DENSE_TYPES), ranks = ir_attr_ints(s->node, ATTR_DENSE_RANKS),
                   dims = ir_attr_ints(s->node, ATTR_DENSE_SHAPES);
    size_t at = 0;
    for (size_t i = 0; i < dense && i < types.n && i < ranks.n; i++) {
        struct shape x = { .rank = 0 };
        add_examples(serialized, &x);
        for (int64_t j = 0; j < ranks.at[i] && at < dims.n && x.rank < TFP_MAX_RANK; j++, at++)
            x.at[x.rank++] = dims.at[at] < 0 ? dim_unknown() : dim_of(dims.at[at]);
        TFP_TRY(infer_put(s, first + i, (tfp_dtype)types.at[i], &x));
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
    struct ir_ints types = ir_attr_ints(s->node, ATTR_RAGGED_TYPES), splits = ir_attr_ints(s->node, ATTR_RAGGED_SPLIT_TYPES);
    if (serialized.rank > 1) return infer_fail(s, "examples of rank %d", serialized.rank);
    if (serialized.rank < 0) return TFP_OK;
    TFP_TRY(infer_sparse(s, &serialized, sparse));
    TFP_TRY(infer_dense(s, &serialized, 3 * sparse, dense));
    for (size_t i = 0; i < ragged && i < types.n && i < splits.n; i++) {
        struct shape any = shape_of_rank(1);
        TFP_TRY(infer_put(s, 3 * sparse + dense + i, (tfp_dtype)types.at[i], &any));
        TFP_TRY(infer_put(s, 3 * sparse + dense + ragged + i, (tfp_dtype)splits.at[i], &any));
    }
    return TFP_OK;
}

const struct infer_row infer_own_rows[] = {
    { IR_AS_STRING, infer_as_string, NULL },
    { IR_PARSE_EXAMPLE, infer_parse_example, NULL },
    { IR_SPARSE_CROSS, infer_sparse_cross, NULL },
    { IR_STRING_TO_HASH_BUCKET_FAST, infer_hash_bucket, NULL },
    { IR_TABLE_FIND, infer_table_find, NULL },
    { IR_NONE, NULL, NULL },
};
