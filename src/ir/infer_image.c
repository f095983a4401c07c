/* Shapes of operators on images: resizing, sampling, regions, cropping. */
#include "ir/infer.h"

#include <inttypes.h>

/* -- Resize -------------------------------------------------------------------------------------------------------- */

/* The result's dimension: rounded down. Symbols: whole factors, and whole fractions that are exact. */
static struct dim scaled_dim(struct infer *s, struct dim size, float scale)
{
    if (!(scale > 0)) return dim_unknown();
    if (dim_fixed(size)) {
        double scaled = (double)((float)size.n * scale);
        return scaled < 0x1p62 ? dim_of((int64_t)scaled) : dim_unknown();
    }
    if (scale >= 1 && scale < 0x1p24f && scale == (float)(int64_t)scale)
        return dim_mul(s->graph, size, dim_of((int64_t)scale));
    for (int64_t power = 2; power <= 1024; power *= 2) {
        float times = scale * (float)power;
        if (times >= 1 && times < 0x1p24f && times == (float)(int64_t)times)
            return dim_div(s->graph, dim_mul(s->graph, size, dim_of((int64_t)times)), dim_of(power));
    }
    return dim_unknown();
}

/* The axis of each entry of scales and sizes. */
static tfp_status resize_axes(struct infer *s, int32_t rank, int32_t *axes, size_t *n)
{
    struct ir_ints given = ir_attr_ints(s->node, ATTR_AXES);
    uint32_t mask;
    TFP_TRY(infer_axes(s, given, rank, &mask));
    *n = given.n ? given.n : (size_t)rank;
    for (size_t i = 0; i < *n; i++) {
        axes[i] = (int32_t)i;
        if (given.n) TFP_TRY(infer_axis(s, given.at[i], rank, &axes[i]));
    }
    return TFP_OK;
}

/* One scale for all axes: the smallest (the largest) that the wanted sizes ask for. Rounded half up. */
static void keep_ratio(const struct shape *x, const int32_t *axes, size_t n, bool larger, struct shape *shape)
{
    double scale = 0;
    for (size_t i = 0; i < n; i++) {
        struct dim from = x->at[axes[i]], to = shape->at[axes[i]];
        double own = dim_fixed(from) && dim_fixed(to) && from.n > 0 ? (double)to.n / (double)from.n : -1;
        if (own < 0) {
            scale = -1;
            break;
        }
        if (i == 0 || (larger ? own > scale : own < scale)) scale = own;
    }
    for (size_t i = 0; i < n; i++) {
        double size = scale * (double)x->at[axes[i]].n;
        shape->at[axes[i]] = scale < 0 || size > 0x1p53 ? dim_unknown() : dim_of((int64_t)__builtin_floor(size + 0.5));
    }
}

static tfp_status resize_by_scales(struct infer *s, const struct tensor *scales, const int32_t *axes, size_t n,
                                   struct shape *shape)
{
    if (scales && scales->count != (int64_t)n)
        return infer_fail(s, "has %" PRId64 " scales for %zu axes", scales->count, n);
    for (size_t i = 0; i < n; i++) {
        struct dim *d = &shape->at[axes[i]];
        double scale = scales ? tensor_float(scales, (int64_t)i) : 0;
        if (scales && !(scale > 0 && scale < 0x1p31))
            return infer_fail(s, "the scale of axis %d is not positive", (int)axes[i]);
        *d = scales ? scaled_dim(s, *d, (float)scale) : dim_unknown(); /* as ONNX Runtime does; a region has no part in it */
    }
    return TFP_OK;
}

