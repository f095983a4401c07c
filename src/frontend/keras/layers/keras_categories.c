/* Vocabularies, hashes, buckets: numbers for categories, and rows of ones for those numbers. */
#include "frontend/keras/layers/keras_categories.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static struct ir_value *to_float(struct keras_call *c, struct ir_value *x)
{
    const tfp_dtype own = dtype_is_float(c->layer->dtype) ? c->layer->dtype : TFP_FLOAT;
    return x && !dtype_is_float(x->dtype) ? ir_cast(c->b, x, own) : x;
}

/* -- rows of ones --------------------------------------------------------------------------------------------------- */

/* Integers as they are, or as rows of ones: one_hot, multi_hot (over the last axis), count (tf_idf: which its weights, [depth], the
 * caller multiplies with). */
static void encode(struct keras_call *c, struct ir_value *x, int64_t depth, const char *mode, struct ir_value *weights)
{
    struct build *b = c->b;
    tfp_dtype dtype = dtype_is_float(c->layer->dtype) ? c->layer->dtype : TFP_FLOAT;
    int64_t rank = call_rank(c, x);
    if (rank < 0) return;
    if (strcmp(mode, "int") == 0) {
        call_out(c, c->layer->dtype == TFP_INT32 ? ir_cast(b, x, TFP_INT32) : x);
        return;
    }
    bool one_hot = strcmp(mode, "one_hot") == 0, counts = strcmp(mode, "count") == 0 || strcmp(mode, "tf_idf") == 0;
    if (!one_hot && !counts && strcmp(mode, "multi_hot") != 0 && strcmp(mode, "binary") != 0) {
        call_unsupported(c, "output_mode %s", mode);
        return;
    }
    if (one_hot && rank > 1 && dim_is(x->dims[rank - 1], 1)) x = SQUEEZE(b, x, -1);
    struct ir_value *classes = ir_cast(b, form_iota(b, INTS(b, depth)), TFP_INT64);
    struct ir_value *hit = ir_binary(b, IR_EQUAL, UNSQUEEZE(b, ir_cast(b, x, TFP_INT64), -1), classes);
    struct ir_value *rows = ir_cast(b, hit, dtype);
    if (weights) rows = ir_mul(b, rows, UNSQUEEZE(b, ir_cast(b, weights, dtype), -1));
    enum ir_op op = counts ? IR_REDUCE_SUM : IR_REDUCE_MAX;
    call_out(c, one_hot || rank == 0 ? rows : ir_reduce(b, op, rows, (const int64_t[]){ -2 }, 1, false));
}

static void lower_category(struct keras_call *c)
{
    int64_t depth = config_int(c->layer, "num_tokens", config_int(c->layer, "max_tokens", 0));
    const json_t *weights = c->node ? keras_get(c->node->kwargs, "count_weights") : NULL;
    struct ir_value *w = weights ? call_tensor(c, weights, TFP_FLOAT).value : NULL;
    if (config_bool(c->layer, "sparse", false)) call_unsupported(c, "sparse results");
    if (depth < 1) call_malformed(c, "no num_tokens");
    else encode(c, call_in(c, 0), depth, config_text(c->layer, "output_mode", "multi_hot"), w);
}

static void declare_discretization(struct keras_layer *l)
{
    if (!config_has(l, "bin_boundaries") && config_has(l, "num_bins")) keras_weight_add(l, "summary", false, KERAS_ANY, NULL);
}

/* The value at `x` of the line through points (at[i], values[i]), as numpy.interp draws it. */
static double interpolate(double x, const float *at, const float *values, int64_t n)
{
    if (x <= (double)at[0]) return (double)values[0];
    for (int64_t i = 0; i + 1 < n; i++) {
        const double left = (double)at[i], right = (double)at[i + 1];
        if (x >= left && x < right)
            return (x - left) * (((double)values[i + 1] - (double)values[i]) / (right - left)) + (double)values[i];
    }
    return (double)values[n - 1];
}

