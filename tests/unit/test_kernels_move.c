/* Kernels that move elements, against literal values and, for transposes, against a plain loop. */
#include "kernel_case.h"

static void reshapes_share_memory(void **state)
{
    (void)state;
    struct kernel_case c = { 0 };
    GIVE(c, F32(1, 2, 3, 4, 5, 6), DIMS(2, 3));
    GIVE(c, I64(0, -1, 1), DIMS(3));
    RUN(c, IR_RESHAPE, NO_ATTRS, 1);
    EXPECT(c, 0, F32(1, 2, 3, 4, 5, 6), DIMS(2, 3, 1));
    assert_ptr_equal(c.out[0].data, c.in[0].data);
    case_end(&c);
}

static void reshape_refuses_what_cannot_be(void **state)
{
    (void)state;
    static const int64_t shapes[][3] = { { -1, -1, 2 }, { 4, 2, 1 }, { 0, 0, 0 }, { INT64_MAX, 2, 3 }, { -2, 3, 1 } };
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        struct kernel_case c = { 0 };
        GIVE(c, F32(1, 2, 3, 4, 5, 6), DIMS(2, 3));
        GIVE(c, ARRAY(TFP_INT64, shapes[i]), DIMS(3));
        assert_int_equal(case_run(&c, IR_RESHAPE, NO_ATTRS, 1), TFP_E_FORMAT);
        case_end(&c);
    }
}

static void check_transpose(tfp_dtype dtype, const int64_t *dims, const int64_t *perm, size_t rank)
{
    struct kernel_case c = { 0 };
    int64_t count, strides[TFP_MAX_RANK], index[TFP_MAX_RANK] = { 0 };
    size_t size = tfp_dtype_size(dtype), n;
    assert_true(numbers_count(dims, rank, &count));
    n = (size_t)count * size;
    uint8_t *x = test_malloc(n);
    for (size_t i = 0; i < n; i++) x[i] = (uint8_t)(i * 7 + (i >> 8) * 13 + (i >> 16) * 31);
    case_in(&c, dtype, x, rank, dims);
    RUN(c, IR_TRANSPOSE, ATTRS(A_INTS(ATTR_PERM, perm, rank)), 1);
    int64_t stride = 1;
    for (size_t i = rank; i-- > 0; stride *= dims[i]) strides[i] = stride;
    for (int64_t i = 0; i < count; i++) {
        int64_t from = 0;
        for (size_t d = 0; d < rank; d++) from += index[d] * strides[perm[d]];
        if (memcmp((char *)c.out[0].data + (size_t)i * size, x + (size_t)from * size, size) != 0)
            fail_msg("element %lld of a transpose is wrong", (long long)i);
        for (size_t d = rank; d-- > 0;) {
            if (++index[d] < dims[perm[d]]) break;
            index[d] = 0;
        }
    }
    test_free(x);
    case_end(&c);
}

static void transposes(void **state)
{
    (void)state;
    static const struct {
        size_t rank;
        int64_t dims[5], perm[5];
    } rows[] = {
        { 4, { 3, 3, 40, 130 }, { 3, 2, 0, 1 } }, { 4, { 2, 33, 65, 3 }, { 0, 3, 1, 2 } },
        { 4, { 2, 3, 33, 65 }, { 0, 2, 3, 1 } },  { 2, { 257, 259 }, { 1, 0 } },
        { 4, { 1, 100, 1, 50 }, { 1, 3, 0, 2 } }, { 5, { 4, 5, 6, 7, 3 }, { 4, 3, 2, 1, 0 } },
        { 4, { 5, 6, 7, 2 }, { 2, 0, 1, 3 } },    { 3, { 300, 4, 9 }, { 2, 1, 0 } },
    };
    static const tfp_dtype dtypes[] = { TFP_UINT8, TFP_FLOAT16, TFP_FLOAT, TFP_INT64, TFP_COMPLEX128 };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t j = 0; j < COUNT_OF(dtypes); j++)
            check_transpose(dtypes[j], rows[i].dims, rows[i].perm, rows[i].rank);
}

static void transpose_refuses_no_permutation(void **state)
{
    (void)state;
    static const int64_t perms[][2] = { { 0, 0 }, { 1, 2 }, { -1, 0 } };
    for (size_t i = 0; i < COUNT_OF(perms); i++) {
        struct kernel_case c = { 0 };
        GIVE(c, F32(1, 2), DIMS(1, 2));
        assert_int_equal(case_run(&c, IR_TRANSPOSE, ATTRS(A_INTS(ATTR_PERM, perms[i], 2)), 1), TFP_E_FORMAT);
        case_end(&c);
    }
}

