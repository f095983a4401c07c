/* Fourier transforms of one to three of the last axes, by ONNX's DFT, one axis after the other. */
#include "frontend/tensorflow/ops/complex.h"
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

struct transform {
    int64_t axes;
    bool inverse;
};

struct ir_value *complex_transform(struct build *b, struct ir_value *x, int64_t axis, struct ir_value *length, bool inverse,
                                   bool onesided)
{
    bool alone = form_rank(x) == 2; /* ONNX wants a batch */
    if (!x || b->status != TFP_OK) return NULL;
    if (alone) x = UNSQUEEZE(b, x, 0);
    struct ir_value *in[] = { x, length, ir_int(b, axis - 1) };
    x = x ? ir_emit(b, IR_DFT, in, 3, ATTRS(A_INT(ATTR_INVERSE, inverse), A_INT(ATTR_ONESIDED, onesided))) : NULL;
    return alone ? SQUEEZE(b, x, 0) : x;
}

/* FFT, IFFT and their sisters. */
static tfp_status lower_transform(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    const struct transform *v = lw->rule->variant;
    struct ir_value *x = complex_in(lw, 0);
    for (int64_t axis = -1; axis >= -v->axes; axis--) x = complex_transform(&lw->b, x, axis, NULL, v->inverse, false);
    return complex_done(lw, x);
}

/* Element i of fft_length as a scalar. */
static struct ir_value *length_of(struct lower *lw, int64_t i)
{
    return ir_gather(&lw->b, lower_int64(lw, 1), ir_int(&lw->b, i), 0);
}

/* Real signals, cut or filled up with zeros to fft_length; the last axis comes out halved. */
static tfp_status lower_real_transform(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    const struct transform *v = lw->rule->variant;
    struct build *b = &lw->b;
    struct ir_value *x = complex_transform(b, UNSQUEEZE(b, lower_in(lw, 0), -1), -1, length_of(lw, v->axes - 1), false, true);
    for (int64_t axis = -2; axis >= -v->axes; axis--)
        x = complex_transform(b, x, axis, length_of(lw, v->axes + axis), false, false);
    return complex_done(lw, x);
}

/* The whole spectrum of a real signal of that length from its first half: the rest is the conjugate of it,
 * backwards. */
static struct ir_value *whole_spectrum(struct build *b, struct ir_value *x, int64_t length)
{
    int64_t half = length / 2 + 1, pads[2 * (TFP_MAX_RANK + 1)] = { 0 }, rank = form_rank(x);
    const int64_t axis = -2;
    if (!x || rank < 2) return NULL;
    x = ir_slice_axis(b, x, axis, 0, half);
    struct ir_value *missing = ir_sub(b, INTS(b, half), ir_dim(b, x, axis));
    struct ir_value *before = ir_ints(b, pads, (size_t)(2 * rank - 2)), *none = INTS(b, 0);
    int64_t known;
    if (!form_known(missing, 0, &known) || known != 0) {
        struct ir_value *room = CONCAT(b, 0, before, missing, none);
        x = room ? ir_emit(b, IR_PAD, IN(x, room), NO_ATTRS) : NULL;
    }
    if (length - half <= 0) return x;
    struct ir_value *rest = form_reverse(b, ir_slice_axis(b, x, axis, 1, length - half + 1), &axis, 1);
    return CONCAT(b, axis, x, complex_conjugate(b, rest));
}

static tfp_status lower_inverse_real_transform(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    const struct transform *v = lw->rule->variant;
    struct build *b = &lw->b;
    struct ir_value *x = complex_in(lw, 0);
    int64_t lengths[3];
    if (lower_const_ints(lw, 1, "fft_length", lengths, 3) != v->axes)
        return b->status != TFP_OK ? b->status : lower_malformed(lw, "fft_length has another number of values");
    if (lower_rank(lw, x, "input") < 0) return b->status;
    if (lengths[v->axes - 1] < 1 || lengths[v->axes - 1] > INT32_MAX)
        return lower_malformed(lw, "fft_length is out of range");
    for (int64_t axis = -v->axes; axis < -1; axis++)
        x = complex_transform(b, x, axis, length_of(lw, v->axes + axis), true, false);
    x = whole_spectrum(b, x, lengths[v->axes - 1]);
    x = complex_real(b, complex_transform(b, x, -1, NULL, true, false));
    return lower_done(lw, ir_cast(b, x, tf_type(lw, "Treal")));
}

#define TRANSFORM(axes, inverse) (&(const struct transform){ (axes), (inverse) })

static const struct rule rules[] = {
    { "BatchFFT", lower_transform, TRANSFORM(1, false) },
    { "BatchFFT2D", lower_transform, TRANSFORM(2, false) },
    { "BatchFFT3D", lower_transform, TRANSFORM(3, false) },
    { "BatchIFFT", lower_transform, TRANSFORM(1, true) },
    { "BatchIFFT2D", lower_transform, TRANSFORM(2, true) },
    { "BatchIFFT3D", lower_transform, TRANSFORM(3, true) },
    { "FFT", lower_transform, TRANSFORM(1, false) },
    { "FFT2D", lower_transform, TRANSFORM(2, false) },
    { "FFT3D", lower_transform, TRANSFORM(3, false) },
    { "IFFT", lower_transform, TRANSFORM(1, true) },
    { "IFFT2D", lower_transform, TRANSFORM(2, true) },
    { "IFFT3D", lower_transform, TRANSFORM(3, true) },
    { "IRFFT", lower_inverse_real_transform, TRANSFORM(1, true) },
    { "IRFFT2D", lower_inverse_real_transform, TRANSFORM(2, true) },
    { "IRFFT3D", lower_inverse_real_transform, TRANSFORM(3, true) },
    { "RFFT", lower_real_transform, TRANSFORM(1, false) },
    { "RFFT2D", lower_real_transform, TRANSFORM(2, false) },
    { "RFFT3D", lower_real_transform, TRANSFORM(3, false) },
};

const struct rule_family rules_spectral = { rules, sizeof rules / sizeof rules[0] };
