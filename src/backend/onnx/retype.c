/* One walk over the nodes, after legalization: types are exchanged in place, and a few nodes keep what they meant. */
#include "backend/onnx/retype.h"

#include "ir/build.h"
#include "ir/kernels/convert.h"
#include "ir/ranges.h"

struct retype {
    struct tfp_context *ctx;
    struct ir_graph *graph;
    const struct onnx_reader *reader;
};

static tfp_dtype held(const struct retype *r, tfp_dtype dtype)
{
    return r->reader->holds(r->reader->user, dtype);
}

/* -- values -------------------------------------------------------------------------------------------------------- */

/* Everything that used `v` uses what `turn` makes of it, before `before`. */
typedef struct ir_value *turn_fn(struct build *b, struct ir_value *v, const void *how);

static tfp_status turn_value(struct retype *r, struct ir_value *v, struct ir_node *before, const char *scope, turn_fn *turn,
                             const void *how)
{
    struct build b = { .ctx = r->ctx, .graph = r->graph, .before = before, .scope = scope };
    struct ir_value *self = ir_unary(&b, IR_IDENTITY, v), *turned = self ? turn(&b, self, how) : NULL;
    if (!turned) return b.status;
    if (turned == self) return TFP_OK;
    if (v->rank >= 0 && !ir_set_shape(r->graph, turned, turned->dtype, v->rank, v->dims)) return tfp_no_memory(r->ctx);
    struct ir_node *identity = self->producer;
    ir_replace(r->graph, v, turned);
    ir_set_input(identity, 0, v);
    ir_replace(r->graph, self, v);
    ir_remove(identity);
    return TFP_OK;
}

/* ((x - lowest) mod count) + lowest; ONNX's Mod of whole numbers has the divisor's sign. */
static struct ir_value *turn_by_wrapping(struct build *b, struct ir_value *x, const void *how)
{
    double lowest, highest;
    if (!range_of(*(const tfp_dtype *)how, &lowest, &highest)) return x;
    if (lowest != 0) x = ir_sub(b, x, ir_like(b, x, lowest));
    x = ir_binary(b, IR_MOD, x, x ? ir_like(b, x, highest - lowest + 1) : NULL);
    return lowest != 0 && x ? ir_add(b, x, ir_like(b, x, lowest)) : x;
}

/* Types at the edge know the way to and from floats only. */
static struct ir_value *turn_to_type(struct build *b, struct ir_value *v, const void *how)
{
    return ir_cast(b, ir_cast(b, v, TFP_FLOAT), *(const tfp_dtype *)how);
}

static bool feeds_dequantize(const struct ir_value *v)
{
    for (const struct ir_use *u = v->uses; u; u = u->next)
        if (u->node->op == IR_DEQUANTIZE_LINEAR && u->index == 0) return true;
    return false;
}

/* Made by QuantizeLinear or taken by DequantizeLinear, with Transposes between perhaps. */
static bool is_quantized(const struct ir_value *v)
{
    bool is = v->producer && (v->producer->op == IR_QUANTIZE_LINEAR || v->producer->op == IR_DYNAMIC_QUANTIZE_LINEAR);
    for (const struct ir_use *u = v->uses; u && !is; u = u->next)
        is = (u->node->op == IR_DEQUANTIZE_LINEAR && u->index != 1) || (u->node->op == IR_QUANTIZE_LINEAR && u->index == 2) ||
             (u->node->op == IR_TRANSPOSE && feeds_dequantize(u->node->out[0]));
    const struct ir_node *moved = ir_producer(v, IR_TRANSPOSE);
    return is || (moved && is_quantized(ir_in(moved, 0)));
}

static tfp_status convert(struct retype *r, const struct tensor *from, tfp_dtype to, struct tensor *out)
{
    struct tensor aligned = *from;
    bool copied = false;
    *out = *from;
    out->data = NULL;
    out->owner = NULL;
    TFP_TRY(tensor_describe(r->ctx, "a constant", to, from->rank, from->dims, out));
    TFP_TRY(tensor_align(r->ctx, &aligned, &copied));
    tfp_status status = tensor_allocate(r->ctx, out);
    if (status == TFP_OK) convert_run(aligned.dtype, aligned.data, to, out->data, (size_t)out->count);
    if (copied) tensor_release(&aligned);
    return status;
}

static tfp_status retype_constant(struct retype *r, struct ir_value *v)
{
    const tfp_dtype to = held(r, v->dtype);
    struct tensor t;
    if (!v->constant || to == v->dtype || is_quantized(v)) return TFP_OK;
    TFP_TRY(convert(r, v->constant, to, &t));
    bool made = ir_make_constant(r->graph, v, &t);
    tensor_release(&t);
    return made ? TFP_OK : tfp_no_memory(r->ctx);
}

/* -- nodes --------------------------------------------------------------------------------------------------------- */

static tfp_status retype_body(struct retype *r, struct ir_graph *body);

