/* The named arrays of a checkpoint in the public API: one array is lent at a time. */
#include "base/path.h"
#include "base/text.h"
#include "weights/weights.h"

#include <stdlib.h>
#include <string.h>

struct tfp_weights {
    struct weights *from;
    struct tfp_variable *variables;
    struct tensor lent; /* what the last read gave */
    struct arena arena;
};

static tfp_status describe(struct tfp_context *ctx, struct tfp_weights *w)
{
    w->variables = ARENA_ARRAY(&w->arena, struct tfp_variable, w->from->n_entries);
    if (!w->variables) return tfp_no_memory(ctx);
    for (size_t i = 0; i < w->from->n_entries; i++) {
        const struct weights_entry *e = &w->from->entries[i];
        w->variables[i] = (struct tfp_variable){ .name = e->name, .dtype = e->dtype, .type_name = e->type_name,
                                                 .rank = e->rank, .dims = e->dims, .bytes = e->bytes,
                                                 .n_parts = e->n_parts };
    }
    return TFP_OK;
}

/* A SavedModel's own file means its folder, as it does for a model. */
static const char *folder_of_saved_model(struct arena *a, const char *path)
{
    const size_t n = path_folder_length(path);
    const char *name = path + n;
    if (strcmp(name, "saved_model.pb") != 0 && strcmp(name, "saved_model.pbtxt") != 0) return path;
    return n ? arena_string(a, path, n) : ".";
}

static tfp_status open_weights(struct tfp_context *ctx, const char *path, bool verify, struct tfp_weights *w)
{
    struct weights_options options = { .no_verify = !verify };
    path = folder_of_saved_model(&w->arena, path);
    if (!path) return tfp_no_memory(ctx);
    TFP_TRY(weights_open(ctx, path, &options, &w->from));
    return describe(ctx, w);
}

tfp_status tfp_weights_open(tfp_context *ctx, const char *path, bool verify, tfp_weights **out)
{
    struct tfp_weights *w = calloc(1, sizeof *w);
    if (!w) return tfp_no_memory(ctx);
    tfp_status status = open_weights(ctx, path, verify, w);
    if (status != TFP_OK) {
        tfp_weights_destroy(w);
        return status;
    }
    *out = w;
    return TFP_OK;
}

/* Its pages of a file's map are not needed any more: the next arrays may be as large. */
static void take_back(struct tfp_weights *w)
{
    if (w->lent.owner && w->lent.owner->mapped) buffer_forget(w->lent.owner, w->lent.data, w->lent.size);
    tensor_release(&w->lent);
}

void tfp_weights_destroy(tfp_weights *w)
{
    if (!w) return;
    take_back(w);
    weights_close(w->from);
    arena_free(&w->arena);
    free(w);
}

const char *tfp_weights_format(const tfp_weights *w)
{
    return w->from->description;
}

size_t tfp_weights_n(const tfp_weights *w)
{
    return w->from->n_entries;
}

const struct tfp_variable *tfp_weights_variable(const tfp_weights *w, size_t i)
{
    return i < w->from->n_entries ? &w->variables[i] : NULL;
}

tfp_status tfp_weights_find(tfp_context *ctx, const tfp_weights *w, const char *name, size_t *out)
{
    enum { NAMES = 4 };
    const char *near[NAMES];
    const struct weights_entry *e = weights_find(w->from, name, strlen(name));
    if (e) {
        *out = (size_t)(e - w->from->entries);
        return TFP_OK;
    }
    struct text names = { 0 };
    size_t n = weights_near(w->from, name, near, NAMES);
    for (size_t i = 0; i < n; i++) text_add(&names, "%s%s", i ? ", " : "; near it: ", near[i]);
    tfp_status status = tfp_fail(ctx, TFP_E_USAGE, "%s: no array is called '%s'%s", w->from->path, name,
                                 names.at ? names.at : "");
    text_free(&names);
    return status;
}

/* The public tensor is aligned, whatever its place in the file. */
static tfp_status align_lent(struct tfp_context *ctx, struct tfp_weights *w)
{
    struct tensor aligned = w->lent;
    bool copied;
    TFP_TRY(tensor_align(ctx, &aligned, &copied));
    if (!copied) return TFP_OK;
    take_back(w);
    w->lent = aligned;
    return TFP_OK;
}

tfp_status tfp_weights_read(tfp_context *ctx, tfp_weights *w, size_t i, struct tfp_tensor *out)
{
    take_back(w);
    if (i >= w->from->n_entries)
        return tfp_fail(ctx, TFP_E_USAGE, "array %zu: %s has %zu", i, w->from->path, w->from->n_entries);
    TFP_TRY(weights_read(ctx, w->from, &w->from->entries[i], NULL, &w->lent));
    TFP_TRY(align_lent(ctx, w));
    *out = (struct tfp_tensor){ .dtype = w->lent.dtype, .rank = w->lent.rank, .dims = w->lent.dims,
                                .data = w->lent.data, .size = w->lent.size };
    return TFP_OK;
}