/* What a layer adapts to is a summary [2, n]: values, and how many each of them stands for. The boundaries part it evenly. */
static struct ir_value *adapted_boundaries(struct keras_call *c, int64_t *n_out)
{
    enum { MOST = 1 << 16 };
    const struct ir_value *v = call_raw_weight(c, c->layer, "summary");
    const struct tensor *t = v ? v->constant : NULL;
    const int64_t bins = config_int(c->layer, "num_bins", 0);
    if (c->b->status != TFP_OK) return NULL;
    if (!t || t->dtype != TFP_FLOAT || t->rank != 2 || t->dims[0] != 2 || t->dims[1] < 1 || bins < 2 || bins > MOST)
        return call_malformed(c, "num_bins or its summary");
    const int64_t n = t->dims[1];
    const double step = 1.0 / (double)bins;
    const float *values = t->data, *weights = values + n;
    /* A summary that is short is taken as it is. */
    if ((double)n * step < 1) return *n_out = n - 1, ir_tensor(c->b, TFP_FLOAT, 1, n_out, values);
    *n_out = (int64_t)ceil(1.0 / step) - 1;
    float *share = calloc((size_t)n, sizeof *share), *edges = calloc((size_t)*n_out + 1, sizeof *edges);
    struct ir_value *out = NULL;
    for (int64_t i = 0; i < n && share; i++) share[i] = weights[i] + (i ? share[i - 1] : 0);
    const float total = share ? share[n - 1] : 0;
    for (int64_t i = 0; i < n && share; i++) share[i] /= total;
    for (int64_t i = 0; i < *n_out && share && edges; i++) edges[i] = (float)interpolate(step + (double)i * step, share, values, n);
    if (share && edges) out = ir_tensor(c->b, TFP_FLOAT, 1, n_out, edges);
    else build_fail(c->b, tfp_no_memory(c->b->ctx));
    free(share);
    free(edges);
    return out;
}

/* How many boundaries are not above x. */
static void lower_discretization(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = to_float(c, call_in(c, 0)), *edges;
    const json_t *list = keras_get(c->layer->config, "bin_boundaries");
    int64_t n = (int64_t)json_array_size(list);
    if (config_bool(c->layer, "sparse", false)) call_unsupported(c, "sparse results");
    if (!list && !c->layer->n_weights) call_malformed(c, "neither bin_boundaries nor num_bins");
    if (!x || b->status != TFP_OK) return;
    if (x->dtype != TFP_DOUBLE) x = ir_cast(b, x, TFP_FLOAT);
    if (list) edges = call_tensor(c, list, x->dtype).value;
    else edges = ir_cast(b, adapted_boundaries(c, &n), x->dtype);
    struct ir_value *not_above = ir_binary(b, IR_LESS_OR_EQUAL, edges, UNSQUEEZE(b, x, -1));
    struct ir_value *bins = ir_reduce(b, IR_REDUCE_SUM, ir_cast(b, not_above, TFP_INT64), (const int64_t[]){ -1 }, 1, false);
    encode(c, bins, n + 1, config_text(c->layer, "output_mode", "int"), NULL);
}

/* -- vocabularies --------------------------------------------------------------------------------------------------- */

static struct ir_value *one_string(struct keras_call *c, const char *text)
{
    struct tfp_string s = { arena_string(&c->b->graph->arena, text, strlen(text)), strlen(text) };
    return s.at ? ir_tensor(c->b, TFP_STRING, 0, NULL, &s) : build_fail(c->b, tfp_no_memory(c->b->ctx));
}

/* A token of the configuration: a string or a number. */
static struct ir_value *one_token(struct keras_call *c, const json_t *j, tfp_dtype dtype)
{
    int64_t number;
    if (dtype == TFP_STRING && json_is_string(j)) return one_string(c, json_string_value(j));
    if (dtype != TFP_STRING && keras_integer(j, &number)) return ir_tensor(c->b, TFP_INT64, 0, NULL, &number);
    call_malformed(c, "a token that is no %s", dtype == TFP_STRING ? "string" : "integer");
    return NULL;
}

