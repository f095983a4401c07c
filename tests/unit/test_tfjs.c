/* Weights of TensorFlow.js models that are written here, cut into files of every size; and which files are such models. */
#include "base/text.h"
#include "weights/tfjs.h"

#include "support.h"

static struct weights *open_at(tfp_context *ctx, const char *path)
{
    struct weights_options options = { 0 };
    struct weights *w = NULL;
    assert_ok(ctx, weights_open(ctx, path, &options, &w));
    return w;
}

static struct tensor read_of(tfp_context *ctx, struct weights *w, const char *name, const struct weights_slice *slice)
{
    const struct weights_entry *e = weights_find(w, name, strlen(name));
    struct tensor t;
    if (!e) fail_msg("no array %s", name);
    assert_ok(ctx, weights_read(ctx, w, e, slice, &t));
    assert_int_equal(t.dtype, e->dtype);
    return t;
}

/* One of each type, with what reading gives; each begins where the one before ends. */
static const struct {
    const char *json, *name;
    tfp_dtype dtype;
    size_t n, stored;
    const void *bytes, *values;
} arrays[] = {
    { "\"dtype\": \"bool\", \"shape\": [3]", "flags", TFP_BOOL, 3, 3, "\1\0\1", "\1\0\1" },
    { "\"dtype\": \"float32\", \"shape\": [2, 1]", "float", TFP_FLOAT, 2, 8, (const float[]){ 1.5F, -2 }, (const float[]){ 1.5F, -2 } },
    { "\"dtype\": \"int32\", \"shape\": []", "int", TFP_INT32, 1, 4, (const int32_t[]){ -7 }, (const int32_t[]){ -7 } },
    { "\"dtype\": \"uint8\", \"shape\": [1, 2]", "byte", TFP_UINT8, 2, 2, "\0\377", "\0\377" },
    { "\"dtype\": \"uint16\", \"shape\": [2]", "short", TFP_UINT16, 2, 4, (const uint16_t[]){ 1, 65535 }, (const uint16_t[]){ 1, 65535 } },
    { "\"dtype\": \"float16\", \"shape\": [2]", "half", TFP_FLOAT16, 2, 4, (const uint16_t[]){ 0x3c00, 0xc000 },
      (const uint16_t[]){ 0x3c00, 0xc000 } },
    { "\"dtype\": \"complex64\", \"shape\": [1]", "complex", TFP_COMPLEX64, 1, 8, (const float[]){ 3, -4 }, (const float[]){ 3, -4 } },
    { "\"dtype\": \"float32\", \"shape\": [0, 4]", "nothing", TFP_FLOAT, 0, 0, "", "" },
    { "\"dtype\": \"float32\", \"shape\": [3], \"quantization\": {\"dtype\": \"uint8\", \"scale\": 0.5, \"min\": -1}", "scaled",
      TFP_FLOAT, 3, 3, "\0\2\377", (const float[]){ -1, 0, 126.5F } },
    { "\"dtype\": \"int32\", \"shape\": [3], \"quantization\": {\"dtype\": \"uint16\", \"scale\": 0.25, \"min\": -2}", "scaled_int",
      TFP_INT32, 3, 6, (const uint16_t[]){ 0, 9, 65535 }, (const int32_t[]){ -2, 0, 16382 } },
    { "\"dtype\": \"float32\", \"shape\": [2], \"quantization\": {\"dtype\": \"float16\", \"original_dtype\": \"float32\"}", "halved",
      TFP_FLOAT, 2, 4, (const uint16_t[]){ 0x3800, 0x7c00 }, (const float[]){ 0.5F, __builtin_inff() } },
};

/* Then strings, and one more behind them. */
static const char strings[] = "\0\0\0\0\3\0\0\0a\0b\1\0\0\0c";
enum { N_STRINGS = 3 };

