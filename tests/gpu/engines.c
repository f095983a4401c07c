/* Engines of small networks, built by a real TensorRT through the facade, then run on a real GPU: shapes, profiles, types,
 * outputs of unknown size, CUDA graphs, times, refusals. TensorRT is found as the command finds it (TFPORT_TENSORRT).
 * Exit codes: 0 all agree, 1 something does not, 77 there is no TensorRT or no GPU (what builds without one is built).
 *
 * usage: gpu_engines [FOLDER]      scratch files go to FOLDER, default /tmp */
#include "backend/tensorrt/trt_build.h"
#include "backend/tensorrt/trt_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SKIP = 77 };

static struct tfp_context ctx;
static struct trt trt, *t = &trt;
static struct trt_builder *builder;
static struct trt_network *net;
static struct trt_session session, *s = &session;
static char notes[8192];
static int failures, runs;

static void complain(const char *file_line, const char *what)
{
    printf("%s: %s: %s\n", file_line, what, ctx.text);
    failures++;
}
#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)
#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) complain(__FILE__ ":" TEXT(__LINE__), #condition);                                           \
    } while (0)

/* -- networks ------------------------------------------------------------------------------------------------------ */

typedef struct trt_tensor *tensor;
#define DIMS(...) (&(const struct trt_dims){ sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t), { __VA_ARGS__ } })

static void name_output(tensor y, const char *name)
{
    CHECK(trt_tensor_set_name(t, y, name) && trt_network_mark_output(t, net, y));
}

static tensor scalar_of(enum trt_type type, const void *value, int32_t rank)
{
    struct trt_dims dims = { .n = rank };
    for (int32_t i = 0; i < rank; i++) dims.d[i] = 1;
    return trt_layer_output(t, trt_add_constant(t, net, &dims, (struct trt_weights){ (int32_t)type, value, 1 }), 0);
}

/* y = x + 1, x float [-1,4]. */
static void adding(void)
{
    static const float one = 1;
    tensor x = trt_add_input(t, net, "x", TRT_FLOAT, DIMS(-1, 4));
    struct trt_layer *l = trt_add_elementwise(t, net, x, scalar_of(TRT_FLOAT, &one, 2), TRT_BINARY_SUM);
    trt_layer_set_name(t, l, "add one");
    name_output(trt_layer_output(t, l, 0), "y");
}

/* The same for int32 of three elements. */
static void adding_integers(void)
{
    static const int32_t one = 1;
    tensor x = trt_add_input(t, net, "x", TRT_INT32, DIMS(3));
    name_output(trt_layer_output(t, trt_add_elementwise(t, net, x, scalar_of(TRT_INT32, &one, 1), TRT_BINARY_SUM), 0), "y");
}

/* Positions of what is not 0: [1, n] of int32. */
static void positions(void)
{
    tensor x = trt_add_input(t, net, "x", TRT_FLOAT, DIMS(-1));
    name_output(trt_layer_output(t, trt_add_non_zero(t, net, x, TRT_INT32), 0), "where");
}

/* y: the one element of x, repeated to the shape that s holds. */
static void shaped(void)
{
    const struct trt_dims start = { 2, { 0, 0 } }, ones = { 2, { 1, 1 } };
    tensor x = trt_add_input(t, net, "x", TRT_FLOAT, DIMS(1, 1)), shape = trt_add_input(t, net, "s", TRT_INT32, DIMS(2));
    struct trt_layer *l = trt_add_slice(t, net, x, &start, &ones, &ones);
    CHECK(trt_layer_set_input(t, l, 2, shape) && trt_slice_set_mode(t, l, TRT_SAMPLE_CLAMP));
    name_output(trt_layer_output(t, l, 0), "y");
}

/* -- building and opening ------------------------------------------------------------------------------------------ */

