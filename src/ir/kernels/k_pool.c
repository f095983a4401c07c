/* MaxPool, AveragePool, LpPool, their global forms, MaxUnpool and MaxRoiPool. Windows are taken line by line: each tap
 * adds (or compares) a whole run of inputs to a line of outputs. */
#include "ir/kernels/window.h"

#include <math.h>

enum pool_kind { POOL_MAX, POOL_AVERAGE, POOL_LP };

struct pool {
    enum pool_kind kind;
    bool wide, count_padding;
    int64_t p;
    struct window window;
    int64_t planes, in_size, out_size;
    const void *x;
    void *y;
    int64_t *indices; /* of the maxima, or NULL */
    bool by_column;
};

/* -- lines --------------------------------------------------------------------------------------------------------- */

#define DEFINE_LINES(type, suffix, power)                                                                              \
    static void line_max_##suffix(const type *restrict in, int64_t step, int64_t n, type *restrict out)                \
    {                                                                                                                  \
        if (step == 1)                                                                                                 \
            for (int64_t i = 0; i < n; i++) out[i] = in[i] > out[i] ? in[i] : out[i];                                  \
        else                                                                                                           \
            for (int64_t i = 0; i < n; i++) out[i] = in[i * step] > out[i] ? in[i * step] : out[i];                    \
    }                                                                                                                  \
    static void line_sum_##suffix(const type *restrict in, int64_t step, int64_t n, type *restrict out)                \
    {                                                                                                                  \
        if (step == 1)                                                                                                 \
            for (int64_t i = 0; i < n; i++) out[i] += in[i];                                                           \
        else                                                                                                           \
            for (int64_t i = 0; i < n; i++) out[i] += in[i * step];                                                    \
    }                                                                                                                  \
    static void line_power_##suffix(const type *restrict in, int64_t step, int64_t n, int64_t p, type *restrict out)   \
    {                                                                                                                  \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            type v = in[i * step] < 0 ? -in[i * step] : in[i * step];                                                  \
            out[i] += p == 1 ? v : p == 2 ? v * v : power(v, (type)p);                                                 \
        }                                                                                                              \
    }                                                                                                                  \
    static void line_##suffix(const struct pool *p, const type *in, int64_t step, int64_t n, type *out)                \
    {                                                                                                                  \
        if (p->kind == POOL_MAX) line_max_##suffix(in, step, n, out);                                                  \
        else if (p->kind == POOL_AVERAGE) line_sum_##suffix(in, step, n, out);                                         \
        else line_power_##suffix(in, step, n, p->p, out);                                                              \
    }
DEFINE_LINES(float, f32, powf)
DEFINE_LINES(double, f64, pow)
#undef DEFINE_LINES

static double root(int64_t p, double v)
{
    return p == 1 ? v : p == 2 ? sqrt(v) : pow(v, 1 / (double)p);
}

/* Divides by the number of taps, or takes the root. */
static void finish_line(const struct pool *p, int64_t line, void *out)
{
    const struct window *w = &p->window;
    size_t last = w->n - 1;
    int64_t rest = line, outer = 1, from, to;
    if (p->kind == POOL_MAX) return;
    for (size_t i = last; i-- > 0 && p->kind == POOL_AVERAGE;) {
        window_taps(w, i, rest % w->out[i], p->count_padding, &from, &to);
        outer *= to - from;
        rest /= w->out[i];
    }
    for (int64_t i = 0; i < w->out[last]; i++) {
        double v = work_get(p->wide, out, i);
        if (p->kind == POOL_AVERAGE) {
            window_taps(w, last, i, p->count_padding, &from, &to);
            double count = (double)outer * (double)(to - from);
            v = count == 0 ? 0 : v / count;
        } else {
            v = root(p->p, v);
        }
        work_set(p->wide, out, i, v);
    }
}

