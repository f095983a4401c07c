/* Passes: each graph is run on the CPU backend before and after optimization and must give the same numbers; and what a
 * pass promises (no Transpose left, batch normalization gone) is counted. */
#include "backend/backend.h"
#include "base/text.h"
#include "optimize/optimize.h"

#include <math.h>

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

/* Numbers that differ from each other, near 1. */
static struct ir_value *weights(struct fixture *f, size_t rank, const int64_t *dims)
{
    int64_t count;
    assert_true(numbers_count(dims, rank, &count));
    float *at = malloc((size_t)count * sizeof *at);
    assert_non_null(at);
    for (int64_t i = 0; i < count; i++) at[i] = 0.25f + (float)((i * 37) % 101) / 101.0f;
    struct ir_value *v = ir_tensor(&f->b, TFP_FLOAT, rank, dims, at);
    free(at);
    return v;
}

/* Runs a graph on inputs filled with a fixed pattern; returns all outputs' elements in one array. */
static float *run_graph(struct fixture *f, const struct ir_graph *g, size_t *n)
{
    const struct backend *cpu = backend_find("cpu");
    void *state = calloc(1, cpu->state_size);
    struct backend_options o = { .threads = 1 };
    struct tfp_tensor in[4] = { 0 }, out[4] = { 0 };
    int64_t dims[4][TFP_MAX_RANK];
    assert_int_equal(cpu->open(&f->ctx, state, g, &o), TFP_OK);
    for (size_t i = 0; i < g->n_inputs; i++) {
        struct tensor t;
        const struct ir_value *v = g->inputs[i];
        for (int32_t k = 0; k < v->rank; k++) dims[i][k] = dim_fixed(v->dims[k]) ? v->dims[k].n : 2;
        assert_int_equal(tensor_describe(&f->ctx, "in", v->dtype, (size_t)v->rank, dims[i], &t), TFP_OK);
        in[i] = (struct tfp_tensor){ .dtype = v->dtype, .rank = t.rank, .dims = dims[i], .data = malloc(t.size + 1), .size = t.size };
        for (int64_t k = 0; k < t.count; k++) ((float *)in[i].data)[k] = sinf((float)k * 0.7f + (float)i);
    }
    assert_ok(&f->ctx, cpu->run(&f->ctx, state, in, g->n_inputs, out, g->n_outputs));
    *n = 0;
    for (size_t i = 0; i < g->n_outputs; i++) *n += out[i].size / sizeof(float);
    float *all = malloc((*n + 1) * sizeof *all), *at = all;
    for (size_t i = 0; i < g->n_outputs; i++) {
        memcpy(at, out[i].data, out[i].size);
        at += out[i].size / sizeof(float);
    }
    for (size_t i = 0; i < g->n_inputs; i++) free(in[i].data);
    cpu->close(state);
    free(state);
    return all;
}

/* Optimizes and compares; the graph stays for counting. */
static void optimize_and_compare(struct fixture *f)
{
    size_t before_n, after_n;
    assert_int_equal(f->b.status, TFP_OK);
    assert_ok(&f->ctx, ir_check(&f->ctx, f->graph));
    float *before = run_graph(f, f->graph, &before_n);
    assert_ok(&f->ctx, optimize_graph(&f->ctx, f->graph));
    assert_ok(&f->ctx, ir_check(&f->ctx, f->graph));
    float *after = run_graph(f, f->graph, &after_n);
    assert_int_equal(before_n, after_n);
    for (size_t i = 0; i < before_n; i++)
        if (!(fabsf(before[i] - after[i]) <= 1e-4f + 1e-4f * fabsf(before[i])))
            fail_msg("element %zu: %g before, %g after", i, (double)before[i], (double)after[i]);
    free(before);
    free(after);
}

static void end(struct fixture *f)
{
    ir_destroy(f->graph);
}

/* Conv in TensorFlow's manner: NHWC outside, HWIO weights. */
static struct ir_value *conv_nhwc(struct fixture *f, struct ir_value *x, int64_t in, int64_t out)
{
    struct build *b = &f->b;
    struct ir_value *w = TRANSPOSE(b, weights(f, DIMS(3, 3, in, out)), 3, 2, 0, 1);
    const int64_t pads[] = { 1, 1, 1, 1 };
    struct ir_value *y = ir_emit(b, IR_CONV, IN(TRANSPOSE(b, x, 0, 3, 1, 2), w), ATTRS(A_INTS(ATTR_PADS, pads, 4)));
    return TRANSPOSE(b, y, 0, 2, 3, 1);
}

