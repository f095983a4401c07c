/* Inputs made up for measuring. */
#include "api/array.h"
#include "api/session.h"
#include "base/numbers.h"

#include <stdlib.h>

/* splitmix64 (Steele, Lea, Flood 2014): every seed is a good one. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* From -1 to 1, in steps that a float holds. */
static float next_float(uint64_t *state)
{
    return (float)(next_random(state) >> 40) * 0x1p-23f - 1;
}

static void fill_floats(tfp_dtype dtype, void *data, size_t n, uint64_t *state)
{
    for (size_t i = 0; i < n; i++) {
        const float f = next_float(state);
        if (dtype == TFP_FLOAT) ((float *)data)[i] = f;
        else if (dtype == TFP_DOUBLE) ((double *)data)[i] = (double)f;
        else if (dtype == TFP_FLOAT16) ((uint16_t *)data)[i] = float_to_half(f);
        else ((uint16_t *)data)[i] = float_to_bfloat(f);
    }
}

/* 0 or 1 in `size` bytes, the lowest first. */
static void fill_integers(size_t size, uint8_t *data, size_t n, uint64_t *state)
{
    memset(data, 0, n * size);
    for (size_t i = 0; i < n; i++) data[i * size] = (uint8_t)(next_random(state) >> 63);
}

static void fill(struct tensor *t, uint64_t seed)
{
    const size_t n = (size_t)t->count;
    uint64_t state = seed;
    if (t->dtype == TFP_COMPLEX64) fill_floats(TFP_FLOAT, t->data, 2 * n, &state);
    else if (t->dtype == TFP_COMPLEX128) fill_floats(TFP_DOUBLE, t->data, 2 * n, &state);
    else if (dtype_is_float(t->dtype)) fill_floats(t->dtype, t->data, n, &state);
    else fill_integers(tfp_dtype_size(t->dtype), t->data, n, &state);
}

/* Dimensions asked for, else fixed, else the backend's, else 1. */
static tfp_status choose_dims(struct tfp_context *ctx, struct tfp_session *s, size_t i, uint32_t rank, const int64_t *asked,
                              int64_t *dims)
{
    const struct tfp_tensor_info *info = &s->inputs[i];
    int64_t usual[TFP_MAX_RANK];
    bool known = info->rank >= 0 && s->state && s->backend->usual && s->backend->usual(s->state, i, usual, NULL);
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
static void take_usual_values(struct tfp_session *s, size_t i, struct tensor *t)
{
    int64_t dims[TFP_MAX_RANK], count, usual[64];
    if (!s->state || !s->backend->usual || t->count > 64 || !s->backend->usual(s->state, i, dims, NULL)) return;
    if (!numbers_count(dims, t->rank, &count) || count != t->count || !s->backend->usual(s->state, i, dims, usual)) return;
    for (int64_t k = 0; k < count; k++) {
        if (t->dtype == TFP_INT64) ((int64_t *)t->data)[k] = usual[k];
        if (t->dtype == TFP_INT32) ((int32_t *)t->data)[k] = (int32_t)usual[k];
    }
}

static tfp_status make(struct tfp_context *ctx, struct tfp_session *s, size_t i, uint32_t rank, const int64_t *asked,
                       uint64_t seed, struct tfp_array *a)
{
    const struct tfp_tensor_info *info = &s->inputs[i];
    int64_t chosen[TFP_MAX_RANK];
    struct tensor t;
    if (info->dtype == TFP_STRING) return tfp_fail(ctx, TFP_E_UNSUPPORTED, "input %s: strings are not made up", info->name);
    if (!asked && info->rank >= 0) rank = (uint32_t)info->rank;
    TFP_TRY(choose_dims(ctx, s, i, rank, asked, chosen));
    TFP_TRY(tensor_describe(ctx, info->name, info->dtype, rank, chosen, &t));
    TFP_TRY(buffer_create(ctx, t.size, &a->file));
    t.data = a->file->data;
    fill(&t, seed + i);
    take_usual_values(s, i, &t);
    int64_t *dims = arena_copy(&a->arena, chosen, rank * sizeof *dims);
    if (!dims) return tfp_no_memory(ctx);
    a->tensor = (struct tfp_tensor){ t.dtype, rank, dims, t.data, t.size };
    return TFP_OK;
}

tfp_status tfp_session_sample(tfp_context *ctx, tfp_session *s, size_t i, uint32_t rank, const int64_t *dims, uint64_t seed,
                              tfp_array **out)
{
    if (i >= s->n_inputs) return tfp_fail(ctx, TFP_E_USAGE, "input %zu: the model has %zu", i, s->n_inputs);
    struct tfp_array *a = calloc(1, sizeof *a);
    if (!a) return tfp_no_memory(ctx);
    tfp_status status = make(ctx, s, i, rank, dims, seed, a);
    if (status == TFP_OK) *out = a;
    else tfp_array_destroy(a);
    return status;
}
