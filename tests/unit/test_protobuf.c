/* The protobuf codec against bytes that TensorFlow and onnx wrote, against hand-made ones, and against hostile ones. */
#include "base/buffer.h"
#include "codec/protobuf.h"
#include "schema/onnx_proto.h"
#include "schema/tensorflow_proto.h"

#include "support.h"

#define BYTES(literal) ((struct bytes){ literal, sizeof literal - 1 })

static struct text encode(struct scratch *f, const struct pb_message *type, const void *message)
{
    struct text out = { 0 };
    const struct pb_sink sink = { collect, &out };
    assert_int_equal(protobuf_encode(f->ctx, type, message, &sink), TFP_OK);
    assert_false(out.failed);
    assert_int_equal(out.n, protobuf_size(type, message));
    return out;
}

static void *decode(struct scratch *f, const struct pb_message *type, struct bytes input)
{
    void *message = arena_alloc(&f->arena, 1, type->size);
    assert_ok(f->ctx, protobuf_decode(f->ctx, &f->arena, type, input, message));
    return message;
}

static void *decode_text(struct scratch *f, const struct pb_message *type, const char *input)
{
    void *message = arena_alloc(&f->arena, 1, type->size);
    assert_ok(f->ctx, protobuf_text_decode(f->ctx, &f->arena, type, bytes_of(input), message));
    return message;
}

static void refuses(struct scratch *f, const struct pb_message *type, struct bytes input, const char *message)
{
    void *out = arena_alloc(&f->arena, 1, type->size);
    assert_int_equal(protobuf_decode(f->ctx, &f->arena, type, input, out), TFP_E_FORMAT);
    assert_string_equal(f->ctx->text, message);
}

static void refuses_text(struct scratch *f, const struct pb_message *type, const char *input, const char *message)
{
    void *out = arena_alloc(&f->arena, 1, type->size);
    assert_int_equal(protobuf_text_decode(f->ctx, &f->arena, type, bytes_of(input), out), TFP_E_FORMAT);
    assert_string_equal(f->ctx->text, message);
}

static void assert_bytes(struct bytes got, const char *expected, size_t n)
{
    assert_int_equal(got.n, n);
    assert_memory_equal(got.at, expected, n);
}

/* -- tables -------------------------------------------------------------------------------------------------------- */

struct visited {
    const struct pb_message *at[128];
    size_t n;
};

static void check_table(struct visited *seen, const struct pb_message *type)
{
    for (size_t i = 0; i < seen->n; i++)
        if (seen->at[i] == type) return;
    assert_true(seen->n < 128);
    seen->at[seen->n++] = type;
    assert_true(type->n_fields > 0 && type->n_fields <= PB_MAX_FIELDS);
    for (size_t i = 0; i < type->n_fields; i++) {
        const struct pb_field *f = &type->fields[i];
        if (i > 0 && f->number <= f[-1].number) fail_msg("%s.%s is not sorted", type->name, f->name);
        if ((f->type == PB_MESSAGE) != (f->message != NULL)) fail_msg("%s.%s: message", type->name, f->name);
        if ((f->type == PB_ENUM) != (f->words != NULL)) fail_msg("%s.%s: words", type->name, f->name);
        assert_true(f->offset < type->size && f->which <= type->size);
        if (f->message) check_table(seen, f->message);
    }
}

static void tables_are_sound(void **state)
{
    (void)state;
    struct visited seen = { .n = 0 };
    check_table(&seen, &tfpb_saved_model_type);
    check_table(&seen, &tfpb_variable_type);
    check_table(&seen, &onnxpb_model_type);
}

/* -- files --------------------------------------------------------------------------------------------------------- */

struct sample {
    const char *path;
    const struct pb_message *type;
};
static const struct sample samples[] = {
    { TEST_DATA "/graphs/conv2d_explicit.pb", &tfpb_graph_type },
    { TEST_DATA "/graphs/cond_v2.pb", &tfpb_graph_type },
    { TEST_DATA "/graphs/depth_to_space.pb", &tfpb_graph_type },
    { TEST_DATA "/graphs/ew_abs_saved_model.pb", &tfpb_saved_model_type },
    { TEST_DATA "/onnx/kinds.onnx", &onnxpb_model_type },
};
enum { N_SAMPLES = COUNT_OF(samples) };

