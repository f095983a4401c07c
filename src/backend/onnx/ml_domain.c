#include "backend/onnx/ml_domain.h"

#include "base/map.h"

#include <string.h>

bool ml_domain_has(enum ir_op op)
{
    return op == IR_LABEL_ENCODER || op == IR_TREE_ENSEMBLE_REGRESSOR;
}

/* -- tables -------------------------------------------------------------------------------------------------------- */

/* The type that LabelEncoder has for it; TFP_UNDEFINED: none. */
static tfp_dtype word_type(tfp_dtype dtype)
{
    return dtype == TFP_STRING || dtype == TFP_FLOAT ? dtype
           : dtype == TFP_INT64 || dtype == TFP_INT32 ? TFP_INT64 : TFP_UNDEFINED;
}

/* Which of several equal keys counts is not said there. */
static bool has_equal_keys(struct arena *a, const struct tensor *keys)
{
    struct map seen;
    map_init(&seen, a);
    for (int64_t i = 0; i < keys->count; i++) {
        const struct bytes key = tensor_element(keys, i);
        void **at = map_at(&seen, key.at, key.n);
        if (!at || *at) return true;
        *at = &seen;
    }
    return false;
}

/* A vector as the attribute of its type. */
static bool list_attr(struct arena *a, const struct tensor *t, const enum ir_attr_name names[3], struct ir_attr *out)
{
    const size_t n = (size_t)t->count;
    if (t->dtype == TFP_STRING) {
        struct bytes *at = ARENA_ARRAY(a, struct bytes, n + 1);
        for (size_t i = 0; at && i < n; i++) at[i] = tensor_string(t, (int64_t)i);
        *out = (struct ir_attr){ .name = names[0], .kind = ATTR_KIND_STRINGS, .v.strings = { at, n } };
        return at != NULL;
    }
    if (t->dtype == TFP_FLOAT) {
        *out = (struct ir_attr){ .name = names[2], .kind = ATTR_KIND_FLOATS, .v.floats = { t->data, n } };
        return true;
    }
    int64_t *at = ARENA_ARRAY(a, int64_t, n + 1);
    for (size_t i = 0; at && i < n; i++) at[i] = tensor_int(t, (int64_t)i);
    *out = (struct ir_attr){ .name = names[1], .kind = ATTR_KIND_INTS, .v.ints = { at, n } };
    return at != NULL;
}

static struct ir_attr default_attr(const struct tensor *t)
{
    if (t->dtype == TFP_STRING)
        return (struct ir_attr){ .name = ATTR_DEFAULT_STRING, .kind = ATTR_KIND_STRING, .v.s = tensor_string(t, 0) };
    if (t->dtype == TFP_FLOAT) return (struct ir_attr)A_FLOAT(ATTR_DEFAULT_FLOAT, *(const float *)t->data);
    return (struct ir_attr)A_INT(ATTR_DEFAULT_INT64, tensor_int(t, 0));
}

static bool table_find(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    static const enum ir_attr_name keys_names[] = { ATTR_KEYS_STRINGS, ATTR_KEYS_INT64S, ATTR_KEYS_FLOATS },
                                   values_names[] = { ATTR_VALUES_STRINGS, ATTR_VALUES_INT64S, ATTR_VALUES_FLOATS };
    struct arena *a = &d->b.graph->arena;
    const struct tensor *keys = ir_in_constant(n, 1), *values = ir_in_constant(n, 2), *otherwise = ir_in_constant(n, 3);
    struct ir_attr attrs[4] = { { .name = ATTR_NONE } };
    if (!keys || !values || !otherwise) return decline(d, "a table that is not constant");
    if (!word_type(keys->dtype) || !word_type(values->dtype) || !keys->count || keys->count != values->count || otherwise->count != 1)
        return decline(d, "the table's types, or that it is empty");
    if (has_equal_keys(a, keys)) return decline(d, "keys that occur twice");
    if (!list_attr(a, keys, keys_names, &attrs[0]) || !list_attr(a, values, values_names, &attrs[1]))
        return build_fail(&d->b, tfp_no_memory(d->b.ctx)) != NULL;
    attrs[2] = default_attr(otherwise);
    struct ir_value *x = ir_cast(&d->b, ir_in(n, 0), word_type(keys->dtype));
    return give(out, ir_cast(&d->b, ir_emit(&d->b, IR_LABEL_ENCODER, IN(x), attrs), values->dtype));
}

