/* RNN, GRU and LSTM as loops. What the inputs give to all gates is one product over the whole sequence before the loop; a
 * round adds the product of the state and runs the cell. Equations and gate orders are those of ONNX (RNN i, GRU z r h, LSTM
 * i o f c); a sequence of few steps is written out. Inside, sequences are [steps, batch, ..], states [batch, hidden]. */
#include "backend/tensorrt/emit.h"

#include <strings.h>

enum { FUNCTIONS_MOST = 3, DIRECTIONS_MOST = 2, WRITTEN_OUT_MOST = 4 };
enum cell { CELL_RNN, CELL_GRU, CELL_LSTM };

static const struct {
    enum ir_op op;
    int64_t gates;
    size_t functions;
    const char *preset[FUNCTIONS_MOST];
} cells[] = {
    [CELL_RNN] = { IR_RNN, 1, 1, { "Tanh" } },
    [CELL_GRU] = { IR_GRU, 3, 2, { "Sigmoid", "Tanh" } },
    [CELL_LSTM] = { IR_LSTM, 4, 3, { "Sigmoid", "Tanh", "Tanh" } },
};

/* The layer has no Affine, and its ThresholdedRelu leaves out the threshold itself. */
enum { AFFINE = -1, THRESHOLDED = -2 };
static const struct activation {
    const char *name;
    int layer; /* enum trt_activation, or one of the above */
    bool takes_alpha, takes_beta;
    float alpha, beta; /* when the node does not say */
} activations[] = {
    { "Affine", AFFINE, true, true, 1, 0 },
    { "Elu", TRT_ACTIVATION_ELU, true, false, 1, 0 },
    { "HardSigmoid", TRT_ACTIVATION_HARD_SIGMOID, true, true, 0.2F, 0.5F },
    { "LeakyRelu", TRT_ACTIVATION_LEAKY_RELU, true, false, 0.01F, 0 },
    { "Relu", TRT_ACTIVATION_RELU, false, false, 0, 0 },
    { "ScaledTanh", TRT_ACTIVATION_SCALED_TANH, true, true, 1, 1 },
    { "Sigmoid", TRT_ACTIVATION_SIGMOID, false, false, 0, 0 },
    { "Softplus", TRT_ACTIVATION_SOFTPLUS, false, false, 1, 1 },
    { "Softsign", TRT_ACTIVATION_SOFTSIGN, false, false, 0, 0 },
    { "Tanh", TRT_ACTIVATION_TANH, false, false, 0, 0 },
    { "ThresholdedRelu", THRESHOLDED, true, false, 1, 0 },
};

struct function {
    int layer;
    float alpha, beta;
};

struct recurrent {
    const struct ir_node *node;
    enum cell cell;
    int64_t hidden, gates, directions;
    bool reverse[DIRECTIONS_MOST], batch_first, input_forget, linear_before_reset;
    float clip; /* 0: none */
    struct function functions[DIRECTIONS_MOST][FUNCTIONS_MOST];
    struct dim steps, batch;
    tensor_p x;          /* [steps, batch, input] */
    tensor_p count;      /* steps, 0-d */
    tensor_p state_size; /* batch, hidden */
    tensor_p live;       /* [steps, batch, 1]: 1 while a sequence lasts, else 0; NULL: all last to the end */
};

/* One direction's tensors. The hidden gate of a GRU is apart from the others everywhere. */
struct direction {
    const struct function *functions;
    bool reverse;
    tensor_p from_input, hidden_from_input; /* [steps, batch, gates * hidden], biases added */
    tensor_p weights, hidden_weights;       /* [gates * hidden, hidden] */
    tensor_p hidden_bias;                   /* [1, hidden]: added before the reset; NULL: none */
    tensor_p peepholes[3];                  /* [1, hidden] of i, o, f; NULL: none */
    tensor_p h, c;                          /* at the beginning */
};

/* What a step has of the sequence, and the state that it changes. */
struct step {
    tensor_p from_input, hidden_from_input, live; /* live: bool [batch, 1] or NULL */
    tensor_p h, c;
};

/* -- attributes ---------------------------------------------------------------------------------------------------- */

static const struct activation *find_activation(struct bytes name)
{
    for (size_t i = 0; i < sizeof activations / sizeof activations[0]; i++)
        if (strlen(activations[i].name) == name.n && strncasecmp(activations[i].name, name.at, name.n) == 0)
            return &activations[i];
    return NULL;
}

