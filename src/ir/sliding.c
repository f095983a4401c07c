/* Windows that slide over the spatial axes: see sliding.h. SAME means ceil(size / stride) windows and, of the
 * padding they need, the odd element behind. */
#include "ir/sliding.h"

#include "ir/forms.h"

/* -- channels ------------------------------------------------------------------------------------------------------ */

static struct ir_value *move_channels(struct build *b, const struct sliding *s, struct ir_value *x, bool to_first)
{
    int64_t perm[SLIDING_MOST + 2], rank = (int64_t)s->n + 2;
    if (!x) return NULL;
    if (x->rank >= 0 && x->rank != rank)
        return build_fail(b, tfp_fail(b->ctx, TFP_E_FORMAT, "an image of rank %d, not %lld", (int)x->rank,
                                     (long long)rank));
    if (!s->channels_last) return x;
    for (int64_t i = 0; i < rank; i++) {
        if (to_first) perm[i] = i == 0 ? 0 : i == 1 ? rank - 1 : i - 1;
        else perm[i] = i == 0 ? 0 : i == rank - 1 ? 1 : i + 1;
    }
    return ir_transpose(b, x, perm, (size_t)rank);
}

struct ir_value *sliding_to_channels_first(struct build *b, const struct sliding *s, struct ir_value *x)
{
    return move_channels(b, s, x, true);
}

struct ir_value *sliding_from_channels_first(struct build *b, const struct sliding *s, struct ir_value *x)
{
    return move_channels(b, s, x, false);
}

/* -- padding ------------------------------------------------------------------------------------------------------- */

static int64_t span_of(const struct sliding *s, size_t i)
{
    return (s->kernel[i] - 1) * s->dilations[i] + 1;
}

/* Pads as numbers; false when they depend on sizes that are not known. */
static bool known_pads(const struct sliding *s, const struct ir_value *x, int64_t *pads)
{
    for (size_t i = 0; i < s->n; i++) {
        int64_t total, stride = s->strides[i];
        pads[i] = s->padding == SLIDING_EXPLICIT ? s->before[i] : 0;
        pads[i + s->n] = s->padding == SLIDING_EXPLICIT ? s->after[i] : 0;
        if (s->padding != SLIDING_SAME) continue;
        if (s->kernel[i] < 0) return false;
        if (s->kernel[i] == 1) total = 0;
        else if (stride == 1) total = span_of(s, i) - 1;
        else if (x->rank < 0 || !dim_fixed(x->dims[i + 2])) return false;
        else total = ((x->dims[i + 2].n + stride - 1) / stride - 1) * stride + span_of(s, i) - x->dims[i + 2].n;
        if (total < 0) total = 0;
        pads[i] = total / 2;
        pads[i + s->n] = total - total / 2;
    }
    return true;
}

/* Vectors with the padding before and behind, computed from the sizes. */
static void computed_pads(struct build *b, const struct sliding *s, struct ir_value *x, struct ir_value **before,
                          struct ir_value **after)
{
    int64_t spans[SLIDING_MOST], round_up[SLIDING_MOST];
    for (size_t i = 0; i < s->n; i++) {
        spans[i] = span_of(s, i);
        round_up[i] = s->strides[i] - 1;
    }
    struct ir_value *sizes = form_dims(b, x, 2, 2 + (int64_t)s->n), *strides = ir_ints(b, s->strides, s->n);
    struct ir_value *counts = ir_div(b, ir_add(b, sizes, ir_ints(b, round_up, s->n)), strides);
    struct ir_value *covered = ir_mul(b, ir_sub(b, counts, INTS(b, 1)), strides);
    struct ir_value *total = ir_sub(b, ir_add(b, covered, ir_ints(b, spans, s->n)), sizes);
    total = ir_binary(b, IR_MAX, total, INTS(b, 0));
    *before = ir_div(b, total, INTS(b, 2));
    *after = ir_sub(b, total, *before);
}

static struct ir_value *pad(struct build *b, struct ir_value *x, struct ir_value *before, struct ir_value *after,
                            struct ir_value *fill)
{
    struct ir_value *zeros = INTS(b, 0, 0), *pads = CONCAT(b, 0, zeros, before, zeros, after);
    return x && pads ? ir_emit(b, IR_PAD, IN(x, pads, fill), ATTRS(A_STRING(ATTR_MODE, "constant"))) : NULL;
}

void sliding_attr(struct sliding_form *form, struct ir_attr attr)
{
    form->attrs[form->n++] = attr;
    form->attrs[form->n] = (struct ir_attr){ .name = ATTR_NONE };
}

tfp_status sliding_make_form(struct build *b, const struct sliding *s, struct ir_value **x, bool apart,
                             struct ir_value *fill, struct sliding_form *form)
{
    struct ir_value *before = NULL, *after = NULL;
    bool dilated = false, sized = true, padded = false;
    if (!*x || b->status != TFP_OK) return b->status;
    for (size_t i = 0; i < s->n; i++) {
        dilated = dilated || s->dilations[i] != 1;
        sized = sized && s->kernel[i] > 0;
    }
    *form = (struct sliding_form){ .n = 0 };
    sliding_attr(form, (struct ir_attr)A_INTS(ATTR_STRIDES, s->strides, s->n));
    if (dilated) sliding_attr(form, (struct ir_attr)A_INTS(ATTR_DILATIONS, s->dilations, s->n));
    if (sized) sliding_attr(form, (struct ir_attr)A_INTS(ATTR_KERNEL_SHAPE, s->kernel, s->n));
    if (known_pads(s, *x, form->pads)) {
        for (size_t i = 0; i < 2 * s->n; i++) padded = padded || form->pads[i] != 0;
        if (!padded) return TFP_OK;
        if (!apart) {
            sliding_attr(form, (struct ir_attr)A_INTS(ATTR_PADS, form->pads, 2 * s->n));
            return TFP_OK;
        }
        before = ir_ints(b, form->pads, s->n);
        after = ir_ints(b, form->pads + s->n, s->n);
    } else if (!apart && !dilated) {
        sliding_attr(form, (struct ir_attr)A_STRING(ATTR_AUTO_PAD, "SAME_UPPER"));
        return TFP_OK;
    } else {
        if (!sized)
            return b->status = tfp_fail(b->ctx, TFP_E_UNSUPPORTED, "padding SAME with a dilated filter of unknown size");
        computed_pads(b, s, *x, &before, &after);
    }
    *x = pad(b, *x, before, after, fill);
    return b->status;
}

struct ir_value *sliding_count(struct build *b, const struct sliding *s, struct ir_value *sizes)
{
    int64_t shrink[SLIDING_MOST];
    for (size_t i = 0; i < s->n; i++) shrink[i] = s->strides[i] - span_of(s, i);
    return ir_div(b, ir_add(b, sizes, ir_ints(b, shrink, s->n)), ir_ints(b, s->strides, s->n));
}
