/* A loop of TensorFlow as a Loop of the IR. Its Merges are bound to inputs of a body, and the nodes that depend on them are
 * lowered into it; what else they need is lowered where it belongs and comes in through inputs (lower_import()).
 *
 * Rules look at shapes, so a body holds for the shapes that its variables start with. Where what comes out of an iteration
 * has another shape, or an array is used in a way that needs it in one tensor, the body is thrown away and made again
 * with less taken for granted, until it holds. */
#include "frontend/tensorflow/lower_list.h"
#include "frontend/tensorflow/lower_walk.h"
#include "ir/bodies.h"
#include "ir/forms.h"

#include <stdio.h>

enum {
    EXACT_ROUNDS = 4, /* then every dimension, then every rank of what changes is taken to differ */
    MOST_ROUNDS = 40
};

/* A variable of a loop as a value that the Loop carries, or an array whose elements it collects. */
struct lower_carried {
    struct ir_value *start; /* around the body; NULL: a collected array */
    struct ir_value *input; /* of the body; NULL likewise */
    struct ir_value *result; /* around: what the Loop gives */
    const struct lower_list *list; /* an array as the loop finds it; NULL: a tensor */
    struct lower_slot slot;
    uint32_t varies; /* as in ir_value */
};

/* One attempt at a body. */
struct making {
    struct job *j;
    struct tf_loop *loop;
    struct lower_body body;
    struct ir_value *most;      /* around: number of iterations; NULL: the condition tells */
    struct ir_value *goes_on;   /* of the body: whether there is another one */
    bool again;
};

/* -- the variables ------------------------------------------------------------------------------------------------- */

/* What an input of the body that no iteration changes is around it; NULL: it is none. */
static struct ir_value *outside(const struct making *m, const struct ir_value *input)
{
    const struct ir_graph *g = m->body.graph;
    for (size_t i = 0; i < m->body.n_given; i++)
        if (g->inputs[g->n_inputs - m->body.n_given + i] == input) return m->body.given[i];
    for (size_t i = 0; i < m->loop->n_variables; i++) {
        const struct tf_loop_variable *v = &m->loop->variables[i];
        if (!v->carried->list && v->carried->input == input && v->then == input) return v->carried->start;
    }
    return NULL;
}

static tfp_status begin_carried(struct making *m)
{
    struct lower *lw = &m->j->lw;
    for (size_t i = 0; i < m->loop->n_variables; i++) {
        struct tf_loop_variable *v = &m->loop->variables[i];
        if (!(v->carried = ARENA_NEW(&lw->graph->arena, struct lower_carried))) return tfp_no_memory(lw->b.ctx);
        v->carried->list = lower_list_find(lw, v->now);
        if (!v->carried->list) v->carried->start = lower_import(lw, v->now);
    }
    return TFP_OK;
}

/* The array of a variable as an iteration finds it. */
static struct ir_value *array_inside(struct making *m, struct lower_carried *c)
{
    struct lower *lw = &m->j->lw;
    struct lower_list *list = c->input ? lower_list_of(lw, c->list, c->input) : lower_list_slot(lw, c->list, &c->slot);
    if (list) list->stretches = c->slot.stretches;
    return list ? list->value : NULL;
}

static tfp_status bind_variable(struct making *m, size_t i)
{
    struct lower *lw = &m->j->lw;
    const struct tf_loop_variable *v = &m->loop->variables[i];
    struct lower_carried *c = v->carried;
    struct ir_graph *body = m->body.graph;
    char name[32];
    c->input = NULL;
    if (c->list && c->slot.dense && !c->start) {
        lw->b.graph = m->body.around;
        c->start = lower_list_start(lw, c->list, &c->slot);
        lw->b.graph = body;
    }
    if (lw->b.status != TFP_OK) return lw->b.status;
    if (c->start) {
        snprintf(name, sizeof name, "carried_%u_%zu", body->number, i);
        c->input = ir_add_input(body, name, c->start->dtype, -1, NULL);
        if (!c->input || !lower_carry_facts(c->start, c->input, c->varies)) return tfp_no_memory(lw->b.ctx);
        if (!ir_set_known(body, c->input, NULL, 0)) return tfp_no_memory(lw->b.ctx);
        c->input->varies = c->varies;
    }
    struct ir_value *value = c->list ? array_inside(m, c) : c->input;
    return value ? lower_bind(m->j, v, value) : lw->b.status;
}

