/* TensorArrays while lowering: lists of values (lower.h). */
#include "frontend/tensorflow/lower.h"

#include <string.h>

enum { MOST_CELLS = 4000000 };

bool lower_list_charge(struct lower *lw, size_t cells)
{
    if (lw->b.status != TFP_OK) return false;
    lw->list_cells += cells;
    if (lw->list_cells <= MOST_CELLS) return true;
    return lower_unsupported(lw, "too many elements in all arrays"), false;
}

struct lower_list *lower_list_new(struct lower *lw, const struct lower_list *like, size_t n)
{
    struct arena *arena = &lw->b.graph->arena;
    if (lw->b.status != TFP_OK) return NULL;
    if (n > LOWER_LIST_LONGEST)
        return lower_unsupported(lw, "an array of %zu elements, at most %d are supported", n, LOWER_LIST_LONGEST), NULL;
    if (!lower_list_charge(lw, n)) return NULL;
    struct lower_list *list = ARENA_NEW(arena, struct lower_list);
    struct ir_value **at = ARENA_ARRAY(arena, struct ir_value *, n);
    struct ir_value *value = ir_scalar(&lw->b, TFP_FLOAT, 0);
    if (!list || !at || !value) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx)), NULL;
    *list = *like;
    if (like->n && n) memcpy(at, like->at, (like->n < n ? like->n : n) * sizeof *at);
    list->at = at;
    list->n = n;
    list->value = value;
    void **place = map_at(&lw->lists, (const char *)&list->value, sizeof list->value);
    if (!place) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx)), NULL;
    *place = list;
    return list;
}

static const struct lower_list *find(const struct lower *lw, const struct ir_value *v)
{
    void **place = lw->lists.n ? map_find(&lw->lists, (const char *)&v, sizeof v) : NULL;
    return place ? *place : NULL;
}

const struct lower_list *lower_list_in(struct lower *lw, size_t i)
{
    const struct ir_value *v = lower_in(lw, i);
    if (!v) return NULL;
    const struct lower_list *list = find(lw, v);
    if (!list) lower_unsupported(lw, "its array comes from what is not known before the model runs");
    return list;
}

bool lower_is_list(const struct lower *lw, const struct ir_value *v)
{
    return find(lw, v) != NULL;
}
