/* Cells as ONNX's LSTM, GRU and RNN, where their activations are among theirs.
 *
 * A mask leaves steps out wherever they stand: the state waits, and the output is the one before. ONNX knows lengths
 * only: see ir/masked.h. */
#include "frontend/keras/layers/keras_cells.h"
#include "ir/masked.h"

enum { GATES_MOST = 4 };

enum cell cell_kind(const struct keras_layer *cell)
{
    return *(const enum cell *)cell->class->variant;
}

size_t cell_states(enum cell kind)
{
    return kind == CELL_LSTM || kind == CELL_CONV_LSTM ? 2 : 1;
}

/* -- weights ------------------------------------------------------------------------------------------------------- */

static int64_t gates_of(enum cell kind)
{
    return kind == CELL_SIMPLE ? 1 : kind == CELL_GRU ? 3 : 4;
}

void cell_declare(struct keras_layer *l)
{
    enum cell kind = cell_kind(l);
    int64_t units = config_int(l, "units", KERAS_ANY), all = units < 0 ? KERAS_ANY : units * gates_of(kind);
    WEIGHT(l, "kernel", KERAS_ANY, all);
    WEIGHT(l, "recurrent_kernel", units, all);
    if (!config_bool(l, "use_bias", true)) return;
    if (kind == CELL_GRU && config_bool(l, "reset_after", false)) WEIGHT(l, "bias", 2, all);
    else WEIGHT(l, "bias", all);
}

void cell_declare_cudnn(struct keras_layer *l)
{
    enum cell kind = cell_kind(l);
    int64_t units = config_int(l, "units", KERAS_ANY), all = units < 0 ? KERAS_ANY : units * gates_of(kind);
    WEIGHT(l, "kernel", KERAS_ANY, all);
    WEIGHT(l, "recurrent_kernel", units, all);
    WEIGHT(l, "bias", units < 0 ? KERAS_ANY : 2 * all);
}

void cell_declare_conv(struct keras_layer *l)
{
    int64_t filters = config_int(l, "filters", KERAS_ANY);
    keras_weight_add(l, "kernel", true, KERAS_ANY, NULL);
    keras_weight_add(l, "recurrent_kernel", true, KERAS_ANY, NULL);
    if (config_bool(l, "use_bias", true)) WEIGHT(l, "bias", filters < 0 ? KERAS_ANY : 4 * filters);
}

/* Classes of other families have variants of other types. */
bool cell_is_known(const struct keras_layer *l)
{
    return l->class && (l->class->declare == cell_declare || l->class->declare == cell_declare_cudnn ||
                        l->class->declare == cell_declare_conv);
}

/* -- ONNX's ops ---------------------------------------------------------------------------------------------------- */

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

bool cell_read(struct keras_call *c, struct keras_layer *cell, struct cell_weights *w)
{
    struct build *b = c->b;
    struct keras_layer *outer = c->layer;
    enum cell kind = cell_kind(cell);
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

bool cell_resets_after(struct keras_layer *cell)
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
    enum cell kind = cell_kind(cell);
    struct cell_weights w;
    struct activation_attrs a;
    struct ir_value *out[3] = { NULL, NULL, NULL }, *first[2] = { NULL, NULL };
    if (!cell_read(c, cell, &w)) return NULL;
    struct masked p = s->mask ? masked_pack(b, s->x, s->mask) : (struct masked){ .x = s->x };
    struct ir_value *x = TRANSPOSE(b, p.x, 1, 0, 2);
    struct ir_value *kernel = UNSQUEEZE(b, TRANSPOSE(b, stack_gates(c, kind, w.kernel, 1, w.units), 1, 0), 0);
    struct ir_value *recurrent = UNSQUEEZE(b, TRANSPOSE(b, stack_gates(c, kind, w.recurrent, 1, w.units), 1, 0), 0);
    struct ir_value *bias = bias_of(c, kind, &w);
    for (size_t i = 0; i < cell_states(kind); i++) first[i] = states[i] ? UNSQUEEZE(b, states[i], 0) : NULL;
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
    if (kind == CELL_GRU && cell_resets_after(cell)) attrs[n++] = (struct ir_attr)A_INT(ATTR_LINEAR_BEFORE_RESET, 1);
    attrs[n] = (struct ir_attr){ .name = ATTR_NONE };
    ir_emit_many(b, ops[kind], IN(x, kernel, recurrent, bias, p.lengths, first[0], first[1]), attrs,
                 cell_states(kind) + 1, out);
    struct ir_value *y = TRANSPOSE(b, SQUEEZE(b, out[0], 1), 1, 0, 2);
    if (s->mask) y = masked_unpack(b, &p, y, s->reverse, zeros);
    for (size_t i = 0; i < cell_states(kind); i++) {
        struct ir_value *last = SQUEEZE(b, out[i + 1], 0);
        if (s->mask && states[i] && last) { /* a row without steps keeps its state */
            struct ir_value *none = ir_binary(b, IR_EQUAL, p.lengths, ir_scalar(b, TFP_INT32, 0));
            last = ir_where(b, UNSQUEEZE(b, none, 1), states[i], last);
        }
        states[i] = last;
    }
    return y;
}

struct ir_value *cell_run(struct keras_call *c, struct keras_layer *cell, const struct sequence *s,
                                 struct ir_value **states, bool zeros)
{
    struct keras_onnx_activation functions[3];
    size_t n;
    if (cell_kind(cell) == CELL_CONV_LSTM || !onnx_activations(cell, cell_kind(cell), functions, &n))
        return cell_run_steps(c, cell, s, states, zeros);
    return run_op(c, cell, s, functions, n, states, zeros);
}
