/* From an ONNX file to numbers: a random graph is written at a random opset, read, optimized with a comparison after each
 * pass, and run on the CPU backend; the numbers are the random graph's own. The first byte chooses the opset. */
#include "backend/onnx/onnx_write.h"
#include "frontend/frontend.h"
#include "random_graph.h"

extern const struct frontend onnx;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* NULL: the opset cannot say it. */
static struct buffer *write_file(struct random_graph *r, int opset)
{
    struct buffer *file = NULL;
    struct ir_graph *copy;
    if (ir_clone(&r->ctx, r->graph, &copy) != TFP_OK) return NULL;
    tfp_status status = onnx_write_memory(&r->ctx, copy, opset, &file);
    if (status != TFP_OK && status != TFP_E_UNSUPPORTED)
        random_graph_wrong(r->graph, copy, "opset %d, status %d: %s", opset, (int)status, r->ctx.text);
    ir_destroy(copy);
    return file;
}

static void read_and_compare(struct random_graph *r, struct buffer *file)
{
    const struct tfp_model_options options = TFP_INIT(struct tfp_model_options);
    const struct probe p = { .path = "x", .file = file, .head = { file->data, file->size } };
    struct source *source = NULL;
    struct ir_graph *g = NULL;
    if (onnx.score(&p) <= 0 || onnx.open(&r->ctx, &p, &options, &source) != TFP_OK || onnx.lower(&r->ctx, source, &g) != TFP_OK)
        random_graph_wrong(r->graph, NULL, "what was written is not read: %s", r->ctx.text);
    if (ir_check(&r->ctx, g) != TFP_OK) random_graph_wrong(r->graph, g, "%s", r->ctx.text);
    r->stage = "the reader";
    random_graph_compare(r, g);
    random_graph_optimize(r, g);
    random_graph_execute(r, g);
    ir_destroy(g);
    onnx.close(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct random_graph r;
    if (n < 1) return 0;
    if (random_graph_make(&r, data + 1, n - 1)) {
        struct buffer *file = write_file(&r, ONNX_OLDEST_OPSET + data[0] % (schema_newest_opset - ONNX_OLDEST_OPSET + 1));
        if (file) read_and_compare(&r, file);
        buffer_drop(file);
    }
    random_graph_free(&r);
    return 0;
}
