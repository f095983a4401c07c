/* If, Loop and Scan on small graphs whose results were computed by hand: as they were built and optimized, on the CPU
 * backend with one and two threads, and written at several opsets and run by ONNX Runtime where one is found. */
#include "backend/backend.h"
#include "backend/onnx/onnx_write.h"
#include "base/text.h"
#include "ir/bodies.h"
#include "optimize/optimize.h"
#include "optimize/precision.h"

#include <math.h>
#include <sys/stat.h>

#include "graph.h"

extern const struct backend backend_cpu, backend_onnxruntime;

enum { MOST = 6 };

struct fixture {
    struct tfp_context ctx;
    struct ir_graph *g;
    struct build b;
    int oldest;          /* the lowest opset that can say it */
    const char *refused; /* what the message of a lower one names */
};

static void begin(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    f->b = graph_begin(&f->ctx);
    f->g = f->b.graph;
}

static void end(struct fixture *f)
{
    ir_destroy(f->g);
}

/* A builder of a new body. */
static struct build body_of(struct build *b)
{
    struct build inner = { .ctx = b->ctx, .graph = ir_add_body(b->graph), .scope = "inner" };
    assert_non_null(inner.graph);
    return inner;
}

static struct ir_value *floats(struct build *b, size_t n, const float *at)
{
    return ir_tensor(b, TFP_FLOAT, DIMS((int64_t)n), at);
}
#define FLOATS(b, ...) floats((b), sizeof((float[]){ __VA_ARGS__ }) / sizeof(float), (const float[]){ __VA_ARGS__ })

static struct ir_value *truth(struct build *b, bool value)
{
    return ir_scalar(b, TFP_BOOL, value);
}

/* -- running ------------------------------------------------------------------------------------------------------- */

struct data {
    tfp_dtype dtype;
    uint32_t rank;
    int64_t dims[4];
    const void *at;
};
#define F(...) (const float[]){ __VA_ARGS__ }
#define I(...) (const int64_t[]){ __VA_ARGS__ }

static size_t bytes_of_data(const struct data *d)
{
    size_t n = tfp_dtype_size(d->dtype);
    for (uint32_t i = 0; i < d->rank; i++) n *= (size_t)d->dims[i];
    return n;
}

static void compare(const char *how, const struct data *want, const struct tfp_tensor *got)
{
    if (got->dtype != want->dtype || got->rank != want->rank) fail_msg("%s: rank %u, not %u", how, got->rank, want->rank);
    for (uint32_t i = 0; i < want->rank; i++)
        if (got->dims[i] != want->dims[i]) fail_msg("%s: dim %u is %d", how, i, (int)got->dims[i]);
    const size_t n = bytes_of_data(want);
    if (want->dtype == TFP_FLOAT) {
        const float *a = want->at, *b = got->data;
        for (size_t i = 0; i < n / sizeof *a; i++)
            if (!(fabsf(a[i] - b[i]) <= 1e-5f * fabsf(a[i])))
                fail_msg("%s: [%zu] is %g, not %g", how, i, (double)b[i], (double)a[i]);
    } else if (n && memcmp(want->at, got->data, n) != 0) {
        fail_msg("%s: other elements", how);
    }
}

static struct tfp_tensor tensor_of(const struct data *d)
{
    return (struct tfp_tensor){ d->dtype, d->rank, d->dims, (void *)(uintptr_t)d->at, bytes_of_data(d) };
}

static void run_state(struct tfp_context *ctx, const struct backend *backend, void *state, const char *how,
                      const struct data *in, size_t n_in, const struct data *out, size_t n_out)
{
    struct tfp_tensor given[MOST] = { { 0 } }, got[MOST] = { { 0 } };
    for (size_t i = 0; i < n_in; i++) given[i] = tensor_of(&in[i]);
    if (backend->run(ctx, state, given, n_in, got, n_out) != TFP_OK) fail_msg("%s: %s", how, ctx->text);
    for (size_t i = 0; i < n_out; i++) compare(how, &out[i], &got[i]);
}

static void run_cpu(struct fixture *f, const struct ir_graph *g, const char *what, const struct data *in, size_t n_in,
                    const struct data *out, size_t n_out)
{
    for (int threads = 1; threads <= 2; threads++) {
        char how[64];
        void *state = calloc(1, backend_cpu.state_size);
        assert_non_null(state);
        snprintf(how, sizeof how, "cpu, %s, %d threads", what, threads);
        if (backend_cpu.open(&f->ctx, state, g, &(struct backend_options){ .threads = threads }) != TFP_OK)
            fail_msg("%s: %s", how, f->ctx.text);
        for (int again = 0; again < 2; again++) run_state(&f->ctx, &backend_cpu, state, how, in, n_in, out, n_out);
        backend_cpu.close(state);
        free(state);
    }
}

/* In ONNX Runtime, if there is one. */
static void run_onnxruntime(struct tfp_context *ctx, const struct backend_options *o, const char *how, const struct data *in,
                            size_t n_in, const struct data *out, size_t n_out)
{
    void *state = calloc(1, backend_onnxruntime.state_size);
    assert_non_null(state);
    tfp_status status = backend_onnxruntime.open(ctx, state, NULL, o);
    if (status == TFP_OK) run_state(ctx, &backend_onnxruntime, state, how, in, n_in, out, n_out);
    else if (status != TFP_E_MISSING) fail_msg("%s: %s", how, ctx->text);
    backend_onnxruntime.close(state);
    free(state);
}

/* ONNX Runtime gets the model as a file of each opset holds it; where there is none, writing is all that is done. */
static void run_onnx(struct fixture *f, const struct ir_graph *g, const char *what, const struct data *in, size_t n_in,
                     const struct data *out, size_t n_out)
{
    static int models;
    static const int opsets[] = { 8, 10, 11, 13, 17, 21 };
    for (size_t i = 0; i < COUNT_OF(opsets); i++) {
        char how[64];
        struct ir_graph *copy;
        struct buffer *model;
        snprintf(how, sizeof how, "opset %d, %s", opsets[i], what);
        assert_int_equal(ir_clone(&f->ctx, g, &copy), TFP_OK);
        if (onnx_write_memory(&f->ctx, copy, opsets[i], &model) != TFP_OK) {
            if (opsets[i] < f->oldest) assert_contains(f->ctx.text, f->refused);
            else fail_msg("%s: %s", how, f->ctx.text);
            ir_destroy(copy);
            continue;
        }
        assert_true(opsets[i] >= f->oldest);
        if (getenv("TFPORT_TEST_ONNX")) {
            char path[512];
            snprintf(path, sizeof path, "%s/%d-%s-%d.onnx", getenv("TFPORT_TEST_ONNX"), models++, what, opsets[i]);
            write_file(path, model->data, model->size);
        }
        const struct backend_options o = { .threads = 1, .onnx = { model->data, model->size } };
        run_onnxruntime(&f->ctx, &o, how, in, n_in, out, n_out);
        buffer_drop(model);
        ir_destroy(copy);
    }
}

