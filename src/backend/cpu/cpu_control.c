/* If, Loop and Scan: a step that runs bodies in sessions of their own. Values go from one iteration to the next by their
 * owner; what a body only passes on, or has as a constant, is no output of its session. Slices that are collected are
 * written where they belong as soon as their size is known. */
#include "backend/cpu/cpu_plan.h"

#include "ir/bodies.h"
#include "ir/kernels/strided.h"

#include <stdlib.h>
#include <string.h>

/* Where a body's output comes from. */
struct source {
    enum { FROM_NOTHING, FROM_SESSION, FROM_INPUT, FROM_CONSTANT } kind; /* nothing: nobody wants it */
    size_t index;                                                        /* of the session's output, of the body's input */
    const struct ir_value *value;
};

struct body {
    struct cpu_session session;
    struct source *sources; /* by output of the body */
    struct tensor *in, *out;
    size_t n_in, n_out; /* of the session */
};

/* Slices put together; `memory` has one owner and room for more of them. */
struct rows {
    struct tensor slice; /* described by the first one */
    struct buffer *memory;
    char *at;
    int64_t count, room;
    bool fixed;   /* `at` is where the result belongs */
    bool counted; /* it is known how many come */
};

struct control {
    const struct ir_node *node;
    struct ir_loop loop; /* of a Loop or Scan; its body's outputs are the sources' */
    struct body bodies[2];
    size_t n_bodies;
    struct slot **from; /* of the node's inputs; NULL: absent */
    struct slot **to;   /* of its outputs; NULL: nobody wants it */
    struct tensor *next; /* carried values */
    struct rows *rows;
    int64_t iteration;
    bool condition;
};

/* -- tensors ------------------------------------------------------------------------------------------------------- */

static bool is_open(const struct slot *s)
{
    return s->root->kind == SLOT_DYNAMIC;
}

/* A result in its slot; it is released. */
static tfp_status put(struct run *r, const struct control *c, size_t i, struct tensor *t)
{
    struct slot *s = c->to[i];
    char made[256], expected[256];
    tfp_status status = TFP_OK;
    if (is_open(s)) {
        tensor_release(&s->t);
        status = tensor_keep(r->ctx, t, &s->t);
    } else if (t->dtype != s->t.dtype || t->rank != s->t.rank || t->size != s->t.size ||
               (t->rank && memcmp(t->dims, s->t.dims, t->rank * sizeof *t->dims) != 0)) {
        status = tfp_fail(r->ctx, TFP_E_FORMAT, "output %zu is %s, but %s was inferred", i,
                          tensor_text(t, made, sizeof made), tensor_text(&s->t, expected, sizeof expected));
    } else if (t->size && t->data != s->t.data) {
        memcpy(s->t.data, t->data, t->size);
    }
    tensor_release(t);
    return status;
}

/* What output i of the body is after a run. The iteration's number and condition change behind its back: copied. */
static tfp_status take(struct run *r, const struct control *c, struct body *b, size_t i, struct tensor *out)
{
    const struct source *s = &b->sources[i];
    const struct tensor *t = s->kind == FROM_CONSTANT ? s->value->constant : &b->in[s->index];
    if (s->kind == FROM_SESSION) {
        *out = b->out[s->index];
        b->out[s->index].owner = NULL;
        b->out[s->index].data = NULL;
        return TFP_OK;
    }
    if (s->kind == FROM_INPUT && c->node->op == IR_LOOP && s->index < c->loop.body_in) return tensor_keep(r->ctx, t, out);
    *out = *t;
    buffer_keep(t->owner);
    return TFP_OK;
}

static void release_all(struct tensor *t, size_t n)
{
    for (size_t i = 0; i < n; i++) tensor_release(&t[i]);
}

static tfp_status run_body(struct run *r, struct body *b)
{
    return b->n_out ? session_run(r->ctx, &b->session, b->in, b->out) : TFP_OK;
}

/* A node's input as a body's: owned once more, so that all inputs are released alike. */
static void give(const struct slot *from, struct tensor *to)
{
    *to = from->t;
    buffer_keep(to->owner);
}

/* -- If ------------------------------------------------------------------------------------------------------------ */

