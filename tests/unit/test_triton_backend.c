/* The Triton backend against a server of our own, so that it can be given what no client can send, and under sanitizers. */
#include "../fake/triton.h"

#include <sys/stat.h>

#include "support.h"

enum { IMAGE = 64, SCORES = 10 };

static float images[8 * IMAGE], scores[8 * SCORES];

static void load(const char *path, float *out, size_t n)
{
    tfp_context *ctx;
    tfp_array *a, *b;
    assert_int_equal(tfp_context_create(&ctx), TFP_OK);
    assert_int_equal(tfp_npy_read(ctx, path, &a), TFP_OK);
    assert_int_equal(tfp_array_convert(ctx, tfp_array_tensor(a), TFP_FLOAT, &b), TFP_OK);
    memcpy(out, tfp_array_tensor(b)->data, n * sizeof *out);
    tfp_array_destroy(a);
    tfp_array_destroy(b);
    tfp_context_destroy(ctx);
}

/* FOLDER/1/digits.pb is the demo's. */
static int set_up(void **state)
{
    char real[4096];
    (void)state;
    assert_int_equal(mkdir(temp_path("1"), 0700), 0);
    assert_non_null(realpath(DIGITS "digits.pb", real));
    assert_int_equal(symlink(real, temp_path("1/digits.pb")), 0);
    load(DIGITS "images.npy", images, 8 * IMAGE);
    load(DIGITS "tensorflow.npy", scores, 8 * SCORES);
    return 0;
}

#define FILE_NAME "\"default_model_filename\": \"digits.pb\""
#define INPUT "\"input\": [{\"name\": \"image\", \"data_type\": \"TYPE_FP32\", \"dims\": [8, 8, 1]}]"
#define OUTPUT "\"output\": [{\"name\": \"Identity\", \"data_type\": \"TYPE_FP32\", \"dims\": [10]}]"
#define CONFIG "{\"max_batch_size\": 4, " FILE_NAME ", " INPUT ", " OUTPUT "}"

struct served {
    struct TRITONBACKEND_Model model;
    struct TRITONBACKEND_ModelInstance instance;
};

static triton_error open_config(struct served *s, const char *config)
{
    *s = (struct served){ .model = { .folder = temp_folder(), .config = config }, .instance = { .kind = TRITON_INSTANCE_CPU } };
    s->instance.model = &s->model;
    triton_error error = TRITONBACKEND_ModelInitialize(&s->model);
    return error ? error : TRITONBACKEND_ModelInstanceInitialize(&s->instance);
}

static void close_config(struct served *s)
{
    assert_null(TRITONBACKEND_ModelInstanceFinalize(&s->instance));
    assert_null(TRITONBACKEND_ModelFinalize(&s->model));
}

static struct TRITONBACKEND_Request request(size_t row, size_t rows)
{
    struct TRITONBACKEND_Request r = { .n_inputs = 1, .outputs = { "Identity" }, .n_outputs = 1 };
    r.inputs[0] = (struct TRITONBACKEND_Input){ .name = "image", .dims = { (int64_t)rows, 8, 8, 1 }, .rank = 4, .n_pieces = 1 };
    r.inputs[0].pieces[0] = images + row * IMAGE;
    r.inputs[0].sizes[0] = rows * IMAGE * sizeof *images;
    return r;
}

static void assert_scores(const struct TRITONBACKEND_Request *r, size_t row, size_t rows)
{
    const struct TRITONBACKEND_Output *o = &r->response.outputs[0];
    assert_int_equal(r->response.code, -1);
    assert_int_equal(r->response.n, 1);
    assert_int_equal(o->rank, 2);
    assert_int_equal(o->dims[0], rows);
    assert_int_equal(o->size, rows * SCORES * sizeof *scores);
    for (size_t i = 0; i < rows * SCORES; i++) assert_float_equal(((const float *)o->data)[i], scores[row * SCORES + i], 1e-4);
}

static void execute(struct served *s, struct TRITONBACKEND_Request *list, uint32_t n)
{
    struct TRITONBACKEND_Request *requests[16];
    for (uint32_t i = 0; i < n; i++) requests[i] = &list[i];
    assert_null(TRITONBACKEND_ModelInstanceExecute(&s->instance, requests, n));
    for (uint32_t i = 0; i < n; i++) {
        assert_int_equal(list[i].released, 1);
        assert_int_equal(list[i].response.sent, 1);
        assert_int_equal(list[i].successes + list[i].failures, 1);
        assert_int_equal(list[i].successes, list[i].response.code == -1);
    }
}

