/* QuantizeLinear, DequantizeLinear and DynamicQuantizeLinear. A scale belongs to the whole tensor, to one index of an
 * axis, or to a block of indices of an axis. */
#include "ir/kernels/work.h"
#include "ir/ranges.h"
#include "ir/small_types.h"

#include <math.h>

/* Which scale each element has: element (o, d, i) of [outer, length, inner] has scale (o, d / block, i) where
 * `blocked`, else scale d (or the only one). */
struct granularity {
    int64_t outer, length, inner, block, groups;
    bool single, blocked;
};

static tfp_status read_granularity(struct kernel *k, const struct tensor *x, const struct tensor *scale,
                                   struct granularity *g)
{
    int64_t block = ir_attr_int(k->node, ATTR_BLOCK_SIZE, 0);
    size_t axis = 0;
    *g = (struct granularity){ .outer = 1, .length = x->count, .inner = 1, .block = 1, .groups = 1, .single = true };
    if (scale->count == 1 && scale->rank < 2 && block == 0) return TFP_OK;
    TFP_TRY(work_axis(k, ir_attr_int(k->node, ATTR_AXIS, 1), x->rank, &axis));
    *g = (struct granularity){ .outer = work_count(x->dims, 0, axis), .length = x->dims[axis],
                               .inner = work_count(x->dims, axis + 1, x->rank), .block = 1 };
    g->blocked = block != 0;
    if (!g->blocked) {
        if (scale->rank != 1 || scale->dims[0] != g->length)
            return kernel_fail(k, TFP_E_FORMAT, "the scale must have %lld elements", (long long)g->length);
        return TFP_OK;
    }
    if (block < 0 || scale->rank != x->rank) return kernel_fail(k, TFP_E_FORMAT, "the scale does not fit the blocks");
    g->block = block;
    g->groups = g->length / block + (g->length % block != 0);
    for (size_t i = 0; i < x->rank; i++)
        if (scale->dims[i] != (i == axis ? g->groups : x->dims[i]))
            return kernel_fail(k, TFP_E_FORMAT, "the scale does not fit the blocks");
    return TFP_OK;
}

static int64_t scale_index(const struct granularity *g, int64_t at)
{
    if (g->single) return 0;
    int64_t d = at / g->inner % g->length;
    if (!g->blocked) return d;
    return (at / g->inner / g->length * g->groups + d / g->block) * g->inner + at % g->inner;
}

static tfp_status check_zero(struct kernel *k, const struct tensor *zero, const struct tensor *scale)
{
    if (zero && zero->count != scale->count)
        return kernel_fail(k, TFP_E_FORMAT, "the zero point has %lld elements, the scale %lld", (long long)zero->count,
                           (long long)scale->count);
    return TFP_OK;
}

static void store_integer(tfp_dtype dtype, void *to, int64_t i, double v)
{
    switch (tfp_dtype_size(dtype)) {
    case 1: ((uint8_t *)to)[i] = (uint8_t)(int)v; break;
    case 2: ((uint16_t *)to)[i] = (uint16_t)(int)v; break;
    default: ((int32_t *)to)[i] = (int32_t)v; break;
    }
}

/* A float rounded to what `dtype` can hold. */
static float rounded_to(tfp_dtype dtype, float v)
{
    if (dtype == TFP_FLOAT16) return half_to_float(float_to_half(v));
    if (dtype == TFP_BFLOAT16) return bfloat_to_float(float_to_bfloat(v));
    return v;
}

/* What `output_dtype` and the zero point say. */
static tfp_status quantized_type(struct kernel *k, const struct tensor *zero, tfp_dtype *out)
{
    int64_t wanted = ir_attr_int(k->node, ATTR_OUTPUT_DTYPE, 0);
    double low, high;
    *out = zero ? zero->dtype : wanted ? (tfp_dtype)wanted : TFP_UINT8;
    if (wanted && wanted != (int64_t)*out)
        return kernel_fail(k, TFP_E_FORMAT, "output_dtype is not the zero point's type");
    if (!dtype_is_small_float(*out) && (!range_of(*out, &low, &high) || *out == TFP_UINT32))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "cannot quantize to ONNX's data type %lld (%s)", (long long)*out,
                           tfp_dtype_name(*out));
    return TFP_OK;
}

/* -- many at once -------------------------------------------------------------------------------------------------- */

/* Sums with it are rounded to whole numbers, half to even, while |x| < 2^22: the frame that the compiler makes vectors of. */
static const float ROUNDS = 12582912;
enum { PIECE = 1 << 14 /* elements that one thread takes at a time where all have one scale */ };

/* Elements [from, from + n) have one scale. `low` and `high` are the bounds less the zero point, so that the order of rounding and bounding
 * does not matter. */
