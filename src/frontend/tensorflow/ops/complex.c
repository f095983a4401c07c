/* Arithmetic on complex tensors held as real ones, see complex.h, and ops that move elements without looking at
 * them. */
#include "frontend/tensorflow/ops/complex.h"

#include "frontend/tensorflow/lower.h"
#include "ir/forms.h"

#include <math.h>

#define VARIANT(type) (*(const type *)lw->rule->variant)

/* -- in and out ---------------------------------------------------------------------------------------------------- */

/* A constant's numbers lie as they are wanted. */
static struct ir_value *constant_parts(struct lower *lw, const struct ir_value *v)
{
    struct tensor t = *v->constant;
    int64_t dims[TFP_MAX_RANK + 1];
    for (uint32_t i = 0; i < t.rank; i++) dims[i] = t.dims[i];
    dims[t.rank] = 2;
    tfp_dtype dtype = t.dtype == TFP_COMPLEX64 ? TFP_FLOAT : TFP_DOUBLE;
    tfp_status status = tensor_describe(lw->b.ctx, lw->node->name, dtype, t.rank + 1, dims, &t);
    if (status != TFP_OK) return build_fail(&lw->b, status);
    struct ir_value *parts = ir_add_constant(lw->b.graph, NULL, &t);
    return parts ? parts : build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
}

struct ir_value *complex_in(struct lower *lw, size_t i)
{
    const struct ir_value *v = lower_in(lw, i);
    if (!v) return NULL;
    if (!dtype_is_complex(v->dtype)) return lower_malformed(lw, "input %zu is not complex", i), NULL;
    if (v->constant) return constant_parts(lw, v);
    struct tf_input in = lw->node->in[i];
    struct ir_value *parts = in.node->parts ? lower_import(lw, in.node->parts[in.port]) : NULL;
    if (!parts) lower_unsupported(lw, "%s, an input of complex numbers", in.node->name);
    return parts;
}

static void give_parts(struct lower *lw, size_t port, struct ir_value *parts)
{
    const struct tf_node *n = lw->node;
    struct ir_value *v = ARENA_NEW(&lw->b.graph->arena, struct ir_value);
    if (!parts || port >= n->n_out) return;
    if (!v) {
        build_fail(&lw->b, tfp_no_memory(lw->b.ctx));
        return;
    }
    v->dtype = parts->dtype == TFP_FLOAT ? TFP_COMPLEX64 : TFP_COMPLEX128;
    v->rank = parts->rank < 0 ? -1 : parts->rank - 1;
    v->dims = parts->dims;
    v->graph = parts->graph;
    n->out[port] = v;
    n->parts[port] = parts;
}

tfp_status complex_done(struct lower *lw, struct ir_value *parts)
{
    give_parts(lw, 0, parts);
    return lw->b.status;
}

/* -- parts --------------------------------------------------------------------------------------------------------- */

struct ir_value *complex_real(struct build *b, struct ir_value *parts)
{
    return ir_gather(b, parts, ir_int(b, 0), -1);
}

static struct ir_value *imaginary_of(struct build *b, struct ir_value *parts)
{
    return ir_gather(b, parts, ir_int(b, 1), -1);
}

static struct ir_value *join_parts(struct build *b, struct ir_value *real, struct ir_value *imaginary)
{
    return CONCAT(b, -1, UNSQUEEZE(b, real, -1), UNSQUEEZE(b, imaginary, -1));
}

static struct ir_value *from_real(struct build *b, struct ir_value *real)
{
    return join_parts(b, real, ir_expand(b, ir_like(b, real, 0), ir_shape(b, real)));
}

/* [1, sign] */
static struct ir_value *turned(struct build *b, const struct ir_value *parts, double real, double imaginary)
{
    const float floats[] = { (float)real, (float)imaginary };
    const double doubles[] = { real, imaginary };
    bool single = form_dtype(parts) == TFP_FLOAT;
    return ir_tensor(b, single ? TFP_FLOAT : TFP_DOUBLE, 1, (const int64_t[]){ 2 },
                     single ? (const void *)floats : doubles);
}

