/* Sums of products and running sums in terms of MatMul and of simpler sums. */
#include "decompose/decompose.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* -- running sums and products ------------------------------------------------------------------------------------- */

struct running {
    struct decompose *d;
    const struct ir_node *node;
    enum ir_op op; /* IR_ADD or IR_MUL */
    int64_t axis, rank;
    bool reverse, exclusive;
};

/* x moved on by `by` places along the axis, with what changes nothing coming in behind. */
static struct ir_value *moved(struct running *r, struct ir_value *x, int64_t by)
{
    struct build *b = &r->d->b;
    int64_t pads[2 * TFP_MAX_RANK] = { 0 };
    pads[r->reverse ? r->axis + r->rank : r->axis] = by;
    x = r->reverse ? ir_slice_axis(b, x, r->axis, by, INT64_MAX) : ir_slice_axis(b, x, r->axis, 0, -by);
    struct ir_value *nothing = ir_like(b, x, r->op == IR_MUL ? 1 : 0);
    return ir_emit(b, IR_PAD, IN(x, ir_ints(b, pads, (size_t)(2 * r->rank)), nothing), NO_ATTRS);
}

/* Sums of 2, 4, 8 .. neighbours. */
static struct ir_value *double_up(struct running *r, struct ir_value *x, int64_t length)
{
    for (int64_t by = 1; by < length && x; by *= 2) x = ir_binary(&r->d->b, r->op, x, moved(r, x, by));
    return x;
}

/* Of a length that is not known: h = x + h, a recurrence without a bend. */
static struct ir_value *recur(struct running *r, struct ir_value *x)
{
    static const struct bytes affine = { "Affine", 6 };
    static const float one = 1, zero = 0;
    struct build *b = &r->d->b;
    int64_t swap[TFP_MAX_RANK];
    for (int64_t i = 0; i < r->rank; i++) swap[i] = i == 0 ? r->axis : i == r->axis ? 0 : i;
    x = ir_transpose(b, x, swap, (size_t)r->rank);
    struct ir_value *shape = ir_shape(b, x), *unit = ir_tensor(b, TFP_FLOAT, 3, (const int64_t[]){ 1, 1, 1 }, &one);
    struct ir_value *lists = ir_reshape(b, x, CONCAT(b, 0, ir_dim(b, x, 0), INTS(b, -1, 1)));
    const struct ir_attr attrs[] = {
        A_INT(ATTR_HIDDEN_SIZE, 1),
        { .name = ATTR_ACTIVATIONS, .kind = ATTR_KIND_STRINGS, .v.strings = { &affine, 1 } },
        { .name = ATTR_ACTIVATION_ALPHA, .kind = ATTR_KIND_FLOATS, .v.floats = { &one, 1 } },
        { .name = ATTR_ACTIVATION_BETA, .kind = ATTR_KIND_FLOATS, .v.floats = { &zero, 1 } },
        r->reverse ? (struct ir_attr)A_STRING(ATTR_DIRECTION, "reverse") : (struct ir_attr){ .name = ATTR_NONE },
        { .name = ATTR_NONE },
    };
    struct ir_value *h = lists ? ir_emit(b, IR_RNN, IN(lists, unit, unit), attrs) : NULL;
    return ir_transpose(b, ir_reshape(b, h, shape), swap, (size_t)r->rank);
}

/* Of such a length, too, and exact: a product with a matrix of ones where an element is summed up; as many steps as the square
 * of the length. */
static struct ir_value *by_matrix(struct running *r, struct ir_value *x)
{
    struct build *b = &r->d->b;
    int64_t swap[TFP_MAX_RANK], last = r->rank - 1;
    for (int64_t i = 0; i < r->rank; i++) swap[i] = i == last ? r->axis : i == r->axis ? last : i;
    struct ir_value *at = ir_cast(b, decompose_iota(r->d, ir_dim(b, x, r->axis)), TFP_FLOAT); /* exact: longer ones have no such matrix */
    struct ir_value *from = UNSQUEEZE(b, at, 1), *to = UNSQUEEZE(b, at, 0);
    struct ir_value *summed = ir_binary(b, r->exclusive ? IR_LESS : IR_LESS_OR_EQUAL, r->reverse ? to : from, r->reverse ? from : to);
    x = ir_transpose(b, x, swap, (size_t)r->rank);
    if (r->rank == 1) x = UNSQUEEZE(b, x, 0);
    x = ir_matmul(b, x, ir_cast(b, summed, x ? x->dtype : TFP_UNDEFINED));
    return r->rank == 1 ? SQUEEZE(b, x, 0) : ir_transpose(b, x, swap, (size_t)r->rank);
}

