/* Operations on tensors: one row for the functions of TensorFlow that Keras 2 names ("math.multiply"), for those of
 * keras.backend ("K.sum", in Lambda layers) and for the class of Keras 3 ("ops.Multiply"). Functional models call them as
 * layers (TFOpLambda, Operation), Lambda layers from Python. Arguments come by place or by name, in Keras 3 also from the
 * configuration. Rows stand at the foot of the keras_operations_*.c. */
#ifndef TFP_KERAS_LAYERS_OPERATIONS_H
#define TFP_KERAS_LAYERS_OPERATIONS_H

#include "frontend/keras/keras.h"

enum { OPERATION_NAMES = 8 };

struct keras_operation {
    struct keras_class class;               /* of Keras 3; where it has none, the first function's name */
    const char *functions[OPERATION_NAMES]; /* of TensorFlow and keras.backend; NULL-ended unless full */
    bool list;                              /* gives a list, also of one */
};
struct keras_operations {
    const struct keras_operation *rows;
    size_t n;
};
extern const struct keras_operations *const keras_operation_lists[];
extern const size_t keras_operation_lists_n;
const struct keras_class *keras_operation_find(const char *class_name); /* "ops.Add"; NULL: not known here */
const struct keras_operation *keras_function_find(const char *name);    /* "math.add", "K.sum"; NULL: not known here */
/* Calls it on the arguments of c->node, by that name of TensorFlow or keras.backend; NULL: as the class of Keras 3. */
void keras_operation_call(struct keras_call *c, const struct keras_operation *o, const char *function);

#define OPERATION(name, lower, variant, ...) { { name, NULL, lower, KERAS_MASK_STOPS, true, variant, NULL }, { __VA_ARGS__ }, false }
#define OPERATION_OF_LIST(name, lower, ...) { { name, NULL, lower, KERAS_MASK_STOPS, true, NULL, NULL }, { __VA_ARGS__ }, true }
#define IR(op) (&(const enum ir_op){ op })
#define KERAS_OPERATIONS(id) const struct keras_operations keras_operations_##id = { rows, sizeof rows / sizeof rows[0] }

/* -- arguments, for the rules -- */

/* The argument at a place (SIZE_MAX: none), or by one of several names ("y|b|x2"); NULL: absent or null. */
const json_t *operation_argument(struct keras_call *c, size_t place, const char *names);
struct ir_value *operation_tensor(struct keras_call *c, size_t place, const char *names, tfp_dtype dtype);
struct ir_value *operation_first(struct keras_call *c); /* the tensor that it works on */
bool operation_flag(struct keras_call *c, size_t place, const char *names);
int64_t operation_integer(struct keras_call *c, size_t place, const char *names, int64_t otherwise);
double operation_number(struct keras_call *c, size_t place, const char *names, double otherwise);
/* Integers of a list or one, null as -1; -1: absent. */
int64_t operation_integers(struct keras_call *c, size_t place, const char *names, int64_t *at, size_t room);
/* A list of numbers, or one with tensors among them, as int64 of rank 1; null as -1. */
struct ir_value *operation_sizes(struct keras_call *c, const json_t *j);
/* The first two arguments in one type: a number takes the tensor's. False with a failure. */
bool operation_operands(struct keras_call *c, struct ir_value **x, struct ir_value **y);
/* What the built-in layer of that class computes of x; `config` is kept with the model. */
struct ir_value *operation_as_layer(struct keras_call *c, const char *class_name, json_t *config,
                                    const struct keras_tensor *in, size_t n);
static inline const void *operation_variant(const struct keras_call *c)
{
    return c->layer->class->variant;
}
static inline enum ir_op operation_op(const struct keras_call *c)
{
    return *(const enum ir_op *)operation_variant(c);
}

#endif