/* FOLDER/model.json of these arrays in files of so many bytes each; returns the model's path. */
static const char *write_model(size_t shard, size_t *n_files)
{
    struct text bytes = { 0 }, json = { 0 };
    char name[64];
    for (size_t i = 0; i < COUNT_OF(arrays); i++) text_add_bytes(&bytes, arrays[i].bytes, arrays[i].stored);
    text_add_bytes(&bytes, strings, sizeof strings - 1);
    text_add_bytes(&bytes, "\x2a\0\0\0", 4);
    text_add(&json, "{\"modelTopology\": {}, \"weightsManifest\": [{\"paths\": [");
    for (size_t at = 0, k = 0; at < bytes.n; at += shard, k++) {
        snprintf(name, sizeof name, "shard%zu.bin", k);
        write_file(temp_path(name), bytes.at + at, bytes.n - at < shard ? bytes.n - at : shard);
        text_add(&json, "%s\"%s\"", at ? ", " : "", name);
        *n_files = k + 1;
    }
    text_add(&json, "], \"weights\": [");
    for (size_t i = 0; i < COUNT_OF(arrays); i++) text_add(&json, "{\"name\": \"%s\", %s}, ", arrays[i].name, arrays[i].json);
    text_add(&json, "{\"name\": \"strings\", \"dtype\": \"string\", \"shape\": [%d]}, ", N_STRINGS);
    text_add(&json, "{\"name\": \"last\", \"dtype\": \"int32\", \"shape\": [1]}]}], \"convertedBy\": \"a converter\"}");
    write_file(temp_path("model.json"), json.at, json.n);
    text_free(&bytes);
    text_free(&json);
    return temp_path("model.json");
}

static void check_arrays(tfp_context *ctx, struct weights *w)
{
    for (size_t i = 0; i < COUNT_OF(arrays); i++) {
        struct tensor t = read_of(ctx, w, arrays[i].name, NULL);
        assert_int_equal(t.dtype, arrays[i].dtype);
        assert_int_equal(t.count, arrays[i].n);
        assert_true(tensor_is_aligned(&t));
        assert_memory_equal(t.data, arrays[i].values, t.size);
        tensor_release(&t);
    }
    struct tensor t = read_of(ctx, w, "strings", NULL);
    assert_int_equal(t.count, N_STRINGS);
    assert_int_equal(tensor_string(&t, 0).n, 0);
    assert_int_equal(tensor_string(&t, 1).n, 3);
    assert_memory_equal(tensor_string(&t, 1).at, "a\0b", 3);
    assert_memory_equal(tensor_string(&t, 2).at, "c", 1);
    tensor_release(&t);
    t = read_of(ctx, w, "last", NULL);
    assert_int_equal(tensor_int(&t, 0), 42);
    tensor_release(&t);
    t = read_of(ctx, w, "scaled", &(struct weights_slice){ 1, { 1 }, { 2 } });
    assert_int_equal(t.count, 2);
    assert_true(tensor_float(&t, 0) == 0 && tensor_float(&t, 1) == 126.5);
    tensor_release(&t);
}

static void all_types_in_files_of_every_size(void **state)
{
    tfp_context *ctx = *state;
    for (size_t shard = 1; shard < 80; shard++) {
        size_t n = 0;
        struct weights *w = open_at(ctx, write_model(shard, &n));
        assert_int_equal(w->n_files, n + 1);
        assert_string_equal(w->producer, "a converter");
        check_arrays(ctx, w);
        weights_close(w);
    }
    struct weights *w = open_at(ctx, temp_folder());
    check_arrays(ctx, w);
    weights_close(w);
}

static void a_large_array_is_a_view_of_its_file(void **state)
{
    tfp_context *ctx = *state;
    const size_t n = TENSOR_MISALIGNED_FROM;
    char *zeros = calloc(n + 1, 1);
    write_file(temp_path("large.bin"), zeros, n + 1);
    free(zeros);
    write_text(temp_path("large.json"),
               "{\"modelTopology\": {}, \"weightsManifest\": [{\"paths\": [\"large.bin\"], \"weights\": ["
               "{\"name\": \"one\", \"dtype\": \"uint8\", \"shape\": [1]}, {\"name\": \"all\", \"dtype\": \"float32\", \"shape\": [%zu]}]}]}",
               n / 4);
    struct weights *w = open_at(ctx, temp_path("large.json"));
    struct tensor t = read_of(ctx, w, "all", NULL);
    assert_true(t.owner->mapped);
    tensor_release(&t);
    weights_close(w);
}

/* The array begins in the first file and ends in the third; the maps of files that are whole pages are one range. */
static void files_of_whole_pages_are_one_map(void **state)
{
    tfp_context *ctx = *state;
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), sizes[] = { page, 16 * page, 100 }, odd[] = { page + 4, 16 * page, 96 };
    float *values = malloc(18 * page);
    for (size_t i = 0; i < 18 * page / 4; i++) values[i] = (float)i;
    for (int way = 0; way < 2; way++) {
        const size_t *n = way ? odd : sizes;
        const char *at = (const char *)values, *names[] = { "page0", "page1", "page2" };
        for (size_t i = 0; i < 3; at += n[i++]) write_file(temp_path(names[i]), at, n[i]);
        write_text(temp_path("pages.json"),
                   "{\"modelTopology\": {}, \"weightsManifest\": [{\"paths\": [\"page0\", \"page1\", \"page2\"], \"weights\": ["
                   "{\"name\": \"a\", \"dtype\": \"float32\", \"shape\": [3]}, {\"name\": \"b\", \"dtype\": \"float32\", \"shape\": [%zu]}]}]}",
                   (17 * page + 100) / 4 - 3);
        struct weights *w = open_at(ctx, temp_path("pages.json"));
        struct tensor t = read_of(ctx, w, "b", NULL);
        weights_close(w); /* the tensor keeps the bytes */
        assert_int_equal(t.owner->mapped, way == 0);
        assert_memory_equal(t.data, values + 3, t.size);
        tensor_release(&t);
    }
    free(values);
}

