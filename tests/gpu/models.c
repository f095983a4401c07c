/* Builds engines of many models in one process and runs them, against the outputs that TensorFlow gave: TensorRT takes
 * seconds to begin, which each process pays once.
 *
 * usage: gpu_models LIST SHARD SHARDS PRECISION SCRATCH [LEVEL]     LEVEL: how long the builder searches, 0 to 5
 * LIST has a model a line, fields separated by tabs: name, path, signature or "-", inputs "a,b" or "-", outputs "c" or "-",
 * then "<NAME=F.npy" for each input and ">NAME=F.npy" for each output. Lines SHARD, SHARD + SHARDS, .. are taken; each gives
 * two lines on stdout, one a way: name, way, outcome (agrees, differs, refused, failed), seconds of the build, message. A model
 * with ends that only a CPU can do is built and run as a bundle, in the folder SCRATCH.parts. */
#include "../compare.h"
#include "backend/tensorrt/trt_shared.h"
#include "backend/tensorrt/trt_api.h"

#include <stdlib.h>
#include <time.h>

enum { MOST = 64, FIELDS = 160 };

struct binding {
    const char *name, *file;
    tfp_array *array;
};
struct model {
    const char *name, *path, *signature;
    const char *inputs[MOST], *outputs[MOST];
    size_t n_inputs, n_outputs;
    struct binding in[MOST], out[MOST];
    size_t n_in, n_out;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static size_t split(char *text, char separator, const char **out, size_t room)
{
    size_t n = 0;
    for (char *at = text; at && n < room;) {
        char *end = strchr(at, separator);
        if (end) *end++ = '\0';
        out[n++] = at;
        at = end;
    }
    return n;
}

static tfp_status read_array(tfp_context *ctx, char *field, struct binding *list, size_t *n)
{
    char *file = strrchr(field, '=');
    if (!file || *n == MOST) return TFP_E_USAGE;
    *file++ = '\0';
    size_t length = strlen(field);
    if (length > 2 && strcmp(field + length - 2, ":0") == 0) field[length - 2] = '\0';
    list[*n].name = field + 1;
    list[*n].file = file;
    return tfp_npy_read(ctx, file, &list[(*n)++].array);
}

static tfp_status read_line(tfp_context *ctx, char *line, struct model *m)
{
    const char *fields[FIELDS];
    line[strcspn(line, "\n")] = '\0';
    size_t n = split(line, '\t', fields, FIELDS);
    if (n < 5) return TFP_E_USAGE;
    *m = (struct model){ .name = fields[0], .path = fields[1] };
    if (strcmp(fields[2], "-") != 0) m->signature = fields[2];
    if (strcmp(fields[3], "-") != 0) m->n_inputs = split((char *)(uintptr_t)fields[3], ',', m->inputs, MOST);
    if (strcmp(fields[4], "-") != 0) m->n_outputs = split((char *)(uintptr_t)fields[4], ',', m->outputs, MOST);
    for (size_t i = 5; i < n; i++) {
        bool in = fields[i][0] == '<';
        tfp_status status = read_array(ctx, (char *)(uintptr_t)fields[i], in ? m->in : m->out, in ? &m->n_in : &m->n_out);
        if (status != TFP_OK) return status;
    }
    return TFP_OK;
}

static void end_model(struct model *m)
{
    for (size_t i = 0; i < m->n_in; i++) tfp_array_destroy(m->in[i].array);
    for (size_t i = 0; i < m->n_out; i++) tfp_array_destroy(m->out[i].array);
}

/* The model with the shapes of its inputs. */
static tfp_status open_model(tfp_context *ctx, const struct model *m, tfp_model **out)
{
    struct tfp_shape shapes[MOST];
    struct tfp_model_options o = TFP_INIT(struct tfp_model_options);
    o.signature = m->signature;
    o.inputs = m->inputs;
    o.n_inputs = m->n_inputs;
    o.outputs = m->outputs;
    o.n_outputs = m->n_outputs;
    for (size_t i = 0; i < m->n_in; i++) {
        const struct tfp_tensor *t = tfp_array_tensor(m->in[i].array);
        if (t->rank == 0) continue;
        shapes[o.n_shapes++] = (struct tfp_shape){ m->in[i].name, t->rank, t->dims };
    }
    o.shapes = shapes;
    return tfp_model_open(ctx, m->path, &o, out);
}

/* By name; a list without that name, as long as the model's, is in the model's order: Keras 3 numbers its tensors anew in each
 * process, and files name their inputs by layers. */
static const struct binding *find(const struct binding *list, size_t n, const char *name, size_t place, size_t of)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].name, name) == 0) return &list[i];
    return n == of ? &list[place] : NULL;
}

/* tf.Example messages that end in zeros are only whole when they are read as such. */
static tfp_status take_input(tfp_context *ctx, const struct binding *b, bool examples, tfp_array **own, struct tfp_tensor *in)
{
    if (!examples) return *in = *tfp_array_tensor(b->array), TFP_OK;
    tfp_status status = tfp_examples_read(ctx, b->file, own);
    if (status == TFP_OK) *in = *tfp_array_tensor(*own);
    return status;
}

static tfp_status compare_outputs(const struct model *m, const tfp_session *s, const struct tfp_tensor *out, int round, char *why, size_t room)
{
    size_t compared = 0;
    for (size_t i = 0; i < tfp_session_n_outputs(s); i++) {
        char text[512];
        const struct binding *b = find(m->out, m->n_out, tfp_session_output(s, i)->name, i, tfp_session_n_outputs(s));
        compared += b != NULL;
        if (!b || tensors_agree(&out[i], tfp_array_tensor(b->array), text, sizeof text)) continue;
        snprintf(why, room, "run %d, %s: %s", round + 1, b->name, text);
        return TFP_E_DIFFER;
    }
    if (compared) return TFP_OK;
    snprintf(why, room, "no output has a reference");
    return TFP_E_USAGE;
}

