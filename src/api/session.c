/* The public session: checks inputs against the model, finds the backend, hands over. */
#include "api/bundle_file.h"
#include "api/bundle_session.h"
#include "api/engine_session.h"
#include "api/expose.h"
#include "api/model.h"
#include "api/session.h"
#include "base/cores.h"
#include "backend/onnx/onnx_write.h"
#include "backend/tensorrt/plan_file.h"
#include "ir/tensor_info.h"
#include "optimize/optimize.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static tfp_status unknown_backend(struct tfp_context *ctx, const char *name)
{
    char known[200];
    return tfp_fail(ctx, TFP_E_USAGE, "backend %s: known are %s", name, backend_names(known, sizeof known));
}

/* `usual`: the backend where none is asked for. */
static tfp_status make_session(struct tfp_context *ctx, const struct tfp_session_options *o, const char *usual,
                               struct backend_options *b, struct tfp_session **out)
{
    const struct backend *backend = backend_find(o->backend ? o->backend : usual);
    if (!backend) return unknown_backend(ctx, o->backend);
    if (o->threads < 0) return tfp_fail(ctx, TFP_E_USAGE, "threads %d: 0 (all cores) or more", o->threads);
    if (o->opset && (o->opset < ONNX_OLDEST_OPSET || o->opset > schema_newest_opset))
        return tfp_fail(ctx, TFP_E_USAGE, "opset %d: from %d to %d are known", o->opset, ONNX_OLDEST_OPSET,
                        schema_newest_opset);
    if (o->opset && !backend->reads_onnx)
        return tfp_fail(ctx, TFP_E_USAGE, "backend %s takes no ONNX, for which there is an opset", backend->name);
    if (o->build && !backend->reads_plans)
        return tfp_fail(ctx, TFP_E_USAGE, "backend %s builds no engine, for which there are build options", backend->name);
    b->threads = o->threads ? o->threads : cores_for_one_of(1);
    b->library = backend->reads_plans && o->tensorrt     ? o->tensorrt
                 : backend->runs_original && o->tensorflow ? o->tensorflow
                                                           : o->library;
    b->device = o->device;
    b->no_graph = o->no_cuda_graph;
    b->allow_host_code = o->allow_host_code;
    struct tfp_session *s = calloc(1, sizeof *s);
    if (!s) return tfp_no_memory(ctx);
    s->backend = backend;
    *out = s;
    return TFP_OK;
}

static tfp_status open_state(struct tfp_context *ctx, struct tfp_session *s, const struct ir_graph *g,
                             const struct backend_options *b)
{
    s->state = calloc(1, s->backend->state_size);
    return s->state ? s->backend->open(ctx, s->state, g, b) : tfp_no_memory(ctx);
}

enum { SESSION_OPSET = 17 }; /* between tfport and a library that reads ONNX: every current one takes it */

static tfp_status open_backend(struct tfp_context *ctx, struct tfp_session *s, struct ir_graph *g, int opset,
                               struct backend_options *b)
{
    struct ir_graph *copy;
    if (!s->backend->reads_onnx) {
        TFP_TRY(optimize_fold(ctx, g));
        TFP_TRY(ir_align_constants(ctx, g));
        return open_state(ctx, s, g, b);
    }
    TFP_TRY(ir_clone(ctx, g, &copy));
    tfp_status status = onnx_write_memory(ctx, copy, opset ? opset : SESSION_OPSET, &s->onnx);
    ir_destroy(copy);
    TFP_TRY(status);
    b->onnx = (struct bytes){ s->onnx->data, s->onnx->size };
    return open_state(ctx, s, NULL, b);
}

static tfp_status open_engines(struct tfp_context *ctx, struct tfp_session *s, struct engine_source from,
                               const struct tfp_session_options *o, const struct backend_options *b)
{
    TFP_TRY(engines_open(ctx, from, o, s->backend, b, &s->engines));
    s->inputs = engines_info(s->engines, false, &s->n_inputs);
    s->outputs = engines_info(s->engines, true, &s->n_outputs);
    return engines_for(ctx, s->engines, NULL, &s->state);
}

