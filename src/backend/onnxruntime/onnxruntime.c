/* Runs ONNX models with an ONNX Runtime that is found at run time (libonnxruntime.so of a distribution or of Python's
 * onnxruntime package), through its C API. Element types have the same numbers there as here. */
#include "backend/backend.h"
#include "backend/onnxruntime/ort_api.h"
#include "base/dl.h"

#include <stdlib.h>
#include <string.h>

struct ort {
    struct dl library;
#define FIELD(number, name, result, arguments) result(*name) arguments;
    ORT_FUNCTIONS(FIELD)
#undef FIELD
    struct ort_env *env;
    struct ort_session_options *options;
    struct ort_session *session;
    struct ort_memory_info *memory;
    struct ort_allocator *allocator; /* the library's default: not released */
    struct arena arena;              /* infos, names */
    struct tfp_tensor_info *infos[2]; /* inputs, outputs */
    const char **names[2];
    size_t n[2];
    struct ort_value **values; /* outputs of the last run */
    struct arena results;      /* dims and strings of the last run */
};

static const char *const patterns[] = {
    "libonnxruntime.so.1",
    "libonnxruntime.so",
    "~/lib/python3*/site-packages/onnxruntime/capi/libonnxruntime.so.*",
    "/usr/local/lib/libonnxruntime.so*",
    "/usr/local/lib/python3*/dist-packages/onnxruntime/capi/libonnxruntime.so.*",
    "/usr/local/lib/python3*/site-packages/onnxruntime/capi/libonnxruntime.so.*",
    "/usr/lib/python3/dist-packages/onnxruntime/capi/libonnxruntime.so.*",
    "/opt/onnxruntime*/lib/libonnxruntime.so*",
    NULL,
};
static const struct dl_search search = { "ONNX Runtime", "TFPORT_ONNXRUNTIME", patterns, NULL };

static tfp_status check(struct tfp_context *ctx, const struct ort *o, struct ort_status *status, tfp_status code)
{
    if (!status) return TFP_OK;
    tfp_fail(ctx, code, "ONNX Runtime: %s", o->GetErrorMessage(status));
    o->ReleaseStatus(status);
    return code;
}
#define ORT_TRY(call) TFP_TRY(check(ctx, o, (call), TFP_E_SYSTEM))

static tfp_status load(struct tfp_context *ctx, struct ort *o, const char *path)
{
    TFP_TRY(dl_open(ctx, &search, path, &o->library));
    void *symbol = dl_symbol(&o->library, "OrtGetApiBase");
    const struct ort_api_base *(*get_base)(void);
    if (!symbol) return tfp_fail(ctx, TFP_E_MISSING, "%s: not an ONNX Runtime library", o->library.path);
    memcpy(&get_base, &symbol, sizeof get_base);
    void *const *table = get_base()->GetApi(ORT_API_VERSION_1);
    if (!table) return tfp_fail(ctx, TFP_E_MISSING, "%s: lacks API version 1", o->library.path);
#define LOAD(number, name, result, arguments) memcpy(&o->name, &table[number], sizeof o->name);
    ORT_FUNCTIONS(LOAD)
#undef LOAD
    tfp_note(ctx, "ONNX Runtime %s: %s", get_base()->GetVersionString(), o->library.path);
    return TFP_OK;
}

/* -- what the file declares ---------------------------------------------------------------------------------------- */

static tfp_status read_tensor_info(struct tfp_context *ctx, struct ort *o, const struct ort_tensor_info *from,
                                   struct tfp_tensor_info *to)
{
    int type;
    size_t rank;
    ORT_TRY(o->GetTensorElementType(from, &type));
    ORT_TRY(o->GetDimensionsCount(from, &rank));
    if (rank > TFP_MAX_RANK) return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: rank %zu", to->name, rank);
    int64_t *dims = ARENA_ARRAY(&o->arena, int64_t, rank);
    if (!dims) return tfp_no_memory(ctx);
    ORT_TRY(o->GetDimensions(from, dims, rank));
    to->dtype = (tfp_dtype)type;
    to->rank = rank ? (int32_t)rank : -1; /* no dimensions: a scalar, or a shape that the file does not tell */
    to->dims = dims;
    return TFP_OK;
}

