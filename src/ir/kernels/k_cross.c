/* SparseCross and SparseCrossText: all combinations of the features of an example, hashed as TensorFlow's SparseCross and
 * SparseCrossHashed do it, or as text as SparseCrossV2 does. */
#include "ir/kernels/fingerprint.h"
#include "ir/kernels/gathered.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* One feature: its values, and for each example where they begin. A dense one has as many in each. */
struct crossed {
    const struct tensor *values;
    int64_t *first;   /* [examples + 1] */
    uint64_t *hashes; /* of the values; NULL: texts are put together */
};

struct cross {
    struct kernel *k;
    struct arena arena;
    struct crossed *features;
    size_t n, sparse;
    int64_t examples;
    int64_t *place; /* of each feature: the value that the combination at hand has */
    uint64_t key, buckets;
    const uint64_t *salt; /* of SparseCrossHashed: hashes begin with the first feature's, not with the key */
    bool strong;          /* strings are hashed under the salt */
};

static bool is_value(const struct tensor *t)
{
    return t && (t->dtype == TFP_STRING || t->dtype == TFP_INT64);
}

/* Indices stand in the order of their rows. */
static tfp_status read_sparse(struct cross *c, size_t i)
{
    const struct tensor *at = kernel_in(c->k, i), *values = kernel_in(c->k, c->sparse + i);
    const int64_t *rows = at->data;
    if (at->dtype != TFP_INT64 || at->rank != 2 || at->dims[1] != 2 || !is_value(values) || values->count != at->dims[0])
        return kernel_fail(c->k, TFP_E_FORMAT, "feature %zu: its indices and values do not fit", i);
    int64_t next = 0;
    for (int64_t e = 0; e < c->examples; e++) {
        c->features[i].first[e] = next;
        while (next < at->dims[0] && rows[2 * next] == e) next++;
    }
    c->features[i].first[c->examples] = next;
    c->features[i].values = values;
    return next == at->dims[0] ? TFP_OK
                               : kernel_fail(c->k, TFP_E_FORMAT, "feature %zu: its rows are not in order, or beyond the batch", i);
}

static tfp_status read_dense(struct cross *c, size_t i)
{
    const struct tensor *t = kernel_in(c->k, 2 * c->sparse + i);
    if (!is_value(t) || t->rank != 2 || t->dims[0] != c->examples)
        return kernel_fail(c->k, TFP_E_FORMAT, "dense feature %zu does not fit the batch", i - c->sparse);
    for (int64_t e = 0; e <= c->examples; e++) c->features[i].first[e] = e * t->dims[1];
    c->features[i].values = t;
    return TFP_OK;
}

static tfp_status count_examples(struct cross *c)
{
    const struct tensor *shape = c->sparse ? kernel_in(c->k, 2 * c->sparse) : NULL, *dense = kernel_in(c->k, 0);
    if (c->sparse && (!shape || shape->dtype != TFP_INT64 || shape->count != 2))
        return kernel_fail(c->k, TFP_E_FORMAT, "sparse features of other than two dimensions");
    c->examples = c->sparse ? *(const int64_t *)shape->data : dense && dense->rank ? dense->dims[0] : -1;
    return c->examples >= 0 && c->examples < INT64_MAX / 64 ? TFP_OK
                                                            : kernel_fail(c->k, TFP_E_FORMAT, "the size of the batch is not told");
}

static tfp_status read_features(struct cross *c)
{
    for (size_t i = 0; i < c->k->n_in; i++)
        if (!kernel_in(c->k, i)) return kernel_fail(c->k, TFP_E_FORMAT, "input %zu is absent", i);
    TFP_TRY(count_examples(c));
    if (!(c->features = ARENA_ARRAY(&c->arena, struct crossed, c->n))) return tfp_no_memory(c->k->ctx);
    for (size_t i = 0; i < c->n; i++) {
        if (!(c->features[i].first = ARENA_ARRAY(&c->arena, int64_t, (size_t)c->examples + 1))) return tfp_no_memory(c->k->ctx);
        TFP_TRY(i < c->sparse ? read_sparse(c, i) : read_dense(c, i));
    }
    return TFP_OK;
}

