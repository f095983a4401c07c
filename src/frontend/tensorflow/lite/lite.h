/* TensorFlow Lite as TensorFlow: each operator of a subgraph becomes nodes of a GraphDef, which goes the way of all GraphDefs from there on.
 *
 * A tensor with a scale and a zero point has two values: the whole numbers as they are stored, and the real numbers that they stand for.
 * Operators compute with real numbers; a result is rounded to the steps of its tensor (UniformQuantize), so that what follows sees what
 * TensorFlow Lite's whole number kernels give, but for their last step.
 *
 * Failures stick in struct lite: what is made after one is empty, and the status is looked at in the end. */
#ifndef TFP_FRONTEND_LITE_H
#define TFP_FRONTEND_LITE_H

#include "base/map.h"
#include "frontend/tensorflow/op_defs.h"
#include "frontend/tensorflow/tf_source.h"
#include "schema/tflite.h"

/* A result of a node as the GraphDef names it, and TensorFlow's type. text.at NULL: none. */
struct lite_ref {
    struct bytes text;
    int32_t type;
};

struct lite_tensor {
    const char *name; /* as a node may be called: without ":0" and what follows ";" */
    struct bytes own_name;
    int32_t type; /* TensorFlow's number */
    int32_t rank;
    const int64_t *dims; /* -1: unknown */
    struct bytes data;   /* of a constant; at NULL: it is none */
    struct flat_vector scale, zero_point; /* scale.n 0: not quantized; 1, or one for each place along the axis */
    int64_t axis;
    bool variable;       /* it begins as zeros */
    struct flat_table sparsity; /* of data that is stored sparsely; absent: it is dense */
};

/* Nodes of the graph, or of a function in its library. */
struct lite_nodes {
    struct tfpb_node *at;
    size_t n, room;
    struct map names;
    bool function;
};

struct lite_value {
    struct lite_ref stored, real;
};

/* A subgraph that is being written. */
struct lite_body {
    struct lite *model;
    struct lite_nodes *nodes;
    struct flat_table subgraph;
    const struct lite_tensor *tensors;
    struct lite_value *values; /* by tensor */
    size_t n_tensors;
    bool once; /* what CALL_ONCE names */
};

/* What subgraphs share by a number or a name, and what an initializer put into it. */
struct lite_resource {
    const char *key;
    struct lite_ref handle, value;
    struct lite_resource *next;
};

struct lite {
    struct tfp_context *ctx;
    struct arena *arena;
    tfp_status status;
    struct flatbuffer file;
    struct flat_vector codes, subgraphs, buffers;
    struct lite_nodes main;
    struct tfpb_function *functions;
    size_t n_functions, room_functions;
    const struct tfpb_name_attr_list **called; /* by subgraph; NULL: no function yet */
    struct lite_resource *resources;
    unsigned depth; /* of functions being written */
};

struct lite_operator {
    struct lite_body *body;
    const char *op; /* "ADD", or a custom op's name */
    const char *name; /* of its first result */
    struct tflite_options options;
    struct flat_vector inputs, outputs;
    struct bytes custom;
    size_t first; /* the number of nodes before it */
};

typedef tfp_status lite_rule(struct lite_operator *o); /* of struct lite */

/* -- lite_nodes.c: nodes ------------------------------------------------------------------------------------------- */

tfp_status lite_fail(struct lite *m, tfp_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));
tfp_status lite_no_memory(struct lite *m);

#define LITE_INT(name, v) ((struct tfpb_attr){ { name, strlen(name) }, { .which = TFPB_ATTR_I, .i = (v) } })
#define LITE_BOOL(name, v) ((struct tfpb_attr){ { name, strlen(name) }, { .which = TFPB_ATTR_B, .b = (v) } })
#define LITE_FLOAT(name, v) ((struct tfpb_attr){ { name, strlen(name) }, { .which = TFPB_ATTR_F, .f = (v) } })
#define LITE_TYPE(name, v) ((struct tfpb_attr){ { name, strlen(name) }, { .which = TFPB_ATTR_TYPE, .type = (v) } })
#define LITE_TEXT(name, v) ((struct tfpb_attr){ { name, strlen(name) }, { .which = TFPB_ATTR_S, .s = bytes_of(v) } })
#define LITE_SHAPE(name, v) ((struct tfpb_attr){ { name, strlen(name) }, { .which = TFPB_ATTR_SHAPE, .shape = (v) } })
#define LITE_FUNCTION(name, v) ((struct tfpb_attr){ { name, strlen(name) }, { .which = TFPB_ATTR_FUNC, .func = (v) } })
struct tfpb_attr lite_ints(struct lite *m, const char *name, const int64_t *v, size_t n);
struct tfpb_attr lite_types(struct lite *m, const char *name, const int32_t *v, size_t n);
const struct tfpb_shape *lite_shape(struct lite *m, const int64_t *dims, int32_t rank);

#define LITE_IN(...)                                                                                                   \
    (const struct lite_ref[]){ __VA_ARGS__ }, sizeof((struct lite_ref[]){ __VA_ARGS__ }) / sizeof(struct lite_ref)
