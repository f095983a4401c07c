/* Scaled dot-product attention, which TensorFlow writes out as softmax(q k' * scale + mask) v in many small ops and as
 * many ways, becomes ONNX's Attention. Nothing else may use what lies between the two products. The result means the
 * same for every input, up to rounding: where the batch, the heads or the length of an operand only broadcast to those
 * of the result, or may do so, it is expanded first, because Attention does not broadcast. */
#include "optimize/passes.h"

#include <math.h>

/* Added to a score, this much leaves a weight of zero wherever the row has a place that is allowed. */
#define FORBIDDEN (-1e4)
/* Beside this, a score of any sane size vanishes: x + ABSORBING is ABSORBING, even in a row that is all forbidden. */
#define ABSORBING (-1e30)

enum { MOST_STEPS = 12, MOST_ELEMENTS = 1 << 24 };

/* -- reading ------------------------------------------------------------------------------------------------------- */

/* What is done to the scores on their way from the product to the softmax. */
enum step_kind {
    STEP_SCALE,
    STEP_ADD,    /* number * operand is added; number: 1 or -1 */
    STEP_KEEP,   /* scores times the operand, which is 0 or 1 */
    STEP_CHOOSE, /* scores where the operand is true (`inverted`: false), else number */
    STEP_VIEW    /* a Reshape of the leading dimensions */
};

struct step {
    enum step_kind kind;
    struct ir_value *operand;
    double number, factor; /* factor: of the scales between here and the softmax */
    bool inverted;
    const struct ir_node *node;
};

struct reading {
    const struct ir_node *product; /* q times k transposed */
    struct step steps[MOST_STEPS]; /* from the softmax back */
    size_t n;
    double factor;
};

static bool read_scores(struct reading *r, struct ir_value *v);

/* A step behind `x`; undone when x does not lead to a product. */
static bool read_step(struct reading *r, struct step s, struct ir_value *x)
{
    struct reading before = *r;
    if (r->n == MOST_STEPS || !x) return false;
    s.factor = r->factor;
    if (s.kind == STEP_SCALE) r->factor *= s.number;
    r->steps[r->n++] = s;
    if (read_scores(r, x)) return true;
    *r = before;
    return false;
}

static bool read_where(struct reading *r, const struct ir_node *n)
{
    for (size_t i = 1; i <= 2; i++) {
        struct step s = { .kind = STEP_CHOOSE, .operand = ir_in(n, 0), .inverted = i == 2, .node = n };
        if (constant_number(ir_in(n, 3 - i), &s.number) && read_step(r, s, ir_in(n, i))) return true;
    }
    return false;
}

static bool keeps_matrices(const struct ir_value *x, const struct ir_value *y)
{
    return x->rank >= 2 && y->rank >= 2 && dim_equal(x->dims[x->rank - 1], y->dims[y->rank - 1]) &&
           dim_equal(x->dims[x->rank - 2], y->dims[y->rank - 2]);
}

static bool read_product(struct reading *r, const struct ir_node *n, struct ir_value *v)
{
    struct step s = { .kind = STEP_SCALE, .node = n };
    struct ir_value *x = scaled_by(v, &s.number);
    if (x) return read_step(r, s, x);
    s.kind = STEP_KEEP;
    for (size_t i = 0; n->op == IR_MUL && i < 2; i++) {
        s.operand = ir_in(n, 1 - i);
        if (s.operand->constant && read_step(r, s, ir_in(n, i))) return true;
    }
    return false;
}

static bool read_scores(struct reading *r, struct ir_value *v)
{
    const struct ir_node *n = v->producer;
    if (!n || !ir_single_use(v)) return false;
    struct step s = { .kind = STEP_ADD, .operand = ir_in(n, 1), .number = 1, .node = n };
    switch (n->op) {
    case IR_MATMUL: r->product = n; return true;
    case IR_MUL: case IR_DIV: return read_product(r, n, v);
    case IR_WHERE: return read_where(r, n);
    case IR_SUB: s.number = -1; return read_step(r, s, ir_in(n, 0));
    case IR_ADD:
        if (read_step(r, s, ir_in(n, 0))) return true;
        s.operand = ir_in(n, 0);
        return read_step(r, s, ir_in(n, 1));
    case IR_RESHAPE:
        s.kind = STEP_VIEW;
        return keeps_matrices(ir_in(n, 0), v) && read_step(r, s, ir_in(n, 0));
    default: return false;
    }
}