#define RUNS(name, type)                                                                                               \
    static void quantize_##name(const float *x, int64_t n, float scale, float zero, float low, float high, void *to)  \
    {                                                                                                                  \
        type *y = to;                                                                                                  \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            float v = x[i] / scale;                                                                                    \
            v = v == v ? v : 0;                                                                                        \
            v = v > low ? v : low;                                                                                     \
            v = v < high ? v : high;                                                                                   \
            y[i] = (type)(int32_t)(v + ROUNDS - ROUNDS + zero);                                                        \
        }                                                                                                              \
    }                                                                                                                  \
    static void dequantize_##name(const void *from, int64_t n, float scale, int32_t zero, float *y)                    \
    {                                                                                                                  \
        const type *x = from;                                                                                          \
        for (int64_t i = 0; i < n; i++) y[i] = (float)(x[i] - zero) * scale;                                           \
    }
RUNS(int8, int8_t)
RUNS(uint8, uint8_t)
RUNS(int16, int16_t)
#undef RUNS

static const struct runs {
    tfp_dtype dtype;
    void (*quantize)(const float *x, int64_t n, float scale, float zero, float low, float high, void *to);
    void (*dequantize)(const void *from, int64_t n, float scale, int32_t zero, float *y);
} runs[] = {
    { TFP_INT8, quantize_int8, dequantize_int8 },
    { TFP_UINT8, quantize_uint8, dequantize_uint8 },
    { TFP_INT16, quantize_int16, dequantize_int16 },
};

/* How many elements in a row have one scale, at most; 0: too few to be worth it, or types of others. */
static int64_t run_length(const struct granularity *g, tfp_dtype real, tfp_dtype whole, const struct tensor *scale, const struct runs **out)
{
    enum { WORTH = 8 };
    *out = NULL;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        if (runs[i].dtype == whole) *out = &runs[i];
    if (!*out || real != TFP_FLOAT || scale->dtype != TFP_FLOAT || g->blocked) return 0;
    return g->single ? PIECE : g->inner >= WORTH ? g->inner : 0;
}

static int64_t zero_of(const struct tensor *zero, int64_t i)
{
    return zero ? tensor_int(zero, i) : 0;
}

static void quantize_runs(const struct runs *r, const struct granularity *g, int64_t length, const struct tensor *x, const struct tensor *scale,
                          const struct tensor *zero, void *y, int threads)
{
    double low, high;
    const size_t size = tfp_dtype_size(r->dtype);
    range_of(r->dtype, &low, &high);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t at = 0; at < x->count; at += length) {
        const int64_t s = scale_index(g, at), n = x->count - at < length ? x->count - at : length;
        const float z = (float)zero_of(zero, s);
        r->quantize((const float *)x->data + at, n, ((const float *)scale->data)[s], z, (float)low - z, (float)high - z,
                    (char *)y + (size_t)at * size);
    }
}

static void dequantize_runs(const struct runs *r, const struct granularity *g, int64_t length, const struct tensor *x,
                            const struct tensor *scale, const struct tensor *zero, float *y, int threads)
{
    const size_t size = tfp_dtype_size(r->dtype);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t at = 0; at < x->count; at += length) {
        const int64_t s = scale_index(g, at), n = x->count - at < length ? x->count - at : length;
        r->dequantize((const char *)x->data + (size_t)at * size, n, ((const float *)scale->data)[s], (int32_t)zero_of(zero, s), y + at);
    }
}

/* ------------------------------------------------------------------------------------------------------------------ */

static tfp_status quantize(struct kernel *k, struct work *w)
{
    const struct tensor *x = &k->in[0], *scale = &k->in[1], *zero = kernel_in(k, 2);
    struct granularity g;
    tfp_dtype type, precision = (tfp_dtype)ir_attr_int(k->node, ATTR_PRECISION, 0);
    const void *from, *scales, *zeros = NULL;
    double low = 0, high = 0;
    TFP_TRY(quantized_type(k, zero, &type));
    TFP_TRY(read_granularity(k, x, scale, &g));
    TFP_TRY(check_zero(k, zero, scale));
    if (precision == TFP_UNDEFINED) precision = scale->dtype;
    TFP_TRY(kernel_output(k, 0, type, x->rank, x->dims));
    const struct runs *r;
    const int64_t length = precision == TFP_FLOAT ? run_length(&g, x->dtype, type, scale, &r) : 0;
    if (length) return quantize_runs(r, &g, length, x, scale, zero, k->out[0].data, work_threads(k, x->count)), TFP_OK;
    TFP_TRY(work_load(k, w, x, WORK_F32, &from));
    TFP_TRY(work_load(k, w, scale, WORK_F32, &scales));
    if (zero) TFP_TRY(work_load(k, w, zero, WORK_F32, &zeros));
    range_of(type, &low, &high);
    const bool small = dtype_is_small_float(type), saturate = ir_attr_int(k->node, ATTR_SATURATE, 1);
    int threads = work_threads(k, x->count);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t i = 0; i < x->count; i++) {
        int64_t s = scale_index(&g, i);
        float value = rounded_to(precision, ((const float *)from)[i]);
        float v = rounded_to(precision, value / rounded_to(precision, ((const float *)scales)[s]));
        double zero_point = zeros ? (double)((const float *)zeros)[s] : 0;
        if (small) {
            ((uint8_t *)k->out[0].data)[i] = small_of_float(type, v + (float)zero_point, saturate, SMALL_UP);
            continue;
        }
        double q = (isnan(v) ? 0 : (double)nearbyintf(v)) + zero_point;
        store_integer(type, k->out[0].data, i, q < low ? low : q > high ? high : q);
    }
    return TFP_OK;
}

