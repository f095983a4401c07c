/* Front ends of speech models in one op each: AudioSpectrogram and Mfcc. The windows, the filters' edges and the floor under the
 * logarithm are those of tensorflow/core/kernels/{spectrogram,mfcc_mel_filterbank,mfcc_dct,mfcc}.cc. */
#include "frontend/tensorflow/lower.h"
#include "frontend/tensorflow/ops/complex.h"
#include "ir/forms.h"

#include <math.h>

enum { MOST_WINDOW = 1 << 20, MOST_WEIGHTS = 1 << 24 };

/* -- AudioSpectrogram ---------------------------------------------------------------------------------------------- */

/* Hann's window, periodic. */
static struct ir_value *hann_window(struct lower *lw, int64_t n)
{
    float *at = ARENA_ARRAY(&lw->graph->arena, float, (size_t)n);
    if (!at) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
    for (int64_t i = 0; i < n; i++) at[i] = (float)(0.5 - 0.5 * cos(2 * M_PI * (double)i / (double)n));
    return ir_tensor(&lw->b, TFP_FLOAT, 1, &n, at);
}

/* [.., samples] -> [.., frames, window], without what does not fill a frame. */
static struct ir_value *frames_of(struct build *b, struct ir_value *x, int64_t window, int64_t stride)
{
    struct ir_value *steps = ir_add(b, ir_dim(b, x, -1), INTS(b, stride - window));
    if (!form_nonnegative(b, steps)) steps = ir_binary(b, IR_MAX, steps, INTS(b, 0));
    struct ir_value *starts = ir_mul(b, form_iota(b, ir_div(b, steps, INTS(b, stride))), INTS(b, stride));
    return ir_gather(b, x, ir_add(b, UNSQUEEZE(b, starts, 1), form_iota(b, INTS(b, window))), -1);
}

/* [samples, channels] -> [channels, frames, bins], over a transform as long as the next power of two. */
static tfp_status lower_spectrogram(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    int64_t window = tf_int(lw, "window_size"), stride = tf_int(lw, "stride"), length = 1;
    bool squared = tf_bool(lw, "magnitude_squared");
    if (!x || b->status != TFP_OK) return b->status;
    if (x->rank >= 0 && x->rank != 2) return lower_malformed(lw, "input has rank %d", x->rank);
    if (window < 2 || stride < 1 || stride > INT32_MAX) return lower_malformed(lw, "window_size or stride is out of range");
    if (window > MOST_WINDOW) return lower_unsupported(lw, "a window of %lld samples", (long long)window);
    while (length < window) length *= 2;
    x = frames_of(b, TRANSPOSE(b, x, 1, 0), window, stride);
    x = UNSQUEEZE(b, ir_mul(b, x, hann_window(lw, window)), -1);
    x = complex_transform(b, x, -1, ir_int(b, length), false, true);
    x = complex_squares(b, x, false);
    return lower_done(lw, squared ? x : ir_unary(b, IR_SQRT, x));
}

/* -- Mfcc ---------------------------------------------------------------------------------------------------------- */

static double mel(double frequency)
{
    return 1127.0 * log1p(frequency / 700.0);
}

struct filters {
    double rate, low, high;
    int64_t bins, n;
};

/* [bins, n]: each bin is shared by the filters between whose centres it lies. */
static void fill_filters(const struct filters *f, float *at)
{
    const double bin = 0.5 * f->rate / (double)(f->bins - 1), from = mel(f->low);
    const double distance = (mel(f->high) - from) / (double)(f->n + 1);
    const int64_t first = (int64_t)(1.5 + f->low / bin), last = (int64_t)(f->high / bin);
    int64_t above = 0; /* the first filter whose centre does not lie below the bin */
    for (int64_t i = first; i <= last; i++) {
        const double place = mel((double)i * bin);
        while (above < f->n && from + distance * (double)(above + 1) < place) above++;
        const double share = (from + distance * (double)(above + 1) - place) / distance;
        if (above > 0) at[i * f->n + above - 1] = (float)share;
        if (above < f->n) at[i * f->n + above] = (float)(1 - share);
    }
}

static struct ir_value *filter_weights(struct lower *lw, const struct filters *f)
{
    float *at = ARENA_ARRAY(&lw->graph->arena, float, (size_t)(f->bins * f->n));
    if (!at) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
    fill_filters(f, at);
    return ir_tensor(&lw->b, TFP_FLOAT, 2, (const int64_t[]){ f->bins, f->n }, at);
}

/* [n, wanted]: the cosine transform of type 2. */
static struct ir_value *cosines(struct lower *lw, int64_t n, int64_t wanted)
{
    float *at = ARENA_ARRAY(&lw->graph->arena, float, (size_t)(n * wanted));
    if (!at) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < wanted; k++)
            at[i * wanted + k] = (float)(sqrt(2.0 / (double)n) * cos((double)k * M_PI / (double)n * ((double)i + 0.5)));
    return ir_tensor(&lw->b, TFP_FLOAT, 2, (const int64_t[]){ n, wanted }, at);
}

/* From squares of magnitudes [channels, frames, bins]. */
static tfp_status lower_mfcc(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    int64_t rate, wanted = tf_int(lw, "dct_coefficient_count");
    struct filters f = { .low = tf_float(lw, "lower_frequency_limit"), .high = tf_float(lw, "upper_frequency_limit"),
                         .n = tf_int(lw, "filterbank_channel_count") };
    if (!x || b->status != TFP_OK || lower_const_ints(lw, 1, "sample_rate", &rate, 1) < 0) return b->status;
    if (x->rank >= 0 && x->rank != 3) return lower_malformed(lw, "spectrogram has rank %d", x->rank);
    if (x->rank < 0 || !dim_fixed(x->dims[2])) return lower_unsupported(lw, "a spectrogram of unknown shape");
    f.bins = x->dims[2].n;
    f.rate = (double)rate;
    if (f.bins < 2 || rate < 1 || f.n < 1 || wanted < 1 || wanted > f.n || !(f.low >= 0) || !(f.high > f.low))
        return lower_malformed(lw, "its rate, limits and counts do not fit together");
    if (f.high / (0.5 * f.rate / (double)(f.bins - 1)) >= (double)f.bins)
        return lower_malformed(lw, "upper_frequency_limit is above half the sample rate");
    if (f.bins > MOST_WEIGHTS / f.n || wanted > MOST_WEIGHTS / f.n) return lower_unsupported(lw, "that many filters");
    x = ir_matmul(b, ir_unary(b, IR_SQRT, x), filter_weights(lw, &f));
    x = ir_unary(b, IR_LOG, ir_binary(b, IR_MAX, x, ir_like(b, x, 1e-12)));
    return lower_done(lw, ir_matmul(b, x, cosines(lw, f.n, wanted)));
}

static const struct rule rules[] = {
    { "AudioSpectrogram", lower_spectrogram, NULL },
    { "Mfcc", lower_mfcc, NULL },
};

const struct rule_family rules_audio = { rules, sizeof rules / sizeof rules[0] };
