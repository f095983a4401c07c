/* Names for everything in an ONNX graph: the source's where there is one, made ones otherwise; each once. */
#ifndef TFP_ONNX_NAMING_H
#define TFP_ONNX_NAMING_H

#include "backend/onnx/slots.h"

struct onnx_identity { /* an output that cannot be named at its producer */
    const char *from, *name, *node;
};

struct onnx_names {
    const char **values;              /* by ir_value.mark */
    const char **nodes;               /* by the node's place in the graph */
    struct bytes *outputs;            /* of the graph */
    struct onnx_identity *identities; /* behind the nodes */
    size_t n_identities;
    const struct ir_value **constants; /* that are used, in order of use */
    size_t n_constants;
};

/* `forms`: of the graph's nodes, in order. Everything lies in `arena`; the marks of the graph's values are used. */
tfp_status naming_assign(struct tfp_context *ctx, struct arena *arena, const struct ir_graph *g,
                         const struct onnx_form *forms, struct onnx_names *out);

static inline const char *name_of(const struct onnx_names *names, const struct ir_value *v)
{
    return names->values[v->mark];
}

/* Whether the file names output i: somebody uses it, or the schema demands it. */
bool naming_wants(const struct ir_node *n, const struct onnx_form *f, size_t i);

#endif
