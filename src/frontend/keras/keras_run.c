/* Model -> IR: walks a functional graph from its outputs, each call behind what it needs, and a Sequential model from its
 * first layer to its last, and calls the layers' rules. What cannot be lowered is noted and the walk goes on, so that the
 * refusal names everything at once. A shared layer or nested model is lowered for each call, on the same weights. */
#include "base/list.h"
#include "frontend/keras/keras.h"

extern const struct keras_family keras_family_models;

#include <stdio.h>
#include <stdlib.h>

enum { MOST_CALLS = 200000, DEEPEST_CALLS = 64, DEEPEST_ARGUMENT = 64, LONGEST_REASONS = 2500 };

struct state { /* of one call of a layer */
    bool done, busy, failed;
    struct keras_tensor *out;
    size_t n_out;
};

struct lowering {
    struct build b;
    struct keras_source *source;
    struct map names; /* of values: none occurs twice */
    struct text reasons;
    size_t n_reasons, n_calls;
};

struct keras_run {
    struct lowering *lw;
    struct keras_model *model;
    const char *prefix; /* of nodes' names: "encoder/", "" for the model itself */
    unsigned depth;
    struct state **states; /* by layer and node */
};

struct place {
    struct keras_layer *layer;
    size_t node;
};
struct stack {
    struct place *at;
    size_t n, room;
};

static struct lowering *lowering_of(const struct keras_call *c)
{
    return (struct lowering *)c->b; /* which begins with it */
}

/* -- failing ------------------------------------------------------------------------------------------------------- */

__attribute__((format(printf, 3, 0))) static void fail(struct keras_call *c, tfp_status code, const char *format,
                                                       va_list args)
{
    char text[1024];
    if (c->b->status != TFP_OK) return;
    vsnprintf(text, sizeof text, format, args);
    build_fail(c->b, tfp_fail(c->b->ctx, code, "layer %s (%s): %s", c->layer->name, c->layer->class_name, text));
}

void *call_unsupported(struct keras_call *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail(c, TFP_E_UNSUPPORTED, format, args);
    va_end(args);
    return NULL;
}

void *call_malformed(struct keras_call *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail(c, TFP_E_FORMAT, format, args);
    va_end(args);
    return NULL;
}

/* Of a value. NULL with the status set: memory is out. */
static const char *unique_name(struct lowering *lw, const char *wanted)
{
    const char *name = keras_unique_name(&lw->b.graph->arena, &lw->names, wanted);
    if (!name) build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
    return name;
}

static void note_reason(struct lowering *lw)
{
    if (lw->n_reasons++ == 0 || lw->reasons.n < LONGEST_REASONS)
        text_add(&lw->reasons, "%s%s", lw->n_reasons > 1 ? "; " : "", lw->b.ctx->text);
}

/* -- for rules ----------------------------------------------------------------------------------------------------- */

struct ir_value *call_in(struct keras_call *c, size_t i)
{
    if (c->b->status != TFP_OK) return NULL;
    return i < c->n_in ? c->in[i].value : call_malformed(c, "there is no input %zu", i);
}

int64_t call_rank(struct keras_call *c, const struct ir_value *v)
{
    if (!v) return -1;
    if (v->rank < 0) call_unsupported(c, "the rank of its input is not known");
    return v->rank;
}

int64_t call_axis(struct keras_call *c, int64_t axis, int64_t rank)
{
    if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
    if (rank >= 0) call_malformed(c, "axis %lld is out of range for rank %lld", (long long)axis, (long long)rank);
    return -1;
}

