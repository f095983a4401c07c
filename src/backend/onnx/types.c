/* Element types: what a schema allows, what ONNX Runtime's CPU kernels have, and the way round by Cast where a wider
 * type holds every value exactly. */
#include "backend/onnx/types.h"

#include "ir/kernels/kernel.h"

#include <stdio.h>
#include <stdlib.h>

/* How an op treats its elements decides which types it may be computed in instead. */
enum kind {
    MOVES = 1, /* carries values from place to place: any type that each value survives */
    ORDERS,    /* compares: also the order must survive */
    ADDS,      /* whole-number arithmetic modulo 2^bits: a wider integer type, the surplus bits fall off at the end */
    DIVIDES,   /* needs the true quotient or remainder: a wider integer type */
    FLOATS,    /* rounds anyway: a wider float type, rounded once more at the end */
};

// clang-format off
static const struct {
    enum ir_op op;
    enum kind kind;
} kinds[] = {
    { IR_ABS, DIVIDES }, { IR_ACOS, FLOATS }, { IR_ACOSH, FLOATS }, { IR_ADD, ADDS }, { IR_ARG_MAX, ORDERS },
    { IR_ARG_MIN, ORDERS }, { IR_ASIN, FLOATS }, { IR_ASINH, FLOATS }, { IR_ATAN, FLOATS }, { IR_ATANH, FLOATS },
    { IR_ATTENTION, FLOATS },
    { IR_AVERAGE_POOL, FLOATS }, { IR_BATCH_NORMALIZATION, FLOATS }, { IR_CEIL, FLOATS }, { IR_CELU, FLOATS },
    { IR_CLIP, ORDERS }, { IR_COMPRESS, MOVES }, { IR_CONCAT, MOVES }, { IR_CONSTANT_OF_SHAPE, MOVES },
    { IR_CONV, FLOATS }, { IR_CONV_TRANSPOSE, FLOATS }, { IR_COS, FLOATS }, { IR_COSH, FLOATS }, { IR_CUM_SUM, ADDS },
    { IR_DEPTH_TO_SPACE, MOVES }, { IR_DET, FLOATS }, { IR_DIV, DIVIDES }, { IR_EINSUM, ADDS }, { IR_ELU, FLOATS },
    { IR_EQUAL, MOVES }, { IR_ERF, FLOATS }, { IR_EXP, FLOATS }, { IR_EXPAND, MOVES }, { IR_EYE_LIKE, MOVES },
    { IR_FLATTEN, MOVES }, { IR_FLOOR, FLOATS }, { IR_GATHER, MOVES }, { IR_GATHER_ELEMENTS, MOVES },
    { IR_GATHER_ND, MOVES }, { IR_GELU, FLOATS }, { IR_GEMM, ADDS }, { IR_GLOBAL_AVERAGE_POOL, FLOATS },
    { IR_GLOBAL_MAX_POOL, ORDERS }, { IR_GREATER, ORDERS }, { IR_GREATER_OR_EQUAL, ORDERS }, { IR_GRID_SAMPLE, FLOATS },
    { IR_HARD_SIGMOID, FLOATS }, { IR_HARD_SWISH, FLOATS }, { IR_HARDMAX, ORDERS }, { IR_IDENTITY, MOVES },
    { IR_INSTANCE_NORMALIZATION, FLOATS }, { IR_IS_INF, FLOATS }, { IR_IS_NAN, FLOATS }, { IR_LRN, FLOATS },
    { IR_LAYER_NORMALIZATION, FLOATS }, { IR_LEAKY_RELU, FLOATS }, { IR_LESS, ORDERS }, { IR_LESS_OR_EQUAL, ORDERS },
    { IR_LOG, FLOATS }, { IR_LOG_SOFTMAX, FLOATS }, { IR_LP_NORMALIZATION, FLOATS }, { IR_LP_POOL, FLOATS },
    { IR_MATMUL, ADDS }, { IR_MAX, ORDERS }, { IR_MAX_POOL, ORDERS }, { IR_MEAN, FLOATS }, { IR_MIN, ORDERS },
    { IR_MISH, FLOATS }, { IR_MOD, DIVIDES }, { IR_MUL, ADDS }, { IR_NEG, ADDS }, { IR_NON_ZERO, MOVES },
    { IR_ONE_HOT, MOVES }, { IR_PRELU, ADDS }, { IR_PAD, MOVES }, { IR_POW, FLOATS }, { IR_RANGE, DIVIDES },
    { IR_RECIPROCAL, FLOATS }, { IR_REDUCE_L1, ADDS }, { IR_REDUCE_L2, FLOATS }, { IR_REDUCE_LOG_SUM, FLOATS },
    { IR_REDUCE_LOG_SUM_EXP, FLOATS }, { IR_REDUCE_MAX, ORDERS }, { IR_REDUCE_MEAN, DIVIDES }, { IR_REDUCE_MIN, ORDERS },
    { IR_REDUCE_PROD, ADDS }, { IR_REDUCE_SUM, ADDS }, { IR_REDUCE_SUM_SQUARE, ADDS }, { IR_RELU, ORDERS },
    { IR_RESHAPE, MOVES }, { IR_RESIZE, FLOATS }, { IR_REVERSE_SEQUENCE, MOVES }, { IR_ROUND, FLOATS },
    { IR_SCATTER_ELEMENTS, MOVES }, { IR_SCATTER_ND, MOVES }, { IR_SELU, FLOATS }, { IR_SHAPE, MOVES },
    { IR_SIGMOID, FLOATS }, { IR_SIGN, ORDERS }, { IR_SIN, FLOATS }, { IR_SINH, FLOATS }, { IR_SIZE, MOVES },
    { IR_SLICE, MOVES }, { IR_SOFTMAX, FLOATS }, { IR_SOFTPLUS, FLOATS }, { IR_SOFTSIGN, FLOATS },
    { IR_SPACE_TO_DEPTH, MOVES }, { IR_SPLIT, MOVES }, { IR_SQRT, FLOATS }, { IR_SQUEEZE, MOVES }, { IR_SUB, ADDS },
    { IR_SUM, FLOATS }, { IR_TAN, FLOATS }, { IR_TANH, FLOATS }, { IR_THRESHOLDED_RELU, FLOATS }, { IR_TILE, MOVES },
    { IR_TOP_K, ORDERS }, { IR_TRANSPOSE, MOVES }, { IR_TRILU, MOVES }, { IR_UNIQUE, ORDERS }, { IR_UNSQUEEZE, MOVES },
    { IR_WHERE, MOVES },
};
// clang-format on

