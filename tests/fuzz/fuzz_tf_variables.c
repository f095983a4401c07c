/* A meta graph is bound to a checkpoint of a few arrays that are always the same, with and without moving averages, and
 * lowered, or refused. The IR that comes out must pass its own check. */
#include "frontend/tensorflow/lower.h"
#include "weights/weights.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { MOST_ELEMENTS = 1 << 16 };

static tfp_status give_zeros(struct tfp_context *ctx, struct weights *w, const struct weights_entry *e,
                             const struct weights_slice *slice, struct tensor *out)
{
    int64_t dims[TFP_MAX_RANK];
    (void)w;
    memcpy(dims, e->dims, e->rank * sizeof *dims);
    for (uint32_t i = 0; slice && i < e->rank; i++)
        if (slice->length[i] >= 0) dims[i] = slice->length[i];
    TFP_TRY(tensor_describe(ctx, e->name, e->dtype, e->rank, dims, out));
    if (out->count > MOST_ELEMENTS) abort(); /* a slice that lies outside */
    TFP_TRY(tensor_allocate(ctx, out));
    memset(out->data, 0, out->size);
    return TFP_OK;
}

static const struct weights_format zeros = { .name = "zeros", .read = give_zeros };

static void run(struct tfp_context *ctx, struct weights *w, struct bytes content, bool averages)
{
    struct tf_graph *graph = NULL;
    struct ir_graph *ir = NULL;
    struct tfp_model_options options = TFP_INIT(options);
    struct tfpb_meta_graph meta = { .meta_info_def = NULL };
    struct tf_request r = { .options = &options, .weights = w, .meta = &meta };
    options.moving_averages = averages;
    if (tf_graph_create(ctx, NULL, &graph) != TFP_OK) return;
    if (protobuf_decode(ctx, &graph->arena, &tfpb_meta_graph_type, content, &meta) == TFP_OK && meta.graph_def &&
        tf_graph_build(ctx, graph, meta.graph_def, &r) == TFP_OK && lower_graph(ctx, graph, &ir) == TFP_OK &&
        ir_check(ctx, ir) != TFP_OK)
        abort();
    ir_destroy(ir);
    tf_graph_destroy(graph);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const int64_t two[] = { 2 }, table[] = { 7, 2 };
    static const struct weights_slice parts[] = { { 2, { 0, 0 }, { 3, -1 } }, { 2, { 3, 0 }, { 2, -1 } },
                                                  { 2, { 5, 0 }, { 2, -1 } } };
    struct weights_entry entries[] = {
        { .name = "another", .dtype = TFP_FLOAT, .type_name = "float", .rank = 1, .dims = two, .bytes = 8 },
        { .name = "counter", .dtype = TFP_FLOAT, .type_name = "float", .rank = 1, .dims = two, .bytes = 8 },
        { .name = "handle", .dtype = TFP_UNDEFINED, .type_name = "resource", .rank = 1, .dims = two },
        { .name = "scope/b", .dtype = TFP_FLOAT, .type_name = "float", .rank = 1, .dims = two, .bytes = 8 },
        { .name = "scope/b/ExponentialMovingAverage", .dtype = TFP_FLOAT, .type_name = "float", .rank = 1, .dims = two,
          .bytes = 8 },
        { .name = "w", .dtype = TFP_FLOAT, .type_name = "float", .rank = 2, .dims = table, .bytes = 56, .n_parts = 3,
          .parts = parts },
    };
    struct weights w = { .format = &zeros, .path = "zeros", .entries = entries,
                         .n_entries = sizeof entries / sizeof entries[0] };
    tfp_context *ctx;
    if (tfp_context_create(&ctx) != TFP_OK) return 0;
    run(ctx, &w, (struct bytes){ (const char *)data, n }, false);
    run(ctx, &w, (struct bytes){ (const char *)data, n }, true);
    run(ctx, NULL, (struct bytes){ (const char *)data, n }, false);
    tfp_context_destroy(ctx);
    return 0;
}
