/* Conv, ConvTranspose, ConvInteger, QLinearConv and DeformConv. Each is a matrix product of the filter with columns:
 * the inputs that all taps of all channels see at a number of output positions, gathered (im2col) a tile at a time. The
 * transposed convolution goes the other way: product first, then the columns are added to where the taps fall.
 * Depthwise float32 convolutions are added up line by line instead. */
#include "ir/kernels/product.h"
#include "ir/kernels/window.h"

#include <math.h>
#include <omp.h>

enum { COLUMN_ELEMENTS = 1 << 19, COLUMN_POSITIONS = 1024 };

struct conv {
    enum work_kind kind;
    int64_t images, groups, group_in, group_out; /* channels a group */
    int64_t taps, in_size, out_size;             /* elements a channel */
    struct window window;
    const void *x, *w, *bias; /* bias may be NULL */
    void *y;
    const struct deform *deform; /* DeformConv's offsets, or NULL */
};

/* Where taps of DeformConv move to. */
struct deform {
    bool wide;
    int64_t groups;
    const void *offset, *mask; /* mask may be NULL */
};

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* -- columns ------------------------------------------------------------------------------------------------------- */

/* A run of output positions in one line, and where one tap meets the input there. */
struct meeting {
    int64_t from, to; /* positions in the line that lie inside the input */
    int64_t start;    /* element of the channel that `from` meets */
};

/* Tap `tap` for the positions [from, to) of output line `line`. */
static struct meeting meet(const struct window *w, int64_t line, int64_t tap, int64_t from, int64_t to)
{
    size_t last = w->n - 1;
    int64_t t = tap % w->kernel[last], start = 0, scale = w->in[last];
    struct meeting m = { from, from, 0 }, none = m;
    tap /= w->kernel[last];
    for (size_t i = last; i-- > 0;) {
        int64_t at = line % w->out[i] * w->stride[i] + tap % w->kernel[i] * w->dilation[i] - w->before[i];
        if (at < 0 || at >= w->in[i]) return none;
        start += at * scale;
        scale *= w->in[i];
        line /= w->out[i];
        tap /= w->kernel[i];
    }
    window_outputs(w, last, t, &m.from, &m.to);
    if (m.from < from) m.from = from;
    if (m.to > to) m.to = to;
    if (m.from >= m.to) return none;
    m.start = start + m.from * w->stride[last] + t * w->dilation[last] - w->before[last];
    return m;
}

static void copy_spaced(const void *from, int64_t step, int64_t n, size_t size, void *to)
{
    if (step == 1) {
        memcpy(to, from, (size_t)n * size);
    } else if (size == 4) {
        const uint32_t *in = from;
        for (int64_t i = 0; i < n; i++) ((uint32_t *)to)[i] = in[i * step];
    } else {
        const uint64_t *in = from;
        for (int64_t i = 0; i < n; i++) ((uint64_t *)to)[i] = in[i * step];
    }
}

/* One row for each channel of the group and tap, one column for each position in [from, to). */
static void gather_columns(const struct conv *c, const char *x, int64_t from, int64_t to, char *columns)
{
    const struct window *w = &c->window;
    int64_t length = w->out[w->n - 1], width = to - from, step = w->stride[w->n - 1];
    size_t size = work_size(c->kind);
    for (int64_t j = from; j < to;) {
        int64_t line = j / length, o = j - line * length, end = least(length, o + to - j);
        for (int64_t tap = 0; tap < c->taps; tap++) {
            struct meeting m = meet(w, line, tap, o, end);
            for (int64_t channel = 0; channel < c->group_in; channel++) {
                char *row = columns + (size_t)((channel * c->taps + tap) * width + j - from) * size;
                const char *in = x + (size_t)(channel * c->in_size + m.start) * size;
                memset(row, 0, (size_t)(m.from - o) * size);
                if (m.to > m.from) copy_spaced(in, step, m.to - m.from, size, row + (size_t)(m.from - o) * size);
                memset(row + (size_t)(m.to - o) * size, 0, (size_t)(end - m.to) * size);
            }
        }
        j += end - o;
    }
}