static void test_conv_net_keeps_outer_transposes(void **state)
{
    struct fixture f;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 8, 8, 3));
    struct build *b = &f.b;
    struct ir_value *y = ir_unary(b, IR_RELU, ir_add(b, conv_nhwc(&f, x, 3, 4), weights(&f, DIMS(4))));
    struct ir_value *z = ir_add(b, conv_nhwc(&f, y, 4, 4), y);                  /* residual */
    z = CONCAT(b, 3, z, ir_unary(b, IR_SIGMOID, conv_nhwc(&f, z, 4, 4)));       /* dense block */
    struct ir_value *pooled = ir_reduce(b, IR_REDUCE_MEAN, z, (const int64_t[]){ 1, 2 }, 2, true);
    z = ir_mul(b, z, ir_unary(b, IR_SIGMOID, pooled));                          /* squeeze and excite */
    z = ir_emit(b, IR_PAD, IN(z, INTS(b, 0, 1, 0, 0, 0, 1, 0, 0)), NO_ATTRS);
    z = ir_slice_axis(b, z, 2, 1, 7);
    z = conv_nhwc(&f, z, 8, 4);
    (void)state;
    ir_add_output(f.graph, "y", z);
    optimize_and_compare(&f);
    assert_int_equal(graph_count(f.graph, IR_TRANSPOSE), 2);
    end(&f);
}

static void test_flatten_permutes_the_dense_weights(void **state)
{
    struct fixture f;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 4, 4, 3));
    struct ir_value *y = conv_nhwc(&f, x, 3, 5);
    y = ir_matmul(&f.b, RESHAPE(&f.b, y, 2, 80), weights(&f, DIMS(80, 7)));
    (void)state;
    ir_add_output(f.graph, "y", y);
    optimize_and_compare(&f);
    assert_int_equal(graph_count(f.graph, IR_TRANSPOSE), 1);
    end(&f);
}

/* As attention scales its queries. A sum that somebody else needs as it is keeps the scale behind it. */
static void test_a_scale_behind_bias_and_heads_goes_into_weights(void **state)
{
    struct fixture f;
    begin(&f);
    struct build *b = &f.b;
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 5, 6));
    (void)state;
    for (int shared = 0; shared < 2; shared++) {
        struct ir_value *y = RESHAPE(b, ir_matmul(b, x, weights(&f, DIMS(6, 8 + 2 * shared))), 2, 5, 2, 4 + shared);
        struct ir_value *sum = ir_add(b, y, weights(&f, DIMS(2, 4 + shared)));
        struct ir_value *scaled = ir_mul(b, TRANSPOSE(b, sum, 0, 2, 1, 3), ir_scalar(b, TFP_FLOAT, 0.3));
        ir_add_output(f.graph, shared ? "shared" : "alone", scaled);
        if (shared) ir_add_output(f.graph, "sum", sum);
    }
    optimize_and_compare(&f);
    assert_int_equal(graph_count(f.graph, IR_MUL), 1);
    end(&f);
}

static void test_reductions_and_arg_lose_their_transpose(void **state)
{
    struct fixture f;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 3, 5, 7));
    struct build *b = &f.b;
    struct ir_value *t = TRANSPOSE(b, x, 0, 2, 3, 1);
    (void)state;
    ir_add_output(f.graph, "mean", ir_reduce(b, IR_REDUCE_MEAN, t, (const int64_t[]){ 1, 2 }, 2, false));
    ir_add_output(f.graph, "max", ir_reduce(b, IR_REDUCE_MAX, t, (const int64_t[]){ -1 }, 1, false));
    ir_add_output(f.graph, "softmax", TRANSPOSE(b, ir_softmax(b, t, -1), 0, 3, 1, 2));
    ir_add_output(f.graph, "tile", TRANSPOSE(b, ir_emit(b, IR_TILE, IN(t, INTS(b, 1, 2, 1, 1)), NO_ATTRS), 0, 3, 1, 2));
    optimize_and_compare(&f);
    assert_int_equal(graph_count(f.graph, IR_TRANSPOSE), 0);
    end(&f);
}

static void test_squeeze_unsqueeze_split(void **state)
{
    struct fixture f;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 6, 1, 5)), *parts[2];
    struct build *b = &f.b;
    struct ir_value *t = TRANSPOSE(b, x, 0, 2, 3, 1); /* [2,1,5,6] */
    struct ir_value *s = SQUEEZE(b, t, 1);
    ir_add_output(f.graph, "s", ir_unary(b, IR_EXP, UNSQUEEZE(b, s, 0, 3)));
    ir_emit_many(b, IR_SPLIT, IN(t, INTS(b, 2, 4)), ATTRS(A_INT(ATTR_AXIS, 3)), 2, parts);
    (void)state;
    ir_add_output(f.graph, "p0", TRANSPOSE(b, parts[0], 0, 3, 1, 2));
    ir_add_output(f.graph, "p1", TRANSPOSE(b, parts[1], 0, 3, 1, 2));
    optimize_and_compare(&f);
    end(&f);
}

