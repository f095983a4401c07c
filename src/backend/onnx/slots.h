/* Where a node's inputs and attributes sit at an opset. The IR says each node as the newest opset does; here the same
 * node is laid out as an older schema wants it: inputs that were attributes, other names, words that were spelled
 * differently. What a layout cannot say is refused with a reason; decomposing is legalize.h's part. */
#ifndef TFP_ONNX_SLOTS_H
#define TFP_ONNX_SLOTS_H

#include "backend/onnx/ml_domain.h"
#include "ir/ir.h"

struct onnx_form {
    int opset;
    const struct schema *schema; /* NULL: the opset cannot say it, see `why` */
    struct ir_value **in;        /* NULL entries: absent */
    size_t n_in;
    struct ir_attr *attrs;
    size_t n_attrs;
    size_t n_out;      /* outputs to be named in the file */
    size_t n_captured; /* the node's last inputs are no inputs in the file: its bodies use them by name; the writer knows */
    char why[160]; /* "attribute allowzero", "type int8 of A"; "" when the op itself is younger */
};

/* Lays `n` out at `opset`; lists are in `arena`. Element types are not looked at here. */
tfp_status slots_form(struct tfp_context *ctx, struct arena *arena, const struct ir_node *n, int opset,
                      struct onnx_form *out);

/* The opset to lay a node out at: ops of other domains, among them, for a reader that has them, the IR's own, are as they
 * stand at any. */
static inline int slots_opset(const struct ir_node *n, int opset, bool own_ops)
{
    const struct schema *s = own_ops || ml_domain_has(n->op) ? schema_newest(n->op) : NULL;
    return s && s->since == SCHEMA_OWN ? SCHEMA_OWN : opset;
}

/* Input i of those that the node's bodies use by name. */
static inline struct ir_value *slots_captured(const struct ir_node *n, const struct onnx_form *f, size_t i)
{
    return n->in[n->n_in - f->n_captured + i].value;
}

#endif
