/* The TensorFlow frontend without files: graphs in protobuf's text form are opened and lowered, and the IR's dump or
 * the message is looked at. */
#include "base/buffer.h"
#include "base/text.h"
#include "frontend/frontend.h"
#include "frontend/tensorflow/lower.h"
#include "frontend/tensorflow/tf_source.h"

#include "support.h"

extern const struct frontend tensorflow_graph_def;

/* -- helpers ------------------------------------------------------------------------------------------------------- */

struct names {
    const char *at[4];
    size_t n;
};
#define NAMES(...) (struct names){ { __VA_ARGS__ }, sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *) }
#define NO_NAMES (struct names){ .n = 0 }

struct opened {
    tfp_context *ctx;
    tfp_status status;
    struct source *source;
    struct ir_graph *graph;
    struct text dump;
};

static struct opened open_shaped(struct bytes content, struct names in, struct names out, const struct tfp_shape *shape)
{
    struct opened o = { 0 };
    struct probe p = { .path = "test" };
    struct tfp_model_options options = TFP_INIT(options);
    options.inputs = in.at;
    options.n_inputs = in.n;
    options.outputs = out.at;
    options.n_outputs = out.n;
    options.shapes = shape;
    options.n_shapes = shape ? 1 : 0;
    assert_int_equal(tfp_context_create(&o.ctx), TFP_OK);
    assert_int_equal(buffer_create(o.ctx, content.n, &p.file), TFP_OK);
    memcpy(p.file->data, content.at, content.n);
    p.head = (struct bytes){ p.file->data, content.n };
    assert_true(tensorflow_graph_def.score(&p) > 0);
    o.status = tensorflow_graph_def.open(o.ctx, &p, &options, &o.source);
    buffer_drop(p.file);
    if (o.status == TFP_OK) o.status = tensorflow_graph_def.lower(o.ctx, o.source, &o.graph);
    if (o.status == TFP_OK) {
        assert_int_equal(ir_check(o.ctx, o.graph), TFP_OK);
        ir_dump(o.graph, &o.dump);
    }
    return o;
}

static void close_opened(struct opened *o)
{
    text_free(&o->dump);
    ir_destroy(o->graph);
    if (o->source) o->source->frontend->close(o->source);
    tfp_context_destroy(o->ctx);
}

/* The dump holds each of the lines (or is the message when the status is none). */
static void expect(const char *graph, struct names in, struct names out, tfp_status status, struct names lines)
{
    struct opened o = open_shaped(bytes_of(graph), in, out, NULL);
    const char *text = status == TFP_OK && o.dump.at ? o.dump.at : tfp_context_message(o.ctx);
    if (o.status != status) print_error("%s\n", tfp_context_message(o.ctx));
    assert_int_equal(o.status, status);
    for (size_t i = 0; i < lines.n; i++) {
        if (!strstr(text, lines.at[i])) print_error("\"%s\" is not in\n%s\n", lines.at[i], text);
        assert_contains(text, lines.at[i]);
    }
    close_opened(&o);
}

#define T_FLOAT " attr { key: 'T' value { type: DT_FLOAT } } "
#define PLACEHOLDER(name, type, shape)                                                                                 \
    "node { name: '" name "' op: 'Placeholder' attr { key: 'dtype' value { type: " type                                \
    " } } attr { key: 'shape' value { shape { " shape " } } } }\n"
#define X PLACEHOLDER("x", "DT_FLOAT", "dim { size: -1 } dim { size: 3 }")
#define UNARY(op, name, in) "node { name: '" name "' op: '" op "' input: '" in "'" T_FLOAT "}\n"
#define CONST(name, type, tensor)                                                                                      \
    "node { name: '" name "' op: 'Const' attr { key: 'dtype' value { type: " type                                      \
    " } } attr { key: 'value' value { tensor { dtype: " type " " tensor " } } } }\n"

/* -- tables -------------------------------------------------------------------------------------------------------- */

static void check_args(const struct op_def *def, const char *text)
{
    struct op_arg arg;
    struct op_attr attr;
    while (op_def_next_arg(&text, &arg)) {
        assert_true(arg.name.n > 0);
        if (arg.number.n) assert_true(op_def_attr(def, arg.number.at, arg.number.n, &attr) && attr.kind == 'i');
        if (!arg.type.n) assert_true(arg.dtype > 0 && !arg.list);
        else if (!op_def_attr(def, arg.type.at, arg.type.n, &attr) || attr.kind != 't' || attr.list != arg.list)
            fail_msg("%s: %.*s", def->name, (int)arg.type.n, arg.type.at);
    }
    assert_int_equal(*text, '\0');
}

static void test_op_defs(void **state)
{
    (void)state;
    for (size_t i = 0; i < op_defs_n; i++) {
        const struct op_def *def = &op_defs_table[i];
        const char *text = def->attrs;
        struct op_attr attr;
        if (i) assert_true(strcmp(op_defs_table[i - 1].name, def->name) < 0);
        assert_ptr_equal(op_def_find(def->name), def);
        check_args(def, def->in);
        check_args(def, def->out);
        while (op_def_next_attr(&text, &attr)) {
            assert_true(attr.name.n > 0 && attr.kind && strchr("ifbsthxg", attr.kind));
            if (attr.preset.at && attr.kind == 's' && !attr.list)
                assert_true(attr.preset.n >= 2 && attr.preset.at[0] == '\'' &&
                            attr.preset.at[attr.preset.n - 1] == '\'');
        }
        assert_int_equal(*text, '\0');
    }
    assert_null(op_def_find("NoSuchOp"));
}