/* The next of a list of numbers that belong to those functions which take one. */
static float next_number(const struct ir_attr *list, size_t *at, float otherwise)
{
    if (!list || list->kind != ATTR_KIND_FLOATS || *at >= list->v.floats.n) return otherwise;
    return list->v.floats.at[(*at)++];
}

static const char *read_functions(struct recurrent *r)
{
    const struct ir_node *n = r->node;
    const struct ir_attr *names = ir_attr(n, ATTR_ACTIVATIONS), *alpha = ir_attr(n, ATTR_ACTIVATION_ALPHA);
    const struct ir_attr *beta = ir_attr(n, ATTR_ACTIVATION_BETA);
    size_t each = cells[r->cell].functions, count = (size_t)r->directions * each, alphas = 0, betas = 0;
    if (names && (names->kind != ATTR_KIND_STRINGS || names->v.strings.n < count)) return "so few activations";
    for (size_t i = 0; i < count; i++) {
        struct bytes name = names ? names->v.strings.at[i] : bytes_of(cells[r->cell].preset[i % each]);
        const struct activation *a = find_activation(name);
        struct function *f = &r->functions[i / each][i % each];
        if (!a) return "an activation that is not known";
        *f = (struct function){ a->layer, a->alpha, a->beta };
        if (a->takes_alpha) f->alpha = next_number(alpha, &alphas, a->alpha);
        if (a->takes_beta) f->beta = next_number(beta, &betas, a->beta);
    }
    return NULL;
}

static const char *read_attributes(struct recurrent *r)
{
    const struct ir_node *n = r->node;
    const struct ir_attr *clip = ir_attr(n, ATTR_CLIP);
    const struct ir_value *x = ir_in(n, 0), *state = ir_in(n, 2);
    while (cells[r->cell].op != n->op) r->cell++;
    r->gates = cells[r->cell].gates;
    r->directions = ir_attr_is(n, ATTR_DIRECTION, "bidirectional") ? 2 : 1;
    r->reverse[0] = ir_attr_is(n, ATTR_DIRECTION, "reverse");
    r->reverse[1] = true;
    if (r->directions == 1 && !r->reverse[0] && ir_attr(n, ATTR_DIRECTION) && !ir_attr_is(n, ATTR_DIRECTION, "forward"))
        return "such a direction";
    r->clip = clip && clip->kind == ATTR_KIND_FLOAT && clip->v.f > 0 ? clip->v.f : 0;
    r->batch_first = ir_attr_int(n, ATTR_LAYOUT, 0) != 0;
    r->input_forget = ir_attr_int(n, ATTR_INPUT_FORGET, 0) != 0;
    r->linear_before_reset = ir_attr_int(n, ATTR_LINEAR_BEFORE_RESET, 0) != 0;
    if (x->rank != 3 || state->rank != 3 || !dim_fixed(state->dims[2])) return "an unknown number of units";
    if (!dtype_is_float(x->dtype)) return "of such a type";
    r->hidden = state->dims[2].n;
    r->steps = x->dims[r->batch_first];
    r->batch = x->dims[!r->batch_first];
    return read_functions(r);
}

/* -- shared tensors ------------------------------------------------------------------------------------------------ */

static tensor_p add(struct emit *e, tensor_p a, tensor_p b)
{
    return emit_binary(e, TRT_BINARY_SUM, a, b);
}

static tensor_p times(struct emit *e, tensor_p a, tensor_p b)
{
    return emit_binary(e, TRT_BINARY_PROD, a, b);
}

/* [m, k] x transpose of [n, k], or with as many leading dimensions each. */
static tensor_p product(struct emit *e, tensor_p a, tensor_p b)
{
    if (!a || !b) return NULL;
    return emit_layer(e, trt_add_matrix_multiply(e->t, e->net, a, TRT_MATRIX_NONE, b, TRT_MATRIX_TRANSPOSE));
}

/* 0, 1, .. as [steps, 1, 1]. */
static tensor_p step_numbers(struct emit *e, const struct recurrent *r)
{
    static const int32_t from[] = { 0, -1, -1 };
    const struct trt_dims one = { .n = 1, .d = { 1 } };
    enum trt_type type = emit_index_type(e);
    tensor_p length = emit_slice_axis(e, emit_shape(e, r->x), 0, 0, 1);
    layer_p l = trt_add_fill(e->t, e->net, &one, TRT_FILL_LINSPACE, type);
    tensor_p first = emit_int(e, 0, type), step = EMIT_INTS(e, 1);
    if (!l || !length || !first || !step || !trt_layer_set_input(e->t, l, 0, length) ||
        !trt_layer_set_input(e->t, l, 1, first) || !trt_layer_set_input(e->t, l, 2, step))
        return emit_fail(e, "TensorRT refuses the range");
    return emit_reshape_axes(e, emit_layer(e, l), from, 3);
}

