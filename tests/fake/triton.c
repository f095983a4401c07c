#include "triton.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct TRITONSERVER_Message {
    const char *json;
};

triton_error TRITONSERVER_ErrorNew(int code, const char *message)
{
    triton_error e = calloc(1, sizeof *e);
    if (!e) abort();
    e->code = code;
    snprintf(e->message, sizeof e->message, "%s", message);
    return e;
}

void TRITONSERVER_ErrorDelete(triton_error error)
{
    free(error);
}

const char *TRITONSERVER_ErrorMessage(triton_error error)
{
    return error->message;
}

triton_error TRITONSERVER_LogMessage(int level, const char *file, int line, const char *message)
{
    (void)level, (void)file, (void)line, (void)message;
    return NULL;
}

triton_error TRITONSERVER_MessageSerializeToJson(struct TRITONSERVER_Message *message, const char **json, size_t *n)
{
    *json = message->json;
    *n = strlen(message->json);
    return NULL;
}

triton_error TRITONSERVER_MessageDelete(struct TRITONSERVER_Message *message)
{
    free(message);
    return NULL;
}

triton_error TRITONBACKEND_ApiVersion(uint32_t *major, uint32_t *minor)
{
    *major = TRITON_API_MAJOR;
    *minor = TRITON_API_MINOR;
    return NULL;
}

triton_error TRITONBACKEND_ModelVersion(struct TRITONBACKEND_Model *model, uint64_t *version)
{
    (void)model;
    *version = 1;
    return NULL;
}

triton_error TRITONBACKEND_ModelRepository(struct TRITONBACKEND_Model *model, int *artifact, const char **folder)
{
    *artifact = 0;
    *folder = model->folder;
    return NULL;
}

triton_error TRITONBACKEND_ModelConfig(struct TRITONBACKEND_Model *model, uint32_t version, struct TRITONSERVER_Message **config)
{
    (void)version;
    *config = malloc(sizeof **config);
    if (!*config) abort();
    (*config)->json = model->config;
    return NULL;
}

triton_error TRITONBACKEND_ModelState(struct TRITONBACKEND_Model *model, void **state)
{
    *state = model->state;
    return NULL;
}

triton_error TRITONBACKEND_ModelSetState(struct TRITONBACKEND_Model *model, void *state)
{
    model->state = state;
    return NULL;
}

triton_error TRITONBACKEND_ModelInstanceModel(struct TRITONBACKEND_ModelInstance *instance, struct TRITONBACKEND_Model **model)
{
    *model = instance->model;
    return NULL;
}

triton_error TRITONBACKEND_ModelInstanceKind(struct TRITONBACKEND_ModelInstance *instance, int *kind)
{
    *kind = instance->kind;
    return NULL;
}

triton_error TRITONBACKEND_ModelInstanceDeviceId(struct TRITONBACKEND_ModelInstance *instance, int32_t *device)
{
    (void)instance;
    *device = 0;
    return NULL;
}

triton_error TRITONBACKEND_ModelInstanceState(struct TRITONBACKEND_ModelInstance *instance, void **state)
{
    *state = instance->state;
    return NULL;
}

triton_error TRITONBACKEND_ModelInstanceSetState(struct TRITONBACKEND_ModelInstance *instance, void *state)
{
    instance->state = state;
    return NULL;
}

triton_error TRITONBACKEND_ModelInstanceReportStatistics(struct TRITONBACKEND_ModelInstance *instance, struct TRITONBACKEND_Request *request,
                                                         bool success, uint64_t exec_start, uint64_t compute_start, uint64_t compute_end,
                                                         uint64_t exec_end)
{
    (void)instance;
    if (!(exec_start <= compute_start && compute_start <= compute_end && compute_end <= exec_end)) abort();
    if (success) request->successes++;
    else request->failures++;
    return NULL;
}

triton_error TRITONBACKEND_ModelInstanceReportBatchStatistics(struct TRITONBACKEND_ModelInstance *instance, uint64_t rows, uint64_t exec_start,
                                                              uint64_t compute_start, uint64_t compute_end, uint64_t exec_end)
{
    if (!(exec_start <= compute_start && compute_start <= compute_end && compute_end <= exec_end)) abort();
    instance->runs++;
    instance->rows += rows;
    return NULL;
}

