/* TensorFlow 1 conditionals: a Switch sends its data to one of two sides, a Merge takes whichever side is alive. Here
 * each Merge learns the predicate that its sides hang on, so that it can choose instead. The Merges of TensorFlow 2's If
 * and Case know theirs (tf_if.c).
 *
 * A node stands in the branch of the deepest of its inputs, control inputs too (a constant in a branch has no other; one
 * in a function's body has none at all and stands where the call does). A Switch opens a branch for each of its outputs,
 * a Merge of two sides of one predicate goes back to what is around both. */
#include "frontend/tensorflow/tf_attr.h"
#include "weights/tensor_proto.h"

#include <stdlib.h>

enum { DEEPEST = 128, TRACE_STEPS = 64 };

struct tf_branch {
    const struct tf_branch *around; /* NULL: unconditional */
    struct tf_input predicate;
    uint32_t port; /* 1: the predicate holds */
    uint32_t depth;
};

/* -- predicates ---------------------------------------------------------------------------------------------------- */

static bool passes_through(const struct tf_node *n)
{
    static const char *const ops[] = { "Enter",    "Identity",     "PlaceholderWithDefault", "PreventGradient",
                                       "Snapshot", "StopGradient", "Switch" };
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (tf_graph_is_op(n, ops[i])) return n->n_in >= 1 && !n->is_input;
    return false;
}

/* The tensor itself, behind nodes that only pass it on. */
static struct tf_input origin(struct tf_input in)
{
    for (int i = 0; i < TRACE_STEPS; i++) {
        const struct tf_node *n = in.node;
        const struct tf_cut *cut = n->cuts;
        while (cut && cut->port != in.port) cut = cut->next;
        if (cut) return (struct tf_input){ cut->node, 0 };
        if (n->function && !n->is_input) {
            if (!n->forward || in.port >= n->n_out) return in;
            in = n->forward[in.port];
        } else if (n->merge && n->merge->live >= 0 && in.port == 0) in = n->in[n->merge->live];
        else if (passes_through(n)) in = n->in[0];
        else break;
    }
    return in;
}

static bool same(struct tf_input a, struct tf_input b)
{
    return a.node == b.node && a.port == b.port;
}

static bool known(struct tf_input in, int steps, int64_t *out);

static bool known_constant(const struct tf_node *n, int variant, int steps, int64_t *out)
{
    const struct tfpb_attr_value *v = tf_attr_find(n, "value", strlen("value"));
    (void)variant;
    (void)steps;
    if (!v || v->which != TFPB_ATTR_TENSOR || !v->tensor) return false;
    if (v->tensor->tensor_shape && v->tensor->tensor_shape->dim.n) return false;
    return tensor_proto_integer(v->tensor, out);
}

static bool known_not(const struct tf_node *n, int variant, int steps, int64_t *out)
{
    (void)variant;
    if (n->n_in != 1 || !known(n->in[0], steps, out)) return false;
    *out = !*out;
    return true;
}

/* One side may be enough: `decides` is the value that it has then. */
static bool known_junction(const struct tf_node *n, int decides, int steps, int64_t *out)
{
    bool all = true;
    for (size_t i = 0; i < n->n_in; i++) {
        bool found = known(n->in[i], steps / 2, out);
        if (found && *out == decides) return true;
        all = all && found;
    }
    return all && n->n_in == 2;
}

enum { LESS = 1, EQUAL = 2, GREATER = 4 };

static bool known_comparison(const struct tf_node *n, int holds, int steps, int64_t *out)
{
    int64_t x, y;
    if (n->n_in != 2 || !known(n->in[0], steps / 2, &x) || !known(n->in[1], steps / 2, &y)) return false;
    *out = (holds & (x < y ? LESS : x == y ? EQUAL : GREATER)) != 0;
    return true;
}

/* To bool, or to a type that holds whatever the other does. */
static bool known_cast(const struct tf_node *n, int variant, int steps, int64_t *out)
{
    int32_t from = tf_attr_type(n, "SrcT", strlen("SrcT")), to = tf_attr_type(n, "DstT", strlen("DstT"));
    (void)variant;
    if (n->n_in != 1 || !known(n->in[0], steps, out)) return false;
    if (to == TFPB_DT_BOOL) *out = *out != 0;
    return to == from || to == TFPB_DT_BOOL || to == TFPB_DT_INT64 || (to == TFPB_DT_INT32 && from == TFPB_DT_BOOL);
}

static bool known_test(const struct tf_node *n, int variant, int steps, int64_t *out)
{
    (void)variant;
    if (n->n_in != 1 || !known(n->in[0], steps, out)) return false;
    *out = *out != 0;
    return true;
}

