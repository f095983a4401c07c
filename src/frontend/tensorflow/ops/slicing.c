/* Parts of tensors and what is put around them: Slice, StridedSlice with all its masks, padding, reversal, rotation.
 * ONNX's Slice counts and clamps like TensorFlow's: INT64_MAX and INT64_MIN stand for "to the end". */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

#define VARIANT(type) (*(const type *)lw->rule->variant)
#define YES (&(const bool){ true })
#define NO (&(const bool){ false })

/* -- Slice --------------------------------------------------------------------------------------------------------- */

/* A size of -1 means "all the rest". */
static struct ir_value *slice_ends(struct build *b, struct ir_value *begin, struct ir_value *size)
{
    struct ir_value *ends = ir_add(b, begin, size);
    if (form_nonnegative(b, size)) return ends;
    return ir_where(b, ir_binary(b, IR_LESS, size, INTS(b, 0)), INTS(b, INT64_MAX), ends);
}

static tfp_status lower_slice(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *begin = lower_int64(lw, 1), *size = lower_int64(lw, 2);
    int64_t starts[TFP_MAX_RANK], sizes[TFP_MAX_RANK], ends[TFP_MAX_RANK], axes[TFP_MAX_RANK];
    int64_t count = lower_known_ints(lw, 1, starts, TFP_MAX_RANK);
    if (!x || !begin || !size) return b->status;
    if (count < 0 || lower_known_ints(lw, 2, sizes, TFP_MAX_RANK) != count)
        return lower_done(lw, ir_slice(b, x, begin, slice_ends(b, begin, size), NULL, NULL));
    size_t used = 0;
    for (int64_t i = 0; i < count; i++) {
        bool whole = starts[i] == 0 && (sizes[i] == -1 || (i < x->rank && dim_is(x->dims[i], sizes[i])));
        if (whole) continue;
        if (starts[i] < 0 || sizes[i] < -1 || sizes[i] > INT64_MAX - starts[i])
            return lower_malformed(lw, "begin or size is out of range");
        starts[used] = starts[i];
        ends[used] = sizes[i] == -1 ? INT64_MAX : starts[i] + sizes[i];
        axes[used++] = i;
    }
    if (used == 0) return lower_done(lw, x);
    return lower_done(lw,
                      ir_slice(b, x, ir_ints(b, starts, used), ir_ints(b, ends, used), ir_ints(b, axes, used), NULL));
}

/* -- StridedSlice -------------------------------------------------------------------------------------------------- */

/* What one StridedSlice does, axis by axis of x. Axes and places behind an ellipsis are counted from the end. */
struct strided {
    int64_t axes[TFP_MAX_RANK], steps[TFP_MAX_RANK];
    struct ir_value *starts[TFP_MAX_RANK], *ends[TFP_MAX_RANK]; /* one element each */
    size_t n;
    int64_t picked[TFP_MAX_RANK];         /* axes of x of which one index, not known yet, is taken */
    struct ir_value *picks[TFP_MAX_RANK]; /* rank 0 */
    size_t n_picked;
    int64_t dropped[TFP_MAX_RANK]; /* axes of x cut to one element, to be squeezed */
    size_t n_dropped;
    int64_t added[TFP_MAX_RANK]; /* new axes, places in the result */
    size_t n_added;
};

struct masks {
    int64_t begin, end, ellipsis, added, shrunk;
};

static bool bit(int64_t mask, size_t i)
{
    return mask >> i & 1;
}

static struct ir_value *bound(struct build *b, struct ir_value *from, size_t i, bool open, int64_t limit)
{
    int64_t known;
    if (open) return INTS(b, limit);
    if (form_known(from, i, &known)) return INTS(b, known);
    return form_element(b, from, (int64_t)i);
}

