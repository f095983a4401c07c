/* Elementwise kernels, comparisons, casts and reductions against literal values (from numpy). */
#include "kernel_case.h"

static void broadcasts(void **state)
{
    (void)state;
    struct kernel_case c = { 0 };
    GIVE(c, F32(1, 2, 3, 4, 5, 6), DIMS(2, 1, 3));
    GIVE(c, F32(10, 20), DIMS(2, 1));
    RUN(c, IR_ADD, NO_ATTRS, 1);
    EXPECT(c, 0, F32(11, 12, 13, 21, 22, 23, 14, 15, 16, 24, 25, 26), DIMS(2, 2, 3));
    case_end(&c);
}

static void refuses_shapes_that_do_not_broadcast(void **state)
{
    (void)state;
    struct kernel_case c = { 0 };
    GIVE(c, F32(1, 2, 3), DIMS(3));
    GIVE(c, F32(1, 2), DIMS(2));
    assert_int_equal(case_run(&c, IR_MUL, NO_ATTRS, 1), TFP_E_FORMAT);
    assert_contains(c.ctx.text, "node node (Mul)");
    case_end(&c);
}

static void refuses_mixed_types(void **state)
{
    (void)state;
    struct kernel_case c = { 0 };
    GIVE(c, F32(1), DIMS(1));
    GIVE(c, I32(1), DIMS(1));
    assert_int_equal(case_run(&c, IR_ADD, NO_ATTRS, 1), TFP_E_FORMAT);
    case_end(&c);
}

static void large_tensors_with_every_kind_of_operand(void **state)
{
    (void)state;
    enum { ROWS = 600, COLUMNS = 700 };
    struct kernel_case c = { 0 };
    float *x = test_malloc(sizeof(float) * ROWS * COLUMNS), row[COLUMNS], column[ROWS];
    for (size_t i = 0; i < ROWS * COLUMNS; i++) x[i] = (float)(i % 977);
    for (size_t i = 0; i < COLUMNS; i++) row[i] = (float)i;
    for (size_t i = 0; i < ROWS; i++) column[i] = (float)(1000 * i);
    GIVE(c, ARRAY(TFP_FLOAT, x), DIMS(ROWS, COLUMNS));
    GIVE(c, ARRAY(TFP_FLOAT, row), DIMS(COLUMNS));
    GIVE(c, ARRAY(TFP_FLOAT, column), DIMS(ROWS, 1));
    GIVE(c, F32(0.5F), SCALAR);
    RUN(c, IR_SUM, NO_ATTRS, 1);
    const float *y = c.out[0].data;
    for (size_t i = 0; i < ROWS * COLUMNS; i++)
        assert_true(y[i] == x[i] + row[i % COLUMNS] + column[i / COLUMNS] + 0.5F);
    test_free(x);
    case_end(&c);
}

static void halves_round_once(void **state)
{
    (void)state;
    struct kernel_case c = { 0 };
    GIVE(c, F16(0x3c00, 0x4000, 0x7bff), DIMS(3)); /* 1, 2, 65504 */
    GIVE(c, F16(0x1400), SCALAR);                  /* 2^-10 */
    RUN(c, IR_ADD, NO_ATTRS, 1);
    EXPECT(c, 0, F16(0x3c01, 0x4000, 0x7bff), DIMS(3));
    case_end(&c);
}

static void integers_wrap_and_truncate(void **state)
{
    (void)state;
    struct kernel_case c = { 0 }, d = { 0 };
    GIVE(c, I8(-128, 127, -7, 7), DIMS(4));
    GIVE(c, I8(-1, 2, 2, -2), DIMS(4));
    RUN(c, IR_DIV, NO_ATTRS, 1);
    EXPECT(c, 0, I8(-128, 63, -3, -3), DIMS(4));
    case_end(&c);
    GIVE(d, I8(-128, 127, -7, 7), DIMS(4));
    GIVE(d, I8(-1, 2, 2, -2), DIMS(4));
    RUN(d, IR_MUL, NO_ATTRS, 1);
    EXPECT(d, 0, I8(-128, -2, -14, -14), DIMS(4));
    case_end(&d);
}

