/* Running engines, against a CUDA driver and a TensorRT that need no GPU (tests/fake): every test with the tables of
 * TensorRT 8 and of 10. What they check on their own: contexts, copies inside of memory, all given back. */
#include "backend/tensorrt/plan_file.h"

#include "support.h"

static struct tfp_context ctx;
static char note[1024];
static int (*cuda_live)(void), (*trt_live)(void), (*cuda_launches)(void);
static void (*cuda_reset)(void);

static const struct version {
    const char *library, *name;
    int number, major, minor, patch;
} versions[2] = { { FAKE_TENSORRT_8, "TensorRT 8.6.1", 8601, 8, 6, 1 },
                  { FAKE_TENSORRT_10, "TensorRT 10.3.0", 100300, 10, 3, 0 } };
static const struct version *v; /* that this test is with */

/* -- pieces -------------------------------------------------------------------------------------------------------- */

static const char *path, *sidecar;

static void on_note(void *user, const char *text)
{
    (void)user;
    if (!strstr(text, "plugins are left out")) snprintf(note, sizeof note, "%s", text);
}

static int begin(void **state)
{
    v = *state;
    path = temp_path("x.plan");
    sidecar = temp_path("x.plan.json");
    find_symbol(FAKE_CUDA, "fake_cuda_live", &cuda_live);
    find_symbol(FAKE_CUDA, "fake_cuda_reset", &cuda_reset);
    find_symbol(FAKE_CUDA, "fake_cuda_launches", &cuda_launches);
    find_symbol(v->library, "fake_trt_live", &trt_live);
    setenv("TFPORT_CUDA", FAKE_CUDA, 1);
    note[0] = '\0';
    tfp_context_on_note(&ctx, on_note, NULL);
    assert_int_equal(cuda_live() + trt_live(), 0);
    cuda_reset();
    return 0;
}

static int finish(void **state)
{
    static const char *const switches[] = { "FAKE_CUDA_DEVICES", "FAKE_CUDA_CAPABILITY", "FAKE_CUDA_NO_ROOM",
                                            "FAKE_CUDA_BROKEN", "FAKE_TRT_NO_EXECUTION" };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(switches); i++) unsetenv(switches[i]);
    unlink(path);
    unlink(sidecar);
    return cuda_live() + trt_live();
}

/* A plan of this version; `info` NULL: nothing is told of it. */
static void write_plan(const char *lines, const struct plan_info *info)
{
    char text[2048];
    int n = snprintf(text, sizeof text, "ftrt %d\n%s", v->number, lines);
    unlink(sidecar);
    if (info) {
        assert_ok(&ctx, plan_file_write(&ctx, path, (struct bytes){ text, (size_t)n }, info, false));
        return;
    }
    write_file(path, text, (size_t)n);
}

static struct plan_info told_by(const struct tfp_tensor_info *inputs, size_t n_inputs, const struct tfp_tensor_info *outputs,
                                size_t n_outputs)
{
    return (struct plan_info){ .major = v->major, .minor = v->minor, .patch = v->patch, .inputs = inputs,
                               .n_inputs = n_inputs, .outputs = outputs, .n_outputs = n_outputs };
}

static tfp_status open_with(struct tfp_session_options o, tfp_session **s)
{
    o.size = sizeof o;
    o.tensorrt = v->library;
    return tfp_session_open(&ctx, path, &o, s);
}

static tfp_session *opened(void)
{
    tfp_session *s = NULL;
    assert_ok(&ctx, open_with((struct tfp_session_options){ 0 }, &s));
    return s;
}

static void not_opened(tfp_status status, const char *text)
{
    tfp_session *s = NULL;
    assert_int_equal(open_with((struct tfp_session_options){ 0 }, &s), status);
    assert_null(s);
    assert_contains(ctx.text, text);
    assert_int_equal(cuda_live() + trt_live(), 0);
}

#define DIMS(...) ((const int64_t[]){ __VA_ARGS__ })

static struct tfp_tensor floats(float *at, uint32_t rank, const int64_t *dims)
{
    size_t n = 1;
    for (uint32_t i = 0; i < rank; i++) n *= (size_t)dims[i];
    return (struct tfp_tensor){ TFP_FLOAT, rank, dims, at, n * sizeof *at };
}

static const char adding[] = "input x 0 -1x4\n"
                             "output y 0 add1 x\n"
                             "range 0 x 1x4 8x4 32x4\n"
                             "range 1 x 64x4 64x4 80x4\n";

/* y = x + 1 for n rows; the session's memory. */
static void adds(tfp_session *s, int64_t n, float first)
{
    static float x[80 * 4];
    struct tfp_tensor in = floats(x, 2, (int64_t[]){ n, 4 }), out = { 0 };
    for (int64_t i = 0; i < n * 4; i++) x[i] = first + (float)i;
    assert_ok(&ctx, tfp_session_run(&ctx, s, &in, 1, &out, 1));
    assert_int_equal(out.dtype, TFP_FLOAT);
    assert_int_equal(out.rank, 2);
    assert_true(out.dims[0] == n && out.dims[1] == 4);
    assert_int_equal(out.size, n * 4 * 4);
    for (int64_t i = 0; i < n * 4; i++) assert_true(((const float *)out.data)[i] == x[i] + 1);
}

/* -- running ------------------------------------------------------------------------------------------------------- */

