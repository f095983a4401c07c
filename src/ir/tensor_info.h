/* What is known of inputs and outputs before a run: finding them, and what fits. */
#ifndef TFP_IR_TENSOR_INFO_H
#define TFP_IR_TENSOR_INFO_H

#include "tfport/tfport.h"

/* The place of the one of that name; SIZE_MAX: none. */
size_t tensor_info_find(const struct tfp_tensor_info *infos, size_t n, const char *name);
/* One tensor may be both: types are the same, and so is what is known of the shape on both sides. */
bool tensor_info_agrees(const struct tfp_tensor_info *a, const struct tfp_tensor_info *b);
/* The tensor may be it. */
bool tensor_info_takes(const struct tfp_tensor_info *info, const struct tfp_tensor *t);

#endif
