/* The names that nodes and their bodies use: each once, in the order of its first use. Functions are false when memory is
 * out. */
#ifndef TFP_ONNX_NAMES_H
#define TFP_ONNX_NAMES_H

#include "base/bytes.h"
#include "base/map.h"
#include "schema/onnx_proto.h"

struct onnx_names {
    struct map known;
    struct bytes *at;
    size_t n, room;
};

void onnx_names_init(struct onnx_names *names, struct arena *a);
bool onnx_names_add(struct onnx_names *names, struct bytes name);
/* Adds what a graph, a body, uses and does not make: names from outside. */
bool onnx_names_free(struct onnx_names *names, const struct onnxpb_graph *g);
/* Adds what a node uses: its inputs, and what its bodies use from outside. */
bool onnx_names_of_node(struct onnx_names *names, const struct onnxpb_node *n);

#endif
