/* Runs one case: a model that TensorFlow wrote, with inputs and TensorFlow's own outputs, on the CPU backend and, where
 * an ONNX Runtime is found, through ONNX at several opsets.
 *
 * usage: case_runner FOLDER [--round-trips|--bundle]
 * FOLDER/case.txt has lines "input NAME FILE", "output NAME FILE", "model PATH" (a file, folder or prefix; default
 * graph.pb), "note ...", and
 * "refused N" when opsets below N must be refused (exit 3), "cpu-only" when ONNX Runtime has no kernel for it at all;
 * "within X [Y]" when elements of outputs may be X apart, as steps of quantized tensors are, and Y by ONNX Runtime;
 * "signature NAME", "tags A,B", "weights PREFIX", "moving-averages", "state io" as the command's options are called;
 * "examples NAME FILE" in place of "input" for tf.Example messages;
 * "found NAME FILE" in place of "input" when the program is to find inputs and outputs by itself;
 * "array KEY FILE" for an array of the checkpoint that "model" names; without outputs only those are compared.
 * With --round-trips the model goes to ONNX at every opset, is read back, goes to every opset again, and is read and run on
 * the CPU backend each time: what opset N and opset M can both say must be the same by way of either.
 * With --bundle it goes into a folder of prefix, core and suffix, which is run as one model, and its core by ONNX Runtime. */
#include "../compare.h"

#include <stdlib.h>
#include <unistd.h>

enum { MOST = 32, ROOM = 512 };

struct binding {
    char name[256], file[ROOM];
    bool examples; /* tf.Example messages */
    tfp_array *array;
};

struct test_case {
    char folder[ROOM], model_file[2 * ROOM], weights[2 * ROOM], signature[256], tags[256];
    struct binding in[MOST], out[MOST], arrays[MOST];
    size_t n_in, n_out, n_arrays;
    bool find_all;
    int refused_below;
    bool cpu_only, moving_averages, state_io;
    double within, within_onnx; /* ONNX Runtime computes such graphs with kernels of its own */
    tfp_context *ctx;
    tfp_model *model;
};

static int complain(const struct test_case *c, const char *what, const char *why)
{
    printf("%s: %s: %s\n", c->folder, what, why);
    return 1;
}

static bool add_binding(struct test_case *c, struct binding *list, size_t *n, char *text)
{
    char *space = strrchr(text, ' ');
    if (!space || *n == MOST) return false;
    *space = '\0';
    snprintf(list[*n].name, sizeof list[*n].name, "%.250s", text);
    snprintf(list[*n].file, sizeof list[*n].file, "%.200s/%.200s", c->folder, space + 1);
    (*n)++;
    return true;
}

/* What follows a word and a space; NULL: the line has another word. */
static char *after(char *line, const char *word)
{
    size_t n = strlen(word);
    return strncmp(line, word, n) == 0 && line[n] == ' ' ? line + n + 1 : NULL;
}

static bool read_line(struct test_case *c, char *line)
{
    char *rest;
    if ((rest = after(line, "input"))) return add_binding(c, c->in, &c->n_in, rest);
    if ((rest = after(line, "examples"))) return add_binding(c, c->in, &c->n_in, rest) && (c->in[c->n_in - 1].examples = true);
    if ((rest = after(line, "found"))) return c->find_all = true, add_binding(c, c->in, &c->n_in, rest);
    if ((rest = after(line, "output"))) return add_binding(c, c->out, &c->n_out, rest);
    if ((rest = after(line, "array"))) return add_binding(c, c->arrays, &c->n_arrays, rest);
    if ((rest = after(line, "model"))) snprintf(c->model_file, sizeof c->model_file, "%.500s/%.500s", c->folder, rest);
    else if ((rest = after(line, "weights"))) snprintf(c->weights, sizeof c->weights, "%.500s/%.500s", c->folder, rest);
    else if ((rest = after(line, "signature"))) snprintf(c->signature, sizeof c->signature, "%.250s", rest);
    else if ((rest = after(line, "tags"))) snprintf(c->tags, sizeof c->tags, "%.250s", rest);
    else if ((rest = after(line, "refused"))) c->refused_below = atoi(rest);
    else if ((rest = after(line, "within"))) c->within = strtod(rest, &rest), c->within_onnx = *rest ? strtod(rest, NULL) : c->within;
    else if (strcmp(line, "cpu-only") == 0) c->cpu_only = true;
    else if (strcmp(line, "moving-averages") == 0) c->moving_averages = true;
    else if (strcmp(line, "state io") == 0) c->state_io = true;
    else return after(line, "note") || !*line;
    return true;
}

