/* If, Loop and Scan. */
#include "frontend/onnx/onnx_lower.h"

#include <string.h>

struct ir_value *onnx_body_capture(struct onnx_lower *l, struct onnx_scope *s, struct bytes name, struct ir_value *outside)
{
    (void)s; (void)name; (void)outside;
    return build_fail(&l->b, TFP_E_UNSUPPORTED);
}

void onnx_body_lower(struct onnx_lower *l, struct onnx_node *n)
{
    onnx_refuse(l, n, "control flow");
}
