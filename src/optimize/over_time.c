/* Loops as work on sequences (over_time.h), and loops that carry nothing from one iteration to the next: what they do with
 * slices is done with whole tensors, until nothing is left of them. */
#include "optimize/over_time.h"

#include "ir/forms.h"

#include <stdio.h>
#include <string.h>

bool over_time_begin(struct optimize *o, struct ir_node *n, struct over_time *out)
{
    if (n->op != IR_LOOP || ir_control_mismatch(n) || !ir_in(n, 0)) return false;
    *out = (struct over_time){ .o = o, .node = n, .l = ir_loop_of(n), .trips = ir_in(n, 0) };
    return !ir_loop_may_end(n, &out->l);
}

/* Carried value i starts with 0 and grows by 1. */
static bool is_counter(const struct over_time *t, size_t i)
{
    const struct ir_value *start = ir_in(t->node, t->l.in + i), *input = t->l.body->inputs[t->l.body_in + i];
    const struct ir_node *n = t->l.body->outputs[t->l.body_out + i].value->producer;
    if (!start->constant || start->constant->count != 1 || !dtype_is_integer(start->dtype) || tensor_int(start->constant, 0))
        return false;
    if (!n || n->op != IR_ADD) return false;
    for (size_t k = 0; k < 2; k++)
        if (ir_in(n, k) == input && constant_is(ir_in(n, !k), 1)) return true;
    return false;
}

static const struct ir_value *behind_casts(const struct ir_value *v)
{
    while (v && v->producer && (v->producer->op == IR_CAST || v->producer->op == IR_IDENTITY ||
                                v->producer->op == IR_SQUEEZE || v->producer->op == IR_UNSQUEEZE))
        v = ir_in(v->producer, 0);
    return v;
}

/* A value of the body that is the iteration's number. */
static bool is_iteration(const struct over_time *t, const struct ir_value *v)
{
    v = behind_casts(v);
    if (v == t->l.body->inputs[0]) return true;
    for (size_t i = 0; i < t->l.n_carried; i++)
        if (v == t->l.body->inputs[t->l.body_in + i]) return is_counter(t, i);
    return false;
}

struct ir_value *over_time_outside(const struct over_time *t, const struct ir_value *v)
{
    struct build b = { .ctx = t->o->ctx, .graph = t->o->graph };
    if (v->constant) return ir_constant_of(&b, v);
    for (size_t i = 0; i < t->l.n_carried; i++)
        if (v == t->l.body->inputs[t->l.body_in + i]) return ir_loop_invariant(&t->l, i) ? ir_in(t->node, t->l.in + i) : NULL;
    return NULL;
}

struct ir_value *over_time_sequence(const struct over_time *t, const struct ir_value *v)
{
    const struct ir_node *n = v ? v->producer : NULL;
    if (!n || n->op != IR_GATHER || ir_attr_int(n, ATTR_AXIS, 0) != 0 || !ir_in(n, 1) || ir_in(n, 1)->rank != 0) return NULL;
    return is_iteration(t, ir_in(n, 1)) ? over_time_outside(t, ir_in(n, 0)) : NULL;
}

/* Output i of the body stands behind the carried values. */
static void move_output(struct ir_graph *body, size_t to)
{
    const struct ir_output last = body->outputs[body->n_outputs - 1];
    memmove(&body->outputs[to + 1], &body->outputs[to], (body->n_outputs - 1 - to) * sizeof last);
    body->outputs[to] = last;
}

/* The input of the body that is a value around it, made when there is none. */
static struct ir_value *capture(struct over_time *t, struct ir_value *v)
{
    struct ir_graph *body = t->l.body;
    char name[48];
    struct dim dims[TFP_MAX_RANK];
    for (size_t i = 0; i < t->l.n_carried; i++)
        if (ir_in(t->node, t->l.in + i) == v && ir_loop_invariant(&t->l, i)) return body->inputs[t->l.body_in + i];
    bool taken = true;
    for (size_t number = body->n_inputs; taken; number++) {
        taken = false;
        snprintf(name, sizeof name, "given_%u_%zu", body->number, number);
        for (size_t i = 0; i < body->n_inputs && !taken; i++) taken = strcmp(body->inputs[i]->name, name) == 0;
    }
    for (int32_t i = 0; i < v->rank; i++) dims[i] = dim_carry(t->o->graph, body, v->dims[i]);
    struct ir_value *in = ir_add_input(body, name, v->dtype, v->rank, dims);
    if (!in || !ir_add_output(body, name, in) || !ir_append_input(t->node, v)) return NULL;
    move_output(body, t->l.body_out + t->l.n_carried);
    if (!ir_insert_node_output(t->node, t->l.n_carried)) return NULL;
    t->l = ir_loop_of(t->node);
    return in;
}

