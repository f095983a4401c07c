/* LSTM of a few rows: the contributions of the inputs are one matrix product over the whole sequence; each step then adds
 * the product of the state, with weights that lie so that a row of them is one vector after another, and runs the cell. */
#include "backend/cpu/cpu_plan.h"

#include "backend/cpu/cpu_math.h"

#include <string.h>

enum { MOST_ROWS = 8, GATES = 4 }; /* in ONNX's order i o f c */

struct lstm_state {
    int64_t steps, rows, inputs, units;
    const float *weights;   /* [4 * units, inputs] */
    float *recurrent, *bias; /* [units, 4 * units], [4 * units] */
    bool lengths, h, c;      /* whether there is such an input */
};

/* gates += h * weights, h [n], weights [n, width] */
CPU_CLONES static void add_product(const float *restrict h, const float *restrict weights, float *restrict gates, int64_t n, int64_t width)
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

CPU_CLONES static void run_cell(const float *restrict gates, const float *restrict bias, float *restrict c, float *restrict h,
                                int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        float in = math_logistic(gates[i] + bias[i]), out = math_logistic(gates[n + i] + bias[n + i]);
        float forget = math_logistic(gates[2 * n + i] + bias[2 * n + i]), fresh = math_tanh(gates[3 * n + i] + bias[3 * n + i]);
        c[i] = forget * c[i] + in * fresh;
        h[i] = out * math_tanh(c[i]);
    }
}

/* One row of the batch over all its steps; `gates` [steps, rows, 4 * units] is what the inputs give, and is used up. */
static void run_row(const struct lstm_state *s, int64_t row, int64_t length, float *gates, float *y, float *h, float *c)
{
    const int64_t n = s->units, width = GATES * n;
    for (int64_t t = 0; t < s->steps; t++) {
        float *to = y + (t * s->rows + row) * n, *at = gates + (t * s->rows + row) * width;
        if (t >= length) {
            memset(to, 0, (size_t)n * sizeof *to);
            continue;
        }
        add_product(h, s->recurrent, at, n, width);
        run_cell(at, s->bias, c, h, n);
        memcpy(to, h, (size_t)n * sizeof *to);
    }
}

static void start(float *to, const struct slot *from, size_t n)
{
    if (from) memcpy(to, from->t.data, n * sizeof *to);
    else memset(to, 0, n * sizeof *to);
}

/* Slots: x, then lengths, h and c where they are; y, last h, last c, room for gates. */
static tfp_status run_lstm(struct run *r, struct step *step)
{
    const struct lstm_state *s = step->state;
    const int64_t width = GATES * s->units;
    uint32_t at = 1;
    const struct slot *lengths = s->lengths ? step->slots[at++] : NULL, *first_h = s->h ? step->slots[at++] : NULL;
    const struct slot *first_c = s->c ? step->slots[at++] : NULL;
    float *out[4];
    for (size_t i = 0; i < 4; i++) out[i] = step->slots[step->n_in + i]->t.data;
    start(out[1], first_h, (size_t)(s->rows * s->units));
    start(out[2], first_c, (size_t)(s->rows * s->units));
    dnnl_status_t status = onednn.sgemm('N', 'T', s->steps * s->rows, width, s->inputs, 1.0f, step->slots[0]->t.data, s->inputs,
                                      s->weights, s->inputs, 0.0f, out[3], width);
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
        run_row(s, i, lengths ? tensor_int(&lengths->t, i) : s->steps, out[3], out[0], out[1] + i * s->units,
                out[2] + i * s->units);
    return TFP_OK;
}

/* -- making -------------------------------------------------------------------------------------------------------- */

/* The activations that an LSTM has when it names none. */
static bool usual_activations(const struct ir_node *n)
{
    static const char *const usual[] = { "Sigmoid", "Tanh", "Tanh" };
    const struct ir_attr *a = ir_attr(n, ATTR_ACTIVATIONS);
    if (!a) return true;
    for (size_t i = 0; i < 3; i++)
        if (a->kind != ATTR_KIND_STRINGS || a->v.strings.n != 3 || !bytes_equal(a->v.strings.at[i], usual[i])) return false;
    return true;
}

