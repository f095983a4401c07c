/* Several ways to run one model, side by side. */
#include "api/comparison.h"

#include "base/clock.h"
#include "base/text.h"
#include "ir/tensor_info.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* -- opening ------------------------------------------------------------------------------------------------------- */

/* The context's message becomes the way's. */
static tfp_status fail_side(struct tfp_context *ctx, struct tfp_comparison *c, struct side *s, tfp_status status)
{
    tfp_session_destroy(s->session);
    s->session = NULL;
    s->told.status = status;
    s->told.message = arena_string(&c->arena, ctx->text, strlen(ctx->text));
    if (s->told.message) return TFP_OK;
    s->told.message = "out of memory";
    return tfp_no_memory(ctx);
}

tfp_status comparison_match(struct tfp_context *ctx, struct arena *a, const struct tfp_model *m, struct side *s)
{
    const size_t n_in = s->session->n_inputs, n_out = s->session->n_outputs;
    s->input_of = ARENA_ARRAY(a, size_t, n_in);
    s->output_of = ARENA_ARRAY(a, size_t, n_out);
    s->inputs = ARENA_ARRAY(a, struct tfp_tensor, n_in);
    s->outputs = ARENA_ARRAY(a, struct tfp_tensor, n_out);
    if (!s->input_of || !s->output_of || !s->inputs || !s->outputs) return tfp_no_memory(ctx);
    TFP_TRY(tfp_way_match(ctx, m, s->session, false, s->input_of));
    return tfp_way_match(ctx, m, s->session, true, s->output_of);
}

static tfp_status open_session(struct tfp_context *ctx, struct tfp_comparison *c, struct side *s)
{
    const double start = clock_seconds();
    TFP_TRY(way_open(ctx, &s->way, c->model, &c->session, &s->session));
    s->told.load_seconds = clock_seconds() - start;
    return comparison_match(ctx, &c->arena, c->model, s);
}

static tfp_status open_side(struct tfp_context *ctx, struct tfp_comparison *c, const char *word, struct side *s)
{
    const char *own = arena_string(&c->arena, word, strlen(word));
    s->results = ARENA_ARRAY(&c->arena, struct result, c->model->n_outputs);
    if (!own || !s->results) return tfp_no_memory(ctx);
    TFP_TRY(way_parse(ctx, c->model, own, &c->session, &s->way));
    s->precision = s->way.backend->reads_plans && c->session.build ? c->session.build->precision : NULL;
    s->told = (struct tfp_way){ .word = own, .backend = s->way.backend->name, .message = "", .run_seconds = NAN };
    tfp_progress(ctx, own, 0, 0);
    tfp_status status = open_session(ctx, c, s);
    return status == TFP_OK ? TFP_OK : fail_side(ctx, c, s, status);
}

static tfp_status check_options(struct tfp_context *ctx, const struct tfp_comparison *c)
{
    const struct tfp_comparison_options *o = &c->options;
    if (!o->n_ways || (o->n_ways < 2 && !o->references))
        return tfp_fail(ctx, TFP_E_USAGE, "a comparison takes two ways at least, or one and references");
    for (size_t i = 0; i < o->n_tolerances; i++)
        if (o->tolerances[i].output && tensor_info_find(c->model->outputs, c->model->n_outputs, o->tolerances[i].output) == SIZE_MAX)
            return tfp_fail(ctx, TFP_E_USAGE, "the model has no output '%s', for which there is a tolerance",
                            o->tolerances[i].output);
    return TFP_OK;
}

/* The caller's lists live as long as the call. */
static bool keep_tolerances(struct tfp_comparison *c)
{
    struct tfp_output_tolerance *own = ARENA_ARRAY(&c->arena, struct tfp_output_tolerance, c->options.n_tolerances);
    for (size_t i = 0; own && i < c->options.n_tolerances; i++) {
        const char *name = c->options.tolerances[i].output;
        own[i] = c->options.tolerances[i];
        if (name && !(own[i].output = arena_string(&c->arena, name, strlen(name)))) return false;
    }
    c->options.tolerances = own;
    return own != NULL;
}

