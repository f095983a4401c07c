/* tfport bench: how long a run takes, on any backend. */
#include "benching.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- inputs -------------------------------------------------------------------------------------------------------- */

/* The last --shape of that name; NULL: none. A model took its shapes when it was opened. */
static const struct shape_argument *shape_of(const struct running *r, const char *name, struct shape_argument *room)
{
    for (size_t i = r->model ? 0 : r->a->shapes.n; i-- > 0;) {
        parse_shape(r->a->shapes.at[i], room);
        if (same_tensor(room->name, name)) return room;
    }
    return NULL;
}

static int check_shapes(const struct running *r)
{
    struct shape_argument shape;
    for (size_t i = 0; !r->model && i < r->a->shapes.n; i++) {
        bool found = false;
        parse_shape(r->a->shapes.at[i], &shape);
        for (size_t k = 0; k < r->n_inputs; k++)
            found = found || same_tensor(shape.name, tfp_session_input(r->session, k)->name);
        if (!found) return wrong_usage("--shape: there is no input '%s'", shape.name);
    }
    return TFP_OK;
}

int bench_inputs(struct running *r)
{
    struct shape_argument room;
    int code = check_shapes(r);
    if (code == TFP_OK) code = running_read(r);
    for (size_t i = 0; i < r->n_inputs && code == TFP_OK; i++) {
        if (r->arrays[i]) continue;
        const struct shape_argument *s = shape_of(r, tfp_session_input(r->session, i)->name, &room);
        tfp_status status = tfp_session_sample(r->ctx, r->session, i, s ? s->rank : 0, s ? s->dims : NULL,
                                               (uint64_t)r->a->seed, &r->arrays[i]);
        if (status != TFP_OK) code = failed(r->ctx, status);
        else r->inputs[i] = *tfp_array_tensor(r->arrays[i]);
    }
    return code;
}

/* -- printing ------------------------------------------------------------------------------------------------------ */

static const char *backend_of(const struct arguments *a)
{
    return a->backend ? a->backend : tfp_is_plan(a->positional.at[0]) ? "tensorrt" : "cpu";
}

/* What it runs on: the library and the GPU. */
struct machine {
    tfp_tensorrt *tensorrt; /* NULL: other backends */
    const struct tfp_tensorrt_info *info;
    const struct tfp_gpu *gpu;
};

static void find_machine(const struct running *r, struct machine *m)
{
    *m = (struct machine){ 0 };
    if (strcmp(backend_of(r->a), "tensorrt") != 0) return;
    if (tfp_tensorrt_open(r->ctx, tensorrt_library(r->a), &m->tensorrt) != TFP_OK) return;
    m->info = tfp_tensorrt_info(m->tensorrt);
    for (size_t i = 0; i < m->info->n_gpus; i++)
        if (m->info->gpus[i].number == r->a->device) m->gpu = &m->info->gpus[i];
}

static void print_latency(const char *what, const struct tfp_latency *l)
{
    printf("  %-8s median %.4g  mean %.4g  p90 %.4g  p95 %.4g  p99 %.4g  least %.4g  most %.4g ms\n", what, l->median,
           l->mean, l->p90, l->p95, l->p99, l->least, l->most);
}

static void print_way(const struct tfp_bench_way *w)
{
    if (w->has_device)
        printf("%s, %s\n", w->cuda_graph ? "CUDA graph" : "enqueue", w->transfers ? "with transfers" : "without transfers");
    else printf("whole run\n");
    print_latency("wall", &w->wall);
    if (w->has_device) print_latency("device", &w->device);
    printf("  %-8s %" PRIu64 " in %.3g s, %.5g a second\n", "runs", w->runs, w->seconds, w->runs_per_second);
    printf("  %-8s %s\n", "method", w->method);
}

static void print_layers(const tfp_bench *b)
{
    size_t n = tfp_bench_n_layers(b);
    if (n) printf("layers, mean of 10 runs, which are slower for being measured\n");
    for (size_t i = 0; i < n; i++) {
        const struct tfp_layer_time *l = tfp_bench_layer(b, i);
        printf("  %9.4f ms  %5.1f %%  ", l->milliseconds, l->share * 100);
        print_name(l->name, 0);
        printf("\n");
    }
}

static void print_text(const struct running *r, const struct machine *m, const tfp_bench *b)
{
    printf("%-10s", "model");
    print_name(r->a->positional.at[0], 0);
    printf("\n%-10s%s\n", "backend", m->info ? m->info->name : backend_of(r->a));
    if (m->gpu) printf("%-10s%s, compute capability %d.%d\n", "gpu", m->gpu->name, m->gpu->major, m->gpu->minor);
    for (size_t i = 0; i < r->n_inputs; i++) {
        const struct tfp_tensor_info info = running_given(r, i);
        printf("%-10s", "input");
        print_name(info.name, 0);
        printf("  ");
        print_info(&info);
        printf("\n");
    }
    for (size_t i = 0; i < tfp_bench_n_ways(b); i++) print_way(tfp_bench_way(b, i));
    printf("%-10swall: the machine's monotonic clock around the call%s\n", "clocks",
           tfp_bench_way(b, 0)->has_device ? "; device: CUDA events before and behind the work" : "");
    print_layers(b);
}

