/* A CUDA driver without a GPU: device memory is host memory, and work is done as it is enqueued. It checks what a real one
 * would not say: that a context is current, that copies stay inside of live device and pinned memory, that everything is
 * given back. Switches, read when a call needs them:
 *   FAKE_CUDA_DEVICES=N      how many GPUs there are (1)
 *   FAKE_CUDA_CAPABILITY=N   their compute capability, major * 10 + minor (90)
 *   FAKE_CUDA_NO_ROOM=N      allocation N from fake_cuda_reset() on, counted from 1, is out of memory
 *   FAKE_CUDA_BROKEN=NAME    that function fails with CUDA_ERROR_UNKNOWN
 *   FAKE_CUDA_LOST=N         GPU N falls off the bus: from the third time on that a stream of it is waited for
 * Threads may use it at the same time. Tests and the fake TensorRT call the functions that begin with fake_. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SUCCESS = 0, INVALID_VALUE = 1, NO_ROOM = 2, NO_DEVICE = 100, INVALID_CONTEXT = 201, INVALID_HANDLE = 400,
       LOST = 719,
       CAPTURE_INVALID = 901, UNKNOWN = 999 };
enum { MOST = 512 };

static struct { char *at; size_t size; bool device; } memories[MOST];
static pthread_mutex_t memory_lock = PTHREAD_MUTEX_INITIALIZER;
static struct { atomic_int retained, live, allocations, launches; } state;
static _Thread_local struct { int depth; int device; } pushed; /* contexts of this thread, all of one device */

struct work {
    void (*run)(void *);
    void *argument;
    struct work *next;
};
struct stream {
    int device, waits;
    bool capturing, invalid;
    struct work *first, **last;
};
struct graph {
    struct work *first;
};

int fake_cuda_live(void);
void fake_cuda_reset(void);
int fake_cuda_launches(void);
int fake_cuda_do(void *stream, void (*run)(void *), void *argument);
bool fake_cuda_capturing(void *stream);
void fake_cuda_invalidate(void *stream);

static int number(const char *name, int otherwise)
{
    const char *text = getenv(name);
    return text ? atoi(text) : otherwise;
}

static bool broken(const char *function)
{
    const char *name = getenv("FAKE_CUDA_BROKEN");
    return name && strcmp(name, function) == 0;
}

/* What every call of a context begins with. */
#define BEGIN(function)                                                                                                \
    do {                                                                                                               \
        if (broken(function)) return UNKNOWN;                                                                          \
        if (!pushed.depth) return INVALID_CONTEXT;                                                                     \
    } while (0)

/* -- for tests ----------------------------------------------------------------------------------------------------- */

/* Objects that were made and not ended. */
int fake_cuda_live(void)
{
    int n = state.live + state.retained + pushed.depth;
    for (size_t i = 0; i < MOST; i++) n += memories[i].at != NULL;
    return n;
}

void fake_cuda_reset(void)
{
    state.allocations = state.launches = 0;
}

/* Of graphs, from fake_cuda_reset() on. */
int fake_cuda_launches(void)
{
    return state.launches;
}

/* -- driver -------------------------------------------------------------------------------------------------------- */

#define EXPORT __attribute__((visibility("default")))
#define CALL EXPORT int
int cuInit(unsigned);
int cuDriverGetVersion(int *);
int cuGetErrorName(int, const char **);
int cuGetErrorString(int, const char **);
int cuDeviceGetCount(int *);
int cuDeviceGet(int *, int);
int cuDeviceGetName(char *, int, int);
int cuDeviceGetAttribute(int *, int, int);
int cuDeviceTotalMem_v2(size_t *, int);
int cuDevicePrimaryCtxRetain(void **, int);
int cuDevicePrimaryCtxRelease_v2(int);
int cuCtxPushCurrent_v2(void *);
int cuCtxPopCurrent_v2(void **);
int cuMemGetInfo_v2(size_t *, size_t *);
int cuMemAlloc_v2(uint64_t *, size_t);
int cuMemFree_v2(uint64_t);
int cuMemAllocHost_v2(void **, size_t);
int cuMemFreeHost(void *);
int cuMemcpyHtoDAsync_v2(uint64_t, const void *, size_t, void *);
int cuMemcpyDtoHAsync_v2(void *, uint64_t, size_t, void *);
int cuStreamCreate(void **, unsigned);
int cuStreamDestroy_v2(void *);
int cuStreamSynchronize(void *);
int cuStreamBeginCapture_v2(void *, int);
int cuStreamEndCapture(void *, void **);
int cuEventCreate(void **, unsigned);
int cuEventDestroy_v2(void *);
int cuEventRecord(void *, void *);
int cuEventElapsedTime(float *, void *, void *);
int cuGraphInstantiate_v2(void **, void *, void **, char *, size_t);
int cuGraphLaunch(void *, void *);
int cuGraphDestroy(void *);
int cuGraphExecDestroy(void *);

