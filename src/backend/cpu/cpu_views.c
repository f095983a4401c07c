/* Nodes that only see the same memory in another way: no step at all where the layout allows. */
#include "backend/cpu/cpu_plan.h"

static bool is_static(const struct ir_value *v)
{
    int64_t dims[TFP_MAX_RANK];
    return v && v->dtype != TFP_STRING && v->dtype != TFP_UNDEFINED && ir_static_dims(v, dims);
}

tfp_status make_reshape(struct builder *b, const struct unit *u, bool *made)
{
    const struct ir_value *x = ir_in(u->head, 0), *y = u->result;
    struct slot *from, *out;
    if (u->n_nodes > 1 || !is_static(x) || !is_static(y) || x->dtype != y->dtype) return TFP_OK;
    *made = true;
    TFP_TRY(layout_first(b, x, &from));
    /* oneDNN takes a padded dimension of 1 away as if it were one element long in memory, too. */
    if (!from->plain && layout_fits(y) && layout_dense(&from->md)) {
        int64_t dims[TFP_MAX_RANK] = { 1 };
        dnnl_memory_desc_t md;
        ir_static_dims(y, dims);
        if (onednn.memory_desc_reshape(&md, &from->md, y->rank ? y->rank : 1, dims) == dnnl_success)
            return layout_view(b, y, &md, from, x, &out);
    }
    TFP_TRY(layout_row_major(b, x, &from));
    return layout_view(b, y, NULL, from, x, &out);
}

/* Lazy: only the description is permuted; who needs the rows in order has them reordered. */
tfp_status make_transpose(struct builder *b, const struct unit *u, bool *made)
{
    const struct ir_value *x = ir_in(u->head, 0);
    struct ir_ints perm = ir_attr_ints(u->head, ATTR_PERM);
    struct slot *from, *out;
    dnnl_memory_desc_t md;
    int order[DNNL_MAX_NDIMS] = { 0 };
    if (!layout_fits(x) || !layout_fits(u->result) || (perm.n && (int32_t)perm.n != x->rank)) return TFP_OK;
    for (int32_t i = 0; i < x->rank; i++)
        order[perm.n ? perm.at[i] : x->rank - 1 - i] = i;
    TFP_TRY(layout_first(b, x, &from));
    if (onednn.memory_desc_permute_axes(&md, &from->md, order) != dnnl_success) return TFP_OK;
    *made = true;
    return layout_view(b, u->result, &md, from, x, &out);
}

/* The same value under another name. */
tfp_status make_identity(struct builder *b, const struct unit *u, bool *made)
{
    const struct ir_value *x = ir_in(u->head, 0);
    struct slot *first;
    TFP_TRY(layout_first(b, x, &first));
    struct value *from = layout_value(b, x), *to = layout_value(b, u->result);
    from->group->pending += to->group->pending;
    from->group->pinned |= to->group->pinned;
    to->group = from->group;
    for (to->n = 0; to->n < from->n; to->n++)
        to->at[to->n] = from->at[to->n];
    *made = true;
    return TFP_OK;
}
