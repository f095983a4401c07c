/* Recurrent layers. A cell becomes ONNX's LSTM, GRU or RNN where its activations are among theirs, else one step of
 * nodes for each step of time, which has to be known then.
 *
 * A mask leaves steps out wherever they stand: the state waits, and the output is the one before. ONNX knows lengths
 * only: see ir/masked.h. Gate orders: Keras LSTM i f c o, GRU z r h; ONNX i o f c, z r h. */
#include "frontend/keras/keras.h"
#include "ir/masked.h"
#include "ir/sliding.h"

#include <stdlib.h>

enum { STEPS_MOST = 1024, STATES_MOST = 32, GATES_MOST = 4, CELLS_MOST = 16 };

enum cell { CELL_SIMPLE, CELL_GRU, CELL_LSTM, CELL_CONV_LSTM };

static const enum cell cell_simple = CELL_SIMPLE, cell_gru = CELL_GRU, cell_lstm = CELL_LSTM, cell_conv = CELL_CONV_LSTM;

static enum cell kind_of(const struct keras_layer *cell)
{
    return *(const enum cell *)cell->class->variant;
}

static size_t states_of(enum cell kind)
{
    return kind == CELL_LSTM || kind == CELL_CONV_LSTM ? 2 : 1;
}

/* -- weights ------------------------------------------------------------------------------------------------------- */

static int64_t gates_of(enum cell kind)
{
    return kind == CELL_SIMPLE ? 1 : kind == CELL_GRU ? 3 : 4;
}

static void declare_cell(struct keras_layer *l)
{
    enum cell kind = kind_of(l);
    int64_t units = config_int(l, "units", KERAS_ANY), all = units < 0 ? KERAS_ANY : units * gates_of(kind);
    WEIGHT(l, "kernel", KERAS_ANY, all);
    WEIGHT(l, "recurrent_kernel", units, all);
    if (!config_bool(l, "use_bias", true)) return;
    if (kind == CELL_GRU && config_bool(l, "reset_after", false)) WEIGHT(l, "bias", 2, all);
    else WEIGHT(l, "bias", all);
}

static void declare_cudnn(struct keras_layer *l)
{
    enum cell kind = kind_of(l);
    int64_t units = config_int(l, "units", KERAS_ANY), all = units < 0 ? KERAS_ANY : units * gates_of(kind);
    WEIGHT(l, "kernel", KERAS_ANY, all);
    WEIGHT(l, "recurrent_kernel", units, all);
    WEIGHT(l, "bias", units < 0 ? KERAS_ANY : 2 * all);
}

static void declare_conv_cell(struct keras_layer *l)
{
    int64_t filters = config_int(l, "filters", KERAS_ANY);
    keras_weight_add(l, "kernel", true, KERAS_ANY, NULL);
    keras_weight_add(l, "recurrent_kernel", true, KERAS_ANY, NULL);
    if (config_bool(l, "use_bias", true)) WEIGHT(l, "bias", filters < 0 ? KERAS_ANY : 4 * filters);
}

static void declare_stacked(struct keras_layer *l)
{
    const json_t *cells = keras_get(l->config, "cells");
    for (size_t i = 0; i < json_array_size(cells); i++) {
        struct keras_layer *cell = keras_child_add(l, "cells", json_array_get(cells, i));
        if (cell) cell->listed = true;
    }
}

static void declare_with_cell(struct keras_layer *l)
{
    const char *cell_class = l->class->variant; /* the cell within has the layer's configuration */
    keras_child_make(l, "cell", cell_class, l->config);
}

static void declare_rnn(struct keras_layer *l)
{
    keras_child_add(l, "cell", keras_get(l->config, "cell"));
}

/* Classes of other families have variants of other types. */
static bool is_cell(const struct keras_layer *l)
{
    return l->class && (l->class->declare == declare_cell || l->class->declare == declare_cudnn ||
                        l->class->declare == declare_conv_cell);
}

/* -- ONNX's ops ---------------------------------------------------------------------------------------------------- */

struct sequence {
    struct ir_value *x, *mask; /* [batch, time, ..], [batch, time] or NULL */
    bool reverse;
};

