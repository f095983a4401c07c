/* Products of matrices. Einsum, in any equation, is carried out two operands at a time: what occurs in one operand only
 * is summed first, then each pair is one MatMul over [shared, left, joined] x [shared, joined, right] between
 * Transposes and Reshapes that mostly vanish. ONNX's own Einsum is younger (opset 12) and known to fewer runtimes. */
#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"
#include "schema/xla_proto.h"

#define VARIANT(type) (*(const type *)lw->rule->variant)

static struct ir_value *multiply(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return form_binary(b, IR_MATMUL, x, y);
}

/* -- MatMul -------------------------------------------------------------------------------------------------------- */

static struct ir_value *swap_last(struct lower *lw, struct ir_value *x, bool swap, const char *what)
{
    int64_t perm[TFP_MAX_RANK], rank;
    if (!swap || (rank = lower_rank(lw, x, what)) < 0) return x;
    if (rank < 2) return build_fail(&lw->b, lower_malformed(lw, "%s needs at least 2 dimensions", what));
    for (int64_t i = 0; i < rank; i++) perm[i] = i;
    perm[rank - 2] = rank - 1;
    perm[rank - 1] = rank - 2;
    return ir_transpose(&lw->b, x, perm, (size_t)rank);
}

struct product {
    const char *swap_x, *swap_y; /* attributes */
    bool mixed;                  /* operands of different types, result of type Tout */
};

/* The float32 product as bfloat16 with the low half cut off, as TensorFlow's own CPU kernel does it (its oneDNN kernel
 * rounds instead; both were seen in 2.15). Rounding is what a Cast does, so a result that was rounded away from zero goes
 * one step back: t * (1 - 2^-8) is exact in float32 and lies nearest to t's neighbour below. */
static struct ir_value *cut_to_bfloat(struct build *b, struct ir_value *x)
{
    struct ir_value *t = ir_cast(b, ir_cast(b, x, TFP_BFLOAT16), TFP_FLOAT);
    struct ir_value *below = ir_mul(b, t, ir_scalar(b, TFP_FLOAT, 1 - 0x1p-8));
    struct ir_value *away = ir_binary(b, IR_GREATER, ir_unary(b, IR_ABS, t), ir_unary(b, IR_ABS, x));
    return ir_cast(b, ir_where(b, away, below, t), TFP_BFLOAT16);
}

static tfp_status lower_matmul(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    const struct product *v = lw->rule->variant;
    struct ir_value *x = lower_in(lw, 0), *y = lower_in(lw, 1);
    if (form_is_complex(x) || form_is_complex(y)) return lower_unsupported(lw, "complex numbers");
    if (v->mixed) {
        tfp_dtype to = tf_type(lw, "Tout");
        x = ir_cast(b, x, to);
        y = ir_cast(b, y, to);
    }
    x = swap_last(lw, x, tf_bool(lw, v->swap_x), "the first operand");
    y = swap_last(lw, y, tf_bool(lw, v->swap_y), "the second operand");
    if (x && y && x->dtype == TFP_BFLOAT16 && y->dtype == TFP_BFLOAT16)
        return lower_done(lw, cut_to_bfloat(b, multiply(b, ir_cast(b, x, TFP_FLOAT), ir_cast(b, y, TFP_FLOAT))));
    return lower_done(lw, multiply(b, x, y));
}

/* -- Einsum -------------------------------------------------------------------------------------------------------- */

/* A label is a letter, or 128 + k for the k-th dimension of the ellipsis counted from its last. */
enum { MAX_LABELS = 2 * 26 + TFP_MAX_RANK, ELLIPSIS_LABEL = 128 };

struct labels {
    unsigned char at[MAX_LABELS];
    size_t n;
};

struct operand {
    struct ir_value *value;
    struct labels labels; /* one each dimension */
};

static ptrdiff_t label_find(const struct labels *l, unsigned char label)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->at[i] == label) return (ptrdiff_t)i;
    return -1;
}

/* Each label is added once at most, but for one term's own repetitions: there is room for all. */
static bool label_add(struct labels *l, unsigned char label)
{
    if (l->n == MAX_LABELS) return false;
    l->at[l->n++] = label;
    return true;
}

