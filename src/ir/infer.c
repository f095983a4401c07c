/* Shape inference: finds an op's function, checks the node against the op's newest schema, runs the function and keeps
 * what it found. Inferring again overwrites earlier results, with one exception: where the function finds nothing, the
 * rank and dimensions that the value already has (a frontend's ir_set_shape()) stay. */
#include "ir/infer.h"

#include <inttypes.h>
#include <stdio.h>

static const struct infer_row *const families[] = {
    infer_elementwise_rows, infer_shape_rows, infer_index_rows,  infer_reduce_rows, infer_window_rows,
    infer_nn_rows,          infer_image_rows, infer_signal_rows, infer_control_rows, infer_other_rows, infer_own_rows,
};

static const struct infer_row *find_row(enum ir_op op)
{
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        for (const struct infer_row *row = families[i]; row->op != IR_NONE; row++)
            if (row->op == op) return row;
    return NULL;
}

/* -- messages ------------------------------------------------------------------------------------------------------ */

__attribute__((format(printf, 3, 0))) static tfp_status fail(struct infer *s, tfp_status code, const char *format, va_list args)
{
    char text[512];
    vsnprintf(text, sizeof text, format, args);
    const char *name = s->node->name;
    if (!name && s->node->n_out && s->node->out[0]) name = s->node->out[0]->name;
    return tfp_fail(s->ctx, code, "node %s (%s): %s", name ? name : "without name", schema_op_name(s->node->op), text);
}

tfp_status infer_fail(struct infer *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tfp_status status = fail(s, TFP_E_FORMAT, format, args);
    va_end(args);
    return status;
}

tfp_status infer_refuse(struct infer *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tfp_status status = fail(s, TFP_E_UNSUPPORTED, format, args);
    va_end(args);
    return status;
}

/* -- shapes -------------------------------------------------------------------------------------------------------- */

struct shape shape_unknown(void)
{
    return (struct shape){ .rank = -1 };
}

struct shape shape_of_rank(int32_t rank)
{
    struct shape shape = { .rank = rank };
    for (int32_t i = 0; i < rank && i < TFP_MAX_RANK; i++) shape.at[i] = dim_unknown();
    return shape;
}

struct shape shape_vector(struct dim length)
{
    return (struct shape){ .rank = 1, .at = { length } };
}

struct shape infer_shape(const struct infer *s, size_t i)
{
    const struct ir_value *v = ir_in(s->node, i);
    struct shape shape = shape_unknown();
    if (!v || v->rank < 0 || v->rank > TFP_MAX_RANK) return shape;
    shape.rank = v->rank;
    for (int32_t k = 0; k < v->rank; k++) shape.at[k] = v->dims[k];
    return shape;
}

tfp_dtype infer_dtype(const struct infer *s, size_t i)
{
    const struct ir_value *v = ir_in(s->node, i);
    return v ? v->dtype : TFP_UNDEFINED;
}

static const char *dim_text(const struct infer *s, struct dim d, char room[24])
{
    if (!dim_fixed(d)) return ir_symbol_name(s->graph, d);
    snprintf(room, 24, "%" PRId64, d.n);
    return room;
}

tfp_status infer_merge(struct infer *s, struct dim *into, struct dim d)
{
    char a[24], b[24];
    if (dim_fixed(*into) && dim_fixed(d) && into->n != d.n)
        return infer_fail(s, "dimensions %s and %s must be equal", dim_text(s, *into, a), dim_text(s, d, b));
    if (dim_is_unknown(*into) || dim_fixed(d)) *into = d;
    return TFP_OK;
}

tfp_status infer_merge_shapes(struct infer *s, struct shape *into, const struct shape *other)
{
    if (other->rank < 0) return TFP_OK;
    if (into->rank < 0) {
        *into = *other;
        return TFP_OK;
    }
    if (into->rank != other->rank)
        return infer_fail(s, "ranks %d and %d must be equal", (int)into->rank, (int)other->rank);
    for (int32_t i = 0; i < into->rank; i++) TFP_TRY(infer_merge(s, &into->at[i], other->at[i]));
    return TFP_OK;
}

