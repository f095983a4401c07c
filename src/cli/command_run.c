/* tfport run: executes a model on .npy inputs and writes .npy outputs. */
#include "command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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
        int at = running_output(r, i, name);
        if (at < 0) return wrong_usage("the model has no output '%s'; 'tfport inspect' lists them", name);
        const char *own = tfp_session_output(r->session, (size_t)at)->name;
        if (r->a->quiet || strncmp(own, name, strlen(own)) == 0) continue;
        fprintf(stderr, "tfport: note: output %zu is called %s, not %s\n", i, own, name);
    }
    return TFP_OK;
}

static int check_all_given(const struct running *r)
{
    for (size_t i = 0; i < r->n_inputs; i++) {
        const struct tfp_tensor_info *info = tfp_session_input(r->session, i);
        if (!r->arrays[i])
            return wrong_usage("input %s (%s) needs --input %s=F.npy", info->name, tfp_dtype_name(info->dtype), info->name);
    }
    return TFP_OK;
}

int running_write(struct running *r)
{
    for (size_t i = 0; i < r->a->output_files.n; i++) {
        char name[512];
        const char *path = NULL;
        split_name(r->a->output_files.at[i], name, sizeof name, &path);
        tfp_status status = tfp_npy_write(r->ctx, path, &r->outputs[running_output(r, i, name)]);
        if (status != TFP_OK) return failed(r->ctx, status);
    }
    if (!r->a->output_files.n && !r->a->quiet) print_summary(r);
    return TFP_OK;
}

int running_prepare(struct running *r)
{
    int code = check_output_names(r);
    if (code == TFP_OK) code = running_read(r);
    return code == TFP_OK ? check_all_given(r) : code;
}

static int run_session(struct running *r)
{
    if (!r->model && r->a->shapes.n) return wrong_usage("--shape is for models; here the inputs' files give the shapes");
    int code = running_prepare(r);
    if (code != TFP_OK) return code;
    tfp_status status = tfp_session_run(r->ctx, r->session, r->inputs, r->n_inputs, r->outputs, r->n_outputs);
    progress_end();
    return status == TFP_OK ? running_write(r) : failed(r->ctx, status);
}

static int run(tfp_context *ctx, const struct arguments *a)
{
    struct running r;
    if (a->positional.n != 1) return wrong_usage("run takes one model");
    if (a->devices.n || a->samples || a->out || a->resume || a->rank) return run_on_devices(ctx, a);
    if (a->instances) return wrong_usage("--instances is for --devices and --samples");
    int code = running_begin(ctx, a, &r);
    if (code == TFP_OK) code = run_session(&r);
    running_end(&r);
    return code;
}

const struct command command_run = {
    .name = "run",
    .synopsis = "run MODEL|X.onnx|X.plan --input NAME=F.npy .. --output NAME=F.npy .. [--backend NAME]",
    .summary = "executes a model on the values of .npy files",
    .options = "--input --output --devices --instances --samples -o --resume --rank --backend " SESSION_OPTIONS " " MODEL_OPTIONS " " BUILD_OPTIONS " --quiet --verbose --help",
    .settings = true,
    .run = run,
};
