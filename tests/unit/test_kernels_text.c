/* What the kernels of text say of inputs that do not fit. What they make of good ones is compared with TensorFlow in
 * cases/string_* and sparse_cross_forms. */
#include "kernel_case.h"

static const struct ir_attr none[] = { { .name = ATTR_NONE } };

/* The op fails with that reason. */
static void expect_failure(struct kernel_case *c, enum ir_op op, const struct ir_attr *attrs, size_t n_out, const char *reason)
{
    const tfp_status status = case_run(c, op, attrs, n_out);
    if (status != TFP_E_FORMAT && status != TFP_E_UNSUPPORTED) fail_msg("%s: status %d", reason, (int)status);
    if (!strstr(c->ctx.text, reason)) fail_msg("'%s' is not in '%s'", reason, c->ctx.text);
    case_end(c);
}

static void refuses_patterns(void **state)
{
    struct kernel_case a = { 0 }, b = { 0 }, c = { 0 };
    (void)state;
    GIVE(a, STRINGS(S("text")), DIMS(1));
    GIVE(a, STRINGS(S("(unclosed")), SCALAR);
    GIVE(a, STRINGS(S("")), SCALAR);
    expect_failure(&a, IR_REGEX_REPLACE, none, 1, "missing )");
    GIVE(b, STRINGS(S("text")), DIMS(1));
    GIVE(b, STRINGS(S("t(e)x")), SCALAR);
    GIVE(b, STRINGS(S("\\2")), SCALAR);
    expect_failure(&b, IR_REGEX_REPLACE, none, 1, "the rewrite of a regular expression is wrong");
    GIVE(c, STRINGS(S("text")), DIMS(1));
    expect_failure(&c, IR_REGEX_FULL_MATCH, ATTRS(A_STRING(ATTR_PATTERN, "\\1")), 1, "a regular expression is wrong");
}

static void refuses_parts(void **state)
{
    struct kernel_case a = { 0 }, b = { 0 }, c = { 0 };
    (void)state;
    GIVE(a, STRINGS(S("abc"), S("")), DIMS(2));
    GIVE(a, I32(1), SCALAR);
    GIVE(a, I32(1), SCALAR);
    expect_failure(&a, IR_SUBSTR, none, 1, "pos 1 is out of range for string 1");
    GIVE(b, STRINGS(S("abc")), DIMS(1));
    GIVE(b, I64(INT64_MIN), SCALAR);
    GIVE(b, I64(1), SCALAR);
    expect_failure(&b, IR_SUBSTR, none, 1, "out of range for string 0");
    GIVE(c, STRINGS(S("abc")), DIMS(1));
    GIVE(c, I64(0), SCALAR);
    GIVE(c, I64(-1), SCALAR);
    expect_failure(&c, IR_SUBSTR, none, 1, "a negative length");
}

static void refuses_splits_and_segments(void **state)
{
    static const int64_t wrong[][3] = { { 0, 3, 2 }, { 1, 2, 2 }, { 0, 1, 1 }, { 0, -1, 2 } };
    const int64_t width = 1, huge = INT64_MAX;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct kernel_case c = { 0 };
        GIVE(c, STRINGS(S("a"), S("b")), DIMS(2));
        GIVE(c, ARRAY(TFP_INT64, wrong[i]), DIMS(3));
        expect_failure(&c, IR_STRING_N_GRAMS, ATTRS(A_INTS(ATTR_NGRAM_WIDTHS, &width, 1)), 2, "the row splits do not fit");
    }
    struct kernel_case a = { 0 }, b = { 0 }, c = { 0 };
    GIVE(a, STRINGS(S("a")), DIMS(1));
    GIVE(a, I64(0, 1), DIMS(2));
    expect_failure(&a, IR_STRING_N_GRAMS, ATTRS(A_INTS(ATTR_NGRAM_WIDTHS, &huge, 1)), 2, "an n-gram of");
    GIVE(b, STRINGS(S("a"), S("b")), DIMS(2));
    GIVE(b, I32(0, 2), DIMS(2));
    GIVE(b, I32(2), SCALAR);
    expect_failure(&b, IR_UNSORTED_SEGMENT_JOIN, none, 1, "segment 2 of 2");
    GIVE(c, I32(65), DIMS(1));
    GIVE(c, I64(0, 2), DIMS(2));
    expect_failure(&c, IR_UNICODE_ENCODE, ATTRS(A_STRING(ATTR_OUTPUT_ENCODING, "UTF-8")), 1, "the row splits do not fit");
}

static void refuses_bytes(void **state)
{
    struct kernel_case a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };
    (void)state;
    GIVE(a, STRINGS(S("QUJD"), S("a+/=")), DIMS(2));
    expect_failure(&a, IR_DECODE_BASE64, none, 1, "string 1 is not base64");
    GIVE(b, STRINGS(S("1234"), S("123")), DIMS(2));
    expect_failure(&b, IR_DECODE_RAW, ATTRS(A_INT(ATTR_DTYPE, TFP_UINT8)), 1, "string 1 has 3 bytes, the first has 4");
    GIVE(c, STRINGS(S("12345")), DIMS(1));
    expect_failure(&c, IR_DECODE_RAW, ATTRS(A_INT(ATTR_DTYPE, TFP_FLOAT)), 1, "no whole number of elements");
    GIVE(d, STRINGS(S("x\x9c not packed")), DIMS(1));
    expect_failure(&d, IR_DECODE_COMPRESSED, ATTRS(A_STRING(ATTR_COMPRESSION_TYPE, "ZLIB")), 1, "string 0 is not compressed so");
}

static void refuses_unicode(void **state)
{
    struct kernel_case a = { 0 }, b = { 0 }, c = { 0 };
    (void)state;
    GIVE(a, STRINGS(S("good"), S("\xff")), DIMS(2));
    expect_failure(&a, IR_UNICODE_DECODE, ATTRS(A_STRING(ATTR_INPUT_ENCODING, "UTF-8"), A_STRING(ATTR_ERRORS, "strict")), 3,
                   "string 1 is not text of its encoding");
    GIVE(b, STRINGS(S("good")), DIMS(1));
    expect_failure(&b, IR_UNICODE_DECODE, ATTRS(A_STRING(ATTR_INPUT_ENCODING, "no such encoding")), 3, "is not known");
    GIVE(c, I32(0x110000), DIMS(1));
    GIVE(c, I64(0, 1), DIMS(2));
    expect_failure(&c, IR_UNICODE_ENCODE, ATTRS(A_STRING(ATTR_OUTPUT_ENCODING, "UTF-8"), A_STRING(ATTR_ERRORS, "strict")), 1,
                   "is no character of Unicode");
}

static void takes_nothing(void **state)
{
    static const struct tfp_string unused[1] = { { "", 0 } };
    static const enum ir_op ops[] = { IR_STRING_LOWER, IR_STRING_STRIP, IR_ENCODE_BASE64, IR_DECODE_BASE64, IR_REDUCE_JOIN };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ops); i++) {
        struct kernel_case c = { 0 };
        GIVE(c, ARRAY(TFP_STRING, unused), DIMS(0, 3));
        RUN(c, ops[i], none, 1);
        assert_int_equal(c.out[0].count, 0);
        case_end(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_patterns), cmocka_unit_test(refuses_parts), cmocka_unit_test(refuses_splits_and_segments),
        cmocka_unit_test(refuses_bytes),    cmocka_unit_test(refuses_unicode), cmocka_unit_test(takes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
