/* Operators of strings. Bytes are UTF-8 by ONNX's rule; what depends on a language beyond ASCII is refused. */
#include "base/map.h"
#include "base/numbers.h"
#include "ir/kernels/kernel.h"
#include "ir/kernels/elements.h"
#include "ir/kernels/strided.h"

#include <stdlib.h>
#include <string.h>

/* -- StringConcat -------------------------------------------------------------------------------------------------- */

/* `t` repeated to a shape that it broadcasts to. */
static void stretch(const struct tensor *t, size_t rank, const int64_t *dims, struct tfp_string *out)
{
    struct strided s = { .rank = rank };
    int64_t own[TFP_MAX_RANK];
    strides_of(t->rank, t->dims, own);
    strides_of(rank, dims, s.to);
    for (size_t i = 0; i < rank; i++) {
        size_t before = rank - t->rank;
        s.dims[i] = dims[i];
        s.from[i] = i < before || t->dims[i - before] == 1 ? 0 : own[i - before];
    }
    strided_copy(&s, sizeof *out, t->data, out, 1);
}

static char *append(char *at, struct tfp_string s)
{
    if (s.n) memcpy(at, s.at, s.n);
    return at + s.n;
}

static tfp_status concat(struct kernel *k, size_t rank, const int64_t *dims, struct tfp_string *x, struct tfp_string *y,
                         int64_t count)
{
    size_t size = 0;
    char *at;
    stretch(&k->in[0], rank, dims, x);
    stretch(&k->in[1], rank, dims, y);
    for (int64_t i = 0; i < count; i++)
        if (__builtin_add_overflow(size, x[i].n, &size) || __builtin_add_overflow(size, y[i].n, &size))
            return tfp_no_memory(k->ctx);
    TFP_TRY(kernel_output_strings(k, 0, rank, dims, size, &at));
    struct tfp_string *out = k->out[0].data;
    for (int64_t i = 0; i < count; i++) {
        out[i] = (struct tfp_string){ at, x[i].n + y[i].n };
        at = append(append(at, x[i]), y[i]);
    }
    return TFP_OK;
}

static tfp_status run_string_concat(struct kernel *k)
{
    size_t rank = 0, size;
    int64_t dims[TFP_MAX_RANK], count;
    TFP_TRY(element_broadcast(k, &k->in[0], &rank, dims));
    TFP_TRY(element_broadcast(k, &k->in[1], &rank, dims));
    if (!numbers_count(dims, rank, &count) || !mul_size(&size, (size_t)count, 2 * sizeof(struct tfp_string)))
        return tfp_no_memory(k->ctx);
    struct tfp_string *both = malloc(size + 1);
    tfp_status status = both ? concat(k, rank, dims, both, both + count, count) : tfp_no_memory(k->ctx);
    free(both);
    return status;
}

/* -- StringSplit --------------------------------------------------------------------------------------------------- */

/* The next word of *rest: up to the delimiter (none: white space, which is skipped before it, too), or all that is left when
 * no more splits are allowed. False: there is none. */
static bool next_word(struct bytes *rest, struct bytes delimiter, bool last, bool *more, struct bytes *out)
{
    while (!delimiter.n && rest->n && bytes_is_space(*rest->at)) rest->at++, rest->n--;
    if (!*more || (!delimiter.n && !rest->n)) return false;
    size_t n = 0;
    if (last) n = rest->n;
    else if (!delimiter.n) while (n < rest->n && !bytes_is_space(rest->at[n])) n++;
    else {
        const char *found = rest->n ? memmem(rest->at, rest->n, delimiter.at, delimiter.n) : NULL;
        n = found ? (size_t)(found - rest->at) : rest->n;
    }
    *out = (struct bytes){ rest->at, n };
    *more = n < rest->n;
    size_t used = n + (*more && delimiter.n ? delimiter.n : 0);
    if (used) *rest = (struct bytes){ rest->at + used, rest->n - used };
    return true;
}

/* The words of one string, into `words` unless it is NULL. */
static int64_t split(struct tfp_string s, struct bytes delimiter, int64_t most, struct tfp_string *words)
{
    struct bytes rest = { s.at, s.n }, word;
    bool more = true;
    int64_t n = 0;
    for (; next_word(&rest, delimiter, most >= 0 && n == most, &more, &word); n++)
        if (words) words[n] = (struct tfp_string){ word.n ? word.at : "", word.n };
    return n;
}