static void add_spaced(bool wide, const void *from, int64_t step, int64_t n, void *to)
{
    if (wide)
        for (int64_t i = 0; i < n; i++) ((double *)to)[i * step] += ((const double *)from)[i];
    else
        for (int64_t i = 0; i < n; i++) ((float *)to)[i * step] += ((const float *)from)[i];
}

/* The reverse: adds columns to the `channels` channels at x. Floating types only. */
static void scatter_columns(const struct conv *c, int64_t channels, const char *columns, int64_t from, int64_t to,
                            char *x)
{
    const struct window *w = &c->window;
    int64_t length = w->out[w->n - 1], width = to - from, step = w->stride[w->n - 1];
    size_t size = work_size(c->kind);
    for (int64_t j = from; j < to;) {
        int64_t line = j / length, o = j - line * length, end = least(length, o + to - j);
        for (int64_t tap = 0; tap < c->taps; tap++) {
            struct meeting m = meet(w, line, tap, o, end);
            for (int64_t channel = 0; channel < channels && m.to > m.from; channel++)
                add_spaced(c->kind == WORK_F64,
                           columns + (size_t)((channel * c->taps + tap) * width + j - from + m.from - o) * size, step,
                           m.to - m.from, x + (size_t)(channel * c->in_size + m.start) * size);
        }
        j += end - o;
    }
}

/* -- DeformConv's columns ------------------------------------------------------------------------------------------ */

enum { DEFORM_AXES = 3 };

/* The corners around a point, with weights; those outside the input are left out. */
struct corners {
    int n;
    int64_t at[1 << DEFORM_AXES];
    double weight[1 << DEFORM_AXES];
};

static void find_corners(const struct window *w, const double *point, struct corners *c)
{
    c->n = 0;
    for (unsigned bits = 0; bits < 1u << w->n; bits++) {
        int64_t at = 0;
        double weight = 1;
        for (size_t i = 0; i < w->n; i++) {
            double low = floor(point[i]), corner = low + (bits >> i & 1);
            weight *= bits >> i & 1 ? point[i] - low : 1 - (point[i] - low);
            if (!(corner >= 0 && corner < (double)w->in[i])) weight = 0; /* NaN too */
            at = at * w->in[i] + (weight != 0 ? (int64_t)corner : 0);
        }
        if (weight == 0) continue;
        c->at[c->n] = at;
        c->weight[c->n++] = weight;
    }
}

WORK_INLINE void deform_columns_of(bool wide, const struct conv *c, int64_t image, int64_t group, const void *x,
                                   int64_t from, int64_t to, void *columns)
{
    const struct window *w = &c->window;
    const struct deform *d = c->deform;
    int64_t n = (int64_t)w->n, channels = c->groups * c->group_in, each = channels / d->groups, width = to - from;
    struct corners corners;
    double point[DEFORM_AXES];
    for (int64_t j = from; j < to; j++)
        for (int64_t tap = 0; tap < c->taps; tap++)
            for (int64_t channel = 0; channel < c->group_in; channel++) {
                int64_t all = group * c->group_in + channel, part = image * d->groups + all / each;
                int64_t position = j, t = tap;
                if (channel == 0 || all % each == 0) {
                    for (size_t i = w->n; i-- > 0;) {
                        int64_t row = (part * c->taps + tap) * n + (int64_t)i;
                        point[i] = (double)(position % w->out[i] * w->stride[i] + t % w->kernel[i] * w->dilation[i] -
                                            w->before[i]) +
                                   work_get(wide, d->offset, row * c->out_size + j);
                        position /= w->out[i];
                        t /= w->kernel[i];
                    }
                    find_corners(w, point, &corners);
                }
                double sum = 0;
                for (int i = 0; i < corners.n; i++)
                    sum += corners.weight[i] * work_get(wide, x, channel * c->in_size + corners.at[i]);
                if (d->mask) sum *= work_get(wide, d->mask, (part * c->taps + tap) * c->out_size + j);
                work_set(wide, columns, (channel * c->taps + tap) * width + j - from, sum);
            }
}

