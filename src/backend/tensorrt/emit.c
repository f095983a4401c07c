/* Types, values and constants while a network is made. */
#include "backend/tensorrt/emit.h"

#include "ir/kernels/convert.h"
#include "ir/ranges.h"

#include <limits.h>
#include <stdio.h>

/* -- failing ------------------------------------------------------------------------------------------------------- */

static const char *node_name(const struct emit *e)
{
    return e->node && e->node->name ? e->node->name : "without a name";
}

static const char *node_op(const struct emit *e)
{
    return e->node ? schema_op_name(e->node->op) : "network";
}

tensor_p emit_fail(struct emit *e, const char *what)
{
    if (e->status == TFP_OK)
        e->status = trt_fail(e->ctx, e->t, TFP_E_UNSUPPORTED, "node %s (%s): %s", node_name(e), node_op(e), what);
    return NULL;
}

tensor_p emit_refuse(struct emit *e, const char *format, ...)
{
    char text[512];
    va_list arguments;
    if (e->status != TFP_OK) return NULL;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    trt_forget(e->t);
    e->status = tfp_fail(e->ctx, TFP_E_UNSUPPORTED, "node %s (%s): %s", node_name(e), node_op(e), text);
    return NULL;
}

static void *no_memory(struct emit *e)
{
    if (e->status == TFP_OK) e->status = tfp_no_memory(e->ctx);
    return NULL;
}

/* -- types --------------------------------------------------------------------------------------------------------- */

static void tell_types(struct emit *e, tfp_dtype dtype, enum trt_type type)
{
    if (dtype == TFP_DOUBLE && !e->doubles) {
        tfp_note(e->ctx, "TensorRT has no float64: it is computed as float32");
        e->doubles = true;
    }
    if (dtype == TFP_INT64 && type == TRT_INT32 && !e->narrowed) {
        tfp_note(e->ctx, "%s has no int64: it is int32 there, and constants are checked to fit", e->t->name);
        e->narrowed = true;
    }
}

bool emit_type(struct emit *e, tfp_dtype dtype, enum trt_type *out)
{
    if (!trt_type_computing(e->t, dtype, out)) return false;
    tell_types(e, dtype, *out);
    return true;
}

enum trt_type emit_index_type(const struct emit *e)
{
    return trt_has_type(e->t, TRT_INT64) ? TRT_INT64 : TRT_INT32;
}

bool emit_is_float(enum trt_type type)
{
    return type == TRT_FLOAT || type == TRT_HALF || type == TRT_BF16;
}

enum trt_type emit_type_of(struct emit *e, tensor_p x)
{
    return x ? trt_tensor_type(e->t, x) : TRT_FLOAT;
}

/* TensorRT 8.5 has no cast layer; an identity layer whose output has another type is one. */
tensor_p emit_cast(struct emit *e, tensor_p x, enum trt_type to)
{
    if (!x || emit_type_of(e, x) == to) return x;
    if (trt_has(e->t, TRT_NetworkDefinition_addCast)) return emit_layer(e, trt_add_cast(e->t, e->net, x, to));
    layer_p l = trt_add_identity(e->t, e->net, x);
    if (!trt_layer_set_output_type(e->t, l, 0, to)) return emit_fail(e, "no cast");
    return emit_layer(e, l);
}

/* -- constants ----------------------------------------------------------------------------------------------------- */

/* Whole numbers that do not fit would come out as others. */
static bool check_range(struct emit *e, const struct tensor *t, enum trt_type type)
{
    if (type != TRT_INT32 || tfp_dtype_size(t->dtype) < 4 || !dtype_is_integer(t->dtype) || t->dtype == TFP_INT32)
        return true;
    for (int64_t i = 0; i < t->count; i++) {
        int64_t v = tensor_int(t, i);
        bool end = v == INT64_MAX || v == INT64_MIN; /* "to the end", "the least": int32's own ends say the same */
        if (!end && (v < INT32_MIN || v > INT32_MAX))
            return emit_refuse(e, "its constant has %lld, which int32 cannot hold, and %s has no int64", (long long)v,
                               e->t->name), false;
    }
    return true;
}

