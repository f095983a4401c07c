/* Sequences, optionals and strings: only what follows from the schema is known, and a few
 * scalars. */
#include "ir/infer.h"

static tfp_status infer_scalar(struct infer *s)
{
    struct shape scalar = shape_of_rank(0);
    return infer_put(s, 0, TFP_UNDEFINED, &scalar);
}

/* The words of each string on a new last axis, and how many there are. */
static tfp_status infer_string_split(struct infer *s)
{
    struct shape x = infer_shape(s, 0), words = x;
    if (x.rank >= 0 && x.rank < TFP_MAX_RANK) words.at[words.rank++] = dim_unknown();
    TFP_TRY(infer_put(s, 0, TFP_STRING, &words));
    return infer_put(s, 1, TFP_INT64, &x);
}

/* Some of [C] or [1,C]. */
static tfp_status infer_string_normalizer(struct infer *s)
{
    struct shape x = infer_shape(s, 0);
    if (x.rank > 2 || x.rank == 0) return infer_fail(s, "the input must be [C] or [1,C]");
    if (x.rank > 0) x.at[x.rank - 1] = dim_unknown();
    return infer_put(s, 0, TFP_UNDEFINED, &x);
}

/* A column for each coordinate up to the highest. */
static tfp_status infer_tf_idf(struct infer *s)
{
    struct shape x = infer_shape(s, 0), y;
    const struct ir_ints at = ir_attr_ints(s->node, ATTR_NGRAM_INDEXES);
    int64_t width = 0;
    for (size_t i = 0; i < at.n; i++) {
        if (at.at[i] < 0 || at.at[i] >= INT32_MAX) return infer_fail(s, "a coordinate of %lld", (long long)at.at[i]);
        if (at.at[i] >= width) width = at.at[i] + 1;
    }
    if (x.rank > 2) return infer_fail(s, "the input must be [C] or [N,C]");
    if (x.rank < 0) return TFP_OK;
    y = shape_vector(dim_of(width));
    if (x.rank == 2) {
        y = shape_of_rank(2);
        y.at[0] = x.at[0];
        y.at[1] = dim_of(width);
    }
    return infer_put(s, 0, TFP_UNDEFINED, &y);
}

const struct infer_row infer_other_rows[] = {
    { IR_CONCAT_FROM_SEQUENCE, NULL, NULL },
    { IR_OPTIONAL, NULL, NULL },
    { IR_OPTIONAL_GET_ELEMENT, NULL, NULL },
    { IR_OPTIONAL_HAS_ELEMENT, infer_scalar, NULL },
    { IR_SEQUENCE_AT, NULL, NULL },
    { IR_SEQUENCE_CONSTRUCT, NULL, NULL },
    { IR_SEQUENCE_EMPTY, NULL, NULL },
    { IR_SEQUENCE_ERASE, NULL, NULL },
    { IR_SEQUENCE_INSERT, NULL, NULL },
    { IR_SEQUENCE_LENGTH, infer_scalar, NULL },
    { IR_SEQUENCE_MAP, NULL, NULL },
    { IR_SPLIT_TO_SEQUENCE, NULL, NULL },
    { IR_STRING_NORMALIZER, infer_string_normalizer, NULL },
    { IR_STRING_SPLIT, infer_string_split, NULL },
    { IR_TF_IDF_VECTORIZER, infer_tf_idf, NULL },
    { IR_NONE, NULL, NULL },
};