static void deform_columns(const struct conv *c, int64_t image, int64_t group, const void *x, int64_t from, int64_t to,
                           void *columns)
{
    if (c->deform->wide) deform_columns_of(true, c, image, group, x, from, to, columns);
    else deform_columns_of(false, c, image, group, x, from, to, columns);
}

/* -- forward ------------------------------------------------------------------------------------------------------- */

/* Each position sees just its own input: no columns are needed. */
static bool is_pointwise(const struct conv *c)
{
    if (c->taps != 1 || c->deform) return false;
    for (size_t i = 0; i < c->window.n; i++)
        if (c->window.stride[i] != 1 || c->window.before[i] || c->window.after[i]) return false;
    return true;
}

/* Fills `rows` rows of the output with the bias of each channel from `channel` on. */
static void fill_bias(const struct conv *c, int64_t channel, int64_t rows, int64_t n, char *y)
{
    for (int64_t r = 0; r < rows; r++) {
        char *row = y + (size_t)(r * c->out_size) * work_size(c->kind);
        if (c->kind == WORK_F64)
            for (int64_t i = 0; i < n; i++) ((double *)row)[i] = ((const double *)c->bias)[channel + r];
        else
            for (int64_t i = 0; i < n; i++) ((uint32_t *)row)[i] = ((const uint32_t *)c->bias)[channel + r];
    }
}

/* Positions [from, to) of all channels of a group of an image. `k` NULL: on this thread alone. */
static void conv_part(const struct kernel *k, const struct conv *c, int64_t part, int64_t from, int64_t to,
                      void *columns, void *room)
{
    int64_t size = (int64_t)work_size(c->kind), image = part / c->groups, group = part % c->groups;
    const char *x = (const char *)c->x + part * c->group_in * c->in_size * size;
    char *y = (char *)c->y + (part * c->group_out * c->out_size + from) * size;
    int64_t inner = c->group_in * c->taps;
    struct product p = { .batches = 1, .m = c->group_out, .n = to - from, .k = inner, .c = y, .c_row = c->out_size,
                         .a = (const char *)c->w + group * c->group_out * inner * size, .a_row = inner, .a_col = 1,
                         .b_col = 1, .add = c->bias != NULL };
    if (is_pointwise(c)) {
        p.b = x + from * size;
        p.b_row = c->in_size;
    } else {
        if (c->deform) deform_columns(c, image, group, x, from, to, columns);
        else gather_columns(c, x, from, to, columns);
        p.b = columns;
        p.b_row = to - from;
    }
    if (c->bias) fill_bias(c, group * c->group_out, c->group_out, to - from, y);
    if (k) product_run(k, c->kind, &p, room);
    else product_serial(c->kind, &p, room);
}

/* Tiles of output positions: as wide as the columns stay small. */
static tfp_status conv_by_columns(struct kernel *k, struct work *w, const struct conv *c)
{
    int64_t inner = c->group_in * c->taps, width = COLUMN_POSITIONS;
    if (inner > 0 && COLUMN_ELEMENTS / inner < width) width = COLUMN_ELEMENTS / inner;
    if (width < 32) width = 32;
    width = least(width, c->out_size);
    int64_t tiles = (c->out_size + width - 1) / width, parts = c->images * c->groups;
    bool few = parts * tiles < k->threads;
    void *columns, *room;
    size_t each;
    if (!mul_size(&each, (size_t)inner, (size_t)width) || !mul_size(&each, each, work_size(c->kind)))
        return tfp_no_memory(k->ctx);
    TFP_TRY(work_take(k, w, is_pointwise(c) ? 0 : few ? 1 : k->threads, each, &columns));
    TFP_TRY(product_room(k, w, &room));
    if (few) {
        for (int64_t i = 0; i < parts * tiles; i++) {
            int64_t from = i % tiles * width;
            conv_part(k, c, i / tiles, from, least(from + width, c->out_size), columns, room);
        }
        return TFP_OK;
    }
#pragma omp parallel for num_threads(k->threads) schedule(dynamic)
    for (int64_t i = 0; i < parts * tiles; i++) {
        size_t thread = (size_t)omp_get_thread_num();
        int64_t from = i % tiles * width;
        char *own = is_pointwise(c) ? NULL : (char *)columns + thread * each;
        conv_part(NULL, c, i / tiles, from, least(from + width, c->out_size), own,
                  (char *)room + thread * PRODUCT_ROOM);
    }
    return TFP_OK;
}

