/* The passes keep the meaning: a random graph gives the same numbers before and after each pass of optimize_graph() and
 * optimize_attention(), and on the CPU backend, as it is and optimized; what comes out passes ir_check() and says the truth
 * about its shapes. In half precision the numbers differ, but the graph must be whole. */
#include "optimize/optimize.h"
#include "optimize/precision.h"
#include "random_graph.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void lower_and_check(struct random_graph *r, const struct ir_graph *g, tfp_dtype to)
{
    struct ir_graph *lowered;
    const struct precision_options o = { .to = to };
    if (ir_clone(&r->ctx, g, &lowered) != TFP_OK) random_graph_wrong(r->graph, NULL, "%s", r->ctx.text);
    if (precision_lower(&r->ctx, lowered, &o) != TFP_OK) random_graph_wrong(r->graph, lowered, "%s", r->ctx.text);
    if (ir_check(&r->ctx, lowered) != TFP_OK) random_graph_wrong(r->graph, lowered, "%s", r->ctx.text);
    for (size_t i = 0; i < g->n_outputs; i++)
        if (lowered->outputs[i].value->dtype != g->outputs[i].value->dtype)
            random_graph_wrong(r->graph, lowered, "output %zu has another type", i);
    ir_destroy(lowered);
}

static void optimize_and_compare(struct random_graph *r)
{
    struct ir_graph *after;
    if (ir_clone(&r->ctx, r->graph, &after) != TFP_OK) random_graph_wrong(r->graph, NULL, "%s", r->ctx.text);
    random_graph_execute(r, after);
    ir_destroy(after);
    if (ir_clone(&r->ctx, r->graph, &after) != TFP_OK) random_graph_wrong(r->graph, NULL, "%s", r->ctx.text);
    random_graph_optimize(r, after);
    if (optimize_attention(&r->ctx, after) != TFP_OK) random_graph_wrong(r->graph, after, "%s", r->ctx.text);
    random_graph_compare(r, after);
    lower_and_check(r, after, TFP_FLOAT16);
    lower_and_check(r, after, TFP_BFLOAT16);
    random_graph_execute(r, after);
    ir_destroy(after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct random_graph r;
    if (random_graph_make(&r, data, n)) optimize_and_compare(&r);
    random_graph_free(&r);
    return 0;
}
