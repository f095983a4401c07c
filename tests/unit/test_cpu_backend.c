/* The CPU backend on small graphs: each is run on one and two threads, into lent and into the caller's memory, twice,
 * and compared with the reference kernels run node by node, or with literals. */
#include "backend/backend.h"
#include "ir/kernels/kernel.h"

#include <math.h>

#include "graph.h"

extern const struct backend backend_cpu;

enum { MOST = 4 };

struct fixture {
    struct tfp_context ctx;
    struct ir_graph *g;
    struct build b;
    void *state;
};

static void begin(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    f->b = graph_begin(&f->ctx);
    f->g = f->b.graph;
}

static void open_session(struct fixture *f, int threads)
{
    assert_int_equal(f->b.status, TFP_OK);
    f->state = calloc(1, backend_cpu.state_size);
    assert_int_equal(backend_cpu.open(&f->ctx, f->state, f->g, &(struct backend_options){ .threads = threads }),
                     TFP_OK);
}

static void close_session(struct fixture *f)
{
    backend_cpu.close(f->state);
    free(f->state);
    f->state = NULL;
}

static void end(struct fixture *f)
{
    ir_destroy(f->g);
}

/* -- data ---------------------------------------------------------------------------------------------------------- */

static float noise(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (float)(*seed >> 8) / (float)(1 << 23) - 1.0f;
}

static struct ir_value *weights(struct fixture *f, uint32_t seed, size_t rank, const int64_t *dims)
{
    int64_t n;
    assert_true(numbers_count(dims, rank, &n));
    float *at = malloc((size_t)n * sizeof *at);
    for (int64_t i = 0; i < n; i++)
        at[i] = noise(&seed) * 0.5f;
    struct ir_value *v = ir_tensor(&f->b, TFP_FLOAT, rank, dims, at);
    free(at);
    return v;
}

static struct tfp_tensor fill(tfp_dtype dtype, uint32_t rank, const int64_t *dims, uint32_t seed)
{
    int64_t n;
    assert_true(numbers_count(dims, rank, &n));
    size_t size = (size_t)n * tfp_dtype_size(dtype);
    struct tfp_tensor t = { dtype, rank, dims, malloc(size + 1), size };
    for (int64_t i = 0; i < n; i++)
        if (dtype == TFP_FLOAT)
            ((float *)t.data)[i] = noise(&seed);
        else if (dtype == TFP_INT64)
            ((int64_t *)t.data)[i] = (int64_t)(noise(&seed) * 10);
        else
            ((uint8_t *)t.data)[i] = noise(&seed) > 0;
    return t;
}

/* -- reference ----------------------------------------------------------------------------------------------------- */

/* Runs every node by its kernel; results by ir_value.mark. */
static struct tensor *reference(struct fixture *f, const struct tfp_tensor *in, size_t *count)
{
    uint32_t n = 0;
    for (size_t i = 0; i < f->g->n_inputs; i++)
        f->g->inputs[i]->mark = n++;
    for (struct ir_node *at = f->g->first; at; at = at->next)
        for (uint32_t i = 0; i < at->n_out; i++)
            if (at->out[i]) at->out[i]->mark = n++;
    struct tensor *all = calloc(n + 1, sizeof *all);
    for (size_t i = 0; i < f->g->n_inputs; i++) {
        assert_int_equal(tensor_describe(&f->ctx, "input", in[i].dtype, in[i].rank, in[i].dims, &all[i]), TFP_OK);
        all[i].data = in[i].data;
    }
    for (struct ir_node *at = f->g->first; at; at = at->next) {
        struct tensor args[16] = { 0 }, out[MOST] = { 0 };
        for (uint32_t i = 0; i < at->n_in; i++) {
            const struct ir_value *v = at->in[i].value;
            if (v) args[i] = v->constant ? *v->constant : all[v->mark];
        }
        tfp_status status = kernel_evaluate(&f->ctx, at, args, at->n_in, out, at->n_out, 1);
        if (status != TFP_OK) print_error("%s\n", f->ctx.text);
        assert_int_equal(status, TFP_OK);
        for (uint32_t i = 0; i < at->n_out; i++)
            if (at->out[i]) all[at->out[i]->mark] = out[i];
    }
    *count = n;
    return all;
}

static void release(struct fixture *f, struct tensor *all, size_t n)
{
    for (size_t i = f->g->n_inputs; i < n; i++)
        tensor_release(&all[i]);
    free(all);
}

static void assert_near(const struct tfp_tensor *out, const struct tensor *expected)
{
    assert_int_equal(out->dtype, expected->dtype);
    assert_int_equal(out->rank, expected->rank);
    for (uint32_t i = 0; i < out->rank; i++)
        assert_int_equal(out->dims[i], expected->dims[i]);
    assert_int_equal(out->size, expected->size);
    if (out->dtype != TFP_FLOAT) {
        if (out->size) assert_memory_equal(out->data, expected->data, out->size);
        return;
    }
    const float *x = out->data, *y = expected->data;
    for (int64_t i = 0; i < expected->count; i++) {
        if ((isnan(y[i]) && isnan(x[i])) || memcmp(&x[i], &y[i], sizeof *x) == 0) continue;
        if (fabsf(x[i] - y[i]) <= 2e-5f + 2e-5f * fabsf(y[i])) continue;
        fail_msg("element %lld is %g, not %g", (long long)i, (double)x[i], (double)y[i]);
    }
}

