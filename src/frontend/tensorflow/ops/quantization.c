/* Quantization as training simulates it, and tensors of quantized types. The range is moved so that 0 is one of the
 * steps; all of it is plain arithmetic in float32 as TensorFlow's kernels do it, folded where the range is constant. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

#include <float.h>

#define VARIANT(type) (*(const type *)lw->rule->variant)

static struct ir_value *number(struct build *b, double value)
{
    return ir_scalar(b, TFP_FLOAT, value);
}

static struct ir_value *least(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return ir_binary(b, IR_MIN, x, y);
}

static struct ir_value *most(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return ir_binary(b, IR_MAX, x, y);
}

static struct ir_value *less(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return ir_binary(b, IR_LESS, x, y);
}

/* Halves away from 0. */
static struct ir_value *round_away(struct build *b, struct ir_value *x)
{
    struct ir_value *size = ir_unary(b, IR_ABS, x), *base = ir_unary(b, IR_FLOOR, size);
    struct ir_value *up =
        ir_cast(b, ir_unary(b, IR_NOT, less(b, ir_sub(b, size, base), ir_like(b, x, 0.5))), form_dtype(x));
    return ir_mul(b, ir_unary(b, IR_SIGN, x), ir_add(b, base, up));
}

/* -- FakeQuantWithMinMax... ---------------------------------------------------------------------------------------- */

static tfp_status lower_fake(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    bool by_inputs = VARIANT(bool);
    int64_t bits = tf_int(lw, "num_bits");
    double low = tf_bool(lw, "narrow_range") ? 1 : 0;
    if (b->status == TFP_OK && (bits < 2 || bits > 16)) return lower_malformed(lw, "num_bits is %lld", (long long)bits);
    double high = (double)((1LL << bits) - 1);
    struct ir_value *x = lower_in(lw, 0);
    struct ir_value *from = by_inputs ? lower_in(lw, 1) : number(b, (double)tf_float(lw, "min"));
    struct ir_value *to = by_inputs ? lower_in(lw, 2) : number(b, (double)tf_float(lw, "max"));
    struct ir_value *zero = number(b, 0);
    struct ir_value *scale = ir_div(b, ir_sub(b, to, from), number(b, high - low));
    struct ir_value *at_zero = ir_sub(b, number(b, low), ir_div(b, from, scale));
    at_zero = round_away(b, least(b, most(b, at_zero, number(b, low)), number(b, high)));
    struct ir_value *first = ir_mul(b, ir_sub(b, number(b, low), at_zero), scale);
    struct ir_value *last = ir_mul(b, ir_sub(b, number(b, high), at_zero), scale);
    struct ir_value *shifted = ir_sub(b, most(b, least(b, x, last), first), first);
    struct ir_value *steps = ir_mul(b, shifted, ir_div(b, number(b, 1), scale));
    steps = ir_unary(b, IR_FLOOR, ir_add(b, steps, number(b, 0.5)));
    struct ir_value *y = ir_add(b, ir_mul(b, steps, scale), first);
    if (by_inputs) { /* an empty range gives 0 */
        struct ir_value *empty =
            ir_binary(b, IR_AND, ir_binary(b, IR_EQUAL, from, zero), ir_binary(b, IR_EQUAL, to, zero));
        y = ir_where(b, empty, zero, y);
    }
    return lower_done(lw, y);
}

/* -- QuantizeAndDequantize... -------------------------------------------------------------------------------------- */

struct simulated {
    struct ir_value *low, *high; /* of the range; rank 0, or shaped to be broadcast along an axis */
    struct ir_value *lowest, *highest; /* steps */
};

/* 2^(bits - 1) and so on, for bits that are an input, too. */
static tfp_status read_steps(struct lower *lw, const struct ir_value *x, struct simulated *q)
{
    struct build *b = &lw->b;
    bool is_signed = tf_bool(lw, "signed_input");
    const char *def = lw->node->def->attrs;
    bool narrow = strstr(def, "narrow_range") && tf_bool(lw, "narrow_range");
    int64_t bits;
    if (strstr(def, "num_bits")) bits = tf_int(lw, "num_bits");
    else if (lower_const_ints(lw, 3, "num_bits", &bits, 1) < 0) return b->status;
    if (b->status != TFP_OK) return b->status;
    if (bits < 1 || bits > 62) return lower_malformed(lw, "num_bits is %lld", (long long)bits);
    double half = (double)(1LL << (bits - 1));
    q->lowest = ir_like(b, x, is_signed ? -half + narrow : 0);
    q->highest = ir_like(b, x, is_signed ? half - 1 : 2 * half - 1);
    return b->status;
}