static tfp_status run_branch(struct run *r, const struct control *c, struct body *b)
{
    for (size_t i = 0; i < b->n_in; i++) give(c->from[i + 1], &b->in[i]);
    for (size_t i = 0; i < c->node->n_out; i++) /* straight to where the result belongs */
        if (b->sources[i].kind == FROM_SESSION && !is_open(c->to[i])) {
            b->out[b->sources[i].index].data = c->to[i]->t.data;
            b->out[b->sources[i].index].size = c->to[i]->t.size;
        }
    TFP_TRY(run_body(r, b));
    for (size_t i = 0; i < c->node->n_out; i++) {
        struct tensor t;
        if (b->sources[i].kind == FROM_NOTHING) continue;
        TFP_TRY(take(r, c, b, i, &t));
        TFP_TRY(put(r, c, i, &t));
    }
    return TFP_OK;
}

static tfp_status run_if(struct run *r, struct control *c)
{
    const struct tensor *condition = &c->from[0]->t;
    if (condition->count != 1) return tfp_fail(r->ctx, TFP_E_FORMAT, "the condition must be one element");
    struct body *b = &c->bodies[*(const bool *)condition->data ? 0 : 1];
    tfp_status status = run_branch(r, c, b);
    release_all(b->in, b->n_in);
    release_all(b->out, b->n_out);
    return status;
}

/* -- collecting ---------------------------------------------------------------------------------------------------- */

enum { FIRST_ROOM = 8, MOST_RESERVED = 64 << 20 };

static bool same_slice(const struct tensor *a, const struct tensor *b)
{
    return a->dtype == b->dtype && a->rank == b->rank &&
           (!a->rank || memcmp(a->dims, b->dims, a->rank * sizeof *a->dims) == 0);
}

/* Room for one more; `most`: how many there may be. */
static tfp_status grow_rows(struct tfp_context *ctx, struct rows *rows, int64_t most)
{
    if (rows->count < rows->room || !rows->slice.size) return TFP_OK;
    size_t size = rows->slice.size, bytes;
    int64_t room = rows->room ? rows->room * 2 : FIRST_ROOM;
    if (rows->fixed) return tfp_fail(ctx, TFP_E_FORMAT, "more iterations than were inferred");
    if (!rows->room && mul_size(&bytes, size, (size_t)most) && (bytes <= MOST_RESERVED || rows->counted)) room = most;
    if (room > most) room = most;
    struct buffer *memory;
    if (!mul_size(&bytes, size, (size_t)room)) return tfp_no_memory(ctx);
    TFP_TRY(buffer_create(ctx, bytes, &memory));
    if (rows->count) memcpy(memory->data, rows->at, (size_t)rows->count * size);
    buffer_drop(rows->memory);
    rows->memory = memory;
    rows->at = memory->data;
    rows->room = room;
    return TFP_OK;
}

/* Where slice `index` goes; slices come from the front, or from the back when all are counted. */
static char *row_at(const struct rows *rows, int64_t index)
{
    return rows->at + (size_t)index * rows->slice.size;
}

/* Results with a place of their own, on axis 0, are collected there. */
static tfp_status begin_rows(struct run *r, const struct control *c, size_t i, int64_t axis, struct rows *rows)
{
    const size_t output = c->loop.n_carried + i;
    const struct slot *s = output < c->node->n_out ? c->to[output] : NULL;
    *rows = (struct rows){ .counted = c->node->op == IR_SCAN };
    if (!s || is_open(s) || axis != 0 || !s->t.rank) return TFP_OK;
    rows->fixed = true;
    rows->at = s->t.data;
    rows->room = s->t.dims[0];
    return tensor_describe(r->ctx, "a slice", s->t.dtype, s->t.rank - 1, s->t.dims + 1, &rows->slice);
}

/* The next iteration may write its slice where it belongs, once it is known how large that is. */
static tfp_status offer_row(struct run *r, const struct control *c, struct body *b, size_t i, int64_t at, int64_t most)
{
    struct rows *rows = &c->rows[i];
    const struct source *s = &b->sources[c->loop.body_out + c->loop.n_carried + i];
    if (s->kind != FROM_SESSION || rows->slice.dtype == TFP_UNDEFINED) return TFP_OK;
    TFP_TRY(grow_rows(r->ctx, rows, most));
    struct tensor *out = &b->out[s->index];
    tensor_release(out);
    out->data = rows->slice.size ? row_at(rows, at) : NULL;
    out->size = rows->slice.size;
    return TFP_OK;
}

