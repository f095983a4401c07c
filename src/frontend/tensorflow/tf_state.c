/* State as inputs and outputs (--state io). A variable that the model changes when it runs becomes an input with its value
 * before and an output with its value behind. The order of reads and writes is what data and control edges and calls say: each
 * write becomes the formula of the new value, and each read takes what the last write before it gave. What is left
 * has no variable any more, and is pruned, structured and lowered as any graph. */
#include "frontend/tensorflow/tf_attr.h"
#include "frontend/tensorflow/tf_variables.h"

#include <stdlib.h>

enum { MOST_STEPS = 50000000 };

/* -- what the ops mean --------------------------------------------------------------------------------------------- */

/* A write of inputs (variable, ...): the new value is op(inputs behind the variable), or op(old value, these). */
static const struct write {
    const char *op, *becomes;
    bool takes_old;
} writes[] = {
    { "Assign", "Identity", false },
    { "AssignAdd", "AddV2", true },
    { "AssignAddVariableOp", "AddV2", true },
    { "AssignSub", "Sub", true },
    { "AssignSubVariableOp", "Sub", true },
    { "AssignVariableOp", "Identity", false },
    { "ResourceScatterNdAdd", "TensorScatterAdd", true },
    { "ResourceScatterNdMax", "TensorScatterMax", true },
    { "ResourceScatterNdMin", "TensorScatterMin", true },
    { "ResourceScatterNdSub", "TensorScatterSub", true },
    { "ResourceScatterNdUpdate", "TensorScatterUpdate", true },
    { "ScatterNdAdd", "TensorScatterAdd", true },
    { "ScatterNdSub", "TensorScatterSub", true },
    { "ScatterNdUpdate", "TensorScatterUpdate", true },
};

/* What takes a handle, as the op on the value. A reference is a value already. */
static const struct read {
    const char *op, *becomes;
} reads[] = {
    { "ReadVariableOp", "Identity" },
    { "ResourceGather", "Gather" },
    { "ResourceGatherNd", "GatherNd" },
    { "VarIsInitializedOp", "VarIsInitializedOp" },
    { "VariableShape", "Shape" },
};

const char *tf_state_op(size_t i)
{
    return i < sizeof writes / sizeof writes[0] ? writes[i].op : NULL;
}

static const struct write *write_of(const struct tf_node *n)
{
    for (size_t i = 0; i < sizeof writes / sizeof writes[0]; i++)
        if (strcmp(n->op, writes[i].op) == 0) return &writes[i];
    return NULL;
}

static const struct read *read_of(const struct tf_node *n)
{
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++)
        if (strcmp(n->op, reads[i].op) == 0) return &reads[i];
    return NULL;
}

/* -- what runs ----------------------------------------------------------------------------------------------------- */

struct changed {
    struct tf_variable *variable;
    struct tf_node **writes; /* in the order they run, once that is known */
    size_t n, room;
    struct tf_node *before;  /* the input */
};

/* Input `k` of a node takes `value` in place of the variable. */
struct edit {
    struct tf_node *node;
    size_t k;
    struct changed *of;
    struct tf_input value;
};

struct finder {
    struct tfp_context *ctx;
    struct tf_graph *g;
    struct tf_stack stack;
    bool effects; /* looks for all that runs, not only for what runs before */
    size_t steps;
    struct tf_node **ran;
    size_t n_ran, room_ran;
    struct changed *changed;
    size_t n_changed, room_changed;
    struct edit *edits;
    size_t n_edits, room_edits;
};

static tfp_status push(struct finder *f, struct tf_node *n)
{
    if (f->steps++ > MOST_STEPS)
        return tfp_fail(f->ctx, TFP_E_UNSUPPORTED, "the graph is too large to tell in which order variables are changed");
    if (n->mark >= 2 * f->g->pass) return TFP_OK;
    n->mark = 2 * f->g->pass;
    return tf_graph_push(&f->stack, n) ? TFP_OK : tfp_no_memory(f->ctx);
}

static tfp_status push_input(struct finder *f, struct tf_input *in)
{
    TFP_TRY(tf_graph_resolve(f->ctx, f->g, in));
    return push(f, in->node);
}

/* A Merge whose side is known in advance needs only that. */
static tfp_status push_inputs(struct finder *f, struct tf_node *n)
{
    struct tf_merge *m = n->function ? NULL : n->merge;
    if (m && m->live < 0) TFP_TRY(push_input(f, &m->predicate));
    if (m && m->live >= 0 && (size_t)m->live < n->n_in) return push_input(f, &n->in[m->live]);
    for (size_t i = 0; i < n->n_in; i++) TFP_TRY(push_input(f, &n->in[i]));
    return TFP_OK;
}