static struct buffer *open_sample(struct scratch *f, const char *path, struct bytes *out)
{
    struct buffer *b;
    assert_ok(f->ctx, buffer_map(f->ctx, path, &b));
    *out = (struct bytes){ b->data, b->size };
    return b;
}

static void files_survive_the_round_trip(void **state)
{
    struct scratch *f = *state;
    for (size_t i = 0; i < N_SAMPLES; i++) {
        struct bytes file;
        struct text words = { 0 };
        struct buffer *b = open_sample(f, samples[i].path, &file);
        const struct pb_message *type = samples[i].type;
        void *message = decode(f, type, file);
        struct text once = encode(f, type, message);
        assert_bytes((struct bytes){ once.at, once.n }, file.at, file.n);
        protobuf_text_encode(type, message, &words);
        assert_false(words.failed);
        struct text twice = encode(f, type, decode_text(f, type, words.at));
        assert_bytes((struct bytes){ twice.at, twice.n }, file.at, file.n);
        text_free(&once);
        text_free(&twice);
        text_free(&words);
        buffer_drop(b);
    }
}

static void text_is_laid_out_as_by_tensorflow(void **state)
{
    struct scratch *f = *state;
    struct bytes file;
    struct buffer *b = open_sample(f, TEST_DATA "/graphs/depth_to_space.pbtxt", &file);
    struct tfpb_graph graph = { 0 };
    struct text words = { 0 };
    assert_int_equal(protobuf_text_decode(f->ctx, &f->arena, &tfpb_graph_type, file, &graph), TFP_OK);
    protobuf_text_encode(&tfpb_graph_type, &graph, &words);
    assert_bytes((struct bytes){ words.at, words.n }, file.at, file.n);
    text_free(&words);
    buffer_drop(b);
}

static void files_are_told_by_content(void **state)
{
    struct scratch *f = *state;
    static const struct pb_message *const types[] = { &tfpb_graph_type, &tfpb_meta_graph_type, &tfpb_saved_model_type,
                                                      &onnxpb_model_type };
    for (size_t i = 0; i < N_SAMPLES; i++) {
        struct bytes file;
        struct buffer *b = open_sample(f, samples[i].path, &file);
        for (size_t k = 0; k < 4; k++) {
            assert_int_equal(protobuf_score(types[k], file), types[k] == samples[i].type ? 100 : 0);
            assert_int_equal(protobuf_text_score(types[k], file), 0);
        }
        struct bytes cut = { file.at, file.n / 2 };
        assert_true(protobuf_score(samples[i].type, cut) > 0);
        buffer_drop(b);
    }
    assert_int_equal(protobuf_score(&tfpb_graph_type, BYTES("")), 0);
    assert_int_equal(protobuf_score(&tfpb_graph_type, BYTES("\nnode {\n}\n")), 0);
    assert_int_equal(protobuf_text_score(&tfpb_graph_type, BYTES("# graph\nnode {\n}\n")), 100);
    assert_int_equal(protobuf_text_score(&tfpb_graph_type, BYTES("versions: <>")), 100);
    assert_int_equal(protobuf_text_score(&tfpb_graph_type, BYTES("meta_info_def {")), 0);
    assert_int_equal(protobuf_text_score(&tfpb_meta_graph_type, BYTES("meta_info_def {")), 100);
    assert_int_equal(protobuf_text_score(&tfpb_graph_type, BYTES("node")), 0);
}

/* -- binary -------------------------------------------------------------------------------------------------------- */

static void fields_land_in_their_members(void **state)
{
    struct scratch *f = *state;
    struct bytes file;
    struct buffer *b = open_sample(f, TEST_DATA "/graphs/conv2d_explicit.pb", &file);
    const struct tfpb_graph *graph = decode(f, &tfpb_graph_type, file);
    const struct tfpb_node *conv = NULL;
    for (size_t i = 0; i < graph->node.n; i++)
        if (bytes_equal(graph->node.at[i].op, "Conv2D")) conv = &graph->node.at[i];
    assert_non_null(conv);
    assert_true(conv->name.at > file.at && conv->name.at < file.at + file.n); /* no copy */
    assert_int_equal(conv->input.n, 2);
    size_t found = 0;
    for (size_t i = 0; i < conv->attr.n; i++) {
        const struct tfpb_attr *a = &conv->attr.at[i];
        if (bytes_equal(a->key, "padding")) {
            assert_int_equal(a->value.which, TFPB_ATTR_S);
            assert_true(bytes_equal(a->value.s, "EXPLICIT"));
            found++;
        } else if (bytes_equal(a->key, "explicit_paddings")) {
            assert_int_equal(a->value.which, TFPB_ATTR_LIST);
            assert_int_equal(a->value.list->i.n, 8);
            found++;
        } else if (bytes_equal(a->key, "T")) {
            assert_int_equal(a->value.which, TFPB_ATTR_TYPE);
            assert_int_equal(a->value.type, TFPB_DT_FLOAT);
            found++;
        }
    }
    assert_int_equal(found, 3);
    buffer_drop(b);
}

