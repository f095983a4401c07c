/* Triton Inference Server's backend interface, version 1.19: what is used of it, written from its published
 * triton/core/tritonbackend.h and tritonserver.h, with types of our own that have the same layout. The server holds the functions;
 * a backend is loaded into it. A function returns NULL, or an error that the caller ends with TRITONSERVER_ErrorDelete(). */
#ifndef TFP_TRITON_API_H
#define TFP_TRITON_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TRITON_API_MAJOR = 1, TRITON_API_MINOR = 19 };

/* TRITONSERVER_Error_Code */
enum { TRITON_INTERNAL = 1, TRITON_INVALID_ARG = 3, TRITON_UNAVAILABLE = 4, TRITON_UNSUPPORTED = 5, TRITON_CANCELLED = 7 };
enum { TRITON_MEMORY_CPU = 0, TRITON_MEMORY_PINNED = 1, TRITON_MEMORY_GPU = 2 }; /* TRITONSERVER_MemoryType */
enum { TRITON_INSTANCE_CPU = 1, TRITON_INSTANCE_GPU = 2 };                       /* TRITONSERVER_InstanceGroupKind */
enum { TRITON_LOG_INFO = 0, TRITON_LOG_WARN = 1, TRITON_LOG_ERROR = 2 };         /* TRITONSERVER_LogLevel */
enum { TRITON_RELEASE_ALL = 1, TRITON_RESPONSE_FINAL = 1 };

struct TRITONSERVER_Error;
struct TRITONSERVER_Message;
struct TRITONBACKEND_Backend;
struct TRITONBACKEND_Input;
struct TRITONBACKEND_Model;
struct TRITONBACKEND_ModelInstance;
struct TRITONBACKEND_Output;
struct TRITONBACKEND_Request;
struct TRITONBACKEND_Response;
typedef struct TRITONSERVER_Error *triton_error;

triton_error TRITONSERVER_ErrorNew(int code, const char *message);
void TRITONSERVER_ErrorDelete(triton_error error);
const char *TRITONSERVER_ErrorMessage(triton_error error);
triton_error TRITONSERVER_LogMessage(int level, const char *file, int line, const char *message);
/* The text is the message's. */
triton_error TRITONSERVER_MessageSerializeToJson(struct TRITONSERVER_Message *message, const char **json, size_t *n);
triton_error TRITONSERVER_MessageDelete(struct TRITONSERVER_Message *message);

triton_error TRITONBACKEND_ApiVersion(uint32_t *major, uint32_t *minor);

triton_error TRITONBACKEND_ModelName(struct TRITONBACKEND_Model *model, const char **name);
triton_error TRITONBACKEND_ModelVersion(struct TRITONBACKEND_Model *model, uint64_t *version);
triton_error TRITONBACKEND_ModelRepository(struct TRITONBACKEND_Model *model, int *artifact, const char **folder);
triton_error TRITONBACKEND_ModelConfig(struct TRITONBACKEND_Model *model, uint32_t version, struct TRITONSERVER_Message **config);
triton_error TRITONBACKEND_ModelState(struct TRITONBACKEND_Model *model, void **state);
triton_error TRITONBACKEND_ModelSetState(struct TRITONBACKEND_Model *model, void *state);

triton_error TRITONBACKEND_ModelInstanceModel(struct TRITONBACKEND_ModelInstance *instance, struct TRITONBACKEND_Model **model);
triton_error TRITONBACKEND_ModelInstanceKind(struct TRITONBACKEND_ModelInstance *instance, int *kind);
triton_error TRITONBACKEND_ModelInstanceDeviceId(struct TRITONBACKEND_ModelInstance *instance, int32_t *device);
triton_error TRITONBACKEND_ModelInstanceState(struct TRITONBACKEND_ModelInstance *instance, void **state);
triton_error TRITONBACKEND_ModelInstanceSetState(struct TRITONBACKEND_ModelInstance *instance, void *state);
/* Nanoseconds of a monotonic clock. */
triton_error TRITONBACKEND_ModelInstanceReportStatistics(struct TRITONBACKEND_ModelInstance *instance,
                                                         struct TRITONBACKEND_Request *request, bool success, uint64_t exec_start,
                                                         uint64_t compute_start, uint64_t compute_end, uint64_t exec_end);
triton_error TRITONBACKEND_ModelInstanceReportBatchStatistics(struct TRITONBACKEND_ModelInstance *instance, uint64_t rows,
                                                              uint64_t exec_start, uint64_t compute_start, uint64_t compute_end,
                                                              uint64_t exec_end);

triton_error TRITONBACKEND_RequestInput(struct TRITONBACKEND_Request *request, const char *name, struct TRITONBACKEND_Input **input);
triton_error TRITONBACKEND_RequestOutputCount(struct TRITONBACKEND_Request *request, uint32_t *n);
triton_error TRITONBACKEND_RequestOutputName(struct TRITONBACKEND_Request *request, uint32_t i, const char **name);
triton_error TRITONBACKEND_RequestIsCancelled(struct TRITONBACKEND_Request *request, bool *cancelled);
triton_error TRITONBACKEND_RequestRelease(struct TRITONBACKEND_Request *request, uint32_t flags);
/* Any pointer may be NULL. */
triton_error TRITONBACKEND_InputProperties(struct TRITONBACKEND_Input *input, const char **name, int *datatype, const int64_t **dims,
                                           uint32_t *rank, uint64_t *bytes, uint32_t *n_buffers);
/* `memory` and `device`: the kind asked for, and the kind that it is. */
triton_error TRITONBACKEND_InputBuffer(struct TRITONBACKEND_Input *input, uint32_t i, const void **at, uint64_t *bytes, int *memory,
                                       int64_t *device);

triton_error TRITONBACKEND_ResponseNew(struct TRITONBACKEND_Response **response, struct TRITONBACKEND_Request *request);
triton_error TRITONBACKEND_ResponseOutput(struct TRITONBACKEND_Response *response, struct TRITONBACKEND_Output **output,
                                          const char *name, int datatype, const int64_t *dims, uint32_t rank);
triton_error TRITONBACKEND_OutputBuffer(struct TRITONBACKEND_Output *output, void **at, uint64_t bytes, int *memory, int64_t *device);
/* Takes the response; `error` stays the caller's. */
triton_error TRITONBACKEND_ResponseSend(struct TRITONBACKEND_Response *response, uint32_t flags, triton_error error);

/* What the server calls. */
#define TRITON_EXPORT __attribute__((visibility("default")))
TRITON_EXPORT triton_error TRITONBACKEND_Initialize(struct TRITONBACKEND_Backend *backend);
TRITON_EXPORT triton_error TRITONBACKEND_ModelInitialize(struct TRITONBACKEND_Model *model);
TRITON_EXPORT triton_error TRITONBACKEND_ModelFinalize(struct TRITONBACKEND_Model *model);
TRITON_EXPORT triton_error TRITONBACKEND_ModelInstanceInitialize(struct TRITONBACKEND_ModelInstance *instance);
TRITON_EXPORT triton_error TRITONBACKEND_ModelInstanceFinalize(struct TRITONBACKEND_ModelInstance *instance);
/* The requests become the backend's unless it returns an error. */
TRITON_EXPORT triton_error TRITONBACKEND_ModelInstanceExecute(struct TRITONBACKEND_ModelInstance *instance,
                                                              struct TRITONBACKEND_Request **requests, uint32_t n);

#endif