/* A graph as it is built, cloned, and optimized. */
static void run(struct fixture *f, const struct data *in, size_t n_in, const struct data *out, size_t n_out)
{
    struct ir_graph *copy;
    assert_ok(&f->ctx, ir_check(&f->ctx, f->g));
    run_cpu(f, f->g, "as built", in, n_in, out, n_out);
    run_onnx(f, f->g, "as built", in, n_in, out, n_out);
    assert_int_equal(ir_clone(&f->ctx, f->g, &copy), TFP_OK);
    if (ir_check(&f->ctx, copy) != TFP_OK) fail_msg("clone: %s", f->ctx.text);
    if (optimize_graph(&f->ctx, copy) != TFP_OK || ir_check(&f->ctx, copy) != TFP_OK) fail_msg("optimized: %s", f->ctx.text);
    run_cpu(f, copy, "optimized", in, n_in, out, n_out);
    assert_int_equal(optimize_fold(&f->ctx, copy), TFP_OK);
    run_cpu(f, copy, "folded", in, n_in, out, n_out);
    run_onnx(f, copy, "optimized", in, n_in, out, n_out);
    ir_destroy(copy);
}
#define DATA(...) (const struct data[]){ __VA_ARGS__ }, sizeof((const struct data[]){ __VA_ARGS__ }) / sizeof(struct data)

/* -- Loop ---------------------------------------------------------------------------------------------------------- */

/* A body with its iteration and condition; more inputs follow. */
static struct build loop_body(struct build *b, struct ir_value **iteration, struct ir_value **condition)
{
    struct build inner = body_of(b);
    *iteration = graph_input(&inner, "iteration", TFP_INT64, 0, NULL);
    *condition = graph_input(&inner, "condition", TFP_BOOL, 0, NULL);
    return inner;
}

/* A graph with a vector x of two and a number n, and the body of a loop that starts with v = x and goes on as long as it may. */
struct vector_loop {
    struct ir_value *x, *n, *iteration, *v;
    struct build in;
};

static struct vector_loop begin_loop(struct fixture *f)
{
    struct vector_loop loop;
    struct ir_value *condition;
    begin(f);
    loop.x = graph_input(&f->b, "x", TFP_FLOAT, DIMS(2));
    loop.n = graph_input(&f->b, "n", TFP_INT64, 0, NULL);
    loop.in = loop_body(&f->b, &loop.iteration, &condition);
    loop.v = graph_input(&loop.in, "v", TFP_FLOAT, DIMS(2));
    graph_output(&loop.in, "condition_out", condition);
    return loop;
}

/* x = 2 x + iteration, collected as it comes in; the number of iterations is an input of the graph or known. */
static void doubling(struct fixture *f, int64_t known)
{
    struct ir_value *iteration, *condition, *out[2];
    begin(f);
    struct ir_value *x = graph_input(&f->b, "x", TFP_FLOAT, DIMS(2));
    struct ir_value *n = known < 0 ? graph_input(&f->b, "n", TFP_INT64, 0, NULL) : ir_int(&f->b, known);
    struct build in = loop_body(&f->b, &iteration, &condition);
    struct ir_value *v = graph_input(&in, "v", TFP_FLOAT, DIMS(2));
    graph_output(&in, "condition_out", condition);
    graph_output(&in, "v_out", ir_add(&in, ir_mul(&in, v, ir_scalar(&in, TFP_FLOAT, 2)), ir_cast(&in, iteration, TFP_FLOAT)));
    graph_output(&in, "v_each", v);
    ir_emit_many(&f->b, IR_LOOP, IN(n, NULL, x), ATTRS(A_GRAPH(ATTR_BODY, in.graph)), 2, out);
    graph_output(&f->b, "last", out[0]);
    graph_output(&f->b, "each", out[1]);
}

static void test_loop_counts(void **state)
{
    struct fixture f;
    (void)state;
    const struct data x = { TFP_FLOAT, 1, { 2 }, F(1, 2) };
    const struct data three = { TFP_INT64, 0, { 0 }, I(3) }, none = { TFP_INT64, 0, { 0 }, I(0) };
    doubling(&f, -1);
    assert_int_equal(f.g->outputs[1].value->rank, 2);
    assert_true(!dim_fixed(f.g->outputs[1].value->dims[0]) && dim_is(f.g->outputs[1].value->dims[1], 2));
    /* 1 2 -> 2 4 -> 5 9 -> 12 20 */
    run(&f, DATA(x, three), DATA({ TFP_FLOAT, 1, { 2 }, F(12, 20) }, { TFP_FLOAT, 2, { 3, 2 }, F(1, 2, 2, 4, 5, 9) }));
    run(&f, DATA(x, none), DATA(x, { TFP_FLOAT, 2, { 0, 2 }, F(0) }));
    end(&f);
    doubling(&f, 3);
    assert_true(dim_is(f.g->outputs[1].value->dims[0], 3) && dim_is(f.g->outputs[0].value->dims[0], 2));
    run(&f, DATA(x), DATA({ TFP_FLOAT, 1, { 2 }, F(12, 20) }, { TFP_FLOAT, 2, { 3, 2 }, F(1, 2, 2, 4, 5, 9) }));
    end(&f);
    doubling(&f, 0);
    run(&f, DATA(x), DATA(x, { TFP_FLOAT, 2, { 0, 2 }, F(0) }));
    end(&f);
}

