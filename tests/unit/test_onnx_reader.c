/* ONNX for a reader that lacks ops and types: TensorRT's parser. What is written otherwise gives the same numbers, and
 * nothing is left that the reader has not. */
#include "backend/onnx/legalize.h"
#include "backend/onnx/retype.h"
#include "backend/tensorrt/trt_reader.h"

#include <math.h>

#include "graph.h"

/* -- the reader ---------------------------------------------------------------------------------------------------- */

static enum onnx_has has(const void *user, const struct ir_node *n, const char **why)
{
    enum trt_takes takes = trt_reader_takes(user, n, why);
    return takes == TRT_TAKES ? ONNX_HAS : takes == TRT_TAKES_OTHER_TERMS ? ONNX_LACKS : ONNX_NEVER;
}

static tfp_dtype holds(const void *user, tfp_dtype dtype)
{
    return trt_reader_holds(user, dtype);
}

static bool edge(const void *user, tfp_dtype dtype)
{
    return trt_type_only_at_edge(user, dtype);
}

struct fixture {
    struct tfp_context ctx;
    struct ir_graph *graph;
    struct build b;
    struct trt trt;
    struct onnx_reader reader;
};

/* `version` as getInferLibVersion() gives it. */
static void begin(struct fixture *f, int32_t version, bool rtx)
{
    enum trt_family family;
    memset(f, 0, sizeof *f);
    f->b = graph_begin(&f->ctx);
    f->graph = f->b.graph;
    f->trt.rtx = rtx;
    trt_set_version(&f->trt, version);
    assert_true(trt_family_of(rtx, f->trt.major, f->trt.minor, &family));
    trt_set_family(&f->trt, family);
    f->reader = (struct onnx_reader){ "the parser", has, holds, edge, &f->trt, false };
}

/* -- numbers ------------------------------------------------------------------------------------------------------- */

/* The same numbers, whatever type holds them. */
static void fill(struct tensor *t, bool large)
{
    unsigned seed = 7;
    for (int64_t i = 0; i < t->count; i++) {
        seed = seed * 1103515245 + 12345;
        int k = large ? (int)(seed >> 16) % 100 + 20 : (int)(seed >> 16) % 9;
        switch (t->dtype) {
        case TFP_FLOAT: ((float *)t->data)[i] = (float)k * 0.75f; break;
        case TFP_DOUBLE: ((double *)t->data)[i] = k * 0.75; break;
        case TFP_INT64: ((int64_t *)t->data)[i] = k; break;
        case TFP_UINT32:
        case TFP_INT32: ((int32_t *)t->data)[i] = k; break;
        case TFP_INT16:
        case TFP_UINT16: ((int16_t *)t->data)[i] = (int16_t)k; break;
        case TFP_INT8:
        case TFP_UINT8: ((uint8_t *)t->data)[i] = (uint8_t)k; break;
        default: fail_msg("no numbers of this type");
        }
    }
}

static void run(struct fixture *f, const struct ir_graph *g, bool large, struct tensor *out)
{
    struct tensor in[4] = { 0 };
    int64_t dims[TFP_MAX_RANK];
    for (size_t i = 0; i < g->n_inputs; i++) {
        const struct ir_value *v = g->inputs[i];
        assert_true(ir_static_dims(v, dims));
        assert_int_equal(tensor_describe(&f->ctx, "in", v->dtype, (size_t)v->rank, dims, &in[i]), TFP_OK);
        assert_int_equal(tensor_allocate(&f->ctx, &in[i]), TFP_OK);
        fill(&in[i], large);
    }
    graph_evaluate(&f->ctx, g, in, out);
    for (size_t i = 0; i < g->n_inputs; i++) tensor_release(&in[i]);
}

static void expect_taken(const struct fixture *f, const struct ir_graph *g)
{
    const char *why;
    for (const struct ir_node *n = g->first; n; n = n->next) {
        if (trt_reader_takes(&f->trt, n, &why) != TRT_TAKES)
            fail_msg("%s is left: %s", schema_op_name(n->op), why ? why : "");
        for (uint32_t i = 0; i < n->n_out; i++) {
            tfp_dtype t = n->out[i] ? n->out[i]->dtype : TFP_FLOAT;
            if (holds(&f->trt, t) != t && !n->out[i]->n_outputs) fail_msg("%s gives %s", schema_op_name(n->op), tfp_dtype_name(t));
        }
    }
}

