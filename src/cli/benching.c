/* bench --backends: each way in a process of its own, so that memory is its own, and a crash. The child prints its part of the
 * result into a file that the parent puts out in order. */
#include "benching.h"

#include "comparing.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char method[] =
    "each backend in a process of its own; each batch size and concurrency on the same made up or given inputs; that many threads with "
    "a session each, warmed up, then measured together for at least the iterations and the seconds each; a run is the whole call, from "
    "inputs in memory to outputs in memory, by the machine's monotonic clock; percentiles are nearest ranks; read is "
    "reading and lowering the model, load is opening the first session, with conversion and engine build, first run is its first run, with "
    "an engine's build where that waits for shapes; peak memory is the "
    "process's resident set at its largest, library and model included";

enum { AS_IT_IS = 0 }; /* no batch size */

struct measured {
    struct comparing *c;
    const char *way;
    struct tfp_bench_options options;
    double read_seconds; /* until the model was there */
    bool any; /* something was printed */
};

/* -- options ------------------------------------------------------------------------------------------------------- */

/* Numbers from 1 to `most`; without any `usual` alone. */
static bool parse_counts(const struct words *w, const char *option, int64_t most, int64_t usual, int64_t *out, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < w->n; i++) {
        char *end;
        errno = 0;
        out[*n] = strtoll(w->at[i], &end, 10);
        if (errno || end == w->at[i] || *end || out[*n] < 1 || out[*n] > most)
            return wrong_usage("%s '%s': numbers from 1 are expected, like 1,8,32", option, w->at[i]), false;
        ++*n;
    }
    if (!*n) out[(*n)++] = usual;
    return true;
}

static bool is_open(const struct tfp_tensor_info *info)
{
    return info->rank > 0 && info->dims[0] < 0;
}

static int check_batches(const struct comparing *c)
{
    bool open = false;
    if (!c->r.a->batches.n) return TFP_OK;
    if (c->r.a->input_files.n) return wrong_usage("--batch and --input: one of them");
    for (size_t i = 0; i < c->r.n_inputs; i++) open = open || is_open(running_input(&c->r, i));
    return open ? TFP_OK : wrong_usage("--batch: no input's first dimension is open");
}

/* -- inputs -------------------------------------------------------------------------------------------------------- */

static int make_batch(struct comparing *c, int64_t batch)
{
    for (size_t i = 0; i < c->r.n_inputs && batch; i++) {
        struct tfp_sample_options o = TFP_INIT(struct tfp_sample_options);
        const struct tfp_tensor_info *info = running_input(&c->r, i);
        int64_t dims[TFP_MAX_RANK];
        for (int32_t k = 0; k < info->rank; k++) dims[k] = k == 0 && is_open(info) ? batch : -1;
        if (info->rank > 0) o.dims = dims;
        o.rank = info->rank > 0 ? (uint32_t)info->rank : 0;
        running_drop(&c->r, i);
        int code = comparing_make_up(c, i, &o);
        if (code != TFP_OK) return code;
    }
    return TFP_OK;
}

/* The model's inputs in the order of the session. */
static tfp_status order_inputs(const struct measured *m, const tfp_session *s, struct tfp_tensor *out)
{
    size_t *of = calloc(tfp_session_n_inputs(s) + 1, sizeof *of);
    tfp_status status = of ? tfp_way_match(m->c->r.ctx, m->c->r.model, s, false, of) : TFP_E_SYSTEM;
    for (size_t i = 0; status == TFP_OK && i < tfp_session_n_inputs(s); i++) out[i] = m->c->r.inputs[of[i]];
    free(of);
    return status;
}

/* -- one measurement ----------------------------------------------------------------------------------------------- */

struct load {
    double open_seconds, first_seconds;
    struct tfp_bench_way way;
};

static tfp_status run_once(const struct measured *m, tfp_session *s, const struct tfp_tensor *inputs)
{
    const size_t n = tfp_session_n_outputs(s);
    struct tfp_tensor *outputs = calloc(n + 1, sizeof *outputs);
    if (!outputs) return TFP_E_SYSTEM;
    tfp_status status = tfp_session_run(m->c->r.ctx, s, inputs, tfp_session_n_inputs(s), outputs, n);
    free(outputs);
    return status;
}

