/* The sliding window of a convolution or a pool: strides, dilations and pads from ONNX's attributes to oneDNN's. */
#include "backend/cpu/cpu_plan.h"

static bool same_pads(struct window *w, const int64_t *in, const int64_t *out, bool upper)
{
    for (int i = 0; i < w->n; i++) {
        int64_t reach = (out[i] - 1) * w->stride[i] + (w->kernel[i] - 1) * (w->dilation[i] + 1) + 1;
        int64_t total = reach > in[i] ? reach - in[i] : 0;
        w->before[i] = upper ? total / 2 : total - total / 2;
        w->after[i] = total - w->before[i];
    }
    return true;
}

bool window_of(const struct ir_node *n, int spatial, const int64_t *in, const int64_t *kernel, const int64_t *out,
               struct window *w)
{
    struct ir_ints strides = ir_attr_ints(n, ATTR_STRIDES), dilations = ir_attr_ints(n, ATTR_DILATIONS);
    struct ir_ints pads = ir_attr_ints(n, ATTR_PADS);
    size_t k = (size_t)spatial;
    if (spatial < 1 || spatial > 3 || (strides.n && strides.n != k) || (dilations.n && dilations.n != k) ||
        (pads.n && pads.n != 2 * k))
        return false;
    *w = (struct window){ .n = spatial };
    for (size_t i = 0; i < k; i++) {
        w->kernel[i] = kernel[i];
        w->stride[i] = strides.n ? strides.at[i] : 1;
        w->dilation[i] = dilations.n ? dilations.at[i] - 1 : 0;
        w->before[i] = pads.n ? pads.at[i] : 0;
        w->after[i] = pads.n ? pads.at[i + k] : 0;
        if (w->kernel[i] < 1 || w->stride[i] < 1 || w->dilation[i] < 0 || w->before[i] < 0) return false;
        if (w->kernel[i] > INT32_MAX || w->stride[i] > INT32_MAX || w->dilation[i] > INT32_MAX) return false;
    }
    if (ir_attr_is(n, ATTR_AUTO_PAD, "SAME_UPPER")) return same_pads(w, in, out, true);
    if (ir_attr_is(n, ATTR_AUTO_PAD, "SAME_LOWER")) return same_pads(w, in, out, false);
    for (size_t i = 0; i < k; i++) {
        int64_t span = (w->kernel[i] - 1) * (w->dilation[i] + 1) + 1;
        int64_t fits = in[i] + w->before[i] + w->after[i] - span;
        if (fits < 0 || fits / w->stride[i] + 1 != out[i])
            w->after[i] = (out[i] - 1) * w->stride[i] + span - in[i] - w->before[i];
        if (w->after[i] + w->stride[i] <= 0) return false;
    }
    return true;
}
