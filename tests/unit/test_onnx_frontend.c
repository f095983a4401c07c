/* ONNX files of old opsets and of other domains, as text, whose results were computed by hand; names, shapes and metadata
 * that must be kept. */
#include <math.h>

#include "support.h"

enum { MOST = 12 };

#define X(n, values) "initializer { " n " data_type: 1 name: 'x' " values " } "
#define F(v) "float_data: " #v " "
#define I(name, v) "attribute { name: '" name "' type: INT i: " #v " } "
#define R(name, v) "attribute { name: '" name "' type: FLOAT f: " #v " } "
#define S(name, v) "attribute { name: '" name "' type: STRING s: '" v "' } "
#define NODE(op, inputs, attrs) "node { " inputs " output: 'y' op_type: '" op "' " attrs "} "
#define IN1 "input: 'x'"
#define IN2 "input: 'x' input: 'w'"
#define X4 X("dims: 4", F(-1) F(0) F(1) F(2))
#define X22 X("dims: 2 dims: 2", F(-1) F(0) F(1) F(2))
#define W2 "initializer { dims: 2 data_type: 1 name: 'w' float_data: 10 float_data: 20 } "

static const struct row {
    const char *what;
    int opset;
    const char *graph;
    size_t n;
    double y[MOST];
} rows[] = {
    { "broadcast at an axis", 6, X22 W2 NODE("Add", IN2, I("broadcast", 1) I("axis", 0)), 4, { 9, 10, 21, 22 } },
    { "broadcast at the end", 6, X22 W2 NODE("Sub", IN2, I("broadcast", 1)), 4, { -11, -20, -9, -18 } },
    { "consumed inputs", 1, X4 NODE("Relu", IN1, "attribute { name: 'consumed_inputs' type: INTS ints: 0 } "), 4, { 0, 0, 1, 2 } },
    { "Clip's limits", 6, X4 NODE("Clip", IN1, R("min", -0.5) R("max", 1.5)), 4, { -0.5, 0, 1, 1.5 } },
    { "Clip without limits", 6, X4 NODE("Clip", IN1, ""), 4, { -1, 0, 1, 2 } },
    { "Pad's pads", 2, X4 NODE("Pad", IN1, "attribute { name: 'pads' type: INTS ints: 1 ints: 0 } " R("value", 7)), 5,
      { 7, -1, 0, 1, 2 } },
    { "Pad's paddings", 1, X4 NODE("Pad", IN1, "attribute { name: 'paddings' type: INTS ints: 0 ints: 1 } "), 5, { -1, 0, 1, 2, 0 } },
    { "Slice's starts", 1, X4 NODE("Slice", IN1, "attribute { name: 'starts' type: INTS ints: -3 } "
                                                 "attribute { name: 'ends' type: INTS ints: 1000 } "), 3, { 0, 1, 2 } },
    { "Cast to a word", 1, X4 NODE("Cast", IN1, S("to", "BOOL")), 4, { 1, 0, 1, 1 } },
    { "a Softmax over two dimensions", 1, X("dims: 1 dims: 2 dims: 2", F(1) F(1) F(1) F(1)) NODE("Softmax", IN1, ""), 4,
      { 0.25, 0.25, 0.25, 0.25 } },
    { "Hardmax over two dimensions", 11, X("dims: 1 dims: 2 dims: 2", F(1) F(3) F(2) F(1)) NODE("Hardmax", IN1, ""), 4,
      { 0, 1, 0, 0 } },
    { "a reduction's axes", 1, X22 NODE("ReduceSum", IN1, "attribute { name: 'axes' type: INTS ints: 0 } " I("keepdims", 0)), 2,
      { 0, 2 } },
    { "TopK's k", 1, X4 NODE("TopK", IN1, I("k", 2)), 2, { 2, 1 } },
    { "a slope for each channel", 6, X22 W2 NODE("PRelu", IN2, ""), 4, { -10, 0, 1, 2 } },
    { "Concat's axis left out", 1, X22 NODE("Concat", "input: 'x' input: 'x'", ""), 8, { -1, 0, -1, 0, 1, 2, 1, 2 } },
    { "Upsample's scales", 7, X("dims: 1 dims: 1 dims: 1 dims: 2", F(1) F(2))
      NODE("Upsample", IN1, "attribute { name: 'scales' type: FLOATS floats: 1 floats: 1 floats: 2 floats: 2 } "), 8,
      { 1, 1, 2, 2, 1, 1, 2, 2 } },
    { "Resize that rounds up where it shrinks", 10, X("dims: 1 dims: 1 dims: 1 dims: 4", F(1) F(2) F(3) F(4))
      "initializer { dims: 4 data_type: 1 name: 'w' float_data: 1 float_data: 1 float_data: 1 float_data: 0.6 } "
      NODE("Resize", IN2, ""), 2, { 1, 3 } },
    { "Dropout at inference", 7, X4 NODE("Dropout", IN1, R("ratio", 0.5)), 4, { -1, 0, 1, 2 } },
    { "statistics for each activation", 7, X("dims: 1 dims: 2", F(3) F(5)) W2
      NODE("BatchNormalization", "input: 'x' input: 'w' input: 'w' input: 'w' input: 'w'", I("spatial", 0) R("epsilon", 0)), 2,
      { 10 + 10 * (3 - 10) / 3.16227766, 20 + 20 * (5 - 20) / 4.47213595 } },
    { "a group's scale", 18, X("dims: 1 dims: 4 dims: 1", F(1) F(3) F(1) F(3)) W2
      "node { input: 'x' input: 'w' input: 'w' output: 'y' op_type: 'GroupNormalization' " I("num_groups", 2) R("epsilon", 0) "} ",
      4, { 0, 20, 0, 40 } },
    { "Scatter", 9, X22 "initializer { dims: 1 dims: 2 data_type: 7 name: 'i' int64_data: 1 int64_data: 0 } "
      "initializer { dims: 1 dims: 2 data_type: 1 name: 'w' float_data: 10 float_data: 20 } "
      NODE("Scatter", "input: 'x' input: 'i' input: 'w'", ""), 4, { -1, 20, 10, 2 } },
    { "Scan with a batch", 8, "initializer { dims: 1 data_type: 1 name: 's' float_data: 1 } "
      X("dims: 1 dims: 3", F(1) F(2) F(3))
      "node { input: '' input: 's' input: 'x' output: 'last' output: 'y' op_type: 'Scan' " I("num_scan_inputs", 1)
      "attribute { name: 'body' type: GRAPH g { node { input: 'a' input: 'b' output: 'c' op_type: 'Add' } "
      "node { input: 'c' output: 'd' op_type: 'Identity' } input { name: 'a' } input { name: 'b' } "
      "output { name: 'c' } output { name: 'd' } } } } ", 3, { 2, 4, 7 } },
    { "a sparse initializer", 11, "sparse_initializer { dims: 4 values { dims: 1 data_type: 1 name: 'x' float_data: 5 } "
      "indices { dims: 1 data_type: 7 int64_data: 2 } } " NODE("Neg", IN1, ""), 4, { 0, 0, -5, 0 } },
    { "packed integers of 4 bits", 21, "initializer { dims: 3 data_type: 22 name: 'x' raw_data: '\\341\\007' } "
      NODE("Cast", IN1, I("to", 1)), 3, { 1, -2, 7 } },
    { "a function of the model", 17, X4 NODE("Twice", IN1, "domain: 'd' " R("by", 3)), 4, { -3, 0, 3, 6 } },
    { "a function's input that is left out, in a body", 17, X4 NODE("Limited", IN1, "domain: 'd' "), 4, { -1, 0, 1, 1.5 } },
    { "n-grams of numbers", 17, "initializer { dims: 6 data_type: 7 name: 'x' int64_data: 1 int64_data: 2 int64_data: 3 "
      "int64_data: 2 int64_data: 1 int64_data: 3 } "
      NODE("TfIdfVectorizer", IN1, S("mode", "TFIDF") "attribute { name: 'ngram_indexes' type: INTS ints: 0 ints: 2 ints: 1 } "
           "attribute { name: 'ngram_counts' type: INTS ints: 0 ints: 1 } "
           "attribute { name: 'pool_int64s' type: INTS ints: 2 ints: 2 ints: 3 ints: 1 ints: 3 } "
           "attribute { name: 'weights' type: FLOATS floats: 1 floats: 10 floats: 0.5 } "
           I("max_skip_count", 1) I("min_gram_length", 1) I("max_gram_length", 2)), 3, { 2, 20, 1 } },
    { "strings", 20, "initializer { dims: 3 data_type: 8 name: 'x' string_data: 'the' string_data: 'Red' string_data: 'blue' } "
      "initializer { data_type: 8 name: 'w' string_data: ' ink  pen ' } "
      "initializer { dims: 6 data_type: 8 name: 'v' string_data: 'RED' string_data: 'ink' string_data: 'pen' string_data: 'BLUE' "
      "string_data: 'INK' string_data: 'pen' } initializer { dims: 2 data_type: 7 name: 'd' int64_data: 2 int64_data: 3 } "
      "node { input: 'x' output: 'a' op_type: 'StringNormalizer' attribute { name: 'stopwords' type: STRINGS strings: 'The' } "
      S("case_change_action", "UPPER") "} node { input: 'a' input: 'w' output: 'b' op_type: 'StringConcat' } "
      "node { input: 'b' output: 'c' op_type: 'StringSplit' } node { input: 'v' input: 'd' output: 'e' op_type: 'Reshape' } "
      "node { input: 'c' input: 'e' output: 'y' op_type: 'Equal' } ", 6, { 1, 1, 1, 1, 0, 1 } },
    { "FusedMatMul", 17, X22 NODE("FusedMatMul", "input: 'x' input: 'x'", "domain: 'com.microsoft' " I("transA", 1) R("alpha", 2)),
      4, { 4, 4, 4, 8 } },
    { "FusedGemm", 17, X22 NODE("FusedGemm", "input: 'x' input: 'x'", "domain: 'com.microsoft' " S("activation", "Relu")), 4,
      { 1, 0, 1, 4 } },
    { "Binarizer", 17, X4 NODE("Binarizer", IN1, "domain: 'ai.onnx.ml' " R("threshold", 0.5)), 4, { 0, 0, 1, 1 } },
};