static bool has(const struct labels *l, unsigned char label)
{
    return label_find(l, label) >= 0;
}

/* One term of the equation; `ellipsis`: how many dimensions the dots stand for. */
static bool read_term(struct bytes term, size_t ellipsis, struct labels *out)
{
    out->n = 0;
    for (size_t i = 0; i < term.n; i++) {
        char c = term.at[i];
        if (c == ' ') continue;
        if (c == '.') {
            if (term.n - i < 3 || memcmp(term.at + i, "...", 3) != 0) return false;
            for (size_t k = ellipsis; k-- > 0;)
                if (!label_add(out, (unsigned char)(ELLIPSIS_LABEL + k))) return false;
            i += 2;
            continue;
        }
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) || !label_add(out, (unsigned char)c)) return false;
    }
    return out->n <= TFP_MAX_RANK;
}

static size_t letters(struct bytes term)
{
    size_t n = 0;
    for (size_t i = 0; i < term.n; i++) n += term.at[i] != '.' && term.at[i] != ' ';
    return n;
}

/* x's dimensions in the order of `to`; every label of `to` is one of the operand's and the other way round. */
static struct ir_value *arrange(struct build *b, const struct operand *x, const struct labels *to)
{
    int64_t perm[MAX_LABELS];
    for (size_t i = 0; i < to->n; i++) perm[i] = label_find(&x->labels, to->at[i]);
    return ir_transpose(b, x->value, perm, to->n);
}

/* A label that stands twice: the diagonal of those two dimensions, read off as every (n+1)-th element of [..,n*n]. */
static void take_diagonal(struct build *b, struct operand *x, size_t first, size_t second)
{
    struct labels to = { .n = 0 };
    int64_t perm[MAX_LABELS];
    for (size_t i = 0; i < x->labels.n; i++) {
        if (i == first || i == second) continue;
        perm[to.n] = (int64_t)i;
        label_add(&to, x->labels.at[i]);
    }
    perm[to.n] = (int64_t)first;
    perm[to.n + 1] = (int64_t)second;
    struct ir_value *v = ir_transpose(b, x->value, perm, to.n + 2);
    struct ir_value *size = ir_dim(b, x->value, (int64_t)first);
    v = FORM_RESHAPE(b, v, form_dims(b, v, 0, (int64_t)to.n), ir_mul(b, size, size));
    x->value = ir_slice(b, v, INTS(b, 0), INTS(b, INT64_MAX), INTS(b, (int64_t)to.n), ir_add(b, size, INTS(b, 1)));
    label_add(&to, x->labels.at[first]);
    x->labels = to;
}

static void take_diagonals(struct build *b, struct operand *x)
{
    for (size_t i = 0; i < x->labels.n; i++) {
        for (size_t k = i + 1; k < x->labels.n; k++) {
            if (x->labels.at[i] != x->labels.at[k]) continue;
            take_diagonal(b, x, i, k);
            i = k = 0;
        }
    }
}

/* Sums over what neither `keep` nor `other` has. */
static void sum_alone(struct build *b, struct operand *x, const struct labels *keep, const struct labels *other)
{
    int64_t axes[MAX_LABELS];
    size_t n = 0;
    struct labels left = { .n = 0 };
    for (size_t i = 0; i < x->labels.n; i++) {
        if (has(keep, x->labels.at[i]) || (other && has(other, x->labels.at[i]))) label_add(&left, x->labels.at[i]);
        else axes[n++] = (int64_t)i;
    }
    if (n) x->value = form_reduce(b, IR_REDUCE_SUM, x->value, axes, n, false);
    x->labels = left;
}

struct pairing {
    struct labels shared, left, joined, right;
};

static void append(struct labels *to, const struct labels *from)
{
    for (size_t i = 0; i < from->n; i++) label_add(to, from->at[i]);
}

