/* Runtime, engine, execution, inspector, refitter. */
#include "backend/tensorrt/trt_call.h"

#include <string.h>

typedef struct trt_engine *engine_p;
typedef struct trt_execution *execution_p;
typedef struct trt_refitter *refitter_p;
typedef const struct trt_dims *dims_p;

/* -- engine -------------------------------------------------------------------------------------------------------- */

FLAT(trt_runtime_set_host_code_allowed, struct trt_runtime *, Runtime_setEngineHostCodeAllowed, bool, bool)

/* In 8, the method has a plugin factory as last parameter. */
engine_p trt_engine_create(struct trt *t, struct trt_runtime *r, struct bytes plan)
{
    METHOD(r, Runtime_deserializeCudaEngine);
    if (!call.function) return NULL;
    return BY_VALUE ? CALL(engine_p, (void *, const void *, size_t, void *), plan.at, plan.n, NULL)
                    : CALL(engine_p, (void *, const void *, size_t), plan.at, plan.n);
}

GIVE(trt_engine_name, engine_p, CudaEngine_getName, const char *, const char *, NULL)
GIVE(trt_engine_layers, engine_p, CudaEngine_getNbLayers, int32_t, int32_t, 0)
GIVE(trt_engine_profiles, engine_p, CudaEngine_getNbOptimizationProfiles, int32_t, int32_t, 0)
GIVE(trt_engine_tensors, engine_p, CudaEngine_getNbIOTensors, int32_t, int32_t, 0)
GIVE(trt_engine_refittable, engine_p, CudaEngine_isRefittable, bool, bool, false)
GIVE(trt_engine_serialize, engine_p, CudaEngine_serialize, struct trt_memory *, struct trt_memory *, NULL)
GIVE(trt_inspector_create, engine_p, CudaEngine_createEngineInspector, struct trt_inspector *, struct trt_inspector *,
     NULL)

const char *trt_engine_tensor(struct trt *t, engine_p e, int32_t i)
{
    METHOD(e, CudaEngine_getIOTensorName);
    return call.function ? CALL(const char *, (void *, int32_t), i) : NULL;
}

/* A property of a tensor, by its name. */
#define OF_NAME(name, class_method, result, there, otherwise)                                                          \
    result name(struct trt *t, engine_p e, const char *tensor)                                                         \
    {                                                                                                                  \
        METHOD(e, class_method);                                                                                       \
        return call.function ? (result)CALL(there, (void *, const char *), tensor) : otherwise;                        \
    }
OF_NAME(trt_engine_mode, CudaEngine_getTensorIOMode, enum trt_io, int32_t, TRT_IO_NONE)
OF_NAME(trt_engine_type, CudaEngine_getTensorDataType, enum trt_type, int32_t, TRT_FLOAT)
OF_NAME(trt_engine_location, CudaEngine_getTensorLocation, enum trt_location, int32_t, TRT_ON_DEVICE)
OF_NAME(trt_engine_is_shape_io, CudaEngine_isShapeInferenceIO, bool, bool, false)
OF_NAME(trt_engine_format, CudaEngine_getTensorFormat, int32_t, int32_t, 0)

/* Dimensions of a tensor, by its name. */
static struct trt_dims dims_of(struct trt *t, void *object, enum trt_method method, const char *tensor)
{
    const struct trt_call call = trt_call_of(t, object, method);
    if (!call.function) return TRT_NO_DIMS;
    return BY_VALUE ? trt_widen(CALL(struct dims32, (void *, const char *), tensor))
                    : CALL(struct trt_dims, (void *, const char *), tensor);
}

struct trt_dims trt_engine_dims(struct trt *t, engine_p e, const char *tensor)
{
    return dims_of(t, e, TRT_CudaEngine_getTensorShape, tensor);
}

struct trt_dims trt_engine_profile_dims(struct trt *t, engine_p e, const char *tensor, int32_t profile,
                                        enum trt_which which)
{
    METHOD(e, CudaEngine_getProfileShape);
    if (!call.function) return TRT_NO_DIMS;
    return BY_VALUE ? trt_widen(CALL(struct dims32, (void *, const char *, int32_t, int32_t), tensor, profile,
                                     (int32_t)which))
                    : CALL(struct trt_dims, (void *, const char *, int32_t, int32_t), tensor, profile, (int32_t)which);
}

/* TensorRT 8 asks by the number of the binding. */
static const int32_t *profile_values_v8(struct trt *t, engine_p e, const char *tensor, int32_t profile,
                                        enum trt_which which)
{
    METHOD(e, CudaEngine_getProfileShapeValues);
    const struct trt_call index = trt_call_of(t, e, TRT_CudaEngine_getBindingIndex);
    if (!call.function || !index.function) return NULL;
    int32_t binding = ((int32_t(*)(void *, const char *))index.function)(index.self, tensor);
    return binding < 0 ? NULL
                       : CALL(const int32_t *, (void *, int32_t, int32_t, int32_t), profile, binding, (int32_t)which);
}

