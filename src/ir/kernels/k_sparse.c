/* SparseReshape and SparseFillEmptyRows, as TensorFlow's ops of these names; EmbeddingSum, SumOfOneHot. */
#include "base/numbers.h"
#include "ir/kernels/kernel.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* -- SparseReshape ------------------------------------------------------------------------------------------------- */

/* The wanted shape without -1; E_FORMAT: it does not hold the elements of the other. */
static tfp_status settle(struct kernel *k, const struct tensor *shape, const struct tensor *wanted, int64_t *dims)
{
    int64_t all, rest = 1, open = -1;
    const int64_t *to = wanted->data;
    if (!numbers_count(shape->data, (size_t)shape->count, &all)) return kernel_fail(k, TFP_E_FORMAT, "a shape that is too large");
    for (int64_t i = 0; i < wanted->count; i++) {
        dims[i] = to[i];
        if (to[i] == -1 && open < 0) open = i;
        else if (to[i] < 0 || __builtin_mul_overflow(rest, to[i], &rest))
            return kernel_fail(k, TFP_E_FORMAT, "the new shape has %" PRId64 " in it", to[i]);
    }
    if (open >= 0) dims[open] = rest ? all / rest : 0;
    if (open >= 0 ? rest && all % rest : all != rest)
        return kernel_fail(k, TFP_E_FORMAT, "%" PRId64 " elements do not fit into the new shape", all);
    return TFP_OK;
}

/* What a step along each axis passes over. */
static void strides_of(const int64_t *dims, int64_t rank, int64_t *steps)
{
    int64_t step = 1;
    for (int64_t i = rank - 1; i >= 0; i--) {
        steps[i] = step;
        step = (int64_t)((uint64_t)step * (uint64_t)dims[i]);
    }
}

static tfp_status sparse_reshape(struct kernel *k)
{
    int64_t dims[TFP_MAX_RANK], from[TFP_MAX_RANK], to[TFP_MAX_RANK];
    const struct tensor *at = &k->in[0], *shape = &k->in[1], *wanted = &k->in[2];
    const int64_t rank = shape->count, rank_to = wanted->count;
    if (shape->rank != 1 || wanted->rank != 1 || rank > TFP_MAX_RANK || rank_to > TFP_MAX_RANK || at->rank != 2 ||
        at->dims[1] != rank)
        return kernel_fail(k, TFP_E_FORMAT, "indices and shapes do not fit");
    TFP_TRY(settle(k, shape, wanted, dims));
    TFP_TRY(kernel_output(k, 0, TFP_INT64, 2, (int64_t[]){ at->dims[0], rank_to }));
    TFP_TRY(kernel_output(k, 1, TFP_INT64, 1, &rank_to));
    if (rank_to) memcpy(k->out[1].data, dims, (size_t)rank_to * sizeof *dims);
    strides_of(shape->data, rank, from);
    strides_of(dims, rank_to, to);
    const int64_t *in = at->data;
    int64_t *out = k->out[0].data;
    for (int64_t i = 0; i < at->dims[0]; i++, in += rank, out += rank_to) {
        uint64_t place = 0;
        for (int64_t j = 0; j < rank; j++) place += (uint64_t)in[j] * (uint64_t)from[j];
        for (int64_t j = 0; j < rank_to; j++) {
            out[j] = to[j] ? (int64_t)place / to[j] : 0;
            place -= (uint64_t)out[j] * (uint64_t)to[j];
        }
    }
    return TFP_OK;
}

/* -- SparseFillEmptyRows ------------------------------------------------------------------------------------------- */

/* first[r]: how many elements the rows before r have when each has one at least; *n: all. */
static tfp_status count_rows(struct kernel *k, const struct tensor *at, int64_t rows, int64_t *first, bool *empty, int64_t *n)
{
    const int64_t *in = at->data, rank = at->dims[1];
    for (int64_t i = 0; i < at->dims[0]; i++) {
        if (in[i * rank] < 0 || in[i * rank] >= rows)
            return kernel_fail(k, TFP_E_FORMAT, "element %" PRId64 " is in row %" PRId64 " of %" PRId64, i, in[i * rank], rows);
        first[in[i * rank]]++;
    }
    *n = 0;
    for (int64_t r = 0; r < rows; r++) {
        const int64_t have = first[r];
        empty[r] = have == 0;
        first[r] = *n;
        *n += have ? have : 1;
    }
    return TFP_OK;
}