/* Twice: the second run is a CUDA graph. */
static tfp_status run_twice(tfp_context *ctx, const struct model *m, tfp_session *s, const struct tfp_tensor *in, char *why, size_t room)
{
    for (int round = 0; round < 2; round++) {
        struct tfp_tensor out[MOST] = { { 0 } };
        tfp_status status = tfp_session_run(ctx, s, in, tfp_session_n_inputs(s), out, tfp_session_n_outputs(s));
        if (status == TFP_OK) status = compare_outputs(m, s, out, round, why, room);
        if (status != TFP_OK) return status;
    }
    return TFP_OK;
}

static tfp_status run_engine(tfp_context *ctx, const struct model *m, tfp_session *s, char *why, size_t room)
{
    struct tfp_tensor in[MOST] = { { 0 } };
    tfp_array *own[MOST] = { NULL };
    tfp_status status = TFP_OK;
    const size_t n = tfp_session_n_inputs(s);
    for (size_t i = 0; i < n && status == TFP_OK; i++) {
        const struct binding *b = find(m->in, m->n_in, tfp_session_input(s, i)->name, i, n);
        if (b) status = take_input(ctx, b, tfp_session_takes_examples(s, i), &own[i], &in[i]);
        else snprintf(why, room, "input %s has no values", tfp_session_input(s, i)->name), status = TFP_E_USAGE;
    }
    if (status == TFP_OK) status = run_twice(ctx, m, s, in, why, room);
    for (size_t i = 0; i < n; i++) tfp_array_destroy(own[i]);
    return status;
}

/* What only a CPU can do stands beside the engine in a bundle, SCRATCH.parts. */
static tfp_status has_ends(tfp_context *ctx, tfp_model *model, bool *out)
{
    tfp_parts *parts = NULL;
    tfp_status status = tfp_model_parts(ctx, model, NULL, 0, &parts);
    *out = status == TFP_OK && tfp_parts_info(parts)->n_parts > 1;
    tfp_parts_destroy(parts);
    return status;
}

static struct tfp_setting level = { "builder-optimization-level", NULL };

static void one_way(tfp_context *ctx, const struct model *m, enum tfp_via via, const char *precision, const char *scratch)
{
    char why[4096] = "", path[4096];
    tfp_model *model = NULL;
    tfp_session *s = NULL;
    struct tfp_build_options o = TFP_INIT(struct tfp_build_options);
    struct tfp_session_options so = TFP_INIT(struct tfp_session_options);
    o.via = via;
    o.precision = precision;
    o.settings = &level;
    o.n_settings = level.value != NULL;
    double start = now();
    tfp_status status = open_model(ctx, m, &model);
    if (status == TFP_OK) status = has_ends(ctx, model, &o.bundle);
    snprintf(path, sizeof path, "%s%s", scratch, o.bundle ? ".parts" : "");
    if (status == TFP_OK) status = tfp_model_build(ctx, model, path, &o);
    double seconds = now() - start;
    bool refused = status == TFP_E_UNSUPPORTED || status == TFP_E_USAGE;
    if (status == TFP_OK) status = tfp_session_open(ctx, path, &so, &s);
    if (status == TFP_OK) status = run_engine(ctx, m, s, why, sizeof why);
    if (status != TFP_OK && !why[0]) snprintf(why, sizeof why, "%s", tfp_context_message(ctx));
    for (char *c = why; *c; c++)
        if (*c == '\n' || *c == '\t') *c = ' ';
    const char *outcome = status == TFP_OK ? "agrees" : status == TFP_E_DIFFER ? "differs" : refused ? "refused" : "failed";
    printf("%s\t%s\t%s\t%.2f\t%.600s\n", m->name, via == TFP_VIA_ONNX ? "onnx" : "direct", outcome, seconds, why);
    fflush(stdout);
    tfp_session_destroy(s);
    tfp_model_destroy(model);
}

/* While there is one, TensorRT keeps the kernels loaded that take it seconds to load. */
static void hold_builder(tfp_context *ctx)
{
    const struct trt_open_options o = { 0 };
    struct trt *t;
    struct trt_builder *b;
    if (trt_borrow(ctx, &o, &t) == TFP_OK && trt_builder_create(ctx, t, &b) != TFP_OK) trt_give_back(t);
}

int main(int argc, char **argv)
{
    static char line[65536];
    tfp_context *ctx;
    if (argc < 6 || argc > 7 || tfp_context_create(&ctx) != TFP_OK) return TFP_E_USAGE;
    if (argc == 7) level.value = argv[6];
    hold_builder(ctx);
    FILE *list = fopen(argv[1], "r");
    int shard = atoi(argv[2]), shards = atoi(argv[3]);
    if (!list || shards < 1) return TFP_E_USAGE;
    for (int k = 0; fgets(line, sizeof line, list); k++) {
        struct model m;
        if (k % shards != shard) continue;
        tfp_status status = read_line(ctx, line, &m);
        if (status != TFP_OK) printf("line %d\t-\tfailed\t0\t%s\n", k + 1, tfp_context_message(ctx));
        for (int via = 0; via < 2 && status == TFP_OK; via++) one_way(ctx, &m, (enum tfp_via)via, argv[4], argv[5]);
        end_model(&m);
    }
    fclose(list);
    tfp_context_destroy(ctx);
    return 0;
}