static void numbers_may_be_packed_or_not(void **state)
{
    struct scratch *f = *state;
    /* int_val: 1 unpacked, then 2 and -1 packed, then 300 unpacked; float_val likewise; bool_val; an empty run */
    const struct tfpb_tensor *t =
        decode(f, &tfpb_tensor_type,
               BYTES("\x38\x01\x3a\x0b\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x38\xac\x02"
                     "\x2d\x00\x00\x80\x3f\x2a\x04\x00\x00\x00\xc0\x5a\x02\x01\x00\x5a\x00\x88\x01\x05"));
    static const int32_t ints[] = { 1, 2, -1, 300 };
    static const float floats[] = { 1, -2 };
    assert_int_equal(t->int_val.n, 4);
    assert_memory_equal(t->int_val.at, ints, sizeof ints);
    assert_int_equal(t->float_val.n, 2);
    assert_memory_equal(t->float_val.at, floats, sizeof floats);
    assert_int_equal(t->bool_val.n, 2);
    assert_true(t->bool_val.at[0] && !t->bool_val.at[1]);
    assert_int_equal(t->uint64_val.n, 1);
    assert_int_equal(t->uint64_val.at[0], 5);
}

static void what_occurs_twice_is_merged(void **state)
{
    struct scratch *f = *state;
    /* versions { producer: 1 bad_consumers: 7 } versions { producer: 2 min_consumer: 3 bad_consumers: 8 } */
    const struct tfpb_graph *g = decode(f, &tfpb_graph_type, BYTES("\x22\x04\x08\x01\x18\x07\x22\x06\x08\x02\x10\x03"
                                                                   "\x18\x08\x18\x05\x18\x06"));
    assert_int_equal(g->version, 6);
    assert_int_equal(g->versions->producer, 2);
    assert_int_equal(g->versions->min_consumer, 3);
    assert_int_equal(g->versions->bad_consumers.n, 2);
    assert_int_equal(g->versions->bad_consumers.at[0], 7);
    assert_int_equal(g->versions->bad_consumers.at[1], 8);
    /* of a oneof the last one counts: i: 5, then shape {}, then s: "a" */
    const struct tfpb_attr_value *v = decode(f, &tfpb_attr_value_type, BYTES("\x18\x05\x3a\x00\x12\x01"
                                                                             "a"));
    assert_int_equal(v->which, TFPB_ATTR_S);
    assert_bytes(v->s, "a", 1);
}

static void unknown_fields_are_skipped(void **state)
{
    struct scratch *f = *state;
    /* field 100 as varint, 8 bytes, bytes, 4 bytes; a group 100 with a group in it; then name: "n" */
    const struct tfpb_node *n =
        decode(f, &tfpb_node_type, BYTES("\xa0\x06\x05\xa1\x06yyyyyyyy\xa2\x06\x02zz\xa5\x06xxxx"
                                         "\xa3\x06\x0b\x08\x01\x0c\x2a\x00\xa4\x06\x0a\x01n"));
    assert_bytes(n->name, "n", 1);
    assert_int_equal(n->attr.n, 0);
}

static void zero_is_written_where_it_matters(void **state)
{
    struct scratch *f = *state;
    struct tfpb_attr_value value = { .which = TFPB_ATTR_I };
    struct text t = encode(f, &tfpb_attr_value_type, &value);
    assert_bytes((struct bytes){ t.at, t.n }, "\x18\x00", 2);
    text_free(&t);
    value.which = 0;
    t = encode(f, &tfpb_attr_value_type, &value);
    assert_int_equal(t.n, 0);
    text_free(&t);
    struct onnxpb_attribute zero = { .name = BYTES("a"), .type = ONNXPB_FLOAT, .which = ONNXPB_ATTRIBUTE_F };
    t = encode(f, &onnxpb_attribute_type, &zero);
    assert_bytes((struct bytes){ t.at, t.n }, "\x0a\x01\x61\x15\x00\x00\x00\x00\xa0\x01\x01", 11);
    text_free(&t);
    zero = (struct onnxpb_attribute){ .name = BYTES("a"), .type = ONNXPB_STRING, .which = ONNXPB_ATTRIBUTE_S };
    t = encode(f, &onnxpb_attribute_type, &zero);
    assert_bytes((struct bytes){ t.at, t.n }, "\x0a\x01\x61\x22\x00\xa0\x01\x03", 8);
    text_free(&t);
}

