/* TensorArrays while lowering: lists of values, or tensors of all elements (lower_list.h). */
#include "frontend/tensorflow/lower_list.h"

#include "ir/forms.h"

#include <string.h>

enum { MOST_CELLS = 4000000 };

/* -- making and finding -------------------------------------------------------------------------------------------- */

bool lower_list_charge(struct lower *lw, size_t cells)
{
    if (lw->b.status != TFP_OK) return false;
    lw->list_cells += cells;
    if (lw->list_cells <= MOST_CELLS) return true;
    return lower_unsupported(lw, "too many elements in all arrays"), false;
}

/* A copy of `like` under a constant of its own, with no elements. */
static struct lower_list *make(struct lower *lw, const struct lower_list *like)
{
    if (lw->b.status != TFP_OK) return NULL;
    struct lower_list *list = ARENA_NEW(&lw->graph->arena, struct lower_list);
    struct ir_value *value = ir_scalar(&lw->b, TFP_FLOAT, 0);
    if (!list || !value) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx)), NULL;
    *list = *like;
    list->value = value;
    list->n = 0;
    list->at = NULL;
    list->length = list->dense = list->written = list->index = NULL;
    list->slot = NULL;
    void **place = map_at(&lw->lists, (const char *)&list->value, sizeof list->value);
    if (!place) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx)), NULL;
    *place = list;
    return list;
}

struct lower_list *lower_list_new(struct lower *lw, const struct lower_list *like, size_t n)
{
    if (lw->b.status != TFP_OK) return NULL;
    if (n > LOWER_LIST_LONGEST)
        return lower_unsupported(lw, "an array of %zu elements, at most %d are supported", n, LOWER_LIST_LONGEST), NULL;
    if (!lower_list_charge(lw, n)) return NULL;
    struct ir_value **at = ARENA_ARRAY(&lw->graph->arena, struct ir_value *, n);
    struct lower_list *list = at ? make(lw, like) : NULL;
    if (!at) build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
    if (!list) return NULL;
    if (like->at && n) memcpy(at, like->at, (like->n < n ? like->n : n) * sizeof *at);
    list->at = at;
    list->n = n;
    if (like->n == n) list->dense = like->dense;
    return list;
}

struct lower_list *lower_list_open(struct lower *lw, const struct lower_list *like, struct ir_value *length,
                                   struct ir_value *dense)
{
    struct lower_list *list = length ? make(lw, like) : NULL;
    if (!list) return NULL;
    list->length = length;
    list->dense = dense;
    return list;
}

struct lower_list *lower_list_of(struct lower *lw, const struct lower_list *like, struct ir_value *dense)
{
    if (!dense) return NULL;
    if (dense->rank == 0) return lower_malformed(lw, "a value of rank 0"), NULL;
    if (dense->rank < 0 || !dim_fixed(dense->dims[0]) || dense->dims[0].n > LOWER_LIST_LONGEST)
        return lower_list_open(lw, like, form_dim(&lw->b, dense, 0), dense);
    struct lower_list none = *like;
    none.at = NULL;
    struct lower_list *list = lower_list_new(lw, &none, (size_t)dense->dims[0].n);
    if (list) list->dense = dense;
    return list;
}

struct lower_list *lower_list_filled(struct lower *lw, const struct lower_list *like, struct ir_value *dense)
{
    if (like->length) return lower_list_open(lw, like, like->length, dense);
    struct lower_list none = *like;
    none.at = NULL;
    struct lower_list *list = lower_list_new(lw, &none, like->n);
    if (list) list->dense = dense;
    return list;
}

struct lower_list *lower_list_slot(struct lower *lw, const struct lower_list *like, struct lower_slot *slot)
{
    struct lower_list *list = make(lw, like);
    if (!list) return NULL;
    list->slot = slot;
    list->n = like->n;
    list->length = like->length;
    return list;
}

