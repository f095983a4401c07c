/* TensorFlow 1 loops: which Merge, Switch, NextIteration and Exit are one. A LoopCond marks a loop: the Switches
 * that it steers part each variable (a Merge of an Enter and a NextIteration) into what goes on and what leaves through
 * an Exit, as tf.while_loop writes them (tensorflow/python/ops/control_flow_ops.py). */
#include "frontend/tensorflow/tf_attr.h"

/* Loops and Enters of one frame name. */
struct frame {
    struct tf_loop *loop;
    size_t n_loops, n_enters, room;
    struct tf_node **enters;
};

struct finder {
    struct tfp_context *ctx;
    struct tf_graph *g;
    struct map frames; /* name -> struct frame */
};

/* The two inputs of a loop's Merge; false: it is none. */
static bool variable_of(struct tf_node *merge, struct tf_loop_variable *out)
{
    if (merge->is_input || merge->merge || merge->n_in != 2 || !tf_graph_is_op(merge, "Merge")) return false;
    bool first = tf_graph_is_back_edge(merge, merge->in[0].node);
    struct tf_input enter = merge->in[first], next = merge->in[!first];
    *out = (struct tf_loop_variable){ .merge = merge, .enter = enter.node, .next = next.node };
    return !enter.port && !next.port && !enter.node->is_input && tf_graph_is_op(enter.node, "Enter") &&
           tf_graph_is_back_edge(merge, next.node);
}

/* The LoopCond that steers a Switch; NULL: a conditional's Switch. */
static struct tf_node *steered_by(const struct tf_node *n)
{
    if (n->is_input || n->n_in != 2 || !tf_graph_is_op(n, "Switch") || n->in[0].port) return NULL;
    struct tf_node *condition = n->in[1].node;
    return !condition->is_input && strcmp(condition->op, "LoopCond") == 0 ? condition : NULL;
}

static struct frame *frame_of(struct finder *f, const struct tf_node *enter)
{
    struct bytes name = tf_attr_text(enter, "frame_name");
    void **at = map_at(&f->frames, name.at, name.n);
    if (at && !*at) *at = ARENA_NEW(&f->g->arena, struct frame);
    return at ? *at : NULL;
}

static void add_variable(struct tf_loop *loop, struct tf_node *merge)
{
    merge->loop = loop;
    merge->variable = (uint32_t)loop->n_variables++;
}

/* A Merge that two conditions claim stays with the first; the other's Exits then find no loop. */
static tfp_status count_variable(struct finder *f, const struct tf_node *n)
{
    struct tf_loop_variable v;
    struct tf_node *condition = steered_by(n);
    if (!condition || !variable_of(n->in[0].node, &v) || v.merge->loop) return TFP_OK;
    if (!condition->loop) {
        struct frame *frame = frame_of(f, v.enter);
        condition->loop = ARENA_NEW(&f->g->arena, struct tf_loop);
        if (!frame || !condition->loop) return tfp_no_memory(f->ctx);
        *condition->loop = (struct tf_loop){ .condition = condition };
        frame->n_loops++;
        frame->loop = condition->loop;
    }
    add_variable(condition->loop, v.merge);
    return TFP_OK;
}

/* A variable that the condition alone looks at has no Switch; the name of its frame tells the loop. */
static tfp_status count_unsteered(struct finder *f, struct tf_node *n)
{
    struct tf_loop_variable v;
    if (n->loop || !variable_of(n, &v)) return TFP_OK;
    const struct frame *frame = frame_of(f, v.enter);
    if (!frame) return tfp_no_memory(f->ctx);
    if (frame->n_loops == 1) add_variable(frame->loop, n);
    return TFP_OK;
}

static tfp_status set_variable(struct finder *f, struct tf_node *n)
{
    struct tf_loop_variable v;
    struct tf_loop *loop = n->loop;
    if (!loop || !variable_of(n, &v)) return TFP_OK;
    if (!loop->variables)
        loop->variables = ARENA_ARRAY(&f->g->arena, struct tf_loop_variable, loop->n_variables);
    if (!loop->variables) return tfp_no_memory(f->ctx);
    loop->variables[n->variable] = v;
    return TFP_OK;
}