struct seen_pointer {
    const void *wanted;
    bool direct;
};

static tfp_status watch(void *user, const void *at, size_t n)
{
    struct seen_pointer *seen = user;
    if (at == seen->wanted && n > 1024) seen->direct = true;
    return TFP_OK;
}

static tfp_status full(void *user, const void *at, size_t n)
{
    (void)at, (void)n;
    return tfp_fail(user, TFP_E_SYSTEM, "disk full");
}

static void long_bytes_are_not_copied(void **state)
{
    struct scratch *f = *state;
    char *weights = arena_alloc(&f->arena, 100000, 1);
    struct onnxpb_tensor t = { .data_type = TFP_FLOAT, .raw_data = { weights, 100000 } };
    struct seen_pointer seen = { .wanted = weights };
    assert_int_equal(protobuf_encode(f->ctx, &onnxpb_tensor_type, &t, &(struct pb_sink){ watch, &seen }), TFP_OK);
    assert_true(seen.direct);
    assert_int_equal(protobuf_encode(f->ctx, &onnxpb_tensor_type, &t, &(struct pb_sink){ full, f->ctx }), TFP_E_SYSTEM);
    assert_string_equal(f->ctx->text, "disk full");
}

static void sizes_beyond_4_gib_are_counted(void **state)
{
    (void)state;
    static const char byte[1];
    struct onnxpb_tensor t = { .data_type = TFP_FLOAT, .raw_data = { byte, (size_t)5 << 30 } };
    struct onnxpb_graph g = { .initializer = { &t, 1 } };
    assert_int_equal(protobuf_size(&onnxpb_graph_type, &g), ((uint64_t)5 << 30) + 2 + 6 + 6);
}

/* -- binary, hostile ----------------------------------------------------------------------------------------------- */

static void broken_bytes_are_refused(void **state)
{
    struct scratch *f = *state;
    const struct pb_message *node = &tfpb_node_type;
    refuses(f, node, BYTES("\x0a\x05nod"), "offset 0: NodeDef.name: length runs past the end");
    refuses(f, node, BYTES("\x0a\x01n\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
            "offset 3: NodeDef.name: length runs past the end");
    refuses(f, node, BYTES("\x0a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"),
            "offset 0: NodeDef.name: broken length");
    refuses(f, node, BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), "offset 0: NodeDef: broken tag");
    refuses(f, node, BYTES("\x02\x00"), "offset 0: NodeDef: broken tag");
    refuses(f, node, BYTES("\x08\x01"), "offset 0: NodeDef.name: wire type does not fit the field");
    refuses(f, node, BYTES("\x0f"), "offset 0: NodeDef.name: wire type does not fit the field");
    refuses(f, node, BYTES("\xa6\x06"), "offset 0: NodeDef: unknown wire type");
    refuses(f, node, BYTES("\xa4\x06"), "offset 0: NodeDef: end of a group that was not begun");
    refuses(f, node, BYTES("\xa3\x06\x0a\x01n"), "offset 0: NodeDef: broken group");
    refuses(f, node, BYTES("\xa3\x06\x0b\xa4\x06\x0c"), "offset 0: NodeDef: broken group");
    refuses(f, &tfpb_graph_type, BYTES("\x0a\x06\x0a\x03no"), "offset 0: GraphDef.node: length runs past the end");
    refuses(f, &tfpb_graph_type, BYTES("\x18\x01\x0a\x06\x0a\x03no"),
            "offset 2: GraphDef.node: length runs past the end");
    refuses(f, &tfpb_graph_type, BYTES("\x18\x01\x0a\x03\x0a\x03n"),
            "offset 4: NodeDef.name: length runs past the end");
    refuses(f, &tfpb_tensor_type, BYTES("\x2a\x03xyz"), "offset 0: TensorProto.float_val: broken packed list");
    refuses(f, &tfpb_tensor_type, BYTES("\x3a\x02\x01\x80"), "offset 0: TensorProto.int_val: broken packed list");
    refuses(f, &tfpb_tensor_type, BYTES("\x3a\x0b\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"),
            "offset 2: TensorProto.int_val: broken varint");
}

