/* Normalizations and softmaxes. Means and variances are taken in double whatever the type, in two passes; what ONNX
 * calls stash_type (the precision of the first stage) is thereby at least met. */
#include "ir/kernels/work.h"

#include <math.h>

/* Output 0 with the shape and type of input 0, and input 0's elements. */
struct arrays {
    enum work_kind kind;
    bool wide;
    const void *x;
    void *y;
    int64_t count;
};

static tfp_status open_arrays(struct kernel *k, struct work *w, struct arrays *a)
{
    TFP_TRY(work_float_kind(k, k->in[0].dtype, &a->kind));
    TFP_TRY(work_output(k, w, 0, &k->in[0], a->kind, &a->y));
    a->wide = a->kind == WORK_F64;
    a->count = k->in[0].count;
    return work_load(k, w, &k->in[0], a->kind, &a->x);
}

/* One number for each channel. */
static tfp_status load_channels(struct kernel *k, struct work *w, size_t input, enum work_kind kind, int64_t channels,
                                const void **out)
{
    if (k->in[input].count != channels)
        return kernel_fail(k, TFP_E_FORMAT, "input %zu has %lld elements for %lld channels", input,
                           (long long)k->in[input].count, (long long)channels);
    return work_load(k, w, &k->in[input], kind, out);
}

/* Mean of n elements from `at` on, and of their squared distance from it. */
WORK_INLINE void moments(bool wide, const void *x, int64_t at, int64_t n, double *mean, double *variance)
{
    double sum = 0, squares = 0;
    for (int64_t i = at; i < at + n; i++) sum += work_get(wide, x, i);
    *mean = n ? sum / (double)n : 0;
    for (int64_t i = at; i < at + n; i++) {
        double d = work_get(wide, x, i) - *mean;
        squares += d * d;
    }
    *variance = n ? squares / (double)n : 0;
}

/* y = (x - mean) * scale + shift for n elements. */
WORK_INLINE void spread(bool wide, const void *x, void *y, int64_t at, int64_t n, double mean, double scale,
                        double shift)
{
    for (int64_t i = at; i < at + n; i++) work_set(wide, y, i, (work_get(wide, x, i) - mean) * scale + shift);
}

/* -- batch, instance, group ---------------------------------------------------------------------------------------- */

static int64_t channels_of(const struct tensor *x)
{
    return x->rank < 2 ? 1 : x->dims[1];
}

static double epsilon_of(const struct kernel *k)
{
    return (double)ir_attr_float(k->node, ATTR_EPSILON, 1e-5f);
}

/* Statistics of each channel of the batch, and the running ones that training keeps. */
static tfp_status train_statistics(struct kernel *k, struct work *w, const struct arrays *a, double *mean,
                                   double *variance)
{
    const struct tensor *x = &k->in[0];
    int64_t channels = channels_of(x), plane = x->rank < 2 ? x->count : work_count(x->dims, 2, x->rank);
    int64_t images = x->rank < 2 ? 1 : x->dims[0];
    double total = (double)images * (double)plane, keep = (double)ir_attr_float(k->node, ATTR_MOMENTUM, 0.9f);
    for (int64_t c = 0; c < channels; c++) {
        double sum = 0, squares = 0, m = 0;
        for (int pass = 0; pass < 2; pass++) {
            for (int64_t n = 0; n < images; n++)
                for (int64_t i = 0; i < plane; i++) {
                    double v = work_get(a->wide, a->x, (n * channels + c) * plane + i);
                    if (pass == 0) sum += v;
                    else squares += (v - m) * (v - m);
                }
            if (pass == 0) m = total > 0 ? sum / total : 0;
        }
        mean[c] = m;
        variance[c] = total > 0 ? squares / total : 0;
    }
    for (size_t i = 1; i < 3; i++) {
        const double *now = i == 1 ? mean : variance;
        void *running;
        if (!kernel_wants(k, i)) continue;
        TFP_TRY(work_output(k, w, i, &k->in[i + 2], WORK_F64, &running));
        for (int64_t c = 0; c < channels; c++)
            ((double *)running)[c] = tensor_float(&k->in[i + 2], c) * keep + now[c] * (1 - keep);
        work_store(k, i, WORK_F64, running);
    }
    return TFP_OK;
}

