/* If, Loop and Scan. What a body uses from outside is found first: constants are put into the body, other values become
 * inputs of it (ir.h tells in which order). */
#include "frontend/onnx/onnx_lower.h"
#include "ir/bodies.h"

#include <string.h>

/* -- what a body uses from outside --------------------------------------------------------------------------------- */

/* Of the bodies of one node: names from outside, and what they are there. */
struct captured {
    struct bytes *names;
    struct ir_value **values;
    size_t n;
    struct bytes *constant_names;
    struct ir_value **constants;
    size_t n_constants;
};

static bool capture(struct onnx_lower *l, const struct onnx_node *n, const struct onnxpb_graph *const *bodies,
                    size_t n_bodies, struct captured *c)
{
    struct onnx_names names;
    bool fine = true;
    onnx_names_init(&names, l->arena);
    for (size_t i = 0; i < n_bodies && fine; i++) fine = onnx_names_free(&names, bodies[i]);
    c->names = ARENA_ARRAY(l->arena, struct bytes, names.n);
    c->values = ARENA_ARRAY(l->arena, struct ir_value *, names.n);
    c->constant_names = ARENA_ARRAY(l->arena, struct bytes, names.n);
    c->constants = ARENA_ARRAY(l->arena, struct ir_value *, names.n);
    if (!fine || !c->names || !c->values || !c->constant_names || !c->constants)
        return build_fail(&l->b, tfp_no_memory(l->b.ctx)), false;
    for (size_t i = 0; i < names.n; i++) {
        struct ir_value *v = onnx_need(l, l->scope, names.at[i], n->what);
        if (!v) return false;
        if (v->constant) c->constants[c->n_constants] = v, c->constant_names[c->n_constants++] = names.at[i];
        else c->values[c->n] = v, c->names[c->n++] = names.at[i];
    }
    return true;
}

/* -- one body ------------------------------------------------------------------------------------------------------ */

/* A body while it is made: the lowering goes on in it. */
struct body {
    struct ir_graph *graph, *outer_graph;
    struct onnx_scope scope;
};

static bool enter(struct onnx_lower *l, struct onnx_node *n, struct body *body)
{
    body->outer_graph = l->b.graph;
    if (!(body->graph = ir_add_body(l->b.graph))) {
        onnx_refuse(l, n, "bodies in bodies more than %d deep", IR_DEEPEST_BODY);
        return false;
    }
    onnx_scope_init(l, &body->scope, l->scope, body->graph);
    l->scope = &body->scope;
    l->b.graph = body->graph;
    return true;
}

static void leave(struct onnx_lower *l, struct body *body)
{
    l->scope = body->scope.outer;
    l->b.graph = body->outer_graph;
}

/* An input for what stands outside: of its type and, where that cannot change, of its shape. */
static struct ir_value *add_input(struct onnx_lower *l, struct body *body, struct bytes name, const struct ir_value *outside,
                                  bool same_shape)
{
    struct dim dims[TFP_MAX_RANK];
    int32_t rank = same_shape && outside ? outside->rank : -1;
    for (int32_t i = 0; i < rank; i++) dims[i] = dim_carry(body->outer_graph, body->graph, outside->dims[i]);
    struct ir_value *v = ir_add_input(body->graph, onnx_text(l, name), outside ? outside->dtype : TFP_UNDEFINED, rank, dims);
    return v ? v : build_fail(&l->b, tfp_no_memory(l->b.ctx));
}

static void add_captured(struct onnx_lower *l, struct body *body, const struct captured *c)
{
    for (size_t i = 0; i < c->n && l->b.status == TFP_OK; i++)
        onnx_bind(l, &body->scope, c->names[i], add_input(l, body, c->names[i], c->values[i], true));
    for (size_t i = 0; i < c->n_constants && l->b.status == TFP_OK; i++) {
        struct ir_value *v = ir_add_constant(body->graph, NULL, c->constants[i]->constant);
        if (!v) build_fail(&l->b, tfp_no_memory(l->b.ctx));
        onnx_bind(l, &body->scope, c->constant_names[i], v);
    }
}