const struct lower_list *lower_list_find(const struct lower *lw, const struct ir_value *v)
{
    void **place = lw->lists.n ? map_find(&lw->lists, (const char *)&v, sizeof v) : NULL;
    return place ? *place : NULL;
}

const struct lower_list *lower_list_in(struct lower *lw, size_t i)
{
    const struct ir_value *v = lower_in(lw, i);
    if (!v) return NULL;
    const struct lower_list *list = lower_list_find(lw, v);
    if (!list) lower_unsupported(lw, "its array comes from what is not known before the model runs");
    return list;
}

bool lower_is_list(const struct lower *lw, const struct ir_value *v)
{
    return lower_list_find(lw, v) != NULL;
}

/* The loop has to hold the array as one tensor for what is asked of it. */
static void *needs_dense(struct lower *lw, const struct lower_list *list)
{
    list->slot->dense = lw->again = true;
    lower_unsupported(lw, "an array that a loop writes is read in it");
    return NULL;
}

/* -- questions ----------------------------------------------------------------------------------------------------- */

struct ir_value *lower_list_length(struct lower *lw, const struct lower_list *list)
{
    if (lw->b.status != TFP_OK) return NULL;
    if (list->slot && list->grows) return needs_dense(lw, list);
    return list->length ? lower_import(lw, list->length) : ir_int(&lw->b, (int64_t)list->n);
}

/* What is known of a number. */
static struct dim number(const struct ir_value *v)
{
    if (v && v->constant && v->constant->count == 1 && dtype_is_integer(v->dtype))
        return dim_of(tensor_int(v->constant, 0));
    return v && v->n_known == 1 ? v->known[0] : (struct dim){ 0, DIM_UNKNOWN };
}

bool lower_list_is_long(struct lower *lw, const struct lower_list *list, const struct ir_value *v)
{
    if (!v || v->rank < 1) return false;
    if (!list->length) return dim_is(v->dims[0], (int64_t)list->n);
    struct dim length = number(lower_import(lw, list->length));
    return dim_equal(length, v->dims[0]);
}

static bool is_number(const struct ir_value *v, int64_t n)
{
    return v && dim_is(number(v), n);
}

/* 0, 1, 2 .. */
static bool is_iota(const struct ir_value *v)
{
    while (v && v->producer && (v->producer->op == IR_CAST || v->producer->op == IR_IDENTITY)) v = ir_in(v->producer, 0);
    if (!v || v->rank != 1) return false;
    if (v->producer && v->producer->op == IR_RANGE)
        return is_number(ir_in(v->producer, 0), 0) && is_number(ir_in(v->producer, 2), 1);
    for (int64_t i = 0; v->constant && i < v->constant->count; i++)
        if (tensor_int(v->constant, i) != i) return false;
    return v->constant != NULL;
}

static bool element_known(const struct lower_list *list)
{
    bool known = list->rank >= 0 && list->rank < TFP_MAX_RANK;
    for (int32_t k = 0; known && k < list->rank; k++) known = list->dims[k] >= 0;
    return known;
}

static bool nothing_written(const struct lower_list *list)
{
    bool any = list->slot || list->dense;
    for (size_t i = 0; list->at && i < list->n && !any; i++) any = list->at[i] != NULL;
    return !any;
}

/* -- shapes of elements -------------------------------------------------------------------------------------------- */

/* A symbol as a number that the running model computes: the size of a value that has it. */
static struct ir_value *size_of(struct lower *lw, struct dim d)
{
    for (struct ir_graph *g = lw->b.graph; g; g = g->parent) {
        const struct dim here = dim_carry(lw->b.graph, g, d);
        for (size_t i = 0; i < g->n_inputs; i++)
            for (int32_t k = 0; k < g->inputs[i]->rank; k++)
                if (dim_equal(g->inputs[i]->dims[k], here)) return ir_dim(&lw->b, lower_import(lw, g->inputs[i]), k);
        for (const struct ir_node *n = g->first; n; n = n->next)
            for (uint32_t i = 0; i < n->n_out; i++)
                for (int32_t k = 0; n->out[i] && k < n->out[i]->rank; k++)
                    if (dim_equal(n->out[i]->dims[k], here)) return ir_dim(&lw->b, lower_import(lw, n->out[i]), k);
    }
    return NULL;
}

