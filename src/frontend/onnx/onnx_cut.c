/* The part of a graph between inputs and outputs that the caller names. A value in the middle that becomes an input needs a
 * type: the file's, else what inference finds in the graph before it. */
#include "frontend/onnx/onnx_lower.h"
#include "ir/names.h"

#include <stdio.h>
#include <string.h>

struct cut {
    struct tfp_context *ctx;
    struct onnx_lower *l; /* for what inference has to find */
    const struct onnxpb_graph *g;
    struct map makers;       /* name -> struct onnxpb_node that makes it */
    struct map infos;        /* name -> struct onnxpb_value_info: inputs, results and outputs that the file describes */
    struct map initializers; /* name -> struct onnxpb_tensor; a sparse one's values */
    struct map own_inputs;   /* name -> struct onnxpb_value_info of an input that is no initializer */
    struct map asked;        /* names that become inputs */
    struct onnx_names needed;
    struct onnxpb_graph part;
};

static bool set(struct map *m, struct bytes name, const void *value)
{
    void **at = map_at(m, name.at, name.n);
    if (at && !*at) memcpy(at, &value, sizeof value);
    return at != NULL;
}

static const void *get(const struct map *m, struct bytes name)
{
    void **at = map_find(m, name.at, name.n);
    return at ? *at : NULL;
}

static bool set_infos(struct cut *c, const struct onnxpb_value_infos *infos)
{
    bool fine = true;
    for (size_t i = 0; i < infos->n && fine; i++)
        if (infos->at[i].type) fine = set(&c->infos, infos->at[i].name, &infos->at[i]);
    return fine;
}

static tfp_status index_names(struct cut *c)
{
    const struct onnxpb_graph *g = c->g;
    struct map *const maps[] = { &c->makers, &c->infos, &c->initializers, &c->own_inputs, &c->asked };
    bool fine = true;
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) map_init(maps[i], c->l->arena);
    onnx_names_init(&c->needed, c->l->arena);
    for (size_t i = 0; i < g->node.n && fine; i++)
        for (size_t k = 0; k < g->node.at[i].output.n && fine; k++)
            if (g->node.at[i].output.at[k].n) fine = set(&c->makers, g->node.at[i].output.at[k], &g->node.at[i]);
    for (size_t i = 0; i < g->initializer.n && fine; i++)
        fine = set(&c->initializers, g->initializer.at[i].name, &g->initializer.at[i]);
    for (size_t i = 0; i < g->sparse_initializer.n && fine; i++)
        if (g->sparse_initializer.at[i].values)
            fine = set(&c->initializers, g->sparse_initializer.at[i].values->name, g->sparse_initializer.at[i].values);
    for (size_t i = 0; i < g->input.n && fine; i++)
        if (!get(&c->initializers, g->input.at[i].name)) fine = set(&c->own_inputs, g->input.at[i].name, &g->input.at[i]);
    fine = fine && set_infos(c, &g->input) && set_infos(c, &g->value_info) && set_infos(c, &g->output);
    return fine ? TFP_OK : tfp_no_memory(c->ctx);
}

static bool is_there(const struct cut *c, struct bytes name)
{
    return get(&c->makers, name) || get(&c->own_inputs, name) || get(&c->initializers, name);
}

/* The value that a caller means; TensorFlow's "x:0" is "x", too. */
static tfp_status find_value(const struct cut *c, const char *what, const char *given, struct bytes *out)
{
    *out = bytes_of(given);
    if (is_there(c, *out)) return TFP_OK;
    out->n = ir_name_length(given);
    if (is_there(c, *out)) return TFP_OK;
    return tfp_fail(c->ctx, TFP_E_USAGE, "%s \"%s\": the model has no such value", what, given);
}

/* -- types --------------------------------------------------------------------------------------------------------- */

/* In the words of a file. `dims` are of graph `g`. */
static tfp_status make_info(struct cut *c, struct bytes name, int32_t elem_type, const struct ir_graph *g, int32_t rank,
                            const struct dim *dims, struct onnxpb_value_info *out)
{
    struct arena *a = c->l->arena;
    struct onnxpb_type *type = ARENA_NEW(a, struct onnxpb_type);
    struct onnxpb_type_tensor *t = ARENA_NEW(a, struct onnxpb_type_tensor);
    struct onnxpb_shape *shape = ARENA_NEW(a, struct onnxpb_shape);
    struct onnxpb_dim *list = ARENA_ARRAY(a, struct onnxpb_dim, rank > 0 ? (size_t)rank : 0);
    if (!type || !t || !shape || !list) return tfp_no_memory(c->ctx);
    for (int32_t i = 0; i < rank; i++) {
        list[i] = (struct onnxpb_dim){ .which = ONNXPB_DIM_VALUE, .dim_value = dims[i].n };
        if (dim_fixed(dims[i])) continue;
        const char *symbol = ir_symbol_name(g, dims[i]), *text = arena_string(a, symbol, strlen(symbol));
        if (!text) return tfp_no_memory(c->ctx);
        list[i] = (struct onnxpb_dim){ .which = ONNXPB_DIM_PARAM, .dim_param = bytes_of(text) };
    }
    *shape = (struct onnxpb_shape){ .dim = { list, rank > 0 ? (size_t)rank : 0 } };
    *t = (struct onnxpb_type_tensor){ .elem_type = elem_type, .shape = rank < 0 ? NULL : shape };
    *type = (struct onnxpb_type){ .which = ONNXPB_TENSOR_TYPE, .tensor_type = t };
    *out = (struct onnxpb_value_info){ .name = name, .type = type };
    return TFP_OK;
}

