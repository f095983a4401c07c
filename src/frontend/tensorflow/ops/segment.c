/* Rows summed (averaged, multiplied, ..) by segment. Few and fixed sizes go through a mask [segments, rows], which
 * every opset and TensorRT can do; everything else through ScatterND with a reduction. Rows of a negative segment are
 * dropped. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

enum join { SUM, MEAN, SQRT_N, PROD, MAX, MIN };

/* What the inputs are, and what stands in a segment without rows. */
struct segment {
    enum join join;
    bool sparse;   /* input 1 picks rows of the data, the segments come after it */
    bool counted;  /* the last input is the number of segments; else it is the last segment's number plus 1 */
    bool extremes; /* without rows: the lowest (MAX) or the highest value (MIN), not 0 */
};

static const struct {
    enum ir_op reduce;
    const char *scatter;
} joins[] = {
    [SUM] = { IR_REDUCE_SUM, "add" },   [MEAN] = { IR_REDUCE_SUM, "add" }, [SQRT_N] = { IR_REDUCE_SUM, "add" },
    [PROD] = { IR_REDUCE_PROD, "mul" }, [MAX] = { IR_REDUCE_MAX, "max" },  [MIN] = { IR_REDUCE_MIN, "min" },
};

enum { MASK_MOST = 1 << 20 };

/* Elements of the masked copy, when all sizes are known and it is small. */
static bool mask_is_small(const struct ir_value *rows, const struct ir_value *count)
{
    int64_t dims[TFP_MAX_RANK], product = 1;
    if (!rows || !form_known(count, 0, &product) || product < 0 || !ir_static_dims(rows, dims)) return false;
    for (int32_t i = 0; i < rows->rank; i++)
        if (__builtin_mul_overflow(product, dims[i], &product)) return false;
    return product <= MASK_MOST;
}

struct segments {
    struct ir_value *ids;   /* [rows], int64 */
    struct ir_value *count; /* how many segments, int64, one element */
    struct ir_value *mask;  /* [segments, rows] where small, else NULL */
};

/* rows [rows, ..] -> [segments, ..] */
static struct ir_value *join_rows(struct build *b, const struct segments *s, struct ir_value *rows, enum join join,
                                  struct ir_value *start)
{
    if (!rows) return NULL;
    if (s->mask) {
        int64_t axes[TFP_MAX_RANK];
        size_t n = 0;
        for (; (int32_t)n + 1 < rows->rank; n++) axes[n] = (int64_t)n + 2;
        struct ir_value *mine = ir_where(b, ir_unsqueeze(b, s->mask, axes, n), UNSQUEEZE(b, rows, 0), start);
        return form_reduce(b, joins[join].reduce, mine, (const int64_t[]){ 1 }, 1, false);
    }
    /* One more row takes what is dropped. */
    bool drops = !form_nonnegative(b, s->ids);
    struct ir_value *ids = s->ids, *count = s->count;
    if (drops) {
        ids = ir_where(b, ir_binary(b, IR_LESS, ids, ir_int(b, 0)), count, ids);
        count = ir_add(b, count, INTS(b, 1));
    }
    struct ir_value *base = ir_expand(b, start, CONCAT(b, 0, count, form_dims(b, rows, 1, INT64_MAX)));
    struct ir_value *at = UNSQUEEZE(b, ids, 1);
    if (!base || !at) return NULL;
    struct ir_value *y =
        ir_emit(b, IR_SCATTER_ND, IN(base, at, rows), ATTRS(A_TEXT(ATTR_REDUCTION, joins[join].scatter)));
    return drops ? ir_slice(b, y, INTS(b, 0), s->count, INTS(b, 0), NULL) : y;
}

/* How many rows each segment has, shaped to broadcast against the result. */
static struct ir_value *row_counts(struct build *b, const struct segments *s, struct ir_value *rows)
{
    struct ir_value *ones = ir_expand(b, ir_scalar(b, TFP_FLOAT, 1), ir_shape(b, s->ids));
    struct ir_value *counts = join_rows(b, s, ones, SUM, ir_scalar(b, TFP_FLOAT, 0));
    return form_rank(rows) < 0 ? NULL : form_column(b, counts, rows->rank - 1);
}