static tfp_status broadcast_dim(struct infer *s, struct dim a, struct dim b, struct dim *out)
{
    *out = a;
    if (dim_is(b, 1) || dim_equal(a, b)) return TFP_OK;
    *out = b;
    if (dim_is(a, 1)) return TFP_OK;
    if (dim_fixed(a) && dim_fixed(b))
        return infer_fail(s, "dimensions %" PRId64 " and %" PRId64 " do not broadcast", a.n, b.n);
    if (dim_fixed(b)) return TFP_OK; /* the other is 1 or the same number */
    *out = dim_fixed(a) ? a : dim_max(s->graph, a, b);
    return TFP_OK;
}

tfp_status infer_broadcast(struct infer *s, struct shape *into, const struct shape *other)
{
    if (into->rank < 0 || other->rank < 0) {
        *into = shape_unknown();
        return TFP_OK;
    }
    struct shape result = { .rank = into->rank > other->rank ? into->rank : other->rank };
    for (int32_t i = 0; i < result.rank; i++) {
        int32_t a = into->rank - 1 - i, b = other->rank - 1 - i;
        struct dim *to = &result.at[result.rank - 1 - i];
        TFP_TRY(broadcast_dim(s, a < 0 ? dim_of(1) : into->at[a], b < 0 ? dim_of(1) : other->at[b], to));
    }
    *into = result;
    return TFP_OK;
}

/* -- checks -------------------------------------------------------------------------------------------------------- */

tfp_status infer_axis(struct infer *s, int64_t axis, int32_t rank, int32_t *out)
{
    if (axis < -rank || axis >= rank)
        return infer_fail(s, "axis %" PRId64 " is out of range for rank %d", axis, (int)rank);
    *out = (int32_t)(axis < 0 ? axis + rank : axis);
    return TFP_OK;
}

tfp_status infer_axes(struct infer *s, struct ir_ints axes, int32_t rank, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < axes.n; i++) {
        int32_t axis = 0;
        TFP_TRY(infer_axis(s, axes.at[i], rank, &axis));
        if (*out & 1u << axis) return infer_fail(s, "axis %d is given twice", (int)axis);
        *out |= 1u << axis;
    }
    return TFP_OK;
}

static const char *input_name(const struct infer *s, size_t i)
{
    const struct schema_param *p = schema_in(s->schema, i);
    return p ? p->name : "?";
}

tfp_status infer_need_rank(struct infer *s, size_t i, int32_t rank)
{
    const struct ir_value *v = ir_in(s->node, i);
    if (!v || v->rank < 0 || v->rank == rank) return TFP_OK;
    return infer_fail(s, "input %s must have rank %d, not %d", input_name(s, i), (int)rank, (int)v->rank);
}

tfp_status infer_need_min_rank(struct infer *s, size_t i, int32_t rank)
{
    const struct ir_value *v = ir_in(s->node, i);
    if (!v || v->rank < 0 || v->rank >= rank) return TFP_OK;
    return infer_fail(s, "input %s must have at least rank %d, not %d", input_name(s, i), (int)rank, (int)v->rank);
}

tfp_status infer_type_attr(struct infer *s, enum ir_attr_name name, tfp_dtype otherwise, tfp_dtype *out)
{
    int64_t type = ir_attr_int(s->node, name, 0);
    *out = otherwise;
    if (type == 0) return TFP_OK;
    if (type < 0 || type >= TENSOR_DTYPES)
        return infer_refuse(s, "element type %" PRId64 " in attribute %s", type, schema_attr_name(name));
    *out = (tfp_dtype)type;
    return TFP_OK;
}

tfp_status infer_mul(struct infer *s, struct dim a, struct dim b, struct dim *out)
{
    int64_t product;
    if (dim_fixed(a) && dim_fixed(b) && __builtin_mul_overflow(a.n, b.n, &product))
        return infer_fail(s, "dimensions %" PRId64 " and %" PRId64 " multiply to more than 2^63-1", a.n, b.n);
    *out = dim_mul(s->graph, a, b);
    return TFP_OK;
}

tfp_status infer_add(struct infer *s, struct dim a, struct dim b, struct dim *out)
{
    int64_t total;
    if (dim_fixed(a) && dim_fixed(b) && __builtin_add_overflow(a.n, b.n, &total))
        return infer_fail(s, "%" PRId64 " and %" PRId64 " add up to more than 2^63-1", a.n, b.n);
    *out = dim_add(s->graph, a, b);
    return TFP_OK;
}

/* -- results ------------------------------------------------------------------------------------------------------- */

