/* A job on the devices of a pool: a thread each takes the next sample, and results go out in the samples' order. */
#include "api/device_pool.h"

#include "base/clock.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Results that wait for an earlier sample. */
struct held {
    bool full;
    struct tfp_tensor *outputs;
    int64_t (*dims)[TFP_MAX_RANK];
    size_t *room; /* bytes at each output's data */
};

struct job {
    const struct tfp_job *told;
    struct tfp_pool *pool;
    size_t n_outputs, window;
    struct held *held; /* [window]: sample i's place is i % window */

    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    size_t next, head; /* the sample to begin, the sample to give */
    size_t *again, n_again; /* samples of devices that failed */
    bool giving, stopped;
    struct tfp_context giver; /* of the one that gives */
    tfp_status status;
    struct tfp_context why;
};

struct worker {
    struct job *job;
    struct device *device;
    pthread_t thread;
};

/* -- results ------------------------------------------------------------------------------------------------------- */

static size_t strings_size(const struct tfp_tensor *t)
{
    const struct tfp_string *s = t->data;
    size_t size = t->size;
    for (size_t i = 0; i < t->size / sizeof *s; i++) size += s[i].n;
    return size;
}

/* The strings' bytes lie behind them. */
static void copy_strings(const struct tfp_tensor *t, struct tfp_string *to)
{
    const struct tfp_string *s = t->data;
    char *at = (char *)to + t->size;
    for (size_t i = 0; i < t->size / sizeof *s; i++) {
        if (s[i].n) memcpy(at, s[i].at, s[i].n);
        to[i] = (struct tfp_string){ at, s[i].n };
        at += s[i].n;
    }
}

static bool hold(struct held *h, size_t i, const struct tfp_tensor *t)
{
    const size_t size = t->dtype == TFP_STRING ? strings_size(t) : t->size;
    void *data = h->outputs[i].data;
    if (size > h->room[i] || !data) {
        free(data);
        h->outputs[i].data = data = malloc(size + 1);
        h->room[i] = data ? size : 0;
        if (!data) return false;
    }
    if (t->dtype == TFP_STRING) copy_strings(t, data);
    else if (t->size) memcpy(data, t->data, t->size);
    if (t->rank) memcpy(h->dims[i], t->dims, t->rank * sizeof *t->dims);
    h->outputs[i] = (struct tfp_tensor){ t->dtype, t->rank, h->dims[i], data, t->size };
    return true;
}

static bool make_held(struct job *j)
{
    j->held = calloc(j->window, sizeof *j->held);
    for (size_t i = 0; j->held && i < j->window; i++) {
        struct held *h = &j->held[i];
        h->outputs = calloc(j->n_outputs + 1, sizeof *h->outputs);
        h->dims = calloc(j->n_outputs + 1, sizeof *h->dims);
        h->room = calloc(j->n_outputs + 1, sizeof *h->room);
        if (!h->outputs || !h->dims || !h->room) return false;
    }
    return j->held != NULL;
}

static void free_held(struct job *j)
{
    for (size_t i = 0; j->held && i < j->window; i++) {
        struct held *h = &j->held[i];
        for (size_t k = 0; h->outputs && k < j->n_outputs; k++) free(h->outputs[k].data);
        free(h->outputs);
        free(h->dims);
        free(h->room);
    }
    free(j->held);
}

/* -- samples ------------------------------------------------------------------------------------------------------- */

/* For messages; the number is written into `room`. */
static const char *name_of(const struct job *j, size_t sample, char room[24])
{
    if (j->told->name) return j->told->name(j->told->user, sample);
    snprintf(room, 24, "%zu", sample);
    return room;
}

/* With the lock. The first reason stays. */
static void stop(struct job *j, tfp_status status, size_t sample, const char *why)
{
    char room[24];
    if (!j->stopped) j->status = tfp_fail(&j->why, status, "sample %.300s: %.3000s", name_of(j, sample, room), why);
    j->stopped = true;
}

/* With the lock, which is given up while the caller's function works. */
static void give_what_is_next(struct job *j)
{
    while (!j->giving && !j->stopped && j->head < j->told->n && j->held[j->head % j->window].full) {
        struct held *h = &j->held[j->head % j->window];
        j->giving = true;
        pthread_mutex_unlock(&j->lock);
        tfp_status status = j->told->give(j->told->user, &j->giver, j->head, h->outputs, j->n_outputs);
        pthread_mutex_lock(&j->lock);
        j->giving = false;
        h->full = false;
        if (status != TFP_OK) stop(j, status, j->head, j->giver.text);
        else j->head++;
        pthread_cond_broadcast(&j->changed);
    }
}

/* With the lock. False: there is nothing left to do. */
static bool take(struct job *j, size_t *sample)
{
    while (!j->stopped && j->head < j->told->n) {
        if (j->n_again) return *sample = j->again[--j->n_again], true;
        if (j->next < j->told->n && j->next < j->head + j->window) return *sample = j->next++, true;
        pthread_cond_wait(&j->changed, &j->lock);
    }
    return false;
}