/* The axis of the node's attribute; -1: the whole tensor has one range. */
static int64_t range_axis(struct lower *lw, const struct ir_value *x)
{
    int64_t axis = strstr(lw->node->def->attrs, "axis:") ? tf_int(lw, "axis") : -1;
    if (axis < 0 || lower_rank(lw, x, "input") < 0) return -1;
    return lower_axis(lw, axis, x->rank);
}

static void read_range(struct lower *lw, struct ir_value *x, int64_t axis, struct simulated *q)
{
    struct build *b = &lw->b;
    if (tf_bool(lw, "range_given")) {
        bool by_attrs = strstr(lw->node->def->attrs, "input_min") != NULL;
        q->low = by_attrs ? ir_like(b, x, (double)tf_float(lw, "input_min")) : lower_in(lw, 1);
        q->high = by_attrs ? ir_like(b, x, (double)tf_float(lw, "input_max")) : lower_in(lw, 2);
        if (axis < 0) {
            q->low = form_scalar(b, q->low);
            q->high = form_scalar(b, q->high);
        } else {
            q->low = form_column(b, q->low, x->rank - 1 - axis);
            q->high = form_column(b, q->high, x->rank - 1 - axis);
        }
        return;
    }
    int64_t axes[TFP_MAX_RANK];
    size_t n = 0;
    for (int64_t i = 0; axis >= 0 && i < x->rank; i++)
        if (i != axis) axes[n++] = i;
    if (axis >= 0 && n == 0) {
        q->low = q->high = x;
        return;
    }
    q->low = ir_reduce(b, IR_REDUCE_MIN, x, axes, n, axis >= 0);
    q->high = ir_reduce(b, IR_REDUCE_MAX, x, axes, n, axis >= 0);
}

/* How often a step fits into a bound of the range; as good as ever where the bound is on the other side of 0. */
static struct ir_value *scale_of(struct build *b, struct ir_value *steps, struct ir_value *bound)
{
    struct ir_value *zero = ir_like(b, bound, 0), *same_side = less(b, zero, ir_mul(b, steps, bound));
    struct ir_value *safe = ir_where(b, same_side, bound, ir_like(b, bound, 1));
    double none = form_dtype(bound) == TFP_DOUBLE    ? DBL_MAX
                  : form_dtype(bound) == TFP_FLOAT16 ? 65504
                                                     : (double)FLT_MAX;
    return ir_where(b, same_side, ir_div(b, steps, safe), ir_like(b, bound, none));
}

static tfp_status lower_simulated(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    static const char *const modes[] = { "HALF_TO_EVEN", "HALF_UP", NULL };
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    struct simulated q = { 0 };
    if (!x) return b->status;
    bool half_up = strstr(lw->node->def->attrs, "round_mode") && tf_word(lw, "round_mode", modes) == 1;
    TFP_TRY(read_steps(lw, x, &q));
    int64_t axis = range_axis(lw, x);
    if (b->status != TFP_OK) return b->status;
    read_range(lw, x, axis, &q);
    struct ir_value *by_low = scale_of(b, q.lowest, q.low), *by_high = scale_of(b, q.highest, q.high);
    struct ir_value *low_rules = less(b, by_low, by_high);
    struct ir_value *scale = ir_where(b, low_rules, by_low, by_high);
    struct ir_value *lowest_safe =
        ir_where(b, ir_binary(b, IR_EQUAL, q.lowest, ir_like(b, x, 0)), ir_like(b, x, 1), q.lowest);
    struct ir_value *step = ir_where(b, low_rules, ir_div(b, q.low, lowest_safe), ir_div(b, q.high, q.highest));
    struct ir_value *low = ir_where(b, low_rules, q.low, ir_mul(b, q.lowest, step));
    struct ir_value *high = ir_where(b, low_rules, ir_mul(b, q.highest, step), q.high);
    struct ir_value *held = tf_bool(lw, "range_given") ? least(b, most(b, x, low), high) : x;
    struct ir_value *y = ir_mul(b, held, scale);
    y = half_up ? ir_unary(b, IR_FLOOR, ir_add(b, y, ir_like(b, x, 0.5))) : ir_unary(b, IR_ROUND, y);
    return lower_done(lw, ir_mul(b, y, step));
}

/* -- quantized types ----------------------------------------------------------------------------------------------- */

enum mode { MIN_COMBINED, MIN_FIRST, SCALED };
static const char *const mode_words[] = {
    [MIN_COMBINED] = "MIN_COMBINED", [MIN_FIRST] = "MIN_FIRST", [SCALED] = "SCALED", NULL
};

struct quantized {
    double lowest, highest; /* of the type */
    bool is_signed;
    struct ir_value *low, *high; /* the range in float32, shaped to be broadcast */
};

