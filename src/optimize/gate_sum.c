/* Sums of products (gate_sum.h), found backwards through additions, products with constants, concatenated operands and
 * parts cut out of the result. */
#include "optimize/gate_sum.h"

#include "ir/forms.h"
#include "optimize/passes.h"

enum { DEEPEST = 24 };

static bool find(const struct ir_value *v, int64_t column, struct gate_sum *out, int depth);

static bool add(struct gate_sum *s, struct gate_term t)
{
    if (s->n == GATE_TERMS) return false;
    s->at[s->n++] = t;
    return true;
}

static int64_t width_of(const struct ir_value *v)
{
    return v->rank > 0 && dim_fixed(v->dims[v->rank - 1]) ? v->dims[v->rank - 1].n : -1;
}

/* One number, or one for each column; nothing for each row. */
static bool is_vector(const struct ir_value *v, int64_t at_least)
{
    if (!v->constant || v->constant->dtype != TFP_FLOAT) return false;
    return v->constant->count == 1 || (v->constant->count == width_of(v) && width_of(v) >= at_least);
}

static bool last_axis(const struct ir_node *n, const struct ir_value *v)
{
    int64_t axis = ir_attr_int(n, ATTR_AXIS, 0);
    return v->rank == 2 && (axis == -1 || axis == 1);
}

/* Products of `a`, or of what it is put together from, with rows of the weights. */
static bool find_products(const struct ir_value *a, const struct gate_term *like, struct gate_sum *out, int depth)
{
    const struct ir_node *n = a->producer;
    struct gate_term t = *like;
    if (a->rank != 2 || width_of(a) < 0 || depth == 0) return false;
    if (!n || n->op != IR_CONCAT || !last_axis(n, a)) {
        t.operand = a;
        t.rows = width_of(a);
        return add(out, t);
    }
    for (uint32_t i = 0; i < n->n_in; i++) {
        if (!find_products(ir_in(n, i), &t, out, depth - 1)) return false;
        t.row += width_of(ir_in(n, i));
    }
    return true;
}

static bool find_product(const struct ir_node *n, int64_t column, struct gate_sum *out, int depth)
{
    const struct ir_value *weights = ir_in(n, 1), *bias = n->op == IR_GEMM ? ir_in(n, 2) : NULL;
    struct gate_term t = { .weights = weights, .column = column };
    if (!weights || !weights->constant || weights->rank != 2 || weights->dtype != TFP_FLOAT) return false;
    if (n->op == IR_GEMM) {
        const float alpha = ir_attr_float(n, ATTR_ALPHA, 1), beta = ir_attr_float(n, ATTR_BETA, 1);
        if (ir_attr_int(n, ATTR_TRANS_A, 0) || alpha != 1 || beta != 1) return false;
        t.transposed = ir_attr_int(n, ATTR_TRANS_B, 0) != 0;
    }
    return find_products(ir_in(n, 0), &t, out, depth - 1) && (!bias || find(bias, column, out, depth - 1));
}

/* Part of a Split, or a Slice, of a matrix along its last axis. */
static const struct ir_value *of_split(const struct ir_value *v, int64_t *column)
{
    const struct ir_node *n = v->producer;
    int64_t sizes[IR_KNOWN_MAX];
    *column = 0;
    if (!last_axis(n, v)) return NULL;
    for (uint32_t i = 0; i < v->index; i++) {
        if (!n->out[i]) {
            if (!ir_in(n, 1) || ir_known_ints(ir_in(n, 1), sizes, IR_KNOWN_MAX) <= (int64_t)i) return NULL;
            *column += sizes[i];
        } else if (width_of(n->out[i]) < 0) return NULL;
        else *column += width_of(n->out[i]);
    }
    return ir_in(n, 0);
}

static const struct ir_value *of_slice(const struct ir_value *v, int64_t *column)
{
    const struct ir_node *n = v->producer;
    int64_t axis = 0, step = 1;
    const struct ir_value *x = ir_in(n, 0);
    if (v->rank != 2 || x->rank != 2 || !ir_in(n, 3)) return NULL;
    if (ir_known_ints(ir_in(n, 1), column, 1) != 1 || ir_known_ints(ir_in(n, 3), &axis, 1) != 1) return NULL;
    if (ir_in(n, 4) && (ir_known_ints(ir_in(n, 4), &step, 1) != 1 || step != 1)) return NULL;
    if ((axis != 1 && axis != -1) || width_of(x) < 0) return NULL;
    if (*column < 0) *column += width_of(x);
    return *column >= 0 ? x : NULL;
}

