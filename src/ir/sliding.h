/* What convolution and pooling share: windows that slide over the spatial axes of an image, and
 * TensorFlow's padding as ONNX's pads. */
#ifndef TFP_IR_SLIDING_H
#define TFP_IR_SLIDING_H

#include "ir/build.h"

enum { SLIDING_MOST = 3 }; /* spatial axes */

enum sliding_padding { SLIDING_VALID, SLIDING_SAME, SLIDING_EXPLICIT };

struct sliding {
    size_t n; /* spatial axes; lists below are in their order */
    bool channels_last;
    enum sliding_padding padding;
    int64_t strides[SLIDING_MOST], dilations[SLIDING_MOST];
    int64_t before[SLIDING_MOST], after[SLIDING_MOST]; /* of SLIDING_EXPLICIT */
    int64_t kernel[SLIDING_MOST];                      /* -1: not known */
};

struct ir_value *sliding_to_channels_first(struct build *b, const struct sliding *s, struct ir_value *x);
struct ir_value *sliding_from_channels_first(struct build *b, const struct sliding *s, struct ir_value *x);

/* The attributes of a window op. */
struct sliding_form {
    struct ir_attr attrs[10]; /* ATTR_NONE at the end */
    size_t n;
    int64_t pads[2 * SLIDING_MOST];
};
void sliding_attr(struct sliding_form *form, struct ir_attr attr);
/* strides, dilations (where not 1), kernel_shape (where known) and padding for a window op over *x, which has channels
 * first. Where pads would depend on sizes that are not known, auto_pad is TensorFlow's own rule; where runtimes do not
 * take that (dilated windows with strides) or `apart` is set, *x itself is padded with `fill` (rank 0, NULL: 0). */
tfp_status sliding_make_form(struct build *b, const struct sliding *s, struct ir_value **x, bool apart,
                             struct ir_value *fill, struct sliding_form *form);
/* Vector of the sizes that the windows leave of the vector `sizes` (SLIDING_VALID). */
struct ir_value *sliding_count(struct build *b, const struct sliding *s, struct ir_value *sizes);

#endif
