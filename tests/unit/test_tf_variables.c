/* Variables get their values: a meta graph and a checkpoint that TensorFlow wrote (data/make_variables_data.py), and
 * graphs in text form over the same checkpoint. */
#include "base/text.h"
#include "frontend/tensorflow/lower.h"
#include "frontend/tensorflow/tf_variables.h"

#include "support.h"

#define CHECKPOINT TEST_DATA "/variables/model.ckpt"

/* -- helpers ------------------------------------------------------------------------------------------------------- */

struct model {
    tfp_context *ctx;
    struct weights *weights;
    struct tf_graph *graph;
    struct ir_graph *ir;
    tfp_status status;
    int notes;
};

static void count_note(void *user, const char *text)
{
    (void)text;
    ++*(int *)user;
}

/* The model's outputs are the names before the NULL. */
static void build(struct model *m, const struct tfpb_graph *def, const struct tfpb_meta_graph *meta, bool averages,
                  const char *const *outputs)
{
    struct tfp_model_options options = TFP_INIT(options);
    struct tf_named_tensor out[8] = { { .name = NULL } };
    struct tf_request r = { .options = &options, .outputs = out, .weights = m->weights, .meta = meta };
    options.moving_averages = averages;
    for (; outputs[r.n_outputs]; r.n_outputs++) out[r.n_outputs].tensor = outputs[r.n_outputs];
    m->status = tf_graph_build(m->ctx, m->graph, def, &r);
    if (m->status == TFP_OK) m->status = lower_graph(m->ctx, m->graph, &m->ir);
    if (m->status == TFP_OK) assert_int_equal(ir_check(m->ctx, m->ir), TFP_OK);
}

static void start(struct model *m, struct buffer *file, const char *weights)
{
    struct weights_options options = { .no_verify = false };
    *m = (struct model){ .status = TFP_OK };
    assert_int_equal(tfp_context_create(&m->ctx), TFP_OK);
    tfp_context_on_note(m->ctx, count_note, &m->notes);
    if (weights) m->status = weights_open(m->ctx, weights, &options, &m->weights);
    assert_int_equal(m->status, TFP_OK);
    assert_int_equal(tf_graph_create(m->ctx, file, &m->graph), TFP_OK);
}

static void finish(struct model *m)
{
    ir_destroy(m->ir);
    tf_graph_destroy(m->graph);
    weights_close(m->weights);
    tfp_context_destroy(m->ctx);
}

static struct model open_meta(const char *weights, bool averages, const char *const *outputs)
{
    struct model m;
    struct buffer *file;
    tfp_context *ctx;
    assert_int_equal(tfp_context_create(&ctx), TFP_OK);
    assert_int_equal(buffer_map(ctx, CHECKPOINT ".meta", &file), TFP_OK);
    start(&m, file, weights);
    struct tfpb_meta_graph *meta = ARENA_NEW(&m.graph->arena, struct tfpb_meta_graph);
    struct bytes content = { file->data, file->size };
    assert_int_equal(protobuf_decode(m.ctx, &m.graph->arena, &tfpb_meta_graph_type, content, meta), TFP_OK);
    build(&m, meta->graph_def, meta, averages, outputs);
    buffer_drop(file);
    tfp_context_destroy(ctx);
    return m;
}

static struct model open_text(const char *weights, bool averages, const char *text, const char *const *outputs)
{
    struct model m;
    start(&m, NULL, weights);
    struct tfpb_graph *def = ARENA_NEW(&m.graph->arena, struct tfpb_graph);
    tfp_status status = protobuf_text_decode(m.ctx, &m.graph->arena, &tfpb_graph_type, bytes_of(text), def);
    if (status != TFP_OK) print_error("%s\n", tfp_context_message(m.ctx));
    assert_int_equal(status, TFP_OK);
    build(&m, def, NULL, averages, outputs);
    return m;
}

#define OUT(...) (const char *const[]){ __VA_ARGS__, NULL }