static tfp_status collect(struct run *r, const struct control *c, struct body *b, size_t i, int64_t at, int64_t most)
{
    struct rows *rows = &c->rows[i];
    struct tensor t;
    char a[256], z[256];
    if (b->sources[c->loop.body_out + c->loop.n_carried + i].kind == FROM_NOTHING) return TFP_OK;
    TFP_TRY(take(r, c, b, c->loop.body_out + c->loop.n_carried + i, &t));
    if (rows->slice.dtype == TFP_UNDEFINED) {
        rows->slice = t;
        rows->slice.owner = NULL;
    }
    tfp_status status = TFP_OK;
    if (!same_slice(&rows->slice, &t))
        status = tfp_fail(r->ctx, TFP_E_FORMAT, "a slice of collected output %zu is %s, another is %s", i,
                          tensor_text(&t, a, sizeof a), tensor_text(&rows->slice, z, sizeof z));
    if (status == TFP_OK) status = grow_rows(r->ctx, rows, most);
    if (status == TFP_OK && t.size && t.data != row_at(rows, at)) memcpy(row_at(rows, at), t.data, t.size);
    rows->count++;
    tensor_release(&t);
    return status;
}

/* No iteration: the slice's size as far as it is known, 0 otherwise (as ONNX Runtime has it). */
static tfp_status describe_slice(struct run *r, const struct ir_value *v, struct tensor *slice)
{
    int64_t dims[TFP_MAX_RANK];
    if (v->rank < 0 || v->dtype == TFP_UNDEFINED)
        return tfp_fail(r->ctx, TFP_E_UNSUPPORTED, "no iteration, and the rank of a collected output is not known");
    for (int32_t i = 0; i < v->rank; i++) dims[i] = dim_fixed(v->dims[i]) ? v->dims[i].n : 0;
    return tensor_describe(r->ctx, "a collected output", v->dtype, (size_t)v->rank, dims, slice);
}

/* The slices' axis, which is the first one, to where it belongs. */
static tfp_status move_axis(struct run *r, int64_t axis, struct tensor *t)
{
    struct tensor to = *t;
    struct strided order = { .rank = t->rank };
    int64_t strides[TFP_MAX_RANK];
    if (axis == 0) return TFP_OK;
    strides_of(t->rank, t->dims, strides);
    for (int64_t i = 0; i < (int64_t)t->rank; i++) {
        const int64_t from = i < axis ? i + 1 : i == axis ? 0 : i;
        to.dims[i] = order.dims[i] = t->dims[from];
        order.from[i] = strides[from];
    }
    strides_of(to.rank, to.dims, order.to);
    to.owner = NULL;
    TFP_TRY(tensor_allocate(r->ctx, &to));
    if (t->size) strided_copy(&order, tfp_dtype_size(t->dtype), t->data, to.data, r->session->threads);
    tensor_release(t);
    *t = to;
    return TFP_OK;
}

static tfp_status put_rows(struct run *r, const struct control *c, size_t i, int64_t axis)
{
    struct rows *rows = &c->rows[i];
    const size_t output = c->loop.n_carried + i;
    const struct source *s = &c->bodies[0].sources[c->loop.body_out + output];
    struct tensor t = { .dtype = TFP_UNDEFINED };
    int64_t dims[TFP_MAX_RANK];
    if (s->kind == FROM_NOTHING) return TFP_OK;
    if (rows->slice.dtype == TFP_UNDEFINED) TFP_TRY(describe_slice(r, s->value, &rows->slice));
    if (rows->slice.rank == TFP_MAX_RANK) return tfp_fail(r->ctx, TFP_E_UNSUPPORTED, "a rank above %d", (int)TFP_MAX_RANK);
    dims[0] = rows->count;
    memcpy(dims + 1, rows->slice.dims, rows->slice.rank * sizeof *dims);
    if (axis < 0) axis += rows->slice.rank + 1;
    TFP_TRY(tensor_describe(r->ctx, "a collected output", rows->slice.dtype, rows->slice.rank + 1, dims, &t));
    t.data = rows->at;
    t.owner = rows->memory;
    rows->memory = NULL;
    if (!t.data) TFP_TRY(tensor_allocate(r->ctx, &t)); /* empty */
    tfp_status status = move_axis(r, axis, &t);
    if (status == TFP_OK) return put(r, c, output, &t);
    tensor_release(&t);
    return status;
}