static const int64_t least_values[2] = { 1, 1 }, usual_values[2] = { 2, 3 }, most_values[2] = { 8, 8 };
static const struct trt_range x_first = { .input = "x", .dims = { { 2, { 1, 4 } }, { 2, { 8, 4 } }, { 2, { 32, 4 } } } },
                              x_second = { .input = "x", .dims = { { 2, { 64, 4 } }, { 2, { 64, 4 } }, { 2, { 80, 4 } } } },
                              x_flat = { .input = "x", .dims = { { 1, { 1 } }, { 1, { 64 } }, { 1, { 1000 } } } },
                              s_values = { .input = "s", .values = { least_values, usual_values, most_values },
                                           .n_values = 2 };

/* TensorRT-RTX builds for a GPU that is named; without any, for one that others may have. */
static int32_t capability(void)
{
    struct cuda c;
    struct cuda_device gpu = { .capability = 89 };
    if (cuda_open(&ctx, &c, NULL) == TFP_OK) CHECK(cuda_describe(&ctx, &c, 0, &gpu) == TFP_OK);
    cuda_close(&c);
    return gpu.capability;
}

static struct trt_memory *built(void (*fill)(void), const struct trt_range *ranges, size_t n)
{
    const int32_t built_for = t->rtx ? capability() : 0;
    struct trt_build_options o = TRT_BUILD_DEFAULTS;
    struct trt_profile_ranges profiles[2];
    struct trt_memory *plan = NULL;
    for (size_t i = 0; i < n; i++) profiles[i] = (struct trt_profile_ranges){ &ranges[i], 1 };
    o.profiles = profiles;
    o.n_profiles = n;
    o.capabilities = &built_for;
    o.n_capabilities = t->rtx;
    net = trt_network_create(t, builder, trt_strongly_typed_only(t));
    fill();
    if (trt_build(&ctx, t, builder, net, &o, &plan) != TFP_OK) complain(__FILE__, "an engine cannot be built");
    trt_destroy(t, net);
    return plan;
}

/* False: there is no GPU, or the engine was not built. */
static bool opened(struct trt_memory *plan, const struct plan_info *info)
{
    const struct trt_session_options o = { .tensorrt = t->library.path };
    if (!plan) return false;
    tfp_status status = trt_session_open(&ctx, s, "test", trt_memory_bytes(t, plan), info, &o);
    if (status == TFP_OK) return true;
    if (status != TFP_E_MISSING) complain(__FILE__, "an engine cannot be opened");
    else if (!runs) printf("not run: %s\n", ctx.text);
    trt_session_close(s);
    return false;
}

static void closed(struct trt_memory *plan)
{
    trt_session_close(s);
    if (plan) trt_destroy(t, plan);
}

/* -- cases --------------------------------------------------------------------------------------------------------- */

static void adds(int64_t n, float first)
{
    static float x[80 * 4];
    const int64_t dims[2] = { n, 4 };
    struct tfp_tensor in = { TFP_FLOAT, 2, dims, x, (size_t)n * 16 }, out = { 0 };
    for (int64_t i = 0; i < n * 4; i++) x[i] = first + (float)i;
    runs++;
    CHECK(trt_session_run(&ctx, s, &in, &out) == TFP_OK);
    if (!out.data) return;
    CHECK(out.rank == 2 && out.dims[0] == n && out.dims[1] == 4);
    for (int64_t i = 0; i < n * 4; i++)
        if (((const float *)out.data)[i] != x[i] + 1) {
            complain(__FILE__, "y is not x + 1");
            return;
        }
}

static void count_layer(void *user, const char *name, float milliseconds)
{
    if (*name && milliseconds >= 0) ++*(int *)user;
}

static void measures(void)
{
    char *json = NULL;
    int layers = 0;
    for (int way = 0; way < 4; way++) {
        float ms = -1;
        CHECK(trt_session_repeat(&ctx, s, way & 1, way >> 1, &ms) == TFP_OK);
        CHECK(ms > 0 && ms < 1000);
    }
    CHECK(trt_session_profile(&ctx, s, 3, count_layer, &layers) == TFP_OK);
    CHECK(layers >= 3 && layers % 3 == 0);
    CHECK(trt_session_inspect(&ctx, s, &json) == TFP_OK);
    CHECK(json && json[0] == '{');
    free(json);
}

