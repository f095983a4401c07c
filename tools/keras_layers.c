/* Prints docs/keras-layers.md from the tables of layers. */
#include "frontend/keras/layers/keras_operations.h"

#include <stdio.h>

static void print_family(const struct keras_family *f)
{
    printf("\n## %s\n\n| class | refused |\n|---|---|\n", f->title);
    for (size_t i = 0; i < f->n; i++) {
        const struct keras_class *c = &f->classes[i];
        if (c->name[0] == '_') continue;
        printf("| `%s` | %s%s |\n", c->name, c->lower ? "" : "always: ", c->limits ? c->limits : "");
    }
}

static void print_operation(const struct keras_operation *o)
{
    bool is_class = strncmp(o->class.name, "ops.", 4) == 0;
    printf(is_class ? "| `%s` |" : "| |", o->class.name);
    for (size_t i = 0; i < OPERATION_NAMES && o->functions[i]; i++) printf("%s `%s`", i ? "," : "", o->functions[i]);
    printf(" |\n");
}

int main(void)
{
    printf("# Layers of Keras\n\n"
           "Printed from the tables of layers by `keras_layers`; a test checks that this page is current. A model with a\n"
           "class that is not here, or with what the second column names, is refused by the layer's name. Each layer takes\n"
           "every option that its versions of Keras have, those that only matter in training included, unless the second\n"
           "column says otherwise.\n");
    for (size_t i = 0; i < keras_families_n; i++) print_family(keras_families[i]);
    printf("\n## Operations\n\n"
           "In functional models: operations of Keras 3, and the functions of TensorFlow that TFOpLambda and SlicingOpLambda\n"
           "of Keras 2 name. The function of a Lambda layer may be an expression of these, where it calls them as tf. or\n"
           "keras.ops., of those of keras.backend (as K. or backend.), of Python's operators, slices and numbers, and of x.shape,\n"
           "len, int, float, np.sqrt and the like: these names are taken for what they usually are. Conditions, loops, functions\n"
           "within it and others that it calls are refused.\n\n| Keras 3 | TensorFlow |\n|---|---|\n");
    for (size_t i = 0; i < keras_operation_lists_n; i++)
        for (size_t k = 0; k < keras_operation_lists[i]->n; k++) print_operation(&keras_operation_lists[i]->rows[k]);
    return 0;
}