/* -- carrying ------------------------------------------------------------------------------------------------------ */

/* What the last iteration made of the carried values becomes input; what was input before it may be written over. */
static tfp_status carry(struct run *r, const struct control *c, struct body *b)
{
    const struct ir_loop *l = &c->loop;
    for (size_t i = 0; i < l->n_carried; i++) {
        const struct source *s = &b->sources[l->body_out + i];
        c->next[i] = (struct tensor){ .dtype = TFP_UNDEFINED };
        if (s->kind != FROM_NOTHING) TFP_TRY(take(r, c, b, l->body_out + i, &c->next[i]));
    }
    for (size_t i = 0; i < l->n_carried; i++) {
        const struct source *s = &b->sources[l->body_out + i];
        struct tensor *in = &b->in[l->body_in + i];
        if (s->kind == FROM_NOTHING) continue;
        if (s->kind == FROM_SESSION && in->owner && !in->owner->mapped && atomic_load(&in->owner->owners) == 1)
            b->out[s->index] = *in;
        else
            tensor_release(in);
        *in = c->next[i];
        c->next[i].owner = NULL;
    }
    return TFP_OK;
}

static tfp_status put_carried(struct run *r, const struct control *c, struct body *b)
{
    for (size_t i = 0; i < c->loop.n_carried && i < c->node->n_out; i++) {
        struct tensor *in = &b->in[c->loop.body_in + i];
        if (!c->to[i]) continue;
        TFP_TRY(put(r, c, i, in));
        in->owner = NULL;
    }
    return TFP_OK;
}

static void end_loop(struct control *c, struct body *b)
{
    release_all(b->in, b->n_in);
    release_all(b->out, b->n_out);
    release_all(c->next, c->loop.n_carried);
    for (size_t i = 0; i < c->loop.n_collected; i++) {
        buffer_drop(c->rows[i].memory);
        c->rows[i].memory = NULL;
    }
}

/* One iteration; `at`: the place of its slices. */
static tfp_status iterate(struct run *r, struct control *c, const int64_t *at, int64_t most)
{
    struct body *b = &c->bodies[0];
    for (size_t i = 0; i < c->loop.n_collected; i++) TFP_TRY(offer_row(r, c, b, i, at[i], most));
    TFP_TRY(run_body(r, b));
    for (size_t i = 0; i < c->loop.n_collected; i++) TFP_TRY(collect(r, c, b, i, at[i], most));
    return TFP_OK;
}

/* -- Loop ---------------------------------------------------------------------------------------------------------- */

static tfp_status one_element(struct run *r, const struct slot *s, const char *what)
{
    return !s || s->t.count == 1 ? TFP_OK : tfp_fail(r->ctx, TFP_E_FORMAT, "%s must be one element", what);
}

static tfp_status next_condition(struct run *r, struct control *c, struct body *b)
{
    struct tensor t;
    TFP_TRY(take(r, c, b, 0, &t));
    const bool one = t.count == 1;
    if (one) c->condition = *(const bool *)t.data;
    tensor_release(&t);
    return one ? TFP_OK : tfp_fail(r->ctx, TFP_E_FORMAT, "the condition that the body gives must be one element");
}

