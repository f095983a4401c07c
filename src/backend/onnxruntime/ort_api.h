/* The part of ONNX Runtime's C API that tfport calls, with our own prototypes. The library hands out a table of functions
 * (struct OrtApi) that only ever grows at its end, so the numbers below hold for every version since API version 1 of
 * 2019. Written down in onnxruntime_c_api.h of ONNX Runtime. */
#ifndef TFP_ORT_API_H
#define TFP_ORT_API_H

#include <stddef.h>
#include <stdint.h>

struct ort_status;
struct ort_env;
struct ort_session;
struct ort_session_options;
struct ort_value;
struct ort_memory_info;
struct ort_allocator;
struct ort_type_info;
struct ort_tensor_info; /* OrtTensorTypeAndShapeInfo */

/* X(number in the table, name, result, arguments); a status that is not NULL is an error and must be released. */
#define ORT_FUNCTIONS(X)                                                                                               \
    X(2, GetErrorMessage, const char *, (const struct ort_status *))                                                   \
    X(3, CreateEnv, struct ort_status *, (int level, const char *id, struct ort_env **))                               \
    X(7, CreateSession, struct ort_status *,                                                                           \
      (const struct ort_env *, const char *path, const struct ort_session_options *, struct ort_session **))           \
    X(8, CreateSessionFromArray, struct ort_status *,                                                                  \
      (const struct ort_env *, const void *, size_t, const struct ort_session_options *, struct ort_session **))       \
    X(9, Run, struct ort_status *,                                                                                     \
      (struct ort_session *, const void *run_options, const char *const *, const struct ort_value *const *, size_t,    \
       const char *const *, size_t, struct ort_value **))                                                              \
    X(10, CreateSessionOptions, struct ort_status *, (struct ort_session_options **))                                  \
    X(24, SetIntraOpNumThreads, struct ort_status *, (struct ort_session_options *, int))                              \
    X(30, SessionGetInputCount, struct ort_status *, (const struct ort_session *, size_t *))                           \
    X(31, SessionGetOutputCount, struct ort_status *, (const struct ort_session *, size_t *))                          \
    X(33, SessionGetInputTypeInfo, struct ort_status *, (const struct ort_session *, size_t, struct ort_type_info **)) \
    X(34, SessionGetOutputTypeInfo, struct ort_status *,                                                               \
      (const struct ort_session *, size_t, struct ort_type_info **))                                                   \
    X(36, SessionGetInputName, struct ort_status *,                                                                    \
      (const struct ort_session *, size_t, struct ort_allocator *, char **))                                           \
    X(37, SessionGetOutputName, struct ort_status *,                                                                   \
      (const struct ort_session *, size_t, struct ort_allocator *, char **))                                           \
    X(48, CreateTensorAsOrtValue, struct ort_status *,                                                                 \
      (struct ort_allocator *, const int64_t *, size_t, int, struct ort_value **))                                     \
    X(49, CreateTensorWithDataAsOrtValue, struct ort_status *,                                                         \
      (const struct ort_memory_info *, void *, size_t, const int64_t *, size_t, int, struct ort_value **))             \
    X(51, GetTensorMutableData, struct ort_status *, (struct ort_value *, void **))                                    \
    X(52, FillStringTensor, struct ort_status *, (struct ort_value *, const char *const *, size_t))                    \
    X(53, GetStringTensorDataLength, struct ort_status *, (const struct ort_value *, size_t *))                        \
    X(54, GetStringTensorContent, struct ort_status *, (const struct ort_value *, void *, size_t, size_t *, size_t))   \
    X(55, CastTypeInfoToTensorInfo, struct ort_status *,                                                               \
      (const struct ort_type_info *, const struct ort_tensor_info **))                                                 \
    X(60, GetTensorElementType, struct ort_status *, (const struct ort_tensor_info *, int *))                          \
    X(61, GetDimensionsCount, struct ort_status *, (const struct ort_tensor_info *, size_t *))                         \
    X(62, GetDimensions, struct ort_status *, (const struct ort_tensor_info *, int64_t *, size_t))                     \
    X(65, GetTensorTypeAndShape, struct ort_status *, (const struct ort_value *, struct ort_tensor_info **))           \
    X(69, CreateCpuMemoryInfo, struct ort_status *, (int allocator, int memory, struct ort_memory_info **))            \
    X(76, AllocatorFree, struct ort_status *, (struct ort_allocator *, void *))                                        \
    X(78, GetAllocatorWithDefaultOptions, struct ort_status *, (struct ort_allocator **))                              \
    X(92, ReleaseEnv, void, (struct ort_env *))                                                                        \
    X(93, ReleaseStatus, void, (struct ort_status *))                                                                  \
    X(94, ReleaseMemoryInfo, void, (struct ort_memory_info *))                                                         \
    X(95, ReleaseSession, void, (struct ort_session *))                                                                \
    X(96, ReleaseValue, void, (struct ort_value *))                                                                    \
    X(98, ReleaseTypeInfo, void, (struct ort_type_info *))                                                             \
    X(99, ReleaseTensorTypeAndShapeInfo, void, (struct ort_tensor_info *))                                             \
    X(100, ReleaseSessionOptions, void, (struct ort_session_options *))

struct ort_api_base { /* what OrtGetApiBase() returns */
    void *const *(*GetApi)(uint32_t version); /* the table; NULL: no such version */
    const char *(*GetVersionString)(void);
};

enum { ORT_API_VERSION_1 = 1, ORT_LEVEL_ERROR = 3, ORT_DEVICE_ALLOCATOR = 0, ORT_MEMORY_DEFAULT = 0 };

#endif
