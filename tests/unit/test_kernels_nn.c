/* The reference kernels of matmul, conv, pool, normalize, attention, resize, detection, recurrent, quantize and signal.
 * Expected values were computed with ONNX Runtime 1.32 where it has the operator, else with onnx 1.23's reference or
 * numpy. */
#include "ir/kernels/kernel.h"

#include <math.h>

#include "support.h"

struct value {
    tfp_dtype dtype; /* TFP_UNDEFINED: absent */
    size_t rank;
    int64_t dims[6];
    const double *at;
};
struct values {
    const struct value *at;
    size_t n;
};
struct test_case {
    const char *name;
    enum ir_op op;
    const struct ir_attr *attrs;
    struct values in, out;
};

#define COUNT(type, ...) (sizeof((type[]){ __VA_ARGS__ }) / sizeof(type))
#define D(...) COUNT(int64_t, __VA_ARGS__), { __VA_ARGS__ }
#define SCALAR 0, { 0 }
#define T(type, dims, ...) { type, dims, (const double[]){ __VA_ARGS__ } }
#define ABSENT { 0 }
#define IN_LIST(...) { (const struct value[]){ __VA_ARGS__ }, COUNT(struct value, __VA_ARGS__) }
#define OUT_LIST(...) IN_LIST(__VA_ARGS__)
#define INTS(attr, ...) A_INTS(attr, ((const int64_t[]){ __VA_ARGS__ }), COUNT(int64_t, __VA_ARGS__))
#define FLOATS(attr, ...)                                                                                              \
    {                                                                                                                  \
        .name = (attr), .kind = ATTR_KIND_FLOATS, .v.floats = {                                                        \
            (const float[]){ __VA_ARGS__ },                                                                            \
            COUNT(float, __VA_ARGS__)                                                                                  \
        }                                                                                                              \
    }
#define WORDS(attr, ...)                                                                                               \
    { .name = (attr), .kind = ATTR_KIND_STRINGS,                                                                       \
      .v.strings = { (const struct bytes[]){ __VA_ARGS__ }, COUNT(struct bytes, __VA_ARGS__) } }
#define TEXT(text) { text, sizeof(text) - 1 }

/* -- running one node ---------------------------------------------------------------------------------------------- */

enum { ROOM = 16 };

struct bench {
    struct tfp_context ctx;
    struct ir_graph *graph;
    struct tensor in[ROOM], out[ROOM];
    size_t n_in, n_out;
};

static void put(struct tensor *t, int64_t i, double v)
{
    switch (t->dtype) {
    case TFP_FLOAT: ((float *)t->data)[i] = (float)v; break;
    case TFP_DOUBLE: ((double *)t->data)[i] = v; break;
    case TFP_FLOAT16: ((uint16_t *)t->data)[i] = float_to_half((float)v); break;
    case TFP_INT64: ((int64_t *)t->data)[i] = (int64_t)v; break;
    case TFP_INT32: ((int32_t *)t->data)[i] = (int32_t)v; break;
    case TFP_BOOL:
    case TFP_UINT8: ((uint8_t *)t->data)[i] = (uint8_t)v; break;
    case TFP_INT8: ((int8_t *)t->data)[i] = (int8_t)v; break;
    case TFP_INT16: ((int16_t *)t->data)[i] = (int16_t)v; break;
    default: fail_msg("type %d is not used here", (int)t->dtype);
    }
}

static void bench_input(struct bench *b, const struct value *v)
{
    struct tensor *t = &b->in[b->n_in++];
    if (v->dtype == TFP_UNDEFINED) return;
    assert_int_equal(tensor_describe(&b->ctx, "input", v->dtype, v->rank, v->dims, t), TFP_OK);
    assert_int_equal(tensor_allocate(&b->ctx, t), TFP_OK);
    for (int64_t i = 0; v->at && i < t->count; i++) put(t, i, v->at[i]);
}

static void bench_open(struct bench *b)
{
    *b = (struct bench){ 0 };
    assert_int_equal(ir_create(&b->ctx, &b->graph), TFP_OK);
}

static tfp_status bench_run(struct bench *b, enum ir_op op, const struct ir_attr *attrs, size_t n_out, int threads)
{
    struct ir_value *values[ROOM] = { NULL };
    for (size_t i = 0; i < b->n_in; i++) {
        struct dim dims[TFP_MAX_RANK];
        char name[32];
        if (b->in[i].dtype == TFP_UNDEFINED) continue;
        for (size_t j = 0; j < b->in[i].rank; j++) dims[j] = dim_of(b->in[i].dims[j]);
        snprintf(name, sizeof name, "in%zu", i);
        values[i] = ir_add_input(b->graph, arena_string(&b->graph->arena, name, strlen(name)), b->in[i].dtype,
                                 (int32_t)b->in[i].rank, dims);
        assert_non_null(values[i]);
    }
    struct ir_node *n = ir_add_node(b->graph, NULL, op, "node", values, b->n_in, attrs, n_out);
    assert_non_null(n);
    b->n_out = n_out;
    return kernel_evaluate(&b->ctx, n, b->in, b->n_in, b->out, n_out, threads);
}

static void bench_close(struct bench *b)
{
    for (size_t i = 0; i < b->n_in; i++) tensor_release(&b->in[i]);
    for (size_t i = 0; i < b->n_out; i++) tensor_release(&b->out[i]);
    ir_destroy(b->graph);
}

static void check_value(const char *name, const struct tensor *t, const struct value *v)
{
    double tolerance = v->dtype == TFP_FLOAT16 ? 2e-3 : 2e-5;
    if (v->dtype != t->dtype || v->rank != t->rank) fail_msg("%s: another type or rank", name);
    for (size_t i = 0; i < v->rank; i++)
        if (v->dims[i] != t->dims[i]) fail_msg("%s: dimension %zu is %lld", name, i, (long long)t->dims[i]);
    for (int64_t i = 0; i < t->count; i++) {
        double got = dtype_is_integer(t->dtype) ? (double)tensor_int(t, i) : tensor_float(t, i);
        if (isinf(v->at[i]) && got == v->at[i]) continue;
        if (!(fabs(got - v->at[i]) <= tolerance * (1 + fabs(v->at[i]))))
            fail_msg("%s: element %lld is %.9g, not %.9g", name, (long long)i, got, v->at[i]);
    }
}

static void run_cases(const struct test_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct test_case *c = &cases[i];
        struct bench b;
        bench_open(&b);
        for (size_t j = 0; j < c->in.n; j++) bench_input(&b, &c->in.at[j]);
        tfp_status status = bench_run(&b, c->op, c->attrs, c->out.n, 2);
        if (status != TFP_OK) fail_msg("%s: %s", c->name, b.ctx.text);
        for (size_t j = 0; j < c->out.n; j++) check_value(c->name, &b.out[j], &c->out.at[j]);
        bench_close(&b);
    }
}

/* -- cases by family ----------------------------------------------------------------------------------------------- */

static const struct test_case matmul_cases[] = {
    { "batches stretch", IR_MATMUL,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(2, 1, 2, 3), -1.25, 1.5, 1.75, -0.5, 2, 0.25, 0, -1, -0.25, 2, 2, -0.25), T(TFP_FLOAT,
      D(2, 3, 2), 1, 1.75, -0.25, 2, 1, 1.25, 0.75, -1.75, 1.75, 0.25, 0.5, 0.25)),
      OUT_LIST(T(TFP_FLOAT, D(2, 2, 2, 2), 0.125, 3, -0.75, 3.4375, 2.5625, 3, 3.25, 1.4375, 0, -2.3125, 1.25, 7.1875,
      -1.875, -0.3125, 4.875, -3.0625)) },
    { "vector times matrix", IR_MATMUL,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(3), 0.25, -1.75, -0.25), T(TFP_FLOAT, D(3, 2), 2, 1.5, -0.75, -2, 2, -1)),
      OUT_LIST(T(TFP_FLOAT, D(2), 1.3125, 4.125)) },
    { "int64 wraps", IR_MATMUL,
      NO_ATTRS,
      IN_LIST(T(TFP_INT64, D(1, 2), 4611686018427387904.0, 3), T(TFP_INT64, D(2, 1), 4, 5)),
      OUT_LIST(T(TFP_INT64, D(1, 1), 15)) },
    { "no inner elements", IR_MATMUL,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(2, 0), 0), T(TFP_FLOAT, D(0, 2), 0)),
      OUT_LIST(T(TFP_FLOAT, D(2, 2), 0, 0, 0, 0)) },
    { "both transposed, scaled", IR_GEMM,
      ATTRS(A_INT(ATTR_TRANS_A, 1), A_INT(ATTR_TRANS_B, 1), A_FLOAT(ATTR_ALPHA, 0.5f), A_FLOAT(ATTR_BETA, 2.0f)),
      IN_LIST(T(TFP_FLOAT, D(3, 2), 1.5, -1, 0.25, -1.5, -1, -0.5), T(TFP_FLOAT, D(2, 3), 0.25, -0.25, -1, 1, 1.25,
      0.75), T(TFP_FLOAT, D(2, 1), 0.75, -1.25)),
      OUT_LIST(T(TFP_FLOAT, D(2, 2), 2.15625, 2.03125, -2.1875, -4.125)) },
    { "zero points by row and column", IR_MATMUL_INTEGER,
      NO_ATTRS,
      IN_LIST(T(TFP_UINT8, D(2, 3), 124, 193, 183, 131, 91, 78), T(TFP_UINT8, D(3, 2), 155, 157, 33, 217, 85, 135),
      T(TFP_UINT8, SCALAR, 7), T(TFP_UINT8, D(2), 3, 200)),
      OUT_LIST(T(TFP_INT32, D(2, 2), 37796, -13309, 27190, -8519)) },
    { "requantized", IR_Q_LINEAR_MATMUL,
      NO_ATTRS,
      IN_LIST(T(TFP_UINT8, D(2, 3), 16, 94, 14, 218, 31, 9), T(TFP_FLOAT, SCALAR, 0.5), T(TFP_UINT8, SCALAR, 9),
      T(TFP_UINT8, D(3, 2), 38, 47, 144, 133, 162, 173), T(TFP_FLOAT, SCALAR, 0.25), T(TFP_UINT8, SCALAR, 100),
      T(TFP_FLOAT, SCALAR, 30), T(TFP_UINT8, SCALAR, 120)),
      OUT_LIST(T(TFP_UINT8, D(2, 2), 135, 132, 70, 77)) },
    { "diagonal", IR_EINSUM,
      ATTRS(A_STRING(ATTR_EQUATION, "ii->i")),
      IN_LIST(T(TFP_FLOAT, D(3, 3), -0.75, 0.75, -0.75, 0.25, -0.75, -1.75, 1.75, -0.5, -1.25)),
      OUT_LIST(T(TFP_FLOAT, D(3), -0.75, -0.75, -1.25)) },
    { "implicit result in order of letters", IR_EINSUM,
      ATTRS(A_STRING(ATTR_EQUATION, "bj, ja")),
      IN_LIST(T(TFP_FLOAT, D(2, 3), 1.75, 0, -2, 1.25, 1.75, 0.75), T(TFP_FLOAT, D(3, 2), -1, -1, 0.25, -2, 0.5,
      1.75)),
      OUT_LIST(T(TFP_FLOAT, D(2, 2), -2.75, -0.4375, -5.25, -3.4375)) },
    { "three operands", IR_EINSUM,
      ATTRS(A_STRING(ATTR_EQUATION, "ab,bc,c->a")),
      IN_LIST(T(TFP_FLOAT, D(2, 2), -0.5, 0.25, 1.5, -1.5), T(TFP_FLOAT, D(2, 3), -2, 0, 0, -0.25, 1, 0), T(TFP_FLOAT,
      D(3), 0.5, 0, -2)),
      OUT_LIST(T(TFP_FLOAT, D(2), 0.46875, -1.3125)) },
    { "ellipsis", IR_EINSUM,
      ATTRS(A_STRING(ATTR_EQUATION, "...ij,...kj->k...")),
      IN_LIST(T(TFP_FLOAT, D(2, 1, 2), 1.75, 1.5, -0.75, -1.25), T(TFP_FLOAT, D(2, 3, 2), 0.75, 0.75, -1, -2, -1.5,
      -1.5, -1.75, 1.25, -1.75, -2, 1.25, 0.25)),
      OUT_LIST(T(TFP_FLOAT, D(3, 2), 2.4375, -0.25, -4.75, 3.8125, -4.875, -1.25)) },
};

