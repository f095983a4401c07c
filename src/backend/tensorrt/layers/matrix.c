/* Products of matrices, and attention as TensorRT's own layer. Einsum is written in these terms by decompose/. */
#include "backend/tensorrt/emit.h"
#include "backend/tensorrt/trt_attention.h"

static bool emit_matmul(struct emit *e, const struct ir_node *n)
{
    const struct ir_value *a = ir_in(n, 0), *b = ir_in(n, 1);
    if (!dtype_is_float(a->dtype)) return emit_decline(e, "of whole numbers");
    int32_t rank = a->rank > b->rank ? a->rank : b->rank;
    /* A vector has one dimension less; its matrix may have leading ones. */
    tensor_p x = a->rank < 2 ? emit_in_rank(e, n, 0, rank > 1 ? rank - 1 : 1) : emit_in_rank(e, n, 0, rank);
    tensor_p y = b->rank < 2 ? emit_in_rank(e, n, 1, rank > 1 ? rank - 1 : 1) : emit_in_rank(e, n, 1, rank);
    if (!x || !y) return true;
    enum trt_matrix of_x = a->rank < 2 ? TRT_MATRIX_VECTOR : TRT_MATRIX_NONE;
    enum trt_matrix of_y = b->rank < 2 ? TRT_MATRIX_VECTOR : TRT_MATRIX_NONE;
    return emit_give(e, n, emit_layer(e, trt_add_matrix_multiply(e->t, e->net, x, of_x, y, of_y)));
}

static tensor_p scaled(struct emit *e, tensor_p x, float factor)
{
    return factor == 1 ? x : emit_binary(e, TRT_BINARY_PROD, x, emit_like(e, x, (double)factor));
}

/* alpha * A' * B' + beta * C */
static bool emit_gemm(struct emit *e, const struct ir_node *n)
{
    tensor_p a = emit_in(e, n, 0), b = emit_in(e, n, 1);
    if (!dtype_is_float(ir_in(n, 0)->dtype)) return emit_decline(e, "of whole numbers");
    enum trt_matrix of_a = ir_attr_int(n, ATTR_TRANS_A, 0) ? TRT_MATRIX_TRANSPOSE : TRT_MATRIX_NONE;
    enum trt_matrix of_b = ir_attr_int(n, ATTR_TRANS_B, 0) ? TRT_MATRIX_TRANSPOSE : TRT_MATRIX_NONE;
    if (!a || !b) return true;
    tensor_p y = emit_layer(e, trt_add_matrix_multiply(e->t, e->net, a, of_a, b, of_b));
    y = scaled(e, y, ir_attr_float(n, ATTR_ALPHA, 1));
    if (ir_in(n, 2))
        y = emit_binary(e, TRT_BINARY_SUM, y, scaled(e, emit_in_rank(e, n, 2, 2), ir_attr_float(n, ATTR_BETA, 1)));
    return emit_give(e, n, y);
}

/* -- attention ----------------------------------------------------------------------------------------------------- */

/* The layer knows no scale. */
static tensor_p scaled_queries(struct emit *e, const struct ir_node *n)
{
    const double scale = trt_attention_scale(n);
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
    if (why) return emit_decline(e, *why ? why : NULL);
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
    { IR_GEMM, emit_gemm },
    { IR_MATMUL, emit_matmul },
};
const struct emit_rows emit_rows_matrix = { rows, sizeof rows / sizeof rows[0] };