/* Whether all sequences surely last for all steps. */
static bool all_last(const struct recurrent *r)
{
    const struct tensor *lengths = ir_in_constant(r->node, 4);
    if (!ir_in(r->node, 4)) return true;
    if (!lengths || !dim_fixed(r->steps)) return false;
    for (int64_t i = 0; i < lengths->count; i++)
        if (tensor_int(lengths, i) < r->steps.n) return false;
    return true;
}

static tensor_p live_steps(struct emit *e, const struct recurrent *r)
{
    static const int32_t from[] = { -1, 0, -1 };
    tensor_p lengths = emit_reshape_axes(e, emit_cast(e, emit_in(e, r->node, 4), emit_index_type(e)), from, 3);
    tensor_p lasts = emit_binary(e, TRT_BINARY_LESS, step_numbers(e, r), lengths);
    return emit_cast(e, lasts, emit_type_of(e, r->x));
}

static bool read_sequence(struct emit *e, struct recurrent *r)
{
    static const int32_t swap[] = { 1, 0, 2 };
    r->x = emit_in(e, r->node, 0);
    if (r->batch_first) r->x = emit_transpose(e, r->x, swap, 3);
    tensor_p shape = emit_shape(e, r->x);
    r->count = dim_fixed(r->steps) ? emit_int(e, r->steps.n, emit_index_type(e))
                                   : emit_reshape(e, emit_slice_axis(e, shape, 0, 0, 1), NULL, 0);
    tensor_p size[2] = { emit_slice_axis(e, shape, 0, 1, 1), EMIT_INTS(e, r->hidden) };
    r->state_size = dim_fixed(r->batch) ? EMIT_INTS(e, r->batch.n, r->hidden) : emit_concat(e, size, 2, 0);
    r->live = all_last(r) ? NULL : live_steps(e, r);
    return e->status == TFP_OK;
}

/* -- one direction's tensors --------------------------------------------------------------------------------------- */

/* Input i's part of direction `at`, the first dimension kept as 1. */
static tensor_p part_of(struct emit *e, const struct recurrent *r, size_t i, int64_t at)
{
    tensor_p x = emit_cast(e, emit_in(e, r->node, i), emit_type_of(e, r->x));
    return r->directions > 1 ? emit_slice_axis(e, x, 0, at, 1) : x;
}

static tensor_p initial_state(struct emit *e, const struct recurrent *r, size_t i, int64_t at)
{
    static const int32_t swap[] = { 1, 0, 2 }, rest[] = { 1, 2 };
    enum trt_type type = emit_type_of(e, r->x);
    if (!ir_in(r->node, i)) return emit_expand_to(e, emit_number(e, 0, type, 2), r->state_size);
    tensor_p x = emit_cast(e, emit_in(e, r->node, i), type);
    if (r->batch_first) x = emit_transpose(e, x, swap, 3);
    if (r->directions > 1) x = emit_slice_axis(e, x, 0, at, 1);
    return emit_reshape_axes(e, x, rest, 2);
}

/* Adds the biases of inputs and states; that of a linear GRU's state is added in the step. */
static void add_biases(struct emit *e, const struct recurrent *r, int64_t at, struct direction *d)
{
    int64_t rows = r->gates * r->hidden, most = r->cell == CELL_GRU ? rows - r->hidden : rows;
    if (!ir_in(r->node, 3)) return;
    tensor_p both = part_of(e, r, 3, at);
    tensor_p of_input = emit_slice_axis(e, both, 1, 0, rows), of_state = emit_slice_axis(e, both, 1, rows, rows);
    d->from_input = add(e, d->from_input,
                        add(e, emit_slice_axis(e, of_input, 1, 0, most), emit_slice_axis(e, of_state, 1, 0, most)));
    if (r->cell != CELL_GRU) return;
    tensor_p hidden = emit_slice_axis(e, of_input, 1, most, r->hidden);
    tensor_p state = emit_slice_axis(e, of_state, 1, most, r->hidden);
    if (r->linear_before_reset) d->hidden_bias = state;
    else hidden = add(e, hidden, state);
    d->hidden_from_input = add(e, d->hidden_from_input, hidden);
}