static const struct test_case conv_cases[] = {
    { "groups, pads, bias", IR_CONV,
      ATTRS(A_INT(ATTR_GROUP, 2), INTS(ATTR_PADS, 1, 0, 0, 1)),
      IN_LIST(T(TFP_FLOAT, D(1, 2, 3, 3), -1.75, 0.25, -2, 0, -0.25, -1, 1.75, -1, -1.75, -0.75, -1, -1.5, 1.25,
      -1.75, -1.25, -1.75, 0.25, -2), T(TFP_FLOAT, D(2, 1, 2, 2), -1.5, 1.5, 0, 0.5, -0.75, 1.75, 1.5, -0.75),
      T(TFP_FLOAT, D(2), -2, 0)),
      OUT_LIST(T(TFP_FLOAT, D(1, 2, 3, 3), -1.875, -3, -2, 0.875, -5.875, 1, -2.875, -4, -0.5, -0.375, -0.375, -2.25,
      2, -3.5625, -0.75, -6.8125, 1, -2.0625)) },
    { "strides and dilations", IR_CONV,
      ATTRS(INTS(ATTR_STRIDES, 2, 1), INTS(ATTR_DILATIONS, 2, 2)),
      IN_LIST(T(TFP_FLOAT, D(1, 2, 5, 4), 1.5, -2, 1.25, -0.75, 0.25, 0.75, -1.25, 2, -1.25, -1.25, -1.5, -0.5, 1.75,
      -0.25, -2, -1.25, -0.75, -1.75, -0.5, -0.25, -1.25, 1.5, 0.25, -0.25, -0.25, -0.5, 1.5, -1, 0.5, 0.5, -1, -2, 2,
      -0.75, -1.25, 1.75, 2, 0.75, 0, 0.5), T(TFP_FLOAT, D(1, 2, 2, 2), 0.25, 1.5, -0.25, 0.25, 2, 1, 1.75, -0.25)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2, 2), 1.0625, 2.6875, 1, -0.5)) },
    { "SAME_UPPER puts the odd padding behind", IR_CONV,
      ATTRS(A_STRING(ATTR_AUTO_PAD, "SAME_UPPER"), INTS(ATTR_STRIDES, 1)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4), 1.75, 1.25, -1.25, 1.5), T(TFP_FLOAT, D(1, 1, 2), 1.25, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 4), 4.6875, -0.9375, 1.4375, 1.875)) },
    { "SAME_LOWER puts the odd padding before", IR_CONV,
      ATTRS(A_STRING(ATTR_AUTO_PAD, "SAME_LOWER"), INTS(ATTR_STRIDES, 1)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4), -2, 1.5, 1.5, -1.5), T(TFP_FLOAT, D(1, 1, 2), 0, 0)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 4), 0, 0, 0, 0)) },
    { "three axes", IR_CONV,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(1, 1, 2, 2, 3), 0.5, -0.5, 0.25, -1.75, 1.5, -0.75, 1, 1.25, 1.75, -0.5, 1, -1.75),
      T(TFP_FLOAT, D(1, 1, 2, 2, 2), -0.75, 0.75, 1.25, 0.5, 2, 0.75, 0, 0.5)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 1, 1, 2), 1.25, 5)) },
    { "half precision", IR_CONV,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT16, D(1, 1, 3, 3), -0.25, -1.25, 1, -1, -2, 1.25, 1, 1.25, 0.5), T(TFP_FLOAT16, D(1, 1, 2,
      2), -1.75, -0.75, -1.75, -2)),
      OUT_LIST(T(TFP_FLOAT16, D(1, 1, 2, 2), 7.125, 2.4375, -1, -0.625)) },
    { "transposed with strides and pads", IR_CONV_TRANSPOSE,
      ATTRS(INTS(ATTR_STRIDES, 2, 2), INTS(ATTR_PADS, 1, 0, 0, 0), INTS(ATTR_OUTPUT_PADDING, 0, 1)),
      IN_LIST(T(TFP_FLOAT, D(1, 2, 2, 2), 1, -1, -2, 0, -0.75, 1, 1.25, -0.5), T(TFP_FLOAT, D(2, 1, 3, 2), 1.25, 1.5,
      -1.5, 1, -0.5, 1.75, -0.75, 1.25, 1.75, 2, -0.25, -0.75), T(TFP_FLOAT, D(1), 1.5)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 4, 5), -1.3125, 1, 4.75, 2.5, 1.5, -2.25, 2.375, 2.125, -1.625, 1.5, 6.6875, 2,
      0.625, 0.5, 1.5, 2.1875, -2.9375, 1.625, 1.875, 1.5)) },
    { "transposed to a given shape", IR_CONV_TRANSPOSE,
      ATTRS(INTS(ATTR_STRIDES, 2), INTS(ATTR_OUTPUT_SHAPE, 6), A_STRING(ATTR_AUTO_PAD, "SAME_UPPER")),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 3), -1, -1, -1.25), T(TFP_FLOAT, D(1, 1, 3), 0.25, 1.75, -2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 6), -0.25, -1.75, 1.75, -1.75, 1.6875, -2.1875)) },
    { "transposed in groups", IR_CONV_TRANSPOSE,
      ATTRS(A_INT(ATTR_GROUP, 2)),
      IN_LIST(T(TFP_FLOAT, D(1, 2, 2, 2), 0, 0.5, -2, -1, 1.5, -0.75, 1.25, 0.25), T(TFP_FLOAT, D(2, 2, 1, 2), 0.25,
      -0.75, 1.25, -1.75, -2, -1.25, 1.5, 1.25)),
      OUT_LIST(T(TFP_FLOAT, D(1, 4, 2, 3), 0, 0.125, -0.375, -0.5, 1.25, 0.75, 0, 0.625, -0.875, -2.5, 2.25, 1.75, -3,
      -0.375, 0.9375, -2.5, -2.0625, -0.3125, 2.25, 0.75, -0.9375, 1.875, 1.9375, 0.3125)) },
    { "integers less zero points", IR_CONV_INTEGER,
      ATTRS(INTS(ATTR_PADS, 1, 0, 0, 0)),
      IN_LIST(T(TFP_UINT8, D(1, 1, 3, 3), 70, 127, 237, 247, 186, 180, 227, 67, 231), T(TFP_UINT8, D(1, 1, 2, 2), 115,
      139, 65, 249), T(TFP_UINT8, SCALAR, 7), T(TFP_UINT8, SCALAR, 3)),
      OUT_LIST(T(TFP_INT32, D(1, 1, 3, 2), 33426, 64020, 82290, 98376, 79624, 102400)) },
    { "requantized convolution", IR_Q_LINEAR_CONV,
      NO_ATTRS,
      IN_LIST(T(TFP_UINT8, D(1, 1, 3, 3), 21, 136, 31, 249, 47, 205, 206, 125, 82), T(TFP_FLOAT, SCALAR, 0.5),
      T(TFP_UINT8, SCALAR, 7), T(TFP_UINT8, D(2, 1, 2, 2), 108, 194, 226, 98, 212, 20, 247, 237), T(TFP_FLOAT, D(2),
      0.25, 0.5), T(TFP_UINT8, D(2), 3, 9), T(TFP_FLOAT, SCALAR, 50), T(TFP_UINT8, SCALAR, 120), T(TFP_INT32, D(2),
      100, -200)),
      OUT_LIST(T(TFP_UINT8, D(1, 2, 2, 2), 255, 235, 255, 255, 255, 255, 255, 255)) },
    { "deformed", IR_DEFORM_CONV,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(1, 1, 3, 3), -1.75, -2, -1.75, -0.5, 1.5, -2, -0.75, -0.5, 0.25), T(TFP_FLOAT, D(1, 1, 2,
      2), 1, 1.75, 2, -0.5), T(TFP_FLOAT, D(1, 8, 2, 2), 1.75, -0.5, 0.75, -1, 1.25, 2, -0.5, 0.25, -0.5, 1.25, 1.25,
      -1.5, -1.25, -0.75, -0.5, 0.75, 0.5, -1.75, 1.75, -0.5, 2, 1.75, -0.5, -0.25, 0.25, 1.25, 0.5, -2, 1.5, 1.5,
      -0.75, -1.75), T(TFP_FLOAT, D(1), 2), T(TFP_FLOAT, D(1, 4, 2, 2), 2, -1.25, 1.25, 2, 0.75, -1.75, -1.75, 0.25,
      2, -1.75, -0.75, 1.5, 0.5, -1.75, 0.5, -0.5)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2, 2), -2.337891, 1.186523, 3.091797, -1.767578)) },
};

