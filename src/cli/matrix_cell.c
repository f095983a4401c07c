/* One cell of the matrix, in a worker: a model goes one way. */
#include "matrix_cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* -- ways ---------------------------------------------------------------------------------------------------------- */

static tfp_status open_model_of(struct cell *c)
{
    c->stage = "open";
    if (!model_arguments(c->row, &c->arguments)) return way_fail(c, TFP_E_USAGE, "a path is too long, or there are more than 256 inputs or outputs");
    TRY(way_check(c, tfp_model_open(c->ctx, c->arguments.path, &c->arguments.options, &c->model)));
    if (!tfp_model_n_outputs(c->model) && *tfp_model_refusal(c->model))
        return way_fail(c, TFP_E_UNSUPPORTED, tfp_model_refusal(c->model));
    return TFP_OK;
}

static tfp_status run_cpu(struct cell *c)
{
    const struct tfp_session_options o = way_session_options(c, "cpu");
    const double start = seconds_now();
    TRY(open_model_of(c));
    c->stage = "convert";
    TRY(way_check(c, tfp_session_create(c->ctx, c->model, &o, &c->session)));
    way_put_seconds(c, "convert", start);
    return way_run_and_compare(c, true);
}

/* Whether ONNX could say a part of it, and the CPU backend do the rest. */
static bool has_core(const struct cell *c)
{
    tfp_parts *parts;
    bool core = false;
    if (tfp_model_parts(c->ctx, c->model, NULL, 0, &parts) != TFP_OK) return false;
    const struct tfp_parts_info *info = tfp_parts_info(parts);
    for (size_t i = 0; i < info->n_parts; i++) core = core || strcmp(info->parts[i].role, "core") == 0;
    core = core && info->n_parts > 1;
    tfp_parts_destroy(parts);
    return core;
}

/* Writes the ONNX file or, of a model that has parts which only a CPU can do, a bundle: c->bundled is why. */
static tfp_status write_onnx(struct cell *c)
{
    struct tfp_onnx_options o = TFP_INIT(struct tfp_onnx_options);
    o.opset = (int)number_of(c->task, "opset");
    tfp_status status = tfp_model_write_onnx(c->ctx, c->model, c->scratch, &o);
    if (status != TFP_E_UNSUPPORTED) return way_check(c, status);
    json_t *refusal = json_made(json_text(tfp_context_message(c->ctx)));
    o.bundle = true;
    snprintf(c->scratch, sizeof c->scratch, "%.4149s/bundle", c->folder);
    if (has_core(c) && tfp_model_write_onnx(c->ctx, c->model, c->scratch, &o) == TFP_OK) c->bundled = json_incref(refusal);
    else way_fail(c, status, json_string_value(refusal));
    json_decref(refusal);
    return c->bundled ? TFP_OK : status;
}

static tfp_status run_onnx(struct cell *c)
{
    const struct tfp_session_options session = way_session_options(c, "onnxruntime");
    double start = seconds_now();
    TRY(open_model_of(c));
    c->stage = "convert";
    TRY(write_onnx(c));
    way_put_seconds(c, "convert", start);
    tfp_model_destroy(c->model);
    c->model = NULL;
    c->stage = "load";
    start = seconds_now();
    TRY(way_check(c, tfp_session_open(c->ctx, c->scratch, &session, &c->session)));
    way_put_seconds(c, "load", start);
    TRY(way_run_and_compare(c, false));
    if (c->bundled) way_set_status(c, "bundled", json_string_value(c->bundled));
    return TFP_OK;
}

/* -- engines ------------------------------------------------------------------------------------------------------- */

/* Engines are built for the shapes at hand: the model is opened again with these. */
static tfp_status fix_shapes(struct cell *c)
{
    struct tfp_session_options o = way_session_options(c, "cpu");
    struct tfp_shape *shapes;
    TRY(open_model_of(c));
    c->stage = "shapes";
    TRY(way_check(c, tfp_session_create(c->ctx, c->model, &o, &c->session)));
    TRY(way_make_room(c));
    TRY(way_make_inputs(c));
    if (!(shapes = calloc(c->n_inputs + 1, sizeof *shapes))) return way_fail(c, TFP_E_SYSTEM, "out of memory");
    struct tfp_model_options again = c->arguments.options;
    again.shapes = shapes;
    for (size_t i = 0; i < c->n_inputs; i++)
        if (c->inputs[i].rank)
            shapes[again.n_shapes++] = (struct tfp_shape){ tfp_session_input(c->session, i)->name, c->inputs[i].rank, c->inputs[i].dims };
    tfp_model *fixed;
    tfp_status status = way_check(c, tfp_model_open(c->ctx, c->arguments.path, &again, &fixed));
    free(shapes);
    TRY(status);
    tfp_session_destroy(c->session);
    tfp_model_destroy(c->model);
    c->session = NULL;
    c->model = fixed;
    return TFP_OK;
}