static tfp_status loop(struct run *r, struct control *c, struct body *b, int64_t *at)
{
    int64_t most = INT64_MAX;
    TFP_TRY(one_element(r, c->from[0], "the number of iterations"));
    TFP_TRY(one_element(r, c->from[1], "the condition"));
    if (c->from[0]) most = *(const int64_t *)c->from[0]->t.data;
    c->condition = !c->from[1] || *(const bool *)c->from[1]->t.data;
    TFP_TRY(tensor_describe(r->ctx, "the iteration", TFP_INT64, 0, NULL, &b->in[0]));
    TFP_TRY(tensor_describe(r->ctx, "the condition", TFP_BOOL, 0, NULL, &b->in[1]));
    b->in[0].data = &c->iteration;
    b->in[1].data = &c->condition;
    for (size_t i = 0; i < c->loop.n_carried; i++) give(c->from[c->loop.in + i], &b->in[c->loop.body_in + i]);
    for (size_t i = 0; i < c->loop.n_collected; i++) TFP_TRY(begin_rows(r, c, i, 0, &c->rows[i]));
    for (c->iteration = 0; c->iteration < most && c->condition; c->iteration++) {
        for (size_t i = 0; i < c->loop.n_collected; i++) at[i] = c->iteration;
        TFP_TRY(iterate(r, c, at, most));
        bool before = c->condition; /* what is carried may be the condition that came in */
        TFP_TRY(next_condition(r, c, b));
        bool after = c->condition;
        c->condition = before;
        TFP_TRY(carry(r, c, b));
        c->condition = after;
    }
    TFP_TRY(put_carried(r, c, b));
    for (size_t i = 0; i < c->loop.n_collected; i++) TFP_TRY(put_rows(r, c, i, 0));
    return TFP_OK;
}

/* -- Scan ---------------------------------------------------------------------------------------------------------- */

static int64_t scanned_axis(const struct control *c, size_t i)
{
    const int64_t axis = ir_list_entry(c->node, ATTR_SCAN_INPUT_AXES, i);
    return axis < 0 ? axis + c->from[c->loop.n_carried + i]->t.rank : axis;
}

/* The number of slices, the same for all inputs. */
static tfp_status count_slices(struct run *r, const struct control *c, int64_t *out)
{
    for (size_t i = 0; i < c->loop.n_scanned; i++) {
        const struct tensor *t = &c->from[c->loop.n_carried + i]->t;
        const int64_t axis = scanned_axis(c, i);
        if (axis < 0 || axis >= (int64_t)t->rank)
            return tfp_fail(r->ctx, TFP_E_FORMAT, "scanned input %zu has no axis %lld", i, (long long)axis);
        if (i && t->dims[axis] != *out)
            return tfp_fail(r->ctx, TFP_E_FORMAT, "scanned inputs of %lld and %lld slices", (long long)*out,
                            (long long)t->dims[axis]);
        *out = t->dims[axis];
    }
    return TFP_OK;
}

/* Slice `at` of a scanned input: where it lies when its axis is the first, else a copy, in memory used again. */
static tfp_status slice(struct run *r, const struct control *c, size_t i, int64_t at, struct tensor *out)
{
    const struct tensor *t = &c->from[c->loop.n_carried + i]->t;
    const int64_t axis = scanned_axis(c, i);
    struct strided order = { .rank = t->rank - 1 };
    int64_t strides[TFP_MAX_RANK], dims[TFP_MAX_RANK];
    strides_of(t->rank, t->dims, strides);
    for (int64_t k = 0; k < (int64_t)order.rank; k++) {
        dims[k] = order.dims[k] = t->dims[k < axis ? k : k + 1];
        order.from[k] = strides[k < axis ? k : k + 1];
    }
    TFP_TRY(tensor_describe(r->ctx, "a slice", t->dtype, order.rank, dims, out));
    const size_t size = tfp_dtype_size(t->dtype);
    char *from = t->size ? (char *)t->data + (size_t)(at * strides[axis]) * size : t->data;
    if (axis == 0) {
        out->data = from;
        return TFP_OK;
    }
    strides_of(order.rank, order.dims, order.to);
    if (out->owner && (out->owner->size < out->size || atomic_load(&out->owner->owners) > 1)) tensor_release(out);
    if (!out->owner) TFP_TRY(tensor_allocate(r->ctx, out));
    if (out->size) strided_copy(&order, size, from, out->data, 1);
    return TFP_OK;
}

