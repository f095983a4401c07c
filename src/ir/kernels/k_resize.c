/* Resize, Upsample, GridSample and AffineGrid. Resizing goes axis by axis: for each axis a table says which inputs make
 * each output, and with what weights. Coordinates as in the operator's description (onnx.ai, Resize); where a
 * coordinate decides between inputs or between inside and outside it is taken in float32, like the scales that models
 * store. */
#include "ir/kernels/convert.h"
#include "ir/kernels/work.h"

#include <math.h>

enum resize_mode { MODE_NEAREST, MODE_LINEAR, MODE_CUBIC };
enum resize_map { MAP_HALF_PIXEL, MAP_SYMMETRIC, MAP_PYTORCH, MAP_ALIGN_CORNERS, MAP_ASYMMETRIC, MAP_CROP };
enum resize_round { ROUND_PREFER_FLOOR, ROUND_PREFER_CEIL, ROUND_FLOOR, ROUND_CEIL };

struct word {
    const char *text;
    int value;
};

struct resize {
    enum resize_mode mode;
    enum resize_map map;
    enum resize_round round;
    bool antialias, exclude_outside;
    double a; /* of the cubic */
    float extrapolation;
    size_t rank;
    int64_t in[TFP_MAX_RANK], out[TFP_MAX_RANK];
    float scale[TFP_MAX_RANK];
    double exact[TFP_MAX_RANK];                        /* the same, unrounded where sizes were given */
    float start[TFP_MAX_RANK], end[TFP_MAX_RANK]; /* the region, for MAP_CROP */
    bool touched[TFP_MAX_RANK];
};

/* Which inputs make each output along an axis. */
struct table {
    int64_t room;    /* entries an output has */
    int64_t *n;      /* entries an output uses */
    int64_t *index;  /* out * room */
    double *weight;  /* out * room */
    bool *outside;   /* the output is extrapolated */
};

/* -- coordinates --------------------------------------------------------------------------------------------------- */

/* The length that the scale stands for, which need not be whole; what its rounding leaves is not counted. */
static double target_length(const struct resize *r, size_t axis)
{
    double out = (double)r->out[axis], exact = r->exact[axis] * (double)r->in[axis];
    return fabs(exact - out) < 1e-5 * out ? out : exact;
}

#define DEFINE_COORDINATE(type, name, given)                                                                           \
    static type name(const struct resize *r, size_t axis, int64_t o)                                                   \
    {                                                                                                                  \
        type x = (type)o, in = (type)r->in[axis], out = (type)r->out[axis], scale = (type)r->given[axis];              \
        type half = (type)0.5, start = (type)r->start[axis], end = (type)r->end[axis];                                 \
        switch (r->map) {                                                                                              \
        case MAP_HALF_PIXEL: return (x + half) / scale - half;                                                         \
        case MAP_SYMMETRIC: return in / 2 * (1 - out / (scale * in)) + (x + half) / scale - half;                      \
        case MAP_PYTORCH: return r->out[axis] > 1 ? (x + half) / scale - half : 0;                                     \
        case MAP_ALIGN_CORNERS:                                                                                        \
            return r->out[axis] > 1 ? x * (in - 1) / ((type)target_length(r, axis) - 1) : 0;                           \
        case MAP_ASYMMETRIC: return x / scale;                                                                         \
        case MAP_CROP:                                                                                                 \
            if (r->out[axis] > 1) return start * (in - 1) + x * (end - start) * (in - 1) / (out - 1);                  \
            return half * (start + end) * (in - 1);                                                                    \
        }                                                                                                              \
        return 0;                                                                                                      \
    }
DEFINE_COORDINATE(float, coordinate_f32, scale)
DEFINE_COORDINATE(double, coordinate_f64, exact)
#undef DEFINE_COORDINATE

static int64_t clamp(int64_t i, int64_t n)
{
    return i < 0 ? 0 : i >= n ? n - 1 : i;
}

/* `x` as an index; far away and NaN are brought near first. */
static int64_t whole(double x)
{
    return x > 0x1p50 ? (int64_t)1 << 50 : x > -0x1p50 ? (int64_t)x : -((int64_t)1 << 50);
}

