/* Options: one table for all commands; a command's row says which of them it takes. */
#include "command.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNROLL_DEFAULT = 16 };
enum kind { FLAG, TEXT, NUMBER, REPEATED, LIST, SETTING, SWITCH }; /* the last two: TensorRT's, with and without value */

static const struct option {
    const char *name, *value; /* value: what --help calls it */
    enum kind kind;
    size_t field;
    const char *help;
} options[] = {
    { "--inputs", "A,B", LIST, offsetof(struct arguments, model_inputs), "tensors that become inputs; default: every placeholder" },
    { "--outputs", "A,B", LIST, offsetof(struct arguments, model_outputs), "tensors that become outputs; default: every result that nothing consumes" },
    { "--shape", "NAME=1x224x224x3", REPEATED, offsetof(struct arguments, shapes), "fixes an input's unknown dimensions (? keeps one open); may be repeated" },
    { "--signature", "KEY", TEXT, offsetof(struct arguments, signature), "the signature to use; default: serving_default, else the only one" },
    { "--tags", "A,B", LIST, offsetof(struct arguments, tags), "the meta graph with these tags; default: serve, else the only one" },
    { "--weights", "PREFIX", TEXT, offsetof(struct arguments, weights), "a checkpoint, or HDF5 for Keras: values for a model without them, or in place of its own" },
    { "--moving-averages", NULL, FLAG, offsetof(struct arguments, moving_averages), "takes variables' moving averages where the checkpoint has them" },
    { "--state", "io", TEXT, offsetof(struct arguments, state), "a variable NAME that the model changes becomes an input NAME and an output NAME/next; default: such a model is refused" },
    { "--no-verify", NULL, FLAG, offsetof(struct arguments, no_verify), "does not compare the checksums of a checkpoint's arrays" },
    { "--unroll", "N", NUMBER, offsetof(struct arguments, unroll), "loops of at most N iterations, where that is known, are written out; default 16, 0: none" },
    { "-o", "PATH", TEXT, offsetof(struct arguments, out), "where the result goes: a file; for extract, matrix and triton a folder" },
    { "--list", NULL, FLAG, offsetof(struct arguments, list), "lists the arrays and writes nothing" },
    { "--opset", "N", NUMBER, offsetof(struct arguments, opset), "ONNX opset, 7 to the newest; default 17" },
    { "--external-above", "BYTES", NUMBER, offsetof(struct arguments, external_above), "weights go to FILE.data above this model size; default just under 2 GiB" },
    { "--no-optimize", NULL, FLAG, offsetof(struct arguments, no_optimize), "writes the graph as it was lowered" },
    { "--input", "NAME=F.npy", REPEATED, offsetof(struct arguments, input_files), "an input's values; once for each input; of tf.Example messages also a TFRecord file, plain or packed with gzip" },
    { "--output", "NAME=F.npy", REPEATED, offsetof(struct arguments, output_files), "where an output's values go; without any, a summary is printed" },
    { "--backend", "NAME", TEXT, offsetof(struct arguments, backend), "cpu (default), onnxruntime (reads ONNX files itself), tensorrt (default for engines) or tensorflow (models as they were saved); for triton the server's: tfport (default), onnxruntime or tensorrt" },
    { "--backends", "A,B", LIST, offsetof(struct arguments, backends), "the ways: cpu, onnxruntime, onnx@OPSET, tensorrt, tensorflow, a file, BACKEND:FILE; the first is the reference" },
    { "--batch", "1,8,32", LIST, offsetof(struct arguments, batches), "with --backends: sizes of inputs' open first dimension, one measurement each" },
    { "--concurrency", "1,2", LIST, offsetof(struct arguments, concurrency), "with --backends: so many threads with a session each, one measurement each; default 1" },
    { "--reference", "NAME=F.npy", REPEATED, offsetof(struct arguments, references), "an output as it should be; all ways are compared with it" },
    { "--samples", "DIR", TEXT, offsetof(struct arguments, samples), "inputs from DIR/SAMPLE/NAME.npy, one run each, or from DIR/NAME.npy" },
    { "--devices", "A,B", LIST, offsetof(struct arguments, devices), "several at once: all or numbers of GPUs, cpu:0-3 cores of the machine; each has its own session" },
    { "--resume", NULL, FLAG, offsetof(struct arguments, resume), "passes over samples whose results are all there" },
    { "--rank", "I/N", TEXT, offsetof(struct arguments, rank), "of N processes the one with number I (from 0), which takes every Nth sample; default: as mpirun or srun say, else 0/1" },
    { "--range", "NAME=LO:HI", REPEATED, offsetof(struct arguments, ranges), "values of a made up input; default: floats from -1 to 1, whole numbers 0 and 1" },
    { "--rtol", "[NAME=]X", REPEATED, offsetof(struct arguments, rtol), "tolerates |result - reference| <= atol + rtol |reference|, for all outputs or one; default by type" },
    { "--atol", "[NAME=]X", REPEATED, offsetof(struct arguments, atol), "of the two, one that is missing is 0" },
    { "--bisect", NULL, FLAG, offsetof(struct arguments, bisect), "where ways differ, names the first node that they part at" },
    { "--save-bisect", "DIR", TEXT, offsetof(struct arguments, save_bisect), "the same, and saves that node with its inputs and outputs" },
    { "--library", "FILE", TEXT, offsetof(struct arguments, library), "the backend's shared library, when it is not found by itself" },
    { "--threads", "N", NUMBER, offsetof(struct arguments, threads), "at most N threads; default: one for each core that the process may use" },
    { "--tensorrt", "PATH", TEXT, offsetof(struct arguments, tensorrt), "TensorRT's library or its folder, when it is not found by itself" },
    { "--tensorflow", "FILE", TEXT, offsetof(struct arguments, tensorflow), "TensorFlow's C library, libtensorflow.so.2 or Python's libtensorflow_cc.so.2, when it is not found by itself" },
    { "--device", "N", NUMBER, offsetof(struct arguments, device), "the GPU that builds or runs an engine, counted from 0; default 0" },
    { "--no-cuda-graph", NULL, FLAG, offsetof(struct arguments, no_cuda_graph), "does not launch later runs of an engine as a CUDA graph" },
    { "--allow-host-code", NULL, FLAG, offsetof(struct arguments, allow_host_code), "lets a version compatible engine run the library that it holds" },
    { "--engine-cache", "DIR", TEXT, offsetof(struct arguments, engine_cache), "where engines built for a run are kept; default: $TFPORT_ENGINE_CACHE, else tfport in the user's cache" },
    { "--no-engine-cache", NULL, FLAG, offsetof(struct arguments, no_engine_cache), "builds the engine anew and does not keep it" },
    { "--warmup", "MS", TEXT, offsetof(struct arguments, warmup), "milliseconds of runs before measuring; default 200" },
    { "--duration", "S", TEXT, offsetof(struct arguments, duration), "seconds of measuring at least, each way; default 3; 0: only --iterations count" },
    { "--iterations", "N", NUMBER, offsetof(struct arguments, iterations), "runs at least, each way; default 10" },
    { "--seed", "N", NUMBER, offsetof(struct arguments, seed), "for the inputs that are made up; default 0" },
    { "--profile", NULL, FLAG, offsetof(struct arguments, profile), "also the time of each layer or, on the own backend, of each step" },
    { "--cut", "auto|none|A,B", LIST, offsetof(struct arguments, cut), "what only a CPU can do (parsing, tables, strings) is left out, or refused; default auto for build, none for convert. Names: where the core begins and, of those that depend on others, ends" },
    { "--ways", "A,B", TEXT, offsetof(struct arguments, ways), "cpu, onnx (by ONNX Runtime, each of --opsets), onnx@N, plan-direct, plan-onnx, arrays; default: all" },
    { "--opsets", "A,B", TEXT, offsetof(struct arguments, opsets), "ONNX opsets of the way onnx; default 7,8,9,10,11,17,newest" },
    { "--jobs", "N", NUMBER, offsetof(struct arguments, jobs), "processes at work; default: one a core" },
    { "--timeout", "S", TEXT, offsetof(struct arguments, timeout), "seconds that a cell may take; default 120; 0: no limit" },
    { "--memory", "MB", TEXT, offsetof(struct arguments, memory), "memory of its own that a process may take; default 8000; 0: no limit" },
    { "--filter", "REGEX", TEXT, offsetof(struct arguments, filter), "only models whose \"ID GROUP FORMAT\" it matches" },
    { "--via", "WAY", TEXT, offsetof(struct arguments, via), "direct: layer by layer; onnx: through TensorRT's ONNX parser; default direct, for ONNX files onnx" },
    { "--precision", "P", TEXT, offsetof(struct arguments, precision), "what may be computed with: fp32 (default), tf32, fp16 or bf16; matrix takes several, A,B" },
    { "--fp32-ops", "A,B", LIST, offsetof(struct arguments, fp32_ops), "ONNX ops that stay in float32; default is the usual list, which other names join: default,Tanh; none" },
    { "--fp32-nodes", "A,B", LIST, offsetof(struct arguments, fp32_nodes), "nodes that do, by TensorFlow's names; * is any text, ? any character" },
    { "--min-shape", "NAME=1x3", REPEATED, offsetof(struct arguments, min_shapes), "least dimensions of an open input; once for each profile" },
    { "--opt-shape", "NAME=8x3", REPEATED, offsetof(struct arguments, opt_shapes), "dimensions that it is tuned for" },
    { "--max-shape", "NAME=32x3", REPEATED, offsetof(struct arguments, max_shapes), "greatest dimensions; of the three, one that is missing is as another" },
    { "--assume-family", NULL, FLAG, offsetof(struct arguments, assume_family), "tries a TensorRT version that is not known as the nearest one" },
    { "--bundle", NULL, FLAG, offsetof(struct arguments, bundle), "all parts of the model, what only a CPU can do too, in the folder of -o, which runs as one model" },
    { "--builder-optimization-level", "0-5", SETTING, 0, "how long the builder searches; TensorRT's default is 3" },
    { "--builder-threads", "N", SETTING, 0, "threads of the builder" },
    { "--compute-capability", "8.9,12.0", SETTING, 0, "what TensorRT-RTX builds for; default: the GPU that is there" },
    { "--debug-sync", NULL, SWITCH, 0, "checks for errors after every layer" },
    { "--direct-io", NULL, SWITCH, 0, "no reformatting of inputs and outputs" },
    { "--disable-compilation-cache", NULL, SWITCH, 0, "compiles each kernel anew" },
    { "--disable-timing-cache", NULL, SWITCH, 0, "measures each tactic anew" },
    { "--error-on-timing-cache-miss", NULL, SWITCH, 0, "fails where the timing cache lacks a measurement" },
    { "--exclude-lean-runtime", NULL, SWITCH, 0, "leaves the runtime out of a version compatible engine" },
    { "--hardware-compatibility", "LEVEL", SETTING, 0, "GPUs that may run it: none (default), ampere+ or same-compute-capability" },
    { "--l2-limit-for-tiling", "SIZE", SETTING, 0, "cache that tiling may use" },
    { "--max-aux-streams", "N", SETTING, 0, "streams besides the main one" },
    { "--max-tactics", "N", SETTING, 0, "tactics that are tried for a layer" },
    { "--memory-pool-size", "POOL:SIZE,..", SETTING, 0, "limits of workspace, tactic-dram, tactic-shared-memory" },
    { "--monitor-memory", NULL, SWITCH, 0, "tells the memory that the engine takes" },
    { "--preview", "+A,-B", SETTING, 0, "preview features on and off" },
    { "--profiling-verbosity", "LEVEL", SETTING, 0, "layer-names-only (default), none or detailed" },
    { "--refit", NULL, SWITCH, 0, "weights can be exchanged later" },
    { "--runtime-platform", "P", SETTING, 0, "same-as-build (default) or windows-amd64" },
    { "--sparse-weights", NULL, SWITCH, 0, "uses the GPU's 2:4 sparsity where weights have it" },
    { "--strict-nans", NULL, SWITCH, 0, "NaNs come out as IEEE 754 says" },
    { "--strict-types", NULL, SWITCH, 0, "fails where a layer cannot keep the precision that it was given" },
    { "--strip-weights", NULL, SWITCH, 0, "leaves weights out of the engine, to be refitted" },
    { "--tactic-sources", "+A,-B", SETTING, 0, "libraries that tactics may come from" },
    { "--tiling-optimization-level", "LEVEL", SETTING, 0, "none, fast, moderate or full" },
    { "--timing-cache", "FILE", SETTING, 0, "measurements of earlier builds, read and written" },
    { "--timing-cache-of-others", NULL, SWITCH, 0, "takes a timing cache of another GPU" },
    { "--timing-iterations", "N", SETTING, 0, "times that a tactic is measured" },
    { "--version-compatible", NULL, SWITCH, 0, "later TensorRT of the same major version may run it" },
    { "--weight-streaming", NULL, SWITCH, 0, "weights may stay in host memory" },
    { "--name", "NAME", TEXT, offsetof(struct arguments, name), "the model's name in the repository; default: that of its file or folder" },
    { "--model-version", "N", NUMBER, offsetof(struct arguments, model_version), "the folder that it goes to; default: the next one" },
    { "--keep-versions", "N", NUMBER, offsetof(struct arguments, keep_versions), "so many of the newest are served at a time; default 1" },
    { "--run-on", "NAME", TEXT, offsetof(struct arguments, run_on), "what the server's backend tfport runs the model with: cpu, onnxruntime or tensorrt; default: tensorrt on a GPU, else cpu" },
    { "--gpus", "all|0,1", LIST, offsetof(struct arguments, gpus), "GPUs of the server that serve it; default: the CPU, for engines all GPUs" },
    { "--instances", "N", NUMBER, offsetof(struct arguments, instances), "sessions that run at a time, on each of --devices; for triton on each GPU or on the CPU; default 1" },
    { "--max-batch", "N", NUMBER, offsetof(struct arguments, max_batch), "rows of one run at most, 0: requests are not batched; default 32 where the model has a batch" },
    { "--queue-delay", "US", NUMBER, offsetof(struct arguments, queue_delay), "microseconds that a request may wait for others to share its run; default 0" },
    { "--labels", "NAME=F.txt", REPEATED, offsetof(struct arguments, labels), "words for the elements of an output, one a line" },
    { "--cluster", "HOSTS.txt", TEXT, offsetof(struct arguments, cluster), "writes haproxy.cfg for these servers, one HOST:PORT a line, with kubernetes.yaml and Dockerfile, and no model" },
    { "--image", "NAME", TEXT, offsetof(struct arguments, image), "of the containers in kubernetes.yaml; default: as --name, which is tfport-triton" },
    { "--port", "N", NUMBER, offsetof(struct arguments, port), "that the cluster is reached at; default 8000" },
    { "--replicas", "2-8", TEXT, offsetof(struct arguments, replicas), "least and most that Kubernetes runs; default 2-8" },
    { "--no-warmup", NULL, FLAG, offsetof(struct arguments, no_warmup), "the server sends no request of its own when it has loaded the model" },
    { "--json", NULL, FLAG, offsetof(struct arguments, json), "prints JSON" },
    { "--quiet", NULL, FLAG, offsetof(struct arguments, quiet), "no progress and no summary" },
    { "--verbose", NULL, FLAG, offsetof(struct arguments, verbose), "tells notes about the model; inspect: every variable, and the IR" },
    { "--help", NULL, FLAG, offsetof(struct arguments, help), "this text" },
};
enum { OPTIONS = sizeof options / sizeof options[0] };

