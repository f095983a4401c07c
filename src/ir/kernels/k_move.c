/* Operators that move elements or only change the shape, and those that make a tensor out of a shape. Elements are
 * moved by their size, so that every type goes, strings too. */
#include "ir/kernels/arguments.h"
#include "ir/kernels/convert.h"
#include "ir/kernels/strided.h"

#include <inttypes.h>
#include <math.h>

/* -- the same elements under another shape ------------------------------------------------------------------------- */

static tfp_status run_identity(struct kernel *k)
{
    return kernel_alias(k, 0, &k->in[0], k->in[0].rank, k->in[0].dims);
}

static tfp_status run_reshape(struct kernel *k)
{
    int64_t dims[TFP_MAX_RANK], known = 1;
    size_t rank, open = TFP_MAX_RANK;
    const struct tensor *in = &k->in[0];
    bool real_zero = ir_attr_int(k->node, ATTR_ALLOWZERO, 0) != 0;
    TFP_TRY(argument_ints(k, 1, TFP_MAX_RANK, dims, &rank));
    for (size_t i = 0; i < rank; i++) {
        if (dims[i] == 0 && !real_zero) {
            if (i >= in->rank) return kernel_fail(k, TFP_E_FORMAT, "copies dimension %zu, which is not there", i);
            dims[i] = in->dims[i];
        }
        if (dims[i] == -1) {
            if (open != TFP_MAX_RANK) return kernel_fail(k, TFP_E_FORMAT, "more than one dimension is -1");
            open = i;
        } else if (dims[i] < 0 || __builtin_mul_overflow(known, dims[i], &known)) {
            return kernel_fail(k, TFP_E_FORMAT, "impossible shape");
        }
    }
    if (open != TFP_MAX_RANK) {
        if (known == 0) return kernel_fail(k, TFP_E_FORMAT, "the dimension -1 beside a 0 can be anything");
        dims[open] = in->count / known;
    }
    return kernel_alias(k, 0, in, rank, dims);
}

static tfp_status run_flatten(struct kernel *k)
{
    const struct tensor *in = &k->in[0];
    int64_t axis = ir_attr_int(k->node, ATTR_AXIS, 1), rank = in->rank;
    if (axis < -rank || axis > rank) return kernel_fail(k, TFP_E_FORMAT, "axis %" PRId64 " is out of range", axis);
    size_t at = (size_t)(axis < 0 ? axis + rank : axis);
    int64_t dims[2];
    if (!numbers_count(in->dims, at, &dims[0]) || !numbers_count(in->dims + at, in->rank - at, &dims[1]))
        return kernel_fail(k, TFP_E_FORMAT, "impossible shape");
    return kernel_alias(k, 0, in, 2, dims);
}

static tfp_status run_squeeze(struct kernel *k)
{
    size_t axes[TFP_MAX_RANK], n, rank = 0;
    int64_t dims[TFP_MAX_RANK];
    bool drop[TFP_MAX_RANK] = { false };
    const struct tensor *in = &k->in[0];
    TFP_TRY(argument_axes(k, 1, in->rank, axes, &n));
    for (size_t i = 0; i < n; i++) {
        if (in->dims[axes[i]] != 1)
            return kernel_fail(k, TFP_E_FORMAT, "dimension %zu is %" PRId64 ", not 1", axes[i], in->dims[axes[i]]);
        drop[axes[i]] = true;
    }
    for (size_t i = 0; i < in->rank; i++)
        if (kernel_in(k, 1) ? !drop[i] : in->dims[i] != 1) dims[rank++] = in->dims[i];
    return kernel_alias(k, 0, in, rank, dims);
}

static tfp_status run_unsqueeze(struct kernel *k)
{
    size_t axes[TFP_MAX_RANK], n;
    int64_t dims[TFP_MAX_RANK];
    bool fresh[TFP_MAX_RANK] = { false };
    const struct tensor *in = &k->in[0];
    size_t rank = in->rank + (k->in[1].count < TFP_MAX_RANK ? (size_t)k->in[1].count : TFP_MAX_RANK);
    if (rank > TFP_MAX_RANK) return kernel_fail(k, TFP_E_UNSUPPORTED, "makes a tensor of rank %zu", rank);
    TFP_TRY(argument_axes(k, 1, rank, axes, &n));
    for (size_t i = 0; i < n; i++) fresh[axes[i]] = true;
    for (size_t i = 0, j = 0; i < rank; i++) dims[i] = fresh[i] ? 1 : in->dims[j++];
    return kernel_alias(k, 0, in, rank, dims);
}

/* -- reordered and repeated ---------------------------------------------------------------------------------------- */

/* `to`, packed, becomes the tensor of shape `dims` at `from` with its axes in the order `perm`. */
static void transpose(const struct kernel *k, size_t size, size_t rank, const int64_t *dims, const size_t *perm,
                      const void *from, void *to)
{
    struct strided s = { .rank = rank };
    int64_t strides[STRIDED_MAX_RANK];
    strides_of(rank, dims, strides);
    for (size_t i = 0; i < rank; i++) {
        s.dims[i] = dims[perm[i]];
        s.from[i] = strides[perm[i]];
    }
    strides_of(rank, s.dims, s.to);
    strided_copy(&s, size, from, to, k->threads);
}

static tfp_status run_transpose(struct kernel *k)
{
    const struct tensor *in = &k->in[0];
    struct ir_ints given = ir_attr_ints(k->node, ATTR_PERM);
    size_t perm[TFP_MAX_RANK], moved = 0, before = 0;
    int64_t dims[TFP_MAX_RANK];
    bool seen[TFP_MAX_RANK] = { false };
    if (ir_attr(k->node, ATTR_PERM) && given.n != in->rank)
        return kernel_fail(k, TFP_E_FORMAT, "perm has %zu values for a tensor of rank %u", given.n, in->rank);
    for (size_t i = 0; i < in->rank; i++) {
        int64_t axis = given.n ? given.at[i] : (int64_t)(in->rank - 1 - i);
        if (axis < 0 || axis >= in->rank || seen[axis]) return kernel_fail(k, TFP_E_FORMAT, "perm is no permutation");
        seen[axis] = true;
        perm[i] = (size_t)axis;
        dims[i] = in->dims[axis];
        if (dims[i] == 1) continue;
        if (perm[i] < before) moved++;
        before = perm[i];
    }
    if (moved == 0) return kernel_alias(k, 0, in, in->rank, dims);
    TFP_TRY(kernel_output(k, 0, in->dtype, in->rank, dims));
    transpose(k, tfp_dtype_size(in->dtype), in->rank, in->dims, perm, in->data, k->out[0].data);
    return TFP_OK;
}