static void run_once(struct fixture *f, const struct tfp_tensor *in, bool lent, struct tensor *all)
{
    struct tfp_tensor out[MOST] = { 0 };
    void *mine[MOST] = { NULL };
    for (size_t i = 0; i < f->g->n_outputs && !lent; i++) {
        const struct ir_value *v = f->g->outputs[i].value;
        const struct tensor *t = v->constant ? v->constant : &all[v->mark];
        out[i].data = mine[i] = malloc(t->size + 1);
        out[i].size = t->size;
        memset(out[i].data, 0x5a, t->size + 1);
    }
    tfp_status status = backend_cpu.run(&f->ctx, f->state, in, f->g->n_inputs, out, f->g->n_outputs);
    if (status != TFP_OK) print_error("%s\n", f->ctx.text);
    assert_int_equal(status, TFP_OK);
    for (size_t i = 0; i < f->g->n_outputs; i++) {
        const struct ir_value *v = f->g->outputs[i].value;
        const struct tensor *t = v->constant ? v->constant : &all[v->mark];
        if (!lent) assert_ptr_equal(out[i].data, mine[i]);
        if (!lent) assert_int_equal(((unsigned char *)mine[i])[t->size], 0x5a);
        assert_near(&out[i], t);
        free(mine[i]);
    }
}

/* The graph on these inputs, in an open session. */
static void check_on(struct fixture *f, const struct tfp_tensor *in)
{
    size_t n;
    struct tensor *all = reference(f, in, &n);
    run_once(f, in, true, all);
    run_once(f, in, false, all);
    run_once(f, in, true, all);
    release(f, all, n);
}

static void check(struct fixture *f, const struct tfp_tensor *in)
{
    for (int threads = 1; threads <= 2; threads++) {
        open_session(f, threads);
        check_on(f, in);
        close_session(f);
    }
}

/* One float input of fixed dims; ends the fixture. */
static void check_one(struct fixture *f, struct ir_value *result, uint32_t rank, const int64_t *dims)
{
    assert_non_null(result);
    assert_true(ir_add_output(f->g, "y", result));
    struct tfp_tensor in = fill(TFP_FLOAT, rank, dims, 7);
    check(f, &in);
    free(in.data);
    end(f);
}

/* -- convolutions -------------------------------------------------------------------------------------------------- */

static struct ir_value *conv(struct fixture *f, struct ir_value *x, size_t rank, const int64_t *w, bool bias,
                             const struct ir_attr *attrs)
{
    return ir_emit(&f->b, IR_CONV, IN(x, weights(f, 3, rank, w), bias ? weights(f, 5, 1, w) : NULL), attrs);
}

static void test_conv_bias_relu(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(1, 3, 17, 13));
    const int64_t pads[] = { 1, 0, 1, 2 }, strides[] = { 2, 1 };
    struct ir_value *y = conv(&f, x, DIMS(20, 3, 3, 3), true,
                              ATTRS(A_INTS(ATTR_PADS, pads, 4), A_INTS(ATTR_STRIDES, strides, 2)));
    check_one(&f, ir_unary(&f.b, IR_RELU, y), DIMS(1, 3, 17, 13));
}

static void test_conv_from_nhwc(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = TRANSPOSE(&f.b, graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 9, 8, 3)), 0, 3, 1, 2);
    struct ir_value *y = conv(&f, x, DIMS(16, 3, 3, 3), false, ATTRS(A_STRING(ATTR_AUTO_PAD, "SAME_UPPER")));
    y = ir_unary(&f.b, IR_TANH, conv(&f, y, DIMS(24, 16, 1, 1), true, NO_ATTRS));
    check_one(&f, TRANSPOSE(&f.b, y, 0, 2, 3, 1), DIMS(2, 9, 8, 3));
}

static void test_conv_depthwise_clip(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(1, 19, 10, 11));
    const int64_t dilations[] = { 2, 2 };
    struct ir_value *y = conv(&f, x, DIMS(19, 1, 3, 3), true,
                              ATTRS(A_INT(ATTR_GROUP, 19), A_INTS(ATTR_DILATIONS, dilations, 2)));
    y = ir_emit(&f.b, IR_CLIP, IN(y, ir_scalar(&f.b, TFP_FLOAT, 0), ir_scalar(&f.b, TFP_FLOAT, 0.25)), NO_ATTRS);
    check_one(&f, y, DIMS(1, 19, 10, 11));
}

