/* Concat and Resize by oneDNN, in the layout that most of the data has. */
#include "backend/cpu/cpu_plan.h"

#include <string.h>

enum { CONCAT_MAX = 32 };

static bool concat_fits(const struct ir_node *n)
{
    if (n->n_in < 1 || n->n_in > CONCAT_MAX || !layout_fits(n->out[0])) return false;
    for (uint32_t i = 0; i < n->n_in; i++)
        if (!layout_fits(ir_in(n, i)) || ir_in(n, i)->rank < 1) return false;
    return true;
}

/* The block that the layout splits a dim into; 1: none. */
static int64_t block_of(const dnnl_memory_desc_t *md, int dim)
{
    const dnnl_blocking_desc_t *k = &md->format_desc.blocking;
    int64_t block = 1;
    for (int i = 0; i < k->inner_nblks; i++)
        if (k->inner_idxs[i] == dim) block *= k->inner_blks[i];
    return block;
}

/* Brings all parts into the layout of the largest one, when each fills its blocks. */
static tfp_status unify(struct builder *b, const struct ir_node *n, int axis, struct slot **in, dnnl_memory_desc_t *md)
{
    uint32_t largest = 0;
    for (uint32_t i = 0; i < n->n_in; i++) {
        TFP_TRY(layout_first(b, ir_in(n, i), &in[i]));
        if (in[i]->bytes > in[largest]->bytes) largest = i;
    }
    bool fits = true;
    for (uint32_t i = 0; i < n->n_in; i++)
        fits &= ir_in(n, i)->dims[axis].n % block_of(&in[largest]->md, axis) == 0;
    for (uint32_t i = 0; i < n->n_in; i++) {
        md[i] = in[i]->md;
        if (!fits || !layout_like(&in[largest]->md, in[i]->md.dims, &md[i])) continue;
        TFP_TRY(layout_as(b, ir_in(n, i), &md[i], &in[i]));
    }
    return TFP_OK;
}

tfp_status make_concat(struct builder *b, const struct unit *u, bool *made)
{
    const struct ir_node *n = u->head;
    struct slot *in[CONCAT_MAX], *out;
    dnnl_memory_desc_t md[CONCAT_MAX];
    struct step_arg args[CONCAT_MAX + 1];
    dnnl_primitive_desc_t pd = NULL;
    struct post_plan p;
    bool refused;
    if (!concat_fits(n)) return TFP_OK;
    int64_t axis = ir_attr_int(n, ATTR_AXIS, 0);
    if (axis < 0) axis += n->out[0]->rank;
    TFP_TRY(unify(b, n, (int)axis, in, md));
    struct unit bare = { .head = n, .result = u->result };
    TFP_TRY(post_begin(b, &bare, false, u->result->rank, &p, made));
    dnnl_status_t answer = dnnl_concat_primitive_desc_create(&pd, NULL, (int)n->n_in, (int)axis, md, p.attr,
                                                             b->session->engine);
    post_end(&p);
    TFP_TRY(step_answer(b->ctx, answer, &refused));
    *made = !refused;
    if (refused) return TFP_OK;
    const dnnl_memory_desc_t *dst = dnnl_primitive_desc_query_md(pd, dnnl_query_dst_md, 0);
    tfp_status status = layout_new(b, u->result, dst, &out);
    if (status != TFP_OK) {
        dnnl_primitive_desc_destroy(pd);
        return status;
    }
    for (uint32_t i = 0; i < n->n_in; i++) args[i] = (struct step_arg){ DNNL_ARG_MULTIPLE_SRC + (int)i, in[i], &md[i] };
    args[n->n_in] = (struct step_arg){ DNNL_ARG_DST, out, dst };
    return step_add_primitive(b, n, pd, args, n->n_in + 1);
}

/* -- resize -------------------------------------------------------------------------------------------------------- */

/* oneDNN maps centres of cells to centres of cells and takes the nearest or blends linearly. The same holds for ONNX's
 * half_pixel, and for nearest cells of whole factors by "asymmetric" with floor. */