static void test_rules(void **state)
{
    size_t n = 0;
    (void)state;
    for (size_t i = 0; i < rule_families_n; i++) {
        const struct rule_family *f = rule_families[i];
        for (size_t k = 0; k < f->n; k++, n++) {
            if (k && strcmp(f->rules[k - 1].op, f->rules[k].op) >= 0)
                fail_msg("%s and %s are not in order", f->rules[k - 1].op, f->rules[k].op);
            if (rule_find(f->rules[k].op) != &f->rules[k] && rule_find_complex(f->rules[k].op) != &f->rules[k])
                fail_msg("%s has two rules", f->rules[k].op);
            assert_non_null(f->rules[k].lower);
        }
    }
    assert_true(n > 0);
    assert_null(rule_find("NoSuchOp"));
}

/* -- tensors ------------------------------------------------------------------------------------------------------- */

struct tensor_case {
    const char *type, *text;
    tfp_dtype dtype;
    uint32_t rank;
    size_t n;
    double values[8];
};

#define DIMS(n) "tensor_shape { dim { size: " #n " } } "
static const struct tensor_case tensor_cases[] = {
    { "DT_FLOAT", DIMS(3) "float_val: [1.5, -2, 4]", TFP_FLOAT, 1, 3, { 1.5, -2, 4 } },
    { "DT_FLOAT", DIMS(4) "float_val: 7", TFP_FLOAT, 1, 4, { 7, 7, 7, 7 } },
    { "DT_FLOAT", DIMS(5) "float_val: [1, 2]", TFP_FLOAT, 1, 5, { 1, 2, 2, 2, 2 } },
    { "DT_FLOAT", DIMS(2) "", TFP_FLOAT, 1, 2, { 0, 0 } },
    { "DT_FLOAT", DIMS(0) "", TFP_FLOAT, 1, 0, { 0 } },
    { "DT_FLOAT", "tensor_shape { } float_val: 3", TFP_FLOAT, 0, 1, { 3 } },
    { "DT_FLOAT", "float_val: 3", TFP_FLOAT, 0, 1, { 3 } },
    { "DT_FLOAT", DIMS(2) "tensor_content: '\\000\\000\\200\\077\\000\\000\\000\\300'", TFP_FLOAT, 1, 2, { 1, -2 } },
    { "DT_DOUBLE", DIMS(2) "double_val: [0.1, 2]", TFP_DOUBLE, 1, 2, { 0.1, 2 } },
    { "DT_INT32", DIMS(2) "int_val: [-1, 70000]", TFP_INT32, 1, 2, { -1, 70000 } },
    { "DT_INT16", DIMS(2) "int_val: [-1, 30000]", TFP_INT16, 1, 2, { -1, 30000 } },
    { "DT_INT8", DIMS(2) "int_val: [-1, 100]", TFP_INT8, 1, 2, { -1, 100 } },
    { "DT_UINT8", DIMS(2) "int_val: [1, 200]", TFP_UINT8, 1, 2, { 1, 200 } },
    { "DT_UINT16", DIMS(2) "int_val: [1, 60000]", TFP_UINT16, 1, 2, { 1, 60000 } },
    { "DT_UINT32", DIMS(1) "uint32_val: 4000000000", TFP_UINT32, 1, 1, { 4000000000.0 } },
    { "DT_UINT64", DIMS(1) "uint64_val: 5000000000", TFP_UINT64, 1, 1, { 5000000000.0 } },
    { "DT_INT64", DIMS(2) "int64_val: [-5000000000, 1]", TFP_INT64, 1, 2, { -5000000000.0, 1 } },
    { "DT_BOOL", DIMS(3) "bool_val: [true, false]", TFP_BOOL, 1, 3, { 1, 0, 0 } },
    { "DT_HALF", DIMS(2) "half_val: [15360, 49152]", TFP_FLOAT16, 1, 2, { 1, -2 } },
    { "DT_BFLOAT16", DIMS(2) "half_val: [16256, 49152]", TFP_BFLOAT16, 1, 2, { 1, -2 } },
    { "DT_QINT8", DIMS(2) "int_val: [-1, 5]", TFP_INT8, 1, 2, { -1, 5 } },
    { "DT_QUINT8", DIMS(2) "int_val: [1, 255]", TFP_UINT8, 1, 2, { 1, 255 } },
    { "DT_QINT32", DIMS(1) "int_val: -9", TFP_INT32, 1, 1, { -9 } },
    { "DT_QINT16", DIMS(1) "int_val: -9", TFP_INT16, 1, 1, { -9 } },
    { "DT_QUINT16", DIMS(1) "int_val: 9", TFP_UINT16, 1, 1, { 9 } },
};

static struct opened open_constant(const char *type, const char *tensor)
{
    char graph[1024];
    snprintf(graph, sizeof graph,
             "node { name: 'c' op: 'Const' attr { key: 'dtype' value { type: %s } } attr { key: 'value' value { tensor "
             "{ dtype: %s %s } } } }",
             type, type, tensor);
    struct opened o = open_shaped(bytes_of(graph), NO_NAMES, NAMES("c"), NULL);
    if (o.status != TFP_OK) print_error("%s: %s\n", tensor, tfp_context_message(o.ctx));
    assert_int_equal(o.status, TFP_OK);
    assert_int_equal(o.graph->n_outputs, 1);
    assert_string_equal(o.graph->outputs[0].name, "c");
    return o;
}

