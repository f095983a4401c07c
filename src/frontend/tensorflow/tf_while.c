/* While and StatelessWhile become the loop of TensorFlow 1 that they mean, as TensorFlow itself does it
 * (tensorflow/core/common_runtime/lower_while_op.cc): for each variable Enter, Merge, Switch, NextIteration and Exit,
 * one LoopCond, and a call each of the functions `cond` and `body`. */
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

static const struct tfpb_attr_value *function_attr(const struct tf_node *n, const char *attr)
{
    const struct tfpb_attr_value *f = tf_attr_find(n, attr, strlen(attr));
    return f && f->which == TFPB_ATTR_FUNC && f->func && f->func->name.n ? f : NULL;
}

const struct tfpb_name_attr_list *tf_while_body(const struct tf_graph *g, const struct tf_node *n)
{
    const struct tfpb_attr_value *body = function_attr(n, "body"), *cond = function_attr(n, "cond");
    if (!body || !cond || !map_find(&g->functions, cond->func->name.at, cond->func->name.n)) return NULL;
    return body->func;
}

static struct bytes word(const char *text)
{
    return (struct bytes){ text, strlen(text) };
}

/* NULL: memory is out. */
static struct tf_node *make(struct maker *m, const char *op, struct tfpb_attrs attrs, size_t n_in)
{
    bool taken;
    const char *name = arena_printf(&m->g->arena, "%s/%s", m->loop->name, op);
    struct tf_node *n = name ? tf_graph_add(m->g, name, strlen(name), word(op), attrs, true, &taken) : NULL;
    if (!n || !(n->in = ARENA_ARRAY(&m->g->arena, struct tf_input, n_in))) return NULL;
    n->depth = (uint16_t)(m->loop->depth + 1);
    n->n_in = n_in;
    return n;
}

static struct tf_node *call(struct maker *m, const char *attr)
{
    struct tfpb_attr *f = ARENA_NEW(&m->g->arena, struct tfpb_attr);
    if (!f) return NULL;
    *f = (struct tfpb_attr){ .key = word("f"), .value = *function_attr(m->loop, attr) };
    return make(m, "PartitionedCall", (struct tfpb_attrs){ f, 1 }, m->loop->n_in);
}

static tfp_status make_variable(struct maker *m, size_t i, struct tf_input *result)
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
    struct tfpb_attrs attrs = { at, ATTRS };
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
    m.condition = call(&m, "cond");
    m.body = call(&m, "body");
    m.goes_on = make(&m, "LoopCond", (struct tfpb_attrs){ 0 }, 1);
    if (!forward || !m.condition || !m.body || !m.goes_on) return tfp_no_memory(ctx);
    m.goes_on->in[0] = (struct tf_input){ m.condition, 0 };
    for (size_t i = 0; i < loop->n_in; i++) TFP_TRY(make_variable(&m, i, &forward[i]));
    loop->forward = forward;
    return TFP_OK;
}
