/* Space moved into depth or batch and back, and image patches. The batch forms are written as Reshape, Transpose,
 * Reshape with any number of block dimensions; sizes that are not known stay expressions. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"
#include "frontend/tensorflow/ops/nn.h"

#define VARIANT(type) (*(const type *)lw->rule->variant)

/* -- DepthToSpace, SpaceToDepth ------------------------------------------------------------------------------------ */

static tfp_status lower_depth_space(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    static const char *const layouts[] = { "NHWC", "NCHW", NULL };
    struct build *b = &lw->b;
    enum ir_op op = VARIANT(enum ir_op);
    int64_t block = tf_int(lw, "block_size");
    bool last = tf_word(lw, "data_format", layouts) == 0;
    struct ir_value *x = lower_to_channels_first(lw, lower_in(lw, 0), last);
    if (!x || b->status != TFP_OK) return b->status;
    if (block < 1) return lower_malformed(lw, "block_size is %lld", (long long)block);
    const struct ir_attr *attrs = op == IR_DEPTH_TO_SPACE
                                      ? ATTRS(A_INT(ATTR_BLOCKSIZE, block), A_STRING(ATTR_MODE, "DCR"))
                                      : ATTRS(A_INT(ATTR_BLOCKSIZE, block));
    return lower_done(lw, lower_from_channels_first(lw, ir_emit(b, op, IN(x), attrs), last));
}

/* -- SpaceToBatch, BatchToSpace ------------------------------------------------------------------------------------ */

enum { MAX_BLOCKS = TFP_MAX_RANK / 2 - 1 };

struct blocks {
    int64_t size[MAX_BLOCKS]; /* of the dimensions behind the batch */
    int64_t n, rank, product;
    struct ir_value *margins; /* [n,2], int64 */
};

/* The ND forms have the blocks as an input, the others one attribute for two dimensions. */
static tfp_status read_blocks(struct lower *lw, struct blocks *s)
{
    bool nd = VARIANT(bool);
    const struct ir_value *x = lower_in(lw, 0);
    *s = (struct blocks){ .n = 2, .product = 1 };
    if (nd) {
        if ((s->n = lower_const_ints(lw, 1, "block_shape", s->size, MAX_BLOCKS)) < 0) return lw->b.status;
    } else {
        s->size[0] = s->size[1] = tf_int(lw, "block_size");
    }
    s->margins = lower_int64(lw, nd ? 2 : 1);
    if ((s->rank = lower_rank(lw, x, "input")) < 0 || !s->margins) return lw->b.status;
    if (s->rank <= s->n) return lower_malformed(lw, "input has too few dimensions for %d blocks", (int)s->n);
    if (s->rank + s->n > TFP_MAX_RANK) return lower_unsupported(lw, "too many dimensions");
    for (int64_t i = 0; i < s->n; i++)
        if (s->size[i] < 1 || __builtin_mul_overflow(s->product, s->size[i], &s->product))
            return lower_malformed(lw, "a block size is out of range");
    return lw->b.status;
}

/* Column 0 (before) or 1 (after) of the margins. */
static struct ir_value *margin(struct build *b, struct ir_value *margins, int64_t column)
{
    return ir_gather(b, margins, ir_int(b, column), 1);
}

static struct ir_value *zeros(struct build *b, int64_t n)
{
    static const int64_t none[TFP_MAX_RANK];
    return ir_ints(b, none, (size_t)n);
}

static bool all_zero(const struct ir_value *v)
{
    if (!v || !v->constant) return false;
    for (int64_t i = 0; i < v->constant->count; i++)
        if (tensor_int(v->constant, i) != 0) return false;
    return true;
}

