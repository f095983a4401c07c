/* A session runs on the inputs of a row, and what comes out is compared with the references. */
#include "matrix_cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- which tensor is meant ----------------------------------------------------------------------------------------- */

typedef const struct tfp_tensor_info *info_fn(const tfp_session *s, size_t i);

static int find_named(const tfp_session *s, info_fn *info, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (same_tensor(info(s, i)->name, name)) return (int)i;
    return -1;
}

/* The one that tensor number `at` of the row's list means: by its name, or, where none has its name (Keras calls them otherwise in
 * each version), by its place. -1: none. */
static int find_tensor(const tfp_session *s, info_fn *info, size_t n, const json_t *list, size_t at)
{
    size_t i;
    const json_t *t;
    int found = find_named(s, info, n, text_of(json_array_get(list, at), "name"));
    if (found >= 0 || json_array_size(list) != n) return found;
    json_array_foreach(list, i, t)
        if (find_named(s, info, n, text_of(t, "name")) >= 0) return -1;
    return (int)at;
}

static tfp_status no_such(struct cell *c, const char *what, const json_t *list, size_t at)
{
    char text[600];
    snprintf(text, sizeof text, "the model has no %s '%s'", what, text_of(json_array_get(list, at), "name"));
    return way_fail(c, TFP_E_USAGE, text);
}

static const json_t *inputs_of(const struct cell *c)
{
    return json_object_get(c->row, "inputs");
}

const json_t *way_outputs(const struct cell *c)
{
    return json_object_get(c->row, "outputs");
}

/* -- inputs -------------------------------------------------------------------------------------------------------- */

static tfp_status take_input(struct cell *c, size_t at, size_t i)
{
    char *path = path_join(text_of(c->row, "root"), text_of(json_array_get(inputs_of(c), i), "npy"));
    if (!path) return way_fail(c, TFP_E_SYSTEM, "out of memory");
    tfp_status status = read_input(c->ctx, tfp_session_input(c->session, at), tfp_session_takes_examples(c->session, at), path, &c->arrays[at]);
    free(path);
    TRY(way_check(c, status));
    c->inputs[at] = *tfp_array_tensor(c->arrays[at]);
    return TFP_OK;
}

tfp_status way_make_inputs(struct cell *c)
{
    const json_t *list = inputs_of(c);
    c->stage = "inputs";
    for (size_t i = 0; i < json_array_size(list); i++) {
        int at = find_tensor(c->session, tfp_session_input, c->n_inputs, list, i);
        if (at < 0) return no_such(c, "input", list, i);
        if (!c->arrays[at]) TRY(take_input(c, (size_t)at, i));
    }
    for (size_t i = 0; i < c->n_inputs; i++) {
        if (c->arrays[i]) continue;
        TRY(way_check(c, tfp_session_sample(c->ctx, c->session, i, 0, NULL, 0, &c->arrays[i])));
        c->inputs[i] = *tfp_array_tensor(c->arrays[i]);
    }
    return TFP_OK;
}

/* Room by input and output of the session, once. */
tfp_status way_make_room(struct cell *c)
{
    c->n_inputs = tfp_session_n_inputs(c->session);
    c->n_outputs = tfp_session_n_outputs(c->session);
    c->arrays = calloc(c->n_inputs + 1, sizeof(tfp_array *));
    c->stored = calloc(c->n_outputs + 1, sizeof(tfp_array *));
    c->inputs = calloc(c->n_inputs + 1, sizeof *c->inputs);
    c->references = calloc(c->n_outputs + 1, sizeof *c->references);
    return c->arrays && c->stored && c->inputs && c->references ? TFP_OK : way_fail(c, TFP_E_SYSTEM, "out of memory");
}

/* -- references ---------------------------------------------------------------------------------------------------- */

static bool has_references(const struct cell *c)
{
    return *text_of(json_array_get(way_outputs(c), 0), "npy");
}

static tfp_status read_references(struct cell *c)
{
    const json_t *list = way_outputs(c);
    c->stage = "references";
    for (size_t i = 0; i < json_array_size(list); i++) {
        int at = find_tensor(c->session, tfp_session_output, c->n_outputs, list, i);
        if (at < 0) return no_such(c, "output", list, i);
        if (c->stored[at]) continue;
        char *path = path_join(text_of(c->row, "root"), text_of(json_array_get(list, i), "npy"));
        tfp_status status = path ? tfp_npy_read(c->ctx, path, &c->stored[at]) : TFP_E_SYSTEM;
        free(path);
        TRY(way_check(c, status));
        c->references[at] = *tfp_array_tensor(c->stored[at]);
    }
    return TFP_OK;
}

struct tfp_session_options way_session_options(const struct cell *c, const char *backend)
{
    struct tfp_session_options o = TFP_INIT(struct tfp_session_options);
    const char *library = text_of(c->task, "library"), *tensorrt = text_of(c->task, "tensorrt");
    o.backend = backend;
    o.threads = (int)number_of(c->task, "threads");
    if (*library && strcmp(backend, "onnxruntime") == 0) o.library = library;
    if (*tensorrt) o.tensorrt = tensorrt;
    o.no_engine_cache = strcmp(backend, "tensorrt") == 0;
    return o;
}

