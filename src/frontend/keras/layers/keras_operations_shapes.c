/* Operations that move elements. */
#include "frontend/keras/layers/keras_operations.h"

#include <strings.h>

/* -- shapes -------------------------------------------------------------------------------------------------------- */
static void lower_reshape(struct keras_call *c)
{
    struct ir_value *x = operation_first(c), *to = operation_sizes(c, operation_argument(c, 1, "shape|newshape"));
    if (x && to) call_out(c, form_reshape(c->b, x, &to, 1));
}

static void lower_broadcast(struct keras_call *c)
{
    struct ir_value *x = operation_first(c), *to = operation_sizes(c, operation_argument(c, 1, "shape"));
    if (x && to) call_out(c, ir_expand(c->b, x, to));
}

static void lower_transpose(struct keras_call *c)
{
    int64_t perm[TFP_MAX_RANK], n = operation_integers(c, 1, "perm|axes|pattern", perm, TFP_MAX_RANK);
    struct ir_value *x = operation_first(c);
    int64_t rank = call_rank(c, x);
    for (int64_t i = 0; n < 0 && i < rank; i++) perm[i] = rank - 1 - i;
    if (n >= 0 && n != rank) call_malformed(c, "a permutation of %lld axes", (long long)n);
    else if (rank >= 0) call_out(c, ir_transpose(c->b, x, perm, (size_t)rank));
}

static void lower_expand_dims(struct keras_call *c)
{
    int64_t axes[TFP_MAX_RANK] = { -1 }, n = operation_integers(c, 1, "axis", axes, TFP_MAX_RANK);
    call_out(c, ir_unsqueeze(c->b, operation_first(c), axes, n < 1 ? 1 : (size_t)n));
}

static void lower_squeeze(struct keras_call *c)
{
    int64_t axes[TFP_MAX_RANK], n = operation_integers(c, 1, "axis|squeeze_dims", axes, TFP_MAX_RANK);
    call_out(c, ir_squeeze(c->b, operation_first(c), axes, n < 0 ? 0 : (size_t)n));
}

static void lower_shape(struct keras_call *c)
{
    call_out(c, ir_cast(c->b, ir_shape(c->b, operation_first(c)), TFP_INT32));
}

static void lower_concat(struct keras_call *c)
{
    struct ir_value *in[KERAS_IN_MOST];
    int64_t axis = -1;
    operation_integers(c, 1, "axis", &axis, 1);
    for (size_t i = 0; i < c->n_in; i++) in[i] = call_in(c, i);
    if (c->n_in) call_out(c, ir_concat(c->b, in, c->n_in, axis));
}

static void lower_stack(struct keras_call *c)
{
    struct ir_value *in[KERAS_IN_MOST];
    int64_t axis = 0;
    operation_integers(c, 1, "axis", &axis, 1);
    for (size_t i = 0; i < c->n_in; i++) in[i] = ir_unsqueeze(c->b, call_in(c, i), &axis, 1);
    if (c->n_in) call_out(c, ir_concat(c->b, in, c->n_in, axis));
}

static void lower_split(struct keras_call *c)
{
    int64_t axis = 0, parts[KERAS_OUT_MOST], at = 0;
    int64_t n = operation_integers(c, 1, "num_or_size_splits|indices_or_sections", parts, KERAS_OUT_MOST);
    struct ir_value *x = operation_first(c);
    operation_integers(c, 2, "axis", &axis, 1);
    axis = call_axis(c, axis, call_rank(c, x));
    if (axis < 0 || n < 1) return;
    if (!dim_fixed(x->dims[axis])) {
        call_unsupported(c, "an axis of unknown size");
        return;
    }
    int64_t size = x->dims[axis].n;
    bool equal = !json_is_array(operation_argument(c, 1, "num_or_size_splits|indices_or_sections"));
    bool indices = !equal && !c->function;
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
    struct ir_value *x = operation_first(c);
    operation_integers(c, 2, "axis", &axis, 1);
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
    struct ir_value *x = operation_first(c), *times = operation_sizes(c, operation_argument(c, 1, "multiples|repeats|n"));
    if (x && times) call_out(c, ir_emit(c->b, IR_TILE, IN(x, times), NO_ATTRS));
}

static void lower_take(struct keras_call *c)
{
    int64_t axis = 0;
    struct ir_value *x = operation_first(c), *indices = operation_tensor(c, 1, "indices", TFP_INT64);
    operation_integers(c, 2, "axis", &axis, 1);
    if (x && indices) call_out(c, ir_gather(c->b, x, ir_cast(c->b, indices, TFP_INT64), axis));
}

