#include "api/model_parts.h"

#include "base/text.h"
#include "codec/fields.h"
#include "ir/tensor_info.h"

#include <stdlib.h>
#include <string.h>

bool parts_has_host(const struct ir_graph *g)
{
    bool any = false;
    for (size_t i = 0; i < g->n_inputs; i++) any = any || g->inputs[i]->dtype == TFP_STRING;
    for (size_t i = 0; i < g->n_outputs; i++) any = any || g->outputs[i].value->dtype == TFP_STRING;
    for (const struct ir_node *n = g->first; n && !any; n = n->next) any = cut_is_host(n);
    return any;
}

/* -- ops ----------------------------------------------------------------------------------------------------------- */

static void count_op(struct tfp_part_op *ops, size_t *n, const struct ir_node *node, const char *reason)
{
    const char *op = schema_op_name(node->op);
    for (size_t i = 0; i < *n; i++) {
        if (strcmp(ops[i].op, op) != 0 || strcmp(ops[i].reason, reason) != 0) continue;
        ops[i].count++;
        return;
    }
    ops[(*n)++] = (struct tfp_part_op){ .op = op, .reason = reason, .node = node->name ? node->name : "", .count = 1 };
}

static tfp_status count_ops(struct tfp_context *ctx, struct arena *a, const struct ir_graph *g, const struct cut *cut,
                            enum cut_side side, struct tfp_part *out)
{
    struct tfp_part_op *ops = ARENA_ARRAY(a, struct tfp_part_op, cut->n[side] + 1);
    size_t place = 0;
    if (!ops) return tfp_no_memory(ctx);
    for (const struct ir_node *n = g->first; n; n = n->next, place++)
        if (cut->sides[place] == side && cut->reasons[place]) count_op(ops, &out->n_ops, n, cut->reasons[place]);
    out->ops = ops;
    return TFP_OK;
}

/* -- the core ------------------------------------------------------------------------------------------------------ */

static void tell_names(struct text *t, const struct ir_graph *g)
{
    text_add(t, "the core takes ");
    for (size_t i = 0; i < g->n_inputs; i++) text_add(t, "%s%s", i ? ", " : "", g->inputs[i]->name);
    text_add(t, " and gives ");
    for (size_t i = 0; i < g->n_outputs; i++) text_add(t, "%s%s", i ? ", " : "", g->outputs[i].name);
}

/* "ParseExample (2 nodes), AsString": those that are cut off for what they are. */
static tfp_status tell_ops(struct tfp_context *ctx, const struct ir_graph *g, struct text *t)
{
    struct arena arena = { 0 };
    struct tfp_part_op *ops = ARENA_ARRAY(&arena, struct tfp_part_op, g->n_nodes + 1);
    size_t n_ops = 0;
    for (const struct ir_node *n = g->first; ops && n; n = n->next)
        if (cut_is_host(n)) count_op(ops, &n_ops, n, "");
    for (size_t i = 0; i < n_ops; i++) {
        text_add(t, "%s%s", i ? ", " : "", ops[i].op);
        if (ops[i].count > 1) text_add(t, " (%zu nodes)", ops[i].count);
    }
    tfp_status status = ops ? TFP_OK : tfp_no_memory(ctx);
    arena_free(&arena);
    return status;
}

static tfp_status tell_core(struct tfp_context *ctx, const struct ir_graph *whole, const struct cut *cut,
                            const struct ir_graph *core)
{
    struct text names = { 0 }, ops = { 0 };
    tfp_status status = tell_ops(ctx, whole, &ops);
    tell_names(&names, core);
    if (status == TFP_OK && !core->n_outputs)
        status = tfp_fail(ctx, TFP_E_UNSUPPORTED, "nothing is left for a device: all results are strings, or come from %s",
                          ops.n ? ops.at : "them");
    if (status == TFP_OK && (ops.n || cut->n[CUT_PREFIX] || cut->n[CUT_SUFFIX]))
        tfp_note(ctx, "%s; a CPU has to do %zu nodes before it and %zu behind: %s", names.at ? names.at : "", cut->n[CUT_PREFIX],
                 cut->n[CUT_SUFFIX], ops.n ? ops.at : "as asked for");
    text_free(&names);
    text_free(&ops);
    return status;
}

