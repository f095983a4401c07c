/* Loops of TensorFlow 1. Where it can, a loop becomes a Loop of the IR (lower_body.c). Else it is run while lowering: step
 * by step, as long as the condition folds to true, the nodes that depend on the loop's variables are lowered anew, and
 * what an Exit gives is the expression that came out.
 *
 * Running loops are numbered from 1, the outermost. A node's level is the highest number among what it depends on;
 * nodes of a level stand on the trail until that loop's step is over and are forgotten then. What does not depend on a
 * loop, weights above all, is lowered once. */
#include "frontend/tensorflow/lower_walk.h"
#include "ir/bodies.h"

#include <stdlib.h>

enum {
    MOST_STEPS = 256, /* of one loop */
    MOST_LOWERED = 200000, /* nodes lowered inside of loops, all in all */
    MOST_MADE = 200000,    /* IR nodes made by them */
    MOST_BYTES = 16 << 20  /* of constants computed by them */
};

static void note(struct job *j, const struct tf_node *n, const char *why)
{
    tfp_fail(j->lw.b.ctx, TFP_E_UNSUPPORTED, "node %s (%s): %s", n->name, n->op, why);
    lower_note_reason(j, n);
}

static tfp_status loop_failed(struct job *j, struct tf_loop *loop, const char *why)
{
    if (why) note(j, loop->variables[0].enter, why);
    loop->state = LOOP_FAILED;
    return TFP_OK;
}

void lower_stray(struct job *j, const struct tf_node *merge)
{
    if (!merge->loop) note(j, merge, "the loop that it belongs to cannot be told");
    else if (!j->n_reasons && !j->n_missing) note(j, merge, "a value of a loop is used outside of it");
}

/* -- levels -------------------------------------------------------------------------------------------------------- */

static bool is_random(const struct tf_node *n)
{
    struct op_attr attr;
    return n->def && op_def_attr(n->def, "seed2", strlen("seed2"), &attr);
}

tfp_status lower_place(struct job *j, struct tf_node *n)
{
    struct tf_input in;
    if (!j->depth) return TFP_OK;
    for (size_t k = 0; tf_graph_dependency(n, k, &in); k++)
        if (in.node && in.node->level > n->level) n->level = in.node->level;
    if (is_random(n)) n->level = j->depth; /* each step draws its own numbers */
    j->loop_nodes++;
    return !n->level || tf_graph_push(&j->trail, n) ? TFP_OK : tfp_no_memory(j->lw.b.ctx);
}

static void forget(struct tf_node *n)
{
    n->mark = 0;
    n->level = 0;
    if (n->merge && n->merge->decided) {
        n->merge->live = -1;
        n->merge->decided = false;
    }
    if (n->loop && tf_graph_is_op(n, "Exit")) {
        n->loop->state = LOOP_NOT_RUN;
        n->loop->first = NULL;
    }
}

void lower_end_step(struct job *j, size_t from)
{
    size_t kept = from;
    for (size_t i = from; i < j->trail.n; i++) {
        struct tf_node *n = j->trail.at[i].node;
        if (n->level >= j->depth) forget(n);
        else j->trail.at[kept++].node = n;
    }
    j->trail.n = kept;
}

/* -- steps --------------------------------------------------------------------------------------------------------- */

const char *lower_over_budget(struct job *j)
{
    size_t made = j->loop_made - j->made_before;
    for (uint16_t i = 0; i <= j->depth; i++)
        if (!i || j->graphs[i] != j->graphs[i - 1]) made += j->graphs[i]->n_nodes;
    if (j->loop_nodes > MOST_LOWERED || made > MOST_MADE)
        return "the steps of the loop make too many nodes";
    return j->loop_bytes > MOST_BYTES ? "the steps of the loop compute too many constants" : NULL;
}

/* Whether an output is what came in at the same place, or at the first. */
static bool passed_on(const struct tf_node *n, size_t port)
{
    for (size_t i = 0; i <= port && i < n->n_in; i += port ? port : 1) {
        const struct tf_input *in = &n->in[i];
        if (in->node->out && in->port < in->node->n_out && in->node->out[in->port] == n->out[port]) return true;
    }
    return n->loop != NULL;
}

