/* Setting and reading what is known of a value: element type, rank, dimensions, and single elements of small integer
 * tensors. */
#include "ir/infer.h"

#include <stdio.h>

static bool same_dims(const struct dim *a, const struct dim *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (a[i].sym != b[i].sym || a[i].n != b[i].n) return false;
    return true;
}

bool ir_set_shape(struct ir_graph *g, struct ir_value *v, tfp_dtype dtype, int32_t rank, const struct dim *dims)
{
    struct dim own[TFP_MAX_RANK];
    if (rank > TFP_MAX_RANK) return false;
    for (int32_t i = 0; i < rank; i++) {
        own[i] = dim_is_unknown(dims[i]) || (dim_fixed(dims[i]) && dims[i].n < 0) ? ir_new_symbol(g, "dim") : dims[i];
        if (dim_is_unknown(own[i])) return false;
        if (own[i].sym) own[i].n = 0;
        if (own[i].sym) g->symbols[own[i].sym].nonnegative = true;
    }
    if (rank > 0 && !(v->rank == rank && same_dims(v->dims, own, (size_t)rank))) {
        struct dim *copy = arena_copy(&g->arena, own, (size_t)rank * sizeof *own);
        if (!copy) return false;
        v->dims = copy;
    }
    if (rank <= 0) v->dims = NULL;
    v->dtype = dtype;
    v->rank = rank < 0 ? -1 : rank;
    return true;
}

bool ir_set_known(struct ir_graph *g, struct ir_value *v, const struct dim *elements, size_t n)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) any |= !dim_is_unknown(elements[i]);
    if (!any || n > IR_KNOWN_MAX) {
        v->known = NULL;
        v->n_known = 0;
        return true;
    }
    if (v->known && v->n_known == n && same_dims(v->known, elements, n)) return true;
    struct dim *copy = arena_copy(&g->arena, elements, n * sizeof *elements);
    if (!copy) return false;
    v->known = copy;
    v->n_known = n;
    return true;
}

bool ir_static_dims(const struct ir_value *v, int64_t *dims)
{
    if (v->rank < 0 || v->rank > TFP_MAX_RANK) return false;
    for (int32_t i = 0; i < v->rank; i++) {
        if (!dim_fixed(v->dims[i])) return false;
        dims[i] = v->dims[i].n;
    }
    return true;
}

int64_t ir_known_elements(const struct ir_value *v, int64_t *at, size_t room)
{
    if (v->constant) {
        const struct tensor *t = v->constant;
        if ((!dtype_is_integer(t->dtype) && t->dtype != TFP_BOOL) || t->count < 0 || (uint64_t)t->count > room) return -1;
        for (int64_t i = 0; i < t->count; i++) at[i] = tensor_int(t, i);
        return t->count;
    }
    if (v->rank == 1 && dim_is(v->dims[0], 0)) return 0;
    if (!v->known || v->n_known > room) return -1;
    for (size_t i = 0; i < v->n_known; i++) {
        if (!dim_fixed(v->known[i])) return -1;
        at[i] = v->known[i].n;
    }
    return (int64_t)v->n_known;
}

int64_t ir_known_ints(const struct ir_value *v, int64_t *at, size_t room)
{
    return v->dtype == TFP_BOOL ? -1 : ir_known_elements(v, at, room);
}

bool infer_elements(const struct ir_value *v, struct known *out)
{
    if (!v || v->rank < 0 || v->rank > 1 || (v->dtype != TFP_INT32 && v->dtype != TFP_INT64 && v->dtype != TFP_BOOL)) return false;
    if (v->rank == 1 && (!dim_fixed(v->dims[0]) || v->dims[0].n < 0 || v->dims[0].n > IR_KNOWN_MAX)) return false;
    out->n = v->rank == 0 ? 1 : (size_t)v->dims[0].n;
    for (size_t i = 0; i < out->n; i++) {
        if (v->constant)
            out->at[i] = i < (size_t)v->constant->count ? dim_of(tensor_int(v->constant, (int64_t)i)) : dim_unknown();
        else out->at[i] = i < v->n_known ? v->known[i] : dim_unknown();
    }
    return true;
}

bool infer_numbers(const struct infer *s, size_t i, int64_t *room, struct ir_ints *out)
{
    const struct ir_value *v = ir_in(s->node, i);
    int64_t n = v ? ir_known_ints(v, room, INFER_NUMBERS) : -1;
    if (n < 0) return false;
    *out = (struct ir_ints){ room, (size_t)n };
    return true;
}
