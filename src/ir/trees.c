#include "ir/trees.h"

bool trees_fit(int64_t count, int64_t step, int64_t outputs)
{
    enum { MOST = 1 << 24 };
    return count > 0 && step > 0 && outputs > 0 && count <= MOST / step && outputs <= MOST / (count * step);
}

bool trees_make(struct arena *a, int64_t count, int64_t step, int64_t outputs, struct tree_tables *out)
{
    const size_t n = (size_t)(count * step);
    *out = (struct tree_tables){ .n = count * step, .step = step, .outputs = outputs };
    out->feature = ARENA_ARRAY(a, int64_t, n);
    out->left = ARENA_ARRAY(a, int64_t, n);
    out->right = ARENA_ARRAY(a, int64_t, n);
    out->threshold = ARENA_ARRAY(a, int32_t, n);
    out->equal = ARENA_ARRAY(a, bool, n);
    out->leaf = ARENA_ARRAY(a, float, n * (size_t)outputs);
    if (!out->feature || !out->left || !out->right || !out->threshold || !out->equal || !out->leaf) return false;
    for (int64_t i = 0; i < out->n; i++) out->left[i] = out->right[i] = i;
    return true;
}

bool trees_measure(struct arena *a, struct tree_tables *t)
{
    int32_t *level = ARENA_ARRAY(a, int32_t, (size_t)t->n);
    for (int64_t i = 0; level && i < t->n; i++) {
        if (t->left[i] == i) continue;
        const int32_t next = level[i] + 1;
        if (level[t->left[i]] < next) level[t->left[i]] = next;
        if (level[t->right[i]] < next) level[t->right[i]] = next;
        if (next > t->depth) t->depth = next;
    }
    return level != NULL;
}

static struct ir_value *table(struct build *b, const struct tree_tables *t, tfp_dtype dtype, const void *at)
{
    return ir_tensor(b, dtype, 1, &t->n, at);
}

struct ir_value *trees_emit(struct build *b, const struct tree_tables *t, struct ir_value *features)
{
    struct ir_value *leaf = ir_tensor(b, TFP_FLOAT, 2, (const int64_t[]){ t->n, t->outputs }, t->leaf);
    return ir_emit(b, IR_TREES,
                   IN(features, table(b, t, TFP_INT64, t->feature), table(b, t, TFP_INT32, t->threshold), table(b, t, TFP_INT64, t->left),
                      table(b, t, TFP_INT64, t->right), table(b, t, TFP_BOOL, t->equal), leaf),
                   ATTRS(A_INT(ATTR_STEP, t->step), A_INT(ATTR_DEPTH, t->depth)));
}