static tfp_status run_string_split(struct kernel *k)
{
    const struct tensor *x = &k->in[0];
    const struct bytes delimiter = ir_attr_string(k->node, ATTR_DELIMITER, "");
    const int64_t most = ir_attr_int(k->node, ATTR_MAXSPLIT, -1);
    const struct tfp_string *in = x->data;
    int64_t dims[TFP_MAX_RANK], width = 0, *counts = NULL;
    char *text;
    if (x->rank == TFP_MAX_RANK)
        return kernel_fail(k, TFP_E_UNSUPPORTED, "the result's rank is above %d", (int)TFP_MAX_RANK);
    if (k->n_out > 1) TFP_TRY(kernel_output(k, 1, TFP_INT64, x->rank, x->dims));
    if (k->n_out > 1) counts = k->out[1].data;
    for (int64_t i = 0; i < x->count; i++) {
        int64_t n = split(in[i], delimiter, most, NULL);
        if (counts) counts[i] = n;
        if (n > width) width = n;
    }
    memcpy(dims, x->dims, x->rank * sizeof *dims);
    dims[x->rank] = width;
    TFP_TRY(kernel_output_strings(k, 0, x->rank + 1, dims, 0, &text));
    struct tfp_string *words = k->out[0].data;
    for (int64_t i = 0; i < x->count; i++)
        for (int64_t n = split(in[i], delimiter, most, words + i * width); n < width; n++)
            words[i * width + n] = (struct tfp_string){ "", 0 };
    return TFP_OK;
}

/* -- StringNormalizer ---------------------------------------------------------------------------------------------- */

static char to_case(char c, bool upper)
{
    if (upper) return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_word(struct tfp_string a, struct bytes b, bool exact)
{
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++)
        if (exact ? a.at[i] != b.at[i] : to_case(a.at[i], false) != to_case(b.at[i], false)) return false;
    return true;
}

static bool is_stopword(const struct ir_attr *words, struct tfp_string s, bool exact)
{
    for (size_t i = 0; words && i < words->v.strings.n; i++)
        if (same_word(s, words->v.strings.at[i], exact)) return true;
    return false;
}

static bool is_ascii(struct tfp_string s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.at[i] > 127) return false;
    return true;
}

static tfp_status put_words(struct kernel *k, const struct tfp_string *kept, int64_t n, size_t size, struct bytes action)
{
    const struct tensor *x = &k->in[0];
    const bool upper = bytes_equal(action, "UPPER"), as_it_is = bytes_equal(action, "NONE");
    int64_t dims[] = { 1, 1 };
    char *at;
    dims[x->rank - 1] = n ? n : 1; /* when nothing is left there is one empty string */
    TFP_TRY(kernel_output_strings(k, 0, x->rank, dims, size, &at));
    struct tfp_string *out = k->out[0].data;
    if (!n) out[0] = (struct tfp_string){ "", 0 };
    for (int64_t i = 0; i < n; i++) {
        out[i] = (struct tfp_string){ at, kept[i].n };
        for (size_t j = 0; j < kept[i].n; j++) *at++ = as_it_is ? kept[i].at[j] : to_case(kept[i].at[j], upper);
    }
    return TFP_OK;
}

static tfp_status normalize(struct kernel *k, struct tfp_string *kept)
{
    const struct tensor *x = &k->in[0];
    const struct ir_attr *words = ir_attr(k->node, ATTR_STOPWORDS);
    const struct bytes action = ir_attr_string(k->node, ATTR_CASE_CHANGE_ACTION, "NONE");
    const bool exact = ir_attr_int(k->node, ATTR_IS_CASE_SENSITIVE, 0) != 0;
    const bool cased = !bytes_equal(action, "NONE") || (!exact && words && words->v.strings.n);
    const struct tfp_string *in = x->data;
    int64_t n = 0;
    size_t size = 0;
    for (int64_t i = 0; i < x->count; i++) {
        if (cased && !is_ascii(in[i]))
            return kernel_fail(k, TFP_E_UNSUPPORTED, "the case of letters beyond ASCII, which depends on a locale");
        if (is_stopword(words, in[i], exact)) continue;
        kept[n++] = in[i];
        size += in[i].n;
    }
    return put_words(k, kept, n, size, action);
}

static tfp_status run_string_normalizer(struct kernel *k)
{
    const struct tensor *x = &k->in[0];
    const struct bytes action = ir_attr_string(k->node, ATTR_CASE_CHANGE_ACTION, "NONE");
    if (x->rank < 1 || x->rank > 2 || (x->rank == 2 && x->dims[0] != 1))
        return kernel_fail(k, TFP_E_FORMAT, "the input must be [C] or [1,C]");
    if (!bytes_equal(action, "NONE") && !bytes_equal(action, "LOWER") && !bytes_equal(action, "UPPER"))
        return kernel_fail(k, TFP_E_FORMAT, "case_change_action is none of NONE, LOWER and UPPER");
    struct tfp_string *kept = malloc(x->size + 1);
    tfp_status status = kept ? normalize(k, kept) : tfp_no_memory(k->ctx);
    free(kept);
    return status;
}