/* Weights of one cell, gate by gate, as [gates * units, ..] in ONNX's order. */
static struct ir_value *stack_gates(struct keras_call *c, enum cell kind, struct ir_value *w, int64_t axis, int64_t units)
{
    static const int64_t lstm[GATES_MOST] = { 0, 3, 1, 2 };
    struct ir_value *parts[GATES_MOST];
    int64_t gates = gates_of(kind);
    for (int64_t g = 0; g < gates; g++) {
        int64_t from = kind == CELL_LSTM ? lstm[g] : g;
        parts[g] = ir_slice_axis(c->b, w, axis, from * units, (from + 1) * units);
    }
    return gates == 1 ? w : ir_concat(c->b, parts, (size_t)gates, axis);
}

/* cuDNN's layers keep each gate's kernel as [units, in] in the memory of [in, units], and the recurrent one turned. */
static struct ir_value *cudnn_kernel(struct keras_call *c, enum cell kind, struct ir_value *w, int64_t units, bool recurrent)
{
    struct build *b = c->b;
    struct ir_value *parts[GATES_MOST];
    int64_t gates = gates_of(kind);
    for (int64_t g = 0; g < gates; g++) {
        struct ir_value *gate = ir_slice_axis(b, w, 1, g * units, (g + 1) * units);
        parts[g] = recurrent ? TRANSPOSE(b, gate, 1, 0) : TRANSPOSE(b, RESHAPE(b, gate, units, -1), 1, 0);
    }
    return ir_concat(b, parts, (size_t)gates, 1);
}

struct cell_weights { /* as Keras' compatible layers have them */
    struct ir_value *kernel, *recurrent, *bias, *recurrent_bias; /* [in, all], [units, all], [all]; biases may be NULL */
    int64_t units;
};

static bool read_cell(struct keras_call *c, struct keras_layer *cell, struct cell_weights *w)
{
    struct build *b = c->b;
    struct keras_layer *outer = c->layer;
    enum cell kind = kind_of(cell);
    bool cudnn = strncmp(cell->class_name, "CuDNN", 5) == 0;
    *w = (struct cell_weights){ .units = config_int(cell, "units", 0) };
    if (w->units < 1 || w->units > INT32_MAX) return call_malformed(c, "%lld units", (long long)w->units), false;
    c->layer = cell;
    w->kernel = call_weight(c, "kernel");
    w->recurrent = call_weight(c, "recurrent_kernel");
    if (config_bool(cell, "use_bias", true) || cudnn) w->bias = call_weight(c, "bias");
    c->layer = outer;
    int64_t all = gates_of(kind) * w->units;
    if (cudnn) {
        w->kernel = cudnn_kernel(c, kind, w->kernel, w->units, false);
        w->recurrent = cudnn_kernel(c, kind, w->recurrent, w->units, true);
        w->recurrent_bias = ir_slice_axis(b, w->bias, 0, all, 2 * all);
        w->bias = ir_slice_axis(b, w->bias, 0, 0, all);
    } else if (kind == CELL_GRU && w->bias && config_bool(cell, "reset_after", false)) {
        w->recurrent_bias = SQUEEZE(b, ir_slice_axis(b, w->bias, 0, 1, 2), 0);
        w->bias = SQUEEZE(b, ir_slice_axis(b, w->bias, 0, 0, 1), 0);
    }
    return b->status == TFP_OK;
}

static bool resets_after(struct keras_layer *cell)
{
    return config_bool(cell, "reset_after", strncmp(cell->class_name, "CuDNN", 5) == 0);
}

static bool onnx_activations(struct keras_layer *cell, enum cell kind, struct keras_onnx_activation *out, size_t *n)
{
    bool cudnn = strncmp(cell->class_name, "CuDNN", 5) == 0;
    *n = kind == CELL_SIMPLE ? 1 : kind == CELL_GRU ? 2 : 3;
    if (cudnn) {
        for (size_t i = 0; i < *n; i++) out[i] = (struct keras_onnx_activation){ i ? "Tanh" : "Sigmoid", false, false,
                                                                                 0, 0 };
        return true;
    }
    if (kind == CELL_SIMPLE) return keras_onnx_activation(cell, "activation", "tanh", &out[0]);
    if (!keras_onnx_activation(cell, "recurrent_activation", "sigmoid", &out[0])) return false;
    if (!keras_onnx_activation(cell, "activation", "tanh", &out[1])) return false;
    out[2] = out[1];
    return true;
}

/* activations with their alphas and betas, each of which only those have that take one. */
struct activation_attrs {
    struct bytes names[3];
    float alphas[3], betas[3];
    size_t n, n_alphas, n_betas;
};