/* DepthToSpace and SpaceToDepth are a transpose of the tensor seen with six dimensions. */
static tfp_status block_size(struct kernel *k, int64_t *size)
{
    *size = ir_attr_int(k->node, ATTR_BLOCKSIZE, 0);
    if (k->in[0].rank != 4) return kernel_fail(k, TFP_E_FORMAT, "the input has rank %u, not 4", k->in[0].rank);
    if (*size < 1 || *size > INT32_MAX) return kernel_fail(k, TFP_E_FORMAT, "blocksize is %" PRId64, *size);
    if (!ir_attr_is(k->node, ATTR_MODE, "DCR") && !ir_attr_is(k->node, ATTR_MODE, "CRD"))
        return kernel_fail(k, TFP_E_FORMAT, "mode is neither DCR nor CRD");
    return TFP_OK;
}

static tfp_status run_depth_to_space(struct kernel *k)
{
    int64_t b;
    TFP_TRY(block_size(k, &b));
    const struct tensor *in = &k->in[0];
    const int64_t *d = in->dims;
    bool dcr = ir_attr_is(k->node, ATTR_MODE, "DCR");
    if (d[1] % (b * b)) return kernel_fail(k, TFP_E_FORMAT, "%" PRId64 " channels for blocks of %" PRId64, d[1], b);
    int64_t c = d[1] / (b * b), height, width;
    if (__builtin_mul_overflow(d[2], b, &height) || __builtin_mul_overflow(d[3], b, &width))
        return kernel_fail(k, TFP_E_FORMAT, "impossible shape");
    TFP_TRY(kernel_output(k, 0, in->dtype, 4, (const int64_t[]){ d[0], c, height, width }));
    const int64_t depth_first[] = { d[0], b, b, c, d[2], d[3] }, depth_last[] = { d[0], c, b, b, d[2], d[3] };
    transpose(k, tfp_dtype_size(in->dtype), 6, dcr ? depth_first : depth_last,
              dcr ? (const size_t[]){ 0, 3, 4, 1, 5, 2 } : (const size_t[]){ 0, 1, 4, 2, 5, 3 }, in->data,
              k->out[0].data);
    return TFP_OK;
}

static tfp_status run_space_to_depth(struct kernel *k)
{
    int64_t b, depth;
    TFP_TRY(block_size(k, &b));
    const struct tensor *in = &k->in[0];
    const int64_t *d = in->dims;
    bool dcr = ir_attr_is(k->node, ATTR_MODE, "DCR");
    if (d[2] % b || d[3] % b)
        return kernel_fail(k, TFP_E_FORMAT, "%" PRId64 " by %" PRId64 " in blocks of %" PRId64, d[2], d[3], b);
    if (__builtin_mul_overflow(d[1], b * b, &depth)) return kernel_fail(k, TFP_E_FORMAT, "impossible shape");
    TFP_TRY(kernel_output(k, 0, in->dtype, 4, (const int64_t[]){ d[0], depth, d[2] / b, d[3] / b }));
    transpose(k, tfp_dtype_size(in->dtype), 6, (const int64_t[]){ d[0], d[1], d[2] / b, b, d[3] / b, b },
              dcr ? (const size_t[]){ 0, 3, 5, 1, 2, 4 } : (const size_t[]){ 0, 1, 3, 5, 2, 4 }, in->data,
              k->out[0].data);
    return TFP_OK;
}

static tfp_status run_expand(struct kernel *k)
{
    struct strided s;
    int64_t shape[TFP_MAX_RANK], dims[TFP_MAX_RANK], strides[TFP_MAX_RANK];
    size_t n;
    const struct tensor *in = &k->in[0];
    TFP_TRY(argument_ints(k, 1, TFP_MAX_RANK, shape, &n));
    size_t rank = n > in->rank ? n : in->rank;
    strides_of(in->rank, in->dims, strides);
    for (size_t i = 0; i < rank; i++) {
        size_t own = i + in->rank - rank; /* wraps around in front of the input's dimensions */
        int64_t have = i + in->rank >= rank ? in->dims[own] : 1, want = i + n >= rank ? shape[i + n - rank] : 1;
        if (want < 0 || (have != want && have != 1 && want != 1))
            return kernel_fail(k, TFP_E_FORMAT, "%" PRId64 " does not stretch to %" PRId64, have, want);
        dims[i] = have == 1 ? want : have;
        s.dims[i] = dims[i];
        s.from[i] = have == 1 ? 0 : strides[own];
    }
    TFP_TRY(kernel_output(k, 0, in->dtype, rank, dims));
    s.rank = rank;
    strides_of(rank, dims, s.to);
    strided_copy(&s, tfp_dtype_size(in->dtype), in->data, k->out[0].data, k->threads);
    return TFP_OK;
}

