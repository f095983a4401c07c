/* Rows of a tensor that are joined by segment, in ONNX's terms. */
#ifndef TFP_IR_SEGMENTS_H
#define TFP_IR_SEGMENTS_H

#include "ir/build.h"

enum segment_join { SEGMENT_SUM, SEGMENT_MEAN, SEGMENT_SQRT_N, SEGMENT_PROD, SEGMENT_MAX, SEGMENT_MIN };

/* rows [n, ..] -> [count, ..]: those whose segment (ids: int64 [n]) is i become row i; those of a segment below 0 go nowhere.
 * count: int64, one element; NULL: the last segment's number plus 1. SQRT_N: the sum over the root of how many there are. A segment
 * without rows is 0 (PROD: 1), or with `extremes` the lowest (MAX) or highest value (MIN) of the type. */
struct ir_value *segments_join(struct build *b, struct ir_value *rows, struct ir_value *ids, struct ir_value *count,
                               enum segment_join join, bool extremes);

#endif
