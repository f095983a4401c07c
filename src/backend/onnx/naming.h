/* Names for everything in an ONNX model: the source's where there is one, made ones otherwise; each once, in its bodies
 * too, which see the names around them. */
#ifndef TFP_ONNX_NAMING_H
#define TFP_ONNX_NAMING_H

#include "backend/onnx/slots.h"

struct onnx_identity { /* an output that cannot be named at its producer */
    const char *from, *name, *node;
};

struct onnx_constant {
    const struct ir_value *value;
    const char *name;
};

struct onnx_constants {
    struct onnx_constant *at;
    size_t n, room;
};

/* One for a model. */
struct onnx_naming {
    struct tfp_context *ctx;
    struct arena *arena; /* everything lies in it */
    struct map values, nodes; /* names taken */
    size_t hoist_from;   /* constants of bodies of at least so many bytes lie in the main graph */
    struct onnx_constants hoisted;
    struct map hoisted_by_data;
};

struct onnx_names {
    const char **values;              /* by ir_value.mark */
    const char **nodes;               /* by the node's place in the graph */
    struct bytes *outputs;            /* of the graph */
    struct onnx_identity *identities; /* behind the nodes */
    size_t n_identities;
    struct onnx_constants constants; /* that lie in this graph, in order of use */
};

void naming_begin(struct onnx_naming *m, struct tfp_context *ctx, struct arena *arena, size_t hoist_from);
/* `forms`: of the graph's nodes, in order; the marks of the graph's values are used. A body comes after the graph that it
 * lies in. `captured`: names of what the body's last inputs are, n_captured of them. */
tfp_status naming_assign(struct onnx_naming *m, const struct ir_graph *g, const struct onnx_form *forms,
                         const char *const *captured, size_t n_captured, struct onnx_names *out);

static inline const char *name_of(const struct onnx_names *names, const struct ir_value *v)
{
    return names->values[v->mark];
}

/* Whether the file names output i: somebody uses it, the schema demands it, or it stands in front of one that is named:
 * TensorRT 8.6's parser takes two results without a name for one value, and finds a cycle. */
bool naming_wants(const struct ir_node *n, const struct onnx_form *f, size_t i);

#endif