static void test_conv_groups_1d_3d(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 6, 15));
    check_one(&f, conv(&f, x, DIMS(4, 3, 4), true, ATTRS(A_INT(ATTR_GROUP, 2))), DIMS(2, 6, 15));
    begin(&f);
    x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(1, 2, 4, 5, 6));
    check_one(&f, conv(&f, x, DIMS(8, 2, 2, 2, 2), false, NO_ATTRS), DIMS(1, 2, 4, 5, 6));
}

static void test_conv_residual(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(1, 16, 6, 6));
    const int64_t same[] = { 1, 1, 1, 1 };
    struct ir_value *a = ir_unary(&f.b, IR_RELU, conv(&f, x, DIMS(16, 16, 1, 1), true, NO_ATTRS));
    struct ir_value *c = conv(&f, a, DIMS(16, 16, 3, 3), true, ATTRS(A_INTS(ATTR_PADS, same, 4)));
    struct ir_value *sum = ir_unary(&f.b, IR_RELU, ir_add(&f.b, c, a)); /* a dies: added in place */
    struct ir_value *d = conv(&f, sum, DIMS(16, 16, 1, 1), false, NO_ATTRS);
    struct ir_value *both = ir_add(&f.b, d, sum);
    struct ir_value *again = ir_add(&f.b, conv(&f, both, DIMS(16, 16, 1, 1), false, NO_ATTRS),
                                    x);           /* the input lives */
    assert_true(ir_add_output(f.g, "mid", both)); /* so does an output */
    check_one(&f, again, DIMS(1, 16, 6, 6));
}

static void test_conv_two_branches(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(1, 8, 5, 5));
    struct ir_value *a = conv(&f, x, DIMS(32, 8, 1, 1), true, NO_ATTRS);
    struct ir_value *c = ir_unary(&f.b, IR_RELU, conv(&f, x, DIMS(32, 8, 1, 1), false, NO_ATTRS));
    struct ir_value *y = ir_mul(&f.b, ir_unary(&f.b, IR_RELU, ir_add(&f.b, a, c)), c);
    check_one(&f, y, DIMS(1, 8, 5, 5));
}

static void test_conv_transpose(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(1, 6, 5, 4));
    const int64_t strides[] = { 2, 3 }, pads[] = { 1, 0, 0, 1 }, more[] = { 1, 0 };
    struct ir_value *y = ir_emit(&f.b, IR_CONV_TRANSPOSE,
                                 IN(x, weights(&f, 2, DIMS(6, 5, 3, 3)), weights(&f, 4, DIMS(5))),
                                 ATTRS(A_INTS(ATTR_STRIDES, strides, 2), A_INTS(ATTR_PADS, pads, 4)));
    y = ir_emit(&f.b, IR_CONV_TRANSPOSE, IN(ir_unary(&f.b, IR_RELU, y), weights(&f, 9, DIMS(5, 2, 2, 2))),
                ATTRS(A_INTS(ATTR_STRIDES, strides, 2), A_INTS(ATTR_OUTPUT_PADDING, more, 2)));
    check_one(&f, y, DIMS(1, 6, 5, 4));
}

/* Its channel is padded in oneDNN's layout, which Flatten must not see. */
static void test_conv_transpose_one_channel(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 4, 2, 4, 1));
    struct ir_value *y = ir_emit(&f.b, IR_CONV_TRANSPOSE, IN(x, weights(&f, 2, DIMS(4, 1, 1, 3, 2))), NO_ATTRS);
    check_one(&f, ir_emit(&f.b, IR_FLATTEN, IN(y), ATTRS(A_INT(ATTR_AXIS, 3))), DIMS(2, 4, 2, 4, 1));
}

static void test_squeeze_excite(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 24, 7, 7));
    struct ir_value *a = conv(&f, x, DIMS(40, 24, 1, 1), true, NO_ATTRS);
    a = ir_mul(&f.b, a, ir_unary(&f.b, IR_SIGMOID, a));
    struct ir_value *s = ir_reduce(&f.b, IR_REDUCE_MEAN, a, (const int64_t[]){ 2, 3 }, 2, true);
    s = conv(&f, ir_unary(&f.b, IR_RELU, conv(&f, s, DIMS(10, 40, 1, 1), true, NO_ATTRS)), DIMS(40, 10, 1, 1), 
             true, NO_ATTRS);
    struct ir_value *y = conv(&f, ir_mul(&f.b, a, ir_unary(&f.b, IR_SIGMOID, s)), DIMS(24, 40, 1, 1), true,
                              NO_ATTRS);
    check_one(&f, ir_add(&f.b, y, x), DIMS(2, 24, 7, 7));
}

/* -- the rest of oneDNN -------------------------------------------------------------------------------------------- */

