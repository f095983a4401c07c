/* tfport bench --devices: what several devices do in the same time as one. */
#include "devices.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_RUNS = 4 /* of each device, to warm it up and to see how long a run takes */ };

static tfp_status load_same(void *user, tfp_context *ctx, const tfp_session *session, size_t k, struct tfp_tensor *inputs)
{
    const struct running *r = user;
    (void)ctx;
    (void)session;
    (void)k;
    for (size_t i = 0; i < r->n_inputs; i++) inputs[i] = r->inputs[i];
    return TFP_OK;
}

static tfp_status drop_result(void *user, tfp_context *ctx, size_t k, const struct tfp_tensor *outputs, size_t n)
{
    (void)user;
    (void)ctx;
    (void)k;
    (void)outputs;
    (void)n;
    return TFP_OK;
}

static tfp_status run_many(struct devices *d, size_t n, double *seconds)
{
    const double start = seconds_now();
    tfp_status status = tfp_pool_run(d->r.ctx, d->pool, &(struct tfp_job){ n, load_same, drop_result, &d->r, NULL });
    *seconds = seconds_now() - start;
    return status;
}

/* Runs a second of the pool, over `duration` seconds. */
static int measure(struct devices *d, double duration, double *rate)
{
    const size_t first = FIRST_RUNS * tfp_pool_n_devices(d->pool);
    double seconds;
    tfp_status status = run_many(d, first, &seconds);
    if (status == TFP_OK) status = run_many(d, first, &seconds);
    const double runs = ceil(duration / (seconds > 1e-6 ? seconds : 1e-6)) * (double)first;
    const size_t n = runs < 1e8 ? (size_t)runs : 100000000;
    if (status == TFP_OK) status = run_many(d, n, &seconds);
    *rate = (double)n / seconds;
    return status == TFP_OK ? TFP_OK : failed(d->r.ctx, status);
}

/* The pool of the first device alone (`one` 1), or of all (0). */
static int measure_pool(tfp_context *ctx, const struct arguments *a, size_t one, double *rate)
{
    struct devices d;
    int code = devices_begin(ctx, a, (struct device_share){ one, 0 }, &d);
    if (code == TFP_OK) code = bench_inputs(&d.r);
    if (code == TFP_OK) code = measure(&d, a->duration ? atof(a->duration) : 3, rate);
    if (code == TFP_OK && !one && !a->json) devices_print(&d, "");
    devices_end(&d);
    return code;
}

int bench_devices(tfp_context *ctx, const struct arguments *a)
{
    double one, all;
    int code = measure_pool(ctx, a, 1, &one);
    if (code == TFP_OK) code = measure_pool(ctx, a, 0, &all);
    progress_end();
    if (code != TFP_OK) return code;
    if (a->json)
        printf("{\"runs_per_second\": {\"first\": %.9g, \"all\": %.9g}, \"scaling\": %.9g}\n", one, all, all / one);
    else
        printf("the first device alone %.5g runs a second, all %.5g: %.3g times\n"
               "method: the same inputs again and again, runs counted over %s s after warming up, the machine's monotonic clock\n",
               one, all, all / one, a->duration ? a->duration : "3");
    return TFP_OK;
}