static void test_tensors(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(tensor_cases); i++) {
        const struct tensor_case *c = &tensor_cases[i];
        struct opened o = open_constant(c->type, c->text);
        const struct tensor *t = o.graph->outputs[0].value->constant;
        assert_non_null(t);
        assert_int_equal(t->dtype, c->dtype);
        assert_int_equal(t->rank, c->rank);
        assert_int_equal(t->count, c->n);
        for (size_t k = 0; k < c->n; k++)
            if (tensor_float(t, (int64_t)k) != c->values[k]) fail_msg("%s, element %zu", c->text, k);
        close_opened(&o);
    }
}

static void expect_strings(const char *tensor, const char *const *values, size_t n)
{
    struct opened o = open_constant("DT_STRING", tensor);
    const struct tensor *t = o.graph->outputs[0].value->constant;
    assert_int_equal(t->count, n);
    for (size_t i = 0; i < n; i++) {
        const struct tfp_string *s = &((const struct tfp_string *)t->data)[i];
        assert_true(bytes_equal((struct bytes){ s->at, s->n }, values[i]));
    }
    close_opened(&o);
}

static void test_other_tensors(void **state)
{
    (void)state;
    expect_strings(DIMS(3) "string_val: ['ab', '']", (const char *const[]){ "ab", "", "" }, 3);
    expect_strings(DIMS(2) "string_val: 'ab'", (const char *const[]){ "ab", "ab" }, 2);
    expect_strings(DIMS(2) "tensor_content: '\\002\\001abc'", (const char *const[]){ "ab", "c" }, 2);
    expect_strings(DIMS(2) "", (const char *const[]){ "", "" }, 2);
    struct opened o = open_constant("DT_COMPLEX64", DIMS(2) "scomplex_val: [1, 2, 3, 4]");
    const float *pairs = o.graph->outputs[0].value->constant->data;
    assert_true(pairs[0] == 1 && pairs[1] == 2 && pairs[2] == 3 && pairs[3] == 4);
    close_opened(&o);
    o = open_constant("DT_COMPLEX128", DIMS(3) "dcomplex_val: [1, 2]");
    const double *wide = o.graph->outputs[0].value->constant->data;
    assert_true(wide[0] == 1 && wide[1] == 2 && wide[4] == 1 && wide[5] == 2);
    close_opened(&o);
    /* 1.6 GB of ones are one one. */
    expect(CONST("c", "DT_FLOAT", DIMS(400000000) "float_val: 1") UNARY("Relu", "y", "c"), NO_NAMES, NAMES("c"), TFP_OK,
           NAMES("c float32[400000000] = Expand("));
}

/* -- inputs and outputs -------------------------------------------------------------------------------------------- */

static void test_interface(void **state)
{
    static const char chain[] = X UNARY("Relu", "a", "x") UNARY("Tanh", "b", "a:0") "versions { producer: 134 }";
    (void)state;
    expect(chain, NO_NAMES, NO_NAMES, TFP_OK,
           NAMES("input x float32[x_d0,3]", "a float32[x_d0,3] = Relu(x)", "output b = b "));
    expect(chain, NAMES("x:0"), NAMES("a:0"), TFP_OK, NAMES("input x ", "output a = a "));
    expect(chain, NAMES("a"), NAMES("b"), TFP_OK, NAMES("input a float32", "b float32", "= Tanh(a)"));
    expect(chain, NO_NAMES, NAMES("x", "b", "b:0"), TFP_OK, NAMES("output x = x ", "output b = b ", "output b_1 = b "));
    expect(chain, NAMES("b"), NAMES("b"), TFP_OK, NAMES("input b ", "output b = b "));
    expect(chain, NO_NAMES, NAMES("c"), TFP_E_USAGE, NAMES("output \"c\": the graph has no such tensor; near it: "));
    expect(chain, NAMES("b"), NAMES("a"), TFP_E_USAGE, NAMES("the outputs need placeholder \"x\""));
    expect(CONST("c", "DT_FLOAT", DIMS(2) "float_val: 1"), NO_NAMES, NO_NAMES, TFP_E_USAGE,
           NAMES("the graph has no result that nothing consumes"));
    struct opened o = open_shaped(bytes_of(chain), NO_NAMES, NO_NAMES, NULL);
    assert_string_equal(o.source->producer, "GraphDef version 134 (TensorFlow 1.15)");
    assert_string_equal(o.source->format, "GraphDef (text)");
    assert_int_equal(o.source->n_ops, 2);
    assert_string_equal(o.source->ops[0].op, "Relu");
    assert_string_equal(o.source->inputs[0].labels[0], "x_d0");
    assert_null(o.source->inputs[0].labels[1]);
    close_opened(&o);
}

static void test_unconsumed(void **state)
{
    (void)state;
    expect(X UNARY("Relu", "y", "x") UNARY("Relu", "z", "x") "node { name: 'init' op: 'NoOp' }"
               CONST("tag", "DT_STRING", "string_val: 't'")
               "node { name: 's' op: 'HistogramSummary' input: 'tag' input: 'y'" T_FLOAT "}"
               CONST("c", "DT_FLOAT", "float_val: 1") UNARY("Identity", "save/Identity", "c"),
           NO_NAMES, NO_NAMES, TFP_OK, NAMES("output y = y float32[x_d0,3]\noutput z = z float32[x_d0,3]\n"));
}

#define VARIABLE(name)                                                                                                 \
    "node { name: '" name "' op: 'VarHandleOp' attr { key: 'dtype' value { type: DT_FLOAT } } "                            \
    "attr { key: 'shape' value { shape { } } } }\n"

