/* What changes variables when the model runs. A variable is a constant here: that is right as long as no needed read
 * comes after a change. What comes before a read is told by data and control edges; in functions of TensorFlow 2 those
 * are made for it (tensorflow/python/framework/auto_control_deps.py). */
#include "frontend/tensorflow/tf_attr.h"
#include "frontend/tensorflow/tf_variables.h"

#include <stdlib.h>

enum { MOST_STEPS = 50000000, MOST_ROUNDS = 64 };

/* -- ops ----------------------------------------------------------------------------------------------------------- */

/* Starts of ops that write into a variable. Of training ops there is no definition here. */
static const char *const writing[] = {
    "Apply", "Assign", "ResourceApply", "ResourceCountUpTo", "ResourceScatter", "ResourceSparseApply",
    "ResourceStridedSliceAssign", "RngReadAndSkip", "RngSkip", "SparseApply", "StatefulRandomBinomial",
    "StatefulStandardNormal", "StatefulTruncatedNormal", "StatefulUniform",
};

/* Ops that take a reference of any type and leave what it refers to alone. */
static const char *const looking[] = {
    "DebugGradientRefIdentity", "DestroyTemporaryVariable", "IsVariableInitialized", "RefEnter", "RefExit",
    "RefIdentity", "RefMerge", "RefNextIteration", "RefSelect", "RefSwitch",
};

static bool writes(const char *op, const struct op_def *def)
{
    struct op_arg arg;
    const char *args = def ? def->in : "";
    for (size_t i = 0; i < sizeof writing / sizeof writing[0]; i++)
        if (strncmp(op, writing[i], strlen(writing[i])) == 0) return true;
    if (!op_def_next_arg(&args, &arg) || !arg.ref || !arg.type.n) return false;
    for (size_t i = 0; i < sizeof looking / sizeof looking[0]; i++)
        if (strcmp(op, looking[i]) == 0) return false;
    return true;
}

bool tf_writes_is(const struct tf_node *n)
{
    return writes(n->op, n->def);
}

/* Hands on its first input's handle or reference. */
static bool hands_on(const struct tf_node *n, bool handle)
{
    static const char *const ops[] = { "Enter", "Identity", "RefEnter", "RefIdentity", "RefSwitch", "Switch" };
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (strcmp(n->op, ops[i]) == 0) return handle || n->op[0] == 'R';
    return false;
}

/* The variable whose value a node reads; NULL: none. What follows an Identity of a reference reads a copy. */
static const struct tf_variable *read_by(const struct tf_node *n)
{
    for (size_t i = 0; i < n->n_in; i++) {
        const struct tf_node *variable = tf_variables_trace(n->in[i]);
        if (!variable || !variable->state) continue;
        bool handle = strcmp(variable->op, "VarHandleOp") == 0;
        struct tf_input in = n->in[i];
        while (in.node != variable && hands_on(in.node, handle)) in = in.node->in[0];
        if (in.node == variable && !hands_on(n, handle)) return variable->state;
    }
    return NULL;
}

/* -- functions ----------------------------------------------------------------------------------------------------- */

struct finder {
    struct tfp_context *ctx;
    struct tf_graph *g;
    const struct tf_variable *variable;
    struct tf_stack stack;
    struct map writers; /* names of functions that write, also through what they call; value: not NULL */
    bool writers_known;
    size_t steps;
};

static bool calls_writer(const struct finder *f, const struct tfpb_node *n)
{
    for (size_t i = 0; i < n->attr.n; i++) {
        const struct tfpb_attr_value *v = &n->attr.at[i].value;
        struct bytes name = v->which == TFPB_ATTR_FUNC && v->func ? v->func->name : (struct bytes){ "", 0 };
        if (name.n && map_find(&f->writers, name.at, name.n)) return true;
        for (size_t k = 0; v->which == TFPB_ATTR_LIST && v->list && k < v->list->func.n; k++) {
            name = v->list->func.at[k].name;
            if (name.n && map_find(&f->writers, name.at, name.n)) return true;
        }
    }
    return n->op.n && map_find(&f->writers, n->op.at, n->op.n);
}

