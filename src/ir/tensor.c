/* Tensors: description with checked sizes, memory, reading single elements. */
#include "ir/tensor.h"

#include "ir/small_types.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    size_t size;
} dtypes[] = {
    [TFP_UNDEFINED] = { "undefined", 0 },
    [TFP_FLOAT] = { "float32", 4 },
    [TFP_UINT8] = { "uint8", 1 },
    [TFP_INT8] = { "int8", 1 },
    [TFP_UINT16] = { "uint16", 2 },
    [TFP_INT16] = { "int16", 2 },
    [TFP_INT32] = { "int32", 4 },
    [TFP_INT64] = { "int64", 8 },
    [TFP_STRING] = { "string", sizeof(struct tfp_string) },
    [TFP_BOOL] = { "bool", 1 },
    [TFP_FLOAT16] = { "float16", 2 },
    [TFP_DOUBLE] = { "float64", 8 },
    [TFP_UINT32] = { "uint32", 4 },
    [TFP_UINT64] = { "uint64", 8 },
    [TFP_COMPLEX64] = { "complex64", 8 },
    [TFP_COMPLEX128] = { "complex128", 16 },
    [TFP_BFLOAT16] = { "bfloat16", 2 },
    [TFP_FLOAT8E4M3FN] = { "float8_e4m3fn", 1 },
    [TFP_FLOAT8E4M3FNUZ] = { "float8_e4m3fnuz", 1 },
    [TFP_FLOAT8E5M2] = { "float8_e5m2", 1 },
    [TFP_FLOAT8E5M2FNUZ] = { "float8_e5m2fnuz", 1 },
    [TFP_UINT4] = { "uint4", 1 },
    [TFP_INT4] = { "int4", 1 },
    [TFP_FLOAT4E2M1] = { "float4_e2m1fn", 1 },
    [TFP_FLOAT8E8M0] = { "float8_e8m0fnu", 1 },
    [TFP_UINT2] = { "uint2", 1 },
    [TFP_INT2] = { "int2", 1 },
};
enum { DTYPES = sizeof dtypes / sizeof dtypes[0] };

const char *tfp_dtype_name(tfp_dtype dtype)
{
    return (unsigned)dtype < DTYPES ? dtypes[dtype].name : "undefined";
}

size_t tfp_dtype_size(tfp_dtype dtype)
{
    return (unsigned)dtype < DTYPES ? dtypes[dtype].size : 0;
}

tfp_status tensor_describe(struct tfp_context *ctx, const char *what, tfp_dtype dtype, size_t rank, const int64_t *dims,
                           struct tensor *t)
{
    if (rank > TFP_MAX_RANK)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: rank %zu, at most %d is supported", what, rank, TFP_MAX_RANK);
    int64_t count;
    size_t size;
    if (!numbers_count(dims, rank, &count) || !mul_size(&size, (size_t)count, tfp_dtype_size(dtype)) ||
        size > SIZE_MAX / 4)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: impossible shape", what);
    t->dtype = dtype;
    t->rank = (uint32_t)rank;
    if (rank) memmove(t->dims, dims, rank * sizeof *dims);
    t->count = count;
    t->size = size;
    return TFP_OK;
}

tfp_status tensor_allocate(struct tfp_context *ctx, struct tensor *t)
{
    TFP_TRY(buffer_create(ctx, t->size, &t->owner));
    t->data = t->owner->data;
    if (t->dtype == TFP_STRING) memset(t->data, 0, t->size);
    return TFP_OK;
}

tfp_status tensor_copy(struct tfp_context *ctx, const struct tensor *from, struct tensor *to)
{
    *to = *from;
    to->owner = NULL;
    TFP_TRY(tensor_allocate(ctx, to));
    if (to->size) memcpy(to->data, from->data, to->size);
    return TFP_OK;
}