static void same(const struct ir_value *v, const float *wanted, size_t n)
{
    assert_non_null(v);
    assert_non_null(v->constant);
    assert_int_equal(v->constant->count, n);
    for (size_t i = 0; i < n; i++) assert_float_equal((float)tensor_float(v->constant, (int64_t)i), wanted[i], 0);
}

/* The value of that name, wherever it is used. */
static const struct ir_value *value_of(const struct ir_graph *g, const char *name)
{
    for (const struct ir_node *n = g->first; n; n = n->next)
        for (size_t i = 0; i < n->n_in; i++) {
            const struct ir_value *v = ir_in(n, i);
            if (v && v->name && strcmp(v->name, name) == 0) return v;
        }
    return NULL;
}

static void succeeded(const struct model *m)
{
    if (m->status != TFP_OK) print_error("%s\n", tfp_context_message(m->ctx));
    assert_int_equal(m->status, TFP_OK);
}

static void failed(struct model *m, tfp_status status, const char *text)
{
    const char *message = tfp_context_message(m->ctx);
    if (m->status != status || !strstr(message, text)) print_error("\"%s\" is not \"%s\"\n", message, text);
    assert_int_equal(m->status, status);
    assert_contains(message, text);
    finish(m);
}

#define DTYPE(type) "attr { key: 'dtype' value { type: " type " } } "
#define SHAPE(dims) "attr { key: 'shape' value { shape { " dims " } } } "
#define DIM(n) "dim { size: " #n " } "
#define TEXT(key, text) "attr { key: '" key "' value { s: '" text "' } } "
#define VARIABLE(name, dims) "node { name: '" name "' op: 'VariableV2' " DTYPE("DT_FLOAT") SHAPE(dims) "}\n"
#define HANDLE(name, shared, dims)                                                                                     \
    "node { name: '" name "' op: 'VarHandleOp' " DTYPE("DT_FLOAT") SHAPE(dims) TEXT("shared_name", shared) "}\n"
#define READ(name, in) "node { name: '" name "' op: 'ReadVariableOp' input: '" in "' " DTYPE("DT_FLOAT") "}\n"
#define IDENTITY(name, in)                                                                                             \
    "node { name: '" name "' op: 'Identity' input: '" in "' attr { key: 'T' value { type: DT_FLOAT } } }\n"
#define STRINGS(name, ...)                                                                                             \
    "node { name: '" name "' op: 'Const' " DTYPE("DT_STRING")                                                          \
    "attr { key: 'value' value { tensor { dtype: DT_STRING " __VA_ARGS__ " } } } }\n"
#define ONE_STRING "tensor_shape { dim { size: 1 } } string_val: "
#define RESTORE(name, keys, slices)                                                                                    \
    "node { name: '" name "' op: 'RestoreV2' input: 'prefix' input: '" keys "' input: '" slices                        \
    "' attr { key: 'dtypes' value { list { type: DT_FLOAT } } } }\n"
#define ASSIGN(name, variable, value)                                                                                  \
    "node { name: '" name "' op: 'Assign' input: '" variable "' input: '" value                                        \
    "' attr { key: 'T' value { type: DT_FLOAT } } }\n"
#define PREFIX STRINGS("prefix", "tensor_shape { } string_val: 'model'") STRINGS("whole", ONE_STRING "''")

#define FLOATS(...) (const float[]){ __VA_ARGS__ }, sizeof((const float[]){ __VA_ARGS__ }) / sizeof(float)
#define SAME(value, ...) same(value, FLOATS(__VA_ARGS__))
/* The graph's only output is constant and has these elements. */
#define GIVES(text, ...) gives(open_text(CHECKPOINT, false, text, OUT("r")), FLOATS(__VA_ARGS__))

static void gives(struct model m, const float *wanted, size_t n)
{
    succeeded(&m);
    same(m.ir->outputs[0].value, wanted, n);
    finish(&m);
}

/* -- a meta graph -------------------------------------------------------------------------------------------------- */

