/* One row for each type of a model. */
#include "backend/tensorrt/trt_types.h"

#include "ir/kernels/convert.h"

#include <math.h>

/* -- the same on both sides ---------------------------------------------------------------------------------------- */

tfp_dtype trt_dtype(enum trt_type type)
{
    switch (type) {
    case TRT_FLOAT: return TFP_FLOAT;
    case TRT_HALF: return TFP_FLOAT16;
    case TRT_BF16: return TFP_BFLOAT16;
    case TRT_INT64: return TFP_INT64;
    case TRT_INT32: return TFP_INT32;
    case TRT_INT8: return TFP_INT8;
    case TRT_UINT8: return TFP_UINT8;
    case TRT_BOOL: return TFP_BOOL;
    default: return TFP_UNDEFINED;
    }
}

/* -- the table ----------------------------------------------------------------------------------------------------- */

#define F32 (1u << TRT_FLOAT)
#define F16 (1u << TRT_HALF)
#define B16 (1u << TRT_BF16)
#define I64 (1u << TRT_INT64)
#define I32 (1u << TRT_INT32)
#define I8 (1u << TRT_INT8)
#define U8 (1u << TRT_UINT8)
#define B1 (1u << TRT_BOOL)

static const struct row {
    tfp_dtype dtype;
    enum trt_type computes, otherwise; /* the latter where the library lacks the former */
    uint32_t carried;                  /* by these at the edge */
} rows[] = {
    { TFP_FLOAT, TRT_FLOAT, TRT_FLOAT, F32 | F16 | B16 },
    { TFP_DOUBLE, TRT_FLOAT, TRT_FLOAT, F32 | F16 | B16 },
    { TFP_FLOAT16, TRT_HALF, TRT_HALF, F16 | F32 },
    { TFP_BFLOAT16, TRT_BF16, TRT_FLOAT, B16 | F32 | F16 },
    { TFP_BOOL, TRT_BOOL, TRT_BOOL, B1 | I32 | F32 },
    { TFP_INT8, TRT_INT32, TRT_INT32, I8 | I32 | I64 | F32 },
    { TFP_INT16, TRT_INT32, TRT_INT32, I32 | I64 },
    { TFP_INT32, TRT_INT32, TRT_INT32, I32 | I64 },
    { TFP_INT64, TRT_INT64, TRT_INT32, I64 | I32 },
    { TFP_UINT8, TRT_INT32, TRT_INT32, U8 | I32 | I64 | F32 | F16 },
    { TFP_UINT16, TRT_INT32, TRT_INT32, I32 | I64 },
    { TFP_UINT32, TRT_INT64, TRT_INT64, I64 | I32 },
    { TFP_UINT64, TRT_INT64, TRT_INT64, I64 | I32 },
};

static const struct row *row_of(tfp_dtype dtype)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].dtype == dtype) return &rows[i];
    return NULL;
}

bool trt_type_computing(const struct trt *t, tfp_dtype dtype, enum trt_type *out)
{
    const struct row *row = row_of(dtype);
    if (!row) return false;
    *out = trt_has_type(t, row->computes) ? row->computes : row->otherwise;
    return trt_has_type(t, *out);
}

bool trt_type_only_at_edge(const struct trt *t, tfp_dtype dtype)
{
    return dtype == TFP_UINT8 && trt_has_type(t, TRT_UINT8);
}

/* Bits are computed in int64, which wraps where int32 would overflow. */
const char *trt_lacks_int64_for(const struct trt *t, const struct ir_node *n)
{
    const bool bits = n->op == IR_BITWISE_AND || n->op == IR_BITWISE_OR || n->op == IR_BITWISE_XOR ||
                      n->op == IR_BITWISE_NOT || n->op == IR_BIT_SHIFT;
    return bits && !trt_has_type(t, TRT_INT64) ? "it takes int64, which this TensorRT lacks" : NULL;
}

bool trt_type_carries(enum trt_type engine, tfp_dtype model)
{
    const struct row *row = row_of(model);
    return row && row->carried >> engine & 1;
}

/* -- crossing the edge --------------------------------------------------------------------------------------------- */

enum { BLOCK = 512 };

/* Half a step above the largest finite number, from where rounding gives infinity; 0: holds all that it carries. */
static double finite_below(enum trt_type engine, tfp_dtype model)
{
    if (engine == TRT_HALF && model != TFP_FLOAT16 && model != TFP_UINT8) return 65520.0;
    if (engine == TRT_BF16 && model != TFP_BFLOAT16) return 3.3961775292304601e38;
    if (engine == TRT_FLOAT && model == TFP_DOUBLE) return 3.4028235677973366e38;
    return 0;
}

static size_t first_infinite(const double *x, size_t n, double below)
{
    for (size_t i = 0; i < n; i++)
        if (isfinite(x[i]) && fabs(x[i]) >= below) return i;
    return n;
}

static size_t first_outside(const int64_t *x, size_t n, int64_t lowest, int64_t highest)
{
    for (size_t i = 0; i < n; i++)
        if (x[i] < lowest || x[i] > highest) return i;
    return n;
}

static bool fits(tfp_dtype model, const void *from, enum trt_type engine, size_t n, size_t *bad)
{
    const size_t size = tfp_dtype_size(model);
    const double below = finite_below(engine, model);
    /* uint64 above int64 comes as negative. */
    const int64_t lowest = dtype_is_unsigned(model) ? 0 : INT32_MIN;
    const int64_t highest = engine == TRT_INT32 ? INT32_MAX : INT64_MAX;
    const bool narrows = (engine == TRT_INT32 && size >= 4 && model != TFP_INT32) ||
                         (engine == TRT_INT64 && model == TFP_UINT64);
    union {
        double f[BLOCK];
        int64_t i[BLOCK];
    } room;
    if (!below && !narrows) return true;
    for (size_t at = 0; at < n; at += BLOCK) {
        const size_t count = n - at < BLOCK ? n - at : BLOCK;
        convert_run(model, (const char *)from + at * size, below ? TFP_DOUBLE : TFP_INT64, &room, count);
        const size_t first = below ? first_infinite(room.f, count, below) : first_outside(room.i, count, lowest, highest);
        *bad = at + first;
        if (first < count) return false;
    }
    return true;
}

bool trt_to_engine(tfp_dtype model, const void *from, enum trt_type engine, void *to, size_t n, size_t *bad)
{
    if (!fits(model, from, engine, n, bad)) return false;
    convert_run(model, from, trt_dtype(engine), to, n);
    return true;
}

void trt_from_engine(enum trt_type engine, const void *from, tfp_dtype model, void *to, size_t n)
{
    convert_run(trt_dtype(engine), from, model, to, n);
}
