/* The public model: a source in its file's own words, and the IR made of it when that is asked for. */
#include "api/model.h"

#include "api/bundle_file.h"
#include "api/model_parts.h"
#include "backend/onnx/onnx_write.h"
#include "base/text.h"
#include "optimize/optimize.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* An options struct of an older caller is shorter: what it lacks stays zero. */
tfp_status api_options(struct tfp_context *ctx, const void *from, size_t from_size, void *to, size_t to_size)
{
    memset(to, 0, to_size);
    if (from && (from_size < sizeof(size_t) || from_size > to_size))
        return tfp_fail(ctx, TFP_E_USAGE, "options: size is %zu, this library knows %zu bytes", from_size, to_size);
    if (from) memcpy(to, from, from_size);
    memcpy(to, &to_size, sizeof to_size); /* the first member of each */
    return TFP_OK;
}

/* -- tensor infos -------------------------------------------------------------------------------------------------- */

static bool describe(struct arena *a, const struct ir_graph *g, const char *name, const struct ir_value *v,
                     struct tfp_tensor_info *out)
{
    int64_t *dims = v->rank > 0 ? ARENA_ARRAY(a, int64_t, (size_t)v->rank) : NULL;
    const char **labels = v->rank > 0 ? ARENA_ARRAY(a, const char *, (size_t)v->rank) : NULL;
    if (v->rank > 0 && (!dims || !labels)) return false;
    for (int32_t i = 0; i < v->rank; i++) {
        dims[i] = dim_fixed(v->dims[i]) ? v->dims[i].n : -1;
        labels[i] = dim_fixed(v->dims[i]) ? NULL : ir_symbol_name(g, v->dims[i]);
    }
    *out = (struct tfp_tensor_info){ .name = name, .dtype = v->dtype, .rank = v->rank, .dims = dims, .labels = labels };
    return true;
}

tfp_status model_describe_graph(struct tfp_context *ctx, struct arena *a, const struct ir_graph *g,
                                const struct tfp_tensor_info **inputs, const struct tfp_tensor_info **outputs)
{
    struct tfp_tensor_info *in = ARENA_ARRAY(a, struct tfp_tensor_info, g->n_inputs);
    struct tfp_tensor_info *out = ARENA_ARRAY(a, struct tfp_tensor_info, g->n_outputs);
    if (!in || !out) return tfp_no_memory(ctx);
    for (size_t i = 0; i < g->n_inputs; i++)
        if (!describe(a, g, g->inputs[i]->name, g->inputs[i], &in[i])) return tfp_no_memory(ctx);
    for (size_t i = 0; i < g->n_outputs; i++)
        if (!describe(a, g, g->outputs[i].name, g->outputs[i].value, &out[i])) return tfp_no_memory(ctx);
    *inputs = in;
    *outputs = out;
    return TFP_OK;
}

/* After lowering, shapes are known better than the file says. */
static tfp_status describe_graph(struct tfp_context *ctx, struct tfp_model *m)
{
    m->n_inputs = m->graph->n_inputs;
    m->n_outputs = m->graph->n_outputs;
    return model_describe_graph(ctx, &m->arena, m->graph, &m->inputs, &m->outputs);
}

/* -- opening ------------------------------------------------------------------------------------------------------- */

static tfp_status copy_ops(struct tfp_context *ctx, struct tfp_model *m)
{
    struct tfp_op_count *ops = ARENA_ARRAY(&m->arena, struct tfp_op_count, m->source->n_ops);
    if (!ops) return tfp_no_memory(ctx);
    for (size_t i = 0; i < m->source->n_ops; i++) {
        const struct source_op *from = &m->source->ops[i];
        ops[i] = (struct tfp_op_count){ .op = from->op, .count = from->count, .supported = from->supported };
    }
    m->ops = ops;
    return TFP_OK;
}

/* A model that cannot be lowered is still open: it can be looked at, and whoever needs the IR gets the reason. */
static tfp_status open_model(struct tfp_context *ctx, const char *path, const struct tfp_model_options *options,
                             struct tfp_model *m)
{
    if (!(m->path = arena_string(&m->arena, path, strlen(path)))) return tfp_no_memory(ctx);
    TFP_TRY(frontend_open(ctx, path, options, &m->source));
    m->inputs = m->source->inputs;
    m->n_inputs = m->source->n_inputs;
    m->outputs = m->source->outputs;
    m->n_outputs = m->source->n_outputs;
    TFP_TRY(copy_ops(ctx, m));
    tfp_status status = m->source->frontend->lower(ctx, m->source, &m->graph);
    bool incomplete = status == TFP_E_FORMAT && m->source->lacks_weights;
    if (status == TFP_E_UNSUPPORTED || status == TFP_E_USAGE || incomplete) { /* E_USAGE: something is to be chosen */
        m->refusal_code = status;
        m->refusal = arena_string(&m->arena, ctx->text, strlen(ctx->text));
        return m->refusal ? TFP_OK : tfp_no_memory(ctx);
    }
    TFP_TRY(status);
    return describe_graph(ctx, m);
}