/* `n` dimensions of v from axis `at` on as one: v's other dimensions stay. */
static struct ir_value *merge(struct build *b, struct ir_value *v, size_t at, size_t n, size_t rank)
{
    int64_t from = (int64_t)at, to = (int64_t)(at + n), axis = from;
    if (n == 1) return v;
    if (n == 0) return ir_unsqueeze(b, v, &axis, 1);
    struct ir_value *product = form_product(b, form_dims(b, v, from, to));
    return FORM_RESHAPE(b, v, form_dims(b, v, 0, from), product, form_dims(b, v, to, (int64_t)rank));
}

/* No joined dimension: every element of x by every one of y. */
static struct ir_value *outer_product(struct build *b, struct ir_value *x, struct ir_value *y, const struct pairing *p)
{
    int64_t axes[MAX_LABELS];
    for (size_t i = 0; i < p->right.n; i++) axes[i] = (int64_t)(p->shared.n + p->left.n + i);
    x = ir_unsqueeze(b, x, axes, p->right.n);
    for (size_t i = 0; i < p->left.n; i++) axes[i] = (int64_t)(p->shared.n + i);
    return ir_mul(b, x, ir_unsqueeze(b, y, axes, p->left.n));
}

static struct ir_value *inner_product(struct build *b, struct ir_value *x, struct ir_value *y, const struct pairing *p)
{
    size_t shared = p->shared.n;
    /* Without shared dimensions MatMul keeps x's leading ones as they are. */
    bool merge_left = shared > 0 || p->left.n == 0, merge_right = p->right.n != 1;
    struct ir_value *a = merge(b, x, shared + p->left.n, p->joined.n, shared + p->left.n + p->joined.n);
    if (merge_left) a = merge(b, a, shared, p->left.n, shared + p->left.n + 1);
    struct ir_value *c = merge(b, y, shared, p->joined.n, shared + p->joined.n + p->right.n);
    c = merge(b, c, shared + 1, p->right.n, shared + 1 + p->right.n);
    struct ir_value *z = multiply(b, a, c);
    if ((!merge_left || p->left.n == 1) && !merge_right) return z;
    size_t kept = merge_left ? shared : p->left.n;
    if (p->left.n == 0 && p->right.n <= 1) { /* [shared,1,right] or [shared,1,1] */
        int64_t axes[] = { (int64_t)shared, (int64_t)shared + 1 };
        return ir_squeeze(b, z, axes, p->right.n ? 1 : 2);
    }
    if (p->right.n == 0 && (!merge_left || p->left.n == 1)) return SQUEEZE(b, z, -1);
    struct ir_value *left = merge_left ? form_dims(b, x, (int64_t)shared, (int64_t)(shared + p->left.n)) : NULL;
    struct ir_value *right =
        form_dims(b, y, (int64_t)(shared + p->joined.n), (int64_t)(shared + p->joined.n + p->right.n));
    struct ir_value *head = form_dims(b, z, 0, (int64_t)kept);
    return left ? FORM_RESHAPE(b, z, head, left, right) : FORM_RESHAPE(b, z, head, right);
}

/* What only y has stands before what only x has: x on the left would need a Transpose behind the product. */
static bool better_swapped(const struct operand *x, const struct operand *y, const struct labels *keep)
{
    for (size_t i = 0; i < keep->n; i++) {
        bool in_x = has(&x->labels, keep->at[i]), in_y = has(&y->labels, keep->at[i]);
        if (in_x != in_y) return in_y;
    }
    return false;
}

/* x becomes the product of x and y with the labels of `keep`. */
static void join(struct build *b, struct operand *x, struct operand *y, const struct labels *keep)
{
    struct pairing p = { 0 };
    sum_alone(b, x, keep, &y->labels);
    sum_alone(b, y, keep, &x->labels);
    if (better_swapped(x, y, keep)) {
        struct operand other = *x;
        *x = *y;
        *y = other;
    }
    for (size_t i = 0; i < x->labels.n; i++) {
        unsigned char label = x->labels.at[i];
        if (!has(&y->labels, label)) label_add(&p.left, label);
        else if (has(keep, label)) label_add(&p.shared, label);
        else label_add(&p.joined, label);
    }
    for (size_t i = 0; i < y->labels.n; i++)
        if (!has(&x->labels, y->labels.at[i])) label_add(&p.right, y->labels.at[i]);
    /* Ellipsis dimensions that one operand lacks broadcast: they lead, as MatMul wants them. */
    struct labels x_order = p.shared, y_order = p.shared, z_order = p.shared;
    append(&x_order, &p.left);
    append(&x_order, &p.joined);
    append(&y_order, &p.joined);
    append(&y_order, &p.right);
    append(&z_order, &p.left);
    append(&z_order, &p.right);
    struct ir_value *a = arrange(b, x, &x_order), *c = arrange(b, y, &y_order);
    x->value = p.joined.n ? inner_product(b, a, c, &p) : outer_product(b, a, c, &p);
    x->labels = z_order;
}