static tfp_status open_all(const struct measured *m, tfp_session **sessions, size_t n, struct tfp_tensor *inputs, struct load *out)
{
    for (size_t i = 0; i < n; i++) {
        const double start = seconds_now();
        tfp_status status = tfp_way_open(m->c->r.ctx, m->c->r.model, m->way, &m->c->session, &sessions[i]);
        const double opened = seconds_now();
        if (status == TFP_OK && i == 0) status = order_inputs(m, sessions[0], inputs);
        if (status == TFP_OK && i == 0) status = run_once(m, sessions[0], inputs);
        if (status != TFP_OK) return status;
        if (i > 0) continue;
        out->open_seconds = opened - start;
        out->first_seconds = seconds_now() - opened;
    }
    return TFP_OK;
}

static tfp_status measure(const struct measured *m, size_t n, struct load *out)
{
    tfp_session **sessions = calloc(n, sizeof(tfp_session *));
    struct tfp_tensor *inputs = calloc(m->c->r.n_inputs + 1, sizeof *inputs);
    tfp_status status = sessions && inputs ? open_all(m, sessions, n, inputs, out) : TFP_E_SYSTEM;
    if (status == TFP_OK)
        status = tfp_sessions_bench(m->c->r.ctx, sessions, n, inputs, tfp_session_n_inputs(sessions[0]), &m->options, &out->way);
    for (size_t i = 0; sessions && i < n; i++) tfp_session_destroy(sessions[i]);
    free(sessions);
    free(inputs);
    return status;
}

/* -- printing ------------------------------------------------------------------------------------------------------ */

static void print_json_load(const struct measured *m, const struct load *l, int64_t batch, int64_t concurrency, double items)
{
    printf("{\"batch\": %" PRId64 ", \"concurrency\": %" PRId64 ", \"read_seconds\": %.9g, \"load_seconds\": %.9g, "
           "\"first_run_seconds\": %.9g",
           batch, concurrency, m->read_seconds, l->open_seconds, l->first_seconds);
    printf(", \"runs\": %" PRIu64 ", \"seconds\": %.9g, \"runs_per_second\": %.9g, \"items_per_second\": %.9g", l->way.runs,
           l->way.seconds, l->way.runs_per_second, items);
    print_json_latency("wall", &l->way.wall);
    printf("}");
}

static void print_load(struct measured *m, const struct load *l, int64_t batch, int64_t concurrency)
{
    const double items = l->way.runs_per_second * (double)(batch ? batch : 1);
    if (m->c->r.a->json) {
        printf(m->any ? ",\n   " : "\n   ");
        print_json_load(m, l, batch ? batch : 1, concurrency, items);
    } else {
        printf("  %-14s %5" PRId64 " %5" PRId64 " %10.4g %9.4g %9.4g %9.4g %10.5g %8.3g %9.4g\n", m->any ? "" : m->way,
               batch ? batch : 1, concurrency, l->way.wall.median, l->way.wall.p90, l->way.wall.p99, l->way.wall.mean, items,
               m->read_seconds + l->open_seconds, l->first_seconds * 1e3);
    }
    m->any = true;
}

/* -- a backend ----------------------------------------------------------------------------------------------------- */

static int bench_way(struct measured *m)
{
    int64_t batches[MANY], concurrency[MANY];
    size_t n_batches, n_concurrency, n;
    const struct arguments *a = m->c->r.a;
    if (!parse_counts(&a->batches, "--batch", 1 << 20, AS_IT_IS, batches, &n_batches)) return TFP_E_USAGE;
    if (!parse_counts(&a->concurrency, "--concurrency", 1024, 1, concurrency, &n_concurrency)) return TFP_E_USAGE;
    int code = check_batches(m->c);
    if (code == TFP_OK) code = comparing_samples(m->c, &n);
    for (size_t i = 0; i < n_batches && code == TFP_OK; i++) {
        code = make_batch(m->c, batches[i]);
        for (size_t k = 0; k < n_concurrency && code == TFP_OK; k++) {
            struct load l;
            tfp_status status = measure(m, (size_t)concurrency[k], &l);
            if (status != TFP_OK) code = failed(m->c->r.ctx, status);
            else print_load(m, &l, batches[i], concurrency[k]);
        }
    }
    return code;
}

