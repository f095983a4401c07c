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
    { IR_STRING_NORMALIZER, NULL, NULL },
    { IR_STRING_SPLIT, infer_string_split, NULL },
    { IR_TF_IDF_VECTORIZER, NULL, NULL },
    { IR_NONE, NULL, NULL },
};
