/* TensorArrays and tensor lists whose indices are known while lowering: lists of values (lower.h). The flow of an array
 * stands for them, or the handle of a tensor list. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

enum { CELLS_AN_ELEMENT = 8 }; /* what an element costs that is cut out or joined: it makes nodes */

static tfp_status lower_array(struct lower *lw, const struct tf_node *n)
{
    int64_t size, dims[TFP_MAX_RANK];
    (void)n;
    if (lower_const_ints(lw, 0, "the size", &size, 1) < 0) return lw->b.status;
    if (size < 0) return lower_malformed(lw, "a size of %lld", (long long)size);
    struct lower_list like = { .dtype = tf_type(lw, "dtype"), .grows = tf_bool(lw, "dynamic_size") };
    like.rank = (int32_t)tf_shape(lw, "element_shape", dims);
    for (int32_t i = 0; i < like.rank; i++) like.dims[i] = dims[i];
    struct lower_list *list = lower_list_new(lw, &like, (size_t)size);
    if (!list) return lw->b.status;
    lower_out(lw, 0, list->value);
    lower_out(lw, 1, list->value);
    return lw->b.status;
}

/* An index input as numbers in the graph's arena; -1 with the status set. */
static int64_t indices_in(struct lower *lw, size_t i, const char *what, int64_t **out)
{
    const struct ir_value *v = lower_in(lw, i);
    int64_t dims[TFP_MAX_RANK], count = 1;
    if (!v) return -1;
    if (v->rank > 1) return lower_malformed(lw, "%s of rank %d", what, v->rank), -1;
    if (!ir_static_dims(v, dims)) return lower_unsupported(lw, "%s not constant", what), -1;
    if (v->rank == 1) count = dims[0];
    if (count > LOWER_LIST_LONGEST) return lower_unsupported(lw, "%s too many", what), -1;
    if (!lower_list_charge(lw, (size_t)count * CELLS_AN_ELEMENT)) return -1;
    if (!v->constant && count > IR_KNOWN_MAX) return lower_unsupported(lw, "%s not constant", what), -1;
    *out = ARENA_ARRAY(&lw->b.graph->arena, int64_t, (size_t)count);
    if (!*out) return build_fail(&lw->b, tfp_no_memory(lw->b.ctx)), -1;
    int64_t known = ir_known_ints(v, *out, (size_t)count);
    if (known < 0) lower_unsupported(lw, "%s not constant", what);
    return known;
}

/* Element i of a list; zeros where it was never written and the array says their shape. */
static struct ir_value *element(struct lower *lw, const struct lower_list *list, int64_t i)
{
    if (i < 0 || (uint64_t)i >= list->n)
        return lower_unsupported(lw, "index %lld of an array of %zu elements", (long long)i, list->n), NULL;
    if (list->at[i]) return list->at[i];
    bool known = list->rank >= 0;
    for (int32_t k = 0; k < list->rank; k++) known = known && list->dims[k] >= 0;
    if (known) return form_zeros(&lw->b, list->dtype, ir_ints(&lw->b, list->dims, (size_t)list->rank));
    lower_unsupported(lw, "element %lld was never written and the array does not tell its shape", (long long)i);
    return NULL;
}

static tfp_status check_dtype(struct lower *lw, const struct lower_list *list, tfp_dtype dtype)
{
    if (lw->b.status != TFP_OK || list->dtype == dtype) return lw->b.status;
    return lower_malformed(lw, "%s and an array of %s", tfp_dtype_name(dtype), tfp_dtype_name(list->dtype));
}

/* The list behind input `flow`, with room for index `highest` where it may grow; the node's own to fill. */
static struct lower_list *writable(struct lower *lw, size_t flow, const struct ir_value *v, int64_t highest)
{
    const struct lower_list *list = lower_list_in(lw, flow);
    if (!list || !v || check_dtype(lw, list, v->dtype) != TFP_OK) return NULL;
    size_t n = list->n;
    if (highest >= 0 && (uint64_t)highest >= n) {
        if (!list->grows)
            return lower_unsupported(lw, "index %lld of an array of %zu elements", (long long)highest, n), NULL;
        n = (size_t)highest + 1;
    }
    return lower_list_new(lw, list, n);
}

static tfp_status flow_out(struct lower *lw, const struct lower_list *list)
{
    return list ? lower_done(lw, list->value) : lw->b.status;
}