static tfp_dtype only_type(uint64_t types)
{
    return types && (types & (types - 1)) == 0 && types < UINT64_C(1) << TENSOR_DTYPES
               ? (tfp_dtype)__builtin_ctzll(types)
               : TFP_UNDEFINED;
}

static size_t group_of(const struct infer *s, const struct schema_param *p)
{
    return p && p->group < sizeof s->groups / sizeof s->groups[0] ? p->group : 0;
}

/* What the schema says of output i's type, else what the value has already. */
static tfp_dtype output_type(const struct infer *s, size_t i)
{
    const struct schema_param *p = schema_out(s->schema, i);
    size_t group = group_of(s, p);
    tfp_dtype type = group ? s->groups[group] : TFP_UNDEFINED;
    if (type == TFP_UNDEFINED && p) type = only_type(p->types);
    return type != TFP_UNDEFINED ? type : s->node->out[i]->dtype;
}

static tfp_status check_type(struct infer *s, const struct schema_param *p, tfp_dtype type, const char *direction)
{
    if (!p || type == TFP_UNDEFINED || p->types == 0 || p->types >> type & 1) return TFP_OK;
    return infer_fail(s, "%s %s cannot be %s", direction, p->name, tfp_dtype_name(type));
}

/* A dimension that nothing is known of: the symbol made for it before, or a new one. */
static struct dim fresh_dim(struct infer *s, const struct ir_value *v, const struct shape *shape, int32_t axis)
{
    if (v->rank == shape->rank && v->dims[axis].sym && s->graph->symbols[v->dims[axis].sym].made_for == v) {
        int32_t i = 0; /* not when it has come to another axis */
        while (i < shape->rank && (i == axis || shape->at[i].sym != v->dims[axis].sym)) i++;
        if (i == shape->rank) return v->dims[axis];
    }
    struct dim d = ir_new_symbol(s->graph, schema_op_name(s->node->op));
    if (!dim_is_unknown(d)) s->graph->symbols[d.sym].made_for = v;
    return d;
}

static tfp_status check_dims(struct infer *s, const struct shape *shape)
{
    int64_t count = 1;
    bool zero = false, overflow = false;
    for (int32_t i = 0; i < shape->rank; i++) {
        struct dim d = shape->at[i];
        if (!dim_fixed(d)) continue;
        if (d.n < 0) return infer_fail(s, "dimension %d of the result would be %" PRId64, (int)i, d.n);
        zero |= d.n == 0;
        overflow |= d.n && __builtin_mul_overflow(count, d.n, &count);
    }
    if (overflow && !zero) return infer_fail(s, "the result has more than 2^63-1 elements");
    return TFP_OK;
}

tfp_status infer_put(struct infer *s, size_t i, tfp_dtype dtype, const struct shape *shape)
{
    struct ir_value *v = i < s->node->n_out ? s->node->out[i] : NULL;
    if (!v) return TFP_OK;
    if (shape->rank > TFP_MAX_RANK)
        return infer_refuse(s, "the result's rank %d is above %d", (int)shape->rank, (int)TFP_MAX_RANK);
    if (dtype == TFP_UNDEFINED) dtype = output_type(s, i);
    TFP_TRY(check_type(s, schema_out(s->schema, i), dtype, "output"));
    v->dtype = dtype;
    if (shape->rank < 0) return TFP_OK;
    TFP_TRY(check_dims(s, shape));
    struct shape named = *shape;
    for (int32_t k = 0; k < named.rank; k++)
        if (dim_is_unknown(named.at[k])) named.at[k] = fresh_dim(s, v, &named, k);
    return ir_set_shape(s->graph, v, dtype, named.rank, named.at) ? TFP_OK : tfp_no_memory(s->ctx);
}

tfp_status infer_put_like(struct infer *s, size_t i, size_t input)
{
    struct shape shape = infer_shape(s, input);
    return infer_put(s, i, TFP_UNDEFINED, &shape);
}

tfp_status infer_same(struct infer *s)
{
    return infer_put_like(s, 0, 0);
}

/* -- the driver ---------------------------------------------------------------------------------------------------- */