static void fill(struct kernel *k, int64_t rows, int64_t *first, const bool *empty)
{
    const struct tensor *at = &k->in[0], *values = &k->in[1];
    const size_t rank = (size_t)at->dims[1], size = tfp_dtype_size(values->dtype);
    int64_t *to = k->out[0].data, *places = k->out[3].data;
    const int64_t *from = at->data;
    char *put = k->out[1].data;
    for (int64_t r = 0; r < rows; r++) {
        if (!empty[r]) continue;
        memset(to + (size_t)first[r] * rank, 0, rank * sizeof *to);
        to[(size_t)first[r] * rank] = r;
        memcpy(put + (size_t)first[r] * size, k->in[3].data, size);
    }
    for (int64_t i = 0; i < at->dims[0]; i++) {
        const int64_t place = first[from[(size_t)i * rank]]++;
        memcpy(to + (size_t)place * rank, from + (size_t)i * rank, rank * sizeof *to);
        memcpy(put + (size_t)place * size, (const char *)values->data + (size_t)i * size, size);
        places[i] = place;
    }
}

static tfp_status fill_rows(struct kernel *k, int64_t rows, int64_t *first)
{
    const struct tensor *at = &k->in[0];
    int64_t n;
    TFP_TRY(kernel_output(k, 2, TFP_BOOL, 1, &rows));
    TFP_TRY(kernel_output(k, 3, TFP_INT64, 1, &at->dims[0]));
    bool *empty = k->out[2].data;
    TFP_TRY(count_rows(k, at, rows, first, empty, &n));
    TFP_TRY(kernel_output(k, 0, TFP_INT64, 2, (int64_t[]){ n, at->dims[1] }));
    TFP_TRY(kernel_output(k, 1, k->in[1].dtype, 1, &n));
    fill(k, rows, first, empty);
    return TFP_OK;
}

static tfp_status sparse_fill_empty_rows(struct kernel *k)
{
    const struct tensor *at = &k->in[0], *values = &k->in[1], *shape = &k->in[2];
    if (at->rank != 2 || values->rank != 1 || values->count != at->dims[0] || shape->count != at->dims[1] || shape->count < 1 ||
        k->in[3].count != 1)
        return kernel_fail(k, TFP_E_FORMAT, "indices, values, shape and default do not fit");
    const int64_t rows = ((const int64_t *)shape->data)[0];
    size_t bytes;
    if (rows < 0 || !mul_size(&bytes, (size_t)rows, sizeof(int64_t))) return kernel_fail(k, TFP_E_FORMAT, "%" PRId64 " rows", rows);
    int64_t *first = calloc((size_t)rows + 1, sizeof *first);
    tfp_status status = first ? fill_rows(k, rows, first) : tfp_no_memory(k->ctx);
    free(first);
    return status;
}

/* -- EmbeddingSum -------------------------------------------------------------------------------------------------- */

struct embedding {
    const int64_t *ids, *rows;
    int64_t n, step, count, size, width; /* elements; numbers from one's row to the next's; rows of the result; of the table, floats in one */
    const float *table;
    float *out;
    int64_t skip;
};

static int64_t place_of(const struct embedding *e, int64_t i)
{
    return e->rows[i * e->step];
}

/* The row of the table that element i adds; NULL: none. */
static const float *row_of(const struct embedding *e, int64_t i)
{
    return place_of(e, i) < 0 || (e->skip && e->ids[i] < 0) || (e->skip > 1 && e->ids[i] >= e->size) ? NULL
                                                                                                : e->table + e->ids[i] * e->width;
}

static tfp_status check_elements(struct kernel *k, const struct embedding *e)
{
    for (int64_t i = 0; i < e->n; i++) {
        if (place_of(e, i) >= e->count)
            return kernel_fail(k, TFP_E_FORMAT, "element %" PRId64 " is in row %" PRId64 " of %" PRId64, i, place_of(e, i), e->count);
        if (row_of(e, i) && (e->ids[i] < 0 || e->ids[i] >= e->size))
            return kernel_fail(k, TFP_E_FORMAT, "id %" PRId64 " in a table of %" PRId64, e->ids[i], e->size);
    }
    return TFP_OK;
}

static void add_elements(const struct embedding *e)
{
    for (int64_t i = 0; i < e->n; i++) {
        const float *restrict from = row_of(e, i);
        if (!from) continue;
        float *restrict to = e->out + place_of(e, i) * e->width;
        for (int64_t j = 0; j < e->width; j++) to[j] += from[j];
    }
}

