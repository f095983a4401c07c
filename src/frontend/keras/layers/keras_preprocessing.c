#include "frontend/keras/keras.h"
static const struct keras_class classes[] = { { "_none_preprocessing", NULL, NULL, KERAS_MASK_STOPS, false, NULL, NULL } };
extern const struct keras_family keras_family_preprocessing;
KERAS_FAMILY(preprocessing, "x");
