/* Reductions, products, and what is made of both. */
#include "frontend/keras/layers/keras_operations.h"

/* -- reductions ---------------------------------------------------------------------------------------------------- */

static void lower_reduce(struct keras_call *c)
{
    int64_t axes[TFP_MAX_RANK], n = operation_integers(c, 1, "axis", axes, TFP_MAX_RANK);
    struct ir_value *x = operation_first(c);
    bool keep = operation_flag(c, 2, "keepdims|keep_dims");
    if (x) call_out(c, form_reduce(c->b, operation_op(c), x, n < 0 ? NULL : axes, n < 0 ? 0 : (size_t)n, keep));
}

/* Any and All, by the largest or the smallest. */
static void lower_reduce_bool(struct keras_call *c)
{
    int64_t axes[TFP_MAX_RANK], n = operation_integers(c, 1, "axis", axes, TFP_MAX_RANK);
    struct ir_value *x = ir_cast(c->b, ir_cast(c->b, operation_first(c), TFP_BOOL), TFP_INT32);
    bool keep = operation_flag(c, 2, "keepdims");
    if (x) call_out(c, ir_cast(c->b, ir_reduce(c->b, operation_op(c), x, n < 0 ? NULL : axes, n < 0 ? 0 : (size_t)n, keep),
                               TFP_BOOL));
}

static void lower_arg(struct keras_call *c)
{
    int64_t axis = 0, n = operation_integers(c, 1, "axis", &axis, 1);
    struct ir_value *x = operation_first(c);
    if (n < 0 && !c->function) call_unsupported(c, "without an axis");
    if (!x || c->b->status != TFP_OK) return;
    struct ir_value *y = ir_emit(c->b, operation_op(c), IN(x), ATTRS(A_INT(ATTR_AXIS, axis), A_INT(ATTR_KEEPDIMS, 0)));
    call_out(c, ir_cast(c->b, y, !c->function ? TFP_INT32 : TFP_INT64));
}

/* keras.backend's take the last axis unless told otherwise. */
static void lower_arg_of_last(struct keras_call *c)
{
    int64_t axis = operation_integer(c, 1, "axis", -1);
    struct ir_value *x = operation_first(c);
    if (!x || c->b->status != TFP_OK) return;
    struct ir_value *y = ir_emit(c->b, operation_op(c), IN(x), ATTRS(A_INT(ATTR_AXIS, axis), A_INT(ATTR_KEEPDIMS, 0)));
    call_out(c, ir_cast(c->b, y, TFP_INT64));
}

/* The mean of squared distances from the mean; its root for the row that says so. */
static void lower_variance(struct keras_call *c)
{
    struct build *b = c->b;
    int64_t axes[TFP_MAX_RANK], given = operation_integers(c, 1, "axis", axes, TFP_MAX_RANK);
    struct ir_value *x = operation_first(c);
    bool keep = operation_flag(c, 2, "keepdims|keep_dims");
    const int64_t *at = given < 0 ? NULL : axes;
    size_t n = given < 0 ? 0 : (size_t)given;
    if (!x) return;
    if (!dtype_is_float(x->dtype)) x = ir_cast(b, x, TFP_FLOAT);
    struct ir_value *d = ir_sub(b, x, ir_reduce(b, IR_REDUCE_MEAN, x, at, n, true));
    struct ir_value *y = ir_reduce(b, IR_REDUCE_MEAN, ir_mul(b, d, d), at, n, keep);
    call_out(c, *(const bool *)operation_variant(c) ? ir_unary(b, IR_SQRT, y) : y);
}

/* The length of vectors, and of matrices as if they were one; of whole tensors without an axis. */
static void lower_norm(struct keras_call *c)
{
    struct build *b = c->b;
    const json_t *order = operation_argument(c, 1, "ord");
    const char *name = json_is_string(order) ? json_string_value(order) : NULL;
    int64_t axes[TFP_MAX_RANK], given = operation_integers(c, 2, "axis", axes, TFP_MAX_RANK);
    struct ir_value *x = operation_first(c);
    double p = 2;
    bool known = !order || (name ? strcmp(name, "euclidean") == 0 || strcmp(name, "fro") == 0
                                 : keras_number(order, &p) && given == 1 && (p == 1 || p == 2));
    if (!known) call_unsupported(c, "an order other than 1 and 2 of vectors");
    if (!x || b->status != TFP_OK) return;
    bool keep = operation_flag(c, 3, "keepdims|keep_dims");
    x = p == 1 ? ir_unary(b, IR_ABS, x) : ir_mul(b, x, x);
    x = ir_reduce(b, IR_REDUCE_SUM, x, given < 0 ? NULL : axes, given < 0 ? 0 : (size_t)given, keep);
    call_out(c, p == 1 ? x : ir_unary(b, IR_SQRT, x));
}

