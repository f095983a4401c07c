/* Cells of LSTM, GRU and RNN in loops over time. What a cell needs of its loop becomes one node before the loop, whose
 * slices the body takes in the place of the cell's result; so cells on top of one another go one after the other, and
 * what is left carries nothing (over_time.c).
 *
 * A state may be kept in some rows: Where(mask, new, old). Where the mask is t < length that is what the op does for
 * sequence_lens; for any other sequence of masks the steps that count are packed (ir/masked.h). The op knows nothing of
 * the state that a row would have had there, so what else uses it must be kept from it by the same mask. */
#include "optimize/gate_sum.h"
#include "optimize/over_time.h"

#include "ir/forms.h"
#include "ir/masked.h"

enum { GATES = 4, STATES = 2 };

struct activation {
    enum ir_op op; /* IR_NONE: none was found */
    const char *name;
    bool has_alpha, has_beta;
    float alpha, beta;
};

struct state {
    size_t index;                /* carried value */
    const struct ir_value *old;  /* as the iteration finds it */
    struct ir_value *fresh;      /* what the cell makes of it, where it is not kept */
};

struct cell {
    enum ir_op op; /* LSTM, GRU, RNN */
    struct state h, c;
    const struct ir_value *mask;    /* in the body: rows that go on, or those that do not; NULL: all go on */
    bool mask_keeps;                /* the mask says which rows keep their state */
    const struct ir_value *lengths; /* in the body: of each row; NULL: the mask is a slice of a sequence */
    struct gate_sum gates[GATES];   /* in ONNX's order: i o f c, z r h, or the one */
    size_t n_gates;
    struct gate_sum recurrent;      /* of a GRU that resets after its product: h's part of the last gate */
    bool resets_after;
    const struct ir_value *reset_h; /* of one that resets before: r * h */
    struct activation f, g, last;   /* as ONNX numbers them: gates, candidate, result */
    int64_t units;
    const struct ir_value *x[4];    /* slices that go in */
    size_t n_x;
};

/* -- activations --------------------------------------------------------------------------------------------------- */

static const struct {
    enum ir_op op;
    const char *name;
    enum ir_attr_name alpha, beta;
    float default_alpha, default_beta;
} activations[] = {
    { IR_ELU, "Elu", ATTR_ALPHA, ATTR_NONE, 1, 0 },
    { IR_HARD_SIGMOID, "HardSigmoid", ATTR_ALPHA, ATTR_BETA, 0.2F, 0.5F },
    { IR_LEAKY_RELU, "LeakyRelu", ATTR_ALPHA, ATTR_NONE, 0.01F, 0 },
    { IR_RELU, "Relu", ATTR_NONE, ATTR_NONE, 0, 0 },
    { IR_SIGMOID, "Sigmoid", ATTR_NONE, ATTR_NONE, 0, 0 },
    { IR_SOFTPLUS, "Softplus", ATTR_NONE, ATTR_NONE, 0, 0 },
    { IR_SOFTSIGN, "Softsign", ATTR_NONE, ATTR_NONE, 0, 0 },
    { IR_TANH, "Tanh", ATTR_NONE, ATTR_NONE, 0, 0 },
};

/* What the activation is of; NULL: v is no activation's result. */
static const struct ir_value *activated(const struct ir_value *v, struct activation *out)
{
    const struct ir_node *n = v->producer;
    for (size_t i = 0; n && i < sizeof activations / sizeof activations[0]; i++) {
        if (activations[i].op != n->op) continue;
        *out = (struct activation){ .op = n->op, .name = activations[i].name };
        out->has_alpha = activations[i].alpha != ATTR_NONE;
        out->has_beta = activations[i].beta != ATTR_NONE;
        if (out->has_alpha) out->alpha = ir_attr_float(n, activations[i].alpha, activations[i].default_alpha);
        if (out->has_beta) out->beta = ir_attr_float(n, activations[i].beta, activations[i].default_beta);
        return ir_in(n, 0);
    }
    return NULL;
}