static void integer_division_by_zero_stays_unfolded(void **state)
{
    (void)state;
    struct kernel_case c = { 0 };
    GIVE(c, I32(1, 2), DIMS(2));
    GIVE(c, I32(1, 0), DIMS(2));
    assert_int_equal(case_run(&c, IR_DIV, NO_ATTRS, 1), TFP_E_UNSUPPORTED);
    case_end(&c);
}

static void modulo_follows_the_divisor(void **state)
{
    (void)state;
    struct kernel_case c = { 0 }, d = { 0 };
    GIVE(c, I64(-4, 7, 5, 4, -7, 8), DIMS(6));
    GIVE(c, I64(2, -3, 8, -2, 3, 5), DIMS(6));
    RUN(c, IR_MOD, NO_ATTRS, 1);
    EXPECT(c, 0, I64(0, -2, 5, 0, 2, 3), DIMS(6));
    case_end(&c);
    GIVE(d, I64(-4, 7, 5, 4, -7, 8), DIMS(6));
    GIVE(d, I64(2, -3, 8, -2, 3, 5), DIMS(6));
    RUN(d, IR_MOD, ATTRS(A_INT(ATTR_FMOD, 1)), 1);
    EXPECT(d, 0, I64(0, 1, 5, 0, -1, 3), DIMS(6));
    case_end(&d);
}

static void activations(void **state)
{
    (void)state;
    static const struct {
        enum ir_op op;
        float y[4];
    } rows[] = {
        { IR_RELU, { 0, 0, 0.5F, 3 } },
        { IR_SIGMOID, { 0.119202922F, 0.5F, 0.622459331F, 0.952574127F } },
        { IR_SOFTPLUS, { 0.126928011F, 0.693147181F, 0.974076984F, 3.04858735F } },
        { IR_ELU, { -0.864664717F, 0, 0.5F, 3 } },
        { IR_SELU, { -1.52016647F, 0, 0.525350494F, 3.15210296F } },
        { IR_HARD_SIGMOID, { 0.1F, 0.5F, 0.6F, 1 } },
        { IR_HARD_SWISH, { -0.333333333F, 0, 0.291666667F, 3 } },
        { IR_GELU, { -0.0455002639F, 0, 0.345731235F, 2.99595031F } },
        { IR_MISH, { -0.252501483F, 0, 0.375245188F, 2.98653500F } },
        { IR_LEAKY_RELU, { -0.02F, 0, 0.5F, 3 } },
        { IR_ERF, { -0.995322265F, 0, 0.520499878F, 0.99997791F } },
        { IR_ROUND, { -2, 0, 0, 3 } },
        { IR_SOFTSIGN, { -0.666666667F, 0, 0.333333333F, 0.75F } },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kernel_case c = { 0 };
        GIVE(c, F32(-2, 0, 0.5F, 3), DIMS(4));
        RUN(c, rows[i].op, NO_ATTRS, 1);
        EXPECT(c, 0, ARRAY(TFP_FLOAT, rows[i].y), DIMS(4));
        case_end(&c);
    }
}

static void maximum_and_clip_keep_nan(void **state)
{
    (void)state;
    struct kernel_case c = { 0 }, d = { 0 };
    GIVE(c, F32(NAN, 1, 5), DIMS(3));
    GIVE(c, F32(2, NAN, 2), DIMS(3));
    RUN(c, IR_MAX, NO_ATTRS, 1);
    EXPECT(c, 0, F32(NAN, NAN, 5), DIMS(3));
    case_end(&c);
    GIVE(d, F32(NAN, -9, 9), DIMS(3));
    case_absent(&d);
    GIVE(d, F32(6), SCALAR);
    RUN(d, IR_CLIP, NO_ATTRS, 1);
    EXPECT(d, 0, F32(NAN, -9, 6), DIMS(3));
    case_end(&d);
}

static void powers_of_mixed_types(void **state)
{
    (void)state;
    struct kernel_case c = { 0 }, d = { 0 };
    GIVE(c, I32(2, -3, 7), DIMS(3));
    GIVE(c, F32(3, 3, 0.5F), DIMS(3));
    RUN(c, IR_POW, NO_ATTRS, 1);
    EXPECT(c, 0, I32(8, -27, 2), DIMS(3));
    case_end(&c);
    GIVE(d, I64(3), DIMS(1));
    GIVE(d, I64(-1), DIMS(1));
    assert_int_equal(case_run(&d, IR_POW, NO_ATTRS, 1), TFP_E_UNSUPPORTED);
    case_end(&d);
}

