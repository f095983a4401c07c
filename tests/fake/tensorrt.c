/* TensorRT's runtime and builder without TensorRT: engines are text, and run on the fake CUDA driver. Built once a version
 * (FAKE_VERSION), with the slots of that version's family, so that calls go through the same tables as to a real one.
 * A plan is "ftrt", the version, then a line each:
 *   input NAME TYPE DIMS          TYPE: enum trt_type's number; DIMS: 1x-1x3, s for a scalar
 *   shape NAME TYPE DIMS          the same, a shape tensor
 *   range PROFILE NAME MIN OPT MAX        dimensions, as DIMS
 *   values PROFILE NAME MIN OPT MAX       of a shape tensor, as DIMS
 *   output NAME TYPE OP INPUT     OP: add1, add5 (so much more than the input, same shape), positive (positions above 0;
 *                                 the size is known after the run), fill (the shape tensor's values are the shape; ones)
 *   no-graph                      cannot be captured
 *   no-run                        fails to run
 * What it builds of are inputs, constants, casts and sums of an input and a constant whose elements are one whole number.
 * FAKE_TRT_BUILT=FILE: each build appends a line to it.
 *   untold                        tells no ranges of shape tensors' values, as TensorRT 8.6 was seen to do
 * Not thread-safe. Live objects are counted for the tests. */
#include "backend/tensorrt/trt_call.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef FAKE_VERSION
#error FAKE_VERSION
#endif

int fake_cuda_do(void *stream, void (*run)(void *), void *argument);
bool fake_cuda_capturing(void *stream);
void fake_cuda_invalidate(void *stream);

#define EXPORT __attribute__((visibility("default")))
EXPORT int32_t getInferLibVersion(void);
EXPORT void *createInferBuilder_INTERNAL(void *logger, int32_t version);
EXPORT void *createInferRuntime_INTERNAL(void *logger, int32_t version);
EXPORT int fake_trt_live(void);

enum { MOST_TENSORS = 8, MOST_PROFILES = 3, MOST_SLOTS = 96 };

static struct trt self = { .family = FAKE_VERSION < 10000 ? TRT_8 : TRT_10,
                           .column = FAKE_VERSION < 10000 ? 0 : 1,
                           .minor_known = FAKE_VERSION < 10000 ? FAKE_VERSION / 100 % 10 : FAKE_VERSION / 100 % 100 };
static atomic_int live;
static void *logger;

EXPORT int fake_trt_live(void)
{
    return live;
}

EXPORT int32_t getInferLibVersion(void)
{
    return FAKE_VERSION;
}

/* Of an object of the user's. */
static trt_function method_of(const void *object, enum trt_method method)
{
    const trt_function *table;
    memcpy(&table, object, sizeof table);
    return table[trt_slot(&self, method)];
}

static void complain(const char *text)
{
    ((void (*)(void *, int32_t, const char *))method_of(logger, TRT_Logger_log))(logger, TRT_SEVERITY_ERROR, text);
}

/* -- objects ------------------------------------------------------------------------------------------------------- */

/* As in memory: a table for what ends it, the implementation's address, and there a table of methods. */
struct object {
    const trt_function *ends;
    void *implementation;
    const trt_function *methods;
    const struct class *class;
};

/* Methods that the family lacks are left out of the slots. */
struct method {
    enum trt_method name;
    trt_function function;
};
struct class {
    trt_function slots[MOST_SLOTS];
    void (*drop)(struct object *);
    const struct method *methods; /* the last one without a function */
};
#define ROW(name, function) { TRT_##name, (trt_function)(function) }
#define METHODS(...) .methods = (const struct method[]){ __VA_ARGS__, { .function = NULL } }

static struct object *object_of(void *implementation)
{
    return (struct object *)((char *)implementation - offsetof(struct object, methods));
}

/* Methods that only give something, of the object (SELF declares it) or of it and one argument. */
#define GIVES(type, method, SELF, value)                                                                               \
    static type method(void *me)                                                                                       \
    {                                                                                                                  \
        SELF;                                                                                                          \
        return value;                                                                                                  \
    }
#define GIVES_OF(type, method, argument, SELF, value)                                                                  \
    static type method(void *me, argument)                                                                             \
    {                                                                                                                  \
        SELF;                                                                                                          \
        return value;                                                                                                  \
    }

static void end(void *object)
{
    struct object *o = object;
    live--;
    if (o->class->drop) o->class->drop(o);
    free(o);
}

static trt_function ends[4];

static void *make(size_t size, struct class *class)
{
    struct object *o = calloc(1, size);
    if (!o) abort();
    for (const struct method *m = class->methods; m->function; m++) {
        const int slot = trt_slot(&self, m->name);
        if (slot >= MOST_SLOTS) abort();
        if (slot >= 0) class->slots[slot] = m->function;
    }
    ends[trt_slot(&self, TRT_NoCopy_end)] = (trt_function)end;
    o->ends = ends;
    o->implementation = &o->methods;
    o->methods = class->slots;
    o->class = class;
    live++;
    return o;
}

