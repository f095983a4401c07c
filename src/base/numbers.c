/* IEEE 754 binary16 conversions and checked products. */
#include "base/numbers.h"

bool numbers_count(const int64_t *dims, size_t rank, int64_t *out)
{
    int64_t n = 1;
    bool zero = false;
    for (size_t i = 0; i < rank; i++) {
        if (dims[i] < 0) return false;
        if (dims[i] == 0) zero = true;
        else if (__builtin_mul_overflow(n, dims[i], &n)) return false;
    }
    *out = zero ? 0 : n;
    return true;
}

float half_to_float(uint16_t h)
{
    uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = h >> 10 & 0x1f, fraction = h & 0x3ff;
    if (exponent == 0x1f) return float_from_bits(sign | 0x7f800000 | fraction << 13);
    if (exponent) return float_from_bits(sign | (exponent + 112) << 23 | fraction << 13);
    float f = (float)fraction * 0x1p-24f; /* subnormal or zero: exact */
    return sign ? -f : f;
}

uint16_t float_to_half(float f)
{
    uint32_t bits = float_bits(f), sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) return (uint16_t)(sign | 0x7e00 | (magnitude >> 13 & 0x3ff));
    if (magnitude >= 0x477ff000) return (uint16_t)(sign | 0x7c00); /* 65520 and above round to infinity */
    if (magnitude < 0x38800000) { /* below 2^-14: subnormal; adding 0.5 lets the FPU round at bit 2^-24 */
        float rounded = float_from_bits(magnitude) + 0.5f;
        return (uint16_t)(sign | (float_bits(rounded) - 0x3f000000));
    }
    uint32_t rounded = magnitude + 0xfff + (magnitude >> 13 & 1);
    return (uint16_t)(sign | ((rounded >> 13) - (112 << 10)));
}
