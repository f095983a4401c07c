/* What rules of several families are made of. */
#include "frontend/keras/keras.h"

void keras_lower_same(struct keras_call *c)
{
    call_out(c, call_in(c, 0));
}

void keras_declare_wrapper(struct keras_layer *l)
{
    keras_child_add(l, "layer", keras_get(l->config, "layer"));
}

void keras_lower_wrapper(struct keras_call *c)
{
    struct keras_tensor y = call_layer(c, keras_child(c->layer, "layer"), c->in, c->n_in);
    call_out(c, y.value);
    call_mask(c, y.mask);
}

struct ir_value *keras_masked(struct build *b, struct ir_value *x, struct ir_value *keep)
{
    if (!keep || !x) return x;
    keep = ir_cast(b, keep, x->dtype);
    double least = x->dtype == TFP_FLOAT16 ? -65504.0 / 2 : -1e9;
    return ir_add(b, x, ir_mul(b, ir_sub(b, ir_like(b, x, 1), keep), ir_like(b, x, least)));
}

struct ir_value *keras_unit_length(struct build *b, struct ir_value *x, const int64_t *axes, size_t n)
{
    if (!x) return NULL;
    struct ir_value *sum = ir_reduce(b, IR_REDUCE_SUM, ir_mul(b, x, x), axes, n, true);
    return ir_div(b, x, ir_unary(b, IR_SQRT, ir_binary(b, IR_MAX, sum, ir_like(b, x, 1e-12))));
}
