/* TensorProto (onnx.proto3) -> dense tensors. */
#include "frontend/onnx/onnx_tensor.h"

#include "base/path.h"

#include "ir/small_types.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const uint64_t LARGEST_SPARSE = (uint64_t)1 << 31;

static const char *const words[] = {
    "UNDEFINED", "FLOAT", "UINT8", "INT8", "UINT16", "INT16", "INT32", "INT64", "STRING", "BOOL", "FLOAT16", "DOUBLE",
    "UINT32", "UINT64", "COMPLEX64", "COMPLEX128", "BFLOAT16", "FLOAT8E4M3FN", "FLOAT8E4M3FNUZ", "FLOAT8E5M2",
    "FLOAT8E5M2FNUZ", "UINT4", "INT4", "FLOAT4E2M1", "FLOAT8E8M0", "UINT2", "INT2",
};
enum { N_WORDS = sizeof words / sizeof words[0] };

const char *onnx_type_word(int64_t number, char *room, size_t n)
{
    if (number >= 0 && number < N_WORDS) return words[number];
    snprintf(room, n, "%lld", (long long)number);
    return room;
}

int64_t onnx_type_number(struct bytes word)
{
    for (int i = 1; i < N_WORDS; i++)
        if (bytes_equal(word, words[i])) return i;
    return 0;
}

tfp_dtype onnx_dtype(int64_t number)
{
    if (number <= 0 || number > UINT8_MAX || !tfp_dtype_size((tfp_dtype)number)) return TFP_UNDEFINED;
    return (tfp_dtype)number;
}

/* -- typed fields -------------------------------------------------------------------------------------------------- */

/* How many of the typed field's numbers a dtype's elements take: those of fewer than 8 bits are packed there, too. */
static size_t expected(const struct tensor *t)
{
    return small_packed_size(t->dtype, (size_t)t->count);
}

/* Bytes that the elements take in a file. */
static size_t stored_size(const struct tensor *t)
{
    return expected(t) * tfp_dtype_size(t->dtype);
}

/* Numbers that the typed field of a dtype holds, in elements or, of those of fewer than 8 bits, in bytes. */
static size_t listed(const struct onnxpb_tensor *p, tfp_dtype dtype)
{
    switch (dtype) {
    case TFP_FLOAT: return p->float_data.n;
    case TFP_COMPLEX64: return p->float_data.n / 2;
    case TFP_DOUBLE: return p->double_data.n;
    case TFP_COMPLEX128: return p->double_data.n / 2;
    case TFP_INT64: return p->int64_data.n;
    case TFP_UINT32: case TFP_UINT64: return p->uint64_data.n;
    case TFP_STRING: return p->string_data.n;
    case TFP_UNDEFINED: return 0;
    default: return p->int32_data.n;
    }
}

#define CONVERT(type, list)                                                                                            \
    for (size_t i = 0; i < n; i++) ((type *)to)[i] = (type)(list).at[i]
#define COPY(list, count)                                                                                              \
    if (n) memcpy(to, (list).at, (count) * sizeof *(list).at)

static void convert(const struct onnxpb_tensor *p, tfp_dtype dtype, void *to, size_t n)
{
    switch (dtype) {
    case TFP_FLOAT: COPY(p->float_data, n); break;
    case TFP_COMPLEX64: COPY(p->float_data, 2 * n); break;
    case TFP_DOUBLE: COPY(p->double_data, n); break;
    case TFP_COMPLEX128: COPY(p->double_data, 2 * n); break;
    case TFP_INT64: COPY(p->int64_data, n); break;
    case TFP_UINT64: COPY(p->uint64_data, n); break;
    case TFP_UINT32: CONVERT(uint32_t, p->uint64_data); break;
    case TFP_INT32: COPY(p->int32_data, n); break;
    case TFP_INT8: CONVERT(int8_t, p->int32_data); break;
    case TFP_UINT8: CONVERT(uint8_t, p->int32_data); break;
    case TFP_INT16: CONVERT(int16_t, p->int32_data); break;
    case TFP_BOOL:
        for (size_t i = 0; i < n; i++) ((uint8_t *)to)[i] = p->int32_data.at[i] != 0;
        break;
    case TFP_UINT16: case TFP_FLOAT16: case TFP_BFLOAT16: CONVERT(uint16_t, p->int32_data); break;
    case TFP_STRING: case TFP_UNDEFINED: break;
    default: CONVERT(uint8_t, p->int32_data); break; /* small types: their bits */
    }
}

