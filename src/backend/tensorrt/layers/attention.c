/* Scaled dot-product attention as TensorRT's own layer, which is one kernel where TensorRT has one, else its parts again. */
#include "backend/tensorrt/emit.h"
#include "backend/tensorrt/trt_attention.h"

#include <math.h>

/* The layer knows no scale. */
static tensor_p scaled_queries(struct emit *e, const struct ir_node *n)
{
    struct dim size = ir_in(n, ATTENTION_QUERY)->dims[3];
    double scale = ir_attr(n, ATTR_SCALE) ? (double)ir_attr_float(n, ATTR_SCALE, 1) : 1 / sqrt((double)size.n);
    tensor_p q = emit_in(e, n, ATTENTION_QUERY);
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
    const char *why = trt_attention_lacks(e->t, n);
    if (why) return emit_decline(e, why);
    tensor_p q = scaled_queries(e, n), k = emit_in(e, n, ATTENTION_KEY), v = emit_in(e, n, ATTENTION_VALUE);
    tensor_p mask = ir_in(n, ATTENTION_MASK) ? emit_in_rank(e, n, ATTENTION_MASK, 4) : NULL;
    mask = emit_cast(e, mask, emit_type_of(e, q));
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
