/* Diagonals and bands of matrices. All of them come down to one table of positions, computed as nodes from the numbers
 * of rows and columns (and so folded where those are known): for element (i,j) of a matrix, d = j - i is its diagonal,
 * and diagonal d stands in row upper - d of the packed form, moved to the right by what it lacks in length where
 * `align` says so. That is the formula of TensorFlow's MatrixDiagV3. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

#define VARIANT(type) (*(const type *)lw->rule->variant)

static struct ir_value *min_int(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return ir_binary(b, IR_MIN, x, y);
}

static struct ir_value *max_int(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return ir_binary(b, IR_MAX, x, y);
}

/* -- MatrixBandPart ------------------------------------------------------------------------------------------------ */

static tfp_status lower_band_part(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *mask = NULL;
    struct ir_value *j = form_iota(b, form_dim(b, x, -1)), *i = UNSQUEEZE(b, form_iota(b, form_dim(b, x, -2)), 1);
    if (!x) return b->status;
    if (form_rank(x) < 0) return lower_unsupported(lw, "the rank is not known");
    for (size_t k = 0; k < 2; k++) {
        struct ir_value *width = lower_int64(lw, k + 1), *distance = k ? ir_sub(b, j, i) : ir_sub(b, i, j);
        int64_t known;
        if (form_known(width, 0, &known) && known < 0) continue;
        struct ir_value *in = ir_unary(b, IR_NOT, ir_binary(b, IR_LESS, width, distance));
        if (!form_known(width, 0, &known)) in = ir_binary(b, IR_OR, in, ir_binary(b, IR_LESS, width, ir_int(b, 0)));
        mask = mask ? ir_binary(b, IR_AND, mask, in) : in;
    }
    return lower_done(lw, mask ? ir_where(b, mask, x, ir_like(b, x, 0)) : x);
}

/* -- positions ----------------------------------------------------------------------------------------------------- */

struct band {
    int64_t lower, upper;         /* first and last diagonal */
    bool move_upper, move_lower;  /* shorter diagonals end at the right: those with d >= 0, those with d <= 0 */
    struct ir_value *rows, *cols; /* int64, rank 0 */
    struct ir_value *longest;     /* length of the packed form's rows, int64, rank 0 */
};

/* By how much diagonal d (any shape) begins later in its packed row. */
static struct ir_value *offset(struct build *b, const struct band *m, struct ir_value *d)
{
    struct ir_value *zero = ir_int(b, 0);
    struct ir_value *length =
        min_int(b, ir_sub(b, m->cols, max_int(b, d, zero)), ir_add(b, m->rows, min_int(b, d, zero)));
    struct ir_value *missing = ir_sub(b, m->longest, length);
    if (m->move_lower && m->move_upper) return missing;
    if (m->move_lower) return ir_where(b, ir_binary(b, IR_LESS, zero, d), zero, missing);
    if (m->move_upper) return ir_where(b, ir_binary(b, IR_LESS, d, zero), zero, missing);
    return zero;
}

/* For each (i,j) of the matrix its place in the packed form laid out flat, and whether it is in the band at all. */
static struct ir_value *packed_places(struct build *b, const struct band *m, struct ir_value **inside)
{
    struct ir_value *zero = ir_int(b, 0), *j = form_iota(b, m->cols), *i = UNSQUEEZE(b, form_iota(b, m->rows), 1);
    struct ir_value *d = ir_sub(b, j, i), *upper = ir_int(b, m->upper);
    struct ir_value *low = ir_binary(b, IR_LESS, d, ir_int(b, m->lower)), *high = ir_binary(b, IR_LESS, upper, d);
    *inside = ir_unary(b, IR_NOT, ir_binary(b, IR_OR, low, high));
    struct ir_value *along = ir_add(b, ir_sub(b, j, max_int(b, d, zero)), offset(b, m, d));
    struct ir_value *place = ir_add(b, ir_mul(b, ir_sub(b, upper, d), m->longest), along);
    return ir_where(b, *inside, place, zero);
}

/* For each (diagonal, element) of the packed form its place in the matrix laid out flat, and whether it is there. */
static struct ir_value *matrix_places(struct build *b, const struct band *m, struct ir_value **inside)
{
    struct ir_value *zero = ir_int(b, 0), *along = form_iota(b, m->longest);
    struct ir_value *d = ir_sub(b, ir_int(b, m->upper), form_iota(b, ir_int(b, m->upper - m->lower + 1)));
    d = UNSQUEEZE(b, d, 1);
    struct ir_value *k = ir_sub(b, along, offset(b, m, d));
    struct ir_value *i = ir_sub(b, k, min_int(b, d, zero)), *j = ir_add(b, k, max_int(b, d, zero));
    struct ir_value *outside =
        ir_binary(b, IR_OR, ir_binary(b, IR_LESS, k, zero), ir_unary(b, IR_NOT, ir_binary(b, IR_LESS, i, m->rows)));
    outside = ir_binary(b, IR_OR, outside, ir_unary(b, IR_NOT, ir_binary(b, IR_LESS, j, m->cols)));
    *inside = ir_unary(b, IR_NOT, outside);
    return ir_where(b, outside, zero, ir_add(b, ir_mul(b, i, m->cols), j));
}

