/* The ONNX writer. What is written is decoded again with the protobuf codec; what an opset lacks is brought down in
 * the IR, whose meaning stays the newest opset's, so that the kernels must give the same numbers before and after. */
#include "backend/onnx/legalize.h"
#include "backend/onnx/onnx_write.h"
#include "backend/onnx/types.h"
#include "ir/kernels/kernel.h"
#include "schema/onnx_proto.h"

#include <math.h>
#include <sys/stat.h>

#include "graph.h"

struct fixture {
    struct tfp_context ctx;
    struct ir_graph *graph;
    struct build b;
};

static void begin(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    f->b = graph_begin(&f->ctx);
    f->graph = f->b.graph;
}

#define FLOATS(f, ...)                                                                                                 \
    ir_tensor(&(f)->b, TFP_FLOAT, 1, (const int64_t[]){ sizeof((float[]){ __VA_ARGS__ }) / sizeof(float) },            \
              (const float[]){ __VA_ARGS__ })

/* -- reading back -------------------------------------------------------------------------------------------------- */

struct written {
    struct buffer *bytes;
    struct arena arena;
    struct onnxpb_model model;
};

static void write_at(struct fixture *f, int opset, struct written *w)
{
    struct ir_graph *copy;
    memset(w, 0, sizeof *w);
    assert_int_equal(ir_clone(&f->ctx, f->graph, &copy), TFP_OK);
    if (onnx_write_memory(&f->ctx, copy, opset, &w->bytes) != TFP_OK) fail_msg("opset %d: %s", opset, f->ctx.text);
    ir_destroy(copy);
    struct bytes all = { w->bytes->data, w->bytes->size };
    assert_int_equal(protobuf_decode(&f->ctx, &w->arena, &onnxpb_model_type, all, &w->model), TFP_OK);
}

static void drop(struct written *w)
{
    arena_free(&w->arena);
    buffer_drop(w->bytes);
}

static void end(struct fixture *f)
{
    ir_destroy(f->graph);
}

static const struct onnxpb_node *only_node(const struct written *w, const char *op)
{
    assert_int_equal(w->model.graph->node.n, 1);
    assert_true(bytes_equal(w->model.graph->node.at[0].op_type, op));
    return &w->model.graph->node.at[0];
}

static const struct onnxpb_attribute *attribute(const struct onnxpb_node *n, const char *name)
{
    for (size_t i = 0; i < n->attribute.n; i++)
        if (bytes_equal(n->attribute.at[i].name, name)) return &n->attribute.at[i];
    return NULL;
}

/* -- files --------------------------------------------------------------------------------------------------------- */

static void writes_every_opset(void **state)
{
    struct fixture f;
    struct written w, again;
    (void)state;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 3));
    f.b.scope = "layer/Add";
    struct ir_value *y = ir_add(&f.b, x, FLOATS(&f, 1, 2, 3));
    graph_output(&f.b, "sum", ir_unary(&f.b, IR_RELU, y));
    assert_true(ir_add_metadata(f.graph, "source", "test"));
    for (int opset = ONNX_OLDEST_OPSET; opset <= schema_newest_opset; opset++) {
        write_at(&f, opset, &w);
        write_at(&f, opset, &again);
        assert_int_equal(w.bytes->size, again.bytes->size);
        assert_memory_equal(w.bytes->data, again.bytes->data, w.bytes->size);
        assert_int_equal(w.model.ir_version, schema_ir_versions[opset]);
        assert_int_equal(w.model.opset_import.at[0].version, opset);
        assert_true(bytes_equal(w.model.producer_name, "tfport"));
        assert_true(bytes_equal(w.model.metadata_props.at[0].value, "test"));
        const struct onnxpb_graph *g = w.model.graph;
        assert_int_equal(g->node.n, 2);
        assert_true(bytes_equal(g->node.at[0].name, "layer/Add"));
        assert_true(bytes_equal(g->node.at[1].name, "layer/Add_1"));
        assert_true(bytes_equal(g->node.at[1].output.at[0], "sum"));
        assert_int_equal(g->initializer.n, 1);
        assert_int_equal(g->initializer.at[0].raw_data.n, 12);
        assert_int_equal(g->input.n, w.model.ir_version < 4 ? 2 : 1); /* before 4 constants are inputs, too */
        drop(&w);
        drop(&again);
    }
    end(&f);
}

