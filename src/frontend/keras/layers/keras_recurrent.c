#include "frontend/keras/keras.h"
static const struct keras_class classes[] = { { "_none_recurrent", NULL, NULL, KERAS_MASK_STOPS, false, NULL, NULL } };
extern const struct keras_family keras_family_recurrent;
KERAS_FAMILY(recurrent, "x");
