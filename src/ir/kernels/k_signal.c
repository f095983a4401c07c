/* DFT, STFT, windows, mel weights and determinants. Transforms are computed in double: radix 2 for powers of two, else
 * as a convolution of such transforms (Bluestein: IEEE Trans. Audio Electroacoustics 18, 1970). */
#include "ir/kernels/work.h"

#include <math.h>

/* -- transforms ---------------------------------------------------------------------------------------------------- */

struct number { /* a complex one */
    double re, im;
};

static struct number times(struct number a, struct number b)
{
    return (struct number){ a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re };
}

static struct number conjugate(struct number a)
{
    return (struct number){ a.re, -a.im };
}

/* A transform of length n. `size` is the power of two that is computed: n itself, or at least 2n - 1. */
struct transform {
    int64_t n, size;
    bool inverse;
    struct number *roots;  /* exp(-2 pi i j / size), j < size / 2 */
    struct number *chirp;  /* exp(-pi i j^2 / n), j < n; NULL when n is a power of two */
    struct number *filter; /* transform of the chirp's conjugate */
    struct number *room;   /* `size` values; NULL when n is a power of two */
};

static struct number unit(double turns)
{
    double angle = -2 * M_PI * turns;
    return (struct number){ cos(angle), sin(angle) };
}

/* In place; `size` is a power of two. */
static void radix2(const struct number *roots, int64_t size, struct number *x)
{
    for (int64_t i = 1, j = 0; i < size; i++) {
        int64_t bit = size >> 1;
        for (; j & bit; bit >>= 1) j ^= bit;
        j ^= bit;
        if (i < j) {
            struct number swap = x[i];
            x[i] = x[j];
            x[j] = swap;
        }
    }
    for (int64_t half = 1; half < size; half *= 2)
        for (int64_t start = 0; start < size; start += 2 * half)
            for (int64_t j = 0; j < half; j++) {
                struct number even = x[start + j], odd = times(roots[j * (size / 2 / half)], x[start + half + j]);
                x[start + j] = (struct number){ even.re + odd.re, even.im + odd.im };
                x[start + half + j] = (struct number){ even.re - odd.re, even.im - odd.im };
            }
}

static tfp_status make_transform(struct kernel *k, struct work *w, int64_t n, bool inverse, struct transform *t)
{
    *t = (struct transform){ .n = n, .size = 1, .inverse = inverse };
    bool power = (n & (n - 1)) == 0;
    void *roots, *chirp, *filter, *room;
    if (n > (int64_t)1 << 40) return kernel_fail(k, TFP_E_UNSUPPORTED, "a transform of length %lld", (long long)n);
    while (t->size < (power ? n : 2 * n - 1)) t->size *= 2;
    TFP_TRY(work_take(k, w, t->size / 2 + 1, sizeof *t->roots, &roots));
    t->roots = roots;
    for (int64_t j = 0; j < t->size / 2; j++) t->roots[j] = unit((double)j / (double)t->size);
    if (power) return TFP_OK;
    TFP_TRY(work_take(k, w, n, sizeof *t->chirp, &chirp));
    TFP_TRY(work_take(k, w, t->size, sizeof *t->filter, &filter));
    TFP_TRY(work_take(k, w, t->size, sizeof *t->room, &room));
    t->chirp = chirp;
    t->filter = filter;
    t->room = room;
    memset(filter, 0, (size_t)t->size * sizeof *t->filter);
    int64_t square = 0; /* j^2 modulo 2n keeps the angle exact */
    for (int64_t j = 0; j < n; j++) {
        t->chirp[j] = unit((double)square / (2 * (double)n));
        t->filter[j] = conjugate(t->chirp[j]);
        if (j) t->filter[t->size - j] = t->filter[j];
        square = (square + 2 * j + 1) % (2 * n);
    }
    radix2(t->roots, t->size, t->filter);
    return TFP_OK;
}