struct ir_value *complex_conjugate(struct build *b, struct ir_value *parts)
{
    return ir_mul(b, parts, turned(b, parts, 1, -1));
}

static struct ir_value *multiply(struct build *b, struct ir_value *x, struct ir_value *y)
{
    struct ir_value *a = complex_real(b, x), *c = imaginary_of(b, x);
    struct ir_value *p = complex_real(b, y), *q = imaginary_of(b, y);
    return join_parts(b, ir_sub(b, ir_mul(b, a, p), ir_mul(b, c, q)), ir_add(b, ir_mul(b, a, q), ir_mul(b, c, p)));
}

struct ir_value *complex_squares(struct build *b, struct ir_value *x, bool keep)
{
    return ir_reduce(b, IR_REDUCE_SUM, ir_mul(b, x, x), (const int64_t[]){ -1 }, 1, keep);
}

static struct ir_value *divide(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return ir_div(b, multiply(b, x, complex_conjugate(b, y)), complex_squares(b, y, true));
}

/* -- rules --------------------------------------------------------------------------------------------------------- */

/* Sums and differences, part by part. */
static tfp_status lower_by_parts(struct lower *lw, const struct tf_node *n)
{
    struct ir_value *y = complex_in(lw, 0);
    for (size_t i = 1; i < n->n_in; i++) y = ir_binary(&lw->b, VARIANT(enum ir_op), y, complex_in(lw, i));
    return complex_done(lw, y);
}

static tfp_status lower_product(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return complex_done(lw, multiply(&lw->b, complex_in(lw, 0), complex_in(lw, 1)));
}

static tfp_status lower_quotient(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return complex_done(lw, divide(&lw->b, complex_in(lw, 0), complex_in(lw, 1)));
}

static tfp_status lower_square(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct ir_value *x = complex_in(lw, 0);
    return complex_done(lw, multiply(&lw->b, x, x));
}

/* e^a (cos b + i sin b) */
static tfp_status lower_exp(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = complex_in(lw, 0), *size = ir_unary(b, IR_EXP, complex_real(b, x)),
                    *angle = imaginary_of(b, x);
    struct ir_value *real = ir_mul(b, size, ir_unary(b, IR_COS, angle));
    return complex_done(lw, join_parts(b, real, ir_mul(b, size, ir_unary(b, IR_SIN, angle))));
}

static tfp_status lower_negative(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return complex_done(lw, ir_unary(&lw->b, IR_NEG, complex_in(lw, 0)));
}

static tfp_status lower_conjugate(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return complex_done(lw, complex_conjugate(&lw->b, complex_in(lw, 0)));
}

static tfp_status lower_part(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct ir_value *x = complex_in(lw, 0);
    x = VARIANT(bool) ? imaginary_of(&lw->b, x) : complex_real(&lw->b, x);
    return lower_done(lw, ir_cast(&lw->b, x, tf_type(lw, "Tout")));
}

static tfp_status lower_size(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct ir_value *size = ir_unary(&lw->b, IR_SQRT, complex_squares(&lw->b, complex_in(lw, 0), false));
    return lower_done(lw, ir_cast(&lw->b, size, tf_type(lw, "Tout")));
}

