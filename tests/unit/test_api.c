/* What the public API tells of models and checkpoints, by its header alone: the demo's save formats, and the checkpoints
 * of data/make_extract_data.py. */
#include "tfport/tfport.h"

#include "support.h"

#define EXTRACT TEST_DATA "/extract/"

static void expect_message(tfp_context *ctx, const char *part)
{
    assert_contains(tfp_context_message(ctx), part);
}

static tfp_model *open_model(tfp_context *ctx, const char *path, const struct tfp_model_options *options)
{
    tfp_model *m;
    assert_ok(ctx, tfp_model_open(ctx, path, options, &m));
    return m;
}

static tfp_weights *open_weights(tfp_context *ctx, const char *path)
{
    tfp_weights *w;
    assert_ok(ctx, tfp_weights_open(ctx, path, true, &w));
    return w;
}

/* -- models -------------------------------------------------------------------------------------------------------- */

/* Nothing is behind the last one of any list, nor at an index that only wraps around to one. */
static void expect_ends(const tfp_model *m)
{
    for (int i = 0; i < 2; i++) {
        size_t far = i ? SIZE_MAX : 0;
        assert_null(tfp_model_input(m, i ? far : tfp_model_n_inputs(m)));
        assert_null(tfp_model_output(m, i ? far : tfp_model_n_outputs(m)));
        assert_null(tfp_model_op(m, i ? far : tfp_model_n_ops(m)));
        assert_null(tfp_model_tag(m, i ? far : tfp_model_n_tags(m)));
        assert_null(tfp_model_signature(m, i ? far : tfp_model_n_signatures(m)));
        assert_null(tfp_model_file(m, i ? far : tfp_model_n_files(m)));
        assert_null(tfp_model_variable(m, i ? far : tfp_model_n_variables(m)));
    }
}

static void saved_model_tells_all(void **state)
{
    tfp_model *m = open_model(*state, DIGITS "saved_model", NULL);
    assert_string_equal(tfp_model_format(m), "SavedModel (TensorFlow 2)");
    assert_string_equal(tfp_model_tensorflow_version(m), "2.15.1");
    assert_int_equal(tfp_model_min_consumer(m), 12);
    assert_int_equal(tfp_model_n_tags(m), 1);
    assert_string_equal(tfp_model_tag(m, 0), "serve");
    assert_string_equal(tfp_model_signature_used(m), "serving_default");
    assert_int_equal(tfp_model_n_files(m), 3);
    for (size_t i = 0; i < 3; i++) assert_true(tfp_model_file(m, i)->present && tfp_model_file(m, i)->size > 500);

    const struct tfp_signature *s = tfp_model_signature(m, 0);
    assert_int_equal(tfp_model_n_signatures(m), 1);
    assert_string_equal(s->name, "serving_default");
    assert_string_equal(s->method, "tensorflow/serving/predict");
    assert_int_equal(s->n_inputs, 1);
    assert_string_equal(s->inputs[0].name, "image");
    assert_int_equal(s->inputs[0].rank, 4);
    assert_int_equal(s->inputs[0].dims[0], -1);
    assert_int_equal(s->inputs[0].dims[1], 8);
    assert_int_equal(s->n_outputs, 1);
    assert_string_equal(s->outputs[0].name, "scores");
    assert_int_equal(s->outputs[0].dtype, TFP_FLOAT);

    const struct tfp_variable *v = tfp_model_variable(m, 0);
    assert_int_equal(tfp_model_n_variables(m), 17);
    assert_string_equal(v->name, "_CHECKPOINTABLE_OBJECT_GRAPH");
    assert_int_equal(v->dtype, TFP_STRING);
    assert_int_equal(v->rank, 0);
    v = tfp_model_variable(m, 1);
    assert_string_equal(v->name, "model/0/.ATTRIBUTES/VARIABLE_VALUE");
    assert_string_equal(v->type_name, "float");
    assert_int_equal(v->rank, 4);
    assert_int_equal(v->dims[3], 16);
    assert_int_equal(v->bytes, 576);
    assert_int_equal(v->n_parts, 0);
    assert_string_equal(tfp_model_refusal(m), "");
    expect_ends(m);
    tfp_model_destroy(m);
}

