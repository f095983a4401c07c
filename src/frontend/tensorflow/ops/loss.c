/* Cross entropy of logits: the loss and, as the second output, its gradient; and the loss of CTC. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

#include <math.h>
#include <stdio.h>

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

/* -- CTC ----------------------------------------------------------------------------------------------------------- */

/* Connectionist temporal classification (Graves et al., 2006): the states are the labels with a blank before, between and
 * behind them; `alpha` [batch, states] is the logarithm of the chance to be there, of all ways together. */
#define IMPOSSIBLE (-1e30)

/* Labels [batch, most] from a sparse matrix, filled up with blanks; *counts [batch]. */
static struct ir_value *dense_labels(struct lower *lw, struct ir_value *batch, struct ir_value *blank, struct ir_value **counts)
{
    struct build *b = &lw->b;
    struct ir_value *at = lower_in(lw, 1), *values = lower_int64(lw, 2);
    struct ir_value *places = ir_add(b, ir_slice_axis(b, at, 1, 1, 2), ir_int(b, 1)); /* a zero beside them: there may be none */
    struct ir_value *most = ir_reduce(b, IR_REDUCE_MAX, CONCAT(b, 0, form_vector(b, places), INTS(b, 0)), NULL, 0, false);
    struct ir_value *room = ir_expand(b, blank, CONCAT(b, 0, batch, form_vector(b, most)));
    struct ir_value *rows = ir_slice_axis(b, at, 1, 0, 1), *numbers = UNSQUEEZE(b, form_iota(b, batch), 0);
    struct ir_value *mine = ir_cast(b, ir_binary(b, IR_EQUAL, rows, numbers), TFP_INT64);
    *counts = ir_reduce(b, IR_REDUCE_SUM, mine, (const int64_t[]){ 0 }, 1, false);
    return room && at && values ? ir_emit(b, IR_SCATTER_ND, IN(room, at, values), NO_ATTRS) : NULL;
}

/* The row of states moved by `n` to the right. */
static struct ir_value *moved(struct build *b, struct ir_value *alpha, int64_t n)
{
    if (!alpha) return NULL;
    struct ir_value *pads = INTS(b, 0, n, 0, -n), *fill = ir_like(b, alpha, IMPOSSIBLE);
    return pads && fill ? ir_emit(b, IR_PAD, IN(alpha, pads, fill), ATTRS(A_STRING(ATTR_MODE, "constant"))) : NULL;
}

static struct ir_value *log_sum(struct build *b, struct ir_value *const *terms, size_t n)
{
    struct ir_value *most = terms[0], *sum = NULL;
    for (size_t i = 1; i < n; i++) most = ir_binary(b, IR_MAX, most, terms[i]);
    for (size_t i = 0; i < n; i++) {
        struct ir_value *part = ir_unary(b, IR_EXP, ir_sub(b, terms[i], most));
        sum = sum ? ir_add(b, sum, part) : part;
    }
    return ir_add(b, most, ir_unary(b, IR_LOG, sum));
}

enum { ALPHA, TIME, SKIPS, LENGTHS, CARRIED, CHANCES = CARRIED, SCAN_INPUTS };

/* One step: who stays, who comes from the state before, and who from the one before that. */
static struct ir_value *ctc_step(struct build *b, struct ir_value *const *in)
{
    struct ir_value *skips = ir_where(b, in[SKIPS], moved(b, in[ALPHA], 2), ir_like(b, in[ALPHA], IMPOSSIBLE));
    struct ir_value *terms[] = { in[ALPHA], moved(b, in[ALPHA], 1), skips };
    struct ir_value *next = ir_add(b, log_sum(b, terms, 3), in[CHANCES]);
    struct ir_value *goes_on = UNSQUEEZE(b, ir_binary(b, IR_LESS, in[TIME], in[LENGTHS]), 1);
    return ir_where(b, goes_on, next, in[ALPHA]);
}

/* Over all steps; `given` are what the Scan takes. */
static struct ir_value *ctc_scan(struct lower *lw, struct ir_value *const *given)
{
    struct build *b = &lw->b;
    struct ir_graph *outer = b->graph, *body = b->status == TFP_OK ? ir_add_body(outer) : NULL;
    struct ir_value *in[SCAN_INPUTS], *out[CARRIED];
    if (b->status == TFP_OK && !body) lower_unsupported(lw, "loops nested too deep");
    for (size_t i = 0; i < SCAN_INPUTS && b->status == TFP_OK; i++) {
        const int32_t first = i == CHANCES;
        struct dim dims[TFP_MAX_RANK];
        char name[24];
        snprintf(name, sizeof name, "ctc_%zu", i);
        for (int32_t k = first; k < given[i]->rank; k++) dims[k - first] = dim_carry(outer, body, given[i]->dims[k]);
        in[i] = ir_add_input(body, name, given[i]->dtype, given[i]->rank - first, dims);
        if (!in[i]) build_fail(b, tfp_no_memory(b->ctx));
    }
    if (b->status != TFP_OK) return NULL;
    b->graph = body;
    struct ir_value *next[CARRIED] = { ctc_step(b, in), ir_add(b, in[TIME], ir_int(b, 1)), in[SKIPS], in[LENGTHS] };
    b->graph = outer;
    for (size_t i = 0; i < CARRIED && b->status == TFP_OK; i++)
        if (!ir_add_output(body, "next", next[i])) build_fail(b, tfp_no_memory(b->ctx));
    if (b->status != TFP_OK) return NULL;
    return ir_emit_many(b, IR_SCAN, given, SCAN_INPUTS, ATTRS(A_GRAPH(ATTR_BODY, body), A_INT(ATTR_NUM_SCAN_INPUTS, 1)), CARRIED,
                        out);
}