static void pool_plane(const struct pool *p, int64_t plane)
{
    const struct window *w = &p->window;
    size_t last = w->n - 1;
    int64_t length = w->out[last], lines = p->out_size / length, step = w->stride[last], first_tap, end_tap;
    size_t size = p->wide ? sizeof(double) : sizeof(float);
    const char *x = (const char *)p->x + (size_t)(plane * p->in_size) * size;
    window_used_taps(w, last, &first_tap, &end_tap);
    for (int64_t line = 0; line < lines; line++) {
        char *out = (char *)p->y + (size_t)(plane * p->out_size + line * length) * size;
        struct window_lines l;
        for (int64_t i = 0; i < length; i++) work_set(p->wide, out, i, p->kind == POOL_MAX ? -HUGE_VAL : 0);
        for (bool more = window_lines_first(w, line, &l); more; more = window_lines_next(&l))
            for (int64_t t = first_tap; t < end_tap; t++) {
                int64_t from, to;
                window_outputs(w, last, t, &from, &to);
                if (from == to) continue;
                int64_t at = l.start + from * step + t * w->dilation[last] - w->before[last];
                const void *in = x + (size_t)at * size;
                void *first = out + (size_t)from * size;
                if (p->wide) line_f64(p, in, step, to - from, first);
                else line_f32(p, in, step, to - from, first);
            }
        finish_line(p, line, out);
    }
}

/* -- maxima with their places -------------------------------------------------------------------------------------- */

/* The place of an element among all, where a plane's elements are counted row by row or column by column. */
static int64_t place_of(const struct pool *p, int64_t plane, int64_t at)
{
    if (!p->by_column) return plane * p->in_size + at;
    int64_t place = 0, scale = p->in_size;
    for (size_t i = p->window.n; i-- > 0;) {
        scale /= p->window.in[i];
        place += at % p->window.in[i] * scale;
        at /= p->window.in[i];
    }
    return plane * p->in_size + place;
}

static void indexed_line(const struct pool *p, int64_t plane, int64_t line)
{
    const struct window *w = &p->window;
    size_t last = w->n - 1;
    int64_t length = w->out[last], base = plane * p->in_size;
    for (int64_t o = 0; o < length; o++) {
        struct window_lines l;
        int64_t from, to, best = -1, out = plane * p->out_size + line * length + o;
        double maximum = -HUGE_VAL;
        window_taps(w, last, o, false, &from, &to);
        for (bool more = from < to && window_lines_first(w, line, &l); more; more = window_lines_next(&l))
            for (int64_t t = from; t < to; t++) {
                int64_t at = l.start + o * w->stride[last] + t * w->dilation[last] - w->before[last];
                double v = work_get(p->wide, p->x, base + at);
                if (best >= 0 && !(v > maximum)) continue;
                best = at;
                maximum = v;
            }
        work_set(p->wide, p->y, out, maximum);
        p->indices[out] = best < 0 ? 0 : place_of(p, plane, best);
    }
}

static void pool_compute(const struct kernel *k, const struct pool *p)
{
    if (p->planes == 0 || p->out_size == 0) return;
    int threads = work_threads(k, p->planes * p->in_size);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t plane = 0; plane < p->planes; plane++) {
        if (!p->indices) {
            pool_plane(p, plane);
            continue;
        }
        for (int64_t line = 0; line < p->out_size / p->window.out[p->window.n - 1]; line++)
            indexed_line(p, plane, line);
    }
}

/* -- windowed pooling ---------------------------------------------------------------------------------------------- */

static tfp_status pool_run(struct kernel *k, struct work *w, struct pool *p)
{
    const struct tensor *x = &k->in[0];
    enum work_kind kind = WORK_F32;
    int64_t dims[TFP_MAX_RANK];
    if (dtype_is_float(x->dtype)) TFP_TRY(work_float_kind(k, x->dtype, &kind));
    TFP_TRY(window_read(k, x, NULL, &p->window));
    TFP_TRY(window_pad(k, ir_attr_int(k->node, ATTR_CEIL_MODE, 0) != 0, &p->window));
    for (size_t i = 0; i < p->window.n; i++)
        if (p->window.before[i] >= window_extent(&p->window, i) || p->window.after[i] >= window_extent(&p->window, i))
            return kernel_fail(k, TFP_E_FORMAT, "padding as wide as the kernel");
    memcpy(dims, x->dims, 2 * sizeof *dims);
    memcpy(dims + 2, p->window.out, p->window.n * sizeof *dims);
    TFP_TRY(work_output_dims(k, w, 0, x->dtype, x->rank, dims, kind, &p->y));
    if (p->kind == POOL_MAX && kernel_wants(k, 1)) {
        TFP_TRY(kernel_output(k, 1, TFP_INT64, x->rank, dims));
        p->indices = k->out[1].data;
    }
    TFP_TRY(work_load(k, w, x, kind, &p->x));
    p->wide = kind == WORK_F64;
    p->planes = x->dims[0] * x->dims[1];
    p->in_size = work_count(x->dims, 2, x->rank);
    p->out_size = work_count(dims, 2, x->rank);
    pool_compute(k, p);
    work_store(k, 0, kind, p->y);
    return TFP_OK;
}

