/* MatMul, Gemm, MatMulInteger and Einsum, all brought to batched products of matrices (product.h). Einsum contracts its
 * operands from left to right, two at a time: indices are sorted into batch (in both and wanted later), inner (in both,
 * not wanted), left and right ones, which makes each step one batched product. */
#include "ir/kernels/product.h"

#include <math.h>

enum { LABELS_MAX = 128 };

/* -- MatMul -------------------------------------------------------------------------------------------------------- */

/* What numpy.matmul does with two shapes. */
struct pairing {
    int64_t m, k, n, batches;
    size_t rank; /* of the result */
    int64_t dims[TFP_MAX_RANK];
    size_t batch_rank;
    int64_t a_step[TFP_MAX_RANK], b_step[TFP_MAX_RANK]; /* in elements, by batch dimension; 0: repeated */
    bool b_shared;                                      /* one B for all batches */
};

static tfp_status pair_batches(struct kernel *k, const struct tensor *a, const struct tensor *b, struct pairing *p)
{
    size_t na = a->rank > 2 ? a->rank - 2 : 0, nb = b->rank > 2 ? b->rank - 2 : 0;
    p->batch_rank = na > nb ? na : nb;
    int64_t a_step = p->m * p->k, b_step = p->k * p->n;
    p->b_shared = true;
    for (size_t i = p->batch_rank; i-- > 0;) {
        size_t back = p->batch_rank - i;
        int64_t da = back <= na ? a->dims[na - back] : 1, db = back <= nb ? b->dims[nb - back] : 1;
        if (da != db && da != 1 && db != 1)
            return kernel_fail(k, TFP_E_FORMAT, "batch dimensions %lld and %lld do not go together", (long long)da,
                               (long long)db);
        p->dims[i] = da == 1 ? db : da;
        p->a_step[i] = da == 1 ? 0 : a_step;
        p->b_step[i] = db == 1 ? 0 : b_step;
        if (db != 1) p->b_shared = false;
        a_step *= da;
        b_step *= db;
    }
    if (!numbers_count(p->dims, p->batch_rank, &p->batches)) return kernel_fail(k, TFP_E_FORMAT, "result overflows");
    return TFP_OK;
}

static tfp_status pair(struct kernel *k, const struct tensor *a, const struct tensor *b, struct pairing *p)
{
    if (a->rank == 0 || b->rank == 0) return kernel_fail(k, TFP_E_FORMAT, "takes no scalars");
    p->m = a->rank == 1 ? 1 : a->dims[a->rank - 2];
    p->k = a->dims[a->rank - 1];
    p->n = b->rank == 1 ? 1 : b->dims[b->rank - 1];
    int64_t other = b->dims[b->rank == 1 ? 0 : b->rank - 2];
    if (p->k != other)
        return kernel_fail(k, TFP_E_FORMAT, "inner dimensions %lld and %lld differ", (long long)p->k, (long long)other);
    TFP_TRY(pair_batches(k, a, b, p));
    p->rank = p->batch_rank;
    if (a->rank > 1) p->dims[p->rank++] = p->m;
    if (b->rank > 1) p->dims[p->rank++] = p->n;
    return TFP_OK;
}

/* Where each batch's matrix begins. */
static void batch_starts(const struct pairing *p, const int64_t *step, int64_t *at)
{
    for (int64_t i = 0; i < p->batches; i++) {
        int64_t rest = i, start = 0;
        for (size_t d = p->batch_rank; d-- > 0;) {
            start += rest % p->dims[d] * step[d];
            rest /= p->dims[d];
        }
        at[i] = start;
    }
}

static tfp_status multiply(struct kernel *k, struct work *w, enum work_kind kind, const struct pairing *p,
                           const void *a, const void *b, void *c)
{
    struct product q = {
        .batches = p->batches, .m = p->m, .n = p->n, .k = p->k, .a = a, .b = b, .c = c,
        .a_row = p->k, .a_col = 1, .b_row = p->n, .b_col = 1, .c_row = p->n, .c_batch = p->m * p->n,
    };
    if (p->b_shared) { /* then the batches of A are adjacent, and all rows meet the same B */
        q.m *= p->batches;
        q.batches = 1;
    } else {
        void *starts;
        TFP_TRY(work_take(k, w, p->batches, 2 * sizeof(int64_t), &starts));
        int64_t *a_at = starts, *b_at = a_at + p->batches;
        batch_starts(p, p->a_step, a_at);
        batch_starts(p, p->b_step, b_at);
        q.a_at = a_at;
        q.b_at = b_at;
    }
    void *room;
    TFP_TRY(product_room(k, w, &room));
    product_run(k, kind, &q, room);
    return TFP_OK;
}

