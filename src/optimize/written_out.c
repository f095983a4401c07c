/* Normalizations and activations that TensorFlow writes out as many ops become the one op that they are: layer
 * normalization, GELU, swish, hard sigmoid and hard swish. Backends have fast forms of these, and a precision pass can
 * keep their inside in float32. The ONNX writer writes them out again for opsets that lack them. */
#include "optimize/passes.h"

#include <math.h>

/* -- what patterns are made of ------------------------------------------------------------------------------------- */

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-6 * fabs(b);
}

/* The number that a value repeats, however often. */
static bool repeats(const struct ir_value *v, double *out)
{
    while (v && !v->constant && v->producer &&
           (v->producer->op == IR_EXPAND || v->producer->op == IR_RESHAPE || v->producer->op == IR_UNSQUEEZE))
        v = ir_in(v->producer, 0);
    return constant_number(v, out);
}

/* The operand of a commutative node that `op` makes, and the other one. */
static const struct ir_node *side_of(const struct ir_node *n, enum ir_op op, struct ir_value **other)
{
    for (size_t i = 0; n && n->n_in == 2 && i < 2; i++) {
        const struct ir_node *found = ir_producer(ir_in(n, i), op);
        if (!found) continue;
        *other = ir_in(n, 1 - i);
        return found;
    }
    return NULL;
}

/* -- activations --------------------------------------------------------------------------------------------------- */

static bool clips(const struct ir_node *n, double *high)
{
    double low;
    return n && n->op == IR_CLIP && constant_number(ir_in(n, 1), &low) && constant_number(ir_in(n, 2), high) && low == 0;
}

/* clip(x * alpha + beta, 0, 1) */
static struct ir_value *hard_sigmoid_of_line(struct build *b, struct ir_node *n)
{
    double high, alpha, beta;
    if (!clips(n, &high) || !near(high, 1)) return NULL;
    struct ir_value *product = beside_number(ir_producer(ir_in(n, 0), IR_ADD), &beta);
    struct ir_value *x = product && ir_single_use(product) ? scaled_by(product, &alpha) : NULL;
    return x ? ir_emit(b, IR_HARD_SIGMOID, IN(x),
                       ATTRS(A_FLOAT(ATTR_ALPHA, (float)alpha), A_FLOAT(ATTR_BETA, (float)beta)))
             : NULL;
}

/* clip(x + offset, 0, limit) / limit */
static struct ir_value *hard_sigmoid(struct build *b, struct ir_node *n)
{
    double factor, high, offset = 0;
    const struct ir_node *clip = ir_producer(scaled_by(n->out[0], &factor), IR_CLIP);
    if (!clips(clip, &high) || !ir_single_use(clip->out[0]) || !near(high * factor, 1)) return NULL;
    struct ir_value *x = beside_number(ir_producer(ir_in(clip, 0), IR_ADD), &offset);
    return x ? ir_emit(b, IR_HARD_SIGMOID, IN(x),
                       ATTRS(A_FLOAT(ATTR_ALPHA, (float)factor), A_FLOAT(ATTR_BETA, (float)(offset * factor))))
             : NULL;
}

static bool is_hard_swish_gate(const struct ir_node *gate)
{
    return near((double)ir_attr_float(gate, ATTR_ALPHA, 0.2f), 1.0 / 6) &&
           near((double)ir_attr_float(gate, ATTR_BETA, 0.5f), 0.5);
}

/* x * clip(x + 3, 0, 6) / 6 */
static struct ir_value *hard_swish_of_clip(struct build *b, struct ir_node *n)
{
    double sixth, high, three;
    struct ir_value *whole = scaled_by(n->out[0], &sixth), *x;
    const struct ir_node *clip = whole && near(sixth, 1.0 / 6) ? side_of(ir_producer(whole, IR_MUL), IR_CLIP, &x) : NULL;
    if (!clips(clip, &high) || !ir_single_use(whole) || !near(high, 6)) return NULL;
    return beside_number(ir_producer(ir_in(clip, 0), IR_ADD), &three) == x && near(three, 3) ? ir_unary(b, IR_HARD_SWISH, x)
                                                                                     : NULL;
}

/* x * hard_sigmoid(x). Swish stays written out: ONNX has it from opset 24 only and all backends fuse the two ops. */
static struct ir_value *hard_swish(struct build *b, struct ir_node *n)
{
    struct ir_value *x;
    const struct ir_node *gate = side_of(n, IR_HARD_SIGMOID, &x);
    return gate && ir_in(gate, 0) == x && ir_single_use(gate->out[0]) && is_hard_swish_gate(gate)
               ? ir_unary(b, IR_HARD_SWISH, x)
               : NULL;
}

