/* Runs ONNX's backend tests through the public API on the CPU backend: folders NAME/model.onnx with
 * NAME/test_data_set_N/input_M.pb and output_M.pb, as make_cases.py and ONNX's own tools write them. NAME may be one folder
 * deeper (node/test_abs).
 *
 * usage: onnx_node_tests FOLDER [--opset N | --opset +1 | --opset -1] [--filter TEXT] [--min-pass PERCENT] [--verbose]
 *                        [--row TEXT] [--engine]
 * With --opset each model is written at that opset (relative to its own with a sign) and read back first. With --engine no
 * model runs: TensorRT builds an engine of each, layer by layer. With --row that row of a Markdown table is printed, of
 * tests whose ops are all of the default domain; --min-pass is of these, too. What is refused by name counts apart from what
 * fails; a failure of one, or fewer passed than wanted, is exit code 1. Tests that contradict themselves are named only. */
#include "frontend/onnx/onnx_tensor.h"
#include "tfport/tfport.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum outcome { PASSED, REFUSED, FAILED, NOT_WRITTEN, NO_TEST };
enum { MANY = 64 };
/* Where a case does not say. Types with few bits are rounded after every op by the reference and once by a kernel that
 * computes in float32; the absolute one counts for the largest element, since the reference's zeros are sums, too. */
static const double default_relative = 1e-3, default_absolute = 1e-7, of_largest = 1e-6;
static const double relative_float16 = 0x1p-9, relative_bfloat16 = 0x1p-6; /* two places of the last bit */

struct options {
    const char *folder, *filter;
    int opset; /* 0: as it is */
    bool is_relative, verbose, engine;
    const char *row;
    double min_pass;
};

struct result {
    char *name;
    enum outcome outcome;
    bool standard; /* all ops are of the default domain */
    char why[600];
};

struct one_case {
    const struct options *o;
    struct result *r;
    tfp_context *ctx;
    struct arena arena;
    tfp_model *model;
    tfp_session *session;
    char path[1024];
    struct tensor in[MANY], want[MANY];
    size_t n_in, n_want;
    double relative, absolute;
    bool is_random;
};

static void give_up(struct one_case *c, enum outcome outcome, const char *text)
{
    c->r->outcome = outcome;
    const char *from = text, *at = strstr(text, "model.onnx: ");
    if (at) from = at + strlen("model.onnx: ");
    snprintf(c->r->why, sizeof c->r->why, "%s", from);
}

static bool fine(struct one_case *c, tfp_status status)
{
    if (status != TFP_OK) give_up(c, status == TFP_E_UNSUPPORTED ? REFUSED : FAILED, tfp_context_message(c->ctx));
    return status == TFP_OK;
}

/* -- values -------------------------------------------------------------------------------------------------------- */

static bool read_tensor(struct one_case *c, const char *path, struct tensor *out)
{
    struct buffer *map;
    struct onnxpb_tensor message = { .data_type = 0 };
    if (!fine(c, buffer_map(c->ctx, path, &map))) return false;
    struct onnx_files files = { .arena = &c->arena, .folder = ".", .own = map };
    map_init(&files.maps, &c->arena);
    bool read = fine(c, protobuf_decode(c->ctx, &c->arena, &onnxpb_tensor_type,
                                        (struct bytes){ map->data, map->size }, &message)) &&
                fine(c, onnx_tensor_read(c->ctx, &files, "a value of the test", &message, out));
    struct buffer *owner = out->owner;
    bool copied = false;
    read = read && fine(c, tensor_align(c->ctx, out, &copied));
    if (read && copied) buffer_drop(owner);
    onnx_files_close(&files);
    return read;
}

static bool read_all(struct one_case *c, const char *set, const char *kind, struct tensor *out, size_t *n)
{
    char path[1400];
    for (*n = 0; *n < MANY; (*n)++) {
        snprintf(path, sizeof path, "%s/%s_%zu.pb", set, kind, *n);
        if (access(path, R_OK) != 0) return true;
        if (!read_tensor(c, path, &out[*n])) return false;
    }
    return true;
}

