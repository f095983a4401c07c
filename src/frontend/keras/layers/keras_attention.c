/* Attention: dot, concatenated and additive scores, several heads, grouped heads. */
#include "frontend/keras/keras.h"

#include <math.h>

static struct ir_value *both(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return x && y ? ir_binary(b, IR_AND, x, y) : x ? x : y;
}

/* Query step i sees the value steps up to i: [queries, values]. */
static struct ir_value *causal_mask(struct build *b, struct ir_value *queries, struct ir_value *values)
{
    struct ir_value *i = form_column(b, form_iota(b, queries), 1), *j = form_iota(b, values);
    return ir_binary(b, IR_LESS_OR_EQUAL, j, i);
}

static bool wants(struct keras_call *c, const char *name)
{
    const json_t *j = c->node ? keras_get(c->node->kwargs, name) : NULL;
    return json_is_true(j) || config_bool(c->layer, name, false);
}

/* -- Attention, AdditiveAttention ---------------------------------------------------------------------------------- */

static void declare_attention(struct keras_layer *l)
{
    if (config_bool(l, "use_scale", false)) keras_weight_add(l, "scale", true, 0, NULL);
    if (strcmp(config_text(l, "score_mode", "dot"), "concat") == 0)
        keras_weight_add(l, "concat_score_weight", true, 0, NULL);
}

static void declare_additive(struct keras_layer *l)
{
    if (config_bool(l, "use_scale", true)) WEIGHT(l, "scale", KERAS_ANY);
}

/* Of tanh(q + k) for every pair: [batch, queries, values, features]. */
static struct ir_value *pairs(struct build *b, struct ir_value *q, struct ir_value *k)
{
    return ir_add(b, UNSQUEEZE(b, q, 2), UNSQUEEZE(b, k, 1));
}

static struct ir_value *additive_scores(struct keras_call *c, struct ir_value *q, struct ir_value *k)
{
    struct build *b = c->b;
    struct ir_value *t = ir_unary(b, IR_TANH, pairs(b, q, k));
    if (config_bool(c->layer, "use_scale", true)) t = ir_mul(b, t, call_weight(c, "scale"));
    return ir_reduce(b, IR_REDUCE_SUM, t, (const int64_t[]){ -1 }, 1, false);
}

static struct ir_value *scores(struct keras_call *c, struct ir_value *q, struct ir_value *k)
{
    struct build *b = c->b;
    const char *mode = config_text(c->layer, "score_mode", "dot");
    struct ir_value *scale = config_bool(c->layer, "use_scale", false) ? call_weight(c, "scale") : NULL, *s;
    if (strcmp(mode, "dot") == 0) {
        s = ir_matmul(b, q, TRANSPOSE(b, k, 0, 2, 1));
        return scale ? ir_mul(b, s, scale) : s;
    }
    if (strcmp(mode, "concat") != 0) return call_unsupported(c, "score_mode %s", mode);
    s = pairs(b, q, k);
    if (scale) s = ir_mul(b, s, scale);
    s = ir_reduce(b, IR_REDUCE_SUM, ir_unary(b, IR_TANH, s), (const int64_t[]){ -1 }, 1, false);
    return ir_mul(b, s, call_weight(c, "concat_score_weight"));
}

static void lower_attention(struct keras_call *c)
{
    struct build *b = c->b;
    bool additive = c->layer->class->variant != NULL;
    struct ir_value *q = call_in(c, 0), *v = call_in(c, 1), *k = c->n_in > 2 ? call_in(c, 2) : v;
    if (call_rank(c, q) != 3 || call_rank(c, v) != 3) {
        call_unsupported(c, "inputs of a rank other than 3");
        return;
    }
    struct ir_value *s = additive ? additive_scores(c, q, k) : scores(c, q, k);
    struct ir_value *mask = c->in[1].mask ? UNSQUEEZE(b, c->in[1].mask, 1) : NULL;
    if (wants(c, "use_causal_mask") || wants(c, "causal")) mask = both(b, mask, causal_mask(b, ir_dim(b, q, 1),
                                                                                            ir_dim(b, v, 1)));
    struct ir_value *weights = ir_softmax(b, keras_masked(b, s, mask), -1), *y = ir_matmul(b, weights, v);
    if (c->in[0].mask && y) y = ir_mul(b, y, UNSQUEEZE(b, ir_cast(b, c->in[0].mask, y->dtype), 2));
    call_out(c, y);
    call_mask(c, c->in[0].mask);
    if (wants(c, "return_attention_scores")) call_out(c, weights);
}

