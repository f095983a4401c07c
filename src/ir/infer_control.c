/* If, Loop and Scan. Bodies are inferred from what the node gives them; a dimension of a carried value that differs
 * between iterations becomes a symbol of the body's own (ir_value.varies), until nothing more is found to differ. */
#include "ir/bodies.h"
#include "ir/infer.h"

/* Rounds after which all dimensions, then the ranks, of what is not given back unchanged are taken to differ. */
enum { EXACT_ROUNDS = 4 };

/* -- in and out of bodies ------------------------------------------------------------------------------------------ */

static struct shape shape_of(const struct ir_value *v)
{
    struct shape shape = { .rank = v->rank > TFP_MAX_RANK ? -1 : v->rank };
    for (int32_t i = 0; i < shape.rank; i++) shape.at[i] = v->dims[i];
    return shape;
}

static struct shape carry_shape(const struct ir_graph *from, struct ir_graph *to, const struct ir_value *v)
{
    struct shape shape = shape_of(v);
    for (int32_t i = 0; i < shape.rank; i++) shape.at[i] = dim_carry(from, to, shape.at[i]);
    return shape;
}

/* The symbol of a dimension that differs between iterations: the one made before, or a new one. */
static struct dim varying_dim(struct ir_graph *body, const struct ir_value *v, int32_t axis)
{
    const struct dim old = axis < v->rank ? v->dims[axis] : dim_of(0);
    if (old.sym && body->symbols[old.sym].made_for == v) return old;
    struct dim d = ir_new_symbol(body, v->name ? v->name : "carried");
    if (!dim_is_unknown(d)) body->symbols[d.sym].made_for = v;
    return d;
}

/* Gives a body's input type and shape; an unknown rank leaves what it has. */
static tfp_status give(struct infer *s, struct ir_graph *body, struct ir_value *to, tfp_dtype dtype,
                       const struct shape *given)
{
    struct shape shape = given->rank < 0 ? shape_of(to) : *given;
    if (to->varies & IR_RANK_VARIES) shape.rank = -1;
    for (int32_t i = 0; i < shape.rank; i++)
        if (to->varies >> i & 1) shape.at[i] = varying_dim(body, to, i);
    if (dtype == TFP_UNDEFINED) dtype = to->dtype;
    return ir_set_shape(body, to, dtype, shape.rank, shape.at) ? TFP_OK : tfp_no_memory(s->ctx);
}

static tfp_status give_value(struct infer *s, struct ir_graph *body, struct ir_value *to, const struct ir_value *v)
{
    const struct shape shape = carry_shape(s->graph, body, v);
    return give(s, body, to, v->dtype, &shape);
}

/* What is known of the value's elements, too; only for what every iteration finds the same. */
static tfp_status give_known(struct infer *s, struct ir_graph *body, struct ir_value *to, const struct ir_value *v)
{
    struct known known = { 0 };
    if (infer_elements(v, &known))
        for (size_t i = 0; i < known.n; i++) known.at[i] = dim_carry(s->graph, body, known.at[i]);
    return ir_set_known(body, to, known.at, known.n) ? TFP_OK : tfp_no_memory(s->ctx);
}

static tfp_status infer_body(struct infer *s, struct ir_graph *body)
{
    tfp_status status = ir_infer_all(s->ctx, body);
    return status == TFP_OK ? status
                            : tfp_prefix(s->ctx, status, "in node %s (%s)", s->node->name ? s->node->name : "without name",
                                         schema_op_name(s->node->op));
}

static tfp_status check_control(struct infer *s)
{
    const char *mismatch = ir_control_mismatch(s->node);
    return mismatch ? infer_fail(s, "%s", mismatch) : TFP_OK;
}

/* -- If ------------------------------------------------------------------------------------------------------------ */

static tfp_status infer_branch(struct infer *s, struct ir_graph *branch)
{
    for (size_t i = 0; i < branch->n_inputs; i++) {
        const struct ir_value *v = ir_in(s->node, i + 1);
        TFP_TRY(give_value(s, branch, branch->inputs[i], v));
        TFP_TRY(give_known(s, branch, branch->inputs[i], v));
    }
    return infer_body(s, branch);
}