static void drop_all(struct tensor *t, size_t n)
{
    for (size_t i = 0; i < n; i++) tensor_release(&t[i]);
}

/* -- comparing ----------------------------------------------------------------------------------------------------- */

struct tolerance {
    double relative, absolute;
};

static struct tolerance tolerance_of(const struct one_case *c, const struct tensor *want)
{
    struct tolerance t = { c->relative, c->absolute };
    double largest = 0;
    for (int64_t i = 0; dtype_is_float(want->dtype) && i < want->count; i++) {
        double size = fabs(tensor_float(want, i));
        if (isfinite(size)) largest = fmax(largest, size);
    }
    t.absolute += of_largest * largest;
    if (want->dtype == TFP_FLOAT16) t.relative = fmax(t.relative, relative_float16);
    if (want->dtype == TFP_BFLOAT16) t.relative = fmax(t.relative, relative_bfloat16);
    return t;
}

static bool close_enough(struct tolerance t, double have, double want)
{
    if (isnan(want) || isnan(have)) return isnan(want) && isnan(have);
    if (isinf(want) || isinf(have)) return want == have;
    return fabs(have - want) <= t.absolute + t.relative * fabs(want);
}

static bool same_element(struct tolerance t, const struct tensor *have, const struct tensor *want, int64_t i)
{
    if (want->dtype == TFP_STRING) {
        const struct tfp_string *a = have->data, *b = want->data;
        return a[i].n == b[i].n && memcmp(a[i].at, b[i].at, b[i].n) == 0;
    }
    if (want->dtype == TFP_COMPLEX64 || want->dtype == TFP_COMPLEX128) {
        for (int64_t k = 2 * i; k < 2 * i + 2; k++) {
            bool wide = want->dtype == TFP_COMPLEX128;
            double a = wide ? ((double *)have->data)[k] : (double)((float *)have->data)[k];
            double b = wide ? ((double *)want->data)[k] : (double)((float *)want->data)[k];
            if (!close_enough(t, a, b)) return false;
        }
        return true;
    }
    if (dtype_is_float(want->dtype)) return close_enough(t, tensor_float(have, i), tensor_float(want, i));
    return tensor_int(have, i) == tensor_int(want, i);
}

static bool compare(struct one_case *c, size_t i, const struct tfp_tensor *got)
{
    const struct tensor *want = &c->want[i];
    struct tensor have = { 0 };
    char a[200], b[200], text[600];
    if (!fine(c, tensor_describe(c->ctx, "a result", got->dtype, got->rank, got->dims, &have))) return false;
    have.data = got->data;
    bool same = have.dtype == want->dtype && have.rank == want->rank &&
                memcmp(have.dims, want->dims, have.rank * sizeof *have.dims) == 0;
    if (!same) {
        snprintf(text, sizeof text, "output %zu is %s, %s is expected", i, tensor_text(&have, a, sizeof a),
                 tensor_text(want, b, sizeof b));
        give_up(c, FAILED, text);
        return false;
    }
    const struct tolerance t = tolerance_of(c, want);
    for (int64_t k = 0; k < want->count && !c->is_random; k++) {
        if (same_element(t, &have, want, k)) continue;
        snprintf(text, sizeof text, "output %zu, element %lld of %lld: %.9g, %.9g is expected", i, (long long)k,
                 (long long)want->count, want->dtype == TFP_STRING ? 0 : tensor_float(&have, k),
                 want->dtype == TFP_STRING ? 0 : tensor_float(want, k));
        give_up(c, FAILED, text);
        return false;
    }
    return true;
}

/* -- one case ------------------------------------------------------------------------------------------------------ */

