/* Operations element by element. */
#include "frontend/keras/layers/keras_operations.h"

#include <math.h>

static void lower_unary(struct keras_call *c)
{
    call_out(c, form_unary(c->b, operation_op(c), operation_first(c)));
}

static void lower_binary(struct keras_call *c)
{
    struct ir_value *x, *y;
    if (operation_operands(c, &x, &y)) call_out(c, form_binary(c->b, operation_op(c), x, y));
}

/* What is left of x / y with the sign of y, as in Python; ONNX's Mod does that for whole numbers only. */
static struct ir_value *remainder_of(struct build *b, struct ir_value *x, struct ir_value *y)
{
    if (!x || !y) return NULL;
    if (!dtype_is_float(x->dtype)) return form_binary(b, IR_MOD, x, y);
    return ir_sub(b, x, ir_mul(b, y, ir_unary(b, IR_FLOOR, ir_div(b, x, y))));
}

static void lower_remainder(struct keras_call *c)
{
    struct ir_value *x, *y;
    if (operation_operands(c, &x, &y)) call_out(c, remainder_of(c->b, x, y));
}

/* Division of whole numbers gives fractions in Python. */
static void lower_divide(struct keras_call *c)
{
    struct ir_value *x, *y;
    if (!operation_operands(c, &x, &y)) return;
    if (!dtype_is_float(x->dtype)) {
        x = ir_cast(c->b, x, TFP_FLOAT);
        y = ir_cast(c->b, y, TFP_FLOAT);
    }
    call_out(c, ir_div(c->b, x, y));
}

static void lower_floor_divide(struct keras_call *c)
{
    struct ir_value *x, *y;
    if (!operation_operands(c, &x, &y)) return;
    if (dtype_is_float(x->dtype)) call_out(c, ir_unary(c->b, IR_FLOOR, ir_div(c->b, x, y)));
    else call_out(c, form_binary(c->b, IR_DIV, form_binary(c->b, IR_SUB, x, remainder_of(c->b, x, y)), y));
}

/* 0 where y is 0. */
static void lower_divide_guarded(struct keras_call *c)
{
    struct ir_value *x, *y;
    if (!operation_operands(c, &x, &y)) return;
    struct ir_value *none = ir_binary(c->b, IR_EQUAL, y, ir_like(c->b, y, 0));
    struct ir_value *quotient = ir_div(c->b, x, ir_where(c->b, none, ir_like(c->b, y, 1), y));
    call_out(c, ir_where(c->b, none, ir_like(c->b, x, 0), quotient));
}

static void lower_compare(struct keras_call *c)
{
    struct ir_value *x, *y;
    if (operation_operands(c, &x, &y)) call_out(c, ir_binary(c->b, operation_op(c), x, y));
}

static void lower_not_equal(struct keras_call *c)
{
    struct ir_value *x, *y;
    if (operation_operands(c, &x, &y)) call_out(c, ir_unary(c->b, IR_NOT, ir_binary(c->b, IR_EQUAL, x, y)));
}

static void lower_squared_difference(struct keras_call *c)
{
    struct ir_value *x, *y;
    if (!operation_operands(c, &x, &y)) return;
    struct ir_value *d = ir_sub(c->b, x, y);
    call_out(c, ir_mul(c->b, d, d));
}

static void lower_square(struct keras_call *c)
{
    struct ir_value *x = operation_first(c);
    call_out(c, ir_mul(c->b, x, x));
}

/* keras.backend takes roots of what is not negative: less counts as 0. */
static void lower_root_of_positive(struct keras_call *c)
{
    struct ir_value *x = operation_first(c);
    if (x) call_out(c, ir_unary(c->b, IR_SQRT, ir_binary(c->b, IR_MAX, x, ir_like(c->b, x, 0))));
}

/* A logarithm to another base. */
static void lower_log_of_base(struct keras_call *c)
{
    struct ir_value *x = operation_first(c);
    double natural = *(const double *)operation_variant(c);
    if (x) call_out(c, ir_div(c->b, ir_unary(c->b, IR_LOG, x), ir_like(c->b, x, natural)));
}

/* The number of the row times x. */
static void lower_scaled(struct keras_call *c)
{
    struct ir_value *x = operation_first(c);
    if (x) call_out(c, ir_mul(c->b, x, ir_like(c->b, x, *(const double *)operation_variant(c))));
}

static void lower_power_of_two(struct keras_call *c)
{
    struct ir_value *x = operation_first(c);
    if (x) call_out(c, ir_unary(c->b, IR_EXP, ir_mul(c->b, x, ir_like(c->b, x, 0.6931471805599453))));
}

