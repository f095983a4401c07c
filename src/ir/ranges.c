/* Ranges by the types' bits; ops by a table. */
#include "ir/ranges.h"

#include "ir/small_types.h"

bool range_of(tfp_dtype dtype, double *lowest, double *highest)
{
    const bool small = dtype_is_small_integer(dtype),
               is_signed = dtype_is_signed(dtype) || dtype == TFP_INT4 || dtype == TFP_INT2;
    const int bits = small ? small_bits(dtype) : 8 * (int)tfp_dtype_size(dtype);
    if ((!dtype_is_integer(dtype) && !small) || bits > 32) return false;
    const double half = (double)(INT64_C(1) << (bits - 1));
    *lowest = is_signed ? -half : 0;
    *highest = is_signed ? half - 1 : 2 * half - 1;
    return true;
}

static const enum ir_op leaving[] = { IR_ABS,        IR_ADD,        IR_BIT_SHIFT,         IR_BITWISE_NOT, IR_CUM_PROD,
                                      IR_CUM_SUM,    IR_DIV,        IR_EINSUM,            IR_GEMM,        IR_MATMUL,
                                      IR_MUL,        IR_NEG,        IR_POW,               IR_REDUCE_L1,   IR_REDUCE_PROD,
                                      IR_REDUCE_SUM, IR_REDUCE_SUM_SQUARE, IR_SUB,        IR_SUM };

bool range_left_by(enum ir_op op)
{
    for (size_t i = 0; i < sizeof leaving / sizeof leaving[0]; i++)
        if (leaving[i] == op) return true;
    return false;
}
