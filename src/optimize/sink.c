/* Conditionals. Frontends compute what the branches of an If give before it and let the If choose, one If for each result.
 * Here those of one condition are joined, and what only one branch needs goes into that branch. Where that is little work
 * which cannot fail, and both results have one shape, both are computed and Where chooses. */
#include "ir/bodies.h"
#include "optimize/passes.h"

#include <stdio.h>
#include <string.h>

enum { CHEAP = 12, THEN = 1, ELSE = 2, BOTH = 3 };

struct sinking {
    struct optimize *o;
    struct ir_node *node; /* the If */
    struct ir_graph *branches[2];
    uint32_t serial; /* marks of nodes are 4 * serial + the branches that need them */
    size_t n_marked;
    bool cheap;
};

static bool begin(struct sinking *s, struct ir_node *n)
{
    s->node = n;
    s->branches[0] = ir_body(n, ATTR_THEN_BRANCH);
    s->branches[1] = ir_body(n, ATTR_ELSE_BRANCH);
    return s->branches[0] && s->branches[1] && !ir_control_mismatch(n);
}

static bool only_chooses(const struct ir_node *n)
{
    const struct ir_graph *then_branch = ir_body(n, ATTR_THEN_BRANCH), *else_branch = ir_body(n, ATTR_ELSE_BRANCH);
    return then_branch && else_branch && !then_branch->first && !else_branch->first;
}

/* -- one If for each condition ------------------------------------------------------------------------------------- */

/* Marks what `n` needs of the nodes behind `first`; false: it needs `first`. */
static bool mark_needed(struct sinking *s, const struct ir_node *first, struct ir_node *n)
{
    s->serial++;
    n->mark = 4 * s->serial;
    for (struct ir_node *p = n; p != first; p = p->prev) {
        if (p->mark != 4 * s->serial) continue;
        for (uint32_t i = 0; i < p->n_in; i++)
            if (ir_in(p, i) && ir_in(p, i)->producer) ir_in(p, i)->producer->mark = 4 * s->serial;
    }
    return first->mark != 4 * s->serial;
}

/* A value of the second If's branch as an output of the first's. */
static bool add_choice(struct sinking *s, const struct ir_node *second, size_t branch, size_t output, size_t first_input)
{
    const struct ir_graph *from = ir_body(second, branch ? ATTR_ELSE_BRANCH : ATTR_THEN_BRANCH);
    struct ir_graph *to = s->branches[branch];
    struct ir_value *v = from->outputs[output].value, *own = NULL;
    struct build b = { .ctx = s->o->ctx, .graph = to };
    if (v->constant) own = ir_constant_of(&b, v);
    for (size_t i = 0; !v->constant && i < from->n_inputs; i++)
        if (from->inputs[i] == v) own = to->inputs[first_input + i];
    return own && ir_add_output(to, from->outputs[output].name, own);
}

/* An input that a branch gets, under a name that none of its inputs has. */
static struct ir_value *add_input(struct ir_graph *branch, tfp_dtype dtype)
{
    char name[48];
    bool taken = true;
    for (size_t number = branch->n_inputs; taken; number++) {
        taken = false;
        snprintf(name, sizeof name, "given_%u_%zu", branch->number, number);
        for (size_t i = 0; i < branch->n_inputs && !taken; i++) taken = strcmp(branch->inputs[i]->name, name) == 0;
    }
    return ir_add_input(branch, name, dtype, -1, NULL);
}

/* The values that a node is given become inputs of both branches. */
static bool add_inputs(struct sinking *s, const struct ir_node *second)
{
    for (uint32_t i = 1; i < second->n_in; i++)
        for (size_t k = 0; k < 2; k++)
            if (!add_input(s->branches[k], ir_in(second, i)->dtype)) return false;
    return true;
}

/* Both Ifs as one in the place of the first. */
static tfp_status join(struct sinking *s, struct ir_node *second)
{
    struct optimize *o = s->o;
    struct ir_node *first = s->node;
    struct arena *arena = &o->graph->arena;
    const size_t n_in = first->n_in + second->n_in - 1, n_out = first->n_out + second->n_out, inputs = first->n_in - 1;
    struct ir_value **in = ARENA_ARRAY(arena, struct ir_value *, n_in);
    if (!in || !add_inputs(s, second)) return tfp_no_memory(o->ctx);
    for (size_t k = 0; k < 2; k++) {
        while (s->branches[k]->n_outputs > first->n_out) ir_drop_output(s->branches[k], s->branches[k]->n_outputs - 1);
        for (uint32_t i = 0; i < second->n_out; i++)
            if (!add_choice(s, second, k, i, inputs)) return tfp_no_memory(o->ctx);
    }
    for (uint32_t i = 0; i < n_in; i++) in[i] = i < first->n_in ? ir_in(first, i) : ir_in(second, i - inputs);
    struct ir_node *joined = ir_add_node(o->graph, first, IR_IF, first->name, in, n_in,
                                         ATTRS(A_GRAPH(ATTR_THEN_BRANCH, s->branches[0]),
                                               A_GRAPH(ATTR_ELSE_BRANCH, s->branches[1])), n_out);
    if (!joined) return tfp_no_memory(o->ctx);
    TFP_TRY(ir_infer(o->ctx, joined));
    for (uint32_t i = 0; i < n_out; i++) {
        struct ir_value *old = i < first->n_out ? first->out[i] : second->out[i - first->n_out];
        if (old) ir_replace(o->graph, old, joined->out[i]);
        else joined->out[i] = NULL;
    }
    ir_remove(second);
    ir_remove(first);
    s->node = joined;
    return TFP_OK;
}