static tfp_status batch(struct kernel *k, struct work *w)
{
    const struct tensor *x = &k->in[0];
    struct arrays a;
    const void *in[5];
    if (x->rank < 1) return kernel_fail(k, TFP_E_FORMAT, "the input has no axes");
    int64_t channels = channels_of(x), plane = x->rank < 2 ? x->count : work_count(x->dims, 2, x->rank);
    for (size_t i = 1; i < 5; i++) TFP_TRY(load_channels(k, w, i, WORK_F64, channels, &in[i]));
    TFP_TRY(open_arrays(k, w, &a));
    const double *scale = in[1], *shift = in[2], *mean = in[3], *variance = in[4];
    if (ir_attr_int(k->node, ATTR_TRAINING_MODE, 0)) {
        void *now;
        TFP_TRY(work_take(k, w, channels, 2 * sizeof(double), &now));
        TFP_TRY(train_statistics(k, w, &a, now, (double *)now + channels));
        mean = now;
        variance = mean + channels;
    }
    double epsilon = epsilon_of(k);
    int64_t planes = plane ? a.count / plane : 0;
    int threads = work_threads(k, a.count);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t i = 0; i < planes; i++) {
        int64_t c = i % channels;
        double factor = scale[c] / sqrt(variance[c] + epsilon);
        if (a.wide) spread(true, a.x, a.y, i * plane, plane, mean[c], factor, shift[c]);
        else spread(false, a.x, a.y, i * plane, plane, mean[c], factor, shift[c]);
    }
    work_store(k, 0, a.kind, a.y);
    return TFP_OK;
}

/* Each group of channels of each image is normalized on its own. */
static tfp_status by_group(struct kernel *k, struct work *w, int64_t groups)
{
    const struct tensor *x = &k->in[0];
    struct arrays a;
    const void *scales, *shifts;
    int64_t channels = x->dims[1], plane = work_count(x->dims, 2, x->rank);
    TFP_TRY(load_channels(k, w, 1, WORK_F64, channels, &scales));
    TFP_TRY(load_channels(k, w, 2, WORK_F64, channels, &shifts));
    TFP_TRY(open_arrays(k, w, &a));
    const double *scale = scales, *shift = shifts;
    int64_t each = groups ? channels / groups : 0;
    double epsilon = epsilon_of(k);
    int threads = work_threads(k, a.count);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t i = 0; i < x->dims[0] * groups; i++) {
        double mean, variance;
        int64_t at = i * each * plane;
        if (a.wide) moments(true, a.x, at, each * plane, &mean, &variance);
        else moments(false, a.x, at, each * plane, &mean, &variance);
        double factor = 1 / sqrt(variance + epsilon);
        for (int64_t j = 0; j < each; j++, at += plane) {
            int64_t c = i % groups * each + j;
            if (a.wide) spread(true, a.x, a.y, at, plane, mean, factor * scale[c], shift[c]);
            else spread(false, a.x, a.y, at, plane, mean, factor * scale[c], shift[c]);
        }
    }
    work_store(k, 0, a.kind, a.y);
    return TFP_OK;
}

static tfp_status instance(struct kernel *k, struct work *w)
{
    if (k->in[0].rank < 2) return kernel_fail(k, TFP_E_FORMAT, "the input has no channels");
    return by_group(k, w, k->in[0].dims[1]);
}

static tfp_status group(struct kernel *k, struct work *w)
{
    int64_t groups = ir_attr_int(k->node, ATTR_NUM_GROUPS, 0);
    if (k->in[0].rank < 2) return kernel_fail(k, TFP_E_FORMAT, "the input has no channels");
    if (groups < 1 || k->in[0].dims[1] % groups)
        return kernel_fail(k, TFP_E_FORMAT, "%lld channels are no %lld groups", (long long)k->in[0].dims[1],
                           (long long)groups);
    return by_group(k, w, groups);
}

/* -- layer, RMS ---------------------------------------------------------------------------------------------------- */

/* A factor or summand that stretches to the input's shape. */
struct stretched {
    const void *at;        /* NULL: absent */
    bool plain;            /* has the normalized axes' shape: element i of the part goes with element i of this */
    size_t rank;
    int64_t dims[TFP_MAX_RANK], stride[TFP_MAX_RANK];
};