/* What 1 + erf(x / sqrt(2)) (or the tanh form) gates: x; *tanh_form says which. */
static struct ir_value *erf_gate(const struct ir_value *v, bool *tanh_form)
{
    double one, factor, cubic;
    struct ir_value *inner = beside_number(ir_producer(v, IR_ADD), &one), *rest;
    const struct ir_node *erf = ir_producer(inner, IR_ERF), *tanh_node = ir_producer(inner, IR_TANH);
    *tanh_form = tanh_node != NULL;
    if (!inner || !near(one, 1) || (!erf && !tanh_node)) return NULL;
    struct ir_value *x = scaled_by(ir_in(erf ? erf : tanh_node, 0), &factor);
    if (erf) return x && near(factor, M_SQRT1_2) ? x : NULL;
    if (!x || !near(factor, 0.79788456080286535588)) return NULL; /* sqrt(2 / pi) */
    const struct ir_node *sum = ir_producer(x, IR_ADD), *cube;
    for (size_t i = 0; sum && i < 2; i++) { /* x + 0.044715 * x^3 */
        rest = ir_in(sum, 1 - i);
        struct ir_value *third = scaled_by(ir_in(sum, i), &cubic);
        double power;
        if (!third || !near(cubic, 0.044715)) continue;
        if ((cube = ir_producer(third, IR_POW)) && ir_in(cube, 0) == rest && constant_number(ir_in(cube, 1), &power) && near(power, 3))
            return rest;
        struct ir_value *once = NULL;
        const struct ir_node *square = side_of(ir_producer(third, IR_MUL), IR_MUL, &once);
        if (square && once == rest && ir_in(square, 0) == rest && ir_in(square, 1) == rest) return rest;
    }
    return NULL;
}

/* (x * 0.5) * gate, (x * gate) * 0.5, x * (gate * 0.5) */
static struct ir_value *gelu(struct build *b, struct ir_node *n)
{
    struct ir_value *x = NULL, *whole;
    double half = 0;
    bool tanh_form = false;
    const struct ir_node *product = n;
    whole = scaled_by(n->out[0], &half);
    bool outer = whole && near(half, 0.5) && (product = ir_producer(whole, IR_MUL));
    if (!product || product->op != IR_MUL) return NULL;
    for (size_t i = 0; i < 2 && !x; i++) {
        struct ir_value *side = ir_in(product, i), *other = ir_in(product, 1 - i), *inner;
        if (outer && erf_gate(other, &tanh_form) == side) x = side;
        if (!outer && (inner = scaled_by(side, &half)) && near(half, 0.5) && erf_gate(other, &tanh_form) == inner) x = inner;
        if (!x && !outer && (inner = scaled_by(other, &half)) && near(half, 0.5) && erf_gate(inner, &tanh_form) == side)
            x = side;
    }
    if (!x || !same_shape(x, n->out[0])) return NULL;
    return ir_emit(b, IR_GELU, IN(x),
                   tanh_form ? ATTRS(A_STRING(ATTR_APPROXIMATE, "tanh")) : ATTRS(A_STRING(ATTR_APPROXIMATE, "none")));
}

/* -- layer normalization ------------------------------------------------------------------------------------------- */

/* y = (x - mean) / sqrt(variance + epsilon) * scale + shift, mean and variance over the axes from `axis` on. */
struct layer_norm {
    struct ir_value *x, *mean;
    double epsilon;
    int32_t axis;
    struct ir_value *scale, *shift; /* NULL: 1, 0 */
};

/* Reduced axes, of size 1 or not, that are the last ones but for dimensions of size 1. */
static bool trailing(const struct ir_value *x, const struct ir_value *axes_value, int32_t *axis)
{
    int64_t axes[TFP_MAX_RANK];
    int64_t k = axes_value ? ir_known_ints(axes_value, axes, TFP_MAX_RANK) : -1;
    unsigned over = 0;
    if (x->rank < 1 || k < 1) return false;
    for (int64_t i = 0; i < k; i++) over |= 1u << (axes[i] < 0 ? axes[i] + x->rank : axes[i]);
    *axis = x->rank;
    while (*axis > 0 && (over >> (*axis - 1) & 1 || dim_is(x->dims[*axis - 1], 1))) --*axis;
    for (int32_t d = 0; d < *axis; d++)
        if (over >> d & 1 && !dim_is(x->dims[d], 1)) return false;
    while (*axis < x->rank && dim_is(x->dims[*axis], 1) && !(over >> *axis & 1)) ++*axis; /* a batch of 1 stays outside */
    return *axis < x->rank;
}