/* -- engines ------------------------------------------------------------------------------------------------------- */

struct tensor {
    char name[64], of[64], op[16];
    int32_t type;
    bool output, host;
    struct trt_dims dims;
    struct trt_dims range[MOST_PROFILES][3];
    int32_t values[MOST_PROFILES][3][TRT_MAX_DIMS];
    int64_t wide[MOST_PROFILES][3][TRT_MAX_DIMS];
};
struct engine {
    struct object object;
    struct tensor tensors[MOST_TENSORS];
    int32_t n, profiles;
    bool no_graph, no_run, untold;
};

static struct trt_dims parse_dims(const char *text)
{
    struct trt_dims d = { 0 };
    while (*text && *text != 's' && d.n < TRT_MAX_DIMS) {
        char *next;
        d.d[d.n++] = strtoll(text, &next, 10);
        text = *next == 'x' ? next + 1 : next;
        if (next == text && *next != 'x' && *next) break;
    }
    return d;
}

static struct tensor *find(struct engine *e, const char *name)
{
    for (int32_t i = 0; i < e->n; i++)
        if (strcmp(e->tensors[i].name, name) == 0) return &e->tensors[i];
    return NULL;
}

static bool read_range(struct engine *e, const char *line)
{
    char word[16], name[64], text[3][64];
    int profile;
    if (sscanf(line, "%15s %d %63s %63s %63s %63s", word, &profile, name, text[0], text[1], text[2]) != 6) return false;
    struct tensor *t = find(e, name);
    if (!t || profile < 0 || profile >= MOST_PROFILES) return false;
    if (profile >= e->profiles) e->profiles = profile + 1;
    for (int w = 0; w < 3; w++) {
        struct trt_dims d = parse_dims(text[w]);
        if (strcmp(word, "range") == 0) t->range[profile][w] = d;
        for (int32_t k = 0; k < d.n; k++) t->values[profile][w][k] = (int32_t)(t->wide[profile][w][k] = d.d[k]);
    }
    return true;
}

static bool read_tensor(struct engine *e, const char *line)
{
    struct tensor *t = &e->tensors[e->n];
    char word[16], dims[64] = "";
    if (e->n == MOST_TENSORS) return false;
    *t = (struct tensor){ 0 };
    t->output = strncmp(line, "output", 6) == 0;
    int got = t->output ? sscanf(line, "%15s %63s %d %15s %63s", word, t->name, &t->type, t->op, t->of)
                        : sscanf(line, "%15s %63s %d %63s", word, t->name, &t->type, dims);
    if (got != (t->output ? 5 : 4)) return false;
    t->host = strcmp(word, "shape") == 0;
    t->dims = parse_dims(dims);
    struct tensor *of = t->output ? find(e, t->of) : NULL;
    if (t->output && !of) return false;
    if (of) t->dims = of->dims;
    if (strcmp(t->op, "positive") == 0) t->dims = (struct trt_dims){ 1, { -1 } };
    if (strcmp(t->op, "fill") == 0) {
        t->dims = (struct trt_dims){ .n = (int32_t)of->dims.d[0] };
        for (int32_t k = 0; k < t->dims.n; k++) t->dims.d[k] = -1;
    }
    for (int p = 0; p < MOST_PROFILES; p++)
        for (int w = 0; w < 3; w++) t->range[p][w] = t->dims;
    e->n++;
    return true;
}

static bool read_line(struct engine *e, const char *line)
{
    if (!*line) return true;
    if (strcmp(line, "no-graph") == 0) return e->no_graph = true;
    if (strcmp(line, "no-run") == 0) return e->no_run = true;
    if (strcmp(line, "untold") == 0) return e->untold = true;
    if (strncmp(line, "range ", 6) == 0 || strncmp(line, "values ", 7) == 0) return read_range(e, line);
    return (strncmp(line, "input ", 6) == 0 || strncmp(line, "shape ", 6) == 0 || strncmp(line, "output ", 7) == 0) &&
           read_tensor(e, line);
}

static bool read_plan(struct engine *e, const char *plan, size_t n)
{
    char text[2048];
    int version = 0;
    if (n >= sizeof text || n < 4 || memcmp(plan, "ftrt", 4) != 0) return complain("Magic tag does not match"), false;
    memcpy(text, plan, n);
    text[n] = '\0';
    if (sscanf(text, "ftrt %d", &version) != 1 || version != FAKE_VERSION) {
        char why[200];
        snprintf(why, sizeof why, "expecting library version %d got %d, please rebuild", FAKE_VERSION, version);
        return complain(why), false;
    }
    e->profiles = 1;
    char *save, *line = strtok_r(text, "\n", &save);
    while ((line = strtok_r(NULL, "\n", &save)))
        if (!read_line(e, line)) return complain(line), false;
    return true;
}

