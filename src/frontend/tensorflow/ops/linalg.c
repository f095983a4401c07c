/* Small dense linear algebra, batched: inverse, determinant, Cholesky, systems of equations. ONNX has only Det; the
 * rest is unrolled, one step a row, each step on the whole batch of matrices at once. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

#define VARIANT(type) (*(const type *)lw->rule->variant)

enum { MOST_ROWS = 32 };

/* The size of square matrices; -1 with a failure when it is not known or too large to unroll. */
static int64_t square_size(struct lower *lw, const struct ir_value *x)
{
    if (!x || lw->b.status != TFP_OK) return -1;
    if (form_is_complex(x)) return lower_unsupported(lw, "complex numbers"), -1;
    if (x->rank < 2 || !dim_fixed(x->dims[x->rank - 1])) return lower_unsupported(lw, "matrices of unknown size"), -1;
    int64_t n = x->dims[x->rank - 1].n;
    if (dim_fixed(x->dims[x->rank - 2]) && x->dims[x->rank - 2].n != n)
        return lower_malformed(lw, "no square matrix"), -1;
    if (n > MOST_ROWS)
        return lower_unsupported(lw, "matrices of %lld rows, at most %d are supported", (long long)n, (int)MOST_ROWS),
               -1;
    return n;
}

static struct ir_value *swap_last(struct build *b, struct ir_value *x)
{
    int64_t perm[TFP_MAX_RANK];
    if (!x || x->rank < 2) return x;
    for (int64_t i = 0; i < x->rank; i++) perm[i] = i;
    perm[x->rank - 2] = x->rank - 1;
    perm[x->rank - 1] = x->rank - 2;
    return ir_transpose(b, x, perm, (size_t)x->rank);
}

static struct ir_value *identity(struct build *b, const struct ir_value *like, int64_t n)
{
    struct ir_value *i = form_iota(b, INTS(b, n));
    return ir_cast(b, ir_binary(b, IR_EQUAL, form_column(b, i, 1), i), form_dtype(like));
}

/* -- elimination --------------------------------------------------------------------------------------------------- */

struct eliminated {
    struct ir_value *matrix;      /* [.., n, n + m]; rows stand where they stood */
    struct ir_value *order;       /* [.., n, n]: row k has a 1 at the row that step k took */
    struct ir_value *row_numbers; /* [.., n]: the same as numbers */
    struct ir_value *pivots;      /* [.., n] */
};

/* Gauss-Jordan with the largest element of the column as pivot: each step takes a row that none has taken, divides
 * it by its pivot and subtracts it from all others. */
static struct eliminated eliminate(struct build *b, struct ir_value *matrix, int64_t n)
{
    struct ir_value *hits[MOST_ROWS], *numbers[MOST_ROWS], *pivots[MOST_ROWS], *used = NULL;
    struct ir_value *places = form_iota(b, INTS(b, n)), *none = ir_like(b, matrix, -1);
    for (int64_t k = 0; k < n; k++) {
        struct ir_value *column = ir_slice_axis(b, matrix, -1, k, k + 1);
        struct ir_value *size = SQUEEZE(b, ir_unary(b, IR_ABS, column), -1);
        if (used) size = ir_where(b, used, none, size);
        if (!size) return (struct eliminated){ NULL, NULL, NULL, NULL };
        numbers[k] = ir_emit(b, IR_ARG_MAX, IN(size), ATTRS(A_INT(ATTR_AXIS, -1), A_INT(ATTR_KEEPDIMS, 1)));
        struct ir_value *taken = ir_binary(b, IR_EQUAL, places, numbers[k]);
        used = used ? ir_binary(b, IR_OR, used, taken) : taken;
        struct ir_value *hit = ir_cast(b, taken, form_dtype(matrix));
        hits[k] = UNSQUEEZE(b, hit, -2);
        struct ir_value *row = ir_matmul(b, hits[k], matrix);
        struct ir_value *pivot = ir_slice_axis(b, row, -1, k, k + 1);
        pivots[k] = SQUEEZE(b, pivot, -1);
        struct ir_value *share = ir_sub(b, column, UNSQUEEZE(b, hit, -1));
        matrix = ir_sub(b, matrix, ir_mul(b, share, ir_div(b, row, pivot)));
    }
    return (struct eliminated){ matrix, ir_concat(b, hits, (size_t)n, -2), ir_concat(b, numbers, (size_t)n, -1),
                                ir_concat(b, pivots, (size_t)n, -1) };
}

/* x such that matrix x = right. */
static struct ir_value *solve(struct build *b, struct ir_value *matrix, struct ir_value *right, int64_t n)
{
    if (!matrix || !right || n == 0) return right;
    struct eliminated e = eliminate(b, CONCAT(b, -1, matrix, right), n);
    struct ir_value *x = ir_slice_axis(b, e.matrix, -1, n, INT64_MAX);
    return ir_matmul(b, e.order, x);
}

