/* Shapes of operators that move, cut and join elements without computing with them. Partial values of shape inputs are
 * used as far as they are known. */
#include "ir/infer.h"

#include <inttypes.h>

/* -- Shape, Size, constants ------------------------------------------------------------------------------------- */

static int32_t clamp_axis(int64_t axis, int32_t rank)
{
    if (axis < 0) axis += rank;
    return axis < 0 ? 0 : axis > rank ? rank : (int32_t)axis;
}

static tfp_status infer_shape_op(struct infer *s)
{
    struct shape x = infer_shape(s, 0), shape = shape_of_rank(1);
    if (x.rank >= 0) {
        int32_t start = clamp_axis(ir_attr_int(s->node, ATTR_START, 0), x.rank);
        int32_t end = clamp_axis(ir_attr_int(s->node, ATTR_END, x.rank), x.rank);
        shape.at[0] = dim_of(end > start ? end - start : 0);
    }
    return infer_put(s, 0, TFP_INT64, &shape);
}

static tfp_status infer_size(struct infer *s)
{
    struct shape scalar = shape_of_rank(0);
    return infer_put(s, 0, TFP_INT64, &scalar);
}

static tfp_status put_tensor_shape(struct infer *s, const struct tensor *t)
{
    struct shape shape = shape_of_rank((int32_t)t->rank);
    for (uint32_t i = 0; i < t->rank; i++) shape.at[i] = dim_of(t->dims[i]);
    return infer_put(s, 0, t->dtype, &shape);
}

static tfp_status infer_constant(struct infer *s)
{
    static const struct {
        enum ir_attr_name name;
        tfp_dtype type;
    } rows[] = {
        { ATTR_VALUE_FLOAT, TFP_FLOAT },   { ATTR_VALUE_FLOATS, TFP_FLOAT },   { ATTR_VALUE_INT, TFP_INT64 },
        { ATTR_VALUE_INTS, TFP_INT64 },    { ATTR_VALUE_STRING, TFP_STRING },  { ATTR_VALUE_STRINGS, TFP_STRING },
    };
    const struct ir_attr *value = ir_attr(s->node, ATTR_VALUE);
    if (s->node->n_attrs > 1) return infer_fail(s, "has %zu values", s->node->n_attrs);
    if (value) return put_tensor_shape(s, value->v.tensor);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct ir_attr *a = ir_attr(s->node, rows[i].name);
        struct shape shape = shape_of_rank(0);
        if (!a) continue;
        if (a->kind == ATTR_KIND_FLOATS) shape = shape_vector(dim_of((int64_t)a->v.floats.n));
        if (a->kind == ATTR_KIND_INTS) shape = shape_vector(dim_of((int64_t)a->v.ints.n));
        if (a->kind == ATTR_KIND_STRINGS) shape = shape_vector(dim_of((int64_t)a->v.strings.n));
        return infer_put(s, 0, rows[i].type, &shape);
    }
    return ir_attr(s->node, ATTR_SPARSE_VALUE) ? TFP_OK : infer_fail(s, "has no value");
}

/* A shape from the elements of input i: rank -1 when not even their count is known. */
static tfp_status shape_from_elements(struct infer *s, size_t i, struct shape *out)
{
    struct known k;
    TFP_TRY(infer_need_rank(s, i, 1));
    *out = shape_unknown();
    if (!infer_elements(ir_in(s->node, i), &k)) return TFP_OK;
    if (k.n > TFP_MAX_RANK) return infer_refuse(s, "rank %zu is above %d", k.n, (int)TFP_MAX_RANK);
    *out = shape_of_rank((int32_t)k.n);
    for (size_t d = 0; d < k.n; d++) out->at[d] = k.at[d];
    return TFP_OK;
}

static tfp_status infer_constant_of_shape(struct infer *s)
{
    struct shape shape;
    const struct ir_attr *value = ir_attr(s->node, ATTR_VALUE);
    TFP_TRY(shape_from_elements(s, 0, &shape));
    return infer_put(s, 0, value ? value->v.tensor->dtype : TFP_FLOAT, &shape);
}