static struct ir_value *join_segments(struct lower *lw, const struct segments *s, struct ir_value *rows)
{
    struct build *b = &lw->b;
    const struct segment *v = lw->rule->variant;
    struct ir_value *zero = ir_like(b, rows, 0), *start = zero;
    if (v->join == PROD) start = ir_like(b, rows, 1);
    if (v->join == MAX || v->join == MIN) start = form_extreme(b, form_dtype(rows), v->join == MIN);
    struct ir_value *y = join_rows(b, s, rows, v->join, start);
    if (v->join == SUM || v->join == PROD || v->extremes) return y;
    struct ir_value *counts = row_counts(b, s, rows);
    if (v->join == MAX || v->join == MIN)
        return ir_where(b, ir_binary(b, IR_EQUAL, counts, ir_scalar(b, TFP_FLOAT, 0)), zero, y);
    counts = ir_binary(b, IR_MAX, counts, ir_scalar(b, TFP_FLOAT, 1));
    if (v->join == SQRT_N) counts = ir_unary(b, IR_SQRT, counts);
    return ir_div(b, y, ir_cast(b, counts, form_dtype(rows)));
}

static tfp_status lower_segment(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    const struct segment *v = lw->rule->variant;
    struct segments s = { 0 };
    struct ir_value *rows = lower_in(lw, 0), *ids = lower_int64(lw, v->sparse ? 2 : 1);
    if (form_is_complex(rows)) return lower_unsupported(lw, "complex numbers");
    if (v->sparse) rows = ir_gather(b, rows, lower_int64(lw, 1), 0);
    int64_t rank = lower_rank(lw, ids, "segment_ids");
    if (rank < 0 || lower_rank(lw, rows, "data") < 0) return b->status;
    if (rank != 1) rows = FORM_RESHAPE(b, rows, INTS(b, -1), form_dims(b, rows, rank, rows->rank));
    s.ids = form_vector(b, ids);
    if (v->counted) {
        s.count = form_vector(b, lower_int64(lw, n->n_in - 1));
    } else {
        /* -1 among them: no rows, no segments. */
        struct ir_value *all = CONCAT(b, 0, s.ids, INTS(b, -1));
        s.count = ir_add(b, ir_reduce(b, IR_REDUCE_MAX, all, (const int64_t[]){ 0 }, 1, true), INTS(b, 1));
    }
    if (mask_is_small(rows, s.count)) s.mask = ir_binary(b, IR_EQUAL, UNSQUEEZE(b, form_iota(b, s.count), 1), s.ids);
    return lower_done(lw, join_segments(lw, &s, rows));
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

#define SEGMENT(...) (&(const struct segment){ .join = __VA_ARGS__ })

static const struct rule rules[] = {
    { "DynamicPartition", lower_dynamic_partition, NULL },
    { "SegmentMax", lower_segment, SEGMENT(MAX) },
    { "SegmentMaxV2", lower_segment, SEGMENT(MAX, .counted = true, .extremes = true) },
    { "SegmentMean", lower_segment, SEGMENT(MEAN) },
    { "SegmentMin", lower_segment, SEGMENT(MIN) },
    { "SegmentMinV2", lower_segment, SEGMENT(MIN, .counted = true, .extremes = true) },
    { "SegmentProd", lower_segment, SEGMENT(PROD) },
    { "SegmentProdV2", lower_segment, SEGMENT(PROD, .counted = true) },
    { "SegmentSum", lower_segment, SEGMENT(SUM) },
    { "SegmentSumV2", lower_segment, SEGMENT(SUM, .counted = true) },
    { "SparseSegmentMean", lower_segment, SEGMENT(MEAN, .sparse = true) },
    { "SparseSegmentMeanWithNumSegments", lower_segment, SEGMENT(MEAN, .sparse = true, .counted = true) },
    { "SparseSegmentSqrtN", lower_segment, SEGMENT(SQRT_N, .sparse = true) },
    { "SparseSegmentSqrtNWithNumSegments", lower_segment, SEGMENT(SQRT_N, .sparse = true, .counted = true) },
    { "SparseSegmentSum", lower_segment, SEGMENT(SUM, .sparse = true) },
    { "SparseSegmentSumWithNumSegments", lower_segment, SEGMENT(SUM, .sparse = true, .counted = true) },
    { "UnsortedSegmentMax", lower_segment, SEGMENT(MAX, .counted = true, .extremes = true) },
    { "UnsortedSegmentMin", lower_segment, SEGMENT(MIN, .counted = true, .extremes = true) },
    { "UnsortedSegmentProd", lower_segment, SEGMENT(PROD, .counted = true) },
    { "UnsortedSegmentSum", lower_segment, SEGMENT(SUM, .counted = true) },
};

const struct rule_family rules_segment = { rules, sizeof rules / sizeof rules[0] };