/* One array of the file as a constant. */
static struct ir_value *stored_array(struct keras_call *c, const struct keras_weight *w, const char *name)
{
    struct tensor t;
    if (c->b->status != TFP_OK) return NULL;
    if (!w->key) {
        if (c->source->store == KERAS_NO_WEIGHTS)
            c->source->source.lacks_weights = true;
        return call_malformed(c, "there is no weight %s; give the file that has it with --weights", name);
    }
    tfp_status status = keras_weight_read(c->source, w, &t);
    if (status != TFP_OK) return build_fail(c->b, status);
    const char *value_name = arena_printf(&c->b->graph->arena, "%s/%s", c->scope, name);
    if (value_name) value_name = unique_name(lowering_of(c), value_name);
    struct ir_value *v = value_name ? ir_add_constant(c->b->graph, value_name, &t) : NULL;
    tensor_release(&t);
    return v ? v : build_fail(c->b, tfp_no_memory(c->b->ctx));
}

struct ir_value *call_raw_weight(struct keras_call *c, struct keras_layer *l, const char *name)
{
    struct keras_weight *w = keras_weight_find(l, name);
    struct ir_value *arrays[KERAS_WEIGHT_RANK];
    if (c->b->status != TFP_OK) return NULL;
    if (!w) return call_malformed(c, "there is no weight %s", name);
    if (w->value) return w->value;
    for (size_t i = 0; i < w->n_parts; i++) arrays[i] = stored_array(c, &w->parts[i], name);
    if (!w->n_parts) arrays[0] = stored_array(c, w, name);
    if (c->b->status == TFP_OK) w->value = keras_legacy_value(c, l, w, arrays, w->n_parts ? w->n_parts : 1);
    return w->value;
}

struct ir_value *call_weight(struct keras_call *c, const char *name)
{
    struct ir_value *v = call_raw_weight(c, c->layer, name);
    return v && dtype_is_float(v->dtype) && dtype_is_float(c->layer->dtype) ? ir_cast(c->b, v, c->layer->dtype) : v;
}

void call_out(struct keras_call *c, struct ir_value *v)
{
    if (c->n_out < KERAS_OUT_MOST) c->out[c->n_out++] = (struct keras_tensor){ v, NULL };
    else call_unsupported(c, "more than %d results", (int)KERAS_OUT_MOST);
}

void call_mask(struct keras_call *c, struct ir_value *mask)
{
    if (c->n_out) c->out[c->n_out - 1].mask = mask;
}

const json_t *call_argument(struct keras_call *c, size_t place, const char *name)
{
    if (!c->node) return NULL;
    const json_t *j = place < json_array_size(c->node->args) ? json_array_get(c->node->args, place) : NULL;
    if (json_is_null(j)) j = NULL;
    return j ? j : keras_get(c->node->kwargs, name);
}

/* -- arguments ----------------------------------------------------------------------------------------------------- */

static size_t states_of(const struct keras_layer *l)
{
    return l->n_nodes ? l->n_nodes : 1;
}

/* The state of a reference's call; NULL: there is no such call. */
static struct state *state_of(struct keras_run *run, const struct keras_reference *r, struct place *out)
{
    struct keras_layer *l = keras_layer_find(run->model, r->layer);
    if (!l) return NULL;
    size_t node = l->n_nodes ? (size_t)r->node - l->first_node : 0; /* an input has one, whatever number it is given */
    if (l->n_nodes && ((size_t)r->node < l->first_node || node >= l->n_nodes)) return NULL;
    *out = (struct place){ l, node };
    return &run->states[l->index][node];
}

/* Numbers of nested lists, row by row. */
static bool flatten(const json_t *j, double *at, size_t room, size_t *n, int64_t *dims, uint32_t *rank, uint32_t level)
{
    if (!json_is_array(j)) return *n < room && level == *rank && keras_number(j, &at[(*n)++]);
    size_t size = json_array_size(j);
    if (level >= TFP_MAX_RANK) return false;
    if (level == *rank) dims[(*rank)++] = (int64_t)size;
    if (dims[level] != (int64_t)size) return false;
    for (size_t i = 0; i < size; i++)
        if (!flatten(json_array_get(j, i), at, room, n, dims, rank, level + 1)) return false;
    return true;
}

