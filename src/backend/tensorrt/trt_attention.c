#include "backend/tensorrt/trt_attention.h"

#include <math.h>

static const char *asks_for_more(const struct ir_node *n)
{
    if (ir_wants(n, 1) || ir_wants(n, 2) || ir_wants(n, 3)) return "with more than one result";
    if (ir_in(n, 4) || ir_in(n, 5) || ir_in(n, 6)) return "with a cache";
    if (ir_attr_float(n, ATTR_SOFTCAP, 0) > 0) return "with capped scores";
    bool window = ir_attr_int(n, ATTR_LEFT_WINDOW_SIZE, -1) >= 0 || ir_attr_int(n, ATTR_RIGHT_WINDOW_SIZE, -1) >= 0;
    return window ? "with a window" : NULL;
}

/* [batch, heads, length, size] of one type; a number of query heads shares each head of keys and values. */
static const char *operands_differ(const struct ir_node *n)
{
    const struct ir_value *q = ir_in(n, ATTENTION_QUERY), *k = ir_in(n, ATTENTION_KEY), *v = ir_in(n, ATTENTION_VALUE);
    if (q->rank != 4 || k->rank != 4 || v->rank != 4) return "of other than 4 dimensions";
    if (q->dtype != k->dtype || q->dtype != v->dtype) return "of several types";
    if (!dim_equal(q->dims[0], k->dims[0]) || !dim_equal(q->dims[0], v->dims[0])) return "of several batches";
    if (!dim_fixed(q->dims[1]) || !dim_fixed(k->dims[1])) return "of an unknown number of heads";
    if (k->dims[1].n < 1 || q->dims[1].n % k->dims[1].n || !dim_equal(k->dims[1], v->dims[1]))
        return "of such numbers of heads";
    if (!dim_equal(k->dims[2], v->dims[2])) return "of as many values as keys, which is not known";
    if (!dim_equal(q->dims[3], k->dims[3]) || !dim_equal(q->dims[3], v->dims[3])) return "of values of another size";
    bool scaled = ir_attr(n, ATTR_SCALE) || (dim_fixed(q->dims[3]) && q->dims[3].n > 0);
    return scaled ? NULL : "of an unknown size";
}

/* Where a mask of places forbids a query every key, the result is 0, which TensorRT does not promise. A mask that ends
 * before the keys do forbids the rest; TensorRT's broadcasts. */
static const char *mask_differs(const struct ir_node *n)
{
    const struct ir_value *mask = ir_in(n, ATTENTION_MASK);
    if (!mask) return NULL;
    if (ir_attr_int(n, ATTR_IS_CAUSAL, 0)) return "causal and with a mask";
    if (!dtype_is_float(mask->dtype)) return "with a mask of places";
    if (mask->rank < 1 || mask->rank > 4) return "with a mask of unknown rank";
    return dim_equal(mask->dims[mask->rank - 1], ir_in(n, ATTENTION_KEY)->dims[2]) ? NULL : "with a mask of another length";
}

const char *trt_attention_lacks(const struct trt *t, const struct ir_node *n)
{
    if (!trt_has_attention(t)) return "";
    const char *why = asks_for_more(n);
    if (!why) why = operands_differ(n);
    return why ? why : mask_differs(n);
}

double trt_attention_scale(const struct ir_node *n)
{
    if (ir_attr(n, ATTR_SCALE)) return (double)ir_attr_float(n, ATTR_SCALE, 1);
    return 1 / sqrt((double)ir_in(n, ATTENTION_QUERY)->dims[3].n);
}