static void shapes_and_graphs(void)
{
    const struct trt_range ranges[2] = { x_first, x_second };
    struct trt_memory *plan = built(adding, ranges, 2);
    if (opened(plan, NULL)) {
        for (int i = 0; i < 4; i++) adds(8, (float)i);
        CHECK(s->graph && !*notes);
        adds(1, 2);
        adds(32, 3);
        adds(64, 4); /* profile 1 */
        adds(80, 5);
        adds(80, 6);
        CHECK(s->graph && s->profile == 1);
        adds(8, 7);
        float x[33 * 4] = { 0 };
        struct tfp_tensor in = { TFP_FLOAT, 2, (const int64_t[]){ 33, 4 }, x, sizeof x }, out = { 0 };
        CHECK(trt_session_run(&ctx, s, &in, &out) == TFP_E_USAGE);
        CHECK(strstr(ctx.text, "profile 0 takes x [1, 4] to [32, 4]; profile 1 takes x [64, 4] to [80, 4]"));
        adds(8, 8);
        adds(8, 9);
        measures();
        adds(8, 10);
    }
    closed(plan);
}

static void types_at_the_edge(void)
{
    static const int64_t three[1] = { 3 }, values[3] = { -5, 0, 2147483646 }, large[3] = { 0, 1, 2147483648 };
    const struct tfp_tensor_info x = { "x", TFP_INT64, 1, three, NULL }, y = { "y", TFP_INT64, 1, three, NULL };
    const struct plan_info info = { .major = t->major, .minor = t->minor, .patch = t->patch, .rtx = t->rtx,
                                    .inputs = &x, .outputs = &y, .n_inputs = 1, .n_outputs = 1 };
    struct trt_memory *plan = built(adding_integers, NULL, 0);
    if (opened(plan, &info)) {
        struct tfp_tensor in = { TFP_INT64, 1, three, (void *)(uintptr_t)values, sizeof values }, out = { 0 };
        for (int i = 0; i < 3; i++) {
            CHECK(trt_session_run(&ctx, s, &in, &out) == TFP_OK);
            CHECK(out.dtype == TFP_INT64 && out.data && ((const int64_t *)out.data)[2] == 2147483647);
        }
        in.data = (void *)(uintptr_t)large;
        CHECK(trt_session_run(&ctx, s, &in, &out) == TFP_E_USAGE);
    }
    closed(plan);
}

static void unknown_sizes(void)
{
    if (t->rtx) {
        printf("unknown sizes: skipped, TensorRT-RTX has no kernel for NonZero\n");
        return;
    }
    struct trt_memory *plan = built(positions, &x_flat, 1);
    if (opened(plan, NULL)) {
        static float x[1000];
        /* The share of what is not 0 changes, too: all of a shape, none, and more than in the run before. */
        static const int64_t sizes[8] = { 5, 5, 1000, 7, 1000, 1000, 1000, 6 }, step[8] = { 3, 3, 3, 1, 500, 1, 7, 2 };
        for (size_t round = 0; round < 8; round++) {
            struct tfp_tensor in = { TFP_FLOAT, 1, &sizes[round], x, (size_t)sizes[round] * 4 }, out = { 0 };
            int64_t found = 0, wrong = 0;
            for (int64_t i = 0; i < sizes[round]; i++) x[i] = i % step[round] == 1 || step[round] == 1 ? 1 : 0;
            CHECK(trt_session_run(&ctx, s, &in, &out) == TFP_OK);
            for (int64_t i = 0; out.data && i < sizes[round]; i++)
                if (x[i] != 0) wrong += ((const int32_t *)out.data)[found++] != i;
            if (wrong) printf("round %zu: %lld of %lld are wrong\n", round, (long long)wrong, (long long)found);
            CHECK(!wrong && out.rank == 2 && out.dims[0] == 1 && out.dims[1] == found);
        }
        CHECK(!*notes);
    }
    closed(plan);
}

