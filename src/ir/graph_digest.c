/* A graph's fingerprint: structure, names, attributes and every byte of its weights. */
#include "base/digest.h"
#include "ir/ir.h"

#include <string.h>

static void add_dims(struct digest *d, const struct ir_graph *g, const struct ir_value *v)
{
    digest_add_number(d, v->dtype);
    digest_add_number(d, v->rank);
    for (int32_t i = 0; i < v->rank; i++) {
        digest_add_number(d, v->dims[i].sym ? -1 : v->dims[i].n);
        if (v->dims[i].sym) digest_add_string(d, ir_symbol_name(g, v->dims[i]));
    }
}

static void add_tensor(struct digest *d, const struct tensor *t)
{
    digest_add_number(d, t->dtype);
    digest_add(d, t->dims, t->rank * sizeof t->dims[0]);
    if (t->dtype != TFP_STRING) {
        digest_add(d, t->data, t->size);
        return;
    }
    const struct tfp_string *strings = t->data;
    for (int64_t i = 0; i < t->count; i++) digest_add(d, strings[i].at, strings[i].n);
}

static void add_attr(struct digest *d, const struct ir_attr *a)
{
    digest_add_number(d, a->name);
    digest_add_number(d, a->kind);
    switch (a->kind) {
    case ATTR_KIND_INT: digest_add_number(d, a->v.i); break;
    case ATTR_KIND_FLOAT: digest_add(d, &a->v.f, sizeof a->v.f); break;
    case ATTR_KIND_STRING: digest_add(d, a->v.s.at, a->v.s.n); break;
    case ATTR_KIND_TENSOR: add_tensor(d, a->v.tensor); break;
    case ATTR_KIND_INTS: digest_add(d, a->v.ints.at, a->v.ints.n * sizeof a->v.ints.at[0]); break;
    case ATTR_KIND_FLOATS: digest_add(d, a->v.floats.at, a->v.floats.n * sizeof a->v.floats.at[0]); break;
    case ATTR_KIND_STRINGS:
        digest_add_number(d, (int64_t)a->v.strings.n);
        for (size_t i = 0; i < a->v.strings.n; i++) digest_add(d, a->v.strings.at[i].at, a->v.strings.at[i].n);
        break;
    case ATTR_KIND_GRAPH: ir_digest(a->v.graph, d); break;
    default: break;
    }
}

/* A value is its number in the order of first appearance, in `mark`; a constant's bytes stand where it appears. */
static void add_value(struct digest *d, const struct ir_graph *g, struct ir_value *v, uint32_t *counter)
{
    digest_add_number(d, v ? (int64_t)v->mark : -1);
    if (!v || v->mark) return;
    v->mark = ++*counter;
    digest_add_string(d, v->name);
    add_dims(d, g, v);
    digest_add_number(d, v->constant != NULL);
    if (v->constant) add_tensor(d, v->constant);
}

static void add_node(struct digest *d, const struct ir_graph *g, const struct ir_node *n, uint32_t *counter)
{
    digest_add_number(d, n->op);
    digest_add_string(d, n->name);
    digest_add_number(d, n->n_in);
    for (uint32_t i = 0; i < n->n_in; i++) add_value(d, g, n->in[i].value, counter);
    digest_add_number(d, n->n_out);
    for (uint32_t i = 0; i < n->n_out; i++) add_value(d, g, n->out[i], counter);
    digest_add_number(d, (int64_t)n->n_attrs);
    for (size_t i = 0; i < n->n_attrs; i++) add_attr(d, &n->attrs[i]);
}

void ir_digest(const struct ir_graph *g, struct digest *d)
{
    uint32_t counter = 0;
    ir_clear_marks(g);
    digest_add_number(d, (int64_t)g->n_inputs);
    for (size_t i = 0; i < g->n_inputs; i++) add_value(d, g, g->inputs[i], &counter);
    for (const struct ir_node *n = g->first; n; n = n->next) add_node(d, g, n, &counter);
    digest_add_number(d, (int64_t)g->n_outputs);
    for (size_t i = 0; i < g->n_outputs; i++) {
        digest_add_string(d, g->outputs[i].name);
        add_value(d, g, g->outputs[i].value, &counter);
    }
    digest_add_string(d, g->name);
}