static tfp_status run_tile(struct kernel *k)
{
    struct strided s;
    int64_t repeats[TFP_MAX_RANK], dims[TFP_MAX_RANK], from[TFP_MAX_RANK], to[TFP_MAX_RANK];
    size_t n;
    const struct tensor *in = &k->in[0];
    TFP_TRY(argument_ints(k, 1, TFP_MAX_RANK, repeats, &n));
    if (n != in->rank) return kernel_fail(k, TFP_E_FORMAT, "%zu repeats for a tensor of rank %u", n, in->rank);
    for (size_t i = 0; i < n; i++)
        if (repeats[i] < 0 || __builtin_mul_overflow(repeats[i], in->dims[i], &dims[i]))
            return kernel_fail(k, TFP_E_FORMAT, "impossible number of repeats %" PRId64, repeats[i]);
    TFP_TRY(kernel_output(k, 0, in->dtype, n, dims));
    if (k->out[0].count == 0) return TFP_OK;
    strides_of(n, in->dims, from);
    strides_of(n, dims, to);
    s.rank = 2 * n;
    for (size_t i = 0; i < n; i++) {
        s.dims[2 * i] = repeats[i];
        s.from[2 * i] = 0;
        s.to[2 * i] = to[i] * in->dims[i];
        s.dims[2 * i + 1] = in->dims[i];
        s.from[2 * i + 1] = from[i];
        s.to[2 * i + 1] = to[i];
    }
    strided_copy(&s, tfp_dtype_size(in->dtype), in->data, k->out[0].data, k->threads);
    return TFP_OK;
}

/* -- joined and cut ------------------------------------------------------------------------------------------------ */

/* `outer` blocks of `length` elements, `from_step` and `to_step` elements apart. */
static void copy_blocks(const struct kernel *k, size_t size, int64_t outer, int64_t length, const char *from,
                        int64_t from_step, char *to, int64_t to_step)
{
    struct strided s = { .rank = 2, .dims = { outer, length }, .from = { from_step, 1 }, .to = { to_step, 1 } };
    strided_copy(&s, size, from, to, k->threads);
}

static tfp_status run_concat(struct kernel *k)
{
    size_t axis;
    int64_t dims[TFP_MAX_RANK];
    const struct tensor *first = &k->in[0];
    TFP_TRY(argument_axis(k, ir_attr_int(k->node, ATTR_AXIS, 0), first->rank, &axis));
    memcpy(dims, first->dims, sizeof dims);
    for (size_t i = 1; i < k->n_in; i++) {
        const struct tensor *t = kernel_in(k, i);
        if (!t || t->rank != first->rank) return kernel_fail(k, TFP_E_FORMAT, "input %zu has another rank", i);
        for (size_t j = 0; j < t->rank; j++)
            if (j != axis && t->dims[j] != dims[j])
                return kernel_fail(k, TFP_E_FORMAT, "input %zu differs in dimension %zu", i, j);
        if (__builtin_add_overflow(dims[axis], t->dims[axis], &dims[axis]))
            return kernel_fail(k, TFP_E_FORMAT, "impossible shape");
    }
    TFP_TRY(kernel_output(k, 0, first->dtype, first->rank, dims));
    if (k->out[0].count == 0) return TFP_OK;
    size_t size = tfp_dtype_size(first->dtype);
    int64_t outer = argument_product(dims, 0, axis), step = argument_product(dims, axis, first->rank);
    char *to = k->out[0].data;
    for (size_t i = 0; i < k->n_in; i++) {
        int64_t length = argument_product(k->in[i].dims, axis, first->rank);
        copy_blocks(k, size, outer, length, k->in[i].data, length, to, step);
        to += (size_t)length * size;
    }
    return TFP_OK;
}

/* The length of part i of a Split: from the input, else all the same and the last smaller. */
static tfp_status split_length(struct kernel *k, int64_t whole, size_t i, int64_t *length)
{
    const struct tensor *lengths = kernel_in(k, 1);
    if (lengths) {
        *length = tensor_int(lengths, (int64_t)i);
        return TFP_OK;
    }
    int64_t parts = (int64_t)k->n_out, each = whole / parts + (whole % parts != 0), begin;
    if (__builtin_mul_overflow(each, (int64_t)i, &begin)) return kernel_fail(k, TFP_E_FORMAT, "too many parts");
    *length = begin >= whole ? 0 : whole - begin < each ? whole - begin : each;
    return TFP_OK;
}

static tfp_status run_split(struct kernel *k)
{
    size_t axis;
    const struct tensor *in = &k->in[0], *lengths = kernel_in(k, 1);
    TFP_TRY(argument_axis(k, ir_attr_int(k->node, ATTR_AXIS, 0), in->rank, &axis));
    if (lengths && (lengths->rank != 1 || (size_t)lengths->count != k->n_out))
        return kernel_fail(k, TFP_E_FORMAT, "%" PRId64 " lengths for %zu outputs", lengths->count, k->n_out);
    int64_t whole = in->dims[axis], at = 0, step = argument_product(in->dims, axis, in->rank);
    int64_t outer = argument_product(in->dims, 0, axis), inner = argument_product(in->dims, axis + 1, in->rank);
    size_t size = tfp_dtype_size(in->dtype);
    for (size_t i = 0; i < k->n_out; i++) {
        int64_t length = 0, dims[TFP_MAX_RANK];
        TFP_TRY(split_length(k, whole, i, &length));
        if (length < 0 || length > whole - at)
            return kernel_fail(k, TFP_E_FORMAT, "part %zu of length %" PRId64 " goes beyond %" PRId64, i, length,
                               whole);
        memcpy(dims, in->dims, sizeof dims);
        dims[axis] = length;
        TFP_TRY(kernel_output(k, i, in->dtype, in->rank, dims));
        if (k->out[i].count)
            copy_blocks(k, size, outer, length * inner, (const char *)in->data + (size_t)(at * inner) * size, step,
                        k->out[i].data, length * inner);
        at += length;
    }
    return at == whole ? TFP_OK : kernel_fail(k, TFP_E_FORMAT, "the parts cover %" PRId64 " of %" PRId64, at, whole);
}

struct range {
    int64_t start, step, count;
};

/* A slice's bounds, numpy's way: negative ones count from the end, what lies outside is cut. */
static struct range slice_range(int64_t dim, int64_t start, int64_t end, int64_t step)
{
    if (step == INT64_MIN) step++;
    if (start < 0) start += dim;
    if (end < 0) end += dim;
    int64_t low = step > 0 ? 0 : -1, high = step > 0 ? dim : dim - 1;
    if (start < low + (step < 0)) start = low + (step < 0 && dim > 0);
    if (start > high) start = high;
    if (end < low) end = low;
    if (end > high) end = high;
    int64_t length = step > 0 ? end - start : start - end, pace = step > 0 ? step : -step;
    return (struct range){ start, step, length > 0 ? (length - 1) / pace + 1 : 0 };
}