/* -- MultiHeadAttention, GroupedQueryAttention --------------------------------------------------------------------- */

static const char *const projections[] = { "query_dense", "key_dense", "value_dense", "output_dense" };

/* The layers that project have an Einsum's kernel, [in, heads, size] or [heads, size, out]. */
static void declare_projection(struct keras_layer *l)
{
    keras_weight_add(l, "kernel", true, KERAS_ANY, NULL);
    if (config_bool(l, "use_bias", true)) keras_weight_add(l, "bias", true, KERAS_ANY, NULL);
}

static void declare_heads(struct keras_layer *l)
{
    for (size_t i = 0; i < 4; i++) keras_child_make(l, projections[i], "_Projection", l->config);
}

static struct ir_value *projection_weight(struct keras_call *c, const char *which, const char *name)
{
    struct keras_layer *outer = c->layer;
    c->layer = keras_child(outer, which);
    struct ir_value *w = c->layer ? call_weight(c, name) : NULL;
    c->layer = outer;
    return w;
}

/* x [batch, time, in] to [batch, heads, time, size]. */
static struct ir_value *project(struct keras_call *c, const char *which, struct ir_value *x)
{
    struct build *b = c->b;
    struct ir_value *kernel = projection_weight(c, which, "kernel");
    if (!kernel || !x) return NULL;
    if (kernel->rank != 3) return call_malformed(c, "%s has a kernel of rank %d", which, (int)kernel->rank);
    struct ir_value *flat = FORM_RESHAPE(b, kernel, ir_dim(b, kernel, 0), form_product(b, form_dims(b, kernel, 1, 3)));
    struct ir_value *y = FORM_RESHAPE(b, ir_matmul(b, x, flat), form_dims(b, x, 0, 2), form_dims(b, kernel, 1, 3));
    if (config_bool(c->layer, "use_bias", true)) y = ir_add(b, y, projection_weight(c, which, "bias"));
    return TRANSPOSE(b, y, 0, 2, 1, 3);
}

/* Each head of the keys serves several queries' heads that follow each other. */
static struct ir_value *repeat_heads(struct build *b, struct ir_value *x, int64_t times)
{
    if (times == 1 || !x) return x;
    struct ir_value *sizes = CONCAT(b, 0, form_dims(b, x, 0, 2), INTS(b, times), form_dims(b, x, 2, 4));
    struct ir_value *wide = ir_expand(b, UNSQUEEZE(b, x, 2), sizes);
    struct ir_value *heads = ir_mul(b, ir_dim(b, x, 1), INTS(b, times));
    return FORM_RESHAPE(b, wide, ir_dim(b, x, 0), heads, form_dims(b, x, 2, 4));
}

static struct ir_value *argument_mask(struct keras_call *c, const char *name, int64_t axis)
{
    const json_t *j = c->node ? keras_get(c->node->kwargs, name) : NULL;
    struct ir_value *m = j ? ir_cast(c->b, call_tensor(c, j, TFP_BOOL).value, TFP_BOOL) : NULL;
    if (!m) return NULL;
    if (axis >= 0) return ir_unsqueeze(c->b, m, &axis, 1);
    return m;
}

/* [batch, queries, values] of all that leaves places out, with an axis for the heads. */
static struct ir_value *heads_mask(struct keras_call *c, const struct keras_tensor *q, const struct keras_tensor *v,
                                   const struct keras_tensor *k)
{
    struct build *b = c->b;
    struct ir_value *given = argument_mask(c, "attention_mask", -1), *mask = NULL;
    struct ir_value *query = argument_mask(c, "query_mask", 2), *value = argument_mask(c, "value_mask", 1);
    struct ir_value *key = argument_mask(c, "key_mask", 1);
    if (!query && q->mask) query = UNSQUEEZE(b, q->mask, 2);
    if (!value && v->mask) value = UNSQUEEZE(b, v->mask, 1);
    if (!key && k->mask && k->mask != v->mask) key = UNSQUEEZE(b, k->mask, 1);
    mask = both(b, both(b, query, value), key);
    if (wants(c, "use_causal_mask"))
        mask = both(b, mask, UNSQUEEZE(b, causal_mask(b, ir_dim(b, q->value, 1), ir_dim(b, v->value, 1)), 0));
    if (given && given->rank == 4) return both(b, given, mask ? UNSQUEEZE(b, mask, 1) : NULL);
    if (given && given->rank == 2) given = UNSQUEEZE(b, given, 0);
    mask = both(b, mask, given);
    return mask ? UNSQUEEZE(b, mask, 1) : NULL;
}