static bool run_running(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    struct running r = {
        d, n, n->op == IR_CUM_PROD ? IR_MUL : IR_ADD, 0, x->rank, ir_attr_int(n, ATTR_REVERSE, 0) != 0,
        ir_attr_int(n, ATTR_EXCLUSIVE, 0) != 0
    };
    tfp_dtype t = x->dtype;
    if (schema_at(n->op, d->opset)) return false;
    if (x->rank < 1) return decline(d, "an unknown rank");
    if (ir_known_ints(ir_in(n, 1), &r.axis, 1) != 1) return decline(d, "an axis that is not constant");
    r.axis = from_front(r.axis, x->rank);
    if (r.axis < 0 || r.axis >= x->rank) return decline(d, "an axis out of range");
    struct dim length = x->dims[r.axis];
    if (t == TFP_FLOAT16 || t == TFP_BFLOAT16) x = ir_cast(b, x, TFP_FLOAT);
    const bool open = !dim_fixed(length);
    if (open && r.op != IR_ADD) return decline(d, "a length that is not known");
    if (open && x && x->dtype != TFP_FLOAT) return give(out, by_matrix(&r, x));
    if (r.exclusive) x = moved(&r, x, 1);
    return give(out, ir_cast(b, open ? recur(&r, x) : double_up(&r, x, length.n), t));
}

/* -- matrices ------------------------------------------------------------------------------------------------------ */

/* Whole numbers: 32 bits through double, where their sums are exact; 64 bits as products summed up. */
static bool run_matmul(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *y = ir_in(n, 1);
    tfp_dtype t = x->dtype;
    if (!dtype_is_integer(t)) return false;
    if (tfp_dtype_size(t) < 8) {
        struct ir_value *sum = ir_matmul(b, ir_cast(b, x, TFP_DOUBLE), ir_cast(b, y, TFP_DOUBLE));
        return give(out, ir_cast(b, ir_cast(b, sum, TFP_INT64), t));
    }
    if (x->rank < 2 || y->rank < 2) return decline(d, "vectors of int64");
    struct ir_value *products = ir_mul(b, UNSQUEEZE(b, x, x->rank), UNSQUEEZE(b, y, y->rank - 2));
    const int64_t axis = (x->rank > y->rank ? x->rank : y->rank) - 1;
    return give(out, ir_reduce(b, IR_REDUCE_SUM, products, &axis, 1, false));
}

static bool run_gemm(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *y = ir_in(n, 1), *c = ir_in(n, 2);
    double alpha = (double)ir_attr_float(n, ATTR_ALPHA, 1), beta = (double)ir_attr_float(n, ATTR_BETA, 1);
    if (ir_attr_int(n, ATTR_TRANS_A, 0)) x = TRANSPOSE(b, x, 1, 0);
    if (ir_attr_int(n, ATTR_TRANS_B, 0)) y = TRANSPOSE(b, y, 1, 0);
    struct ir_value *z = ir_matmul(b, x, y);
    if (alpha != 1) z = ir_mul(b, z, ir_like(b, z, alpha));
    if (c && beta != 1) c = ir_mul(b, c, ir_like(b, c, beta));
    return give(out, c ? ir_add(b, z, c) : z);
}