static tfp_status run_slice(struct kernel *k)
{
    int64_t starts[TFP_MAX_RANK], ends[TFP_MAX_RANK], steps[TFP_MAX_RANK], dims[TFP_MAX_RANK];
    size_t n, n_ends, n_axes, n_steps, axes[TFP_MAX_RANK];
    struct strided s;
    const struct tensor *in = &k->in[0];
    TFP_TRY(argument_ints(k, 1, TFP_MAX_RANK, starts, &n));
    TFP_TRY(argument_ints(k, 2, TFP_MAX_RANK, ends, &n_ends));
    TFP_TRY(argument_axes(k, 3, in->rank, axes, &n_axes));
    TFP_TRY(argument_ints(k, 4, TFP_MAX_RANK, steps, &n_steps));
    for (size_t i = 0; !kernel_in(k, 3) && i < n; i++) axes[n_axes++] = i;
    for (size_t i = 0; !kernel_in(k, 4) && i < n; i++) steps[n_steps++] = 1;
    if (n_ends != n || n_axes != n || n_steps != n || n > in->rank)
        return kernel_fail(k, TFP_E_FORMAT, "%zu starts, %zu ends, %zu axes and %zu steps for rank %u", n, n_ends,
                           n_axes, n_steps, in->rank);
    s.rank = in->rank;
    strides_of(in->rank, in->dims, s.from);
    memcpy(dims, in->dims, sizeof dims);
    int64_t offset = 0;
    for (size_t i = 0; i < n; i++) {
        size_t axis = axes[i];
        if (steps[i] == 0) return kernel_fail(k, TFP_E_FORMAT, "a step is 0");
        struct range r = slice_range(in->dims[axis], starts[i], ends[i], steps[i]);
        dims[axis] = r.count;
        if (in->count) offset += r.count ? r.start * s.from[axis] : 0;
        s.from[axis] = r.count > 1 && in->count ? s.from[axis] * r.step : 0;
    }
    TFP_TRY(kernel_output(k, 0, in->dtype, in->rank, dims));
    if (k->out[0].count == 0) return TFP_OK;
    size_t size = tfp_dtype_size(in->dtype);
    memcpy(s.dims, dims, sizeof dims);
    strides_of(in->rank, dims, s.to);
    strided_copy(&s, size, (const char *)in->data + offset * (int64_t)size, k->out[0].data, k->threads);
    return TFP_OK;
}

/* -- padding ------------------------------------------------------------------------------------------------------- */

struct pads {
    size_t rank;
    int64_t crop[TFP_MAX_RANK]; /* elements dropped at the front (negative pads) */
    int64_t core[TFP_MAX_RANK]; /* elements that stay */
    int64_t front[TFP_MAX_RANK];
    int64_t dims[TFP_MAX_RANK]; /* of the result */
};

/* Cropping comes first, so that mirrored or repeated elements are those that stay. */
static tfp_status set_pad(struct kernel *k, struct pads *p, size_t axis, int64_t before, int64_t after)
{
    int64_t dim = k->in[0].dims[axis];
    if (before < -dim || after < -dim || (before < 0 ? -before : 0) + (after < 0 ? -after : 0) > dim)
        return kernel_fail(k, TFP_E_FORMAT, "pads %" PRId64 " and %" PRId64 " leave nothing of %" PRId64, before, after,
                           dim);
    p->crop[axis] = before < 0 ? -before : 0;
    p->core[axis] = dim - p->crop[axis] - (after < 0 ? -after : 0);
    p->front[axis] = before > 0 ? before : 0;
    if (__builtin_add_overflow(p->core[axis], p->front[axis], &p->dims[axis]) ||
        __builtin_add_overflow(p->dims[axis], after > 0 ? after : 0, &p->dims[axis]))
        return kernel_fail(k, TFP_E_FORMAT, "impossible shape");
    return TFP_OK;
}

static void fill_value(const struct kernel *k, struct tensor *out, const void *value)
{
    struct strided s = { .rank = 1, .dims = { out->count }, .from = { 0 }, .to = { 1 } };
    strided_copy(&s, tfp_dtype_size(out->dtype), value, out->data, k->threads);
}

static void fill_zero(struct tensor *out)
{
    if (out->size) memset(out->data, 0, out->size);
    for (int64_t i = 0; i < out->count && out->dtype == TFP_STRING; i++) ((struct tfp_string *)out->data)[i].at = "";
}

static tfp_status pad_constant(struct kernel *k, const struct pads *p, const struct tensor *value)
{
    const struct tensor *in = &k->in[0];
    struct tensor *out = &k->out[0];
    struct strided s = { .rank = p->rank };
    size_t size = tfp_dtype_size(in->dtype);
    int64_t from = 0, to = 0;
    if (value && value->count != 1) return kernel_fail(k, TFP_E_FORMAT, "the padding value is no scalar");
    if (out->count == 0) return TFP_OK;
    if (value) fill_value(k, out, value->data);
    else fill_zero(out);
    if (in->count == 0) return TFP_OK;
    strides_of(p->rank, in->dims, s.from);
    strides_of(p->rank, p->dims, s.to);
    for (size_t i = 0; i < p->rank; i++) {
        s.dims[i] = p->core[i];
        from += p->crop[i] * s.from[i];
        to += p->front[i] * s.to[i];
    }
    strided_copy(&s, size, (const char *)in->data + from * (int64_t)size, (char *)out->data + to * (int64_t)size,
                 k->threads);
    return TFP_OK;
}

enum pad_mode { PAD_REFLECT, PAD_EDGE, PAD_WRAP };

/* Where element `at` of the padded axis comes from, among `n` that stay. */
static int64_t pad_source(enum pad_mode mode, int64_t at, int64_t n)
{
    if (at >= 0 && at < n) return at;
    if (mode == PAD_EDGE || n == 1) return at < 0 ? 0 : n - 1;
    int64_t period = mode == PAD_WRAP ? n : 2 * (n - 1), rest = at % period;
    if (rest < 0) rest += period;
    return rest < n ? rest : period - rest;
}