/* What training alone leaves over is no result: gradients, updates, slots, shapes. */
static void test_results_of_training(void **state)
{
    (void)state;
    static const char learned[] = X UNARY("Relu", "y", "x") UNARY("Neg", "gradients/y_grad/Neg", "y") VARIABLE("v")
        UNARY("Neg", "gradients_2/Neg", "y") UNARY("Neg", "my_gradients/Neg", "y") CONST("rate", "DT_FLOAT", "float_val: 1")
        UNARY("Neg", "decayed", "rate") UNARY("Exp", "losses/sum", "y")
        UNARY("Neg", "t/gradients/losses/sum_grad/Neg", "rate") UNARY("Shape", "y/Shape", "y")
        "node { name: 'train' op: 'ResourceApplyGradientDescent' input: 'v' input: 'rate' input: 'gradients/y_grad/Neg'"
        T_FLOAT "}";
    struct opened o = open_shaped(bytes_of(learned), NO_NAMES, NO_NAMES, NULL);
    assert_int_equal(o.status, TFP_OK);
    assert_int_equal(o.source->n_outputs, 1);
    assert_string_equal(o.source->outputs[0].name, "my_gradients/Neg");
    close_opened(&o);
    static const char only_loss[] = X UNARY("Exp", "losses/sum", "x") UNARY("Neg", "gradients/losses/sum_grad/Neg", "x")
        VARIABLE("v") "node { name: 'train' op: 'ResourceApplyGradientDescent' input: 'v' }";
    expect(only_loss, NO_NAMES, NO_NAMES, TFP_OK, NAMES("output losses/sum = losses/sum float32[x_d0,3]\n"));
}

/* What comes from a queue or an iterator is an input, with the shape that the pipeline declares. */
static void test_pipelines(void **state)
{
    (void)state;
    static const char iterator[] =
        "node { name: 'it' op: 'IteratorV2' }\n"
        "node { name: 'next' op: 'IteratorGetNext' input: 'it' "
        "attr { key: 'output_types' value { list { type: DT_FLOAT type: DT_INT32 type: DT_STRING } } } "
        "attr { key: 'output_shapes' value { list { shape { dim { size: -1 } dim { size: 4 } } shape { } shape { } } } } }\n"
        UNARY("Relu", "y", "next")
        "node { name: 'z' op: 'Neg' input: 'next:1' attr { key: 'T' value { type: DT_INT32 } } }\n"
        UNARY("Relu", "w", "next:7");
    static const char queue[] =
        "node { name: 'q' op: 'FIFOQueueV2' attr { key: 'component_types' value { list { type: DT_FLOAT } } } "
        "attr { key: 'shapes' value { list { shape { dim { size: 3 } } } } } }\n" CONST("n", "DT_INT32", "int_val: 8")
        "node { name: 'many' op: 'QueueDequeueManyV2' input: 'q' input: 'n' "
        "attr { key: 'component_types' value { list { type: DT_FLOAT } } } }\n"
        "node { name: 'one' op: 'QueueDequeueV2' input: 'q' "
        "attr { key: 'component_types' value { list { type: DT_FLOAT } } } }\n"
        UNARY("Relu", "a", "many") UNARY("Relu", "b", "one");
    expect(iterator, NO_NAMES, NAMES("y"), TFP_OK, NAMES("input next float32[next_d0,4]\n"));
    expect(iterator, NO_NAMES, NAMES("z"), TFP_OK, NAMES("input next:1 int32[]\n"));
    expect(iterator, NAMES("next"), NAMES("y"), TFP_OK, NAMES("input next float32"));
    expect(iterator, NAMES("next"), NAMES("z"), TFP_E_USAGE, NAMES("the outputs need placeholder \"next:1\""));
    expect(iterator, NO_NAMES, NAMES("w"), TFP_E_FORMAT, NAMES("\"next:7\""));
    expect(queue, NO_NAMES, NAMES("a", "b"), TFP_OK, NAMES("input many float32[many_d0,3]\n", "input one float32[3]\n"));
}

static void test_shapes(void **state)
{
    static const char graph[] = X UNARY("Relu", "y", "x");
    static const char unknown[] = PLACEHOLDER("x", "DT_FLOAT", "unknown_rank: true") UNARY("Relu", "y", "x");
    const int64_t dims[] = { 5, -1 }, wrong[] = { 5, 4 };
    struct tfp_shape shape = { "x:0", 2, dims };
    (void)state;
    struct opened o = open_shaped(bytes_of(graph), NO_NAMES, NO_NAMES, &shape);
    assert_contains(o.dump.at, "input x float32[5,3]");
    close_opened(&o);
    o = open_shaped(bytes_of(unknown), NO_NAMES, NO_NAMES, &shape);
    assert_contains(o.dump.at, "input x float32[5,x_d1]");
    close_opened(&o);
    shape.dims = wrong;
    o = open_shaped(bytes_of(graph), NO_NAMES, NO_NAMES, &shape);
    assert_int_equal(o.status, TFP_E_USAGE);
    assert_string_equal(tfp_context_message(o.ctx),
                        "test: shape of \"x:0\": dimension 1 is 3 in the model, 4 was given");
    close_opened(&o);
    shape.name = "z";
    o = open_shaped(bytes_of(graph), NO_NAMES, NO_NAMES, &shape);
    assert_string_equal(tfp_context_message(o.ctx), "test: shape of \"z\": the model has no such input; inputs: x");
    close_opened(&o);
    /* Rank 0 meant "not known" before version 24. */
    o = open_shaped(bytes_of(PLACEHOLDER("x", "DT_FLOAT", "") UNARY("Relu", "y", "x") "versions { producer: 21 }"),
                    NO_NAMES, NO_NAMES, NULL);
    assert_int_equal(o.graph->inputs[0]->rank, -1);
    close_opened(&o);
    o = open_shaped(bytes_of(PLACEHOLDER("x", "DT_FLOAT", "") UNARY("Relu", "y", "x")), NO_NAMES, NO_NAMES, NULL);
    assert_int_equal(o.graph->inputs[0]->rank, 0);
    close_opened(&o);
}

