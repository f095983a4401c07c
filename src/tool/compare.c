/* How a tensor differs from another: tfp_compare(). */
#include "tool/compare.h"

#include "ir/kernels/convert.h"
#include "ir/tensor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1024, TOP = 5 };

/* Rows of the table of tolerances; a type that is not there must be equal. */
static const struct {
    tfp_dtype dtype;
    struct tfp_tolerance tolerance;
} tolerances[] = {
    { TFP_FLOAT, { 1e-6, 2e-4, 1e-3 } },     { TFP_DOUBLE, { 1e-6, 2e-4, 1e-3 } },  { TFP_COMPLEX64, { 1e-6, 2e-4, 1e-3 } },
    { TFP_COMPLEX128, { 1e-6, 2e-4, 1e-3 } }, { TFP_FLOAT16, { 1e-6, 2e-3, 1e-2 } }, { TFP_BFLOAT16, { 8e-6, 16e-3, 8e-2 } },
};

struct tfp_tolerance tfp_tolerance_of(tfp_dtype dtype)
{
    for (size_t i = 0; i < sizeof tolerances / sizeof *tolerances; i++)
        if (tolerances[i].dtype == dtype) return tolerances[i].tolerance;
    return (struct tfp_tolerance){ 0, 0, 0 };
}

struct tfp_tolerance tfp_tolerance_in(tfp_dtype dtype, const char *precision)
{
    static const struct {
        const char *word;
        tfp_dtype digits;
    } precisions[] = { { "tf32", TFP_FLOAT16 }, { "fp16", TFP_FLOAT16 }, { "bf16", TFP_BFLOAT16 } };
    for (size_t i = 0; precision && dtype == TFP_FLOAT && i < sizeof precisions / sizeof *precisions; i++)
        if (strcmp(precision, precisions[i].word) == 0) return tfp_tolerance_of(precisions[i].digits);
    return tfp_tolerance_of(dtype);
}

/* -- numbers ------------------------------------------------------------------------------------------------------- */

/* Both tensors in chunks of doubles. A complex number is two elements here. */
struct pair {
    tfp_dtype dtype;         /* of the parts */
    const uint8_t *from[2];  /* reference, result */
    size_t count;            /* parts */
    double at[2][CHUNK];
};

static struct pair pair_of(const struct tfp_tensor *reference, const struct tfp_tensor *result, size_t count)
{
    struct pair p = { .dtype = reference->dtype, .from = { reference->data, result->data }, .count = count };
    if (p.dtype == TFP_COMPLEX64 || p.dtype == TFP_COMPLEX128) {
        p.dtype = p.dtype == TFP_COMPLEX64 ? TFP_FLOAT : TFP_DOUBLE;
        p.count *= 2;
    }
    return p;
}

/* Fills `at` with up to CHUNK elements from `first` on, and says how many. Integers that a double holds no more stay apart. */
static size_t read_chunk(struct pair *p, size_t first)
{
    size_t n = p->count - first < CHUNK ? p->count - first : CHUNK, size = tfp_dtype_size(p->dtype);
    for (int k = 0; k < 2; k++) convert_run(p->dtype, p->from[k] + first * size, TFP_DOUBLE, p->at[k], n);
    if (p->dtype != TFP_INT64 && p->dtype != TFP_UINT64) return n;
    for (size_t i = 0; i < n; i++)
        if (p->at[0][i] == p->at[1][i] && memcmp(p->from[0] + (first + i) * size, p->from[1] + (first + i) * size, size) != 0)
            p->at[1][i] = nextafter(p->at[1][i], INFINITY);
    return n;
}

/* Sums over elements that are finite in both. */
struct sums {
    uint64_t finite, nonzero;
    double absolute, relative, square, dot, norm[2], least, most, greatest;
};

static void find_greatest(struct pair *p, struct sums *s)
{
    for (size_t first = 0; first < p->count; first += CHUNK)
        for (size_t n = read_chunk(p, first), i = 0; i < n; i++)
            if (isfinite(p->at[0][i]) && fabs(p->at[0][i]) > s->greatest) s->greatest = fabs(p->at[0][i]);
}

static void add_finite(struct sums *s, double f, double r, struct tfp_difference *out)
{
    double absolute = fabs(r - f);
    if (s->finite++ == 0) s->least = s->most = f;
    s->least = f < s->least ? f : s->least;
    s->most = f > s->most ? f : s->most;
    s->absolute += absolute;
    s->square += absolute * absolute;
    s->dot += f * r;
    s->norm[0] += f * f;
    s->norm[1] += r * r;
    if (absolute > out->max_absolute) out->max_absolute = absolute;
    if (f == 0) return;
    s->nonzero++;
    s->relative += absolute / fabs(f);
    if (!(absolute / fabs(f) <= out->max_relative)) out->max_relative = absolute / fabs(f);
}

