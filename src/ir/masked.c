/* Packing and unpacking of masked sequences (masked.h). */
#include "ir/masked.h"

#include "ir/forms.h"

static struct ir_value *time_gather(struct build *b, struct ir_value *x, struct ir_value *indices)
{
    if (!x || !indices) return NULL;
    struct ir_value *wide = ir_expand(b, UNSQUEEZE(b, indices, 2), ir_shape(b, x));
    return wide ? ir_emit(b, IR_GATHER_ELEMENTS, IN(x, wide), ATTRS(A_INT(ATTR_AXIS, 1))) : NULL;
}

struct masked masked_pack(struct build *b, struct ir_value *x, struct ir_value *mask)
{
    struct masked p = { .x = x, .mask = mask };
    struct ir_value *order[2] = { NULL, NULL }, *steps = ir_dim(b, mask, 1), *axis = ir_int(b, 1);
    struct ir_value *number = ir_cast(b, form_iota(b, steps), TFP_FLOAT), *keep = ir_cast(b, mask, TFP_FLOAT);
    struct ir_value *count = ir_cast(b, mask, TFP_INT32);
    if (!steps || !number || !keep || !count) return p;
    struct ir_value *key = ir_sub(b, ir_mul(b, keep, ir_cast(b, steps, TFP_FLOAT)), number);
    if (!key) return p;
    ir_emit_many(b, IR_TOP_K, IN(key, steps), ATTRS(A_INT(ATTR_AXIS, 1)), 2, order);
    p.x = time_gather(b, x, order[1]);
    p.lengths = ir_reduce(b, IR_REDUCE_SUM, count, (const int64_t[]){ 1 }, 1, false);
    struct ir_value *sum = ir_emit(b, IR_CUM_SUM, IN(count, axis), NO_ATTRS);
    p.before = ir_cast(b, sum, TFP_INT64);
    return p;
}

struct ir_value *masked_unpack(struct build *b, const struct masked *p, struct ir_value *y, bool reverse, bool zeros)
{
    struct ir_value *zero = ir_scalar(b, TFP_INT64, 0), *index = ir_sub(b, p->before, ir_scalar(b, TFP_INT64, 1)), *valid;
    if (reverse) index = ir_sub(b, p->before, ir_cast(b, p->mask, TFP_INT64));
    if (!index || !y) return NULL;
    struct ir_value *length = UNSQUEEZE(b, ir_cast(b, p->lengths, TFP_INT64), 1);
    valid = ir_binary(b, IR_AND, ir_binary(b, IR_GREATER_OR_EQUAL, index, zero), ir_binary(b, IR_LESS, index, length));
    if (zeros) valid = p->mask;
    struct ir_value *last = ir_sub(b, ir_dim(b, p->mask, 1), INTS(b, 1));
    index = ir_binary(b, IR_MAX, ir_binary(b, IR_MIN, index, last), zero);
    y = time_gather(b, y, index);
    return y ? ir_where(b, UNSQUEEZE(b, valid, 2), y, ir_like(b, y, 0)) : NULL;
}