static tfp_status infer_random(struct infer *s)
{
    struct ir_ints dims = ir_attr_ints(s->node, ATTR_SHAPE);
    tfp_dtype type;
    TFP_TRY(infer_type_attr(s, ATTR_DTYPE, TFP_FLOAT, &type));
    if (dims.n > TFP_MAX_RANK) return infer_refuse(s, "rank %zu is above %d", dims.n, (int)TFP_MAX_RANK);
    struct shape shape = shape_of_rank((int32_t)dims.n);
    for (size_t i = 0; i < dims.n; i++) shape.at[i] = dim_of(dims.at[i]);
    return infer_put(s, 0, type, &shape);
}

/* -- Reshape ------------------------------------------------------------------------------------------------------- */

/* Takes from *number the divisor it shares with *d. */
static void cancel_number(struct dim *d, int64_t *number)
{
    if (!dim_fixed(*d) || d->n <= 0 || *number <= 0) return;
    int64_t a = d->n, b = *number;
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    d->n /= a;
    *number /= a;
}

/* Product of the input's dimensions over the product of the result's others. Equal dimensions cancel first, then common
 * divisors; what is left is multiplied out and divided. */
static tfp_status rest_dim(struct infer *s, const struct shape *x, const struct shape *to, int32_t hole,
                           struct dim *out)
{
    struct dim above[TFP_MAX_RANK], product = dim_of(1), divisor = dim_of(1);
    bool done[TFP_MAX_RANK] = { false };
    for (int32_t i = 0; i < x->rank; i++) above[i] = x->at[i];
    for (int32_t k = 0; k < to->rank; k++) {
        int32_t i = 0;
        if (k == hole) continue;
        if (dim_is_unknown(to->at[k])) {
            *out = dim_unknown();
            return TFP_OK;
        }
        while (i < x->rank && (done[i] || !dim_equal(above[i], to->at[k]) || dim_is(above[i], 0))) i++;
        if (i < x->rank) {
            done[i] = true;
            above[i] = dim_of(1);
            continue;
        }
        struct dim below = to->at[k];
        if (dim_is(below, 0)) return infer_fail(s, "-1 next to a 0 dimension cannot be known");
        for (i = 0; i < x->rank && dim_fixed(below); i++) cancel_number(&above[i], &below.n);
        TFP_TRY(infer_mul(s, divisor, below, &divisor));
    }
    for (int32_t i = 0; i < x->rank; i++) TFP_TRY(infer_mul(s, product, above[i], &product));
    if (dim_fixed(product) && dim_fixed(divisor) && product.n % divisor.n)
        return infer_fail(s, "the input's elements cannot be divided by %" PRId64, divisor.n);
    *out = dim_div(s->graph, product, divisor);
    return TFP_OK;
}

static tfp_status check_count(struct infer *s, const struct shape *x, const struct shape *to)
{
    int64_t from = 1, result = 1;
    for (int32_t i = 0; i < x->rank; i++)
        if (!dim_fixed(x->at[i]) || __builtin_mul_overflow(from, x->at[i].n, &from)) return TFP_OK;
    for (int32_t i = 0; i < to->rank; i++)
        if (!dim_fixed(to->at[i]) || __builtin_mul_overflow(result, to->at[i].n, &result)) return TFP_OK;
    if (x->rank >= 0 && from != result)
        return infer_fail(s, "%" PRId64 " elements cannot become %" PRId64, from, result);
    return TFP_OK;
}

