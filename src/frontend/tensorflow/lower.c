/* TensorFlow graph -> IR: walks from the outputs, each node behind what it needs, and calls the rules. What cannot be
 * lowered is noted and the walk goes on, so that the refusal names everything at once. */
#include "frontend/tensorflow/lower_list.h"
#include "frontend/tensorflow/lower_walk.h"

#include "base/list.h"
#include "frontend/tensorflow/tf_attr.h"
#include "weights/tensor_proto.h"

#include <stdio.h>
#include <stdlib.h>

enum { LONGEST_REASONS = 2500, PROGRESS_EVERY = 256 };

/* -- for rules: values --------------------------------------------------------------------------------------------- */

__attribute__((format(printf, 3, 0))) static tfp_status fail(struct lower *lw, tfp_status code, const char *format, va_list args)
{
    char text[1024];
    if (lw->b.status != TFP_OK) return lw->b.status;
    vsnprintf(text, sizeof text, format, args);
    build_fail(&lw->b, tfp_fail(lw->b.ctx, code, "node %s (%s): %s", lw->node->name, lw->node->op, text));
    return code;
}

tfp_status lower_unsupported(struct lower *lw, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tfp_status status = fail(lw, TFP_E_UNSUPPORTED, format, args);
    va_end(args);
    return status;
}

tfp_status lower_malformed(struct lower *lw, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tfp_status status = fail(lw, TFP_E_FORMAT, format, args);
    va_end(args);
    return status;
}

struct ir_value *lower_value(struct lower *lw, struct tf_input in)
{
    if (lw->b.status != TFP_OK || !in.node->out || in.port >= in.node->n_out) return NULL;
    return lower_import(lw, in.node->out[in.port]);
}

struct ir_value *lower_in(struct lower *lw, size_t i)
{
    if (lw->b.status != TFP_OK) return NULL;
    if (i >= lw->node->n_in) return lower_malformed(lw, "there is no input %zu", i), NULL;
    return lower_value(lw, lw->node->in[i]);
}

struct ir_value *lower_int64(struct lower *lw, size_t i)
{
    return ir_cast(&lw->b, lower_in(lw, i), TFP_INT64);
}

static bool is_cut(const struct tf_node *n, size_t port)
{
    for (const struct tf_cut *c = n->cuts; c; c = c->next)
        if (c->port == port) return true;
    return false;
}

void lower_out(struct lower *lw, size_t port, struct ir_value *v)
{
    const struct tf_node *n = lw->node;
    if (!v || port >= n->n_out) return;
    n->out[port] = v;
    if (v->name || lw->in_loop || is_cut(n, port)) return;
    v->name = port ? arena_printf(&lw->b.graph->arena, "%s:%zu", n->name, port)
                   : arena_string(&lw->b.graph->arena, n->name, strlen(n->name));
    if (!v->name) build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
}

tfp_status lower_done(struct lower *lw, struct ir_value *v)
{
    lower_out(lw, 0, v);
    return lw->b.status;
}

int64_t lower_known_ints(struct lower *lw, size_t i, int64_t *at, size_t room)
{
    const struct ir_value *v = lower_in(lw, i);
    return v ? ir_known_ints(v, at, room) : -1;
}

int64_t lower_const_ints(struct lower *lw, size_t i, const char *what, int64_t *at, size_t room)
{
    const struct ir_value *v = lower_in(lw, i);
    if (!v) return -1;
    int64_t n = ir_known_ints(v, at, room);
    if (n >= 0) return n;
    if (v->constant && !dtype_is_integer(v->dtype)) lower_malformed(lw, "%s is no integer", what);
    else if (v->constant && v->constant->rank > 1) lower_malformed(lw, "%s has rank %u", what, v->constant->rank);
    else if (v->constant)
        lower_unsupported(lw, "%s has %lld values, at most %zu are supported", what, (long long)v->constant->count,
                          room);
    else lower_unsupported(lw, "%s is not constant", what);
    return -1;
}