/* Its name stands as a whole word in the row's list, or the row takes all of its kind. */
static bool takes(const struct command *c, const struct option *o)
{
    const size_t n = strlen(o->name);
    if (o->kind == SETTING || o->kind == SWITCH) return c->settings;
    for (const char *s = c->options; (s = strstr(s, o->name)); s += n)
        if ((s == c->options || s[-1] == ' ') && (s[n] == ' ' || s[n] == '\0')) return true;
    return false;
}

static bool add_word(struct words *w, const char *text, const char *option)
{
    if (w->n == MANY) return wrong_usage("%s: more than %d values", option, MANY), false;
    w->at[w->n++] = text;
    return true;
}

static bool add_list(struct words *w, char *text, const char *option)
{
    for (char *at = text; at; ) {
        char *comma = strchr(at, ',');
        if (comma) *comma++ = '\0';
        if (*at && !add_word(w, at, option)) return false;
        at = comma;
    }
    return true;
}

static bool set_number(const char *text, const char *option, int64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoll(text, &end, 10);
    if (errno || end == text || *end || *out < 0) return wrong_usage("%s: '%s' is no number", option, text), false;
    return true;
}

/* "name=value"; kept until the program ends, as what argv holds. */
static bool add_setting(struct words *w, const char *name, const char *value)
{
    size_t n = strlen(name) + strlen(value) + 2;
    char *both = malloc(n);
    if (!both) return false;
    snprintf(both, n, "%s=%s", name, value);
    return add_word(w, both, name);
}