static const struct test_case pool_cases[] = {
    { "maxima and their places", IR_MAX_POOL,
      ATTRS(INTS(ATTR_KERNEL_SHAPE, 2, 2), INTS(ATTR_STRIDES, 2, 1)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 13, 0, 4, 3, 11, 6, 9, 12, 7, 8, 5, 15, 10, 14, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2, 3), 13, 13, 9, 15, 14, 14), T(TFP_INT64, D(1, 1, 2, 3), 1, 1, 7, 12, 14, 14))
      },
    { "places counted by column", IR_MAX_POOL,
      ATTRS(INTS(ATTR_KERNEL_SHAPE, 3, 2), INTS(ATTR_STRIDES, 1, 2), A_INT(ATTR_STORAGE_ORDER, 1), INTS(ATTR_PADS, 1,
      0, 1, 0)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 13, 0, 4, 3, 11, 6, 9, 12, 7, 8, 5, 15, 10, 14, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 4, 2), 13, 9, 13, 9, 15, 14, 15, 14), T(TFP_INT64, D(1, 1, 4, 2), 4, 13, 4, 13, 3,
      11, 3, 11)) },
    { "rounded up", IR_MAX_POOL,
      ATTRS(INTS(ATTR_KERNEL_SHAPE, 3, 3), INTS(ATTR_STRIDES, 2, 2), A_INT(ATTR_CEIL_MODE, 1)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 13, 0, 4, 3, 11, 6, 9, 12, 7, 8, 5, 15, 10, 14, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2, 2), 13, 9, 15, 14)) },
    { "dilated", IR_MAX_POOL,
      ATTRS(INTS(ATTR_KERNEL_SHAPE, 2, 2), INTS(ATTR_DILATIONS, 3, 2)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 13, 0, 4, 3, 11, 6, 9, 12, 7, 8, 5, 15, 10, 14, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 1, 2), 15, 13)) },
    { "int8 maxima", IR_MAX_POOL,
      ATTRS(INTS(ATTR_KERNEL_SHAPE, 2, 2), INTS(ATTR_STRIDES, 2, 2)),
      IN_LIST(T(TFP_INT8, D(1, 1, 4, 4), 1, 13, 0, 4, 3, 11, 6, 9, 12, 7, 8, 5, 15, 10, 14, 2)),
      OUT_LIST(T(TFP_INT8, D(1, 1, 2, 2), 13, 9, 15, 14)) },
    { "average without padding", IR_AVERAGE_POOL,
      ATTRS(INTS(ATTR_KERNEL_SHAPE, 3, 3), INTS(ATTR_STRIDES, 2, 2), INTS(ATTR_PADS, 1, 1, 1, 1)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 13, 0, 4, 3, 11, 6, 9, 12, 7, 8, 5, 15, 10, 14, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2, 2), 7, 7.166667, 9.666667, 8)) },
    { "average with padding", IR_AVERAGE_POOL,
      ATTRS(INTS(ATTR_KERNEL_SHAPE, 3, 3), INTS(ATTR_STRIDES, 2, 2), INTS(ATTR_PADS, 1, 1, 1, 1),
      A_INT(ATTR_COUNT_INCLUDE_PAD, 1)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 13, 0, 4, 3, 11, 6, 9, 12, 7, 8, 5, 15, 10, 14, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2, 2), 3.111111, 4.777778, 6.444445, 8)) },
    { "average, rounded up, with padding", IR_AVERAGE_POOL,
      ATTRS(INTS(ATTR_KERNEL_SHAPE, 3, 3), INTS(ATTR_STRIDES, 2, 2), INTS(ATTR_PADS, 0, 0, 1, 1),
      A_INT(ATTR_COUNT_INCLUDE_PAD, 1), A_INT(ATTR_CEIL_MODE, 1)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 13, 0, 4, 3, 11, 6, 9, 12, 7, 8, 5, 15, 10, 14, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2, 2), 6.777778, 3.555556, 7.333333, 3.222222)) },
    { "norms", IR_LP_POOL,
      ATTRS(INTS(ATTR_KERNEL_SHAPE, 2, 2), INTS(ATTR_STRIDES, 2, 2), A_INT(ATTR_P, 2)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 13, 0, 4, 3, 11, 6, 9, 12, 7, 8, 5, 15, 10, 14, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2, 2), 17.32051, 11.53256, 22.75961, 17)) },
    { "global average", IR_GLOBAL_AVERAGE_POOL,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(1, 2, 2, 3), 1.75, -2, -2, 1.75, -0.5, -1, 1, -0.25, -1, -1.5, 0.75, -1.5)),
      OUT_LIST(T(TFP_FLOAT, D(1, 2, 1, 1), -0.3333333, -0.4166667)) },
    { "global maximum", IR_GLOBAL_MAX_POOL,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(1, 2, 2, 3), -2, 1.75, -0.25, 1, -1.5, -2, 0.75, 0.5, -0.75, -2, 1, -0.25)),
      OUT_LIST(T(TFP_FLOAT, D(1, 2, 1, 1), 1.75, 1)) },
    { "global norm", IR_GLOBAL_LP_POOL,
      ATTRS(A_INT(ATTR_P, 2)),
      IN_LIST(T(TFP_FLOAT, D(1, 2, 2, 3), -1.75, -0.25, -1, -0.75, -0.75, 1.75, 0.75, -1.75, 0.5, -0.5, 2, 1.75)),
      OUT_LIST(T(TFP_FLOAT, D(1, 2, 1, 1), 2.883141, 3.344772)) },
    { "unpooled into a larger shape", IR_MAX_UNPOOL,
      ATTRS(INTS(ATTR_KERNEL_SHAPE, 2, 2), INTS(ATTR_STRIDES, 2, 2)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 2, 2), 5, 6, 7, 8), T(TFP_INT64, D(1, 1, 2, 2), 5, 7, 13, 15), T(TFP_INT64, D(4),
      1, 1, 5, 5)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 5, 5), 0, 0, 0, 0, 0, 0, 5, 0, 6, 0, 0, 0, 0, 0, 0, 0, 7, 0, 8, 0, 0, 0, 0, 0, 0))
      },
    { "regions", IR_MAX_ROI_POOL,
      ATTRS(INTS(ATTR_POOLED_SHAPE, 2, 1)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 13, 0, 4, 3, 11, 6, 9, 12, 7, 8, 5, 15, 10, 14, 2), T(TFP_FLOAT, D(2, 5),
      0, 0, 1, 3, 3, 0, 2, 2, 2, 2)),
      OUT_LIST(T(TFP_FLOAT, D(2, 1, 2, 1), 12, 15, 8, 8)) },
};

static const struct test_case normalize_cases[] = {
    { "batch", IR_BATCH_NORMALIZATION,
      ATTRS(A_FLOAT(ATTR_EPSILON, 0.5f)),
      IN_LIST(T(TFP_FLOAT, D(1, 2, 3), -0.75, -1.75, -0.25, -2, 0.5, -0.25), T(TFP_FLOAT, D(2), -1, 0.75),
      T(TFP_FLOAT, D(2), 0.25, -1.75), T(TFP_FLOAT, D(2), -1.75, 0), T(TFP_FLOAT, D(2), 1.25, 2.5)),
      OUT_LIST(T(TFP_FLOAT, D(1, 2, 3), -0.505929, 0.25, -0.8838935, -2.616025, -1.533494, -1.858253)) },
    { "instance", IR_INSTANCE_NORMALIZATION,
      ATTRS(A_FLOAT(ATTR_EPSILON, 0.5f)),
      IN_LIST(T(TFP_FLOAT, D(1, 2, 3), 0.5, 0.25, 2, 0.75, 1.5, 2), T(TFP_FLOAT, D(2), -1.5, 0.25), T(TFP_FLOAT, D(2),
      1.5, 1.75)),
      OUT_LIST(T(TFP_FLOAT, D(1, 2, 3), 2.096668, 2.454669, -0.05133677, 1.559308, 1.773837, 1.916856)) },
    { "layer with statistics", IR_LAYER_NORMALIZATION,
      ATTRS(A_FLOAT(ATTR_EPSILON, 0.25f)),
      IN_LIST(T(TFP_FLOAT, D(2, 4), -1.75, 1.25, 1.5, -1, 2, -0.5, 2, -1.25), T(TFP_FLOAT, D(4), 1, -0.5, -0.75,
      -0.5), T(TFP_FLOAT, D(4), -0.5, 1.25, 2, 1.75)),
      OUT_LIST(T(TFP_FLOAT, D(2, 4), -1.674854, 0.8304093, 1.244737, 2.085673, 0.4304804, 1.593873, 1.30214,
      2.336607), T(TFP_FLOAT, D(2, 1), 0, 0.5625), T(TFP_FLOAT, D(2, 1), 0.6713451, 0.6472907)) },
    { "layer over two axes, scale stretches", IR_LAYER_NORMALIZATION,
      ATTRS(A_INT(ATTR_AXIS, 1)),
      IN_LIST(T(TFP_FLOAT, D(2, 2, 2), 1.75, -0.75, 1.5, -1.25, 2, 1.5, 0.25, 1.75), T(TFP_FLOAT, D(2), -1.75, 1.5)),
      OUT_LIST(T(TFP_FLOAT, D(2, 2, 2), -1.895293, -1.200745, -1.565677, -1.765801, -1.624816, 0.2785399, 2.924669,
      0.8356198)) },
    { "groups", IR_GROUP_NORMALIZATION,
      ATTRS(A_INT(ATTR_NUM_GROUPS, 2), A_FLOAT(ATTR_EPSILON, 0.25f)),
      IN_LIST(T(TFP_FLOAT, D(1, 4, 2), 1, 0, -1, -0.25, 1.5, -1.25, 0.5, 1.75), T(TFP_FLOAT, D(4), 0.75, 1, -1.5,
      0.5), T(TFP_FLOAT, D(4), -2, 0.5, 1.25, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 4, 2), -1.086954, -1.946291, -0.5741723, 0.2851655, 0.225305, 3.445775, 1.951205,
      2.439155)) },
    { "root mean square", IR_RMS_NORMALIZATION,
      ATTRS(A_FLOAT(ATTR_EPSILON, 0.25f)),
      IN_LIST(T(TFP_FLOAT, D(2, 3), -1.25, -0.5, 0.25, 0.75, 1, -0.75), T(TFP_FLOAT, D(3), -2, -1.75, 0.25)),
      OUT_LIST(T(TFP_FLOAT, D(2, 3), 2.672612, 0.9354143, 0.06681531, -1.532262, -1.787639, -0.1915327)) },
    { "L1 along the first axis", IR_LP_NORMALIZATION,
      ATTRS(A_INT(ATTR_P, 1), A_INT(ATTR_AXIS, 0)),
      IN_LIST(T(TFP_FLOAT, D(2, 2), 1, 0, -3, 0)),
      OUT_LIST(T(TFP_FLOAT, D(2, 2), 0.25, 0, -0.75, 0)) },
    { "mean and variance", IR_MEAN_VARIANCE_NORMALIZATION,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(2, 1, 1, 3), 1.5, 1.75, 2, -1.25, -1.25, -1.5)),
      OUT_LIST(T(TFP_FLOAT, D(2, 1, 1, 3), 0.8329843, 0.994207, 1.15543, -0.9404662, -0.9404662, -1.101689)) },
    { "local response", IR_LRN,
      ATTRS(A_INT(ATTR_SIZE, 3), A_FLOAT(ATTR_ALPHA, 0.5f), A_FLOAT(ATTR_BETA, 0.75f), A_FLOAT(ATTR_BIAS, 1.0f)),
      IN_LIST(T(TFP_FLOAT, D(1, 4, 1, 2), -1, -1, -1.75, 1, 1.75, 0, -2, 0.5)),
      OUT_LIST(T(TFP_FLOAT, D(1, 4, 1, 2), -0.6785534, -0.8059275, -0.9729197, 0.8059275, 0.8337324, 0, -1.115896,
      0.4849238)) },
    { "softmax of large numbers", IR_SOFTMAX,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(2, 3), 1000, 1001, 999, -1000, 0, 1)),
      OUT_LIST(T(TFP_FLOAT, D(2, 3), 0.2447285, 0.6652409, 0.09003057, 0, 0.2689414, 0.7310586)) },
    { "softmax along the first axis", IR_SOFTMAX,
      ATTRS(A_INT(ATTR_AXIS, 0)),
      IN_LIST(T(TFP_FLOAT, D(2, 3), 2, 0.5, -1, -1.25, -1, 2)),
      OUT_LIST(T(TFP_FLOAT, D(2, 3), 0.9626731, 0.8175744, 0.04742587, 0.03732688, 0.1824255, 0.9525741)) },
    { "logarithm of softmax", IR_LOG_SOFTMAX,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(2, 3), -1.75, -2, 0.25, 0, 0.25, -1.25)),
      OUT_LIST(T(TFP_FLOAT, D(2, 3), -2.215703, -2.465703, -0.2157036, -0.9441122, -0.6941122, -2.194112)) },
    { "first maximum", IR_HARDMAX,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(2, 3), 1, 3, 3, 2, 0, 1)),
      OUT_LIST(T(TFP_FLOAT, D(2, 3), 0, 1, 0, 1, 0, 0)) },
};