static tfp_status info_of_initializer(struct cut *c, const struct onnxpb_tensor *t, struct onnxpb_value_info *out)
{
    struct dim dims[TFP_MAX_RANK];
    if (t->dims.n > TFP_MAX_RANK) return tfp_fail(c->ctx, TFP_E_UNSUPPORTED, "an initializer of %zu dimensions", t->dims.n);
    for (size_t i = 0; i < t->dims.n; i++) dims[i] = dim_of(t->dims.at[i]);
    return make_info(c, t->name, t->data_type, NULL, (int32_t)t->dims.n, dims, out);
}

/* By lowering what is before the value. */
static tfp_status infer_info(struct cut *c, struct bytes name, struct onnxpb_value_info *out)
{
    const struct onnxpb_value_info wanted = { .name = name };
    const char *text = arena_string(c->l->arena, name.at, name.n);
    struct onnxpb_graph before = *c->g;
    struct onnxpb_model model = *c->l->model;
    struct onnx_lower l = { .arena = c->l->arena, .files = c->l->files, .model = &model };
    const struct tfp_model_options only = { .outputs = &text, .n_outputs = 1 };
    struct ir_graph *g = NULL;
    before.output.at = &wanted;
    before.output.n = 1;
    model.graph = &before;
    if (!text) return tfp_no_memory(c->ctx);
    tfp_status status = onnx_cut(c->ctx, &l, &only, &before);
    if (status == TFP_OK) status = onnx_lower_model(c->ctx, &l, &g);
    if (status != TFP_OK)
        return tfp_prefix(c->ctx, status, "input \"%s\": the file does not tell its type, and it cannot be inferred", text);
    const struct ir_value *v = g->outputs[0].value;
    status = make_info(c, name, (int32_t)v->dtype, g, v->rank, v->dims, out);
    ir_destroy(g);
    return status;
}

static tfp_status add_input(struct cut *c, const char *given, struct onnxpb_value_info *out)
{
    struct bytes name;
    TFP_TRY(find_value(c, "input", given, &name));
    if (get(&c->asked, name)) return tfp_fail(c->ctx, TFP_E_USAGE, "input \"%s\" is named twice", given);
    if (!set(&c->asked, name, c)) return tfp_no_memory(c->ctx);
    const struct onnxpb_value_info *info = get(&c->infos, name);
    const struct onnxpb_tensor *t = get(&c->initializers, name);
    if (t) return info_of_initializer(c, t, out);
    if (info) *out = *info;
    else TFP_TRY(infer_info(c, name, out));
    return TFP_OK;
}

static tfp_status choose_inputs(struct cut *c, const struct tfp_model_options *o)
{
    struct onnxpb_value_info *in = ARENA_ARRAY(c->l->arena, struct onnxpb_value_info, o->n_inputs);
    if (!in) return tfp_no_memory(c->ctx);
    for (size_t i = 0; i < o->n_inputs; i++) TFP_TRY(add_input(c, o->inputs[i], &in[i]));
    c->part.input.at = in;
    c->part.input.n = o->n_inputs;
    return TFP_OK;
}

static tfp_status choose_outputs(struct cut *c, const struct tfp_model_options *o)
{
    struct onnxpb_value_info *out = ARENA_ARRAY(c->l->arena, struct onnxpb_value_info, o->n_outputs);
    if (!out) return tfp_no_memory(c->ctx);
    for (size_t i = 0; i < o->n_outputs; i++) {
        struct bytes name;
        TFP_TRY(find_value(c, "output", o->outputs[i], &name));
        const struct onnxpb_value_info *info = get(&c->infos, name);
        out[i] = info ? *info : (struct onnxpb_value_info){ .name = name };
    }
    c->part.output.at = out;
    c->part.output.n = o->n_outputs;
    return TFP_OK;
}

/* -- what is needed ------------------------------------------------------------------------------------------------ */

/* The list of names grows while it is walked: what a value's node uses is behind it. */
static tfp_status follow(struct cut *c)
{
    for (size_t i = 0; i < c->part.output.n; i++)
        if (!onnx_names_add(&c->needed, c->part.output.at[i].name)) return tfp_no_memory(c->ctx);
    for (size_t i = 0; i < c->needed.n; i++) {
        const struct bytes name = c->needed.at[i];
        const struct onnxpb_node *n = get(&c->asked, name) ? NULL : get(&c->makers, name);
        if (n && !onnx_names_of_node(&c->needed, n)) return tfp_no_memory(c->ctx);
    }
    return TFP_OK;
}

