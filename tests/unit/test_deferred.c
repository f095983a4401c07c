/* Weights that are computed while they are written: the same bytes as those that are folded first, in the message, in
 * memory and in an external data file, in one piece and in several; and kept as nodes where that is asked for. */
#include "backend/onnx/onnx_write.h"
#include "optimize/optimize.h"
#include "schema/onnx_proto.h"

#include "graph.h"

enum { N = 64, WEIGHTS = 3 * 3 * N * N };

struct fixture {
    struct tfp_context ctx;
    struct ir_graph *graph;
};

/* Conv(x, Transpose(w) * scale) and the transposed weights themselves as a second output. */
static struct fixture begin(void)
{
    struct fixture f = { 0 };
    struct dim dims[] = { dim_of(1), dim_of(N), dim_of(8), dim_of(8) };
    float *w = malloc(WEIGHTS * sizeof *w), scale[N];
    assert_non_null(w);
    for (int i = 0; i < WEIGHTS; i++) w[i] = (float)(i % 997) * 0.25f;
    for (int i = 0; i < N; i++) scale[i] = 1.0f + (float)i;
    assert_int_equal(ir_create(&f.ctx, &f.graph), TFP_OK);
    struct build b = { .ctx = &f.ctx, .graph = f.graph };
    struct ir_value *x = ir_add_input(f.graph, "x", TFP_FLOAT, 4, dims);
    struct ir_value *moved = TRANSPOSE(&b, ir_tensor(&b, TFP_FLOAT, 4, (const int64_t[]){ 3, 3, N, N }, w), 3, 2, 0, 1);
    struct ir_value *scaled = ir_mul(&b, moved, ir_tensor(&b, TFP_FLOAT, 4, (const int64_t[]){ N, 1, 1, 1 }, scale));
    struct ir_value *y = ir_emit(&b, IR_CONV, IN(x, scaled), NO_ATTRS);
    free(w);
    assert_int_equal(b.status, TFP_OK);
    assert_true(ir_add_output(f.graph, "y", y) && ir_add_output(f.graph, "moved", moved));
    assert_int_equal(optimize_graph(&f.ctx, f.graph), TFP_OK);
    assert_int_equal(f.graph->n_nodes, 3); /* the weights wait */
    return f;
}

static void end(struct fixture *f)
{
    ir_destroy(f->graph);
}

static struct ir_graph *copy_of(struct fixture *f)
{
    struct ir_graph *copy;
    assert_int_equal(ir_clone(&f->ctx, f->graph, &copy), TFP_OK);
    return copy;
}

/* The value of the Conv's weights, folded the ordinary way. */
static struct ir_graph *folded(struct fixture *f, const struct tensor **weights)
{
    struct ir_graph *g = copy_of(f);
    assert_int_equal(optimize_fold(&f->ctx, g), TFP_OK);
    assert_int_equal(g->n_nodes, 1);
    *weights = ir_in_constant(g->first, 1);
    assert_non_null(*weights);
    return g;
}

static const struct onnxpb_tensor *weights_in(const struct onnxpb_graph *g)
{
    const struct onnxpb_node *conv = NULL;
    for (size_t i = 0; i < g->node.n; i++)
        if (bytes_equal(g->node.at[i].op_type, "Conv")) conv = &g->node.at[i];
    assert_non_null(conv);
    for (size_t i = 0; i < g->initializer.n; i++) {
        struct bytes a = g->initializer.at[i].name, b = conv->input.at[1];
        if (a.n == b.n && memcmp(a.at, b.at, a.n) == 0) return &g->initializer.at[i];
    }
    return NULL;
}

static void test_in_memory(void **state)
{
    struct fixture f = begin();
    struct arena arena = { 0 };
    struct onnxpb_model model = { 0 };
    struct buffer *bytes;
    const struct tensor *want;
    struct ir_graph *g = copy_of(&f), *plain = folded(&f, &want);
    (void)state;
    assert_int_equal(onnx_write_memory(&f.ctx, g, 17, &bytes), TFP_OK);
    struct bytes all = { bytes->data, bytes->size };
    assert_int_equal(protobuf_decode(&f.ctx, &arena, &onnxpb_model_type, all, &model), TFP_OK);
    const struct onnxpb_tensor *have = weights_in(model.graph);
    assert_non_null(have);
    assert_int_equal(have->raw_data.n, want->size);
    assert_memory_equal(have->raw_data.at, want->data, want->size);
    assert_int_equal(model.graph->node.n, 2); /* Conv, and Identity for the output that is a constant */
    arena_free(&arena);
    buffer_drop(bytes);
    ir_destroy(g);
    ir_destroy(plain);
    end(&f);
}

static void test_in_a_file(void **state)
{
    struct fixture f = begin();
    struct onnx_write_options o = { .opset = 17, .external_above = 1 << 30 };
    struct buffer *memory, *file;
    struct ir_graph *a = copy_of(&f), *b = copy_of(&f);
    (void)state;
    assert_int_equal(onnx_write_memory(&f.ctx, a, 17, &memory), TFP_OK);
    assert_int_equal(onnx_write(&f.ctx, b, temp_path("x.onnx"), &o), TFP_OK);
    assert_int_equal(buffer_map(&f.ctx, temp_path("x.onnx"), &file), TFP_OK);
    assert_int_equal(file->size, memory->size);
    assert_memory_equal(file->data, memory->data, file->size);
    buffer_drop(file);
    buffer_drop(memory);
    ir_destroy(a);
    ir_destroy(b);
    end(&f);
}