static tfp_status matmul(struct kernel *k, struct work *w)
{
    const struct tensor *a, *b;
    enum work_kind kind;
    struct pairing p;
    const void *at, *bt;
    void *c;
    TFP_TRY(work_input(k, 0, &a));
    TFP_TRY(work_input(k, 1, &b));
    if (a->dtype != b->dtype) return kernel_fail(k, TFP_E_FORMAT, "inputs have different types");
    TFP_TRY(work_kind_of(k, a->dtype, &kind));
    TFP_TRY(pair(k, a, b, &p));
    TFP_TRY(work_output_dims(k, w, 0, a->dtype, p.rank, p.dims, kind, &c));
    TFP_TRY(work_load(k, w, a, kind, &at));
    TFP_TRY(work_load(k, w, b, kind, &bt));
    TFP_TRY(multiply(k, w, kind, &p, at, bt, c));
    work_store(k, 0, kind, c);
    return TFP_OK;
}

/* -- MatMulInteger and QLinearMatMul ------------------------------------------------------------------------------- */

/* An 8-bit operand less its zero point, as int32. The zero point is one number, one a row (of A), one a column (of B),
 * or one for each row or column of each batch. */
static tfp_status centered(struct kernel *k, struct work *w, const struct tensor *t, const struct tensor *zero,
                           bool by_column, int32_t **out)
{
    if (tfp_dtype_size(t->dtype) != 1 || !dtype_is_integer(t->dtype))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "takes int8 and uint8, not %s", tfp_dtype_name(t->dtype));
    void *at;
    const void *from;
    TFP_TRY(work_load(k, w, t, WORK_I32, &from));
    TFP_TRY(work_take(k, w, t->count, sizeof(int32_t), &at));
    if (t->count) memcpy(at, from, (size_t)t->count * sizeof(int32_t));
    *out = at;
    if (!zero || t->count == 0) return TFP_OK;
    if (zero->dtype != t->dtype) return kernel_fail(k, TFP_E_FORMAT, "a zero point has another type");
    int64_t columns = t->rank < 2 && by_column ? 1 : t->dims[t->rank - 1], rows = t->count / columns;
    int64_t height = t->rank < 2 ? rows : t->dims[t->rank - 2], lines = by_column ? columns : height;
    int64_t all = by_column ? rows / height * columns : rows;
    if (zero->count != 1 && zero->count != lines && zero->count != all)
        return kernel_fail(k, TFP_E_FORMAT, "a zero point has %lld elements, not 1 or %lld", (long long)zero->count,
                           (long long)lines);
    for (int64_t r = 0; r < rows; r++)
        for (int64_t c = 0; c < columns; c++) {
            int64_t line = by_column ? r / height * columns + c : r;
            (*out)[r * columns + c] -= (int32_t)tensor_int(zero, line % zero->count);
        }
    return TFP_OK;
}

static tfp_status matmul_integer(struct kernel *k, struct work *w)
{
    const struct tensor *a, *b;
    struct pairing p;
    int32_t *at, *bt;
    TFP_TRY(work_input(k, 0, &a));
    TFP_TRY(work_input(k, 1, &b));
    TFP_TRY(pair(k, a, b, &p));
    TFP_TRY(kernel_output(k, 0, TFP_INT32, p.rank, p.dims));
    TFP_TRY(centered(k, w, a, kernel_in(k, 2), false, &at));
    TFP_TRY(centered(k, w, b, kernel_in(k, 3), true, &bt));
    return multiply(k, w, WORK_I32, &p, at, bt, k->out[0].data);
}

/* The scale of each row of A (or column of B), repeated for all batches. */
static tfp_status scales(struct kernel *k, const struct tensor *t, int64_t lines)
{
    if (!dtype_is_float(t->dtype) || (t->count != 1 && (lines == 0 || t->count % lines)))
        return kernel_fail(k, TFP_E_FORMAT, "a scale has %lld elements, not 1 or %lld", (long long)t->count,
                           (long long)lines);
    return TFP_OK;
}

