/* The passes and what they share. */
#ifndef TFP_OPTIMIZE_PASSES_H
#define TFP_OPTIMIZE_PASSES_H

#include "optimize/optimize.h"

tfp_status pass_dead(struct optimize *o, bool *changed);
tfp_status pass_simplify(struct optimize *o, bool *changed);
tfp_status pass_sink(struct optimize *o, bool *changed);
tfp_status pass_recurrent(struct optimize *o, bool *changed);
tfp_status pass_over_time(struct optimize *o, bool *changed);
tfp_status pass_carried(struct optimize *o, bool *changed);
tfp_status pass_layout(struct optimize *o, bool *changed);
tfp_status pass_pattern(struct optimize *o, bool *changed);
tfp_status pass_written_out(struct optimize *o, bool *changed);
tfp_status pass_embeddings(struct optimize *o, bool *changed);
tfp_status pass_quantized(struct optimize *o, bool *changed);
tfp_status pass_quantized_last(struct optimize *o, bool *changed); /* of all quantized tensors; behind the rounds, since layout moves
                                                                 Transposes the other way */
tfp_status pass_fuse(struct optimize *o, bool *changed);
tfp_status pass_fold(struct optimize *o, bool *changed);
tfp_status pass_cse(struct optimize *o, bool *changed);
tfp_status pass_attention(struct optimize *o, bool *changed); /* not in the table: optimize_attention() */

/* -- rewriting one node (rewrite.c) -------------------------------------------------------------------------------- */

/* A builder that puts nodes before `n`, named as it. */
struct build rewrite_before(struct optimize *o, struct ir_node *n);
/* n's only output becomes `v` everywhere and n goes away, with whatever only it used. NULL: the builder's status. */
tfp_status rewrite_with(struct optimize *o, struct build *b, struct ir_node *n, struct ir_value *v);
/* Removes a node whose outputs nobody uses, and then its producers likewise; gives constants back. */
void rewrite_remove(struct optimize *o, struct ir_node *n);

/* A pattern: what a node of this op, and what is before it, amounts to; NULL when it does not match. */
struct pattern {
    enum ir_op op;
    struct ir_value *(*match)(struct build *b, struct ir_node *n);
};
/* Rewrites every node by the first pattern that matches; those that `applies` (NULL: all) says no to stay. */
tfp_status rewrite_patterns(struct optimize *o, const struct pattern *patterns, size_t count,
                            bool (*applies)(const struct ir_node *n), bool *changed);

/* -- questions ----------------------------------------------------------------------------------------------------- */

/* The node that makes input i, when it is of that op. */
static inline struct ir_node *made_by(const struct ir_node *n, size_t i, enum ir_op op)
{
    return ir_producer(ir_in(n, i), op);
}
/* All elements of a numeric constant equal x. */
bool constant_is(const struct ir_value *v, double x);
/* The one float that all elements of a constant are. */
bool constant_number(const struct ir_value *v, double *out);
/* The operand of a binary node beside one number that broadcasts nothing (either side when it commutes); or NULL. */
struct ir_value *beside_number(const struct ir_node *n, double *number);
/* x of x * factor, written as Mul or Div; or NULL. */
struct ir_value *scaled_by(const struct ir_value *v, double *factor);
bool same_shape(const struct ir_value *a, const struct ir_value *b); /* surely */

#endif