static void pad_row(const struct pads *p, enum pad_mode mode, size_t size, const char *from, char *to)
{
    size_t last = p->rank - 1;
    int64_t front = p->front[last], core = p->core[last];
    for (int64_t i = 0; i < p->dims[last]; i++) {
        if (i == front) {
            memcpy(to + i * (int64_t)size, from, (size_t)core * size);
            i += core;
            if (i == p->dims[last]) break;
        }
        memcpy(to + i * (int64_t)size, from + pad_source(mode, i - front, core) * (int64_t)size, size);
    }
}

static tfp_status pad_mirrored(struct kernel *k, const struct pads *p, enum pad_mode mode)
{
    const struct tensor *in = &k->in[0];
    struct tensor *out = &k->out[0];
    size_t size = tfp_dtype_size(in->dtype), last = p->rank - 1;
    int64_t strides[TFP_MAX_RANK], rows;
    if (out->count == 0) return TFP_OK;
    for (size_t i = 0; i < p->rank; i++)
        if (p->core[i] == 0) return kernel_fail(k, TFP_E_FORMAT, "pads an empty dimension with its own elements");
    if (p->rank == 0) {
        memcpy(out->data, in->data, size);
        return TFP_OK;
    }
    strides_of(p->rank, in->dims, strides);
    rows = out->count / p->dims[last];
#pragma omp parallel for num_threads(k->threads) schedule(static) if (k->threads > 1 && out->size > 1 << 18)
    for (int64_t row = 0; row < rows; row++) {
        int64_t at = row, offset = p->crop[last];
        for (size_t i = last; i-- > 0;) {
            offset += (p->crop[i] + pad_source(mode, at % p->dims[i] - p->front[i], p->core[i])) * strides[i];
            at /= p->dims[i];
        }
        pad_row(p, mode, size, (const char *)in->data + offset * (int64_t)size,
                (char *)out->data + (size_t)(row * p->dims[last]) * size);
    }
    return TFP_OK;
}

static tfp_status run_pad(struct kernel *k)
{
    int64_t given[2 * TFP_MAX_RANK];
    size_t n, n_axes, axes[TFP_MAX_RANK];
    struct pads p;
    const struct tensor *in = &k->in[0];
    p.rank = in->rank;
    TFP_TRY(argument_ints(k, 1, 2 * TFP_MAX_RANK, given, &n));
    TFP_TRY(argument_axes(k, 3, in->rank, axes, &n_axes));
    for (size_t i = 0; !kernel_in(k, 3) && i < in->rank; i++) axes[n_axes++] = i;
    if (n != 2 * n_axes) return kernel_fail(k, TFP_E_FORMAT, "%zu pads for %zu axes", n, n_axes);
    for (size_t i = 0; i < in->rank; i++) TFP_TRY(set_pad(k, &p, i, 0, 0));
    for (size_t i = 0; i < n_axes; i++) TFP_TRY(set_pad(k, &p, axes[i], given[i], given[i + n_axes]));
    TFP_TRY(kernel_output(k, 0, in->dtype, p.rank, p.dims));
    if (ir_attr_is(k->node, ATTR_MODE, "constant")) return pad_constant(k, &p, kernel_in(k, 2));
    if (ir_attr_is(k->node, ATTR_MODE, "reflect")) return pad_mirrored(k, &p, PAD_REFLECT);
    if (ir_attr_is(k->node, ATTR_MODE, "edge")) return pad_mirrored(k, &p, PAD_EDGE);
    if (ir_attr_is(k->node, ATTR_MODE, "wrap")) return pad_mirrored(k, &p, PAD_WRAP);
    return kernel_fail(k, TFP_E_UNSUPPORTED, "pads in an unknown mode");
}

/* Crops the middle or pads with zeros around it; an odd element is dropped or added at the end. */
static tfp_status run_center_crop_pad(struct kernel *k)
{
    int64_t shape[TFP_MAX_RANK];
    size_t n;
    struct pads p;
    const struct tensor *in = &k->in[0];
    struct ir_ints axes = ir_attr_ints(k->node, ATTR_AXES);
    bool named = ir_attr(k->node, ATTR_AXES) != NULL;
    p.rank = in->rank;
    TFP_TRY(argument_ints(k, 1, TFP_MAX_RANK, shape, &n));
    if (n != (named ? axes.n : in->rank)) return kernel_fail(k, TFP_E_FORMAT, "the shape has %zu values", n);
    for (size_t i = 0; i < in->rank; i++) TFP_TRY(set_pad(k, &p, i, 0, 0));
    for (size_t i = 0; i < n; i++) {
        size_t axis = i;
        if (named) TFP_TRY(argument_axis(k, axes.at[i], in->rank, &axis));
        if (shape[i] < 0) return kernel_fail(k, TFP_E_FORMAT, "impossible shape");
        int64_t more = shape[i] - in->dims[axis], before = more < 0 ? -(-more / 2) : more / 2;
        TFP_TRY(set_pad(k, &p, axis, before, more - before));
    }
    TFP_TRY(kernel_output(k, 0, in->dtype, p.rank, p.dims));
    return pad_constant(k, &p, NULL);
}

/* -- sequences, triangles, columns --------------------------------------------------------------------------------- */

