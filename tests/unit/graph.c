#include "graph.h"

#include "ir/kernels/kernel.h"

struct build graph_begin(struct tfp_context *ctx)
{
    struct build b = { .ctx = ctx, .scope = "node" };
    assert_ok(ctx, ir_create(ctx, &b.graph));
    return b;
}

struct ir_value *graph_input(struct build *b, const char *name, tfp_dtype dtype, size_t rank, const int64_t *dims)
{
    struct dim d[TFP_MAX_RANK];
    for (size_t i = 0; i < rank; i++) d[i] = dim_of(dims[i]);
    struct ir_value *v = ir_add_input(b->graph, name, dtype, (int32_t)rank, d);
    assert_non_null(v);
    return v;
}

void graph_output(struct build *b, const char *name, struct ir_value *v)
{
    assert_ok(b->ctx, b->status);
    assert_non_null(v);
    assert_true(ir_add_output(b->graph, name, v));
}

size_t graph_count(const struct ir_graph *g, enum ir_op op)
{
    size_t n = 0;
    for (const struct ir_node *i = g->first; i; i = i->next) n += i->op == op;
    return n;
}

void graph_evaluate(struct tfp_context *ctx, const struct ir_graph *g, const struct tensor *in, struct tensor *out)
{
    size_t count = 1;
    for (const struct ir_node *n = g->first; n; n = n->next) count += n->n_out;
    count += g->n_inputs;
    struct tensor *values = calloc(count, sizeof *values), args[16], results[16];
    assert_non_null(values);
    uint32_t next = 1;
    for (size_t i = 0; i < g->n_inputs; i++) values[g->inputs[i]->mark = next++] = in[i];
    for (const struct ir_node *n = g->first; n; n = n->next) {
        memset(args, 0, sizeof args);
        memset(results, 0, sizeof results);
        assert_true(n->n_in <= 16 && n->n_out <= 16);
        for (uint32_t i = 0; i < n->n_in; i++) {
            const struct ir_value *v = ir_in(n, i);
            if (v) args[i] = v->constant ? *v->constant : values[v->mark];
        }
        assert_ok(ctx, kernel_evaluate(ctx, n, args, n->n_in, results, n->n_out, 1));
        for (uint32_t i = 0; i < n->n_out; i++) {
            if (n->out[i]) values[n->out[i]->mark = next++] = results[i];
            else tensor_release(&results[i]);
        }
    }
    for (size_t i = 0; i < g->n_outputs; i++) {
        const struct ir_value *v = g->outputs[i].value;
        out[i] = v->constant ? *v->constant : values[v->mark];
        if (out[i].owner) buffer_keep(out[i].owner);
    }
    for (uint32_t i = (uint32_t)g->n_inputs + 1; i < next; i++) tensor_release(&values[i]);
    free(values);
}