/* How many times what is tolerated the elements are apart: infinitely where one is not finite and the other is not the same. */
static double excess(const struct tfp_tolerance *t, double greatest, double f, double r)
{
    if (isnan(f) && isnan(r)) return 0;
    if (f == r) return 0;
    if (!isfinite(f) || !isfinite(r)) return INFINITY;
    double allowed = t->absolute + t->of_greatest * greatest + t->relative * fabs(f);
    return fabs(r - f) / allowed;
}

static void add_pair(struct sums *s, const struct tfp_tolerance *t, double f, double r, size_t place, double *worst,
                     struct tfp_difference *out)
{
    out->not_finite[0] += !isfinite(f);
    out->not_finite[1] += !isfinite(r);
    double far = excess(t, s->greatest, f, r);
    if (isfinite(f) && isfinite(r)) add_finite(s, f, r, out);
    else out->misplaced += far > 0;
    out->beyond += far > 1;
    if (far <= *worst) return;
    *worst = out->excess = far;
    out->worst = place;
    out->worst_reference = f;
    out->worst_result = r;
}

static void finish(const struct sums *s, struct tfp_difference *out)
{
    double norm = sqrt(s->norm[0]) * sqrt(s->norm[1]), range = s->most - s->least;
    out->mean_absolute = s->finite ? s->absolute / (double)s->finite : (double)NAN;
    out->mean_relative = s->nonzero ? s->relative / (double)s->nonzero : (double)NAN;
    if (!s->nonzero) out->max_relative = (double)NAN;
    if (!s->finite) out->max_absolute = (double)NAN;
    out->cosine = norm > 0 ? s->dot / norm : (double)NAN;
    out->psnr = s->square > 0 && range > 0 ? 20 * log10(range / sqrt(s->square / (double)s->finite)) : (double)NAN;
}

static void compare_numbers(struct pair *p, const struct tfp_tolerance *t, struct tfp_difference *out)
{
    struct sums s = { 0 };
    double worst = -1;
    size_t parts = p->count > out->elements ? 2 : 1; /* of an element */
    find_greatest(p, &s);
    for (size_t first = 0; first < p->count; first += CHUNK)
        for (size_t n = read_chunk(p, first), i = 0; i < n; i++)
            add_pair(&s, t, p->at[0][i], p->at[1][i], (first + i) / parts, &worst, out);
    finish(&s, out);
}

/* -- the greatest of a row ----------------------------------------------------------------------------------------- */

/* Places of the greatest elements, the greatest first; of equal ones the earlier. */
static void greatest_of(const double *row, size_t n, size_t k, size_t *places)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        size_t at = found;
        while (at > 0 && row[i] > row[places[at - 1]]) at--;
        if (at == k) continue;
        if (found < k) found++;
        memmove(places + at + 1, places + at, (found - 1 - at) * sizeof *places);
        places[at] = i;
    }
}

static bool same_set(const size_t *a, const size_t *b, size_t k)
{
    for (size_t i = 0; i < k; i++) {
        bool found = false;
        for (size_t j = 0; j < k; j++) found = found || a[i] == b[j];
        if (!found) return false;
    }
    return true;
}

static void compare_rows(const struct pair *p, size_t width, double *rows, struct tfp_difference *out)
{
    size_t n = p->count / width, size = tfp_dtype_size(p->dtype) * width, k = width < TOP ? width : TOP, same[2] = { 0, 0 };
    for (size_t r = 0; r < n; r++) {
        size_t places[2][TOP + 1];
        for (int side = 0; side < 2; side++) {
            convert_run(p->dtype, p->from[side] + r * size, TFP_DOUBLE, rows, width);
            greatest_of(rows, width, k, places[side]);
        }
        same[0] += places[0][0] == places[1][0];
        same[1] += same_set(places[0], places[1], k);
    }
    out->top1 = (double)same[0] / (double)n;
    out->top5 = (double)same[1] / (double)n;
}

static bool has_rows(const struct tfp_tensor *t, size_t count)
{
    bool real = t->dtype == TFP_FLOAT || t->dtype == TFP_DOUBLE || t->dtype == TFP_FLOAT16 || t->dtype == TFP_BFLOAT16;
    return real && count && t->rank && t->dims[t->rank - 1] >= 2;
}

