/* What TensorRT's ONNX parser takes: for whoever writes ONNX for it. */
#ifndef TFP_TRT_READER_H
#define TFP_TRT_READER_H

#include "backend/tensorrt/trt_types.h"
#include "ir/ir.h"

/* The newest opset that it takes of those that bring it something. */
int trt_reader_opset(const struct trt *t);
/* The node as it stands / it must be written in other terms / other terms would not do either. */
enum trt_takes { TRT_TAKES, TRT_TAKES_OTHER_TERMS, TRT_TAKES_NEVER };
/* *why: what it lacks, in words for a message. */
enum trt_takes trt_reader_takes(const struct trt *t, const struct ir_node *n, const char **why);
/* What the parser takes, but not in every form, in the form that it takes best: before the writer has the graph. */
tfp_status trt_reader_adapt(struct tfp_context *ctx, const struct trt *t, struct ir_graph *g);
/* The type that stands in the file for one of the IR: itself, where TensorRT computes with none. */
tfp_dtype trt_reader_holds(const struct trt *t, tfp_dtype dtype);

#endif