static void lower_finite(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = operation_first(c);
    call_out(c, ir_unary(b, IR_NOT, ir_binary(b, IR_OR, ir_unary(b, IR_IS_INF, x), ir_unary(b, IR_IS_NAN, x))));
}

static void lower_truncate(struct keras_call *c)
{
    struct ir_value *x = operation_first(c);
    call_out(c, ir_mul(c->b, ir_unary(c->b, IR_SIGN, x), ir_unary(c->b, IR_FLOOR, ir_unary(c->b, IR_ABS, x))));
}

static void lower_hypotenuse(struct keras_call *c)
{
    struct ir_value *x, *y;
    if (!operation_operands(c, &x, &y)) return;
    call_out(c, ir_unary(c->b, IR_SQRT, ir_add(c->b, ir_mul(c->b, x, x), ir_mul(c->b, y, y))));
}

/* log(e^x + e^y) from the larger one, which cannot overflow. */
static void lower_log_add(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x, *y;
    if (!operation_operands(c, &x, &y)) return;
    struct ir_value *apart = ir_unary(b, IR_NEG, ir_unary(b, IR_ABS, ir_sub(b, x, y)));
    call_out(c, ir_add(b, ir_binary(b, IR_MAX, x, y), ir_unary(b, IR_LOG, ir_add(b, ir_unary(b, IR_EXP, apart),
                                                                                ir_like(b, x, 1)))));
}

static void lower_reciprocal_root(struct keras_call *c)
{
    call_out(c, ir_unary(c->b, IR_RECIPROCAL, ir_unary(c->b, IR_SQRT, operation_first(c))));
}

static void lower_one_more(struct keras_call *c)
{
    struct ir_value *x = operation_first(c);
    if (x) call_out(c, ir_unary(c->b, IR_LOG, ir_add(c->b, x, ir_like(c->b, x, 1))));
}

static void lower_one_less(struct keras_call *c)
{
    struct ir_value *x = operation_first(c);
    if (x) call_out(c, ir_sub(c->b, ir_unary(c->b, IR_EXP, x), ir_like(c->b, x, 1)));
}

static void lower_same(struct keras_call *c)
{
    call_out(c, operation_first(c));
}

static void lower_filled(struct keras_call *c)
{
    struct ir_value *x = operation_first(c);
    double value = *(const double *)operation_variant(c);
    if (x) call_out(c, ir_expand(c->b, ir_like(c->b, x, value), ir_shape(c->b, x)));
}

/* Activations whose slope is an argument. */
static const struct {
    const char *name;
    enum ir_op op;
} sloped[] = { { "celu", IR_CELU }, { "elu", IR_ELU }, { "leaky_relu", IR_LEAKY_RELU } };

/* Arguments of other activations, which only are taken as they are anyway. */
static const struct {
    const char *name, *argument;
    double value;
} fixed[] = {
    { "glu", "axis", -1 },            { "hard_shrink", "threshold", 0.5 }, { "soft_shrink", "threshold", 0.5 },
    { "sparsemax", "axis", -1 },      { "squareplus", "b", 4 },
};

static bool is_as_usual(struct keras_call *c, const char *name)
{
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        if (strcmp(fixed[i].name, name) == 0 && operation_number(c, 1, fixed[i].argument, fixed[i].value) != fixed[i].value)
            return call_unsupported(c, "%s with another %s", name, fixed[i].argument), false;
    return true;
}

/* The activation that the row is named after. */
static void lower_named(struct keras_call *c)
{
    const char *name = operation_variant(c);
    const json_t *alpha = operation_argument(c, SIZE_MAX, "alpha|negative_slope");
    struct ir_value *x = operation_first(c);
    double slope;
    if (!x || !is_as_usual(c, name)) return;
    for (size_t i = 0; alpha && keras_number(alpha, &slope) && i < sizeof sloped / sizeof sloped[0]; i++)
        if (strcmp(sloped[i].name, name) == 0) {
            call_out(c, ir_emit(c->b, sloped[i].op, IN(x), ATTRS(A_FLOAT(ATTR_ALPHA, (float)slope))));
            return;
        }
    if (strcmp(name, "softmax") == 0 || strcmp(name, "log_softmax") == 0) {
        int64_t at = call_axis(c, operation_integer(c, SIZE_MAX, "axis", -1), call_rank(c, x));
        enum ir_op op = *name == 's' ? IR_SOFTMAX : IR_LOG_SOFTMAX;
        if (at >= 0) call_out(c, ir_emit(c->b, op, IN(x), ATTRS(A_INT(ATTR_AXIS, at))));
    } else if (strcmp(name, "gelu") == 0 && operation_flag(c, 1, "approximate")) {
        call_out(c, ir_emit(c->b, IR_GELU, IN(x), ATTRS(A_STRING(ATTR_APPROXIMATE, "tanh"))));
    } else {
        call_out(c, call_function(c, name, x));
    }
}