static tfp_status bind_all(struct making *m)
{
    static const struct dim none[1];
    struct ir_graph *body = m->body.graph;
    char name[32];
    snprintf(name, sizeof name, "iteration_%u", body->number);
    if (!ir_add_input(body, name, TFP_INT64, 0, none)) return tfp_no_memory(m->j->lw.b.ctx);
    snprintf(name, sizeof name, "goes_on_%u", body->number);
    if (!ir_add_input(body, name, TFP_BOOL, 0, none)) return tfp_no_memory(m->j->lw.b.ctx);
    for (size_t i = 0; i < m->loop->n_variables; i++) TFP_TRY(bind_variable(m, i));
    return TFP_OK;
}

/* What the next iteration gets; an array's elements in one tensor. NULL with the status set, or for a collected array. */
static struct ir_value *next_value(struct making *m, const struct tf_loop_variable *v)
{
    struct lower *lw = &m->j->lw;
    if (!v->carried->input) return NULL;
    if (!v->carried->list) return lower_import(lw, v->then);
    const struct lower_list *list = lower_list_find(lw, v->then);
    if (!list) return lower_unsupported(lw, "a loop's array is replaced by what is none"), NULL;
    return lower_list_stack(lw, list);
}

/* Whether each variable comes out as it went in; what does not is taken to vary from now on. */
static tfp_status compare(struct making *m, int round)
{
    for (size_t i = 0; i < m->loop->n_variables; i++) {
        const struct tf_loop_variable *v = &m->loop->variables[i];
        struct lower_carried *c = v->carried;
        struct ir_value *next = next_value(m, v), *in = c->input;
        if (m->j->lw.b.status != TFP_OK) return m->j->lw.b.status;
        if (!in || next == in) continue;
        if (next->dtype != in->dtype)
            return tfp_fail(m->j->lw.b.ctx, TFP_E_FORMAT, "node %s (%s): the type changes from step to step",
                            v->merge->name, v->merge->op);
        uint32_t varies = c->varies;
        if (in->rank >= 0 && next->rank != in->rank) varies |= IR_RANK_VARIES;
        for (int32_t k = 0; in->rank == next->rank && k < in->rank; k++)
            if (!dim_equal(in->dims[k], next->dims[k])) varies |= UINT32_C(1) << k;
        if (varies == c->varies) continue;
        if (round >= EXACT_ROUNDS) varies |= round > EXACT_ROUNDS ? UINT32_MAX : ~IR_RANK_VARIES;
        c->varies = varies;
        m->again = true;
    }
    return TFP_OK;
}

/* -- counting ------------------------------------------------------------------------------------------------------ */

/* The variable that an input of the body is, when each iteration adds 1 to it; NULL: none. */
static const struct tf_loop_variable *counter(const struct making *m, const struct ir_value *input)
{
    for (size_t i = 0; input && i < m->loop->n_variables; i++) {
        const struct tf_loop_variable *v = &m->loop->variables[i];
        if (v->carried->list || v->carried->input != input || !dtype_is_integer(input->dtype)) continue;
        const struct ir_node *n = v->then->producer;
        if (!n || n->op != IR_ADD || v->then->graph != m->body.graph) return NULL;
        for (size_t k = 0; k < 2; k++) {
            const struct tensor *one = ir_in_constant(n, !k);
            if (ir_in(n, k) == input && one && one->count == 1 && tensor_int(one, 0) == 1) return v;
        }
        return NULL;
    }
    return NULL;
}

/* How many iterations "counter < limit" lets run, as a value around the body; NULL: that cannot be told. */
static struct ir_value *count_up_to(struct making *m, const struct ir_value *low, struct ir_value *high, bool or_equal)
{
    struct build *b = &m->j->lw.b;
    const struct tf_loop_variable *v = counter(m, low);
    if (!v || !high) return NULL;
    struct ir_value *limit = high->constant ? high : outside(m, high);
    if (!limit || (limit->rank != 0 && !(limit->rank == 1 && dim_is(limit->dims[0], 1)))) return NULL;
    b->graph = m->body.around;
    if (limit->constant) limit = ir_constant_of(b, limit);
    limit = form_scalar(b, ir_cast(b, limit, TFP_INT64));
    struct ir_value *count = ir_sub(b, limit, form_scalar(b, ir_cast(b, v->carried->start, TFP_INT64)));
    if (or_equal) count = ir_add(b, count, ir_int(b, 1));
    if (!form_nonnegative(b, count)) count = ir_binary(b, IR_MAX, count, ir_int(b, 0));
    b->graph = m->body.graph;
    return count;
}

