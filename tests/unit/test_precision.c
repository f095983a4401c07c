/* The precision pass: what stays in float32 and why, where Casts stand, and that whole models keep their results. */
#include "backend/backend.h"
#include "frontend/frontend.h"
#include "optimize/optimize.h"
#include "optimize/precision.h"

#include <dirent.h>
#include <math.h>

#include "graph.h"

struct fixture {
    tfp_context *ctx;
    struct ir_graph *graph;
    struct build b;
    char notes[1000];
};

static void keep_note(void *user, const char *text)
{
    struct fixture *f = user;
    size_t n = strlen(f->notes);
    snprintf(f->notes + n, sizeof f->notes - n, "%s\n", text);
}

static void begin(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    assert_int_equal(tfp_context_create(&f->ctx), TFP_OK);
    f->ctx->note = keep_note;
    f->ctx->note_user = f;
    f->b = graph_begin(f->ctx);
    f->graph = f->b.graph;
}

static void end(struct fixture *f)
{
    ir_destroy(f->graph);
    tfp_context_destroy(f->ctx);
}

static struct ir_value *weights(struct fixture *f, int64_t rows, int64_t columns)
{
    float *at = ARENA_ARRAY(&f->graph->arena, float, (size_t)(rows * columns));
    for (int64_t i = 0; i < rows * columns; i++) at[i] = sinf((float)i) * 0.5f;
    return ir_tensor(&f->b, TFP_FLOAT, 2, (const int64_t[]){ rows, columns }, at);
}

static struct ir_value *named(struct fixture *f, const char *name, enum ir_op op, struct ir_value *x)
{
    f->b.scope = name;
    struct ir_value *y = ir_unary(&f->b, op, x);
    f->b.scope = "node";
    return y;
}

static void lower(struct fixture *f, const struct precision_options *o)
{
    assert_ok(f->ctx, precision_lower(f->ctx, f->graph, o));
    assert_ok(f->ctx, ir_check(f->ctx, f->graph));
    for (const struct ir_node *n = f->graph->first; n; n = n->next) { /* no Cast undoes another */
        const struct ir_node *before = n->op == IR_CAST ? ir_in(n, 0)->producer : NULL;
        if (!before || before->op != IR_CAST || !dtype_is_float(ir_in(n, 0)->dtype)) continue;
        if (ir_in(before, 0)->dtype == n->out[0]->dtype) fail_msg("a Cast to %s and back", tfp_dtype_name(ir_in(n, 0)->dtype));
    }
}

/* The type that the first node of `op` computes in. */
static tfp_dtype type_of(const struct fixture *f, enum ir_op op)
{
    for (const struct ir_node *n = f->graph->first; n; n = n->next)
        if (n->op == op) return n->out[0]->dtype;
    fail_msg("no %s", schema_op_name(op));
    return TFP_UNDEFINED;
}

static const struct precision_options half = { .to = TFP_FLOAT16 }, brain = { .to = TFP_BFLOAT16 };

/* -- lists --------------------------------------------------------------------------------------------------------- */

/* relu(x w) -> softmax -> tanh */
static void small_net(struct fixture *f)
{
    begin(f);
    struct ir_value *x = ir_matmul(&f->b, graph_input(&f->b, "x", TFP_FLOAT, DIMS(3, 4)), weights(f, 4, 5));
    x = ir_softmax(&f->b, named(f, "block_1/relu", IR_RELU, x), -1);
    graph_output(&f->b, "y", named(f, "block_2/tanh", IR_TANH, x));
}

static void keeps_the_default_list(void **state)
{
    struct fixture f;
    (void)state;
    for (int i = 0; i < 2; i++) {
        const struct precision_options *o = i ? &brain : &half;
        small_net(&f);
        lower(&f, o);
        assert_int_equal(type_of(&f, IR_MATMUL), o->to);
        assert_int_equal(type_of(&f, IR_RELU), o->to);
        assert_int_equal(type_of(&f, IR_SOFTMAX), TFP_FLOAT);
        assert_int_equal(type_of(&f, IR_TANH), o->to);
        assert_int_equal(graph_count(f.graph, IR_CAST), 4); /* at both edges, around the softmax */
        assert_int_equal(f.graph->inputs[0]->dtype, TFP_FLOAT);
        assert_int_equal(f.graph->outputs[0].value->dtype, TFP_FLOAT);
        end(&f);
    }
}