/* The matrices, or what they are adjoint to, and their size. */
static struct ir_value *matrices_in(struct lower *lw, int64_t *size)
{
    struct ir_value *x = lower_in(lw, 0);
    *size = square_size(lw, x);
    return *size >= 0 && tf_bool(lw, "adjoint") ? swap_last(&lw->b, x) : x;
}

static tfp_status lower_inverse(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    int64_t size;
    struct ir_value *x = matrices_in(lw, &size);
    if (size < 0) return b->status;
    struct ir_value *right = ir_expand(b, identity(b, x, size), ir_shape(b, x));
    return lower_done(lw, solve(b, x, right, size));
}

static tfp_status lower_solve(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    int64_t size;
    struct ir_value *x = matrices_in(lw, &size);
    if (size < 0) return lw->b.status;
    return lower_done(lw, solve(&lw->b, x, lower_in(lw, 1), size));
}

/* 1 or -1: whether the rows were taken in an order of even or odd inversions. */
static struct ir_value *order_sign(struct build *b, struct ir_value *numbers, int64_t n)
{
    struct ir_value *i = form_iota(b, INTS(b, n)), *before = ir_binary(b, IR_LESS, form_column(b, i, 1), i);
    struct ir_value *wrong = ir_binary(b, IR_GREATER, UNSQUEEZE(b, numbers, -1), UNSQUEEZE(b, numbers, -2));
    wrong = ir_cast(b, ir_binary(b, IR_AND, wrong, before), TFP_INT64);
    struct ir_value *count = ir_reduce(b, IR_REDUCE_SUM, wrong, (const int64_t[]){ -2, -1 }, 2, false);
    struct ir_value *odd = ir_binary(b, IR_MOD, count, ir_int(b, 2));
    return ir_sub(b, ir_int(b, 1), ir_mul(b, odd, ir_int(b, 2)));
}

/* The sign of the determinant without that of the pivots. */
static struct ir_value *sign_like(struct build *b, const struct eliminated *e, int64_t n)
{
    return ir_cast(b, order_sign(b, e->row_numbers, n), form_dtype(e->pivots));
}

/* ONNX Runtime has Det in float32 alone; in double the pivots are multiplied where there are few enough. */
static tfp_status lower_determinant(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    const int64_t last = -1;
    if (form_is_complex(x)) return lower_unsupported(lw, "complex numbers");
    bool few = x && x->rank >= 2 && dim_fixed(x->dims[x->rank - 1]) && x->dims[x->rank - 1].n <= MOST_ROWS &&
               x->dims[x->rank - 1].n > 0 && dim_equal(x->dims[x->rank - 1], x->dims[x->rank - 2]);
    if (form_dtype(x) != TFP_DOUBLE || !few) return lower_done(lw, ir_unary(b, IR_DET, x));
    struct eliminated e = eliminate(b, x, x->dims[x->rank - 1].n);
    struct ir_value *product = ir_reduce(b, IR_REDUCE_PROD, e.pivots, &last, 1, false);
    return lower_done(lw, ir_mul(b, product, sign_like(b, &e, x->dims[x->rank - 1].n)));
}

/* Outputs: the sign, and log |det|. */
static tfp_status lower_log_determinant(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    const int64_t last = -1;
    int64_t size = square_size(lw, x);
    if (size < 0) return b->status;
    if (size == 0) return lower_unsupported(lw, "empty matrices");
    struct eliminated e = eliminate(b, x, size);
    struct ir_value *sign = ir_reduce(b, IR_REDUCE_PROD, ir_unary(b, IR_SIGN, e.pivots), &last, 1, false);
    struct ir_value *logs = ir_unary(b, IR_LOG, ir_unary(b, IR_ABS, e.pivots));
    lower_out(lw, 0, ir_mul(b, sign, sign_like(b, &e, size)));
    lower_out(lw, 1, ir_reduce(b, IR_REDUCE_SUM, logs, &last, 1, false));
    return b->status;
}

/* -- triangles ----------------------------------------------------------------------------------------------------- */

/* Column k of the factor is the rest's column k divided by the root of its diagonal; its square leaves the rest.
 * Only the lower triangle is read. */
