/* An ONNX file, binary or text, is opened and lowered to IR, or refused; the IR that comes out must pass its own check, and
 * what is read from the file as it is written again must be readable. */
#include "backend/onnx/onnx_write.h"
#include "model_sources.h"

extern const struct frontend onnx;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { OPSET = 17 };

/* Of a copy that the writer may change; NULL: the opset cannot express it. */
static struct buffer *write_again(struct tfp_context *ctx, const struct ir_graph *g)
{
    struct buffer *file = NULL;
    struct ir_graph *copy;
    if (ir_clone(ctx, g, &copy) != TFP_OK) return NULL;
    if (onnx_write_memory(ctx, copy, OPSET, &file) != TFP_OK) file = NULL;
    ir_destroy(copy);
    return file;
}

static struct ir_graph *read_graph(struct tfp_context *ctx, struct buffer *file, struct source **source)
{
    const struct tfp_model_options options = TFP_INIT(struct tfp_model_options);
    struct probe p = { .path = "x", .file = file, .head = { file->data, file->size } };
    struct ir_graph *g = NULL;
    *source = NULL;
    if (onnx.score(&p) <= 0 || onnx.open(ctx, &p, &options, source) != TFP_OK) return NULL;
    if (onnx.lower(ctx, *source, &g) != TFP_OK) return NULL;
    if (ir_check(ctx, g) != TFP_OK) abort();
    return g;
}

static void read_again(struct tfp_context *ctx, struct buffer *file)
{
    struct source *source;
    struct ir_graph *g = read_graph(ctx, file, &source);
    if (!g) abort();
    ir_destroy(g);
    onnx.close(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    tfp_context *ctx;
    struct buffer *file = NULL;
    if (tfp_context_create(&ctx) != TFP_OK) return 0;
    if (buffer_create(ctx, n, &file) == TFP_OK) {
        struct source *source;
        if (n) memcpy(file->data, data, n);
        struct ir_graph *g = read_graph(ctx, file, &source);
        struct buffer *again = g ? write_again(ctx, g) : NULL;
        if (again) read_again(ctx, again);
        buffer_drop(again);
        ir_destroy(g);
        if (source) onnx.close(source);
    }
    buffer_drop(file);
    tfp_context_destroy(ctx);
    return 0;
}
