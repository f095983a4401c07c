/* TreeEnsembleRegressor of ai.onnx.ml, as tfport writes it: sums of trees over whole numbers. */
#include "frontend/onnx/onnx_lower.h"
#include "ir/trees.h"

/* The node's list of numbers; NULL: it has none of that length. */
static const int64_t *list_of(struct onnx_lower *l, struct onnx_node *n, const char *name, size_t length)
{
    const struct onnxpb_attribute *a = onnx_given(l, n, name);
    return a && a->ints.n == length ? a->ints.at : NULL;
}

/* How many trees there are, and nodes in one. False: more than can be, or none. */
static bool measure(const int64_t *tree, const int64_t *node, size_t n, int64_t outputs, int64_t *count, int64_t *step)
{
    enum { MOST = 1 << 24 };
    *count = *step = 0;
    for (size_t i = 0; i < n; i++) {
        if (tree[i] < 0 || node[i] < 0 || tree[i] >= MOST || node[i] >= MOST) return false;
        if (tree[i] >= *count) *count = tree[i] + 1;
        if (node[i] >= *step) *step = node[i] + 1;
    }
    return trees_fit(*count, *step, outputs);
}

static bool is_whole(float v)
{
    return v >= -0x1p24f && v <= 0x1p24f && (float)(int32_t)v == v;
}

/* False: a node of another kind, or one that leads out of its tree or backwards. */
static bool put_nodes(struct onnx_lower *l, struct onnx_node *n, struct tree_tables *t, const int64_t *tree, const int64_t *node,
                      size_t count)
{
    const int64_t *feature = list_of(l, n, "nodes_featureids", count), *left = list_of(l, n, "nodes_truenodeids", count),
                  *right = list_of(l, n, "nodes_falsenodeids", count);
    const struct onnxpb_attribute *value = onnx_given(l, n, "nodes_values"), *mode = onnx_given(l, n, "nodes_modes");
    if (!feature || !left || !right || !value || value->floats.n != count || !mode || mode->strings.n != count) return false;
    for (size_t i = 0; i < count; i++) {
        const int64_t root = tree[i] * t->step, at = root + node[i];
        if (bytes_equal(mode->strings.at[i], "LEAF")) continue;
        t->equal[at] = bytes_equal(mode->strings.at[i], "BRANCH_EQ");
        const bool known = t->equal[at] || bytes_equal(mode->strings.at[i], "BRANCH_LEQ");
        if (!known || !is_whole(value->floats.at[i]) || left[i] <= node[i] || right[i] <= node[i] || left[i] >= t->step ||
            right[i] >= t->step)
            return false;
        t->feature[at] = feature[i];
        t->threshold[at] = (int32_t)value->floats.at[i];
        t->left[at] = root + left[i];
        t->right[at] = root + right[i];
    }
    return true;
}

static bool put_leaves(struct onnx_lower *l, struct onnx_node *n, struct tree_tables *t)
{
    const struct onnxpb_attribute *weight = onnx_given(l, n, "target_weights");
    const size_t count = weight ? weight->floats.n : 0;
    const int64_t *tree = list_of(l, n, "target_treeids", count), *node = list_of(l, n, "target_nodeids", count),
                  *target = list_of(l, n, "target_ids", count);
    if (!tree || !node || !target) return false;
    for (size_t i = 0; i < count; i++) {
        if (tree[i] < 0 || tree[i] >= t->n / t->step || node[i] < 0 || node[i] >= t->step || target[i] < 0 || target[i] >= t->outputs)
            return false;
        t->leaf[(tree[i] * t->step + node[i]) * t->outputs + target[i]] += weight->floats.at[i];
    }
    return true;
}

/* The whole numbers that were cast to float for it; NULL: it has others. */
static struct ir_value *whole_features(struct onnx_node *n)
{
    const struct ir_node *cast = ir_producer(onnx_in(n, 0), IR_CAST);
    struct ir_value *from = cast ? ir_in(cast, 0) : NULL;
    return from && from->dtype == TFP_INT32 ? from : NULL;
}

/* NULL: the tables are there; else what is refused. A failure is the builder's. */
static const char *read_tables(struct onnx_lower *l, struct onnx_node *n, struct tree_tables *t)
{
    struct arena *a = &l->b.graph->arena;
    const struct onnxpb_attribute *ids = onnx_given(l, n, "nodes_treeids");
    const size_t count = ids ? ids->ints.n : 0;
    const int64_t outputs = onnx_given_int(l, n, "n_targets", 1);
    int64_t trees, step;
    const int64_t *tree = list_of(l, n, "nodes_treeids", count), *node = list_of(l, n, "nodes_nodeids", count);
    if (!bytes_equal(onnx_given_string(l, n, "aggregate_function", "SUM"), "SUM") || onnx_given(l, n, "base_values") ||
        !bytes_equal(onnx_given_string(l, n, "post_transform", "NONE"), "NONE"))
        return "other than the plain sum of trees";
    if (!tree || !node || !measure(tree, node, count, outputs, &trees, &step)) return "no trees, or too many nodes";
    const bool made = trees_make(a, trees, step, outputs, t);
    if (made && (!put_nodes(l, n, t, tree, node, count) || !put_leaves(l, n, t)))
        return "nodes other than BRANCH_LEQ and BRANCH_EQ of whole numbers";
    if (!made || !trees_measure(a, t)) build_fail(&l->b, tfp_no_memory(l->b.ctx));
    return NULL;
}

void onnx_tree_ensemble(struct onnx_lower *l, struct onnx_node *n)
{
    struct build *b = &l->b;
    struct tree_tables t;
    struct ir_value *x = whole_features(n);
    const char *why = x ? read_tables(l, n, &t) : "trees over other than int32 numbers";
    if (why) onnx_refuse(l, n, "%s", why);
    if (why || b->status != TFP_OK) return;
    onnx_done(n, trees_emit(b, &t, x));
}