struct ir_value *over_time_slice(struct over_time *t, struct ir_value *sequence)
{
    struct ir_graph *body = t->l.body;
    struct ir_value *in = capture(t, sequence);
    struct build b = { .ctx = t->o->ctx, .graph = body, .before = body->first, .scope = t->node->name };
    return in ? ir_gather(&b, in, body->inputs[0], 0) : NULL;
}

struct ir_value *over_time_rows(const struct over_time *t, struct build *b, struct ir_value *sequence)
{
    int64_t trips;
    if (!sequence) return NULL;
    const struct dim first = sequence->rank > 0 ? sequence->dims[0] : (struct dim){ 0, DIM_UNKNOWN };
    if (ir_known_ints(t->trips, &trips, 1) == 1 && dim_is(first, trips)) return sequence;
    if (t->trips->n_known == 1 && dim_equal(t->trips->known[0], first)) return sequence;
    return ir_slice(b, sequence, INTS(b, 0), form_vector(b, t->trips), INTS(b, 0), NULL);
}

static const struct ir_value *behind_shapes(const struct ir_value *v)
{
    while (v && v->producer && (v->producer->op == IR_UNSQUEEZE || v->producer->op == IR_IDENTITY ||
                                v->producer->op == IR_EXPAND || v->producer->op == IR_RESHAPE ||
                                v->producer->op == IR_TILE || v->producer->op == IR_CAST))
        v = ir_in(v->producer, 0);
    return v;
}

const struct ir_value *over_time_lengths(const struct over_time *t, const struct ir_value *mask, bool *over)
{
    const struct ir_value *v = behind_shapes(mask);
    const struct ir_node *n = v ? v->producer : NULL;
    bool flipped = false;
    if (n && n->op == IR_NOT) {
        v = behind_shapes(ir_in(n, 0));
        n = v ? v->producer : NULL;
        flipped = true;
    }
    if (!n || n->n_in != 2) return NULL;
    const bool first = is_iteration(t, ir_in(n, 0));
    const struct ir_value *lengths = ir_in(n, first);
    if (!first && !is_iteration(t, ir_in(n, 1))) return NULL;
    if (n->op == (first ? IR_GREATER_OR_EQUAL : IR_LESS_OR_EQUAL)) *over = true;
    else if (n->op == (first ? IR_LESS : IR_GREATER)) *over = false;
    else return NULL;
    *over = *over != flipped;
    return lengths->rank == 1 && dtype_is_integer(lengths->dtype) ? lengths : NULL;
}

bool over_time_is_zero(const struct over_time *t, const struct ir_value *v)
{
    if (!v->constant) v = over_time_outside(t, v);
    if (v && v->producer && v->producer->op == IR_EXPAND) v = ir_in(v->producer, 0);
    return v && constant_is(v, 0);
}

/* -- loops that end with the longest row --------------------------------------------------------------------------- */

static struct dim number(const struct ir_value *v)
{
    if (v->constant && v->constant->count == 1 && dtype_is_integer(v->dtype)) return dim_of(tensor_int(v->constant, 0));
    return v->n_known == 1 ? v->known[0] : (struct dim){ 0, DIM_UNKNOWN };
}

/* Whether a number is the greatest of the lengths, or more, or `steps` where that is less. */
static bool reaches_longest(const struct ir_value *v, const struct ir_value *lengths, struct dim steps)
{
    for (int depth = 0; v && v->producer && depth < 16; depth++) {
        const struct ir_node *n = v->producer;
        size_t other = 2;
        if (n->op == IR_REDUCE_MAX) return behind_casts(ir_in(n, 0)) == behind_casts(lengths) && v->rank <= 1;
        for (size_t i = 0; i < 2 && (n->op == IR_MAX || n->op == IR_MIN) && n->n_in == 2; i++)
            if (n->op == IR_MAX ? ir_in(n, i)->constant != NULL : dim_equal(number(ir_in(n, i)), steps)) other = i;
        if (other < 2) v = ir_in(n, !other);
        else if (n->op == IR_CAST || n->op == IR_SQUEEZE || n->op == IR_UNSQUEEZE || n->op == IR_RESHAPE) v = ir_in(n, 0);
        else return false;
    }
    return false;
}

