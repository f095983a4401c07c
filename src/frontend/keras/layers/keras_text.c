/* TextVectorization: texts to words, words to numbers or rows of ones. */
#include "frontend/keras/layers/keras_categories.h"

/* Words of all texts one after another, and the text of each. */
struct ragged {
    struct ir_value *values; /* [words] */
    struct ir_value *rows;   /* [words] */
    struct ir_value *count;  /* texts, a vector of one */
};

static struct ir_value *text_constant(struct keras_call *c, const char *text)
{
    return ir_tensor(c->b, TFP_STRING, 0, NULL, &(const struct tfp_string){ text, strlen(text) });
}

static struct ir_value *standardized(struct keras_call *c, struct ir_value *x)
{
    static const char punctuation[] = "[!\"#$%&()\\*\\+,-\\./:;<=>?@\\[\\\\\\]^_`{|}~\\']"; /* Keras' own */
    struct build *b = c->b;
    if (!config_has(c->layer, "standardize")) return x;
    const char *how = config_text(c->layer, "standardize", "");
    const bool both = strcmp(how, "lower_and_strip_punctuation") == 0, lower = both || strcmp(how, "lower") == 0,
               strip = both || strcmp(how, "strip_punctuation") == 0;
    if (!lower && !strip) return call_unsupported(c, "standardize %s", how);
    if (lower) x = ir_emit(b, IR_STRING_LOWER, IN(x), NO_ATTRS);
    return strip ? ir_emit(b, IR_REGEX_REPLACE, IN(x, text_constant(c, punctuation), text_constant(c, "")), NO_ATTRS) : x;
}

/* -- ragged tensors ------------------------------------------------------------------------------------------------- */

/* `to` with one added at each place. */
static struct ir_value *count_at(struct build *b, struct ir_value *size, struct ir_value *places)
{
    const struct ir_attr attrs[] = { A_STRING(ATTR_REDUCTION, "add"), { .name = ATTR_NONE } };
    struct ir_value *ones = ir_expand(b, ir_int(b, 1), ir_shape(b, places));
    return ir_emit(b, IR_SCATTER_ND, IN(form_zeros(b, TFP_INT64, size), UNSQUEEZE(b, places, 1), ones), attrs);
}

static struct ir_value *running_sum(struct build *b, struct ir_value *x)
{
    return ir_binary(b, IR_CUM_SUM, x, ir_int(b, 0));
}

static struct ir_value *lengths_of(struct build *b, const struct ragged *r)
{
    return count_at(b, r->count, r->rows);
}

static struct ir_value *splits_of(struct build *b, const struct ragged *r)
{
    return CONCAT(b, 0, INTS(b, 0), running_sum(b, lengths_of(b, r)));
}

/* Each row but the first begins where a split says so. */
static struct ir_value *rows_of(struct build *b, struct ir_value *splits, struct ir_value *n)
{
    struct ir_value *starts = ir_slice_axis(b, splits, 0, 1, INT64_MAX);
    struct ir_value *sums = running_sum(b, count_at(b, ir_add(b, n, INTS(b, 1)), starts));
    return ir_slice_axis(b, sums, 0, 0, -1);
}

/* -- words ---------------------------------------------------------------------------------------------------------- */

static void split_at_space(struct keras_call *c, struct ir_value *x, struct ragged *r)
{
    struct ir_value *out[3] = { NULL };
    ir_emit_many(c->b, IR_STRING_SPLIT_SPARSE, IN(x, text_constant(c, "")), NO_ATTRS, 3, out);
    r->values = out[1];
    r->rows = SQUEEZE(c->b, ir_slice_axis(c->b, out[0], 1, 0, 1), 1);
}

/* Each character is a word. */
static void split_characters(struct keras_call *c, struct ir_value *x, struct ragged *r)
{
    struct build *b = c->b;
    struct ir_value *out[3] = { NULL };
    const struct ir_attr in[] = { A_STRING(ATTR_INPUT_ENCODING, "UTF-8"), { .name = ATTR_NONE } },
                         to[] = { A_STRING(ATTR_OUTPUT_ENCODING, "UTF-8"), { .name = ATTR_NONE } };
    ir_emit_many(b, IR_UNICODE_DECODE, IN(x), in, 3, out);
    struct ir_value *n = ir_dim(b, out[1], 0);
    r->values = ir_emit(b, IR_UNICODE_ENCODE, IN(out[1], form_iota(b, ir_add(b, n, INTS(b, 1)))), to);
    r->rows = rows_of(b, out[0], n);
}

/* N-grams of the widths that the configuration lists, or of all up to one. */
static void join_grams(struct keras_call *c, struct ragged *r)
{
    enum { MOST = 16 };
    struct build *b = c->b;
    int64_t widths[MOST], n = config_list(c->layer, "ngrams", 0, widths, MOST);
    struct ir_value *out[2] = { NULL };
    if (n == 1 && !json_is_array(keras_get(c->layer->config, "ngrams"))) {
        n = widths[0];
        for (int64_t i = 0; i < n && i < MOST; i++) widths[i] = i + 1;
    }
    if (n < 1 || n > MOST) {
        call_unsupported(c, "ngrams of %lld widths", (long long)n);
        return;
    }
    const struct ir_attr attrs[] = { A_INTS(ATTR_NGRAM_WIDTHS, widths, (size_t)n), A_STRING(ATTR_SEPARATOR, " "), { .name = ATTR_NONE } };
    ir_emit_many(b, IR_STRING_N_GRAMS, IN(r->values, splits_of(b, r)), attrs, 2, out);
    r->values = out[0];
    r->rows = rows_of(b, out[1], ir_dim(b, out[0], 0));
}

