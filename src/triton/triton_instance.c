/* One instance of a model: opened as the configuration says, and compared with it. */
#include "triton/triton_serve.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- which file ---------------------------------------------------------------------------------------------------- */

/* Of a mixed set of engines, by the GPU's compute capability. */
static const char *engine_of(const struct settings *s, tfp_context *ctx, int32_t device, char *capability, size_t n)
{
    tfp_tensorrt *t;
    const char *file = NULL;
    if (tfp_tensorrt_open(ctx, s->tensorrt, &t) != TFP_OK) return NULL;
    const struct tfp_tensorrt_info *info = tfp_tensorrt_info(t);
    for (size_t i = 0; i < info->n_gpus; i++) {
        if (info->gpus[i].number != device) continue;
        snprintf(capability, n, "%d.%d", info->gpus[i].major, info->gpus[i].minor);
        file = settings_engine(s, capability);
    }
    tfp_tensorrt_destroy(t);
    return file;
}

static triton_error find_file(struct instance *in, bool gpu, int32_t device, char *path, size_t n)
{
    const struct settings *s = in->settings;
    char capability[32] = "";
    const char *file = gpu && json_object_size(json_object_get(s->config, "cc_model_filenames"))
                           ? engine_of(s, in->ctx, device, capability, sizeof capability)
                           : NULL;
    if (!file) file = s->file;
    if (!file && *capability) return triton_fail(TRITON_UNAVAILABLE, "there is no engine for compute capability %s", capability);
    if (!file) file = "model";
    if ((size_t)snprintf(path, n, "%s/%s", s->folder, file) >= n) return triton_fail(TRITON_INVALID_ARG, "%s: the path is too long", file);
    return NULL;
}

/* -- opening ------------------------------------------------------------------------------------------------------- */

static void set_options(const struct settings *s, const char *weights, struct tfp_model_options *o)
{
    o->inputs = s->inputs_chosen.at;
    o->n_inputs = s->inputs_chosen.n;
    o->outputs = s->outputs_chosen.at;
    o->n_outputs = s->outputs_chosen.n;
    o->tags = s->tags.at;
    o->n_tags = s->tags.n;
    o->signature = s->signature;
    o->weights = s->weights ? weights : NULL;
    o->moving_averages = s->moving_averages;
    o->no_verify = s->no_verify;
    o->state_io = s->state_io;
    o->unroll = s->unroll;
}

/* The configuration fixes what the model leaves open. */
static bool is_fixed(const struct declared *d, const struct tfp_tensor_info *info)
{
    bool more = info->rank < 0;
    for (int32_t k = 0; k < info->rank && (uint32_t)info->rank == d->rank; k++) more = more || (info->dims[k] < 0 && d->dims[k] >= 0);
    return more;
}

static size_t fixed_shapes(const struct settings *s, const tfp_model *m, struct tfp_shape *out)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_inputs; i++)
        for (size_t k = 0; k < tfp_model_n_inputs(m); k++) {
            const struct declared *d = &s->inputs[i];
            const struct tfp_tensor_info *info = tfp_model_input(m, k);
            if (strcmp(info->name, d->name) == 0 && is_fixed(d, info)) out[n++] = (struct tfp_shape){ d->name, d->rank, d->dims };
        }
    return n;
}

static tfp_status open_model(struct instance *in, const char *path)
{
    const struct settings *s = in->settings;
    struct tfp_model_options o = TFP_INIT(struct tfp_model_options);
    char weights[PATH_MAX];
    struct tfp_shape *shapes = calloc(s->n_inputs + 1, sizeof *shapes);
    if (!shapes) return TFP_E_SYSTEM;
    snprintf(weights, sizeof weights, "%s/%s", s->folder, s->weights ? s->weights : "");
    set_options(s, weights, &o);
    tfp_status status = tfp_model_open(in->ctx, path, &o, &in->model);
    if (status == TFP_OK && (o.n_shapes = fixed_shapes(s, in->model, shapes))) {
        o.shapes = shapes;
        tfp_model_destroy(in->model);
        in->model = NULL;
        status = tfp_model_open(in->ctx, path, &o, &in->model);
    }
    free(shapes);
    return status;
}

/* An engine is built for a batch of any size at once, where nothing else is open; else for the shapes of a run. */
static bool plan_building(const struct settings *s, struct building *b)
{
    b->options.size = sizeof b->options;
    b->options.tensorrt = s->tensorrt;
    b->options.precision = s->precision;
    b->ranges = calloc(s->n_inputs + 1, sizeof *b->ranges);
    b->least = calloc(s->n_inputs + 1, sizeof *b->least);
    b->most = calloc(s->n_inputs + 1, sizeof *b->most);
    if (!b->ranges || !b->least || !b->most) return false;
    bool fixed = s->max_batch > 0;
    for (size_t i = 0; i < s->n_inputs; i++) {
        const struct declared *d = &s->inputs[i];
        for (uint32_t k = 0; k < d->rank; k++) {
            fixed = fixed && (k == 0 || d->dims[k] >= 0);
            b->least[i][k] = k ? d->dims[k] : 1;
            b->most[i][k] = k ? d->dims[k] : s->max_batch;
        }
        b->ranges[i] = (struct tfp_range){ d->name, d->rank, b->least[i], b->most[i], b->most[i] };
    }
    b->profile = (struct tfp_profile){ b->ranges, s->n_inputs };
    if (fixed && s->n_inputs) b->options.profiles = &b->profile, b->options.n_profiles = 1;
    return true;
}