/* What parses a value, behind what only changes its shape. */
static bool is_parsed_value(const struct ir_value *v, int steps)
{
    for (const struct ir_use *u = v->uses; u; u = u->next) {
        const struct ir_node *n = u->node;
        const bool passes = n->op == IR_IDENTITY || n->op == IR_RESHAPE || n->op == IR_SQUEEZE || n->op == IR_UNSQUEEZE;
        const bool parses = n->op == IR_PARSE_EXAMPLE || n->op == IR_PARSE_FEATURE_LISTS;
        if (parses || (passes && steps && is_parsed_value(n->out[0], steps - 1))) return true;
    }
    return false;
}

bool tfp_model_takes_examples(const tfp_model *m, size_t i)
{
    enum { STEPS = 4 };
    return m->graph && i < m->graph->n_inputs && is_parsed_value(m->graph->inputs[i], STEPS);
}

static tfp_status describe_exposed(struct tfp_context *ctx, struct tfp_session *s, const struct tfp_model *m,
                                   const struct tfp_session_options *o)
{
    struct tfp_tensor_info *all = calloc(m->n_outputs + o->n_expose + 1, sizeof *all);
    if (!all) return tfp_no_memory(ctx);
    for (size_t i = 0; i < m->n_outputs; i++) all[i] = m->outputs[i];
    for (size_t i = 0; i < o->n_expose; i++) all[m->n_outputs + i] = (struct tfp_tensor_info){ .name = o->expose[i], .rank = -1 };
    s->outputs = s->exposed = all;
    s->n_outputs = m->n_outputs + o->n_expose;
    return TFP_OK;
}

/* The model as it was saved: whether tfport can lower it says nothing. */
static tfp_status open_original(struct tfp_context *ctx, struct tfp_session *s, struct tfp_model *m,
                                const struct tfp_session_options *o, struct backend_options *b)
{
    const struct frontend *f = m->source->frontend;
    struct tensorflow_program program;
    if (!f->original)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: TensorFlow's C library reads no %s", m->path, m->source->format);
    TFP_TRY(f->original(ctx, m->source, &program));
    b->original = &program;
    b->expose = o->expose;
    b->n_expose = o->n_expose;
    tfp_status status = program.n_inputs == m->n_inputs && program.n_outputs == m->n_outputs
                            ? open_state(ctx, s, NULL, b)
                            : tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: tfport takes other inputs than the graph has", m->path);
    b->original = NULL;
    buffer_drop(program.owner);
    return status == TFP_OK && o->n_expose ? describe_exposed(ctx, s, m, o) : status;
}

static tfp_status open_model(struct tfp_context *ctx, struct tfp_session *s, struct tfp_model *m,
                             const struct tfp_session_options *o, struct backend_options *b)
{
    struct ir_graph *g;
    if (o->n_expose && !s->backend->runs_original) {
        tfp_model *exposed;
        TFP_TRY(expose_outputs(ctx, m, o->expose, o->n_expose, &exposed));
        s->derived = m = exposed;
    }
    s->inputs = m->inputs;
    s->n_inputs = m->n_inputs;
    s->outputs = m->outputs;
    s->n_outputs = m->n_outputs;
    s->model = m;
    if (s->backend->runs_original) return open_original(ctx, s, m, o, b);
    TFP_TRY(model_graph(ctx, m, true, &g));
    if (s->backend->reads_plans) return open_engines(ctx, s, (struct engine_source){ .model = m }, o, b);
    return open_backend(ctx, s, g, o->opset, b);
}