static void count_bytes(struct job *j, size_t from)
{
    for (size_t i = from; i < j->trail.n; i++) {
        const struct tf_node *n = j->trail.at[i].node;
        for (size_t k = 0; n->out && k < n->n_out; k++)
            if (n->out[k] && n->out[k]->constant && !passed_on(n, k)) j->loop_bytes += n->out[k]->constant->size;
    }
}

tfp_status lower_bind(struct job *j, const struct tf_loop_variable *v, struct ir_value *value)
{
    struct tf_graph *g = j->lw.graph;
    struct tf_node *n = v->merge;
    TFP_TRY(tf_graph_count(j->lw.b.ctx, g, n));
    if (!n->out) n->out = ARENA_ARRAY(&g->arena, struct ir_value *, n->n_out);
    if (!n->out || !tf_graph_push(&j->trail, n)) return tfp_no_memory(j->lw.b.ctx);
    memset(n->out, 0, n->n_out * sizeof(struct ir_value *));
    n->out[0] = value;
    n->mark = 2 * g->pass;
    n->failed = false;
    n->level = j->depth;
    return TFP_OK;
}

tfp_status lower_inside(struct job *j, struct tf_node *n, struct ir_value **out)
{
    TFP_TRY(lower_from(j, n));
    *out = n->failed || !n->out || !n->n_out ? NULL : n->out[0];
    return TFP_OK;
}

/* Binds the variables and lowers the condition; *goes_on is NULL when that failed. */
static tfp_status ask(struct job *j, struct tf_loop *loop, struct ir_value **goes_on)
{
    j->loop_nodes += 1 + loop->n_variables;
    for (size_t i = 0; i < loop->n_variables; i++) TFP_TRY(lower_bind(j, &loop->variables[i], loop->variables[i].now));
    TFP_TRY(lower_inside(j, loop->condition, goes_on));
    if (*goes_on && (*goes_on)->dtype != TFP_BOOL)
        return tfp_fail(j->lw.b.ctx, TFP_E_FORMAT, "node %s (%s): the condition is no bool", loop->condition->name,
                        loop->condition->op);
    return TFP_OK;
}

/* One step: asks the condition and lowers what comes next. *again: there is a next step. */
static tfp_status step(struct job *j, struct tf_loop *loop, size_t number, bool *again)
{
    struct ir_value *goes_on;
    *again = false;
    TFP_TRY(ask(j, loop, &goes_on));
    if (!goes_on) return loop_failed(j, loop, NULL);
    if (ir_is_constant_bool(goes_on, false)) return TFP_OK;
    if (!ir_is_constant_bool(goes_on, true))
        return loop_failed(j, loop, "a loop whose number of steps is not known before it runs");
    if (number == MOST_STEPS) return loop_failed(j, loop, "a loop of more than 256 steps");
    for (size_t i = 0; i < loop->n_variables; i++) {
        struct tf_loop_variable *v = &loop->variables[i];
        TFP_TRY(lower_inside(j, v->next, &v->then));
        if (!v->then) return loop_failed(j, loop, NULL);
        if (v->then->dtype != v->now->dtype)
            return tfp_fail(j->lw.b.ctx, TFP_E_FORMAT, "node %s (%s): the type changes from step to step",
                            v->merge->name, v->merge->op);
        const char *why = lower_over_budget(j);
        if (why) return loop_failed(j, loop, why);
    }
    *again = true;
    return TFP_OK;
}

static tfp_status begin(struct job *j, struct tf_loop *loop)
{
    if (j->depth == LOWER_DEEPEST) return loop_failed(j, loop, "loops nested too deep");
    for (size_t i = 0; i < loop->n_variables; i++) {
        struct tf_loop_variable *v = &loop->variables[i];
        const struct tf_node *enter = v->enter;
        bool lowered = enter->mark == 2 * j->lw.graph->pass && enter->out && enter->n_out;
        if (lowered && enter->failed) return loop_failed(j, loop, NULL);
        v->now = lowered ? enter->out[0] : NULL;
        if (!v->now) return loop_failed(j, loop, "the loop needs its own result");
    }
    loop->state = LOOP_RUNS;
    return TFP_OK;
}

/* What was noted up to a point, so that one can go back there. */
struct notes {
    size_t text, n_reasons;
    uint16_t lowest_failure;
};