static tfp_status qlinear_matmul(struct kernel *k, struct work *w)
{
    const struct tensor *in[8];
    struct pairing p;
    int32_t *a, *b;
    void *room;
    for (size_t i = 0; i < 8; i++) TFP_TRY(work_input(k, i, &in[i]));
    const struct tensor *as = in[1], *bs = in[4], *ys = in[6], *yz = in[7];
    TFP_TRY(pair(k, in[0], in[3], &p));
    TFP_TRY(centered(k, w, in[0], in[2], false, &a));
    TFP_TRY(centered(k, w, in[3], in[5], true, &b));
    TFP_TRY(scales(k, as, p.m));
    TFP_TRY(scales(k, bs, p.n));
    if (ys->count != 1 || yz->count != 1 || !dtype_is_float(ys->dtype) || tfp_dtype_size(yz->dtype) != 1 ||
        !dtype_is_integer(yz->dtype))
        return kernel_fail(k, TFP_E_UNSUPPORTED,
                           "the result's scale and zero point must be one float and one 8-bit number");
    TFP_TRY(kernel_output(k, 0, yz->dtype, p.rank, p.dims));
    TFP_TRY(work_take(k, w, k->out[0].count, sizeof(int32_t), &room));
    TFP_TRY(multiply(k, w, WORK_I32, &p, a, b, room));
    double low = yz->dtype == TFP_INT8 ? -128 : 0, high = low + 255, zero = (double)tensor_int(yz, 0);
    for (int64_t i = 0; i < k->out[0].count; i++) {
        int64_t row = i / p.n, column = row / p.m * p.n + i % p.n;
        float scale = (float)tensor_float(as, row % as->count) *
                      (float)tensor_float(bs, bs->count == p.n ? i % p.n : column % bs->count) /
                      (float)tensor_float(ys, 0);
        double v = nearbyint((double)((float)((int32_t *)room)[i] * scale)) + zero;
        v = v > low ? v < high ? v : high : low;
        ((uint8_t *)k->out[0].data)[i] = (uint8_t)(int)v;
    }
    return TFP_OK;
}

/* -- Gemm ---------------------------------------------------------------------------------------------------------- */

/* y += beta * c, where c stretches to m x n. */
#define DEFINE_ADD(type, name)                                                                                         \
    static void name(const struct tensor *c, const void *at, type beta, int64_t m, int64_t n, void *to)                \
    {                                                                                                                  \
        int64_t columns = c->rank ? c->dims[c->rank - 1] : 1, rows = c->rank > 1 ? c->dims[c->rank - 2] : 1;           \
        for (int64_t i = 0; i < m; i++) {                                                                              \
            const type *from = (const type *)at + (rows == 1 ? 0 : i * columns);                                       \
            for (int64_t j = 0; j < n; j++) ((type *)to)[i * n + j] += beta * from[columns == 1 ? 0 : j];              \
        }                                                                                                              \
    }
DEFINE_ADD(float, add_f32)
DEFINE_ADD(double, add_f64)
DEFINE_ADD(uint32_t, add_i32)
DEFINE_ADD(uint64_t, add_i64)
#undef DEFINE_ADD

static tfp_status check_bias(struct kernel *k, const struct tensor *c, int64_t m, int64_t n)
{
    bool fits = c->rank <= 2;
    if (fits && c->rank > 0) fits = c->dims[c->rank - 1] == n || c->dims[c->rank - 1] == 1;
    if (fits && c->rank > 1) fits = c->dims[0] == m || c->dims[0] == 1;
    return fits ? TFP_OK
                : kernel_fail(k, TFP_E_FORMAT, "C does not stretch to %lld x %lld", (long long)m, (long long)n);
}

/* Integers take whole alpha and beta only: what another one would mean is not defined. */
static tfp_status whole(struct kernel *k, float v, int64_t *out)
{
    if (!(v >= -0x1p31f && v <= 0x1p31f) || (float)(int64_t)v != v)
        return kernel_fail(k, TFP_E_UNSUPPORTED, "integers cannot be scaled by %g", (double)v);
    *out = (int64_t)v;
    return TFP_OK;
}

