/* SparseCross: hashes of all combinations of the features of an example, as TensorFlow's SparseCross with hashed_output. */
#include "ir/kernels/fingerprint.h"
#include "ir/kernels/kernel.h"

#include <inttypes.h>
#include <stdlib.h>

/* One feature: its values, and for each example where they begin. A dense one has as many in each. */
struct crossed {
    const struct tensor *values;
    int64_t *first; /* [examples + 1] */
};

struct cross {
    struct kernel *k;
    struct arena arena;
    struct crossed *features;
    size_t n, sparse;
    int64_t examples;
    uint64_t key, buckets;
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

static uint64_t hash_of(const struct crossed *f, int64_t at)
{
    if (f->values->dtype == TFP_INT64) return (uint64_t)((const int64_t *)f->values->data)[at];
    const struct tfp_string s = ((const struct tfp_string *)f->values->data)[at];
    return fingerprint_farm((struct bytes){ s.at, s.n });
}

/* Number `which` of an example's combinations; the last feature changes first. */
static int64_t combine(const struct cross *c, int64_t example, int64_t which, int64_t *at)
{
    uint64_t hash = c->key;
    for (size_t i = c->n; i-- > 0;) {
        const int64_t n = values_of(c, i, example);
        at[i] = c->features[i].first[example] + which % n;
        which /= n;
    }
    for (size_t i = 0; i < c->n; i++) hash = fingerprint_cat(hash, hash_of(&c->features[i], at[i]));
    return (int64_t)(hash % (c->buckets ? c->buckets : INT64_MAX));
}

static tfp_status cross(struct cross *c)
{
    struct kernel *k = c->k;
    int64_t total = 0, most = 0, n;
    TFP_TRY(read_features(c));
    for (int64_t e = 0; e < c->examples; e++) {
        if (!combinations(c, e, &n) || __builtin_add_overflow(total, n, &total))
            return kernel_fail(k, TFP_E_FORMAT, "example %" PRId64 " has too many combinations", e);
        if (n > most) most = n;
    }
    int64_t *place = ARENA_ARRAY(&c->arena, int64_t, c->n);
    if (!place) return tfp_no_memory(k->ctx);
    TFP_TRY(kernel_output(k, 0, TFP_INT64, 2, (int64_t[]){ total, 2 }));
    TFP_TRY(kernel_output(k, 1, TFP_INT64, 1, &total));
    TFP_TRY(kernel_output(k, 2, TFP_INT64, 1, (int64_t[]){ 2 }));
    int64_t *at = k->out[0].data, *values = k->out[1].data, *shape = k->out[2].data;
    for (int64_t e = 0; e < c->examples; e++) {
        combinations(c, e, &n);
        for (int64_t i = 0; i < n; i++) {
            *at++ = e;
            *at++ = i;
            *values++ = combine(c, e, i, place);
        }
    }
    shape[0] = c->examples;
    shape[1] = most;
    return TFP_OK;
}

static tfp_status sparse_cross(struct kernel *k)
{
    TFP_TRY(kernel_check(k));
    const int64_t sparse = ir_attr_int(k->node, ATTR_SPARSE, 0), buckets = ir_attr_int(k->node, ATTR_NUM_BUCKETS, 0);
    if (sparse < 0 || sparse > (int64_t)k->n_in / 3 || buckets < 0 || !k->n_in)
        return kernel_fail(k, TFP_E_FORMAT, "%" PRId64 " sparse features, %" PRId64 " buckets", sparse, buckets);
    struct cross c = { .k = k, .sparse = (size_t)sparse, .n = k->n_in - 2 * (size_t)sparse,
                       .key = (uint64_t)ir_attr_int(k->node, ATTR_HASH_KEY, 0), .buckets = (uint64_t)buckets };
    tfp_status status = cross(&c);
    arena_free(&c.arena);
    return status;
}

const struct kernel_row kernels_cross[] = { { IR_SPARSE_CROSS, sparse_cross } };
const size_t kernels_cross_n = sizeof kernels_cross / sizeof kernels_cross[0];