static tfp_status infer_reshape(struct infer *s)
{
    struct shape x = infer_shape(s, 0), to;
    bool allow_zero = ir_attr_int(s->node, ATTR_ALLOWZERO, 0) != 0, zero = false;
    int32_t hole = -1, unknown = 0;
    TFP_TRY(shape_from_elements(s, 1, &to));
    if (to.rank < 0) return infer_put(s, 0, TFP_UNDEFINED, &to);
    for (int32_t i = 0; i < to.rank; i++) {
        zero |= dim_is(to.at[i], 0);
        if (dim_is(to.at[i], 0) && !allow_zero) {
            if (x.rank >= 0 && i >= x.rank)
                return infer_fail(s, "copies dimension %d of a rank %d input", (int)i, (int)x.rank);
            to.at[i] = x.rank >= 0 ? x.at[i] : dim_unknown();
        } else if (dim_fixed(to.at[i]) && to.at[i].n < 0) {
            if (to.at[i].n != -1) return infer_fail(s, "dimension %" PRId64 " makes no sense", to.at[i].n);
            if (hole >= 0) return infer_fail(s, "the new shape has more than one -1");
            hole = i;
        } else if (!dim_fixed(to.at[i]) && !dim_is_unknown(to.at[i]) && !dim_nonnegative(s->graph, to.at[i])) {
            to.at[i] = dim_unknown(); /* may turn out to be -1 */
        }
        unknown += dim_is_unknown(to.at[i]);
    }
    if (hole >= 0 && zero && allow_zero) return infer_fail(s, "the new shape has both 0 and -1");
    if (x.rank >= 0 && hole >= 0) {
        TFP_TRY(rest_dim(s, &x, &to, hole, &to.at[hole]));
    } else if (hole >= 0) {
        to.at[hole] = dim_unknown();
    } else if (x.rank >= 0 && unknown == 1) { /* the only unknown one follows from the others, unless one is 0 */
        int32_t at = 0;
        bool positive = true;
        while (!dim_is_unknown(to.at[at])) at++;
        for (int32_t i = 0; i < to.rank; i++) positive &= i == at || (dim_fixed(to.at[i]) && to.at[i].n > 0);
        if (positive) TFP_TRY(rest_dim(s, &x, &to, at, &to.at[at]));
    }
    TFP_TRY(check_count(s, &x, &to));
    return infer_put(s, 0, TFP_UNDEFINED, &to);
}