static tfp_status check_inputs(struct infer *s)
{
    const struct ir_node *n = s->node;
    const struct schema *schema = s->schema;
    if (n->n_in < schema->min_in) return infer_fail(s, "needs %u inputs, has %u", schema->min_in, n->n_in);
    if (schema_most_in(schema) != 0xffff && n->n_in > schema->max_in)
        return infer_fail(s, "takes at most %u inputs, has %u", schema->max_in, n->n_in);
    for (uint32_t i = 0; i < n->n_in; i++) {
        const struct schema_param *p = schema_in(schema, i);
        const struct ir_value *v = n->in[i].value;
        if (!v) {
            if (p && p->option != PARAM_OPTIONAL) return infer_fail(s, "input %s is missing", p->name);
            continue;
        }
        if (v->rank > TFP_MAX_RANK) return infer_refuse(s, "rank %d is above %d", (int)v->rank, (int)TFP_MAX_RANK);
        TFP_TRY(check_type(s, p, v->dtype, "input"));
        size_t group = group_of(s, p);
        if (!group || v->dtype == TFP_UNDEFINED) continue;
        if (s->groups[group] == TFP_UNDEFINED) s->groups[group] = v->dtype;
        if (s->groups[group] != v->dtype)
            return infer_fail(s, "input %s is %s where another input of the same type is %s", p->name,
                              tfp_dtype_name(v->dtype), tfp_dtype_name(s->groups[group]));
    }
    return TFP_OK;
}

static tfp_status check_attrs(struct infer *s)
{
    const struct schema *schema = s->schema;
    for (size_t i = 0; i < schema->n_attrs; i++) {
        const struct schema_attr *a = &schema->attrs[i];
        const struct ir_attr *own = ir_attr(s->node, a->name);
        if (own && own->kind != a->kind)
            return infer_fail(s, "attribute %s is of another kind", schema_attr_name(a->name));
        if (!own && a->required) return infer_fail(s, "attribute %s is missing", schema_attr_name(a->name));
    }
    return TFP_OK;
}

static void narrow(struct known *k)
{
    for (size_t i = 0; i < k->n; i++)
        if (dim_fixed(k->at[i]) && (k->at[i].n < INT32_MIN || k->at[i].n > INT32_MAX)) k->at[i] = dim_unknown();
}

static tfp_status infer_known(struct infer *s, const struct infer_row *row)
{
    for (uint32_t i = 0; i < s->node->n_out; i++) {
        struct ir_value *v = s->node->out[i];
        struct known known = { 0 };
        if (!v) continue;
        if (row && row->known && infer_elements(v, &known)) {
            for (size_t k = 0; k < known.n; k++) known.at[k] = dim_unknown();
            row->known(s, i, &known);
            if (v->dtype == TFP_INT32) narrow(&known);
        }
        if (!ir_set_known(s->graph, v, known.at, known.n)) return tfp_no_memory(s->ctx);
    }
    return TFP_OK;
}

tfp_status ir_infer(struct tfp_context *ctx, struct ir_node *n)
{
    struct infer s = { .ctx = ctx, .graph = n->graph, .node = n, .schema = schema_newest(n->op) };
    if (!s.schema) return infer_refuse(&s, "no such operator");
    TFP_TRY(check_inputs(&s));
    TFP_TRY(check_attrs(&s));
    const struct shape unknown = shape_unknown();
    for (uint32_t i = 0; i < n->n_out; i++) TFP_TRY(infer_put(&s, i, TFP_UNDEFINED, &unknown));
    const struct infer_row *row = find_row(n->op);
    if (row && row->run) TFP_TRY(row->run(&s));
    return infer_known(&s, row);
}

tfp_status ir_infer_all(struct tfp_context *ctx, struct ir_graph *g)
{
    for (struct ir_node *n = g->first; n; n = n->next) TFP_TRY(ir_infer(ctx, n));
    return TFP_OK;
}

tfp_status ir_equate(struct tfp_context *ctx, struct ir_graph *g, struct dim from, struct dim to)
{
    for (size_t i = 0; i < g->n_inputs; i++) {
        struct ir_value *v = g->inputs[i];
        struct dim dims[TFP_MAX_RANK];
        for (int32_t k = 0; k < v->rank; k++) dims[k] = dim_equal(v->dims[k], from) ? to : v->dims[k];
        if (v->rank > 0 && !ir_set_shape(g, v, v->dtype, v->rank, dims)) return tfp_no_memory(ctx);
    }
    return ir_infer_all(ctx, g);
}
