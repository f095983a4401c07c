/* Runs a model by TensorFlow itself, through the C API of a library that is found at run time: libtensorflow.so.2, or
 * libtensorflow_cc.so.2 inside a Python installation. The model goes there as it was saved, not through the IR. */
#include "backend/backend.h"
#include "backend/tensorflow/tensorflow_api.h"
#include "base/dl.h"
#include "schema/tensorflow_program.h"
#include "schema/tensorflow_proto.h"

#include <stdlib.h>
#include <string.h>

enum { TF_OK = 0, TF_RESOURCE_EXHAUSTED = 8 };

struct tensorflow {
    struct dl library;
#define FIELD(name, result, arguments) result(*name) arguments;
    TENSORFLOW_FUNCTIONS(FIELD)
#undef FIELD
    struct tf_status *status;
    struct tf_c_graph *graph;
    struct tf_session_options *options;
    struct tf_c_session *session;
    struct arena arena;
    struct tf_output *in, *out;
    const char **names[2]; /* of inputs and outputs, for messages */
    size_t n_in, n_out;
    struct tf_tensor **results; /* of the last run */
    struct arena lent;          /* dims and strings of the last run */
};

static const char *const patterns[] = {
    "libtensorflow.so.2",
    "libtensorflow.so",
    "~/lib/python3*/site-packages/tensorflow/libtensorflow_cc.so.2",
    "/usr/local/lib/libtensorflow.so*",
    "/usr/local/lib/python3*/dist-packages/tensorflow/libtensorflow_cc.so.2",
    "/usr/local/lib/python3*/site-packages/tensorflow/libtensorflow_cc.so.2",
    "/usr/lib/python3/dist-packages/tensorflow/libtensorflow_cc.so.2",
    "/opt/libtensorflow*/lib/libtensorflow.so*",
    NULL,
};
static const struct dl_search search = { "TensorFlow's C library", "TFPORT_TENSORFLOW", patterns, .option = "--tensorflow" };

static tfp_status check(struct tfp_context *ctx, const struct tensorflow *t, tfp_status code)
{
    const int got = t->GetCode(t->status);
    if (got == TF_OK) return TFP_OK;
    return tfp_fail(ctx, got == TF_RESOURCE_EXHAUSTED ? TFP_E_SYSTEM : code, "TensorFlow %s: %s", t->Version(),
                    t->Message(t->status));
}

/* -- opening ------------------------------------------------------------------------------------------------------- */