static void saturate_ends(const struct tensor *t, int32_t *to)
{
    for (int64_t i = 0; i < t->count; i++) {
        int64_t v = tensor_int(t, i);
        if (v == INT64_MAX || v == INT64_MIN) to[i] = v > 0 ? INT32_MAX : INT32_MIN;
    }
}

bool emit_weights(struct emit *e, const struct tensor *t, enum trt_type type, struct trt_weights *out)
{
    tfp_dtype to = trt_dtype(type);
    if (e->status != TFP_OK) return false;
    *out = (struct trt_weights){ .type = (int32_t)type, .values = t->count ? t->data : NULL, .count = t->count };
    if (to == t->dtype || t->count == 0) return true;
    if (!convert_possible(t->dtype, to))
        return emit_refuse(e, "a constant of type %s cannot be %s", tfp_dtype_name(t->dtype), trt_type_name(type)), false;
    if (!check_range(e, t, type)) return false;
    void *data = arena_alloc(&e->arena, (size_t)t->count + 1, tfp_dtype_size(to));
    if (!data) return no_memory(e), false;
    convert_run(t->dtype, t->data, to, data, (size_t)t->count);
    if (t->dtype == TFP_INT64 && type == TRT_INT32) saturate_ends(t, data);
    out->values = data;
    return true;
}

static tensor_p constant_of_rank(struct emit *e, const struct tensor *t, int32_t rank)
{
    enum trt_type type;
    struct trt_weights w;
    struct trt_dims dims = { .n = rank };
    int32_t more = rank - (int32_t)t->rank;
    if (rank > TRT_MAX_DIMS) return emit_refuse(e, "a constant of %d dimensions, TensorRT has at most 8", (int)rank);
    if (!emit_type(e, t->dtype, &type)) return emit_refuse(e, "a constant of type %s", tfp_dtype_name(t->dtype));
    for (int32_t i = 0; i < rank; i++) dims.d[i] = i < more ? 1 : t->dims[i - more];
    return emit_weights(e, t, type, &w) ? emit_layer(e, trt_add_constant(e->t, e->net, &dims, w)) : NULL;
}

tensor_p emit_constant(struct emit *e, const struct tensor *t)
{
    return constant_of_rank(e, t, (int32_t)t->rank);
}

/* A constant of our own: its memory lives as long as the network. */
static tensor_p own_constant(struct emit *e, tfp_dtype dtype, uint32_t rank, const int64_t *dims, const void *data)
{
    struct tensor t = { .dtype = dtype, .rank = rank, .count = 1 };
    for (uint32_t i = 0; i < rank; i++) t.count *= t.dims[i] = dims[i];
    t.size = (size_t)t.count * tfp_dtype_size(dtype);
    t.data = arena_copy(&e->arena, data, t.size);
    return t.data ? emit_constant(e, &t) : no_memory(e);
}

tensor_p emit_ints(struct emit *e, const int64_t *at, int32_t n)
{
    const int64_t dims[1] = { n };
    return own_constant(e, TFP_INT64, 1, dims, at);
}

tensor_p emit_int(struct emit *e, int64_t value, enum trt_type type)
{
    const int32_t narrow = (int32_t)value;
    return type == TRT_INT64 ? own_constant(e, TFP_INT64, 0, NULL, &value) : own_constant(e, TFP_INT32, 0, NULL, &narrow);
}

tensor_p emit_number(struct emit *e, double value, enum trt_type type, int32_t rank)
{
    int64_t dims[TRT_MAX_DIMS], room = 0;
    tfp_dtype dtype = trt_dtype(type);
    if (rank < 0 || rank > TRT_MAX_DIMS || dtype == TFP_UNDEFINED) return emit_fail(e, "a number of no type");
    for (int32_t i = 0; i < rank; i++) dims[i] = 1;
    convert_run(TFP_DOUBLE, &value, dtype, &room, 1);
    return own_constant(e, dtype, (uint32_t)rank, dims, &room);
}

