/* The CUDA driver's C interface. Names and numbers are those of its documentation; a function that a later driver gave
 * another form has a suffix, which the library exports for good. */
#include "backend/tensorrt/cuda.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t device_address;

#define FUNCTIONS(X)                                                                                                   \
    X(init, "cuInit", (unsigned flags))                                                                                \
    X(driver_version, "cuDriverGetVersion", (int *version))                                                            \
    X(error_name, "cuGetErrorName", (int error, const char **name))                                                    \
    X(error_text, "cuGetErrorString", (int error, const char **text))                                                  \
    X(device_count, "cuDeviceGetCount", (int *n))                                                                      \
    X(device_get, "cuDeviceGet", (int *device, int number))                                                            \
    X(device_name, "cuDeviceGetName", (char *name, int room, int device))                                              \
    X(device_attribute, "cuDeviceGetAttribute", (int *value, int attribute, int device))                               \
    X(device_memory, "cuDeviceTotalMem_v2", (size_t *bytes, int device))                                               \
    X(context_retain, "cuDevicePrimaryCtxRetain", (void **context, int device))                                        \
    X(context_release, "cuDevicePrimaryCtxRelease_v2", (int device))                                                   \
    X(context_push, "cuCtxPushCurrent_v2", (void *context))                                                            \
    X(context_pop, "cuCtxPopCurrent_v2", (void **context))                                                             \
    X(memory_info, "cuMemGetInfo_v2", (size_t *unused, size_t *total))                                                 \
    X(allocate, "cuMemAlloc_v2", (device_address *out, size_t size))                                                   \
    X(free, "cuMemFree_v2", (device_address at))                                                                       \
    X(allocate_host, "cuMemAllocHost_v2", (void **out, size_t size))                                                   \
    X(free_host, "cuMemFreeHost", (void *at))                                                                          \
    X(copy_in, "cuMemcpyHtoDAsync_v2", (device_address to, const void *from, size_t size, void *stream))               \
    X(copy_out, "cuMemcpyDtoHAsync_v2", (void *to, device_address from, size_t size, void *stream))                    \
    X(stream_create, "cuStreamCreate", (void **stream, unsigned flags))                                                \
    X(stream_destroy, "cuStreamDestroy_v2", (void *stream))                                                            \
    X(stream_wait, "cuStreamSynchronize", (void *stream))                                                              \
    X(event_create, "cuEventCreate", (void **event, unsigned flags))                                                   \
    X(event_destroy, "cuEventDestroy_v2", (void *event))                                                               \
    X(event_record, "cuEventRecord", (void *event, void *stream))                                                      \
    X(event_elapsed, "cuEventElapsedTime", (float *milliseconds, void *from, void *to))                                \
    X(capture_begin, "cuStreamBeginCapture_v2", (void *stream, int mode))                                              \
    X(capture_end, "cuStreamEndCapture", (void *stream, void **graph))                                                 \
    X(graph_instantiate, "cuGraphInstantiate_v2", (void **out, void *graph, void **node, char *log, size_t room))      \
    X(graph_launch, "cuGraphLaunch", (void *graph, void *stream))                                                      \
    X(graph_destroy, "cuGraphDestroy", (void *graph))                                                                  \
    X(graph_end, "cuGraphExecDestroy", (void *graph))

struct cuda_functions {
#define MEMBER(member, symbol, parameters) int(*member) parameters;
    FUNCTIONS(MEMBER)
#undef MEMBER
};

enum { NO_ERROR = 0, OUT_OF_MEMORY = 2, STREAM_NON_BLOCKING = 1, CAPTURE_THREAD_LOCAL = 1 };
enum { ATTRIBUTE_PROCESSORS = 16, ATTRIBUTE_MAJOR = 75, ATTRIBUTE_MINOR = 76 };

/* -- finding ------------------------------------------------------------------------------------------------------- */

static const char *const places[] = { "libcuda.so.1",
                                      "/usr/lib/x86_64-linux-gnu/libcuda.so.1",
                                      "/usr/lib/aarch64-linux-gnu/libcuda.so.1",
                                      "/usr/lib64/libcuda.so.1",
                                      "/usr/local/nvidia/lib64/libcuda.so.1",
                                      "/usr/lib/wsl/lib/libcuda.so.1",
                                      NULL };

static tfp_status find_driver(struct tfp_context *ctx, const char *library, struct dl *out)
{
    static const struct dl_search search = { "the CUDA driver", "TFPORT_CUDA", places, NULL };
    tfp_status status = dl_open(ctx, &search, library, out);
    const char *named = library ? library : getenv(search.variable);
    if (status == TFP_OK || (named && *named)) return status;
    struct text looked = { 0 };
    for (size_t i = 0; places[i]; i++) text_add(&looked, "%s%s", i ? ", " : "", places[i]);
    tfp_fail(ctx, TFP_E_MISSING,
             "the CUDA driver was not found; it comes with NVIDIA's GPU driver, and TFPORT_CUDA=FILE names it. Looked at: "
             "%s",
             looked.at ? looked.at : "nothing");
    text_free(&looked);
    return TFP_E_MISSING;
}

