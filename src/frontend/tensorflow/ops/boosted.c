/* Boosted trees: the ensemble is a message in the checkpoint, which the saver's BoostedTreesDeserializeEnsemble names; it becomes
 * tables of nodes. */
#include "frontend/tensorflow/lower.h"
#include "frontend/tensorflow/tf_variables.h"
#include "ir/forms.h"
#include "ir/trees.h"
#include "schema/boosted_trees_proto.h"

/* Leaves are weighted. */
struct forest {
    const struct tfpb_tree_ensemble *from;
    int64_t features, outputs;
    struct tree_tables to;
};

/* -- reading ------------------------------------------------------------------------------------------------------- */

static bool same_table(const struct tf_node *n, const struct tf_node *handle)
{
    return tf_graph_is_op(n, "BoostedTreesDeserializeEnsemble") && n->n_in == 3 && n->in[0].node == handle;
}

/* The serialized ensemble; its bytes live as long as the graph. */
static bool serialized(struct lower *lw, const struct tf_node *handle, struct bytes *out)
{
    struct tf_restored place = { .slice = { "", 0 } };
    struct tf_graph *g = lw->graph;
    bool known = false;
    for (size_t i = 0; i < g->n_nodes && !known; i++)
        known = same_table(g->nodes[i], handle) && tf_saver_source(g->nodes[i]->in[2], &place);
    const struct weights_entry *e = known && g->weights ? weights_find(g->weights, place.key.at, place.key.n) : NULL;
    if (!e || e->dtype != TFP_STRING || e->rank != 0)
        return lower_unsupported(lw, "no checkpoint holds its trees, or the graph does not say where"), false;
    struct tensor t = { .dtype = TFP_UNDEFINED };
    lw->b.status = weights_read(lw->b.ctx, g->weights, e, NULL, &t);
    if (lw->b.status != TFP_OK) return false;
    const struct bytes s = tensor_string(&t, 0);
    *out = (struct bytes){ arena_string(&g->arena, s.at, s.n), s.n };
    tensor_release(&t);
    if (!out->at) build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
    return out->at != NULL;
}

static bool put_leaf(struct tree_tables *to, const struct tfpb_tree_leaf *leaf, int64_t at, float weight)
{
    const int64_t given = leaf && leaf->vector ? (int64_t)leaf->vector->value.n : 1;
    if (leaf && (leaf->sparse_vector.n || given > to->outputs || (!leaf->vector && to->outputs != 1))) return false;
    for (int64_t k = 0; leaf && k < given; k++)
        to->leaf[at * to->outputs + k] = weight * (leaf->vector ? leaf->vector->value.at[k] : leaf->scalar);
    return true;
}

/* Children come behind their parents, so that a walk ends. */
static bool put_split(struct forest *f, const struct tfpb_tree_split *s, int64_t first, int64_t node, int64_t n, bool equal)
{
    const int64_t at = first + node;
    if (s->feature_id < 0 || s->feature_id >= f->features || s->dimension_id || s->left_id <= node || s->right_id <= node ||
        s->left_id >= n || s->right_id >= n)
        return false;
    f->to.feature[at] = s->feature_id;
    f->to.threshold[at] = s->threshold;
    f->to.left[at] = first + s->left_id;
    f->to.right[at] = first + s->right_id;
    f->to.equal[at] = equal;
    return true;
}

static bool put_tree(struct forest *f, int64_t tree)
{
    const struct tfpb_tree *t = &f->from->trees.at[tree];
    const int64_t first = tree * f->to.step, n = (int64_t)t->nodes.n;
    const float weight = f->from->tree_weights.n ? f->from->tree_weights.at[tree] : 1;
    for (int64_t i = 0; i < n; i++) {
        const struct tfpb_tree_node *node = &t->nodes.at[i];
        const bool split = node->which == TFPB_TREE_BUCKETIZED || node->which == TFPB_TREE_CATEGORICAL;
        if (node->which == TFPB_TREE_DENSE) return false;
        if (split && !put_split(f, node->bucketized_split, first, i, n, node->which == TFPB_TREE_CATEGORICAL)) return false;
        if (!split && !put_leaf(&f->to, node->which ? node->leaf : NULL, first + i, weight)) return false;
    }
    return true;
}

static tfp_status read_forest(struct lower *lw, struct forest *f)
{
    enum { DEEPEST = 64 };
    struct arena *a = &lw->graph->arena;
    const int64_t count = (int64_t)f->from->trees.n;
    int64_t nodes = 0;
    for (size_t i = 0; i < f->from->trees.n; i++)
        if ((int64_t)f->from->trees.at[i].nodes.n > nodes) nodes = (int64_t)f->from->trees.at[i].nodes.n;
    if (!trees_fit(count, nodes, f->outputs) || (f->from->tree_weights.n && f->from->tree_weights.n != f->from->trees.n))
        return lower_unsupported(lw, "%lld trees of %lld nodes", (long long)count, (long long)nodes);
    if (!trees_make(a, count, nodes, f->outputs, &f->to)) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx)), lw->b.status;
    for (int64_t i = 0; i < count; i++)
        if (!put_tree(f, i)) return lower_unsupported(lw, "tree %lld has a node of a kind that is not known", (long long)i);
    if (!trees_measure(a, &f->to)) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx)), lw->b.status;
    return f->to.depth <= DEEPEST ? TFP_OK : lower_unsupported(lw, "trees of %lld levels", (long long)f->to.depth);
}

/* -- predicting ---------------------------------------------------------------------------------------------------- */

static tfp_status lower_predict(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct ir_value *columns[1024];
    struct bytes message;
    struct forest f = { .outputs = tf_int(lw, "logits_dimension"), .features = (int64_t)n->n_in - 1 };
    struct tfpb_tree_ensemble ensemble = { .trees = { NULL, 0 } };
    if (f.features < 1 || (size_t)f.features > sizeof columns / sizeof columns[0] || f.outputs < 1 || f.outputs > 1 << 16)
        return lower_unsupported(lw, "%lld features, %lld outputs", (long long)f.features, (long long)f.outputs);
    if (!serialized(lw, n->in[0].node, &message)) return b->status;
    b->status = protobuf_decode(b->ctx, &lw->graph->arena, &tfpb_tree_ensemble_type, message, &ensemble);
    if (b->status != TFP_OK) return b->status;
    f.from = &ensemble;
    for (int64_t i = 0; i < f.features; i++) columns[i] = RESHAPE(b, lower_in(lw, (size_t)i + 1), -1, 1);
    if (!ensemble.trees.n) /* nothing was learned yet */
        return lower_done(lw, form_zeros(b, TFP_FLOAT, CONCAT(b, 0, ir_dim(b, columns[0], 0), INTS(b, f.outputs))));
    TFP_TRY(read_forest(lw, &f));
    return lower_done(lw, trees_emit(b, &f.to, ir_concat(b, columns, (size_t)f.features, 1)));
}

/* Only the look for its trees needs it. */
static tfp_status lower_handle(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lower_done(lw, ir_int(&lw->b, 0));
}

static const struct rule rules[] = {
    { "BoostedTreesEnsembleResourceHandleOp", lower_handle, NULL },
    { "BoostedTreesPredict", lower_predict, NULL },
};
const struct rule_family rules_boosted = { rules, sizeof rules / sizeof rules[0] };