static tfp_status lower_write(struct lower *lw, const struct tf_node *n)
{
    int64_t index;
    struct ir_value *v = lower_in(lw, 2);
    (void)n;
    if (lower_const_ints(lw, 1, "the index", &index, 1) < 0) return lw->b.status;
    if (index < 0) return lower_malformed(lw, "index %lld", (long long)index);
    if (v && lower_is_list(lw, v)) return lower_unsupported(lw, "an array of arrays");
    struct lower_list *list = writable(lw, 3, v, index);
    if (list) list->at[index] = v;
    return flow_out(lw, list);
}

static tfp_status lower_read(struct lower *lw, const struct tf_node *n)
{
    int64_t index;
    (void)n;
    if (lower_const_ints(lw, 1, "the index", &index, 1) < 0) return lw->b.status;
    const struct lower_list *list = lower_list_in(lw, 2);
    if (!list) return lw->b.status;
    TFP_TRY(check_dtype(lw, list, tf_type(lw, "dtype")));
    return lower_done(lw, element(lw, list, index));
}

static tfp_status lower_scatter(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct ir_value *v = lower_in(lw, 2);
    int64_t *at, highest = -1, count = indices_in(lw, 1, "the indices are", &at);
    (void)n;
    if (count < 0 || !v) return b->status;
    if (v->rank == 0) return lower_malformed(lw, "a value of rank 0");
    if (v->rank > 0 && dim_fixed(v->dims[0]) && v->dims[0].n != count)
        return lower_malformed(lw, "%lld indices for %lld elements", (long long)count, (long long)v->dims[0].n);
    for (int64_t i = 0; i < count; i++) {
        if (at[i] < 0) return lower_malformed(lw, "index %lld", (long long)at[i]);
        if (at[i] > highest) highest = at[i];
    }
    struct lower_list *list = writable(lw, 3, v, highest);
    for (int64_t i = 0; list && i < count; i++) list->at[at[i]] = ir_gather(b, v, ir_int(b, i), 0);
    return b->status == TFP_OK ? flow_out(lw, list) : b->status;
}

/* Elements joined to one value: stacked on a new axis, or along their first. */
static struct ir_value *join(struct lower *lw, const struct lower_list *list, const int64_t *at, size_t count,
                             bool stack)
{
    struct build *b = &lw->b;
    struct ir_value **in = ARENA_ARRAY(&b->graph->arena, struct ir_value *, count);
    if (!in) return build_fail(b, tfp_no_memory(b->ctx));
    for (size_t i = 0; i < count; i++) {
        in[i] = element(lw, list, at ? at[i] : (int64_t)i);
        if (stack) in[i] = ir_unsqueeze(b, in[i], &(const int64_t){ 0 }, 1);
        if (!in[i]) return NULL;
    }
    return ir_concat(b, in, count, 0);
}

/* No elements: their shape must be known. */
static struct ir_value *nothing(struct lower *lw, const struct lower_list *list)
{
    int64_t dims[TFP_MAX_RANK] = { 0 };
    bool known = list->rank >= 0 && list->rank < TFP_MAX_RANK;
    for (int32_t i = 0; known && i < list->rank; i++) {
        known = list->dims[i] >= 0;
        dims[i + 1] = list->dims[i];
    }
    if (!known) return lower_unsupported(lw, "no elements, and the array does not tell their shape"), NULL;
    return form_zeros(&lw->b, list->dtype, ir_ints(&lw->b, dims, (size_t)list->rank + 1));
}

static tfp_status lower_gather(struct lower *lw, const struct tf_node *n)
{
    int64_t *at, count = indices_in(lw, 1, "the indices are", &at);
    const struct lower_list *list = count < 0 ? NULL : lower_list_in(lw, 2);
    (void)n;
    if (!list) return lw->b.status;
    TFP_TRY(check_dtype(lw, list, tf_type(lw, "dtype")));
    return lower_done(lw, count ? join(lw, list, at, (size_t)count, true) : nothing(lw, list));
}

static tfp_status lower_concat(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    const struct lower_list *list = lower_list_in(lw, 1);
    (void)n;
    if (!list) return b->status;
    TFP_TRY(check_dtype(lw, list, tf_type(lw, "dtype")));
    if (!list->n) return lower_unsupported(lw, "an array without elements");
    if (!lower_list_charge(lw, list->n * CELLS_AN_ELEMENT)) return b->status;
    struct ir_value **lengths = ARENA_ARRAY(&b->graph->arena, struct ir_value *, list->n);
    if (!lengths) return build_fail(b, tfp_no_memory(b->ctx)), b->status;
    for (size_t i = 0; i < list->n; i++)
        if (!(lengths[i] = ir_dim(b, element(lw, list, (int64_t)i), 0))) return b->status;
    lower_out(lw, 0, join(lw, list, NULL, list->n, false));
    lower_out(lw, 1, ir_concat(b, lengths, list->n, 0));
    return b->status;
}