static tfp_status open_stretched(struct kernel *k, struct work *w, size_t input, size_t axis, enum work_kind kind,
                                 struct stretched *s)
{
    const struct tensor *x = &k->in[0], *t = kernel_in(k, input);
    s->at = NULL;
    if (!t) return TFP_OK;
    if (t->rank > x->rank) return kernel_fail(k, TFP_E_FORMAT, "input %zu does not stretch to the first", input);
    int64_t stride = 1;
    s->rank = x->rank;
    s->plain = true;
    for (size_t i = x->rank, j = t->rank; i-- > 0;) {
        int64_t d = j > 0 ? t->dims[--j] : 1;
        if (d != 1 && d != x->dims[i])
            return kernel_fail(k, TFP_E_FORMAT, "input %zu does not stretch to the first", input);
        s->dims[i] = x->dims[i];
        s->stride[i] = d == 1 ? 0 : stride;
        if (i >= axis ? d != x->dims[i] : d != 1) s->plain = false;
        stride *= d;
    }
    return work_load(k, w, t, kind, &s->at);
}

/* Element of `s` that goes with element `at` of the input, which is number `i` of its part. */
WORK_INLINE double stretched_get(bool wide, const struct stretched *s, int64_t at, int64_t i)
{
    if (s->plain) return work_get(wide, s->at, i);
    int64_t place = 0;
    for (size_t d = s->rank; d-- > 0;) {
        place += at % s->dims[d] * s->stride[d];
        at /= s->dims[d];
    }
    return work_get(wide, s->at, place);
}

struct layer {
    struct arrays a;
    struct stretched scale, shift;
    int64_t parts, n;
    double epsilon;
    bool centered; /* subtract the mean; RMS does not */
};

WORK_INLINE void layer_part(bool wide, const struct layer *l, int64_t part, double *mean, double *inverse)
{
    int64_t at = part * l->n;
    double squares = 0, variance = 0;
    *mean = 0;
    if (l->centered) {
        moments(wide, l->a.x, at, l->n, mean, &variance);
    } else {
        for (int64_t i = at; i < at + l->n; i++) squares += work_get(wide, l->a.x, i) * work_get(wide, l->a.x, i);
        variance = l->n ? squares / (double)l->n : 0;
    }
    *inverse = 1 / sqrt(variance + l->epsilon);
    for (int64_t i = 0; i < l->n; i++) {
        double v = (work_get(wide, l->a.x, at + i) - *mean) * *inverse;
        v *= stretched_get(wide, &l->scale, at + i, i);
        if (l->shift.at) v += stretched_get(wide, &l->shift, at + i, i);
        work_set(wide, l->a.y, at + i, v);
    }
}

/* Outputs 1 and 2 of LayerNormalization: NULL where nobody wants them. */
static tfp_status open_statistics(struct kernel *k, struct work *w, size_t axis, void **mean, void **inverse)
{
    const struct tensor *x = &k->in[0];
    int64_t dims[TFP_MAX_RANK], type = ir_attr_int(k->node, ATTR_STASH_TYPE, TFP_FLOAT);
    if (type != TFP_FLOAT && type != TFP_BFLOAT16 && type != TFP_DOUBLE && type != TFP_FLOAT16)
        return kernel_fail(k, TFP_E_UNSUPPORTED, "unknown stash_type %lld", (long long)type);
    for (size_t i = 0; i < x->rank; i++) dims[i] = i < axis ? x->dims[i] : 1;
    *mean = *inverse = NULL;
    if (kernel_wants(k, 1)) TFP_TRY(work_output_dims(k, w, 1, (tfp_dtype)type, x->rank, dims, WORK_F64, mean));
    if (kernel_wants(k, 2)) TFP_TRY(work_output_dims(k, w, 2, (tfp_dtype)type, x->rank, dims, WORK_F64, inverse));
    return TFP_OK;
}

