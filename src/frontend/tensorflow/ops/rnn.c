/* Recurrent cells that TensorFlow has as one op, for one step or over time (tensorflow/core/kernels/rnn), and cuDNN's
 * recurrent layers with their flat parameters. What ONNX's LSTM cannot say, a clipped cell or gates as results, is a Scan. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

#include <stdio.h>

#define VARIANT(type) (*(const type *)lw->rule->variant)

/* -- LSTM ---------------------------------------------------------------------------------------------------------- */

enum { INPUT, CELL, FORGET, OUTPUT, GATES };
enum { OUT_I, OUT_CS, OUT_F, OUT_O, OUT_CI, OUT_CO, OUT_H, OUTS };

struct lstm {
    int order[GATES]; /* which part of the sum each gate is */
    double forget_bias, clip;
    struct ir_value *weights, *bias, *peephole[GATES]; /* [input + units, 4 * units], [4 * units], [units] */
    int64_t units;
};

/* What the V2 ops and the others differ in. */
struct lstm_form {
    bool forget_before_cell, forget_bias;
};

static bool read_lstm(struct lower *lw, size_t first, struct lstm *c)
{
    const struct lstm_form form = VARIANT(struct lstm_form);
    *c = (struct lstm){ .order = { 0, 1, 2, 3 } };
    if (form.forget_before_cell) c->order[CELL] = 2, c->order[FORGET] = 1;
    c->forget_bias = form.forget_bias ? (double)tf_float(lw, "forget_bias") : 0;
    c->clip = (double)tf_float(lw, "cell_clip");
    c->weights = lower_in(lw, first);
    c->bias = lower_in(lw, first + 4);
    if (tf_bool(lw, "use_peephole")) {
        static const int gates[] = { INPUT, FORGET, OUTPUT };
        for (size_t i = 0; i < 3; i++) c->peephole[gates[i]] = lower_in(lw, first + 1 + i);
    }
    if (!c->weights || !c->bias) return false;
    if (c->bias->rank != 1 || !dim_fixed(c->bias->dims[0]) || c->bias->dims[0].n % GATES)
        return lower_unsupported(lw, "the number of units is not known"), false;
    c->units = c->bias->dims[0].n / GATES;
    return true;
}

static struct ir_value *gate(struct build *b, const struct lstm *c, struct ir_value *sum, int which, struct ir_value *cell)
{
    int64_t at = c->order[which];
    struct ir_value *part = ir_slice_axis(b, sum, -1, at * c->units, (at + 1) * c->units);
    return c->peephole[which] ? ir_add(b, part, ir_mul(b, cell, c->peephole[which])) : part;
}

/* One step. */
static void step_lstm(struct build *b, const struct lstm *c, struct ir_value *x, struct ir_value *cell, struct ir_value *h,
                      struct ir_value **out)
{
    struct ir_value *sum = ir_add(b, ir_matmul(b, CONCAT(b, -1, x, h), c->weights), c->bias);
    struct ir_value *forget = gate(b, c, sum, FORGET, cell);
    if (c->forget_bias != 0) forget = ir_add(b, forget, ir_like(b, x, c->forget_bias));
    out[OUT_I] = ir_unary(b, IR_SIGMOID, gate(b, c, sum, INPUT, cell));
    out[OUT_F] = ir_unary(b, IR_SIGMOID, forget);
    out[OUT_CI] = ir_unary(b, IR_TANH, gate(b, c, sum, CELL, NULL));
    out[OUT_CS] = ir_add(b, ir_mul(b, out[OUT_CI], out[OUT_I]), ir_mul(b, cell, out[OUT_F]));
    if (c->clip > 0)
        out[OUT_CS] = ir_emit(b, IR_CLIP, IN(out[OUT_CS], ir_like(b, x, -c->clip), ir_like(b, x, c->clip)), NO_ATTRS);
    out[OUT_O] = ir_unary(b, IR_SIGMOID, gate(b, c, sum, OUTPUT, out[OUT_CS]));
    out[OUT_CO] = ir_unary(b, IR_TANH, out[OUT_CS]);
    out[OUT_H] = ir_mul(b, out[OUT_O], out[OUT_CO]);
}

