/* What comparing tensors shares besides tfp_compare(). */
#ifndef TFP_TOOL_COMPARE_H
#define TFP_TOOL_COMPARE_H

#include "base/status.h"

/* Largest |f| of the finite elements that are not equal in both: of two tensors of one type and shape; 0: none, no numbers. What
 * masks attention (-1e9 in both) says nothing of the other elements. E_SYSTEM without memory. */
tfp_status compare_scale(struct tfp_context *ctx, const struct tfp_tensor *reference, const struct tfp_tensor *result, double *out);

#endif
