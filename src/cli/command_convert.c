/* tfport convert: a model becomes an ONNX file. */
#include "command.h"

#include <stdio.h>

static int convert(tfp_context *ctx, const struct arguments *a)
{
    tfp_model *m;
    if (a->positional.n != 1) return wrong_usage("convert takes one model");
    if (!a->out) return wrong_usage("convert needs -o OUT.onnx");
    struct tfp_onnx_options o = TFP_INIT(struct tfp_onnx_options);
    o.opset = a->opset > 1000 ? 1000 : (int)a->opset;
    o.external_above = (uint64_t)a->external_above;
    o.no_optimize = a->no_optimize;
    o.bundle = a->bundle;
    struct cut_argument cut;
    int code = read_cut(a, false, &cut);
    if (code != TFP_OK) return code;
    o.cut = cut.cut, o.cut_at = cut.at, o.n_cut_at = cut.n;
    tfp_status status = open_model(ctx, a, &m);
    if (status != TFP_OK) return failed(ctx, status);
    status = tfp_model_write_onnx(ctx, m, a->out, &o);
    tfp_model_destroy(m);
    return status == TFP_OK ? TFP_OK : failed(ctx, status);
}

const struct command command_convert = {
    .name = "convert",
    .synopsis = "convert MODEL|X.onnx -o OUT.onnx|FOLDER [--bundle] [--opset N] [--signature KEY] [--weights PREFIX] [--shape NAME=1x2]",
    .summary = "writes a model as ONNX, or ONNX at another opset",
    .options = "-o --opset " MODEL_OPTIONS " --cut --bundle --external-above --no-optimize --quiet --verbose --help",
    .run = convert,
};
