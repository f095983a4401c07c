/* Scaled dot-product attention, all of it: grouped heads, a cache, masks, windows. Scores of all batches and heads are
 * kept at once; each row of them becomes weights in double. */
#include "ir/kernels/product.h"

#include <math.h>

enum { SCORES, SOFT_CAPPED, BIASED, WEIGHTS }; /* what output 3 shows: attribute qk_matmul_output_mode */

/* One operand as [batch, heads, length, size], each row of `size` adjacent. */
struct heads {
    int64_t batch, heads, length, size;
    int64_t batch_step, head_step, row;
    const void *at;
};

struct attention {
    enum work_kind kind;
    bool wide, causal;
    struct heads q, k, v;
    int64_t past; /* places of k and v that were there before the queries */
    double scale, softcap;
    int64_t left, right; /* of the window; -1: no bound */
    int64_t shown;
    void *scores, *show;
    const struct tensor *mask, *filled; /* filled: how many keys of each batch count */
    const void *bias;                   /* the mask's numbers; NULL: it is bool */
    int64_t mask_step[4], mask_length;
};

/* -- operands ------------------------------------------------------------------------------------------------------ */

static tfp_status open_heads(struct kernel *k, struct work *w, size_t input, enum ir_attr_name count, enum work_kind kind,
                             struct heads *h)
{
    const struct tensor *t;
    TFP_TRY(work_input(k, input, &t));
    if (t->rank != 3 && t->rank != 4)
        return kernel_fail(k, TFP_E_FORMAT, "input %zu has rank %u, not 3 or 4", input, (unsigned)t->rank);
    h->batch = t->dims[0];
    if (t->rank == 4) {
        h->heads = t->dims[1];
        h->length = t->dims[2];
        h->row = h->size = t->dims[3];
        h->head_step = h->length * h->size;
    } else {
        h->heads = ir_attr_int(k->node, count, 0);
        if (h->heads < 1 || t->dims[2] % h->heads)
            return kernel_fail(k, TFP_E_FORMAT, "input %zu has %lld columns for %lld heads", input, (long long)t->dims[2],
                               (long long)h->heads);
        h->length = t->dims[1];
        h->row = t->dims[2];
        h->head_step = h->size = h->row / h->heads;
    }
    h->batch_step = h->heads * h->length * h->size;
    return work_load(k, w, t, kind, &h->at);
}

static void copy_rows(enum work_kind kind, const struct heads *from, const struct heads *to, int64_t first)
{
    size_t each = work_size(kind);
    for (int64_t b = 0; b < from->batch; b++)
        for (int64_t h = 0; h < from->heads; h++)
            for (int64_t i = 0; i < from->length && from->size; i++)
                memcpy((char *)(uintptr_t)to->at +
                           (size_t)(b * to->batch_step + h * to->head_step + (first + i) * to->row) * each,
                       (const char *)from->at +
                           (size_t)(b * from->batch_step + h * from->head_step + i * from->row) * each,
                       (size_t)from->size * each);
}

/* Puts the cache (input `past`, absent: none) before the operand, and shows the whole as output `present`. */
static tfp_status join_past(struct kernel *k, struct work *w, enum work_kind kind, size_t past, size_t present,
                            struct heads *h)
{
    struct heads before = *h, all = *h;
    const struct tensor *t = kernel_in(k, past);
    before.length = 0;
    if (t) TFP_TRY(open_heads(k, w, past, ATTR_NONE, kind, &before));
    if (t && (before.batch != h->batch || before.heads != h->heads || before.size != h->size))
        return kernel_fail(k, TFP_E_FORMAT, "input %zu does not fit what is new", past);
    if (!t && !kernel_wants(k, present)) return TFP_OK;
    all.length += before.length;
    all.row = all.size;
    all.head_step = all.length * all.size;
    all.batch_step = all.heads * all.head_step;
    int64_t dims[] = { all.batch, all.heads, all.length, all.size }, count;
    void *to;
    if (!numbers_count(dims, 4, &count)) return kernel_fail(k, TFP_E_FORMAT, "the cache overflows");
    if (kernel_wants(k, present))
        TFP_TRY(work_output_dims(k, w, present, k->in[present].dtype, 4, dims, kind, &to));
    else TFP_TRY(work_take(k, w, count, work_size(kind), &to));
    all.at = to;
    if (t) copy_rows(kind, &before, &all, 0);
    copy_rows(kind, h, &all, before.length);
    if (kernel_wants(k, present)) work_store(k, present, kind, to);
    *h = all;
    return TFP_OK;
}