/* An input as the file's body has it; its type is what is given where the body does not tell it. */
static void add_own(struct onnx_lower *l, struct body *body, const struct onnxpb_value_info *info, tfp_dtype given)
{
    struct ir_value *v = onnx_input(l, info);
    if (v && given != TFP_UNDEFINED) v->dtype = given;
    onnx_bind(l, &body->scope, info->name, v);
}

static void add_output(struct onnx_lower *l, struct bytes name, struct ir_value *v)
{
    if (v && !ir_add_output(l->b.graph, onnx_text(l, name), v)) build_fail(&l->b, tfp_no_memory(l->b.ctx));
}

/* Outputs first .. end - 1 of the file's body. */
static void add_outputs(struct onnx_lower *l, const struct onnx_node *n, const struct onnxpb_graph *g, size_t first,
                        size_t end)
{
    for (size_t i = first; i < end && l->b.status == TFP_OK; i++)
        add_output(l, g->output.at[i].name, onnx_need(l, l->scope, g->output.at[i].name, n->what));
}

static void give_back(struct onnx_lower *l, const struct captured *c)
{
    for (size_t i = 0; i < c->n && l->b.status == TFP_OK; i++)
        add_output(l, c->names[i], onnx_value(l, l->scope, c->names[i]));
}

static const struct onnxpb_graph *body_attr(struct onnx_lower *l, struct onnx_node *n, const char *name)
{
    for (size_t i = 0; i < n->from->attribute.n; i++) {
        const struct onnxpb_attribute *a = &n->from->attribute.at[i];
        if (!bytes_equal(a->name, name)) continue;
        if (a->which == ONNXPB_ATTRIBUTE_G && a->g) return a->g;
        if (a->ref_attr_name.n) return onnx_refuse(l, n, "a body that is given to a function"), NULL;
    }
    return onnx_malformed(l, n, "attribute %s is missing", name), NULL;
}

/* -- the node ------------------------------------------------------------------------------------------------------ */

/* Outputs of the node from `from` on, as the file has them, are those of the IR's node from `to` on, `count` of them. */
static void take(const struct onnx_node *n, struct ir_value *const *out, size_t from, size_t to, size_t count)
{
    for (size_t i = 0; i < count && from + i < n->n_out; i++) n->out[from + i] = out[to + i];
}

static struct ir_value **emit_control(struct onnx_lower *l, struct onnx_node *n, enum ir_op op, struct ir_value *const *in,
                                      size_t n_in, const struct ir_attr *attrs, size_t n_out)
{
    struct ir_value **out = ARENA_ARRAY(l->arena, struct ir_value *, n_out + 1);
    if (!out) return build_fail(&l->b, tfp_no_memory(l->b.ctx)), NULL;
    if (n_out == 0) onnx_refuse(l, n, "no outputs");
    if (l->b.status == TFP_OK) ir_emit_many(&l->b, op, in, n_in, attrs, n_out, out);
    return l->b.status == TFP_OK ? out : NULL;
}

static void forget_unwanted(const struct onnx_node *n, struct ir_value **out, size_t n_out)
{
    for (size_t i = 0; i < n_out; i++) {
        bool wanted = false;
        for (size_t k = 0; k < n->n_out && !wanted; k++) wanted = n->out[k] == out[i] && onnx_wants(n, k);
        if (!wanted && out[i] && out[i]->producer) out[i]->producer->out[out[i]->index] = NULL;
    }
}

static struct ir_value **inputs_of(struct onnx_lower *l, size_t n)
{
    struct ir_value **in = ARENA_ARRAY(l->arena, struct ir_value *, n + 1);
    if (!in) build_fail(&l->b, tfp_no_memory(l->b.ctx));
    return in;
}

/* -- If ------------------------------------------------------------------------------------------------------------ */

static struct ir_graph *lower_branch(struct onnx_lower *l, struct onnx_node *n, const struct onnxpb_graph *g,
                                     const struct captured *c)
{
    struct body body;
    if (g->input.n) onnx_malformed(l, n, "a branch with inputs");
    if (g->output.n < n->n_out) onnx_malformed(l, n, "a branch has fewer outputs than the node");
    if (l->b.status != TFP_OK || !enter(l, n, &body)) return NULL;
    add_captured(l, &body, c);
    onnx_scope_initializers(l, &body.scope, g);
    onnx_lower_nodes(l, &g->node);
    add_outputs(l, n, g, 0, g->output.n);
    leave(l, &body);
    return l->b.status == TFP_OK ? body.graph : NULL;
}

