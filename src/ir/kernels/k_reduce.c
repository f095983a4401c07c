/* Reductions, ArgMax and ArgMin, cumulative sums and products. All is computed in double, int64_t or uint64_t (the wide
 * type), by blocks that fit the first-level cache: read and widened, mapped (absolute value, square, exponential), then
 * combined. Sums run in eight lanes, so that they are as good as pairwise ones and quick. Integers wrap around. */
#include "ir/kernels/arguments.h"
#include "ir/kernels/convert.h"

#include <inttypes.h>
#include <math.h>

enum { BLOCK = 512, LANES = 8, PARALLEL = 32768 };

static tfp_dtype wide_type(tfp_dtype t)
{
    if (dtype_is_float(t)) return TFP_DOUBLE;
    return t == TFP_UINT64 ? TFP_UINT64 : TFP_INT64;
}

union wide {
    double f;
    int64_t i;
    uint64_t u;
};

/* -- combining ----------------------------------------------------------------------------------------------------- */

enum combine { SUM, PRODUCT, MAXIMUM, MINIMUM, COMBINE_COUNT };

/* run: all of x into *to; across: each of x into the one of `to` at its place. */
#define COMBINE(name, suffix, type, ...)                                                                               \
    static void run_##name##_##suffix(void *to, const void *from, size_t n)                                            \
    {                                                                                                                  \
        type *total = to, lanes[LANES];                                                                                \
        const type *restrict in = from;                                                                                \
        size_t at = 0;                                                                                                 \
        if (n >= 2 * LANES) {                                                                                          \
            for (at = 0; at < LANES; at++) lanes[at] = in[at];                                                         \
            for (; at + LANES <= n; at += LANES)                                                                       \
                for (size_t i = 0; i < LANES; i++) {                                                                   \
                    type a = lanes[i], x = in[at + i];                                                                 \
                    lanes[i] = (type)(__VA_ARGS__);                                                                    \
                }                                                                                                      \
            for (size_t i = 0; i < LANES; i++) {                                                                       \
                type a = *total, x = lanes[i];                                                                         \
                *total = (type)(__VA_ARGS__);                                                                          \
            }                                                                                                          \
        }                                                                                                              \
        for (; at < n; at++) {                                                                                         \
            type a = *total, x = in[at];                                                                               \
            *total = (type)(__VA_ARGS__);                                                                              \
        }                                                                                                              \
    }                                                                                                                  \
    static void across_##name##_##suffix(void *to, const void *from, size_t n)                                         \
    {                                                                                                                  \
        type *restrict total = to;                                                                                     \
        const type *restrict in = from;                                                                                \
        for (size_t i = 0; i < n; i++) {                                                                               \
            type a = total[i], x = in[i];                                                                              \
            total[i] = (type)(__VA_ARGS__);                                                                            \
        }                                                                                                              \
    }
#define COMBINES(suffix, type, plus, times)                                                                            \
    COMBINE(sum, suffix, type, plus)                                                                                   \
    COMBINE(product, suffix, type, times)                                                                              \
    COMBINE(maximum, suffix, type, x > a || x != x ? x : a)                                                            \
    COMBINE(minimum, suffix, type, x < a || x != x ? x : a)
COMBINES(f, double, a + x, a * x)
COMBINES(i, int64_t, (uint64_t)a + (uint64_t)x, (uint64_t)a * (uint64_t)x)
COMBINES(u, uint64_t, a + x, a * x)

typedef void combine_fn(void *to, const void *from, size_t n);
struct combine_row {
    combine_fn *run, *across;
};
#define ROW(name, suffix) { run_##name##_##suffix, across_##name##_##suffix }
#define ROWS(suffix) { ROW(sum, suffix), ROW(product, suffix), ROW(maximum, suffix), ROW(minimum, suffix) }
static const struct combine_row combines[3][COMBINE_COUNT] = { ROWS(f), ROWS(i), ROWS(u) };
#undef ROWS
#undef ROW

