/* TensorArrays and tensor lists (lower_list.h). The flow of an array stands for it, or the handle of a tensor list. */
#include "frontend/tensorflow/lower_list.h"
#include "ir/forms.h"

static tfp_status flow_out(struct lower *lw, const struct lower_list *list)
{
    return list ? lower_done(lw, list->value) : lw->b.status;
}

/* A list of as many elements as input i says, none of them written. */
static struct lower_list *unwritten(struct lower *lw, size_t i, const struct lower_list *like)
{
    int64_t size;
    struct ir_value *length = lower_in(lw, i);
    if (!length) return NULL;
    if (!dtype_is_integer(length->dtype)) return lower_malformed(lw, "the size is no integer"), NULL;
    if (ir_known_ints(length, &size, 1) != 1)
        return lower_list_open(lw, like, form_scalar(&lw->b, ir_cast(&lw->b, length, TFP_INT64)), NULL);
    if (size < 0) return lower_malformed(lw, "a size of %lld", (long long)size), NULL;
    return lower_list_new(lw, like, (size_t)size);
}

static tfp_status check_dtype(struct lower *lw, const struct lower_list *list, tfp_dtype dtype)
{
    if (lw->b.status != TFP_OK || list->dtype == dtype) return lw->b.status;
    return lower_malformed(lw, "%s and an array of %s", tfp_dtype_name(dtype), tfp_dtype_name(list->dtype));
}

/* -- TensorArrays -------------------------------------------------------------------------------------------------- */

static tfp_status lower_array(struct lower *lw, const struct tf_node *n)
{
    int64_t dims[TFP_MAX_RANK];
    (void)n;
    struct lower_list like = { .dtype = tf_type(lw, "dtype"), .grows = tf_bool(lw, "dynamic_size") };
    like.rank = (int32_t)tf_shape(lw, "element_shape", dims);
    for (int32_t i = 0; i < like.rank; i++) like.dims[i] = dims[i];
    struct lower_list *list = lw->b.status == TFP_OK ? unwritten(lw, 0, &like) : NULL;
    if (!list) return lw->b.status;
    lower_out(lw, 0, list->value);
    lower_out(lw, 1, list->value);
    return lw->b.status;
}

static tfp_status lower_write(struct lower *lw, const struct tf_node *n)
{
    const struct lower_list *list = lower_list_in(lw, 3);
    (void)n;
    return list ? flow_out(lw, lower_list_write(lw, list, lower_in(lw, 1), lower_in(lw, 2), list->grows)) : lw->b.status;
}

static tfp_status lower_read(struct lower *lw, const struct tf_node *n)
{
    const struct lower_list *list = lower_list_in(lw, 2);
    (void)n;
    if (!list) return lw->b.status;
    TFP_TRY(check_dtype(lw, list, tf_type(lw, "dtype")));
    return lower_done(lw, lower_list_read(lw, list, lower_in(lw, 1)));
}

static tfp_status lower_scatter(struct lower *lw, const struct tf_node *n)
{
    const struct lower_list *list = lower_list_in(lw, 3);
    (void)n;
    return list ? flow_out(lw, lower_list_scatter(lw, list, lower_in(lw, 1), lower_in(lw, 2))) : lw->b.status;
}

static tfp_status lower_gather(struct lower *lw, const struct tf_node *n)
{
    const struct lower_list *list = lower_list_in(lw, 2);
    (void)n;
    if (!list) return lw->b.status;
    TFP_TRY(check_dtype(lw, list, tf_type(lw, "dtype")));
    return lower_done(lw, lower_list_gather(lw, list, lower_in(lw, 1)));
}

/* Elements that are known one by one may differ in their first dimension. */
static tfp_status concat_known(struct lower *lw, const struct lower_list *list)
{
    struct build *b = &lw->b;
    if (!list->n) return lower_unsupported(lw, "an array without elements");
    if (!lower_list_charge(lw, list->n * LOWER_CELLS_AN_ELEMENT)) return b->status;
    struct ir_value **elements = ARENA_ARRAY(&lw->graph->arena, struct ir_value *, list->n);
    struct ir_value **lengths = ARENA_ARRAY(&lw->graph->arena, struct ir_value *, list->n);
    if (!elements || !lengths) return build_fail(b, tfp_no_memory(b->ctx)), b->status;
    for (size_t i = 0; i < list->n; i++) {
        elements[i] = lower_list_element(lw, list, (int64_t)i);
        if (!(lengths[i] = ir_dim(b, elements[i], 0))) return b->status;
    }
    lower_out(lw, 0, ir_concat(b, elements, list->n, 0));
    lower_out(lw, 1, ir_concat(b, lengths, list->n, 0));
    return b->status;
}