bool trt_engine_profile_value(struct trt *t, engine_p e, const char *tensor, int32_t profile, enum trt_which which,
                              int32_t i, int64_t *out)
{
    const bool wide = trt_has(t, TRT_CudaEngine_getProfileTensorValuesV2);
    const int64_t *values = NULL;
    const int32_t *narrow = NULL;
    if (BY_VALUE) {
        narrow = profile_values_v8(t, e, tensor, profile, which);
    } else {
        const struct trt_call call =
            trt_call_of(t, e, wide ? TRT_CudaEngine_getProfileTensorValuesV2 : TRT_CudaEngine_getProfileTensorValues);
        if (call.function && wide)
            values = CALL(const int64_t *, (void *, const char *, int32_t, int32_t), tensor, profile, (int32_t)which);
        else if (call.function)
            narrow = CALL(const int32_t *, (void *, const char *, int32_t, int32_t), tensor, profile, (int32_t)which);
    }
    if (values) *out = values[i];
    else if (narrow) *out = narrow[i];
    return values || narrow;
}

int64_t trt_engine_device_memory(struct trt *t, engine_p e)
{
    const bool wide = trt_has(t, TRT_CudaEngine_getDeviceMemorySizeV2);
    const struct trt_call call =
        trt_call_of(t, e, wide ? TRT_CudaEngine_getDeviceMemorySizeV2 : TRT_CudaEngine_getDeviceMemorySize);
    if (!call.function) return 0;
    return wide ? CALL0(int64_t) : (int64_t)CALL0(size_t);
}

const char *trt_inspector_json(struct trt *t, struct trt_inspector *i)
{
    METHOD(i, EngineInspector_getEngineInformation);
    return call.function ? CALL(const char *, (void *, int32_t), TRT_INFORMATION_JSON) : NULL;
}

/* -- execution ----------------------------------------------------------------------------------------------------- */

/* From 10 on, with memory for the largest of all profiles (strategy 0). */
execution_p trt_execution_create(struct trt *t, engine_p e)
{
    METHOD(e, CudaEngine_createExecutionContext);
    if (!call.function) return NULL;
    return BY_VALUE ? CALL0(execution_p) : CALL(execution_p, (void *, int32_t), 0);
}

bool trt_execution_set_profile(struct trt *t, execution_p x, int32_t profile, void *stream)
{
    METHOD(x, ExecutionContext_setOptimizationProfileAsync);
    return call.function && CALL(bool, (void *, int32_t, void *), profile, stream);
}

/* By pointer in 8 as well. */
bool trt_execution_set_dims(struct trt *t, execution_p x, const char *tensor, dims_p dims)
{
    struct dims32 old;
    METHOD(x, ExecutionContext_setInputShape);
    if (!call.function || !trt_narrow(t, dims, &old)) return false;
    return BY_VALUE ? CALL(bool, (void *, const char *, const struct dims32 *), tensor, &old)
                    : CALL(bool, (void *, const char *, dims_p), tensor, dims);
}

struct trt_dims trt_execution_dims(struct trt *t, execution_p x, const char *tensor)
{
    return dims_of(t, x, TRT_ExecutionContext_getTensorShape, tensor);
}

struct trt_dims trt_execution_strides(struct trt *t, execution_p x, const char *tensor)
{
    return dims_of(t, x, TRT_ExecutionContext_getTensorStrides, tensor);
}

bool trt_execution_set_address(struct trt *t, execution_p x, const char *tensor, void *memory)
{
    METHOD(x, ExecutionContext_setTensorAddress);
    return call.function && CALL(bool, (void *, const char *, void *), tensor, memory);
}

int32_t trt_execution_missing(struct trt *t, execution_p x, const char **names, int32_t room)
{
    METHOD(x, ExecutionContext_inferShapes);
    return call.function ? CALL(int32_t, (void *, int32_t, const char **), room, names) : -1;
}

bool trt_execution_enqueue(struct trt *t, execution_p x, void *stream)
{
    METHOD(x, ExecutionContext_enqueueV3);
    return call.function && CALL(bool, (void *, void *), stream);
}

bool trt_execution_set_allocator(struct trt *t, execution_p x, const char *tensor, struct trt_allocator *a)
{
    METHOD(x, ExecutionContext_setOutputAllocator);
    return call.function && CALL(bool, (void *, const char *, void *), tensor, a ? a->object : NULL);
}

bool trt_execution_set_profiler(struct trt *t, execution_p x, struct trt_profiler *p)
{
    METHOD(x, ExecutionContext_setProfiler);
    if (call.function) CALL(void, (void *, void *), p ? p->object : NULL);
    return call.function != NULL;
}

/* -- refitting ----------------------------------------------------------------------------------------------------- */

bool trt_refitter_set_weights(struct trt *t, refitter_p r, const char *name, struct trt_weights w)
{
    METHOD(r, Refitter_setNamedWeights);
    return call.function && CALL(bool, (void *, const char *, struct trt_weights), name, w);
}

int32_t trt_refitter_all(struct trt *t, refitter_p r, const char **names, int32_t room)
{
    METHOD(r, Refitter_getAllWeights);
    return call.function ? CALL(int32_t, (void *, int32_t, const char **), room, names) : 0;
}

int32_t trt_refitter_missing(struct trt *t, refitter_p r, const char **names, int32_t room)
{
    METHOD(r, Refitter_getMissingWeights);
    return call.function ? CALL(int32_t, (void *, int32_t, const char **), room, names) : 0;
}

GIVE(trt_refitter_refit, refitter_p, Refitter_refitCudaEngine, bool, bool, false)