static tfp_status open_mask(struct kernel *k, struct work *w, struct attention *a)
{
    const int64_t whole[] = { a->q.batch, a->q.heads, a->q.length, a->k.length };
    const struct tensor *t = a->mask = kernel_in(k, 3);
    int64_t step = 1;
    if (!t) return TFP_OK;
    if (t->rank < 1 || t->rank > 4) return kernel_fail(k, TFP_E_FORMAT, "a mask of rank %u", (unsigned)t->rank);
    a->mask_length = t->dims[t->rank - 1];
    for (size_t i = 4, j = t->rank; i-- > 0;) {
        int64_t d = j > 0 ? t->dims[--j] : 1;
        bool fits = i == 3 ? d <= whole[i] : d == 1 || d == whole[i];
        if (!fits) return kernel_fail(k, TFP_E_FORMAT, "the mask's shape does not stretch to that of the scores");
        a->mask_step[i] = d == 1 && i < 3 ? 0 : step;
        step *= d;
    }
    return t->dtype == TFP_BOOL ? TFP_OK : work_load(k, w, t, a->kind, &a->bias);
}

/* -- scores and weights -------------------------------------------------------------------------------------------- */

/* What is added to the score of query i and key j, absolute places; -inf: not allowed. */
WORK_INLINE double bias_of(const struct attention *a, bool wide, int64_t row, int64_t batch, int64_t place, int64_t j)
{
    double bias = 0;
    if (a->filled && j >= tensor_int(a->filled, batch)) return -HUGE_VAL;
    if ((a->causal && j > place) || (a->left >= 0 && j < place - a->left) || (a->right >= 0 && j > place + a->right))
        return -HUGE_VAL;
    if (!a->mask) return 0;
    if (j >= a->mask_length) return -HUGE_VAL;
    if (a->bias) bias = work_get(wide, a->bias, row + j);
    else if (!((const uint8_t *)a->mask->data)[row + j]) bias = -HUGE_VAL;
    return bias;
}

WORK_INLINE void show(const struct attention *a, bool wide, int64_t what, int64_t at, double x)
{
    if (a->show && a->shown == what) work_set(wide, a->show, at, x);
}

/* The scores of one query become its weights; a query that may see no key gets zeros. */
WORK_INLINE void weigh_row(const struct attention *a, bool wide, int64_t row)
{
    int64_t i = row % a->q.length, head = row / a->q.length % a->q.heads, batch = row / a->q.length / a->q.heads;
    int64_t at = row * a->k.length, mask = batch * a->mask_step[0] + head * a->mask_step[1] + i * a->mask_step[2];
    int64_t place = i + (a->filled ? tensor_int(a->filled, batch) - a->q.length : a->past);
    double most = -HUGE_VAL, sum = 0;
    bool any = false;
    for (int64_t j = 0; j < a->k.length; j++) {
        double x = work_get(wide, a->scores, at + j) * a->scale, bias = bias_of(a, wide, mask, batch, place, j);
        show(a, wide, SCORES, at + j, x);
        if (a->softcap > 0) x = tanh(x / a->softcap) * a->softcap;
        show(a, wide, SOFT_CAPPED, at + j, x);
        x = bias == -HUGE_VAL ? bias : x + bias;
        show(a, wide, BIASED, at + j, x);
        any = any || bias != -HUGE_VAL;
        work_set(wide, a->scores, at + j, x);
        if (x > most) most = x;
    }
    for (int64_t j = 0; any && j < a->k.length; j++) sum += exp(work_get(wide, a->scores, at + j) - most);
    for (int64_t j = 0; j < a->k.length; j++) {
        double x = any ? exp(work_get(wide, a->scores, at + j) - most) / sum : 0;
        work_set(wide, a->scores, at + j, x);
        show(a, wide, WEIGHTS, at + j, x);
    }
}

