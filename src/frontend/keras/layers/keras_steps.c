/* Cells step by step: one behind the other where the length is known, else as the body of a Scan. */
#include "frontend/keras/layers/keras_cells.h"
#include "ir/sliding.h"

#include <stdio.h>

enum { STEPS_MOST = 1024 };

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
    if (cell_resets_after(cell)) inner = ir_mul(b, r, gate(c, from_h, 1, 2, n));
    else inner = ir_matmul(b, ir_mul(b, r, h), gate(c, w->recurrent, 1, 2, n));
    struct ir_value *new_h = activate(c, cell, "activation", ir_add(b, gate(c, from_x, 1, 2, n), inner));
    if (!z) return NULL;
    return states[0] = ir_add(b, ir_mul(b, z, h), ir_mul(b, ir_sub(b, ir_like(b, z, 1), z), new_h));
}

static struct ir_value *dense_step(struct keras_call *c, struct keras_layer *cell, const struct cell_weights *w,
                                   struct ir_value *x, struct ir_value **states)
{
    struct build *b = c->b;
    enum cell kind = cell_kind(cell);
    for (size_t i = 0; i < cell_states(kind); i++)
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

struct ir_value *cell_at_time(struct build *b, struct ir_value *v, int64_t t)
{
    return v ? SQUEEZE(b, ir_slice_axis(b, v, 1, t, t + 1), 1) : NULL;
}

/* What one step needs. */
struct stepper {
    struct keras_call *c;
    struct keras_layer *cell;
    enum cell kind;
    bool convolves, zeros; /* zeros: in place of the output of a step that is left out */
    struct cell_weights w;
    struct conv_cell conv;
};

static bool make_stepper(struct keras_call *c, struct keras_layer *cell, const struct sequence *s, bool zeros,
                         struct stepper *p)
{
    *p = (struct stepper){ .c = c, .cell = cell, .kind = cell_kind(cell), .zeros = zeros };
    p->convolves = p->kind == CELL_CONV_LSTM;
    if (!s->x || s->x->rank < 3) return call_malformed(c, "an input of rank %d", s->x ? (int)s->x->rank : -1), false;
    return p->convolves ? read_conv_cell(c, cell, (size_t)s->x->rank - 3, &p->conv) : cell_read(c, cell, &p->w);
}

/* x and mask of one step: the new states, and the output, which without the step is `before`. */
static struct ir_value *step(struct stepper *p, struct ir_value *x, struct ir_value *mask, struct ir_value **states,
                             struct ir_value *before)
{
    struct build *b = p->c->b;
    struct ir_value *old[2] = { states[0], states[1] };
    if (p->convolves) x = sliding_to_channels_first(b, &p->conv.input, x);
    struct ir_value *y = p->convolves ? conv_step(p->c, p->cell, &p->conv, x, states)
                                      : dense_step(p->c, p->cell, &p->w, x, states);
    for (size_t i = 0; i < cell_states(p->kind); i++) states[i] = held(b, mask, states[i], old[i]);
    return held(b, mask, y, p->zeros ? NULL : before);
}

static struct ir_value *outward(struct stepper *p, struct ir_value *v)
{
    return p->convolves ? sliding_from_channels_first(p->c->b, &p->conv.input, v) : v;
}

/* A length that is known: the steps one behind the other. */
static struct ir_value *unroll(struct stepper *p, const struct sequence *s, struct ir_value **states)
{
    struct build *b = p->c->b;
    int64_t steps = s->x->dims[1].n;
    struct ir_value **parts = ARENA_ARRAY(&b->graph->arena, struct ir_value *, (size_t)steps), *before = NULL;
    if (!parts) return build_fail(b, tfp_no_memory(b->ctx));
    for (int64_t k = 0; k < steps && b->status == TFP_OK; k++) {
        int64_t t = s->reverse ? steps - 1 - k : k;
        before = step(p, cell_at_time(b, s->x, t), cell_at_time(b, s->mask, t), states, before);
        parts[t] = UNSQUEEZE(b, outward(p, before), 1);
    }
    return ir_concat(b, parts, (size_t)steps, 1);
}

/* -- any length: a Scan -------------------------------------------------------------------------------------------- */

enum { CARRIED_MOST = 8 };

struct scan {
    struct stepper *p;
    struct ir_graph *outer, *body;
    struct ir_value *in[CARRIED_MOST + 2], *inside[CARRIED_MOST + 2]; /* of the node and of the body */
    size_t n, n_carried;
};

/* One more input: a carried value as it is, of a scanned one a slice of axis 1. Returns what the body has. */
static struct ir_value *scan_input(struct scan *n, struct ir_value *v, bool scanned)
{
    struct dim dims[TFP_MAX_RANK];
    struct build *b = n->p->c->b;
    int32_t rank = 0;
    if (!v || b->status != TFP_OK) return NULL;
    for (int32_t i = 0; i < v->rank; i++)
        if (!scanned || i != 1) dims[rank++] = dim_carry(n->outer, n->body, v->dims[i]);
    char name[24];
    snprintf(name, sizeof name, "%s_%zu", scanned ? "step" : "carried", n->n);
    struct ir_value *inside = ir_add_input(n->body, name, v->dtype, rank, dims);
    if (!inside) return build_fail(b, tfp_no_memory(b->ctx));
    n->in[n->n] = v;
    n->inside[n->n++] = inside;
    n->n_carried += !scanned;
    return inside;
}

/* Weights come in as carried values that stay as they are. */
static void scan_weights(struct scan *n)
{
    struct stepper *p = n->p;
    struct ir_value **weights[] = { &p->w.kernel,    &p->w.recurrent,    &p->w.bias,   &p->w.recurrent_bias,
                                    &p->conv.kernel, &p->conv.recurrent, &p->conv.bias };
    for (size_t i = 0; i < sizeof weights / sizeof weights[0]; i++)
        if (*weights[i]) *weights[i] = scan_input(n, *weights[i], false);
}

/* Zeros where no first states are given. */
static void first_states(struct stepper *p, const struct sequence *s, struct ir_value **states)
{
    struct build *b = p->c->b;
    struct ir_value *dims = CONCAT(b, 0, ir_dim(b, s->x, 0), INTS(b, p->convolves ? p->conv.filters : p->w.units));
    if (p->convolves) { /* as many pixels as the windows of the first step leave */
        struct ir_value *x = sliding_to_channels_first(b, &p->conv.input, cell_at_time(b, s->x, 0));
        dims = CONCAT(b, 0, dims, form_dims(b, convolve(p->c, &p->conv.input, x, p->conv.kernel, NULL), 2, INT64_MAX));
    }
    for (size_t i = 0; i < cell_states(p->kind); i++)
        if (!states[i]) states[i] = form_zeros(b, s->x->dtype, dims);
}

/* The body: from states (and the output before), weights, x and mask to states, the same weights and the output. */
static void make_body(struct scan *n, const struct sequence *s, struct ir_value *const *states, struct ir_value *before)
{
    struct stepper *p = n->p;
    struct build *b = p->c->b;
    struct ir_value *inner[2] = { NULL, NULL }, *x, *mask, *y;
    size_t n_states = cell_states(p->kind);
    for (size_t i = 0; i < n_states; i++) inner[i] = scan_input(n, states[i], false);
    before = scan_input(n, before, false);
    scan_weights(n);
    x = scan_input(n, s->x, true);
    mask = scan_input(n, s->mask, true);
    b->graph = n->body;
    y = step(p, x, mask, inner, before);
    struct ir_value *out = outward(p, y);
    b->graph = n->outer;
    if (b->status != TFP_OK) return;
    bool fine = true;
    for (size_t i = 0; i < n->n_carried; i++) {
        struct ir_value *v = i < n_states ? inner[i] : i == n_states && before ? y : n->inside[i];
        fine = fine && ir_add_output(n->body, "carried", v);
    }
    if (!fine || !ir_add_output(n->body, "output", out)) build_fail(b, tfp_no_memory(b->ctx));
}

static struct ir_value *scan(struct stepper *p, const struct sequence *s, struct ir_value **states)
{
    static const int64_t axes[] = { 1, 1 };
    struct build *b = p->c->b;
    struct ir_value *out[CARRIED_MOST + 1], *before = NULL;
    struct scan n = { .p = p, .outer = b->graph };
    const int64_t directions[] = { s->reverse, s->reverse };
    first_states(p, s, states);
    if (s->mask && !p->zeros && states[0]) before = form_zeros(b, states[0]->dtype, ir_shape(b, states[0]));
    if (b->status != TFP_OK) return NULL;
    if (!(n.body = ir_add_body(b->graph))) return call_unsupported(p->c, "recurrent layers that lie too deep in one another");
    make_body(&n, s, states, before);
    if (b->status != TFP_OK) return NULL;
    size_t n_scanned = n.n - n.n_carried;
    ir_emit_many(b, IR_SCAN, n.in, n.n,
                 ATTRS(A_GRAPH(ATTR_BODY, n.body), A_INT(ATTR_NUM_SCAN_INPUTS, (int64_t)n_scanned),
                       A_INTS(ATTR_SCAN_INPUT_AXES, axes, n_scanned), A_INTS(ATTR_SCAN_OUTPUT_AXES, axes, 1),
                       A_INTS(ATTR_SCAN_INPUT_DIRECTIONS, directions, n_scanned),
                       A_INTS(ATTR_SCAN_OUTPUT_DIRECTIONS, directions, 1)),
                 n.n_carried + 1, out);
    for (size_t i = 0; i < cell_states(p->kind); i++) states[i] = b->status == TFP_OK ? out[i] : NULL;
    return b->status == TFP_OK ? out[n.n_carried] : NULL;
}

struct ir_value *cell_run_steps(struct keras_call *c, struct keras_layer *cell, const struct sequence *s,
                                  struct ir_value **states, bool zeros)
{
    struct stepper p;
    if (!make_stepper(c, cell, s, zeros, &p)) return NULL;
    for (size_t i = 0; p.convolves && i < 2; i++)
        if (states[i]) states[i] = sliding_to_channels_first(c->b, &p.conv.input, states[i]);
    bool known = dim_fixed(s->x->dims[1]) && s->x->dims[1].n <= STEPS_MOST && s->x->dims[1].n > 0;
    struct ir_value *y = known ? unroll(&p, s, states) : scan(&p, s, states);
    for (size_t i = 0; i < cell_states(p.kind); i++) states[i] = outward(&p, states[i]);
    return y;
}
