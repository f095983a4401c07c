/* Strings taken apart and put together: StringSplitSparse, ReduceJoin, UnsortedSegmentJoin, StringNGrams. They mean what
 * TensorFlow's ops of these names do (StringSplitSparse: StringSplit and StringSplitV2). */
#include "ir/kernels/gathered.h"

#include "base/numbers.h"

#include <inttypes.h>
#include <stdlib.h>

/* -- StringSplitSparse --------------------------------------------------------------------------------------------- */

struct splitter {
    struct bytes delimiter;
    bool any_of, skip_empty;
    int64_t most; /* splits; below 1: as many as there are, except that 0 of V2 splits nothing */
};

/* What the words of a string go to; NULL arrays: they are counted. */
struct words {
    int64_t n, *indices, row;
    struct tfp_string *values;
};

static void put_word(struct words *w, int64_t column, struct bytes word)
{
    if (w->indices) {
        w->indices[2 * w->n] = w->row;
        w->indices[2 * w->n + 1] = column;
        w->values[w->n] = (struct tfp_string){ word.at, word.n };
    }
    w->n++;
}

static struct bytes without_space(struct bytes s)
{
    for (; s.n && bytes_is_space(*s.at); s.n--) s.at++;
    return s;
}

/* TensorFlow's own: where no more splits are allowed what is left is a word, though it may be empty. */
static int64_t split_at_space(const struct splitter *p, struct bytes s, struct words *w)
{
    int64_t n = 0;
    for (s = without_space(s); s.n;) {
        size_t length = 0;
        while (length < s.n && !bytes_is_space(s.at[length])) length++;
        put_word(w, n++, (struct bytes){ s.at, length });
        s = without_space((struct bytes){ s.at + length, s.n - length });
        if (p->most > 0 && n == p->most) return put_word(w, n, s), n + 1;
    }
    return n;
}

/* Up to the next delimiter, or all. */
static size_t word_length(const struct splitter *p, struct bytes s)
{
    if (!p->any_of) {
        const char *found = s.n ? memmem(s.at, s.n, p->delimiter.at, p->delimiter.n) : NULL;
        return found ? (size_t)(found - s.at) : s.n;
    }
    size_t n = 0;
    while (n < s.n && !memchr(p->delimiter.at, s.at[n], p->delimiter.n)) n++;
    return n;
}

static int64_t split_at_delimiter(const struct splitter *p, struct bytes s, struct words *w)
{
    const size_t step = p->any_of ? 1 : p->delimiter.n;
    int64_t n = 0, splits = 0;
    for (;;) {
        const size_t length = p->most > 0 && splits == p->most ? s.n : word_length(p, s);
        if (length || !p->skip_empty) put_word(w, n++, (struct bytes){ s.at, length });
        if (length == s.n) return n;
        s = (struct bytes){ s.at + length + step, s.n - length - step };
        splits++;
    }
}

static int64_t split_one(const struct splitter *p, struct bytes s, struct words *w)
{
    if (p->any_of && !s.n) return 0;
    if (!p->any_of && p->most == 0) return put_word(w, 0, s), 1;
    if (p->delimiter.n) return split_at_delimiter(p, s, w);
    if (!p->any_of) return split_at_space(p, s, w);
    for (size_t i = 0; i < s.n; i++) put_word(w, (int64_t)i, (struct bytes){ s.at + i, 1 });
    return (int64_t)s.n;
}

static tfp_status string_split(struct kernel *k)
{
    char *text;
    const struct tensor *in = &k->in[0];
    if (in->rank != 1 || k->in[1].count != 1) return kernel_fail(k, TFP_E_FORMAT, "a vector and one delimiter are expected");
    const struct splitter p = { .delimiter = tensor_string(&k->in[1], 0), .any_of = ir_attr_int(k->node, ATTR_ANY_OF, 0),
                                .skip_empty = ir_attr_int(k->node, ATTR_SKIP_EMPTY, 0),
                                .most = ir_attr_int(k->node, ATTR_MAXSPLIT, -1) };
    struct words counted = { .n = 0 };
    int64_t width = 0;
    for (int64_t i = 0; i < in->count; i++) {
        const int64_t n = split_one(&p, tensor_string(in, i), &counted);
        if (n > width) width = n;
    }
    TFP_TRY(kernel_output(k, 0, TFP_INT64, 2, (int64_t[]){ counted.n, 2 }));
    TFP_TRY(kernel_output_strings(k, 1, 1, &counted.n, 0, &text));
    TFP_TRY(kernel_output(k, 2, TFP_INT64, 1, (int64_t[]){ 2 }));
    struct words w = { .indices = k->out[0].data, .values = k->out[1].data };
    for (w.row = 0; w.row < in->count; w.row++) split_one(&p, tensor_string(in, w.row), &w);
    memcpy(k->out[2].data, (int64_t[]){ in->count, width }, 2 * sizeof width);
    return TFP_OK;
}

