/* Several devices: cores of this machine, and GPUs of a CUDA driver that needs none (tests/fake). */
#include "base/cores.h"

#include <sched.h>
#include <stdatomic.h>
#include <time.h>

#include "support.h"

enum { SAMPLES = 60, ROWS = 4, PIXELS = 64, CLASSES = 10 };
static const char *const model = DIGITS "digits.pb";
static tfp_context *ctx;
static tfp_array *images; /* [360,8,8,1] */

/* -- a job --------------------------------------------------------------------------------------------------------- */

struct batch {
    int64_t dims[4];
    size_t refuse_load, refuse_give; /* of the sample with that number; SAMPLES: none */
    size_t given;
    bool in_order;
    float scores[SAMPLES][ROWS * CLASSES];
};

static const float *rows_of(size_t sample)
{
    return (const float *)tfp_array_tensor(images)->data + sample * ROWS * PIXELS;
}

static tfp_status load(void *user, tfp_context *own, const tfp_session *session, size_t i, struct tfp_tensor *inputs)
{
    struct batch *b = user;
    (void)own;
    assert_int_equal(tfp_session_n_inputs(session), 1);
    if (i == b->refuse_load) return TFP_E_FORMAT;
    inputs[0] = (struct tfp_tensor){ TFP_FLOAT, 4, b->dims, (void *)(uintptr_t)rows_of(i), ROWS * PIXELS * sizeof(float) };
    return TFP_OK;
}

static tfp_status give(void *user, tfp_context *own, size_t i, const struct tfp_tensor *outputs, size_t n)
{
    struct batch *b = user;
    (void)own;
    if (i == b->refuse_give) return TFP_E_SYSTEM;
    b->in_order = b->in_order && i == b->given && n == 1 && outputs[0].size == sizeof b->scores[0];
    if (b->in_order) memcpy(b->scores[i], outputs[0].data, outputs[0].size);
    b->given++;
    return TFP_OK;
}

static struct batch *new_batch(void)
{
    struct batch *b = calloc(1, sizeof *b);
    assert_non_null(b);
    *b = (struct batch){ .dims = { ROWS, 8, 8, 1 }, .refuse_load = SAMPLES, .refuse_give = SAMPLES, .in_order = true };
    return b;
}

static tfp_status run(tfp_pool *pool, struct batch *b)
{
    const struct tfp_job job = { SAMPLES, load, give, b, NULL };
    return tfp_pool_run(ctx, pool, &job);
}

/* The scores of one session. */
static struct batch *expected(void)
{
    struct batch *b = new_batch();
    tfp_session *s;
    assert_int_equal(tfp_session_open(ctx, model, NULL, &s), TFP_OK);
    for (size_t i = 0; i < SAMPLES; i++) {
        struct tfp_tensor in, out = { .data = b->scores[i], .size = sizeof b->scores[i] };
        assert_int_equal(load(b, ctx, s, i, &in), TFP_OK);
        assert_int_equal(tfp_session_run(ctx, s, &in, 1, &out, 1), TFP_OK);
    }
    tfp_session_destroy(s);
    return b;
}

static tfp_status open_pool(const char *path, const struct tfp_pool_options *o, tfp_pool **pool)
{
    struct tfp_pool_options own = *o;
    own.size = sizeof own;
    *pool = NULL;
    return tfp_pool_open(ctx, path, &own, pool);
}

/* -- cores --------------------------------------------------------------------------------------------------------- */

static int core(int which)
{
    cpu_set_t cores;
    assert_int_equal(sched_getaffinity(0, sizeof cores, &cores), 0);
    for (int i = 0; i < CPU_SETSIZE; i++)
        if (CPU_ISSET(i, &cores) && which-- == 0) return i;
    return -1;
}