/* TensorRT 8.6 tells no range of values: a description does. */
static void shapes_that_are_values(void)
{
    static const int64_t one_one[2] = { 1, 1 }, two[1] = { 2 }, open_dims[2] = { -1, -1 };
    const struct tfp_tensor_info inputs[2] = { { "x", TFP_FLOAT, 2, one_one, NULL }, { "s", TFP_INT32, 1, two, NULL } };
    const struct tfp_tensor_info y = { "y", TFP_FLOAT, 2, open_dims, NULL };
    const struct plan_range range = { "s", true, 2, { least_values, usual_values, most_values } };
    const struct plan_profile profile = { &range, 1 };
    const struct plan_info info = { .major = t->major, .minor = t->minor, .patch = t->patch, .rtx = t->rtx, .inputs = inputs,
                                    .n_inputs = 2, .outputs = &y, .n_outputs = 1, .profiles = &profile, .n_profiles = 1 };
    struct trt_memory *plan = built(shaped, &s_values, 1);
    if (opened(plan, &info)) {
        static int32_t shapes[][2] = { { 2, 3 }, { 2, 3 }, { 2, 3 }, { 8, 1 }, { 9, 1 } };
        float x = 42;
        for (size_t i = 0; i < 5; i++) {
            struct tfp_tensor out = { 0 }, in[2] = { { TFP_FLOAT, 2, one_one, &x, 4 }, { TFP_INT32, 1, two, shapes[i], 8 } };
            tfp_status status = trt_session_run(&ctx, s, in, &out);
            CHECK(status == (i == 4 ? TFP_E_USAGE : TFP_OK));
            if (status != TFP_OK) continue;
            CHECK(out.dims[0] == shapes[i][0] && out.dims[1] == shapes[i][1]);
            CHECK(((const float *)out.data)[out.size / 4 - 1] == 42);
        }
        CHECK(strstr(ctx.text, "with values 1 to 8"));
    }
    closed(plan);
}

/* Damaged in every part, cut short: a message, never a crash. */
static void damaged_plans(const char *folder)
{
    struct trt_memory *plan = built(adding, &x_first, 1);
    struct bytes good = plan ? trt_memory_bytes(t, plan) : (struct bytes){ 0 };
    const struct trt_session_options o = { .tensorrt = t->library.path };
    char *bad = malloc(good.n + 1), path[600];
    for (size_t at = 0; bad && plan && runs && at < 24 && at < good.n; at += 3) {
        memcpy(bad, good.at, good.n);
        bad[at] = (char)(bad[at] ^ 0x55);
        tfp_status status = trt_session_open(&ctx, s, "damaged", (struct bytes){ bad, good.n }, NULL, &o);
        CHECK(status == TFP_OK || strlen(ctx.text) > 20);
        trt_session_close(s);
    }
    for (size_t n = 16; bad && plan && runs && n < good.n; n = n * 3 + 1) {
        CHECK(trt_session_open(&ctx, s, "cut", (struct bytes){ good.at, n }, NULL, &o) != TFP_OK);
        trt_session_close(s);
    }
    static const int64_t rows[2] = { -1, 4 };
    const struct tfp_tensor_info x = { "x", TFP_FLOAT, 2, rows, NULL }, y = { "y", TFP_FLOAT, 2, rows, NULL };
    const struct plan_info other = { .major = t->major, .minor = t->minor + 1, .rtx = t->rtx, .inputs = &x, .outputs = &y,
                                     .n_inputs = 1, .n_outputs = 1 };
    snprintf(path, sizeof path, "%s/tfport-gpu-%ld.plan", folder, (long)getpid());
    if (plan && plan_file_write(&ctx, path, good, &other, true) == TFP_OK) {
        struct tfp_session_options so = { .size = sizeof so, .tensorrt = t->library.path };
        tfp_session *public_session = NULL;
        CHECK(tfp_session_open(&ctx, path, &so, &public_session) == TFP_E_MISSING);
        CHECK(strstr(ctx.text, "other versions do not run it"));
        tfp_session_destroy(public_session);
        unlink(path);
    }
    free(bad);
    if (plan) trt_destroy(t, plan);
}

/* -- a model, without an engine file -------------------------------------------------------------------------------- */