enum { MAX_OPERANDS = 64 };

struct equation {
    struct bytes in[MAX_OPERANDS], out;
    size_t n;
};

static bool read_equation(struct bytes text, struct equation *e)
{
    size_t start = 0, i = 0;
    e->n = 0;
    for (; i + 1 < text.n && !(text.at[i] == '-' && text.at[i + 1] == '>'); i++) {
        if (text.at[i] != ',') continue;
        if (e->n == MAX_OPERANDS - 1) return false;
        e->in[e->n++] = (struct bytes){ text.at + start, i - start };
        start = i + 1;
    }
    if (i + 1 >= text.n) return false;
    e->in[e->n++] = (struct bytes){ text.at + start, i - start };
    e->out = (struct bytes){ text.at + i + 2, text.n - i - 2 };
    return true;
}

static bool has_dots(struct bytes term)
{
    return memchr(term.at, '.', term.n) != NULL;
}

/* Reads the operands and their labels; *ellipsis: the most dimensions that any dots stand for. */
static tfp_status read_operands(struct lower *lw, const struct equation *e, struct operand *x, size_t *ellipsis)
{
    *ellipsis = 0;
    for (size_t i = 0; i < e->n; i++) {
        size_t dots = 0, named = letters(e->in[i]);
        x[i].value = lower_in(lw, i);
        if (!x[i].value) return lw->b.status;
        if (form_is_complex(x[i].value)) return lower_unsupported(lw, "complex numbers");
        if (has_dots(e->in[i])) {
            int64_t rank = lower_rank(lw, x[i].value, "an operand with an ellipsis");
            if (rank < 0) return lw->b.status;
            if ((size_t)rank < named) return lower_malformed(lw, "operand %zu has fewer dimensions than letters", i);
            dots = (size_t)rank - named;
        }
        if (dots > *ellipsis) *ellipsis = dots;
        if (!read_term(e->in[i], dots, &x[i].labels)) return lower_malformed(lw, "the equation's term %zu is wrong", i);
        if (form_rank(x[i].value) >= 0 && (size_t)form_rank(x[i].value) != x[i].labels.n)
            return lower_malformed(lw, "operand %zu has %d dimensions, its term %zu", i, (int)x[i].value->rank,
                                   x[i].labels.n);
    }
    return TFP_OK;
}

static tfp_status lower_einsum(struct lower *lw, const struct tf_node *n)
{
    struct build *b = &lw->b;
    struct bytes text = tf_string(lw, "equation");
    struct operand *x = ARENA_ARRAY(&b->graph->arena, struct operand, MAX_OPERANDS);
    struct equation *e = ARENA_NEW(&b->graph->arena, struct equation);
    struct labels result;
    size_t ellipsis;
    if (b->status != TFP_OK) return b->status;
    if (!x || !e) return b->status = tfp_no_memory(b->ctx);
    if (!read_equation(text, e) || e->n != n->n_in)
        return lower_malformed(lw, "equation \"%.*s\" does not fit %zu inputs", (int)text.n, text.at, n->n_in);
    TFP_TRY(read_operands(lw, e, x, &ellipsis));
    if (!read_term(e->out, has_dots(e->out) ? ellipsis : 0, &result))
        return lower_malformed(lw, "the result's term is wrong");
    if (ellipsis && !has_dots(e->out)) return lower_unsupported(lw, "an ellipsis that the result does not have");
    for (size_t i = 0; i < e->n; i++) take_diagonals(b, &x[i]);
    for (size_t i = 1; i < e->n; i++) {
        struct labels keep = result;
        for (size_t k = i + 1; k < e->n; k++)
            for (size_t j = 0; j < x[k].labels.n; j++)
                if (!has(&keep, x[k].labels.at[j])) label_add(&keep, x[k].labels.at[j]);
        join(b, &x[0], &x[i], &keep);
    }
    sum_alone(b, &x[0], &result, NULL);
    for (size_t i = 0; i < result.n; i++)
        if (!has(&x[0].labels, result.at[i])) return lower_malformed(lw, "the result has a letter that no operand has");
    if (x[0].labels.n != result.n) return lower_malformed(lw, "the result has a letter twice");
    return lower_done(lw, arrange(b, &x[0], &result));
}

