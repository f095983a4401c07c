/* The devices of a pool: words to sessions. */
#include "api/device_pool.h"

#include "api/model.h"
#include "base/cores.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = 4 /* samples for each session */, MOST_DEVICES = 256, MESSAGE = 400 };

/* -- words --------------------------------------------------------------------------------------------------------- */

static tfp_status add_device(struct tfp_context *ctx, struct tfp_pool *p, bool gpu, int number)
{
    char name[32];
    snprintf(name, sizeof name, gpu ? "GPU %d" : number < 0 ? "cpu" : "cpu:%d", number);
    for (size_t i = 0; i < p->n; i++)
        if (p->devices[i].gpu == gpu && p->devices[i].number == number)
            return tfp_fail(ctx, TFP_E_USAGE, "device %s was named twice", name);
    if (p->n == MOST_DEVICES) return tfp_fail(ctx, TFP_E_USAGE, "more than %d devices", MOST_DEVICES);
    struct device *d = &p->devices[p->n];
    *d = (struct device){ .number = number, .gpu = gpu };
    d->told = (struct tfp_pool_device){ .name = arena_string(&p->arena, name, strlen(name)), .message = "" };
    if (!d->told.name) return tfp_no_memory(ctx);
    p->n++;
    return TFP_OK;
}

static tfp_status add_all_gpus(struct tfp_context *ctx, struct tfp_pool *p, const struct tfp_session_options *o)
{
    tfp_tensorrt *tensorrt;
    TFP_TRY(tfp_tensorrt_open(ctx, o->tensorrt ? o->tensorrt : o->library, &tensorrt));
    const struct tfp_tensorrt_info *info = tfp_tensorrt_info(tensorrt);
    tfp_status status = info->n_gpus ? TFP_OK : tfp_fail(ctx, TFP_E_MISSING, "%s", info->no_gpu);
    for (size_t i = 0; i < info->n_gpus && status == TFP_OK; i++) status = add_device(ctx, p, true, info->gpus[i].number);
    tfp_tensorrt_destroy(tensorrt);
    return status;
}

/* "3" or "0-3"; false: neither. */
static bool read_numbers(const char *text, int *first, int *last)
{
    char *end;
    if (*text < '0' || *text > '9') return false;
    unsigned long from = strtoul(text, &end, 10), to = from;
    if (*end == '-' && end[1] >= '0' && end[1] <= '9') to = strtoul(end + 1, &end, 10);
    if (*end || to < from || to > 1000000) return false;
    *first = (int)from;
    *last = (int)to;
    return true;
}

static tfp_status add_word(struct tfp_context *ctx, struct tfp_pool *p, const char *word, const struct tfp_session_options *o)
{
    const bool cpu = strncmp(word, "cpu:", 4) == 0;
    int first, last;
    if (strcmp(word, "all") == 0) return add_all_gpus(ctx, p, o);
    if (strcmp(word, "cpu") == 0) return add_device(ctx, p, false, WHOLE_MACHINE);
    if (!read_numbers(cpu ? word + 4 : word, &first, &last))
        return tfp_fail(ctx, TFP_E_USAGE, "device '%s': all, a GPU's number, cpu, cpu:N, or a range (cpu:0-3)", word);
    for (int i = first; i <= last; i++) TFP_TRY(add_device(ctx, p, !cpu, i));
    return TFP_OK;
}

/* -- opening ------------------------------------------------------------------------------------------------------- */

void device_fail(struct device *d, tfp_status status)
{
    tfp_session_destroy(d->session);
    tfp_model_destroy(d->model);
    d->session = NULL;
    d->model = NULL;
    d->told.status = status;
    d->told.message = d->ctx.text;
}

static tfp_status check_core(struct device *d)
{
    cpu_set_t cores;
    if (d->number == WHOLE_MACHINE) return TFP_OK;
    if (d->number < CPU_SETSIZE && sched_getaffinity(0, sizeof cores, &cores) == 0 && CPU_ISSET(d->number, &cores)) return TFP_OK;
    return tfp_fail(&d->ctx, TFP_E_MISSING, "%s: there is no such core that this process may use", d->told.name);
}

/* Of one on `cpu`: more threads than cores would wait for one another. */
static int threads_of_session(const struct tfp_pool_options *o)
{
    const int cores = cores_for_one_of(o->processes);
    const size_t instances = o->instances ? o->instances : 1;
    return (size_t)cores > instances ? cores / (int)instances : 1;
}

static tfp_status open_session(struct device *d, const char *path, const struct tfp_pool_options *o)
{
    struct tfp_session_options s = *o->session;
    if (d->gpu) s.device = d->number;
    else if (d->number != WHOLE_MACHINE) s.threads = 1;
    else if (!s.threads) s.threads = threads_of_session(o);
    if (!s.backend) s.backend = d->gpu ? "tensorrt" : "cpu";
    if (!o->model) return tfp_session_open(&d->ctx, path, &s, &d->session);
    TFP_TRY(tfp_model_open(&d->ctx, path, o->model, &d->model));
    return tfp_session_create(&d->ctx, d->model, &s, &d->session);
}

