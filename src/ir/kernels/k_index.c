/* Operators that pick or place elements by index, count or order. An index is checked against its dimension before it
 * is used; negative ones count from the end where the operator says so. Elements are moved by their size. */
#include "ir/kernels/arguments.h"
#include "ir/kernels/convert.h"
#include "ir/kernels/strided.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static inline int64_t index_at(const struct tensor *t, int64_t i)
{
    return t->dtype == TFP_INT32 ? ((const int32_t *)t->data)[i] : ((const int64_t *)t->data)[i];
}

static tfp_status bad_index(struct kernel *k, int64_t index, int64_t dim)
{
    return kernel_fail(k, TFP_E_FORMAT, "index %" PRId64 " of a dimension of %" PRId64, index, dim);
}

static inline bool resolve(int64_t *index, int64_t dim)
{
    if (*index < 0) *index += dim;
    return *index >= 0 && *index < dim;
}

static tfp_status check_indices(struct kernel *k, const struct tensor *indices, int64_t dim)
{
    for (int64_t i = 0; i < indices->count; i++) {
        int64_t index = index_at(indices, i);
        if (index < -dim || index >= dim) return bad_index(k, index, dim);
    }
    return TFP_OK;
}

static inline void copy_element(char *to, const char *from, size_t size)
{
    switch (size) {
    case 1: memcpy(to, from, 1); break;
    case 2: memcpy(to, from, 2); break;
    case 4: memcpy(to, from, 4); break;
    case 8: memcpy(to, from, 8); break;
    default: memcpy(to, from, size);
    }
}

/* A tensor seen as [outer, axis, inner]. */
struct three {
    int64_t outer, length, inner;
};

static struct three three_of(const struct tensor *t, size_t axis)
{
    return (struct three){ argument_product(t->dims, 0, axis), t->dims[axis],
                           argument_product(t->dims, axis + 1, t->rank) };
}

/* -- Gather -------------------------------------------------------------------------------------------------------- */

static tfp_status run_gather(struct kernel *k)
{
    size_t axis, rank = 0;
    int64_t dims[2 * TFP_MAX_RANK];
    const struct tensor *in = &k->in[0], *indices = &k->in[1];
    TFP_TRY(argument_axis(k, ir_attr_int(k->node, ATTR_AXIS, 0), in->rank, &axis));
    for (size_t i = 0; i < axis; i++) dims[rank++] = in->dims[i];
    for (size_t i = 0; i < indices->rank; i++) dims[rank++] = indices->dims[i];
    for (size_t i = axis + 1; i < in->rank; i++) dims[rank++] = in->dims[i];
    TFP_TRY(check_indices(k, indices, in->dims[axis]));
    TFP_TRY(kernel_output(k, 0, in->dtype, rank, dims));
    if (k->out[0].count == 0) return TFP_OK;
    struct three t = three_of(in, axis);
    size_t block = (size_t)t.inner * tfp_dtype_size(in->dtype);
    int64_t rows = t.outer * indices->count;
    bool parallel = k->threads > 1 && k->out[0].size > 1 << 18;
#pragma omp parallel for num_threads(k->threads) schedule(static) if (parallel)
    for (int64_t row = 0; row < rows; row++) {
        int64_t index = index_at(indices, row % indices->count);
        if (index < 0) index += t.length;
        copy_element((char *)k->out[0].data + (size_t)row * block,
                     (const char *)in->data + (size_t)(row / indices->count * t.length + index) * block, block);
    }
    return TFP_OK;
}

/* -- GatherElements, ScatterElements ------------------------------------------------------------------------------- */

/* Goes through the elements of `indices`; each names an element of `data` (same rank, no dimension but the axis'
 * smaller than the indices'). */
struct element_walk {
    const struct tensor *data, *indices;
    size_t axis;
    int64_t strides[TFP_MAX_RANK], place[TFP_MAX_RANK], offset;
};

static tfp_status walk_begin(struct kernel *k, struct element_walk *w)
{
    *w = (struct element_walk){ .data = &k->in[0], .indices = &k->in[1] };
    TFP_TRY(argument_axis(k, ir_attr_int(k->node, ATTR_AXIS, 0), w->data->rank, &w->axis));
    if (w->indices->rank != w->data->rank)
        return kernel_fail(k, TFP_E_FORMAT, "indices of rank %u for data of rank %u", w->indices->rank, w->data->rank);
    for (size_t i = 0; i < w->data->rank; i++)
        if (i != w->axis && w->indices->dims[i] > w->data->dims[i])
            return kernel_fail(k, TFP_E_FORMAT, "dimension %zu: %" PRId64 " indices for %" PRId64 " elements", i,
                               w->indices->dims[i], w->data->dims[i]);
    strides_of(w->data->rank, w->data->dims, w->strides);
    return check_indices(k, w->indices, w->data->dims[w->axis]);
}