static int child(tfp_context *ctx, const struct arguments *a, const char *way, const struct tfp_bench_options *o)
{
    struct comparing c;
    struct measured m = { .c = &c, .way = way, .options = *o };
    const double start = seconds_now();
    int code = comparing_begin(ctx, a, &c);
    m.read_seconds = seconds_now() - start;
    if (code == TFP_OK) code = bench_way(&m);
    comparing_end(&c);
    progress_end();
    return fflush(stdout) == 0 ? code : TFP_E_SYSTEM;
}

/* -- all ----------------------------------------------------------------------------------------------------------- */

/* What the child left in the file, and the process's memory. */
static void put_out(FILE *part, const struct arguments *a, const char *way, int code, int signal, long kilobytes)
{
    char room[4096];
    rewind(part);
    if (a->json) {
        printf("{\"way\": ");
        print_json_string(way);
        printf(", \"status\": %d, \"signal\": %d, \"peak_memory_bytes\": %" PRId64 ", \"loads\": [", code, signal, (int64_t)kilobytes * 1024);
    }
    for (size_t n; (n = fread(room, 1, sizeof room, part)) > 0;) fwrite(room, 1, n, stdout);
    if (a->json) printf("]}");
    else if (signal) printf("  %-14s ended by signal %d\n", way, signal);
    else if (code != TFP_OK) printf("  %-14s FAILED, exit code %d\n", way, code);
    else printf("  %-14s peak memory %.4g MB\n", "", (double)kilobytes / 1000);
}

static int run_way(tfp_context *ctx, const struct arguments *a, const char *way, const struct tfp_bench_options *o)
{
    FILE *part = tmpfile();
    struct rusage usage = { 0 };
    int state = 0;
    if (!part) return refuse(TFP_E_SYSTEM, "a temporary file: %s", strerror(errno));
    fflush(stdout);
    const pid_t id = fork();
    if (id == 0) {
        if (dup2(fileno(part), STDOUT_FILENO) < 0) _exit(TFP_E_SYSTEM);
        _exit(child(ctx, a, way, o));
    }
    while (id > 0 && wait4(id, &state, 0, &usage) < 0 && errno == EINTR) { }
    const int signal = WIFSIGNALED(state) ? WTERMSIG(state) : 0, code = id < 0 || signal ? TFP_E_SYSTEM : WEXITSTATUS(state);
    if (id < 0) refuse(code, "a process cannot be started: %s", strerror(errno));
    else put_out(part, a, way, code, signal, usage.ru_maxrss);
    fclose(part);
    return code;
}

/* What the API takes 0 and less for. */
static double meant(double value, double usual)
{
    return value == 0 ? usual : value < 0 ? 0 : value;
}

static void print_head(const struct arguments *a, const struct tfp_bench_options *o)
{
    if (!a->json) {
        printf("  %-14s %5s %5s %10s %9s %9s %9s %10s %8s %9s\n", a->positional.at[0], "batch", "conc.", "median ms", "p90", "p99",
               "mean", "items/s", "load s", "first ms");
        return;
    }
    printf("{\"model\": ");
    print_json_string(a->positional.at[0]);
    printf(",\n \"method\": \"%s\",\n \"warm_up_seconds\": %.9g, \"seconds\": %.9g, \"iterations\": %" PRIu64 ", \"threads\": %" PRId64
           ", \"seed\": %" PRId64 ",\n \"ways\": [",
           method, meant(o->warm_up, 0.2), meant(o->duration, 3), o->iterations ? o->iterations : 10, a->threads, a->seed);
}

int bench_ways(tfp_context *ctx, const struct arguments *a, const struct tfp_bench_options *o)
{
    int first = TFP_OK;
    if (a->backend) return wrong_usage("--backend and --backends: one of them");
    if (a->profile) return wrong_usage("--profile is for one --backend");
    if (a->samples) return wrong_usage("--samples is for compare");
    print_head(a, o);
    for (size_t i = 0; i < a->backends.n; i++) {
        if (a->json) printf(i ? ",\n  " : "\n  ");
        int code = run_way(ctx, a, a->backends.at[i], o);
        if (first == TFP_OK) first = code;
    }
    if (a->json) printf("]}\n");
    else printf("%-10s%s\n", "method", method);
    return first;
}