static void test_batch_normalization_goes_into_conv(void **state)
{
    struct fixture f;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(1, 3, 6, 6));
    struct build *b = &f.b;
    struct ir_value *w = weights(&f, DIMS(4, 3, 3, 3));
    struct ir_value *y = ir_emit(b, IR_PAD, IN(x, INTS(b, 0, 0, 1, 2, 0, 0, 2, 1)), NO_ATTRS);
    y = ir_emit(b, IR_CONV, IN(y, w), NO_ATTRS);
    y = ir_emit(b, IR_BATCH_NORMALIZATION, IN(y, weights(&f, DIMS(4)), weights(&f, DIMS(4)), weights(&f, DIMS(4)), weights(&f, DIMS(4))),
                ATTRS(A_FLOAT(ATTR_EPSILON, 1e-3f)));
    y = ir_sub(b, ir_mul(b, ir_add(b, y, weights(&f, DIMS(4, 1, 1))), weights(&f, DIMS(1, 4, 1, 1))), ir_scalar(b, TFP_FLOAT, 0.5));
    y = ir_emit(b, IR_CONV_TRANSPOSE, IN(y, weights(&f, DIMS(4, 2, 3, 3))), NO_ATTRS);
    y = ir_div(b, ir_add(b, y, weights(&f, DIMS(2, 1, 1))), weights(&f, DIMS(2, 1, 1)));
    (void)state;
    ir_add_output(f.graph, "y", y);
    optimize_and_compare(&f);
    assert_int_equal(f.graph->n_nodes, 2);
    end(&f);
}

static void test_padding_goes_through_a_transpose_and_into_pools(void **state)
{
    struct fixture f;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 7, 7, 3));
    struct build *b = &f.b;
    const int64_t kernel[] = { 3, 3 }, strides[] = { 2, 2 };
    struct ir_value *y = ir_emit(b, IR_PAD, IN(x, INTS(b, 0, 1, 2, 0, 0, 2, 1, 0)), NO_ATTRS);
    y = ir_emit(b, IR_CONV, IN(TRANSPOSE(b, y, 0, 3, 1, 2), weights(&f, DIMS(4, 3, 3, 3))), NO_ATTRS);
    y = ir_emit(b, IR_PAD, IN(ir_unary(b, IR_RELU, y), INTS(b, 0, 0, 1, 1, 0, 0, 1, 1)), NO_ATTRS);
    (void)state;
    ir_add_output(f.graph, "y", ir_emit(b, IR_MAX_POOL, IN(y), ATTRS(A_INTS(ATTR_KERNEL_SHAPE, kernel, 2), A_INTS(ATTR_STRIDES, strides, 2))));
    optimize_and_compare(&f);
    assert_int_equal(graph_count(f.graph, IR_PAD), 0);
    end(&f);
}

static void test_patterns(void **state)
{
    struct fixture f;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(3, 5));
    struct build *b = &f.b;
    struct ir_value *zero = ir_scalar(b, TFP_FLOAT, 0), *six = ir_scalar(b, TFP_FLOAT, 0.5);
    (void)state;
    ir_add_output(f.graph, "relu", ir_binary(b, IR_MAX, x, zero));
    ir_add_output(f.graph, "clip", ir_binary(b, IR_MIN, six, ir_binary(b, IR_MAX, ir_unary(b, IR_NEG, x), zero)));
    ir_add_output(f.graph, "leaky", ir_binary(b, IR_MAX, ir_mul(b, x, ir_scalar(b, TFP_FLOAT, 0.25)), x));
    optimize_and_compare(&f);
    assert_int_equal(graph_count(f.graph, IR_RELU), 1);
    assert_int_equal(graph_count(f.graph, IR_CLIP), 1);
    assert_int_equal(graph_count(f.graph, IR_LEAKY_RELU), 1);
    assert_int_equal(graph_count(f.graph, IR_MAX) + graph_count(f.graph, IR_MIN), 0);
    end(&f);
}

