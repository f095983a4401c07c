#include "devices.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- ranks --------------------------------------------------------------------------------------------------------- */

/* What launchers tell a process: Open MPI; MPICH and those like it; Slurm, whose variables come last because MPICH's launcher may have
 * been started by srun, once on each machine. A process of theirs has `of`. Slurm's batch script has the other two as well, but is no step. */
static const struct { const char *number, *of, *local, *processes; } launchers[] = {
    { "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE" },
    { "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS" },
    { "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID", "SLURM_STEP_TASKS_PER_NODE" },
};

/* Digits up to `stop`; *rest is what follows it. */
static bool read_number(const char *text, char stop, uint64_t *out, const char **rest)
{
    char *end;
    if (!text || *text < '0' || *text > '9') return false;
    *out = strtoull(text, &end, 10);
    *rest = *end ? end + 1 : end;
    return *end == stop && *out < UINT32_MAX;
}

static bool read_variable(const char *name, uint64_t *out)
{
    const char *rest;
    return read_number(getenv(name), '\0', out, &rest);
}

static int read_launcher(size_t i, struct rank *out)
{
    const char *processes = getenv(launchers[i].processes);
    uint64_t local;
    if (!read_variable(launchers[i].number, &out->number) || !read_variable(launchers[i].of, &out->of) || out->number >= out->of) {
        const char *number = getenv(launchers[i].number);
        return wrong_usage("%s is '%s' and %s '%s': numbers of which the first is less are expected; --rank I/N goes before them",
                           launchers[i].number, number ? number : "", launchers[i].of, getenv(launchers[i].of));
    }
    if (!read_variable(launchers[i].local, &local)) return TFP_OK;
    out->share = (struct device_share){ (size_t)local + 1, processes ? strtoul(processes, NULL, 10) : 0 }; /* Slurm's: "4(x2),3" */
    return TFP_OK;
}

int rank_read(const struct arguments *a, struct rank *out)
{
    const char *rest;
    *out = (struct rank){ .of = 1 };
    if (a->rank) {
        if (!read_number(a->rank, '/', &out->number, &rest) || !read_number(rest, '\0', &out->of, &rest) || out->number >= out->of)
            return wrong_usage("--rank '%s': I/N is expected, 0/4 to 3/4 for instance", a->rank);
        return TFP_OK;
    }
    for (size_t i = 0; i < sizeof launchers / sizeof *launchers; i++)
        if (getenv(launchers[i].of)) return read_launcher(i, out);
    return TFP_OK;
}

/* -- devices ------------------------------------------------------------------------------------------------------- */

static tfp_status open_pool(struct devices *d, struct device_share share)
{
    const struct arguments *a = d->r.a;
    static char own[32];
    const char *usual = own;
    struct tfp_session_options session = session_options(a);
    const struct tfp_model_options model = model_options(a);
    struct tfp_pool_options o = TFP_INIT(struct tfp_pool_options);
    const bool on_gpu = builds_engine(a) || tfp_is_plan(a->positional.at[0]);
    snprintf(own, sizeof own, !on_gpu ? "cpu" : share.one && !session.device ? "all" : "%d", session.device);
    if (d->r.build.size) session.build = &d->r.build;
    o.devices = a->devices.n ? a->devices.at : &usual;
    o.n_devices = a->devices.n ? a->devices.n : 1;
    o.one = share.one;
    o.processes = share.processes;
    o.instances = (size_t)a->instances;
    o.session = &session;
    o.model = is_program(a) ? NULL : &model;
    return tfp_pool_open(d->r.ctx, a->positional.at[0], &o, &d->pool);
}

int devices_begin(tfp_context *ctx, const struct arguments *a, struct device_share share, struct devices *d)
{
    *d = (struct devices){ .r = { .ctx = ctx, .a = a } };
    int code = builds_engine(a) ? building_begin(a, tfp_is_onnx(a->positional.at[0]), &d->r.build) : TFP_OK;
    if (code != TFP_OK) return code;
    tfp_status status = open_pool(d, share);
    if (status != TFP_OK) return failed(ctx, status);
    for (size_t i = 0; i < tfp_pool_n_devices(d->pool) && !d->r.session; i++) d->r.session = tfp_pool_session(d->pool, i);
    return running_allocate(&d->r);
}

void devices_end(struct devices *d)
{
    d->r.session = NULL; /* the pool's */
    running_end(&d->r);
    tfp_pool_destroy(d->pool);
}

void devices_print(const struct devices *d, const char *label)
{
    for (size_t i = 0; i < tfp_pool_n_devices(d->pool); i++) {
        const struct tfp_pool_device *p = tfp_pool_device(d->pool, i);
        if (p->status != TFP_OK) printf("%s%-10s out after %" PRIu64 " samples: %s\n", label, p->name, p->runs, p->message);
        else printf("%s%-10s %" PRIu64 " samples, %.4g ms each\n", label, p->name, p->runs, p->runs ? p->seconds / (double)p->runs * 1e3 : 0);
    }
}
