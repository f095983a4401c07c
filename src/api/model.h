/* What the parts of the public API share. */
#ifndef TFP_API_MODEL_H
#define TFP_API_MODEL_H

#include "frontend/frontend.h"

struct tfp_model {
    struct arena arena;
    const char *path;
    struct source *source;
    bool borrowed; /* the source is another model's */
    struct ir_graph *graph; /* NULL when refused */
    bool optimized;
    int64_t unroll; /* as in struct tfp_model_options */
    const char *refusal; /* why the model cannot be lowered; NULL: it can */
    tfp_status refusal_code;
    const struct tfp_tensor_info *inputs, *outputs;
    size_t n_inputs, n_outputs;
    const struct tfp_op_count *ops;
};

/* Copies a caller's options (NULL: none) over zeros and sets their `size`, so that they can be handed on; E_USAGE when the
 * caller's was not set or is of a newer library. */
tfp_status api_options(struct tfp_context *ctx, const void *from, size_t from_size, void *to, size_t to_size);
#define API_OPTIONS(ctx, from, to) api_options(ctx, from, (from) ? (from)->size : 0, to, sizeof *(to))
/* The model's IR (borrowed); E_UNSUPPORTED with the reasons when it cannot be lowered. */
tfp_status model_graph(struct tfp_context *ctx, struct tfp_model *m, bool optimized, struct ir_graph **out);
/* The graph's inputs and outputs as callers see them; names and labels are the graph's, the rest lies in the arena. */
tfp_status model_describe_graph(struct tfp_context *ctx, struct arena *a, const struct ir_graph *g,
                                const struct tfp_tensor_info **inputs, const struct tfp_tensor_info **outputs);

#endif
