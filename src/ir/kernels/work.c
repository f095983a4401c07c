/* Memory and conversions for the kernels of the neural-network families. */
#include "ir/kernels/work.h"

#include "ir/small_types.h"

#include <math.h>
#include <stdlib.h>

enum { WORK_ALIGN = 64 };

struct work_block {
    struct work_block *next;
};

void work_free(struct work *w)
{
    while (w->blocks) {
        struct work_block *next = w->blocks->next;
        free(w->blocks);
        w->blocks = next;
    }
}

tfp_status work_take(struct kernel *k, struct work *w, int64_t count, size_t size, void **out)
{
    size_t bytes;
    *out = NULL;
    if (count < 0 || !mul_size(&bytes, (size_t)count, size) || bytes > SIZE_MAX / 2) return tfp_no_memory(k->ctx);
    bytes = (bytes + WORK_ALIGN - 1) / WORK_ALIGN * WORK_ALIGN + WORK_ALIGN;
    struct work_block *b = aligned_alloc(WORK_ALIGN, bytes);
    if (!b) return tfp_no_memory(k->ctx);
    b->next = w->blocks;
    w->blocks = b;
    *out = (char *)b + WORK_ALIGN;
    return TFP_OK;
}

size_t work_size(enum work_kind kind)
{
    return kind == WORK_F64 || kind == WORK_I64 ? 8 : 4;
}

static bool is_same(tfp_dtype dtype, enum work_kind kind)
{
    switch (kind) {
    case WORK_F32: return dtype == TFP_FLOAT;
    case WORK_F64: return dtype == TFP_DOUBLE;
    case WORK_I32: return dtype == TFP_INT32 || dtype == TFP_UINT32;
    case WORK_I64: return dtype == TFP_INT64 || dtype == TFP_UINT64;
    }
    return false;
}

tfp_status work_kind_of(struct kernel *k, tfp_dtype dtype, enum work_kind *out)
{
    if (dtype == TFP_DOUBLE) *out = WORK_F64;
    else if (dtype_is_float(dtype)) *out = WORK_F32;
    else if (dtype == TFP_INT64 || dtype == TFP_UINT64) *out = WORK_I64;
    else if (dtype_is_integer(dtype)) *out = WORK_I32;
    else return kernel_fail(k, TFP_E_UNSUPPORTED, "cannot compute in %s", tfp_dtype_name(dtype));
    return TFP_OK;
}

tfp_status work_float_kind(struct kernel *k, tfp_dtype dtype, enum work_kind *out)
{
    if (!dtype_is_float(dtype))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "takes floating types, not %s", tfp_dtype_name(dtype));
    *out = dtype == TFP_DOUBLE ? WORK_F64 : WORK_F32;
    return TFP_OK;
}

#define WIDEN(from, to)                                                                                                \
    do {                                                                                                               \
        const from *in_ = t->data;                                                                                     \
        to *out_ = at;                                                                                                 \
        for (int64_t i = 0; i < t->count; i++) out_[i] = (to)in_[i];                                                   \
    } while (0)

static void load_f32(const struct tensor *t, void *at)
{
    float *out = at;
    const uint16_t *half = t->data;
    switch (t->dtype) {
    case TFP_FLOAT16:
        for (int64_t i = 0; i < t->count; i++) out[i] = half_to_float(half[i]);
        return;
    case TFP_BFLOAT16:
        for (int64_t i = 0; i < t->count; i++) out[i] = bfloat_to_float(half[i]);
        return;
    case TFP_UINT8: WIDEN(uint8_t, float); return;
    case TFP_INT8: WIDEN(int8_t, float); return;
    case TFP_INT32: WIDEN(int32_t, float); return;
    default:
        for (int64_t i = 0; i < t->count; i++) out[i] = (float)tensor_float(t, i);
    }
}

static void load_i32(const struct tensor *t, void *at)
{
    switch (t->dtype) {
    case TFP_UINT8: WIDEN(uint8_t, int32_t); return;
    case TFP_INT8: WIDEN(int8_t, int32_t); return;
    case TFP_UINT16: WIDEN(uint16_t, int32_t); return;
    case TFP_INT16: WIDEN(int16_t, int32_t); return;
    default:
        for (int64_t i = 0; i < t->count; i++) ((int32_t *)at)[i] = (int32_t)tensor_int(t, i);
    }
}

tfp_status work_load(struct kernel *k, struct work *w, const struct tensor *t, enum work_kind kind, const void **out)
{
    const bool is_float = dtype_is_float(t->dtype) || dtype_is_small_float(t->dtype);
    bool real = is_float || dtype_is_integer(t->dtype) || dtype_is_small_integer(t->dtype) || t->dtype == TFP_BOOL;
    if (!real || (is_float && kind >= WORK_I32))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "cannot take %s here", tfp_dtype_name(t->dtype));
    *out = t->data;
    if (is_same(t->dtype, kind) && t->data) return TFP_OK;
    void *at;
    TFP_TRY(work_take(k, w, t->count, work_size(kind), &at));
    *out = at;
    switch (kind) {
    case WORK_F32: load_f32(t, at); break;
    case WORK_F64:
        for (int64_t i = 0; i < t->count; i++) ((double *)at)[i] = tensor_float(t, i);
        break;
    case WORK_I32: load_i32(t, at); break;
    case WORK_I64:
        for (int64_t i = 0; i < t->count; i++) ((int64_t *)at)[i] = tensor_int(t, i);
        break;
    }
    return TFP_OK;
}