static tfp_status concat(struct lower *lw, const struct lower_list *list)
{
    struct build *b = &lw->b;
    if (!list->length && !list->dense && !list->slot) return concat_known(lw, list);
    struct ir_value *all = lower_list_stack(lw, list), *count = ir_dim(b, all, 0), *length = ir_dim(b, all, 1);
    if (!all || !count || !length) return b->status;
    lower_out(lw, 0, FORM_RESHAPE(b, all, ir_mul(b, count, length), form_dims(b, all, 2, INT64_MAX)));
    lower_out(lw, 1, ir_expand(b, length, count));
    return b->status;
}

static tfp_status lower_concat(struct lower *lw, const struct tf_node *n)
{
    const struct lower_list *list = lower_list_in(lw, 1);
    (void)n;
    if (!list) return lw->b.status;
    TFP_TRY(check_dtype(lw, list, tf_type(lw, "dtype")));
    return concat(lw, list);
}

/* Parts of v of those lengths, which must be known, become the first elements. */
static const struct lower_list *split(struct lower *lw, const struct lower_list *list, struct ir_value *v,
                                const struct ir_value *lengths)
{
    int64_t at[IR_KNOWN_MAX], begin = 0, count = lengths ? ir_known_ints(lengths, at, IR_KNOWN_MAX) : -1;
    if (!v || !lengths) return NULL;
    if (count < 0) return lower_unsupported(lw, "the lengths are not constant, or too many"), NULL;
    if (check_dtype(lw, list, v->dtype) != TFP_OK) return NULL;
    for (int64_t i = 0; i < count; i++) {
        if (at[i] < 0 || at[i] > INT32_MAX) return lower_malformed(lw, "length %lld", (long long)at[i]), NULL;
        list = lower_list_write(lw, list, ir_int(&lw->b, i), ir_slice_axis(&lw->b, v, 0, begin, begin + at[i]), list->grows);
        if (!list) return NULL;
        begin += at[i];
    }
    if (v->rank > 0 && dim_fixed(v->dims[0]) && v->dims[0].n != begin)
        return lower_malformed(lw, "lengths of %lld together for %lld elements", (long long)begin,
                               (long long)v->dims[0].n), NULL;
    return list;
}

static tfp_status lower_split(struct lower *lw, const struct tf_node *n)
{
    const struct lower_list *list = lower_list_in(lw, 3);
    (void)n;
    return list ? flow_out(lw, split(lw, list, lower_in(lw, 1), lower_in(lw, 2))) : lw->b.status;
}

static tfp_status lower_size(struct lower *lw, const struct tf_node *n)
{
    const struct lower_list *list = lower_list_in(lw, n->n_in - 1);
    return list ? lower_done(lw, ir_cast(&lw->b, lower_list_length(lw, list), TFP_INT32)) : lw->b.status;
}

static tfp_status lower_close(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lw->b.status;
}

/* -- tensor lists -------------------------------------------------------------------------------------------------- */

/* An element's shape as an input says it: a vector with -1 for what is open, or one -1 for anything. */
static bool set_shape(struct lower *lw, size_t i, struct lower_list *list)
{
    const struct ir_value *v = lower_in(lw, i);
    int64_t dims[TFP_MAX_RANK];
    list->rank = -1;
    if (!v) return false;
    if (v->rank == 0) return true;
    if (v->rank != 1 || !ir_static_dims(v, dims) || dims[0] > TFP_MAX_RANK)
        return lower_unsupported(lw, "the shape of its elements has no known rank"), false;
    list->rank = (int32_t)dims[0];
    for (int32_t k = 0; k < list->rank; k++) {
        if (!form_known(v, (size_t)k, &list->dims[k])) list->dims[k] = LOWER_NOT_CONSTANT;
        else if (list->dims[k] < -1) return lower_malformed(lw, "a dimension of %lld", (long long)list->dims[k]), false;
    }
    return true;
}