static void test_plumbing(void **state)
{
    static const char defaulted[] =
        CONST("one", "DT_FLOAT", "float_val: 1")
        "node { name: 'p' op: 'PlaceholderWithDefault' input: 'one' attr { key: 'dtype' value { type: DT_FLOAT } } "
        "attr { key: 'shape' value { shape { } } } }" X "node { name: 'y' op: 'Mul' input: 'x' input: 'p'" T_FLOAT "}";
    (void)state;
    expect(defaulted, NO_NAMES, NO_NAMES, TFP_OK, NAMES("y float32[x_d0,3] = Mul(x, one)"));
    expect(defaulted, NAMES("x", "p"), NO_NAMES, TFP_OK, NAMES("input p float32[]", "= Mul(x, p)"));
    expect(X UNARY("Identity", "i", "x") UNARY("StopGradient", "s", "i") UNARY("Relu", "r", "s")
               UNARY("Identity", "y", "r"),
           NO_NAMES, NO_NAMES, TFP_OK, NAMES("r float32[x_d0,3] = Relu(x)\noutput y = r "));
    /* What is only printed need not be supported. */
    expect(X UNARY("MadeUp", "m", "x") "node { name: 'p' op: 'Print' input: 'x' input: 'm'" T_FLOAT
               "attr { key: 'U' value { list { type: DT_FLOAT } } } }" UNARY("Relu", "y", "p"),
           NO_NAMES, NO_NAMES, TFP_OK, NAMES("y float32[x_d0,3] = Relu(x)"));
    expect(PLACEHOLDER("x", "DT_FLOAT", "unknown_rank: true") "node { name: 'e' op: 'EnsureShape' input: 'x'" T_FLOAT
               "attr { key: 'shape' value { shape { dim { size: -1 } dim { size: 4 } } } } }" UNARY("Relu", "y", "e"),
           NO_NAMES, NO_NAMES, TFP_OK, NAMES(",4] = Relu(x)"));
    /* alpha has TensorFlow's default. */
    expect(X UNARY("LeakyRelu", "y", "x"), NO_NAMES, NO_NAMES, TFP_OK, NAMES("LeakyRelu(x) alpha=0.2"));
}

/* -- functions ----------------------------------------------------------------------------------------------------- */

#define FUNCTION(name, body, result)                                                                                   \
    "function { signature { name: '" name                                                                              \
    "' input_arg { name: 'a' type_attr: 'T' } output_arg { name: 'z' type_attr: 'T' } "                                \
    "attr { name: 'T' type: 'type' } } " body " ret { key: 'z' value: '" result "' } } "
#define BODY(op, name, in)                                                                                             \
    "node_def { name: '" name "' op: '" op "' input: '" in "' attr { key: 'T' value { placeholder: 'T' } } } "

#define CALL(name, in, function)                                                                                       \
    "node { name: '" name "' op: 'StatefulPartitionedCall' input: '" in "' "                                           \
    "attr { key: 'Tin' value { list { type: DT_FLOAT } } } attr { key: 'Tout' value { list { type: DT_FLOAT } } } "    \
    "attr { key: 'f' value { func { name: '" function "' " T_FLOAT "} } } }"

static void test_functions(void **state)
{
    static const char library[] = "library { "
        FUNCTION("inner", BODY("Relu", "r", "a") BODY("Tanh", "t", "r:activations:0"), "t:y:0")
        FUNCTION("outer", BODY("inner", "c", "a") BODY("Sigmoid", "s", "c:z:0"), "s:y:0")
        FUNCTION("same", "", "a") "}";
    char graph[4096];
    (void)state;
    snprintf(graph, sizeof graph, "%s%s%s", X, UNARY("outer", "f", "x"), library);
    expect(graph, NO_NAMES, NO_NAMES, TFP_OK,
           NAMES("f/c/r float32[x_d0,3] = Relu(x)\nf/c/t float32[x_d0,3] = Tanh(f/c/r)\nf/s float32[x_d0,3] = "
                 "Sigmoid(f/c/t)\noutput f = f/s "));
    snprintf(graph, sizeof graph, "%s%s%s%s%s", X, UNARY("same", "i", "x"), CALL("f", "i", "outer"),
             UNARY("Relu", "y", "f"), library);
    expect(graph, NO_NAMES, NO_NAMES, TFP_OK, NAMES("= Relu(x)", "y float32[x_d0,3] = Relu(f/s)"));
    expect(graph, NAMES("f"), NO_NAMES, TFP_OK, NAMES("input f float32", "= Relu(f)"));
}

/* -- conditionals -------------------------------------------------------------------------------------------------- */

#define SWITCH(name, in, predicate)                                                                                    \
    "node { name: '" name "' op: 'Switch' input: '" in "' input: '" predicate "'" T_FLOAT "}\n"
#define MERGE(name, fails, holds)                                                                                      \
    "node { name: '" name "' op: 'Merge' input: '" fails "' input: '" holds                                            \
    "' attr { key: 'N' value { i: 2 } } " T_FLOAT "}\n"
#define PREDICATE PLACEHOLDER("p", "DT_BOOL", "")
#define SIDES(holds) SWITCH("s", "x", "p") UNARY("Relu", "f", "s:0") UNARY(holds, "t", "s:1")
#define T_BOOL " attr { key: 'T' value { type: DT_BOOL } } "