int64_t lower_rank(struct lower *lw, const struct ir_value *v, const char *what)
{
    if (!v) return -1;
    if (v->rank < 0) lower_unsupported(lw, "the rank of %s is not known", what);
    return v->rank;
}

int64_t lower_axis(struct lower *lw, int64_t axis, int64_t rank)
{
    if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
    lower_malformed(lw, "axis %lld is out of range for rank %lld", (long long)axis, (long long)rank);
    return -1;
}

struct ir_value *tf_tensor(struct lower *lw, const char *attr)
{
    struct tensor t;
    bool single;
    if (lw->b.status != TFP_OK) return NULL;
    const struct tfpb_attr_value *a = tf_attr_find(lw->node, attr, strlen(attr));
    if (!a) return lower_malformed(lw, "attribute %s is missing", attr), NULL;
    if (a->which != TFPB_ATTR_TENSOR || !a->tensor)
        return lower_malformed(lw, "attribute %s is not a tensor", attr), NULL;
    char what[512];
    snprintf(what, sizeof what, "node %s (%s)", lw->node->name, lw->node->op);
    tfp_status status = tensor_proto_read(lw->b.ctx, &lw->graph->file, what, a->tensor, &t, &single);
    if (status != TFP_OK) return build_fail(&lw->b, status);
    struct tensor one = t;
    if (single) {
        one.rank = 0;
        one.count = 1;
        one.size = tfp_dtype_size(t.dtype);
    }
    struct ir_value *v = ir_add_constant(lw->b.graph, NULL, &one);
    tensor_release(&t);
    if (!v) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
    return single ? ir_expand(&lw->b, v, ir_ints(&lw->b, t.dims, t.rank)) : v;
}

/* -- for rules: layouts -------------------------------------------------------------------------------------------- */

static struct ir_value *move_channels(struct lower *lw, struct ir_value *x, bool channels_last, bool to_first)
{
    int64_t perm[5];
    if (!channels_last || !x) return x;
    int64_t rank = lower_rank(lw, x, "an image");
    if (rank < 0) return NULL;
    if (rank < 3 || rank > 5) return lower_malformed(lw, "an image of rank %lld", (long long)rank), NULL;
    for (int64_t i = 0; i < rank; i++) {
        if (to_first) perm[i] = i == 0 ? 0 : i == 1 ? rank - 1 : i - 1;
        else perm[i] = i == 0 ? 0 : i == rank - 1 ? 1 : i + 1;
    }
    return ir_transpose(&lw->b, x, perm, (size_t)rank);
}

struct ir_value *lower_to_channels_first(struct lower *lw, struct ir_value *x, bool channels_last)
{
    return move_channels(lw, x, channels_last, true);
}

struct ir_value *lower_from_channels_first(struct lower *lw, struct ir_value *x, bool channels_last)
{
    return move_channels(lw, x, channels_last, false);
}

/* -- what could not be lowered ------------------------------------------------------------------------------------- */

static tfp_status note_missing(struct job *j, const struct tf_node *n)
{
    j->lowest_failure = 0;
    void **at = map_at(&j->missing_names, n->op, strlen(n->op));
    if (!at) return tfp_no_memory(j->lw.b.ctx);
    size_t index = (size_t)(uintptr_t)*at;
    if (index) {
        j->missing[index - 1].count++;
        return TFP_OK;
    }
    if (!LIST_GROW(j->missing, j->n_missing, &j->room_missing)) return tfp_no_memory(j->lw.b.ctx);
    j->missing[j->n_missing++] = (struct missing){ n->op, 1 };
    *at = (void *)(uintptr_t)j->n_missing;
    return TFP_OK;
}

/* The name of the variable that an input comes from. */
static const char *variable_name(const struct tf_node *n)
{
    for (size_t i = 0; i < n->n_in; i++) {
        const struct tf_node *variable = tf_variables_trace(n->in[i]);
        if (variable && variable->state) return variable->state->name;
    }
    return "?";
}