static tfp_status scale_and_add(struct kernel *k, struct work *w, enum work_kind kind, int64_t m, int64_t n, void *y)
{
    const struct tensor *c = kernel_in(k, 2);
    float alpha = ir_attr_float(k->node, ATTR_ALPHA, 1), beta = ir_attr_float(k->node, ATTR_BETA, 1);
    int64_t whole_alpha = 1, whole_beta = 1, count = m * n;
    const void *at = NULL;
    if (kind >= WORK_I32) {
        TFP_TRY(whole(k, alpha, &whole_alpha));
        TFP_TRY(whole(k, beta, &whole_beta));
    }
    if (c) {
        if (c->dtype != k->in[0].dtype) return kernel_fail(k, TFP_E_FORMAT, "C has another type");
        TFP_TRY(check_bias(k, c, m, n));
        TFP_TRY(work_load(k, w, c, kind, &at));
    }
    if (beta == 0) c = NULL;
    switch (kind) {
    case WORK_F32:
        for (int64_t i = 0; alpha != 1 && i < count; i++) ((float *)y)[i] *= alpha;
        if (c) add_f32(c, at, beta, m, n, y);
        break;
    case WORK_F64:
        for (int64_t i = 0; alpha != 1 && i < count; i++) ((double *)y)[i] *= (double)alpha;
        if (c) add_f64(c, at, (double)beta, m, n, y);
        break;
    case WORK_I32:
        for (int64_t i = 0; alpha != 1 && i < count; i++) ((uint32_t *)y)[i] *= (uint32_t)whole_alpha;
        if (c) add_i32(c, at, (uint32_t)whole_beta, m, n, y);
        break;
    case WORK_I64:
        for (int64_t i = 0; alpha != 1 && i < count; i++) ((uint64_t *)y)[i] *= (uint64_t)whole_alpha;
        if (c) add_i64(c, at, (uint64_t)whole_beta, m, n, y);
        break;
    }
    return TFP_OK;
}

static tfp_status gemm(struct kernel *k, struct work *w)
{
    const struct tensor *a, *b;
    enum work_kind kind;
    void *y, *room;
    TFP_TRY(work_input(k, 0, &a));
    TFP_TRY(work_input(k, 1, &b));
    if (a->rank != 2 || b->rank != 2) return kernel_fail(k, TFP_E_FORMAT, "A and B must be matrices");
    if (a->dtype != b->dtype) return kernel_fail(k, TFP_E_FORMAT, "inputs have different types");
    TFP_TRY(work_kind_of(k, a->dtype, &kind));
    bool ta = ir_attr_int(k->node, ATTR_TRANS_A, 0) != 0, tb = ir_attr_int(k->node, ATTR_TRANS_B, 0) != 0;
    struct product p = {
        .batches = 1, .m = a->dims[ta], .k = a->dims[!ta], .n = b->dims[!tb],
        .a_row = ta ? 1 : a->dims[1], .a_col = ta ? a->dims[1] : 1,
        .b_row = tb ? 1 : b->dims[1], .b_col = tb ? b->dims[1] : 1,
    };
    p.c_row = p.n;
    if (b->dims[tb] != p.k)
        return kernel_fail(k, TFP_E_FORMAT, "inner dimensions %lld and %lld differ", (long long)p.k,
                           (long long)b->dims[tb]);
    TFP_TRY(work_output_dims(k, w, 0, a->dtype, 2, (int64_t[]){ p.m, p.n }, kind, &y));
    TFP_TRY(work_load(k, w, a, kind, &p.a));
    TFP_TRY(work_load(k, w, b, kind, &p.b));
    TFP_TRY(product_room(k, w, &room));
    p.c = y;
    product_run(k, kind, &p, room);
    TFP_TRY(scale_and_add(k, w, kind, p.m, p.n, y));
    work_store(k, 0, kind, y);
    return TFP_OK;
}

/* -- Einsum -------------------------------------------------------------------------------------------------------- */

/* An array whose axes are named by labels. Repeated axes are gone (a diagonal is a stride). */
struct operand {
    const void *at;
    size_t n;
    int label[LABELS_MAX];
    int64_t stride[LABELS_MAX];
};

/* Labels are numbers: letters by their code, the ellipsis' dimensions from 0, the leftmost of the widest first. */
struct equation {
    int64_t size[LABELS_MAX];
    int n_left[LABELS_MAX]; /* how often it occurs on the left */
    size_t n_out;
    int out[LABELS_MAX];
    size_t dots; /* dimensions of the widest ellipsis */
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* One term's letters, with -1 for the ellipsis. */
static tfp_status read_term(struct kernel *k, struct bytes text, int *labels, size_t *n)
{
    bool dots = false;
    *n = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];
        if (c == ' ') continue;
        if (*n == LABELS_MAX) return kernel_fail(k, TFP_E_FORMAT, "a term of the equation is too long");
        if (is_letter(c)) labels[(*n)++] = c;
        else if (c == '.' && !dots && text.n - i >= 3 && text.at[i + 1] == '.' && text.at[i + 2] == '.') {
            labels[(*n)++] = -1;
            dots = true;
            i += 2;
        } else return kernel_fail(k, TFP_E_FORMAT, "the equation has '%c' where a letter belongs", c);
    }
    return TFP_OK;
}

