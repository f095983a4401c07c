/* Numbers from one element type to another: through double, int64_t or uint64_t in blocks that stay in the first-level
 * cache, so that n types need n readers and 3 n writers and not n * n loops; frequent pairs have a loop of their own.
 * Out-of-range floats give what x86 gives for the plain C cast, since TensorFlow's and ONNX Runtime's results come from
 * there; written so that nothing is undefined. */
#include "ir/kernels/convert.h"

#include "ir/small_types.h"

enum { BLOCK = 512 };

static inline int64_t int64_of(double d)
{
    return d >= -0x1p63 && d < 0x1p63 ? (int64_t)d : INT64_MIN;
}

static inline int32_t int32_of(double d)
{
    return d > -0x1p31 - 1 && d < 0x1p31 ? (int32_t)d : INT32_MIN;
}

static inline uint64_t uint64_of(double d)
{
    if (d < 0x1p63) return (uint64_t)int64_of(d);
    return d < 0x1p64 ? (uint64_t)d : UINT64_MAX;
}

/* -- readers: to the wide type ------------------------------------------------------------------------------------- */

#define READER(name, type, wide, expr)                                                                                 \
    static void read_##name(const void *from, void *to, size_t n)                                                      \
    {                                                                                                                  \
        const type *restrict a = from;                                                                                 \
        wide *restrict y = to;                                                                                         \
        for (size_t i = 0; i < n; i++) {                                                                               \
            type x = a[i];                                                                                             \
            y[i] = (wide)(expr);                                                                                       \
        }                                                                                                              \
    }
READER(float, float, double, x)
READER(double, double, double, x)
READER(float16, uint16_t, double, half_to_float(x))
READER(bfloat16, uint16_t, double, bfloat_to_float(x))
READER(int8, int8_t, int64_t, x)
READER(int16, int16_t, int64_t, x)
READER(int32, int32_t, int64_t, x)
READER(int64, int64_t, int64_t, x)
READER(uint8, uint8_t, int64_t, x)
READER(uint16, uint16_t, int64_t, x)
READER(uint32, uint32_t, int64_t, x)
READER(uint64, uint64_t, uint64_t, x)

/* -- writers: from each wide type ---------------------------------------------------------------------------------- */

#define WRITER(name, wide_name, type, wide, expr)                                                                      \
    static void write_##name##_##wide_name(const void *from, void *to, size_t n)                                       \
    {                                                                                                                  \
        const wide *restrict a = from;                                                                                 \
        type *restrict y = to;                                                                                         \
        for (size_t i = 0; i < n; i++) {                                                                               \
            wide x = a[i];                                                                                             \
            y[i] = (type)(expr);                                                                                       \
        }                                                                                                              \
    }
#define WRITERS(name, type, from_double, from_integer)                                                                 \
    WRITER(name, f, type, double, from_double)                                                                         \
    WRITER(name, i, type, int64_t, from_integer)                                                                       \
    WRITER(name, u, type, uint64_t, from_integer)
WRITERS(float, float, x, x)
WRITERS(double, double, x, x)
WRITERS(float16, uint16_t, float_to_half((float)x), float_to_half((float)x))
WRITERS(bfloat16, uint16_t, float_to_bfloat((float)x), float_to_bfloat((float)x))
WRITERS(int8, int8_t, int32_of(x), x)
WRITERS(int16, int16_t, int32_of(x), x)
WRITERS(int32, int32_t, int32_of(x), x)
WRITERS(int64, int64_t, int64_of(x), x)
WRITERS(uint8, uint8_t, int32_of(x), x)
WRITERS(uint16, uint16_t, int32_of(x), x)
WRITERS(uint32, uint32_t, int64_of(x), x)
WRITERS(uint64, uint64_t, uint64_of(x), x)
WRITERS(boolean, uint8_t, x != 0, x != 0)

#define SMALL_FLOAT(name, type)                                                                                        \
    READER(name, uint8_t, double, small_to_float(type, x))                                                             \
    WRITERS(name, uint8_t, small_of_float(type, (float)x, true, SMALL_UP), small_of_float(type, (float)x, true, SMALL_UP))
SMALL_FLOAT(e4m3fn, TFP_FLOAT8E4M3FN)
SMALL_FLOAT(e4m3fnuz, TFP_FLOAT8E4M3FNUZ)
SMALL_FLOAT(e5m2, TFP_FLOAT8E5M2)
SMALL_FLOAT(e5m2fnuz, TFP_FLOAT8E5M2FNUZ)
SMALL_FLOAT(e2m1, TFP_FLOAT4E2M1)
SMALL_FLOAT(e8m0, TFP_FLOAT8E8M0)
WRITERS(int4, int8_t, small_of_int(TFP_INT4, int32_of(x)), small_of_int(TFP_INT4, (int64_t)x))
WRITERS(int2, int8_t, small_of_int(TFP_INT2, int32_of(x)), small_of_int(TFP_INT2, (int64_t)x))
WRITERS(uint4, uint8_t, small_of_int(TFP_UINT4, int32_of(x)), small_of_int(TFP_UINT4, (int64_t)x))
WRITERS(uint2, uint8_t, small_of_int(TFP_UINT2, int32_of(x)), small_of_int(TFP_UINT2, (int64_t)x))

typedef void convert_loop(const void *from, void *to, size_t n);
enum wide { WIDE_NONE, WIDE_DOUBLE, WIDE_INT, WIDE_UINT };