static tfp_status unpack(struct tfp_context *ctx, const uint8_t *packed, struct tensor *t)
{
    TFP_TRY(tensor_allocate(ctx, t));
    small_unpack(t->dtype, packed, t->data, (size_t)t->count);
    return TFP_OK;
}

static tfp_status read_packed_values(struct tfp_context *ctx, const struct onnxpb_tensor *p, struct tensor *t)
{
    size_t n = expected(t);
    uint8_t *packed = malloc(n + 1);
    if (!packed) return tfp_no_memory(ctx);
    for (size_t i = 0; i < n; i++) packed[i] = (uint8_t)p->int32_data.at[i];
    tfp_status status = unpack(ctx, packed, t);
    free(packed);
    return status;
}

static tfp_status wrong_count(struct tfp_context *ctx, const char *what, const struct tensor *t, size_t n)
{
    return tfp_fail(ctx, TFP_E_FORMAT, "%s: the shape says %lld elements, the file holds %zu", what, (long long)t->count, n);
}

/* The table of strings and, behind it, their bytes. */
static tfp_status read_strings(struct tfp_context *ctx, const struct onnxpb_tensor *p, struct tensor *t)
{
    size_t total = 0, count = (size_t)t->count, size;
    for (size_t i = 0; i < count; i++) total += p->string_data.at[i].n;
    if (!mul_size(&size, count, sizeof(struct tfp_string)) || size > SIZE_MAX / 4 - total) return tfp_no_memory(ctx);
    TFP_TRY(buffer_create(ctx, size + total, &t->owner));
    t->data = t->owner->data;
    struct tfp_string *to = t->data;
    char *text = (char *)t->data + size;
    for (size_t i = 0; i < count; i++) {
        struct bytes s = p->string_data.at[i];
        if (s.n) memcpy(text, s.at, s.n);
        to[i] = (struct tfp_string){ text, s.n };
        text += s.n;
    }
    return TFP_OK;
}

static tfp_status read_values(struct tfp_context *ctx, const char *what, const struct onnxpb_tensor *p, struct tensor *t)
{
    size_t n = listed(p, t->dtype);
    if (n != expected(t)) return wrong_count(ctx, what, t, n);
    if (small_bits(t->dtype) < 8) return read_packed_values(ctx, p, t);
    if (t->dtype == TFP_STRING) return read_strings(ctx, p, t);
    TFP_TRY(tensor_allocate(ctx, t));
    convert(p, t->dtype, t->data, n);
    return TFP_OK;
}

/* -- one run of bytes ---------------------------------------------------------------------------------------------- */

static bool inside(const struct buffer *b, const void *at)
{
    uintptr_t start = b ? (uintptr_t)b->data : 0, p = (uintptr_t)at;
    return b && p >= start && p - start < b->size;
}

static tfp_status read_run(struct tfp_context *ctx, struct buffer *map, const char *what, struct bytes run, struct tensor *t)
{
    const size_t size = stored_size(t);
    if (run.n != size)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: the shape says %lld elements of %s (%zu bytes), the file holds %zu bytes",
                        what, (long long)t->count, tfp_dtype_name(t->dtype), size, run.n);
    if (small_bits(t->dtype) < 8) return unpack(ctx, (const uint8_t *)run.at, t);
    if (t->dtype == TFP_BOOL)
        for (size_t i = 0; i < run.n; i++)
            if ((unsigned char)run.at[i] > 1)
                return tfp_fail(ctx, TFP_E_FORMAT, "%s: bool element %zu is %d", what, i, (unsigned char)run.at[i]);
    t->data = (void *)(uintptr_t)run.at;
    if (inside(map, run.at) && (run.n >= TENSOR_MISALIGNED_FROM || tensor_is_aligned(t))) {
        t->owner = buffer_keep(map);
        return TFP_OK;
    }
    TFP_TRY(tensor_allocate(ctx, t));
    if (run.n) memcpy(t->data, run.at, run.n);
    return TFP_OK;
}

