/* The passes keep the meaning: a random graph gives the same numbers before and after optimize_graph(), and what comes
 * out passes ir_check() and says the truth about its shapes. */
#include "optimize/optimize.h"
#include "random_graph.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void optimize_and_compare(struct random_graph *r)
{
    struct ir_graph *after;
    if (ir_clone(&r->ctx, r->graph, &after) != TFP_OK) random_graph_wrong(r->graph, NULL, "%s", r->ctx.text);
    if (optimize_graph(&r->ctx, after) != TFP_OK) random_graph_wrong(r->graph, after, "%s", r->ctx.text);
    if (ir_check(&r->ctx, after) != TFP_OK) random_graph_wrong(r->graph, after, "%s", r->ctx.text);
    random_graph_compare(r, after);
    ir_destroy(after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct random_graph r;
    if (random_graph_make(&r, data, n)) optimize_and_compare(&r);
    random_graph_free(&r);
    return 0;
}
