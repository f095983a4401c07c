/* Messages in their JSON form: against the text form of the same, and what must be refused. */
#include "codec/json.h"
#include "codec/protobuf_json.h"
#include "schema/tensorflow_proto.h"

#include "support.h"

static tfp_status decode(struct scratch *f, const struct pb_message *type, const char *text, void **out)
{
    json_t *json;
    assert_ok(f->ctx, json_read(f->ctx, bytes_of(text), "it", &json));
    *out = arena_alloc(&f->arena, 1, type->size);
    tfp_status status = protobuf_json_decode(f->ctx, &f->arena, type, json, *out);
    json_decref(json); /* nothing points into it */
    return status;
}

/* The JSON means what the text form says. */
static void same(struct scratch *f, const struct pb_message *type, const char *json, const char *text)
{
    struct text got = { 0 }, wanted = { 0 };
    void *a, *b = arena_alloc(&f->arena, 1, type->size);
    assert_ok(f->ctx, decode(f, type, json, &a));
    assert_ok(f->ctx, protobuf_text_decode(f->ctx, &f->arena, type, bytes_of(text), b));
    protobuf_text_encode(type, a, &got);
    protobuf_text_encode(type, b, &wanted);
    assert_string_equal(got.at ? got.at : "", wanted.at ? wanted.at : "");
    text_free(&got);
    text_free(&wanted);
}

static void refuses(struct scratch *f, const struct pb_message *type, const char *json, const char *message)
{
    void *out;
    assert_int_equal(decode(f, type, json, &out), TFP_E_FORMAT);
    assert_string_equal(f->ctx->text, message);
}

static void names_and_unknown_members(void **state)
{
    struct scratch *f = *state;
    const struct pb_message *tensor = &tfpb_tensor_type;
    same(f, tensor, "{}", "");
    same(f, tensor, "{\"tensorShape\": {\"dim\": [{\"size\": \"-1\"}, {\"size\": 3, \"name\": \"c\"}]}, \"dtype\": \"DT_FLOAT\"}",
         "dtype: DT_FLOAT tensor_shape { dim { size: -1 } dim { size: 3 name: 'c' } }");
    same(f, tensor, "{\"tensor_shape\": {\"unknown_rank\": true}, \"dtype\": 9}",
         "dtype: DT_INT64 tensor_shape { unknown_rank: true }");
    same(f, tensor, "{\"versionNumber\": null, \"what\": [{\"a\": {}}], \"floatVal\": null, \"variantVal\": 7}", "");
    same(f, &tfpb_node_type, "{\"experimentalType\": {\"typeId\": \"TFT_PRODUCT\"}, \"name\": \"n\", \"input\": [\"a:1\", \"^b\"]}",
         "name: 'n' input: 'a:1' input: '^b'");
}

static void numbers(void **state)
{
    struct scratch *f = *state;
    const struct pb_message *tensor = &tfpb_tensor_type;
    same(f, tensor, "{\"int64Val\": [\"-9223372036854775808\", 9223372036854775807, 5.0, \"7\", -1e3]}",
         "int64_val: -9223372036854775808 int64_val: 9223372036854775807 int64_val: 5 int64_val: 7 int64_val: -1000");
    same(f, tensor, "{\"uint64Val\": [\"18446744073709551615\", 0]}", "uint64_val: 18446744073709551615 uint64_val: 0");
    same(f, tensor, "{\"intVal\": [-2147483648, \"2147483647\"]}", "int_val: -2147483648 int_val: 2147483647");
    same(f, tensor, "{\"floatVal\": [1, 0.2, \"1.5\", \"NaN\", \"Infinity\", \"-Infinity\", 1e300]}",
         "float_val: 1 float_val: 0.2 float_val: 1.5 float_val: nan float_val: inf float_val: -inf float_val: inf");
    same(f, tensor, "{\"doubleVal\": [1e300, NaN, -Infinity]}", "double_val: 1e300 double_val: nan double_val: -inf");
    same(f, tensor, "{\"boolVal\": [true, false]}", "bool_val: true bool_val: false");
}

static void text_and_bytes(void **state)
{
    struct scratch *f = *state;
    const struct pb_message *tensor = &tfpb_tensor_type;
    same(f, tensor, "{\"stringVal\": [\"\", \"YWI=\", \"YWI\", \"AP+/\", \"AP-_\"]}",
         "string_val: '' string_val: 'ab' string_val: 'ab' string_val: '\\000\\377\\277' string_val: '\\000\\377\\277'");
    same(f, &tfpb_node_type, "{\"name\": \"\\u00e9 \\\" \\u0000\"}", "name: '\\303\\251 \" \\000'");
}

