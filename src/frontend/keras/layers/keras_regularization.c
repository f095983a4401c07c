/* Layers that only act while a model is trained. */
#include "frontend/keras/keras.h"

#define ROW(name) { name, NULL, keras_lower_same, KERAS_MASK_PASSES, false, NULL, NULL }

static const struct keras_class classes[] = {
    ROW("ActivityRegularization"), ROW("AlphaDropout"),    ROW("Dropout"),          ROW("GaussianDropout"),
    ROW("GaussianNoise"),          ROW("SpatialDropout1D"), ROW("SpatialDropout2D"), ROW("SpatialDropout3D"),
};

extern const struct keras_family keras_family_regularization;
KERAS_FAMILY(regularization, "Regularization");
