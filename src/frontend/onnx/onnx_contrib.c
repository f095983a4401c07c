/* Ops of other domains that ONNX Runtime's and scikit-learn's tools leave in files, in standard terms. A rule takes what it
 * knows; other attributes of these ops only tell how to compute, but for those that are refused by name. */
#include "frontend/onnx/onnx_lower.h"

#include <string.h>

static struct ir_value *emit(struct onnx_lower *l, struct onnx_node *n, struct ir_value *const *in, size_t n_in)
{
    struct ir_attr *attrs = ARENA_ARRAY(l->arena, struct ir_attr, n->n_attrs + 1);
    if (!attrs) return build_fail(&l->b, tfp_no_memory(l->b.ctx));
    if (n->n_attrs) memcpy(attrs, n->attrs, n->n_attrs * sizeof *attrs);
    return ir_emit(&l->b, n->op, in, n_in, attrs);
}

static bool has_inputs(struct onnx_lower *l, struct onnx_node *n, size_t least)
{
    for (size_t i = 0; i < least; i++)
        if (!onnx_in(n, i)) return onnx_malformed(l, n, "needs %zu inputs", least), false;
    return l->b.status == TFP_OK;
}

static struct ir_value *plus(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return x && y ? ir_add(b, x, y) : x;
}

/* -- with an activation ---------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum ir_op op;
    enum ir_attr_name params[2];
} activations[] = {
    { "Relu", IR_RELU, { ATTR_NONE } },
    { "Sigmoid", IR_SIGMOID, { ATTR_NONE } },
    { "Tanh", IR_TANH, { ATTR_NONE } },
    { "LeakyRelu", IR_LEAKY_RELU, { ATTR_ALPHA } },
    { "HardSigmoid", IR_HARD_SIGMOID, { ATTR_ALPHA, ATTR_BETA } },
};

static struct ir_value *clipped(struct onnx_lower *l, struct onnx_node *n, struct ir_value *x, struct pb_floats params)
{
    if (params.n != 2) return onnx_malformed(l, n, "activation_params of Clip"), NULL;
    return ir_emit(&l->b, IR_CLIP, IN(x, ir_like(&l->b, x, (double)params.at[0]), ir_like(&l->b, x, (double)params.at[1])),
                   NO_ATTRS);
}

static struct ir_value *activated(struct onnx_lower *l, struct onnx_node *n, struct ir_value *x)
{
    const struct onnxpb_attribute *given = onnx_given(l, n, "activation_params");
    struct pb_floats params = given ? given->floats : (struct pb_floats){ NULL, 0 };
    struct bytes name = onnx_given_string(l, n, "activation", "");
    struct ir_attr attrs[3] = { { .name = ATTR_NONE } };
    if (!name.n || !x) return x;
    if (bytes_equal(name, "Clip")) return clipped(l, n, x, params);
    for (size_t i = 0; i < sizeof activations / sizeof activations[0]; i++) {
        if (!bytes_equal(name, activations[i].name)) continue;
        for (size_t k = 0; k < 2 && k < params.n && activations[i].params[k]; k++)
            attrs[k] = (struct ir_attr)A_FLOAT(activations[i].params[k], params.at[k]);
        return ir_emit(&l->b, activations[i].op, IN(x), attrs);
    }
    return onnx_refuse(l, n, "activation %s", onnx_text(l, name)), NULL;
}

static void fused_conv(struct onnx_lower *l, struct onnx_node *n)
{
    if (!has_inputs(l, n, 2)) return;
    onnx_take_attrs(l, n, IR_CONV);
    struct ir_value *y = emit(l, n, IN(onnx_in(n, 0), onnx_in(n, 1), onnx_in(n, 2)));
    onnx_done(n, activated(l, n, plus(&l->b, y, onnx_in(n, 3))));
}

static void fused_gemm(struct onnx_lower *l, struct onnx_node *n)
{
    if (!has_inputs(l, n, 2)) return;
    onnx_take_attrs(l, n, IR_GEMM);
    onnx_done(n, activated(l, n, emit(l, n, IN(onnx_in(n, 0), onnx_in(n, 1), onnx_in(n, 2)))));
}

/* -- products -------------------------------------------------------------------------------------------------------- */

/* The last two dimensions change places. */
static struct ir_value *transposed(struct onnx_lower *l, struct onnx_node *n, struct ir_value *x, const char *attr)
{
    int64_t perm[TFP_MAX_RANK];
    if (!onnx_given_int(l, n, attr, 0)) return x;
    if (x->rank < 0) return onnx_refuse(l, n, "%s where the rank is not known", attr), NULL;
    if (x->rank < 2) return x;
    for (int32_t i = 0; i < x->rank; i++) perm[i] = i;
    perm[x->rank - 1] = x->rank - 2;
    perm[x->rank - 2] = x->rank - 1;
    return ir_transpose(&l->b, x, perm, (size_t)x->rank);
}