/* Where element `i` of the indices points to; called with i counting up. */
static int64_t walk_next(struct element_walk *w, int64_t i)
{
    int64_t index = index_at(w->indices, i), at;
    if (index < 0) index += w->data->dims[w->axis];
    at = w->offset + index * w->strides[w->axis];
    for (size_t d = w->data->rank; d-- > 0;) {
        if (d != w->axis) w->offset += w->strides[d];
        if (++w->place[d] < w->indices->dims[d]) break;
        if (d != w->axis) w->offset -= w->place[d] * w->strides[d];
        w->place[d] = 0;
    }
    return at;
}

static tfp_status run_gather_elements(struct kernel *k)
{
    struct element_walk w;
    TFP_TRY(walk_begin(k, &w));
    TFP_TRY(kernel_output(k, 0, w.data->dtype, w.indices->rank, w.indices->dims));
    size_t size = tfp_dtype_size(w.data->dtype);
    for (int64_t i = 0; i < w.indices->count; i++)
        copy_element((char *)k->out[0].data + (size_t)i * size,
                     (const char *)w.data->data + (size_t)walk_next(&w, i) * size, size);
    return TFP_OK;
}

enum reduction { REPLACE, ADD, MULTIPLY, MAXIMUM, MINIMUM };

static tfp_status reduction_of(struct kernel *k, enum reduction *out)
{
    static const char *const words[] = { "none", "add", "mul", "max", "min" };
    *out = REPLACE;
    if (k->node->op == IR_SCATTER) return TFP_OK;
    for (int i = REPLACE; i <= MINIMUM; i++)
        if (ir_attr_is(k->node, ATTR_REDUCTION, words[i])) {
            *out = (enum reduction)i;
            if (i != REPLACE && !convert_possible(k->in[0].dtype, TFP_DOUBLE))
                return kernel_fail(k, TFP_E_UNSUPPORTED, "cannot reduce %s", tfp_dtype_name(k->in[0].dtype));
            return TFP_OK;
        }
    return kernel_fail(k, TFP_E_UNSUPPORTED, "reduces in an unknown way");
}

/* Integers wrap around; bool adds as "or" and multiplies as "and". */
#define REDUCE(type, wide)                                                                                             \
    static void reduce_##type(enum reduction r, void *to, const void *from, size_t n)                                  \
    {                                                                                                                  \
        type *a = to;                                                                                                  \
        const type *x = from;                                                                                          \
        for (size_t i = 0; i < n; i++) {                                                                               \
            switch (r) {                                                                                               \
            case REPLACE: a[i] = x[i]; break;                                                                          \
            case ADD: a[i] = (type)((wide)a[i] + (wide)x[i]); break;                                                   \
            case MULTIPLY: a[i] = (type)((wide)a[i] * (wide)x[i]); break;                                              \
            case MAXIMUM: a[i] = x[i] > a[i] || x[i] != x[i] ? x[i] : a[i]; break;                                     \
            case MINIMUM: a[i] = x[i] < a[i] || x[i] != x[i] ? x[i] : a[i]; break;                                     \
            }                                                                                                          \
        }                                                                                                              \
    }
REDUCE(float, float)
REDUCE(double, double)
REDUCE(int64_t, uint64_t)
REDUCE(uint64_t, uint64_t)

/* Small types are reduced in int64_t, float16 and bfloat16 in float. */
static void reduce_run(tfp_dtype type, enum reduction r, void *to, const void *from, size_t n)
{
    enum { BLOCK = 256 };
    uint64_t a[BLOCK], x[BLOCK];
    size_t size = tfp_dtype_size(type);
    if (r == REPLACE) {
        if (n) memcpy(to, from, n * size);
        return;
    }
    tfp_dtype as = type == TFP_DOUBLE || type == TFP_UINT64 ? type : dtype_is_float(type) ? TFP_FLOAT : TFP_INT64;
    for (size_t at = 0; at < n; at += BLOCK) {
        size_t count = n - at < BLOCK ? n - at : BLOCK;
        convert_run(type, (char *)to + at * size, as, a, count);
        convert_run(type, (const char *)from + at * size, as, x, count);
        if (as == TFP_FLOAT) reduce_float(r, a, x, count);
        else if (as == TFP_DOUBLE) reduce_double(r, a, x, count);
        else if (as == TFP_INT64) reduce_int64_t(r, a, x, count);
        else reduce_uint64_t(r, a, x, count);
        convert_run(as, a, type, (char *)to + at * size, count);
    }
}