static void expect_same(struct fixture *f, bool large)
{
    struct tensor want[4] = { 0 }, have[4] = { 0 };
    struct ir_graph *copy;
    assert_int_equal(ir_clone(&f->ctx, f->graph, &copy), TFP_OK);
    assert_ok(&f->ctx, legalize_graph(&f->ctx, copy, &(const struct onnx_target){ .opset = trt_reader_opset(&f->trt), .reader = &f->reader }));
    assert_int_equal(retype_graph(&f->ctx, copy, &f->reader), TFP_OK);
    assert_int_equal(ir_check(&f->ctx, copy), TFP_OK);
    expect_taken(f, copy);
    run(f, f->graph, large, want);
    run(f, copy, large, have);
    for (size_t k = 0; k < f->graph->n_outputs; k++) {
        assert_int_equal(want[k].count, have[k].count);
        for (int64_t i = 0; i < want[k].count; i++) {
            double p = tensor_float(&want[k], i), q = tensor_float(&have[k], i);
            if (fabs(p - q) > 1e-4 * (1 + fabs(p))) fail_msg("output %zu, element %lld: %g, not %g", k, (long long)i, q, p);
        }
        tensor_release(&want[k]);
        tensor_release(&have[k]);
    }
    ir_destroy(copy);
    ir_destroy(f->graph);
}

/* -- ops ----------------------------------------------------------------------------------------------------------- */

static void places_of_a_pool(void **state)
{
    struct fixture f;
    struct ir_value *both[2];
    const int64_t kernel[] = { 3, 2 }, strides[] = { 2, 2 }, pads[] = { 1, 0, 1, 1 };
    (void)state;
    begin(&f, 100300, false);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 3, 7, 6));
    ir_emit_many(&f.b, IR_MAX_POOL, IN(x),
                 ATTRS(A_INTS(ATTR_KERNEL_SHAPE, kernel, 2), A_INTS(ATTR_STRIDES, strides, 2), A_INTS(ATTR_PADS, pads, 4)), 2, both);
    graph_output(&f.b, "most", both[0]);
    graph_output(&f.b, "places", both[1]);
    expect_same(&f, false);
}

static void additions_into_a_list(void **state)
{
    struct fixture f;
    const int64_t at[] = { 3, 0, 3, 1 };
    (void)state;
    begin(&f, 8601, false);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(5, 2)), *u = graph_input(&f.b, "u", TFP_FLOAT, DIMS(4, 2));
    struct ir_value *places = ir_tensor(&f.b, TFP_INT64, 2, (const int64_t[]){ 4, 1 }, at);
    graph_output(&f.b, "sums", ir_emit(&f.b, IR_SCATTER_ND, IN(x, places, u), ATTRS(A_STRING(ATTR_REDUCTION, "add"))));
    expect_same(&f, false);
}

static void bits(void **state)
{
    static const enum ir_op ops[] = { IR_BITWISE_AND, IR_BITWISE_OR, IR_BITWISE_XOR };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct fixture f;
        begin(&f, 10701, true);
        struct ir_value *x = graph_input(&f.b, "x", TFP_INT32, DIMS(12)), *y = ir_add(&f.b, x, ir_like(&f.b, x, 5));
        graph_output(&f.b, "z", ir_binary(&f.b, ops[i], x, y));
        graph_output(&f.b, "shifted", ir_emit(&f.b, IR_BIT_SHIFT, IN(ir_cast(&f.b, x, TFP_UINT32), ir_cast(&f.b, ir_like(&f.b, x, 3), TFP_UINT32)),
                                      ATTRS(A_STRING(ATTR_DIRECTION, "LEFT"))));
        expect_same(&f, true);
    }
}

/* TensorRT 8 would make int32 of int64, and of what is written as that. */
static void what_takes_int64_is_refused_on_8(void **state)
{
    struct fixture f;
    const char *why;
    (void)state;
    begin(&f, 8601, false);
    struct ir_value *x = graph_input(&f.b, "x", TFP_INT32, DIMS(4)), *large = ir_cast(&f.b, x, TFP_UINT32);
    struct ir_value *bits = ir_binary(&f.b, IR_BITWISE_AND, x, x), *fine = ir_cast(&f.b, x, TFP_INT64);
    assert_true(large && bits && fine);
    assert_int_equal(trt_reader_takes(&f.trt, large->producer, &why), TRT_TAKES_NEVER);
    assert_string_equal(why, "uint32");
    assert_int_equal(trt_reader_takes(&f.trt, bits->producer, &why), TRT_TAKES_NEVER);
    assert_contains(why, "int64");
    assert_int_equal(trt_reader_takes(&f.trt, fine->producer, &why), TRT_TAKES);
    ir_destroy(f.graph);
}

