/* RNN, GRU and LSTM. All gates' contributions of the inputs are one matrix product over the whole sequence; each step
 * then adds the product of the states and runs the cell. Equations and gate orders as in the operators' descriptions
 * (onnx.ai): RNN i, GRU z r h, LSTM i o f c. */
#include "ir/kernels/product.h"

#include <math.h>
#include <strings.h>

enum { GATES_MAX = 4, ACTIVATIONS_MAX = 3 };

enum activation {
    ACT_RELU, ACT_TANH, ACT_SIGMOID, ACT_AFFINE, ACT_LEAKY_RELU, ACT_THRESHOLDED_RELU, ACT_SCALED_TANH,
    ACT_HARD_SIGMOID, ACT_ELU, ACT_SOFTSIGN, ACT_SOFTPLUS
};

static const struct {
    const char *name;
    bool takes_alpha, takes_beta;
    float alpha, beta; /* when the node does not say */
} activations[] = {
    [ACT_RELU] = { "Relu", false, false, 0, 0 },
    [ACT_TANH] = { "Tanh", false, false, 0, 0 },
    [ACT_SIGMOID] = { "Sigmoid", false, false, 0, 0 },
    [ACT_AFFINE] = { "Affine", true, true, 1, 0 },
    [ACT_LEAKY_RELU] = { "LeakyRelu", true, false, 0.01f, 0 },
    [ACT_THRESHOLDED_RELU] = { "ThresholdedRelu", true, false, 1, 0 },
    [ACT_SCALED_TANH] = { "ScaledTanh", true, true, 1, 1 },
    [ACT_HARD_SIGMOID] = { "HardSigmoid", true, true, 0.2f, 0.5f },
    [ACT_ELU] = { "Elu", true, false, 1, 0 },
    [ACT_SOFTSIGN] = { "Softsign", false, false, 0, 0 },
    [ACT_SOFTPLUS] = { "Softplus", false, false, 0, 0 },
};
enum { ACTIVATIONS = sizeof activations / sizeof activations[0] };

struct function {
    enum activation kind;
    double alpha, beta;
};

enum cell { CELL_RNN, CELL_GRU, CELL_LSTM };

struct recurrent {
    enum cell cell;
    enum work_kind kind;
    bool wide, batch_first, input_forget, linear_before_reset;
    double clip; /* infinite: none */
    int64_t steps, batch, input, hidden, gates, directions;
    bool reverse[2];
    struct function functions[2][ACTIVATIONS_MAX];
    size_t n_functions;
    const void *x, *w, *r, *bias, *h0, *c0, *peephole; /* the last four may be NULL */
    const struct tensor *lengths;
    void *y, *last_h, *last_c; /* NULL: nobody wants it */
    /* scratch */
    void *sequence;   /* x as [steps, batch, input] */
    void *from_input; /* [steps, batch, gates * hidden] */
    void *from_state; /* [batch, gates * hidden] */
    void *h, *c, *reset; /* [batch, hidden] */
    void *room;
};

/* -- activations --------------------------------------------------------------------------------------------------- */

WORK_INLINE double tanh_of(bool wide, double x)
{
    return wide ? tanh(x) : (double)tanhf((float)x);
}

WORK_INLINE double exp_of(bool wide, double x)
{
    return wide ? exp(x) : (double)expf((float)x);
}

WORK_INLINE double activate(bool wide, const struct function *f, double x)
{
    switch (f->kind) {
    case ACT_RELU: return x > 0 ? x : 0;
    case ACT_TANH: return tanh_of(wide, x);
    case ACT_SIGMOID: return 1 / (1 + exp_of(wide, -x));
    case ACT_AFFINE: return f->alpha * x + f->beta;
    case ACT_LEAKY_RELU: return x >= 0 ? x : f->alpha * x;
    case ACT_THRESHOLDED_RELU: return x >= f->alpha ? x : 0;
    case ACT_SCALED_TANH: return f->alpha * tanh_of(wide, f->beta * x);
    case ACT_HARD_SIGMOID: {
        double v = f->alpha * x + f->beta;
        return v < 0 ? 0 : v > 1 ? 1 : v;
    }
    case ACT_ELU: return x >= 0 ? x : f->alpha * (exp_of(wide, x) - 1);
    case ACT_SOFTSIGN: return x / (1 + fabs(x));
    case ACT_SOFTPLUS: return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
    }
    return 0;
}

