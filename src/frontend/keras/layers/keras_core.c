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

/* What a quantized layer of Keras 3 does: rows of the input become int8 by their largest value, the product is exact,
 * both scales divide it. */
static struct ir_value *quantized_product(struct keras_call *c, struct ir_value *x)
{
    struct build *b = c->b;
    const int64_t last[] = { -1 };
    struct ir_value *kernel = call_raw_weight(c, c->layer, "kernel"), *scale = call_weight(c, "kernel_scale");
    if (!x || !kernel || !scale) return NULL;
    struct ir_value *most = ir_reduce(b, IR_REDUCE_MAX, ir_unary(b, IR_ABS, x), last, 1, true);
    struct ir_value *factor = ir_div(b, ir_like(b, x, 127), ir_add(b, most, ir_like(b, x, 1e-7)));
    struct ir_value *rounded = ir_unary(b, IR_ROUND, ir_mul(b, x, factor));
    rounded = ir_emit(b, IR_CLIP, IN(rounded, ir_like(b, x, -127), ir_like(b, x, 127)), NO_ATTRS);
    struct ir_value *y = ir_matmul(b, rounded, ir_cast(b, kernel, x->dtype));
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
}

/* "...x,xy->...y" in ONNX's Einsum as it is. */
static void lower_einsum_dense(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = call_in(c, 0), *kernel = call_weight(c, "kernel");
    const char *equation = config_text(c->layer, "equation", "");
    if (c->layer->quantization) call_unsupported(c, "quantization %s", c->layer->quantization);
    if (!x || !kernel) return;
    struct ir_value *y = ir_emit(b, IR_EINSUM, IN(x, kernel), ATTRS(A_TEXT(ATTR_EQUATION, equation)));
    if (config_has(c->layer, "bias_axes")) y = ir_add(b, y, call_weight(c, "bias"));
    call_out(c, call_activation(c, "activation", y));
}

/* -- Embedding, Masking -------------------------------------------------------------------------------------------- */

static void declare_embedding(struct keras_layer *l)
{
    WEIGHT(l, "embeddings", config_int(l, "input_dim", KERAS_ANY), config_int(l, "output_dim", KERAS_ANY));
}

static void lower_embedding(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = call_in(c, 0), *table = call_weight(c, "embeddings");
    if (c->layer->quantization) call_unsupported(c, "quantization %s", c->layer->quantization);
    struct ir_value *indices = ir_cast(b, x, x && x->dtype == TFP_INT64 ? TFP_INT64 : TFP_INT32);
    call_out(c, ir_gather(b, table, indices, 0));
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
    { "EinsumDense", declare_einsum_dense, lower_einsum_dense, KERAS_MASK_STOPS, false, NULL, "quantization" },
    { "Embedding", declare_embedding, lower_embedding, KERAS_MASK_OWN, false, NULL, "quantization" },
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
