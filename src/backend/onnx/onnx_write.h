/* The IR as an ONNX file at any opset from 7 to the newest. */
#ifndef TFP_ONNX_WRITE_H
#define TFP_ONNX_WRITE_H

#include "ir/ir.h"

enum { ONNX_OLDEST_OPSET = 7 };

struct onnx_write_options {
    int opset;
    uint64_t external_above; /* bytes of model above which the weights go to PATH.data */
    bool keep_nodes;         /* nodes over constants are written as such; else large ones are computed while writing */
};

/* Writes the file(s) atomically. `g` is brought down to the opset in place: hand over a clone (ir_clone() shares the
 * weights). E_UNSUPPORTED names every op that the opset cannot say and the lowest opset that can. */
tfp_status onnx_write(struct tfp_context *ctx, struct ir_graph *g, const char *path,
                      const struct onnx_write_options *o);
/* The same model in memory (weights inside): *out owns it. E_UNSUPPORTED above 2 GiB. */
tfp_status onnx_write_memory(struct tfp_context *ctx, struct ir_graph *g, int opset, struct buffer **out);

#endif
