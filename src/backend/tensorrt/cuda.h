/* A GPU through NVIDIA's driver library, opened at run time: memory, one stream's work, graphs, time. */
#ifndef TFP_CUDA_H
#define TFP_CUDA_H

#include "base/dl.h"
#include "base/status.h"

struct cuda_functions;
struct cuda {
    struct dl library;
    struct cuda_functions *f;
    int32_t version; /* of CUDA that the driver supports: 12040 is 12.4 */
    int32_t n_devices;
    int32_t device; /* that cuda_use() took; -1: none */
    void *context;
};

struct cuda_device {
    int32_t number;
    char name[128];
    int32_t capability; /* major * 10 + minor */
    int32_t processors; /* streaming multiprocessors */
    uint64_t memory;    /* bytes */
};

/* The driver is what `library` names, else $TFPORT_CUDA, else looked for. E_MISSING with where when there is none, or with
 * the driver's own word when it does not start (no device, a kernel module of another version). */
tfp_status cuda_open(struct tfp_context *ctx, struct cuda *c, const char *library);
/* Gives the device's context back too. Accepts a zeroed one. */
void cuda_close(struct cuda *c);
tfp_status cuda_describe(struct tfp_context *ctx, const struct cuda *c, int32_t number, struct cuda_device *out);
/* Takes the primary context of a device, which is the one that TensorRT uses. E_USAGE for a number that is not there. */
tfp_status cuda_use(struct tfp_context *ctx, struct cuda *c, int32_t number);
/* The context is the calling thread's between these two; what follows is called there. They nest. */
tfp_status cuda_enter(struct tfp_context *ctx, const struct cuda *c);
void cuda_leave(const struct cuda *c);

/* Device memory, or host memory that the device reads and writes directly; at least one byte. E_SYSTEM with the sizes
 * when it is out. NULL may be freed. */
tfp_status cuda_allocate(struct tfp_context *ctx, const struct cuda *c, size_t size, void **out);
void cuda_free(const struct cuda *c, void *memory);
tfp_status cuda_allocate_host(struct tfp_context *ctx, const struct cuda *c, size_t size, void **out);
void cuda_free_host(const struct cuda *c, void *memory);

typedef void *cuda_stream;
typedef void *cuda_event;
typedef void *cuda_graph; /* ready to launch */
tfp_status cuda_stream_create(struct tfp_context *ctx, const struct cuda *c, cuda_stream *out);
void cuda_stream_destroy(const struct cuda *c, cuda_stream stream);
/* Waits for all that is in the stream; errors of that work come out here. */
tfp_status cuda_wait(struct tfp_context *ctx, const struct cuda *c, cuda_stream stream);
/* Copies in the stream's order; host memory from cuda_allocate_host(). Nothing for 0 bytes. */
tfp_status cuda_copy_in(struct tfp_context *ctx, const struct cuda *c, void *device, const void *host, size_t size,
                        cuda_stream stream);
tfp_status cuda_copy_out(struct tfp_context *ctx, const struct cuda *c, void *host, const void *device, size_t size,
                         cuda_stream stream);
tfp_status cuda_event_create(struct tfp_context *ctx, const struct cuda *c, cuda_event *out);
void cuda_event_destroy(const struct cuda *c, cuda_event event);
tfp_status cuda_event_record(struct tfp_context *ctx, const struct cuda *c, cuda_event event, cuda_stream stream);
/* Between two events that are over. */
tfp_status cuda_elapsed(struct tfp_context *ctx, const struct cuda *c, cuda_event from, cuda_event to,
                        float *milliseconds);
/* What goes into the stream after begin is not done but noted; end makes a graph of it. A failure in between (work that
 * cannot be in a graph) comes out of end, and the stream is as before then. */
tfp_status cuda_capture_begin(struct tfp_context *ctx, const struct cuda *c, cuda_stream stream);
tfp_status cuda_capture_end(struct tfp_context *ctx, const struct cuda *c, cuda_stream stream, cuda_graph *out);
tfp_status cuda_graph_launch(struct tfp_context *ctx, const struct cuda *c, cuda_graph graph, cuda_stream stream);
void cuda_graph_destroy(const struct cuda *c, cuda_graph graph);

#endif
