/* What decodes must print to text that decodes and prints the same again. */
#include "codec/protobuf.h"
#include "schema/tensorflow_proto.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    tfp_context *ctx;
    struct arena arena = { 0 };
    struct tfpb_graph graph = { 0 }, again = { 0 };
    struct bytes input = { (const char *)data, n };
    if (tfp_context_create(&ctx) != TFP_OK) return 0;
    protobuf_text_score(&tfpb_graph_type, input);
    if (protobuf_text_decode(ctx, &arena, &tfpb_graph_type, input, &graph) == TFP_OK) {
        struct text once = { 0 }, twice = { 0 };
        protobuf_text_encode(&tfpb_graph_type, &graph, &once);
        if (once.failed) abort();
        if (protobuf_text_decode(ctx, &arena, &tfpb_graph_type, (struct bytes){ once.at, once.n }, &again) != TFP_OK)
            abort();
        protobuf_text_encode(&tfpb_graph_type, &again, &twice);
        if (twice.failed || once.n != twice.n || (once.n && memcmp(once.at, twice.at, once.n) != 0)) abort();
        text_free(&once);
        text_free(&twice);
    }
    arena_free(&arena);
    tfp_context_destroy(ctx);
    return 0;
}