static tfp_status open_all(struct tfp_context *ctx, struct tfp_comparison *c)
{
    TFP_TRY(check_options(ctx, c));
    c->sides = ARENA_ARRAY(&c->arena, struct side, c->options.n_ways);
    if (!c->sides || !keep_tolerances(c)) return tfp_no_memory(ctx);
    for (; c->n < c->options.n_ways; c->n++) TFP_TRY(open_side(ctx, c, c->options.ways[c->n], &c->sides[c->n]));
    c->options.ways = NULL;
    return TFP_OK;
}

tfp_status tfp_comparison_create(tfp_context *ctx, tfp_model *m, const struct tfp_comparison_options *options,
                                 tfp_comparison **out)
{
    struct tfp_comparison *c = calloc(1, sizeof *c);
    if (!c) return tfp_no_memory(ctx);
    c->model = m;
    tfp_status status = API_OPTIONS(ctx, options, &c->options);
    if (status == TFP_OK) status = API_OPTIONS(ctx, c->options.session, &c->session);
    if (status == TFP_OK) status = open_all(ctx, c);
    if (status == TFP_OK) *out = c;
    else tfp_comparison_destroy(c);
    return status;
}

void tfp_comparison_destroy(tfp_comparison *c)
{
    if (!c) return;
    for (size_t i = 0; i < c->n; i++) tfp_session_destroy(c->sides[i].session);
    arena_free(&c->arena);
    free(c);
}

/* -- running ------------------------------------------------------------------------------------------------------- */

static tfp_status run_session(struct tfp_context *ctx, struct side *s, const struct tfp_tensor *inputs)
{
    struct tfp_session *session = s->session;
    for (size_t i = 0; i < session->n_inputs; i++) s->inputs[i] = inputs[s->input_of[i]];
    for (size_t i = 0; i < session->n_outputs; i++) s->outputs[i].data = NULL; /* the session's memory */
    const double start = clock_seconds();
    TFP_TRY(tfp_session_run(ctx, session, s->inputs, session->n_inputs, s->outputs, session->n_outputs));
    const double seconds = clock_seconds() - start;
    s->told.run_seconds = s->told.runs++ ? s->told.run_seconds + (seconds - s->told.run_seconds) / (double)s->told.runs : seconds;
    return TFP_OK;
}

static tfp_status run_side(struct tfp_context *ctx, struct tfp_comparison *c, struct side *s, const struct tfp_tensor *inputs)
{
    if (!s->session) return TFP_OK;
    tfp_progress(ctx, s->told.word, 0, 0);
    tfp_status status = run_session(ctx, s, inputs);
    return status == TFP_OK ? TFP_OK : fail_side(ctx, c, s, status);
}

const struct tfp_tensor *comparison_result(const struct side *s, size_t output)
{
    for (size_t i = 0; s->session && i < s->session->n_outputs; i++)
        if (s->output_of[i] == output) return &s->outputs[i];
    return NULL;
}

struct tfp_tolerance comparison_tolerance(const struct tfp_comparison *c, const struct side *s, const char *output,
                                          tfp_dtype dtype)
{
    const struct tfp_output_tolerance *all = NULL, *own = NULL;
    for (size_t i = 0; i < c->options.n_tolerances; i++) {
        const struct tfp_output_tolerance *t = &c->options.tolerances[i];
        if (!t->output) all = t;
        else if (output && strcmp(t->output, output) == 0) own = t;
    }
    if (own || all) return own ? own->tolerance : all->tolerance;
    return tfp_tolerance_in(dtype, s->precision);
}

/* -- comparing ----------------------------------------------------------------------------------------------------- */

static double weighed(double a, double b, double share)
{
    return isnan(a) ? b : isnan(b) ? a : a + (b - a) * share;
}