#define FUNCTION                                                                                                       \
    "functions { name: 'Twice' domain: 'd' input: 'a' output: 'b' attribute: 'by' "                                    \
    "node { output: 'k' op_type: 'Constant' attribute { name: 'value_float' ref_attr_name: 'by' type: FLOAT } } "      \
    "node { input: 'a' input: 'k' output: 'b' op_type: 'Mul' } opset_import { version: 17 } } "                        \
    "functions { name: 'Limited' domain: 'd' input: 'a' input: 'low' output: 'b' "                                     \
    "node { output: 'c' op_type: 'Constant' attribute { name: 'value' type: TENSOR t { data_type: 9 int32_data: 1 } } } " \
    "node { output: 'high' op_type: 'Constant' attribute { name: 'value_float' type: FLOAT f: 1.5 } } "                \
    "node { input: 'c' output: 'b' op_type: 'If' attribute { name: 'then_branch' type: GRAPH g { "                     \
    "node { input: 'a' input: 'low' input: 'high' output: 't' op_type: 'Clip' } output { name: 't' } } } "             \
    "attribute { name: 'else_branch' type: GRAPH g { node { input: 'low' output: 'e' op_type: 'Neg' } "                \
    "output { name: 'e' } } } } opset_import { version: 17 } } "

static void write_model(const char *path, int opset, const char *graph, const char *rest)
{
    write_text(path, "ir_version: 8 opset_import { version: %d } graph { name: 'g' %s output { name: 'y' } } %s%s", opset, graph,
               FUNCTION, rest);
}