/* The next of a list of numbers that belong to those functions which take one. */
static float next_number(const struct ir_attr *list, size_t *at, float otherwise)
{
    if (!list || list->kind != ATTR_KIND_FLOATS || *at >= list->v.floats.n) return otherwise;
    return list->v.floats.at[(*at)++];
}

static tfp_status find_activation(struct kernel *k, struct bytes name, enum activation *out)
{
    for (size_t i = 0; i < ACTIVATIONS; i++)
        if (strlen(activations[i].name) == name.n && strncasecmp(activations[i].name, name.at, name.n) == 0) {
            *out = (enum activation)i;
            return TFP_OK;
        }
    return kernel_fail(k, TFP_E_UNSUPPORTED, "unknown activation %.*s", (int)(name.n < 64 ? name.n : 64), name.at);
}

static tfp_status read_functions(struct kernel *k, struct recurrent *r)
{
    static const enum activation preset[][ACTIVATIONS_MAX] = {
        [CELL_RNN] = { ACT_TANH },
        [CELL_GRU] = { ACT_SIGMOID, ACT_TANH },
        [CELL_LSTM] = { ACT_SIGMOID, ACT_TANH, ACT_TANH },
    };
    const struct ir_attr *names = ir_attr(k->node, ATTR_ACTIVATIONS), *alpha = ir_attr(k->node, ATTR_ACTIVATION_ALPHA);
    const struct ir_attr *beta = ir_attr(k->node, ATTR_ACTIVATION_BETA);
    size_t alphas = 0, betas = 0, n = (size_t)r->directions * r->n_functions;
    /* RNN's preset has two names, whatever the direction: more than are needed is no fault. */
    if (names && (names->kind != ATTR_KIND_STRINGS || names->v.strings.n < n))
        return kernel_fail(k, TFP_E_FORMAT, "there must be %zu activations", n);
    for (size_t i = 0; i < n; i++) {
        struct function *f = &r->functions[i / r->n_functions][i % r->n_functions];
        f->kind = preset[r->cell][i % r->n_functions];
        if (names) TFP_TRY(find_activation(k, names->v.strings.at[i], &f->kind));
        f->alpha = (double)activations[f->kind].alpha;
        f->beta = (double)activations[f->kind].beta;
        if (activations[f->kind].takes_alpha)
            f->alpha = (double)next_number(alpha, &alphas, activations[f->kind].alpha);
        if (activations[f->kind].takes_beta) f->beta = (double)next_number(beta, &betas, activations[f->kind].beta);
    }
    return TFP_OK;
}

/* -- attributes and inputs ----------------------------------------------------------------------------------------- */

static tfp_status read_attributes(struct kernel *k, struct recurrent *r)
{
    static const struct { int64_t gates; size_t functions; } cells[] = {
        [CELL_RNN] = { 1, 1 }, [CELL_GRU] = { 3, 2 }, [CELL_LSTM] = { 4, 3 },
    };
    const struct ir_attr *clip = ir_attr(k->node, ATTR_CLIP);
    r->gates = cells[r->cell].gates;
    r->n_functions = cells[r->cell].functions;
    r->directions = 1;
    if (ir_attr_is(k->node, ATTR_DIRECTION, "bidirectional")) {
        r->directions = 2;
        r->reverse[1] = true;
    } else if (ir_attr_is(k->node, ATTR_DIRECTION, "reverse")) {
        r->reverse[0] = true;
    } else if (ir_attr(k->node, ATTR_DIRECTION) && !ir_attr_is(k->node, ATTR_DIRECTION, "forward")) {
        return kernel_fail(k, TFP_E_FORMAT, "unknown direction");
    }
    r->clip = clip && clip->kind == ATTR_KIND_FLOAT && clip->v.f > 0 ? (double)clip->v.f : HUGE_VAL;
    r->batch_first = ir_attr_int(k->node, ATTR_LAYOUT, 0) != 0;
    r->input_forget = ir_attr_int(k->node, ATTR_INPUT_FORGET, 0) != 0;
    r->linear_before_reset = ir_attr_int(k->node, ATTR_LINEAR_BEFORE_RESET, 0) != 0;
    return read_functions(k, r);
}

