/* tfport build: a model becomes a TensorRT engine. */
#include "command.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

/* -- stopping ------------------------------------------------------------------------------------------------------ */

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
    if (stopped) { /* the second time at once */
        signal(number, SIG_DFL);
        raise(number);
    }
    stopped = 1;
}

static bool is_stopped(void *user)
{
    (void)user;
    return stopped;
}

/* What was built is not the whole model: its own inputs and outputs. */
static void tell_core(tfp_context *ctx, const tfp_model *m, const char *path)
{
    tfp_plan *plan;
    if (tfp_plan_open(ctx, path, &plan) != TFP_OK) return;
    const struct tfp_plan_info *info = tfp_plan_info(plan);
    bool whole = info->n_inputs == tfp_model_n_inputs(m) && info->n_outputs == tfp_model_n_outputs(m);
    for (size_t i = 0; whole && i < info->n_inputs; i++) whole = strcmp(info->inputs[i].name, tfp_model_input(m, i)->name) == 0;
    if (!whole) fprintf(stderr, "tfport: %s is the model's core, without what only a CPU can do; its inputs: ", path);
    for (size_t i = 0; !whole && i < info->n_inputs; i++) fprintf(stderr, "%s%s", i ? ", " : "", info->inputs[i].name);
    for (size_t i = 0; !whole && i < info->n_outputs; i++) fprintf(stderr, "%s%s", i ? ", " : "; its outputs: ", info->outputs[i].name);
    if (!whole) fputc('\n', stderr);
    tfp_plan_destroy(plan);
}

static int build_with(tfp_context *ctx, const struct arguments *a, bool parsed, const struct tfp_build_options *o)
{
    const struct sigaction action = { .sa_handler = on_signal };
    tfp_model *m;
    tfp_status status;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (parsed) {
        status = tfp_onnx_build(ctx, a->positional.at[0], a->out, o);
    } else {
        if ((status = open_model(ctx, a, &m)) != TFP_OK) return failed(ctx, status);
        status = tfp_model_build(ctx, m, a->out, o);
        if (status == TFP_OK && !a->quiet && !o->bundle) tell_core(ctx, m, a->out);
        tfp_model_destroy(m);
    }
    return status == TFP_OK ? TFP_OK : failed(ctx, status);
}

static int build(tfp_context *ctx, const struct arguments *a)
{
    struct tfp_build_options o;
    if (a->positional.n != 1) return wrong_usage("build takes one model");
    if (!a->out) return wrong_usage("build needs -o OUT.plan");
    const bool onnx = tfp_is_onnx(a->positional.at[0]), parsed = onnx && (!a->via || strcmp(a->via, "onnx") == 0);
    int code = building_begin(a, parsed, &o); /* parsed: by TensorRT's own parser */
    o.bundle = a->bundle;
    o.cancel = is_stopped;
    struct cut_argument cut;
    if (code == TFP_OK) code = read_cut(a, true, &cut);
    if (code == TFP_OK) o.no_cut = !cut.cut, o.cut_at = cut.at, o.n_cut_at = cut.n;
    if (code == TFP_OK) code = build_with(ctx, a, parsed, &o);
    building_end(&o);
    return code;
}

const struct command command_build = {
    .name = "build",
    .synopsis = "build MODEL|X.onnx -o OUT.plan|FOLDER [--bundle] [--via direct|onnx] [--precision fp32|tf32|fp16|bf16] [--shape NAME=1x2]",
    .summary = "builds a TensorRT engine of a model",
    .options = "-o --cut " BUILD_OPTIONS " " MODEL_OPTIONS " --tensorrt --device --bundle --quiet --verbose --help",
    .settings = true,
    .run = build,
};