static bool put_token(struct arena *a, struct bytes text, tfp_dtype dtype, void *to, size_t i)
{
    char room[24], *end;
    if (dtype == TFP_STRING) {
        const char *copy = arena_string(a, text.n ? text.at : "", text.n);
        ((struct tfp_string *)to)[i] = (struct tfp_string){ copy, text.n };
        return copy != NULL;
    }
    if (!text.n || text.n >= sizeof room) return false;
    memcpy(room, text.at, text.n);
    room[text.n] = '\0';
    ((int64_t *)to)[i] = strtoll(room, &end, 10);
    return *end == '\0';
}

/* Tokens of a JSON list. */
static bool listed_tokens(struct keras_call *c, const json_t *list, tfp_dtype dtype, void *to)
{
    const json_t *j;
    size_t i;
    json_array_foreach((json_t *)(uintptr_t)list, i, j) {
        if (dtype == TFP_STRING) {
            if (!json_is_string(j)) return call_malformed(c, "a token that is no string"), false;
            const struct bytes text = { json_string_value(j), json_string_length(j) };
            if (!put_token(&c->b->graph->arena, text, dtype, to, i)) return build_fail(c->b, tfp_no_memory(c->b->ctx)), false;
        } else if (!keras_integer(j, (int64_t *)to + i)) {
            return call_malformed(c, "a token that is no integer"), false;
        }
    }
    return true;
}

static size_t count_lines(struct bytes text)
{
    size_t n = 1;
    for (size_t i = 0; i < text.n; i++) n += text.at[i] == '\n';
    return n;
}

/* Lines of the file that an adapted layer is saved with: the mask's and the unknown ones' tokens stand first. */
static bool adapted_tokens(struct keras_call *c, struct bytes text, size_t skip, tfp_dtype dtype, void *to)
{
    for (size_t line = 0;; line++) {
        const char *end = text.n ? memchr(text.at, '\n', text.n) : NULL;
        const size_t n = end ? (size_t)(end - text.at) : text.n;
        if (line >= skip && !put_token(&c->b->graph->arena, (struct bytes){ text.at, n }, dtype, to, line - skip))
            return call_malformed(c, "line %zu of its vocabulary is no token", line + 1), false;
        if (!end) return true;
        text = (struct bytes){ end + 1, text.n - n - 1 };
    }
}

bool keras_vocabulary_read(struct keras_call *c, tfp_dtype dtype, const char *mode, struct keras_vocabulary *out)
{
    struct keras_layer *l = c->layer;
    const json_t *list = keras_get(l->config, "vocabulary");
    const bool text = strcmp(l->class_name, "TextVectorization") == 0;
    struct bytes file = { "", 0 };
    *out = (struct keras_vocabulary){ .unknown = text ? 1 : config_int(l, "num_oov_indices", 1) };
    out->masks = strcmp(mode, "int") == 0 && (text || config_has(l, "mask_token")); /* else it is unknown like any other */
    out->first = out->unknown + out->masks;
    if (out->unknown < 0 || out->unknown > INT32_MAX) return call_malformed(c, "num_oov_indices"), false;
    const bool adapted = !list && keras_asset(c->source, l, "vocabulary.txt", &file) && count_lines(file) > (size_t)out->first;
    if (!json_is_array(list) && !adapted)
        return call_unsupported(c, "a vocabulary that is neither in the configuration nor in the archive"), false;
    out->n = adapted ? (int64_t)(count_lines(file) - (size_t)out->first) : (int64_t)json_array_size(list);
    void *at = calloc((size_t)out->n + 1, tfp_dtype_size(dtype));
    if (!at) return build_fail(c->b, tfp_no_memory(c->b->ctx)), false;
    const bool good = adapted ? adapted_tokens(c, file, (size_t)out->first, dtype, at) : listed_tokens(c, list, dtype, at);
    if (good) out->tokens = ir_tensor(c->b, dtype, 1, &out->n, at);
    free(at);
    return good && out->tokens;
}