/* The lengths behind a Where that keeps `old` in rows that are over (NULL: that gives zeros there). */
static const struct ir_value *kept_by(const struct over_time *t, const struct ir_value *v, const struct ir_value *old)
{
    const struct ir_node *n = v->producer;
    bool over;
    const struct ir_value *lengths = n && n->op == IR_WHERE ? over_time_lengths(t, ir_in(n, 0), &over) : NULL;
    if (!lengths) return NULL;
    const struct ir_value *there = ir_in(n, over ? 1 : 2);
    return (old ? there == old : over_time_is_zero(t, there)) ? over_time_outside(t, lengths) : NULL;
}

/* Everything is kept, or zeros, in rows that are over; *lengths of all the same kind. */
static bool rests_when_over(const struct over_time *t, const struct ir_value **lengths)
{
    for (size_t i = 0; i < t->l.n_carried + t->l.n_collected; i++) {
        const struct ir_value *v = t->l.body->outputs[t->l.body_out + i].value;
        const bool carried = i < t->l.n_carried;
        if (carried && (ir_loop_invariant(&t->l, i) || (is_counter(t, i) && !ir_wants(t->node, i)))) continue;
        const struct ir_value *mine = kept_by(t, v, carried ? t->l.body->inputs[t->l.body_in + i] : NULL);
        if (!mine || (*lengths && *lengths != mine)) return false;
        *lengths = mine;
    }
    return *lengths != NULL;
}

/* What is collected is only made longer with zeros, or asked for its size. */
static bool only_padded(const struct over_time *t)
{
    for (size_t i = t->l.n_carried; i < t->node->n_out; i++)
        for (const struct ir_use *u = t->node->out[i] ? t->node->out[i]->uses : NULL; u; u = u->next) {
            const struct ir_node *n = u->node;
            if (n->op == IR_SHAPE) continue;
            const struct ir_value *rest = n->op == IR_CONCAT && n->n_in == 2 && u->index == 0 ? ir_in(n, 1) : NULL;
            if (!rest || !rest->producer || rest->producer->op != IR_EXPAND || !constant_is(ir_in(rest->producer, 0), 0))
                return false;
        }
    return true;
}

/* Whether every tensor that is read slice by slice has that many. */
static bool are_as_long(const struct over_time *t, struct dim steps)
{
    for (const struct ir_node *n = t->l.body->first; n; n = n->next) {
        const struct ir_value *all = n->n_out ? over_time_sequence(t, n->out[0]) : NULL;
        if (all && (all->rank < 1 || !dim_equal(all->dims[0], steps))) return false;
    }
    return true;
}

/* A loop that ends when the longest row does may go on to the end: so its results have a size that is known. */
static void run_to_the_end(struct over_time *t, bool *changed)
{
    const struct ir_node *least = t->trips->producer;
    const struct ir_value *lengths = NULL;
    if (!least || least->op != IR_MIN || least->n_in != 2) return;
    for (size_t i = 0; i < 2; i++) {
        const struct dim steps = number(ir_in(least, i));
        if (steps.sym == DIM_UNKNOWN || !rests_when_over(t, &lengths) || !only_padded(t) || !are_as_long(t, steps)) continue;
        if (!reaches_longest(ir_in(least, !i), lengths, steps)) continue;
        ir_set_input(t->node, 0, ir_in(least, i));
        t->trips = ir_in(least, i);
        *changed = true;
        return;
    }
}

/* -- loops that carry nothing -------------------------------------------------------------------------------------- */

/* Works on the elements alone, so that it may have one more dimension in front. */
static bool is_pointwise(enum ir_op op)
{
    switch (op) {
    case IR_ABS: case IR_ADD: case IR_AND: case IR_CAST: case IR_CEIL: case IR_CLIP: case IR_COS: case IR_DIV: case IR_ELU:
    case IR_EQUAL: case IR_ERF: case IR_EXP: case IR_FLOOR: case IR_GREATER: case IR_GREATER_OR_EQUAL: case IR_HARD_SIGMOID:
    case IR_IDENTITY: case IR_LEAKY_RELU: case IR_LESS: case IR_LESS_OR_EQUAL: case IR_LOG: case IR_MAX: case IR_MIN:
    case IR_MUL: case IR_NEG: case IR_NOT: case IR_OR: case IR_POW: case IR_RECIPROCAL: case IR_RELU: case IR_ROUND:
    case IR_SELU: case IR_SIGMOID: case IR_SIGN: case IR_SIN: case IR_SOFTPLUS: case IR_SOFTSIGN: case IR_SQRT: case IR_SUB:
    case IR_TANH: case IR_WHERE: return true;
    default: return false;
    }
}