static void test_conditionals(void **state)
{
    (void)state;
    expect(X PREDICATE SIDES("Tanh") MERGE("y", "f", "t"), NO_NAMES, NO_NAMES, TFP_OK,
           NAMES("y float32[x_d0,3] = If(p, t, f)", "y:1 int32[] = Where(p, ", "output y = y "));
    expect(X PREDICATE SIDES("Tanh") MERGE("y", "t", "f"), NO_NAMES, NAMES("y"), TFP_OK,
           NAMES("y float32[x_d0,3] = If(p, t, f)"));
    /* Only the live side is needed, whatever the other is. */
    expect(X CONST("p", "DT_BOOL", "bool_val: false") SIDES("MadeUp") MERGE("y", "f", "t"), NO_NAMES, NO_NAMES, TFP_OK,
           NAMES("f float32[x_d0,3] = Relu(x)", "output y = f "));
    expect(X PLACEHOLDER("a/keras_learning_phase", "DT_BOOL", "")
               "node { name: 'p' op: 'Identity' input: 'a/keras_learning_phase'" T_BOOL "}"
               SIDES("MadeUp") MERGE("y", "f", "t"),
           NO_NAMES, NAMES("y", "y:1"), TFP_OK, NAMES("input x ", "output y = f ", "output y:1 = int32[] {0}"));
    /* A predicate that folds only while it is lowered. */
    expect(X CONST("one", "DT_FLOAT", "float_val: 1")
               "node { name: 'p' op: 'Less' input: 'one' input: 'one'" T_FLOAT "}"
               SIDES("MadeUp") MERGE("y", "f", "t"),
           NO_NAMES, NAMES("y"), TFP_OK, NAMES("output y = f "));
    /* A constant in a branch hangs on a control edge. */
    expect(X PREDICATE SIDES("Tanh") UNARY("Identity", "pivot", "s:0")
               "node { name: 'c' op: 'ZerosLike' input: 'x' input: '^pivot'" T_FLOAT "}" MERGE("y", "c", "t"),
           NO_NAMES, NAMES("y"), TFP_OK, NAMES("y float32[x_d0,3] = If(p, t"));
}

static void test_nested_conditionals(void **state)
{
    (void)state;
    expect(X PREDICATE PLACEHOLDER("q", "DT_BOOL", "") SWITCH("s", "x", "p") UNARY("Relu", "f", "s:0")
               "node { name: 'qs' op: 'Switch' input: 'q' input: 'p'" T_BOOL "}"
               SWITCH("i", "s:1", "qs:1") UNARY("Tanh", "u", "i:0") UNARY("Sigmoid", "v", "i:1")
               MERGE("m", "u", "v") UNARY("Neg", "t", "m") MERGE("y", "f", "t"),
           NO_NAMES, NAMES("y"), TFP_OK,
           NAMES("m float32[x_d0,3] = If(q, v, u)", "t float32[x_d0,3] = Neg(m)",
                 "y float32[x_d0,3] = If(p, t, f)"));
}

/* -- If and Case --------------------------------------------------------------------------------------------------- */

#define IF(name, predicate, type, then_branch, else_branch)                                                            \
    "node { name: '" name "' op: 'StatelessIf' input: '" predicate "' input: 'x' "                                     \
    "attr { key: 'Tcond' value { type: " type " } } attr { key: 'Tin' value { list { type: DT_FLOAT } } } "            \
    "attr { key: 'Tout' value { list { type: DT_FLOAT } } } attr { key: 'then_branch' value { func { name: '"          \
    then_branch "' " T_FLOAT "} } } attr { key: 'else_branch' value { func { name: '" else_branch "' " T_FLOAT         \
    "} } } }\n"
#define CASE(name, index, branches)                                                                                    \
    "node { name: '" name "' op: 'StatelessCase' input: '" index "' input: 'x' "                                       \
    "attr { key: 'Tin' value { list { type: DT_FLOAT } } } attr { key: 'Tout' value { list { type: DT_FLOAT } } } "    \
    "attr { key: 'branches' value { list { " branches " } } } }\n"
#define TO(name) "func { name: '" name "' " T_FLOAT "} "
#define LIBRARY                                                                                                        \
    "library { " FUNCTION("a", BODY("Relu", "r", "a"), "r:activations:0")                                              \
    FUNCTION("b", BODY("Tanh", "t", "a"), "t:y:0") FUNCTION("same", "", "a")                                           \
    FUNCTION("made_up", BODY("MadeUp", "m", "a"), "m:y:0") FUNCTION("itself", BODY("itself", "i", "a"), "i:z:0") "}"