static void fused_matmul(struct onnx_lower *l, struct onnx_node *n)
{
    if (!has_inputs(l, n, 2)) return;
    if (onnx_given_int(l, n, "transBatchA", 0) || onnx_given_int(l, n, "transBatchB", 0)) {
        onnx_refuse(l, n, "transBatchA or transBatchB");
        return;
    }
    struct ir_value *a = transposed(l, n, onnx_in(n, 0), "transA"), *b = transposed(l, n, onnx_in(n, 1), "transB");
    struct ir_value *y = a && b ? ir_matmul(&l->b, a, b) : NULL;
    float alpha = onnx_given_float(l, n, "alpha", 1);
    onnx_done(n, alpha == 1 || !y ? y : ir_mul(&l->b, y, ir_like(&l->b, y, (double)alpha)));
}

/* -- activations of their own ---------------------------------------------------------------------------------------- */

static struct ir_value *gelu(struct onnx_lower *l, struct ir_value *x, const char *approximate)
{
    return ir_emit(&l->b, IR_GELU, IN(x), ATTRS(A_TEXT(ATTR_APPROXIMATE, approximate)));
}

static void exact_gelu(struct onnx_lower *l, struct onnx_node *n)
{
    if (has_inputs(l, n, 1)) onnx_done(n, gelu(l, plus(&l->b, onnx_in(n, 0), onnx_in(n, 1)), "none"));
}

static void fast_gelu(struct onnx_lower *l, struct onnx_node *n)
{
    if (has_inputs(l, n, 1)) onnx_done(n, gelu(l, plus(&l->b, onnx_in(n, 0), onnx_in(n, 1)), "tanh"));
}

static void quick_gelu(struct onnx_lower *l, struct onnx_node *n)
{
    if (!has_inputs(l, n, 1)) return;
    const float alpha = onnx_given_float(l, n, "alpha", 1.702f);
    onnx_done(n, ir_emit(&l->b, IR_SWISH, IN(onnx_in(n, 0)), ATTRS(A_FLOAT(ATTR_ALPHA, alpha))));
}

/* -- normalization of sums ------------------------------------------------------------------------------------------- */

static void skip_normalization(struct onnx_lower *l, struct onnx_node *n, enum ir_op op, struct ir_value *shift,
                               struct ir_value *bias)
{
    struct build *b = &l->b;
    struct ir_value *sum = plus(b, ir_add(b, onnx_in(n, 0), onnx_in(n, 1)), bias);
    const float epsilon = onnx_given_float(l, n, "epsilon", 1e-12f);
    if (onnx_wants(n, 1) || onnx_wants(n, 2)) {
        onnx_refuse(l, n, "outputs of training");
        return;
    }
    onnx_done(n, ir_emit(b, op, IN(sum, onnx_in(n, 2), shift), ATTRS(A_FLOAT(ATTR_EPSILON, epsilon))));
    if (n->n_out > 3) n->out[3] = sum;
}

static void skip_layer_normalization(struct onnx_lower *l, struct onnx_node *n)
{
    if (has_inputs(l, n, 3)) skip_normalization(l, n, IR_LAYER_NORMALIZATION, onnx_in(n, 3), onnx_in(n, 4));
}

static void skip_simplified_layer_normalization(struct onnx_lower *l, struct onnx_node *n)
{
    if (has_inputs(l, n, 3)) skip_normalization(l, n, IR_RMS_NORMALIZATION, NULL, onnx_in(n, 3));
}

static void simplified_layer_normalization(struct onnx_lower *l, struct onnx_node *n)
{
    if (!has_inputs(l, n, 2)) return;
    if (onnx_wants(n, 1)) {
        onnx_refuse(l, n, "outputs of training");
        return;
    }
    onnx_take_attrs(l, n, IR_RMS_NORMALIZATION);
    onnx_done(n, emit(l, n, IN(onnx_in(n, 0), onnx_in(n, 1))));
}

/* -- others ---------------------------------------------------------------------------------------------------------- */

static void trilu(struct onnx_lower *l, struct onnx_node *n)
{
    if (!has_inputs(l, n, 1)) return;
    onnx_take_attrs(l, n, IR_TRILU);
    onnx_done(n, emit(l, n, IN(onnx_in(n, 0), onnx_in(n, 1))));
}

/* The new dimension's place is an input. */
static void expand_dims(struct onnx_lower *l, struct onnx_node *n)
{
    if (!has_inputs(l, n, 2)) return;
    struct ir_value *axes = RESHAPE(&l->b, ir_cast(&l->b, onnx_in(n, 1), TFP_INT64), 1);
    onnx_done(n, ir_emit(&l->b, IR_UNSQUEEZE, IN(onnx_in(n, 0), axes), NO_ATTRS));
}

static void binarizer(struct onnx_lower *l, struct onnx_node *n)
{
    struct build *b = &l->b;
    struct ir_value *x = onnx_in(n, 0);
    if (!has_inputs(l, n, 1)) return;
    struct ir_value *threshold = ir_like(b, x, (double)onnx_given_float(l, n, "threshold", 0));
    onnx_done(n, ir_cast(b, ir_binary(b, IR_GREATER, x, threshold), x->dtype));
}