/* Replaces -1 by `dots` labels, the last of which is the last of all ellipses. */
static tfp_status spread_dots(struct kernel *k, const struct equation *e, size_t dots, int *labels, size_t *n)
{
    for (size_t i = 0; i < *n; i++) {
        if (labels[i] >= 0) continue;
        if (*n - 1 + dots > LABELS_MAX) return kernel_fail(k, TFP_E_FORMAT, "a term of the equation is too long");
        memmove(labels + i + dots, labels + i + 1, (*n - i - 1) * sizeof *labels);
        for (size_t d = 0; d < dots; d++) labels[i + d] = (int)(e->dots - dots + d);
        *n = *n - 1 + dots;
        return TFP_OK;
    }
    return TFP_OK;
}

static struct bytes equation_of(const struct kernel *k)
{
    return ir_attr_string(k->node, ATTR_EQUATION, "");
}

/* Term number `index` of the left side. */
static bool left_term(const struct kernel *k, size_t index, struct bytes *out)
{
    struct bytes text = equation_of(k);
    size_t end = 0, start = 0;
    while (end < text.n && !(text.at[end] == '-' && end + 1 < text.n && text.at[end + 1] == '>')) end++;
    for (size_t i = 0; i <= end; i++) {
        if (i < end && text.at[i] != ',') continue;
        if (index-- == 0) {
            *out = (struct bytes){ text.at + start, i - start };
            return true;
        }
        start = i + 1;
    }
    return false;
}

/* How many dimensions the ellipsis stands for. */
static tfp_status count_dots(struct kernel *k, struct equation *e)
{
    int labels[LABELS_MAX];
    size_t n;
    struct bytes term;
    for (size_t i = 0; i < k->n_in && kernel_in(k, i); i++) {
        if (!left_term(k, i, &term)) return kernel_fail(k, TFP_E_FORMAT, "the equation has fewer terms than inputs");
        TFP_TRY(read_term(k, term, labels, &n));
        for (size_t j = 0; j < n; j++) {
            if (labels[j] >= 0) continue;
            if (k->in[i].rank + 1 < n)
                return kernel_fail(k, TFP_E_FORMAT, "input %zu has too few dimensions for the equation", i);
            if (k->in[i].rank + 1 - n > e->dots) e->dots = k->in[i].rank + 1 - n;
        }
    }
    return TFP_OK;
}

/* The operand's axes by label, and the labels' sizes. */
static tfp_status read_operand(struct kernel *k, size_t index, struct equation *e, int *labels, size_t *n)
{
    const struct tensor *t = &k->in[index];
    struct bytes term;
    if (!left_term(k, index, &term)) return kernel_fail(k, TFP_E_FORMAT, "the equation has fewer terms than inputs");
    TFP_TRY(read_term(k, term, labels, n));
    TFP_TRY(spread_dots(k, e, t->rank + 1 >= *n ? t->rank + 1 - *n : 0, labels, n));
    if (*n != t->rank)
        return kernel_fail(k, TFP_E_FORMAT, "input %zu has %u dimensions, the equation names %zu", index, t->rank, *n);
    for (size_t i = 0; i < *n; i++) {
        int64_t *size = &e->size[labels[i]];
        if (e->n_left[labels[i]]++ == 0 || *size == 1) *size = t->dims[i];
        else if (t->dims[i] != 1 && t->dims[i] != *size)
            return kernel_fail(k, TFP_E_FORMAT, "an index of the equation has sizes %lld and %lld", (long long)*size,
                               (long long)t->dims[i]);
    }
    return TFP_OK;
}

static tfp_status read_result(struct kernel *k, struct equation *e)
{
    struct bytes text = equation_of(k);
    const char *arrow = text.n ? memmem(text.at, text.n, "->", 2) : NULL;
    if (!arrow) {
        for (size_t d = 0; d < e->dots; d++) e->out[e->n_out++] = (int)d;
        for (int c = 'A'; c <= 'z'; c++)
            if (e->n_left[c] == 1) e->out[e->n_out++] = c;
        return TFP_OK;
    }
    TFP_TRY(read_term(k, (struct bytes){ arrow + 2, (size_t)(text.at + text.n - arrow - 2) }, e->out, &e->n_out));
    TFP_TRY(spread_dots(k, e, e->dots, e->out, &e->n_out));
    for (size_t i = 0; i < e->n_out; i++) {
        if (e->n_left[e->out[i]] == 0)
            return kernel_fail(k, TFP_E_FORMAT, "the equation's result has an unknown index");
        for (size_t j = 0; j < i; j++)
            if (e->out[j] == e->out[i])
                return kernel_fail(k, TFP_E_FORMAT, "the equation's result has an index twice");
    }
    return e->n_out > TFP_MAX_RANK ? kernel_fail(k, TFP_E_UNSUPPORTED, "the result has rank %zu", e->n_out) : TFP_OK;
}