static tfp_status lower_cholesky(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *columns[MOST_ROWS];
    int64_t size = square_size(lw, x);
    if (size <= 0) return size < 0 ? b->status : lower_done(lw, x);
    struct ir_value *places = form_column(b, form_iota(b, INTS(b, size)), 1), *zero = ir_like(b, x, 0);
    for (int64_t k = 0; k < size; k++) {
        struct ir_value *column = ir_slice_axis(b, x, -1, k, k + 1);
        struct ir_value *root = ir_unary(b, IR_SQRT, ir_slice_axis(b, column, -2, k, k + 1));
        struct ir_value *above = ir_binary(b, IR_LESS, places, ir_int(b, k));
        columns[k] = ir_where(b, above, zero, ir_div(b, column, root));
        if (k + 1 < size) x = ir_sub(b, x, ir_matmul(b, columns[k], swap_last(b, columns[k])));
    }
    return lower_done(lw, ir_concat(b, columns, (size_t)size, -1));
}

/* Substitution, from the first row down or from the last row up. */
static tfp_status lower_triangular_solve(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *rest = lower_in(lw, 1), *rows[MOST_ROWS];
    bool down = tf_bool(lw, "lower");
    int64_t size = square_size(lw, x);
    if (size < 0 || !rest) return b->status;
    if (tf_bool(lw, "adjoint")) {
        x = swap_last(b, x);
        down = !down;
    }
    for (int64_t i = 0; i < size; i++) {
        int64_t k = down ? i : size - 1 - i;
        struct ir_value *column = ir_slice_axis(b, x, -1, k, k + 1);
        rows[k] = ir_div(b, ir_slice_axis(b, rest, -2, k, k + 1), ir_slice_axis(b, column, -2, k, k + 1));
        if (i + 1 < size) rest = ir_sub(b, rest, ir_mul(b, column, rows[k]));
    }
    return lower_done(lw, size ? ir_concat(b, rows, (size_t)size, -2) : rest);
}

/* -- products ------------------------------------------------------------------------------------------------------ */

/* Of vectors of three elements along the last axis. */
static tfp_status lower_cross(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *y = lower_in(lw, 1);
    struct ir_value *next = INTS(b, 1, 2, 0), *after = INTS(b, 2, 0, 1);
    struct ir_value *left = ir_mul(b, ir_gather(b, x, next, -1), ir_gather(b, y, after, -1));
    struct ir_value *right = ir_mul(b, ir_gather(b, x, after, -1), ir_gather(b, y, next, -1));
    return lower_done(lw, ir_sub(b, left, right));
}

/* Places in strictly rising order, so that none occurs twice. */
static bool rising(const struct tensor *at)
{
    if (!at || at->rank != 2 || at->dims[1] != 2) return false;
    for (int64_t i = 1; i < at->dims[0]; i++) {
        int64_t row = tensor_int(at, 2 * i), before = tensor_int(at, 2 * i - 2);
        if (row < before || (row == before && tensor_int(at, 2 * i + 1) <= tensor_int(at, 2 * i - 1))) return false;
    }
    return true;
}

/* The sparse matrix made dense; entries of one place add up. */
static tfp_status lower_sparse_matmul(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *at = lower_int64(lw, 0), *values = lower_in(lw, 1), *shape = lower_int64(lw, 2),
                    *y = lower_in(lw, 3);
    struct ir_value *none = form_zeros(b, form_dtype(values), shape);
    if (form_is_complex(values)) return lower_unsupported(lw, "complex numbers");
    if (!at || !values || !none) return b->status;
    struct ir_attr add[] = { A_STRING(ATTR_REDUCTION, "add"), { .name = ATTR_NONE } };
    struct ir_value *x = ir_emit(b, IR_SCATTER_ND, IN(none, at, values), rising(at->constant) ? NO_ATTRS : add);
    if (tf_bool(lw, "adjoint_a")) x = TRANSPOSE(b, x, 1, 0);
    if (tf_bool(lw, "adjoint_b")) y = TRANSPOSE(b, y, 1, 0);
    return lower_done(lw, form_binary(b, IR_MATMUL, x, y));
}

static const struct rule rules[] = {
    { "BatchCholesky", lower_cholesky, NULL },
    { "BatchMatrixDeterminant", lower_determinant, NULL },
    { "BatchMatrixInverse", lower_inverse, NULL },
    { "BatchMatrixSolve", lower_solve, NULL },
    { "BatchMatrixTriangularSolve", lower_triangular_solve, NULL },
    { "Cholesky", lower_cholesky, NULL },
    { "Cross", lower_cross, NULL },
    { "LogMatrixDeterminant", lower_log_determinant, NULL },
    { "MatrixDeterminant", lower_determinant, NULL },
    { "MatrixInverse", lower_inverse, NULL },
    { "MatrixSolve", lower_solve, NULL },
    { "MatrixTriangularSolve", lower_triangular_solve, NULL },
    { "SparseTensorDenseMatMul", lower_sparse_matmul, NULL },
};

const struct rule_family rules_linalg = { rules, sizeof rules / sizeof rules[0] };
