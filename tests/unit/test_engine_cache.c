/* Backend tensorrt on models: engines built when they are needed and kept on disk, against tests/fake. Every test with the
 * tables of TensorRT 8 and of 10. */
#include "api/engine_cache.h"

#include <dirent.h>
#include <sys/stat.h>

#include "support.h"

static tfp_context *ctx;
static const char *const libraries[2] = { FAKE_TENSORRT_8, FAKE_TENSORRT_10 };
static const char *library; /* of this test */
static const char *cache, *built, *model_file;
static char notes[4096];

/* -- pieces -------------------------------------------------------------------------------------------------------- */

static void on_note(void *user, const char *text)
{
    (void)user;
    size_t n = strlen(notes);
    snprintf(notes + n, sizeof notes - n, "%s\n", text);
}

static int begin(void **state)
{
    library = *state;
    cache = temp_path("cache");
    built = temp_path("built");
    model_file = temp_path("model.pbtxt");
    setenv("TFPORT_CUDA", FAKE_CUDA, 1);
    setenv("TFPORT_ENGINE_CACHE", cache, 1);
    setenv("FAKE_TRT_BUILT", built, 1);
    unsetenv("FAKE_CUDA_CAPABILITY");
    unsetenv("FAKE_CUDA_DEVICES");
    unlink(built);
    remove_folder(cache);
    notes[0] = '\0';
    if (tfp_context_create(&ctx) != TFP_OK) return -1;
    tfp_context_on_note(ctx, on_note, NULL);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    tfp_context_destroy(ctx);
    return 0;
}

/* y and z are x + by, x float32 [rows,4]. */
static void write_model(const char *rows, int by)
{
    static const char type[] = "attr { key: \"dtype\" value { type: DT_FLOAT } }", dim[] = "dim { size: 1 }";
    write_text(model_file,
               "node { name: \"x\" op: \"Placeholder\" %s attr { key: \"shape\" value { shape { "
               "dim { size: %s } dim { size: 4 } } } } }\n"
               "node { name: \"by\" op: \"Const\" %s attr { key: \"value\" value { tensor { dtype: DT_FLOAT "
               "tensor_shape { %s %s } float_val: %d } } } }\n"
               "node { name: \"y\" op: \"AddV2\" input: \"x\" input: \"by\" attr { key: \"T\" value { type: DT_FLOAT } } }\n"
               "node { name: \"z\" op: \"AddV2\" input: \"by\" input: \"x\" attr { key: \"T\" value { type: DT_FLOAT } } }\n",
               type, rows, type, dim, dim, by);
}

static int builds(void)
{
    if (access(built, R_OK) != 0) return 0;
    char *text = read_file(built, NULL);
    int lines = 0;
    for (const char *at = text; *at; at++) lines += *at == '\n';
    free(text);
    return lines;
}

/* The number of files in the cache, and one of them. */
static int kept(char *path, size_t room)
{
    DIR *d = opendir(cache);
    struct dirent *e;
    int n = 0;
    while (d && (e = readdir(d)))
        if (e->d_name[0] != '.') n++, snprintf(path, room, "%s/%s", cache, e->d_name);
    if (d) closedir(d);
    return n;
}

struct opened {
    tfp_model *model;
    tfp_session *session;
};

static tfp_status open_with(const struct tfp_build_options *build, const struct tfp_session_options *given,
                            const char *output, struct opened *o)
{
    struct tfp_model_options m = TFP_INIT(struct tfp_model_options);
    struct tfp_session_options s = given ? *given : (struct tfp_session_options){ 0 };
    m.outputs = &output;
    m.n_outputs = 1;
    s.size = sizeof s;
    s.backend = "tensorrt";
    if (!s.tensorrt) s.tensorrt = library;
    s.build = build;
    *o = (struct opened){ 0 };
    assert_ok(ctx, tfp_model_open(ctx, model_file, &m, &o->model));
    return tfp_session_create(ctx, o->model, &s, &o->session);
}