static bool makes_needed(const struct cut *c, const struct onnxpb_node *n)
{
    for (size_t k = 0; k < n->output.n; k++) {
        const struct bytes name = n->output.at[k];
        if (name.n && map_find(&c->needed.known, name.at, name.n) && !get(&c->asked, name)) return true;
    }
    return false;
}

/* A node that stays for another of its results does not make an input again. */
static tfp_status keep_node(struct cut *c, const struct onnxpb_node *n, struct onnxpb_node *out)
{
    struct bytes *names = NULL;
    *out = *n;
    for (size_t k = 0; k < n->output.n; k++) {
        if (!n->output.at[k].n || !get(&c->asked, n->output.at[k])) continue;
        if (!names && !(names = arena_copy(c->l->arena, n->output.at, n->output.n * sizeof *names)))
            return tfp_no_memory(c->ctx);
        names[k].n = 0;
    }
    if (names) out->output.at = names;
    return TFP_OK;
}

static tfp_status keep_nodes(struct cut *c)
{
    struct onnxpb_node *nodes = ARENA_ARRAY(c->l->arena, struct onnxpb_node, c->g->node.n);
    size_t n = 0;
    if (!nodes) return tfp_no_memory(c->ctx);
    for (size_t i = 0; i < c->g->node.n; i++)
        if (makes_needed(c, &c->g->node.at[i])) TFP_TRY(keep_node(c, &c->g->node.at[i], &nodes[n++]));
    c->part.node.at = nodes;
    c->part.node.n = n;
    return TFP_OK;
}

static bool is_kept(const struct cut *c, struct bytes name)
{
    return map_find(&c->needed.known, name.at, name.n) && !get(&c->asked, name);
}

static tfp_status keep_initializers(struct cut *c)
{
    struct onnxpb_tensor *dense = ARENA_ARRAY(c->l->arena, struct onnxpb_tensor, c->g->initializer.n);
    struct onnxpb_sparse_tensor *sparse = ARENA_ARRAY(c->l->arena, struct onnxpb_sparse_tensor, c->g->sparse_initializer.n);
    size_t n = 0, m = 0;
    if (!dense || !sparse) return tfp_no_memory(c->ctx);
    for (size_t i = 0; i < c->g->initializer.n; i++)
        if (is_kept(c, c->g->initializer.at[i].name)) dense[n++] = c->g->initializer.at[i];
    for (size_t i = 0; i < c->g->sparse_initializer.n; i++) {
        const struct onnxpb_tensor *t = c->g->sparse_initializer.at[i].values;
        if (!t || is_kept(c, t->name)) sparse[m++] = c->g->sparse_initializer.at[i];
    }
    c->part.initializer.at = dense;
    c->part.initializer.n = n;
    c->part.sparse_initializer.at = sparse;
    c->part.sparse_initializer.n = m;
    return TFP_OK;
}

/* Of the file's own inputs those that are needed, which are all asked for when any is. */
static tfp_status keep_inputs(struct cut *c, bool chosen)
{
    struct onnxpb_value_info *in = ARENA_ARRAY(c->l->arena, struct onnxpb_value_info, c->g->input.n);
    size_t n = 0;
    if (!in) return tfp_no_memory(c->ctx);
    for (size_t i = 0; i < c->g->input.n; i++) {
        const struct bytes name = c->g->input.at[i].name;
        if (!get(&c->own_inputs, name) || !is_kept(c, name)) continue;
        if (chosen)
            return tfp_fail(c->ctx, TFP_E_USAGE, "the outputs need input \"%.*s\": name it as an input, too",
                            (int)(name.n & 0xfff), name.at);
        in[n++] = c->g->input.at[i];
    }
    if (chosen) return TFP_OK;
    c->part.input.at = in;
    c->part.input.n = n;
    return TFP_OK;
}

tfp_status onnx_cut(struct tfp_context *ctx, struct onnx_lower *l, const struct tfp_model_options *o,
                    struct onnxpb_graph *g)
{
    const struct onnxpb_graph whole = *g;
    struct cut c = { .ctx = ctx, .l = l, .g = &whole, .part = whole };
    if (!o->n_inputs && !o->n_outputs) return TFP_OK;
    TFP_TRY(index_names(&c));
    if (o->n_inputs) TFP_TRY(choose_inputs(&c, o));
    if (o->n_outputs) TFP_TRY(choose_outputs(&c, o));
    TFP_TRY(follow(&c));
    TFP_TRY(keep_nodes(&c));
    TFP_TRY(keep_inputs(&c, o->n_inputs > 0));
    TFP_TRY(keep_initializers(&c));
    *g = c.part;
    return TFP_OK;
}