/* Tests up to ONNX 1.12 have bfloat16 as numbers of 16 bits, since numpy had no such type. */
static void take_bits(struct tensor *t, size_t n, const tfp_session *s,
                      const struct tfp_tensor_info *(*info)(const tfp_session *, size_t))
{
    for (size_t i = 0; i < n; i++)
        if (t[i].dtype == TFP_UINT16 && info(s, i)->dtype == TFP_BFLOAT16) t[i].dtype = TFP_BFLOAT16;
}

/* Some tests up to ONNX 1.12 give values of other shapes than their own models declare. */
static bool is_test(struct one_case *c)
{
    for (size_t i = 0; i < c->n_in && i < tfp_model_n_inputs(c->model); i++) {
        const struct tfp_tensor_info *info = tfp_model_input(c->model, i);
        bool fits = info->rank < 0 || info->rank == (int32_t)c->in[i].rank;
        for (int32_t k = 0; fits && k < info->rank; k++) fits = info->dims[k] < 0 || info->dims[k] == c->in[i].dims[k];
        if (!fits) give_up(c, NO_TEST, "a value is not of the shape that the model's file declares");
        if (!fits) return false;
    }
    return true;
}

static bool run_set(struct one_case *c, const char *set)
{
    struct tfp_tensor in[MANY], out[MANY] = { { TFP_UNDEFINED } };
    size_t n_out = tfp_session_n_outputs(c->session);
    if (!read_all(c, set, "input", c->in, &c->n_in) || !read_all(c, set, "output", c->want, &c->n_want)) return false;
    if (!is_test(c)) return false;
    if (n_out != c->n_want || n_out > MANY) {
        give_up(c, FAILED, "the model has another number of outputs than the test");
        return false;
    }
    if (c->n_in == tfp_session_n_inputs(c->session)) take_bits(c->in, c->n_in, c->session, tfp_session_input);
    take_bits(c->want, c->n_want, c->session, tfp_session_output);
    for (size_t i = 0; i < c->n_in; i++)
        in[i] = (struct tfp_tensor){ c->in[i].dtype, c->in[i].rank, c->in[i].dims, c->in[i].data, c->in[i].size };
    if (!fine(c, tfp_session_run(c->ctx, c->session, in, c->n_in, out, n_out))) return false;
    for (size_t i = 0; i < n_out; i++)
        if (!compare(c, i, &out[i])) return false;
    return true;
}

static bool open_file(struct one_case *c, const char *path)
{
    const struct tfp_model_options o = TFP_INIT(struct tfp_model_options);
    if (!fine(c, tfp_model_open(c->ctx, path, &o, &c->model))) return false;
    if (!tfp_model_refusal(c->model)[0]) return true;
    give_up(c, REFUSED, tfp_model_refusal(c->model));
    return false;
}

static int opset_of(const tfp_model *m)
{
    const char *at = strstr(tfp_model_producer(m), "opset ");
    return at ? atoi(at + strlen("opset ")) : 0;
}

/* Writes the model at the opset that is asked for and opens what was written. */
static bool convert(struct one_case *c)
{
    struct tfp_onnx_options w = TFP_INIT(struct tfp_onnx_options);
    char path[] = "node_tests_XXXXXX";
    int fd, opset = c->o->is_relative ? opset_of(c->model) + c->o->opset : c->o->opset;
    if (opset > tfp_onnx_newest_opset()) opset = tfp_onnx_newest_opset();
    w.opset = opset < 7 ? 7 : opset;
    if ((fd = mkstemp(path)) < 0) return false;
    close(fd);
    tfp_status status = tfp_model_write_onnx(c->ctx, c->model, path, &w);
    if (status != TFP_OK) give_up(c, status == TFP_E_UNSUPPORTED ? NOT_WRITTEN : FAILED, tfp_context_message(c->ctx));
    tfp_model_destroy(c->model);
    c->model = NULL;
    bool opened = status == TFP_OK && open_file(c, path);
    if (status == TFP_OK && !opened) c->r->outcome = FAILED; /* what tfport writes it reads */
    unlink(path);
    return opened;
}

