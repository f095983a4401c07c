/* Kernels that pick, place, order and draw elements, against literal values. */
#include "kernel_case.h"

static void gathers(void **state)
{
    (void)state;
    struct kernel_case c = { 0 }, d = { 0 }, e = { 0 };
    GIVE(c, F32(1, 2, 3, 4, 5, 6), DIMS(3, 2));
    GIVE(c, I32(-1, 0), DIMS(2));
    RUN(c, IR_GATHER, NO_ATTRS, 1);
    EXPECT(c, 0, F32(5, 6, 1, 2), DIMS(2, 2));
    case_end(&c);
    GIVE(d, F32(1, 2, 3, 4), DIMS(2, 2));
    GIVE(d, I64(0, 0, 1, 0), DIMS(2, 2));
    RUN(d, IR_GATHER_ELEMENTS, ATTRS(A_INT(ATTR_AXIS, 1)), 1);
    EXPECT(d, 0, F32(1, 1, 4, 3), DIMS(2, 2));
    case_end(&d);
    GIVE(e, I32(0, 1, 2, 3, 4, 5, 6, 7), DIMS(2, 2, 2));
    GIVE(e, I64(1, 0), DIMS(2, 1));
    RUN(e, IR_GATHER_ND, ATTRS(A_INT(ATTR_BATCH_DIMS, 1)), 1);
    EXPECT(e, 0, I32(2, 3, 4, 5), DIMS(2, 2));
    case_end(&e);
}

static void refuses_indices_outside(void **state)
{
    (void)state;
    static const int64_t wrong[] = { 3, -4, INT64_MAX, INT64_MIN };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct kernel_case c = { 0 }, d = { 0 }, e = { 0 };
        GIVE(c, F32(1, 2, 3), DIMS(3));
        GIVE(c, I64(0, wrong[i]), DIMS(2));
        assert_int_equal(case_run(&c, IR_GATHER, NO_ATTRS, 1), TFP_E_FORMAT);
        case_end(&c);
        GIVE(d, F32(1, 2, 3), DIMS(3));
        GIVE(d, I64(wrong[i]), DIMS(1, 1));
        GIVE(d, F32(1), DIMS(1));
        assert_int_equal(case_run(&d, IR_SCATTER_ND, NO_ATTRS, 1), TFP_E_FORMAT);
        case_end(&d);
        GIVE(e, F32(1, 2, 3), DIMS(3));
        GIVE(e, I64(wrong[i]), DIMS(1));
        GIVE(e, F32(1), DIMS(1));
        assert_int_equal(case_run(&e, IR_SCATTER_ELEMENTS, NO_ATTRS, 1), TFP_E_FORMAT);
        case_end(&e);
    }
}

static void scatters(void **state)
{
    (void)state;
    struct kernel_case c = { 0 }, d = { 0 };
    GIVE(c, I32(0, 0, 0, 0, 0, 0), DIMS(3, 2));
    GIVE(c, I64(2, 0, 2), DIMS(3, 1));
    GIVE(c, I32(1, 2, 3, 4, 5, 6), DIMS(3, 2));
    RUN(c, IR_SCATTER_ND, ATTRS(A_STRING(ATTR_REDUCTION, "add")), 1);
    EXPECT(c, 0, I32(3, 4, 0, 0, 6, 8), DIMS(3, 2));
    case_end(&c);
    GIVE(d, F32(1, 2, 3, 4, 5), DIMS(1, 5));
    GIVE(d, I64(1, -2), DIMS(1, 2));
    GIVE(d, F32(1.1F, 2.1F), DIMS(1, 2));
    RUN(d, IR_SCATTER_ELEMENTS, ATTRS(A_INT(ATTR_AXIS, 1)), 1);
    EXPECT(d, 0, F32(1, 1.1F, 3, 2.1F, 5), DIMS(1, 5));
    case_end(&d);
}

static void one_hot_ignores_what_is_outside(void **state)
{
    (void)state;
    struct kernel_case c = { 0 };
    GIVE(c, I64(1, -1, 7), DIMS(3));
    GIVE(c, I64(3), SCALAR);
    GIVE(c, F32(0, 5), DIMS(2));
    RUN(c, IR_ONE_HOT, NO_ATTRS, 1);
    EXPECT(c, 0, F32(0, 5, 0, 0, 0, 5, 0, 0, 0), DIMS(3, 3));
    case_end(&c);
}

static void top_k_prefers_the_first(void **state)
{
    (void)state;
    struct kernel_case c = { 0 }, d = { 0 }, e = { 0 };
    GIVE(c, F32(3, 1, 3, NAN, 2), DIMS(5));
    GIVE(c, I64(4), DIMS(1));
    RUN(c, IR_TOP_K, NO_ATTRS, 2);
    EXPECT(c, 0, F32(NAN, 3, 3, 2), DIMS(4));
    EXPECT(c, 1, I64(3, 0, 2, 4), DIMS(4));
    case_end(&c);
    GIVE(d, I32(4, 1, 2, 1, 3, 1), DIMS(3, 2));
    GIVE(d, I64(2), DIMS(1));
    RUN(d, IR_TOP_K, ATTRS(A_INT(ATTR_AXIS, 0), A_INT(ATTR_LARGEST, 0)), 2);
    EXPECT(d, 0, I32(2, 1, 3, 1), DIMS(2, 2));
    EXPECT(d, 1, I64(1, 0, 2, 1), DIMS(2, 2));
    case_end(&d);
    GIVE(e, F32(1), DIMS(1));
    GIVE(e, I64(2), DIMS(1));
    assert_int_equal(case_run(&e, IR_TOP_K, NO_ATTRS, 2), TFP_E_FORMAT);
    case_end(&e);
}

