/* tfport triton: a model becomes a folder of Triton Inference Server's model repository. */
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* NAME=FILE, each; names are kept until the program ends. */
static bool read_files(const struct words *w, const char *option, struct tfp_triton_file *out)
{
    for (size_t i = 0; i < w->n; i++) {
        char name[512];
        const char *path;
        if (!split_name(w->at[i], name, sizeof name, &path)) return wrong_usage("%s '%s': NAME=FILE is expected", option, w->at[i]), false;
        out[i] = (struct tfp_triton_file){ strdup(name), path };
        if (!out[i].tensor) return failed(NULL, TFP_E_SYSTEM), false;
    }
    return true;
}

static bool read_gpus(const struct words *w, int32_t *out, struct tfp_triton_options *o)
{
    o->all_gpus = w->n == 1 && strcmp(w->at[0], "all") == 0;
    for (size_t i = 0; i < w->n && !o->all_gpus; i++) {
        char *end;
        errno = 0;
        const long n = strtol(w->at[i], &end, 10);
        if (errno || *end || n < 0 || n > INT32_MAX) return wrong_usage("--gpus '%s': all, or numbers from 0 on", w->at[i]), false;
        out[o->n_gpus++] = (int32_t)n;
    }
    o->gpus = out;
    return true;
}

static bool given_as_int(int64_t n, const char *option, int32_t *out)
{
    if (n > INT32_MAX) return wrong_usage("%s %lld: too large", option, (long long)n), false;
    *out = (int32_t)n;
    return true;
}

static int write_repository(tfp_context *ctx, const struct arguments *a)
{
    static struct tfp_triton_file labels[MANY], inputs[MANY];
    static int32_t gpus[MANY];
    const struct tfp_model_options model = model_options(a);
    struct tfp_triton_options o = TFP_INIT(struct tfp_triton_options);
    int32_t opset, threads;
    if (!read_files(&a->labels, "--labels", labels) || !read_files(&a->input_files, "--input", inputs)) return TFP_E_USAGE;
    if (!read_gpus(&a->gpus, gpus, &o) || !given_as_int(a->instances, "--instances", &o.instances) ||
        !given_as_int(a->opset, "--opset", &opset) || !given_as_int(a->threads, "--threads", &threads))
        return TFP_E_USAGE;
    o.name = a->name;
    o.backend = a->backend;
    o.model = &model;
    o.run_on = a->run_on;
    o.precision = a->precision;
    o.threads = threads;
    o.opset = opset;
    o.version = a->model_version;
    o.keep = a->keep_versions;
    o.max_batch = a->max_batch == 0 ? -1 : a->max_batch < 0 ? 0 : a->max_batch;
    o.queue_delay = (uint64_t)a->queue_delay;
    o.labels = labels;
    o.n_labels = a->labels.n;
    o.inputs = inputs;
    o.n_inputs = a->input_files.n;
    o.no_warm_up = a->no_warmup;
    const tfp_status status = tfp_triton_write(ctx, a->positional.at, a->positional.n, a->out, &o);
    return status == TFP_OK ? TFP_OK : failed(ctx, status);
}

/* -- clusters ------------------------------------------------------------------------------------------------------ */

struct hosts {
    char **at;
    size_t n, room;
};

/* A line each; # begins a comment. */
static bool add_host(struct hosts *h, const char *line)
{
    const char *start = line + strspn(line, " \t"), *end = start + strcspn(start, "#\n");
    while (end > start && strchr(" \t\r", end[-1])) end--;
    if (end == start) return true;
    if (h->n == h->room) {
        char **more = realloc(h->at, (h->room = 2 * h->room + 16) * sizeof *more);
        if (!more) return false;
        h->at = more;
    }
    h->at[h->n] = strndup(start, (size_t)(end - start));
    return h->at[h->n++] != NULL;
}

static int read_hosts(const char *path, struct hosts *h)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    bool fine = true;
    if (!f) return refuse(TFP_E_SYSTEM, "%s: cannot be read: %s", path, strerror(errno));
    while (fine && getline(&line, &room, f) >= 0) fine = add_host(h, line);
    const bool broken = ferror(f);
    free(line);
    fclose(f);
    if (broken) return refuse(TFP_E_SYSTEM, "%s: cannot be read", path);
    return fine ? TFP_OK : failed(NULL, TFP_E_SYSTEM);
}

/* "2-8", or "4" for both. */
static bool read_replicas(const char *text, struct tfp_cluster_options *o)
{
    char *end;
    if (!text) return true;
    o->least = o->most = strtoll(text, &end, 10);
    if (end != text && *end == '-') o->most = strtoll(end + 1, &end, 10);
    return *text && !*end && o->least > 0 && o->most > 0 ? true : (wrong_usage("--replicas '%s': 2-8 is expected", text), false);
}

static int write_cluster(tfp_context *ctx, const struct arguments *a)
{
    struct tfp_cluster_options o = TFP_INIT(struct tfp_cluster_options);
    struct hosts hosts = { 0 };
    int32_t port;
    if (a->positional.n) return wrong_usage("--cluster takes no model: it is about servers that have theirs");
    if (!given_as_int(a->port, "--port", &port) || !read_replicas(a->replicas, &o)) return TFP_E_USAGE;
    o.port = port;
    o.name = a->name;
    o.image = a->image;
    o.gpus = (int)a->gpus.n;
    int code = read_hosts(a->cluster, &hosts);
    if (code == TFP_OK) {
        const tfp_status status = tfp_triton_cluster(ctx, (const char *const *)hosts.at, hosts.n, a->out, &o);
        if (status != TFP_OK) code = failed(ctx, status);
    }
    for (size_t i = 0; i < hosts.n; i++) free(hosts.at[i]);
    free(hosts.at);
    return code;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void show_note(void *user, const char *text)
{
    (void)user;
    tell("%s", text);
}

static int triton(tfp_context *ctx, const struct arguments *a)
{
    if (!a->out) return wrong_usage("triton needs -o FOLDER");
    if (a->cluster) return write_cluster(ctx, a);
    if (!a->positional.n) return wrong_usage("triton takes a model, or engines of one model");
    if (!a->quiet) tfp_context_on_note(ctx, show_note, NULL); /* whether requests are batched, and why not */
    return write_repository(ctx, a);
}

const struct command command_triton = {
    .name = "triton",
    .synopsis = "triton MODEL|BUNDLE|X.plan.. -o REPOSITORY [--backend tfport|onnxruntime|tensorrt] [--gpus all|0,1] [--max-batch N]\n"
                "  tfport triton --cluster HOSTS.txt -o FOLDER [--port N] [--image NAME] [--replicas 2-8] [--gpus 0]",
    .summary = "writes a model, or engines of it for several kinds of GPU, into a model repository of Triton Inference Server; or what puts servers behind one address",
    .options = MODEL_OPTIONS " -o --backend --opset --name --model-version --keep-versions --run-on --precision --threads --gpus --instances --max-batch "
                             "--queue-delay --cluster --image --port --replicas --labels --input --no-warmup --quiet --verbose --help",
    .run = triton,
};