static void test_if(void **state)
{
    (void)state;
    expect(X PREDICATE IF("y", "p", "DT_BOOL", "a", "b") LIBRARY, NO_NAMES, NO_NAMES, TFP_OK,
           NAMES("y/then_branch/r float32[x_d0,3] = Relu(x)", "y/else_branch/t float32[x_d0,3] = Tanh(x)",
                 "y/Merge float32[x_d0,3] = If(p, y/then_branch/r, y/else_branch/t)", "output y = y/Merge "));
    expect(X PREDICATE IF("y", "p", "DT_BOOL", "same", "same") LIBRARY, NO_NAMES, NO_NAMES, TFP_OK,
           NAMES("output y = x "));
    /* What a known predicate leaves out is not looked at: it may call itself or not be there at all. */
    expect(X CONST("p", "DT_INT32", "int_val: 2") IF("y", "p", "DT_INT32", "a", "itself")
               IF("z", "p", "DT_INT32", "b", "nothing") LIBRARY,
           NO_NAMES, NO_NAMES, TFP_OK, NAMES("output y = y/then_branch/r ", "output z = z/then_branch/t "));
    expect(X CONST("zero", "DT_FLOAT", "float_val: 0") IF("y", "zero", "DT_FLOAT", "made_up", "a") LIBRARY, NO_NAMES,
           NO_NAMES, TFP_OK, NAMES("output y = y/else_branch/r "));
    expect(X PREDICATE IF("y", "p", "DT_BOOL", "a", "itself") LIBRARY, NO_NAMES, NO_NAMES, TFP_E_FORMAT,
           NAMES("function itself: calls are nested more than 64 deep"));
    /* The result of one If is the predicate of another. */
    expect(X CONST("on", "DT_BOOL", "bool_val: true") CONST("off", "DT_BOOL", "bool_val: false")
               "node { name: 'c' op: 'StatelessIf' input: 'on' input: 'off' "
               "attr { key: 'Tcond' value { type: DT_BOOL } } attr { key: 'Tin' value { list { type: DT_BOOL } } } "
               "attr { key: 'Tout' value { list { type: DT_BOOL } } } "
               "attr { key: 'then_branch' value { func { name: 'same' " T_BOOL "} } } "
               "attr { key: 'else_branch' value { func { name: 'nothing' } } } }" IF("y", "c", "DT_BOOL", "itself", "a")
               LIBRARY,
           NO_NAMES, NO_NAMES, TFP_OK, NAMES("output y = y/else_branch/r "));
}

static void test_case(void **state)
{
    (void)state;
    expect(X PLACEHOLDER("i", "DT_INT32", "") CASE("y", "i", TO("a") TO("b") TO("same")) LIBRARY, NO_NAMES, NO_NAMES,
           TFP_OK, NAMES(" = If(", ", y/branch_1/t, x)", ", y/branch_0/r, ", "output y = y/Merge "));
    expect(X CONST("i", "DT_INT32", "int_val: 1") CASE("y", "i", TO("itself") TO("b") TO("nothing")) LIBRARY, NO_NAMES,
           NO_NAMES, TFP_OK, NAMES("output y = y/branch_1/t "));
    /* What no branch stands for means the last. */
    expect(X CONST("i", "DT_INT32", "int_val: 3") CASE("y", "i", TO("itself") TO("itself") TO("b")) LIBRARY, NO_NAMES,
           NO_NAMES, TFP_OK, NAMES("output y = y/branch_2/t "));
    expect(X CONST("i", "DT_INT32", "int_val: -1") CASE("y", "i", TO("itself") TO("a")) LIBRARY, NO_NAMES, NO_NAMES,
           TFP_OK, NAMES("output y = y/branch_1/r "));
}

/* -- training flags ------------------------------------------------------------------------------------------------ */

static void count_note(void *user, const char *text)
{
    int *n = user;
    if (strstr(text, "is taken as false")) ++*n;
}

static void expect_flag(const char *name, struct names inputs, tfp_status status, const char *line)
{
    char graph[4096];
    snprintf(graph, sizeof graph,
             "%s node { name: '%s' op: 'Placeholder' attr { key: 'dtype' value { type: DT_BOOL } } }"
             " node { name: 'p' op: 'Identity' input: '%s'" T_BOOL "} %s",
             X, name, name, SIDES("MadeUp") MERGE("y", "f", "t"));
    expect(graph, inputs, NAMES("y"), status, NAMES(line));
}

static void test_training_flags(void **state)
{
    static const char *const flags[] = { "is_training", "a/b/training", "train_1", "phase_train_12", "phase" };
    static const char *const others[] = { "training_1x", "is_training_", "my_training", "training/x", "phase1" };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        expect_flag(flags[i], NO_NAMES, TFP_OK, "output y = f ");
        expect_flag(flags[i], (struct names){ { "x", flags[i] }, 2 }, TFP_E_UNSUPPORTED, "MadeUp");
        expect_flag(others[i], NO_NAMES, TFP_E_UNSUPPORTED, "MadeUp");
    }
    /* A vector or a float is no flag. */
    expect(PLACEHOLDER("training", "DT_BOOL", "dim { size: 2 }") "node { name: 'y' op: 'LogicalNot' input: 'training' }",
           NO_NAMES, NO_NAMES, TFP_OK, NAMES("input training bool[2]"));
    expect(PLACEHOLDER("phase", "DT_FLOAT", "") UNARY("Relu", "y", "phase"), NO_NAMES, NO_NAMES, TFP_OK,
           NAMES("input phase float32[]"));
}

static void test_training_note(void **state)
{
    static const char graph[] = X PLACEHOLDER("is_training", "DT_BOOL", "")
        PLACEHOLDER("only_training", "DT_FLOAT", "")
        "node { name: 'p' op: 'Identity' input: 'is_training'" T_BOOL "}"
        "node { name: 'late' op: 'Mul' input: 'x' input: 'only_training'" T_FLOAT "}"
        SWITCH("s", "x", "p") SWITCH("w", "late", "p") MERGE("m", "s:0", "w:1")
        IF("y", "is_training", "DT_BOOL", "itself", "a") LIBRARY;
    struct tfp_model_options options = TFP_INIT(options);
    const char *outputs[] = { "m", "y" };
    struct probe p = { .path = "test" };
    struct source *source;
    tfp_context *ctx;
    int notes = 0;
    (void)state;
    options.outputs = outputs;
    options.n_outputs = 2;
    assert_int_equal(tfp_context_create(&ctx), TFP_OK);
    tfp_context_on_note(ctx, count_note, &notes);
    assert_int_equal(buffer_create(ctx, sizeof graph - 1, &p.file), TFP_OK);
    memcpy(p.file->data, graph, sizeof graph - 1);
    p.head = (struct bytes){ p.file->data, sizeof graph - 1 };
    assert_int_equal(tensorflow_graph_def.open(ctx, &p, &options, &source), TFP_OK);
    assert_int_equal(notes, 1);
    assert_int_equal(source->n_inputs, 1); /* what only training needs is none */
    source->frontend->close(source);
    buffer_drop(p.file);
    tfp_context_destroy(ctx);
}