/* What a call runs to the end. */
static tfp_status push_call(struct finder *f, struct tf_node *call)
{
    struct tf_node *last;
    for (size_t k = 0;; k++) {
        TFP_TRY(tf_function_after(f->ctx, f->g, call, k, &last));
        if (!last) return TFP_OK;
        TFP_TRY(push(f, last));
    }
}

/* What has run before a node: its inputs, control inputs and what its call waited for. */
static tfp_status push_before(struct finder *f, struct tf_node *n)
{
    if (n->is_input) return TFP_OK;
    if (!n->n_in) TFP_TRY(tf_variables_of(f->ctx, f->g, n));
    TFP_TRY(push_inputs(f, n));
    for (size_t i = 0; i < n->n_control; i++) TFP_TRY(push(f, n->control[i]));
    for (struct tf_node *c = n->caller; c; c = c->caller) {
        TFP_TRY(push_inputs(f, c));
        for (size_t i = 0; i < c->n_control; i++) TFP_TRY(push(f, c->control[i]));
        if (f->effects) TFP_TRY(push(f, c));
    }
    return n->function ? push_call(f, n) : TFP_OK;
}

static tfp_status walk(struct finder *f)
{
    while (f->stack.n) {
        struct tf_node *n = f->stack.at[--f->stack.n].node;
        if (f->effects) {
            if (!ARENA_GROW(&f->g->arena, f->ran, f->n_ran, &f->room_ran)) return tfp_no_memory(f->ctx);
            f->ran[f->n_ran++] = n;
        }
        TFP_TRY(push_before(f, n));
    }
    return TFP_OK;
}

/* Marks all that has run before `n`. */
static tfp_status mark_before(struct finder *f, struct tf_node *n)
{
    f->g->pass++;
    f->stack.n = 0;
    f->effects = false;
    TFP_TRY(push_before(f, n));
    return walk(f);
}

static bool is_marked(const struct finder *f, const struct tf_node *n)
{
    return n->mark >= 2 * f->g->pass;
}

static tfp_status find_running(struct finder *f)
{
    f->g->pass++;
    f->effects = true;
    for (size_t i = 0; i < f->g->n_outputs; i++) TFP_TRY(push_input(f, &f->g->outputs[i].tensor));
    return walk(f);
}

/* -- the writes of each variable ----------------------------------------------------------------------------------- */

static struct changed *changed_find(const struct finder *f, const struct tf_variable *v)
{
    for (size_t i = 0; i < f->n_changed; i++)
        if (f->changed[i].variable == v) return &f->changed[i];
    return NULL;
}

static tfp_status refuse(struct finder *f, const struct tf_node *n, const struct tf_variable *v, const char *why)
{
    return tfp_fail(f->ctx, TFP_E_UNSUPPORTED, "node %s (%s): the model changes variable %s when it runs%s", n->name, n->op,
                    v ? v->name : "?", why);
}

/* Whether a write may be left out in a run, or done several times. */
static bool is_conditional(const struct tf_node *n)
{
    for (const struct tf_node *c = n->caller; c; c = c->caller)
        if (c->merge ? c->merge->live < 0 : tf_while_is(c)) return true;
    for (struct tf_input in = n->in[0]; in.node->n_in && !in.node->state; in = in.node->in[0])
        if (!tf_graph_is_op(in.node, "Identity") && !in.node->function) return true;
    return false;
}

static tfp_status add_write(struct finder *f, struct tf_node *n)
{
    const struct tf_node *node = tf_variables_trace(n->in[0]);
    struct tf_variable *v = node ? node->state : NULL;
    const struct write *w = write_of(n);
    if (!v || !w) return refuse(f, n, v, v ? ", in a way that has no formula here" : "");
    if (n->n_in < 2) return tfp_fail(f->ctx, TFP_E_FORMAT, "node %s (%s): it lacks an input", n->name, n->op);
    if (is_conditional(n)) return refuse(f, n, v, ", in a branch or a loop");
    struct changed *c = changed_find(f, v);
    if (!c) {
        if (!ARENA_GROW(&f->g->arena, f->changed, f->n_changed, &f->room_changed)) return tfp_no_memory(f->ctx);
        c = &f->changed[f->n_changed++];
        *c = (struct changed){ .variable = v };
    }
    if (!ARENA_GROW(&f->g->arena, c->writes, c->n, &c->room)) return tfp_no_memory(f->ctx);
    c->writes[c->n++] = n;
    return TFP_OK;
}