/* An input with exactly these dimensions; NULL where it is absent. */
static tfp_status load_shaped(struct kernel *k, struct work *w, const struct recurrent *r, size_t input,
                              const char *what, size_t rank, const int64_t *dims, const void **out)
{
    const struct tensor *t = kernel_in(k, input);
    *out = NULL;
    if (!t) return TFP_OK;
    if (t->rank != rank || memcmp(t->dims, dims, rank * sizeof *dims) != 0)
        return kernel_fail(k, TFP_E_FORMAT, "%s has the wrong shape", what);
    return work_load(k, w, t, r->kind, out);
}

static tfp_status read_inputs(struct kernel *k, struct work *w, struct recurrent *r)
{
    const struct tensor *x = &k->in[0], *f = &k->in[1], *state = &k->in[2];
    if (x->rank != 3 || f->rank != 3 || state->rank != 3)
        return kernel_fail(k, TFP_E_FORMAT, "X, W and R must have rank 3");
    TFP_TRY(work_float_kind(k, x->dtype, &r->kind));
    r->wide = r->kind == WORK_F64;
    r->steps = x->dims[r->batch_first];
    r->batch = x->dims[!r->batch_first];
    r->input = x->dims[2];
    r->hidden = state->dims[2];
    int64_t d = r->directions, h = r->hidden, wanted = ir_attr_int(k->node, ATTR_HIDDEN_SIZE, h);
    if (h < 1 || h > INT32_MAX || wanted != h) return kernel_fail(k, TFP_E_FORMAT, "hidden_size is not that of R");
    int64_t rows = r->gates * h, by_step[] = { d, r->batch, h }, by_batch[] = { r->batch, d, h };
    const int64_t *states = r->batch_first ? by_batch : by_step;
    TFP_TRY(load_shaped(k, w, r, 0, "X", 3, x->dims, &r->x));
    TFP_TRY(load_shaped(k, w, r, 1, "W", 3, (int64_t[]){ d, rows, r->input }, &r->w));
    TFP_TRY(load_shaped(k, w, r, 2, "R", 3, (int64_t[]){ d, rows, h }, &r->r));
    TFP_TRY(load_shaped(k, w, r, 3, "B", 2, (int64_t[]){ d, 2 * rows }, &r->bias));
    TFP_TRY(load_shaped(k, w, r, 5, "initial_h", 3, states, &r->h0));
    if (r->cell == CELL_LSTM) {
        TFP_TRY(load_shaped(k, w, r, 6, "initial_c", 3, states, &r->c0));
        TFP_TRY(load_shaped(k, w, r, 7, "P", 2, (int64_t[]){ d, 3 * h }, &r->peephole));
    }
    r->lengths = kernel_in(k, 4);
    if (!r->lengths) return TFP_OK;
    if (r->lengths->rank != 1 || r->lengths->dims[0] != r->batch)
        return kernel_fail(k, TFP_E_FORMAT, "sequence_lens must have %lld elements", (long long)r->batch);
    for (int64_t i = 0; i < r->batch; i++)
        if (tensor_int(r->lengths, i) < 0 || tensor_int(r->lengths, i) > r->steps)
            return kernel_fail(k, TFP_E_FORMAT, "a sequence cannot be %lld long", (long long)tensor_int(r->lengths, i));
    return TFP_OK;
}

static tfp_status open_outputs(struct kernel *k, struct work *w, struct recurrent *r)
{
    int64_t s = r->steps, b = r->batch, d = r->directions, h = r->hidden;
    int64_t by_step[] = { s, d, b, h }, by_batch[] = { b, s, d, h }, states[] = { d, b, h },
            batch_states[] = { b, d, h };
    const int64_t *last = r->batch_first ? batch_states : states;
    tfp_dtype dtype = k->in[0].dtype;
    if (kernel_wants(k, 0)) {
        TFP_TRY(work_output_dims(k, w, 0, dtype, 4, r->batch_first ? by_batch : by_step, r->kind, &r->y));
        if (k->out[0].count) memset(r->y, 0, (size_t)k->out[0].count * work_size(r->kind));
    }
    if (kernel_wants(k, 1)) TFP_TRY(work_output_dims(k, w, 1, dtype, 3, last, r->kind, &r->last_h));
    if (r->cell == CELL_LSTM && kernel_wants(k, 2))
        TFP_TRY(work_output_dims(k, w, 2, dtype, 3, last, r->kind, &r->last_c));
    return TFP_OK;
}