static bool same_activation(const struct activation *a, const struct activation *b)
{
    return a->op == b->op && a->alpha == b->alpha && a->beta == b->beta;
}

/* A gate: an activation, the same for all, of a sum; or a part of that. */
static bool gate(struct cell *c, const struct ir_value *v, struct activation *kind, struct gate_sum *out)
{
    struct activation a;
    int64_t column = 0;
    const struct ir_value *whole = gate_sum_whole(v, &column), *sum = activated(whole ? whole : v, &a);
    if (!whole) column = 0;
    if (!sum || (kind->op != IR_NONE && !same_activation(kind, &a)) || !gate_sum_of(sum, column, c->units, out)) return false;
    *kind = a;
    return true;
}

/* -- products and masks -------------------------------------------------------------------------------------------- */

/* The factor beside `one`; NULL: v is no product with it. */
static const struct ir_value *factor(const struct ir_value *v, const struct ir_value *one)
{
    const struct ir_node *n = ir_producer(v, IR_MUL);
    for (size_t i = 0; n && i < 2; i++)
        if (ir_in(n, i) == one) return ir_in(n, !i);
    return NULL;
}

/* The masks of all iterations, [time, batch] or [time, batch, 1]; NULL: they are no sequence. */
static struct ir_value *mask_sequence(const struct over_time *t, const struct cell *c)
{
    const struct ir_value *v = c->mask;
    struct ir_value *all = over_time_sequence(t, v);
    while (!all && v && v->producer && (v->producer->op == IR_UNSQUEEZE || v->producer->op == IR_EXPAND ||
                                        v->producer->op == IR_TILE || v->producer->op == IR_IDENTITY)) {
        v = ir_in(v->producer, 0);
        all = over_time_sequence(t, v);
    }
    if (!all || all->dtype != TFP_BOOL) return NULL;
    return all->rank == 2 || (all->rank == 3 && dim_is(all->dims[2], 1)) ? all : NULL;
}

/* Takes apart what a state is in the next iteration. */
static bool read_state(const struct over_time *t, struct cell *c, size_t index, struct state *s, bool first)
{
    struct ir_value *next = t->l.body->outputs[t->l.body_out + index].value;
    const struct ir_node *where = ir_producer(next, IR_WHERE);
    *s = (struct state){ .index = index, .old = t->l.body->inputs[t->l.body_in + index], .fresh = next };
    if (ir_loop_invariant(&t->l, index) || s->old->rank != 2 || s->old->dtype != TFP_FLOAT) return false;
    if (!where || (ir_in(where, 1) != s->old && ir_in(where, 2) != s->old)) return first || !c->mask;
    const bool keeps = ir_in(where, 1) == s->old;
    bool over;
    s->fresh = ir_in(where, keeps ? 2 : 1);
    if (!first) return c->mask == ir_in(where, 0) && c->mask_keeps == keeps;
    c->mask = ir_in(where, 0);
    c->mask_keeps = keeps;
    c->lengths = over_time_lengths(t, c->mask, &over);
    if (!c->lengths) return mask_sequence(t, c) != NULL;
    return over == keeps && over_time_outside(t, c->lengths);
}

/* -- the cells ----------------------------------------------------------------------------------------------------- */

enum { LSTM_I, LSTM_O, LSTM_F, LSTM_C };

/* c' = f * c + i * g, h' = o * act(c') */
static bool match_lstm(struct cell *c)
{
    const struct ir_node *sum = ir_producer(c->c.fresh, IR_ADD), *result = ir_producer(c->h.fresh, IR_MUL);
    if (!sum || !result) return false;
    c->n_gates = 4;
    for (size_t i = 0; i < 2; i++) {
        const struct ir_value *inside = activated(ir_in(result, i), &c->last);
        if (inside == c->c.fresh && gate(c, ir_in(result, !i), &c->f, &c->gates[LSTM_O])) break;
        if (i == 1) return false;
    }
    for (size_t i = 0; i < 2; i++) {
        const struct ir_value *forget = factor(ir_in(sum, i), c->c.old);
        const struct ir_node *added = ir_producer(ir_in(sum, !i), IR_MUL);
        if (!forget || !added || !gate(c, forget, &c->f, &c->gates[LSTM_F])) continue;
        for (size_t k = 0; k < 2; k++)
            if (gate(c, ir_in(added, k), &c->f, &c->gates[LSTM_I]) && gate(c, ir_in(added, !k), &c->g, &c->gates[LSTM_C]))
                return true;
    }
    return false;
}