static double greater(double a, double b)
{
    return isnan(a) ? b : isnan(b) || a > b ? a : b;
}

static double lesser(double a, double b)
{
    return isnan(a) ? b : isnan(b) || a < b ? a : b;
}

/* A difference in type or shape, whose excess is NaN, is the worst. */
static bool is_worse(const struct tfp_difference *a, const struct tfp_difference *b)
{
    return !isnan(b->excess) && (isnan(a->excess) || a->excess > b->excess);
}

static void merge(const struct tfp_difference *d, struct tfp_difference *all)
{
    const struct tfp_difference before = *all;
    if (is_worse(d, all)) *all = *d;
    else if (all->agrees && !d->agrees) all->reason = d->reason;
    const uint64_t elements = before.elements + d->elements;
    const double share = elements ? (double)d->elements / (double)elements : 0;
    all->agrees = before.agrees && d->agrees;
    all->elements = elements;
    all->beyond = before.beyond + d->beyond;
    for (int k = 0; k < 2; k++) all->not_finite[k] = before.not_finite[k] + d->not_finite[k];
    all->misplaced = before.misplaced + d->misplaced;
    all->max_absolute = greater(before.max_absolute, d->max_absolute);
    all->max_relative = greater(before.max_relative, d->max_relative);
    all->mean_absolute = weighed(before.mean_absolute, d->mean_absolute, share);
    all->mean_relative = weighed(before.mean_relative, d->mean_relative, share);
    all->cosine = lesser(before.cosine, d->cosine);
    all->psnr = lesser(before.psnr, d->psnr);
    all->top1 = weighed(before.top1, d->top1, share);
    all->top5 = weighed(before.top5, d->top5, share);
}

static void add_result(const struct tfp_comparison *c, const struct tfp_tensor *reference, const struct tfp_difference *d,
                       struct result *r)
{
    const bool first = !r->compared, worst = first || is_worse(d, &r->all);
    if (first) r->all = *d;
    else merge(d, &r->all);
    r->compared = true;
    if (!worst) return;
    r->run = c->n_runs;
    r->rank = reference->rank;
    if (r->rank) memcpy(r->dims, reference->dims, r->rank * sizeof *r->dims);
}

static tfp_status compare_output(struct tfp_context *ctx, struct tfp_comparison *c, struct side *s, size_t i,
                                 const struct tfp_tensor *reference)
{
    const struct tfp_tensor *result = comparison_result(s, i);
    const struct tfp_tolerance t = comparison_tolerance(c, s, c->model->outputs[i].name, reference->dtype);
    struct tfp_difference d;
    if (!result) return TFP_OK;
    TFP_TRY(tfp_compare(ctx, reference, result, &t, &d));
    add_result(c, reference, &d, &s->results[i]);
    return TFP_OK;
}

/* Another file that lacks an output is a difference nobody would see otherwise. */
static tfp_status check_results(struct tfp_context *ctx, struct tfp_comparison *c, struct side *s, size_t i)
{
    if (!s->session || comparison_result(s, i)) return TFP_OK;
    return fail_side(ctx, c, s, tfp_fail(ctx, TFP_E_USAGE, "it has no output '%s'", c->model->outputs[i].name));
}

static tfp_status compare_all(struct tfp_context *ctx, struct tfp_comparison *c, const struct tfp_tensor *const *references)
{
    for (size_t i = 0; i < c->model->n_outputs; i++) {
        const struct tfp_tensor *reference = references ? references[i] : comparison_result(&c->sides[0], i);
        for (size_t k = references ? 0 : 1; reference && k < c->n; k++) {
            TFP_TRY(check_results(ctx, c, &c->sides[k], i));
            if (c->sides[k].session) TFP_TRY(compare_output(ctx, c, &c->sides[k], i, reference));
        }
    }
    c->n_runs++;
    return TFP_OK;
}