/* Adds up an index's strides where it is repeated; drops axes of size 1 that stretch. */
static void make_operand(const struct tensor *t, const struct equation *e, const int *labels, struct operand *o)
{
    int64_t stride[TFP_MAX_RANK], step = 1;
    for (size_t i = t->rank; i-- > 0; step *= t->dims[i]) stride[i] = step;
    o->n = 0;
    for (size_t i = 0; i < t->rank; i++) {
        size_t j = 0;
        if (t->dims[i] != e->size[labels[i]]) continue;
        while (j < o->n && o->label[j] != labels[i]) j++;
        if (j == o->n) {
            o->label[o->n] = labels[i];
            o->stride[o->n++] = 0;
        }
        o->stride[j] += stride[i];
    }
}

static int64_t stride_of(const struct operand *o, int label)
{
    for (size_t i = 0; i < o->n; i++)
        if (o->label[i] == label) return o->stride[i];
    return -1; /* it has no such axis */
}

/* -- copying with a sum -- */

struct summing {
    const struct equation *e;
    const struct operand *from;
    size_t n_keep, n_sum;
    int keep[LABELS_MAX], sum[LABELS_MAX];
};

static int64_t sizes(const struct equation *e, const int *labels, size_t n, bool *overflow)
{
    int64_t dims[LABELS_MAX], count = 0;
    for (size_t i = 0; i < n; i++) dims[i] = e->size[labels[i]];
    if (!numbers_count(dims, n, &count)) *overflow = true;
    return count;
}

/* A position that moves over some of an operand's axes, the last fastest. */
struct walk {
    size_t n;
    int64_t at, size[LABELS_MAX], stride[LABELS_MAX], counter[LABELS_MAX];
};

static void start_walk(const struct summing *s, const int *labels, size_t n, struct walk *w)
{
    w->n = n;
    w->at = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t stride = stride_of(s->from, labels[i]);
        w->size[i] = s->e->size[labels[i]];
        w->stride[i] = stride < 0 ? 0 : stride;
        w->counter[i] = 0;
    }
}

static inline void step(struct walk *w)
{
    for (size_t i = w->n; i-- > 0;) {
        w->at += w->stride[i];
        if (++w->counter[i] < w->size[i]) return;
        w->at -= w->stride[i] * w->counter[i];
        w->counter[i] = 0;
    }
}

#define DEFINE_COPY(type, name)                                                                                        \
    static void name(struct walk *outer, struct walk *inner, const void *at, int64_t count, int64_t terms, type *to)   \
    {                                                                                                                  \
        for (int64_t i = 0; i < count; i++, step(outer)) {                                                             \
            const type *from = (const type *)at + outer->at;                                                           \
            type v = terms ? from[0] : 0;                                                                              \
            if (terms > 1) step(inner);                                                                                \
            for (int64_t j = 1; j < terms; j++, step(inner)) v += from[inner->at];                                     \
            to[i] = v;                                                                                                 \
        }                                                                                                              \
    }
DEFINE_COPY(float, copy_f32)
DEFINE_COPY(double, copy_f64)
DEFINE_COPY(uint32_t, copy_i32)
DEFINE_COPY(uint64_t, copy_i64)
#undef DEFINE_COPY

/* `to`, in the order of s->keep, from s->from, summed over s->sum. */
static void copy_summed(enum work_kind kind, const struct summing *s, int64_t count, void *to)
{
    bool overflow = false; /* the operand exists: its sizes do not */
    int64_t terms = sizes(s->e, s->sum, s->n_sum, &overflow);
    struct walk outer, inner;
    start_walk(s, s->keep, s->n_keep, &outer);
    start_walk(s, s->sum, s->n_sum, &inner);
    switch (kind) {
    case WORK_F32: copy_f32(&outer, &inner, s->from->at, count, terms, to); break;
    case WORK_F64: copy_f64(&outer, &inner, s->from->at, count, terms, to); break;
    case WORK_I32: copy_i32(&outer, &inner, s->from->at, count, terms, to); break;
    case WORK_I64: copy_i64(&outer, &inner, s->from->at, count, terms, to); break;
    }
}