/* The mean, or the sum over the root of how many there were. */
static tfp_status divide_rows(struct kernel *k, const struct embedding *e, bool root)
{
    int64_t *had = calloc((size_t)e->count + 1, sizeof *had);
    if (!had) return tfp_no_memory(k->ctx);
    for (int64_t i = 0; i < e->n; i++)
        if (row_of(e, i)) had[place_of(e, i)]++;
    for (int64_t r = 0; r < e->count; r++) {
        const float by = root ? sqrtf((float)had[r]) : (float)had[r];
        for (int64_t j = 0; had[r] > 1 && j < e->width; j++) e->out[r * e->width + j] /= by;
    }
    free(had);
    return TFP_OK;
}

static int64_t rows_of_result(const struct embedding *e, const struct tensor *count)
{
    int64_t last = -1;
    if (count) return count->count == 1 ? *(const int64_t *)count->data : -1;
    for (int64_t i = 0; i < e->n; i++)
        if (place_of(e, i) > last) last = place_of(e, i);
    return last < INT64_MAX ? last + 1 : -1;
}

static tfp_status embedding_sum(struct kernel *k)
{
    const struct tensor *table = &k->in[0], *ids = &k->in[1], *rows = &k->in[2], *base = kernel_in(k, 4);
    const struct bytes combiner = ir_attr_string(k->node, ATTR_COMBINER, "sum");
    struct embedding e = { .ids = ids->data, .rows = rows->data, .n = ids->count, .step = rows->rank == 2 ? rows->dims[1] : 1,
                           .table = table->data, .skip = ir_attr_int(k->node, ATTR_SKIP, 0) };
    int64_t dims[TFP_MAX_RANK];
    if (table->rank < 1 || ids->rank != 1 || rows->rank < 1 || rows->rank > 2 || ids->count != rows->dims[0] || e.step < 1)
        return kernel_fail(k, TFP_E_FORMAT, "table, ids and rows do not fit");
    if ((e.count = rows_of_result(&e, kernel_in(k, 3))) < 0) return kernel_fail(k, TFP_E_FORMAT, "the number of rows is not one");
    memcpy(dims, table->dims, sizeof dims);
    e.size = dims[0];
    dims[0] = e.count;
    if (!numbers_count(dims + 1, table->rank - 1, &e.width)) return kernel_fail(k, TFP_E_FORMAT, "a table that is too large");
    TFP_TRY(check_elements(k, &e));
    TFP_TRY(kernel_output(k, 0, TFP_FLOAT, table->rank, dims));
    if (base && base->size != k->out[0].size) return kernel_fail(k, TFP_E_FORMAT, "base and result do not fit");
    if (base && base->size) memcpy(k->out[0].data, base->data, base->size);
    else if (k->out[0].size) memset(k->out[0].data, 0, k->out[0].size);
    e.out = k->out[0].data;
    add_elements(&e);
    return bytes_equal(combiner, "sum") ? TFP_OK : divide_rows(k, &e, bytes_equal(combiner, "sqrtn"));
}

/* -- SumOfOneHot --------------------------------------------------------------------------------------------------- */

static tfp_status sum_of_one_hot(struct kernel *k)
{
    const struct tensor *in = &k->in[0];
    const int64_t depth = ir_attr_int(k->node, ATTR_DEPTH, 0), *indices = in->data;
    int64_t dims[TFP_MAX_RANK], rows;
    if (in->rank < 1 || depth < 0) return kernel_fail(k, TFP_E_FORMAT, "indices of rank %u, depth %" PRId64, in->rank, depth);
    memcpy(dims, in->dims, sizeof dims);
    const int64_t length = dims[in->rank - 1];
    dims[in->rank - 1] = depth;
    TFP_TRY(kernel_output(k, 0, TFP_FLOAT, in->rank, dims));
    float *out = k->out[0].data;
    if (!numbers_count(dims, in->rank - 1, &rows)) return kernel_fail(k, TFP_E_FORMAT, "a shape that is too large");
    if (k->out[0].size) memset(out, 0, k->out[0].size);
    for (int64_t r = 0; r < rows; r++)
        for (int64_t i = 0; i < length; i++) {
            const int64_t at = indices[r * length + i];
            if (at >= 0 && at < depth) out[r * depth + at] += 1;
        }
    return TFP_OK;
}

const struct kernel_row kernels_sparse[] = {
    { IR_EMBEDDING_SUM, .run = embedding_sum },
    { IR_SPARSE_FILL_EMPTY_ROWS, .run = sparse_fill_empty_rows },
    { IR_SPARSE_RESHAPE, .run = sparse_reshape },
    { IR_SUM_OF_ONE_HOT, .run = sum_of_one_hot },
};
const size_t kernels_sparse_n = sizeof kernels_sparse / sizeof kernels_sparse[0];
