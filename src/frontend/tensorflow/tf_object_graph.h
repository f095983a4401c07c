/* A SavedModel of TensorFlow 2 that was saved without signatures can still be called: its object graph names the
 * functions that were traced (concrete functions), what goes in and comes out, and the objects whose tensors each
 * captured. Every one becomes a signature, called after the way from the root to its object: "encoder.__call__".
 * See docs/formats/object-graph.md. */
#ifndef TFP_TF_OBJECT_GRAPH_H
#define TFP_TF_OBJECT_GRAPH_H

#include "frontend/tensorflow/tf_source.h"
#include "schema/object_graph_proto.h"

struct tf_concrete {
    const struct tfpb_concrete_function *function;
    const struct tfpb_function *definition; /* in the graph's library */
};

struct tf_objects {
    struct tfpb_saved_object_graph graph;
    struct map functions;     /* name -> struct tfpb_function of the library */
    struct map concrete;      /* name -> struct tfpb_concrete_function */
    const char **paths;       /* by object: "encoder.__call__"; NULL: none leads there */
    const char *prefix;       /* of the nodes that a call adds: no node's name begins so */
};

/* Decodes s->request.meta's object graph into s->objects and makes s->signatures of its functions. */
tfp_status tf_object_graph_read(struct tfp_context *ctx, struct tf_source *s);
/* False: the object graph or the library lacks it. */
bool tf_object_graph_concrete(const struct tf_objects *o, struct bytes name, struct tf_concrete *out);

/* -- tf_object_values.c: arguments and results --------------------------------------------------------------------- */

struct tf_leaf {
    const struct tfpb_tensor_spec *spec;      /* a tensor */
    const struct tfpb_type_spec *composite;   /* several tensors, when it is not NULL */
    const char *name;                         /* keys and places on the way to it: "boxes_0"; NULL: places only */
};
struct tf_leaves {
    struct tf_leaf *at;
    size_t n;
};
/* The tensors in a value in the order in which functions take and give them: sequences in theirs, dicts by key. What is
 * no tensor is passed over. False: memory is out. */
bool tf_object_values_flatten(struct arena *a, const struct tfpb_structured *value, struct tf_leaves *out);
/* "__inference_call_12(x, training=False)", as long as it is short. NULL: memory is out. */
const char *tf_object_values_call(struct arena *a, struct bytes function, const struct tfpb_structured *arguments,
                                  const struct tfpb_function_spec *spec);

/* -- tf_object_keys.c: arrays that hold objects' values ------------------------------------------------------------ */

struct tf_object_keys {
    struct arena *arena;
    struct weights *weights;
    struct tfpb_saved_objects nodes; /* of the SavedModel */
    const struct tfpb_trackable_object_graph *saved; /* of the checkpoint; NULL: it has none */
    int32_t *twins; /* by object: the same one in the checkpoint's graph, -1: none. NULL: not looked for */
};
/* The key of the array that holds a variable's value; empty: it is not told. */
tfp_status tf_object_keys_of(struct tfp_context *ctx, struct tf_object_keys *k, size_t object, struct bytes *out);

struct tf_captured {
    struct bytes node, key; /* as the call's input names it */
};
/* The variables that the meta graph's calls captured, with their keys: as TensorFlow finds them when it loads the objects,
 * whatever the saver restores. */
tfp_status tf_object_keys_captured(struct tfp_context *ctx, struct arena *a, struct weights *weights,
                                   const struct tfpb_meta_graph *meta, struct tf_captured **out, size_t *n);

/* -- tf_object_call.c ---------------------------------------------------------------------------------------------- */

/* Names of the tensors that tf_object_call_make() makes. NULL: memory is out. */
const char *tf_object_call_input(struct tf_source *s, size_t i);
const char *tf_object_call_output(struct tf_source *s, size_t i);
/* A copy of the meta graph's GraphDef with placeholders and what the function captured, and a call of it. A variable is
 * a VarHandleOp whose attribute _tfport_key is its key in the checkpoint. */
tfp_status tf_object_call_make(struct tfp_context *ctx, struct tf_source *s, const struct tf_signature *signature,
                               const struct tfpb_graph **out);

#endif
