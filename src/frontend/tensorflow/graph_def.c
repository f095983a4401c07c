/* GraphDef files, binary and text (tensorflow/core/framework/graph.proto): told by content, read, lowered. See
 * docs/formats/graph-def.md. */
#include "frontend/tensorflow/tf_source.h"

static int score(const struct probe *p)
{
    bool text;
    return tf_source_score(&tfpb_graph_type, p->head, &text);
}

static tfp_status read(struct tfp_context *ctx, const struct probe *p, struct tf_source *s)
{
    void *def;
    bool text;
    if (s->options.signature) return tfp_fail(ctx, TFP_E_USAGE, "a GraphDef has no signatures");
    if (s->options.n_tags) return tfp_fail(ctx, TFP_E_USAGE, "a GraphDef has no tags");
    TFP_TRY(tf_source_decode(ctx, s, &tfpb_graph_type, p->head, &def, &text));
    s->source.format = text ? "GraphDef (text)" : "GraphDef (binary)";
    TFP_TRY(tf_source_file(ctx, s, s->path));
    TFP_TRY(tf_source_weights(ctx, s, NULL));
    TFP_TRY(tf_source_options(ctx, s));
    return tf_source_finish(ctx, s, def);
}

static tfp_status open_graph(struct tfp_context *ctx, const struct probe *p, const struct tfp_model_options *options,
                             struct source **out)
{
    return tf_source_open(ctx, &tensorflow_graph_def, p, options, read, out);
}

const struct frontend tensorflow_graph_def = {
    .name = "tensorflow_graph_def",
    .score = score,
    .open = open_graph,
    .lower = tf_source_lower,
    .original = tf_source_original,
    .nodes = tf_source_nodes,
    .close = tf_source_close,
};