static const struct test_case attention_cases[] = {
    { "two heads, a mask that is added", IR_ATTENTION,
      ATTRS(A_FLOAT(ATTR_SCALE, 0.5f)),
      IN_LIST(T(TFP_FLOAT, D(1, 2, 2, 2), 1.25, -1.75, -1.25, -1, -1.25, 1.25, 1.5, 0.25), T(TFP_FLOAT, D(1, 2, 3, 2),
      -2, -1.75, -0.75, -0.25, 0.5, 0, -1, -1.5, 0.75, 1, -2, -1.75), T(TFP_FLOAT, D(1, 2, 3, 1), -0.25, -0.5, 1.75, 0,
      -0.25, -0.25), T(TFP_FLOAT, D(2, 3), 0.75, 0.25, -1.5, 1, 1, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 2, 2, 1), -0.1624076, 0.03957178, -0.1330497, -0.2158607)) },
    { "a bool mask with a closed row, default scale", IR_ATTENTION,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(1, 1, 2, 4), 1.25, -1, -0.75, 0.75, 0.75, 0.75, 1.5, -1), T(TFP_FLOAT, D(1, 1, 3, 4), 1.75,
      -2, -1.75, 2, 2, -0.75, -1.5, -0.75, -2, 1.75, 0.75, 0.25), T(TFP_FLOAT, D(1, 1, 3, 2), -1, 0, -1.25, 1.25, 0,
      -2), T(TFP_BOOL, D(1, 1, 2, 3), 1, 0, 1, 0, 0, 0)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2, 2), -0.9970191, -0.005962066, 0, 0)) },
    { "causal, more keys than queries", IR_ATTENTION,
      ATTRS(A_INT(ATTR_IS_CAUSAL, 1)),
      IN_LIST(T(TFP_FLOAT, D(2, 1, 2, 2), -1, 1, 0, -0.5, -1, -1.75, 0.5, 0.75), T(TFP_FLOAT, D(2, 1, 3, 2), 0, 1.75,
      1.75, -1.25, 0.5, 0.5, -1, -0.75, 0, 1, -1, 1), T(TFP_FLOAT, D(2, 1, 3, 1), 0.75, -1.25, -0.5, 1.5, 1.5, 0.75)),
      OUT_LIST(T(TFP_FLOAT, D(2, 1, 2, 1), 0.75, -0.7356334, 1.5, 1.5)) },
    { "heads packed and shared", IR_ATTENTION,
      ATTRS(A_INT(ATTR_Q_NUM_HEADS, 2), A_INT(ATTR_KV_NUM_HEADS, 1)),
      IN_LIST(T(TFP_FLOAT, D(1, 2, 4), -2, 0.75, -1.25, 1.25, 1.75, -0.25, 2, 1), T(TFP_FLOAT, D(1, 2, 2), -0.75, 1.5,
      -0.5, -1.75), T(TFP_FLOAT, D(1, 2, 2), 0.5, 1.5, 0.75, -0.5)),
      OUT_LIST(T(TFP_FLOAT, D(1, 2, 4), 0.527835, 1.27732, 0.5108431, 1.413255, 0.6769066, 0.08474728, 0.5312874,
      1.249701)) },
    { "a cache, capped, all outputs", IR_ATTENTION,
      ATTRS(A_INT(ATTR_IS_CAUSAL, 1), A_FLOAT(ATTR_SOFTCAP, 0.5f), A_INT(ATTR_QK_MATMUL_OUTPUT_MODE, 2)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 1, 2), 1.75, 0), T(TFP_FLOAT, D(1, 1, 1, 2), -0.5, -1.5), T(TFP_FLOAT, D(1, 1, 1, 2),
      -1.25, 0.75), ABSENT, T(TFP_FLOAT, D(1, 1, 2, 2), 1.25, -1, 0.5, 1.5), T(TFP_FLOAT, D(1, 1, 2, 2), -1.5, -1, 0,
      0.25)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 1, 2), -0.8591328, -0.2018424), T(TFP_FLOAT, D(1, 1, 3, 2), 1.25, -1, 0.5, 1.5,
      -0.5, -1.5), T(TFP_FLOAT, D(1, 1, 3, 2), -1.5, -1, 0, 0.25, -1.25, 0.75), T(TFP_FLOAT, D(1, 1, 1, 3), 0.4979486,
      0.4223615, -0.4223615)) },
    { "a short mask, weights shown", IR_ATTENTION,
      ATTRS(A_INT(ATTR_QK_MATMUL_OUTPUT_MODE, 3)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 2, 2), -0.5, -0.5, -1.5, 0.5), T(TFP_FLOAT, D(1, 1, 3, 2), 1.75, -1.25, 1.25, -1.25,
      -2, 1), T(TFP_FLOAT, D(1, 1, 3, 1), -1.25, 1, -0.75), T(TFP_FLOAT, D(2, 2), 0.25, 1.75, 1.75, 0)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2, 1), 0.6455737, -0.7370123), T(TFP_FLOAT, D(1, 1, 3, 2), 1.75, -1.25, 1.25, -1.25,
      -2, 1), T(TFP_FLOAT, D(1, 1, 3, 1), -1.25, 1, -0.75), T(TFP_FLOAT, D(1, 1, 2, 3), 0.1575228, 0.8424772, 0,
      0.7720054, 0.2279946, 0)) },
    { "filled to different lengths", IR_ATTENTION,
      ATTRS(A_INT(ATTR_IS_CAUSAL, 1)),
      IN_LIST(T(TFP_FLOAT, D(2, 1, 2, 2), -1.25, -1, 1.5, 0.5, -1.5, 1.75, 2, 2), T(TFP_FLOAT, D(2, 1, 3, 2), 0.5, 2,
      0.5, 0, 2, 0.5, 1.25, -0.75, 1.25, 2, -2, 0.25), T(TFP_FLOAT, D(2, 1, 3, 1), -0.5, -2, -1.75, -1, -1.25, 1),
      ABSENT, ABSENT, ABSENT, T(TFP_INT64, D(2), 2, 3)),
      OUT_LIST(T(TFP_FLOAT, D(2, 1, 2, 1), -0.5, -0.9953577, -1.241949, -1.243119)) },
    { "a window", IR_ATTENTION,
      ATTRS(A_INT(ATTR_LEFT_WINDOW_SIZE, 1), A_INT(ATTR_RIGHT_WINDOW_SIZE, 0), A_FLOAT(ATTR_SCALE, 1.0f)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 1), -1.25, 0.5, 1.5, 0), T(TFP_FLOAT, D(1, 1, 4, 1), -1.5, -1.75, -0.75, -0.25),
      T(TFP_FLOAT, D(1, 1, 4, 1), 0, -0.75, 1.5, 0.25)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 4, 1), 0, -0.351593, 1.089543, 0.875)) },
};

