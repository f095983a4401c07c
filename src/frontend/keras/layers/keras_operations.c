/* Operations on tensors within functional models: TFOpLambda and SlicingOpLambda of Keras 2, whose nodes name a function
 * of TensorFlow, and the operations of Keras 3. Arguments come by place or by name, in Keras 3 also from the
 * configuration. */
#include "frontend/keras/layers/keras_operations.h"

#include <strings.h>

/* -- arguments ----------------------------------------------------------------------------------------------------- */

/* The argument at a place, or by one of several names ("y|b|x2"); of the node, else of the configuration. */
static const json_t *argument(struct keras_call *c, size_t place, const char *names)
{
    char name[64];
    const json_t *j = c->node && place < json_array_size(c->node->args) ? json_array_get(c->node->args, place) : NULL;
    if (j && !json_is_null(j)) return j;
    for (const char *at = names; *at;) {
        size_t n = strcspn(at, "|");
        if (n < sizeof name) {
            memcpy(name, at, n);
            name[n] = '\0';
            j = c->node ? keras_get(c->node->kwargs, name) : NULL;
            if (!j && strcmp(name, "name") != 0) j = keras_get(c->layer->config, name);
            if (j) return j;
        }
        at += n + (at[n] == '|');
    }
    return NULL;
}

static struct ir_value *tensor(struct keras_call *c, size_t place, const char *names, tfp_dtype dtype)
{
    const json_t *j = argument(c, place, names);
    if (!j) return call_malformed(c, "argument %s is missing", names);
    return call_tensor(c, j, dtype).value;
}

static bool flag(struct keras_call *c, size_t place, const char *names)
{
    return json_is_true(argument(c, place, names));
}

/* Integers of a list or one; -1: absent. */
static int64_t integers(struct keras_call *c, size_t place, const char *names, int64_t *at, size_t room)
{
    const json_t *j = argument(c, place, names);
    if (!j) return -1;
    if (!json_is_array(j)) {
        if (!keras_integer(j, at)) call_unsupported(c, "argument %s is no number", names);
        return 1;
    }
    size_t n = json_array_size(j);
    if (n > room) return call_unsupported(c, "argument %s has %zu values", names, n), -1;
    for (size_t i = 0; i < n; i++) {
        const json_t *e = json_array_get(j, i);
        if (json_is_null(e)) at[i] = -1;
        else if (!keras_integer(e, &at[i])) return call_unsupported(c, "argument %s is no list of numbers", names), -1;
    }
    return (int64_t)n;
}

static const char x_names[] = "x|x1|a|input|input_tensor|tensor|features|logits|t|value|values|params|images|"
                              "condition|inputs|input_";
static const char y_names[] = "y|x2|b|bias";

static struct ir_value *first(struct keras_call *c)
{
    if (c->n_in) return call_in(c, 0);
    return tensor(c, 0, x_names, c->layer->dtype);
}

static const struct keras_operation *operation(const struct keras_call *c)
{
    return (const struct keras_operation *)c->layer->class;
}

static enum ir_op op_of(const struct keras_call *c)
{
    return *(const enum ir_op *)operation(c)->class.variant;
}

/* -- element by element -------------------------------------------------------------------------------------------- */

static void lower_unary(struct keras_call *c)
{
    call_out(c, form_unary(c->b, op_of(c), first(c)));
}

static bool is_tensor(struct keras_call *c, const json_t *j)
{
    struct keras_reference r;
    return j && keras_reference(j, &r) && !r.constant && c->run;
}

/* Both operands in one type: a number takes the tensor's. */
static bool operands(struct keras_call *c, struct ir_value **x, struct ir_value **y)
{
    const json_t *jx = argument(c, 0, x_names), *jy = argument(c, 1, y_names);
    tfp_dtype dtype = dtype_is_float(c->layer->dtype) ? c->layer->dtype : TFP_FLOAT;
    if (!jx || !jy) return call_malformed(c, "two operands are needed"), false;
    *x = is_tensor(c, jx) ? call_tensor(c, jx, dtype).value : NULL;
    *y = is_tensor(c, jy) ? call_tensor(c, jy, dtype).value : NULL;
    if (!*x && !*y) return call_malformed(c, "no operand is a tensor"), false;
    if (!*x) *x = call_tensor(c, jx, (*y)->dtype).value;
    if (!*y) *y = call_tensor(c, jy, (*x)->dtype).value;
    if (*x && *y && (*x)->dtype != (*y)->dtype) {
        bool left = dtype_is_float((*x)->dtype) && !dtype_is_float((*y)->dtype);
        if (left) *y = ir_cast(c->b, *y, (*x)->dtype);
        else *x = ir_cast(c->b, *x, (*y)->dtype);
    }
    return *x && *y;
}

