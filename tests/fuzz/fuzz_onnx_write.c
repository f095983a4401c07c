/* The writer keeps the meaning: a random graph brought down to a random opset is refused as such, or gives a file that
 * decodes and nodes that compute the same numbers. The first byte chooses the opset, the second whether the graph is
 * optimized before. */
#include "backend/onnx/onnx_write.h"
#include "codec/protobuf.h"
#include "optimize/optimize.h"
#include "random_graph.h"
#include "schema/onnx_proto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_file(struct random_graph *r, const struct ir_graph *g, const struct buffer *file)
{
    struct arena arena = { 0 };
    struct onnxpb_model model = { 0 };
    struct bytes bytes = { file->data, file->size };
    if (protobuf_decode(&r->ctx, &arena, &onnxpb_model_type, bytes, &model) != TFP_OK) random_graph_wrong(r->graph, g, "%s", r->ctx.text);
    if (!model.graph || model.graph->output.n != r->graph->n_outputs) random_graph_wrong(r->graph, g, "the file lacks outputs");
    arena_free(&arena);
}

static void write_and_compare(struct random_graph *r, struct ir_graph *g, int opset)
{
    struct buffer *file = NULL;
    tfp_status status = onnx_write_memory(&r->ctx, g, opset, &file);
    if (status != TFP_OK) {
        if (status != TFP_E_UNSUPPORTED) random_graph_wrong(r->graph, g, "opset %d, status %d: %s", opset, (int)status, r->ctx.text);
        return;
    }
    check_file(r, g, file);
    buffer_drop(file);
    random_graph_compare(r, g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct random_graph r;
    struct ir_graph *g = NULL;
    if (n < 2) return 0;
    int opset = ONNX_OLDEST_OPSET + data[0] % (schema_newest_opset - ONNX_OLDEST_OPSET + 1);
    if (random_graph_make(&r, data + 2, n - 2) && ir_clone(&r.ctx, r.graph, &g) == TFP_OK) {
        if (data[1] & 1 && optimize_graph(&r.ctx, g) != TFP_OK) random_graph_wrong(r.graph, g, "%s", r.ctx.text);
        write_and_compare(&r, g, opset);
    }
    ir_destroy(g);
    random_graph_free(&r);
    return 0;
}