static void close_all(struct opened *o)
{
    tfp_session_destroy(o->session);
    tfp_model_destroy(o->model);
}

static void adds(tfp_session *s, int64_t rows, float by)
{
    static float x[64 * 4];
    const int64_t dims[2] = { rows, 4 };
    const struct tfp_tensor in = { TFP_FLOAT, 2, dims, x, (size_t)rows * 16 };
    struct tfp_tensor out = { 0 };
    for (int64_t i = 0; i < rows * 4; i++) x[i] = (float)i;
    assert_ok(ctx, tfp_session_run(ctx, s, &in, 1, &out, 1));
    assert_true(out.rank == 2 && out.dims[0] == rows && out.dims[1] == 4);
    for (int64_t i = 0; i < rows * 4; i++) assert_true(((const float *)out.data)[i] == x[i] + by);
}

/* Opens, runs two rows, closes; how many engines were built for that. */
static int built_for(const struct tfp_build_options *build, const char *output, float by)
{
    struct opened o;
    const int before = builds();
    assert_ok(ctx, open_with(build, NULL, output, &o));
    adds(o.session, 2, by);
    close_all(&o);
    return builds() - before;
}

static struct tfp_build_options usual(void)
{
    return (struct tfp_build_options)TFP_INIT(struct tfp_build_options);
}

static void told(const char *text)
{
    assert_contains(notes, text);
    notes[0] = '\0';
}

static void not_opened(const struct tfp_build_options *build, const struct tfp_session_options *given, tfp_status status,
                       const char *text)
{
    struct opened o;
    assert_int_equal(open_with(build, given, "y", &o), status);
    assert_null(o.session);
    assert_contains(tfp_context_message(ctx), text);
    close_all(&o);
}

static void flip(const char *path, long place)
{
    FILE *f = fopen(path, "r+");
    assert_non_null(f);
    fseek(f, place, place < 0 ? SEEK_END : SEEK_SET);
    const int c = fgetc(f);
    fseek(f, place, place < 0 ? SEEK_END : SEEK_SET);
    fputc(c ^ 0x15, f);
    fclose(f);
}

/* -- what makes a key ---------------------------------------------------------------------------------------------- */

static void an_engine_is_built_once(void **state)
{
    char path[400];
    struct stat s;
    tfp_plan *plan;
    (void)state;
    write_model("2", 3);
    assert_int_equal(built_for(NULL, "y", 3), 1);
    assert_int_equal(kept(path, sizeof path), 1);
    assert_int_equal(built_for(NULL, "y", 3), 0);
    told("the engine is the one in ");
    assert_true(stat(cache, &s) == 0 && (s.st_mode & 0777) == 0700);
    assert_int_equal(tfp_plan_open(ctx, path, &plan), TFP_OK); /* an engine file like any other */
    assert_true(tfp_plan_info(plan)->one_file && tfp_plan_info(plan)->told);
    tfp_plan_destroy(plan);
}

static void the_model_counts(void **state)
{
    (void)state;
    write_model("2", 3);
    assert_int_equal(built_for(NULL, "y", 3), 1);
    write_model("2", 4); /* a weight */
    assert_int_equal(built_for(NULL, "y", 4), 1);
    assert_int_equal(built_for(NULL, "z", 4), 1); /* another output */
    write_model("-1", 4);                         /* a shape */
    assert_int_equal(built_for(NULL, "y", 4), 1);
    write_model("2", 3);
    assert_int_equal(built_for(NULL, "y", 3), 0);
}