static void graph_has_no_more(void **state)
{
    tfp_model *m = open_model(*state, DIGITS "digits.pb", NULL);
    assert_string_equal(tfp_model_tensorflow_version(m), "");
    assert_string_equal(tfp_model_signature_used(m), "");
    assert_int_equal(tfp_model_n_tags(m), 0);
    assert_int_equal(tfp_model_n_signatures(m), 0);
    assert_int_equal(tfp_model_n_variables(m), 0);
    assert_int_equal(tfp_model_n_files(m), 1);
    expect_ends(m);
    tfp_model_destroy(m);
}

/* A checkpoint without its graph can be looked at; what needs the graph says that it is missing. */
static void checkpoint_without_graph(void **state)
{
    tfp_context *ctx = *state;
    tfp_model *m = open_model(ctx, EXTRACT "types", NULL);
    tfp_session *session;
    char *dump;
    assert_int_equal(tfp_model_n_ops(m), 0);
    assert_int_equal(tfp_model_n_inputs(m), 0);
    assert_int_equal(tfp_model_n_outputs(m), 0);
    assert_int_equal(tfp_model_n_variables(m), 23);
    assert_true(strlen(tfp_model_refusal(m)) > 0);
    assert_int_equal(tfp_model_dump(ctx, m, &dump), TFP_E_UNSUPPORTED);
    assert_int_equal(tfp_session_create(ctx, m, NULL, &session), TFP_E_UNSUPPORTED);
    expect_message(ctx, "graph");
    expect_ends(m);
    tfp_model_destroy(m);
}

/* An older caller's struct is shorter, a newer one's is refused. */
static void options_have_a_size(void **state)
{
    tfp_context *ctx = *state;
    tfp_model *m = (tfp_model *)ctx;
    struct tfp_model_options o = TFP_INIT(struct tfp_model_options);
    o.signature = "nosuch";
    assert_int_equal(tfp_model_open(ctx, DIGITS "saved_model", &o, &m), TFP_E_USAGE);
    expect_message(ctx, "serving_default");
    assert_ptr_equal(m, ctx); /* untouched */
    o.size = offsetof(struct tfp_model_options, weights); /* as of a version without the fields from there on */
    m = open_model(ctx, DIGITS "saved_model", &o);
    tfp_model_destroy(m);
    o.size = sizeof o + 8;
    assert_int_equal(tfp_model_open(ctx, DIGITS "saved_model", &o, &m), TFP_E_USAGE);
    o.size = 0;
    assert_int_equal(tfp_model_open(ctx, DIGITS "saved_model", &o, &m), TFP_E_USAGE);
    expect_message(ctx, "size is 0");
}

static void tags_and_weights_are_looked_for(void **state)
{
    static const char *const tags[] = { "train", "gpu" };
    tfp_context *ctx = *state;
    tfp_model *m;
    struct tfp_model_options o = TFP_INIT(struct tfp_model_options);
    o.tags = tags;
    o.n_tags = 2;
    assert_int_equal(tfp_model_open(ctx, DIGITS "saved_model", &o, &m), TFP_E_USAGE);
    expect_message(ctx, "{serve}");
    o.n_tags = 0;
    o.weights = DIGITS "no/such/checkpoint";
    assert_int_equal(tfp_model_open(ctx, DIGITS "checkpoint/digits.ckpt.meta", &o, &m), TFP_E_FORMAT);
    expect_message(ctx, "no/such/checkpoint.index");
    o.weights = EXTRACT "types"; /* of another model */
    assert_int_equal(tfp_model_open(ctx, DIGITS "checkpoint/digits.ckpt.meta", &o, &m), TFP_E_FORMAT);
    expect_message(ctx, "batch_normalization/beta");
}

/* -- weights ------------------------------------------------------------------------------------------------------- */

static size_t find(tfp_context *ctx, tfp_weights *w, const char *name)
{
    size_t i;
    assert_ok(ctx, tfp_weights_find(ctx, w, name, &i));
    assert_string_equal(tfp_weights_variable(w, i)->name, name);
    return i;
}