static void runs_again_and_again(void **state)
{
    (void)state;
    write_plan(adding, NULL);
    tfp_session *s = opened();
    assert_int_equal(tfp_session_n_inputs(s), 1);
    assert_string_equal(tfp_session_input(s, 0)->name, "x");
    assert_true(tfp_session_input(s, 0)->dims[0] == -1 && tfp_session_input(s, 0)->dims[1] == 4);
    for (int i = 0; i < 4; i++) adds(s, 8, (float)i * 100); /* enqueued, then as a graph */
    assert_int_equal(cuda_launches(), 3);
    adds(s, 1, 5);
    adds(s, 32, 6);
    adds(s, 32, 7);
    for (int i = 0; i < 3; i++) adds(s, 8, (float)i);
    adds(s, 32, 8); /* there is room, and a graph of less */
    assert_int_equal(cuda_launches(), 6);
    adds(s, 80, 9); /* profile 1 */
    adds(s, 80, 10);
    adds(s, 8, 11);
    tfp_session_destroy(s);
    assert_string_equal(note, "");
}

static void without_graph(void **state)
{
    tfp_session *s = NULL;
    (void)state;
    write_plan(adding, NULL);
    setenv("FAKE_CUDA_BROKEN", "cuStreamBeginCapture_v2", 1); /* is not called */
    assert_int_equal(open_with((struct tfp_session_options){ .no_cuda_graph = true }, &s), TFP_OK);
    for (int i = 0; i < 3; i++) adds(s, 8, (float)i);
    tfp_session_destroy(s);
    assert_string_equal(note, "");
}

static void what_is_not_captured_runs(void **state)
{
    char plan[200];
    (void)state;
    snprintf(plan, sizeof plan, "%sno-graph\n", adding);
    write_plan(plan, NULL);
    tfp_session *s = opened();
    adds(s, 8, 1);
    assert_string_equal(note, "");
    adds(s, 8, 2);
    assert_contains(note, "without a CUDA graph: ");
    assert_contains(note, "not permitted when stream is capturing");
    note[0] = '\0';
    adds(s, 8, 3);
    assert_string_equal(note, "");
    tfp_session_destroy(s);
    write_plan(adding, NULL);
    static const char *const broken[] = { "cuStreamBeginCapture_v2", "cuStreamEndCapture", "cuGraphInstantiate_v2" };
    for (size_t i = 0; i < 3; i++) {
        setenv("FAKE_CUDA_BROKEN", broken[i], 1);
        s = opened();
        for (int k = 0; k < 3; k++) adds(s, 8, (float)k);
        assert_contains(note, "without a CUDA graph: ");
        tfp_session_destroy(s);
    }
}

static void wrong_shapes_name_the_ranges(void **state)
{
    float x[33 * 4] = { 0 };
    struct tfp_tensor in = floats(x, 2, DIMS(33, 4)), out = { 0 };
    (void)state;
    write_plan(adding, NULL);
    tfp_session *s = opened();
    for (int i = 0; i < 2; i++) {
        assert_int_equal(tfp_session_run(&ctx, s, &in, 1, &out, 1), TFP_E_USAGE);
        assert_contains(ctx.text, "input x: [33, 4] was given; profile 0 takes x [1, 4] to [32, 4]; "
                                         "profile 1 takes x [64, 4] to [80, 4]");
        adds(s, 32, 1);
    }
    struct tfp_tensor narrow = floats(x, 2, DIMS(8, 3)), flat = floats(x, 1, DIMS(4));
    assert_int_equal(tfp_session_run(&ctx, s, &narrow, 1, &out, 1), TFP_E_USAGE);
    assert_contains(ctx.text, "float32[8,3] was given, float32[?,4]");
    assert_int_equal(tfp_session_run(&ctx, s, &flat, 1, &out, 1), TFP_E_USAGE);
    adds(s, 8, 2);
    tfp_session_destroy(s);
}