/* An operand of a node as the tensor over all iterations, or as it is in each: *same. NULL: neither. */
static struct ir_value *operand(const struct over_time *t, const struct ir_value *v, bool *same)
{
    struct ir_value *all = over_time_sequence(t, v);
    *same = !all;
    return all ? all : over_time_outside(t, v);
}

/* The same axes with one dimension more in front. */
static struct ir_value *later_axes(struct build *b, const struct ir_value *axes)
{
    int64_t at[TFP_MAX_RANK], n = axes ? ir_known_ints(axes, at, TFP_MAX_RANK) : -1;
    for (int64_t i = 0; i < n; i++) at[i] += at[i] >= 0;
    return n < 0 ? NULL : ir_ints(b, at, (size_t)n);
}

/* A node that only shapes a slice, over all iterations; NULL: it is none. */
static struct ir_value *shaped_at_once(const struct over_time *t, struct build *b, const struct ir_node *n)
{
    if (n->op != IR_UNSQUEEZE && n->op != IR_SQUEEZE) return NULL;
    struct ir_value *all = over_time_sequence(t, ir_in(n, 0)), *axes = all ? later_axes(b, ir_in(n, 1)) : NULL;
    return axes ? ir_emit(b, n->op, IN(over_time_rows(t, b, all), axes), NO_ATTRS) : NULL;
}

/* The node over all iterations at once; NULL: it cannot be. Slices must be of one rank, others of no higher one. */
static struct ir_value *at_once(const struct over_time *t, struct build *b, struct ir_node *n)
{
    struct ir_value *in[8];
    bool same[8], any = false;
    int32_t rank = -1;
    if (n->n_in > 8 || n->n_out != 1) return NULL;
    if (n->op == IR_UNSQUEEZE || n->op == IR_SQUEEZE) return shaped_at_once(t, b, n);
    const bool product = n->op == IR_MATMUL;
    if (!product && !is_pointwise(n->op)) return NULL;
    for (uint32_t i = 0; i < n->n_in; i++) {
        in[i] = NULL;
        same[i] = true;
        if (!ir_in(n, i)) continue;
        if (!(in[i] = operand(t, ir_in(n, i), &same[i])) || ir_in(n, i)->rank < 0) return NULL;
        if (same[i]) continue;
        if (any && ir_in(n, i)->rank != rank) return NULL;
        rank = ir_in(n, i)->rank;
        any = true;
    }
    for (uint32_t i = 0; any && i < n->n_in; i++)
        if (in[i] && same[i] && in[i]->rank > rank) return NULL;
    if (!any || (product && (rank < 2 || same[0] || !same[1] || in[1]->rank != 2))) return NULL;
    struct ir_attr *attrs = ARENA_ARRAY(&b->graph->arena, struct ir_attr, n->n_attrs + 1);
    if (!attrs) return build_fail(b, tfp_no_memory(b->ctx));
    if (n->n_attrs) memcpy(attrs, n->attrs, n->n_attrs * sizeof *attrs);
    for (uint32_t i = 0; i < n->n_in; i++)
        if (in[i] && !same[i]) in[i] = over_time_rows(t, b, in[i]);
    return ir_emit(b, n->op, in, n->n_in, attrs);
}

/* No iteration looks at what the one before gave: only the last one's counts. */
static bool is_overwritten(const struct over_time *t, size_t i)
{
    const struct ir_value *input = t->l.body->inputs[t->l.body_in + i];
    return ir_unused(input);
}

static bool carries_something(const struct over_time *t)
{
    for (size_t i = 0; i < t->l.n_carried; i++)
        if (!ir_loop_invariant(&t->l, i) && !is_counter(t, i) && !is_overwritten(t, i)) return true;
    return false;
}

static bool is_row_of(const struct ir_value *row, const struct ir_value *all)
{
    bool same = row->rank >= 0 && row->rank + 1 == all->rank;
    for (int32_t i = 0; same && i < row->rank; i++) same = dim_equal(row->dims[i], all->dims[i + 1]);
    return same;
}