static int64_t nearest(enum resize_round round, float x)
{
    float low = floorf(x), rest = x - low;
    switch (round) {
    case ROUND_PREFER_FLOOR: return whole((double)(rest <= 0.5f ? low : low + 1));
    case ROUND_PREFER_CEIL: return whole((double)(rest < 0.5f ? low : low + 1));
    case ROUND_FLOOR: return whole((double)low);
    case ROUND_CEIL: return whole((double)ceilf(x));
    }
    return 0;
}

/* Weight of an input at distance d; the cubic is Keys' (IEEE Trans. ASSP 29, 1981, equation 4). */
static double filter(enum resize_mode mode, double a, double d)
{
    d = fabs(d);
    if (mode == MODE_LINEAR) return d < 1 ? 1 - d : 0;
    if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
    return d < 2 ? ((d - 5) * d + 8) * d * a - 4 * a : 0;
}

/* Entries of one output: inputs around x, those outside the axis moved to its ends, or left out. */
static void fill_entries(const struct resize *r, size_t axis, double x, double stretch, struct table *t, int64_t o)
{
    double support = (r->mode == MODE_LINEAR ? 1 : 2) / stretch, total = 0;
    int64_t n = 0, first = whole(floor(x - support)) + 1, limit = t->room;
    int64_t *index = t->index + o * t->room;
    double *weight = t->weight + o * t->room;
    for (int64_t i = first; n < limit && (double)i < x + support; i++) {
        double w = filter(r->mode, r->a, ((double)i - x) * stretch);
        if (w == 0 || (r->exclude_outside && (i < 0 || i >= r->in[axis]))) continue;
        index[n] = clamp(i, r->in[axis]);
        weight[n++] = w;
        total += w;
    }
    if (n == 0 || total == 0) { /* no input has weight */
        index[0] = clamp(whole(floor(x)), r->in[axis]);
        weight[0] = total = 1;
        n = 1;
    }
    for (int64_t i = 0; i < n; i++) weight[i] /= total;
    t->n[o] = n;
}

static tfp_status make_table(struct kernel *k, struct work *w, const struct resize *r, size_t axis, struct table *t)
{
    int64_t out = r->out[axis];
    double stretch = r->antialias && r->exact[axis] < 1 ? r->exact[axis] : 1;
    double most = r->mode == MODE_NEAREST ? 1 : 2 * ceil((r->mode == MODE_LINEAR ? 1 : 2) / stretch) + 2;
    void *n, *index, *weight, *outside;
    if (!(most * (double)out < 0x1p40)) return kernel_fail(k, TFP_E_FORMAT, "the scale is too small");
    t->room = (int64_t)most;
    TFP_TRY(work_take(k, w, out, sizeof(int64_t), &n));
    TFP_TRY(work_take(k, w, out * t->room, sizeof(int64_t), &index));
    TFP_TRY(work_take(k, w, out * t->room, sizeof(double), &weight));
    TFP_TRY(work_take(k, w, out, sizeof(bool), &outside));
    *t = (struct table){ t->room, n, index, weight, outside };
    for (int64_t o = 0; o < out; o++) {
        float x = coordinate_f32(r, axis, o);
        t->outside[o] = r->map == MAP_CROP && !(x >= 0 && x <= (float)(r->in[axis] - 1));
        if (r->mode == MODE_NEAREST) {
            t->n[o] = 1;
            t->index[o] = clamp(nearest(r->round, x), r->in[axis]);
            t->weight[o] = 1;
        } else {
            double fine = r->map == MAP_CROP ? (double)x : coordinate_f64(r, axis, o);
            fill_entries(r, axis, isfinite(fine) ? fine : 0, stretch, t, o);
        }
    }
    return TFP_OK;
}

/* -- one axis ------------------------------------------------------------------------------------------------------ */

struct pass {
    int64_t outer, in, out, inner;
    const struct table *table;
    const void *from;
    void *to;
};

static void copy_pass(const struct kernel *k, const struct pass *p, size_t size)
{
    size_t line = (size_t)p->inner * size;
    int threads = work_threads(k, p->outer * p->out * p->inner);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t i = 0; i < p->outer; i++) {
        const char *from = (const char *)p->from + (size_t)(i * p->in) * line;
        char *to = (char *)p->to + (size_t)(i * p->out) * line;
        const int64_t *index = p->table->index;
        if (line == 4)
            for (int64_t o = 0; o < p->out; o++) memcpy(to + o * 4, from + index[o] * 4, 4);
        else
            for (int64_t o = 0; o < p->out; o++) memcpy(to + (size_t)o * line, from + (size_t)index[o] * line, line);
    }
}