static void names_are_unique(void **state)
{
    struct fixture f;
    struct written w;
    (void)state;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2)), *y = ir_unary(&f.b, IR_ABS, x),
                    *z = ir_unary(&f.b, IR_NEG, y);
    z->name = "x"; /* as the input */
    struct ir_value *constant = FLOATS(&f, 1, 2);
    graph_output(&f.b, "x", x);    /* passed through under its own name */
    graph_output(&f.b, "copy", x); /* and under another */
    graph_output(&f.b, "y", y);
    graph_output(&f.b, "twice", y); /* one value, two outputs */
    graph_output(&f.b, "constant", constant);
    graph_output(&f.b, "last", ir_unary(&f.b, IR_EXP, z));
    write_at(&f, 17, &w);
    const struct onnxpb_graph *g = w.model.graph;
    static const char *const outputs[] = { "x", "copy", "y", "twice", "constant", "last" };
    for (size_t i = 0; i < 6; i++) assert_true(bytes_equal(g->output.at[i].name, outputs[i]));
    size_t identities = 0;
    for (size_t i = 0; i < g->node.n; i++) {
        identities += bytes_equal(g->node.at[i].op_type, "Identity");
        for (size_t k = i + 1; k < g->node.n; k++) {
            assert_false(g->node.at[i].name.n == g->node.at[k].name.n &&
                         memcmp(g->node.at[i].name.at, g->node.at[k].name.at, g->node.at[i].name.n) == 0);
            struct bytes a = g->node.at[i].output.at[0], b = g->node.at[k].output.at[0];
            assert_false(a.n == b.n && memcmp(a.at, b.at, a.n) == 0);
        }
        assert_false(bytes_equal(g->node.at[i].output.at[0], "x"));
    }
    assert_int_equal(identities, 3); /* copy, twice, constant */
    drop(&w);
    end(&f);
}

/* TensorRT 8.6's parser takes results without a name for one value. */
static void results_in_front_have_names(void **state)
{
    struct fixture f;
    struct written w;
    struct ir_value *y[3];
    (void)state;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(4, 2, 3)), *weights = graph_input(&f.b, "w", TFP_FLOAT, DIMS(1, 5, 3)),
                    *again = graph_input(&f.b, "r", TFP_FLOAT, DIMS(1, 5, 5));
    ir_emit_many(&f.b, IR_RNN, IN(x, weights, again), ATTRS(A_INT(ATTR_HIDDEN_SIZE, 5)), 2, y);
    graph_output(&f.b, "last", y[1]);
    write_at(&f, 17, &w);
    const struct onnxpb_node *n = only_node(&w, "RNN");
    assert_int_equal(n->output.n, 2);
    assert_true(n->output.at[0].n > 0 && bytes_equal(n->output.at[1], "last"));
    drop(&w);
    end(&f);
}

static void weights_go_outside(void **state)
{
    enum { COUNT = 1000 };
    static float weights[COUNT];
    const char *folder = temp_path("out"), *model = temp_path("out/m.onnx"), *data = temp_path("out/m.onnx.data");
    struct fixture f;
    struct stat info;
    (void)state;
    assert_int_equal(mkdir(folder, 0700), 0);
    begin(&f);
    for (int i = 0; i < COUNT; i++) weights[i] = (float)i;
    const int64_t dims[] = { COUNT };
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(COUNT));
    struct ir_value *y = ir_mul(&f.b, ir_add(&f.b, x, ir_tensor(&f.b, TFP_FLOAT, 1, dims, weights)), FLOATS(&f, 2));
    weights[0] = 7;
    graph_output(&f.b, "y", ir_sub(&f.b, y, ir_tensor(&f.b, TFP_FLOAT, 1, dims, weights)));
    struct onnx_write_options options = { .opset = 17, .external_above = 2000 };
    assert_int_equal(onnx_write(&f.ctx, f.graph, model, &options), TFP_OK);
    assert_int_equal(stat(data, &info), 0);
    assert_int_equal(info.st_size, 4032 + 4000); /* the second one at a multiple of 64 */
    char *bytes = read_file(data, NULL);
    assert_memory_equal(bytes + 4032, weights, 4000);
    free(bytes);
    assert_int_equal(stat(model, &info), 0);
    assert_true(info.st_size < 1500);
    unlink(data);
    unlink(model);
    assert_int_equal(rmdir(folder), 0); /* nothing else is left */
    options.external_above = 1 << 20;
    assert_int_equal(onnx_write(&f.ctx, f.graph, model, &options), TFP_E_SYSTEM);
    end(&f);
}