/* The shape of an element that may belong to a body inside of the graph that is written at; NULL: not known. */
static struct ir_value *element_shape(struct lower *lw, const struct lower_list *list, struct ir_value *element)
{
    struct ir_value *parts[TFP_MAX_RANK];
    struct build *b = &lw->b;
    if (element_known(list)) return ir_ints(b, list->dims, (size_t)list->rank);
    if (!element || element->rank < 0) return NULL;
    if (element->graph == b->graph) return ir_shape(b, element);
    for (int32_t k = 0; k < element->rank; k++) {
        struct dim d = element->dims[k];
        if (k < list->rank && list->dims[k] >= 0) d = dim_of(list->dims[k]);
        parts[k] = dim_fixed(d) ? INTS(b, d.n) : size_of(lw, dim_carry(element->graph, b->graph, d));
        if (!parts[k]) return NULL;
    }
    return element->rank ? ir_concat(b, parts, (size_t)element->rank, 0) : ir_ints(b, NULL, 0);
}

/* All elements as zeros of the shape of `element` (NULL: as the array tells it). */
static struct ir_value *zero_elements(struct lower *lw, const struct lower_list *list, struct ir_value *element)
{
    struct build *b = &lw->b;
    struct ir_value *shape = element_shape(lw, list, element), *length = form_vector(b, lower_list_length(lw, list));
    if (b->status != TFP_OK) return NULL;
    if (!shape) return lower_unsupported(lw, "the array does not tell the shape of its elements"), NULL;
    return form_zeros(b, list->dtype, CONCAT(b, 0, length, shape));
}