/* Identity is image + 3. */
static const char sum[] =
    "node { name: 'image' op: 'Placeholder' attr { key: 'dtype' value { type: DT_FLOAT } } attr { key: 'shape' value { shape { "
    "dim { size: -1 } dim { size: 8 } dim { size: 8 } dim { size: 1 } } } } }\n"
    "node { name: 'by' op: 'Const' attr { key: 'dtype' value { type: DT_FLOAT } } attr { key: 'value' value { tensor { dtype: DT_FLOAT "
    "tensor_shape { dim { size: 1 } dim { size: 1 } dim { size: 1 } dim { size: 1 } } float_val: 3 } } } }\n"
    "node { name: 'Identity' op: 'AddV2' input: 'image' input: 'by' attr { key: 'T' value { type: DT_FLOAT } } }\n";

/* A model on a GPU: the engine of all batches serves every run, also long after the instance was opened. */
static void test_engine(void **state)
{
    static const char config[] =
        "{\"max_batch_size\": 4, \"default_model_filename\": \"model.pbtxt\", " INPUT ", "
        "\"output\": [{\"name\": \"Identity\", \"data_type\": \"TYPE_FP32\", \"dims\": [8, 8, 1]}], "
        "\"parameters\": {\"tensorrt\": {\"string_value\": \"" FAKE_TENSORRT_10 "\"}}}";
    struct served s;
    (void)state;
    write_text(temp_path("1/model.pbtxt"), "%s", sum);
    setenv("TFPORT_CUDA", FAKE_CUDA, 1);
    setenv("TFPORT_ENGINE_CACHE", temp_path("cache"), 1);
    s = (struct served){ .model = { .folder = temp_folder(), .config = config }, .instance = { .kind = TRITON_INSTANCE_GPU } };
    s.instance.model = &s.model;
    assert_null(TRITONBACKEND_ModelInitialize(&s.model));
    triton_error error = TRITONBACKEND_ModelInstanceInitialize(&s.instance);
    if (error) fail_msg("%s", error->message);
    for (size_t i = 0; i < 3; i++) {
        struct TRITONBACKEND_Request list[2] = { request(i, 1), request(i + 1, 2) };
        execute(&s, list, 2);
        for (size_t k = 0; k < 2; k++) {
            const float *given = list[k].inputs[0].pieces[0], *got = list[k].response.outputs[0].data;
            if (list[k].response.code != -1) fail_msg("%s", list[k].response.message);
            for (size_t e = 0; e < (k + 1) * IMAGE; e++) assert_float_equal(got[e], given[e] + 3, 1e-6);
            fake_request_end(&list[k]);
        }
    }
    assert_int_equal(s.instance.runs, 3);
    close_config(&s);
    unsetenv("TFPORT_CUDA");
    unsetenv("TFPORT_ENGINE_CACHE");
}

/* Requests share runs up to the batch; each gets its rows. */
static void test_batches(void **state)
{
    struct served s;
    (void)state;
    assert_null(open_config(&s, CONFIG));
    struct TRITONBACKEND_Request list[4] = { request(0, 1), request(1, 2), request(3, 3), request(6, 1) };
    execute(&s, list, 4);
    assert_scores(&list[0], 0, 1);
    assert_scores(&list[1], 1, 2);
    assert_scores(&list[2], 3, 3);
    assert_scores(&list[3], 6, 1);
    assert_int_equal(s.instance.runs, 2); /* 1 + 2 rows, 3 + 1 rows */
    assert_int_equal(s.instance.rows, 7);
    for (int i = 0; i < 4; i++) fake_request_end(&list[i]);
    close_config(&s);
}

/* An input in two pieces, and one that is not aligned. */
static void test_pieces(void **state)
{
    static char room[IMAGE * sizeof(float) + 1];
    struct served s;
    (void)state;
    assert_null(open_config(&s, CONFIG));
    struct TRITONBACKEND_Request list[2] = { request(2, 1), request(5, 1) };
    list[0].inputs[0].n_pieces = 2;
    list[0].inputs[0].sizes[0] = 101;
    list[0].inputs[0].pieces[1] = (const char *)(images + 2 * IMAGE) + 101;
    list[0].inputs[0].sizes[1] = IMAGE * sizeof(float) - 101;
    memcpy(room + 1, images + 5 * IMAGE, IMAGE * sizeof(float));
    list[1].inputs[0].pieces[0] = room + 1;
    for (uint32_t i = 0; i < 2; i++) { /* each alone, then both together */
        execute(&s, &list[i], 1);
        fake_request_end(&list[i]);
        list[i].released = list[i].successes = 0;
    }
    execute(&s, list, 2);
    assert_scores(&list[0], 2, 1);
    assert_scores(&list[1], 5, 1);
    for (int i = 0; i < 2; i++) fake_request_end(&list[i]);
    close_config(&s);
}

