/* Windows that slide over the spatial axes of N x C x D1 x ... tensors: convolution, pooling and their reverses. */
#ifndef TFP_IR_KERNELS_WINDOW_H
#define TFP_IR_KERNELS_WINDOW_H

#include "ir/kernels/work.h"

enum { WINDOW_MAX = TFP_MAX_RANK - 2 };

/* Output o takes, by tap t, from input o * stride + t * dilation - before. */
struct window {
    size_t n; /* spatial axes, at least 1 */
    int64_t in[WINDOW_MAX], out[WINDOW_MAX], kernel[WINDOW_MAX], stride[WINDOW_MAX], dilation[WINDOW_MAX];
    int64_t before[WINDOW_MAX], after[WINDOW_MAX];
};

/* Reads strides, dilations and kernel_shape, checked to be positive; `kernel` (a filter's dimensions) may be NULL: then
 * kernel_shape is required. `x` has at least one spatial axis. */
tfp_status window_read(struct kernel *k, const struct tensor *x, const int64_t *kernel, struct window *w);
/* Reads pads, auto_pad and sets before, after and out. */
tfp_status window_pad(struct kernel *k, bool round_up, struct window *w);
/* An attribute with one value an axis, all in [low, high]; `otherwise` when it is not set. */
tfp_status window_ints(struct kernel *k, enum ir_attr_name name, size_t n, int64_t low, int64_t high, int64_t otherwise,
                       int64_t *out);

/* Extent of the taps along an axis. */
static inline int64_t window_extent(const struct window *w, size_t axis)
{
    return (w->kernel[axis] - 1) * w->dilation[axis] + 1;
}
/* The outputs [*from, *to) for which tap `t` lies inside the input. */
void window_outputs(const struct window *w, size_t axis, int64_t t, int64_t *from, int64_t *to);
/* The taps [*from, *to) outside which none meets the input for any output. */
void window_used_taps(const struct window *w, size_t axis, int64_t *from, int64_t *to);
/* The taps [*from, *to) of output `o` that lie in [-before, in + after) (padded) or in [0, in). */
void window_taps(const struct window *w, size_t axis, int64_t o, bool padded, int64_t *from, int64_t *to);

/* The taps of all axes but the last that lie inside the input, for one line of outputs (those that differ in the last
 * axis only). */
struct window_lines {
    const struct window *window;
    int64_t origin[WINDOW_MAX], from[WINDOW_MAX], to[WINDOW_MAX], tap[WINDOW_MAX];
    int64_t start; /* where the tap's input line begins, in elements */
    int64_t index; /* of the tap: its first tap along the last axis among all taps */
};
/* Line number `line` of the output; false when none of its taps lies inside. */
bool window_lines_first(const struct window *w, int64_t line, struct window_lines *l);
bool window_lines_next(struct window_lines *l);

#endif
