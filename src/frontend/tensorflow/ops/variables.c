/* Variables: each is its value in the checkpoint, a constant. A handle is that very constant, which goes the way of the
 * handle through functions, branches and loops, so that a read passes it on. What changes a variable has no rule. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"
#include "frontend/tensorflow/tf_variables.h"

/* -- values -------------------------------------------------------------------------------------------------------- */

static struct ir_value *read_value(struct lower *lw, struct tf_variable *v)
{
    struct build *b = &lw->b;
    struct tensor t = { .dtype = TFP_UNDEFINED };
    tfp_status status = tf_variables_read(b->ctx, lw->graph, v, &t);
    if (status != TFP_OK) return build_fail(b, status);
    struct ir_value *value = ir_add_constant(b->graph, NULL, &t);
    tensor_release(&t);
    return value ? value : build_fail(b, tfp_no_memory(b->ctx));
}

/* A value of its own for what the initializer assigns: a handle must tell which variable it is. */
static struct ir_value *initial_value(struct lower *lw, const struct tf_variable *v)
{
    struct build *b = &lw->b;
    struct tf_input in = v->initial;
    struct ir_value *from = lower_value(lw, in);
    if (!from) return lower_unsupported(lw, "its initial value is not known"), NULL;
    if (lw->graph->weights && !v->local)
        tfp_note(b->ctx, "variable %s is not in %s: its initial value is taken", v->name, lw->graph->weights->path);
    if (!from->constant) return ir_emit(b, IR_IDENTITY, IN(from), NO_ATTRS);
    struct ir_value *value = ir_add_constant(b->graph, NULL, from->constant);
    return value ? value : build_fail(b, tfp_no_memory(b->ctx));
}

static tfp_status lower_variable(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct tf_variable *v = n->state;
    tfp_dtype dtype = tf_type(lw, "dtype");
    if (b->status != TFP_OK) return b->status;
    if (v->changed) return lower_unsupported(lw, "the model changes it when it runs; which of its values is read cannot be told");
    if (!v->entry && !v->initial.node) {
        lw->without_value = v;
        return b->status = TFP_E_UNSUPPORTED;
    }
    if (v->pass != lw->graph->pass) {
        v->value = v->entry ? read_value(lw, v) : initial_value(lw, v);
        void **at = v->value ? map_at(&lw->variables, (const char *)&v->value, sizeof v->value) : NULL;
        if (b->status != TFP_OK) return b->status;
        if (!at) return build_fail(b, tfp_no_memory(b->ctx)), b->status;
        *at = v;
        v->pass = lw->graph->pass;
    }
    if (v->value->dtype != dtype)
        return lower_malformed(lw, "dtype is %s, its value is %s", tfp_dtype_name(dtype),
                               tfp_dtype_name(v->value->dtype));
    return lower_done(lw, v->value);
}

/* -- handles ------------------------------------------------------------------------------------------------------- */

/* The value behind the handle, of the type that the op says. */
static struct ir_value *variable_in(struct lower *lw, const char *type)
{
    struct ir_value *value = lower_in(lw, 0);
    if (!value) return NULL;
    void **at = map_find(&lw->variables, (const char *)&value, sizeof value);
    if (!at) return lower_unsupported(lw, "its variable is not known before the model runs"), NULL;
    const struct tf_variable *v = *at;
    tfp_dtype dtype = type ? tf_type(lw, type) : value->dtype;
    if (lw->b.status == TFP_OK && dtype != value->dtype)
        lower_malformed(lw, "%s is %s, variable %s is %s", type, tfp_dtype_name(dtype), v->name,
                        tfp_dtype_name(value->dtype));
    return lw->b.status == TFP_OK ? value : NULL;
}

static tfp_status lower_read(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lower_done(lw, variable_in(lw, "dtype"));
}

/* validate_indices has no effect any more. */
static tfp_status lower_resource_gather(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = variable_in(lw, "dtype"), *at = lower_in(lw, 1);
    int64_t batch = tf_int(lw, "batch_dims");
    if (batch == 0) return lower_done(lw, ir_gather(b, x, at, 0));
    int64_t rank = lower_rank(lw, at, "indices");
    if (rank < 0 || !x) return b->status;
    if (batch < 0) batch += rank;
    if (batch < 0 || batch > rank || (x->rank >= 0 && batch >= x->rank))
        return lower_malformed(lw, "batch_dims is out of range");
    at = UNSQUEEZE(b, lower_int64(lw, 1), -1);
    if (!at) return b->status;
    return lower_done(lw, ir_emit(b, IR_GATHER_ND, IN(x, at), ATTRS(A_INT(ATTR_BATCH_DIMS, batch))));
}

static tfp_status lower_resource_gather_nd(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = variable_in(lw, "dtype"), *at = lower_int64(lw, 1);
    if (!x || !at) return b->status;
    if (at->rank > 0 && dim_is(at->dims[at->rank - 1], 0)) /* each index names the whole variable */
        return lower_done(lw, ir_expand(b, x, CONCAT(b, 0, form_dims(b, at, 0, at->rank - 1), ir_shape(b, x))));
    return lower_done(lw, ir_emit(b, IR_GATHER_ND, IN(x, at), NO_ATTRS));
}

static tfp_status lower_variable_shape(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lower_done(lw, ir_cast(&lw->b, ir_shape(&lw->b, variable_in(lw, NULL)), tf_type(lw, "out_type")));
}

static tfp_status lower_is_initialized(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lower_done(lw, ir_scalar(&lw->b, TFP_BOOL, 1));
}

static const struct rule rules[] = {
    { "AutoReloadVariable", lower_variable, NULL },
    { "IsVariableInitialized", lower_is_initialized, NULL },
    { "ReadVariableOp", lower_read, NULL },
    { "ResourceGather", lower_resource_gather, NULL },
    { "ResourceGatherNd", lower_resource_gather_nd, NULL },
    { "VarHandleOp", lower_variable, NULL },
    { "VarIsInitializedOp", lower_is_initialized, NULL },
    { "Variable", lower_variable, NULL },
    { "VariableShape", lower_variable_shape, NULL },
    { "VariableV2", lower_variable, NULL },
};

const struct rule_family rules_variables = { rules, sizeof rules / sizeof rules[0] };