/* Keras's layer normalization with a known batch: [1, rows, columns, 1] by batch statistics, with ones for each row. */
static void test_layer_normalization_in_a_view(void **state)
{
    static const float ones[6] = { 1, 1, 1, 1, 1, 1 };
    struct fixture f;
    begin(&f);
    struct build *b = &f.b;
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 3, 8)), *rows = RESHAPE(b, x, 1, 6, 8, 1);
    struct ir_value *scale = ir_tensor(b, TFP_FLOAT, 3, (const int64_t[]){ 6, 1, 1 }, ones);
    const int64_t axes[] = { 0, 2, 3 };
    (void)state;
    struct ir_value *deviation = ir_sub(b, rows, ir_reduce(b, IR_REDUCE_MEAN, rows, axes, 3, true));
    struct ir_value *variance = ir_reduce(b, IR_REDUCE_MEAN, ir_mul(b, deviation, deviation), axes, 3, true);
    struct ir_value *root = ir_unary(b, IR_SQRT, ir_add(b, variance, ir_scalar(b, TFP_FLOAT, 1e-3)));
    struct ir_value *y = RESHAPE(b, ir_mul(b, deviation, ir_div(b, scale, root)), 2, 3, 8);
    ir_add_output(f.graph, "y", ir_add(b, ir_mul(b, y, weights(&f, DIMS(8))), weights(&f, DIMS(8))));
    optimize_and_compare(&f);
    assert_int_equal(graph_count(f.graph, IR_LAYER_NORMALIZATION), 1);
    assert_int_equal(graph_count(f.graph, IR_REDUCE_MEAN), 0);
    end(&f);
}

static void test_nothing_is_left_of_nothing(void **state)
{
    struct fixture f;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(3, 5));
    struct build *b = &f.b;
    struct ir_value *y = RESHAPE(b, RESHAPE(b, x, 15), 3, 5);
    y = ir_unary(b, IR_IDENTITY, ir_add(b, ir_mul(b, y, ir_scalar(b, TFP_FLOAT, 1)), ir_scalar(b, TFP_FLOAT, 0)));
    y = TRANSPOSE(b, TRANSPOSE(b, y, 1, 0), 1, 0);
    y = SQUEEZE(b, UNSQUEEZE(b, y, 1), 1);
    (void)state;
    ir_add_output(f.graph, "y", y);
    ir_add_output(f.graph, "again", ir_unary(b, IR_EXP, y));
    ir_add_output(f.graph, "twice", ir_unary(b, IR_EXP, x));
    optimize_and_compare(&f);
    assert_int_equal(f.graph->n_nodes, 1); /* one Exp for both */
    end(&f);
}

static void test_a_transpose_that_is_needed_stays(void **state)
{
    struct fixture f;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 3, 4)), *z = graph_input(&f.b, "z", TFP_FLOAT, DIMS(3, 4, 2));
    struct build *b = &f.b;
    (void)state;
    ir_add_output(f.graph, "sum", ir_add(b, TRANSPOSE(b, x, 1, 2, 0), z));
    ir_add_output(f.graph, "flat", RESHAPE(b, TRANSPOSE(b, x, 2, 1, 0), -1));
    optimize_and_compare(&f);
    assert_int_equal(graph_count(f.graph, IR_TRANSPOSE), 2);
    end(&f);
}

/* Whole numbers with a scale for each of the last axis, as real numbers. */
static struct ir_value *quantized_weights(struct fixture *f, size_t rank, const int64_t *dims)
{
    int8_t at[1024];
    float scales[16];
    int64_t count;
    assert_true(numbers_count(dims, rank, &count) && count <= 1024 && dims[rank - 1] <= 16);
    for (int64_t i = 0; i < count; i++) at[i] = (int8_t)(i * 37 % 255 - 127);
    for (int64_t i = 0; i < dims[rank - 1]; i++) scales[i] = 0.01F * (float)(i + 1);
    struct ir_value *w = ir_tensor(&f->b, TFP_INT8, rank, dims, at), *scale = ir_tensor(&f->b, TFP_FLOAT, 1, &dims[rank - 1], scales);
    return ir_emit(&f->b, IR_DEQUANTIZE_LINEAR, IN(w, scale), ATTRS(A_INT(ATTR_AXIS, (int64_t)rank - 1)));
}

static struct ir_value *rounded_to_steps(struct fixture *f, struct ir_value *x)
{
    struct ir_value *scale = ir_scalar(&f->b, TFP_FLOAT, 0.05), *zero = ir_scalar(&f->b, TFP_INT8, -3);
    return ir_emit(&f->b, IR_DEQUANTIZE_LINEAR, IN(ir_emit(&f->b, IR_QUANTIZE_LINEAR, IN(x, scale, zero), NO_ATTRS), scale, zero), NO_ATTRS);
}

