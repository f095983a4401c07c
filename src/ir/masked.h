/* Sequences with a mask that leaves steps out wherever they stand, for ops that know lengths only: the steps that count
 * are gathered to the front, and each step takes what the last one that counted gave. */
#ifndef TFP_IR_MASKED_H
#define TFP_IR_MASKED_H

#include "ir/build.h"

struct masked {
    struct ir_value *mask;        /* bool [batch, time] */
    struct ir_value *x, *lengths; /* packed: [batch, time, features], int32 [batch] */
    struct ir_value *before;      /* int64 [batch, time]: how many count up to and with this one */
};

/* x is [batch, time, features]. What could not be built is NULL, and the builder's status says why. */
struct masked masked_pack(struct build *b, struct ir_value *x, struct ir_value *mask);
/* The outputs of the steps that count, [batch, time, features] as packed, handed out to all steps: those of the last one
 * that counted (`reverse`: of the next one), zeros before the first. `zeros`: zeros wherever a step does not count. */
struct ir_value *masked_unpack(struct build *b, const struct masked *p, struct ir_value *y, bool reverse, bool zeros);

#endif