static void maps_and_oneofs(void **state)
{
    struct scratch *f = *state;
    same(f, &tfpb_node_type,
         "{\"attr\": {\"s\": {\"s\": \"U0FNRQ==\"}, \"T\": {\"type\": \"DT_HALF\"}, \"strides\": {\"list\": {\"i\": [\"1\", 2]}},"
         " \"f\": {\"func\": {\"name\": \"g\", \"attr\": {\"x\": {\"b\": false}}}}, \"none\": {}}}",
         "attr { key: 's' value { s: 'SAME' } } attr { key: 'T' value { type: DT_HALF } }"
         "attr { key: 'strides' value { list { i: 1 i: 2 } } }"
         "attr { key: 'f' value { func { name: 'g' attr { key: 'x' value { b: false } } } } } attr { key: 'none' value { } }");
    same(f, &tfpb_function_type, "{\"argAttr\": {\"12\": {\"attr\": {}}}, \"resourceArgUniqueId\": {\"0\": 3}, \"ret\": {\"a\": \"b\"}}",
         "arg_attr { key: 12 value { } } resource_arg_unique_id { key: 0 value: 3 } ret { key: 'a' value: 'b' }");
    same(f, &tfpb_node_type, "{\"attr\": [{\"key\": \"a\", \"value\": {\"i\": 1}}]}", "attr { key: 'a' value { i: 1 } }");
}

static void what_is_wrong_is_named(void **state)
{
    struct scratch *f = *state;
    const struct pb_message *tensor = &tfpb_tensor_type, *node = &tfpb_node_type;
    refuses(f, node, "[]", "NodeDef: an object is expected");
    refuses(f, node, "{\"name\": 5}", "NodeDef.name: text is expected");
    refuses(f, node, "{\"input\": \"a\"}", "NodeDef.input: a list is expected");
    refuses(f, node, "{\"input\": {\"a\": \"b\"}}", "NodeDef.input: a list is expected");
    refuses(f, node, "{\"attr\": 3}", "NodeDef.attr: a map is expected");
    refuses(f, node, "{\"attr\": {\"a\": null}}", "AttrValue: an object is expected");
    refuses(f, node, "{\"attr\": {\"a\": {\"i\": 1, \"b\": true}}}",
            "AttrValue.b: another field of the same oneof is given already");
    refuses(f, tensor, "{\"tensorShape\": {}, \"tensor_shape\": {}}", "TensorProto.tensor_shape: given twice");
    refuses(f, tensor, "{\"dtype\": \"DT_NONE\"}", "TensorProto.dtype: \"DT_NONE\" is no word of DataType");
    refuses(f, tensor, "{\"dtype\": 1.5}", "TensorProto.dtype: an integer is expected");
    refuses(f, tensor, "{\"intVal\": [2147483648]}", "TensorProto.int_val: integer out of range");
    refuses(f, tensor, "{\"uint32Val\": [\"-1\"]}", "TensorProto.uint32_val: integer out of range");
    refuses(f, tensor, "{\"int64Val\": [\"9223372036854775808\"]}", "TensorProto.int64_val: integer out of range");
    refuses(f, tensor, "{\"uint64Val\": [\"18446744073709551616\"]}", "TensorProto.uint64_val: an integer is expected");
    refuses(f, tensor, "{\"int64Val\": [1e18]}", "TensorProto.int64_val: an integer is expected");
    refuses(f, tensor, "{\"int64Val\": [\"\"]}", "TensorProto.int64_val: an integer is expected");
    refuses(f, tensor, "{\"int64Val\": [\"1\\u0000\"]}", "TensorProto.int64_val: an integer is expected");
    refuses(f, tensor, "{\"int64Val\": [true]}", "TensorProto.int64_val: an integer is expected");
    refuses(f, tensor, "{\"floatVal\": [\"nan\"]}", "TensorProto.float_val: a number is expected");
    refuses(f, tensor, "{\"floatVal\": [\"[1]\"]}", "TensorProto.float_val: a number is expected");
    refuses(f, tensor, "{\"floatVal\": [{}]}", "TensorProto.float_val: a number is expected");
    refuses(f, tensor, "{\"boolVal\": [1]}", "TensorProto.bool_val: true or false is expected");
    refuses(f, tensor, "{\"stringVal\": [\"a\"]}", "TensorProto.string_val: bytes that are no base64");
    refuses(f, tensor, "{\"stringVal\": [\"a*bc\"]}", "TensorProto.string_val: bytes that are no base64");
    refuses(f, tensor, "{\"stringVal\": [[97]]}", "TensorProto.string_val: bytes in base64 are expected");
    refuses(f, &tfpb_function_type, "{\"argAttr\": {\"x\": {}}}", "FunctionDef.ArgAttrEntry.key: an integer is expected");
}

static void nesting_ends(void **state)
{
    struct scratch *f = *state;
    struct text t = { 0 };
    for (int i = 0; i < 60; i++) text_add(&t, "{\"attr\": {\"f\": {\"func\": ");
    text_add(&t, "{}");
    for (int i = 0; i < 60; i++) text_add(&t, "}}}");
    refuses(f, &tfpb_node_type, t.at, "NameAttrList: nested too deep");
    text_free(&t);
}

int main(void)
{
#define TEST(name) SCRATCH_TEST(name)
    const struct CMUnitTest tests[] = { TEST(names_and_unknown_members), TEST(numbers),      TEST(text_and_bytes),
                                        TEST(maps_and_oneofs),           TEST(nesting_ends), TEST(what_is_wrong_is_named) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