static tfp_status copy_data(struct kernel *k)
{
    const struct tensor *in = &k->in[0];
    TFP_TRY(kernel_output(k, 0, in->dtype, in->rank, in->dims));
    if (in->size) memcpy(k->out[0].data, in->data, in->size);
    return TFP_OK;
}

static tfp_status run_scatter_elements(struct kernel *k)
{
    struct element_walk w;
    enum reduction r = REPLACE;
    TFP_TRY(reduction_of(k, &r));
    TFP_TRY(walk_begin(k, &w));
    const struct tensor *updates = &k->in[2];
    if (updates->rank != w.indices->rank || memcmp(updates->dims, w.indices->dims, updates->rank * sizeof(int64_t)))
        return kernel_fail(k, TFP_E_FORMAT, "the updates have not the shape of the indices");
    TFP_TRY(copy_data(k));
    size_t size = tfp_dtype_size(w.data->dtype);
    for (int64_t i = 0; i < w.indices->count; i++) {
        char *to = (char *)k->out[0].data + (size_t)walk_next(&w, i) * size;
        const char *from = (const char *)updates->data + (size_t)i * size;
        if (r == REPLACE) copy_element(to, from, size);
        else reduce_run(w.data->dtype, r, to, from, 1);
    }
    return TFP_OK;
}

/* -- GatherND, ScatterND ------------------------------------------------------------------------------------------- */

/* Tuples of `n` indices (the last dimension of the indices) into the dimensions of `data` from `batch_dims` on. */
struct tuples {
    const struct tensor *data, *indices;
    size_t batch_dims, n;
    int64_t count, per_batch, block, strides[TFP_MAX_RANK]; /* tuples; tuples of one batch; elements that one names */
};

static tfp_status tuples_of(struct kernel *k, size_t batch_dims, struct tuples *t)
{
    *t = (struct tuples){ .data = &k->in[0], .indices = &k->in[1], .batch_dims = batch_dims };
    if (t->data->rank < 1 || t->indices->rank < 1 || batch_dims >= t->indices->rank || batch_dims >= t->data->rank)
        return kernel_fail(k, TFP_E_FORMAT, "indices of rank %u into data of rank %u with %zu batch dimensions",
                           t->indices->rank, t->data->rank, batch_dims);
    int64_t n = t->indices->dims[t->indices->rank - 1];
    if (n > (int64_t)(t->data->rank - batch_dims))
        return kernel_fail(k, TFP_E_FORMAT, "tuples of %" PRId64 " indices for data of rank %u", n, t->data->rank);
    t->n = (size_t)n;
    for (size_t i = 0; i < batch_dims; i++)
        if (t->data->dims[i] != t->indices->dims[i])
            return kernel_fail(k, TFP_E_FORMAT, "batch dimension %zu differs", i);
    t->count = argument_product(t->indices->dims, 0, t->indices->rank - 1);
    t->per_batch = argument_product(t->indices->dims, batch_dims, t->indices->rank - 1);
    t->block = argument_product(t->data->dims, batch_dims + t->n, t->data->rank);
    strides_of(t->data->rank, t->data->dims, t->strides);
    return TFP_OK;
}

/* Offset of the elements that tuple i names. */
static tfp_status tuple_offset(struct kernel *k, const struct tuples *t, int64_t i, int64_t *offset)
{
    *offset = t->batch_dims ? i / t->per_batch * t->strides[t->batch_dims - 1] : 0;
    for (size_t j = 0; j < t->n; j++) {
        int64_t given = index_at(t->indices, i * (int64_t)t->n + (int64_t)j), index = given;
        if (!resolve(&index, t->data->dims[t->batch_dims + j]))
            return bad_index(k, given, t->data->dims[t->batch_dims + j]);
        *offset += index * t->strides[t->batch_dims + j];
    }
    return TFP_OK;
}

static tfp_status run_gather_nd(struct kernel *k)
{
    struct tuples t;
    int64_t dims[2 * TFP_MAX_RANK], batch_dims = ir_attr_int(k->node, ATTR_BATCH_DIMS, 0);
    size_t rank = 0;
    if (batch_dims < 0 || batch_dims > TFP_MAX_RANK) return kernel_fail(k, TFP_E_FORMAT, "impossible batch_dims");
    TFP_TRY(tuples_of(k, (size_t)batch_dims, &t));
    for (size_t i = 0; i + 1 < t.indices->rank; i++) dims[rank++] = t.indices->dims[i];
    for (size_t i = t.batch_dims + t.n; i < t.data->rank; i++) dims[rank++] = t.data->dims[i];
    TFP_TRY(kernel_output(k, 0, t.data->dtype, rank, dims));
    if (k->out[0].count == 0) return TFP_OK;
    size_t size = tfp_dtype_size(t.data->dtype), block = (size_t)t.block * size;
    for (int64_t i = 0; i < t.count; i++) {
        int64_t offset;
        TFP_TRY(tuple_offset(k, &t, i, &offset));
        copy_element((char *)k->out[0].data + (size_t)i * block, (const char *)t.data->data + (size_t)offset * size,
                     block);
    }
    return TFP_OK;
}

