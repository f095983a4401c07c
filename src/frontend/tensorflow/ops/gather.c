/* Elements picked and put by index: Gather, Scatter, TopK and their kin. ONNX counts negative indices from the end
 * where TensorFlow refuses or drops them; where it drops them that is written out. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

#include <math.h>

#define VARIANT(type) (*(const type *)lw->rule->variant)
#define YES (&(const bool){ true })
#define NO (&(const bool){ false })

/* -- gather -------------------------------------------------------------------------------------------------------- */

/* Int32 and int64 go as they are. */
static struct ir_value *index_input(struct lower *lw, size_t i)
{
    struct ir_value *v = lower_in(lw, i);
    return form_dtype(v) == TFP_INT32 || form_dtype(v) == TFP_INT64 ? v : ir_cast(&lw->b, v, TFP_INT64);
}

/* params [batch.., before.., n, after..] -> [batch.., n, before.., after..], GatherND, and the axes `before` back in
 * front of those of the indices. */
static tfp_status gather_batched(struct lower *lw, int64_t axis, int64_t batch)
{
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *indices = lower_int64(lw, 1);
    int64_t rank = lower_rank(lw, x, "params"), n_indices = lower_rank(lw, indices, "indices"), perm[2 * TFP_MAX_RANK];
    if (rank < 0 || n_indices < 0) return b->status;
    if (batch < 0) batch += n_indices;
    if ((axis = lower_axis(lw, axis, rank)) < 0) return b->status;
    if (batch < 0 || batch > n_indices || batch > axis) return lower_malformed(lw, "batch_dims is out of range");
    x = form_move_axis(b, x, rank, axis, batch);
    struct ir_value *at = UNSQUEEZE(b, indices, -1);
    if (!x || !at) return b->status;
    struct ir_value *y = ir_emit(b, IR_GATHER_ND, IN(x, at), ATTRS(A_INT(ATTR_BATCH_DIMS, batch)));
    /* [batch.., index.., before.., after..] */
    int64_t index = n_indices - batch, before = axis - batch, all = rank - 1 + index, k = 0;
    for (int64_t i = 0; i < batch; i++) perm[k++] = i;
    for (int64_t i = 0; i < before; i++) perm[k++] = batch + index + i;
    for (int64_t i = 0; i < index; i++) perm[k++] = batch + i;
    while (k < all) perm[k] = k, k++;
    return lower_done(lw, ir_transpose(b, y, perm, (size_t)all));
}

static tfp_status lower_gather(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    int64_t axis = 0, batch = 0;
    if (VARIANT(bool)) {
        batch = tf_int(lw, "batch_dims");
        if (lower_const_ints(lw, 2, "axis", &axis, 1) < 0) return lw->b.status;
    }
    if (batch != 0) return gather_batched(lw, axis, batch);
    return lower_done(lw, ir_gather(&lw->b, lower_in(lw, 0), index_input(lw, 1), axis));
}

static tfp_status lower_gather_nd(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *at = lower_int64(lw, 1);
    if (!x || !at) return b->status;
    if (at->rank > 0 && dim_is(at->dims[at->rank - 1], 0)) /* each index names the whole tensor */
        return lower_done(lw, ir_expand(b, x, CONCAT(b, 0, form_dims(b, at, 0, at->rank - 1), ir_shape(b, x))));
    return lower_done(lw, ir_emit(b, IR_GATHER_ND, IN(x, at), NO_ATTRS));
}

/* -- scatter ------------------------------------------------------------------------------------------------------- */

/* Constant index rows of which no two are equal: nothing to accumulate, so that older opsets do. */
static bool surely_distinct(const struct ir_value *at)
{
    enum { MOST = 256 };
    if (!at || !at->constant || at->rank < 1) return false;
    const struct tensor *t = at->constant;
    int64_t width = t->dims[t->rank - 1];
    if (width < 1 || t->count / width > MOST) return false;
    for (int64_t i = 0; i < t->count; i += width) {
        for (int64_t k = i + width; k < t->count; k += width) {
            int64_t same = 0;
            while (same < width && tensor_int(t, i + same) == tensor_int(t, k + same)) same++;
            if (same == width) return false;
        }
    }
    return true;
}

static struct ir_value *scatter(struct build *b, struct ir_value *x, struct ir_value *at, struct ir_value *updates,
                                const char *reduction)
{
    if (!x || !at || !updates) return NULL;
    return ir_emit(b, IR_SCATTER_ND, IN(x, at, updates),
                   reduction ? ATTRS(A_TEXT(ATTR_REDUCTION, reduction)) : NO_ATTRS);
}

