/* One kernel on literal tensors: makes a node, evaluates it, compares. Included by the kernel tests. */
#ifndef TESTS_UNIT_KERNEL_CASE_H
#define TESTS_UNIT_KERNEL_CASE_H

#include "ir/kernels/kernel.h"

#include <math.h>

#include "graph.h"

enum { CASE_MAX_IN = 8, CASE_MAX_OUT = 4 };

#define SCALAR 0, NULL
#define F32(...) TFP_FLOAT, (const float[]){ __VA_ARGS__ }
#define F64(...) TFP_DOUBLE, (const double[]){ __VA_ARGS__ }
#define F16(...) TFP_FLOAT16, (const uint16_t[]){ __VA_ARGS__ }
#define I8(...) TFP_INT8, (const int8_t[]){ __VA_ARGS__ }
#define I32(...) TFP_INT32, (const int32_t[]){ __VA_ARGS__ }
#define I64(...) TFP_INT64, (const int64_t[]){ __VA_ARGS__ }
#define U8(...) TFP_UINT8, (const uint8_t[]){ __VA_ARGS__ }
#define BOOLS(...) TFP_BOOL, (const uint8_t[]){ __VA_ARGS__ }
#define STRINGS(...) TFP_STRING, (const struct tfp_string[]){ __VA_ARGS__ }
#define ARRAY(dtype, data) dtype, data
#define S(text) { text, sizeof(text) - 1 }

struct kernel_case {
    struct tfp_context ctx;
    struct ir_graph *graph;
    struct tensor in[CASE_MAX_IN], out[CASE_MAX_OUT];
    size_t n_in;
};

static inline struct tensor make_tensor(struct tfp_context *ctx, tfp_dtype dtype, const void *data, size_t rank,
                                        const int64_t *dims)
{
    struct tensor t = { .dtype = dtype };
    assert_int_equal(tensor_describe(ctx, "t", dtype, rank, dims, &t), TFP_OK);
    assert_int_equal(tensor_allocate(ctx, &t), TFP_OK);
    if (t.size) memcpy(t.data, data, t.size);
    return t;
}

/* Inputs are given in order; an absent one: case_absent(). */
static inline void case_in(struct kernel_case *c, tfp_dtype dtype, const void *data, size_t rank, const int64_t *dims)
{
    c->in[c->n_in++] = make_tensor(&c->ctx, dtype, data, rank, dims);
}

static inline void case_absent(struct kernel_case *c)
{
    c->n_in++;
}

static inline tfp_status case_run(struct kernel_case *c, enum ir_op op, const struct ir_attr *attrs, size_t n_out)
{
    struct ir_value *values[CASE_MAX_IN] = { NULL };
    assert_int_equal(ir_create(&c->ctx, &c->graph), TFP_OK);
    for (size_t i = 0; i < c->n_in; i++)
        if (c->in[i].dtype) values[i] = ir_add_constant(c->graph, "in", &c->in[i]);
    struct ir_node *n = ir_add_node(c->graph, NULL, op, "node", values, c->n_in, attrs, n_out);
    assert_non_null(n);
    return kernel_evaluate(&c->ctx, n, c->in, c->n_in, c->out, n_out, 2);
}

static inline void case_expect(struct kernel_case *c, size_t i, tfp_dtype dtype, const void *data, size_t rank,
                               const int64_t *dims)
{
    const struct tensor *t = &c->out[i];
    struct tensor want = make_tensor(&c->ctx, dtype, data, rank, dims);
    char have_text[128], want_text[128];
    assert_string_equal(tensor_text(t, have_text, sizeof have_text), tensor_text(&want, want_text, sizeof want_text));
    for (int64_t j = 0; j < want.count; j++) {
        if (dtype == TFP_STRING) {
            const struct tfp_string *x = (const struct tfp_string *)t->data + j,
                                    *y = (struct tfp_string *)want.data + j;
            assert_int_equal(x->n, y->n);
            if (x->n) assert_memory_equal(x->at, y->at, x->n);
        } else if (dtype_is_float(dtype)) {
            double x = tensor_float(t, j), y = tensor_float(&want, j);
            if (x == y || (isnan(x) && isnan(y)) || fabs(x - y) <= 1e-6 * (1 + fabs(y))) continue;
            fail_msg("element %lld is %.9g, not %.9g", (long long)j, x, y);
        } else {
            assert_int_equal(tensor_int(t, j), tensor_int(&want, j));
        }
    }
    tensor_release(&want);
}

static inline void case_end(struct kernel_case *c)
{
    for (size_t i = 0; i < CASE_MAX_OUT; i++) tensor_release(&c->out[i]);
    ir_destroy(c->graph);
    for (size_t i = 0; i < CASE_MAX_IN; i++) tensor_release(&c->in[i]);
}

/* case_in() with (type and data), (rank and dims), both from the macros above. */
#define GIVE(c, tensor, shape) case_in(&(c), tensor, shape)
#define RUN(c, op, attrs, n_out) assert_ok(&(c).ctx, case_run(&(c), (op), (attrs), (n_out)))
#define EXPECT(c, i, tensor, shape) case_expect(&(c), (i), tensor, shape)

#endif
