/* A TensorFlow model as TensorFlow itself takes it: struct tensorflow_program. */
#include "frontend/tensorflow/tf_source.h"

#include "base/text.h"

/* Tensors as the request names them, else as the graph does: there the name of an input or output is its tensor's. */
static const char **tensors(struct tf_source *s, bool outputs)
{
    const struct tf_graph *g = s->graph;
    const size_t n = outputs ? g->n_outputs : g->n_inputs;
    const struct tf_named_tensor *asked = outputs ? s->request.outputs : s->request.inputs;
    const bool named = (outputs ? s->request.n_outputs : s->request.n_inputs) == n;
    const char **out = ARENA_ARRAY(&s->graph->arena, const char *, n);
    for (size_t i = 0; out && i < n; i++)
        out[i] = named && asked ? asked[i].tensor : outputs ? g->outputs[i].name : g->inputs[i].name;
    return out;
}

/* Where an encoded message goes. */
struct place {
    uint8_t *at;
};

static tfp_status put(void *user, const void *at, size_t n)
{
    struct place *p = user;
    if (n) memcpy(p->at, at, n);
    p->at += n;
    return TFP_OK;
}

/* A binary GraphDef is the file; out of a text or a MetaGraph it is written anew. */
static tfp_status graph_bytes(struct tfp_context *ctx, struct tf_source *s, struct tensorflow_program *out)
{
    if (strcmp(s->source.format, "GraphDef (binary)") == 0) {
        out->graph = (struct bytes){ s->graph->file.map->data, s->graph->file.map->size };
        return TFP_OK;
    }
    const uint64_t size = protobuf_size(&tfpb_graph_type, s->def);
    if (size >= INT32_MAX) return tfp_fail(ctx, TFP_E_UNSUPPORTED, "TensorFlow takes no graph of 2 GiB in one piece");
    TFP_TRY(buffer_create(ctx, (size_t)size, &out->owner));
    struct place place = { out->owner->data };
    const struct pb_sink sink = { put, &place };
    out->graph = (struct bytes){ out->owner->data, out->owner->size };
    return protobuf_encode(ctx, &tfpb_graph_type, s->def, &sink);
}

static tfp_status name_saver(struct tfp_context *ctx, struct tf_source *s, struct tensorflow_program *out)
{
    const struct tfpb_saver *saver = s->request.meta ? s->request.meta->saver_def : NULL;
    struct arena *a = &s->graph->arena;
    if (!s->checkpoint) return TFP_OK;
    if (!saver || !saver->restore_op_name.n || !saver->filename_tensor_name.n)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s tells no saver, by which TensorFlow would restore the checkpoint", s->path);
    out->checkpoint = s->checkpoint;
    out->restore_op = arena_string(a, saver->restore_op_name.at, saver->restore_op_name.n);
    out->filename_tensor = arena_string(a, saver->filename_tensor_name.at, saver->filename_tensor_name.n);
    return out->restore_op && out->filename_tensor ? TFP_OK : tfp_no_memory(ctx);
}

/* What an option changed in our graph only. */
static const char *refusal(const struct tf_source *s)
{
    if (s->refusal) return s->refusal;
    if (s->averages) return "moving averages are taken by tfport, not by TensorFlow";
    if (s->folder && s->other_weights) return "the weights of a SavedModel are its own for TensorFlow";
    if (s->chosen && s->chosen->concrete) return "it has no signature, and TensorFlow's C library calls nothing else";
    return NULL;
}

tfp_status tf_source_original(struct tfp_context *ctx, struct source *source, struct tensorflow_program *out)
{
    struct tf_source *s = (struct tf_source *)source;
    const char *why = refusal(s);
    *out = (struct tensorflow_program){ .folder = s->folder, .tags = source->tags, .n_tags = source->n_tags,
                                        .n_inputs = s->graph->n_inputs, .n_outputs = s->graph->n_outputs };
    if (why) return tfp_fail(ctx, s->refusal ? s->refusal_code : TFP_E_UNSUPPORTED, "%s: %s", s->path, why);
    if (!(out->inputs = tensors(s, false)) || !(out->outputs = tensors(s, true))) return tfp_no_memory(ctx);
    if (s->folder) return TFP_OK;
    TFP_TRY(name_saver(ctx, s, out));
    tfp_status status = graph_bytes(ctx, s, out);
    if (status != TFP_OK) buffer_drop(out->owner);
    return status;
}