/* In place, n values. The inverse is divided by n. */
static void run_transform(const struct transform *t, struct number *x)
{
    if (t->inverse)
        for (int64_t i = 0; i < t->n; i++) x[i] = conjugate(x[i]);
    if (!t->chirp) {
        radix2(t->roots, t->size, x);
    } else {
        memset(t->room, 0, (size_t)t->size * sizeof *t->room);
        for (int64_t i = 0; i < t->n; i++) t->room[i] = times(x[i], t->chirp[i]);
        radix2(t->roots, t->size, t->room);
        for (int64_t i = 0; i < t->size; i++) t->room[i] = conjugate(times(t->room[i], t->filter[i]));
        radix2(t->roots, t->size, t->room);
        double scale = 1 / (double)t->size;
        for (int64_t i = 0; i < t->n; i++) {
            struct number v = times(conjugate(t->room[i]), t->chirp[i]);
            x[i] = (struct number){ v.re * scale, v.im * scale };
        }
    }
    if (t->inverse)
        for (int64_t i = 0; i < t->n; i++) x[i] = (struct number){ x[i].re / (double)t->n, -x[i].im / (double)t->n };
}

/* -- DFT ----------------------------------------------------------------------------------------------------------- */

struct dft {
    bool wide, onesided, inverse;
    int64_t outer, in, out, inner; /* lengths of the axis */
    int64_t parts;                 /* of the input: 1 real, 2 complex */
    const void *x;
    void *y;
};

/* The line's values, cut or filled with zeros to n; of a one-sided spectrum the other half too. */
static void read_line(const struct dft *d, int64_t outer, int64_t inner, int64_t n, struct number *line)
{
    int64_t used = d->inverse && d->onesided ? n / 2 + 1 : n;
    if (used > d->in) used = d->in;
    for (int64_t i = 0; i < n; i++) line[i] = (struct number){ 0, 0 };
    for (int64_t i = 0; i < used && i < n; i++) {
        int64_t at = ((outer * d->in + i) * d->inner + inner) * d->parts;
        line[i].re = work_get(d->wide, d->x, at);
        if (d->parts == 2) line[i].im = work_get(d->wide, d->x, at + 1);
    }
    if (!d->inverse || !d->onesided) return;
    line[0].im = 0;
    if (n % 2 == 0) line[n / 2].im = 0;
    for (int64_t i = 1; i < (n + 1) / 2; i++) line[n - i] = conjugate(line[i]);
}

static void write_line(const struct dft *d, int64_t outer, int64_t inner, const struct number *line)
{
    bool real = d->inverse && d->onesided;
    for (int64_t i = 0; i < d->out; i++) {
        int64_t at = ((outer * d->out + i) * d->inner + inner) * (real ? 1 : 2);
        work_set(d->wide, d->y, at, line[i].re);
        if (!real) work_set(d->wide, d->y, at + 1, line[i].im);
    }
}

static tfp_status dft_length(struct kernel *k, const struct dft *d, int64_t *n)
{
    TFP_TRY(work_scalar_int(k, 1, d->inverse && d->onesided ? 2 * (d->in - 1) : d->in, n));
    if (*n < 1) return kernel_fail(k, TFP_E_FORMAT, "a transform cannot be %lld long", (long long)*n);
    return TFP_OK;
}