static bool surely_true(const struct ir_value *v)
{
    if (!v || !v->constant) return false;
    for (int64_t i = 0; i < v->constant->count; i++)
        if (!tensor_int(v->constant, i)) return false;
    return true;
}

/* x with its last `count` dimensions laid out as one. */
static struct ir_value *flatten_last(struct build *b, struct ir_value *x, int64_t count)
{
    if (count == 1 || !x) return x;
    int64_t rank = x->rank;
    return FORM_RESHAPE(b, x, form_dims(b, x, 0, rank - count), form_product(b, form_dims(b, x, rank - count, rank)));
}

/* -- the MatrixDiag family ----------------------------------------------------------------------------------------- */

/* Which inputs hold what; 0: the version does not have it (input 0 is never one of these). */
struct matrix_diag {
    size_t k, rows, cols, padding;
    bool align; /* has the attribute; without: all to the left */
};

static tfp_status read_band(struct lower *lw, struct band *m)
{
    static const char *const words[] = { "LEFT_RIGHT", "RIGHT_LEFT", "LEFT_LEFT", "RIGHT_RIGHT", NULL };
    const struct matrix_diag *v = lw->rule->variant;
    int64_t k[2], count;
    *m = (struct band){ .lower = 0 };
    if (v->align) {
        int word = tf_word(lw, "align", words);
        m->move_upper = word == 1 || word == 3;
        m->move_lower = word == 0 || word == 3;
    }
    if (!v->k) return lw->b.status;
    if ((count = lower_const_ints(lw, v->k, "k", k, 2)) < 0) return lw->b.status;
    if (count == 0) return lower_malformed(lw, "k is empty");
    m->lower = k[0];
    m->upper = k[count - 1];
    if (m->lower > m->upper || m->lower < -INT32_MAX || m->upper > INT32_MAX)
        return lower_malformed(lw, "the first diagonal is above the last");
    return lw->b.status;
}

/* Sets rows and cols from the matrix, longest as min(rows + min(upper, 0), cols + min(-lower, 0)). */
static void measure(struct build *b, struct band *m, struct ir_value *matrix)
{
    m->rows = form_dim(b, matrix, -2);
    m->cols = form_dim(b, matrix, -1);
    struct ir_value *down = ir_add(b, m->rows, ir_int(b, m->upper < 0 ? m->upper : 0));
    struct ir_value *across = ir_add(b, m->cols, ir_int(b, m->lower > 0 ? -m->lower : 0));
    m->longest = min_int(b, down, across);
}

/* An input that says -1 for "as many as needed". */
static struct ir_value *given_size(struct lower *lw, size_t i, bool *given)
{
    int64_t known = -1;
    struct ir_value *v = i ? form_scalar(&lw->b, lower_int64(lw, i)) : NULL;
    *given = v && !(form_known(v, 0, &known) && known == -1);
    return v;
}

static tfp_status lower_matrix_diag(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    const struct matrix_diag *v = lw->rule->variant;
    struct ir_value *packed = lower_in(lw, 0), *inside;
    struct band m;
    bool has_rows, has_cols;
    TFP_TRY(read_band(lw, &m));
    if (lower_rank(lw, packed, "diagonal") < 1) return lower_unsupported(lw, "a diagonal of no dimension");
    m.longest = form_dim(b, packed, -1);
    struct ir_value *least_rows = ir_sub(b, m.longest, ir_int(b, m.upper < 0 ? m.upper : 0));
    struct ir_value *least_cols = ir_add(b, m.longest, ir_int(b, m.lower > 0 ? m.lower : 0));
    m.rows = given_size(lw, v->rows, &has_rows);
    m.cols = given_size(lw, v->cols, &has_cols);
    if (!has_rows) m.rows = has_cols ? least_rows : max_int(b, least_rows, least_cols);
    if (!has_cols) m.cols = has_rows ? least_cols : m.rows;
    struct ir_value *places = packed_places(b, &m, &inside);
    struct ir_value *padding = v->padding ? lower_in(lw, v->padding) : ir_like(b, packed, 0);
    struct ir_value *flat = flatten_last(b, packed, m.lower == m.upper ? 1 : 2);
    return lower_done(lw, ir_where(b, inside, ir_gather(b, flat, places, -1), padding));
}