/* -- text ---------------------------------------------------------------------------------------------------------- */

/* ONNX says how numbers are printed, but for floats not as TensorFlow does it. */
static bool as_string(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    const tfp_dtype dtype = ir_in(n, 0)->dtype;
    const bool whole = dtype_is_integer(dtype) && dtype != TFP_UINT64;
    if (!whole || ir_attr_int(n, ATTR_WIDTH, -1) > -1 || ir_attr_string(n, ATTR_FILL, "").n)
        return decline(d, "text of other than whole numbers, or filled up");
    if (d->opset < 9) return decline(d, NULL);
    return give(out, ir_emit(&d->b, IR_CAST, IN(ir_in(n, 0)), ATTRS(A_INT(ATTR_TO, TFP_STRING))));
}

/* -- trees --------------------------------------------------------------------------------------------------------- */

/* The nodes' attributes, one entry a node; the targets', one a leaf and output. */
struct tree_lists {
    int64_t *tree, *node, *feature, *left, *right, *target_tree, *target_node, *target;
    struct bytes *mode;
    float *value, *weight;
    size_t n, n_targets;
};

static bool make_lists(struct arena *a, struct tree_lists *l, size_t nodes, size_t outputs)
{
    int64_t **const ints[] = { &l->tree, &l->node, &l->feature, &l->left, &l->right, &l->target_tree, &l->target_node, &l->target };
    const size_t n_ints = sizeof ints / sizeof ints[0];
    for (size_t i = 0; i < n_ints; i++)
        if (!(*ints[i] = ARENA_ARRAY(a, int64_t, (i < 5 ? nodes : nodes * outputs) + 1))) return false;
    l->mode = ARENA_ARRAY(a, struct bytes, nodes + 1);
    l->value = ARENA_ARRAY(a, float, nodes + 1);
    l->weight = ARENA_ARRAY(a, float, nodes * outputs + 1);
    return l->mode && l->value && l->weight;
}

/* Nodes that a root leads to, which stand behind what leads to them: a reader takes others for roots. */
static void find_reached(const struct ir_node *n, int64_t step, bool *reached)
{
    const int64_t *left = ir_in_constant(n, 3)->data, *right = ir_in_constant(n, 4)->data;
    for (int64_t i = 0; i < ir_in_constant(n, 6)->dims[0]; i++) {
        reached[i] = reached[i] || i % step == 0;
        if (reached[i]) reached[left[i]] = reached[right[i]] = true;
    }
}

/* Nodes are counted from their tree's root. */
static void list_nodes(const struct ir_node *n, int64_t step, const bool *reached, struct tree_lists *l)
{
    const int64_t *feature = ir_in_constant(n, 1)->data, *left = ir_in_constant(n, 3)->data, *right = ir_in_constant(n, 4)->data;
    const int32_t *threshold = ir_in_constant(n, 2)->data;
    const bool *equal = ir_in_constant(n, 5)->data;
    const struct tensor *leaf = ir_in_constant(n, 6);
    const int64_t outputs = leaf->dims[1];
    for (int64_t i = 0; i < leaf->dims[0]; i++) {
        if (!reached[i]) continue;
        const bool ends = left[i] == i;
        const int64_t tree = i / step, root = tree * step;
        l->tree[l->n] = tree;
        l->node[l->n] = i - root;
        l->feature[l->n] = ends ? 0 : feature[i];
        l->value[l->n] = ends ? 0 : (float)threshold[i];
        l->mode[l->n] = bytes_of(ends ? "LEAF" : equal[i] ? "BRANCH_EQ" : "BRANCH_LEQ");
        l->left[l->n] = ends ? 0 : left[i] - root;
        l->right[l->n] = ends ? 0 : right[i] - root;
        for (int64_t j = 0; ends && j < outputs; j++, l->n_targets++) {
            l->target_tree[l->n_targets] = tree;
            l->target_node[l->n_targets] = i - root;
            l->target[l->n_targets] = j;
            l->weight[l->n_targets] = ((const float *)leaf->data)[i * outputs + j];
        }
        l->n++;
    }
}