/* -- external data ------------------------------------------------------------------------------------------------- */

static struct bytes external(const struct onnxpb_tensor *p, const char *key)
{
    for (size_t i = 0; i < p->external_data.n; i++)
        if (bytes_equal(p->external_data.at[i].key, key)) return p->external_data.at[i].value;
    return bytes_of("");
}

struct bytes onnx_tensor_location(const struct onnxpb_tensor *p)
{
    return p->data_location == ONNXPB_EXTERNAL ? external(p, "location") : bytes_of("");
}

/* Decimal digits; false: something else or too much. "" is `otherwise`. */
static bool read_number(struct bytes s, uint64_t otherwise, uint64_t *out)
{
    *out = s.n ? 0 : otherwise;
    for (size_t i = 0; i < s.n; i++) {
        if (s.at[i] < '0' || s.at[i] > '9') return false;
        if (__builtin_mul_overflow(*out, 10, out) || __builtin_add_overflow(*out, (uint64_t)(s.at[i] - '0'), out))
            return false;
    }
    return true;
}

static tfp_status map_file(struct tfp_context *ctx, struct onnx_files *f, const char *what, struct bytes location,
                           struct buffer **out)
{
    if (!path_is_inside(location))
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: external data in \"%.*s\", which is not inside the model's folder", what,
                        (int)(location.n < 200 ? location.n : 200), location.at);
    void **at = map_at(&f->maps, location.at, location.n);
    if (!at) return tfp_no_memory(ctx);
    *out = *at;
    if (*out) return TFP_OK;
    char *name = arena_string(f->arena, location.at, location.n);
    char *path = name ? arena_printf(f->arena, "%s/%s", f->folder, name) : NULL;
    if (!path) return tfp_no_memory(ctx);
    if (access(path, F_OK) == 0 && !path_lies_in(f->folder, path))
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: external data in \"%s\", which leads out of the model's folder", what, name);
    tfp_status status = buffer_map(ctx, path, out);
    if (status != TFP_OK) return tfp_prefix(ctx, status, "%s: external data", what);
    *at = *out;
    return TFP_OK;
}

static tfp_status read_external(struct tfp_context *ctx, struct onnx_files *f, const char *what,
                                const struct onnxpb_tensor *p, struct tensor *t)
{
    struct buffer *map;
    uint64_t offset, length;
    struct bytes location = external(p, "location");
    if (t->dtype == TFP_STRING) return tfp_fail(ctx, TFP_E_FORMAT, "%s: strings as external data", what);
    if (!read_number(external(p, "offset"), 0, &offset) ||
        !read_number(external(p, "length"), stored_size(t), &length))
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: offset or length of the external data is no number", what);
    TFP_TRY(map_file(ctx, f, what, location, &map));
    if (offset > map->size || length > map->size - offset)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: %llu bytes at %llu of \"%.*s\", which has %zu", what,
                        (unsigned long long)length, (unsigned long long)offset, (int)location.n, location.at, map->size);
    return read_run(ctx, map, what, (struct bytes){ (const char *)map->data + offset, (size_t)length }, t);
}

void onnx_files_close(struct onnx_files *f)
{
    for (size_t i = 0; i < f->maps.room; i++) buffer_drop(f->maps.slots[i].value);
    buffer_drop(f->own);
}

/* -- the whole ----------------------------------------------------------------------------------------------------- */

static tfp_status describe(struct tfp_context *ctx, const char *what, int32_t type, struct pb_int64s dims, struct tensor *t)
{
    char room[32];
    tfp_dtype dtype = onnx_dtype(type);
    *t = (struct tensor){ 0 };
    if (type == 0) return tfp_fail(ctx, TFP_E_FORMAT, "%s: a tensor without a type", what);
    if (dtype == TFP_UNDEFINED)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: a tensor of type %s", what, onnx_type_word(type, room, sizeof room));
    return tensor_describe(ctx, what, dtype, dims.n, dims.at, t);
}

