/* Graphs with their checkpoints: MetaGraphDef files (PREFIX.meta, binary or text; tensorflow/core/protobuf/
 * meta_graph.proto), and checkpoints, whose graph lies in the PREFIX.meta beside them or nowhere. See
 * docs/formats/meta-graph.md. */
#include "base/text.h"
#include "frontend/tensorflow/tf_source.h"
#include "weights/checkpoint_path.h"

/* A file's name says for sure that it is a checkpoint's; content of the other formats counts up to 100. */
enum { SURE = 101 };

/* --tags given for what is one meta graph only: they must be its own. */
static tfp_status check_tags(struct tfp_context *ctx, const struct tf_source *s, const struct tfpb_meta_graph *meta)
{
    const struct pb_strings tags = tf_source_tags(meta);
    struct text own = { 0 };
    if (!s->options.n_tags || tf_source_has_tags(meta, s->options.tags, s->options.n_tags)) return TFP_OK;
    for (size_t i = 0; i < tags.n; i++) {
        if (i) text_add(&own, ",");
        text_add_bytes(&own, tags.at[i].at, tags.at[i].n);
    }
    tfp_status status = tfp_fail(ctx, TFP_E_USAGE, "the meta graph has other tags than those asked for, its own are {%s}",
                                 own.n ? own.at : "");
    text_free(&own);
    return status;
}

/* Graph, tags and signatures of a file; the weights are opened already. */
static tfp_status read_meta(struct tfp_context *ctx, struct tf_source *s, struct bytes file)
{
    bool text;
    void *decoded;
    TFP_TRY(tf_source_decode(ctx, s, &tfpb_meta_graph_type, file, &decoded, &text));
    const struct tfpb_meta_graph *meta = decoded;
    if (!s->source.format) s->source.format = text ? "MetaGraph (text)" : "MetaGraph (binary)";
    if (!meta->graph_def) return tfp_fail(ctx, TFP_E_FORMAT, "the meta graph holds no graph");
    TFP_TRY(check_tags(ctx, s, meta));
    TFP_TRY(tf_source_meta_graph(ctx, s, meta));
    TFP_TRY(tf_signature_choose(ctx, s, false));
    return tf_source_finish(ctx, s, meta->graph_def);
}

/* -- MetaGraphDef files -------------------------------------------------------------------------------------------- */

static int score_meta(const struct probe *p)
{
    bool text;
    return tf_source_score(&tfpb_meta_graph_type, p->head, &text);
}

/* The checkpoint of the same prefix, where there is one. */
static tfp_status read_meta_file(struct tfp_context *ctx, const struct probe *p, struct tf_source *s)
{
    struct checkpoint_path found = { .kind = CHECKPOINT_NONE };
    TFP_TRY(tf_source_file(ctx, s, s->path));
    if (!s->options.weights) TFP_TRY(checkpoint_path_find(ctx, &s->graph->arena, p->path, &found));
    bool beside = found.kind != CHECKPOINT_NONE && found.kind != CHECKPOINT_GRAPH_ONLY;
    TFP_TRY(tf_source_weights(ctx, s, beside ? found.prefix : NULL));
    return read_meta(ctx, s, p->head);
}

static tfp_status open_meta(struct tfp_context *ctx, const struct probe *p, const struct tfp_model_options *options,
                            struct source **out)
{
    return tf_source_open(ctx, &tensorflow_meta_graph, p, options, read_meta_file, out);
}

const struct frontend tensorflow_meta_graph = {
    .name = "tensorflow_meta_graph",
    .score = score_meta,
    .open = open_meta,
    .lower = tf_source_lower,
    .original = tf_source_original,
    .nodes = tf_source_nodes,
    .close = tf_source_close,
};

/* -- checkpoints --------------------------------------------------------------------------------------------------- */

static int score_checkpoint(const struct probe *p)
{
    struct checkpoint_path found;
    struct tfp_context quiet = { 0 };
    struct arena arena = { 0 };
    size_t n = strlen(p->path);
    if (p->head.n && n > 5 && strcmp(p->path + n - 5, ".meta") == 0) return 0;
    tfp_status status = checkpoint_path_find(&quiet, &arena, p->path, &found);
    arena_free(&arena);
    /* A state file that names nothing is one all the same: opening it says what is wrong. */
    return status == TFP_E_FORMAT || (status == TFP_OK && found.kind != CHECKPOINT_NONE) ? SURE : 0;
}

/* A checkpoint of tf.train.Checkpoint or of a model of TensorFlow 2 names its arrays by a graph of Python objects. */
static bool is_object_based(const struct weights *w)
{
    static const char key[] = "_CHECKPOINTABLE_OBJECT_GRAPH";
    return weights_find(w, key, strlen(key)) != NULL;
}

static tfp_status tell_format(struct tfp_context *ctx, struct tf_source *s)
{
    if (!s->weights) return TFP_OK;
    s->source.format = arena_printf(&s->graph->arena, "%s%s", s->weights->description,
                                    is_object_based(s->weights) ? ", object-based" : "");
    s->source.producer = s->weights->producer;
    return s->source.format ? TFP_OK : tfp_no_memory(ctx);
}

static tfp_status read_checkpoint(struct tfp_context *ctx, const struct probe *p, struct tf_source *s)
{
    struct checkpoint_path found;
    TFP_TRY(checkpoint_path_find(ctx, &s->graph->arena, p->path, &found));
    if (found.meta) TFP_TRY(tf_source_file(ctx, s, found.meta));
    TFP_TRY(tf_source_weights(ctx, s, found.kind == CHECKPOINT_GRAPH_ONLY ? NULL : found.prefix));
    TFP_TRY(tell_format(ctx, s));
    if (!found.meta) {
        s->refusal = "this checkpoint holds no graph: give the graph's file, and this as --weights";
        return TFP_OK;
    }
    TFP_TRY(tf_source_map(ctx, s, found.meta));
    tfp_status status = read_meta(ctx, s, (struct bytes){ s->file->data, s->file->size });
    bool named = status == TFP_OK || strcmp(found.meta, p->path) == 0;
    return named ? status : tfp_prefix(ctx, status, "%s", found.meta);
}

static tfp_status open_checkpoint(struct tfp_context *ctx, const struct probe *p,
                                  const struct tfp_model_options *options, struct source **out)
{
    return tf_source_open(ctx, &tensorflow_checkpoint, p, options, read_checkpoint, out);
}

const struct frontend tensorflow_checkpoint = {
    .name = "tensorflow_checkpoint",
    .folder = "checkpoint, export.meta or one PREFIX.index",
    .beside = "PREFIX.index, PREFIX.meta or PREFIX-00000-of-00001 of a checkpoint with that prefix",
    .score = score_checkpoint,
    .open = open_checkpoint,
    .lower = tf_source_lower,
    .original = tf_source_original,
    .nodes = tf_source_nodes,
    .close = tf_source_close,
};
