/* Inputs made up for measuring and comparing. */
#include "api/array.h"
#include "api/model.h"
#include "api/session.h"
#include "base/numbers.h"
#include "ir/kernels/convert.h"

#include <math.h>
#include <stdlib.h>

/* splitmix64 (Steele, Lea, Flood 2014): every seed is a good one. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* Values between two limits: floats from -1 to 1 and whole numbers 0 and 1, where nothing else is asked for. */
struct span {
    bool asked;
    double low, high;
};

/* In steps that a float holds. */
static float next_float(const struct span *span, uint64_t *state)
{
    const double share = (double)(next_random(state) >> 40) * 0x1p-24;
    return span->asked ? (float)(span->low + (span->high - span->low) * share) : (float)(2 * share - 1);
}

static void fill_floats(const struct span *span, tfp_dtype dtype, void *data, size_t n, uint64_t *state)
{
    for (size_t i = 0; i < n; i++) {
        const float f = next_float(span, state);
        if (dtype == TFP_FLOAT) ((float *)data)[i] = f;
        else if (dtype == TFP_DOUBLE) ((double *)data)[i] = (double)f;
        else if (dtype == TFP_FLOAT16) ((uint16_t *)data)[i] = float_to_half(f);
        else ((uint16_t *)data)[i] = float_to_bfloat(f);
    }
}

/* 0 or 1 in `size` bytes, the lowest first. */
static void fill_bits(size_t size, uint8_t *data, size_t n, uint64_t *state)
{
    memset(data, 0, n * size);
    for (size_t i = 0; i < n; i++) data[i * size] = (uint8_t)(next_random(state) >> 63);
}

static void fill_integers(const struct span *span, tfp_dtype dtype, uint8_t *data, size_t n, uint64_t *state)
{
    const size_t size = tfp_dtype_size(dtype);
    const int64_t low = (int64_t)span->low;
    const uint64_t count = (uint64_t)((int64_t)span->high - low) + 1;
    for (size_t i = 0; i < n; i++) {
        const int64_t value = low + (int64_t)(next_random(state) % count);
        convert_run(TFP_INT64, &value, dtype, data + i * size, 1);
    }
}

static void fill(const struct span *span, struct tensor *t, uint64_t seed)
{
    const size_t n = (size_t)t->count;
    uint64_t state = seed;
    if (t->dtype == TFP_COMPLEX64) fill_floats(span, TFP_FLOAT, t->data, 2 * n, &state);
    else if (t->dtype == TFP_COMPLEX128) fill_floats(span, TFP_DOUBLE, t->data, 2 * n, &state);
    else if (dtype_is_float(t->dtype)) fill_floats(span, t->dtype, t->data, n, &state);
    else if (span->asked) fill_integers(span, t->dtype, t->data, n, &state);
    else fill_bits(tfp_dtype_size(t->dtype), t->data, n, &state);
}

/* A limit comes back from the type as it was; 2^53 is as far as whole numbers go in a double. */
static bool holds(tfp_dtype dtype, double limit)
{
    uint64_t room[2];
    double back;
    if (dtype_is_float(dtype) || dtype_is_complex(dtype)) return isfinite(limit);
    if (!(fabs(limit) <= 0x1p53) || limit != floor(limit) || !convert_possible(TFP_DOUBLE, dtype)) return false;
    const int64_t whole = (int64_t)limit;
    convert_run(TFP_INT64, &whole, dtype, room, 1);
    convert_run(dtype, room, TFP_DOUBLE, &back, 1);
    return back == limit;
}

static tfp_status check_span(struct tfp_context *ctx, const struct tfp_tensor_info *info, const struct span *span)
{
    if (!span->asked || (holds(info->dtype, span->low) && holds(info->dtype, span->high) && span->low <= span->high))
        return TFP_OK;
    return tfp_fail(ctx, TFP_E_USAGE, "input %s: %s has no values from %g to %g", info->name, tfp_dtype_name(info->dtype),
                    span->low, span->high);
}

/* Input i of a session, or of a model. */
struct wanted {
    const struct tfp_tensor_info *info;
    const struct tfp_session *session; /* NULL: of a model */
    size_t i;
    uint32_t rank;
    const int64_t *dims;
    struct span span;
    uint64_t seed;
};