static size_t wide_index(tfp_dtype wide)
{
    return wide == TFP_DOUBLE ? 0 : wide == TFP_INT64 ? 1 : 2;
}

static const struct combine_row *combine_row(tfp_dtype wide, enum combine c)
{
    return &combines[wide_index(wide)][c];
}

/* What combining nothing gives: for integers' maxima the least value of the type itself. */
static union wide identity(tfp_dtype type, enum combine c)
{
    tfp_dtype wide = wide_type(type);
    unsigned bits = (unsigned)(8 * tfp_dtype_size(type));
    if (c == SUM || c == PRODUCT)
        return wide == TFP_DOUBLE ? (union wide){ .f = c == PRODUCT } : (union wide){ .u = c == PRODUCT };
    if (wide == TFP_DOUBLE) return (union wide){ .f = c == MAXIMUM ? -(double)INFINITY : (double)INFINITY };
    if (type == TFP_BOOL) return (union wide){ .i = c == MINIMUM };
    if (dtype_is_unsigned(type)) return (union wide){ .u = c == MAXIMUM ? 0 : UINT64_MAX >> (64 - bits) };
    return (union wide){ .i = c == MAXIMUM ? INT64_MIN >> (64 - bits) : INT64_MAX >> (64 - bits) };
}

/* -- mapping ------------------------------------------------------------------------------------------------------- */

enum map_kind { MAP_NONE, MAP_ABS, MAP_SQUARE, MAP_EXP };

/* `shift`: what MAP_EXP takes away before, one for all (step 0) or one for each (step 1). */
static void map_block(enum map_kind map, tfp_dtype wide, void *block, size_t n, const double *shift, size_t step)
{
    double *f = block;
    uint64_t *u = block;
    if (map == MAP_EXP)
        for (size_t i = 0; i < n; i++) f[i] = exp(f[i] - shift[i * step]);
    else if (map == MAP_ABS && wide == TFP_DOUBLE)
        for (size_t i = 0; i < n; i++) f[i] = fabs(f[i]);
    else if (map == MAP_ABS && wide == TFP_INT64)
        for (size_t i = 0; i < n; i++) u[i] = u[i] >> 63 ? 0 - u[i] : u[i];
    else if (map == MAP_SQUARE && wide == TFP_DOUBLE)
        for (size_t i = 0; i < n; i++) f[i] *= f[i];
    else if (map == MAP_SQUARE)
        for (size_t i = 0; i < n; i++) u[i] *= u[i];
}

/* -- reductions ---------------------------------------------------------------------------------------------------- */

enum finish { FINISH_NONE, FINISH_MEAN, FINISH_SQRT, FINISH_LOG, FINISH_LOG_EXP };

static const struct reduction {
    enum combine combine;
    enum map_kind map;
    enum finish finish;
} reductions[IR_OP_COUNT] = {
    [IR_REDUCE_L1] = { SUM, MAP_ABS, FINISH_NONE },
    [IR_REDUCE_L2] = { SUM, MAP_SQUARE, FINISH_SQRT },
    [IR_REDUCE_LOG_SUM] = { SUM, MAP_NONE, FINISH_LOG },
    [IR_REDUCE_LOG_SUM_EXP] = { SUM, MAP_EXP, FINISH_LOG_EXP },
    [IR_REDUCE_MAX] = { MAXIMUM, MAP_NONE, FINISH_NONE },
    [IR_REDUCE_MEAN] = { SUM, MAP_NONE, FINISH_MEAN },
    [IR_REDUCE_MIN] = { MINIMUM, MAP_NONE, FINISH_NONE },
    [IR_REDUCE_PROD] = { PRODUCT, MAP_NONE, FINISH_NONE },
    [IR_REDUCE_SUM] = { SUM, MAP_NONE, FINISH_NONE },
    [IR_REDUCE_SUM_SQUARE] = { SUM, MAP_SQUARE, FINISH_NONE },
};