/* While the sum of x is below `limit`: x = x + step; both come from outside. */
static void test_loop_stops(void **state)
{
    struct fixture f;
    struct ir_value *iteration, *condition, *out[3];
    (void)state;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(-1)), *limit = graph_input(&f.b, "limit", TFP_FLOAT, 0, NULL);
    struct ir_value *step = graph_input(&f.b, "step", TFP_FLOAT, 0, NULL);
    struct ir_value *first = ir_binary(&f.b, IR_LESS, ir_reduce(&f.b, IR_REDUCE_SUM, x, NULL, 0, false), limit);
    struct build in = loop_body(&f.b, &iteration, &condition);
    struct ir_value *v = graph_input(&in, "v", TFP_FLOAT, DIMS(-1)), *most = graph_input(&in, "most", TFP_FLOAT, 0, NULL);
    struct ir_value *by = graph_input(&in, "by", TFP_FLOAT, 0, NULL), *y = ir_add(&in, v, by);
    graph_output(&in, "goes_on", ir_binary(&in, IR_LESS, ir_reduce(&in, IR_REDUCE_SUM, y, NULL, 0, false), most));
    graph_output(&in, "v_out", y);
    graph_output(&in, "most_out", most);
    graph_output(&in, "by_out", by);
    ir_emit_many(&f.b, IR_LOOP, IN(NULL, first, x, limit, step), ATTRS(A_GRAPH(ATTR_BODY, in.graph)), 3, out);
    graph_output(&f.b, "y", out[0]);
    graph_output(&f.b, "twice", ir_add(&f.b, out[1], out[2])); /* invariants: limit + step */
    assert_true(dim_equal(out[0]->dims[0], x->dims[0]));
    const struct data one = { TFP_FLOAT, 0, { 0 }, F(1) }, ten = { TFP_FLOAT, 0, { 0 }, F(10) };
    run(&f, DATA({ TFP_FLOAT, 1, { 3 }, F(0, 0, 1) }, ten, one),
        DATA({ TFP_FLOAT, 1, { 3 }, F(3, 3, 4) }, { TFP_FLOAT, 0, { 0 }, F(11) }));
    run(&f, DATA({ TFP_FLOAT, 1, { 1 }, F(12) }, ten, one),
        DATA({ TFP_FLOAT, 1, { 1 }, F(12) }, { TFP_FLOAT, 0, { 0 }, F(11) }));
    end(&f);
}

/* The carried value grows by an element each time; what an optimizer cannot know before. */
static void test_loop_grows(void **state)
{
    struct fixture f;
    struct ir_value *iteration, *condition, *out[2];
    (void)state;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(-1, 2)), *n = graph_input(&f.b, "n", TFP_INT64, 0, NULL);
    struct build in = loop_body(&f.b, &iteration, &condition);
    struct ir_value *v = graph_input(&in, "v", TFP_FLOAT, DIMS(-1, 2));
    struct ir_value *row = ir_reduce(&in, IR_REDUCE_SUM, v, I(0), 1, true);
    graph_output(&in, "condition_out", truth(&in, true));
    graph_output(&in, "v_out", CONCAT(&in, 0, v, row));
    graph_output(&in, "size", ir_dim(&in, v, 0));
    ir_emit_many(&f.b, IR_LOOP, IN(n, NULL, x), ATTRS(A_GRAPH(ATTR_BODY, in.graph)), 2, out);
    assert_int_equal(out[0]->rank, 2);
    assert_true(!dim_equal(out[0]->dims[0], x->dims[0]) && dim_is(out[0]->dims[1], 2) && v->varies == 1);
    graph_output(&f.b, "y", ir_unary(&f.b, IR_NEG, out[0]));
    graph_output(&f.b, "sizes", out[1]);
    run(&f, DATA({ TFP_FLOAT, 2, { 1, 2 }, F(1, 2) }, { TFP_INT64, 0, { 0 }, I(3) }),
        DATA({ TFP_FLOAT, 2, { 4, 2 }, F(-1, -2, -1, -2, -2, -4, -4, -8) }, { TFP_INT64, 2, { 3, 1 }, I(1, 2, 3) }));
    run(&f, DATA({ TFP_FLOAT, 2, { 2, 2 }, F(1, 2, 3, 4) }, { TFP_INT64, 0, { 0 }, I(1) }),
        DATA({ TFP_FLOAT, 2, { 3, 2 }, F(-1, -2, -3, -4, -4, -6) }, { TFP_INT64, 2, { 1, 1 }, I(2) }));
    end(&f);
}

/* a, b = b, a + b; the old b and the iteration are collected, a constant is given back. */
static void test_loop_passes_on(void **state)
{
    struct fixture f;
    struct ir_value *iteration, *condition, *out[6];
    (void)state;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2));
    struct build in = loop_body(&f.b, &iteration, &condition);
    struct ir_value *a = graph_input(&in, "a", TFP_FLOAT, DIMS(2)), *b = graph_input(&in, "b", TFP_FLOAT, DIMS(2));
    struct ir_value *k = graph_input(&in, "k", TFP_INT64, 0, NULL), *c = graph_input(&in, "c", TFP_FLOAT, DIMS(2));
    graph_output(&in, "condition_out", condition);
    graph_output(&in, "a_out", b);
    graph_output(&in, "b_out", ir_add(&in, a, b));
    graph_output(&in, "k_out", iteration);
    graph_output(&in, "c_out", FLOATS(&in, 7, 8));
    graph_output(&in, "bs", b);
    graph_output(&in, "is", iteration);
    graph_output(&in, "b_outs", b);
    (void)k;
    (void)c;
    struct ir_value *all[7];
    ir_emit_many(&f.b, IR_LOOP, IN(ir_int(&f.b, 4), truth(&f.b, true), x, x, ir_int(&f.b, -1), x),
                 ATTRS(A_GRAPH(ATTR_BODY, in.graph)), 7, all);
    memcpy(out, all, sizeof out);
    const char *names[] = { "a", "b", "k", "c", "bs", "is" };
    for (size_t i = 0; i < 6; i++) graph_output(&f.b, names[i], out[i]);
    run(&f, DATA({ TFP_FLOAT, 1, { 2 }, F(1, 2) }),
        DATA({ TFP_FLOAT, 1, { 2 }, F(5, 10) }, { TFP_FLOAT, 1, { 2 }, F(8, 16) }, { TFP_INT64, 0, { 0 }, I(3) },
             { TFP_FLOAT, 1, { 2 }, F(7, 8) }, { TFP_FLOAT, 2, { 4, 2 }, F(1, 2, 2, 4, 3, 6, 5, 10) },
             { TFP_INT64, 1, { 4 }, I(0, 1, 2, 3) }));
    end(&f);
}