static tfp_status max_pool(struct kernel *k, struct work *w)
{
    struct pool p = { .kind = POOL_MAX, .by_column = ir_attr_int(k->node, ATTR_STORAGE_ORDER, 0) == 1 };
    return pool_run(k, w, &p);
}

static tfp_status average_pool(struct kernel *k, struct work *w)
{
    struct pool p = { .kind = POOL_AVERAGE, .count_padding = ir_attr_int(k->node, ATTR_COUNT_INCLUDE_PAD, 0) != 0 };
    return pool_run(k, w, &p);
}

static tfp_status read_p(struct kernel *k, int64_t *p)
{
    *p = ir_attr_int(k->node, ATTR_P, 2);
    return *p >= 1 ? TFP_OK : kernel_fail(k, TFP_E_FORMAT, "p cannot be %lld", (long long)*p);
}

static tfp_status lp_pool(struct kernel *k, struct work *w)
{
    struct pool p = { .kind = POOL_LP };
    TFP_TRY(read_p(k, &p.p));
    return pool_run(k, w, &p);
}

/* -- global pooling ------------------------------------------------------------------------------------------------ */

WORK_INLINE double reduce_plane(enum pool_kind kind, bool wide, int64_t p, const void *x, int64_t from, int64_t n)
{
    double v = kind == POOL_MAX ? -HUGE_VAL : 0;
    for (int64_t i = from; i < from + n; i++) {
        double e = work_get(wide, x, i);
        if (kind == POOL_MAX) v = e > v ? e : v;
        else if (kind == POOL_AVERAGE) v += e;
        else v += p == 1 ? fabs(e) : p == 2 ? e * e : pow(fabs(e), (double)p);
    }
    if (kind == POOL_AVERAGE) return n == 0 ? 0 : v / (double)n;
    return kind == POOL_LP ? root(p, v) : v;
}

static tfp_status global_pool(struct kernel *k, struct work *w, enum pool_kind pool)
{
    const struct tensor *x = &k->in[0];
    enum work_kind kind;
    int64_t dims[TFP_MAX_RANK], p = 1;
    const void *from;
    void *y;
    if (x->rank < 2) return kernel_fail(k, TFP_E_FORMAT, "the input has rank %u, at least 2 is needed", x->rank);
    TFP_TRY(work_float_kind(k, x->dtype, &kind));
    if (pool == POOL_LP) TFP_TRY(read_p(k, &p));
    for (size_t i = 0; i < x->rank; i++) dims[i] = i < 2 ? x->dims[i] : 1;
    TFP_TRY(work_output_dims(k, w, 0, x->dtype, x->rank, dims, kind, &y));
    TFP_TRY(work_load(k, w, x, kind, &from));
    int64_t size = work_count(x->dims, 2, x->rank), planes = dims[0] * dims[1];
    int threads = work_threads(k, x->count);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t i = 0; i < planes; i++) {
        double v = kind == WORK_F64 ? reduce_plane(pool, true, p, from, i * size, size)
                                    : reduce_plane(pool, false, p, from, i * size, size);
        work_set(kind == WORK_F64, y, i, v);
    }
    work_store(k, 0, kind, y);
    return TFP_OK;
}

static tfp_status global_max(struct kernel *k, struct work *w)
{
    return global_pool(k, w, POOL_MAX);
}

static tfp_status global_average(struct kernel *k, struct work *w)
{
    return global_pool(k, w, POOL_AVERAGE);
}

static tfp_status global_lp(struct kernel *k, struct work *w)
{
    return global_pool(k, w, POOL_LP);
}