static tfp_status lower_reserve(struct lower *lw, const struct tf_node *n)
{
    struct lower_list like = { .dtype = tf_type(lw, "element_dtype") };
    (void)n;
    if (!set_shape(lw, 0, &like)) return lw->b.status;
    return flow_out(lw, unwritten(lw, 1, &like));
}

static tfp_status lower_empty(struct lower *lw, const struct tf_node *n)
{
    struct lower_list like = { .dtype = tf_type(lw, "element_dtype"), .grows = true };
    (void)n;
    if (!set_shape(lw, 0, &like)) return lw->b.status;
    return flow_out(lw, lower_list_new(lw, &like, 0));
}

static tfp_status lower_from_tensor(struct lower *lw, const struct tf_node *n)
{
    struct ir_value *v = lower_in(lw, 0);
    struct lower_list like = { .dtype = tf_type(lw, "element_dtype") };
    (void)n;
    if (!v || !set_shape(lw, 1, &like)) return lw->b.status;
    return flow_out(lw, lower_list_of(lw, &like, v));
}

static tfp_status lower_list_split(struct lower *lw, const struct tf_node *n)
{
    struct lower_list like = { .dtype = tf_type(lw, "element_dtype"), .grows = true };
    (void)n;
    if (!set_shape(lw, 1, &like)) return lw->b.status;
    struct lower_list *none = lower_list_new(lw, &like, 0);
    return none ? flow_out(lw, split(lw, none, lower_in(lw, 0), lower_in(lw, 2))) : lw->b.status;
}

/* The list behind input i, of the type that the node says. */
static const struct lower_list *list_in(struct lower *lw, size_t i)
{
    const struct lower_list *list = lower_list_in(lw, i);
    return list && check_dtype(lw, list, tf_type(lw, "element_dtype")) == TFP_OK ? list : NULL;
}

static tfp_status lower_get_item(struct lower *lw, const struct tf_node *n)
{
    const struct lower_list *list = list_in(lw, 0);
    (void)n;
    return list ? lower_done(lw, lower_list_read(lw, list, lower_in(lw, 1))) : lw->b.status;
}

static tfp_status lower_set_item(struct lower *lw, const struct tf_node *n)
{
    const struct lower_list *list = list_in(lw, 0);
    bool grows = tf_bool(lw, "resize_if_index_out_of_bounds");
    (void)n;
    return list ? flow_out(lw, lower_list_write(lw, list, lower_in(lw, 1), lower_in(lw, 2), grows)) : lw->b.status;
}

static tfp_status lower_push_back(struct lower *lw, const struct tf_node *n)
{
    const struct lower_list *list = list_in(lw, 0);
    (void)n;
    return list ? flow_out(lw, lower_list_push(lw, list, lower_in(lw, 1))) : lw->b.status;
}

/* A list without its last element, and that. */
static tfp_status lower_pop_back(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    const struct lower_list *list = list_in(lw, 0);
    struct lower_list *rest;
    (void)n;
    if (!list) return b->status;
    if (!list->length && !list->slot) {
        if (!list->n) return lower_malformed(lw, "a list without elements");
        lower_out(lw, 1, lower_list_element(lw, list, (int64_t)list->n - 1));
        struct lower_list shorter = *list;
        shorter.n--;
        shorter.dense = list->dense ? ir_slice_axis(b, lower_import(lw, list->dense), 0, 0, -1) : NULL;
        rest = b->status == TFP_OK ? lower_list_new(lw, &shorter, shorter.n) : NULL;
    } else {
        struct ir_value *all = lower_list_stack(lw, list);
        lower_out(lw, 1, ir_gather(b, all, ir_int(b, -1), 0));
        rest = all ? lower_list_of(lw, list, ir_slice_axis(b, all, 0, 0, -1)) : NULL;
    }
    return flow_out(lw, rest);
}

static tfp_status lower_resize(struct lower *lw, const struct tf_node *n)
{
    int64_t size;
    const struct lower_list *list = lower_list_in(lw, 0);
    (void)n;
    if (!list || lower_const_ints(lw, 1, "the size", &size, 1) < 0) return lw->b.status;
    if (size < 0) return lower_malformed(lw, "a size of %lld", (long long)size);
    if (list->length || list->slot || list->dense) return lower_unsupported(lw, "a list whose elements are not known");
    return flow_out(lw, lower_list_new(lw, list, (size_t)size));
}