/* -- places of parameters ------------------------------------------------------------------------------------------ */

static void parameters_move(void **state)
{
    struct fixture f;
    struct written w;
    (void)state;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 3));
    graph_output(&f.b, "y", ir_emit(&f.b, IR_CLIP, IN(x, ir_like(&f.b, x, -1), ir_like(&f.b, x, 6)), NO_ATTRS));
    write_at(&f, 10, &w);
    const struct onnxpb_node *n = only_node(&w, "Clip");
    assert_int_equal(n->input.n, 1);
    assert_float_equal(attribute(n, "min")->f, -1, 0);
    assert_float_equal(attribute(n, "max")->f, 6, 0);
    drop(&w);
    write_at(&f, 11, &w);
    assert_int_equal(only_node(&w, "Clip")->input.n, 3);
    drop(&w);
    end(&f);

    begin(&f);
    x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 3));
    graph_output(&f.b, "y", ir_reduce(&f.b, IR_REDUCE_MEAN, x, (const int64_t[]){ -1 }, 1, false));
    write_at(&f, 17, &w);
    assert_int_equal(attribute(only_node(&w, "ReduceMean"), "axes")->ints.at[0], -1);
    drop(&w);
    write_at(&f, 9, &w); /* from the front, before 11 */
    assert_int_equal(attribute(only_node(&w, "ReduceMean"), "axes")->ints.at[0], 1);
    drop(&w);
    write_at(&f, 18, &w);
    assert_int_equal(only_node(&w, "ReduceMean")->input.n, 2);
    drop(&w);
    end(&f);
}

static void defaults_change(void **state)
{
    struct fixture f;
    struct written w;
    (void)state;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 3, 4));
    graph_output(&f.b, "y", ir_unary(&f.b, IR_SOFTMAX, x)); /* axis -1 today, 1 before 13 */
    write_at(&f, 12, &w);
    assert_int_equal(attribute(only_node(&w, "Softmax"), "axis")->i, -1);
    drop(&w);
    write_at(&f, 13, &w);
    assert_null(attribute(only_node(&w, "Softmax"), "axis"));
    drop(&w);
    end(&f);
}

/* -- refusing ------------------------------------------------------------------------------------------------------ */

static void refuses_all_at_once(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    struct ir_value *boxes = graph_input(&f.b, "boxes", TFP_FLOAT, DIMS(1, 4, 4)),
                    *scores = graph_input(&f.b, "scores", TFP_FLOAT, DIMS(1, 1, 4));
    f.b.scope = "nms";
    struct ir_value *picked = ir_emit(&f.b, IR_NON_MAX_SUPPRESSION, IN(boxes, scores, INTS(&f.b, 3)), NO_ATTRS);
    f.b.scope = "narrow";
    struct ir_value *narrow = ir_cast(&f.b, boxes, TFP_BFLOAT16);
    graph_output(&f.b, "picked", picked);
    graph_output(&f.b, "narrow", narrow);
    assert_int_equal(legalize_graph(&f.ctx, f.graph, &(const struct onnx_target){ .opset = 9, .reader = NULL }), TFP_E_UNSUPPORTED);
    assert_string_equal(f.ctx.text, "opset 9 cannot express 2 ops: NonMaxSuppression (needs opset 10; node nms), "
                                    "Cast (needs opset 13: bfloat16 of output; node narrow); opset 13 can");
    struct buffer *bytes;
    assert_int_equal(onnx_write_memory(&f.ctx, f.graph, 6, &bytes), TFP_E_USAGE);
    assert_string_equal(f.ctx.text, "opset 6: tfport writes 7 to 28");
    end(&f);
}

/* -- the same numbers ---------------------------------------------------------------------------------------------- */

