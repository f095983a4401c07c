/* Files that must fail, each with its exit code and its exact message: tests/hostile/FORMAT/expected.tsv, one row a
 * case, file <tab> inputs <tab> outputs <tab> options <tab> code <tab> message        (- for none) Options are words:
 * signature=NAME, tags=A,B, weights=PREFIX, no_verify. With TFP_ACCEPT set the codes and messages are rewritten to what
 * happens now. */
#include "base/text.h"
#include "tfport/tfport.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { COLUMNS = 6, MOST_NAMES = 8 };

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
static tfp_status try_model(tfp_context *ctx, const char *path, char *inputs, char *outputs, char *words)
{
    const char *in[MOST_NAMES], *out[MOST_NAMES], *tags[MOST_NAMES];
    struct tfp_model_options options = TFP_INIT(options);
    read_options(words, &options, tags);
    tfp_model *model = NULL;
    char *text = NULL;
    options.inputs = in;
    options.n_inputs = names(inputs, in);
    options.outputs = out;
    options.n_outputs = names(outputs, out);
    tfp_status status = tfp_model_open(ctx, path, &options, &model);
    if (status == TFP_OK) status = tfp_model_dump(ctx, model, &text);
    free(text);
    tfp_model_destroy(model);
    return status;
}

static bool split_row(char *line, char **column)
{
    size_t n = 0;
    line[strcspn(line, "\n")] = '\0';
    for (char *at = line; at && n < COLUMNS; n++) {
        column[n] = at;
        at = strchr(at, '\t');
        if (at && n + 1 < COLUMNS) *at++ = '\0';
    }
    return n == COLUMNS;
}

static void run_folder(const char *format)
{
    char line[8192], folder[4096], *column[COLUMNS];
    struct text now = { 0 };
    size_t rows = 0, wrong = 0;
    snprintf(folder, sizeof folder, "%s/../hostile/%s", TEST_DATA, format);
    assert_int_equal(chdir(folder), 0);
    FILE *table = fopen("expected.tsv", "r");
    assert_non_null(table);
    while (fgets(line, sizeof line, table)) {
        tfp_context *ctx;
        assert_true(split_row(line, column));
        assert_int_equal(tfp_context_create(&ctx), TFP_OK);
        text_add(&now, "%s\t%s\t%s\t%s", column[0], column[1], column[2], column[3]);
        int code = (int)try_model(ctx, column[0], column[1], column[2], column[3]);
        const char *message = code ? tfp_context_message(ctx) : "";
        text_add(&now, "\t%d\t%s\n", code, message);
        if (code != atoi(column[4]) || strcmp(message, column[5]) != 0) {
            wrong++;
            print_error("%s: %d %s\n  expected: %s %s\n", column[0], code, message, column[4], column[5]);
        }
        rows++;
        tfp_context_destroy(ctx);
    }
    fclose(table);
    if (getenv("TFP_ACCEPT")) {
        table = fopen("expected.tsv", "w");
        assert_non_null(table);
        fputs(now.at, table);
        fclose(table);
    }
    text_free(&now);
    assert_true(rows > 0);
    assert_int_equal(wrong, 0);
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

static void test_onnx(void **state)
{
    (void)state;
    run_folder("onnx");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_graph_def), cmocka_unit_test(test_keras),
                                        cmocka_unit_test(test_meta_graph), cmocka_unit_test(test_saved_model),
                                        cmocka_unit_test(test_onnx) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