static const struct test_case resize_cases[] = {
    { "linear, half pixel, up", IR_RESIZE,
      ATTRS(A_STRING(ATTR_MODE, "linear")),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4), 1, 2, 4, 8), ABSENT, ABSENT, T(TFP_INT64, D(3), 1, 1, 6)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 6), 1, 1.5, 2.333333, 3.666667, 6, 8)) },
    { "linear, aligned corners", IR_RESIZE,
      ATTRS(A_STRING(ATTR_MODE, "linear"), A_STRING(ATTR_COORDINATE_TRANSFORMATION_MODE, "align_corners")),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4), 1, 2, 4, 8), ABSENT, ABSENT, T(TFP_INT64, D(3), 1, 1, 7)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 7), 1, 1.5, 2, 3, 4, 6, 8)) },
    { "linear, asymmetric, by scale", IR_RESIZE,
      ATTRS(A_STRING(ATTR_MODE, "linear"), A_STRING(ATTR_COORDINATE_TRANSFORMATION_MODE, "asymmetric")),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4), 1, 2, 4, 8), ABSENT, T(TFP_FLOAT, D(3), 1, 1, 0.6)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2), 1, 3.333333)) },
    { "linear, antialiased", IR_RESIZE,
      ATTRS(A_STRING(ATTR_MODE, "linear"), A_INT(ATTR_ANTIALIAS, 1)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4), 1, 2, 4, 8), ABSENT, ABSENT, T(TFP_INT64, D(3), 1, 1, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2), 1.75, 5.75)) },
    { "cubic", IR_RESIZE,
      ATTRS(A_STRING(ATTR_MODE, "cubic"), A_FLOAT(ATTR_CUBIC_COEFF_A, -0.5f)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4), 1, 2, 4, 8), ABSENT, ABSENT, T(TFP_INT64, D(3), 1, 1, 7)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 7), 0.9338556, 1.242348, 1.895409, 2.8125, 4.233602, 6.784621, 8.264578)) },
    { "cubic without the outside", IR_RESIZE,
      ATTRS(A_STRING(ATTR_MODE, "cubic"), A_FLOAT(ATTR_CUBIC_COEFF_A, -0.5f), A_INT(ATTR_EXCLUDE_OUTSIDE, 1)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4), 1, 2, 4, 8), ABSENT, ABSENT, T(TFP_INT64, D(3), 1, 1, 7)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 7), 0.9206729, 1.225692, 1.893292, 2.8125, 4.242501, 6.868147, 8.317308)) },
    { "nearest, round_prefer_floor", IR_RESIZE,
      ATTRS(A_STRING(ATTR_MODE, "nearest"), A_STRING(ATTR_NEAREST_MODE, "round_prefer_floor"),
      A_STRING(ATTR_COORDINATE_TRANSFORMATION_MODE, "asymmetric")),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4), 1, 2, 4, 8), ABSENT, ABSENT, T(TFP_INT64, D(3), 1, 1, 8)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 8), 1, 1, 2, 2, 4, 4, 8, 8)) },
    { "nearest, round_prefer_ceil", IR_RESIZE,
      ATTRS(A_STRING(ATTR_MODE, "nearest"), A_STRING(ATTR_NEAREST_MODE, "round_prefer_ceil"),
      A_STRING(ATTR_COORDINATE_TRANSFORMATION_MODE, "asymmetric")),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4), 1, 2, 4, 8), ABSENT, ABSENT, T(TFP_INT64, D(3), 1, 1, 8)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 8), 1, 2, 2, 4, 4, 8, 8, 8)) },
    { "nearest, floor", IR_RESIZE,
      ATTRS(A_STRING(ATTR_MODE, "nearest"), A_STRING(ATTR_NEAREST_MODE, "floor"),
      A_STRING(ATTR_COORDINATE_TRANSFORMATION_MODE, "half_pixel")),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4), 1, 2, 4, 8), ABSENT, ABSENT, T(TFP_INT64, D(3), 1, 1, 8)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 8), 1, 1, 1, 2, 2, 4, 4, 8)) },
    { "nearest, ceil", IR_RESIZE,
      ATTRS(A_STRING(ATTR_MODE, "nearest"), A_STRING(ATTR_NEAREST_MODE, "ceil"),
      A_STRING(ATTR_COORDINATE_TRANSFORMATION_MODE, "half_pixel")),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4), 1, 2, 4, 8), ABSENT, ABSENT, T(TFP_INT64, D(3), 1, 1, 8)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 8), 1, 2, 2, 4, 4, 8, 8, 8)) },
    { "crop with outside", IR_RESIZE,
      ATTRS(A_STRING(ATTR_MODE, "linear"), A_STRING(ATTR_COORDINATE_TRANSFORMATION_MODE, "tf_crop_and_resize"),
      A_FLOAT(ATTR_EXTRAPOLATION_VALUE, 10.0f)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), T(TFP_FLOAT, D(8),
      0, 0, 0.4, 0.6, 1, 1, 0.6, 1.2), ABSENT, T(TFP_INT64, D(4), 1, 1, 2, 3)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2, 3), 7.600001, 8.5, 10, 10, 10.9, 10)) },
    { "two axes, ratio kept", IR_RESIZE,
      ATTRS(A_STRING(ATTR_MODE, "nearest"), INTS(ATTR_AXES, 2, 3), A_STRING(ATTR_KEEP_ASPECT_RATIO_POLICY,
      "not_larger")),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), ABSENT, ABSENT,
      T(TFP_INT64, D(2), 6, 7)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 6, 6), 1, 1, 2, 3, 3, 4, 1, 1, 2, 3, 3, 4, 5, 5, 6, 7, 7, 8, 9, 9, 10, 11, 11, 12,
      9, 9, 10, 11, 11, 12, 13, 13, 14, 15, 15, 16)) },
    { "uint8, rounded", IR_RESIZE,
      ATTRS(A_STRING(ATTR_MODE, "linear")),
      IN_LIST(T(TFP_UINT8, D(1, 1, 2), 0, 255), ABSENT, ABSENT, T(TFP_INT64, D(3), 1, 1, 4)),
      OUT_LIST(T(TFP_UINT8, D(1, 1, 4), 0, 64, 191, 255)) },
    { "int64, nearest", IR_RESIZE,
      ATTRS(A_STRING(ATTR_MODE, "nearest")),
      IN_LIST(T(TFP_INT64, D(2), 1, 2), ABSENT, ABSENT, T(TFP_INT64, D(1), 4)),
      OUT_LIST(T(TFP_INT64, D(4), 1, 1, 2, 2)) },
    { "upsampled", IR_UPSAMPLE,
      ATTRS(A_STRING(ATTR_MODE, "nearest")),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4), 1, 2, 4, 8), T(TFP_FLOAT, D(3), 1, 1, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 8), 1, 1, 2, 2, 4, 4, 8, 8)) },
    { "grid, linear, zeros", IR_GRID_SAMPLE,
      ATTRS(A_STRING(ATTR_MODE, "linear"), A_STRING(ATTR_PADDING_MODE, "zeros"), A_INT(ATTR_ALIGN_CORNERS, 0)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), T(TFP_FLOAT, D(1, 2,
      2, 2), -1, -1, 0.5, -0.25, 1.5, 0, 0, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2, 2), 0.25, 7.5, 0, 0)) },
    { "grid, linear, border", IR_GRID_SAMPLE,
      ATTRS(A_STRING(ATTR_MODE, "linear"), A_STRING(ATTR_PADDING_MODE, "border"), A_INT(ATTR_ALIGN_CORNERS, 1)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), T(TFP_FLOAT, D(1, 2,
      2, 2), -1, -1, 0.5, -0.25, 1.5, 0, 0, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2, 2), 1, 7.75, 10, 14.5)) },
    { "grid, linear, reflection", IR_GRID_SAMPLE,
      ATTRS(A_STRING(ATTR_MODE, "linear"), A_STRING(ATTR_PADDING_MODE, "reflection"), A_INT(ATTR_ALIGN_CORNERS, 0)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), T(TFP_FLOAT, D(1, 2,
      2, 2), -1, -1, 0.5, -0.25, 1.5, 0, 0, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2, 2), 1, 7.5, 9.5, 8.5)) },
    { "grid, nearest, zeros", IR_GRID_SAMPLE,
      ATTRS(A_STRING(ATTR_MODE, "nearest"), A_STRING(ATTR_PADDING_MODE, "zeros"), A_INT(ATTR_ALIGN_CORNERS, 0)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), T(TFP_FLOAT, D(1, 2,
      2, 2), -1, -1, 0.5, -0.25, 1.5, 0, 0, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2, 2), 1, 7, 0, 0)) },
    { "grid, nearest, border", IR_GRID_SAMPLE,
      ATTRS(A_STRING(ATTR_MODE, "nearest"), A_STRING(ATTR_PADDING_MODE, "border"), A_INT(ATTR_ALIGN_CORNERS, 1)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), T(TFP_FLOAT, D(1, 2,
      2, 2), -1, -1, 0.5, -0.25, 1.5, 0, 0, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2, 2), 1, 7, 12, 15)) },
    { "grid, nearest, reflection", IR_GRID_SAMPLE,
      ATTRS(A_STRING(ATTR_MODE, "nearest"), A_STRING(ATTR_PADDING_MODE, "reflection"), A_INT(ATTR_ALIGN_CORNERS, 0)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), T(TFP_FLOAT, D(1, 2,
      2, 2), -1, -1, 0.5, -0.25, 1.5, 0, 0, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2, 2), 1, 7, 12, 7)) },
    { "grid, cubic, zeros", IR_GRID_SAMPLE,
      ATTRS(A_STRING(ATTR_MODE, "cubic"), A_STRING(ATTR_PADDING_MODE, "zeros"), A_INT(ATTR_ALIGN_CORNERS, 0)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), T(TFP_FLOAT, D(1, 2,
      2, 2), -1, -1, 0.5, -0.25, 1.5, 0, 0, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2, 2), 0.015625, 8.34375, -0.9375, 0)) },
    { "grid, cubic, border", IR_GRID_SAMPLE,
      ATTRS(A_STRING(ATTR_MODE, "cubic"), A_STRING(ATTR_PADDING_MODE, "border"), A_INT(ATTR_ALIGN_CORNERS, 1)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), T(TFP_FLOAT, D(1, 2,
      2, 2), -1, -1, 0.5, -0.25, 1.5, 0, 0, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2, 2), 1, 7.996094, 10.03516, 14.5)) },
    { "grid, cubic, reflection", IR_GRID_SAMPLE,
      ATTRS(A_STRING(ATTR_MODE, "cubic"), A_STRING(ATTR_PADDING_MODE, "reflection"), A_INT(ATTR_ALIGN_CORNERS, 0)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), T(TFP_FLOAT, D(1, 2,
      2, 2), -1, -1, 0.5, -0.25, 1.5, 0, 0, 2)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 2, 2), 0.0625, 7.59375, 9.59375, 8.5)) },
    { "affine grid", IR_AFFINE_GRID,
      ATTRS(A_INT(ATTR_ALIGN_CORNERS, 0)),
      IN_LIST(T(TFP_FLOAT, D(1, 2, 3), 1, 0.5, 0, 0, 1, -0.25), T(TFP_INT64, D(4), 1, 1, 2, 3)),
      OUT_LIST(T(TFP_FLOAT, D(1, 2, 3, 2), -0.9166667, -0.75, -0.25, -0.75, 0.4166667, -0.75, -0.4166667, 0.25, 0.25,
      0.25, 0.9166667, 0.25)) },
};

