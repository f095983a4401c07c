/* Normalizations and softmax by oneDNN. */
#include "backend/cpu/cpu_plan.h"

#include <string.h>

enum { NORM_ARGS = 8 };

/* Describes and adds a primitive of one data input and one result in the same layout `md`, with further arguments that
 * lie row-major. Writes over the input where it dies. */
static tfp_status add_same(struct builder *b, const struct unit *u, const void *desc, const dnnl_memory_desc_t *md,
                           struct slot *src, const struct step_arg *more, uint32_t n_more, bool *made)
{
    struct post_plan p;
    dnnl_primitive_desc_t pd = NULL;
    const struct ir_value *x = ir_in(u->head, 0);
    struct unit bare = { .head = u->head, .result = u->result };
    TFP_TRY(post_begin(b, &bare, false, md->ndims, 0, &p, made));
    tfp_status status = post_describe(b, desc, &p, &pd, made);
    post_end(&p);
    if (status != TFP_OK || !*made) return status;
    struct step_arg args[NORM_ARGS] = { { DNNL_ARG_SRC, src, md } };
    uint32_t k = 1;
    for (uint32_t i = 0; i < n_more; i++)
        args[k++] = more[i];
    bool over = layout_dies(b, x) && src->root->kind == SLOT_ARENA;
    struct slot *dst;
    status = over ? layout_over(b, u->result, &src->md, src, &dst) : layout_new(b, u->result, &src->md, &dst);
    if (status != TFP_OK) {
        onednn.primitive_desc_destroy(pd);
        return status;
    }
    args[k++] = (struct step_arg){ DNNL_ARG_DST, dst, md };
    return step_add_primitive(b, u->head, pd, args, k);
}

static bool only_output(const struct ir_node *n)
{
    for (uint32_t i = 1; i < n->n_out; i++)
        if (ir_wants(n, i)) return false;
    return true;
}

static bool vectors(const struct ir_node *n, uint32_t from, int64_t size)
{
    for (uint32_t i = from; i < n->n_in; i++) {
        const struct ir_value *v = ir_in(n, i);
        if (!layout_fits(v) || v->rank != 1 || !dim_is(v->dims[0], size)) return false;
    }
    return true;
}

tfp_status make_batch_normalization(struct builder *b, const struct unit *u, bool *made)
{
    static const int arg[] = { DNNL_ARG_SCALE, DNNL_ARG_SHIFT, DNNL_ARG_MEAN, DNNL_ARG_VARIANCE };
    const struct ir_node *n = u->head;
    const struct ir_value *x = ir_in(n, 0);
    unsigned flags = dnnl_use_global_stats | dnnl_use_scale | dnnl_use_shift;
    if (n->n_in != 5 || !layout_fits(x) || !layout_fits(u->result) || x->rank < 2 || x->rank > 5 || !only_output(n) ||
        ir_attr_int(n, ATTR_TRAINING_MODE, 0) || !vectors(n, 1, x->dims[1].n))
        return TFP_OK;
    if (u->n_posts > 1) return TFP_OK;
    if (u->n_posts) {
        bool relu = u->posts[0].alg == dnnl_eltwise_relu && u->posts[0].alpha == 0;
        if (!relu) return TFP_OK;
        flags |= dnnl_fuse_norm_relu;
    }
    struct slot *src;
    struct step_arg more[4];
    dnnl_batch_normalization_desc_t desc;
    TFP_TRY(layout_first(b, x, &src));
    *made = onednn.batch_normalization_forward_desc_init(&desc, dnnl_forward_inference, &src->md,
                                                       ir_attr_float(n, ATTR_EPSILON, 1e-5f), flags) == dnnl_success;
    if (!*made) return TFP_OK;
    for (uint32_t i = 0; i < 4; i++) {
        more[i] = (struct step_arg){ arg[i], NULL, NULL };
        TFP_TRY(layout_row_major(b, ir_in(n, i + 1), &more[i].slot));
    }
    return add_same(b, u, &desc, &src->md, src, more, 4, made);
}