CALL cuInit(unsigned flags)
{
    (void)flags;
    if (broken("cuInit")) return UNKNOWN;
    return number("FAKE_CUDA_DEVICES", 1) > 0 ? SUCCESS : NO_DEVICE;
}

CALL cuDriverGetVersion(int *version)
{
    *version = 12040;
    return SUCCESS;
}

static const struct { int error; const char *name, *text; } errors[] = {
    { INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument" },
    { NO_ROOM, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory" },
    { NO_DEVICE, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected" },
    { INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context" },
    { INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle" },
    { CAPTURE_INVALID, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "operation failed due to a previous error during capture" },
    { LOST, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure" },
    { UNKNOWN, "CUDA_ERROR_UNKNOWN", "unknown error" },
};

CALL cuGetErrorName(int error, const char **name)
{
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        if (errors[i].error == error) return *name = errors[i].name, SUCCESS;
    return INVALID_VALUE;
}

CALL cuGetErrorString(int error, const char **text)
{
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        if (errors[i].error == error) return *text = errors[i].text, SUCCESS;
    return INVALID_VALUE;
}

CALL cuDeviceGetCount(int *n)
{
    *n = number("FAKE_CUDA_DEVICES", 1);
    return SUCCESS;
}

CALL cuDeviceGet(int *device, int at)
{
    *device = at;
    return at < number("FAKE_CUDA_DEVICES", 1) ? SUCCESS : INVALID_VALUE;
}

CALL cuDeviceGetName(char *name, int room, int device)
{
    snprintf(name, (size_t)room, "Fake GPU %d", device);
    return SUCCESS;
}

CALL cuDeviceGetAttribute(int *value, int attribute, int device)
{
    int capability = number("FAKE_CUDA_CAPABILITY", 90);
    (void)device;
    *value = attribute == 75 ? capability / 10 : attribute == 76 ? capability % 10 : attribute == 16 ? 7 : -1;
    return *value < 0 ? INVALID_VALUE : SUCCESS;
}

CALL cuDeviceTotalMem_v2(size_t *bytes, int device)
{
    (void)device;
    *bytes = (size_t)3 << 30;
    return SUCCESS;
}

CALL cuDevicePrimaryCtxRetain(void **context, int device)
{
    if (broken("cuDevicePrimaryCtxRetain")) return UNKNOWN;
    state.retained++;
    *context = (void *)(uintptr_t)(device + 1);
    return SUCCESS;
}

CALL cuDevicePrimaryCtxRelease_v2(int device)
{
    (void)device;
    state.retained--;
    return SUCCESS;
}

CALL cuCtxPushCurrent_v2(void *context)
{
    if (!context || broken("cuCtxPushCurrent_v2")) return INVALID_CONTEXT;
    pushed.depth++;
    pushed.device = (int)(uintptr_t)context - 1;
    return SUCCESS;
}

CALL cuCtxPopCurrent_v2(void **context)
{
    if (!pushed.depth) return INVALID_CONTEXT;
    pushed.depth--;
    *context = NULL;
    return SUCCESS;
}

/* -- memory -------------------------------------------------------------------------------------------------------- */

CALL cuMemGetInfo_v2(size_t *unused, size_t *total)
{
    BEGIN("cuMemGetInfo_v2");
    *unused = 1000;
    *total = (size_t)3 << 30;
    return SUCCESS;
}

static int allocate_locked(void **out, size_t size, bool device)
{
    for (size_t i = 0; i < MOST; i++)
        if (!memories[i].at) {
            memories[i].at = malloc(size);
            memories[i].size = size;
            memories[i].device = device;
            *out = memories[i].at;
            if (memories[i].at) memset(memories[i].at, 0xa5, size);
            return memories[i].at ? SUCCESS : NO_ROOM;
        }
    return NO_ROOM;
}

static int allocate(void **out, size_t size, bool device)
{
    if (++state.allocations == number("FAKE_CUDA_NO_ROOM", 0)) return NO_ROOM;
    if (!size) return INVALID_VALUE;
    pthread_mutex_lock(&memory_lock);
    int error = allocate_locked(out, size, device);
    pthread_mutex_unlock(&memory_lock);
    return error;
}

static int release(void *at, bool device)
{
    bool found = false;
    pthread_mutex_lock(&memory_lock);
    for (size_t i = 0; i < MOST && !found; i++)
        if (memories[i].at == at && memories[i].device == device) {
            free(at);
            memories[i].at = NULL;
            found = true;
        }
    pthread_mutex_unlock(&memory_lock);
    if (found) return SUCCESS;
    fprintf(stderr, "fake CUDA: memory is freed that is none\n");
    abort();
}

static bool inside(const void *at, size_t size, bool device)
{
    bool found = false;
    pthread_mutex_lock(&memory_lock);
    for (size_t i = 0; i < MOST && !found; i++)
        found = memories[i].at && memories[i].device == device && (const char *)at >= memories[i].at &&
                (const char *)at + size <= memories[i].at + memories[i].size;
    pthread_mutex_unlock(&memory_lock);
    return found;
}

CALL cuMemAlloc_v2(uint64_t *out, size_t size)
{
    void *at = NULL;
    BEGIN("cuMemAlloc_v2");
    int error = allocate(&at, size, true);
    *out = (uintptr_t)at;
    return error;
}

CALL cuMemFree_v2(uint64_t at)
{
    BEGIN("cuMemFree_v2");
    return release((void *)(uintptr_t)at, true);
}

CALL cuMemAllocHost_v2(void **out, size_t size)
{
    BEGIN("cuMemAllocHost_v2");
    return allocate(out, size, false);
}

CALL cuMemFreeHost(void *at)
{
    BEGIN("cuMemFreeHost");
    return release(at, false);
}

/* -- streams ------------------------------------------------------------------------------------------------------- */

static void drop(struct work *w)
{
    while (w) {
        struct work *next = w->next;
        free(w->argument);
        free(w);
        w = next;
    }
}

/* Takes the argument, which is from malloc(). */
EXPORT int fake_cuda_do(void *stream, void (*run)(void *), void *argument)
{
    struct stream *s = stream;
    if (!s->capturing) {
        run(argument);
        free(argument);
        return SUCCESS;
    }
    struct work *w = calloc(1, sizeof *w);
    if (!w) abort();
    *w = (struct work){ run, argument, NULL };
    *s->last = w;
    s->last = &w->next;
    return SUCCESS;
}

EXPORT bool fake_cuda_capturing(void *stream)
{
    return ((struct stream *)stream)->capturing;
}

/* Work that cannot be in a graph. */
EXPORT void fake_cuda_invalidate(void *stream)
{
    ((struct stream *)stream)->invalid = true;
}

struct copy {
    void *to;
    const void *from;
    size_t size;
    bool in;
};

static void run_copy(void *argument)
{
    const struct copy *c = argument;
    if (!inside(c->to, c->size, c->in) || !inside(c->from, c->size, !c->in)) {
        fprintf(stderr, "fake CUDA: a copy goes beyond its memory\n");
        abort();
    }
    memcpy(c->to, c->from, c->size);
}

static int copy(void *to, const void *from, size_t size, bool in, void *stream)
{
    struct copy *c = malloc(sizeof *c);
    if (!c) return NO_ROOM;
    *c = (struct copy){ to, from, size, in };
    return fake_cuda_do(stream, run_copy, c);
}

CALL cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t size, void *stream)
{
    BEGIN("cuMemcpyHtoDAsync_v2");
    return copy((void *)(uintptr_t)to, from, size, true, stream);
}

CALL cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t size, void *stream)
{
    BEGIN("cuMemcpyDtoHAsync_v2");
    return copy(to, (void *)(uintptr_t)from, size, false, stream);
}

CALL cuStreamCreate(void **out, unsigned flags)
{
    (void)flags;
    BEGIN("cuStreamCreate");
    struct stream *s = calloc(1, sizeof *s);
    if (!s) return NO_ROOM;
    s->device = pushed.device;
    *out = s;
    state.live++;
    return SUCCESS;
}

CALL cuStreamDestroy_v2(void *stream)
{
    BEGIN("cuStreamDestroy_v2");
    drop(((struct stream *)stream)->first);
    free(stream);
    state.live--;
    return SUCCESS;
}

CALL cuStreamSynchronize(void *stream)
{
    struct stream *s = stream;
    BEGIN("cuStreamSynchronize");
    if (s->device == number("FAKE_CUDA_LOST", -1) && ++s->waits > 2) return LOST;
    return s->capturing ? CAPTURE_INVALID : SUCCESS;
}

CALL cuStreamBeginCapture_v2(void *stream, int mode)
{
    struct stream *s = stream;
    (void)mode;
    BEGIN("cuStreamBeginCapture_v2");
    if (s->capturing) return INVALID_VALUE;
    *s = (struct stream){ .device = s->device, .waits = s->waits, .capturing = true };
    s->last = &s->first;
    return SUCCESS;
}

CALL cuStreamEndCapture(void *stream, void **graph)
{
    struct stream *s = stream;
    *graph = NULL;
    bool invalid = s->invalid, was = s->capturing;
    struct work *first = s->first;
    *s = (struct stream){ .device = s->device, .waits = s->waits };
    if (!was) return INVALID_VALUE;
    if (invalid || broken("cuStreamEndCapture")) {
        drop(first);
        return CAPTURE_INVALID;
    }
    struct graph *g = calloc(1, sizeof *g);
    if (!g) abort();
    g->first = first;
    *graph = g;
    state.live++;
    return SUCCESS;
}

/* -- graphs -------------------------------------------------------------------------------------------------------- */

/* The work moves to what can be launched. */
CALL cuGraphInstantiate_v2(void **out, void *graph, void **node, char *text, size_t room)
{
    struct graph *from = graph, *to;
    (void)node;
    (void)text;
    (void)room;
    BEGIN("cuGraphInstantiate_v2");
    to = calloc(1, sizeof *to);
    if (!to) abort();
    to->first = from->first;
    from->first = NULL;
    *out = to;
    state.live++;
    return SUCCESS;
}

CALL cuGraphLaunch(void *graph, void *stream)
{
    (void)stream;
    BEGIN("cuGraphLaunch");
    state.launches++;
    for (struct work *w = ((struct graph *)graph)->first; w; w = w->next) w->run(w->argument);
    return SUCCESS;
}

CALL cuGraphDestroy(void *graph)
{
    drop(((struct graph *)graph)->first);
    free(graph);
    state.live--;
    return SUCCESS;
}

CALL cuGraphExecDestroy(void *graph)
{
    return cuGraphDestroy(graph);
}

/* -- events -------------------------------------------------------------------------------------------------------- */

CALL cuEventCreate(void **out, unsigned flags)
{
    (void)flags;
    BEGIN("cuEventCreate");
    *out = calloc(1, sizeof(struct timespec));
    state.live++;
    return SUCCESS;
}

CALL cuEventDestroy_v2(void *event)
{
    free(event);
    state.live--;
    return SUCCESS;
}

CALL cuEventRecord(void *event, void *stream)
{
    (void)stream;
    BEGIN("cuEventRecord");
    clock_gettime(CLOCK_MONOTONIC, event);
    return SUCCESS;
}

CALL cuEventElapsedTime(float *milliseconds, void *from, void *to)
{
    const struct timespec *a = from, *b = to;
    if (!a->tv_sec || !b->tv_sec) return INVALID_HANDLE;
    *milliseconds = (float)((double)(b->tv_sec - a->tv_sec) * 1e3 + (double)(b->tv_nsec - a->tv_nsec) * 1e-6);
    return SUCCESS;
}