/* atan2 of the parts. */
static tfp_status lower_angle(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = complex_in(lw, 0), *real = complex_real(b, x), *imaginary = imaginary_of(b, x);
    struct ir_value *zero = ir_like(b, real, 0), *pi = ir_like(b, real, M_PI);
    struct ir_value *angle = ir_unary(b, IR_ATAN, ir_div(b, imaginary, real));
    struct ir_value *below = ir_binary(b, IR_LESS, imaginary, zero);
    struct ir_value *left = ir_where(b, below, ir_sub(b, angle, pi), ir_add(b, angle, pi));
    struct ir_value *upright = ir_mul(b, ir_unary(b, IR_SIGN, imaginary), ir_like(b, real, M_PI_2));
    struct ir_value *right = ir_where(b, ir_binary(b, IR_EQUAL, real, zero), upright, angle);
    angle = ir_where(b, ir_binary(b, IR_LESS, real, zero), left, right);
    return lower_done(lw, ir_cast(b, angle, tf_type(lw, "Tout")));
}

static tfp_status lower_join(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *real = lower_in(lw, 0), *imaginary = lower_in(lw, 1);
    if (!real || !imaginary) return b->status;
    bool same = real->rank >= 0 && real->rank == imaginary->rank;
    for (int32_t i = 0; same && i < real->rank; i++) same = dim_equal(real->dims[i], imaginary->dims[i]);
    if (!same) {
        struct ir_value *shape = ir_shape(b, ir_add(b, real, imaginary));
        real = ir_expand(b, real, shape);
        imaginary = ir_expand(b, imaginary, shape);
    }
    return complex_done(lw, join_parts(b, real, imaginary));
}

static tfp_status lower_cast(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = lower_in(lw, 0);
    tfp_dtype to = tf_type(lw, "DstT"), part = to == TFP_COMPLEX64 ? TFP_FLOAT : TFP_DOUBLE;
    if (!x || b->status != TFP_OK) return b->status;
    if (!dtype_is_complex(to)) return lower_done(lw, ir_cast(b, complex_real(b, complex_in(lw, 0)), to));
    if (dtype_is_complex(x->dtype)) return complex_done(lw, ir_cast(b, complex_in(lw, 0), part));
    return complex_done(lw, from_real(b, ir_cast(b, x, part)));
}

static tfp_status lower_pass(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    return complex_done(lw, complex_in(lw, 0));
}

/* -- moving -------------------------------------------------------------------------------------------------------- */

static tfp_status lower_shape(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    tfp_dtype to = tf_type(lw, "out_type");
    return lower_done(lw, ir_cast(b, form_dims(b, complex_in(lw, 0), 0, -1), to));
}

static tfp_status lower_reshape(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    return complex_done(lw, ir_reshape(b, complex_in(lw, 0), CONCAT(b, 0, lower_int64(lw, 1), INTS(b, 2))));
}

/* Axes counted from the end are counted before the added dimension. */
static int64_t before_parts(int64_t axis)
{
    return axis < 0 ? axis - 1 : axis;
}

static tfp_status lower_expand_dims(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    int64_t axis;
    if (lower_const_ints(lw, 1, "dim", &axis, 1) < 0) return lw->b.status;
    axis = before_parts(axis);
    return complex_done(lw, ir_unsqueeze(&lw->b, complex_in(lw, 0), &axis, 1));
}

static tfp_status lower_squeeze(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct ir_ints axes = tf_list_int(lw, "squeeze_dims");
    struct ir_value *x = complex_in(lw, 0);
    int64_t moved[TFP_MAX_RANK];
    size_t count = 0;
    if (axes.n > TFP_MAX_RANK) return lower_malformed(lw, "squeeze_dims has %zu values", axes.n);
    for (; count < axes.n; count++) moved[count] = before_parts(axes.at[count]);
    for (int32_t i = 0; axes.n == 0 && i + 1 < form_rank(x); i++) {
        if (!dim_fixed(x->dims[i])) return lower_unsupported(lw, "complex numbers of unknown shape");
        if (dim_is(x->dims[i], 1)) moved[count++] = i;
    }
    return complex_done(lw, count ? ir_squeeze(&lw->b, x, moved, count) : x);
}