/* Wraps `inner` in a length-delimited field again and again: AttrValue.func, .attr, .value. */
static struct text nested(size_t levels)
{
    static const unsigned char tags[] = { 0x12, 0x12, 0x52 }; /* AttrEntry.value, NameAttrList.attr, AttrValue.func */
    size_t room = levels * 6 + 16, at = room;
    char *buffer = malloc(room);
    assert_non_null(buffer);
    for (size_t i = 0; i < levels; i++) {
        char head[16] = { (char)tags[i % 3] };
        size_t k = 1;
        for (size_t v = room - at; (head[k++] = (char)((v & 0x7f) | (v > 0x7f ? 0x80 : 0))), v > 0x7f;) v >>= 7;
        at -= k;
        memcpy(buffer + at, head, k);
    }
    struct text t = { 0 };
    text_add_bytes(&t, buffer + at, room - at);
    free(buffer);
    return t;
}

static void nesting_is_limited(void **state)
{
    struct scratch *f = *state;
    struct tfpb_attr_value value = { 0 };
    struct text fits = nested(99), deep = nested(102), abyss = nested(99999);
    struct bytes input = { fits.at, fits.n };
    assert_int_equal(protobuf_decode(f->ctx, &f->arena, &tfpb_attr_value_type, input, &value), TFP_OK);
    struct text again = encode(f, &tfpb_attr_value_type, &value);
    decode(f, &tfpb_attr_value_type, (struct bytes){ again.at, again.n });
    const struct text *const bad[] = { &deep, &abyss };
    for (size_t i = 0; i < 2; i++) {
        struct tfpb_attr_value out = { 0 };
        input = (struct bytes){ bad[i]->at, bad[i]->n };
        assert_int_equal(protobuf_decode(f->ctx, &f->arena, &tfpb_attr_value_type, input, &out), TFP_E_FORMAT);
        assert_contains(f->ctx->text, "nested too deep");
    }
    char *groups = arena_alloc(&f->arena, 100000, 1);
    memset(groups, 0x0b, 100000);
    refuses(f, &tfpb_library_type, (struct bytes){ groups, 100000 },
            "offset 0: FunctionDefLibrary.function: wire type does not fit the field");
    memset(groups, 0x7b, 100000);
    refuses(f, &tfpb_library_type, (struct bytes){ groups, 100000 }, "offset 0: FunctionDefLibrary: broken group");
    text_free(&fits);
    text_free(&deep);
    text_free(&abyss);
    text_free(&again);
}

static void memory_is_bounded_by_the_input(void **state)
{
    struct scratch *f = *state;
    size_t n = 200000;
    char *empty = arena_alloc(&f->arena, n, 1);
    for (size_t i = 0; i < n; i += 2) empty[i] = 0x5a; /* graphs {} */
    refuses(f, &onnxpb_attribute_type, (struct bytes){ empty, n },
            "AttributeProto.graphs: 100000 elements need more memory than a file of this size may take");
    /* one list that grows by one in each of many merges would copy without end */
    for (size_t i = 0; i + 4 <= n; i += 4) memcpy(empty + i, "\x22\x02\x18\x01", 4);
    struct tfpb_graph graph = { 0 };
    assert_int_equal(protobuf_decode(f->ctx, &f->arena, &tfpb_graph_type, (struct bytes){ empty, n }, &graph),
                     TFP_E_FORMAT);
}