static tfp_status find_functions(struct tfp_context *ctx, struct cuda *c)
{
    void *symbol;
#define FIND(member, name, parameters)                                                                                 \
    symbol = dl_symbol(&c->library, name);                                                                             \
    if (!symbol)                                                                                                       \
        return tfp_fail(ctx, TFP_E_MISSING, "%s: no CUDA driver of version 11.0 or later: it has no %s",               \
                        c->library.path, name);                                                                        \
    memcpy(&c->f->member, &symbol, sizeof symbol);
    FUNCTIONS(FIND)
#undef FIND
    return TFP_OK;
}

/* -- failing ------------------------------------------------------------------------------------------------------- */

/* "CUDA_ERROR_NO_DEVICE (no CUDA-capable device is detected)" */
static tfp_status fail(struct tfp_context *ctx, const struct cuda *c, tfp_status code, const char *what, int error)
{
    const char *name = NULL, *text = NULL;
    c->f->error_name(error, &name);
    c->f->error_text(error, &text);
    return tfp_fail(ctx, code, "%s: %s%s%s%s", what, name ? name : "unknown CUDA error", text ? " (" : "",
                    text ? text : "", text ? ")" : "");
}

static tfp_status check(struct tfp_context *ctx, const struct cuda *c, const char *what, int error)
{
    return error == NO_ERROR ? TFP_OK : fail(ctx, c, TFP_E_SYSTEM, what, error);
}

static tfp_status no_room(struct tfp_context *ctx, const struct cuda *c, const char *what, size_t size, int error)
{
    size_t unused = 0, total = 0;
    if (error != OUT_OF_MEMORY) return fail(ctx, c, TFP_E_SYSTEM, what, error);
    c->f->memory_info(&unused, &total);
    return tfp_fail(ctx, TFP_E_SYSTEM, "out of %s: %zu bytes are needed; of the GPU's %zu bytes, %zu are free", what,
                    size, total, unused);
}

/* -- driver and devices -------------------------------------------------------------------------------------------- */

static tfp_status start(struct tfp_context *ctx, struct cuda *c)
{
    int n = 0, version = 0;
    TFP_TRY(find_functions(ctx, c));
    int error = c->f->init(0);
    if (error != NO_ERROR) {
        char what[1100];
        snprintf(what, sizeof what, "%s does not start", c->library.path);
        return fail(ctx, c, TFP_E_MISSING, what, error);
    }
    if (c->f->driver_version(&version) == NO_ERROR) c->version = version;
    TFP_TRY(check(ctx, c, "counting GPUs", c->f->device_count(&n)));
    if (n < 1) return tfp_fail(ctx, TFP_E_MISSING, "%s: there is no GPU", c->library.path);
    c->n_devices = n;
    return TFP_OK;
}

tfp_status cuda_open(struct tfp_context *ctx, struct cuda *c, const char *library)
{
    *c = (struct cuda){ .device = -1 };
    TFP_TRY(find_driver(ctx, library, &c->library));
    c->f = calloc(1, sizeof *c->f);
    tfp_status status = c->f ? start(ctx, c) : tfp_no_memory(ctx);
    if (status != TFP_OK) cuda_close(c);
    return status;
}

/* The driver's library stays in memory: TensorRT holds it as well. */
void cuda_close(struct cuda *c)
{
    if (c->context) c->f->context_release(c->device);
    free(c->f);
    *c = (struct cuda){ .device = -1 };
}

static tfp_status find_device(struct tfp_context *ctx, const struct cuda *c, int32_t number, int *device)
{
    if (number < 0 || number >= c->n_devices)
        return tfp_fail(ctx, TFP_E_USAGE, "GPU %d: there %s %d, counted from 0", number,
                        c->n_devices == 1 ? "is" : "are", c->n_devices);
    return check(ctx, c, "asking for a GPU", c->f->device_get(device, number));
}

tfp_status cuda_describe(struct tfp_context *ctx, const struct cuda *c, int32_t number, struct cuda_device *out)
{
    int device, major = 0, minor = 0, processors = 0;
    size_t memory = 0;
    TFP_TRY(find_device(ctx, c, number, &device));
    *out = (struct cuda_device){ .number = number };
    TFP_TRY(check(ctx, c, "name of a GPU", c->f->device_name(out->name, sizeof out->name - 1, device)));
    TFP_TRY(check(ctx, c, "memory of a GPU", c->f->device_memory(&memory, device)));
    TFP_TRY(check(ctx, c, "a GPU's compute capability", c->f->device_attribute(&major, ATTRIBUTE_MAJOR, device)));
    TFP_TRY(check(ctx, c, "a GPU's compute capability", c->f->device_attribute(&minor, ATTRIBUTE_MINOR, device)));
    TFP_TRY(check(ctx, c, "a GPU's processors", c->f->device_attribute(&processors, ATTRIBUTE_PROCESSORS, device)));
    out->capability = major * 10 + minor;
    out->processors = processors;
    out->memory = memory;
    return TFP_OK;
}

