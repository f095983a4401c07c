/* What every rewriting pass does to a node. */
#include "optimize/passes.h"

struct build rewrite_before(struct optimize *o, struct ir_node *n)
{
    return (struct build){ .ctx = o->ctx, .graph = o->graph, .before = n, .scope = n->name };
}

/* Still linked (a node with several outputs can come up more than once), and nobody uses what it makes. */
static bool removable(const struct ir_node *n)
{
    if (!n->prev && !n->next && n->graph->first != n) return false;
    return ir_node_unused(n);
}

/* Iterative: the nodes still to look at are linked through their own first input's place in a small stack; a chain
 * deeper than the stack is left to the dead pass. */
void rewrite_remove(struct optimize *o, struct ir_node *n)
{
    struct ir_node *stack[64];
    size_t depth = 0;
    stack[depth++] = n;
    while (depth) {
        struct ir_node *top = stack[--depth];
        if (!removable(top)) continue;
        struct ir_value *inputs[16];
        uint32_t count = top->n_in < 16 ? top->n_in : 16;
        for (uint32_t i = 0; i < count; i++) inputs[i] = top->in[i].value;
        ir_remove(top);
        for (uint32_t i = 0; i < count; i++) {
            struct ir_value *v = inputs[i];
            bool again = false;
            for (uint32_t k = 0; k < i; k++) again = again || inputs[k] == v;
            if (!v || again || !ir_unused(v)) continue;
            if (v->constant) ir_drop_constant(o->graph, v);
            else if (v->producer && depth < 64) stack[depth++] = v->producer;
        }
    }
}

tfp_status rewrite_with(struct optimize *o, struct build *b, struct ir_node *n, struct ir_value *v)
{
    if (b->status != TFP_OK) return b->status;
    if (!v) return tfp_fail(o->ctx, TFP_E_SYSTEM, "internal error: a rewrite of %s gave nothing", schema_op_name(n->op));
    ir_replace(o->graph, n->out[0], v);
    rewrite_remove(o, n);
    return TFP_OK;
}

bool constant_is(const struct ir_value *v, double x)
{
    const struct tensor *t = v ? v->constant : NULL;
    if (!t || t->count == 0 || t->count > 65536 || t->dtype == TFP_STRING || dtype_is_complex(t->dtype)) return false;
    for (int64_t i = 0; i < t->count; i++)
        if (tensor_float(t, i) != x) return false;
    return true;
}

bool same_shape(const struct ir_value *a, const struct ir_value *b)
{
    if (a->rank < 0 || a->rank != b->rank) return false;
    for (int32_t i = 0; i < a->rank; i++)
        if (!dim_equal(a->dims[i], b->dims[i])) return false;
    return true;
}

bool constant_number(const struct ir_value *v, double *out)
{
    const struct tensor *t = v ? v->constant : NULL;
    if (!t || !dtype_is_float(t->dtype) || t->count < 1 || t->count > 1 << 16) return false;
    *out = tensor_float(t, 0);
    return t->count == 1 || constant_is(v, *out);
}

struct ir_value *beside_number(const struct ir_node *n, double *number)
{
    bool commutes = n && (n->op == IR_ADD || n->op == IR_MUL || n->op == IR_MAX || n->op == IR_MIN);
    if (!n || n->n_in != 2) return NULL;
    for (size_t i = 2; i-- > 0;) {
        if (i == 0 && !commutes) break;
        if (constant_number(ir_in(n, i), number) && same_shape(ir_in(n, 1 - i), n->out[0])) return ir_in(n, 1 - i);
    }
    return NULL;
}

struct ir_value *scaled_by(const struct ir_value *v, double *factor)
{
    const struct ir_node *n = v ? v->producer : NULL;
    struct ir_value *x = n && (n->op == IR_MUL || n->op == IR_DIV) ? beside_number(n, factor) : NULL;
    if (x && n->op == IR_DIV) *factor = 1 / *factor;
    return x;
}

static tfp_status match_node(struct optimize *o, const struct pattern *patterns, size_t count, struct ir_node *n,
                             bool *changed)
{
    for (size_t i = 0; i < count; i++) {
        if (patterns[i].op != n->op) continue;
        struct build b = rewrite_before(o, n);
        struct ir_value *v = patterns[i].match(&b, n);
        if (b.status != TFP_OK) return b.status;
        if (!v) continue;
        *changed = true;
        return rewrite_with(o, &b, n, v);
    }
    return TFP_OK;
}

tfp_status rewrite_patterns(struct optimize *o, const struct pattern *patterns, size_t count,
                            bool (*applies)(const struct ir_node *n), bool *changed)
{
    for (struct ir_node *n = o->graph->first, *next; n; n = next) {
        next = n->next;
        if (!applies || applies(n)) TFP_TRY(match_node(o, patterns, count, n, changed));
    }
    return TFP_OK;
}