void print_json_latency(const char *key, const struct tfp_latency *l)
{
    printf(", \"%s_ms\": {\"mean\": %.9g, \"min\": %.9g, \"median\": %.9g, \"p90\": %.9g, \"p95\": %.9g, \"p99\": %.9g, "
           "\"max\": %.9g}",
           key, l->mean, l->least, l->median, l->p90, l->p95, l->p99, l->most);
}

static void print_json_way(const struct tfp_bench_way *w)
{
    printf("{\"method\": ");
    print_json_string(w->method);
    if (w->has_device)
        printf(", \"transfers\": %s, \"cuda_graph\": %s", w->transfers ? "true" : "false", w->cuda_graph ? "true" : "false");
    printf(", \"runs\": %" PRIu64 ", \"seconds\": %.9g, \"runs_per_second\": %.9g", w->runs, w->seconds, w->runs_per_second);
    print_json_latency("wall", &w->wall);
    if (w->has_device) print_json_latency("device", &w->device);
    printf("}");
}

static void print_json(const struct running *r, const struct machine *m, const tfp_bench *b)
{
    printf("{\"model\": ");
    print_json_string(r->a->positional.at[0]);
    printf(", \"backend\": ");
    print_json_string(backend_of(r->a));
    if (m->info) {
        printf(", \"library\": ");
        print_json_string(m->info->name);
    }
    if (m->gpu) {
        printf(", \"gpu\": ");
        print_json_string(m->gpu->name);
    }
    printf(",\n \"inputs\": [");
    for (size_t i = 0; i < r->n_inputs; i++) {
        const struct tfp_tensor_info info = running_given(r, i);
        printf(i ? ", " : "");
        print_json_info(&info);
    }
    printf("],\n \"ways\": [");
    for (size_t i = 0; i < tfp_bench_n_ways(b); i++) {
        printf(i ? ",\n  " : "\n  ");
        print_json_way(tfp_bench_way(b, i));
    }
    printf("]");
    if (r->a->profile) printf(",\n \"layers\": [");
    for (size_t i = 0; i < tfp_bench_n_layers(b); i++) {
        const struct tfp_layer_time *l = tfp_bench_layer(b, i);
        printf(i ? ",\n  {\"name\": " : "\n  {\"name\": ");
        print_json_string(l->name);
        printf(", \"ms\": %.9g, \"share\": %.9g}", l->milliseconds, l->share);
    }
    printf(r->a->profile ? "]}\n" : "}\n");
}

/* -- running ------------------------------------------------------------------------------------------------------- */

/* A number of 0 or more; the API takes 0 for "as usual" and less for none. */
static bool number_of(const char *option, const char *text, double unit, double *out)
{
    char *end;
    *out = 0;
    if (!text) return true;
    double value = strtod(text, &end);
    if (end == text || *end || !isfinite(value) || value < 0)
        return wrong_usage("%s: '%s' is no number", option, text), false;
    *out = value > 0 ? value * unit : -1;
    return true;
}

static int measure(struct running *r, const struct tfp_bench_options *o)
{
    struct machine m;
    tfp_bench *b;
    int code = bench_inputs(r);
    if (code != TFP_OK) return code;
    tfp_status status = tfp_session_bench(r->ctx, r->session, r->inputs, r->n_inputs, o, &b);
    progress_end();
    if (status != TFP_OK) return failed(r->ctx, status);
    find_machine(r, &m);
    if (r->a->json) print_json(r, &m, b);
    else print_text(r, &m, b);
    tfp_tensorrt_destroy(m.tensorrt);
    tfp_bench_destroy(b);
    return TFP_OK;
}

static int run(tfp_context *ctx, const struct arguments *a)
{
    struct running r;
    struct tfp_bench_options o = TFP_INIT(struct tfp_bench_options);
    if (a->positional.n != 1) return wrong_usage("bench takes one model");
    if (!number_of("--warmup", a->warmup, 1e-3, &o.warm_up)) return TFP_E_USAGE;
    if (!number_of("--duration", a->duration, 1, &o.duration)) return TFP_E_USAGE;
    if (a->devices.n) return bench_devices(ctx, a);
    if (a->instances) return wrong_usage("--instances is for --devices");
    o.iterations = (uint64_t)a->iterations;
    o.profile = a->profile;
    if (a->backends.n) return bench_ways(ctx, a, &o);
    if (a->batches.n || a->concurrency.n) return wrong_usage("--batch and --concurrency are for --backends");
    if (a->ranges.n) return wrong_usage("--range is for --backends");
    int code = running_begin(ctx, a, &r);
    if (code == TFP_OK) code = measure(&r, &o);
    running_end(&r);
    return code;
}

const struct command command_bench = {
    .name = "bench",
    .synopsis = "bench MODEL|X.onnx|X.plan [--backend NAME|--backends A,B,..] [--shape NAME=1x2 ..] [--input NAME=F.npy ..] [--json]",
    .summary = "measures how long a run takes",
    .options = "--backends --batch --concurrency --range --warmup --duration --iterations --seed --profile --input --backend --devices --instances " SESSION_OPTIONS " " MODEL_OPTIONS
               " " BUILD_OPTIONS " --json --quiet --verbose --help",
    .settings = true,
    .run = run,
};