/* {"class_name": "__tensor__" or "__numpy__", "config": {"value": .., "dtype": ..}} of Keras 3. */
static const json_t *wrapped_value(const json_t *j, tfp_dtype *dtype)
{
    const char *class_name = json_is_object(j) ? keras_text(j, "class_name") : NULL;
    if (!class_name || (strcmp(class_name, "__tensor__") != 0 && strcmp(class_name, "__numpy__") != 0)) return j;
    const json_t *config = keras_get(j, "config");
    tfp_dtype own = keras_dtype(keras_text(config, "dtype"));
    if (own != TFP_UNDEFINED) *dtype = own;
    return keras_get(config, "value");
}

static struct ir_value *constant(struct keras_call *c, const json_t *j, tfp_dtype dtype)
{
    enum { ROOM = 65536 };
    int64_t dims[TFP_MAX_RANK];
    uint32_t rank = 0;
    size_t n = 0;
    j = wrapped_value(j, &dtype);
    double *at = calloc(ROOM, sizeof *at);
    if (!at) return build_fail(c->b, tfp_no_memory(c->b->ctx));
    struct ir_value *v = NULL;
    if (!j || !flatten(j, at, ROOM, &n, dims, &rank, 0)) {
        call_unsupported(c, "an argument that is neither a tensor nor numbers");
    } else {
        v = dtype == TFP_DOUBLE || rank == 0 ? NULL : ir_tensor(c->b, TFP_DOUBLE, rank, dims, at);
        if (dtype == TFP_DOUBLE) v = ir_tensor(c->b, TFP_DOUBLE, rank, dims, at);
        else v = rank ? ir_cast(c->b, v, dtype) : ir_scalar(c->b, dtype, at[0]);
    }
    free(at);
    return v;
}

static struct keras_tensor own_type(struct keras_call *c, struct keras_tensor t)
{
    tfp_dtype dtype = c->layer->dtype;
    if (c->layer->class->raw || !config_has(c->layer, "dtype") || !t.value) return t;
    if (dtype_is_float(t.value->dtype) && dtype_is_float(dtype)) t.value = ir_cast(c->b, t.value, dtype);
    return t;
}

static const char temporary[] = "\x01temporary"; /* in place of a layer's name */

json_t *keras_temporary(size_t i)
{
    return json_pack("[s,i,I]", temporary, 0, (json_int_t)i);
}

bool keras_is_temporary(const json_t *j, size_t *i)
{
    struct keras_reference r;
    bool is = keras_reference(j, &r) && !r.constant && strcmp(r.layer, temporary) == 0;
    if (is) *i = (size_t)r.tensor;
    return is;
}

bool call_is_tensor(const struct keras_call *c, const json_t *argument)
{
    struct keras_reference r;
    size_t i;
    if (c->temporaries) return argument && keras_is_temporary(argument, &i);
    return argument && keras_reference(argument, &r) && !r.constant && c->run;
}

static bool resolve(struct keras_call *c, const json_t *j, struct keras_tensor *out)
{
    struct keras_reference r;
    struct place place;
    if (!call_is_tensor(c, j) || !keras_reference(j, &r)) return false;
    if (c->temporaries) {
        size_t i;
        bool found = keras_is_temporary(j, &i) && i < c->n_temporaries;
        if (found) *out = c->temporaries[i];
        return found;
    }
    struct state *s = state_of(c->run, &r, &place);
    if (!s) return false;
    if (!s->done || (size_t)r.tensor >= s->n_out) {
        call_malformed(c, "it takes tensor %lld of layer %s, which has %zu", (long long)r.tensor, r.layer, s->n_out);
        *out = (struct keras_tensor){ NULL, NULL };
    } else {
        *out = own_type(c, s->out[r.tensor]);
    }
    return true;
}

struct keras_tensor call_tensor(struct keras_call *c, const json_t *argument, tfp_dtype dtype)
{
    struct keras_tensor t = { NULL, NULL };
    struct keras_reference r;
    if (c->b->status != TFP_OK || !argument || resolve(c, argument, &t)) return t;
    if (keras_reference(argument, &r) && r.constant) argument = r.constant;
    t.value = constant(c, argument, dtype);
    return t;
}