static tfp_status note_write(struct job *j, const struct tf_node *n)
{
    tfp_fail(j->lw.b.ctx, TFP_E_UNSUPPORTED, "node %s (%s): the model changes variable %s when it runs", n->name, n->op,
             variable_name(n));
    lower_note_reason(j, n);
    return TFP_OK;
}

/* A read behind a change would see the new value. */
static tfp_status note_behind(struct job *j, struct tf_node *n)
{
    tfp_fail(j->lw.b.ctx, TFP_E_UNSUPPORTED, "node %s (%s): it reads variable %s after node %s (%s) has changed it",
             n->name, n->op, variable_name(n), n->behind->name, n->behind->op);
    lower_note_reason(j, n);
    n->failed = true;
    return TFP_OK;
}

void lower_note_reason(struct job *j, const struct tf_node *n)
{
    if (n->level < j->lowest_failure) j->lowest_failure = n->level;
    if (j->n_reasons++ == 0 || j->reasons.n < LONGEST_REASONS)
        text_add(&j->reasons, "%s%s", j->n_reasons > 1 ? "; " : "", j->lw.b.ctx->text);
    else if (j->n_reasons > 1 && j->reasons.n < LONGEST_REASONS + 4)
        text_add(&j->reasons, "; ...");
}

static int by_op(const void *a, const void *b)
{
    return strcmp(((const struct missing *)a)->op, ((const struct missing *)b)->op);
}

/* Two nodes may stand for one variable. */
static void note_valueless(struct job *j)
{
    struct tf_variable *v = j->lw.without_value;
    j->lw.without_value = NULL;
    j->lowest_failure = 0;
    if (!j->lw.graph->weights) j->lw.graph->lacks_weights = true;
    if (v->pass == j->lw.graph->pass) return;
    v->pass = j->lw.graph->pass;
    if (j->n_valueless < TF_VARIABLES_SHOWN) j->valueless[j->n_valueless] = v;
    j->n_valueless++;
}

static tfp_status refuse(struct job *j)
{
    struct text all = { 0 };
    if (j->n_valueless) return tf_variables_no_value(j->lw.b.ctx, j->lw.graph, j->valueless, j->n_valueless);
    if (!j->n_missing && !j->n_reasons) return TFP_OK;
    if (j->n_missing) {
        qsort(j->missing, j->n_missing, sizeof *j->missing, by_op);
        text_add(&all, j->n_missing == 1 ? "%zu op is not supported: " : "%zu ops are not supported: ", j->n_missing);
        for (size_t i = 0; i < j->n_missing; i++) {
            text_add(&all, "%s%s", i ? ", " : "", j->missing[i].op);
            if (j->missing[i].count > 1) text_add(&all, " (%zu nodes)", j->missing[i].count);
        }
    }
    if (j->n_reasons) text_add(&all, "%s%s", j->n_missing ? "; " : "", j->reasons.at ? j->reasons.at : "");
    tfp_status status = tfp_fail(j->lw.b.ctx, TFP_E_UNSUPPORTED, "%s", all.at ? all.at : "");
    text_free(&all);
    return status;
}

/* -- one node ------------------------------------------------------------------------------------------------------ */

/* An input that is not of the type that the op's definition and attributes say. Complex values are left alone. */
static tfp_status check_type(struct job *j, const struct tf_node *n, bool input, size_t i, const struct ir_value *v)
{
    char room[32];
    int32_t type = tf_attr_arg_type(n, input ? n->def->in : n->def->out, i);
    tfp_dtype dtype = tfpb_dtype(type);
    if (dtype == TFP_UNDEFINED || dtype == v->dtype || dtype_is_complex(dtype)) return TFP_OK;
    if (!input)
        return tfp_fail(j->lw.b.ctx, TFP_E_UNSUPPORTED,
                        "node %s (%s): the rule gives output %zu as %s, TensorFlow as %s: a mistake in tfport", n->name,
                        n->op, i, tfp_dtype_name(v->dtype), tfp_dtype_name(dtype));
    return tfp_fail(j->lw.b.ctx, TFP_E_FORMAT, "node %s (%s): input %zu (%s) is %s, the op's attributes say %s",
                    n->name, n->op, i, n->in[i].node->name, tfp_dtype_name(v->dtype),
                    tfpb_type_name(type, room, sizeof room));
}