static tfp_status lower_split(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct ir_value *v = lower_in(lw, 1);
    int64_t *at, begin = 0, count = indices_in(lw, 2, "the lengths are", &at);
    (void)n;
    if (count < 0 || !v) return b->status;
    struct lower_list *list = writable(lw, 3, v, count - 1);
    for (int64_t i = 0; list && i < count; i++) {
        if (at[i] < 0 || at[i] > INT32_MAX) return lower_malformed(lw, "length %lld", (long long)at[i]);
        list->at[i] = ir_slice_axis(b, v, 0, begin, begin + at[i]);
        begin += at[i];
    }
    if (v->rank > 0 && dim_fixed(v->dims[0]) && v->dims[0].n != begin)
        return lower_malformed(lw, "lengths of %lld together for %lld elements", (long long)begin,
                               (long long)v->dims[0].n);
    return b->status == TFP_OK ? flow_out(lw, list) : b->status;
}

static tfp_status lower_size(struct lower *lw, const struct tf_node *n)
{
    const struct lower_list *list = lower_list_in(lw, 1);
    (void)n;
    return list ? lower_done(lw, ir_scalar(&lw->b, TFP_INT32, (double)list->n)) : lw->b.status;
}

static tfp_status lower_close(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lw->b.status;
}

/* -- tensor lists -------------------------------------------------------------------------------------------------- */

enum { NOT_CONSTANT = -2 }; /* a dimension of an element that only the running model knows */

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
        if (!form_known(v, (size_t)k, &list->dims[k])) list->dims[k] = NOT_CONSTANT;
        else if (list->dims[k] < -1) return lower_malformed(lw, "a dimension of %lld", (long long)list->dims[k]), false;
    }
    return true;
}

static tfp_status lower_reserve(struct lower *lw, const struct tf_node *n)
{
    int64_t size = 0;
    bool empty = *(const bool *)lw->rule->variant;
    struct lower_list like = { .dtype = tf_type(lw, "element_dtype") };
    (void)n;
    if (!empty && lower_const_ints(lw, 1, "the size", &size, 1) < 0) return lw->b.status;
    if (size < 0) return lower_malformed(lw, "a size of %lld", (long long)size);
    if (!set_shape(lw, 0, &like)) return lw->b.status;
    return flow_out(lw, lower_list_new(lw, &like, (size_t)size));
}

static tfp_status lower_from_tensor(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct ir_value *v = lower_in(lw, 0);
    struct lower_list like = { .dtype = tf_type(lw, "element_dtype") };
    (void)n;
    if (!v || !set_shape(lw, 1, &like)) return b->status;
    if (v->rank == 0) return lower_malformed(lw, "a value of rank 0");
    if (v->rank < 0 || !dim_fixed(v->dims[0])) return lower_unsupported(lw, "the number of elements is not constant");
    if (v->dims[0].n > LOWER_LIST_LONGEST) return lower_unsupported(lw, "too many elements");
    if (!lower_list_charge(lw, (size_t)v->dims[0].n * CELLS_AN_ELEMENT)) return b->status;
    struct lower_list *list = lower_list_new(lw, &like, (size_t)v->dims[0].n);
    for (size_t i = 0; list && i < list->n; i++) list->at[i] = ir_gather(b, v, ir_int(b, (int64_t)i), 0);
    return b->status == TFP_OK ? flow_out(lw, list) : b->status;
}

/* The list behind input 0, of the type that the node says. */
static const struct lower_list *list_in(struct lower *lw)
{
    const struct lower_list *list = lower_list_in(lw, 0);
    return list && check_dtype(lw, list, tf_type(lw, "element_dtype")) == TFP_OK ? list : NULL;
}

static tfp_status lower_get_item(struct lower *lw, const struct tf_node *n)
{
    int64_t index;
    (void)n;
    if (lower_const_ints(lw, 1, "the index", &index, 1) < 0) return lw->b.status;
    const struct lower_list *list = list_in(lw);
    return list ? lower_done(lw, element(lw, list, index)) : lw->b.status;
}