static tfp_status lower_space_to_batch(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct blocks s;
    TFP_TRY(read_blocks(lw, &s));
    struct ir_value *x = lower_in(lw, 0), *parts[TFP_MAX_RANK], *rest = zeros(b, s.rank - s.n - 1), *one = zeros(b, 1);
    if (!all_zero(s.margins)) {
        struct ir_value *pads = CONCAT(b, 0, one, margin(b, s.margins, 0), rest, one, margin(b, s.margins, 1), rest);
        if (!pads) return b->status;
        x = ir_emit(b, IR_PAD, IN(x, pads), ATTRS(A_STRING(ATTR_MODE, "constant")));
    }
    /* [batch, s0/b0, b0, .., rest] -> [b0, .., batch, s0/b0, .., rest] */
    int64_t perm[TFP_MAX_RANK], k = 0;
    size_t n_parts = 0;
    parts[n_parts++] = ir_dim(b, x, 0);
    for (int64_t i = 0; i < s.n; i++) {
        parts[n_parts++] = ir_div(b, ir_dim(b, x, i + 1), INTS(b, s.size[i]));
        parts[n_parts++] = INTS(b, s.size[i]);
    }
    parts[n_parts++] = form_dims(b, x, s.n + 1, s.rank);
    for (int64_t i = 0; i < s.n; i++) perm[k++] = 2 * i + 2;
    perm[k++] = 0;
    for (int64_t i = 0; i < s.n; i++) perm[k++] = 2 * i + 1;
    for (int64_t i = 2 * s.n + 1; i < s.rank + s.n; i++) perm[k++] = i;
    struct ir_value *y = ir_transpose(b, form_reshape(b, x, parts, n_parts), perm, (size_t)k);
    n_parts = 0;
    parts[n_parts++] = ir_mul(b, ir_dim(b, x, 0), INTS(b, s.product));
    parts[n_parts++] = form_dims(b, y, s.n + 1, s.rank + s.n);
    return lower_done(lw, form_reshape(b, y, parts, n_parts));
}

static struct ir_value *crop(struct build *b, struct ir_value *x, const struct blocks *s)
{
    int64_t axes[MAX_BLOCKS];
    if (all_zero(s->margins)) return x;
    for (int64_t i = 0; i < s->n; i++) axes[i] = i + 1;
    struct ir_value *sizes = form_dims(b, x, 1, s->n + 1);
    struct ir_value *ends = ir_sub(b, sizes, margin(b, s->margins, 1));
    return ir_slice(b, x, margin(b, s->margins, 0), ends, ir_ints(b, axes, (size_t)s->n), NULL);
}

static tfp_status lower_batch_to_space(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct blocks s;
    struct ir_value *whole = NULL;
    if (VARIANT(bool) && lower_dilated_convolution(lw, n, &whole)) return lower_done(lw, whole);
    TFP_TRY(read_blocks(lw, &s));
    struct ir_value *x = lower_in(lw, 0), *parts[TFP_MAX_RANK];
    /* [b0, .., batch, s0, .., rest] -> [batch, s0, b0, .., rest] */
    int64_t perm[TFP_MAX_RANK], k = 0;
    size_t n_parts = 0;
    struct ir_value *batch = ir_div(b, ir_dim(b, x, 0), INTS(b, s.product));
    parts[n_parts++] = ir_ints(b, s.size, (size_t)s.n);
    parts[n_parts++] = batch;
    parts[n_parts++] = form_dims(b, x, 1, s.rank);
    perm[k++] = s.n;
    for (int64_t i = 0; i < s.n; i++) {
        perm[k++] = s.n + 1 + i;
        perm[k++] = i;
    }
    for (int64_t i = 2 * s.n + 1; i < s.rank + s.n; i++) perm[k++] = i;
    struct ir_value *y = ir_transpose(b, form_reshape(b, x, parts, n_parts), perm, (size_t)k);
    n_parts = 0;
    parts[n_parts++] = batch;
    for (int64_t i = 0; i < s.n; i++) parts[n_parts++] = ir_mul(b, ir_dim(b, x, i + 1), INTS(b, s.size[i]));
    parts[n_parts++] = form_dims(b, x, s.n + 1, s.rank);
    return lower_done(lw, crop(b, form_reshape(b, y, parts, n_parts), &s));
}

/* -- patches ------------------------------------------------------------------------------------------------------- */

/* What SAME pads: max((ceil(size / stride) - 1) * stride + reach - size, 0), the smaller half in front. */
static struct ir_value *same_padding(struct build *b, struct ir_value *size, int64_t stride, int64_t reach)
{
    struct ir_value *steps = ir_div(b, ir_add(b, size, INTS(b, stride - 1)), INTS(b, stride));
    struct ir_value *needed = ir_add(b, ir_mul(b, ir_sub(b, steps, INTS(b, 1)), INTS(b, stride)), INTS(b, reach));
    return ir_binary(b, IR_MAX, ir_sub(b, needed, size), INTS(b, 0));
}