static tfp_status run_scatter_nd(struct kernel *k)
{
    struct tuples t;
    enum reduction r = REPLACE;
    TFP_TRY(reduction_of(k, &r));
    TFP_TRY(tuples_of(k, 0, &t));
    const struct tensor *updates = &k->in[2];
    size_t front = t.indices->rank - 1, back = t.data->rank - t.n;
    if (updates->rank != front + back || memcmp(updates->dims, t.indices->dims, front * sizeof(int64_t)) ||
        memcmp(updates->dims + front, t.data->dims + t.n, back * sizeof(int64_t)))
        return kernel_fail(k, TFP_E_FORMAT, "the updates' shape fits neither indices nor data");
    TFP_TRY(copy_data(k));
    if (updates->count == 0) return TFP_OK;
    size_t size = tfp_dtype_size(t.data->dtype), block = (size_t)t.block;
    for (int64_t i = 0; i < t.count; i++) {
        int64_t offset;
        TFP_TRY(tuple_offset(k, &t, i, &offset));
        reduce_run(t.data->dtype, r, (char *)k->out[0].data + (size_t)offset * size,
                   (const char *)updates->data + (size_t)i * block * size, block);
    }
    return TFP_OK;
}

/* -- TensorScatter: rows of a cache are written from a place on ---------------------------------------------------- */

static tfp_status run_tensor_scatter(struct kernel *k)
{
    size_t axis;
    const struct tensor *past = &k->in[0], *update = &k->in[1], *places = kernel_in(k, 2);
    bool circular = ir_attr_is(k->node, ATTR_MODE, "circular");
    TFP_TRY(argument_axis(k, ir_attr_int(k->node, ATTR_AXIS, -2), past->rank, &axis));
    if (axis == 0 || update->rank != past->rank)
        return kernel_fail(k, TFP_E_FORMAT, "axis %zu of data of rank %u and %u", axis, past->rank, update->rank);
    for (size_t i = 0; i < past->rank; i++)
        if (i == axis ? update->dims[i] > past->dims[i] : update->dims[i] != past->dims[i])
            return kernel_fail(k, TFP_E_FORMAT, "the update does not fit in dimension %zu", i);
    if (places && (places->rank != 1 || places->count != past->dims[0]))
        return kernel_fail(k, TFP_E_FORMAT, "not one place for each batch");
    TFP_TRY(copy_data(k));
    if (update->count == 0) return TFP_OK;
    struct three t = three_of(past, axis);
    int64_t n = update->dims[axis], per_batch = t.outer / past->dims[0];
    size_t block = (size_t)t.inner * tfp_dtype_size(past->dtype);
    for (int64_t o = 0; o < t.outer; o++) {
        int64_t first = places ? index_at(places, o / per_batch) : 0;
        if (first < 0 || first > (circular ? INT64_MAX - n : t.length - n)) return bad_index(k, first, t.length);
        for (int64_t i = 0; i < n; i++)
            memcpy((char *)k->out[0].data + (size_t)(o * t.length + (first + i) % t.length) * block,
                   (const char *)update->data + (size_t)(o * n + i) * block, block);
    }
    return TFP_OK;
}

/* -- OneHot -------------------------------------------------------------------------------------------------------- */