static tfp_status open_scratch(struct kernel *k, struct work *w, struct recurrent *r)
{
    int64_t states, gates, all, sequence;
    size_t size = work_size(r->kind);
    if (!numbers_count((int64_t[]){ r->batch, r->hidden }, 2, &states) ||
        !numbers_count((int64_t[]){ r->batch, r->hidden, r->gates }, 3, &gates) ||
        !numbers_count((int64_t[]){ r->steps, r->batch, r->hidden, r->gates }, 4, &all) ||
        !numbers_count((int64_t[]){ r->steps, r->batch, r->input }, 3, &sequence))
        return kernel_fail(k, TFP_E_FORMAT, "the dimensions overflow");
    TFP_TRY(work_take(k, w, r->batch_first ? sequence : 0, size, &r->sequence));
    TFP_TRY(work_take(k, w, all, size, &r->from_input));
    TFP_TRY(work_take(k, w, gates, size, &r->from_state));
    TFP_TRY(work_take(k, w, states, size, &r->h));
    TFP_TRY(work_take(k, w, states, size, &r->c));
    TFP_TRY(work_take(k, w, states, size, &r->reset));
    return product_room(k, w, &r->room);
}

/* -- steps --------------------------------------------------------------------------------------------------------- */

/* c = a * transpose of `rows` rows of b; rows of a are `inner` long, rows of c `c_row` apart. */
static void times(const struct kernel *k, const struct recurrent *r, const void *a, const void *b, int64_t m,
                  int64_t rows, int64_t inner, int64_t c_row, void *c)
{
    struct product p = {
        .batches = 1, .m = m, .n = rows, .k = inner, .a = a, .a_row = inner, .a_col = 1,
        .b = b, .b_row = 1, .b_col = inner, .c = c, .c_row = c_row,
    };
    product_run(k, r->kind, &p, r->room);
}

static const void *offset(const struct recurrent *r, const void *at, int64_t elements)
{
    return at ? (const char *)at + elements * (int64_t)work_size(r->kind) : NULL;
}

/* What the cells of one batch row work on. */
struct row {
    bool wide;
    double clip;
    const struct function *f;
    const void *input, *state, *bias, *peephole; /* gates * hidden; bias: those of W, then those of R */
    int64_t n;                                   /* hidden */
    void *h, *c, *reset;
    int64_t at; /* the row's first element of h, c and reset */
};

WORK_INLINE double clipped(double clip, double v)
{
    return v > clip ? clip : v < -clip ? -clip : v;
}

WORK_INLINE double bias_of(bool wide, const struct row *r, int64_t i)
{
    return r->bias ? work_get(wide, r->bias, i) : 0;
}

/* The sum of gate element i, without peepholes. */
WORK_INLINE double gate(bool wide, const struct row *r, int64_t gates, int64_t i)
{
    return work_get(wide, r->input, i) + work_get(wide, r->state, i) + bias_of(wide, r, i) +
           bias_of(wide, r, gates * r->n + i);
}

WORK_INLINE void rnn_row(bool wide, const struct row *r)
{
    for (int64_t i = 0; i < r->n; i++)
        work_set(wide, r->h, r->at + i, activate(wide, &r->f[0], clipped(r->clip, gate(wide, r, 1, i))));
}

WORK_INLINE void lstm_row(bool wide, const struct row *r, bool input_forget)
{
    int64_t n = r->n;
    for (int64_t i = 0; i < n; i++) {
        double c = work_get(wide, r->c, r->at + i), in = gate(wide, r, 4, i), out = gate(wide, r, 4, n + i);
        double forget = gate(wide, r, 4, 2 * n + i), cell = gate(wide, r, 4, 3 * n + i);
        if (r->peephole) {
            in += work_get(wide, r->peephole, i) * c;
            forget += work_get(wide, r->peephole, 2 * n + i) * c;
        }
        in = activate(wide, &r->f[0], clipped(r->clip, in));
        forget = input_forget ? 1 - in : activate(wide, &r->f[0], clipped(r->clip, forget));
        c = forget * c + in * activate(wide, &r->f[1], clipped(r->clip, cell));
        if (r->peephole) out += work_get(wide, r->peephole, n + i) * c;
        out = activate(wide, &r->f[0], clipped(r->clip, out));
        work_set(wide, r->c, r->at + i, c);
        /* The gates are clipped, the cell's way out is not: so does ONNX Runtime, whatever the description suggests. */
        work_set(wide, r->h, r->at + i, out * activate(wide, &r->f[2], c));
    }
}