static tfp_status lower_matrix_diag_part(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    const struct matrix_diag *v = lw->rule->variant;
    struct ir_value *x = lower_in(lw, 0), *inside;
    struct band m;
    TFP_TRY(read_band(lw, &m));
    int64_t rank = lower_rank(lw, x, "input");
    if (rank < 0) return b->status;
    if (rank < 2) return lower_malformed(lw, "input needs at least 2 dimensions");
    measure(b, &m, x);
    struct ir_value *places = matrix_places(b, &m, &inside);
    if (m.lower == m.upper) places = SQUEEZE(b, places, 0);
    struct ir_value *part = ir_gather(b, flatten_last(b, x, 2), places, -1);
    /* A single diagonal fills its row. */
    if (m.lower == m.upper || surely_true(inside)) return lower_done(lw, part);
    return lower_done(lw, ir_where(b, inside, part, lower_in(lw, v->padding)));
}

static tfp_status lower_matrix_set_diag(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *packed = lower_in(lw, 1), *inside;
    struct band m;
    TFP_TRY(read_band(lw, &m));
    int64_t rank = lower_rank(lw, x, "input");
    if (rank < 0 || lower_rank(lw, packed, "diagonal") < 0) return b->status;
    if (rank < 2) return lower_malformed(lw, "input needs at least 2 dimensions");
    measure(b, &m, x);
    struct ir_value *places = packed_places(b, &m, &inside);
    struct ir_value *flat = flatten_last(b, packed, m.lower == m.upper ? 1 : 2);
    return lower_done(lw, ir_where(b, inside, ir_gather(b, flat, places, -1), x));
}

/* -- Diag, DiagPart: the tensor's dimensions twice ----------------------------------------------------------------- */

static tfp_status lower_diag(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *flat = form_vector(b, x), *place = form_iota(b, ir_unary(b, IR_SIZE, x));
    if (lower_rank(lw, x, "diagonal") < 0) return b->status;
    struct ir_value *on = ir_binary(b, IR_EQUAL, UNSQUEEZE(b, place, 1), place);
    struct ir_value *matrix = ir_where(b, on, flat, ir_like(b, x, 0));
    if (x->rank == 1) return lower_done(lw, matrix);
    return lower_done(lw, FORM_RESHAPE(b, matrix, ir_shape(b, x), ir_shape(b, x)));
}

static tfp_status lower_diag_part(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    int64_t rank = lower_rank(lw, x, "input");
    if (rank < 0) return b->status;
    if (rank % 2 || rank == 0) return lower_malformed(lw, "input needs an even number of dimensions");
    struct ir_value *dims = form_dims(b, x, 0, rank / 2), *count = form_product(b, dims);
    struct ir_value *every =
        ir_slice(b, RESHAPE(b, x, -1), INTS(b, 0), INTS(b, INT64_MAX), INTS(b, 0), ir_add(b, count, INTS(b, 1)));
    return lower_done(lw, rank == 2 ? every : ir_reshape(b, every, dims));
}

#define DIAG(...) (&(const struct matrix_diag){ __VA_ARGS__ })

static const struct rule rules[] = {
    { "BatchMatrixBandPart", lower_band_part, NULL },
    { "BatchMatrixDiag", lower_matrix_diag, DIAG(.k = 0) },
    { "BatchMatrixDiagPart", lower_matrix_diag_part, DIAG(.k = 0) },
    { "BatchMatrixSetDiag", lower_matrix_set_diag, DIAG(.k = 0) },
    { "Diag", lower_diag, NULL },
    { "DiagPart", lower_diag_part, NULL },
    { "MatrixBandPart", lower_band_part, NULL },
    { "MatrixDiag", lower_matrix_diag, DIAG(.k = 0) },
    { "MatrixDiagPart", lower_matrix_diag_part, DIAG(.k = 0) },
    { "MatrixDiagPartV2", lower_matrix_diag_part, DIAG(.k = 1, .padding = 2) },
    { "MatrixDiagPartV3", lower_matrix_diag_part, DIAG(.k = 1, .padding = 2, .align = true) },
    { "MatrixDiagV2", lower_matrix_diag, DIAG(.k = 1, .rows = 2, .cols = 3, .padding = 4) },
    { "MatrixDiagV3", lower_matrix_diag, DIAG(.k = 1, .rows = 2, .cols = 3, .padding = 4, .align = true) },
    { "MatrixSetDiag", lower_matrix_set_diag, DIAG(.k = 0) },
    { "MatrixSetDiagV2", lower_matrix_set_diag, DIAG(.k = 2) },
    { "MatrixSetDiagV3", lower_matrix_set_diag, DIAG(.k = 2, .align = true) },
};

const struct rule_family rules_diagonal = { rules, sizeof rules / sizeof rules[0] };
