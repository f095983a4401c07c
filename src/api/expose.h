/* Tensors inside a model as further outputs, behind its own: struct tfp_session_options.expose. */
#ifndef TFP_API_EXPOSE_H
#define TFP_API_EXPOSE_H

#include "api/model.h"
#include "ir/names.h"

/* The optimized graph as it is run, whose results ir_name_results() names. */
tfp_status expose_graph(struct tfp_context *ctx, struct tfp_model *m, struct ir_graph **out);
/* A model of that graph, which it takes over, also when it fails. `m` must outlive it. */
tfp_status expose_derive(struct tfp_context *ctx, struct tfp_model *m, struct ir_graph *g, struct tfp_model **out);
/* The model with these tensors as outputs, under the names given ("x:0" is x, too). E_USAGE by name. `m` must outlive it. */
tfp_status expose_outputs(struct tfp_context *ctx, struct tfp_model *m, const char *const *tensors, size_t n,
                          struct tfp_model **out);
/* The bytes of an ONNX file with these tensors as outputs, by their very names. */
tfp_status expose_onnx(struct tfp_context *ctx, const char *path, const char *const *tensors, size_t n, struct buffer **out);

#endif