static void cores_give_what_one_gives(void **state)
{
    char words[2][16];
    const char *devices[2] = { words[0], words[1] };
    struct batch *one = expected(), *b = new_batch();
    tfp_pool *pool;
    (void)state;
    size_t n = core(1) < 0 ? 1 : 2;
    for (size_t i = 0; i < n; i++) snprintf(words[i], sizeof words[i], "cpu:%d", core((int)i));
    assert_int_equal(open_pool(model, &(struct tfp_pool_options){ .devices = devices, .n_devices = n }, &pool), TFP_OK);
    assert_int_equal(tfp_pool_n_devices(pool), n);
    for (int round = 0; round < 2; round++) {
        b->given = 0;
        memset(b->scores, 0, sizeof b->scores);
        assert_int_equal(run(pool, b), TFP_OK);
        assert_true(b->in_order && b->given == SAMPLES);
        assert_memory_equal(b->scores, one->scores, sizeof b->scores);
        uint64_t runs = 0;
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(tfp_pool_device(pool, i)->status, TFP_OK);
            assert_string_equal(tfp_pool_device(pool, i)->name, words[i]);
            runs += tfp_pool_device(pool, i)->runs;
        }
        assert_int_equal(runs, SAMPLES);
    }
    assert_null(tfp_pool_device(pool, n));
    assert_null(tfp_pool_session(pool, n));
    tfp_pool_destroy(pool);
    free(one);
    free(b);
}

static void processes_divide_devices(void **state)
{
    char word[16];
    const char *devices[5] = { "cpu", word, "cpu:999997", "cpu:999998", "cpu:999999" };
    static const struct { size_t one, processes, devices[4]; } shares[] = { /* devices: counted from 1 */
        { 1, 2, { 1, 3, 5 } }, { 2, 2, { 2, 4 } }, { 1, 1, { 1, 2, 3, 4 } }, { 6, 6, { 1 } }, { 2, 6, { 2 } }, { 2, 0, { 2 } }, { 12, 0, { 2 } },
    };
    (void)state;
    snprintf(word, sizeof word, "cpu:%d", core(0));
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        tfp_pool *pool;
        const struct tfp_pool_options o = { .devices = devices, .n_devices = 5, .one = shares[i].one, .processes = shares[i].processes };
        assert_int_equal(open_pool(model, &o, &pool), TFP_OK);
        for (size_t k = 0; k < 4 && shares[i].devices[k]; k++)
            assert_string_equal(tfp_pool_device(pool, k)->name, devices[shares[i].devices[k] - 1]);
        assert_true(shares[i].devices[3] || !tfp_pool_device(pool, 3));
        tfp_pool_destroy(pool);
    }
}

static void processes_divide_cores(void **state)
{
    cpu_set_t mine, one;
    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof mine, &mine), 0);
    assert_int_equal(cores_for_one_of(1), CPU_COUNT(&mine));
    assert_int_equal(cores_for_one_of(0), CPU_COUNT(&mine));
    assert_int_equal(cores_for_one_of((size_t)sysconf(_SC_NPROCESSORS_ONLN)), 1);
    assert_int_equal(cores_for_one_of(SIZE_MAX), 1);
    CPU_ZERO(&one);
    CPU_SET((size_t)core(0), &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(cores_for_one_of(1), 1);
    assert_int_equal(sched_setaffinity(0, sizeof mine, &mine), 0);
}

static void a_core_that_is_none_is_out(void **state)
{
    char word[16];
    const char *devices[2] = { "cpu:999999", word };
    struct batch *b = new_batch();
    tfp_pool *pool;
    (void)state;
    snprintf(word, sizeof word, "cpu:%d", core(0));
    assert_int_equal(open_pool(model, &(struct tfp_pool_options){ .devices = devices, .n_devices = 2 }, &pool), TFP_OK);
    assert_int_equal(tfp_pool_device(pool, 0)->status, TFP_E_MISSING);
    assert_contains(tfp_pool_device(pool, 0)->message, "no such core");
    assert_null(tfp_pool_session(pool, 0));
    assert_int_equal(run(pool, b), TFP_OK);
    assert_int_equal(tfp_pool_device(pool, 1)->runs, SAMPLES);
    tfp_pool_destroy(pool);
    assert_int_equal(open_pool(model, &(struct tfp_pool_options){ .devices = devices, .n_devices = 1 }, &pool), TFP_E_MISSING);
    assert_contains(tfp_context_message(ctx), "cpu:999999: ");
    free(b);
}