/* Where nothing is stored, the CPU backend says what comes out; what it lends lives as long as its session. */
static tfp_status compute_references(struct cell *c)
{
    const struct tfp_session_options o = way_session_options(c, "cpu");
    c->stage = "reference on the CPU";
    if (!c->model) TRY(way_check(c, tfp_model_open(c->ctx, c->arguments.path, &c->arguments.options, &c->model)));
    TRY(way_check(c, tfp_session_create(c->ctx, c->model, &o, &c->reference)));
    return way_check(c, tfp_session_run(c->ctx, c->reference, c->inputs, c->n_inputs, c->references, c->n_outputs));
}

/* -- comparing ----------------------------------------------------------------------------------------------------- */

static tfp_status compare_outputs(struct cell *c, const struct tfp_tensor *results)
{
    json_t *list = json_made(json_array());
    bool all = true;
    json_put(c->result, "outputs", list);
    c->stage = "compare";
    for (size_t i = 0; i < c->n_outputs; i++) {
        struct tfp_difference d;
        if (c->references[i].dtype == TFP_UNDEFINED) continue; /* the manifest does not ask for it */
        const struct tfp_tolerance tolerance = tfp_tolerance_in(c->references[i].dtype, text_of(c->task, "precision"));
        const char *name = tfp_session_output(c->session, i)->name;
        TRY(way_check(c, tfp_compare(c->ctx, &c->references[i], &results[i], &tolerance, &d)));
        if (!d.agrees && all) way_tell_difference(c, name, &c->references[i], &results[i], &d);
        all = all && d.agrees;
        json_add(list, way_difference(name, &d));
    }
    if (all) way_set_status(c, "agrees", "");
    return all ? TFP_OK : TFP_E_DIFFER;
}

/* -- running ------------------------------------------------------------------------------------------------------- */

static json_t *latency_json(const struct tfp_bench_way *w)
{
    const struct tfp_latency *l = w->has_device ? &w->device : &w->wall;
    json_t *o = json_made(json_object());
    json_put(o, "method", json_text(w->method));
    json_put(o, "runs", json_integer((json_int_t)w->runs));
    json_put(o, "mean", json_number(l->mean));
    json_put(o, "least", json_number(l->least));
    json_put(o, "median", json_number(l->median));
    json_put(o, "p90", json_number(l->p90));
    json_put(o, "p99", json_number(l->p99));
    json_put(o, "most", json_number(l->most));
    return o;
}

/* Of slow models a few runs tell enough. */
static void measure(struct cell *c, double first)
{
    enum { SLOW_RUNS = 3 };
    struct tfp_bench_options o = TFP_INIT(struct tfp_bench_options);
    tfp_bench *b;
    o.warm_up = o.duration = -1;
    o.iterations = (uint64_t)number_of(c->task, "iterations");
    if (first > 0.5 && o.iterations > SLOW_RUNS) o.iterations = SLOW_RUNS;
    if (!o.iterations || tfp_session_bench(c->ctx, c->session, c->inputs, c->n_inputs, &o, &b) != TFP_OK) return;
    if (tfp_bench_n_ways(b)) json_put(c->result, "latency", latency_json(tfp_bench_way(b, 0)));
    tfp_bench_destroy(b);
}

/* The session is there: inputs, a run, the comparison, times. `own`: the session is the CPU backend itself. */
tfp_status way_run_and_compare(struct cell *c, bool own)
{
    TRY(way_make_room(c));
    TRY(way_make_inputs(c));
    struct tfp_tensor *results = calloc(c->n_outputs + 1, sizeof *results);
    if (!results) return way_fail(c, TFP_E_SYSTEM, "out of memory");
    const double start = seconds_now();
    c->stage = "run";
    tfp_status status = way_check(c, tfp_session_run(c->ctx, c->session, c->inputs, c->n_inputs, results, c->n_outputs));
    const double first = seconds_now() - start;
    if (status == TFP_OK) way_put_seconds(c, "run", start);
    if (status == TFP_OK && has_references(c)) status = read_references(c);
    else if (status == TFP_OK && !own) status = compute_references(c);
    if (status == TFP_OK && (has_references(c) || !own)) status = compare_outputs(c, results);
    else if (status == TFP_OK) way_set_status(c, "runs", "");
    free(results);
    if (status == TFP_OK) measure(c, first);
    return status;
}

void way_forget_arrays(struct cell *c)
{
    for (size_t i = 0; c->arrays && i < c->n_inputs; i++) tfp_array_destroy(c->arrays[i]);
    for (size_t i = 0; c->stored && i < c->n_outputs; i++) tfp_array_destroy(c->stored[i]);
    free(c->arrays);
    free(c->stored);
    free(c->inputs);
    free(c->references);
    c->arrays = c->stored = NULL;
    c->inputs = c->references = NULL;
}
