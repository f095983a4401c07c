/* Sparse tensors as their indices [n, rank], values [n] and dense_shape [rank]. */
#include "frontend/tensorflow/lower.h"

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

/* The hashed form, as crossed feature columns have it. */
static tfp_status lower_cross(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct ir_value **in = ARENA_ARRAY(&lw->graph->arena, struct ir_value *, n->n_in + 1), *out[3] = { NULL };
    const struct ir_attr attrs[] = { A_INT(ATTR_SPARSE, tf_int(lw, "N")), A_INT(ATTR_NUM_BUCKETS, tf_int(lw, "num_buckets")),
                                     A_INT(ATTR_HASH_KEY, tf_int(lw, "hash_key")), { .name = ATTR_NONE } };
    if (!in) return b->status = tfp_no_memory(b->ctx);
    if (!tf_bool(lw, "hashed_output")) return lower_unsupported(lw, "crossed features that are not hashed");
    for (size_t i = 0; i < n->n_in; i++) in[i] = lower_in(lw, i);
    if (b->status != TFP_OK) return b->status;
    ir_emit_many(b, IR_SPARSE_CROSS, in, n->n_in, attrs, 3, out);
    for (size_t i = 0; i < 3 && b->status == TFP_OK; i++) lower_out(lw, i, out[i]);
    return b->status;
}

static const struct rule rules[] = {
    { "SparseCross", lower_cross, NULL },
    { "SparseFillEmptyRows", lower_fill_empty_rows, NULL },
    { "SparseReshape", lower_reshape, NULL },
};
const struct rule_family rules_sparse = { rules, sizeof rules / sizeof rules[0] };