/* -- contraction of two -- */

struct group {
    size_t n;
    int label[LABELS_MAX];
};

static void add_label(struct group *g, int label)
{
    g->label[g->n++] = label;
}

/* The stride of all of a group's labels as one axis; false when they are not evenly spaced. */
static bool merged_stride(const struct equation *e, const struct operand *o, const struct group *g, int64_t *stride)
{
    int64_t expected = 0;
    *stride = 0;
    bool first = true;
    for (size_t i = g->n; i-- > 0;) {
        if (e->size[g->label[i]] == 1) continue;
        int64_t s = stride_of(o, g->label[i]);
        if (first) *stride = s;
        else if (s != expected) return false;
        first = false;
        expected = s * e->size[g->label[i]];
    }
    return true;
}

struct matrix {
    const void *at;
    int64_t batch, row, col;
};

/* `o` as batches of matrices whose rows and columns are the groups; copied, and summed over `drop`, where it must
 * be. */
static tfp_status make_matrix(struct kernel *k, struct work *w, enum work_kind kind, const struct equation *e,
                              const struct operand *o, const struct group g[3], const struct group *drop,
                              struct matrix *out)
{
    *out = (struct matrix){ .at = o->at };
    if (drop->n == 0 && merged_stride(e, o, &g[0], &out->batch) && merged_stride(e, o, &g[1], &out->row) &&
        merged_stride(e, o, &g[2], &out->col))
        return TFP_OK;
    struct summing s = { .e = e, .from = o };
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < g[i].n; j++) s.keep[s.n_keep++] = g[i].label[j];
    for (size_t j = 0; j < drop->n; j++) s.sum[s.n_sum++] = drop->label[j];
    bool overflow = false;
    void *room;
    int64_t rows = sizes(e, g[1].label, g[1].n, &overflow), columns = sizes(e, g[2].label, g[2].n, &overflow);
    int64_t count = sizes(e, s.keep, s.n_keep, &overflow);
    if (overflow) return kernel_fail(k, TFP_E_FORMAT, "a product of dimensions overflows");
    TFP_TRY(work_take(k, w, count, work_size(kind), &room));
    copy_summed(kind, &s, count, room);
    *out = (struct matrix){ room, rows * columns, columns, 1 };
    return TFP_OK;
}

static bool in_group(const struct group *g, int label)
{
    for (size_t i = 0; i < g->n; i++)
        if (g->label[i] == label) return true;
    return false;
}

/* a (with the labels batch, left, right in that order) = a * b, summed over what `later` does not hold. */
static tfp_status contract(struct kernel *k, struct work *w, enum work_kind kind, const struct equation *e,
                           const struct group *later, struct operand *a, const struct operand *b)
{
    struct group batch = { 0 }, inner = { 0 }, left = { 0 }, right = { 0 }, drop_a = { 0 }, drop_b = { 0 };
    for (size_t i = 0; i < a->n; i++) {
        bool wanted = in_group(later, a->label[i]);
        if (stride_of(b, a->label[i]) >= 0) add_label(wanted ? &batch : &inner, a->label[i]);
        else add_label(wanted ? &left : &drop_a, a->label[i]);
    }
    for (size_t i = 0; i < b->n; i++)
        if (stride_of(a, b->label[i]) < 0) add_label(in_group(later, b->label[i]) ? &right : &drop_b, b->label[i]);
    struct matrix ma, mb;
    TFP_TRY(make_matrix(k, w, kind, e, a, (struct group[]){ batch, left, inner }, &drop_a, &ma));
    TFP_TRY(make_matrix(k, w, kind, e, b, (struct group[]){ batch, inner, right }, &drop_b, &mb));
    bool overflow = false;
    struct product p = { .a = ma.at, .a_row = ma.row, .a_col = ma.col, .a_batch = ma.batch,
                         .b = mb.at, .b_row = mb.row, .b_col = mb.col, .b_batch = mb.batch };
    p.batches = sizes(e, batch.label, batch.n, &overflow);
    p.m = sizes(e, left.label, left.n, &overflow);
    p.n = p.c_row = sizes(e, right.label, right.n, &overflow);
    p.k = sizes(e, inner.label, inner.n, &overflow);
    int64_t count, dims[3] = { p.batches, p.m, p.n };
    void *room;
    if (overflow || !numbers_count(dims, 3, &count))
        return kernel_fail(k, TFP_E_FORMAT, "a product of dimensions overflows");
    p.c_batch = p.m * p.n;
    TFP_TRY(work_take(k, w, count, work_size(kind), &p.c));
    TFP_TRY(product_room(k, w, &room));
    product_run(k, kind, &p, room);
    a->at = p.c;
    a->n = 0;
    const struct group *order[] = { &batch, &left, &right };
    for (size_t g = 0; g < 3; g++)
        for (size_t i = 0; i < order[g]->n; i++) a->label[a->n++] = order[g]->label[i];
    int64_t stride = 1;
    for (size_t i = a->n; i-- > 0; stride *= e->size[a->label[i]]) a->stride[i] = stride;
    return TFP_OK;
}