/* What comes out of the last iteration, or where there is none what went in. NULL: it is not known which. */
static struct ir_value *last_row(const struct over_time *t, struct build *b, size_t i)
{
    int64_t trips;
    struct ir_value *all = over_time_sequence(t, t->l.body->outputs[t->l.body_out + i].value);
    struct ir_value *start = ir_in(t->node, t->l.in + i);
    const bool runs = ir_known_ints(t->trips, &trips, 1) == 1 && trips > 0;
    if (!all || (!runs && !is_row_of(start, all))) return NULL;
    all = over_time_rows(t, b, all);
    if (!runs) {
        all = ir_slice(b, all, INTS(b, -1), INTS(b, INT64_MAX), INTS(b, 0), NULL);
        all = CONCAT(b, 0, UNSQUEEZE(b, start, 0), all);
    }
    return ir_gather(b, all, ir_int(b, -1), 0);
}

/* Cuts the last row of the first axis out. */
static bool takes_last_row(const struct ir_node *n)
{
    int64_t start, end, axis;
    if (n->op != IR_SLICE || !ir_in(n, 3) || (ir_in(n, 4) && !constant_is(ir_in(n, 4), 1))) return false;
    return ir_known_ints(ir_in(n, 1), &start, 1) == 1 && ir_known_ints(ir_in(n, 2), &end, 1) == 1 &&
           ir_known_ints(ir_in(n, 3), &axis, 1) == 1 && start == -1 && end >= INT32_MAX && axis == 0;
}

/* The last of what is collected is what comes out, where that is carried, too. */
static tfp_status give_last_rows(struct over_time *t, bool *changed)
{
    for (size_t k = 0; k < t->l.n_collected; k++) {
        const size_t at = t->l.n_carried + k;
        size_t i = 0;
        const struct ir_value *v = t->l.body->outputs[t->l.body_out + at].value;
        while (i < t->l.n_carried && t->l.body->outputs[t->l.body_out + i].value != v) i++;
        if (i == t->l.n_carried || !t->node->out[i] || !ir_wants(t->node, at)) continue;
        for (struct ir_use *u = t->node->out[at]->uses, *next; u; u = next) {
            struct ir_node *n = u->node;
            next = u->next;
            if (u->index || !takes_last_row(n)) continue;
            struct build b = rewrite_before(t->o, n);
            struct ir_value *row = UNSQUEEZE(&b, t->node->out[i], 0);
            if (!row) return b.status;
            ir_replace(t->o->graph, n->out[0], row);
            *changed = true;
        }
    }
    return TFP_OK;
}

/* Collected slices of a tensor are that tensor; a counter that somebody wants is the number of iterations. */
static tfp_status give_results(struct over_time *t, bool *changed)
{
    struct build b = rewrite_before(t->o, t->node);
    for (size_t i = 0; i < t->l.n_collected; i++) {
        const size_t at = t->l.n_carried + i;
        if (!ir_wants(t->node, at)) continue;
        struct ir_value *all = over_time_sequence(t, t->l.body->outputs[t->l.body_out + at].value);
        if (!all) continue;
        all = over_time_rows(t, &b, all);
        if (!all) return b.status;
        ir_replace(t->o->graph, t->node->out[at], all);
        *changed = true;
    }
    for (size_t i = 0; i < t->l.n_carried; i++) {
        struct ir_value *end = NULL;
        if (!ir_wants(t->node, i) || ir_loop_invariant(&t->l, i)) continue;
        if (is_counter(t, i)) end = ir_cast(&b, form_scalar(&b, t->trips), t->node->out[i]->dtype);
        else if (is_overwritten(t, i)) end = last_row(t, &b, i);
        if (b.status != TFP_OK) return b.status;
        if (!end) continue;
        ir_replace(t->o->graph, t->node->out[i], end);
        *changed = true;
    }
    return TFP_OK;
}

tfp_status pass_over_time(struct optimize *o, bool *changed)
{
    struct over_time t;
    bool any = false;
    for (struct ir_node *n = o->graph->first, *next; n; n = next) {
        next = n->next;
        if (ir_node_unused(n) || !over_time_begin(o, n, &t)) continue;
        run_to_the_end(&t, &any);
        for (struct ir_node *k = t.l.body->first, *behind; k && !carries_something(&t); k = behind) {
            struct build b = rewrite_before(o, n);
            behind = k->next;
            struct ir_value *all = at_once(&t, &b, k), *slice = all ? over_time_slice(&t, all) : NULL;
            if (b.status != TFP_OK) return b.status;
            if (!all) continue;
            if (!slice) return tfp_no_memory(o->ctx);
            ir_replace(t.l.body, k->out[0], slice);
            ir_remove(k);
            any = true;
        }
        TFP_TRY(give_last_rows(&t, &any));
        TFP_TRY(give_results(&t, &any));
    }
    *changed = *changed || any;
    return any ? ir_infer_all(o->ctx, o->graph) : TFP_OK;
}