#define LITE_ATTRS(...)                                                                                                \
    (const struct tfpb_attr[]){ __VA_ARGS__ }, sizeof((struct tfpb_attr[]){ __VA_ARGS__ }) / sizeof(struct tfpb_attr)
#define LITE_NONE NULL, 0

/* A node "NAME/OP". Attributes that tell how many inputs there are and of which types need not be given. */
const struct tfpb_node *lite_node(struct lite_body *b, const char *name, const char *op, const struct lite_ref *in, size_t n_in,
                                  const struct tfpb_attr *attrs, size_t n_attrs);
struct lite_ref lite_result(struct lite_body *b, const struct tfpb_node *n, size_t i);
/* The node's only result. */
struct lite_ref lite_call(struct lite_body *b, const char *name, const char *op, const struct lite_ref *in, size_t n_in,
                          const struct tfpb_attr *attrs, size_t n_attrs);
/* In a rule: such a node of operator `o` in body `b`, without attributes. */
#define LITE_CALL(op, ...) lite_call(b, o->name, op, LITE_IN(__VA_ARGS__), LITE_NONE)
/* The node of that result gets a name of its own, if it is free and the node the last. */
struct lite_ref lite_name(struct lite_body *b, struct lite_ref r, const char *name);

/* Constants; `data` lives as long as the model. */
struct lite_ref lite_constant(struct lite_body *b, const char *name, int32_t type, const int64_t *dims, int32_t rank, struct bytes data);
struct lite_ref lite_int32s(struct lite_body *b, const char *name, const int64_t *v, int64_t n); /* rank 1 */
struct lite_ref lite_int32(struct lite_body *b, const char *name, int64_t v);                    /* rank 0 */
struct lite_ref lite_number(struct lite_body *b, const char *name, float v);

/* -- lite_tensors.c: tensors --------------------------------------------------------------------------------------- */

const struct lite_tensor *lite_read_tensors(struct lite *m, const struct flat_table *subgraph, size_t *n);
/* As it is stored. */
struct lite_ref lite_stored(struct lite_body *b, int64_t tensor);
/* What it stands for: float32 of a quantized tensor. */
struct lite_ref lite_real(struct lite_body *b, int64_t tensor);
/* The same of a constant whose axes are exchanged before, so that the whole numbers are. */
struct lite_ref lite_real_transposed(struct lite_body *b, int64_t tensor, const int64_t *permutation);

/* Of an operator: input i, as real numbers; its tensor; NULL and none where the operator has it not. */
bool lite_has(const struct lite_operator *o, size_t i);
const struct lite_tensor *lite_in_tensor(const struct lite_operator *o, size_t i);
const struct lite_tensor *lite_out_tensor(const struct lite_operator *o, size_t i);
struct lite_ref lite_in(const struct lite_operator *o, size_t i);
struct lite_ref lite_in_stored(const struct lite_operator *o, size_t i);
struct lite_ref lite_in_transposed(const struct lite_operator *o, size_t i, const int64_t *permutation);
/* Of a sum of products of inputs i - 2 and i - 1: whole numbers count the steps of these products, whatever the bias' own scale says. */
struct lite_ref lite_in_bias(const struct lite_operator *o, size_t i);
/* Result i, given as real numbers. */
tfp_status lite_out(struct lite_operator *o, size_t i, struct lite_ref real);
tfp_status lite_out_stored(struct lite_operator *o, size_t i, struct lite_ref stored);
/* Result 0, behind the activation that the options name. */
tfp_status lite_out_activated(struct lite_operator *o, struct lite_ref real);

/* lite_sparse.c: the data of a sparse constant, all of it, in the arena. */
struct bytes lite_dense(struct lite *m, const struct lite_tensor *t, int64_t count, size_t element);

/* -- lite_ops.c: operators ----------------------------------------------------------------------------------------- */

void lite_write_operators(struct lite_body *b);
/* Ops that have no rule: the graph gets a node of that name, which lowering refuses. */
tfp_status lite_refuse(struct lite_operator *o);

/* -- lite_subgraphs.c: subgraphs ----------------------------------------------------------------------------------- */

struct lite_body *lite_begin(struct lite *m, int64_t subgraph, struct lite_nodes *nodes);
/* A function of the graph's library; its arguments and results are tensors as they are stored. */
const struct tfpb_name_attr_list *lite_function(struct lite *m, int64_t subgraph);

/* Rules that have files of their own. */
lite_rule lite_conv_2d, lite_depthwise_conv_2d, lite_transpose_conv, lite_conv_3d, lite_conv_3d_transpose, lite_fully_connected,
    lite_average_pool, lite_max_pool, lite_l2_pool;            /* lite_nn.c */
lite_rule lite_if, lite_while, lite_call_once, lite_hash_table, lite_hash_table_import, lite_var_handle, lite_read_variable,
    lite_assign_variable;                                      /* lite_control.c */
lite_rule lite_custom;                                         /* lite_custom.c */
lite_rule lite_lstm, lite_sequence_lstm, lite_sequence_bidirectional_lstm; /* lite_rnn.c */

#endif
