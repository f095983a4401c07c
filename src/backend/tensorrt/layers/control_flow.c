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
    struct ir_graph *body;
    struct trt_loop *loop;
    tensor_p *in, *out;   /* of the body */
    layer_p *recurrences; /* by input of the body; NULL: no state */
    tensor_p count;       /* rounds, 0-d; NULL: not known before */
};

static bool begin_loop(struct looping *l)
{
    struct emit *e = l->e;
    l->loop = trt_add_loop(e->t, e->net);
    l->in = new_tensors(e, l->body->n_inputs);
    l->out = new_tensors(e, l->body->n_outputs);
    l->recurrences = ARENA_ARRAY(&e->arena, layer_p, l->body->n_inputs + 1);
    if (!l->recurrences && e->status == TFP_OK) e->status = tfp_no_memory(e->ctx);
    return l->loop && e->status == TFP_OK;
}

/* Input i of the body, given back as its output `back`. */
static void add_state(struct looping *l, size_t i, size_t back, tensor_p initial)
{
    if (!initial) return;
    l->in[i] = initial;
    if (l->body->outputs[back].value == l->body->inputs[i]) return;
    l->recurrences[i] = trt_loop_add_recurrence(l->e->t, l->loop, initial);
    l->in[i] = emit_layer(l->e, l->recurrences[i]);
}

static bool limit(struct looping *l, tensor_p x, enum trt_trip_limit kind)
{
    return (x && trt_loop_add_trip_limit(l->e->t, l->loop, x, kind)) ||
           (emit_fail(l->e, "TensorRT refuses the number of rounds"), false);
}

static bool close_state(struct looping *l, size_t i, size_t back)
{
    struct emit *e = l->e;
    if (!l->recurrences[i]) return true;
    tensor_p next = emit_cast(e, inside(e, l->body, back, l->out[back]), emit_type_of(e, l->in[i]));
    return (next && trt_layer_set_input(e->t, l->recurrences[i], 1, next)) ||
           (emit_fail(e, "TensorRT refuses the loop's state"), false);
}

/* The state behind the last round. */
static tensor_p last_of(struct looping *l, size_t i)
{
    if (!l->recurrences[i]) return l->in[i];
    return emit_layer(l->e, trt_loop_add_output(l->e->t, l->loop, l->in[i], TRT_LOOP_LAST_VALUE, 0));
}

/* Output `at` of the body from all rounds, along a new axis. */
static tensor_p collected(struct looping *l, size_t at, enum trt_loop_output kind, int32_t axis)
{
    struct emit *e = l->e;
    tensor_p x = inside(e, l->body, at, l->out[at]);
    layer_p layer = x ? trt_loop_add_output(e->t, l->loop, x, kind, axis) : NULL;
    if (!layer || !trt_layer_set_input(e->t, layer, 1, l->count))
        return emit_fail(e, "TensorRT refuses what the loop collects");
    return emit_layer(e, layer);
}

/* -- Loop ---------------------------------------------------------------------------------------------------------- */

static bool is_true(const struct ir_value *v)
{
    return v && v->constant && v->constant->count == 1 && tensor_int(v->constant, 0) != 0;
}

/* Whether it may end before the rounds that it is given. */
static bool may_end(const struct ir_node *n, const struct ir_graph *body)
{
    const struct ir_value *again = body->outputs[0].value;
    bool begins = !ir_in(n, 1) || is_true(ir_in(n, 1));
    return !(begins && (again == body->inputs[1] || is_true(again)));
}

static void count_rounds(struct looping *l, layer_p *counter)
{
    struct emit *e = l->e;
    const enum trt_type type = emit_index_type(e);
    if (ir_unused(l->body->inputs[0])) return;
    *counter = trt_loop_add_recurrence(e->t, l->loop, emit_int(e, 0, type));
    tensor_p number = emit_layer(e, *counter), next = emit_binary(e, TRT_BINARY_SUM, number, emit_int(e, 1, type));
    if (!next || !trt_layer_set_input(e->t, *counter, 1, next)) emit_fail(e, "TensorRT refuses the loop's counter");
    enum trt_type own;
    if (emit_type(e, l->body->inputs[0]->dtype, &own)) l->in[0] = emit_cast(e, number, own);
}

/* The condition is a state whose value, before a round, says whether there is one. */
static bool add_condition(struct looping *l, bool ends)
{
    struct emit *e = l->e;
    tensor_p initial = ir_in(l->node, 1) ? scalar(e, emit_in(e, l->node, 1)) : emit_number(e, 1, TRT_BOOL, 0);
    if (!ends) {
        l->in[1] = ir_unused(l->body->inputs[1]) ? NULL : initial;
        return e->status == TFP_OK;
    }
    l->recurrences[1] = initial ? trt_loop_add_recurrence(e->t, l->loop, initial) : NULL;
    l->in[1] = emit_layer(e, l->recurrences[1]);
    return limit(l, l->in[1], TRT_TRIP_WHILE);
}

static bool give_loop(struct looping *l, size_t states)
{
    const struct ir_node *n = l->node;
    for (uint32_t i = 0; i < n->n_out; i++) {
        if (!ir_wants(n, i)) continue;
        tensor_p x = i < states ? last_of(l, 2 + i) : collected(l, 1 + i, TRT_LOOP_CONCATENATE, 0);
        if (!emit_out(l->e, n, i, x)) return true;
    }
    return true;
}