/* For each i below n, for each j below i: x = x * w + w[j]; w is a constant that two levels pass in. */
static void test_loops_nest(void **state)
{
    struct fixture f;
    struct ir_value *i, *j, *c, *d, *out[2];
    (void)state;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2)), *n = graph_input(&f.b, "n", TFP_INT64, 0, NULL);
    struct ir_value *w = FLOATS(&f.b, 1, 2, 3);
    struct build outer = loop_body(&f.b, &i, &c);
    struct ir_value *v = graph_input(&outer, "v", TFP_FLOAT, DIMS(2)), *table = graph_input(&outer, "table", TFP_FLOAT, DIMS(3));
    struct build inner = loop_body(&outer, &j, &d);
    struct ir_value *u = graph_input(&inner, "u", TFP_FLOAT, DIMS(2)), *t = graph_input(&inner, "table", TFP_FLOAT, DIMS(3));
    struct ir_value *at = ir_gather(&inner, t, j, 0);
    graph_output(&inner, "d_out", d);
    graph_output(&inner, "u_out", ir_add(&inner, ir_mul(&inner, u, ir_scalar(&inner, TFP_FLOAT, 2)), at));
    graph_output(&inner, "table_out", t);
    ir_emit_many(&outer, IR_LOOP, IN(i, NULL, v, table), ATTRS(A_GRAPH(ATTR_BODY, inner.graph)), 2, out);
    graph_output(&outer, "c_out", c);
    graph_output(&outer, "v_out", out[0]);
    graph_output(&outer, "table_out", out[1]);
    struct ir_value *last[2];
    ir_emit_many(&f.b, IR_LOOP, IN(n, NULL, x, w), ATTRS(A_GRAPH(ATTR_BODY, outer.graph)), 2, last);
    graph_output(&f.b, "y", last[0]);
    /* i = 0: nothing; 1: 2 x + 1; 2: + 1, + 2; 3: + 1, + 2, + 3. From 0: 1; 3 8; 17 36 75. From 1: 3; 7 16; 33 68 139. */
    run(&f, DATA({ TFP_FLOAT, 1, { 2 }, F(0, 1) }, { TFP_INT64, 0, { 0 }, I(4) }),
        DATA({ TFP_FLOAT, 1, { 2 }, F(75, 139) }));
    run(&f, DATA({ TFP_FLOAT, 1, { 2 }, F(0, 1) }, { TFP_INT64, 0, { 0 }, I(1) }), DATA({ TFP_FLOAT, 1, { 2 }, F(0, 1) }));
    struct ir_graph *copy;
    assert_int_equal(ir_clone(&f.ctx, f.g, &copy), TFP_OK);
    assert_int_equal(optimize_graph(&f.ctx, copy), TFP_OK);
    for (const struct ir_node *node = copy->first; node; node = node->next)
        if (node->op == IR_LOOP) assert_int_equal(node->n_in, 3); /* the table lies in the body now */
    ir_destroy(copy);
    end(&f);
}

/* Two counters that only need each other go when a loop is optimized; one that the condition needs stays. */
static void test_unneeded_goes(void **state)
{
    struct fixture f;
    struct ir_value *iteration, *condition, *all[5];
    (void)state;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2)), *zero = ir_int(&f.b, 0);
    struct ir_value *start = graph_input(&f.b, "start", TFP_INT64, 0, NULL);
    struct build in = loop_body(&f.b, &iteration, &condition);
    struct ir_value *v = graph_input(&in, "v", TFP_FLOAT, DIMS(2)), *a = graph_input(&in, "a", TFP_INT64, 0, NULL);
    struct ir_value *b = graph_input(&in, "b", TFP_INT64, 0, NULL), *c = graph_input(&in, "c", TFP_INT64, 0, NULL);
    struct ir_value *next = ir_add(&in, c, ir_int(&in, 1));
    graph_output(&in, "goes_on", ir_binary(&in, IR_LESS, next, ir_int(&in, 3)));
    graph_output(&in, "v_out", ir_unary(&in, IR_NEG, v));
    graph_output(&in, "a_out", ir_add(&in, b, iteration));
    graph_output(&in, "b_out", ir_add(&in, a, b));
    graph_output(&in, "c_out", next);
    graph_output(&in, "each", ir_mul(&in, a, a));
    ir_emit_many(&f.b, IR_LOOP, IN(NULL, NULL, x, start, zero, zero), ATTRS(A_GRAPH(ATTR_BODY, in.graph)), 5, all);
    graph_output(&f.b, "y", all[0]);
    run(&f, DATA({ TFP_FLOAT, 1, { 2 }, F(1, 2) }, { TFP_INT64, 0, { 0 }, I(7) }), DATA({ TFP_FLOAT, 1, { 2 }, F(-1, -2) }));
    assert_int_equal(optimize_graph(&f.ctx, f.g), TFP_OK);
    assert_true(f.g->n_nodes == 1 && f.g->first->op == IR_LOOP && f.g->first->n_in == 4 && f.g->first->n_out == 2);
    end(&f);
}

/* -- If ------------------------------------------------------------------------------------------------------------ */

/* flag: x + y and all of x; else x * k and its first row; k is a constant that both see. */
static struct ir_value *choose(struct build *b, struct ir_value *flag, struct ir_value *x, struct ir_value *y,
                               struct ir_value **rows)
{
    struct ir_value *k = FLOATS(b, 2, 3), *out[2];
    struct build then = body_of(b), otherwise = body_of(b);
    struct ir_value *in[2][3];
    for (size_t i = 0; i < 2; i++) {
        struct build *side = i ? &otherwise : &then;
        in[i][0] = graph_input(side, "x", TFP_FLOAT, DIMS(-1, 2));
        in[i][1] = graph_input(side, "y", TFP_FLOAT, DIMS(2));
        in[i][2] = graph_input(side, "k", TFP_FLOAT, DIMS(2));
    }
    graph_output(&then, "r", ir_add(&then, in[0][0], in[0][1]));
    graph_output(&then, "rows", in[0][0]);
    graph_output(&otherwise, "r", ir_mul(&otherwise, in[1][0], in[1][2]));
    graph_output(&otherwise, "rows", ir_slice_axis(&otherwise, in[1][0], 0, 0, 1));
    ir_emit_many(b, IR_IF, IN(flag, x, y, k),
                 ATTRS(A_GRAPH(ATTR_THEN_BRANCH, then.graph), A_GRAPH(ATTR_ELSE_BRANCH, otherwise.graph)), 2, out);
    *rows = out[1];
    return out[0];
}

