/* Sparse tensors as their indices [n, rank], values [n] and dense_shape [rank]. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

static tfp_status lower_reshape(struct lower *lw, const struct tf_node *n)
{
    struct ir_value *out[2] = { NULL };
    (void)n;
    ir_emit_many(&lw->b, IR_SPARSE_RESHAPE, IN(lower_in(lw, 0), lower_in(lw, 1), lower_in(lw, 2)), NO_ATTRS, 2, out);
    for (size_t i = 0; i < 2; i++) lower_out(lw, i, out[i]);
    return lw->b.status;
}

static tfp_status lower_fill_empty_rows(struct lower *lw, const struct tf_node *n)
{
    struct ir_value *out[4] = { NULL };
    (void)n;
    ir_emit_many(&lw->b, IR_SPARSE_FILL_EMPTY_ROWS, IN(lower_in(lw, 0), lower_in(lw, 1), lower_in(lw, 2), lower_in(lw, 3)), NO_ATTRS,
                 4, out);
    for (size_t i = 0; i < 4; i++) lower_out(lw, i, out[i]);
    return lw->b.status;
}

/* -- crossed features ---------------------------------------------------------------------------------------------- */

/* The features: all inputs but the last `others`. */
static tfp_status emit_cross(struct lower *lw, enum ir_op op, size_t others, const struct ir_attr *attrs)
{
    struct build *b = &lw->b;
    const size_t n_in = lw->node->n_in - others;
    struct ir_value **in = ARENA_ARRAY(&lw->graph->arena, struct ir_value *, n_in + 1), *out[3] = { NULL };
    if (!in) return b->status = tfp_no_memory(b->ctx);
    for (size_t i = 0; i < n_in; i++) in[i] = lower_in(lw, i);
    if (b->status != TFP_OK) return b->status;
    ir_emit_many(b, op, in, n_in, attrs, 3, out);
    for (size_t i = 0; i < 3 && b->status == TFP_OK; i++) lower_out(lw, i, out[i]);
    return b->status;
}

static tfp_status emit_cross_text(struct lower *lw, size_t others, struct bytes separator)
{
    const struct ir_attr attrs[] = { A_INT(ATTR_SPARSE, tf_int(lw, "N")),
                                     { .name = ATTR_SEPARATOR, .kind = ATTR_KIND_STRING, .v.s = separator },
                                     { .name = ATTR_NONE } };
    return emit_cross(lw, IR_SPARSE_CROSS_TEXT, others, attrs);
}

static tfp_status lower_cross(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    const struct ir_attr attrs[] = { A_INT(ATTR_SPARSE, tf_int(lw, "N")), A_INT(ATTR_NUM_BUCKETS, tf_int(lw, "num_buckets")),
                                     A_INT(ATTR_HASH_KEY, tf_int(lw, "hash_key")), { .name = ATTR_NONE } };
    return tf_bool(lw, "hashed_output") ? emit_cross(lw, IR_SPARSE_CROSS, 0, attrs) : emit_cross_text(lw, 0, bytes_of("_X_"));
}

static tfp_status lower_cross_text(struct lower *lw, const struct tf_node *n)
{
    const struct ir_value *v = n->n_in ? lower_in(lw, n->n_in - 1) : NULL;
    const struct tensor *t = v ? v->constant : NULL;
    if (!v || lw->b.status != TFP_OK) return lw->b.status;
    if (!t || t->dtype != TFP_STRING || t->count != 1) return lower_unsupported(lw, "its separator is not constant");
    return emit_cross_text(lw, 1, tensor_string(t, 0));
}

static bool crosses_dense_integers(struct lower *lw, size_t sparse, size_t features)
{
    for (size_t i = 3 * sparse; i < features; i++)
        if (form_dtype(lower_in(lw, i)) == TFP_INT64) return true;
    return false;
}

/* -1 (and why): not constant. */
static int constant_bool(struct lower *lw, size_t i)
{
    const struct ir_value *v = lower_in(lw, i);
    if (v && v->constant && v->dtype == TFP_BOOL && v->constant->count == 1) return *(const bool *)v->constant->data;
    if (v) lower_unsupported(lw, "input %zu is not constant", i);
    return -1;
}

static tfp_status lower_cross_hashed(struct lower *lw, const struct tf_node *n)
{
    enum { OTHERS = 3 }; /* num_buckets, strong_hash, salt */
    int64_t buckets, salt[2];
    if (n->n_in < OTHERS) return lower_malformed(lw, "it has %zu inputs", n->n_in);
    const size_t features = n->n_in - OTHERS, sparse = (size_t)tf_int(lw, "N");
    const int strong = constant_bool(lw, features + 1);
    if (strong < 0 || lower_const_ints(lw, features, "num_buckets", &buckets, 1) != 1 ||
        lower_const_ints(lw, features + 2, "salt", salt, 2) != 2)
        return lw->b.status != TFP_OK ? lw->b.status : lower_malformed(lw, "num_buckets or salt is wrong");
    const struct ir_attr attrs[] = { A_INT(ATTR_SPARSE, (int64_t)sparse), A_INT(ATTR_NUM_BUCKETS, buckets),
                                     A_INTS(ATTR_SALT, salt, 2), A_INT(ATTR_STRONG_HASH, strong), { .name = ATTR_NONE } };
    /* TensorFlow itself crashes on these. */
    if (strong && crosses_dense_integers(lw, sparse, features)) return lower_unsupported(lw, "dense numbers under a strong hash");
    return emit_cross(lw, IR_SPARSE_CROSS, OTHERS, attrs);
}

static const struct rule rules[] = {
    { "SparseCross", lower_cross, NULL },
    { "SparseCrossHashed", lower_cross_hashed, NULL },
    { "SparseCrossV2", lower_cross_text, NULL },
    { "SparseFillEmptyRows", lower_fill_empty_rows, NULL },
    { "SparseReshape", lower_reshape, NULL },
};
const struct rule_family rules_sparse = { rules, sizeof rules / sizeof rules[0] };