static void test_saver(void **state)
{
    (void)state;
    struct model m = open_meta(CHECKPOINT, false, OUT("out_parts", "out_lookup", "out_average", "out_renamed"));
    succeeded(&m);
    SAME(ir_in(m.ir->first, 1), 0, 2, 4, 6, 8, 10, 12, 1, 3, 5, 7, 9, 11, 13); /* MatMul's, transposed */
    SAME(m.ir->outputs[1].value, 12, 13, 0, 1, 6, 7);
    SAME(value_of(m.ir, "scope/b"), 100, 101);
    SAME(value_of(m.ir, "renamed"), 200, 201); /* the saver calls it "another" */
    finish(&m);
}

static void test_sizes(void **state)
{
    (void)state;
    uint64_t elements, bytes;
    struct model m = open_meta(CHECKPOINT, false, OUT("out_parts"));
    succeeded(&m);
    struct tf_node *part = tf_graph_find(m.graph, "w/part_1", strlen("w/part_1"));
    assert_true(tf_variables_size(part, &elements, &bytes));
    assert_int_equal(elements, 4);
    assert_int_equal(bytes, 16);
    assert_false(tf_variables_size(part, &elements, &bytes)); /* once */
    struct tf_node *x = tf_graph_find(m.graph, "x", 1);
    assert_false(tf_variables_size(x, &elements, &bytes));
    finish(&m);
}

static void test_moving_averages(void **state)
{
    (void)state;
    struct model m = open_meta(CHECKPOINT, true, OUT("out_average", "out_renamed"));
    succeeded(&m);
    SAME(value_of(m.ir, "scope/b"), 150, 151);
    SAME(value_of(m.ir, "renamed"), 200, 201); /* has none */
    assert_int_equal(m.notes, 0);
    finish(&m);
    m = open_text(CHECKPOINT, true, VARIABLE("another", DIM(2)) IDENTITY("r", "another"), OUT("r"));
    succeeded(&m);
    assert_int_equal(m.notes, 1); /* there are none */
    finish(&m);
}

static void test_initial_values(void **state)
{
    (void)state;
    struct model m = open_meta(CHECKPOINT, false, OUT("out_unsaved"));
    succeeded(&m);
    SAME(value_of(m.ir, "unsaved"), 1, 1);
    assert_int_equal(m.notes, 1);
    finish(&m);
    m = open_meta(CHECKPOINT, false, OUT("out_random"));
    failed(&m, TFP_E_FORMAT, "variable random has no value: " CHECKPOINT " has no array random");
    m = open_meta(NULL, false, OUT("out_unsaved")); /* what was trained is not what it began with */
    failed(&m, TFP_E_FORMAT, "variable unsaved has no value: the file holds a graph without weights; give --weights");
}

static void test_without_weights(void **state)
{
    (void)state;
    struct model m = open_meta(NULL, false, OUT("out_parts", "out_average", "out_renamed"));
    failed(&m, TFP_E_FORMAT, "5 variables have no value (w/part_0, w/part_1, w/part_2, scope/b, ...): ");
}

static void test_changes(void **state)
{
    (void)state;
    struct model m = open_meta(CHECKPOINT, false, OUT("out_before"));
    succeeded(&m);
    SAME(value_of(m.ir, "counter"), 300, 301);
    finish(&m);
    m = open_meta(CHECKPOINT, false, OUT("out_behind"));
    failed(&m, TFP_E_UNSUPPORTED, "it reads variable counter after node AssignAddVariableOp (AssignAddVariableOp) has "
           "changed it");
    m = open_meta(CHECKPOINT, false, OUT("out_changed"));
    failed(&m, TFP_E_UNSUPPORTED, "the model changes variable reference when it runs");
}

/* -- by name ------------------------------------------------------------------------------------------------------- */