static void test_if(void **state)
{
    struct fixture f;
    struct ir_value *rows;
    (void)state;
    begin(&f);
    struct ir_value *flag = graph_input(&f.b, "flag", TFP_BOOL, 0, NULL), *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(-1, 2));
    struct ir_value *y = graph_input(&f.b, "y", TFP_FLOAT, DIMS(2)), *r = choose(&f.b, flag, x, y, &rows);
    assert_true(dim_equal(r->dims[0], x->dims[0]) && dim_is(r->dims[1], 2));
    assert_true(!dim_equal(rows->dims[0], x->dims[0]) && dim_is(rows->dims[1], 2));
    graph_output(&f.b, "r", r);
    graph_output(&f.b, "rows", ir_unary(&f.b, IR_NEG, rows));
    const struct data data = { TFP_FLOAT, 2, { 2, 2 }, F(1, 2, 3, 4) }, more = { TFP_FLOAT, 1, { 2 }, F(10, 20) };
    const bool yes = true, no = false;
    run(&f, DATA({ TFP_BOOL, 0, { 0 }, &yes }, data, more),
        DATA({ TFP_FLOAT, 2, { 2, 2 }, F(11, 22, 13, 24) }, { TFP_FLOAT, 2, { 2, 2 }, F(-1, -2, -3, -4) }));
    run(&f, DATA({ TFP_BOOL, 0, { 0 }, &no }, data, more),
        DATA({ TFP_FLOAT, 2, { 2, 2 }, F(2, 6, 6, 12) }, { TFP_FLOAT, 2, { 1, 2 }, F(-1, -2) }));
    end(&f);
}

/* The same with a condition that is known: the branch takes the node's place. */
static void test_if_is_inlined(void **state)
{
    (void)state;
    for (int flag = 0; flag < 2; flag++) {
        struct fixture f;
        struct ir_value *rows;
        begin(&f);
        struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(-1, 2)), *y = graph_input(&f.b, "y", TFP_FLOAT, DIMS(2));
        struct ir_value *r = choose(&f.b, truth(&f.b, flag), x, y, &rows);
        assert_true(flag ? dim_equal(rows->dims[0], x->dims[0]) : dim_fixed(rows->dims[0]) || rows->dims[0].sym);
        graph_output(&f.b, "r", r);
        graph_output(&f.b, "rows", rows);
        const struct data data = { TFP_FLOAT, 2, { 2, 2 }, F(1, 2, 3, 4) }, more = { TFP_FLOAT, 1, { 2 }, F(10, 20) };
        const struct data yes[] = { { TFP_FLOAT, 2, { 2, 2 }, F(11, 22, 13, 24) }, data };
        const struct data no[] = { { TFP_FLOAT, 2, { 2, 2 }, F(2, 6, 6, 12) }, { TFP_FLOAT, 2, { 1, 2 }, F(1, 2) } };
        run(&f, DATA(data, more), flag ? yes : no, 2);
        assert_int_equal(optimize_graph(&f.ctx, f.g), TFP_OK);
        for (const struct ir_node *n = f.g->first; n; n = n->next) assert_int_not_equal(n->op, IR_IF);
        end(&f);
    }
}

/* In a loop: even iterations add, odd ones halve; the If's branch has a Loop again. */
static void test_if_in_loop(void **state)
{
    struct fixture f;
    struct ir_value *j, *d;
    (void)state;
    struct vector_loop l = begin_loop(&f);
    struct build *body = &l.in, even = body_of(body), odd = body_of(body);
    struct ir_value *a = graph_input(&even, "v", TFP_FLOAT, DIMS(2)), *b = graph_input(&odd, "v", TFP_FLOAT, DIMS(2));
    struct build inner = loop_body(&even, &j, &d);
    struct ir_value *u = graph_input(&inner, "u", TFP_FLOAT, DIMS(2));
    graph_output(&inner, "d_out", d);
    graph_output(&inner, "u_out", ir_add(&inner, u, ir_scalar(&inner, TFP_FLOAT, 4)));
    graph_output(&even, "r", ir_emit(&even, IR_LOOP, IN(ir_int(&even, 3), NULL, a), ATTRS(A_GRAPH(ATTR_BODY, inner.graph))));
    graph_output(&odd, "r", ir_div(&odd, b, ir_scalar(&odd, TFP_FLOAT, 2)));
    struct ir_value *is_even = ir_binary(body, IR_EQUAL, ir_binary(body, IR_MOD, l.iteration, ir_int(body, 2)), ir_int(body, 0));
    graph_output(body, "v_out", ir_emit(body, IR_IF, IN(is_even, l.v),
                                        ATTRS(A_GRAPH(ATTR_THEN_BRANCH, even.graph), A_GRAPH(ATTR_ELSE_BRANCH, odd.graph))));
    struct ir_value *y = ir_emit(&f.b, IR_LOOP, IN(l.n, NULL, l.x), ATTRS(A_GRAPH(ATTR_BODY, body->graph)));
    graph_output(&f.b, "y", y);
    assert_true(dim_is(y->dims[0], 2));
    run(&f, DATA({ TFP_FLOAT, 1, { 2 }, F(0, 4) }, { TFP_INT64, 0, { 0 }, I(3) }), DATA({ TFP_FLOAT, 1, { 2 }, F(18, 20) }));
    end(&f);
}

/* -- Scan ---------------------------------------------------------------------------------------------------------- */

/* Running sums of the slices, and each slice's sum so far times k, a state that comes back as it came. */
static void scan(struct fixture *f, int64_t axis, int64_t back, const int64_t *dims)
{
    struct ir_value *out[4];
    begin(f);
    f->oldest = 9;
    f->refused = "Scan";
    struct ir_value *x = graph_input(&f->b, "x", TFP_FLOAT, 2, dims), *k = graph_input(&f->b, "k", TFP_FLOAT, 0, NULL);
    struct build in = body_of(&f->b);
    struct ir_value *sum = graph_input(&in, "sum", TFP_FLOAT, DIMS(2)), *by = graph_input(&in, "by", TFP_FLOAT, 0, NULL);
    struct ir_value *slice = graph_input(&in, "slice", TFP_FLOAT, DIMS(2)), *next = ir_add(&in, sum, slice);
    graph_output(&in, "sum_out", next);
    graph_output(&in, "by_out", by);
    graph_output(&in, "each", next);
    graph_output(&in, "scaled", ir_mul(&in, next, by));
    ir_emit_many(&f->b, IR_SCAN, IN(FLOATS(&f->b, 0, 0), k, x),
                 ATTRS(A_GRAPH(ATTR_BODY, in.graph), A_INT(ATTR_NUM_SCAN_INPUTS, 1), A_INTS(ATTR_SCAN_INPUT_AXES, &axis, 1),
                       A_INTS(ATTR_SCAN_INPUT_DIRECTIONS, &back, 1), A_INTS(ATTR_SCAN_OUTPUT_AXES, I(0, 1), 2),
                       A_INTS(ATTR_SCAN_OUTPUT_DIRECTIONS, I(1, 0), 2)),
                 4, out);
    graph_output(&f->b, "sum", out[0]);
    graph_output(&f->b, "each", out[2]);
    graph_output(&f->b, "scaled", out[3]);
}

