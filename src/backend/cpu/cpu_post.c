/* The element-wise nodes behind a head as post-ops of its oneDNN primitive. */
#include "backend/cpu/cpu_plan.h"

#include <string.h>

/* A value's dims as the head sees them: as rows and columns, or with ones before them up to the result's rank. */
static bool operand_dims(const struct ir_value *v, const struct ir_value *at, const struct post_plan *p,
                         dnnl_dims_t out)
{
    int64_t dims[TFP_MAX_RANK];
    if (p->columns) return fuse_matrix_of(v, at, p->columns, out);
    if (!ir_static_dims(v, dims) || v->rank > p->rank) return false;
    for (int i = 0; i < p->rank; i++)
        out[i] = i < p->rank - v->rank ? 1 : dims[i - (p->rank - v->rank)];
    return true;
}

/* The operand of a binary post, described with p->rank dims. */
static tfp_status add_operand(struct builder *b, const struct post *post, dnnl_post_ops_t ops, struct post_plan *p,
                              bool *made)
{
    dnnl_dims_t dims;
    struct slot *s;
    *made = false;
    if (!operand_dims(post->other, post->at, p, dims)) return TFP_OK;
    TFP_TRY(layout_first(b, post->other, &s));
    dnnl_memory_desc_t *md = &p->md[p->n_operands];
    bool full = layout_same_dims(post->other, post->at);
    if (!full || p->columns) TFP_TRY(layout_row_major(b, post->other, &s));
    if (full && !p->columns)
        *md = s->md;
    else if (onednn.memory_desc_reshape(md, &s->md, p->rank, dims) != dnnl_success)
        return TFP_OK;
    if (full && !p->wished) {
        p->wish = *md;
        p->wished = true;
    }
    p->operand[p->n_operands] = s;
    p->at[p->n_operands++] = onednn.post_ops_len(ops);
    bool refused;
    TFP_TRY(step_answer(b->ctx, onednn.post_ops_append_binary(ops, post->alg, md), &refused));
    *made = !refused;
    return TFP_OK;
}

static tfp_status add_sum(struct builder *b, const struct post *post, dnnl_post_ops_t ops, struct post_plan *p)
{
    struct slot *s;
    p->sum = post->other;
    TFP_TRY(layout_first(b, post->other, &s));
    if (!p->wished && !p->columns) {
        p->wish = s->md;
        p->wished = true;
    }
    return step_answer(b->ctx, onednn.post_ops_append_sum(ops, 1.0f), NULL);
}

/* What oneDNN computes as exactly as the loops do, and with their answer to NaN. */
static bool is_exact(dnnl_alg_kind_t alg)
{
    switch (alg) {
    case dnnl_binary_max:
    case dnnl_binary_min:
    case dnnl_eltwise_soft_relu:
    case dnnl_eltwise_mish:
    case dnnl_eltwise_pow: return false;
    default: return true;
    }
}

static tfp_status add_posts(struct builder *b, const struct unit *u, bool in_place, dnnl_post_ops_t ops,
                            struct post_plan *p, bool *made)
{
    *made = true;
    for (uint32_t i = 0; i < u->n_posts && *made; i++) {
        const struct post *post = &u->posts[i];
        *made = is_exact(post->alg);
        if (!*made) return TFP_OK;
        bool sum = in_place && !p->sum && post->alg == dnnl_binary_add && layout_same_dims(post->other, post->at);
        if (!post->other)
            TFP_TRY(
                step_answer(b->ctx, onednn.post_ops_append_eltwise(ops, 1.0f, post->alg, post->alpha, post->beta), NULL));
        else if (sum && layout_dies(b, post->other))
            TFP_TRY(add_sum(b, post, ops, p));
        else
            TFP_TRY(add_operand(b, post, ops, p, made));
    }
    return TFP_OK;
}

tfp_status post_begin(struct builder *b, const struct unit *u, bool in_place, int rank, int64_t columns,
                      struct post_plan *p, bool *made)
{
    *p = (struct post_plan){ .rank = rank, .columns = columns };
    dnnl_post_ops_t ops = NULL;
    dnnl_status_t answer = onednn.primitive_attr_create(&p->attr);
    if (answer == dnnl_success) answer = onednn.primitive_attr_set_scratchpad_mode(p->attr, dnnl_scratchpad_mode_user);
    if (answer == dnnl_success) answer = onednn.primitive_attr_set_fpmath_mode(p->attr, dnnl_fpmath_mode_strict);
    if (answer == dnnl_success) answer = onednn.post_ops_create(&ops);
    tfp_status status = step_answer(b->ctx, answer, NULL);
    if (status == TFP_OK) status = add_posts(b, u, in_place, ops, p, made);
    if (status == TFP_OK) status = step_answer(b->ctx, onednn.primitive_attr_set_post_ops(p->attr, ops), NULL);
    if (ops) onednn.post_ops_destroy(ops);
    if (status != TFP_OK || !*made) post_end(p);
    return status;
}

void post_end(struct post_plan *p)
{
    if (p->attr) onednn.primitive_attr_destroy(p->attr);
    p->attr = NULL;
}

tfp_status post_describe(struct builder *b, const void *desc, const struct post_plan *p, dnnl_primitive_desc_t *pd,
                         bool *made)
{
    bool refused;
    *pd = NULL;
    *made = false;
    TFP_TRY(step_answer(b->ctx, onednn.primitive_desc_create(pd, desc, p->attr, b->session->engine, NULL), &refused));
    if (refused) return TFP_OK;
    const char *name = "";
    onednn.primitive_desc_query(*pd, dnnl_query_impl_info_str, 0, &name);
    if (!p->slow && strncmp(name, "ref", 3) == 0) {
        onednn.primitive_desc_destroy(*pd);
        *pd = NULL;
        return TFP_OK;
    }
    *made = true;
    return TFP_OK;
}

/* A descriptor with the head's dims as one with the result's own. */
static tfp_status result_layout(struct builder *b, const struct ir_value *v, const dnnl_memory_desc_t *md,
                                dnnl_memory_desc_t *out)
{
    int64_t dims[TFP_MAX_RANK] = { 1 };
    ir_static_dims(v, dims);
    int rank = v->rank ? v->rank : 1;
    if (rank == md->ndims) {
        *out = *md;
        return TFP_OK;
    }
    return step_answer(b->ctx, onednn.memory_desc_reshape(out, md, rank, dims), NULL);
}

tfp_status post_result(struct builder *b, const struct unit *u, const struct post_plan *p, const dnnl_memory_desc_t *md,
                       struct slot **out)
{
    dnnl_memory_desc_t own;
    struct slot *under;
    TFP_TRY(result_layout(b, u->result, md, &own));
    if (!p->sum) return layout_new(b, u->result, &own, out);
    TFP_TRY(p->columns ? layout_row_major(b, p->sum, &under) : layout_as(b, p->sum, &own, &under));
    return layout_over(b, u->result, &own, under, out);
}

uint32_t post_args(const struct post_plan *p, struct step_arg *args, uint32_t n)
{
    for (uint32_t i = 0; i < p->n_operands; i++)
        args[n++] = (struct step_arg){ DNNL_ARG_ATTR_MULTIPLE_POST_OP(p->at[i]) | DNNL_ARG_SRC_1, p->operand[i],
                                       &p->md[i] };
    return n;
}
