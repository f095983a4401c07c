/* Engine files: what is written is read back; what others wrote is checked. */
#include "backend/tensorrt/plan_file.h"

#include <sys/stat.h>

#include "support.h"

static struct tfp_context ctx;
static const char plan_text[] = "ftrt and then the engine";
static const struct bytes plan = { plan_text, sizeof plan_text - 1 };

static const int64_t image[4] = { -1, 224, 224, 3 }, ids[1] = { 2 };
static const char *const labels[4] = { "batch \"x\"", NULL, NULL, NULL };
static const struct tfp_tensor_info inputs[2] = {
    { .name = "image", .dtype = TFP_FLOAT, .rank = 4, .dims = image, .labels = labels },
    { .name = "size\xc3\xa9", .dtype = TFP_INT64, .rank = 1, .dims = ids },
};
static const struct tfp_tensor_info outputs[1] = { { .name = "scores", .dtype = TFP_FLOAT16, .rank = -1 } };
static const int64_t least[4] = { 1, 224, 224, 3 }, usual[4] = { 8, 224, 224, 3 }, most[4] = { 32, 224, 224, 3 };
static const int64_t small[2] = { -4, 1 }, large[2] = { 9, 9 };
static const struct plan_range ranges[2] = {
    { .input = "image", .n = 4, .list = { least, usual, most } },
    { .input = "size\xc3\xa9", .values = true, .n = 2, .list = { small, small, large } },
};
static const struct plan_profile profiles[2] = { { ranges, 2 }, { ranges, 0 } };
static const int32_t capabilities[2] = { 80, 120 };
static const struct plan_info info = {
    .tfport = "0.1.0",
    .format = "GraphDef (binary)",
    .producer = "line\nbreak",
    .library = "TensorRT 8.6.1",
    .major = 8,
    .minor = 6,
    .patch = 1,
    .version_compatible = true,
    .data_dependent_flow = true,
    .hardware = 1,
    .capabilities = capabilities,
    .n_capabilities = 2,
    .precision = "fp16",
    .inputs = inputs,
    .outputs = outputs,
    .n_inputs = 2,
    .n_outputs = 1,
    .profiles = profiles,
    .n_profiles = 2,
};

/* -- files --------------------------------------------------------------------------------------------------------- */

static const char *path, *sidecar;

static int name_files(void **state)
{
    (void)state;
    path = temp_path("x.plan");
    sidecar = temp_path("x.plan.json");
    return 0;
}

static void same_infos(const struct tfp_tensor_info *a, const struct tfp_tensor_info *b)
{
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->dtype, b->dtype);
    assert_int_equal(a->rank, b->rank);
    for (int32_t k = 0; k < a->rank; k++) {
        const char *label = a->labels ? a->labels[k] : NULL;
        assert_int_equal(a->dims[k], b->dims[k]);
        assert_string_equal(label ? label : "", b->labels[k] ? b->labels[k] : "");
    }
}

static void same_info(const struct plan_info *got)
{
    assert_string_equal(got->tfport, info.tfport);
    assert_string_equal(got->format, info.format);
    assert_string_equal(got->producer, info.producer);
    assert_string_equal(got->library, info.library);
    assert_string_equal(got->precision, info.precision);
    assert_true(got->major == 8 && got->minor == 6 && got->patch == 1 && !got->rtx && got->version_compatible);
    assert_true(got->data_dependent_flow);
    assert_int_equal(got->hardware, 1);
    assert_int_equal(got->n_capabilities, 2);
    assert_memory_equal(got->capabilities, capabilities, sizeof capabilities);
    assert_true(got->n_inputs == 2 && got->n_outputs == 1 && got->n_profiles == 2);
    for (size_t i = 0; i < 2; i++) same_infos(&inputs[i], &got->inputs[i]);
    same_infos(&outputs[0], &got->outputs[0]);
    assert_true(got->profiles[0].n == 2 && got->profiles[1].n == 0);
    const struct plan_range *image_range = &got->profiles[0].ranges[0], *values = &got->profiles[0].ranges[1];
    assert_true(!image_range->values && values->values && image_range->n == 4 && values->n == 2);
    assert_memory_equal(image_range->list[1], usual, sizeof usual);
    assert_memory_equal(image_range->list[2], most, sizeof most);
    assert_memory_equal(values->list[0], small, sizeof small);
}

static void read_back(const char *from)
{
    struct arena arena = { 0 };
    struct buffer *map;
    struct bytes got;
    struct plan_info read;
    bool told;
    assert_ok(&ctx, plan_file_read(&ctx, &arena, from, &map, &got, &read, &told));
    assert_true(told);
    assert_int_equal(got.n, plan.n);
    assert_memory_equal(got.at, plan.at, plan.n);
    same_info(&read);
    buffer_drop(map);
    arena_free(&arena);
}

