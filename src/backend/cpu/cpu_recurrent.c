/* LSTM, GRU and RNN of a few rows: the contributions of the inputs are one matrix product over the whole sequence; each step
 * then adds the product of the state, with weights that lie so that a row of them is one vector after another, and runs the
 * cell. */
#include "backend/cpu/cpu_plan.h"

#include "backend/cpu/cpu_math.h"

#include <string.h>

enum { MOST_ROWS = 8, MOST_GATES = 4 };

struct recurrent;

/* One row's next step: `gates` is what the inputs give, and is used up; `room` has a value for each gate and unit. */
typedef void cell_fn(const struct recurrent *s, float *gates, float *h, float *c, float *room);

struct recurrent {
    cell_fn *cell;
    int64_t steps, rows, inputs, units, gates;
    const float *weights;    /* [gates * units, inputs] */
    float *recurrent, *bias; /* as the cell wants them: see pack() */
    bool lengths, h, c;      /* whether there is such an input */
};

/* gates += h * weights, h [n], weights [n, width] */
CPU_CLONES static void add_product(const float *restrict h, const float *restrict weights, float *restrict gates, int64_t n,
                                   int64_t width)
{
    int64_t k = 0;
    for (; k + 4 <= n; k += 4) {
        const float *w = weights + k * width;
        const float h0 = h[k], h1 = h[k + 1], h2 = h[k + 2], h3 = h[k + 3];
        for (int64_t i = 0; i < width; i++)
            gates[i] += (h0 * w[i] + h1 * w[width + i]) + (h2 * w[2 * width + i] + h3 * w[3 * width + i]);
    }
    for (; k < n; k++)
        for (int64_t i = 0; i < width; i++)
            gates[i] += h[k] * weights[k * width + i];
}

/* -- cells: formulas and order of gates as in ONNX's LSTM, GRU and RNN -------------------------------------------------- */

CPU_CLONES static void lstm_gates(const float *restrict gates, const float *restrict bias, float *restrict c, float *restrict h,
                                  int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        float in = math_logistic(gates[i] + bias[i]), out = math_logistic(gates[n + i] + bias[n + i]);
        float forget = math_logistic(gates[2 * n + i] + bias[2 * n + i]), fresh = math_tanh(gates[3 * n + i] + bias[3 * n + i]);
        c[i] = forget * c[i] + in * fresh;
        h[i] = out * math_tanh(c[i]);
    }
}

static void lstm_cell(const struct recurrent *s, float *gates, float *h, float *c, float *room)
{
    (void)room;
    add_product(h, s->recurrent, gates, s->units, 4 * s->units);
    lstm_gates(gates, s->bias, c, h, s->units);
}

CPU_CLONES static void rnn_gate(const float *restrict gates, const float *restrict bias, float *restrict h, int64_t n)
{
    for (int64_t i = 0; i < n; i++) h[i] = math_tanh(gates[i] + bias[i]);
}

static void rnn_cell(const struct recurrent *s, float *gates, float *h, float *c, float *room)
{
    (void)c;
    (void)room;
    add_product(h, s->recurrent, gates, s->units, s->units);
    rnn_gate(gates, s->bias, h, s->units);
}

/* `state` is what h gives to each gate; the last one's is scaled with the reset gate, bias and all. */
CPU_CLONES static void gru_gates(const float *restrict gates, const float *restrict state, const float *restrict bias,
                                 float *restrict h, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        float update = math_logistic(gates[i] + state[i] + bias[i]);
        float reset = math_logistic(gates[n + i] + state[n + i] + bias[n + i]);
        float fresh = math_tanh(gates[2 * n + i] + bias[2 * n + i] + reset * (state[2 * n + i] + bias[3 * n + i]));
        h[i] = (1.0f - update) * fresh + update * h[i];
    }
}