/* 1 and up: the token's place; 0: it is none. Numbers are compared with each, which every target can do. */
static struct ir_value *place_of(struct keras_call *c, const struct keras_vocabulary *v, struct ir_value *x)
{
    struct build *b = c->b;
    struct ir_value *places = ir_add(b, form_iota(b, INTS(b, v->n)), INTS(b, 1));
    if (x && x->dtype == TFP_STRING) return ir_emit(b, IR_TABLE_FIND, IN(x, v->tokens, places, ir_int(b, 0)), NO_ATTRS);
    struct ir_value *hit = ir_cast(b, ir_binary(b, IR_EQUAL, UNSQUEEZE(b, x, -1), v->tokens), TFP_INT64);
    return ir_reduce(b, IR_REDUCE_MAX, ir_mul(b, hit, places), (const int64_t[]){ -1 }, 1, false);
}

/* Hashes of strings; of numbers what is left of them. */
static struct ir_value *unknown_bucket(struct keras_call *c, struct ir_value *x, int64_t buckets)
{
    const struct ir_attr attrs[] = { A_INT(ATTR_NUM_BUCKETS, buckets), { .name = ATTR_NONE } };
    return x && x->dtype == TFP_STRING ? ir_emit(c->b, IR_STRING_TO_HASH_BUCKET_FAST, IN(x), attrs)
                                       : ir_binary(c->b, IR_MOD, x, ir_int(c->b, buckets));
}

struct ir_value *keras_vocabulary_find(struct keras_call *c, const struct keras_vocabulary *v, struct ir_value *x)
{
    struct build *b = c->b;
    struct ir_value *place = place_of(c, v, x), *index = ir_add(b, place, ir_int(b, v->first - 1));
    struct ir_value *missing = v->unknown != 1 ? ir_binary(b, IR_EQUAL, place, ir_int(b, 0)) : NULL;
    const json_t *token = keras_get(c->layer->config, "mask_token");
    if (v->unknown > 1)
        index = ir_where(b, missing, ir_add(b, unknown_bucket(c, x, v->unknown), ir_int(b, v->masks)), index);
    /* What has no index is an error when the model runs: there is no such element. */
    if (v->unknown == 0)
        index = ir_gather(b, form_iota(b, INTS(b, v->n + v->first)), ir_where(b, missing, ir_int(b, v->n + v->first), index), 0);
    if (!v->masks || !x) return index;
    struct ir_value *mask = token ? one_token(c, token, x->dtype) : one_string(c, ""); /* TextVectorization's */
    return ir_where(b, ir_binary(b, IR_EQUAL, x, mask), ir_int(b, 0), index);
}

int64_t keras_vocabulary_depth(struct keras_call *c, const struct keras_vocabulary *v)
{
    const int64_t own = v->n + v->first, most = config_int(c->layer, "max_tokens", own);
    return config_bool(c->layer, "pad_to_max_tokens", false) && most > own && most <= INT32_MAX ? most : own;
}

struct ir_value *keras_vocabulary_weights(struct keras_call *c, const struct keras_vocabulary *v)
{
    const json_t *list = keras_get(c->layer->config, "idf_weights"), *j;
    const int64_t depth = keras_vocabulary_depth(c, v);
    double sum = 0, number;
    size_t i;
    if (!json_is_array(list) || (int64_t)json_array_size(list) != v->n || !v->n)
        return call_unsupported(c, "idf_weights that are not in the configuration");
    float *at = calloc((size_t)depth, sizeof *at);
    if (!at) return build_fail(c->b, tfp_no_memory(c->b->ctx));
    json_array_foreach((json_t *)(uintptr_t)list, i, j) {
        if (!keras_number(j, &number)) call_malformed(c, "idf_weights");
        else at[(size_t)v->first + i] = (float)number, sum += number;
    }
    for (int64_t k = 0; k < v->first; k++) at[k] = (float)(sum / (double)v->n);
    struct ir_value *weights = ir_tensor(c->b, TFP_FLOAT, 1, &depth, at);
    free(at);
    return weights;
}