static void lower_binary(struct keras_call *c)
{
    struct ir_value *x, *y;
    if (operands(c, &x, &y)) call_out(c, form_binary(c->b, op_of(c), x, y));
}

/* Division of whole numbers gives fractions in Python. */
static void lower_divide(struct keras_call *c)
{
    struct ir_value *x, *y;
    if (!operands(c, &x, &y)) return;
    if (!dtype_is_float(x->dtype)) {
        x = ir_cast(c->b, x, TFP_FLOAT);
        y = ir_cast(c->b, y, TFP_FLOAT);
    }
    call_out(c, ir_div(c->b, x, y));
}

static void lower_floor_divide(struct keras_call *c)
{
    struct ir_value *x, *y;
    if (!operands(c, &x, &y)) return;
    if (!dtype_is_float(x->dtype)) call_unsupported(c, "division of whole numbers");
    else call_out(c, ir_unary(c->b, IR_FLOOR, ir_div(c->b, x, y)));
}

static void lower_compare(struct keras_call *c)
{
    struct ir_value *x, *y;
    if (operands(c, &x, &y)) call_out(c, ir_binary(c->b, op_of(c), x, y));
}

static void lower_not_equal(struct keras_call *c)
{
    struct ir_value *x, *y;
    if (operands(c, &x, &y)) call_out(c, ir_unary(c->b, IR_NOT, ir_binary(c->b, IR_EQUAL, x, y)));
}

static void lower_squared_difference(struct keras_call *c)
{
    struct ir_value *x, *y;
    if (!operands(c, &x, &y)) return;
    struct ir_value *d = ir_sub(c->b, x, y);
    call_out(c, ir_mul(c->b, d, d));
}

static void lower_square(struct keras_call *c)
{
    struct ir_value *x = first(c);
    call_out(c, ir_mul(c->b, x, x));
}

static void lower_reciprocal_root(struct keras_call *c)
{
    call_out(c, ir_unary(c->b, IR_RECIPROCAL, ir_unary(c->b, IR_SQRT, first(c))));
}

static void lower_one_more(struct keras_call *c)
{
    struct ir_value *x = first(c);
    if (x) call_out(c, ir_unary(c->b, IR_LOG, ir_add(c->b, x, ir_like(c->b, x, 1))));
}

static void lower_one_less(struct keras_call *c)
{
    struct ir_value *x = first(c);
    if (x) call_out(c, ir_sub(c->b, ir_unary(c->b, IR_EXP, x), ir_like(c->b, x, 1)));
}

static void lower_same(struct keras_call *c)
{
    call_out(c, first(c));
}

static void lower_filled(struct keras_call *c)
{
    struct ir_value *x = first(c);
    double value = *(const double *)operation(c)->class.variant;
    if (x) call_out(c, ir_expand(c->b, ir_like(c->b, x, value), ir_shape(c->b, x)));
}

/* The activation that the row is named after. */
static void lower_named(struct keras_call *c)
{
    const char *name = operation(c)->class.variant;
    double slope;
    const json_t *alpha = argument(c, SIZE_MAX, "alpha|negative_slope"), *axis = argument(c, SIZE_MAX, "axis");
    int64_t at = -1;
    struct ir_value *x = first(c);
    if (axis && !keras_integer(axis, &at)) call_unsupported(c, "axis is no number");
    if (!x || c->b->status != TFP_OK) return;
    bool alone = strcmp(name, "leaky_relu") != 0 || !alpha || !keras_number(alpha, &slope);
    if (strcmp(name, "gelu") == 0 && (flag(c, 1, "approximate"))) {
        call_out(c, ir_emit(c->b, IR_GELU, IN(x), ATTRS(A_STRING(ATTR_APPROXIMATE, "tanh"))));
    } else if (strcmp(name, "softmax") == 0 || strcmp(name, "log_softmax") == 0) {
        at = call_axis(c, at, call_rank(c, x));
        enum ir_op op = *name == 's' ? IR_SOFTMAX : IR_LOG_SOFTMAX;
        if (at >= 0) call_out(c, ir_emit(c->b, op, IN(x), ATTRS(A_INT(ATTR_AXIS, at))));
    } else if (!alone) {
        call_out(c, ir_emit(c->b, IR_LEAKY_RELU, IN(x), ATTRS(A_FLOAT(ATTR_ALPHA, (float)slope))));
    } else {
        call_out(c, call_function(c, name, x));
    }
}

