/* The parser's gaps as a table: ops that it has not, and what it asks of those that it has. Facts of NVIDIA's list of
 * operators for TensorRT 8.5 to 10.15, and of what TensorRT-RTX was seen to refuse. */
#include "backend/tensorrt/trt_reader.h"

#include "backend/tensorrt/trt_attention.h"
#include "ir/build.h"
#include "ir/small_types.h"

enum { OPSET_8_5 = 16, OPSET_8_6 = 17, OPSET_10 = 20, OPSET_OF_ATTENTION = 23 };

int trt_reader_opset(const struct trt *t)
{
    if (t->family != TRT_8) return trt_has_attention(t) ? OPSET_OF_ATTENTION : OPSET_10;
    return t->minor < 6 ? OPSET_8_5 : OPSET_8_6;
}

/* -- questions that rows ask --------------------------------------------------------------------------------------- */

typedef bool asks_fn(const struct trt *t, const struct ir_node *n);

static bool always(const struct trt *t, const struct ir_node *n)
{
    (void)n;
    return t != NULL;
}

static bool in_8(const struct trt *t, const struct ir_node *n)
{
    (void)n;
    return t->family == TRT_8;
}

static bool in_8_5(const struct trt *t, const struct ir_node *n)
{
    return in_8(t, n) && t->minor < 6;
}

static bool in_rtx(const struct trt *t, const struct ir_node *n)
{
    (void)n;
    return t->rtx;
}

static bool is_reduced(const struct trt *t, const struct ir_node *n)
{
    (void)t;
    return ir_attr(n, ATTR_REDUCTION) && !ir_attr_is(n, ATTR_REDUCTION, "none");
}

static bool is_vector(const struct trt *t, const struct ir_node *n)
{
    (void)t;
    return ir_in(n, 0)->rank == 1;
}

static bool of_whole_numbers(const struct trt *t, const struct ir_node *n)
{
    (void)t;
    return !dtype_is_float(ir_in(n, 0)->dtype);
}

static bool gives_second(const struct trt *t, const struct ir_node *n)
{
    (void)t;
    return ir_wants(n, 1) || ir_wants(n, 2);
}

static bool is_dilated(const struct trt *t, const struct ir_node *n)
{
    const struct ir_ints d = ir_attr_ints(n, ATTR_DILATIONS);
    (void)t;
    for (size_t i = 0; i < d.n; i++)
        if (d.at[i] != 1) return true;
    return false;
}

static bool is_absent_or_known(const struct ir_node *n, size_t i)
{
    int64_t room[IR_KNOWN_MAX];
    const struct ir_value *v = ir_in(n, i);
    return !v || v->constant || ir_known_ints(v, room, IR_KNOWN_MAX) >= 0;
}

static bool varies_1(const struct trt *t, const struct ir_node *n)
{
    (void)t;
    return !is_absent_or_known(n, 1);
}

static bool varies_3(const struct trt *t, const struct ir_node *n)
{
    (void)t;
    return !is_absent_or_known(n, 3);
}

static bool is_no_int8(const struct trt *t, const struct ir_node *n)
{
    (void)t;
    const struct ir_value *whole = n->op == IR_QUANTIZE_LINEAR ? n->out[0] : ir_in(n, 0);
    return whole->dtype == TFP_UINT8 || whole->dtype == TFP_INT16 || whole->dtype == TFP_UINT16 || whole->dtype == TFP_INT32;
}

static bool has_zero_point(const struct trt *t, const struct ir_node *n)
{
    (void)t;
    const struct ir_value *zero = ir_in(n, 2);
    if (!zero) return false;
    if (!zero->constant) return true;
    for (int64_t i = 0; i < zero->constant->count; i++)
        if (!dtype_is_small_float(zero->dtype) && tensor_int(zero->constant, i) != 0) return true;
    return false;
}

static bool is_no_image(const struct trt *t, const struct ir_node *n)
{
    (void)t;
    return ir_in(n, 0)->rank != 4;
}

static bool is_cubic_of_old(const struct trt *t, const struct ir_node *n)
{
    return in_8(t, n) && t->minor < 5 && ir_attr_is(n, ATTR_MODE, "cubic");
}

static bool is_other_attention(const struct trt *t, const struct ir_node *n)
{
    return trt_attention_lacks(t, n) != NULL;
}

/* -- the table ----------------------------------------------------------------------------------------------------- */