enum { GRU_Z, GRU_R, GRU_H };

/* The candidate: of x and r * h, or of x and r * (h's product). */
static bool match_candidate(struct cell *c, const struct ir_value *v)
{
    const struct ir_value *sum = activated(v, &c->g);
    if (!sum) return false;
    if (gate_sum_of(sum, 0, c->units, &c->gates[GRU_H])) {
        for (size_t i = 0; i < c->gates[GRU_H].n; i++) {
            const struct ir_value *reset = c->gates[GRU_H].at[i].operand ? factor(c->gates[GRU_H].at[i].operand, c->h.old) : NULL;
            if (!reset || !gate(c, reset, &c->f, &c->gates[GRU_R])) continue;
            c->reset_h = c->gates[GRU_H].at[i].operand;
            return true;
        }
        return false;
    }
    const struct ir_node *added = ir_producer(sum, IR_ADD);
    for (size_t i = 0; added && i < 2; i++) {
        const struct ir_node *product = ir_producer(ir_in(added, i), IR_MUL);
        if (!product || !gate_sum_of(ir_in(added, !i), 0, c->units, &c->gates[GRU_H])) continue;
        for (size_t k = 0; k < 2; k++) {
            if (!gate(c, ir_in(product, k), &c->f, &c->gates[GRU_R])) continue;
            if (gate_sum_of(ir_in(product, !k), 0, c->units, &c->recurrent)) return c->resets_after = true;
        }
    }
    return false;
}

/* h' = z * h + (1 - z) * candidate */
static bool match_gru(struct cell *c)
{
    const struct ir_node *sum = ir_producer(c->h.fresh, IR_ADD);
    c->n_gates = 3;
    for (size_t i = 0; sum && i < 2; i++) {
        const struct ir_value *update = factor(ir_in(sum, i), c->h.old);
        const struct ir_node *added = ir_producer(ir_in(sum, !i), IR_MUL);
        if (!update || !added || !gate(c, update, &c->f, &c->gates[GRU_Z])) continue;
        for (size_t k = 0; k < 2; k++) {
            const struct ir_node *rest = ir_producer(ir_in(added, k), IR_SUB);
            if (!rest || ir_in(rest, 1) != update || !constant_is(ir_in(rest, 0), 1)) continue;
            if (match_candidate(c, ir_in(added, !k))) return true;
        }
    }
    return false;
}

static bool match_rnn(struct cell *c)
{
    c->n_gates = 1;
    return gate(c, c->h.fresh, &c->f, &c->gates[0]);
}

/* -- what goes in -------------------------------------------------------------------------------------------------- */

/* Every operand is a slice of a sequence, the state, or one that the gate may have; the former are noted. */
static bool check_operands(const struct over_time *t, struct cell *c, const struct gate_sum *s, bool candidate, bool x_only,
                           bool h_only)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct ir_value *v = s->at[i].operand;
        if (!v) continue;
        if (s->at[i].elementwise) {
            if (c->op != IR_LSTM || s == &c->gates[LSTM_C]) return false;
            if (v != (s == &c->gates[LSTM_O] ? c->c.fresh : c->c.old)) return false;
            continue;
        }
        const struct ir_value *recurrent = candidate && c->reset_h ? c->reset_h : c->h.old;
        if (v == recurrent && !x_only) continue;
        if (h_only || !over_time_sequence(t, v)) return false;
        size_t k = 0;
        while (k < c->n_x && c->x[k] != v) k++;
        if (k == sizeof c->x / sizeof c->x[0]) return false;
        c->x[k] = v;
        if (k == c->n_x) c->n_x++;
    }
    return true;
}