/* The sum over permutations, written out for up to three rows. */
static bool run_det(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0), *e[9];
    if (x->rank < 2 || !dim_fixed(x->dims[x->rank - 1]) || x->dims[x->rank - 1].n > 3)
        return decline(d, "more than three rows");
    int64_t rows = x->dims[x->rank - 1].n;
    for (int64_t i = 0; i < rows * rows; i++)
        e[i] = ir_gather(b, ir_gather(b, x, ir_int(b, i / rows), x->rank - 2), ir_int(b, i % rows), x->rank - 2);
    if (rows == 0) return decline(d, "no rows");
    if (rows == 1) return give(out, e[0]);
    if (rows == 2) return give(out, ir_sub(b, ir_mul(b, e[0], e[3]), ir_mul(b, e[1], e[2])));
    struct ir_value *sum = NULL;
    for (int i = 0; i < 3; i++) {
        int j = (i + 1) % 3, k = (i + 2) % 3;
        struct ir_value *minor = ir_sub(b, ir_mul(b, e[3 + j], e[6 + k]), ir_mul(b, e[3 + k], e[6 + j]));
        struct ir_value *part = ir_mul(b, e[i], minor);
        sum = sum ? ir_add(b, sum, part) : part;
    }
    return give(out, sum);
}

/* -- Fourier ------------------------------------------------------------------------------------------------------- */

enum { LONGEST_DFT = 2048 };

/* cos or sin of 2 pi j k / length as [length, bins]. */
static struct ir_value *waves(struct build *b, tfp_dtype t, int64_t length, int64_t bins, bool sine, double scale)
{
    const int64_t dims[] = { length, bins };
    char *at = arena_alloc(&b->graph->arena, (size_t)(length * bins), tfp_dtype_size(t));
    if (!at) return build_fail(b, tfp_no_memory(b->ctx));
    for (int64_t i = 0; i < length * bins; i++) {
        double angle = 2 * 3.14159265358979323846 * (double)(i / bins * (i % bins) % length) / (double)length;
        double wave = scale * (sine ? sin(angle) : cos(angle));
        if (t == TFP_DOUBLE) ((double *)(void *)at)[i] = wave;
        else ((float *)(void *)at)[i] = (float)wave;
    }
    return ir_tensor(b, t, 2, dims, at);
}

/* x, [.., length, parts], cut or padded with zeros to the length that is wanted. */
static struct ir_value *fit_length(struct build *b, struct ir_value *x, int64_t from, int64_t to)
{
    int64_t pads[2 * TFP_MAX_RANK] = { 0 };
    if (!x || from == to) return x;
    if (to < from) return ir_slice_axis(b, x, x->rank - 2, 0, to);
    pads[2 * x->rank - 2] = to - from;
    return ir_emit(b, IR_PAD, IN(x, ir_ints(b, pads, (size_t)(2 * x->rank))), NO_ATTRS);
}

/* A product with a matrix of waves: as many steps as the square of the length. */
static bool run_dft(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct ir_value *x = ir_in(n, 0);
    int64_t axis = -2, swap[TFP_MAX_RANK], length, parts;
    bool inverse = ir_attr_int(n, ATTR_INVERSE, 0) != 0, one_sided = ir_attr_int(n, ATTR_ONESIDED, 0) != 0;
    if (x->rank < 2 || (ir_in(n, 2) && ir_known_ints(ir_in(n, 2), &axis, 1) != 1)) return decline(d, "an unknown axis");
    int64_t last = x->rank - 1;
    axis = from_front(axis, x->rank);
    if (schema_at(IR_DFT, d->opset) && !ir_in(n, 2)) { /* an older schema has another axis by default */
        const struct ir_attr attrs[] = { A_INT(ATTR_INVERSE, inverse),
                                         A_INT(ATTR_ONESIDED, one_sided),
                                         { .name = ATTR_NONE } };
        return give(out, ir_emit(b, IR_DFT, IN(x, ir_in(n, 1), ir_int(b, axis)), attrs));
    }
    if (inverse && one_sided) return decline(d, "inverse and onesided");
    if (axis < 0 || axis >= last || !dim_fixed(x->dims[axis]) || !dim_fixed(x->dims[last]))
        return decline(d, "a length that is not known");
    length = x->dims[axis].n;
    parts = x->dims[last].n;
    if (ir_in(n, 1) && ir_known_ints(ir_in(n, 1), &length, 1) != 1) return decline(d, "a length that is not constant");
    if (length < 1 || length > LONGEST_DFT) return decline(d, "a length above 2048");
    for (int64_t i = 0; i <= last; i++) swap[i] = i == axis ? last - 1 : i == last - 1 ? axis : i;
    int64_t from = x->dims[axis].n, bins = one_sided ? length / 2 + 1 : length;
    tfp_dtype t = x->dtype, w = t == TFP_DOUBLE ? t : TFP_FLOAT;
    x = fit_length(b, ir_cast(b, ir_transpose(b, x, swap, (size_t)last + 1), w), from, length);
    struct ir_value *c = waves(b, w, length, bins, false, inverse ? 1.0 / (double)length : 1);
    struct ir_value *s = waves(b, w, length, bins, true, inverse ? -1.0 / (double)length : 1);
    struct ir_value *real = ir_gather(b, x, ir_int(b, 0), last), *re = ir_matmul(b, real, c),
                    *im = ir_unary(b, IR_NEG, ir_matmul(b, real, s));
    if (parts == 2) {
        struct ir_value *imaginary = ir_gather(b, x, ir_int(b, 1), last);
        re = ir_add(b, re, ir_matmul(b, imaginary, s));
        im = ir_add(b, im, ir_matmul(b, imaginary, c));
    }
    struct ir_value *y = CONCAT(b, last, UNSQUEEZE(b, re, last), UNSQUEEZE(b, im, last));
    return give(out, ir_cast(b, ir_transpose(b, y, swap, (size_t)last + 1), t));
}