/* The input seen as few dimensions, kept and reduced ones in turn; the innermost is contiguous. */
struct side {
    size_t rank;
    int64_t dims[TFP_MAX_RANK], strides[TFP_MAX_RANK], count;
};
struct plan {
    const struct tensor *in;
    tfp_dtype wide;
    bool runs;                 /* the innermost dimension is reduced: `length` of it; else kept: `length` of it */
    int64_t length;
    struct side kept, reduced; /* without the innermost */
    struct reduction r;
    union wide start;
    int64_t n; /* elements that make one of the result */
};

static void add_dim(struct side *s, int64_t dim, int64_t stride)
{
    s->dims[s->rank] = dim;
    s->strides[s->rank++] = stride;
    s->count *= dim;
}

static void make_plan(struct plan *p, const bool *reduced)
{
    const struct tensor *in = p->in;
    int64_t dims[TFP_MAX_RANK], stride = 1;
    bool flags[TFP_MAX_RANK];
    size_t n = 0;
    p->n = 1;
    for (size_t i = 0; i < in->rank; i++) {
        if (reduced[i]) p->n *= in->dims[i];
        if (in->dims[i] == 1) continue;
        if (n && flags[n - 1] == reduced[i]) {
            dims[n - 1] *= in->dims[i];
            continue;
        }
        flags[n] = reduced[i];
        dims[n++] = in->dims[i];
    }
    p->kept = p->reduced = (struct side){ .count = 1 };
    p->runs = n && flags[n - 1];
    p->length = n ? dims[n - 1] : 1;
    for (size_t i = 0; i + 1 < n; i++) {
        stride = 1;
        for (size_t j = i + 1; j < n; j++) stride *= dims[j];
        add_dim(flags[i] ? &p->reduced : &p->kept, dims[i], stride);
    }
}

static int64_t side_offset(const struct side *s, int64_t at)
{
    int64_t offset = 0;
    for (size_t i = s->rank; i-- > 0;) {
        offset += at % s->dims[i] * s->strides[i];
        at /= s->dims[i];
    }
    return offset;
}

static void read_block(const struct plan *p, int64_t offset, size_t n, void *block)
{
    convert_run(p->in->dtype, (const char *)p->in->data + (size_t)offset * tfp_dtype_size(p->in->dtype), p->wide, block,
                n);
}

/* One number of the result out of the runs that begin at `offset`. */
static void reduce_runs(const struct plan *p, int64_t offset, enum combine c, enum map_kind map, const double *shift,
                        union wide *total)
{
    union wide block[BLOCK];
    const struct combine_row *row = combine_row(p->wide, c);
    for (int64_t i = 0; i < p->reduced.count; i++) {
        int64_t begin = offset + side_offset(&p->reduced, i);
        for (int64_t at = 0; at < p->length; at += BLOCK) {
            size_t n = p->length - at < BLOCK ? (size_t)(p->length - at) : BLOCK;
            read_block(p, begin + at, n, block);
            map_block(map, p->wide, block, n, shift, 0);
            row->run(total, block, n);
        }
    }
}

/* `n` neighbouring numbers of the result at once. */
static void reduce_across(const struct plan *p, int64_t offset, size_t n, enum combine c, enum map_kind map,
                          const double *shift, union wide *totals)
{
    union wide block[BLOCK];
    const struct combine_row *row = combine_row(p->wide, c);
    for (int64_t i = 0; i < p->reduced.count; i++) {
        read_block(p, offset + side_offset(&p->reduced, i), n, block);
        map_block(map, p->wide, block, n, shift, 1);
        row->across(totals, block, n);
    }
}