/* Types that hold every value of the first in order, nearest first. */
// clang-format off
static const struct {
    tfp_dtype type;
    tfp_dtype in[7];
} wider[] = {
    { TFP_BOOL, { TFP_UINT8, TFP_INT32, TFP_INT64, TFP_FLOAT, TFP_DOUBLE } },
    { TFP_INT8, { TFP_INT16, TFP_INT32, TFP_INT64, TFP_FLOAT, TFP_DOUBLE } },
    { TFP_UINT8, { TFP_INT16, TFP_INT32, TFP_INT64, TFP_UINT32, TFP_FLOAT, TFP_DOUBLE } },
    { TFP_INT16, { TFP_INT32, TFP_INT64, TFP_FLOAT, TFP_DOUBLE } },
    { TFP_UINT16, { TFP_INT32, TFP_INT64, TFP_UINT32, TFP_FLOAT, TFP_DOUBLE } },
    { TFP_INT32, { TFP_INT64, TFP_DOUBLE } },
    { TFP_UINT32, { TFP_INT64, TFP_UINT64, TFP_DOUBLE } },
    { TFP_FLOAT16, { TFP_FLOAT, TFP_DOUBLE } },
    { TFP_BFLOAT16, { TFP_FLOAT, TFP_DOUBLE } },
    { TFP_FLOAT, { TFP_DOUBLE } },
    /* the same bits: neither order nor quotients survive */
    { TFP_UINT64, { TFP_INT64 } },
    { TFP_INT64, { TFP_UINT64 } },
};
// clang-format on

enum { MOST_GROUPS = 256 };

static enum kind kind_of(enum ir_op op)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].op == op) return kinds[i].kind;
    return 0;
}

static uint64_t bit(tfp_dtype t)
{
    return (uint64_t)1 << t;
}