static int64_t values_of(const struct cross *c, size_t i, int64_t example)
{
    return c->features[i].first[example + 1] - c->features[i].first[example];
}

/* Combinations of an example; false: more than there can be. */
static bool combinations(const struct cross *c, int64_t example, int64_t *out)
{
    *out = 1;
    for (size_t i = 0; i < c->n; i++)
        if (__builtin_mul_overflow(*out, values_of(c, i, example), out)) return false;
    return true;
}

static uint64_t hash_of_text(const struct cross *c, struct bytes text)
{
    return c->strong ? fingerprint_sip(text, c->salt) : fingerprint_farm(text);
}

/* SparseCrossHashed takes sparse integers as texts of their lowest four bytes: TensorFlow means eight, and measures the type. */
static uint64_t hash_of(const struct cross *c, size_t feature, int64_t at)
{
    const struct tensor *values = c->features[feature].values;
    char low[4];
    if (values->dtype == TFP_STRING) return hash_of_text(c, tensor_string(values, at));
    const uint64_t value = (uint64_t)((const int64_t *)values->data)[at];
    if (!c->salt || feature >= c->sparse) return value;
    for (size_t i = 0; i < sizeof low; i++) low[i] = (char)(value >> 8 * i);
    return hash_of_text(c, (struct bytes){ low, sizeof low });
}

static tfp_status hash_values(struct cross *c)
{
    for (size_t i = 0; i < c->n; i++) {
        struct crossed *f = &c->features[i];
        if (!(f->hashes = ARENA_ARRAY(&c->arena, uint64_t, (size_t)f->values->count + 1))) return tfp_no_memory(c->k->ctx);
        for (int64_t at = 0; at < f->values->count; at++) f->hashes[at] = hash_of(c, i, at);
    }
    return TFP_OK;
}

/* An example's first combination, and the next one; the last feature changes first. */
static void choose_first(const struct cross *c, int64_t example)
{
    for (size_t i = 0; i < c->n; i++) c->place[i] = c->features[i].first[example];
}

static void choose_next(const struct cross *c, int64_t example)
{
    for (size_t i = c->n; i-- > 0;) {
        if (++c->place[i] < c->features[i].first[example + 1]) return;
        c->place[i] = c->features[i].first[example];
    }
}

static int64_t combined_hash(const struct cross *c)
{
    const size_t first = c->salt ? 1 : 0;
    uint64_t hash = first ? c->features[0].hashes[c->place[0]] : c->key;
    for (size_t i = first; i < c->n; i++) hash = fingerprint_cat(hash, c->features[i].hashes[c->place[i]]);
    return (int64_t)(hash % (c->buckets ? c->buckets : INT64_MAX));
}

static void put_combined_text(const struct cross *c, struct bytes separator, struct gathered *out)
{
    char number[24];
    for (size_t i = 0; i < c->n; i++) {
        const struct tensor *values = c->features[i].values;
        struct bytes text;
        if (i) gathered_put(out, separator);
        if (values->dtype == TFP_STRING) text = tensor_string(values, c->place[i]);
        else text = (struct bytes){ number, (size_t)snprintf(number, sizeof number, "%" PRId64,
                                                             ((const int64_t *)values->data)[c->place[i]]) };
        gathered_put(out, text);
    }
    gathered_end(out);
}

/* How many combinations there are, in all and at most in one example. */
static tfp_status count_all(const struct cross *c, int64_t *total, int64_t *most)
{
    int64_t n;
    *total = *most = 0;
    for (int64_t e = 0; e < c->examples; e++) {
        if (!combinations(c, e, &n) || __builtin_add_overflow(*total, n, total))
            return kernel_fail(c->k, TFP_E_FORMAT, "example %" PRId64 " has too many combinations", e);
        if (n > *most) *most = n;
    }
    return TFP_OK;
}

