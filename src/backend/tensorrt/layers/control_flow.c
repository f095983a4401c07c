/* If, Loop and Scan: TensorRT's conditionals and loops around the layers of their bodies (ir/ir.h says what a body is). A
 * value that a loop gives back unchanged is used in it as it is; each other one is a recurrence, whose shape must not
 * change from round to round. */
#include "backend/tensorrt/emit.h"
#include "ir/bodies.h"

/* TensorRT wants what leaves a body to be made in it. */
static tensor_p inside(struct emit *e, const struct ir_graph *body, size_t i, tensor_p x)
{
    return body->outputs[i].value->producer || !x ? x : emit_layer(e, trt_add_identity(e->t, e->net, x));
}

static tensor_p scalar(struct emit *e, tensor_p x)
{
    return x && emit_rank(e, x) ? emit_reshape(e, x, NULL, 0) : x;
}

static tensor_p *new_tensors(struct emit *e, size_t n)
{
    tensor_p *all = ARENA_ARRAY(&e->arena, tensor_p, n + 1);
    if (!all && e->status == TFP_OK) e->status = tfp_no_memory(e->ctx);
    return all;
}

/* -- If ------------------------------------------------------------------------------------------------------------ */

static bool emit_branch(struct emit *e, struct ir_graph *body, tensor_p const *in, tensor_p *out)
{
    if (!out || !emit_body(e, body, in, out)) return false;
    for (size_t i = 0; i < body->n_outputs; i++) out[i] = inside(e, body, i, out[i]);
    return e->status == TFP_OK;
}

static bool emit_if(struct emit *e, const struct ir_node *n)
{
    struct ir_graph *yes = ir_body(n, ATTR_THEN_BRANCH), *no = ir_body(n, ATTR_ELSE_BRANCH);
    struct trt_conditional *c = trt_add_conditional(e->t, e->net);
    tensor_p condition = scalar(e, emit_in(e, n, 0));
    tensor_p *in = new_tensors(e, n->n_in), *yes_out = new_tensors(e, yes->n_outputs), *no_out = new_tensors(e, no->n_outputs);
    if (!c || !condition || !trt_conditional_set_condition(e->t, c, condition))
        return emit_fail(e, "TensorRT refuses the condition"), true;
    for (uint32_t i = 1; i < n->n_in && in; i++) {
        tensor_p x = emit_in(e, n, i);
        in[i - 1] = x ? emit_layer(e, trt_conditional_add_input(e->t, c, x)) : NULL;
    }
    if (!in || !emit_branch(e, yes, in, yes_out) || !emit_branch(e, no, in, no_out)) return true;
    for (uint32_t i = 0; i < n->n_out; i++) {
        if (!ir_wants(n, i)) continue;
        tensor_p other = emit_cast(e, no_out[i], emit_type_of(e, yes_out[i]));
        if (!emit_out(e, n, i, emit_layer(e, trt_conditional_add_output(e->t, c, yes_out[i], other)))) return true;
    }
    return true;
}

/* -- loops --------------------------------------------------------------------------------------------------------- */

struct looping {
    struct emit *e;
    const struct ir_node *node;
    struct ir_loop of;
    struct trt_loop *loop;
    tensor_p *in, *out;   /* of the body */
    layer_p *recurrences; /* by input of the body; NULL: it does not change */
    tensor_p count;       /* rounds, 0-d; NULL: not known before */
};

static bool begin_loop(struct looping *l)
{
    struct emit *e = l->e;
    l->loop = trt_add_loop(e->t, e->net);
    l->in = new_tensors(e, l->of.body->n_inputs);
    l->out = new_tensors(e, l->of.body->n_outputs);
    l->recurrences = ARENA_ARRAY(&e->arena, layer_p, l->of.body->n_inputs + 1);
    if (!l->recurrences && e->status == TFP_OK) e->status = tfp_no_memory(e->ctx);
    return l->loop && e->status == TFP_OK;
}

static void add_recurrence(struct looping *l, size_t in, tensor_p initial)
{
    if (!initial) return;
    l->recurrences[in] = trt_loop_add_recurrence(l->e->t, l->loop, initial);
    l->in[in] = emit_layer(l->e, l->recurrences[in]);
}