/* -- joining ------------------------------------------------------------------------------------------------------- */

static tfp_status reduce_join(struct kernel *k)
{
    const struct tensor *in = &k->in[0];
    const struct bytes separator = ir_attr_string(k->node, ATTR_SEPARATOR, "");
    struct gathered g = { .text = NULL };
    int64_t rows;
    if (!in->rank) return kernel_fail(k, TFP_E_FORMAT, "there is no axis to join along");
    if (!numbers_count(in->dims, in->rank - 1, &rows)) return tfp_no_memory(k->ctx);
    const int64_t width = in->dims[in->rank - 1];
    for (int64_t r = 0; r < rows && !g.failed; r++) {
        for (int64_t i = 0; i < width; i++) {
            if (i) gathered_put(&g, separator);
            gathered_put(&g, tensor_string(in, r * width + i));
        }
        gathered_end(&g);
    }
    tfp_status status = gathered_output(k, 0, in->rank - 1, in->dims, &g);
    gathered_free(&g);
    return status;
}

/* Which strings a segment has: `next` chains them in their order. */
struct segments {
    int64_t n, width; /* strings of one segment id */
    int64_t *first, *last, *next;
};

static bool chain_segments(const struct tensor *ids, struct segments *s)
{
    size_t size;
    if (!mul_size(&size, (size_t)(2 * s->n + ids->count + 1), sizeof *s->first)) return false;
    if (s->n > INT64_MAX / 4 || !(s->first = malloc(size))) return false;
    s->last = s->first + s->n;
    s->next = s->last + s->n;
    for (int64_t i = 0; i < s->n; i++) s->first[i] = -1;
    for (int64_t i = 0; i < ids->count; i++) {
        const int64_t id = tensor_int(ids, i);
        s->next[i] = -1;
        if (s->first[id] < 0) s->first[id] = i;
        else s->next[s->last[id]] = i;
        s->last[id] = i;
    }
    return true;
}

static void join_segments(const struct kernel *k, const struct segments *s, struct gathered *g)
{
    const struct bytes separator = ir_attr_string(k->node, ATTR_SEPARATOR, "");
    for (int64_t id = 0; id < s->n; id++)
        for (int64_t j = 0; j < s->width && !g->failed; j++) {
            for (int64_t at = s->first[id]; at >= 0; at = s->next[at]) {
                if (at != s->first[id]) gathered_put(g, separator);
                gathered_put(g, tensor_string(&k->in[0], at * s->width + j));
            }
            gathered_end(g);
        }
}

static tfp_status segment_join(struct kernel *k)
{
    const struct tensor *in = &k->in[0], *ids = &k->in[1];
    struct segments s = { .n = k->in[2].count == 1 ? tensor_int(&k->in[2], 0) : -1 };
    struct gathered g = { .text = NULL };
    int64_t dims[TFP_MAX_RANK + 1] = { s.n };
    if (s.n < 0) return kernel_fail(k, TFP_E_FORMAT, "one number of segments is expected");
    if (ids->rank > in->rank || memcmp(ids->dims, in->dims, ids->rank * sizeof *in->dims) != 0)
        return kernel_fail(k, TFP_E_FORMAT, "the shape of segment_ids is not the first part of the strings'");
    for (int64_t i = 0; i < ids->count; i++)
        if (tensor_int(ids, i) >= s.n || tensor_int(ids, i) < 0)
            return kernel_fail(k, TFP_E_FORMAT, "segment %" PRId64 " of %" PRId64, tensor_int(ids, i), s.n);
    const size_t rest = in->rank - ids->rank;
    memcpy(dims + 1, in->dims + ids->rank, rest * sizeof *dims);
    if (rest == TFP_MAX_RANK) return kernel_fail(k, TFP_E_UNSUPPORTED, "the result's rank is above %d", (int)TFP_MAX_RANK);
    if (!numbers_count(dims + 1, rest, &s.width) || !chain_segments(ids, &s)) return tfp_no_memory(k->ctx);
    join_segments(k, &s, &g);
    tfp_status status = gathered_output(k, 0, rest + 1, dims, &g);
    gathered_free(&g);
    free(s.first);
    return status;
}

/* -- StringNGrams -------------------------------------------------------------------------------------------------- */

struct grams {
    struct kernel *k;
    struct ir_ints widths;
    struct bytes separator, left, right;
    int64_t pad; /* below 0: one less than the width */
    bool keep_short;
    struct gathered out;
};