static void shifts_beyond_the_width(void **state)
{
    (void)state;
    struct kernel_case c = { 0 };
    GIVE(c, I8(-128, 64, 1), DIMS(3));
    GIVE(c, I8(100, 3, -1), DIMS(3));
    RUN(c, IR_BIT_SHIFT, ATTRS(A_STRING(ATTR_DIRECTION, "RIGHT")), 1);
    EXPECT(c, 0, I8(-1, 8, 0), DIMS(3));
    case_end(&c);
}

static void where_and_equal_take_strings(void **state)
{
    (void)state;
    struct kernel_case c = { 0 }, d = { 0 };
    GIVE(c, BOOLS(1, 0), DIMS(2));
    GIVE(c, STRINGS(S("yes")), DIMS(1));
    GIVE(c, STRINGS(S("a"), S("b")), DIMS(2));
    RUN(c, IR_WHERE, NO_ATTRS, 1);
    EXPECT(c, 0, STRINGS(S("yes"), S("b")), DIMS(2));
    case_end(&c);
    GIVE(d, STRINGS(S("x"), S("xy"), S("")), DIMS(3));
    GIVE(d, STRINGS(S("xy")), DIMS(1));
    RUN(d, IR_EQUAL, NO_ATTRS, 1);
    EXPECT(d, 0, BOOLS(0, 1, 0), DIMS(3));
    case_end(&d);
}

static void casts(void **state)
{
    (void)state;
    struct kernel_case c = { 0 }, d = { 0 }, e = { 0 };
    GIVE(c, F32(-1.9F, 2.9F, NAN, 3e9F), DIMS(4));
    RUN(c, IR_CAST, ATTRS(A_INT(ATTR_TO, TFP_INT32)), 1);
    EXPECT(c, 0, I32(-1, 2, INT32_MIN, INT32_MIN), DIMS(4));
    case_end(&c);
    GIVE(d, STRINGS(S("1.5"), S("-INF"), S("nan")), DIMS(3));
    RUN(d, IR_CAST, ATTRS(A_INT(ATTR_TO, TFP_DOUBLE)), 1);
    EXPECT(d, 0, F64(1.5, -(double)INFINITY, (double)NAN), DIMS(3));
    case_end(&d);
    GIVE(e, F32(0.1F, -3, INFINITY), DIMS(3));
    RUN(e, IR_CAST, ATTRS(A_INT(ATTR_TO, TFP_STRING)), 1);
    EXPECT(e, 0, STRINGS(S("0.1"), S("-3"), S("INF")), DIMS(3));
    case_end(&e);
}

static void text_that_is_no_number(void **state)
{
    (void)state;
    struct kernel_case c = { 0 };
    GIVE(c, STRINGS(S("12 apples")), DIMS(1));
    assert_int_equal(case_run(&c, IR_CAST, ATTRS(A_INT(ATTR_TO, TFP_INT32)), 1), TFP_E_FORMAT);
    case_end(&c);
}

static void reductions(void **state)
{
    (void)state;
    static const struct {
        enum ir_op op;
        float over_rows[3], over_columns[2];
    } rows[] = {
        { IR_REDUCE_SUM, { 5, 7, -3 }, { 6, 3 } },
        { IR_REDUCE_MEAN, { 2.5F, 3.5F, -1.5F }, { 2, 1 } },
        { IR_REDUCE_MAX, { 4, 5, 3 }, { 3, 5 } },
        { IR_REDUCE_MIN, { 1, 2, -6 }, { 1, -6 } },
        { IR_REDUCE_PROD, { 4, 10, -18 }, { 6, -120 } },
        { IR_REDUCE_L1, { 5, 7, 9 }, { 6, 15 } },
        { IR_REDUCE_L2, { 4.12310563F, 5.38516481F, 6.70820393F }, { 3.74165739F, 8.77496439F } },
        { IR_REDUCE_SUM_SQUARE, { 17, 29, 45 }, { 14, 77 } },
        { IR_REDUCE_LOG_SUM_EXP, { 4.04858735F, 5.04858735F, 3.00012340F }, { 3.40760596F, 5.31327391F } },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kernel_case c = { 0 }, d = { 0 };
        GIVE(c, F32(1, 2, 3, 4, 5, -6), DIMS(2, 3));
        GIVE(c, I64(0), DIMS(1));
        RUN(c, rows[i].op, ATTRS(A_INT(ATTR_KEEPDIMS, 0)), 1);
        EXPECT(c, 0, ARRAY(TFP_FLOAT, rows[i].over_rows), DIMS(3));
        case_end(&c);
        GIVE(d, F32(1, 2, 3, 4, 5, -6), DIMS(2, 3));
        GIVE(d, I64(-1), DIMS(1));
        RUN(d, rows[i].op, NO_ATTRS, 1);
        EXPECT(d, 0, ARRAY(TFP_FLOAT, rows[i].over_columns), DIMS(2, 1));
        case_end(&d);
    }
}