/* Whether all that the node depends on is there; what nobody could give is noted. */
static tfp_status check_inputs(struct job *j, struct tf_node *n, bool *ready)
{
    struct tf_input in;
    *ready = true;
    for (size_t k = 0; tf_graph_dependency(n, k, &in); k++) {
        if (!in.node) lower_stray(j, n);
        if (!in.node || in.node->failed) {
            *ready = false;
            continue;
        }
        if (in.port < in.node->n_out && in.node->out && in.node->out[in.port]) continue;
        *ready = false;
        tfp_fail(j->lw.b.ctx, TFP_E_UNSUPPORTED, "node %s (%s): output %u, which %s needs, is not supported",
                 in.node->name, in.node->op, in.port, n->name);
        lower_note_reason(j, n);
    }
    for (size_t i = 0; *ready && !n->merge && n->def && i < n->n_in; i++)
        if (n->in[i].node->out && n->in[i].node->out[n->in[i].port])
            TFP_TRY(check_type(j, n, true, i, n->in[i].node->out[n->in[i].port]));
    return TFP_OK;
}

/* Nodes with complex tensors have rules of their own; a complex constant needs none. */
static tfp_status choose_rule(struct job *j, struct tf_node *n)
{
    bool out = n->def && n->n_out && dtype_is_complex(tfpb_dtype(tf_attr_output_type(n, 0))), in = false;
    for (size_t i = 0; i < n->n_in; i++) {
        const struct ir_value *v = n->merge ? NULL : lower_in(&j->lw, i);
        in = in || (v && dtype_is_complex(v->dtype));
    }
    if (!in && !out) return TFP_OK;
    const struct rule *r = rule_find_complex(n->op);
    if (!r) return in ? lower_unsupported(&j->lw, "complex numbers") : TFP_OK;
    j->lw.rule = r;
    if (!n->parts) n->parts = ARENA_ARRAY(&j->lw.graph->arena, struct ir_value *, n->n_out);
    return n->parts ? TFP_OK : tfp_no_memory(j->lw.b.ctx);
}

static tfp_status run_rule(struct job *j, struct tf_node *n)
{
    struct build *b = &j->lw.b;
    b->status = TFP_OK;
    b->scope = n->name;
    b->graph = j->graphs[n->level];
    j->lw.node = n;
    tfp_status status = choose_rule(j, n);
    if (status == TFP_OK) status = j->lw.rule->lower(&j->lw, n);
    if (status == TFP_OK) status = b->status;
    for (size_t i = 0; status == TFP_OK && n->def && i < n->n_out; i++)
        if (n->out[i]) status = check_type(j, n, false, i, n->out[i]);
    b->status = TFP_OK;
    if (status == TFP_OK) return TFP_OK;
    if (strncmp(b->ctx->text, "node ", 5) != 0) tfp_prefix(b->ctx, status, "node %s (%s)", n->name, n->op);
    if (status != TFP_E_UNSUPPORTED) return status;
    n->failed = true;
    if (j->lw.again) return TFP_OK;
    if (j->lw.without_value) note_valueless(j);
    else lower_note_reason(j, n);
    return TFP_OK;
}