static void test_pools(void **unused)
{
    struct fixture f;
    const int64_t kernel[] = { 3, 2 }, strides[] = { 2, 2 }, pads[] = { 1, 0, 1, 1 };
    (void)unused;
    for (int i = 0; i < 4; i++) {
        begin(&f);
        struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(1, 18, 9, 8));
        struct ir_value *a = conv(&f, x, DIMS(18, 18, 1, 1), true, NO_ATTRS);
        struct ir_value *y = ir_emit(&f.b, i & 1 ? IR_AVERAGE_POOL : IR_MAX_POOL, IN(a),
                                     ATTRS(A_INTS(ATTR_KERNEL_SHAPE, kernel, 2), A_INTS(ATTR_STRIDES, strides, 2),
                                           A_INTS(ATTR_PADS, pads, 4), A_INT(ATTR_CEIL_MODE, i > 1)));
        check_one(&f, y, DIMS(1, 18, 9, 8));
    }
}

static void test_mean_without_ones(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 20, 5, 6));
    struct ir_value *y = ir_reduce(&f.b, IR_REDUCE_MEAN, conv(&f, x, DIMS(33, 20, 1, 1), true, NO_ATTRS),
                                   (const int64_t[]){ -1, 2 }, 2, false);
    check_one(&f, ir_softmax(&f.b, ir_matmul(&f.b, y, weights(&f, 8, DIMS(33, 10))), -1), DIMS(2, 20, 5, 6));
}

static void test_dense(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 5, 12));
    struct ir_value *y = ir_add(&f.b, ir_matmul(&f.b, x, weights(&f, 1, DIMS(12, 16))), weights(&f, 2, DIMS(16)));
    y = ir_unary(&f.b, IR_RELU, ir_add(&f.b, y, weights(&f, 4, DIMS(5, 1))));
    y = RESHAPE(&f.b, y, -1, 16);
    y = ir_emit(&f.b, IR_GEMM, IN(y, weights(&f, 6, DIMS(7, 16)), weights(&f, 7, DIMS(1, 7))),
                ATTRS(A_INT(ATTR_TRANS_B, 1)));
    y = ir_emit(&f.b, IR_GEMM, IN(y, weights(&f, 6, DIMS(10, 3)), ir_scalar(&f.b, TFP_FLOAT, 2)),
                ATTRS(A_INT(ATTR_TRANS_A, 1)));
    check_one(&f, y, DIMS(2, 5, 12));
}

/* What oneDNN does not compute exactly ends the product's unit, and the Reshape behind it. */
static void test_dense_limits_reshape(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(3, 2));
    struct ir_value *y = ir_binary(&f.b, IR_MIN, weights(&f, 5, DIMS(1, 1)), ir_matmul(&f.b, x, weights(&f, 1, DIMS(2, 2))));
    y = RESHAPE(&f.b, ir_binary(&f.b, IR_MAX, y, weights(&f, 6, DIMS(2))), 3, 1, 2);
    check_one(&f, y, DIMS(3, 2));
}

static void test_attention(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 6, 16));
    struct ir_value *part[3];
    for (uint32_t i = 0; i < 3; i++) {
        part[i] = ir_matmul(&f.b, x, weights(&f, i + 20, DIMS(16, 16)));
        part[i] = TRANSPOSE(&f.b, RESHAPE(&f.b, part[i], 2, 6, 4, 4), 0, 2, 1, 3);
    }
    struct ir_value *scores = ir_matmul(&f.b, ir_mul(&f.b, part[0], ir_scalar(&f.b, TFP_FLOAT, 0.5)),
                                        TRANSPOSE(&f.b, part[1], 0, 1, 3, 2));
    struct ir_value *y = ir_matmul(&f.b, ir_softmax(&f.b, scores, -1), part[2]);
    y = RESHAPE(&f.b, TRANSPOSE(&f.b, y, 0, 2, 1, 3), 2, 6, 16);
    y = ir_emit(&f.b, IR_LAYER_NORMALIZATION,
                IN(ir_add(&f.b, y, x), weights(&f, 30, DIMS(16)), weights(&f, 31, DIMS(16))),
                ATTRS(A_INT(ATTR_AXIS, -1)));
    check_one(&f, y, DIMS(2, 6, 16));
}

static void test_gelu_patterns(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(3, 40));
    struct ir_value *a = ir_matmul(&f.b, x, weights(&f, 1, DIMS(40, 20)));
    struct ir_value *half = ir_mul(&f.b, ir_scalar(&f.b, TFP_FLOAT, 0.5), a);
    struct ir_value *gate = ir_add(
        &f.b, ir_scalar(&f.b, TFP_FLOAT, 1),
        ir_unary(&f.b, IR_ERF, ir_div(&f.b, a, ir_scalar(&f.b, TFP_FLOAT, 1.4142135623730951))));
    struct ir_value *y = ir_mul(&f.b, half, gate);
    struct ir_value *six = ir_emit(&f.b, IR_CLIP,
                                   IN(ir_add(&f.b, y, ir_scalar(&f.b, TFP_FLOAT, 3)), ir_scalar(&f.b, TFP_FLOAT, 0),
                                      ir_scalar(&f.b, TFP_FLOAT, 6)),
                                   NO_ATTRS);
    y = ir_mul(&f.b, y, ir_mul(&f.b, six, ir_scalar(&f.b, TFP_FLOAT, 1.0 / 6)));
    check_one(&f, y, DIMS(3, 40));
}