static void profiles_count(void **state)
{
    const int64_t one[2] = { 1, 4 }, two[2] = { 2, 4 }, many[2] = { 32, 4 };
    const struct tfp_range ranges[4] = { { "x", 2, one, two, two }, { "x", 2, one, two, many }, { "x", 2, one, one, many },
                                         { "x", 2, two, two, many } };
    const struct tfp_profile profiles[4] = { { &ranges[0], 1 }, { &ranges[1], 1 }, { &ranges[2], 1 }, { &ranges[3], 1 } };
    struct tfp_build_options o = usual();
    (void)state;
    write_model("-1", 3);
    o.n_profiles = 1;
    for (size_t i = 0; i < 4; i++) {
        o.profiles = &profiles[i];
        assert_int_equal(built_for(&o, "y", 3), 1);
        assert_int_equal(built_for(&o, "y", 3), 0);
    }
    o.profiles = profiles;
    o.n_profiles = 2;
    assert_int_equal(built_for(&o, "y", 3), 1);
    assert_int_equal(built_for(&o, "y", 3), 0);
}

static void options_count(void **state)
{
    const struct tfp_setting settings[] = { { "builder-optimization-level", "1" }, { "builder-optimization-level", "2" } };
    const struct tfp_setting timing = { "error-on-timing-cache-miss", NULL };
    const char *const names[] = { "Exp" };
    struct tfp_build_options o = usual();
    (void)state;
    write_model("2", 3);
    assert_int_equal(built_for(NULL, "y", 3), 1);
    o.precision = "fp32"; /* the usual one, by its name */
    assert_int_equal(built_for(&o, "y", 3), 0);
    o.settings = &timing; /* says how, and not what */
    o.n_settings = 1;
    assert_int_equal(built_for(&o, "y", 3), 0);
    for (size_t i = 0; i < 2; i++) {
        o.settings = &settings[i];
        assert_int_equal(built_for(&o, "y", 3), 1);
        assert_int_equal(built_for(&o, "y", 3), 0);
    }
    o.n_settings = 0;
    o.precision = "tf32";
    assert_int_equal(built_for(&o, "y", 3), 1);
    o.precision = "fp16";
    assert_int_equal(built_for(&o, "y", 3), 1);
    o.fp32_nodes = names;
    o.n_fp32_nodes = 1;
    assert_int_equal(built_for(&o, "y", 3), 1);
    o.n_fp32_nodes = 0;
    o.fp32_ops = names;
    o.n_fp32_ops = 1;
    assert_int_equal(built_for(&o, "y", 3), 1);
    o.n_fp32_ops = 0; /* a list without names */
    assert_int_equal(built_for(&o, "y", 3), 1);
    assert_int_equal(built_for(&o, "y", 3), 0);
}

static void the_machine_counts(void **state)
{
    const struct tfp_session_options second = { .device = 1 };
    const char *mine = library;
    struct opened o;
    (void)state;
    write_model("2", 3);
    assert_int_equal(built_for(NULL, "y", 3), 1);
    setenv("FAKE_CUDA_CAPABILITY", "89", 1);
    assert_int_equal(built_for(NULL, "y", 3), 1);
    assert_int_equal(built_for(NULL, "y", 3), 0);
    setenv("FAKE_CUDA_DEVICES", "2", 1); /* GPU 1 has a name of its own */
    assert_int_equal(open_with(NULL, &second, "y", &o), TFP_OK);
    close_all(&o);
    assert_int_equal(builds(), 3);
    library = strcmp(mine, libraries[0]) == 0 ? libraries[1] : libraries[0];
    assert_int_equal(built_for(NULL, "y", 3), 1);
    library = mine;
    assert_int_equal(built_for(NULL, "y", 3), 0);
}

/* -- shapes -------------------------------------------------------------------------------------------------------- */

static void shapes_that_come(void **state)
{
    struct opened o;
    char *json;
    (void)state;
    write_model("-1", 3);
    assert_int_equal(open_with(NULL, NULL, "y", &o), TFP_OK);
    told("input x has open dimensions and no range");
    assert_int_equal(builds(), 0);
    assert_int_equal(tfp_session_inspect(ctx, o.session, &json), TFP_E_USAGE);
    assert_true(tfp_session_input(o.session, 0)->dims[0] == -1);
    for (int round = 0; round < 3; round++)
        for (int64_t rows = 1; rows <= 4; rows++) adds(o.session, rows, 3);
    assert_int_equal(builds(), 4);
    for (int64_t rows = 5; rows <= 8; rows++) adds(o.session, rows, 3); /* in the place of the first ones, */
    assert_int_equal(builds(), 8);
    adds(o.session, 1, 3); /* which are kept on disk */
    assert_int_equal(builds(), 8);
    assert_int_equal(tfp_session_inspect(ctx, o.session, &json), TFP_OK);
    free(json);
    close_all(&o);
    assert_int_equal(built_for(NULL, "y", 3), 0);
}