static bool set_option(const struct option *o, char *value, struct arguments *out)
{
    void *field = (char *)out + o->field;
    switch (o->kind) {
    case FLAG: *(bool *)field = true; return true;
    case TEXT: *(const char **)field = value; return true;
    case NUMBER: return set_number(value, o->name, field);
    case REPEATED: return add_word(field, value, o->name);
    case LIST: return add_list(field, value, o->name);
    case SETTING: return add_setting(&out->settings, o->name + 2, value);
    case SWITCH: return add_word(&out->settings, o->name + 2, o->name);
    }
    return false;
}

/* "--name" or "--name=value"; -o also as "-oFILE" is not taken. */
static const struct option *find_option(const struct command *c, const char *text, size_t n)
{
    for (size_t i = 0; i < OPTIONS; i++)
        if (strlen(options[i].name) == n && memcmp(options[i].name, text, n) == 0)
            return takes(c, &options[i]) || options[i].field == offsetof(struct arguments, help) ? &options[i] : NULL;
    return NULL;
}

bool arguments_parse(const struct command *c, int argc, char **argv, struct arguments *out)
{
    *out = (struct arguments){ .unroll = UNROLL_DEFAULT, .max_batch = -1 };
    for (int i = 0; i < argc; i++) {
        char *text = argv[i], *equals = strchr(text, '=');
        if (text[0] != '-' || !text[1]) {
            if (!add_word(&out->positional, text, c->name)) return false;
            continue;
        }
        if (strncmp(text, "--", 2) != 0) equals = NULL;
        const struct option *o = find_option(c, text, equals ? (size_t)(equals - text) : strlen(text));
        if (!o) return wrong_usage("%s has no option '%s'; 'tfport %s --help' lists them", c->name, text, c->name), false;
        const bool flag = o->kind == FLAG || o->kind == SWITCH;
        if (flag && equals) return wrong_usage("%s takes no value", o->name), false;
        char *value = equals ? equals + 1 : NULL;
        if (!flag && !value && i + 1 < argc) value = argv[++i];
        if (!flag && !value) return wrong_usage("%s needs a value: %s", o->name, o->value), false;
        if (!set_option(o, value, out)) return false;
    }
    return true;
}

