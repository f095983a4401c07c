/* Trees: decision trees as tables of their nodes. */
#include "ir/kernels/kernel.h"

#include <inttypes.h>

struct trees {
    const int64_t *feature, *left, *right;
    const int32_t *threshold;
    const bool *equal;
    int64_t n, features, step, depth;
};

static tfp_status check_nodes(struct kernel *k, const struct trees *t)
{
    for (int64_t i = 0; i < t->n; i++)
        if (t->feature[i] < 0 || t->feature[i] >= t->features || t->left[i] < 0 || t->left[i] >= t->n || t->right[i] < 0 ||
            t->right[i] >= t->n)
            return kernel_fail(k, TFP_E_FORMAT, "node %" PRId64 " asks for feature %" PRId64 " of %" PRId64 " or leads out of %" PRId64 " nodes",
                               i, t->feature[i], t->features, t->n);
    return TFP_OK;
}

static int64_t leaf_of(const struct trees *t, const int32_t *x, int64_t node)
{
    for (int64_t level = 0; level < t->depth && t->left[node] != node; level++) {
        const int32_t have = x[t->feature[node]], at = t->threshold[node];
        node = (t->equal[node] ? have == at : have <= at) ? t->left[node] : t->right[node];
    }
    return node;
}

static tfp_status read_trees(struct kernel *k, struct trees *t)
{
    const struct tensor *leaf = &k->in[6];
    bool fits = k->in[0].rank == 2 && leaf->rank == 2;
    t->n = fits ? leaf->dims[0] : 0;
    for (size_t i = 1; i < 6; i++) fits = fits && k->in[i].rank == 1 && k->in[i].count == t->n;
    if (!fits || t->step < 1 || t->depth < 0) return kernel_fail(k, TFP_E_FORMAT, "features and tables of nodes do not fit");
    t->features = k->in[0].dims[1];
    t->feature = k->in[1].data;
    t->threshold = k->in[2].data;
    t->left = k->in[3].data;
    t->right = k->in[4].data;
    t->equal = k->in[5].data;
    return check_nodes(k, t);
}

static tfp_status trees(struct kernel *k)
{
    struct trees t = { .step = ir_attr_int(k->node, ATTR_STEP, 0), .depth = ir_attr_int(k->node, ATTR_DEPTH, 0) };
    TFP_TRY(read_trees(k, &t));
    const int64_t batch = k->in[0].dims[0], targets = k->in[6].dims[1];
    const float *leaf = k->in[6].data;
    TFP_TRY(kernel_output(k, 0, TFP_FLOAT, 2, (int64_t[]){ batch, targets }));
    float *out = k->out[0].data;
    if (k->out[0].size) memset(out, 0, k->out[0].size);
    for (int64_t i = 0; i < batch; i++)
        for (int64_t root = 0; root < t.n; root += t.step) {
            const int64_t node = leaf_of(&t, (const int32_t *)k->in[0].data + i * t.features, root);
            for (int64_t j = 0; j < targets; j++) out[i * targets + j] += leaf[node * targets + j];
        }
    return TFP_OK;
}

const struct kernel_row kernels_trees[] = { { IR_TREES, .run = trees } };
const size_t kernels_trees_n = sizeof kernels_trees / sizeof kernels_trees[0];