static tfp_status dft(struct kernel *k, struct work *w)
{
    const struct tensor *x = &k->in[0];
    struct dft d = { .onesided = ir_attr_int(k->node, ATTR_ONESIDED, 0) != 0,
                     .inverse = ir_attr_int(k->node, ATTR_INVERSE, 0) != 0 };
    int64_t wanted, n, dims[TFP_MAX_RANK];
    size_t axis;
    enum work_kind kind;
    struct transform t;
    void *line;
    TFP_TRY(work_float_kind(k, x->dtype, &kind));
    TFP_TRY(work_scalar_int(k, 2, -2, &wanted));
    TFP_TRY(work_axis(k, wanted, x->rank, &axis));
    if (x->rank < 2 || axis == x->rank - 1 || x->dims[x->rank - 1] < 1 || x->dims[x->rank - 1] > 2)
        return kernel_fail(k, TFP_E_FORMAT, "the last axis must be the real and imaginary parts");
    d.wide = kind == WORK_F64;
    d.parts = x->dims[x->rank - 1];
    d.in = x->dims[axis];
    d.outer = work_count(x->dims, 0, axis);
    d.inner = work_count(x->dims, axis + 1, x->rank - 1);
    TFP_TRY(dft_length(k, &d, &n));
    d.out = d.onesided && !d.inverse ? n / 2 + 1 : n;
    memcpy(dims, x->dims, x->rank * sizeof *dims);
    dims[axis] = d.out;
    dims[x->rank - 1] = d.onesided && d.inverse ? 1 : 2;
    TFP_TRY(work_output_dims(k, w, 0, x->dtype, x->rank, dims, kind, &d.y));
    TFP_TRY(work_load(k, w, x, kind, &d.x));
    TFP_TRY(make_transform(k, w, n, d.inverse, &t));
    TFP_TRY(work_take(k, w, n, sizeof(struct number), &line));
    for (int64_t i = 0; i < d.outer * d.inner; i++) {
        read_line(&d, i / d.inner, i % d.inner, n, line);
        run_transform(&t, line);
        write_line(&d, i / d.inner, i % d.inner, line);
    }
    work_store(k, 0, kind, d.y);
    return TFP_OK;
}

/* -- STFT ---------------------------------------------------------------------------------------------------------- */

struct stft {
    int64_t batch, length, parts, step, frame, frames, bins;
};

static tfp_status read_stft(struct kernel *k, struct stft *s)
{
    const struct tensor *x = &k->in[0], *window = kernel_in(k, 2);
    bool onesided = ir_attr_int(k->node, ATTR_ONESIDED, 1) != 0;
    if (x->rank != 2 && (x->rank != 3 || x->dims[2] < 1 || x->dims[2] > 2))
        return kernel_fail(k, TFP_E_FORMAT, "the signal must be [batch, length, 1 or 2]");
    s->batch = x->dims[0];
    s->length = x->dims[1];
    s->parts = x->rank == 3 ? x->dims[2] : 1;
    TFP_TRY(work_scalar_int(k, 1, 0, &s->step));
    TFP_TRY(work_scalar_int(k, 3, window ? window->count : s->length, &s->frame));
    if (window && (window->rank != 1 || window->dims[0] != s->frame))
        return kernel_fail(k, TFP_E_FORMAT, "the window is not frame_length long");
    if (s->step < 1 || s->frame < 1 || s->frame > s->length)
        return kernel_fail(k, TFP_E_FORMAT, "frames of %lld every %lld do not fit a signal of %lld",
                           (long long)s->frame, (long long)s->step, (long long)s->length);
    if (onesided && s->parts == 2) return kernel_fail(k, TFP_E_FORMAT, "a complex signal has no one-sided spectrum");
    s->frames = (s->length - s->frame) / s->step + 1;
    s->bins = onesided ? s->frame / 2 + 1 : s->frame;
    return TFP_OK;
}

static tfp_status stft(struct kernel *k, struct work *w)
{
    const struct tensor *window = kernel_in(k, 2);
    struct stft s;
    enum work_kind kind;
    struct transform t;
    const void *x, *by = NULL;
    void *y, *room;
    TFP_TRY(work_float_kind(k, k->in[0].dtype, &kind));
    TFP_TRY(read_stft(k, &s));
    bool wide = kind == WORK_F64;
    TFP_TRY(work_output_dims(k, w, 0, k->in[0].dtype, 4, (int64_t[]){ s.batch, s.frames, s.bins, 2 }, kind, &y));
    TFP_TRY(work_load(k, w, &k->in[0], kind, &x));
    if (window) TFP_TRY(work_load(k, w, window, kind, &by));
    TFP_TRY(make_transform(k, w, s.frame, false, &t));
    TFP_TRY(work_take(k, w, s.frame, sizeof(struct number), &room));
    struct number *line = room;
    for (int64_t f = 0; f < s.batch * s.frames; f++) {
        int64_t start = f / s.frames * s.length + f % s.frames * s.step;
        for (int64_t i = 0; i < s.frame; i++) {
            int64_t at = (start + i) * s.parts;
            double scale = by ? work_get(wide, by, i) : 1;
            line[i].re = work_get(wide, x, at) * scale;
            line[i].im = s.parts == 2 ? work_get(wide, x, at + 1) * scale : 0;
        }
        run_transform(&t, line);
        for (int64_t i = 0; i < s.bins; i++) {
            work_set(wide, y, (f * s.bins + i) * 2, line[i].re);
            work_set(wide, y, (f * s.bins + i) * 2 + 1, line[i].im);
        }
    }
    work_store(k, 0, kind, y);
    return TFP_OK;
}

