/* bench on several backends. */
#ifndef TFP_CLI_BENCHING_H
#define TFP_CLI_BENCHING_H

#include "command.h"

/* Measures a->backends and prints it. The exit code: of the first that failed. */
int bench_ways(tfp_context *ctx, const struct arguments *a, const struct tfp_bench_options *o);

#endif
