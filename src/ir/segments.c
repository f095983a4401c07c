/* Few and fixed sizes go through a mask [segments, rows], which every opset and TensorRT can do; everything else through
 * ScatterND with a reduction. */
#include "ir/segments.h"

#include "ir/forms.h"

static const struct {
    enum ir_op reduce;
    const char *scatter;
} joins[] = {
    [SEGMENT_SUM] = { IR_REDUCE_SUM, "add" },    [SEGMENT_MEAN] = { IR_REDUCE_SUM, "add" },
    [SEGMENT_SQRT_N] = { IR_REDUCE_SUM, "add" }, [SEGMENT_PROD] = { IR_REDUCE_PROD, "mul" },
    [SEGMENT_MAX] = { IR_REDUCE_MAX, "max" },    [SEGMENT_MIN] = { IR_REDUCE_MIN, "min" },
};

enum { MASK_MOST = 1 << 20 };

struct segments {
    struct ir_value *ids;   /* [rows], int64 */
    struct ir_value *count; /* how many segments, int64, one element */
    struct ir_value *mask;  /* [segments, rows] where small, else NULL */
};

/* Elements of the masked copy, when all sizes are known and it is small. */
static bool mask_is_small(const struct ir_value *rows, const struct ir_value *count)
{
    int64_t dims[TFP_MAX_RANK], product = 1;
    if (!rows || !form_known(count, 0, &product) || product < 0 || !ir_static_dims(rows, dims)) return false;
    for (int32_t i = 0; i < rows->rank; i++)
        if (__builtin_mul_overflow(product, dims[i], &product)) return false;
    return product <= MASK_MOST;
}

/* rows [rows, ..] -> [segments, ..] */
static struct ir_value *join_rows(struct build *b, const struct segments *s, struct ir_value *rows, enum segment_join join,
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
    struct ir_value *counts = join_rows(b, s, ones, SEGMENT_SUM, ir_scalar(b, TFP_FLOAT, 0));
    return form_rank(rows) < 0 ? NULL : form_column(b, counts, rows->rank - 1);
}

struct ir_value *segments_join(struct build *b, struct ir_value *rows, struct ir_value *ids, struct ir_value *count,
                               enum segment_join join, bool extremes)
{
    struct segments s = { .ids = ids, .count = form_vector(b, count) };
    if (!s.count) { /* -1 among them: no rows, no segments. */
        struct ir_value *all = CONCAT(b, 0, ids, INTS(b, -1));
        s.count = ir_add(b, ir_reduce(b, IR_REDUCE_MAX, all, (const int64_t[]){ 0 }, 1, true), INTS(b, 1));
    }
    if (mask_is_small(rows, s.count)) s.mask = ir_binary(b, IR_EQUAL, UNSQUEEZE(b, form_iota(b, s.count), 1), ids);
    struct ir_value *zero = ir_like(b, rows, 0), *start = zero;
    if (join == SEGMENT_PROD) start = ir_like(b, rows, 1);
    if (join == SEGMENT_MAX || join == SEGMENT_MIN) start = form_extreme(b, form_dtype(rows), join == SEGMENT_MIN);
    struct ir_value *y = join_rows(b, &s, rows, join, start);
    if (join == SEGMENT_SUM || join == SEGMENT_PROD || extremes) return y;
    struct ir_value *counts = row_counts(b, &s, rows);
    if (join == SEGMENT_MAX || join == SEGMENT_MIN)
        return ir_where(b, ir_binary(b, IR_EQUAL, counts, ir_scalar(b, TFP_FLOAT, 0)), zero, y);
    counts = ir_binary(b, IR_MAX, counts, ir_scalar(b, TFP_FLOAT, 1));
    if (join == SEGMENT_SQRT_N) counts = ir_unary(b, IR_SQRT, counts);
    return ir_div(b, y, ir_cast(b, counts, form_dtype(rows)));
}
