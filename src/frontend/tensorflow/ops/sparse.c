/* Sparse tensors as their indices [n, rank], values [n] and dense_shape [rank]. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"
#include "ir/segments.h"

#define VARIANT(type) (*(const type *)lw->rule->variant)

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

/* -- entries and where they stand ---------------------------------------------------------------------------------- */

/* Three inputs that are a sparse tensor, from input `first` on. */
struct sparse {
    struct ir_value *at, *values, *shape;
    int64_t rank;
};

static bool read_sparse(struct lower *lw, size_t first, struct sparse *s)
{
    *s = (struct sparse){ lower_int64(lw, first), lower_in(lw, first + 1), lower_int64(lw, first + 2), -1 };
    if (lw->b.status != TFP_OK || !s->at || !s->shape) return false;
    if (s->at->rank == 2 && dim_fixed(s->at->dims[1])) s->rank = s->at->dims[1].n;
    else if (s->shape->rank == 1 && dim_fixed(s->shape->dims[0])) s->rank = s->shape->dims[0].n;
    if (s->rank < 0) lower_unsupported(lw, "a sparse tensor of unknown rank");
    else if (s->rank > TFP_MAX_RANK) lower_unsupported(lw, "a sparse tensor of rank %lld", (long long)s->rank);
    return lw->b.status == TFP_OK;
}

/* The sparse tensor with only n of its axes, as if the others were not there; its values as they are. */
static struct sparse with_axes(struct build *b, const struct sparse *s, const int64_t *axes, size_t n)
{
    struct ir_value *kept = ir_ints(b, axes, n);
    return (struct sparse){ ir_gather(b, s->at, kept, 1), s->values, ir_gather(b, s->shape, kept, 0), (int64_t)n };
}

/* [n]: the place of each entry where the dense tensor is laid out in a row. */
static struct ir_value *places(struct build *b, const struct sparse *s)
{
    struct ir_value *strides[TFP_MAX_RANK] = { NULL };
    for (int64_t i = s->rank; i-- > 0;)
        strides[i] = i + 1 == s->rank ? INTS(b, 1) : ir_mul(b, strides[i + 1], form_element(b, s->shape, i + 1));
    struct ir_value *steps = ir_mul(b, s->at, ir_concat(b, strides, (size_t)s->rank, 0));
    return ir_reduce(b, IR_REDUCE_SUM, steps, (const int64_t[]){ 1 }, 1, false);
}

/* Entries in the order of their places. */
static void sort(struct build *b, struct sparse *s)
{
    struct ir_value *keys = places(b, s), *order[2] = { NULL };
    struct ir_value *n = ir_dim(b, s->at, 0);
    if (!keys || !n) return;
    ir_emit_many(b, IR_TOP_K, IN(keys, n), ATTRS(A_INT(ATTR_LARGEST, 0)), 2, order);
    s->at = ir_gather(b, s->at, order[1], 0);
    s->values = ir_gather(b, s->values, order[1], 0);
}

static tfp_status lower_reorder(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct sparse s;
    if (!read_sparse(lw, 0, &s)) return lw->b.status;
    if (s.rank > 0) sort(&lw->b, &s);
    lower_out(lw, 0, s.at);
    lower_out(lw, 1, s.values);
    return lw->b.status;
}

static tfp_status lower_concat(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct arena *arena = &lw->graph->arena;
    const size_t count = n->n_in / 3;
    struct ir_value **at = ARENA_ARRAY(arena, struct ir_value *, count), **values = ARENA_ARRAY(arena, struct ir_value *, count);
    struct ir_value *size = INTS(b, 0);
    struct sparse s = { .rank = -1 };
    int64_t axis = tf_int(lw, "concat_dim"), here[TFP_MAX_RANK] = { 0 };
    if (!at || !values) return tfp_no_memory(b->ctx);
    for (size_t i = 0; i < count; i++) {
        s = (struct sparse){ lower_int64(lw, i), lower_in(lw, count + i), lower_int64(lw, 2 * count + i), -1 };
        if (b->status != TFP_OK) return b->status;
        if (s.at->rank != 2 || !dim_fixed(s.at->dims[1])) return lower_unsupported(lw, "a sparse tensor of unknown rank");
        s.rank = s.at->dims[1].n;
        if (s.rank > TFP_MAX_RANK) return lower_unsupported(lw, "a sparse tensor of rank %lld", (long long)s.rank);
        if (!i && (axis = lower_axis(lw, axis, s.rank)) < 0) return b->status;
        if (axis >= s.rank) return lower_malformed(lw, "its inputs differ in rank");
        here[axis] = 1;
        struct ir_value *only = ir_ints(b, here, (size_t)s.rank);
        at[i] = ir_add(b, s.at, ir_mul(b, only, size));
        values[i] = s.values;
        size = ir_add(b, size, form_element(b, s.shape, axis));
        s.shape = ir_where(b, ir_binary(b, IR_EQUAL, only, INTS(b, 1)), size, s.shape);
    }
    if (!count) return lower_malformed(lw, "nothing to join");
    s.at = ir_concat(b, at, count, 0);
    s.values = ir_concat(b, values, count, 0);
    sort(b, &s);
    lower_out(lw, 0, s.at);
    lower_out(lw, 1, s.values);
    lower_out(lw, 2, s.shape);
    return b->status;
}

