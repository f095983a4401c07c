/* tfport build: a model becomes a TensorRT engine. */
#include "command.h"

#include <signal.h>
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
    if (code == TFP_OK) code = build_with(ctx, a, parsed, &o);
    building_end(&o);
    return code;
}

const struct command command_build = {
    .name = "build",
    .synopsis = "build MODEL|X.onnx -o OUT.plan [--via direct|onnx] [--precision fp32|tf32|fp16|bf16] [--shape NAME=1x2]",
    .summary = "builds a TensorRT engine of a model",
    .options = "-o " BUILD_OPTIONS " " MODEL_OPTIONS " --tensorrt --device --bundle --quiet --verbose --help",
    .settings = true,
    .run = build,
};
