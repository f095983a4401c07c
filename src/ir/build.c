/* The expression builder: each call makes a node, infers it, and folds it at once when all its inputs are known. */
#include "ir/build.h"

#include "ir/kernels/kernel.h"

#include <string.h>

/* What is folded while building; larger constants wait for the folding pass, which runs after dead code is gone. */
enum { FOLD_BYTES = 64 * 1024, FOLD_INPUTS = 16 };

struct ir_value *build_fail(struct build *b, tfp_status status)
{
    if (b->status == TFP_OK) b->status = status;
    return NULL;
}

static struct ir_value *no_memory(struct build *b)
{
    return build_fail(b, tfp_no_memory(b->ctx));
}

/* The result's size depends on the values, but is bounded by the input's. */
static bool bounded_by_input(enum ir_op op)
{
    return op == IR_NON_ZERO || op == IR_COMPRESS || op == IR_UNIQUE || op == IR_NON_MAX_SUPPRESSION;
}

/* All inputs constant, and inputs and outputs small. */
static bool foldable(const struct ir_node *n)
{
    if (n->op == IR_DEQUANTIZE_LINEAR && n->out[0]->rank >= 2) return false; /* its users tell, who are not there yet */
    if (n->n_in > FOLD_INPUTS || ir_is_random(n->op) || !kernel_find(n->op)) return false;
    for (uint32_t i = 0; i < n->n_in; i++) {
        const struct ir_value *v = n->in[i].value;
        if (v && (!v->constant || v->constant->size > FOLD_BYTES)) return false;
    }
    for (uint32_t i = 0; i < n->n_out; i++) {
        int64_t dims[TFP_MAX_RANK], count;
        if (!n->out[i] || bounded_by_input(n->op)) continue;
        if (!ir_static_dims(n->out[i], dims) || !numbers_count(dims, (size_t)n->out[i]->rank, &count)) return false;
        if (count > FOLD_BYTES / 16) return false;
    }
    return true;
}

static bool fold(struct build *b, struct ir_node *n)
{
    struct tensor in[FOLD_INPUTS] = { 0 }, out[4] = { 0 };
    if (n->n_out > 4) return false;
    for (uint32_t i = 0; i < n->n_in; i++)
        if (n->in[i].value) in[i] = *n->in[i].value->constant;
    if (kernel_evaluate(b->ctx, n, in, n->n_in, out, n->n_out, 1) != TFP_OK) return false; /* stays a node */
    bool made = true;
    struct ir_value *outs[4];
    for (uint32_t i = 0; i < n->n_out; i++) outs[i] = n->out[i];
    for (uint32_t i = 0; i < n->n_out; i++) {
        if (outs[i] && made) made = ir_make_constant(n->graph, outs[i], &out[i]);
        tensor_release(&out[i]);
    }
    ir_remove(n);
    if (!made) no_memory(b);
    return made;
}

/* Shape arithmetic whose inputs are not constant can still have a known result. */
static bool constant_from_known(struct build *b, struct ir_node *n)
{
    struct ir_value *v = n->n_out == 1 ? n->out[0] : NULL;
    int64_t values[IR_KNOWN_MAX];
    if (!v || !v->known || v->rank < 0) return false;
    int64_t count = ir_known_elements(v, values, IR_KNOWN_MAX);
    if (count < 0 || (v->dtype != TFP_INT64 && v->dtype != TFP_INT32 && v->dtype != TFP_BOOL)) return false;
    struct tensor t = { 0 };
    if (tensor_describe(b->ctx, "constant", v->dtype, (size_t)v->rank, &count, &t) != TFP_OK) return false;
    if (!(t.data = arena_alloc(&n->graph->arena, (size_t)count, tfp_dtype_size(v->dtype)))) return false;
    for (int64_t i = 0; i < count; i++) tensor_set_int(&t, i, values[i]);
    if (!ir_make_constant(n->graph, v, &t)) return false;
    ir_remove(n);
    return true;
}

struct ir_value *ir_emit_many(struct build *b, enum ir_op op, struct ir_value *const *in, size_t n_in,
                              const struct ir_attr *attrs, size_t n_out, struct ir_value **out)
{
    for (size_t i = 0; i < n_out; i++) out[i] = NULL;
    if (b->status != TFP_OK) return NULL;
    const struct schema *schema = schema_newest(op);
    while (n_in > (schema ? schema->min_in : 0) && !in[n_in - 1]) n_in--;
    struct ir_node *n = ir_add_node(b->graph, b->before, op, b->scope, in, n_in, attrs, n_out);
    if (!n) return no_memory(b);
    struct ir_value *made[8];
    struct ir_value **outs = n_out <= 8 ? made : ARENA_ARRAY(&b->graph->arena, struct ir_value *, n_out);
    if (!outs) return no_memory(b);
    for (size_t i = 0; i < n_out; i++) outs[i] = n->out[i];
    tfp_status status = ir_infer(b->ctx, n);
    if (status != TFP_OK) {
        ir_remove(n);
        return build_fail(b, status);
    }
    if (!(foldable(n) && fold(b, n))) constant_from_known(b, n);
    if (b->status != TFP_OK) return NULL;
    for (size_t i = 0; i < n_out; i++) out[i] = outs[i];
    return n_out ? outs[0] : NULL;
}

