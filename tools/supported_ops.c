/* Prints docs/supported-ops.md from the rule tables: which TensorFlow ops have a rule, and which ones other converters
 * have that tfport has not. */
#include "frontend/tensorflow/lower.h"
#include "frontend/tensorflow/tf_variables.h"
#include "other_converters.def"

#include <stdbool.h>
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

/* Ops that need no rule, and why others have none. */
static const struct {
    const char *op, *why;
    bool needless;
} remarks[] = {
#define NEEDLESS(name) { name, "", true }
    NEEDLESS("Assert"), NEEDLESS("NoOp"), NEEDLESS("IteratorGetNext"), NEEDLESS("Iterator"), NEEDLESS("IteratorV2"),
    NEEDLESS("OneShotIterator"), NEEDLESS("FIFOQueue"), NEEDLESS("FIFOQueueV2"), NEEDLESS("QueueDequeue"),
    NEEDLESS("QueueDequeueMany"), NEEDLESS("QueueDequeueManyV2"), NEEDLESS("QueueDequeueUpTo"),
    NEEDLESS("QueueDequeueUpToV2"), NEEDLESS("QueueDequeueV2"), NEEDLESS("Assign"), NEEDLESS("AssignVariableOp"),
    NEEDLESS("RestoreV2"), NEEDLESS("SaveV2"), NEEDLESS("ShardedFilename"), NEEDLESS("MergeV2Checkpoints"),
    NEEDLESS("WriteFile"),
#undef NEEDLESS
    { "AsString", "strings", false }, { "ReduceJoin", "strings", false }, { "StaticRegexFullMatch", "strings", false },
    { "StaticRegexReplace", "strings", false }, { "StringJoin", "strings", false }, { "StringLower", "strings", false },
    { "StringSplit", "strings", false }, { "StringSplitV2", "strings", false }, { "StringToHashBucketFast", "strings", false },
    { "StringToNumber", "strings", false }, { "StringUpper", "strings", false },
    { "HashTable", "tables", false }, { "HashTableV2", "tables", false }, { "LookupTableFind", "tables", false },
    { "LookupTableFindV2", "tables", false }, { "LookupTableImport", "tables", false },
    { "LookupTableImportV2", "tables", false }, { "LookupTableInsert", "tables", false },
    { "LookupTableInsertV2", "tables", false }, { "LookupTableSizeV2", "tables", false },
    { "MutableHashTable", "tables", false }, { "MutableHashTableV2", "tables", false },
};

static const char *remark(const char *op, bool *needless)
{
    for (size_t i = 0; i < sizeof remarks / sizeof remarks[0]; i++) {
        if (strcmp(remarks[i].op, op) != 0) continue;
        *needless = remarks[i].needless;
        return remarks[i].why;
    }
    *needless = false;
    return "not yet";
}

static bool changes_state(const char *op)
{
    for (size_t i = 0; tf_state_op(i); i++)
        if (strcmp(op, tf_state_op(i)) == 0) return true;
    return false;
}

static void print_lacking(void)
{
    static const struct {
        const char *op;
        bool tf2onnx, openvino;
    } others[] = {
#define ROW(op, tf2onnx, openvino) { #op, tf2onnx, openvino },
        OTHER_CONVERTERS(ROW)
#undef ROW
    };
    printf("\n## What other converters have\n\n"
           "Ops of TensorFlow that tf2onnx 1.17 or OpenVINO 2026.4 have a handler for and tfport has no rule for.\n\n"
           "| op | tf2onnx | OpenVINO | why |\n|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        bool needless;
        const char *why = remark(others[i].op, &needless);
        if (needless || rule_find(others[i].op) || changes_state(others[i].op)) continue;
        printf("| `%s` | %s | %s | %s |\n", others[i].op, others[i].tf2onnx ? "yes" : "", others[i].openvino ? "yes" : "", why);
    }
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
    printf("\n\nWith `--state io`, which makes inputs and outputs of the variables that a model changes, also:\n");
    for (size_t i = 0; tf_state_op(i); i++) printf("%s`%s`", i ? ", " : "", tf_state_op(i));
    printf("\n");
    print_lacking();
    free(all);
    return 0;
}