static void weigh(const struct kernel *k, const struct attention *a)
{
    int64_t rows = a->q.batch * a->q.heads * a->q.length;
    int threads = work_threads(k, rows * a->k.length);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t i = 0; i < rows; i++) {
        if (a->wide) weigh_row(a, true, i);
        else weigh_row(a, false, i);
    }
}

/* Where each batch and head of the queries begins, and the keys or values that go with it. */
static void head_starts(const struct attention *a, const struct heads *other, int64_t *left, int64_t *right)
{
    int64_t share = a->q.heads / other->heads;
    for (int64_t i = 0; i < a->q.batch * a->q.heads; i++) {
        int64_t b = i / a->q.heads, h = i % a->q.heads;
        left[i] = b * a->q.batch_step + h * a->q.head_step;
        right[i] = b * other->batch_step + h / share * other->head_step;
    }
}

static tfp_status multiply(struct kernel *k, struct work *w, struct attention *a, void *context)
{
    void *room, *starts;
    int64_t batches = a->q.batch * a->q.heads, rows = a->q.length, keys = a->k.length;
    TFP_TRY(product_room(k, w, &room));
    TFP_TRY(work_take(k, w, batches, 2 * sizeof(int64_t), &starts));
    int64_t *left = starts, *right = left + batches;
    struct product p = { .batches = batches, .m = rows, .n = keys, .k = a->q.size, .a = a->q.at, .b = a->k.at,
                         .c = a->scores, .a_row = a->q.row, .a_col = 1, .b_row = 1, .b_col = a->k.row, .c_row = keys,
                         .c_batch = rows * keys, .a_at = left, .b_at = right };
    head_starts(a, &a->k, left, right);
    product_run(k, a->kind, &p, room);
    weigh(k, a);
    struct product q = { .batches = batches, .m = rows, .n = a->v.size, .k = keys, .a = a->scores, .b = a->v.at,
                         .c = context, .a_row = keys, .a_col = 1, .b_row = a->v.row, .b_col = 1, .c_row = a->v.size,
                         .c_batch = rows * a->v.size, .a_at = left, .b_at = right };
    head_starts(a, &a->v, left, right);
    for (int64_t i = 0; i < batches; i++) left[i] = i * rows * keys;
    product_run(k, a->kind, &q, room);
    return TFP_OK;
}

/* -- the kernel ---------------------------------------------------------------------------------------------------- */

static tfp_status check_heads(struct kernel *k, const struct attention *a)
{
    const struct heads *q = &a->q, *key = &a->k, *v = &a->v;
    if (q->batch != key->batch || q->batch != v->batch) return kernel_fail(k, TFP_E_FORMAT, "batches differ");
    if (q->size != key->size) return kernel_fail(k, TFP_E_FORMAT, "queries and keys differ in size");
    if (key->length != v->length) return kernel_fail(k, TFP_E_FORMAT, "keys and values differ in number");
    if (key->heads != v->heads || key->heads < 1 || q->heads % key->heads)
        return kernel_fail(k, TFP_E_FORMAT, "%lld heads of queries do not share %lld of keys and %lld of values",
                           (long long)q->heads, (long long)key->heads, (long long)v->heads);
    if (a->filled && a->filled->count != q->batch) return kernel_fail(k, TFP_E_FORMAT, "a length for each batch is needed");
    return TFP_OK;
}

