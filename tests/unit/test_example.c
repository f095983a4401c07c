/* tf.Example messages: what the reader makes of malformed ones, and what ParseExample and ParseFeatureLists say of examples that do
 * not fit. What they make of good ones is compared with TensorFlow in cases/parse_*. */
#include "codec/example.h"
#include "ir/build.h"
#include "ir/kernels/kernel.h"

#include "support.h"

#define MESSAGE(text) ((struct bytes){ text, sizeof(text) - 1 })
/* {"a": float [1.5]}; "\x0d" begins a float. */
#define ONE_FLOAT "\x0a\x10\x0a\x0e\x0a\x01" "a" "\x12\x09\x12\x07\x0d\x00\x00\xc0\x3f\x0a\x00"
#define TWO_INTS "\x0a\x0d\x0a\x0b\x0a\x01" "a" "\x12\x06\x1a\x04\x0a\x02\x05\x06"

static enum example_next ends_with(struct bytes message, size_t *features)
{
    struct example_reader r;
    struct example_feature f;
    enum example_next next;
    example_begin(&r, message);
    for (*features = 0; (next = example_next(&r, &f)) == EXAMPLE_FEATURE;) ++*features;
    return next;
}

static void reads_messages(void **state)
{
    struct example_reader r;
    struct example_feature f;
    int64_t ints[2];
    float x[1];
    (void)state;
    example_begin(&r, MESSAGE(ONE_FLOAT));
    assert_int_equal(example_next(&r, &f), EXAMPLE_FEATURE);
    assert_true(f.kind == EXAMPLE_FLOAT && f.n == 1 && bytes_equal(f.key, "a"));
    example_floats(&f, x);
    assert_true(x[0] == 1.5f);
    assert_int_equal(example_next(&r, &f), EXAMPLE_END);
    example_begin(&r, MESSAGE(TWO_INTS));
    assert_int_equal(example_next(&r, &f), EXAMPLE_FEATURE);
    assert_true(f.kind == EXAMPLE_INT64 && f.n == 2);
    example_ints(&f, ints);
    assert_true(ints[0] == 5 && ints[1] == 6);
}