static void test_names(void **state)
{
    (void)state;
    GIVES(VARIABLE("renamed", DIM(2)) IDENTITY("r", "another") VARIABLE("another", DIM(2)), 200, 201);
    GIVES(HANDLE("h", "scope/b", DIM(2)) READ("r", "h"), 100, 101);
    GIVES(HANDLE("h", "scope/b:0", DIM(2)) READ("r", "h"), 100, 101);
    GIVES(HANDLE("scope/b", "", DIM(2)) READ("r", "scope/b"), 100, 101);
    GIVES(HANDLE("scope/b", "cd2c89b7-88b7-44c8-ad83-06c2a9158347", DIM(2)) READ("r", "scope/b"), 100, 101);
    GIVES(HANDLE("h", "scope/b/replica_1", DIM(2)) READ("r", "h"), 100, 101);
    GIVES(HANDLE("h", "w/part_1", DIM(2) DIM(2)) READ("r", "h"), 6, 7, 8, 9);
    GIVES(HANDLE("h", "w/part_2/replica_3", "dim { size: -1 } dim { size: 2 }") READ("r", "h"), 10, 11, 12, 13);
    /* An array that is stored whole. */
    GIVES(VARIABLE("another/part_0", DIM(1)) VARIABLE("another/part_1", DIM(1)) IDENTITY("r", "another/part_1"), 201);
    /* The oldest op writes an unknown shape as []. */
    GIVES("node { name: 'another' op: 'Variable' " DTYPE("DT_FLOAT") SHAPE("") "}\n" IDENTITY("r", "another"), 200,
          201);
    GIVES("node { name: 'any' op: 'VariableV2' " DTYPE("DT_FLOAT") TEXT("_tfport_key", "another") "}\n"
          IDENTITY("r", "any"), 200, 201);
    struct model m = open_text(CHECKPOINT, true, HANDLE("h", "scope/b", DIM(2)) READ("r", "h"), OUT("r"));
    gives(m, (const float[]){ 150, 151 }, 2);
}

static void test_shared(void **state)
{
    (void)state;
    struct model m = open_text(CHECKPOINT, false,
                               HANDLE("h", "another", DIM(2)) HANDLE("k", "another", "unknown_rank: true")
                                   HANDLE("l", "counter", DIM(2)) READ("r", "h") READ("s", "k") READ("t", "l"),
                               OUT("r", "s", "t"));
    succeeded(&m);
    assert_ptr_equal(m.ir->outputs[0].value, m.ir->outputs[1].value);
    assert_ptr_not_equal(m.ir->outputs[0].value, m.ir->outputs[2].value);
    finish(&m);
}

static void test_mistakes(void **state)
{
    (void)state;
    struct model m = open_text(CHECKPOINT, false, VARIABLE("scope_2/b", DIM(2)) IDENTITY("r", "scope_2/b"), OUT("r"));
    failed(&m, TFP_E_FORMAT, "variable scope_2/b has no value: " CHECKPOINT " has no array scope_2/b; near it: "
           "scope/b");
    m = open_text(CHECKPOINT, false, VARIABLE("another", DIM(2) DIM(1)) IDENTITY("r", "another"), OUT("r"));
    failed(&m, TFP_E_FORMAT, "variable another: the graph says float32[2,1], array another of " CHECKPOINT " is "
           "float32[2]");
    m = open_text(CHECKPOINT, false, VARIABLE("another", DIM(3)) IDENTITY("r", "another"), OUT("r"));
    failed(&m, TFP_E_FORMAT, "the graph says float32[3], array");
    m = open_text(CHECKPOINT, false,
                  "node { name: 'another' op: 'VarHandleOp' " DTYPE("DT_INT32") SHAPE(DIM(2)) "}\n"
                  "node { name: 'r' op: 'ReadVariableOp' input: 'another' " DTYPE("DT_INT32") "}\n", OUT("r"));
    failed(&m, TFP_E_FORMAT, "the graph says int32[2], array another of " CHECKPOINT " is float32[2]");
    m = open_text(CHECKPOINT, false, HANDLE("another", "", DIM(2))
                  "node { name: 'r' op: 'ReadVariableOp' input: 'another' " DTYPE("DT_INT32") "}\n", OUT("r"));
    failed(&m, TFP_E_FORMAT, "node r (ReadVariableOp): dtype is int32, variable another is float32");
    m = open_text(CHECKPOINT, false, VARIABLE("w/part_7", DIM(2) DIM(2)) IDENTITY("r", "w/part_7"), OUT("r"));
    failed(&m, TFP_E_FORMAT, "variable w/part_7 has no value");
}