static bool read_case(struct test_case *c)
{
    char path[ROOM + 64], line[1024];
    snprintf(path, sizeof path, "%s/case.txt", c->folder);
    snprintf(c->model_file, sizeof c->model_file, "%s/graph.pb", c->folder);
    FILE *f = fopen(path, "r");
    if (!f) return false;
    bool good = true;
    while (good && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\r\n")] = '\0';
        good = read_line(c, line);
    }
    fclose(f);
    return good && c->n_out + c->n_arrays > 0;
}

static int read_arrays(struct test_case *c, struct binding *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((list[i].examples ? tfp_examples_read : tfp_npy_read)(c->ctx, list[i].file, &list[i].array) != TFP_OK)
            return complain(c, list[i].name, tfp_context_message(c->ctx));
    return 0;
}

/* A signature brings its own inputs and outputs. */
static int open_case(struct test_case *c)
{
    const char *in[MOST], *out[MOST], *tags[MOST];
    struct tfp_model_options o = TFP_INIT(struct tfp_model_options);
    for (size_t i = 0; i < c->n_in; i++) in[i] = c->in[i].name;
    for (size_t i = 0; i < c->n_out; i++) out[i] = c->out[i].name;
    for (char *at = c->tags; *at && o.n_tags < MOST; at += strlen(at) + 1) {
        tags[o.n_tags++] = at;
        at[strcspn(at, ",")] = '\0';
    }
    o.inputs = in;
    o.n_inputs = *c->signature || c->find_all ? 0 : c->n_in;
    o.outputs = out;
    o.n_outputs = *c->signature || c->find_all ? 0 : c->n_out;
    o.tags = tags;
    o.weights = *c->weights ? c->weights : NULL;
    o.signature = *c->signature ? c->signature : NULL;
    o.moving_averages = c->moving_averages;
    o.state_io = c->state_io;
    if (tfp_model_open(c->ctx, c->model_file, &o, &c->model) != TFP_OK) return complain(c, "open", tfp_context_message(c->ctx));
    return 0;
}

static int compare_arrays(struct test_case *c)
{
    tfp_weights *w = NULL;
    int failures = 0;
    if (!c->n_arrays) return 0;
    if (tfp_weights_open(c->ctx, c->model_file, true, &w) != TFP_OK) return complain(c, "weights", tfp_context_message(c->ctx));
    for (size_t i = 0; i < c->n_arrays; i++) {
        size_t at;
        struct tfp_tensor t;
        char why[512];
        if (tfp_weights_find(c->ctx, w, c->arrays[i].name, &at) != TFP_OK || tfp_weights_read(c->ctx, w, at, &t) != TFP_OK)
            failures += complain(c, c->arrays[i].name, tfp_context_message(c->ctx));
        else if (!tensors_agree(&t, tfp_array_tensor(c->arrays[i].array), why, sizeof why))
            failures += complain(c, c->arrays[i].name, why);
    }
    tfp_weights_destroy(w);
    return failures;
}

/* "x" is "x:0", too. */
static bool same_name(const char *a, const char *b)
{
    size_t n = strlen(b);
    return strncmp(a, b, n) == 0 && (!a[n] || strcmp(a + n, ":0") == 0);
}

/* By name, since a backend that reads the file itself may order or drop inputs, and signatures have orders of their own. */
static int run_case(struct test_case *c, tfp_session *s, const char *what, double within)
{
    struct tfp_tensor in[MOST] = { 0 }, out[MOST] = { 0 };
    size_t n_in = tfp_session_n_inputs(s), n_out = tfp_session_n_outputs(s);
    char why[512], label[600];
    if (n_in > MOST || n_out != c->n_out) return complain(c, what, "another number of inputs or outputs");
    for (size_t i = 0; i < n_in; i++)
        for (size_t k = 0; k < c->n_in; k++)
            if (same_name(c->in[k].name, tfp_session_input(s, i)->name)) in[i] = *tfp_array_tensor(c->in[k].array);
    if (tfp_session_run(c->ctx, s, in, n_in, out, n_out) != TFP_OK) return complain(c, what, tfp_context_message(c->ctx));
    int failures = 0;
    for (size_t i = 0; i < c->n_out; i++) {
        size_t k = 0;
        while (k < n_out && !same_name(c->out[i].name, tfp_session_output(s, k)->name)) k++;
        if (k == n_out) failures += complain(c, what, c->out[i].name);
        if (k == n_out || tensors_agree_within(&out[k], tfp_array_tensor(c->out[i].array), within, why, sizeof why)) continue;
        snprintf(label, sizeof label, "%s: output %s", what, c->out[i].name);
        failures += complain(c, label, why);
    }
    return failures;
}