static tfp_status read_quantized(struct lower *lw, tfp_dtype dtype, const struct ir_value *x, struct quantized *q)
{
    struct build *b = &lw->b;
    unsigned bits = (unsigned)tfp_dtype_size(dtype) * 8;
    if (!dtype_is_integer(dtype) || bits > 32) return lower_unsupported(lw, "from or to %s", tfp_dtype_name(dtype));
    q->is_signed = dtype_is_signed(dtype);
    q->lowest = q->is_signed ? -(double)(1LL << (bits - 1)) : 0;
    q->highest = q->is_signed ? (double)(1LL << (bits - 1)) - 1 : (double)(1LL << bits) - 1;
    int64_t axis = range_axis(lw, x);
    q->low = ir_cast(b, lower_in(lw, 1), TFP_FLOAT);
    q->high = ir_cast(b, lower_in(lw, 2), TFP_FLOAT);
    if (axis >= 0) {
        q->low = form_column(b, q->low, x->rank - 1 - axis);
        q->high = form_column(b, q->high, x->rank - 1 - axis);
    } else {
        q->low = form_scalar(b, q->low);
        q->high = form_scalar(b, q->high);
    }
    return b->status;
}

/* MIN_FIRST: the range of a step, its lowest bound on a step. */
static void steps_of(struct build *b, const struct quantized *q, struct ir_value **step, struct ir_value **first)
{
    double steps = q->highest - q->lowest + 1;
    struct ir_value *range = ir_mul(b, ir_sub(b, q->high, q->low), number(b, steps / (steps - 1)));
    *step = ir_div(b, range, number(b, steps));
    *first = ir_mul(b, round_away(b, ir_div(b, q->low, *step)), *step);
}

static tfp_status lower_dequantize(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct quantized q;
    struct ir_value *x = lower_in(lw, 0), *y, *step, *first;
    if (!x) return b->status;
    int mode = tf_word(lw, "mode", mode_words);
    tfp_dtype to = tf_type(lw, "dtype");
    TFP_TRY(read_quantized(lw, x->dtype, x, &q));
    struct ir_value *v = ir_cast(b, x, TFP_FLOAT);
    if (mode == MIN_COMBINED) {
        double half = q.is_signed ? (q.highest - q.lowest + 1) / 2 : 0;
        step = ir_div(b, ir_sub(b, q.high, q.low), number(b, q.highest - q.lowest));
        y = ir_add(b, ir_mul(b, ir_add(b, v, number(b, half)), step), q.low);
    } else if (mode == MIN_FIRST) {
        steps_of(b, &q, &step, &first);
        y = ir_add(b, first, ir_mul(b, ir_sub(b, v, number(b, q.lowest)), step));
    } else {
        double lowest = q.lowest + (tf_bool(lw, "narrow_range") ? 1 : 0);
        step = ir_div(b, q.high, number(b, q.highest));
        if (q.is_signed) step = most(b, step, ir_div(b, q.low, number(b, lowest)));
        y = ir_mul(b, v, step);
    }
    return lower_done(lw, ir_cast(b, y, to));
}

/* The range that QuantizeV2 really uses: with 0 in it, and not too narrow. */
static void widen_range(struct lower *lw, struct quantized *q)
{
    struct build *b = &lw->b;
    struct ir_value *zero = number(b, 0), *low = least(b, q->low, zero), *high = q->high;
    struct ir_value *reach = most(b, number(b, 1), most(b, ir_unary(b, IR_ABS, q->low), ir_unary(b, IR_ABS, q->high)));
    struct ir_value *narrowest = ir_mul(b, reach, number(b, (double)tf_float(lw, "ensure_minimum_range")));
    high = most(b, most(b, high, ir_add(b, low, narrowest)), zero);
    q->low = low;
    q->high = high;
}