/* keras.backend's relu, with a slope, a largest value and a threshold. */
static void lower_bounded_relu(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = operation_first(c);
    double slope = operation_number(c, 1, "alpha|negative_slope", 0), most = operation_number(c, 2, "max_value", INFINITY);
    double threshold = operation_number(c, 3, "threshold", 0);
    if (!x || b->status != TFP_OK) return;
    struct ir_value *least = ir_like(b, x, threshold), *y = ir_unary(b, IR_RELU, x);
    if (slope != 0 || threshold != 0) {
        struct ir_value *below = ir_mul(b, ir_like(b, x, slope), ir_sub(b, x, least));
        y = ir_where(b, ir_binary(b, IR_GREATER_OR_EQUAL, x, least), x, below);
    }
    call_out(c, isfinite(most) ? ir_binary(b, IR_MIN, y, ir_like(b, x, most)) : y);
}

static void lower_clip(struct keras_call *c)
{
    struct ir_value *x = operation_first(c);
    double low, high;
    if (!x || !keras_number(operation_argument(c, 1, "clip_value_min|x_min|min|min_value"), &low) ||
        !keras_number(operation_argument(c, 2, "clip_value_max|x_max|max|max_value"), &high)) {
        call_unsupported(c, "limits that are no numbers");
        return;
    }
    struct ir_value *y = ir_binary(c->b, IR_MAX, x, ir_like(c->b, x, low));
    call_out(c, ir_binary(c->b, IR_MIN, y, ir_like(c->b, x, high)));
}

static void lower_cast(struct keras_call *c)
{
    const json_t *j = operation_argument(c, 1, "dtype");
    const char *name = json_is_string(j) ? json_string_value(j) : NULL;
    tfp_dtype dtype = keras_dtype(name);
    if (dtype == TFP_UNDEFINED || dtype == TFP_STRING) call_unsupported(c, "type %s", name ? name : "?");
    else call_out(c, ir_cast(c->b, operation_first(c), dtype));
}

static void lower_where(struct keras_call *c)
{
    struct ir_value *condition = ir_cast(c->b, operation_first(c), TFP_BOOL);
    const json_t *jx = operation_argument(c, 1, "x1|x|then_expression"), *jy = operation_argument(c, 2, "x2|y|else_expression");
    tfp_dtype dtype = dtype_is_float(c->layer->dtype) ? c->layer->dtype : TFP_FLOAT;
    if (!jx || !jy) {
        call_unsupported(c, "where without two results to choose from");
        return;
    }
    struct ir_value *x = call_is_tensor(c, jx) ? call_tensor(c, jx, dtype).value : NULL;
    struct ir_value *y = call_tensor(c, jy, x ? x->dtype : dtype).value;
    if (!x) x = call_tensor(c, jx, y ? y->dtype : dtype).value;
    call_out(c, ir_where(c->b, condition, x, y));
}

#define NAMED(name, function, ...) OPERATION(name, lower_named, function, __VA_ARGS__)
#define UNARY(name, op, ...) OPERATION(name, lower_unary, IR(op), __VA_ARGS__)
#define BINARY(name, op, ...) OPERATION(name, lower_binary, IR(op), __VA_ARGS__)
#define COMPARE(name, op, ...) OPERATION(name, lower_compare, IR(op), __VA_ARGS__)