static tfp_status run_one_hot(struct kernel *k)
{
    size_t axis;
    int64_t dims[TFP_MAX_RANK + 1];
    const struct tensor *indices = &k->in[0], *values = &k->in[2];
    if (k->in[1].count != 1 || values->rank != 1 || values->count != 2)
        return kernel_fail(k, TFP_E_FORMAT, "depth is no scalar or values no pair");
    int64_t depth = tensor_int(&k->in[1], 0);
    if (depth < 0) return kernel_fail(k, TFP_E_FORMAT, "depth is %" PRId64, depth);
    TFP_TRY(argument_axis(k, ir_attr_int(k->node, ATTR_AXIS, -1), indices->rank + 1, &axis));
    for (size_t i = 0; i <= indices->rank; i++) dims[i] = i == axis ? depth : indices->dims[i - (i > axis)];
    TFP_TRY(kernel_output(k, 0, values->dtype, indices->rank + 1, dims));
    if (k->out[0].count == 0) return TFP_OK;
    size_t size = tfp_dtype_size(values->dtype);
    struct strided all = { .rank = 1, .dims = { k->out[0].count }, .from = { 0 }, .to = { 1 } };
    strided_copy(&all, size, values->data, k->out[0].data, k->threads);
    int64_t inner = argument_product(indices->dims, axis, indices->rank);
    for (int64_t i = 0; i < indices->count; i++) {
        int64_t index = tensor_int(indices, i);
        if (!resolve(&index, depth)) continue;
        copy_element((char *)k->out[0].data + (size_t)((i / inner * depth + index) * inner + i % inner) * size,
                     (const char *)values->data + size, size);
    }
    return TFP_OK;
}

/* -- order --------------------------------------------------------------------------------------------------------- */

/* Numbers as keys that compare like the values: NaN above all, -0 as 0. */
static void keys_of(tfp_dtype type, const void *from, uint64_t *keys, size_t n)
{
    const uint64_t top = 1ULL << 63;
    if (dtype_is_float(type)) {
        convert_run(type, from, TFP_DOUBLE, keys, n);
        for (size_t i = 0; i < n; i++) {
            uint64_t bits = keys[i];
            if (bits << 1 > 0x7ff0000000000000ULL << 1) keys[i] = UINT64_MAX;
            else if (bits << 1 == 0) keys[i] = top;
            else keys[i] = bits & top ? ~bits : bits | top;
        }
        return;
    }
    convert_run(type, from, type == TFP_UINT64 ? TFP_UINT64 : TFP_INT64, keys, n);
    for (size_t i = 0; i < n && type != TFP_UINT64; i++) keys[i] ^= top;
}

struct ranked {
    uint64_t key;
    int64_t index;
};

/* a stands behind b: smaller, or as large and later. */
static inline bool behind(struct ranked a, struct ranked b)
{
    return a.key < b.key || (a.key == b.key && a.index > b.index);
}

/* heap[0] is the last of all; `hole` is to be filled with x. */
static void sink(struct ranked *heap, size_t n, size_t hole, struct ranked x)
{
    for (;;) {
        size_t child = 2 * hole + 1;
        if (child >= n) break;
        if (child + 1 < n && behind(heap[child + 1], heap[child])) child++;
        if (!behind(heap[child], x)) break;
        heap[hole] = heap[child];
        hole = child;
    }
    heap[hole] = x;
}

/* The n best of `count` keys, best first. */
static void select_best(const uint64_t *keys, int64_t count, struct ranked *heap, size_t n)
{
    for (size_t i = 0; i < n; i++) heap[i] = (struct ranked){ keys[i], (int64_t)i };
    for (size_t i = n / 2; i-- > 0;) sink(heap, n, i, heap[i]);
    for (int64_t i = (int64_t)n; i < count; i++)
        if (keys[i] > heap[0].key) sink(heap, n, 0, (struct ranked){ keys[i], i });
    for (size_t left = n; left > 1; left--) {
        struct ranked last = heap[0];
        sink(heap, left - 1, 0, heap[left - 1]);
        heap[left - 1] = last;
    }
}

struct top_k {
    const struct tensor *in;
    struct three t;
    size_t n;
    bool largest;
    char *line; /* one line of the axis */
    uint64_t *keys;
    struct ranked *heap;
};

static void top_k_lines(struct kernel *k, const struct top_k *p)
{
    size_t size = tfp_dtype_size(p->in->dtype);
    for (int64_t o = 0; o < p->t.outer; o++)
        for (int64_t i = 0; i < p->t.inner; i++) {
            const char *from = (const char *)p->in->data + (size_t)(o * p->t.length * p->t.inner + i) * size;
            struct strided line = { .rank = 1, .dims = { p->t.length }, .from = { p->t.inner }, .to = { 1 } };
            strided_copy(&line, size, from, p->line, 1);
            keys_of(p->in->dtype, p->line, p->keys, (size_t)p->t.length);
            for (int64_t j = 0; j < p->t.length && !p->largest; j++) p->keys[j] = ~p->keys[j];
            select_best(p->keys, p->t.length, p->heap, p->n);
            for (size_t j = 0; j < p->n; j++) {
                size_t at = ((size_t)o * p->n + j) * (size_t)p->t.inner + (size_t)i;
                copy_element((char *)k->out[0].data + at * size, p->line + (size_t)p->heap[j].index * size, size);
                if (k->n_out > 1) ((int64_t *)k->out[1].data)[at] = p->heap[j].index;
            }
        }
}