tfp_status tfp_session_create(tfp_context *ctx, tfp_model *m, const struct tfp_session_options *options, tfp_session **out)
{
    struct backend_options b = { 0 };
    struct tfp_session_options o;
    struct tfp_session *s = NULL;
    TFP_TRY(API_OPTIONS(ctx, options, &o));
    TFP_TRY(make_session(ctx, &o, "cpu", &b, &s));
    tfp_status status = open_model(ctx, s, m, &o, &b);
    if (status != TFP_OK) {
        tfp_session_destroy(s);
        return status;
    }
    *out = s;
    return TFP_OK;
}

bool tfp_is_onnx(const char *path)
{
    size_t n = strlen(path);
    return n > 5 && strcmp(path + n - 5, ".onnx") == 0;
}

/* A model's file for a backend that takes graphs. */
static tfp_status open_own(struct tfp_context *ctx, struct tfp_session *s, const struct tfp_session_options *o,
                           struct backend_options *b)
{
    TFP_TRY(tfp_model_open(ctx, b->path, NULL, &s->own));
    return open_model(ctx, s, s->own, o, b);
}

static bool is_parsed(const struct tfp_session *s, const struct tfp_session_options *o, const char *path)
{
    return s->backend->reads_plans && tfp_is_onnx(path) && !(o->build && o->build->via == TFP_VIA_DIRECT);
}

static tfp_status open_file(struct tfp_context *ctx, struct tfp_session *s, bool is_plan,
                            const struct tfp_session_options *o, struct backend_options *b)
{
    if (is_plan && !s->backend->reads_plans)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s is an engine, which backend %s does not run; tensorrt does", b->path,
                        s->backend->name);
    if (o->n_expose && (is_plan || is_parsed(s, o, b->path)))
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: nothing inside of it can be an output, its engine is made from it as it is",
                        b->path);
    if (!is_plan && is_parsed(s, o, b->path)) return open_engines(ctx, s, (struct engine_source){ .onnx = b->path }, o, b);
    if (!is_plan && !s->backend->reads_onnx) return open_own(ctx, s, o, b);
    if (o->build) return tfp_fail(ctx, TFP_E_USAGE, "%s: build options are for a model or an ONNX file", b->path);
    if (o->n_expose) {
        TFP_TRY(expose_onnx(ctx, b->path, o->expose, o->n_expose, &s->onnx));
        b->path = NULL;
        b->onnx = (struct bytes){ s->onnx->data, s->onnx->size };
    }
    TFP_TRY(open_state(ctx, s, NULL, b));
    s->inputs = s->backend->info(s->state, false, &s->n_inputs);
    s->outputs = s->backend->info(s->state, true, &s->n_outputs);
    return TFP_OK;
}

tfp_status tfp_session_open(tfp_context *ctx, const char *path, const struct tfp_session_options *options, tfp_session **out)
{
    struct backend_options b = { .path = path };
    struct tfp_session_options o;
    struct tfp_session *s = NULL;
    const bool is_plan = plan_file_probe(path);
    TFP_TRY(API_OPTIONS(ctx, options, &o));
    if (tfp_is_bundle(path) && o.n_expose)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: nothing inside of a bundle can be an output", path);
    if (tfp_is_bundle(path)) return bundle_session_open(ctx, path, &o, out);
    TFP_TRY(make_session(ctx, &o, is_plan ? "tensorrt" : "cpu", &b, &s));
    tfp_status status = open_file(ctx, s, is_plan, &o, &b);
    if (status != TFP_OK) {
        tfp_session_destroy(s);
        return status;
    }
    *out = s;
    return TFP_OK;
}

void tfp_session_destroy(tfp_session *s)
{
    if (!s) return;
    if (s->state && !s->engines) s->backend->close(s->state);
    if (!s->engines) free(s->state);
    engines_close(s->engines);
    buffer_drop(s->onnx);
    tfp_model_destroy(s->derived);
    tfp_model_destroy(s->own);
    free(s->exposed);
    free(s->examples);
    free(s);
}

tfp_status session_ready(struct tfp_context *ctx, struct tfp_session *s, const struct tfp_tensor *inputs)
{
    return s->engines ? engines_for(ctx, s->engines, inputs, &s->state) : TFP_OK;
}