/* Transpose, and with the variant the conjugate of it. */
static tfp_status lower_transpose(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    int64_t perm[TFP_MAX_RANK], count = lower_const_ints(lw, 1, "perm", perm, TFP_MAX_RANK - 1);
    if (count < 0) return lw->b.status;
    for (int64_t i = 0; i < count; i++)
        if ((perm[i] = lower_axis(lw, perm[i], count)) < 0) return lw->b.status;
    perm[count] = count;
    struct ir_value *x = ir_transpose(&lw->b, complex_in(lw, 0), perm, (size_t)count + 1);
    return complex_done(lw, VARIANT(bool) ? complex_conjugate(&lw->b, x) : x);
}

static tfp_status lower_pad(struct lower *lw, const struct tf_node *n)
{
    (void)n;
    struct build *b = &lw->b;
    struct ir_value *x = complex_in(lw, 0), *pads = lower_int64(lw, 1), *none = INTS(b, 0);
    pads = CONCAT(b, 0, ir_gather(b, pads, ir_int(b, 0), 1), none, ir_gather(b, pads, ir_int(b, 1), 1), none);
    return complex_done(lw, x && pads ? ir_emit(b, IR_PAD, IN(x, pads), NO_ATTRS) : NULL);
}

static tfp_status join_inputs(struct lower *lw, size_t count, int64_t axis, bool stack)
{
    struct ir_value **in = ARENA_ARRAY(&lw->b.graph->arena, struct ir_value *, count);
    if (!in) return lw->b.status = tfp_no_memory(lw->b.ctx);
    axis = before_parts(axis);
    for (size_t i = 0; i < count; i++) {
        in[i] = complex_in(lw, i);
        if (stack) in[i] = ir_unsqueeze(&lw->b, in[i], &axis, 1);
    }
    return complex_done(lw, ir_concat(&lw->b, in, count, axis));
}

static tfp_status lower_concat(struct lower *lw, const struct tf_node *n)
{
    int64_t axis;
    if (n->n_in < 2) return lower_malformed(lw, "nothing to join");
    if (lower_const_ints(lw, n->n_in - 1, "axis", &axis, 1) < 0) return lw->b.status;
    return join_inputs(lw, n->n_in - 1, axis, false);
}

static tfp_status lower_pack(struct lower *lw, const struct tf_node *n)
{
    return join_inputs(lw, n->n_in, tf_int(lw, "axis"), true);
}

/* -- part by part -------------------------------------------------------------------------------------------------- */

/* Where input i stands, for a rule that is to find something else there. */
static struct ir_value **place_of(const struct tf_node *n, size_t i)
{
    return &n->in[i].node->out[n->in[i].port];
}

/* The rule for real tensors, with a part in the place of each complex input; its results come to `out`. */
static tfp_status run_on_part(struct lower *lw, const struct tf_node *n, struct ir_value *const *parts, bool imaginary,
                              struct ir_value **out)
{
    const struct rule *complex = lw->rule;
    const bool in_loop = lw->in_loop;
    struct ir_value **was = ARENA_ARRAY(&lw->graph->arena, struct ir_value *, n->n_in);
    if (!was) return lw->b.status = tfp_no_memory(lw->b.ctx);
    for (size_t i = 0; i < n->n_in; i++) was[i] = *place_of(n, i);
    for (size_t i = 0; i < n->n_in; i++)
        if (parts[i]) *place_of(n, i) = imaginary ? imaginary_of(&lw->b, parts[i]) : complex_real(&lw->b, parts[i]);
    lw->rule = rule_find(n->op);
    lw->in_loop = true; /* the node's name belongs to neither part */
    tfp_status status = lw->b.status == TFP_OK ? lw->rule->lower(lw, n) : lw->b.status;
    lw->rule = complex;
    lw->in_loop = in_loop;
    for (size_t i = 0; i < n->n_in; i++) *place_of(n, i) = was[i];
    for (size_t i = 0; i < n->n_out; i++) {
        out[i] = n->out[i];
        n->out[i] = NULL;
    }
    return status;
}

