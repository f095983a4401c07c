/* Runs one case: a graph that TensorFlow wrote, with inputs and TensorFlow's own outputs, on the CPU backend and, where
 * an ONNX Runtime is found, through ONNX at several opsets.
 *
 * usage: case_runner FOLDER
 * FOLDER/case.txt has lines "input NAME FILE", "output NAME FILE", "model FILE" (default graph.pb), "note ...", and
 * "refused N" when opsets below N must be refused (exit 3), "cpu-only" when ONNX Runtime has no kernel for it at all. */
#include "../compare.h"

#include <stdlib.h>
#include <unistd.h>

enum { MOST = 32, ROOM = 512 };

struct binding {
    char name[256], file[ROOM];
    tfp_array *array;
};

struct test_case {
    char folder[ROOM], model_file[2 * ROOM];
    struct binding in[MOST], out[MOST];
    size_t n_in, n_out;
    int refused_below;
    bool cpu_only;
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
        if (strncmp(line, "input ", 6) == 0) good = add_binding(c, c->in, &c->n_in, line + 6);
        else if (strncmp(line, "output ", 7) == 0) good = add_binding(c, c->out, &c->n_out, line + 7);
        else if (strncmp(line, "model ", 6) == 0) snprintf(c->model_file, sizeof c->model_file, "%.500s/%.500s", c->folder, line + 6);
        else if (strncmp(line, "refused ", 8) == 0) c->refused_below = atoi(line + 8);
        else if (strcmp(line, "cpu-only") == 0) c->cpu_only = true;
        else good = strncmp(line, "note ", 5) == 0 || !*line;
    }
    fclose(f);
    return good && c->n_out > 0;
}

static int open_case(struct test_case *c)
{
    const char *in[MOST], *out[MOST];
    struct tfp_model_options o = TFP_INIT(struct tfp_model_options);
    for (size_t i = 0; i < c->n_in; i++) in[i] = c->in[i].name;
    for (size_t i = 0; i < c->n_out; i++) out[i] = c->out[i].name;
    o.inputs = in;
    o.n_inputs = c->n_in;
    o.outputs = out;
    o.n_outputs = c->n_out;
    for (size_t i = 0; i < c->n_in; i++)
        if (tfp_npy_read(c->ctx, c->in[i].file, &c->in[i].array) != TFP_OK)
            return complain(c, "input", tfp_context_message(c->ctx));
    for (size_t i = 0; i < c->n_out; i++)
        if (tfp_npy_read(c->ctx, c->out[i].file, &c->out[i].array) != TFP_OK)
            return complain(c, "output", tfp_context_message(c->ctx));
    if (tfp_model_open(c->ctx, c->model_file, &o, &c->model) != TFP_OK) return complain(c, "open", tfp_context_message(c->ctx));
    return 0;
}

/* Inputs by name, since a backend that reads the file itself may order or drop them. */
static int run_case(struct test_case *c, tfp_session *s, const char *what)
{
    struct tfp_tensor in[MOST] = { 0 }, out[MOST] = { 0 };
    size_t n_in = tfp_session_n_inputs(s);
    char why[512], label[600];
    for (size_t i = 0; i < n_in; i++)
        for (size_t k = 0; k < c->n_in; k++) {
            const char *name = tfp_session_input(s, i)->name;
            size_t n = strlen(name);
            if (strncmp(name, c->in[k].name, n) == 0 && (!c->in[k].name[n] || strcmp(c->in[k].name + n, ":0") == 0))
                in[i] = *tfp_array_tensor(c->in[k].array);
        }
    if (tfp_session_run(c->ctx, s, in, n_in, out, c->n_out) != TFP_OK) return complain(c, what, tfp_context_message(c->ctx));
    int failures = 0;
    for (size_t i = 0; i < c->n_out; i++) {
        if (tensors_agree(&out[i], tfp_array_tensor(c->out[i].array), why, sizeof why)) continue;
        snprintf(label, sizeof label, "%s: output %s", what, c->out[i].name);
        failures += complain(c, label, why);
    }
    return failures;
}

static int run_cpu(struct test_case *c)
{
    tfp_session *s = NULL;
    if (tfp_session_create(c->ctx, c->model, NULL, &s) != TFP_OK) return complain(c, "cpu", tfp_context_message(c->ctx));
    int failures = run_case(c, s, "cpu") + run_case(c, s, "cpu, second run");
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
    int failures = run_case(c, s, what);
    tfp_session_destroy(s);
    return failures;
}

static int run_all(struct test_case *c)
{
    const int opsets[] = { 7, 9, 11, 13, 17, tfp_onnx_newest_opset() };
    char path[] = "/tmp/tfport-case-XXXXXX.onnx";
    int failures = open_case(c);
    if (failures) return failures;
    failures = run_cpu(c);
    int fd = mkstemps(path, 5);
    if (fd < 0) return complain(c, "temporary file", path);
    close(fd);
    for (size_t i = 0; i < sizeof opsets / sizeof opsets[0]; i++) failures += run_opset(c, opsets[i], path);
    unlink(path);
    return failures;
}

int main(int argc, char **argv)
{
    static struct test_case c;
    if (argc != 2) return fprintf(stderr, "usage: case_runner FOLDER\n"), 2;
    snprintf(c.folder, sizeof c.folder, "%s", argv[1]);
    if (!read_case(&c) || tfp_context_create(&c.ctx) != TFP_OK) return fprintf(stderr, "%s: no case.txt, or a wrong one\n", argv[1]), 2;
    int failures = run_all(&c);
    for (size_t i = 0; i < c.n_in; i++) tfp_array_destroy(c.in[i].array);
    for (size_t i = 0; i < c.n_out; i++) tfp_array_destroy(c.out[i].array);
    tfp_model_destroy(c.model);
    tfp_context_destroy(c.ctx);
    return failures ? 1 : 0;
}