static void measured_and_made_up(void **state)
{
    struct opened o;
    struct tfp_bench_options b = TFP_INIT(struct tfp_bench_options);
    tfp_array *x;
    tfp_bench *bench;
    (void)state;
    write_model("-1", 3);
    b.warm_up = b.duration = -1;
    b.iterations = 2;
    assert_int_equal(open_with(NULL, NULL, "y", &o), TFP_OK);
    assert_int_equal(tfp_session_sample(ctx, o.session, 0, 2, (const int64_t[]){ 5, 4 }, 1, &x), TFP_OK);
    assert_ok(ctx, tfp_session_bench(ctx, o.session, tfp_array_tensor(x), 1, &b, &bench));
    assert_int_equal(tfp_bench_n_ways(bench), 4);
    tfp_bench_destroy(bench);
    tfp_array_destroy(x);
    close_all(&o);
    assert_int_equal(builds(), 1);
}

static void outside_of_the_range(void **state)
{
    const int64_t one[2] = { 1, 4 }, two[2] = { 2, 4 };
    const struct tfp_range range = { "x", 2, one, one, two };
    const struct tfp_profile profile = { &range, 1 };
    struct tfp_build_options b = usual();
    struct opened o;
    float x[12] = { 0 };
    const struct tfp_tensor in = { TFP_FLOAT, 2, (const int64_t[]){ 3, 4 }, x, sizeof x };
    struct tfp_tensor out = { 0 };
    (void)state;
    write_model("-1", 3);
    b.profiles = &profile;
    b.n_profiles = 1;
    assert_int_equal(open_with(&b, NULL, "y", &o), TFP_OK);
    assert_int_equal(builds(), 1); /* at once */
    adds(o.session, 2, 3);
    assert_int_equal(tfp_session_run(ctx, o.session, &in, 1, &out, 1), TFP_E_USAGE);
    adds(o.session, 1, 3);
    assert_int_equal(builds(), 1);
    close_all(&o);
}

/* -- what goes wrong with the cache -------------------------------------------------------------------------------- */

static void damaged_engines(void **state)
{
    static const long places[] = { 3, 20, 200, -10 };
    char path[400];
    struct stat s;
    (void)state;
    write_model("2", 3);
    assert_int_equal(built_for(NULL, "y", 3), 1);
    assert_int_equal(kept(path, sizeof path), 1);
    assert_int_equal(stat(path, &s), 0);
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        flip(path, places[i]);
        assert_int_equal(built_for(NULL, "y", 3), 1);
        told("an engine is built anew: ");
        assert_int_equal(built_for(NULL, "y", 3), 0);
    }
    for (off_t n = 0; n < s.st_size; n = n * 2 + 1) {
        assert_int_equal(truncate(path, n), 0);
        assert_int_equal(built_for(NULL, "y", 3), 1);
        told("an engine is built anew: ");
    }
}

static void another_engine_in_the_place(void **state)
{
    char path[400], other[400];
    (void)state;
    write_model("2", 3);
    assert_int_equal(built_for(NULL, "y", 3), 1);
    assert_int_equal(kept(path, sizeof path), 1);
    unlink(path);
    write_model("2", 4);
    assert_int_equal(built_for(NULL, "y", 4), 1);
    assert_int_equal(kept(other, sizeof other), 1);
    assert_int_equal(rename(other, path), 0);
    write_model("2", 3);
    assert_int_equal(built_for(NULL, "y", 3), 1);
    told("it is not the engine that is to be there");
}