static bool read_mean(struct ir_value *v, struct layer_norm *l)
{
    const struct ir_node *n = ir_producer(v, IR_REDUCE_MEAN);
    if (!n || !ir_attr_int(n, ATTR_KEEPDIMS, 1)) return false;
    l->x = ir_in(n, 0);
    l->mean = v;
    return trailing(l->x, ir_in(n, 1), &l->axis);
}

static bool is_deviation(const struct ir_value *v, const struct layer_norm *l, bool either)
{
    const struct ir_node *n = ir_producer(v, IR_SUB);
    if (!n) return false;
    return (ir_in(n, 0) == l->x && ir_in(n, 1) == l->mean) || (either && ir_in(n, 0) == l->mean && ir_in(n, 1) == l->x);
}

/* sqrt(mean((x - mean)^2) + epsilon) */
static bool read_deviation(const struct ir_value *v, struct layer_norm *l)
{
    const struct ir_node *root = ir_producer(v, IR_SQRT), *sum = root ? ir_producer(ir_in(root, 0), IR_ADD) : NULL;
    struct ir_value *rest = NULL;
    const struct ir_node *variance = side_of(sum, IR_REDUCE_MEAN, &rest);
    int32_t axis;
    if (!variance || !constant_number(rest, &l->epsilon) || !ir_attr_int(variance, ATTR_KEEPDIMS, 1)) return false;
    const struct ir_node *square = ir_producer(ir_in(variance, 0), IR_MUL);
    if (!square || ir_in(square, 0) != ir_in(square, 1)) return false;
    const struct ir_node *deviation = ir_producer(ir_in(square, 0), IR_SUB);
    if (!deviation || (!read_mean(ir_in(deviation, 1), l) && !read_mean(ir_in(deviation, 0), l))) return false;
    return is_deviation(ir_in(square, 0), l, true) && trailing(ir_in(variance, 0), ir_in(variance, 1), &axis) &&
           axis == l->axis;
}

/* scale / deviation: a division, or a product with a reciprocal. */
static bool read_factor(const struct ir_value *v, struct layer_norm *l)
{
    const struct ir_node *n = v ? v->producer : NULL, *inverse;
    if (n && n->op == IR_DIV) {
        l->scale = ir_in(n, 0);
        return read_deviation(ir_in(n, 1), l);
    }
    l->scale = NULL;
    inverse = n && n->op == IR_MUL ? side_of(n, IR_RECIPROCAL, &l->scale) : ir_producer(v, IR_RECIPROCAL);
    return inverse && read_deviation(ir_in(inverse, 0), l);
}

/* x * factor + (shift - mean * factor) */
static bool read_split(const struct ir_node *n, struct layer_norm *l)
{
    struct ir_value *rest = NULL;
    const struct ir_node *line = side_of(n, IR_SUB, &rest), *product = ir_producer(rest, IR_MUL);
    const struct ir_node *moved = line ? ir_producer(ir_in(line, 1), IR_MUL) : NULL;
    if (!line || !product || !moved) return false;
    for (size_t i = 0; i < 2; i++) {
        const struct ir_value *factor = ir_in(product, i);
        if (ir_in(moved, 0) != factor && ir_in(moved, 1) != factor) continue;
        const struct ir_value *mean = ir_in(moved, ir_in(moved, 0) == factor);
        if (!read_factor(factor, l) || ir_in(product, 1 - i) != l->x || mean != l->mean) continue;
        l->shift = ir_in(line, 0);
        return true;
    }
    return false;
}

/* (x - mean) * factor, or (x - mean) / deviation */
static bool read_joined(const struct ir_node *n, struct layer_norm *l)
{
    l->shift = NULL;
    if (n->op == IR_DIV) {
        l->scale = NULL;
        return read_deviation(ir_in(n, 1), l) && is_deviation(ir_in(n, 0), l, false);
    }
    for (size_t i = 0; n->op == IR_MUL && i < 2; i++)
        if (read_factor(ir_in(n, i), l) && is_deviation(ir_in(n, 1 - i), l, false)) return true;
    return false;
}

