/* Complex tensors. No backend computes with them, so that one is held as a real tensor whose last dimension, of 2,
 * is added: the real and the imaginary part. node->out[port] of a complex output is a value of TensorFlow's type and
 * shape that no node of the IR makes, and node->parts[port] the real tensor. Rules that know of this stand in
 * complex.c and spectral.c; lower.c calls no other rule for a node with a complex input. Constants are complex
 * values like any other. */
#ifndef TFP_TF_OPS_COMPLEX_H
#define TFP_TF_OPS_COMPLEX_H

#include "frontend/tensorflow/lower.h"

/* The parts, [.., 2], of the complex input i. E_UNSUPPORTED for an input of the model. */
struct ir_value *complex_in(struct lower *lw, size_t i);
/* Gives [.., 2] as a complex output. */
tfp_status complex_done(struct lower *lw, struct ir_value *parts);

struct ir_value *complex_real(struct build *b, struct ir_value *parts);
/* Of two real tensors of one shape. */
struct ir_value *complex_conjugate(struct build *b, struct ir_value *parts);
/* Re^2 + Im^2; `keep`: of the last dimension, 1 is left. */
struct ir_value *complex_squares(struct build *b, struct ir_value *parts, bool keep);
/* The Fourier transform along one axis, which is counted from the end of the complex tensor. length: rank 0; NULL: as it is.
 * `onesided`: of real signals, [.., 1], half the spectrum. */
struct ir_value *complex_transform(struct build *b, struct ir_value *x, int64_t axis, struct ir_value *length, bool inverse,
                                   bool onesided);

#endif
