/* ONNX through TensorRT's own parser. */
#ifndef TFP_TRT_PARSER_H
#define TFP_TRT_PARSER_H

#include "backend/tensorrt/trt_api.h"

struct trt_parse_options {
    const char *name;          /* for messages: the model's file */
    const char *path;          /* where files with external data lie; NULL: none are needed */
    bool plugin_instance_norm; /* not the layer that TensorRT has for it since 8.6 */
};

/* Fills `n`. The parser owns weights of the network: it is ended by trt_parser_destroy() after the last build. The
 * message of a failure has all errors of the parser, each with the node's name and op. E_FORMAT: no valid ONNX;
 * E_UNSUPPORTED: what TensorRT cannot do. */
tfp_status trt_parse(struct tfp_context *ctx, struct trt *t, struct trt_network *n, struct bytes onnx,
                     const struct trt_parse_options *options, struct trt_parser **out);

#endif