#define ENGINE struct engine *e = (struct engine *)object_of(me)

GIVES(int32_t, engine_tensors, ENGINE, e->n)
GIVES(int32_t, engine_profiles, ENGINE, e->profiles)
GIVES_OF(const char *, engine_tensor_name, int32_t i, ENGINE, e->tensors[i].name)
GIVES_OF(int32_t, engine_mode, const char *name, ENGINE, find(e, name)->output ? TRT_IO_OUTPUT : TRT_IO_INPUT)
GIVES_OF(int32_t, engine_type, const char *name, ENGINE, find(e, name)->type)
GIVES_OF(int32_t, engine_location, const char *name, ENGINE, find(e, name)->host ? TRT_ON_HOST : TRT_ON_DEVICE)
static int32_t engine_format(void *me, const char *name)
{
    (void)me;
    return strstr(name, "vectorized") ? TRT_LAYOUT_CHW4 : TRT_LAYOUT_LINEAR;
}
static int64_t engine_memory(void *me)
{
    (void)me;
    return 1234;
}
/* By value, narrow or wide: as the family has it. */
#if FAKE_VERSION < 10000
typedef struct dims32 returned;
#else
typedef struct trt_dims returned;
#endif

static returned give(struct trt_dims dims)
{
    returned r = { .n = dims.n };
    for (int32_t i = 0; i < dims.n; i++) r.d[i] = (__typeof__(r.d[0]))dims.d[i];
    return r;
}
GIVES_OF(returned, engine_dims, const char *name, ENGINE, give(find(e, name)->dims))
static returned engine_range(void *me, const char *name, int32_t profile, int32_t which)
{
    ENGINE;
    return give(find(e, name)->range[profile][which]);
}
GIVES_OF(int32_t, engine_binding, const char *name, ENGINE, (int32_t)(find(e, name) - e->tensors))
static const int32_t *engine_values_v8(void *me, int32_t profile, int32_t binding, int32_t which)
{
    ENGINE;
    return e->tensors[binding].host && !e->untold ? e->tensors[binding].values[profile][which] : NULL;
}
static const int32_t *engine_values(void *me, const char *name, int32_t profile, int32_t which)
{
    ENGINE;
    return find(e, name)->host && !e->untold ? find(e, name)->values[profile][which] : NULL;
}
static const int64_t *engine_values_v2(void *me, const char *name, int32_t profile, int32_t which)
{
    ENGINE;
    return find(e, name)->host && !e->untold ? find(e, name)->wide[profile][which] : NULL;
}

/* -- inspector ----------------------------------------------------------------------------------------------------- */

static const char *inspect(void *me, int32_t format)
{
    (void)me;
    return format == TRT_INFORMATION_JSON ? "{\"Layers\": [\"add\"]}" : "add";
}

static struct class inspector_class = {
    METHODS(ROW(EngineInspector_getEngineInformation, inspect)),
};

static void *engine_inspector(void *me)
{
    (void)me;
    return make(sizeof(struct object), &inspector_class);
}

/* -- execution ----------------------------------------------------------------------------------------------------- */

struct execution {
    struct object object;
    struct engine *engine;
    int32_t profile;
    struct trt_dims dims[MOST_TENSORS]; /* n -1: not set; of outputs of a size that depends on data: as they last were */
    void *address[MOST_TENSORS], *allocators[MOST_TENSORS], *profiler;
    int64_t most[MOST_TENSORS]; /* of outputs of a size that depends on data: elements that memory is asked for */
};
#define EXECUTION struct execution *x = (struct execution *)object_of(me)

static int32_t index_of(const struct execution *x, const char *name)
{
    return (int32_t)(find(x->engine, name) - x->engine->tensors);
}

static bool set_profile(void *me, int32_t profile, void *stream)
{
    EXECUTION;
    if (profile >= x->engine->profiles || !stream) return false;
    x->profile = profile;
    for (int32_t i = 0; i < MOST_TENSORS; i++) x->dims[i].n = -1;
    return true;
}

static bool set_shape(void *me, const char *name, const returned *dims)
{
    EXECUTION;
    int32_t i = index_of(x, name);
    const struct trt_dims *range = x->engine->tensors[i].range[x->profile];
    for (int32_t k = 0; k < dims->n; k++)
        if (dims->n != range->n || dims->d[k] < range[0].d[k] || dims->d[k] > range[2].d[k])
            return complain("setInputShape: not inside of the profile"), false;
    x->dims[i] = (struct trt_dims){ .n = dims->n };
    for (int32_t k = 0; k < dims->n; k++) x->dims[i].d[k] = dims->d[k];
    return true;
}

