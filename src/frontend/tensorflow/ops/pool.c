/* Pooling over the spatial axes, and the one over the depth. TensorFlow's average leaves padding out of the count, as
 * ONNX's does by default. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"
#include "frontend/tensorflow/ops/sliding_attrs.h"

#include <math.h>

struct pooling {
    enum ir_op op;
    size_t n;       /* spatial axes */
    bool by_inputs; /* ksize and strides are inputs, not attributes */
};

static tfp_status read_pooling(struct lower *lw, const struct pooling *v, struct ir_ints *ksize,
                               struct ir_ints *strides)
{
    if (!v->by_inputs) {
        *ksize = tf_list_int(lw, "ksize");
        *strides = tf_list_int(lw, "strides");
        return lw->b.status;
    }
    int64_t *at = ARENA_ARRAY(&lw->graph->arena, int64_t, 2 * TFP_MAX_RANK);
    if (!at) return lw->b.status = tfp_no_memory(lw->b.ctx);
    int64_t n = lower_const_ints(lw, 1, "ksize", at, TFP_MAX_RANK);
    int64_t m = n < 0 ? -1 : lower_const_ints(lw, 2, "strides", at + TFP_MAX_RANK, TFP_MAX_RANK);
    if (m < 0) return lw->b.status;
    *ksize = (struct ir_ints){ at, (size_t)n };
    *strides = (struct ir_ints){ at + TFP_MAX_RANK, (size_t)m };
    return TFP_OK;
}

/* -- over the depth ------------------------------------------------------------------------------------------------ */

/* Windows of `k` neighbouring channels that do not overlap, and nothing else. */
static bool is_over_depth(const struct sliding *s, const struct ir_ints *ksize, const struct ir_ints *strides,
                          int64_t *k)
{
    size_t channel = s->channels_last ? s->n + 1 : 1;
    if (ksize->n != s->n + 2 || strides->n != s->n + 2 || ksize->at[channel] == 1) return false;
    for (size_t i = 0; i < s->n + 2; i++)
        if (i != channel && (ksize->at[i] != 1 || strides->at[i] != 1)) return false;
    *k = ksize->at[channel];
    return *k > 1 && strides->at[channel] == *k;
}

static tfp_status pool_depth(struct lower *lw, const struct sliding *s, int64_t k)
{
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    int64_t rank = (int64_t)s->n + 2, axis = s->channels_last ? rank - 1 : 1;
    struct ir_value *groups = ir_div(b, ir_dim(b, x, axis), INTS(b, k));
    x = FORM_RESHAPE(b, x, form_dims(b, x, 0, axis), groups, INTS(b, k), form_dims(b, x, axis + 1, rank));
    return lower_done(lw, form_reduce(b, IR_REDUCE_MAX, x, (const int64_t[]){ axis + 1 }, 1, false));
}

/* -- over space ---------------------------------------------------------------------------------------------------- */

/* Runtimes want less padding than the window has elements, and with auto_pad windows no shorter than the stride. */
static bool pads_apart(const struct sliding *s, const struct ir_value *x)
{
    bool open = x->rank < 0, sparse = false, wide = false;
    for (size_t i = 0; i < s->n; i++) {
        open = open || !dim_fixed(x->dims[i + 2]);
        sparse = sparse || s->strides[i] > s->kernel[i];
        wide = wide || s->before[i] >= s->kernel[i] || s->after[i] >= s->kernel[i];
    }
    return s->padding == SLIDING_EXPLICIT ? wide : s->padding == SLIDING_SAME && open && sparse;
}

static struct ir_value *lowest_of(struct build *b, tfp_dtype dtype)
{
    return dtype_is_float(dtype) ? ir_scalar(b, dtype, (double)-INFINITY) : form_extreme(b, dtype, false);
}

/* Averages over windows of an image padded with zeros, by the share of each window that is image. */
static struct ir_value *average_apart(struct lower *lw, const struct sliding *s, struct ir_value *x)
{
    struct build *b = &lw->b;
    struct sliding_form form;
    struct ir_value *one = ir_like(b, x, 1), *sizes = CONCAT(b, 0, INTS(b, 1, 1), form_dims(b, x, 2, INT64_MAX));
    struct ir_value *image = ir_expand(b, one, sizes);
    if (sliding_make_form(&lw->b, s, &image, true, NULL, &form) != TFP_OK) return NULL;
    if (sliding_make_form(&lw->b, s, &x, true, NULL, &form) != TFP_OK || !image || !x) return NULL;
    struct ir_value *share = ir_emit(b, IR_AVERAGE_POOL, IN(image), form.attrs);
    return ir_div(b, ir_emit(b, IR_AVERAGE_POOL, IN(x), form.attrs), share);
}

/* int64 does not fit the types of ONNX's MaxPool exactly: the highest of strided slices. */
static struct ir_value *highest_of_slices(struct lower *lw, const struct sliding *s, struct ir_value *x)
{
    enum { MOST_TAPS = 256 };
    struct build *b = &lw->b;
    struct sliding_form form;
    int64_t axes[SLIDING_MOST], starts[SLIDING_MOST], taps = 1;
    struct ir_value *best = NULL, *one = INTS(b, 1), *fill = lowest_of(b, form_dtype(x));
    for (size_t i = 0; i < s->n; i++) {
        axes[i] = (int64_t)i + 2;
        if (s->kernel[i] > MOST_TAPS / taps)
            return lower_unsupported(lw, "windows of more than %d", (int)MOST_TAPS), NULL;
        taps *= s->kernel[i];
    }
    if (sliding_make_form(&lw->b, s, &x, true, fill, &form) != TFP_OK) return NULL;
    struct ir_value *steps = ir_ints(b, s->strides, s->n);
    struct ir_value *counts = sliding_count(b, s, form_dims(b, x, 2, INT64_MAX));
    struct ir_value *reach = ir_add(b, ir_mul(b, ir_sub(b, counts, one), steps), one);
    for (int64_t tap = 0; tap < taps; tap++) {
        int64_t rest = tap;
        for (size_t i = s->n; i-- > 0; rest /= s->kernel[i]) starts[i] = rest % s->kernel[i];
        struct ir_value *from = ir_ints(b, starts, s->n);
        struct ir_value *part = ir_slice(b, x, from, ir_add(b, from, reach), ir_ints(b, axes, s->n), steps);
        best = best ? ir_binary(b, IR_MAX, best, part) : part;
    }
    return best;
}