/* Places and shape of the result; `hashes` (or NULL) or `text` gets the values. */
static void put_all(const struct cross *c, int64_t most, int64_t *hashes, struct gathered *text)
{
    const struct bytes separator = ir_attr_string(c->k->node, ATTR_SEPARATOR, "");
    int64_t *at = c->k->out[0].data, n;
    for (int64_t e = 0; e < c->examples; e++) {
        combinations(c, e, &n);
        choose_first(c, e);
        for (int64_t i = 0; i < n && !text->failed; i++, choose_next(c, e)) {
            *at++ = e;
            *at++ = i;
            if (hashes) *hashes++ = combined_hash(c);
            else put_combined_text(c, separator, text);
        }
    }
    memcpy(c->k->out[2].data, (int64_t[]){ c->examples, most }, 2 * sizeof most);
}

static tfp_status cross(struct cross *c, bool as_text)
{
    struct kernel *k = c->k;
    struct gathered text = { .text = NULL };
    int64_t total, most;
    TFP_TRY(read_features(c));
    TFP_TRY(count_all(c, &total, &most));
    if (!as_text) TFP_TRY(hash_values(c));
    if (!(c->place = ARENA_ARRAY(&c->arena, int64_t, c->n))) return tfp_no_memory(k->ctx);
    TFP_TRY(kernel_output(k, 0, TFP_INT64, 2, (int64_t[]){ total, 2 }));
    TFP_TRY(kernel_output(k, 2, TFP_INT64, 1, (int64_t[]){ 2 }));
    if (!as_text) TFP_TRY(kernel_output(k, 1, TFP_INT64, 1, &total));
    put_all(c, most, as_text ? NULL : k->out[1].data, &text);
    tfp_status status = as_text ? gathered_output(k, 1, 1, &total, &text) : TFP_OK;
    gathered_free(&text);
    return status;
}

/* SparseCrossHashed's salt: two numbers, or none. */
static tfp_status read_salt(struct cross *c, uint64_t room[2])
{
    const struct ir_ints salt = ir_attr_ints(c->k->node, ATTR_SALT);
    c->strong = ir_attr_int(c->k->node, ATTR_STRONG_HASH, 0);
    if (salt.n != 2 && (salt.n || c->strong)) return kernel_fail(c->k, TFP_E_FORMAT, "a salt of %zu numbers, not 2", salt.n);
    for (size_t i = 0; i < salt.n; i++) room[i] = (uint64_t)salt.at[i];
    c->salt = salt.n ? room : NULL;
    return TFP_OK;
}

static tfp_status run_cross(struct kernel *k, bool as_text)
{
    const int64_t sparse = ir_attr_int(k->node, ATTR_SPARSE, 0), buckets = ir_attr_int(k->node, ATTR_NUM_BUCKETS, 0);
    uint64_t salt[2];
    if (sparse < 0 || sparse > (int64_t)k->n_in / 3 || buckets < 0 || !k->n_in)
        return kernel_fail(k, TFP_E_FORMAT, "%" PRId64 " sparse features, %" PRId64 " buckets", sparse, buckets);
    struct cross c = { .k = k, .sparse = (size_t)sparse, .n = k->n_in - 2 * (size_t)sparse,
                       .key = (uint64_t)ir_attr_int(k->node, ATTR_HASH_KEY, 0), .buckets = (uint64_t)buckets };
    TFP_TRY(read_salt(&c, salt));
    tfp_status status = cross(&c, as_text);
    arena_free(&c.arena);
    return status;
}

static tfp_status sparse_cross(struct kernel *k)
{
    return run_cross(k, false);
}

static tfp_status sparse_cross_text(struct kernel *k)
{
    return run_cross(k, true);
}

const struct kernel_row kernels_cross[] = {
    { IR_SPARSE_CROSS, .run = sparse_cross },
    { IR_SPARSE_CROSS_TEXT, .run = sparse_cross_text },
};
const size_t kernels_cross_n = sizeof kernels_cross / sizeof kernels_cross[0];