/* One channel of a depthwise convolution, line by line. */
static void depthwise_channel(const struct conv *c, const float *x, const float *filter, float bias, float *y)
{
    const struct window *w = &c->window;
    size_t last = w->n - 1;
    int64_t length = w->out[last], step = w->stride[last], lines = c->out_size / length, first_tap, end_tap;
    window_used_taps(w, last, &first_tap, &end_tap);
    for (int64_t line = 0; line < lines; line++) {
        float *out = y + line * length;
        struct window_lines l;
        for (int64_t i = 0; i < length; i++) out[i] = bias;
        for (bool more = window_lines_first(w, line, &l); more; more = window_lines_next(&l))
            for (int64_t t = first_tap; t < end_tap; t++) {
                int64_t from, to;
                float scale = filter[l.index + t];
                window_outputs(w, last, t, &from, &to);
                const float *in = x + l.start + t * w->dilation[last] - w->before[last];
                if (step == 1)
                    for (int64_t i = from; i < to; i++) out[i] += scale * in[i];
                else
                    for (int64_t i = from; i < to; i++) out[i] += scale * in[i * step];
            }
    }
}

static void conv_depthwise(const struct kernel *k, const struct conv *c)
{
    int64_t channels = c->groups * c->group_out;
#pragma omp parallel for num_threads(k->threads) schedule(static)
    for (int64_t i = 0; i < c->images * channels; i++) {
        int64_t image = i / channels, channel = i % channels, source = image * c->groups + channel / c->group_out;
        float bias = c->bias ? ((const float *)c->bias)[channel] : 0;
        depthwise_channel(c, (const float *)c->x + source * c->in_size, (const float *)c->w + channel * c->taps, bias,
                          (float *)c->y + i * c->out_size);
    }
}

static tfp_status conv_compute(struct kernel *k, struct work *w, const struct conv *c)
{
    if (c->images * c->groups * c->group_out == 0 || c->out_size == 0) return TFP_OK;
    if (c->kind == WORK_F32 && c->group_in == 1 && c->group_out < 4 && !c->deform) {
        conv_depthwise(k, c);
        return TFP_OK;
    }
    return conv_by_columns(k, w, c);
}

/* The checks that all forward convolutions share, and the output's dimensions. */
static tfp_status conv_shape(struct kernel *k, const struct tensor *x, const struct tensor *f, struct conv *c,
                             int64_t *dims)
{
    c->groups = ir_attr_int(k->node, ATTR_GROUP, 1);
    if (f->rank != x->rank) return kernel_fail(k, TFP_E_FORMAT, "a filter of rank %u meets rank %u", f->rank, x->rank);
    TFP_TRY(window_read(k, x, f->dims + 2, &c->window));
    TFP_TRY(window_pad(k, false, &c->window));
    int64_t channels = x->dims[1];
    c->group_in = f->dims[1];
    if (c->groups < 1 || channels % c->groups || channels / c->groups != c->group_in || f->dims[0] % c->groups)
        return kernel_fail(k, TFP_E_FORMAT, "%lld channels do not fit a filter of %lld x %lld in %lld groups",
                           (long long)channels, (long long)f->dims[0], (long long)f->dims[1], (long long)c->groups);
    c->images = x->dims[0];
    c->group_out = f->dims[0] / c->groups;
    c->taps = work_count(f->dims, 2, f->rank);
    c->in_size = work_count(x->dims, 2, x->rank);
    dims[0] = c->images;
    dims[1] = f->dims[0];
    memcpy(dims + 2, c->window.out, c->window.n * sizeof *dims);
    return TFP_OK;
}