static void follows_the_users_lists(void **state)
{
    static const char *const matmul[] = { "MatMul" }, *const more[] = { "default", "Tanh" }, *const wrong[] = { "Sofmax" };
    static const char *const nodes[] = { "*_1/re?u", "nothing*" };
    struct fixture f;
    (void)state;
    small_net(&f);
    lower(&f, &(struct precision_options){ .to = TFP_FLOAT16, .fp32_ops = matmul, .n_fp32_ops = 1 });
    assert_int_equal(type_of(&f, IR_MATMUL), TFP_FLOAT);
    assert_int_equal(type_of(&f, IR_SOFTMAX), TFP_FLOAT16);
    end(&f);
    small_net(&f);
    lower(&f, &(struct precision_options){ .to = TFP_FLOAT16, .fp32_ops = more, .n_fp32_ops = 2 });
    assert_int_equal(type_of(&f, IR_SOFTMAX), TFP_FLOAT);
    assert_int_equal(type_of(&f, IR_TANH), TFP_FLOAT);
    assert_int_equal(graph_count(f.graph, IR_CAST), 2);
    end(&f);
    small_net(&f);
    lower(&f, &(struct precision_options){ .to = TFP_FLOAT16, .fp32_ops = matmul, .n_fp32_ops = 0 });
    assert_int_equal(type_of(&f, IR_SOFTMAX), TFP_FLOAT16);
    end(&f);
    small_net(&f);
    lower(&f, &(struct precision_options){ .to = TFP_FLOAT16, .fp32_nodes = nodes, .n_fp32_nodes = 2 });
    assert_int_equal(type_of(&f, IR_RELU), TFP_FLOAT);
    assert_int_equal(type_of(&f, IR_TANH), TFP_FLOAT16);
    assert_string_equal(f.notes, "no node is named like nothing*\n");
    end(&f);
    small_net(&f);
    struct precision_options o = { .to = TFP_FLOAT16, .fp32_ops = wrong, .n_fp32_ops = 1 };
    assert_int_equal(precision_lower(f.ctx, f.graph, &o), TFP_E_USAGE);
    assert_string_equal(f.ctx->text, "op Sofmax is not one of ONNX's");
    end(&f);
}

static void keeps_sums_of_many(void **state)
{
    struct fixture f;
    const int64_t last = 1;
    (void)state;
    for (int i = 0; i < 2; i++) {
        begin(&f);
        struct ir_value *x = named(&f, "tanh", IR_TANH, graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, i ? 65 : 64)));
        graph_output(&f.b, "y", ir_reduce(&f.b, IR_REDUCE_MEAN, ir_mul(&f.b, x, x), &last, 1, true));
        lower(&f, &half);
        assert_int_equal(type_of(&f, IR_TANH), TFP_FLOAT16);
        assert_int_equal(type_of(&f, IR_REDUCE_MEAN), i ? TFP_FLOAT : TFP_FLOAT16);
        assert_int_equal(type_of(&f, IR_MUL), i ? TFP_FLOAT : TFP_FLOAT16); /* squares can be beyond the range */
        end(&f);
    }
}

/* -- weights ------------------------------------------------------------------------------------------------------- */

static void keeps_what_the_type_cannot_hold(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 3)), *tiny = ir_scalar(&f.b, TFP_FLOAT, 1e-12);
    f.b.scope = "large";
    graph_output(&f.b, "y", ir_mul(&f.b, x, ir_tensor(&f.b, TFP_FLOAT, 1, (const int64_t[]){ 3 }, (const float[]){ 1, 1e5f, 2 })));
    f.b.scope = "tiny";
    graph_output(&f.b, "z", ir_add(&f.b, x, tiny));
    lower(&f, &half);
    assert_int_equal(type_of(&f, IR_MUL), TFP_FLOAT);
    assert_int_equal(type_of(&f, IR_ADD), TFP_FLOAT);
    assert_int_equal(graph_count(f.graph, IR_CAST), 0);
    assert_string_equal(f.notes, "2 nodes stay in float32, whose weights float16 cannot hold: large, tiny\n");
    end(&f);
    begin(&f);
    x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 3));
    graph_output(&f.b, "y", ir_mul(&f.b, x, ir_scalar(&f.b, TFP_FLOAT, 1e5)));
    lower(&f, &brain);
    assert_int_equal(type_of(&f, IR_MUL), TFP_BFLOAT16);
    assert_string_equal(f.notes, "");
    end(&f);
}

