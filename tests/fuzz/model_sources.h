/* What the fuzz targets of whole models share: a file's content, given as memory under a path that need not be there,
 * goes from open() to lower(). What lies beside the path is read. */
#ifndef TFP_TESTS_FUZZ_MODEL_SOURCES_H
#define TFP_TESTS_FUZZ_MODEL_SOURCES_H

#include "base/buffer.h"
#include "frontend/frontend.h"

#include <stdlib.h>

enum { MOST_SIGNATURES = 8 };

/* The IR that comes out must pass its own check. The source is left to the caller; NULL: refused. */
static struct source *open_and_lower(struct tfp_context *ctx, const struct frontend *f, const struct probe *p,
                                     const struct tfp_model_options *options)
{
    struct source *source = NULL;
    struct ir_graph *graph = NULL;
    if (f->open(ctx, p, options, &source) != TFP_OK) return NULL;
    if (f->lower(ctx, source, &graph) == TFP_OK && ir_check(ctx, graph) != TFP_OK) abort();
    ir_destroy(graph);
    return source;
}

/* With the options as they are, and with each signature that was not in use then; these must be there. */
static void try_signatures(struct tfp_context *ctx, const struct frontend *f, const struct probe *p,
                           const struct tfp_model_options *options)
{
    struct tfp_model_options chosen = *options;
    struct source *source = open_and_lower(ctx, f, p, options);
    for (size_t i = 0; source && i < source->n_signatures && i < MOST_SIGNATURES; i++) {
        chosen.signature = source->signatures[i].name;
        if (source->signature == chosen.signature) continue;
        struct source *other = open_and_lower(ctx, f, p, &chosen);
        if (other) f->close(other);
    }
    if (source) f->close(source);
}

/* All of it for a file of that content. */
static inline void try_model(const struct frontend *f, const char *path, const void *data, size_t n,
                             const struct tfp_model_options *options)
{
    tfp_context *ctx;
    struct probe p = { .path = path };
    if (tfp_context_create(&ctx) != TFP_OK) return;
    if (buffer_create(ctx, n, &p.file) == TFP_OK) {
        if (n) memcpy(p.file->data, data, n);
        p.head = (struct bytes){ p.file->data, n };
        if (f->score(&p) > 0) try_signatures(ctx, f, &p, options);
    }
    buffer_drop(p.file);
    tfp_context_destroy(ctx);
}

#endif
