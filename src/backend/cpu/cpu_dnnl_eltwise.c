/* Element-wise nodes by oneDNN, in whatever layout the data has, in place where the data dies. */
#include "backend/cpu/cpu_plan.h"

#include <string.h>

/* Memory for the result of md's layout: the operand's own when nobody reads that later. */
static tfp_status result_slot(struct builder *b, const struct unit *u, const struct ir_value *operand, struct slot *s,
                              const dnnl_memory_desc_t *md, struct slot **out)
{
    bool over = layout_dies(b, operand) && s->root->kind == SLOT_ARENA && layout_value(b, operand)->at[0] == s;
    return over ? layout_over(b, u->result, md, s, out) : layout_new(b, u->result, md, out);
}

/* The head's own posts but the first, before those that follow. */
static bool prepend(struct unit *u, const struct post *posts, uint32_t n)
{
    if (u->n_posts + n > CPU_POSTS) return false;
    memmove(u->posts + n, u->posts, u->n_posts * sizeof *u->posts);
    memcpy(u->posts, posts, n * sizeof *posts);
    u->n_posts += n;
    return true;
}

tfp_status make_eltwise(struct builder *b, const struct unit *given, bool *made)
{
    struct unit u = *given;
    struct post posts[2];
    uint32_t data, n_posts = fuse_posts_of(u.head, posts, &data);
    if (!n_posts || !layout_fits(ir_in(u.head, data)) || !layout_fits(u.result)) return TFP_OK;
    const struct ir_value *x = ir_in(u.head, data);
    struct slot *src, *dst;
    struct post_plan p;
    dnnl_eltwise_desc_t desc;
    dnnl_primitive_desc_t pd = NULL;
    if (x->rank != u.result->rank || !prepend(&u, posts + 1, n_posts - 1)) return TFP_OK;
    TFP_TRY(layout_first(b, x, &src));
    *made = dnnl_eltwise_forward_desc_init(&desc, dnnl_forward_inference, posts[0].alg, &src->md, posts[0].alpha,
                                           posts[0].beta) == dnnl_success;
    if (!*made) return TFP_OK;
    TFP_TRY(post_begin(b, &u, false, src->md.ndims, &p, made));
    if (!*made) return TFP_OK;
    tfp_status status = post_describe(b, &desc, &p, &pd, made);
    if (status == TFP_OK && *made) status = result_slot(b, &u, x, src, &src->md, &dst);
    if (status == TFP_OK && *made) {
        struct step_arg args[4 + CPU_POSTS] = { { DNNL_ARG_SRC, src, NULL } };
        uint32_t k = post_args(&p, args, 1);
        args[k++] = (struct step_arg){ DNNL_ARG_DST, dst, NULL };
        status = step_add_primitive(b, u.head, pd, args, k);
        pd = NULL;
    }
    if (pd) dnnl_primitive_desc_destroy(pd);
    post_end(&p);
    return status;
}

/* Puts the operand of the result's size first, and of two such the one whose memory can be taken. */
static bool order_operands(struct builder *b, const struct ir_node *n, bool commutes, struct ir_value *in[2])
{
    in[0] = ir_in(n, 0);
    in[1] = ir_in(n, 1);
    bool first = layout_same_dims(in[0], n->out[0]), second = layout_same_dims(in[1], n->out[0]);
    bool swap = !first || (second && (in[0]->constant || (!layout_dies(b, in[0]) && layout_dies(b, in[1]))));
    if (swap && commutes && second) {
        in[0] = ir_in(n, 1);
        in[1] = ir_in(n, 0);
        return true;
    }
    return first;
}

/* The second operand with the rank of the first, in its layout when it has its size. */
static tfp_status second_operand(struct builder *b, const struct ir_value *v, const struct slot *first, bool full,
                                 struct slot **slot, dnnl_memory_desc_t *md)
{
    dnnl_dims_t dims;
    int rank = first->md.ndims, own = v->rank;
    if (full) {
        TFP_TRY(layout_as(b, v, &first->md, slot));
        *md = first->md;
        return TFP_OK;
    }
    TFP_TRY(layout_row_major(b, v, slot));
    for (int i = 0; i < rank; i++) dims[i] = i < rank - own ? 1 : v->dims[i - (rank - own)].n;
    layout_plain(md, (size_t)rank, dims);
    return TFP_OK;
}

tfp_status make_binary(struct builder *b, const struct unit *u, bool *made)
{
    bool commutes;
    const struct ir_node *n = u->head;
    dnnl_alg_kind_t alg = fuse_binary_of(n, &commutes);
    struct ir_value *in[2];
    if (alg == dnnl_alg_kind_undef || n->n_in != 2 || !layout_fits(ir_in(n, 0)) || !layout_fits(ir_in(n, 1)) ||
        !layout_fits(u->result) || !order_operands(b, n, commutes, in))
        return TFP_OK;
    struct slot *x, *y, *dst;
    dnnl_memory_desc_t y_md;
    struct post_plan p;
    dnnl_binary_desc_t desc;
    dnnl_primitive_desc_t pd = NULL;
    TFP_TRY(layout_first(b, in[0], &x));
    TFP_TRY(second_operand(b, in[1], x, layout_same_dims(in[1], n->out[0]), &y, &y_md));
    *made = dnnl_binary_desc_init(&desc, alg, &x->md, &y_md, &x->md) == dnnl_success;
    if (!*made) return TFP_OK;
    TFP_TRY(post_begin(b, u, false, x->md.ndims, &p, made));
    if (!*made) return TFP_OK;
    tfp_status status = post_describe(b, &desc, &p, &pd, made);
    if (status == TFP_OK && *made) status = result_slot(b, u, in[0], x, &x->md, &dst);
    if (status == TFP_OK && *made) {
        struct step_arg args[4 + CPU_POSTS] = { { DNNL_ARG_SRC_0, x, NULL }, { DNNL_ARG_SRC_1, y, &y_md } };
        uint32_t k = post_args(&p, args, 2);
        args[k++] = (struct step_arg){ DNNL_ARG_DST, dst, &x->md };
        status = step_add_primitive(b, n, pd, args, k);
        pd = NULL;
    }
    if (pd) dnnl_primitive_desc_destroy(pd);
    post_end(&p);
    return status;
}
