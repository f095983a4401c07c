/* Parts of partitioned variables: checked when a checkpoint is opened, put together when an array is read. */
#include "weights/parts.h"

#include <stdlib.h>

/* Parts along several axes are compared each with each. TensorFlow's own partitioners cut along one. */
enum { MOST_COMPARED = 1024 };
/* Of all arrays of a checkpoint: a few bytes in the file are hundreds here. */
enum { MOST_PARTS = 1 << 20 };

/* A box as a message, for an array of `rank` dimensions; false when it has another rank. */
static bool read_slice(const struct tfpb_slice *s, uint32_t rank, struct weights_slice *out)
{
    *out = (struct weights_slice){ .rank = rank };
    if (s->extent.n != rank) return false;
    for (uint32_t i = 0; i < rank; i++) {
        const struct tfpb_extent *e = &s->extent.at[i];
        out->start[i] = e->which ? e->start : 0;
        out->length[i] = e->which ? e->length : -1;
    }
    return true;
}

/* Dims of a box; false when it lies outside the array. */
static bool box_dims(const struct weights_entry *e, const struct weights_slice *s, int64_t *dims)
{
    for (uint32_t i = 0; i < e->rank; i++) {
        bool whole = !s || s->length[i] == -1;
        dims[i] = whole ? e->dims[i] : s->length[i];
        if (!whole && (s->start[i] < 0 || dims[i] < 0 || s->start[i] > e->dims[i] || dims[i] > e->dims[i] - s->start[i]))
            return false;
    }
    return true;
}

/* -- opening ------------------------------------------------------------------------------------------------------- */

tfp_status parts_shape(struct tfp_context *ctx, struct weights *w, struct weights_entry *e,
                       const struct tfpb_shape *shape)
{
    int64_t dims[TFP_MAX_RANK];
    if (shape && shape->dim.n > TFP_MAX_RANK)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "has %zu dimensions, at most %d are read", shape->dim.n, TFP_MAX_RANK);
    int32_t rank = tfpb_shape_dims(shape, dims);
    for (int32_t i = 0; i < rank; i++)
        if (dims[i] < 0) rank = -1;
    if (rank < 0) return tfp_fail(ctx, TFP_E_FORMAT, "its shape is not known");
    e->rank = (uint32_t)rank;
    e->dims = arena_copy(&w->arena, dims, (size_t)rank * sizeof *dims);
    return e->dims ? TFP_OK : tfp_no_memory(ctx);
}

static int by_start(const void *a, const void *b)
{
    const struct weights_slice *x = a, *y = b;
    for (uint32_t i = 0; i < x->rank; i++)
        if (x->start[i] != y->start[i]) return x->start[i] < y->start[i] ? -1 : 1;
    return 0;
}

/* Both lie in the array. */
static bool overlap(const struct weights_entry *e, const struct weights_slice *a, const struct weights_slice *b)
{
    for (uint32_t i = 0; i < e->rank; i++) {
        int64_t x = a->length[i] == -1 ? e->dims[i] : a->length[i], y = b->length[i] == -1 ? e->dims[i] : b->length[i];
        if (!x || !y || a->start[i] >= b->start[i] + y || b->start[i] >= a->start[i] + x) return false;
    }
    return true;
}

/* Whether the parts differ along one dimension at most, so that those that overlap stand beside one another. */
static bool along_one_axis(const struct weights_entry *e, const struct weights_slice *parts, size_t n)
{
    uint32_t axes = 0;
    for (uint32_t i = 0; i < e->rank; i++) {
        bool same = true;
        for (size_t k = 0; k < n && same; k++)
            same = parts[k].start[i] == 0 && (parts[k].length[i] == -1 || parts[k].length[i] == e->dims[i]);
        axes += !same;
    }
    return axes <= 1;
}

/* Parts that do not overlap and together have as many elements as the array fill it. */
static tfp_status check_parts(struct tfp_context *ctx, const struct weights_entry *e, struct weights_slice *parts,
                              size_t n)
{
    int64_t dims[TFP_MAX_RANK], count, total, sum = 0;
    bool one_axis = along_one_axis(e, parts, n);
    size_t before = 0; /* 1 + the last part that is not empty */
    if (!one_axis && n > MOST_COMPARED)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "is cut into %zu parts along several dimensions, at most %d are read",
                        n, MOST_COMPARED);
    if (!numbers_count(e->dims, e->rank, &total))
        return tfp_fail(ctx, TFP_E_FORMAT, "its shape has too many elements");
    for (size_t i = 0; i < n; i++) {
        if (!box_dims(e, &parts[i], dims) || !numbers_count(dims, e->rank, &count))
            return tfp_fail(ctx, TFP_E_FORMAT, "part %zu of %zu lies outside it", i, n);
        for (size_t k = one_axis && before ? before - 1 : 0; k < (one_axis ? before : i); k++)
            if (overlap(e, &parts[i], &parts[k]))
                return tfp_fail(ctx, TFP_E_FORMAT, "parts %zu and %zu of %zu overlap", k, i, n);
        sum += count; /* of parts that do not overlap: no more than the array has */
        if (count) before = i + 1;
    }
    if (sum == total) return TFP_OK;
    return tfp_fail(ctx, TFP_E_FORMAT, "its parts leave a hole: they have %lld elements, it has %lld", (long long)sum,
                    (long long)total);
}

