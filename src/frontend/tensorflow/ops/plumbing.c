/* Plumbing: constants, placeholders that take their default, and ops that pass their input on and make no node. */
#include "frontend/tensorflow/lower.h"
#include "frontend/tensorflow/tf_graph.h"

static tfp_status lower_const(struct lower *lw, const struct tf_node *n)
{
    struct ir_value *v = tf_tensor(lw, "value");
    tfp_dtype dtype = tf_type(lw, "dtype");
    (void)n;
    if (v && lw->b.status == TFP_OK && v->dtype != dtype)
        return lower_malformed(lw, "dtype is %s, the tensor is %s", tfp_dtype_name(dtype), tfp_dtype_name(v->dtype));
    return lower_done(lw, v);
}

static tfp_status lower_pass(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lower_done(lw, lower_in(lw, 0));
}

static tfp_status lower_pass_all(struct lower *lw, const struct tf_node *n)
{
    for (size_t i = 0; i < n->n_in; i++) lower_out(lw, i, lower_in(lw, i));
    return lw->b.status;
}

/* A placeholder that is no input of the model: a flag that tells training from inference, false here. */
static tfp_status lower_placeholder(struct lower *lw, const struct tf_node *n)
{
    if (tf_interface_training_flag(n)) return lower_done(lw, ir_scalar(&lw->b, tf_type(lw, "dtype"), 0));
    if (n->n_in == 1) return lower_pass(lw, n);
    return lower_unsupported(lw, "a placeholder that is no input of the model");
}

/* What the program was sure of is known of the value, too. */
static tfp_status lower_ensure_shape(struct lower *lw, const struct tf_node *n)
{
    struct ir_value *v = lower_in(lw, 0);
    int64_t sizes[TFP_MAX_RANK], rank = tf_shape(lw, "shape", sizes);
    struct dim dims[TFP_MAX_RANK];
    (void)n;
    if (!v || rank < 0) return lower_done(lw, v);
    if (v->rank >= 0 && v->rank != rank)
        return lower_malformed(lw, "the input has rank %d, shape has %lld", v->rank, (long long)rank);
    for (int64_t i = 0; i < rank; i++) {
        bool known = v->rank >= 0 && dim_fixed(v->dims[i]);
        if (known && sizes[i] >= 0 && v->dims[i].n != sizes[i])
            return lower_malformed(lw, "dimension %lld of the input is %lld, shape says %lld", (long long)i,
                                   (long long)v->dims[i].n, (long long)sizes[i]);
        dims[i] = sizes[i] >= 0 ? dim_of(sizes[i])
                  : v->rank >= 0 ? v->dims[i]
                                 : ir_new_symbol(lw->b.graph, v->name ? v->name : lw->node->name);
    }
    if (!v->constant && !ir_set_shape(lw->b.graph, v, v->dtype, (int32_t)rank, dims))
        return build_fail(&lw->b, tfp_no_memory(lw->b.ctx)), lw->b.status;
    return lower_done(lw, v);
}

static const struct rule rules[] = {
    { "CheckNumerics", lower_pass, NULL },
    { "CheckNumericsV2", lower_pass, NULL },
    { "Const", lower_const, NULL },
    { "Copy", lower_pass, NULL },
    { "CopyHost", lower_pass, NULL },
    { "DebugIdentity", lower_pass, NULL },
    { "DebugIdentityV2", lower_pass, NULL },
    { "DebugIdentityV3", lower_pass, NULL },
    { "EnsureShape", lower_ensure_shape, NULL },
    { "HostConst", lower_const, NULL },
    { "Identity", lower_pass, NULL },
    { "IdentityN", lower_pass_all, NULL },
    { "Placeholder", lower_placeholder, NULL },
    { "PlaceholderV2", lower_placeholder, NULL },
    { "PlaceholderWithDefault", lower_placeholder, NULL },
    { "PreventGradient", lower_pass, NULL },
    { "Print", lower_pass, NULL },
    { "RefIdentity", lower_pass, NULL },
    { "Snapshot", lower_pass, NULL },
    { "StopGradient", lower_pass, NULL },
    { "_Arg", lower_placeholder, NULL },
    { "_Retval", lower_pass, NULL },
};
const struct rule_family rules_plumbing = { rules, sizeof rules / sizeof rules[0] };
