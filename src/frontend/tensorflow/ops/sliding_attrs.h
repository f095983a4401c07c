/* Windows as TensorFlow's attributes data_format, strides, dilations, padding and explicit_paddings tell them. */
#ifndef TFP_TF_OPS_SLIDING_ATTRS_H
#define TFP_TF_OPS_SLIDING_ATTRS_H

#include "frontend/tensorflow/lower.h"
#include "ir/sliding.h"

/* Spatial entries of an attribute with one number for each dimension; those of batch and channels must be `other`. */
tfp_status sliding_list(struct lower *lw, const char *attr, const struct ir_ints *list, int64_t other,
                        const struct sliding *s, int64_t *out);
/* Whether data_format says channels last, of images with n spatial axes. */
bool sliding_channels_last(struct lower *lw, size_t n);
/* Everything but strides, dilations and kernel, which become 1, 1 and -1. */
tfp_status sliding_read(struct lower *lw, size_t n, struct sliding *s);

#endif
