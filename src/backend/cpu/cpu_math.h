/* float32 functions written so that compilers turn loops over them into vector code: no branch, no call, no table. NaN
 * goes through, infinities and large arguments end where they should; errors are a few units in the last place. */
#ifndef TFP_CPU_MATH_H
#define TFP_CPU_MATH_H

#include "base/numbers.h"

/* Before a function: compiled once for each kind of vector unit; the machine's is taken when the program starts. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define CPU_CLONES __attribute__((target_clones("avx512f", "avx2,fma", "default")))
#else
#define CPU_CLONES
#endif

/* e^x = s * (1 + m): x = n ln 2 + r, s = 2^n in two factors so that it may leave the range of exponents. */
struct math_exp {
    float m, low, high;
};

static inline struct math_exp math_exp_parts(float x)
{
    const float round = 12582912.0f; /* 1.5 * 2^23: adding it leaves an integer in the low bits */
    x = x > 89.0f ? 89.0f : x;
    x = x < -104.0f ? -104.0f : x;
    float t = x * 1.44269504f + round;
    uint32_t n = float_bits(t) - float_bits(round);
    float k = t - round;
    float r = (x - k * 0.693359375f) + k * 2.12194440e-4f;
    float p = 1.0f / 5040;
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    uint32_t half = (uint32_t)((int32_t)n / 2);
    return (struct math_exp){ p * r * r + r, float_from_bits((half + 127) << 23),
                              float_from_bits((n - half + 127) << 23) };
}

static inline float math_exp(float x)
{
    struct math_exp e = math_exp_parts(x);
    return (e.m + 1.0f) * e.low * e.high;
}

/* e^x - 1, exact around 0. */
static inline float math_expm1(float x)
{
    struct math_exp e = math_exp_parts(x);
    float s = e.low * e.high, v = s * e.m + (s - 1.0f);
    return x > 88.0f ? math_exp(x) : v;
}

static inline float math_logistic(float x)
{
    return 1.0f / (1.0f + math_exp(-x));
}

static inline float math_abs(float x)
{
    return float_from_bits(float_bits(x) & 0x7fffffff);
}

/* The sign of y on x >= 0. */
static inline float math_sign(float x, float y)
{
    return float_from_bits(float_bits(x) | (float_bits(y) & 0x80000000u));
}

static inline float math_tanh(float x)
{
    float a = math_abs(x);
    a = a > 20.0f ? 20.0f : a;
    float m = math_expm1(2.0f * a);
    return math_sign(m / (m + 2.0f), x);
}

/* ln(1 + e^x) = max(x, 0) + 2 atanh(y / (2 + y)), y = e^-|x| */
static inline float math_softplus(float x)
{
    float y = math_exp(-math_abs(x)), s = y / (2.0f + y), q = s * s;
    float p = 2.0f / 13;
    p = p * q + 2.0f / 11;
    p = p * q + 2.0f / 9;
    p = p * q + 2.0f / 7;
    p = p * q + 2.0f / 5;
    p = p * q + 2.0f / 3;
    p = p * q + 2.0f;
    return (x < 0.0f ? 0.0f : x) + p * s;
}

/* x tanh(softplus(x)) */
static inline float math_mish(float x)
{
    float e = math_exp(x > 20.0f ? 20.0f : x), k = e * (e + 2.0f);
    return x * (k / (k + 2.0f));
}

/* x (1 + erf(x / sqrt 2)) / 2; erfc by the Chebyshev fit of Numerical Recipes 6.2, 1.2e-7 of its value everywhere. */
static inline float math_gelu(float x)
{
    float z = math_abs(x) * 0.70710678f, t = 1.0f / (1.0f + 0.5f * z);
    float p = 0.17087277f;
    p = p * t - 0.82215223f;
    p = p * t + 1.48851587f;
    p = p * t - 1.13520398f;
    p = p * t + 0.27886807f;
    p = p * t - 0.18628806f;
    p = p * t + 0.09678418f;
    p = p * t + 0.37409196f;
    p = p * t + 1.00002368f;
    p = p * t - 1.26551223f;
    float tail = 0.5f * t * math_exp(p - z * z);
    return x * (x < 0.0f ? tail : 1.0f - tail);
}

/* x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2 */
static inline float math_gelu_tanh(float x)
{
    return x * math_logistic(1.59576912f * (x + 0.044715f * x * x * x));
}

static inline float math_hard_swish(float x)
{
    float g = x * (1.0f / 6) + 0.5f;
    g = g < 0.0f ? 0.0f : g;
    return x * (g > 1.0f ? 1.0f : g);
}

#endif
