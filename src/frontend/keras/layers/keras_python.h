/* The Python functions of Lambda layers. Their code is followed instruction by instruction; what it computes of tensors
 * becomes operations (keras_operations.h), what it computes of numbers, shapes and lists is done at once. Nothing of Python
 * is run, and names mean what they usually do: tf, K (keras.backend), keras, ops, np, math. */
#ifndef TFP_KERAS_LAYERS_PYTHON_H
#define TFP_KERAS_LAYERS_PYTHON_H

#include "codec/python_code.h"
#include "frontend/keras/layers/keras_operations.h"

enum python_kind {
    PYTHON_ABSENT, /* a variable without a value */
    PYTHON_DATA,   /* JSON: a number, text, null (None), a list or tuple, a slice, a reference to a tensor */
    PYTHON_PATH,   /* a name that is not looked up: "tf.math.add" */
    PYTHON_METHOD, /* attribute `path` of `data`, to be called */
};
struct python_value {
    enum python_kind kind;
    json_t *data; /* the frame's */
    const char *path;
};

enum { PYTHON_STACK = 64, PYTHON_LOCALS = 32, PYTHON_TENSORS = 1024, PYTHON_VALUES = 65536 };

struct python_frame {
    struct keras_call *c; /* of the Lambda layer; failures stick in it */
    struct arena arena;
    const struct marshal_code *code;
    struct python_code instructions;
    struct python_value stack[PYTHON_STACK], locals[PYTHON_LOCALS];
    size_t n, n_locals;
    const json_t *closure;               /* values of the variables of functions around it: a list, or NULL */
    const struct marshal_object *names;  /* of the next call's last arguments; NULL: none */
    json_t *made;                        /* all values */
    size_t n_values;                     /* made so far */
    struct keras_tensor tensors[PYTHON_TENSORS];
    size_t n_tensors;
};

/* Follows the code; its result. Locals hold the arguments. */
struct python_value python_run(struct python_frame *f);

/* -- values -- */

struct python_value python_data(struct python_frame *f, json_t *j); /* takes j over; NULL is a failure of memory */
struct python_value python_tensor(struct python_frame *f, struct keras_tensor t);
bool python_is_tensor(const struct python_frame *f, const json_t *j);
struct ir_value *python_value_of(const struct python_frame *f, const json_t *tensor); /* NULL: it refers to nothing */
const char *python_text(struct python_frame *f, struct bytes text); /* NULL with a failure */
struct python_value python_shape(struct python_frame *f, const json_t *tensor); /* a list, null for what is open */

/* -- calls and operators: keras_python_calls.c, keras_python_operators.c -- */

struct python_value python_call(struct python_frame *f, struct python_value function, json_t *args, json_t *kwargs);
/* An operation by the name of a function of TensorFlow: "__operators__.add". */
struct python_value python_operation(struct python_frame *f, const char *name, json_t *args, json_t *kwargs);
struct python_value python_unary(struct python_frame *f, char op, const json_t *x);
struct python_value python_binary(struct python_frame *f, enum python_operator op, json_t *x, json_t *y);
struct python_value python_compare(struct python_frame *f, size_t comparison, json_t *x, json_t *y);
struct python_value python_subscript(struct python_frame *f, json_t *x, json_t *index);

#endif