static const char model_text[] =
    "node { name: \"x\" op: \"Placeholder\" attr { key: \"dtype\" value { type: DT_FLOAT } }\n"
    "  attr { key: \"shape\" value { shape { dim { size: -1 } dim { size: 4 } } } } }\n"
    "node { name: \"two\" op: \"Const\" attr { key: \"dtype\" value { type: DT_FLOAT } }\n"
    "  attr { key: \"value\" value { tensor { dtype: DT_FLOAT tensor_shape { } float_val: 2 } } } }\n"
    "node { name: \"y\" op: \"AddV2\" input: \"x\" input: \"two\" attr { key: \"T\" value { type: DT_FLOAT } } }\n";

static void add_two(tfp_session *of_model, int64_t rows)
{
    float x[16 * 4];
    const int64_t dims[2] = { rows, 4 };
    struct tfp_tensor in = { TFP_FLOAT, 2, dims, x, (size_t)rows * 16 }, out = { 0 };
    for (int64_t i = 0; i < rows * 4; i++) x[i] = (float)i;
    runs++;
    CHECK(tfp_session_run(&ctx, of_model, &in, 1, &out, 1) == TFP_OK);
    for (int64_t i = 0; out.data && i < rows * 4; i++)
        if (((const float *)out.data)[i] != x[i] + 2) {
            complain(__FILE__, "y is not x + 2");
            return;
        }
}

/* Engines for the shapes that come, built the first time and taken from `cache` the second; false: there is no GPU. */
static bool run_model(tfp_model *model, const char *cache, enum tfp_via via, bool second)
{
    struct tfp_build_options build = { .size = sizeof build, .via = via };
    struct tfp_session_options o = { .size = sizeof o, .backend = "tensorrt", .tensorrt = t->library.path, .build = &build,
                                     .engine_cache = cache };
    tfp_session *of_model = NULL;
    tfp_status status = tfp_session_create(&ctx, model, &o, &of_model);
    if (status == TFP_E_MISSING) return false;
    CHECK(status == TFP_OK);
    for (int64_t rows = 1; of_model && rows < 4; rows++) {
        *notes = '\0';
        add_two(of_model, rows);
        CHECK(!second || strstr(notes, "the engine is the one in"));
        add_two(of_model, rows); /* as a graph */
    }
    tfp_session_destroy(of_model);
    return true;
}

static void models_without_a_file(const char *folder)
{
    char file[600], cache[600], command[700];
    tfp_model *model = NULL;
    snprintf(file, sizeof file, "%s/tfport-gpu-%ld.pbtxt", folder, (long)getpid());
    snprintf(cache, sizeof cache, "%s/tfport-gpu-%ld.engines", folder, (long)getpid());
    FILE *f = fopen(file, "w");
    CHECK(f && fputs(model_text, f) >= 0 && fclose(f) == 0);
    CHECK(tfp_model_open(&ctx, file, NULL, &model) == TFP_OK);
    for (int via = TFP_VIA_DIRECT; model && via <= TFP_VIA_ONNX; via++)
        for (int second = 0; second < 2; second++)
            if (!run_model(model, cache, (enum tfp_via)via, second)) break;
    tfp_model_destroy(model);
    unlink(file);
    snprintf(command, sizeof command, "rm -rf '%s'", cache);
    CHECK(system(command) == 0);
}

static void on_note(void *user, const char *text)
{
    (void)user;
    size_t n = strlen(notes);
    snprintf(notes + n, sizeof notes - n, "%s\n", text);
    printf("note: %s\n", text);
}

int main(int argc, char **argv)
{
    struct trt_open_options o = { .no_parser = true };
    if (trt_open(&ctx, t, &o) != TFP_OK || trt_builder_create(&ctx, t, &builder) != TFP_OK) {
        printf("skipped: %s\n", ctx.text);
        return SKIP;
    }
    tfp_context_on_note(&ctx, on_note, NULL);
    shapes_and_graphs();
    types_at_the_edge();
    unknown_sizes();
    shapes_that_are_values();
    damaged_plans(argc > 1 ? argv[1] : "/tmp");
    models_without_a_file(argc > 1 ? argv[1] : "/tmp");
    trt_destroy(t, builder);
    printf("%s: %d runs, %d failures\n", t->name, runs, failures);
    return failures ? 1 : runs ? 0 : SKIP;
}