/* Dimensions asked for, else fixed, else the backend's, else 1. */
static tfp_status choose_dims(struct tfp_context *ctx, const struct wanted *w, uint32_t rank, int64_t *dims)
{
    const struct tfp_tensor_info *info = w->info;
    const struct tfp_session *s = w->session;
    const int64_t *asked = w->dims;
    int64_t usual[TFP_MAX_RANK];
    bool known = info->rank >= 0 && s && s->state && s->backend->usual && s->backend->usual(s->state, w->i, usual, NULL);
    if (!asked && info->rank < 0)
        return tfp_fail(ctx, TFP_E_USAGE, "input %s has no known rank: its shape is needed", info->name);
    if (rank > TFP_MAX_RANK || (asked && info->rank >= 0 && rank != (uint32_t)info->rank))
        return tfp_fail(ctx, TFP_E_USAGE, "input %s has rank %d, the shape given %u", info->name, info->rank, rank);
    for (uint32_t k = 0; k < rank; k++) {
        const int64_t fixed = info->rank >= 0 ? info->dims[k] : -1;
        dims[k] = asked && asked[k] >= 0 ? asked[k] : fixed >= 0 ? fixed : known ? usual[k] : 1;
        if (fixed >= 0 && dims[k] != fixed)
            return tfp_fail(ctx, TFP_E_USAGE, "input %s: dimension %u is %lld, not %lld", info->name, k, (long long)fixed,
                            (long long)dims[k]);
    }
    return TFP_OK;
}

/* Shape inputs of an engine take int32 or int64 values of its own choice. */
static void take_usual_values(const struct tfp_session *s, size_t i, struct tensor *t)
{
    int64_t dims[TFP_MAX_RANK], count, usual[64];
    if ((t->dtype != TFP_INT32 && t->dtype != TFP_INT64) || t->count > 64) return;
    if (!s || !s->state || !s->backend->usual || !s->backend->usual(s->state, i, dims, NULL)) return;
    if (!numbers_count(dims, t->rank, &count) || count != t->count || !s->backend->usual(s->state, i, dims, usual)) return;
    for (int64_t k = 0; k < count; k++) tensor_set_int(t, k, usual[k]);
}

static tfp_status make(struct tfp_context *ctx, const struct wanted *w, struct tfp_array *a)
{
    const struct tfp_tensor_info *info = w->info;
    const uint32_t rank = !w->dims && info->rank >= 0 ? (uint32_t)info->rank : w->rank;
    int64_t chosen[TFP_MAX_RANK];
    struct tensor t;
    if (info->dtype == TFP_STRING) return tfp_fail(ctx, TFP_E_UNSUPPORTED, "input %s: strings are not made up", info->name);
    TFP_TRY(check_span(ctx, info, &w->span));
    TFP_TRY(choose_dims(ctx, w, rank, chosen));
    TFP_TRY(tensor_describe(ctx, info->name, info->dtype, rank, chosen, &t));
    TFP_TRY(buffer_create(ctx, t.size, &a->file));
    t.data = a->file->data;
    fill(&w->span, &t, w->seed + w->i);
    take_usual_values(w->session, w->i, &t);
    int64_t *dims = arena_copy(&a->arena, chosen, rank * sizeof *dims);
    if (!dims) return tfp_no_memory(ctx);
    a->tensor = (struct tfp_tensor){ t.dtype, rank, dims, t.data, t.size };
    return TFP_OK;
}

static tfp_status make_array(struct tfp_context *ctx, const struct wanted *w, tfp_array **out)
{
    struct tfp_array *a = calloc(1, sizeof *a);
    if (!a) return tfp_no_memory(ctx);
    tfp_status status = make(ctx, w, a);
    if (status == TFP_OK) *out = a;
    else tfp_array_destroy(a);
    return status;
}

tfp_status tfp_session_sample(tfp_context *ctx, tfp_session *s, size_t i, uint32_t rank, const int64_t *dims, uint64_t seed,
                              tfp_array **out)
{
    if (i >= s->n_inputs) return tfp_fail(ctx, TFP_E_USAGE, "input %zu: the model has %zu", i, s->n_inputs);
    const struct wanted w = { .info = &s->inputs[i], .session = s, .i = i, .rank = rank, .dims = dims, .seed = seed };
    return make_array(ctx, &w, out);
}

tfp_status tfp_model_sample(tfp_context *ctx, tfp_model *m, size_t i, const struct tfp_sample_options *options, tfp_array **out)
{
    struct tfp_sample_options o;
    TFP_TRY(API_OPTIONS(ctx, options, &o));
    if (i >= m->n_inputs) return tfp_fail(ctx, TFP_E_USAGE, "input %zu: the model has %zu", i, m->n_inputs);
    const struct wanted w = { .info = &m->inputs[i], .i = i, .rank = o.rank, .dims = o.dims,
                              .span = { o.ranged, o.low, o.high }, .seed = o.seed };
    return make_array(ctx, &w, out);
}
