/* Strings: what the IR has an op of its own for. */
#include "frontend/tensorflow/lower.h"

static tfp_status lower_as_string(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct ir_value *x = lower_in(lw, 0);
    struct bytes fill = tf_string(lw, "fill");
    const struct ir_attr attrs[] = { A_INT(ATTR_PRECISION, tf_int(lw, "precision")),
                                     A_INT(ATTR_SCIENTIFIC, tf_bool(lw, "scientific")),
                                     A_INT(ATTR_SHORTEST, tf_bool(lw, "shortest")),
                                     A_INT(ATTR_WIDTH, tf_int(lw, "width")),
                                     { .name = ATTR_FILL, .kind = ATTR_KIND_STRING, .v.s = fill },
                                     { .name = ATTR_NONE } };
    if (!x || lw->b.status != TFP_OK) return lw->b.status;
    if (x->dtype == TFP_STRING) return lower_done(lw, x);
    return lower_done(lw, ir_emit(&lw->b, IR_AS_STRING, IN(x), attrs));
}

static tfp_status lower_hash_fast(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    const struct ir_attr attrs[] = { A_INT(ATTR_NUM_BUCKETS, tf_int(lw, "num_buckets")), { .name = ATTR_NONE } };
    return lower_done(lw, ir_emit(&lw->b, IR_STRING_TO_HASH_BUCKET_FAST, IN(lower_in(lw, 0)), attrs));
}

static const struct rule rules[] = {
    { "AsString", lower_as_string, NULL },
    { "StringToHashBucketFast", lower_hash_fast, NULL },
};
const struct rule_family rules_strings = { rules, sizeof rules / sizeof rules[0] };