/* Indices back to tokens. */
static void lower_inverted(struct keras_call *c, const struct keras_vocabulary *v, struct ir_value *x)
{
    struct build *b = c->b;
    const json_t *unknown = keras_get(c->layer->config, "oov_token"), *mask = keras_get(c->layer->config, "mask_token");
    if (!unknown) {
        call_malformed(c, "no oov_token");
        return;
    }
    struct ir_value *keys = ir_add(b, form_iota(b, INTS(b, v->n)), ir_int(b, v->first)), *values = v->tokens;
    if (v->masks && mask) {
        keys = CONCAT(b, 0, keys, INTS(b, 0));
        values = CONCAT(b, 0, values, ir_reshape(b, one_token(c, mask, form_dtype(v->tokens)), INTS(b, 1)));
    }
    call_out(c, ir_emit(b, IR_TABLE_FIND, IN(ir_cast(b, x, TFP_INT64), keys, values, one_token(c, unknown, form_dtype(v->tokens))),
                        NO_ATTRS));
}

static void lower_lookup(struct keras_call *c)
{
    struct keras_vocabulary v;
    struct ir_value *x = call_in(c, 0);
    const tfp_dtype dtype = *(const tfp_dtype *)c->layer->class->variant;
    const char *mode = config_text(c->layer, "output_mode", "int");
    if (config_bool(c->layer, "sparse", false)) call_unsupported(c, "sparse results");
    if (!x || !keras_vocabulary_read(c, dtype, mode, &v)) return;
    if (config_bool(c->layer, "invert", false)) {
        lower_inverted(c, &v, x);
        return;
    }
    if ((x->dtype == TFP_STRING) != (dtype == TFP_STRING)) {
        call_unsupported(c, "an input of %s", tfp_dtype_name(x->dtype));
        return;
    }
    struct ir_value *index = keras_vocabulary_find(c, &v, dtype == TFP_STRING ? x : ir_cast(c->b, x, dtype));
    struct ir_value *weights = strcmp(mode, "tf_idf") == 0 ? keras_vocabulary_weights(c, &v) : NULL;
    encode(c, index, keras_vocabulary_depth(c, &v), mode, NULL);
    if (weights && c->n_out) c->out[0].value = ir_mul(c->b, c->out[0].value, weights);
}

/* -- hashes --------------------------------------------------------------------------------------------------------- */

/* Numbers are hashed as text. */
static struct ir_value *hashed(struct keras_call *c, struct ir_value *x, int64_t buckets)
{
    int64_t key[2];
    const int64_t n = config_list(c->layer, "salt", 0, key, 2);
    const struct ir_attr fast[] = { A_INT(ATTR_NUM_BUCKETS, buckets), { .name = ATTR_NONE } },
                         strong[] = { A_INT(ATTR_NUM_BUCKETS, buckets), A_INTS(ATTR_KEY, key, 2), { .name = ATTR_NONE } };
    if (x && x->dtype != TFP_STRING) x = ir_emit(c->b, IR_AS_STRING, IN(x), NO_ATTRS);
    if (n == 1) key[1] = key[0];
    return n > 0 ? ir_emit(c->b, IR_STRING_TO_HASH_BUCKET_STRONG, IN(x), strong)
                 : ir_emit(c->b, IR_STRING_TO_HASH_BUCKET_FAST, IN(x), fast);
}