static tfp_status find_tensorrt(struct cell *c, bool *gpu)
{
    const char *library = text_of(c->task, "tensorrt");
    tfp_tensorrt *t;
    c->stage = "TensorRT";
    TRY(way_check(c, tfp_tensorrt_open(c->ctx, *library ? library : NULL, &t)));
    const struct tfp_tensorrt_info *info = tfp_tensorrt_info(t);
    json_put(c->result, "library", json_text(info->name));
    *gpu = info->n_gpus > 0 && !*info->no_gpu;
    tfp_tensorrt_destroy(t);
    return TFP_OK;
}

static tfp_status run_plan(struct cell *c)
{
    struct tfp_build_options build = TFP_INIT(struct tfp_build_options);
    struct tfp_session_options o = way_session_options(c, "tensorrt");
    bool gpu;
    TRY(find_tensorrt(c, &gpu));
    TRY(fix_shapes(c));
    build.via = strcmp(text_of(c->task, "way"), "plan-onnx") == 0 ? TFP_VIA_ONNX : TFP_VIA_DIRECT;
    build.precision = text_of(c->task, "precision");
    build.tensorrt = o.tensorrt;
    c->stage = "build";
    const double start = seconds_now();
    if (!gpu) {
        TRY(way_check(c, tfp_model_build(c->ctx, c->model, c->scratch, &build)));
        way_put_seconds(c, "build", start);
        way_set_status(c, "built", "");
        return TFP_OK;
    }
    way_forget_arrays(c);
    o.build = &build;
    TRY(way_check(c, tfp_session_create(c->ctx, c->model, &o, &c->session)));
    way_put_seconds(c, "build", start);
    return way_run_and_compare(c, false);
}

/* -- arrays -------------------------------------------------------------------------------------------------------- */

static tfp_status compare_array(struct cell *c, tfp_weights *w, const char *name, const struct tfp_tensor *reference,
                                json_t *list)
{
    struct tfp_difference d;
    struct tfp_tensor have;
    size_t at;
    TRY(way_check(c, tfp_weights_find(c->ctx, w, name, &at)));
    TRY(way_check(c, tfp_weights_read(c->ctx, w, at, &have)));
    TRY(way_check(c, tfp_compare(c->ctx, reference, &have, NULL, &d)));
    json_add(list, way_difference(name, &d));
    if (!d.agrees) way_tell_difference(c, name, reference, &have, &d);
    return d.agrees ? TFP_OK : TFP_E_DIFFER;
}

/* Every tensor that the row names is read from the checkpoint. */
static tfp_status run_arrays(struct cell *c)
{
    size_t i;
    const json_t *t, *list = way_outputs(c);
    tfp_weights *w;
    c->stage = "open";
    if (!model_arguments(c->row, &c->arguments)) return way_fail(c, TFP_E_USAGE, "a path is too long, or there are more than 256 inputs or outputs");
    TRY(way_check(c, tfp_weights_open(c->ctx, c->arguments.path, true, &w)));
    json_t *told = json_made(json_array());
    json_put(c->result, "outputs", told);
    tfp_status status = TFP_OK;
    c->stage = "read";
    json_array_foreach(list, i, t) {
        char *path = path_join(text_of(c->row, "root"), text_of(t, "npy"));
        tfp_array *reference = NULL;
        if (status == TFP_OK) status = path ? way_check(c, tfp_npy_read(c->ctx, path, &reference)) : TFP_E_SYSTEM;
        if (status == TFP_OK) status = compare_array(c, w, text_of(t, "name"), tfp_array_tensor(reference), told);
        tfp_array_destroy(reference);
        free(path);
    }
    tfp_weights_destroy(w);
    if (status == TFP_OK) way_set_status(c, "agrees", "");
    return status;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *way;
    tfp_status (*run)(struct cell *c);
} ways[] = {
    { "cpu", run_cpu }, { "onnx", run_onnx }, { "plan-direct", run_plan }, { "plan-onnx", run_plan }, { "arrays", run_arrays },
};

json_t *matrix_cell(tfp_context *ctx, const json_t *task)
{
    static struct cell room; /* too large for the stack */
    struct cell *c = &room;
    *c = (struct cell){ .ctx = ctx, .task = task, .row = json_object_get(task, "model"), .result = json_made(json_object()) };
    snprintf(c->folder, sizeof c->folder, "%.4095s/%ld", text_of(task, "scratch"), (long)getpid());
    snprintf(c->scratch, sizeof c->scratch, "%.4149s/model.onnx", c->folder);
    mkdir(c->folder, 0700); /* where that fails, writing into it tells why */
    tfp_context_on_note(ctx, way_on_note, c);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(ways[i].way, text_of(task, "way")) == 0) ways[i].run(c);
    tfp_context_on_note(ctx, NULL, NULL);
    tfp_session_destroy(c->reference);
    tfp_session_destroy(c->session);
    tfp_model_destroy(c->model);
    way_forget_arrays(c);
    json_decref(c->bundled);
    remove_tree(c->folder);
    return c->result;
}