static struct notes begin_notes(struct job *j)
{
    struct notes before = { j->reasons.n, j->n_reasons, j->lowest_failure };
    j->lowest_failure = UINT16_MAX;
    return before;
}

/* Forgets what failed since only because of what the loop does in each step; false: something else failed, too. */
static bool take_back(struct job *j, const struct notes *before)
{
    if (j->lowest_failure <= j->depth) return false;
    j->n_reasons = before->n_reasons;
    j->reasons.n = before->text;
    if (j->reasons.at) j->reasons.at[j->reasons.n] = '\0';
    return true;
}

/* As a Loop. *done: nothing more is to do, whether that went well or not. */
static tfp_status try_body(struct job *j, struct tf_loop *loop, bool *done)
{
    struct ir_value *starts;
    size_t from = j->trail.n;
    j->graphs[j->depth + 1] = j->graphs[j->depth];
    j->depth++;
    tfp_status status = ask(j, loop, &starts);
    lower_end_step(j, from);
    j->depth--;
    TFP_TRY(status);
    *done = true;
    if (!starts) return loop_failed(j, loop, NULL);
    const bool known = starts->constant && starts->constant->count == 1;
    if (known && !tensor_int(starts->constant, 0)) return TFP_OK;
    struct notes before = begin_notes(j);
    TFP_TRY(lower_as_body(j, loop, starts, done));
    if (!*done && (j->lw.again || !known || !take_back(j, &before))) *done = true, loop->state = LOOP_FAILED;
    if (before.lowest_failure < j->lowest_failure) j->lowest_failure = before.lowest_failure;
    return TFP_OK;
}

static tfp_status run_steps(struct job *j, struct tf_loop *loop)
{
    bool again = true;
    j->graphs[j->depth + 1] = j->graphs[j->depth];
    j->depth++;
    for (size_t number = 0; again; number++) {
        size_t from = j->trail.n;
        TFP_TRY(step(j, loop, number, &again));
        count_bytes(j, from);
        lower_end_step(j, from);
        for (size_t i = 0; again && i < loop->n_variables; i++) loop->variables[i].now = loop->variables[i].then;
    }
    j->depth--;
    return TFP_OK;
}

static tfp_status run(struct job *j, struct tf_loop *loop)
{
    bool done = false;
    TFP_TRY(begin(j, loop));
    if (loop->state != LOOP_RUNS) return TFP_OK;
    if (!j->depth) j->made_before = j->graphs[0]->n_nodes;
    j->lw.in_loop = true;
    TFP_TRY(try_body(j, loop, &done));
    if (!done) TFP_TRY(run_steps(j, loop));
    j->lw.in_loop = j->depth > 0;
    if (!j->depth) j->loop_made += j->graphs[0]->n_nodes - j->made_before;
    if (loop->state == LOOP_RUNS) loop->state = LOOP_DONE;
    return TFP_OK;
}

/* -- exits --------------------------------------------------------------------------------------------------------- */

/* The first Exit to be asked for walks the loop's Enters, the others wait for it. */
bool lower_exit_dependency(struct tf_node *n, size_t k, struct tf_input *out)
{
    struct tf_loop *loop = n->loop;
    if (!loop->first) loop->first = n;
    if (loop->first != n) {
        *out = (struct tf_input){ loop->first, 0 };
        return k == 0;
    }
    if (k >= loop->n_enters) return false;
    *out = (struct tf_input){ loop->enters[k], 0 };
    return true;
}

tfp_status lower_exit(struct job *j, struct tf_node *n)
{
    struct tf_loop *loop = n->loop;
    if (loop->state == LOOP_NOT_RUN) TFP_TRY(run(j, loop));
    if (loop->state == LOOP_RUNS) note(j, n, "the loop needs its own result");
    n->failed = loop->state != LOOP_DONE;
    n->level = j->depth; /* what the loop depends on is not looked at: it runs again in each step around it */
    if (n->level && !tf_graph_push(&j->trail, n)) return tfp_no_memory(j->lw.b.ctx);
    if (n->failed) return TFP_OK;
    j->lw.node = n;
    j->lw.b.graph = j->graphs[j->depth];
    lower_out(&j->lw, 0, loop->variables[n->variable].now);
    return j->lw.b.status;
}
