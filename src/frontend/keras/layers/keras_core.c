/* Dense and its like, Embedding, Masking, wrappers that only pass on. */
#include "frontend/keras/layers/keras_lambda.h"

#include <math.h>

/* -- Dense --------------------------------------------------------------------------------------------------------- */

static bool is_quantized(const struct keras_layer *l)
{
    return l->quantization && strcmp(l->quantization, "int8") == 0;
}

static void declare_dense(struct keras_layer *l)
{
    int64_t units = config_int(l, "units", KERAS_ANY);
    WEIGHT(l, "kernel", KERAS_ANY, units);
    if (config_bool(l, "use_bias", true)) WEIGHT(l, "bias", units);
    if (is_quantized(l)) WEIGHT(l, "kernel_scale", units);
}

/* What a quantized layer of Keras 3 does with its input: int8 by the largest value along the axes, here as floats, in which
 * the product is exact. *factor: what it was multiplied with, 1 along the axes. */
static struct ir_value *quantized(struct keras_call *c, struct ir_value *x, const int64_t *axes, size_t n,
                                  struct ir_value **factor)
{
    struct build *b = c->b;
    if (!x) return NULL;
    struct ir_value *most = ir_reduce(b, IR_REDUCE_MAX, ir_unary(b, IR_ABS, x), axes, n, true);
    *factor = ir_div(b, ir_like(b, x, 127), ir_add(b, most, ir_like(b, x, 1e-7)));
    struct ir_value *rounded = ir_unary(b, IR_ROUND, ir_mul(b, x, *factor));
    return ir_emit(b, IR_CLIP, IN(rounded, ir_like(b, x, -127), ir_like(b, x, 127)), NO_ATTRS);
}

/* Both factors divide the product. */
static struct ir_value *quantized_product(struct keras_call *c, struct ir_value *x)
{
    struct build *b = c->b;
    const int64_t last[] = { -1 };
    struct ir_value *kernel = call_raw_weight(c, c->layer, "kernel"), *scale = call_weight(c, "kernel_scale"), *factor;
    if (!x || !kernel || !scale) return NULL;
    struct ir_value *y = ir_matmul(b, quantized(c, x, last, 1, &factor), ir_cast(b, kernel, x->dtype));
    return ir_div(b, y, ir_mul(b, factor, scale));
}

static void lower_dense(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = call_in(c, 0), *y;
    if (c->layer->quantization && !is_quantized(c->layer)) {
        call_unsupported(c, "quantization %s", c->layer->quantization);
        return;
    }
    if (x && !dtype_is_float(x->dtype)) x = ir_cast(b, x, c->layer->dtype);
    y = is_quantized(c->layer) ? quantized_product(c, x) : ir_matmul(b, x, call_weight(c, "kernel"));
    if (config_bool(c->layer, "use_bias", true)) y = ir_add(b, y, call_weight(c, "bias"));
    call_out(c, call_activation(c, "activation", y));
}

static void declare_einsum_dense(struct keras_layer *l)
{
    keras_weight_add(l, "kernel", true, KERAS_ANY, NULL);
    if (config_has(l, "bias_axes")) keras_weight_add(l, "bias", true, KERAS_ANY, NULL);
    if (is_quantized(l)) keras_weight_add(l, "kernel_scale", true, KERAS_ANY, NULL);
}

static struct ir_value *einsum(struct keras_call *c, struct ir_value *x, struct ir_value *kernel)
{
    const char *equation = config_text(c->layer, "equation", "");
    return x && kernel ? ir_emit(c->b, IR_EINSUM, IN(x, kernel), ATTRS(A_TEXT(ATTR_EQUATION, equation))) : NULL;
}

/* The letters of an equation "abc,cd->abd". */
struct letters {
    struct bytes in, out;
};

static bool read_letters(const char *equation, struct letters *out)
{
    const char *comma = strchr(equation, ','), *arrow = strstr(equation, "->");
    if (!comma || !arrow || strchr(equation, '.') || strchr(equation, ' ')) return false;
    *out = (struct letters){ { equation, (size_t)(comma - equation) }, bytes_of(arrow + 2) };
    return out->in.n <= TFP_MAX_RANK && out->out.n <= TFP_MAX_RANK;
}

/* The input's factor, 1 along the letters that the sum goes over, with the axes of the output. */
static struct ir_value *factor_of_output(struct keras_call *c, const struct letters *l, struct ir_value *factor,
                                         const int64_t *summed, size_t n_summed)
{
    struct build *b = c->b;
    int64_t perm[TFP_MAX_RANK], added[TFP_MAX_RANK];
    size_t n = 0, n_added = 0;
    factor = ir_squeeze(b, factor, summed, n_summed);
    for (size_t i = 0; i < l->out.n; i++) {
        const char *at = memchr(l->in.at, l->out.at[i], l->in.n);
        if (!at) added[n_added++] = (int64_t)i;
        int64_t before = 0;
        for (const char *k = l->in.at; at && k < at; k++) before += memchr(l->out.at, *k, l->out.n) != NULL;
        if (at) perm[n++] = before;
    }
    factor = ir_transpose(b, factor, perm, n);
    return n_added ? ir_unsqueeze(b, factor, added, n_added) : factor;
}

static struct ir_value *quantized_einsum(struct keras_call *c, struct ir_value *x)
{
    struct build *b = c->b;
    struct letters l;
    int64_t summed[TFP_MAX_RANK];
    size_t n = 0;
    struct ir_value *kernel = call_raw_weight(c, c->layer, "kernel"), *scale = call_weight(c, "kernel_scale"), *factor = NULL;
    if (!read_letters(config_text(c->layer, "equation", ""), &l) || !x || x->rank != (int32_t)l.in.n)
        return call_unsupported(c, "quantization of that equation");
    for (size_t i = 0; i < l.in.n; i++)
        if (!memchr(l.out.at, l.in.at[i], l.out.n)) summed[n++] = (int64_t)i;
    if (!n || !kernel) return call_unsupported(c, "quantization of that equation");
    struct ir_value *y = einsum(c, quantized(c, x, summed, n, &factor), ir_cast(b, kernel, x->dtype));
    return ir_div(b, y, ir_mul(b, factor_of_output(c, &l, factor, summed, n), scale));
}

