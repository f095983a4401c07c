/* A graph's numbers by the kernels alone. Included after cmocka.h. */
#ifndef TFP_TEST_EVALUATE_GRAPH_H
#define TFP_TEST_EVALUATE_GRAPH_H

#include "ir/kernels/kernel.h"

#include <stdlib.h>
#include <string.h>

/* Runs every node by its kernel; outputs of the graph are handed over. */
static void evaluate_graph(struct tfp_context *ctx, const struct ir_graph *g, const struct tensor *in, struct tensor *out)
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
        if (kernel_evaluate(ctx, n, args, n->n_in, results, n->n_out, 1) != TFP_OK) fail_msg("%s", ctx->text);
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

#endif