static void gru_cell(const struct recurrent *s, float *gates, float *h, float *c, float *room)
{
    (void)c;
    memset(room, 0, (size_t)(3 * s->units) * sizeof *room);
    add_product(h, s->recurrent, room, s->units, 3 * s->units);
    gru_gates(gates, room, s->bias, h, s->units);
}

CPU_CLONES static void reset_state(const float *restrict gates, const float *restrict bias, const float *restrict h,
                                   float *restrict to, int64_t n)
{
    for (int64_t i = 0; i < n; i++) to[i] = h[i] * math_logistic(gates[n + i] + bias[n + i]);
}

CPU_CLONES static void blend_state(const float *restrict gates, const float *restrict bias, float *restrict h, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        float update = math_logistic(gates[i] + bias[i]), fresh = math_tanh(gates[2 * n + i] + bias[2 * n + i]);
        h[i] = (1.0f - update) * fresh + update * h[i];
    }
}

/* linear_before_reset 0: the state is scaled with the reset gate before the last gate's product. */
static void gru_cell_reset_first(const struct recurrent *s, float *gates, float *h, float *c, float *room)
{
    const int64_t n = s->units;
    (void)c;
    add_product(h, s->recurrent, gates, n, 2 * n);
    reset_state(gates, s->bias, h, room, n);
    add_product(room, s->recurrent + 2 * n * n, gates + 2 * n, n, n);
    blend_state(gates, s->bias, h, n);
}

/* What tells the ops apart. */
static const struct kind {
    enum ir_op op;
    int64_t gates;
    const char *activations[3]; /* what the op has when it names none */
} kinds[] = {
    { IR_LSTM, 4, { "Sigmoid", "Tanh", "Tanh" } },
    { IR_GRU, 3, { "Sigmoid", "Tanh" } },
    { IR_RNN, 1, { "Tanh" } },
};

/* -- running ------------------------------------------------------------------------------------------------------- */

/* One row of the batch over all its steps; `gates` [steps, rows, gates * units] is what the inputs give. */
static void run_row(const struct recurrent *s, int64_t row, int64_t length, float *gates, float *y, float *h, float *c,
                    float *room)
{
    const int64_t n = s->units, width = s->gates * n;
    for (int64_t t = 0; t < s->steps; t++) {
        float *to = y + (t * s->rows + row) * n;
        if (t >= length) {
            memset(to, 0, (size_t)n * sizeof *to);
            continue;
        }
        s->cell(s, gates + (t * s->rows + row) * width, h, c, room);
        memcpy(to, h, (size_t)n * sizeof *to);
    }
}

static void start(float *to, const struct slot *from, size_t n)
{
    if (from) memcpy(to, from->t.data, n * sizeof *to);
    else memset(to, 0, n * sizeof *to);
}

enum { Y, LAST_H, LAST_C, GATES, ROOM, OUTPUTS };

/* Slots: x, then lengths, h and c where they are; y, last h, last c, room for gates and cells. */
static tfp_status run_recurrent(struct run *r, struct step *step)
{
    const struct recurrent *s = step->state;
    const int64_t n = s->units, width = s->gates * n;
    uint32_t at = 1;
    const struct slot *lengths = s->lengths ? step->slots[at++] : NULL, *first_h = s->h ? step->slots[at++] : NULL;
    const struct slot *first_c = s->c ? step->slots[at++] : NULL;
    float *out[OUTPUTS];
    for (size_t i = 0; i < OUTPUTS; i++) out[i] = step->slots[step->n_in + i]->t.data;
    start(out[LAST_H], first_h, (size_t)(s->rows * n));
    start(out[LAST_C], first_c, (size_t)(s->rows * n));
    dnnl_status_t status = onednn.sgemm('N', 'T', s->steps * s->rows, width, s->inputs, 1.0f, step->slots[0]->t.data, s->inputs,
                                        s->weights, s->inputs, 0.0f, out[GATES], width);
    bool refused;
    TFP_TRY(step_answer(r->ctx, status, &refused));
    if (refused) return tfp_fail(r->ctx, TFP_E_SYSTEM, "oneDNN has no product of float32 matrices");
    for (int64_t i = 0; i < s->rows; i++) {
        const int64_t length = lengths ? tensor_int(&lengths->t, i) : s->steps;
        if (length < 0 || length > s->steps)
            return tfp_fail(r->ctx, TFP_E_FORMAT, "a sequence cannot be %lld long", (long long)length);
    }
#pragma omp parallel for num_threads(r->session->threads) if (s->rows > 1)
    for (int64_t i = 0; i < s->rows; i++)
        run_row(s, i, lengths ? tensor_int(&lengths->t, i) : s->steps, out[GATES], out[Y], out[LAST_H] + i * n,
                out[LAST_C] + i * n, out[ROOM] + i * width);
    return TFP_OK;
}