/* x * g + (b - mean * g), as Keras writes it; axes: the last dim, or the channels. */
static struct ir_value *split_norm(struct fixture *f, struct ir_value *x, int64_t axis, size_t rank,
                                   const int64_t *line)
{
    struct build *b = &f->b;
    struct ir_value *mean = ir_reduce(b, IR_REDUCE_MEAN, x, &axis, 1, true), *d = ir_sub(b, x, mean);
    struct ir_value *variance = ir_reduce(b, IR_REDUCE_MEAN, ir_mul(b, d, d), &axis, 1, true);
    struct ir_value *root = ir_unary(b, IR_SQRT, ir_add(b, variance, ir_scalar(b, TFP_FLOAT, 1e-3)));
    struct ir_value *g = ir_mul(b, ir_unary(b, IR_RECIPROCAL, root), weights(f, 60, rank, line));
    return ir_add(b, ir_mul(b, x, g), ir_sub(b, weights(f, 61, rank, line), ir_mul(b, mean, g)));
}

/* (x - mean) * (ones / deviation) + zeros over [1, rows, columns, 1], and the line behind it: Keras's fused way. */
static struct ir_value *fused_norm(struct fixture *f, struct ir_value *x, int64_t rows, int64_t columns)
{
    struct build *b = &f->b;
    const int64_t axes[] = { 0, 2, 3 };
    struct ir_value *r = RESHAPE(b, x, 1, rows, columns, 1), *mean = ir_reduce(b, IR_REDUCE_MEAN, r, axes, 3, true);
    struct ir_value *d = ir_sub(b, r, mean), *variance = ir_reduce(b, IR_REDUCE_MEAN, ir_mul(b, d, d), axes, 3, true);
    struct ir_value *root = ir_unary(b, IR_SQRT, ir_add(b, variance, ir_scalar(b, TFP_FLOAT, 1e-3)));
    struct ir_value *ones = ir_expand(b, ir_scalar(b, TFP_FLOAT, 1), INTS(b, rows, 1, 1));
    struct ir_value *y = ir_mul(b, d, ir_div(b, ones, root));
    y = RESHAPE(b, ir_add(b, y, ir_scalar(b, TFP_FLOAT, 0)), 2, rows / 2, columns);
    return ir_add(b, ir_mul(b, y, weights(f, 62, 1, &columns)), weights(f, 63, 1, &columns));
}

static void test_layer_norm_patterns(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 6, 16));
    struct ir_value *y = split_norm(&f, ir_matmul(&f.b, x, weights(&f, 1, DIMS(16, 24))), -1, DIMS(24));
    y = fused_norm(&f, ir_add(&f.b, y, y), 12, 24);
    check_one(&f, ir_matmul(&f.b, y, weights(&f, 2, DIMS(24, 5))), DIMS(2, 6, 16));
    begin(&f);
    x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 5, 4, 3));
    y = split_norm(&f, conv(&f, x, DIMS(18, 5, 1, 1), true, NO_ATTRS), 1, DIMS(18, 1, 1));
    y = RESHAPE(&f.b, TRANSPOSE(&f.b, y, 0, 2, 3, 1), 24, 18);
    y = ir_add(&f.b, RESHAPE(&f.b, ir_matmul(&f.b, y, weights(&f, 2, DIMS(18, 7))), 2, 4, 3, 7),
               weights(&f, 3, DIMS(7)));
    check_one(&f, ir_unary(&f.b, IR_RELU, y), DIMS(2, 5, 4, 3));
}

static void test_growing_concat(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 8, 5, 4));
    struct ir_value *all = conv(&f, x, DIMS(16, 8, 1, 1), true, NO_ATTRS);
    for (uint32_t i = 0; i < 3; i++) {
        struct ir_value *line = weights(&f, i + 70, DIMS(16 + 8 * i));
        struct ir_value *bn = ir_emit(&f.b, IR_BATCH_NORMALIZATION,
                                      IN(all, line, line, line, ir_unary(&f.b, IR_ABS, line)), NO_ATTRS);
        struct ir_value *y = conv(&f, ir_unary(&f.b, IR_RELU, bn), DIMS(8, 16 + 8 * i, 1, 1), true, NO_ATTRS);
        all = CONCAT(&f.b, 1, all, y);
    }
    check_one(&f, ir_unary(&f.b, IR_SIGMOID, all), DIMS(2, 8, 5, 4));
}

static void test_softmax_across(void **unused)
{
    struct fixture f;
    (void)unused;
    for (int64_t axis = 0; axis < 3; axis++) {
        begin(&f);
        struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(4, 3, 150));
        struct ir_value *y = ir_softmax(&f.b, ir_mul(&f.b, x, ir_scalar(&f.b, TFP_FLOAT, 9)), axis);
        y = ir_emit(&f.b, IR_LOG_SOFTMAX, IN(y), ATTRS(A_INT(ATTR_AXIS, axis)));
        check_one(&f, y, DIMS(4, 3, 150));
    }
}

