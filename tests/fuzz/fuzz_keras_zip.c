/* A .keras archive: the directory, every member, and the model in it. */
#include "model_sources.h"

#include "codec/zip.h"

extern const struct frontend keras_zip;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void read_members(tfp_context *ctx, struct buffer *file)
{
    struct zip z;
    if (zip_open(ctx, file, &z) != TFP_OK) return;
    for (size_t i = 0; i < z.n_members && i < 16; i++) {
        struct buffer *owner = NULL;
        struct bytes bytes;
        if (z.members[i].size < 1 << 20 && zip_read(ctx, &z, &z.members[i], &owner, &bytes) == TFP_OK) buffer_drop(owner);
    }
    zip_close(&z);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct tfp_model_options options = TFP_INIT(options);
    struct buffer *file;
    tfp_context *ctx;
    if (tfp_context_create(&ctx) != TFP_OK) return 0;
    if (buffer_create(ctx, n, &file) == TFP_OK) {
        if (n) memcpy(file->data, data, n);
        read_members(ctx, file);
        buffer_drop(file);
    }
    tfp_context_destroy(ctx);
    try_model(&keras_zip, "model.keras", data, n, &options);
    return 0;
}