tfp_status tfp_model_open(tfp_context *ctx, const char *path, const struct tfp_model_options *options, tfp_model **out)
{
    struct tfp_model_options o;
    TFP_TRY(API_OPTIONS(ctx, options, &o));
    if (tfp_is_bundle(path)) return tfp_fail(ctx, TFP_E_USAGE, "%s: is a bundle, which runs as it is", path);
    struct tfp_model *m = calloc(1, sizeof *m);
    if (!m) return tfp_no_memory(ctx);
    m->unroll = o.unroll;
    tfp_status status = open_model(ctx, path, &o, m);
    if (status != TFP_OK) {
        tfp_model_destroy(m);
        return status;
    }
    *out = m;
    return TFP_OK;
}

void tfp_model_destroy(tfp_model *m)
{
    if (!m) return;
    ir_destroy(m->graph);
    if (m->source && !m->borrowed) m->source->frontend->close(m->source);
    arena_free(&m->arena);
    free(m);
}

enum { UNROLL_DEFAULT = 16 };

tfp_status model_graph(struct tfp_context *ctx, struct tfp_model *m, bool optimized, struct ir_graph **out)
{
    if (m->refusal) return tfp_fail(ctx, m->refusal_code, "%s", m->refusal);
    if (optimized && !m->optimized) {
        tfp_progress(ctx, "optimize", 0, 0);
        TFP_TRY(optimize_graph(ctx, m->graph));
        if (m->unroll >= 0) TFP_TRY(optimize_unroll(ctx, m->graph, m->unroll ? m->unroll : UNROLL_DEFAULT));
        m->optimized = true;
        malloc_trim(0); /* reading and optimizing leave holes of a few MB; what follows needs large pieces */
    }
    *out = m->graph;
    return TFP_OK;
}

/* -- looking ------------------------------------------------------------------------------------------------------- */

const char *tfp_model_format(const tfp_model *m)
{
    return m->source->format;
}

const char *tfp_model_producer(const tfp_model *m)
{
    return m->source->producer ? m->source->producer : "";
}

size_t tfp_model_n_inputs(const tfp_model *m)
{
    return m->n_inputs;
}

size_t tfp_model_n_outputs(const tfp_model *m)
{
    return m->n_outputs;
}

const struct tfp_tensor_info *tfp_model_input(const tfp_model *m, size_t i)
{
    return i < m->n_inputs ? &m->inputs[i] : NULL;
}

const struct tfp_tensor_info *tfp_model_output(const tfp_model *m, size_t i)
{
    return i < m->n_outputs ? &m->outputs[i] : NULL;
}

size_t tfp_model_n_ops(const tfp_model *m)
{
    return m->source->n_ops;
}

const struct tfp_op_count *tfp_model_op(const tfp_model *m, size_t i)
{
    return i < m->source->n_ops ? &m->ops[i] : NULL;
}

void tfp_model_weights(const tfp_model *m, uint64_t *elements, uint64_t *bytes)
{
    *elements = m->source->weight_elements;
    *bytes = m->source->weight_bytes;
}

const char *tfp_model_tensorflow_version(const tfp_model *m)
{
    return m->source->tensorflow_version ? m->source->tensorflow_version : "";
}

int32_t tfp_model_min_consumer(const tfp_model *m)
{
    return m->source->min_consumer;
}

size_t tfp_model_n_tags(const tfp_model *m)
{
    return m->source->n_tags;
}

const char *tfp_model_tag(const tfp_model *m, size_t i)
{
    return i < m->source->n_tags ? m->source->tags[i] : NULL;
}

size_t tfp_model_n_signatures(const tfp_model *m)
{
    return m->source->n_signatures;
}

const struct tfp_signature *tfp_model_signature(const tfp_model *m, size_t i)
{
    return i < m->source->n_signatures ? &m->source->signatures[i] : NULL;
}

const char *tfp_model_signature_used(const tfp_model *m)
{
    return m->source->signature ? m->source->signature : "";
}

size_t tfp_model_n_files(const tfp_model *m)
{
    return m->source->n_files;
}

