/* MatMul and Gemm by oneDNN: constant weights packed once, leading dims joined, bias and what follows fused. */
#include "backend/cpu/cpu_plan.h"

#include <string.h>

struct product {
    dnnl_memory_desc_t a, w, y; /* as oneDNN sees the operands and the result; all of one rank */
    struct slot *a_slot, *w_slot;
    const struct ir_value *bias; /* of N elements; or NULL */
    int64_t columns;
    struct unit unit; /* with the posts that are left */
};

/* Takes a bias of N elements out of the first post. */
static void take_bias(struct product *p)
{
    struct unit *u = &p->unit;
    if (p->bias || !u->n_posts || u->posts[0].alg != dnnl_binary_add || !u->posts[0].other) return;
    const struct ir_value *v = u->posts[0].other;
    int64_t sizes[2];
    if (!fuse_matrix_of(v, u->posts[0].at, p->columns, sizes) || sizes[0] != 1 || sizes[1] != p->columns) return;
    p->bias = v;
    memmove(u->posts, u->posts + 1, --u->n_posts * sizeof *u->posts);
}

static tfp_status describe(struct builder *b, const struct product *p, const struct post_plan *posts,
                           const dnnl_memory_desc_t *bias, dnnl_primitive_desc_t *pd, bool *made)
{
    dnnl_memory_desc_t w = p->w;
    dnnl_matmul_desc_t desc;
    if (p->w_slot->root->kind == SLOT_CONSTANT) layout_any(&w, p->w.ndims, p->w.dims);
    *made = onednn.matmul_desc_init(&desc, &p->a, &w, bias, &p->y) == dnnl_success;
    return *made ? post_describe(b, &desc, posts, pd, made) : TFP_OK;
}

static tfp_status add_step(struct builder *b, const struct product *p, const struct post_plan *posts,
                           const dnnl_memory_desc_t *bias, dnnl_primitive_desc_t pd)
{
    struct step_arg args[8 + CPU_POSTS];
    uint32_t k = 0;
    struct slot *w, *c = NULL, *y;
    const dnnl_memory_desc_t *w_md = onednn.primitive_desc_query_md(pd, dnnl_query_weights_md, 0);
    tfp_status status = layout_convert(b, p->w_slot, &p->w, w_md, &w);
    if (status == TFP_OK && bias) status = layout_row_major(b, p->bias, &c);
    if (status == TFP_OK) status = post_result(b, &p->unit, posts, &p->y, &y);
    if (status != TFP_OK) {
        onednn.primitive_desc_destroy(pd);
        return status;
    }
    args[k++] = (struct step_arg){ DNNL_ARG_SRC, p->a_slot, &p->a };
    args[k++] = (struct step_arg){ DNNL_ARG_WEIGHTS, w, w_md };
    if (bias) args[k++] = (struct step_arg){ DNNL_ARG_BIAS, c, bias };
    k = post_args(posts, args, k);
    args[k++] = (struct step_arg){ DNNL_ARG_DST, y, &p->y };
    return step_add_primitive(b, p->unit.head, pd, args, k);
}

static tfp_status make(struct builder *b, struct product *p, bool *made)
{
    struct post_plan posts;
    dnnl_primitive_desc_t pd = NULL;
    dnnl_memory_desc_t bias;
    dnnl_dims_t dims;
    take_bias(p);
    for (int i = 0; i < p->y.ndims; i++)
        dims[i] = i == p->y.ndims - 1 ? p->columns : 1;
    *made = layout_plain(&bias, (size_t)p->y.ndims, dims);
    if (*made) TFP_TRY(post_begin(b, &p->unit, true, p->y.ndims, p->y.ndims == 2 ? p->columns : 0, &posts, made));
    if (!*made) return TFP_OK;
    tfp_status status = describe(b, p, &posts, p->bias ? &bias : NULL, &pd, made);
    if (status == TFP_OK && *made) status = add_step(b, p, &posts, p->bias ? &bias : NULL, pd);
    post_end(&posts);
    return status;
}

/* Row-major with these dims. */
static tfp_status view(struct builder *b, const struct ir_value *v, size_t rank, const int64_t *dims,
                       struct slot **slot, dnnl_memory_desc_t *md)
{
    TFP_TRY(layout_row_major(b, v, slot));
    layout_plain(md, rank, dims);
    return TFP_OK;
}

/* The value as it lies when a product can read that (plain strides, the rows or the columns dense), else row-major;
 * ones put before up to `rank`. */
static tfp_status operand(struct builder *b, const struct ir_value *v, int rank, struct slot **slot,
                          dnnl_memory_desc_t *md)
{
    dnnl_dims_t dims;
    TFP_TRY(layout_first(b, v, slot));
    for (int i = 0; i < rank; i++)
        dims[i] = i < rank - v->rank ? 1 : v->dims[i - (rank - v->rank)].n;
    const dnnl_memory_desc_t *own = &(*slot)->md;
    const dnnl_blocking_desc_t *k = &own->format_desc.blocking;
    bool strided = own->format_kind == dnnl_blocked && !k->inner_nblks && own->ndims == v->rank && v->rank >= 2 &&
                   (k->strides[v->rank - 1] == 1 || k->strides[v->rank - 2] == 1);
    if (strided && onednn.memory_desc_reshape(md, own, rank, dims) == dnnl_success) return TFP_OK;
    return view(b, v, (size_t)rank, dims, slot, md);
}

