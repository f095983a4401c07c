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

/* oneDNN copies part by part, with a call for each: not worth it for the columns of a few numbers each that features are. */
static bool has_narrow_parts(const struct ir_node *n, int64_t axis)
{
    enum { MANY = 8, NARROW = 16 };
    return n->n_in >= MANY && axis == n->out[0]->rank - 1 && n->out[0]->dims[axis].n < NARROW * (int64_t)n->n_in;
}

static int64_t concat_axis(const struct ir_node *n)
{
    int64_t axis = ir_attr_int(n, ATTR_AXIS, 0);
    return axis < 0 ? axis + n->out[0]->rank : axis;
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

/* -- growing concats ----------------------------------------------------------------------------------------------- */

/* A dense block concatenates what it has with what is new, again and again. Memory for the last of these is taken at
 * the first one, each result is the front part of it, and only what is new is copied. */

/* The concat that appends to `v`, when all else that reads `v` can read a part of something larger. */
static const struct ir_node *appending(const struct ir_value *v, int64_t axis)
{
    const struct ir_node *found = NULL;
    if (v->n_outputs) return NULL;
    for (const struct ir_use *use = v->uses; use; use = use->next) {
        const struct ir_node *n = use->node;
        struct post posts[2];
        bool commutes;
        uint32_t data;
        if (!n->mark) continue;
        if (n->op == IR_CONCAT && use->index == 0 && !found && concat_fits(n) && concat_axis(n) == axis)
            found = n;
        else if (!fuse_posts_of(n, posts, &data) && fuse_binary_of(n, &commutes) == dnnl_alg_kind_undef)
            return NULL;
    }
    return found;
}

/* Puts a value into a place within `room`. */
static tfp_status copy_part(struct builder *b, const struct ir_node *n, const struct ir_value *v, struct slot *room,
                            const dnnl_memory_desc_t *place)
{
    struct slot *from;
    dnnl_primitive_desc_t pd;
    TFP_TRY(layout_first(b, v, &from));
    TFP_TRY(step_describe_reorder(b, &from->md, place, &pd));
    struct step_arg args[] = { { DNNL_ARG_FROM, from, NULL }, { DNNL_ARG_TO, room, place } };
    return step_add_primitive(b, n, pd, args, 2);
}

static tfp_status grow(struct builder *b, const struct ir_node *n, int64_t axis, struct slot *room, bool first,
                       bool *made)
{
    dnnl_memory_desc_t place[CONCAT_MAX], front;
    dnnl_dims_t at = { 0 };
    struct slot *out;
    for (uint32_t i = 0; i < n->n_in; i++) {
        int64_t dims[TFP_MAX_RANK];
        ir_static_dims(ir_in(n, i), dims);
        if (onednn.memory_desc_init_submemory(&place[i], &room->md, dims, at) != dnnl_success) return TFP_OK;
        at[axis] += dims[axis];
    }
    int64_t dims[TFP_MAX_RANK];
    ir_static_dims(n->out[0], dims);
    at[axis] = 0;
    if (onednn.memory_desc_init_submemory(&front, &room->md, dims, at) != dnnl_success) return TFP_OK;
    for (uint32_t i = first ? 0 : 1; i < n->n_in; i++)
        TFP_TRY(copy_part(b, n, ir_in(n, i), room, &place[i]));
    layout_value(b, n->out[0])->room = room;
    *made = true;
    return first ? layout_over(b, n->out[0], &front, room, &out)
                 : layout_view(b, n->out[0], &front, room, ir_in(n, 0), &out);
}

static tfp_status make_growing(struct builder *b, const struct ir_node *n, bool *made)
{
    int64_t axis = concat_axis(n), dims[TFP_MAX_RANK];
    struct slot *room = layout_value(b, ir_in(n, 0))->room, *largest;
    bool first = !room;
    if (first) {
        const struct ir_node *last = n;
        for (const struct ir_node *next; (next = appending(last->out[0], axis));)
            last = next;
        if (last == n) return TFP_OK;
        dnnl_memory_desc_t md;
        TFP_TRY(layout_first(b, ir_in(n, 0), &largest));
        ir_static_dims(last->out[0], dims);
        if (!layout_unblocked(&largest->md) || !layout_like(&largest->md, dims, &md)) return TFP_OK;
        TFP_TRY(layout_scratch(b, onednn.memory_desc_get_size(&md), &room));
        room->md = md;
    }
    return grow(b, n, axis, room, first, made);
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
    TFP_TRY(make_growing(b, n, made));
    if (*made) return TFP_OK;
    int64_t axis = concat_axis(n);
    if (has_narrow_parts(n, axis)) return TFP_OK;
    TFP_TRY(unify(b, n, (int)axis, in, md));
    struct unit bare = { .head = n, .result = u->result };
    TFP_TRY(post_begin(b, &bare, false, u->result->rank, 0, &p, made));
    dnnl_status_t answer = onednn.concat_primitive_desc_create(&pd, NULL, (int)n->n_in, (int)axis, md, p.attr,
                                                             b->session->engine);
    post_end(&p);
    TFP_TRY(step_answer(b->ctx, answer, &refused));
    *made = !refused;
    if (refused) return TFP_OK;
    const dnnl_memory_desc_t *dst = onednn.primitive_desc_query_md(pd, dnnl_query_dst_md, 0);
    tfp_status status = layout_new(b, u->result, dst, &out);
    if (status != TFP_OK) {
        onednn.primitive_desc_destroy(pd);
        return status;
    }
    for (uint32_t i = 0; i < n->n_in; i++)
        args[i] = (struct step_arg){ DNNL_ARG_MULTIPLE_SRC + (int)i, in[i], &md[i] };
    args[n->n_in] = (struct step_arg){ DNNL_ARG_DST, out, dst };
    return step_add_primitive(b, n, pd, args, n->n_in + 1);
}

/* -- resize -------------------------------------------------------------------------------------------------------- */

/* oneDNN maps centres of cells to centres of cells and takes the nearest or blends linearly. The same holds for ONNX's
 * half_pixel, whose halves no whole factor meets, and for nearest cells of whole factors by "asymmetric" with floor. */
static bool resize_fits(const struct ir_node *n, const int64_t *x, const int64_t *y, int rank, bool *linear)
{
    if (x[0] != y[0] || x[1] != y[1] || rank < 3 || rank > 5 || ir_attr_int(n, ATTR_ANTIALIAS, 0)) return false;
    if (ir_attr_ints(n, ATTR_AXES).n || (ir_in(n, 1) && ir_in(n, 1)->n_uses &&
                                         ir_attr_is(n, ATTR_COORDINATE_TRANSFORMATION_MODE, "tf_crop_and_resize")))
        return false;
    bool whole = true;
    for (int i = 2; i < rank; i++)
        whole &= y[i] % x[i] == 0;
    *linear = ir_attr_is(n, ATTR_MODE, "linear");
    if (*linear) return ir_attr_is(n, ATTR_COORDINATE_TRANSFORMATION_MODE, "half_pixel");
    return ir_attr_is(n, ATTR_MODE, "nearest") && whole &&
           ((ir_attr_is(n, ATTR_COORDINATE_TRANSFORMATION_MODE, "asymmetric") &&
             ir_attr_is(n, ATTR_NEAREST_MODE, "floor")) ||
            (ir_attr_is(n, ATTR_COORDINATE_TRANSFORMATION_MODE, "half_pixel") &&
             !ir_attr_is(n, ATTR_NEAREST_MODE, "floor") && !ir_attr_is(n, ATTR_NEAREST_MODE, "ceil")));
}

/* The factors given are exactly the ratios of the sizes (else coordinates differ slightly). */
static bool resize_exact(const struct ir_node *n, const int64_t *x, const int64_t *y, int rank)
{
    const struct ir_value *scales = ir_in(n, 2);
    if (ir_in(n, 3)) return ir_attr_is(n, ATTR_KEEP_ASPECT_RATIO_POLICY, "stretch");
    if (!scales || !scales->constant || scales->constant->dtype != TFP_FLOAT || scales->constant->count != rank)
        return false;
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
    *made = onednn.resampling_forward_desc_init(&desc, dnnl_forward_inference,
                                              linear ? dnnl_resampling_linear : dnnl_resampling_nearest, NULL, &src->md,
                                              &any) == dnnl_success;
    if (!*made) return TFP_OK;
    TFP_TRY(post_begin(b, &bare, false, v->rank, 0, &p, made));
    p.slow = true;
    tfp_status status = post_describe(b, &desc, &p, &pd, made);
    post_end(&p);
    if (status != TFP_OK || !*made) return status;
    const dnnl_memory_desc_t *md = onednn.primitive_desc_query_md(pd, dnnl_query_dst_md, 0);
    status = layout_new(b, u->result, md, &dst);
    if (status != TFP_OK) {
        onednn.primitive_desc_destroy(pd);
        return status;
    }
    struct step_arg args[] = { { DNNL_ARG_SRC, src, NULL }, { DNNL_ARG_DST, dst, md } };
    return step_add_primitive(b, n, pd, args, 2);
}
