/* The first byte chooses the message; what decodes must encode to its announced size, and decode to the same again. */
#include "codec/protobuf.h"
#include "schema/onnx_proto.h"
#include "schema/tensorflow_proto.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct pb_message *const types[] = { &tfpb_graph_type, &tfpb_saved_model_type, &tfpb_variable_type,
                                                  &onnxpb_model_type };

static tfp_status collect(void *user, const void *at, size_t n)
{
    text_add_bytes(user, at, n);
    return TFP_OK;
}

static void encode(tfp_context *ctx, const struct pb_message *type, const void *message, struct text *out)
{
    const struct pb_sink sink = { collect, out };
    if (protobuf_encode(ctx, type, message, &sink) != TFP_OK || out->n != protobuf_size(type, message)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    tfp_context *ctx;
    struct arena arena = { 0 };
    if (n == 0 || tfp_context_create(&ctx) != TFP_OK) return 0;
    const struct pb_message *type = types[data[0] % 4];
    struct bytes input = { (const char *)data + 1, n - 1 };
    void *message = arena_alloc(&arena, 1, type->size), *again = arena_alloc(&arena, 1, type->size);
    protobuf_score(type, input);
    if (protobuf_decode(ctx, &arena, type, input, message) == TFP_OK) {
        struct text once = { 0 }, twice = { 0 };
        encode(ctx, type, message, &once);
        if (protobuf_decode(ctx, &arena, type, (struct bytes){ once.at, once.n }, again) == TFP_OK) {
            encode(ctx, type, again, &twice);
            if (once.n != twice.n || (once.n && memcmp(once.at, twice.at, once.n) != 0)) abort();
        }
        text_free(&once);
        text_free(&twice);
    }
    arena_free(&arena);
    tfp_context_destroy(ctx);
    return 0;
}