static tfp_status layer_run(struct kernel *k, struct work *w, bool centered)
{
    struct layer l = { .centered = centered, .epsilon = epsilon_of(k) };
    const struct tensor *x = &k->in[0];
    size_t axis;
    void *means = NULL, *inverses = NULL;
    TFP_TRY(work_axis(k, ir_attr_int(k->node, ATTR_AXIS, -1), x->rank, &axis));
    TFP_TRY(open_arrays(k, w, &l.a));
    TFP_TRY(open_stretched(k, w, 1, axis, l.a.kind, &l.scale));
    if (centered) {
        TFP_TRY(open_stretched(k, w, 2, axis, l.a.kind, &l.shift));
        TFP_TRY(open_statistics(k, w, axis, &means, &inverses));
    }
    l.parts = work_count(x->dims, 0, axis);
    l.n = work_count(x->dims, axis, x->rank);
    int threads = work_threads(k, l.a.count);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t i = 0; i < l.parts; i++) {
        double mean, inverse;
        if (l.a.wide) layer_part(true, &l, i, &mean, &inverse);
        else layer_part(false, &l, i, &mean, &inverse);
        if (means) ((double *)means)[i] = mean;
        if (inverses) ((double *)inverses)[i] = inverse;
    }
    if (means) work_store(k, 1, WORK_F64, means);
    if (inverses) work_store(k, 2, WORK_F64, inverses);
    work_store(k, 0, l.a.kind, l.a.y);
    return TFP_OK;
}

static tfp_status layer(struct kernel *k, struct work *w)
{
    return layer_run(k, w, true);
}

/* The output has the scale's type. */
static tfp_status rms(struct kernel *k, struct work *w)
{
    if (k->in[0].dtype != k->in[1].dtype)
        return kernel_fail(k, TFP_E_UNSUPPORTED, "the scale is %s, the input %s", tfp_dtype_name(k->in[1].dtype),
                           tfp_dtype_name(k->in[0].dtype));
    return layer_run(k, w, false);
}

/* -- along one axis ------------------------------------------------------------------------------------------------ */

struct line {
    int64_t outer, n, inner;
};

static tfp_status open_line(struct kernel *k, int64_t otherwise, struct line *l)
{
    const struct tensor *x = &k->in[0];
    size_t axis;
    TFP_TRY(work_axis(k, ir_attr_int(k->node, ATTR_AXIS, otherwise), x->rank, &axis));
    l->outer = work_count(x->dims, 0, axis);
    l->n = x->dims[axis];
    l->inner = work_count(x->dims, axis + 1, x->rank);
    return TFP_OK;
}

enum along { ALONG_SOFTMAX, ALONG_LOG_SOFTMAX, ALONG_HARDMAX, ALONG_L1, ALONG_L2 };

WORK_INLINE void softmax_line(bool wide, bool logarithm, const void *x, void *y, int64_t at, int64_t n, int64_t step)
{
    double maximum = -HUGE_VAL, sum = 0;
    for (int64_t i = 0; i < n; i++) {
        double v = work_get(wide, x, at + i * step);
        maximum = v > maximum ? v : maximum;
    }
    if (isinf(maximum) && maximum < 0) maximum = 0; /* all -inf: 0/0, as the formula has it */
    for (int64_t i = 0; i < n; i++) {
        double d = work_get(wide, x, at + i * step) - maximum, e = wide ? exp(d) : (double)expf((float)d);
        sum += e;
        work_set(wide, y, at + i * step, logarithm ? d : e);
    }
    double last = logarithm ? log(sum) : 1 / sum;
    for (int64_t i = 0; i < n; i++) {
        double v = work_get(wide, y, at + i * step);
        work_set(wide, y, at + i * step, logarithm ? v - last : v * last);
    }
}

static void hardmax_line(bool wide, const void *x, void *y, int64_t at, int64_t n, int64_t step)
{
    int64_t best = 0;
    for (int64_t i = 1; i < n; i++)
        if (work_get(wide, x, at + i * step) > work_get(wide, x, at + best * step)) best = i;
    for (int64_t i = 0; i < n; i++) work_set(wide, y, at + i * step, i == best);
}

/* A norm of zero gives zeros. */
static void lp_line(bool wide, bool squared, const void *x, void *y, int64_t at, int64_t n, int64_t step)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        double v = work_get(wide, x, at + i * step);
        sum += squared ? v * v : fabs(v);
    }
    double norm = squared ? sqrt(sum) : sum;
    for (int64_t i = 0; i < n; i++)
        work_set(wide, y, at + i * step, norm == 0 ? 0 : work_get(wide, x, at + i * step) / norm);
}