static void outputs_go_where_the_caller_says(void **state)
{
    float x[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, y[9] = { 0 };
    struct tfp_tensor in = floats(x, 2, DIMS(2, 4)), out = { .data = y, .size = sizeof y };
    (void)state;
    write_plan(adding, NULL);
    tfp_session *s = opened();
    assert_int_equal(tfp_session_run(&ctx, s, &in, 1, &out, 1), TFP_OK);
    assert_ptr_equal(out.data, y);
    assert_int_equal(out.size, 32);
    assert_true(y[0] == 2 && y[7] == 9 && y[8] == 0);
    out = (struct tfp_tensor){ .data = y, .size = 31 };
    assert_int_equal(tfp_session_run(&ctx, s, &in, 1, &out, 1), TFP_E_USAGE);
    assert_contains(ctx.text, "output y: 31 bytes were given, 32 are needed");
    adds(s, 2, 1);
    tfp_session_destroy(s);
}

static void no_elements(void **state)
{
    (void)state;
    write_plan("input x 0 -1x4\noutput y 0 add1 x\nrange 0 x 0x4 8x4 32x4\n", NULL);
    tfp_session *s = opened();
    for (int i = 0; i < 3; i++) adds(s, 0, 1);
    adds(s, 2, 1);
    tfp_session_destroy(s);
    write_plan("input x 0 s\noutput y 0 add1 x\n", NULL);
    s = opened();
    float x = 41;
    struct tfp_tensor in = floats(&x, 0, NULL), out = { 0 };
    for (int i = 0; i < 3; i++) {
        assert_int_equal(tfp_session_run(&ctx, s, &in, 1, &out, 1), TFP_OK);
        assert_true(out.rank == 0 && *(const float *)out.data == 42);
    }
    tfp_session_destroy(s);
}

/* -- types --------------------------------------------------------------------------------------------------------- */

static const int64_t two[1] = { 2 };

/* An engine of int32 or float for a model of another type. */
static tfp_session *opened_for(tfp_dtype model, int engine)
{
    char plan[100];
    const struct tfp_tensor_info x = { .name = "x", .dtype = model, .rank = 1, .dims = two },
                                 y = { .name = "y", .dtype = model, .rank = 1, .dims = two };
    const struct plan_info info = told_by(&x, 1, &y, 1);
    snprintf(plan, sizeof plan, "input x %d 2\noutput y %d add1 x\n", engine, engine);
    write_plan(plan, &info);
    return opened();
}

/* Values in and out. */
static void converts(tfp_dtype model, int engine, void *in, void *expected, size_t size)
{
    tfp_session *s = opened_for(model, engine);
    assert_int_equal(tfp_session_output(s, 0)->dtype, model);
    struct tfp_tensor t = { model, 1, two, in, size }, out = { 0 };
    char own[16];
    for (int i = 0; i < 3; i++) { /* the session's memory, then the caller's */
        out = (struct tfp_tensor){ .data = i == 2 ? own : NULL, .size = sizeof own };
        assert_ok(&ctx, tfp_session_run(&ctx, s, &t, 1, &out, 1));
        assert_int_equal(out.dtype, model);
        assert_int_equal(out.size, size);
        assert_memory_equal(out.data, expected, size);
    }
    tfp_session_destroy(s);
}

static void types_at_the_edge(void **state)
{
    (void)state;
    converts(TFP_INT64, 3, (int64_t[]){ -7, 2147483646 }, (int64_t[]){ -6, 2147483647 }, 16);
    converts(TFP_UINT8, 3, (uint8_t[]){ 0, 254 }, (uint8_t[]){ 1, 255 }, 2);
    converts(TFP_INT8, 3, (int8_t[]){ -3, 5 }, (int8_t[]){ -2, 6 }, 2);
    converts(TFP_UINT32, 3, (uint32_t[]){ 3, 5 }, (uint32_t[]){ 4, 6 }, 8);
    converts(TFP_BOOL, 3, (uint8_t[]){ 0, 1 }, (uint8_t[]){ 1, 1 }, 2);
    converts(TFP_DOUBLE, 0, (double[]){ 0.5, -2 }, (double[]){ 1.5, -1 }, 16);
    converts(TFP_FLOAT16, 0, (uint16_t[]){ 0x3c00, 0 }, (uint16_t[]){ 0x4000, 0x3c00 }, 4);
    converts(TFP_BFLOAT16, 0, (uint16_t[]){ 0x3f80, 0 }, (uint16_t[]){ 0x4000, 0x3f80 }, 4);
    converts(TFP_INT32, 8, (int32_t[]){ -1, 7 }, (int32_t[]){ 0, 8 }, 8);
}

static void is_beyond(tfp_dtype model, int engine, void *in, const char *text)
{
    tfp_session *s = opened_for(model, engine);
    struct tfp_tensor t = { model, 1, two, in, 2 * tfp_dtype_size(model) }, out = { 0 };
    assert_int_equal(tfp_session_run(&ctx, s, &t, 1, &out, 1), TFP_E_USAGE);
    assert_contains(ctx.text, text);
    tfp_session_destroy(s);
}

static void values_that_do_not_fit(void **state)
{
    (void)state;
    is_beyond(TFP_INT64, 3, (int64_t[]){ 1, 2147483648 },
              "input x: element 1, 2147483648, is beyond what the engine's int32");
    is_beyond(TFP_INT64, 3, (int64_t[]){ -2147483649, 1 }, "element 0, -2147483649");
    is_beyond(TFP_UINT32, 3, (uint32_t[]){ 1, 0x80000000 }, "element 1, 2147483648");
    is_beyond(TFP_UINT64, 3, (uint64_t[]){ 1, 0xffffffffffffffff }, "element 1, 18446744073709551615");
    is_beyond(TFP_DOUBLE, 0, (double[]){ 1, 1e39 }, "element 1, 1e+39");
    is_beyond(TFP_UINT64, 8, (uint64_t[]){ 1, 0x8000000000000000 }, "element 1, 9223372036854775808");
    is_beyond(TFP_FLOAT, 1, (float[]){ 65519, 65520 }, "element 1, 65520");
    const double infinity = 1.0 / 0.0;
    converts(TFP_DOUBLE, 0, (double[]){ infinity, -infinity }, (double[]){ infinity, -infinity }, 16);
}

/* -- shapes that depend on values ---------------------------------------------------------------------------------- */

static void output_of_unknown_size(void **state)
{
    (void)state;
    write_plan("input x 0 -1x4\noutput where 3 positive x\noutput y 0 add1 x\nrange 0 x 1x4 8x4 32x4\n", NULL);
    tfp_session *s = opened();
    static float x[32 * 4];
    static const int64_t rows[] = { 2, 2, 32, 2, 2 };
    for (size_t round = 0; round < 5; round++) {
        const int64_t n = rows[round];
        struct tfp_tensor in = floats(x, 2, (int64_t[]){ n, 4 }), out[2] = { { 0 }, { 0 } };
        for (int64_t i = 0; i < n * 4; i++) x[i] = i % 3 == (int64_t)round % 3 ? 1 : -1;
        if (round == 4) memset(x, 0, sizeof x); /* none is */
        assert_ok(&ctx, tfp_session_run(&ctx, s, &in, 1, out, 2));
        int64_t found = 0;
        for (int64_t i = 0; i < n * 4; i++)
            if (x[i] > 0) assert_int_equal(((const int32_t *)out[0].data)[found++], i);
        assert_true(out[0].rank == 1 && out[0].dims[0] == found);
        assert_true(((const float *)out[1].data)[3] == x[3] + 1);
    }
    tfp_session_destroy(s);
    assert_string_equal(note, "");
}

static void shapes_that_are_values(void **state)
{
    (void)state;
    write_plan("shape s 3 2\noutput y 0 fill s\nvalues 0 s 1x1 2x3 4x4\nvalues 1 s 10x10 10x10 10x10\n", NULL);
    tfp_session *s = opened();
    static int32_t sizes[][2] = { { 2, 3 }, { 2, 3 }, { 2, 3 }, { 4, 1 }, { 10, 10 }, { 2, 3 } };
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct tfp_tensor in = { TFP_INT32, 1, two, sizes[i], 8 }, out = { 0 };
        assert_ok(&ctx, tfp_session_run(&ctx, s, &in, 1, &out, 1));
        assert_true(out.rank == 2 && out.dims[0] == sizes[i][0] && out.dims[1] == sizes[i][1]);
        assert_true(((const float *)out.data)[0] == 1);
    }
    struct tfp_tensor in = { TFP_INT32, 1, two, (int32_t[]){ 5, 1 }, 8 }, out = { 0 };
    assert_int_equal(tfp_session_run(&ctx, s, &in, 1, &out, 1), TFP_E_USAGE);
    assert_contains(ctx.text, "with values 5, 1; profile 0 takes s [2] to [2] with values 1 to 4, 1 to 4; "
                                     "profile 1");
    tfp_array *sample;
    assert_int_equal(tfp_session_sample(&ctx, s, 0, 0, NULL, 1, &sample), TFP_OK);
    assert_memory_equal(tfp_array_tensor(sample)->data, ((int32_t[]){ 2, 3 }), 8);
    tfp_array_destroy(sample);
    tfp_session_destroy(s);
}

