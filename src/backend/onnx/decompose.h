/* Rewriting a node in terms of others, for what an opset (or ONNX Runtime's CPU kernels, where they have less than the
 * opset allows) lacks. One file a family; each exports a table of rows, which is asked only for nodes that cannot stay
 * as they are. The results mean exactly what the node means in the newest opset; where a last bit may differ the
 * function says so. */
#ifndef TFP_ONNX_DECOMPOSE_H
#define TFP_ONNX_DECOMPOSE_H

#include "backend/onnx/slots.h"
#include "ir/build.h"

struct decompose {
    struct build b; /* nodes are made before the node at hand; its failures end the whole write */
    int opset;
    const char *why; /* set when declining: what stands in the way ("an unknown rank"); NULL: nothing to say */
};

/* Fills out[i] for each output that is used. False: declined, the node stays, or the next row is asked. */
typedef bool decompose_fn(struct decompose *d, const struct ir_node *n, struct ir_value **out);

struct decomposition {
    enum ir_op op;
    decompose_fn *run;
};

struct decompositions {
    const struct decomposition *rows;
    size_t n;
};

extern const struct decompositions decompose_array, decompose_math, decompose_nn, decompose_resize, decompose_linear;

static inline bool decline(struct decompose *d, const char *why)
{
    d->why = why;
    return false;
}

/* For functions with one output: takes over what was built, or passes its failure on. */
static inline bool give(struct ir_value **out, struct ir_value *made)
{
    out[0] = made;
    return made != NULL;
}

/* 0, 1, .. count - 1 as int64 of rank 1; `count`: int64, one element. */
struct ir_value *decompose_iota(struct decompose *d, struct ir_value *count);

static inline int64_t from_front(int64_t axis, int64_t rank)
{
    return axis < 0 ? axis + rank : axis;
}

/* -- element types -- */

/* Whether the opset allows the types of the node, and ONNX Runtime has a kernel for them. `form` is of n. */
bool types_allowed(const struct ir_node *n, const struct onnx_form *form);
bool types_runnable(const struct ir_node *n, const struct onnx_form *form);
/* Which parameter has a type that is not allowed: "int8 of A". */
const char *types_refused(const struct ir_node *n, const struct onnx_form *form, char *room, size_t size);
/* The decomposition of every op by Cast to a type that holds each value exactly and back. Declines when there is none;
 * `must`: only what the opset allows counts, whether or not there is a kernel. */
bool types_widen(struct decompose *d, const struct ir_node *n, const struct onnx_form *form, bool must,
                 struct ir_value **out);
/* Whether the first input of `op` may be of `dtype` at this opset, with a kernel. */
bool types_has(enum ir_op op, int opset, tfp_dtype dtype);

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