static void run_line(enum along what, const struct arrays *a, int64_t at, int64_t n, int64_t step)
{
    switch (what) {
    case ALONG_SOFTMAX:
        if (a->wide) softmax_line(true, false, a->x, a->y, at, n, step);
        else if (step == 1) softmax_line(false, false, a->x, a->y, at, n, 1);
        else softmax_line(false, false, a->x, a->y, at, n, step);
        break;
    case ALONG_LOG_SOFTMAX: softmax_line(a->wide, true, a->x, a->y, at, n, step); break;
    case ALONG_HARDMAX: hardmax_line(a->wide, a->x, a->y, at, n, step); break;
    case ALONG_L1: lp_line(a->wide, false, a->x, a->y, at, n, step); break;
    case ALONG_L2: lp_line(a->wide, true, a->x, a->y, at, n, step); break;
    }
}

static tfp_status run_along(struct kernel *k, struct work *w, enum along what)
{
    struct arrays a;
    struct line l;
    TFP_TRY(open_line(k, -1, &l));
    TFP_TRY(open_arrays(k, w, &a));
    int64_t lines = a.count == 0 ? 0 : l.outer * l.inner;
    int threads = work_threads(k, a.count);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t i = 0; i < lines; i++) run_line(what, &a, i / l.inner * l.n * l.inner + i % l.inner, l.n, l.inner);
    work_store(k, 0, a.kind, a.y);
    return TFP_OK;
}

static tfp_status softmax(struct kernel *k, struct work *w)
{
    return run_along(k, w, ALONG_SOFTMAX);
}

static tfp_status log_softmax(struct kernel *k, struct work *w)
{
    return run_along(k, w, ALONG_LOG_SOFTMAX);
}

static tfp_status hardmax(struct kernel *k, struct work *w)
{
    return run_along(k, w, ALONG_HARDMAX);
}

static tfp_status lp_normalization(struct kernel *k, struct work *w)
{
    int64_t p = ir_attr_int(k->node, ATTR_P, 2);
    if (p != 1 && p != 2) return kernel_fail(k, TFP_E_FORMAT, "p must be 1 or 2, not %lld", (long long)p);
    return run_along(k, w, p == 1 ? ALONG_L1 : ALONG_L2);
}

/* -- MeanVarianceNormalization ------------------------------------------------------------------------------------- */

/* Axes as ONNX has them for images when the attribute is not set: all but the channels. */
static tfp_status mean_axes(struct kernel *k, size_t rank, bool *over)
{
    struct ir_ints axes = ir_attr_ints(k->node, ATTR_AXES);
    const int64_t preset[] = { 0, 2, 3 };
    if (!ir_attr(k->node, ATTR_AXES)) axes = (struct ir_ints){ preset, 3 };
    for (size_t i = 0; i < axes.n; i++) {
        size_t axis;
        TFP_TRY(work_axis(k, axes.at[i], rank, &axis));
        over[axis] = true;
    }
    return TFP_OK;
}

/* Which sum element `at` belongs to. */
static int64_t slot_of(const struct tensor *x, const bool *over, int64_t at)
{
    int64_t slot = 0, scale = 1;
    for (size_t i = x->rank; i-- > 0;) {
        if (!over[i]) {
            slot += at % x->dims[i] * scale;
            scale *= x->dims[i];
        }
        at /= x->dims[i];
    }
    return slot;
}