static void a_missing_file_fails_what_lies_in_its_group(void **state)
{
    tfp_context *ctx = *state;
    struct tensor t;
    write_file(temp_path("there.bin"), "\1\0\0\0", 4);
    write_file(temp_path("other.bin"), "\1\0\0\0", 4);
    write_text(temp_path("missing.json"),
               "{\"modelTopology\": {}, \"weightsManifest\": ["
               "{\"paths\": [\"there.bin\", \"not_there.bin\"], \"weights\": [{\"name\": \"s\", \"dtype\": \"string\", \"shape\": [2]},"
               " {\"name\": \"b\", \"dtype\": \"int32\", \"shape\": [1]}]},"
               "{\"paths\": [\"other.bin\"], \"weights\": [{\"name\": \"c\", \"dtype\": \"int32\", \"shape\": [1]}]}]}");
    struct weights *w = open_at(ctx, temp_path("missing.json"));
    assert_int_equal(w->n_files, 4);
    assert_true(w->files[1].present && !w->files[2].present);
    for (size_t i = 0; i < 2; i++) {
        const char *name = i ? "s" : "b";
        assert_int_equal(weights_read(ctx, w, weights_find(w, name, 1), NULL, &t), TFP_E_FORMAT);
        assert_contains(ctx->text, "not_there.bin is not there");
    }
    t = read_of(ctx, w, "c", NULL);
    assert_int_equal(tensor_int(&t, 0), 1);
    tensor_release(&t);
    weights_close(w);
}

static void a_link_out_of_the_folder_is_refused(void **state)
{
    tfp_context *ctx = *state;
    struct weights_options options = { 0 };
    struct weights *w;
    assert_int_equal(symlink("/etc/passwd", temp_path("link.bin")), 0);
    write_text(temp_path("link.json"), "{\"modelTopology\": {}, \"weightsManifest\": [{\"paths\": [\"link.bin\"], \"weights\": []}]}");
    assert_int_equal(weights_open(ctx, temp_path("link.json"), &options, &w), TFP_E_FORMAT);
    assert_contains(ctx->text, "\"link.bin\" is a link out of the model's folder");
}

static void kinds_are_told_by_content(void **state)
{
    static const struct {
        const char *text;
        enum tfjs_kind kind;
    } files[] = {
        { "", TFJS_NONE },
        { "{\"modelTopology\": {}}", TFJS_NONE },
        { "{\"class_name\": \"Model\", \"weightsManifest\": []}", TFJS_NONE },
        { "[\"modelTopology\", \"weightsManifest\"]", TFJS_NONE },
        { " {\"modelTopology\": {\"node\": []}, \"weightsManifest\": []}", TFJS_GRAPH },
        { "{\"modelTopology\": {\"class_name\": \"Model\"}, \"weightsManifest\": []}", TFJS_LAYERS },
        { "{\"modelTopology\": {\"class_name\": 1}, \"weightsManifest\": [], \"format\" :\n\"graph-model\"}", TFJS_GRAPH },
        { "{\"format\": \"layers-model\", \"modelTopology\": {}, \"weightsManifest\": []}", TFJS_LAYERS },
        { "{\"modelTopology\": {\"format\": 5, \"x\": \"format\"}, \"weightsManifest\": [], \"format\": \"layers-model\"}", TFJS_LAYERS },
        { "{\"modelTopology\": {\"class_name\": 1}, \"weightsManifest\": [], \"format\": \"", TFJS_LAYERS },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(files); i++)
        if (tfjs_kind_of(bytes_of(files[i].text)) != files[i].kind) fail_msg("%s", files[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONTEXT_TEST(all_types_in_files_of_every_size),
        CONTEXT_TEST(a_large_array_is_a_view_of_its_file),
        CONTEXT_TEST(files_of_whole_pages_are_one_map),
        CONTEXT_TEST(a_missing_file_fails_what_lies_in_its_group),
        CONTEXT_TEST(a_link_out_of_the_folder_is_refused),
        cmocka_unit_test(kinds_are_told_by_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