/* -- masks that are known ------------------------------------------------------------------------------------------ */

enum place { PLACE_FORBIDDEN, PLACE_ALLOWED, PLACE_UNCLEAR };

static enum place place_of(const struct step *s, int64_t i)
{
    const struct tensor *t = s->operand->constant;
    if (s->kind == STEP_CHOOSE) return (tensor_int(t, i) != 0) != s->inverted ? PLACE_ALLOWED : PLACE_FORBIDDEN;
    double x = tensor_float(t, i) * s->number * s->factor;
    return x == 0 ? PLACE_ALLOWED : x <= FORBIDDEN ? PLACE_FORBIDDEN : PLACE_UNCLEAR;
}

static bool is_known(const struct step *s)
{
    const struct tensor *t = s->operand ? s->operand->constant : NULL;
    return t && t->rank >= 1 && t->count > 0 && t->count <= MOST_ELEMENTS && (s->kind == STEP_ADD || s->kind == STEP_CHOOSE);
}

/* Each query may see the keys up to its own place. */
static bool is_causal(const struct step *s)
{
    if (!is_known(s)) return false;
    const struct tensor *t = s->operand->constant;
    if (t->rank < 2 || t->count != t->dims[t->rank - 1] * t->dims[t->rank - 2] || t->dims[t->rank - 2] < 2) return false;
    const struct ir_value *scores = s->node->out[0]; /* no dimension of the mask broadcasts */
    if (!keeps_matrices(s->operand, scores)) return false;
    int64_t columns = t->dims[t->rank - 1];
    for (int64_t i = 0; i < t->count; i++)
        if (place_of(s, i) != (i % columns <= i / columns ? PLACE_ALLOWED : PLACE_FORBIDDEN)) return false;
    return true;
}

/* All places are clear, and each row has one that is allowed. */
static bool rows_are_open(const struct step *s)
{
    if (!is_known(s)) return false;
    const struct tensor *t = s->operand->constant;
    int64_t columns = t->dims[t->rank - 1];
    for (int64_t i = 0; i < t->count; i += columns) {
        bool open = false;
        for (int64_t j = i; j < i + columns; j++) {
            if (place_of(s, j) == PLACE_UNCLEAR) return false;
            open = open || place_of(s, j) == PLACE_ALLOWED;
        }
        if (!open) return false;
    }
    return true;
}

/* scores * keep + mask, where what is not kept is forbidden too: the product may as well be left out. */
static bool is_idle_keep(const struct step *keep, const struct step *mask)
{
    const struct tensor *t = keep->operand->constant;
    if (!rows_are_open(mask) || mask->kind != STEP_ADD || !same_shape(keep->operand, mask->operand)) return false;
    for (int64_t i = 0; i < t->count; i++) {
        double x = tensor_float(t, i);
        if (x != (place_of(mask, i) == PLACE_ALLOWED ? 1 : 0)) return false;
    }
    return true;
}

/* A choice of scores or one number is as good as a mask that is added when rows are open, or the number absorbs. */
static bool is_mask_choice(const struct reading *r, const struct step *s)
{
    double number = s->number * s->factor;
    if (s->operand->rank < 1 || s->operand->dtype != TFP_BOOL) return false;
    if (number <= FORBIDDEN && rows_are_open(s)) return true;
    bool wide = s->node->out[0]->dtype == TFP_FLOAT || s->node->out[0]->dtype == TFP_DOUBLE, alone = true;
    for (size_t i = 0; i < r->n; i++) alone = alone && (&r->steps[i] == s || r->steps[i].kind == STEP_SCALE);
    return wide && alone && number <= ABSORBING;
}

