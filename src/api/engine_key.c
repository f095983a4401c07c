/* What tells an engine from another: the model's content, build options, the versions of tfport and TensorRT, the GPU. */
#include "api/engine_cache.h"

#include "api/model.h"
#include "backend/tensorrt/trt_settings.h"
#include "base/buffer.h"
#include "base/path.h"
#include "schema/onnx_proto.h"

#include <stdlib.h>
#include <string.h>

/* -- ONNX files ---------------------------------------------------------------------------------------------------- */

struct files {
    struct tfp_context *ctx;
    const char *onnx; /* whose folder the others lie in */
    struct arena *arena;
    struct map seen;
    struct digest *d;
};

static tfp_status add_file(struct tfp_context *ctx, const char *path, struct digest *d)
{
    struct buffer *file;
    TFP_TRY(buffer_map(ctx, path, &file));
    digest_add(d, file->data, file->size);
    buffer_drop(file);
    return TFP_OK;
}

static tfp_status add_tensor(struct files *f, const struct onnxpb_tensor *t)
{
    for (size_t i = 0; i < t->external_data.n; i++) {
        const struct bytes key = t->external_data.at[i].key, value = t->external_data.at[i].value;
        if (key.n != 8 || memcmp(key.at, "location", 8) != 0) continue;
        void **seen = map_at(&f->seen, value.at, value.n);
        const int folder = (int)path_folder_length(f->onnx);
        char *path = arena_printf(f->arena, "%.*s%.*s", folder, f->onnx, (int)value.n, value.at);
        if (!seen || !path) return tfp_no_memory(f->ctx);
        if (*seen) continue;
        *seen = path;
        TFP_TRY(add_file(f->ctx, path, f->d));
    }
    return TFP_OK;
}

static tfp_status add_graph(struct files *f, const struct onnxpb_graph *g);

static tfp_status add_attribute(struct files *f, const struct onnxpb_attribute *a)
{
    if (a->which == ONNXPB_ATTRIBUTE_T && a->t) TFP_TRY(add_tensor(f, a->t));
    if (a->which == ONNXPB_ATTRIBUTE_G && a->g) TFP_TRY(add_graph(f, a->g));
    for (size_t i = 0; i < a->tensors.n; i++) TFP_TRY(add_tensor(f, &a->tensors.at[i]));
    for (size_t i = 0; i < a->graphs.n; i++) TFP_TRY(add_graph(f, &a->graphs.at[i]));
    return TFP_OK;
}

/* No deeper than the file's messages, whose nesting the codec bounds. */
static tfp_status add_graph(struct files *f, const struct onnxpb_graph *g)
{
    for (size_t i = 0; i < g->initializer.n; i++) TFP_TRY(add_tensor(f, &g->initializer.at[i]));
    for (size_t i = 0; i < g->node.n; i++)
        for (size_t k = 0; k < g->node.at[i].attribute.n; k++) TFP_TRY(add_attribute(f, &g->node.at[i].attribute.at[k]));
    return TFP_OK;
}

/* The file, and the files that its weights lie in. */
static tfp_status add_onnx(struct tfp_context *ctx, const char *path, struct digest *d)
{
    struct arena arena = { 0 };
    struct onnxpb_model model = { 0 };
    struct files f = { .ctx = ctx, .onnx = path, .arena = &arena, .d = d };
    struct buffer *file;
    TFP_TRY(buffer_map(ctx, path, &file));
    map_init(&f.seen, &arena);
    digest_add(d, file->data, file->size);
    tfp_status status = protobuf_decode(ctx, &arena, &onnxpb_model_type, (struct bytes){ file->data, file->size }, &model);
    if (status != TFP_OK) status = tfp_prefix(ctx, status, "%s", path);
    else if (model.graph) status = add_graph(&f, model.graph);
    buffer_drop(file);
    arena_free(&arena);
    return status;
}

/* -- options ------------------------------------------------------------------------------------------------------- */

static void add_names(struct digest *d, const char *const *names, size_t n)
{
    digest_add_number(d, names ? (int64_t)n : -1);
    for (size_t i = 0; i < n; i++) digest_add_string(d, names[i]);
}

static void add_options(struct digest *d, const struct tfp_build_options *o)
{
    digest_add_number(d, o->via);
    digest_add_string(d, o->precision ? o->precision : "fp32");
    digest_add_number(d, o->assume_family);
    add_names(d, o->fp32_ops, o->n_fp32_ops);
    add_names(d, o->fp32_nodes, o->n_fp32_nodes);
    for (size_t i = 0; i < o->n_settings; i++) {
        if (trt_setting_is_how(o->settings[i].name)) continue;
        digest_add_string(d, o->settings[i].name);
        digest_add_string(d, o->settings[i].value);
    }
    digest_add_number(d, -1); /* that was the last */
}

tfp_status engine_key_begin(struct tfp_context *ctx, struct engine_source from, const struct tfp_build_options *o,
                            const struct trt_target *target, struct digest *out)
{
    struct ir_graph *g;
    *out = (struct digest){ { 0 } };
    digest_add_string(out, tfp_version());
    digest_add_string(out, target->library);
    digest_add_number(out, target->parser_version);
    digest_add_string(out, target->gpu);
    digest_add_number(out, target->capability);
    digest_add_number(out, target->processors);
    add_options(out, o);
    if (from.onnx) return add_onnx(ctx, from.onnx, out);
    TFP_TRY(model_graph(ctx, from.model, true, &g));
    ir_digest(g, out);
    return TFP_OK;
}

void engine_key_end(const struct digest *begun, const struct tfp_profile *profiles, size_t n, char key[DIGEST_TEXT])
{
    struct digest d = *begun;
    digest_add_number(&d, (int64_t)n);
    for (size_t p = 0; p < n; p++) {
        digest_add_number(&d, (int64_t)profiles[p].n_ranges);
        for (size_t i = 0; i < profiles[p].n_ranges; i++) {
            const struct tfp_range *r = &profiles[p].ranges[i];
            digest_add_string(&d, r->input);
            digest_add(&d, r->least, r->n * sizeof r->least[0]);
            digest_add(&d, r->best, r->n * sizeof r->best[0]);
            digest_add(&d, r->most, r->n * sizeof r->most[0]);
        }
    }
    digest_text(&d, key);
}
