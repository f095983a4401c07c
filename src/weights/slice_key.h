/* The keys under which checkpoints keep the parts of arrays (docs/formats/tensor-bundle.md): name and box in an
 * order-preserving code, as
 * tensorflow/core/util/saved_tensor_slice_util.cc and core/lib/strings/ordered_code.cc make them:
 *   number 0, the name (0x00 as 0x00 0xff, 0xff as 0xff 0x00, ended by 0x00 0x01), the rank, and for each dimension
 *   signed start and length (-1: whole).
 *   A number: one byte with the count of its big-endian bytes, then these. A signed number: in n bytes, of which the
 *   first n bits tell n (inverted when it is negative), the rest is the number in two's complement. */
#ifndef TFP_WEIGHTS_SLICE_KEY_H
#define TFP_WEIGHTS_SLICE_KEY_H

#include "base/text.h"
#include "weights/weights.h"

/* Appends the key; failure sticks in `out`. */
void slice_key(struct text *out, const char *name, const struct weights_slice *slice);

#endif