static tfp_status lower_lstm_cell(struct lower *lw, const struct tf_node *n)
{
    struct lstm c;
    struct ir_value *out[OUTS], *x = lower_in(lw, 0), *cell = lower_in(lw, 1), *h = lower_in(lw, 2);
    (void)n;
    if (!x || !cell || !h || !read_lstm(lw, 3, &c)) return lw->b.status;
    step_lstm(&lw->b, &c, x, cell, h, out);
    for (size_t i = 0; i < OUTS; i++) lower_out(lw, i, out[i]);
    return lw->b.status;
}

/* -- over time ----------------------------------------------------------------------------------------------------- */

/* What a body is given unchanged: a constant of its own, or an input, which is noted. */
struct given {
    struct ir_graph *body;
    struct ir_value *outside[10], *inside[10];
    size_t n;
};

static struct ir_value *give_input(struct lower *lw, struct given *g, struct ir_value *v)
{
    char name[32];
    struct dim dims[TFP_MAX_RANK];
    snprintf(name, sizeof name, "given_%u_%zu", g->body->number, g->n);
    for (int32_t i = 0; i < v->rank; i++) dims[i] = dim_carry(lw->b.graph, g->body, v->dims[i]);
    g->outside[g->n] = v;
    g->inside[g->n] = ir_add_input(g->body, name, v->dtype, v->rank, dims);
    return g->inside[g->n] ? g->inside[g->n++] : build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
}

static struct ir_value *give(struct lower *lw, struct given *g, struct ir_value *v)
{
    if (!v || lw->b.status != TFP_OK) return NULL;
    if (!v->constant) return give_input(lw, g, v);
    struct ir_value *own = ir_add_constant(g->body, NULL, v->constant);
    return own ? own : build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
}

/* Zeros behind the last step that counts, as the kernels write them. */
static struct ir_value *cut_off(struct lower *lw, struct ir_value *steps, const struct ir_value *x, struct ir_value *v)
{
    struct build *b = &lw->b;
    const struct dim *known = steps->known;
    if (steps->constant && dim_is(x->dims[0], tensor_int(steps->constant, 0))) return v;
    if (known && dim_equal(known[0], x->dims[0])) return v;
    struct ir_value *counts = ir_binary(b, IR_LESS, form_iota(b, form_dim(b, v, 0)), form_scalar(b, steps));
    return ir_where(b, form_column(b, counts, 2), v, ir_like(b, v, 0));
}

/* The body of the loop over time: iteration and condition, cell and h, then what it is given. */
static struct ir_graph *time_body(struct lower *lw, struct given *g, struct ir_value *x, struct ir_value *const state[2],
                                  const struct lstm *outside)
{
    static const struct dim none[1];
    struct lstm c = *outside;
    struct ir_value *out[OUTS];
    struct ir_graph *body = g->body = ir_add_body(lw->b.graph);
    if (!body) return lower_unsupported(lw, "loops nested too deep"), NULL;
    struct build in = { .ctx = lw->b.ctx, .graph = body, .scope = lw->b.scope };
    struct ir_value *iteration = ir_add_input(body, "iteration", TFP_INT64, 0, none);
    struct ir_value *goes_on = ir_add_input(body, "goes_on", TFP_BOOL, 0, none);
    for (size_t i = 0; i < 2; i++)
        if (!give_input(lw, g, state[i])) return NULL;
    struct ir_value *all = give(lw, g, x);
    c.weights = give(lw, g, c.weights);
    c.bias = give(lw, g, c.bias);
    for (int i = 0; i < GATES; i++) c.peephole[i] = give(lw, g, c.peephole[i]);
    if (!iteration || !goes_on) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx)), NULL;
    if (lw->b.status != TFP_OK) return NULL;
    step_lstm(&in, &c, ir_gather(&in, all, iteration, 0), g->inside[0], g->inside[1], out);
    if (in.status != TFP_OK) return build_fail(&lw->b, in.status), NULL;
    bool fine = ir_add_output(body, "goes_on_after", ir_scalar(&in, TFP_BOOL, 1));
    for (size_t i = 0; i < g->n; i++)
        fine = fine && ir_add_output(body, "next", i == 0 ? out[OUT_CS] : i == 1 ? out[OUT_H] : g->inside[i]);
    for (size_t i = 0; i < OUTS; i++) fine = fine && ir_add_output(body, "step", out[i]);
    if (!fine) build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
    return fine ? body : NULL;
}