/* -- Einsum -------------------------------------------------------------------------------------------------------- */

enum { LABELS = TFP_MAX_RANK * 2, DOTS = 256 }; /* labels DOTS + i: the ellipsis's dimensions, counted from the back */

struct labelled {
    struct ir_value *value;
    int label[LABELS]; /* of each axis */
    int n;
};

static int find_label(const struct labelled *x, int label)
{
    for (int i = 0; i < x->n; i++)
        if (x->label[i] == label) return i;
    return -1;
}

/* Labels of one term; dots stand for `dots` axes. */
static bool read_term(struct labelled *x, const char **at, const char *end, int dots)
{
    for (; *at < end && **at != ',' && **at != '-'; (*at)++) {
        char c = **at;
        if (c == ' ') continue;
        if (c == '.') {
            if (end - *at < 3 || x->n + dots > LABELS || dots < 0) return false;
            *at += 2;
            for (int i = 0; i < dots; i++) x->label[x->n++] = DOTS + dots - 1 - i;
        } else {
            if (x->n == LABELS) return false;
            x->label[x->n++] = (unsigned char)c;
        }
    }
    return true;
}

/* How many axes the dots of a term stand for. */
static int count_dots(const char *at, const char *end, int rank)
{
    int letters = 0;
    for (; at < end && *at != ',' && *at != '-'; at++) letters += *at != ' ' && *at != '.';
    return rank - letters;
}

/* Brings the axes with these labels, in this order, to the front; all of them are there. */
static void arrange(struct build *b, struct labelled *x, const int *labels, int n)
{
    int64_t perm[LABELS];
    int old[LABELS];
    memcpy(old, x->label, sizeof old);
    for (int i = 0; i < n; i++) perm[i] = find_label(x, labels[i]);
    memcpy(x->label, labels, (size_t)n * sizeof *labels);
    x->value = ir_transpose(b, x->value, perm, (size_t)n);
}

/* A label twice in one term: only the diagonal counts. */
static void take_diagonals(struct decompose *d, struct labelled *x)
{
    struct build *b = &d->b;
    for (int i = 0; i < x->n && x->value; i++) {
        int64_t perm[LABELS], k = 0;
        int twin = -1;
        for (int j = i + 1; j < x->n; j++)
            if (x->label[j] == x->label[i]) twin = j;
        if (twin < 0) continue;
        for (int j = 0; j < x->n; j++)
            if (j != i && j != twin) perm[k++] = j;
        perm[k++] = i;
        perm[k++] = twin;
        struct ir_value *length = ir_dim(b, x->value, i), *turned = ir_transpose(b, x->value, perm, (size_t)x->n);
        struct ir_value *front = x->n > 2 ? ir_slice_axis(b, ir_shape(b, turned), 0, 0, x->n - 2) : NULL;
        struct ir_value *flat = ir_reshape(b, turned, front ? CONCAT(b, 0, front, INTS(b, -1)) : INTS(b, -1));
        struct ir_value *places = ir_mul(b, decompose_iota(d, length), ir_add(b, length, INTS(b, 1)));
        x->value = ir_gather(b, flat, places, x->n - 2);
        int label = x->label[i], kept = 0;
        for (int j = 0; j < x->n; j++)
            if (j != i && j != twin) x->label[kept++] = x->label[j];
        x->label[kept++] = label;
        x->n = kept;
        i = -1;
    }
}