static tfp_status scan(struct run *r, struct control *c, struct body *b, int64_t *at)
{
    const struct ir_loop *l = &c->loop;
    int64_t n = 0;
    TFP_TRY(count_slices(r, c, &n));
    for (size_t i = 0; i < l->n_carried; i++) give(c->from[i], &b->in[i]);
    for (size_t i = 0; i < l->n_collected; i++) {
        TFP_TRY(begin_rows(r, c, i, ir_list_entry(c->node, ATTR_SCAN_OUTPUT_AXES, i), &c->rows[i]));
        if (c->rows[i].fixed && c->rows[i].room != n)
            return tfp_fail(r->ctx, TFP_E_FORMAT, "%lld slices, but %lld were inferred", (long long)n,
                            (long long)c->rows[i].room);
    }
    for (int64_t t = 0; t < n; t++) {
        for (size_t i = 0; i < l->n_scanned; i++) {
            const bool back = ir_list_entry(c->node, ATTR_SCAN_INPUT_DIRECTIONS, i) == 1;
            TFP_TRY(slice(r, c, i, back ? n - 1 - t : t, &b->in[l->n_carried + i]));
        }
        for (size_t i = 0; i < l->n_collected; i++)
            at[i] = ir_list_entry(c->node, ATTR_SCAN_OUTPUT_DIRECTIONS, i) == 1 ? n - 1 - t : t;
        TFP_TRY(iterate(r, c, at, n));
        TFP_TRY(carry(r, c, b));
    }
    TFP_TRY(put_carried(r, c, b));
    for (size_t i = 0; i < l->n_collected; i++)
        TFP_TRY(put_rows(r, c, i, ir_list_entry(c->node, ATTR_SCAN_OUTPUT_AXES, i)));
    return TFP_OK;
}

static tfp_status run_loop(struct run *r, struct control *c)
{
    int64_t few[16], *at = c->loop.n_collected <= 16 ? few : calloc(c->loop.n_collected, sizeof *at);
    if (!at) return tfp_no_memory(r->ctx);
    tfp_status status = c->node->op == IR_LOOP ? loop(r, c, &c->bodies[0], at) : scan(r, c, &c->bodies[0], at);
    end_loop(c, &c->bodies[0]);
    if (at != few) free(at);
    return status;
}

/* -- the step ------------------------------------------------------------------------------------------------------ */

static tfp_status run_control(struct run *r, struct step *s)
{
    struct control *c = s->state;
    tfp_status status = c->node->op == IR_IF ? run_if(r, c) : run_loop(r, c);
    if (status == TFP_OK) return TFP_OK;
    return tfp_prefix(r->ctx, status, "node %s (%s)", c->node->name ? c->node->name : "without name",
                      schema_op_name(c->node->op));
}

static void end_control(struct step *s)
{
    struct control *c = s->state;
    for (size_t i = 0; i < c->n_bodies; i++) session_close(&c->bodies[i].session);
}

static size_t input_index(const struct ir_graph *g, const struct ir_value *v)
{
    size_t i = 0;
    while (i < g->n_inputs && g->inputs[i] != v) i++;
    return i;
}

static bool is_wanted(const struct control *c, const struct ir_graph *body, size_t output)
{
    const struct ir_node *n = c->node;
    if (n->op == IR_IF) return output < n->n_out && c->to[output];
    if (output < c->loop.body_out) return true;
    const size_t i = output - c->loop.body_out;
    if (i < n->n_out && c->to[i]) return true;
    if (i >= c->loop.n_carried) return false;
    const struct ir_value *in = body->inputs[c->loop.body_in + i];
    return in->n_uses || in->n_outputs;
}

static struct source source_of(const struct ir_graph *body, const struct ir_value *v, size_t n_session)
{
    struct source s = { .kind = FROM_SESSION, .index = n_session, .value = v };
    if (v->constant) s.kind = FROM_CONSTANT;
    else if (!v->producer) s.kind = FROM_INPUT;
    if (s.kind == FROM_INPUT) s.index = input_index(body, v);
    return s;
}

/* Their bytes would go with the session's next run. */
static tfp_status refuse_strings(struct builder *b, const struct ir_node *n)
{
    return tfp_fail(b->ctx, TFP_E_UNSUPPORTED, "cpu backend: node %s: strings made in the body of %s",
                    n->name ? n->name : "without name", schema_op_name(n->op));
}