/* Children lie in their parent's tree and behind it; and thresholds are exact as floats. */
static bool are_trees(const struct ir_node *n, int64_t step)
{
    enum { EXACT = 1 << 24 };
    for (size_t i = 1; i < 7; i++)
        if (!ir_in_constant(n, i)) return false;
    const struct tensor *leaf = ir_in_constant(n, 6);
    const int64_t *left = ir_in_constant(n, 3)->data, *right = ir_in_constant(n, 4)->data;
    const int32_t *threshold = ir_in_constant(n, 2)->data;
    if (leaf->rank != 2 || step < 1 || leaf->dims[0] % step) return false;
    for (size_t i = 1; i < 6; i++)
        if (ir_in_constant(n, i)->count != leaf->dims[0]) return false;
    for (int64_t i = 0; i < leaf->dims[0]; i++) {
        const bool below = left[i] > i && right[i] > i && left[i] / step == i / step && right[i] / step == i / step;
        if ((left[i] != i && !below) || threshold[i] > EXACT || threshold[i] < -EXACT) return false;
    }
    return true;
}

static bool trees(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct tree_lists l = { .n = 0 };
    const int64_t step = ir_attr_int(n, ATTR_STEP, 0);
    if (!are_trees(n, step)) return decline(d, "trees that are not constant, or thresholds beyond 2^24");
    const int64_t nodes = ir_in_constant(n, 6)->dims[0], outputs = ir_in_constant(n, 6)->dims[1];
    bool *reached = ARENA_ARRAY(&b->graph->arena, bool, (size_t)nodes + 1);
    if (!reached || !make_lists(&b->graph->arena, &l, (size_t)nodes, (size_t)outputs)) return build_fail(b, tfp_no_memory(b->ctx)) != NULL;
    find_reached(n, step, reached);
    list_nodes(n, step, reached, &l);
    const struct ir_attr attrs[] = {
        A_INT(ATTR_N_TARGETS, outputs),
        A_INTS(ATTR_NODES_TREEIDS, l.tree, l.n),
        A_INTS(ATTR_NODES_NODEIDS, l.node, l.n),
        A_INTS(ATTR_NODES_FEATUREIDS, l.feature, l.n),
        { .name = ATTR_NODES_VALUES, .kind = ATTR_KIND_FLOATS, .v.floats = { l.value, l.n } },
        { .name = ATTR_NODES_MODES, .kind = ATTR_KIND_STRINGS, .v.strings = { l.mode, l.n } },
        A_INTS(ATTR_NODES_TRUENODEIDS, l.left, l.n),
        A_INTS(ATTR_NODES_FALSENODEIDS, l.right, l.n),
        A_INTS(ATTR_TARGET_TREEIDS, l.target_tree, l.n_targets),
        A_INTS(ATTR_TARGET_NODEIDS, l.target_node, l.n_targets),
        A_INTS(ATTR_TARGET_IDS, l.target, l.n_targets),
        { .name = ATTR_TARGET_WEIGHTS, .kind = ATTR_KIND_FLOATS, .v.floats = { l.weight, l.n_targets } },
        { .name = ATTR_NONE },
    };
    return give(out, ir_emit(b, IR_TREE_ENSEMBLE_REGRESSOR, IN(ir_cast(b, ir_in(n, 0), TFP_FLOAT)), attrs));
}

static const struct decomposition rows[] = {
    { IR_AS_STRING, as_string },
    { IR_TABLE_FIND, table_find },
    { IR_TREES, trees },
};

bool ml_domain_decompose(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].op == n->op) return rows[i].run(d, n, out);
    return false;
}
