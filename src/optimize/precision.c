/* Carries out the plan of precision_plan.c: one walk over the nodes puts the lower type and the Casts in. */
#include "optimize/precision.h"

#include "base/text.h"
#include "ir/build.h"
#include "optimize/optimize.h"
#include "optimize/precision_plan.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* -- values in the other type -------------------------------------------------------------------------------------- */

/* Rounded, and cut to the range where it is finite. */
static tfp_status convert_constant(struct precision *p, const struct tensor *from, struct tensor *to)
{
    float limit = (float)precision_limit(p->o->to);
    TFP_TRY(tensor_describe(p->ctx, "constant", p->o->to, from->rank, from->dims, to));
    TFP_TRY(tensor_allocate(p->ctx, to));
    uint16_t *at = to->data;
    for (int64_t i = 0; i < from->count; i++) {
        float x;
        memcpy(&x, (const char *)from->data + (size_t)i * sizeof x, sizeof x);
        if (isfinite(x)) x = fminf(fmaxf(x, -limit), limit);
        at[i] = p->o->to == TFP_FLOAT16 ? float_to_half(x) : float_to_bfloat(x);
    }
    return TFP_OK;
}

static tfp_status make_constant(struct precision *p, const struct ir_value *v, struct ir_value **out)
{
    struct tensor t = { 0 };
    tfp_status status = convert_constant(p, v->constant, &t);
    *out = status == TFP_OK ? ir_add_constant(p->graph, NULL, &t) : NULL;
    tensor_release(&t);
    return status == TFP_OK && !*out ? tfp_no_memory(p->ctx) : status;
}

/* A Cast right behind the value's producer, so that all users can have it. */
static tfp_status make_cast(struct precision *p, struct ir_value *v, tfp_dtype to, struct ir_value **out)
{
    struct ir_node *producer = v->producer;
    struct build b = { .ctx = p->ctx,
                       .graph = p->graph,
                       .before = producer ? producer->next : p->graph->first,
                       .scope = producer ? producer->name : v->name };
    struct ir_value *x = v;
    if (to != TFP_FLOAT && precision_of(p, v)->far) {
        double limit = precision_limit(to);
        x = ir_emit(&b, IR_CLIP, IN(x, ir_scalar(&b, TFP_FLOAT, -limit), ir_scalar(&b, TFP_FLOAT, limit)), NO_ATTRS);
    }
    *out = ir_cast(&b, x, to);
    return b.status;
}

static tfp_status other_type(struct precision *p, struct ir_value *v, struct ir_value **out)
{
    struct value_plan *plan = precision_of(p, v);
    if (!plan->other) {
        if (v->constant) TFP_TRY(make_constant(p, v, &plan->other));
        else TFP_TRY(make_cast(p, v, plan->lowered ? TFP_FLOAT : p->o->to, &plan->other));
    }
    *out = plan->other;
    return TFP_OK;
}

/* -- nodes --------------------------------------------------------------------------------------------------------- */

static tfp_status set_inputs(struct precision *p, struct ir_node *n, bool low)
{
    for (uint32_t i = 0; i < n->n_in; i++) {
        struct ir_value *v = ir_in(n, i), *other;
        if (!v) continue;
        bool lowered = precision_of(p, v)->lowered, wanted = low && precision_takes(p, n, i);
        if (lowered ? wanted : !wanted || v->dtype != TFP_FLOAT) continue;
        TFP_TRY(other_type(p, v, &other));
        ir_set_input(n, i, other);
        if (v->constant) ir_drop_constant(p->graph, v);
    }
    return TFP_OK;
}

static tfp_status set_attrs(struct precision *p, struct ir_node *n)
{
    struct ir_attr to = A_INT(ATTR_TO, p->o->to), inside = A_INT(ATTR_SOFTMAX_PRECISION, TFP_FLOAT);
    bool set = true;
    if (n->op == IR_CAST) set = ir_set_attr(n, &to);
    if (n->op == IR_ATTENTION && !ir_attr(n, ATTR_SOFTMAX_PRECISION)) set = ir_set_attr(n, &inside);
    return set ? TFP_OK : tfp_no_memory(p->ctx);
}

static tfp_status lower_node(struct precision *p, struct ir_node *n)
{
    for (uint32_t i = 0; i < n->n_out; i++) {
        struct ir_value *v = n->out[i];
        if (!v || !precision_gives(p, n, i)) continue;
        if (!ir_set_shape(p->graph, v, p->o->to, v->rank, v->dims)) return tfp_no_memory(p->ctx);
        precision_of(p, v)->lowered = true;
    }
    return set_attrs(p, n);
}

static tfp_status walk(struct precision *p)
{
    for (struct ir_node *n = p->graph->first, *next; n; n = next) {
        next = n->next;
        if (n->mark == PLACED_AS_IS) continue;
        TFP_TRY(set_inputs(p, n, n->mark == PLACED_LOW));
        if (n->mark == PLACED_LOW) TFP_TRY(lower_node(p, n));
    }
    for (size_t i = 0; i < p->graph->n_outputs; i++) {
        struct ir_value *v = p->graph->outputs[i].value, *other;
        if (!precision_of(p, v)->lowered) continue;
        TFP_TRY(other_type(p, v, &other));
        ir_set_output(p->graph, i, other);
    }
    return TFP_OK;
}

/* The model's own Casts to what is there already. */
static void remove_idle_casts(struct ir_graph *g)
{
    for (struct ir_node *n = g->first, *next; n; n = next) {
        next = n->next;
        if (n->op != IR_CAST || ir_in(n, 0)->dtype != n->out[0]->dtype) continue;
        ir_replace(g, n->out[0], ir_in(n, 0));
        ir_remove(n);
    }
}

static void tell_unmet(const struct precision *p)
{
    for (size_t i = 0; i < p->o->n_fp32_nodes; i++)
        if (!p->pattern_met[i]) tfp_note(p->ctx, "no node is named like %s", p->o->fp32_nodes[i]);
}

static void tell(const struct precision *p)
{
    const char *type = tfp_dtype_name(p->o->to);
    if (p->n_overflowed)
        tfp_note(p->ctx, "%zu node%s in float32, whose weights %s cannot hold: %s%s%s%s%s%s", p->n_overflowed,
                 p->n_overflowed == 1 ? " stays" : "s stay", type, p->overflowed[0], p->overflowed[1] ? ", " : "",
                 p->overflowed[1] ? p->overflowed[1] : "", p->overflowed[2] ? ", " : "",
                 p->overflowed[2] ? p->overflowed[2] : "", p->n_overflowed > 3 ? ", .." : "");
    tell_unmet(p);
}

tfp_status precision_lower(struct tfp_context *ctx, struct ir_graph *g, const struct precision_options *o)
{
    struct precision p = { .ctx = ctx, .graph = g, .o = o };
    assert(o->to == TFP_FLOAT16 || o->to == TFP_BFLOAT16);
    TFP_TRY(optimize_fold(ctx, g));
    tfp_status status = precision_plan(&p);
    if (status == TFP_OK) status = walk(&p);
    if (status == TFP_OK) {
        tell(&p);
        remove_idle_casts(g);
        status = ir_infer_all(ctx, g);
    }
    arena_free(&p.arena);
    return status;
}

tfp_status precision_kept(struct tfp_context *ctx, struct ir_graph *g, const struct precision_options *o, struct map *names)
{
    struct precision p = { .ctx = ctx, .graph = g, .o = o };
    tfp_status status = precision_keep_names(&p, names);
    if (status == TFP_OK) tell_unmet(&p);
    arena_free(&p.arena);
    return status;
}