/* -- restore ops in a graph without a saver ------------------------------------------------------------------------ */

static void test_restores(void **state)
{
    (void)state;
    GIVES(PREFIX VARIABLE("v", DIM(2)) IDENTITY("r", "v") STRINGS("keys", ONE_STRING "'another'")
              RESTORE("restore", "keys", "whole") ASSIGN("assign", "v", "restore"), 200, 201);
    /* A part, through an Identity. */
    GIVES(PREFIX VARIABLE("v", DIM(4) DIM(1)) IDENTITY("r", "v") STRINGS("keys", ONE_STRING "'w'")
              STRINGS("slices", ONE_STRING "'7 2 2,4:1,1'") RESTORE("restore", "keys", "slices")
                  IDENTITY("i", "restore") ASSIGN("assign", "v", "i"), 5, 7, 9, 11);
    /* Of two, the one that the checkpoint has; an array of the variable's own name is not asked for. */
    GIVES(PREFIX VARIABLE("counter", DIM(2)) IDENTITY("r", "counter") STRINGS("keys", ONE_STRING "'another'")
              STRINGS("other", ONE_STRING "'nowhere'") RESTORE("q", "other", "whole") ASSIGN("a", "counter", "q")
                  RESTORE("s", "keys", "whole") ASSIGN("b", "counter", "s"), 200, 201);
    /* What the graph computes from a restored array is not the array: the name counts. */
    GIVES(PREFIX VARIABLE("counter", DIM(2)) IDENTITY("r", "counter") STRINGS("keys", ONE_STRING "'another'")
              RESTORE("s", "keys", "whole") "node { name: 'n' op: 'Neg' input: 's' }\n" ASSIGN("b", "counter", "n"),
          300, 301);
    struct model m = open_text(CHECKPOINT, false,
                               PREFIX VARIABLE("v", DIM(1) DIM(2)) IDENTITY("r", "v") STRINGS("keys", ONE_STRING "'w'")
                                   STRINGS("slices", ONE_STRING "'8 2 2,1:0,2'") RESTORE("restore", "keys", "slices")
                                       ASSIGN("assign", "v", "restore"), OUT("r"));
    failed(&m, TFP_E_FORMAT, "it is a part of a whole: variable v: the graph says float32[8,2], array w of " CHECKPOINT
           " is float32[7,2]");
}

static void test_old_restores(void **state)
{
    (void)state;
    static const char reshaped[] =
        PREFIX VARIABLE("v", DIM(2) DIM(1)) IDENTITY("r", "v") STRINGS("key", "tensor_shape { } string_val: 'another'")
        "node { name: 'restore' op: 'Restore' input: 'prefix' input: 'key' "
        "attr { key: 'dt' value { type: DT_FLOAT } } }\n"
        "node { name: 'shape' op: 'Const' " DTYPE("DT_INT32") "attr { key: 'value' value { tensor { dtype: DT_INT32 "
        "tensor_shape { dim { size: 2 } } int_val: [2, 1] } } } }\n"
        "node { name: 'reshape' op: 'Reshape' input: 'restore' input: 'shape' }\n" ASSIGN("assign", "v", "reshape");
    GIVES(reshaped, 200, 201);
    GIVES(PREFIX VARIABLE("v", DIM(1) DIM(2)) IDENTITY("r", "v") STRINGS("key", "tensor_shape { } string_val: 'w'")
              STRINGS("part", "tensor_shape { } string_val: '7 2 6,1:-'")
          "node { name: 'restore' op: 'RestoreSlice' input: 'prefix' input: 'key' input: 'part' "
          "attr { key: 'dt' value { type: DT_FLOAT } } }\n" ASSIGN("assign", "v", "restore"), 12, 13);
}