/* A scale or shift as a tensor of the normalized dimensions, which are numbers; NULL given: one number everywhere. */
static struct ir_value *line(struct build *b, const struct layer_norm *l, struct ir_value *v, double otherwise)
{
    int64_t dims[TFP_MAX_RANK];
    size_t n = (size_t)(l->x->rank - l->axis);
    for (size_t i = 0; i < n; i++) {
        if (!dim_fixed(l->x->dims[l->axis + (int32_t)i])) return NULL;
        dims[i] = l->x->dims[l->axis + (int32_t)i].n;
    }
    if (!v || (v->constant ? constant_number(v, &otherwise) : repeats(v, &otherwise))) v = ir_like(b, l->x, otherwise);
    for (int32_t i = 0; v && i < v->rank; i++) { /* leading dimensions are 1, the others as the data's */
        int32_t d = l->x->rank - v->rank + i;
        if (!dim_is(v->dims[i], 1) && (d < l->axis || !dim_equal(v->dims[i], l->x->dims[d]))) return NULL;
    }
    if (!v || v->rank < 0) return NULL;
    if ((size_t)v->rank > n) {
        int64_t last[TFP_MAX_RANK] = { 0 };
        for (size_t i = 0; i < n; i++) last[i] = v->dims[(size_t)v->rank - n + i].n;
        v = ir_reshape(b, v, ir_ints(b, last, n));
    }
    return ir_expand(b, v, ir_ints(b, dims, n));
}

static struct ir_value *layer_norm(struct build *b, struct ir_node *n)
{
    struct layer_norm l = { 0 };
    if (!(n->op == IR_ADD ? read_split(n, &l) : read_joined(n, &l))) return NULL;
    if (!same_shape(l.x, n->out[0]) || (l.scale && l.scale->rank < 0) || (l.shift && l.shift->rank < 0)) return NULL;
    struct ir_value *scale = line(b, &l, l.scale, 1), *shift = l.shift ? line(b, &l, l.shift, 0) : NULL;
    if (!scale || (l.shift && !shift)) return NULL;
    return ir_emit(b, IR_LAYER_NORMALIZATION, IN(l.x, scale, shift),
                   ATTRS(A_INT(ATTR_AXIS, l.axis - l.x->rank), A_FLOAT(ATTR_EPSILON, (float)l.epsilon)));
}

/* A layer normalization's result times or plus a line over its last axis goes into its own scale or shift. */
static struct ir_value *join_line(struct build *b, struct ir_node *n)
{
    for (size_t i = 0; i < 2; i++) {
        const struct ir_node *layer = ir_producer(ir_in(n, i), IR_LAYER_NORMALIZATION);
        struct ir_value *c = ir_in(n, 1 - i);
        double number;
        if (!layer || layer->n_out != 1 || !ir_single_use(layer->out[0]) || !same_shape(layer->out[0], n->out[0]) ||
            (!c->constant && !repeats(c, &number)))
            continue;
        struct layer_norm l = { .x = ir_in(layer, 0) };
        l.axis = l.x->rank + (int32_t)ir_attr_int(layer, ATTR_AXIS, -1);
        if (l.axis >= l.x->rank) l.axis -= l.x->rank; /* an axis counted from the front */
        struct ir_value *own = line(b, &l, c, 0), *scale = ir_in(layer, 1), *shift = ir_in(layer, 2);
        if (!own) continue;
        if (n->op == IR_MUL) {
            scale = ir_mul(b, scale, own);
            shift = shift ? ir_mul(b, shift, own) : NULL;
        } else {
            shift = shift ? ir_add(b, shift, own) : own;
        }
        return ir_emit(b, IR_LAYER_NORMALIZATION, IN(l.x, scale, shift),
                       ATTRS(A_INT(ATTR_AXIS, l.axis - l.x->rank),
                             A_FLOAT(ATTR_EPSILON, ir_attr_float(layer, ATTR_EPSILON, 1e-5f))));
    }
    return NULL;
}

/* Keras normalizes [rows, columns] in a view and looks at the result as at the data: reshape(norm(reshape(x))) with the
 * columns last is norm(x). */
