/* If, Loop and Scan: a branch that surely runs takes the node's place; constants go into the bodies, so that they fold
 * there; what nobody uses is neither given to a body nor taken from it. */
#include "ir/bodies.h"
#include "optimize/passes.h"

struct control {
    struct optimize *o;
    struct ir_node *node;
    bool changed;
};

/* Everything that uses a body's input uses a copy of the constant. */
static tfp_status put_constant(struct control *c, struct ir_graph *body, struct ir_value *input, const struct ir_value *v)
{
    struct ir_value *own = ir_unused(input) ? input : ir_add_constant(body, NULL, v->constant);
    if (!own) return tfp_no_memory(c->o->ctx);
    ir_replace(body, input, own);
    return TFP_OK;
}

/* A node's input goes; the constant that it was is given back when it was the last to use it. */
static void drop_input(struct control *c, size_t i)
{
    struct ir_value *v = ir_in(c->node, i);
    ir_drop_node_input(c->node, i);
    if (v && v->constant) ir_drop_constant(c->o->graph, v);
    c->changed = true;
}

static void drop_output(struct control *c, size_t i)
{
    if (i < c->node->n_out) ir_drop_node_output(c->node, i);
    c->changed = true;
}

/* -- If ------------------------------------------------------------------------------------------------------------ */

static tfp_status inline_branch(struct control *c, struct ir_graph *branch)
{
    struct ir_node *n = c->node, *behind = n->prev;
    struct ir_value **in = ARENA_ARRAY(&branch->arena, struct ir_value *, branch->n_inputs);
    struct ir_value **out = ARENA_ARRAY(&branch->arena, struct ir_value *, branch->n_outputs);
    if (!in || !out) return tfp_no_memory(c->o->ctx);
    for (size_t i = 0; i < branch->n_inputs; i++) in[i] = ir_in(n, i + 1);
    if (!ir_inline_body(branch, n, in, out)) return tfp_no_memory(c->o->ctx);
    for (struct ir_node *k = behind ? behind->next : c->o->graph->first; k != n; k = k->next)
        TFP_TRY(ir_infer(c->o->ctx, k));
    for (uint32_t i = 0; i < n->n_out; i++)
        if (n->out[i]) ir_replace(c->o->graph, n->out[i], out[i]);
    c->changed = true;
    return TFP_OK;
}

static tfp_status simplify_captured(struct control *c, struct ir_graph *const branches[2])
{
    for (size_t i = c->node->n_in; i-- > 1;) {
        const struct ir_value *v = ir_in(c->node, i);
        for (size_t k = 0; v->constant && k < 2; k++) TFP_TRY(put_constant(c, branches[k], branches[k]->inputs[i - 1], v));
        if (!ir_unused(branches[0]->inputs[i - 1]) || !ir_unused(branches[1]->inputs[i - 1])) continue;
        for (size_t k = 0; k < 2; k++) ir_drop_input(branches[k], i - 1);
        drop_input(c, i);
    }
    return TFP_OK;
}

static tfp_status simplify_if(struct control *c)
{
    struct ir_graph *branches[2];
    if (ir_open_branches(c->node, branches) == 1) return inline_branch(c, branches[0]);
    TFP_TRY(simplify_captured(c, branches));
    for (size_t i = branches[0]->n_outputs; i-- > 0;) {
        if (ir_wants(c->node, i)) continue;
        for (size_t k = 0; k < 2; k++) ir_drop_output(branches[k], i);
        drop_output(c, i);
    }
    return TFP_OK;
}

/* -- Loop and Scan ------------------------------------------------------------------------------------------------- */

static void drop_carried(struct control *c, const struct ir_loop *l, size_t i)
{
    ir_drop_output(l->body, l->body_out + i);
    ir_drop_input(l->body, l->body_in + i);
    drop_output(c, i);
    drop_input(c, l->in + i);
}