enum outcome { RAN, LOST_DEVICE, BAD_SAMPLE };

static enum outcome run_sample(struct job *j, struct device *d, size_t sample, tfp_status *status)
{
    const double start = clock_seconds();
    *status = j->told->load(j->told->user, &d->ctx, d->session, sample, d->inputs);
    if (*status != TFP_OK) return BAD_SAMPLE;
    memset(d->outputs, 0, j->n_outputs * sizeof *d->outputs);
    *status = tfp_session_run(&d->ctx, d->session, d->inputs, d->session->n_inputs, d->outputs, j->n_outputs);
    if (*status != TFP_OK) return *status == TFP_E_SYSTEM || *status == TFP_E_MISSING ? LOST_DEVICE : BAD_SAMPLE;
    for (size_t i = 0; i < j->n_outputs; i++)
        if (!hold(&j->held[sample % j->window], i, &d->outputs[i])) return *status = tfp_no_memory(&d->ctx), BAD_SAMPLE;
    d->told.runs++;
    d->told.seconds += clock_seconds() - start;
    return RAN;
}

static void stay_on_core(const struct device *d)
{
    cpu_set_t core;
    if (d->gpu || d->number == WHOLE_MACHINE) return;
    CPU_ZERO(&core);
    CPU_SET(d->number, &core);
    pthread_setaffinity_np(pthread_self(), sizeof core, &core); /* that it may be used was checked; it is only for speed */
}

static void *work(void *user)
{
    struct worker *w = user;
    struct job *j = w->job;
    struct device *d = w->device;
    size_t sample;
    stay_on_core(d);
    pthread_mutex_lock(&j->lock);
    while (d->session && take(j, &sample)) {
        tfp_status status;
        pthread_mutex_unlock(&j->lock);
        const enum outcome outcome = run_sample(j, d, sample, &status);
        if (outcome == LOST_DEVICE) device_fail(d, status);
        pthread_mutex_lock(&j->lock);
        if (outcome == LOST_DEVICE) j->again[j->n_again++] = sample;
        else if (outcome == BAD_SAMPLE) stop(j, status, sample, d->ctx.text);
        else j->held[sample % j->window].full = true;
        give_what_is_next(j);
        pthread_cond_broadcast(&j->changed);
    }
    pthread_mutex_unlock(&j->lock);
    return NULL;
}

/* -- all ----------------------------------------------------------------------------------------------------------- */

/* A device whose thread cannot be started takes no part. */
static void run_all(struct job *j, struct worker *workers)
{
    size_t n = 0;
    for (size_t i = 0; i < j->pool->n; i++) {
        struct device *d = &j->pool->devices[i];
        d->told.runs = 0;
        d->told.seconds = 0;
        if (!d->session) continue;
        workers[n] = (struct worker){ .job = j, .device = d };
        if (pthread_create(&workers[n].thread, NULL, work, &workers[n]) == 0) n++;
        else device_fail(d, tfp_fail(&d->ctx, TFP_E_SYSTEM, "%s: its thread cannot be started", d->told.name));
    }
    for (size_t i = 0; i < n; i++) pthread_join(workers[i].thread, NULL);
}

/* Why the last device is out. */
static tfp_status none_left(struct tfp_context *ctx, const struct job *j)
{
    const struct tfp_pool_device *last = NULL;
    char room[24];
    const char *name = name_of(j, j->head, room);
    for (size_t i = 0; i < j->pool->n; i++)
        if (j->pool->devices[i].told.status != TFP_OK) last = &j->pool->devices[i].told;
    if (!last) return tfp_fail(ctx, TFP_E_SYSTEM, "sample %.300s was not run", name);
    return tfp_fail(ctx, last->status, "sample %.300s: no device is left; %s: %.3000s", name, last->name, last->message);
}

static tfp_status run(struct tfp_context *ctx, struct job *j)
{
    struct worker *workers = calloc(j->pool->n, sizeof *workers);
    j->again = calloc(j->pool->n, sizeof *j->again);
    bool room = workers && j->again && make_held(j);
    if (room) run_all(j, workers);
    free(workers);
    free(j->again);
    free_held(j);
    if (!room) return tfp_no_memory(ctx);
    if (j->stopped) return tfp_fail(ctx, j->status, "%s", j->why.text);
    return j->head == j->told->n ? TFP_OK : none_left(ctx, j);
}

tfp_status tfp_pool_run(tfp_context *ctx, tfp_pool *p, const struct tfp_job *told)
{
    struct job j = { .told = told, .pool = p, .window = p->window, .lock = PTHREAD_MUTEX_INITIALIZER,
                     .changed = PTHREAD_COND_INITIALIZER };
    for (size_t i = 0; i < p->n; i++)
        if (p->devices[i].session) j.n_outputs = p->devices[i].session->n_outputs;
    tfp_status status = run(ctx, &j);
    pthread_cond_destroy(&j.changed);
    pthread_mutex_destroy(&j.lock);
    return status;
}
