/* Several sessions at once: a thread each. */
#include "api/latency.h"
#include "api/session.h"
#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_RUNS = 2, MOST_SESSIONS = 1024 };

struct gate;

struct worker {
    struct tfp_context ctx; /* messages of its own */
    struct tfp_session *session;
    const struct tfp_tensor *inputs;
    struct tfp_tensor *outputs;
    struct tfp_bench_options options;
    struct gate *gate;
    tfp_status status;
    struct times times;
    double begin, end;
};

static tfp_status run_once(struct worker *w)
{
    struct tfp_session *s = w->session;
    for (size_t i = 0; i < s->n_outputs; i++) w->outputs[i].data = NULL; /* the session's memory */
    return tfp_session_run(&w->ctx, s, w->inputs, s->n_inputs, w->outputs, s->n_outputs);
}

static tfp_status warm_up(struct worker *w)
{
    const double start = clock_seconds();
    for (uint64_t i = 0; i < LEAST_RUNS || clock_seconds() - start < w->options.warm_up; i++) TFP_TRY(run_once(w));
    return TFP_OK;
}

static tfp_status sample(struct worker *w)
{
    w->begin = clock_seconds();
    do {
        const double before = clock_seconds();
        TFP_TRY(run_once(w));
        w->end = clock_seconds();
        if (!times_add(&w->times, (w->end - before) * 1e3)) return tfp_no_memory(&w->ctx);
    } while (w->times.n < w->options.iterations || w->end - w->begin < w->options.duration);
    return TFP_OK;
}

/* Threads wait here until all are there, or one could not be made. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    enum { GATE_SHUT, GATE_OPEN, GATE_OFF } state;
    pthread_barrier_t warm; /* all begin to measure when the last is warm, also where one failed */
};

static bool pass(struct gate *g)
{
    pthread_mutex_lock(&g->lock);
    while (g->state == GATE_SHUT) pthread_cond_wait(&g->changed, &g->lock);
    const bool open = g->state == GATE_OPEN;
    pthread_mutex_unlock(&g->lock);
    return open;
}

static void set(struct gate *g, bool open)
{
    pthread_mutex_lock(&g->lock);
    g->state = open ? GATE_OPEN : GATE_OFF;
    pthread_cond_broadcast(&g->changed);
    pthread_mutex_unlock(&g->lock);
}

static void *work(void *user)
{
    struct worker *w = user;
    if (!pass(w->gate)) return NULL;
    w->status = warm_up(w);
    pthread_barrier_wait(&w->gate->warm);
    if (w->status == TFP_OK) w->status = sample(w);
    return NULL;
}

static tfp_status sum_up(struct tfp_context *ctx, struct worker *workers, size_t n, struct tfp_bench_way *out)
{
    struct times all = { 0 };
    double begin = workers[0].begin, end = workers[0].end;
    for (size_t i = 0; i < n; i++) {
        if (workers[i].status != TFP_OK) return tfp_fail(ctx, workers[i].status, "%s", workers[i].ctx.text);
        begin = workers[i].begin < begin ? workers[i].begin : begin;
        end = workers[i].end > end ? workers[i].end : end;
    }
    bool fine = true;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < workers[i].times.n && fine; k++) fine = times_add(&all, workers[i].times.at[k]);
    *out = (struct tfp_bench_way){
        .method = "every session in a thread of its own, one run after the other, each waited for; all begin together when the last is "
                  "warm; the whole call, from inputs in memory to outputs in memory",
        .runs = all.n, .seconds = end - begin, .runs_per_second = (double)all.n / (end - begin), .wall = times_summarize(&all),
    };
    free(all.at);
    return fine ? TFP_OK : tfp_no_memory(ctx);
}

static tfp_status run_all(struct tfp_context *ctx, struct worker *workers, size_t n)
{
    pthread_t threads[MOST_SESSIONS];
    struct gate gate = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };
    size_t started = 0;
    if (pthread_barrier_init(&gate.warm, NULL, (unsigned)n) != 0) return tfp_no_memory(ctx);
    for (size_t i = 0; i < n; i++) workers[i].gate = &gate;
    while (started < n && pthread_create(&threads[started], NULL, work, &workers[started]) == 0) started++;
    set(&gate, started == n);
    for (size_t i = 0; i < started; i++) pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&gate.warm);
    return started == n ? TFP_OK : tfp_fail(ctx, TFP_E_SYSTEM, "%zu threads cannot be started", n);
}

static tfp_status prepare(struct tfp_context *ctx, struct worker *w, struct tfp_session *s, const struct tfp_tensor *inputs,
                          const struct tfp_bench_options *o)
{
    w->session = s;
    w->inputs = inputs;
    w->options = *o;
    w->outputs = calloc(s->n_outputs + 1, sizeof *w->outputs);
    return w->outputs ? session_check(ctx, s, inputs, s->n_inputs) : tfp_no_memory(ctx);
}

static tfp_status measure(struct tfp_context *ctx, struct worker *workers, tfp_session *const *sessions, size_t n,
                          const struct tfp_tensor *inputs, const struct tfp_bench_options *o, struct tfp_bench_way *out)
{
    for (size_t i = 0; i < n; i++) TFP_TRY(prepare(ctx, &workers[i], sessions[i], inputs, o));
    TFP_TRY(run_all(ctx, workers, n));
    return sum_up(ctx, workers, n, out);
}

tfp_status tfp_sessions_bench(tfp_context *ctx, tfp_session *const *sessions, size_t n, const struct tfp_tensor *inputs,
                              size_t n_inputs, const struct tfp_bench_options *options, struct tfp_bench_way *out)
{
    struct tfp_bench_options o;
    TFP_TRY(bench_options(ctx, options, &o));
    if (o.profile) return tfp_fail(ctx, TFP_E_USAGE, "times of layers are those of one session");
    if (!n || n > MOST_SESSIONS) return tfp_fail(ctx, TFP_E_USAGE, "%zu sessions: 1 to %d run at once", n, MOST_SESSIONS);
    for (size_t i = 0; i < n; i++)
        if (sessions[i]->n_inputs != n_inputs)
            return tfp_fail(ctx, TFP_E_USAGE, "%zu inputs were given, the model has %zu", n_inputs, sessions[i]->n_inputs);
    struct worker *workers = calloc(n, sizeof *workers);
    if (!workers) return tfp_no_memory(ctx);
    tfp_status status = measure(ctx, workers, sessions, n, inputs, &o, out);
    for (size_t i = 0; i < n; i++) {
        free(workers[i].outputs);
        free(workers[i].times.at);
    }
    free(workers);
    return status;
}