static tfp_status check_bias(struct kernel *k, const struct tensor *bias, int64_t channels)
{
    if (bias && (bias->rank != 1 || bias->dims[0] != channels))
        return kernel_fail(k, TFP_E_FORMAT, "the bias must have %lld elements", (long long)channels);
    return TFP_OK;
}

typedef tfp_status compute_fn(struct kernel *k, struct work *w, const struct conv *c);

/* Loads data, filter and bias, and gives output 0 what is computed of them; its shape is known. */
static tfp_status load_and_compute(struct kernel *k, struct work *w, const struct tensor *bias, struct conv *c, compute_fn *compute)
{
    TFP_TRY(work_load(k, w, &k->in[0], c->kind, &c->x));
    TFP_TRY(work_load(k, w, &k->in[1], c->kind, &c->w));
    if (bias) TFP_TRY(work_load(k, w, bias, c->kind, &c->bias));
    TFP_TRY(compute(k, w, c));
    work_store(k, 0, c->kind, c->y);
    return TFP_OK;
}

static tfp_status conv(struct kernel *k, struct work *w)
{
    const struct tensor *x = &k->in[0], *f = &k->in[1], *b = kernel_in(k, 2);
    struct conv c = { 0 };
    int64_t dims[TFP_MAX_RANK];
    TFP_TRY(work_float_kind(k, x->dtype, &c.kind));
    TFP_TRY(conv_shape(k, x, f, &c, dims));
    TFP_TRY(check_bias(k, b, dims[1]));
    TFP_TRY(work_output_dims(k, w, 0, x->dtype, x->rank, dims, c.kind, &c.y));
    c.out_size = work_count(dims, 2, x->rank);
    return load_and_compute(k, w, b, &c, conv_compute);
}

/* -- integers ------------------------------------------------------------------------------------------------------ */

/* `t` less its zero point (one number, or one for each index of the first axis), as int32. */
static tfp_status centered(struct kernel *k, struct work *w, const struct tensor *t, const struct tensor *zero,
                           bool by_channel, const void **out)
{
    void *at;
    const void *from;
    TFP_TRY(work_load(k, w, t, WORK_I32, &from));
    TFP_TRY(work_take(k, w, t->count, sizeof(int32_t), &at));
    *out = at;
    if (zero && zero->count != 1 && !(by_channel && zero->count == t->dims[0]))
        return kernel_fail(k, TFP_E_FORMAT, "a zero point has %lld elements", (long long)zero->count);
    int64_t each = zero && zero->count != 1 && t->dims[0] ? t->count / t->dims[0] : t->count;
    for (int64_t i = 0; i < t->count; i++)
        ((int32_t *)at)[i] = ((const int32_t *)from)[i] - (int32_t)(zero ? tensor_int(zero, i / each) : 0);
    return TFP_OK;
}

static tfp_status conv_integer(struct kernel *k, struct work *w)
{
    const struct tensor *x = &k->in[0], *f = &k->in[1];
    struct conv c = { .kind = WORK_I32 };
    int64_t dims[TFP_MAX_RANK];
    TFP_TRY(conv_shape(k, x, f, &c, dims));
    TFP_TRY(work_output_dims(k, w, 0, TFP_INT32, x->rank, dims, c.kind, &c.y));
    c.out_size = work_count(dims, 2, x->rank);
    TFP_TRY(centered(k, w, x, kernel_in(k, 2), false, &c.x));
    TFP_TRY(centered(k, w, f, kernel_in(k, 3), true, &c.w));
    return conv_compute(k, w, &c);
}

