/* What run and bench on several devices share. */
#ifndef TFP_CLI_DEVICES_H
#define TFP_CLI_DEVICES_H

#include "samples.h"

/* The model on all devices that --devices names (none: the usual one), and a session to ask, the first's. */
struct devices {
    struct running r; /* its session is the pool's */
    tfp_pool *pool;
};
/* The devices that a process takes beside others of its machine, as in struct tfp_pool_options. */
struct device_share { size_t one, processes; };
/* The exit code; devices_end() follows in any case. */
int devices_begin(tfp_context *ctx, const struct arguments *a, struct device_share share, struct devices *d);
void devices_end(struct devices *d);
/* One line for a device, behind `label`: its samples and time, or why it is out. */
void devices_print(const struct devices *d, const char *label);

/* A process among others, from --rank or from what mpirun and srun set; alone: 0 of 1. */
struct rank {
    uint64_t number, of;
    struct device_share share; /* zeros: not told */
};
/* The exit code: what a launcher set must be numbers that fit. */
int rank_read(const struct arguments *a, struct rank *out);

#endif