static void activation_attrs(const struct keras_onnx_activation *a, size_t n, struct activation_attrs *out)
{
    *out = (struct activation_attrs){ .n = n };
    for (size_t i = 0; i < n; i++) {
        out->names[i] = bytes_of(a[i].name);
        if (a[i].has_alpha) out->alphas[out->n_alphas++] = a[i].alpha;
        if (a[i].has_beta) out->betas[out->n_betas++] = a[i].beta;
    }
}

static struct ir_value *bias_of(struct keras_call *c, enum cell kind, const struct cell_weights *w)
{
    struct build *b = c->b;
    int64_t all = gates_of(kind) * w->units;
    if (!w->bias && !w->recurrent_bias) return NULL;
    struct ir_value *first = stack_gates(c, kind, w->bias, 0, w->units);
    struct ir_value *second = w->recurrent_bias ? stack_gates(c, kind, w->recurrent_bias, 0, w->units)
                                                : form_zeros(b, c->layer->dtype, INTS(b, all));
    return UNSQUEEZE(b, CONCAT(b, 0, first, second), 0);
}

/* One cell over all steps: the outputs [batch, time, units] in the order of the input, and the last states. */
static struct ir_value *run_op(struct keras_call *c, struct keras_layer *cell, const struct sequence *s,
                               const struct keras_onnx_activation *functions, size_t n_functions, struct ir_value **states,
                               bool zeros)
{
    static const enum ir_op ops[] = { [CELL_SIMPLE] = IR_RNN, [CELL_GRU] = IR_GRU, [CELL_LSTM] = IR_LSTM };
    struct build *b = c->b;
    enum cell kind = kind_of(cell);
    struct cell_weights w;
    struct activation_attrs a;
    struct ir_value *out[3] = { NULL, NULL, NULL }, *first[2] = { NULL, NULL };
    if (!read_cell(c, cell, &w)) return NULL;
    struct masked p = s->mask ? masked_pack(b, s->x, s->mask) : (struct masked){ .x = s->x };
    struct ir_value *x = TRANSPOSE(b, p.x, 1, 0, 2);
    struct ir_value *kernel = UNSQUEEZE(b, TRANSPOSE(b, stack_gates(c, kind, w.kernel, 1, w.units), 1, 0), 0);
    struct ir_value *recurrent = UNSQUEEZE(b, TRANSPOSE(b, stack_gates(c, kind, w.recurrent, 1, w.units), 1, 0), 0);
    struct ir_value *bias = bias_of(c, kind, &w);
    for (size_t i = 0; i < states_of(kind); i++) first[i] = states[i] ? UNSQUEEZE(b, states[i], 0) : NULL;
    if (b->status != TFP_OK) return NULL;
    activation_attrs(functions, n_functions, &a);
    struct ir_attr attrs[8] = { A_INT(ATTR_HIDDEN_SIZE, w.units) };
    size_t n = 1;
    attrs[n++] = (struct ir_attr){ .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS, .v.strings = { a.names, a.n } };
    if (a.n_alphas)
        attrs[n++] = (struct ir_attr){ .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS,
                                       .v.floats = { a.alphas, a.n_alphas } };
    if (a.n_betas)
        attrs[n++] = (struct ir_attr){ .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS,
                                       .v.floats = { a.betas, a.n_betas } };
    if (s->reverse) attrs[n++] = (struct ir_attr)A_STRING(ATTR_DIRECTION, "reverse");
    if (kind == CELL_GRU && resets_after(cell)) attrs[n++] = (struct ir_attr)A_INT(ATTR_LINEAR_BEFORE_RESET, 1);
    attrs[n] = (struct ir_attr){ .name = ATTR_NONE };
    ir_emit_many(b, ops[kind], IN(x, kernel, recurrent, bias, p.lengths, first[0], first[1]), attrs,
                 states_of(kind) + 1, out);
    struct ir_value *y = TRANSPOSE(b, SQUEEZE(b, out[0], 1), 1, 0, 2);
    if (s->mask) y = masked_unpack(b, &p, y, s->reverse, zeros);
    for (size_t i = 0; i < states_of(kind); i++) {
        struct ir_value *last = SQUEEZE(b, out[i + 1], 0);
        if (s->mask && states[i] && last) { /* a row without steps keeps its state */
            struct ir_value *none = ir_binary(b, IR_EQUAL, p.lengths, ir_scalar(b, TFP_INT32, 0));
            last = ir_where(b, UNSQUEEZE(b, none, 1), states[i], last);
        }
        states[i] = last;
    }
    return y;
}

