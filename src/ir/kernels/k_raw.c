/* Bytes in strings: DecodeRaw (TensorFlow's DecodeRaw and DecodePaddedRaw) and DecodeCompressed. */
#include "codec/deflate.h"
#include "ir/kernels/gathered.h"

#include "base/numbers.h"

#include <inttypes.h>

/* -- DecodeRaw ----------------------------------------------------------------------------------------------------- */

/* Bytes of each string that count: `fixed`, or what all of them have. */
static tfp_status raw_length(struct kernel *k, const struct tensor *in, int64_t fixed, size_t size, size_t *out)
{
    *out = fixed >= 0 ? (size_t)fixed : in->count ? tensor_string(in, 0).n : 0;
    for (int64_t i = 0; i < in->count && fixed < 0; i++)
        if (tensor_string(in, i).n != *out)
            return kernel_fail(k, TFP_E_FORMAT, "string %" PRId64 " has %zu bytes, the first has %zu", i, tensor_string(in, i).n, *out);
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
        const struct bytes s = tensor_string(in, i);
        const size_t have = s.n < n ? s.n : n;
        memcpy(to, s.at, have);
        memset(to + have, 0, n - have);
        /* Parts of a complex number have each their own order. */
        if (swap) swap_bytes(to, n, dtype_is_complex(dtype) ? size / 2 : size);
    }
    return TFP_OK;
}

/* -- DecodeCompressed ---------------------------------------------------------------------------------------------- */

static bool put(void *user, struct bytes b)
{
    gathered_put(user, b);
    return !((struct gathered *)user)->failed;
}

static tfp_status expand_one(struct kernel *k, void *user, struct bytes in, struct gathered *out)
{
    switch (deflate_expand(in, *(const enum deflate_form *)user, put, out)) {
    case DEFLATE_OK: return TFP_OK;
    case DEFLATE_DAMAGED: return kernel_fail(k, TFP_E_FORMAT, "string %zu is not compressed so, or cut off", out->count);
    default: return tfp_no_memory(k->ctx);
    }
}

static tfp_status decode_compressed(struct kernel *k)
{
    const struct bytes type = ir_attr_string(k->node, ATTR_COMPRESSION_TYPE, "");
    enum deflate_form form = bytes_equal(type, "GZIP") ? DEFLATE_GZIP : DEFLATE_ZLIB;
    if (!type.n) return kernel_alias(k, 0, &k->in[0], k->in[0].rank, k->in[0].dims);
    if (form == DEFLATE_ZLIB && !bytes_equal(type, "ZLIB"))
        return kernel_fail(k, TFP_E_UNSUPPORTED, "compression_type \"%.*s\"", (int)type.n, type.at);
    return gathered_each(k, &k->in[0], expand_one, &form);
}

const struct kernel_row kernels_raw[] = {
    { IR_DECODE_COMPRESSED, .run = decode_compressed },
    { IR_DECODE_RAW, .run = decode_raw },
};
const size_t kernels_raw_n = sizeof kernels_raw / sizeof kernels_raw[0];