size_t tfp_session_n_inputs(const tfp_session *s)
{
    return s->n_inputs;
}

size_t tfp_session_n_outputs(const tfp_session *s)
{
    return s->n_outputs;
}

const struct tfp_tensor_info *tfp_session_input(const tfp_session *s, size_t i)
{
    return i < s->n_inputs ? &s->inputs[i] : NULL;
}

bool tfp_session_takes_examples(const tfp_session *s, size_t i)
{
    if (s->examples) return i < s->n_inputs && s->examples[i];
    return s->model && tfp_model_takes_examples(s->model, i);
}

const struct tfp_tensor_info *tfp_session_output(const tfp_session *s, size_t i)
{
    return i < s->n_outputs ? &s->outputs[i] : NULL;
}

/* "float32[?,3]" */
static const char *shape_text(tfp_dtype dtype, int64_t rank, const int64_t *dims, char *room, size_t n)
{
    size_t k = (size_t)snprintf(room, n, "%s[%s", tfp_dtype_name(dtype), rank < 0 ? "..." : "");
    for (int64_t i = 0; i < rank && k < n; i++) {
        if (dims[i] < 0) k += (size_t)snprintf(room + k, n - k, "%s?", i ? "," : "");
        else k += (size_t)snprintf(room + k, n - k, "%s%lld", i ? "," : "", (long long)dims[i]);
    }
    if (k < n) snprintf(room + k, n - k, "]");
    return room;
}

static tfp_status check_input(struct tfp_context *ctx, const struct tfp_tensor_info *want, const struct tfp_tensor *have)
{
    char a[256], b[256];
    if (!tensor_info_takes(want, have))
        return tfp_fail(ctx, TFP_E_USAGE, "input %s: %s was given, %s is expected", want->name,
                        shape_text(have->dtype, have->rank, have->dims, a, sizeof a),
                        shape_text(want->dtype, want->rank, want->dims, b, sizeof b));
    struct tensor t;
    TFP_TRY(tensor_describe(ctx, want->name, have->dtype, have->rank, have->dims, &t));
    if (have->size < t.size || (t.size && !have->data))
        return tfp_fail(ctx, TFP_E_USAGE, "input %s: %zu bytes were given, %zu are needed", want->name, have->size, t.size);
    return TFP_OK;
}

tfp_status session_check(struct tfp_context *ctx, const struct tfp_session *s, const struct tfp_tensor *inputs, size_t n)
{
    if (n != s->n_inputs)
        return tfp_fail(ctx, TFP_E_USAGE, "%zu inputs were given, the model has %zu", n, s->n_inputs);
    for (size_t i = 0; i < n; i++) TFP_TRY(check_input(ctx, &s->inputs[i], &inputs[i]));
    return TFP_OK;
}

tfp_status tfp_session_run(tfp_context *ctx, tfp_session *s, const struct tfp_tensor *inputs, size_t n_inputs,
                           struct tfp_tensor *outputs, size_t n_outputs)
{
    if (n_inputs != s->n_inputs || n_outputs != s->n_outputs)
        return tfp_fail(ctx, TFP_E_USAGE, "%zu inputs and %zu outputs were given, the model has %zu and %zu", n_inputs,
                        n_outputs, s->n_inputs, s->n_outputs);
    TFP_TRY(session_check(ctx, s, inputs, n_inputs));
    TFP_TRY(session_ready(ctx, s, inputs));
    return s->backend->run(ctx, s->state, inputs, n_inputs, outputs, n_outputs);
}

tfp_status tfp_session_inspect(tfp_context *ctx, tfp_session *s, char **json)
{
    if (!s->backend->inspect)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "backend %s tells nothing of its program", s->backend->name);
    if (!s->state)
        return tfp_fail(ctx, TFP_E_USAGE, "the engine is built for the shapes of the first run, which was not yet");
    return s->backend->inspect(ctx, s->state, json);
}