static tfp_status run_reverse_sequence(struct kernel *k)
{
    const struct tensor *in = &k->in[0], *lengths = &k->in[1];
    int64_t time_axis = ir_attr_int(k->node, ATTR_TIME_AXIS, 0), batch_axis = ir_attr_int(k->node, ATTR_BATCH_AXIS, 1);
    if (in->rank < 2 || (time_axis != 0 && time_axis != 1) || batch_axis != 1 - time_axis)
        return kernel_fail(k, TFP_E_FORMAT, "time_axis %" PRId64 " and batch_axis %" PRId64 " of rank %u", time_axis,
                           batch_axis, in->rank);
    int64_t times = in->dims[time_axis], batches = in->dims[batch_axis];
    if (lengths->count != batches)
        return kernel_fail(k, TFP_E_FORMAT, "%" PRId64 " lengths for %" PRId64 " sequences", lengths->count, batches);
    TFP_TRY(kernel_output(k, 0, in->dtype, in->rank, in->dims));
    if (in->count == 0) return TFP_OK;
    size_t block = (size_t)argument_product(in->dims, 2, in->rank) * tfp_dtype_size(in->dtype);
    int64_t time_step = time_axis == 0 ? batches : 1, batch_step = time_axis == 0 ? 1 : times;
    for (int64_t b = 0; b < batches; b++) {
        int64_t n = tensor_int(lengths, b);
        if (n < 0 || n > times)
            return kernel_fail(k, TFP_E_FORMAT, "length %" PRId64 " of %" PRId64 " steps", n, times);
        for (int64_t t = 0; t < times; t++) {
            int64_t from = b * batch_step + (t < n ? n - 1 - t : t) * time_step, to = b * batch_step + t * time_step;
            memcpy((char *)k->out[0].data + (size_t)to * block, (const char *)in->data + (size_t)from * block, block);
        }
    }
    return TFP_OK;
}

static tfp_status run_trilu(struct kernel *k)
{
    int64_t diagonal;
    const struct tensor *in = &k->in[0];
    bool upper = ir_attr_int(k->node, ATTR_UPPER, 1) != 0;
    TFP_TRY(argument_int(k, 1, 0, &diagonal));
    if (in->rank < 2) return kernel_fail(k, TFP_E_FORMAT, "the input has rank %u", in->rank);
    TFP_TRY(kernel_output(k, 0, in->dtype, in->rank, in->dims));
    if (in->count == 0) return TFP_OK;
    int64_t rows = in->dims[in->rank - 2], columns = in->dims[in->rank - 1], matrices = in->count / (rows * columns);
    size_t size = tfp_dtype_size(in->dtype);
    if (diagonal > columns) diagonal = columns;
    if (diagonal < -rows) diagonal = -rows;
    fill_zero(&k->out[0]);
    for (int64_t i = 0; i < matrices * rows; i++) {
        int64_t first = upper ? i % rows + diagonal : 0, end = upper ? columns : i % rows + diagonal + 1;
        if (first < 0) first = 0;
        if (end > columns) end = columns;
        if (first >= end) continue;
        size_t at = (size_t)(i * columns + first) * size;
        memcpy((char *)k->out[0].data + at, (const char *)in->data + at, (size_t)(end - first) * size);
    }
    return TFP_OK;
}

struct columns { /* Col2Im */
    size_t rank;
    int64_t image[TFP_MAX_RANK], block[TFP_MAX_RANK], steps[TFP_MAX_RANK]; /* steps: places of the block in the image */
    int64_t strides[TFP_MAX_RANK], dilations[TFP_MAX_RANK], pads[2 * TFP_MAX_RANK];
};

static tfp_status spatial_attr(struct kernel *k, enum ir_attr_name name, size_t n, int64_t preset, int64_t lowest,
                               int64_t *out)
{
    struct ir_ints given = ir_attr_ints(k->node, name);
    if (given.n && given.n != n)
        return kernel_fail(k, TFP_E_FORMAT, "%s has %zu values", schema_attr_name(name), given.n);
    for (size_t i = 0; i < n; i++) {
        out[i] = given.n ? given.at[i] : preset;
        if (out[i] < lowest || out[i] > INT32_MAX)
            return kernel_fail(k, TFP_E_FORMAT, "%s holds %" PRId64, schema_attr_name(name), out[i]);
    }
    return TFP_OK;
}

static tfp_status read_columns(struct kernel *k, struct columns *c)
{
    size_t n;
    TFP_TRY(argument_ints(k, 1, TFP_MAX_RANK - 2, c->image, &c->rank));
    TFP_TRY(argument_ints(k, 2, TFP_MAX_RANK - 2, c->block, &n));
    if (n != c->rank || n == 0) return kernel_fail(k, TFP_E_FORMAT, "the image and its blocks differ in rank");
    TFP_TRY(spatial_attr(k, ATTR_STRIDES, n, 1, 1, c->strides));
    TFP_TRY(spatial_attr(k, ATTR_DILATIONS, n, 1, 1, c->dilations));
    TFP_TRY(spatial_attr(k, ATTR_PADS, 2 * n, 0, 0, c->pads));
    for (size_t i = 0; i < n; i++) {
        if (c->image[i] < 1 || c->image[i] > INT32_MAX || c->block[i] < 1 || c->block[i] > INT32_MAX)
            return kernel_fail(k, TFP_E_FORMAT, "impossible shape");
        int64_t room = c->image[i] + c->pads[i] + c->pads[i + n] - (c->dilations[i] * (c->block[i] - 1) + 1);
        c->steps[i] = room < 0 ? 0 : room / c->strides[i] + 1;
    }
    return TFP_OK;
}

/* Adds one channel's columns [block elements, places] to its image. */
static void add_columns(const struct columns *c, int64_t block, int64_t places, const double *from, double *image)
{
    for (int64_t i = 0; i < block * places; i++) {
        int64_t b = i / places, l = i % places, offset = 0, stride = 1;
        bool inside = true;
        for (size_t d = c->rank; d-- > 0;) {
            int64_t at = l % c->steps[d] * c->strides[d] + b % c->block[d] * c->dilations[d] - c->pads[d];
            inside &= at >= 0 && at < c->image[d];
            offset += at * stride;
            stride *= c->image[d];
            l /= c->steps[d];
            b /= c->block[d];
        }
        if (inside) image[offset] += from[i];
    }
}