static struct trt_dims shape_of(const struct execution *x, int32_t i)
{
    const struct tensor *t = &x->engine->tensors[i];
    struct trt_dims dims = t->dims;
    if (!t->output || x->dims[i].n >= 0) return x->dims[i]; /* TensorRT 8.6 tells an output's last size, new inputs or not */
    int32_t of = index_of(x, t->of);
    if (strncmp(t->op, "add", 3) == 0) return x->dims[of];
    if (strcmp(t->op, "fill") == 0)
        for (int32_t k = 0; k < dims.n; k++)
            dims.d[k] = x->engine->tensors[of].type == TRT_INT64 ? ((int64_t *)x->address[of])[k]
                                                                   : ((int32_t *)x->address[of])[k];
    return dims;
}

static returned tensor_shape(void *me, const char *name)
{
    EXECUTION;
    return give(shape_of(x, index_of(x, name)));
}

static bool set_address(void *me, const char *name, void *memory)
{
    EXECUTION;
    x->address[index_of(x, name)] = memory;
    return memory != NULL;
}

static bool set_allocator(void *me, const char *name, void *allocator)
{
    EXECUTION;
    x->allocators[index_of(x, name)] = allocator;
    return true;
}

static void set_profiler(void *me, void *profiler)
{
    EXECUTION;
    x->profiler = profiler;
}

static int32_t infer_shapes(void *me, int32_t room, const char **names)
{
    EXECUTION;
    int32_t missing = 0;
    for (int32_t i = 0; i < x->engine->n; i++)
        if (!x->engine->tensors[i].output && (x->dims[i].n < 0 || !x->address[i])) {
            if (missing < room) names[missing] = x->engine->tensors[i].name;
            missing++;
        }
    return missing;
}

struct adding {
    const void *from;
    void *to;
    int64_t n;
    int32_t type, by;
    bool fill;
};

static void run_adding(void *argument)
{
    const struct adding *a = argument;
    for (int64_t i = 0; i < a->n; i++) switch (a->type) {
        case TRT_FLOAT: ((float *)a->to)[i] = a->fill ? 1 : ((const float *)a->from)[i] + (float)a->by; break;
        case TRT_INT32: ((int32_t *)a->to)[i] = a->fill ? 1 : ((const int32_t *)a->from)[i] + a->by; break;
        case TRT_INT64: ((int64_t *)a->to)[i] = a->fill ? 1 : ((const int64_t *)a->from)[i] + a->by; break;
        default: abort();
        }
}

static int64_t count_of(struct trt_dims d)
{
    int64_t n = 1;
    for (int32_t i = 0; i < d.n; i++) n *= d.d[i];
    return n;
}

/* Asks for memory twice, as TensorRT may: for what there could be, then for what there is. Like TensorRT 8.6, it takes the
 * first run's inputs for that; unlike it, it does not write beyond. */
static bool run_positive(struct execution *x, int32_t i, void *stream)
{
    const struct tensor *t = &x->engine->tensors[i];
    const int32_t of = index_of(x, t->of);
    const int64_t n = count_of(x->dims[of]);
    void *allocator = x->allocators[i];
    int64_t found = 0;
    if (!allocator) return complain("no allocator"), false;
    void *(*allocate)(void *, const char *, void *, uint64_t, uint64_t) =
        (void *(*)(void *, const char *, void *, uint64_t, uint64_t))method_of(allocator, TRT_OutputAllocator_reallocateOutput);
    void (*tell_shape)(void *, const char *, const void *) =
        (void (*)(void *, const char *, const void *))method_of(allocator, TRT_OutputAllocator_notifyShape);
    int32_t *to = allocate(allocator, t->name, NULL, 0, 256);
    if (!x->most[i]) x->most[i] = n;
    if (n > x->most[i]) return complain("more elements than memory was asked for"), false;
    if (to) to = allocate(allocator, t->name, to, (uint64_t)x->most[i] * 4, 256);
    if (!to) return complain("no memory for an output"), false;
    for (int64_t k = 0; k < n; k++)
        if (((const float *)x->address[of])[k] > 0) to[found++] = (int32_t)k;
    returned dims = { 1, { (__typeof__(dims.d[0]))found } };
    x->dims[i] = (struct trt_dims){ 1, { found } };
    tell_shape(allocator, t->name, &dims);
    (void)stream;
    return true;
}

