/* tfport run: executes a model on .npy inputs and writes .npy outputs. */
#include "command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct running {
    tfp_context *ctx;
    const struct arguments *a;
    tfp_model *model; /* NULL: the backend read the file itself */
    tfp_session *session;
    tfp_array **arrays; /* by input */
    struct tfp_tensor *inputs, *outputs;
    size_t n_inputs, n_outputs;
};

static bool is_onnx(const char *path)
{
    size_t n = strlen(path);
    return n > 5 && strcmp(path + n - 5, ".onnx") == 0;
}

static tfp_status open_session(struct running *r)
{
    struct tfp_session_options o = TFP_INIT(struct tfp_session_options);
    o.backend = r->a->backend;
    o.library = r->a->library;
    o.threads = r->a->threads > 4096 ? 4096 : (int)r->a->threads;
    const char *path = r->a->positional.at[0];
    if (is_onnx(path)) return tfp_session_open(r->ctx, path, &o, &r->session);
    tfp_status status = open_model(r->ctx, r->a, &r->model);
    return status == TFP_OK ? tfp_session_create(r->ctx, r->model, &o, &r->session) : status;
}

static int find_input(const struct running *r, const char *name)
{
    for (size_t i = 0; i < r->n_inputs; i++)
        if (same_tensor(tfp_session_input(r->session, i)->name, name)) return (int)i;
    return -1;
}

static int find_output(const struct running *r, const char *name)
{
    for (size_t i = 0; i < r->n_outputs; i++)
        if (same_tensor(tfp_session_output(r->session, i)->name, name)) return (int)i;
    return -1;
}

static int read_inputs(struct running *r)
{
    for (size_t i = 0; i < r->a->input_files.n; i++) {
        char name[512];
        const char *path;
        if (!split_name(r->a->input_files.at[i], name, sizeof name, &path))
            return wrong_usage("--input '%s': NAME=F.npy is expected", r->a->input_files.at[i]);
        int at = find_input(r, name);
        if (at < 0) return wrong_usage("the model has no input '%s'; 'tfport inspect' lists them", name);
        if (r->arrays[at]) return wrong_usage("--input %s was given twice", name);
        tfp_status status = tfp_npy_read(r->ctx, path, &r->arrays[at]);
        if (status != TFP_OK) return failed(r->ctx, status);
        r->inputs[at] = *tfp_array_tensor(r->arrays[at]);
    }
    for (size_t i = 0; i < r->n_inputs; i++) {
        const struct tfp_tensor_info *info = tfp_session_input(r->session, i);
        if (!r->arrays[i]) return wrong_usage("input %s (%s) needs --input %s=F.npy", info->name, tfp_dtype_name(info->dtype), info->name);
    }
    return TFP_OK;
}

static void print_values(const struct tfp_tensor *t)
{
    size_t size = tfp_dtype_size(t->dtype), n = size ? t->size / size : 0;
    for (size_t i = 0; i < n && i < 8; i++) {
        const char *at = (const char *)t->data + i * size;
        switch (t->dtype) {
        case TFP_FLOAT: printf(" %.6g", (double)*(const float *)at); break;
        case TFP_DOUBLE: printf(" %.6g", *(const double *)at); break;
        case TFP_INT32: printf(" %" PRId32, *(const int32_t *)at); break;
        case TFP_INT64: printf(" %" PRId64, *(const int64_t *)at); break;
        case TFP_UINT8: case TFP_BOOL: printf(" %u", *(const uint8_t *)at); break;
        case TFP_INT8: printf(" %d", *(const int8_t *)at); break;
        default: printf(" ..."); return;
        }
    }
    if (n > 8) printf(" ...");
}

static void print_summary(const struct running *r)
{
    for (size_t i = 0; i < r->n_outputs; i++) {
        const struct tfp_tensor *t = &r->outputs[i];
        printf("%s  %s[", tfp_session_output(r->session, i)->name, tfp_dtype_name(t->dtype));
        for (uint32_t k = 0; k < t->rank; k++) printf("%s%" PRId64, k ? "," : "", t->dims[k]);
        printf("] ");
        print_values(t);
        printf("\n");
    }
}

static int check_output_names(const struct running *r)
{
    for (size_t i = 0; i < r->a->output_files.n; i++) {
        char name[512];
        const char *path;
        if (!split_name(r->a->output_files.at[i], name, sizeof name, &path))
            return wrong_usage("--output '%s': NAME=F.npy is expected", r->a->output_files.at[i]);
        if (find_output(r, name) < 0) return wrong_usage("the model has no output '%s'; 'tfport inspect' lists them", name);
    }
    return TFP_OK;
}

static int write_outputs(struct running *r)
{
    for (size_t i = 0; i < r->a->output_files.n; i++) {
        char name[512];
        const char *path = NULL;
        split_name(r->a->output_files.at[i], name, sizeof name, &path);
        tfp_status status = tfp_npy_write(r->ctx, path, &r->outputs[find_output(r, name)]);
        if (status != TFP_OK) return failed(r->ctx, status);
    }
    if (!r->a->output_files.n && !r->a->quiet) print_summary(r);
    return TFP_OK;
}

static int run_session(struct running *r)
{
    r->n_inputs = tfp_session_n_inputs(r->session);
    r->n_outputs = tfp_session_n_outputs(r->session);
    r->arrays = calloc(r->n_inputs + 1, sizeof(tfp_array *));
    r->inputs = calloc(r->n_inputs + 1, sizeof *r->inputs);
    r->outputs = calloc(r->n_outputs + 1, sizeof *r->outputs);
    if (!r->arrays || !r->inputs || !r->outputs) return failed(NULL, TFP_E_SYSTEM);
    int code = check_output_names(r);
    if (code == TFP_OK) code = read_inputs(r);
    if (code != TFP_OK) return code;
    tfp_status status = tfp_session_run(r->ctx, r->session, r->inputs, r->n_inputs, r->outputs, r->n_outputs);
    return status == TFP_OK ? write_outputs(r) : failed(r->ctx, status);
}

static int run(tfp_context *ctx, const struct arguments *a)
{
    struct running r = { .ctx = ctx, .a = a };
    if (a->positional.n != 1) return wrong_usage("run takes one model");
    tfp_status status = open_session(&r);
    int code = status == TFP_OK ? run_session(&r) : failed(ctx, status);
    for (size_t i = 0; r.arrays && i < r.n_inputs; i++) tfp_array_destroy(r.arrays[i]);
    free(r.arrays);
    free(r.inputs);
    free(r.outputs);
    tfp_session_destroy(r.session);
    tfp_model_destroy(r.model);
    return code;
}

const struct command command_run = {
    .name = "run",
    .synopsis = "run MODEL|X.onnx --input NAME=F.npy .. --output NAME=F.npy .. [--backend cpu|onnxruntime]",
    .summary = "executes a model on the values of .npy files",
    .options = "--input --output --backend --library --threads " MODEL_OPTIONS " --quiet --verbose --help",
    .run = run,
};