/* [batch, heads, time, size] to [batch, time, out..]. */
static struct ir_value *join_heads(struct keras_call *c, struct ir_value *y, struct ir_value *like)
{
    struct build *b = c->b;
    struct ir_value *kernel = projection_weight(c, "output_dense", "kernel");
    y = TRANSPOSE(b, y, 0, 2, 1, 3);
    if (!kernel || !y) return NULL;
    struct ir_value *inner = form_product(b, form_dims(b, kernel, 0, 2));
    struct ir_value *outer = form_dims(b, kernel, 2, INT64_MAX), *flat = FORM_RESHAPE(b, kernel, inner,
                                                                                      form_product(b, outer));
    y = ir_matmul(b, FORM_RESHAPE(b, y, form_dims(b, like, 0, 2), inner), flat);
    if (kernel->rank != 3) y = FORM_RESHAPE(b, y, form_dims(b, like, 0, 2), outer);
    return config_bool(c->layer, "use_bias", true) ? ir_add(b, y, projection_weight(c, "output_dense", "bias")) : y;
}

static void lower_heads(struct keras_call *c)
{
    struct build *b = c->b;
    struct keras_layer *l = c->layer;
    struct keras_tensor q = { call_in(c, 0), c->n_in ? c->in[0].mask : NULL };
    struct keras_tensor v = c->n_in > 1 ? c->in[1] : call_tensor(c, call_argument(c, 1, "value"), l->dtype), k = v;
    const json_t *key = call_argument(c, 2, "key");
    int64_t axes[TFP_MAX_RANK], n = config_list(l, "attention_axes", -1, axes, TFP_MAX_RANK);
    if (key) k = call_tensor(c, key, l->dtype);
    else if (c->n_in > 2) k = c->in[2];
    if (!v.value && b->status == TFP_OK) call_malformed(c, "no value");
    if (call_rank(c, q.value) != 3 || call_rank(c, v.value) != 3 || (n > 0 && (n != 1 || axes[0] != 1))) {
        call_unsupported(c, "inputs of a rank other than 3, or attention over other axes than 1");
        return;
    }
    int64_t size = config_int(l, "key_dim", config_int(l, "head_dim", 1));
    int64_t query_heads = config_int(l, "num_query_heads", 1), key_heads = config_int(l, "num_key_value_heads", 1);
    if (size < 1 || key_heads < 1 || query_heads < key_heads || query_heads % key_heads) {
        call_malformed(c, "the numbers of heads do not fit");
        return;
    }
    struct ir_value *queries = project(c, projections[0], q.value);
    struct ir_value *keys = repeat_heads(b, project(c, projections[1], k.value), query_heads / key_heads);
    struct ir_value *values = repeat_heads(b, project(c, projections[2], v.value), query_heads / key_heads);
    if (!queries || !keys || !values) return;
    queries = ir_mul(b, queries, ir_like(b, queries, 1 / sqrt((double)size)));
    struct ir_value *s = ir_matmul(b, queries, TRANSPOSE(b, keys, 0, 1, 3, 2));
    struct ir_value *weights = ir_softmax(b, keras_masked(b, s, heads_mask(c, &q, &v, &k)), -1);
    call_out(c, join_heads(c, ir_matmul(b, weights, values), q.value));
    call_mask(c, q.mask);
    if (wants(c, "return_attention_scores")) call_out(c, weights);
}

#define HEADS(name)                                                                                                    \
    { name, declare_heads, lower_heads, KERAS_MASK_OWN, false, NULL, "inputs of a rank other than 3; other attention_axes" }

static const struct keras_class classes[] = {
    { "AdditiveAttention", declare_additive, lower_attention, KERAS_MASK_OWN, false, "", "inputs of a rank other than 3" },
    { "Attention", declare_attention, lower_attention, KERAS_MASK_OWN, false, NULL, "inputs of a rank other than 3" },
    HEADS("GroupQueryAttention"),
    HEADS("GroupedQueryAttention"),
    HEADS("MultiHeadAttention"),
    { "_Projection", declare_projection, NULL, KERAS_MASK_STOPS, false, NULL, "a part of attention layers" },
};

extern const struct keras_family keras_family_attention;
KERAS_FAMILY(attention, "Attention");