#define DEFINE_PASS(type, name)                                                                                        \
    static void name(const struct kernel *k, const struct pass *p)                                                     \
    {                                                                                                                  \
        const struct table *t = p->table;                                                                              \
        int threads = work_threads(k, p->outer * p->out * p->inner);                                                   \
        _Pragma("omp parallel for num_threads(threads) schedule(static)")                                              \
        for (int64_t i = 0; i < p->outer * p->out; i++) {                                                              \
            int64_t o = i % p->out, n = t->n[o];                                                                       \
            const int64_t *index = t->index + o * t->room;                                                             \
            const double *weight = t->weight + o * t->room;                                                            \
            const type *from = (const type *)p->from + i / p->out * p->in * p->inner;                                  \
            type *restrict to = (type *)p->to + i * p->inner;                                                          \
            if (n == 2) {                                                                                              \
                const type *a = from + index[0] * p->inner, *b = from + index[1] * p->inner;                           \
                type wa = (type)weight[0], wb = (type)weight[1];                                                       \
                for (int64_t j = 0; j < p->inner; j++) to[j] = wa * a[j] + wb * b[j];                                  \
                continue;                                                                                              \
            }                                                                                                          \
            for (int64_t j = 0; j < p->inner; j++) to[j] = (type)weight[0] * from[index[0] * p->inner + j];            \
            for (int64_t e = 1; e < n; e++) {                                                                          \
                const type *line = from + index[e] * p->inner;                                                         \
                type we = (type)weight[e];                                                                             \
                for (int64_t j = 0; j < p->inner; j++) to[j] += we * line[j];                                          \
            }                                                                                                          \
        }                                                                                                              \
    }
DEFINE_PASS(float, blend_f32)
DEFINE_PASS(double, blend_f64)
#undef DEFINE_PASS

/* Sets the outputs that lie outside along this axis. */
static void extrapolate(const struct pass *p, const void *value, size_t size)
{
    for (int64_t i = 0; i < p->outer * p->out; i++)
        for (int64_t j = 0; j < p->inner && p->table->outside[i % p->out]; j++)
            memcpy((char *)p->to + (size_t)(i * p->inner + j) * size, value, size);
}

/* All axes of x (elements of `size` bytes) into y; `kind` says how to blend, nearest does not look at it. */
static tfp_status resize_axes(struct kernel *k, struct work *w, const struct resize *r, enum work_kind kind,
                              size_t size, const void *value, const void *x, void *y)
{
    struct table tables[TFP_MAX_RANK];
    int64_t dims[TFP_MAX_RANK], count;
    size_t last = r->rank;
    memcpy(dims, r->in, r->rank * sizeof *dims);
    for (size_t i = 0; i < r->rank; i++)
        if (r->touched[i]) last = i;
    for (size_t i = 0; i < r->rank; i++) {
        if (!r->touched[i]) continue;
        TFP_TRY(make_table(k, w, r, i, &tables[i]));
        struct pass p = { .in = r->in[i], .out = r->out[i], .table = &tables[i], .from = x, .to = y };
        dims[i] = r->out[i];
        if (!numbers_count(dims, r->rank, &count)) return kernel_fail(k, TFP_E_FORMAT, "the output overflows");
        p.outer = work_count(dims, 0, i);
        p.inner = work_count(dims, i + 1, r->rank);
        if (i != last) TFP_TRY(work_take(k, w, count, size, &p.to));
        if (r->mode == MODE_NEAREST) copy_pass(k, &p, size);
        else if (kind == WORK_F64) blend_f64(k, &p);
        else blend_f32(k, &p);
        x = p.to;
    }
    if (last == r->rank && k->out[0].count) memcpy(y, x, (size_t)k->out[0].count * size);
    for (size_t i = 0; i < r->rank && r->map == MAP_CROP; i++) {
        if (!r->touched[i]) continue;
        struct pass p = {
            work_count(dims, 0, i), r->in[i], r->out[i], work_count(dims, i + 1, r->rank), &tables[i], NULL, y
        };
        extrapolate(&p, value, size);
    }
    return TFP_OK;
}

/* -- attributes ---------------------------------------------------------------------------------------------------- */