static bool read_direction(struct emit *e, const struct recurrent *r, int64_t at, struct direction *d)
{
    static const int32_t rest[] = { 1, 2 };
    int64_t rows = r->gates * r->hidden, most = rows - r->hidden;
    *d = (struct direction){ .functions = r->functions[at], .reverse = r->reverse[at] };
    d->from_input = product(e, r->x, part_of(e, r, 1, at));
    d->weights = emit_reshape_axes(e, part_of(e, r, 2, at), rest, 2);
    if (r->cell == CELL_GRU) {
        d->hidden_from_input = emit_slice_axis(e, d->from_input, 2, most, r->hidden);
        d->from_input = emit_slice_axis(e, d->from_input, 2, 0, most);
        d->hidden_weights = emit_slice_axis(e, d->weights, 0, most, r->hidden);
        d->weights = emit_slice_axis(e, d->weights, 0, 0, most);
    }
    add_biases(e, r, at, d);
    d->h = initial_state(e, r, 5, at);
    if (r->cell == CELL_LSTM) {
        d->c = initial_state(e, r, 6, at);
        tensor_p all = ir_in(r->node, 7) ? part_of(e, r, 7, at) : NULL;
        for (int64_t i = 0; all && i < 3; i++) d->peepholes[i] = emit_slice_axis(e, all, 1, i * r->hidden, r->hidden);
    }
    return e->status == TFP_OK;
}

/* -- cells --------------------------------------------------------------------------------------------------------- */

static tensor_p activate(struct emit *e, const struct function *f, tensor_p x)
{
    if (!x) return NULL;
    if (f->layer == AFFINE)
        return add(e, times(e, x, emit_like(e, x, (double)f->alpha)), emit_like(e, x, (double)f->beta));
    if (f->layer == THRESHOLDED)
        return emit_select(e, emit_binary(e, TRT_BINARY_LESS, x, emit_like(e, x, (double)f->alpha)), emit_like(e, x, 0), x);
    return emit_activation(e, (enum trt_activation)f->layer, x, f->alpha, f->beta);
}

/* Gates are clipped before their activation, the cell's way out is not. */
static tensor_p gate(struct emit *e, const struct recurrent *r, const struct function *f, tensor_p x)
{
    if (r->clip > 0) x = emit_activation(e, TRT_ACTIVATION_CLIP, x, -r->clip, r->clip);
    return activate(e, f, x);
}

/* Gate i of [batch, gates * hidden]. */
static tensor_p gate_at(struct emit *e, const struct recurrent *r, tensor_p x, int64_t i)
{
    struct emit_window w = { .start = { 2, { 0, i * r->hidden } }, .size = { 2, { 1, r->hidden } },
                             .stride = { 2, { 1, 1 } } };
    if (dim_fixed(r->batch)) w.size.d[0] = r->batch.n;
    else w.size_tensor = r->state_size;
    return emit_window(e, x, &w);
}

static void run_rnn(struct emit *e, const struct recurrent *r, const struct direction *d, struct step *s)
{
    s->h = gate(e, r, &d->functions[0], add(e, s->from_input, product(e, s->h, d->weights)));
}

static tensor_p with_peephole(struct emit *e, const struct direction *d, int64_t i, tensor_p x, tensor_p c)
{
    return d->peepholes[i] ? add(e, x, times(e, d->peepholes[i], c)) : x;
}

static void run_lstm(struct emit *e, const struct recurrent *r, const struct direction *d, struct step *s)
{
    const struct function *f = d->functions;
    tensor_p all = add(e, s->from_input, product(e, s->h, d->weights));
    tensor_p in = gate(e, r, &f[0], with_peephole(e, d, 0, gate_at(e, r, all, 0), s->c)), forget;
    if (r->input_forget) forget = in ? emit_binary(e, TRT_BINARY_SUB, emit_like(e, in, 1), in) : NULL;
    else forget = gate(e, r, &f[0], with_peephole(e, d, 2, gate_at(e, r, all, 2), s->c));
    tensor_p cell = gate(e, r, &f[1], gate_at(e, r, all, 3));
    s->c = add(e, times(e, forget, s->c), times(e, in, cell));
    tensor_p out = gate(e, r, &f[0], with_peephole(e, d, 1, gate_at(e, r, all, 1), s->c));
    s->h = times(e, out, activate(e, &f[2], s->c));
}

