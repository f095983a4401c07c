/* What the server calls. */
#include "triton/triton_serve.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        triton_error try_error_ = (call);                                                                              \
        if (try_error_) return try_error_;                                                                             \
    } while (0)

triton_error TRITONBACKEND_Initialize(struct TRITONBACKEND_Backend *backend)
{
    uint32_t major, minor;
    (void)backend;
    TRY(TRITONBACKEND_ApiVersion(&major, &minor));
    if (major != TRITON_API_MAJOR || minor < TRITON_API_MINOR)
        return triton_fail(TRITON_UNSUPPORTED, "the server's backend interface is %u.%u; %d.%d or a newer minor version is needed", major,
                           minor, TRITON_API_MAJOR, TRITON_API_MINOR);
    triton_log(TRITON_LOG_INFO, "tfport %s", tfp_version());
    return NULL;
}

static triton_error read_settings(struct TRITONBACKEND_Model *model, struct settings *s)
{
    struct TRITONSERVER_Message *message;
    const char *json, *folder;
    char version_folder[PATH_MAX];
    uint64_t version;
    int artifact;
    size_t n;
    TRY(TRITONBACKEND_ModelRepository(model, &artifact, &folder));
    TRY(TRITONBACKEND_ModelVersion(model, &version));
    snprintf(version_folder, sizeof version_folder, "%s/%llu", folder, (unsigned long long)version);
    TRY(TRITONBACKEND_ModelConfig(model, 1, &message));
    triton_error error = TRITONSERVER_MessageSerializeToJson(message, &json, &n);
    if (!error) error = settings_read(json, n, version_folder, s);
    triton_drop(TRITONSERVER_MessageDelete(message));
    return error;
}

triton_error TRITONBACKEND_ModelInitialize(struct TRITONBACKEND_Model *model)
{
    struct settings *s = calloc(1, sizeof *s);
    if (!s) return triton_failed(NULL, TFP_E_SYSTEM);
    triton_error error = read_settings(model, s);
    if (!error) error = TRITONBACKEND_ModelSetState(model, s);
    if (!error) return NULL;
    settings_free(s);
    free(s);
    return error;
}

triton_error TRITONBACKEND_ModelFinalize(struct TRITONBACKEND_Model *model)
{
    void *state = NULL;
    TRY(TRITONBACKEND_ModelState(model, &state));
    if (state) settings_free(state);
    free(state);
    return NULL;
}

triton_error TRITONBACKEND_ModelInstanceInitialize(struct TRITONBACKEND_ModelInstance *instance)
{
    struct TRITONBACKEND_Model *model;
    struct instance *in;
    void *settings;
    int kind;
    int32_t device;
    TRY(TRITONBACKEND_ModelInstanceModel(instance, &model));
    TRY(TRITONBACKEND_ModelState(model, &settings));
    TRY(TRITONBACKEND_ModelInstanceKind(instance, &kind));
    TRY(TRITONBACKEND_ModelInstanceDeviceId(instance, &device));
    TRY(instance_open(instance, settings, kind, device, &in));
    return TRITONBACKEND_ModelInstanceSetState(instance, in);
}

triton_error TRITONBACKEND_ModelInstanceFinalize(struct TRITONBACKEND_ModelInstance *instance)
{
    void *state = NULL;
    TRY(TRITONBACKEND_ModelInstanceState(instance, &state));
    instance_close(state);
    return NULL;
}

triton_error TRITONBACKEND_ModelInstanceExecute(struct TRITONBACKEND_ModelInstance *instance, struct TRITONBACKEND_Request **requests,
                                                uint32_t n)
{
    void *state;
    TRY(TRITONBACKEND_ModelInstanceState(instance, &state));
    instance_execute(state, requests, n);
    return NULL;
}
