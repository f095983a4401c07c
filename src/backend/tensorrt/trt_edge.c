/* One row for each pair of types that can stand on the two sides of an engine's edge. */
#include "backend/tensorrt/trt_edge.h"
#include "base/numbers.h"

#include <math.h>

/* A pair of conversions. FITS: that v, an element of the model, is one of the engine as well. */
#define PAIR(name, model_t, engine_t, FITS, TO_ENGINE, TO_MODEL)                                                       \
    static bool name##_in(const void *from, void *to, size_t n, size_t *bad)                                           \
    {                                                                                                                  \
        const model_t *f = from;                                                                                       \
        engine_t *t = to;                                                                                              \
        for (size_t i = 0; i < n; i++) {                                                                               \
            const model_t v = f[i];                                                                                    \
            if (!(FITS)) {                                                                                             \
                *bad = i;                                                                                              \
                return false;                                                                                          \
            }                                                                                                          \
            t[i] = TO_ENGINE(v);                                                                                       \
        }                                                                                                              \
        return true;                                                                                                   \
    }                                                                                                                  \
    static void name##_out(const void *from, void *to, size_t n)                                                       \
    {                                                                                                                  \
        const engine_t *f = from;                                                                                      \
        model_t *t = to;                                                                                               \
        for (size_t i = 0; i < n; i++) t[i] = TO_MODEL(f[i]);                                                          \
    }

#define AS_INT64(v) ((int64_t)(v))
#define AS_INT32(v) ((int32_t)(v))
#define AS_INT16(v) ((int16_t)(v))
#define AS_INT8(v) ((int8_t)(v))
#define AS_UINT64(v) ((uint64_t)(v))
#define AS_UINT32(v) ((uint32_t)(v))
#define AS_UINT16(v) ((uint16_t)(v))
#define AS_UINT8(v) ((uint8_t)(v))
#define AS_BOOL(v) ((uint8_t)((v) != 0))
#define AS_FLOAT(v) ((float)(v))
#define AS_DOUBLE(v) ((double)(v))
#define HALF_OF(v) float_to_half((float)(v))
#define FLOAT_OF_HALF(v) half_to_float(v)
#define DOUBLE_OF_HALF(v) ((double)half_to_float(v))
#define UINT8_OF_HALF(v) ((uint8_t)half_to_float(v))
#define BFLOAT_OF_HALF(v) float_to_bfloat(half_to_float(v))
#define HALF_OF_BFLOAT(v) float_to_half(bfloat_to_float(v))
#define BFLOAT_OF(v) float_to_bfloat((float)(v))
#define FLOAT_OF_BFLOAT(v) bfloat_to_float(v)
#define DOUBLE_OF_BFLOAT(v) ((double)bfloat_to_float(v))
#define HALF_OF_FLOAT(v) float_to_half(v)
#define BFLOAT_OF_FLOAT(v) float_to_bfloat(v)

/* Finite numbers that would become infinite do not fit; infinities and NaN do. */
#define FLOAT_MOST 3.4028235677973366e38 /* half a step above the largest float32 */
#define HALF_MOST 65520.0
#define BFLOAT_MOST 3.3961775292304601e38
#define WITHIN(v, most) (!isfinite(v) || fabs((double)(v)) < (most))

PAIR(int64_int32, int64_t, int32_t, v >= INT32_MIN && v <= INT32_MAX, AS_INT32, AS_INT64)
PAIR(int32_int64, int32_t, int64_t, true, AS_INT64, AS_INT32)
PAIR(uint64_int32, uint64_t, int32_t, v <= INT32_MAX, AS_INT32, AS_UINT64)
PAIR(uint64_int64, uint64_t, int64_t, v <= INT64_MAX, AS_INT64, AS_UINT64)
PAIR(uint32_int32, uint32_t, int32_t, v <= INT32_MAX, AS_INT32, AS_UINT32)
PAIR(uint32_int64, uint32_t, int64_t, true, AS_INT64, AS_UINT32)
PAIR(int16_int32, int16_t, int32_t, true, AS_INT32, AS_INT16)
PAIR(uint16_int32, uint16_t, int32_t, true, AS_INT32, AS_UINT16)
PAIR(int8_int32, int8_t, int32_t, true, AS_INT32, AS_INT8)
PAIR(uint8_int32, uint8_t, int32_t, true, AS_INT32, AS_UINT8)
PAIR(bool_int32, uint8_t, int32_t, true, AS_BOOL, AS_BOOL)
PAIR(int16_int64, int16_t, int64_t, true, AS_INT64, AS_INT16)
PAIR(uint16_int64, uint16_t, int64_t, true, AS_INT64, AS_UINT16)
PAIR(int8_int64, int8_t, int64_t, true, AS_INT64, AS_INT8)
PAIR(uint8_int64, uint8_t, int64_t, true, AS_INT64, AS_UINT8)
PAIR(int8_float, int8_t, float, true, AS_FLOAT, AS_INT8)
PAIR(uint8_float, uint8_t, float, true, AS_FLOAT, AS_UINT8)
PAIR(uint8_half, uint8_t, uint16_t, true, HALF_OF, UINT8_OF_HALF)
PAIR(bool_float, uint8_t, float, true, AS_BOOL, AS_BOOL)
PAIR(double_float, double, float, WITHIN(v, FLOAT_MOST), AS_FLOAT, AS_DOUBLE)
PAIR(double_half, double, uint16_t, WITHIN(v, HALF_MOST), HALF_OF, DOUBLE_OF_HALF)
PAIR(double_bf16, double, uint16_t, WITHIN(v, BFLOAT_MOST), BFLOAT_OF, DOUBLE_OF_BFLOAT)
PAIR(float_half, float, uint16_t, WITHIN(v, HALF_MOST), HALF_OF, FLOAT_OF_HALF)
PAIR(float_bf16, float, uint16_t, WITHIN(v, BFLOAT_MOST), BFLOAT_OF, FLOAT_OF_BFLOAT)
PAIR(half_float, uint16_t, float, true, FLOAT_OF_HALF, HALF_OF_FLOAT)
PAIR(bfloat_float, uint16_t, float, true, FLOAT_OF_BFLOAT, BFLOAT_OF_FLOAT)
PAIR(bfloat_half, uint16_t, uint16_t, WITHIN(bfloat_to_float(v), HALF_MOST), HALF_OF_BFLOAT, BFLOAT_OF_HALF)

