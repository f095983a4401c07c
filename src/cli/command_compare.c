/* tfport compare: the same inputs through several backends, and how far their outputs are apart. */
#include "comparing.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- tolerances ---------------------------------------------------------------------------------------------------- */

static bool parse_tolerance(const char *text, double *out)
{
    char *end;
    *out = strtod(text, &end);
    return end != text && !*end && *out >= 0 && isfinite(*out);
}

/* "X" or "NAME=X"; an output's name may hold '='. */
static bool split_tolerance(const char *text, char *room, size_t n, double *value)
{
    const char *equals = strrchr(text, '=');
    const size_t length = equals ? (size_t)(equals - text) : 0;
    if (length >= n) return false;
    memcpy(room, text, length);
    room[length] = '\0';
    return parse_tolerance(equals ? equals + 1 : text, value);
}

struct tolerances {
    char names[2 * MANY][512];
    struct tfp_output_tolerance at[2 * MANY];
    bool given[2 * MANY][2]; /* rtol, atol */
    size_t n;
};

static size_t tolerance_of(struct tolerances *t, const char *name)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->names[i], name) == 0) return i;
    snprintf(t->names[t->n], sizeof t->names[0], "%s", name);
    t->at[t->n] = (struct tfp_output_tolerance){ .output = *name ? t->names[t->n] : NULL };
    return t->n++;
}

static bool add_tolerances(const struct comparing *c, const struct words *w, bool absolute, struct tolerances *t)
{
    for (size_t k = 0; k < w->n; k++) {
        char name[512];
        double value;
        if (!split_tolerance(w->at[k], name, sizeof name, &value))
            return wrong_usage("--%ctol '%s': a number or NAME=number is expected", absolute ? 'a' : 'r', w->at[k]), false;
        for (size_t i = 0; *name && i < c->r.n_outputs; i++) { /* "y:0" means y */
            const char *own = tfp_model_output(c->r.model, i)->name;
            if (same_tensor(own, name)) snprintf(name, sizeof name, "%s", own);
        }
        const size_t at = tolerance_of(t, name);
        *(absolute ? &t->at[at].tolerance.absolute : &t->at[at].tolerance.relative) = value;
        t->given[at][absolute] = true;
    }
    return true;
}

/* Of an output's two, one that it was not given is that of all. */
static bool read_tolerances(struct comparing *c, struct tolerances *t)
{
    if (!add_tolerances(c, &c->r.a->rtol, false, t) || !add_tolerances(c, &c->r.a->atol, true, t)) return false;
    const struct tfp_output_tolerance *all = NULL;
    for (size_t i = 0; i < t->n; i++)
        if (!t->at[i].output) all = &t->at[i];
    for (size_t i = 0; all && i < t->n; i++) {
        if (!t->given[i][0]) t->at[i].tolerance.relative = all->tolerance.relative;
        if (!t->given[i][1]) t->at[i].tolerance.absolute = all->tolerance.absolute;
    }
    c->options.tolerances = t->at;
    c->options.n_tolerances = t->n;
    return true;
}

/* -- references ---------------------------------------------------------------------------------------------------- */

struct references {
    tfp_array **arrays; /* by output; NULL: not given */
    const struct tfp_tensor **tensors;
};

static int read_references(const struct comparing *c, struct references *f)
{
    const struct words *w = &c->r.a->references;
    f->arrays = calloc(c->r.n_outputs + 1, sizeof *f->arrays);
    f->tensors = calloc(c->r.n_outputs + 1, sizeof *f->tensors);
    if (!f->arrays || !f->tensors) return failed(NULL, TFP_E_SYSTEM);
    for (size_t i = 0; i < w->n; i++) {
        char name[512];
        const char *path;
        if (!split_name(w->at[i], name, sizeof name, &path))
            return wrong_usage("--reference '%s': NAME=F.npy is expected", w->at[i]);
        int at = running_reference(&c->r, i, name);
        if (at < 0) return wrong_usage("the model has no output '%s'; 'tfport inspect' lists them", name);
        if (f->arrays[at]) return wrong_usage("--reference %s was given twice", name);
        tfp_status status = tfp_npy_read(c->r.ctx, path, &f->arrays[at]);
        if (status != TFP_OK) return failed(c->r.ctx, status);
        f->tensors[at] = tfp_array_tensor(f->arrays[at]);
    }
    return TFP_OK;
}