/* The chance of each state at each step, and between which states the blank may be left out. */
static tfp_status lower_ctc_loss(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *lengths = lower_int64(lw, 3), *counts;
    const int64_t rank = lower_rank(lw, x, "the inputs");
    if (rank < 0 || !lengths) return b->status;
    if (rank != 3) return lower_malformed(lw, "inputs of rank %lld", (long long)rank);
    if (tf_bool(lw, "preprocess_collapse_repeated")) return lower_unsupported(lw, "preprocess_collapse_repeated");
    if (!tf_bool(lw, "ctc_merge_repeated")) return lower_unsupported(lw, "ctc_merge_repeated is false");
    struct ir_value *batch = ir_dim(b, x, 1), *blank = ir_sub(b, form_dim(b, x, 2), ir_int(b, 1));
    struct ir_value *labels = dense_labels(lw, batch, blank, &counts);
    struct ir_value *blanks = ir_expand(b, blank, ir_shape(b, labels));
    struct ir_value *pairs = CONCAT(b, 2, UNSQUEEZE(b, blanks, 2), UNSQUEEZE(b, labels, 2));
    struct ir_value *states = FORM_RESHAPE(b, pairs, batch, ir_mul(b, ir_dim(b, labels, 1), INTS(b, 2)));
    states = CONCAT(b, 1, states, ir_expand(b, blank, CONCAT(b, 0, batch, INTS(b, 1))));
    struct ir_value *numbers = form_iota(b, ir_dim(b, states, 1)), *pads = INTS(b, 0, 2, 0, -2);
    if (!states || !numbers || !pads) return b->status;
    struct ir_value *before = ir_emit(b, IR_PAD, IN(states, pads), ATTRS(A_STRING(ATTR_MODE, "constant")));
    struct ir_value *same = ir_binary(b, IR_OR, ir_binary(b, IR_EQUAL, states, before), ir_binary(b, IR_EQUAL, states, blank));
    struct ir_value *skips = ir_binary(b, IR_AND, ir_unary(b, IR_NOT, same), ir_binary(b, IR_GREATER, numbers, ir_int(b, 1)));
    struct ir_value *log_chances = ir_emit(b, IR_LOG_SOFTMAX, IN(x), ATTRS(A_INT(ATTR_AXIS, 2)));
    struct ir_value *each = ir_expand(b, UNSQUEEZE(b, states, 0), CONCAT(b, 0, ir_dim(b, x, 0), ir_shape(b, states)));
    if (!log_chances || !each) return b->status;
    struct ir_value *chances = ir_emit(b, IR_GATHER_ELEMENTS, IN(log_chances, each), ATTRS(A_INT(ATTR_AXIS, 2)));
    struct ir_value *first = ir_where(b, ir_binary(b, IR_EQUAL, numbers, ir_int(b, 0)), ir_like(b, x, 0), ir_like(b, x, IMPOSSIBLE));
    struct ir_value *alpha = ir_expand(b, first, ir_shape(b, states));
    alpha = ctc_scan(lw, (struct ir_value *[]){ alpha, ir_int(b, 0), skips, lengths, chances });
    /* The end: behind the last label, or on it. */
    struct ir_value *end = ir_mul(b, UNSQUEEZE(b, counts, 1), ir_int(b, 2)), *left = ir_sub(b, end, numbers);
    struct ir_value *done = ir_binary(b, IR_OR, ir_binary(b, IR_EQUAL, left, ir_int(b, 0)), ir_binary(b, IR_EQUAL, left, ir_int(b, 1)));
    alpha = ir_where(b, done, alpha, ir_like(b, x, IMPOSSIBLE));
    struct ir_value *most = ir_reduce(b, IR_REDUCE_MAX, alpha, (const int64_t[]){ 1 }, 1, true);
    struct ir_value *sum = ir_reduce(b, IR_REDUCE_SUM, ir_unary(b, IR_EXP, ir_sub(b, alpha, most)), (const int64_t[]){ 1 }, 1, false);
    struct ir_value *loss = ir_unary(b, IR_NEG, ir_add(b, SQUEEZE(b, most, 1), ir_unary(b, IR_LOG, sum)));
    struct ir_value *impossible = ir_binary(b, IR_GREATER, loss, ir_like(b, x, -IMPOSSIBLE / 2));
    loss = ir_where(b, impossible, ir_like(b, x, HUGE_VAL), loss);
    if (tf_bool(lw, "ignore_longer_outputs_than_inputs")) /* whose labels alone are more than the steps: others are infinite */
        loss = ir_where(b, ir_binary(b, IR_GREATER, counts, lengths), ir_like(b, x, 0), loss);
    return lower_done(lw, loss);
}

static const struct rule rules[] = {
    { "CTCLoss", lower_ctc_loss, NULL },
    { "SoftmaxCrossEntropyWithLogits", lower_cross_entropy, NULL },
    { "SparseSoftmaxCrossEntropyWithLogits", lower_sparse_cross_entropy, NULL },
};

const struct rule_family rules_loss = { rules, sizeof rules / sizeof rules[0] };