static bool check_gates(const struct over_time *t, struct cell *c)
{
    c->n_x = 0;
    for (size_t i = 0; i < c->n_gates; i++) {
        const bool candidate = c->op == IR_GRU && i == GRU_H;
        if (!check_operands(t, c, &c->gates[i], candidate, candidate && c->resets_after, false)) return false;
    }
    if (c->resets_after && !check_operands(t, c, &c->recurrent, false, false, true)) return false;
    return c->n_x > 0;
}

/* Marks what the body's results need when the cell's new h is given and its states are not carried. */
static bool lives_without(const struct over_time *t, const struct cell *c)
{
    const struct ir_graph *g = t->l.body;
    ir_clear_marks(g);
    for (size_t i = 0; i < g->n_outputs; i++) {
        const size_t carried = i - t->l.body_out;
        const bool own = i >= t->l.body_out && (carried == c->h.index || (c->op == IR_LSTM && carried == c->c.index));
        if (!own) g->outputs[i].value->mark = 1;
    }
    for (const struct ir_node *n = g->last; n; n = n->prev) {
        bool needed = false;
        for (uint32_t i = 0; i < n->n_out; i++) needed = needed || (n->out[i] && n->out[i]->mark && n->out[i] != c->h.fresh);
        for (uint32_t i = 0; needed && i < n->n_in; i++) {
            const bool kept = n->op == IR_WHERE && ir_in(n, 0) == c->mask && i == (c->mask_keeps ? 1 : 2) && ir_in(n, i) == c->h.old;
            if (ir_in(n, i) && !kept) ir_in(n, i)->mark = 1;
        }
    }
    return !c->h.old->mark && (c->op != IR_LSTM || !c->c.old->mark);
}

/* Whether nothing sees v but through a Where that takes it only for rows that go on. */
static bool guarded(const struct over_time *t, const struct cell *c, const struct ir_value *v, int depth)
{
    if (v->n_outputs || depth == 0) return false;
    for (const struct ir_use *u = v->uses; u; u = u->next) {
        if (u->node->op == IR_WHERE && ir_in(u->node, 0) == c->mask && u->index == (c->mask_keeps ? 2u : 1u)) continue;
        for (uint32_t i = 0; i < u->node->n_out; i++)
            if (u->node->out[i] && !guarded(t, c, u->node->out[i], depth - 1)) return false;
    }
    return true;
}

/* -- the node ------------------------------------------------------------------------------------------------------ */

/* All gates' weights, [1, gates * units, rows]. `recurrent`: those of h. */
static struct ir_value *weights(struct build *b, const struct cell *c, bool recurrent)
{
    struct ir_value *gates[GATES], *parts[4];
    for (size_t i = 0; i < c->n_gates; i++) {
        const bool candidate = c->op == IR_GRU && i == GRU_H;
        const struct ir_value *h = candidate && c->reset_h ? c->reset_h : c->h.old;
        const size_t n = recurrent ? 1 : c->n_x;
        for (size_t k = 0; k < n; k++) {
            const struct ir_value *operand = recurrent ? h : c->x[k];
            const int64_t rows = recurrent ? c->units : operand->dims[1].n;
            parts[k] = gate_sum_weights(b, recurrent && candidate && c->resets_after ? &c->recurrent : &c->gates[i], operand);
            if (!parts[k]) parts[k] = form_zeros(b, TFP_FLOAT, INTS(b, rows, c->units));
        }
        gates[i] = TRANSPOSE(b, n == 1 ? parts[0] : ir_concat(b, parts, n, 0), 1, 0);
    }
    return UNSQUEEZE(b, c->n_gates == 1 ? gates[0] : ir_concat(b, gates, c->n_gates, 0), 0);
}

