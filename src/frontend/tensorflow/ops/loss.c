/* Cross entropy of logits: the loss and, as the second output, its gradient. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

static struct ir_value *along_classes(struct build *b, enum ir_op op, struct ir_value *logits)
{
    return logits ? ir_emit(b, op, IN(logits), ATTRS(A_INT(ATTR_AXIS, 1))) : NULL;
}

/* -sum(weights * log softmax(logits)), and the gradient softmax(logits) - weights, which takes the weights to sum to
 * 1 as TensorFlow's does. */
static tfp_status give(struct lower *lw, struct ir_value *logits, struct ir_value *products, struct ir_value *weights)
{
    struct build *b = &lw->b;
    struct ir_value *sum = ir_reduce(b, IR_REDUCE_SUM, products, (const int64_t[]){ 1 }, 1, false);
    lower_out(lw, 0, ir_unary(b, IR_NEG, sum));
    lower_out(lw, 1, ir_sub(b, along_classes(b, IR_SOFTMAX, logits), weights));
    return b->status;
}

static tfp_status lower_cross_entropy(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *logits = lower_in(lw, 0), *labels = lower_in(lw, 1);
    if (!logits || !labels) return b->status;
    bool same = logits->rank == 2 && labels->rank == 2 && dim_equal(logits->dims[0], labels->dims[0]) &&
                dim_equal(logits->dims[1], labels->dims[1]);
    if (!same) logits = ir_expand(b, logits, ir_shape(b, labels)); /* each is broadcast against the other */
    return give(lw, logits, ir_mul(b, labels, along_classes(b, IR_LOG_SOFTMAX, logits)), labels);
}

/* Labels are class numbers. */
static tfp_status lower_sparse_cross_entropy(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *logits = lower_in(lw, 0), *labels = lower_int64(lw, 1);
    struct ir_value *classes = form_iota(b, ir_dim(b, logits, 1));
    struct ir_value *hit = ir_binary(b, IR_EQUAL, form_column(b, labels, 1), classes);
    struct ir_value *products = ir_where(b, hit, along_classes(b, IR_LOG_SOFTMAX, logits), ir_like(b, logits, 0));
    return give(lw, logits, products, ir_cast(b, hit, form_dtype(logits)));
}

static const struct rule rules[] = {
    { "SoftmaxCrossEntropyWithLogits", lower_cross_entropy, NULL },
    { "SparseSoftmaxCrossEntropyWithLogits", lower_sparse_cross_entropy, NULL },
};

const struct rule_family rules_loss = { rules, sizeof rules / sizeof rules[0] };
