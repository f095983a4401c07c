/* Shapes of matrix products, normalizations, recurrent layers, attention and losses. */
#include "ir/infer.h"

#include <inttypes.h>

/* -- products ------------------------------------------------------------------------------------------------------ */

/* numpy.matmul: a vector is a row on the left and a column on the right, and that axis is dropped again. */
static tfp_status matmul(struct infer *s, size_t left, size_t right)
{
    struct shape a = infer_shape(s, left), b = infer_shape(s, right);
    TFP_TRY(infer_need_min_rank(s, left, 1));
    TFP_TRY(infer_need_min_rank(s, right, 1));
    if (a.rank < 0 || b.rank < 0) return TFP_OK;
    struct dim inner = a.at[a.rank - 1];
    TFP_TRY(infer_merge(s, &inner, b.at[b.rank < 2 ? 0 : b.rank - 2]));
    struct shape shape = a;
    shape.rank = a.rank < 2 ? 0 : a.rank - 2;
    struct shape other = b;
    other.rank = b.rank < 2 ? 0 : b.rank - 2;
    TFP_TRY(infer_broadcast(s, &shape, &other));
    if (a.rank > 1) shape.at[shape.rank++] = a.at[a.rank - 2];
    if (b.rank > 1) shape.at[shape.rank++] = b.at[b.rank - 1];
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_matmul(struct infer *s)
{
    return matmul(s, 0, 1);
}

static tfp_status infer_q_linear_matmul(struct infer *s)
{
    return matmul(s, 0, 3);
}

static tfp_status infer_gemm(struct infer *s)
{
    struct shape a = infer_shape(s, 0), b = infer_shape(s, 1), c = infer_shape(s, 2), shape = shape_of_rank(2);
    int64_t across = ir_attr_int(s->node, ATTR_TRANS_A, 0) != 0, down = ir_attr_int(s->node, ATTR_TRANS_B, 0) != 0;
    TFP_TRY(infer_need_rank(s, 0, 2));
    TFP_TRY(infer_need_rank(s, 1, 2));
    if (a.rank == 2) shape.at[0] = a.at[across];
    if (b.rank == 2) shape.at[1] = b.at[!down];
    if (a.rank == 2 && b.rank == 2) TFP_TRY(infer_merge(s, &a.at[!across], b.at[down]));
    if (c.rank > 2) return infer_fail(s, "input C must have at most rank 2, not %d", (int)c.rank);
    for (int32_t i = 0; i < c.rank; i++) {
        struct dim wanted = shape.at[2 - c.rank + i];
        if (dim_fixed(c.at[i]) && c.at[i].n != 1 && dim_fixed(wanted) && c.at[i].n != wanted.n)
            return infer_fail(s, "input C has dimension %" PRId64 " where the product has %" PRId64, c.at[i].n,
                              wanted.n);
    }
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

/* -- Einsum -------------------------------------------------------------------------------------------------------- */

enum { LETTERS = 52 };
struct einsum {
    struct dim size[LETTERS];
    unsigned count[LETTERS]; /* uses on the left */
    struct shape dots;       /* what "..." stands for; rank -1: not used yet */
    bool unsure;             /* an input's rank is not known */
};

static int letter_number(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : -1;
}

/* One side of a term: letters before and behind "...". */
static tfp_status term_letters(struct infer *s, struct bytes term, int8_t *letters, int32_t *n, int32_t *dots)
{
    *n = 0;
    *dots = -1;
    for (size_t i = 0; i < term.n; i++) {
        int letter = letter_number(term.at[i]);
        if (term.at[i] == ' ') continue;
        if (term.n - i >= 3 && memcmp(term.at + i, "...", 3) == 0 && *dots < 0) {
            *dots = *n;
            i += 2;
        } else if (letter < 0) {
            return infer_fail(s, "the equation has a wrong character (%d)", (unsigned char)term.at[i]);
        } else if (*n == TFP_MAX_RANK) {
            return infer_fail(s, "a term of the equation is too long");
        } else {
            letters[(*n)++] = (int8_t)letter;
        }
    }
    return TFP_OK;
}

static tfp_status einsum_input(struct infer *s, struct einsum *e, size_t input, struct bytes term)
{
    struct shape x = infer_shape(s, input);
    int8_t letters[TFP_MAX_RANK];
    int32_t n, dots, extra = 0;
    TFP_TRY(term_letters(s, term, letters, &n, &dots));
    for (int32_t i = 0; i < n; i++) e->count[letters[i]]++;
    if (x.rank < 0) {
        e->unsure |= dots >= 0;
        return TFP_OK;
    }
    if (dots < 0 ? x.rank != n : x.rank < n)
        return infer_fail(s, "input %zu has rank %d, its term %d", input, (int)x.rank, (int)n);
    if (dots >= 0) {
        struct shape middle = { .rank = x.rank - n };
        extra = middle.rank;
        for (int32_t i = 0; i < extra; i++) middle.at[i] = x.at[dots + i];
        if (e->dots.rank < 0) e->dots = middle;
        else TFP_TRY(infer_broadcast(s, &e->dots, &middle));
    }
    for (int32_t i = 0; i < n; i++) {
        struct dim d = x.at[dots >= 0 && i >= dots ? i + extra : i], *size = &e->size[letters[i]];
        if (dim_is_unknown(*size) || dim_is(*size, 1)) *size = d;
        else if (!dim_is(d, 1)) TFP_TRY(infer_merge(s, size, d));
    }
    return TFP_OK;
}

static tfp_status einsum_output(struct infer *s, struct einsum *e, const int8_t *letters, int32_t n, int32_t dots)
{
    struct shape shape = { 0 };
    if (dots >= 0 && e->unsure) return TFP_OK;
    int32_t middle = dots >= 0 && e->dots.rank > 0 ? e->dots.rank : 0;
    if (n + middle > TFP_MAX_RANK) return infer_refuse(s, "the result's rank is above %d", (int)TFP_MAX_RANK);
    for (int32_t i = 0; i <= n; i++) {
        for (int32_t k = 0; i == dots && k < middle; k++) shape.at[shape.rank++] = e->dots.at[k];
        if (i == n) break;
        if (!e->count[letters[i]]) return infer_fail(s, "the equation's result has a letter that no input has");
        shape.at[shape.rank++] = e->size[letters[i]];
    }
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_einsum(struct infer *s)
{
    struct bytes equation = ir_attr_string(s->node, ATTR_EQUATION, "");
    struct einsum e = { .dots = { .rank = -1 } };
    int8_t letters[LETTERS];
    int32_t n = 0, dots = 0;
    size_t left = 0, start = 0, input = 0;
    for (size_t i = 0; i < LETTERS; i++) e.size[i] = dim_unknown();
    while (left < equation.n && !(equation.n - left >= 2 && memcmp(equation.at + left, "->", 2) == 0)) left++;
    for (size_t i = 0; i <= left; i++) {
        if (i < left && equation.at[i] != ',') continue;
        if (input == s->node->n_in) return infer_fail(s, "the equation has more than %u terms", s->node->n_in);
        TFP_TRY(einsum_input(s, &e, input++, (struct bytes){ equation.at + start, i - start }));
        start = i + 1;
    }
    if (input != s->node->n_in) return infer_fail(s, "the equation has %zu terms for %u inputs", input, s->node->n_in);
    if (left < equation.n) {
        struct bytes result = { equation.at + left + 2, equation.n - left - 2 };
        TFP_TRY(term_letters(s, result, letters, &n, &dots));
    } else { /* "..." and then all letters that occur once, in order */
        for (int8_t i = 0; i < LETTERS; i++)
            if (e.count[i] == 1) letters[n++] = i;
    }
    return einsum_output(s, &e, letters, n, dots);
}

/* -- normalization ------------------------------------------------------------------------------------------------- */

static tfp_status infer_batch_normalization(struct infer *s)
{
    struct shape x = infer_shape(s, 0), mean = shape_of_rank(1);
    TFP_TRY(infer_need_min_rank(s, 0, 1));
    if (x.rank == 1) mean.at[0] = dim_of(1); /* no channel axis: one channel */
    if (x.rank > 1) mean.at[0] = x.at[1];
    for (size_t i = 1; i < 5; i++) {
        struct shape parameter = infer_shape(s, i);
        TFP_TRY(infer_need_rank(s, i, 1));
        TFP_TRY(infer_merge_shapes(s, &mean, &parameter));
    }
    if (x.rank > 1) TFP_TRY(infer_merge(s, &x.at[1], mean.at[0]));
    TFP_TRY(infer_put(s, 0, TFP_UNDEFINED, &x));
    TFP_TRY(infer_put(s, 1, TFP_UNDEFINED, &mean));
    return infer_put(s, 2, TFP_UNDEFINED, &mean);
}

static tfp_status infer_layer_normalization(struct infer *s)
{
    struct shape shape = infer_shape(s, 0);
    tfp_dtype stash;
    int32_t axis;
    TFP_TRY(infer_same(s));
    TFP_TRY(infer_type_attr(s, ATTR_STASH_TYPE, TFP_FLOAT, &stash));
    if (shape.rank >= 0) {
        TFP_TRY(infer_axis(s, ir_attr_int(s->node, ATTR_AXIS, -1), shape.rank, &axis));
        for (int32_t i = axis; i < shape.rank; i++) shape.at[i] = dim_of(1);
    }
    if (s->node->op != IR_LAYER_NORMALIZATION) return TFP_OK;
    TFP_TRY(infer_put(s, 1, stash, &shape));
    return infer_put(s, 2, stash, &shape);
}

static tfp_status infer_channel_normalization(struct infer *s)
{
    TFP_TRY(infer_need_min_rank(s, 0, s->node->op == IR_LRN ? 2 : 3));
    return infer_same(s);
}

static tfp_status infer_lp_normalization(struct infer *s)
{
    struct shape x = infer_shape(s, 0);
    int32_t axis;
    if (x.rank >= 0) TFP_TRY(infer_axis(s, ir_attr_int(s->node, ATTR_AXIS, -1), x.rank, &axis));
    return infer_put(s, 0, TFP_UNDEFINED, &x);
}

/* -- recurrent layers ---------------------------------------------------------------------------------------------- */

static tfp_status infer_recurrent(struct infer *s)
{
    struct shape x = infer_shape(s, 0), weights = infer_shape(s, 1), recurrence = infer_shape(s, 2);
    struct shape all = shape_of_rank(4), last = shape_of_rank(3);
    bool batch_first = ir_attr_int(s->node, ATTR_LAYOUT, 0) != 0;
    struct dim directions = dim_of(ir_attr_is(s->node, ATTR_DIRECTION, "bidirectional") ? 2 : 1),
               hidden = dim_unknown();
    for (size_t i = 0; i < 3; i++) TFP_TRY(infer_need_rank(s, i, 3));
    if (weights.rank == 3) TFP_TRY(infer_merge(s, &directions, weights.at[0]));
    if (recurrence.rank == 3) hidden = recurrence.at[2];
    if (ir_attr(s->node, ATTR_HIDDEN_SIZE))
        TFP_TRY(infer_merge(s, &hidden, dim_of(ir_attr_int(s->node, ATTR_HIDDEN_SIZE, 0))));
    if (x.rank == 3 && weights.rank == 3) TFP_TRY(infer_merge(s, &weights.at[2], x.at[2]));
    struct dim steps = x.rank == 3 ? x.at[batch_first] : dim_unknown();
    struct dim batch = x.rank == 3 ? x.at[!batch_first] : dim_unknown();
    struct shape rows = { 4, { steps, directions, batch, hidden } },
                 rows_batch = { 4, { batch, steps, directions, hidden } };
    all = batch_first ? rows_batch : rows;
    last.at[0] = batch_first ? batch : directions;
    last.at[1] = batch_first ? directions : batch;
    last.at[2] = hidden;
    TFP_TRY(infer_put(s, 0, TFP_UNDEFINED, &all));
    for (size_t i = 1; i < s->node->n_out; i++) TFP_TRY(infer_put(s, i, TFP_UNDEFINED, &last));
    return TFP_OK;
}

/* -- attention ----------------------------------------------------------------------------------------------------- */

/* An operand as [batch, heads, length, size per head], whether its heads are packed into the last axis or not. */
static tfp_status heads_apart(struct infer *s, size_t i, enum ir_attr_name heads, struct shape *out)
{
    struct shape x = infer_shape(s, i);
    *out = shape_of_rank(4);
    if (x.rank == 4) *out = x;
    if (x.rank < 0 || x.rank == 4) return TFP_OK;
    int64_t count = ir_attr_int(s->node, heads, 0);
    if (x.rank != 3) return infer_fail(s, "input %zu must have rank 3 or 4, not %d", i, (int)x.rank);
    if (count <= 0) return infer_fail(s, "attribute %s is missing", schema_attr_name(heads));
    if (dim_fixed(x.at[2]) && x.at[2].n % count)
        return infer_fail(s, "%" PRId64 " cannot be divided into %" PRId64 " heads", x.at[2].n, count);
    out->at[0] = x.at[0];
    out->at[1] = dim_of(count);
    out->at[2] = x.at[1];
    out->at[3] = dim_div(s->graph, x.at[2], dim_of(count));
    return TFP_OK;
}

/* Heads of keys or values are each for as many of the queries. */
static tfp_status check_shared(struct infer *s, struct dim queries, struct dim own)
{
    if (!dim_fixed(queries) || !dim_fixed(own) || queries.n == own.n || (own.n > 0 && queries.n % own.n == 0)) return TFP_OK;
    return infer_fail(s, "%" PRId64 " heads of queries and %" PRId64 " of keys or values do not go together", queries.n, own.n);
}

static tfp_status infer_attention(struct infer *s)
{
    struct shape q, k, v, past = infer_shape(s, 4), y;
    int32_t rank = infer_shape(s, 0).rank;
    TFP_TRY(heads_apart(s, 0, ATTR_Q_NUM_HEADS, &q));
    TFP_TRY(heads_apart(s, 1, ATTR_KV_NUM_HEADS, &k));
    TFP_TRY(heads_apart(s, 2, ATTR_KV_NUM_HEADS, &v));
    TFP_TRY(infer_need_rank(s, 4, 4));
    TFP_TRY(check_shared(s, q.at[1], k.at[1]));
    TFP_TRY(check_shared(s, q.at[1], v.at[1]));
    struct dim total = !infer_has(s, 4) ? k.at[2]
                       : past.rank == 4 ? dim_add(s->graph, past.at[2], k.at[2])
                                        : dim_unknown();
    y = (struct shape){ 4, { q.at[0], q.at[1], q.at[2], v.at[3] } };
    if (rank == 3) y = (struct shape){ 3, { q.at[0], q.at[2], dim_mul(s->graph, q.at[1], v.at[3]) } };
    if (rank < 0) y = shape_unknown();
    struct shape keys = { 4, { k.at[0], k.at[1], total, k.at[3] } },
                 values = { 4, { v.at[0], v.at[1], total, v.at[3] } };
    struct shape scores = { 4, { q.at[0], q.at[1], q.at[2], total } };
    TFP_TRY(infer_put(s, 0, TFP_UNDEFINED, &y));
    TFP_TRY(infer_put(s, 1, TFP_UNDEFINED, &keys));
    TFP_TRY(infer_put(s, 2, TFP_UNDEFINED, &values));
    return infer_put(s, 3, TFP_UNDEFINED, &scores);
}

static tfp_status infer_linear_attention(struct infer *s)
{
    struct shape q = infer_shape(s, 0), k = infer_shape(s, 1), v = infer_shape(s, 2), y = shape_of_rank(3);
    struct shape state = shape_of_rank(4), present = infer_shape(s, 3);
    int64_t q_heads = ir_attr_int(s->node, ATTR_Q_NUM_HEADS, 0), heads = ir_attr_int(s->node, ATTR_KV_NUM_HEADS, 0);
    for (size_t i = 0; i < 3; i++) TFP_TRY(infer_need_rank(s, i, 3));
    if (q_heads <= 0 || heads <= 0) return infer_fail(s, "needs q_num_heads and kv_num_heads");
    state.at[1] = dim_of(heads);
    if (q.rank == 3) state.at[0] = y.at[0] = q.at[0];
    if (q.rank == 3) y.at[1] = q.at[1];
    if (k.rank == 3) state.at[2] = dim_div(s->graph, k.at[2], dim_of(heads));
    if (v.rank == 3) state.at[3] = dim_div(s->graph, v.at[2], dim_of(heads));
    y.at[2] = dim_mul(s->graph, dim_of(q_heads), state.at[3]);
    TFP_TRY(infer_merge_shapes(s, &present, &state));
    TFP_TRY(infer_put(s, 0, TFP_UNDEFINED, &y));
    return infer_put(s, 1, infer_has(s, 3) ? TFP_UNDEFINED : infer_dtype(s, 0), &present);
}

static tfp_status infer_causal_conv(struct infer *s)
{
    struct shape x = infer_shape(s, 0), weights = infer_shape(s, 1), state = shape_of_rank(3), present = infer_shape(s, 3);
    const struct shape bias = infer_shape(s, 2);
    TFP_TRY(infer_need_rank(s, 0, 3));
    TFP_TRY(infer_need_rank(s, 1, 3));
    if (x.rank == 3) state.at[0] = x.at[0];
    if (x.rank == 3) state.at[1] = x.at[1];
    if (bias.rank == 1) TFP_TRY(infer_merge(s, &state.at[1], bias.at[0]));
    if (weights.rank == 3) state.at[2] = dim_sub(s->graph, weights.at[2], dim_of(1));
    TFP_TRY(infer_merge_shapes(s, &present, &state));
    TFP_TRY(infer_put(s, 0, TFP_UNDEFINED, &x));
    return infer_put(s, 1, TFP_UNDEFINED, &present);
}

static tfp_status infer_rotary(struct infer *s)
{
    struct shape x = infer_shape(s, 0);
    if (x.rank >= 0 && x.rank != 3 && x.rank != 4)
        return infer_fail(s, "input X must have rank 3 or 4, not %d", (int)x.rank);
    return infer_put(s, 0, TFP_UNDEFINED, &x);
}

/* -- losses -------------------------------------------------------------------------------------------------------- */

static tfp_status infer_loss(struct infer *s)
{
    struct shape shape = infer_shape(s, 1), scalar = shape_of_rank(0);
    TFP_TRY(infer_need_min_rank(s, 0, 2));
    TFP_TRY(infer_put(s, 0, TFP_UNDEFINED, ir_attr_is(s->node, ATTR_REDUCTION, "none") ? &shape : &scalar));
    return infer_put_like(s, 1, 0);
}

const struct infer_row infer_nn_rows[] = {
    { IR_ATTENTION, infer_attention, NULL },
    { IR_BATCH_NORMALIZATION, infer_batch_normalization, NULL },
    { IR_CAUSAL_CONV_WITH_STATE, infer_causal_conv, NULL },
    { IR_EINSUM, infer_einsum, NULL },
    { IR_GEMM, infer_gemm, NULL },
    { IR_GROUP_NORMALIZATION, infer_channel_normalization, NULL },
    { IR_GRU, infer_recurrent, NULL },
    { IR_INSTANCE_NORMALIZATION, infer_channel_normalization, NULL },
    { IR_LAYER_NORMALIZATION, infer_layer_normalization, NULL },
    { IR_LINEAR_ATTENTION, infer_linear_attention, NULL },
    { IR_LP_NORMALIZATION, infer_lp_normalization, NULL },
    { IR_LRN, infer_channel_normalization, NULL },
    { IR_LSTM, infer_recurrent, NULL },
    { IR_MATMUL, infer_matmul, NULL },
    { IR_MATMUL_INTEGER, infer_matmul, NULL },
    { IR_MEAN_VARIANCE_NORMALIZATION, infer_same, NULL },
    { IR_NEGATIVE_LOG_LIKELIHOOD_LOSS, infer_loss, NULL },
    { IR_Q_LINEAR_MATMUL, infer_q_linear_matmul, NULL },
    { IR_RMS_NORMALIZATION, infer_layer_normalization, NULL },
    { IR_RNN, infer_recurrent, NULL },
    { IR_ROTARY_EMBEDDING, infer_rotary, NULL },
    { IR_SOFTMAX_CROSS_ENTROPY_LOSS, infer_loss, NULL },
    { IR_NONE, NULL, NULL },
};