tfp_status make_layer_normalization(struct builder *b, const struct unit *u, bool *made)
{
    const struct ir_node *n = u->head;
    const struct ir_value *x = ir_in(n, 0);
    if (n->n_in < 2 || !layout_fits(x) || !layout_fits(u->result) || x->rank < 1 || !only_output(n)) return TFP_OK;
    int64_t axis = ir_attr_int(n, ATTR_AXIS, -1);
    if (axis < 0) axis += x->rank;
    if (axis != x->rank - 1 || !vectors(n, 1, x->dims[axis].n)) return TFP_OK;
    int64_t outer = 1;
    for (int64_t i = 0; i < axis; i++)
        outer *= x->dims[i].n;
    struct slot *src;
    struct step_arg more[2];
    uint32_t k = 0;
    dnnl_memory_desc_t md, stat;
    dnnl_layer_normalization_desc_t desc;
    bool shift = ir_in(n, 2) != NULL;
    layout_plain(&md, 2, (int64_t[]){ outer, x->dims[axis].n });
    layout_plain(&stat, 1, (int64_t[]){ outer });
    *made = onednn.layer_normalization_forward_desc_init(&desc, dnnl_forward_inference, &md, &stat,
                                                       ir_attr_float(n, ATTR_EPSILON, 1e-5f),
                                                       dnnl_use_scale | (shift ? dnnl_use_shift : 0u)) == dnnl_success;
    if (!*made) return TFP_OK;
    TFP_TRY(layout_row_major(b, x, &src));
    more[k] = (struct step_arg){ DNNL_ARG_SCALE, NULL, NULL };
    TFP_TRY(layout_row_major(b, ir_in(n, 1), &more[k++].slot));
    if (shift) {
        more[k] = (struct step_arg){ DNNL_ARG_SHIFT, NULL, NULL };
        TFP_TRY(layout_row_major(b, ir_in(n, 2), &more[k++].slot));
    }
    return add_same(b, u, &desc, &md, src, more, k, made);
}

tfp_status make_lrn(struct builder *b, const struct unit *u, bool *made)
{
    const struct ir_node *n = u->head;
    const struct ir_value *x = ir_in(n, 0);
    struct slot *src;
    dnnl_lrn_desc_t desc;
    int64_t size = ir_attr_int(n, ATTR_SIZE, 1);
    if (!layout_fits(x) || !layout_fits(u->result) || x->rank != 4 || size % 2 == 0) return TFP_OK;
    /* oneDNN 2.6 gives wrong sums at other sizes and at channels that do not fill their blocks. */
    if (size != 5 || !dim_fixed(x->dims[1]) || x->dims[1].n % 16) return TFP_OK;
    TFP_TRY(layout_first(b, x, &src));
    *made = onednn.lrn_forward_desc_init(&desc, dnnl_forward_inference, dnnl_lrn_across_channels, &src->md, size,
                                       ir_attr_float(n, ATTR_ALPHA, 1e-4f), ir_attr_float(n, ATTR_BETA, 0.75f),
                                       ir_attr_float(n, ATTR_BIAS, 1)) == dnnl_success;
    return *made ? add_same(b, u, &desc, &src->md, src, NULL, 0, made) : TFP_OK;
}

tfp_status make_softmax(struct builder *b, const struct unit *u, bool *made)
{
    const struct ir_node *n = u->head;
    const struct ir_value *x = ir_in(n, 0);
    struct slot *src;
    dnnl_softmax_v2_desc_t desc;
    if (!layout_fits(x) || !layout_fits(u->result) || x->rank < 1) return TFP_OK;
    int64_t axis = ir_attr_int(n, ATTR_AXIS, -1);
    if (axis < 0) axis += x->rank;
    TFP_TRY(layout_first(b, x, &src));
    dnnl_alg_kind_t alg = n->op == IR_SOFTMAX ? dnnl_softmax_accurate : dnnl_softmax_log;
    for (int attempt = 0; attempt < 2 && !*made; attempt++) {
        if (attempt) TFP_TRY(layout_row_major(b, x, &src));
        if (onednn.softmax_v2_forward_desc_init(&desc, dnnl_forward_inference, alg, &src->md, &src->md, (int)axis) ==
            dnnl_success)
            TFP_TRY(add_same(b, u, &desc, &src->md, src, NULL, 0, made));
    }
    return TFP_OK;
}