static void lower_clip(struct keras_call *c)
{
    struct ir_value *x = first(c);
    double low, high;
    if (!x || !keras_number(argument(c, 1, "clip_value_min|x_min|min"), &low) ||
        !keras_number(argument(c, 2, "clip_value_max|x_max|max"), &high)) {
        call_unsupported(c, "limits that are no numbers");
        return;
    }
    struct ir_value *y = ir_binary(c->b, IR_MAX, x, ir_like(c->b, x, low));
    call_out(c, ir_binary(c->b, IR_MIN, y, ir_like(c->b, x, high)));
}

static void lower_cast(struct keras_call *c)
{
    const json_t *j = argument(c, 1, "dtype");
    const char *name = json_is_string(j) ? json_string_value(j) : NULL;
    tfp_dtype dtype = keras_dtype(name);
    if (dtype == TFP_UNDEFINED || dtype == TFP_STRING) call_unsupported(c, "type %s", name ? name : "?");
    else call_out(c, ir_cast(c->b, first(c), dtype));
}

static void lower_where(struct keras_call *c)
{
    struct ir_value *condition = ir_cast(c->b, first(c), TFP_BOOL);
    const json_t *jx = argument(c, 1, "x1|x"), *jy = argument(c, 2, "x2|y");
    tfp_dtype dtype = dtype_is_float(c->layer->dtype) ? c->layer->dtype : TFP_FLOAT;
    if (!jx || !jy) {
        call_unsupported(c, "where without two results to choose from");
        return;
    }
    struct ir_value *x = is_tensor(c, jx) ? call_tensor(c, jx, dtype).value : NULL;
    struct ir_value *y = call_tensor(c, jy, x ? x->dtype : dtype).value;
    if (!x) x = call_tensor(c, jx, y ? y->dtype : dtype).value;
    call_out(c, ir_where(c->b, condition, x, y));
}

/* -- reductions ---------------------------------------------------------------------------------------------------- */

static void lower_reduce(struct keras_call *c)
{
    int64_t axes[TFP_MAX_RANK], n = integers(c, 1, "axis", axes, TFP_MAX_RANK);
    struct ir_value *x = first(c);
    bool keep = flag(c, 2, "keepdims|keep_dims");
    if (x) call_out(c, form_reduce(c->b, op_of(c), x, n < 0 ? NULL : axes, n < 0 ? 0 : (size_t)n, keep));
}

/* Any and All, by the largest or the smallest. */
static void lower_reduce_bool(struct keras_call *c)
{
    int64_t axes[TFP_MAX_RANK], n = integers(c, 1, "axis", axes, TFP_MAX_RANK);
    struct ir_value *x = ir_cast(c->b, ir_cast(c->b, first(c), TFP_BOOL), TFP_INT32);
    bool keep = flag(c, 2, "keepdims");
    if (x) call_out(c, ir_cast(c->b, ir_reduce(c->b, op_of(c), x, n < 0 ? NULL : axes, n < 0 ? 0 : (size_t)n, keep),
                               TFP_BOOL));
}

static void lower_arg(struct keras_call *c)
{
    int64_t axis = 0, n = integers(c, 1, "axis", &axis, 1);
    struct ir_value *x = first(c);
    if (n < 0 && c->source->generation >= 3) call_unsupported(c, "without an axis");
    if (!x || c->b->status != TFP_OK) return;
    struct ir_value *y = ir_emit(c->b, op_of(c), IN(x), ATTRS(A_INT(ATTR_AXIS, axis), A_INT(ATTR_KEEPDIMS, 0)));
    call_out(c, ir_cast(c->b, y, c->source->generation >= 3 ? TFP_INT32 : TFP_INT64));
}

/* -- shapes -------------------------------------------------------------------------------------------------------- */

/* A list of numbers, or a list with tensors among them, as int64. */
static struct ir_value *sizes(struct keras_call *c, const json_t *j)
{
    struct ir_value *parts[TFP_MAX_RANK];
    size_t n = json_array_size(j);
    if (is_tensor(c, j)) return ir_cast(c->b, call_tensor(c, j, TFP_INT64).value, TFP_INT64);
    if (!json_is_array(j) || n > TFP_MAX_RANK) return call_unsupported(c, "a shape that is no list");
    for (size_t i = 0; i < n; i++) {
        const json_t *e = json_array_get(j, i);
        struct ir_value *v = json_is_null(e) ? INTS(c->b, -1) : call_tensor(c, e, TFP_INT64).value;
        parts[i] = form_vector(c->b, ir_cast(c->b, v, TFP_INT64));
    }
    return n ? ir_concat(c->b, parts, n, 0) : ir_ints(c->b, (const int64_t[]){ 0 }, 0);
}