/* -- MaxUnpool ----------------------------------------------------------------------------------------------------- */

/* The shape of what was pooled, which the indices count in, and the shape that is asked for. */
static tfp_status unpool_shapes(struct kernel *k, const struct tensor *x, int64_t *pooled, int64_t *wanted)
{
    struct window w;
    int64_t pads[2 * WINDOW_MAX];
    const struct tensor *shape = kernel_in(k, 2);
    TFP_TRY(window_read(k, x, NULL, &w));
    TFP_TRY(window_ints(k, ATTR_PADS, 2 * w.n, 0, INT32_MAX, 0, pads));
    memcpy(pooled, x->dims, 2 * sizeof *pooled);
    for (size_t i = 0; i < w.n; i++) {
        if (w.in[i] > INT32_MAX) return kernel_fail(k, TFP_E_UNSUPPORTED, "a spatial axis is too long");
        int64_t size = (w.in[i] - 1) * w.stride[i] - pads[i] - pads[w.n + i] + w.kernel[i];
        if (size < 0) return kernel_fail(k, TFP_E_FORMAT, "the padding leaves nothing of the output");
        pooled[i + 2] = size;
    }
    memcpy(wanted, pooled, x->rank * sizeof *wanted);
    if (!shape) return TFP_OK;
    if (shape->rank != 1 || shape->dims[0] != x->rank)
        return kernel_fail(k, TFP_E_FORMAT, "output_shape must have %u elements", x->rank);
    for (size_t i = 0; i < x->rank; i++) wanted[i] = tensor_int(shape, (int64_t)i);
    return TFP_OK;
}

/* The place of element `at` of one shape in another; -1 when it is not in there. */
static int64_t place_in(int64_t at, const int64_t *from, const int64_t *to, size_t rank)
{
    int64_t place = 0, scale = 1;
    for (size_t i = rank; i-- > 0;) {
        int64_t c = at % from[i];
        if (c >= to[i]) return -1;
        place += c * scale;
        scale *= to[i];
        at /= from[i];
    }
    return place;
}

static tfp_status max_unpool(struct kernel *k)
{
    const struct tensor *x = &k->in[0], *indices = &k->in[1];
    int64_t pooled[TFP_MAX_RANK], wanted[TFP_MAX_RANK], count;
    if (indices->count != x->count) return kernel_fail(k, TFP_E_FORMAT, "there must be an index for each element");
    TFP_TRY(unpool_shapes(k, x, pooled, wanted));
    if (!numbers_count(pooled, x->rank, &count)) return kernel_fail(k, TFP_E_FORMAT, "the output overflows");
    TFP_TRY(kernel_output(k, 0, x->dtype, x->rank, wanted));
    size_t size = tfp_dtype_size(x->dtype);
    if (k->out[0].size) memset(k->out[0].data, 0, k->out[0].size);
    for (int64_t i = 0; i < x->count; i++) {
        int64_t at = tensor_int(indices, i);
        if (at < 0 || at >= count) return kernel_fail(k, TFP_E_FORMAT, "index %lld is out of range", (long long)at);
        int64_t place = place_in(at, pooled, wanted, x->rank);
        if (place >= 0)
            memcpy((char *)k->out[0].data + (size_t)place * size, (const char *)x->data + (size_t)i * size, size);
    }
    return TFP_OK;
}

/* -- MaxRoiPool ---------------------------------------------------------------------------------------------------- */

struct region {
    int64_t top, left, height, width;
};

/* [*from, *to) of cell `i` of `n` of a region's side, cut to the image. */
static void cell(int64_t start, int64_t length, int64_t i, int64_t n, int64_t limit, int64_t *from, int64_t *to)
{
    float size = (float)length / (float)n;
    int64_t low = start + (int64_t)floorf((float)i * size), high = start + (int64_t)ceilf((float)(i + 1) * size);
    *from = low < 0 ? 0 : low > limit ? limit : low;
    *to = high < 0 ? 0 : high > limit ? limit : high;
}

