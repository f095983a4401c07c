/* Arguments of operators that come as small integer tensors: shapes, axes, pads. */
#ifndef TFP_IR_KERNELS_ARGUMENTS_H
#define TFP_IR_KERNELS_ARGUMENTS_H

#include "ir/kernels/kernel.h"

/* The elements of input i, of rank 0 or 1 and at most `room` of them: E_FORMAT otherwise. Absent: *n is 0. */
tfp_status argument_ints(struct kernel *k, size_t i, size_t room, int64_t *at, size_t *n);
/* The one element of input i, `otherwise` when absent. */
tfp_status argument_int(struct kernel *k, size_t i, int64_t otherwise, int64_t *out);
/* An axis of [-rank, rank) counted from the front: E_FORMAT outside. */
tfp_status argument_axis(struct kernel *k, int64_t axis, size_t rank, size_t *out);
/* Input i as axes of a tensor of that rank, none twice. Absent: *n is 0. */
tfp_status argument_axes(struct kernel *k, size_t i, size_t rank, size_t *axes, size_t *n);
/* Product of dims[first .. end). Wraps around only where another dimension is 0. */
static inline int64_t argument_product(const int64_t *dims, size_t first, size_t end)
{
    uint64_t n = 1;
    for (size_t i = first; i < end; i++) n *= (uint64_t)dims[i];
    return (int64_t)n;
}

#endif
