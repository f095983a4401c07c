/* Element types that a reader of ONNX does not compute with. */
#ifndef TFP_ONNX_RETYPE_H
#define TFP_ONNX_RETYPE_H

#include "backend/onnx/onnx_write.h"

/* Every value of such a type gets the one that holds it; whole numbers are brought back into their range after arithmetic,
 * as they wrap around. Inputs and outputs keep a type that the reader has at the edge and are cast there. What quantizes
 * and what is dequantized stays. */
tfp_status retype_graph(struct tfp_context *ctx, struct ir_graph *g, const struct onnx_reader *reader);

#endif