/* Ops that move numbers or add them up do it with each part alone. */
static tfp_status lower_apart(struct lower *lw, const struct tf_node *n)
{
    struct arena *arena = &lw->graph->arena;
    struct ir_value **parts = ARENA_ARRAY(arena, struct ir_value *, n->n_in);
    struct ir_value **real = ARENA_ARRAY(arena, struct ir_value *, n->n_out), **imaginary = ARENA_ARRAY(arena, struct ir_value *, n->n_out);
    if (!parts || !real || !imaginary) return tfp_no_memory(lw->b.ctx);
    for (size_t i = 0; i < n->n_in; i++)
        if (form_is_complex(lower_in(lw, i))) parts[i] = complex_in(lw, i);
    TFP_TRY(run_on_part(lw, n, parts, false, real));
    TFP_TRY(run_on_part(lw, n, parts, true, imaginary));
    for (size_t i = 0; i < n->n_out; i++)
        if (real[i] && imaginary[i]) give_parts(lw, i, join_parts(&lw->b, real[i], imaginary[i]));
    return lw->b.status;
}

#define OP(name) (&(const enum ir_op){ IR_##name })
#define YES (&(const bool){ true })
#define NO (&(const bool){ false })

static const struct rule rules[] = {
    { "Add", lower_by_parts, OP(ADD) },
    { "AddN", lower_by_parts, OP(ADD) },
    { "AddV2", lower_by_parts, OP(ADD) },
    { "Angle", lower_angle, NULL },
    { "BroadcastTo", lower_apart, NULL },
    { "Cast", lower_cast, NULL },
    { "Complex", lower_join, NULL },
    { "ComplexAbs", lower_size, NULL },
    { "ConcatV2", lower_concat, NULL },
    { "Conj", lower_conjugate, NULL },
    { "ConjugateTranspose", lower_transpose, YES },
    { "Cumsum", lower_apart, NULL },
    { "Div", lower_quotient, NULL },
    { "Exp", lower_exp, NULL },
    { "ExpandDims", lower_expand_dims, NULL },
    { "Fill", lower_apart, NULL },
    { "Gather", lower_apart, NULL },
    { "GatherNd", lower_apart, NULL },
    { "GatherV2", lower_apart, NULL },
    { "Identity", lower_pass, NULL },
    { "Imag", lower_part, YES },
    { "Mean", lower_apart, NULL },
    { "MirrorPad", lower_apart, NULL },
    { "Mul", lower_product, NULL },
    { "Neg", lower_negative, NULL },
    { "Pack", lower_pack, NULL },
    { "Pad", lower_pad, NULL },
    { "PadV2", lower_apart, NULL },
    { "ReadVariableOp", lower_pass, NULL },
    { "Real", lower_part, NO },
    { "RealDiv", lower_quotient, NULL },
    { "Reshape", lower_reshape, NULL },
    { "Reverse", lower_apart, NULL },
    { "ReverseV2", lower_apart, NULL },
    { "Roll", lower_apart, NULL },
    { "Select", lower_apart, NULL },
    { "SelectV2", lower_apart, NULL },
    { "Shape", lower_shape, NULL },
    { "Slice", lower_apart, NULL },
    { "Snapshot", lower_pass, NULL },
    { "Split", lower_apart, NULL },
    { "SplitV", lower_apart, NULL },
    { "Square", lower_square, NULL },
    { "Squeeze", lower_squeeze, NULL },
    { "StopGradient", lower_pass, NULL },
    { "StridedSlice", lower_apart, NULL },
    { "Sub", lower_by_parts, OP(SUB) },
    { "Sum", lower_apart, NULL },
    { "Tile", lower_apart, NULL },
    { "Transpose", lower_transpose, NO },
    { "Unpack", lower_apart, NULL },
    { "ZerosLike", lower_apart, NULL },
};

const struct rule_family rules_complex = { rules, sizeof rules / sizeof rules[0] };
