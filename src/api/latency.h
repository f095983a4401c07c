/* What measuring shares: times of runs, and how long is measured. */
#ifndef TFP_API_LATENCY_H
#define TFP_API_LATENCY_H

#include "base/status.h"

/* In milliseconds; free(at). */
struct times {
    double *at;
    size_t n, room;
};
bool times_add(struct times *t, double milliseconds); /* false: memory is out */
struct tfp_latency times_summarize(struct times *t);  /* sorts them */

/* The caller's options with the usual values where they say nothing. */
tfp_status bench_options(struct tfp_context *ctx, const struct tfp_bench_options *from, struct tfp_bench_options *o);

#endif
