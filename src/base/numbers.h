/* Checked sizes, float16 and bfloat16. */
#ifndef TFP_BASE_NUMBERS_H
#define TFP_BASE_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline bool mul_size(size_t *out, size_t a, size_t b)
{
    return !__builtin_mul_overflow(a, b, out);
}

/* Product of dims; false when a dim is negative or the product overflows int64_t. A 0 anywhere gives 0. */
bool numbers_count(const int64_t *dims, size_t rank, int64_t *out);

static inline float float_from_bits(uint32_t bits)
{
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

static inline uint32_t float_bits(float f)
{
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}

/* IEEE 754 binary16, round to nearest even, with infinities, NaN and subnormals. */
float half_to_float(uint16_t h);
uint16_t float_to_half(float f);

static inline float bfloat_to_float(uint16_t b)
{
    return float_from_bits((uint32_t)b << 16);
}

static inline uint16_t float_to_bfloat(float f)
{
    uint32_t bits = float_bits(f);
    if ((bits & 0x7fffffff) > 0x7f800000) return (uint16_t)(bits >> 16 | 0x40); /* NaN stays NaN */
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

#endif