static void add_carried(struct looping *l)
{
    for (size_t i = 0; i < l->of.n_carried; i++) {
        tensor_p initial = emit_in(l->e, l->node, l->of.in + i);
        if (ir_loop_invariant(&l->of, i)) l->in[l->of.body_in + i] = initial;
        else add_recurrence(l, l->of.body_in + i, initial);
    }
}

static bool limit(struct looping *l, tensor_p x, enum trt_trip_limit kind)
{
    return (x && trt_loop_add_trip_limit(l->e->t, l->loop, x, kind)) ||
           (emit_fail(l->e, "TensorRT refuses the number of rounds"), false);
}

/* Input `in` of the body has its output `out` in the next round. */
static bool close_recurrence(struct looping *l, size_t in, size_t out)
{
    struct emit *e = l->e;
    if (!l->recurrences[in]) return true;
    tensor_p next = emit_cast(e, inside(e, l->of.body, out, l->out[out]), emit_type_of(e, l->in[in]));
    return (next && trt_layer_set_input(e->t, l->recurrences[in], 1, next)) ||
           (emit_fail(e, "TensorRT refuses the loop's state"), false);
}

static bool close_carried(struct looping *l)
{
    for (size_t i = 0; i < l->of.n_carried; i++)
        if (!close_recurrence(l, l->of.body_in + i, l->of.body_out + i)) return false;
    return true;
}

/* Carried value i behind the last round. */
static tensor_p last_of(struct looping *l, size_t i)
{
    const size_t in = l->of.body_in + i;
    if (!l->recurrences[in]) return l->in[in];
    return emit_layer(l->e, trt_loop_add_output(l->e->t, l->loop, l->in[in], TRT_LOOP_LAST_VALUE, 0));
}

/* Collected value i of all rounds, along a new axis. A Loop has no lists: that is the first, in the rounds' order. */
static tensor_p collected(struct looping *l, size_t i)
{
    struct emit *e = l->e;
    const size_t at = l->of.body_out + l->of.n_carried + i;
    const bool reverse = ir_list_entry(l->node, ATTR_SCAN_OUTPUT_DIRECTIONS, i) != 0;
    tensor_p x = inside(e, l->of.body, at, l->out[at]);
    if (!x) return NULL;
    int32_t axis = emit_axis(ir_list_entry(l->node, ATTR_SCAN_OUTPUT_AXES, i), emit_rank(e, x) + 1);
    layer_p layer = trt_loop_add_output(e->t, l->loop, x, reverse ? TRT_LOOP_REVERSE : TRT_LOOP_CONCATENATE, axis);
    if (!layer || !trt_layer_set_input(e->t, layer, 1, l->count))
        return emit_fail(e, "TensorRT refuses what the loop collects");
    return emit_layer(e, layer);
}

static bool give_results(struct looping *l)
{
    for (uint32_t i = 0; i < l->node->n_out; i++) {
        if (!ir_wants(l->node, i)) continue;
        tensor_p x = i < l->of.n_carried ? last_of(l, i) : collected(l, i - l->of.n_carried);
        if (!emit_out(l->e, l->node, i, x)) return true;
    }
    return true;
}

/* -- Loop ---------------------------------------------------------------------------------------------------------- */

static void count_rounds(struct looping *l)
{
    struct emit *e = l->e;
    const enum trt_type type = emit_index_type(e);
    if (ir_unused(l->of.body->inputs[0])) return;
    layer_p counter = trt_loop_add_recurrence(e->t, l->loop, emit_int(e, 0, type));
    tensor_p number = emit_layer(e, counter), next = emit_binary(e, TRT_BINARY_SUM, number, emit_int(e, 1, type));
    if (!next || !trt_layer_set_input(e->t, counter, 1, next)) emit_fail(e, "TensorRT refuses the loop's counter");
    enum trt_type own;
    if (emit_type(e, l->of.body->inputs[0]->dtype, &own)) l->in[0] = emit_cast(e, number, own);
}

