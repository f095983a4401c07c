/* Element types: what an opset allows, what ONNX Runtime's CPU kernels have, and the way round by Cast. */
#ifndef TFP_ONNX_TYPES_H
#define TFP_ONNX_TYPES_H

#include "backend/onnx/slots.h"
#include "decompose/decompose.h"

/* Whether the opset allows the types of the node, and ONNX Runtime has a kernel for them. `form` is of n. */
bool types_allowed(const struct ir_node *n, const struct onnx_form *form);
bool types_runnable(const struct ir_node *n, const struct onnx_form *form);
/* Which parameter has a type that is not allowed: "int8 of A". */
const char *types_refused(const struct ir_node *n, const struct onnx_form *form, char *room, size_t size);
/* The decomposition of every op by Cast to a type that holds each value exactly and back. Declines when there is none;
 * `must`: only what the opset allows counts, whether or not there is a kernel. */
bool types_widen(struct decompose *d, const struct ir_node *n, const struct onnx_form *form, bool must,
                 struct ir_value **out);
/* Whether the first input of `op` may be of `dtype` at d's opset, with a kernel: decompose.h's `computes`. */
bool types_computes(const struct decompose *d, enum ir_op op, tfp_dtype dtype);

/* The types that ONNX Runtime's CPU kernels have where they are fewer than the schema's; made by tools/ort_types.py. */
struct ort_types {
    enum ir_op op;
    uint8_t since; /* the opset from which the row counts, up to the next row of the op and group */
    uint8_t group; /* of the schema */
    uint64_t types;
};
extern const struct ort_types ort_types_table[]; /* sorted by op, then since */
extern const size_t ort_types_n;

#endif