static struct ir_value *pad_same(struct build *b, struct ir_value *x, int64_t spatial, const int64_t *strides,
                                 const int64_t *reach)
{
    struct ir_value *pads[2 * TFP_MAX_RANK], *two = INTS(b, 2), *zero = INTS(b, 0);
    size_t rank = (size_t)spatial + 2;
    pads[0] = pads[rank - 1] = pads[rank] = pads[2 * rank - 1] = zero;
    for (int64_t i = 1; i <= spatial; i++) {
        struct ir_value *all = same_padding(b, ir_dim(b, x, i), strides[i], reach[i]);
        pads[i] = ir_div(b, all, two);
        pads[(int64_t)rank + i] = ir_sub(b, all, pads[i]);
    }
    struct ir_value *joined = ir_concat(b, pads, 2 * rank, 0);
    if (!joined || all_zero(joined)) return x;
    return ir_emit(b, IR_PAD, IN(x, joined), ATTRS(A_STRING(ATTR_MODE, "constant")));
}

/* One strided Slice for each place in the window, joined as channels: place by place, channels within. */
static tfp_status lower_patches(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    static const char *const paddings[] = { "VALID", "SAME", NULL };
    struct build *b = &lw->b;
    int64_t spatial = VARIANT(int64_t), places = 1, reach[5], axes[3], starts[3], ends[3];
    struct ir_ints sizes = tf_list_int(lw, "ksizes"), strides = tf_list_int(lw, "strides"), rates = { 0 };
    struct ir_value *x = lower_in(lw, 0);
    bool same = tf_word(lw, "padding", paddings) == 1;
    if (spatial == 2) rates = tf_list_int(lw, "rates");
    if (!x || b->status != TFP_OK) return b->status;
    size_t rank = (size_t)spatial + 2;
    if (sizes.n != rank || strides.n != rank || (spatial == 2 && rates.n != rank))
        return lower_malformed(lw, "ksizes, strides and rates need %zu values", rank);
    for (int64_t i = 1; i <= spatial; i++) {
        int64_t rate = rates.n ? rates.at[i] : 1;
        if (sizes.at[i] < 1 || strides.at[i] < 1 || rate < 1 || sizes.at[i] > INT32_MAX || rate > INT32_MAX ||
            strides.at[i] > INT32_MAX)
            return lower_malformed(lw, "ksizes, strides and rates must be positive");
        reach[i] = (sizes.at[i] - 1) * rate + 1;
        axes[i - 1] = i;
        if (__builtin_mul_overflow(places, sizes.at[i], &places) || places > 4096)
            return lower_unsupported(lw, "a window of more than 4096 places");
    }
    if (same) x = pad_same(b, x, spatial, strides.at, reach);
    struct ir_value **parts = ARENA_ARRAY(&b->graph->arena, struct ir_value *, (size_t)places);
    if (!parts) return b->status = tfp_no_memory(b->ctx);
    for (int64_t place = 0; place < places; place++) {
        for (int64_t i = spatial, left = place; i >= 1; left /= sizes.at[i], i--) {
            starts[i - 1] = left % sizes.at[i] * (rates.n ? rates.at[i] : 1);
            int64_t behind = reach[i] - 1 - starts[i - 1];
            ends[i - 1] = behind ? -behind : INT64_MAX;
        }
        parts[place] = ir_slice(b, x, ir_ints(b, starts, (size_t)spatial), ir_ints(b, ends, (size_t)spatial),
                                ir_ints(b, axes, (size_t)spatial), ir_ints(b, strides.at + 1, (size_t)spatial));
    }
    return lower_done(lw, ir_concat(b, parts, (size_t)places, spatial + 1));
}

#define YES (&(const bool){ true })
#define NO (&(const bool){ false })

static const struct rule rules[] = {
    { "BatchToSpace", lower_batch_to_space, NO },
    { "BatchToSpaceND", lower_batch_to_space, YES },
    { "DepthToSpace", lower_depth_space, &(const enum ir_op){ IR_DEPTH_TO_SPACE } },
    { "ExtractImagePatches", lower_patches, &(const int64_t){ 2 } },
    { "ExtractVolumePatches", lower_patches, &(const int64_t){ 3 } },
    { "SpaceToBatch", lower_space_to_batch, NO },
    { "SpaceToBatchND", lower_space_to_batch, YES },
    { "SpaceToDepth", lower_depth_space, &(const enum ir_op){ IR_SPACE_TO_DEPTH } },
};

const struct rule_family rules_blocks = { rules, sizeof rules / sizeof rules[0] };
