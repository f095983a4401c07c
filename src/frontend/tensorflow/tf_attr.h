/* Attributes of TensorFlow nodes: the node's own value, else the default of the op's definition; and what they say
 * about the number and type of inputs and outputs. The accessors for rules are in lower.h. */
#ifndef TFP_TF_ATTR_H
#define TFP_TF_ATTR_H

#include "frontend/tensorflow/tf_graph.h"

/* The value set on the node; NULL when there is none. */
const struct tfpb_attr_value *tf_attr_find(const struct tf_node *n, const char *name, size_t size);
/* Type attribute, default included; TFPB_DT_INVALID when there is none. */
int32_t tf_attr_type(const struct tf_node *n, const char *name, size_t size);
/* A text set on the node; "" when there is none. */
struct bytes tf_attr_text(const struct tf_node *n, const char *name);
/* A function set on the node; NULL when none is named. */
const struct tfpb_name_attr_list *tf_attr_function(const struct tf_node *n, const char *name);
/* Number of tensors of an argument of `n`; -1 when the attributes do not tell or tell nonsense. */
int64_t tf_attr_arg_count(const struct tf_node *n, const struct op_arg *arg);
/* Of all arguments in a list of the definition. *bad names the argument that cannot be counted (-1). */
int64_t tf_attr_args_count(const struct tf_node *n, const char *args, struct bytes *bad);
/* TensorFlow's type of tensor i of a list of arguments; TFPB_DT_INVALID: not known. */
int32_t tf_attr_arg_type(const struct tf_node *n, const char *args, size_t i);
int32_t tf_attr_output_type(const struct tf_node *n, size_t port);

/* The recorded shape of an output (attribute _output_shapes), -1 when there is none. */
int32_t tf_attr_output_shape(const struct tf_node *n, size_t port, int64_t *dims);

#endif