static void fill(struct tensor *t, unsigned seed)
{
    for (int64_t i = 0; i < t->count; i++) {
        seed = seed * 1103515245 + 12345;
        int k = (int)(seed >> 16) % 9 - 4;
        switch (t->dtype) {
        case TFP_FLOAT: ((float *)t->data)[i] = (float)k * 0.75f + (float)(i % 3) * 0.1f; break;
        case TFP_DOUBLE: ((double *)t->data)[i] = k * 0.75; break;
        case TFP_INT32: ((int32_t *)t->data)[i] = k ? k * 3 : 5; break;
        case TFP_INT64: ((int64_t *)t->data)[i] = k ? k * 3 : 5; break;
        case TFP_BOOL: ((uint8_t *)t->data)[i] = k > 0; break;
        default: fail_msg("no numbers of this type");
        }
    }
}

static void expect_same(const struct tensor *a, const struct tensor *b, const char *what, int opset)
{
    char x[128], y[128];
    assert_string_equal(tensor_text(a, x, sizeof x), tensor_text(b, y, sizeof y));
    for (int64_t i = 0; i < a->count; i++) {
        double p = tensor_float(a, i), q = tensor_float(b, i);
        if (p == q || (isnan(p) && isnan(q)) || fabs(p - q) <= 2e-5 * (1 + fabs(q))) continue;
        fail_msg("%s at opset %d: element %lld is %.9g, not %.9g", what, opset, (long long)i, p, q);
    }
}

/* Brings copies of the graph down to each opset from `from` on; refusals below it are expected. */
static void same_everywhere(struct fixture *f, const char *what, int from)
{
    struct tensor in[4] = { 0 }, want[4] = { 0 }, have[4] = { 0 };
    const struct ir_graph *g = f->graph;
    for (size_t i = 0; i < g->n_inputs; i++) {
        int64_t dims[TFP_MAX_RANK];
        assert_true(ir_static_dims(g->inputs[i], dims));
        assert_int_equal(tensor_describe(&f->ctx, "in", g->inputs[i]->dtype, (size_t)g->inputs[i]->rank, dims, &in[i]),
                         TFP_OK);
        assert_int_equal(tensor_allocate(&f->ctx, &in[i]), TFP_OK);
        fill(&in[i], (unsigned)i + 1);
    }
    graph_evaluate(&f->ctx, g, in, want);
    for (int opset = ONNX_OLDEST_OPSET; opset <= schema_newest_opset; opset++) {
        struct ir_graph *copy;
        assert_int_equal(ir_clone(&f->ctx, g, &copy), TFP_OK);
        tfp_status status = legalize_graph(&f->ctx, copy, &(const struct onnx_target){ .opset = opset, .reader = NULL });
        if (opset >= from && status != TFP_OK) fail_msg("%s: %s", what, f->ctx.text);
        if (opset < from) assert_int_equal(status, TFP_E_UNSUPPORTED);
        if (status == TFP_OK) {
            assert_int_equal(ir_check(&f->ctx, copy), TFP_OK);
            graph_evaluate(&f->ctx, copy, in, have);
            for (size_t i = 0; i < g->n_outputs; i++) {
                expect_same(&have[i], &want[i], what, opset);
                tensor_release(&have[i]);
            }
        }
        ir_destroy(copy);
    }
    for (size_t i = 0; i < 4; i++) {
        tensor_release(&in[i]);
        tensor_release(&want[i]);
    }
    end(f);
}

static void keeps_unary_functions(void **state)
{
    static const enum ir_op ops[] = {
        IR_ACOSH,  IR_ASINH, IR_CELU,  IR_COSH, IR_ERF,  IR_GELU,  IR_HARD_SWISH,       IR_IS_INF,
        IR_IS_NAN, IR_MISH,  IR_ROUND, IR_SIGN, IR_SINH, IR_SWISH, IR_THRESHOLDED_RELU, IR_SHRINK,
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ops); i++) {
        struct fixture f;
        begin(&f);
        graph_output(&f.b, "y", ir_unary(&f.b, ops[i], graph_input(&f.b, "x", TFP_FLOAT, DIMS(4, 5))));
        same_everywhere(&f, schema_op_name(ops[i]), ONNX_OLDEST_OPSET);
    }
}

