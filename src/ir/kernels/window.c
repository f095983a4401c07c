/* Geometry of sliding windows; attributes as of ONNX's Conv and MaxPool. */
#include "ir/kernels/window.h"

enum { STEP_MAX = INT32_MAX, PAD_MAX = 1 << 24 }; /* products of two fit int64_t, and hostile pads cannot cost hours */
#define LENGTH_MAX ((int64_t)1 << 40)

tfp_status window_ints(struct kernel *k, enum ir_attr_name name, size_t n, int64_t low, int64_t high, int64_t otherwise,
                       int64_t *out)
{
    struct ir_ints v = ir_attr_ints(k->node, name);
    if (v.n != 0 && v.n != n)
        return kernel_fail(k, TFP_E_FORMAT, "%s has %zu values, not %zu", schema_attr_name(name), v.n, n);
    for (size_t i = 0; i < n; i++) {
        out[i] = v.n ? v.at[i] : otherwise;
        if (out[i] < low || out[i] > high)
            return kernel_fail(k, TFP_E_FORMAT, "%s cannot be %lld", schema_attr_name(name), (long long)out[i]);
    }
    return TFP_OK;
}

tfp_status window_read(struct kernel *k, const struct tensor *x, const int64_t *kernel, struct window *w)
{
    if (x->rank < 3) return kernel_fail(k, TFP_E_FORMAT, "the input has rank %u, at least 3 is needed", x->rank);
    w->n = x->rank - 2;
    for (size_t i = 0; i < w->n; i++) {
        w->in[i] = x->dims[i + 2];
        if (w->in[i] > LENGTH_MAX) return kernel_fail(k, TFP_E_UNSUPPORTED, "a spatial axis is too long");
    }
    TFP_TRY(window_ints(k, ATTR_STRIDES, w->n, 1, STEP_MAX, 1, w->stride));
    TFP_TRY(window_ints(k, ATTR_DILATIONS, w->n, 1, STEP_MAX, 1, w->dilation));
    TFP_TRY(window_ints(k, ATTR_KERNEL_SHAPE, w->n, 0, STEP_MAX, 0, w->kernel));
    bool set = ir_attr_ints(k->node, ATTR_KERNEL_SHAPE).n != 0;
    if (!set && !kernel) return kernel_fail(k, TFP_E_FORMAT, "kernel_shape is missing");
    for (size_t i = 0; i < w->n; i++) {
        if (set && kernel && w->kernel[i] != kernel[i])
            return kernel_fail(k, TFP_E_FORMAT, "kernel_shape is not the filter's shape");
        if (kernel) w->kernel[i] = kernel[i];
        if (w->kernel[i] < 1 || w->kernel[i] > STEP_MAX)
            return kernel_fail(k, TFP_E_FORMAT, "the kernel cannot be %lld long", (long long)w->kernel[i]);
    }
    return TFP_OK;
}

static tfp_status explicit_pads(struct kernel *k, bool round_up, struct window *w)
{
    int64_t pads[2 * WINDOW_MAX];
    TFP_TRY(window_ints(k, ATTR_PADS, 2 * w->n, 0, PAD_MAX, 0, pads));
    for (size_t i = 0; i < w->n; i++) {
        w->before[i] = pads[i];
        w->after[i] = pads[w->n + i];
        int64_t span = w->in[i] + w->before[i] + w->after[i] - window_extent(w, i), step = w->stride[i];
        w->out[i] = span < 0 ? -((step - 1 - span) / step) + 1 : span / step + 1; /* rounded down: below 0 too */
        /* The last window of a rounded-up count must begin inside the input or the padding before it. */
        if (round_up && span % step && w->out[i] * step < w->in[i] + w->before[i]) w->out[i]++;
        if (w->out[i] < 0) w->out[i] = 0;
    }
    return TFP_OK;
}

