/* Rearranges nodes with bodies in place; they are not looked at as the IR's any more. */
#include "backend/onnx/capture.h"

#include "ir/bodies.h"

enum { FIRST_OPSET_WITHOUT_CARRIED = 11 };

/* A node in place of `n`, with as many outputs as its bodies give, all of them there. */
static struct ir_node *with_outputs(struct ir_node *n, size_t n_out)
{
    struct ir_graph *g = n->graph;
    struct ir_value **in = ARENA_ARRAY(&g->arena, struct ir_value *, n->n_in);
    struct ir_attr *attrs = ARENA_ARRAY(&g->arena, struct ir_attr, n->n_attrs + 1);
    if (!in || !attrs) return NULL;
    for (uint32_t i = 0; i < n->n_in; i++) in[i] = ir_in(n, i);
    memcpy(attrs, n->attrs, n->n_attrs * sizeof *attrs);
    struct ir_node *full = ir_add_node(g, n, n->op, n->name, in, n->n_in, attrs, n_out);
    for (uint32_t i = 0; full && i < n->n_out; i++) {
        const struct ir_value *old = n->out[i];
        if (old && !ir_set_shape(g, full->out[i], old->dtype, old->rank, old->dims)) return NULL;
        if (old) ir_replace(g, n->out[i], full->out[i]);
    }
    if (full) ir_remove(n);
    return full;
}

/* Carried value i comes last among the inputs, and has no output. */
static void capture(struct ir_node *n, const struct ir_loop *l, size_t i)
{
    struct ir_graph *body = l->body;
    struct ir_value *v = ir_in(n, l->in + i), *input = body->inputs[l->body_in + i];
    ir_replace(n->graph, n->out[i], v);
    ir_drop_node_output(n, i);
    ir_drop_output(body, l->body_out + i);
    ir_drop_input(body, l->body_in + i);
    body->inputs[body->n_inputs++] = input;
    for (size_t k = l->in + i; k + 1 < n->n_in; k++) ir_set_input(n, k, ir_in(n, k + 1));
    ir_set_input(n, n->n_in - 1, v);
}

static void capture_invariants(struct ir_node *n, int opset)
{
    const struct ir_loop l = ir_loop_of(n);
    size_t carried = l.n_carried;
    for (size_t i = l.n_carried; i-- > 0;) {
        if (n->op == IR_LOOP && opset < FIRST_OPSET_WITHOUT_CARRIED && carried == 1) break;
        if (!ir_loop_invariant(&l, i)) continue;
        capture(n, &l, i);
        carried--;
    }
    n->mark = (uint32_t)(l.n_carried - carried);
}

static tfp_status capture_node(struct tfp_context *ctx, struct ir_node *n, int opset)
{
    struct ir_graph *const branches[] = { ir_body(n, ATTR_THEN_BRANCH), ir_body(n, ATTR_ELSE_BRANCH) };
    for (size_t i = 0; n->op == IR_IF && i < 2; i++)
        while (branches[i]->n_outputs > n->n_out) ir_drop_output(branches[i], branches[i]->n_outputs - 1);
    size_t n_out = n->n_out;
    if (n->op != IR_IF) {
        const struct ir_loop l = ir_loop_of(n);
        n_out = l.n_carried + l.n_collected;
    }
    if (!(n = with_outputs(n, n_out))) return tfp_no_memory(ctx);
    n->mark = n->n_in - 1;
    if (n->op != IR_IF) capture_invariants(n, opset);
    if (ir_node_unused(n)) ir_remove(n);
    return TFP_OK;
}

tfp_status capture_graph(struct tfp_context *ctx, struct ir_graph *g, int opset)
{
    for (struct ir_node *n = g->first, *next; n; n = next) {
        next = n->next;
        n->mark = 0;
        if (ir_is_control(n->op)) TFP_TRY(capture_node(ctx, n, opset));
    }
    return TFP_OK;
}
