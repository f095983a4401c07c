/* Copying between two layouts of the same elements: transposes, slices, repetition, joining. */
#ifndef TFP_IR_KERNELS_STRIDED_H
#define TFP_IR_KERNELS_STRIDED_H

#include "ir/tensor.h"

enum { STRIDED_MAX_RANK = 2 * TFP_MAX_RANK };

/* Strides count elements, may be negative on the side that is read, and 0 there repeats. */
struct strided {
    size_t rank;
    int64_t dims[STRIDED_MAX_RANK], from[STRIDED_MAX_RANK], to[STRIDED_MAX_RANK];
};

/* Row-major strides of a shape. Wraps around where a 0 dimension lets the product of the others overflow. */
void strides_of(size_t rank, const int64_t *dims, int64_t *strides);
/* Copies all elements; `size`: bytes of one: 1, 2, 4, 8 or 16. The two sides do not overlap. */
void strided_copy(const struct strided *s, size_t size, const void *from, void *to, int threads);

#endif