static void words_that_are_none(void **state)
{
    static const char *const wrong[] = { "", "cpus", "cpu:", "cpu:a", "gpu0", "-1", "0-", "3-1", "cpu:0-1-2", "0,1", "1 " };
    const char *twice[2] = { "cpu:0-1", "cpu:1" };
    const struct tfp_session_options engine = { .size = sizeof engine, .backend = "tensorrt" };
    tfp_pool *pool;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_int_equal(open_pool(model, &(struct tfp_pool_options){ .devices = &wrong[i], .n_devices = 1 }, &pool), TFP_E_USAGE);
    assert_int_equal(open_pool(model, &(struct tfp_pool_options){ .devices = twice, .n_devices = 2 }, &pool), TFP_E_USAGE);
    assert_contains(tfp_context_message(ctx), "cpu:1 was named twice");
    assert_int_equal(open_pool(model, &(struct tfp_pool_options){ .devices = NULL }, &pool), TFP_E_USAGE);
    assert_int_equal(open_pool(model, &(struct tfp_pool_options){ .devices = twice, .n_devices = 1, .session = &engine }, &pool),
                     TFP_E_USAGE);
    assert_contains(tfp_context_message(ctx), "cpu:0 is none of backend tensorrt");
    const char *many = "0-100000";
    assert_int_equal(open_pool(model, &(struct tfp_pool_options){ .devices = &many, .n_devices = 1 }, &pool), TFP_E_USAGE);
}

static void samples_that_fail_end_it(void **state)
{
    char word[16];
    const char *device = word;
    tfp_pool *pool;
    (void)state;
    snprintf(word, sizeof word, "cpu:%d", core(0));
    assert_int_equal(open_pool(model, &(struct tfp_pool_options){ .devices = &device, .n_devices = 1, .window = 1 }, &pool), TFP_OK);
    struct batch *b = new_batch();
    b->refuse_load = 7;
    assert_int_equal(run(pool, b), TFP_E_FORMAT);
    assert_contains(tfp_context_message(ctx), "sample 7: ");
    assert_int_equal(b->given, 7);
    *b = (struct batch){ .dims = { ROWS, 8, 8, 1 }, .refuse_load = SAMPLES, .refuse_give = 3, .in_order = true };
    assert_int_equal(run(pool, b), TFP_E_SYSTEM);
    assert_contains(tfp_context_message(ctx), "sample 3: ");
    assert_int_equal(b->given, 3);
    b->dims[1] = 9;
    b->refuse_give = SAMPLES;
    assert_int_equal(run(pool, b), TFP_E_USAGE); /* a shape that the model has not: no device's fault */
    assert_contains(tfp_context_message(ctx), "sample 0: ");
    assert_int_equal(tfp_pool_device(pool, 0)->status, TFP_OK);
    tfp_pool_destroy(pool);
    free(b);
}

/* -- strings ------------------------------------------------------------------------------------------------------- */

static const struct tfp_string words[3] = { { "a\0b", 3 }, { "", 0 }, { "\xc3\x84rger", 6 } };
static const int64_t three = 3;

static tfp_status load_words(void *user, tfp_context *own, const tfp_session *session, size_t i, struct tfp_tensor *inputs)
{
    (void)user;
    (void)own;
    (void)session;
    (void)i;
    inputs[0] = (struct tfp_tensor){ TFP_STRING, 1, &three, (void *)(uintptr_t)words, sizeof words };
    return TFP_OK;
}

static tfp_status take_words(void *user, tfp_context *own, size_t i, const struct tfp_tensor *outputs, size_t n)
{
    const struct tfp_string *s = outputs[0].data;
    (void)own;
    (void)i;
    assert_int_equal(n, 1);
    for (int k = 0; k < 3; k++)
        if (s[k].n == words[k].n && (!s[k].n || memcmp(s[k].at, words[k].at, s[k].n) == 0)) ++*(int *)user;
    return TFP_OK;
}