static void run_gru(struct emit *e, const struct recurrent *r, const struct direction *d, struct step *s)
{
    const struct function *f = d->functions;
    tensor_p both = gate(e, r, &f[0], add(e, s->from_input, product(e, s->h, d->weights)));
    tensor_p update = gate_at(e, r, both, 0), reset = gate_at(e, r, both, 1), state;
    if (r->linear_before_reset) {
        state = product(e, s->h, d->hidden_weights);
        state = times(e, reset, d->hidden_bias ? add(e, state, d->hidden_bias) : state);
    } else {
        state = product(e, times(e, reset, s->h), d->hidden_weights);
    }
    tensor_p hidden = gate(e, r, &f[1], add(e, s->hidden_from_input, state));
    tensor_p kept = update ? emit_binary(e, TRT_BINARY_SUB, emit_like(e, update, 1), update) : NULL;
    s->h = add(e, times(e, kept, hidden), times(e, update, s->h));
}

/* Changes the state; gives what goes to Y. A sequence that is over keeps its state and gives 0. */
static tensor_p run_step(struct emit *e, const struct recurrent *r, const struct direction *d, struct step *s)
{
    struct step before = *s;
    if (r->cell == CELL_LSTM) run_lstm(e, r, d, s);
    else if (r->cell == CELL_GRU) run_gru(e, r, d, s);
    else run_rnn(e, r, d, s);
    if (!s->live || !s->h) return s->h;
    tensor_p out = emit_select(e, s->live, s->h, emit_like(e, s->h, 0));
    s->h = emit_select(e, s->live, s->h, before.h);
    if (s->c) s->c = emit_select(e, s->live, s->c, before.c);
    return out;
}

static tensor_p is_live(struct emit *e, tensor_p x)
{
    return x ? emit_binary(e, TRT_BINARY_GREATER, x, emit_like(e, x, 0.5)) : NULL;
}

/* -- loops --------------------------------------------------------------------------------------------------------- */

/* What a direction comes to: y [steps, 1, batch, hidden], states [batch, hidden]; NULL: nobody wants it. */
struct result {
    tensor_p y, h, c;
};

static tensor_p iterate(struct emit *e, struct trt_loop *loop, tensor_p x, bool reverse)
{
    return x ? emit_layer(e, trt_loop_add_iterator(e->t, loop, x, 0, reverse)) : NULL;
}

static tensor_p loop_output(struct emit *e, struct trt_loop *loop, tensor_p x, enum trt_loop_output kind, tensor_p count)
{
    layer_p l = x ? trt_loop_add_output(e->t, loop, x, kind, 0) : NULL;
    if (!x) return NULL;
    if (count && !trt_layer_set_input(e->t, l, 1, count)) return emit_fail(e, "TensorRT refuses the loop's output");
    return emit_layer(e, l);
}

static bool run_loop(struct emit *e, const struct recurrent *r, const struct direction *d, struct result *out)
{
    static const int32_t apart[] = { -1, 0, 1 };
    struct trt_loop *loop = trt_add_loop(e->t, e->net);
    layer_p h = trt_loop_add_recurrence(e->t, loop, d->h), c = d->c ? trt_loop_add_recurrence(e->t, loop, d->c) : NULL;
    enum trt_loop_output order = d->reverse ? TRT_LOOP_REVERSE : TRT_LOOP_CONCATENATE;
    if (!trt_loop_add_trip_limit(e->t, loop, r->count, TRT_TRIP_COUNT))
        return emit_fail(e, "TensorRT refuses the loop"), false;
    const struct step begin = {
        .from_input = iterate(e, loop, d->from_input, d->reverse),
        .hidden_from_input = iterate(e, loop, d->hidden_from_input, d->reverse),
        .live = is_live(e, iterate(e, loop, r->live, d->reverse)),
        .h = emit_layer(e, h), .c = c ? emit_layer(e, c) : NULL,
    };
    struct step s = begin;
    tensor_p y = run_step(e, r, d, &s);
    if (!y || !trt_layer_set_input(e->t, h, 1, s.h) || (c && !trt_layer_set_input(e->t, c, 1, s.c)))
        return emit_fail(e, "TensorRT refuses the loop's state"), false;
    if (ir_wants(r->node, 0))
        out->y = loop_output(e, loop, emit_reshape_axes(e, y, apart, 3), order, r->count);
    if (ir_wants(r->node, 1)) out->h = loop_output(e, loop, begin.h, TRT_LOOP_LAST_VALUE, NULL);
    if (ir_wants(r->node, 2)) out->c = loop_output(e, loop, begin.c, TRT_LOOP_LAST_VALUE, NULL);
    return e->status == TFP_OK;
}