static void lower_flip(struct keras_call *c)
{
    int64_t axes[TFP_MAX_RANK], n = operation_integers(c, 1, "axis|axes", axes, TFP_MAX_RANK);
    if (n < 0) call_unsupported(c, "without an axis");
    else call_out(c, form_reverse(c->b, operation_first(c), axes, (size_t)n));
}

static void lower_pad(struct keras_call *c)
{
    int64_t pads[2 * TFP_MAX_RANK];
    const json_t *j = operation_argument(c, 1, "paddings|pad_width"), *mode = operation_argument(c, 2, "mode");
    struct ir_value *x = operation_first(c);
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

static void lower_one_hot(struct keras_call *c)
{
    struct build *b = c->b;
    int64_t depth = 0, axis = -1;
    struct ir_value *x = c->n_in ? call_in(c, 0) : operation_tensor(c, 0, "indices|x", TFP_INT64);
    operation_integers(c, 1, "depth|num_classes", &depth, 1);
    operation_integers(c, SIZE_MAX, "axis", &axis, 1);
    if (depth < 1 || axis != -1 || !x) {
        call_unsupported(c, "an axis other than the last");
        return;
    }
    struct ir_value *hit = ir_binary(b, IR_EQUAL, UNSQUEEZE(b, ir_cast(b, x, TFP_INT64), -1), form_iota(b, INTS(b, depth)));
    call_out(c, ir_cast(b, hit, TFP_FLOAT));
}

static void lower_flat(struct keras_call *c)
{
    call_out(c, ir_reshape(c->b, operation_first(c), INTS(c->b, -1)));
}

static void lower_batch_flat(struct keras_call *c)
{
    struct ir_value *x = operation_first(c);
    if (x) call_out(c, FORM_RESHAPE(c->b, x, ir_dim(c->b, x, 0), INTS(c->b, -1)));
}

static void lower_swap_axes(struct keras_call *c)
{
    int64_t perm[TFP_MAX_RANK];
    struct ir_value *x = operation_first(c);
    int64_t rank = call_rank(c, x);
    int64_t from = call_axis(c, operation_integer(c, 1, "axis1", 0), rank);
    int64_t to = call_axis(c, operation_integer(c, 2, "axis2", 0), rank);
    if (rank < 0 || from < 0 || to < 0) return;
    for (int64_t i = 0; i < rank; i++) perm[i] = i == from ? to : i == to ? from : i;
    call_out(c, ir_transpose(c->b, x, perm, (size_t)rank));
}

static void lower_move_axis(struct keras_call *c)
{
    struct ir_value *x = operation_first(c);
    int64_t rank = call_rank(c, x);
    int64_t from = call_axis(c, operation_integer(c, 1, "source", 0), rank);
    int64_t to = call_axis(c, operation_integer(c, 2, "destination", 0), rank);
    if (rank >= 0 && from >= 0 && to >= 0) call_out(c, form_move_axis(c->b, x, rank, from, to));
}

/* Each slice along an axis n times in a row; without an axis of all elements. */
static void lower_repeat(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = operation_first(c);
    int64_t n = operation_integer(c, 1, "repeats|rep", 1), axis = 0;
    if (operation_integers(c, 2, "axis", &axis, 1) < 0 && x) x = ir_reshape(b, x, INTS(b, -1));
    axis = call_axis(c, axis, call_rank(c, x));
    if (axis < 0 || b->status != TFP_OK) return;
    int64_t behind = axis + 1;
    struct ir_value *wide = ir_unsqueeze(b, x, &behind, 1);
    struct ir_value *times = CONCAT(b, 0, form_ones(b, INTS(b, behind)), INTS(b, n), form_ones(b, INTS(b, x->rank - behind)));
    wide = ir_emit(b, IR_TILE, IN(wide, times), NO_ATTRS);
    call_out(c, FORM_RESHAPE(b, wide, form_dims(b, x, 0, axis), ir_binary(b, IR_MUL, ir_dim(b, x, axis), INTS(b, n)),
                             form_dims(b, x, behind, INT64_MAX)));
}

/* What leaves at the end comes in at the front. */
static void lower_roll(struct keras_call *c)
{
    struct build *b = c->b;
    struct ir_value *x = operation_first(c);
    int64_t shift = operation_integer(c, 1, "shift", 0), axis = 0;
    if (operation_integers(c, 2, "axis", &axis, 1) != 1) call_unsupported(c, "no axis or several");
    axis = call_axis(c, axis, call_rank(c, x));
    if (axis < 0 || b->status != TFP_OK) return;
    if (!dim_fixed(x->dims[axis]) || x->dims[axis].n < 1) {
        call_unsupported(c, "an axis of unknown size");
        return;
    }
    int64_t size = x->dims[axis].n, from = ((-shift) % size + size) % size;
    struct ir_value *end = ir_slice_axis(b, x, axis, from, size);
    call_out(c, from ? CONCAT(b, axis, end, ir_slice_axis(b, x, axis, 0, from)) : x);
}

/* -1 for a size is the rest. */
static void lower_slice(struct keras_call *c)
{
    struct build *b = c->b;
    int64_t starts[TFP_MAX_RANK], ends[TFP_MAX_RANK], n = operation_integers(c, 1, "begin|start", starts, TFP_MAX_RANK);
    struct ir_value *x = operation_first(c);
    if (operation_integers(c, 2, "size", ends, TFP_MAX_RANK) != n || n < 1 || (x && x->rank != n)) {
        call_unsupported(c, "places and sizes that are no numbers for each axis");
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        if (starts[i] < 0 || ends[i] < -1 || ends[i] > INT64_MAX - starts[i]) call_malformed(c, "a place below 0");
        else ends[i] = ends[i] < 0 ? INT64_MAX : starts[i] + ends[i];
    }
    if (x) call_out(c, ir_slice(b, x, ir_ints(b, starts, (size_t)n), ir_ints(b, ends, (size_t)n), NULL, NULL));
}

static void lower_triangle(struct keras_call *c)
{
    struct ir_value *x = operation_first(c);
    int64_t k = operation_integer(c, 1, "k", 0);
    bool upper = *(const bool *)operation_variant(c);
    if (x) call_out(c, ir_emit(c->b, IR_TRILU, IN(x, ir_int(c->b, k)), ATTRS(A_INT(ATTR_UPPER, upper))));
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
        if (ellipsis && given - 1 > rank) return false;
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
    struct ir_value *x = operation_first(c);
    const json_t *list = operation_argument(c, 1, "slice_spec|key");
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


static const struct keras_operation rows[] = {
    OPERATION("ops.BroadcastTo", lower_broadcast, NULL, "broadcast_to"),
    OPERATION("ops.Concatenate", lower_concat, NULL, "concat", "K.concatenate"),
    OPERATION("ops.ExpandDims", lower_expand_dims, NULL, "expand_dims", "compat.v1.expand_dims", "K.expand_dims"),
    OPERATION("ops.Flip", lower_flip, NULL, "reverse", "K.reverse"),
    OPERATION("ops.GetItem", lower_get_item, NULL, "__operators__.getitem"),
    OPERATION("K.batch_flatten", lower_batch_flat, NULL, "K.batch_flatten"),
    OPERATION("ops.Moveaxis", lower_move_axis, NULL, NULL),
    OPERATION("ops.OneHot", lower_one_hot, NULL, "one_hot", "K.one_hot"),
    OPERATION("ops.Pad", lower_pad, NULL, "pad", "compat.v1.pad"),
    OPERATION("ops.Ravel", lower_flat, NULL, "K.flatten"),
    OPERATION("ops.Repeat", lower_repeat, NULL, "repeat", "K.repeat_elements"),
    OPERATION("ops.Reshape", lower_reshape, NULL, "reshape", "K.reshape"),
    OPERATION("ops.Roll", lower_roll, NULL, "roll"),
    OPERATION("ops.Shape", lower_shape, NULL, "shape", "compat.v1.shape", "K.shape"),
    OPERATION("ops.Slice", lower_slice, NULL, "slice", "K.slice"),
    OPERATION_OF_LIST("ops.Split", lower_split, "split"),
    OPERATION("ops.Squeeze", lower_squeeze, NULL, "squeeze", "compat.v1.squeeze", "K.squeeze"),
    OPERATION("ops.Stack", lower_stack, NULL, "stack", "K.stack"),
    OPERATION("ops.Swapaxes", lower_swap_axes, NULL, NULL),
    OPERATION("ops.Take", lower_take, NULL, "gather", "compat.v1.gather", "nn.embedding_lookup", "K.gather"),
    OPERATION("ops.Tile", lower_tile, NULL, "tile", "K.tile"),
    OPERATION("ops.Transpose", lower_transpose, NULL, "transpose", "compat.v1.transpose", "K.transpose",
              "K.permute_dimensions"),
    OPERATION("ops.Tril", lower_triangle, &(const bool){ false }, NULL),
    OPERATION("ops.Triu", lower_triangle, &(const bool){ true }, NULL),
    OPERATION_OF_LIST("ops.Unstack", lower_unstack, "unstack"),
};

extern const struct keras_operations keras_operations_shapes;
KERAS_OPERATIONS(shapes);