/* What comes back as it came is the node's input, after the node too. */
static tfp_status simplify_invariant(struct control *c, const struct ir_loop *l, size_t i)
{
    struct ir_value *v = ir_in(c->node, l->in + i), *input = l->body->inputs[l->body_in + i];
    if (ir_wants(c->node, i)) {
        ir_replace(c->o->graph, c->node->out[i], v);
        c->changed = true;
    }
    if (v->constant) {
        TFP_TRY(put_constant(c, l->body, input, v));
        drop_carried(c, l, i);
    } else if (input->n_uses == 0 && input->n_outputs == 1) {
        drop_carried(c, l, i);
    }
    return TFP_OK;
}

/* Marks what the marked values are made of. */
static void mark_needed(struct ir_graph *g)
{
    for (struct ir_node *n = g->last; n; n = n->prev) {
        bool needed = false;
        for (uint32_t i = 0; i < n->n_out; i++) needed = needed || (n->out[i] && n->out[i]->mark);
        for (uint32_t i = 0; needed && i < n->n_in; i++)
            if (ir_in(n, i)) ir_in(n, i)->mark = 1;
    }
}

/* Marks in the body what the condition and the outputs that somebody wants need, through all iterations. */
static void mark_loop(const struct control *c, const struct ir_loop *l)
{
    bool more = true;
    ir_clear_marks(l->body);
    for (size_t i = 0; i < l->body_out; i++) l->body->outputs[i].value->mark = 1;
    for (size_t i = 0; i < l->n_carried + l->n_collected; i++)
        if (ir_wants(c->node, i)) l->body->outputs[l->body_out + i].value->mark = 1;
    while (more) {
        more = false;
        mark_needed(l->body);
        for (size_t i = 0; i < l->n_carried; i++) {
            struct ir_value *next = l->body->outputs[l->body_out + i].value;
            if (!l->body->inputs[l->body_in + i]->mark || next->mark) continue;
            next->mark = 1;
            more = true;
        }
    }
}

/* Carried values that nothing needs but they themselves. */
static tfp_status drop_unneeded(struct control *c, const struct ir_loop *l)
{
    struct optimize inner = { .ctx = c->o->ctx, .graph = l->body };
    bool some = false, changed;
    mark_loop(c, l);
    for (size_t i = l->n_carried; i-- > 0;) {
        struct ir_value *input = l->body->inputs[l->body_in + i];
        if (ir_wants(c->node, i) || input->mark || ir_loop_invariant(l, i)) continue;
        ir_set_output(l->body, l->body_out + i, input); /* what made it is dead now */
        some = c->changed = true;
    }
    return some ? pass_dead(&inner, &changed) : TFP_OK;
}

static tfp_status simplify_loop(struct control *c)
{
    struct ir_loop l = ir_loop_of(c->node);
    TFP_TRY(drop_unneeded(c, &l));
    for (size_t i = l.n_collected; i-- > 0;) {
        if (ir_wants(c->node, l.n_carried + i)) continue;
        if (c->node->op == IR_SCAN && ir_attr(c->node, ATTR_SCAN_OUTPUT_AXES)) continue; /* its lists count the outputs */
        if (c->node->op == IR_SCAN && ir_attr(c->node, ATTR_SCAN_OUTPUT_DIRECTIONS)) continue;
        ir_drop_output(l.body, l.body_out + l.n_carried + i);
        drop_output(c, l.n_carried + i);
        l = ir_loop_of(c->node);
    }
    for (size_t i = l.n_carried; i-- > 0;) {
        if (ir_loop_invariant(&l, i)) TFP_TRY(simplify_invariant(c, &l, i));
        l = ir_loop_of(c->node);
    }
    return TFP_OK;
}

tfp_status pass_carried(struct optimize *o, bool *changed)
{
    for (struct ir_node *n = o->graph->first, *next; n; n = next) {
        struct control c = { .o = o, .node = n };
        next = n->next;
        if (!ir_is_control(n->op) || ir_node_unused(n)) continue;
        TFP_TRY(n->op == IR_IF ? simplify_if(&c) : simplify_loop(&c));
        *changed = *changed || c.changed;
        if (ir_node_unused(n)) rewrite_remove(o, n);
        else if (c.changed) TFP_TRY(ir_infer(o->ctx, n));
    }
    return TFP_OK;
}