static void test_winograd(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(1, 64, 30, 29));
    const int64_t same[] = { 1, 1, 1, 1 };
    struct ir_value *y = conv(&f, x, DIMS(64, 64, 3, 3), true, ATTRS(A_INTS(ATTR_PADS, same, 4)));
    y = ir_mul(&f.b, ir_unary(&f.b, IR_RELU, y), ir_scalar(&f.b, TFP_FLOAT, 0.01)); /* keeps the sums small */
    check_one(&f, conv(&f, y, DIMS(64, 64, 3, 3), false, ATTRS(A_INTS(ATTR_PADS, same, 4))), DIMS(1, 64, 30, 29));
}

static void test_normalizations(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 10, 4, 3));
    struct ir_value *variance = ir_unary(&f.b, IR_ABS, weights(&f, 4, DIMS(10)));
    struct ir_value *y = ir_emit(
        &f.b, IR_BATCH_NORMALIZATION,
        IN(x, weights(&f, 1, DIMS(10)), weights(&f, 2, DIMS(10)), weights(&f, 3, DIMS(10)), variance),
        ATTRS(A_FLOAT(ATTR_EPSILON, 1e-3f)));
    y = ir_unary(&f.b, IR_RELU, y);
    y = ir_emit(&f.b, IR_LRN, IN(y), ATTRS(A_INT(ATTR_SIZE, 5), A_FLOAT(ATTR_ALPHA, 0.05f)));
    y = ir_emit(&f.b, IR_LOG_SOFTMAX, IN(y), ATTRS(A_INT(ATTR_AXIS, 1)));
    check_one(&f, y, DIMS(2, 10, 4, 3));
}

static void test_resize_concat(void **unused)
{
    struct fixture f;
    (void)unused;
    for (int i = 0; i < 3; i++) {
        begin(&f);
        struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(1, 5, 4, 3));
        struct ir_value *sizes = INTS(&f.b, 1, 5, i == 2 ? 7 : 8, 9);
        struct ir_value *y = i == 0
                                 ? ir_emit(&f.b, IR_RESIZE, IN(x, NULL, NULL, sizes),
                                           ATTRS(A_STRING(ATTR_MODE, "nearest"), A_STRING(ATTR_NEAREST_MODE, "floor"),
                                                 A_STRING(ATTR_COORDINATE_TRANSFORMATION_MODE, "asymmetric")))
                                 : ir_emit(&f.b, IR_RESIZE, IN(x, NULL, NULL, sizes),
                                           ATTRS(A_STRING(ATTR_MODE, "linear"),
                                                 A_STRING(ATTR_COORDINATE_TRANSFORMATION_MODE, "half_pixel")));
        y = CONCAT(&f.b, 1, y, ir_unary(&f.b, IR_SIGMOID, y), conv(&f, y, DIMS(16, 5, 1, 1), true, NO_ATTRS));
        check_one(&f, y, DIMS(1, 5, 4, 3));
    }
}

static void test_pad_in_layout(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 4, 5, 6));
    struct ir_value *y = conv(&f, x, DIMS(16, 4, 1, 1), true, NO_ATTRS);
    y = ir_emit(&f.b, IR_PAD, IN(y, INTS(&f.b, 0, 0, 0, 1, 0, 0, 2, 1), ir_scalar(&f.b, TFP_FLOAT, 3)), NO_ATTRS);
    y = ir_emit(&f.b, IR_PAD,
                IN(conv(&f, y, DIMS(4, 16, 1, 1), true, NO_ATTRS), INTS(&f.b, 1, 2), NULL, INTS(&f.b, 1)), NO_ATTRS);
    check_one(&f, y, DIMS(2, 4, 5, 6));
}

static void test_activations(void **unused)
{
    static const enum ir_op ops[] = { IR_RELU,     IR_ELU,          IR_SIGMOID,    IR_TANH,       IR_EXP,
                                      IR_SOFTPLUS, IR_HARD_SIGMOID, IR_HARD_SWISH, IR_LEAKY_RELU, IR_SQRT,
                                      IR_NEG,      IR_ABS,          IR_MISH };
    static float values[] = { 0,  -0.0f, 1,     -1,     0.5f, -0.5f, 3,      -3,       10,        -10,
                              88, -88,   1e-8f, -1e-8f, 1000, -1000, 1e-40f, INFINITY, -INFINITY, NAN };
    struct fixture f;
    (void)unused;
    for (size_t i = 0; i < COUNT_OF(ops); i++) {
        begin(&f);
        struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(20));
        assert_true(ir_add_output(f.g, "y", ir_unary(&f.b, ops[i], x)));
        struct tfp_tensor in = { TFP_FLOAT, DIMS(20), values, sizeof values };
        check(&f, &in);
        end(&f);
    }
}

