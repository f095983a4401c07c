/* Objects that TensorRT calls: logger, progress monitor, output allocator, profiler. In memory each is a pointer to its
 * virtual table, whose order comes from trt_slots.def, and what the functions here need behind it. */
#include "backend/tensorrt/trt_call.h"

#include <stdio.h>
#include <string.h>

static void destructor(void *self)
{
    (void)self; /* these objects end with what holds them */
}

static int32_t language(void *self)
{
    (void)self;
    return 0; /* C++ */
}

static int32_t interface_version(void *self)
{
    (void)self;
    return 1;
}

#define INFO(name)                                                                                                     \
    static struct interface_info name##_info(void *self)                                                               \
    {                                                                                                                  \
        (void)self;                                                                                                    \
        return (struct interface_info){ #name, 1, 0 };                                                                 \
    }
INFO(ILogger)
INFO(IProgressMonitor)
INFO(IOutputAllocator)
INFO(IProfiler)

/* -- log ----------------------------------------------------------------------------------------------------------- */

static void keep_error(struct trt *t, const char *line, size_t n)
{
    size_t need = n + (t->log_n ? 2 : 0);
    if (need >= sizeof t->log - t->log_n) {
        t->log_dropped++;
        return;
    }
    if (t->log_n) memcpy(t->log + t->log_n, "; ", 2);
    memcpy(t->log + t->log_n + need - n, line, n);
    t->log_n += need;
    t->log[t->log_n] = 0;
}

/* The CUDA runtime's errors for a missing or too old driver and for no device. TensorRT-RTX logs one whenever it asks,
 * although it builds without; TensorRT 8 warns of it and then gives no builder. */
static bool is_no_gpu(const char *line)
{
    return strstr(line, "(cudaError 35:") || strstr(line, "(cudaError 100:") ||
           strstr(line, "CUDA initialization failure");
}

static void log_line(void *self, int32_t severity, const char *line)
{
    struct trt *t = ((struct trt_object *)self)->library;
    size_t n = strlen(line);
    while (n && (line[n - 1] == '\n' || line[n - 1] == ' ')) n--;
    pthread_mutex_lock(&t->lock);
    if (severity <= TRT_SEVERITY_WARNING && is_no_gpu(line))
        snprintf(t->no_gpu, sizeof t->no_gpu, "%.*s", (int)(n < 199 ? n : 199), line);
    else if (severity <= TRT_SEVERITY_ERROR) keep_error(t, line, n);
    else if (severity < TRT_SEVERITY_WARNING + t->verbosity && severity <= TRT_SEVERITY_INFO)
        tfp_note(t->ctx, "%s: %.*s", t->name, (int)(n < 2000 ? n : 2000), line);
    pthread_mutex_unlock(&t->lock);
}

/* -- progress ------------------------------------------------------------------------------------------------------ */

/* The phase's place; an empty one for "" ; NULL: none. */
static struct trt_phase *find_phase(struct trt *t, const char *name)
{
    for (size_t i = 0; i < TRT_MAX_PHASES; i++)
        if (strncmp(t->phases[i].name, name, TRT_PHASE_NAME - 1) == 0) return &t->phases[i];
    return NULL;
}

/* `p`: what is known of it, NULL: nothing. */
static void tell(struct trt *t, const char *phase, const struct trt_phase *p, int32_t done)
{
    const char *parent = p && p->parent[0] ? p->parent : NULL;
    if (t->progress && !t->progress->step(t->progress->user, phase, parent, done, p ? p->total : 0))
        t->cancelled = true;
}

static void phase_start(void *self, const char *phase, const char *parent, int32_t steps)
{
    struct trt *t = ((struct trt_object *)self)->library;
    pthread_mutex_lock(&t->lock);
    struct trt_phase *p = find_phase(t, "");
    if (p) {
        snprintf(p->name, sizeof p->name, "%s", phase);
        snprintf(p->parent, sizeof p->parent, "%s", parent ? parent : "");
        p->total = steps;
    }
    tell(t, phase, p, 0);
    pthread_mutex_unlock(&t->lock);
}

static bool step_complete(void *self, const char *phase, int32_t step)
{
    struct trt *t = ((struct trt_object *)self)->library;
    pthread_mutex_lock(&t->lock);
    tell(t, phase, find_phase(t, phase), step + 1);
    bool go_on = !t->cancelled;
    pthread_mutex_unlock(&t->lock);
    return go_on;
}

static void phase_finish(void *self, const char *phase)
{
    struct trt *t = ((struct trt_object *)self)->library;
    pthread_mutex_lock(&t->lock);
    struct trt_phase *p = find_phase(t, phase);
    tell(t, phase, p, -1);
    if (p) p->name[0] = 0;
    pthread_mutex_unlock(&t->lock);
}

/* -- output allocator, profiler ------------------------------------------------------------------------------------ */

static struct trt_allocator *allocator_of(void *self)
{
    return (struct trt_allocator *)((char *)self - offsetof(struct trt_allocator, object));
}

static void *reallocate_async(void *self, const char *tensor, void *memory, uint64_t size, uint64_t alignment,
                              void *stream)
{
    struct trt_allocator *a = allocator_of(self);
    return a->allocate(a->user, tensor, memory, size, alignment, stream);
}

static void *reallocate(void *self, const char *tensor, void *memory, uint64_t size, uint64_t alignment)
{
    return reallocate_async(self, tensor, memory, size, alignment, NULL);
}

static void notify_shape(void *self, const char *tensor, const void *dims)
{
    struct trt_allocator *a = allocator_of(self);
    struct trt_dims wide;
    struct dims32 narrow;
    if (a->library->family == TRT_8) {
        memcpy(&narrow, dims, sizeof narrow);
        wide = trt_widen(narrow);
    } else {
        memcpy(&wide, dims, sizeof wide);
    }
    a->shape(a->user, tensor, &wide);
}

static void layer_time(void *self, const char *layer, float milliseconds)
{
    struct trt_profiler *p = (struct trt_profiler *)((char *)self - offsetof(struct trt_profiler, object));
    p->layer(p->user, layer, milliseconds);
}

/* -- tables -------------------------------------------------------------------------------------------------------- */

static void put(struct trt *t, trt_function *table, enum trt_method method, trt_function function)
{
    int slot = trt_slot(t, method);
    if (slot >= 0 && slot < TRT_CALLBACK_SLOTS) table[slot] = function;
}
#define PUT(table, class, method, function) put(t, table, TRT_##class##_##method, (trt_function)(function))
#define PUT_COMMON(table, class)                                                                                       \
    do {                                                                                                               \
        PUT(table, class, destruct, destructor);                                                                       \
        PUT(table, class, end, destructor);                                                                            \
        PUT(table, class, getAPILanguage, language);                                                                   \
        PUT(table, class, getInterfaceInfo, I##class##_info);                                                          \
    } while (0)

void trt_callbacks_init(struct trt *t)
{
    PUT_COMMON(t->logger_table, Logger);
    PUT(t->logger_table, Logger, log, log_line);
    PUT_COMMON(t->monitor_table, ProgressMonitor);
    PUT(t->monitor_table, ProgressMonitor, phaseStart, phase_start);
    PUT(t->monitor_table, ProgressMonitor, stepComplete, step_complete);
    PUT(t->monitor_table, ProgressMonitor, phaseFinish, phase_finish);
    PUT_COMMON(t->allocator_table, OutputAllocator);
    PUT(t->allocator_table, OutputAllocator, getInterfaceVersion, interface_version);
    PUT(t->allocator_table, OutputAllocator, reallocateOutput, reallocate);
    PUT(t->allocator_table, OutputAllocator, reallocateOutputAsync, reallocate_async);
    PUT(t->allocator_table, OutputAllocator, notifyShape, notify_shape);
    PUT_COMMON(t->profiler_table, Profiler);
    PUT(t->profiler_table, Profiler, reportLayerTime, layer_time);
    t->logger = (struct trt_object){ t->logger_table, t };
    t->monitor = (struct trt_object){ t->monitor_table, t };
}

void trt_allocator_init(struct trt *t, struct trt_allocator *a)
{
    a->library = t;
    a->object[0] = t->allocator_table;
}

void trt_profiler_init(struct trt *t, struct trt_profiler *p)
{
    p->object[0] = t->profiler_table;
}