const struct ir_value *gate_sum_whole(const struct ir_value *v, int64_t *column)
{
    const struct ir_node *n = v->producer;
    return n && n->op == IR_SPLIT ? of_split(v, column) : n && n->op == IR_SLICE ? of_slice(v, column) : NULL;
}

static bool find_part(const struct ir_value *v, int64_t column, struct gate_sum *out, int depth)
{
    int64_t before;
    const struct ir_value *whole = gate_sum_whole(v, &before);
    return whole && find(whole, column + before, out, depth - 1);
}

static bool find_peephole(const struct ir_node *n, int64_t column, struct gate_sum *out)
{
    for (size_t i = 0; i < 2; i++) {
        const struct ir_value *w = ir_in(n, i), *x = ir_in(n, !i);
        if (!is_vector(w, out->width) || w->constant->count == 1 || x->rank != 2 || column) continue;
        return add(out, (struct gate_term){ .operand = x, .weights = w, .rows = out->width, .elementwise = true });
    }
    return false;
}

static bool find(const struct ir_value *v, int64_t column, struct gate_sum *out, int depth)
{
    const struct ir_node *n = v->producer;
    if (depth <= 0) return false;
    if (v->constant) return is_vector(v, column + out->width) && add(out, (struct gate_term){ .weights = v, .column = column });
    if (!n) return false;
    switch (n->op) {
    case IR_ADD: return find(ir_in(n, 0), column, out, depth - 1) && find(ir_in(n, 1), column, out, depth - 1);
    case IR_GEMM:
    case IR_MATMUL: return find_product(n, column, out, depth);
    case IR_IDENTITY: return find(ir_in(n, 0), column, out, depth - 1);
    case IR_MUL: return find_peephole(n, column, out);
    case IR_SLICE:
    case IR_SPLIT: return find_part(v, column, out, depth);
    default: return false;
    }
}

bool gate_sum_of(const struct ir_value *v, int64_t column, int64_t width, struct gate_sum *out)
{
    *out = (struct gate_sum){ .width = width };
    return v && find(v, column, out, DEEPEST);
}

/* -- weights ------------------------------------------------------------------------------------------------------- */

static struct ir_value *plus(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return x && y ? ir_add(b, x, y) : x ? x : y;
}

/* One number for each column. */
static struct ir_value *vector_of(struct build *b, const struct gate_sum *s, const struct gate_term *t)
{
    struct ir_value *all = RESHAPE(b, ir_constant_of(b, t->weights), -1);
    if (t->weights->constant->count == 1) return ir_expand(b, all, INTS(b, s->width));
    return ir_slice_axis(b, all, 0, t->column, t->column + s->width);
}

struct ir_value *gate_sum_weights(struct build *b, const struct gate_sum *s, const struct ir_value *operand)
{
    struct ir_value *all = NULL;
    for (size_t i = 0; i < s->n; i++) {
        const struct gate_term *t = &s->at[i];
        if (t->operand != operand || !operand || t->elementwise) continue;
        struct ir_value *w = ir_constant_of(b, t->weights);
        if (t->transposed) w = TRANSPOSE(b, w, 1, 0);
        w = ir_slice_axis(b, w, 0, t->row, t->row + t->rows);
        all = plus(b, all, ir_slice_axis(b, w, 1, t->column, t->column + s->width));
    }
    return all;
}

struct ir_value *gate_sum_peephole(struct build *b, const struct gate_sum *s, const struct ir_value *operand)
{
    struct ir_value *all = NULL;
    for (size_t i = 0; i < s->n; i++)
        if (s->at[i].elementwise && s->at[i].operand == operand) all = plus(b, all, vector_of(b, s, &s->at[i]));
    return all;
}

struct ir_value *gate_sum_bias(struct build *b, const struct gate_sum *s, tfp_dtype dtype)
{
    struct ir_value *all = NULL;
    for (size_t i = 0; i < s->n; i++)
        if (!s->at[i].operand) all = plus(b, all, vector_of(b, s, &s->at[i]));
    return all ? all : form_zeros(b, dtype, INTS(b, s->width));
}