/* All references within, in order. */
static void gather(struct keras_call *c, const json_t *j, struct keras_tensor *out, size_t room, size_t *n, unsigned depth)
{
    struct keras_tensor t;
    struct keras_reference r;
    const char *key;
    json_t *value;
    size_t i;
    if (depth > DEEPEST_ARGUMENT || c->b->status != TFP_OK) return;
    bool found = resolve(c, j, &t);
    if (!found && keras_reference(j, &r) && r.constant) {
        t = call_tensor(c, j, c->layer->dtype);
        found = true;
    }
    if (found) {
        if (*n < room) out[(*n)++] = t;
        else call_unsupported(c, "more than %zu inputs", room);
    } else if (json_is_array(j)) {
        json_array_foreach((json_t *)(uintptr_t)j, i, value) gather(c, value, out, room, n, depth + 1);
    } else if (json_is_object(j)) {
        json_object_foreach((json_t *)(uintptr_t)j, key, value) gather(c, value, out, room, n, depth + 1);
    }
}

size_t call_tensors(struct keras_call *c, const json_t *argument, struct keras_tensor *out, size_t room)
{
    size_t n = 0;
    if (argument) gather(c, argument, out, room, &n, 0);
    return n;
}

/* -- one call ------------------------------------------------------------------------------------------------------ */

/* A mask given as an argument counts for one that came with the tensor. */
static void take_masks(struct keras_call *c)
{
    struct keras_tensor masks[KERAS_IN_MOST];
    const json_t *j = c->node ? keras_get(c->node->kwargs, "mask") : NULL;
    size_t n = call_tensors(c, j, masks, KERAS_IN_MOST);
    for (size_t i = 0; i < n && i < c->n_in; i++) c->in[i].mask = masks[i].value;
}

static void name_values(struct keras_call *c)
{
    struct arena *a = &c->b->graph->arena;
    for (size_t i = 0; i < c->n_out; i++) {
        struct ir_value *v = c->out[i].value;
        if (!v || v->name || v->constant) continue;
        const char *name = i ? arena_printf(a, "%s:%zu", c->scope, i) : c->scope;
        v->name = name ? unique_name(lowering_of(c), name) : NULL;
    }
}

/* The rule with its failures explained. */
static void run_rule(struct keras_call *c)
{
    struct build *b = c->b;
    struct lowering *lw = lowering_of(c);
    const char *outer = b->scope;
    const struct keras_class *class = c->layer->class;
    if (c->depth > DEEPEST_CALLS) call_unsupported(c, "layers are nested more than %d deep", (int)DEEPEST_CALLS);
    if (++lw->n_calls > MOST_CALLS) call_unsupported(c, "the model makes more than %d calls", (int)MOST_CALLS);
    if (!class) call_unsupported(c, "a class that is not known here");
    else if (!class->lower) call_unsupported(c, "%s", class->limits ? class->limits : "not supported");
    b->scope = c->scope;
    if (b->status == TFP_OK) class->lower(c);
    if (b->status == TFP_OK && c->layer->fault)
        call_malformed(c, "%s in its configuration has a value of the wrong kind", c->layer->fault);
    b->scope = outer;
    if (b->status == TFP_OK) {
        for (size_t i = 0; i < c->n_out; i++)
            if (class->masks == KERAS_MASK_PASSES && c->n_in && i == 0) c->out[i].mask = c->in[0].mask;
        name_values(c);
    } else if (strncmp(b->ctx->text, "layer ", 6) != 0) {
        tfp_prefix(b->ctx, b->status, "layer %s (%s)", c->layer->name, c->layer->class_name);
    }
}