#define CONVERTS(name) name##_in, name##_out
static const struct trt_edge edges[] = {
    { TFP_FLOAT, TRT_FLOAT, NULL, NULL }, /* the same on both sides; of an engine's type, the first is its own */
    { TFP_FLOAT16, TRT_HALF, NULL, NULL },
    { TFP_BFLOAT16, TRT_BF16, NULL, NULL },
    { TFP_INT64, TRT_INT64, NULL, NULL },
    { TFP_INT32, TRT_INT32, NULL, NULL },
    { TFP_INT8, TRT_INT8, NULL, NULL },
    { TFP_UINT8, TRT_UINT8, NULL, NULL },
    { TFP_BOOL, TRT_BOOL, NULL, NULL },
    { TFP_INT64, TRT_INT32, CONVERTS(int64_int32) },
    { TFP_INT32, TRT_INT64, CONVERTS(int32_int64) },
    { TFP_UINT64, TRT_INT32, CONVERTS(uint64_int32) },
    { TFP_UINT64, TRT_INT64, CONVERTS(uint64_int64) },
    { TFP_UINT32, TRT_INT32, CONVERTS(uint32_int32) },
    { TFP_UINT32, TRT_INT64, CONVERTS(uint32_int64) },
    { TFP_INT16, TRT_INT32, CONVERTS(int16_int32) },
    { TFP_UINT16, TRT_INT32, CONVERTS(uint16_int32) },
    { TFP_INT8, TRT_INT32, CONVERTS(int8_int32) },
    { TFP_UINT8, TRT_INT32, CONVERTS(uint8_int32) },
    { TFP_BOOL, TRT_INT32, CONVERTS(bool_int32) },
    { TFP_INT16, TRT_INT64, CONVERTS(int16_int64) },
    { TFP_UINT16, TRT_INT64, CONVERTS(uint16_int64) },
    { TFP_INT8, TRT_INT64, CONVERTS(int8_int64) },
    { TFP_UINT8, TRT_INT64, CONVERTS(uint8_int64) },
    { TFP_INT8, TRT_FLOAT, CONVERTS(int8_float) },
    { TFP_UINT8, TRT_FLOAT, CONVERTS(uint8_float) },
    { TFP_UINT8, TRT_HALF, CONVERTS(uint8_half) },
    { TFP_BOOL, TRT_FLOAT, CONVERTS(bool_float) },
    { TFP_DOUBLE, TRT_FLOAT, CONVERTS(double_float) },
    { TFP_DOUBLE, TRT_HALF, CONVERTS(double_half) },
    { TFP_DOUBLE, TRT_BF16, CONVERTS(double_bf16) },
    { TFP_FLOAT, TRT_HALF, CONVERTS(float_half) },
    { TFP_FLOAT, TRT_BF16, CONVERTS(float_bf16) },
    { TFP_FLOAT16, TRT_FLOAT, CONVERTS(half_float) },
    { TFP_BFLOAT16, TRT_FLOAT, CONVERTS(bfloat_float) },
    { TFP_BFLOAT16, TRT_HALF, CONVERTS(bfloat_half) },
};
enum { EDGES = sizeof edges / sizeof edges[0] };

const struct trt_edge *trt_edge_find(tfp_dtype model, enum trt_type engine)
{
    for (size_t i = 0; i < EDGES; i++)
        if (edges[i].model == model && edges[i].engine == engine) return &edges[i];
    return NULL;
}

tfp_dtype trt_edge_dtype(enum trt_type engine)
{
    for (size_t i = 0; i < EDGES; i++)
        if (edges[i].engine == engine) return edges[i].model;
    return TFP_UNDEFINED;
}
