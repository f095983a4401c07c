/* Operations on tensors within functional models: one row for the functions of TensorFlow that Keras 2 names
 * ("math.multiply") and the class of Keras 3 ("ops.Multiply"). */
#ifndef TFP_KERAS_LAYERS_OPERATIONS_H
#define TFP_KERAS_LAYERS_OPERATIONS_H

#include "frontend/keras/keras.h"

enum { OPERATION_NAMES = 5 };

struct keras_operation {
    struct keras_class class;                 /* of Keras 3; its name may be "" */
    const char *functions[OPERATION_NAMES]; /* of TensorFlow; NULL-ended unless full */
};
const struct keras_class *keras_operation_find(const char *class_name); /* "ops.Add" */
extern const struct keras_operation keras_operations[];
extern const size_t keras_operations_n;

#endif