/* How many iterations a condition lets run that only compares counters with what does not change. */
static struct ir_value *count_of(struct making *m, const struct ir_value *condition, int depth)
{
    struct build *b = &m->j->lw.b;
    const struct ir_node *n = condition->producer;
    if (!n || depth == 0) return NULL;
    switch (n->op) {
    case IR_LESS: return count_up_to(m, ir_in(n, 0), ir_in(n, 1), false);
    case IR_GREATER: return count_up_to(m, ir_in(n, 1), ir_in(n, 0), false);
    case IR_LESS_OR_EQUAL: return count_up_to(m, ir_in(n, 0), ir_in(n, 1), true);
    case IR_GREATER_OR_EQUAL: return count_up_to(m, ir_in(n, 1), ir_in(n, 0), true);
    case IR_AND: break;
    default: return NULL;
    }
    struct ir_value *x = count_of(m, ir_in(n, 0), depth - 1);
    struct ir_value *y = x ? count_of(m, ir_in(n, 1), depth - 1) : NULL;
    if (!y) return NULL;
    int64_t a, c;
    if (ir_known_ints(x, &a, 1) == 1 && ir_known_ints(y, &c, 1) == 1) return a <= c ? x : y;
    if (x->n_known == 1 && y->n_known == 1 && dim_equal(x->known[0], y->known[0])) return x;
    b->graph = m->body.around;
    struct ir_value *least = ir_binary(b, IR_MIN, x, y);
    b->graph = m->body.graph;
    return least;
}

/* A collected array is right when iteration i wrote element i, or all elements behind those that were there. */
static tfp_status check_collected(struct making *m)
{
    struct lower *lw = &m->j->lw;
    for (size_t i = 0; i < m->loop->n_variables; i++) {
        const struct tf_loop_variable *v = &m->loop->variables[i];
        struct lower_carried *c = v->carried;
        const struct lower_list *list = c->list && !c->input ? lower_list_find(lw, v->then) : NULL;
        int64_t first;
        if (!c->list || c->input) continue;
        bool right = list && list->slot == &c->slot;
        if (right && list->written && list->index) {
            const struct tf_loop_variable *at = counter(m, list->index);
            right = at && ir_known_ints(at->carried->start, &first, 1) == 1 && first == 0;
        } else if (right && list->written) {
            right = !c->list->length && !c->list->n;
        }
        if (!right) c->slot.dense = m->again = true;
    }
    return TFP_OK;
}

/* -- a body -------------------------------------------------------------------------------------------------------- */

/* Lowers what each variable is in the next iteration; *fine false: that failed. */
static tfp_status lower_next(struct making *m, struct ir_value **condition, bool *fine)
{
    struct job *j = m->j;
    TFP_TRY(lower_inside(j, m->loop->condition, condition));
    *fine = *condition != NULL;
    for (size_t i = 0; i < m->loop->n_variables && *fine; i++) {
        struct tf_loop_variable *v = &m->loop->variables[i];
        TFP_TRY(lower_inside(j, v->next, &v->then));
        *fine = v->then != NULL;
        const char *why = lower_over_budget(j);
        if (!why) continue;
        tfp_fail(j->lw.b.ctx, TFP_E_UNSUPPORTED, "node %s (%s): %s", v->enter->name, v->enter->op, why);
        lower_note_reason(j, v->enter);
        *fine = false;
    }
    return TFP_OK;
}

/* What rules do around their node: the loop's own work is named after its condition. */
static void speak_for_loop(struct making *m)
{
    struct lower *lw = &m->j->lw;
    lw->node = m->loop->condition;
    lw->b.scope = m->loop->condition->name;
    lw->b.graph = m->body.graph;
    lw->b.status = TFP_OK;
}

/* A failure of the loop's own work, as one of its nodes'. */
static tfp_status own_failure(struct making *m, tfp_status status, bool *fine)
{
    if (status == TFP_OK) return TFP_OK;
    m->j->lw.b.status = TFP_OK;
    *fine = false;
    if (status != TFP_E_UNSUPPORTED) return status;
    if (m->j->lw.again) return TFP_OK;
    uint16_t level = m->loop->condition->level;
    m->loop->condition->level = m->j->depth;
    lower_note_reason(m->j, m->loop->condition);
    m->loop->condition->level = level;
    return TFP_OK;
}

/* The condition once more, of what the next iteration gets. */
static tfp_status lower_condition(struct making *m, size_t from, bool *fine)
{
    struct job *j = m->j;
    lower_end_step(j, from);
    for (size_t i = 0; i < m->loop->n_variables; i++)
        TFP_TRY(lower_bind(j, &m->loop->variables[i], m->loop->variables[i].then));
    TFP_TRY(lower_inside(j, m->loop->condition, &m->goes_on));
    *fine = m->goes_on != NULL;
    if (!*fine || !ir_is_constant_bool(m->goes_on, true)) return TFP_OK;
    speak_for_loop(m);
    return own_failure(m, lower_unsupported(&j->lw, "a loop that never ends"), fine);
}