/* -- windows ------------------------------------------------------------------------------------------------------- */

/* Where the result is an integer it is cut off. */
static void cut_off(const struct kernel *k, double *y)
{
    for (int64_t i = 0; !dtype_is_float(k->out[0].dtype) && i < k->out[0].count; i++) y[i] = trunc(y[i]);
}

static tfp_status output_type(struct kernel *k, tfp_dtype *out)
{
    *out = (tfp_dtype)ir_attr_int(k->node, ATTR_OUTPUT_DATATYPE, TFP_FLOAT);
    if (!dtype_is_float(*out) && !dtype_is_integer(*out))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "cannot make ONNX's data type %lld", (long long)*out);
    return TFP_OK;
}

/* A sum of cosines: a0 - a1 cos x + a2 cos 2x. */
static tfp_status cosine_window(struct kernel *k, struct work *w, double a0, double a1, double a2)
{
    int64_t size;
    tfp_dtype type;
    void *y;
    TFP_TRY(output_type(k, &type));
    TFP_TRY(work_scalar_int(k, 0, 0, &size));
    if (size < 0) return kernel_fail(k, TFP_E_FORMAT, "a window cannot be %lld long", (long long)size);
    TFP_TRY(work_output_dims(k, w, 0, type, 1, &size, WORK_F64, &y));
    double period = (double)(ir_attr_int(k->node, ATTR_PERIODIC, 1) ? size : size - 1);
    for (int64_t i = 0; i < size; i++) {
        double x = period > 0 ? 2 * M_PI * (double)i / period : M_PI; /* a symmetric window of one is its middle */
        ((double *)y)[i] = a0 - a1 * cos(x) + a2 * cos(2 * x);
    }
    cut_off(k, y);
    work_store(k, 0, WORK_F64, y);
    return TFP_OK;
}

static tfp_status hann(struct kernel *k, struct work *w)
{
    return cosine_window(k, w, 0.5, 0.5, 0);
}

static tfp_status hamming(struct kernel *k, struct work *w)
{
    return cosine_window(k, w, 25.0 / 46, 21.0 / 46, 0);
}

static tfp_status blackman(struct kernel *k, struct work *w)
{
    return cosine_window(k, w, 0.42, 0.5, 0.08);
}

/* -- MelWeightMatrix ----------------------------------------------------------------------------------------------- */

struct mel {
    int64_t bands, length, rate, bins;
    double lowest, step; /* in mel */
};

static tfp_status read_mel(struct kernel *k, struct mel *m)
{
    double low, high;
    TFP_TRY(work_scalar_int(k, 0, 0, &m->bands));
    TFP_TRY(work_scalar_int(k, 1, 0, &m->length));
    TFP_TRY(work_scalar_int(k, 2, 0, &m->rate));
    TFP_TRY(work_scalar(k, 3, 0, &low));
    TFP_TRY(work_scalar(k, 4, 0, &high));
    if (m->bands < 0 || m->bands > INT32_MAX || m->length < 0 || m->length > INT32_MAX || m->rate < 1 || !(low >= 0) ||
        !(high >= low) || !(high < 1e12))
        return kernel_fail(k, TFP_E_FORMAT, "impossible bands, length, rate or frequencies");
    m->bins = m->length / 2 + 1;
    m->lowest = 2595 * log10(1 + low / 700);
    m->step = (2595 * log10(1 + high / 700) - m->lowest) / (double)(m->bands + 2);
    return TFP_OK;
}

/* The spectrum's bin at edge i of the bands. */
static int64_t mel_bin(const struct mel *m, int64_t i)
{
    double hertz = 700 * (pow(10, (m->lowest + m->step * (double)i) / 2595) - 1);
    return (int64_t)floor((double)(m->length + 1) * hertz / (double)m->rate);
}