tfp_status cuda_use(struct tfp_context *ctx, struct cuda *c, int32_t number)
{
    int device;
    TFP_TRY(find_device(ctx, c, number, &device));
    int error = c->f->context_retain(&c->context, device);
    if (error != NO_ERROR) {
        c->context = NULL;
        return fail(ctx, c, TFP_E_SYSTEM, "the GPU's context", error);
    }
    c->device = device;
    return TFP_OK;
}

tfp_status cuda_enter(struct tfp_context *ctx, const struct cuda *c)
{
    return check(ctx, c, "the GPU's context", c->f->context_push(c->context));
}

void cuda_leave(const struct cuda *c)
{
    void *context;
    c->f->context_pop(&context);
}

/* -- memory -------------------------------------------------------------------------------------------------------- */

tfp_status cuda_allocate(struct tfp_context *ctx, const struct cuda *c, size_t size, void **out)
{
    device_address at = 0;
    *out = NULL;
    int error = c->f->allocate(&at, size ? size : 1);
    if (error != NO_ERROR) return no_room(ctx, c, "device memory", size, error);
    *out = (void *)(uintptr_t)at;
    return TFP_OK;
}

void cuda_free(const struct cuda *c, void *memory)
{
    if (memory) c->f->free((uintptr_t)memory);
}

tfp_status cuda_allocate_host(struct tfp_context *ctx, const struct cuda *c, size_t size, void **out)
{
    *out = NULL;
    int error = c->f->allocate_host(out, size ? size : 1);
    if (error == NO_ERROR) return TFP_OK;
    *out = NULL;
    return no_room(ctx, c, "pinned host memory", size, error);
}

void cuda_free_host(const struct cuda *c, void *memory)
{
    if (memory) c->f->free_host(memory);
}

/* -- streams ------------------------------------------------------------------------------------------------------- */

/* Does not wait for the default stream, which other code of the process may use. */
tfp_status cuda_stream_create(struct tfp_context *ctx, const struct cuda *c, cuda_stream *out)
{
    *out = NULL;
    return check(ctx, c, "a stream", c->f->stream_create(out, STREAM_NON_BLOCKING));
}

void cuda_stream_destroy(const struct cuda *c, cuda_stream stream)
{
    if (stream) c->f->stream_destroy(stream);
}

tfp_status cuda_wait(struct tfp_context *ctx, const struct cuda *c, cuda_stream stream)
{
    return check(ctx, c, "the GPU's work", c->f->stream_wait(stream));
}

tfp_status cuda_copy_in(struct tfp_context *ctx, const struct cuda *c, void *device, const void *host, size_t size,
                        cuda_stream stream)
{
    return size ? check(ctx, c, "a copy to the GPU", c->f->copy_in((uintptr_t)device, host, size, stream)) : TFP_OK;
}

tfp_status cuda_copy_out(struct tfp_context *ctx, const struct cuda *c, void *host, const void *device, size_t size,
                         cuda_stream stream)
{
    return size ? check(ctx, c, "a copy from the GPU", c->f->copy_out(host, (uintptr_t)device, size, stream)) : TFP_OK;
}

tfp_status cuda_event_create(struct tfp_context *ctx, const struct cuda *c, cuda_event *out)
{
    *out = NULL;
    return check(ctx, c, "an event", c->f->event_create(out, 0));
}

void cuda_event_destroy(const struct cuda *c, cuda_event event)
{
    if (event) c->f->event_destroy(event);
}

tfp_status cuda_event_record(struct tfp_context *ctx, const struct cuda *c, cuda_event event, cuda_stream stream)
{
    return check(ctx, c, "an event", c->f->event_record(event, stream));
}

tfp_status cuda_elapsed(struct tfp_context *ctx, const struct cuda *c, cuda_event from, cuda_event to,
                        float *milliseconds)
{
    return check(ctx, c, "the time between events", c->f->event_elapsed(milliseconds, from, to));
}

/* -- graphs -------------------------------------------------------------------------------------------------------- */

/* Calls of other threads are not what is captured. */
tfp_status cuda_capture_begin(struct tfp_context *ctx, const struct cuda *c, cuda_stream stream)
{
    return check(ctx, c, "a CUDA graph", c->f->capture_begin(stream, CAPTURE_THREAD_LOCAL));
}

tfp_status cuda_capture_end(struct tfp_context *ctx, const struct cuda *c, cuda_stream stream, cuda_graph *out)
{
    void *graph = NULL, *node = NULL;
    *out = NULL;
    int error = c->f->capture_end(stream, &graph);
    if (error == NO_ERROR && graph) error = c->f->graph_instantiate(out, graph, &node, NULL, 0);
    if (graph) c->f->graph_destroy(graph);
    if (error != NO_ERROR) *out = NULL;
    return check(ctx, c, "a CUDA graph", error);
}

tfp_status cuda_graph_launch(struct tfp_context *ctx, const struct cuda *c, cuda_graph graph, cuda_stream stream)
{
    return check(ctx, c, "a CUDA graph", c->f->graph_launch(graph, stream));
}

void cuda_graph_destroy(const struct cuda *c, cuda_graph graph)
{
    if (graph) c->f->graph_end(graph);
}