static void keeps_binary_functions(void **state)
{
    static const enum ir_op ops[] = { IR_BITWISE_AND, IR_BITWISE_OR,    IR_BITWISE_XOR,      IR_MOD,  IR_MAX, IR_MIN,
                                      IR_LESS,        IR_LESS_OR_EQUAL, IR_GREATER_OR_EQUAL, IR_EQUAL };
    static const tfp_dtype types[] = { TFP_INT32, TFP_INT64 };
    (void)state;
    for (size_t i = 0; i < 2 * COUNT_OF(ops); i++) {
        struct fixture f;
        begin(&f);
        struct ir_value *x = graph_input(&f.b, "x", types[i % 2], DIMS(3, 5)), *y = graph_input(&f.b, "y", types[i % 2], DIMS(5));
        graph_output(&f.b, "z", ir_binary(&f.b, ops[i / 2], x, y));
        same_everywhere(&f, schema_op_name(ops[i / 2]), ONNX_OLDEST_OPSET);
    }
}

static void keeps_choices(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    struct ir_value *c = graph_input(&f.b, "c", TFP_BOOL, DIMS(3, 1)), *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(3, 4));
    struct ir_value *zero = ir_sub(&f.b, x, x),
                    *bad = ir_div(&f.b, zero, zero); /* NaN must not leak out of its branch */
    graph_output(&f.b, "y", ir_where(&f.b, c, x, bad));
    same_everywhere(&f, "Where", ONNX_OLDEST_OPSET);
    begin(&f);
    x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(3, 4));
    graph_output(&f.b, "y", ir_emit(&f.b, IR_TRILU, IN(x), ATTRS(A_INT(ATTR_UPPER, 0))));
    same_everywhere(&f, "Trilu", ONNX_OLDEST_OPSET);
}

static void keeps_moves(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 3, 4));
    const int64_t tuples[] = { 1, 2, 0, -1 };
    struct ir_value *at = ir_tensor(&f.b, TFP_INT64, 2, (const int64_t[]){ 2, 2 }, tuples);
    graph_output(&f.b, "picked", ir_binary(&f.b, IR_GATHER_ND, x, at));
    graph_output(&f.b, "sliced",
           ir_slice(&f.b, x, INTS(&f.b, -1, 2), INTS(&f.b, INT64_MIN, 0), INTS(&f.b, 2, 1), INTS(&f.b, -2, -1)));
    graph_output(&f.b, "summed",
           ir_emit(&f.b, IR_CUM_SUM, IN(x, ir_int(&f.b, 1)), ATTRS(A_INT(ATTR_REVERSE, 1), A_INT(ATTR_EXCLUSIVE, 1))));
    graph_output(&f.b, "soft", ir_softmax(&f.b, x, 0));
    same_everywhere(&f, "moves", ONNX_OLDEST_OPSET);
    begin(&f);
    x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(4, 3));
    const int64_t rows[] = { 2, 0, 2 };
    at = ir_tensor(&f.b, TFP_INT64, 2, (const int64_t[]){ 3, 1 }, rows);
    struct ir_value *updates = ir_slice_axis(&f.b, ir_unary(&f.b, IR_EXP, x), 0, 0, 3);
    graph_output(&f.b, "added", ir_emit(&f.b, IR_SCATTER_ND, IN(x, at, updates), ATTRS(A_STRING(ATTR_REDUCTION, "add"))));
    graph_output(&f.b, "most", ir_emit(&f.b, IR_SCATTER_ND, IN(x, at, updates), ATTRS(A_STRING(ATTR_REDUCTION, "max"))));
    graph_output(&f.b, "set", ir_emit(&f.b, IR_SCATTER_ND, IN(x, at, updates), NO_ATTRS));
    graph_output(&f.b, "found", ir_unary(&f.b, IR_NON_ZERO, ir_binary(&f.b, IR_GREATER, x, ir_like(&f.b, x, 0))));
    same_everywhere(&f, "scatters", ONNX_OLDEST_OPSET);
}