static tfp_status open_session(struct instance *in, const char *path, bool gpu, int32_t device)
{
    const struct settings *s = in->settings;
    struct tfp_session_options o = TFP_INIT(struct tfp_session_options);
    const bool plan = tfp_is_plan(path);
    o.backend = s->backend ? s->backend : gpu && !tfp_is_bundle(path) ? "tensorrt" : NULL;
    const bool tensorrt = plan || (o.backend && strcmp(o.backend, "tensorrt") == 0);
    const bool itself = plan || tfp_is_bundle(path) || (tfp_is_onnx(path) && o.backend && strcmp(o.backend, "onnxruntime") == 0);
    o.library = s->library;
    o.tensorrt = s->tensorrt;
    o.threads = tensorrt ? 0 : (int)s->threads;
    o.device = device;
    tfp_status status = plan_building(s, &in->building) ? TFP_OK : TFP_E_SYSTEM;
    if (tensorrt && !plan) o.build = &in->building.options;
    if (status == TFP_OK && !itself) status = open_model(in, path);
    if (status == TFP_OK)
        status = itself ? tfp_session_open(in->ctx, path, &o, &in->session) : tfp_session_create(in->ctx, in->model, &o, &in->session);
    return status;
}

/* -- the configuration against the model --------------------------------------------------------------------------- */

static triton_error compare(const char *what, const struct declared *d, const struct tfp_tensor_info *info)
{
    if (d->dtype != info->dtype)
        return triton_fail(TRITON_INVALID_ARG, "%s %s is %s, the configuration has %s", what, d->name, tfp_dtype_name(info->dtype), tfp_dtype_name(d->dtype));
    if (triton_is_scalar(info) && d->rank == 1 && d->dims[0] == 1) return NULL;
    if (info->rank >= 0 && (uint32_t)info->rank != d->rank)
        return triton_fail(TRITON_INVALID_ARG, "%s %s has rank %d, the configuration has %u with the batch", what, d->name, info->rank, d->rank);
    for (int32_t k = 0; k < info->rank; k++)
        if (info->dims[k] >= 0 && d->dims[k] != info->dims[k] && (d->dims[k] >= 0 || k == 0))
            return triton_fail(TRITON_INVALID_ARG, "%s %s: dimension %d is %lld, the configuration has %lld", what, d->name, k,
                               (long long)info->dims[k], (long long)d->dims[k]);
    return NULL;
}

typedef const struct tfp_tensor_info *info_at(const tfp_session *session, size_t i);

static triton_error compare_all(const char *what, const struct declared *list, size_t n, const tfp_session *session, info_at *at, size_t m)
{
    for (size_t i = 0; i < n; i++) {
        const struct tfp_tensor_info *info = NULL;
        for (size_t k = 0; k < m && !info; k++)
            if (strcmp(at(session, k)->name, list[i].name) == 0) info = at(session, k);
        if (!info) return triton_fail(TRITON_INVALID_ARG, "the model has no %s '%s', which the configuration has", what, list[i].name);
        const triton_error error = compare(what, &list[i], info);
        if (error) return error;
    }
    return NULL;
}

static triton_error compare_with_model(struct instance *in)
{
    const struct settings *s = in->settings;
    triton_error error = compare_all("input", s->inputs, s->n_inputs, in->session, tfp_session_input, in->n_inputs);
    if (!error) error = compare_all("output", s->outputs, s->n_outputs, in->session, tfp_session_output, in->n_outputs);
    if (!error && s->n_inputs != in->n_inputs)
        error = triton_fail(TRITON_INVALID_ARG, "the model has %zu inputs, the configuration %zu", in->n_inputs, s->n_inputs);
    return error;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static triton_error open_all(struct instance *in, int kind, int32_t device)
{
    const bool gpu = kind == TRITON_INSTANCE_GPU;
    char path[PATH_MAX];
    if (tfp_context_create(&in->ctx) != TFP_OK) return triton_failed(NULL, TFP_E_SYSTEM);
    triton_error error = find_file(in, gpu, device, path, sizeof path);
    if (error) return error;
    const tfp_status status = open_session(in, path, gpu, gpu ? device : 0);
    if (status != TFP_OK) return triton_failed(in->ctx, status);
    in->n_inputs = tfp_session_n_inputs(in->session);
    in->n_outputs = tfp_session_n_outputs(in->session);
    in->inputs = calloc(in->n_inputs + 1, sizeof *in->inputs);
    in->outputs = calloc(in->n_outputs + 1, sizeof *in->outputs);
    in->staged = calloc(in->n_inputs + 1, sizeof *in->staged);
    in->strings = calloc(in->n_inputs + 1, sizeof *in->strings);
    in->dims = calloc(in->n_inputs + 1, sizeof *in->dims);
    if (!in->inputs || !in->outputs || !in->dims || !in->staged || !in->strings) return triton_failed(NULL, TFP_E_SYSTEM);
    return compare_with_model(in);
}

triton_error instance_open(struct TRITONBACKEND_ModelInstance *triton, const struct settings *s, int kind, int32_t device,
                           struct instance **out)
{
    struct instance *in = calloc(1, sizeof *in);
    if (!in) return triton_failed(NULL, TFP_E_SYSTEM);
    in->triton = triton;
    in->settings = s;
    const triton_error error = open_all(in, kind, device);
    if (error) instance_close(in);
    else *out = in;
    return error;
}

void instance_close(struct instance *in)
{
    if (!in) return;
    for (size_t i = 0; i < in->n_inputs; i++) {
        if (in->staged) free(in->staged[i].at);
        if (in->strings) free(in->strings[i].at);
    }
    free(in->staged);
    free(in->strings);
    free(in->inputs);
    free(in->outputs);
    free(in->dims);
    free(in->jobs.at);
    free(in->job_inputs.at);
    tfp_session_destroy(in->session);
    tfp_model_destroy(in->model);
    free(in->building.ranges);
    free(in->building.least);
    free(in->building.most);
    tfp_context_destroy(in->ctx);
    free(in);
}