static void uniques(void **state)
{
    (void)state;
    struct kernel_case c = { 0 }, d = { 0 };
    GIVE(c, I32(2, 1, 1, 3, 4, 3), DIMS(6));
    RUN(c, IR_UNIQUE, ATTRS(A_INT(ATTR_SORTED, 0)), 4);
    EXPECT(c, 0, I32(2, 1, 3, 4), DIMS(4));
    EXPECT(c, 1, I64(0, 1, 3, 4), DIMS(4));
    EXPECT(c, 2, I64(0, 1, 1, 2, 3, 2), DIMS(6));
    EXPECT(c, 3, I64(1, 2, 2, 1), DIMS(4));
    case_end(&c);
    GIVE(d, STRINGS(S("b"), S("a"), S("b"), S("")), DIMS(2, 2));
    RUN(d, IR_UNIQUE, NO_ATTRS, 1);
    EXPECT(d, 0, STRINGS(S(""), S("a"), S("b")), DIMS(3));
    case_end(&d);
}

static void non_zero_and_compress(void **state)
{
    (void)state;
    struct kernel_case c = { 0 }, d = { 0 };
    GIVE(c, F32(1, -0.0F, 0, 2), DIMS(2, 2));
    RUN(c, IR_NON_ZERO, NO_ATTRS, 1);
    EXPECT(c, 0, I64(0, 1, 0, 1), DIMS(2, 2));
    case_end(&c);
    GIVE(d, I32(1, 2, 3, 4, 5, 6), DIMS(3, 2));
    GIVE(d, BOOLS(0, 1), DIMS(2));
    RUN(d, IR_COMPRESS, ATTRS(A_INT(ATTR_AXIS, 0)), 1);
    EXPECT(d, 0, I32(3, 4), DIMS(1, 2));
    case_end(&d);
}

static void embeddings_are_summed(void **state)
{
    (void)state;
    struct kernel_case c = { 0 }, d = { 0 };
    GIVE(c, F32(1, 2, 3, 4, 5, 6), DIMS(3, 2));
    GIVE(c, I64(0, 2, -1, 7, 1), DIMS(5));
    GIVE(c, I64(1, 0, 1, 5, 1, 1, 2, 0, -1, 0), DIMS(5, 2)); /* the first of each two */
    GIVE(c, I64(4), DIMS(1));
    GIVE(c, F32(10, 10, 20, 20, 30, 30, 40, 40), DIMS(4, 2));
    RUN(c, IR_EMBEDDING_SUM, ATTRS(A_INT(ATTR_SKIP, 2)), 1);
    EXPECT(c, 0, F32(10, 10, 26, 28, 30, 30, 40, 40), DIMS(4, 2));
    case_end(&c);
    GIVE(d, F32(1, 2, 3, 5, 6, 7), DIMS(3, 2));
    GIVE(d, I64(0, 1, 1), DIMS(3));
    GIVE(d, I64(2, 0, 2), DIMS(3));
    RUN(d, IR_EMBEDDING_SUM, ATTRS(A_TEXT(ATTR_COMBINER, "mean")), 1);
    EXPECT(d, 0, F32(3, 5, 0, 0, 2, 3.5F), DIMS(3, 2));
    case_end(&d);
}

static void refuses_embeddings_outside(void **state)
{
    (void)state;
    static const struct {
        int64_t id, row, count, skip;
    } bad[] = { { 3, 0, 1, 0 }, { -1, 0, 1, 0 }, { 3, 0, 1, 1 }, { 0, 1, 1, 2 }, { 0, 0, -1, 0 }, { 0, INT64_MAX, 1, 0 } };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct kernel_case c = { 0 };
        GIVE(c, F32(1, 2, 3), DIMS(3, 1));
        GIVE(c, I64(bad[i].id), DIMS(1));
        GIVE(c, I64(bad[i].row), DIMS(1));
        GIVE(c, I64(bad[i].count), DIMS(1));
        assert_int_equal(case_run(&c, IR_EMBEDDING_SUM, ATTRS(A_INT(ATTR_SKIP, bad[i].skip)), 1), TFP_E_FORMAT);
        case_end(&c);
    }
}

static void random_numbers_are_the_same_every_time(void **state)
{
    (void)state;
    enum { N = 20000 };
    struct kernel_case c = { 0 }, d = { 0 };
    const int64_t n = N;
    RUN(c, IR_RANDOM_NORMAL, ATTRS(A_INTS(ATTR_SHAPE, &n, 1), A_FLOAT(ATTR_SEED, 5)), 1);
    RUN(d, IR_RANDOM_NORMAL, ATTRS(A_INTS(ATTR_SHAPE, &n, 1), A_FLOAT(ATTR_SEED, 5)), 1);
    assert_memory_equal(c.out[0].data, d.out[0].data, N * sizeof(float));
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < N; i++) {
        sum += tensor_float(&c.out[0], i);
        squares += tensor_float(&c.out[0], i) * tensor_float(&c.out[0], i);
    }
    assert_true(fabs(sum / N) < 0.03 && fabs(squares / N - 1) < 0.05);
    case_end(&c);
    case_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gathers),
        cmocka_unit_test(refuses_indices_outside),
        cmocka_unit_test(scatters),
        cmocka_unit_test(one_hot_ignores_what_is_outside),
        cmocka_unit_test(top_k_prefers_the_first),
        cmocka_unit_test(uniques),
        cmocka_unit_test(non_zero_and_compress),
        cmocka_unit_test(embeddings_are_summed),
        cmocka_unit_test(refuses_embeddings_outside),
        cmocka_unit_test(random_numbers_are_the_same_every_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