static void reductions_of_nothing(void **state)
{
    (void)state;
    struct kernel_case c = { 0 }, d = { 0 };
    GIVE(c, I8(0), DIMS(0, 2));
    GIVE(c, I64(0), DIMS(1));
    RUN(c, IR_REDUCE_MAX, NO_ATTRS, 1);
    EXPECT(c, 0, I8(-128, -128), DIMS(1, 2));
    case_end(&c);
    GIVE(d, I32(0), DIMS(0));
    assert_int_equal(case_run(&d, IR_REDUCE_MEAN, NO_ATTRS, 1), TFP_E_UNSUPPORTED);
    case_end(&d);
}

static void sums_of_many_floats_are_exact(void **state)
{
    (void)state;
    enum { N = 100000 };
    struct kernel_case c = { 0 };
    float *x = test_malloc(N * sizeof *x);
    for (size_t i = 0; i < N; i++) x[i] = 0.1F;
    GIVE(c, ARRAY(TFP_FLOAT, x), DIMS(N));
    RUN(c, IR_REDUCE_SUM, ATTRS(A_INT(ATTR_KEEPDIMS, 0)), 1);
    EXPECT(c, 0, F32(10000.00015F), SCALAR);
    test_free(x);
    case_end(&c);
}

static void arg_max_and_cumulative_sum(void **state)
{
    (void)state;
    struct kernel_case c = { 0 }, d = { 0 };
    GIVE(c, F32(2, 7, 7, NAN, 1, NAN), DIMS(2, 3));
    RUN(c, IR_ARG_MAX, ATTRS(A_INT(ATTR_AXIS, 1), A_INT(ATTR_KEEPDIMS, 0)), 1);
    EXPECT(c, 0, I64(1, 0), DIMS(2));
    case_end(&c);
    GIVE(d, I32(1, 2, 3, 4, 5, 6), DIMS(2, 3));
    GIVE(d, I64(-1), SCALAR);
    RUN(d, IR_CUM_SUM, ATTRS(A_INT(ATTR_EXCLUSIVE, 1), A_INT(ATTR_REVERSE, 1)), 1);
    EXPECT(d, 0, I32(5, 3, 0, 11, 6, 0), DIMS(2, 3));
    case_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broadcasts),
        cmocka_unit_test(refuses_shapes_that_do_not_broadcast),
        cmocka_unit_test(refuses_mixed_types),
        cmocka_unit_test(large_tensors_with_every_kind_of_operand),
        cmocka_unit_test(halves_round_once),
        cmocka_unit_test(integers_wrap_and_truncate),
        cmocka_unit_test(integer_division_by_zero_stays_unfolded),
        cmocka_unit_test(modulo_follows_the_divisor),
        cmocka_unit_test(activations),
        cmocka_unit_test(maximum_and_clip_keep_nan),
        cmocka_unit_test(powers_of_mixed_types),
        cmocka_unit_test(shifts_beyond_the_width),
        cmocka_unit_test(where_and_equal_take_strings),
        cmocka_unit_test(casts),
        cmocka_unit_test(text_that_is_no_number),
        cmocka_unit_test(reductions),
        cmocka_unit_test(reductions_of_nothing),
        cmocka_unit_test(sums_of_many_floats_are_exact),
        cmocka_unit_test(arg_max_and_cumulative_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