static tfp_status word_of(struct kernel *k, enum ir_attr_name name, const struct word *words, size_t n, int *out)
{
    struct bytes text = ir_attr_string(k->node, name, words[0].text);
    for (size_t i = 0; i < n; i++)
        if (bytes_equal(text, words[i].text)) {
            *out = words[i].value;
            return TFP_OK;
        }
    return kernel_fail(k, TFP_E_UNSUPPORTED, "%s cannot be %.*s", schema_attr_name(name),
                       (int)(text.n < 64 ? text.n : 64), text.at);
}

static const struct word modes[] = { { "nearest", MODE_NEAREST }, { "linear", MODE_LINEAR }, { "cubic", MODE_CUBIC } };
static const struct word maps[] = {
    { "half_pixel", MAP_HALF_PIXEL }, { "half_pixel_symmetric", MAP_SYMMETRIC }, { "pytorch_half_pixel", MAP_PYTORCH },
    { "align_corners", MAP_ALIGN_CORNERS }, { "asymmetric", MAP_ASYMMETRIC }, { "tf_crop_and_resize", MAP_CROP },
};
static const struct word rounds[] = {
    { "round_prefer_floor", ROUND_PREFER_FLOOR }, { "round_prefer_ceil", ROUND_PREFER_CEIL }, { "floor", ROUND_FLOOR },
    { "ceil", ROUND_CEIL },
};
enum policy { POLICY_STRETCH, POLICY_NOT_LARGER, POLICY_NOT_SMALLER };
static const struct word policies[] = { { "stretch", POLICY_STRETCH }, { "not_larger", POLICY_NOT_LARGER },
                                        { "not_smaller", POLICY_NOT_SMALLER } };
#define WORDS(list) (list), sizeof(list) / sizeof((list)[0])

static tfp_status read_words(struct kernel *k, struct resize *r)
{
    int mode = 0, map = 0, round = 0;
    TFP_TRY(word_of(k, ATTR_MODE, WORDS(modes), &mode));
    TFP_TRY(word_of(k, ATTR_COORDINATE_TRANSFORMATION_MODE, WORDS(maps), &map));
    TFP_TRY(word_of(k, ATTR_NEAREST_MODE, WORDS(rounds), &round));
    r->mode = (enum resize_mode)mode;
    r->map = (enum resize_map)map;
    r->round = (enum resize_round)round;
    r->antialias = ir_attr_int(k->node, ATTR_ANTIALIAS, 0) != 0;
    r->exclude_outside = ir_attr_int(k->node, ATTR_EXCLUDE_OUTSIDE, 0) != 0;
    r->a = (double)ir_attr_float(k->node, ATTR_CUBIC_COEFF_A, -0.75f);
    r->extrapolation = ir_attr_float(k->node, ATTR_EXTRAPOLATION_VALUE, 0);
    if (r->antialias && r->mode == MODE_NEAREST)
        return kernel_fail(k, TFP_E_UNSUPPORTED, "antialias has no meaning for mode nearest");
    return TFP_OK;
}

static tfp_status read_axes(struct kernel *k, size_t rank, size_t *axes, size_t *n)
{
    struct ir_ints list = ir_attr_ints(k->node, ATTR_AXES);
    bool seen[TFP_MAX_RANK] = { false };
    *n = ir_attr(k->node, ATTR_AXES) ? list.n : rank;
    for (size_t i = 0; i < *n; i++) {
        size_t axis = i;
        if (ir_attr(k->node, ATTR_AXES)) TFP_TRY(work_axis(k, list.at[i], rank, &axis));
        if (seen[axis]) return kernel_fail(k, TFP_E_FORMAT, "an axis is repeated");
        seen[axis] = true;
        axes[i] = axis;
    }
    return TFP_OK;
}

/* A length that was computed, as an integer. */
static tfp_status scaled(struct kernel *k, double length, int64_t *out)
{
    if (!(length >= 0 && length < 0x1p40))
        return kernel_fail(k, TFP_E_FORMAT, "an output axis cannot be %g long", length);
    *out = (int64_t)length;
    return TFP_OK;
}

