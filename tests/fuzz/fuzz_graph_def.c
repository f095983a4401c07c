/* A GraphDef, binary or text, is opened and lowered to IR, or refused: with its own inputs and outputs, with its
 * state as inputs and outputs, and cut at the first two nodes. The IR that comes out must pass its own check. */
#include "base/buffer.h"
#include "frontend/frontend.h"

#include <stdlib.h>

extern const struct frontend tensorflow_graph_def;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void run(struct tfp_context *ctx, const struct probe *p, const struct tfp_model_options *options)
{
    struct source *source = NULL;
    struct ir_graph *graph = NULL;
    if (tensorflow_graph_def.open(ctx, p, options, &source) != TFP_OK) return;
    if (source->frontend->lower(ctx, source, &graph) == TFP_OK && ir_check(ctx, graph) != TFP_OK) abort();
    ir_destroy(graph);
    source->frontend->close(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    tfp_context *ctx;
    struct probe p = { .path = "x" };
    static const char *const names[] = { "x:0", "y" };
    struct tfp_model_options whole = TFP_INIT(whole), state = TFP_INIT(state), cut = TFP_INIT(cut);
    if (tfp_context_create(&ctx) != TFP_OK) return 0;
    if (buffer_create(ctx, n, &p.file) == TFP_OK) {
        if (n) memcpy(p.file->data, data, n);
        p.head = (struct bytes){ p.file->data, n };
        cut.inputs = names;
        cut.n_inputs = 1;
        cut.outputs = names + 1;
        cut.n_outputs = 1;
        state.state_io = true;
        if (tensorflow_graph_def.score(&p) > 0) {
            run(ctx, &p, &whole);
            run(ctx, &p, &state);
            run(ctx, &p, &cut);
        }
    }
    buffer_drop(p.file);
    tfp_context_destroy(ctx);
    return 0;
}