static tfp_status read_info(struct tfp_context *ctx, struct ort *o, bool output, size_t i)
{
    struct ort_type_info *type = NULL;
    const struct ort_tensor_info *tensor = NULL;
    char *name = NULL;
    ORT_TRY(output ? o->SessionGetOutputName(o->session, i, o->allocator, &name)
                   : o->SessionGetInputName(o->session, i, o->allocator, &name));
    const char *own = arena_string(&o->arena, name, strlen(name));
    ORT_TRY(o->AllocatorFree(o->allocator, name));
    if (!own) return tfp_no_memory(ctx);
    o->names[output][i] = own;
    o->infos[output][i].name = own;
    ORT_TRY(output ? o->SessionGetOutputTypeInfo(o->session, i, &type) : o->SessionGetInputTypeInfo(o->session, i, &type));
    tfp_status status = check(ctx, o, o->CastTypeInfoToTensorInfo(type, &tensor), TFP_E_SYSTEM);
    if (status == TFP_OK && !tensor) status = tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: not a tensor", own);
    if (status == TFP_OK) status = read_tensor_info(ctx, o, tensor, &o->infos[output][i]);
    o->ReleaseTypeInfo(type);
    return status;
}

static tfp_status read_infos(struct tfp_context *ctx, struct ort *o, bool output)
{
    ORT_TRY(output ? o->SessionGetOutputCount(o->session, &o->n[output]) : o->SessionGetInputCount(o->session, &o->n[output]));
    o->infos[output] = ARENA_ARRAY(&o->arena, struct tfp_tensor_info, o->n[output]);
    o->names[output] = ARENA_ARRAY(&o->arena, const char *, o->n[output]);
    if (!o->infos[output] || !o->names[output]) return tfp_no_memory(ctx);
    for (size_t i = 0; i < o->n[output]; i++) TFP_TRY(read_info(ctx, o, output, i));
    return TFP_OK;
}

static tfp_status ort_open(struct tfp_context *ctx, void *state, const struct ir_graph *g, const struct backend_options *b)
{
    struct ort *o = state;
    (void)g;
    TFP_TRY(load(ctx, o, b->library));
    ORT_TRY(o->CreateEnv(ORT_LEVEL_ERROR, "tfport", &o->env));
    ORT_TRY(o->CreateSessionOptions(&o->options));
    ORT_TRY(o->SetIntraOpNumThreads(o->options, b->threads));
    ORT_TRY(o->CreateCpuMemoryInfo(ORT_DEVICE_ALLOCATOR, ORT_MEMORY_DEFAULT, &o->memory));
    ORT_TRY(o->GetAllocatorWithDefaultOptions(&o->allocator));
    TFP_TRY(check(ctx, o, b->path ? o->CreateSession(o->env, b->path, o->options, &o->session)
                                  : o->CreateSessionFromArray(o->env, b->onnx.at, b->onnx.n, o->options, &o->session),
                  TFP_E_FORMAT));
    TFP_TRY(read_infos(ctx, o, false));
    TFP_TRY(read_infos(ctx, o, true));
    o->values = ARENA_ARRAY(&o->arena, struct ort_value *, o->n[1]);
    return o->values ? TFP_OK : tfp_no_memory(ctx);
}

static const struct tfp_tensor_info *ort_info(void *state, bool output, size_t *n)
{
    struct ort *o = state;
    *n = o->n[output];
    return o->infos[output];
}

/* -- running ------------------------------------------------------------------------------------------------------- */

static tfp_status make_strings(struct tfp_context *ctx, struct ort *o, const struct tfp_tensor *t, struct ort_value *value)
{
    size_t n = t->size / sizeof(struct tfp_string);
    const struct tfp_string *strings = t->data;
    const char **ended = ARENA_ARRAY(&o->results, const char *, n);
    if (!ended) return tfp_no_memory(ctx);
    for (size_t i = 0; i < n; i++)
        if (!(ended[i] = arena_string(&o->results, strings[i].at, strings[i].n))) return tfp_no_memory(ctx);
    ORT_TRY(o->FillStringTensor(value, ended, n));
    return TFP_OK;
}

/* Numbers are used where they lie; ONNX Runtime does not write to inputs. */
static tfp_status make_input(struct tfp_context *ctx, struct ort *o, const struct tfp_tensor *t, struct ort_value **out)
{
    if (t->dtype != TFP_STRING) {
        ORT_TRY(o->CreateTensorWithDataAsOrtValue(o->memory, t->data, t->size, t->dims, t->rank, (int)t->dtype, out));
        return TFP_OK;
    }
    ORT_TRY(o->CreateTensorAsOrtValue(o->allocator, t->dims, t->rank, (int)t->dtype, out));
    return make_strings(ctx, o, t, *out);
}