/* "...x,xy->...y" in ONNX's Einsum as it is. */
static void lower_einsum_dense(struct keras_call *c)
{
    struct ir_value *x = call_in(c, 0), *y;
    if (c->layer->quantization && !is_quantized(c->layer)) call_unsupported(c, "quantization %s", c->layer->quantization);
    if (!x || c->b->status != TFP_OK) return;
    y = is_quantized(c->layer) ? quantized_einsum(c, x) : einsum(c, x, call_weight(c, "kernel"));
    if (config_has(c->layer, "bias_axes")) y = ir_add(c->b, y, call_weight(c, "bias"));
    call_out(c, call_activation(c, "activation", y));
}

/* -- Embedding, Masking -------------------------------------------------------------------------------------------- */

static void declare_embedding(struct keras_layer *l)
{
    int64_t rows = config_int(l, "input_dim", KERAS_ANY);
    WEIGHT(l, "embeddings", rows, config_int(l, "output_dim", KERAS_ANY));
    if (is_quantized(l)) WEIGHT(l, "embeddings_scale", rows);
}

static void lower_embedding(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = call_in(c, 0), *table = call_weight(c, "embeddings");
    bool small = is_quantized(c->layer);
    if (c->layer->quantization && !small) call_unsupported(c, "quantization %s", c->layer->quantization);
    struct ir_value *indices = ir_cast(b, x, x && x->dtype == TFP_INT64 ? TFP_INT64 : TFP_INT32);
    struct ir_value *y = ir_gather(b, table, indices, 0);
    if (small) {
        struct ir_value *scale = ir_gather(b, call_weight(c, "embeddings_scale"), indices, 0);
        y = ir_div(b, ir_cast(b, y, c->layer->dtype), UNSQUEEZE(b, scale, -1));
    }
    call_out(c, y);
    if (config_bool(c->layer, "mask_zero", false) && x)
        call_mask(c, ir_unary(b, IR_NOT, ir_binary(b, IR_EQUAL, indices, ir_like(b, indices, 0))));
}

/* A step whose features all equal the mask value is left out, and becomes zeros. */
static void lower_masking(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = call_in(c, 0);
    double value = config_float(c->layer, "mask_value", 0);
    if (!x) return;
    struct ir_value *differs = ir_unary(b, IR_NOT, ir_binary(b, IR_EQUAL, x, ir_like(b, x, value)));
    struct ir_value *any = ir_reduce(b, IR_REDUCE_MAX, ir_cast(b, differs, x->dtype), (const int64_t[]){ -1 }, 1, true);
    call_out(c, ir_mul(b, x, any));
    struct ir_value *mask = ir_cast(b, any, TFP_BOOL);
    call_mask(c, SQUEEZE(b, mask, -1));
}

/* -- layers that pass on ------------------------------------------------------------------------------------------- */

static void lower_identity(struct keras_call *c)
{
    for (size_t i = 0; i < c->n_in; i++) call_out(c, call_in(c, i));
}

/* -- custom layers of keras.applications --------------------------------------------------------------------------- */

static void declare_layer_scale(struct keras_layer *l)
{
    WEIGHT(l, "gamma", config_int(l, "projection_dim", KERAS_ANY));
}

static void lower_layer_scale(struct keras_call *c)
{
    call_out(c, ir_mul(c->b, call_in(c, 0), call_weight(c, "gamma")));
}

/* x[0] + x[1] * scale */
static void lower_custom_scale(struct keras_call *c)
{
    struct ir_value *x = call_in(c, 0), *y = call_in(c, 1);
    if (!x || !y) return;
    call_out(c, ir_add(c->b, x, ir_mul(c->b, y, ir_like(c->b, y, config_float(c->layer, "scale", 1)))));
}

static const struct keras_class classes[] = {
    { "CustomScaleLayer", NULL, lower_custom_scale, KERAS_MASK_STOPS, false, NULL, NULL },
    { "Dense", declare_dense, lower_dense, KERAS_MASK_PASSES, false, NULL, "quantization other than int8" },
    { "EinsumDense", declare_einsum_dense, lower_einsum_dense, KERAS_MASK_STOPS, false, NULL, "quantization other than int8" },
    { "Embedding", declare_embedding, lower_embedding, KERAS_MASK_OWN, false, NULL, "quantization other than int8" },
    { "Identity", NULL, lower_identity, KERAS_MASK_PASSES, false, NULL, NULL },
    { "Lambda", NULL, keras_lower_lambda, KERAS_MASK_STOPS, false, NULL,
      "functions of Python that do more than one expression of operations, or that the file has only the name of" },
    { "LayerScale", declare_layer_scale, lower_layer_scale, KERAS_MASK_STOPS, false, NULL, NULL },
    { "Linear", NULL, lower_identity, KERAS_MASK_PASSES, false, NULL, NULL },
    { "Masking", NULL, lower_masking, KERAS_MASK_OWN, false, NULL, NULL },
    { "StochasticDepth", NULL, lower_identity, KERAS_MASK_PASSES, false, NULL, NULL },
    { "Wrapper", keras_declare_wrapper, keras_lower_wrapper, KERAS_MASK_OWN, false, NULL, NULL },
};

extern const struct keras_family keras_family_core;
KERAS_FAMILY(core, "Core layers");