/* Leading dimensions may be seen another way only between the product and the softmax, with all masks in between. */
static bool views_fit(const struct reading *r, const struct ir_value *weights)
{
    size_t first = r->n, last = 0, count = 0;
    for (size_t i = 0; i < r->n; i++) {
        if (r->steps[i].kind != STEP_VIEW) continue;
        first = count++ ? first : i;
        last = i;
    }
    if (count == 0) return true;
    const struct ir_value *product = r->product->out[0], *seen = r->steps[last].node->out[0];
    for (size_t i = 0; i < r->n; i++)
        if ((i < first || i > last) && r->steps[i].kind != STEP_SCALE) return false;
    return count == 2 && product->rank == 3 && seen->rank == 4 && same_shape(product, weights);
}

static bool steps_fit(const struct reading *r)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct step *s = &r->steps[i];
        if (s->kind == STEP_CHOOSE && !is_mask_choice(r, s)) return false;
        if (s->kind == STEP_ADD && (s->operand->rank < 1 || s->operand->rank > 4)) return false;
        if (s->kind == STEP_KEEP && (i == 0 || !is_idle_keep(s, &r->steps[i - 1]))) return false;
    }
    return r->factor > 0 && isfinite(r->factor);
}

/* -- building ------------------------------------------------------------------------------------------------------ */

struct attention {
    struct build *b;
    const struct reading *r;
    struct ir_value *q, *k, *v, *mask; /* [batch, heads, length, size] in the end */
    struct dim dims[3];                /* of the result: batch, heads, queries; symbols are only compared */
    int32_t rank;                      /* of the result as it is written */
    bool causal;
};

static struct ir_value *turned(struct build *b, struct ir_value *x)
{
    int64_t perm[TFP_MAX_RANK];
    const struct ir_node *n = x->producer;
    struct ir_ints old = { 0 };
    bool through = n && n->op == IR_TRANSPOSE && (old = ir_attr_ints(n, ATTR_PERM)).n == (size_t)x->rank;
    for (int32_t i = 0; i < x->rank; i++) perm[i] = through ? old.at[i] : i;
    int64_t last = perm[x->rank - 1];
    perm[x->rank - 1] = perm[x->rank - 2];
    perm[x->rank - 2] = last;
    return ir_transpose(b, through ? ir_in(n, 0) : x, perm, (size_t)x->rank);
}

/* As an operand of rank 4 of a result of `rank`: the head axis comes in before the last two. */
static struct ir_value *with_heads(struct build *b, struct ir_value *x, int32_t rank)
{
    const int64_t front[] = { 0, 1 }, middle = 1;
    if (!x || x->rank == 4) return x;
    if (rank == 4) return ir_unsqueeze(b, x, front, (size_t)(4 - x->rank));
    return x->rank == 3 ? ir_unsqueeze(b, x, &middle, 1) : ir_unsqueeze(b, x, front, 2);
}

static struct ir_value *mask_of(struct build *b, const struct step *s)
{
    tfp_dtype type = s->node->out[0]->dtype;
    double number = s->number * s->factor;
    if (s->kind == STEP_ADD)
        return number == 1 ? s->operand : ir_mul(b, s->operand, ir_scalar(b, type, number));
    struct ir_value *zero = ir_scalar(b, type, 0), *low = ir_scalar(b, type, number);
    return s->inverted ? ir_where(b, s->operand, low, zero) : ir_where(b, s->operand, zero, low);
}

static bool build_masks(struct attention *a)
{
    for (size_t i = 0; i < a->r->n; i++) {
        const struct step *s = &a->r->steps[i];
        if (s->kind != STEP_ADD && s->kind != STEP_CHOOSE) continue;
        if (is_causal(s)) {
            a->causal = true;
            continue;
        }
        struct ir_value *mask = mask_of(a->b, s);
        if (a->rank == 3 && mask && mask->rank == 3) mask = with_heads(a->b, mask, 3);
        a->mask = a->mask ? ir_add(a->b, a->mask, mask) : mask;
        if (!a->mask) return false;
    }
    return true;
}