static void others(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f, 10701, true);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(9)), *m = graph_input(&f.b, "m", TFP_FLOAT, DIMS(4, 3, 3));
    graph_output(&f.b, "best", ir_emit(&f.b, IR_ARG_MAX, IN(x), ATTRS(A_INT(ATTR_KEEPDIMS, 0))));
    graph_output(&f.b, "determinants", ir_unary(&f.b, IR_DET, m));
    struct ir_value *pairs = ir_reshape(&f.b, x, INTS(&f.b, 1, 9, 1));
    graph_output(&f.b, "spectrum", ir_emit(&f.b, IR_DFT, IN(pairs, NULL, ir_int(&f.b, 1)), ATTRS(A_INT(ATTR_ONESIDED, 1))));
    expect_same(&f, false);
}

/* -- attention ----------------------------------------------------------------------------------------------------- */

static size_t attentions_left(struct fixture *f)
{
    struct ir_graph *copy;
    size_t left = 0;
    assert_int_equal(ir_clone(&f->ctx, f->graph, &copy), TFP_OK);
    assert_int_equal(trt_reader_adapt(&f->ctx, &f->trt, copy), TFP_OK);
    assert_ok(&f->ctx, legalize_graph(&f->ctx, copy, &(const struct onnx_target){ .opset = trt_reader_opset(&f->trt), .reader = &f->reader }));
    for (const struct ir_node *n = copy->first; n; n = n->next) {
        if (n->op != IR_ATTENTION) continue;
        assert_null(ir_attr(n, ATTR_SOFTMAX_PRECISION));
        assert_true(ir_attr_float(n, ATTR_SCALE, 0) == 1); /* the queries are scaled */
        assert_int_equal(ir_in(n, 0)->producer->op, IR_MUL);
        left++;
    }
    ir_destroy(copy);
    return left;
}

static void attend(struct fixture *f, const char *name, struct ir_value *mask, float softcap, bool causal)
{
    struct ir_value *q = f->graph->inputs[0], *k = f->graph->inputs[1];
    graph_output(&f->b, name, ir_emit(&f->b, IR_ATTENTION, IN(q, k, ir_unary(&f->b, IR_TANH, k), mask),
                            ATTRS(A_FLOAT(ATTR_SCALE, 0.01f), A_INT(ATTR_IS_CAUSAL, causal), A_FLOAT(ATTR_SOFTCAP, softcap),
                                  A_INT(ATTR_SOFTMAX_PRECISION, TFP_FLOAT))));
}

/* Of six attentions, typed networks have three: one at least is more than the layer can. */
static void attention_where_the_parser_has_it(void **state)
{
    static const struct {
        int32_t version;
        bool rtx;
        int opset;
        size_t left;
    } rows[] = { { 8601, false, 17, 0 }, { 101500, false, 20, 0 }, { 110000, false, 23, 3 }, { 10300, true, 23, 3 },
                 { 10701, true, 23, 3 } };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fixture f;
        begin(&f, rows[i].version, rows[i].rtx);
        assert_int_equal(trt_reader_opset(&f.trt), rows[i].opset);
        graph_input(&f.b, "q", TFP_FLOAT, DIMS(2, 4, 5, 8));
        graph_input(&f.b, "k", TFP_FLOAT, DIMS(2, 2, 7, 8));
        struct ir_value *mask = graph_input(&f.b, "m", TFP_FLOAT, DIMS(2, 1, 1, 7)), *brief = graph_input(&f.b, "s", TFP_FLOAT, DIMS(5, 6));
        attend(&f, "plain", NULL, 0, false);
        attend(&f, "causal", NULL, 0, true);
        attend(&f, "masked", mask, 0, false);
        attend(&f, "both", mask, 0, true);
        attend(&f, "brief", brief, 0, false);
        attend(&f, "capped", NULL, 3, false);
        assert_int_equal(attentions_left(&f), rows[i].left);
        ir_destroy(f.graph);
    }
}

/* -- types --------------------------------------------------------------------------------------------------------- */

static void whole_numbers_wrap_around(void **state)
{
    static const tfp_dtype types[] = { TFP_INT8, TFP_UINT8, TFP_INT16, TFP_UINT16, TFP_UINT32 };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct fixture f;
        begin(&f, 100300, false);
        struct ir_value *x = graph_input(&f.b, "x", types[i], DIMS(3, 8)), *y = graph_input(&f.b, "y", types[i], DIMS(8));
        struct ir_value *product = ir_mul(&f.b, x, y);
        for (int k = 0; k < 3; k++) product = ir_mul(&f.b, product, y);
        graph_output(&f.b, "sum", ir_add(&f.b, product, ir_like(&f.b, x, 100)));
        graph_output(&f.b, "narrow", ir_cast(&f.b, ir_cast(&f.b, product, TFP_UINT8), TFP_FLOAT));
        graph_output(&f.b, "same", ir_cast(&f.b, x, TFP_INT32));
        expect_same(&f, true);
    }
}