/* -- step by step -------------------------------------------------------------------------------------------------- */

static struct ir_value *activate(struct keras_call *c, struct keras_layer *cell, const char *key, struct ir_value *x)
{
    struct keras_layer *outer = c->layer;
    c->layer = cell;
    x = call_activation(c, key, x);
    c->layer = outer;
    return x;
}

static struct ir_value *gate(struct keras_call *c, struct ir_value *v, int64_t axis, int64_t i, int64_t units)
{
    return ir_slice_axis(c->b, v, axis, i * units, (i + 1) * units);
}

static struct ir_value *plus(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return x && y ? ir_add(b, x, y) : x ? x : y;
}

/* Gates i f c o of the sum; the states are h and c, NULL: zeros. */
static struct ir_value *lstm_gates(struct keras_call *c, struct keras_layer *cell, struct ir_value *sum, int64_t axis,
                                   int64_t units, struct ir_value **states)
{
    struct build *b = c->b;
    struct ir_value *in = activate(c, cell, "recurrent_activation", gate(c, sum, axis, 0, units));
    struct ir_value *fresh = ir_mul(b, in, activate(c, cell, "activation", gate(c, sum, axis, 2, units)));
    if (states[1]) {
        struct ir_value *forget = activate(c, cell, "recurrent_activation", gate(c, sum, axis, 1, units));
        fresh = ir_add(b, ir_mul(b, forget, states[1]), fresh);
    }
    struct ir_value *out = activate(c, cell, "recurrent_activation", gate(c, sum, axis, 3, units));
    states[1] = fresh;
    return states[0] = ir_mul(b, out, activate(c, cell, "activation", fresh));
}

static struct ir_value *gru_step(struct keras_call *c, struct keras_layer *cell, const struct cell_weights *w,
                                 struct ir_value *x, struct ir_value **states)
{
    struct build *b = c->b;
    int64_t n = w->units;
    struct ir_value *from_x = plus(b, ir_matmul(b, x, w->kernel), w->bias), *h = states[0], *inner;
    struct ir_value *from_h = plus(b, ir_matmul(b, h, w->recurrent), w->recurrent_bias);
    struct ir_value *z = activate(c, cell, "recurrent_activation", ir_add(b, gate(c, from_x, 1, 0, n), gate(c, from_h,
                                                                                                            1, 0, n)));
    struct ir_value *r = activate(c, cell, "recurrent_activation", ir_add(b, gate(c, from_x, 1, 1, n), gate(c, from_h,
                                                                                                            1, 1, n)));
    if (resets_after(cell)) inner = ir_mul(b, r, gate(c, from_h, 1, 2, n));
    else inner = ir_matmul(b, ir_mul(b, r, h), gate(c, w->recurrent, 1, 2, n));
    struct ir_value *new_h = activate(c, cell, "activation", ir_add(b, gate(c, from_x, 1, 2, n), inner));
    if (!z) return NULL;
    return states[0] = ir_add(b, ir_mul(b, z, h), ir_mul(b, ir_sub(b, ir_like(b, z, 1), z), new_h));
}

static struct ir_value *dense_step(struct keras_call *c, struct keras_layer *cell, const struct cell_weights *w,
                                   struct ir_value *x, struct ir_value **states)
{
    struct build *b = c->b;
    enum cell kind = kind_of(cell);
    for (size_t i = 0; i < states_of(kind); i++)
        if (!states[i]) states[i] = form_zeros(b, c->layer->dtype, CONCAT(b, 0, ir_dim(b, x, 0), INTS(b, w->units)));
    if (kind == CELL_GRU) return gru_step(c, cell, w, x, states);
    struct ir_value *sum = ir_add(b, ir_matmul(b, x, w->kernel), ir_matmul(b, states[0], w->recurrent));
    sum = plus(b, sum, w->bias);
    if (kind == CELL_LSTM) return lstm_gates(c, cell, sum, 1, w->units, states);
    return states[0] = activate(c, cell, "activation", sum);
}

/* -- convolutional cells ------------------------------------------------------------------------------------------- */

struct conv_cell {
    struct sliding input, state;
    struct ir_value *kernel, *recurrent, *bias;
    int64_t filters;
};

static struct ir_value *conv_kernel(struct keras_call *c, size_t n, const char *name)
{
    int64_t perm[SLIDING_MOST + 2] = { (int64_t)n + 1, (int64_t)n, 0, 1, 2 };
    return ir_transpose(c->b, call_weight(c, name), perm, n + 2);
}