/* What holds of both. */
static struct shape join_shapes(const struct shape *a, const struct shape *b)
{
    if (a->rank < 0 || a->rank != b->rank) return shape_unknown();
    struct shape joined = *a;
    for (int32_t i = 0; i < a->rank; i++)
        if (!dim_equal(a->at[i], b->at[i])) joined.at[i] = dim_unknown();
    return joined;
}

static tfp_status infer_if_output(struct infer *s, struct ir_graph *const *branches, size_t count, uint32_t i)
{
    const struct ir_value *first = branches[0]->outputs[i].value;
    struct shape shape = carry_shape(branches[0], s->graph, first);
    tfp_dtype dtype = first->dtype;
    for (size_t k = 1; k < count; k++) {
        const struct ir_value *v = branches[k]->outputs[i].value;
        const struct shape other = carry_shape(branches[k], s->graph, v);
        if (v->dtype != TFP_UNDEFINED && dtype != TFP_UNDEFINED && v->dtype != dtype)
            return infer_fail(s, "output %u is %s in one branch and %s in the other", (unsigned)i, tfp_dtype_name(dtype),
                              tfp_dtype_name(v->dtype));
        if (dtype == TFP_UNDEFINED) dtype = v->dtype;
        shape = join_shapes(&shape, &other);
    }
    return infer_put(s, i, dtype, &shape);
}

static tfp_status infer_if(struct infer *s)
{
    struct ir_graph *branches[2];
    TFP_TRY(check_control(s));
    const size_t count = ir_open_branches(s->node, branches);
    for (size_t i = 0; i < count; i++) TFP_TRY(infer_branch(s, branches[i]));
    for (uint32_t i = 0; i < s->node->n_out; i++) TFP_TRY(infer_if_output(s, branches, count, i));
    return TFP_OK;
}

static void known_if(struct infer *s, size_t output, struct known *out)
{
    struct ir_graph *branches[2];
    const size_t count = ir_open_branches(s->node, branches);
    for (size_t k = 0; k < count; k++) {
        struct known known;
        const bool some = infer_elements(branches[k]->outputs[output].value, &known) && known.n == out->n;
        for (size_t i = 0; i < out->n; i++) {
            const struct dim d = some ? dim_carry(branches[k], s->graph, known.at[i]) : dim_unknown();
            if (k == 0) out->at[i] = d;
            else if (!dim_equal(out->at[i], d)) out->at[i] = dim_unknown();
        }
    }
}

/* -- carried values ------------------------------------------------------------------------------------------------ */

/* Finds what of carried value i comes back otherwise than it came. */
static tfp_status compare(struct infer *s, const struct ir_loop *l, size_t i, bool *changed)
{
    struct ir_value *in = l->body->inputs[l->body_in + i];
    const struct ir_value *out = l->body->outputs[l->body_out + i].value;
    uint32_t varies = in->varies;
    if (in->dtype != TFP_UNDEFINED && out->dtype != TFP_UNDEFINED && in->dtype != out->dtype)
        return infer_fail(s, "carried value %s is %s and comes back as %s", in->name, tfp_dtype_name(in->dtype),
                          tfp_dtype_name(out->dtype));
    if (in->rank < 0) return TFP_OK;
    if (in->rank != out->rank) varies |= IR_RANK_VARIES;
    for (int32_t k = 0; k < in->rank && in->rank == out->rank; k++)
        if (!dim_equal(in->dims[k], out->dims[k])) varies |= UINT32_C(1) << k;
    *changed = *changed || varies != in->varies;
    in->varies = varies;
    return TFP_OK;
}

static void widen(const struct ir_loop *l, bool ranks)
{
    for (size_t i = 0; i < l->n_carried; i++)
        if (!ir_loop_invariant(l, i)) l->body->inputs[l->body_in + i]->varies |= ranks ? UINT32_MAX : ~IR_RANK_VARIES;
}