/* r (.) h, which the hidden gate's product needs. */
WORK_INLINE void gru_reset(bool wide, const struct row *r)
{
    for (int64_t i = 0; i < r->n; i++) {
        double reset = activate(wide, &r->f[0], clipped(r->clip, gate(wide, r, 3, r->n + i)));
        work_set(wide, r->reset, r->at + i, reset * work_get(wide, r->h, r->at + i));
    }
}

WORK_INLINE void gru_row(bool wide, const struct row *r, bool linear)
{
    int64_t n = r->n;
    for (int64_t i = 0; i < n; i++) {
        double update = activate(wide, &r->f[0], clipped(r->clip, gate(wide, r, 3, i)));
        double state = work_get(wide, r->state, 2 * n + i) + bias_of(wide, r, 5 * n + i);
        if (linear) state *= activate(wide, &r->f[0], clipped(r->clip, gate(wide, r, 3, n + i)));
        double v = work_get(wide, r->input, 2 * n + i) + bias_of(wide, r, 2 * n + i) + state;
        v = activate(wide, &r->f[1], clipped(r->clip, v));
        work_set(wide, r->h, r->at + i, (1 - update) * v + update * work_get(wide, r->h, r->at + i));
    }
}

static void run_row(const struct recurrent *r, const struct row *row)
{
    switch (r->cell) {
    case CELL_RNN:
        if (row->wide) rnn_row(true, row);
        else rnn_row(false, row);
        break;
    case CELL_GRU:
        if (row->wide) gru_row(true, row, r->linear_before_reset);
        else gru_row(false, row, r->linear_before_reset);
        break;
    case CELL_LSTM:
        if (row->wide) lstm_row(true, row, r->input_forget);
        else lstm_row(false, row, r->input_forget);
        break;
    }
}

static int64_t length_of(const struct recurrent *r, int64_t b)
{
    return r->lengths ? tensor_int(r->lengths, b) : r->steps;
}

/* The time that batch row b sees at step s; -1 when its sequence is over. */
static int64_t time_of(const struct recurrent *r, int64_t direction, int64_t b, int64_t s)
{
    int64_t length = length_of(r, b);
    if (s >= length) return -1;
    return r->reverse[direction] ? length - 1 - s : s;
}

static struct row row_of(const struct recurrent *r, int64_t direction, int64_t b, int64_t time)
{
    int64_t rows = r->gates * r->hidden;
    return (struct row){
        .wide = r->wide, .clip = r->clip, .f = r->functions[direction], .n = r->hidden,
        .input = offset(r, r->from_input, (time * r->batch + b) * rows), .state = offset(r, r->from_state, b * rows),
        .bias = offset(r, r->bias, direction * 2 * rows), .peephole = offset(r, r->peephole, direction * 3 * r->hidden),
        .h = r->h, .c = r->c, .reset = r->reset, .at = b * r->hidden,
    };
}

/* Copies a row of the hidden state into Y. */
static void keep_output(const struct recurrent *r, int64_t direction, int64_t b, int64_t time)
{
    if (!r->y) return;
    int64_t at = r->batch_first ? (b * r->steps + time) * r->directions + direction
                                : (time * r->directions + direction) * r->batch + b;
    size_t size = (size_t)r->hidden * work_size(r->kind);
    memcpy((char *)r->y + (size_t)at * size, (char *)r->h + (size_t)b * size, size);
}