static void test_scan(void **state)
{
    struct fixture f;
    (void)state;
    const struct data k = { TFP_FLOAT, 0, { 0 }, F(10) };
    scan(&f, 0, 0, I(-1, 2));
    run(&f, DATA({ TFP_FLOAT, 2, { 3, 2 }, F(1, 2, 3, 4, 5, 6) }, k),
        DATA({ TFP_FLOAT, 1, { 2 }, F(9, 12) }, { TFP_FLOAT, 2, { 3, 2 }, F(9, 12, 4, 6, 1, 2) },
             { TFP_FLOAT, 2, { 2, 3 }, F(10, 40, 90, 20, 60, 120) }));
    run(&f, DATA({ TFP_FLOAT, 2, { 1, 2 }, F(1, 2) }, k),
        DATA({ TFP_FLOAT, 1, { 2 }, F(1, 2) }, { TFP_FLOAT, 2, { 1, 2 }, F(1, 2) }, { TFP_FLOAT, 2, { 2, 1 }, F(10, 20) }));
    end(&f);
    scan(&f, -1, 1, I(2, 3));
    f.oldest = 11; /* for an axis from the end. Slices are columns, from the last one */
    assert_true(dim_is(f.g->outputs[1].value->dims[0], 3) && dim_is(f.g->outputs[2].value->dims[1], 3));
    run(&f, DATA({ TFP_FLOAT, 2, { 2, 3 }, F(1, 2, 3, 4, 5, 6) }, k),
        DATA({ TFP_FLOAT, 1, { 2 }, F(6, 15) }, { TFP_FLOAT, 2, { 3, 2 }, F(6, 15, 5, 11, 3, 6) },
             { TFP_FLOAT, 2, { 2, 3 }, F(30, 50, 60, 60, 110, 150) }));
    end(&f);
}

static void test_scan_of_nothing(void **state)
{
    struct fixture f;
    (void)state;
    scan(&f, 0, 0, I(-1, 2));
    const struct data in[] = { { TFP_FLOAT, 2, { 0, 2 }, F(0) }, { TFP_FLOAT, 0, { 0 }, F(10) } };
    const struct data out[] = { { TFP_FLOAT, 1, { 2 }, F(0, 0) },
                                { TFP_FLOAT, 2, { 0, 2 }, F(0) },
                                { TFP_FLOAT, 2, { 2, 0 }, F(0) } };
    run_cpu(&f, f.g, "as built", in, 2, out, 3); /* ONNX Runtime wants a slice */
    end(&f);
}

/* -- shapes and types ---------------------------------------------------------------------------------------------- */

/* A dimension more each time. */
static void test_rank_changes(void **state)
{
    struct fixture f;
    (void)state;
    struct vector_loop l = begin_loop(&f);
    graph_output(&l.in, "v_out", UNSQUEEZE(&l.in, l.v, 0));
    struct ir_value *y = ir_emit(&f.b, IR_LOOP, IN(l.n, NULL, l.x), ATTRS(A_GRAPH(ATTR_BODY, l.in.graph)));
    assert_non_null(y);
    assert_true(y->rank == -1 && l.v->rank == -1);
    graph_output(&f.b, "y", ir_unary(&f.b, IR_NEG, y));
    const struct data given[] = { { TFP_FLOAT, 1, { 2 }, F(1, 2) }, { TFP_INT64, 0, { 0 }, I(2) } };
    const struct data want[] = { { TFP_FLOAT, 3, { 1, 1, 2 }, F(-1, -2) } };
    run_cpu(&f, f.g, "as built", given, 2, want, 1);
    run_cpu(&f, f.g, "again", DATA(given[0], { TFP_INT64, 0, { 0 }, I(0) }), DATA({ TFP_FLOAT, 1, { 2 }, F(-1, -2) }));
    end(&f);
}

/* What is known of a value outside is known inside, and the other way round. */
static void test_known_elements(void **state)
{
    struct fixture f;
    struct ir_value *iteration, *condition, *out[3];
    (void)state;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(-1, 6)), *n = graph_input(&f.b, "n", TFP_INT64, 0, NULL);
    struct ir_value *shape = CONCAT(&f.b, 0, ir_dim(&f.b, x, 0), INTS(&f.b, 2, 3));
    struct build in = loop_body(&f.b, &iteration, &condition);
    struct ir_value *v = graph_input(&in, "v", TFP_FLOAT, DIMS(-1, 6)), *target = graph_input(&in, "target", TFP_INT64, DIMS(3));
    graph_output(&in, "condition_out", truth(&in, true));
    graph_output(&in, "v_out", ir_unary(&in, IR_NEG, v));
    graph_output(&in, "target_out", target);
    graph_output(&in, "each", ir_reshape(&in, v, target));
    ir_emit_many(&f.b, IR_LOOP, IN(n, NULL, x, shape), ATTRS(A_GRAPH(ATTR_BODY, in.graph)), 3, out);
    assert_int_equal(out[2]->rank, 4);
    assert_true(dim_equal(out[2]->dims[1], x->dims[0]) && dim_is(out[2]->dims[2], 2) && dim_is(out[2]->dims[3], 3));
    assert_true(out[1]->n_known == 3 && dim_equal(out[1]->known[0], x->dims[0]) && dim_is(out[1]->known[1], 2));
    end(&f);
}

/* In half precision what goes through a body stays float32. */
static void test_half_precision(void **state)
{
    struct fixture f;
    (void)state;
    doubling(&f, 3);
    struct ir_value *last = f.g->outputs[0].value;
    f.b.before = NULL;
    ir_set_output(f.g, 0, ir_unary(&f.b, IR_SIGMOID, ir_mul(&f.b, last, last)));
    assert_int_equal(precision_lower(&f.ctx, f.g, &(struct precision_options){ .to = TFP_FLOAT16 }), TFP_OK);
    assert_ok(&f.ctx, ir_check(&f.ctx, f.g));
    size_t loops = 0, halves = 0;
    for (const struct ir_node *n = f.g->first; n; n = n->next) {
        halves += n->op == IR_SIGMOID && n->out[0]->dtype == TFP_FLOAT16;
        if (n->op != IR_LOOP) continue;
        loops++;
        assert_true(ir_in(n, 2)->dtype == TFP_FLOAT && n->out[0]->dtype == TFP_FLOAT);
        assert_int_equal(ir_body(n, ATTR_BODY)->outputs[1].value->dtype, TFP_FLOAT);
    }
    assert_true(loops == 1 && halves == 1);
    end(&f);
}

