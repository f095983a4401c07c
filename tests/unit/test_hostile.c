/* Files that must fail, each with its exit code and its exact message: tests/hostile/FORMAT/expected.tsv, one row a
 * case, file <tab> inputs <tab> outputs <tab> options <tab> code <tab> message        (- for none) Options are words:
 * signature=NAME, tags=A,B, weights=PREFIX, no_verify. With TFP_ACCEPT set the codes and messages are rewritten to what
 * happens now. */
#include "support.h"

enum { MOST_NAMES = 8 };

static size_t names(char *list, const char **out)
{
    size_t n = 0;
    if (strcmp(list, "-") == 0) return 0;
    for (char *at = strtok(list, ","); at && n < MOST_NAMES; at = strtok(NULL, ",")) out[n++] = at;
    return n;
}

/* The words of column `options`; `tags` has room for the names. */
static void read_options(char *list, struct tfp_model_options *o, const char **tags)
{
    char *rest = NULL;
    if (strcmp(list, "-") == 0) return;
    for (char *word = strtok_r(list, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if (strncmp(word, "signature=", 10) == 0) o->signature = word + 10;
        else if (strncmp(word, "weights=", 8) == 0) o->weights = word + 8;
        else if (strncmp(word, "tags=", 5) == 0) o->n_tags = names(word + 5, tags);
        else if (strcmp(word, "no_verify") == 0) o->no_verify = true;
        else fail_msg("option %s is not known", word);
    }
    o->tags = tags;
}

/* The whole way that `tfport convert` goes before it writes. */
static tfp_status try_model(tfp_context *ctx, char **given)
{
    const char *in[MOST_NAMES], *out[MOST_NAMES], *tags[MOST_NAMES];
    struct tfp_model_options options = TFP_INIT(options);
    read_options(given[3], &options, tags);
    tfp_model *model = NULL;
    char *text = NULL;
    options.inputs = in;
    options.n_inputs = names(given[1], in);
    options.outputs = out;
    options.n_outputs = names(given[2], out);
    tfp_status status = tfp_model_open(ctx, given[0], &options, &model);
    if (status == TFP_OK) status = tfp_model_dump(ctx, model, &text);
    free(text);
    tfp_model_destroy(model);
    return status;
}

static void run_folder(const char *format)
{
    char folder[4096];
    snprintf(folder, sizeof folder, "%s/../hostile/%s", TEST_DATA, format);
    run_expected(folder, 4, try_model);
}

static void test_graph_def(void **state)
{
    (void)state;
    run_folder("graph_def");
}

static void test_keras(void **state)
{
    (void)state;
    run_folder("keras");
}

static void test_meta_graph(void **state)
{
    (void)state;
    run_folder("meta_graph");
}

static void test_saved_model(void **state)
{
    (void)state;
    run_folder("saved_model");
}

static void test_tflite(void **state)
{
    (void)state;
    run_folder("tflite");
}

static void test_tfjs(void **state)
{
    (void)state;
    run_folder("tfjs");
}

static void test_onnx(void **state)
{
    (void)state;
    run_folder("onnx");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_graph_def), cmocka_unit_test(test_keras),
                                        cmocka_unit_test(test_meta_graph), cmocka_unit_test(test_saved_model),
                                        cmocka_unit_test(test_onnx), cmocka_unit_test(test_tfjs),     cmocka_unit_test(test_tflite) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
