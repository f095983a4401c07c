/* TensorFlow 1 conditionals: a Switch sends its data to one of two sides, a Merge takes whichever side is alive. Here
 * each Merge learns the predicate that its sides hang on, so that it can choose instead.
 *
 * A node stands in the branch of the deepest of its inputs, control inputs too (a constant in a branch has no other). A
 * Switch opens a branch for each of its outputs, a Merge of two sides of one predicate goes back to what is around
 * both. */
#include "frontend/tensorflow/tf_attr.h"
#include "frontend/tensorflow/tf_tensor.h"

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
    static const char *const ops[] = { "Identity", "StopGradient", "Snapshot", "PreventGradient", "Switch" };
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (tf_graph_is_op(n, ops[i])) return n->n_in >= 1 && !n->is_input;
    return false;
}

/* The tensor itself, behind nodes that only pass it on. */
static struct tf_input origin(struct tf_input in)
{
    for (int i = 0; i < TRACE_STEPS; i++) {
        const struct tf_node *n = in.node;
        if (n->merge && n->merge->live >= 0 && in.port == 0) in = n->in[n->merge->live];
        else if (passes_through(n)) in = n->in[0];
        else break;
    }
    return in;
}

static bool same(struct tf_input a, struct tf_input b)
{
    return a.node == b.node && a.port == b.port;
}

/* 0 or 1 when the bool is the same in every run, else -1. */
static int known(struct tf_input in, int steps)
{
    in = origin(in);
    const struct tf_node *n = in.node;
    bool value;
    if (n->is_input || steps == 0) return -1;
    if (tf_interface_is_learning_phase(n)) return 0;
    if (strcmp(n->op, "Const") == 0) {
        const struct tfpb_attr_value *v = tf_attr_find(n, "value", strlen("value"));
        if (!v || v->which != TFPB_ATTR_TENSOR || !v->tensor) return -1;
        return tf_tensor_flag(v->tensor, &value) ? value : -1;
    }
    if (strcmp(n->op, "PlaceholderWithDefault") == 0 && n->n_in == 1) return known(n->in[0], steps - 1);
    if (strcmp(n->op, "LogicalNot") == 0 && n->n_in == 1) {
        int x = known(n->in[0], steps - 1);
        return x < 0 ? -1 : !x;
    }
    bool all = strcmp(n->op, "LogicalAnd") == 0;
    if ((!all && strcmp(n->op, "LogicalOr") != 0) || n->n_in != 2) return -1;
    int decides = !all, x = known(n->in[0], steps / 2), y = known(n->in[1], steps / 2);
    if (x == decides || y == decides) return decides;
    return x < 0 || y < 0 ? -1 : !decides;
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
    *m = (struct tf_merge){ .predicate = side->predicate, .true_input = side->port ? of : !of };
    int value = known(m->predicate, TRACE_STEPS);
    m->live = value < 0 ? -1 : (int32_t)(value ? m->true_input : !m->true_input);
    n->merge = m;
    n->branch = side->around;
    return TFP_OK;
}

static tfp_status place(struct finder *f, struct tf_node *n)
{
    const struct tf_branch *deepest = NULL;
    if (n->is_input) return TFP_OK;
    for (size_t i = 0; i < n->n_in; i++)
        if (!tf_graph_is_back_edge(n, n->in[i].node)) deepest = deeper(deepest, branch_of(f, n->in[i]));
    for (size_t i = 0; i < n->n_control; i++)
        if (n->control[i]->mark == 2 * f->g->pass + 1) deepest = deeper(deepest, n->control[i]->branch);
    if (tf_graph_is_op(n, "Merge")) {
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
    for (size_t i = 0; i < n->n_in; i++) TFP_TRY(tf_graph_resolve(f->ctx, f->g, &n->in[i]));
    return TFP_OK;
}

static tfp_status place_from(struct finder *f, struct tf_stack *s, struct tf_node *root)
{
    TFP_TRY(push(f, s, root));
    while (s->n) {
        struct tf_frame *top = &s->at[s->n - 1];
        struct tf_node *n = top->node;
        size_t k = top->next++;
        size_t n_in = n->is_input ? 0 : n->n_in, n_control = n->is_input ? 0 : n->n_control;
        if (k < n_in + n_control) {
            struct tf_node *from = k < n_in ? n->in[k].node : n->control[k - n_in];
            if (!tf_graph_is_back_edge(n, from)) TFP_TRY(push(f, s, from));
            continue;
        }
        s->n--;
        TFP_TRY(place(f, n));
        n->mark = 2 * f->g->pass + 1;
    }
    return TFP_OK;
}

tfp_status tf_control_structure(struct tfp_context *ctx, struct tf_graph *g, bool *walked)
{
    struct finder f = { .ctx = ctx, .g = g };
    struct tf_stack stack = { 0 };
    tfp_status status = TFP_OK;
    *walked = false;
    for (size_t i = 0; i < g->n_order && !*walked; i++) *walked = tf_graph_is_op(g->order[i], "Merge");
    if (!*walked) return TFP_OK;
    g->pass++;
    for (size_t i = 0; i < g->n_order && status == TFP_OK; i++) status = place_from(&f, &stack, g->order[i]);
    free(stack.at);
    return status;
}