static struct tfp_tensor read_array(tfp_context *ctx, tfp_weights *w, const char *name)
{
    struct tfp_tensor t;
    assert_ok(ctx, tfp_weights_read(ctx, w, find(ctx, w, name), &t));
    return t;
}

/* 3.0 of each type; its bytes at element 3 of 0, 1, 2, 3. */
static void every_type_is_read(void **state)
{
    static const struct {
        const char *name;
        tfp_dtype dtype;
        unsigned char three[16];
    } types[] = {
        { "bfloat16", TFP_BFLOAT16, { 0x40, 0x40 } },
        { "float16", TFP_FLOAT16, { 0x00, 0x42 } },
        { "float32", TFP_FLOAT, { 0, 0, 0x40, 0x40 } },
        { "float64", TFP_DOUBLE, { 0, 0, 0, 0, 0, 0, 0x08, 0x40 } },
        { "int8", TFP_INT8, { 3 } },
        { "int16", TFP_INT16, { 3 } },
        { "int32", TFP_INT32, { 3 } },
        { "int64", TFP_INT64, { 3 } },
        { "uint8", TFP_UINT8, { 3 } },
        { "uint16", TFP_UINT16, { 3 } },
        { "uint32", TFP_UINT32, { 3 } },
        { "uint64", TFP_UINT64, { 3 } },
        { "bool", TFP_BOOL, { 1 } },
        { "complex64", TFP_COMPLEX64, { 0, 0, 0x40, 0x40 } },
        { "complex128", TFP_COMPLEX128, { 0, 0, 0, 0, 0, 0, 0x08, 0x40 } },
    };
    tfp_weights *w = open_weights(*state, EXTRACT "types");
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        char name[64];
        snprintf(name, sizeof name, "types/%s", types[i].name);
        struct tfp_tensor t = read_array(*state, w, name);
        size_t element = tfp_dtype_size(t.dtype);
        assert_int_equal(t.dtype, types[i].dtype);
        assert_int_equal(t.rank, 1);
        assert_int_equal(t.dims[0], 4);
        assert_int_equal(t.size, 4 * element);
        assert_int_equal((uintptr_t)t.data % (element > 8 ? 8 : element), 0);
        assert_memory_equal((const char *)t.data + 3 * element, types[i].three, element);
    }
    tfp_weights_destroy(w);
}

static void strings_parts_and_nothing(void **state)
{
    tfp_weights *w = open_weights(*state, EXTRACT "types");
    struct tfp_tensor t = read_array(*state, w, "strings/ends_in_nul");
    const struct tfp_string *s = t.data;
    assert_int_equal(t.dtype, TFP_STRING);
    assert_int_equal(s[1].n, 4);
    assert_memory_equal(s[1].at, "two", 4);
    t = read_array(*state, w, "parts");
    assert_int_equal(tfp_weights_variable(w, find(*state, w, "parts"))->n_parts, 2);
    assert_int_equal(t.dims[0], 4);
    for (int i = 0; i < 8; i++) assert_true(((const float *)t.data)[i] == (float)i);
    t = read_array(*state, w, "empty");
    assert_int_equal(t.size, 0);
    assert_int_equal(t.dims[1], 3);
    t = read_array(*state, w, "scalar");
    assert_int_equal(t.rank, 0);
    assert_int_equal(*(const int64_t *)t.data, 7);
    tfp_weights_destroy(w);
}