static void lower_reshape(struct keras_call *c)
{
    struct ir_value *x = first(c), *to = sizes(c, argument(c, 1, "shape|newshape"));
    if (x && to) call_out(c, form_reshape(c->b, x, &to, 1));
}

static void lower_broadcast(struct keras_call *c)
{
    struct ir_value *x = first(c), *to = sizes(c, argument(c, 1, "shape"));
    if (x && to) call_out(c, ir_expand(c->b, x, to));
}

static void lower_transpose(struct keras_call *c)
{
    int64_t perm[TFP_MAX_RANK], n = integers(c, 1, "perm|axes", perm, TFP_MAX_RANK);
    struct ir_value *x = first(c);
    int64_t rank = call_rank(c, x);
    for (int64_t i = 0; n < 0 && i < rank; i++) perm[i] = rank - 1 - i;
    if (n >= 0 && n != rank) call_malformed(c, "a permutation of %lld axes", (long long)n);
    else if (rank >= 0) call_out(c, ir_transpose(c->b, x, perm, (size_t)rank));
}

static void lower_expand_dims(struct keras_call *c)
{
    int64_t axes[TFP_MAX_RANK] = { -1 }, n = integers(c, 1, "axis", axes, TFP_MAX_RANK);
    call_out(c, ir_unsqueeze(c->b, first(c), axes, n < 1 ? 1 : (size_t)n));
}

static void lower_squeeze(struct keras_call *c)
{
    int64_t axes[TFP_MAX_RANK], n = integers(c, 1, "axis|squeeze_dims", axes, TFP_MAX_RANK);
    call_out(c, ir_squeeze(c->b, first(c), axes, n < 0 ? 0 : (size_t)n));
}

static void lower_shape(struct keras_call *c)
{
    call_out(c, ir_cast(c->b, ir_shape(c->b, first(c)), TFP_INT32));
}

static void lower_concat(struct keras_call *c)
{
    struct ir_value *in[KERAS_IN_MOST];
    int64_t axis = -1;
    integers(c, 1, "axis", &axis, 1);
    for (size_t i = 0; i < c->n_in; i++) in[i] = call_in(c, i);
    if (c->n_in) call_out(c, ir_concat(c->b, in, c->n_in, axis));
}

static void lower_stack(struct keras_call *c)
{
    struct ir_value *in[KERAS_IN_MOST];
    int64_t axis = 0;
    integers(c, 1, "axis", &axis, 1);
    for (size_t i = 0; i < c->n_in; i++) in[i] = ir_unsqueeze(c->b, call_in(c, i), &axis, 1);
    if (c->n_in) call_out(c, ir_concat(c->b, in, c->n_in, axis));
}

static void lower_split(struct keras_call *c)
{
    int64_t axis = 0, parts[KERAS_OUT_MOST], at = 0;
    int64_t n = integers(c, 1, "num_or_size_splits|indices_or_sections", parts, KERAS_OUT_MOST);
    struct ir_value *x = first(c);
    integers(c, 2, "axis", &axis, 1);
    axis = call_axis(c, axis, call_rank(c, x));
    if (axis < 0 || n < 1) return;
    if (!dim_fixed(x->dims[axis])) {
        call_unsupported(c, "an axis of unknown size");
        return;
    }
    int64_t size = x->dims[axis].n;
    bool equal = !json_is_array(argument(c, 1, "num_or_size_splits|indices_or_sections"));
    bool indices = !equal && c->source->generation >= 3;
    int64_t count = equal ? parts[0] : indices ? n + 1 : n;
    if (count < 1 || count > KERAS_OUT_MOST || (equal && size % count)) {
        call_malformed(c, "%lld parts of %lld", (long long)count, (long long)size);
        return;
    }
    for (int64_t i = 0; i < count; i++) {
        int64_t end = equal ? at + size / count : indices ? (i < n ? parts[i] : size) : at + parts[i];
        call_out(c, ir_slice_axis(c->b, x, axis, at, end));
        at = end;
    }
}

static void lower_unstack(struct keras_call *c)
{
    int64_t axis = 0;
    struct ir_value *x = first(c);
    integers(c, 2, "axis", &axis, 1);
    axis = call_axis(c, axis, call_rank(c, x));
    if (axis < 0) return;
    if (!dim_fixed(x->dims[axis]) || x->dims[axis].n > KERAS_OUT_MOST) {
        call_unsupported(c, "an axis of unknown size or above %d", (int)KERAS_OUT_MOST);
        return;
    }
    for (int64_t i = 0; i < x->dims[axis].n; i++)
        call_out(c, ir_squeeze(c->b, ir_slice_axis(c->b, x, axis, i, i + 1), &axis, 1));
}

