#include "frontend/keras/keras.h"
static const struct keras_class classes[] = { { "_none_attention", NULL, NULL, KERAS_MASK_STOPS, false, NULL, NULL } };
extern const struct keras_family keras_family_attention;
KERAS_FAMILY(attention, "x");