/* -- TfIdfVectorizer ----------------------------------------------------------------------------------------------- */

/* N-grams are lists of numbers; strings are numbered first, in the order of the pool. */
struct vectorizer {
    struct kernel *k;
    struct arena arena;
    struct map numbers; /* string -> its number, from 1 */
    struct map grams;   /* bytes of an n-gram's numbers -> its place in the pool, from 1 */
    int64_t shortest, longest, skips, width;
    struct ir_ints coordinates;
};

static bool put_number(struct map *m, const void *key, size_t n, uintptr_t number, bool replace)
{
    void **at = map_at(m, key, n);
    if (at && (replace || !*at)) *at = (void *)number;
    return at != NULL;
}

static int64_t number_of(const struct vectorizer *v, struct tfp_string s)
{
    void **at = map_find(&v->numbers, s.at, s.n);
    return at ? (int64_t)(uintptr_t)*at : 0;
}

/* The pool as numbers, in the arena. */
static tfp_status read_pool(struct vectorizer *v, int64_t **out, size_t *n)
{
    const struct ir_attr *strings = ir_attr(v->k->node, ATTR_POOL_STRINGS);
    const struct ir_ints whole = ir_attr_ints(v->k->node, ATTR_POOL_INT64S);
    const bool by_string = strings && strings->v.strings.n;
    if (by_string == (whole.n > 0))
        return kernel_fail(v->k, TFP_E_FORMAT, "either pool_strings or pool_int64s must be given");
    if (by_string != (v->k->in[0].dtype == TFP_STRING))
        return kernel_fail(v->k, TFP_E_FORMAT, "input and pool are of different types");
    *n = by_string ? strings->v.strings.n : whole.n;
    if (!(*out = ARENA_ARRAY(&v->arena, int64_t, *n))) return tfp_no_memory(v->k->ctx);
    for (size_t i = 0; i < *n; i++) {
        if (!by_string) {
            (*out)[i] = whole.at[i];
            continue;
        }
        const struct bytes s = strings->v.strings.at[i];
        if (!put_number(&v->numbers, s.at, s.n, v->numbers.n + 1, false)) return tfp_no_memory(v->k->ctx);
        (*out)[i] = number_of(v, (struct tfp_string){ s.at, s.n });
    }
    return TFP_OK;
}

/* ngram_counts: where the 1-grams, 2-grams, .. begin in the pool. */
static tfp_status read_grams(struct vectorizer *v)
{
    const struct ir_ints starts = ir_attr_ints(v->k->node, ATTR_NGRAM_COUNTS);
    int64_t *pool = NULL;
    size_t n = 0, place = 0;
    TFP_TRY(read_pool(v, &pool, &n));
    for (size_t i = 0; i < starts.n; i++) {
        const int64_t from = starts.at[i], to = i + 1 < starts.n ? starts.at[i + 1] : (int64_t)n, length = (int64_t)i + 1;
        if (from < 0 || to < from || to > (int64_t)n || (to - from) % length)
            return kernel_fail(v->k, TFP_E_FORMAT, "ngram_counts do not go with the pool");
        for (int64_t at = from; at < to; at += length)
            if (!put_number(&v->grams, pool + at, (size_t)length * sizeof *pool, ++place, true))
                return tfp_no_memory(v->k->ctx);
    }
    if (place != v->coordinates.n)
        return kernel_fail(v->k, TFP_E_FORMAT, "%zu n-grams and %zu ngram_indexes", place, v->coordinates.n);
    return TFP_OK;
}

/* All windows of one row: numbers that are `step` apart, from each place. Of one number they are the same for each step. */
static void count_grams(const struct vectorizer *v, const int64_t *row, int64_t n, int64_t *gram, float *counts)
{
    for (int64_t step = 1; step <= v->skips + 1; step++)
        for (int64_t start = 0; start < n; start++)
            for (int64_t length = 1; length <= v->longest; length++) {
                const int64_t at = start + (length - 1) * step;
                if (at >= n) break;
                gram[length - 1] = row[at];
                if (length < v->shortest || (length == 1 && step > 1)) continue;
                void **place = map_find(&v->grams, (const char *)gram, (size_t)length * sizeof *gram);
                if (place) counts[v->coordinates.at[(uintptr_t)*place - 1]]++;
            }
}