static tfp_status load(struct tfp_context *ctx, struct tensorflow *t, const char *path)
{
    TFP_TRY(dl_open(ctx, &search, path, &t->library));
#define LOAD(name, result, arguments)                                                                                  \
    {                                                                                                                  \
        void *symbol = dl_symbol(&t->library, "TF_" #name);                                                            \
        if (!symbol)                                                                                                   \
            return tfp_fail(ctx, TFP_E_MISSING, "%s: no C library of TensorFlow 2.4 or later, it lacks TF_%s",         \
                            t->library.path, #name);                                                                   \
        memcpy(&t->name, &symbol, sizeof t->name);                                                                     \
    }
    TENSORFLOW_FUNCTIONS(LOAD)
#undef LOAD
    tfp_note(ctx, "TensorFlow %s: %s", t->Version(), t->library.path);
    return TFP_OK;
}

/* ConfigProto (tensorflow/core/protobuf/config.proto): intra_op_parallelism_threads 2, inter_op_parallelism_threads 5. */
static tfp_status set_threads(struct tfp_context *ctx, struct tensorflow *t, int threads)
{
    const uint8_t n = (uint8_t)(threads < 127 ? threads : 127), config[] = { 2 << 3, n, 5 << 3, n };
    t->SetConfig(t->options, config, sizeof config, t->status);
    return check(ctx, t, TFP_E_SYSTEM);
}

static tfp_status import_graph(struct tfp_context *ctx, struct tensorflow *t, struct bytes def)
{
    struct tf_import_options *o = t->NewImportGraphDefOptions();
    const struct tf_buffer buffer = { def.at, def.n, NULL };
    t->GraphImportGraphDef(t->graph, &buffer, o, t->status);
    t->DeleteImportGraphDefOptions(o);
    TFP_TRY(check(ctx, t, TFP_E_UNSUPPORTED));
    t->session = t->NewSession(t->graph, t->options, t->status);
    return check(ctx, t, TFP_E_SYSTEM);
}

static tfp_status load_saved_model(struct tfp_context *ctx, struct tensorflow *t, const struct tensorflow_program *p)
{
    if (p->n_tags > INT32_MAX) return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%zu tags", p->n_tags);
    t->session = t->LoadSessionFromSavedModel(t->options, NULL, p->folder, p->tags, (int)p->n_tags, t->graph, NULL, t->status);
    return check(ctx, t, TFP_E_UNSUPPORTED);
}

/* "node" or "node:1" in the graph. */
static tfp_status find_tensor(struct tfp_context *ctx, struct tensorflow *t, const char *name, struct tf_output *out)
{
    const char *colon = strrchr(name, ':');
    const size_t digits = colon ? strspn(colon + 1, "0123456789") : 0;
    const bool port = digits && digits < 9 && !colon[1 + digits];
    char *node = arena_string(&t->arena, name, port ? (size_t)(colon - name) : strlen(name));
    if (!node) return tfp_no_memory(ctx);
    *out = (struct tf_output){ t->GraphOperationByName(t->graph, node), port ? atoi(colon + 1) : 0 };
    if (out->operation && out->index < t->OperationNumOutputs(out->operation)) return TFP_OK;
    return tfp_fail(ctx, TFP_E_USAGE, "TensorFlow finds no tensor '%s' in the graph", name);
}

static tfp_status find_tensors(struct tfp_context *ctx, struct tensorflow *t, const char *const *names, size_t n,
                               struct tf_output **out, const char ***kept)
{
    *out = ARENA_ARRAY(&t->arena, struct tf_output, n);
    *kept = ARENA_ARRAY(&t->arena, const char *, n);
    if (!*out || !*kept) return tfp_no_memory(ctx);
    for (size_t i = 0; i < n; i++) {
        if (!((*kept)[i] = arena_string(&t->arena, names[i], strlen(names[i])))) return tfp_no_memory(ctx);
        TFP_TRY(find_tensor(ctx, t, names[i], &(*out)[i]));
    }
    return TFP_OK;
}

/* The prefix goes in as a string of rank 0. */
static tfp_status restore(struct tfp_context *ctx, struct tensorflow *t, const struct tensorflow_program *p)
{
    struct tf_output prefix;
    struct tf_operation *operation = t->GraphOperationByName(t->graph, p->restore_op);
    if (!operation) return tfp_fail(ctx, TFP_E_FORMAT, "the saver's op %s is not in the graph", p->restore_op);
    TFP_TRY(find_tensor(ctx, t, p->filename_tensor, &prefix));
    struct tf_tensor *tensor = t->AllocateTensor(TFPB_DT_STRING, NULL, 0, sizeof(struct tf_string));
    if (!tensor) return tfp_no_memory(ctx);
    struct tf_string *string = t->TensorData(tensor);
    t->StringInit(string);
    t->StringCopy(string, p->checkpoint, strlen(p->checkpoint));
    t->SessionRun(t->session, NULL, &prefix, &tensor, 1, NULL, NULL, 0, &operation, 1, NULL, t->status);
    t->StringDealloc(string);
    t->DeleteTensor(tensor);
    return check(ctx, t, TFP_E_FORMAT);
}

static tfp_status open_program(struct tfp_context *ctx, struct tensorflow *t, const struct backend_options *b)
{
    const struct tensorflow_program *p = b->original;
    const size_t n = p->n_outputs + b->n_expose;
    const char **outputs = ARENA_ARRAY(&t->arena, const char *, n);
    if (p->n_inputs > INT32_MAX || n > INT32_MAX) return tfp_fail(ctx, TFP_E_UNSUPPORTED, "more than 2^31 tensors");
    TFP_TRY(p->folder ? load_saved_model(ctx, t, p) : import_graph(ctx, t, p->graph));
    TFP_TRY(find_tensors(ctx, t, p->inputs, p->n_inputs, &t->in, &t->names[0]));
    if (!outputs) return tfp_no_memory(ctx);
    for (size_t i = 0; i < n; i++) outputs[i] = i < p->n_outputs ? p->outputs[i] : b->expose[i - p->n_outputs];
    TFP_TRY(find_tensors(ctx, t, outputs, n, &t->out, &t->names[1]));
    t->n_in = p->n_inputs;
    t->n_out = n;
    t->results = ARENA_ARRAY(&t->arena, struct tf_tensor *, n);
    if (!t->results) return tfp_no_memory(ctx);
    return p->checkpoint ? restore(ctx, t, p) : TFP_OK;
}

static tfp_status tensorflow_open(struct tfp_context *ctx, void *state, const struct ir_graph *g, const struct backend_options *b)
{
    struct tensorflow *t = state;
    (void)g;
    TFP_TRY(load(ctx, t, b->library));
    t->status = t->NewStatus();
    t->graph = t->NewGraph();
    t->options = t->NewSessionOptions();
    if (!t->status || !t->graph || !t->options) return tfp_no_memory(ctx);
    TFP_TRY(set_threads(ctx, t, b->threads));
    return open_program(ctx, t, b);
}

/* -- running ------------------------------------------------------------------------------------------------------- */

static void fill_strings(struct tensorflow *t, const struct tfp_string *from, size_t n, struct tf_string *to)
{
    for (size_t i = 0; i < n; i++) {
        t->StringInit(&to[i]);
        t->StringCopy(&to[i], from[i].n ? from[i].at : "", from[i].n);
    }
}

static tfp_status make_input(struct tfp_context *ctx, struct tensorflow *t, size_t i, const struct tfp_tensor *from,
                             struct tf_tensor **out)
{
    const int type = t->OperationOutputType(t->in[i]);
    const bool strings = from->dtype == TFP_STRING;
    const size_t n = strings ? from->size / sizeof(struct tfp_string) : 0;
    if (tfpb_dtype(type) != from->dtype)
        return tfp_fail(ctx, TFP_E_USAGE, "input %s: TensorFlow's type %d is not %s", t->names[0][i], type,
                        tfp_dtype_name(from->dtype));
    *out = t->AllocateTensor(type, from->dims, (int)from->rank, strings ? n * sizeof(struct tf_string) : from->size);
    if (!*out) return tfp_no_memory(ctx);
    if (strings) fill_strings(t, from->data, n, t->TensorData(*out));
    else if (from->size) memcpy(t->TensorData(*out), from->data, from->size);
    return TFP_OK;
}

static void drop_input(struct tensorflow *t, struct tf_tensor *in)
{
    if (!in) return;
    if (t->TensorType(in) == TFPB_DT_STRING) {
        struct tf_string *strings = t->TensorData(in);
        for (size_t i = 0; i < t->TensorByteSize(in) / sizeof *strings; i++) t->StringDealloc(&strings[i]);
    }
    t->DeleteTensor(in);
}

static tfp_status take_strings(struct tfp_context *ctx, struct tensorflow *t, const struct tf_string *from, size_t n, void **data)
{
    struct tfp_string *strings = ARENA_ARRAY(&t->lent, struct tfp_string, n);
    if (!strings) return tfp_no_memory(ctx);
    for (size_t i = 0; i < n; i++)
        strings[i] = (struct tfp_string){ t->StringGetDataPointer(&from[i]), t->StringGetSize(&from[i]) };
    *data = strings;
    return TFP_OK;
}

static tfp_status take_output(struct tfp_context *ctx, struct tensorflow *t, size_t i, struct tfp_tensor *out)
{
    const struct tf_tensor *from = t->results[i];
    const char *name = t->names[1][i];
    const tfp_dtype dtype = tfpb_dtype(t->TensorType(from));
    int64_t dims[TFP_MAX_RANK];
    struct tensor d;
    const int rank = t->NumDims(from);
    if (dtype == TFP_UNDEFINED || rank < 0 || rank > TFP_MAX_RANK)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "output %s: TensorFlow's type %d, %d dimensions", name, t->TensorType(from), rank);
    for (int k = 0; k < rank; k++) dims[k] = t->Dim(from, k);
    TFP_TRY(tensor_describe(ctx, name, dtype, (size_t)rank, dims, &d));
    void *data = t->TensorData(from);
    const size_t element = dtype == TFP_STRING ? sizeof(struct tf_string) : tfp_dtype_size(dtype);
    if (t->TensorByteSize(from) != (size_t)d.count * element)
        return tfp_fail(ctx, TFP_E_SYSTEM, "output %s: TensorFlow gave %zu bytes", name, t->TensorByteSize(from));
    if (dtype == TFP_STRING) TFP_TRY(take_strings(ctx, t, data, (size_t)d.count, &data));
    int64_t *own = arena_copy(&t->lent, dims, (size_t)rank * sizeof *dims);
    if (!own) return tfp_no_memory(ctx);
    return backend_give(ctx, name, &(struct tfp_tensor){ dtype, (uint32_t)rank, own, data, d.size }, out);
}

static void release_results(struct tensorflow *t)
{
    for (size_t i = 0; t->results && i < t->n_out; i++) {
        if (t->results[i]) t->DeleteTensor(t->results[i]);
        t->results[i] = NULL;
    }
    arena_free(&t->lent);
}

static tfp_status tensorflow_run(struct tfp_context *ctx, void *state, const struct tfp_tensor *inputs, size_t n_inputs,
                                 struct tfp_tensor *outputs, size_t n_outputs)
{
    struct tensorflow *t = state;
    tfp_status status = TFP_OK;
    release_results(t);
    if (n_inputs != t->n_in || n_outputs != t->n_out)
        return tfp_fail(ctx, TFP_E_USAGE, "TensorFlow is fed %zu tensors and gives %zu", t->n_in, t->n_out);
    struct tf_tensor **in = ARENA_ARRAY(&t->lent, struct tf_tensor *, n_inputs);
    if (!in) return tfp_no_memory(ctx);
    for (size_t i = 0; i < n_inputs && status == TFP_OK; i++) status = make_input(ctx, t, i, &inputs[i], &in[i]);
    if (status == TFP_OK) {
        t->SessionRun(t->session, NULL, t->in, in, (int)n_inputs, t->out, t->results, (int)n_outputs, NULL, 0, NULL, t->status);
        status = check(ctx, t, TFP_E_SYSTEM);
    }
    for (size_t i = 0; i < n_inputs; i++) drop_input(t, in[i]);
    for (size_t i = 0; i < n_outputs && status == TFP_OK; i++) status = take_output(ctx, t, i, &outputs[i]);
    return status;
}

static bool tensorflow_has_tensor(void *state, const char *name)
{
    struct tensorflow *t = state;
    struct tfp_context quiet = { 0 };
    struct tf_output found;
    return find_tensor(&quiet, t, name, &found) == TFP_OK;
}

static void tensorflow_close(void *state)
{
    struct tensorflow *t = state;
    release_results(t);
    if (t->session) {
        t->CloseSession(t->session, t->status);
        t->DeleteSession(t->session, t->status);
    }
    if (t->options) t->DeleteSessionOptions(t->options);
    if (t->graph) t->DeleteGraph(t->graph);
    if (t->status) t->DeleteStatus(t->status);
    arena_free(&t->arena);
    /* The library stays loaded: its threads and registries do not survive being unloaded. */
}

const struct backend backend_tensorflow = {
    .name = "tensorflow",
    .state_size = sizeof(struct tensorflow),
    .runs_original = true,
    .open = tensorflow_open,
    .run = tensorflow_run,
    .has_tensor = tensorflow_has_tensor,
    .close = tensorflow_close,
};