static const struct {
    const char *op;
    bool (*known)(const struct tf_node *n, int variant, int steps, int64_t *out);
    int variant;
} folders[] = {
    { "Cast", known_cast, 0 },
    { "Const", known_constant, 0 },
    { "Equal", known_comparison, EQUAL },
    { "Greater", known_comparison, GREATER },
    { "GreaterEqual", known_comparison, GREATER | EQUAL },
    { "Less", known_comparison, LESS },
    { "LessEqual", known_comparison, LESS | EQUAL },
    { "LogicalAnd", known_junction, 0 },
    { "LogicalNot", known_not, 0 },
    { "LogicalOr", known_junction, 1 },
    { "NotEqual", known_comparison, LESS | GREATER },
    { "ToBool", known_test, 0 },
};

/* The value of a bool or integer that is the same in every run. */
static bool known(struct tf_input in, int steps, int64_t *out)
{
    in = origin(in);
    struct tf_node *n = in.node;
    if (n->is_input || in.port || steps <= 0) return false;
    if (tf_interface_training_flag(n)) {
        n->assumed = true;
        *out = 0;
        return true;
    }
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        if (strcmp(n->op, folders[i].op) == 0) return folders[i].known(n, folders[i].variant, steps - 1, out);
    return false;
}

int32_t tf_control_side(const struct tf_merge *m, int64_t value)
{
    if (!m->n_branches) return (int32_t)(value ? m->true_input : !m->true_input);
    return value >= 0 && value < m->n_branches ? (int32_t)value : (int32_t)(m->n_branches - 1);
}

void tf_control_decide(struct tf_merge *m)
{
    int64_t value;
    if (m->live < 0 && known(m->predicate, TRACE_STEPS, &value)) m->live = tf_control_side(m, value);
}

/* -- branches ------------------------------------------------------------------------------------------------------ */

struct finder {
    struct tfp_context *ctx;
    struct tf_graph *g;
};

static const struct tf_branch *deeper(const struct tf_branch *a, const struct tf_branch *b)
{
    return !a || (b && b->depth > a->depth) ? b : a;
}

/* The branch of a Switch's output; NULL when memory is out or the nesting is too deep. */
static const struct tf_branch *open_branch(struct finder *f, const struct tf_node *n, uint32_t port)
{
    uint32_t depth = n->branch ? n->branch->depth + 1 : 1;
    if (depth > DEEPEST || n->n_in != 2) return n->branch;
    struct tf_branch *b = ARENA_NEW(&f->g->arena, struct tf_branch);
    if (!b) return NULL;
    *b = (struct tf_branch){ .around = n->branch, .predicate = origin(n->in[1]), .port = port, .depth = depth };
    return b;
}

static const struct tf_branch *branch_of(struct finder *f, struct tf_input in)
{
    return tf_graph_is_op(in.node, "Switch") && !in.node->is_input ? open_branch(f, in.node, in.port) : in.node->branch;
}

/* The two sides of one predicate that a and b stand on, with what is around both. */
static bool opposite(const struct tf_branch *a, const struct tf_branch *b, const struct tf_branch **side)
{
    for (*side = a; *side; *side = (*side)->around)
        for (const struct tf_branch *other = b; other; other = other->around)
            if (same((*side)->predicate, other->predicate) && (*side)->port != other->port) return true;
    return false;
}

static tfp_status structure_merge(struct finder *f, struct tf_node *n)
{
    const struct tf_branch *side, *branches[2];
    if (n->n_in != 2 || tf_graph_is_back_edge(n, n->in[0].node) || tf_graph_is_back_edge(n, n->in[1].node))
        return TFP_OK;
    for (size_t i = 0; i < 2; i++) branches[i] = branch_of(f, n->in[i]);
    uint32_t of = 0; /* which input `side` belongs to */
    if (!opposite(branches[0], branches[1], &side)) {
        /* One side lost its mark (a constant whose control edge was removed): it is where the other is not. */
        uint32_t depths[2] = { branches[0] ? branches[0]->depth : 0, branches[1] ? branches[1]->depth : 0 };
        if (depths[0] == depths[1]) return TFP_OK;
        of = depths[1] > depths[0];
        side = branches[of];
    }
    struct tf_merge *m = ARENA_NEW(&f->g->arena, struct tf_merge);
    if (!m) return tfp_no_memory(f->ctx);
    *m = (struct tf_merge){ .predicate = side->predicate, .true_input = side->port ? of : !of, .live = -1 };
    tf_control_decide(m);
    n->merge = m;
    n->branch = side->around;
    return TFP_OK;
}

static bool has_no_inputs(const struct tf_node *n)
{
    return !n->n_in && !n->n_control;
}

