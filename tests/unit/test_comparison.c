/* Several ways side by side, and tensors inside as outputs, through the public API: on the CPU backend alone. */
#include <math.h>

#include "support.h"

static tfp_context *ctx;
static tfp_model *model;
static tfp_array *input;

static int begin(void **state)
{
    (void)state;
    if (tfp_context_create(&ctx) != TFP_OK || tfp_model_open(ctx, DIGITS "digits.pb", NULL, &model) != TFP_OK) return -1;
    const struct tfp_sample_options o = { .size = sizeof o, .rank = 4, .dims = (const int64_t[]){ 3, -1, -1, -1 }, .seed = 5 };
    return tfp_model_sample(ctx, model, 0, &o, &input) == TFP_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    tfp_array_destroy(input);
    tfp_model_destroy(model);
    tfp_context_destroy(ctx);
    return 0;
}

static tfp_comparison *opened(const struct tfp_comparison_options *o)
{
    tfp_comparison *c = NULL;
    assert_ok(ctx, tfp_comparison_create(ctx, model, o, &c));
    return c;
}
#define WAYS(...) .ways = (const char *const[]){ __VA_ARGS__ }, .n_ways = sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)

static void runs_are_added_up(void **state)
{
    const struct tfp_comparison_options o = { .size = sizeof o, WAYS("cpu", "cpu:" DIGITS "digits.pbtxt") };
    tfp_comparison *c = opened(&o);
    size_t run;
    (void)state;
    assert_null(tfp_comparison_difference(c, 1, 0, NULL));
    for (int i = 0; i < 2; i++)
        assert_int_equal(tfp_comparison_run(ctx, c, tfp_array_tensor(input), 1, NULL, 0), TFP_OK);
    const struct tfp_difference *d = tfp_comparison_difference(c, 1, 0, &run);
    assert_non_null(d);
    assert_true(d->agrees && d->beyond == 0 && d->elements == 60);
    assert_null(tfp_comparison_difference(c, 0, 0, NULL)); /* the reference */
    assert_null(tfp_comparison_difference(c, 1, 1, NULL));
    assert_int_equal(tfp_comparison_n_runs(c), 2);
    assert_int_equal(tfp_comparison_way(c, 1)->runs, 2);
    assert_string_equal(tfp_comparison_way(c, 1)->backend, "cpu");
    assert_int_equal(tfp_comparison_verdict(ctx, c), TFP_OK);
    const struct tfp_bisect *found;
    assert_int_equal(tfp_comparison_bisect(ctx, c, 1, tfp_array_tensor(input), 1, NULL, &found), TFP_E_USAGE);
    assert_int_equal(tfp_comparison_bisect(ctx, c, 0, tfp_array_tensor(input), 1, NULL, &found), TFP_E_USAGE);
    assert_int_equal(tfp_comparison_run(ctx, c, tfp_array_tensor(input), 2, NULL, 0), TFP_E_USAGE);
    tfp_comparison_destroy(c);
}

/* The worst of two runs is told, whichever it is. */
static void the_worst_run(void **state)
{
    const struct tfp_comparison_options o = { .size = sizeof o, WAYS("cpu"), .references = true };
    tfp_comparison *c = opened(&o);
    tfp_session *s = tfp_comparison_session(c, 0);
    struct tfp_tensor out = { 0 };
    float wrong[30];
    uint32_t rank;
    size_t run;
    (void)state;
    assert_int_equal(tfp_session_run(ctx, s, tfp_array_tensor(input), 1, &out, 1), TFP_OK);
    assert_int_equal(out.size, sizeof wrong);
    memcpy(wrong, out.data, sizeof wrong);
    const int64_t dims[2] = { 3, 10 };
    struct tfp_tensor reference = { TFP_FLOAT, 2, dims, wrong, sizeof wrong };
    const struct tfp_tensor *references = &reference;
    for (int i = 0; i < 3; i++) {
        wrong[17] += i == 1 ? 1 : i == 2 ? -1 : 0;
        assert_int_equal(tfp_comparison_run(ctx, c, tfp_array_tensor(input), 1, &references, 1), TFP_OK);
    }
    const struct tfp_difference *d = tfp_comparison_difference(c, 0, 0, &run);
    assert_int_equal(run, 1);
    assert_int_equal(d->worst, 17);
    assert_int_equal(d->beyond, 1);
    assert_int_equal(d->elements, 90);
    assert_true(!d->agrees && fabs(d->max_absolute - 1) < 1e-5 && fabs(d->mean_absolute - 1.0 / 90) < 1e-6 && d->excess > 1);
    assert_string_equal(d->reason, "values");
    assert_int_equal(tfp_comparison_dims(c, 0, 0, &rank)[1], 10);
    assert_int_equal(tfp_comparison_verdict(ctx, c), TFP_E_DIFFER);
    assert_int_equal(tfp_comparison_run(ctx, c, tfp_array_tensor(input), 1, NULL, 0), TFP_E_USAGE);
    tfp_comparison_destroy(c);
}