/* No elements, of a shape that is known or E_UNSUPPORTED. */
static struct ir_value *no_elements(struct lower *lw, const struct lower_list *list)
{
    int64_t dims[TFP_MAX_RANK] = { 0 };
    if (!element_known(list))
        return lower_unsupported(lw, "no elements, and the array does not tell their shape"), NULL;
    for (int32_t i = 0; i < list->rank; i++) dims[i + 1] = list->dims[i];
    return form_zeros(&lw->b, list->dtype, ir_ints(&lw->b, dims, (size_t)list->rank + 1));
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

struct ir_value *lower_list_element(struct lower *lw, const struct lower_list *list, int64_t i)
{
    if (i < 0 || (uint64_t)i >= list->n)
        return lower_unsupported(lw, "index %lld of an array of %zu elements", (long long)i, list->n), NULL;
    if (list->at && list->at[i]) return lower_import(lw, list->at[i]);
    if (list->dense) {
        if (!lower_list_charge(lw, LOWER_CELLS_AN_ELEMENT)) return NULL;
        return ir_gather(&lw->b, lower_import(lw, list->dense), ir_int(&lw->b, i), 0);
    }
    if (element_known(list)) return form_zeros(&lw->b, list->dtype, ir_ints(&lw->b, list->dims, (size_t)list->rank));
    lower_unsupported(lw, "element %lld was never written and the array does not tell its shape", (long long)i);
    return NULL;
}

struct ir_value *lower_list_read(struct lower *lw, const struct lower_list *list, struct ir_value *index)
{
    int64_t at;
    if (!index) return NULL;
    if (list->slot) return needs_dense(lw, list);
    if (!list->length && ir_known_ints(index, &at, 1) == 1) return lower_list_element(lw, list, at);
    return ir_gather(&lw->b, lower_list_stack(lw, list), form_scalar(&lw->b, index), 0);
}

/* v, with one axis more in front, at place `index` of all elements. */
static struct ir_value *put(struct build *b, struct ir_value *dense, struct ir_value *index, struct ir_value *v)
{
    struct ir_value *place = ir_reshape(b, ir_cast(b, index, TFP_INT64), INTS(b, 1, 1));
    if (!dense || !place || !v) return NULL;
    return ir_emit(b, IR_SCATTER_ND, IN(dense, place, UNSQUEEZE(b, v, 0)), NO_ATTRS);
}

/* Known elements joined along a new axis. */
static struct ir_value *join(struct lower *lw, const struct lower_list *list)
{
    struct ir_value **in = ARENA_ARRAY(&lw->graph->arena, struct ir_value *, list->n);
    if (!in) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
    if (!lower_list_charge(lw, list->n * LOWER_CELLS_AN_ELEMENT)) return NULL;
    for (size_t i = 0; i < list->n; i++) {
        in[i] = UNSQUEEZE(&lw->b, lower_list_element(lw, list, (int64_t)i), 0);
        if (!in[i]) return NULL;
    }
    return ir_concat(&lw->b, in, list->n, 0);
}

/* Elements of `dense`, but for those that were written since. */
static struct ir_value *overwritten(struct lower *lw, const struct lower_list *list)
{
    struct ir_value *all = lower_import(lw, list->dense);
    for (size_t i = 0; i < list->n; i++)
        if (list->at[i]) all = put(&lw->b, all, ir_int(&lw->b, (int64_t)i), lower_import(lw, list->at[i]));
    return all;
}

struct ir_value *lower_list_stack(struct lower *lw, const struct lower_list *list)
{
    size_t written = 0;
    if (lw->b.status != TFP_OK) return NULL;
    if (list->slot) return needs_dense(lw, list);
    if (list->length) return list->dense ? lower_import(lw, list->dense) : zero_elements(lw, list, NULL);
    for (size_t i = 0; list->at && i < list->n; i++) written += list->at[i] != NULL;
    if (list->dense && 2 * written <= list->n) return overwritten(lw, list);
    if (!list->n) return no_elements(lw, list);
    return nothing_written(list) && element_known(list) ? zero_elements(lw, list, NULL) : join(lw, list);
}

struct ir_value *lower_list_gather(struct lower *lw, const struct lower_list *list, struct ir_value *indices)
{
    struct build *b = &lw->b;
    if (!indices) return NULL;
    if (is_iota(indices) && lower_list_is_long(lw, list, indices)) return lower_list_stack(lw, list);
    return ir_gather(b, lower_list_stack(lw, list), indices, 0);
}

struct ir_value *lower_list_start(struct lower *lw, const struct lower_list *list, struct lower_slot *slot)
{
    struct build *b = &lw->b;
    struct ir_value *element = slot->found ? slot->element : NULL;
    if (list->slot) return needs_dense(lw, list);
    if (!nothing_written(list) || element_known(list)) return lower_list_stack(lw, list);
    if (!element || element->rank < 0 || element_shape(lw, list, element)) return zero_elements(lw, list, element);
    int64_t dims[TFP_MAX_RANK];
    for (int32_t k = 0; k < element->rank; k++) dims[k] = dim_fixed(element->dims[k]) ? element->dims[k].n : 0;
    slot->stretches = true;
    struct ir_value *length = form_vector(b, lower_list_length(lw, list));
    return length ? form_zeros(b, list->dtype, CONCAT(b, 0, length, ir_ints(b, dims, (size_t)element->rank))) : NULL;
}

/* -- writing ------------------------------------------------------------------------------------------------------- */

static struct lower_list *write_slot(struct lower *lw, const struct lower_list *list, struct ir_value *index,
                                     struct ir_value *v, bool grows)
{
    list->slot->element = v;
    list->slot->found = true;
    if (list->written) return needs_dense(lw, list);
    struct lower_list *next = lower_list_slot(lw, list, list->slot);
    if (!next) return NULL;
    next->written = v;
    next->index = index;
    next->grows = list->grows || grows;
    return next;
}

/* As many zeros behind the elements as `length` is larger. */
static struct ir_value *extend(struct lower *lw, struct ir_value *dense, struct ir_value *length)
{
    struct build *b = &lw->b;
    struct ir_value *more = ir_sub(b, length, form_dim(b, dense, 0));
    if (!more) return NULL;
    struct ir_value *shape = CONCAT(b, 0, form_vector(b, more), form_dims(b, dense, 1, INT64_MAX));
    return CONCAT(b, 0, dense, form_zeros(b, dense->dtype, shape));
}

/* Zeros around the elements, so that they have the size of v. */
static struct ir_value *stretch(struct build *b, struct ir_value *dense, struct ir_value *v)
{
    struct ir_value *shape = dense && v ? CONCAT(b, 0, ir_dim(b, dense, 0), ir_shape(b, v)) : NULL;
    struct ir_value *more = shape ? ir_sub(b, shape, ir_shape(b, dense)) : NULL;
    struct ir_value *none = more && dense->rank > 0 ? form_zeros(b, TFP_INT64, INTS(b, dense->rank)) : NULL;
    if (!none) return NULL;
    return ir_emit(b, IR_PAD, IN(dense, CONCAT(b, 0, none, more), ir_like(b, dense, 0)), NO_ATTRS);
}

static struct lower_list *write_dense(struct lower *lw, const struct lower_list *list, struct ir_value *index,
                                      struct ir_value *v, bool grows)
{
    struct build *b = &lw->b;
    struct ir_value *length = lower_list_length(lw, list), *at = form_scalar(b, ir_cast(b, index, TFP_INT64));
    struct ir_value *all = nothing_written(list) ? zero_elements(lw, list, v) : lower_list_stack(lw, list);
    if (!all || !at) return NULL;
    if (list->stretches) all = stretch(b, all, v);
    if (grows) {
        length = ir_binary(b, IR_MAX, length, ir_add(b, at, ir_int(b, 1)));
        all = extend(lw, all, length);
    }
    all = put(b, all, at, v);
    if (!all) return NULL;
    return grows || list->length ? lower_list_open(lw, list, length, all) : lower_list_of(lw, list, all);
}

struct lower_list *lower_list_write(struct lower *lw, const struct lower_list *list, struct ir_value *index,
                                    struct ir_value *v, bool grows)
{
    int64_t at;
    if (!index || !v || lw->b.status != TFP_OK) return NULL;
    if (lower_is_list(lw, v)) return lower_unsupported(lw, "an array of arrays"), NULL;
    if (list->dtype != v->dtype)
        return lower_malformed(lw, "%s and an array of %s", tfp_dtype_name(v->dtype), tfp_dtype_name(list->dtype)), NULL;
    const bool known = ir_known_ints(index, &at, 1) == 1;
    if (known && at < 0) return lower_malformed(lw, "index %lld", (long long)at), NULL;
    if (list->slot) return write_slot(lw, list, index, v, grows);
    if (list->length || !known) return write_dense(lw, list, index, v, grows);
    if (!grows && (uint64_t)at >= list->n)
        return lower_unsupported(lw, "index %lld of an array of %zu elements", (long long)at, list->n), NULL;
    if ((uint64_t)at >= list->n && list->dense) return write_dense(lw, list, index, v, grows);
    struct lower_list *next = lower_list_new(lw, list, (uint64_t)at < list->n ? list->n : (size_t)at + 1);
    if (next) next->at[at] = v;
    return next;
}

struct lower_list *lower_list_push(struct lower *lw, const struct lower_list *list, struct ir_value *v)
{
    if (!v || lw->b.status != TFP_OK) return NULL;
    if (list->slot) return write_slot(lw, list, NULL, v, true);
    if (!list->length) return lower_list_write(lw, list, ir_int(&lw->b, (int64_t)list->n), v, true);
    return lower_list_write(lw, list, lower_list_length(lw, list), v, true);
}

/* Known places of an array of known length. */
static struct lower_list *scatter_known(struct lower *lw, const struct lower_list *list, const int64_t *at, size_t count,
                                        struct ir_value *v)
{
    int64_t highest = -1;
    for (size_t i = 0; i < count; i++) {
        if (at[i] < 0) return lower_malformed(lw, "index %lld", (long long)at[i]), NULL;
        if (at[i] > highest) highest = at[i];
    }
    if (highest >= (int64_t)list->n && !list->grows)
        return lower_unsupported(lw, "index %lld of an array of %zu elements", (long long)highest, list->n), NULL;
    if (!lower_list_charge(lw, count * LOWER_CELLS_AN_ELEMENT)) return NULL;
    struct lower_list *next = lower_list_new(lw, list, highest < (int64_t)list->n ? list->n : (size_t)highest + 1);
    for (size_t i = 0; next && i < count; i++) next->at[at[i]] = ir_gather(&lw->b, v, ir_int(&lw->b, (int64_t)i), 0);
    return next;
}

/* Elements of `dense`, or zeros like those of v, with room for the places that they go to. */
static struct ir_value *room_for(struct lower *lw, const struct lower_list *list, struct ir_value *places, struct ir_value *v)
{
    struct build *b = &lw->b;
    struct ir_value *length = lower_list_length(lw, list), *all;
    if (nothing_written(list))
        all = form_zeros(b, list->dtype, CONCAT(b, 0, form_vector(b, length), form_dims(b, v, 1, INT64_MAX)));
    else all = lower_list_stack(lw, list);
    if (!list->grows || !all) return all;
    struct ir_value *last = ir_reduce(b, IR_REDUCE_MAX, places, NULL, 0, false);
    return extend(lw, all, ir_binary(b, IR_MAX, length, ir_add(b, last, ir_int(b, 1))));
}

struct lower_list *lower_list_scatter(struct lower *lw, const struct lower_list *list, struct ir_value *indices,
                                      struct ir_value *v)
{
    struct build *b = &lw->b;
    if (!indices || !v) return NULL;
    if (v->rank == 0) return lower_malformed(lw, "a value of rank 0"), NULL;
    if (list->slot) return needs_dense(lw, list);
    if (list->dtype != v->dtype)
        return lower_malformed(lw, "%s and an array of %s", tfp_dtype_name(v->dtype), tfp_dtype_name(list->dtype)), NULL;
    const bool fixed = indices->rank == 1 && dim_fixed(indices->dims[0]) && v->rank > 0 && dim_fixed(v->dims[0]);
    if (fixed && indices->dims[0].n != v->dims[0].n)
        return lower_malformed(lw, "%lld indices for %lld elements", (long long)indices->dims[0].n,
                               (long long)v->dims[0].n), NULL;
    const bool all_places = is_iota(indices) && (lower_list_is_long(lw, list, v) || (list->grows && !list->length && !list->n));
    if (nothing_written(list) && all_places) return lower_list_of(lw, list, v);
    if (fixed && !list->length && indices->constant && indices->dims[0].n <= LOWER_LIST_LONGEST) {
        int64_t *at = ARENA_ARRAY(&lw->graph->arena, int64_t, (size_t)indices->dims[0].n);
        if (!at) return build_fail(b, tfp_no_memory(b->ctx)), NULL;
        for (int64_t i = 0; i < indices->dims[0].n; i++) at[i] = tensor_int(indices->constant, i);
        return scatter_known(lw, list, at, (size_t)indices->dims[0].n, v);
    }
    struct ir_value *places = UNSQUEEZE(b, ir_cast(b, indices, TFP_INT64), -1), *all = room_for(lw, list, places, v);
    return all && places ? lower_list_of(lw, list, ir_emit(b, IR_SCATTER_ND, IN(all, places, v), NO_ATTRS)) : NULL;
}