static tfp_status infer_flatten(struct infer *s)
{
    struct shape x = infer_shape(s, 0), shape = shape_of_rank(2);
    int64_t axis = ir_attr_int(s->node, ATTR_AXIS, 1);
    if (x.rank < 0) return infer_put(s, 0, TFP_UNDEFINED, &shape);
    if (axis < -x.rank || axis > x.rank) return infer_fail(s, "axis %" PRId64 " is out of range", axis);
    if (axis < 0) axis += x.rank;
    shape.at[0] = shape.at[1] = dim_of(1);
    for (int32_t i = 0; i < x.rank; i++) TFP_TRY(infer_mul(s, shape.at[i >= axis], x.at[i], &shape.at[i >= axis]));
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

/* -- Squeeze, Unsqueeze, Transpose ------------------------------------------------------------------------------ */

static int32_t kept_rank(const struct infer *s, size_t i, int32_t rank, int32_t direction)
{
    struct known k;
    return rank >= 0 && infer_elements(ir_in(s->node, i), &k) ? rank + direction * (int32_t)k.n : -1;
}

static tfp_status infer_squeeze(struct infer *s)
{
    struct shape x = infer_shape(s, 0), shape = { 0 };
    int64_t room[INFER_NUMBERS];
    struct ir_ints axes;
    uint32_t mask = 0;
    if (infer_has(s, 1) && !infer_numbers(s, 1, room, &axes)) {
        int32_t rank = kept_rank(s, 1, x.rank, -1);
        if (rank < -1) return infer_fail(s, "more axes than the input has");
        shape = shape_of_rank(rank);
        return infer_put(s, 0, TFP_UNDEFINED, &shape);
    }
    if (x.rank < 0) return TFP_OK;
    if (infer_has(s, 1)) TFP_TRY(infer_axes(s, axes, x.rank, &mask));
    for (int32_t i = 0; i < x.rank; i++) {
        bool one = dim_is(x.at[i], 1);
        if (infer_has(s, 1) ? mask >> i & 1 : one) {
            if (dim_fixed(x.at[i]) && !one)
                return infer_fail(s, "axis %d has %" PRId64 " elements, not 1", (int)i, x.at[i].n);
            continue;
        }
        if (!infer_has(s, 1) && !dim_fixed(x.at[i])) return TFP_OK; /* may be 1 */
        shape.at[shape.rank++] = x.at[i];
    }
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_unsqueeze(struct infer *s)
{
    struct shape x = infer_shape(s, 0), shape;
    int64_t room[INFER_NUMBERS];
    struct ir_ints axes;
    uint32_t mask;
    if (!infer_numbers(s, 1, room, &axes)) {
        shape = shape_of_rank(kept_rank(s, 1, x.rank, 1));
        return infer_put(s, 0, TFP_UNDEFINED, &shape);
    }
    if (x.rank < 0) return TFP_OK;
    if (x.rank + (int32_t)axes.n > TFP_MAX_RANK)
        return infer_refuse(s, "the result's rank is above %d", (int)TFP_MAX_RANK);
    shape = shape_of_rank(x.rank + (int32_t)axes.n);
    TFP_TRY(infer_axes(s, axes, shape.rank, &mask));
    for (int32_t i = 0, k = 0; i < shape.rank; i++) shape.at[i] = mask >> i & 1 ? dim_of(1) : x.at[k++];
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_transpose(struct infer *s)
{
    struct shape x = infer_shape(s, 0), shape;
    struct ir_ints perm = ir_attr_ints(s->node, ATTR_PERM);
    bool reverse = !ir_attr(s->node, ATTR_PERM);
    uint32_t mask;
    if (x.rank < 0 && reverse) return TFP_OK;
    if (x.rank >= 0 && !reverse && perm.n != (size_t)x.rank)
        return infer_fail(s, "perm has %zu axes, the input %d", perm.n, (int)x.rank);
    if (perm.n > TFP_MAX_RANK) return infer_refuse(s, "rank %zu is above %d", perm.n, (int)TFP_MAX_RANK);
    shape = shape_of_rank(reverse ? x.rank : (int32_t)perm.n);
    for (size_t i = 0; i < perm.n; i++)
        if (perm.at[i] < 0) return infer_fail(s, "perm has the negative axis %" PRId64, perm.at[i]);
    TFP_TRY(infer_axes(s, perm, shape.rank, &mask));
    for (int32_t i = 0; i < shape.rank && x.rank >= 0; i++) shape.at[i] = x.at[reverse ? x.rank - 1 - i : perm.at[i]];
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

/* -- Concat, Split ---------------------------------------------------------------------------------------------- */

static tfp_status infer_concat(struct infer *s)
{
    struct shape shape = shape_unknown();
    bool all = true;
    int32_t axis = 0;
    struct dim total = dim_of(0);
    for (uint32_t i = 0; i < s->node->n_in; i++) {
        struct shape x = infer_shape(s, i);
        if (x.rank < 0) {
            all = false;
            continue;
        }
        TFP_TRY(infer_axis(s, ir_attr_int(s->node, ATTR_AXIS, 0), x.rank, &axis));
        TFP_TRY(infer_add(s, total, x.at[axis], &total));
        x.at[axis] = dim_unknown();
        TFP_TRY(infer_merge_shapes(s, &shape, &x));
    }
    if (shape.rank >= 0) shape.at[axis] = all ? total : dim_unknown();
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

/* With num_outputs the last part is smaller when the axis does not divide evenly. */
static struct dim even_part(struct infer *s, struct dim whole, int64_t parts, uint32_t i)
{
    if (parts == 1) return whole;
    struct dim up = dim_div(s->graph, dim_add(s->graph, whole, dim_of(parts - 1)), dim_of(parts));
    if (i + 1 < parts) return up;
    return dim_sub(s->graph, whole, dim_mul(s->graph, up, dim_of(parts - 1)));
}

static tfp_status infer_split(struct infer *s)
{
    struct shape x = infer_shape(s, 0);
    struct known parts = { 0 };
    bool given = infer_has(s, 1), listed = given && infer_elements(ir_in(s->node, 1), &parts);
    int64_t count = ir_attr_int(s->node, ATTR_NUM_OUTPUTS, s->node->n_out);
    struct dim total = dim_of(0);
    int32_t axis;
    if (given && ir_attr(s->node, ATTR_NUM_OUTPUTS)) return infer_fail(s, "has both split and num_outputs");
    if (listed && parts.n != s->node->n_out)
        return infer_fail(s, "splits into %zu, has %u outputs", parts.n, s->node->n_out);
    if (!given && count != s->node->n_out)
        return infer_fail(s, "num_outputs is %" PRId64 ", outputs are %u", count, s->node->n_out);
    if (x.rank < 0) return TFP_OK;
    TFP_TRY(infer_axis(s, ir_attr_int(s->node, ATTR_AXIS, 0), x.rank, &axis));
    for (size_t i = 0; i < parts.n; i++) TFP_TRY(infer_add(s, total, parts.at[i], &total));
    if (listed) TFP_TRY(infer_merge(s, &total, x.at[axis]));
    for (uint32_t i = 0; i < s->node->n_out; i++) {
        struct shape shape = x;
        if (listed) shape.at[axis] = parts.at[i];
        else shape.at[axis] = given ? dim_unknown() : even_part(s, x.at[axis], count, i);
        TFP_TRY(infer_put(s, i, TFP_UNDEFINED, &shape));
    }
    return TFP_OK;
}

/* -- Slice, Pad, Tile, Expand ----------------------------------------------------------------------------------- */

/* A slice bound counted from 0. With a symbolic size a number far out is taken for infinity, which `far` tells. */
static struct dim slice_bound(struct ir_graph *g, struct dim bound, struct dim size, bool *far_up, bool *far_down)
{
    *far_up = !dim_fixed(size) && dim_fixed(bound) && bound.n >= INT32_MAX;
    *far_down = !dim_fixed(size) && dim_fixed(bound) && bound.n <= INT32_MIN;
    if (dim_fixed(bound)) return bound.n < 0 ? dim_add(g, bound, size) : bound;
    return dim_nonnegative(g, bound) ? bound : dim_unknown(); /* its sign decides what it counts from */
}

/* Forwards, max(min(end, size) - max(start, 0), 0) elements are passed over: start needs no upper limit and end no
 * lower one. Backwards, max(min(max(start, 0), size - 1) - max(end, -1), 0): ONNX, unlike numpy, moves a start before
 * the first element to it. */
static struct dim sliced_dim(struct infer *s, struct dim size, struct dim start, struct dim end, struct dim step)
{
    struct ir_graph *g = s->graph;
    bool start_up, start_down, end_up, end_down, from_back = dim_fixed(start) && start.n < 0;
    if (!dim_fixed(step) || step.n == 0 || step.n == INT64_MIN) return dim_unknown();
    struct dim first = slice_bound(g, start, size, &start_up, &start_down), length;
    struct dim last = slice_bound(g, end, size, &end_up, &end_down);
    int64_t pace = step.n > 0 ? step.n : -step.n;
    if (step.n > 0) {
        first = start_down ? dim_of(0) : start_up ? size : dim_max(g, first, dim_of(0));
        last = end_up ? size : end_down ? dim_of(0) : dim_min(g, last, size);
        if (dim_fixed(last)) last = dim_max(g, last, dim_of(0));
        if (from_back && !start_down && dim_equal(last, size)) length = dim_min(g, size, dim_of(-start.n));
        else length = dim_sub(g, last, first);
    } else {
        struct dim top = dim_sub(g, size, dim_of(1));
        first = start_up ? top : dim_min(g, start_down ? dim_of(0) : dim_max(g, first, dim_of(0)), top);
        last = end_down ? dim_of(-1) : end_up ? top : dim_max(g, last, dim_of(-1));
        length = dim_sub(g, first, last);
    }
    length = dim_max(g, length, dim_of(0));
    return dim_div(g, dim_add(g, length, dim_of(pace - 1)), dim_of(pace));
}

static tfp_status check_slice_lengths(struct infer *s, const struct known *starts, const struct known *other, bool have)
{
    if (have && starts->n != other->n) return infer_fail(s, "starts, ends, axes and steps differ in length");
    return TFP_OK;
}

static tfp_status infer_slice(struct infer *s)
{
    struct shape x = infer_shape(s, 0);
    struct known starts = { 0 }, ends = { 0 }, steps = { 0 };
    int64_t room[INFER_NUMBERS];
    struct ir_ints axes = { room, 0 };
    uint32_t mask = 0;
    for (size_t i = 1; i < 5; i++) TFP_TRY(infer_need_rank(s, i, 1));
    if (x.rank < 0) return TFP_OK;
    struct shape shape = shape_of_rank(x.rank);
    bool counted = infer_elements(ir_in(s->node, 1), &starts) && infer_elements(ir_in(s->node, 2), &ends);
    bool with_axes = infer_has(s, 3), with_steps = infer_has(s, 4);
    if (!counted || (with_axes && !infer_numbers(s, 3, room, &axes))) return infer_put(s, 0, TFP_UNDEFINED, &shape);
    bool have_steps = with_steps && infer_elements(ir_in(s->node, 4), &steps);
    TFP_TRY(check_slice_lengths(s, &starts, &ends, true));
    TFP_TRY(check_slice_lengths(s, &starts, &steps, have_steps));
    if (with_axes ? axes.n != starts.n : starts.n > (size_t)x.rank)
        return infer_fail(s, "starts and axes differ in length");
    if (with_axes) TFP_TRY(infer_axes(s, axes, x.rank, &mask));
    shape = x;
    for (size_t i = 0; i < starts.n; i++) {
        int32_t axis = (int32_t)i;
        struct dim step = !with_steps ? dim_of(1) : have_steps ? steps.at[i] : dim_unknown();
        if (with_axes) TFP_TRY(infer_axis(s, axes.at[i], x.rank, &axis));
        if (dim_is(step, 0)) return infer_fail(s, "the step of axis %d is 0", (int)axis);
        shape.at[axis] = sliced_dim(s, x.at[axis], starts.at[i], ends.at[i], step);
    }
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_pad(struct infer *s)
{
    struct shape x = infer_shape(s, 0), shape = x;
    struct known pads;
    int64_t room[INFER_NUMBERS];
    struct ir_ints axes = { NULL, 0 };
    uint32_t mask;
    TFP_TRY(infer_need_rank(s, 1, 1));
    bool counted = infer_elements(ir_in(s->node, 1), &pads);
    if (x.rank < 0) {
        shape = shape_of_rank(counted && !infer_has(s, 3) && pads.n <= 2 * TFP_MAX_RANK ? (int32_t)(pads.n / 2) : -1);
        return infer_put(s, 0, TFP_UNDEFINED, &shape);
    }
    if (!counted || (infer_has(s, 3) && !infer_numbers(s, 3, room, &axes))) {
        shape = shape_of_rank(x.rank);
        return infer_put(s, 0, TFP_UNDEFINED, &shape);
    }
    size_t n = infer_has(s, 3) ? axes.n : (size_t)x.rank;
    if (pads.n != 2 * n) return infer_fail(s, "has %zu pads for %zu axes", pads.n, n);
    TFP_TRY(infer_axes(s, axes, x.rank, &mask));
    for (size_t i = 0; i < n; i++) {
        int32_t axis = (int32_t)i;
        if (infer_has(s, 3)) TFP_TRY(infer_axis(s, axes.at[i], x.rank, &axis));
        TFP_TRY(infer_add(s, shape.at[axis], pads.at[i], &shape.at[axis]));
        TFP_TRY(infer_add(s, shape.at[axis], pads.at[i + n], &shape.at[axis]));
    }
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

static tfp_status infer_tile(struct infer *s)
{
    struct shape x = infer_shape(s, 0);
    struct known repeats;
    TFP_TRY(infer_need_rank(s, 1, 1));
    bool counted = infer_elements(ir_in(s->node, 1), &repeats);
    if (counted && x.rank >= 0 && repeats.n != (size_t)x.rank)
        return infer_fail(s, "has %zu repeats for rank %d", repeats.n, (int)x.rank);
    struct shape shape = shape_of_rank(x.rank >= 0                            ? x.rank
                                       : counted && repeats.n <= TFP_MAX_RANK ? (int32_t)repeats.n
                                                                              : -1);
    for (int32_t i = 0; i < shape.rank && counted && x.rank >= 0; i++)
        TFP_TRY(infer_mul(s, x.at[i], repeats.at[i], &shape.at[i]));
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

/* Broadcasting with a wanted dimension that may not be known: numbers above 1 of the input are sure. */
static tfp_status infer_expand(struct infer *s)
{
    struct shape x = infer_shape(s, 0), to;
    TFP_TRY(shape_from_elements(s, 1, &to));
    if (x.rank < 0 || to.rank < 0) return TFP_OK;
    int32_t rank = x.rank > to.rank ? x.rank : to.rank;
    bool sure[TFP_MAX_RANK];
    struct shape other = to;
    for (int32_t i = 0; i < to.rank; i++) {
        sure[i] = !dim_is_unknown(to.at[i]) && (dim_fixed(to.at[i]) || dim_nonnegative(s->graph, to.at[i]));
        if (!sure[i]) other.at[i] = dim_of(1);
    }
    TFP_TRY(infer_broadcast(s, &x, &other));
    for (int32_t i = 0; i < to.rank; i++) {
        struct dim *d = &x.at[rank - to.rank + i];
        if (!sure[i] && !(dim_fixed(*d) && d->n != 1)) *d = dim_unknown();
    }
    return infer_put(s, 0, TFP_UNDEFINED, &x);
}

/* -- Range, blocks ---------------------------------------------------------------------------------------------- */

static tfp_status infer_range(struct infer *s)
{
    struct shape shape = shape_of_rank(1);
    const struct tensor *c[3];
    struct known k[3];
    bool ints = true, constants = true;
    for (size_t i = 0; i < 3; i++) {
        const struct ir_value *v = ir_in(s->node, i);
        TFP_TRY(infer_need_rank(s, i, 0));
        ints &= infer_elements(v, &k[i]);
        c[i] = v->constant;
        constants &= c[i] && c[i]->count == 1;
    }
    if (ints && dim_fixed(k[2].at[0]) && k[2].at[0].n != 0 && k[2].at[0].n != INT64_MIN) {
        int64_t step = k[2].at[0].n, pace = step < 0 ? -step : step;
        struct dim first = k[step < 0].at[0], last = k[step > 0].at[0];
        struct dim length = dim_max(s->graph, dim_sub(s->graph, last, first), dim_of(0));
        shape.at[0] = dim_div(s->graph, dim_add(s->graph, length, dim_of(pace - 1)), dim_of(pace));
    } else if (ints && dim_is(k[2].at[0], 0)) {
        return infer_fail(s, "the step is 0");
    } else if (!ints && constants) {
        double start = tensor_float(c[0], 0), limit = tensor_float(c[1], 0), step = tensor_float(c[2], 0);
        double length = __builtin_ceil((limit - start) / step);
        if (step == 0 || !(length < 0x1p53)) return infer_fail(s, "has no finite number of elements");
        shape.at[0] = dim_of(length > 0 ? (int64_t)length : 0);
    }
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

/* Height and width grow or shrink by the block, the channels the other way. */
static tfp_status infer_blocks(struct infer *s)
{
    struct shape x = infer_shape(s, 0), shape = shape_of_rank(4);
    int64_t block = ir_attr_int(s->node, ATTR_BLOCKSIZE, 0), area;
    bool to_space = s->node->op == IR_DEPTH_TO_SPACE;
    TFP_TRY(infer_need_rank(s, 0, 4));
    if (block <= 0 || __builtin_mul_overflow(block, block, &area)) return infer_fail(s, "blocksize %" PRId64, block);
    if (x.rank < 0) return infer_put(s, 0, TFP_UNDEFINED, &shape);
    shape.at[0] = x.at[0];
    for (int32_t i = 1; i < 4; i++) {
        bool shrink = (i == 1) == to_space;
        int64_t by = i == 1 ? area : block;
        if (shrink && dim_fixed(x.at[i]) && x.at[i].n % by)
            return infer_fail(s, "dimension %" PRId64 " cannot be divided by %" PRId64, x.at[i].n, by);
        if (shrink) shape.at[i] = dim_div(s->graph, x.at[i], dim_of(by));
        else TFP_TRY(infer_mul(s, x.at[i], dim_of(by), &shape.at[i]));
    }
    return infer_put(s, 0, TFP_UNDEFINED, &shape);
}

const struct infer_row infer_shape_rows[] = {
    { IR_CONCAT, infer_concat, known_concat },
    { IR_CONSTANT, infer_constant, known_constant },
    { IR_CONSTANT_OF_SHAPE, infer_constant_of_shape, known_constant_of_shape },
    { IR_DEPTH_TO_SPACE, infer_blocks, NULL },
    { IR_EXPAND, infer_expand, known_expand },
    { IR_FLATTEN, infer_flatten, NULL },
    { IR_PAD, infer_pad, known_pad },
    { IR_RANDOM_NORMAL, infer_random, NULL },
    { IR_RANDOM_UNIFORM, infer_random, NULL },
    { IR_RANGE, infer_range, known_range },
    { IR_RESHAPE, infer_reshape, known_identity },
    { IR_SHAPE, infer_shape_op, known_shape },
    { IR_SIZE, infer_size, known_size },
    { IR_SLICE, infer_slice, known_slice },
    { IR_SPACE_TO_DEPTH, infer_blocks, NULL },
    { IR_SPLIT, infer_split, known_split },
    { IR_SQUEEZE, infer_squeeze, known_identity },
    { IR_TILE, infer_tile, known_tile },
    { IR_TRANSPOSE, infer_transpose, known_identity },
    { IR_UNSQUEEZE, infer_unsqueeze, known_identity },
    { IR_NONE, NULL, NULL },
};