static tfp_status lower_set_item(struct lower *lw, const struct tf_node *n)
{
    int64_t index;
    struct ir_value *v = lower_in(lw, 2);
    bool grows = tf_bool(lw, "resize_if_index_out_of_bounds");
    (void)n;
    if (lower_const_ints(lw, 1, "the index", &index, 1) < 0) return lw->b.status;
    const struct lower_list *before = list_in(lw);
    if (!before || !v) return lw->b.status;
    if (lower_is_list(lw, v)) return lower_unsupported(lw, "a list of lists");
    if (index < 0 || (!grows && (uint64_t)index >= before->n))
        return lower_unsupported(lw, "index %lld of a list of %zu elements", (long long)index, before->n);
    struct lower_list *list = lower_list_new(lw, before, (uint64_t)index < before->n ? before->n : (size_t)index + 1);
    if (list) list->at[index] = v;
    return flow_out(lw, list);
}

static tfp_status lower_push_back(struct lower *lw, const struct tf_node *n)
{
    const struct lower_list *before = list_in(lw);
    struct ir_value *v = lower_in(lw, 1);
    (void)n;
    if (!before || !v) return lw->b.status;
    if (lower_is_list(lw, v)) return lower_unsupported(lw, "a list of lists");
    struct lower_list *list = lower_list_new(lw, before, before->n + 1);
    if (list) list->at[before->n] = v;
    return flow_out(lw, list);
}

static tfp_status lower_stack(struct lower *lw, const struct tf_node *n)
{
    const struct lower_list *list = list_in(lw);
    int64_t count = tf_int(lw, "num_elements");
    (void)n;
    if (!list) return lw->b.status;
    if (count >= 0 && (uint64_t)count != list->n)
        return lower_malformed(lw, "a list of %zu elements, num_elements is %lld", list->n, (long long)count);
    if (!list->n) return lower_done(lw, nothing(lw, list));
    if (!lower_list_charge(lw, list->n * CELLS_AN_ELEMENT)) return lw->b.status;
    return lower_done(lw, join(lw, list, NULL, list->n, true));
}

static tfp_status lower_list_gather(struct lower *lw, const struct tf_node *n)
{
    int64_t *at, count = indices_in(lw, 1, "the indices are", &at);
    const struct lower_list *list = count < 0 ? NULL : list_in(lw);
    (void)n;
    if (!list) return lw->b.status;
    return lower_done(lw, count ? join(lw, list, at, (size_t)count, true) : nothing(lw, list));
}

static tfp_status lower_length(struct lower *lw, const struct tf_node *n)
{
    const struct lower_list *list = lower_list_in(lw, 0);
    (void)n;
    return list ? lower_done(lw, ir_scalar(&lw->b, TFP_INT32, (double)list->n)) : lw->b.status;
}

static tfp_status lower_element_shape(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    const struct lower_list *list = lower_list_in(lw, 0);
    tfp_dtype to = tf_type(lw, "shape_type");
    (void)n;
    if (!list) return b->status;
    for (int32_t i = 0; i < list->rank; i++)
        if (list->dims[i] == NOT_CONSTANT) return lower_unsupported(lw, "the shape of the elements is not constant");
    if (list->rank < 0) return lower_done(lw, ir_scalar(b, to, -1));
    return lower_done(lw, ir_cast(b, ir_ints(b, list->dims, (size_t)list->rank), to));
}

static const struct rule rules[] = {
    { "EmptyTensorList", lower_reserve, &(const bool){ true } },
    { "TensorArrayCloseV3", lower_close, NULL },
    { "TensorArrayConcatV3", lower_concat, NULL },
    { "TensorArrayGatherV3", lower_gather, NULL },
    { "TensorArrayReadV3", lower_read, NULL },
    { "TensorArrayScatterV3", lower_scatter, NULL },
    { "TensorArraySizeV3", lower_size, NULL },
    { "TensorArraySplitV3", lower_split, NULL },
    { "TensorArrayV3", lower_array, NULL },
    { "TensorArrayWriteV3", lower_write, NULL },
    { "TensorListElementShape", lower_element_shape, NULL },
    { "TensorListFromTensor", lower_from_tensor, NULL },
    { "TensorListGather", lower_list_gather, NULL },
    { "TensorListGetItem", lower_get_item, NULL },
    { "TensorListLength", lower_length, NULL },
    { "TensorListPushBack", lower_push_back, NULL },
    { "TensorListReserve", lower_reserve, &(const bool){ false } },
    { "TensorListSetItem", lower_set_item, NULL },
    { "TensorListStack", lower_stack, NULL },
};
const struct rule_family rules_lists = { rules, sizeof rules / sizeof rules[0] };