static tfp_status open_device(struct tfp_context *ctx, struct tfp_pool *p, struct device *d, const char *path,
                              const struct tfp_pool_options *o)
{
    d->ctx = (struct tfp_context){ .note = ctx->note, .note_user = ctx->note_user, .progress = ctx->progress,
                                   .progress_user = ctx->progress_user };
    tfp_status status = d->gpu ? TFP_OK : check_core(d);
    if (status == TFP_OK) status = open_session(d, path, o);
    d->ctx.note = NULL; /* the caller's are for its own thread */
    d->ctx.progress = NULL;
    if (status != TFP_OK) return device_fail(d, status), TFP_OK;
    d->inputs = ARENA_ARRAY(&p->arena, struct tfp_tensor, d->session->n_inputs + 1);
    d->outputs = ARENA_ARRAY(&p->arena, struct tfp_tensor, d->session->n_outputs + 1);
    return d->inputs && d->outputs ? TFP_OK : tfp_no_memory(ctx);
}

static tfp_status check_backend(struct tfp_context *ctx, const struct tfp_pool *p, const char *backend)
{
    for (size_t i = 0; i < p->n && backend; i++)
        if (p->devices[i].gpu != (strcmp(backend, "tensorrt") == 0))
            return tfp_fail(ctx, TFP_E_USAGE, "device %s is none of backend %s", p->devices[i].told.name, backend);
    return TFP_OK;
}

/* One device is enough. */
static tfp_status check_any(struct tfp_context *ctx, const struct tfp_pool *p)
{
    const struct device *first = NULL;
    for (size_t i = 0; i < p->n; i++)
        if (p->devices[i].session && !first) first = &p->devices[i];
    if (first) return TFP_OK;
    return tfp_fail(ctx, p->devices[0].told.status, "%s: %.*s", p->devices[0].told.name, MESSAGE, p->devices[0].told.message);
}

/* Of process number `own`. */
static void take_share(struct tfp_pool *p, size_t own, size_t processes)
{
    const size_t step = processes && processes < p->n ? processes : p->n;
    size_t n = 0;
    for (size_t i = own % p->n; i < p->n; i += step) p->devices[n++] = p->devices[i];
    p->n = n;
}

/* All devices once before any a second time, so that few samples go to many devices. */
static tfp_status add_instances(struct tfp_context *ctx, struct tfp_pool *p, size_t instances)
{
    const size_t n = p->n;
    if (instances > MOST_DEVICES / n) return tfp_fail(ctx, TFP_E_USAGE, "more than %d sessions on devices", MOST_DEVICES);
    for (; p->n < instances * n; p->n++) p->devices[p->n] = p->devices[p->n - n];
    return TFP_OK;
}

static tfp_status open_all(struct tfp_context *ctx, struct tfp_pool *p, const char *path, const struct tfp_pool_options *o)
{
    p->devices = ARENA_ARRAY(&p->arena, struct device, MOST_DEVICES);
    if (!p->devices) return tfp_no_memory(ctx);
    for (size_t i = 0; i < o->n_devices; i++) TFP_TRY(add_word(ctx, p, o->devices[i], o->session));
    if (!p->n) return tfp_fail(ctx, TFP_E_USAGE, "a pool takes one device at least");
    TFP_TRY(check_backend(ctx, p, o->session->backend));
    if (o->one) take_share(p, o->one - 1, o->processes);
    TFP_TRY(add_instances(ctx, p, o->instances));
    p->window = o->window ? o->window : WINDOW * p->n;
    for (size_t i = 0; i < p->n; i++) TFP_TRY(open_device(ctx, p, &p->devices[i], path, o));
    return check_any(ctx, p);
}

tfp_status tfp_pool_open(tfp_context *ctx, const char *path, const struct tfp_pool_options *options, tfp_pool **out)
{
    struct tfp_session_options session;
    struct tfp_pool_options o;
    struct tfp_pool *p = calloc(1, sizeof *p);
    if (!p) return tfp_no_memory(ctx);
    tfp_status status = API_OPTIONS(ctx, options, &o);
    if (status == TFP_OK) status = API_OPTIONS(ctx, o.session, &session);
    o.session = &session;
    if (status == TFP_OK) status = open_all(ctx, p, path, &o);
    if (status == TFP_OK) *out = p;
    else tfp_pool_destroy(p);
    return status;
}

void tfp_pool_destroy(tfp_pool *p)
{
    if (!p) return;
    for (size_t i = 0; i < p->n; i++) {
        tfp_session_destroy(p->devices[i].session);
        tfp_model_destroy(p->devices[i].model);
    }
    arena_free(&p->arena);
    free(p);
}

size_t tfp_pool_n_devices(const tfp_pool *p)
{
    return p->n;
}

const struct tfp_pool_device *tfp_pool_device(const tfp_pool *p, size_t i)
{
    return i < p->n ? &p->devices[i].told : NULL;
}

tfp_session *tfp_pool_session(const tfp_pool *p, size_t i)
{
    return i < p->n ? p->devices[i].session : NULL;
}
