/* What the parts of a pool share: its devices (device_pool.c) and the job that runs on them (device_job.c). */
#ifndef TFP_API_DEVICE_POOL_H
#define TFP_API_DEVICE_POOL_H

#include "api/session.h"
#include "base/arena.h"

enum { WHOLE_MACHINE = -1 };
struct device {
    struct tfp_pool_device told;
    struct tfp_context ctx; /* of its session, and of its thread */
    tfp_model *model;       /* NULL: the session read the file itself */
    tfp_session *session;   /* NULL: it is out */
    int number;             /* of the GPU or core, or WHOLE_MACHINE */
    bool gpu;
    struct tfp_tensor *inputs, *outputs; /* for a run */
};

struct tfp_pool {
    struct arena arena;
    struct device *devices;
    size_t n, window;
};

/* It is out, with the message of its context. */
void device_fail(struct device *d, tfp_status status);

#endif