static void what_is_refused(void **state)
{
    tfp_comparison *c;
    tfp_session *s;
    const struct tfp_comparison_options one = { .size = sizeof one, WAYS("cpu") },
                                        nosuch = { .size = sizeof nosuch, WAYS("cpu", "gpu") },
                                        tolerance = { .size = sizeof tolerance, WAYS("cpu", "cpu"), .n_tolerances = 1,
                                                      .tolerances = &(struct tfp_output_tolerance){ .output = "z" } };
    (void)state;
    assert_int_equal(tfp_comparison_create(ctx, model, &one, &c), TFP_E_USAGE);
    assert_int_equal(tfp_comparison_create(ctx, model, NULL, &c), TFP_E_USAGE);
    assert_int_equal(tfp_comparison_create(ctx, model, &nosuch, &c), TFP_E_USAGE);
    assert_int_equal(tfp_comparison_create(ctx, model, &tolerance, &c), TFP_E_USAGE);
    const char *names[] = { "nosuch" };
    const struct tfp_session_options o = { .size = sizeof o, .expose = names, .n_expose = 1 },
                                     opset = { .size = sizeof opset, .opset = 17 };
    assert_int_equal(tfp_session_create(ctx, model, &o, &s), TFP_E_USAGE);
    assert_contains(tfp_context_message(ctx), "nosuch");
    assert_int_equal(tfp_session_create(ctx, model, &opset, &s), TFP_E_USAGE);
}

/* Every tensor inside comes out, all at once, and the last is what the output is. */
static void tensors_inside(void **state)
{
    const struct tfp_graph_tensor *all;
    size_t n;
    tfp_session *s;
    (void)state;
    assert_int_equal(tfp_model_tensors(ctx, model, &all, &n), TFP_OK);
    assert_true(n >= 10);
    assert_string_equal(all[n - 1].name, "Identity");
    assert_string_equal(all[n - 1].op, "Softmax");
    const char **names = calloc(n, sizeof *names);
    struct tfp_tensor *outputs = calloc(n + 1, sizeof *outputs);
    for (size_t i = 0; i < n; i++) names[i] = all[i].name;
    const struct tfp_session_options o = { .size = sizeof o, .expose = names, .n_expose = n };
    assert_ok(ctx, tfp_session_create(ctx, model, &o, &s));
    assert_int_equal(tfp_session_n_outputs(s), n + 1);
    assert_int_equal(tfp_session_run(ctx, s, tfp_array_tensor(input), 1, outputs, n + 1), TFP_OK);
    for (size_t i = 0; i < n; i++) assert_true(outputs[i + 1].size > 0);
    assert_memory_equal(outputs[0].data, outputs[n].data, outputs[0].size);
    tfp_session_destroy(s);
    free(names);
    free(outputs);
}

static void samples_in_ranges(void **state)
{
    struct tfp_sample_options o = { .size = sizeof o, .ranged = true, .low = 10, .high = 12 };
    tfp_array *a;
    (void)state;
    assert_int_equal(tfp_model_sample(ctx, model, 0, &o, &a), TFP_OK);
    const struct tfp_tensor *t = tfp_array_tensor(a);
    const float *at = t->data;
    for (size_t i = 0; i < t->size / sizeof *at; i++) assert_true(at[i] >= 10 && at[i] <= 12);
    tfp_array_destroy(a);
    o.high = (double)INFINITY;
    assert_int_equal(tfp_model_sample(ctx, model, 0, &o, &a), TFP_E_USAGE);
    o.low = 2, o.high = 1;
    assert_int_equal(tfp_model_sample(ctx, model, 0, &o, &a), TFP_E_USAGE);
    assert_int_equal(tfp_model_sample(ctx, model, 1, NULL, &a), TFP_E_USAGE);
}

static void sessions_at_once(void **state)
{
    const struct tfp_bench_options o = { .size = sizeof o, .warm_up = -1, .duration = -1, .iterations = 4 };
    tfp_session *s[3];
    struct tfp_bench_way way;
    (void)state;
    for (int i = 0; i < 3; i++) assert_int_equal(tfp_way_open(ctx, model, "cpu", NULL, &s[i]), TFP_OK);
    assert_int_equal(tfp_sessions_bench(ctx, s, 3, tfp_array_tensor(input), 1, &o, &way), TFP_OK);
    assert_int_equal(way.runs, 12);
    assert_true(way.wall.least > 0 && way.wall.least <= way.wall.median && way.wall.median <= way.wall.most && way.seconds > 0);
    assert_int_equal(tfp_sessions_bench(ctx, s, 0, tfp_array_tensor(input), 1, &o, &way), TFP_E_USAGE);
    assert_int_equal(tfp_sessions_bench(ctx, s, 3, tfp_array_tensor(input), 0, &o, &way), TFP_E_USAGE);
    struct tfp_tensor wrong = *tfp_array_tensor(input);
    wrong.dtype = TFP_INT32;
    assert_int_equal(tfp_sessions_bench(ctx, s, 3, &wrong, 1, &o, &way), TFP_E_USAGE);
    for (int i = 0; i < 3; i++) tfp_session_destroy(s[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_added_up), cmocka_unit_test(the_worst_run),     cmocka_unit_test(what_is_refused),
        cmocka_unit_test(tensors_inside),    cmocka_unit_test(samples_in_ranges), cmocka_unit_test(sessions_at_once),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
