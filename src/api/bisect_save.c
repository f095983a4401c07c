/* The sub-model that shows where two ways part, as files: the nodes as ONNX, what goes in, what either side gives. */
#include "api/bisect.h"
#include "base/file.h"
#include "base/text.h"
#include "ir/tensor_info.h"
#include "optimize/cut.h"

#include <string.h>

static tfp_status write_array(struct tfp_context *ctx, struct bisecting *b, const char *folder, const char *name,
                              const struct tfp_tensor *t)
{
    const char *path = arena_printf(b->arena, "%s/%s.npy", folder, name);
    return path ? tfp_npy_write(ctx, path, t) : tfp_no_memory(ctx);
}

/* The nodes in a copy of the model's graph. */
static tfp_status cut_nodes(struct tfp_context *ctx, struct bisecting *b, struct ir_graph *g)
{
    const size_t n = b->n_frontier;
    struct ir_names names;
    struct ir_value **inputs = ARENA_ARRAY(b->arena, struct ir_value *, n);
    if (!inputs || !ir_name_results(g, b->arena, &names)) return tfp_no_memory(ctx);
    for (size_t i = 0; i < n; i++) inputs[i] = names.at[b->frontier[i]].value;
    return cut_region(ctx, g, inputs, b->told.inputs, n, names.at[b->worst].value, b->told.tensor);
}

static tfp_status write_derived(struct tfp_context *ctx, struct bisecting *b, struct ir_graph *g, const char *path)
{
    const struct tfp_onnx_options o = { .size = sizeof o, .opset = b->sides[1]->way.opset };
    struct tfp_model *part;
    TFP_TRY(expose_derive(ctx, b->comparison->model, g, &part));
    tfp_status status = tfp_model_write_onnx(ctx, part, path, &o);
    tfp_model_destroy(part);
    return status;
}

/* Every input that the nodes have, numbered as the file has them. */
static tfp_status write_inputs(struct tfp_context *ctx, struct bisecting *b, const struct ir_graph *g, const char *folder)
{
    for (size_t i = 0; i < g->n_inputs; i++) {
        const char *name = g->inputs[i]->name, *file = arena_printf(b->arena, "input_%zu", i);
        const size_t of_model = tensor_info_find(b->comparison->model->inputs, b->comparison->model->n_inputs, name);
        const struct tfp_tensor *t = of_model == SIZE_MAX ? NULL : &b->inputs[of_model];
        for (size_t k = 0; k < b->n_frontier; k++)
            if (strcmp(b->told.inputs[k], name) == 0) t = b->values[k];
        if (!file || !t) return tfp_no_memory(ctx);
        TFP_TRY(write_array(ctx, b, folder, file, t));
    }
    return TFP_OK;
}

/* `inputs`: names of the inputs in that file. */
static void add_command(struct text *t, const char *file, const struct ir_graph *g, const char *const *inputs, const char *output)
{
    text_add(t, "  tfport compare %s --backends cpu", file);
    for (size_t i = 0; i < g->n_inputs; i++)
        text_add(t, " --input '%s=input_%zu.npy'", inputs ? inputs[i] : g->inputs[i]->name, i);
    text_add(t, " --reference '%s=reference.npy'\n", output);
}

static tfp_status write_text(struct tfp_context *ctx, struct bisecting *b, const char *folder, const struct text *t)
{
    const char *path = arena_printf(b->arena, "%s/README.txt", folder);
    return path && t->at && !t->failed ? file_write_whole(ctx, path, t->at, t->n) : tfp_no_memory(ctx);
}

/* The file's own names of what the nodes take. */
static const char **names_in_file(struct bisecting *b, const struct ir_graph *g)
{
    const char **out = ARENA_ARRAY(b->arena, const char *, g->n_inputs);
    for (size_t i = 0; out && i < g->n_inputs; i++) {
        out[i] = g->inputs[i]->name;
        for (size_t k = 0; k < b->n_frontier; k++)
            if (strcmp(b->told.inputs[k], out[i]) == 0) out[i] = b->names[1][b->frontier[k]];
    }
    return out;
}

/* The same cut out of the other side's file, where that is a model. */
static tfp_status write_other(struct tfp_context *ctx, struct bisecting *b, const struct ir_graph *g, const char *folder,
                              struct text *t)
{
    const struct side *s = b->sides[1];
    const struct tfp_onnx_options options = { .size = sizeof options };
    struct tfp_model_options o = { .size = sizeof o };
    struct tfp_model *m;
    const char *output = b->names[1][b->worst], **inputs = names_in_file(b, g), *path = arena_printf(b->arena, "%s/other.onnx", folder);
    if (!path || !inputs) return tfp_no_memory(ctx);
    if (!s->way.path || !tfp_is_onnx(s->way.path) || b->probes[b->worst].output != SIZE_MAX) return TFP_OK;
    o.inputs = inputs;
    o.n_inputs = g->n_inputs;
    o.outputs = &output;
    o.n_outputs = 1;
    if (!o.n_inputs) return TFP_OK;
    TFP_TRY(tfp_model_open(ctx, s->way.path, &o, &m));
    tfp_status status = tfp_model_write_onnx(ctx, m, path, &options);
    tfp_model_destroy(m);
    if (status != TFP_OK) return status;
    text_add(t, "other.onnx holds the nodes as %s has them:\n", s->told.word);
    add_command(t, "other.onnx", g, inputs, output);
    return TFP_OK;
}

static tfp_status save_all(struct tfp_context *ctx, struct bisecting *b, const struct tfp_tensor *result, const char *folder,
                           struct ir_graph *g, struct text *t)
{
    text_add(t, "The nodes where %s and %s part: tensor %s, node %s (%s).\n\n", b->sides[0]->told.word, b->sides[1]->told.word,
             b->told.tensor, b->told.node, b->told.op);
    text_add(t, "reference.npy is what %s gives, result.npy what %s does:\n", b->sides[0]->told.word, b->sides[1]->told.word);
    add_command(t, "model.onnx", g, NULL, b->told.tensor);
    TFP_TRY(write_inputs(ctx, b, g, folder));
    TFP_TRY(write_array(ctx, b, folder, "reference", b->values[b->n_frontier]));
    TFP_TRY(write_array(ctx, b, folder, "result", result));
    TFP_TRY(write_other(ctx, b, g, folder, t));
    return write_text(ctx, b, folder, t);
}

tfp_status bisect_save(struct tfp_context *ctx, struct bisecting *b, const struct tfp_tensor *result, const char *folder)
{
    struct ir_graph *g;
    struct text t = { 0 };
    const char *path = arena_printf(b->arena, "%s/model.onnx", folder);
    if (!path) return tfp_no_memory(ctx);
    TFP_TRY(file_make_folder(ctx, folder));
    TFP_TRY(ir_clone(ctx, b->graph, &g));
    tfp_status status = cut_nodes(ctx, b, g);
    if (status == TFP_OK) status = save_all(ctx, b, result, folder, g, &t);
    text_free(&t);
    if (status == TFP_OK) return write_derived(ctx, b, g, path); /* takes the graph */
    ir_destroy(g);
    return status;
}