static void run(struct fixture *f, const struct tfp_tensor *in, struct tfp_tensor *out, void (*look)(const struct tfp_tensor *))
{
    const struct backend *cpu = backend_find("cpu");
    struct backend_options o = { .threads = 1 };
    void *state = calloc(1, cpu->state_size);
    assert_int_equal(cpu->open(f->ctx, state, f->graph, &o), TFP_OK);
    assert_ok(f->ctx, cpu->run(f->ctx, state, in, f->graph->n_inputs, out, f->graph->n_outputs));
    look(out);
    cpu->close(state);
    free(state);
}

static void look_for_equal_weights(const struct tfp_tensor *t)
{
    for (int i = 0; i < 3; i++) assert_true(fabsf(((const float *)t->data)[i] - 1.0f / 3) < 1e-3f);
}

/* A row of which nothing is allowed gets equal weights, as in float32, not NaN. */
static void cuts_masks_to_the_range(void **state)
{
    struct fixture f;
    const int64_t dims[] = { 1, 3 };
    float zeros[] = { 0, 0, 0 }, x[] = { 1, 2, 3 };
    (void)state;
    begin(&f);
    struct ir_value *allowed = graph_input(&f.b, "allowed", TFP_FLOAT, DIMS(1, 3)), *scores = named(&f, "tanh", IR_TANH, graph_input(&f.b, "x", TFP_FLOAT, DIMS(1, 3)));
    struct ir_value *mask = ir_mul(&f.b, ir_sub(&f.b, ir_scalar(&f.b, TFP_FLOAT, 1), named(&f, "sigmoid", IR_SIN, allowed)),
                                   ir_scalar(&f.b, TFP_FLOAT, -1e9));
    graph_output(&f.b, "y", ir_softmax(&f.b, ir_add(&f.b, scores, mask), -1));
    lower(&f, &half);
    assert_int_equal(type_of(&f, IR_ADD), TFP_FLOAT16);
    assert_int_equal(type_of(&f, IR_MUL), TFP_FLOAT);
    const struct tfp_tensor in[] = { { .dtype = TFP_FLOAT, .rank = 2, .dims = dims, .data = zeros, .size = sizeof zeros },
                                     { .dtype = TFP_FLOAT, .rank = 2, .dims = dims, .data = x, .size = sizeof x } };
    struct tfp_tensor out[1] = { 0 };
    run(&f, in, out, look_for_equal_weights);
    end(&f);
}

static void cuts_attentions_mask(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    const struct dim dims[] = { dim_of(1), dim_of(2), dim_of(3), dim_of(4) };
    struct ir_value *x = ir_add_input(f.graph, "x", TFP_FLOAT, 4, dims);
    struct ir_value *mask = ir_tensor(&f.b, TFP_FLOAT, 1, (const int64_t[]){ 3 }, (const float[]){ 0, -1e9f, 0 });
    graph_output(&f.b, "y", ir_emit(&f.b, IR_ATTENTION, IN(x, x, x, mask), NO_ATTRS));
    lower(&f, &half);
    assert_int_equal(type_of(&f, IR_ATTENTION), TFP_FLOAT16);
    for (const struct ir_node *n = f.graph->first; n; n = n->next) {
        if (n->op != IR_ATTENTION) continue;
        assert_true(tensor_float(ir_in_constant(n, 3), 1) == -65504);
        assert_int_equal(ir_attr_int(n, ATTR_SOFTMAX_PRECISION, 0), TFP_FLOAT);
    }
    end(&f);
}

/* -- edges --------------------------------------------------------------------------------------------------------- */

static void leaves_shapes_and_indices(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    const struct dim dims[] = { ir_symbol(f.graph, "n"), dim_of(4) };
    struct ir_value *x = ir_add_input(f.graph, "x", TFP_FLOAT, 2, dims);
    struct ir_value *length = ir_cast(&f.b, ir_dim(&f.b, x, 0), TFP_FLOAT);
    f.b.scope = "doubled";
    struct ir_value *doubled = ir_mul(&f.b, length, ir_scalar(&f.b, TFP_FLOAT, 2));
    f.b.scope = "places";
    struct ir_value *places = ir_mul(&f.b, named(&f, "sin", IR_SIN, x), ir_scalar(&f.b, TFP_FLOAT, 3));
    graph_output(&f.b, "y", ir_expand(&f.b, ir_scalar(&f.b, TFP_FLOAT, 1), ir_cast(&f.b, doubled, TFP_INT64)));
    graph_output(&f.b, "z", ir_cast(&f.b, ir_unary(&f.b, IR_FLOOR, places), TFP_INT32));
    graph_output(&f.b, "w", ir_unary(&f.b, IR_COS, x));
    lower(&f, &half);
    for (const struct ir_node *n = f.graph->first; n; n = n->next)
        if (n->op == IR_MUL) assert_int_equal(n->out[0]->dtype, TFP_FLOAT);
    assert_int_equal(type_of(&f, IR_FLOOR), TFP_FLOAT);
    assert_int_equal(type_of(&f, IR_COS), TFP_FLOAT16);
    assert_int_equal(type_of(&f, IR_EXPAND), TFP_FLOAT);
    end(&f);
}

