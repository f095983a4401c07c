/* A Loop that runs a known number of times, as work on sequences: iteration t takes slice t of tensors around it. */
#ifndef TFP_OPTIMIZE_OVER_TIME_H
#define TFP_OPTIMIZE_OVER_TIME_H

#include "ir/bodies.h"
#include "optimize/passes.h"

struct over_time {
    struct optimize *o;
    struct ir_node *node;
    struct ir_loop l;     /* to be read anew after over_time_slice() */
    struct ir_value *trips; /* number of iterations, int64 */
};

/* False: not a Loop, or its values may end it. */
bool over_time_begin(struct optimize *o, struct ir_node *n, struct over_time *out);
/* What a value that the body is given unchanged is around it; NULL: it is none. Constants are added around it. */
struct ir_value *over_time_outside(const struct over_time *t, const struct ir_value *v);
/* The tensor around the body whose slice t a value is in iteration t; NULL: it is none. */
struct ir_value *over_time_sequence(const struct over_time *t, const struct ir_value *v);
/* Slice t of a tensor around the body, as a value of the body. NULL: memory is out. */
struct ir_value *over_time_slice(struct over_time *t, struct ir_value *sequence);
/* The rows of a tensor that iterations see: its first `trips`. */
struct ir_value *over_time_rows(const struct over_time *t, struct build *b, struct ir_value *sequence);

/* Of a mask that says which rows' sequences are over (*over: t >= length) or go on (t < length): the lengths, [rows], in
 * the body. NULL: it is none. */
const struct ir_value *over_time_lengths(const struct over_time *t, const struct ir_value *mask, bool *over);
/* A value of the body that is zeros in every iteration. */
bool over_time_is_zero(const struct over_time *t, const struct ir_value *v);

#endif