static void images_of_bytes_are_cast_at_the_edge(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f, 100300, false);
    struct ir_value *x = graph_input(&f.b, "x", TFP_UINT8, DIMS(1, 4, 4, 3));
    graph_output(&f.b, "scaled", ir_div(&f.b, ir_cast(&f.b, x, TFP_FLOAT), ir_scalar(&f.b, TFP_FLOAT, 255)));
    graph_output(&f.b, "turned", TRANSPOSE(&f.b, x, 0, 3, 1, 2));
    struct ir_graph *copy;
    assert_int_equal(ir_clone(&f.ctx, f.graph, &copy), TFP_OK);
    assert_int_equal(retype_graph(&f.ctx, copy, &f.reader), TFP_OK);
    assert_int_equal(copy->inputs[0]->dtype, TFP_UINT8);
    assert_int_equal(copy->outputs[1].value->dtype, TFP_UINT8);
    assert_int_equal(copy->outputs[1].value->producer->op, IR_CAST);
    ir_destroy(copy);
    expect_same(&f, false);
}

static void doubles_become_floats(void **state)
{
    struct fixture f;
    const double half = 0.5;
    (void)state;
    begin(&f, 100300, false);
    struct ir_value *x = graph_input(&f.b, "x", TFP_DOUBLE, DIMS(6)), *c = ir_tensor(&f.b, TFP_DOUBLE, 0, NULL, &half);
    graph_output(&f.b, "y", ir_unary(&f.b, IR_EXP, ir_mul(&f.b, x, c)));
    expect_same(&f, false);
}

static void quantized_values_stay(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f, 100300, false);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(6)), *scale = ir_scalar(&f.b, TFP_FLOAT, 0.25);
    struct ir_value *zero = ir_scalar(&f.b, TFP_INT8, 0);
    struct ir_value *q = ir_emit(&f.b, IR_QUANTIZE_LINEAR, IN(x, scale, zero), NO_ATTRS);
    graph_output(&f.b, "y", ir_emit(&f.b, IR_DEQUANTIZE_LINEAR, IN(q, scale, zero), NO_ATTRS));
    assert_int_equal(retype_graph(&f.ctx, f.graph, &f.reader), TFP_OK);
    assert_int_equal(q->dtype, TFP_INT8);
    assert_int_equal(zero->dtype, TFP_INT8);
    assert_int_equal(ir_check(&f.ctx, f.graph), TFP_OK);
    ir_destroy(f.graph);
}

/* -- refusals ------------------------------------------------------------------------------------------------------ */

static void refuses_by_name(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f, 10701, true);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(6));
    f.b.scope = "where";
    graph_output(&f.b, "places", ir_unary(&f.b, IR_NON_ZERO, x));
    f.b.scope = "large";
    graph_output(&f.b, "determinant", ir_unary(&f.b, IR_DET, graph_input(&f.b, "m", TFP_FLOAT, DIMS(5, 5))));
    assert_int_equal(legalize_graph(&f.ctx, f.graph, &(const struct onnx_target){ .opset = 20, .reader = &f.reader }), TFP_E_UNSUPPORTED);
    assert_string_equal(f.ctx.text, "the parser cannot express 2 ops: NonZero (TensorRT-RTX has no results whose size depends "
                                    "on data; node where), Det (more than three rows; node large)");
    ir_destroy(f.graph);
    begin(&f, 100300, false); /* where it can */
    graph_output(&f.b, "places", ir_unary(&f.b, IR_NON_ZERO, graph_input(&f.b, "x", TFP_FLOAT, DIMS(6))));
    assert_int_equal(legalize_graph(&f.ctx, f.graph, &(const struct onnx_target){ .opset = 20, .reader = &f.reader }), TFP_OK);
    ir_destroy(f.graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_of_a_pool),
        cmocka_unit_test(additions_into_a_list),
        cmocka_unit_test(bits),
        cmocka_unit_test(what_takes_int64_is_refused_on_8),
        cmocka_unit_test(others),
        cmocka_unit_test(attention_where_the_parser_has_it),
        cmocka_unit_test(whole_numbers_wrap_around),
        cmocka_unit_test(images_of_bytes_are_cast_at_the_edge),
        cmocka_unit_test(doubles_become_floats),
        cmocka_unit_test(quantized_values_stay),
        cmocka_unit_test(refuses_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