/* The same with all outputs, into `done`. */
static void call_all(struct keras_call *c, struct keras_layer *inner, const struct keras_tensor *in, size_t n,
                     struct keras_call *done)
{
    *done = (struct keras_call){ .b = c->b, .source = c->source, .layer = inner, .depth = c->depth + 1, .n_in = n };
    if (c->b->status != TFP_OK || !inner) return;
    done->scope = inner->attribute ? arena_printf(&c->b->graph->arena, "%s/%s", c->scope, inner->name) : c->scope;
    if (!done->scope || n > KERAS_IN_MOST) {
        build_fail(c->b, tfp_no_memory(c->b->ctx));
        return;
    }
    for (size_t i = 0; i < n; i++) done->in[i] = inner->class ? own_type(done, in[i]) : in[i];
    run_rule(done);
}

struct keras_tensor call_layer(struct keras_call *c, struct keras_layer *inner, const struct keras_tensor *in, size_t n)
{
    struct keras_call *done = malloc(sizeof *done);
    struct keras_tensor t = { NULL, NULL };
    if (!done) {
        build_fail(c->b, tfp_no_memory(c->b->ctx));
        return t;
    }
    call_all(c, inner, in, n, done);
    if (c->b->status == TFP_OK && done->n_out) t = done->out[0];
    free(done);
    return t;
}

/* -- functional models --------------------------------------------------------------------------------------------- */

static bool push(struct lowering *lw, struct stack *s, struct place p)
{
    if (!LIST_GROW(s->at, s->n, &s->room)) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx)), false;
    s->at[s->n++] = p;
    return true;
}

/* Pushes the calls that an argument needs. */
static void push_needs(struct keras_run *run, struct stack *s, const struct keras_layer *of, const json_t *j,
                       unsigned depth)
{
    struct build *b = &run->lw->b;
    struct keras_reference r;
    struct place p;
    const char *key;
    json_t *value;
    size_t i;
    if (depth > DEEPEST_ARGUMENT || b->status != TFP_OK) return;
    struct state *need = keras_reference(j, &r) && !r.constant ? state_of(run, &r, &p) : NULL;
    if (need) {
        if (need->busy && !need->done)
            build_fail(b, tfp_fail(b->ctx, TFP_E_FORMAT, "layer %s (%s): it needs its own result", of->name,
                                   of->class_name));
        else if (!need->done) push(run->lw, s, p);
    } else if (json_is_array(j)) {
        json_array_foreach((json_t *)(uintptr_t)j, i, value) push_needs(run, s, of, value, depth + 1);
    } else if (json_is_object(j)) {
        json_object_foreach((json_t *)(uintptr_t)j, key, value) push_needs(run, s, of, value, depth + 1);
    }
}

static bool needs_failed(struct keras_run *run, const json_t *j, unsigned depth)
{
    struct keras_reference r;
    struct place p;
    const char *key;
    json_t *value;
    size_t i;
    if (depth > DEEPEST_ARGUMENT) return false;
    struct state *need = keras_reference(j, &r) && !r.constant ? state_of(run, &r, &p) : NULL;
    if (need) return need->failed;
    if (json_is_array(j)) {
        json_array_foreach((json_t *)(uintptr_t)j, i, value) if (needs_failed(run, value, depth + 1)) return true;
    } else if (json_is_object(j)) {
        json_object_foreach((json_t *)(uintptr_t)j, key, value) if (needs_failed(run, value, depth + 1)) return true;
    }
    return false;
}

static bool keep_results(struct keras_call *c, struct state *st)
{
    st->out = ARENA_ARRAY(&c->source->arena, struct keras_tensor, c->n_out);
    if (!st->out) return build_fail(c->b, tfp_no_memory(c->b->ctx)), false;
    if (c->n_out) memcpy(st->out, c->out, c->n_out * sizeof *c->out);
    st->n_out = c->n_out;
    return true;
}