static tfp_status place(struct finder *f, struct tf_node *n)
{
    const struct tf_branch *deepest = NULL;
    bool chooses = n->merge && !n->function;
    if (n->is_input) return TFP_OK;
    for (size_t i = 0; i < n->n_in; i++)
        if (!tf_graph_is_back_edge(n, n->in[i].node)) deepest = deeper(deepest, branch_of(f, n->in[i]));
    for (size_t i = 0; i < n->n_control; i++)
        if (n->control[i]->mark == 2 * f->g->pass + 1) deepest = deeper(deepest, n->control[i]->branch);
    if (has_no_inputs(n) && n->caller) deepest = deeper(deepest, n->caller->branch);
    if (chooses) deepest = deeper(deepest, branch_of(f, n->merge->predicate));
    if (!chooses && tf_graph_is_op(n, "Merge")) {
        TFP_TRY(structure_merge(f, n));
        if (n->merge) return TFP_OK;
    }
    /* A loop's condition is no branch for what stands behind the loop. */
    if (tf_graph_is_op(n, "Exit") && deepest && strcmp(deepest->predicate.node->op, "LoopCond") == 0)
        deepest = deepest->around;
    n->branch = deepest;
    return TFP_OK;
}

/* -- the walk, over control edges too ------------------------------------------------------------------------------ */

static tfp_status push(struct finder *f, struct tf_stack *s, struct tf_node *n)
{
    if (n->mark >= 2 * f->g->pass) return TFP_OK; /* done, or a cycle through a control edge */
    if (!tf_graph_push(s, n)) return tfp_no_memory(f->ctx);
    n->mark = 2 * f->g->pass;
    if (n->is_input) return TFP_OK;
    if (n->merge && !n->function) return tf_graph_resolve(f->ctx, f->g, &n->merge->predicate);
    for (size_t i = 0; i < n->n_in; i++) TFP_TRY(tf_graph_resolve(f->ctx, f->g, &n->in[i]));
    return TFP_OK;
}

/* A Merge of an If or Case, behind its predicate. */
static tfp_status settle(struct finder *f, struct tf_node *n)
{
    struct tf_merge *m = n->merge;
    tf_control_decide(m);
    for (size_t i = 0; i < n->n_in; i++)
        if (m->live < 0 || (size_t)m->live == i) TFP_TRY(tf_graph_resolve(f->ctx, f->g, &n->in[i]));
    return TFP_OK;
}

/* Node k that tells where another stands, NULL for what does not; false at the end. */
static bool neighbour(const struct tf_node *n, size_t k, struct tf_node **out)
{
    *out = NULL;
    if (n->is_input) return false;
    if (n->merge && !n->function) {
        bool needed = k && (n->merge->live < 0 || (size_t)n->merge->live == k - 1);
        if (k <= n->n_in) *out = !k ? n->merge->predicate.node : needed ? n->in[k - 1].node : NULL;
        return k <= n->n_in;
    }
    if (k < n->n_in) *out = tf_graph_is_back_edge(n, n->in[k].node) ? NULL : n->in[k].node;
    else if (k < n->n_in + n->n_control) *out = n->control[k - n->n_in];
    else if (has_no_inputs(n) && !k) *out = n->caller;
    return *out || k < n->n_in + n->n_control;
}

static tfp_status place_from(struct finder *f, struct tf_stack *s, struct tf_node *root)
{
    TFP_TRY(push(f, s, root));
    while (s->n) {
        struct tf_frame *top = &s->at[s->n - 1];
        struct tf_node *n = top->node;
        size_t k = top->next++;
        struct tf_node *from;
        if (k == 1 && n->merge && !n->function && !n->is_input) TFP_TRY(settle(f, n));
        if (neighbour(n, k, &from)) {
            if (from) TFP_TRY(push(f, s, from));
            continue;
        }
        s->n--;
        TFP_TRY(place(f, n));
        n->mark = 2 * f->g->pass + 1;
    }
    return TFP_OK;
}

tfp_status tf_control_structure(struct tfp_context *ctx, struct tf_graph *g, bool *changed)
{
    struct finder f = { .ctx = ctx, .g = g };
    struct tf_stack stack = { 0 };
    tfp_status status = TFP_OK;
    bool open = false;
    *changed = false;
    for (size_t i = 0; i < g->n_order; i++) {
        bool merge = tf_graph_is_op(g->order[i], "Merge");
        open = open || (merge && !g->order[i]->merge);
        *changed = *changed || merge;
    }
    if (!open) return TFP_OK;
    g->pass++;
    for (size_t i = 0; i < g->n_order && status == TFP_OK; i++) status = place_from(&f, &stack, g->order[i]);
    free(stack.at);
    return status;
}