static bool resize_fits(const struct ir_node *n, const int64_t *x, const int64_t *y, int rank, bool *linear)
{
    if (x[0] != y[0] || x[1] != y[1] || rank < 3 || rank > 5 || ir_attr_int(n, ATTR_ANTIALIAS, 0)) return false;
    if (ir_attr_ints(n, ATTR_AXES).n || (ir_in(n, 1) && ir_in(n, 1)->n_uses && ir_attr_is(n, ATTR_COORDINATE_TRANSFORMATION_MODE, "tf_crop_and_resize")))
        return false;
    bool whole = true;
    for (int i = 2; i < rank; i++) whole &= y[i] % x[i] == 0;
    *linear = ir_attr_is(n, ATTR_MODE, "linear");
    if (*linear) return ir_attr_is(n, ATTR_COORDINATE_TRANSFORMATION_MODE, "half_pixel");
    return ir_attr_is(n, ATTR_MODE, "nearest") && whole &&
           ((ir_attr_is(n, ATTR_COORDINATE_TRANSFORMATION_MODE, "asymmetric") &&
             ir_attr_is(n, ATTR_NEAREST_MODE, "floor")) ||
            ir_attr_is(n, ATTR_COORDINATE_TRANSFORMATION_MODE, "half_pixel"));
}

/* The factors given are exactly the ratios of the sizes (else coordinates differ slightly). */
static bool resize_exact(const struct ir_node *n, const int64_t *x, const int64_t *y, int rank)
{
    const struct ir_value *scales = ir_in(n, 2);
    if (ir_in(n, 3)) return true;
    if (!scales || !scales->constant || scales->constant->dtype != TFP_FLOAT || scales->constant->count != rank) return false;
    const float *at = scales->constant->data;
    for (int i = 0; i < rank; i++) {
        float wanted = (float)y[i] / (float)x[i];
        if (at[i] < wanted || at[i] > wanted) return false;
    }
    return true;
}

tfp_status make_resize(struct builder *b, const struct unit *u, bool *made)
{
    const struct ir_node *n = u->head;
    const struct ir_value *v = ir_in(n, 0);
    int64_t x[TFP_MAX_RANK], y[TFP_MAX_RANK];
    bool linear;
    if (!layout_fits(v) || !layout_fits(u->result)) return TFP_OK;
    ir_static_dims(v, x);
    ir_static_dims(u->result, y);
    if (!resize_fits(n, x, y, v->rank, &linear) || !resize_exact(n, x, y, v->rank)) return TFP_OK;
    struct slot *src, *dst;
    struct post_plan p;
    dnnl_memory_desc_t any;
    dnnl_resampling_desc_t desc;
    dnnl_primitive_desc_t pd = NULL;
    struct unit bare = { .head = n, .result = u->result };
    TFP_TRY(layout_first(b, v, &src));
    layout_any(&any, v->rank, y);
    *made = dnnl_resampling_forward_desc_init(&desc, dnnl_forward_inference,
                                              linear ? dnnl_resampling_linear : dnnl_resampling_nearest, NULL, &src->md,
                                              &any) == dnnl_success;
    if (!*made) return TFP_OK;
    TFP_TRY(post_begin(b, &bare, false, v->rank, &p, made));
    p.slow = true;
    tfp_status status = post_describe(b, &desc, &p, &pd, made);
    post_end(&p);
    if (status != TFP_OK || !*made) return status;
    const dnnl_memory_desc_t *md = dnnl_primitive_desc_query_md(pd, dnnl_query_dst_md, 0);
    status = layout_new(b, u->result, md, &dst);
    if (status != TFP_OK) {
        dnnl_primitive_desc_destroy(pd);
        return status;
    }
    struct step_arg args[] = { { DNNL_ARG_SRC, src, NULL }, { DNNL_ARG_DST, dst, md } };
    return step_add_primitive(b, n, pd, args, 2);
}
