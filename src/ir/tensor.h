/* A dense tensor in row-major order: a constant of a graph, or a value while it is computed. */
#ifndef TFP_IR_TENSOR_H
#define TFP_IR_TENSOR_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/bytes.h"
#include "base/numbers.h"

struct tensor {
    tfp_dtype dtype; /* TFP_UNDEFINED: absent */
    uint32_t rank;
    int64_t dims[TFP_MAX_RANK];
    int64_t count;        /* product of dims */
    void *data;           /* a constant's data is never written. Aligned for its type, but for the large constants that
                             lie in a file's map: see tensor_is_aligned(). TFP_STRING: struct tfp_string[] */
    size_t size;          /* bytes: count * element size */
    struct buffer *owner; /* what keeps `data` alive; NULL: an arena does */
};

/* Fills dtype, rank, dims, count and size; data and owner stay. E_UNSUPPORTED above TFP_MAX_RANK, E_FORMAT when dims are
 * negative or overflow. `what` names the tensor in the message. */
tfp_status tensor_describe(struct tfp_context *ctx, const char *what, tfp_dtype dtype, size_t rank, const int64_t *dims,
                           struct tensor *t);
/* Gives a described tensor memory of its own (uninitialized; strings: zeroed). */
tfp_status tensor_allocate(struct tfp_context *ctx, struct tensor *t);
/* Constants of at least this many bytes may lie in a file's map at any address: most of them are moved or written on as
 * bytes only, and copying them first would double the work. Whoever reads their elements aligns them. */
enum { TENSOR_MISALIGNED_FROM = 64 * 1024 };
bool tensor_is_aligned(const struct tensor *t);
/* Gives a misaligned tensor aligned memory of its own; the caller releases it. Nothing when it is aligned already. */
tfp_status tensor_align(struct tfp_context *ctx, struct tensor *t, bool *copied);
/* The same with memory of its own; strings' bytes stay where they are. */
tfp_status tensor_copy(struct tfp_context *ctx, const struct tensor *from, struct tensor *to);
/* The same with one more owner; a copy where it has none. */
tfp_status tensor_keep(struct tfp_context *ctx, const struct tensor *from, struct tensor *to);
/* Drops the owner and forgets the data. */
void tensor_release(struct tensor *t);
/* Element i of a numeric or bool tensor, misaligned ones too. Out of range or not representable: the caller's mistake. */
int64_t tensor_int(const struct tensor *t, int64_t i);
double tensor_float(const struct tensor *t, int64_t i);
/* Sets element i of a tensor of int32, int64 or bool. */
static inline void tensor_set_int(struct tensor *t, int64_t i, int64_t value)
{
    if (t->dtype == TFP_INT64) ((int64_t *)t->data)[i] = value;
    else if (t->dtype == TFP_BOOL) ((uint8_t *)t->data)[i] = value != 0;
    else ((int32_t *)t->data)[i] = (int32_t)value;
}
/* Element i of a string tensor. */
static inline struct bytes tensor_string(const struct tensor *t, int64_t i)
{
    const struct tfp_string s = ((const struct tfp_string *)t->data)[i];
    return (struct bytes){ s.n ? s.at : "", s.n };
}
/* What element i of any tensor is told from others by: its own bytes, or the string's. */
static inline struct bytes tensor_element(const struct tensor *t, int64_t i)
{
    const size_t size = tfp_dtype_size(t->dtype);
    return t->dtype == TFP_STRING ? tensor_string(t, i) : (struct bytes){ (const char *)t->data + (size_t)i * size, size };
}
/* "float32[2,?,3]"-like text for messages and dumps, in a caller's room. */
const char *tensor_text(const struct tensor *t, char *room, size_t n);

enum { TENSOR_DTYPES = TFP_INT2 + 1 }; /* for tables by element type */

static inline bool dtype_is_float(tfp_dtype t)
{
    return t == TFP_FLOAT || t == TFP_DOUBLE || t == TFP_FLOAT16 || t == TFP_BFLOAT16;
}
static inline bool dtype_is_signed(tfp_dtype t)
{
    return t == TFP_INT8 || t == TFP_INT16 || t == TFP_INT32 || t == TFP_INT64;
}
static inline bool dtype_is_unsigned(tfp_dtype t)
{
    return t == TFP_UINT8 || t == TFP_UINT16 || t == TFP_UINT32 || t == TFP_UINT64;
}
static inline bool dtype_is_integer(tfp_dtype t)
{
    return dtype_is_signed(t) || dtype_is_unsigned(t);
}
static inline bool dtype_is_complex(tfp_dtype t)
{
    return t == TFP_COMPLEX64 || t == TFP_COMPLEX128;
}

#endif