/* The branch that surely runs stands in the place of the node: the other one need not even fit the shapes. */
static void lower_in_place(struct onnx_lower *l, struct onnx_node *n, const struct onnxpb_graph *g)
{
    struct onnx_scope scope;
    struct captured c = { .n = 0 };
    if (g->output.n < n->n_out) onnx_malformed(l, n, "a branch has fewer outputs than the node");
    if (!capture(l, n, &g, 1, &c)) return;
    onnx_scope_init(l, &scope, l->scope, l->b.graph);
    for (size_t i = 0; i < c.n; i++) onnx_bind(l, &scope, c.names[i], c.values[i]);
    for (size_t i = 0; i < c.n_constants; i++) onnx_bind(l, &scope, c.constant_names[i], c.constants[i]);
    onnx_scope_initializers(l, &scope, g);
    l->scope = &scope;
    onnx_lower_nodes(l, &g->node);
    for (size_t i = 0; i < n->n_out && l->b.status == TFP_OK; i++)
        n->out[i] = onnx_need(l, &scope, g->output.at[i].name, n->what);
    l->scope = scope.outer;
}

static void lower_if(struct onnx_lower *l, struct onnx_node *n)
{
    const struct onnxpb_graph *bodies[] = { body_attr(l, n, "then_branch"), body_attr(l, n, "else_branch") };
    const struct ir_value *condition = onnx_in(n, 0);
    struct captured c = { .n = 0 };
    if (!bodies[0] || !bodies[1]) return;
    for (size_t k = 0; k < 2; k++)
        if (ir_is_constant_bool(condition, k == 0)) {
            lower_in_place(l, n, bodies[k]);
            return;
        }
    if (!capture(l, n, bodies, 2, &c)) return;
    struct ir_value **in = inputs_of(l, 1 + c.n);
    struct ir_graph *then_branch = lower_branch(l, n, bodies[0], &c);
    struct ir_graph *else_branch = then_branch ? lower_branch(l, n, bodies[1], &c) : NULL;
    if (!in || !else_branch) return;
    in[0] = onnx_in(n, 0);
    if (c.n) memcpy(in + 1, c.values, c.n * sizeof *in);
    struct ir_value **out =
        emit_control(l, n, IR_IF, in, 1 + c.n,
                     ATTRS(A_GRAPH(ATTR_THEN_BRANCH, then_branch), A_GRAPH(ATTR_ELSE_BRANCH, else_branch)), n->n_out);
    if (!out) return;
    take(n, out, 0, 0, n->n_out);
    forget_unwanted(n, out, n->n_out);
}

/* -- Loop ---------------------------------------------------------------------------------------------------------- */

static struct ir_graph *lower_loop_body(struct onnx_lower *l, struct onnx_node *n, const struct onnxpb_graph *g,
                                        const struct captured *c)
{
    struct body body;
    const size_t carried = g->input.n - 2;
    if (!enter(l, n, &body)) return NULL;
    onnx_scope_initializers(l, &body.scope, g);
    add_own(l, &body, &g->input.at[0], TFP_INT64);
    add_own(l, &body, &g->input.at[1], TFP_BOOL);
    for (size_t i = 0; i < carried && l->b.status == TFP_OK; i++)
        add_own(l, &body, &g->input.at[2 + i], onnx_in(n, 2 + i) ? onnx_in(n, 2 + i)->dtype : TFP_UNDEFINED);
    add_captured(l, &body, c);
    onnx_lower_nodes(l, &g->node);
    add_outputs(l, n, g, 0, 1 + carried);
    give_back(l, c);
    add_outputs(l, n, g, 1 + carried, g->output.n);
    leave(l, &body);
    return l->b.status == TFP_OK ? body.graph : NULL;
}