static void refuses_malformed_ones(void **state)
{
    size_t n;
    (void)state;
    assert_int_equal(ends_with(MESSAGE(""), &n), EXAMPLE_END);
    static const char good[] = TWO_INTS;
    for (size_t cut = 1; cut + 1 < sizeof good; cut++)
        assert_int_equal(ends_with((struct bytes){ good, cut }, &n), EXAMPLE_MALFORMED);
    assert_int_equal(ends_with(MESSAGE("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), &n), EXAMPLE_MALFORMED); /* 2^64 bytes */
    assert_int_equal(ends_with(MESSAGE("\x00\x00"), &n), EXAMPLE_MALFORMED);                                     /* field 0 */
    assert_int_equal(ends_with(MESSAGE("\x0b\x0c"), &n), EXAMPLE_MALFORMED);                                     /* a group */
    assert_int_equal(ends_with(MESSAGE("\x0a\x0a\x0a\x08\x12\x06\x12\x04\x0a\x02\x01\x02"), &n), EXAMPLE_MALFORMED); /* half a float */
}

static void tells_where_a_message_ends(void **state)
{
    static const char room[] = TWO_INTS "\0\0\0";
    const size_t whole = sizeof TWO_INTS - 1;
    (void)state;
    assert_int_equal(example_length((struct bytes){ room, sizeof room - 1 }, whole - 3), whole);
    assert_int_equal(example_length((struct bytes){ room, sizeof room - 1 }, whole), whole);
    assert_int_equal(example_length((struct bytes){ room, whole - 2 }, whole - 3), whole - 3); /* there is no room for it */
    assert_int_equal(example_length((struct bytes){ "abc", 3 }, 3), 3);
}

/* -- ParseExample -------------------------------------------------------------------------------------------------- */

static struct bytes key = { "a", 1 };

/* One dense feature (list of features) of that type and shape, of one example; what the kernel says. */
static const char *run_parser(struct tfp_context *ctx, enum ir_op op, struct bytes message, tfp_dtype dtype, int64_t length,
                              const struct tensor *preset)
{
    struct ir_graph *g;
    struct tfp_string text = { message.at, message.n };
    struct tensor in[2] = { { 0 } }, out[2] = { { 0 } };
    const int64_t type = dtype, rank = 1;
    const struct dim one = dim_of(1);
    const size_t n_out = op == IR_PARSE_EXAMPLE ? 1 : 2;
    const struct ir_attr attrs[] = { { .name = ATTR_DENSE_KEYS, .kind = ATTR_KIND_STRINGS, .v.strings = { &key, 1 } },
                                     A_INTS(ATTR_DENSE_TYPES, &type, 1), A_INTS(ATTR_DENSE_RANKS, &rank, 1),
                                     A_INTS(ATTR_DENSE_SHAPES, &length, 1), { .name = ATTR_NONE } };
    struct ir_value *y[2] = { NULL };
    assert_int_equal(ir_create(ctx, &g), TFP_OK);
    struct build b = { .ctx = ctx, .graph = g, .scope = "parse" };
    if (!ir_emit_many(&b, op, IN(ir_add_input(g, "x", TFP_STRING, 1, &one)), attrs, n_out, y)) fail_msg("%s", ctx->text);
    assert_int_equal(tensor_describe(ctx, "x", TFP_STRING, 1, (const int64_t[]){ 1 }, &in[0]), TFP_OK);
    in[0].data = &text;
    if (preset) in[1] = *preset;
    ctx->text[0] = '\0';
    tfp_status status = kernel_evaluate(ctx, y[0]->producer, in, preset ? 2 : 1, out, n_out, 1);
    assert_true(status == TFP_OK || status == TFP_E_FORMAT);
    for (size_t i = 0; i < n_out; i++) tensor_release(&out[i]);
    ir_destroy(g);
    return ctx->text;
}

static const char *parsed(struct tfp_context *ctx, struct bytes message, tfp_dtype dtype, int64_t length, const struct tensor *preset)
{
    return run_parser(ctx, IR_PARSE_EXAMPLE, message, dtype, length, preset);
}

static void says_what_does_not_fit(void **state)
{
    struct tfp_context ctx = { 0 };
    static float preset = 2;
    const struct tensor given = { .dtype = TFP_FLOAT, .rank = 0, .count = 1, .data = &preset, .size = 4 };
    (void)state;
    assert_string_equal(parsed(&ctx, MESSAGE(ONE_FLOAT), TFP_FLOAT, 1, NULL), "");
    assert_non_null(strstr(parsed(&ctx, MESSAGE(ONE_FLOAT), TFP_INT64, 1, NULL),
                           "example 0: feature a: it has values of float, int64 is expected"));
    assert_non_null(strstr(parsed(&ctx, MESSAGE(TWO_INTS), TFP_INT64, 3, NULL), "feature a: it has 2 values, 3 are expected"));
    assert_non_null(strstr(parsed(&ctx, MESSAGE(""), TFP_FLOAT, 1, NULL), "feature a: it is required and missing"));
    assert_string_equal(parsed(&ctx, MESSAGE(""), TFP_FLOAT, 1, &given), "");
    assert_non_null(strstr(parsed(&ctx, MESSAGE("\x0a\x7f"), TFP_FLOAT, 1, NULL), "example 0 is not a tf.Example message"));
    assert_non_null(strstr(parsed(&ctx, MESSAGE(ONE_FLOAT), TFP_DOUBLE, 1, NULL), "do not fit"));
}

/* -- ParseFeatureLists --------------------------------------------------------------------------------------------- */

/* {"a": one step, float [1.5]} */
#define ONE_STEP "\x12\x12\x0a\x10\x0a\x01" "a" "\x12\x0b\x0a\x09\x12\x07\x0d\x00\x00\xc0\x3f\x0a\x00"

static void says_what_lists_do_not_fit(void **state)
{
    struct tfp_context ctx = { 0 };
    (void)state;
#define LISTED(message, dtype, length) run_parser(&ctx, IR_PARSE_FEATURE_LISTS, message, dtype, length, NULL)
    assert_string_equal(LISTED(MESSAGE(ONE_STEP), TFP_FLOAT, 1), "");
    assert_non_null(strstr(LISTED(MESSAGE(ONE_STEP), TFP_INT64, 1),
                           "example 0: feature a: step 0 has values of float, int64 is expected"));
    assert_non_null(strstr(LISTED(MESSAGE(ONE_STEP), TFP_FLOAT, 2), "feature a: step 0 has 1 values, 2 are expected"));
    assert_non_null(strstr(LISTED(MESSAGE(""), TFP_FLOAT, 1), "feature a: the list is required and missing"));
    assert_non_null(strstr(LISTED(MESSAGE(ONE_FLOAT), TFP_FLOAT, 1), "the list is required and missing")); /* a context */
    static const char good[] = ONE_STEP;
    for (size_t cut = 1; cut + 1 < sizeof good; cut++)
        assert_non_null(strstr(LISTED(((struct bytes){ good, cut }), TFP_FLOAT, 1), "is not a tf.SequenceExample message"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_messages),
        cmocka_unit_test(refuses_malformed_ones),
        cmocka_unit_test(tells_where_a_message_ends),
        cmocka_unit_test(says_what_does_not_fit),
        cmocka_unit_test(says_what_lists_do_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