tfp_status parts_core(struct tfp_context *ctx, struct ir_graph *g, const char *const *at, size_t n_at, struct ir_graph **out)
{
    struct arena arena = { 0 };
    struct cut cut;
    struct ir_graph *core = NULL;
    tfp_status status = cut_plan(ctx, &arena, g, at, n_at, &cut);
    if (status == TFP_OK) status = cut.whole ? ir_clone(ctx, g, &core) : cut_part(ctx, g, &cut, CUT_CORE, &core);
    if (status == TFP_OK && !cut.whole) status = tell_core(ctx, g, &cut, core);
    arena_free(&arena);
    if (status == TFP_OK) *out = core;
    else ir_destroy(core);
    return status;
}

/* -- all parts ----------------------------------------------------------------------------------------------------- */

bool parts_find(const struct tfp_parts_info *info, int32_t part, const char *name, struct part_from *out)
{
    const size_t at = part < 0 ? tensor_info_find(info->inputs, info->n_inputs, name)
                               : tensor_info_find(info->parts[part].outputs, info->parts[part].n_outputs, name);
    *out = (struct part_from){ part, (uint32_t)at };
    return at != SIZE_MAX;
}

/* Names are each one value's in all parts (optimize/cut.h). */
static bool find_from(const struct tfp_parts_info *info, const char *name, struct part_from *out)
{
    for (int32_t part = (int32_t)info->n_parts - 1; part >= -1; part--)
        if (parts_find(info, part, name, out)) return true;
    return false;
}

static tfp_status add_part(struct tfp_context *ctx, struct tfp_parts *p, const struct ir_graph *g, const struct cut *cut,
                           enum cut_side side)
{
    struct ir_graph *part;
    struct arena *a = &p->arena;
    const size_t at = p->info.n_parts;
    struct tfp_part *told = &p->parts[at];
    TFP_TRY(cut_part(ctx, g, cut, side, &part));
    p->graphs[at] = part;
    if (!part->n_outputs) {
        p->graphs[at] = NULL;
        ir_destroy(part);
        return TFP_OK;
    }
    *told = (struct tfp_part){ .role = cut_side_name(side), .kind = "", .file = "", .n_inputs = part->n_inputs,
                               .n_outputs = part->n_outputs };
    TFP_TRY(model_describe_graph(ctx, a, part, &told->inputs, &told->outputs));
    if (side != CUT_CORE) TFP_TRY(count_ops(ctx, a, g, cut, side, told));
    struct part_from *from = ARENA_ARRAY(a, struct part_from, part->n_inputs + 1);
    if (!from) return tfp_no_memory(ctx);
    for (size_t i = 0; i < part->n_inputs; i++)
        if (!find_from(&p->info, told->inputs[i].name, &from[i]))
            return tfp_fail(ctx, TFP_E_UNSUPPORTED, "the %s takes %s, which no part before it gives", told->role, told->inputs[i].name);
    p->wires[at].inputs = from;
    p->info.n_parts++;
    return TFP_OK;
}

static tfp_status wire_results(struct tfp_context *ctx, struct tfp_parts *p, const struct cut *cut)
{
    struct part_from *from = ARENA_ARRAY(&p->arena, struct part_from, p->info.n_outputs + 1);
    if (!from) return tfp_no_memory(ctx);
    for (size_t i = 0; i < p->info.n_outputs; i++)
        if (!find_from(&p->info, cut->results[i], &from[i]))
            return tfp_fail(ctx, TFP_E_UNSUPPORTED, "no part gives %s", p->info.outputs[i].name);
    p->results = from;
    return TFP_OK;
}

static tfp_status make_parts(struct tfp_context *ctx, struct ir_graph *g, const char *const *at, size_t n_at,
                             struct tfp_parts *p)
{
    struct cut cut;
    TFP_TRY(cut_plan(ctx, &p->arena, g, at, n_at, &cut));
    p->info.n_inputs = g->n_inputs;
    p->info.n_outputs = g->n_outputs;
    TFP_TRY(model_describe_graph(ctx, &p->arena, g, &p->info.inputs, &p->info.outputs));
    p->info.parts = p->parts = ARENA_ARRAY(&p->arena, struct tfp_part, CUT_SIDES);
    p->wires = ARENA_ARRAY(&p->arena, struct part_wires, CUT_SIDES);
    if (!p->parts || !p->wires) return tfp_no_memory(ctx);
    for (int side = 0; side < CUT_SIDES; side++) TFP_TRY(add_part(ctx, p, g, &cut, (enum cut_side)side));
    TFP_TRY(wire_results(ctx, p, &cut));
    return parts_check(ctx, TFP_E_UNSUPPORTED, "the parts of the model", p);
}