static bool run_output(struct execution *x, int32_t i, void *stream)
{
    const struct tensor *t = &x->engine->tensors[i];
    struct adding *a;
    if (strcmp(t->op, "positive") == 0) return run_positive(x, i, stream);
    a = malloc(sizeof *a);
    if (!a || !x->address[i]) return free(a), complain("no address"), false;
    *a = (struct adding){ x->address[index_of(x, t->of)], x->address[i], count_of(shape_of(x, i)), t->type,
                          strncmp(t->op, "add", 3) == 0 ? atoi(t->op + 3) : 0, strcmp(t->op, "fill") == 0 };
    return fake_cuda_do(stream, run_adding, a) == 0;
}

static void tell_times(struct execution *x)
{
    void (*tell)(void *, const char *, float) =
        (void (*)(void *, const char *, float))method_of(x->profiler, TRT_Profiler_reportLayerTime);
    for (int32_t i = 0; i < x->engine->n; i++)
        if (x->engine->tensors[i].output) tell(x->profiler, x->engine->tensors[i].op, 0.5f);
}

static bool enqueue(void *me, void *stream)
{
    EXECUTION;
    if (x->engine->no_run) return complain("the engine does not run"), false;
    if (x->engine->no_graph && fake_cuda_capturing(stream)) {
        fake_cuda_invalidate(stream);
        return complain("operation not permitted when stream is capturing"), false;
    }
    for (int32_t i = 0; i < x->engine->n; i++)
        if (x->engine->tensors[i].output && !run_output(x, i, stream)) return false;
    if (x->profiler) tell_times(x);
    return true;
}

static struct class execution_class = {
    METHODS(ROW(ExecutionContext_setOptimizationProfileAsync, set_profile),
            ROW(ExecutionContext_setInputShape, set_shape),
            ROW(ExecutionContext_getTensorShape, tensor_shape),
            ROW(ExecutionContext_setTensorAddress, set_address),
            ROW(ExecutionContext_setOutputAllocator, set_allocator),
            ROW(ExecutionContext_setProfiler, set_profiler),
            ROW(ExecutionContext_inferShapes, infer_shapes),
            ROW(ExecutionContext_enqueueV3, enqueue)),
};

static void *engine_execution(void *me)
{
    ENGINE;
    struct execution *x = make(sizeof *x, &execution_class);
    x->engine = e;
    for (int32_t i = 0; i < MOST_TENSORS; i++) x->dims[i].n = -1;
    if (getenv("FAKE_TRT_NO_EXECUTION")) {
        end(x);
        return complain("Requested amount of GPU memory (1234 bytes) could not be allocated"), NULL;
    }
    return x;
}

/* -- runtime ------------------------------------------------------------------------------------------------------- */

static struct class engine_class = {
    METHODS(ROW(CudaEngine_getNbIOTensors, engine_tensors),
            ROW(CudaEngine_getNbOptimizationProfiles, engine_profiles),
            ROW(CudaEngine_getIOTensorName, engine_tensor_name),
            ROW(CudaEngine_getTensorIOMode, engine_mode),
            ROW(CudaEngine_getTensorDataType, engine_type),
            ROW(CudaEngine_getTensorLocation, engine_location),
            ROW(CudaEngine_getTensorFormat, engine_format),
            ROW(CudaEngine_getTensorShape, engine_dims),
            ROW(CudaEngine_getProfileShape, engine_range),
            ROW(CudaEngine_getProfileTensorValues, engine_values),
            ROW(CudaEngine_getProfileTensorValuesV2, engine_values_v2),
            ROW(CudaEngine_getBindingIndex, engine_binding),
            ROW(CudaEngine_getProfileShapeValues, engine_values_v8),
            ROW(CudaEngine_getDeviceMemorySize, engine_memory),
            ROW(CudaEngine_getDeviceMemorySizeV2, engine_memory),
            ROW(CudaEngine_createEngineInspector, engine_inspector),
            ROW(CudaEngine_createExecutionContext, engine_execution)),
};

static void *deserialize(void *me, const void *plan, size_t n)
{
    (void)me;
    struct engine *e = make(sizeof *e, &engine_class);
    if (read_plan(e, plan, n)) return e;
    end(e);
    return NULL;
}

static void allow_host_code(void *me, bool yes)
{
    (void)me;
    (void)yes;
}

static struct class runtime_class = {
    METHODS(ROW(Runtime_deserializeCudaEngine, deserialize),
            ROW(Runtime_setEngineHostCodeAllowed, allow_host_code)),
};

EXPORT void *createInferRuntime_INTERNAL(void *l, int32_t version)
{
    if (version != FAKE_VERSION) return NULL;
    logger = l;
    return make(sizeof(struct object), &runtime_class);
}

/* -- networks ------------------------------------------------------------------------------------------------------ */