/* Where TensorRT tells no range of values, the description does. */
static void ranges_that_only_the_description_tells(void **state)
{
    static const int64_t open2[2] = { -1, -1 }, ends[3][2] = { { 1, 1 }, { 2, 3 }, { 4, 4 } };
    static const char *const names[2] = { "a", "b" };
    const struct tfp_tensor_info s = { .name = "s", .dtype = TFP_INT32, .rank = 1, .dims = two },
                                 y = { "y", TFP_FLOAT, 2, open2, names };
    const struct plan_range range = { .input = "s", .values = true, .n = 2, .list = { ends[0], ends[1], ends[2] } };
    const struct plan_profile profile = { &range, 1 };
    struct plan_info info = told_by(&s, 1, &y, 1);
    (void)state;
    info.profiles = &profile;
    info.n_profiles = 1;
    write_plan("untold\nshape s 3 2\noutput y 0 fill s\nvalues 0 s 1x1 2x3 4x4\n", &info);
    tfp_session *session = opened();
    struct tfp_tensor in = { TFP_INT32, 1, two, (int32_t[]){ 2, 4 }, 8 }, out = { 0 };
    assert_ok(&ctx, tfp_session_run(&ctx, session, &in, 1, &out, 1));
    in.data = (int32_t[]){ 5, 1 };
    assert_int_equal(tfp_session_run(&ctx, session, &in, 1, &out, 1), TFP_E_USAGE);
    assert_contains(ctx.text, "with values 5, 1; profile 0 takes s [2] to [2] with values 1 to 4, 1 to 4");
    tfp_session_destroy(session);
}

/* -- plans that are not taken -------------------------------------------------------------------------------------- */

static const int64_t open_rows[2] = { -1, 4 };
static const char *const row_labels[2] = { "batch", NULL };
static const struct tfp_tensor_info told_x = { "x", TFP_FLOAT, 2, open_rows, row_labels },
                                    told_y = { "y", TFP_FLOAT, 2, open_rows, row_labels };