/* -- XlaDot -------------------------------------------------------------------------------------------------------- */

/* Gives the same label to the dimensions that the two lists pair; false: they name none, or one twice. */
static bool pair(struct labels *x, struct labels *y, struct pb_int64s in_x, struct pb_int64s in_y, struct labels *to)
{
    if (in_x.n != in_y.n) return false;
    for (size_t i = 0; i < in_x.n; i++) {
        const uint64_t at = (uint64_t)in_x.at[i], of = (uint64_t)in_y.at[i];
        if (at >= x->n || of >= y->n || has(to, x->at[at]) || y->at[of] < x->n) return false;
        y->at[of] = x->at[at];
        label_add(to, x->at[at]);
    }
    return true;
}

/* Dimensions are paired by number; the result has the batch's, then those of the left that stand alone, then the right's. */
static tfp_status lower_xla_dot(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct xlapb_dot_dimensions d = { .lhs_batch_dimensions = { NULL, 0 } };
    struct operand x = { .value = lower_in(lw, 0) }, y = { .value = lower_in(lw, 1) };
    struct labels result = { .n = 0 }, joined = { .n = 0 };
    int64_t rank = lower_rank(lw, x.value, "the left operand"), other = lower_rank(lw, y.value, "the right operand");
    if (rank < 0 || other < 0) return b->status;
    TFP_TRY(protobuf_decode(b->ctx, &b->graph->arena, &xlapb_dot_dimensions_type, tf_string(lw, "dimension_numbers"), &d));
    for (int64_t i = 0; i < rank; i++) label_add(&x.labels, (unsigned char)i);
    for (int64_t i = 0; i < other; i++) label_add(&y.labels, (unsigned char)(rank + i));
    if (!pair(&x.labels, &y.labels, d.lhs_batch_dimensions, d.rhs_batch_dimensions, &result))
        return lower_malformed(lw, "batch dimensions that are none");
    joined = result;
    if (!pair(&x.labels, &y.labels, d.lhs_contracting_dimensions, d.rhs_contracting_dimensions, &joined))
        return lower_malformed(lw, "contracting dimensions that are none");
    for (size_t i = 0; i < x.labels.n; i++)
        if (!has(&joined, x.labels.at[i])) label_add(&result, x.labels.at[i]);
    for (size_t i = 0; i < y.labels.n; i++)
        if (!has(&joined, y.labels.at[i])) label_add(&result, y.labels.at[i]);
    if (VARIANT(bool)) {
        x.value = ir_cast(b, x.value, tf_type(lw, "preferred_element_type"));
        y.value = ir_cast(b, y.value, tf_type(lw, "preferred_element_type"));
    }
    join(b, &x, &y, &result);
    return lower_done(lw, arrange(b, &x, &result));
}

static const struct product batch_product = { "adj_x", "adj_y", false };

static const struct rule rules[] = {
    { "BatchMatMul", lower_matmul, &batch_product },
    { "BatchMatMulV2", lower_matmul, &batch_product },
    { "BatchMatMulV3", lower_matmul, &(const struct product){ "adj_x", "adj_y", true } },
    { "Einsum", lower_einsum, NULL },
    { "MatMul", lower_matmul, &(const struct product){ "transpose_a", "transpose_b", false } },
    { "XlaDot", lower_xla_dot, &(const bool){ false } },
    { "XlaDotV2", lower_xla_dot, &(const bool){ true } },
};

const struct rule_family rules_matmul = { rules, sizeof rules / sizeof rules[0] };
