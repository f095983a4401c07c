/* A bundle whose core is an engine: run by the fake TensorRT between a prefix and a suffix on the CPU. And descriptions that
 * are cut short anywhere. */
#include "api/bundle_file.h"
#include "base/text.h"

#include "support.h"

static tfp_context *ctx;
static const char *folder;

/* x + 1 as text, before and behind a sum that is cut out: the prefix turns y around, the suffix makes the text. */
static const char graph[] =
    "node { name: \"x\" op: \"Placeholder\" attr { key: \"dtype\" value { type: DT_FLOAT } }\n"
    "  attr { key: \"shape\" value { shape { dim { size: -1 } dim { size: 3 } } } } }\n"
    "node { name: \"negative\" op: \"Neg\" input: \"x\" attr { key: \"T\" value { type: DT_FLOAT } } }\n"
    "node { name: \"sine\" op: \"Sin\" input: \"negative\" attr { key: \"T\" value { type: DT_FLOAT } } }\n"
    "node { name: \"text\" op: \"AsString\" input: \"sine\" attr { key: \"T\" value { type: DT_FLOAT } }\n"
    "  attr { key: \"precision\" value { i: 1 } } }\n";

static int begin(void **state)
{
    (void)state;
    setenv("TFPORT_CUDA", FAKE_CUDA, 1);
    setenv("TFPORT_TENSORRT", FAKE_TENSORRT_10, 1);
    folder = temp_folder();
    return tfp_context_create(&ctx) == TFP_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    tfp_context_destroy(ctx);
    return 0;
}

/* The bundle as tfp_model_build() leaves it, with a plan that the fake TensorRT knows: it adds 1 where the model has Sin. */
static void write_bundle(void)
{
    static const char *const cut[] = { "negative", "sine" }, *const plan[] = { "core.plan" };
    tfp_model *m;
    tfp_parts *p;
    write_text(temp_path("graph.pbtxt"), "%s", graph);
    write_text(temp_path("core.plan"),
             "ftrt 100300\ninput negative 0 -1x3\noutput sine 0 add1 negative\nrange 0 negative 1x3 4x3 8x3\n");
    assert_ok(ctx, tfp_model_open(ctx, temp_path("graph.pbtxt"), NULL, &m));
    assert_ok(ctx, tfp_model_parts(ctx, m, cut, 2, &p));
    assert_int_equal(p->info.n_parts, 3);
    assert_ok(ctx, bundle_write_end(ctx, folder, p, 0));
    assert_ok(ctx, bundle_add_files(ctx, folder, p, 1, "plan", plan, 1));
    assert_ok(ctx, bundle_write_end(ctx, folder, p, 2));
    assert_ok(ctx, bundle_finish(ctx, folder, p));
    tfp_parts_destroy(p);
    tfp_model_destroy(m);
}

static void runs_an_engine_as_core(void **state)
{
    float x[6] = { 0, 1, -2.5f, 4, 5, 0.5f };
    static const char *const expected[6] = { "1.0", "0.0", "3.5", "-3.0", "-4.0", "0.5" };
    const int64_t dims[2] = { 2, 3 };
    const struct tfp_tensor in = { .dtype = TFP_FLOAT, .rank = 2, .dims = dims, .data = x, .size = sizeof x };
    struct tfp_tensor out = { 0 };
    tfp_session *s;
    (void)state;
    write_bundle();
    assert_ok(ctx, tfp_session_open(ctx, folder, NULL, &s));
    assert_string_equal(tfp_session_input(s, 0)->name, "x");
    for (int run = 0; run < 2; run++) {
        out = (struct tfp_tensor){ 0 };
        assert_ok(ctx, tfp_session_run(ctx, s, &in, 1, &out, 1));
        assert_int_equal(out.dtype, TFP_STRING);
        assert_int_equal(out.size, 6 * sizeof(struct tfp_string));
        const struct tfp_string *text = out.data;
        for (size_t i = 0; i < 6; i++) {
            assert_int_equal(text[i].n, strlen(expected[i]));
            assert_memory_equal(text[i].at, expected[i], text[i].n);
        }
    }
    tfp_session_destroy(s);
}

static void refuses_an_engine_of_another_shape(void **state)
{
    static const char *const plan[] = { "core.plan" };
    tfp_parts *p;
    tfp_session *s;
    (void)state;
    write_bundle();
    write_text(temp_path("core.plan"),
             "ftrt 100300\ninput negative 0 -1x4\noutput sine 0 add1 negative\nrange 0 negative 1x4 4x4 8x4\n");
    assert_int_equal(tfp_session_open(ctx, folder, NULL, &s), TFP_E_FORMAT);
    assert_contains(tfp_context_message(ctx), "its size or checksum differs");
    write_text(temp_path("core.plan"),
             "ftrt 100300\ninput negative 0 -1x3\noutput sine 0 add1 negative\nrange 0 negative 1x3 4x3 8x3\n");
    assert_ok(ctx, tfp_bundle_open(ctx, folder, &p));
    write_text(temp_path("core.plan"),
             "ftrt 100300\ninput negative 0 -1x4\noutput sine 0 add1 negative\nrange 0 negative 1x4 4x4 8x4\n");
    assert_ok(ctx, bundle_add_files(ctx, folder, p, 1, "plan", plan, 1));
    assert_ok(ctx, bundle_finish(ctx, folder, p));
    tfp_parts_destroy(p);
    assert_int_equal(tfp_session_open(ctx, folder, NULL, &s), TFP_E_FORMAT);
    assert_contains(tfp_context_message(ctx), "negative is not as the bundle tells of it");
}

static void refuses_what_is_cut_short(void **state)
{
    struct text json = { 0 };
    tfp_parts *p;
    (void)state;
    write_bundle();
    assert_ok(ctx, tfp_bundle_open(ctx, folder, &p));
    assert_ok(ctx, bundle_json_encode(ctx, p, &json));
    tfp_parts_destroy(p);
    for (size_t n = 0; n + 2 < json.n; n++) { /* but for the newline at its end */
        char *copy = malloc(n + 1);
        assert_non_null(copy);
        memcpy(copy, json.at, n);
        tfp_parts *part = calloc(1, sizeof *part);
        assert_non_null(part);
        assert_int_equal(bundle_json_decode(ctx, "x", (struct bytes){ copy, n }, part), TFP_E_FORMAT);
        tfp_parts_destroy(part);
        free(copy);
    }
    text_free(&json);
}

/* Whoever reads a prefix without tfport finds each of its ops on the page. */
static void tells_every_op(void **state)
{
    struct buffer *page;
    (void)state;
    assert_ok(ctx, buffer_map(ctx, TEST_DATA "/../../docs/formats/bundle.md", &page));
    for (int op = IR_NONE + 1; op < IR_OP_COUNT; op++) {
        char row[64];
        if (schema_newest((enum ir_op)op)->since != SCHEMA_OWN || op == IR_LABEL_ENCODER || op == IR_TREE_ENSEMBLE_REGRESSOR) continue;
        snprintf(row, sizeof row, "\n| %s |", schema_op_name((enum ir_op)op));
        if (!memmem(page->data, page->size, row, strlen(row))) fail_msg("docs/formats/bundle.md does not tell of %s", row);
    }
    buffer_drop(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_an_engine_as_core),
        cmocka_unit_test(refuses_an_engine_of_another_shape),
        cmocka_unit_test(refuses_what_is_cut_short),
        cmocka_unit_test(tells_every_op),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