tfp_status tensor_keep(struct tfp_context *ctx, const struct tensor *from, struct tensor *to)
{
    if (!from->owner) return tensor_copy(ctx, from, to);
    *to = *from;
    buffer_keep(to->owner);
    return TFP_OK;
}

void tensor_release(struct tensor *t)
{
    buffer_drop(t->owner);
    t->owner = NULL;
    t->data = NULL;
}

bool tensor_is_aligned(const struct tensor *t)
{
    size_t size = tfp_dtype_size(t->dtype);
    return size == 0 || (uintptr_t)t->data % (size > sizeof(double) ? sizeof(double) : size) == 0;
}

tfp_status tensor_align(struct tfp_context *ctx, struct tensor *t, bool *copied)
{
    *copied = !tensor_is_aligned(t);
    if (!*copied) return TFP_OK;
    const void *from = t->data;
    TFP_TRY(buffer_create(ctx, t->size, &t->owner));
    t->data = t->owner->data;
    memcpy(t->data, from, t->size);
    return TFP_OK;
}

/* Through memcpy, which no address disturbs. */
#define LOADER(name, type)                                                                                             \
    static inline type load_##name(const struct tensor *t, int64_t i)                                                  \
    {                                                                                                                  \
        type v;                                                                                                        \
        memcpy(&v, (const char *)t->data + (size_t)i * sizeof v, sizeof v);                                            \
        return v;                                                                                                      \
    }
LOADER(u16, uint16_t)
LOADER(i16, int16_t)
LOADER(u32, uint32_t)
LOADER(i32, int32_t)
LOADER(u64, uint64_t)
LOADER(i64, int64_t)
LOADER(f32, float)
LOADER(f64, double)
#undef LOADER

int64_t tensor_int(const struct tensor *t, int64_t i)
{
    switch (t->dtype) {
    case TFP_UINT8: case TFP_BOOL: case TFP_UINT4: case TFP_UINT2: return ((const uint8_t *)t->data)[i];
    case TFP_INT8: case TFP_INT4: case TFP_INT2: return ((const int8_t *)t->data)[i];
    case TFP_UINT16: return load_u16(t, i);
    case TFP_INT16: return load_i16(t, i);
    case TFP_INT32: return load_i32(t, i);
    case TFP_UINT32: return load_u32(t, i);
    case TFP_INT64: return load_i64(t, i);
    case TFP_UINT64: return (int64_t)load_u64(t, i);
    default: break;
    }
    double v = tensor_float(t, i);
    return v >= -0x1p63 && v < 0x1p63 ? (int64_t)v : 0;
}

double tensor_float(const struct tensor *t, int64_t i)
{
    switch (t->dtype) {
    case TFP_FLOAT: return (double)load_f32(t, i);
    case TFP_DOUBLE: return load_f64(t, i);
    case TFP_FLOAT16: return (double)half_to_float(load_u16(t, i));
    case TFP_BFLOAT16: return (double)bfloat_to_float(load_u16(t, i));
    case TFP_UINT64: return (double)load_u64(t, i);
    case TFP_UINT8: case TFP_BOOL: case TFP_INT8: case TFP_UINT16: case TFP_INT16: case TFP_INT32: case TFP_UINT32:
    case TFP_INT64: case TFP_UINT4: case TFP_INT4: case TFP_UINT2: case TFP_INT2: return (double)tensor_int(t, i);
    default: break;
    }
    return dtype_is_small_float(t->dtype) ? (double)small_to_float(t->dtype, ((const uint8_t *)t->data)[i]) : 0;
}

const char *tensor_text(const struct tensor *t, char *room, size_t n)
{
    size_t k = (size_t)snprintf(room, n, "%s[", tfp_dtype_name(t->dtype));
    for (uint32_t i = 0; i < t->rank && k < n; i++)
        k += (size_t)snprintf(room + k, n - k, "%s%lld", i ? "," : "", (long long)t->dims[i]);
    if (k < n) snprintf(room + k, n - k, "]");
    return room;
}
