/* Python's code objects: versions that no interpreter is at hand for, damaged ones, and base64. Others are compared with
 * TensorFlow in the cases keras_lambda_python_*. */
#include "codec/base64.h"
#include "codec/python_code.h"

#include "support.h"

/* lambda x: x[:, 1] * 2 as 3.5 has it: instructions of one byte, or three with an argument. */
static const char python_35[] = "c\1\0\0\0\0\0\0\0\1\0\0\0\4\0\0\0C\0\0\0s\x18\0\0\0"
                                "|\0\0d\0\0d\0\0\x85\2\0d\1\0f\2\0\x19" "d\2\0\x14S"
                                ")\3Ni\1\0\0\0i\2\0\0\0)\0)\1z\1x)\0)\0z\1fz\1f\1\0\0\0s\0\0\0";
enum { INSTRUCTIONS_AT = 26 };

static tfp_status decode(tfp_context *ctx, struct arena *a, struct bytes file, struct python_code *out)
{
    const struct marshal_object *o;
    tfp_status status = marshal_decode(ctx, a, file, &o);
    if (status != TFP_OK) return status;
    return o->kind == MARSHAL_CODE ? python_code_decode(ctx, a, o->code, out) : TFP_E_FORMAT;
}

static void code_of_3_5_is_read(void **state)
{
    static const enum python_op ops[] = { PYTHON_LOCAL, PYTHON_CONSTANT, PYTHON_CONSTANT, PYTHON_MAKE_SLICE, PYTHON_CONSTANT,
                                          PYTHON_TUPLE, PYTHON_SUBSCRIPT, PYTHON_CONSTANT, PYTHON_BINARY, PYTHON_RETURN };
    struct arena a = { 0 };
    struct python_code code;
    tfp_context *ctx;
    (void)state;
    assert_int_equal(tfp_context_create(&ctx), TFP_OK);
    assert_ok(ctx, decode(ctx, &a, (struct bytes){ python_35, sizeof python_35 }, &code));
    assert_string_equal(code.version, "3.5");
    assert_int_equal(code.n, COUNT_OF(ops));
    for (size_t i = 0; i < code.n; i++) assert_int_equal(code.at[i].op, ops[i]);
    assert_int_equal(code.at[8].argument, PYTHON_MULTIPLY);
    arena_free(&a);
    tfp_context_destroy(ctx);
}

/* Cut anywhere it is damaged; with any other first instruction it is refused or another function. */
static void damaged_code_is_refused(void **state)
{
    struct arena a = { 0 };
    struct python_code code;
    tfp_context *ctx;
    char file[sizeof python_35];
    (void)state;
    assert_int_equal(tfp_context_create(&ctx), TFP_OK);
    for (size_t n = 0; n < sizeof python_35; n++) {
        char *cut = malloc(n ? n : 1); /* so that a sanitizer sees what is read beyond */
        assert_non_null(cut);
        memcpy(cut, python_35, n);
        assert_int_not_equal(decode(ctx, &a, (struct bytes){ cut, n }, &code), TFP_OK);
        free(cut);
    }
    memcpy(file, python_35, sizeof file);
    file[INSTRUCTIONS_AT] = (char)200;
    assert_int_equal(decode(ctx, &a, (struct bytes){ file, sizeof file }, &code), TFP_E_UNSUPPORTED);
    static const char deep[] = "))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))";
    assert_int_equal(decode(ctx, &a, bytes_of(deep), &code), TFP_E_FORMAT);
    static const char itself[] = "\xa9\1r\0\0\0\0"; /* a tuple that holds itself */
    assert_int_equal(decode(ctx, &a, (struct bytes){ itself, 7 }, &code), TFP_E_FORMAT);
    static const char many[] = "(\xff\xff\xff\x7f";
    assert_int_equal(decode(ctx, &a, (struct bytes){ many, 5 }, &code), TFP_E_FORMAT);
    arena_free(&a);
    tfp_context_destroy(ctx);
}

static void base64_is_decoded(void **state)
{
    static const struct {
        const char *text, *bytes; /* NULL: it is none */
    } cases[] = { { "", "" },           { "YQ==", "a" },    { "YWI=", "ab" },      { "YWJj", "abc" },
                  { "YW\nJj\n", "abc" }, { "YWJjZA", "abcd" }, { "Y", NULL },        { "Y\xc3\xa3Jj", NULL },
                  { "YQ==YQ==", NULL },  { "Y===", NULL } };
    char out[16];
    size_t n;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool fine = base64_decode(bytes_of(cases[i].text), out, &n);
        assert_int_equal(fine, cases[i].bytes != NULL);
        if (!fine) continue;
        assert_int_equal(n, strlen(cases[i].bytes));
        assert_memory_equal(out, cases[i].bytes, n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_of_3_5_is_read),
        cmocka_unit_test(damaged_code_is_refused),
        cmocka_unit_test(base64_is_decoded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