/* A tensor and what it is: an input, a constant, or an input and a number more. */
struct net_tensor {
    struct object object;
    char name[64];
    struct trt_dims dims;
    int32_t type, more;
    bool input, output, constant;
    const struct net_tensor *of; /* the input that it is made of */
};
struct net_layer {
    struct object object;
    char name[128];
    int32_t kind;
    struct net_tensor *out;
};
enum { MOST_PARTS = 32 };
struct network {
    struct object object;
    struct net_tensor *inputs[MOST_PARTS], *outputs[MOST_PARTS];
    struct net_layer *layers[MOST_PARTS];
    int32_t n_inputs, n_outputs, n_layers;
};

#define TENSOR struct net_tensor *x = (struct net_tensor *)object_of(me)
#define LAYER struct net_layer *l = (struct net_layer *)object_of(me)
#define NETWORK struct network *n = (struct network *)object_of(me)

static void tensor_set_name(void *me, const char *name)
{
    TENSOR;
    snprintf(x->name, sizeof x->name, "%s", name);
}
GIVES(const char *, tensor_name, TENSOR, x->name)
GIVES(returned, tensor_dims, TENSOR, give(x->dims))
static const char *tensor_dim_name(void *me, int32_t axis)
{
    (void)me;
    (void)axis;
    return NULL;
}
static void tensor_set_dim_name(void *me, int32_t axis, const char *name)
{
    (void)me;
    (void)axis;
    (void)name;
}
static void tensor_set_type(void *me, int32_t type)
{
    TENSOR;
    x->type = type;
}
GIVES(int32_t, tensor_type, TENSOR, x->type)
GIVES(bool, tensor_is_input, TENSOR, x->input)
GIVES(bool, tensor_is_output, TENSOR, x->output)
static bool tensor_is_shape(void *me)
{
    (void)me;
    return false;
}

static struct class tensor_class = {
    METHODS(ROW(Tensor_setName, tensor_set_name),
            ROW(Tensor_getName, tensor_name),
            ROW(Tensor_getDimensions, tensor_dims),
            ROW(Tensor_setDimensionName, tensor_set_dim_name),
            ROW(Tensor_getDimensionName, tensor_dim_name),
            ROW(Tensor_setType, tensor_set_type),
            ROW(Tensor_getType, tensor_type),
            ROW(Tensor_isNetworkInput, tensor_is_input),
            ROW(Tensor_isNetworkOutput, tensor_is_output),
            ROW(Tensor_isShapeTensor, tensor_is_shape)),
};

static struct net_tensor *make_tensor(struct trt_dims dims, int32_t type)
{
    struct net_tensor *x = make(sizeof *x, &tensor_class);
    x->dims = dims;
    x->type = type;
    return x;
}

GIVES(int32_t, layer_kind, LAYER, l->kind)
static void layer_set_name(void *me, const char *name)
{
    LAYER;
    snprintf(l->name, sizeof l->name, "%s", name);
}
GIVES(const char *, layer_name, LAYER, l->name)
static void layer_ignore_text(void *me, const char *text)
{
    (void)me;
    (void)text;
}
GIVES_OF(void *, layer_output, int32_t i, LAYER, i == 0 ? l->out : NULL)
static void layer_set_output_type(void *me, int32_t i, int32_t type)
{
    LAYER;
    (void)i;
    l->out->type = type;
}
static void layer_ignore_number(void *me, int32_t number)
{
    (void)me;
    (void)number;
}

static struct class layer_class = {
    METHODS(ROW(Layer_getType, layer_kind),
            ROW(Layer_setName, layer_set_name),
            ROW(Layer_getName, layer_name),
            ROW(Layer_setMetadata, layer_ignore_text),
            ROW(Layer_getOutput, layer_output),
            ROW(Layer_setOutputType, layer_set_output_type),
            ROW(Layer_setPrecision, layer_ignore_number)),
};

/* Kinds only tell that no count of a TopK is made here. */
static void *add_layer(struct network *n, struct net_tensor *out)
{
    struct net_layer *l = make(sizeof *l, &layer_class);
    if (n->n_layers == MOST_PARTS) abort();
    l->kind = -1;
    l->out = out;
    n->layers[n->n_layers++] = l;
    return l;
}

static struct trt_dims taken(const returned *dims)
{
    struct trt_dims to = { .n = dims->n };
    for (int32_t i = 0; i < dims->n; i++) to.d[i] = dims->d[i];
    return to;
}

static void *add_input_of(void *me, const char *name, int32_t type, const returned *dims)
{
    NETWORK;
    struct net_tensor *x = make_tensor(taken(dims), type);
    tensor_set_name(&x->object.methods, name);
    x->input = true;
    x->of = x;
    n->inputs[n->n_inputs++] = x;
    return x;
}