/* Backwards from before the first element there is nothing; ONNX begins at the first, so it must end there. */
static void end_before_start(struct build *b, struct ir_value *x, int64_t axis, struct strided *s)
{
    struct ir_value *start = s->starts[s->n];
    int64_t known, n;
    if (form_known(start, 0, &known) && known >= -1) return;
    struct ir_value *size = ir_dim(b, x, axis);
    if (form_known(start, 0, &known) && form_known(size, 0, &n) && known >= -n) return;
    struct ir_value *before = ir_binary(b, IR_LESS, start, ir_unary(b, IR_NEG, size));
    s->ends[s->n] = ir_where(b, before, INTS(b, 0), s->ends[s->n]);
}

/* Entry i of the specification cuts `axis`. */
static tfp_status cut_axis(struct lower *lw, struct strided *s, const struct masks *m, size_t i, int64_t axis,
                           int64_t step)
{
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *begin = lower_int64(lw, 1), *end = lower_int64(lw, 2);
    int64_t at;
    if (bit(m->shrunk, i)) {
        if (!form_known(begin, i, &at)) {
            s->picked[s->n_picked] = axis;
            s->picks[s->n_picked++] = form_scalar(b, form_element(b, begin, (int64_t)i));
            return b->status;
        }
        if (at == INT64_MAX) return lower_malformed(lw, "an index is out of range");
        s->dropped[s->n_dropped++] = axis;
        s->starts[s->n] = INTS(b, at);
        s->ends[s->n] = INTS(b, at == -1 ? INT64_MAX : at + 1);
        step = 1;
    } else {
        bool from_start = bit(m->begin, i), to_end = bit(m->end, i);
        if (step == 0) return lower_malformed(lw, "a stride is 0");
        if (!from_start && step > 0 && form_known(begin, i, &at) && at == 0) from_start = true;
        if (from_start && to_end && step == 1) return TFP_OK;
        s->starts[s->n] = bound(b, begin, i, from_start, step > 0 ? 0 : INT64_MAX);
        s->ends[s->n] = bound(b, end, i, to_end, step > 0 ? INT64_MAX : INT64_MIN);
        if (step < 0 && !from_start) end_before_start(b, x, axis, s);
    }
    s->axes[s->n] = axis;
    s->steps[s->n++] = step;
    return TFP_OK;
}

/* Reads entries first..last-1, which lie on one side of the ellipsis. `axis` and `place`: x's axis and the result's
 * place where they begin. */
static tfp_status read_entries(struct lower *lw, struct strided *s, const struct masks *m, const int64_t *steps,
                               size_t first, size_t last, int64_t axis, int64_t place)
{
    for (size_t i = first; i < last; i++) {
        if (bit(m->added, i)) {
            if (s->n_added == TFP_MAX_RANK) return lower_unsupported(lw, "too many new axes");
            s->added[s->n_added++] = place++;
            continue;
        }
        TFP_TRY(cut_axis(lw, s, m, i, axis++, steps[i]));
        if (!bit(m->shrunk, i)) place++;
    }
    return TFP_OK;
}

static tfp_status read_strided(struct lower *lw, const struct ir_value *x, struct strided *s)
{
    struct masks m = { tf_int(lw, "begin_mask"), tf_int(lw, "end_mask"), tf_int(lw, "ellipsis_mask"),
                       tf_int(lw, "new_axis_mask"), tf_int(lw, "shrink_axis_mask") };
    int64_t steps[TFP_MAX_RANK], count = lower_const_ints(lw, 3, "strides", steps, TFP_MAX_RANK);
    if (count < 0 || lw->b.status != TFP_OK) return lw->b.status;
    size_t n = (size_t)count, dots = n, axes_behind = 0, places_behind = 0, axes_before = 0;
    for (size_t i = 0; i < n; i++) {
        if (bit(m.ellipsis, i)) {
            if (dots != n) return lower_malformed(lw, "more than one ellipsis");
            dots = i;
        } else if (dots == n) {
            axes_before += !bit(m.added, i);
        } else {
            axes_behind += !bit(m.added, i);
            places_behind += bit(m.added, i) || !bit(m.shrunk, i);
        }
    }
    if (form_rank(x) >= 0 && (size_t)x->rank < axes_before + axes_behind)
        return lower_malformed(lw, "more indices than dimensions");
    TFP_TRY(read_entries(lw, s, &m, steps, 0, dots, 0, 0));
    if (dots == n) return TFP_OK;
    return read_entries(lw, s, &m, steps, dots + 1, n, -(int64_t)axes_behind, -(int64_t)places_behind);
}