static tfp_status find_writes(struct finder *f)
{
    for (size_t i = 0; i < f->n_ran; i++) {
        struct tf_node *n = f->ran[i];
        if (!n->function && !n->is_input && n->n_in && tf_writes_is(n)) TFP_TRY(add_write(f, n));
    }
    return TFP_OK;
}

/* Each write has those before it behind it: as many as its place says. */
static tfp_status order_writes(struct finder *f, struct changed *c)
{
    struct tf_node **in_order = ARENA_ARRAY(&f->g->arena, struct tf_node *, c->n);
    if (!in_order) return tfp_no_memory(f->ctx);
    for (size_t i = 0; i < c->n; i++) {
        size_t place = 0;
        TFP_TRY(mark_before(f, c->writes[i]));
        for (size_t k = 0; k < c->n; k++) place += k != i && is_marked(f, c->writes[k]);
        if (in_order[place])
            return refuse(f, c->writes[i], c->variable, ", and the graph does not tell whether before or behind another write");
        in_order[place] = c->writes[i];
    }
    c->writes = in_order;
    return TFP_OK;
}

/* -- what takes which value ---------------------------------------------------------------------------------------- */

static bool is_handle(const struct tf_variable *v)
{
    return strcmp(v->node->op, "VarHandleOp") == 0;
}

/* Passes a handle, or a reference, on as it is: not a read. */
static bool hands_on(const struct tf_node *n, bool handle)
{
    static const char *const ops[] = { "Enter", "Identity", "Merge", "RefEnter", "RefIdentity", "RefSwitch", "Switch" };
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (strcmp(n->op, ops[i]) == 0) return handle || n->op[0] == 'R';
    return n->function != NULL;
}

/* What the last write before the node gave. */
static tfp_status add_edit(struct finder *f, struct tf_node *n, size_t k, struct changed *c)
{
    if (!ARENA_GROW(&f->g->arena, f->edits, f->n_edits, &f->room_edits)) return tfp_no_memory(f->ctx);
    TFP_TRY(mark_before(f, n));
    struct tf_input value = { c->before, 0 };
    for (size_t i = 0; i < c->n; i++)
        if (is_marked(f, c->writes[i])) value.node = c->writes[i];
    f->edits[f->n_edits++] = (struct edit){ n, k, c, value };
    return TFP_OK;
}

static tfp_status find_edits(struct finder *f)
{
    for (size_t i = 0; i < f->n_ran; i++) {
        struct tf_node *n = f->ran[i];
        for (size_t k = 0; k < n->n_in && !n->is_input; k++) {
            const struct tf_node *node = tf_variables_trace(n->in[k]);
            struct changed *c = node && node->state ? changed_find(f, node->state) : NULL;
            if (!c || hands_on(n, is_handle(c->variable))) continue;
            bool writes_it = k == 0 && write_of(n);
            if (!writes_it && is_handle(c->variable) && !read_of(n))
                return tfp_fail(f->ctx, TFP_E_UNSUPPORTED, "node %s (%s): what it does with variable %s, which the model "
                                "changes, has no formula here", n->name, n->op, c->variable->name);
            TFP_TRY(add_edit(f, n, k, c));
        }
    }
    return TFP_OK;
}

/* -- rewriting ----------------------------------------------------------------------------------------------------- */

/* Another op with the node's attributes, and the variable's type under the names that ops on values have for it. */
static tfp_status become(struct finder *f, struct tf_node *n, const char *op, int32_t type)
{
    static const char *const names[] = { "T", "Tparams" };
    struct tfpb_attr *attrs = ARENA_ARRAY(&f->g->arena, struct tfpb_attr, n->n_attrs + 2);
    if (!attrs) return tfp_no_memory(f->ctx);
    size_t count = 0;
    for (size_t i = 0; i < 2; i++)
        attrs[count++] = (struct tfpb_attr){ .key = { names[i], strlen(names[i]) },
                                             .value = { .which = TFPB_ATTR_TYPE, .type = type } };
    for (size_t i = 0; i < n->n_attrs; i++)
        if (!bytes_equal(n->attrs[i].key, names[0]) && !bytes_equal(n->attrs[i].key, names[1])) attrs[count++] = n->attrs[i];
    n->op = op;
    n->def = op_def_find(op);
    n->attrs = attrs;
    n->n_attrs = count;
    n->counted = false;
    return TFP_OK;
}

