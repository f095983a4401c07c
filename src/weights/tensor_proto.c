/* TensorProto (tensorflow/core/framework/tensor.proto) -> dense tensors. */
#include "weights/tensor_proto.h"

static const uint64_t LARGEST_REPEATED = (uint64_t)1 << 31;

/* Elements that the typed field of a dtype holds. */
static size_t listed(const struct tfpb_tensor *p, tfp_dtype dtype)
{
    switch (dtype) {
    case TFP_FLOAT: return p->float_val.n;
    case TFP_DOUBLE: return p->double_val.n;
    case TFP_INT8: case TFP_UINT8: case TFP_INT16: case TFP_UINT16: case TFP_INT32: return p->int_val.n;
    case TFP_INT64: return p->int64_val.n;
    case TFP_BOOL: return p->bool_val.n;
    case TFP_STRING: return p->string_val.n;
    case TFP_FLOAT16: case TFP_BFLOAT16: return p->half_val.n;
    case TFP_UINT32: return p->uint32_val.n;
    case TFP_UINT64: return p->uint64_val.n;
    case TFP_COMPLEX64: return p->scomplex_val.n / 2;
    case TFP_COMPLEX128: return p->dcomplex_val.n / 2;
    default: break;
    }
    return 0;
}

#define CONVERT(type, list)                                                                                            \
    for (size_t i = 0; i < n; i++) ((type *)to)[i] = (type)(list).at[i]
/* Copies, of no element too: an empty list may have no address. */
#define COPY(list, count)                                                                                              \
    if (n) memcpy(to, (list).at, (count) * sizeof *(list).at)

static void convert(const struct tfpb_tensor *p, tfp_dtype dtype, void *to, size_t n)
{
    switch (dtype) {
    case TFP_FLOAT: COPY(p->float_val, n); break;
    case TFP_DOUBLE: COPY(p->double_val, n); break;
    case TFP_INT8: CONVERT(int8_t, p->int_val); break;
    case TFP_UINT8: CONVERT(uint8_t, p->int_val); break;
    case TFP_INT16: CONVERT(int16_t, p->int_val); break;
    case TFP_UINT16: CONVERT(uint16_t, p->int_val); break;
    case TFP_INT32: COPY(p->int_val, n); break;
    case TFP_INT64: COPY(p->int64_val, n); break;
    case TFP_BOOL: CONVERT(uint8_t, p->bool_val); break;
    case TFP_FLOAT16: case TFP_BFLOAT16: CONVERT(uint16_t, p->half_val); break;
    case TFP_UINT32: COPY(p->uint32_val, n); break;
    case TFP_UINT64: COPY(p->uint64_val, n); break;
    case TFP_COMPLEX64: COPY(p->scomplex_val, 2 * n); break;
    case TFP_COMPLEX128: COPY(p->dcomplex_val, 2 * n); break;
    default: break;
    }
}

/* -- one run of bytes ---------------------------------------------------------------------------------------------- */

static bool inside(const struct buffer *b, const void *at)
{
    uintptr_t start = b ? (uintptr_t)b->data : 0, p = (uintptr_t)at;
    return b && p >= start && p - start < b->size;
}

static struct buffer *holder(const struct tensor_proto_file *file, const void *at)
{
    struct buffer *found = inside(file->map, at) ? file->map : NULL;
    for (size_t i = 0; i < file->n_others && !found; i++)
        if (inside(file->others[i], at)) found = file->others[i];
    return found;
}

static tfp_status read_content(struct tfp_context *ctx, const struct tensor_proto_file *file, const char *what,
                               const struct tfpb_tensor *p, struct tensor *t)
{
    struct bytes c = p->tensor_content;
    if (c.n != t->size)
        return tfp_fail(ctx, TFP_E_FORMAT,
                        "%s: the shape says %lld elements of %s (%zu bytes), the file holds %zu bytes", what,
                        (long long)t->count, tfp_dtype_name(t->dtype), t->size, c.n);
    if (t->dtype == TFP_BOOL)
        for (size_t i = 0; i < c.n; i++)
            if ((unsigned char)c.at[i] > 1)
                return tfp_fail(ctx, TFP_E_FORMAT, "%s: bool element %zu is %d", what, i, (unsigned char)c.at[i]);
    t->data = (void *)(uintptr_t)c.at;
    struct buffer *owner = c.n >= TENSOR_MISALIGNED_FROM || tensor_is_aligned(t) ? holder(file, c.at) : NULL;
    if (owner) {
        t->owner = buffer_keep(owner);
        return TFP_OK;
    }
    TFP_TRY(tensor_allocate(ctx, t));
    memcpy(t->data, c.at, c.n);
    return TFP_OK;
}