static struct dim dim_of_mask(const struct attention *a, int32_t axis)
{
    int32_t at = a->mask ? axis - (4 - a->mask->rank) : -1;
    return at < 0 ? dim_of(1) : a->mask->dims[at];
}

/* The greater of the two, where they may differ. */
static void join_length(struct attention *a, struct dim d, struct ir_value *x, int32_t axis, struct dim *have,
                        struct ir_value **length)
{
    if (dim_is(d, 1) || (*length && dim_equal(*have, d))) return;
    struct ir_value *own = ir_dim(a->b, x, axis);
    *length = *length ? ir_binary(a->b, IR_MAX, *length, own) : own;
    *have = d;
}

/* A dimension of the result as int64[1], from the operands that have it. */
static struct ir_value *length_of(struct attention *a, int32_t axis)
{
    struct ir_value *length = NULL, *operands[] = { a->q, axis < 2 ? a->k : NULL, axis < 2 ? a->v : NULL };
    struct dim have = dim_of(1);
    if (dim_fixed(a->dims[axis])) return INTS(a->b, a->dims[axis].n);
    for (size_t i = 0; i < 3; i++)
        if (operands[i]) join_length(a, operands[i]->dims[axis], operands[i], axis, &have, &length);
    if (a->mask) join_length(a, dim_of_mask(a, axis), a->mask, axis - 4, &have, &length);
    return length ? length : INTS(a->b, 1);
}

/* x with its first `axes` dimensions as the result has them. */
static struct ir_value *fitted(struct attention *a, struct ir_value *x, int32_t axes)
{
    struct ir_value *lengths[4] = { NULL };
    bool fits = true;
    for (int32_t i = 0; i < axes; i++) fits = fits && dim_equal(x->dims[i], a->dims[i]);
    if (fits) return x;
    for (int32_t i = 0; i < 4; i++) lengths[i] = i < axes ? length_of(a, i) : INTS(a->b, 1);
    return ir_expand(a->b, x, ir_concat(a->b, lengths, 4, 0));
}

/* A mask's last dimension counts as cut short where it is not that of the keys. */
static struct ir_value *fitted_mask(struct attention *a)
{
    if (!a->mask || dim_equal(a->mask->dims[a->mask->rank - 1], a->k->dims[2])) return a->mask;
    return ir_expand(a->b, a->mask, ir_dim(a->b, a->k, 2));
}

static bool fit_operands(struct attention *a)
{
    struct ir_value *q = fitted(a, a->q, 3), *k = fitted(a, a->k, 2), *v = fitted(a, a->v, 2);
    a->mask = fitted_mask(a);
    a->q = q;
    a->k = k;
    a->v = v;
    return a->b->status == TFP_OK;
}

/* Where a view splits the leading dimension: as many leading dimensions as there, the matrix as it is. */
static struct ir_value *seen_as(struct build *b, struct ir_value *x, const struct ir_node *view)
{
    struct ir_value *lead = ir_slice_axis(b, ir_in(view, 1), 0, 0, 2);
    return ir_reshape(b, x, CONCAT(b, 0, lead, ir_dim(b, x, 1), ir_dim(b, x, 2)));
}

static const struct ir_node *inner_view(const struct reading *r)
{
    for (size_t i = r->n; i-- > 0;)
        if (r->steps[i].kind == STEP_VIEW) return r->steps[i].node;
    return NULL;
}

static struct ir_value *back_to_rank(struct attention *a, struct ir_value *y, const struct ir_value *like)
{
    const int64_t front[] = { 0, 1 }, middle = 1;
    if (y && inner_view(a->r))
        return ir_reshape(a->b, y, CONCAT(a->b, 0, INTS(a->b, -1), ir_dim(a->b, y, 2), ir_dim(a->b, y, 3)));
    if (like->rank == 4) return y;
    return like->rank == 3 ? ir_squeeze(a->b, y, &middle, 1) : ir_squeeze(a->b, y, front, 2);
}