static bool has_batch_dims(const struct tf_node *n)
{
    const struct tfpb_attr_value *v = tf_attr_find(n, "batch_dims", strlen("batch_dims"));
    return v && v->which == TFPB_ATTR_I && v->i != 0;
}

static tfp_status apply(struct finder *f, const struct edit *e)
{
    struct tf_node *n = e->node;
    const struct tf_variable *v = e->of->variable;
    const struct write *w = e->k == 0 ? write_of(n) : NULL;
    const struct read *r = !w && is_handle(v) ? read_of(n) : NULL;
    if (has_batch_dims(n))
        return tfp_fail(f->ctx, TFP_E_UNSUPPORTED, "node %s (%s): batch_dims of variable %s, which the model changes", n->name,
                        n->op, v->name);
    struct tf_input *in = ARENA_ARRAY(&f->g->arena, struct tf_input, n->n_in); /* calls share theirs */
    if (!in) return tfp_no_memory(f->ctx);
    memcpy(in, n->in, n->n_in * sizeof *in);
    in[e->k] = e->value;
    n->in = in;
    if (w && !w->takes_old) {
        n->in++;
        n->n_in = 1;
    }
    if (w || r) return become(f, n, w ? w->becomes : r->becomes, v->type);
    return TFP_OK;
}

/* -- the interface ------------------------------------------------------------------------------------------------- */

/* The shape is the variable's, or that of its value in the checkpoint where the graph leaves it open. */
static tfp_status make_input(struct finder *f, struct changed *c)
{
    struct tf_variable *v = c->variable;
    const struct weights_entry *e = v->entry;
    v->changed = true;
    if (!(c->before = ARENA_NEW(&f->g->arena, struct tf_node))) return tfp_no_memory(f->ctx);
    *c->before = (struct tf_node){ .name = v->name, .op = "Placeholder", .is_input = true };
    if (v->rank < 0 && e && !v->place.slice.rank) {
        v->rank = (int32_t)e->rank;
        memcpy(v->dims, e->dims, e->rank * sizeof v->dims[0]);
    }
    return TFP_OK;
}

static tfp_status add_output(struct finder *f, const struct changed *c)
{
    struct tf_graph *g = f->g;
    struct tf_graph_output *all = ARENA_ARRAY(&g->arena, struct tf_graph_output, g->n_outputs + 1);
    const char *name = arena_printf(&g->arena, "%s/next", c->variable->name);
    if (!all || !name) return tfp_no_memory(f->ctx);
    for (size_t i = 0; i < g->n_outputs; i++) {
        all[i] = g->outputs[i];
        if (strcmp(all[i].name, name) == 0)
            return tfp_fail(f->ctx, TFP_E_UNSUPPORTED, "variable %s: the model has an output %s already", c->variable->name, name);
    }
    all[g->n_outputs++] = (struct tf_graph_output){ name, { c->writes[c->n - 1], 0 } };
    g->outputs = all;
    return TFP_OK;
}

/* In the order of the file. */
static tfp_status tell_state(struct finder *f)
{
    struct tf_graph *g = f->g;
    if (!(g->state = ARENA_ARRAY(&g->arena, struct tf_state, f->n_changed))) return tfp_no_memory(f->ctx);
    for (size_t i = 0; i < g->n_nodes; i++) {
        const struct tf_variable *v = g->nodes[i]->state;
        const struct changed *c = v && v->node == g->nodes[i] ? changed_find(f, v) : NULL;
        if (!c) continue;
        g->state[g->n_state++] = (struct tf_state){ v, c->before };
        TFP_TRY(add_output(f, c));
    }
    return TFP_OK;
}

static tfp_status make(struct finder *f)
{
    TFP_TRY(find_running(f));
    TFP_TRY(find_writes(f));
    for (size_t i = 0; i < f->n_changed; i++) {
        TFP_TRY(order_writes(f, &f->changed[i]));
        TFP_TRY(make_input(f, &f->changed[i]));
    }
    if (f->n_changed) TFP_TRY(find_edits(f));
    for (size_t i = f->n_edits; i-- > 0;) TFP_TRY(apply(f, &f->edits[i])); /* of a node the variable's place comes last */
    return tell_state(f);
}

tfp_status tf_state_make(struct tfp_context *ctx, struct tf_graph *g)
{
    struct finder f = { .ctx = ctx, .g = g };
    tfp_status status = make(&f);
    free(f.stack.at);
    return status;
}