/* The condition is a state whose value, before a round, says whether there is one. */
static bool add_condition(struct looping *l, bool ends)
{
    struct emit *e = l->e;
    tensor_p initial = ir_in(l->node, 1) ? scalar(e, emit_in(e, l->node, 1)) : emit_number(e, 1, TRT_BOOL, 0);
    if (!ends) {
        l->in[1] = ir_unused(l->of.body->inputs[1]) ? NULL : initial;
        return e->status == TFP_OK;
    }
    add_recurrence(l, 1, initial);
    return limit(l, l->in[1], TRT_TRIP_WHILE);
}

static bool close_condition(struct looping *l)
{
    if (l->recurrences[1]) l->out[0] = scalar(l->e, l->out[0]);
    return close_recurrence(l, 1, 0);
}

static bool collects(const struct looping *l)
{
    for (uint32_t i = (uint32_t)l->of.n_carried; i < l->node->n_out; i++)
        if (ir_wants(l->node, i)) return true;
    return false;
}

static bool emit_loop(struct emit *e, const struct ir_node *n)
{
    struct looping l = { .e = e, .node = n, .of = ir_loop_of(n) };
    const bool ends = ir_loop_may_end(n, &l.of);
    if (!ir_in(n, 0) && !ends) return emit_decline(e, "a loop without an end");
    if (collects(&l) && (ends || !ir_in(n, 0)))
        return emit_decline(e, "a loop that collects results, of as many rounds as its values say");
    if (!begin_loop(&l)) return true;
    if (ir_in(n, 0)) {
        l.count = scalar(e, emit_in(e, n, 0));
        if (ends) l.count = emit_cast(e, l.count, TRT_INT32); /* RTX compares it with an INT32 of its own */
        if (!limit(&l, l.count, TRT_TRIP_COUNT)) return true;
    }
    if (!add_condition(&l, ends)) return true;
    count_rounds(&l);
    add_carried(&l);
    if (!emit_body(e, l.of.body, l.in, l.out) || !close_condition(&l) || !close_carried(&l)) return true;
    return give_results(&l);
}

/* -- Scan ---------------------------------------------------------------------------------------------------------- */

/* As many rounds as the first sequence is long. */
static void read_length(struct looping *l)
{
    struct emit *e = l->e;
    const size_t first = l->of.in + l->of.n_carried;
    const struct ir_value *v = ir_in(l->node, first);
    int32_t axis = emit_axis(ir_list_entry(l->node, ATTR_SCAN_INPUT_AXES, 0), v->rank);
    tensor_p x = emit_in(e, l->node, first);
    if (dim_fixed(v->dims[axis])) l->count = emit_int(e, v->dims[axis].n, emit_index_type(e));
    else l->count = scalar(e, emit_slice_axis(e, emit_shape(e, x), 0, axis, 1));
}

static void add_scanned(struct looping *l)
{
    struct emit *e = l->e;
    for (size_t i = 0; i < l->of.n_scanned; i++) {
        const size_t at = l->of.in + l->of.n_carried + i;
        tensor_p x = emit_in(e, l->node, at);
        int32_t axis = emit_axis(ir_list_entry(l->node, ATTR_SCAN_INPUT_AXES, i), ir_in(l->node, at)->rank);
        bool reverse = ir_list_entry(l->node, ATTR_SCAN_INPUT_DIRECTIONS, i) != 0;
        if (x) l->in[at] = emit_layer(e, trt_loop_add_iterator(e->t, l->loop, x, axis, reverse));
    }
}

static bool emit_scan(struct emit *e, const struct ir_node *n)
{
    struct looping l = { .e = e, .node = n, .of = ir_loop_of(n) };
    for (size_t i = 0; i < l.of.n_scanned; i++)
        if (ir_in(n, l.of.in + l.of.n_carried + i)->rank < 1) return emit_decline(e, "a sequence of unknown rank");
    if (!begin_loop(&l)) return true;
    read_length(&l);
    if (!limit(&l, l.count, TRT_TRIP_COUNT)) return true;
    add_carried(&l);
    add_scanned(&l);
    if (!emit_body(e, l.of.body, l.in, l.out) || !close_carried(&l)) return true;
    return give_results(&l);
}

static const struct emit_row rows[] = {
    { IR_IF, emit_if },
    { IR_LOOP, emit_loop },
    { IR_SCAN, emit_scan },
};
const struct emit_rows emit_rows_control_flow = { rows, sizeof rows / sizeof rows[0] };