/* The model hands strings through. */
static void strings_are_held(void **state)
{
    char word[16];
    const char *path = temp_path("strip.pbtxt"), *device = word;
    int same = 0;
    tfp_pool *pool;
    (void)state;
    static const char graph[] = "node { name: \"x\" op: \"Placeholder\" attr { key: \"dtype\" value { type: DT_STRING } } "
                                "attr { key: \"shape\" value { shape { dim { size: 3 } } } } }\n"
                                "node { name: \"y\" op: \"StringStrip\" input: \"x\" }\n";
    write_file(path, graph, sizeof graph - 1);
    snprintf(word, sizeof word, "cpu:%d", core(0));
    assert_int_equal(open_pool(path, &(struct tfp_pool_options){ .devices = &device, .n_devices = 1 }, &pool), TFP_OK);
    assert_int_equal(tfp_pool_run(ctx, pool, &(struct tfp_job){ 20, load_words, take_words, &same, NULL }), TFP_OK);
    assert_int_equal(same, 60);
    tfp_pool_destroy(pool);
}

/* -- GPUs ---------------------------------------------------------------------------------------------------------- */

static const int64_t row[2] = { 1, 4 };
static const float ones[4] = { 1, 2, 3, 4 };

struct rows {
    size_t given;
    const tfp_session *awaited; /* the others wait until it got two samples, which a lost GPU does not outlive; NULL: none waits */
    atomic_int got;
};

static tfp_status load_row(void *user, tfp_context *own, const tfp_session *session, size_t i, struct tfp_tensor *inputs)
{
    struct rows *r = user;
    (void)own;
    (void)i;
    if (session == r->awaited) r->got++;
    for (int ms = 0; r->awaited && session != r->awaited && r->got < 2; ms++) {
        if (ms == 60000) return TFP_E_SYSTEM;
        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
    }
    inputs[0] = (struct tfp_tensor){ TFP_FLOAT, 2, row, (void *)(uintptr_t)ones, sizeof ones };
    return TFP_OK;
}

static tfp_status take_row(void *user, tfp_context *own, size_t i, const struct tfp_tensor *outputs, size_t n)
{
    struct rows *r = user;
    const float *y = outputs[0].data;
    (void)own;
    assert_true(n == 1 && i == r->given && y[0] == 2 && y[3] == 5);
    r->given++;
    return TFP_OK;
}

static void (*cuda_reset)(void);
static int (*cuda_live)(void);

/* Three GPUs, of which one may get lost, and an engine for them, which adds 1. */
static const char *load_fakes(const char *lost)
{
    find_symbol(FAKE_CUDA, "fake_cuda_live", &cuda_live);
    find_symbol(FAKE_CUDA, "fake_cuda_reset", &cuda_reset);
    setenv("TFPORT_CUDA", FAKE_CUDA, 1);
    setenv("FAKE_CUDA_DEVICES", "3", 1);
    setenv("FAKE_CUDA_LOST", lost, 1);
    cuda_reset();
    write_text(temp_path("x.plan"), "ftrt 100300\ninput x 0 -1x4\noutput y 0 add1 x\nrange 0 x 1x4 8x4 32x4\n");
    return temp_path("x.plan");
}

static void two_sessions_of_each_gpu(void **state)
{
    const char *devices[2] = { "2", "0" };
    const struct tfp_session_options session = { .size = sizeof session, .tensorrt = FAKE_TENSORRT_10 };
    struct tfp_pool_options o = { .devices = devices, .n_devices = 2, .session = &session, .instances = 2 };
    static const char *const names[4] = { "GPU 2", "GPU 0", "GPU 2", "GPU 0" };
    struct rows rows = { .given = 0 };
    uint64_t runs = 0;
    tfp_pool *pool;
    (void)state;
    const char *path = load_fakes("-1");
    assert_ok(ctx, open_pool(path, &o, &pool));
    assert_int_equal(tfp_pool_n_devices(pool), 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(tfp_pool_device(pool, i)->name, names[i]);
        for (size_t k = 0; k < i; k++) assert_ptr_not_equal(tfp_pool_session(pool, i), tfp_pool_session(pool, k));
    }
    assert_int_equal(tfp_pool_run(ctx, pool, &(struct tfp_job){ 200, load_row, take_row, &rows, NULL }), TFP_OK);
    for (size_t i = 0; i < 4; i++) runs += tfp_pool_device(pool, i)->runs;
    assert_true(rows.given == 200 && runs == 200);
    tfp_pool_destroy(pool);
    assert_int_equal(cuda_live(), 0);
    o.one = 2; /* the second device, not the second session */
    assert_int_equal(open_pool(path, &o, &pool), TFP_OK);
    assert_int_equal(tfp_pool_n_devices(pool), 2);
    assert_string_equal(tfp_pool_device(pool, 1)->name, "GPU 0");
    tfp_pool_destroy(pool);
    o.one = 0;
    o.instances = 129;
    assert_int_equal(open_pool(path, &o, &pool), TFP_E_USAGE);
    o.instances = SIZE_MAX;
    assert_int_equal(open_pool(path, &o, &pool), TFP_E_USAGE);
}