static void finish_block(const struct plan *p, union wide *at, size_t n, const double *shift)
{
    for (size_t i = 0; i < n; i++) {
        switch (p->r.finish) {
        case FINISH_NONE: return;
        case FINISH_MEAN:
            if (p->wide == TFP_DOUBLE) at[i].f /= (double)p->n;
            else if (p->wide == TFP_INT64) at[i].i /= p->n;
            else at[i].u /= (uint64_t)p->n;
            break;
        case FINISH_SQRT: at[i].f = sqrt(at[i].f); break;
        case FINISH_LOG: at[i].f = log(at[i].f); break;
        case FINISH_LOG_EXP: at[i].f = log(at[i].f) + shift[i]; break;
        }
    }
}

/* Results [first, first + n): n is 1 where the innermost dimension is reduced. */
static void reduce_block(const struct plan *p, struct tensor *out, int64_t first, size_t n, int64_t offset)
{
    union wide totals[BLOCK], largest[BLOCK];
    double shift[BLOCK];
    size_t size = tfp_dtype_size(out->dtype);
    union wide lowest = { .f = -(double)INFINITY };
    for (size_t i = 0; i < n; i++) {
        totals[i] = p->start;
        largest[i] = lowest;
    }
    if (p->r.map == MAP_EXP) {
        if (p->runs) reduce_runs(p, offset, MAXIMUM, MAP_NONE, NULL, largest);
        else reduce_across(p, offset, n, MAXIMUM, MAP_NONE, NULL, largest);
        for (size_t i = 0; i < n; i++) shift[i] = isfinite(largest[i].f) ? largest[i].f : 0;
    }
    if (p->runs) reduce_runs(p, offset, p->r.combine, p->r.map, shift, totals);
    else reduce_across(p, offset, n, p->r.combine, p->r.map, shift, totals);
    finish_block(p, totals, n, shift);
    convert_run(p->wide, totals, out->dtype, (char *)out->data + (size_t)first * size, n);
}

static void reduce_all(struct kernel *k, const struct plan *p)
{
    struct tensor *out = &k->out[0];
    int64_t across = p->runs ? 1 : p->length, blocks = across / BLOCK + (across % BLOCK != 0);
    int64_t tasks = p->kept.count * blocks;
    bool parallel = k->threads > 1 && tasks > 1 && p->in->count > PARALLEL;
#pragma omp parallel for num_threads(k->threads) schedule(static) if (parallel)
    for (int64_t task = 0; task < tasks; task++) {
        int64_t row = task / blocks, at = task % blocks * BLOCK;
        size_t n = across - at < BLOCK ? (size_t)(across - at) : BLOCK;
        reduce_block(p, out, row * across + at, n, side_offset(&p->kept, row) + at);
    }
}

static tfp_status reduced_axes(struct kernel *k, bool *reduced)
{
    size_t axes[TFP_MAX_RANK], n;
    const struct tensor *in = &k->in[0];
    TFP_TRY(argument_axes(k, 1, in->rank, axes, &n));
    bool all = n == 0 && ir_attr_int(k->node, ATTR_NOOP_WITH_EMPTY_AXES, 0) == 0;
    for (size_t i = 0; i < in->rank; i++) reduced[i] = all;
    for (size_t i = 0; i < n; i++) reduced[axes[i]] = true;
    return TFP_OK;
}

