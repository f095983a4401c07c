/* Names for what nodes give: the source's, else "<node>/<Op>" as the ONNX writer has it, with "_1", "_2" behind what is taken.
 * The same graph, and a copy of it, always has the same. */
#ifndef TFP_IR_NAMES_H
#define TFP_IR_NAMES_H

#include "ir/ir.h"

struct ir_name {
    struct ir_value *value;
    const char *name;
    bool made; /* the source has no such name */
};
struct ir_names {
    struct ir_name *at; /* results that somebody uses, in running order */
    size_t n;
};

/* Not of bodies. False: memory is out. */
bool ir_name_results(const struct ir_graph *g, struct arena *a, struct ir_names *out);

/* Bytes of a tensor's name without ":0": TensorFlow's "x:0", a node's first output, is "x", too. */
size_t ir_name_length(const char *name);

#endif
