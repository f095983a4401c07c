/* Whole numbers of types that something computes in wider ones: when they must be brought back, as they wrap around. */
#ifndef TFP_IR_RANGES_H
#define TFP_IR_RANGES_H

#include "ir/schema.h"
#include "ir/tensor.h"

/* The least and the greatest number of an integer type of at most 32 bits; false: another type. */
bool range_of(tfp_dtype dtype, double *lowest, double *highest);
/* Whether a result can lie outside the range of the numbers that go in. IR_CAST: its types tell. */
bool range_left_by(enum ir_op op);

#endif