static tfp_status lower_quantize(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    static const char *const rounding[] = { "HALF_AWAY_FROM_ZERO", "HALF_TO_EVEN", NULL };
    struct build *b = &lw->b;
    struct quantized q;
    struct ir_value *x = lower_in(lw, 0), *y, *step, *first;
    int mode = tf_word(lw, "mode", mode_words);
    bool to_even = tf_word(lw, "round_mode", rounding) == 1;
    tfp_dtype to = tf_type(lw, "T");
    if (!x || b->status != TFP_OK) return b->status;
    if (tfp_dtype_size(to) > 2) return lower_unsupported(lw, "to %s", tfp_dtype_name(to));
    TFP_TRY(read_quantized(lw, to, x, &q));
    widen_range(lw, &q);
    double lowest = q.lowest;
    if (mode == MIN_COMBINED) {
        struct ir_value *scale = ir_div(b, number(b, q.highest - q.lowest), ir_sub(b, q.high, q.low));
        y = ir_mul(b, ir_sub(b, least(b, most(b, x, q.low), q.high), q.low), scale);
        if (q.is_signed) y = ir_sub(b, y, number(b, (q.highest - q.lowest + 1) / 2));
        y = round_away(b, y);
    } else if (mode == MIN_FIRST) {
        steps_of(b, &q, &step, &first);
        struct ir_value *scale = ir_div(b, number(b, 1), step);
        y = ir_sub(b, round_away(b, ir_mul(b, x, scale)), round_away(b, ir_mul(b, q.low, scale)));
        y = ir_add(b, y, number(b, lowest));
    } else {
        if (q.is_signed && tf_bool(lw, "narrow_range")) lowest++;
        struct ir_value *scale = scale_of(b, number(b, q.highest), q.high);
        if (lowest < 0) scale = least(b, scale, scale_of(b, number(b, lowest), q.low));
        q.low = ir_div(b, number(b, lowest), scale);
        q.high = ir_div(b, number(b, q.highest), scale);
        y = ir_mul(b, least(b, most(b, x, q.low), q.high), scale);
        y = to_even ? ir_unary(b, IR_ROUND, y) : round_away(b, y);
    }
    y = most(b, least(b, y, number(b, q.highest)), number(b, lowest));
    lower_out(lw, 0, ir_cast(b, y, to));
    lower_out(lw, 1, form_rank(q.low) > 1 ? form_vector(b, q.low) : q.low);
    lower_out(lw, 2, form_rank(q.high) > 1 ? form_vector(b, q.high) : q.high);
    return b->status;
}

/* -- Uniform... ---------------------------------------------------------------------------------------------------- */

/* As ONNX's node `op`, whose zero point has the type of the whole numbers. */
static struct ir_value *uniform(struct lower *lw, enum ir_op op, tfp_dtype whole)
{
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *scale = lower_in(lw, 1), *zero = lower_in(lw, 2);
    const int64_t axis = tf_int(lw, "quantization_axis");
    if (!x || !scale || !zero) return NULL;
    if (whole == TFP_INT32 && op == IR_QUANTIZE_LINEAR) return build_fail(b, lower_unsupported(lw, "quantization to int32"));
    if (axis >= 0 && (axis >= x->rank || scale->rank != 1)) return build_fail(b, lower_malformed(lw, "a scale for each place along no axis"));
    struct ir_value *in[] = { x, scale, ir_cast(b, zero, whole) };
    return ir_emit(b, op, in, 3, ATTRS(A_INT(ATTR_AXIS, axis >= 0 ? axis : x->rank > 1)));
}

static tfp_status lower_uniform_quantize(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return lower_done(lw, uniform(lw, IR_QUANTIZE_LINEAR, tf_type(lw, "Tout")));
}

/* ONNX has no DequantizeLinear of int64; the biases of 16 bit networks are. */
static struct ir_value *dequantize_wide(struct lower *lw, struct ir_value *x)
{
    struct build *b = &lw->b;
    struct ir_value *scale = lower_in(lw, 1), *zero = lower_in(lw, 2);
    const int64_t axis = tf_int(lw, "quantization_axis");
    if (!scale || !zero) return NULL;
    if (axis >= 0 && axis < x->rank) {
        scale = form_column(b, scale, x->rank - 1 - axis);
        zero = form_column(b, zero, x->rank - 1 - axis);
    }
    return ir_mul(b, ir_cast(b, ir_sub(b, x, ir_cast(b, zero, x->dtype)), TFP_FLOAT), scale);
}

static tfp_status lower_uniform_dequantize(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct ir_value *x = lower_in(lw, 0);
    if (!x) return lw->b.status;
    return lower_done(lw, x->dtype == TFP_INT64 ? dequantize_wide(lw, x) : uniform(lw, IR_DEQUANTIZE_LINEAR, x->dtype));
}

#define YES (&(const bool){ true })
#define NO (&(const bool){ false })

static const struct rule rules[] = {
    { "Dequantize", lower_dequantize, NULL },
    { "FakeQuantWithMinMaxArgs", lower_fake, NO },
    { "FakeQuantWithMinMaxVars", lower_fake, YES },
    { "FakeQuantWithMinMaxVarsPerChannel", lower_fake, YES },
    { "QuantizeAndDequantize", lower_simulated, NULL },
    { "QuantizeAndDequantizeV2", lower_simulated, NULL },
    { "QuantizeAndDequantizeV3", lower_simulated, NULL },
    { "QuantizeAndDequantizeV4", lower_simulated, NULL },
    { "QuantizeV2", lower_quantize, NULL },
    { "UniformDequantize", lower_uniform_dequantize, NULL },
    { "UniformQuantize", lower_uniform_quantize, NULL },
};

const struct rule_family rules_quantization = { rules, sizeof rules / sizeof rules[0] };
