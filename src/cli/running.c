/* What commands that run models share: a session on what the user named, and the inputs from files. */
#include "command.h"

#include <stdlib.h>
#include <string.h>

const char *tensorrt_library(const struct arguments *a)
{
    return a->tensorrt ? a->tensorrt : a->library;
}

static int clamp(int64_t n, int most)
{
    return n > most ? most : (int)n;
}

/* TensorFlow tells on stderr what it is about to do, unless the environment says otherwise. */
struct tfp_session_options session_options(const struct arguments *a)
{
    struct tfp_session_options o = TFP_INIT(struct tfp_session_options);
    setenv("TF_CPP_MIN_LOG_LEVEL", "2", false);
    o.backend = a->backend;
    o.library = a->library;
    o.threads = clamp(a->threads, 4096);
    o.tensorrt = a->tensorrt;
    o.tensorflow = a->tensorflow;
    o.device = clamp(a->device, 1 << 20);
    o.no_cuda_graph = a->no_cuda_graph;
    o.allow_host_code = a->allow_host_code;
    o.engine_cache = a->engine_cache;
    o.no_engine_cache = a->no_engine_cache;
    return o;
}

tfp_status open_engine(tfp_context *ctx, const struct arguments *a, tfp_session **out)
{
    const struct tfp_session_options o = session_options(a);
    return tfp_session_open(ctx, a->positional.at[0], &o, out);
}

/* Options of open_model() that say nothing of a file which is no TensorFlow model; NULL: none was given. */
static const char *model_option(const struct arguments *a)
{
    return a->model_inputs.n    ? "--inputs"
           : a->model_outputs.n ? "--outputs"
           : a->signature       ? "--signature"
           : a->tags.n          ? "--tags"
           : a->weights         ? "--weights"
           : a->moving_averages ? "--moving-averages"
           : a->state           ? "--state"
           : a->no_verify       ? "--no-verify"
                                : NULL;
}

static bool is_backend(const struct arguments *a, const char *name)
{
    return a->backend && strcmp(a->backend, name) == 0;
}

/* ONNX for TensorRT's own parser. */
static bool is_parsed(const struct arguments *a)
{
    return is_backend(a, "tensorrt") && tfp_is_onnx(a->positional.at[0]) && (!a->via || strcmp(a->via, "onnx") == 0);
}

bool is_program(const struct arguments *a)
{
    const char *path = a->positional.at[0];
    return tfp_is_plan(path) || tfp_is_bundle(path) || is_parsed(a) || (tfp_is_onnx(path) && is_backend(a, "onnxruntime"));
}

bool builds_engine(const struct arguments *a)
{
    return is_backend(a, "tensorrt") && !tfp_is_plan(a->positional.at[0]);
}

static tfp_status open_session(struct running *r)
{
    struct tfp_session_options o = session_options(r->a);
    const char *path = r->a->positional.at[0];
    if (builds_engine(r->a)) o.build = &r->build;
    if (is_program(r->a)) return tfp_session_open(r->ctx, path, &o, &r->session);
    tfp_status status = open_model(r->ctx, r->a, &r->model);
    return status == TFP_OK ? tfp_session_create(r->ctx, r->model, &o, &r->session) : status;
}

/* Options that say nothing of this file or backend. */
static int check_options(const struct arguments *a)
{
    const char *path = a->positional.at[0], *of_model = is_program(a) ? model_option(a) : NULL,
               *of_build = builds_engine(a) ? NULL : building_option(a);
    if (of_model) return wrong_usage("%s is for models that tfport reads; %s is run as it is", of_model, path);
    if (of_build) return wrong_usage("%s is for --backend tensorrt on a model or an ONNX file", of_build);
    return TFP_OK;
}

int running_allocate(struct running *r)
{
    if (r->session) {
        r->n_inputs = tfp_session_n_inputs(r->session);
        r->n_outputs = tfp_session_n_outputs(r->session);
    }
    r->arrays = calloc(r->n_inputs + 1, sizeof(tfp_array *));
    r->inputs = calloc(r->n_inputs + 1, sizeof *r->inputs);
    r->outputs = calloc(r->n_outputs + 1, sizeof *r->outputs);
    return r->arrays && r->inputs && r->outputs ? TFP_OK : failed(NULL, TFP_E_SYSTEM);
}

int running_begin_model(tfp_context *ctx, const struct arguments *a, struct running *r)
{
    *r = (struct running){ .ctx = ctx, .a = a };
    tfp_status status = open_model(ctx, a, &r->model);
    if (status != TFP_OK) return failed(ctx, status);
    r->n_inputs = tfp_model_n_inputs(r->model);
    r->n_outputs = tfp_model_n_outputs(r->model);
    return running_allocate(r);
}

