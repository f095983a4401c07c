/* How tensors differ: tfp_compare() against figures worked out by hand. */
#include <math.h>

#include "support.h"

static tfp_context *ctx;

/* cmocka's own compares floats. */
static void near(double got, double wanted)
{
    if (!(fabs(got - wanted) <= 1e-9)) fail_msg("%.17g, not %.17g", got, wanted);
}

static struct tfp_tensor tensor(tfp_dtype dtype, uint32_t rank, const int64_t *dims, const void *data)
{
    int64_t count = 1;
    for (uint32_t i = 0; i < rank; i++) count *= dims[i];
    size_t size = dtype == TFP_STRING ? sizeof(struct tfp_string) : tfp_dtype_size(dtype);
    return (struct tfp_tensor){ dtype, rank, dims, (void *)(uintptr_t)data, (size_t)count * size };
}

static struct tfp_difference compared(struct tfp_tensor f, struct tfp_tensor r, const struct tfp_tolerance *t)
{
    struct tfp_difference d;
    assert_int_equal(tfp_compare(ctx, &f, &r, t, &d), TFP_OK);
    return d;
}
#define DIMS(...) ((const int64_t[]){ __VA_ARGS__ })

static void floats_that_differ(void **state)
{
    const float f[8] = { 0, 1, -2, 4, 1, 1, 1, 3 }, r[8] = { 0.5f, 1, -2, 3, 1, 1, 1, 3 };
    const struct tfp_tolerance loose = { 0.5, 0, 0.125 };
    (void)state;
    struct tfp_difference d = compared(tensor(TFP_FLOAT, 2, DIMS(2, 4), f), tensor(TFP_FLOAT, 2, DIMS(2, 4), r), NULL);
    assert_false(d.agrees);
    assert_string_equal(d.reason, "values");
    assert_true(d.elements == 8 && d.beyond == 2 && d.misplaced == 0);
    near(d.max_absolute, 1);
    near(d.mean_absolute, 1.5 / 8);
    near(d.max_relative, 0.25);
    near(d.mean_relative, 0.25 / 7);
    near(d.cosine, (1 + 4 + 12 + 3 + 9) / (sqrt(33) * sqrt(26.25)));
    near(d.psnr, 20 * log10(6 / sqrt(1.25 / 8)));
    near(d.top1, 1);
    near(d.top5, 1);
    assert_int_equal(d.worst, 0); /* 0.5 where 1e-6 + 2e-4 * 4 is tolerated, 1 where that and 4e-3 are */
    near(d.worst_reference, 0);
    near(d.worst_result, 0.5);
    d = compared(tensor(TFP_FLOAT, 2, DIMS(2, 4), f), tensor(TFP_FLOAT, 2, DIMS(2, 4), r), &loose);
    assert_true(d.agrees && d.beyond == 0 && d.reason[0] == '\0');
}

static void within_the_tolerance(void **state)
{
    const float f[2] = { 100, 0 }, close[2] = { 100.119f, 0.02f }, far[2] = { 100.13f, 0 };
    (void)state; /* 1e-6 + 2e-4 * 100 + 1e-3 * 100 = 0.120001 */
    assert_true(compared(tensor(TFP_FLOAT, 1, DIMS(2), f), tensor(TFP_FLOAT, 1, DIMS(2), close), NULL).agrees);
    assert_false(compared(tensor(TFP_FLOAT, 1, DIMS(2), f), tensor(TFP_FLOAT, 1, DIMS(2), far), NULL).agrees);
}

static void shapes_and_types(void **state)
{
    const float f[4] = { 1, 2, 3, 4 };
    const double e[4] = { 1, 2, 3, 4 };
    (void)state;
    assert_string_equal(compared(tensor(TFP_FLOAT, 1, DIMS(4), f), tensor(TFP_FLOAT, 2, DIMS(2, 2), f), NULL).reason, "shape");
    assert_string_equal(compared(tensor(TFP_FLOAT, 1, DIMS(4), f), tensor(TFP_FLOAT, 1, DIMS(3), f), NULL).reason, "shape");
    assert_string_equal(compared(tensor(TFP_FLOAT, 1, DIMS(4), f), tensor(TFP_DOUBLE, 1, DIMS(4), e), NULL).reason, "type");
    struct tfp_difference d = compared(tensor(TFP_FLOAT, 1, DIMS(0), f), tensor(TFP_FLOAT, 1, DIMS(0), f), NULL);
    assert_true(d.agrees && d.elements == 0 && isnan(d.mean_absolute) && isnan(d.cosine) && isnan(d.top1));
    struct tfp_tensor cut = tensor(TFP_FLOAT, 1, DIMS(4), f), whole = cut;
    cut.size--;
    assert_int_equal(tfp_compare(ctx, &whole, &cut, NULL, &d), TFP_E_USAGE);
}