/* Inputs: length, x [time, batch, input], cell, h, weights, peepholes, bias. */
static tfp_status lower_block_lstm(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct lstm c;
    struct given g = { .n = 0 };
    struct ir_value *in[12] = { NULL }, *out[10 + OUTS], *steps = lower_int64(lw, 0), *x = lower_in(lw, 1);
    (void)n;
    struct ir_value *const state[2] = { lower_in(lw, 2), lower_in(lw, 3) };
    if (!x || !steps || !state[0] || !state[1] || !read_lstm(lw, 4, &c)) return b->status;
    if (x->rank != 3 || state[0]->rank != 2 || state[1]->rank != 2)
        return lower_unsupported(lw, "the ranks of its inputs are not known");
    struct ir_graph *body = time_body(lw, &g, x, state, &c);
    if (!body) return b->status;
    in[0] = form_dim(b, x, 0);
    for (size_t i = 0; i < g.n; i++) in[2 + i] = g.outside[i];
    ir_emit_many(b, IR_LOOP, in, 2 + g.n, ATTRS(A_GRAPH(ATTR_BODY, body)), g.n + OUTS, out);
    for (size_t i = 0; i < OUTS && b->status == TFP_OK; i++) lower_out(lw, i, cut_off(lw, steps, x, out[g.n + i]));
    return b->status;
}

/* -- GRU ----------------------------------------------------------------------------------------------------------- */

static tfp_status lower_gru_cell(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct ir_value *in[6];
    (void)n;
    for (size_t i = 0; i < 6; i++)
        if (!(in[i] = lower_in(lw, i))) return b->status;
    struct ir_value *x = in[0], *h = in[1], *bias = in[5];
    if (bias->rank != 1 || !dim_fixed(bias->dims[0])) return lower_unsupported(lw, "the number of units is not known");
    const int64_t units = bias->dims[0].n;
    struct ir_value *both = ir_unary(b, IR_SIGMOID, ir_add(b, ir_matmul(b, CONCAT(b, -1, x, h), in[2]), in[4]));
    struct ir_value *reset = ir_slice_axis(b, both, -1, 0, units), *update = ir_slice_axis(b, both, -1, units, 2 * units);
    struct ir_value *from = CONCAT(b, -1, x, ir_mul(b, h, reset));
    struct ir_value *fresh = ir_unary(b, IR_TANH, ir_add(b, ir_matmul(b, from, in[3]), bias));
    struct ir_value *rest = update ? ir_sub(b, ir_like(b, update, 1), update) : NULL;
    lower_out(lw, 0, reset);
    lower_out(lw, 1, update);
    lower_out(lw, 2, fresh);
    lower_out(lw, 3, ir_add(b, ir_mul(b, update, h), ir_mul(b, rest, fresh)));
    return b->status;
}

/* -- cuDNN --------------------------------------------------------------------------------------------------------- */

/* Gates stand in cuDNN's order, i f c o or r z n; in ONNX's they are i o f c and z r n. All weights, of layer by layer,
 * direction by direction those of the input, then those of the state, stand before all biases, of which there are two
 * for each gate (cuDNN's cudnnGetRNNLinLayerMatrixParams()). */
static const struct {
    const char *mode;
    enum ir_op op;
    int64_t gates, order[GATES];
    const char *activation; /* of RNN */
} cudnn_modes[] = {
    { "lstm", IR_LSTM, 4, { 0, 3, 1, 2 }, NULL },
    { "gru", IR_GRU, 3, { 1, 0, 2 }, NULL },
    { "rnn_relu", IR_RNN, 1, { 0 }, "Relu" },
    { "rnn_tanh", IR_RNN, 1, { 0 }, "Tanh" },
};

struct cudnn {
    size_t mode;
    int64_t units, input, layers, directions; /* input: of the first layer */
    struct ir_value *params, *lengths;
};

static bool read_cudnn(struct lower *lw, const struct ir_value *x, const struct ir_value *h, struct cudnn *c)
{
    static const char *const modes[] = { "lstm", "gru", "rnn_relu", "rnn_tanh", NULL };
    static const char *const directions[] = { "unidirectional", "bidirectional", NULL };
    static const char *const inputs[] = { "linear_input", "auto_select", NULL };
    int mode = tf_word(lw, "rnn_mode", modes), both = tf_word(lw, "direction", directions);
    tf_word(lw, "input_mode", inputs);
    if (lw->b.status != TFP_OK) return false;
    if (x->rank != 3 || h->rank != 3 || !dim_fixed(x->dims[2]) || !dim_fixed(h->dims[0]) || !dim_fixed(h->dims[2]))
        return lower_unsupported(lw, "the number of layers, units or inputs is not known"), false;
    *c = (struct cudnn){ .mode = (size_t)mode, .directions = 1 + both, .units = h->dims[2].n, .input = x->dims[2].n };
    c->layers = h->dims[0].n / c->directions;
    if (c->layers < 1 || h->dims[0].n % c->directions || c->layers > 64)
        return lower_malformed(lw, "%lld states for its layers", (long long)h->dims[0].n), false;
    return true;
}