tfp_status window_pad(struct kernel *k, bool round_up, struct window *w)
{
    if (ir_attr_is(k->node, ATTR_AUTO_PAD, "NOTSET") || !ir_attr(k->node, ATTR_AUTO_PAD))
        return explicit_pads(k, round_up, w);
    bool upper = ir_attr_is(k->node, ATTR_AUTO_PAD, "SAME_UPPER"),
         lower = ir_attr_is(k->node, ATTR_AUTO_PAD, "SAME_LOWER");
    if (!upper && !lower && !ir_attr_is(k->node, ATTR_AUTO_PAD, "VALID"))
        return kernel_fail(k, TFP_E_FORMAT, "unknown auto_pad");
    for (size_t i = 0; i < w->n; i++) {
        int64_t extent = window_extent(w, i), step = w->stride[i];
        w->before[i] = w->after[i] = 0;
        if (!upper && !lower) {
            w->out[i] = w->in[i] < extent ? 0 : (w->in[i] - extent) / step + 1;
            continue;
        }
        w->out[i] = (w->in[i] + step - 1) / step;
        int64_t total = w->out[i] == 0 ? 0 : (w->out[i] - 1) * step + extent - w->in[i];
        if (total < 0) total = 0;
        w->before[i] = upper ? total / 2 : total - total / 2;
        w->after[i] = total - w->before[i];
    }
    return TFP_OK;
}

/* a / b rounded up; b > 0. */
static int64_t divide_up(int64_t a, int64_t b)
{
    return a > 0 ? (a - 1) / b + 1 : -(-a / b);
}

/* [first, last) of the i in [0, n) with low <= start + i * step < high. */
static void steps_within(int64_t start, int64_t step, int64_t n, int64_t low, int64_t high, int64_t *from, int64_t *to)
{
    int64_t first = divide_up(low - start, step), last = divide_up(high - start, step);
    *from = first < 0 ? 0 : first > n ? n : first;
    *to = last > n ? n : last < *from ? *from : last;
}

void window_outputs(const struct window *w, size_t axis, int64_t t, int64_t *from, int64_t *to)
{
    steps_within(t * w->dilation[axis] - w->before[axis], w->stride[axis], w->out[axis], 0, w->in[axis], from, to);
}

void window_used_taps(const struct window *w, size_t axis, int64_t *from, int64_t *to)
{
    int64_t low = -(w->out[axis] - 1) * w->stride[axis];
    steps_within(-w->before[axis], w->dilation[axis], w->kernel[axis], low, w->in[axis], from, to);
}

void window_taps(const struct window *w, size_t axis, int64_t o, bool padded, int64_t *from, int64_t *to)
{
    int64_t low = padded ? -w->before[axis] : 0, high = w->in[axis] + (padded ? w->after[axis] : 0);
    steps_within(o * w->stride[axis] - w->before[axis], w->dilation[axis], w->kernel[axis], low, high, from, to);
}

static void place_line(struct window_lines *l)
{
    const struct window *w = l->window;
    l->start = l->index = 0;
    for (size_t i = 0; i + 1 < w->n; i++) {
        l->start = (l->start + l->origin[i] + l->tap[i] * w->dilation[i]) * w->in[i + 1];
        l->index = (l->index + l->tap[i]) * w->kernel[i + 1];
    }
}

bool window_lines_first(const struct window *w, int64_t line, struct window_lines *l)
{
    l->window = w;
    for (size_t i = w->n - 1; i-- > 0;) {
        int64_t o = line % w->out[i];
        line /= w->out[i];
        l->origin[i] = o * w->stride[i] - w->before[i];
        window_taps(w, i, o, false, &l->from[i], &l->to[i]);
        if (l->from[i] == l->to[i]) return false;
        l->tap[i] = l->from[i];
    }
    place_line(l);
    return true;
}

bool window_lines_next(struct window_lines *l)
{
    for (size_t i = l->window->n - 1; i-- > 0;) {
        if (++l->tap[i] < l->to[i]) {
            place_line(l);
            return true;
        }
        l->tap[i] = l->from[i];
    }
    return false;
}