static bool body_writes(const struct finder *f, const struct tfpb_function *def)
{
    char op[128];
    for (size_t i = 0; i < def->node_def.n; i++) {
        const struct tfpb_node *n = &def->node_def.at[i];
        if (n->op.n && n->op.n < sizeof op) {
            memcpy(op, n->op.at, n->op.n);
            op[n->op.n] = '\0';
            if (writes(op, op_def_find(op))) return true;
        }
        if (calls_writer(f, n)) return true;
    }
    return false;
}

/* Until nothing is added: functions call functions. */
static tfp_status find_writers(struct finder *f)
{
    const struct tfpb_functions *all = &f->g->def->library->function;
    bool more = true;
    f->writers_known = true;
    for (int round = 0; more && round < MOST_ROUNDS; round++) {
        more = false;
        for (size_t i = 0; i < all->n; i++) {
            const struct bytes name = all->at[i].signature->name;
            if (!name.n || map_find(&f->writers, name.at, name.n) || !body_writes(f, &all->at[i])) continue;
            void **at = map_at(&f->writers, name.at, name.n);
            if (!at) return tfp_no_memory(f->ctx);
            *at = f;
            more = true;
        }
    }
    return TFP_OK;
}

/* Whether a call may change the variable, which it then takes. */
static tfp_status call_writes(struct finder *f, const struct tf_node *call, bool *out)
{
    bool takes = false;
    *out = false;
    for (size_t i = 0; i < call->n_in && !takes; i++) {
        const struct tf_node *variable = tf_variables_trace(call->in[i]);
        takes = variable && variable->state == f->variable;
    }
    if (!takes) return TFP_OK;
    if (!f->writers_known) TFP_TRY(find_writers(f));
    struct bytes name = tf_function_definition(call->function)->signature->name;
    *out = name.n && map_find(&f->writers, name.at, name.n);
    return TFP_OK;
}

/* -- what comes before --------------------------------------------------------------------------------------------- */

static tfp_status push(struct finder *f, struct tf_node *n)
{
    f->steps++;
    if (n->mark >= 2 * f->g->pass) return TFP_OK;
    n->mark = 2 * f->g->pass;
    return tf_graph_push(&f->stack, n) ? TFP_OK : tfp_no_memory(f->ctx);
}

/* What has run before a node: its inputs, control inputs, and what the call waited for that the node came with. */
static tfp_status push_before(struct finder *f, const struct tf_node *n)
{
    struct tf_input in;
    if (n->is_input) return TFP_OK;
    for (size_t k = 0; tf_graph_dependency(n, k, &in); k++)
        if (in.node) TFP_TRY(push(f, in.node));
    for (size_t i = 0; i < n->n_control; i++) TFP_TRY(push(f, n->control[i]));
    for (const struct tf_node *c = n->caller; c; c = c->caller)
        for (size_t i = 0; i < c->n_control; i++) TFP_TRY(push(f, c->control[i]));
    return TFP_OK;
}

static tfp_status changes(struct finder *f, const struct tf_node *n, bool *out)
{
    *out = false;
    if (n->function) return call_writes(f, n, out);
    if (!tf_writes_is(n) || !n->n_in) return TFP_OK;
    const struct tf_node *variable = tf_variables_trace(n->in[0]);
    *out = !variable || !variable->state || variable->state == f->variable;
    return TFP_OK;
}

static tfp_status find_before(struct finder *f, struct tf_node *read)
{
    f->g->pass++;
    f->stack.n = 0;
    TFP_TRY(push_before(f, read));
    while (f->stack.n) {
        struct tf_node *n = f->stack.at[--f->stack.n].node;
        bool found;
        if (f->steps > MOST_STEPS)
            return tfp_fail(f->ctx, TFP_E_UNSUPPORTED, "node %s (%s): too much comes before it to tell whether its "
                            "variable is changed", read->name, read->op);
        TFP_TRY(changes(f, n, &found));
        if (found) read->behind = n;
        if (found) return TFP_OK;
        TFP_TRY(push_before(f, n));
    }
    return TFP_OK;
}

tfp_status tf_writes_find(struct tfp_context *ctx, struct tf_graph *g)
{
    struct finder f = { .ctx = ctx, .g = g };
    tfp_status status = TFP_OK;
    map_init(&f.writers, &g->arena);
    for (size_t i = 0; i < g->n_order && g->variables.n && status == TFP_OK; i++) {
        struct tf_node *n = g->order[i];
        f.variable = n->is_input ? NULL : read_by(n);
        if (f.variable) status = find_before(&f, n);
    }
    free(f.stack.at);
    return status;
}