static tfp_status lower_node(struct job *j, struct tf_node *n)
{
    bool ready;
    if (n->is_input) return TFP_OK;
    if (n->loop && tf_graph_is_op(n, "Exit")) return lower_exit(j, n);
    TFP_TRY(lower_place(j, n));
    if (!j->depth && ++j->done % PROGRESS_EVERY == 0) tfp_progress(j->lw.b.ctx, "lower", j->done, j->lw.graph->n_order);
    j->lw.rule = rule_find(n->op);
    if (!j->lw.rule) {
        n->failed = true;
        return tf_writes_is(n) ? note_write(j, n) : note_missing(j, n);
    }
    TFP_TRY(check_inputs(j, n, &ready));
    n->failed = !ready;
    if (ready && n->behind) return note_behind(j, n);
    return ready ? run_rule(j, n) : TFP_OK;
}

/* -- the walk ------------------------------------------------------------------------------------------------------ */

static tfp_status enter(struct job *j, struct tf_node *n)
{
    if (n->mark >= 2 * j->lw.graph->pass) return TFP_OK;
    TFP_TRY(tf_graph_count(j->lw.b.ctx, j->lw.graph, n));
    n->mark = 2 * j->lw.graph->pass;
    n->failed = false;
    n->level = 0;
    if (!n->out) n->out = ARENA_ARRAY(&j->lw.graph->arena, struct ir_value *, n->n_out);
    else memset(n->out, 0, n->n_out * sizeof(struct ir_value *));
    if (n->parts) memset(n->parts, 0, n->n_out * sizeof(struct ir_value *));
    if (!n->out || !tf_graph_push(&j->stack, n)) return tfp_no_memory(j->lw.b.ctx);
    return TFP_OK;
}

/* A predicate that folded to a constant decides for one side; the other need not even be supported. */
static void decide(struct tf_merge *m)
{
    const struct tf_node *p = m->predicate.node;
    const struct ir_value *v = p->out && m->predicate.port < p->n_out ? p->out[m->predicate.port] : NULL;
    if (m->live >= 0 || !v || !v->constant || v->constant->count != 1) return;
    if (v->dtype != (m->n_branches ? TFP_INT32 : TFP_BOOL)) return;
    m->live = tf_control_side(m, tensor_int(v->constant, 0));
    m->decided = true;
}

static bool dependency(struct tf_node *n, size_t k, struct tf_input *out)
{
    return n->loop && tf_graph_is_op(n, "Exit") ? lower_exit_dependency(n, k, out) : tf_graph_dependency(n, k, out);
}

tfp_status lower_from(struct job *j, struct tf_node *root)
{
    size_t base = j->stack.n;
    TFP_TRY(enter(j, root));
    while (j->stack.n > base) {
        struct tf_frame *top = &j->stack.at[j->stack.n - 1];
        struct tf_node *n = top->node;
        struct tf_input in;
        if (n->merge && top->next == 1) decide(n->merge);
        if (dependency(n, top->next++, &in)) {
            if (in.node) TFP_TRY(enter(j, in.node));
            continue;
        }
        j->stack.n--;
        TFP_TRY(lower_node(j, n));
    }
    return TFP_OK;
}

/* -- the whole ----------------------------------------------------------------------------------------------------- */

static tfp_status add_input(struct job *j, const struct tf_graph_input *in)
{
    char room[32];
    struct ir_graph *g = j->lw.b.graph;
    struct dim dims[TFP_MAX_RANK];
    tfp_dtype dtype = tfpb_dtype(in->type);
    TFP_TRY(enter(j, in->node));
    j->stack.n--;
    if (dtype == TFP_UNDEFINED) {
        tfp_fail(j->lw.b.ctx, TFP_E_UNSUPPORTED, "input %s: type %s", in->name,
                 tfpb_type_name(in->type, room, sizeof room));
        in->node->failed = true;
        lower_note_reason(j, in->node);
        return TFP_OK;
    }
    for (int32_t i = 0; i < in->rank; i++) {
        char *name = in->dims[i] < 0 ? arena_printf(&g->arena, "%s_d%d", in->name, i) : NULL;
        dims[i] = name ? ir_symbol(g, name) : dim_of(in->dims[i]);
        if ((in->dims[i] < 0 && !name) || dims[i].sym == DIM_UNKNOWN) return tfp_no_memory(j->lw.b.ctx);
    }
    struct ir_value *v = ir_add_input(g, in->name, dtype, in->rank, dims);
    if (!v) return tfp_no_memory(j->lw.b.ctx);
    in->node->out[0] = v;
    return TFP_OK;
}

