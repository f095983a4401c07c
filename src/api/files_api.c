/* The public functions on files that are no models: fingerprints, and writing that leaves no half. */
#include "base/buffer.h"
#include "base/digest.h"
#include "base/file.h"

#include <assert.h>

static_assert((int)TFP_DIGEST_TEXT == (int)DIGEST_TEXT, "callers give this room");

tfp_status tfp_digest(tfp_context *ctx, const char *const *paths, size_t n, const char *text, char out[TFP_DIGEST_TEXT])
{
    struct digest d = { 0 };
    for (size_t i = 0; i < n; i++) {
        struct buffer *file;
        TFP_TRY(buffer_map(ctx, paths[i], &file));
        digest_add(&d, file->data, file->size);
        buffer_drop(file);
    }
    digest_add_string(&d, text);
    digest_text(&d, out);
    return TFP_OK;
}

tfp_status tfp_write_file(tfp_context *ctx, const char *path, const void *at, size_t n)
{
    return file_write_whole(ctx, path, at, n);
}