static tfp_status run_top_k(struct kernel *k)
{
    size_t axis;
    int64_t n, dims[TFP_MAX_RANK];
    const struct tensor *in = &k->in[0];
    TFP_TRY(argument_int(k, 1, 0, &n));
    TFP_TRY(argument_axis(k, ir_attr_int(k->node, ATTR_AXIS, -1), in->rank, &axis));
    if (n < 0 || n > in->dims[axis])
        return kernel_fail(k, TFP_E_FORMAT, "the best %" PRId64 " of %" PRId64, n, in->dims[axis]);
    memcpy(dims, in->dims, sizeof dims);
    dims[axis] = n;
    TFP_TRY(kernel_output(k, 0, in->dtype, in->rank, dims));
    if (k->n_out > 1) TFP_TRY(kernel_output(k, 1, TFP_INT64, in->rank, dims));
    if (k->out[0].count == 0) return TFP_OK;
    struct top_k p = { .in = in, .t = three_of(in, axis), .n = (size_t)n,
                       .largest = ir_attr_int(k->node, ATTR_LARGEST, 1) != 0 };
    p.line = malloc((size_t)p.t.length * tfp_dtype_size(in->dtype));
    p.keys = malloc((size_t)p.t.length * sizeof *p.keys);
    p.heap = malloc(p.n * sizeof *p.heap);
    bool enough = p.line && p.keys && p.heap;
    if (enough) top_k_lines(k, &p);
    free(p.line);
    free(p.keys);
    free(p.heap);
    return enough ? TFP_OK : tfp_no_memory(k->ctx);
}

/* Slices along an axis, each `size` elements in a row; the flattened tensor has slices of one element. */
struct slices {
    int64_t n;
    size_t size;
    const uint64_t *keys;             /* numbers */
    const struct tfp_string *strings; /* or strings */
};

static int compare_slices(const struct slices *s, int64_t a, int64_t b)
{
    for (size_t i = 0; i < s->size; i++) {
        size_t at_a = (size_t)a * s->size + i, at_b = (size_t)b * s->size + i;
        if (s->keys) {
            if (s->keys[at_a] != s->keys[at_b]) return s->keys[at_a] < s->keys[at_b] ? -1 : 1;
            continue;
        }
        const struct tfp_string *x = &s->strings[at_a], *y = &s->strings[at_b];
        size_t shorter = x->n < y->n ? x->n : y->n;
        int order = shorter ? memcmp(x->at, y->at, shorter) : 0;
        if (order || x->n != y->n) return order ? order : x->n < y->n ? -1 : 1;
    }
    return 0;
}

static int order_slices(const void *a, const void *b, void *user)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    int order = compare_slices(user, x, y);
    return order ? order : (x > y) - (x < y);
}

/* What is alike, as found: of group g the first slice, how many, and for every slice its group. */
struct groups {
    int64_t n, *order, *first, *counts, *group, *place;
};