static void drop_axes(struct build *b, struct labelled *x, const bool *drop)
{
    int64_t axes[LABELS];
    size_t n = 0;
    int kept = 0;
    for (int i = 0; i < x->n; i++) {
        if (drop[i]) axes[n++] = i;
        else x->label[kept++] = x->label[i];
    }
    x->n = kept;
    if (n) x->value = ir_reduce(b, IR_REDUCE_SUM, x->value, axes, n, false);
}

static struct ir_value *lengths(struct build *b, const struct labelled *x, int from, int to)
{
    return to > from ? ir_slice_axis(b, ir_shape(b, x->value), 0, from, to) : NULL;
}

/* Axes from `from` to `to` as one; 1 when there are none. */
static struct ir_value *joined(struct build *b, struct ir_value *dims)
{
    return dims ? ir_reduce(b, IR_REDUCE_PROD, dims, (const int64_t[]){ 0 }, 1, true) : INTS(b, 1);
}

static struct ir_value *with_shape(struct build *b, struct ir_value *x, struct ir_value *p, struct ir_value *q,
                                   struct ir_value *r)
{
    struct ir_value *parts[3];
    size_t n = 0;
    if (p) parts[n++] = p;
    if (q) parts[n++] = q;
    if (r) parts[n++] = r;
    return ir_reshape(b, x, n ? ir_concat(b, parts, n, 0) : ir_ints(b, NULL, 0));
}

/* x and y become one term: [shared and kept, only in x, only in y], summed over what is shared and not kept. */
static bool contract(struct build *b, struct labelled *x, struct labelled *y, bool (*kept)(const void *, int),
                     const void *keeper)
{
    int shared[LABELS], summed[LABELS], own[LABELS], other[LABELS], order[LABELS], ns = 0, nk = 0, no = 0, nn = 0;
    bool drop_x[LABELS] = { false }, drop_y[LABELS] = { false };
    for (int i = 0; i < x->n; i++) drop_x[i] = find_label(y, x->label[i]) < 0 && !kept(keeper, x->label[i]);
    for (int i = 0; i < y->n; i++) drop_y[i] = find_label(x, y->label[i]) < 0 && !kept(keeper, y->label[i]);
    drop_axes(b, x, drop_x);
    drop_axes(b, y, drop_y);
    for (int i = 0; i < x->n; i++) {
        if (find_label(y, x->label[i]) < 0) own[no++] = x->label[i];
        else if (kept(keeper, x->label[i])) shared[ns++] = x->label[i];
        else summed[nk++] = x->label[i];
    }
    for (int i = 0; i < y->n; i++)
        if (find_label(x, y->label[i]) < 0) other[nn++] = y->label[i];
    if (ns + no + nn > TFP_MAX_RANK) return false;
    memcpy(order, shared, sizeof(int) * (size_t)ns);
    memcpy(order + ns, own, sizeof(int) * (size_t)no);
    memcpy(order + ns + no, summed, sizeof(int) * (size_t)nk);
    arrange(b, x, order, ns + no + nk);
    memcpy(order + ns, summed, sizeof(int) * (size_t)nk);
    memcpy(order + ns + nk, other, sizeof(int) * (size_t)nn);
    arrange(b, y, order, ns + nk + nn);
    if (!x->value || !y->value) return false;
    struct ir_value *rows = lengths(b, x, ns, ns + no), *columns = lengths(b, y, ns + nk, ns + nk + nn);
    struct ir_value *left = x->value, *right = y->value;
    if (no != 1 || nk != 1)
        left =
            with_shape(b, left, lengths(b, x, 0, ns), joined(b, rows), joined(b, lengths(b, x, ns + no, ns + no + nk)));
    if (nn != 1 || nk != 1)
        right = with_shape(b, right, lengths(b, y, 0, ns), joined(b, lengths(b, y, ns, ns + nk)), joined(b, columns));
    struct ir_value *z = ir_matmul(b, left, right);
    if (z && (no != 1 || nn != 1))
        z = with_shape(b, z, ns ? ir_slice_axis(b, ir_shape(b, z), 0, 0, ns) : NULL, rows, columns);
    x->value = z;
    x->n = 0;
    for (int i = 0; i < ns; i++) x->label[x->n++] = shared[i];
    for (int i = 0; i < no; i++) x->label[x->n++] = own[i];
    for (int i = 0; i < nn; i++) x->label[x->n++] = other[i];
    return z != NULL;
}