static bool read_conv_cell(struct keras_call *c, struct keras_layer *cell, size_t n, struct conv_cell *w)
{
    struct keras_layer *outer = c->layer;
    const char *padding = config_text(cell, "padding", "valid");
    *w = (struct conv_cell){ .filters = config_int(cell, "filters", 0) };
    w->input = (struct sliding){ .n = n, .channels_last = config_channels_last(cell), .padding = SLIDING_VALID };
    config_ints(cell, "kernel_size", 1, n, w->input.kernel);
    config_ints(cell, "dilation_rate", 1, n, w->input.dilations);
    w->state = w->input;
    config_ints(cell, "strides", 1, n, w->input.strides);
    for (size_t i = 0; i < n; i++) w->state.strides[i] = w->state.dilations[i] = 1;
    w->state.padding = SLIDING_SAME;
    if (strcmp(padding, "same") == 0) w->input.padding = SLIDING_SAME;
    else if (strcmp(padding, "valid") != 0) return call_unsupported(c, "padding %s", padding), false;
    c->layer = cell;
    w->kernel = conv_kernel(c, n, "kernel");
    w->recurrent = conv_kernel(c, n, "recurrent_kernel");
    if (config_bool(cell, "use_bias", true)) w->bias = call_weight(c, "bias");
    c->layer = outer;
    return c->b->status == TFP_OK;
}

static struct ir_value *convolve(struct keras_call *c, const struct sliding *s, struct ir_value *x, struct ir_value *w,
                                 struct ir_value *bias)
{
    struct sliding_form form;
    if (!x || !w || sliding_make_form(c->b, s, &x, false, NULL, &form) != TFP_OK) return NULL;
    return ir_emit(c->b, IR_CONV, IN(x, w, bias), form.attrs);
}

/* x and the states have channels first. */
static struct ir_value *conv_step(struct keras_call *c, struct keras_layer *cell, const struct conv_cell *w,
                                  struct ir_value *x, struct ir_value **states)
{
    struct ir_value *sum = convolve(c, &w->input, x, w->kernel, w->bias);
    if (states[0]) sum = ir_add(c->b, sum, convolve(c, &w->state, states[0], w->recurrent, NULL));
    return lstm_gates(c, cell, sum, 1, w->filters, states);
}

/* -- all steps ----------------------------------------------------------------------------------------------------- */

/* Where the mask lets a step through the new value, else the old one (NULL: zeros). */
static struct ir_value *held(struct build *b, struct ir_value *mask, struct ir_value *fresh, struct ir_value *old)
{
    int64_t axes[TFP_MAX_RANK];
    if (!mask || !fresh) return fresh;
    for (int32_t i = 1; i < fresh->rank; i++) axes[i - 1] = i;
    struct ir_value *m = fresh->rank > 1 ? ir_unsqueeze(b, mask, axes, (size_t)fresh->rank - 1) : mask;
    return ir_where(b, m, fresh, old ? old : ir_like(b, fresh, 0));
}

static struct ir_value *at_time(struct build *b, struct ir_value *v, int64_t t)
{
    return v ? SQUEEZE(b, ir_slice_axis(b, v, 1, t, t + 1), 1) : NULL;
}