static struct ir_value *biases(struct build *b, const struct cell *c)
{
    struct ir_value *all[2 * GATES];
    for (size_t i = 0; i < c->n_gates; i++) {
        all[i] = gate_sum_bias(b, &c->gates[i], TFP_FLOAT);
        all[c->n_gates + i] = c->resets_after && i == GRU_H ? gate_sum_bias(b, &c->recurrent, TFP_FLOAT)
                                                            : form_zeros(b, TFP_FLOAT, INTS(b, c->units));
    }
    return UNSQUEEZE(b, ir_concat(b, all, 2 * c->n_gates, 0), 0);
}

/* [1, 3 * units] in ONNX's order i o f; NULL: there are none. */
static struct ir_value *peepholes(struct build *b, const struct cell *c)
{
    static const size_t order[] = { LSTM_I, LSTM_O, LSTM_F };
    struct ir_value *all[3];
    bool any = false;
    for (size_t i = 0; c->op == IR_LSTM && i < 3; i++) {
        all[i] = gate_sum_peephole(b, &c->gates[order[i]], order[i] == LSTM_O ? c->c.fresh : c->c.old);
        any = any || all[i];
    }
    if (!any) return NULL;
    for (size_t i = 0; i < 3; i++)
        if (!all[i]) all[i] = form_zeros(b, TFP_FLOAT, INTS(b, c->units));
    return UNSQUEEZE(b, ir_concat(b, all, 3, 0), 0);
}

/* What goes in over all iterations, [time, batch, inputs]. */
static struct ir_value *sequence(struct build *b, const struct over_time *t, const struct cell *c)
{
    struct ir_value *all[4];
    for (size_t i = 0; i < c->n_x; i++) all[i] = over_time_rows(t, b, over_time_sequence(t, c->x[i]));
    return c->n_x == 1 ? all[0] : ir_concat(b, all, c->n_x, 2);
}

/* What goes in with the steps that count in front of the others, if there are masks that are no lengths. */
static struct masked packed(struct build *b, const struct over_time *t, const struct cell *c)
{
    struct ir_value *x = sequence(b, t, c);
    if (!c->mask || c->lengths) return (struct masked){ .x = x };
    struct ir_value *mask = over_time_rows(t, b, mask_sequence(t, c));
    if (mask && mask->rank == 3) mask = SQUEEZE(b, mask, 2);
    if (c->mask_keeps) mask = ir_unary(b, IR_NOT, mask);
    struct masked p = masked_pack(b, TRANSPOSE(b, x, 1, 0, 2), TRANSPOSE(b, mask, 1, 0));
    p.x = TRANSPOSE(b, p.x, 1, 0, 2);
    return p;
}

/* Lengths as the op takes them: int32, none longer than the sequence. */
static struct ir_value *lengths(struct build *b, const struct over_time *t, const struct cell *c)
{
    if (!c->lengths) return NULL;
    struct ir_value *v = ir_cast(b, over_time_outside(t, c->lengths), TFP_INT64);
    v = ir_binary(b, IR_MAX, ir_binary(b, IR_MIN, v, form_scalar(b, t->trips)), ir_int(b, 0));
    return ir_cast(b, v, TFP_INT32);
}

