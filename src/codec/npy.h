/* numpy's .npy files, versions 1 to 3 <-> dense tensors. Format: numpy.lib.format in numpy's reference, and
 * docs/formats/npy.md.
 *
 * dtype strings: '<f4' .. as numpy's; 'S<n>' and 'U<n>' become TFP_STRING (U as UTF-8; trailing NULs dropped as numpy
 * does). numpy has no bfloat16: it is written as float32, and read only where descr is 'bfloat16'. */
#ifndef TFP_CODEC_NPY_H
#define TFP_CODEC_NPY_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/status.h"

struct npy {
    tfp_dtype dtype;
    uint32_t rank;
    int64_t dims[TFP_MAX_RANK];
    const void *data; /* C order, native bytes, aligned; TFP_STRING: struct tfp_string; never NULL */
    size_t size;      /* bytes at `data` */
    size_t width;     /* of 'S<n>': the bytes that each string has in the file, NULs behind it included; else 0 */
};

/* Reads a whole file. `data` points into `file` where that is possible, else into the arena; strings point into either.
 * `name` is for messages. Object and structured arrays, dates and long doubles are TFP_E_UNSUPPORTED. */
tfp_status npy_decode(struct tfp_context *ctx, struct arena *arena, const char *name, struct bytes file,
                      struct npy *out);

/* Writes the tensor through `write`: the header (64-byte aligned, version 1), then the elements; large ones straight
 * from where they lie. Strings become '|S<longest>'; TFP_E_UNSUPPORTED when one of several ends with a NUL, which
 * nobody could tell from the filling. A single string fills its element, so that its bytes are all there; numpy gives
 * them with tobytes(). */
tfp_status npy_encode(struct tfp_context *ctx, const struct tfp_tensor *tensor,
                      tfp_status (*write)(void *user, const void *at, size_t n), void *user);

#endif
