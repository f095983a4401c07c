/* Functions of the model, written out where they are called. */
#include "frontend/onnx/onnx_lower.h"

#include <string.h>

const struct onnxpb_function *onnx_function_find(const struct onnxpb_model *m, const struct onnxpb_node *n)
{
    for (size_t i = 0; i < m->functions.n; i++) {
        const struct onnxpb_function *f = &m->functions.at[i];
        bool domain =
            onnx_same(f->domain, n->domain) || (onnx_domain_is_standard(f->domain) && onnx_domain_is_standard(n->domain));
        if (domain && onnx_same(f->name, n->op_type) && onnx_same(f->overload, n->overload)) return f;
    }
    return NULL;
}

/* The call's attributes under the function's names, references to the caller's resolved; then the function's defaults. */
static bool collect(struct onnx_lower *l, const struct onnx_node *n, const struct onnxpb_function *f, struct onnx_call *call)
{
    size_t room = n->from->attribute.n + f->attribute_proto.n;
    struct onnxpb_attribute *all = ARENA_ARRAY(l->arena, struct onnxpb_attribute, room);
    if (!all) return false;
    for (size_t i = 0; i < n->from->attribute.n; i++) {
        const char *name = onnx_text(l, n->from->attribute.at[i].name);
        const struct onnxpb_attribute *a = onnx_given(l, n, name);
        if (!a) continue;
        all[call->n_attrs] = *a;
        all[call->n_attrs++].name = n->from->attribute.at[i].name;
    }
    for (size_t i = 0; i < f->attribute_proto.n; i++) all[call->n_attrs++] = f->attribute_proto.at[i];
    call->attrs = all;
    return true;
}

static void bind_inputs(struct onnx_lower *l, struct onnx_node *n, const struct onnxpb_function *f, struct onnx_scope *s)
{
    if (n->n_in > f->input.n) onnx_malformed(l, n, "%zu inputs for a function of %zu", n->n_in, f->input.n);
    for (size_t i = 0; i < f->input.n && l->b.status == TFP_OK; i++)
        if (onnx_in(n, i)) onnx_bind(l, s, f->input.at[i], onnx_in(n, i));
}

/* -- inputs that the call leaves out ------------------------------------------------------------------------------- */

static bool drop_in_nodes(struct arena *a, const struct map *absent, struct onnxpb_nodes *nodes);

static bool drop_in_bodies(struct arena *a, const struct map *absent, struct onnxpb_attributes *list)
{
    struct onnxpb_attribute *own = arena_copy(a, list->at, list->n * sizeof *own);
    for (size_t i = 0; own && i < list->n; i++) {
        if (own[i].which != ONNXPB_ATTRIBUTE_G || !own[i].g) continue;
        struct onnxpb_graph *g = arena_copy(a, own[i].g, sizeof *g);
        if (!g || !drop_in_nodes(a, absent, &g->node)) return false;
        own[i].g = g;
    }
    if (own) list->at = own;
    return own != NULL;
}

static bool drop_in_nodes(struct arena *a, const struct map *absent, struct onnxpb_nodes *nodes)
{
    struct onnxpb_node *own = arena_copy(a, nodes->at, nodes->n * sizeof *own);
    for (size_t i = 0; own && i < nodes->n; i++) {
        struct bytes *in = arena_copy(a, own[i].input.at, own[i].input.n * sizeof *in);
        if (!in || !drop_in_bodies(a, absent, &own[i].attribute)) return false;
        for (size_t k = 0; k < own[i].input.n; k++)
            if (in[k].n && map_find(absent, in[k].at, in[k].n)) in[k].n = 0;
        own[i].input.at = in;
    }
    if (own) nodes->at = own;
    return own != NULL;
}

/* Inputs that the call leaves out are left out wherever they are used, in bodies too, which make no such name themselves. */
static struct onnxpb_nodes without_absent(struct onnx_lower *l, const struct onnx_node *n, const struct onnxpb_function *f)
{
    struct onnxpb_nodes nodes = f->node;
    struct map absent;
    bool fine = true;
    map_init(&absent, l->arena);
    for (size_t i = 0; i < f->input.n && fine; i++)
        if (!onnx_in(n, i) && f->input.at[i].n) {
            void **at = map_at(&absent, f->input.at[i].at, f->input.at[i].n);
            fine = at != NULL;
        }
    if (fine && absent.n) fine = drop_in_nodes(l->arena, &absent, &nodes);
    if (!fine) build_fail(&l->b, tfp_no_memory(l->b.ctx));
    return nodes;
}

/* -- the call ------------------------------------------------------------------------------------------------------ */

void onnx_function_inline(struct onnx_lower *l, struct onnx_node *n, const struct onnxpb_function *f)
{
    struct onnx_scope scope, *outer = l->scope;
    const struct onnx_call *caller = l->call;
    struct onnx_call call = { .opsets = &f->opset_import, .depth = caller ? caller->depth + 1 : 1 };
    if (call.depth > ONNX_MAX_DEPTH) {
        onnx_refuse(l, n, "functions that call functions more than %d deep", ONNX_MAX_DEPTH);
        return;
    }
    if (!collect(l, n, f, &call)) {
        build_fail(&l->b, tfp_no_memory(l->b.ctx));
        return;
    }
    onnx_scope_init(l, &scope, NULL, l->b.graph);
    bind_inputs(l, n, f, &scope);
    struct onnxpb_nodes nodes = without_absent(l, n, f);
    l->scope = &scope;
    l->call = &call;
    onnx_lower_nodes(l, &nodes);
    for (size_t i = 0; i < n->n_out && l->b.status == TFP_OK; i++) {
        if (i >= f->output.n) onnx_malformed(l, n, "more outputs than the function has");
        else if (onnx_wants(n, i)) n->out[i] = onnx_need(l, &scope, f->output.at[i], n->what);
    }
    l->scope = outer;
    l->call = caller;
    n->done = true;
}