static void slices(void **state)
{
    (void)state;
    static const struct {
        int64_t start, end, step;
        int64_t n;
        int32_t y[5];
    } rows[] = {
        { 1, 4, 1, 3, { 1, 2, 3 } },
        { -1, INT64_MIN, -2, 3, { 4, 2, 0 } },
        { 0, INT64_MAX, INT64_MAX, 1, { 0 } },
        { 9, -9, INT64_MIN, 1, { 4 } },
        { 3, 1, 1, 0, { 0 } },
        { -3, -1, 1, 2, { 2, 3 } },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kernel_case c = { 0 };
        GIVE(c, I32(0, 1, 2, 3, 4), DIMS(5));
        GIVE(c, I64(rows[i].start), DIMS(1));
        GIVE(c, I64(rows[i].end), DIMS(1));
        GIVE(c, I64(0), DIMS(1));
        GIVE(c, I64(rows[i].step), DIMS(1));
        RUN(c, IR_SLICE, NO_ATTRS, 1);
        EXPECT(c, 0, ARRAY(TFP_INT32, rows[i].y), DIMS(rows[i].n));
        case_end(&c);
    }
}

static void pads(void **state)
{
    (void)state;
    static const struct {
        const char *mode;
        int64_t before, after, n;
        int32_t y[9];
    } rows[] = {
        { "constant", 2, 1, 6, { 9, 9, 1, 2, 3, 9 } },      { "constant", -1, 2, 4, { 2, 3, 9, 9 } },
        { "reflect", 2, 3, 8, { 3, 2, 1, 2, 3, 2, 1, 2 } }, { "edge", 2, 1, 6, { 1, 1, 1, 2, 3, 3 } },
        { "wrap", 4, 2, 9, { 3, 1, 2, 3, 1, 2, 3, 1, 2 } },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kernel_case c = { 0 };
        GIVE(c, I32(1, 2, 3), DIMS(3));
        GIVE(c, I64(rows[i].before, rows[i].after), DIMS(2));
        GIVE(c, I32(9), SCALAR);
        RUN(c, IR_PAD, ATTRS(A_TEXT(ATTR_MODE, rows[i].mode)), 1);
        EXPECT(c, 0, ARRAY(TFP_INT32, rows[i].y), DIMS(rows[i].n));
        case_end(&c);
    }
}

static void pad_refuses_to_crop_more_than_there_is(void **state)
{
    (void)state;
    struct kernel_case c = { 0 };
    GIVE(c, I32(1, 2, 3), DIMS(3));
    GIVE(c, I64(-2, -2), DIMS(2));
    assert_int_equal(case_run(&c, IR_PAD, NO_ATTRS, 1), TFP_E_FORMAT);
    case_end(&c);
}

static void concat_and_split(void **state)
{
    (void)state;
    struct kernel_case c = { 0 }, d = { 0 };
    GIVE(c, I32(1, 2), DIMS(2, 1));
    GIVE(c, I32(3, 4, 5, 6), DIMS(2, 2));
    RUN(c, IR_CONCAT, ATTRS(A_INT(ATTR_AXIS, -1)), 1);
    EXPECT(c, 0, I32(1, 3, 4, 2, 5, 6), DIMS(2, 3));
    case_end(&c);
    GIVE(d, I32(1, 2, 3, 4, 5), DIMS(5));
    RUN(d, IR_SPLIT, ATTRS(A_INT(ATTR_NUM_OUTPUTS, 3)), 3);
    EXPECT(d, 0, I32(1, 2), DIMS(2));
    EXPECT(d, 1, I32(3, 4), DIMS(2));
    EXPECT(d, 2, I32(5), DIMS(1));
    case_end(&d);
}

static void expand_and_tile(void **state)
{
    (void)state;
    struct kernel_case c = { 0 }, d = { 0 };
    GIVE(c, F32(1, 2), DIMS(2, 1));
    GIVE(c, I64(2, 1, 3), DIMS(3));
    RUN(c, IR_EXPAND, NO_ATTRS, 1);
    EXPECT(c, 0, F32(1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2), DIMS(2, 2, 3));
    case_end(&c);
    GIVE(d, STRINGS(S("a"), S("b")), DIMS(1, 2));
    GIVE(d, I64(2, 2), DIMS(2));
    RUN(d, IR_TILE, NO_ATTRS, 1);
    EXPECT(d, 0, STRINGS(S("a"), S("b"), S("a"), S("b"), S("a"), S("b"), S("a"), S("b")), DIMS(2, 4));
    case_end(&d);
}