/* Two inputs of as many rows are told apart by their names only where one has another number of them. */
static void sizes_in_common(void **state)
{
    const struct tfp_tensor_info inputs[2] = { told_x, { "w", TFP_FLOAT, 2, open_rows, row_labels } };
    const struct plan_info info = told_by(inputs, 2, &told_y, 1);
    static float x[8 * 4], w[8 * 4];
    struct tfp_tensor in[2] = { floats(x, 2, DIMS(8, 4)), floats(w, 2, DIMS(8, 4)) }, out = { 0 };
    (void)state;
    write_plan("input x 0 -1x4\ninput w 0 -1x4\noutput y 0 add1 x\nrange 0 x 1x4 8x4 32x4\nrange 0 w 1x4 8x4 32x4\n", &info);
    tfp_session *s = opened();
    assert_int_equal(tfp_session_run(&ctx, s, in, 2, &out, 1), TFP_OK);
    in[1] = floats(w, 2, DIMS(1, 4));
    out = (struct tfp_tensor){ 0 };
    assert_int_equal(tfp_session_run(&ctx, s, in, 2, &out, 1), TFP_E_USAGE);
    if (!strstr(ctx.text, "inputs x and w have the size batch in common, 8 and 1 were given")) fail_msg("%s", ctx.text);
    in[0] = floats(x, 2, DIMS(1, 4));
    assert_int_equal(tfp_session_run(&ctx, s, in, 2, &out, 1), TFP_OK);
    assert_true(out.dims[0] == 1 && ((const float *)out.data)[3] == x[3] + 1);
    tfp_session_destroy(s);
}

static void other_versions_and_gpus(void **state)
{
    char text[200];
    int32_t capabilities[2] = { 80, 89 };
    struct plan_info info = told_by(&told_x, 1, &told_y, 1);
    (void)state;
    info.patch++;
    write_plan(adding, &info);
    snprintf(text, sizeof text, "was built by TensorRT %d.%d.%d, and %s is %s;", v->major, v->minor, v->patch + 1,
             v->library, v->name);
    not_opened(TFP_E_MISSING, text);
    setenv("FAKE_CUDA_DEVICES", "0", 1); /* told without a GPU, too */
    not_opened(TFP_E_MISSING, text);
    unsetenv("FAKE_CUDA_DEVICES");
    info.patch--;
    info.rtx = true;
    write_plan(adding, &info);
    not_opened(TFP_E_MISSING, "was built by TensorRT-RTX");
    info.rtx = false;
    info.capabilities = capabilities;
    info.n_capabilities = 2;
    write_plan(adding, &info);
    not_opened(TFP_E_MISSING, "was built for compute capability 8.0, 8.9, and GPU 0 (Fake GPU 0) has 9.0");
    setenv("FAKE_CUDA_CAPABILITY", "89", 1);
    tfp_session *s = opened();
    assert_string_equal(tfp_session_input(s, 0)->labels[0], "batch");
    adds(s, 2, 1);
    tfp_session_destroy(s);
    setenv("FAKE_CUDA_CAPABILITY", "120", 1);
    not_opened(TFP_E_MISSING, "has 12.0");
    info.hardware = 1; /* ampere+ */
    write_plan(adding, &info);
    tfp_session_destroy(opened());
    setenv("FAKE_CUDA_CAPABILITY", "75", 1);
    not_opened(TFP_E_MISSING, "has 7.5");
}

static void what_data_decide_is_not_captured(void **state)
{
    struct plan_info info = told_by(&told_x, 1, &told_y, 1);
    (void)state;
    setenv("FAKE_CUDA_BROKEN", "cuStreamBeginCapture_v2", 1); /* a capture would leave a note */
    for (int i = 0; i < 2; i++) {
        info.data_dependent_flow = i == 0;
        write_plan(adding, &info);
        note[0] = '\0';
        tfp_session *s = opened();
        for (int k = 0; k < 3; k++) adds(s, 8, (float)k);
        assert_true((note[0] != '\0') == (i == 1));
        tfp_session_destroy(s);
    }
}

static void host_code_is_asked_for(void **state)
{
    struct plan_info info = told_by(&told_x, 1, &told_y, 1);
    tfp_session *s = NULL;
    (void)state;
    info.version_compatible = true;
    info.minor++;
    write_plan(adding, &info);
    not_opened(TFP_E_USAGE, "--allow-host-code");
    assert_int_equal(open_with((struct tfp_session_options){ .allow_host_code = true }, &s), TFP_OK);
    adds(s, 2, 1);
    tfp_session_destroy(s);
}