static void test_binary_broadcast(void **unused)
{
    static const enum ir_op ops[] = { IR_ADD, IR_SUB, IR_MUL, IR_DIV };
    struct fixture f;
    (void)unused;
    for (size_t i = 0; i < 4; i++) {
        begin(&f);
        struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 18, 4, 5));
        struct ir_value *a = conv(&f, x, DIMS(18, 18, 1, 1), true, NO_ATTRS);
        struct ir_value *y = ir_binary(&f.b, ops[i], a, weights(&f, 50, DIMS(18, 1, 1)));
        y = ir_binary(&f.b, ops[i], weights(&f, 51, DIMS(5)), y);
        y = ir_binary(&f.b, ops[i], y, ir_reduce(&f.b, IR_REDUCE_MEAN, ir_unary(&f.b, IR_EXP, a), (const int64_t[]){ 2, 3 }, 2, true));
        y = ir_binary(&f.b, ops[i], y, ir_scalar(&f.b, TFP_FLOAT, 3));
        check_one(&f, y, DIMS(2, 18, 4, 5));
    }
}

/* -- shapes and memory --------------------------------------------------------------------------------------------- */

static void test_two_batches(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct dim dims[] = { ir_symbol(f.g, "batch"), dim_of(3), ir_symbol(f.g, "height"), dim_of(8) };
    struct ir_value *x = ir_add_input(f.g, "x", TFP_FLOAT, 4, dims);
    const int64_t same[] = { 1, 1, 1, 1 };
    struct ir_value *y = ir_unary(&f.b, IR_RELU,
                                  conv(&f, x, DIMS(16, 3, 3, 3), true, ATTRS(A_INTS(ATTR_PADS, same, 4))));
    struct ir_value *shape = CONCAT(&f.b, 0, ir_dim(&f.b, x, 0), INTS(&f.b, -1));
    assert_true(ir_add_output(f.g, "y", ir_reshape(&f.b, y, shape)));
    open_session(&f, 2);
    for (int64_t i = 0; i < 14; i++) {
        int64_t at[] = { 1 + i % 7, 3, 5 + i % 2, 8 };
        struct tfp_tensor in = fill(TFP_FLOAT, 4, at, (uint32_t)i);
        check_on(&f, &in);
        free(in.data);
    }
    close_session(&f);
    end(&f);
}

static void test_data_dependent(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(4, 6));
    struct ir_value *at = ir_unary(&f.b, IR_NON_ZERO, ir_unary(&f.b, IR_RELU, x));
    struct ir_value *rows = ir_gather(&f.b, x, SQUEEZE(&f.b, ir_slice_axis(&f.b, at, 0, 0, 1), 0), 0);
    struct ir_value *y = ir_unary(&f.b, IR_EXP, ir_matmul(&f.b, rows, weights(&f, 3, DIMS(6, 2))));
    assert_true(ir_add_output(f.g, "at", at));
    assert_true(ir_add_output(f.g, "y", y));
    open_session(&f, 2);
    for (uint32_t i = 0; i < 3; i++) {
        struct tfp_tensor in = fill(TFP_FLOAT, DIMS(4, 6), i + 1);
        if (i == 2) memset(in.data, 0, in.size); /* no rows at all */
        check_on(&f, &in);
        free(in.data);
    }
    close_session(&f);
    end(&f);
}

static void test_views(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 3, 4));
    struct ir_value *a = ir_unary(&f.b, IR_RELU, x), *r = RESHAPE(&f.b, a, 6, 4);
    struct ir_value *e = ir_unary(&f.b, IR_EXP, r); /* must not write over a, which is read below */
    struct ir_value *t = ir_transpose(&f.b, e, (const int64_t[]){ 1, 0 }, 2);
    struct ir_value *y = ir_add(&f.b, RESHAPE(&f.b, a, 4, 6), t);
    assert_true(ir_add_output(f.g, "x", x));
    assert_true(ir_add_output(f.g, "view", RESHAPE(&f.b, x, 24)));
    assert_true(ir_add_output(f.g, "t", t));
    check_one(&f, y, DIMS(2, 3, 4));
}

static void test_outputs_twice_and_constant(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(3, 5));
    struct ir_value *a = ir_unary(&f.b, IR_RELU, x);
    assert_true(ir_add_output(f.g, "a", a));
    assert_true(ir_add_output(f.g, "b", a));
    assert_true(ir_add_output(f.g, "c", weights(&f, 1, DIMS(2, 2))));
    check_one(&f, ir_unary(&f.b, IR_EXP, a), DIMS(3, 5));
}

static void test_empty(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(0, 5));
    struct ir_value *y = ir_unary(&f.b, IR_RELU, ir_matmul(&f.b, x, weights(&f, 1, DIMS(5, 3))));
    assert_true(ir_add_output(f.g, "sum", ir_reduce(&f.b, IR_REDUCE_SUM, y, (const int64_t[]){ 0 }, 1, false)));
    check_one(&f, y, DIMS(0, 5));
}