static void set_exit(struct tf_node *n)
{
    if (n->is_input || n->n_in != 1 || n->in[0].port || !tf_graph_is_op(n, "Exit")) return;
    const struct tf_node *condition = steered_by(n->in[0].node);
    const struct tf_node *merge = condition ? n->in[0].node->in[0].node : NULL;
    if (!merge || !merge->loop || merge->loop != condition->loop) return;
    n->loop = merge->loop;
    n->variable = merge->variable;
}

/* -- what a loop takes from outside -------------------------------------------------------------------------------- */

static tfp_status check_frames(struct finder *f, const struct tf_loop *loop)
{
    struct bytes name = tf_attr_text(loop->variables[0].enter, "frame_name");
    for (size_t i = 1; i < loop->n_variables; i++)
        if (!tf_graph_same(name, tf_attr_text(loop->variables[i].enter, "frame_name")))
            return tfp_fail(f->ctx, TFP_E_FORMAT, "node %s (%s): the variables of its loop name different frames",
                            loop->condition->name, loop->condition->op);
    return TFP_OK;
}

/* Loops of one name (a function called twice) know only the Enters of their variables: a name tells no more. */
static tfp_status add_enter(struct finder *f, struct tf_node *n)
{
    struct frame *frame = frame_of(f, n);
    if (!frame) return tfp_no_memory(f->ctx);
    if (frame->n_loops != 1) return TFP_OK;
    if (!ARENA_GROW(&f->g->arena, frame->enters, frame->n_enters, &frame->room)) return tfp_no_memory(f->ctx);
    frame->enters[frame->n_enters++] = n;
    frame->loop->enters = frame->enters;
    frame->loop->n_enters = frame->n_enters;
    return TFP_OK;
}

static tfp_status own_enters(struct finder *f, struct tf_loop *loop)
{
    if (loop->n_enters) return TFP_OK;
    if (!(loop->enters = ARENA_ARRAY(&f->g->arena, struct tf_node *, loop->n_variables))) return tfp_no_memory(f->ctx);
    for (size_t i = 0; i < loop->n_variables; i++) loop->enters[i] = loop->variables[i].enter;
    loop->n_enters = loop->n_variables;
    return TFP_OK;
}

tfp_status tf_loop_find(struct tfp_context *ctx, struct tf_graph *g)
{
    struct finder f = { .ctx = ctx, .g = g };
    bool any = false;
    for (size_t i = 0; i < g->n_order && !any; i++) any = strcmp(g->order[i]->op, "LoopCond") == 0;
    if (!any) return TFP_OK;
    map_init(&f.frames, &g->arena);
    for (size_t i = 0; i < g->n_order; i++) TFP_TRY(count_variable(&f, g->order[i]));
    for (size_t i = 0; i < g->n_order; i++) TFP_TRY(count_unsteered(&f, g->order[i]));
    for (size_t i = 0; i < g->n_order; i++) TFP_TRY(set_variable(&f, g->order[i]));
    for (size_t i = 0; i < g->n_order; i++) set_exit(g->order[i]);
    for (size_t i = 0; i < g->n_order; i++)
        if (g->order[i]->loop && g->order[i]->loop->condition == g->order[i])
            TFP_TRY(check_frames(&f, g->order[i]->loop));
    for (size_t i = 0; i < g->n_order; i++)
        if (!g->order[i]->is_input && tf_graph_is_op(g->order[i], "Enter")) TFP_TRY(add_enter(&f, g->order[i]));
    for (size_t i = 0; i < g->n_order; i++)
        if (g->order[i]->loop && g->order[i]->loop->condition == g->order[i])
            TFP_TRY(own_enters(&f, g->order[i]->loop));
    return TFP_OK;
}