static void lower_tile(struct keras_call *c)
{
    struct ir_value *x = first(c), *times = sizes(c, argument(c, 1, "multiples|repeats"));
    if (x && times) call_out(c, ir_emit(c->b, IR_TILE, IN(x, times), NO_ATTRS));
}

static void lower_take(struct keras_call *c)
{
    int64_t axis = 0;
    struct ir_value *x = first(c), *indices = tensor(c, 1, "indices", TFP_INT64);
    integers(c, 2, "axis", &axis, 1);
    if (x && indices) call_out(c, ir_gather(c->b, x, ir_cast(c->b, indices, TFP_INT64), axis));
}

static void lower_flip(struct keras_call *c)
{
    int64_t axes[TFP_MAX_RANK], n = integers(c, 1, "axis", axes, TFP_MAX_RANK);
    if (n < 0) call_unsupported(c, "without an axis");
    else call_out(c, form_reverse(c->b, first(c), axes, (size_t)n));
}

static void lower_pad(struct keras_call *c)
{
    int64_t pads[2 * TFP_MAX_RANK];
    const json_t *j = argument(c, 1, "paddings|pad_width"), *mode = argument(c, 2, "mode");
    struct ir_value *x = first(c);
    int64_t rank = call_rank(c, x);
    if (rank < 0) return;
    bool fits = json_array_size(j) == (size_t)rank;
    for (int64_t i = 0; fits && i < rank; i++) {
        const json_t *pair = json_array_get(j, (size_t)i);
        fits = keras_integer(json_array_get(pair, 0), &pads[i]) && keras_integer(json_array_get(pair, 1), &pads[rank + i]);
    }
    if (!fits || (json_is_string(mode) && strcasecmp(json_string_value(mode), "constant") != 0)) {
        call_unsupported(c, "padding other than with constants by numbers");
        return;
    }
    call_out(c, ir_emit(c->b, IR_PAD, IN(x, ir_ints(c->b, pads, 2 * (size_t)rank)), ATTRS(A_STRING(ATTR_MODE, "constant"))));
}

static struct ir_value *turned(struct keras_call *c, struct ir_value *x, bool turn)
{
    int64_t rank = turn ? call_rank(c, x) : 0;
    return turn && rank >= 2 ? form_move_axis(c->b, x, rank, rank - 1, rank - 2) : x;
}

static void lower_matmul(struct keras_call *c)
{
    struct ir_value *x, *y;
    if (!operands(c, &x, &y)) return;
    x = turned(c, x, flag(c, 2, "transpose_a"));
    y = turned(c, y, flag(c, 3, "transpose_b"));
    call_out(c, ir_matmul(c->b, x, y));
}

static void lower_l2_normalize(struct keras_call *c)
{
    int64_t axes[TFP_MAX_RANK] = { -1 }, n = integers(c, 1, "axis", axes, TFP_MAX_RANK);
    struct ir_value *x = first(c);
    if (x) call_out(c, keras_unit_length(c->b, x, axes, n < 1 ? 1 : (size_t)n));
}

static void lower_one_hot(struct keras_call *c)
{
    struct build *b = c->b;
    int64_t depth = 0, axis = -1;
    struct ir_value *x = c->n_in ? call_in(c, 0) : tensor(c, 0, "indices|x", TFP_INT64);
    integers(c, 1, "depth|num_classes", &depth, 1);
    integers(c, SIZE_MAX, "axis", &axis, 1);
    if (depth < 1 || axis != -1 || !x) {
        call_unsupported(c, "an axis other than the last");
        return;
    }
    struct ir_value *hit = ir_binary(b, IR_EQUAL, UNSQUEEZE(b, ir_cast(b, x, TFP_INT64), -1), form_iota(b, INTS(b, depth)));
    call_out(c, ir_cast(b, hit, TFP_FLOAT));
}

/* -- x[...] -------------------------------------------------------------------------------------------------------- */

struct slicing {
    int64_t starts[TFP_MAX_RANK], ends[TFP_MAX_RANK], steps[TFP_MAX_RANK], axes[TFP_MAX_RANK];
    int64_t drop[TFP_MAX_RANK], add[TFP_MAX_RANK];
    size_t n, n_drop, n_add;
};

static bool bound(const json_t *slice, const char *key, int64_t otherwise, int64_t *out)
{
    const json_t *j = keras_get(slice, key);
    *out = otherwise;
    return !j || keras_integer(j, out);
}

