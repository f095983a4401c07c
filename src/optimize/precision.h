/* Half precision: a float32 graph becomes one that computes in float16 or bfloat16, with some ops left in float32. */
#ifndef TFP_PRECISION_H
#define TFP_PRECISION_H

#include "ir/ir.h"

struct precision_options {
    tfp_dtype to; /* TFP_FLOAT16 or TFP_BFLOAT16 */
    /* Ops that stay in float32, by their ONNX names; "default" stands for all of the default list (below). NULL: that
     * list. A list without names: no op stays for its kind. */
    const char *const *fp32_ops;
    size_t n_fp32_ops;
    /* Nodes that stay in float32: patterns of their names, which are TensorFlow's; * is any text, ? any character. */
    const char *const *fp32_nodes;
    size_t n_fp32_nodes;
    /* Ops that the target computes in float32 within, whatever the types of what comes in and goes out: the default list
     * is without them. */
    const enum ir_op *inside;
    size_t n_inside;
};

/* Rewrites `g`, a clone for this purpose, in place; constants over constants are folded first. Inputs and outputs of the
 * graph keep their types. Only float32 tensors change: integers, bools, float64 and what was float16 already stay. In
 * float32 stay besides the lists: what computes shapes or indices; ops that have no such type; ops whose weights the
 * type cannot hold (a note names them); random numbers; loops and branches. Where float32 meets the other type there is
 * a Cast, one a value; what may be beyond the range there is cut to it, so that a mask of -1e9 stays finite.
 *
 * The default list: Softmax, LogSoftmax, all normalizations, Exp, Log, Pow, Softplus, CumSum, CumProd, quantization,
 * Fourier transforms, determinants, and Reduce.. (but Max and Min) over more than 64 elements or an unknown number.
 *
 * E_USAGE: an unknown op in the list. A pattern that no node has is a note. */
tfp_status precision_lower(struct tfp_context *ctx, struct ir_graph *g, const struct precision_options *o);

/* For targets that choose each node's precision by themselves: the names of the nodes that the lists keep in float32, which
 * come into the map (with any value but NULL) and are borrowed from `g`. Same E_USAGE and notes. */
tfp_status precision_kept(struct tfp_context *ctx, struct ir_graph *g, const struct precision_options *o, struct map *names);
/* Whether a pattern of fp32_nodes means the name. */
bool precision_pattern_means(const char *pattern, const char *name);

#endif