/* The labels of the result and of the operands from `from` on. */
static void labels_later(const struct equation *e, const struct operand *operands, size_t from, size_t n,
                         struct group *out)
{
    out->n = 0;
    for (size_t i = 0; i < e->n_out; i++) add_label(out, e->out[i]);
    for (size_t o = from; o < n; o++)
        for (size_t i = 0; i < operands[o].n; i++)
            if (!in_group(out, operands[o].label[i])) add_label(out, operands[o].label[i]);
}

static tfp_status einsum_operands(struct kernel *k, struct work *w, enum work_kind kind, struct equation *e, size_t n,
                                  struct operand **out)
{
    struct bytes term;
    void *room, *names;
    TFP_TRY(work_take(k, w, (int64_t)n, sizeof(struct operand), &room));
    TFP_TRY(work_take(k, w, (int64_t)n, LABELS_MAX * sizeof(int), &names));
    int(*labels)[LABELS_MAX] = names;
    struct operand *operands = *out = room;
    TFP_TRY(count_dots(k, e));
    for (size_t i = 0; i < n; i++) {
        size_t n_labels;
        if (k->in[i].dtype != k->in[0].dtype) return kernel_fail(k, TFP_E_FORMAT, "inputs have different types");
        TFP_TRY(read_operand(k, i, e, labels[i], &n_labels));
    }
    if (left_term(k, n, &term)) return kernel_fail(k, TFP_E_FORMAT, "the equation has more terms than inputs");
    for (size_t i = 0; i < n; i++) {
        make_operand(&k->in[i], e, labels[i], &operands[i]);
        TFP_TRY(work_load(k, w, &k->in[i], kind, &operands[i].at));
    }
    return read_result(k, e);
}

static tfp_status einsum(struct kernel *k, struct work *w)
{
    struct equation e = { 0 };
    struct operand *operands;
    enum work_kind kind;
    size_t n = 0;
    void *y;
    while (kernel_in(k, n)) n++;
    if (n == 0) return kernel_fail(k, TFP_E_FORMAT, "has no inputs");
    TFP_TRY(work_kind_of(k, k->in[0].dtype, &kind));
    TFP_TRY(einsum_operands(k, w, kind, &e, n, &operands));
    struct summing s = { .e = &e, .from = &operands[0], .n_keep = e.n_out };
    int64_t dims[TFP_MAX_RANK];
    for (size_t i = 0; i < e.n_out; i++) {
        s.keep[i] = e.out[i];
        dims[i] = e.size[e.out[i]];
    }
    TFP_TRY(work_output_dims(k, w, 0, k->in[0].dtype, e.n_out, dims, kind, &y));
    for (size_t i = 1; i < n; i++) {
        struct group later;
        labels_later(&e, operands, i + 1, n, &later);
        TFP_TRY(contract(k, w, kind, &e, &later, &operands[0], &operands[i]));
    }
    struct group kept = { 0 };
    labels_later(&e, operands, n, n, &kept);
    for (size_t i = 0; i < operands[0].n; i++)
        if (!in_group(&kept, operands[0].label[i])) s.sum[s.n_sum++] = operands[0].label[i];
    copy_summed(kind, &s, k->out[0].count, y);
    work_store(k, 0, kind, y);
    return TFP_OK;
}

const struct kernel_row kernels_matmul[] = {
    { IR_MATMUL, .work = matmul },
    { IR_GEMM, .work = gemm },
    { IR_MATMUL_INTEGER, .work = matmul_integer },
    { IR_Q_LINEAR_MATMUL, .work = qlinear_matmul },
    { IR_EINSUM, .work = einsum },
};
const size_t kernels_matmul_n = sizeof kernels_matmul / sizeof kernels_matmul[0];