tfp_status parts_of_model(struct tfp_context *ctx, const struct tfp_model *m, struct ir_graph *g, const char *const *at,
                          size_t n_at, struct tfp_parts **out)
{
    struct tfp_parts *p = calloc(1, sizeof *p);
    if (!p) return tfp_no_memory(ctx);
    p->info.tfport = "";
    p->info.format = tfp_model_format(m);
    p->info.producer = tfp_model_producer(m);
    tfp_status status = make_parts(ctx, g, at, n_at, p);
    if (status == TFP_OK) *out = p;
    else tfp_parts_destroy(p);
    return status;
}

/* -- checking ------------------------------------------------------------------------------------------------------ */

/* What part `end` may take: the whole's inputs and what parts before it give. */
static const struct tfp_tensor_info *wired(const struct tfp_parts_info *info, struct part_from from, size_t end)
{
    if (from.part < 0) return from.index < info->n_inputs ? &info->inputs[from.index] : NULL;
    if ((size_t)from.part >= end) return NULL;
    const struct tfp_part *part = &info->parts[from.part];
    return from.index < part->n_outputs ? &part->outputs[from.index] : NULL;
}

static tfp_status check_wire(struct tfp_context *ctx, tfp_status code, const char *where, const struct tfp_parts *p,
                             struct part_from from, size_t end, const struct tfp_tensor_info *to)
{
    const struct tfp_tensor_info *v = wired(&p->info, from, end);
    if (!v) return tfp_fail(ctx, code, "%s: %s comes from nothing that stands before it", where, to->name);
    if (!tensor_info_agrees(v, to)) return tfp_fail(ctx, code, "%s: %s is of another type or shape than what it comes from, %s", where,
                                             to->name, v->name);
    return TFP_OK;
}

tfp_status parts_check(struct tfp_context *ctx, tfp_status code, const char *where, const struct tfp_parts *p)
{
    const struct tfp_parts_info *info = &p->info;
    TFP_TRY(fields_check(ctx, code, where, "input", info->inputs, info->n_inputs));
    TFP_TRY(fields_check(ctx, code, where, "output", info->outputs, info->n_outputs));
    for (size_t k = 0; k < info->n_parts; k++) {
        const struct tfp_part *part = &info->parts[k];
        TFP_TRY(fields_check(ctx, code, where, "input", part->inputs, part->n_inputs));
        TFP_TRY(fields_check(ctx, code, where, "output", part->outputs, part->n_outputs));
        for (size_t i = 0; i < part->n_inputs; i++)
            TFP_TRY(check_wire(ctx, code, where, p, p->wires[k].inputs[i], k, &part->inputs[i]));
    }
    for (size_t i = 0; i < info->n_outputs; i++)
        TFP_TRY(check_wire(ctx, code, where, p, p->results[i], info->n_parts, &info->outputs[i]));
    return TFP_OK;
}

/* -- the public side ----------------------------------------------------------------------------------------------- */

/* A model that needs no cut is one part, as it was lowered. */
tfp_status tfp_model_parts(tfp_context *ctx, tfp_model *m, const char *const *at, size_t n_at, tfp_parts **out)
{
    struct ir_graph *g;
    TFP_TRY(model_graph(ctx, m, false, &g));
    TFP_TRY(model_graph(ctx, m, n_at || parts_has_host(g), &g));
    return parts_of_model(ctx, m, g, at, n_at, out);
}

void tfp_parts_destroy(tfp_parts *p)
{
    if (!p) return;
    for (size_t i = 0; i < CUT_SIDES; i++) ir_destroy(p->graphs[i]);
    arena_free(&p->arena);
    free(p);
}

const struct tfp_parts_info *tfp_parts_info(const tfp_parts *p)
{
    return &p->info;
}
