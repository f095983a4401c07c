/* Bytes in strings: DecodeRaw (TensorFlow's DecodeRaw and DecodePaddedRaw) and DecodeCompressed. */
#include "ir/kernels/gathered.h"

#include "base/numbers.h"

#include <inttypes.h>
#include <zlib.h>

/* -- DecodeRaw ----------------------------------------------------------------------------------------------------- */

/* Bytes of each string that count: `fixed`, or what all of them have. */
static tfp_status raw_length(struct kernel *k, const struct tensor *in, int64_t fixed, size_t size, size_t *out)
{
    *out = fixed >= 0 ? (size_t)fixed : in->count ? string_at(in, 0).n : 0;
    for (int64_t i = 0; i < in->count && fixed < 0; i++)
        if (string_at(in, i).n != *out)
            return kernel_fail(k, TFP_E_FORMAT, "string %" PRId64 " has %zu bytes, the first has %zu", i, string_at(in, i).n, *out);
    if (*out % size) return kernel_fail(k, TFP_E_FORMAT, "%zu bytes are no whole number of elements of %zu", *out, size);
    return TFP_OK;
}

static void swap_bytes(char *at, size_t n, size_t size)
{
    for (size_t i = 0; i < n; i += size)
        for (size_t j = 0; j < size / 2; j++) {
            const char c = at[i + j];
            at[i + j] = at[i + size - 1 - j];
            at[i + size - 1 - j] = c;
        }
}

static tfp_status decode_raw(struct kernel *k)
{
    TFP_TRY(kernel_check(k));
    const struct tensor *in = &k->in[0];
    const tfp_dtype dtype = (tfp_dtype)ir_attr_int(k->node, ATTR_DTYPE, 0);
    const int64_t fixed = ir_attr_int(k->node, ATTR_FIXED_LENGTH, -1);
    const bool swap = !ir_attr_int(k->node, ATTR_LITTLE_ENDIAN, 1);
    const size_t size = dtype == TFP_STRING ? 0 : tfp_dtype_size(dtype);
    int64_t dims[TFP_MAX_RANK + 1];
    size_t n;
    if (!size) return kernel_fail(k, TFP_E_UNSUPPORTED, "to %s", tfp_dtype_name(dtype));
    if (in->rank == TFP_MAX_RANK) return kernel_fail(k, TFP_E_UNSUPPORTED, "the result's rank is above %d", (int)TFP_MAX_RANK);
    TFP_TRY(raw_length(k, in, fixed, size, &n));
    memcpy(dims, in->dims, in->rank * sizeof *dims);
    dims[in->rank] = (int64_t)(n / size);
    TFP_TRY(kernel_output(k, 0, dtype, in->rank + 1, dims));
    char *to = k->out[0].data;
    for (int64_t i = 0; i < in->count; i++, to += n) {
        const struct bytes s = string_at(in, i);
        const size_t have = s.n < n ? s.n : n;
        memcpy(to, s.at, have);
        memset(to + have, 0, n - have);
        /* Parts of a complex number have each their own order. */
        if (swap) swap_bytes(to, n, dtype_is_complex(dtype) ? size / 2 : size);
    }
    return TFP_OK;
}

/* -- DecodeCompressed ---------------------------------------------------------------------------------------------- */

static tfp_status inflate_all(struct kernel *k, z_stream *z, struct gathered *out)
{
    enum { CHUNK = 1 << 16 };
    int code = Z_OK;
    while (code == Z_OK) {
        char *to = gathered_room(out, CHUNK);
        if (!to) return TFP_OK;
        z->next_out = (Bytef *)to;
        z->avail_out = CHUNK;
        code = inflate(z, Z_NO_FLUSH);
        out->n -= z->avail_out;
        if (code == Z_OK && z->avail_out == CHUNK) code = Z_BUF_ERROR;
    }
    return code == Z_STREAM_END ? TFP_OK : kernel_fail(k, TFP_E_FORMAT, "string %zu is not compressed, or cut off", out->count);
}

static tfp_status inflate_one(struct kernel *k, void *user, struct bytes in, struct gathered *out)
{
    const int window = *(const int *)user;
    z_stream z = { .next_in = (Bytef *)(uintptr_t)in.at, .avail_in = (uInt)in.n };
    if (!window) return gathered_put(out, in), TFP_OK;
    if (in.n > UINT32_MAX) return kernel_fail(k, TFP_E_UNSUPPORTED, "a string of more than 4 GiB");
    if (inflateInit2(&z, window) != Z_OK) return tfp_no_memory(k->ctx);
    tfp_status status = inflate_all(k, &z, out);
    inflateEnd(&z);
    return status;
}

static tfp_status decode_compressed(struct kernel *k)
{
    enum { GZIP = 16 }; /* zlib's way to say so */
    TFP_TRY(kernel_check(k));
    const struct bytes type = ir_attr_string(k->node, ATTR_COMPRESSION_TYPE, "");
    int window = bytes_equal(type, "ZLIB") ? MAX_WBITS : bytes_equal(type, "GZIP") ? MAX_WBITS + GZIP : 0;
    if (!window && type.n) return kernel_fail(k, TFP_E_UNSUPPORTED, "compression_type \"%.*s\"", (int)type.n, type.at);
    return gathered_each(k, &k->in[0], inflate_one, &window);
}

const struct kernel_row kernels_raw[] = {
    { IR_DECODE_COMPRESSED, decode_compressed },
    { IR_DECODE_RAW, decode_raw },
};
const size_t kernels_raw_n = sizeof kernels_raw / sizeof kernels_raw[0];