static bool emit_loop(struct emit *e, const struct ir_node *n)
{
    struct looping l = { .e = e, .node = n, .body = ir_body(n, ATTR_BODY) };
    const size_t states = n->n_in > 2 ? n->n_in - 2 : 0;
    const bool ends = may_end(n, l.body);
    bool collects = false;
    layer_p counter = NULL;
    for (uint32_t i = (uint32_t)states; i < n->n_out; i++) collects = collects || ir_wants(n, i);
    if (!ir_in(n, 0) && !ends) return emit_decline(e, "a loop without an end");
    if (collects && (ends || !ir_in(n, 0)))
        return emit_decline(e, "a loop that collects results, of as many rounds as its values say");
    if (!begin_loop(&l)) return true;
    if (ir_in(n, 0)) {
        l.count = scalar(e, emit_in(e, n, 0));
        if (ends) l.count = emit_cast(e, l.count, TRT_INT32); /* RTX compares it with an INT32 of its own */
        if (!limit(&l, l.count, TRT_TRIP_COUNT)) return true;
    }
    if (!add_condition(&l, ends)) return true;
    count_rounds(&l, &counter);
    for (size_t i = 0; i < states; i++) add_state(&l, 2 + i, 1 + i, emit_in(e, n, 2 + i));
    if (!emit_body(e, l.body, l.in, l.out)) return true;
    if (ends && l.recurrences[1]) l.out[0] = scalar(e, l.out[0]);
    for (size_t i = ends ? 1 : 2; i < 2 + states; i++)
        if (!close_state(&l, i, i - 1)) return true;
    return give_loop(&l, states);
}

/* -- Scan ---------------------------------------------------------------------------------------------------------- */

/* As many rounds as the first sequence is long. */
static void read_length(struct looping *l, size_t states)
{
    struct emit *e = l->e;
    const struct ir_value *v = ir_in(l->node, states);
    int32_t axis = emit_axis(ir_list_entry(l->node, ATTR_SCAN_INPUT_AXES, 0), v->rank);
    tensor_p x = emit_in(e, l->node, states);
    if (dim_fixed(v->dims[axis])) l->count = emit_int(e, v->dims[axis].n, emit_index_type(e));
    else l->count = scalar(e, emit_slice_axis(e, emit_shape(e, x), 0, axis, 1));
}

static void add_sequences(struct looping *l, size_t states)
{
    struct emit *e = l->e;
    for (size_t i = states; i < l->node->n_in; i++) {
        tensor_p x = emit_in(e, l->node, i);
        int32_t axis = emit_axis(ir_list_entry(l->node, ATTR_SCAN_INPUT_AXES, i - states), ir_in(l->node, i)->rank);
        bool reverse = ir_list_entry(l->node, ATTR_SCAN_INPUT_DIRECTIONS, i - states) != 0;
        if (x) l->in[i] = emit_layer(e, trt_loop_add_iterator(e->t, l->loop, x, axis, reverse));
    }
}

static bool give_scan(struct looping *l, size_t states)
{
    const struct ir_node *n = l->node;
    for (uint32_t i = 0; i < n->n_out; i++) {
        if (!ir_wants(n, i)) continue;
        tensor_p x;
        if (i < states) {
            x = last_of(l, i);
        } else {
            bool reverse = ir_list_entry(n, ATTR_SCAN_OUTPUT_DIRECTIONS, i - states) != 0;
            int32_t rank = l->out[i] ? emit_rank(l->e, l->out[i]) + 1 : 1;
            x = collected(l, i, reverse ? TRT_LOOP_REVERSE : TRT_LOOP_CONCATENATE,
                          emit_axis(ir_list_entry(n, ATTR_SCAN_OUTPUT_AXES, i - states), rank));
        }
        if (!emit_out(l->e, n, i, x)) return true;
    }
    return true;
}

static bool emit_scan(struct emit *e, const struct ir_node *n)
{
    struct looping l = { .e = e, .node = n, .body = ir_body(n, ATTR_BODY) };
    const int64_t sequences = ir_attr_int(n, ATTR_NUM_SCAN_INPUTS, 0);
    if (sequences < 1 || sequences > (int64_t)n->n_in) return emit_decline(e, "no sequence to go along");
    const size_t states = n->n_in - (size_t)sequences;
    for (size_t i = states; i < n->n_in; i++)
        if (ir_in(n, i)->rank < 1) return emit_decline(e, "a sequence of unknown rank");
    if (!begin_loop(&l)) return true;
    read_length(&l, states);
    if (!limit(&l, l.count, TRT_TRIP_COUNT)) return true;
    for (size_t i = 0; i < states; i++) add_state(&l, i, i, emit_in(e, n, i));
    add_sequences(&l, states);
    if (!emit_body(e, l.body, l.in, l.out)) return true;
    for (size_t i = 0; i < states; i++)
        if (!close_state(&l, i, i)) return true;
    return give_scan(&l, states);
}

static const struct emit_row rows[] = {
    { IR_IF, emit_if },
    { IR_LOOP, emit_loop },
    { IR_SCAN, emit_scan },
};
const struct emit_rows emit_rows_control_flow = { rows, sizeof rows / sizeof rows[0] };
