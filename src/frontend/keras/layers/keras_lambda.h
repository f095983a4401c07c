/* Lambda layers. */
#ifndef TFP_KERAS_LAYERS_LAMBDA_H
#define TFP_KERAS_LAYERS_LAMBDA_H

#include "frontend/keras/keras.h"

/* A function by name is one of Keras' own activations; one of Python code is followed (keras_python.h). */
void keras_lower_lambda(struct keras_call *c);

#endif