/* Bin 0 is the masked value's, where there is one. */
static void lower_hashing(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = call_in(c, 0), *mask = NULL;
    const json_t *masked = keras_get(c->layer->config, "mask_value");
    const int64_t bins = config_int(c->layer, "num_bins", 0), free_bins = bins - (masked ? 1 : 0);
    if (config_bool(c->layer, "sparse", false)) call_unsupported(c, "sparse results");
    if (free_bins < 1) call_malformed(c, "num_bins is %" PRId64, bins);
    if (!x || b->status != TFP_OK) return;
    if (x->dtype != TFP_STRING && !dtype_is_integer(x->dtype)) {
        call_unsupported(c, "an input of %s", tfp_dtype_name(x->dtype));
        return;
    }
    if (masked) mask = ir_binary(b, IR_EQUAL, x->dtype == TFP_STRING ? x : ir_cast(b, x, TFP_INT64), one_token(c, masked, x->dtype));
    struct ir_value *bin = hashed(c, x, free_bins);
    if (masked) bin = ir_where(b, mask, ir_int(b, 0), ir_add(b, bin, ir_int(b, 1)));
    encode(c, bin, bins, config_text(c->layer, "output_mode", "int"), NULL);
}

/* Every example has one value of each feature. */
static void lower_hashed_crossing(struct keras_call *c)
{
    enum { MOST = 16 };
    struct build *b = c->b;
    struct ir_value *in[MOST], *out[3] = { NULL }, *shape = ir_shape(b, call_in(c, 0));
    const int64_t bins = config_int(c->layer, "num_bins", 0);
    if (config_bool(c->layer, "sparse", false)) call_unsupported(c, "sparse results");
    if (bins < 1 || c->n_in > MOST) call_malformed(c, "num_bins is %" PRId64 ", of %zu features", bins, c->n_in);
    for (size_t i = 0; i < c->n_in && b->status == TFP_OK; i++) {
        struct ir_value *x = call_in(c, i);
        if (x->dtype != TFP_STRING) x = ir_cast(b, x, TFP_INT64);
        in[i] = RESHAPE(b, x, -1, 1);
    }
    const struct ir_attr attrs[] = { A_INT(ATTR_SPARSE, 0), A_INT(ATTR_NUM_BUCKETS, bins), A_INT(ATTR_HASH_KEY, 0xdecafcaffe),
                                     { .name = ATTR_NONE } };
    if (b->status == TFP_OK) ir_emit_many(b, IR_SPARSE_CROSS, in, c->n_in, attrs, 3, out);
    if (b->status == TFP_OK) encode(c, ir_reshape(b, out[1], shape), bins, config_text(c->layer, "output_mode", "int"), NULL);
}

#define STRINGS (&(const tfp_dtype){ TFP_STRING })
#define NUMBERS (&(const tfp_dtype){ TFP_INT64 })
static const char sparse[] = "sparse results",
                  outside[] = "sparse results, a vocabulary in a file of its own";

static const struct keras_class classes[] = {
    { "CategoryEncoding", NULL, lower_category, KERAS_MASK_STOPS, true, NULL, sparse },
    { "Discretization", declare_discretization, lower_discretization, KERAS_MASK_STOPS, true, NULL, sparse },
    { "HashedCrossing", NULL, lower_hashed_crossing, KERAS_MASK_STOPS, true, NULL, sparse },
    { "Hashing", NULL, lower_hashing, KERAS_MASK_STOPS, true, NULL, sparse },
    { "IntegerLookup", NULL, lower_lookup, KERAS_MASK_STOPS, true, NUMBERS, outside },
    { "StringLookup", NULL, lower_lookup, KERAS_MASK_STOPS, true, STRINGS, outside },
    { "TextVectorization", NULL, keras_lower_text, KERAS_MASK_STOPS, true, STRINGS,
      "sparse and ragged results, a vocabulary in a file of its own, functions for standardize or split" },
};

extern const struct keras_family keras_family_categories;
KERAS_FAMILY(categories, "Categories and text");