/* Where an axis stands after others are gone; those counted from the end lie behind all the rest. */
static int64_t axis_after(int64_t axis, const int64_t *gone, size_t n)
{
    int64_t moved = axis;
    for (size_t i = 0; i < n; i++) {
        if (axis >= 0 && gone[i] >= 0 && gone[i] < axis) moved--;
        if (axis < 0 && gone[i] < 0 && gone[i] > axis) moved++;
    }
    return moved;
}

static tfp_status lower_strided_slice(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    struct strided s = { .n = 0 };
    if (!x) return b->status;
    TFP_TRY(read_strided(lw, x, &s));
    bool steps = false;
    for (size_t i = 0; i < s.n; i++) steps = steps || s.steps[i] != 1;
    if (s.n)
        x = ir_slice(b, x, ir_concat(b, s.starts, s.n, 0), ir_concat(b, s.ends, s.n, 0), ir_ints(b, s.axes, s.n),
                     steps ? ir_ints(b, s.steps, s.n) : NULL);
    for (size_t i = 0; i < s.n_picked; i++) x = ir_gather(b, x, s.picks[i], axis_after(s.picked[i], s.picked, i));
    for (size_t i = 0; i < s.n_dropped; i++) s.dropped[i] = axis_after(s.dropped[i], s.picked, s.n_picked);
    if (s.n_dropped) x = ir_squeeze(b, x, s.dropped, s.n_dropped);
    return lower_done(lw, ir_unsqueeze(b, x, s.added, s.n_added));
}

/* -- padding ------------------------------------------------------------------------------------------------------- */

/* TensorFlow's [[before, after], ..] as ONNX's before.., after... */
static struct ir_value *onnx_pads(struct lower *lw)
{
    struct build *b = &lw->b;
    return RESHAPE(b, TRANSPOSE(b, lower_int64(lw, 1), 1, 0), -1);
}

static tfp_status lower_pad(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *pads = onnx_pads(lw), *value = VARIANT(bool) ? lower_in(lw, 2) : NULL;
    if (!x || !pads) return b->status;
    return lower_done(lw, ir_emit(b, IR_PAD, IN(x, pads, value), ATTRS(A_STRING(ATTR_MODE, "constant"))));
}

/* The first `before` and the last `after` elements, reversed, around x. */
static struct ir_value *mirror_axis(struct build *b, struct ir_value *x, int64_t axis, int64_t before, int64_t after)
{
    struct ir_value *parts[3], *axes = INTS(b, axis), *back = INTS(b, -1);
    size_t n = 0;
    if (before) parts[n++] = ir_slice(b, x, INTS(b, before - 1), INTS(b, INT64_MIN), axes, back);
    parts[n++] = x;
    if (after) parts[n++] = ir_slice(b, x, INTS(b, -1), INTS(b, -after - 1), axes, back);
    return ir_concat(b, parts, n, axis);
}

static tfp_status lower_mirror_pad(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    static const char *const modes[] = { "REFLECT", "SYMMETRIC", NULL };
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *pads = onnx_pads(lw);
    int64_t at[2 * TFP_MAX_RANK], most = 0;
    int mode = tf_word(lw, "mode", modes);
    if (!x || !pads || b->status != TFP_OK) return b->status;
    if (mode == 0) return lower_done(lw, ir_emit(b, IR_PAD, IN(x, pads), ATTRS(A_STRING(ATTR_MODE, "reflect"))));
    int64_t count = lower_const_ints(lw, 1, "paddings", at, 2 * TFP_MAX_RANK);
    if (count < 0) return b->status;
    for (int64_t i = 0; i < count; i++) {
        if (at[i] < 0) return lower_malformed(lw, "paddings are negative");
        if (at[i] > most) most = at[i];
    }
    /* By one element, mirroring with the edge repeats the edge. */
    if (most == 1) return lower_done(lw, ir_emit(b, IR_PAD, IN(x, pads), ATTRS(A_STRING(ATTR_MODE, "edge"))));
    for (int64_t i = 0; i + 1 < count; i += 2) x = mirror_axis(b, x, i / 2, at[i], at[i + 1]);
    return lower_done(lw, x);
}