/* Numbers of the parameters before the weights of a layer's direction; `biases`: before its biases. */
static int64_t offset(const struct cudnn *c, int64_t layer, int64_t direction, bool biases)
{
    const int64_t gates = cudnn_modes[c->mode].gates, recurrent = gates * c->units * c->units;
    const int64_t first = gates * c->units * c->input + recurrent;
    const int64_t later = gates * c->units * c->units * c->directions + recurrent;
    if (biases) return offset(c, c->layers, 0, false) + (layer * c->directions + direction) * 2 * gates * c->units;
    return layer == 0 ? direction * first : c->directions * (first + (layer - 1) * later) + direction * later;
}

/* `gates` parts of rows * columns numbers (columns 0: of rows numbers) in ONNX's order. */
static struct ir_value *parts(struct build *b, const struct cudnn *c, int64_t at, int64_t columns)
{
    struct ir_value *part[GATES];
    const int64_t size = c->units * (columns ? columns : 1), gates = cudnn_modes[c->mode].gates;
    for (int64_t i = 0; i < gates; i++) {
        const int64_t from = at + cudnn_modes[c->mode].order[i] * size;
        part[i] = ir_slice_axis(b, c->params, 0, from, from + size);
        if (columns) part[i] = RESHAPE(b, part[i], c->units, columns);
    }
    return ir_concat(b, part, (size_t)gates, 0);
}

/* Weights of input, weights of state, biases of a layer, its directions stacked. */
static void layer_weights(struct build *b, const struct cudnn *c, int64_t layer, struct ir_value *out[3])
{
    struct ir_value *all[3][2];
    const int64_t gates = cudnn_modes[c->mode].gates, columns = layer ? c->units * c->directions : c->input;
    for (int64_t k = 0; k < c->directions; k++) {
        const int64_t at = offset(c, layer, k, false), bias = offset(c, layer, k, true);
        all[0][k] = UNSQUEEZE(b, parts(b, c, at, columns), 0);
        all[1][k] = UNSQUEEZE(b, parts(b, c, at + gates * c->units * columns, c->units), 0);
        struct ir_value *first = parts(b, c, bias, 0), *second = parts(b, c, bias + gates * c->units, 0);
        all[2][k] = UNSQUEEZE(b, CONCAT(b, 0, first, second), 0);
    }
    for (size_t i = 0; i < 3; i++) out[i] = ir_concat(b, all[i], (size_t)c->directions, 0);
}

/* One layer: x [time, batch, ..] becomes what the next one takes; last[] are its states. */
static struct ir_value *run_layer(struct build *b, const struct cudnn *c, int64_t layer, struct ir_value *x,
                                  struct ir_value *const state[2], struct ir_value *last[2])
{
    struct ir_value *w[3], *first[2], *out[3] = { NULL, NULL, NULL };
    const bool lstm = cudnn_modes[c->mode].op == IR_LSTM;
    struct ir_attr attrs[5] = { A_INT(ATTR_HIDDEN_SIZE, c->units) };
    struct bytes names[2] = { { cudnn_modes[c->mode].activation, 4 }, { cudnn_modes[c->mode].activation, 4 } };
    size_t n = 1;
    layer_weights(b, c, layer, w);
    for (size_t i = 0; i < 2; i++)
        first[i] = i && !lstm ? NULL
                              : ir_slice_axis(b, state[i], 0, layer * c->directions, (layer + 1) * c->directions);
    if (c->directions == 2) attrs[n++] = (struct ir_attr)A_STRING(ATTR_DIRECTION, "bidirectional");
    if (cudnn_modes[c->mode].op == IR_GRU) attrs[n++] = (struct ir_attr)A_INT(ATTR_LINEAR_BEFORE_RESET, 1);
    if (cudnn_modes[c->mode].activation)
        attrs[n++] = (struct ir_attr){ .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS,
                                       .v.strings = { names, (size_t)c->directions } };
    attrs[n] = (struct ir_attr){ .name = ATTR_NONE };
    if (b->status != TFP_OK) return NULL;
    ir_emit_many(b, cudnn_modes[c->mode].op, IN(x, w[0], w[1], w[2], c->lengths, first[0], first[1]), attrs,
                 lstm ? 3 : 2, out);
    last[0] = out[1];
    last[1] = out[2];
    /* [time, directions, batch, units] */
    return FORM_RESHAPE(b, TRANSPOSE(b, out[0], 0, 2, 1, 3), form_dims(b, x, 0, 2), INTS(b, c->directions * c->units));
}