static bool take_operands(struct attention *a, const struct ir_node *context)
{
    const struct ir_node *view = inner_view(a->r);
    struct ir_value **operands[] = { &a->q, &a->k, &a->v };
    a->q = ir_in(a->r->product, 0);
    a->k = turned(a->b, ir_in(a->r->product, 1));
    a->v = ir_in(context, 1);
    a->rank = view ? 4 : context->out[0]->rank;
    for (size_t i = 0; i < 3; i++) {
        struct ir_value *x = *operands[i];
        if (x && view) {
            bool whole = x->rank == 3 && dim_equal(x->dims[0], a->r->product->out[0]->dims[0]);
            x = whole ? seen_as(a->b, x, view) : NULL;
        }
        if (!(*operands[i] = with_heads(a->b, x, a->rank))) return false;
    }
    const struct ir_value *seen = view ? view->out[0] : context->out[0];
    for (int32_t i = 0; i < 3; i++) {
        int32_t at = a->rank == 4 ? i : a->rank == 3 ? (i == 0 ? 0 : i - 1) : i - 2;
        bool single = a->rank == 3 ? i == 1 : at < 0;
        a->dims[i] = single ? dim_of(1) : seen->dims[at];
    }
    return true;
}

static struct ir_value *build_attention(struct build *b, const struct reading *r, const struct ir_node *context)
{
    struct attention a = { .b = b, .r = r };
    if (!take_operands(&a, context) || !build_masks(&a) || !fit_operands(&a)) return NULL;
    struct ir_value *y =
        ir_emit(b, IR_ATTENTION, IN(a.q, a.k, a.v, a.mask),
                ATTRS(A_FLOAT(ATTR_SCALE, (float)r->factor), A_INT(ATTR_IS_CAUSAL, a.causal)));
    return back_to_rank(&a, y, context->out[0]);
}

/* -- the pass ------------------------------------------------------------------------------------------------------ */

/* The context's product: weights times values. */
static bool match(const struct ir_node *n, struct reading *r)
{
    const struct ir_node *softmax = made_by(n, 0, IR_SOFTMAX);
    const struct ir_value *y = n->out[0], *v = ir_in(n, 1);
    if (n->op != IR_MATMUL || !softmax || !ir_single_use(softmax->out[0]) || !dtype_is_float(y->dtype)) return false;
    const struct ir_value *weights = softmax->out[0];
    int64_t axis = ir_attr_int(softmax, ATTR_AXIS, -1);
    if (y->rank < 2 || y->rank > 4 || v->rank < 2 || weights->rank < 2 || (axis != -1 && axis != weights->rank - 1))
        return false;
    *r = (struct reading){ .factor = 1 };
    if (!read_scores(r, ir_in(softmax, 0)) || !steps_fit(r) || !views_fit(r, weights)) return false;
    const struct ir_value *k = ir_in(r->product, 1);
    if (ir_in(r->product, 0)->rank < 2 || k->rank < 2) return false;
    struct dim keys = k->dims[k->rank - 1]; /* no mask makes more of them */
    return dim_equal(keys, weights->dims[weights->rank - 1]) || dim_equal(keys, v->dims[v->rank - 2]);
}

tfp_status pass_attention(struct optimize *o, bool *changed)
{
    struct reading r;
    for (struct ir_node *n = o->graph->first, *next; n; n = next) {
        next = n->next;
        if (n->op != IR_MATMUL || !match(n, &r)) continue;
        struct build b = rewrite_before(o, n);
        struct ir_value *y = build_attention(&b, &r, n), *old = n->out[0];
        if (b.status != TFP_OK) return b.status;
        if (!y) continue;
        if (y->rank == old->rank && !ir_set_shape(o->graph, y, old->dtype, old->rank, old->dims))
            return tfp_no_memory(o->ctx);
        *changed = true;
        TFP_TRY(rewrite_with(o, &b, n, y));
    }
    return TFP_OK;
}