static void call_node(struct keras_run *run, struct keras_layer *l, size_t number, struct state *st)
{
    struct lowering *lw = run->lw;
    struct keras_call *c = calloc(1, sizeof *c);
    st->done = true;
    if (!c || number >= l->n_nodes) {
        if (!c) build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
        else build_fail(&lw->b, tfp_fail(lw->b.ctx, TFP_E_FORMAT, "layer %s (%s): nothing goes into it", l->name,
                                         l->class_name));
        free(c);
        return;
    }
    *c = (struct keras_call){ .b = &lw->b, .source = lw->source, .layer = l, .run = run, .node = &l->nodes[number],
                              .depth = run->depth };
    c->scope = arena_printf(&lw->b.graph->arena, number ? "%s%s_%zu" : "%s%s", run->prefix, l->name, number);
    st->failed = needs_failed(run, c->node->args, 0) || needs_failed(run, c->node->kwargs, 0);
    if (!c->scope) build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
    if (!st->failed && c->scope) {
        const json_t *first = call_argument(c, 0, "inputs");
        if (l->class) c->n_in = call_tensors(c, first, c->in, KERAS_IN_MOST);
        if (l->class) take_masks(c);
        run_rule(c);
        if (lw->b.status == TFP_OK && c->n_out && !l->result) l->result = c->out[0].value;
        if (lw->b.status == TFP_OK) keep_results(c, st);
    }
    free(c);
    if (lw->b.status != TFP_E_UNSUPPORTED) return;
    note_reason(lw);
    st->failed = true;
    lw->b.status = TFP_OK;
}

static void evaluate(struct keras_run *run, struct place wanted)
{
    struct build *b = &run->lw->b;
    struct stack s = { 0 };
    push(run->lw, &s, wanted);
    while (s.n && b->status == TFP_OK) {
        struct place p = s.at[s.n - 1];
        struct state *st = &run->states[p.layer->index][p.node];
        if (!st->done && !st->busy && p.node < p.layer->n_nodes) {
            st->busy = true;
            push_needs(run, &s, p.layer, p.layer->nodes[p.node].args, 0);
            push_needs(run, &s, p.layer, p.layer->nodes[p.node].kwargs, 0);
            continue;
        }
        s.n--;
        if (!st->done) call_node(run, p.layer, p.node, st);
    }
    free(s.at);
}

static bool make_states(struct keras_run *run)
{
    struct arena *a = &run->lw->source->arena;
    run->states = ARENA_ARRAY(a, struct state *, run->model->n_layers);
    for (size_t i = 0; run->states && i < run->model->n_layers; i++) {
        run->states[i] = ARENA_ARRAY(a, struct state, states_of(run->model->layers[i]));
        if (!run->states[i]) run->states = NULL;
    }
    return run->states || (build_fail(&run->lw->b, tfp_no_memory(run->lw->b.ctx)), false);
}

static struct state *end_state(struct keras_run *run, const struct keras_end *e, struct place *p)
{
    struct keras_reference r = { e->layer->name, (int64_t)e->node, (int64_t)e->tensor, NULL };
    return state_of(run, &r, p);
}

static void run_functional(struct keras_run *run, const struct keras_layer *l, const struct keras_tensor *in, size_t n_in,
                           struct keras_tensor *out)
{
    struct keras_model *m = run->model;
    struct build *b = &run->lw->b;
    struct place p;
    if (n_in != m->n_inputs) {
        build_fail(b, tfp_fail(b->ctx, TFP_E_FORMAT, "layer %s (%s): %zu inputs, not %zu", l->name, l->class_name, n_in,
                               m->n_inputs));
        return;
    }
    for (size_t i = 0; i < n_in; i++) {
        struct state *st = end_state(run, &m->inputs[i], &p);
        if (st && !st->out) {
            st->out = ARENA_ARRAY(&run->lw->source->arena, struct keras_tensor, 1);
            if (!st->out) build_fail(b, tfp_no_memory(b->ctx));
            else st->out[0] = in[i];
            st->n_out = 1;
            st->done = true;
        }
    }
    for (size_t i = 0; i < m->n_outputs && b->status == TFP_OK; i++) {
        const struct keras_end *e = &m->outputs[i];
        struct state *st = end_state(run, e, &p);
        if (st) evaluate(run, p);
        if (b->status != TFP_OK || (st && st->failed)) continue;
        if (!st || e->tensor >= st->n_out)
            build_fail(b, tfp_fail(b->ctx, TFP_E_FORMAT, "output %zu of model %s is no tensor of layer %s", i, l->name,
                                   e->layer->name));
        else out[i] = st->out[e->tensor];
    }
}