/* -- strings ------------------------------------------------------------------------------------------------------- */

/* Strings as bytes: the lengths of all, then all of them (TensorFlow's EncodeStringList). */
static bool string_lengths(struct bytes content, int64_t count, size_t *at, size_t *total)
{
    struct cursor c = cursor_of(content.at, content.n);
    *total = 0;
    for (int64_t i = 0; i < count; i++) {
        uint64_t length;
        if (!cursor_varint(&c, &length) || length > content.n) return false;
        *total += (size_t)length;
        if (*total > content.n) return false;
    }
    *at = cursor_offset(&c);
    return cursor_left(&c) == *total;
}

/* Memory for the table of strings and, behind it, their bytes. */
static tfp_status string_room(struct tfp_context *ctx, size_t count, size_t bytes, struct tensor *t, char **text)
{
    size_t size;
    if (!mul_size(&size, count, sizeof(struct tfp_string)) || size > SIZE_MAX / 4 - bytes) return tfp_no_memory(ctx);
    TFP_TRY(buffer_create(ctx, size + bytes, &t->owner));
    t->data = t->owner->data;
    *text = (char *)t->data + size;
    return TFP_OK;
}

static tfp_status read_string_content(struct tfp_context *ctx, const char *what, const struct tfpb_tensor *p,
                                      struct tensor *t)
{
    size_t at, total;
    char *text = NULL;
    if ((uint64_t)t->count > p->tensor_content.n || !string_lengths(p->tensor_content, t->count, &at, &total))
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: the shape says %lld strings, the file's %zu bytes are not that", what,
                        (long long)t->count, p->tensor_content.n);
    TFP_TRY(string_room(ctx, (size_t)t->count, total, t, &text));
    struct cursor c = cursor_of(p->tensor_content.at, p->tensor_content.n);
    memcpy(text, p->tensor_content.at + at, total);
    for (int64_t i = 0; i < t->count; i++) {
        uint64_t length = 0;
        cursor_varint(&c, &length);
        ((struct tfp_string *)t->data)[i] = (struct tfp_string){ text, (size_t)length };
        text += length;
    }
    return TFP_OK;
}

static tfp_status read_strings(struct tfp_context *ctx, const struct tfpb_tensor *p, size_t n, size_t count,
                               struct tensor *t)
{
    size_t total = 0;
    char *text = NULL;
    for (size_t i = 0; i < n; i++) total += p->string_val.at[i].n;
    TFP_TRY(string_room(ctx, count, total, t, &text));
    struct tfp_string *to = t->data;
    for (size_t i = 0; i < n; i++) {
        struct bytes s = p->string_val.at[i];
        if (s.n) memcpy(text, s.at, s.n);
        to[i] = (struct tfp_string){ text, s.n };
        text += s.n;
    }
    for (size_t i = n; i < count; i++) to[i] = n ? to[n - 1] : (struct tfp_string){ "", 0 };
    return TFP_OK;
}

/* -- typed fields -------------------------------------------------------------------------------------------------- */

/* Element n - 1 (or zero when n is 0) for all from n to count. */
static void repeat(char *data, size_t size, size_t n, size_t count)
{
    if (n == 0) {
        memset(data, 0, size * count);
        return;
    }
    char *from = data + (n - 1) * size;
    size_t left = (count - n) * size, done = size;
    while (left) {
        size_t k = left < done ? left : done;
        memcpy(from + done, from, k);
        done += k;
        left -= k;
    }
}