static void look_at_ops(struct one_case *c)
{
    static const char *const random[] = { "Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform",
                                          "RandomUniformLike" };
    c->r->standard = true;
    for (size_t i = 0; i < tfp_model_n_ops(c->model); i++) {
        const char *op = tfp_model_op(c->model, i)->op;
        if (strchr(op, ':')) c->r->standard = false;
        for (size_t k = 0; k < sizeof random / sizeof random[0]; k++)
            if (strcmp(op, random[k]) == 0) c->is_random = true;
    }
    if (strstr(c->r->name, "training_dropout")) c->is_random = true; /* numpy's own random numbers */
}

/* A TensorRT that is not there ends the program: nothing can be said. */
static void build_engine(struct one_case *c)
{
    struct tfp_build_options b = TFP_INIT(struct tfp_build_options);
    char path[64], beside[80];
    snprintf(path, sizeof path, "node_tests_%ld.plan", (long)getpid());
    snprintf(beside, sizeof beside, "%s.json", path);
    b.via = TFP_VIA_DIRECT;
    b.bundle = true;
    tfp_status status = tfp_model_build(c->ctx, c->model, path, &b);
    unlink(path);
    unlink(beside);
    if (status == TFP_E_MISSING) {
        fprintf(stderr, "%s\n", tfp_context_message(c->ctx));
        exit(77);
    }
    /* Sizes that depend on an input's values need a range of them, which only the user knows. */
    if (status == TFP_E_USAGE) give_up(c, REFUSED, tfp_context_message(c->ctx));
    else if (fine(c, status)) c->r->outcome = PASSED;
}

static void read_tolerance(struct one_case *c)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/%s/tolerance", c->o->folder, c->r->name);
    FILE *f = fopen(path, "r");
    if (!f || fscanf(f, "%lf %lf", &c->relative, &c->absolute) != 2)
        c->relative = default_relative, c->absolute = default_absolute;
    if (f) fclose(f);
}

static void run_case(struct one_case *c)
{
    struct tfp_session_options s = TFP_INIT(struct tfp_session_options);
    char set[1200];
    s.threads = 1;
    read_tolerance(c);
    snprintf(c->path, sizeof c->path, "%s/%s/model.onnx", c->o->folder, c->r->name);
    bool opened = open_file(c, c->path);
    if (c->model) look_at_ops(c);
    if (!opened || (c->o->opset && !convert(c))) return;
    if (c->o->engine) {
        build_engine(c);
        return;
    }
    if (!fine(c, tfp_session_create(c->ctx, c->model, &s, &c->session))) return;
    for (int i = 0;; i++) {
        struct stat st;
        snprintf(set, sizeof set, "%s/%s/test_data_set_%d", c->o->folder, c->r->name, i);
        if (stat(set, &st) != 0) break;
        bool same = run_set(c, set);
        drop_all(c->in, c->n_in);
        drop_all(c->want, c->n_want);
        if (!same) return;
    }
    c->r->outcome = PASSED;
}

static void run_one(const struct options *o, struct result *r)
{
    struct one_case c = { .o = o, .r = r };
    if (tfp_context_create(&c.ctx) != TFP_OK) exit(6);
    r->outcome = FAILED;
    run_case(&c);
    tfp_session_destroy(c.session);
    tfp_model_destroy(c.model);
    arena_free(&c.arena);
    tfp_context_destroy(c.ctx);
}

/* -- all ----------------------------------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct result *)a)->name, ((const struct result *)b)->name);
}

/* Adds the tests in a folder, and in the folders of it that are none. */
static void list(const struct options *o, const char *inner, struct result **all, size_t *n)
{
    char path[1400], name[600];
    snprintf(path, sizeof path, "%s/%s", o->folder, inner);
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));) {
        if (e->d_name[0] == '.') continue;
        snprintf(name, sizeof name, "%s%s%s", inner, inner[0] ? "/" : "", e->d_name);
        snprintf(path, sizeof path, "%s/%s/model.onnx", o->folder, name);
        if (access(path, R_OK) != 0) {
            if (!inner[0]) list(o, name, all, n);
            continue;
        }
        if (o->filter && !strstr(name, o->filter)) continue;
        struct result *more = realloc(*all, (*n + 1) * sizeof *more);
        if (!more) exit(6);
        *all = more;
        more[(*n)++] = (struct result){ .name = strdup(name) };
    }
    if (d) closedir(d);
}