/* Rows are few for each op: the first is found by bisection, the rest by a walk. */
static uint64_t kernel_types(enum ir_op op, int opset, uint8_t group)
{
    size_t low = 0, high = ort_types_n;
    uint64_t types = UINT64_MAX;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (ort_types_table[middle].op < op) low = middle + 1;
        else high = middle;
    }
    for (; low < ort_types_n && ort_types_table[low].op == op && ort_types_table[low].since <= opset; low++)
        if (ort_types_table[low].group == group) types = ort_types_table[low].types;
    return types;
}

/* opset 0: whatever the schema allows, with or without a kernel. */
static bool param_takes(const struct schema *s, int opset, const struct schema_param *p, tfp_dtype t)
{
    if (t == TFP_UNDEFINED || !p) return true;
    uint64_t types = opset ? p->types & kernel_types(s->op, opset, p->group) : p->types;
    return types & bit(t);
}

static const struct schema_param *first_refused(const struct ir_node *n, const struct onnx_form *f, bool kernels,
                                                const struct ir_value **at)
{
    int opset = kernels ? f->opset : 0;
    for (size_t i = 0; i < f->n_in; i++) {
        const struct schema_param *p = schema_in(f->schema, i);
        if ((*at = f->in[i]) && !param_takes(f->schema, opset, p, f->in[i]->dtype)) return p;
    }
    for (size_t i = 0; i < f->n_out; i++) {
        const struct schema_param *p = schema_out(f->schema, i);
        if ((*at = n->out[i]) && !param_takes(f->schema, opset, p, n->out[i]->dtype)) return p;
    }
    return NULL;
}

/* One element type for all parameters of a group; older versions tie more of them together than the newest. */
static bool groups_agree(const struct ir_node *n, const struct onnx_form *f)
{
    tfp_dtype of[MOST_GROUPS] = { TFP_UNDEFINED };
    for (size_t i = 0; i < f->n_in + f->n_out; i++) {
        bool in = i < f->n_in;
        const struct ir_value *v = in ? f->in[i] : n->out[i - f->n_in];
        const struct schema_param *p = in ? schema_in(f->schema, i) : schema_out(f->schema, i - f->n_in);
        if (!v || !p || p->group == 0 || v->dtype == TFP_UNDEFINED) continue;
        if (of[p->group] != TFP_UNDEFINED && of[p->group] != v->dtype) return false;
        of[p->group] = v->dtype;
    }
    return true;
}

bool types_allowed(const struct ir_node *n, const struct onnx_form *form)
{
    const struct ir_value *v;
    return !first_refused(n, form, false, &v) && groups_agree(n, form);
}

bool types_runnable(const struct ir_node *n, const struct onnx_form *form)
{
    const struct ir_value *v;
    return !first_refused(n, form, true, &v);
}

const char *types_refused(const struct ir_node *n, const struct onnx_form *form, char *room, size_t size)
{
    const struct ir_value *v;
    const struct schema_param *p = first_refused(n, form, false, &v);
    if (p) snprintf(room, size, "%s of %s", tfp_dtype_name(v->dtype), p->name);
    else snprintf(room, size, "inputs of different type");
    return room;
}

bool types_computes(const struct decompose *d, enum ir_op op, tfp_dtype dtype)
{
    const struct schema *s = schema_at(op, d->opset);
    return s && !s->deprecated && s->n_in && param_takes(s, d->opset, &s->in[0], dtype);
}

/* -- widening ------------------------------------------------------------------------------------------------------ */

static bool may_stand_for(enum kind kind, tfp_dtype narrow, tfp_dtype wide)
{
    bool same_bits = (narrow == TFP_UINT64 && wide == TFP_INT64) || (narrow == TFP_INT64 && wide == TFP_UINT64);
    bool integer = dtype_is_integer(narrow);
    switch (kind) {
    case MOVES: return true;
    case ORDERS: return !same_bits;
    case ADDS: return integer ? dtype_is_integer(wide) : dtype_is_float(narrow);
    case DIVIDES: return integer ? dtype_is_integer(wide) && !same_bits : dtype_is_float(narrow);
    case FLOATS: return dtype_is_float(narrow);
    }
    return false;
}