/* -- making -------------------------------------------------------------------------------------------------------- */

static bool usual_activations(const struct ir_node *n, const struct kind *kind)
{
    const struct ir_attr *a = ir_attr(n, ATTR_ACTIVATIONS);
    if (!a) return true;
    if (a->kind != ATTR_KIND_STRINGS) return false;
    for (size_t i = 0; i < 3; i++) {
        if (!kind->activations[i]) return a->v.strings.n == i;
        if (i >= a->v.strings.n || !bytes_equal(a->v.strings.at[i], kind->activations[i])) return false;
    }
    return a->v.strings.n == 3;
}

static bool is_weights(const struct ir_value *v, uint32_t rank, const int64_t *dims)
{
    const struct tensor *t = v ? v->constant : NULL;
    return t && t->dtype == TFP_FLOAT && t->rank == rank && memcmp(t->dims, dims, rank * sizeof *dims) == 0 &&
           tensor_is_aligned(t);
}

static bool is_state(const struct ir_value *v, const struct recurrent *s)
{
    return !v || (v->dtype == TFP_FLOAT && v->rank == 3 && dim_is(v->dims[0], 1) && dim_is(v->dims[1], s->rows) &&
                  dim_is(v->dims[2], s->units));
}

static cell_fn *cell_of(const struct ir_node *n)
{
    switch (n->op) {
    case IR_LSTM: return lstm_cell;
    case IR_GRU: return ir_attr_int(n, ATTR_LINEAR_BEFORE_RESET, 0) ? gru_cell : gru_cell_reset_first;
    default: return rnn_cell;
    }
}

/* Forward, few rows, constant weights, nothing clipped or joined. */
static bool read_recurrent(const struct ir_node *n, const struct kind *kind, struct recurrent *s)
{
    const struct ir_value *x = ir_in(n, 0), *r = ir_in(n, 2), *lengths = ir_in(n, 4);
    int64_t dims[TFP_MAX_RANK];
    if (!layout_fits(x) || x->rank != 3 || !ir_static_dims(x, dims) || !r || !r->constant || r->constant->rank != 3) return false;
    *s = (struct recurrent){ .cell = cell_of(n), .gates = kind->gates, .steps = dims[0], .rows = dims[1], .inputs = dims[2],
                             .units = r->constant->dims[2] };
    const int64_t width = s->gates * s->units;
    if (s->rows > MOST_ROWS || s->units < 1 || s->units > INT32_MAX / 8 || !usual_activations(n, kind)) return false;
    if (!is_weights(ir_in(n, 1), 3, (int64_t[]){ 1, width, s->inputs }) ||
        !is_weights(r, 3, (int64_t[]){ 1, width, s->units }) ||
        (ir_in(n, 3) && !is_weights(ir_in(n, 3), 2, (int64_t[]){ 1, 2 * width })))
        return false;
    if (ir_attr(n, ATTR_DIRECTION) && !ir_attr_is(n, ATTR_DIRECTION, "forward")) return false;
    if (ir_attr_int(n, ATTR_LAYOUT, 0) || ir_attr_int(n, ATTR_INPUT_FORGET, 0) || ir_attr(n, ATTR_CLIP) || ir_in(n, 7)) return false;
    if (lengths && (lengths->dtype != TFP_INT32 || lengths->rank != 1 || !dim_is(lengths->dims[0], s->rows))) return false;
    s->lengths = lengths != NULL;
    s->h = ir_in(n, 5) != NULL;
    s->c = ir_in(n, 6) != NULL;
    s->weights = ir_in(n, 1)->constant->data;
    return is_state(ir_in(n, 5), s) && is_state(ir_in(n, 6), s);
}

