/* tfport view: the matrix' page for one model. */
#include "matrix.h"

#include <string.h>

static json_t *report_of(tfp_context *ctx, const struct arguments *a, tfp_model *m)
{
    const char *path = a->positional.at[0], *slash = strrchr(path, '/');
    json_t *report = json_made(json_object()), *model = json_made(json_object()), *models = json_made(json_array());
    json_t *root = json_made(slash ? json_stringn(path, (size_t)(slash - path)) : json_text(""));
    json_put(model, "id", json_text(slash && slash[1] ? slash + 1 : path));
    json_put(model, "facts", facts_of_opened(ctx, m, json_string_value(root)));
    json_put(model, "cells", json_made(json_object()));
    json_add(models, model);
    json_put(report, "report", json_text("tfport view 1"));
    json_put(report, "ways", json_made(json_array()));
    json_put(report, "words", json_made(json_object()));
    json_put(report, "models", models);
    json_decref(root);
    return report;
}

static int run(tfp_context *ctx, const struct arguments *a)
{
    tfp_model *m;
    if (a->positional.n != 1 || !a->out) return wrong_usage("view takes one model and -o PAGE.html");
    tfp_status status = open_model(ctx, a, &m);
    if (status != TFP_OK) return failed(ctx, status);
    json_t *report = report_of(ctx, a, m);
    tfp_model_destroy(m);
    status = report_page(ctx, report, a->out);
    json_decref(report);
    return status == TFP_OK ? TFP_OK : failed(ctx, status);
}

const struct command command_view = {
    .name = "view",
    .synopsis = "view MODEL -o PAGE.html",
    .summary = "writes a web page of a model: its graph's picture, ops, inputs and outputs, layers, what is not supported",
    .options = "-o " MODEL_OPTIONS " --quiet --verbose --help",
    .run = run,
};