static void keeps_resizes(void **state)
{
    static const char *const modes[] = { "nearest", "linear", "cubic" };
    static const char *const places[] = { "half_pixel", "align_corners", "asymmetric" };
    (void)state;
    for (size_t i = 0; i < 9; i++) {
        struct fixture f;
        begin(&f);
        struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(1, 2, 4, 5)), *sizes = INTS(&f.b, 1, 2, 7, 3);
        const struct ir_attr attrs[] = { A_TEXT(ATTR_MODE, modes[i / 3]),
                                         A_TEXT(ATTR_COORDINATE_TRANSFORMATION_MODE, places[i % 3]),
                                         A_STRING(ATTR_NEAREST_MODE, "floor"),
                                         { .name = ATTR_NONE } };
        graph_output(&f.b, "y", ir_emit(&f.b, IR_RESIZE, IN(x, NULL, NULL, sizes), attrs));
        same_everywhere(&f, modes[i / 3], ONNX_OLDEST_OPSET);
    }
}

static void keeps_products(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 3, 4)), *y = graph_input(&f.b, "y", TFP_FLOAT, DIMS(4, 2, 5));
    graph_output(&f.b, "z", ir_emit(&f.b, IR_EINSUM, IN(x, y), ATTRS(A_STRING(ATTR_EQUATION, "abc,cad->bd"))));
    graph_output(&f.b, "d", ir_emit(&f.b, IR_EINSUM, IN(x), ATTRS(A_STRING(ATTR_EQUATION, "...c->c..."))));
    same_everywhere(&f, "Einsum", ONNX_OLDEST_OPSET);
    begin(&f);
    x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 6, 1));
    graph_output(&f.b, "y", ir_emit(&f.b, IR_DFT, IN(x, NULL, ir_int(&f.b, 1)), ATTRS(A_INT(ATTR_ONESIDED, 1))));
    same_everywhere(&f, "DFT", ONNX_OLDEST_OPSET);
    begin(&f);
    x = graph_input(&f.b, "x", TFP_INT32, DIMS(2, 3));
    graph_output(&f.b, "y", ir_matmul(&f.b, x, ir_transpose(&f.b, x, (const int64_t[]){ 1, 0 }, 2)));
    same_everywhere(&f, "MatMul", ONNX_OLDEST_OPSET);
}

static void keeps_normalizations(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 4, 3)), *two = FLOATS(&f, 1, 2),
                    *three = FLOATS(&f, 3, 1, 2);
    struct ir_value *four = FLOATS(&f, 3, 1, 2, 4);
    graph_output(&f.b, "layer", ir_emit(&f.b, IR_LAYER_NORMALIZATION, IN(x, three, three), NO_ATTRS));
    graph_output(&f.b, "group", ir_emit(&f.b, IR_GROUP_NORMALIZATION, IN(x, four, four), ATTRS(A_INT(ATTR_NUM_GROUPS, 2))));
    graph_output(&f.b, "one_hot", ir_emit(&f.b, IR_ONE_HOT, IN(INTS(&f.b, 1, 0, 2), ir_int(&f.b, 3), two), NO_ATTRS));
    same_everywhere(&f, "normalizations", ONNX_OLDEST_OPSET);
}

static struct ir_value *attend(struct fixture *f, struct ir_value *q, struct ir_value *mask, const struct ir_attr *attrs)
{
    struct ir_value *k = graph_input(&f->b, "k", TFP_FLOAT, DIMS(2, 2, 5, 3)), *v = graph_input(&f->b, "v", TFP_FLOAT, DIMS(2, 2, 5, 2));
    return ir_emit(&f->b, IR_ATTENTION, IN(q, k, v, mask), attrs);
}