static tfp_status weigh(struct vectorizer *v, float *y, int64_t rows)
{
    const struct bytes mode = ir_attr_string(v->k->node, ATTR_MODE, "");
    const struct ir_attr *weights = ir_attr(v->k->node, ATTR_WEIGHTS);
    const bool idf = bytes_equal(mode, "IDF");
    if (bytes_equal(mode, "TF")) return TFP_OK;
    if (!idf && !bytes_equal(mode, "TFIDF")) return kernel_fail(v->k, TFP_E_FORMAT, "mode is none of TF, IDF and TFIDF");
    for (int64_t i = 0; idf && i < rows * v->width; i++) y[i] = y[i] > 0;
    if (!weights || !weights->v.floats.n) return TFP_OK;
    /* ONNX's text has weight i for the n-gram i; its reference and ONNX Runtime have it for column i. */
    if (weights->v.floats.n < (size_t)v->width)
        return kernel_fail(v->k, TFP_E_FORMAT, "as many weights as columns are needed");
    for (int64_t i = 0; i < rows * v->width; i++) y[i] *= weights->v.floats.at[i % v->width];
    return TFP_OK;
}

static tfp_status read_settings(struct vectorizer *v)
{
    const struct ir_node *n = v->k->node;
    v->shortest = ir_attr_int(n, ATTR_MIN_GRAM_LENGTH, 0);
    v->longest = ir_attr_int(n, ATTR_MAX_GRAM_LENGTH, 0);
    v->skips = ir_attr_int(n, ATTR_MAX_SKIP_COUNT, 0);
    v->coordinates = ir_attr_ints(n, ATTR_NGRAM_INDEXES);
    if (v->shortest < 1 || v->longest < v->shortest || v->skips < 0)
        return kernel_fail(v->k, TFP_E_FORMAT, "lengths of n-grams or skips make no sense");
    for (size_t i = 0; i < v->coordinates.n; i++) {
        if (v->coordinates.at[i] < 0 || v->coordinates.at[i] >= INT32_MAX)
            return kernel_fail(v->k, TFP_E_FORMAT, "a coordinate of %lld", (long long)v->coordinates.at[i]);
        if (v->coordinates.at[i] >= v->width) v->width = v->coordinates.at[i] + 1;
    }
    return v->width ? TFP_OK : kernel_fail(v->k, TFP_E_FORMAT, "needs ngram_indexes");
}

static tfp_status vectorize(struct vectorizer *v)
{
    const struct tensor *x = &v->k->in[0];
    const int64_t rows = x->rank == 2 ? x->dims[0] : 1, n = x->rank ? x->dims[x->rank - 1] : 1, dims[] = { rows, v->width };
    TFP_TRY(read_grams(v));
    TFP_TRY(kernel_output(v->k, 0, TFP_FLOAT, x->rank == 2 ? 2 : 1, x->rank == 2 ? dims : dims + 1));
    float *y = v->k->out[0].data;
    memset(y, 0, v->k->out[0].size);
    const struct tfp_string *strings = x->dtype == TFP_STRING ? x->data : NULL;
    if (v->skips > n) v->skips = n;
    if (v->longest > n) v->longest = n;
    int64_t *row = ARENA_ARRAY(&v->arena, int64_t, (size_t)n), *gram = ARENA_ARRAY(&v->arena, int64_t, (size_t)n);
    if (!row || !gram) return tfp_no_memory(v->k->ctx);
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t i = 0; i < n; i++)
            row[i] = strings ? number_of(v, strings[r * n + i]) : tensor_int(x, r * n + i);
        count_grams(v, row, n, gram, y + r * v->width);
    }
    return weigh(v, y, rows);
}

static tfp_status run_tf_idf(struct kernel *k)
{
    struct vectorizer v = { .k = k };
    if (k->in[0].rank > 2) return kernel_fail(k, TFP_E_FORMAT, "the input must be [C] or [N,C]");
    map_init(&v.numbers, &v.arena);
    map_init(&v.grams, &v.arena);
    tfp_status status = read_settings(&v);
    if (status == TFP_OK) status = vectorize(&v);
    arena_free(&v.arena);
    return status;
}

const struct kernel_row kernels_strings[] = {
    { IR_STRING_CONCAT, .run = run_string_concat },
    { IR_STRING_NORMALIZER, .run = run_string_normalizer },
    { IR_STRING_SPLIT, .run = run_string_split },
    { IR_TF_IDF_VECTORIZER, .run = run_tf_idf },
};
const size_t kernels_strings_n = sizeof kernels_strings / sizeof kernels_strings[0];
