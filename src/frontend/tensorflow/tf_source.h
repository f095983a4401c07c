/* The source that all formats with a TensorFlow graph share. A format's open() is tf_source_open() with a function of
 * its own that decodes the file into s->graph->arena, sets s->source.format, opens weights, fills s->request and ends
 * with tf_source_finish(). */
#ifndef TFP_TF_SOURCE_H
#define TFP_TF_SOURCE_H

#include "frontend/frontend.h"
#include "frontend/tensorflow/tf_graph.h"

struct tf_concrete;
struct tf_objects;

/* A way to call a meta graph, as tf_signature.c reads it: sorted by key (numbers in it by value: output_2 before
 * output_10), where a map holds a key twice the last entry counts, and a sparse tensor is three. */
struct tf_signature {
    const char *name, *method;
    const struct tf_named_tensor *inputs, *outputs;
    size_t n_inputs, n_outputs;
    const char *refusal; /* why it cannot be used; NULL: it can */
    bool malformed;      /* that is because the file contradicts itself */
    const struct tf_concrete *concrete; /* of an object graph: a function to be called, see tf_object_graph.h */
};

struct tf_source {
    struct source source; /* first; everything in it lives in graph->arena */
    const char *path;
    struct tf_graph *graph;
    struct buffer *file;     /* owned: a file beside the probe's that the graph points into; NULL: none */
    struct weights *weights; /* owned; NULL: none */
    struct buffer **kept;    /* owned: what else constants of the graph lie in */
    size_t n_kept, room_kept;
    /* For tf_source_original(). */
    const char *folder, *checkpoint; /* of a SavedModel; the prefix of `weights`; NULL: none */
    const struct tfpb_graph *def;
    bool averages, other_weights; /* the caller's options ask for them */
    struct tfp_model_options options; /* borrowed, valid while it is opened */
    struct tf_request request;
    const struct tf_signature *signatures, *chosen; /* NULL: none */
    size_t n_signatures;
    struct tf_objects *objects; /* see tf_object_graph.h; NULL: not needed */
    struct tfp_file *files; /* source.files */
    size_t room_files;
    const char *refusal;     /* why there is nothing to lower; NULL: there is a graph */
    tfp_status refusal_code; /* E_UNSUPPORTED, E_FORMAT, or E_USAGE: the caller has to choose first */
};

typedef tfp_status tf_source_read_fn(struct tfp_context *ctx, const struct probe *p, struct tf_source *s);
/* The path is put before messages of what fails. */
tfp_status tf_source_open(struct tfp_context *ctx, const struct frontend *frontend, const struct probe *p,
                          const struct tfp_model_options *options, tf_source_read_fn *read, struct source **out);
/* The score of a file that holds such a message, and whether it is its text form. */
int tf_source_score(const struct pb_message *type, struct bytes file, bool *text);
/* Decodes the file, whichever form it has, into a new struct of the message. */
tfp_status tf_source_decode(struct tfp_context *ctx, struct tf_source *s, const struct pb_message *type,
                            struct bytes file, void **out, bool *text);
/* Maps a file beside the probe's as s->file, which the graph points into from then on. */
tfp_status tf_source_map(struct tfp_context *ctx, struct tf_source *s, const char *path);
/* One more file of the model; `path` is kept. A file that is not there is told as missing. */
tfp_status tf_source_file(struct tfp_context *ctx, struct tf_source *s, const char *path);
/* Opens s->weights: what --weights names, else `path` (NULL: none) and tells its files and variables in s->source. */
tfp_status tf_source_weights(struct tfp_context *ctx, struct tf_source *s, const char *path);
/* The last of it, of s->weights that were opened otherwise. */
tfp_status tf_source_weights_opened(struct tfp_context *ctx, struct tf_source *s);
/* Producer, TensorFlow version, tags, signatures of a meta graph, told in s->source. `meta` lives as long as s. */
tfp_status tf_source_meta_graph(struct tfp_context *ctx, struct tf_source *s, const struct tfpb_meta_graph *meta);
struct pb_strings tf_source_tags(const struct tfpb_meta_graph *meta); /* none: n 0 */
/* Tags are a set: order and repetition say nothing. */
bool tf_source_has_tags(const struct tfpb_meta_graph *meta, const char *const *tags, size_t n);
/* The caller's inputs and outputs as named tensors, where there are any; else s->request stays as it is. */
tfp_status tf_source_options(struct tfp_context *ctx, struct tf_source *s);
/* Builds the graph as s->request asks, describes inputs and outputs, counts ops and weights. */
tfp_status tf_source_finish(struct tfp_context *ctx, struct tf_source *s, const struct tfpb_graph *def);

/* One tensor for s->source; everything is kept. False: memory is out. */
bool tf_source_describe(struct arena *a, const char *name, int32_t type, int32_t rank, const int64_t *dims,
                        struct tfp_tensor_info *out);

/* -- tf_signature.c ------------------------------------------------------------------------------------------------ */

/* Fills s->signatures, but for those that only initialize or train. */
tfp_status tf_signature_read(struct tfp_context *ctx, struct tf_source *s, struct tfpb_signatures list);
/* Sorts them and tells them in s->source. */
tfp_status tf_signature_set(struct tfp_context *ctx, struct tf_source *s, struct tf_signature *all, size_t n);
/* Fills s->request from the signature asked for; else "serving_default"; else the only one. The caller's inputs and
 * outputs are its keys, or names of tensors. E_USAGE when there is none of that name: all are listed. Where there are
 * several without a choice none is used; with `needed` that is s->refusal then. */
tfp_status tf_signature_choose(struct tfp_context *ctx, struct tf_source *s, bool needed);

extern const struct frontend tensorflow_graph_def, tensorflow_meta_graph, tensorflow_checkpoint, tensorflow_saved_model,
    tensorflow_js, tensorflow_lite;

/* The functions of a frontend's row. */
tfp_status tf_source_lower(struct tfp_context *ctx, struct source *s, struct ir_graph **out);
tfp_status tf_source_original(struct tfp_context *ctx, struct source *s, struct tensorflow_program *out);
void tf_source_close(struct source *s);
tfp_status tf_source_nodes(struct tfp_context *ctx, const struct source *source, struct arena *arena, struct source_node **out,
                           size_t *n);

#endif