tfp_status parts_describe(struct tfp_context *ctx, struct weights *w, struct weights_entry *e,
                          const struct tfpb_slices *slices)
{
    int64_t count = 0;
    size_t size = tfp_dtype_size(e->dtype);
    if (!slices->n) return TFP_OK;
    if (slices->n > MOST_PARTS - w->n_parts)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "more than %d parts of arrays", MOST_PARTS);
    w->n_parts += slices->n;
    struct weights_slice *parts = ARENA_ARRAY(&w->arena, struct weights_slice, slices->n);
    if (!parts) return tfp_no_memory(ctx);
    for (size_t i = 0; i < slices->n; i++)
        if (!read_slice(&slices->at[i], e->rank, &parts[i]))
            return tfp_fail(ctx, TFP_E_FORMAT, "has %u dimensions, its part %zu has %zu", e->rank, i,
                            slices->at[i].extent.n);
    qsort(parts, slices->n, sizeof *parts, by_start);
    TFP_TRY(check_parts(ctx, e, parts, slices->n));
    e->parts = parts;
    e->n_parts = slices->n;
    numbers_count(e->dims, e->rank, &count);
    if (__builtin_mul_overflow((uint64_t)count, size, &e->bytes)) e->bytes = UINT64_MAX; /* refused when it is read */
    return TFP_OK;
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

static tfp_status describe_box(struct tfp_context *ctx, const struct weights_entry *e,
                               const struct weights_slice *slice, struct tensor *out)
{
    int64_t dims[TFP_MAX_RANK];
    if (!box_dims(e, slice, dims)) return tfp_fail(ctx, TFP_E_FORMAT, "array %s: a slice outside it", e->name);
    if (e->dtype == TFP_STRING) return tfp_fail(ctx, TFP_E_UNSUPPORTED, "array %s: parts of strings", e->name);
    return tensor_describe(ctx, e->name, e->dtype, e->rank, dims, out);
}

tfp_status parts_cut(struct tfp_context *ctx, const struct weights_entry *e, const struct weights_slice *slice,
                     const struct tensor *whole, struct tensor *out)
{
    TFP_TRY(describe_box(ctx, e, slice, out));
    TFP_TRY(tensor_allocate(ctx, out));
    weights_copy_overlap(e->rank, e->dims, NULL, whole->data, slice, out->data, tfp_dtype_size(e->dtype));
    return TFP_OK;
}

static bool same_box(const struct weights_entry *e, const struct weights_slice *a, const struct weights_slice *b)
{
    for (uint32_t i = 0; i < e->rank; i++) {
        int64_t x = a->length[i] == -1 ? e->dims[i] : a->length[i];
        int64_t y = !b || b->length[i] == -1 ? e->dims[i] : b->length[i];
        if (a->start[i] != (b ? b->start[i] : 0) || x != y) return false;
    }
    return true;
}

/* A small file may claim an array of any size in parts: the files must be able to hold it. */
static tfp_status check_held(struct tfp_context *ctx, const struct weights *w, const struct weights_entry *e,
                             uint64_t densest, const struct tensor *box)
{
    uint64_t held = 0;
    const char *missing = NULL;
    for (size_t i = 0; i < w->n_files; i++) {
        held += w->files[i].size;
        if (!w->files[i].present && !missing) missing = w->files[i].path;
    }
    if (box->size / densest <= held) return TFP_OK;
    return tfp_fail(ctx, TFP_E_FORMAT, "%s: array %s has %zu bytes, more than its files hold%s%s", w->path, e->name,
                    box->size, missing ? "; missing: " : "", missing ? missing : "");
}

tfp_status parts_assemble(struct tfp_context *ctx, struct weights *w, const struct weights_entry *e,
                          const struct weights_slice *slice, parts_read_fn *read, uint64_t densest, struct tensor *out)
{
    int64_t dims[TFP_MAX_RANK], copied = 0;
    for (size_t i = 0; i < e->n_parts; i++)
        if (same_box(e, &e->parts[i], slice) && box_dims(e, &e->parts[i], dims))
            return read(ctx, w, e, &e->parts[i], dims, out);
    TFP_TRY(describe_box(ctx, e, slice, out));
    TFP_TRY(check_held(ctx, w, e, densest, out));
    TFP_TRY(tensor_allocate(ctx, out));
    for (size_t i = 0; i < e->n_parts; i++) {
        struct tensor part = { 0 };
        if ((slice && !overlap(e, &e->parts[i], slice)) || !box_dims(e, &e->parts[i], dims)) continue;
        tfp_status status = read(ctx, w, e, &e->parts[i], dims, &part);
        if (status == TFP_OK)
            copied += weights_copy_overlap(e->rank, e->dims, &e->parts[i], part.data, slice, out->data,
                                           tfp_dtype_size(e->dtype));
        if (part.owner) buffer_forget(part.owner, part.data, part.size);
        tensor_release(&part);
        TFP_TRY(status);
    }
    if (copied == out->count) return TFP_OK;
    return tfp_fail(ctx, TFP_E_FORMAT, "%s: array %s: its parts leave a hole", w->path, e->name);
}