static tfp_status take_strings(struct tfp_context *ctx, struct ort *o, struct ort_value *value, size_t n, void **data)
{
    size_t bytes;
    ORT_TRY(o->GetStringTensorDataLength(value, &bytes));
    char *all = arena_alloc(&o->results, bytes + 1, 1);
    size_t *offsets = ARENA_ARRAY(&o->results, size_t, n);
    struct tfp_string *strings = ARENA_ARRAY(&o->results, struct tfp_string, n);
    if (!all || !offsets || !strings) return tfp_no_memory(ctx);
    ORT_TRY(o->GetStringTensorContent(value, all, bytes, offsets, n));
    for (size_t i = 0; i < n; i++)
        strings[i] = (struct tfp_string){ all + offsets[i], (i + 1 < n ? offsets[i + 1] : bytes) - offsets[i] };
    *data = strings;
    return TFP_OK;
}

static tfp_status describe_output(struct tfp_context *ctx, struct ort *o, struct ort_value *value, const char *name,
                                  struct tensor *t)
{
    struct ort_tensor_info *shape;
    int type;
    size_t rank;
    int64_t dims[TFP_MAX_RANK];
    ORT_TRY(o->GetTensorTypeAndShape(value, &shape));
    tfp_status status = check(ctx, o, o->GetTensorElementType(shape, &type), TFP_E_SYSTEM);
    if (status == TFP_OK) status = check(ctx, o, o->GetDimensionsCount(shape, &rank), TFP_E_SYSTEM);
    if (status == TFP_OK && rank > TFP_MAX_RANK) status = tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: rank %zu", name, rank);
    if (status == TFP_OK) status = check(ctx, o, o->GetDimensions(shape, dims, rank), TFP_E_SYSTEM);
    o->ReleaseTensorTypeAndShapeInfo(shape);
    TFP_TRY(status);
    return tensor_describe(ctx, name, (tfp_dtype)type, rank, dims, t);
}

static tfp_status take_output(struct tfp_context *ctx, struct ort *o, size_t i, struct tfp_tensor *out)
{
    struct tensor t;
    void *data;
    TFP_TRY(describe_output(ctx, o, o->values[i], o->names[1][i], &t));
    if (t.dtype == TFP_STRING) TFP_TRY(take_strings(ctx, o, o->values[i], (size_t)t.count, &data));
    else ORT_TRY(o->GetTensorMutableData(o->values[i], &data));
    int64_t *dims = arena_copy(&o->results, t.dims, t.rank * sizeof t.dims[0]);
    if (!dims) return tfp_no_memory(ctx);
    return backend_give(ctx, o->names[1][i], &(struct tfp_tensor){ t.dtype, t.rank, dims, data, t.size }, out);
}

static void release_outputs(struct ort *o)
{
    for (size_t i = 0; o->values && i < o->n[1]; i++) {
        if (o->values[i]) o->ReleaseValue(o->values[i]);
        o->values[i] = NULL;
    }
    arena_free(&o->results);
}

static tfp_status run_inputs(struct tfp_context *ctx, struct ort *o, const struct tfp_tensor *inputs, struct ort_value **in)
{
    for (size_t i = 0; i < o->n[0]; i++) TFP_TRY(make_input(ctx, o, &inputs[i], &in[i]));
    ORT_TRY(o->Run(o->session, NULL, o->names[0], (const struct ort_value *const *)in, o->n[0], o->names[1], o->n[1],
                   o->values));
    return TFP_OK;
}

static tfp_status ort_run(struct tfp_context *ctx, void *state, const struct tfp_tensor *inputs, size_t n_inputs,
                          struct tfp_tensor *outputs, size_t n_outputs)
{
    struct ort *o = state;
    release_outputs(o);
    if (n_inputs != o->n[0] || n_outputs != o->n[1])
        return tfp_fail(ctx, TFP_E_USAGE, "ONNX Runtime sees %zu inputs and %zu outputs", o->n[0], o->n[1]);
    struct ort_value **in = ARENA_ARRAY(&o->results, struct ort_value *, n_inputs);
    if (!in) return tfp_no_memory(ctx);
    tfp_status status = run_inputs(ctx, o, inputs, in);
    for (size_t i = 0; i < n_inputs; i++)
        if (in[i]) o->ReleaseValue(in[i]);
    for (size_t i = 0; i < n_outputs && status == TFP_OK; i++) status = take_output(ctx, o, i, &outputs[i]);
    return status;
}

static void ort_close(void *state)
{
    struct ort *o = state;
    release_outputs(o);
    if (o->memory) o->ReleaseMemoryInfo(o->memory);
    if (o->session) o->ReleaseSession(o->session);
    if (o->options) o->ReleaseSessionOptions(o->options);
    if (o->env) o->ReleaseEnv(o->env);
    arena_free(&o->arena);
    /* The library stays loaded: its thread pools do not survive being unloaded. */
}

const struct backend backend_onnxruntime = {
    .name = "onnxruntime",
    .state_size = sizeof(struct ort),
    .reads_onnx = true,
    .open = ort_open,
    .run = ort_run,
    .info = ort_info,
    .close = ort_close,
};