static void a_lost_gpu_loses_nothing(void **state)
{
    const char *all = "all";
    const struct tfp_session_options session = { .size = sizeof session, .tensorrt = FAKE_TENSORRT_10 };
    const struct tfp_pool_options o = { .devices = &all, .n_devices = 1, .session = &session };
    struct rows rows = { .given = 0 };
    tfp_pool *pool;
    (void)state;
    const char *path = load_fakes("1");
    assert_ok(ctx, open_pool(path, &o, &pool));
    assert_int_equal(tfp_pool_n_devices(pool), 3);
    assert_string_equal(tfp_pool_device(pool, 2)->name, "GPU 2");
    rows.awaited = tfp_pool_session(pool, 1);
    assert_ok(ctx, tfp_pool_run(ctx, pool, &(struct tfp_job){ 200, load_row, take_row, &rows, NULL }));
    assert_int_equal(rows.given, 200);
    assert_int_equal(tfp_pool_device(pool, 1)->status, TFP_E_SYSTEM);
    assert_contains(tfp_pool_device(pool, 1)->message, "unspecified launch failure");
    assert_int_equal(tfp_pool_device(pool, 0)->status, TFP_OK);
    rows = (struct rows){ .given = 0 };
    assert_int_equal(tfp_pool_run(ctx, pool, &(struct tfp_job){ 20, load_row, take_row, &rows, NULL }), TFP_OK);
    assert_true(rows.given == 20 && tfp_pool_device(pool, 1)->runs == 0);
    tfp_pool_destroy(pool);
    assert_int_equal(cuda_live(), 0);
    /* The only one. */
    const char *one = "1";
    rows = (struct rows){ .given = 0 };
    assert_int_equal(open_pool(path, &(struct tfp_pool_options){ .devices = &one, .n_devices = 1, .session = &session }, &pool), TFP_OK);
    assert_int_equal(tfp_pool_run(ctx, pool, &(struct tfp_job){ 20, load_row, take_row, &rows, NULL }), TFP_E_SYSTEM);
    assert_contains(tfp_context_message(ctx), "no device is left; GPU 1: ");
    assert_int_equal(rows.given, 1);
    assert_int_equal(tfp_pool_run(ctx, pool, &(struct tfp_job){ 20, load_row, take_row, &rows, NULL }), TFP_E_SYSTEM);
    tfp_pool_destroy(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cores_give_what_one_gives), cmocka_unit_test(a_core_that_is_none_is_out),
        cmocka_unit_test(words_that_are_none),       cmocka_unit_test(samples_that_fail_end_it),
        cmocka_unit_test(processes_divide_devices),  cmocka_unit_test(processes_divide_cores),
        cmocka_unit_test(strings_are_held),          cmocka_unit_test(a_lost_gpu_loses_nothing),
        cmocka_unit_test(two_sessions_of_each_gpu),
    };
    if (tfp_context_create(&ctx) != TFP_OK || tfp_npy_read(ctx, DIGITS "images.npy", &images) != TFP_OK) return 1;
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    tfp_array_destroy(images);
    tfp_context_destroy(ctx);
    return failures;
}