tfp_status work_output_dims(struct kernel *k, struct work *w, size_t i, tfp_dtype dtype, size_t rank,
                            const int64_t *dims, enum work_kind kind, void **out)
{
    TFP_TRY(kernel_output(k, i, dtype, rank, dims));
    *out = k->out[i].data;
    if (is_same(dtype, kind) && *out) return TFP_OK;
    return work_take(k, w, k->out[i].count, work_size(kind), out);
}

tfp_status work_output(struct kernel *k, struct work *w, size_t i, const struct tensor *like, enum work_kind kind,
                       void **out)
{
    return work_output_dims(k, w, i, like->dtype, like->rank, like->dims, kind, out);
}

#define NARROW(from, to)                                                                                               \
    do {                                                                                                               \
        const from *in_ = at;                                                                                          \
        to *out_ = t->data;                                                                                            \
        for (int64_t i = 0; i < t->count; i++) out_[i] = (to)in_[i];                                                   \
    } while (0)

static void store_integers(struct tensor *t, enum work_kind kind, const void *at)
{
    if (kind == WORK_I64) {
        NARROW(int64_t, int64_t);
        return;
    }
    switch (tfp_dtype_size(t->dtype)) {
    case 1: NARROW(int32_t, uint8_t); return;
    case 2: NARROW(int32_t, uint16_t); return;
    default: NARROW(int32_t, uint32_t); return;
    }
}

/* Rounded half to even and saturated; NaN becomes 0. */
static void store_rounded(struct tensor *t, int64_t i, double v)
{
    v = isnan(v) ? 0 : nearbyint(v);
#define SATURATE(type, low, high) ((type *)t->data)[i] = v <= (low) ? (type)(low) : v >= (high) ? (type)(high) : (type)v
    switch (t->dtype) {
    case TFP_UINT8: SATURATE(uint8_t, 0.0, 255.0); break;
    case TFP_INT8: SATURATE(int8_t, -128.0, 127.0); break;
    case TFP_UINT16: SATURATE(uint16_t, 0.0, 65535.0); break;
    case TFP_INT16: SATURATE(int16_t, -32768.0, 32767.0); break;
    case TFP_UINT32: SATURATE(uint32_t, 0.0, 4294967295.0); break;
    case TFP_INT32: SATURATE(int32_t, -2147483648.0, 2147483647.0); break;
    case TFP_UINT64: ((uint64_t *)t->data)[i] = v <= 0 ? 0 : v >= 0x1p64 ? UINT64_MAX : (uint64_t)v; break;
    case TFP_INT64:
        ((int64_t *)t->data)[i] = v <= -0x1p63 ? INT64_MIN : v >= 0x1p63 ? INT64_MAX : (int64_t)v;
        break;
    default: ((uint8_t *)t->data)[i] = v != 0; break; /* bool */
    }
#undef SATURATE
}

void work_store(struct kernel *k, size_t i, enum work_kind kind, const void *from)
{
    struct tensor *t = &k->out[i];
    if (from == t->data || t->count == 0) return;
    if (kind >= WORK_I32) {
        store_integers(t, kind, from);
        return;
    }
    bool wide = kind == WORK_F64;
    for (int64_t j = 0; j < t->count; j++) {
        double v = work_get(wide, from, j);
        switch (t->dtype) {
        case TFP_FLOAT: ((float *)t->data)[j] = (float)v; break;
        case TFP_DOUBLE: ((double *)t->data)[j] = v; break;
        case TFP_FLOAT16: ((uint16_t *)t->data)[j] = float_to_half((float)v); break;
        case TFP_BFLOAT16: ((uint16_t *)t->data)[j] = float_to_bfloat((float)v); break;
        default: store_rounded(t, j, v);
        }
    }
}

tfp_status work_input(struct kernel *k, size_t i, const struct tensor **out)
{
    *out = kernel_in(k, i);
    if (!*out) return kernel_fail(k, TFP_E_FORMAT, "input %zu is missing", i);
    return TFP_OK;
}

tfp_status work_scalar(struct kernel *k, size_t i, double otherwise, double *out)
{
    const struct tensor *t = kernel_in(k, i);
    *out = otherwise;
    if (!t) return TFP_OK;
    if (t->count != 1 || !(dtype_is_float(t->dtype) || dtype_is_integer(t->dtype)))
        return kernel_fail(k, TFP_E_FORMAT, "input %zu must be one number", i);
    *out = tensor_float(t, 0);
    return TFP_OK;
}

tfp_status work_scalar_int(struct kernel *k, size_t i, int64_t otherwise, int64_t *out)
{
    const struct tensor *t = kernel_in(k, i);
    *out = otherwise;
    if (!t) return TFP_OK;
    if (t->count != 1 || !dtype_is_integer(t->dtype))
        return kernel_fail(k, TFP_E_FORMAT, "input %zu must be one integer", i);
    *out = tensor_int(t, 0);
    return TFP_OK;
}

tfp_status work_axis(struct kernel *k, int64_t axis, size_t rank, size_t *out)
{
    if (axis < -(int64_t)rank || axis >= (int64_t)rank)
        return kernel_fail(k, TFP_E_FORMAT, "axis %lld is not in a tensor of rank %zu", (long long)axis, rank);
    *out = (size_t)(axis < 0 ? axis + (int64_t)rank : axis);
    return TFP_OK;
}
