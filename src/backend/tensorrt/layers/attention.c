/* Scaled dot-product attention as TensorRT's own layer, which is one kernel where TensorRT has one, else its parts again. */
#include "backend/tensorrt/emit.h"

#include <math.h>

enum { QUERY, KEY, VALUE, MASK };

/* -- what the layer takes ------------------------------------------------------------------------------------------ */

static const char *asks_for_more(const struct ir_node *n)
{
    if (ir_wants(n, 1) || ir_wants(n, 2) || ir_wants(n, 3)) return "with more than one result";
    if (ir_in(n, 4) || ir_in(n, 5) || ir_in(n, 6)) return "with a cache";
    if (ir_attr_float(n, ATTR_SOFTCAP, 0) > 0) return "with capped scores";
    if (ir_attr_int(n, ATTR_LEFT_WINDOW_SIZE, -1) >= 0 || ir_attr_int(n, ATTR_RIGHT_WINDOW_SIZE, -1) >= 0) return "with a window";
    return NULL;
}

/* [batch, heads, length, size] of one type; a number of query heads shares each head of keys and values. */
static const char *operands_differ(const struct ir_node *n)
{
    const struct ir_value *q = ir_in(n, QUERY), *k = ir_in(n, KEY), *v = ir_in(n, VALUE);
    if (q->rank != 4 || k->rank != 4 || v->rank != 4) return "of other than 4 dimensions";
    if (q->dtype != k->dtype || q->dtype != v->dtype) return "of several types";
    if (!dim_equal(q->dims[0], k->dims[0]) || !dim_equal(q->dims[0], v->dims[0])) return "of several batches";
    if (!dim_fixed(q->dims[1]) || !dim_fixed(k->dims[1])) return "of an unknown number of heads";
    if (k->dims[1].n < 1 || q->dims[1].n % k->dims[1].n || !dim_equal(k->dims[1], v->dims[1])) return "of such numbers of heads";
    if (!dim_equal(k->dims[2], v->dims[2])) return "of as many values as keys, which is not known";
    if (!dim_equal(q->dims[3], k->dims[3]) || !dim_equal(q->dims[3], v->dims[3])) return "of values of another size";
    bool scaled = ir_attr(n, ATTR_SCALE) || (dim_fixed(q->dims[3]) && q->dims[3].n > 0);
    return scaled ? NULL : "of an unknown size";
}

/* Where a mask of places forbids a query every key, the result is 0, which TensorRT does not promise. A mask that ends
 * before the keys do forbids the rest; TensorRT's broadcasts. */
static const char *mask_differs(const struct ir_node *n)
{
    const struct ir_value *mask = ir_in(n, MASK);
    if (!mask) return NULL;
    if (ir_attr_int(n, ATTR_IS_CAUSAL, 0)) return "causal and with a mask";
    if (!dtype_is_float(mask->dtype)) return "with a mask of places";
    if (mask->rank < 1 || mask->rank > 4) return "with a mask of unknown rank";
    return dim_equal(mask->dims[mask->rank - 1], ir_in(n, KEY)->dims[2]) ? NULL : "with a mask of another length";
}

static const char *lacking(const struct ir_node *n)
{
    const char *why = asks_for_more(n);
    if (!why) why = operands_differ(n);
    return why ? why : mask_differs(n);
}

/* -- the layer ----------------------------------------------------------------------------------------------------- */

/* The layer knows no scale. */
static tensor_p scaled_queries(struct emit *e, const struct ir_node *n)
{
    struct dim size = ir_in(n, QUERY)->dims[3];
    double scale = ir_attr(n, ATTR_SCALE) ? (double)ir_attr_float(n, ATTR_SCALE, 1) : 1 / sqrt((double)size.n);
    tensor_p q = emit_in(e, n, QUERY);
    return scale == 1 ? q : emit_binary(e, TRT_BINARY_PROD, q, emit_like(e, q, scale));
}

static void name_attention(struct emit *e, struct trt_attention *a, const char *name)
{
    if (!name) return;
    trt_attention_set_name(e->t, a, name);
    if (trt_has(e->t, TRT_Attention_setMetadata)) trt_attention_set_metadata(e->t, a, name);
}

static bool emit_attention(struct emit *e, const struct ir_node *n)
{
    if (!trt_has_attention(e->t)) return emit_decline(e, NULL);
    const char *why = lacking(n);
    if (why) return emit_decline(e, why);
    tensor_p q = scaled_queries(e, n), k = emit_in(e, n, KEY), v = emit_in(e, n, VALUE);
    tensor_p mask = ir_in(n, MASK) ? emit_cast(e, emit_in_rank(e, n, MASK, 4), emit_type_of(e, q)) : NULL;
    if (!q || !k || !v || e->status != TFP_OK) return true;
    enum trt_causal causal = ir_attr_int(n, ATTR_IS_CAUSAL, 0) ? TRT_CAUSAL_UPPER_LEFT : TRT_CAUSAL_NONE;
    struct trt_attention *a = trt_add_attention(e->t, e->net, q, k, v, TRT_ATTENTION_SOFTMAX, causal);
    bool taken = trt_attention_set_decomposable(e->t, a, true) && (!mask || trt_attention_set_mask(e->t, a, mask));
    tensor_p y = taken ? trt_attention_output(e->t, a) : NULL;
    if (!y) return emit_fail(e, "TensorRT refuses it"), true;
    name_attention(e, a, n->name);
    return emit_give(e, n, y);
}

static const struct emit_row rows[] = {
    { IR_ATTENTION, emit_attention },
};
const struct emit_rows emit_rows_attention = { rows, sizeof rows / sizeof rows[0] };