static tfp_status lower_stack(struct lower *lw, const struct tf_node *n)
{
    const struct lower_list *list = list_in(lw, 0);
    int64_t count = tf_int(lw, "num_elements");
    (void)n;
    if (!list) return lw->b.status;
    if (count >= 0 && !list->length && !list->slot && (uint64_t)count != list->n)
        return lower_malformed(lw, "a list of %zu elements, num_elements is %lld", list->n, (long long)count);
    return lower_done(lw, lower_list_stack(lw, list));
}

static tfp_status lower_list_gather_op(struct lower *lw, const struct tf_node *n)
{
    const struct lower_list *list = list_in(lw, 0);
    (void)n;
    return list ? lower_done(lw, lower_list_gather(lw, list, lower_in(lw, 1))) : lw->b.status;
}

static tfp_status lower_list_scatter_op(struct lower *lw, const struct tf_node *n)
{
    struct lower_list like = { .dtype = tf_type(lw, "element_dtype"), .grows = true };
    int64_t size = -1;
    (void)n;
    if (!set_shape(lw, 2, &like)) return lw->b.status;
    if (n->n_in > 3 && lower_const_ints(lw, 3, "the size", &size, 1) < 0) return lw->b.status;
    struct lower_list *none = lower_list_new(lw, &like, size > 0 ? (size_t)size : 0);
    return none ? flow_out(lw, lower_list_scatter(lw, none, lower_in(lw, 1), lower_in(lw, 0))) : lw->b.status;
}

static tfp_status lower_scatter_into(struct lower *lw, const struct tf_node *n)
{
    const struct lower_list *list = list_in(lw, 0);
    (void)n;
    return list ? flow_out(lw, lower_list_scatter(lw, list, lower_in(lw, 2), lower_in(lw, 1))) : lw->b.status;
}

static tfp_status lower_list_concat(struct lower *lw, const struct tf_node *n)
{
    const struct lower_list *list = list_in(lw, 0);
    (void)n;
    return list ? concat(lw, list) : lw->b.status;
}

static tfp_status lower_element_shape(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    const struct lower_list *list = lower_list_in(lw, 0);
    tfp_dtype to = tf_type(lw, "shape_type");
    (void)n;
    if (!list) return b->status;
    for (int32_t i = 0; i < list->rank; i++)
        if (list->dims[i] == LOWER_NOT_CONSTANT)
            return lower_unsupported(lw, "the shape of the elements is not constant");
    if (list->rank < 0) return lower_done(lw, ir_scalar(b, to, -1));
    return lower_done(lw, ir_cast(b, ir_ints(b, list->dims, (size_t)list->rank), to));
}

static const struct rule rules[] = {
    { "EmptyTensorList", lower_empty, NULL },
    { "TensorArrayCloseV3", lower_close, NULL },
    { "TensorArrayConcatV3", lower_concat, NULL },
    { "TensorArrayGatherV3", lower_gather, NULL },
    { "TensorArrayReadV3", lower_read, NULL },
    { "TensorArrayScatterV3", lower_scatter, NULL },
    { "TensorArraySizeV3", lower_size, NULL },
    { "TensorArraySplitV3", lower_split, NULL },
    { "TensorArrayV3", lower_array, NULL },
    { "TensorArrayWriteV3", lower_write, NULL },
    { "TensorListConcat", lower_list_concat, NULL },
    { "TensorListConcatV2", lower_list_concat, NULL },
    { "TensorListElementShape", lower_element_shape, NULL },
    { "TensorListFromTensor", lower_from_tensor, NULL },
    { "TensorListGather", lower_list_gather_op, NULL },
    { "TensorListGetItem", lower_get_item, NULL },
    { "TensorListLength", lower_size, NULL },
    { "TensorListPopBack", lower_pop_back, NULL },
    { "TensorListPushBack", lower_push_back, NULL },
    { "TensorListReserve", lower_reserve, NULL },
    { "TensorListResize", lower_resize, NULL },
    { "TensorListScatter", lower_list_scatter_op, NULL },
    { "TensorListScatterIntoExistingList", lower_scatter_into, NULL },
    { "TensorListScatterV2", lower_list_scatter_op, NULL },
    { "TensorListSetItem", lower_set_item, NULL },
    { "TensorListSplit", lower_list_split, NULL },
    { "TensorListStack", lower_stack, NULL },
};
const struct rule_family rules_lists = { rules, sizeof rules / sizeof rules[0] };