static const struct {
    enum wide wide;
    convert_loop *read, *write_double, *write_int, *write_uint;
} types[TENSOR_DTYPES] = {
#define ROW(name, wide) { wide, read_##name, write_##name##_f, write_##name##_i, write_##name##_u }
    [TFP_FLOAT] = ROW(float, WIDE_DOUBLE),
    [TFP_DOUBLE] = ROW(double, WIDE_DOUBLE),
    [TFP_FLOAT16] = ROW(float16, WIDE_DOUBLE),
    [TFP_BFLOAT16] = ROW(bfloat16, WIDE_DOUBLE),
    [TFP_INT8] = ROW(int8, WIDE_INT),
    [TFP_INT16] = ROW(int16, WIDE_INT),
    [TFP_INT32] = ROW(int32, WIDE_INT),
    [TFP_INT64] = ROW(int64, WIDE_INT),
    [TFP_UINT8] = ROW(uint8, WIDE_INT),
    [TFP_UINT16] = ROW(uint16, WIDE_INT),
    [TFP_UINT32] = ROW(uint32, WIDE_INT),
    [TFP_UINT64] = ROW(uint64, WIDE_UINT),
    [TFP_FLOAT8E4M3FN] = ROW(e4m3fn, WIDE_DOUBLE),
    [TFP_FLOAT8E4M3FNUZ] = ROW(e4m3fnuz, WIDE_DOUBLE),
    [TFP_FLOAT8E5M2] = ROW(e5m2, WIDE_DOUBLE),
    [TFP_FLOAT8E5M2FNUZ] = ROW(e5m2fnuz, WIDE_DOUBLE),
    [TFP_FLOAT4E2M1] = ROW(e2m1, WIDE_DOUBLE),
    [TFP_FLOAT8E8M0] = ROW(e8m0, WIDE_DOUBLE),
    [TFP_INT4] = { WIDE_INT, read_int8, write_int4_f, write_int4_i, write_int4_u },
    [TFP_INT2] = { WIDE_INT, read_int8, write_int2_f, write_int2_i, write_int2_u },
    [TFP_UINT4] = { WIDE_INT, read_uint8, write_uint4_f, write_uint4_i, write_uint4_u },
    [TFP_UINT2] = { WIDE_INT, read_uint8, write_uint2_f, write_uint2_i, write_uint2_u },
    [TFP_BOOL] = { WIDE_INT, read_uint8, write_boolean_f, write_boolean_i, write_boolean_u },
#undef ROW
};

/* -- frequent pairs ------------------------------------------------------------------------------------------------ */

#define PAIR(name, from_c, to_c, expr)                                                                                 \
    static void pair_##name(const void *from, void *to, size_t n)                                                      \
    {                                                                                                                  \
        const from_c *restrict a = from;                                                                               \
        to_c *restrict y = to;                                                                                         \
        for (size_t i = 0; i < n; i++) {                                                                               \
            from_c x = a[i];                                                                                           \
            y[i] = (to_c)(expr);                                                                                       \
        }                                                                                                              \
    }
PAIR(half_float, uint16_t, float, half_to_float(x))
PAIR(float_half, float, uint16_t, float_to_half(x))
PAIR(bfloat_float, uint16_t, float, bfloat_to_float(x))
PAIR(float_bfloat, float, uint16_t, float_to_bfloat(x))
PAIR(float_bool, float, uint8_t, x != 0)
PAIR(u8_float, uint8_t, float, x)
PAIR(i32_float, int32_t, float, x)
PAIR(i32_i64, int32_t, int64_t, x)
PAIR(i64_i32, int64_t, int32_t, x)
PAIR(float_double, float, double, x)
PAIR(double_float, double, float, x)

static const struct {
    uint8_t from, to;
    convert_loop *loop;
} pairs[] = {
    { TFP_FLOAT16, TFP_FLOAT, pair_half_float },     { TFP_FLOAT, TFP_FLOAT16, pair_float_half },
    { TFP_BFLOAT16, TFP_FLOAT, pair_bfloat_float },  { TFP_FLOAT, TFP_BFLOAT16, pair_float_bfloat },
    { TFP_FLOAT, TFP_BOOL, pair_float_bool },        { TFP_BOOL, TFP_FLOAT, pair_u8_float },
    { TFP_UINT8, TFP_FLOAT, pair_u8_float },         { TFP_INT32, TFP_FLOAT, pair_i32_float },
    { TFP_INT32, TFP_INT64, pair_i32_i64 },          { TFP_INT64, TFP_INT32, pair_i64_i32 },
    { TFP_FLOAT, TFP_DOUBLE, pair_float_double },    { TFP_DOUBLE, TFP_FLOAT, pair_double_float },
};

bool convert_possible(tfp_dtype from, tfp_dtype to)
{
    return (int)from < TENSOR_DTYPES && (int)to < TENSOR_DTYPES && types[from].wide && types[to].wide;
}

void convert_run(tfp_dtype from_type, const void *from, tfp_dtype to_type, void *to, size_t n)
{
    size_t from_size = tfp_dtype_size(from_type), to_size = tfp_dtype_size(to_type);
    if (from_type == to_type) {
        if (n) memcpy(to, from, n * from_size);
        return;
    }
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (pairs[i].from == from_type && pairs[i].to == to_type) {
            pairs[i].loop(from, to, n);
            return;
        }
    enum wide wide = types[from_type].wide;
    convert_loop *write = wide == WIDE_DOUBLE ? types[to_type].write_double
                          : wide == WIDE_INT  ? types[to_type].write_int
                                              : types[to_type].write_uint;
    uint64_t room[BLOCK];
    for (size_t at = 0; at < n; at += BLOCK) {
        size_t count = n - at < BLOCK ? n - at : BLOCK;
        types[from_type].read((const char *)from + at * from_size, room, count);
        write(room, (char *)to + at * to_size, count);
    }
}