/* -- control edges of calls ---------------------------------------------------------------------------------------- */

#define EFFECT(name, more)                                                                                             \
    "function { signature { name: '" name "' input_arg { name: 'a' type: DT_FLOAT } "                                  \
    "output_arg { name: 'z' type: DT_FLOAT } } " more " ret { key: 'z' value: 'a' } "

static const char *after(struct tfp_context *ctx, struct tf_graph *g, struct tf_node *call, size_t k)
{
    struct tf_node *n;
    assert_int_equal(tf_function_after(ctx, g, call, k, &n), TFP_OK);
    return n ? n->name : "";
}

static void test_control_of_calls(void **state)
{
    static const char graph[] = X PREDICATE CONST("q", "DT_BOOL", "bool_val: false")
        CALL("f", "x", "outer") IF("i", "p", "DT_BOOL", "writes", "keeps") IF("k", "q", "DT_BOOL", "writes", "keeps")
        "node { name: 'y' op: 'AddN' input: 'x' input: 'x' input: '^f' attr { key: 'N' value { i: 2 } }" T_FLOAT "}"
        "library { " EFFECT("keeps", "") "} "
        EFFECT("writes", "node_def { name: 'c' op: 'Const' attr { key: 'dtype' value { type: DT_FLOAT } } attr { key: "
                         "'value' value { tensor { dtype: DT_FLOAT float_val: 1 } } } } "
                         "node_def { name: 'w' op: 'Write' input: 'c:output:0' } ") "control_ret { key: 'w' value: 'w' } } "
        EFFECT("outer", "node_def { name: 'call' op: 'writes' input: 'a' } node_def { name: 'n' op: 'NoOp' input: "
                        "'^call' } ") "control_ret { key: 'n' value: 'n' } control_ret { key: 'c' value: 'call' } } }";
    struct opened o = open_shaped(bytes_of(graph), NO_NAMES, NAMES("y"), NULL);
    (void)state;
    assert_int_equal(o.status, TFP_OK);
    struct tf_graph *g = ((struct tf_source *)o.source)->graph;
    struct tf_node *f = tf_graph_find(g, "f", 1), *i = tf_graph_find(g, "i", 1), *k = tf_graph_find(g, "k", 1);
    assert_null(f->forward); /* no result of it is needed */
    assert_string_equal(after(o.ctx, g, f, 0), "f/n");
    assert_string_equal(after(o.ctx, g, f, 1), "f/call");
    assert_string_equal(after(o.ctx, g, f, 2), "");
    struct tf_node *inner = tf_graph_find(g, "f/call", strlen("f/call"));
    assert_ptr_equal(inner->caller, f);
    assert_ptr_equal(tf_graph_find(g, "f/n", 3)->control[0], inner);
    assert_string_equal(after(o.ctx, g, inner, 0), "f/call/w");
    assert_ptr_equal(tf_graph_find(g, "f/call/c", strlen("f/call/c"))->caller, inner);
    /* Both branches of an If, or the one that is taken. */
    assert_string_equal(after(o.ctx, g, i, 0), "i/else_branch");
    assert_string_equal(after(o.ctx, g, i, 1), "i/then_branch");
    assert_string_equal(after(o.ctx, g, i, 2), "");
    assert_string_equal(after(o.ctx, g, k, 0), "k/else_branch");
    assert_string_equal(after(o.ctx, g, k, 1), "");
    assert_string_equal(after(o.ctx, g, tf_graph_find(g, "x", 1), 0), "");
    close_opened(&o);
}

/* -- size ---------------------------------------------------------------------------------------------------------- */

/* A chain, the consumer first in the file, so that the walk goes all the way down. */
static void test_long_chain(void **state)
{
    enum { LENGTH = 200000 };
    struct text graph = { 0 };
    (void)state;
    for (int i = LENGTH; i > 0; i--) text_add(&graph, "node{name:'n%d' op:'Relu' input:'n%d'" T_FLOAT "}\n", i, i - 1);
    text_add(&graph, "%s", PLACEHOLDER("n0", "DT_FLOAT", "dim { size: 2 }"));
    struct opened o = open_shaped((struct bytes){ graph.at, graph.n }, NO_NAMES, NO_NAMES, NULL);
    assert_int_equal(o.status, TFP_OK);
    assert_int_equal(o.graph->n_nodes, LENGTH);
    close_opened(&o);
    text_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_op_defs),      cmocka_unit_test(test_rules),        cmocka_unit_test(test_tensors),
        cmocka_unit_test(test_other_tensors), cmocka_unit_test(test_interface),   cmocka_unit_test(test_unconsumed),
        cmocka_unit_test(test_results_of_training), cmocka_unit_test(test_pipelines),
        cmocka_unit_test(test_shapes),       cmocka_unit_test(test_plumbing),     cmocka_unit_test(test_functions),
        cmocka_unit_test(test_conditionals), cmocka_unit_test(test_nested_conditionals),
        cmocka_unit_test(test_if),           cmocka_unit_test(test_case),         cmocka_unit_test(test_training_flags),
        cmocka_unit_test(test_training_note), cmocka_unit_test(test_control_of_calls),
        cmocka_unit_test(test_long_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