/* -- Sequential models --------------------------------------------------------------------------------------------- */

static void run_sequential(struct keras_run *run, struct keras_tensor in, struct keras_tensor *out)
{
    struct lowering *lw = run->lw;
    struct keras_call *c = malloc(sizeof *c);
    if (!c) build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
    for (size_t i = 0; c && i < run->model->n_layers && lw->b.status == TFP_OK; i++) {
        struct keras_layer *l = run->model->layers[i];
        if (strcmp(l->class_name, "InputLayer") == 0) continue;
        *c = (struct keras_call){ .b = &lw->b, .source = lw->source, .layer = l, .n_in = 1, .depth = run->depth };
        c->in[0] = l->class ? own_type(c, in) : in;
        if (!(c->scope = arena_printf(&lw->b.graph->arena, "%s%s", run->prefix, l->name)))
            build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
        else run_rule(c);
        if (lw->b.status == TFP_OK && c->n_out != 1) call_unsupported(c, "%zu results within a Sequential model", c->n_out);
        in = c->out[0];
        if (lw->b.status == TFP_OK && !l->result) l->result = in.value;
    }
    free(c);
    *out = in;
}

/* -- nested models ------------------------------------------------------------------------------------------------- */

static void run_model(struct lowering *lw, const struct keras_layer *l, const char *prefix, unsigned depth,
                      const struct keras_tensor *in, size_t n_in, struct keras_tensor *out)
{
    struct keras_run run = { .lw = lw, .model = l->model, .prefix = prefix, .depth = depth };
    if (!l->model->sequential) {
        if (make_states(&run)) run_functional(&run, l, in, n_in, out);
    } else if (n_in != 1) {
        build_fail(&lw->b, tfp_fail(lw->b.ctx, TFP_E_FORMAT, "layer %s (%s): %zu inputs", l->name, l->class_name, n_in));
    } else {
        run_sequential(&run, in[0], out);
    }
}

static void lower_model(struct keras_call *c)
{
    struct keras_model *m = c->layer->model;
    struct lowering *lw = lowering_of(c);
    struct keras_tensor out[KERAS_OUT_MOST] = { { NULL, NULL } };
    size_t n = m ? m->sequential ? 1 : m->n_outputs : 0, before = lw->n_reasons;
    char *prefix = arena_printf(&c->b->graph->arena, "%s/", c->scope);
    if (!m || n > KERAS_OUT_MOST) {
        call_unsupported(c, "a model of its own class, or with more than %d outputs", (int)KERAS_OUT_MOST);
        return;
    }
    if (!prefix) build_fail(c->b, tfp_no_memory(c->b->ctx));
    if (c->b->status == TFP_OK) run_model(lw, c->layer, prefix, c->depth + 1, c->in, c->n_in, out);
    if (c->b->status == TFP_OK && lw->n_reasons > before) { /* noted already */
        c->n_out = 0;
        return;
    }
    for (size_t i = 0; i < n && c->b->status == TFP_OK; i++) {
        call_out(c, out[i].value);
        call_mask(c, out[i].mask);
    }
}

static const struct keras_class classes[] = {
    { "Functional", NULL, lower_model, KERAS_MASK_OWN, true, NULL, NULL },
    { "InputLayer", NULL, keras_lower_same, KERAS_MASK_PASSES, true, NULL, "sparse and ragged inputs" },
    { "Model", NULL, lower_model, KERAS_MASK_OWN, true, NULL, "subclasses: their configuration has no layers" },
    { "Sequential", NULL, lower_model, KERAS_MASK_OWN, true, NULL, NULL },
};

KERAS_FAMILY(models, "Models");

/* -- the whole ----------------------------------------------------------------------------------------------------- */