static const struct test_case detection_cases[] = {
    { "suppression", IR_NON_MAX_SUPPRESSION,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(1, 6, 4), 0, 0, 1, 1, 0, 0.1, 1, 1.1, 0, -0.1, 1, 0.9, 0, 10, 1, 11, 0, 10.1, 1, 11.1, 0,
      100, 1, 101), T(TFP_FLOAT, D(1, 1, 6), 0.9, 0.75, 0.6, 0.95, 0.5, 0.3), T(TFP_INT64, D(1), 3), T(TFP_FLOAT,
      D(1), 0.5), T(TFP_FLOAT, D(1), 0)),
      OUT_LIST(T(TFP_INT64, D(3, 3), 0, 0, 3, 0, 0, 0, 0, 0, 5)) },
    { "equal scores, no limit reached", IR_NON_MAX_SUPPRESSION,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(1, 6, 4), 0, 0, 1, 1, 0, 0.1, 1, 1.1, 0, -0.1, 1, 0.9, 0, 10, 1, 11, 0, 10.1, 1, 11.1, 0,
      100, 1, 101), T(TFP_FLOAT, D(1, 1, 6), 0.5, 0.5, 0.5, 0.5, 0.5, 0.5), T(TFP_INT64, D(1), 10), T(TFP_FLOAT, D(1),
      0.5)),
      OUT_LIST(T(TFP_INT64, D(3, 3), 0, 0, 0, 0, 0, 3, 0, 0, 5)) },
    { "no boxes asked for", IR_NON_MAX_SUPPRESSION,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(1, 6, 4), 0, 0, 1, 1, 0, 0.1, 1, 1.1, 0, -0.1, 1, 0.9, 0, 10, 1, 11, 0, 10.1, 1, 11.1, 0,
      100, 1, 101), T(TFP_FLOAT, D(1, 1, 6), 0.5, 0.5, 0.5, 0.5, 0.5, 0.5)),
      OUT_LIST(T(TFP_INT64, D(0, 3), 0)) },
    { "centers", IR_NON_MAX_SUPPRESSION,
      ATTRS(A_INT(ATTR_CENTER_POINT_BOX, 1)),
      IN_LIST(T(TFP_FLOAT, D(1, 3, 4), 0.5, 0.5, 1, 1, 0.5, 0.6, 1, 1, 0.5, 10.5, 1, 1), T(TFP_FLOAT, D(1, 1, 3), 0.9,
      0.75, 0.95), T(TFP_INT64, D(1), 3), T(TFP_FLOAT, D(1), 0.5), T(TFP_FLOAT, D(1), 0)),
      OUT_LIST(T(TFP_INT64, D(2, 3), 0, 0, 2, 0, 0, 0)) },
    { "regions averaged", IR_ROI_ALIGN,
      ATTRS(A_INT(ATTR_OUTPUT_HEIGHT, 2), A_INT(ATTR_OUTPUT_WIDTH, 2), A_INT(ATTR_SAMPLING_RATIO, 2)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), T(TFP_FLOAT, D(2,
      4), 0, 0, 3, 3, 1, 0.5, 2.5, 3), T(TFP_INT64, D(2), 0, 0)),
      OUT_LIST(T(TFP_FLOAT, D(2, 1, 2, 2), 2.5625, 4, 8.3125, 9.75, 4.375, 5.125, 9.375, 10.125)) },
    { "regions, maximum, adaptive", IR_ROI_ALIGN,
      ATTRS(A_INT(ATTR_OUTPUT_HEIGHT, 1), A_INT(ATTR_OUTPUT_WIDTH, 2), A_STRING(ATTR_MODE, "max"),
      A_STRING(ATTR_COORDINATE_TRANSFORMATION_MODE, "output_half_pixel")),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 4, 4), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), T(TFP_FLOAT, D(2,
      4), 0, 0, 3, 3, 1, 0.5, 2.5, 3), T(TFP_INT64, D(2), 0, 0)),
      OUT_LIST(T(TFP_FLOAT, D(2, 1, 1, 2), 6.125, 6.5625, 5.104166, 7.65625)) },
};

static const struct test_case recurrent_cases[] = {
    { "plain", IR_RNN,
      ATTRS(A_INT(ATTR_HIDDEN_SIZE, 2)),
      IN_LIST(T(TFP_FLOAT, D(2, 1, 2), 0, -0.75, -0.5, -0.75), T(TFP_FLOAT, D(1, 2, 2), 0.5, 1.5, 2, 1.25),
      T(TFP_FLOAT, D(1, 2, 2), -0.25, 1, 1.5, -0.5), T(TFP_FLOAT, D(1, 4), -1.25, 0.25, 0, 0)),
      OUT_LIST(T(TFP_FLOAT, D(2, 1, 1, 2), -0.982845, -0.5963736, -0.9948087, -0.9935085), T(TFP_FLOAT, D(1, 1, 2),
      -0.9948087, -0.9935085)) },
    { "GRU, reverse", IR_GRU,
      ATTRS(A_INT(ATTR_HIDDEN_SIZE, 2), A_STRING(ATTR_DIRECTION, "reverse")),
      IN_LIST(T(TFP_FLOAT, D(2, 1, 2), 1.25, -1.75, 0, -0.25), T(TFP_FLOAT, D(1, 6, 2), -1, -2, 1, -1, 1.25, 0, 1, 2,
      0.75, 0.75, -0.75, 0.75), T(TFP_FLOAT, D(1, 6, 2), -2, 1, -1.25, 1.25, 1.5, 1.75, 1.5, -2, 1, 1.25, -1, -0.5),
      T(TFP_FLOAT, D(1, 12), -2, -1.25, -0.75, 1.5, -0.25, 1.5, -1, -2, 0.75, -1.5, -0.25, 0), ABSENT, T(TFP_FLOAT,
      D(1, 1, 2), -1, -0.25)),
      OUT_LIST(T(TFP_FLOAT, D(2, 1, 1, 2), -0.8165081, 0.6385975, -0.7973284, 0.7684137), T(TFP_FLOAT, D(1, 1, 2),
      -0.8165081, 0.6385975)) },
    { "GRU, linear before reset", IR_GRU,
      ATTRS(A_INT(ATTR_HIDDEN_SIZE, 2), A_INT(ATTR_LINEAR_BEFORE_RESET, 1)),
      IN_LIST(T(TFP_FLOAT, D(2, 1, 2), 0.5, -0.25, -1, -0.5), T(TFP_FLOAT, D(1, 6, 2), 0, -0.75, 0.25, -0.25, 0.5, -1,
      -2, 0, -1.25, 1, 1.25, -1.25), T(TFP_FLOAT, D(1, 6, 2), -0.25, 0.5, -0.25, 1.25, 2, 0.75, -1.75, -1.5, -0.5, 2,
      1, -0.25), T(TFP_FLOAT, D(1, 12), 0.25, -1.25, 0.25, 1.75, -0.75, -1, 1.5, -0.75, 0, 0.5, -1.5, -1.25)),
      OUT_LIST(T(TFP_FLOAT, D(2, 1, 1, 2), -0.1246563, -0.6667186, -0.2158815, -0.9764457), T(TFP_FLOAT, D(1, 1, 2),
      -0.2158815, -0.9764457)) },
    { "LSTM, both ways, lengths", IR_LSTM,
      ATTRS(A_INT(ATTR_HIDDEN_SIZE, 1), A_STRING(ATTR_DIRECTION, "bidirectional")),
      IN_LIST(T(TFP_FLOAT, D(3, 2, 1), 2, -1.25, 2, -0.5, -0.75, -1), T(TFP_FLOAT, D(2, 4, 1), -0.75, 1, 0, 2, 1.5,
      0.5, -0.75, 1.25), T(TFP_FLOAT, D(2, 4, 1), -1.75, 0.25, -0.5, -2, 2, 0.5, 2, -0.5), T(TFP_FLOAT, D(2, 8), -0.5,
      1.25, -0.25, -1, 1, -1, 2, -1.25, -0.75, -1.25, 0.75, -1.75, 1, -0.75, 1.25, -1), T(TFP_INT32, D(2), 3, 1)),
      OUT_LIST(T(TFP_FLOAT, D(3, 2, 2, 1), 0.2242636, -0.1797755, -0.1025919, -0.01100947, 0.3326308, 0, -0.1021572,
      0, -0.1155223, 0, -0.02431034, 0), T(TFP_FLOAT, D(2, 2, 1), -0.1155223, -0.1797755, -0.1025919, -0.01100947),
      T(TFP_FLOAT, D(2, 2, 1), -0.2994273, -0.8079463, -0.4189912, -0.1644574)) },
    { "LSTM, peepholes, states, clip", IR_LSTM,
      ATTRS(A_INT(ATTR_HIDDEN_SIZE, 2), A_FLOAT(ATTR_CLIP, 0.75f)),
      IN_LIST(T(TFP_FLOAT, D(2, 1, 1), 0.25, -0.75), T(TFP_FLOAT, D(1, 8, 1), 1.5, -2, -1.75, 0.25, -0.5, -0.75,
      -0.25, 0.25), T(TFP_FLOAT, D(1, 8, 2), -0.5, 1, 0.75, 1.5, 0, -1.5, 0, -0.25, 1.75, 1.5, 0.5, -0.25, 0.75,
      -1.25, 0.5, -0.5), ABSENT, ABSENT, T(TFP_FLOAT, D(1, 1, 2), -2, -0.25), T(TFP_FLOAT, D(1, 1, 2), 1.25, 2),
      T(TFP_FLOAT, D(1, 6), 1.25, 1, 0, -2, 0.5, -1.75)),
      OUT_LIST(T(TFP_FLOAT, D(2, 1, 1, 2), -0.01469789, 0.1260294, -0.008817007, 0.002703822), T(TFP_FLOAT, D(1, 1,
      2), -0.008817007, 0.002703822), T(TFP_FLOAT, D(1, 1, 2), -0.01298259, 0.006111115)) },
    { "other functions with their numbers", IR_LSTM,
      ATTRS(A_INT(ATTR_HIDDEN_SIZE, 1), WORDS(ATTR_ACTIVATIONS, TEXT("HardSigmoid"), TEXT("Softsign"),
      TEXT("LeakyRelu")), FLOATS(ATTR_ACTIVATION_ALPHA, 0.3f, 0.1f), FLOATS(ATTR_ACTIVATION_BETA, 0.4f)),
      IN_LIST(T(TFP_FLOAT, D(1, 1, 1), 1), T(TFP_FLOAT, D(1, 4, 1), 0, 1.75, 2, 1), T(TFP_FLOAT, D(1, 4, 1), 1.75,
      1.25, -1.5, 0)),
      OUT_LIST(T(TFP_FLOAT, D(1, 1, 1, 1), 0.185), T(TFP_FLOAT, D(1, 1, 1), 0.185), T(TFP_FLOAT, D(1, 1, 1), 0.2)) },
    { "batch first", IR_GRU,
      ATTRS(A_INT(ATTR_HIDDEN_SIZE, 1), A_INT(ATTR_LAYOUT, 1)),
      IN_LIST(T(TFP_FLOAT, D(2, 2, 1), -0.5, 2, 0, 1.25), T(TFP_FLOAT, D(1, 3, 1), -1.75, 2, 0.5), T(TFP_FLOAT, D(1,
      3, 1), 0.5, 1.5, 1.25)),
      OUT_LIST(T(TFP_FLOAT, D(2, 2, 1, 1), -0.07205874, 0.6994865, 0, 0.4986525), T(TFP_FLOAT, D(2, 1, 1), 0.6994865,
      0.4986525)) },
};