static tfp_status lower_pool(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    const struct pooling *v = lw->rule->variant;
    struct build *b = &lw->b;
    struct ir_ints ksize, strides;
    struct sliding s;
    struct sliding_form form;
    int64_t depth;
    TFP_TRY(sliding_read(lw, v->n, &s));
    TFP_TRY(read_pooling(lw, v, &ksize, &strides));
    if (v->op == IR_MAX_POOL && is_over_depth(&s, &ksize, &strides, &depth)) return pool_depth(lw, &s, depth);
    TFP_TRY(sliding_list(lw, "ksize", &ksize, 1, &s, s.kernel));
    TFP_TRY(sliding_list(lw, "strides", &strides, 1, &s, s.strides));
    struct ir_value *x = sliding_to_channels_first(&lw->b, &s, lower_in(lw, 0));
    if (!x) return b->status;
    if (x->dtype == TFP_INT64) return lower_done(lw, sliding_from_channels_first(&lw->b, &s, highest_of_slices(lw, &s, x)));
    tfp_dtype dtype = x->dtype, wide = form_wide(v->op, dtype);
    bool apart = pads_apart(&s, x);
    x = ir_cast(b, x, wide);
    if (apart && v->op == IR_AVERAGE_POOL) {
        x = average_apart(lw, &s, x);
    } else {
        TFP_TRY(sliding_make_form(&lw->b, &s, &x, apart, apart ? lowest_of(b, wide) : NULL, &form));
        x = ir_emit(b, v->op, IN(x), form.attrs);
    }
    return lower_done(lw, sliding_from_channels_first(&lw->b, &s, ir_cast(b, x, dtype)));
}

/* ONNX counts an index through [batch, channel, y, x], TensorFlow through [y, x, channel], maybe with the batch. */
static struct ir_value *tensorflow_indices(struct lower *lw, struct ir_value *x, struct ir_value *indices)
{
    struct build *b = &lw->b;
    struct ir_value *batch = ir_dim(b, x, 0), *channels = ir_dim(b, x, 1);
    struct ir_value *area = form_product(b, form_dims(b, x, 2, 4));
    struct ir_value *channel = form_column(b, form_iota(b, channels), 2);
    struct ir_value *result = ir_add(b, ir_mul(b, ir_binary(b, IR_MOD, indices, area), channels), channel);
    if (!tf_bool(lw, "include_batch_in_index")) return result;
    struct ir_value *image = form_column(b, form_iota(b, batch), 3);
    return ir_add(b, result, ir_mul(b, image, ir_mul(b, area, channels)));
}

static tfp_status lower_pool_argmax(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_ints ksize = tf_list_int(lw, "ksize"), strides = tf_list_int(lw, "strides");
    struct ir_value *out[2];
    struct sliding s;
    struct sliding_form form;
    tfp_dtype index_type = tf_type(lw, "Targmax");
    TFP_TRY(sliding_read(lw, 2, &s));
    TFP_TRY(sliding_list(lw, "ksize", &ksize, 1, &s, s.kernel));
    TFP_TRY(sliding_list(lw, "strides", &strides, 1, &s, s.strides));
    struct ir_value *x = sliding_to_channels_first(&lw->b, &s, lower_in(lw, 0));
    if (!x) return b->status;
    tfp_dtype dtype = x->dtype, wide = form_wide(IR_MAX_POOL, dtype);
    if (dtype == TFP_INT64) return lower_unsupported(lw, "images of int64");
    struct ir_value *image = ir_cast(b, x, wide);
    TFP_TRY(sliding_make_form(&lw->b, &s, &image, false, NULL, &form));
    ir_emit_many(b, IR_MAX_POOL, IN(image), form.attrs, 2, out);
    lower_out(lw, 0, sliding_from_channels_first(&lw->b, &s, ir_cast(b, out[0], dtype)));
    struct ir_value *indices = ir_cast(b, tensorflow_indices(lw, x, out[1]), index_type);
    lower_out(lw, 1, sliding_from_channels_first(&lw->b, &s, indices));
    return b->status;
}

#define POOLING(...) (&(const struct pooling){ __VA_ARGS__ })

static const struct rule rules[] = {
    { "AvgPool", lower_pool, POOLING(IR_AVERAGE_POOL, 2, false) },
    { "AvgPool3D", lower_pool, POOLING(IR_AVERAGE_POOL, 3, false) },
    { "MaxPool", lower_pool, POOLING(IR_MAX_POOL, 2, false) },
    { "MaxPool3D", lower_pool, POOLING(IR_MAX_POOL, 3, false) },
    { "MaxPoolV2", lower_pool, POOLING(IR_MAX_POOL, 2, true) },
    { "MaxPoolWithArgmax", lower_pool_argmax, NULL },
};

const struct rule_family rules_pool = { rules, sizeof rules / sizeof rules[0] };