/* Overlapping places add up, in double. */
static tfp_status col2im_run(struct kernel *k, const struct columns *c, int64_t block, double *columns, double *image)
{
    const struct tensor *in = &k->in[0];
    struct tensor *out = &k->out[0];
    int64_t places = in->dims[2], per_column = block * places, per_image = argument_product(c->image, 0, c->rank);
    size_t size = tfp_dtype_size(in->dtype);
    for (int64_t i = 0; i < out->dims[0] * out->dims[1]; i++) {
        memset(image, 0, (size_t)per_image * sizeof *image);
        convert_run(in->dtype, (const char *)in->data + (size_t)(i * per_column) * size, TFP_DOUBLE, columns,
                    (size_t)per_column);
        add_columns(c, block, places, columns, image);
        convert_run(TFP_DOUBLE, image, out->dtype, (char *)out->data + (size_t)(i * per_image) * size,
                    (size_t)per_image);
    }
    return TFP_OK;
}

static tfp_status run_col2im(struct kernel *k)
{
    struct columns c;
    int64_t block, places, pixels, dims[TFP_MAX_RANK];
    const struct tensor *in = &k->in[0];
    if (!convert_possible(in->dtype, TFP_DOUBLE))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "there is no kernel for %s", tfp_dtype_name(in->dtype));
    TFP_TRY(read_columns(k, &c));
    if (in->rank != 3 || !numbers_count(c.block, c.rank, &block) || !numbers_count(c.steps, c.rank, &places) ||
        !numbers_count(c.image, c.rank, &pixels) || in->dims[1] % block || in->dims[2] != places)
        return kernel_fail(k, TFP_E_FORMAT, "the columns do not fit the image");
    dims[0] = in->dims[0];
    dims[1] = in->dims[1] / block;
    memcpy(dims + 2, c.image, c.rank * sizeof dims[0]);
    TFP_TRY(kernel_output(k, 0, in->dtype, c.rank + 2, dims));
    if (k->out[0].count == 0) return TFP_OK;
    struct buffer *columns = NULL, *image = NULL;
    size_t column_size, image_size;
    if (!mul_size(&column_size, (size_t)(block * places), sizeof(double)) ||
        !mul_size(&image_size, (size_t)pixels, sizeof(double)))
        return tfp_no_memory(k->ctx);
    tfp_status status = buffer_create(k->ctx, column_size, &columns);
    if (status == TFP_OK) status = buffer_create(k->ctx, image_size, &image);
    if (status == TFP_OK) status = col2im_run(k, &c, block, columns->data, image->data);
    buffer_drop(columns);
    buffer_drop(image);
    return status;
}

/* -- tensors out of shapes ----------------------------------------------------------------------------------------- */

static tfp_status run_shape(struct kernel *k)
{
    const struct tensor *in = &k->in[0];
    int64_t rank = in->rank, start = ir_attr_int(k->node, ATTR_START, 0), end = ir_attr_int(k->node, ATTR_END, rank);
    if (start < 0) start += rank;
    if (end < 0) end += rank;
    start = start < 0 ? 0 : start > rank ? rank : start;
    end = end < start ? start : end > rank ? rank : end;
    TFP_TRY(kernel_output(k, 0, TFP_INT64, 1, (const int64_t[]){ end - start }));
    if (end > start) memcpy(k->out[0].data, in->dims + start, (size_t)(end - start) * sizeof(int64_t));
    return TFP_OK;
}

static tfp_status run_size(struct kernel *k)
{
    TFP_TRY(kernel_output(k, 0, TFP_INT64, 0, NULL));
    *(int64_t *)k->out[0].data = k->in[0].count;
    return TFP_OK;
}

static tfp_status run_constant_of_shape(struct kernel *k)
{
    int64_t dims[TFP_MAX_RANK];
    size_t rank;
    const struct ir_attr *value = ir_attr(k->node, ATTR_VALUE);
    if (value && (value->kind != ATTR_KIND_TENSOR || value->v.tensor->count != 1))
        return kernel_fail(k, TFP_E_FORMAT, "value is no tensor of one element");
    TFP_TRY(argument_ints(k, 0, TFP_MAX_RANK, dims, &rank));
    TFP_TRY(kernel_output(k, 0, value ? value->v.tensor->dtype : TFP_FLOAT, rank, dims));
    if (k->out[0].count == 0) return TFP_OK;
    if (value) fill_value(k, &k->out[0], value->v.tensor->data);
    else fill_zero(&k->out[0]);
    return TFP_OK;
}

static tfp_status constant_strings(struct kernel *k, const struct bytes *at, size_t n, size_t rank)
{
    TFP_TRY(kernel_output(k, 0, TFP_STRING, rank, (const int64_t[]){ (int64_t)n }));
    for (size_t i = 0; i < n; i++) ((struct tfp_string *)k->out[0].data)[i] = (struct tfp_string){ at[i].at, at[i].n };
    return TFP_OK;
}

static tfp_status run_constant(struct kernel *k)
{
    const struct ir_attr *a;
    if ((a = ir_attr(k->node, ATTR_VALUE)) && a->kind == ATTR_KIND_TENSOR)
        return kernel_alias(k, 0, a->v.tensor, a->v.tensor->rank, a->v.tensor->dims);
    if ((a = ir_attr(k->node, ATTR_VALUE_STRING))) return constant_strings(k, &a->v.s, 1, 0);
    if ((a = ir_attr(k->node, ATTR_VALUE_STRINGS))) return constant_strings(k, a->v.strings.at, a->v.strings.n, 1);
    struct tensor t = { .dtype = TFP_INT64, .count = 1 };
    if ((a = ir_attr(k->node, ATTR_VALUE_INT)) || (a = ir_attr(k->node, ATTR_VALUE_FLOAT))) {
        float f = a->v.f;
        int64_t i = a->v.i;
        bool is_float = a->kind == ATTR_KIND_FLOAT;
        TFP_TRY(kernel_output(k, 0, is_float ? TFP_FLOAT : TFP_INT64, 0, NULL));
        if (is_float) memcpy(k->out[0].data, &f, sizeof f);
        else memcpy(k->out[0].data, &i, sizeof i);
        return TFP_OK;
    }
    const void *from = NULL;
    if ((a = ir_attr(k->node, ATTR_VALUE_INTS))) {
        t.count = (int64_t)a->v.ints.n;
        from = a->v.ints.at;
    } else if ((a = ir_attr(k->node, ATTR_VALUE_FLOATS))) {
        t.dtype = TFP_FLOAT;
        t.count = (int64_t)a->v.floats.n;
        from = a->v.floats.at;
    } else {
        return kernel_fail(k, TFP_E_UNSUPPORTED, "has no value that is a dense tensor");
    }
    TFP_TRY(kernel_output(k, 0, t.dtype, 1, &t.count));
    if (t.count) memcpy(k->out[0].data, from, k->out[0].size);
    return TFP_OK;
}