static const struct test_case quantize_cases[] = {
    { "half to even, saturated", IR_QUANTIZE_LINEAR,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(5), -3, 0.5, 1.5, 2.5, 1000), T(TFP_FLOAT, SCALAR, 1), T(TFP_UINT8, SCALAR, 2)),
      OUT_LIST(T(TFP_UINT8, D(5), 0, 2, 4, 4, 255)) },
    { "along an axis, int8", IR_QUANTIZE_LINEAR,
      ATTRS(A_INT(ATTR_AXIS, 1)),
      IN_LIST(T(TFP_FLOAT, D(2, 2), 1.25, -1, 1.75, -1.25), T(TFP_FLOAT, D(2), 0.5, 0.25), T(TFP_INT8, D(2), 1, -1)),
      OUT_LIST(T(TFP_INT8, D(2, 2), 3, -5, 5, -6)) },
    { "rows with a scale each, to int16", IR_QUANTIZE_LINEAR,
      ATTRS(A_INT(ATTR_AXIS, 0)),
      IN_LIST(T(TFP_FLOAT, D(2, 9), -3, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 1e9, -1e9, -3, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, NAN, 3),
              T(TFP_FLOAT, D(2), 1, 0.5), T(TFP_INT16, D(2), 7, -1)),
      OUT_LIST(T(TFP_INT16, D(2, 9), 4, 5, 5, 7, 7, 9, 9, 32767, -32768, -7, -6, -4, -2, 0, 2, 4, -1, 5)) },
    { "what is no number or endless", IR_QUANTIZE_LINEAR,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(4), NAN, (double)INFINITY, -(double)INFINITY, 0.25), T(TFP_FLOAT, SCALAR, 0.5), T(TFP_INT8, SCALAR, 100)),
      OUT_LIST(T(TFP_INT8, D(4), 100, 127, -128, 100)) },
    { "rows back", IR_DEQUANTIZE_LINEAR,
      ATTRS(A_INT(ATTR_AXIS, 0)),
      IN_LIST(T(TFP_INT8, D(2, 8), -128, -1, 0, 1, 2, 3, 4, 127, -128, -1, 0, 1, 2, 3, 4, 127), T(TFP_FLOAT, D(2), 1, 0.5),
              T(TFP_INT8, D(2), 100, -3)),
      OUT_LIST(T(TFP_FLOAT, D(2, 8), -228, -101, -100, -99, -98, -97, -96, 27, -62.5, 1, 1.5, 2, 2.5, 3, 3.5, 65)) },
    { "in blocks", IR_QUANTIZE_LINEAR,
      ATTRS(A_INT(ATTR_AXIS, 1), A_INT(ATTR_BLOCK_SIZE, 2)),
      IN_LIST(T(TFP_FLOAT, D(1, 3), 0.5, 0.25, 0.25), T(TFP_FLOAT, D(1, 2), 0.5, 0.25)),
      OUT_LIST(T(TFP_UINT8, D(1, 3), 1, 0, 1)) },
    { "back", IR_DEQUANTIZE_LINEAR,
      NO_ATTRS,
      IN_LIST(T(TFP_UINT8, D(3), 0, 128, 255), T(TFP_FLOAT, SCALAR, 0.5), T(TFP_UINT8, SCALAR, 128)),
      OUT_LIST(T(TFP_FLOAT, D(3), -64, 0, 63.5)) },
    { "int32 without zero point", IR_DEQUANTIZE_LINEAR,
      NO_ATTRS,
      IN_LIST(T(TFP_INT32, D(2), -100000, 7), T(TFP_FLOAT, SCALAR, 0.5)),
      OUT_LIST(T(TFP_FLOAT, D(2), -50000, 3.5)) },
    { "by itself", IR_DYNAMIC_QUANTIZE_LINEAR,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(4), -1, 0, 2.5, 3)),
      OUT_LIST(T(TFP_UINT8, D(4), 0, 64, 223, 255), T(TFP_FLOAT, SCALAR, 0.01568628), T(TFP_UINT8, SCALAR, 64)) },
};

static const struct test_case signal_cases[] = {
    { "of length 5", IR_DFT,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(1, 5, 1), -0.5, 2, 0.25, 1, 1.25), ABSENT, T(TFP_INT64, SCALAR, 1)),
      OUT_LIST(T(TFP_FLOAT, D(1, 5, 2), 4, -1.445413e-06, -0.5069664, -0.2724534, -2.743035, -1.15413, -2.743034,
      1.154132, -0.5069657, 0.2724528)) },
    { "one-sided, cut", IR_DFT,
      ATTRS(A_INT(ATTR_ONESIDED, 1)),
      IN_LIST(T(TFP_FLOAT, D(1, 5, 1), 0, 0, -0.75, -1, -2), T(TFP_INT64, SCALAR, 4), T(TFP_INT64, SCALAR, 1)),
      OUT_LIST(T(TFP_FLOAT, D(1, 3, 2), -1.75, 0, 0.7499999, -1, 0.25, -8.742278e-08)) },
    { "inverse of length 4", IR_DFT,
      ATTRS(A_INT(ATTR_INVERSE, 1)),
      IN_LIST(T(TFP_FLOAT, D(1, 4, 2), -0.75, 0.75, -1, 1.75, -0.75, -1.25, 0, -2), ABSENT, T(TFP_INT64, SCALAR, 1)),
      OUT_LIST(T(TFP_FLOAT, D(1, 4, 2), -0.625, -0.1875, -0.9375, 0.2499999, -0.125, -0.06249998, 0.9375, 0.75)) },
    { "one-sided inverse", IR_DFT,
      ATTRS(A_INT(ATTR_INVERSE, 1), A_INT(ATTR_ONESIDED, 1)),
      IN_LIST(T(TFP_FLOAT, D(1, 3, 2), 1.5, 1, 0.5, 1.75, -0.25, 1.25), ABSENT, T(TFP_INT64, SCALAR, 1)),
      OUT_LIST(T(TFP_FLOAT, D(1, 4, 1), 0.5625, -0.4375, 0.0625, 1.3125)) },
    { "short-time", IR_STFT,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(1, 6, 1), 1.5, 1.25, -1.75, 0.5, -0.5, 0.75), T(TFP_INT64, SCALAR, 2), T(TFP_FLOAT, D(4),
      -1.5, -0.5, -1, 1.5), T(TFP_INT64, SCALAR, 4)),
      OUT_LIST(T(TFP_FLOAT, D(1, 2, 3, 2), -0.375, 0, -4, 1.375, -0.625, 1.092785e-08, 4, 0, 2.125, 1.375, 2.25,
      7.649493e-08)) },
    { "Hann", IR_HANN_WINDOW,
      NO_ATTRS,
      IN_LIST(T(TFP_INT64, SCALAR, 5)),
      OUT_LIST(T(TFP_FLOAT, D(5), 0, 0.3454915, 0.9045085, 0.9045085, 0.3454915)) },
    { "Hamming, symmetric", IR_HAMMING_WINDOW,
      ATTRS(A_INT(ATTR_PERIODIC, 0)),
      IN_LIST(T(TFP_INT64, SCALAR, 5)),
      OUT_LIST(T(TFP_FLOAT, D(5), 0.0869565, 0.5434783, 1, 0.5434783, 0.0869565)) },
    { "Blackman, double", IR_BLACKMAN_WINDOW,
      ATTRS(A_INT(ATTR_OUTPUT_DATATYPE, 11)),
      IN_LIST(T(TFP_INT64, SCALAR, 4)),
      OUT_LIST(T(TFP_DOUBLE, D(4), 1.490116e-08, 0.34, 1, 0.34)) },
    { "mel weights", IR_MEL_WEIGHT_MATRIX,
      NO_ATTRS,
      IN_LIST(T(TFP_INT64, SCALAR, 2), T(TFP_INT64, SCALAR, 16), T(TFP_INT64, SCALAR, 8192), T(TFP_FLOAT, SCALAR, 0),
      T(TFP_FLOAT, SCALAR, 4096)),
      OUT_LIST(T(TFP_FLOAT, D(9, 2), 1, 0, 0.5, 0.5, 0, 1, 0, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)) },
    { "determinants", IR_DET,
      NO_ATTRS,
      IN_LIST(T(TFP_FLOAT, D(2, 2, 2), 0, 2, 3, 4, 1, 2, 2, 4)),
      OUT_LIST(T(TFP_FLOAT, D(2), -6, -0)) },
};

#define FAMILY(name)                                                                                                   \
    static void test_##name(void **state)                                                                              \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        run_cases(name##_cases, sizeof name##_cases / sizeof name##_cases[0]);                                         \
    }
FAMILY(matmul)
FAMILY(conv)
FAMILY(pool)
FAMILY(normalize)
FAMILY(attention)
FAMILY(resize)
FAMILY(detection)
FAMILY(recurrent)
FAMILY(quantize)
FAMILY(signal)

/* -- sizes beyond one tile, against plain loops -------------------------------------------------------------------- */

/* Small whole numbers: sums are exact in any order. */
static void fill(struct tensor *t, uint32_t seed)
{
    for (int64_t i = 0; i < t->count; i++) {
        seed = seed * 1664525u + 1013904223u;
        put(t, i, (double)((int)(seed >> 24) % 7 - 3));
    }
}

static void big_input(struct bench *b, tfp_dtype dtype, size_t rank, const int64_t *dims, uint32_t seed)
{
    struct value v = { .dtype = dtype, .rank = rank };
    memcpy(v.dims, dims, rank * sizeof *dims);
    bench_input(b, &v);
    fill(&b->in[b->n_in - 1], seed);
}

static void check_product(tfp_dtype dtype, int64_t m, int64_t n, int64_t k, bool ta, bool tb)
{
    struct bench b;
    bench_open(&b);
    big_input(&b, dtype, 2, ta ? (int64_t[]){ k, m } : (int64_t[]){ m, k }, 1);
    big_input(&b, dtype, 2, tb ? (int64_t[]){ n, k } : (int64_t[]){ k, n }, 2);
    assert_int_equal(bench_run(&b, IR_GEMM, ATTRS(A_INT(ATTR_TRANS_A, ta), A_INT(ATTR_TRANS_B, tb)), 1, 2), TFP_OK);
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++) {
            double sum = 0;
            for (int64_t q = 0; q < k; q++)
                sum += tensor_float(&b.in[0], ta ? q * m + i : i * k + q) *
                       tensor_float(&b.in[1], tb ? j * k + q : q * n + j);
            if (tensor_float(&b.out[0], i * n + j) != sum)
                fail_msg("%s %lldx%lldx%lld: element %lld,%lld", tfp_dtype_name(dtype), (long long)m, (long long)n,
                         (long long)k, (long long)i, (long long)j);
        }
    bench_close(&b);
}

static void test_products(void **state)
{
    static const tfp_dtype types[] = { TFP_FLOAT, TFP_DOUBLE, TFP_INT32, TFP_INT64 };
    static const int64_t sizes[][3] = { { 1, 300, 300 }, { 3, 17, 33 }, { 5, 5, 5 }, { 70, 261, 259 }, { 67, 1, 520 } };
    (void)state;
    for (size_t t = 0; t < 4; t++)
        for (size_t s = 0; s < COUNT_OF(sizes); s++)
            for (int trans = 0; trans < 4; trans++)
                check_product(types[t], sizes[s][0], sizes[s][1], sizes[s][2], trans & 1, trans & 2);
}