/* As a SavedModel of TensorFlow 2 restores; the outer function only calls. */
static const char restoring[] =
    "library { function { signature { name: 'restoring' input_arg { name: 'prefix' type: DT_STRING } "
    "input_arg { name: 'handle' type: DT_RESOURCE } } "
    "node_def { name: 'keys' op: 'Const' " DTYPE("DT_STRING") "attr { key: 'value' value { tensor { dtype: DT_STRING "
    "tensor_shape { dim { size: 2 } } string_val: ['nowhere', 'another'] } } } } "
    "node_def { name: 'slices' op: 'Const' " DTYPE("DT_STRING") "attr { key: 'value' value { tensor { dtype: DT_STRING "
    "tensor_shape { dim { size: 2 } } string_val: '' } } } } "
    "node_def { name: 'RestoreV2' op: 'RestoreV2' input: 'prefix' input: 'keys:output:0' input: 'slices:output:0' "
    "attr { key: 'dtypes' value { list { type: [DT_FLOAT, DT_FLOAT] } } } } "
    "node_def { name: 'Identity' op: 'Identity' input: 'RestoreV2:tensors:1' "
    "attr { key: 'T' value { type: DT_FLOAT } } } "
    "node_def { name: 'Assign' op: 'AssignVariableOp' input: 'handle' input: 'Identity:output:0' " DTYPE("DT_FLOAT")
    "} } }\n" PREFIX
    "node { name: 'call' op: 'StatefulPartitionedCall' input: 'prefix' input: 'h' "
    "attr { key: 'Tin' value { list { type: [DT_STRING, DT_RESOURCE] } } } attr { key: 'Tout' value { list { } } } "
    "attr { key: 'f' value { func { name: 'restoring' } } } }\n" HANDLE("h", "counter", DIM(2)) READ("r", "h");

static void test_restoring_function(void **state)
{
    (void)state;
    GIVES(restoring, 200, 201);
}

/* A call whose function changes the variable runs before the read. */
static void test_changing_function(void **state)
{
    (void)state;
    static const char graph[] =
        "library { function { signature { name: 'outer' input_arg { name: 'handle' type: DT_RESOURCE } } "
        "node_def { name: 'call' op: 'StatefulPartitionedCall' input: 'handle' "
        "attr { key: 'Tin' value { list { type: DT_RESOURCE } } } attr { key: 'Tout' value { list { } } } "
        "attr { key: 'f' value { func { name: 'inner' } } } } } "
        "function { signature { name: 'inner' input_arg { name: 'handle' type: DT_RESOURCE } } "
        "node_def { name: 'one' op: 'Const' " DTYPE("DT_FLOAT") "attr { key: 'value' value { tensor { dtype: DT_FLOAT "
        "tensor_shape { } float_val: 1 } } } } "
        "node_def { name: 'Assign' op: 'AssignAddVariableOp' input: 'handle' input: 'one:output:0' " DTYPE("DT_FLOAT")
        "} } }\n"
        "node { name: 'call' op: 'StatefulPartitionedCall' input: 'h' "
        "attr { key: 'Tin' value { list { type: DT_RESOURCE } } } attr { key: 'Tout' value { list { } } } "
        "attr { key: 'f' value { func { name: 'outer' } } } }\n"
        HANDLE("h", "counter", DIM(2)) HANDLE("k", "another", DIM(2))
        "node { name: 'r' op: 'ReadVariableOp' input: 'h' input: '^call' " DTYPE("DT_FLOAT") "}\n"
        "node { name: 's' op: 'ReadVariableOp' input: 'k' input: '^call' " DTYPE("DT_FLOAT") "}\n"
        READ("t", "h");
    struct model m = open_text(CHECKPOINT, false, graph, OUT("s", "t"));
    succeeded(&m);
    finish(&m);
    m = open_text(CHECKPOINT, false, graph, OUT("r"));
    failed(&m, TFP_E_UNSUPPORTED, "it reads variable counter after node call (StatefulPartitionedCall) has changed it");
}