/* Joins later Ifs of the same condition that do not need this one. */
static tfp_status join_all(struct sinking *s, bool *changed)
{
    for (struct ir_node *n = s->node->next, *next; n; n = next) {
        next = n->next;
        if (n->op != IR_IF || ir_in(n, 0) != ir_in(s->node, 0) || !only_chooses(n) || ir_control_mismatch(n)) continue;
        if (!mark_needed(s, s->node, n)) continue;
        for (struct ir_node *p = s->node->next, *behind; p != n; p = behind) {
            behind = p->next;
            if (p->mark == 4 * s->serial) ir_move_node(p, s->node);
        }
        TFP_TRY(join(s, n));
        *changed = true;
    }
    return TFP_OK;
}

/* -- what only one branch needs ------------------------------------------------------------------------------------ */

/* Never fails and costs a pass over its elements. */
static bool is_simple(const struct ir_node *n)
{
    switch (n->op) {
    case IR_ABS: case IR_ADD: case IR_AND: case IR_CAST: case IR_CEIL: case IR_COS: case IR_EQUAL: case IR_ERF: case IR_EXP:
    case IR_FLOOR: case IR_GREATER: case IR_IDENTITY: case IR_LESS: case IR_LOG: case IR_MAX: case IR_MIN: case IR_MUL:
    case IR_NEG: case IR_NOT: case IR_OR: case IR_RECIPROCAL: case IR_RELU: case IR_ROUND: case IR_SHAPE: case IR_SIGMOID:
    case IR_SIGN: case IR_SIN: case IR_SQRT: case IR_SUB: case IR_TANH: case IR_UNSQUEEZE: case IR_WHERE: return true;
    case IR_DIV: return n->out[0] && dtype_is_float(n->out[0]->dtype);
    default: return false;
    }
}

static uint32_t needed_by(const struct sinking *s, const struct ir_use *u)
{
    uint32_t mask = 0;
    if (u->node != s->node) return u->node->mark >> 2 == s->serial ? u->node->mark & 3 : BOTH;
    if (u->index == 0) return BOTH;
    for (size_t k = 0; k < 2; k++)
        if (!ir_unused(s->branches[k]->inputs[u->index - 1])) mask |= THEN << k;
    return mask;
}

/* Marks, from the If backwards, the nodes that one branch alone needs. */
static void mark(struct sinking *s)
{
    s->serial++;
    s->n_marked = 0;
    s->cheap = only_chooses(s->node);
    for (struct ir_node *n = s->node->prev; n; n = n->prev) {
        uint32_t mask = 0;
        for (uint32_t i = 0; i < n->n_out; i++) {
            if (!n->out[i]) continue;
            if (n->out[i]->n_outputs) mask = BOTH;
            for (const struct ir_use *u = n->out[i]->uses; u && mask != BOTH; u = u->next) mask |= needed_by(s, u);
        }
        n->mark = 4 * s->serial + mask;
        if (mask != THEN && mask != ELSE) continue;
        s->n_marked++;
        s->cheap = s->cheap && is_simple(n);
    }
    s->cheap = s->cheap && s->n_marked <= CHEAP;
}

/* The value in the branch that is the node's input v; made when it is not there. */
static struct ir_value *inside(struct sinking *s, size_t branch, struct ir_value *v)
{
    struct ir_graph *g = s->branches[branch];
    if (!v) return NULL;
    if (v->constant) return ir_add_constant(g, NULL, v->constant);
    for (uint32_t i = 1; i < s->node->n_in; i++)
        if (ir_in(s->node, i) == v) return g->inputs[i - 1];
    for (size_t k = 0; k < 2; k++)
        if (!add_input(s->branches[k], v->dtype)) return NULL;
    if (!ir_append_input(s->node, v)) return NULL;
    return g->inputs[g->n_inputs - 1];
}