static struct ir_value *quantized_conv(struct fixture *f, struct ir_value *x, int64_t in, int64_t out)
{
    struct build *b = &f->b;
    struct ir_value *w = TRANSPOSE(b, quantized_weights(f, DIMS(3, 3, in, out)), 3, 2, 0, 1);
    return TRANSPOSE(b, ir_emit(b, IR_CONV, IN(TRANSPOSE(b, x, 0, 3, 1, 2), w), NO_ATTRS), 0, 2, 3, 1);
}

static void test_quantized_weights_stay_whole_numbers(void **state)
{
    struct fixture f;
    begin(&f);
    struct build *b = &f.b;
    struct ir_value *x = rounded_to_steps(&f, graph_input(b, "x", TFP_FLOAT, DIMS(2, 8, 8, 3)));
    struct ir_value *y = rounded_to_steps(&f, ir_unary(b, IR_RELU, quantized_conv(&f, x, 3, 4)));
    y = rounded_to_steps(&f, quantized_conv(&f, y, 4, 5));
    y = ir_matmul(b, RESHAPE(b, y, 2, 80), RESHAPE(b, quantized_weights(&f, DIMS(16, 5, 6)), 80, 6));
    (void)state;
    ir_add_output(f.graph, "y", y);
    optimize_and_compare(&f);
    assert_int_equal(graph_count(f.graph, IR_DEQUANTIZE_LINEAR), 6);
    size_t kept = 0;
    for (const struct ir_node *n = f.graph->first; n; n = n->next)
        kept += (n->op == IR_CONV || n->op == IR_MATMUL) && ir_is_quantized_weight(ir_in(n, 1)->producer) &&
                ir_in_constant(ir_in(n, 1)->producer, 0);
    assert_int_equal(kept, 3);
    assert_int_equal(graph_count(f.graph, IR_TRANSPOSE), 2);
    assert_ok(&f.ctx, optimize_fold(&f.ctx, f.graph));
    assert_int_equal(graph_count(f.graph, IR_DEQUANTIZE_LINEAR), 3);
    end(&f);
}

/* What is multiplied with them is not quantized. */
static void test_other_quantized_weights_are_folded(void **state)
{
    struct fixture f;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 8, 8, 3));
    (void)state;
    ir_add_output(f.graph, "y", quantized_conv(&f, x, 3, 4));
    ir_add_output(f.graph, "w", quantized_weights(&f, DIMS(4, 3)));
    optimize_and_compare(&f);
    assert_int_equal(graph_count(f.graph, IR_DEQUANTIZE_LINEAR), 0);
    end(&f);
}

/* Whole numbers are moved, not what they stand for. */
static void test_quantized_tensors_move_as_whole_numbers(void **state)
{
    struct fixture f;
    begin(&f);
    struct build *b = &f.b;
    struct ir_value *x = rounded_to_steps(&f, graph_input(b, "x", TFP_FLOAT, DIMS(2, 4, 6)));
    (void)state;
    ir_add_output(f.graph, "flat", RESHAPE(b, x, 8, 6));
    ir_add_output(f.graph, "turned", TRANSPOSE(b, x, 2, 0, 1));
    ir_add_output(f.graph, "cut", ir_slice_axis(b, x, 1, 1, 3));
    ir_add_output(f.graph, "weights", TRANSPOSE(b, quantized_weights(&f, DIMS(5, 4)), 1, 0));
    optimize_and_compare(&f);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(f.graph->outputs[i].value->producer->op, IR_DEQUANTIZE_LINEAR);
    assert_non_null(f.graph->outputs[3].value->constant);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conv_net_keeps_outer_transposes),
        cmocka_unit_test(test_flatten_permutes_the_dense_weights),
        cmocka_unit_test(test_a_scale_behind_bias_and_heads_goes_into_weights),
        cmocka_unit_test(test_reductions_and_arg_lose_their_transpose),
        cmocka_unit_test(test_squeeze_unsqueeze_split),
        cmocka_unit_test(test_batch_normalization_goes_into_conv),
        cmocka_unit_test(test_padding_goes_through_a_transpose_and_into_pools),
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_layer_normalization_in_a_view),
        cmocka_unit_test(test_nothing_is_left_of_nothing),
        cmocka_unit_test(test_a_transpose_that_is_needed_stays),
        cmocka_unit_test(test_quantized_weights_stay_whole_numbers),
        cmocka_unit_test(test_other_quantized_weights_are_folded),
        cmocka_unit_test(test_quantized_tensors_move_as_whole_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
