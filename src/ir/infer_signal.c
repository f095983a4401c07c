/* Shapes of signal processing: Fourier transforms, windows, mel weights, random draws. */
#include "ir/infer.h"

#include <inttypes.h>

/* The one element of input i: a number, a symbol or unknown. */
static struct dim scalar_input(const struct infer *s, size_t i)
{
    const struct ir_value *v = ir_in(s->node, i);
    struct known k;
    if (v && v->constant && v->constant->count == 1 && dtype_is_integer(v->constant->dtype))
        return dim_of(tensor_int(v->constant, 0));
    return infer_elements(v, &k) && k.n == 1 ? k.at[0] : dim_unknown();
}

/* Half the spectrum of a real signal: n/2 + 1. */
static struct dim half_spectrum(struct infer *s, struct dim n)
{
    return dim_add(s->graph, dim_div(s->graph, n, dim_of(2)), dim_of(1));
}

static tfp_status infer_dft(struct infer *s)
{
    struct shape shape = infer_shape(s, 0);
    bool onesided = ir_attr_int(s->node, ATTR_ONESIDED, 0) != 0, inverse = ir_attr_int(s->node, ATTR_INVERSE, 0) != 0;
    struct dim where = infer_has(s, 2) ? scalar_input(s, 2) : dim_of(-2), length;
    int32_t axis;
    TFP_TRY(infer_need_min_rank(s, 0, 2));
    if (shape.rank < 0) return TFP_OK;
    if (!dim_fixed(where)) {
        if (onesided || infer_has(s, 1)) shape = shape_of_rank(shape.rank); /* some axis has another length */
        shape.at[shape.rank - 1] = dim_of(onesided && inverse ? 1 : 2);
        return infer_put(s, 0, TFP_UNDEFINED, &shape);
    }
    TFP_TRY(infer_axis(s, where.n, shape.rank, &axis));
    if (axis == shape.rank - 1) return infer_fail(s, "the last axis holds real and imaginary parts");
    length = shape.at[axis];
    if (infer_has(s, 1)) length = scalar_input(s, 1);
    else if (onesided && inverse) length = dim_mul(s->graph, dim_of(2), dim_sub(s->graph, length, dim_of(1)));
    shape.at[axis] = onesided && !inverse ? half_spectrum(s, length) : length;
    shape.at[shape.rank - 1] = dim_of(onesided && inverse ? 1 : 2);
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_stft(struct infer *s)
{
    struct shape signal = infer_shape(s, 0), window = infer_shape(s, 2), shape = shape_of_rank(4);
    struct dim step = scalar_input(s, 1), length = dim_unknown();
    TFP_TRY(infer_need_min_rank(s, 0, 2));
    TFP_TRY(infer_need_rank(s, 2, 1));
    if (infer_has(s, 3)) length = scalar_input(s, 3);
    if (window.rank == 1) TFP_TRY(infer_merge(s, &length, window.at[0]));
    if (dim_fixed(step) && step.n <= 0) return infer_fail(s, "frame_step is %" PRId64, step.n);
    shape.at[3] = dim_of(2);
    shape.at[2] = ir_attr_int(s->node, ATTR_ONESIDED, 1) ? half_spectrum(s, length) : length;
    if (signal.rank >= 2) {
        shape.at[0] = signal.at[0];
        struct dim last = dim_div(s->graph, dim_sub(s->graph, signal.at[1], length), step);
        shape.at[1] = dim_add(s->graph, last, dim_of(1));
    }
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_window(struct infer *s)
{
    tfp_dtype type;
    struct shape shape = shape_vector(scalar_input(s, 0));
    TFP_TRY(infer_need_rank(s, 0, 0));
    TFP_TRY(infer_type_attr(s, ATTR_OUTPUT_DATATYPE, TFP_FLOAT, &type));
    return infer_put(s, 0, type, &shape);
}

static tfp_status infer_mel(struct infer *s)
{
    tfp_dtype type;
    struct shape shape = shape_of_rank(2);
    TFP_TRY(infer_type_attr(s, ATTR_OUTPUT_DATATYPE, TFP_FLOAT, &type));
    shape.at[0] = half_spectrum(s, scalar_input(s, 1));
    shape.at[1] = scalar_input(s, 0);
    return infer_put(s, 0, type, &shape);
}

static tfp_status infer_multinomial(struct infer *s)
{
    struct shape x = infer_shape(s, 0), shape = shape_of_rank(2);
    tfp_dtype type;
    TFP_TRY(infer_need_rank(s, 0, 2));
    TFP_TRY(infer_type_attr(s, ATTR_DTYPE, TFP_INT32, &type));
    if (x.rank == 2) shape.at[0] = x.at[0];
    shape.at[1] = dim_of(ir_attr_int(s->node, ATTR_SAMPLE_SIZE, 1));
    return infer_put(s, 0, type, &shape);
}

static tfp_status infer_det(struct infer *s)
{
    struct shape x = infer_shape(s, 0);
    TFP_TRY(infer_need_min_rank(s, 0, 2));
    if (x.rank < 0) return TFP_OK;
    TFP_TRY(infer_merge(s, &x.at[x.rank - 1], x.at[x.rank - 2]));
    x.rank -= 2;
    return infer_put(s, 0, TFP_UNDEFINED, &x);
}

const struct infer_row infer_signal_rows[] = {
    { IR_BLACKMAN_WINDOW, infer_window, NULL },
    { IR_DET, infer_det, NULL },
    { IR_DFT, infer_dft, NULL },
    { IR_HAMMING_WINDOW, infer_window, NULL },
    { IR_HANN_WINDOW, infer_window, NULL },
    { IR_MEL_WEIGHT_MATRIX, infer_mel, NULL },
    { IR_MULTINOMIAL, infer_multinomial, NULL },
    { IR_STFT, infer_stft, NULL },
    { IR_NONE, NULL, NULL },
};