static int64_t pad_of(const struct grams *g, int64_t width)
{
    return g->pad < 0 || g->pad > width - 1 ? width - 1 : g->pad;
}

static void put_piece(struct grams *g, bool first, struct bytes b)
{
    if (!first) gathered_put(&g->out, g->separator);
    gathered_put(&g->out, b);
}

/* Number `i` of the `n` that rows of `length` strings from `start` on have. */
static void put_gram(struct grams *g, int64_t start, int64_t i, int64_t n, int64_t width)
{
    const int64_t pad = pad_of(g, width), left = pad > i ? pad - i : 0, right = pad > n - 1 - i ? pad - (n - 1 - i) : 0;
    const int64_t from = start + (left ? 0 : i - pad), words = width - left - right;
    for (int64_t j = 0; j < left; j++) put_piece(g, !j, g->left);
    for (int64_t j = 0; j < words; j++) put_piece(g, !left && !j, tensor_string(&g->k->in[0], from + j));
    for (int64_t j = 0; j < right; j++) put_piece(g, !left && words < 1 && !j, g->right);
    gathered_end(&g->out);
}

static tfp_status put_row(struct grams *g, int64_t start, int64_t length)
{
    const size_t before = g->out.count;
    for (size_t w = 0; w < g->widths.n; w++) {
        const int64_t width = g->widths.at[w], n = length + 2 * pad_of(g, width) - width + 1;
        for (int64_t i = 0; i < n && !g->out.failed; i++) put_gram(g, start, i, n, width);
    }
    if (!g->keep_short || !length || g->out.count > before) return TFP_OK;
    if (g->pad < 0) return kernel_fail(g->k, TFP_E_FORMAT, "a row is too short for any n-gram, and pad_width is not told");
    put_gram(g, start, 0, 1, length + 2 * g->pad);
    return TFP_OK;
}

/* The row splits go from 0 to the number of strings and never back. */
static bool splits_fit(const struct tensor *splits, int64_t count)
{
    if (splits->rank != 1 || (splits->count && tensor_int(splits, 0) != 0)) return false;
    for (int64_t i = 1; i < splits->count; i++)
        if (tensor_int(splits, i) < tensor_int(splits, i - 1)) return false;
    return splits->count ? tensor_int(splits, splits->count - 1) == count : count == 0;
}

static tfp_status string_ngrams(struct kernel *k)
{
    enum { WIDEST = 1 << 20 };
    struct grams g = { .k = k, .widths = ir_attr_ints(k->node, ATTR_NGRAM_WIDTHS),
                       .separator = ir_attr_string(k->node, ATTR_SEPARATOR, ""), .left = ir_attr_string(k->node, ATTR_LEFT_PAD, ""),
                       .right = ir_attr_string(k->node, ATTR_RIGHT_PAD, ""), .pad = ir_attr_int(k->node, ATTR_PAD_WIDTH, 0),
                       .keep_short = ir_attr_int(k->node, ATTR_PRESERVE_SHORT_SEQUENCES, 0) };
    const struct tensor *splits = &k->in[1];
    for (size_t i = 0; i < g.widths.n; i++)
        if (g.widths.at[i] < 1 || g.widths.at[i] > WIDEST)
            return kernel_fail(k, TFP_E_FORMAT, "an n-gram of %" PRId64 " strings", g.widths.at[i]);
    if (g.pad > WIDEST) return kernel_fail(k, TFP_E_FORMAT, "pad_width is %" PRId64, g.pad);
    if (!splits_fit(splits, k->in[0].count)) return kernel_fail(k, TFP_E_FORMAT, "the row splits do not fit the strings");
    TFP_TRY(kernel_output(k, 1, splits->dtype, 1, splits->dims));
    tfp_status status = TFP_OK;
    if (splits->count) tensor_set_int(&k->out[1], 0, 0);
    for (int64_t i = 1; i < splits->count && status == TFP_OK && !g.out.failed; i++) {
        const int64_t start = tensor_int(splits, i - 1);
        status = put_row(&g, start, tensor_int(splits, i) - start);
        tensor_set_int(&k->out[1], i, (int64_t)g.out.count);
    }
    if (status == TFP_OK) status = gathered_output(k, 0, 1, (int64_t[]){ (int64_t)g.out.count }, &g.out);
    gathered_free(&g.out);
    return status;
}

const struct kernel_row kernels_words[] = {
    { IR_REDUCE_JOIN, .run = reduce_join },
    { IR_STRING_N_GRAMS, .run = string_ngrams },
    { IR_STRING_SPLIT_SPARSE, .run = string_split },
    { IR_UNSORTED_SEGMENT_JOIN, .run = segment_join },
};
const size_t kernels_words_n = sizeof kernels_words / sizeof kernels_words[0];