static tfp_status run_eye_like(struct kernel *k)
{
    const struct tensor *in = &k->in[0];
    int64_t type = ir_attr_int(k->node, ATTR_DTYPE, in->dtype), diagonal = ir_attr_int(k->node, ATTR_K, 0);
    if (in->rank != 2) return kernel_fail(k, TFP_E_FORMAT, "the input has rank %u, not 2", in->rank);
    if (type <= 0 || type >= TENSOR_DTYPES || !convert_possible(TFP_INT64, (tfp_dtype)type))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "makes element type %" PRId64, type);
    TFP_TRY(kernel_output(k, 0, (tfp_dtype)type, 2, in->dims));
    fill_zero(&k->out[0]);
    size_t size = tfp_dtype_size((tfp_dtype)type);
    for (int64_t i = 0; i < in->dims[0]; i++) {
        int64_t column;
        if (__builtin_add_overflow(i, diagonal, &column) || column < 0 || column >= in->dims[1]) continue;
        convert_run(TFP_INT64, &(int64_t){ 1 }, (tfp_dtype)type,
                    (char *)k->out[0].data + (size_t)(i * in->dims[1] + column) * size, 1);
    }
    return TFP_OK;
}

static tfp_status range_count(struct kernel *k, int64_t *count)
{
    if (dtype_is_integer(k->in[0].dtype)) {
        int64_t start = tensor_int(&k->in[0], 0), limit = tensor_int(&k->in[1], 0), delta = tensor_int(&k->in[2], 0);
        if (delta == 0) return kernel_fail(k, TFP_E_FORMAT, "delta is 0");
        bool up = delta > 0;
        uint64_t length = up ? (uint64_t)limit - (uint64_t)start : (uint64_t)start - (uint64_t)limit;
        uint64_t pace = up ? (uint64_t)delta : 0 - (uint64_t)delta;
        bool empty = up ? limit <= start : limit >= start;
        uint64_t n = empty ? 0 : (length - 1) / pace + 1;
        if (n > INT64_MAX) return kernel_fail(k, TFP_E_FORMAT, "the range is too long");
        *count = (int64_t)n;
        return TFP_OK;
    }
    double start = tensor_float(&k->in[0], 0), limit = tensor_float(&k->in[1], 0), delta = tensor_float(&k->in[2], 0);
    double length = (limit - start) / delta;
    if (k->in[0].dtype != TFP_DOUBLE) length = (double)((float)(limit - start) / (float)delta); /* as TensorFlow does */
    double n = ceil(length);
    if (isnan(n) || n >= 0x1p62)
        return kernel_fail(k, TFP_E_FORMAT, "the range from %g to %g by %g", start, limit, delta);
    *count = n > 0 ? (int64_t)n : 0;
    return TFP_OK;
}

static tfp_status run_range(struct kernel *k)
{
    int64_t n;
    for (size_t i = 0; i < 3; i++)
        if (k->in[i].count != 1) return kernel_fail(k, TFP_E_FORMAT, "input %zu is no scalar", i);
    TFP_TRY(range_count(k, &n));
    tfp_dtype type = k->in[0].dtype;
    TFP_TRY(kernel_output(k, 0, type, 1, &n));
    char *to = k->out[0].data;
    size_t size = tfp_dtype_size(type);
    if (dtype_is_integer(type)) {
        uint64_t at = (uint64_t)tensor_int(&k->in[0], 0), delta = (uint64_t)tensor_int(&k->in[2], 0);
        for (int64_t i = 0; i < n; i++, at += delta) memcpy(to + (size_t)i * size, &at, size); /* little endian */
        return TFP_OK;
    }
    double start = tensor_float(&k->in[0], 0), delta = tensor_float(&k->in[2], 0);
    for (int64_t i = 0; i < n; i++) {
        double x = start + (double)i * delta;
        convert_run(TFP_DOUBLE, &x, type, to + (size_t)i * size, 1);
    }
    return TFP_OK;
}

const struct kernel_row kernels_move[] = {
    { IR_CENTER_CROP_PAD, .run = run_center_crop_pad },
    { IR_COL2_IM, .run = run_col2im },
    { IR_CONCAT, .run = run_concat },
    { IR_CONSTANT, .run = run_constant },
    { IR_CONSTANT_OF_SHAPE, .run = run_constant_of_shape },
    { IR_DEPTH_TO_SPACE, .run = run_depth_to_space },
    { IR_EXPAND, .run = run_expand },
    { IR_EYE_LIKE, .run = run_eye_like },
    { IR_FLATTEN, .run = run_flatten },
    { IR_IDENTITY, .run = run_identity },
    { IR_PAD, .run = run_pad },
    { IR_RANGE, .run = run_range },
    { IR_RESHAPE, .run = run_reshape },
    { IR_REVERSE_SEQUENCE, .run = run_reverse_sequence },
    { IR_SHAPE, .run = run_shape },
    { IR_SIZE, .run = run_size },
    { IR_SLICE, .run = run_slice },
    { IR_SPACE_TO_DEPTH, .run = run_space_to_depth },
    { IR_SPLIT, .run = run_split },
    { IR_SQUEEZE, .run = run_squeeze },
    { IR_TILE, .run = run_tile },
    { IR_TRANSPOSE, .run = run_transpose },
    { IR_TRILU, .run = run_trilu },
    { IR_UNSQUEEZE, .run = run_unsqueeze },
};
const size_t kernels_move_n = sizeof kernels_move / sizeof kernels_move[0];