static void no_folder_to_write_to(void **state)
{
    char inside[100];
    (void)state;
    write_model("2", 3);
    snprintf(inside, sizeof inside, "%s/below/it", model_file); /* not even root makes folders in a file */
    setenv("TFPORT_ENGINE_CACHE", inside, 1);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(built_for(NULL, "y", 3), 1);
        told("engines are not kept: ");
    }
    unsetenv("TFPORT_ENGINE_CACHE");
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    assert_int_equal(built_for(NULL, "y", 3), 1);
    told("neither TFPORT_ENGINE_CACHE, XDG_CACHE_HOME nor HOME says where");
}

static void which_folder(void **state)
{
    char path[400];
    const struct tfp_session_options off = { .no_engine_cache = true }, named = { .engine_cache = cache };
    struct opened o;
    (void)state;
    write_model("2", 3);
    unsetenv("TFPORT_ENGINE_CACHE");
    setenv("XDG_CACHE_HOME", "not/from/the/root", 1);
    setenv("HOME", cache, 1);
    assert_int_equal(built_for(NULL, "y", 3), 1);
    assert_int_equal(access(temp_path("cache/.cache/tfport"), W_OK), 0);
    remove_folder(temp_path("cache/.cache"));
    setenv("XDG_CACHE_HOME", cache, 1);
    assert_int_equal(built_for(NULL, "y", 3), 1);
    assert_int_equal(access(temp_path("cache/tfport"), W_OK), 0);
    remove_folder(temp_path("cache/tfport"));
    assert_int_equal(open_with(NULL, &named, "y", &o), TFP_OK);
    close_all(&o);
    assert_int_equal(kept(path, sizeof path), 1);
    assert_int_equal(open_with(NULL, &off, "y", &o), TFP_OK);
    close_all(&o);
    assert_int_equal(builds(), 4);
}

/* -- refusals ------------------------------------------------------------------------------------------------------ */

static void refusals(void **state)
{
    static const struct tfp_setting elsewhere[] = { { "strip-weights", NULL },
                                                    { "runtime-platform", "windows-amd64" },
                                                    { "compute-capability", "8.9" } };
    const struct tfp_session_options nowhere = { .tensorrt = "/nowhere" };
    struct tfp_build_options b = usual();
    (void)state;
    write_model("2", 3);
    not_opened(NULL, &nowhere, TFP_E_MISSING, "/nowhere");
    for (size_t i = 0; i < COUNT_OF(elsewhere); i++) {
        b.settings = &elsewhere[i];
        b.n_settings = 1;
        not_opened(&b, NULL, TFP_E_USAGE, elsewhere[i].name);
    }
    b = usual();
    b.precision = "int3";
    not_opened(&b, NULL, TFP_E_USAGE, "precision int3");
    setenv("FAKE_CUDA_DEVICES", "0", 1);
    not_opened(NULL, NULL, TFP_E_MISSING, "'tfport build' with TensorRT-RTX needs none");
    assert_int_equal(builds(), 0);
}

static void options_of_no_engine(void **state)
{
    struct tfp_build_options b = usual();
    struct tfp_session_options s = { .size = sizeof s, .backend = "cpu", .build = &b };
    struct opened o = { 0 };
    char path[400];
    (void)state;
    write_model("2", 3);
    assert_int_equal(built_for(NULL, "y", 3), 1);
    assert_int_equal(tfp_model_open(ctx, model_file, NULL, &o.model), TFP_OK);
    assert_int_equal(tfp_session_create(ctx, o.model, &s, &o.session), TFP_E_USAGE);
    close_all(&o);
    assert_int_equal(kept(path, sizeof path), 1);
    s.backend = NULL;
    s.tensorrt = library;
    assert_int_equal(tfp_session_open(ctx, path, &s, &o.session), TFP_E_USAGE);
    assert_contains(tfp_context_message(ctx), "build options are for a model");
}