static uint32_t random_number(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void any_bytes_are_survived(void **state)
{
    struct scratch *f = *state;
    uint32_t seed = 1;
    for (size_t i = 0; i < N_SAMPLES; i++) {
        struct bytes file;
        struct buffer *b = open_sample(f, samples[i].path, &file);
        const struct pb_message *type = samples[i].type;
        for (size_t cut = 0; cut < file.n + 2000; cut++) {
            struct arena arena = { 0 };
            void *out = arena_alloc(&arena, 1, type->size);
            size_t n = cut < file.n ? cut : file.n;
            char *copy = malloc(n + 1); /* exact, so that the sanitizer sees an overrun */
            if (n) memcpy(copy, file.at, n);
            copy = realloc(copy, n ? n : 1);
            for (size_t k = 0; cut >= file.n && k < 3; k++)
                copy[random_number(&seed) % n] ^= (char)(1u << random_number(&seed) % 8);
            tfp_status status = protobuf_decode(f->ctx, &arena, type, (struct bytes){ copy, n }, out);
            assert_true(status == TFP_OK || status == TFP_E_FORMAT);
            protobuf_score(type, (struct bytes){ copy, n });
            if (status == TFP_OK) assert_true(protobuf_size(type, out) != UINT64_MAX);
            free(copy);
            arena_free(&arena);
        }
        buffer_drop(b);
    }
}

/* -- text ---------------------------------------------------------------------------------------------------------- */

static void text_takes_every_notation(void **state)
{
    struct scratch *f = *state;
    const struct tfpb_tensor *t = decode_text(f, &tfpb_tensor_type,
                                              "# a comment\n"
                                              "dtype: DT_INT32_REF, "
                                              "tensor_shape < dim: [ { size: 0x10 }, < size: 010 > ] >;\n"
                                              "tensor_content: \"a\\001\\x41\\n\" 'b\"' # between\n"
                                              " \"\\303\\244\\u00e4\\U0001F600\\ud83d\\ude00\"\n"
                                              "float_val: [1.5f, -inf, nan, 2, -.5e1F, 1e40] float_val: infinity\n"
                                              "int_val: -2147483648 int_val: 2147483647 int_val: -0x1\n"
                                              "bool_val: [true, f, 1, False, t, 0]\n"
                                              "uint64_val: 18446744073709551615 int64_val: -9223372036854775808\n"
                                              "string_val: '' string_val: 'plain' int64_val: []\n");
    assert_int_equal(t->dtype, TFPB_DT_INT32 + TFPB_DT_REF);
    assert_int_equal(t->tensor_shape->dim.n, 2);
    assert_int_equal(t->tensor_shape->dim.at[0].size, 16);
    assert_int_equal(t->tensor_shape->dim.at[1].size, 8);
    assert_bytes(t->tensor_content, "a\1A\nb\"\303\244\303\244\360\237\230\200\360\237\230\200", 18);
    assert_int_equal(t->float_val.n, 7);
    assert_true(t->float_val.at[0] == 1.5f && t->float_val.at[3] == 2 && t->float_val.at[4] == -5);
    assert_true(t->float_val.at[1] < -3e38f && t->float_val.at[5] > 3e38f && t->float_val.at[6] > 3e38f);
    assert_true(t->float_val.at[2] != t->float_val.at[2]);
    assert_int_equal(t->int_val.n, 3);
    assert_int_equal(t->int_val.at[0], INT32_MIN);
    assert_int_equal(t->int_val.at[1], INT32_MAX);
    assert_int_equal(t->int_val.at[2], -1);
    static const bool bools[] = { true, false, true, false, true, false };
    assert_int_equal(t->bool_val.n, 6);
    assert_memory_equal(t->bool_val.at, bools, sizeof bools);
    assert_true(t->uint64_val.at[0] == UINT64_MAX && t->int64_val.n == 1 && t->int64_val.at[0] == INT64_MIN);
    assert_int_equal(t->string_val.n, 2);
    assert_bytes(t->string_val.at[1], "plain", 5);
    assert_string_equal(f->note, "");
}

static void maps_are_entries(void **state)
{
    struct scratch *f = *state;
    const struct tfpb_node *n =
        decode_text(f, &tfpb_node_type,
                    "name: 'n' attr { key: 'a' value { list { i: [1, 2] type: [DT_FLOAT, 7] } } }\n"
                    "attr: < key: 'b' value: { s: '' } > attr { key: 'c' } attr [{ key: 'd' value { b: false } }]");
    assert_int_equal(n->attr.n, 4);
    assert_int_equal(n->attr.at[0].value.which, TFPB_ATTR_LIST);
    assert_int_equal(n->attr.at[0].value.list->type.at[1], TFPB_DT_STRING);
    assert_int_equal(n->attr.at[1].value.which, TFPB_ATTR_S);
    assert_int_equal(n->attr.at[2].value.which, 0);
    assert_int_equal(n->attr.at[3].value.which, TFPB_ATTR_B);
}

static void unknown_text_is_skipped_with_a_note(void **state)
{
    struct scratch *f = *state;
    const struct tfpb_node *n =
        decode_text(f, &tfpb_node_type,
                    "name: 'n'\n  future: -1.5e-3 other: [1, WORD, 'text' \"more\"] [my.ext]: 5\n"
                    "any { [type.googleapis.com/a.B] { x: 1 y < z: 2; > } } 12: 'number'\n"
                    "empty: [] list: [{ a: 1 }, <>]\n"
                    "experimental_debug_info { original_node_names: 'x' } op: 'Op'");
    assert_bytes(n->op, "Op", 2);
    assert_string_equal(f->note, "line 2, column 3: unknown field future skipped, and others after it");
    f->note[0] = '\0';
    decode_text(f, &tfpb_node_type, "experimental_debug_info { original_node_names: 'x' }");
    assert_string_equal(f->note, "");
}

static void broken_text_is_refused(void **state)
{
    struct scratch *f = *state;
    const struct pb_message *node = &tfpb_node_type, *tensor = &tfpb_tensor_type;
    refuses_text(f, node, "name 'n'", "line 1, column 6: NodeDef.name: ':' is expected");
    refuses_text(f, node, "name: 'n", "line 1, column 7: string without its closing quote");
    refuses_text(f, node, "name: 'n\n'", "line 1, column 7: string without its closing quote");
    refuses_text(f, node, "\n\n name: '\\q'", "line 3, column 9: unknown escape in a string");
    refuses_text(f, node, "name: '\\400'", "line 1, column 8: unknown escape in a string");
    refuses_text(f, node, "name: '\\ud800'", "line 1, column 8: unknown escape in a string");
    refuses_text(f, node, "name: n", "line 1, column 7: a string in quotes is expected");
    refuses_text(f, node, "name: 'a' name: 'b'", "line 1, column 11: NodeDef.name: given twice");
    refuses_text(f, node, "attr { key: 'a'", "line 1, column 6: AttrEntry: message without its end");
    refuses_text(f, node, "attr { key: 'a' >", "line 1, column 17: a field's name is expected");
    refuses_text(f, node, "attr: 5", "line 1, column 7: NodeDef.attr: '{' is expected");
    refuses_text(f, node, "attr { value { i: 1 s: '' } }",
                 "line 1, column 23: AttrValue.s: another field of the same oneof is given already");
    refuses_text(f, node, "}", "line 1, column 1: a field's name is expected");
    refuses_text(f, node, "input: ['a' 'b'", "line 1, column 16: NodeDef.input: ',' or ']' is expected");
    refuses_text(f, node, "what", "line 1, column 5: ':' or '{' is expected");
    refuses_text(f, node, "what {", "line 1, column 6: message without its end");
    refuses_text(f, node, "what: ", "line 1, column 7: a value is expected");
    refuses_text(f, node, "[what: 1", "line 1, column 1: broken name in brackets");
    refuses_text(f, tensor, "dtype: DT_NONE",
                 "line 1, column 8: TensorProto.dtype: \"DT_NONE\" is no word of DataType");
    refuses_text(f, tensor, "int_val: 2147483648", "line 1, column 10: TensorProto.int_val: integer out of range");
    refuses_text(f, tensor, "int_val: 1.5", "line 1, column 11: a field's name is expected");
    refuses_text(f, tensor, "int_val: 08", "line 1, column 10: TensorProto.int_val: an integer is expected");
    refuses_text(f, tensor, "uint32_val: -1", "line 1, column 13: TensorProto.uint32_val: integer out of range");
    refuses_text(f, tensor, "uint64_val: 18446744073709551616",
                 "line 1, column 13: TensorProto.uint64_val: an integer is expected");
    refuses_text(f, tensor, "float_val: 1.2.3", "line 1, column 12: TensorProto.float_val: a number is expected");
    refuses_text(f, tensor, "float_val: 1x", "line 1, column 12: TensorProto.float_val: a number is expected");
    refuses_text(f, tensor, "float_val: none", "line 1, column 12: TensorProto.float_val: a number is expected");
    refuses_text(f, tensor, "bool_val: yes", "line 1, column 11: TensorProto.bool_val: true or false is expected");
}

static void deep_text_is_refused(void **state)
{
    struct scratch *f = *state;
    static const char *const openings[] = { "func{attr{value{", "unknown{", "unknown:[<" };
    for (size_t i = 0; i < 3; i++) {
        struct text t = { 0 };
        struct tfpb_attr_value out = { 0 };
        for (size_t k = 0; k < 100000; k++) text_add_bytes(&t, openings[i], strlen(openings[i]));
        struct bytes input = { t.at, t.n };
        assert_int_equal(protobuf_text_decode(f->ctx, &f->arena, &tfpb_attr_value_type, input, &out), TFP_E_FORMAT);
        assert_true(strstr(f->ctx->text, "nested too deep") || i == 2);
        text_free(&t);
    }
}

static void any_text_is_survived(void **state)
{
    struct scratch *f = *state;
    struct bytes file;
    uint32_t seed = 7;
    struct buffer *b = open_sample(f, TEST_DATA "/graphs/depth_to_space.pbtxt", &file);
    for (size_t cut = 0; cut < file.n + 3000; cut++) {
        struct arena arena = { 0 };
        struct tfpb_graph out = { 0 };
        size_t n = cut < file.n ? cut : file.n;
        char *copy = malloc(n ? n : 1);
        if (n) memcpy(copy, file.at, n);
        for (size_t k = 0; cut >= file.n && k < 2; k++)
            copy[random_number(&seed) % n] ^= (char)(1u << random_number(&seed) % 8);
        tfp_status status = protobuf_text_decode(f->ctx, &arena, &tfpb_graph_type, (struct bytes){ copy, n }, &out);
        assert_true(status == TFP_OK || status == TFP_E_FORMAT);
        free(copy);
        arena_free(&arena);
    }
    buffer_drop(b);
}

static void numbers_keep_their_value_in_text(void **state)
{
    struct scratch *f = *state;
    static const float floats[] = { 0.1f, -0.0f, 16777217.0f, 1e-45f, 3.4028235e38f, 1.0f };
    static const double doubles[] = { 0.1, 1.0 / 3, 5e-324, 1e22 };
    struct tfpb_tensor t = { .dtype = 1000, .float_val = { floats, 6 }, .double_val = { doubles, 4 } };
    struct text words = { 0 };
    protobuf_text_encode(&tfpb_tensor_type, &t, &words);
    assert_string_equal(words.at, "dtype: 1000\nfloat_val: 0.1\nfloat_val: -0.0\nfloat_val: 16777216.0\n"
                                  "float_val: 1.4013e-45\nfloat_val: 3.4028235e+38\nfloat_val: 1.0\ndouble_val: 0.1\n"
                                  "double_val: 0.3333333333333333\ndouble_val: 4.94065645841247e-324\n"
                                  "double_val: 1e+22\n");
    const struct tfpb_tensor *back = decode_text(f, &tfpb_tensor_type, words.at);
    assert_memory_equal(back->float_val.at, floats, sizeof floats);
    assert_memory_equal(back->double_val.at, doubles, sizeof doubles);
    text_free(&words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_sound),
        SCRATCH_TEST(files_survive_the_round_trip),
        SCRATCH_TEST(text_is_laid_out_as_by_tensorflow),
        SCRATCH_TEST(files_are_told_by_content),
        SCRATCH_TEST(fields_land_in_their_members),
        SCRATCH_TEST(numbers_may_be_packed_or_not),
        SCRATCH_TEST(what_occurs_twice_is_merged),
        SCRATCH_TEST(unknown_fields_are_skipped),
        SCRATCH_TEST(zero_is_written_where_it_matters),
        SCRATCH_TEST(long_bytes_are_not_copied),
        cmocka_unit_test(sizes_beyond_4_gib_are_counted),
        SCRATCH_TEST(broken_bytes_are_refused),
        SCRATCH_TEST(nesting_is_limited),
        SCRATCH_TEST(memory_is_bounded_by_the_input),
        SCRATCH_TEST(any_bytes_are_survived),
        SCRATCH_TEST(text_takes_every_notation),
        SCRATCH_TEST(maps_are_entries),
        SCRATCH_TEST(unknown_text_is_skipped_with_a_note),
        SCRATCH_TEST(broken_text_is_refused),
        SCRATCH_TEST(deep_text_is_refused),
        SCRATCH_TEST(any_text_is_survived),
        SCRATCH_TEST(numbers_keep_their_value_in_text),
    };
    return cmocka_run_group_tests_name("protobuf", tests, NULL, NULL);
}
