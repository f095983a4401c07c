/* tfp_model_graph(): the nodes of a model as they are looked at; tfp_digest() and tfp_write_file(). */
#include "support.h"

/* y = tanh(x * (2, 3) + x). */
static const char model_text[] =
    "node { name: \"x\" op: \"Placeholder\" attr { key: \"dtype\" value { type: DT_FLOAT } } attr { key: \"shape\" value { shape { dim { size: 2 } } } } }\n"
    "node { name: \"two\" op: \"Const\" attr { key: \"dtype\" value { type: DT_FLOAT } } attr { key: \"value\" value { tensor { dtype: DT_FLOAT "
    "tensor_shape { dim { size: 2 } } float_val: 2 float_val: 3 } } } }\n"
    "node { name: \"read\" op: \"Identity\" input: \"two\" attr { key: \"T\" value { type: DT_FLOAT } } }\n"
    "node { name: \"s/mul\" op: \"Mul\" input: \"x\" input: \"read\" attr { key: \"T\" value { type: DT_FLOAT } } }\n"
    "node { name: \"s/add\" op: \"Add\" input: \"s/mul\" input: \"x\" attr { key: \"T\" value { type: DT_FLOAT } } }\n"
    "node { name: \"y\" op: \"Tanh\" input: \"s/add\" attr { key: \"T\" value { type: DT_FLOAT } } }\n";

static const char *path;

static int set_up(void **state)
{
    path = temp_path("graph.pbtxt");
    write_file(path, model_text, sizeof model_text - 1);
    return context_setup(state);
}

static tfp_graph *graph_of(tfp_context *ctx, enum tfp_graph_kind kind)
{
    tfp_model *m;
    tfp_graph *g;
    assert_int_equal(tfp_model_open(ctx, path, NULL, &m), TFP_OK);
    assert_int_equal(tfp_model_graph(ctx, m, kind, &g), TFP_OK);
    tfp_model_destroy(m); /* the graph does not need it */
    return g;
}

static size_t find(const tfp_graph *g, const char *op)
{
    for (size_t i = 0; i < tfp_graph_n_nodes(g); i++)
        if (strcmp(tfp_graph_node(g, i)->op, op) == 0) return i;
    fail_msg("no %s", op);
    return 0;
}

static void test_ir(void **state)
{
    tfp_graph *g = graph_of(*state, TFP_GRAPH_IR);
    const size_t x = find(g, "Input"), mul = find(g, "Mul"), add = find(g, "Add"), tanh = find(g, "Tanh"), out = find(g, "Output");
    assert_int_equal(tfp_graph_n_nodes(g), 5);
    assert_null(tfp_graph_node(g, 5));
    assert_string_equal(tfp_graph_node(g, x)->name, "x");
    assert_string_equal(tfp_graph_node(g, out)->name, "y");
    assert_string_equal(tfp_graph_node(g, mul)->name, "s/mul");
    assert_string_equal(tfp_graph_node(g, mul)->output, "float32[2]");
    assert_int_equal(tfp_graph_node(g, mul)->weight_elements, 2);
    assert_int_equal(tfp_graph_node(g, mul)->n_inputs, 1);
    assert_int_equal(tfp_graph_node(g, mul)->inputs[0], x);
    assert_int_equal(tfp_graph_node(g, add)->n_inputs, 2);
    assert_int_equal(tfp_graph_node(g, out)->inputs[0], tanh);
    for (size_t i = 0; i < tfp_graph_n_nodes(g); i++)
        for (size_t k = 0; k < tfp_graph_node(g, i)->n_inputs; k++) assert_true(tfp_graph_node(g, i)->inputs[k] < i);
    tfp_graph_destroy(g);
}

/* What no input reaches is left out: the constant and its Identity. */
static void test_source(void **state)
{
    tfp_graph *g = graph_of(*state, TFP_GRAPH_SOURCE);
    const size_t x = find(g, "Placeholder"), mul = find(g, "Mul"), add = find(g, "Add");
    assert_int_equal(tfp_graph_n_nodes(g), 4);
    assert_string_equal(tfp_graph_node(g, add)->name, "s/add");
    assert_string_equal(tfp_graph_node(g, add)->output, "");
    assert_int_equal(tfp_graph_node(g, mul)->n_inputs, 1);
    assert_int_equal(tfp_graph_node(g, mul)->inputs[0], x);
    tfp_graph_destroy(g);
}

static void test_no_graph(void **state)
{
    tfp_context *ctx = *state;
    tfp_model *m;
    tfp_graph *g;
    assert_int_equal(tfp_model_open(ctx, TEST_DATA "/../cases/keras_attention_h5/model.h5", NULL, &m), TFP_OK);
    assert_int_equal(tfp_model_graph(ctx, m, TFP_GRAPH_SOURCE, &g), TFP_E_UNSUPPORTED);
    assert_contains(tfp_context_message(ctx), "no graph of nodes");
    tfp_model_destroy(m);
}

static void test_digest(void **state)
{
    tfp_context *ctx = *state;
    const char *paths[] = { path, path }, *absent[] = { "/nosuch/file" };
    char once[TFP_DIGEST_TEXT], twice[TFP_DIGEST_TEXT], other[TFP_DIGEST_TEXT];
    assert_int_equal(tfp_digest(ctx, paths, 1, NULL, once), TFP_OK);
    assert_int_equal(strlen(once), TFP_DIGEST_TEXT - 1);
    assert_int_equal(tfp_digest(ctx, paths, 1, NULL, twice), TFP_OK);
    assert_string_equal(once, twice);
    assert_int_equal(tfp_digest(ctx, paths, 2, NULL, twice), TFP_OK);
    assert_string_not_equal(once, twice);
    assert_int_equal(tfp_digest(ctx, paths, 1, "", other), TFP_OK);
    assert_string_not_equal(once, other);
    assert_int_equal(tfp_digest(ctx, absent, 1, NULL, other), TFP_E_FORMAT);
}

static void test_write(void **state)
{
    tfp_context *ctx = *state;
    assert_int_equal(tfp_write_file(ctx, path, "new", 3), TFP_OK);
    char *read = read_file(path, NULL);
    assert_string_equal(read, "new");
    free(read);
    assert_int_equal(tfp_write_file(ctx, "/nosuch/folder/file", "new", 3), TFP_E_SYSTEM);
    assert_contains(tfp_context_message(ctx), "/nosuch/folder/file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ir, set_up, context_teardown),
        cmocka_unit_test_setup_teardown(test_source, set_up, context_teardown),
        cmocka_unit_test_setup_teardown(test_no_graph, set_up, context_teardown),
        cmocka_unit_test_setup_teardown(test_digest, set_up, context_teardown),
        cmocka_unit_test_setup_teardown(test_write, set_up, context_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