static tfp_status dequantize(struct kernel *k, struct work *w)
{
    const struct tensor *x = &k->in[0], *scale = &k->in[1], *zero = kernel_in(k, 2);
    struct granularity g;
    int64_t wanted = ir_attr_int(k->node, ATTR_OUTPUT_DTYPE, 0);
    tfp_dtype type = wanted ? (tfp_dtype)wanted : scale->dtype;
    const void *from, *scales, *zeros = NULL;
    void *y;
    if (type != TFP_FLOAT && type != TFP_FLOAT16 && type != TFP_BFLOAT16)
        return kernel_fail(k, TFP_E_UNSUPPORTED, "cannot dequantize to ONNX's data type %lld", (long long)type);
    TFP_TRY(read_granularity(k, x, scale, &g));
    TFP_TRY(check_zero(k, zero, scale));
    TFP_TRY(work_output_dims(k, w, 0, type, x->rank, x->dims, WORK_F32, &y));
    const struct runs *r;
    const int64_t length = run_length(&g, type, x->dtype, scale, &r);
    if (length) return dequantize_runs(r, &g, length, x, scale, zero, y, work_threads(k, x->count)), work_store(k, 0, WORK_F32, y), TFP_OK;
    TFP_TRY(work_load(k, w, x, WORK_F64, &from));
    TFP_TRY(work_load(k, w, scale, WORK_F32, &scales));
    if (zero) TFP_TRY(work_load(k, w, zero, WORK_F64, &zeros));
    int threads = work_threads(k, x->count);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t i = 0; i < x->count; i++) {
        int64_t s = scale_index(&g, i);
        double v = ((const double *)from)[i] - (zeros ? ((const double *)zeros)[s] : 0); /* exact: they are small */
        ((float *)y)[i] = (float)v * ((const float *)scales)[s];
    }
    work_store(k, 0, WORK_F32, y);
    return TFP_OK;
}

/* To uint8, the range being that of the data and zero. */
static tfp_status dynamic_quantize(struct kernel *k, struct work *w)
{
    const struct tensor *x = &k->in[0];
    const float *from = x->data;
    float low = 0, high = 0;
    (void)w;
    for (int64_t i = 0; i < x->count; i++) {
        low = from[i] < low ? from[i] : low;
        high = from[i] > high ? from[i] : high;
    }
    float scale = high == low ? 1 : (high - low) / 255, zero = nearbyintf(-low / scale);
    if (!(zero > 0)) zero = 0;
    if (zero > 255) zero = 255;
    TFP_TRY(kernel_output(k, 0, TFP_UINT8, x->rank, x->dims));
    TFP_TRY(kernel_output(k, 1, TFP_FLOAT, 0, NULL));
    TFP_TRY(kernel_output(k, 2, TFP_UINT8, 0, NULL));
    *(float *)k->out[1].data = scale;
    *(uint8_t *)k->out[2].data = (uint8_t)zero;
    for (int64_t i = 0; i < x->count; i++) {
        float v = nearbyintf(from[i] / scale) + zero;
        ((uint8_t *)k->out[0].data)[i] = v > 0 ? v < 255 ? (uint8_t)v : 255 : 0;
    }
    return TFP_OK;
}

const struct kernel_row kernels_quantize[] = {
    { IR_QUANTIZE_LINEAR, .work = quantize },
    { IR_DEQUANTIZE_LINEAR, .work = dequantize },
    { IR_DYNAMIC_QUANTIZE_LINEAR, .work = dynamic_quantize },
};
const size_t kernels_quantize_n = sizeof kernels_quantize / sizeof kernels_quantize[0];
