/* ONNX's element types of 8 bits and fewer that C does not know: float8 (OCP's and Graphcore's), float4, the exponents of
 * microscaling, and integers of 4 and 2 bits. In memory each element has a byte of its own: floats as their bits, integers
 * as their value; in files those of 4 and 2 bits are packed, the first one in the lowest bits. */
#ifndef TFP_IR_SMALL_TYPES_H
#define TFP_IR_SMALL_TYPES_H

#include "ir/tensor.h"

static inline bool dtype_is_small_float(tfp_dtype t)
{
    return (t >= TFP_FLOAT8E4M3FN && t <= TFP_FLOAT8E5M2FNUZ) || t == TFP_FLOAT4E2M1 || t == TFP_FLOAT8E8M0;
}
static inline bool dtype_is_small_integer(tfp_dtype t)
{
    return t == TFP_UINT4 || t == TFP_INT4 || t == TFP_UINT2 || t == TFP_INT2;
}
/* Bits an element has in a file where that is less than a byte; 8 for all other types. */
int small_bits(tfp_dtype t);

enum small_round { SMALL_UP, SMALL_DOWN, SMALL_NEAREST }; /* of FLOAT8E8M0 only; the others round to nearest even */

float small_to_float(tfp_dtype t, uint8_t bits);
/* `saturate`: what is too large becomes the largest number, else infinity or NaN, as far as the type has it. */
uint8_t small_of_float(tfp_dtype t, float f, bool saturate, enum small_round round);
/* The lowest bits of an integer, as a value of the type. */
int8_t small_of_int(tfp_dtype t, int64_t v);
/* Between bytes in memory and packed ones; `n` elements. Packed: (n * small_bits(t) + 7) / 8 bytes. */
void small_pack(tfp_dtype t, const uint8_t *from, uint8_t *packed, size_t n);
void small_unpack(tfp_dtype t, const uint8_t *packed, uint8_t *to, size_t n);
static inline size_t small_packed_size(tfp_dtype t, size_t n)
{
    size_t each = 8 / (size_t)small_bits(t);
    return n / each + (n % each != 0);
}

#endif