static tfp_status mean_variance(struct kernel *k, struct work *w)
{
    const struct tensor *x = &k->in[0];
    struct arrays a;
    bool over[TFP_MAX_RANK] = { false };
    void *room;
    TFP_TRY(mean_axes(k, x->rank, over));
    TFP_TRY(open_arrays(k, w, &a));
    if (a.count == 0) return TFP_OK;
    int64_t slots = 1;
    for (size_t i = 0; i < x->rank; i++) slots *= over[i] ? 1 : x->dims[i];
    TFP_TRY(work_take(k, w, slots, 2 * sizeof(double), &room));
    double *mean = room, *square = mean + slots, n = (double)(a.count / slots);
    memset(room, 0, (size_t)slots * 2 * sizeof(double));
    for (int64_t i = 0; i < a.count; i++) mean[slot_of(x, over, i)] += work_get(a.wide, a.x, i) / n;
    for (int64_t i = 0; i < a.count; i++) {
        int64_t s = slot_of(x, over, i);
        double d = work_get(a.wide, a.x, i) - mean[s];
        square[s] += d * d / n;
    }
    for (int64_t i = 0; i < a.count; i++) {
        int64_t s = slot_of(x, over, i);
        /* The operator's function body adds 1e-9 to the deviation. */
        work_set(a.wide, a.y, i, (work_get(a.wide, a.x, i) - mean[s]) / (sqrt(square[s]) + 1e-9));
    }
    work_store(k, 0, a.kind, a.y);
    return TFP_OK;
}

/* -- LRN ----------------------------------------------------------------------------------------------------------- */

struct local {
    struct arrays a;
    int64_t channels, plane, before, after;
    double alpha, beta, bias; /* alpha is already divided by the size */
};

static double power_minus(double v, double beta)
{
    if (beta == 0.5) return 1 / sqrt(v);
    if (beta == 0.75) return 1 / (sqrt(v) * sqrt(sqrt(v)));
    return beta == 1 ? 1 / v : pow(v, -beta);
}

static void local_channel(const struct local *l, int64_t image, int64_t c)
{
    int64_t low = c - l->before < 0 ? 0 : c - l->before;
    int64_t high = c + l->after < l->channels ? c + l->after + 1 : l->channels;
    for (int64_t i = 0; i < l->plane; i++) {
        double sum = 0;
        for (int64_t j = low; j < high; j++) {
            double v = work_get(l->a.wide, l->a.x, (image * l->channels + j) * l->plane + i);
            sum += v * v;
        }
        int64_t at = (image * l->channels + c) * l->plane + i;
        work_set(l->a.wide, l->a.y, at,
                 work_get(l->a.wide, l->a.x, at) * power_minus(l->bias + l->alpha * sum, l->beta));
    }
}

static tfp_status lrn(struct kernel *k, struct work *w)
{
    const struct tensor *x = &k->in[0];
    int64_t size = ir_attr_int(k->node, ATTR_SIZE, 0);
    if (x->rank < 2) return kernel_fail(k, TFP_E_FORMAT, "the input has no channels");
    if (size < 1 || size > INT32_MAX) return kernel_fail(k, TFP_E_FORMAT, "size cannot be %lld", (long long)size);
    struct local l = {
        .channels = x->dims[1], .plane = work_count(x->dims, 2, x->rank),
        .before = (size - 1) / 2, .after = size - 1 - (size - 1) / 2,
        .alpha = (double)ir_attr_float(k->node, ATTR_ALPHA, 1e-4f) / (double)size,
        .beta = (double)ir_attr_float(k->node, ATTR_BETA, 0.75f), .bias = (double)ir_attr_float(k->node, ATTR_BIAS, 1),
    };
    TFP_TRY(open_arrays(k, w, &l.a));
    int threads = work_threads(k, l.a.count);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t i = 0; i < x->dims[0] * l.channels; i++) local_channel(&l, i / l.channels, i % l.channels);
    work_store(k, 0, l.a.kind, l.a.y);
    return TFP_OK;
}

const struct kernel_row kernels_normalize[] = {
    { IR_BATCH_NORMALIZATION, .work = batch },
    { IR_INSTANCE_NORMALIZATION, .work = instance },
    { IR_GROUP_NORMALIZATION, .work = group },
    { IR_LAYER_NORMALIZATION, .work = layer },
    { IR_RMS_NORMALIZATION, .work = rms },
    { IR_LP_NORMALIZATION, .work = lp_normalization },
    { IR_MEAN_VARIANCE_NORMALIZATION, .work = mean_variance },
    { IR_LRN, .work = lrn },
    { IR_SOFTMAX, .work = softmax },
    { IR_LOG_SOFTMAX, .work = log_softmax },
    { IR_HARDMAX, .work = hardmax },
};
const size_t kernels_normalize_n = sizeof kernels_normalize / sizeof kernels_normalize[0];