static void run_step(const struct kernel *k, const struct recurrent *r, int64_t direction, int64_t s)
{
    int64_t rows = r->gates * r->hidden, split = r->cell == CELL_GRU && !r->linear_before_reset;
    const void *weights = offset(r, r->r, direction * rows * r->hidden);
    times(k, r, r->h, weights, r->batch, split ? 2 * r->hidden : rows, r->hidden, rows, r->from_state);
    if (split) {
        for (int64_t b = 0; b < r->batch; b++) {
            int64_t time = time_of(r, direction, b, s);
            struct row row = row_of(r, direction, b, time < 0 ? 0 : time);
            if (r->wide) gru_reset(true, &row);
            else gru_reset(false, &row);
        }
        const void *last = offset(r, weights, 2 * r->hidden * r->hidden);
        char *to = (char *)r->from_state + (size_t)(2 * r->hidden) * work_size(r->kind);
        times(k, r, r->reset, last, r->batch, r->hidden, r->hidden, rows, to);
    }
    for (int64_t b = 0; b < r->batch; b++) {
        int64_t time = time_of(r, direction, b, s);
        if (time < 0) continue;
        struct row row = row_of(r, direction, b, time);
        run_row(r, &row);
        keep_output(r, direction, b, time);
    }
}

/* Rows of a state between [batch, hidden] and the place they have in the node's states. */
static void move_state(const struct recurrent *r, int64_t direction, void *own, const void *from, void *to)
{
    size_t size = (size_t)r->hidden * work_size(r->kind);
    for (int64_t b = 0; b < r->batch; b++) {
        size_t at = (size_t)(r->batch_first ? b * r->directions + direction : direction * r->batch + b) * size;
        char *row = (char *)own + (size_t)b * size;
        if (to) memcpy((char *)to + at, row, size);
        else if (from) memcpy(row, (const char *)from + at, size);
        else memset(row, 0, size);
    }
}

static void run_direction(const struct kernel *k, const struct recurrent *r, int64_t direction)
{
    int64_t rows = r->gates * r->hidden;
    const void *x = r->batch_first ? r->sequence : r->x;
    times(k, r, x, offset(r, r->w, direction * rows * r->input), r->steps * r->batch, rows, r->input, rows,
          r->from_input);
    move_state(r, direction, r->h, r->h0, NULL);
    move_state(r, direction, r->c, r->c0, NULL);
    for (int64_t s = 0; s < r->steps; s++) run_step(k, r, direction, s);
    if (r->last_h) move_state(r, direction, r->h, NULL, r->last_h);
    if (r->last_c) move_state(r, direction, r->c, NULL, r->last_c);
}

static void reorder_input(const struct recurrent *r)
{
    size_t size = (size_t)r->input * work_size(r->kind);
    for (int64_t b = 0; b < r->batch && size; b++)
        for (int64_t s = 0; s < r->steps; s++)
            memcpy((char *)r->sequence + (size_t)(s * r->batch + b) * size,
                   (const char *)r->x + (size_t)(b * r->steps + s) * size, size);
}

static tfp_status recurrent_run(struct kernel *k, struct work *w, enum cell cell)
{
    struct recurrent r = { .cell = cell };
    TFP_TRY(read_attributes(k, &r));
    TFP_TRY(read_inputs(k, w, &r));
    TFP_TRY(open_outputs(k, w, &r));
    TFP_TRY(open_scratch(k, w, &r));
    if (r.batch_first) reorder_input(&r);
    if (r.batch)
        for (int64_t d = 0; d < r.directions; d++) run_direction(k, &r, d);
    if (r.y) work_store(k, 0, r.kind, r.y);
    if (r.last_h) work_store(k, 1, r.kind, r.last_h);
    if (r.last_c) work_store(k, 2, r.kind, r.last_c);
    return TFP_OK;
}

static tfp_status rnn(struct kernel *k, struct work *w)
{
    return recurrent_run(k, w, CELL_RNN);
}

static tfp_status gru(struct kernel *k, struct work *w)
{
    return recurrent_run(k, w, CELL_GRU);
}

static tfp_status lstm(struct kernel *k, struct work *w)
{
    return recurrent_run(k, w, CELL_LSTM);
}

const struct kernel_row kernels_recurrent[] = {
    { IR_RNN, .work = rnn },
    { IR_GRU, .work = gru },
    { IR_LSTM, .work = lstm },
};
const size_t kernels_recurrent_n = sizeof kernels_recurrent / sizeof kernels_recurrent[0];