static tfp_status infer_round(struct infer *s, const struct ir_loop *l, bool *changed)
{
    for (size_t i = 0; i < l->n_carried; i++) {
        struct ir_value *to = l->body->inputs[l->body_in + i];
        const struct ir_value *v = ir_in(s->node, l->in + i);
        TFP_TRY(give_value(s, l->body, to, v));
        if (ir_loop_invariant(l, i)) TFP_TRY(give_known(s, l->body, to, v));
    }
    TFP_TRY(infer_body(s, l->body));
    *changed = false;
    for (size_t i = 0; i < l->n_carried; i++) TFP_TRY(compare(s, l, i, changed));
    return TFP_OK;
}

static void forget(struct ir_value *v)
{
    v->rank = -1;
    v->dims = NULL;
}

/* What was found when the body's inputs said more than is true must not stay where nothing is found now. */
static void forget_shapes(struct ir_graph *body)
{
    for (const struct ir_node *n = body->first; n; n = n->next)
        for (uint32_t i = 0; i < n->n_out; i++)
            if (n->out[i]) forget(n->out[i]);
    for (struct ir_graph *inner = body->bodies; inner; inner = inner->next_body) {
        for (size_t i = 0; i < inner->n_inputs; i++) forget(inner->inputs[i]);
        forget_shapes(inner);
    }
}

static tfp_status infer_carried(struct infer *s, const struct ir_loop *l)
{
    bool changed = true;
    for (int round = 0; changed; round++) {
        if (round) forget_shapes(l->body);
        if (round >= EXACT_ROUNDS) widen(l, round > EXACT_ROUNDS);
        TFP_TRY(infer_round(s, l, &changed));
    }
    for (size_t i = 0; i < l->n_carried; i++) {
        const struct ir_value *v = ir_in(s->node, l->in + i), *in = l->body->inputs[l->body_in + i];
        struct shape shape = in->varies & IR_RANK_VARIES ? shape_unknown() : shape_of(v);
        for (int32_t k = 0; k < shape.rank; k++)
            if (in->varies >> k & 1) shape.at[k] = dim_unknown();
        TFP_TRY(infer_put(s, i, in->dtype, &shape));
    }
    return TFP_OK;
}

/* A collected output: the slices on an axis of their own. */
static tfp_status put_collected(struct infer *s, const struct ir_loop *l, size_t i, int64_t axis, struct dim length)
{
    const struct ir_value *slice = l->body->outputs[l->body_out + l->n_carried + i].value;
    struct shape shape = carry_shape(l->body, s->graph, slice);
    int32_t at = 0;
    if (shape.rank == TFP_MAX_RANK) return infer_refuse(s, "the result's rank is above %d", (int)TFP_MAX_RANK);
    if (shape.rank >= 0) {
        TFP_TRY(infer_axis(s, axis, shape.rank + 1, &at));
        for (int32_t k = shape.rank++; k > at; k--) shape.at[k] = shape.at[k - 1];
        shape.at[at] = length;
    }
    return infer_put(s, l->n_carried + i, slice->dtype, &shape);
}

static void known_loop(struct infer *s, size_t output, struct known *out)
{
    const struct ir_loop l = ir_loop_of(s->node);
    struct known known;
    if (output >= l.n_carried || !ir_loop_invariant(&l, output)) return;
    if (infer_elements(ir_in(s->node, l.in + output), &known) && known.n == out->n) *out = known;
}

/* -- Loop ---------------------------------------------------------------------------------------------------------- */

/* How often the body runs; unknown where its condition may end it. */
static struct dim trips(struct infer *s, const struct ir_loop *l)
{
    struct known most;
    if (ir_is_constant_bool(ir_in(s->node, 1), false)) return dim_of(0);
    if (ir_loop_may_end(s->node, l) || !infer_elements(ir_in(s->node, 0), &most) || most.n != 1) return dim_unknown();
    if (dim_fixed(most.at[0])) return dim_of(most.at[0].n > 0 ? most.at[0].n : 0);
    return dim_nonnegative(s->graph, most.at[0]) ? most.at[0] : dim_unknown();
}