static tfp_status check_run(struct tfp_context *ctx, const struct tfp_comparison *c, size_t n_inputs,
                            const struct tfp_tensor *const *references, size_t n_references)
{
    if (n_inputs != c->model->n_inputs || (references && n_references != c->model->n_outputs))
        return tfp_fail(ctx, TFP_E_USAGE, "%zu inputs and %zu references were given, the model has %zu inputs and %zu outputs",
                        n_inputs, n_references, c->model->n_inputs, c->model->n_outputs);
    if (!references == c->options.references)
        return tfp_fail(ctx, TFP_E_USAGE, "references were %s", references ? "not told of before" : "told of, and not given");
    return TFP_OK;
}

tfp_status tfp_comparison_run(tfp_context *ctx, tfp_comparison *c, const struct tfp_tensor *inputs, size_t n_inputs,
                              const struct tfp_tensor *const *references, size_t n_references)
{
    TFP_TRY(check_run(ctx, c, n_inputs, references, n_references));
    for (size_t k = 0; k < c->n; k++) TFP_TRY(run_side(ctx, c, &c->sides[k], inputs));
    const struct tfp_way *first = &c->sides[0].told;
    if (!references && first->status != TFP_OK)
        return tfp_fail(ctx, first->status, "%s, the reference: %s", first->word, first->message);
    return compare_all(ctx, c, references);
}

/* -- what came of it ----------------------------------------------------------------------------------------------- */

size_t tfp_comparison_n_ways(const tfp_comparison *c)
{
    return c->n;
}

const struct tfp_way *tfp_comparison_way(const tfp_comparison *c, size_t i)
{
    return i < c->n ? &c->sides[i].told : NULL;
}

tfp_session *tfp_comparison_session(const tfp_comparison *c, size_t i)
{
    return i < c->n ? c->sides[i].session : NULL;
}

size_t tfp_comparison_n_runs(const tfp_comparison *c)
{
    return c->n_runs;
}

static const struct result *result_of(const struct tfp_comparison *c, size_t way, size_t output)
{
    if (way >= c->n || output >= c->model->n_outputs) return NULL;
    const struct result *r = &c->sides[way].results[output];
    return r->compared ? r : NULL;
}

const struct tfp_difference *tfp_comparison_difference(const tfp_comparison *c, size_t way, size_t output, size_t *run)
{
    const struct result *r = result_of(c, way, output);
    if (r && run) *run = r->run;
    return r ? &r->all : NULL;
}

const int64_t *tfp_comparison_dims(const tfp_comparison *c, size_t way, size_t output, uint32_t *rank)
{
    const struct result *r = result_of(c, way, output);
    *rank = r ? r->rank : 0;
    return r ? r->dims : NULL;
}

/* "; onnxruntime: 2 outputs differ, y by its values" */
static size_t add_differing(const struct tfp_comparison *c, const struct side *s, struct text *t)
{
    size_t n = 0, first = 0;
    for (size_t i = c->model->n_outputs; i-- > 0;)
        if (s->results[i].compared && !s->results[i].all.agrees) n++, first = i;
    if (n)
        text_add(t, "%s%s: %s differs by its %s", t->n ? "; " : "", s->told.word, c->model->outputs[first].name,
                 s->results[first].all.reason);
    if (n > 1) text_add(t, " (and %zu more outputs)", n - 1);
    return n;
}

tfp_status tfp_comparison_verdict(tfp_context *ctx, const tfp_comparison *c)
{
    struct text t = { 0 };
    const struct tfp_way *failed = NULL;
    size_t differing = 0;
    for (size_t k = 0; k < c->n; k++) {
        differing += add_differing(c, &c->sides[k], &t);
        if (!failed && c->sides[k].told.status != TFP_OK) failed = &c->sides[k].told;
    }
    tfp_status status = TFP_OK;
    if (differing) status = tfp_fail(ctx, TFP_E_DIFFER, "%s", t.at ? t.at : "results differ");
    else if (failed) status = tfp_fail(ctx, failed->status, "%s: %s", failed->word, failed->message);
    text_free(&t);
    return status;
}