static tfp_status set_scales(struct kernel *k, struct resize *r, const struct tensor *scales, const size_t *axes,
                             size_t n)
{
    if (scales->rank != 1 || scales->count != (int64_t)n)
        return kernel_fail(k, TFP_E_FORMAT, "there must be %zu scales", n);
    for (size_t i = 0; i < n; i++) {
        size_t axis = axes[i];
        float s = (float)tensor_float(scales, (int64_t)i);
        if (!(s > 0)) return kernel_fail(k, TFP_E_FORMAT, "a scale cannot be %g", (double)s);
        r->scale[axis] = s;
        r->exact[axis] = (double)s;
        TFP_TRY(scaled(k, (double)floorf((float)r->in[axis] * s), &r->out[axis]));
        r->touched[axis] = s != 1 || r->map == MAP_CROP;
    }
    return TFP_OK;
}

static tfp_status set_sizes(struct kernel *k, struct resize *r, const struct tensor *sizes, const size_t *axes,
                            size_t n)
{
    int policy = 0;
    double common = 0;
    TFP_TRY(word_of(k, ATTR_KEEP_ASPECT_RATIO_POLICY, WORDS(policies), &policy));
    if (sizes->rank != 1 || sizes->count != (int64_t)n)
        return kernel_fail(k, TFP_E_FORMAT, "there must be %zu sizes", n);
    for (size_t i = 0; i < n; i++) {
        size_t axis = axes[i];
        TFP_TRY(scaled(k, (double)tensor_int(sizes, (int64_t)i), &r->out[axis]));
        r->exact[axis] = r->in[axis] ? (double)r->out[axis] / (double)r->in[axis] : 1;
        if (i == 0 || (policy == POLICY_NOT_LARGER ? r->exact[axis] < common : r->exact[axis] > common))
            common = r->exact[axis];
    }
    for (size_t i = 0; i < n; i++) {
        size_t axis = axes[i];
        if (policy != POLICY_STRETCH) {
            r->exact[axis] = common;
            TFP_TRY(scaled(k, floor(common * (double)r->in[axis] + 0.5), &r->out[axis]));
            if (r->out[axis] > 0 && common == 0) return kernel_fail(k, TFP_E_FORMAT, "a size cannot be 0");
        }
        r->scale[axis] = policy != POLICY_STRETCH || !r->in[axis] ? (float)r->exact[axis]
                                                                  : (float)r->out[axis] / (float)r->in[axis];
        r->touched[axis] = r->in[axis] != r->out[axis] || r->exact[axis] != 1 || r->map == MAP_CROP;
    }
    return TFP_OK;
}

static tfp_status set_region(struct kernel *k, struct resize *r, const size_t *axes, size_t n)
{
    const struct tensor *roi = kernel_in(k, 1);
    if (r->map != MAP_CROP) return TFP_OK;
    if (!roi || roi->rank != 1 || roi->count != (int64_t)(2 * n))
        return kernel_fail(k, TFP_E_FORMAT, "roi must have %zu elements", 2 * n);
    for (size_t i = 0; i < n; i++) {
        r->start[axes[i]] = (float)tensor_float(roi, (int64_t)i);
        r->end[axes[i]] = (float)tensor_float(roi, (int64_t)(n + i));
    }
    return TFP_OK;
}

static tfp_status resize_run(struct kernel *k, struct work *w, struct resize *r)
{
    const struct tensor *x = &k->in[0];
    const void *from = x->data;
    for (size_t i = 0; i < r->rank; i++)
        if (r->in[i] == 0 && r->out[i] != 0) return kernel_fail(k, TFP_E_FORMAT, "an empty axis cannot be resized");
    if (x->dtype == TFP_STRING) return kernel_fail(k, TFP_E_UNSUPPORTED, "strings cannot be resized");
    if (r->mode == MODE_NEAREST) {
        uint64_t value[2] = { 0 };
        TFP_TRY(kernel_output(k, 0, x->dtype, r->rank, r->out));
        if (k->out[0].count == 0) return TFP_OK;
        if (convert_possible(TFP_FLOAT, x->dtype)) convert_run(TFP_FLOAT, &r->extrapolation, x->dtype, value, 1);
        else if (r->map == MAP_CROP)
            return kernel_fail(k, TFP_E_UNSUPPORTED, "cannot extrapolate %s", tfp_dtype_name(x->dtype));
        return resize_axes(k, w, r, WORK_F32, tfp_dtype_size(x->dtype), value, from, k->out[0].data);
    }
    enum work_kind kind;
    void *y;
    TFP_TRY(work_kind_of(k, x->dtype, &kind));
    if (kind >= WORK_I32) kind = tfp_dtype_size(x->dtype) > 2 ? WORK_F64 : WORK_F32;
    double wide = (double)r->extrapolation;
    TFP_TRY(work_output_dims(k, w, 0, x->dtype, r->rank, r->out, kind, &y));
    if (k->out[0].count == 0) return TFP_OK;
    TFP_TRY(work_load(k, w, x, kind, &from));
    TFP_TRY(resize_axes(k, w, r, kind, work_size(kind), kind == WORK_F64 ? (void *)&wide : &r->extrapolation, from, y));
    work_store(k, 0, kind, y);
    return TFP_OK;
}

