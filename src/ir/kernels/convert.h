/* Turning runs of numbers of one element type into another, with Cast's meaning. */
#ifndef TFP_IR_KERNELS_CONVERT_H
#define TFP_IR_KERNELS_CONVERT_H

#include "ir/tensor.h"

/* n elements. Floats to integers truncate; what does not fit, and NaN, gives some value of the type. To bool: not zero.
 * Between numeric types and bool only: convert_possible() says so. What small floats (small_types.h) cannot hold becomes
 * their largest number. `to` must not overlap `from`. */
void convert_run(tfp_dtype from_type, const void *from, tfp_dtype to_type, void *to, size_t n);
bool convert_possible(tfp_dtype from, tfp_dtype to);

#endif