struct ir_value *ir_emit(struct build *b, enum ir_op op, struct ir_value *const *in, size_t n_in,
                         const struct ir_attr *attrs)
{
    struct ir_value *out;
    return ir_emit_many(b, op, in, n_in, attrs, 1, &out);
}

/* -- constants ----------------------------------------------------------------------------------------------------- */

struct ir_value *ir_tensor(struct build *b, tfp_dtype dtype, size_t rank, const int64_t *dims, const void *data)
{
    struct tensor t = { 0 };
    if (b->status != TFP_OK) return NULL;
    tfp_status status = tensor_describe(b->ctx, b->scope ? b->scope : "constant", dtype, rank, dims, &t);
    if (status != TFP_OK) return build_fail(b, status);
    if (!(t.data = arena_copy(&b->graph->arena, data, t.size))) return no_memory(b);
    struct ir_value *v = ir_add_constant(b->graph, NULL, &t);
    return v ? v : no_memory(b);
}

struct ir_value *ir_ints(struct build *b, const int64_t *at, size_t n)
{
    const int64_t dims[] = { (int64_t)n };
    return ir_tensor(b, TFP_INT64, 1, dims, at);
}

struct ir_value *ir_int(struct build *b, int64_t value)
{
    return ir_tensor(b, TFP_INT64, 0, NULL, &value);
}

/* The nearest there is; 0 for NaN. */
static int64_t whole_number(double value)
{
    if (value >= 0x1p63) return INT64_MAX;
    if (value > -0x1p63) return (int64_t)value;
    return value < 0 ? INT64_MIN : 0;
}

struct ir_value *ir_scalar(struct build *b, tfp_dtype dtype, double value)
{
    union {
        float f;
        double d;
        uint16_t h;
        int64_t i;
        uint64_t u;
        double complex_parts[2];
        float complex_floats[2];
    } v = { .u = 0 };
    switch (dtype) {
    case TFP_FLOAT: v.f = (float)value; break;
    case TFP_DOUBLE: v.d = value; break;
    case TFP_FLOAT16: v.h = float_to_half((float)value); break;
    case TFP_BFLOAT16: v.h = float_to_bfloat((float)value); break;
    case TFP_UINT64: v.u = value >= 0x1p64 ? UINT64_MAX : value > 0 ? (uint64_t)value : (uint64_t)whole_number(value); break;
    case TFP_BOOL: v.u = value != 0; break;
    case TFP_COMPLEX64: v.complex_floats[0] = (float)value; break;
    case TFP_COMPLEX128: v.complex_parts[0] = value; break;
    default: v.i = whole_number(value); break; /* little-endian: the low bytes are the value */
    }
    return ir_tensor(b, dtype, 0, NULL, &v);
}

struct ir_value *ir_like(struct build *b, const struct ir_value *x, double value)
{
    return x ? ir_scalar(b, x->dtype, value) : NULL;
}

/* -- common forms -------------------------------------------------------------------------------------------------- */

struct ir_value *ir_constant_of(struct build *b, const struct ir_value *v)
{
    struct tensor t;
    if (b->status != TFP_OK) return NULL;
    tfp_status status = tensor_keep(b->ctx, v->constant, &t);
    if (status != TFP_OK) return build_fail(b, status);
    struct ir_value *own = ir_add_constant(b->graph, NULL, &t);
    tensor_release(&t);
    return own ? own : build_fail(b, tfp_no_memory(b->ctx));
}

struct ir_value *ir_unary(struct build *b, enum ir_op op, struct ir_value *x)
{
    return x ? ir_emit(b, op, IN(x), NO_ATTRS) : NULL;
}

struct ir_value *ir_binary(struct build *b, enum ir_op op, struct ir_value *x, struct ir_value *y)
{
    return x && y ? ir_emit(b, op, IN(x, y), NO_ATTRS) : NULL;
}

struct ir_value *ir_where(struct build *b, struct ir_value *condition, struct ir_value *x, struct ir_value *y)
{
    return condition && x && y ? ir_emit(b, IR_WHERE, IN(condition, x, y), NO_ATTRS) : NULL;
}

struct ir_value *ir_cast(struct build *b, struct ir_value *x, tfp_dtype to)
{
    if (!x || x->dtype == to) return x;
    return ir_emit(b, IR_CAST, IN(x), ATTRS(A_INT(ATTR_TO, to)));
}