static void start_resize(const struct tensor *x, struct resize *r)
{
    r->rank = x->rank;
    for (size_t i = 0; i < r->rank; i++) {
        r->in[i] = r->out[i] = x->dims[i];
        r->scale[i] = 1;
        r->exact[i] = 1;
    }
}

static tfp_status resize(struct kernel *k, struct work *w)
{
    const struct tensor *scales = kernel_in(k, 2), *sizes = kernel_in(k, 3);
    struct resize r = { 0 };
    size_t axes[TFP_MAX_RANK], n;
    start_resize(&k->in[0], &r);
    TFP_TRY(read_words(k, &r));
    TFP_TRY(read_axes(k, r.rank, axes, &n));
    if (scales && scales->count == 0) scales = NULL; /* older models write an empty tensor for "absent" */
    if (sizes && sizes->count == 0 && scales) sizes = NULL;
    if (!scales == !sizes) return kernel_fail(k, TFP_E_FORMAT, "either scales or sizes must be given");
    if (scales) TFP_TRY(set_scales(k, &r, scales, axes, n));
    else TFP_TRY(set_sizes(k, &r, sizes, axes, n));
    TFP_TRY(set_region(k, &r, axes, n));
    return resize_run(k, w, &r);
}

static tfp_status upsample(struct kernel *k, struct work *w)
{
    struct resize r = { .map = MAP_ASYMMETRIC, .round = ROUND_FLOOR };
    size_t axes[TFP_MAX_RANK];
    int mode = 0;
    start_resize(&k->in[0], &r);
    TFP_TRY(word_of(k, ATTR_MODE, modes, 2, &mode));
    r.mode = (enum resize_mode)mode;
    for (size_t i = 0; i < r.rank; i++) axes[i] = i;
    TFP_TRY(set_scales(k, &r, &k->in[1], axes, r.rank));
    return resize_run(k, w, &r);
}

/* -- GridSample ---------------------------------------------------------------------------------------------------- */

enum padding { PADDING_ZEROS, PADDING_BORDER, PADDING_REFLECTION };
static const struct word paddings[] = { { "zeros", PADDING_ZEROS }, { "border", PADDING_BORDER },
                                        { "reflection", PADDING_REFLECTION } };
static const struct word grid_modes[] = {
    { "linear", MODE_LINEAR }, { "nearest", MODE_NEAREST }, { "cubic", MODE_CUBIC },
    { "bilinear", MODE_LINEAR }, { "bicubic", MODE_CUBIC }, /* as opset 16 spelled them */
};
enum { GRID_AXES = 3, GRID_ENTRIES = 64 };

struct grid {
    int mode, padding;
    bool align, wide, wide_grid;
    size_t axes;
    int64_t dims[GRID_AXES], channels, plane, points;
    const void *x, *grid;
    void *y;
};

/* Where index `i` of an axis reads; -1: nowhere, it is zero. */
static int64_t padded_index(int padding, bool align, int64_t i, int64_t n)
{
    if (i >= 0 && i < n) return i;
    if (padding == PADDING_ZEROS || n == 0) return -1;
    if (padding == PADDING_BORDER) return clamp(i, n);
    if (align && n == 1) return 0;
    int64_t period = align ? 2 * (n - 1) : 2 * n; /* mirrored at pixel centers, or at their edges */
    i = (i % period + period) % period;
    return i < n ? i : period - i - (align ? 0 : 1);
}