static tfp_status retype_attr(struct retype *r, struct ir_node *n, struct ir_attr a)
{
    struct tensor t, *own;
    if (a.kind == ATTR_KIND_GRAPH) return retype_body(r, a.v.graph);
    if ((a.name == ATTR_TO || a.name == ATTR_DTYPE) && a.kind == ATTR_KIND_INT) {
        a.v.i = held(r, (tfp_dtype)a.v.i);
        return ir_set_attr(n, &a) ? TFP_OK : tfp_no_memory(r->ctx);
    }
    if (a.kind != ATTR_KIND_TENSOR || held(r, a.v.tensor->dtype) == a.v.tensor->dtype) return TFP_OK;
    TFP_TRY(convert(r, a.v.tensor, held(r, a.v.tensor->dtype), &t));
    own = arena_copy(&r->graph->arena, &t, sizeof t);
    if (own) own->data = arena_copy(&r->graph->arena, t.data, t.size);
    if (own) own->owner = NULL;
    a.v.tensor = own;
    bool set = own && own->data && ir_set_attr(n, &a);
    tensor_release(&t);
    return set ? TFP_OK : tfp_no_memory(r->ctx);
}

static tfp_status retype_output(struct retype *r, struct ir_node *n, struct ir_value *v, tfp_dtype from)
{
    const tfp_dtype own = v->dtype, to = held(r, own);
    if (to == own || is_quantized(v)) return TFP_OK;
    v->dtype = to;
    /* Of floats only what fits is defined. */
    const bool leaves = n->op == IR_CAST ? dtype_is_integer(from) : range_left_by(n->op);
    if (!leaves || ir_unused(v)) return TFP_OK;
    return turn_value(r, v, n->next, n->name, turn_by_wrapping, &own);
}

/* `after`: where the walk goes on, behind what was added. */
static tfp_status retype_node(struct retype *r, struct ir_node *n)
{
    tfp_dtype from = TFP_UNDEFINED;
    for (uint32_t i = 0; i < n->n_in; i++) {
        if (!n->in[i].value) continue;
        if (i == 0) from = n->in[i].value->dtype;
        TFP_TRY(retype_constant(r, n->in[i].value));
    }
    for (size_t i = 0; i < n->n_attrs; i++) TFP_TRY(retype_attr(r, n, n->attrs[i]));
    for (uint32_t i = 0; i < n->n_out; i++)
        if (n->out[i]) TFP_TRY(retype_output(r, n, n->out[i], from));
    return TFP_OK;
}

/* -- edges --------------------------------------------------------------------------------------------------------- */

static bool stays_at_edge(const struct retype *r, tfp_dtype dtype)
{
    return held(r, dtype) != dtype && r->reader->edge(r->reader->user, dtype);
}

static tfp_status retype_input(struct retype *r, struct ir_value *v)
{
    const tfp_dtype to = held(r, v->dtype);
    if (to == v->dtype || is_quantized(v)) return TFP_OK;
    if (stays_at_edge(r, v->dtype)) return turn_value(r, v, r->graph->first, v->name, turn_to_type, &to);
    v->dtype = to;
    return TFP_OK;
}

static tfp_status retype_result(struct retype *r, struct ir_output *o, tfp_dtype own)
{
    struct build b = { .ctx = r->ctx, .graph = r->graph, .scope = o->name };
    TFP_TRY(retype_constant(r, o->value));
    if (!stays_at_edge(r, own) || o->value->dtype == own) return TFP_OK;
    struct ir_value *cast = turn_to_type(&b, o->value, &own);
    if (!cast) return b.status;
    o->value->n_outputs--;
    cast->n_outputs++;
    o->value = cast;
    return TFP_OK;
}

static tfp_status retype_nodes(struct retype *r)
{
    struct ir_node *last = r->graph->last;
    for (struct ir_node *n = r->graph->first, *next; n; n = n == last ? NULL : next) {
        next = n->next; /* what is put behind n is of the right types already */
        TFP_TRY(retype_node(r, n));
    }
    return TFP_OK;
}

/* What comes in has the type that it has around the body, and so has what goes out. */
static tfp_status retype_body(struct retype *r, struct ir_graph *body)
{
    struct retype inner = { r->ctx, body, r->reader };
    TFP_TRY(retype_nodes(&inner));
    for (size_t i = 0; i < body->n_inputs; i++) body->inputs[i]->dtype = held(r, body->inputs[i]->dtype);
    for (size_t i = 0; i < body->n_outputs; i++) TFP_TRY(retype_constant(&inner, body->outputs[i].value));
    return TFP_OK;
}

static tfp_status retype_all(struct retype *r, tfp_dtype *results)
{
    struct ir_graph *g = r->graph;
    for (size_t i = 0; i < g->n_outputs; i++) results[i] = g->outputs[i].value->dtype;
    TFP_TRY(retype_nodes(r));
    for (size_t i = 0; i < g->n_inputs; i++) TFP_TRY(retype_input(r, g->inputs[i]));
    for (size_t i = 0; i < g->n_outputs; i++) TFP_TRY(retype_result(r, &g->outputs[i], results[i]));
    return TFP_OK;
}

tfp_status retype_graph(struct tfp_context *ctx, struct ir_graph *g, const struct onnx_reader *reader)
{
    struct retype r = { ctx, g, reader };
    tfp_dtype *results = ARENA_ARRAY(&g->arena, tfp_dtype, g->n_outputs + 1);
    return results ? retype_all(&r, results) : tfp_no_memory(ctx);
}