static enum onnx_has has_all(const void *user, const struct ir_node *n, const char **why)
{
    (void)user;
    (void)n;
    (void)why;
    return ONNX_HAS;
}

static tfp_dtype no_bytes(const void *user, tfp_dtype dtype)
{
    (void)user;
    return dtype == TFP_UINT8 ? TFP_INT32 : dtype;
}

static bool no_edge(const void *user, tfp_dtype dtype)
{
    (void)user;
    (void)dtype;
    return false;
}

/* For a reader without uint8: int32 in the body too, and what leaves the range comes back into it. */
static void test_reader_without_type(void **state)
{
    struct fixture f;
    struct ir_value *iteration, *condition;
    struct buffer *model;
    (void)state;
    const struct onnx_reader reader = { "a reader", has_all, no_bytes, no_edge, NULL, false };
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_UINT8, DIMS(2));
    struct build in = loop_body(&f.b, &iteration, &condition);
    struct ir_value *v = graph_input(&in, "v", TFP_UINT8, DIMS(2));
    graph_output(&in, "condition_out", condition);
    graph_output(&in, "v_out", ir_add(&in, v, ir_like(&in, v, 100)));
    graph_output(&f.b, "y", ir_emit(&f.b, IR_LOOP, IN(ir_int(&f.b, 3), NULL, x), ATTRS(A_GRAPH(ATTR_BODY, in.graph))));
    assert_ok(&f.ctx, onnx_write_for(&f.ctx, f.g, 17, &reader, &model));
    const struct backend_options o = { .threads = 1, .onnx = { model->data, model->size } };
    const struct data given = { TFP_INT32, 1, { 2 }, (const int32_t[]){ 0, 200 } };
    const struct data want = { TFP_INT32, 1, { 2 }, (const int32_t[]){ 44, 244 } };
    run_onnxruntime(&f.ctx, &o, "without uint8", &given, 1, &want, 1);
    buffer_drop(model);
    end(&f);
}

/* -- weights ------------------------------------------------------------------------------------------------------- */

enum { WIDE = 160 };

/* Two branches in a loop multiply by one matrix, one of them by its transpose; it is a constant outside. */
static void heavy(struct fixture *f)
{
    struct ir_value *i, *c;
    float *at = calloc(WIDE * WIDE, sizeof *at);
    assert_non_null(at);
    for (size_t k = 0; k < WIDE; k++) at[k * WIDE + (k + 1) % WIDE] = 1; /* moves each element on, or back */
    begin(f);
    struct ir_value *x = graph_input(&f->b, "x", TFP_FLOAT, DIMS(1, WIDE)), *n = graph_input(&f->b, "n", TFP_INT64, 0, NULL);
    struct ir_value *w = ir_tensor(&f->b, TFP_FLOAT, DIMS(WIDE, WIDE), at);
    free(at);
    struct build body = loop_body(&f->b, &i, &c);
    const int64_t *row = I(1, WIDE), *square = I(WIDE, WIDE);
    struct ir_value *v = graph_input(&body, "v", TFP_FLOAT, 2, row), *m = graph_input(&body, "m", TFP_FLOAT, 2, square);
    struct build first = body_of(&body), rest = body_of(&body);
    struct ir_value *a = graph_input(&first, "v", TFP_FLOAT, 2, row), *p = graph_input(&first, "m", TFP_FLOAT, 2, square);
    struct ir_value *b = graph_input(&rest, "v", TFP_FLOAT, 2, row), *q = graph_input(&rest, "m", TFP_FLOAT, 2, square);
    graph_output(&first, "r", ir_matmul(&first, a, TRANSPOSE(&first, p, 1, 0)));
    graph_output(&rest, "r", ir_matmul(&rest, b, q));
    graph_output(&body, "c_out", c);
    graph_output(&body, "v_out",
           ir_emit(&body, IR_IF, IN(ir_binary(&body, IR_EQUAL, i, ir_int(&body, 0)), v, m),
                   ATTRS(A_GRAPH(ATTR_THEN_BRANCH, first.graph), A_GRAPH(ATTR_ELSE_BRANCH, rest.graph))));
    graph_output(&body, "m_out", m);
    struct ir_value *out[2];
    ir_emit_many(&f->b, IR_LOOP, IN(n, NULL, x, w), ATTRS(A_GRAPH(ATTR_BODY, body.graph)), 2, out);
    graph_output(&f->b, "y", out[0]);
}

static void test_large_weights(void **state)
{
    struct fixture f;
    static float x[WIDE], y[WIDE];
    (void)state;
    for (size_t k = 0; k < WIDE; k++) x[k] = (float)k;
    for (size_t k = 0; k < WIDE; k++) y[(k + 2) % WIDE] = x[k]; /* back once, on three times */
    heavy(&f);
    run(&f, DATA({ TFP_FLOAT, 2, { 1, WIDE }, x }, { TFP_INT64, 0, { 0 }, I(4) }), DATA({ TFP_FLOAT, 2, { 1, WIDE }, y }));
    end(&f);
}

/* Weights of bodies in a file of their own, each once. */
static void test_external_weights(void **state)
{
    struct fixture f;
    static float x[WIDE], y[WIDE];
    (void)state;
    for (size_t k = 0; k < WIDE; k++) x[k] = y[k] = (float)k;
    heavy(&f);
    assert_int_equal(optimize_graph(&f.ctx, f.g), TFP_OK);
    const struct onnx_write_options o = { .opset = 17, .external_above = 0 };
    const char *path = temp_path("weights.onnx");
    struct stat data;
    assert_ok(&f.ctx, onnx_write(&f.ctx, f.g, path, &o));
    assert_int_equal(stat(temp_path("weights.onnx.data"), &data), 0);
    const off_t one = WIDE * WIDE * (off_t)sizeof(float);
    assert_true(data.st_size >= 2 * one && data.st_size < 3 * one); /* the matrix and its transpose */
    run_onnxruntime(&f.ctx, &(struct backend_options){ .threads = 1, .path = path }, "external",
                    DATA({ TFP_FLOAT, 2, { 1, WIDE }, x }, { TFP_INT64, 0, { 0 }, I(2) }), DATA({ TFP_FLOAT, 2, { 1, WIDE }, y }));
    end(&f);
}

/* -- what is not right --------------------------------------------------------------------------------------------- */

static void test_depth_has_a_limit(void **state)
{
    struct fixture f;
    struct ir_graph *g;
    (void)state;
    begin(&f);
    g = f.g;
    for (size_t i = 0; i < IR_DEEPEST_BODY; i++) assert_non_null(g = ir_add_body(g));
    assert_null(ir_add_body(g));
    ir_drop_bodies(f.g); /* no node has them */
    assert_null(f.g->bodies);
    end(&f);
}