static void lower_loop(struct onnx_lower *l, struct onnx_node *n)
{
    const struct onnxpb_graph *g = body_attr(l, n, "body");
    struct captured c = { .n = 0 };
    if (!g) return;
    const size_t carried = n->n_in > 2 ? n->n_in - 2 : 0;
    if (g->input.n != 2 + carried || g->output.n < 1 + carried) {
        onnx_malformed(l, n, "the body's inputs and outputs do not go with %zu carried values", carried);
        return;
    }
    if (!capture(l, n, &g, 1, &c)) return;
    const size_t n_in = 2 + carried + c.n, scans = g->output.n - 1 - carried;
    struct ir_value **in = inputs_of(l, n_in);
    struct ir_graph *body = lower_loop_body(l, n, g, &c);
    if (!in || !body) return;
    for (size_t i = 0; i < 2 + carried; i++) in[i] = onnx_in(n, i);
    if (c.n) memcpy(in + 2 + carried, c.values, c.n * sizeof *in);
    const size_t n_out = carried + c.n + scans;
    struct ir_value **out = emit_control(l, n, IR_LOOP, in, n_in, ATTRS(A_GRAPH(ATTR_BODY, body)), n_out);
    if (!out) return;
    take(n, out, 0, 0, carried);
    take(n, out, carried, carried + c.n, scans);
    forget_unwanted(n, out, n_out);
}

/* -- Scan ---------------------------------------------------------------------------------------------------------- */

static struct ir_graph *lower_scan_body(struct onnx_lower *l, struct onnx_node *n, const struct onnxpb_graph *g,
                                        struct ir_value *const *in, size_t states, const struct captured *c)
{
    struct body body;
    if (!enter(l, n, &body)) return NULL;
    onnx_scope_initializers(l, &body.scope, g);
    for (size_t i = 0; i < states && l->b.status == TFP_OK; i++) add_own(l, &body, &g->input.at[i], in[i]->dtype);
    add_captured(l, &body, c);
    for (size_t i = states; i < g->input.n && l->b.status == TFP_OK; i++)
        add_own(l, &body, &g->input.at[i], in[c->n + i]->dtype);
    onnx_lower_nodes(l, &g->node);
    add_outputs(l, n, g, 0, states);
    give_back(l, c);
    add_outputs(l, n, g, states, g->output.n);
    leave(l, &body);
    return l->b.status == TFP_OK ? body.graph : NULL;
}

/* `in`: own states, captured values, what is scanned. */
static struct ir_value **emit_scan(struct onnx_lower *l, struct onnx_node *n, const struct onnxpb_graph *g,
                                   struct ir_value *const *in, size_t states, const struct captured *c)
{
    const size_t n_in = g->input.n + c->n, n_out = g->output.n + c->n;
    struct ir_graph *body = lower_scan_body(l, n, g, in, states, c);
    if (!body) return NULL;
    onnx_set(l, n, (struct ir_attr)A_GRAPH(ATTR_BODY, body));
    struct ir_attr *attrs = ARENA_ARRAY(l->arena, struct ir_attr, n->n_attrs + 1);
    if (!attrs) return build_fail(&l->b, tfp_no_memory(l->b.ctx)), NULL;
    memcpy(attrs, n->attrs, n->n_attrs * sizeof *attrs);
    return emit_control(l, n, IR_SCAN, in, n_in, attrs, n_out);
}

static struct ir_value **scan_inputs(struct onnx_lower *l, struct ir_value *const *own, size_t n_own, size_t states,
                                     struct ir_value *const *captured, size_t n_captured)
{
    struct ir_value **in = inputs_of(l, n_own + n_captured);
    for (size_t i = 0; in && i < n_own; i++) in[i < states ? i : n_captured + i] = own[i];
    for (size_t i = 0; in && i < n_captured; i++) in[states + i] = captured[i];
    return in;
}

