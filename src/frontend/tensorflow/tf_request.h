/* What is asked of a graph: which tensors go in and out under which names, and where its variables' values lie. Each
 * format fills one (a GraphDef from the options, a SavedModel from a signature); tf_graph_build() reads it. */
#ifndef TFP_TF_REQUEST_H
#define TFP_TF_REQUEST_H

#include "schema/tensorflow_proto.h"
#include "weights/weights.h"

struct tf_named_tensor {
    const char *name;   /* of the model's input or output; NULL: the tensor's own, without ":0" */
    const char *tensor; /* "node" or "node:1" */
    /* What a signature declares; used where the graph itself tells nothing. */
    int32_t type; /* 0: nothing declared */
    const struct tfpb_shape *shape;
};

struct tf_request {
    const struct tfp_model_options *options; /* shapes, moving_averages */
    const struct tf_named_tensor *inputs; /* none: every placeholder that the outputs need */
    size_t n_inputs;
    const struct tf_named_tensor *outputs; /* none: every result that nothing consumes */
    size_t n_outputs;
    struct weights *weights; /* values of variables; NULL: there are none */
    const char *no_weights;  /* why there are none: "variables/variables.index is not there"; NULL: nobody gave any */
    const struct tfpb_meta_graph *meta; /* saver and collections that tell which key is which variable's; NULL: none */
};

#endif