/* {"start": .., "stop": .., "step": ..}, in Keras 3 as the configuration of a "__slice__"; a number; null for a new axis;
 * {"class_name": "__ellipsis__"} or "...". */
static bool read_slices(const json_t *list, int64_t rank, struct slicing *s)
{
    int64_t axis = 0, out = 0, given = 0;
    size_t n = json_array_size(list);
    for (size_t i = 0; i < n; i++) given += !json_is_null(json_array_get(list, i));
    for (size_t i = 0; i < n; i++) {
        const json_t *e = json_array_get(list, i);
        const char *class_name = keras_text(e, "class_name");
        const json_t *slice = class_name && keras_get(e, "config") ? keras_get(e, "config") : e;
        bool ellipsis = (class_name && strstr(class_name, "llipsis")) || (json_is_string(e) &&
                                                                          strcmp(json_string_value(e), "...") == 0);
        if (json_is_null(e)) {
            s->add[s->n_add++] = out++;
            continue;
        }
        if (ellipsis) {
            out += rank - (given - 1);
            axis += rank - (given - 1);
            continue;
        }
        if (axis >= rank) return false;
        size_t k = s->n++;
        int64_t at;
        s->axes[k] = axis;
        s->steps[k] = 1;
        if (json_is_integer(e)) {
            at = json_integer_value(e);
            s->starts[k] = at;
            s->ends[k] = at == -1 ? INT64_MAX : at + 1;
            s->drop[s->n_drop++] = axis++;
            continue;
        }
        if (!json_is_object(slice) || !bound(slice, "step", 1, &s->steps[k])) return false;
        bool back = s->steps[k] < 0;
        if (!bound(slice, "start", back ? INT64_MAX : 0, &s->starts[k]) ||
            !bound(slice, "stop", back ? INT64_MIN : INT64_MAX, &s->ends[k]))
            return false;
        axis++;
        out++;
    }
    return true;
}

static void lower_get_item(struct keras_call *c)
{
    struct build *b = c->b;
    struct slicing s = { .n = 0 };
    struct ir_value *x = first(c);
    const json_t *list = argument(c, 1, "slice_spec|key");
    int64_t rank = call_rank(c, x);
    json_t *one = NULL;
    if (list && !json_is_array(list)) {
        one = json_array();
        json_array_append(one, (json_t *)(uintptr_t)list);
        list = one;
    }
    bool fine = rank >= 0 && list && json_array_size(list) <= TFP_MAX_RANK && read_slices(list, rank, &s);
    json_decref(one);
    if (!fine) {
        call_unsupported(c, "an index that is neither a number nor a slice of numbers");
        return;
    }
    if (s.n) x = ir_slice(b, x, ir_ints(b, s.starts, s.n), ir_ints(b, s.ends, s.n), ir_ints(b, s.axes, s.n),
                          ir_ints(b, s.steps, s.n));
    if (s.n_drop) x = ir_squeeze(b, x, s.drop, s.n_drop);
    call_out(c, s.n_add ? ir_unsqueeze(b, x, s.add, s.n_add) : x);
}

/* -- the table ----------------------------------------------------------------------------------------------------- */

#define OP(name, lower, variant, ...) { { name, NULL, lower, KERAS_MASK_STOPS, true, variant, NULL }, { __VA_ARGS__ } }
#define IR(op) (&(const enum ir_op){ op })
#define NAMED(name, function, ...) OP(name, lower_named, function, __VA_ARGS__)

