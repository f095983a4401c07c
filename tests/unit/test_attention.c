/* Attention written out in many ways, as TensorFlow wrote it (tests/cases/attention_*): how many of the results are seen
 * as attention, and that they are what TensorFlow computed, as Attention and taken apart again. */
#include "backend/backend.h"
#include "decompose/decompose.h"
#include "frontend/frontend.h"
#include "optimize/optimize.h"

#include <math.h>

#include "graph.h"

enum { MOST = 8 };

struct model {
    tfp_context *ctx;
    char folder[512];
    struct source *source;
    struct ir_graph *graph;
    tfp_array *in[MOST], *out[MOST];
    size_t n_in, n_out;
};

static size_t read_arrays(struct model *m, const char *kind, tfp_array **out)
{
    size_t n = 0;
    for (; n < MOST; n++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s_%zu.npy", m->folder, kind, n);
        if (access(path, R_OK) != 0) break;
        assert_ok(m->ctx, tfp_npy_read(m->ctx, path, &out[n]));
    }
    return n;
}

/* Opens a case and optimizes it; `result` of -1: all outputs. */
static void open_case(struct model *m, const char *name, int result)
{
    static const char *const in[] = { "x0", "x1", "x2" };
    static const char *const out[] = { "out0", "out1", "out2", "out3", "out4", "out5", "out6", "out7" };
    char path[600];
    *m = (struct model){ .ctx = NULL };
    assert_int_equal(tfp_context_create(&m->ctx), TFP_OK);
    snprintf(m->folder, sizeof m->folder, "%s/../cases/%s", TEST_DATA, name);
    snprintf(path, sizeof path, "%s/graph.pb", m->folder);
    m->n_in = read_arrays(m, "in", m->in);
    m->n_out = read_arrays(m, "out", m->out);
    struct tfp_model_options o = TFP_INIT(struct tfp_model_options);
    o.inputs = in;
    o.n_inputs = m->n_in;
    o.outputs = result < 0 ? out : out + result;
    o.n_outputs = result < 0 ? m->n_out : 1;
    assert_ok(m->ctx, frontend_open(m->ctx, path, &o, &m->source));
    assert_ok(m->ctx, m->source->frontend->lower(m->ctx, m->source, &m->graph));
    assert_ok(m->ctx, optimize_graph(m->ctx, m->graph));
}

static void close_case(struct model *m)
{
    ir_destroy(m->graph);
    m->source->frontend->close(m->source);
    for (size_t i = 0; i < m->n_in; i++) tfp_array_destroy(m->in[i]);
    for (size_t i = 0; i < m->n_out; i++) tfp_array_destroy(m->out[i]);
    tfp_context_destroy(m->ctx);
}

static void expect_tensor(const struct tfp_tensor *have, const struct tfp_tensor *want, const char *what)
{
    assert_int_equal(have->size, want->size);
    for (size_t i = 0; i < want->size / sizeof(float); i++) {
        float a = ((const float *)have->data)[i], b = ((const float *)want->data)[i];
        if (!(fabsf(a - b) <= 2e-5f * (1 + fabsf(b)))) fail_msg("%s: element %zu is %g, not %g", what, i, (double)a, (double)b);
    }
}

/* The graph's outputs on the CPU backend against TensorFlow's, from number `first` on. */
static void expect_outputs(struct model *m, int first, const char *what)
{
    const struct backend *cpu = backend_find("cpu");
    struct backend_options o = { .threads = 1 };
    struct tfp_tensor in[MOST], out[MOST] = { 0 };
    void *state = calloc(1, cpu->state_size);
    if (ir_check(m->ctx, m->graph) != TFP_OK) fail_msg("%s: %s", what, tfp_context_message(m->ctx));
    assert_ok(m->ctx, optimize_fold(m->ctx, m->graph));
    assert_ok(m->ctx, ir_align_constants(m->ctx, m->graph));
    assert_ok(m->ctx, cpu->open(m->ctx, state, m->graph, &o));
    for (size_t i = 0; i < m->graph->n_inputs; i++) in[i] = *tfp_array_tensor(m->in[m->graph->inputs[i]->name[1] - '0']);
    assert_ok(m->ctx, cpu->run(m->ctx, state, in, m->graph->n_inputs, out, m->graph->n_outputs));
    for (size_t i = 0; i < m->graph->n_outputs; i++) expect_tensor(&out[i], tfp_array_tensor(m->out[(size_t)first + i]), what);
    cpu->close(state);
    free(state);
}

/* Every Attention as a backend without one would have it. */
static void take_apart(struct model *m)
{
    struct decompose d = { .b = { .ctx = m->ctx, .graph = m->graph }, .opset = 17 };
    for (struct ir_node *n = m->graph->first, *next; n; n = next) {
        struct ir_value *out[4];
        next = n->next;
        if (n->op != IR_ATTENTION) continue;
        d.b.before = n;
        assert_true(decompose_node(&d, n, out));
        ir_replace(m->graph, n->out[0], out[0]);
        ir_remove(n);
    }
}