static void lower_cumulative_sum(struct keras_call *c)
{
    const json_t *axis = operation_argument(c, 1, "axis");
    int64_t at = operation_integer(c, 1, "axis", 0);
    bool exclusive = operation_flag(c, SIZE_MAX, "exclusive"), reverse = operation_flag(c, SIZE_MAX, "reverse");
    struct ir_value *x = operation_first(c);
    if (!axis && !c->function && x && x->rank != 1) call_unsupported(c, "without an axis");
    if (!x || c->b->status != TFP_OK) return;
    call_out(c, ir_emit(c->b, IR_CUM_SUM, IN(x, ir_int(c->b, at)),
                        ATTRS(A_INT(ATTR_EXCLUSIVE, exclusive), A_INT(ATTR_REVERSE, reverse))));
}

static void lower_top(struct keras_call *c)
{
    struct ir_value *x = operation_first(c), *out[2] = { NULL, NULL };
    int64_t k = operation_integer(c, 1, "k", 1);
    if (!x || c->b->status != TFP_OK) return;
    ir_emit_many(c->b, IR_TOP_K, IN(x, INTS(c->b, k)), ATTRS(A_INT(ATTR_AXIS, -1)), 2, out);
    call_out(c, out[0]);
    call_out(c, ir_cast(c->b, out[1], TFP_INT32));
}

/* -- products ------------------------------------------------------------------------------------------------------ */
static struct ir_value *turned(struct keras_call *c, struct ir_value *x, bool turn)
{
    int64_t rank = turn ? call_rank(c, x) : 0;
    return turn && rank >= 2 ? form_move_axis(c->b, x, rank, rank - 1, rank - 2) : x;
}

static void lower_matmul(struct keras_call *c)
{
    struct ir_value *x, *y;
    if (!operation_operands(c, &x, &y)) return;
    x = turned(c, x, operation_flag(c, 2, "transpose_a"));
    y = turned(c, y, operation_flag(c, 3, "transpose_b"));
    call_out(c, ir_matmul(c->b, x, y));
}

static void lower_l2_normalize(struct keras_call *c)
{
    int64_t axes[TFP_MAX_RANK] = { -1 }, n = operation_integers(c, 1, "axis", axes, TFP_MAX_RANK);
    struct ir_value *x = operation_first(c);
    if (n < 0 && !c->function) n = 1;
    if (x) call_out(c, keras_unit_length(c->b, x, n < 0 ? NULL : axes, n < 0 ? 0 : (size_t)n));
}

/* Of Keras: a product over the last axis of x and the one before the last of y. */
static void lower_dot(struct keras_call *c)
{
    struct ir_value *x, *y;
    if (!operation_operands(c, &x, &y)) return;
    if (y->rank == 1 || y->rank == 2) call_out(c, ir_matmul(c->b, x, y));
    else call_unsupported(c, "a second operand of rank %d", (int)y->rank);
}

static void lower_batch_dot(struct keras_call *c)
{
    struct ir_value *x, *y;
    int64_t axes[2], n = operation_integers(c, 2, "axes", axes, 2);
    if (!operation_operands(c, &x, &y)) return;
    if (n == 1) axes[1] = axes[0];
    if (n < 1) {
        axes[0] = x->rank - 1;
        axes[1] = y->rank == 2 ? 1 : y->rank - 2;
    }
    const struct keras_tensor in[] = { { x, NULL }, { y, NULL } };
    json_t *config = json_pack("{s:[I,I]}", "axes", (json_int_t)axes[0], (json_int_t)axes[1]);
    call_out(c, operation_as_layer(c, "Dot", config, in, 2));
}

