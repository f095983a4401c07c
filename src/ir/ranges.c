/* Ranges by the types' bits; ops by a table. */
#include "ir/ranges.h"

bool range_of(tfp_dtype dtype, double *lowest, double *highest)
{
    const int bits = 8 * (int)tfp_dtype_size(dtype);
    if (!dtype_is_integer(dtype) || bits > 32) return false;
    const double half = (double)(INT64_C(1) << (bits - 1));
    *lowest = dtype_is_signed(dtype) ? -half : 0;
    *highest = dtype_is_signed(dtype) ? half - 1 : 2 * half - 1;
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