struct cudnn_form {
    bool lengths; /* there is an input of them, and time need not be the first dimension */
};

static tfp_status lower_cudnn(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct cudnn c;
    struct ir_value *x = lower_in(lw, 0), *state[2] = { lower_in(lw, 1), lower_in(lw, 2) }, *last[2][64];
    const bool v3 = VARIANT(struct cudnn_form).lengths, batch_first = v3 && !tf_bool(lw, "time_major");
    (void)n;
    if (!x || !state[0] || !state[1]) return b->status;
    if (tf_bool(lw, "is_training") && tf_float(lw, "dropout") != 0) return lower_unsupported(lw, "dropout");
    if (v3 && tf_int(lw, "num_proj") != 0) return lower_unsupported(lw, "num_proj");
    if (batch_first) {
        x = TRANSPOSE(b, x, 1, 0, 2);
        for (size_t i = 0; i < 2; i++)
            if (state[i]->rank == 3) state[i] = TRANSPOSE(b, state[i], 1, 0, 2);
    }
    if (!x || !read_cudnn(lw, x, state[0], &c)) return b->status;
    c.params = lower_in(lw, 3);
    c.lengths = v3 ? lower_in(lw, 4) : NULL;
    for (int64_t i = 0; i < c.layers; i++) {
        struct ir_value *pair[2];
        if (!(x = run_layer(b, &c, i, x, state, pair))) return b->status;
        last[0][i] = pair[0], last[1][i] = pair[1];
    }
    const bool lstm = cudnn_modes[c.mode].op == IR_LSTM;
    struct ir_value *h = ir_concat(b, last[0], (size_t)c.layers, 0);
    struct ir_value *cell = lstm ? ir_concat(b, last[1], (size_t)c.layers, 0) : state[1];
    lower_out(lw, 0, batch_first ? TRANSPOSE(b, x, 1, 0, 2) : x);
    lower_out(lw, 1, batch_first ? TRANSPOSE(b, h, 1, 0, 2) : h);
    lower_out(lw, 2, batch_first ? TRANSPOSE(b, cell, 1, 0, 2) : cell);
    return b->status;
}

/* All weights, then all biases, each as it lies. */
static tfp_status lower_canonical(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct ir_value **all = ARENA_ARRAY(&lw->graph->arena, struct ir_value *, n->n_in);
    if (!all) return tfp_no_memory(b->ctx);
    if (n->n_in < 4) return lower_malformed(lw, "no weights");
    for (size_t i = 3; i < n->n_in; i++) all[i - 3] = RESHAPE(b, lower_in(lw, i), -1);
    return lower_done(lw, ir_concat(b, all, n->n_in - 3, 0));
}

static const struct rule rules[] = {
    { "BlockLSTM", lower_block_lstm, &(const struct lstm_form){ false, true } },
    { "BlockLSTMV2", lower_block_lstm, &(const struct lstm_form){ true, false } },
    { "CudnnRNN", lower_cudnn, &(const struct cudnn_form){ false } },
    { "CudnnRNNCanonicalToParams", lower_canonical, NULL },
    { "CudnnRNNCanonicalToParamsV2", lower_canonical, NULL },
    { "CudnnRNNV2", lower_cudnn, &(const struct cudnn_form){ false } },
    { "CudnnRNNV3", lower_cudnn, &(const struct cudnn_form){ true } },
    { "GRUBlockCell", lower_gru_cell, NULL },
    { "LSTMBlockCell", lower_lstm_cell, &(const struct lstm_form){ false, true } },
};
const struct rule_family rules_rnn = { rules, sizeof rules / sizeof rules[0] };
