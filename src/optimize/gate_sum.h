/* The sum that goes into a gate of a recurrent cell: products of operands with constant weights, and biases. */
#ifndef TFP_OPTIMIZE_GATE_SUM_H
#define TFP_OPTIMIZE_GATE_SUM_H

#include "ir/build.h"

/* Columns `column` .. of rows `row` .. `row` + `rows` of `weights` times an operand; of a bias without one. */
struct gate_term {
    const struct ir_value *operand; /* [batch, rows]; NULL: a bias */
    const struct ir_value *weights; /* constant: [.., columns], of a bias or an elementwise one [columns] or one number */
    int64_t row, rows, column;
    bool elementwise; /* operand * weights, a peephole */
    bool transposed;  /* the weights are [columns, rows] */
};

enum { GATE_TERMS = 16 };
struct gate_sum {
    struct gate_term at[GATE_TERMS];
    size_t n;
    int64_t width;
};

/* `width` columns of v, from `column` on. False: it is no such sum. */
bool gate_sum_of(const struct ir_value *v, int64_t column, int64_t width, struct gate_sum *out);
/* What v is cut out of along its last axis, and from where; NULL: it is not. */
const struct ir_value *gate_sum_whole(const struct ir_value *v, int64_t *column);
/* The weights of an operand as [rows, width], all terms added, in the graph of `b`; NULL: it has none. */
struct ir_value *gate_sum_weights(struct build *b, const struct gate_sum *s, const struct ir_value *operand);
/* The weights of an elementwise operand, [width]; NULL: none. */
struct ir_value *gate_sum_peephole(struct build *b, const struct gate_sum *s, const struct ir_value *operand);
/* All biases added, [width]; zeros where there are none. */
struct ir_value *gate_sum_bias(struct build *b, const struct gate_sum *s, tfp_dtype dtype);

#endif