/* Opens the session; of the body's outputs it keeps those that it computes. */
static tfp_status open_body(struct builder *b, struct control *c, struct ir_graph *body)
{
    struct arena *a = &b->plan->arena;
    struct body *to = &c->bodies[c->n_bodies];
    to->sources = ARENA_ARRAY(a, struct source, body->n_outputs);
    if (!to->sources) return tfp_no_memory(b->ctx);
    c->n_bodies++;
    for (size_t i = 0; i < body->n_outputs; i++) {
        if (is_wanted(c, body, i)) to->sources[i] = source_of(body, body->outputs[i].value, to->n_out);
        if (to->sources[i].kind != FROM_SESSION) continue;
        to->n_out++;
        if (body->outputs[i].value->dtype == TFP_STRING) return refuse_strings(b, c->node);
    }
    for (size_t i = body->n_outputs; i-- > 0;)
        if (to->sources[i].kind != FROM_SESSION) ir_drop_output(body, i);
    to->n_in = body->n_inputs;
    to->in = ARENA_ARRAY(a, struct tensor, to->n_in);
    to->out = ARENA_ARRAY(a, struct tensor, to->n_out);
    if (!to->in || !to->out) return tfp_no_memory(b->ctx);
    return session_open(b->ctx, &to->session, b->session, body);
}

static tfp_status open_bodies(struct builder *b, struct control *c)
{
    const struct ir_node *n = c->node;
    if (n->op == IR_IF) {
        TFP_TRY(open_body(b, c, ir_body(n, ATTR_THEN_BRANCH)));
        return open_body(b, c, ir_body(n, ATTR_ELSE_BRANCH));
    }
    c->next = ARENA_ARRAY(&b->plan->arena, struct tensor, c->loop.n_carried);
    c->rows = ARENA_ARRAY(&b->plan->arena, struct rows, c->loop.n_collected);
    return c->next && c->rows ? open_body(b, c, c->loop.body) : tfp_no_memory(b->ctx);
}

static tfp_status place_results(struct builder *b, const struct control *c, struct slot **out, uint32_t *n_out)
{
    const struct ir_node *n = c->node;
    for (uint32_t i = 0; i < n->n_out; i++) {
        const struct ir_value *v = n->out[i];
        int64_t dims[TFP_MAX_RANK];
        if (!ir_wants(n, i)) continue;
        const bool has_size = v->dtype != TFP_UNDEFINED && v->dtype != TFP_STRING && ir_static_dims(v, dims);
        if (has_size) TFP_TRY(layout_new(b, v, NULL, &c->to[i]));
        else TFP_TRY(layout_place(b, v, SLOT_DYNAMIC, &c->to[i]));
        out[(*n_out)++] = c->to[i];
    }
    return TFP_OK;
}

tfp_status make_control(struct builder *b, const struct unit *u, bool *made)
{
    struct arena *a = &b->plan->arena;
    const struct ir_node *n = u->head;
    struct control *c = ARENA_NEW(a, struct control);
    struct slot **in = ARENA_ARRAY(a, struct slot *, n->n_in), **out = ARENA_ARRAY(a, struct slot *, n->n_out);
    uint32_t n_in = 0, n_out = 0;
    if (!c || !in || !out) return tfp_no_memory(b->ctx);
    c->node = n;
    if (n->op != IR_IF) c->loop = ir_loop_of(n);
    c->from = ARENA_ARRAY(a, struct slot *, n->n_in + 2);
    c->to = ARENA_ARRAY(a, struct slot *, n->n_out);
    if (!c->from || !c->to) return tfp_no_memory(b->ctx);
    for (uint32_t i = 0; i < n->n_in; i++) {
        if (!ir_in(n, i)) continue;
        TFP_TRY(layout_row_major(b, ir_in(n, i), &c->from[i]));
        in[n_in++] = c->from[i];
    }
    TFP_TRY(place_results(b, c, out, &n_out));
    tfp_status status = open_bodies(b, c);
    if (status != TFP_OK) {
        end_control(&(struct step){ .state = c });
        return status;
    }
    *made = true;
    return step_add(b, n, run_control, in, n_in, out, n_out, c, end_control);
}