tfp_status onnx_tensor_read(struct tfp_context *ctx, struct onnx_files *f, const char *what, const struct onnxpb_tensor *p,
                            struct tensor *t)
{
    TFP_TRY(describe(ctx, what, p->data_type, p->dims, t));
    if (p->data_location == ONNXPB_EXTERNAL) return read_external(ctx, f, what, p, t);
    if (!p->raw_data.n) return read_values(ctx, what, p, t);
    if (t->dtype == TFP_STRING) return tfp_fail(ctx, TFP_E_FORMAT, "%s: strings as raw data", what);
    return read_run(ctx, f->own, what, p->raw_data, t);
}

bool onnx_tensor_size(const struct onnxpb_tensor *p, uint64_t *elements, uint64_t *bytes)
{
    int64_t count;
    size_t size;
    if (!numbers_count(p->dims.at, p->dims.n, &count)) return false;
    if (!mul_size(&size, (size_t)count, tfp_dtype_size(onnx_dtype(p->data_type)))) return false;
    *elements = (uint64_t)count;
    *bytes = size;
    return true;
}

/* Element `i` of the indices as a place in the dense tensor: they are places already, or coordinates (rank 2). */
static bool place_of(const struct tensor *indices, const struct tensor *t, int64_t i, int64_t *place)
{
    *place = indices->rank == 2 ? 0 : tensor_int(indices, i);
    for (uint32_t k = 0; indices->rank == 2 && k < t->rank; k++) {
        int64_t at = tensor_int(indices, i * (int64_t)t->rank + k);
        if (at < 0 || at >= t->dims[k]) return false;
        *place = *place * t->dims[k] + at;
    }
    return *place >= 0 && *place < t->count;
}

static tfp_status spread(struct tfp_context *ctx, const char *what, const struct tensor *values,
                         const struct tensor *indices, struct tensor *t)
{
    bool flat = indices->rank == 1 && indices->count == values->count;
    bool full = indices->rank == 2 && indices->dims[0] == values->count && indices->dims[1] == t->rank;
    size_t size = tfp_dtype_size(t->dtype);
    if (indices->dtype != TFP_INT64 || values->rank != 1 || (!flat && !full))
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: indices and values of a sparse tensor do not go together", what);
    if (t->size >= LARGEST_SPARSE || t->dtype == TFP_STRING)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: a sparse tensor that would be %zu bytes", what, t->size);
    TFP_TRY(tensor_allocate(ctx, t));
    if (t->size) memset(t->data, 0, t->size);
    for (int64_t i = 0, place; i < values->count; i++) {
        if (!place_of(indices, t, i, &place))
            return tfp_fail(ctx, TFP_E_FORMAT, "%s: index %lld is outside", what, (long long)i);
        memcpy((char *)t->data + (size_t)place * size, (const char *)values->data + (size_t)i * size, size);
    }
    return TFP_OK;
}

tfp_status onnx_tensor_read_sparse(struct tfp_context *ctx, struct onnx_files *f, const char *what,
                                   const struct onnxpb_sparse_tensor *p, struct tensor *t)
{
    struct tensor values = { 0 }, indices = { 0 };
    if (!p->values || !p->indices) return tfp_fail(ctx, TFP_E_FORMAT, "%s: a sparse tensor without values or indices", what);
    TFP_TRY(describe(ctx, what, p->values->data_type, p->dims, t));
    tfp_status status = onnx_tensor_read(ctx, f, what, p->values, &values);
    if (status == TFP_OK) status = onnx_tensor_read(ctx, f, what, p->indices, &indices);
    if (status == TFP_OK) status = spread(ctx, what, &values, &indices, t);
    if (status != TFP_OK) tensor_release(t);
    tensor_release(&values);
    tensor_release(&indices);
    return status;
}
