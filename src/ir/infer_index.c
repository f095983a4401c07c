/* Shapes of operators that choose elements by indices or conditions. What depends on data gets a fresh symbol. */
#include "ir/infer.h"

#include <inttypes.h>

static tfp_status infer_gather(struct infer *s)
{
    struct shape data = infer_shape(s, 0), indices = infer_shape(s, 1), shape = { 0 };
    int32_t axis;
    TFP_TRY(infer_need_min_rank(s, 0, 1));
    if (data.rank < 0) return TFP_OK;
    TFP_TRY(infer_axis(s, ir_attr_int(s->node, ATTR_AXIS, 0), data.rank, &axis));
    if (indices.rank < 0) return TFP_OK;
    if (data.rank + indices.rank - 1 > TFP_MAX_RANK)
        return infer_refuse(s, "the result's rank is above %d", (int)TFP_MAX_RANK);
    for (int32_t i = 0; i < axis; i++) shape.at[shape.rank++] = data.at[i];
    for (int32_t i = 0; i < indices.rank; i++) shape.at[shape.rank++] = indices.at[i];
    for (int32_t i = axis + 1; i < data.rank; i++) shape.at[shape.rank++] = data.at[i];
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_gather_elements(struct infer *s)
{
    struct shape data = infer_shape(s, 0), shape = infer_shape(s, 1);
    int32_t axis;
    if (data.rank >= 0) TFP_TRY(infer_axis(s, ir_attr_int(s->node, ATTR_AXIS, 0), data.rank, &axis));
    if (shape.rank < 0 && data.rank >= 0) shape = shape_of_rank(data.rank);
    if (data.rank >= 0 && data.rank != shape.rank)
        return infer_fail(s, "data has rank %d, indices %d", (int)data.rank, (int)shape.rank);
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_gather_nd(struct infer *s)
{
    struct shape data = infer_shape(s, 0), indices = infer_shape(s, 1), shape = { 0 };
    int64_t batch = ir_attr_int(s->node, ATTR_BATCH_DIMS, 0);
    TFP_TRY(infer_need_min_rank(s, 0, 1));
    TFP_TRY(infer_need_min_rank(s, 1, 1));
    if (data.rank < 0 || indices.rank < 0) return TFP_OK;
    if (batch < 0 || batch >= data.rank || batch >= indices.rank)
        return infer_fail(s, "batch_dims %" PRId64 " is out of range", batch);
    struct dim depth = indices.at[indices.rank - 1];
    if (!dim_fixed(depth)) return TFP_OK;
    if (depth.n < 1 || depth.n > data.rank - batch)
        return infer_fail(s, "indices have %" PRId64 " elements for rank %d", depth.n, (int)data.rank);
    int32_t first = (int32_t)(batch + depth.n);
    if (indices.rank - 1 + data.rank - first > TFP_MAX_RANK)
        return infer_refuse(s, "the result's rank is above %d", (int)TFP_MAX_RANK);
    for (int32_t i = 0; i < indices.rank - 1; i++) shape.at[shape.rank++] = indices.at[i];
    for (int32_t i = 0; i < batch; i++) TFP_TRY(infer_merge(s, &shape.at[i], data.at[i]));
    for (int32_t i = first; i < data.rank; i++) shape.at[shape.rank++] = data.at[i];
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_scatter_elements(struct infer *s)
{
    struct shape data = infer_shape(s, 0), indices = infer_shape(s, 1), updates = infer_shape(s, 2);
    int32_t axis;
    if (data.rank >= 0) TFP_TRY(infer_axis(s, ir_attr_int(s->node, ATTR_AXIS, 0), data.rank, &axis));
    TFP_TRY(infer_merge_shapes(s, &updates, &indices));
    if (data.rank >= 0 && updates.rank >= 0 && data.rank != updates.rank)
        return infer_fail(s, "data has rank %d, updates %d", (int)data.rank, (int)updates.rank);
    return infer_put(s, 0, TFP_UNDEFINED, &data);
}

static tfp_status infer_scatter_nd(struct infer *s)
{
    struct shape data = infer_shape(s, 0), indices = infer_shape(s, 1), updates = infer_shape(s, 2);
    TFP_TRY(infer_need_min_rank(s, 0, 1));
    TFP_TRY(infer_need_min_rank(s, 1, 1));
    if (data.rank >= 0 && indices.rank >= 0 && dim_fixed(indices.at[indices.rank - 1])) {
        int64_t depth = indices.at[indices.rank - 1].n;
        if (depth > data.rank)
            return infer_fail(s, "indices have %" PRId64 " elements for rank %d", depth, (int)data.rank);
        if (updates.rank >= 0 && updates.rank != indices.rank - 1 + data.rank - depth)
            return infer_fail(s, "updates have rank %d, not %d", (int)updates.rank,
                              (int)(indices.rank - 1 + data.rank - depth));
    }
    return infer_put(s, 0, TFP_UNDEFINED, &data);
}

static tfp_status infer_tensor_scatter(struct infer *s)
{
    struct shape past = infer_shape(s, 0), update = infer_shape(s, 1);
    if (past.rank >= 0 && update.rank >= 0 && past.rank != update.rank)
        return infer_fail(s, "the cache has rank %d, the update %d", (int)past.rank, (int)update.rank);
    return infer_put(s, 0, TFP_UNDEFINED, &past);
}

static tfp_status infer_one_hot(struct infer *s)
{
    struct shape indices = infer_shape(s, 0), shape;
    const struct tensor *depth = ir_in_constant(s->node, 1);
    struct known k;
    int32_t axis;
    if (indices.rank < 0) return TFP_OK;
    shape = shape_of_rank(indices.rank + 1);
    if (shape.rank > TFP_MAX_RANK) return infer_refuse(s, "the result's rank is above %d", (int)TFP_MAX_RANK);
    TFP_TRY(infer_axis(s, ir_attr_int(s->node, ATTR_AXIS, -1), shape.rank, &axis));
    for (int32_t i = 0, from = 0; i < shape.rank; i++)
        if (i != axis) shape.at[i] = indices.at[from++];
    if (depth && depth->count == 1) shape.at[axis] = dim_of(tensor_int(depth, 0));
    else if (infer_elements(ir_in(s->node, 1), &k) && k.n == 1) shape.at[axis] = k.at[0];
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_top_k(struct infer *s)
{
    struct shape shape = infer_shape(s, 0);
    struct known k;
    int32_t axis;
    TFP_TRY(infer_need_min_rank(s, 0, 1));
    if (shape.rank > 0) {
        TFP_TRY(infer_axis(s, ir_attr_int(s->node, ATTR_AXIS, -1), shape.rank, &axis));
        bool known = infer_elements(ir_in(s->node, 1), &k);
        if (known && k.n != 1) return infer_fail(s, "k has %zu elements", k.n);
        if (known && dim_fixed(k.at[0]) && dim_fixed(shape.at[axis]) && k.at[0].n > shape.at[axis].n)
            return infer_fail(s, "k is %" PRId64 ", the axis has %" PRId64, k.at[0].n, shape.at[axis].n);
        shape.at[axis] = known ? k.at[0] : dim_unknown();
    }
    TFP_TRY(infer_put(s, 0, TFP_UNDEFINED, &shape));
    return infer_put(s, 1, TFP_INT64, &shape);
}

static tfp_status infer_non_zero(struct infer *s)
{
    struct shape x = infer_shape(s, 0), shape = shape_of_rank(2);
    if (x.rank >= 0) shape.at[0] = dim_of(x.rank);
    return infer_put(s, 0, TFP_INT64, &shape);
}

static tfp_status infer_compress(struct infer *s)
{
    struct shape x = infer_shape(s, 0), shape = shape_of_rank(1);
    int32_t axis = 0;
    TFP_TRY(infer_need_rank(s, 1, 1));
    if (ir_attr(s->node, ATTR_AXIS)) {
        if (x.rank < 0) return TFP_OK;
        TFP_TRY(infer_axis(s, ir_attr_int(s->node, ATTR_AXIS, 0), x.rank, &axis));
        shape = x;
    }
    const struct tensor *condition = ir_in_constant(s->node, 1);
    shape.at[axis] = condition ? dim_of(0) : dim_unknown();
    for (int64_t i = 0; condition && i < condition->count; i++) shape.at[axis].n += tensor_int(condition, i) != 0;
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_unique(struct infer *s)
{
    struct shape x = infer_shape(s, 0), shape = shape_of_rank(1), counts = shape_of_rank(1), inverse = shape_of_rank(1);
    int32_t axis = 0;
    if (ir_attr(s->node, ATTR_AXIS)) {
        shape = x;
        if (x.rank >= 0) {
            TFP_TRY(infer_axis(s, ir_attr_int(s->node, ATTR_AXIS, 0), x.rank, &axis));
            shape.at[axis] = dim_unknown();
            inverse.at[0] = x.at[axis];
        }
    } else if (x.rank >= 0) {
        inverse.at[0] = dim_of(1);
        for (int32_t i = 0; i < x.rank; i++) TFP_TRY(infer_mul(s, inverse.at[0], x.at[i], &inverse.at[0]));
    }
    TFP_TRY(infer_put(s, 0, TFP_UNDEFINED, &shape));
    if (shape.rank >= 0 && s->node->out[0]) counts.at[0] = s->node->out[0]->dims[axis]; /* the same count */
    TFP_TRY(infer_put(s, 1, TFP_INT64, &counts));
    TFP_TRY(infer_put(s, 2, TFP_INT64, &inverse));
    return infer_put(s, 3, TFP_INT64, &counts);
}

static tfp_status infer_non_max_suppression(struct infer *s)
{
    struct shape shape = shape_of_rank(2);
    TFP_TRY(infer_need_rank(s, 0, 3));
    TFP_TRY(infer_need_rank(s, 1, 3));
    shape.at[1] = dim_of(3);
    return infer_put(s, 0, TFP_INT64, &shape);
}

static tfp_status infer_reverse_sequence(struct infer *s)
{
    TFP_TRY(infer_need_min_rank(s, 0, 2));
    TFP_TRY(infer_need_rank(s, 1, 1));
    return infer_same(s);
}

const struct infer_row infer_index_rows[] = {
    { IR_COMPRESS, infer_compress, NULL },
    { IR_GATHER, infer_gather, known_gather },
    { IR_GATHER_ELEMENTS, infer_gather_elements, known_gather },
    { IR_GATHER_ND, infer_gather_nd, NULL },
    { IR_NON_MAX_SUPPRESSION, infer_non_max_suppression, NULL },
    { IR_NON_ZERO, infer_non_zero, NULL },
    { IR_ONE_HOT, infer_one_hot, NULL },
    { IR_REVERSE_SEQUENCE, infer_reverse_sequence, NULL },
    { IR_SCATTER, infer_scatter_elements, known_scatter },
    { IR_SCATTER_ELEMENTS, infer_scatter_elements, known_scatter },
    { IR_SCATTER_ND, infer_scatter_nd, known_scatter },
    { IR_TENSOR_SCATTER, infer_tensor_scatter, NULL },
    { IR_TOP_K, infer_top_k, NULL },
    { IR_UNIQUE, infer_unique, NULL },
    { IR_NONE, NULL, NULL },
};