static int order_numbers(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Single numbers in the order in which they first occur: by hash, whose lists of groups begin in order[] and go on in
 * place[]. */
static void find_numbers(const struct slices *s, struct groups *g)
{
    g->n = 0;
    for (int64_t i = 0; i < s->n; i++) g->order[i] = -1;
    for (int64_t i = 0; i < s->n; i++) {
        const uint64_t mixed = (s->keys[i] ^ s->keys[i] >> 32) * 0x9e3779b97f4a7c15u;
        int64_t *list = &g->order[(mixed >> 32) * (uint64_t)s->n >> 32], at = *list;
        while (at >= 0 && s->keys[g->first[at]] != s->keys[i]) at = g->place[at];
        if (at < 0) {
            at = g->n++;
            g->first[at] = i;
            g->counts[at] = 0;
            g->place[at] = *list;
            *list = at;
        }
        g->counts[at]++;
        g->group[i] = at;
    }
}

static void find_groups(struct slices *s, struct groups *g, bool sorted)
{
    if (!sorted && s->keys && s->size == 1 && s->n < UINT32_MAX) {
        find_numbers(s, g);
        return;
    }
    for (int64_t i = 0; i < s->n; i++) g->order[i] = i;
    if (s->n) qsort_r(g->order, (size_t)s->n, sizeof *g->order, order_slices, s);
    g->n = 0;
    for (int64_t i = 0; i < s->n; i++) {
        if (i == 0 || compare_slices(s, g->order[i - 1], g->order[i]) != 0) {
            g->first[g->n] = g->order[i];
            g->counts[g->n++] = 0;
        }
        g->counts[g->n - 1]++;
        g->group[g->order[i]] = g->n - 1;
    }
    if (sorted || g->n == 0) return;
    /* By first occurrence: place[] of a group is how many begin before it. */
    for (int64_t i = 0; i < g->n; i++) g->order[i] = g->first[i];
    qsort(g->order, (size_t)g->n, sizeof *g->order, order_numbers);
    for (int64_t i = 0; i < g->n; i++) g->place[g->group[g->order[i]]] = i;
    for (int64_t i = 0; i < s->n; i++) g->group[i] = g->place[g->group[i]];
    for (int64_t i = 0; i < g->n; i++) g->first[i] = g->order[i];
    for (int64_t i = 0; i < g->n; i++) g->counts[i] = 0;
    for (int64_t i = 0; i < s->n; i++) g->counts[g->group[i]]++;
}

static tfp_status put_numbers(struct kernel *k, size_t i, const int64_t *at, int64_t n)
{
    if (!kernel_wants(k, i)) return TFP_OK;
    TFP_TRY(kernel_output(k, i, TFP_INT64, 1, &n));
    if (n) memcpy(k->out[i].data, at, (size_t)n * sizeof *at);
    return TFP_OK;
}

/* `t`: the input as [outer, axis, inner]; flattened when `axis` is SIZE_MAX. */
static tfp_status put_unique(struct kernel *k, size_t axis, const struct three *t, const struct groups *g, int64_t n)
{
    const struct tensor *in = &k->in[0];
    int64_t dims[TFP_MAX_RANK];
    bool flat = axis == SIZE_MAX;
    memcpy(dims, in->dims, sizeof dims);
    dims[flat ? 0 : axis] = g->n;
    TFP_TRY(kernel_output(k, 0, in->dtype, flat ? 1 : in->rank, dims));
    size_t block = (size_t)t->inner * tfp_dtype_size(in->dtype);
    for (int64_t o = 0; o < t->outer && k->out[0].count; o++)
        for (int64_t i = 0; i < g->n; i++)
            memcpy((char *)k->out[0].data + (size_t)(o * g->n + i) * block,
                   (const char *)in->data + (size_t)(o * t->length + g->first[i]) * block, block);
    TFP_TRY(put_numbers(k, 1, g->first, g->n));
    TFP_TRY(put_numbers(k, 2, g->group, n));
    return put_numbers(k, 3, g->counts, g->n);
}

/* Scratch: the input with the axis in front, its keys, five numbers a slice. */
static tfp_status unique_in(struct kernel *k, size_t axis, char *front, uint64_t *keys, int64_t *numbers)
{
    const struct tensor *in = &k->in[0];
    struct three t = axis == SIZE_MAX ? (struct three){ 1, in->count, 1 } : three_of(in, axis);
    struct strided s = { .rank = 3, .dims = { t.length, t.outer, t.inner }, .from = { t.inner, t.length * t.inner, 1 },
                         .to = { t.outer * t.inner, t.inner, 1 } };
    if (in->count) strided_copy(&s, tfp_dtype_size(in->dtype), in->data, front, k->threads);
    bool is_string = in->dtype == TFP_STRING;
    if (!is_string) keys_of(in->dtype, front, keys, (size_t)in->count);
    struct slices slices = { .n = t.length, .size = (size_t)(t.outer * t.inner), .keys = is_string ? NULL : keys,
                             .strings = is_string ? (const struct tfp_string *)(const void *)front : NULL };
    struct groups g = { .order = numbers, .first = numbers + t.length, .counts = numbers + 2 * t.length,
                        .group = numbers + 3 * t.length, .place = numbers + 4 * t.length };
    find_groups(&slices, &g, ir_attr_int(k->node, ATTR_SORTED, 1) != 0);
    return put_unique(k, axis, &t, &g, t.length);
}

static tfp_status run_unique(struct kernel *k)
{
    size_t axis = SIZE_MAX, number_size;
    const struct tensor *in = &k->in[0];
    if (in->dtype != TFP_STRING && !convert_possible(in->dtype, TFP_DOUBLE))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "there is no kernel for %s", tfp_dtype_name(in->dtype));
    if (ir_attr(k->node, ATTR_AXIS))
        TFP_TRY(argument_axis(k, ir_attr_int(k->node, ATTR_AXIS, 0), in->rank, &axis));
    int64_t n = axis == SIZE_MAX ? in->count : in->dims[axis];
    if (axis != SIZE_MAX && in->count == 0 && n)
        return kernel_fail(k, TFP_E_UNSUPPORTED, "compares slices without elements");
    if (!mul_size(&number_size, (size_t)n, 5 * sizeof(int64_t))) return tfp_no_memory(k->ctx);
    char *front = malloc(in->size + 1);
    uint64_t *keys = malloc((size_t)in->count * sizeof *keys + 1);
    int64_t *numbers = malloc(number_size + 1);
    tfp_status status = front && keys && numbers ? unique_in(k, axis, front, keys, numbers) : tfp_no_memory(k->ctx);
    free(front);
    free(keys);
    free(numbers);
    return status;
}

