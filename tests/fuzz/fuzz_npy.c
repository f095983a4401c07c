/* What decodes and can be written must decode to the same shape and bytes again. */
#include "base/text.h"
#include "codec/npy.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static tfp_status collect(void *user, const void *at, size_t n)
{
    text_add_bytes(user, at, n);
    return TFP_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    tfp_context *ctx;
    struct arena arena = { 0 };
    struct npy first, second;
    if (tfp_context_create(&ctx) != TFP_OK) return 0;
    if (npy_decode(ctx, &arena, "x", (struct bytes){ (const char *)data, n }, &first) == TFP_OK) {
        struct text out = { 0 };
        struct tfp_tensor t = { first.dtype, first.rank, first.dims, (void *)(uintptr_t)first.data, first.size };
        if (npy_encode(ctx, &t, collect, &out) != TFP_OK) abort();
        if (npy_decode(ctx, &arena, "y", (struct bytes){ out.at, out.n }, &second) != TFP_OK) abort();
        if (first.rank != second.rank || memcmp(first.dims, second.dims, first.rank * sizeof *first.dims) != 0) abort();
        if (first.dtype != TFP_STRING && first.dtype == second.dtype &&
            (first.size != second.size || (first.size && memcmp(first.data, second.data, first.size) != 0)))
            abort();
        text_free(&out);
    }
    arena_free(&arena);
    tfp_context_destroy(ctx);
    return 0;
}