/* What lies within [start, start + size). */
static tfp_status lower_slice(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct sparse s;
    struct ir_value *start = lower_int64(lw, 3), *size = lower_int64(lw, 4), *none = INTS(b, 0);
    if (!read_sparse(lw, 0, &s)) return b->status;
    size = ir_binary(b, IR_MAX, ir_binary(b, IR_MIN, size, ir_sub(b, s.shape, start)), none);
    struct ir_value *at = ir_sub(b, s.at, start);
    struct ir_value *inside = ir_binary(b, IR_AND, ir_binary(b, IR_GREATER_OR_EQUAL, at, none), ir_binary(b, IR_LESS, at, size));
    inside = ir_reduce(b, IR_REDUCE_MIN, ir_cast(b, inside, TFP_INT32), (const int64_t[]){ 1 }, 1, false);
    inside = ir_cast(b, inside, TFP_BOOL);
    if (!inside) return b->status;
    lower_out(lw, 0, ir_emit(b, IR_COMPRESS, IN(at, inside), ATTRS(A_INT(ATTR_AXIS, 0))));
    lower_out(lw, 1, ir_emit(b, IR_COMPRESS, IN(s.values, inside), ATTRS(A_INT(ATTR_AXIS, 0))));
    lower_out(lw, 2, size);
    return b->status;
}

/* -- arithmetic ---------------------------------------------------------------------------------------------------- */

/* The axes that are left are those of the result; entries of one place there are joined. */
static tfp_status lower_reduce(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct sparse s;
    int64_t axes[TFP_MAX_RANK], kept[TFP_MAX_RANK], gone[TFP_MAX_RANK];
    int64_t n_axes = lower_const_ints(lw, 3, "reduction_axes", axes, TFP_MAX_RANK);
    size_t n_kept = 0, n_gone = 0;
    bool keep = tf_bool(lw, "keep_dims"), reduced[TFP_MAX_RANK] = { false };
    if (!read_sparse(lw, 0, &s) || n_axes < 0) return b->status;
    for (int64_t i = 0; i < n_axes; i++) {
        if ((axes[i] = lower_axis(lw, axes[i], s.rank)) < 0) return b->status;
        reduced[axes[i]] = true;
    }
    for (int64_t i = 0; i < s.rank; i++) {
        if (n_axes && !reduced[i]) kept[n_kept++] = i;
        else gone[n_gone++] = i;
    }
    s = with_axes(b, &s, kept, n_kept);
    struct ir_value *ids = n_kept ? places(b, &s) : ir_mul(b, form_iota(b, ir_dim(b, s.values, 0)), INTS(b, 0));
    struct ir_value *count = n_kept ? form_product(b, s.shape) : INTS(b, 1);
    struct ir_value *y = segments_join(b, s.values, ids, count, VARIANT(enum segment_join), false);
    y = ir_reshape(b, y, s.shape);
    return lower_done(lw, keep ? ir_unsqueeze(b, y, gone, n_gone) : y);
}

/* Over the last axis, of the entries that are there. */
static tfp_status lower_softmax(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct sparse s;
    int64_t axes[TFP_MAX_RANK];
    if (!read_sparse(lw, 0, &s)) return b->status;
    if (s.rank < 2) return lower_malformed(lw, "its rank is less than 2");
    for (int64_t i = 0; i < s.rank; i++) axes[i] = i;
    struct sparse rows = with_axes(b, &s, axes, (size_t)s.rank - 1);
    struct ir_value *ids = places(b, &rows), *count = form_product(b, rows.shape);
    struct ir_value *most = segments_join(b, s.values, ids, count, SEGMENT_MAX, false);
    struct ir_value *e = ir_unary(b, IR_EXP, ir_sub(b, s.values, ir_gather(b, most, ids, 0)));
    return lower_done(lw, ir_div(b, e, ir_gather(b, segments_join(b, e, ids, count, SEGMENT_SUM, false), ids, 0)));
}

/* Each entry with the element of a dense tensor at its place. */
static tfp_status lower_with_dense(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct sparse s;
    if (!read_sparse(lw, 0, &s)) return b->status;
    struct ir_value *dense = ir_expand(b, lower_in(lw, 3), s.shape);
    if (!dense) return b->status;
    struct ir_value *there = ir_emit(b, IR_GATHER_ND, IN(dense, s.at), NO_ATTRS);
    return lower_done(lw, form_binary(b, VARIANT(enum ir_op), s.values, there));
}

static tfp_status lower_add_dense(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct sparse s;
    struct ir_value *dense = lower_in(lw, 3);
    if (!read_sparse(lw, 0, &s) || !dense) return lw->b.status;
    struct ir_value *in[] = { dense, s.at, s.values };
    return lower_done(lw, ir_emit(&lw->b, IR_SCATTER_ND, in, 3, ATTRS(A_STRING(ATTR_REDUCTION, "add"))));
}

#define OP(name) (&(const enum ir_op){ IR_##name })
#define JOIN(name) (&(const enum segment_join){ SEGMENT_##name })

static const struct rule rules[] = {
    { "SparseConcat", lower_concat, NULL },
    { "SparseCross", lower_cross, NULL },
    { "SparseCrossHashed", lower_cross_hashed, NULL },
    { "SparseCrossV2", lower_cross_text, NULL },
    { "SparseDenseCwiseAdd", lower_with_dense, OP(ADD) },
    { "SparseDenseCwiseDiv", lower_with_dense, OP(DIV) },
    { "SparseDenseCwiseMul", lower_with_dense, OP(MUL) },
    { "SparseFillEmptyRows", lower_fill_empty_rows, NULL },
    { "SparseReduceMax", lower_reduce, JOIN(MAX) },
    { "SparseReduceSum", lower_reduce, JOIN(SUM) },
    { "SparseReorder", lower_reorder, NULL },
    { "SparseReshape", lower_reshape, NULL },
    { "SparseSlice", lower_slice, NULL },
    { "SparseSoftmax", lower_softmax, NULL },
    { "SparseTensorDenseAdd", lower_add_dense, NULL },
};
const struct rule_family rules_sparse = { rules, sizeof rules / sizeof rules[0] };