/* [.., M, K] by [K, N]: the leading dims of the first are joined. */
static tfp_status joined(struct builder *b, const struct ir_value *a, const struct ir_value *w, struct product *p)
{
    int64_t rows = 1, inner = w->dims[0].n;
    for (int32_t i = 0; i < a->rank - 1; i++)
        rows *= a->dims[i].n;
    if (a->rank == 2)
        TFP_TRY(operand(b, a, 2, &p->a_slot, &p->a));
    else
        TFP_TRY(view(b, a, 2, (int64_t[]){ rows, inner }, &p->a_slot, &p->a));
    TFP_TRY(operand(b, w, 2, &p->w_slot, &p->w));
    layout_plain(&p->y, 2, (int64_t[]){ rows, p->columns });
    return TFP_OK;
}

static tfp_status batched(struct builder *b, const struct ir_value *a, const struct ir_value *w,
                          const struct ir_value *y, struct product *p)
{
    int64_t dims[TFP_MAX_RANK];
    ir_static_dims(y, dims);
    TFP_TRY(operand(b, a, y->rank, &p->a_slot, &p->a));
    TFP_TRY(operand(b, w, y->rank, &p->w_slot, &p->w));
    layout_plain(&p->y, (size_t)y->rank, dims);
    return TFP_OK;
}

tfp_status make_matmul(struct builder *b, const struct unit *u, bool *made)
{
    const struct ir_value *a = ir_in(u->head, 0), *w = ir_in(u->head, 1), *y = u->head->out[0];
    struct product p = { .unit = *u };
    if (!layout_fits(a) || !layout_fits(w) || !layout_fits(y) || a->rank < 2 || w->rank < 2) return TFP_OK;
    p.columns = w->dims[w->rank - 1].n;
    bool join = w->rank == 2;
    TFP_TRY(join ? joined(b, a, w, &p) : batched(b, a, w, y, &p));
    TFP_TRY(make(b, &p, made));
    if (*made || join) return TFP_OK;
    /* Some strides are only for oneDNN's reference: once more with dense operands. */
    p.unit = *u;
    p.bias = NULL;
    TFP_TRY(view(b, a, (size_t)y->rank, p.a.dims, &p.a_slot, &p.a));
    TFP_TRY(view(b, w, (size_t)y->rank, p.w.dims, &p.w_slot, &p.w));
    return make(b, &p, made);
}

/* An operand of Gemm, transposed in place when the attribute says so. */
static tfp_status gemm_operand(struct builder *b, const struct ir_node *n, size_t i, enum ir_attr_name transposed,
                               struct slot **slot, dnnl_memory_desc_t *md)
{
    dnnl_memory_desc_t own;
    TFP_TRY(operand(b, ir_in(n, i), 2, slot, &own));
    *md = own;
    if (!ir_attr_int(n, transposed, 0)) return TFP_OK;
    return step_answer(b->ctx, onednn.memory_desc_permute_axes(md, &own, (const int[]){ 1, 0 }), NULL);
}

tfp_status make_gemm(struct builder *b, const struct unit *u, bool *made)
{
    const struct ir_node *n = u->head;
    struct ir_value *a = ir_in(n, 0), *w = ir_in(n, 1), *c = ir_in(n, 2), *y = n->out[0];
    struct product p = { .unit = *u };
    float alpha = ir_attr_float(n, ATTR_ALPHA, 1), beta = ir_attr_float(n, ATTR_BETA, 1);
    if (!layout_fits(a) || !layout_fits(w) || !layout_fits(y) || a->rank != 2 || w->rank != 2) return TFP_OK;
    if (alpha < 1 || alpha > 1 || (c && (beta < 1 || beta > 1 || !layout_fits(c)))) return TFP_OK;
    if (c && p.unit.n_posts == CPU_POSTS) return TFP_OK;
    p.columns = y->dims[1].n;
    if (c) {
        memmove(p.unit.posts + 1, p.unit.posts, p.unit.n_posts++ * sizeof *p.unit.posts);
        p.unit.posts[0] = (struct post){ .alg = dnnl_binary_add, .other = c, .at = y };
    }
    TFP_TRY(gemm_operand(b, n, 0, ATTR_TRANS_A, &p.a_slot, &p.a));
    TFP_TRY(gemm_operand(b, n, 1, ATTR_TRANS_B, &p.w_slot, &p.w));
    int64_t dims[TFP_MAX_RANK];
    ir_static_dims(y, dims);
    layout_plain(&p.y, 2, dims);
    return make(b, &p, made);
}