/* -- XLA's ops: blocks of a size that is known, at a place that need not be ---------------------------------------------- */

/* Where the block of `size` begins along an axis, one element: XLA moves one that sticks out of x inside. */
static struct ir_value *block_start(struct lower *lw, struct ir_value *x, int64_t axis, size_t input, struct ir_value *size)
{
    struct build *b = &lw->b;
    struct ir_value *starts = lower_int64(lw, input), *room = ir_sub(b, ir_dim(b, x, axis), size);
    int64_t known;
    if (starts && starts->rank == 1 && dim_fixed(starts->dims[0]) && !dim_is(starts->dims[0], x->rank))
        lower_malformed(lw, "there is not one start for each axis");
    if (room && form_known(room, 0, &known) && known < 0) lower_malformed(lw, "the block is larger than input");
    struct ir_value *start = ir_binary(b, IR_MIN, form_element(b, starts, axis), room);
    return ir_binary(b, IR_MAX, start, INTS(b, 0));
}

/* By Gather: its result has the block's size, whatever is known of the start. */
static tfp_status lower_dynamic_slice(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    int64_t sizes[TFP_MAX_RANK], rank = lower_rank(lw, x, "input");
    int64_t count = rank < 0 ? -1 : lower_const_ints(lw, 2, "size_indices", sizes, TFP_MAX_RANK);
    if (count < 0) return b->status;
    if (count != rank) return lower_malformed(lw, "there is not one size for each axis");
    for (int64_t i = 0; i < rank && x; i++) {
        if (sizes[i] < 0) return lower_malformed(lw, "a size is negative");
        if (dim_is(x->dims[i], sizes[i])) continue;
        struct ir_value *size = INTS(b, sizes[i]), *start = block_start(lw, x, i, 1, size);
        if (start) x = ir_gather(b, x, ir_add(b, form_iota(b, size), start), i);
    }
    return lower_done(lw, x);
}

/* Puts a block in place along one axis: *block as long as x there, and *inside tells which of it is to be taken. */
static void place_block(struct lower *lw, struct ir_value *x, int64_t axis, struct ir_value **block, struct ir_value **inside)
{
    struct build *b = &lw->b;
    struct ir_value *size = ir_dim(b, *block, axis), *start = block_start(lw, x, axis, 2, size);
    if (!start) return;
    struct ir_value *at = ir_sub(b, form_iota(b, ir_dim(b, x, axis)), start), *zero = INTS(b, 0);
    struct ir_value *in = ir_binary(b, IR_AND, ir_binary(b, IR_GREATER_OR_EQUAL, at, zero), ir_binary(b, IR_LESS, at, size));
    if (!dim_is((*block)->dims[axis], 1)) {
        struct ir_value *last = ir_sub(b, size, INTS(b, 1));
        *block = ir_gather(b, *block, ir_binary(b, IR_MAX, ir_binary(b, IR_MIN, at, last), zero), axis);
    }
    in = form_column(b, in, x->rank - 1 - axis);
    *inside = *inside ? ir_binary(b, IR_AND, *inside, in) : in;
}

/* By Where, so that the result has x's shape, whatever is known of the start. */
static tfp_status lower_dynamic_update_slice(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct ir_value *x = lower_in(lw, 0), *block = lower_in(lw, 1), *inside = NULL;
    int64_t rank = lower_rank(lw, x, "input"), same = rank < 0 ? -1 : lower_rank(lw, block, "update");
    if (same < 0) return lw->b.status;
    if (same != rank) return lower_malformed(lw, "update has not input's rank");
    for (int64_t i = 0; i < rank && block; i++) {
        if (dim_equal(x->dims[i], block->dims[i])) continue;
        if (dim_is(block->dims[i], 0)) return lower_done(lw, x);
        place_block(lw, x, i, &block, &inside);
    }
    return lower_done(lw, inside ? ir_where(&lw->b, inside, block, x) : block);
}