static struct ir_value *identity_loop(struct build *b, size_t carried, size_t outputs, tfp_dtype back)
{
    struct ir_value *iteration, *condition;
    struct ir_value *x = graph_input(b, "x", TFP_FLOAT, DIMS(2));
    struct build in = loop_body(b, &iteration, &condition);
    graph_output(&in, "condition_out", condition);
    for (size_t i = 0; i < carried; i++) {
        char name[32];
        snprintf(name, sizeof name, "v%zu", i);
        struct ir_value *v = graph_input(&in, name, TFP_FLOAT, DIMS(2));
        if (i < outputs) graph_output(&in, name, ir_cast(&in, v, back));
    }
    return ir_emit(b, IR_LOOP, IN(ir_int(b, 2), NULL, x), ATTRS(A_GRAPH(ATTR_BODY, in.graph)));
}

static void test_mismatches_are_named(void **state)
{
    (void)state;
    static const struct {
        size_t carried, outputs;
        tfp_dtype back;
        const char *text; /* NULL: it is right */
    } cases[] = {
        { 1, 1, TFP_FLOAT, NULL },
        { 2, 1, TFP_FLOAT, "node node (Loop): the body has another number of inputs than the node gives it" },
        { 1, 0, TFP_FLOAT, "node node (Loop): the body gives fewer values than are carried" },
        { 1, 1, TFP_INT32, "node node (Loop): carried value v0 is float32 and comes back as int32" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture f;
        begin(&f);
        struct ir_value *y = identity_loop(&f.b, cases[i].carried, cases[i].outputs, cases[i].back);
        assert_int_equal(y != NULL, cases[i].text == NULL);
        assert_int_equal(f.b.status, cases[i].text ? TFP_E_FORMAT : TFP_OK);
        if (cases[i].text) assert_string_equal(f.ctx.text, cases[i].text);
        end(&f);
    }
}

/* What fails in a body when it runs names the node inside and the one around. */
static void test_failures_are_named(void **state)
{
    struct fixture f;
    struct ir_value *out[2];
    (void)state;
    struct vector_loop l = begin_loop(&f);
    graph_output(&l.in, "v_out", l.v);
    graph_output(&l.in, "each", ir_gather(&l.in, l.v, l.iteration, 0));
    ir_emit_many(&f.b, IR_LOOP, IN(l.n, NULL, l.x), ATTRS(A_GRAPH(ATTR_BODY, l.in.graph)), 2, out);
    graph_output(&f.b, "y", out[1]);
    void *cpu = calloc(1, backend_cpu.state_size);
    assert_non_null(cpu);
    assert_int_equal(backend_cpu.open(&f.ctx, cpu, f.g, &(struct backend_options){ .threads = 1 }), TFP_OK);
    f.ctx.text[0] = '\0';
    const struct data given[] = { { TFP_FLOAT, 1, { 2 }, F(1, 2) }, { TFP_INT64, 0, { 0 }, I(3) } };
    const struct tfp_tensor in_data[2] = { tensor_of(&given[0]), tensor_of(&given[1]) };
    struct tfp_tensor got = { 0 };
    assert_int_equal(backend_cpu.run(&f.ctx, cpu, in_data, 2, &got, 1), TFP_E_FORMAT);
    assert_contains(f.ctx.text, "node node (Loop)");
    assert_contains(f.ctx.text, "inner");
    backend_cpu.close(cpu);
    free(cpu);
    end(&f);
}

/* All that an opset lacks is told at once, bodies and what is around them. */
static void test_bodies_are_refused(void **state)
{
    struct fixture f;
    struct ir_value *iteration, *condition;
    struct buffer *model;
    (void)state;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(4, 4)), *y = ir_unary(&f.b, IR_DET, x);
    struct build in = loop_body(&f.b, &iteration, &condition);
    struct ir_value *v = graph_input(&in, "v", TFP_FLOAT, DIMS(4, 4)), *d = ir_unary(&in, IR_DET, v);
    graph_output(&in, "condition_out", condition);
    graph_output(&in, "v_out", ir_mul(&in, v, d));
    graph_output(&f.b, "y", ir_emit(&f.b, IR_LOOP, IN(ir_int(&f.b, 3), NULL, x), ATTRS(A_GRAPH(ATTR_BODY, in.graph))));
    graph_output(&f.b, "det", y);
    assert_int_equal(onnx_write_memory(&f.ctx, f.g, 9, &model), TFP_E_UNSUPPORTED);
    assert_contains(f.ctx.text, "opset 9 cannot express 1 op: Det (needs opset 11");
    assert_contains(f.ctx.text, "node node)");
    assert_contains(f.ctx.text, "; in a body: opset 9 cannot express 1 op: Det (needs opset 11");
    assert_contains(f.ctx.text, "node inner)");
    end(&f);
}

static void test_clones_are_equal(void **state)
{
    struct fixture f;
    struct ir_graph *copy;
    struct text a = { 0 }, b = { 0 };
    (void)state;
    heavy(&f);
    assert_int_equal(ir_clone(&f.ctx, f.g, &copy), TFP_OK);
    ir_dump(f.g, &a);
    ir_dump(copy, &b);
    assert_string_equal(a.at, b.at);
    assert_contains(a.at, "body={");
    assert_contains(a.at, "else_branch={");
    text_free(&a);
    text_free(&b);
    ir_destroy(copy);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loop_counts),   cmocka_unit_test(test_loop_stops),    cmocka_unit_test(test_loop_grows),
        cmocka_unit_test(test_loop_passes_on), cmocka_unit_test(test_loops_nest),   cmocka_unit_test(test_if),
        cmocka_unit_test(test_if_is_inlined), cmocka_unit_test(test_if_in_loop),    cmocka_unit_test(test_scan),
        cmocka_unit_test(test_unneeded_goes), cmocka_unit_test(test_scan_of_nothing),
        cmocka_unit_test(test_rank_changes), cmocka_unit_test(test_known_elements),
        cmocka_unit_test(test_half_precision), cmocka_unit_test(test_reader_without_type),
        cmocka_unit_test(test_large_weights), cmocka_unit_test(test_external_weights),
        cmocka_unit_test(test_depth_has_a_limit), cmocka_unit_test(test_mismatches_are_named),
        cmocka_unit_test(test_failures_are_named), cmocka_unit_test(test_clones_are_equal),
        cmocka_unit_test(test_bodies_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