static void moves_go_with_their_neighbours(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    struct ir_value *x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 6));
    graph_output(&f.b, "same", RESHAPE(&f.b, x, 3, 4)); /* from an edge to an edge */
    struct ir_value *e = RESHAPE(&f.b, ir_softmax(&f.b, x, -1), 4, 3);
    graph_output(&f.b, "kept", named(&f, "log", IR_LOG, TRANSPOSE(&f.b, e, 1, 0))); /* from float32 to float32 */
    lower(&f, &half);
    assert_int_equal(graph_count(f.graph, IR_CAST), 0);
    end(&f);
    begin(&f);
    x = graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 6));
    struct ir_value *y = ir_matmul(&f.b, RESHAPE(&f.b, x, 4, 3), weights(&f, 3, 2));
    graph_output(&f.b, "y", ir_softmax(&f.b, TRANSPOSE(&f.b, y, 1, 0), 0));
    graph_output(&f.b, "z", RESHAPE(&f.b, y, 8, 1));
    lower(&f, &half);
    assert_int_equal(type_of(&f, IR_TRANSPOSE), TFP_FLOAT16);
    assert_int_equal(graph_count(f.graph, IR_CAST), 3);
    end(&f);
}

static void takes_the_models_own_casts(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    struct ir_value *x = named(&f, "sin", IR_SIN, graph_input(&f.b, "x", TFP_FLOAT, DIMS(2, 3)));
    struct ir_value *h = named(&f, "tanh", IR_TANH, ir_cast(&f.b, x, TFP_FLOAT16)); /* half as the model has it */
    graph_output(&f.b, "y", named(&f, "cos", IR_COS, ir_cast(&f.b, h, TFP_FLOAT)));
    graph_output(&f.b, "h", h);
    lower(&f, &half);
    assert_int_equal(graph_count(f.graph, IR_CAST), 2); /* at the edges */
    assert_int_equal(f.graph->outputs[1].value->dtype, TFP_FLOAT16);
    end(&f);
}

/* -- models -------------------------------------------------------------------------------------------------------- */

struct model {
    char folder[600];
    struct source *source;
    tfp_array *in[32];
    const char *in_names[32], *out_names[32];
    char names[64][64];
    size_t n_in, n_out;
};

static void read_case(struct fixture *f, struct model *m)
{
    char path[700], line[300], name[64], file[64];
    snprintf(path, sizeof path, "%s/case.txt", m->folder);
    FILE *text = fopen(path, "r");
    assert_non_null(text);
    while (fgets(line, sizeof line, text)) {
        char *room = m->names[m->n_in + m->n_out];
        if (sscanf(line, "input %63s %63s", name, file) == 2) {
            snprintf(path, sizeof path, "%s/%s", m->folder, file);
            assert_ok(f->ctx, tfp_npy_read(f->ctx, path, &m->in[m->n_in]));
            m->in_names[m->n_in++] = strcpy(room, name);
        } else if (sscanf(line, "output %63s %63s", name, file) == 2) {
            m->out_names[m->n_out++] = strcpy(room, name);
        }
    }
    fclose(text);
}

static void open_case(struct fixture *f, struct model *m, const char *name)
{
    char path[700];
    memset(m, 0, sizeof *m);
    snprintf(m->folder, sizeof m->folder, "%s/../cases/%s", TEST_DATA, name);
    read_case(f, m);
    struct tfp_model_options o = TFP_INIT(struct tfp_model_options);
    o.inputs = m->in_names;
    o.n_inputs = m->n_in;
    o.outputs = m->out_names;
    o.n_outputs = m->n_out;
    snprintf(path, sizeof path, "%s/graph.pb", m->folder);
    assert_ok(f->ctx, frontend_open(f->ctx, path, &o, &m->source));
    assert_ok(f->ctx, m->source->frontend->lower(f->ctx, m->source, &f->graph));
    assert_ok(f->ctx, optimize_graph(f->ctx, f->graph));
    assert_ok(f->ctx, optimize_fold(f->ctx, f->graph));
}

