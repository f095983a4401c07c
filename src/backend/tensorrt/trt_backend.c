/* Engines behind the interface of backends. */
#include "backend/backend.h"
#include "backend/tensorrt/trt_session.h"

static tfp_status open_file(struct tfp_context *ctx, struct trt_session *s, const struct backend_options *b,
                            const struct trt_session_options *o)
{
    struct arena arena = { 0 };
    struct buffer *map;
    struct bytes plan;
    struct plan_info info;
    bool told;
    tfp_status status = plan_file_read(ctx, &arena, b->path, &map, &plan, &info, &told);
    if (status == TFP_OK) {
        status = trt_session_open(ctx, s, b->path, plan, told ? &info : NULL, o);
        buffer_drop(map);
    }
    arena_free(&arena);
    return status;
}

static tfp_status trt_open_state(struct tfp_context *ctx, void *state, const struct ir_graph *g,
                                 const struct backend_options *b)
{
    const struct trt_session_options o = { .tensorrt = b->library, .device = b->device, .no_graph = b->no_graph,
                                           .allow_host_code = b->allow_host_code, .assume_family = b->assume_family };
    if (b->plan.at) return trt_session_open(ctx, state, b->path, b->plan, b->told, &o);
    if (!g && b->path && plan_file_probe(b->path)) return open_file(ctx, state, b, &o);
    return tfp_fail(ctx, TFP_E_UNSUPPORTED, "backend tensorrt runs engine files; %s is none", b->path ? b->path : "a model");
}

static tfp_status trt_run_state(struct tfp_context *ctx, void *state, const struct tfp_tensor *inputs, size_t n_inputs,
                                struct tfp_tensor *outputs, size_t n_outputs)
{
    const struct trt_session *s = state;
    if (n_inputs != s->n[0] || n_outputs != s->n[1])
        return tfp_fail(ctx, TFP_E_USAGE, "the engine has %zu inputs and %zu outputs", s->n[0], s->n[1]);
    return trt_session_run(ctx, state, inputs, outputs);
}

static const struct tfp_tensor_info *trt_info(void *state, bool output, size_t *n)
{
    struct trt_session *s = state;
    *n = s->n[output];
    return s->infos[output];
}

static void trt_close_state(void *state)
{
    trt_session_close(state);
}

/* Graphs first where there are any: what a user gets. */
static bool trt_mode(void *state, size_t i, struct backend_mode *out)
{
    static const struct backend_mode modes[] = { { true, true }, { false, true }, { true, false }, { false, false } };
    const struct trt_session *s = state;
    const size_t first = s->no_graph || !s->shapes_set ? 2 : 0;
    if (first + i >= sizeof modes / sizeof modes[0]) return false;
    *out = modes[first + i];
    return true;
}

static tfp_status trt_repeat(struct tfp_context *ctx, void *state, struct backend_mode mode, float *device_ms)
{
    return trt_session_repeat(ctx, state, mode.transfers, mode.graph, device_ms);
}

static tfp_status trt_profile_state(struct tfp_context *ctx, void *state, size_t runs,
                                    void (*layer)(void *user, const char *name, float milliseconds), void *user)
{
    return trt_session_profile(ctx, state, runs, layer, user);
}

static tfp_status trt_inspect(struct tfp_context *ctx, void *state, char **json)
{
    return trt_session_inspect(ctx, state, json);
}

static bool trt_usual(void *state, size_t i, int64_t *dims, int64_t *values)
{
    return trt_session_usual(state, i, dims, values);
}

const struct backend backend_tensorrt = {
    .name = "tensorrt",
    .state_size = sizeof(struct trt_session),
    .reads_plans = true,
    .open = trt_open_state,
    .run = trt_run_state,
    .info = trt_info,
    .close = trt_close_state,
    .mode = trt_mode,
    .repeat = trt_repeat,
    .profile = trt_profile_state,
    .inspect = trt_inspect,
    .usual = trt_usual,
};