/* One attempt. *fine: the body is whole, unless m->again says that it is to be made anew. */
static tfp_status make_body(struct making *m, size_t from, int round, bool *fine)
{
    struct ir_value *condition;
    *fine = true;
    speak_for_loop(m);
    TFP_TRY(own_failure(m, bind_all(m), fine));
    if (!*fine) return TFP_OK;
    TFP_TRY(lower_next(m, &condition, fine));
    if (!*fine) return TFP_OK;
    speak_for_loop(m);
    TFP_TRY(check_collected(m));
    if (m->again) return TFP_OK;
    TFP_TRY(own_failure(m, compare(m, round), fine));
    if (!*fine || m->again) return TFP_OK;
    condition = lower_import(&m->j->lw, condition);
    m->most = condition ? count_of(m, condition, 16) : NULL;
    TFP_TRY(own_failure(m, m->j->lw.b.status, fine));
    return *fine && !m->most ? lower_condition(m, from, fine) : TFP_OK;
}

/* -- the Loop ------------------------------------------------------------------------------------------------------ */

static tfp_status add_output(struct making *m, const char *what, size_t i, struct ir_value *v)
{
    char name[40];
    if (!v) return m->j->lw.b.status;
    snprintf(name, sizeof name, "%s_%u_%zu", what, m->body.graph->number, i);
    return ir_add_output(m->body.graph, name, v) ? TFP_OK : tfp_no_memory(m->j->lw.b.ctx);
}

static struct ir_value *written(struct making *m, const struct tf_loop_variable *v)
{
    const struct lower_list *list = v->carried->list && !v->carried->input ? lower_list_find(&m->j->lw, v->then) : NULL;
    return list ? list->written : NULL;
}

static tfp_status add_outputs(struct making *m)
{
    struct lower *lw = &m->j->lw;
    const struct tf_loop *loop = m->loop;
    struct ir_value *goes_on = m->most ? ir_scalar(&lw->b, TFP_BOOL, 1) : lower_import(lw, m->goes_on);
    TFP_TRY(add_output(m, "goes_on_after", 0, goes_on));
    for (size_t i = 0; i < loop->n_variables; i++)
        if (loop->variables[i].carried->input) TFP_TRY(add_output(m, "next", i, next_value(m, &loop->variables[i])));
    struct ir_value **collected = ARENA_ARRAY(&lw->graph->arena, struct ir_value *, loop->n_variables);
    if (!collected) return tfp_no_memory(lw->b.ctx);
    for (size_t i = 0; i < loop->n_variables; i++) collected[i] = lower_import(lw, written(m, &loop->variables[i]));
    struct ir_graph *g = m->body.graph; /* all that comes in has come in */
    for (size_t i = g->n_inputs - m->body.n_given; i < g->n_inputs; i++) TFP_TRY(add_output(m, "given", i, g->inputs[i]));
    for (size_t i = 0; i < loop->n_variables; i++)
        if (collected[i]) TFP_TRY(add_output(m, "collected", i, collected[i]));
    return lw->b.status;
}

/* The array that comes out: what was collected, and zeros where the loop ended before the array. */
static struct ir_value *whole_array(struct making *m, const struct tf_loop_variable *v)
{
    struct lower *lw = &m->j->lw;
    struct build *b = &lw->b;
    const struct lower_carried *c = v->carried;
    const bool empty = !c->list->length && !c->list->n;
    struct ir_value *all = c->result;
    if (!all) return c->list->value;
    if (!c->input && !empty && !lower_list_is_long(lw, c->list, all)) {
        struct ir_value *rest = ir_sub(b, lower_list_length(lw, c->list), form_dim(b, all, 0));
        if (lower_list_find(lw, v->then)->grows) rest = ir_binary(b, IR_MAX, rest, ir_int(b, 0));
        struct ir_value *shape = rest ? CONCAT(b, 0, form_vector(b, rest), form_dims(b, all, 1, INT64_MAX)) : NULL;
        all = shape ? CONCAT(b, 0, all, form_zeros(b, all->dtype, shape)) : NULL;
    }
    if (!all) return NULL;
    const bool fixed = !c->input && !empty && !lower_list_find(lw, v->then)->grows;
    struct lower_list *list = fixed ? lower_list_filled(lw, c->list, all) : lower_list_of(lw, c->list, all);
    return list ? list->value : NULL;
}