/* Up to opset 8 everything has a batch in front: a scan over the batch, in whose body the given one runs. */
static void lower_batched_scan(struct onnx_lower *l, struct onnx_node *n, const struct onnxpb_graph *g, size_t states,
                               const struct captured *c)
{
    const size_t n_own = g->input.n, n_out = g->output.n + c->n;
    struct ir_value *const *own = n->in + 1;
    struct ir_value **given = inputs_of(l, n_own), **slices = inputs_of(l, n_own), **inner_captured = inputs_of(l, c->n);
    const struct ir_ints directions = onnx_int_list(n, ATTR_DIRECTIONS);
    struct body batch;
    if (onnx_in(n, 0)) onnx_refuse(l, n, "sequence_lens");
    if (!given || !slices || !inner_captured || l->b.status != TFP_OK || !enter(l, n, &batch)) return;
    onnx_drop(n, ATTR_DIRECTIONS);
    if (directions.n) onnx_set(l, n, (struct ir_attr)A_INTS(ATTR_SCAN_INPUT_DIRECTIONS, directions.at, directions.n));
    add_captured(l, &batch, c);
    for (size_t i = 0; i < c->n; i++) inner_captured[i] = onnx_value(l, l->scope, c->names[i]);
    for (size_t i = 0; i < n_own && l->b.status == TFP_OK; i++) {
        struct dim dims[TFP_MAX_RANK];
        const struct ir_value *v = own[i];
        for (int32_t k = 1; k < v->rank; k++) dims[k - 1] = dim_carry(batch.outer_graph, batch.graph, v->dims[k]);
        slices[i] =
            ir_add_input(batch.graph, onnx_text(l, g->input.at[i].name), v->dtype, v->rank > 0 ? v->rank - 1 : -1, dims);
        if (!slices[i]) build_fail(&l->b, tfp_no_memory(l->b.ctx));
    }
    struct ir_value **in = scan_inputs(l, slices, n_own, states, inner_captured, c->n);
    struct ir_value **out = in && l->b.status == TFP_OK ? emit_scan(l, n, g, in, states, c) : NULL;
    give_back(l, c);
    for (size_t i = 0; out && i < n_out; i++)
        if (i < states || i >= states + c->n) add_output(l, g->output.at[i < states ? i : i - c->n].name, out[i]);
    leave(l, &batch);
    for (size_t i = 0; i < c->n; i++) given[i] = c->values[i];
    if (!out || !(given = scan_inputs(l, own, n_own, 0, c->values, c->n))) return;
    out = emit_control(l, n, IR_SCAN, given, n_own + c->n,
                       ATTRS(A_GRAPH(ATTR_BODY, batch.graph), A_INT(ATTR_NUM_SCAN_INPUTS, (int64_t)n_own)), n_out);
    if (!out) return;
    take(n, out, 0, c->n, g->output.n);
    forget_unwanted(n, out, n_out);
}

static void lower_scan(struct onnx_lower *l, struct onnx_node *n)
{
    const struct onnxpb_graph *g = body_attr(l, n, "body");
    const int64_t scanned = onnx_int(n, ATTR_NUM_SCAN_INPUTS, 0);
    const size_t first = n->opset < 9, n_own = n->n_in > first ? n->n_in - first : 0;
    struct captured c = { .n = 0 };
    if (!g) return;
    if (scanned < 1 || (uint64_t)scanned > n_own || g->input.n != n_own || g->output.n < n_own - (size_t)scanned) {
        onnx_malformed(l, n, "num_scan_inputs or the body's inputs and outputs do not go with %zu inputs", n_own);
        return;
    }
    for (size_t i = 0; i < n_own; i++)
        if (!onnx_in(n, first + i)) onnx_malformed(l, n, "input %zu is missing", first + i);
    if (l->b.status != TFP_OK || !capture(l, n, &g, 1, &c)) return;
    const size_t states = n_own - (size_t)scanned;
    if (n->opset < 9) {
        lower_batched_scan(l, n, g, states, &c);
        return;
    }
    struct ir_value **in = scan_inputs(l, n->in, n_own, states, c.values, c.n);
    struct ir_value **out = in ? emit_scan(l, n, g, in, states, &c) : NULL;
    if (!out) return;
    take(n, out, 0, 0, states);
    take(n, out, states, states + c.n, g->output.n - states);
    forget_unwanted(n, out, g->output.n + c.n);
}

void onnx_body_lower(struct onnx_lower *l, struct onnx_node *n)
{
    if (l->depth >= ONNX_MAX_DEPTH) {
        onnx_refuse(l, n, "bodies in bodies more than %d deep", ONNX_MAX_DEPTH);
        return;
    }
    l->depth++;
    if (n->op == IR_IF) lower_if(l, n);
    else if (n->op == IR_LOOP) lower_loop(l, n);
    else lower_scan(l, n);
    l->depth--;
    n->done = true;
}