static double element(const struct tfp_tensor *t, size_t i)
{
    return t->dtype == TFP_BOOL ? ((const uint8_t *)t->data)[i] : (double)((const float *)t->data)[i];
}

static void run_row(const struct row *r)
{
    const struct tfp_session_options o = TFP_INIT(struct tfp_session_options);
    const char *path = temp_path("row");
    struct tfp_tensor out[2] = { { TFP_UNDEFINED } };
    tfp_context *ctx;
    tfp_session *s = NULL;
    write_model(path, r->opset, r->graph, "");
    assert_int_equal(tfp_context_create(&ctx), TFP_OK);
    tfp_status status = tfp_session_open(ctx, path, &o, &s);
    if (status == TFP_OK) status = tfp_session_run(ctx, s, NULL, 0, out, 1);
    if (status != TFP_OK) fail_msg("%s: %s", r->what, tfp_context_message(ctx));
    size_t n = out[0].size / tfp_dtype_size(out[0].dtype);
    if (n != r->n) fail_msg("%s: %zu elements, %zu are expected", r->what, n, r->n);
    for (size_t i = 0; i < n; i++)
        if (!(fabs(element(&out[0], i) - r->y[i]) < 1e-4))
            fail_msg("%s: element %zu is %g, %g is expected", r->what, i, element(&out[0], i), r->y[i]);
    tfp_session_destroy(s);
    tfp_context_destroy(ctx);
}

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) run_row(&rows[i]);
}