static tfp_status lower_scatter_nd(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *at = lower_int64(lw, 0), *updates = lower_in(lw, 1);
    bool adds = !surely_distinct(at);
    if (!updates) return b->status;
    if (updates->dtype == TFP_STRING || form_is_complex(updates))
        return lower_unsupported(lw, "strings or complex numbers");
    if (adds && updates->dtype == TFP_BOOL) return lower_unsupported(lw, "bools at indices that may occur twice");
    struct ir_value *x = form_zeros(b, updates->dtype, lower_int64(lw, 2));
    return lower_done(lw, scatter(b, x, at, updates, adds ? "add" : NULL));
}

struct update {
    const char *reduction; /* NULL: replaces */
    bool negate;
};

static tfp_status lower_tensor_scatter(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    const struct update *v = lw->rule->variant;
    struct ir_value *x = lower_in(lw, 0), *updates = lower_in(lw, 2);
    if (v->negate) updates = ir_sub(b, ir_like(b, updates, 0), updates);
    return lower_done(lw, scatter(b, x, lower_int64(lw, 1), updates, v->reduction));
}

static tfp_status lower_sparse_to_dense(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *at = lower_int64(lw, 0), *shape = lower_int64(lw, 1), *values = lower_in(lw, 2);
    int64_t rank = lower_rank(lw, at, "sparse_indices");
    if (rank < 0) return b->status;
    if (rank == 0) at = UNSQUEEZE(b, at, 0, 1);
    if (rank == 1) at = UNSQUEEZE(b, at, 1);
    if (form_rank(values) == 0) values = ir_expand(b, values, ir_dim(b, at, 0));
    return lower_done(lw, scatter(b, ir_expand(b, lower_in(lw, 3), shape), at, values, NULL));
}

static tfp_status lower_invert_permutation(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *places = form_iota(b, ir_dim(b, x, 0));
    if (!x || !places) return b->status;
    struct ir_value *y = ir_emit(b, IR_SCATTER_ELEMENTS, IN(places, lower_int64(lw, 0), places), NO_ATTRS);
    return lower_done(lw, ir_cast(b, y, x->dtype));
}

/* -- stitch -------------------------------------------------------------------------------------------------------- */

/* All indices are constant and name each row: which row of the joined data stands at each place (the last one wins). */
static struct ir_value *inverse_rows(struct build *b, const struct ir_value *at)
{
    int64_t count, *row, rows = 0;
    if (!at || !at->constant || at->constant->count == 0) return NULL;
    count = at->constant->count;
    if (!(row = ARENA_ARRAY(&b->graph->arena, int64_t, (size_t)count))) return build_fail(b, tfp_no_memory(b->ctx));
    for (int64_t i = 0; i < count; i++) row[i] = -1;
    for (int64_t i = 0; i < count; i++) {
        int64_t place = tensor_int(at->constant, i);
        if (place < 0 || place >= count) return NULL;
        row[place] = i;
        if (place >= rows) rows = place + 1;
    }
    for (int64_t i = 0; i < rows; i++)
        if (row[i] < 0) return NULL;
    return ir_ints(b, row, (size_t)rows);
}

/* Indices come first, then as many data; each data tensor begins with the dimensions of its indices. */
static tfp_status lower_stitch(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    size_t count = n->n_in / 2;
    struct ir_value **at = ARENA_ARRAY(&b->graph->arena, struct ir_value *, 2 * count + 1), **rows;
    if (!at) return b->status = tfp_no_memory(b->ctx);
    rows = at + count;
    if (count == 0) return lower_malformed(lw, "nothing to stitch");
    for (size_t i = 0; i < count; i++) {
        struct ir_value *index = lower_int64(lw, i);
        int64_t rank = lower_rank(lw, index, "indices");
        if (rank < 0) return b->status;
        rows[i] = lower_in(lw, count + i);
        if (rank != 1) rows[i] = FORM_RESHAPE(b, rows[i], INTS(b, -1), form_dims(b, rows[i], rank, INT64_MAX));
        at[i] = form_vector(b, index);
    }
    struct ir_value *all = ir_concat(b, at, count, 0), *data = ir_concat(b, rows, count, 0);
    struct ir_value *order = inverse_rows(b, all);
    if (order || b->status != TFP_OK) return lower_done(lw, ir_gather(b, data, order, 0));
    struct ir_value *last = ir_reduce(b, IR_REDUCE_MAX, all, (const int64_t[]){ 0 }, 1, true);
    struct ir_value *dims = CONCAT(b, 0, ir_add(b, last, INTS(b, 1)), form_dims(b, data, 1, INT64_MAX));
    if (form_dtype(data) == TFP_STRING || form_is_complex(data))
        return lower_unsupported(lw, "strings or complex numbers");
    return lower_done(lw, scatter(b, form_zeros(b, form_dtype(data), dims), UNSQUEEZE(b, all, -1), data, NULL));
}