static tfp_status open_attention(struct kernel *k, struct work *w, struct attention *a)
{
    const struct tensor *q;
    TFP_TRY(work_input(k, 0, &q));
    TFP_TRY(work_float_kind(k, q->dtype, &a->kind));
    a->wide = a->kind == WORK_F64;
    TFP_TRY(open_heads(k, w, 0, ATTR_Q_NUM_HEADS, a->kind, &a->q));
    TFP_TRY(open_heads(k, w, 1, ATTR_KV_NUM_HEADS, a->kind, &a->k));
    TFP_TRY(open_heads(k, w, 2, ATTR_KV_NUM_HEADS, a->kind, &a->v));
    a->past = kernel_in(k, 4) && k->in[4].rank == 4 ? k->in[4].dims[2] : 0;
    a->filled = kernel_in(k, 6);
    TFP_TRY(join_past(k, w, a->kind, 4, 1, &a->k));
    TFP_TRY(join_past(k, w, a->kind, 5, 2, &a->v));
    TFP_TRY(check_heads(k, a));
    a->scale = ir_attr(k->node, ATTR_SCALE) ? (double)ir_attr_float(k->node, ATTR_SCALE, 1)
                                            : 1 / sqrt((double)a->q.size);
    a->softcap = (double)ir_attr_float(k->node, ATTR_SOFTCAP, 0);
    a->causal = ir_attr_int(k->node, ATTR_IS_CAUSAL, 0) != 0;
    a->left = ir_attr_int(k->node, ATTR_LEFT_WINDOW_SIZE, -1);
    a->right = ir_attr_int(k->node, ATTR_RIGHT_WINDOW_SIZE, -1);
    a->shown = ir_attr_int(k->node, ATTR_QK_MATMUL_OUTPUT_MODE, 0);
    return open_mask(k, w, a);
}

/* The context as [batch, length, heads * size] when the queries came packed so. */
static void pack_heads(const struct attention *a, const void *from, void *to)
{
    struct heads x = { .batch = a->q.batch, .heads = a->q.heads, .length = a->q.length, .size = a->v.size,
                       .row = a->v.size, .at = from };
    struct heads y = x;
    x.head_step = x.length * x.size;
    y.head_step = y.size;
    y.row = y.heads * y.size;
    x.batch_step = y.batch_step = x.heads * x.length * x.size;
    y.at = to;
    copy_rows(a->kind, &x, &y, 0);
}

static tfp_status attention(struct kernel *k, struct work *w)
{
    struct attention a = { 0 };
    TFP_TRY(open_attention(k, w, &a));
    const int64_t scores[] = { a.q.batch, a.q.heads, a.q.length, a.k.length };
    const int64_t apart[] = { a.q.batch, a.q.heads, a.q.length, a.v.size };
    const int64_t packed[] = { a.q.batch, a.q.length, a.q.heads * a.v.size };
    bool is_packed = k->in[0].rank == 3;
    int64_t count;
    void *y, *context;
    if (!numbers_count(scores, 4, &count)) return kernel_fail(k, TFP_E_FORMAT, "so many scores");
    TFP_TRY(work_take(k, w, count, work_size(a.kind), &a.scores));
    if (kernel_wants(k, 3)) TFP_TRY(work_output_dims(k, w, 3, k->in[0].dtype, 4, scores, a.kind, &a.show));
    TFP_TRY(work_output_dims(k, w, 0, k->in[0].dtype, is_packed ? 3 : 4, is_packed ? packed : apart, a.kind, &y));
    context = y;
    if (is_packed) TFP_TRY(work_take(k, w, k->out[0].count, work_size(a.kind), &context));
    TFP_TRY(multiply(k, w, &a, context));
    if (is_packed) pack_heads(&a, context, y);
    if (a.show) work_store(k, 3, a.kind, a.show);
    work_store(k, 0, a.kind, y);
    return TFP_OK;
}

const struct kernel_row kernels_attention[] = {
    { IR_ATTENTION, .work = attention },
};
const size_t kernels_attention_n = sizeof kernels_attention / sizeof kernels_attention[0];