static void refused(const char *text)
{
    struct arena arena = { 0 };
    struct buffer *map;
    struct bytes got;
    struct plan_info read;
    bool told;
    assert_int_equal(plan_file_read(&ctx, &arena, path, &map, &got, &read, &told), TFP_E_FORMAT);
    assert_null(map);
    assert_contains(ctx.text, text);
    arena_free(&arena);
}

static void written_beside_and_read(void **state)
{
    struct stat s;
    (void)state;
    assert_int_equal(plan_file_write(&ctx, path, plan, &info, false), TFP_OK);
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_size, plan.n);
    read_back(path);
    assert_true(plan_file_probe(path) && !plan_file_probe(sidecar));
    write_file(path, "ftrt and then an engin_", 23);
    refused("of an engine of 24 bytes, this one has 23");
    write_file(path, "ftrt and then the engin_", 24);
    refused("checksum differs");
    write_file(path, "any bytes", 9);
    assert_true(plan_file_probe(path)); /* by what lies beside */
    write_file(sidecar, "{}", 2);
    assert_false(plan_file_probe(path));
    refused(".json: tfport_plan: a number");
    unlink(sidecar);
    assert_false(plan_file_probe(path));
    assert_false(plan_file_probe("/nowhere/x"));
    assert_false(plan_file_probe(temp_folder()));
}

static void bundled_and_read(void **state)
{
    size_t n;
    (void)state;
    unlink(sidecar);
    assert_int_equal(plan_file_write(&ctx, path, plan, &info, true), TFP_OK);
    assert_int_equal(access(sidecar, F_OK), -1);
    read_back(path);
    assert_true(plan_file_probe(path));
    char *whole = read_file(path, &n);
    assert_int_equal(n, 4096 + plan.n);
    for (size_t cut = 8; cut < n; cut += 1 + cut / 7) {
        write_file(path, whole, cut);
        refused(path);
    }
    whole[3000] = 1;
    write_file(path, whole, n);
    refused("bytes between");
    whole[3000] = 0;
    whole[8] = 2;
    write_file(path, whole, n);
    refused("version 2");
    whole[8] = 1;
    whole[n - 1] ^= 1;
    write_file(path, whole, n);
    refused("checksum differs");
    free(whole);
}

static void without_description(void **state)
{
    struct arena arena = { 0 };
    struct buffer *map;
    struct bytes got;
    struct plan_info read;
    bool told = true;
    (void)state;
    unlink(sidecar);
    write_file(path, plan.at, plan.n);
    assert_true(plan_file_probe(path));
    assert_int_equal(plan_file_read(&ctx, &arena, path, &map, &got, &read, &told), TFP_OK);
    assert_false(told);
    assert_int_equal(got.n, plan.n);
    assert_int_equal(read.n_inputs, 0);
    buffer_drop(map);
    write_file(path, "", 0);
    refused("the file is empty");
    unlink(path);
    refused("No such file");
    arena_free(&arena);
}

static void cannot_be_written(void **state)
{
    (void)state;
    assert_int_equal(plan_file_write(&ctx, "/nowhere/x.plan", plan, &info, false), TFP_E_SYSTEM);
    assert_int_equal(plan_file_write(&ctx, "/nowhere/x.plan", plan, &info, true), TFP_E_SYSTEM);
    struct plan_info bad = info;
    struct tfp_tensor_info input = inputs[0];
    input.name = "\xff\xfe";
    bad.inputs = &input;
    bad.n_inputs = 1;
    bad.n_profiles = 0;
    unlink(path);
    assert_int_equal(plan_file_write(&ctx, path, plan, &bad, false), TFP_E_UNSUPPORTED);
    assert_contains(ctx.text, "no UTF-8");
    assert_int_equal(access(path, F_OK), -1);
    input.name = "scores";
    assert_int_equal(plan_file_write(&ctx, path, plan, &bad, false), TFP_E_UNSUPPORTED);
    assert_contains(ctx.text, "'scores' is listed twice");
}

/* -- hostile descriptions ------------------------------------------------------------------------------------------ */