static void drop_references(const struct comparing *c, struct references *f)
{
    for (size_t i = 0; f->arrays && i < c->r.n_outputs; i++) tfp_array_destroy(f->arrays[i]);
    free(f->arrays);
    free(f->tensors);
}

/* -- places -------------------------------------------------------------------------------------------------------- */

/* The element's place in each dimension, as a list. */
static void print_place(const int64_t *dims, uint32_t rank, uint64_t element, const char *between)
{
    uint64_t at[TFP_MAX_RANK];
    for (uint32_t k = rank; k-- > 0;) {
        const uint64_t n = dims[k] > 0 ? (uint64_t)dims[k] : 1;
        at[k] = element % n;
        element /= n;
    }
    for (uint32_t k = 0; k < rank; k++) printf("%s%" PRIu64, k ? between : "", at[k]);
}

/* -- the first wrong node ------------------------------------------------------------------------------------------ */

struct found {
    size_t way;
    const struct tfp_bisect *at; /* NULL: nothing was looked for */
    const char *refusal;         /* why it was not found; "" */
};

/* The first way with a difference in values, on the sample of the worst element. */
static bool find_differing(const struct comparing *c, size_t *way, size_t *sample)
{
    for (*way = c->options.references ? 0 : 1; *way < tfp_comparison_n_ways(c->comparison); ++*way)
        for (size_t i = 0; i < c->r.n_outputs; i++) {
            const struct tfp_difference *d = tfp_comparison_difference(c->comparison, *way, i, sample);
            if (d && !d->agrees) return true;
        }
    return false;
}

static int bisect(struct comparing *c, struct found *f)
{
    static char refusal[4096];
    struct tfp_bisect_options o = TFP_INIT(struct tfp_bisect_options);
    size_t sample;
    f->refusal = "";
    if ((!c->r.a->bisect && !c->r.a->save_bisect) || !find_differing(c, &f->way, &sample)) return TFP_OK;
    o.save = c->r.a->save_bisect;
    int code = comparing_sample(c, sample);
    if (code != TFP_OK) return code;
    tfp_status status = tfp_comparison_bisect(c->r.ctx, c->comparison, f->way, c->r.inputs, c->r.n_inputs, &o, &f->at);
    progress_end();
    if (status == TFP_E_SYSTEM) return failed(c->r.ctx, status);
    if (status != TFP_OK) snprintf(refusal, sizeof refusal, "%s", tfp_context_message(c->r.ctx));
    if (status != TFP_OK) f->refusal = refusal;
    return TFP_OK;
}

static void print_found(const struct comparing *c, const struct found *f)
{
    const struct tfp_bisect *at = f->at;
    if (*f->refusal) printf("bisect %s\n", f->refusal);
    if (!at) return;
    printf("bisect ");
    print_name(tfp_comparison_way(c->comparison, f->way)->word, 0);
    printf(" parts at ");
    print_name(*at->node ? at->node : at->tensor, 0);
    printf(" (%s), tensor ", at->op);
    print_name(at->tensor, 0);
    printf("\n  in %" PRIu64 " of %" PRIu64 " elements, worst at [", at->difference->beyond, at->difference->elements);
    print_place(at->dims, at->rank, at->difference->worst, ",");
    printf("]: %.9g, reference %.9g\n  after %zu rounds; what it is computed from agrees", at->difference->worst_result,
           at->difference->worst_reference, at->rounds);
    for (size_t i = 0; i < at->n_inputs; i++) {
        printf(i ? ", " : ": ");
        print_name(at->inputs[i], 0);
    }
    printf("\n");
    if (at->vanished) printf("  %zu tensors could not be looked at: there is no difference while they are outputs\n", at->vanished);
    for (size_t i = 0; i + 1 < at->n_nodes; i++) {
        printf("  not looked at: ");
        print_name(at->nodes[i].name, 0);
        printf(" (%s)\n", at->nodes[i].op);
    }
}