static struct ir_value *add_input(struct lowering *lw, const struct tfp_tensor_info *info)
{
    struct dim dims[TFP_MAX_RANK];
    for (int32_t i = 0; i < info->rank; i++) {
        dims[i] = info->dims[i] < 0 ? ir_symbol(lw->b.graph, info->labels[i]) : dim_of(info->dims[i]);
        if (dims[i].sym == DIM_UNKNOWN) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
    }
    if (!unique_name(lw, info->name)) return NULL;
    struct ir_value *v = ir_add_input(lw->b.graph, info->name, info->dtype, info->rank, dims);
    return v ? v : build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
}

/* An output that is an input or a constant gets a node of its own. */
static void add_output(struct lowering *lw, const char *name, struct ir_value *v)
{
    if (v && !v->producer) v = ir_unary(&lw->b, IR_IDENTITY, v);
    if (v && !ir_add_output(lw->b.graph, name, v)) build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
}

/* Every layer of a class that has no rule, also where another one before it has none. */
static void note_unknown(struct lowering *lw, const struct keras_layer *l)
{
    bool called = l->parent && (!l->attribute || strcmp(l->attribute, "layer") == 0);
    if (called && !(l->class && l->class->lower)) {
        const char *why = l->class && l->class->limits ? l->class->limits : "a class that is not known here";
        tfp_fail(lw->b.ctx, TFP_E_UNSUPPORTED, "layer %s (%s): %s", l->name, l->class_name, why);
        note_reason(lw);
    }
    for (size_t i = 0; i < l->n_children; i++) note_unknown(lw, l->children[i]);
    for (size_t i = 0; l->model && i < l->model->n_layers; i++) note_unknown(lw, l->model->layers[i]);
}

static void lower_all(struct lowering *lw)
{
    struct source *s = &lw->source->source;
    struct keras_layer *root = lw->source->root;
    struct keras_tensor *in = calloc(s->n_inputs + 1, sizeof *in), *out = calloc(s->n_outputs + 1, sizeof *out);
    if (!in || !out) build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
    if (!lw->source->options.n_outputs) note_unknown(lw, root);
    bool unknown = lw->n_reasons > 0;
    for (size_t i = 0; i < s->n_inputs && lw->b.status == TFP_OK && !unknown; i++) in[i].value = add_input(lw,
                                                                                                           &s->inputs[i]);
    if (lw->b.status == TFP_OK && !unknown) run_model(lw, root, "", 0, in, s->n_inputs, out);
    for (size_t i = 0; i < s->n_outputs && lw->b.status == TFP_OK && !lw->n_reasons; i++)
        add_output(lw, s->outputs[i].name, out[i].value);
    free(in);
    free(out);
}

static void forget_values(struct keras_layer *l)
{
    l->result = NULL;
    for (size_t i = 0; i < l->n_weights; i++) l->weights[i].value = NULL;
    for (size_t i = 0; i < l->n_children; i++) forget_values(l->children[i]);
    for (size_t i = 0; l->model && i < l->model->n_layers; i++) forget_values(l->model->layers[i]);
}

tfp_status keras_lower(struct tfp_context *ctx, struct keras_source *s, struct ir_graph **out)
{
    struct lowering lw = { .b = { .ctx = ctx }, .source = s };
    s->ctx = ctx;
    TFP_TRY(ir_create(ctx, &lw.b.graph));
    map_init(&lw.names, &lw.b.graph->arena);
    forget_values(s->root);
    lower_all(&lw);
    if (lw.b.status == TFP_E_UNSUPPORTED) {
        note_reason(&lw);
        lw.b.status = TFP_OK;
    }
    if (lw.b.status == TFP_OK && lw.n_reasons)
        lw.b.status = tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s", lw.reasons.at ? lw.reasons.at : "");
    text_free(&lw.reasons);
    if (lw.b.status != TFP_OK) {
        ir_destroy(lw.b.graph);
        return lw.b.status;
    }
    *out = lw.b.graph;
    return TFP_OK;
}
