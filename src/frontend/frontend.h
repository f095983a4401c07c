/* Save formats: one row a format, told by content. A source is a model in its file's own words; lowering it makes the
 * IR. Frontends never include one another nor a pass nor a backend. */
#ifndef TFP_FRONTEND_H
#define TFP_FRONTEND_H

#include "base/buffer.h"
#include "ir/ir.h"
#include "schema/tensorflow_program.h"

/* What is known of a path before its format is. */
struct probe {
    const char *path;
    bool folder, absent; /* absent: no such file; a prefix of file names perhaps */
    struct bytes head;   /* the whole file, mapped; empty for a folder and what is absent */
    struct buffer *file; /* NULL for these */
};

struct source_op {
    const char *op;
    size_t count;
    bool supported;
};

/* A node of the source's own graph, to be looked at. */
struct source_node {
    const char *name, *op;
    const size_t *inputs; /* numbers of nodes, each once */
    size_t n_inputs;
};

struct source; /* a frontend's own struct begins with this */

struct source {
    const struct frontend *frontend;
    const char *format;   /* "GraphDef (binary)" */
    const char *producer; /* "TensorFlow 1.15 (GraphDef version 134)", "" unknown */
    const struct tfp_tensor_info *inputs, *outputs;
    size_t n_inputs, n_outputs;
    struct source_op *ops; /* that the outputs need, sorted by name */
    size_t n_ops;
    uint64_t weight_elements, weight_bytes;
    /* What `inspect` tells beyond; each may be empty. */
    const char *tensorflow_version; /* of a MetaGraph: "1.15.0"; NULL: not told */
    int32_t min_consumer;
    const char *const *tags;
    size_t n_tags;
    const struct tfp_signature *signatures;
    size_t n_signatures;
    const char *signature; /* the one in use; NULL: none */
    const struct tfp_file *files;
    size_t n_files;
    const struct tfp_variable *variables; /* of the checkpoint */
    size_t n_variables;
    const struct tfp_layer *layers; /* of Keras' files; their output shapes are known after lower() */
    size_t n_layers;
    const char *training; /* NULL: not told */
    int64_t opset; /* of an ONNX file; 0: it is none */
    bool lacks_weights; /* set by lower(): it failed because files with the values of variables are not there */
};

struct frontend {
    const char *name;
    /* For messages: what is looked for in a folder, and beside a path that is no file. NULL: nothing. */
    const char *folder, *beside;
    /* Bits of evidence that the path is of this format; 0: not mine. Cheap: looks at a head of the content. */
    int (*score)(const struct probe *p);
    /* Reads, resolves inputs and outputs, prunes. Unsupported ops are counted, not refused. */
    tfp_status (*open)(struct tfp_context *ctx, const struct probe *p, const struct tfp_model_options *options,
                       struct source **out);
    /* A new graph; E_UNSUPPORTED names every op that has no rule, all at once. E_USAGE: the caller has to choose first,
     * among signatures for instance; what can be chosen is told in the source. */
    tfp_status (*lower)(struct tfp_context *ctx, struct source *s, struct ir_graph **out);
    /* The model as TensorFlow itself takes it. NULL: TensorFlow's C library does not read the format. */
    tfp_status (*original)(struct tfp_context *ctx, struct source *s, struct tensorflow_program *out);
    void (*close)(struct source *s);
    /* The nodes that the outputs need, each behind its inputs but for loops, in the arena; names are the source's. NULL: the
     * source is no graph. */
    tfp_status (*nodes)(struct tfp_context *ctx, const struct source *s, struct arena *arena, struct source_node **out,
                        size_t *n);
};

/* frontends.c: the format with the highest score; E_FORMAT when none has any. */
tfp_status frontend_open(struct tfp_context *ctx, const char *path, const struct tfp_model_options *options,
                         struct source **out);
/* The end of a `lower`: format and producer become metadata of the graph, which is *out then; destroyed on failure. */
tfp_status frontend_lowered(struct tfp_context *ctx, const struct source *s, struct ir_graph *graph, struct ir_graph **out);

#endif
