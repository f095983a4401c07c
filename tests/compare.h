/* Whether two tensors agree: exactly for integers, bools and strings; for floats |a-b| <= 1e-6 + scale * max|b| + rel * |b|
 * (float32 and up: 2e-4 and 1e-3, float16: 2e-3 and 1e-2), with NaN and infinity at the same places. */
#ifndef TFP_TESTS_COMPARE_H
#define TFP_TESTS_COMPARE_H

#include "tfport/tfport.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static inline double half_value(uint16_t h)
{
    int exponent = h >> 10 & 31, fraction = h & 1023;
    double v = exponent == 31 ? (fraction ? (double)NAN : (double)INFINITY)
               : exponent     ? ldexp(1024 + fraction, exponent - 25)
                              : ldexp(fraction, -24);
    return h & 0x8000 ? -v : v;
}

/* Of a float or a whole number that a quantized tensor may hold; else NaN. */
static inline double element(const struct tfp_tensor *t, size_t i)
{
    if (t->dtype == TFP_INT8) return ((const int8_t *)t->data)[i];
    if (t->dtype == TFP_UINT8) return ((const uint8_t *)t->data)[i];
    if (t->dtype == TFP_INT16) return ((const int16_t *)t->data)[i];
    if (t->dtype != TFP_FLOAT && t->dtype != TFP_DOUBLE && t->dtype != TFP_FLOAT16) return (double)NAN;
    if (t->dtype == TFP_FLOAT) return (double)((const float *)t->data)[i];
    if (t->dtype == TFP_DOUBLE) return ((const double *)t->data)[i];
    return half_value(((const uint16_t *)t->data)[i]);
}

static inline bool floats_agree(const struct tfp_tensor *a, const struct tfp_tensor *b, size_t n, char *why, size_t room)
{
    const bool half = a->dtype == TFP_FLOAT16;
    double largest = 0, worst = 0;
    bool agree = true;
    for (size_t i = 0; i < n; i++)
        if (isfinite(element(b, i))) largest = fmax(largest, fabs(element(b, i)));
    for (size_t i = 0; i < n; i++) {
        double x = element(a, i), y = element(b, i);
        bool same = isnan(y) ? isnan(x) : isinf(y) ? x == y : fabs(x - y) <= 1e-6 + (half ? 2e-3 : 2e-4) * largest + (half ? 1e-2 : 1e-3) * fabs(y);
        if (!same && isfinite(x) && isfinite(y)) worst = fmax(worst, fabs(x - y));
        agree = agree && same;
    }
    if (!agree) snprintf(why, room, "largest difference %g of largest value %g, or NaN or infinity misplaced", worst, largest);
    return agree;
}

/* The reason is written to `why` when they differ. */
static inline bool tensors_agree(const struct tfp_tensor *a, const struct tfp_tensor *b, char *why, size_t room)
{
    bool same = a->dtype == b->dtype && a->rank == b->rank;
    for (uint32_t i = 0; same && i < a->rank; i++) same = a->dims[i] == b->dims[i];
    if (!same) {
        int k = snprintf(why, room, "%s[", tfp_dtype_name(a->dtype));
        for (uint32_t i = 0; i < a->rank; i++) k += snprintf(why + k, room - (size_t)k, "%lld ", (long long)a->dims[i]);
        k += snprintf(why + k, room - (size_t)k, "] where %s[", tfp_dtype_name(b->dtype));
        for (uint32_t i = 0; i < b->rank; i++) k += snprintf(why + k, room - (size_t)k, "%lld ", (long long)b->dims[i]);
        snprintf(why + k, room - (size_t)k, "] is expected");
        return false;
    }
    size_t n = a->size / tfp_dtype_size(a->dtype);
    if (a->dtype == TFP_FLOAT || a->dtype == TFP_DOUBLE || a->dtype == TFP_FLOAT16) return floats_agree(a, b, n, why, room);
    if (a->dtype != TFP_STRING) {
        if (!a->size || memcmp(a->data, b->data, a->size) == 0) return true;
        snprintf(why, room, "values differ");
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const struct tfp_string *x = (const struct tfp_string *)a->data + i, *y = (const struct tfp_string *)b->data + i;
        if (x->n == y->n && memcmp(x->at, y->at, x->n) == 0) continue;
        snprintf(why, room, "string %zu differs", i);
        return false;
    }
    return true;
}

/* The same of what was rounded to steps: elements may be `limit` apart, too. */
static inline bool tensors_agree_within(const struct tfp_tensor *a, const struct tfp_tensor *b, double limit, char *why, size_t room)
{
    if (tensors_agree(a, b, why, room)) return true;
    if (!limit || a->dtype != b->dtype || a->size != b->size || a->dtype == TFP_STRING) return false;
    for (size_t i = 0; i < a->size / tfp_dtype_size(a->dtype); i++)
        if (!(fabs(element(a, i) - element(b, i)) <= limit)) return false;
    return true;
}

#endif