static void what_is_not_finite(void **state)
{
    const float f[4] = { NAN, INFINITY, -INFINITY, 2 }, r[4] = { NAN, INFINITY, INFINITY, 2 };
    (void)state;
    assert_true(compared(tensor(TFP_FLOAT, 1, DIMS(4), f), tensor(TFP_FLOAT, 1, DIMS(4), f), NULL).agrees);
    struct tfp_difference d = compared(tensor(TFP_FLOAT, 1, DIMS(4), f), tensor(TFP_FLOAT, 1, DIMS(4), r), NULL);
    assert_true(!d.agrees && d.beyond == 1 && d.misplaced == 1 && d.worst == 2);
    assert_true(d.not_finite[0] == 3 && d.not_finite[1] == 3);
    near(d.max_absolute, 0);
    const float none[4] = { 1, 1, 1, NAN };
    d = compared(tensor(TFP_FLOAT, 1, DIMS(4), f), tensor(TFP_FLOAT, 1, DIMS(4), none), NULL);
    assert_true(d.beyond == 4 && d.misplaced == 4 && isnan(d.max_absolute));
}

static void whole_numbers_are_equal_or_not(void **state)
{
    const int64_t f[2] = { INT64_MAX, 5 }, r[2] = { INT64_MAX - 1, 5 };
    const bool yes[1] = { true }, no[1] = { false };
    (void)state;
    struct tfp_difference d = compared(tensor(TFP_INT64, 1, DIMS(2), f), tensor(TFP_INT64, 1, DIMS(2), r), NULL);
    assert_true(!d.agrees && d.beyond == 1 && d.worst == 0);
    assert_true(compared(tensor(TFP_INT64, 1, DIMS(2), f), tensor(TFP_INT64, 1, DIMS(2), f), NULL).agrees);
    assert_false(compared(tensor(TFP_BOOL, 1, DIMS(1), yes), tensor(TFP_BOOL, 1, DIMS(1), no), NULL).agrees);
}

static void strings(void **state)
{
    const struct tfp_string f[2] = { { "a\0b", 3 }, { NULL, 0 } }, r[2] = { { "a\0c", 3 }, { "", 0 } };
    (void)state;
    assert_true(compared(tensor(TFP_STRING, 1, DIMS(2), f), tensor(TFP_STRING, 1, DIMS(2), f), NULL).agrees);
    struct tfp_difference d = compared(tensor(TFP_STRING, 1, DIMS(2), f), tensor(TFP_STRING, 1, DIMS(2), r), NULL);
    assert_true(!d.agrees && d.beyond == 1 && d.worst == 0);
}

static void other_floats(void **state)
{
    const uint16_t half[2] = { 0x3c00, 0x4000 }, close[2] = { 0x3c02, 0x4000 };      /* 1, 2; 1.00195, 2 */
    const uint16_t brain[2] = { 0x3f80, 0x4000 }, step[2] = { 0x3f81, 0x4000 };      /* 1, 2; 1.0078, 2 */
    const float complex_f[4] = { 1, 2, 3, 4 }, complex_r[4] = { 1, 2, 3, 5 };
    (void)state;
    struct tfp_difference d = compared(tensor(TFP_FLOAT16, 1, DIMS(2), half), tensor(TFP_FLOAT16, 1, DIMS(2), close), NULL);
    assert_true(d.agrees);
    near(d.max_absolute, 0.001953125);
    assert_true(compared(tensor(TFP_BFLOAT16, 1, DIMS(2), brain), tensor(TFP_BFLOAT16, 1, DIMS(2), step), NULL).agrees);
    d = compared(tensor(TFP_COMPLEX64, 1, DIMS(2), complex_f), tensor(TFP_COMPLEX64, 1, DIMS(2), complex_r), NULL);
    assert_true(!d.agrees && d.elements == 2 && d.beyond == 1 && d.worst == 1);
}

static void rows_with_the_same_greatest(void **state)
{
    float f[4][7], r[4][7];
    (void)state;
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 7; k++) f[i][k] = r[i][k] = (float)(k * (i + 1));
    r[1][6] = 1;  /* neither the greatest nor among the five */
    r[2][6] = 14; /* the second, after an 15 */
    struct tfp_difference d = compared(tensor(TFP_FLOAT, 2, DIMS(4, 7), f), tensor(TFP_FLOAT, 2, DIMS(4, 7), r), NULL);
    near(d.top1, 0.5);
    near(d.top5, 0.75);
}

static void many_elements(void **state)
{
    static float f[5000], r[5000];
    (void)state;
    for (int i = 0; i < 5000; i++) f[i] = r[i] = (float)i;
    r[4321] = -1;
    struct tfp_difference d = compared(tensor(TFP_FLOAT, 1, DIMS(5000), f), tensor(TFP_FLOAT, 1, DIMS(5000), r), NULL);
    assert_true(d.beyond == 1 && d.worst == 4321);
    near(d.worst_reference, 4321);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(floats_that_differ),
        cmocka_unit_test(within_the_tolerance),
        cmocka_unit_test(shapes_and_types),
        cmocka_unit_test(what_is_not_finite),
        cmocka_unit_test(whole_numbers_are_equal_or_not),
        cmocka_unit_test(strings),
        cmocka_unit_test(other_floats),
        cmocka_unit_test(rows_with_the_same_greatest),
        cmocka_unit_test(many_elements),
    };
    if (tfp_context_create(&ctx) != TFP_OK) return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    tfp_context_destroy(ctx);
    return failed;
}