static struct ir_value *run_steps(struct keras_call *c, struct keras_layer *cell, const struct sequence *s,
                                  struct ir_value **states, bool zeros)
{
    struct build *b = c->b;
    struct cell_weights w = { .units = 0 };
    struct conv_cell conv = { .filters = 0 };
    enum cell kind = kind_of(cell);
    bool convolves = kind == CELL_CONV_LSTM;
    if (!s->x || s->x->rank < 3 || !dim_fixed(s->x->dims[1]) || s->x->dims[1].n > STEPS_MOST || s->x->dims[1].n < 1)
        return call_unsupported(c,
                                "a cell that is no op of ONNX, over a length that is not known or above %d: fix it with "
                                "--shape",
                                (int)STEPS_MOST);
    if (convolves ? !read_conv_cell(c, cell, (size_t)s->x->rank - 3, &conv) : !read_cell(c, cell, &w)) return NULL;
    int64_t steps = s->x->dims[1].n;
    struct ir_value **parts = ARENA_ARRAY(&b->graph->arena, struct ir_value *, (size_t)steps), *before = NULL;
    if (!parts) return build_fail(b, tfp_no_memory(b->ctx));
    for (size_t i = 0; convolves && i < 2; i++)
        if (states[i]) states[i] = sliding_to_channels_first(b, &conv.input, states[i]);
    for (int64_t k = 0; k < steps && b->status == TFP_OK; k++) {
        int64_t t = s->reverse ? steps - 1 - k : k;
        struct ir_value *x = at_time(b, s->x, t), *mask = at_time(b, s->mask, t), *old[2] = { states[0], states[1] };
        if (convolves) x = sliding_to_channels_first(b, &conv.input, x);
        struct ir_value *y = convolves ? conv_step(c, cell, &conv, x, states) : dense_step(c, cell, &w, x, states);
        for (size_t i = 0; i < states_of(kind); i++) states[i] = held(b, mask, states[i], old[i]);
        before = held(b, mask, y, zeros ? NULL : before);
        parts[t] = UNSQUEEZE(b, convolves ? sliding_from_channels_first(b, &conv.input, before) : before, 1);
    }
    for (size_t i = 0; convolves && i < 2; i++) states[i] = sliding_from_channels_first(b, &conv.input, states[i]);
    return ir_concat(b, parts, (size_t)steps, 1);
}

static struct ir_value *run_cell(struct keras_call *c, struct keras_layer *cell, const struct sequence *s,
                                 struct ir_value **states, bool zeros)
{
    struct keras_onnx_activation functions[3];
    size_t n;
    if (kind_of(cell) == CELL_CONV_LSTM || !onnx_activations(cell, kind_of(cell), functions, &n))
        return run_steps(c, cell, s, states, zeros);
    return run_op(c, cell, s, functions, n, states, zeros);
}

/* -- layers -------------------------------------------------------------------------------------------------------- */

struct recurrent {
    struct ir_value *y, *states[STATES_MOST];
    size_t n_states;
};

static size_t cells_of(struct keras_layer *l, struct keras_layer **cells)
{
    struct keras_layer *cell = keras_child(l, "cell");
    if (!cell) return cells[0] = l, 1; /* cuDNN's */
    if (strcmp(cell->class_name, "StackedRNNCells") != 0) return cells[0] = cell, 1;
    size_t n = cell->n_children < CELLS_MOST ? cell->n_children : 0;
    for (size_t i = 0; i < n; i++) cells[i] = cell->children[i];
    return n;
}

/* What the layer computes; in the order of the input, all steps or the last. r->states has the initial ones. */
static bool run_layer(struct keras_call *c, struct keras_layer *l, struct sequence s, bool zeros, struct recurrent *r)
{
    struct build *b = c->b;
    struct keras_layer *cells[CELLS_MOST];
    size_t n = cells_of(l, cells), at = 0;
    bool sequences = config_bool(l, "return_sequences", false);
    if (!n) return call_unsupported(c, "no cells, or more than %d", (int)CELLS_MOST), false;
    for (size_t i = 0; i < n && b->status == TFP_OK; i++) {
        bool last = i + 1 == n;
        if (!is_cell(cells[i])) {
            call_unsupported(c, "cell %s (%s): a class that is not known here", cells[i]->name, cells[i]->class_name);
            break;
        }
        struct ir_value *y = run_cell(c, cells[i], &s, &r->states[at], zeros && last);
        if (last) r->y = y;
        s.x = y;
        if (last && !sequences && s.mask && zeros) r->y = at_time(b, y, s.reverse ? 0 : -1);
        else if (last && !sequences) r->y = r->states[at];
        at += states_of(kind_of(cells[i]));
    }
    r->n_states = at;
    return b->status == TFP_OK;
}

/* Initial states: an argument, or the inputs behind the first. */
static void read_states(struct keras_call *c, struct recurrent *r)
{
    struct keras_tensor states[STATES_MOST];
    size_t n = call_tensors(c, call_argument(c, 1, "initial_state"), states, STATES_MOST);
    memset(r, 0, sizeof *r);
    for (size_t i = 0; i < n; i++) r->states[i] = states[i].value;
    for (size_t i = 1; n == 0 && i < c->n_in && i <= STATES_MOST; i++) r->states[i - 1] = call_in(c, i);
    if (keras_get(c->layer->config, "num_constants") && config_int(c->layer, "num_constants", 0) > 0)
        call_unsupported(c, "constants of a cell");
}

static bool zero_output(struct keras_layer *l)
{
    return config_bool(l, "zero_output_for_mask", false);
}

