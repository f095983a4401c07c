/* Prints docs/supported-ops.md from the rule tables: which TensorFlow ops have a rule, by family. */
#include "frontend/tensorflow/lower.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct rule_family *const rule_families[];
extern const size_t rule_families_n;

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct rule *)a)->op, ((const struct rule *)b)->op);
}

static struct rule *gather(size_t *n)
{
    size_t count = 0;
    for (size_t i = 0; i < rule_families_n; i++) count += rule_families[i]->n;
    struct rule *all = malloc((count + 1) * sizeof *all);
    if (!all) return NULL;
    *n = 0;
    for (size_t i = 0; i < rule_families_n; i++)
        for (size_t k = 0; k < rule_families[i]->n; k++) all[(*n)++] = rule_families[i]->rules[k];
    qsort(all, *n, sizeof *all, by_name);
    size_t unique = 0; /* an op may have a second rule, for complex numbers */
    for (size_t i = 0; i < *n; i++)
        if (unique == 0 || strcmp(all[unique - 1].op, all[i].op) != 0) all[unique++] = all[i];
    *n = unique;
    return all;
}

int main(void)
{
    size_t n;
    struct rule *all = gather(&n);
    if (!all) return 6;
    printf("# Supported TensorFlow ops\n\n"
           "Printed from the rule tables by `supported_ops`; a test checks that this page is current. %zu ops have a rule.\n"
           "A rule may refuse single attributes by name (`tfport inspect MODEL` says so before a conversion is tried); what an\n"
           "ONNX opset lacks is told in [opsets.md](opsets.md). Ops without effect on a result (Assert, summaries, control\n"
           "inputs) are dropped and need no rule.\n", n);
    char letter = '\0';
    for (size_t i = 0; i < n; i++) {
        const char *sign = all[i].op[0] == letter ? ", " : "\n\n";
        letter = all[i].op[0];
        printf("%s`%s`", sign, all[i].op);
    }
    printf("\n");
    free(all);
    return 0;
}