static tfp_status read_values(struct tfp_context *ctx, struct tensor_proto_file *file, const char *what,
                              const struct tfpb_tensor *p, struct tensor *t, bool *single)
{
    size_t n = listed(p, t->dtype), size = tfp_dtype_size(t->dtype), count = (size_t)t->count;
    if (n > count || p->scomplex_val.n % 2 || p->dcomplex_val.n % 2)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: the shape says %zu elements, the file holds %zu", what, count, n);
    if (n < count) {
        uint64_t bytes = (uint64_t)(count - n) * size;
        if (t->size >= LARGEST_REPEATED)
            return tfp_fail(ctx, TFP_E_FORMAT, "%s: the shape says %zu elements, the file holds %zu", what, count, n);
        *single = n <= 1 && file->repeated + bytes > TENSOR_PROTO_REPEATED;
        if (!*single && file->repeated + bytes > TENSOR_PROTO_REPEATED)
            return tfp_fail(ctx, TFP_E_FORMAT, "%s: the shape says %zu elements, the file holds %zu", what, count, n);
        if (!*single) file->repeated += bytes;
    }
    if (*single) count = 1;
    if (t->dtype == TFP_STRING) return read_strings(ctx, p, n, count, t);
    TFP_TRY(buffer_create(ctx, count * size, &t->owner));
    t->data = t->owner->data;
    convert(p, t->dtype, t->data, n);
    if (n < count) repeat(t->data, size, n, count);
    return TFP_OK;
}

/* -- the whole ----------------------------------------------------------------------------------------------------- */

tfp_status tensor_proto_read(struct tfp_context *ctx, struct tensor_proto_file *file, const char *what,
                             const struct tfpb_tensor *p, struct tensor *t, bool *single)
{
    char room[32];
    int64_t dims[TFP_MAX_RANK];
    *t = (struct tensor){ 0 };
    *single = false;
    tfp_dtype dtype = tfpb_dtype(p->dtype);
    if (p->dtype == TFPB_DT_INVALID) return tfp_fail(ctx, TFP_E_FORMAT, "%s: a tensor without a type", what);
    if (dtype == TFP_UNDEFINED)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: a tensor of type %s", what,
                        tfpb_type_name(p->dtype, room, sizeof room));
    int32_t rank = tfpb_shape_dims(p->tensor_shape, dims);
    if (rank == -2)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: a dimension below -1 or more than %d dimensions", what, TFP_MAX_RANK);
    for (int32_t i = 0; i < rank; i++)
        if (dims[i] < 0) rank = -1;
    if (rank < 0) return tfp_fail(ctx, TFP_E_FORMAT, "%s: a tensor of unknown shape", what);
    TFP_TRY(tensor_describe(ctx, what, dtype, (size_t)rank, dims, t));
    if (!p->tensor_content.n) return read_values(ctx, file, what, p, t, single);
    return dtype == TFP_STRING ? read_string_content(ctx, what, p, t) : read_content(ctx, file, what, p, t);
}

bool tensor_proto_size(const struct tfpb_tensor *p, uint64_t *elements, uint64_t *bytes)
{
    int64_t dims[TFP_MAX_RANK], count;
    size_t size;
    int32_t rank = tfpb_shape_dims(p->tensor_shape, dims);
    if (rank < 0 || !numbers_count(dims, (size_t)rank, &count)) return false;
    tfp_dtype dtype = tfpb_dtype(p->dtype);
    if (!mul_size(&size, (size_t)count, tfp_dtype_size(dtype))) return false;
    *elements = (uint64_t)count;
    *bytes = dtype == TFP_STRING ? p->tensor_content.n : size;
    for (size_t i = 0; dtype == TFP_STRING && i < p->string_val.n; i++) *bytes += p->string_val.at[i].n;
    return true;
}

bool tensor_proto_integer(const struct tfpb_tensor *p, int64_t *out)
{
    uint64_t elements, bytes;
    int64_t value = 0;
    tfp_dtype dtype = tfpb_dtype(p->dtype);
    if (!tensor_proto_size(p, &elements, &bytes) || elements != 1) return false;
    if (dtype != TFP_BOOL && dtype != TFP_INT32 && dtype != TFP_INT64) return false;
    if (p->tensor_content.n) {
        if (p->tensor_content.n != bytes) return false;
        memcpy(&value, p->tensor_content.at, bytes);
        if (dtype == TFP_INT32) value = (int32_t)value;
    } else if (listed(p, dtype)) {
        value = dtype == TFP_BOOL    ? p->bool_val.at[0]
                : dtype == TFP_INT32 ? p->int_val.at[0]
                                     : p->int64_val.at[0];
    }
    *out = dtype == TFP_BOOL ? value != 0 : value;
    return true;
}