/* Element i of a sequence. */
static tensor_p step_of(struct emit *e, tensor_p x, int64_t i)
{
    static const int32_t rest[] = { 1, 2 };
    return x ? emit_reshape_axes(e, emit_slice_axis(e, x, 0, i, 1), rest, 2) : NULL;
}

static bool write_out(struct emit *e, const struct recurrent *r, const struct direction *d, struct result *out)
{
    static const int32_t apart[] = { -1, -1, 0, 1 };
    tensor_p y[WRITTEN_OUT_MOST];
    struct step s = { .h = d->h, .c = d->c };
    for (int64_t i = 0; i < r->steps.n && e->status == TFP_OK; i++) {
        int64_t at = d->reverse ? r->steps.n - 1 - i : i;
        s.from_input = step_of(e, d->from_input, at);
        s.hidden_from_input = step_of(e, d->hidden_from_input, at);
        s.live = is_live(e, step_of(e, r->live, at));
        y[at] = run_step(e, r, d, &s);
        if (ir_wants(r->node, 0)) y[at] = emit_reshape_axes(e, y[at], apart, 4);
    }
    if (e->status != TFP_OK) return false;
    if (ir_wants(r->node, 0)) out->y = emit_concat(e, y, (int32_t)r->steps.n, 0);
    out->h = s.h;
    out->c = s.c;
    return e->status == TFP_OK;
}

/* -- results ------------------------------------------------------------------------------------------------------- */

/* [directions, batch, hidden], or as the layout has it. */
static tensor_p joined_states(struct emit *e, const struct recurrent *r, tensor_p first, tensor_p second)
{
    static const int32_t apart[] = { -1, 0, 1 }, swap[] = { 1, 0, 2 };
    tensor_p both[DIRECTIONS_MOST] = { emit_reshape_axes(e, first, apart, 3), NULL };
    if (r->directions > 1) both[1] = emit_reshape_axes(e, second, apart, 3);
    tensor_p all = emit_concat(e, both, (int32_t)r->directions, 0);
    return r->batch_first ? emit_transpose(e, all, swap, 3) : all;
}

static bool give(struct emit *e, const struct recurrent *r, const struct result *results)
{
    static const int32_t batch_first[] = { 2, 0, 1, 3 };
    const struct result *a = &results[0], *b = &results[1];
    if (ir_wants(r->node, 0)) {
        tensor_p y[DIRECTIONS_MOST] = { a->y, b->y }, all = emit_concat(e, y, (int32_t)r->directions, 1);
        if (!emit_out(e, r->node, 0, r->batch_first ? emit_transpose(e, all, batch_first, 4) : all)) return true;
    }
    if (ir_wants(r->node, 1) && !emit_out(e, r->node, 1, joined_states(e, r, a->h, b->h))) return true;
    if (ir_wants(r->node, 2)) emit_out(e, r->node, 2, joined_states(e, r, a->c, b->c));
    return true;
}

static bool emit_recurrent(struct emit *e, const struct ir_node *n)
{
    struct recurrent r = { .node = n };
    struct result results[DIRECTIONS_MOST] = { { 0 } };
    const char *why = read_attributes(&r);
    if (why) return emit_decline(e, why);
    if (!read_sequence(e, &r)) return true;
    bool few = dim_fixed(r.steps) && r.steps.n >= 1 && r.steps.n <= WRITTEN_OUT_MOST;
    for (int64_t i = 0; i < r.directions; i++) {
        struct direction d;
        if (!read_direction(e, &r, i, &d)) return true;
        if (!(few ? write_out(e, &r, &d, &results[i]) : run_loop(e, &r, &d, &results[i]))) return true;
    }
    return give(e, &r, results);
}

static const struct emit_row rows[] = {
    { IR_GRU, emit_recurrent },
    { IR_LSTM, emit_recurrent },
    { IR_RNN, emit_recurrent },
};
const struct emit_rows emit_rows_recurrent = { rows, sizeof rows / sizeof rows[0] };