tensor_p emit_like(struct emit *e, tensor_p x, double value)
{
    return x ? emit_number(e, value, emit_type_of(e, x), emit_rank(e, x)) : NULL;
}

/* -- values of the IR ---------------------------------------------------------------------------------------------- */

static bool remember(struct emit *e, struct ir_value *v, tensor_p x)
{
    if (!ARENA_GROW(&e->arena, e->tensors, e->n_tensors + 1, &e->room)) return no_memory(e), false;
    if (!v->mark) v->mark = (uint32_t)++e->n_tensors;
    e->tensors[v->mark] = x;
    return true;
}

static bool room_for_symbol(struct emit *e, uint32_t sym)
{
    if (sym < e->n_symbols) return true;
    size_t room = e->graph->n_symbols > sym ? e->graph->n_symbols + 64 : sym + 64;
    struct emit_symbol *more = ARENA_ARRAY(&e->arena, struct emit_symbol, room);
    if (!more) return no_memory(e), false;
    if (e->n_symbols) memcpy(more, e->symbols, e->n_symbols * sizeof *more);
    e->symbols = more;
    e->n_symbols = room;
    return true;
}

/* The first tensor with a dimension tells what its symbol is. */
static bool learn_symbols(struct emit *e, const struct ir_value *v, tensor_p x)
{
    if (v->rank != emit_rank(e, x)) return true;
    for (int32_t i = 0; i < v->rank; i++) {
        uint32_t sym = v->dims[i].sym;
        if (!sym || sym == DIM_UNKNOWN) continue;
        if (!room_for_symbol(e, sym)) return false;
        if (!e->symbols[sym].tensor) e->symbols[sym] = (struct emit_symbol){ x, i };
    }
    return true;
}

tensor_p emit_in(struct emit *e, const struct ir_node *n, size_t i)
{
    struct ir_value *v = ir_in(n, i);
    if (!v || e->status != TFP_OK) return NULL;
    if (v->mark && e->tensors[v->mark]) return e->tensors[v->mark];
    if (!v->constant) return emit_fail(e, "a value that no layer makes");
    tensor_p x = emit_constant(e, v->constant);
    return x && remember(e, v, x) ? x : NULL;
}

tensor_p emit_in_rank(struct emit *e, const struct ir_node *n, size_t i, int32_t rank)
{
    const struct ir_value *v = ir_in(n, i);
    if (v && v->constant && (int32_t)v->constant->rank < rank) return constant_of_rank(e, v->constant, rank);
    return emit_to_rank(e, emit_in(e, n, i), rank);
}

tensor_p emit_in_index(struct emit *e, const struct ir_node *n, size_t i)
{
    tensor_p x = emit_cast(e, emit_in(e, n, i), emit_index_type(e));
    if (!x || emit_rank(e, x) == 1) return x;
    return emit_to_rank(e, x, 1);
}

bool emit_out(struct emit *e, const struct ir_node *n, size_t i, tensor_p x)
{
    if (!x || e->status != TFP_OK) return e->status == TFP_OK ? (emit_fail(e, "nothing came of it"), true) : true;
    if (i >= n->n_out || !n->out[i]) return true;
    if (range_left_by(n->op)) x = emit_wrap(e, x, n->out[i]->dtype);
    return x && remember(e, n->out[i], x) && learn_symbols(e, n->out[i], x);
}

struct trt_dims emit_dims_of(const struct ir_value *v)
{
    struct trt_dims d = { .n = v->rank };
    if (v->rank < 0 || v->rank > TRT_MAX_DIMS) return (struct trt_dims){ .n = -1 };
    for (int32_t i = 0; i < v->rank; i++) d.d[i] = dim_fixed(v->dims[i]) ? v->dims[i].n : -1;
    return d;
}

bool emit_is_static(const struct trt_dims *d)
{
    for (int32_t i = 0; i < d->n; i++)
        if (d->d[i] < 0) return false;
    return d->n >= 0;
}