static tfp_status run_reduce(struct kernel *k)
{
    bool reduced[TFP_MAX_RANK];
    int64_t dims[TFP_MAX_RANK];
    size_t rank = 0;
    const struct tensor *in = &k->in[0];
    if (!convert_possible(in->dtype, TFP_DOUBLE))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "there is no kernel for %s", tfp_dtype_name(in->dtype));
    TFP_TRY(reduced_axes(k, reduced));
    bool keep = ir_attr_int(k->node, ATTR_KEEPDIMS, 1) != 0;
    for (size_t i = 0; i < in->rank; i++)
        if (!reduced[i] || keep) dims[rank++] = reduced[i] ? 1 : in->dims[i];
    TFP_TRY(kernel_output(k, 0, in->dtype, rank, dims));
    if (k->out[0].count == 0) return TFP_OK;
    struct plan p = { .in = in, .wide = wide_type(in->dtype), .r = reductions[k->node->op] };
    p.start = identity(in->dtype, p.r.combine);
    if (p.r.finish >= FINISH_SQRT && p.wide != TFP_DOUBLE) { /* roots and logarithms of integers */
        p.wide = TFP_DOUBLE;
        p.start.f = 0;
    }
    if (in->count == 0) { /* the sides' products could overflow, and there is nothing to read */
        p.kept = (struct side){ .count = 1 };
        p.reduced = (struct side){ .count = 0 };
        p.length = k->out[0].count;
        p.n = 0;
    } else {
        make_plan(&p, reduced);
    }
    if (p.n == 0 && p.r.finish == FINISH_MEAN && p.wide != TFP_DOUBLE)
        return kernel_fail(k, TFP_E_UNSUPPORTED, "takes the mean of no integers");
    reduce_all(k, &p);
    return TFP_OK;
}

/* -- ArgMax, ArgMin ------------------------------------------------------------------------------------------------ */

/* NaN is the largest and the smallest of all; of equal ones the first counts, or the last. run: n elements in a row,
 * the first of which has index `at`; across: one element for each of n results, all of index `at`. */
#define TAKES(sign) (at == 0 || x sign a || (x != x && (last || a == a)) || (last && x == a))
#define ARG(name, suffix, type, sign)                                                                                  \
    static void run_##name##_##suffix(const void *from, size_t n, int64_t at, bool last, void *best, int64_t *index)   \
    {                                                                                                                  \
        const type *in = from;                                                                                         \
        type a = *(type *)best;                                                                                        \
        for (size_t i = 0; i < n; i++, at++) {                                                                         \
            type x = in[i];                                                                                            \
            if (!TAKES(sign)) continue;                                                                                \
            a = x;                                                                                                     \
            *index = at;                                                                                               \
        }                                                                                                              \
        *(type *)best = a;                                                                                             \
    }                                                                                                                  \
    static void across_##name##_##suffix(const void *from, size_t n, int64_t at, bool last, void *best,                \
                                         int64_t *index)                                                               \
    {                                                                                                                  \
        const type *in = from;                                                                                         \
        type *value = best;                                                                                            \
        for (size_t i = 0; i < n; i++) {                                                                               \
            type x = in[i], a = value[i];                                                                              \
            bool takes = TAKES(sign);                                                                                  \
            value[i] = takes ? x : a;                                                                                  \
            index[i] = takes ? at : index[i];                                                                          \
        }                                                                                                              \
    }
ARG(max, f, double, >)
ARG(max, i, int64_t, >)
ARG(max, u, uint64_t, >)
ARG(min, f, double, <)
ARG(min, i, int64_t, <)
ARG(min, u, uint64_t, <)
typedef void arg_fn(const void *from, size_t n, int64_t at, bool last, void *best, int64_t *index);
static const struct arg_row {
    arg_fn *run, *across;
} arg_rows[2][3] = {
#define ROW(name, suffix) { run_##name##_##suffix, across_##name##_##suffix }
    { ROW(max, f), ROW(max, i), ROW(max, u) },
    { ROW(min, f), ROW(min, i), ROW(min, u) },
#undef ROW
};

/* A tensor seen as [outer, axis, inner]. */
struct three {
    int64_t outer, length, inner;
};

static struct three three_of(const struct tensor *t, size_t axis)
{
    return (struct three){ argument_product(t->dims, 0, axis), t->dims[axis],
                           argument_product(t->dims, axis + 1, t->rank) };
}

static int64_t arg_run(arg_fn *fn, const struct tensor *in, tfp_dtype wide, int64_t begin, int64_t length, bool last)
{
    union wide block[BLOCK], best = { .u = 0 };
    int64_t index = 0;
    size_t size = tfp_dtype_size(in->dtype);
    for (int64_t at = 0; at < length; at += BLOCK) {
        size_t n = length - at < BLOCK ? (size_t)(length - at) : BLOCK;
        convert_run(in->dtype, (const char *)in->data + (size_t)(begin + at) * size, wide, block, n);
        fn(block, n, at, last, &best, &index);
    }
    return index;
}