static struct ir_value *as_batch_major(struct keras_call *c, struct keras_layer *l, struct ir_value *x)
{
    if (!config_bool(l, "time_major", false) || !x || x->rank < 2) return x;
    return form_move_axis(c->b, x, x->rank, 1, 0);
}

static void lower_recurrent(struct keras_call *c)
{
    struct recurrent r;
    struct keras_layer *l = c->layer;
    struct sequence s = { as_batch_major(c, l, call_in(c, 0)), c->n_in ? c->in[0].mask : NULL, false };
    bool sequences = config_bool(l, "return_sequences", false);
    s.reverse = config_bool(l, "go_backwards", false);
    read_states(c, &r);
    if (c->b->status != TFP_OK || !run_layer(c, l, s, zero_output(l), &r)) return;
    if (sequences && s.reverse) r.y = form_reverse(c->b, r.y, (const int64_t[]){ 1 }, 1);
    call_out(c, sequences ? as_batch_major(c, l, r.y) : r.y);
    if (sequences) call_mask(c, s.mask);
    for (size_t i = 0; config_bool(l, "return_state", false) && i < r.n_states; i++) call_out(c, r.states[i]);
}

/* -- Bidirectional ------------------------------------------------------------------------------------------------- */

static struct keras_layer *add_direction(struct keras_layer *l, const char *attribute, const json_t *layer)
{
    struct keras_layer *child = keras_child_add(l, attribute, layer);
    struct keras_source *s = (struct keras_source *)(uintptr_t)l->source;
    if (!child) return NULL;
    const char *prefix = strcmp(attribute, "forward_layer") == 0 ? "forward_" : "backward_";
    if (strncmp(child->name, prefix, strlen(prefix)) == 0) return child;
    const char *name = arena_printf(&s->arena, "%s%s", prefix, child->name);
    if (name) child->name = name;
    return child;
}

static void declare_bidirectional(struct keras_layer *l)
{
    const json_t *layer = keras_get(l->config, "layer"), *backward = keras_get(l->config, "backward_layer");
    add_direction(l, "forward_layer", layer);
    add_direction(l, "backward_layer", backward ? backward : layer);
}

/* Since TensorFlow 1.14 the outputs of steps that are left out are zeros where a wrapped layer gives all steps. */
static bool zeros_in_bidirectional(const struct keras_call *c, struct keras_layer *l)
{
    bool standalone = c->source->generation < 3 && strncmp(c->source->keras_version, "2.", 2) == 0 &&
                      !strstr(c->source->keras_version, "-tf") && atoi(c->source->keras_version + 2) < 4;
    return zero_output(l) || (!standalone && config_bool(l, "return_sequences", false));
}

static struct ir_value *merge(struct keras_call *c, const char *mode, struct ir_value *x, struct ir_value *y)
{
    struct build *b = c->b;
    if (!x || !y) return NULL;
    if (strcmp(mode, "concat") == 0) return CONCAT(b, -1, x, y);
    if (strcmp(mode, "sum") == 0) return ir_add(b, x, y);
    if (strcmp(mode, "mul") == 0) return ir_mul(b, x, y);
    if (strcmp(mode, "ave") == 0) return ir_div(b, ir_add(b, x, y), ir_like(b, x, 2));
    return call_malformed(c, "merge_mode %s", mode);
}

static bool is_recurrent(const struct keras_layer *l)
{
    return l && l->class && (l->class->lower == lower_recurrent);
}

static void lower_bidirectional(struct keras_call *c)
{
    struct recurrent given, r[2];
    struct keras_layer *l[2] = { keras_child(c->layer, "forward_layer"), keras_child(c->layer, "backward_layer") };
    struct sequence s = { call_in(c, 0), c->n_in ? c->in[0].mask : NULL, false };
    const json_t *mode = json_object_get(c->layer->config, "merge_mode");
    if (!is_recurrent(l[0]) || !is_recurrent(l[1])) {
        call_unsupported(c, "layers other than recurrent ones");
        return;
    }
    read_states(c, &given);
    size_t n_given = 0;
    while (n_given < STATES_MOST && given.states[n_given]) n_given++;
    for (size_t i = 0; i < 2; i++) {
        memset(&r[i], 0, sizeof r[i]);
        for (size_t k = 0; k < n_given / 2; k++) r[i].states[k] = given.states[i * (n_given / 2) + k];
        s.reverse = i == 1;
        if (c->b->status == TFP_OK) run_layer(c, l[i], s, zeros_in_bidirectional(c, l[i]), &r[i]);
    }
    if (c->b->status != TFP_OK) return;
    bool sequences = config_bool(l[0], "return_sequences", false), apart = mode && !json_is_string(mode);
    if (apart) {
        call_out(c, r[0].y);
        if (sequences) call_mask(c, s.mask);
        call_out(c, r[1].y);
    } else {
        call_out(c, merge(c, mode ? json_string_value(mode) : "concat", r[0].y, r[1].y));
    }
    if (sequences) call_mask(c, s.mask);
    for (size_t i = 0; config_bool(l[0], "return_state", false) && i < 2; i++)
        for (size_t k = 0; k < r[i].n_states; k++) call_out(c, r[i].states[k]);
}