static void test_other_types(void **unused)
{
    struct fixture f;
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_INT64, DIMS(3, 4));
    struct ir_value *t = TRANSPOSE(&f.b, ir_add(&f.b, x, ir_scalar(&f.b, TFP_INT64, 2)), 1, 0);
    struct ir_value *y = ir_cast(&f.b, RESHAPE(&f.b, t, 2, 6), TFP_FLOAT);
    assert_true(ir_add_output(f.g, "t", t));
    assert_true(ir_add_output(f.g, "y", ir_unary(&f.b, IR_SIGMOID, y)));
    struct tfp_tensor in = fill(TFP_INT64, DIMS(3, 4), 1);
    check(&f, &in);
    free(in.data);
    end(&f);
}

/* -- refusals ------------------------------------------------------------------------------------------------------ */

static void test_small_buffer(void **unused)
{
    struct fixture f;
    float at[4] = { 1, 2, 3, 4 }, room[4];
    (void)unused;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(4));
    assert_true(ir_add_output(f.g, "y", ir_unary(&f.b, IR_NEG, x)));
    open_session(&f, 1);
    struct tfp_tensor in = { TFP_FLOAT, DIMS(4), at, sizeof at }, out = { .data = room, .size = 12 };
    assert_int_equal(backend_cpu.run(&f.ctx, f.state, &in, 1, &out, 1), TFP_E_USAGE);
    assert_string_equal(f.ctx.text, "output y needs 16 bytes, its buffer has 12");
    out.size = sizeof room;
    assert_int_equal(backend_cpu.run(&f.ctx, f.state, &in, 1, &out, 1), TFP_OK);
    assert_true(room[3] == -4.0f);
    close_session(&f);
    end(&f);
}

static void test_hostile_shape(void **unused)
{
    struct fixture f;
    float at[1] = { 1 };
    (void)unused;
    for (int i = 0; i < 3; i++) {
        int64_t n = i == 0 ? (int64_t)1 << 40 : i == 1 ? (int64_t)1 << 58 : (int64_t)1 << 62;
        begin(&f);
        struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(1));
        struct ir_value *y = ir_unary(&f.b, IR_EXP, ir_expand(&f.b, x, ir_ints(&f.b, &n, 1)));
        y = y ? ir_reduce(&f.b, IR_REDUCE_SUM, ir_unary(&f.b, IR_SIN, y), NULL, 0, false) : NULL;
        if (y) {
            assert_true(ir_add_output(f.g, "y", y));
            open_session(&f, 1);
            struct tfp_tensor in = { TFP_FLOAT, DIMS(1), at, sizeof at }, out = { 0 };
            assert_int_not_equal(backend_cpu.run(&f.ctx, f.state, &in, 1, &out, 1), TFP_OK);
            assert_int_not_equal(backend_cpu.run(&f.ctx, f.state, &in, 1, &out, 1), TFP_OK);
            close_session(&f);
        }
        end(&f);
    }
}

/* A second round keeps oneDNN to AVX2, where it likes blocked layouts. */
int main(int argc, char **argv)
{
    (void)argc;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conv_bias_relu),
        cmocka_unit_test(test_conv_from_nhwc),
        cmocka_unit_test(test_conv_depthwise_clip),
        cmocka_unit_test(test_conv_groups_1d_3d),
        cmocka_unit_test(test_conv_residual),
        cmocka_unit_test(test_conv_two_branches),
        cmocka_unit_test(test_conv_transpose),
        cmocka_unit_test(test_conv_transpose_one_channel),
        cmocka_unit_test(test_dense_limits_reshape),
        cmocka_unit_test(test_squeeze_excite),
        cmocka_unit_test(test_pools),
        cmocka_unit_test(test_mean_without_ones),
        cmocka_unit_test(test_dense),
        cmocka_unit_test(test_attention),
        cmocka_unit_test(test_gelu_patterns),
        cmocka_unit_test(test_layer_norm_patterns),
        cmocka_unit_test(test_growing_concat),
        cmocka_unit_test(test_softmax_across),
        cmocka_unit_test(test_winograd),
        cmocka_unit_test(test_normalizations),
        cmocka_unit_test(test_resize_concat),
        cmocka_unit_test(test_pad_in_layout),
        cmocka_unit_test(test_activations),
        cmocka_unit_test(test_binary_broadcast),
        cmocka_unit_test(test_two_batches),
        cmocka_unit_test(test_data_dependent),
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_outputs_twice_and_constant),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_other_types),
        cmocka_unit_test(test_small_buffer),
        cmocka_unit_test(test_hostile_shape),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (failed || getenv("DNNL_MAX_CPU_ISA")) return failed;
    if (setenv("DNNL_MAX_CPU_ISA", "AVX2", 1) == 0) execv("/proc/self/exe", argv);
    return 1;
}
