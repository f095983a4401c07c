/* What other families ask of the convolutions. */
#ifndef TFP_TF_OPS_NN_H
#define TFP_TF_OPS_NN_H

#include "frontend/tensorflow/lower.h"

/* SpaceToBatchND -> convolution -> BatchToSpaceND as one dilated convolution: TensorFlow writes dilated convolutions
 * so. lw->node is the BatchToSpaceND. False, without a failure, when what is before it is something else or when
 * padding and crops cannot be shown to agree; the caller then does it the plain way. */
bool lower_dilated_convolution(struct lower *lw, const struct tf_node *batch_to_space, struct ir_value **out);

#endif