static const struct keras_operation rows[] = {
    UNARY("ops.Abs", IR_ABS, "math.abs", "abs", "K.abs", "__operators__.abs"),
    UNARY("ops.Absolute", IR_ABS, NULL),
    BINARY("ops.Add", IR_ADD, "math.add", "__operators__.add", "add", "nn.bias_add", "K.bias_add"),
    UNARY("ops.Arccos", IR_ACOS, "math.acos", "acos"),
    UNARY("ops.Arccosh", IR_ACOSH, "math.acosh", "acosh"),
    UNARY("ops.Arcsin", IR_ASIN, "math.asin", "asin"),
    UNARY("ops.Arcsinh", IR_ASINH, "math.asinh", "asinh"),
    UNARY("ops.Arctan", IR_ATAN, "math.atan", "atan"),
    UNARY("ops.Arctanh", IR_ATANH, "math.atanh", "atanh"),
    NAMED("ops.Celu", "celu", NULL),
    OPERATION("ops.Cast", lower_cast, NULL, "cast", "dtypes.cast", "K.cast"),
    UNARY("ops.Ceil", IR_CEIL, "math.ceil"),
    OPERATION("ops.Clip", lower_clip, NULL, "clip_by_value", "K.clip"),
    UNARY("ops.Cos", IR_COS, "math.cos", "cos", "K.cos"),
    UNARY("ops.Cosh", IR_COSH, "math.cosh", "cosh"),
    OPERATION("ops.Deg2rad", lower_scaled, &(const double){ 0.017453292519943295 }, NULL),
    OPERATION("ops.Divide", lower_divide, NULL, "math.divide", "math.truediv", "__operators__.truediv", "divide", "truediv"),
    OPERATION("ops.DivideNoNan", lower_divide_guarded, NULL, "math.divide_no_nan", "div_no_nan"),
    OPERATION("ops.TrueDivide", lower_divide, NULL, "realdiv"),
    NAMED("ops.Elu", "elu", "nn.elu", "K.elu"),
    COMPARE("ops.Equal", IR_EQUAL, "math.equal", "equal", "__operators__.eq", "K.equal"),
    UNARY("ops.Erf", IR_ERF, "math.erf", "erf"),
    UNARY("ops.Exp", IR_EXP, "math.exp", "exp", "K.exp"),
    OPERATION("ops.Exp2", lower_power_of_two, NULL, NULL),
    OPERATION("ops.Expm1", lower_one_less, NULL, "math.expm1", "expm1"),
    UNARY("ops.Fabs", IR_ABS, NULL),
    UNARY("ops.Floor", IR_FLOOR, "math.floor", "floor"),
    OPERATION("ops.FloorDivide", lower_floor_divide, NULL, "math.floordiv", "__operators__.floordiv", "floordiv"),
    BINARY("ops.Fmax", IR_MAX, NULL),
    BINARY("ops.Fmin", IR_MIN, NULL),
    NAMED("ops.Gelu", "gelu", "nn.gelu"),
    NAMED("ops.Glu", "glu", NULL),
    COMPARE("ops.Greater", IR_GREATER, "math.greater", "__operators__.gt", "greater", "K.greater"),
    COMPARE("ops.GreaterEqual", IR_GREATER_OR_EQUAL, "math.greater_equal", "__operators__.ge", "greater_equal",
            "K.greater_equal"),
    NAMED("ops.HardShrink", "hard_shrink", NULL),
    NAMED("ops.HardSigmoid", "hard_sigmoid", "K.hard_sigmoid"),
    NAMED("ops.HardSilu", "hard_silu", NULL),
    NAMED("ops.HardTanh", "hard_tanh", NULL),
    OPERATION("ops.Hypot", lower_hypotenuse, NULL, NULL),
    OPERATION("ops.Identity", lower_same, NULL, "identity", "stop_gradient", "debugging.check_numerics", "K.identity",
              "K.stop_gradient", "grad_pass_through", "ensure_shape"),
    OPERATION("ops.Isfinite", lower_finite, NULL, "math.is_finite"),
    UNARY("ops.Isinf", IR_IS_INF, "math.is_inf"),
    UNARY("ops.Isnan", IR_IS_NAN, "math.is_nan"),
    NAMED("ops.LeakyRelu", "leaky_relu", "nn.leaky_relu"),
    COMPARE("ops.Less", IR_LESS, "math.less", "__operators__.lt", "less", "K.less"),
    COMPARE("ops.LessEqual", IR_LESS_OR_EQUAL, "math.less_equal", "__operators__.le", "less_equal", "K.less_equal"),
    UNARY("ops.Log", IR_LOG, "math.log", "log", "K.log"),
    OPERATION("ops.Log10", lower_log_of_base, &(const double){ 2.302585092994046 }, NULL),
    OPERATION("ops.Log1p", lower_one_more, NULL, "math.log1p", "log1p"),
    OPERATION("ops.Log2", lower_log_of_base, &(const double){ 0.6931471805599453 }, NULL),
    OPERATION("ops.Logaddexp", lower_log_add, NULL, NULL),
    NAMED("ops.LogSigmoid", "log_sigmoid", "math.log_sigmoid", "log_sigmoid"),
    NAMED("ops.LogSoftmax", "log_softmax", "nn.log_softmax", "math.log_softmax"),
    COMPARE("ops.LogicalAnd", IR_AND, "math.logical_and", "logical_and", "__operators__.and"),
    UNARY("ops.LogicalNot", IR_NOT, "math.logical_not", "logical_not", "__operators__.invert"),
    COMPARE("ops.LogicalOr", IR_OR, "math.logical_or", "logical_or", "__operators__.or"),
    COMPARE("ops.LogicalXor", IR_XOR, "math.logical_xor", "__operators__.xor"),
    BINARY("ops.Maximum", IR_MAX, "math.maximum", "maximum", "K.maximum"),
    BINARY("ops.Minimum", IR_MIN, "math.minimum", "minimum", "K.minimum"),
    OPERATION("ops.Mod", lower_remainder, NULL, "math.floormod", "math.mod", "__operators__.mod", "floormod", "mod"),
    BINARY("ops.Multiply", IR_MUL, "math.multiply", "multiply", "__operators__.mul"),
    UNARY("ops.Negative", IR_NEG, "math.negative", "negative", "__operators__.neg"),
    OPERATION("ops.NotEqual", lower_not_equal, NULL, "math.not_equal", "not_equal", "__operators__.ne", "K.not_equal"),
    OPERATION("ops.OnesLike", lower_filled, &(const double){ 1 }, "ones_like", "compat.v1.ones_like", "K.ones_like"),
    BINARY("ops.Power", IR_POW, "math.pow", "pow", "__operators__.pow", "K.pow"),
    OPERATION("ops.Rad2deg", lower_scaled, &(const double){ 57.29577951308232 }, NULL),
    OPERATION("ops.Reciprocal", lower_unary, IR(IR_RECIPROCAL), "math.reciprocal", "reciprocal"),
    NAMED("ops.Relu", "relu", "nn.relu"),
    OPERATION("K.relu", lower_bounded_relu, NULL, "K.relu"),
    NAMED("ops.Relu6", "relu6", "nn.relu6"),
    UNARY("ops.Round", IR_ROUND, "math.round", "round", "K.round", "math.rint"),
    OPERATION("ops.Rsqrt", lower_reciprocal_root, NULL, "math.rsqrt", "rsqrt"),
    NAMED("ops.Selu", "selu", "nn.selu"),
    NAMED("ops.Sigmoid", "sigmoid", "math.sigmoid", "nn.sigmoid", "sigmoid", "K.sigmoid"),
    UNARY("ops.Sign", IR_SIGN, "math.sign", "sign", "K.sign"),
    NAMED("ops.Silu", "silu", "nn.silu", "nn.swish"),
    UNARY("ops.Sin", IR_SIN, "math.sin", "sin", "K.sin"),
    UNARY("ops.Sinh", IR_SINH, "math.sinh", "sinh"),
    NAMED("ops.SoftShrink", "soft_shrink", NULL),
    NAMED("ops.Softmax", "softmax", "nn.softmax", "K.softmax", "math.softmax"),
    NAMED("ops.Softplus", "softplus", "math.softplus", "nn.softplus", "K.softplus"),
    NAMED("ops.Softsign", "softsign", "nn.softsign", "math.softsign", "K.softsign"),
    NAMED("ops.SparsePlus", "sparse_plus", NULL),
    NAMED("ops.SparseSigmoid", "sparse_sigmoid", NULL),
    NAMED("ops.Sparsemax", "sparsemax", NULL),
    UNARY("ops.Sqrt", IR_SQRT, "math.sqrt", "sqrt"),
    OPERATION("K.sqrt", lower_root_of_positive, NULL, "K.sqrt"),
    OPERATION("ops.Square", lower_square, NULL, "math.square", "square", "K.square"),
    OPERATION("ops.SquaredDifference", lower_squared_difference, NULL, "math.squared_difference"),
    NAMED("ops.Squareplus", "squareplus", NULL),
    OPERATION("ops.StopGradient", lower_same, NULL, NULL),
    BINARY("ops.Subtract", IR_SUB, "math.subtract", "subtract", "__operators__.sub"),
    UNARY("ops.Tan", IR_TAN, "math.tan", "tan"),
    NAMED("ops.Tanh", "tanh", "math.tanh", "nn.tanh", "tanh", "K.tanh"),
    NAMED("ops.TanhShrink", "tanh_shrink", NULL),
    OPERATION("ops.Trunc", lower_truncate, NULL, NULL),
    OPERATION("ops.Where", lower_where, NULL, "where", "compat.v2.where", "K.switch", "compat.v1.where"),
    OPERATION("ops.ZerosLike", lower_filled, &(const double){ 0 }, "zeros_like", "compat.v1.zeros_like", "K.zeros_like"),
};

extern const struct keras_operations keras_operations_elements;
KERAS_OPERATIONS(elements);
