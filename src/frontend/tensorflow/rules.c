/* The list of rule families. A new one is a file in ops/ that ends in its table, and one name here. Rules for complex
 * tensors stand last: their names are looked up among the others first. */
#include "frontend/tensorflow/lower.h"

#include <stdlib.h>

#define FAMILIES(X)                                                                                                    \
    X(array)                                                                                                           \
    X(audio)                                                                                                           \
    X(blocks)                                                                                                          \
    X(boosted)                                                                                                         \
    X(control)                                                                                                         \
    X(detection)                                                                                                       \
    X(diagonal)                                                                                                        \
    X(elementwise)                                                                                                     \
    X(gather)                                                                                                          \
    X(image)                                                                                                           \
    X(linalg)                                                                                                          \
    X(lists)                                                                                                           \
    X(loss)                                                                                                            \
    X(matmul)                                                                                                          \
    X(nn)                                                                                                              \
    X(normalization)                                                                                                   \
    X(parsing)                                                                                                         \
    X(plumbing)                                                                                                        \
    X(pool)                                                                                                            \
    X(quantization)                                                                                                    \
    X(ragged)                                                                                                          \
    X(random)                                                                                                          \
    X(reduce)                                                                                                          \
    X(rnn)                                                                                                             \
    X(segment)                                                                                                         \
    X(sets)                                                                                                            \
    X(slicing)                                                                                                         \
    X(sparse)                                                                                                          \
    X(strings)                                                                                                         \
    X(tables)                                                                                                          \
    X(variables)                                                                                                       \
    X(complex)                                                                                                         \
    X(spectral)

#define DECLARE(name) extern const struct rule_family rules_##name;
FAMILIES(DECLARE)
#undef DECLARE
#define ROW(name) &rules_##name,
const struct rule_family *const rule_families[] = { FAMILIES(ROW) };
#undef ROW
const size_t rule_families_n = sizeof rule_families / sizeof rule_families[0];

static int order(const void *key, const void *row)
{
    return strcmp(key, ((const struct rule *)row)->op);
}

static const struct rule *find(const struct rule_family *const *families, size_t n, const char *op)
{
    for (size_t i = 0; i < n; i++) {
        const struct rule *r = bsearch(op, families[i]->rules, families[i]->n, sizeof *r, order);
        if (r) return r;
    }
    return NULL;
}

const struct rule *rule_find(const char *op)
{
    return find(rule_families, rule_families_n, op);
}

const struct rule *rule_find_complex(const char *op)
{
    static const struct rule_family *const families[] = { &rules_complex, &rules_spectral };
    return find(families, sizeof families / sizeof families[0], op);
}