/* What is wrong with one request is no other's. */
static void test_wrong_requests(void **state)
{
    struct served s;
    (void)state;
    assert_null(open_config(&s, CONFIG));
    struct TRITONBACKEND_Request list[7];
    for (size_t i = 0; i < 7; i++) list[i] = request(i, 1);
    list[1].n_inputs = 0;
    list[2].inputs[0].memory = TRITON_MEMORY_GPU;
    list[3].inputs[0].sizes[0] -= 4;
    list[4].cancelled = true;
    list[5].inputs[0].dims[0] = INT64_MAX;
    execute(&s, list, 7);
    static const char *const words[7] = { NULL, "no such input", "GPU memory", "do not fit its shape", "cancelled", "do not fit its shape", NULL };
    for (size_t i = 0; i < 7; i++) {
        if (!words[i]) assert_scores(&list[i], i, 1);
        else if (!strstr(list[i].response.message, words[i])) fail_msg("request %zu: '%s'", i, list[i].response.message);
        fake_request_end(&list[i]);
    }
    close_config(&s);
}

/* A configuration that is wrong, or does not fit the model, says why and leaves nothing. */
static void test_configurations(void **state)
{
    static const struct {
        const char *config, *words;
    } wrong[] = {
        { "", "cannot be read" },
        { "[1]", "no such file" },
        { "{\"max_batch_size\": 4, " FILE_NAME ", " OUTPUT "}", "has 1 inputs, the configuration 0" },
        { "{\"max_batch_size\": -1}", "max_batch_size -1" },
        { "{\"max_batch_size\": 4, " FILE_NAME ", " OUTPUT ", \"input\": [{\"data_type\": \"TYPE_FP32\"}]}", "without a name" },
        { "{\"max_batch_size\": 4, " FILE_NAME ", " OUTPUT ", \"input\": [{\"name\": \"image\", \"data_type\": \"TYPE_X\", \"dims\": [1]}]}", "TYPE_X is not known" },
        { "{\"max_batch_size\": 4, " FILE_NAME ", " OUTPUT ", \"input\": [{\"name\": \"image\", \"data_type\": \"TYPE_FP32\", \"dims\": [-7]}]}", "no list of at most" },
        { "{\"max_batch_size\": 4, " FILE_NAME ", " OUTPUT ", \"input\": [{\"name\": \"image\", \"data_type\": \"TYPE_FP32\", \"dims\": [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}]}", "no list of at most" },
        { "{\"max_batch_size\": 4, " FILE_NAME ", " OUTPUT ", \"input\": [{\"name\": \"image\", \"data_type\": \"TYPE_INT32\", \"dims\": [8, 8, 1]}]}", "is float32, the configuration has int32" },
        { "{\"max_batch_size\": 4, " FILE_NAME ", " OUTPUT ", \"input\": [{\"name\": \"image\", \"data_type\": \"TYPE_FP32\", \"dims\": [8, 8]}]}", "has rank 4, the configuration has 3" },
        { "{\"max_batch_size\": 4, " FILE_NAME ", " OUTPUT ", \"input\": [{\"name\": \"image\", \"data_type\": \"TYPE_FP32\", \"dims\": [9, 8, 1]}]}", "dimension 1 is 8, the configuration has 9" },
        { "{\"max_batch_size\": 4, " FILE_NAME ", " INPUT ", \"output\": [{\"name\": \"other\", \"data_type\": \"TYPE_FP32\", \"dims\": [10]}]}", "no output 'other'" },
        { "{\"max_batch_size\": 4, " FILE_NAME ", " INPUT ", " OUTPUT ", \"parameters\": {\"nosuch\": {\"string_value\": \"1\"}}}", "nosuch is not known" },
        { "{\"max_batch_size\": 4, " FILE_NAME ", " INPUT ", " OUTPUT ", \"parameters\": {\"threads\": {\"string_value\": \"x\"}}}", "'x' is not understood" },
        { "{\"max_batch_size\": 4, " FILE_NAME ", " INPUT ", " OUTPUT ", \"parameters\": {\"no_verify\": 7}}", "is not understood" },
        { "{\"max_batch_size\": 4, " FILE_NAME ", " INPUT ", " OUTPUT ", \"parameters\": {\"backend\": {\"string_value\": \"x\"}}}", "backend x" },
        { "{\"max_batch_size\": 4, \"default_model_filename\": \"nosuch.pb\", " INPUT ", " OUTPUT "}", "nosuch.pb" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct served s;
        const triton_error error = open_config(&s, wrong[i].config);
        if (!error || !strstr(error->message, wrong[i].words)) fail_msg("%s: '%s'", wrong[i].config, error ? error->message : "no error");
        TRITONSERVER_ErrorDelete(error);
        assert_null(TRITONBACKEND_ModelFinalize(&s.model));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_wrong_requests),
        cmocka_unit_test(test_configurations),
        cmocka_unit_test(test_engine),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