/* -- reversal and rotation ----------------------------------------------------------------------------------------- */

/* The second input: axes, or (version 1) one bool for each axis. */
static tfp_status lower_reverse(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *flags = lower_in(lw, 1);
    int64_t axes[TFP_MAX_RANK], count = 0;
    if (!x || !flags) return b->status;
    if (VARIANT(bool)) {
        if (!flags->constant || flags->constant->count > TFP_MAX_RANK)
            return lower_unsupported(lw, "dims is not constant");
        for (int64_t i = 0; i < flags->constant->count; i++)
            if (tensor_int(flags->constant, i)) axes[count++] = i;
    } else if ((count = lower_const_ints(lw, 1, "axis", axes, TFP_MAX_RANK)) < 0) {
        return b->status;
    }
    return lower_done(lw, form_reverse(b, x, axes, (size_t)count));
}

/* ONNX has it for the first two axes only. */
static tfp_status lower_reverse_sequence(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *lengths = lower_int64(lw, 1);
    int64_t time = tf_int(lw, "seq_dim"), batch = tf_int(lw, "batch_dim"), perm[TFP_MAX_RANK], back[TFP_MAX_RANK];
    bool moved = time > 1 || batch > 1 || time < 0 || batch < 0;
    int64_t rank = 0;
    if (!x || !lengths) return b->status;
    if (moved) {
        if ((rank = lower_rank(lw, x, "input")) < 0) return b->status;
        if ((time = lower_axis(lw, time, rank)) < 0 || (batch = lower_axis(lw, batch, rank)) < 0) return b->status;
        if (time == batch) return lower_malformed(lw, "seq_dim is batch_dim");
        perm[0] = batch;
        perm[1] = time;
        for (int64_t i = 0, k = 2; i < rank; i++)
            if (i != batch && i != time) perm[k++] = i;
        for (int64_t i = 0; i < rank; i++) back[perm[i]] = i;
        x = ir_transpose(b, x, perm, (size_t)rank);
        batch = 0;
        time = 1;
    }
    if (!x) return b->status;
    x = ir_emit(b, IR_REVERSE_SEQUENCE, IN(x, lengths),
                ATTRS(A_INT(ATTR_BATCH_AXIS, batch), A_INT(ATTR_TIME_AXIS, time)));
    return lower_done(lw, moved ? ir_transpose(b, x, back, (size_t)rank) : x);
}

/* Element i comes from (i - shift) modulo the size. */
static tfp_status lower_roll(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0), *shifts = form_vector(b, lower_int64(lw, 1));
    int64_t axes[TFP_MAX_RANK], count = lower_const_ints(lw, 2, "axis", axes, TFP_MAX_RANK);
    if (count < 0) return b->status;
    for (int64_t i = 0; i < count; i++) {
        struct ir_value *size = ir_dim(b, x, axes[i]);
        struct ir_value *places = ir_sub(b, form_iota(b, size), form_element(b, shifts, i));
        x = ir_gather(b, x, ir_binary(b, IR_MOD, places, ir_binary(b, IR_MAX, size, INTS(b, 1))), axes[i]);
    }
    return lower_done(lw, x);
}

static const struct rule rules[] = {
    { "MirrorPad", lower_mirror_pad, NULL },
    { "Pad", lower_pad, NO },
    { "PadV2", lower_pad, YES },
    { "Reverse", lower_reverse, YES },
    { "ReverseSequence", lower_reverse_sequence, NULL },
    { "ReverseV2", lower_reverse, NO },
    { "Roll", lower_roll, NULL },
    { "Slice", lower_slice, NULL },
    { "StridedSlice", lower_strided_slice, NULL },
    { "XlaDynamicSlice", lower_dynamic_slice, NULL },
    { "XlaDynamicUpdateSlice", lower_dynamic_update_slice, NULL },
};

const struct rule_family rules_slicing = { rules, sizeof rules / sizeof rules[0] };