static void depth_and_space(void **state)
{
    (void)state;
    struct kernel_case c = { 0 }, d = { 0 };
    GIVE(c, I32(0, 1, 2, 3), DIMS(1, 4, 1, 1));
    RUN(c, IR_DEPTH_TO_SPACE, ATTRS(A_INT(ATTR_BLOCKSIZE, 2)), 1);
    EXPECT(c, 0, I32(0, 1, 2, 3), DIMS(1, 1, 2, 2));
    case_end(&c);
    GIVE(d, I32(0, 1, 2, 3, 4, 5, 6, 7), DIMS(1, 1, 2, 4));
    RUN(d, IR_SPACE_TO_DEPTH, ATTRS(A_INT(ATTR_BLOCKSIZE, 2)), 1);
    EXPECT(d, 0, I32(0, 2, 1, 3, 4, 6, 5, 7), DIMS(1, 4, 1, 2));
    case_end(&d);
}

static void reverses_sequences(void **state)
{
    (void)state;
    struct kernel_case c = { 0 };
    GIVE(c, I32(1, 2, 3, 4, 5, 6), DIMS(2, 3));
    GIVE(c, I64(2, 3), DIMS(2));
    RUN(c, IR_REVERSE_SEQUENCE, ATTRS(A_INT(ATTR_BATCH_AXIS, 0), A_INT(ATTR_TIME_AXIS, 1)), 1);
    EXPECT(c, 0, I32(2, 1, 3, 6, 5, 4), DIMS(2, 3));
    case_end(&c);
}

static void ranges(void **state)
{
    (void)state;
    struct kernel_case c = { 0 }, d = { 0 }, e = { 0 };
    GIVE(c, I32(10), SCALAR);
    GIVE(c, I32(3), SCALAR);
    GIVE(c, I32(-3), SCALAR);
    RUN(c, IR_RANGE, NO_ATTRS, 1);
    EXPECT(c, 0, I32(10, 7, 4), DIMS(3));
    case_end(&c);
    GIVE(d, F32(0), SCALAR);
    GIVE(d, F32(1), SCALAR);
    GIVE(d, F32(0.25F), SCALAR);
    RUN(d, IR_RANGE, NO_ATTRS, 1);
    EXPECT(d, 0, F32(0, 0.25F, 0.5F, 0.75F), DIMS(4));
    case_end(&d);
    GIVE(e, I64(0), SCALAR);
    GIVE(e, I64(1), SCALAR);
    GIVE(e, I64(0), SCALAR);
    assert_int_equal(case_run(&e, IR_RANGE, NO_ATTRS, 1), TFP_E_FORMAT);
    case_end(&e);
}

static void shapes(void **state)
{
    (void)state;
    struct kernel_case c = { 0 }, d = { 0 };
    GIVE(c, F32(0), DIMS(2, 0, 5));
    RUN(c, IR_SHAPE, ATTRS(A_INT(ATTR_START, -2), A_INT(ATTR_END, 9)), 1);
    EXPECT(c, 0, I64(0, 5), DIMS(2));
    case_end(&c);
    GIVE(d, I64(2, 2), DIMS(2));
    struct tensor one = make_tensor(&d.ctx, I32(7), DIMS(1));
    RUN(d, IR_CONSTANT_OF_SHAPE, ATTRS(A_TENSOR(ATTR_VALUE, &one)), 1);
    EXPECT(d, 0, I32(7, 7, 7, 7), DIMS(2, 2));
    tensor_release(&one);
    case_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reshapes_share_memory),
        cmocka_unit_test(reshape_refuses_what_cannot_be),
        cmocka_unit_test(transposes),
        cmocka_unit_test(transpose_refuses_no_permutation),
        cmocka_unit_test(slices),
        cmocka_unit_test(pads),
        cmocka_unit_test(pad_refuses_to_crop_more_than_there_is),
        cmocka_unit_test(concat_and_split),
        cmocka_unit_test(expand_and_tile),
        cmocka_unit_test(depth_and_space),
        cmocka_unit_test(reverses_sequences),
        cmocka_unit_test(ranges),
        cmocka_unit_test(shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