static void emit(struct build *b, const struct over_time *t, const struct cell *c, const struct masked *p,
                 struct ir_value *out[3])
{
    const struct activation *kinds[3] = { &c->f, &c->g, &c->last };
    const size_t n_kinds = c->op == IR_LSTM ? 3 : c->op == IR_GRU ? 2 : 1, n_states = c->op == IR_LSTM ? 2 : 1;
    struct bytes names[3];
    float alphas[3], betas[3];
    size_t n_alphas = 0, n_betas = 0, n = 0;
    for (size_t i = 0; i < n_kinds; i++) {
        names[i] = bytes_of(kinds[i]->name);
        if (kinds[i]->has_alpha) alphas[n_alphas++] = kinds[i]->alpha;
        if (kinds[i]->has_beta) betas[n_betas++] = kinds[i]->beta;
    }
    struct ir_attr attrs[6];
    attrs[n++] = (struct ir_attr)A_INT(ATTR_HIDDEN_SIZE, c->units);
    attrs[n++] = (struct ir_attr){ .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS, .v.strings = { names, n_kinds } };
    if (n_alphas)
        attrs[n++] = (struct ir_attr){ .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS, .v.floats = { alphas, n_alphas } };
    if (n_betas)
        attrs[n++] = (struct ir_attr){ .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS, .v.floats = { betas, n_betas } };
    if (c->op == IR_GRU && c->resets_after) attrs[n++] = (struct ir_attr)A_INT(ATTR_LINEAR_BEFORE_RESET, 1);
    attrs[n] = (struct ir_attr){ .name = ATTR_NONE };
    struct ir_value *h = UNSQUEEZE(b, ir_in(t->node, t->l.in + c->h.index), 0);
    struct ir_value *state = c->op == IR_LSTM ? UNSQUEEZE(b, ir_in(t->node, t->l.in + c->c.index), 0) : NULL;
    struct ir_value *w = weights(b, c, false), *r = weights(b, c, true), *bias = biases(b, c);
    struct ir_value *steps = p->mask ? p->lengths : lengths(b, t, c), *peephole = peepholes(b, c);
    if (b->status == TFP_OK)
        ir_emit_many(b, c->op, IN(p->x, w, r, bias, steps, h, state, peephole), attrs, n_states + 1, out);
}

static bool starts_with_zeros(const struct ir_value *start)
{
    if (start->producer && start->producer->op == IR_EXPAND) start = ir_in(start->producer, 0);
    return constant_is(start, 0);
}

/* The last state after a sequence that may be empty: runtimes give zeros then. */
static struct ir_value *last_of_any(struct build *b, const struct over_time *t, struct ir_value *start, struct ir_value *last)
{
    int64_t trips;
    if (starts_with_zeros(start) || (ir_known_ints(t->trips, &trips, 1) == 1 && trips > 0)) return last;
    struct ir_value *some = ir_binary(b, IR_GREATER, form_scalar(b, t->trips), ir_like(b, t->trips, 0));
    return ir_where(b, some, last, start);
}

/* The last state of a row; one without steps keeps the first. */
static struct ir_value *last_state(struct build *b, const struct over_time *t, const struct cell *c, const struct state *s,
                                   const struct masked *p, struct ir_value *last)
{
    last = SQUEEZE(b, last, 0);
    if (!last) return NULL;
    if (!c->mask) return last_of_any(b, t, ir_in(t->node, t->l.in + s->index), last);
    struct ir_value *steps = p->mask ? p->lengths : over_time_outside(t, c->lengths);
    struct ir_value *none = steps ? ir_binary(b, IR_LESS_OR_EQUAL, steps, ir_like(b, steps, 0)) : NULL;
    return ir_where(b, UNSQUEEZE(b, none, 1), ir_in(t->node, t->l.in + s->index), last);
}

/* Zeros for rows whose sequence is over are in the op's result already. */
static void drop_masks(const struct over_time *t, const struct cell *c, struct ir_value *slice)
{
    for (struct ir_node *n = t->l.body->first; n && c->lengths; n = n->next) {
        if (n->op != IR_WHERE || ir_in(n, 0) != c->mask || ir_in(n, c->mask_keeps ? 2 : 1) != slice) continue;
        if (over_time_is_zero(t, ir_in(n, c->mask_keeps ? 1 : 2))) ir_replace(t->l.body, n->out[0], slice);
    }
}

/* A result that is the one before in rows that do not count, from zeros on: so is the unpacked sequence. */
static void drop_followers(const struct over_time *t, const struct cell *c, struct ir_value *slice)
{
    for (size_t i = 0; i < t->l.n_carried && c->mask && !c->lengths; i++) {
        struct ir_value *next = t->l.body->outputs[t->l.body_out + i].value;
        const struct ir_value *old = t->l.body->inputs[t->l.body_in + i], *start = ir_in(t->node, t->l.in + i);
        const struct ir_node *n = ir_producer(next, IR_WHERE);
        if (!n || ir_in(n, 0) != c->mask || ir_in(n, c->mask_keeps ? 2 : 1) != slice || ir_in(n, c->mask_keeps ? 1 : 2) != old)
            continue;
        if (starts_with_zeros(start)) ir_replace(t->l.body, next, slice);
    }
}