static double region_max(const void *x, bool wide, const int64_t *dims, const struct region *r, const int64_t *cells,
                         int64_t row, int64_t column)
{
    int64_t top, bottom, left, right;
    cell(r->top, r->height, row, cells[0], dims[2], &top, &bottom);
    cell(r->left, r->width, column, cells[1], dims[3], &left, &right);
    if (top >= bottom || left >= right) return 0;
    double v = -HUGE_VAL;
    for (int64_t i = top; i < bottom; i++)
        for (int64_t j = left; j < right; j++) {
            double e = work_get(wide, x, i * dims[3] + j);
            v = e > v ? e : v;
        }
    return v;
}

/* Corners in pixels, both inside the region. */
static tfp_status read_region(struct kernel *k, const void *rois, bool wide, int64_t i, int64_t images,
                              struct region *r, int64_t *image)
{
    double scale = (double)ir_attr_float(k->node, ATTR_SPATIAL_SCALE, 1), side[4], number = work_get(wide, rois, i * 5);
    if (!(number >= 0 && number < (double)images)) return kernel_fail(k, TFP_E_FORMAT, "a region is of no image");
    *image = (int64_t)number;
    for (int64_t j = 0; j < 4; j++) {
        side[j] = round(work_get(wide, rois, i * 5 + 1 + j) * scale);
        if (!(fabs(side[j]) < 1 << 30)) return kernel_fail(k, TFP_E_FORMAT, "a region is too large");
    }
    r->left = (int64_t)side[0];
    r->top = (int64_t)side[1];
    r->width = side[2] >= side[0] ? (int64_t)(side[2] - side[0]) + 1 : 1;
    r->height = side[3] >= side[1] ? (int64_t)(side[3] - side[1]) + 1 : 1;
    return TFP_OK;
}

static tfp_status max_roi_pool(struct kernel *k, struct work *w)
{
    const struct tensor *x = &k->in[0], *rois = &k->in[1];
    struct ir_ints shape = ir_attr_ints(k->node, ATTR_POOLED_SHAPE);
    enum work_kind kind;
    const void *from, *at;
    void *y;
    if (x->rank != 4 || rois->rank != 2 || rois->dims[1] != 5)
        return kernel_fail(k, TFP_E_FORMAT, "takes images of rank 4 and regions of five numbers");
    if (shape.n != 2 || shape.at[0] < 1 || shape.at[1] < 1)
        return kernel_fail(k, TFP_E_FORMAT, "impossible pooled_shape");
    TFP_TRY(work_float_kind(k, x->dtype, &kind));
    int64_t dims[4] = { rois->dims[0], x->dims[1], shape.at[0], shape.at[1] }, plane = x->dims[2] * x->dims[3], i = 0;
    TFP_TRY(work_output_dims(k, w, 0, x->dtype, 4, dims, kind, &y));
    TFP_TRY(work_load(k, w, x, kind, &from));
    TFP_TRY(work_load(k, w, rois, kind, &at));
    bool wide = kind == WORK_F64;
    for (int64_t r = 0; r < dims[0]; r++) {
        struct region region = { 0 };
        int64_t image = 0;
        TFP_TRY(read_region(k, at, wide, r, x->dims[0], &region, &image));
        for (int64_t c = 0; c < dims[1]; c++)
            for (int64_t row = 0; row < dims[2]; row++)
                for (int64_t column = 0; column < dims[3]; column++) {
                    const char *in = (const char *)from + (size_t)((image * dims[1] + c) * plane) * work_size(kind);
                    work_set(wide, y, i++, region_max(in, wide, x->dims, &region, shape.at, row, column));
                }
    }
    work_store(k, 0, kind, y);
    return TFP_OK;
}

const struct kernel_row kernels_pool[] = {
    { IR_MAX_POOL, .work = max_pool },
    { IR_AVERAGE_POOL, .work = average_pool },
    { IR_LP_POOL, .work = lp_pool },
    { IR_GLOBAL_MAX_POOL, .work = global_max },
    { IR_GLOBAL_AVERAGE_POOL, .work = global_average },
    { IR_GLOBAL_LP_POOL, .work = global_lp },
    { IR_MAX_UNPOOL, .run = max_unpool },
    { IR_MAX_ROI_POOL, .work = max_roi_pool },
};
const size_t kernels_pool_n = sizeof kernels_pool / sizeof kernels_pool[0];