/* -- text ---------------------------------------------------------------------------------------------------------- */

static void print_measure(const char *what, double value)
{
    if (!isnan(value)) printf("  %s %.4g", what, value);
}

static void print_worst(const tfp_comparison *c, size_t way, size_t output, const struct tfp_difference *d, size_t run)
{
    uint32_t rank;
    const int64_t *dims = tfp_comparison_dims(c, way, output, &rank);
    printf("      worst at [");
    print_place(dims, rank, d->worst, ",");
    printf("]");
    if (tfp_comparison_n_runs(c) > 1) printf(" of run %zu", run + 1);
    printf(": %.9g, reference %.9g: %.3g times what is tolerated\n", d->worst_result, d->worst_reference, d->excess);
}

static void print_output(const struct comparing *c, size_t way, size_t output)
{
    size_t run = 0;
    const struct tfp_difference *d = tfp_comparison_difference(c->comparison, way, output, &run);
    if (!d) return;
    printf("  ");
    print_name(tfp_model_output(c->r.model, output)->name, 0);
    if (d->agrees) printf("  agrees in %" PRIu64 " elements\n", d->elements);
    else if (strcmp(d->reason, "values") != 0) printf("  DIFFERS in %s\n", d->reason);
    else printf("  DIFFERS in %" PRIu64 " of %" PRIu64 " elements\n", d->beyond, d->elements);
    if (isnan(d->max_absolute) && !d->misplaced) return;
    printf("    ");
    print_measure("abs max", d->max_absolute);
    print_measure("mean", d->mean_absolute);
    print_measure("rel max", d->max_relative);
    print_measure("mean", d->mean_relative);
    print_measure("cosine", d->cosine);
    print_measure("PSNR", d->psnr);
    print_measure("top-1", d->top1);
    print_measure("top-5", d->top5);
    printf("\n");
    if (d->not_finite[0] || d->not_finite[1])
        printf("      NaN or infinite: %" PRIu64 ", in the reference %" PRIu64 "; not where the other has them: %" PRIu64 "\n",
               d->not_finite[1], d->not_finite[0], d->misplaced);
    if (d->excess > 0) print_worst(c->comparison, way, output, d, run);
}

static void print_way(const struct comparing *c, size_t i)
{
    const struct tfp_way *w = tfp_comparison_way(c->comparison, i);
    print_name(w->word, 0);
    if (w->status != TFP_OK) {
        printf("  FAILED: ");
        print_name(w->message, 0);
        printf("\n");
        return;
    }
    printf("  %s%sload %.3g s, run %.4g ms\n", strcmp(w->word, w->backend) == 0 ? "" : w->backend,
           strcmp(w->word, w->backend) == 0 ? "" : ", ", w->load_seconds, w->run_seconds * 1e3);
    if (i == 0 && !c->options.references) printf("  the reference\n");
    for (size_t k = 0; k < c->r.n_outputs; k++) print_output(c, i, k);
}

static void print_text(const struct comparing *c, const struct found *f)
{
    printf("%-7s", "model");
    print_name(c->r.a->positional.at[0], 0);
    printf("\n");
    for (size_t i = 0; i < c->r.n_inputs; i++) {
        const struct tfp_tensor_info info = running_given(&c->r, i);
        printf("%-7s", "input");
        print_name(info.name, 0);
        printf("  ");
        print_info(&info);
        printf("\n");
    }
    printf("%-7s%zu%s%s\n", "runs", tfp_comparison_n_runs(c->comparison), *comparing_source(c, 0) ? ", inputs: " : "",
           c->folders.n ? c->r.a->samples : comparing_source(c, 0));
    for (size_t i = 0; i < tfp_comparison_n_ways(c->comparison); i++) print_way(c, i);
    print_found(c, f);
}

/* -- JSON ---------------------------------------------------------------------------------------------------------- */

static void print_json_member(const char *key, double value)
{
    printf(", \"%s\": ", key);
    print_json_number(value);
}