/* A convolution of 6 channels with `groups` groups, stride 2 along the height, padding 1. */
static void check_convolution(int64_t groups, int threads)
{
    enum { CHANNELS = 6, OUT = 12, HEIGHT = 41, WIDTH = 67, OUT_HEIGHT = 21 };
    struct bench b;
    int64_t each = CHANNELS / groups;
    bench_open(&b);
    big_input(&b, TFP_FLOAT, 4, (int64_t[]){ 2, CHANNELS, HEIGHT, WIDTH }, 3);
    big_input(&b, TFP_FLOAT, 4, (int64_t[]){ OUT, each, 3, 3 }, 4);
    assert_int_equal(bench_run(&b, IR_CONV, ATTRS(A_INT(ATTR_GROUP, groups), INTS(ATTR_PADS, 1, 1, 1, 1),
                                                  INTS(ATTR_STRIDES, 2, 1)), 1, threads), TFP_OK);
    for (int64_t i = 0; i < 2 * OUT * OUT_HEIGHT * WIDTH; i++) {
        int64_t x = i % WIDTH, y = i / WIDTH % OUT_HEIGHT, c = i / WIDTH / OUT_HEIGHT % OUT,
                n = i / WIDTH / OUT_HEIGHT / OUT;
        double sum = 0;
        for (int64_t q = 0; q < each * 9; q++) {
            int64_t row = y * 2 + q % 9 / 3 - 1, column = x + q % 3 - 1, channel = c / (OUT / groups) * each + q / 9;
            if (row < 0 || row >= HEIGHT || column < 0 || column >= WIDTH) continue;
            sum += tensor_float(&b.in[0], ((n * CHANNELS + channel) * HEIGHT + row) * WIDTH + column) *
                   tensor_float(&b.in[1], c * each * 9 + q);
        }
        if (tensor_float(&b.out[0], i) != sum) fail_msg("%lld groups: element %lld", (long long)groups, (long long)i);
    }
    bench_close(&b);
}

static void test_convolutions(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 5; threads += 4) {
        check_convolution(1, threads);
        check_convolution(2, threads);
        check_convolution(6, threads);
    }
}

/* A transform forth and back, for lengths that are and are not powers of two. */
static void test_transforms(void **state)
{
    (void)state;
    for (int64_t n = 1; n < 3000; n = n * 2 + 1 + n % 3) {
        struct bench b, back;
        bench_open(&b);
        big_input(&b, TFP_DOUBLE, 3, (int64_t[]){ 1, n, 2 }, (uint32_t)n);
        assert_int_equal(bench_run(&b, IR_DFT, NO_ATTRS, 1, 1), TFP_OK);
        double re = 0, im = 0;
        int64_t bin = n / 3;
        for (int64_t i = 0; i < n; i++) {
            double angle = -2 * M_PI * (double)(i * bin % n) / (double)n, x = tensor_float(&b.in[0], 2 * i);
            double y = tensor_float(&b.in[0], 2 * i + 1);
            re += x * cos(angle) - y * sin(angle);
            im += x * sin(angle) + y * cos(angle);
        }
        assert_true(fabs(tensor_float(&b.out[0], 2 * bin) - re) < 1e-8);
        assert_true(fabs(tensor_float(&b.out[0], 2 * bin + 1) - im) < 1e-8);
        bench_open(&back);
        back.in[back.n_in++] = b.out[0];
        b.n_out = 0;
        assert_int_equal(bench_run(&back, IR_DFT, ATTRS(A_INT(ATTR_INVERSE, 1)), 1, 1), TFP_OK);
        for (int64_t i = 0; i < 2 * n; i++)
            assert_true(fabs(tensor_float(&back.out[0], i) - tensor_float(&b.in[0], i)) < 1e-9);
        bench_close(&back);
        bench_close(&b);
    }
}

/* -- what must be refused ------------------------------------------------------------------------------------------ */

#define F(...) { TFP_FLOAT, D(__VA_ARGS__), NULL }
struct refusal {
    enum ir_op op;
    const struct ir_attr *attrs;
    struct value in[6];
    size_t n_in;
    tfp_status status;
};

static const struct refusal refusals[] = {
    { IR_MATMUL, NO_ATTRS, { F(2, 3), F(2, 3) }, 2, TFP_E_FORMAT },
    { IR_MATMUL, NO_ATTRS, { F(2, 2, 3), F(3, 3, 2) }, 2, TFP_E_FORMAT },
    { IR_MATMUL, NO_ATTRS, { F(2, 3) }, 1, TFP_E_FORMAT },
    { IR_GEMM, NO_ATTRS, { F(2, 3), F(3, 2), F(3, 2) }, 3, TFP_E_FORMAT },
    { IR_EINSUM, ATTRS(A_STRING(ATTR_EQUATION, "ij,jk->z")), { F(2, 3), F(3, 2) }, 2, TFP_E_FORMAT },
    { IR_EINSUM, ATTRS(A_STRING(ATTR_EQUATION, "ij")), { F(2, 3), F(3, 2) }, 2, TFP_E_FORMAT },
    { IR_EINSUM, ATTRS(A_STRING(ATTR_EQUATION, "i..j,jk")), { F(2, 3), F(3, 2) }, 2, TFP_E_FORMAT },
    { IR_CONV, NO_ATTRS, { F(1, 2, 3, 3), F(1, 3, 2, 2) }, 2, TFP_E_FORMAT },
    { IR_CONV, ATTRS(INTS(ATTR_STRIDES, 0, 1)), { F(1, 2, 3, 3), F(1, 2, 2, 2) }, 2, TFP_E_FORMAT },
    { IR_CONV, ATTRS(INTS(ATTR_DILATIONS, 1)), { F(1, 2, 3, 3), F(1, 2, 2, 2) }, 2, TFP_E_FORMAT },
    { IR_CONV, ATTRS(INTS(ATTR_PADS, -1, 0, 0, 0)), { F(1, 2, 3, 3), F(1, 2, 2, 2) }, 2, TFP_E_FORMAT },
    { IR_CONV, ATTRS(A_STRING(ATTR_AUTO_PAD, "SAME")), { F(1, 2, 3, 3), F(1, 2, 2, 2) }, 2, TFP_E_FORMAT },
    { IR_CONV_TRANSPOSE, ATTRS(INTS(ATTR_PADS, 9, 9, 9, 9)), { F(1, 1, 2, 2), F(1, 1, 2, 2) }, 2, TFP_E_FORMAT },
    { IR_MAX_POOL, ATTRS(INTS(ATTR_KERNEL_SHAPE, 2, 0)), { F(1, 2, 3, 3) }, 1, TFP_E_FORMAT },
    { IR_MAX_POOL,
      ATTRS(INTS(ATTR_KERNEL_SHAPE, 2, 2), INTS(ATTR_PADS, 2, 0, 0, 0)),
      { F(1, 2, 3, 3) },
      1,
      TFP_E_FORMAT },
    { IR_BATCH_NORMALIZATION, NO_ATTRS, { F(1, 2, 3), F(2), F(2), F(3), F(2) }, 5, TFP_E_FORMAT },
    { IR_GROUP_NORMALIZATION, ATTRS(A_INT(ATTR_NUM_GROUPS, 2)), { F(1, 3, 3), F(3), F(3) }, 3, TFP_E_FORMAT },
    { IR_LAYER_NORMALIZATION, NO_ATTRS, { F(2, 3), F(2) }, 2, TFP_E_FORMAT },
    { IR_SOFTMAX, ATTRS(A_INT(ATTR_AXIS, 2)), { F(2, 3) }, 1, TFP_E_FORMAT },
    { IR_RESIZE, ATTRS(A_STRING(ATTR_MODE, "area")), { F(1, 1, 2), ABSENT, F(3) }, 3, TFP_E_UNSUPPORTED },
    { IR_RESIZE, NO_ATTRS, { F(1, 1, 2), ABSENT, F(3) }, 3, TFP_E_FORMAT },
    { IR_RESIZE, NO_ATTRS, { F(1, 1, 2) }, 1, TFP_E_FORMAT },
    { IR_GRID_SAMPLE, NO_ATTRS, { F(1, 1, 2, 2), F(1, 2, 2, 3) }, 2, TFP_E_FORMAT },
    { IR_NON_MAX_SUPPRESSION, NO_ATTRS, { F(1, 3, 4), F(1, 1, 2) }, 2, TFP_E_FORMAT },
    { IR_LSTM, NO_ATTRS, { F(1, 1, 2), F(1, 8, 2), F(1, 8, 3) }, 3, TFP_E_FORMAT },
    { IR_RNN,
      ATTRS(WORDS(ATTR_ACTIVATIONS, TEXT("Tan"))),
      { F(1, 1, 2), F(1, 3, 2), F(1, 3, 3) },
      3,
      TFP_E_UNSUPPORTED },
    { IR_QUANTIZE_LINEAR, ATTRS(A_INT(ATTR_OUTPUT_DTYPE, TFP_COMPLEX64)), { F(2), F(1) }, 2, TFP_E_UNSUPPORTED },
    { IR_QUANTIZE_LINEAR, NO_ATTRS, { F(2, 3), F(2) }, 2, TFP_E_FORMAT },
    { IR_DFT, NO_ATTRS, { F(2, 3, 3) }, 1, TFP_E_FORMAT },
    { IR_DET, NO_ATTRS, { F(2, 3) }, 1, TFP_E_FORMAT },
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        const struct refusal *r = &refusals[i];
        struct bench b;
        bench_open(&b);
        for (size_t j = 0; j < r->n_in; j++) {
            bench_input(&b, &r->in[j]);
            if (b.in[j].data) memset(b.in[j].data, 0, b.in[j].size);
        }
        tfp_status status = bench_run(&b, r->op, r->attrs, 1, 1);
        if (status != r->status)
            fail_msg("%s (row %zu): status %d, \"%s\"", schema_op_name(r->op), i, (int)status, b.ctx.text);
        if (!strstr(b.ctx.text, "node")) fail_msg("%s: \"%s\" names no node", schema_op_name(r->op), b.ctx.text);
        bench_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matmul), cmocka_unit_test(test_conv), cmocka_unit_test(test_pool),
        cmocka_unit_test(test_normalize), cmocka_unit_test(test_attention), cmocka_unit_test(test_resize),
        cmocka_unit_test(test_detection),
        cmocka_unit_test(test_recurrent), cmocka_unit_test(test_quantize), cmocka_unit_test(test_signal),
        cmocka_unit_test(test_products), cmocka_unit_test(test_convolutions), cmocka_unit_test(test_transforms),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