/* Moves the node into the branch; *moved false: its bodies would lie too deep. */
static tfp_status sink(struct sinking *s, struct ir_node *n, bool *moved)
{
    const size_t branch = (n->mark & 3) == ELSE;
    struct ir_value **in = ARENA_ARRAY(&s->branches[branch]->arena, struct ir_value *, n->n_in);
    if (!in) return tfp_no_memory(s->o->ctx);
    for (uint32_t i = 0; i < n->n_in; i++) {
        if (ir_in(n, i) && !(in[i] = inside(s, branch, ir_in(n, i)))) return tfp_no_memory(s->o->ctx);
    }
    struct ir_node *to = ir_sink_node(n, s->branches[branch], in);
    *moved = to != NULL;
    if (!to) return TFP_OK;
    for (uint32_t i = 0; i < n->n_out; i++) {
        if (!n->out[i]) continue;
        if (!ir_set_shape(to->graph, to->out[i], n->out[i]->dtype, -1, NULL)) return tfp_no_memory(s->o->ctx);
        for (uint32_t k = s->node->n_in; k-- > 1;) {
            if (ir_in(s->node, k) != n->out[i]) continue;
            ir_replace(s->branches[branch], s->branches[branch]->inputs[k - 1], to->out[i]);
            for (size_t b = 0; b < 2; b++) ir_drop_input(s->branches[b], k - 1);
            ir_drop_node_input(s->node, k);
        }
    }
    ir_remove(n);
    return TFP_OK;
}

static tfp_status sink_all(struct sinking *s, bool *changed)
{
    for (struct ir_node *n = s->node->prev, *prev; n; n = prev) {
        bool moved = true;
        prev = n->prev;
        if (n->mark != 4 * s->serial + THEN && n->mark != 4 * s->serial + ELSE) continue;
        TFP_TRY(sink(s, n, &moved));
        if (!moved) break; /* and what it needs stays, too */
        *changed = true;
    }
    return TFP_OK;
}

/* -- a choice ------------------------------------------------------------------------------------------------------ */

/* Output i of a branch that has no nodes, as a value around it. */
static struct ir_value *outside(const struct sinking *s, struct build *b, size_t branch, size_t i)
{
    const struct ir_graph *g = s->branches[branch];
    const struct ir_value *v = g->outputs[i].value;
    if (v->constant) return ir_constant_of(b, v);
    for (size_t k = 0; k < g->n_inputs; k++)
        if (g->inputs[k] == v) return ir_in(s->node, k + 1);
    return NULL;
}

static bool choosable(const struct sinking *s, struct build *b)
{
    for (uint32_t i = 0; i < s->node->n_out; i++) {
        if (!ir_wants(s->node, i)) continue;
        const struct ir_value *x = outside(s, b, 0, i), *y = outside(s, b, 1, i);
        if (!x || !y || x->dtype != y->dtype || !same_shape(x, y)) return false;
    }
    return ir_in(s->node, 0)->rank == 0;
}

static tfp_status choose(struct sinking *s, bool *changed)
{
    struct build b = rewrite_before(s->o, s->node);
    if (!choosable(s, &b)) return sink_all(s, changed);
    for (uint32_t i = 0; i < s->node->n_out; i++) {
        if (!ir_wants(s->node, i)) continue;
        struct ir_value *v = ir_where(&b, ir_in(s->node, 0), outside(s, &b, 0, i), outside(s, &b, 1, i));
        if (!v) return b.status;
        ir_replace(s->o->graph, s->node->out[i], v);
    }
    *changed = true;
    rewrite_remove(s->o, s->node);
    return TFP_OK;
}

tfp_status pass_sink(struct optimize *o, bool *changed)
{
    struct sinking s = { .o = o };
    bool any = false;
    for (struct ir_node *n = o->graph->first; n && !any; n = n->next) any = n->op == IR_IF;
    if (!any) return TFP_OK;
    ir_clear_marks(o->graph);
    for (struct ir_node *n = o->graph->first; n; n = n->next) {
        if (n->op != IR_IF || ir_node_unused(n) || !begin(&s, n)) continue;
        TFP_TRY(join_all(&s, changed));
        n = s.node;
    }
    for (struct ir_node *n = o->graph->last, *prev; n; n = prev) {
        prev = n->prev;
        if (n->op != IR_IF || ir_node_unused(n) || !begin(&s, n)) continue;
        mark(&s);
        if (s.cheap) TFP_TRY(choose(&s, changed));
        else TFP_TRY(sink_all(&s, changed));
        prev = n->graph == o->graph && n->prev ? n->prev : prev; /* the nodes that went were before it */
    }
    return *changed ? ir_infer_all(o->ctx, o->graph) : TFP_OK;
}
