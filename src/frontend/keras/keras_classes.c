/* The list of families. A new one is one file in layers/ that ends with KERAS_FAMILY, and one name here. */
#include "frontend/keras/layers/keras_operations.h"

#define FAMILIES(X)                                                                                                    \
    X(activations)                                                                                                     \
    X(attention)                                                                                                       \
    X(categories)                                                                                                      \
    X(convolution)                                                                                                     \
    X(core)                                                                                                            \
    X(legacy)                                                                                                          \
    X(local)                                                                                                           \
    X(merging)                                                                                                         \
    X(models)                                                                                                          \
    X(normalization)                                                                                                   \
    X(operations)                                                                                                      \
    X(pooling)                                                                                                         \
    X(preprocessing)                                                                                                   \
    X(recurrent)                                                                                                       \
    X(regularization)                                                                                                  \
    X(reshaping)

#define DECLARE(name) extern const struct keras_family keras_family_##name;
FAMILIES(DECLARE)
#undef DECLARE
#define ROW(name) &keras_family_##name,
const struct keras_family *const keras_families[] = { FAMILIES(ROW) };
#undef ROW
const size_t keras_families_n = sizeof keras_families / sizeof keras_families[0];

const struct keras_class *keras_class_find(const char *name)
{
    if (strncmp(name, "ops.", 4) == 0) return keras_operation_find(name);
    for (size_t i = 0; i < keras_families_n; i++) {
        const struct keras_family *f = keras_families[i];
        for (size_t k = 0; k < f->n; k++)
            if (strcmp(f->classes[k].name, name) == 0) return &f->classes[k];
    }
    return NULL;
}