static void what_is_not_there(void **state)
{
    tfp_context *ctx = *state;
    tfp_weights *w = open_weights(ctx, EXTRACT "types");
    struct tfp_tensor t;
    size_t i = 77, n = tfp_weights_n(w);
    assert_string_equal(tfp_weights_format(w), "checkpoint V2 (tensor bundle)");
    assert_int_equal(n, 23);
    assert_null(tfp_weights_variable(w, n));
    assert_null(tfp_weights_variable(w, SIZE_MAX));
    for (size_t k = 1; k < n; k++)
        assert_true(strcmp(tfp_weights_variable(w, k - 1)->name, tfp_weights_variable(w, k)->name) < 0);
    assert_int_equal(tfp_weights_read(ctx, w, n, &t), TFP_E_USAGE);
    assert_int_equal(tfp_weights_find(ctx, w, "types/flaot32", &i), TFP_E_USAGE);
    expect_message(ctx, "types/float32");
    assert_int_equal(tfp_weights_find(ctx, w, "", &i), TFP_E_USAGE);
    assert_int_equal(i, 77);
    assert_int_equal(tfp_weights_variable(w, find(ctx, w, "list"))->dtype, TFP_UNDEFINED);
    assert_int_equal(tfp_weights_read(ctx, w, find(ctx, w, "list"), &t), TFP_E_UNSUPPORTED);
    expect_message(ctx, "variant");
    read_array(ctx, w, "parts"); /* a failed read leaves the rest as it was */
    tfp_weights_destroy(w);
    tfp_weights_destroy(NULL);
    w = NULL;
    assert_int_equal(tfp_weights_open(ctx, DIGITS "digits.pb", true, &w), TFP_E_FORMAT);
    assert_int_equal(tfp_weights_open(ctx, DIGITS "nosuch", true, &w), TFP_E_FORMAT);
    expect_message(ctx, "nosuch.index");
    assert_null(w);
}

/* The same array by every path that means a checkpoint. */
static void every_path(void **state)
{
    static const char *const paths[] = {
        "checkpoint", "checkpoint/", "checkpoint/checkpoint", "checkpoint/digits.ckpt", "checkpoint/digits.ckpt.index",
        "checkpoint/digits.ckpt.meta", "checkpoint/digits.ckpt.data-00000-of-00001", "checkpoint_v1/digits.ckpt",
        "checkpoint_v1", "saved_model_tf1", "saved_model_tf1/saved_model.pb", "saved_model_tf1/variables/variables",
    };
    float first[10], other;
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        char path[512];
        snprintf(path, sizeof path, DIGITS "%s", paths[i]);
        tfp_weights *w = open_weights(*state, path);
        struct tfp_tensor t = read_array(*state, w, "dense/bias");
        assert_int_equal(t.size, 40);
        if (i == 0) memcpy(first, t.data, t.size);
        memcpy(&other, t.data, sizeof other);
        assert_true(other != 0.0f);
        assert_memory_equal(t.data, first, t.size);
        tfp_weights_destroy(w);
    }
}

static void numbers_are_converted_exactly(void **state)
{
    int32_t whole[] = { 3, -16777216, 16777217 };
    int64_t dims[] = { 3 };
    struct tfp_tensor t = { .dtype = TFP_INT32, .rank = 1, .dims = dims, .data = whole, .size = sizeof whole };
    tfp_array *a = NULL;
    assert_int_equal(tfp_array_convert(*state, &t, TFP_FLOAT, &a), TFP_E_USAGE);
    expect_message(*state, "float32 does not hold every value");
    whole[2] = 16777216;
    assert_int_equal(tfp_array_convert(*state, &t, TFP_FLOAT, &a), TFP_OK);
    const struct tfp_tensor *got = tfp_array_tensor(a);
    assert_int_equal(got->dtype, TFP_FLOAT);
    assert_true(got->rank == 1 && got->dims[0] == 3 && got->size == 12 && ((const float *)got->data)[1] == -16777216.0F);
    tfp_array_destroy(a);
    assert_int_equal(tfp_array_convert(*state, &t, TFP_INT8, &a), TFP_E_USAGE);
    assert_int_equal(tfp_array_convert(*state, &t, TFP_STRING, &a), TFP_E_UNSUPPORTED);
    t.size = 8;
    assert_int_equal(tfp_array_convert(*state, &t, TFP_FLOAT, &a), TFP_E_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONTEXT_TEST(saved_model_tells_all),
        CONTEXT_TEST(graph_has_no_more),
        CONTEXT_TEST(checkpoint_without_graph),
        CONTEXT_TEST(options_have_a_size),
        CONTEXT_TEST(tags_and_weights_are_looked_for),
        CONTEXT_TEST(every_type_is_read),
        CONTEXT_TEST(strings_parts_and_nothing),
        CONTEXT_TEST(what_is_not_there),
        CONTEXT_TEST(every_path),
        CONTEXT_TEST(numbers_are_converted_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