/* What convert writes of it has the names, open sizes and metadata that were there. */
static void test_kept(void **state)
{
    static const char graph[] = "input { name: 'image' type { tensor_type { elem_type: 1 shape { dim { dim_param: 'batch' } "
                                "dim { dim_value: 3 } } } } } node { input: 'image' output: 'y' name: 'last' op_type: 'Neg' } ";
    const struct tfp_model_options o = TFP_INIT(struct tfp_model_options);
    struct tfp_onnx_options w = TFP_INIT(struct tfp_onnx_options);
    const char *paths[] = { temp_path("kept.pbtxt"), temp_path("kept.onnx") };
    tfp_context *ctx;
    (void)state;
    write_model(paths[0], 13, graph, "metadata_props { key: 'author' value: 'nobody' } ");
    assert_int_equal(tfp_context_create(&ctx), TFP_OK);
    for (int i = 0; i < 2; i++) {
        tfp_model *m;
        char *text;
        assert_int_equal(tfp_model_open(ctx, paths[i], &o, &m), TFP_OK);
        assert_string_equal(tfp_model_format(m), i ? "ONNX" : "ONNX (text)");
        assert_string_equal(tfp_model_input(m, 0)->name, "image");
        assert_string_equal(tfp_model_input(m, 0)->labels[0], "batch");
        assert_string_equal(tfp_model_output(m, 0)->labels[0], "batch");
        assert_int_equal(tfp_model_dump(ctx, m, &text), TFP_OK);
        assert_contains(text, "y float32[batch,3] = Neg(image)");
        w.opset = 7;
        assert_int_equal(tfp_model_write_onnx(ctx, m, paths[1], &w), TFP_OK);
        free(text);
        tfp_model_destroy(m);
    }
    size_t n;
    char *bytes = read_file(paths[1], &n);
    assert_non_null(memmem(bytes, n, "author", 6));
    free(bytes);
    tfp_context_destroy(ctx);
}

/* -- a part of a graph --------------------------------------------------------------------------------------------- */

#define BODY(name, op) "attribute { name: '" name "' type: GRAPH g { node { input: 'b' input: 'w' output: 'r' op_type: '" op "' } " \
                       "output { name: 'r' } } } "
static const char whole[] =
    "input { name: 'x' type { tensor_type { elem_type: 1 shape { dim { dim_param: 'n' } dim { dim_value: 2 } } } } } "
    "input { name: 'c' type { tensor_type { elem_type: 9 shape { } } } } " W2
    "node { input: 'x' output: 'a' op_type: 'Relu' } node { input: 'a' input: 'a' output: 'b' op_type: 'Mul' } "
    "node { input: 'c' output: 'd' op_type: 'If' " BODY("then_branch", "Add") BODY("else_branch", "Sub") "} "
    "node { input: 'd' output: 'y' op_type: 'Exp' } "
    "node { output: 's' op_type: 'SequenceEmpty' } node { input: 's' output: 'q' op_type: 'SequenceLength' } ";