const struct keras_operation keras_operations[] = {
    OP("ops.Abs", lower_unary, IR(IR_ABS), "math.abs", "abs"),
    OP("ops.Absolute", lower_unary, IR(IR_ABS), NULL),
    OP("ops.Add", lower_binary, IR(IR_ADD), "math.add", "__operators__.add", "add", "nn.bias_add"),
    OP("ops.All", lower_reduce_bool, IR(IR_REDUCE_MIN), "math.reduce_all", "reduce_all"),
    OP("ops.Any", lower_reduce_bool, IR(IR_REDUCE_MAX), "math.reduce_any", "reduce_any"),
    OP("ops.Argmax", lower_arg, IR(IR_ARG_MAX), "math.argmax", "argmax", "compat.v1.argmax"),
    OP("ops.Argmin", lower_arg, IR(IR_ARG_MIN), "math.argmin", "argmin"),
    OP("ops.BroadcastTo", lower_broadcast, NULL, "broadcast_to"),
    OP("ops.Cast", lower_cast, NULL, "cast", "dtypes.cast"),
    OP("ops.Ceil", lower_unary, IR(IR_CEIL), "math.ceil"),
    OP("ops.Clip", lower_clip, NULL, "clip_by_value"),
    OP("ops.Concatenate", lower_concat, NULL, "concat"),
    OP("ops.Cos", lower_unary, IR(IR_COS), "math.cos", "cos"),
    OP("ops.Divide", lower_divide, NULL, "math.divide", "math.truediv", "__operators__.truediv", "divide"),
    OP("ops.TrueDivide", lower_divide, NULL, "realdiv"),
    NAMED("ops.Elu", "elu", "nn.elu"),
    OP("ops.Equal", lower_compare, IR(IR_EQUAL), "math.equal", "equal", "__operators__.eq"),
    OP("ops.Erf", lower_unary, IR(IR_ERF), "math.erf"),
    OP("ops.Exp", lower_unary, IR(IR_EXP), "math.exp", "exp"),
    OP("ops.ExpandDims", lower_expand_dims, NULL, "expand_dims", "compat.v1.expand_dims"),
    OP("ops.Expm1", lower_one_less, NULL, "math.expm1"),
    OP("ops.Flip", lower_flip, NULL, "reverse"),
    OP("ops.Floor", lower_unary, IR(IR_FLOOR), "math.floor", "floor"),
    OP("ops.FloorDivide", lower_floor_divide, NULL, "math.floordiv", "__operators__.floordiv"),
    NAMED("ops.Gelu", "gelu", "nn.gelu"),
    OP("ops.GetItem", lower_get_item, NULL, "__operators__.getitem"),
    OP("ops.Greater", lower_compare, IR(IR_GREATER), "math.greater", "__operators__.gt", "greater"),
    OP("ops.GreaterEqual", lower_compare, IR(IR_GREATER_OR_EQUAL), "math.greater_equal", "__operators__.ge"),
    NAMED("ops.HardSigmoid", "hard_sigmoid", NULL),
    NAMED("ops.HardSilu", "hard_silu", NULL),
    OP("ops.Identity", lower_same, NULL, "identity", "stop_gradient", "debugging.check_numerics"),
    NAMED("ops.LeakyRelu", "leaky_relu", "nn.leaky_relu"),
    OP("ops.Less", lower_compare, IR(IR_LESS), "math.less", "__operators__.lt", "less"),
    OP("ops.LessEqual", lower_compare, IR(IR_LESS_OR_EQUAL), "math.less_equal", "__operators__.le"),
    OP("ops.Log", lower_unary, IR(IR_LOG), "math.log"),
    OP("ops.Log1p", lower_one_more, NULL, "math.log1p"),
    NAMED("ops.LogSigmoid", "log_sigmoid", "math.log_sigmoid"),
    NAMED("ops.LogSoftmax", "log_softmax", "nn.log_softmax"),
    OP("ops.LogicalAnd", lower_compare, IR(IR_AND), "math.logical_and", "logical_and"),
    OP("ops.LogicalNot", lower_unary, IR(IR_NOT), "math.logical_not", "logical_not"),
    OP("ops.LogicalOr", lower_compare, IR(IR_OR), "math.logical_or", "logical_or"),
    OP("ops.Matmul", lower_matmul, NULL, "linalg.matmul", "matmul", "__operators__.matmul"),
    OP("ops.Max", lower_reduce, IR(IR_REDUCE_MAX), "math.reduce_max", "reduce_max"),
    OP("ops.Maximum", lower_binary, IR(IR_MAX), "math.maximum", "maximum"),
    OP("ops.Mean", lower_reduce, IR(IR_REDUCE_MEAN), "math.reduce_mean", "reduce_mean"),
    OP("ops.Min", lower_reduce, IR(IR_REDUCE_MIN), "math.reduce_min", "reduce_min"),
    OP("ops.Minimum", lower_binary, IR(IR_MIN), "math.minimum", "minimum"),
    OP("ops.Multiply", lower_binary, IR(IR_MUL), "math.multiply", "multiply", "__operators__.mul"),
    OP("ops.Negative", lower_unary, IR(IR_NEG), "math.negative", "negative", "__operators__.neg"),
    OP("ops.NotEqual", lower_not_equal, NULL, "math.not_equal", "not_equal", "__operators__.ne"),
    OP("ops.OneHot", lower_one_hot, NULL, "one_hot"),
    OP("ops.OnesLike", lower_filled, &(const double){ 1 }, "ones_like", "compat.v1.ones_like"),
    OP("ops.Pad", lower_pad, NULL, "pad", "compat.v1.pad"),
    OP("ops.Power", lower_binary, IR(IR_POW), "math.pow", "pow", "__operators__.pow"),
    OP("ops.Prod", lower_reduce, IR(IR_REDUCE_PROD), "math.reduce_prod", "reduce_prod"),
    OP("ops.Reciprocal", lower_unary, IR(IR_RECIPROCAL), "math.reciprocal"),
    NAMED("ops.Relu", "relu", "nn.relu"),
    NAMED("ops.Relu6", "relu6", "nn.relu6"),
    OP("ops.Reshape", lower_reshape, NULL, "reshape"),
    OP("ops.Round", lower_unary, IR(IR_ROUND), "math.round", "round"),
    OP("ops.Rsqrt", lower_reciprocal_root, NULL, "math.rsqrt"),
    NAMED("ops.Selu", "selu", "nn.selu"),
    OP("ops.Shape", lower_shape, NULL, "shape", "compat.v1.shape"),
    NAMED("ops.Sigmoid", "sigmoid", "math.sigmoid", "nn.sigmoid", "sigmoid"),
    OP("ops.Sign", lower_unary, IR(IR_SIGN), "math.sign", "sign"),
    NAMED("ops.Silu", "silu", "nn.silu", "nn.swish"),
    OP("ops.Sin", lower_unary, IR(IR_SIN), "math.sin", "sin"),
    NAMED("ops.Softmax", "softmax", "nn.softmax"),
    NAMED("ops.Softplus", "softplus", "math.softplus", "nn.softplus"),
    NAMED("ops.Softsign", "softsign", "nn.softsign", "math.softsign"),
    OP("ops.Split", lower_split, NULL, "split"),
    OP("ops.Sqrt", lower_unary, IR(IR_SQRT), "math.sqrt", "sqrt"),
    OP("ops.Square", lower_square, NULL, "math.square", "square"),
    OP("ops.SquaredDifference", lower_squared_difference, NULL, "math.squared_difference"),
    OP("ops.Squeeze", lower_squeeze, NULL, "squeeze", "compat.v1.squeeze"),
    OP("ops.Stack", lower_stack, NULL, "stack"),
    OP("ops.StopGradient", lower_same, NULL, NULL),
    OP("ops.Subtract", lower_binary, IR(IR_SUB), "math.subtract", "subtract", "__operators__.sub"),
    OP("ops.Sum", lower_reduce, IR(IR_REDUCE_SUM), "math.reduce_sum", "reduce_sum"),
    OP("ops.Take", lower_take, NULL, "gather", "compat.v1.gather", "nn.embedding_lookup"),
    NAMED("ops.Tanh", "tanh", "math.tanh", "nn.tanh", "tanh"),
    OP("ops.Tile", lower_tile, NULL, "tile"),
    OP("ops.Transpose", lower_transpose, NULL, "transpose", "compat.v1.transpose"),
    OP("ops.Unstack", lower_unstack, NULL, "unstack"),
    OP("ops.Where", lower_where, NULL, "where", "compat.v2.where"),
    OP("ops.ZerosLike", lower_filled, &(const double){ 0 }, "zeros_like", "compat.v1.zeros_like"),
    OP("ops.Normalize", lower_l2_normalize, NULL, "math.l2_normalize", "nn.l2_normalize", "linalg.l2_normalize"),
};
const size_t keras_operations_n = sizeof keras_operations / sizeof keras_operations[0];