static void arg_across(arg_fn *fn, const struct tensor *in, tfp_dtype wide, int64_t begin, const struct three *t,
                       size_t n, bool last, int64_t *index)
{
    union wide block[BLOCK], best[BLOCK];
    size_t size = tfp_dtype_size(in->dtype);
    for (int64_t at = 0; at < t->length; at++) {
        convert_run(in->dtype, (const char *)in->data + (size_t)(begin + at * t->inner) * size, wide, block, n);
        fn(block, n, at, last, best, index);
    }
}

static tfp_status run_arg(struct kernel *k)
{
    size_t axis, rank = 0;
    int64_t dims[TFP_MAX_RANK];
    const struct tensor *in = &k->in[0];
    if (!convert_possible(in->dtype, TFP_DOUBLE))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "there is no kernel for %s", tfp_dtype_name(in->dtype));
    TFP_TRY(argument_axis(k, ir_attr_int(k->node, ATTR_AXIS, 0), in->rank, &axis));
    bool keep = ir_attr_int(k->node, ATTR_KEEPDIMS, 1) != 0,
         last = ir_attr_int(k->node, ATTR_SELECT_LAST_INDEX, 0) != 0;
    for (size_t i = 0; i < in->rank; i++)
        if (i != axis || keep) dims[rank++] = i == axis ? 1 : in->dims[i];
    TFP_TRY(kernel_output(k, 0, TFP_INT64, rank, dims));
    if (k->out[0].count == 0) return TFP_OK;
    if (in->count == 0) return kernel_fail(k, TFP_E_FORMAT, "looks for the largest of no elements");
    struct three t = three_of(in, axis);
    tfp_dtype wide = wide_type(in->dtype);
    const struct arg_row *row = &arg_rows[k->node->op == IR_ARG_MIN][wide_index(wide)];
    int64_t *index = k->out[0].data, blocks = t.inner / BLOCK + (t.inner % BLOCK != 0);
    bool parallel = k->threads > 1 && in->count > PARALLEL;
#pragma omp parallel for num_threads(k->threads) schedule(static) if (parallel)
    for (int64_t task = 0; task < t.outer * blocks; task++) {
        int64_t o = task / blocks, at = task % blocks * BLOCK, begin = o * t.length * t.inner + at;
        size_t n = t.inner - at < BLOCK ? (size_t)(t.inner - at) : BLOCK;
        if (t.inner == 1) index[o] = arg_run(row->run, in, wide, begin, t.length, last);
        else arg_across(row->across, in, wide, begin, &t, n, last, index + o * t.inner + at);
    }
    return TFP_OK;
}

/* -- CumSum, CumProd ----------------------------------------------------------------------------------------------- */

struct scan {
    const struct tensor *in;
    struct tensor *out;
    struct three t;
    tfp_dtype wide;
    enum combine combine;
    union wide start;
    bool exclusive, reverse;
};

/* `n` neighbouring lanes that begin at element `begin`. */
static void scan_lanes(const struct scan *s, int64_t begin, size_t n)
{
    union wide block[BLOCK], totals[BLOCK];
    size_t size = tfp_dtype_size(s->in->dtype);
    combine_fn *combine = combine_row(s->wide, s->combine)->across;
    for (size_t i = 0; i < n; i++) totals[i] = s->start;
    for (int64_t step = 0; step < s->t.length; step++) {
        int64_t at = begin + (s->reverse ? s->t.length - 1 - step : step) * s->t.inner;
        char *to = (char *)s->out->data + (size_t)at * size;
        convert_run(s->in->dtype, (const char *)s->in->data + (size_t)at * size, s->wide, block, n);
        if (s->exclusive) convert_run(s->wide, totals, s->out->dtype, to, n);
        combine(totals, block, n);
        if (!s->exclusive) convert_run(s->wide, totals, s->out->dtype, to, n);
    }
}