static void keeps_attention(void **state)
{
    struct fixture f;
    struct ir_value *mask, *out[4];
    (void)state;
    begin(&f);
    mask = graph_input(&f.b, "mask", TFP_FLOAT, DIMS(4, 5));
    graph_output(&f.b, "y", attend(&f, graph_input(&f.b, "q", TFP_FLOAT, DIMS(2, 4, 4, 3)), mask, ATTRS(A_FLOAT(ATTR_SCALE, 0.4f))));
    same_everywhere(&f, "shared heads and a mask", ONNX_OLDEST_OPSET);
    begin(&f);
    mask = ir_binary(&f.b, IR_LESS, graph_input(&f.b, "mask", TFP_FLOAT, DIMS(2, 1, 4, 3)), ir_scalar(&f.b, TFP_FLOAT, -2));
    graph_output(&f.b, "y", attend(&f, graph_input(&f.b, "q", TFP_FLOAT, DIMS(2, 2, 4, 3)), mask, NO_ATTRS));
    same_everywhere(&f, "a short bool mask that closes rows", ONNX_OLDEST_OPSET);
    begin(&f);
    graph_output(&f.b, "y", attend(&f, graph_input(&f.b, "q", TFP_FLOAT, DIMS(2, 2, 4, 3)), FLOATS(&f, 0, -1e9f, 0, 0, 1),
                           ATTRS(A_INT(ATTR_IS_CAUSAL, 1), A_FLOAT(ATTR_SOFTCAP, 2))));
    same_everywhere(&f, "causal, capped", ONNX_OLDEST_OPSET);
    begin(&f);
    struct ir_value *k = graph_input(&f.b, "k", TFP_FLOAT, DIMS(1, 5, 6)), *v = graph_input(&f.b, "v", TFP_FLOAT, DIMS(1, 5, 4));
    ir_emit_many(&f.b, IR_ATTENTION, IN(graph_input(&f.b, "q", TFP_FLOAT, DIMS(1, 4, 12)), k, v),
                 ATTRS(A_INT(ATTR_Q_NUM_HEADS, 4), A_INT(ATTR_KV_NUM_HEADS, 2), A_INT(ATTR_QK_MATMUL_OUTPUT_MODE, 3)), 4,
                 out);
    for (size_t i = 0; i < 4; i++) graph_output(&f.b, (const char *[]){ "y", "keys", "values", "weights" }[i], out[i]);
    same_everywhere(&f, "packed heads, all outputs", ONNX_OLDEST_OPSET);
    begin(&f);
    k = graph_input(&f.b, "past", TFP_FLOAT, DIMS(2, 1, 3, 2));
    graph_output(&f.b, "y", ir_emit(&f.b, IR_ATTENTION, IN(k, k, k, NULL, k, k), NO_ATTRS));
    same_everywhere(&f, "a cache", ONNX_OLDEST_OPSET);
    begin(&f);
    k = graph_input(&f.b, "past", TFP_FLOAT, DIMS(2, 1, 3, 2));
    graph_output(&f.b, "y", ir_emit(&f.b, IR_ATTENTION, IN(k, k, k, NULL, k, k),
                            ATTRS(A_INT(ATTR_IS_CAUSAL, 1), A_INT(ATTR_LEFT_WINDOW_SIZE, 2))));
    same_everywhere(&f, "a cache, causal, in a window", ONNX_OLDEST_OPSET);
}

/* -- tables -------------------------------------------------------------------------------------------------------- */

static void tables_are_sorted(void **state)
{
    (void)state;
    for (size_t i = 1; i < ort_types_n; i++) {
        const struct ort_types *a = &ort_types_table[i - 1], *b = &ort_types_table[i];
        assert_true(a->op < b->op || (a->op == b->op && a->since <= b->since));
    }
    for (size_t i = 0; i < ort_types_n; i++)
        assert_non_null(schema_at(ort_types_table[i].op, ort_types_table[i].since));
    static const struct decompositions *const families[] = { &decompose_array, &decompose_linear, &decompose_math,
                                                             &decompose_nn, &decompose_resize, &decompose_attention };
    for (size_t k = 0; k < 6; k++)
        for (size_t i = 1; i < families[k]->n; i++) assert_true(families[k]->rows[i - 1].op < families[k]->rows[i].op);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_every_opset),    cmocka_unit_test(names_are_unique),
        cmocka_unit_test(results_in_front_have_names),
        cmocka_unit_test(weights_go_outside),    cmocka_unit_test(parameters_move),
        cmocka_unit_test(defaults_change),       cmocka_unit_test(refuses_all_at_once),
        cmocka_unit_test(keeps_unary_functions), cmocka_unit_test(keeps_binary_functions),
        cmocka_unit_test(keeps_choices),         cmocka_unit_test(keeps_moves),
        cmocka_unit_test(keeps_resizes),         cmocka_unit_test(keeps_products),
        cmocka_unit_test(keeps_normalizations),  cmocka_unit_test(keeps_attention),
        cmocka_unit_test(tables_are_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