triton_error TRITONBACKEND_RequestInput(struct TRITONBACKEND_Request *request, const char *name, struct TRITONBACKEND_Input **input)
{
    for (size_t i = 0; i < request->n_inputs; i++) {
        *input = &request->inputs[i];
        if (strcmp(request->inputs[i].name, name) == 0) return NULL;
    }
    return TRITONSERVER_ErrorNew(TRITON_INVALID_ARG, "no such input");
}

triton_error TRITONBACKEND_RequestOutputCount(struct TRITONBACKEND_Request *request, uint32_t *n)
{
    *n = request->n_outputs;
    return NULL;
}

triton_error TRITONBACKEND_RequestOutputName(struct TRITONBACKEND_Request *request, uint32_t i, const char **name)
{
    *name = request->outputs[i];
    return NULL;
}

triton_error TRITONBACKEND_RequestIsCancelled(struct TRITONBACKEND_Request *request, bool *cancelled)
{
    *cancelled = request->cancelled;
    return NULL;
}

triton_error TRITONBACKEND_RequestRelease(struct TRITONBACKEND_Request *request, uint32_t flags)
{
    if (flags != TRITON_RELEASE_ALL) abort();
    request->released++;
    return NULL;
}

triton_error TRITONBACKEND_InputProperties(struct TRITONBACKEND_Input *input, const char **name, int *datatype, const int64_t **dims,
                                           uint32_t *rank, uint64_t *bytes, uint32_t *n_buffers)
{
    if (name || datatype) abort(); /* not asked for */
    *dims = input->dims;
    *rank = input->rank;
    *n_buffers = input->n_pieces;
    *bytes = 0;
    for (uint32_t i = 0; i < input->n_pieces; i++) *bytes += input->sizes[i];
    return NULL;
}

triton_error TRITONBACKEND_InputBuffer(struct TRITONBACKEND_Input *input, uint32_t i, const void **at, uint64_t *bytes, int *memory, int64_t *device)
{
    *at = input->pieces[i];
    *bytes = input->sizes[i];
    *memory = input->memory;
    *device = 0;
    return NULL;
}

triton_error TRITONBACKEND_ResponseNew(struct TRITONBACKEND_Response **response, struct TRITONBACKEND_Request *request)
{
    *response = &request->response;
    **response = (struct TRITONBACKEND_Response){ .code = -1 };
    return NULL;
}

triton_error TRITONBACKEND_ResponseOutput(struct TRITONBACKEND_Response *response, struct TRITONBACKEND_Output **output, const char *name,
                                          int datatype, const int64_t *dims, uint32_t rank)
{
    if (response->n == FAKE_MOST || rank > 4) abort();
    *output = &response->outputs[response->n++];
    (*output)->datatype = datatype;
    (*output)->rank = rank;
    memcpy((*output)->dims, dims, rank * sizeof *dims);
    snprintf((*output)->name, sizeof (*output)->name, "%s", name);
    return NULL;
}

triton_error TRITONBACKEND_OutputBuffer(struct TRITONBACKEND_Output *output, void **at, uint64_t bytes, int *memory, int64_t *device)
{
    *at = output->data = malloc(bytes + 1);
    if (!*at) abort();
    output->size = bytes;
    *memory = TRITON_MEMORY_CPU;
    *device = 0;
    return NULL;
}

triton_error TRITONBACKEND_ResponseSend(struct TRITONBACKEND_Response *response, uint32_t flags, triton_error error)
{
    if (flags != TRITON_RESPONSE_FINAL) abort();
    response->sent++;
    if (!error) return NULL;
    response->code = error->code;
    snprintf(response->message, sizeof response->message, "%s", error->message);
    return NULL;
}

void fake_request_end(struct TRITONBACKEND_Request *r)
{
    for (size_t i = 0; i < r->response.n; i++) free(r->response.outputs[i].data);
    r->response.n = 0;
}