/* A coordinate beyond the borders is first brought back, as PyTorch does. */
static double bring_back(const struct grid *g, double x, int64_t n)
{
    double low = g->align ? 0 : -0.5, high = low + (double)(g->align ? n - 1 : n), range = high - low;
    if (isnan(x)) x = -1;
    if ((x >= low && x <= high) || g->padding == PADDING_ZEROS) return x;
    if (g->padding == PADDING_BORDER) return x < 0 ? 0 : (double)(n - 1);
    if (range <= 0 || isinf(x)) return low;
    double d = fmod(fabs(x - low), 2 * range);
    return low + (d <= range ? d : 2 * range - d);
}

/* The inputs and weights that one coordinate of a point calls for. */
static int64_t axis_entries(const struct grid *g, size_t axis, double x, int64_t *index, double *weight)
{
    int64_t n = g->dims[axis], count = g->mode == MODE_NEAREST ? 1 : g->mode == MODE_LINEAR ? 2 : 4;
    if (g->mode == MODE_NEAREST) x = nearbyint(x);
    if (g->mode != MODE_CUBIC) x = bring_back(g, x, n);
    double low = floor(x);
    int64_t first = whole(low) - (count == 4);
    for (int64_t i = 0; i < count; i++) {
        index[i] = padded_index(g->padding, g->align, first + i, n);
        weight[i] = count == 1 ? 1 : filter(g->mode, -0.75, (double)(i - (count == 4)) - (x - low));
    }
    return count;
}

static double grid_coordinate(const struct grid *g, size_t axis, int64_t point)
{
    int64_t at = point * (int64_t)g->axes + (int64_t)(g->axes - 1 - axis);
    double n = (double)g->dims[axis], v = work_get(g->wide_grid, g->grid, at);
    double x = g->align ? (v + 1) / 2 * (n - 1) : ((v + 1) * n - 1) / 2;
    return g->wide_grid ? x : (double)(float)x;
}

/* All channels at one point of image `image`. */
static void sample_point(const struct grid *g, int64_t image, int64_t point)
{
    int64_t at[GRID_ENTRIES] = { 0 }, n = 1;
    double weight[GRID_ENTRIES] = { 1 };
    for (size_t axis = 0; axis < g->axes; axis++) {
        int64_t index[4], next_at[GRID_ENTRIES], next = 0;
        double part[4], next_weight[GRID_ENTRIES];
        int64_t count = axis_entries(g, axis, grid_coordinate(g, axis, image * g->points + point), index, part);
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j < count; j++) {
                if (index[j] < 0) continue;
                next_at[next] = at[i] * g->dims[axis] + index[j];
                next_weight[next++] = weight[i] * part[j];
            }
        n = next;
        memcpy(at, next_at, (size_t)n * sizeof *at);
        memcpy(weight, next_weight, (size_t)n * sizeof *weight);
    }
    for (int64_t c = 0; c < g->channels; c++) {
        int64_t plane = (image * g->channels + c) * g->plane;
        double v = 0;
        for (int64_t i = 0; i < n; i++) v += weight[i] * work_get(g->wide, g->x, plane + at[i]);
        work_set(g->wide, g->y, (image * g->channels + c) * g->points + point, v);
    }
}

static tfp_status grid_shape(struct kernel *k, struct grid *g, int64_t *dims)
{
    const struct tensor *x = &k->in[0], *grid = &k->in[1];
    if (x->rank < 3 || grid->rank != x->rank || grid->dims[0] != x->dims[0] || grid->dims[x->rank - 1] != x->rank - 2)
        return kernel_fail(k, TFP_E_FORMAT, "the grid does not fit the input");
    g->axes = x->rank - 2;
    if (g->axes > GRID_AXES) return kernel_fail(k, TFP_E_UNSUPPORTED, "more than %d spatial axes", GRID_AXES);
    memcpy(g->dims, x->dims + 2, g->axes * sizeof *dims);
    g->channels = x->dims[1];
    g->plane = work_count(x->dims, 2, x->rank);
    g->points = work_count(grid->dims, 1, x->rank - 1);
    memcpy(dims, x->dims, 2 * sizeof *dims);
    memcpy(dims + 2, grid->dims + 1, g->axes * sizeof *dims);
    return TFP_OK;
}