static void test_external(void **state)
{
    struct fixture f = begin();
    struct onnx_write_options o = { .opset = 17, .external_above = 1 };
    struct arena arena = { 0 };
    struct onnxpb_model model = { 0 };
    struct buffer *file, *data;
    const struct tensor *want;
    struct ir_graph *g = copy_of(&f), *plain = folded(&f, &want);
    long long offset = -1;
    (void)state;
    assert_int_equal(onnx_write(&f.ctx, g, temp_path("x.onnx"), &o), TFP_OK);
    assert_int_equal(buffer_map(&f.ctx, temp_path("x.onnx"), &file), TFP_OK);
    assert_int_equal(buffer_map(&f.ctx, temp_path("x.onnx.data"), &data), TFP_OK);
    struct bytes all = { file->data, file->size };
    assert_int_equal(protobuf_decode(&f.ctx, &arena, &onnxpb_model_type, all, &model), TFP_OK);
    const struct onnxpb_tensor *have = weights_in(model.graph);
    assert_non_null(have);
    for (size_t i = 0; i < have->external_data.n; i++) {
        char text[32];
        struct bytes v = have->external_data.at[i].value;
        snprintf(text, sizeof text, "%.*s", (int)v.n, v.at);
        if (bytes_equal(have->external_data.at[i].key, "offset")) offset = atoll(text);
    }
    assert_true(offset >= 0 && (size_t)offset + want->size <= data->size);
    assert_memory_equal((const char *)data->data + offset, want->data, want->size);
    arena_free(&arena);
    buffer_drop(file);
    buffer_drop(data);
    ir_destroy(g);
    ir_destroy(plain);
    end(&f);
}

static void test_kept_as_nodes(void **state)
{
    struct fixture f = begin();
    struct onnx_write_options o = { .opset = 17, .external_above = 1 << 30, .keep_nodes = true };
    struct arena arena = { 0 };
    struct onnxpb_model model = { 0 };
    struct buffer *file;
    struct ir_graph *g = copy_of(&f);
    (void)state;
    assert_int_equal(onnx_write(&f.ctx, g, temp_path("x.onnx"), &o), TFP_OK);
    assert_int_equal(buffer_map(&f.ctx, temp_path("x.onnx"), &file), TFP_OK);
    struct bytes all = { file->data, file->size };
    assert_int_equal(protobuf_decode(&f.ctx, &arena, &onnxpb_model_type, all, &model), TFP_OK);
    assert_null(weights_in(model.graph));
    assert_int_equal(model.graph->node.n, 3);
    arena_free(&arena);
    buffer_drop(file);
    ir_destroy(g);
    end(&f);
}

/* 36 MB that are one Transpose between Reshapes: more than a piece, and the last piece is smaller. */
static struct ir_graph *large_move(struct tfp_context *ctx)
{
    enum { A = 9, B = 1000, C = 1001 };
    const int64_t flat[] = { (int64_t)A * B * C };
    int32_t *values = malloc(sizeof *values * A * B * C);
    struct ir_graph *g;
    assert_non_null(values);
    for (int32_t i = 0; i < A * B * C; i++) values[i] = i;
    assert_int_equal(ir_create(ctx, &g), TFP_OK);
    struct build b = { .ctx = ctx, .graph = g };
    struct ir_value *cube = RESHAPE(&b, ir_tensor(&b, TFP_INT32, 1, flat, values), 1, A, B, C);
    struct ir_value *moved = TRANSPOSE(&b, cube, 0, 3, 1, 2);
    free(values);
    assert_true(ir_add_output(g, "y", RESHAPE(&b, moved, C * A, B)));
    assert_int_equal(b.status, TFP_OK);
    return g;
}

static void test_in_pieces(void **state)
{
    struct tfp_context ctx = { 0 };
    struct arena arena = { 0 };
    struct onnxpb_model model = { 0 };
    struct ir_graph *g = large_move(&ctx), *plain = large_move(&ctx);
    struct buffer *bytes;
    (void)state;
    assert_int_equal(optimize_fold(&ctx, plain), TFP_OK);
    const struct tensor *want = plain->outputs[0].value->constant;
    assert_non_null(want);
    assert_int_equal(onnx_write_memory(&ctx, g, 17, &bytes), TFP_OK);
    struct bytes all = { bytes->data, bytes->size };
    assert_int_equal(protobuf_decode(&ctx, &arena, &onnxpb_model_type, all, &model), TFP_OK);
    assert_int_equal(model.graph->initializer.n, 1);
    assert_int_equal(model.graph->initializer.at[0].raw_data.n, want->size);
    assert_memory_equal(model.graph->initializer.at[0].raw_data.at, want->data, want->size);
    arena_free(&arena);
    buffer_drop(bytes);
    ir_destroy(g);
    ir_destroy(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_memory),
        cmocka_unit_test(test_in_a_file),
        cmocka_unit_test(test_external),
        cmocka_unit_test(test_kept_as_nodes),
        cmocka_unit_test(test_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