int running_begin(tfp_context *ctx, const struct arguments *a, struct running *r)
{
    *r = (struct running){ .ctx = ctx, .a = a };
    int code = check_options(a);
    if (code == TFP_OK && builds_engine(a)) code = building_begin(a, is_parsed(a), &r->build);
    if (code != TFP_OK) return code;
    tfp_status status = open_session(r);
    if (status != TFP_OK) return failed(ctx, status);
    return running_allocate(r);
}

void running_end(struct running *r)
{
    for (size_t i = 0; r->arrays && i < r->n_inputs; i++) tfp_array_destroy(r->arrays[i]);
    free(r->arrays);
    free(r->inputs);
    free(r->outputs);
    tfp_session_destroy(r->session);
    tfp_model_destroy(r->model);
    building_end(&r->build);
}

const struct tfp_tensor_info *running_input(const struct running *r, size_t i)
{
    return r->session ? tfp_session_input(r->session, i) : tfp_model_input(r->model, i);
}

static const char *output_name(const struct running *r, size_t i)
{
    return (r->session ? tfp_session_output(r->session, i) : tfp_model_output(r->model, i))->name;
}

struct tfp_tensor_info running_given(const struct running *r, size_t i)
{
    struct tfp_tensor_info info = *running_input(r, i);
    info.rank = (int32_t)r->inputs[i].rank;
    info.dims = r->inputs[i].dims;
    info.labels = NULL;
    return info;
}

static int find_input(const struct running *r, const char *name)
{
    for (size_t i = 0; i < r->n_inputs; i++)
        if (same_tensor(running_input(r, i)->name, name)) return (int)i;
    return -1;
}

static int find_output(const struct running *r, const char *name)
{
    for (size_t i = 0; i < r->n_outputs; i++)
        if (same_tensor(output_name(r, i), name)) return (int)i;
    return -1;
}

/* Keras calls a model's tensors otherwise in each of its versions (lstm_1, output_0, keras_tensor_3). Where as many are
 * named as the model has, and none by its name here, their order counts. */
static bool named_by_order(const struct running *r, const struct words *named, size_t n,
                           int (*find)(const struct running *r, const char *name))
{
    char name[512];
    const char *path;
    if (!r->model || !tfp_model_n_layers(r->model) || named->n != n) return false;
    for (size_t i = 0; i < n; i++)
        if (split_name(named->at[i], name, sizeof name, &path) && find(r, name) >= 0) return false;
    return true;
}

static int find_named(const struct running *r, const struct words *named, size_t i, const char *name)
{
    int at = find_output(r, name);
    return at < 0 && named_by_order(r, named, r->n_outputs, find_output) ? (int)i : at;
}

int running_output(const struct running *r, size_t i, const char *name)
{
    return find_named(r, &r->a->output_files, i, name);
}

int running_reference(const struct running *r, size_t i, const char *name)
{
    return find_named(r, &r->a->references, i, name);
}

tfp_status read_input(tfp_context *ctx, const struct tfp_tensor_info *want, bool examples, const char *path, tfp_array **out)
{
    tfp_array *converted;
    tfp_status status = (examples ? tfp_examples_read : tfp_npy_read)(ctx, path, out);
    if (status != TFP_OK) return status;
    const struct tfp_tensor *t = tfp_array_tensor(*out);
    if (t->dtype == want->dtype || (want->rank >= 0 && (uint32_t)want->rank != t->rank)) return TFP_OK;
    status = tfp_array_convert(ctx, t, want->dtype, &converted);
    if (status != TFP_OK) return status == TFP_E_SYSTEM ? status : TFP_OK;
    tfp_array_destroy(*out);
    *out = converted;
    return TFP_OK;
}

void running_drop(struct running *r, size_t i)
{
    tfp_array_destroy(r->arrays[i]);
    r->arrays[i] = NULL;
}

int running_read_file(struct running *r, size_t i, const char *path)
{
    const bool examples = r->session ? tfp_session_takes_examples(r->session, i) : tfp_model_takes_examples(r->model, i);
    tfp_status status = read_input(r->ctx, running_input(r, i), examples, path, &r->arrays[i]);
    if (status != TFP_OK) return failed(r->ctx, status);
    r->inputs[i] = *tfp_array_tensor(r->arrays[i]);
    return TFP_OK;
}

int running_read(struct running *r)
{
    bool by_order = false;
    for (size_t i = 0; i < r->a->input_files.n; i++) {
        char name[512];
        const char *path;
        if (!split_name(r->a->input_files.at[i], name, sizeof name, &path))
            return wrong_usage("--input '%s': NAME=F.npy is expected", r->a->input_files.at[i]);
        int at = find_input(r, name);
        if (at < 0 && (by_order || (by_order = named_by_order(r, &r->a->input_files, r->n_inputs, find_input)))) at = (int)i;
        if (at < 0) return wrong_usage("the model has no input '%s'; 'tfport inspect' lists them", name);
        if (r->arrays[at]) return wrong_usage("--input %s was given twice", name);
        int code = running_read_file(r, (size_t)at, path);
        if (code != TFP_OK) return code;
    }
    return TFP_OK;
}