const struct tfp_file *tfp_model_file(const tfp_model *m, size_t i)
{
    return i < m->source->n_files ? &m->source->files[i] : NULL;
}

size_t tfp_model_n_variables(const tfp_model *m)
{
    return m->source->n_variables;
}

const struct tfp_variable *tfp_model_variable(const tfp_model *m, size_t i)
{
    return i < m->source->n_variables ? &m->source->variables[i] : NULL;
}

const char *tfp_model_refusal(const tfp_model *m)
{
    return m->refusal ? m->refusal : "";
}

tfp_status tfp_model_dump(tfp_context *ctx, tfp_model *m, char **out)
{
    struct ir_graph *g = NULL;
    struct text text = { 0 };
    TFP_TRY(model_graph(ctx, m, true, &g));
    TFP_TRY(optimize_fold(ctx, g));
    ir_dump(g, &text);
    *out = text_take(&text);
    return *out ? TFP_OK : tfp_no_memory(ctx);
}

/* -- ONNX ---------------------------------------------------------------------------------------------------------- */

enum { DEFAULT_OPSET = 17 };
#define PROTOBUF_LIMIT (0x7fffffffull - 64 * 1024)

int tfp_onnx_newest_opset(void)
{
    return schema_newest_opset;
}

static tfp_status write_graph(struct tfp_context *ctx, const struct ir_graph *from, const char *path,
                              const struct onnx_write_options *o)
{
    struct ir_graph *g;
    TFP_TRY(ir_clone(ctx, from, &g));
    tfp_status status = onnx_write(ctx, g, path, o);
    ir_destroy(g);
    return status;
}

static tfp_status write_core(struct tfp_context *ctx, struct ir_graph *from, const char *path,
                             const struct tfp_onnx_options *o, const struct onnx_write_options *write)
{
    struct ir_graph *g;
    TFP_TRY(parts_core(ctx, from, o->cut_at, o->n_cut_at, &g));
    tfp_status status = onnx_write(ctx, g, path, write);
    ir_destroy(g);
    return status;
}

/* A refusal for what a CPU alone does tells the way out. */
static tfp_status propose_cut(struct tfp_context *ctx, const struct ir_graph *g, tfp_status status)
{
    if (status != TFP_E_UNSUPPORTED || !parts_has_host(g)) return status;
    return tfp_prefix(ctx, status, "only a CPU can do all of the model (--cut auto writes its core, --bundle all parts)");
}

tfp_status tfp_model_write_onnx(tfp_context *ctx, tfp_model *m, const char *path, const struct tfp_onnx_options *options)
{
    struct tfp_onnx_options o;
    struct ir_graph *g = NULL;
    TFP_TRY(API_OPTIONS(ctx, options, &o));
    if (o.opset == 0) o.opset = DEFAULT_OPSET;
    if (o.opset < ONNX_OLDEST_OPSET || o.opset > schema_newest_opset)
        return tfp_fail(ctx, TFP_E_USAGE, "opset %d: from %d to %d are known", o.opset, ONNX_OLDEST_OPSET,
                        schema_newest_opset);
    struct onnx_write_options write = { .opset = o.opset,
                                        .external_above = o.external_above ? o.external_above : PROTOBUF_LIMIT,
                                        .keep_nodes = o.no_optimize };
    o.cut = o.cut || o.n_cut_at;
    write.plain = o.cut || o.bundle; /* a core goes to TensorRT, too */
    if ((o.cut || o.bundle) && o.no_optimize) return tfp_fail(ctx, TFP_E_USAGE, "the core is cut out of the optimized graph");
    if (o.no_optimize && m->optimized) { /* the graph at hand is not as it was lowered: make that one again */
        TFP_TRY(m->source->frontend->lower(ctx, m->source, &g));
        tfp_status status = write_graph(ctx, g, path, &write);
        ir_destroy(g);
        return status;
    }
    TFP_TRY(model_graph(ctx, m, !o.no_optimize, &g));
    if (o.bundle) return bundle_write_onnx(ctx, m, g, path, &o, &write);
    if (o.cut) return write_core(ctx, g, path, &o, &write);
    return propose_cut(ctx, g, write_graph(ctx, g, path, &write));
}

size_t tfp_model_n_layers(const tfp_model *m)
{
    return m->source->n_layers;
}

const struct tfp_layer *tfp_model_layer(const tfp_model *m, size_t i)
{
    return i < m->source->n_layers ? &m->source->layers[i] : NULL;
}

const char *tfp_model_training(const tfp_model *m)
{
    return m->source->training ? m->source->training : "";
}