static tfp_status mel_weight_matrix(struct kernel *k, struct work *w)
{
    struct mel m;
    tfp_dtype type;
    void *room;
    TFP_TRY(output_type(k, &type));
    TFP_TRY(read_mel(k, &m));
    TFP_TRY(work_output_dims(k, w, 0, type, 2, (int64_t[]){ m.bins, m.bands }, WORK_F64, &room));
    double *y = room;
    for (int64_t i = 0; i < k->out[0].count; i++) y[i] = 0;
    for (int64_t i = 0; i < m.bands; i++) {
        int64_t low = mel_bin(&m, i), center = mel_bin(&m, i + 1), high = mel_bin(&m, i + 2);
        if (low < 0 || high > m.bins) return kernel_fail(k, TFP_E_FORMAT, "a band lies above the spectrum");
        if (low == center && center < m.bins) y[center * m.bands + i] = 1;
        for (int64_t j = low; j <= center && j < m.bins && center > low; j++)
            y[j * m.bands + i] = (double)(j - low) / (double)(center - low);
        for (int64_t j = center; j < high; j++) y[j * m.bands + i] = (double)(high - j) / (double)(high - center);
    }
    cut_off(k, y);
    work_store(k, 0, WORK_F64, y);
    return TFP_OK;
}

/* -- Det ----------------------------------------------------------------------------------------------------------- */

/* By elimination with the largest pivot of each column; destroys `a`. */
static double determinant(double *a, int64_t n)
{
    double product = 1;
    for (int64_t c = 0; c < n; c++) {
        int64_t pivot = c;
        for (int64_t r = c + 1; r < n; r++)
            if (fabs(a[r * n + c]) > fabs(a[pivot * n + c])) pivot = r;
        if (a[pivot * n + c] == 0) return 0;
        for (int64_t j = c; j < n && pivot != c; j++) {
            double swap = a[c * n + j];
            a[c * n + j] = a[pivot * n + j];
            a[pivot * n + j] = swap;
        }
        product *= pivot == c ? a[c * n + c] : -a[c * n + c];
        for (int64_t r = c + 1; r < n; r++) {
            double factor = a[r * n + c] / a[c * n + c];
            for (int64_t j = c; j < n; j++) a[r * n + j] -= factor * a[c * n + j];
        }
    }
    return product;
}

static tfp_status det(struct kernel *k, struct work *w)
{
    const struct tensor *x = &k->in[0];
    enum work_kind kind;
    const void *from;
    void *y, *room;
    if (x->rank < 2 || x->dims[x->rank - 1] != x->dims[x->rank - 2])
        return kernel_fail(k, TFP_E_FORMAT, "takes square matrices");
    int64_t n = x->dims[x->rank - 1];
    TFP_TRY(work_float_kind(k, x->dtype, &kind));
    TFP_TRY(work_output_dims(k, w, 0, x->dtype, x->rank - 2, x->dims, kind, &y));
    TFP_TRY(work_load(k, w, x, kind, &from));
    TFP_TRY(work_take(k, w, n * n, sizeof(double), &room));
    for (int64_t m = 0; m < k->out[0].count; m++) {
        for (int64_t i = 0; i < n * n; i++) ((double *)room)[i] = work_get(kind == WORK_F64, from, m * n * n + i);
        work_set(kind == WORK_F64, y, m, determinant(room, n));
    }
    work_store(k, 0, kind, y);
    return TFP_OK;
}

const struct kernel_row kernels_signal[] = {
    { IR_DFT, .work = dft },
    { IR_STFT, .work = stft },
    { IR_HANN_WINDOW, .work = hann },
    { IR_HAMMING_WINDOW, .work = hamming },
    { IR_BLACKMAN_WINDOW, .work = blackman },
    { IR_MEL_WEIGHT_MATRIX, .work = mel_weight_matrix },
    { IR_DET, .work = det },
};
const size_t kernels_signal_n = sizeof kernels_signal / sizeof kernels_signal[0];