struct state {
    void *cpu;
    struct tfp_tensor out[32];
};

static void run_model(struct fixture *f, const struct model *m, const struct ir_graph *g, struct state *s)
{
    const struct backend *cpu = backend_find("cpu");
    struct backend_options o = { .threads = 1 };
    struct tfp_tensor in[32];
    memset(s, 0, sizeof *s);
    s->cpu = calloc(1, cpu->state_size);
    for (size_t i = 0; i < g->n_inputs; i++) {
        size_t k = 0;
        while (k < m->n_in && strcmp(m->in_names[k], g->inputs[i]->name) != 0) k++;
        assert_true(k < m->n_in);
        in[i] = *tfp_array_tensor(m->in[k]);
    }
    assert_int_equal(cpu->open(f->ctx, s->cpu, g, &o), TFP_OK);
    assert_ok(f->ctx, cpu->run(f->ctx, s->cpu, in, g->n_inputs, s->out, g->n_outputs));
}

/* Relative to the largest element. */
static void expect_near(const struct tfp_tensor *a, const struct tfp_tensor *b, double tolerance, const char *what)
{
    double most = 0;
    assert_int_equal(a->dtype, b->dtype);
    assert_int_equal(a->size, b->size);
    if (a->dtype != TFP_FLOAT) return;
    const float *x = a->data, *y = b->data;
    for (size_t i = 0; i < a->size / sizeof *x; i++) most = fmax(most, fabs((double)x[i]));
    for (size_t i = 0; i < a->size / sizeof *x; i++)
        if (!(fabs((double)x[i] - (double)y[i]) <= tolerance * (most + 1e-3)))
            fail_msg("%s: element %zu is %g in float32, %g lowered", what, i, (double)x[i], (double)y[i]);
}

static void compare_case(const char *name, const struct precision_options *o, bool attention)
{
    const struct backend *cpu = backend_find("cpu");
    struct fixture f;
    struct model m;
    struct state before, after;
    begin(&f);
    ir_destroy(f.graph);
    open_case(&f, &m, name);
    struct ir_graph *original = f.graph;
    assert_int_equal(ir_clone(f.ctx, original, &f.graph), TFP_OK);
    if (attention) assert_int_equal(optimize_attention(f.ctx, f.graph), TFP_OK);
    lower(&f, o);
    run_model(&f, &m, original, &before);
    run_model(&f, &m, f.graph, &after);
    for (size_t i = 0; i < original->n_outputs; i++)
        expect_near(&before.out[i], &after.out[i], 2e-2, name);
    cpu->close(before.cpu);
    cpu->close(after.cpu);
    free(before.cpu);
    free(after.cpu);
    for (size_t i = 0; i < m.n_in; i++) tfp_array_destroy(m.in[i]);
    ir_destroy(f.graph);
    f.graph = original;
    end(&f);
    m.source->frontend->close(m.source);
}

static void models_keep_their_results(void **state)
{
    static const char *const names[] = {
        "activations",   "attention_across", "attention_causal", "attention_masked", "attention_not",
        "batch_norms",   "bias",             "channel_norms",    "conv2d_channels_first", "conv2d_dynamic",
        "conv2d_static", "conv2d_transposed", "conv3d",          "depthwise",        "einsums_1",
        "matrices",      "pools",            "products",         "reduce_float",     "resize_bilinear",
        "if_and_loops",  "loop_lists",       "unknown_rank_shapes",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        bool attention = strncmp(names[i], "attention", 9) == 0;
        compare_case(names[i], &half, false);
        if (attention) compare_case(names[i], &half, true);
        /* scores of 5.5 times a product: bfloat16's 8 bits are not enough for their differences */
        if (strcmp(names[i], "attention_not") != 0) compare_case(names[i], &brain, attention);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_default_list),
        cmocka_unit_test(follows_the_users_lists),
        cmocka_unit_test(keeps_sums_of_many),
        cmocka_unit_test(keeps_what_the_type_cannot_hold),
        cmocka_unit_test(cuts_masks_to_the_range),
        cmocka_unit_test(cuts_attentions_mask),
        cmocka_unit_test(leaves_shapes_and_indices),
        cmocka_unit_test(moves_go_with_their_neighbours),
        cmocka_unit_test(takes_the_models_own_casts),
        cmocka_unit_test(models_keep_their_results),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