/* Gives the results of the Loop, `out`, to the variables. */
static tfp_status take_results(struct making *m, struct ir_value *const *out)
{
    const size_t n = m->loop->n_variables;
    size_t at = 0;
    for (size_t i = 0; i < n; i++)
        if (m->loop->variables[i].carried->input) m->loop->variables[i].carried->result = out[at++];
    for (size_t i = 0; i < m->body.n_given; i++, at++)
        if (out[at] && out[at]->producer) out[at]->producer->out[out[at]->index] = NULL;
    for (size_t i = 0; i < n; i++)
        if (written(m, &m->loop->variables[i])) m->loop->variables[i].carried->result = out[at++];
    for (size_t i = 0; i < n; i++) {
        struct tf_loop_variable *v = &m->loop->variables[i];
        v->now = v->carried->list ? whole_array(m, v) : v->carried->result;
        if (!v->now) return m->j->lw.b.status;
    }
    return m->j->lw.b.status;
}

static tfp_status emit(struct making *m, struct ir_value *starts)
{
    struct lower *lw = &m->j->lw;
    struct build *b = &lw->b;
    size_t n = 2, n_out;
    speak_for_loop(m);
    TFP_TRY(add_outputs(m));
    b->graph = m->body.around;
    const size_t room = 2 + m->loop->n_variables + m->body.n_given;
    struct ir_value **in = ARENA_ARRAY(&lw->graph->arena, struct ir_value *, room);
    n_out = m->body.graph->n_outputs - 1;
    struct ir_value **out = ARENA_ARRAY(&lw->graph->arena, struct ir_value *, n_out + 1);
    if (!in || !out) return tfp_no_memory(b->ctx);
    in[0] = m->most;
    in[1] = m->most ? NULL : lower_import(lw, starts);
    for (size_t i = 0; i < m->loop->n_variables; i++)
        if (m->loop->variables[i].carried->input) in[n++] = m->loop->variables[i].carried->start;
    for (size_t i = 0; i < m->body.n_given; i++) in[n++] = m->body.given[i];
    if (n_out) ir_emit_many(b, IR_LOOP, in, n, ATTRS(A_GRAPH(ATTR_BODY, m->body.graph)), n_out, out);
    return b->status == TFP_OK ? take_results(m, out) : b->status;
}

/* -- attempts ------------------------------------------------------------------------------------------------------ */

/* Whether an array of this loop was asked for what it cannot be while it is collected. */
static bool needs_other_form(const struct making *m)
{
    bool any = false;
    for (size_t i = 0; i < m->loop->n_variables; i++) {
        const struct lower_carried *c = m->loop->variables[i].carried;
        any = any || (c->slot.dense && !c->input);
    }
    return any;
}

static tfp_status attempt(struct making *m, struct ir_value *starts, int round, bool *fine)
{
    struct job *j = m->j;
    struct lower *lw = &j->lw;
    const size_t from = j->trail.n;
    struct ir_graph *around = j->graphs[j->depth];
    m->body = (struct lower_body){ .outer = lw->body, .around = around, .graph = ir_add_body(around) };
    if (!m->body.graph) {
        *fine = false;
        lw->node = m->loop->condition;
        lw->b.status = TFP_OK;
        return own_failure(m, lower_unsupported(lw, "loops nested too deep"), fine);
    }
    map_init(&m->body.inside, &m->body.graph->arena);
    m->again = false;
    lw->body = &m->body;
    j->graphs[++j->depth] = m->body.graph;
    tfp_status status = make_body(m, from, round, fine);
    m->again = m->again || needs_other_form(m);
    if (m->again) lw->again = false; /* else it is an array of a loop around this one */
    if (status == TFP_OK && *fine && !m->again) status = own_failure(m, emit(m, starts), fine);
    lower_end_step(j, from);
    j->depth--;
    lw->body = m->body.outer;
    lw->b.status = TFP_OK;
    return status;
}

tfp_status lower_as_body(struct job *j, struct tf_loop *loop, struct ir_value *starts, bool *made)
{
    struct making m = { .j = j, .loop = loop };
    bool fine = false;
    *made = false;
    speak_for_loop(&m);
    j->lw.b.graph = j->graphs[j->depth];
    TFP_TRY(begin_carried(&m));
    for (int round = 0; round < MOST_ROUNDS; round++) {
        TFP_TRY(attempt(&m, starts, round, &fine));
        if (!m.again) break;
    }
    *made = fine && !m.again;
    return TFP_OK;
}