static void *add_constant_of(void *me, const returned *dims, struct trt_weights w)
{
    NETWORK;
    struct net_tensor *x = make_tensor(taken(dims), w.type);
    x->constant = true;
    if (w.count && w.type == TRT_FLOAT) x->more = (int32_t)((const float *)w.values)[0];
    if (w.count && w.type == TRT_INT32) x->more = ((const int32_t *)w.values)[0];
    return add_layer(n, x);
}
#if FAKE_VERSION < 10000
static void *add_input(void *me, const char *name, int32_t type, returned dims)
{
    return add_input_of(me, name, type, &dims);
}
static void *add_constant(void *me, returned dims, struct trt_weights w)
{
    return add_constant_of(me, &dims, w);
}
#else
#define add_input add_input_of
#define add_constant add_constant_of
#endif

static void *add_like(struct network *n, const struct net_tensor *x, int32_t type, int32_t more)
{
    struct net_tensor *y = make_tensor(x->dims, type);
    y->of = x->of;
    y->constant = x->constant;
    y->more = x->more + more;
    return add_layer(n, y);
}

static void *add_sum(void *me, struct net_tensor *a, struct net_tensor *b, int32_t op)
{
    NETWORK;
    if (op != TRT_BINARY_SUM || a->constant == b->constant) return complain("not a sum of a tensor and a number"), NULL;
    const struct net_tensor *x = a->constant ? b : a, *number = a->constant ? a : b;
    return add_like(n, x, x->type, number->more);
}
static void *add_cast(void *me, struct net_tensor *x, int32_t type)
{
    NETWORK;
    return add_like(n, x, type, 0);
}
GIVES_OF(void *, add_same, struct net_tensor *x, NETWORK, add_like(n, x, x->type, 0))
static void mark_output(void *me, struct net_tensor *x)
{
    NETWORK;
    x->output = true;
    n->outputs[n->n_outputs++] = x;
}
GIVES(int32_t, network_inputs, NETWORK, n->n_inputs)
GIVES(int32_t, network_outputs, NETWORK, n->n_outputs)
GIVES(int32_t, network_layers, NETWORK, n->n_layers)
GIVES_OF(void *, network_input, int32_t i, NETWORK, n->inputs[i])
GIVES_OF(void *, network_output, int32_t i, NETWORK, n->outputs[i])
GIVES_OF(void *, network_layer, int32_t i, NETWORK, n->layers[i])
static bool network_flag(void *me, int32_t flag)
{
    (void)me;
    (void)flag;
    return false;
}

static void drop_network(struct object *o)
{
    struct network *n = (struct network *)o;
    for (int32_t i = 0; i < n->n_inputs; i++) end(n->inputs[i]);
    for (int32_t i = 0; i < n->n_layers; i++) {
        end(n->layers[i]->out);
        end(n->layers[i]);
    }
}

static struct class network_class = {
    .drop = drop_network,
    METHODS(ROW(NetworkDefinition_addInput, add_input),
            ROW(NetworkDefinition_addConstant, add_constant),
            ROW(NetworkDefinition_addElementWise, add_sum),
            ROW(NetworkDefinition_addCast, add_cast),
            ROW(NetworkDefinition_addIdentity, add_same),
            ROW(NetworkDefinition_markOutput, mark_output),
            ROW(NetworkDefinition_getNbInputs, network_inputs),
            ROW(NetworkDefinition_getNbOutputs, network_outputs),
            ROW(NetworkDefinition_getNbLayers, network_layers),
            ROW(NetworkDefinition_getInput, network_input),
            ROW(NetworkDefinition_getOutput, network_output),
            ROW(NetworkDefinition_getLayer, network_layer),
            ROW(NetworkDefinition_getFlag, network_flag),
            ROW(NetworkDefinition_setName, layer_ignore_text)),
};

static void *create_network(void *me, uint32_t flags)
{
    (void)me;
    (void)flags;
    return make(sizeof(struct network), &network_class);
}

/* -- building ------------------------------------------------------------------------------------------------------ */

/* Of one profile, as the lines of the plan. */
struct profile {
    struct object object;
    char names[MOST_TENSORS][64];
    struct trt_dims dims[MOST_TENSORS][3];
    int32_t n;
};
struct config {
    struct object object;
    const struct profile *profiles[MOST_PROFILES];
    int32_t n;
};
struct builder {
    struct object object;
    struct profile *profiles[MOST_PARTS];
    int32_t n;
};

static bool profile_set(void *me, const char *input, int32_t which, const returned *dims)
{
    struct profile *p = (struct profile *)object_of(me);
    int32_t i = 0;
    while (i < p->n && strcmp(p->names[i], input) != 0) i++;
    if (i == MOST_TENSORS) return false;
    if (i == p->n) snprintf(p->names[p->n++], sizeof p->names[0], "%s", input);
    p->dims[i][which] = taken(dims);
    return true;
}
#if FAKE_VERSION < 10000
static bool profile_set_dims(void *me, const char *input, int32_t which, returned dims)
{
    return profile_set(me, input, which, &dims);
}
#else
#define profile_set_dims profile_set
#endif

