/* Measuring a session: each way that its backend can repeat a run. */
#include "api/latency.h"
#include "api/session.h"
#include "base/clock.h"
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

enum { PROFILE_RUNS = 10, LEAST_RUNS = 2 };

struct tfp_bench {
    struct arena arena;
    struct tfp_bench_way *ways;
    size_t n_ways, room_ways;
    struct tfp_layer_time *layers;
    size_t n_layers, room_layers;
    struct map by_name;
    bool failed; /* out of memory inside a callback */
};

struct measuring {
    struct tfp_context *ctx;
    struct tfp_session *session;
    const struct tfp_tensor *inputs;
    struct tfp_tensor *outputs; /* scratch */
    struct tfp_bench_options options;
    struct backend_mode mode; /* of the backend's repeat(), */
    bool by_mode;             /* if it has that; else the whole run is repeated */
};

/* -- one way ------------------------------------------------------------------------------------------------------- */

static const char *method_of(const struct measuring *m)
{
    static const char *const texts[2][2] = {
        { "one run after the other, each waited for; TensorRT's enqueue alone, inputs and outputs stay on the GPU",
          "one run after the other, each waited for; a CUDA graph of TensorRT's work alone, inputs and outputs stay on the "
          "GPU" },
        { "one run after the other, each waited for; copies from pinned memory to the GPU, TensorRT's enqueue, copies back",
          "one run after the other, each waited for; a CUDA graph of the copies from pinned memory to the GPU, TensorRT's "
          "work and the copies back" },
    };
    if (m->by_mode) return texts[m->mode.transfers][m->mode.graph];
    return "one run after the other, each waited for; the whole call, from inputs in memory to outputs in memory";
}

static tfp_status run_once(struct measuring *m, float *device_ms)
{
    struct tfp_session *s = m->session;
    if (m->by_mode) return s->backend->repeat(m->ctx, s->state, m->mode, device_ms);
    for (size_t i = 0; i < s->n_outputs; i++) m->outputs[i].data = NULL; /* the session's memory */
    return s->backend->run(m->ctx, s->state, m->inputs, s->n_inputs, m->outputs, s->n_outputs);
}

static tfp_status warm_up(struct measuring *m)
{
    double start = clock_seconds();
    float unused;
    for (uint64_t i = 0; i < LEAST_RUNS || clock_seconds() - start < m->options.warm_up; i++) TFP_TRY(run_once(m, &unused));
    return TFP_OK;
}

static tfp_status sample(struct measuring *m, struct times *wall, struct times *device, double *seconds)
{
    const double start = clock_seconds();
    do {
        float device_ms = 0;
        double before = clock_seconds();
        TFP_TRY(run_once(m, &device_ms));
        double after = clock_seconds();
        if (!times_add(wall, (after - before) * 1e3) || (m->by_mode && !times_add(device, (double)device_ms)))
            return tfp_no_memory(m->ctx);
        *seconds = after - start;
        tfp_progress(m->ctx, "measuring", (uint64_t)(*seconds * 1e3), (uint64_t)(m->options.duration * 1e3));
    } while (wall->n < m->options.iterations || *seconds < m->options.duration);
    return TFP_OK;
}

static tfp_status add_way(struct measuring *m, struct tfp_bench *b)
{
    struct times wall = { 0 }, device = { 0 };
    double seconds = 0;
    if (b->n_ways == b->room_ways) return tfp_no_memory(m->ctx);
    tfp_status status = warm_up(m);
    if (status == TFP_OK) status = sample(m, &wall, &device, &seconds);
    if (status == TFP_OK)
        b->ways[b->n_ways++] = (struct tfp_bench_way){
            .method = method_of(m),
            .transfers = m->by_mode && m->mode.transfers,
            .cuda_graph = m->by_mode && m->mode.graph,
            .runs = wall.n,
            .seconds = seconds,
            .runs_per_second = (double)wall.n / seconds,
            .wall = times_summarize(&wall),
            .has_device = m->by_mode,
            .device = times_summarize(&device),
        };
    free(wall.at);
    free(device.at);
    return status;
}