/* JSON has no word for what is not finite; these are strings. */
static void print_json_value(const char *key, double value)
{
    if (isfinite(value)) print_json_member(key, value);
    else printf(", \"%s\": \"%s\"", key, isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
}

static void print_json_worst(const tfp_comparison *c, size_t way, size_t output, const struct tfp_difference *d, size_t run)
{
    uint32_t rank;
    const int64_t *dims = tfp_comparison_dims(c, way, output, &rank);
    printf(", \"worst\": {\"run\": %zu, \"index\": [", run);
    print_place(dims, rank, d->worst, ", ");
    printf("]");
    print_json_value("reference", d->worst_reference);
    print_json_value("result", d->worst_result);
    print_json_value("excess", d->excess);
    printf("}");
}

static void print_json_output(const struct comparing *c, size_t way, size_t output)
{
    size_t run = 0;
    const struct tfp_difference *d = tfp_comparison_difference(c->comparison, way, output, &run);
    printf("{\"name\": ");
    print_json_string(tfp_model_output(c->r.model, output)->name);
    printf(", \"agrees\": %s, \"reason\": \"%s\", \"elements\": %" PRIu64 ", \"beyond\": %" PRIu64, d->agrees ? "true" : "false",
           d->reason, d->elements, d->beyond);
    printf(", \"not_finite\": %" PRIu64 ", \"not_finite_reference\": %" PRIu64 ", \"misplaced\": %" PRIu64, d->not_finite[1],
           d->not_finite[0], d->misplaced);
    print_json_member("max_absolute", d->max_absolute);
    print_json_member("mean_absolute", d->mean_absolute);
    print_json_member("max_relative", d->max_relative);
    print_json_member("mean_relative", d->mean_relative);
    print_json_member("cosine", d->cosine);
    print_json_member("psnr", d->psnr);
    print_json_member("top1", d->top1);
    print_json_member("top5", d->top5);
    if (!isnan(d->excess)) print_json_worst(c->comparison, way, output, d, run);
    printf("}");
}

static void print_json_way(const struct comparing *c, size_t i)
{
    const struct tfp_way *w = tfp_comparison_way(c->comparison, i);
    bool any = false;
    printf("{\"way\": ");
    print_json_string(w->word);
    printf(", \"backend\": \"%s\", \"status\": %d, \"message\": ", w->backend, (int)w->status);
    print_json_string(w->message);
    print_json_member("load_seconds", w->load_seconds);
    print_json_member("run_seconds", w->run_seconds);
    printf(", \"runs\": %" PRIu64 ", \"outputs\": [", w->runs);
    for (size_t k = 0; k < c->r.n_outputs; k++) {
        if (!tfp_comparison_difference(c->comparison, i, k, NULL)) continue;
        printf(any ? ",\n   " : "\n   ");
        print_json_output(c, i, k);
        any = true;
    }
    printf("]}");
}

static void print_json_node(const char *key, const struct tfp_graph_tensor *t)
{
    printf("%s{\"tensor\": ", key);
    print_json_string(t->name);
    printf(", \"node\": ");
    print_json_string(t->node);
    printf(", \"op\": \"%s\"}", t->op);
}

static void print_json_found(const struct comparing *c, const struct found *f)
{
    const struct tfp_bisect *at = f->at;
    if (*f->refusal) {
        printf(",\n \"bisect\": {\"message\": ");
        print_json_string(f->refusal);
        printf("}");
    }
    if (!at) return;
    printf(",\n \"bisect\": {\"way\": ");
    print_json_string(tfp_comparison_way(c->comparison, f->way)->word);
    print_json_node(", \"at\": ", &at->nodes[at->n_nodes - 1]);
    printf(", \"beyond\": %" PRIu64 ", \"elements\": %" PRIu64 ", \"index\": [", at->difference->beyond, at->difference->elements);
    print_place(at->dims, at->rank, at->difference->worst, ",");
    printf("]");
    print_json_value("reference", at->difference->worst_reference);
    print_json_value("result", at->difference->worst_result);
    printf(", \"rounds\": %zu, \"vanished\": %zu, \"inputs\": [", at->rounds, at->vanished);
    for (size_t i = 0; i < at->n_inputs; i++) {
        printf(i ? ", " : "");
        print_json_string(at->inputs[i]);
    }
    printf("], \"nodes\": [");
    for (size_t i = 0; i < at->n_nodes; i++) print_json_node(i ? ", " : "", &at->nodes[i]);
    printf("]}");
}

static void print_json(const struct comparing *c, const struct found *f, tfp_status verdict)
{
    printf("{\"model\": ");
    print_json_string(c->r.a->positional.at[0]);
    printf(", \"status\": %d, \"runs\": %zu, \"source\": ", (int)verdict, tfp_comparison_n_runs(c->comparison));
    print_json_string(c->folders.n ? c->r.a->samples : comparing_source(c, 0));
    printf(", \"reference\": ");
    print_json_string(c->options.references ? "files" : tfp_comparison_way(c->comparison, 0)->word);
    printf(",\n \"inputs\": [");
    for (size_t i = 0; i < c->r.n_inputs; i++) {
        const struct tfp_tensor_info info = running_given(&c->r, i);
        printf(i ? ", " : "");
        print_json_info(&info);
    }
    printf("],\n \"ways\": [");
    for (size_t i = 0; i < tfp_comparison_n_ways(c->comparison); i++) {
        printf(i ? ",\n  " : "\n  ");
        print_json_way(c, i);
    }
    printf("]");
    print_json_found(c, f);
    printf("}\n");
}

/* -- running ------------------------------------------------------------------------------------------------------- */

static int run_samples(struct comparing *c, const struct references *f)
{
    size_t n = 0;
    int code = comparing_samples(c, &n);
    if (code == TFP_OK && n > 1 && c->options.references)
        return wrong_usage("--reference is for one run, --samples has %zu", n);
    tfp_status status = code == TFP_OK ? tfp_comparison_create(c->r.ctx, c->r.model, &c->options, &c->comparison) : TFP_OK;
    for (size_t i = 0; i < n && code == TFP_OK && status == TFP_OK; i++) {
        progress_show("comparing", i, n);
        code = comparing_sample(c, i);
        if (code == TFP_OK)
            status = tfp_comparison_run(c->r.ctx, c->comparison, c->r.inputs, c->r.n_inputs,
                                        c->options.references ? f->tensors : NULL, c->options.references ? c->r.n_outputs : 0);
    }
    progress_end();
    return code != TFP_OK || status == TFP_OK ? code : failed(c->r.ctx, status);
}

static int conclude(struct comparing *c)
{
    struct found found = { .refusal = "" };
    int code = bisect(c, &found);
    if (code != TFP_OK) return code;
    const tfp_status verdict = tfp_comparison_verdict(c->r.ctx, c->comparison);
    if (c->r.a->json) print_json(c, &found, verdict);
    else if (!c->r.a->quiet) print_text(c, &found);
    return verdict == TFP_OK ? TFP_OK : failed(c->r.ctx, verdict);
}

static int run(tfp_context *ctx, const struct arguments *a)
{
    static struct tolerances tolerances;
    struct comparing c;
    struct references f = { 0 };
    if (a->positional.n != 1) return wrong_usage("compare takes one model");
    int code = comparing_begin(ctx, a, &c);
    if (code == TFP_OK && !read_tolerances(&c, &tolerances)) code = TFP_E_USAGE;
    if (code == TFP_OK) code = read_references(&c, &f);
    c.options.references = a->references.n > 0;
    if (code == TFP_OK) code = run_samples(&c, &f);
    if (code == TFP_OK) code = conclude(&c);
    drop_references(&c, &f);
    comparing_end(&c);
    return code;
}

const struct command command_compare = {
    .name = "compare",
    .synopsis = "compare MODEL --backends A,B,.. [--input NAME=F.npy ..|--samples DIR] [--reference NAME=F.npy ..] [--bisect] [--json]",
    .summary = "runs a model in several ways and tells how far the results are apart",
    .options = WAY_OPTIONS " --reference --rtol --atol --bisect --save-bisect --json --quiet --verbose --help",
    .settings = true,
    .run = run,
};