/* One contiguous run, block by block. */
static void scan_run(const struct scan *s, int64_t begin)
{
    union wide block[BLOCK], total = s->start;
    size_t size = tfp_dtype_size(s->in->dtype);
    combine_fn *combine = combine_row(s->wide, s->combine)->across;
    for (int64_t done = 0; done < s->t.length;) {
        int64_t n = s->t.length - done < BLOCK ? s->t.length - done : BLOCK;
        int64_t at = begin + (s->reverse ? s->t.length - done - n : done);
        convert_run(s->in->dtype, (const char *)s->in->data + (size_t)at * size, s->wide, block, (size_t)n);
        for (int64_t i = 0; i < n; i++) {
            union wide *x = &block[s->reverse ? n - 1 - i : i], before = total;
            combine(&total, x, 1);
            *x = s->exclusive ? before : total;
        }
        convert_run(s->wide, block, s->out->dtype, (char *)s->out->data + (size_t)at * size, (size_t)n);
        done += n;
    }
}

static tfp_status run_scan(struct kernel *k)
{
    int64_t axis;
    size_t at;
    const struct tensor *in = &k->in[0];
    if (!convert_possible(in->dtype, TFP_DOUBLE))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "there is no kernel for %s", tfp_dtype_name(in->dtype));
    TFP_TRY(argument_int(k, 1, 0, &axis));
    TFP_TRY(argument_axis(k, axis, in->rank, &at));
    TFP_TRY(kernel_output(k, 0, in->dtype, in->rank, in->dims));
    if (in->count == 0) return TFP_OK;
    struct scan s = { .in = in, .out = &k->out[0], .t = three_of(in, at), .wide = wide_type(in->dtype),
                      .combine = k->node->op == IR_CUM_SUM ? SUM : PRODUCT,
                      .exclusive = ir_attr_int(k->node, ATTR_EXCLUSIVE, 0) != 0,
                      .reverse = ir_attr_int(k->node, ATTR_REVERSE, 0) != 0 };
    s.start = identity(in->dtype, s.combine);
    int64_t blocks = s.t.inner / BLOCK + (s.t.inner % BLOCK != 0);
    bool parallel = k->threads > 1 && in->count > PARALLEL;
#pragma omp parallel for num_threads(k->threads) schedule(static) if (parallel)
    for (int64_t task = 0; task < s.t.outer * blocks; task++) {
        int64_t first = task % blocks * BLOCK, begin = task / blocks * s.t.length * s.t.inner + first;
        if (s.t.inner == 1) scan_run(&s, begin);
        else scan_lanes(&s, begin, s.t.inner - first < BLOCK ? (size_t)(s.t.inner - first) : BLOCK);
    }
    return TFP_OK;
}

const struct kernel_row kernels_reduce[] = {
    { IR_ARG_MAX, .run = run_arg },
    { IR_ARG_MIN, .run = run_arg },
    { IR_CUM_PROD, .run = run_scan },
    { IR_CUM_SUM, .run = run_scan },
    { IR_REDUCE_L1, .run = run_reduce },
    { IR_REDUCE_L2, .run = run_reduce },
    { IR_REDUCE_LOG_SUM, .run = run_reduce },
    { IR_REDUCE_LOG_SUM_EXP, .run = run_reduce },
    { IR_REDUCE_MAX, .run = run_reduce },
    { IR_REDUCE_MEAN, .run = run_reduce },
    { IR_REDUCE_MIN, .run = run_reduce },
    { IR_REDUCE_PROD, .run = run_reduce },
    { IR_REDUCE_SUM, .run = run_reduce },
    { IR_REDUCE_SUM_SQUARE, .run = run_reduce },
};
const size_t kernels_reduce_n = sizeof kernels_reduce / sizeof kernels_reduce[0];