static void onnx_key(const char *path, char key[DIGEST_TEXT])
{
    const struct tfp_build_options o = { .via = TFP_VIA_ONNX };
    const struct trt_target target = { .library = "TensorRT" };
    struct digest d;
    assert_ok(ctx, engine_key_begin(ctx, (struct engine_source){ .onnx = path }, &o, &target, &d));
    engine_key_end(&d, NULL, 0, key);
}

static void onnx_not_opened(const char *path, tfp_status status, const char *text)
{
    struct tfp_session_options s = { .size = sizeof s, .backend = "tensorrt", .tensorrt = library };
    tfp_session *session = NULL;
    assert_int_equal(tfp_session_open(ctx, path, &s, &session), status);
    assert_null(session);
    assert_contains(tfp_context_message(ctx), text);
}

/* The fakes have no parser: what is there to see is the key, and what is refused. */
static void onnx_files(void **state)
{
    struct tfp_onnx_options write = TFP_INIT(struct tfp_onnx_options);
    struct opened o = { 0 };
    const char *path = temp_path("x.onnx"), *data = temp_path("x.onnx.data");
    char keys[4][DIGEST_TEXT];
    (void)state;
    write.external_above = 1;
    onnx_not_opened(path, TFP_E_FORMAT, "No such file");
    assert_int_equal(tfp_model_open(ctx, DIGITS "digits.pb", NULL, &o.model), TFP_OK);
    assert_int_equal(tfp_model_write_onnx(ctx, o.model, path, &write), TFP_OK);
    close_all(&o);
    onnx_key(path, keys[0]);
    flip(data, -1); /* weights beside the file */
    onnx_key(path, keys[1]);
    assert_string_not_equal(keys[0], keys[1]);
    flip(data, -1);
    onnx_key(path, keys[2]);
    assert_string_equal(keys[0], keys[2]);
    onnx_not_opened(path, TFP_E_MISSING, "parser");
    unlink(data);
    onnx_not_opened(path, TFP_E_FORMAT, "x.onnx.data");
    assert_int_equal(truncate(path, 40), 0);
    onnx_not_opened(path, TFP_E_FORMAT, "x.onnx");
    unlink(path);
}

/* -- the fingerprint ----------------------------------------------------------------------------------------------- */

static void bytes_that_differ(void **state)
{
    static char bytes[100];
    char before[DIGEST_TEXT], now[DIGEST_TEXT];
    struct digest whole = { { 0 } };
    (void)state;
    digest_add(&whole, bytes, sizeof bytes);
    digest_text(&whole, before);
    for (size_t bit = 0; bit < 8 * sizeof bytes; bit++) {
        struct digest d = { { 0 } };
        bytes[bit / 8] = (char)(1 << bit % 8);
        digest_add(&d, bytes, sizeof bytes);
        digest_text(&d, now);
        assert_string_not_equal(now, before);
        memcpy(before, now, sizeof now);
        bytes[bit / 8] = 0;
    }
    for (size_t cut = 0; cut <= sizeof bytes; cut++) { /* zeros, and where they are parted, count */
        struct digest d = { { 0 } };
        digest_add(&d, bytes, cut);
        digest_add(&d, bytes + cut, sizeof bytes - cut);
        digest_text(&d, now);
        assert_string_not_equal(now, before);
        memcpy(before, now, sizeof now);
    }
}

#define BOTH(test)                                                                                                     \
    { #test " (8)", test, begin, finish, (void *)(uintptr_t)FAKE_TENSORRT_8 },                                         \
    { #test " (10)", test, begin, finish, (void *)(uintptr_t)FAKE_TENSORRT_10 }

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(an_engine_is_built_once), BOTH(the_model_counts),      BOTH(profiles_count),
        BOTH(options_count),           BOTH(the_machine_counts),    BOTH(shapes_that_come),
        BOTH(measured_and_made_up),    BOTH(outside_of_the_range),  BOTH(damaged_engines),
        BOTH(another_engine_in_the_place), BOTH(no_folder_to_write_to), BOTH(which_folder),
        BOTH(refusals),                BOTH(options_of_no_engine),  BOTH(onnx_files),
        cmocka_unit_test(bytes_that_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