/* -- results -------------------------------------------------------------------------------------------------------- */

/* Rows as long as the longest, or of the length that the configuration says; 0 behind a row's words. */
static struct ir_value *padded(struct keras_call *c, const struct ragged *r, struct ir_value *index)
{
    struct build *b = c->b;
    const int64_t length = config_int(c->layer, "output_sequence_length", -1);
    struct ir_value *splits = splits_of(b, r), *lengths = lengths_of(b, r);
    struct ir_value *place = ir_sub(b, form_iota(b, ir_dim(b, index, 0)), ir_gather(b, splits, r->rows, 0));
    struct ir_value *width = ir_reduce(b, IR_REDUCE_MAX, CONCAT(b, 0, lengths, INTS(b, length > 0 ? length : 0)), NULL, 0, false);
    struct ir_value *at = CONCAT(b, 1, UNSQUEEZE(b, r->rows, 1), UNSQUEEZE(b, place, 1));
    struct ir_value *all = ir_emit(b, IR_SCATTER_ND, IN(form_zeros(b, TFP_INT64, CONCAT(b, 0, r->count, form_vector(b, width))), at, index),
                                   NO_ATTRS);
    /* Each row has as many by then, which only the configuration tells. */
    return length > 0 ? FORM_RESHAPE(b, ir_slice_axis(b, all, 1, 0, length), r->count, INTS(b, length)) : all;
}

/* Which words a text has, or how often. */
static struct ir_value *bag_of_words(struct keras_call *c, const struct ragged *r, struct ir_value *index, int64_t depth, bool count)
{
    struct build *b = c->b;
    struct ir_value *width = INTS(b, depth), *place = ir_add(b, ir_mul(b, r->rows, width), index);
    struct ir_value *counts = count_at(b, ir_mul(b, r->count, width), place);
    if (!count) counts = ir_binary(b, IR_MIN, counts, ir_int(b, 1));
    return ir_cast(b, ir_reshape(b, counts, CONCAT(b, 0, r->count, width)), TFP_FLOAT);
}

/* What is not split is one word, and keeps its shape. */
static void lower_whole(struct keras_call *c, const struct keras_vocabulary *v, struct ir_value *x, const char *mode)
{
    if (strcmp(mode, "int") != 0 || config_has(c->layer, "output_sequence_length") || config_has(c->layer, "ngrams")) {
        call_unsupported(c, "texts that are not split, but padded, joined or counted");
        return;
    }
    call_out(c, keras_vocabulary_find(c, v, x));
}

static bool read_words(struct keras_call *c, struct ir_value *x, struct ragged *r)
{
    const char *how = config_text(c->layer, "split", "");
    if (x->rank > 1) x = SQUEEZE(c->b, x, -1);
    r->count = ir_dim(c->b, x, 0);
    if (strcmp(how, "whitespace") == 0) split_at_space(c, x, r);
    else if (strcmp(how, "character") == 0) split_characters(c, x, r);
    else return call_unsupported(c, "split %s", how), false;
    if (config_has(c->layer, "ngrams")) join_grams(c, r);
    return c->b->status == TFP_OK;
}

void keras_lower_text(struct keras_call *c)
{
    struct keras_vocabulary v;
    struct ragged r;
    const char *mode = config_text(c->layer, "output_mode", "int");
    struct ir_value *x = call_in(c, 0);
    const bool ints = strcmp(mode, "int") == 0, weighted = strcmp(mode, "tf_idf") == 0, count = weighted || strcmp(mode, "count") == 0;
    if (config_bool(c->layer, "sparse", false) || config_bool(c->layer, "ragged", false)) call_unsupported(c, "sparse or ragged results");
    if (!ints && !count && strcmp(mode, "multi_hot") != 0 && strcmp(mode, "binary") != 0) call_unsupported(c, "output_mode %s", mode);
    if (x && x->dtype != TFP_STRING) call_unsupported(c, "an input of %s", tfp_dtype_name(x->dtype));
    if (call_rank(c, x) < 0 || !keras_vocabulary_read(c, TFP_STRING, mode, &v) || !(x = standardized(c, x))) return;
    if (x->rank < 1 || x->rank > 2) {
        call_unsupported(c, "texts of rank %d", x->rank);
        return;
    }
    if (!config_has(c->layer, "split")) {
        lower_whole(c, &v, x, mode);
        return;
    }
    if (!read_words(c, x, &r)) return;
    struct ir_value *index = keras_vocabulary_find(c, &v, r.values);
    struct ir_value *y = ints ? padded(c, &r, index) : bag_of_words(c, &r, index, keras_vocabulary_depth(c, &v), count);
    call_out(c, weighted ? ir_mul(c->b, y, keras_vocabulary_weights(c, &v)) : y);
}