/* -- other ops ----------------------------------------------------------------------------------------------------- */

#define INTS_CONST(name, shape, values)                                                                                \
    "node { name: '" name "' op: 'Const' " DTYPE("DT_INT32") "attr { key: 'value' value { tensor { dtype: DT_INT32 "   \
    "tensor_shape { " shape " } int_val: [" values "] } } } }\n"
#define GATHER(op, batch)                                                                                              \
    "node { name: 'r' op: '" op "' input: 'h' input: 'i' " DTYPE("DT_FLOAT")                                           \
    "attr { key: 'Tindices' value { type: DT_INT32 } } " batch "}\n"

static void test_ops(void **state)
{
    (void)state;
    GIVES(HANDLE("h", "w", "unknown_rank: true") INTS_CONST("i", DIM(2), "6, 0") GATHER("ResourceGather", ""),
          12, 13, 0, 1);
    GIVES(HANDLE("h", "w", DIM(7) DIM(2)) INTS_CONST("i", DIM(7) DIM(1), "0, 1, 0, 1, 0, 1, 1")
              GATHER("ResourceGather", "attr { key: 'batch_dims' value { i: 1 } } "), 0, 3, 4, 7, 8, 11, 13);
    GIVES(HANDLE("h", "w", DIM(7) DIM(2)) INTS_CONST("i", DIM(2) DIM(2), "6, 0, 1, 1") GATHER("ResourceGatherNd", ""),
          12, 3);
    GIVES(HANDLE("h", "w", DIM(7) DIM(2)) "node { name: 'r' op: 'VariableShape' input: 'h' }\n", 7, 2);
    GIVES(HANDLE("h", "w", DIM(7) DIM(2)) "node { name: 'r' op: 'VarIsInitializedOp' input: 'h' }\n", 1);
    struct model m = open_text(CHECKPOINT, false,
                               "node { name: 'x' op: 'Placeholder' " DTYPE("DT_BOOL") "}\n"
                               HANDLE("h", "another", DIM(2)) HANDLE("k", "counter", DIM(2))
                               "node { name: 's' op: 'Switch' input: 'h' input: 'x' "
                               "attr { key: 'T' value { type: DT_RESOURCE } } }\n"
                               "node { name: 't' op: 'Switch' input: 'k' input: 'x' "
                               "attr { key: 'T' value { type: DT_RESOURCE } } }\n"
                               "node { name: 'm' op: 'Merge' input: 's' input: 't:1' "
                               "attr { key: 'T' value { type: DT_RESOURCE } } attr { key: 'N' value { i: 2 } } }\n"
                               READ("r", "m"), OUT("r"));
    failed(&m, TFP_E_UNSUPPORTED, "node r (ReadVariableOp): its variable is not known before the model runs");
}

/* -- files --------------------------------------------------------------------------------------------------------- */

/* A shard that is not there is an error only when it is needed. */
static void test_missing_shard(void **state)
{
    (void)state;
    const char *prefix = temp_path("model.ckpt");
    copy_file(CHECKPOINT ".index", temp_path("model.ckpt.index"));
    static const char graph[] = VARIABLE("another", DIM(2)) IDENTITY("r", "another")
        "node { name: 'c' op: 'Const' " DTYPE("DT_FLOAT") "attr { key: 'value' value { tensor { dtype: DT_FLOAT "
        "tensor_shape { } float_val: 1 } } } }\n" IDENTITY("s", "c");
    struct model m = open_text(prefix, false, graph, OUT("s"));
    succeeded(&m);
    finish(&m);
    m = open_text(prefix, false, graph, OUT("r"));
    failed(&m, TFP_E_FORMAT, "another");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_saver),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_moving_averages),
        cmocka_unit_test(test_initial_values),
        cmocka_unit_test(test_without_weights),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_shared),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_restores),
        cmocka_unit_test(test_old_restores),
        cmocka_unit_test(test_restoring_function),
        cmocka_unit_test(test_changing_function),
        cmocka_unit_test(test_ops),
        cmocka_unit_test(test_missing_shard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