static tfp_status drop_state(struct over_time *t, const struct state *s, struct ir_value *last)
{
    if (!last) return tfp_no_memory(t->o->ctx);
    if (ir_wants(t->node, s->index)) ir_replace(t->o->graph, t->node->out[s->index], last);
    ir_set_output(t->l.body, t->l.body_out + s->index, t->l.body->inputs[t->l.body_in + s->index]);
    return TFP_OK;
}

static tfp_status take_out(struct over_time *t, struct cell *c)
{
    struct build b = rewrite_before(t->o, t->node);
    struct ir_value *out[3] = { NULL, NULL, NULL }, *fresh = c->h.fresh;
    const struct masked p = packed(&b, t, c);
    emit(&b, t, c, &p, out);
    if (b.status != TFP_OK) return b.status;
    struct ir_value *all = SQUEEZE(&b, out[0], 1), *h = last_state(&b, t, c, &c->h, &p, out[1]);
    struct ir_value *state = c->op == IR_LSTM ? last_state(&b, t, c, &c->c, &p, out[2]) : NULL;
    if (p.mask) all = TRANSPOSE(&b, masked_unpack(&b, &p, TRANSPOSE(&b, all, 1, 0, 2), false, false), 1, 0, 2);
    if (b.status != TFP_OK) return b.status;
    TFP_TRY(drop_state(t, &c->h, h));
    if (c->op == IR_LSTM) TFP_TRY(drop_state(t, &c->c, state));
    struct ir_value *slice = over_time_slice(t, all);
    if (!slice) return tfp_no_memory(t->o->ctx);
    ir_replace(t->l.body, fresh, slice);
    drop_masks(t, c, slice);
    drop_followers(t, c, slice);
    struct optimize inner = { .ctx = t->o->ctx, .graph = t->l.body };
    bool changed;
    return pass_dead(&inner, &changed);
}

/* -- finding ------------------------------------------------------------------------------------------------------- */

static bool match_with(const struct over_time *t, struct cell *c, enum ir_op op, size_t h, size_t state)
{
    *c = (struct cell){ .op = op };
    if (!read_state(t, c, h, &c->h, true)) return false;
    if (!dim_fixed(c->h.old->dims[1])) return false;
    c->units = c->h.old->dims[1].n;
    if (op == IR_LSTM && (state == h || !read_state(t, c, state, &c->c, false))) return false;
    if (!(op == IR_LSTM ? match_lstm(c) : op == IR_GRU ? match_gru(c) : match_rnn(c))) return false;
    return check_gates(t, c) && lives_without(t, c) && (!c->mask || c->h.fresh == NULL || guarded(t, c, c->h.fresh, 32));
}

static bool match(const struct over_time *t, struct cell *c)
{
    for (size_t h = 0; h < t->l.n_carried; h++) {
        for (size_t state = 0; state < t->l.n_carried; state++)
            if (match_with(t, c, IR_LSTM, h, state)) return true;
        if (match_with(t, c, IR_GRU, h, h) || match_with(t, c, IR_RNN, h, h)) return true;
    }
    return false;
}

tfp_status pass_recurrent(struct optimize *o, bool *changed)
{
    struct over_time t;
    struct cell c;
    bool any = false;
    for (struct ir_node *n = o->graph->first; n; n = n->next) {
        if (ir_node_unused(n) || !over_time_begin(o, n, &t)) continue;
        while (match(&t, &c)) {
            TFP_TRY(take_out(&t, &c));
            any = true;
        }
    }
    *changed = *changed || any;
    return any ? ir_infer_all(o->ctx, o->graph) : TFP_OK;
}