static bool parse(int argc, char **argv, struct options *o)
{
    for (int i = 1; i < argc; i++) {
        bool last = i + 1 == argc;
        if (strcmp(argv[i], "--verbose") == 0) o->verbose = true;
        else if (strcmp(argv[i], "--engine") == 0) o->engine = true;
        else if (strcmp(argv[i], "--opset") == 0 && !last) {
            o->is_relative = argv[++i][0] == '+' || argv[i][0] == '-';
            o->opset = atoi(argv[i]);
        } else if (strcmp(argv[i], "--row") == 0 && !last) o->row = argv[++i];
        else if (strcmp(argv[i], "--filter") == 0 && !last) o->filter = argv[++i];
        else if (strcmp(argv[i], "--min-pass") == 0 && !last) o->min_pass = atof(argv[++i]);
        else if (argv[i][0] != '-' && !o->folder) o->folder = argv[i];
        else return false;
    }
    return o->folder != NULL;
}

static size_t count(const struct result *all, size_t n, enum outcome outcome, bool standard)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) k += all[i].outcome == outcome && all[i].standard == standard;
    return k;
}

/* A row of a table: those whose ops are all of the default domain. */
static void print_row(const char *what, const struct result *all, size_t n)
{
    size_t passed = count(all, n, PASSED, true), refused = count(all, n, REFUSED, true);
    size_t failed = count(all, n, FAILED, true), unwritten = count(all, n, NOT_WRITTEN, true);
    size_t whole = passed + refused + failed + unwritten;
    printf("| %s | %zu | %zu | %.1f %% | %zu | %zu | %zu |\n", what, whole, passed,
           whole ? 100.0 * (double)passed / (double)whole : 0, refused, unwritten, failed);
}

int main(int argc, char **argv)
{
    static const char *const words[] = { "passed", "refused", "failed", "not written", "no test" };
    struct options o = { .min_pass = 0 };
    struct result *all = NULL;
    size_t n = 0, counts[5] = { 0 };
    if (!parse(argc, argv, &o)) {
        fprintf(stderr, "usage: onnx_node_tests FOLDER [--opset N] [--filter TEXT] [--min-pass PERCENT] [--verbose] "
                        "[--row TEXT] [--engine]\n");
        return 2;
    }
    list(&o, "", &all, &n);
    if (n) qsort(all, n, sizeof *all, by_name);
    for (size_t i = 0; i < n; i++) {
        run_one(&o, &all[i]);
        counts[all[i].outcome]++;
        if (!o.verbose && (o.row || (all[i].outcome != FAILED && all[i].outcome != NO_TEST))) continue;
        printf("%-12s %s: %s\n", words[all[i].outcome], all[i].name, all[i].why);
        fflush(stdout);
    }
    if (o.row) print_row(o.row, all, n);
    size_t standard = 0;
    for (size_t i = 0; i < n; i++) standard += all[i].standard && all[i].outcome != NO_TEST;
    double share = standard ? 100.0 * (double)count(all, n, PASSED, true) / (double)standard : 0;
    if (!o.row)
        printf("%zu tests: %zu passed, %zu refused by name, %zu not at that opset, %zu failed; %.1f %% of the default "
               "domain's passed\n",
               n, counts[PASSED], counts[REFUSED], counts[NOT_WRITTEN], counts[FAILED], share);
    for (size_t i = 0; i < n; i++) free(all[i].name);
    free(all);
    return n == 0 || counts[FAILED] || share < o.min_pass;
}
