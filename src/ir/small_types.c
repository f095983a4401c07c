/* The small types by a table of their fields; rounding by the FPU. */
#include "ir/small_types.h"

#include <math.h>

static const struct format {
    int mantissa, bias;
    uint8_t largest; /* bits of the largest finite number */
    uint8_t infinity, nan; /* 0: has none */
    bool nan_is_zero; /* NaN stands where minus zero would */
    uint8_t sign;
} formats[] = {
    [TFP_FLOAT8E4M3FN] = { 3, 7, 0x7e, 0, 0x7f, false, 0x80 },
    [TFP_FLOAT8E4M3FNUZ] = { 3, 8, 0x7f, 0, 0x80, true, 0x80 },
    [TFP_FLOAT8E5M2] = { 2, 15, 0x7b, 0x7c, 0x7e, false, 0x80 },
    [TFP_FLOAT8E5M2FNUZ] = { 2, 16, 0x7f, 0, 0x80, true, 0x80 },
    [TFP_FLOAT4E2M1] = { 1, 1, 0x7, 0, 0, false, 0x8 },
};

enum { EXPONENT_BIAS = 127, EXPONENT_NAN = 0xff };

int small_bits(tfp_dtype t)
{
    switch (t) {
    case TFP_UINT4: case TFP_INT4: case TFP_FLOAT4E2M1: return 4;
    case TFP_UINT2: case TFP_INT2: return 2;
    default: return 8;
    }
}

/* -- floats -------------------------------------------------------------------------------------------------------- */

float small_to_float(tfp_dtype t, uint8_t bits)
{
    if (t == TFP_FLOAT8E8M0) return bits == EXPONENT_NAN ? NAN : ldexpf(1, bits - EXPONENT_BIAS);
    const struct format *f = &formats[t];
    const int magnitude = bits & (f->sign - 1), fraction = magnitude & ((1 << f->mantissa) - 1);
    const int exponent = magnitude >> f->mantissa;
    const bool negative = bits & f->sign;
    if (f->nan_is_zero && bits == f->nan) return NAN;
    if (f->infinity && magnitude == f->infinity) return negative ? -INFINITY : INFINITY;
    if (magnitude > f->largest) return negative ? -NAN : NAN;
    const float v = exponent ? ldexpf((float)(fraction + (1 << f->mantissa)), exponent - f->bias - f->mantissa)
                             : ldexpf((float)fraction, 1 - f->bias - f->mantissa);
    return negative ? -v : v;
}

static uint8_t exponent_of(float f, bool saturate, enum small_round round)
{
    int e;
    if (isnan(f)) return EXPONENT_NAN;
    if (isinf(f)) return saturate ? EXPONENT_NAN - 1 : EXPONENT_NAN;
    f = fabsf(f);
    if (f < 0x1p-127f) return saturate ? 0 : EXPONENT_NAN;
    const float fraction = 2 * frexpf(f, &e); /* 1 to 2 */
    e += EXPONENT_BIAS - 1;
    if (fraction > 1 && (round == SMALL_UP || (round == SMALL_NEAREST && fraction >= 1.5f))) e++;
    if (e < EXPONENT_NAN) return (uint8_t)e;
    return saturate ? EXPONENT_NAN - 1 : EXPONENT_NAN;
}

uint8_t small_of_float(tfp_dtype t, float v, bool saturate, enum small_round round)
{
    if (t == TFP_FLOAT8E8M0) return exponent_of(v, saturate, round);
    const struct format *f = &formats[t];
    const uint8_t sign = signbit(v) ? f->sign : 0;
    const float magnitude = fabsf(v);
    if (isnan(v)) return f->nan_is_zero ? f->nan : f->nan ? f->nan | sign : f->sign; /* minus zero, where there is none */
    int code = f->largest + 1;
    if (!isinf(v) && magnitude > 0) {
        const int exponent = ilogbf(magnitude), least = 1 - f->bias, at = exponent > least ? exponent : least;
        const int steps = exponent - least > 64 ? 1 << 8 : (int)nearbyintf(ldexpf(magnitude, f->mantissa - at));
        code = steps >= 1 << 8 ? f->largest + 1 : steps + (at - least) * (1 << f->mantissa);
    } else if (magnitude == 0) {
        code = 0;
    }
    if (code == 0) return f->nan_is_zero ? 0 : sign;
    if (code <= f->largest) return (uint8_t)code | sign;
    if (saturate || !f->nan) return f->largest | sign;
    if (f->infinity) return f->infinity | sign;
    return f->nan_is_zero ? f->nan : f->nan | sign;
}

/* -- integers and packing ------------------------------------------------------------------------------------------ */

int8_t small_of_int(tfp_dtype t, int64_t v)
{
    const int bits = small_bits(t), low = (int)(v & ((1 << bits) - 1));
    const bool is_signed = t == TFP_INT4 || t == TFP_INT2;
    return (int8_t)(is_signed && low >> (bits - 1) ? low - (1 << bits) : low);
}

void small_pack(tfp_dtype t, const uint8_t *from, uint8_t *packed, size_t n)
{
    const size_t bits = (size_t)small_bits(t), each = 8 / bits;
    if (n) memset(packed, 0, small_packed_size(t, n));
    for (size_t i = 0; i < n; i++)
        packed[i / each] = (uint8_t)(packed[i / each] | (from[i] & ((1u << bits) - 1)) << i % each * bits);
}

void small_unpack(tfp_dtype t, const uint8_t *packed, uint8_t *to, size_t n)
{
    const size_t bits = (size_t)small_bits(t), each = 8 / bits;
    for (size_t i = 0; i < n; i++) {
        const uint8_t code = (uint8_t)(packed[i / each] >> i % each * bits & ((1u << bits) - 1));
        to[i] = dtype_is_small_integer(t) ? (uint8_t)small_of_int(t, code) : code;
    }
}