const struct keras_class *keras_operation_find(const char *class_name)
{
    for (size_t i = 0; i < keras_operations_n; i++)
        if (strcmp(keras_operations[i].class.name, class_name) == 0) return &keras_operations[i].class;
    return NULL;
}

/* A layer of Keras 2 that calls a function of TensorFlow. */
static void lower_function(struct keras_call *c)
{
    const char *name = config_text(c->layer, "function", "");
    const struct keras_class *outer = c->layer->class;
    for (size_t i = 0; i < keras_operations_n; i++) {
        for (size_t k = 0; k < OPERATION_NAMES && keras_operations[i].functions[k]; k++) {
            if (strcmp(keras_operations[i].functions[k], name) != 0) continue;
            c->layer->class = &keras_operations[i].class;
            c->layer->class->lower(c);
            c->layer->class = outer;
            return;
        }
    }
    call_unsupported(c, "function tf.%s", name);
}

static const struct keras_class classes[] = {
    { "SlicingOpLambda", NULL, lower_function, KERAS_MASK_STOPS, true, NULL, "indices that are tensors" },
    { "TFOpLambda", NULL, lower_function, KERAS_MASK_STOPS, true, NULL,
      "functions that are not in the table of operations" },
};

extern const struct keras_family keras_family_operations;
KERAS_FAMILY(operations, "Functions as layers");