static int run_cpu(struct test_case *c)
{
    tfp_session *s = NULL;
    if (tfp_session_create(c->ctx, c->model, NULL, &s) != TFP_OK) return complain(c, "cpu", tfp_context_message(c->ctx));
    int failures = run_case(c, s, "cpu", c->within) + run_case(c, s, "cpu, second run", c->within);
    tfp_session_destroy(s);
    return failures;
}

static int run_opset(struct test_case *c, int opset, const char *path)
{
    char what[32];
    struct tfp_onnx_options o = TFP_INIT(struct tfp_onnx_options);
    struct tfp_session_options so = TFP_INIT(struct tfp_session_options);
    tfp_session *s = NULL;
    o.opset = opset;
    so.backend = "onnxruntime";
    so.threads = 1;
    snprintf(what, sizeof what, "opset %d", opset);
    tfp_status status = tfp_model_write_onnx(c->ctx, c->model, path, &o);
    if (opset < c->refused_below)
        return status == TFP_E_UNSUPPORTED ? 0 : complain(c, what, "is said to be refused and is not");
    if (status != TFP_OK) return complain(c, what, tfp_context_message(c->ctx));
    status = tfp_session_open(c->ctx, path, &so, &s);
    if (status == TFP_E_MISSING) return 0; /* no ONNX Runtime here: writing was tested */
    if (status != TFP_OK) return c->cpu_only ? 0 : complain(c, what, tfp_context_message(c->ctx));
    int failures = run_case(c, s, what, c->within_onnx);
    tfp_session_destroy(s);
    return failures;
}

/* -- round trips --------------------------------------------------------------------------------------------------- */

static int run_file(struct test_case *c, const char *path, const char *what)
{
    tfp_session *s = NULL;
    struct tfp_session_options o = TFP_INIT(struct tfp_session_options);
    o.threads = 1;
    if (tfp_session_open(c->ctx, path, &o, &s) != TFP_OK) return complain(c, what, tfp_context_message(c->ctx));
    int failures = run_case(c, s, what, c->within);
    tfp_session_destroy(s);
    return failures;
}

static tfp_status write_at(struct test_case *c, tfp_model *m, int opset, const char *path)
{
    struct tfp_onnx_options o = TFP_INIT(struct tfp_onnx_options);
    o.opset = opset;
    return tfp_model_write_onnx(c->ctx, m, path, &o);
}

/* From what was written at opset n to every opset that the model itself can be written at. What is written at an opset may
 * use what lower ones lack, and is then refused by name there. */
static int leave_again(struct test_case *c, int n, const bool *can, const char *first, const char *second)
{
    tfp_model *m = NULL;
    char what[64];
    int failures = 0;
    snprintf(what, sizeof what, "read back from opset %d", n);
    if (tfp_model_open(c->ctx, first, NULL, &m) != TFP_OK || *tfp_model_refusal(m))
        failures = complain(c, what, m ? tfp_model_refusal(m) : tfp_context_message(c->ctx));
    for (int to = 7; !failures && to <= tfp_onnx_newest_opset(); to++) {
        snprintf(what, sizeof what, "opset %d to opset %d", n, to);
        tfp_status status = write_at(c, m, to, second);
        if (status == TFP_OK) failures += run_file(c, second, what);
        else if (status != TFP_E_UNSUPPORTED || (can[to] && to >= n))
            failures += complain(c, what, tfp_context_message(c->ctx));
    }
    tfp_model_destroy(m);
    return failures;
}