static struct ir_value *given_floats(struct onnx_lower *l, struct onnx_node *n, const char *name)
{
    const struct onnxpb_attribute *a = onnx_given(l, n, name);
    const int64_t count = a ? (int64_t)a->floats.n : 0;
    return count ? ir_tensor(&l->b, TFP_FLOAT, 1, &count, a->floats.at) : NULL;
}

static void scaler(struct onnx_lower *l, struct onnx_node *n)
{
    struct build *b = &l->b;
    if (!has_inputs(l, n, 1)) return;
    struct ir_value *x = ir_cast(b, onnx_in(n, 0), TFP_FLOAT), *offset = given_floats(l, n, "offset");
    struct ir_value *scale = given_floats(l, n, "scale");
    if (offset) x = ir_sub(b, x, offset);
    onnx_done(n, scale ? ir_mul(b, x, scale) : x);
}

/* Of a table's keys or values: the list that the node has, as a vector; `what` + "strings" and so on. NULL: none. */
static struct ir_value *given_list(struct onnx_lower *l, struct onnx_node *n, const char *strings, const char *ints,
                                   const char *floats)
{
    const struct onnxpb_attribute *a;
    if ((a = onnx_given(l, n, strings)) && a->strings.n) {
        struct tfp_string *at = ARENA_ARRAY(&l->b.graph->arena, struct tfp_string, a->strings.n);
        const int64_t count = (int64_t)a->strings.n;
        if (!at) return build_fail(&l->b, tfp_no_memory(l->b.ctx));
        for (size_t i = 0; i < a->strings.n; i++) at[i] = (struct tfp_string){ a->strings.at[i].at, a->strings.at[i].n };
        return ir_tensor(&l->b, TFP_STRING, 1, &count, at);
    }
    if ((a = onnx_given(l, n, ints)) && a->ints.n) return ir_tensor(&l->b, TFP_INT64, 1, &(const int64_t){ (int64_t)a->ints.n }, a->ints.at);
    return given_floats(l, n, floats);
}

static struct ir_value *given_default(struct onnx_lower *l, struct onnx_node *n, tfp_dtype dtype)
{
    const struct bytes text = onnx_given_string(l, n, "default_string", "_Unused");
    const struct tfp_string string = { text.n ? text.at : "", text.n };
    const int64_t whole = onnx_given_int(l, n, "default_int64", -1);
    const float number = onnx_given_float(l, n, "default_float", -0.0f);
    return ir_tensor(&l->b, dtype, 0, NULL, dtype == TFP_STRING ? (const void *)&string : dtype == TFP_INT64 ? (const void *)&whole : &number);
}

/* From version 2 on; version 4's tables as tensors are refused. */
static void label_encoder(struct onnx_lower *l, struct onnx_node *n)
{
    if (!has_inputs(l, n, 1)) return;
    struct ir_value *keys = given_list(l, n, "keys_strings", "keys_int64s", "keys_floats");
    struct ir_value *values = given_list(l, n, "values_strings", "values_int64s", "values_floats");
    if (l->b.status != TFP_OK) return;
    if (!keys || !values) onnx_refuse(l, n, "a table that is none of two lists");
    else if (keys->dtype != onnx_in(n, 0)->dtype) onnx_malformed(l, n, "keys of another type than what is looked up");
    else onnx_done(n, ir_emit(&l->b, IR_TABLE_FIND, IN(onnx_in(n, 0), keys, values, given_default(l, n, values->dtype)), NO_ATTRS));
}

static const char microsoft[] = "com.microsoft", ml[] = "ai.onnx.ml";

static const struct row {
    const char *domain, *op;
    onnx_rule *run;
} rows[] = {
    { microsoft, "BiasGelu", exact_gelu },
    { microsoft, "ExpandDims", expand_dims },
    { microsoft, "FastGelu", fast_gelu },
    { microsoft, "FusedConv", fused_conv },
    { microsoft, "FusedGemm", fused_gemm },
    { microsoft, "FusedMatMul", fused_matmul },
    { microsoft, "Gelu", exact_gelu },
    { microsoft, "QuickGelu", quick_gelu },
    { microsoft, "SkipLayerNormalization", skip_layer_normalization },
    { microsoft, "SkipSimplifiedLayerNormalization", skip_simplified_layer_normalization },
    { microsoft, "TransposeMatMul", fused_matmul },
    { microsoft, "Trilu", trilu },
    { ml, "Binarizer", binarizer },
    { ml, "LabelEncoder", label_encoder },
    { ml, "Scaler", scaler },
    { ml, "TreeEnsembleRegressor", onnx_tree_ensemble },
    { "", "SimplifiedLayerNormalization", simplified_layer_normalization }, /* ONNX Runtime's, in the default domain */
};

onnx_rule *onnx_contrib_find(struct bytes domain, struct bytes op)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool same = rows[i].domain[0] ? bytes_equal(domain, rows[i].domain) : onnx_domain_is_standard(domain);
        if (same && bytes_equal(op, rows[i].op)) return rows[i].run;
    }
    return NULL;
}