static tfp_status grid_sample(struct kernel *k, struct work *w)
{
    const struct tensor *x = &k->in[0];
    struct grid g = { .align = ir_attr_int(k->node, ATTR_ALIGN_CORNERS, 0) != 0 };
    enum work_kind kind, grid_kind;
    int64_t dims[TFP_MAX_RANK];
    TFP_TRY(word_of(k, ATTR_MODE, WORDS(grid_modes), &g.mode));
    TFP_TRY(word_of(k, ATTR_PADDING_MODE, WORDS(paddings), &g.padding));
    TFP_TRY(grid_shape(k, &g, dims));
    TFP_TRY(work_kind_of(k, x->dtype, &kind));
    TFP_TRY(work_kind_of(k, k->in[1].dtype, &grid_kind));
    if (kind >= WORK_I32) kind = tfp_dtype_size(x->dtype) > 2 ? WORK_F64 : WORK_F32;
    TFP_TRY(work_output_dims(k, w, 0, x->dtype, x->rank, dims, kind, &g.y));
    TFP_TRY(work_load(k, w, x, kind, &g.x));
    TFP_TRY(work_load(k, w, &k->in[1], grid_kind, &g.grid));
    g.wide = kind == WORK_F64;
    g.wide_grid = grid_kind == WORK_F64;
    int threads = work_threads(k, k->out[0].count);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t i = 0; i < x->dims[0] * g.points; i++) sample_point(&g, i / g.points, i % g.points);
    for (int64_t i = 0; !dtype_is_float(x->dtype) && i < k->out[0].count; i++)
        work_set(g.wide, g.y, i, trunc(work_get(g.wide, g.y, i))); /* the operator casts */
    work_store(k, 0, kind, g.y);
    return TFP_OK;
}

/* -- AffineGrid ---------------------------------------------------------------------------------------------------- */

/* Position i of n from -1 to 1. */
static double grid_position(int64_t i, int64_t n, bool align)
{
    if (align) return n > 1 ? -1 + 2 * (double)i / (double)(n - 1) : -1;
    return (2 * (double)i + 1) / (double)n - 1;
}

static tfp_status affine_grid(struct kernel *k, struct work *w)
{
    const struct tensor *theta = &k->in[0], *size = &k->in[1];
    bool align = ir_attr_int(k->node, ATTR_ALIGN_CORNERS, 0) != 0;
    int64_t axes = size->count - 2, dims[5], points = 1, row = 0;
    enum work_kind kind;
    const void *from;
    void *y;
    if (size->rank != 1 || (axes != 2 && axes != 3) || theta->rank != 3 || theta->dims[1] != axes ||
        theta->dims[2] != axes + 1 || theta->dims[0] != tensor_int(size, 0))
        return kernel_fail(k, TFP_E_FORMAT, "theta does not fit the size");
    TFP_TRY(work_float_kind(k, theta->dtype, &kind));
    dims[0] = theta->dims[0];
    for (int64_t i = 0; i < axes; i++) dims[i + 1] = tensor_int(size, i + 2);
    dims[axes + 1] = axes;
    TFP_TRY(work_output_dims(k, w, 0, theta->dtype, (size_t)axes + 2, dims, kind, &y));
    TFP_TRY(work_load(k, w, theta, kind, &from));
    points = work_count(dims, 1, (size_t)axes + 1);
    bool wide = kind == WORK_F64;
    for (int64_t i = 0; i < dims[0] * points; i++) {
        double at[4] = { 0, 0, 0, 1 };
        int64_t rest = i % points, base = i / points * axes * (axes + 1);
        for (int64_t a = 0; a < axes; a++) { /* the innermost axis is x, the first of the vector */
            at[a] = grid_position(rest % dims[axes - a], dims[axes - a], align);
            rest /= dims[axes - a];
        }
        at[axes] = 1;
        for (int64_t r = 0; r < axes; r++, row++) {
            double v = 0;
            for (int64_t c = 0; c <= axes; c++) v += work_get(wide, from, base + r * (axes + 1) + c) * at[c];
            work_set(wide, y, row, v);
        }
    }
    work_store(k, 0, kind, y);
    return TFP_OK;
}

const struct kernel_row kernels_resize[] = {
    { IR_RESIZE, .work = resize },
    { IR_UPSAMPLE, .work = upsample },
    { IR_GRID_SAMPLE, .work = grid_sample },
    { IR_AFFINE_GRID, .work = affine_grid },
};
const size_t kernels_resize_n = sizeof kernels_resize / sizeof kernels_resize[0];
