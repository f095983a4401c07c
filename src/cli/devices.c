#include "devices.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- ranks --------------------------------------------------------------------------------------------------------- */

/* What launchers tell a process: Open MPI, Slurm, MPICH and those like it. */
static const struct { const char *number, *of, *local; } launchers[] = {
    { "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK" },
    { "SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID" },
    { "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID" },
};

static bool read_number(const char *text, char stop, uint64_t *out, const char **rest)
{
    char *end;
    if (!text || *text < '0' || *text > '9') return false;
    *out = strtoull(text, &end, 10);
    *rest = *end ? end + 1 : end;
    return *end == stop && *out < UINT32_MAX;
}

static bool read_launcher(size_t i, struct rank *out)
{
    const char *rest;
    uint64_t local;
    if (!read_number(getenv(launchers[i].number), '\0', &out->number, &rest) ||
        !read_number(getenv(launchers[i].of), '\0', &out->of, &rest))
        return false;
    out->local = read_number(getenv(launchers[i].local), '\0', &local, &rest) ? (int)local : -1;
    return out->number < out->of;
}

int rank_read(const struct arguments *a, struct rank *out)
{
    const char *rest;
    *out = (struct rank){ 0, 1, -1 };
    if (a->rank) {
        if (!read_number(a->rank, '/', &out->number, &rest) || !read_number(rest, '\0', &out->of, &rest) || out->number >= out->of)
            return wrong_usage("--rank '%s': I/N is expected, 0/4 to 3/4 for instance", a->rank);
        return TFP_OK;
    }
    for (size_t i = 0; i < sizeof launchers / sizeof *launchers; i++)
        if (read_launcher(i, out)) return TFP_OK;
    *out = (struct rank){ 0, 1, -1 };
    return TFP_OK;
}

/* -- devices ------------------------------------------------------------------------------------------------------- */

static tfp_status open_pool(struct devices *d, size_t one)
{
    const struct arguments *a = d->r.a;
    static char own[32];
    const char *usual = own;
    struct tfp_session_options session = session_options(a);
    const struct tfp_model_options model = model_options(a);
    struct tfp_pool_options o = TFP_INIT(struct tfp_pool_options);
    snprintf(own, sizeof own, builds_engine(a) || tfp_is_plan(a->positional.at[0]) ? "%d" : "cpu", session.device);
    if (d->r.build.size) session.build = &d->r.build;
    o.devices = a->devices.n ? a->devices.at : &usual;
    o.n_devices = a->devices.n ? a->devices.n : 1;
    o.one = one;
    o.instances = (size_t)a->instances;
    o.session = &session;
    o.model = is_program(a) ? NULL : &model;
    return tfp_pool_open(d->r.ctx, a->positional.at[0], &o, &d->pool);
}

int devices_begin(tfp_context *ctx, const struct arguments *a, size_t one, struct devices *d)
{
    *d = (struct devices){ .r = { .ctx = ctx, .a = a } };
    int code = builds_engine(a) ? building_begin(a, tfp_is_onnx(a->positional.at[0]), &d->r.build) : TFP_OK;
    if (code != TFP_OK) return code;
    tfp_status status = open_pool(d, one);
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

void devices_print(const struct devices *d)
{
    for (size_t i = 0; i < tfp_pool_n_devices(d->pool); i++) {
        const struct tfp_pool_device *p = tfp_pool_device(d->pool, i);
        if (p->status != TFP_OK) printf("%-10s out after %" PRIu64 " samples: %s\n", p->name, p->runs, p->message);
        else printf("%-10s %" PRIu64 " samples, %.4g ms each\n", p->name, p->runs, p->runs ? p->seconds / (double)p->runs * 1e3 : 0);
    }
}
