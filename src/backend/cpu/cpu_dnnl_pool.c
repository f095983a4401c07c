/* Pools by oneDNN; a mean over all spatial dims is one too, so it needs no other layout than the convolution before it.
 */
#include "backend/cpu/cpu_plan.h"

#include <string.h>

/* Adds the pool of x into result y, whose dims (seen by oneDNN) are given; the result may have another rank. */
static tfp_status add_pool(struct builder *b, const struct ir_node *n, dnnl_alg_kind_t alg, const int64_t *dims,
                           const struct window *w, bool *made)
{
    const struct ir_value *x = ir_in(n, 0);
    struct unit u = { .head = n, .last = n, .result = n->out[0], .nodes = { n }, .n_nodes = 1 };
    struct slot *src, *dst;
    struct post_plan p;
    dnnl_memory_desc_t any;
    dnnl_pooling_v2_desc_t desc;
    dnnl_primitive_desc_t pd = NULL;
    TFP_TRY(layout_first(b, x, &src));
    layout_any(&any, x->rank, dims);
    *made = onednn.pooling_v2_forward_desc_init(&desc, dnnl_forward_inference, alg, &src->md, &any, w->stride, w->kernel,
                                              w->dilation, w->before, w->after) == dnnl_success;
    if (!*made) return TFP_OK;
    TFP_TRY(post_begin(b, &u, false, x->rank, 0, &p, made));
    tfp_status status = post_describe(b, &desc, &p, &pd, made);
    post_end(&p);
    if (status != TFP_OK || !*made) return status;
    const dnnl_memory_desc_t *md = onednn.primitive_desc_query_md(pd, dnnl_query_dst_md, 0);
    dnnl_memory_desc_t own = *md;
    int64_t result[TFP_MAX_RANK];
    ir_static_dims(u.result, result);
    if (u.result->rank != x->rank && onednn.memory_desc_reshape(&own, md, u.result->rank, result) != dnnl_success) {
        onednn.primitive_desc_destroy(pd);
        *made = false;
        return TFP_OK;
    }
    status = layout_new(b, u.result, &own, &dst);
    if (status != TFP_OK) {
        onednn.primitive_desc_destroy(pd);
        return status;
    }
    struct step_arg args[] = { { DNNL_ARG_SRC, src, NULL }, { DNNL_ARG_DST, dst, md } };
    return step_add_primitive(b, n, pd, args, 2);
}

static bool pool_fits(const struct ir_node *n)
{
    const struct ir_value *x = ir_in(n, 0);
    for (uint32_t i = 1; i < n->n_out; i++)
        if (ir_wants(n, i)) return false;
    return layout_fits(x) && layout_fits(n->out[0]) && x->rank >= 3 && x->rank <= 5;
}

/* Windows that hang over the end by rounding up count their cells by rules of their own. */
static bool hangs_over(const struct ir_node *n, const struct window *w)
{
    struct ir_ints pads = ir_attr_ints(n, ATTR_PADS);
    for (int i = 0; i < w->n; i++)
        if (w->after[i] > (pads.n ? pads.at[i + w->n] : 0)) return true;
    return false;
}

tfp_status make_pool(struct builder *b, const struct unit *u, bool *made)
{
    const struct ir_node *n = u->head;
    struct window w;
    int64_t x[TFP_MAX_RANK], y[TFP_MAX_RANK];
    if (!pool_fits(n)) return TFP_OK;
    ir_static_dims(n->in[0].value, x);
    ir_static_dims(n->out[0], y);
    struct ir_ints kernel = ir_attr_ints(n, ATTR_KERNEL_SHAPE);
    if ((int)kernel.n != n->in[0].value->rank - 2 || !window_of(n, (int)kernel.n, x + 2, kernel.at, y + 2, &w))
        return TFP_OK;
    bool padded = ir_attr_int(n, ATTR_COUNT_INCLUDE_PAD, 0) != 0;
    if (n->op == IR_AVERAGE_POOL && padded && hangs_over(n, &w)) return TFP_OK;
    dnnl_alg_kind_t alg = n->op == IR_MAX_POOL ? dnnl_pooling_max
                          : padded             ? dnnl_pooling_avg_include_padding
                                               : dnnl_pooling_avg_exclude_padding;
    return add_pool(b, n, alg, y, &w, made);
}

/* One window over everything. */
static tfp_status add_global(struct builder *b, const struct ir_node *n, dnnl_alg_kind_t alg, bool *made)
{
    const struct ir_value *x = ir_in(n, 0);
    struct window w = { .n = x->rank - 2 };
    int64_t dims[TFP_MAX_RANK] = { x->dims[0].n, x->dims[1].n };
    for (int i = 0; i < w.n; i++) {
        w.kernel[i] = w.stride[i] = x->dims[i + 2].n;
        dims[i + 2] = 1;
    }
    return add_pool(b, n, alg, dims, &w, made);
}

tfp_status make_global_pool(struct builder *b, const struct unit *u, bool *made)
{
    if (!pool_fits(u->head)) return TFP_OK;
    return add_global(b, u->head,
                      u->head->op == IR_GLOBAL_MAX_POOL ? dnnl_pooling_max : dnnl_pooling_avg_exclude_padding, made);
}

tfp_status make_reduce(struct builder *b, const struct unit *u, bool *made)
{
    const struct ir_node *n = u->head;
    int64_t axes[TFP_MAX_RANK];
    if (!pool_fits(n) || !ir_in(n, 1)) return TFP_OK;
    int32_t rank = n->in[0].value->rank;
    int64_t k = ir_known_ints(ir_in(n, 1), axes, TFP_MAX_RANK);
    unsigned over = 0;
    for (int64_t i = 0; i < k; i++)
        over |= 1u << (axes[i] < 0 ? axes[i] + rank : axes[i]);
    if (k != rank - 2 || over != (1u << rank) - 4) return TFP_OK;
    return add_global(b, n, dnnl_pooling_avg_exclude_padding, made);
}
