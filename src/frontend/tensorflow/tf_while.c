/* While and StatelessWhile become the loop of TensorFlow 1 that they mean, as TensorFlow itself does it
 * (tensorflow/core/common_runtime/lower_while_op.cc): for each variable Enter, Merge, Switch, NextIteration and Exit,
 * one LoopCond, and a call each of the functions `cond` and `body`. What the body gives back as it came has an Enter
 * only, a resource not even that. */
#include "frontend/tensorflow/tf_attr.h"

enum { NODES_A_VARIABLE = 5, ATTRS = 3 };

struct maker {
    struct tfp_context *ctx;
    struct tf_graph *g;
    struct tf_node *loop, *condition, *goes_on, *body;
};

bool tf_while_is(const struct tf_node *n)
{
    return strcmp(n->op, "While") == 0 || strcmp(n->op, "StatelessWhile") == 0;
}

const struct tfpb_name_attr_list *tf_while_body(const struct tf_graph *g, const struct tf_node *n)
{
    const struct tfpb_name_attr_list *body = tf_attr_function(n, "body"), *cond = tf_attr_function(n, "cond");
    return body && cond && map_find(&g->functions, cond->name.at, cond->name.n) ? body : NULL;
}

static struct bytes word(const char *text)
{
    return (struct bytes){ text, strlen(text) };
}

/* NULL: memory is out. */
static struct tf_node *make(struct maker *m, const char *op, struct tfpb_attrs attrs, size_t n_in)
{
    return tf_function_piece(m->g, m->loop, op, op, attrs, n_in);
}

/* The attributes that the nodes of a variable have together. */
static tfp_status attributes(struct maker *m, size_t i, struct tfpb_attrs *out)
{
    struct tfpb_attr *at = ARENA_ARRAY(&m->g->arena, struct tfpb_attr, ATTRS);
    if (!at) return tfp_no_memory(m->ctx);
    int32_t type = tf_attr_arg_type(m->loop, m->loop->def->in, i);
    if (type == TFPB_DT_INVALID)
        return tfp_fail(m->ctx, TFP_E_FORMAT, "node %s (%s): attribute T does not fit its inputs", m->loop->name,
                        m->loop->op);
    at[0] = (struct tfpb_attr){ .key = word("T"), .value = { .which = TFPB_ATTR_TYPE, .type = type } };
    at[1] = (struct tfpb_attr){ .key = word("N"), .value = { .which = TFPB_ATTR_I, .i = 2 } };
    at[2] = (struct tfpb_attr){ .key = word("frame_name"),
                                .value = { .which = TFPB_ATTR_S, .s = word(m->loop->name) } };
    *out = (struct tfpb_attrs){ at, ATTRS };
    return TFP_OK;
}

static tfp_status make_invariant(struct maker *m, size_t i, struct tfpb_attrs attrs, struct tf_input *result)
{
    struct tf_input inside = *result = m->loop->in[i];
    if (attrs.at[0].value.type != TFPB_DT_RESOURCE) {
        struct tf_node *enter = make(m, "Enter", attrs, 1);
        if (!enter) return tfp_no_memory(m->ctx);
        enter->in[0] = inside;
        inside = (struct tf_input){ enter, 0 };
    }
    m->condition->in[i] = m->body->in[i] = inside;
    return TFP_OK;
}

static tfp_status make_variable(struct maker *m, size_t i, struct tfpb_attrs attrs, struct tf_input *result)
{
    struct tf_node *enter = make(m, "Enter", attrs, 1), *merge = make(m, "Merge", attrs, 2);
    struct tf_node *parts = make(m, "Switch", attrs, 2), *next = make(m, "NextIteration", attrs, 1);
    struct tf_node *leaves = make(m, "Exit", attrs, 1);
    if (!enter || !merge || !parts || !next || !leaves) return tfp_no_memory(m->ctx);
    enter->in[0] = m->loop->in[i];
    merge->in[0] = (struct tf_input){ enter, 0 };
    merge->in[1] = (struct tf_input){ next, 0 };
    parts->in[0] = m->condition->in[i] = (struct tf_input){ merge, 0 };
    parts->in[1] = (struct tf_input){ m->goes_on, 0 };
    m->body->in[i] = (struct tf_input){ parts, 1 };
    next->in[0] = (struct tf_input){ m->body, (uint32_t)i };
    leaves->in[0] = (struct tf_input){ parts, 0 };
    *result = (struct tf_input){ leaves, 0 };
    return TFP_OK;
}

tfp_status tf_while_inline(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *loop)
{
    struct maker m = { .ctx = ctx, .g = g, .loop = loop };
    TFP_TRY(tf_function_charge(ctx, g, loop->function, NODES_A_VARIABLE * loop->n_in * (1 + strlen(loop->name) / 256)));
    TFP_TRY(tf_graph_count(ctx, g, loop));
    struct tf_input *forward = ARENA_ARRAY(&g->arena, struct tf_input, loop->n_in);
    bool *passed = ARENA_ARRAY(&g->arena, bool, loop->n_in);
    loop->after = ARENA_ARRAY(&g->arena, struct tf_node *, 2);
    m.condition = tf_function_piece_call(g, loop, "cond", tf_attr_function(loop, "cond"), loop->n_in);
    m.body = tf_function_piece_call(g, loop, "body", tf_attr_function(loop, "body"), loop->n_in);
    m.goes_on = make(&m, "LoopCond", (struct tfpb_attrs){ 0 }, 1);
    if (!forward || !passed || !loop->after || !m.condition || !m.body || !m.goes_on) return tfp_no_memory(ctx);
    m.goes_on->in[0] = (struct tf_input){ m.condition, 0 };
    TFP_TRY(tf_function_passed_on(ctx, g, m.body, passed));
    for (size_t i = 0; i < loop->n_in; i++) {
        struct tfpb_attrs attrs = { NULL, 0 };
        TFP_TRY(attributes(&m, i, &attrs));
        if (passed[i]) TFP_TRY(make_invariant(&m, i, attrs, &forward[i]));
        else TFP_TRY(make_variable(&m, i, attrs, &forward[i]));
    }
    loop->after[loop->n_after++] = m.condition;
    loop->after[loop->n_after++] = m.body;
    loop->forward = forward;
    return TFP_OK;
}