static struct ir_value *through_views(struct build *b, struct ir_node *n)
{
    const struct ir_node *layer = ir_producer(ir_in(n, 0), IR_LAYER_NORMALIZATION);
    const struct ir_node *view = layer ? ir_producer(ir_in(layer, 0), IR_RESHAPE) : NULL;
    if (!view || layer->n_out != 1 || !ir_single_use(layer->out[0])) return NULL;
    struct ir_value *x = ir_in(view, 0), *inner = ir_in(layer, 0);
    int64_t axis = ir_attr_int(layer, ATTR_AXIS, -1), columns = 1;
    if (axis < 0) axis += inner->rank;
    for (int64_t i = axis; i < inner->rank; i++) {
        if (!dim_fixed(inner->dims[i])) return NULL;
        columns *= inner->dims[i].n;
    }
    if (!same_shape(x, n->out[0])) return NULL;
    int64_t dims[TFP_MAX_RANK], product = 1;
    int32_t k = x->rank;
    while (k > 0 && product < columns && dim_fixed(x->dims[k - 1])) {
        k--;
        product *= dims[k] = x->dims[k].n;
    }
    if (product != columns || k == x->rank) return NULL;
    struct ir_value *shape = ir_ints(b, dims + k, (size_t)(x->rank - k));
    struct ir_value *scale = ir_reshape(b, ir_in(layer, 1), shape);
    struct ir_value *shift = ir_in(layer, 2) ? ir_reshape(b, ir_in(layer, 2), shape) : NULL;
    return ir_emit(b, IR_LAYER_NORMALIZATION, IN(x, scale, shift),
                   ATTRS(A_INT(ATTR_AXIS, k - x->rank), A_FLOAT(ATTR_EPSILON, ir_attr_float(layer, ATTR_EPSILON, 1e-5f))));
}

/* -- the pass ------------------------------------------------------------------------------------------------------ */

/* -- one-hot rows that are added up, as indicator columns are ------------------------------------------------------- */

/* 0, 1, .. along the last axis. */
static bool is_count(const struct ir_value *v)
{
    const struct tensor *t = v->constant;
    if (!t || t->rank < 1 || t->dims[t->rank - 1] != t->count || t->count < 2) return false;
    for (int64_t i = 0; i < t->count; i++)
        if (tensor_int(t, i) != i) return false;
    return true;
}

/* Sum(Cast(x[.., i, 1] = 0, 1, .. depth - 1)) over i: whole numbers, exact below 2^24 in either form. */
static struct ir_value *sum_of_one_hot(struct build *b, struct ir_node *n)
{
    const struct ir_node *cast = made_by(n, 0, IR_CAST), *equal = cast ? made_by(cast, 0, IR_EQUAL) : NULL;
    const struct ir_node *line = equal ? made_by(equal, 0, IR_UNSQUEEZE) : NULL;
    int64_t axis, at;
    if (!line || n->out[0]->dtype != TFP_FLOAT || !is_count(ir_in(equal, 1))) return NULL;
    struct ir_value *x = ir_in(line, 0), *ones = line->out[0];
    const struct ir_value *count = ir_in(equal, 1);
    if (x->dtype != TFP_INT64 || x->rank < 1 || ones->rank != x->rank + 1 || count->rank > ones->rank) return NULL;
    if (ir_known_ints(ir_in(line, 1), &at, 1) != 1 || (at != x->rank && at != -1)) return NULL;
    if (ir_attr_int(n, ATTR_KEEPDIMS, 1) || !ir_in(n, 1) || ir_known_ints(ir_in(n, 1), &axis, 1) != 1) return NULL;
    if (axis != x->rank - 1 && axis != -2) return NULL;
    return ir_emit(b, IR_SUM_OF_ONE_HOT, IN(x), ATTRS(A_INT(ATTR_DEPTH, count->constant->count)));
}

static const struct pattern rows[] = {
    { IR_CLIP, hard_sigmoid_of_line }, { IR_MUL, hard_swish_of_clip }, { IR_DIV, hard_swish_of_clip },
    { IR_MUL, hard_sigmoid }, { IR_DIV, hard_sigmoid }, { IR_MUL, hard_swish }, { IR_MUL, gelu },
    { IR_DIV, gelu },         { IR_ADD, layer_norm },   { IR_MUL, layer_norm }, { IR_DIV, layer_norm },
    { IR_MUL, join_line },    { IR_ADD, join_line },    { IR_RESHAPE, through_views },
    { IR_REDUCE_SUM, sum_of_one_hot },
};

static bool gives_one_float(const struct ir_node *n)
{
    return n->n_out == 1 && n->out[0] && dtype_is_float(n->out[0]->dtype);
}

tfp_status pass_written_out(struct optimize *o, bool *changed)
{
    return rewrite_patterns(o, rows, sizeof rows / sizeof rows[0], gives_one_float, changed);
}