struct ir_value *ir_transpose(struct build *b, struct ir_value *x, const int64_t *perm, size_t n)
{
    bool identity = true;
    for (size_t i = 0; i < n; i++) identity = identity && perm[i] == (int64_t)i;
    if (!x || identity) return x;
    return ir_emit(b, IR_TRANSPOSE, IN(x), ATTRS(A_INTS(ATTR_PERM, perm, n)));
}

/* ONNX's 0 means "as it was" unless allowzero; TensorFlow's is a zero. Only a 0 that is known to be there is marked: a
 * symbol stands for a dimension of an input, and those are not expected to be 0. */
static bool has_zero(const struct ir_value *shape)
{
    const struct tensor *t = shape->constant;
    for (int64_t i = 0; t && i < t->count; i++)
        if (tensor_int(t, i) == 0) return true;
    for (size_t i = 0; !t && shape->known && i < shape->n_known; i++)
        if (dim_is(shape->known[i], 0)) return true;
    return false;
}

struct ir_value *ir_reshape(struct build *b, struct ir_value *x, struct ir_value *shape)
{
    if (!x || !shape) return NULL;
    bool zero = has_zero(shape);
    shape = ir_cast(b, shape, TFP_INT64);
    return ir_emit(b, IR_RESHAPE, IN(x, shape), zero ? ATTRS(A_INT(ATTR_ALLOWZERO, 1)) : NO_ATTRS);
}

struct ir_value *ir_shape(struct build *b, struct ir_value *x)
{
    return ir_unary(b, IR_SHAPE, x);
}

struct ir_value *ir_dim(struct build *b, struct ir_value *x, int64_t axis)
{
    if (x && axis < 0 && x->rank >= 0) axis += x->rank;
    return ir_gather(b, ir_shape(b, x), INTS(b, axis), 0);
}

struct ir_value *ir_squeeze(struct build *b, struct ir_value *x, const int64_t *axes, size_t n)
{
    if (!x) return NULL;
    return ir_emit(b, IR_SQUEEZE, IN(x, n ? ir_ints(b, axes, n) : NULL), NO_ATTRS);
}

struct ir_value *ir_unsqueeze(struct build *b, struct ir_value *x, const int64_t *axes, size_t n)
{
    if (!x || n == 0) return x;
    return ir_emit(b, IR_UNSQUEEZE, IN(x, ir_ints(b, axes, n)), NO_ATTRS);
}

struct ir_value *ir_reduce(struct build *b, enum ir_op op, struct ir_value *x, const int64_t *axes, size_t n, bool keep)
{
    if (!x) return NULL;
    return ir_emit(b, op, IN(x, n ? ir_ints(b, axes, n) : NULL), ATTRS(A_INT(ATTR_KEEPDIMS, keep)));
}

struct ir_value *ir_slice(struct build *b, struct ir_value *x, struct ir_value *starts, struct ir_value *ends,
                          struct ir_value *axes, struct ir_value *steps)
{
    if (!x || !starts || !ends) return NULL;
    return ir_emit(b, IR_SLICE, IN(x, starts, ends, axes, steps), NO_ATTRS);
}

struct ir_value *ir_slice_axis(struct build *b, struct ir_value *x, int64_t axis, int64_t start, int64_t end)
{
    return ir_slice(b, x, INTS(b, start), INTS(b, end), INTS(b, axis), NULL);
}

struct ir_value *ir_concat(struct build *b, struct ir_value *const *in, size_t n, int64_t axis)
{
    for (size_t i = 0; i < n; i++)
        if (!in[i]) return NULL;
    if (n == 1) return in[0];
    return ir_emit(b, IR_CONCAT, in, n, ATTRS(A_INT(ATTR_AXIS, axis)));
}

struct ir_value *ir_gather(struct build *b, struct ir_value *x, struct ir_value *indices, int64_t axis)
{
    if (!x || !indices) return NULL;
    return ir_emit(b, IR_GATHER, IN(x, indices), ATTRS(A_INT(ATTR_AXIS, axis)));
}

struct ir_value *ir_expand(struct build *b, struct ir_value *x, struct ir_value *shape)
{
    return ir_binary(b, IR_EXPAND, x, ir_cast(b, shape, TFP_INT64));
}

struct ir_value *ir_matmul(struct build *b, struct ir_value *x, struct ir_value *y)
{
    return ir_binary(b, IR_MATMUL, x, y);
}

struct ir_value *ir_softmax(struct build *b, struct ir_value *x, int64_t axis)
{
    return x ? ir_emit(b, IR_SOFTMAX, IN(x), ATTRS(A_INT(ATTR_AXIS, axis))) : NULL;
}