/* Which of a case's results become attention ("y"), one after the other; "a": not while the others are results too. */
static const struct {
    const char *name, *seen;
} cases[] = {
    { "attention_masked", "yyyy" }, { "attention_causal", "yyyyyyy" }, { "attention_open_lengths", "yyy" },
    { "attention_across", "yyyyy" }, { "attention_not", "nannnnnn" },
};

static void recognizes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (int k = 0; cases[i].seen[k]; k++) {
            struct model m;
            char what[100];
            snprintf(what, sizeof what, "%s, result %d", cases[i].name, k);
            int result = cases[i].seen[k] == 'a' ? -1 : k;
            open_case(&m, cases[i].name, result);
            assert_ok(m.ctx, optimize_attention(m.ctx, m.graph));
            if (graph_count(m.graph, IR_ATTENTION) != (cases[i].seen[k] == 'y')) fail_msg("%s", what);
            expect_outputs(&m, result < 0 ? 0 : k, what);
            take_apart(&m);
            assert_int_equal(graph_count(m.graph, IR_ATTENTION), 0);
            expect_outputs(&m, result < 0 ? 0 : k, what);
            close_case(&m);
        }
    }
}

/* Masks that are constants become the attribute where they are causal, and the ops around are gone. */
static void knows_causal_masks(void **state)
{
    static const int causal[] = { 1, 1, 1, 1, 0, 1, 0 }, masked[] = { 0, 0, 0, 0, 1, 1, 1 };
    (void)state;
    for (int k = 0; k < 7; k++) {
        struct model m;
        open_case(&m, "attention_causal", k);
        assert_ok(m.ctx, optimize_attention(m.ctx, m.graph));
        for (const struct ir_node *n = m.graph->first; n; n = n->next) {
            if (n->op != IR_ATTENTION) continue;
            assert_int_equal(ir_attr_int(n, ATTR_IS_CAUSAL, 0), causal[k]);
            assert_int_equal(ir_in(n, 3) != NULL, masked[k]);
        }
        assert_int_equal(graph_count(m.graph, IR_SOFTMAX) + graph_count(m.graph, IR_WHERE), 0);
        close_case(&m);
    }
}

static bool has_attention(const struct decompose *d, enum ir_op op, tfp_dtype dtype)
{
    return d && op == IR_ATTENTION && dtype == TFP_FLOAT;
}

/* For a target whose attention is causal or has a mask, not both, one mask says it all. */
static void joins_causal_into_the_mask(void **state)
{
    struct model m;
    (void)state;
    open_case(&m, "attention_causal", 5);
    assert_ok(m.ctx, optimize_attention(m.ctx, m.graph));
    for (struct ir_node *n = m.graph->first, *next; n; n = next) {
        struct decompose d = { .b = { .ctx = m.ctx, .graph = m.graph, .before = n }, .opset = 7, .computes = has_attention };
        struct ir_value *out[4];
        next = n->next;
        if (n->op != IR_ATTENTION) continue;
        assert_true(decompose_lacking(&d, n, out));
        const struct ir_node *joined = out[0]->producer;
        assert_int_equal(joined->op, IR_ATTENTION);
        assert_int_equal(ir_attr_int(joined, ATTR_IS_CAUSAL, 0), 0);
        assert_true(ir_attr_float(joined, ATTR_SCALE, 0) == ir_attr_float(n, ATTR_SCALE, 1));
        assert_true(decompose_replace(m.graph, n, out));
    }
    assert_int_equal(graph_count(m.graph, IR_ATTENTION), 1);
    expect_outputs(&m, 5, "joined");
    close_case(&m);
}

/* Operands are expanded only where the mask or another operand may broadcast them. */
static void expands_what_may_broadcast(void **state)
{
    static const struct {
        const char *name;
        int result;
        size_t expanded;
    } rows[] = {
        { "attention_causal", 0, 0 },
        { "attention_masked", 3, 0 }, /* no mask */
        { "attention_masked", 1, 3 }, /* the mask has a batch of its own */
        { "attention_across", 4, 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct model m;
        open_case(&m, rows[i].name, rows[i].result);
        assert_ok(m.ctx, optimize_attention(m.ctx, m.graph));
        assert_int_equal(graph_count(m.graph, IR_EXPAND), rows[i].expanded);
        close_case(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recognizes),
        cmocka_unit_test(knows_causal_masks),
        cmocka_unit_test(joins_causal_into_the_mask),
        cmocka_unit_test(expands_what_may_broadcast),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