/* Sums in units of x_scale * w_scale to units of y_scale, rounded half to even. */
static tfp_status requantize(struct kernel *k, const struct conv *c, const int32_t *sums)
{
    const struct tensor *xs = &k->in[1], *ws = &k->in[4], *ys = &k->in[6], *yz = &k->in[7], *y = &k->out[0];
    int64_t channels = c->groups * c->group_out;
    if (xs->count != 1 || ys->count != 1 || yz->count != 1 || (ws->count != 1 && ws->count != channels))
        return kernel_fail(k, TFP_E_FORMAT, "a scale or zero point has the wrong number of elements");
    float low = yz->dtype == TFP_INT8 ? -128 : 0, high = low + 255, zero = (float)tensor_int(yz, 0);
    for (int64_t i = 0; i < y->count; i++) {
        int64_t channel = i / c->out_size % channels;
        float scale = (float)tensor_float(xs, 0) * (float)tensor_float(ws, ws->count == 1 ? 0 : channel) /
                      (float)tensor_float(ys, 0);
        float v = nearbyintf((float)sums[i] * scale) + zero;
        v = v > low ? v < high ? v : high : low;
        ((uint8_t *)y->data)[i] = (uint8_t)(int)v;
    }
    return TFP_OK;
}

static tfp_status qlinear_conv(struct kernel *k, struct work *w)
{
    const struct tensor *x = &k->in[0], *f = &k->in[3], *b = kernel_in(k, 8);
    struct conv c = { .kind = WORK_I32 };
    int64_t dims[TFP_MAX_RANK];
    TFP_TRY(conv_shape(k, x, f, &c, dims));
    TFP_TRY(check_bias(k, b, dims[1]));
    TFP_TRY(kernel_output(k, 0, k->in[7].dtype, x->rank, dims));
    c.out_size = work_count(dims, 2, x->rank);
    TFP_TRY(work_take(k, w, k->out[0].count, sizeof(int32_t), &c.y));
    TFP_TRY(centered(k, w, x, &k->in[2], false, &c.x));
    TFP_TRY(centered(k, w, f, &k->in[5], true, &c.w));
    if (b) TFP_TRY(work_load(k, w, b, WORK_I32, &c.bias));
    TFP_TRY(conv_compute(k, w, &c));
    return requantize(k, &c, c.y);
}

/* -- DeformConv ---------------------------------------------------------------------------------------------------- */

/* `t` must have one number for each image, row and output position. */
static tfp_status check_field(struct kernel *k, const struct tensor *t, const char *what, const int64_t *dims,
                              size_t rank, int64_t rows)
{
    bool fits = t->rank == rank && t->dims[0] == dims[0] && t->dims[1] == rows;
    for (size_t i = 2; fits && i < rank; i++) fits = t->dims[i] == dims[i];
    return fits ? TFP_OK : kernel_fail(k, TFP_E_FORMAT, "the %s does not have the shape that the output needs", what);
}

static tfp_status deform_conv(struct kernel *k, struct work *w)
{
    const struct tensor *x = &k->in[0], *f = &k->in[1], *b = kernel_in(k, 3), *mask = kernel_in(k, 4);
    struct deform d = { .groups = ir_attr_int(k->node, ATTR_OFFSET_GROUP, 1) };
    struct conv c = { .deform = &d };
    int64_t dims[TFP_MAX_RANK];
    TFP_TRY(work_float_kind(k, x->dtype, &c.kind));
    TFP_TRY(conv_shape(k, x, f, &c, dims));
    TFP_TRY(check_bias(k, b, dims[1]));
    if (c.window.n > DEFORM_AXES) return kernel_fail(k, TFP_E_UNSUPPORTED, "more than %d spatial axes", DEFORM_AXES);
    if (d.groups < 1 || d.groups > INT32_MAX || x->dims[1] % d.groups || c.taps > INT32_MAX)
        return kernel_fail(k, TFP_E_FORMAT, "%lld channels do not fit %lld offset groups", (long long)x->dims[1],
                           (long long)d.groups);
    int64_t rows;
    if (__builtin_mul_overflow(d.groups * c.taps, (int64_t)c.window.n, &rows))
        return kernel_fail(k, TFP_E_FORMAT, "the offsets overflow");
    TFP_TRY(check_field(k, &k->in[2], "offset", dims, x->rank, rows));
    if (mask) TFP_TRY(check_field(k, mask, "mask", dims, x->rank, d.groups * c.taps));
    TFP_TRY(work_output_dims(k, w, 0, x->dtype, x->rank, dims, c.kind, &c.y));
    c.out_size = work_count(dims, 2, x->rank);
    d.wide = c.kind == WORK_F64;
    TFP_TRY(work_load(k, w, &k->in[2], c.kind, &d.offset));
    if (mask) TFP_TRY(work_load(k, w, mask, c.kind, &d.mask));
    return load_and_compute(k, w, b, &c, conv_compute);
}