/* -- layers -------------------------------------------------------------------------------------------------------- */

/* Each name once a run, in running order. */
static void add_layer(void *user, const char *name, float milliseconds)
{
    struct tfp_bench *b = user;
    char *own = arena_string(&b->arena, name, strlen(name));
    void **at = own ? map_at(&b->by_name, own, strlen(own)) : NULL;
    if (!at || !ARENA_GROW(&b->arena, b->layers, b->n_layers, &b->room_layers)) {
        b->failed = true;
        return;
    }
    if (!*at) {
        b->layers[b->n_layers] = (struct tfp_layer_time){ .name = own };
        *at = (void *)(uintptr_t)++b->n_layers;
    }
    b->layers[(size_t)(uintptr_t)*at - 1].milliseconds += (double)milliseconds / PROFILE_RUNS;
}

static tfp_status add_layers(struct measuring *m, struct tfp_bench *b)
{
    const struct backend *backend = m->session->backend;
    double all = 0;
    map_init(&b->by_name, &b->arena);
    TFP_TRY(backend->profile(m->ctx, m->session->state, PROFILE_RUNS, add_layer, b));
    if (b->failed) return tfp_no_memory(m->ctx);
    for (size_t i = 0; i < b->n_layers; i++) all += b->layers[i].milliseconds;
    for (size_t i = 0; i < b->n_layers && all > 0; i++) b->layers[i].share = b->layers[i].milliseconds / all;
    return TFP_OK;
}

/* -- all ways ------------------------------------------------------------------------------------------------------ */

/* The whole run first: a backend's ways repeat what ran last, and know after it which they are. */
static tfp_status measure(struct measuring *m, struct tfp_bench *b)
{
    struct tfp_session *s = m->session;
    TFP_TRY(warm_up(m));
    if (!s->backend->mode) TFP_TRY(add_way(m, b));
    m->by_mode = s->backend->mode != NULL;
    for (size_t i = 0; m->by_mode && s->backend->mode(s->state, i, &m->mode); i++) TFP_TRY(add_way(m, b));
    return m->options.profile ? add_layers(m, b) : TFP_OK;
}

tfp_status tfp_session_bench(tfp_context *ctx, tfp_session *s, const struct tfp_tensor *inputs, size_t n_inputs,
                             const struct tfp_bench_options *options, tfp_bench **out)
{
    struct measuring m = { .ctx = ctx, .session = s, .inputs = inputs };
    TFP_TRY(bench_options(ctx, options, &m.options));
    TFP_TRY(session_check(ctx, s, inputs, n_inputs));
    TFP_TRY(session_ready(ctx, s, inputs));
    if (m.options.profile && !s->backend->profile)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "backend %s tells no times of layers", s->backend->name);
    struct tfp_bench *b = calloc(1, sizeof *b);
    if (!b) return tfp_no_memory(ctx);
    b->room_ways = 8;
    b->ways = ARENA_ARRAY(&b->arena, struct tfp_bench_way, b->room_ways);
    m.outputs = ARENA_ARRAY(&b->arena, struct tfp_tensor, s->n_outputs);
    tfp_status status = b->ways && m.outputs ? measure(&m, b) : tfp_no_memory(ctx);
    if (status == TFP_OK) *out = b;
    else tfp_bench_destroy(b);
    return status;
}

void tfp_bench_destroy(tfp_bench *b)
{
    if (!b) return;
    arena_free(&b->arena);
    free(b);
}

size_t tfp_bench_n_ways(const tfp_bench *b)
{
    return b->n_ways;
}

const struct tfp_bench_way *tfp_bench_way(const tfp_bench *b, size_t i)
{
    return i < b->n_ways ? &b->ways[i] : NULL;
}

size_t tfp_bench_n_layers(const tfp_bench *b)
{
    return b->n_layers;
}

const struct tfp_layer_time *tfp_bench_layer(const tfp_bench *b, size_t i)
{
    return i < b->n_layers ? &b->layers[i] : NULL;
}