static tfp_status add_output(struct job *j, const struct tf_graph_output *out)
{
    const struct tf_node *n = out->tensor.node;
    struct ir_value *v = n->out && out->tensor.port < n->n_out ? n->out[out->tensor.port] : NULL;
    if (n->failed && !j->n_missing && !j->n_reasons && !j->n_valueless) {
        tfp_fail(j->lw.b.ctx, TFP_E_UNSUPPORTED, "node %s (%s): what it depends on could not be lowered", n->name, n->op);
        lower_note_reason(j, n);
    }
    if (n->failed) return TFP_OK;
    if (!v) {
        tfp_fail(j->lw.b.ctx, TFP_E_UNSUPPORTED, "node %s (%s): output %u is not supported", n->name, n->op,
                 out->tensor.port);
        lower_note_reason(j, n);
        return TFP_OK;
    }
    if (lower_is_list(&j->lw, v)) {
        tfp_fail(j->lw.b.ctx, TFP_E_UNSUPPORTED, "node %s (%s): an output that is a TensorArray", n->name, n->op);
        lower_note_reason(j, n);
        return TFP_OK;
    }
    if (n->parts && n->parts[out->tensor.port]) {
        tfp_fail(j->lw.b.ctx, TFP_E_UNSUPPORTED, "node %s (%s): an output of complex numbers", n->name, n->op);
        lower_note_reason(j, n);
        return TFP_OK;
    }
    return ir_add_output(j->lw.b.graph, out->name, v) ? TFP_OK : tfp_no_memory(j->lw.b.ctx);
}

static tfp_status lower_all(struct job *j)
{
    struct tf_graph *g = j->lw.graph;
    g->pass++;
    g->file.repeated = 0;
    for (size_t i = 0; i < g->n_order; i++) {
        struct tf_loop *loop = g->order[i]->loop;
        if (!loop) continue;
        loop->state = LOOP_NOT_RUN;
        loop->first = NULL;
    }
    for (size_t i = 0; i < g->n_inputs; i++) TFP_TRY(add_input(j, &g->inputs[i]));
    for (size_t i = 0; i < g->n_outputs; i++) TFP_TRY(lower_from(j, g->outputs[i].tensor.node));
    bool refused = j->n_missing || j->n_reasons || j->n_valueless;
    for (size_t i = 0; refused && i < g->n_order; i++) /* the bodies of loops, to name what they lack, too */
        if (tf_graph_is_op(g->order[i], "NextIteration")) TFP_TRY(lower_from(j, g->order[i]));
    j->lw.b.graph = j->graphs[0];
    for (size_t i = 0; i < g->n_outputs; i++) TFP_TRY(add_output(j, &g->outputs[i]));
    return refuse(j);
}

tfp_status lower_graph(struct tfp_context *ctx, struct tf_graph *g, struct ir_graph **out)
{
    struct job j = { .lw = { .b = { .ctx = ctx }, .graph = g } };
    TFP_TRY(ir_create(ctx, &j.graphs[0]));
    j.lw.b.graph = j.graphs[0];
    map_init(&j.missing_names, &g->arena);
    map_init(&j.lw.lists, &j.lw.b.graph->arena);
    map_init(&j.lw.variables, &j.lw.b.graph->arena);
    map_init(&j.lw.tables, &j.lw.b.graph->arena);
    map_init(&j.lw.ragged, &j.lw.b.graph->arena);
    tfp_status status = lower_all(&j);
    free(j.missing);
    free(j.stack.at);
    free(j.trail.at);
    text_free(&j.reasons);
    ir_drop_bodies(j.graphs[0]);
    if (status == TFP_OK) *out = j.graphs[0];
    else ir_destroy(j.graphs[0]);
    return status;
}