/* -- ConvTranspose ------------------------------------------------------------------------------------------------- */

/* `c->window` describes the forward convolution that this one reverses: its input is our output. */
static tfp_status transpose_window(struct kernel *k, const struct tensor *x, const struct tensor *f, struct window *w)
{
    int64_t extra[WINDOW_MAX], pads[2 * WINDOW_MAX];
    struct ir_ints wanted = ir_attr_ints(k->node, ATTR_OUTPUT_SHAPE);
    TFP_TRY(window_read(k, x, f->dims + 2, w));
    TFP_TRY(window_ints(k, ATTR_OUTPUT_PADDING, w->n, 0, INT32_MAX, 0, extra));
    TFP_TRY(window_ints(k, ATTR_PADS, 2 * w->n, 0, INT32_MAX, 0, pads));
    if (wanted.n != 0 && wanted.n != w->n && wanted.n != w->n + 2)
        return kernel_fail(k, TFP_E_FORMAT, "output_shape has %zu values", wanted.n);
    bool upper = ir_attr_is(k->node, ATTR_AUTO_PAD, "SAME_UPPER"),
         lower = ir_attr_is(k->node, ATTR_AUTO_PAD, "SAME_LOWER");
    bool valid = ir_attr_is(k->node, ATTR_AUTO_PAD, "VALID");
    if (!upper && !lower && !valid && ir_attr(k->node, ATTR_AUTO_PAD) && !ir_attr_is(k->node, ATTR_AUTO_PAD, "NOTSET"))
        return kernel_fail(k, TFP_E_FORMAT, "unknown auto_pad");
    for (size_t i = 0; i < w->n; i++) {
        if (w->in[i] < 1 || w->in[i] > INT32_MAX / 2)
            return kernel_fail(k, TFP_E_FORMAT, "a spatial axis cannot be %lld long", (long long)w->in[i]);
        int64_t positions = w->in[i], full = w->stride[i] * (positions - 1) + extra[i] + window_extent(w, i), size;
        if (full > (int64_t)1 << 40) return kernel_fail(k, TFP_E_FORMAT, "a spatial axis would be too long");
        if (wanted.n || upper || lower) {
            size = wanted.n ? wanted.at[wanted.n - w->n + i] : positions * w->stride[i];
            if (size < 0 || size > (int64_t)1 << 40) return kernel_fail(k, TFP_E_FORMAT, "impossible output_shape");
            if (!wanted.n && size > full) size = full; /* padding is never negative: a stride beyond the window's extent */
            int64_t total = full > size ? full - size : 0;
            w->before[i] = upper ? total / 2 : total - total / 2;
        } else {
            w->before[i] = valid ? 0 : pads[i];
            size = full - w->before[i] - (valid ? 0 : pads[w->n + i]);
            if (size < 0) return kernel_fail(k, TFP_E_FORMAT, "the padding leaves nothing of the output");
        }
        w->after[i] = 0;
        w->out[i] = positions;
        w->in[i] = size;
    }
    return TFP_OK;
}

/* `channels` channels of one image from channel `first` of group `part % groups` on. */
static void transpose_part(const struct conv *c, int64_t part, int64_t first, int64_t channels, int64_t width,
                           void *columns, void *room)
{
    int64_t size = (int64_t)work_size(c->kind), group = part % c->groups, row = c->group_out * c->taps;
    char *y = (char *)c->y + (part * c->group_out + first) * c->in_size * size;
    if (c->bias) {
        struct conv shape = *c;
        shape.out_size = c->in_size;
        fill_bias(&shape, group * c->group_out + first, channels, c->in_size, y);
    } else {
        memset(y, 0, (size_t)(channels * c->in_size * size));
    }
    struct product p = { .batches = 1, .m = channels * c->taps, .k = c->group_in, .c = columns,
                         .a = (const char *)c->w + (group * c->group_in * row + first * c->taps) * size, .a_row = 1,
                         .a_col = row, .b_row = c->out_size, .b_col = 1 };
    for (int64_t from = 0; from < c->out_size; from += width) {
        int64_t to = least(from + width, c->out_size);
        p.n = p.c_row = to - from;
        p.b = (const char *)c->x + (part * c->group_in * c->out_size + from) * size;
        product_serial(c->kind, &p, room);
        scatter_columns(c, channels, columns, from, to, y);
    }
}