/* -- all ----------------------------------------------------------------------------------------------------------- */

static void compare_strings(const struct tfp_tensor *reference, const struct tfp_tensor *result, struct tfp_difference *out)
{
    const struct tfp_string *f = reference->data, *r = result->data;
    for (size_t i = 0; i < out->elements; i++) {
        bool same = f[i].n == r[i].n && (!f[i].n || memcmp(f[i].at, r[i].at, f[i].n) == 0);
        if (same || out->beyond++) continue;
        out->worst = i;
        out->excess = INFINITY;
    }
}

static bool same_shape(const struct tfp_tensor *a, const struct tfp_tensor *b)
{
    return a->rank == b->rank && (!a->rank || memcmp(a->dims, b->dims, a->rank * sizeof *a->dims) == 0);
}

static tfp_status compare_values(struct tfp_context *ctx, const struct tfp_tensor *reference, const struct tfp_tensor *result,
                                 const struct tfp_tolerance *tolerance, struct tfp_difference *out)
{
    struct pair *p;
    if (reference->dtype == TFP_STRING) return compare_strings(reference, result, out), TFP_OK;
    struct pair made = pair_of(reference, result, (size_t)out->elements);
    if (!convert_possible(made.dtype, TFP_DOUBLE))
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s is not compared", tfp_dtype_name(reference->dtype));
    size_t width = has_rows(reference, made.count) ? (size_t)reference->dims[reference->rank - 1] : 0;
    double *rows = width ? malloc(width * sizeof *rows) : NULL;
    p = malloc(sizeof *p);
    if (p) *p = made;
    if (p && p->count) compare_numbers(p, tolerance, out);
    if (p && rows) compare_rows(p, width, rows, out);
    bool complete = p && (rows || !width);
    free(p);
    free(rows);
    return complete ? TFP_OK : tfp_no_memory(ctx);
}

tfp_status compare_scale(struct tfp_context *ctx, const struct tfp_tensor *reference, const struct tfp_tensor *result, double *out)
{
    struct tensor t;
    *out = 0;
    if (reference->dtype != result->dtype || !same_shape(reference, result)) return TFP_OK;
    if (reference->dtype == TFP_STRING || tfp_dtype_size(reference->dtype) == 0) return TFP_OK;
    TFP_TRY(tensor_describe(ctx, "reference", reference->dtype, reference->rank, reference->dims, &t));
    struct pair *p = malloc(sizeof *p);
    if (!p) return tfp_no_memory(ctx);
    *p = pair_of(reference, result, (size_t)t.count);
    if (!convert_possible(p->dtype, TFP_DOUBLE)) p->count = 0;
    for (size_t first = 0; first < p->count; first += CHUNK)
        for (size_t n = read_chunk(p, first), i = 0; i < n; i++) {
            const double f = p->at[0][i], r = p->at[1][i];
            if (f != r && isfinite(f) && isfinite(r) && fabs(f) > *out) *out = fabs(f);
        }
    free(p);
    return TFP_OK;
}

tfp_status tfp_compare(tfp_context *ctx, const struct tfp_tensor *reference, const struct tfp_tensor *result,
                       const struct tfp_tolerance *tolerance, struct tfp_difference *out)
{
    const struct tfp_tolerance usual = tfp_tolerance_of(reference->dtype);
    struct tensor f, r;
    *out = (struct tfp_difference){ .reason = "", .mean_absolute = NAN, .mean_relative = NAN, .cosine = NAN, .psnr = NAN,
                                    .top1 = NAN, .top5 = NAN };
    TFP_TRY(tensor_describe(ctx, "reference", reference->dtype, reference->rank, reference->dims, &f));
    TFP_TRY(tensor_describe(ctx, "result", result->dtype, result->rank, result->dims, &r));
    if (reference->size < f.size || result->size < r.size)
        return tfp_fail(ctx, TFP_E_USAGE, "a tensor to compare has less bytes than its shape");
    out->elements = (uint64_t)f.count;
    if (reference->dtype != result->dtype) out->reason = "type";
    else if (!same_shape(reference, result)) out->reason = "shape";
    if (*out->reason) {
        out->excess = NAN;
        return TFP_OK;
    }
    TFP_TRY(compare_values(ctx, reference, result, tolerance ? tolerance : &usual, out));
    out->agrees = out->beyond == 0;
    if (!out->agrees) out->reason = "values";
    return TFP_OK;
}
