/* Rows summed (averaged, multiplied, ..) by segment; rows taken apart by partition. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"
#include "ir/segments.h"

/* What the inputs are, and what stands in a segment without rows. */
struct segment {
    enum segment_join join;
    bool sparse;   /* input 1 picks rows of the data, the segments come after it */
    bool counted;  /* the last input is the number of segments; else it is the last segment's number plus 1 */
    bool extremes; /* without rows: the lowest (MAX) or the highest value (MIN), not 0 */
};

/* What embeddings over sparse features are: one step, which ONNX and TensorRT get in other terms. */
static struct ir_value *embedding_sum(struct build *b, const struct segment *v, struct ir_value *const in[4])
{
    static const char *const combiners[] = { [SEGMENT_SUM] = "sum", [SEGMENT_MEAN] = "mean", [SEGMENT_SQRT_N] = "sqrtn" };
    return ir_emit(b, IR_EMBEDDING_SUM, in, 4, ATTRS(A_TEXT(ATTR_COMBINER, combiners[v->join])));
}

static tfp_status lower_segment(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    const struct segment *v = lw->rule->variant;
    struct ir_value *rows = lower_in(lw, 0), *ids = lower_int64(lw, v->sparse ? 2 : 1), *count = NULL;
    if (form_is_complex(rows)) return lower_unsupported(lw, "complex numbers");
    int64_t rank = lower_rank(lw, ids, "segment_ids");
    if (rank < 0 || lower_rank(lw, rows, "data") < 0) return b->status;
    if (v->counted) count = form_vector(b, lower_int64(lw, n->n_in - 1));
    if (v->sparse && form_dtype(rows) == TFP_FLOAT && rank == 1)
        return lower_done(lw, embedding_sum(b, v, (struct ir_value *[]){ rows, form_vector(b, lower_int64(lw, 1)), ids, count }));
    if (v->sparse) rows = ir_gather(b, rows, lower_int64(lw, 1), 0);
    if (rank != 1) rows = FORM_RESHAPE(b, rows, INTS(b, -1), form_dims(b, rows, rank, rows->rank));
    return lower_done(lw, segments_join(b, rows, form_vector(b, ids), count, v->join, v->extremes));
}

/* Output i: the rows whose partition is i, in their order. */
static tfp_status lower_dynamic_partition(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *partitions = lower_in(lw, 1);
    int64_t count = tf_int(lw, "num_partitions"), rank = lower_rank(lw, partitions, "partitions");
    if (rank < 0) return b->status;
    if (count < 1 || (size_t)count > n->n_out) return lower_malformed(lw, "num_partitions does not fit the outputs");
    if (rank != 1) x = FORM_RESHAPE(b, x, INTS(b, -1), form_dims(b, x, rank, INT64_MAX));
    partitions = form_vector(b, partitions);
    for (int64_t i = 0; i < count; i++) {
        struct ir_value *mine = ir_binary(b, IR_EQUAL, partitions, ir_like(b, partitions, (double)i));
        if (!x || !mine) return b->status;
        lower_out(lw, (size_t)i, ir_emit(b, IR_COMPRESS, IN(x, mine), ATTRS(A_INT(ATTR_AXIS, 0))));
    }
    return b->status;
}

#define JOIN(...) (&(const struct segment){ .join = SEGMENT_##__VA_ARGS__ })

static const struct rule rules[] = {
    { "DynamicPartition", lower_dynamic_partition, NULL },
    { "SegmentMax", lower_segment, JOIN(MAX) },
    { "SegmentMaxV2", lower_segment, JOIN(MAX, .counted = true, .extremes = true) },
    { "SegmentMean", lower_segment, JOIN(MEAN) },
    { "SegmentMin", lower_segment, JOIN(MIN) },
    { "SegmentMinV2", lower_segment, JOIN(MIN, .counted = true, .extremes = true) },
    { "SegmentProd", lower_segment, JOIN(PROD) },
    { "SegmentProdV2", lower_segment, JOIN(PROD, .counted = true) },
    { "SegmentSum", lower_segment, JOIN(SUM) },
    { "SegmentSumV2", lower_segment, JOIN(SUM, .counted = true) },
    { "SparseSegmentMean", lower_segment, JOIN(MEAN, .sparse = true) },
    { "SparseSegmentMeanWithNumSegments", lower_segment, JOIN(MEAN, .sparse = true, .counted = true) },
    { "SparseSegmentSqrtN", lower_segment, JOIN(SQRT_N, .sparse = true) },
    { "SparseSegmentSqrtNWithNumSegments", lower_segment, JOIN(SQRT_N, .sparse = true, .counted = true) },
    { "SparseSegmentSum", lower_segment, JOIN(SUM, .sparse = true) },
    { "SparseSegmentSumWithNumSegments", lower_segment, JOIN(SUM, .sparse = true, .counted = true) },
    { "UnsortedSegmentMax", lower_segment, JOIN(MAX, .counted = true, .extremes = true) },
    { "UnsortedSegmentMin", lower_segment, JOIN(MIN, .counted = true, .extremes = true) },
    { "UnsortedSegmentProd", lower_segment, JOIN(PROD, .counted = true) },
    { "UnsortedSegmentSum", lower_segment, JOIN(SUM, .counted = true) },
};

const struct rule_family rules_segment = { rules, sizeof rules / sizeof rules[0] };