static void descriptions_that_do_not_fit(void **state)
{
    const struct tfp_tensor_info other = { "z", TFP_FLOAT, 2, open_rows, NULL },
                                 text = { "x", TFP_STRING, 2, open_rows, NULL },
                                 flat = { "x", TFP_FLOAT, 1, open_rows, NULL },
                                 wide = { "x", TFP_INT64, 2, open_rows, NULL };
    (void)state;
    const struct {
        const struct tfp_tensor_info *input;
        size_t n_outputs;
        tfp_status status;
        const char *says;
    } rows[] = {
        { &other, 1, TFP_E_FORMAT, "the engine has the input x, of which its description says nothing" },
        { &told_x, 0, TFP_E_FORMAT, "1 inputs and 1 outputs, its description tells of 1 and 0" },
        { &text, 1, TFP_E_UNSUPPORTED, "x is float in the engine, which does not become " },
        { &wide, 1, TFP_E_UNSUPPORTED, "x is float in the engine, which does not become int64" },
        { &flat, 1, TFP_E_FORMAT, "x has rank 2 in the engine and 1 in its description" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct plan_info info = told_by(rows[i].input, 1, &told_y, rows[i].n_outputs);
        write_plan(adding, &info);
        not_opened(rows[i].status, rows[i].says);
    }
    write_plan("input x 6 2\noutput y 6 add1 x\n", NULL);
    not_opened(TFP_E_UNSUPPORTED, "x is fp8 in the engine, which does not become a type known here");
    write_plan("input vectorized 0 2\noutput y 0 add1 vectorized\n", NULL);
    not_opened(TFP_E_UNSUPPORTED, "memory format 3");
}

static void order_is_the_description_s(void **state)
{
    static const int64_t one[1] = { 1 };
    const struct tfp_tensor_info in[2] = { { "b", TFP_FLOAT, 1, one, NULL }, { "a", TFP_FLOAT, 1, one, NULL } },
                                 out[2] = { { "of_b", TFP_FLOAT, 1, one, NULL }, { "of_a", TFP_FLOAT, 1, one, NULL } };
    const struct plan_info info = told_by(in, 2, out, 2);
    (void)state;
    write_plan("input a 0 1\noutput of_a 0 add1 a\ninput b 0 1\noutput of_b 0 add1 b\n", &info);
    tfp_session *s = opened();
    float b = 10, a = 20;
    struct tfp_tensor inputs[2] = { floats(&b, 1, one), floats(&a, 1, one) }, outputs[2] = { { 0 }, { 0 } };
    assert_int_equal(tfp_session_run(&ctx, s, inputs, 2, outputs, 2), TFP_OK);
    assert_true(*(float *)outputs[0].data == 11 && *(float *)outputs[1].data == 21);
    assert_string_equal(tfp_session_output(s, 1)->name, "of_a");
    tfp_session_destroy(s);
}

static void tensorrt_has_the_last_word(void **state)
{
    (void)state;
    write_plan(adding, NULL);
    write_text(path, "ftrt 9999\n");
    not_opened(TFP_E_FORMAT, "got 9999, please rebuild");
    write_text(path, "ptrt and nothing else");
    not_opened(TFP_E_FORMAT, "Magic tag does not match");
    write_plan(adding, NULL);
    setenv("FAKE_TRT_NO_EXECUTION", "1", 1);
    not_opened(TFP_E_SYSTEM, "1234 bytes");
    unsetenv("FAKE_TRT_NO_EXECUTION");
    char plan[200];
    snprintf(plan, sizeof plan, "%sno-run\n", adding);
    write_plan(plan, NULL);
    tfp_session *s = opened();
    float x[4] = { 0 };
    struct tfp_tensor in = floats(x, 2, DIMS(1, 4)), out = { 0 };
    assert_int_equal(tfp_session_run(&ctx, s, &in, 1, &out, 1), TFP_E_SYSTEM);
    assert_contains(ctx.text, "the run failed: the engine does not run");
    tfp_session_destroy(s);
    struct tfp_session_options o = { .size = sizeof o, .backend = "cpu" };
    assert_int_equal(tfp_session_open(&ctx, path, &o, &s), TFP_E_UNSUPPORTED);
    assert_contains(ctx.text, "is an engine, which backend cpu does not run");
}

/* -- GPU and driver ------------------------------------------------------------------------------------------------ */

static void no_gpu(void **state)
{
    tfp_session *s;
    (void)state;
    write_plan(adding, NULL);
    setenv("FAKE_CUDA_DEVICES", "0", 1);
    not_opened(TFP_E_MISSING, "CUDA_ERROR_NO_DEVICE (no CUDA-capable device is detected)");
    unsetenv("FAKE_CUDA_DEVICES");
    assert_int_equal(open_with((struct tfp_session_options){ .device = 1 }, &s), TFP_E_USAGE);
    assert_contains(ctx.text, "GPU 1: there is 1, counted from 0");
    setenv("TFPORT_CUDA", "/nowhere/libcuda.so.1", 1);
    not_opened(TFP_E_MISSING, "/nowhere/libcuda.so.1");
    setenv("TFPORT_CUDA", "libc.so.6", 1);
    not_opened(TFP_E_MISSING, "libc.so.6: no CUDA driver of version 11.0 or later: it has no cuInit");
    unsetenv("TFPORT_CUDA");
    if (access("/dev/nvidiactl", F_OK) == 0) return;
    not_opened(TFP_E_MISSING, "Looked at: libcuda.so.1, ");
}

static void second_gpu(void **state)
{
    tfp_session *s = NULL;
    (void)state;
    write_plan(adding, NULL);
    setenv("FAKE_CUDA_DEVICES", "2", 1);
    assert_int_equal(open_with((struct tfp_session_options){ .device = 1 }, &s), TFP_OK);
    adds(s, 8, 1);
    tfp_session *other = opened(); /* two at a time */
    adds(other, 8, 1);
    adds(s, 8, 2);
    tfp_session_destroy(s);
    adds(other, 8, 2);
    tfp_session_destroy(other);
}

/* Opens and runs thrice; what fails first. */
static tfp_status whole_life(const char *plan, tfp_dtype output)
{
    static float x[32 * 4];
    tfp_session *s = NULL;
    write_plan(plan, NULL);
    cuda_reset();
    tfp_status status = open_with((struct tfp_session_options){ 0 }, &s);
    for (int i = 0; i < 4 && status == TFP_OK; i++) {
        struct tfp_tensor in = floats(x, 2, (int64_t[]){ i < 3 ? 8 : 32, 4 }), out = { 0 };
        status = tfp_session_run(&ctx, s, &in, 1, &out, 1);
        if (status == TFP_OK) assert_int_equal(out.dtype, output);
    }
    tfp_session_destroy(s);
    assert_int_equal(cuda_live() + trt_live(), 0);
    return status;
}

static void out_of_memory_anywhere(void **state)
{
    static const char grown[] = "input x 0 -1x4\noutput where 3 positive x\nrange 0 x 1x4 8x4 32x4\n";
    (void)state;
    for (int which = 0; which < 2; which++)
        for (int n = 1;; n++) {
            char text[16];
            snprintf(text, sizeof text, "%d", n);
            setenv("FAKE_CUDA_NO_ROOM", text, 1);
            tfp_status status = which ? whole_life(grown, TFP_INT32) : whole_life(adding, TFP_FLOAT);
            if (status == TFP_OK) {
                assert_true(n > 6);
                break;
            }
            assert_int_equal(status, TFP_E_SYSTEM);
            assert_contains(ctx.text, "out of ");
            assert_contains(ctx.text, "1000 are free");
        }
}

static void failures_of_the_driver(void **state)
{
    static const struct {
        const char *function;
        tfp_status status;
    } broken[] = {
        { "cuInit", TFP_E_MISSING },           { "cuDevicePrimaryCtxRetain", TFP_E_SYSTEM },
        { "cuCtxPushCurrent_v2", TFP_E_SYSTEM }, { "cuStreamCreate", TFP_E_SYSTEM },
        { "cuEventCreate", TFP_E_SYSTEM },     { "cuMemAlloc_v2", TFP_E_SYSTEM },
        { "cuMemAllocHost_v2", TFP_E_SYSTEM }, { "cuMemcpyHtoDAsync_v2", TFP_E_SYSTEM },
        { "cuMemcpyDtoHAsync_v2", TFP_E_SYSTEM }, { "cuStreamSynchronize", TFP_E_SYSTEM },
        { "cuGraphLaunch", TFP_E_SYSTEM },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        setenv("FAKE_CUDA_BROKEN", broken[i].function, 1);
        assert_int_equal(whole_life(adding, TFP_FLOAT), broken[i].status);
        assert_contains(ctx.text, "CUDA_ERROR_");
    }
}

/* -- measuring ----------------------------------------------------------------------------------------------------- */

static tfp_bench *measured(tfp_session *s, bool profile)
{
    struct tfp_bench_options o = { .size = sizeof o, .warm_up = -1, .iterations = 5, .duration = -1, .profile = profile };
    tfp_array *x;
    tfp_bench *b = NULL;
    assert_int_equal(tfp_session_sample(&ctx, s, 0, 0, NULL, 3, &x), TFP_OK);
    assert_int_equal(tfp_array_tensor(x)->dims[0], 8); /* what profile 0 is best at */
    assert_ok(&ctx, tfp_session_bench(&ctx, s, tfp_array_tensor(x), 1, &o, &b));
    tfp_array_destroy(x);
    return b;
}

static void every_way_is_measured(void **state)
{
    static const bool transfers[4] = { true, false, true, false }, graph[4] = { true, true, false, false };
    (void)state;
    write_plan(adding, NULL);
    tfp_session *s = opened();
    tfp_bench *b = measured(s, true);
    assert_int_equal(tfp_bench_n_ways(b), 4);
    assert_int_equal(cuda_launches(), 1 + 2 * (2 + 5)); /* of the runs before, and of two ways */
    for (size_t i = 0; i < 4; i++) {
        const struct tfp_bench_way *w = tfp_bench_way(b, i);
        assert_true(w->transfers == transfers[i] && w->cuda_graph == graph[i] && w->has_device);
        assert_int_equal(w->runs, 5);
        assert_true(w->wall.least > 0 && w->wall.least <= w->wall.median && w->wall.median <= w->wall.p90);
        assert_true(w->wall.p99 <= w->wall.most && w->runs_per_second > 0 && w->device.most <= w->wall.most);
        assert_int_equal(strstr(w->method, "copies") != NULL, transfers[i]);
        assert_int_equal(strstr(w->method, "graph") != NULL, graph[i]);
    }
    assert_null(tfp_bench_way(b, 4));
    assert_int_equal(tfp_bench_n_layers(b), 1);
    assert_string_equal(tfp_bench_layer(b, 0)->name, "add1");
    assert_float_equal(tfp_bench_layer(b, 0)->milliseconds, 0.5, 1e-6);
    assert_float_equal(tfp_bench_layer(b, 0)->share, 1, 1e-6);
    tfp_bench_destroy(b);
    adds(s, 8, 1);
    adds(s, 8, 2);
    tfp_session_destroy(s);
    char plan[200];
    snprintf(plan, sizeof plan, "%sno-graph\n", adding);
    write_plan(plan, NULL);
    s = opened();
    b = measured(s, false);
    assert_int_equal(tfp_bench_n_ways(b), 2);
    assert_false(tfp_bench_way(b, 0)->cuda_graph);
    tfp_bench_destroy(b);
    tfp_session_destroy(s);
}

static void grown_outputs_are_measured(void **state)
{
    (void)state;
    write_plan("input x 0 -1x4\noutput where 3 positive x\nrange 0 x 1x4 8x4 32x4\n", NULL);
    tfp_session *s = opened();
    tfp_bench *b = measured(s, false);
    assert_int_equal(tfp_bench_n_ways(b), 2);
    assert_true(tfp_bench_way(b, 0)->transfers && !tfp_bench_way(b, 1)->transfers);
    tfp_bench_destroy(b);
    tfp_session_destroy(s);
}

static void samples(void **state)
{
    tfp_array *a, *b;
    (void)state;
    write_plan(adding, NULL);
    tfp_session *s = opened();
    assert_int_equal(tfp_session_sample(&ctx, s, 0, 2, DIMS(3, -1), 7, &a), TFP_OK);
    const struct tfp_tensor *t = tfp_array_tensor(a);
    assert_true(t->dtype == TFP_FLOAT && t->rank == 2 && t->dims[0] == 3 && t->dims[1] == 4);
    for (int i = 0; i < 12; i++) assert_true(((float *)t->data)[i] >= -1 && ((float *)t->data)[i] < 1);
    assert_int_equal(tfp_session_sample(&ctx, s, 0, 2, DIMS(3, 4), 7, &b), TFP_OK);
    assert_memory_equal(t->data, tfp_array_tensor(b)->data, t->size);
    tfp_array_destroy(b);
    assert_int_equal(tfp_session_sample(&ctx, s, 0, 2, DIMS(3, 4), 8, &b), TFP_OK);
    assert_memory_not_equal(t->data, tfp_array_tensor(b)->data, t->size);
    tfp_array_destroy(a);
    tfp_array_destroy(b);
    assert_int_equal(tfp_session_sample(&ctx, s, 0, 1, DIMS(3), 7, &a), TFP_E_USAGE);
    assert_int_equal(tfp_session_sample(&ctx, s, 0, 2, DIMS(3, 5), 7, &a), TFP_E_USAGE);
    assert_contains(ctx.text, "dimension 1 is 4, not 5");
    assert_int_equal(tfp_session_sample(&ctx, s, 1, 0, NULL, 7, &a), TFP_E_USAGE);
    tfp_session_destroy(s);
}

static void engines_are_inspected(void **state)
{
    char *json;
    (void)state;
    write_plan(adding, NULL);
    tfp_session *s = opened();
    assert_int_equal(tfp_session_inspect(&ctx, s, &json), TFP_OK);
    assert_string_equal(json, "{\"Layers\": [\"add\"]}");
    free(json);
    tfp_session_destroy(s);
}

static void what_is_installed(void **state)
{
    tfp_tensorrt *t;
    (void)state;
    setenv("FAKE_CUDA_DEVICES", "2", 1);
    assert_int_equal(tfp_tensorrt_open(&ctx, v->library, &t), TFP_OK);
    const struct tfp_tensorrt_info *i = tfp_tensorrt_info(t);
    assert_string_equal(i->name, v->name);
    assert_string_equal(i->path, v->library);
    assert_string_equal(i->cuda, FAKE_CUDA);
    assert_true(i->major == v->major && i->minor == v->minor && !i->rtx && i->cuda_version == 12040 && !*i->parser);
    assert_int_equal(i->n_gpus, 2);
    assert_string_equal(i->gpus[1].name, "Fake GPU 1");
    assert_true(i->gpus[1].major == 9 && i->gpus[1].minor == 0 && i->gpus[1].processors == 7);
    assert_int_equal(i->gpus[1].memory, (uint64_t)3 << 30);
    assert_string_equal(i->no_gpu, "");
    tfp_tensorrt_destroy(t);
    setenv("FAKE_CUDA_DEVICES", "0", 1);
    assert_int_equal(tfp_tensorrt_open(&ctx, v->library, &t), TFP_OK);
    assert_int_equal(tfp_tensorrt_info(t)->n_gpus, 0);
    assert_contains(tfp_tensorrt_info(t)->no_gpu, "CUDA_ERROR_NO_DEVICE");
    tfp_tensorrt_destroy(t);
    assert_int_equal(tfp_tensorrt_open(&ctx, "/nowhere", &t), TFP_E_MISSING);
    assert_contains(ctx.text, "/nowhere");
}

#define EACH(function)                                                                                                 \
    { #function " (8)", function, begin, finish, (void *)(uintptr_t)&versions[0] },                                    \
    {                                                                                                                  \
        #function " (10)", function, begin, finish, (void *)(uintptr_t)&versions[1]                                    \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(runs_again_and_again),
        EACH(without_graph),
        EACH(what_is_not_captured_runs),
        EACH(what_data_decide_is_not_captured),
        EACH(wrong_shapes_name_the_ranges),
        EACH(outputs_go_where_the_caller_says),
        EACH(no_elements),
        EACH(types_at_the_edge),
        EACH(values_that_do_not_fit),
        EACH(output_of_unknown_size),
        EACH(shapes_that_are_values),
        EACH(ranges_that_only_the_description_tells),
        EACH(sizes_in_common),
        EACH(other_versions_and_gpus),
        EACH(host_code_is_asked_for),
        EACH(descriptions_that_do_not_fit),
        EACH(order_is_the_description_s),
        EACH(tensorrt_has_the_last_word),
        EACH(no_gpu),
        EACH(second_gpu),
        EACH(out_of_memory_anywhere),
        EACH(failures_of_the_driver),
        EACH(every_way_is_measured),
        EACH(grown_outputs_are_measured),
        EACH(samples),
        EACH(engines_are_inspected),
        EACH(what_is_installed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