/* -- NonZero, Compress --------------------------------------------------------------------------------------------- */

/* The bits that make an element of a type zero or not: all but a float's sign. */
static uint64_t value_bits(tfp_dtype type)
{
    size_t size = tfp_dtype_size(type);
    uint64_t all = UINT64_MAX >> (64 - 8 * size);
    return dtype_is_float(type) ? all >> 1 : all;
}

static inline bool is_zero(const char *data, int64_t i, size_t size, uint64_t mask)
{
    uint64_t bits = 0;
    copy_element((char *)&bits, data + (size_t)i * size, size);
    return (bits & mask) == 0;
}

static tfp_status run_non_zero(struct kernel *k)
{
    const struct tensor *in = &k->in[0];
    size_t size = tfp_dtype_size(in->dtype);
    if (size > 8) return kernel_fail(k, TFP_E_UNSUPPORTED, "there is no kernel for %s", tfp_dtype_name(in->dtype));
    uint64_t mask = value_bits(in->dtype);
    int64_t n = 0;
    for (int64_t i = 0; i < in->count; i++) n += !is_zero(in->data, i, size, mask);
    TFP_TRY(kernel_output(k, 0, TFP_INT64, 2, (const int64_t[]){ in->rank, n }));
    int64_t *to = k->out[0].data, found = 0;
    for (int64_t i = 0; i < in->count && k->out[0].count; i++) {
        if (is_zero(in->data, i, size, mask)) continue;
        int64_t rest = i;
        for (size_t d = in->rank; d-- > 0;) {
            to[(int64_t)d * n + found] = rest % in->dims[d];
            rest /= in->dims[d];
        }
        found++;
    }
    return TFP_OK;
}

static tfp_status run_compress(struct kernel *k)
{
    size_t axis = SIZE_MAX;
    int64_t dims[TFP_MAX_RANK], n = 0;
    const struct tensor *in = &k->in[0], *condition = &k->in[1];
    const uint8_t *takes = condition->data;
    if (ir_attr(k->node, ATTR_AXIS))
        TFP_TRY(argument_axis(k, ir_attr_int(k->node, ATTR_AXIS, 0), in->rank, &axis));
    struct three t = axis == SIZE_MAX ? (struct three){ 1, in->count, 1 } : three_of(in, axis);
    if (condition->rank != 1) return kernel_fail(k, TFP_E_FORMAT, "the condition has rank %u", condition->rank);
    int64_t length = condition->count < t.length ? condition->count : t.length;
    for (int64_t i = 0; i < length; i++) n += takes[i] != 0;
    memcpy(dims, in->dims, sizeof dims);
    dims[axis == SIZE_MAX ? 0 : axis] = n;
    TFP_TRY(kernel_output(k, 0, in->dtype, axis == SIZE_MAX ? 1 : in->rank, dims));
    if (k->out[0].count == 0) return TFP_OK;
    size_t block = (size_t)t.inner * tfp_dtype_size(in->dtype);
    char *to = k->out[0].data;
    for (int64_t o = 0; o < t.outer; o++)
        for (int64_t i = 0; i < length; i++) {
            if (!takes[i]) continue;
            copy_element(to, (const char *)in->data + (size_t)(o * t.length + i) * block, block);
            to += block;
        }
    return TFP_OK;
}

const struct kernel_row kernels_index[] = {
    { IR_COMPRESS, .run = run_compress },
    { IR_GATHER, .run = run_gather },
    { IR_GATHER_ELEMENTS, .run = run_gather_elements },
    { IR_GATHER_ND, .run = run_gather_nd },
    { IR_NON_ZERO, .run = run_non_zero },
    { IR_ONE_HOT, .run = run_one_hot },
    { IR_SCATTER, .run = run_scatter_elements },
    { IR_SCATTER_ELEMENTS, .run = run_scatter_elements },
    { IR_SCATTER_ND, .run = run_scatter_nd },
    { IR_TENSOR_SCATTER, .run = run_tensor_scatter },
    { IR_TOP_K, .run = run_top_k },
    { IR_UNIQUE, .run = run_unique },
};
const size_t kernels_index_n = sizeof kernels_index / sizeof kernels_index[0];
