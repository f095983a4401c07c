/* Forms that rules share: see forms.h. Shape arithmetic is written out as nodes; the builder folds
 * whatever is known. */
#include "ir/forms.h"

#include <float.h>

/* -- element types ------------------------------------------------------------------------------------------------- */

/* For each narrow type those that hold it, narrowest first. */
static const struct {
    tfp_dtype narrow, wide[5];
} widenings[] = {
    { TFP_BOOL, { TFP_INT32, TFP_INT64, TFP_FLOAT } },
    { TFP_INT8, { TFP_INT32, TFP_INT64, TFP_FLOAT } },
    { TFP_INT16, { TFP_INT32, TFP_INT64, TFP_FLOAT } },
    { TFP_UINT8, { TFP_INT32, TFP_INT64, TFP_FLOAT } },
    { TFP_UINT16, { TFP_INT32, TFP_INT64, TFP_FLOAT } },
    { TFP_UINT32, { TFP_INT64, TFP_DOUBLE } },
    { TFP_INT32, { TFP_INT64, TFP_DOUBLE } },
    { TFP_UINT64, { TFP_INT64, TFP_DOUBLE } },
    { TFP_INT64, { TFP_DOUBLE } },
    { TFP_FLOAT16, { TFP_FLOAT, TFP_DOUBLE } },
    { TFP_BFLOAT16, { TFP_FLOAT, TFP_DOUBLE } },
    { TFP_FLOAT, { TFP_DOUBLE } },
};

static bool takes(enum ir_op op, tfp_dtype dtype)
{
    const struct schema *s = schema_newest(op);
    const struct schema_param *p = s ? schema_in(s, 0) : NULL;
    return p && p->types >> dtype & 1;
}

tfp_dtype form_wide(enum ir_op op, tfp_dtype dtype)
{
    if (takes(op, dtype)) return dtype;
    for (size_t i = 0; i < sizeof widenings / sizeof widenings[0]; i++)
        for (size_t k = 0; widenings[i].narrow == dtype && widenings[i].wide[k]; k++)
            if (takes(op, widenings[i].wide[k])) return widenings[i].wide[k];
    return dtype;
}

struct ir_value *form_unary(struct build *b, enum ir_op op, struct ir_value *x)
{
    tfp_dtype dtype = form_dtype(x);
    return ir_cast(b, ir_unary(b, op, ir_cast(b, x, form_wide(op, dtype))), dtype);
}

struct ir_value *form_binary(struct build *b, enum ir_op op, struct ir_value *x, struct ir_value *y)
{
    tfp_dtype dtype = form_dtype(x), wide = form_wide(op, dtype);
    return ir_cast(b, ir_binary(b, op, ir_cast(b, x, wide), ir_cast(b, y, wide)), dtype);
}

struct ir_value *form_reduce(struct build *b, enum ir_op op, struct ir_value *x, const int64_t *axes, size_t n,
                             bool keep)
{
    tfp_dtype dtype = form_dtype(x);
    return ir_cast(b, ir_reduce(b, op, ir_cast(b, x, form_wide(op, dtype)), axes, n, keep), dtype);
}

struct ir_value *form_extreme(struct build *b, tfp_dtype dtype, bool highest)
{
    unsigned bits = (unsigned)tfp_dtype_size(dtype) * 8;
    int64_t top = dtype_is_signed(dtype) ? INT64_MAX >> (64 - bits) : -1; /* the low bytes are the value */
    uint64_t value = (uint64_t)(highest ? top : dtype_is_signed(dtype) ? -top - 1 : 0);
    switch (dtype) {
    case TFP_FLOAT: return ir_scalar(b, dtype, highest ? (double)FLT_MAX : -(double)FLT_MAX);
    case TFP_DOUBLE: return ir_scalar(b, dtype, highest ? DBL_MAX : -DBL_MAX);
    case TFP_FLOAT16: return ir_scalar(b, dtype, highest ? 65504 : -65504);
    case TFP_BFLOAT16: value = highest ? 0x7f7f : 0xff7f; break;
    default: break;
    }
    return ir_tensor(b, dtype, 0, NULL, &value);
}

/* -- small integer tensors ----------------------------------------------------------------------------------------- */

struct ir_value *form_scalar(struct build *b, struct ir_value *v)
{
    if (form_rank(v) == 0) return v;
    if (form_rank(v) == 1) return SQUEEZE(b, v, 0);
    return v ? ir_reshape(b, v, ir_ints(b, (const int64_t[]){ 0 }, 0)) : NULL;
}

struct ir_value *form_vector(struct build *b, struct ir_value *v)
{
    if (form_rank(v) == 1) return v;
    if (form_rank(v) == 0) return UNSQUEEZE(b, v, 0);
    return v ? RESHAPE(b, v, -1) : NULL;
}

struct ir_value *form_element(struct build *b, struct ir_value *v, int64_t i)
{
    if (v && i == 0 && v->rank == 1 && dim_is(v->dims[0], 1)) return v;
    return ir_gather(b, v, INTS(b, i), 0);
}