/* A type for the group that each of its parameters takes. */
static tfp_dtype widened(const struct ir_node *n, const struct onnx_form *f, const struct schema_param *group,
                         tfp_dtype t, bool must)
{
    enum kind kind = kind_of(n->op);
    if (!kind) return TFP_UNDEFINED;
    for (size_t i = 0; i < sizeof wider / sizeof wider[0]; i++) {
        if (wider[i].type != t) continue;
        for (size_t k = 0; k < 7 && wider[i].in[k]; k++) {
            tfp_dtype w = wider[i].in[k];
            if (may_stand_for(kind, t, w) && param_takes(f->schema, must ? 0 : f->opset, group, w)) return w;
        }
    }
    return TFP_UNDEFINED;
}

static bool of_group(const struct schema_param *p, const struct schema_param *group)
{
    return p == group || (p && p->group && p->group == group->group);
}

/* A tensor attribute that decides the group's type (the value of ConstantOfShape) is cast with it. */
static struct ir_attr *widen_attrs(struct decompose *d, const struct ir_node *n, tfp_dtype to)
{
    struct ir_attr *attrs = ARENA_ARRAY(&d->b.graph->arena, struct ir_attr, n->n_attrs + 1);
    if (!attrs) return NULL;
    for (size_t i = 0; i < n->n_attrs; i++) {
        attrs[i] = n->attrs[i];
        if (attrs[i].name == ATTR_DTYPE && attrs[i].kind == ATTR_KIND_INT) attrs[i].v.i = to;
        if (attrs[i].kind != ATTR_KIND_TENSOR) continue;
        struct ir_value *value = ir_add_constant(d->b.graph, NULL, attrs[i].v.tensor);
        value = value ? ir_cast(&d->b, value, to) : NULL;
        if (!value || !value->constant) return NULL;
        attrs[i].v.tensor = value->constant;
    }
    return attrs;
}

/* A constant is cast here and now however large it is: before 13 no file can say a cast from bfloat16. */
static struct ir_value *widen_value(struct build *b, struct ir_value *v, tfp_dtype to)
{
    struct ir_value *wide = ir_cast(b, v, to);
    struct tensor result = { 0 };
    if (!wide || !v->constant || wide->constant) return wide;
    struct ir_node *n = wide->producer;
    tfp_status status = kernel_evaluate(b->ctx, n, v->constant, 1, &result, 1, 1);
    if (status != TFP_OK) return build_fail(b, status);
    bool made = ir_make_constant(b->graph, wide, &result);
    tensor_release(&result);
    ir_remove(n);
    return made ? wide : build_fail(b, tfp_no_memory(b->ctx));
}

bool types_widen(struct decompose *d, const struct ir_node *n, const struct onnx_form *form, bool must,
                 struct ir_value **out)
{
    const struct ir_value *at;
    const struct schema_param *group = first_refused(n, form, !must, &at);
    tfp_dtype narrow = group ? at->dtype : TFP_UNDEFINED, wide = group ? widened(n, form, group, narrow, must) : narrow;
    if (wide == TFP_UNDEFINED) return false;
    const struct schema *newest = schema_newest(n->op);
    struct ir_value **in = ARENA_ARRAY(&d->b.graph->arena, struct ir_value *, n->n_in);
    struct ir_attr *attrs = widen_attrs(d, n, wide);
    if (!in || !attrs) return false;
    for (uint32_t i = 0; i < n->n_in; i++) {
        in[i] = ir_in(n, i);
        /* parameters that older versions tie to the group may be apart from it in the newest: go by type and name */
        bool same = in[i] && in[i]->dtype == narrow && of_group(schema_in(form->schema, i), group);
        if (in[i] && in[i]->dtype == narrow && i >= form->n_in)
            same = schema_in(newest, i)->group == newest->in[0].group;
        if (same && !(in[i] = widen_value(&d->b, in[i], wide))) return false;
    }
    if (!ir_emit_many(&d->b, n->op, in, n->n_in, attrs, n->n_out, out)) return false;
    for (uint32_t i = 0; i < n->n_out; i++) {
        const struct ir_value *v = n->out[i];
        if (v && out[i] && out[i]->dtype != v->dtype && !(out[i] = ir_cast(&d->b, out[i], v->dtype))) return false;
    }
    return true;
}