static tfp_status infer_resize(struct infer *s)
{
    struct shape x = infer_shape(s, 0), shape = x;
    int32_t axes[TFP_MAX_RANK];
    size_t n;
    struct known sizes;
    const struct ir_value *scales = ir_in(s->node, 2);
    bool by_sizes = infer_has(s, 3);
    if (scales && by_sizes && scales->rank == 1 && dim_is(scales->dims[0], 0)) scales = NULL;
    if ((scales != NULL) == by_sizes) return infer_fail(s, "needs either scales or sizes");
    if (x.rank < 0) return TFP_OK;
    TFP_TRY(resize_axes(s, x.rank, axes, &n));
    if (!by_sizes) {
        TFP_TRY(resize_by_scales(s, scales->constant, axes, n, &shape));
        return infer_put(s, 0, TFP_UNDEFINED, &shape);
    }
    bool listed = infer_elements(ir_in(s->node, 3), &sizes);
    if (listed && sizes.n != n) return infer_fail(s, "has %zu sizes for %zu axes", sizes.n, n);
    for (size_t i = 0; i < n; i++) shape.at[axes[i]] = listed ? sizes.at[i] : dim_unknown();
    bool larger = ir_attr_is(s->node, ATTR_KEEP_ASPECT_RATIO_POLICY, "not_smaller");
    if (larger || ir_attr_is(s->node, ATTR_KEEP_ASPECT_RATIO_POLICY, "not_larger"))
        keep_ratio(&x, axes, n, larger, &shape);
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_upsample(struct infer *s)
{
    struct shape shape = infer_shape(s, 0);
    const struct tensor *scales = ir_in_constant(s->node, 1);
    if (scales && shape.rank >= 0 && scales->count != shape.rank)
        return infer_fail(s, "has %" PRId64 " scales for rank %d", scales->count, (int)shape.rank);
    for (int32_t i = 0; i < shape.rank; i++)
        shape.at[i] = scales ? scaled_dim(s, shape.at[i], (float)tensor_float(scales, i)) : dim_unknown();
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

/* -- sampling and regions ------------------------------------------------------------------------------------------ */

static tfp_status infer_grid_sample(struct infer *s)
{
    struct shape x = infer_shape(s, 0), grid = infer_shape(s, 1);
    TFP_TRY(infer_need_min_rank(s, 0, 3));
    TFP_TRY(infer_need_min_rank(s, 1, 3));
    if (x.rank >= 0 && grid.rank >= 0 && x.rank != grid.rank)
        return infer_fail(s, "input has rank %d, grid %d", (int)x.rank, (int)grid.rank);
    struct shape shape = shape_of_rank(x.rank >= 0 ? x.rank : grid.rank);
    for (int32_t i = 0; i < shape.rank; i++)
        if (i == 1 ? x.rank >= 0 : grid.rank >= 0) shape.at[i] = i == 1 ? x.at[1] : grid.at[i ? i - 1 : 0];
    if (shape.rank >= 0 && x.rank >= 0) TFP_TRY(infer_merge(s, &shape.at[0], x.at[0]));
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_affine_grid(struct infer *s)
{
    struct known size;
    struct shape shape = shape_unknown();
    TFP_TRY(infer_need_rank(s, 1, 1));
    if (!infer_elements(ir_in(s->node, 1), &size)) return TFP_OK;
    if (size.n != 4 && size.n != 5) return infer_fail(s, "size has %zu elements, not 4 or 5", size.n);
    shape = shape_of_rank((int32_t)size.n);
    shape.at[0] = size.at[0];
    for (size_t i = 2; i < size.n; i++) shape.at[i - 1] = size.at[i];
    shape.at[size.n - 1] = dim_of((int64_t)size.n - 2);
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_roi_align(struct infer *s)
{
    struct shape x = infer_shape(s, 0), rois = infer_shape(s, 1), batch = infer_shape(s, 2), shape = shape_of_rank(4);
    TFP_TRY(infer_need_rank(s, 0, 4));
    TFP_TRY(infer_need_rank(s, 1, 2));
    TFP_TRY(infer_need_rank(s, 2, 1));
    if (rois.rank == 2) shape.at[0] = rois.at[0];
    if (batch.rank == 1) TFP_TRY(infer_merge(s, &shape.at[0], batch.at[0]));
    if (x.rank == 4) shape.at[1] = x.at[1];
    shape.at[2] = dim_of(ir_attr_int(s->node, ATTR_OUTPUT_HEIGHT, 1));
    shape.at[3] = dim_of(ir_attr_int(s->node, ATTR_OUTPUT_WIDTH, 1));
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_max_roi_pool(struct infer *s)
{
    struct shape x = infer_shape(s, 0), rois = infer_shape(s, 1), shape = shape_of_rank(4);
    struct ir_ints pooled = ir_attr_ints(s->node, ATTR_POOLED_SHAPE);
    TFP_TRY(infer_need_rank(s, 0, 4));
    TFP_TRY(infer_need_rank(s, 1, 2));
    if (pooled.n != 2) return infer_fail(s, "pooled_shape has %zu values, not 2", pooled.n);
    if (rois.rank == 2) shape.at[0] = rois.at[0];
    if (x.rank == 4) shape.at[1] = x.at[1];
    shape.at[2] = dim_of(pooled.at[0]);
    shape.at[3] = dim_of(pooled.at[1]);
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

/* -- cropping, columns --------------------------------------------------------------------------------------------- */

static tfp_status infer_center_crop_pad(struct infer *s)
{
    struct shape shape = infer_shape(s, 0);
    int32_t axes[TFP_MAX_RANK];
    struct known sizes;
    size_t n;
    TFP_TRY(infer_need_rank(s, 1, 1));
    if (shape.rank < 0) return TFP_OK;
    TFP_TRY(resize_axes(s, shape.rank, axes, &n));
    bool listed = infer_elements(ir_in(s->node, 1), &sizes);
    if (listed && sizes.n != n) return infer_fail(s, "has %zu sizes for %zu axes", sizes.n, n);
    for (size_t i = 0; i < n; i++) shape.at[axes[i]] = listed ? sizes.at[i] : dim_unknown();
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_col2im(struct infer *s)
{
    struct shape x = infer_shape(s, 0), shape;
    struct known image, block;
    struct dim area = dim_of(1);
    TFP_TRY(infer_need_rank(s, 0, 3));
    if (!infer_elements(ir_in(s->node, 1), &image) || image.n + 2 > TFP_MAX_RANK) return TFP_OK;
    shape = shape_of_rank((int32_t)image.n + 2);
    for (size_t i = 0; i < image.n; i++) shape.at[i + 2] = image.at[i];
    if (x.rank == 3) shape.at[0] = x.at[0];
    if (x.rank == 3 && infer_elements(ir_in(s->node, 2), &block)) {
        if (block.n != image.n) return infer_fail(s, "block has %zu axes, the image %zu", block.n, image.n);
        for (size_t i = 0; i < block.n; i++) TFP_TRY(infer_mul(s, area, block.at[i], &area));
        if (dim_fixed(area) && dim_fixed(x.at[1]) && (area.n <= 0 || x.at[1].n % area.n))
            return infer_fail(s, "%" PRId64 " rows cannot be divided by a block of %" PRId64, x.at[1].n, area.n);
        shape.at[1] = dim_div(s->graph, x.at[1], area);
    }
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_image_decoder(struct infer *s)
{
    struct shape shape = shape_of_rank(3);
    TFP_TRY(infer_need_rank(s, 0, 1));
    shape.at[2] = dim_of(ir_attr_is(s->node, ATTR_PIXEL_FORMAT, "Grayscale") ? 1 : 3);
    return infer_put(s, 0, TFP_UINT8, &shape);
}

const struct infer_row infer_image_rows[] = {
    { IR_AFFINE_GRID, infer_affine_grid, NULL },
    { IR_CENTER_CROP_PAD, infer_center_crop_pad, NULL },
    { IR_COL2_IM, infer_col2im, NULL },
    { IR_GRID_SAMPLE, infer_grid_sample, NULL },
    { IR_IMAGE_DECODER, infer_image_decoder, NULL },
    { IR_MAX_ROI_POOL, infer_max_roi_pool, NULL },
    { IR_RESIZE, infer_resize, NULL },
    { IR_ROI_ALIGN, infer_roi_align, NULL },
    { IR_UPSAMPLE, infer_upsample, NULL },
    { IR_NONE, NULL, NULL },
};