/* Blocks of output channels are independent, so that threads never add to the same place. */
static tfp_status transpose_compute(struct kernel *k, struct work *w, const struct conv *c)
{
    int64_t parts = c->images * c->groups;
    if (parts * c->group_out == 0 || c->in_size == 0) return TFP_OK;
    int64_t block = c->taps < 64 ? least(c->group_out, (64 + c->taps - 1) / c->taps) : 1;
    int64_t width = COLUMN_ELEMENTS / (block * c->taps);
    width = least(width < 32 ? 32 : width > COLUMN_POSITIONS ? COLUMN_POSITIONS : width, c->out_size);
    int64_t blocks = (c->group_out + block - 1) / block;
    size_t each;
    void *columns, *room;
    if (!mul_size(&each, (size_t)(block * c->taps), (size_t)width * work_size(c->kind))) return tfp_no_memory(k->ctx);
    TFP_TRY(work_take(k, w, k->threads, each, &columns));
    TFP_TRY(product_room(k, w, &room));
#pragma omp parallel for num_threads(k->threads) schedule(dynamic)
    for (int64_t i = 0; i < parts * blocks; i++) {
        size_t thread = (size_t)omp_get_thread_num();
        int64_t first = i % blocks * block;
        transpose_part(c, i / blocks, first, least(block, c->group_out - first), width, (char *)columns + thread * each,
                       (char *)room + thread * PRODUCT_ROOM);
    }
    return TFP_OK;
}

static tfp_status conv_transpose(struct kernel *k, struct work *w)
{
    const struct tensor *x = &k->in[0], *f = &k->in[1], *b = kernel_in(k, 2);
    struct conv c = { .groups = ir_attr_int(k->node, ATTR_GROUP, 1) };
    int64_t dims[TFP_MAX_RANK];
    TFP_TRY(work_float_kind(k, x->dtype, &c.kind));
    if (f->rank != x->rank) return kernel_fail(k, TFP_E_FORMAT, "a filter of rank %u meets rank %u", f->rank, x->rank);
    TFP_TRY(transpose_window(k, x, f, &c.window));
    c.group_out = f->dims[1];
    if (c.groups < 1 || x->dims[1] != f->dims[0] || x->dims[1] % c.groups ||
        __builtin_mul_overflow(c.groups, c.group_out, &dims[1]))
        return kernel_fail(k, TFP_E_FORMAT, "%lld channels do not fit the filter", (long long)x->dims[1]);
    TFP_TRY(check_bias(k, b, dims[1]));
    c.images = dims[0] = x->dims[0];
    c.group_in = x->dims[1] / c.groups;
    c.taps = work_count(f->dims, 2, f->rank);
    c.out_size = work_count(x->dims, 2, x->rank);
    memcpy(dims + 2, c.window.in, c.window.n * sizeof *dims);
    TFP_TRY(work_output_dims(k, w, 0, x->dtype, x->rank, dims, c.kind, &c.y));
    c.in_size = work_count(dims, 2, x->rank);
    return load_and_compute(k, w, b, &c, transpose_compute);
}

const struct kernel_row kernels_conv[] = {
    { IR_CONV, .work = conv },
    { IR_CONV_INTEGER, .work = conv_integer },
    { IR_Q_LINEAR_CONV, .work = qlinear_conv },
    { IR_CONV_TRANSPOSE, .work = conv_transpose },
    { IR_DEFORM_CONV, .work = deform_conv },
};
const size_t kernels_conv_n = sizeof kernels_conv / sizeof kernels_conv[0];