/* -- the greatest -------------------------------------------------------------------------------------------------- */

/* k: a vector of one element. out: values and int64 indices. */
static void top(struct lower *lw, struct ir_value *x, struct ir_value *k, bool largest, struct ir_value **out)
{
    struct build *b = &lw->b;
    out[0] = out[1] = NULL;
    if (!x || !k) return;
    ir_emit_many(b, IR_TOP_K, IN(x, k),
                 ATTRS(A_INT(ATTR_AXIS, -1), A_INT(ATTR_LARGEST, largest), A_INT(ATTR_SORTED, 1)), 2, out);
}

/* "sorted = false" leaves the order open: sorted will do. */
static tfp_status lower_top_k(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    bool v2 = VARIANT(bool);
    struct ir_value *out[2], *k = v2 ? form_vector(b, lower_int64(lw, 1)) : INTS(b, tf_int(lw, "k"));
    tfp_dtype to = v2 ? tf_type(lw, "index_type") : TFP_INT32;
    top(lw, lower_in(lw, 0), k, true, out);
    lower_out(lw, 0, out[0]);
    lower_out(lw, 1, ir_cast(b, out[1], to));
    return b->status;
}

static tfp_status lower_nth_element(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *out[2], *nth = form_scalar(b, lower_int64(lw, 1));
    top(lw, lower_in(lw, 0), ir_add(b, form_vector(b, nth), INTS(b, 1)), tf_bool(lw, "reverse"), out);
    return lower_done(lw, ir_gather(b, out[0], nth, -1));
}

/* Fewer than k predictions are above the target's; a target that is no class, or not finite, is not among them. */
static tfp_status lower_in_top_k(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *target = lower_int64(lw, 1), *zero = ir_int(b, 0);
    struct ir_value *k = VARIANT(bool) ? form_scalar(b, lower_int64(lw, 2)) : ir_int(b, tf_int(lw, "k"));
    struct ir_value *classes = form_dim(b, x, 1), *last = ir_sub(b, classes, ir_int(b, 1));
    struct ir_value *place = ir_binary(b, IR_MIN, ir_binary(b, IR_MAX, target, zero), last);
    struct ir_value *column = UNSQUEEZE(b, place, 1);
    if (!x || !column) return b->status;
    struct ir_value *own = ir_emit(b, IR_GATHER_ELEMENTS, IN(x, column), ATTRS(A_INT(ATTR_AXIS, 1)));
    struct ir_value *above = ir_cast(b, ir_binary(b, IR_GREATER, x, own), TFP_INT64);
    struct ir_value *ahead = ir_reduce(b, IR_REDUCE_SUM, above, (const int64_t[]){ 1 }, 1, false);
    struct ir_value *own_finite =
        ir_binary(b, IR_LESS, ir_unary(b, IR_ABS, SQUEEZE(b, own, 1)), ir_like(b, x, (double)INFINITY));
    struct ir_value *in = ir_binary(b, IR_AND, ir_binary(b, IR_LESS, ahead, k), own_finite);
    return lower_done(lw, ir_binary(b, IR_AND, in, ir_binary(b, IR_EQUAL, place, target)));
}

#define UPDATE(...) (&(const struct update){ __VA_ARGS__ })

static const struct rule rules[] = {
    { "DynamicStitch", lower_stitch, NULL },
    { "Gather", lower_gather, NO },
    { "GatherNd", lower_gather_nd, NULL },
    { "GatherV2", lower_gather, YES },
    { "InTopK", lower_in_top_k, NO },
    { "InTopKV2", lower_in_top_k, YES },
    { "InvertPermutation", lower_invert_permutation, NULL },
    { "NthElement", lower_nth_element, NULL },
    { "ParallelDynamicStitch", lower_stitch, NULL },
    { "ScatterNd", lower_scatter_nd, NULL },
    { "ScatterNdNonAliasingAdd", lower_tensor_scatter, UPDATE("add", false) },
    { "SparseToDense", lower_sparse_to_dense, NULL },
    { "TensorScatterAdd", lower_tensor_scatter, UPDATE("add", false) },
    { "TensorScatterMax", lower_tensor_scatter, UPDATE("max", false) },
    { "TensorScatterMin", lower_tensor_scatter, UPDATE("min", false) },
    { "TensorScatterSub", lower_tensor_scatter, UPDATE("add", true) },
    { "TensorScatterUpdate", lower_tensor_scatter, UPDATE(NULL, false) },
    { "TopK", lower_top_k, NO },
    { "TopKV2", lower_top_k, YES },
};

const struct rule_family rules_gather = { rules, sizeof rules / sizeof rules[0] };