/* Longer names have a line of their own. */
static void print_option(const struct option *o)
{
    enum { COLUMN = 26 };
    int n = printf("  %s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "") - 2;
    if (n > COLUMN) printf("\n%*s%s\n", COLUMN + 3, "", o->help);
    else printf("%*s%s\n", COLUMN + 1 - n, "", o->help);
}

void arguments_help(const struct command *c)
{
    printf("usage: tfport %s\n\n%s\n\noptions:\n", c->synopsis, c->summary);
    for (size_t i = 0; i < OPTIONS; i++)
        if (takes(c, &options[i])) print_option(&options[i]);
}

bool split_name(const char *text, char *room, size_t n, const char **rest)
{
    const char *equals = strchr(text, '=');
    if (!equals || (size_t)(equals - text) >= n) return false;
    memcpy(room, text, (size_t)(equals - text));
    room[equals - text] = '\0';
    *rest = equals + 1;
    return true;
}

bool same_tensor(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    if (n > 2 && strcmp(a + n - 2, ":0") == 0) n -= 2;
    if (m > 2 && strcmp(b + m - 2, ":0") == 0) m -= 2;
    return n == m && memcmp(a, b, n) == 0;
}

/* "1x224x?x3"; "" is a scalar. */
static bool parse_dims(const char *text, int64_t *dims, uint32_t *rank)
{
    *rank = 0;
    for (const char *s = text; *s;) {
        char *end;
        if (*rank == TFP_MAX_RANK) return false;
        if (*s == '?') {
            dims[(*rank)++] = -1;
            end = (char *)(uintptr_t)s + 1;
        } else {
            errno = 0;
            dims[*rank] = strtoll(s, &end, 10);
            if (end == s || errno || dims[(*rank)++] < -1) return false;
        }
        if (*end && *end != 'x' && *end != ',') return false;
        if (*end && !end[1]) return false;
        s = *end ? end + 1 : end;
    }
    return true;
}

void parse_shape(const char *text, struct shape_argument *out)
{
    const char *rest;
    if (split_name(text, out->name, sizeof out->name, &rest) && parse_dims(rest, out->dims, &out->rank)) return;
    wrong_usage("--shape '%s': NAME=1x224x224x3 is expected", text);
    exit(TFP_E_USAGE);
}

struct tfp_model_options model_options(const struct arguments *a)
{
    static struct tfp_shape shapes[MANY];
    static struct shape_argument parsed[MANY];
    struct tfp_model_options o = TFP_INIT(struct tfp_model_options);
    if (a->state && strcmp(a->state, "io") != 0) {
        wrong_usage("--state '%s': io is expected", a->state);
        exit(TFP_E_USAGE);
    }
    for (size_t i = 0; i < a->shapes.n; i++) {
        parse_shape(a->shapes.at[i], &parsed[i]);
        shapes[i] = (struct tfp_shape){ .name = parsed[i].name, .rank = parsed[i].rank, .dims = parsed[i].dims };
    }
    o.inputs = a->model_inputs.at;
    o.n_inputs = a->model_inputs.n;
    o.outputs = a->model_outputs.at;
    o.n_outputs = a->model_outputs.n;
    o.shapes = shapes;
    o.n_shapes = a->shapes.n;
    o.weights = a->weights;
    o.signature = a->signature;
    o.tags = a->tags.at;
    o.n_tags = a->tags.n;
    o.moving_averages = a->moving_averages;
    o.state_io = a->state != NULL;
    o.no_verify = a->no_verify;
    o.unroll = a->unroll == UNROLL_DEFAULT ? 0 : a->unroll ? a->unroll : -1;
    return o;
}

tfp_status open_model(tfp_context *ctx, const struct arguments *a, tfp_model **out)
{
    const struct tfp_model_options o = model_options(a);
    return tfp_model_open(ctx, a->positional.at[0], &o, out);
}