static const struct part {
    const char *inputs[3], *outputs[3];
    const char *told; /* inputs, outputs and how many weights; or the message */
} parts[] = {
    { { NULL }, { NULL }, "2 ops are not supported: SequenceEmpty, SequenceLength" },
    { { NULL }, { "y" }, "x[n,2] c[] -> y[n,2], 2 weights" },
    { { "d" }, { "y:0" }, "d[n,2] -> y[n,2], 0 weights" },
    { { "b", "c" }, { "d", "y" }, "b[n,2] c[] -> d[n,2] y[n,2], 2 weights" },
    { { "b", "c", "w" }, { "y" }, "b[n,2] c[] w[2] -> y[n,2], 0 weights" },
    { { "x" }, { "a" }, "x[n,2] -> a[n,2], 0 weights" },
    { { "b" }, { "y" }, "the outputs need input \"c\": name it as an input, too" },
    { { "z" }, { "y" }, "input \"z\": the model has no such value" },
    { { NULL }, { "z" }, "output \"z\": the model has no such value" },
    { { "d", "d" }, { "y" }, "input \"d\" is named twice" },
    { { "s" }, { "q" }, "input \"s\": the file does not tell its type, and it cannot be inferred: node that makes s "
                      "(SequenceEmpty): not supported" },
};

static size_t tell_value(char *at, size_t room, const struct tfp_tensor_info *v)
{
    size_t n = (size_t)snprintf(at, room, "%s[", v->name);
    for (int32_t i = 0; i < v->rank && n < room; i++) {
        n += (size_t)snprintf(at + n, room - n, i ? "," : "");
        if (v->dims[i] < 0) n += (size_t)snprintf(at + n, room - n, "%s", v->labels[i]);
        else n += (size_t)snprintf(at + n, room - n, "%lld", (long long)v->dims[i]);
    }
    return n + (size_t)snprintf(at + n, room - n, "] ");
}

static void tell_model(char *text, size_t room, const tfp_model *m)
{
    uint64_t elements, bytes;
    size_t n = 0;
    tfp_model_weights(m, &elements, &bytes);
    for (size_t i = 0; i < tfp_model_n_inputs(m); i++) n += tell_value(text + n, room - n, tfp_model_input(m, i));
    n += (size_t)snprintf(text + n, room - n, "-> ");
    for (size_t i = 0; i < tfp_model_n_outputs(m); i++) n += tell_value(text + n, room - n, tfp_model_output(m, i));
    snprintf(text + n - 1, room - n, ", %d weights", (int)elements);
}

static void test_parts(void **state)
{
    const char *path = temp_path("part.pbtxt");
    (void)state;
    write_text(path, "ir_version: 8 opset_import { version: 17 } graph { name: 'g' %s output { name: 'y' } output { name: 'q' } }", whole);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        struct tfp_model_options o = TFP_INIT(struct tfp_model_options);
        char told[600];
        tfp_context *ctx;
        tfp_model *m = NULL;
        o.inputs = (const char *const *)parts[i].inputs;
        o.outputs = (const char *const *)parts[i].outputs;
        while (o.n_inputs < 3 && o.inputs[o.n_inputs]) o.n_inputs++;
        while (o.n_outputs < 3 && o.outputs[o.n_outputs]) o.n_outputs++;
        assert_int_equal(tfp_context_create(&ctx), TFP_OK);
        tfp_status status = tfp_model_open(ctx, path, &o, &m);
        if (status == TFP_OK && !*tfp_model_refusal(m)) tell_model(told, sizeof told, m);
        else snprintf(told, sizeof told, "%s", status == TFP_OK ? tfp_model_refusal(m) : tfp_context_message(ctx));
        const char *colon = strstr(told, "pbtxt: ");
        assert_string_equal(colon ? colon + strlen("pbtxt: ") : told, parts[i].told);
        tfp_model_destroy(m);
        tfp_context_destroy(ctx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_values), cmocka_unit_test(test_kept), cmocka_unit_test(test_parts) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