static struct class profile_class = {
    METHODS(ROW(OptimizationProfile_setDimensions, profile_set_dims)),
};

static void *create_profile(void *me)
{
    struct builder *b = (struct builder *)object_of(me);
    if (b->n == MOST_PARTS) abort();
    return b->profiles[b->n++] = make(sizeof(struct profile), &profile_class);
}

static int32_t config_add_profile(void *me, const struct profile *p)
{
    struct config *c = (struct config *)object_of(me);
    if (c->n == MOST_PROFILES) return -1;
    c->profiles[c->n] = p;
    return c->n++;
}

static void config_set_monitor(void *me, void *monitor)
{
    (void)me;
    (void)monitor;
}

static struct class config_class = {
    METHODS(ROW(BuilderConfig_setFlag, layer_ignore_number),
            ROW(BuilderConfig_clearFlag, layer_ignore_number),
            ROW(BuilderConfig_setBuilderOptimizationLevel, layer_ignore_number),
            ROW(BuilderConfig_addOptimizationProfile, config_add_profile),
            ROW(BuilderConfig_setProgressMonitor, config_set_monitor)),
};

static void *create_config(void *me)
{
    (void)me;
    return make(sizeof(struct config), &config_class);
}

struct memory {
    struct object object;
    char text[2048];
    size_t n;
};

static void *memory_data(void *me)
{
    return ((struct memory *)object_of(me))->text;
}
static size_t memory_size(void *me)
{
    return ((struct memory *)object_of(me))->n;
}

static void add_text(struct memory *m, const char *text)
{
    size_t n = strlen(text);
    if (m->n + n >= sizeof m->text) abort();
    memcpy(m->text + m->n, text, n);
    m->n += n;
}

static void add_dims(struct memory *m, const struct trt_dims *d)
{
    char text[32];
    for (int32_t i = 0; i < d->n; i++) {
        snprintf(text, sizeof text, "%s%lld", i ? "x" : " ", (long long)d->d[i]);
        add_text(m, text);
    }
    if (!d->n) add_text(m, " s");
}

static void add_ranges(struct memory *m, int32_t number, const struct profile *p)
{
    char text[100];
    for (int32_t i = 0; i < p->n; i++) {
        snprintf(text, sizeof text, "range %d %s", number, p->names[i]);
        add_text(m, text);
        for (int w = 0; w < 3; w++) add_dims(m, &p->dims[i][w]);
        add_text(m, "\n");
    }
}

static void note_build(void)
{
    const char *path = getenv("FAKE_TRT_BUILT");
    FILE *f = path ? fopen(path, "a") : NULL;
    if (!f) return;
    fputs("built\n", f);
    fclose(f);
}

static struct class memory_class = {
    METHODS(ROW(HostMemory_data, memory_data),
            ROW(HostMemory_size, memory_size)),
};

static void *build_serialized(void *me, struct network *n, struct config *c)
{
    char text[200];
    (void)me;
    struct memory *m = make(sizeof *m, &memory_class);
    note_build();
    snprintf(text, sizeof text, "ftrt %d\n", FAKE_VERSION);
    add_text(m, text);
    for (int32_t i = 0; i < n->n_inputs; i++) {
        snprintf(text, sizeof text, "input %s %d", n->inputs[i]->name, n->inputs[i]->type);
        add_text(m, text);
        add_dims(m, &n->inputs[i]->dims);
        add_text(m, "\n");
    }
    for (int32_t i = 0; i < n->n_outputs; i++) {
        const struct net_tensor *y = n->outputs[i];
        if (!y->of) abort();
        snprintf(text, sizeof text, "output %s %d add%d %s\n", y->name, y->type, y->more, y->of->name);
        add_text(m, text);
    }
    for (int32_t p = 0; p < c->n; p++) add_ranges(m, p, c->profiles[p]);
    return m;
}

static void drop_builder(struct object *o)
{
    struct builder *b = (struct builder *)o;
    for (int32_t i = 0; i < b->n; i++) end(b->profiles[i]);
}

static struct class builder_class = {
    .drop = drop_builder,
    METHODS(ROW(Builder_createNetworkV2, create_network),
            ROW(Builder_createBuilderConfig, create_config),
            ROW(Builder_createOptimizationProfile, create_profile),
            ROW(Builder_buildSerializedNetwork, build_serialized)),
};

/* Without a GPU there is none, as TensorRT 8 does it. */
EXPORT void *createInferBuilder_INTERNAL(void *l, int32_t version)
{
    const char *devices = getenv("FAKE_CUDA_DEVICES");
    if (version != FAKE_VERSION || !getenv("TFPORT_CUDA") || (devices && atoi(devices) == 0)) return NULL;
    logger = l;
    return make(sizeof(struct builder), &builder_class);
}