struct equation {
    struct labelled in[16], out;
    int n, next; /* terms from `next` on are still to come */
};

static bool is_kept(const void *keeper, int label)
{
    const struct equation *e = keeper;
    if (find_label(&e->out, label) >= 0) return true;
    for (int i = e->next; i < e->n; i++)
        if (find_label(&e->in[i], label) >= 0) return true;
    return false;
}

/* Without "->" the result has the dots, then each label that occurs once, in alphabetical order. */
static void imply_result(struct equation *e, int dots)
{
    int times[256] = { 0 };
    for (int i = 0; i < e->n; i++)
        for (int k = 0; k < e->in[i].n; k++)
            if (e->in[i].label[k] < DOTS) times[e->in[i].label[k]]++;
    for (int i = dots - 1; i >= 0; i--) e->out.label[e->out.n++] = DOTS + i;
    for (int c = 0; c < 256 && e->out.n < LABELS; c++)
        if (times[c] == 1) e->out.label[e->out.n++] = c;
}

static bool read_equation(struct decompose *d, const struct ir_node *n, struct equation *e)
{
    struct bytes text = ir_attr_string(n, ATTR_EQUATION, "");
    const char *at = text.at, *end = text.at + text.n;
    int most = 0;
    e->n = (int)n->n_in;
    if (n->n_in < 1 || n->n_in > 16) return decline(d, "so many terms");
    for (int i = 0; i < e->n; i++) {
        e->in[i].value = ir_in(n, (size_t)i);
        if (e->in[i].value->rank < 0) return decline(d, "an unknown rank");
        int dots = count_dots(at, end, e->in[i].value->rank);
        if (dots > most) most = dots;
        if (!read_term(&e->in[i], &at, end, dots) || e->in[i].n != e->in[i].value->rank)
            return decline(d, "this equation");
        if (i + 1 < e->n && (at == end || *at++ != ',')) return decline(d, "this equation");
    }
    if (at == end) {
        imply_result(e, most);
        return true;
    }
    if (end - at < 2 || at[0] != '-' || at[1] != '>') return decline(d, "this equation");
    at += 2;
    return read_term(&e->out, &at, end, most) && at == end ? true : decline(d, "this equation");
}

static bool run_einsum(struct decompose *d, const struct ir_node *n, struct ir_value **out)
{
    struct build *b = &d->b;
    struct equation *e = ARENA_NEW(&b->graph->arena, struct equation);
    bool drop[LABELS] = { false };
    if (!e) return build_fail(b, tfp_no_memory(b->ctx)) != NULL;
    if (!read_equation(d, n, e)) return false;
    for (int i = 0; i < e->n; i++) take_diagonals(d, &e->in[i]);
    struct labelled *x = &e->in[0];
    for (e->next = 2; e->next <= e->n; e->next++)
        if (!contract(b, x, &e->in[e->next - 1], is_kept, e)) return decline(d, "so many dimensions");
    e->next = e->n;
    for (int i = 0; i < x->n; i++) drop[i] = find_label(&e->out, x->label[i]) < 0;
    drop_axes(b, x, drop);
    for (int i = 0; i < e->out.n; i++)
        if (find_label(x, e->out.label[i]) < 0) return decline(d, "this equation");
    arrange(b, x, e->out.label, e->out.n);
    bool same = x->value && x->value == ir_in(n, 0);
    return give(out, same ? ir_unary(b, IR_IDENTITY, x->value) : x->value);
}

static const struct decomposition rows[] = {
    { IR_CUM_PROD, run_running }, { IR_CUM_SUM, run_running }, { IR_DFT, run_dft },       { IR_DET, run_det },
    { IR_EINSUM, run_einsum },    { IR_GEMM, run_gemm },       { IR_MATMUL, run_matmul },
};

const struct decompositions decompose_linear = { rows, sizeof rows / sizeof rows[0] };