static bool is_weights(const struct ir_value *v, uint32_t rank, const int64_t *dims)
{
    const struct tensor *t = v ? v->constant : NULL;
    return t && t->dtype == TFP_FLOAT && t->rank == rank && memcmp(t->dims, dims, rank * sizeof *dims) == 0 &&
           tensor_is_aligned(t);
}

static bool is_state(const struct ir_value *v, const struct lstm_state *s)
{
    return !v || (v->dtype == TFP_FLOAT && v->rank == 3 && dim_is(v->dims[0], 1) && dim_is(v->dims[1], s->rows) &&
                  dim_is(v->dims[2], s->units));
}

/* Forward, few rows, constant weights, nothing clipped or joined. */
static bool read_lstm(const struct ir_node *n, struct lstm_state *s)
{
    const struct ir_value *x = ir_in(n, 0), *r = ir_in(n, 2), *lengths = ir_in(n, 4);
    int64_t dims[TFP_MAX_RANK];
    if (!layout_fits(x) || x->rank != 3 || !ir_static_dims(x, dims) || !r || !r->constant || r->constant->rank != 3) return false;
    *s = (struct lstm_state){ .steps = dims[0], .rows = dims[1], .inputs = dims[2], .units = r->constant->dims[2] };
    const int64_t width = GATES * s->units;
    if (s->rows > MOST_ROWS || s->units < 1 || s->units > INT32_MAX / 8 || !usual_activations(n)) return false;
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

static tfp_status pack(struct builder *b, const struct ir_node *n, struct lstm_state *s)
{
    const int64_t width = GATES * s->units;
    const float *r = ir_in(n, 2)->constant->data, *bias = ir_in(n, 3) ? ir_in(n, 3)->constant->data : NULL;
    s->recurrent = ARENA_ARRAY(&b->plan->arena, float, (size_t)(s->units * width));
    s->bias = ARENA_ARRAY(&b->plan->arena, float, (size_t)width);
    if (!s->recurrent || !s->bias) return tfp_no_memory(b->ctx);
    for (int64_t i = 0; i < width; i++)
        for (int64_t k = 0; k < s->units; k++) s->recurrent[k * width + i] = r[i * s->units + k];
    for (int64_t i = 0; i < width && bias; i++) s->bias[i] = bias[i] + bias[width + i];
    return TFP_OK;
}

tfp_status make_lstm(struct builder *b, const struct unit *u, bool *made)
{
    const struct ir_node *n = u->head;
    struct lstm_state *s = ARENA_NEW(&b->plan->arena, struct lstm_state);
    struct slot *in[4], *out[4];
    uint32_t n_in = 0;
    if (!s) return tfp_no_memory(b->ctx);
    if (u->n_nodes != 1 || !read_lstm(n, s)) return TFP_OK;
    TFP_TRY(pack(b, n, s));
    *made = true;
    static const size_t inputs[] = { 0, 4, 5, 6 };
    for (size_t i = 0; i < 4; i++)
        if (ir_in(n, inputs[i])) TFP_TRY(layout_row_major(b, ir_in(n, inputs[i]), &in[n_in++]));
    const size_t state = (size_t)(s->rows * s->units) * sizeof(float), all = (size_t)s->steps * state;
    const size_t sizes[] = { all, state, state, GATES * all };
    for (size_t i = 0; i < 4; i++) {
        struct ir_value *v = i < 3 && i < n->n_out ? n->out[i] : NULL;
        TFP_TRY(v ? layout_new(b, v, NULL, &out[i]) : layout_scratch(b, sizes[i], &out[i]));
    }
    return step_add(b, n, run_lstm, in, n_in, out, 4, s, NULL);
}