static void lower_einsum(struct keras_call *c)
{
    struct keras_tensor in[KERAS_IN_MOST];
    struct ir_value *values[KERAS_IN_MOST];
    const json_t *first = c->node ? json_array_get(c->node->args, 0) : NULL;
    const json_t *equation = json_is_string(first) ? first : operation_argument(c, SIZE_MAX, "equation|subscripts");
    size_t n = c->node ? call_tensors(c, c->node->args, in, KERAS_IN_MOST) : 0;
    if (!json_is_string(equation) || !n) {
        call_unsupported(c, "an equation that is no text");
        return;
    }
    for (size_t i = 0; i < n; i++) values[i] = in[i].value;
    call_out(c, ir_emit(c->b, IR_EINSUM, values, n, ATTRS(A_TEXT(ATTR_EQUATION, json_string_value(equation)))));
}

#define REDUCE(name, op, ...) OPERATION(name, lower_reduce, IR(op), __VA_ARGS__)

static const struct keras_operation rows[] = {
    OPERATION("ops.All", lower_reduce_bool, IR(IR_REDUCE_MIN), "math.reduce_all", "reduce_all", "K.all"),
    REDUCE("ops.Amax", IR_REDUCE_MAX, NULL),
    REDUCE("ops.Amin", IR_REDUCE_MIN, NULL),
    OPERATION("ops.Any", lower_reduce_bool, IR(IR_REDUCE_MAX), "math.reduce_any", "reduce_any", "K.any"),
    OPERATION("ops.Argmax", lower_arg, IR(IR_ARG_MAX), "math.argmax", "argmax", "compat.v1.argmax"),
    OPERATION("ops.Argmin", lower_arg, IR(IR_ARG_MIN), "math.argmin", "argmin", "compat.v1.argmin"),
    OPERATION("K.argmax", lower_arg_of_last, IR(IR_ARG_MAX), "K.argmax"),
    OPERATION("K.argmin", lower_arg_of_last, IR(IR_ARG_MIN), "K.argmin"),
    OPERATION("K.batch_dot", lower_batch_dot, NULL, "K.batch_dot"),
    OPERATION("ops.Cumsum", lower_cumulative_sum, NULL, "math.cumsum", "cumsum", "K.cumsum"),
    OPERATION("ops.Dot", lower_dot, NULL, "K.dot"),
    OPERATION("ops.Einsum", lower_einsum, NULL, "einsum", "linalg.einsum"),
    OPERATION("ops.Logsumexp", lower_reduce, IR(IR_REDUCE_LOG_SUM_EXP), "math.reduce_logsumexp", "reduce_logsumexp",
              "K.logsumexp"),
    OPERATION("ops.Matmul", lower_matmul, NULL, "linalg.matmul", "matmul", "__operators__.matmul"),
    REDUCE("ops.Max", IR_REDUCE_MAX, "math.reduce_max", "reduce_max", "K.max"),
    REDUCE("ops.Mean", IR_REDUCE_MEAN, "math.reduce_mean", "reduce_mean", "K.mean"),
    REDUCE("ops.Min", IR_REDUCE_MIN, "math.reduce_min", "reduce_min", "K.min"),
    OPERATION("ops.Norm", lower_norm, NULL, "norm", "linalg.norm"),
    OPERATION("ops.Normalize", lower_l2_normalize, NULL, "math.l2_normalize", "nn.l2_normalize", "linalg.l2_normalize",
              "K.l2_normalize"),
    REDUCE("ops.Prod", IR_REDUCE_PROD, "math.reduce_prod", "reduce_prod", "K.prod"),
    OPERATION("ops.Std", lower_variance, &(const bool){ true }, "math.reduce_std", "K.std"),
    REDUCE("ops.Sum", IR_REDUCE_SUM, "math.reduce_sum", "reduce_sum", "K.sum"),
    OPERATION_OF_LIST("ops.TopK", lower_top, "math.top_k", "nn.top_k"),
    OPERATION("ops.Var", lower_variance, &(const bool){ false }, "math.reduce_variance", "K.var"),
};

extern const struct keras_operations keras_operations_reductions;
KERAS_OPERATIONS(reductions);