/* -- TimeDistributed ----------------------------------------------------------------------------------------------- */

/* Batch and time become one axis for the inner layer. */
static void lower_time_distributed(struct keras_call *c)
{
    struct build *b = c->b;
    struct keras_tensor in[KERAS_IN_MOST];
    struct ir_value *x = call_in(c, 0);
    if (call_rank(c, x) < 2) return;
    struct ir_value *batch = ir_dim(b, x, 0), *time = ir_dim(b, x, 1);
    for (size_t i = 0; i < c->n_in; i++) {
        struct ir_value *v = call_in(c, i);
        struct ir_value *both = form_product(b, form_dims(b, v, 0, 2));
        in[i] = (struct keras_tensor){ FORM_RESHAPE(b, v, both, form_dims(b, v, 2, INT64_MAX)), NULL };
    }
    struct keras_tensor y = call_layer(c, keras_child(c->layer, "layer"), in, c->n_in);
    call_out(c, FORM_RESHAPE(b, y.value, batch, time, form_dims(b, y.value, 1, INT64_MAX)));
    call_mask(c, c->in[0].mask ? c->in[0].mask : y.mask && y.mask->rank == 1 ? FORM_RESHAPE(b, y.mask, batch, time) : NULL);
}

#define CELL(name, kind) { name, declare_cell, NULL, KERAS_MASK_STOPS, false, &kind, "a cell outside of a recurrent layer" }
#define LAYER(name, cell_class)                                                                                        \
    { name, declare_with_cell, lower_recurrent, KERAS_MASK_OWN, false, cell_class, NULL }
#define CONV(name, cell_class)                                                                                         \
    { name, declare_with_cell, lower_recurrent, KERAS_MASK_OWN, false, cell_class, "an open length" }
#define CONV_CELL(name)                                                                                                \
    { name, declare_conv_cell, NULL, KERAS_MASK_STOPS, false, &cell_conv, "a cell outside of a recurrent layer" }

static const struct keras_class classes[] = {
    { "Bidirectional", declare_bidirectional, lower_bidirectional, KERAS_MASK_OWN, false, NULL,
      "other layers than recurrent ones" },
    CONV("ConvLSTM1D", "ConvLSTM1DCell"),
    CONV_CELL("ConvLSTM1DCell"),
    CONV("ConvLSTM2D", "ConvLSTM2DCell"),
    CONV_CELL("ConvLSTM2DCell"),
    CONV("ConvLSTM3D", "ConvLSTM3DCell"),
    CONV_CELL("ConvLSTM3DCell"),
    { "CuDNNGRU", declare_cudnn, lower_recurrent, KERAS_MASK_OWN, false, &cell_gru, NULL },
    { "CuDNNLSTM", declare_cudnn, lower_recurrent, KERAS_MASK_OWN, false, &cell_lstm, NULL },
    LAYER("GRU", "GRUCell"),
    CELL("GRUCell", cell_gru),
    LAYER("LSTM", "LSTMCell"),
    CELL("LSTMCell", cell_lstm),
    { "RNN", declare_rnn, lower_recurrent, KERAS_MASK_OWN, false, NULL, "cells of other classes; constants" },
    LAYER("SimpleRNN", "SimpleRNNCell"),
    CELL("SimpleRNNCell", cell_simple),
    { "StackedRNNCells", declare_stacked, NULL, KERAS_MASK_STOPS, false, NULL, "a cell outside of a recurrent layer" },
    { "TimeDistributed", keras_declare_wrapper, lower_time_distributed, KERAS_MASK_OWN, false, NULL, NULL },
};

extern const struct keras_family keras_family_recurrent;
KERAS_FAMILY(recurrent, "Recurrent");