bool form_known(const struct ir_value *v, size_t i, int64_t *out)
{
    if (!v) return false;
    if (v->constant) {
        if (!dtype_is_integer(v->dtype) || (int64_t)i >= v->constant->count) return false;
        *out = tensor_int(v->constant, (int64_t)i);
        return true;
    }
    if (!v->known || i >= v->n_known || !dim_fixed(v->known[i])) return false;
    *out = v->known[i].n;
    return true;
}

bool form_nonnegative(const struct build *b, const struct ir_value *v)
{
    if (!v) return false;
    if (dtype_is_unsigned(v->dtype)) return true;
    if (v->constant) {
        if (!dtype_is_integer(v->dtype)) return false;
        for (int64_t i = 0; i < v->constant->count; i++)
            if (tensor_int(v->constant, i) < 0) return false;
        return true;
    }
    if (!v->known) return false;
    for (size_t i = 0; i < v->n_known; i++)
        if (!dim_nonnegative(b->graph, v->known[i])) return false;
    return true;
}

struct ir_value *form_iota(struct build *b, struct ir_value *n)
{
    n = form_scalar(b, ir_cast(b, n, TFP_INT64));
    return n ? ir_emit(b, IR_RANGE, IN(ir_int(b, 0), n, ir_int(b, 1)), NO_ATTRS) : NULL;
}

struct ir_value *form_product(struct build *b, struct ir_value *v)
{
    return ir_reduce(b, IR_REDUCE_PROD, v, (const int64_t[]){ 0 }, 1, true);
}

struct ir_value *form_ones(struct build *b, struct ir_value *n)
{
    return ir_expand(b, INTS(b, 1), form_vector(b, n));
}

/* -- shapes -------------------------------------------------------------------------------------------------------- */

struct ir_value *form_dim(struct build *b, struct ir_value *x, int64_t axis)
{
    if (x && axis < 0 && x->rank >= 0) axis += x->rank;
    return ir_gather(b, ir_shape(b, x), ir_int(b, axis), 0);
}

struct ir_value *form_dims(struct build *b, struct ir_value *x, int64_t from, int64_t to)
{
    if (x && x->rank >= 0 && from == to) return ir_ints(b, (const int64_t[]){ 0 }, 0);
    return ir_slice_axis(b, ir_shape(b, x), 0, from, to);
}

struct ir_value *form_reshape(struct build *b, struct ir_value *x, struct ir_value *const *parts, size_t n)
{
    int64_t dims[TFP_MAX_RANK];
    size_t rank = 0, unknown = 0;
    struct ir_value *shape = ir_concat(b, parts, n, 0);
    if (!x || !shape) return NULL;
    if (shape->rank != 1 || !dim_fixed(shape->dims[0]) || shape->dims[0].n > TFP_MAX_RANK)
        return ir_reshape(b, x, shape);
    for (; rank < (size_t)shape->dims[0].n; rank++) {
        if (form_known(shape, rank, &dims[rank])) {
            if (dims[rank] <= 0) unknown = 2; /* -1 beside a 0 has no meaning; a -1 may be there already */
        } else {
            dims[rank] = -1;
            unknown++;
        }
    }
    return ir_reshape(b, x, unknown == 1 ? ir_ints(b, dims, rank) : shape);
}

struct ir_value *form_move_axis(struct build *b, struct ir_value *x, int64_t rank, int64_t from, int64_t to)
{
    int64_t perm[TFP_MAX_RANK];
    for (int64_t i = 0, k = 0; i < rank; i++) {
        if (i == to) {
            perm[i] = from;
            continue;
        }
        if (k == from) k++;
        perm[i] = k++;
    }
    return ir_transpose(b, x, perm, (size_t)rank);
}

struct ir_value *form_column(struct build *b, struct ir_value *v, int64_t after)
{
    int64_t axes[TFP_MAX_RANK];
    size_t n = 0;
    for (; (int64_t)n < after && n < TFP_MAX_RANK; n++) axes[n] = (int64_t)n + 1;
    return ir_unsqueeze(b, v, axes, n);
}

struct ir_value *form_zeros(struct build *b, tfp_dtype dtype, struct ir_value *dims)
{
    return ir_expand(b, ir_scalar(b, dtype, 0), dims);
}

struct ir_value *form_reverse(struct build *b, struct ir_value *x, const int64_t *axes, size_t n)
{
    int64_t starts[TFP_MAX_RANK], ends[TFP_MAX_RANK], steps[TFP_MAX_RANK];
    for (size_t i = 0; i < n; i++) {
        starts[i] = INT64_MAX;
        ends[i] = INT64_MIN;
        steps[i] = -1;
    }
    if (n == 0) return x;
    return ir_slice(b, x, ir_ints(b, starts, n), ir_ints(b, ends, n), ir_ints(b, axes, n), ir_ints(b, steps, n));
}