static int go_round(struct test_case *c)
{
    enum { MOST_OPSETS = 64 };
    char paths[2][32] = { "/tmp/tfport-case-XXXXXX.onnx", "/tmp/tfport-case-XXXXXX.onnx" };
    bool can[MOST_OPSETS] = { false };
    int failures = 0, fds[] = { mkstemps(paths[0], 5), mkstemps(paths[1], 5) }, newest = tfp_onnx_newest_opset(), written = 0;
    if (fds[0] < 0 || fds[1] < 0 || newest >= MOST_OPSETS) return complain(c, "temporary file", paths[0]);
    for (int n = 7; n <= newest; n++) written += can[n] = write_at(c, c->model, n, paths[0]) == TFP_OK;
    if (!written) failures += complain(c, "no opset can be written", tfp_context_message(c->ctx));
    for (int n = 7; n <= newest && !failures; n++)
        if (can[n] && write_at(c, c->model, n, paths[0]) == TFP_OK) failures += leave_again(c, n, can, paths[0], paths[1]);
    for (int i = 0; i < 2; i++) close(fds[i]), unlink(paths[i]);
    return failures;
}

/* -- bundles ------------------------------------------------------------------------------------------------------- */

static int run_bundle(struct test_case *c, const char *folder, const char *backend)
{
    struct tfp_session_options o = TFP_INIT(struct tfp_session_options);
    tfp_session *s = NULL;
    o.backend = backend;
    tfp_status status = tfp_session_open(c->ctx, folder, &o, &s);
    if (status == TFP_E_MISSING && backend) return 0; /* no ONNX Runtime here */
    if (status != TFP_OK) return complain(c, "bundle", tfp_context_message(c->ctx));
    int failures = run_case(c, s, "bundle", c->within) + run_case(c, s, "bundle, second run", c->within);
    tfp_session_destroy(s);
    return failures;
}

static int go_bundled(struct test_case *c)
{
    char folder[] = "/tmp/tfport-case-XXXXXX", path[128];
    static const char *const files[] = { "bundle.json", "prefix.onnx", "core.onnx", "suffix.onnx" };
    struct tfp_onnx_options o = TFP_INIT(struct tfp_onnx_options);
    o.bundle = true;
    if (!mkdtemp(folder)) return complain(c, "temporary folder", folder);
    int failures = tfp_model_write_onnx(c->ctx, c->model, folder, &o) == TFP_OK
                       ? run_bundle(c, folder, NULL) + run_bundle(c, folder, "onnxruntime")
                       : complain(c, "bundle", tfp_context_message(c->ctx));
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    rmdir(folder);
    return failures;
}

/* -- all ----------------------------------------------------------------------------------------------------------- */

static int run_opsets(struct test_case *c)
{
    const int opsets[] = { 7, 9, 11, 13, 17, tfp_onnx_newest_opset() };
    char path[] = "/tmp/tfport-case-XXXXXX.onnx";
    int failures = 0, fd = mkstemps(path, 5);
    if (fd < 0) return complain(c, "temporary file", path);
    close(fd);
    for (size_t i = 0; i < sizeof opsets / sizeof opsets[0]; i++) failures += run_opset(c, opsets[i], path);
    unlink(path);
    return failures;
}

static int run_all(struct test_case *c, const char *how)
{
    int failures = read_arrays(c, c->in, c->n_in) + read_arrays(c, c->out, c->n_out) + read_arrays(c, c->arrays, c->n_arrays);
    if (!failures) failures = compare_arrays(c);
    if (!failures && c->n_out) failures = open_case(c);
    if (failures || !c->n_out) return failures;
    if (strcmp(how, "--bundle") == 0) return go_bundled(c);
    return *how ? go_round(c) : run_cpu(c) + run_opsets(c);
}

int main(int argc, char **argv)
{
    static struct test_case c;
    const char *how = argc == 3 ? argv[2] : "";
    if (argc < 2 || argc > 3 || (*how && strcmp(how, "--round-trips") != 0 && strcmp(how, "--bundle") != 0))
        return fprintf(stderr, "usage: case_runner FOLDER [--round-trips|--bundle]\n"), 2;
    snprintf(c.folder, sizeof c.folder, "%s", argv[1]);
    if (!read_case(&c) || tfp_context_create(&c.ctx) != TFP_OK) return fprintf(stderr, "%s: no case.txt, or a wrong one\n", argv[1]), 2;
    int failures = run_all(&c, how);
    for (size_t i = 0; i < c.n_in; i++) tfp_array_destroy(c.in[i].array);
    for (size_t i = 0; i < c.n_out; i++) tfp_array_destroy(c.out[i].array);
    for (size_t i = 0; i < c.n_arrays; i++) tfp_array_destroy(c.arrays[i].array);
    tfp_model_destroy(c.model);
    tfp_context_destroy(c.ctx);
    return failures ? 1 : 0;
}