/* One change of a good description; the message has `text`. */
static void changed(const char *good, const char *from, const char *to, const char *text)
{
    struct arena arena = { 0 };
    struct text t = { 0 };
    struct plan_info read;
    const char *at = strstr(good, from);
    assert_non_null(at);
    text_add(&t, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
    tfp_status status = plan_json_decode(&ctx, &arena, "x", (struct bytes){ t.at, t.n }, plan, &read);
    if (status != TFP_E_FORMAT || !strstr(ctx.text, text)) fail_msg("%s -> %s: %d, %s", from, to, status, ctx.text);
    text_free(&t);
    arena_free(&arena);
}

static void descriptions_are_checked(void **state)
{
    static const char *const changes[][3] = {
        { "\"tfport_plan\": 1", "\"tfport_plan\": 2", "description of version 2; version 1 is known" },
        { "\"tfport_plan\": 1", "\"tfport_plan\": \"1\"", "tfport_plan: a number" },
        { "\"tfport\": \"0.1.0\"", "\"tfport\": 1", "tfport: a string" },
        { "\"tfport\": \"0.1.0\"", "\"tfport\": \"a\\u0000b\"", "not JSON" },
        { "\"tfport\": \"0.1.0\"", "\"tfport\": \"1\", \"tfport\": \"2\"", "duplicate" },
        { "[8, 6, 1]", "[8, 6]", "tensorrt.version: a list of three" },
        { "[8, 6, 1]", "[8, 6, -1]", "tensorrt.version: a number from 0" },
        { "[8, 6, 1]", "[8, 6, 99999999999999999999]", "not JSON" },
        { "[80, 120]", "[80, 5]", "compute capability 5" },
        { "[80, 120]", "80", "compute_capabilities: a list" },
        { "\"rtx\": false", "\"rtx\": 0", "tensorrt.rtx: true or false" },
        { "\"ampere+\"", "\"hopper\"", "hardware_compatibility" },
        { "\"ampere+\"", "7", "hardware_compatibility" },
        { "\"float32\"", "\"float33\"", "inputs[0].dtype" },
        { "\"float32\"", "null", "inputs[0].dtype" },
        { "\"name\": \"image\"", "\"name\": \"\"", "input 0 has no name" },
        { "\"name\": \"image\"", "\"name\": \"scores\"", "'scores' is listed twice" },
        { "224, 224, 3], ", "224, -2, 3], ", "is min -2, opt 224" },
        { "\"shape\": [2]", "\"shape\": [-2]", "inputs[1].shape" },
        { "\"shape\": [2]", "\"shape\": {}", "inputs[1].shape" },
        { "\"shape\": [2]", "\"shape\": [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "at most 16" },
        { "\"min\": [1, ", "\"min\": [9, ", "min 9, opt 8, max 32" },
        { "\"min\": [1, 224", "\"min\": [1", "profiles[0].max: as many" },
        { "\"max\": [32, 224", "\"max\": [32, 300", "dimension 1 of input image is 224 and cannot be 224 to 300" },
        { "\"min\": [1, ", "\"min\": [1.5, ", "whole numbers" },
        { "\"input\": \"image\"", "\"input\": \"nosuch\"", "there is no input 'nosuch'" },
        { "\"of\": \"values\"", "\"of\": \"dimensions\"", "rank 1 has 2" },
        { "\"of\": \"values\"", "\"of\": \"things\"", "profiles[0].of" },
        { "\"bytes\": 24", "\"bytes\": -1", "plan.bytes" },
        { "\"bytes\": 24", "\"bytes\": 25", "of an engine of 25 bytes" },
        { "\"crc32c\": ", "\"crc32c\": 1", "checksum" },
        { "\"inputs\": [", "\"inputs\": [3, ", "inputs[0].name" },
        { "\"profiles\": [", "\"profiles\": [3, ", "profiles[0]: a list" },
    };
    struct text good = { 0 };
    (void)state;
    assert_int_equal(plan_json_encode(&ctx, &info, plan, &good), TFP_OK);
    for (size_t i = 0; i < COUNT_OF(changes); i++)
        changed(good.at, changes[i][0], changes[i][1], changes[i][2]);
    for (size_t n = 0; n < good.n - 2; n++) {
        struct arena arena = { 0 };
        struct plan_info read;
        assert_int_equal(plan_json_decode(&ctx, &arena, "x", (struct bytes){ good.at, n }, plan, &read), TFP_E_FORMAT);
        assert_int_equal(read.n_inputs, 0);
        arena_free(&arena);
    }
    text_free(&good);
}

static void deep_and_large_descriptions(void **state)
{
    struct arena arena = { 0 };
    struct plan_info read;
    size_t n = 100000;
    char *deep = malloc(n);
    (void)state;
    memset(deep, '[', n);
    assert_int_equal(plan_json_decode(&ctx, &arena, "x", (struct bytes){ deep, n }, plan, &read), TFP_E_FORMAT);
    assert_contains(ctx.text, "not JSON");
    free(deep);
    write_file(path, plan.at, plan.n);
    write_file(sidecar, "", 0);
    assert_int_equal(truncate(sidecar, 5 << 20), 0);
    refused("too many for a description");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_beside_and_read), cmocka_unit_test(bundled_and_read),
        cmocka_unit_test(without_description),     cmocka_unit_test(cannot_be_written),
        cmocka_unit_test(descriptions_are_checked), cmocka_unit_test(deep_and_large_descriptions),
    };
    return cmocka_run_group_tests(tests, name_files, NULL);
}
