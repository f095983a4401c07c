/* What run and bench on several devices share. */
#ifndef TFP_CLI_DEVICES_H
#define TFP_CLI_DEVICES_H

#include "samples.h"

/* The model on all devices that --devices names (none: the usual one), and a session to ask, the first's. */
struct devices {
    struct running r; /* its session is the pool's */
    tfp_pool *pool;
};
/* The exit code; devices_end() follows in any case. `one`: as in struct tfp_pool_options. */
int devices_begin(tfp_context *ctx, const struct arguments *a, size_t one, struct devices *d);
void devices_end(struct devices *d);
/* One line for a device: its samples and time, or why it is out. */
void devices_print(const struct devices *d);

/* A process among others, from --rank or from what mpirun and srun set; alone: 0 of 1. */
struct rank {
    uint64_t number, of;
    int local; /* number on its machine; -1: not told */
};
int rank_read(const struct arguments *a, struct rank *out);

#endif