static tfp_status check_one_element(struct infer *s, const struct ir_value *v, const char *what)
{
    if (!v || v->rank == 0 || v->rank < 0) return TFP_OK;
    if (v->rank == 1 && (!dim_fixed(v->dims[0]) || v->dims[0].n == 1)) return TFP_OK;
    return infer_fail(s, "%s must be one element", what);
}

static tfp_status infer_loop(struct infer *s)
{
    const struct shape scalar = shape_of_rank(0);
    TFP_TRY(check_control(s));
    const struct ir_loop l = ir_loop_of(s->node);
    TFP_TRY(give(s, l.body, l.body->inputs[0], TFP_INT64, &scalar));
    TFP_TRY(give(s, l.body, l.body->inputs[1], TFP_BOOL, &scalar));
    TFP_TRY(check_one_element(s, ir_in(s->node, 0), "the number of iterations"));
    TFP_TRY(check_one_element(s, ir_in(s->node, 1), "the condition"));
    TFP_TRY(infer_carried(s, &l));
    const struct ir_value *next = l.body->outputs[0].value;
    TFP_TRY(check_one_element(s, next, "the condition that the body gives"));
    if (next->dtype != TFP_BOOL && next->dtype != TFP_UNDEFINED)
        return infer_fail(s, "the body's condition is %s, not bool", tfp_dtype_name(next->dtype));
    for (size_t i = 0; i < l.n_collected; i++) TFP_TRY(put_collected(s, &l, i, 0, trips(s, &l)));
    return TFP_OK;
}

/* -- Scan ---------------------------------------------------------------------------------------------------------- */

static tfp_status check_list(struct infer *s, enum ir_attr_name name, size_t n)
{
    const struct ir_ints list = ir_attr_ints(s->node, name);
    if (list.n == 0 || list.n == n) return TFP_OK;
    return infer_fail(s, "attribute %s has %zu entries for %zu values", schema_attr_name(name), list.n, n);
}

/* Gives a slice to the body; the number of slices is the same for all inputs. */
static tfp_status give_slice(struct infer *s, const struct ir_loop *l, size_t i, struct dim *length)
{
    const struct ir_value *v = ir_in(s->node, l->in + l->n_carried + i);
    struct shape shape = carry_shape(s->graph, l->body, v);
    int32_t axis = 0;
    if (shape.rank == 0) return infer_fail(s, "a scalar cannot be scanned");
    if (shape.rank > 0) {
        TFP_TRY(infer_axis(s, ir_list_entry(s->node, ATTR_SCAN_INPUT_AXES, i), shape.rank, &axis));
        TFP_TRY(infer_merge(s, length, v->dims[axis]));
        shape.rank--;
        for (int32_t k = axis; k < shape.rank; k++) shape.at[k] = shape.at[k + 1];
    }
    return give(s, l->body, l->body->inputs[l->body_in + l->n_carried + i], v->dtype, &shape);
}

static tfp_status infer_scan(struct infer *s)
{
    struct dim length = dim_unknown();
    TFP_TRY(check_control(s));
    const struct ir_loop l = ir_loop_of(s->node);
    TFP_TRY(check_list(s, ATTR_SCAN_INPUT_AXES, l.n_scanned));
    TFP_TRY(check_list(s, ATTR_SCAN_INPUT_DIRECTIONS, l.n_scanned));
    TFP_TRY(check_list(s, ATTR_SCAN_OUTPUT_AXES, l.n_collected));
    TFP_TRY(check_list(s, ATTR_SCAN_OUTPUT_DIRECTIONS, l.n_collected));
    for (size_t i = 0; i < l.n_scanned; i++) TFP_TRY(give_slice(s, &l, i, &length));
    TFP_TRY(infer_carried(s, &l));
    for (size_t i = 0; i < l.n_collected; i++)
        TFP_TRY(put_collected(s, &l, i, ir_list_entry(s->node, ATTR_SCAN_OUTPUT_AXES, i), length));
    return TFP_OK;
}

const struct infer_row infer_control_rows[] = {
    { IR_IF, infer_if, known_if },
    { IR_LOOP, infer_loop, known_loop },
    { IR_SCAN, infer_scan, known_loop },
    { IR_NONE, NULL, NULL },
};