/* Rows `from` to `to` of [.., units] as columns. */
static float *transpose_rows(const float *r, int64_t from, int64_t to, int64_t units, float *out)
{
    for (int64_t i = from; i < to; i++)
        for (int64_t k = 0; k < units; k++) out[k * (to - from) + i - from] = r[i * units + k];
    return out + (to - from) * units;
}

/* recurrent: [units, width], of gru_cell_reset_first [units, 2 * units] and [units, units]. bias: [width], that of the inputs and
 * that of the state together; of gru_cell the state's of the last gate is apart, behind the others. */
static tfp_status pack(struct builder *b, const struct ir_node *n, struct recurrent *s)
{
    const int64_t width = s->gates * s->units;
    const float *r = ir_in(n, 2)->constant->data, *bias = ir_in(n, 3) ? ir_in(n, 3)->constant->data : NULL;
    s->recurrent = ARENA_ARRAY(&b->plan->arena, float, (size_t)(s->units * width));
    s->bias = ARENA_ARRAY(&b->plan->arena, float, (size_t)(MOST_GATES * s->units));
    if (!s->recurrent || !s->bias) return tfp_no_memory(b->ctx);
    const int64_t first = s->cell == gru_cell_reset_first ? 2 * s->units : width;
    transpose_rows(r, first, width, s->units, transpose_rows(r, 0, first, s->units, s->recurrent));
    const int64_t apart = s->cell == gru_cell ? 2 * s->units : width;
    for (int64_t i = 0; i < width && bias; i++) {
        s->bias[i] = bias[i] + (i < apart ? bias[width + i] : 0);
        if (i >= apart) s->bias[s->units + i] = bias[width + i];
    }
    return TFP_OK;
}

tfp_status make_recurrent(struct builder *b, const struct unit *u, bool *made)
{
    const struct ir_node *n = u->head;
    const struct kind *kind = kinds;
    struct recurrent *s = ARENA_NEW(&b->plan->arena, struct recurrent);
    struct slot *in[4], *out[OUTPUTS];
    uint32_t n_in = 0;
    if (!s) return tfp_no_memory(b->ctx);
    while (kind->op != n->op) kind++;
    if (u->n_nodes != 1 || !read_recurrent(n, kind, s)) return TFP_OK;
    TFP_TRY(pack(b, n, s));
    *made = true;
    static const size_t inputs[] = { 0, 4, 5, 6 };
    for (size_t i = 0; i < 4; i++)
        if (ir_in(n, inputs[i])) TFP_TRY(layout_row_major(b, ir_in(n, inputs[i]), &in[n_in++]));
    const size_t state = (size_t)(s->rows * s->units) * sizeof(float), all = (size_t)s->steps * state;
    const size_t sizes[] = { all, state, state, (size_t)s->gates * all, (size_t)s->gates * state };
    for (size_t i = 0; i < OUTPUTS; i++) {
        struct ir_value *v = i < GATES && i < n->n_out ? n->out[i] : NULL;
        TFP_TRY(v ? layout_new(b, v, NULL, &out[i]) : layout_scratch(b, sizes[i], &out[i]));
    }
    return step_add(b, n, run_recurrent, in, n_in, out, OUTPUTS, s, NULL);
}