static const struct gap {
    enum ir_op op;
    asks_fn *applies;
    const char *why;
    bool never; /* other terms would need what is lacking, too */
} gaps[] = {
    { IR_ARG_MAX, is_vector, "of one dimension", false },
    { IR_ARG_MIN, is_vector, "of one dimension", false },
    { IR_ATTENTION, is_other_attention, NULL, false },
    { IR_AVERAGE_POOL, is_dilated, "with dilations", false },
    { IR_BIT_SHIFT, always, NULL, false },
    { IR_BITWISE_AND, always, NULL, false },
    { IR_BITWISE_NOT, always, NULL, false },
    { IR_BITWISE_OR, always, NULL, false },
    { IR_BITWISE_XOR, always, NULL, false },
    { IR_COMPRESS, always, NULL, false },
    { IR_CUM_PROD, always, NULL, false },
    { IR_CUM_SUM, varies_1, "with an axis that is not constant", false },
    { IR_DEQUANTIZE_LINEAR, is_no_int8, "of other than int8", false },
    { IR_DEQUANTIZE_LINEAR, has_zero_point, "with a zero point other than 0", false },
    { IR_DET, always, NULL, false },
    { IR_DFT, always, NULL, false },
    { IR_GEMM, of_whole_numbers, "of whole numbers", false },
    { IR_GRID_SAMPLE, is_no_image, "of other than 4 dimensions", false },
    { IR_HARDMAX, in_8, NULL, false },
    { IR_IS_INF, in_8_5, NULL, false },
    { IR_LAYER_NORMALIZATION, in_8_5, NULL, false },
    { IR_LAYER_NORMALIZATION, gives_second, "with its mean or deviation as a result", false },
    { IR_MATMUL, of_whole_numbers, "of whole numbers", false },
    { IR_MAX_POOL, gives_second, "with places as a result", false },
    { IR_MAX_POOL, is_dilated, "with dilations", false },
    { IR_NON_MAX_SUPPRESSION, in_rtx, "TensorRT-RTX has no results whose size depends on data", true },
    { IR_NON_ZERO, in_rtx, "TensorRT-RTX has no results whose size depends on data", true },
    { IR_PAD, varies_3, "with axes that are not constant", false },
    { IR_QUANTIZE_LINEAR, is_no_int8, "to other than int8", false },
    { IR_QUANTIZE_LINEAR, has_zero_point, "with a zero point other than 0", false },
    { IR_REDUCE_MAX, varies_1, "with axes that are not constant", false },
    { IR_REDUCE_MEAN, varies_1, "with axes that are not constant", false },
    { IR_REDUCE_MIN, varies_1, "with axes that are not constant", false },
    { IR_REDUCE_PROD, varies_1, "with axes that are not constant", false },
    { IR_REDUCE_SUM, varies_1, "with axes that are not constant", false },
    { IR_RESIZE, is_cubic_of_old, "cubic", false },
    { IR_SCATTER_ELEMENTS, is_reduced, "with a reduction", false },
    { IR_SCATTER_ND, is_reduced, "with a reduction", false },
    { IR_SLICE, varies_3, "with axes that are not constant", false },
    { IR_SQUEEZE, varies_1, "with axes that are not constant", false },
    { IR_STFT, always, NULL, false },
    { IR_UNIQUE, always, NULL, false },
    { IR_UNSQUEEZE, varies_1, "with axes that are not constant", false },
};

/* The type of a value of the node that the library has nothing for; TFP_UNDEFINED: none is. */
static tfp_dtype lacked_type(const struct trt *t, const struct ir_node *n)
{
    enum trt_type type;
    for (uint32_t i = 0; i < n->n_in; i++)
        if (n->in[i].value && !trt_type_computing(t, n->in[i].value->dtype, &type)) return n->in[i].value->dtype;
    for (uint32_t i = 0; i < n->n_out; i++)
        if (n->out[i] && !trt_type_computing(t, n->out[i]->dtype, &type)) return n->out[i]->dtype;
    return TFP_UNDEFINED;
}

enum trt_takes trt_reader_takes(const struct trt *t, const struct ir_node *n, const char **why)
{
    const tfp_dtype lacked = lacked_type(t, n);
    *why = lacked ? tfp_dtype_name(lacked) : trt_lacks_int64_for(t, n);
    if (*why) return TRT_TAKES_NEVER;
    for (size_t i = 0; i < sizeof gaps / sizeof gaps[0]; i++) {
        if (gaps[i].op != n->op || !gaps[i].applies(t, n)) continue;
        *why = gaps[i].why;
        return gaps[i].never ? TRT_TAKES_NEVER : TRT_TAKES_OTHER_TERMS;
    }
    *why = NULL;
    return TRT_TAKES;
}

/* -- what it is told otherwise ------------------------------------------------------------------------------------- */

/* The parser refuses softmax_precision, whatever it says. The root of a scale it multiplies into queries and into keys:
 * TensorRT-RTX 1.7.1 crashes where both are one tensor. So the queries are multiplied before. */
static tfp_status adapt_attention(struct tfp_context *ctx, struct ir_graph *g, struct ir_node *n)
{
    struct build b = { .ctx = ctx, .graph = g, .before = n, .scope = n->name };
    struct ir_value *q = ir_in(n, ATTENTION_QUERY);
    const double scale = trt_attention_scale(n);
    const struct ir_attr one = A_FLOAT(ATTR_SCALE, 1);
    ir_drop_attr(n, ATTR_SOFTMAX_PRECISION);
    if (scale != 1 && (q = ir_mul(&b, q, ir_like(&b, q, scale)))) ir_set_input(n, ATTENTION_QUERY, q);
    return b.status == TFP_OK && !ir_set_attr(n, &one) ? tfp_no_memory(ctx) : b.status;
}

tfp_status trt_reader_adapt(struct tfp_context *ctx, const struct trt *t, struct ir_graph *g)
{
    const char *why;
    for (struct ir_node *n = g->first; n; n = n->next)
        if (n->op == IR_ATTENTION && trt_reader_takes(t, n, &why) == TRT_TAKES) TFP_TRY(adapt_attention(ctx, g, n));
    return TFP_OK;
}

/* -- types --------------------------------------------------------------------------------------------------------- */

tfp_dtype trt_reader_holds(const struct trt *t, tfp_dtype dtype)
{
    enum trt_type type;
    if (dtype == TFP_INT64 || dtype == TFP_UINT32 || dtype == TFP_UINT64)
        return TFP_INT64; /* which the parser makes int32 on TensorRT 8 */
    return trt_type_computing(t, dtype, &type) ? trt_dtype(type) : dtype;
}
