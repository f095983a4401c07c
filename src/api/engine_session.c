/* An engine is its key: options, target and content make most of it, the profiles the rest. */
#include "api/engine_session.h"

#include "api/engine_cache.h"
#include "api/model.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_ENGINES = 4 }; /* open at a time: each takes memory on the GPU */

/* One for certain profiles. */
struct engine {
    void *state; /* the backend's; NULL: none */
    char key[DIGEST_TEXT];
    uint64_t used; /* when: the greatest is the newest */
};

struct engines {
    struct arena arena;
    struct engine_source from;
    struct tfp_build_options build;
    const char *folder; /* of the cache; NULL: nothing is kept */
    struct digest key;  /* without profiles */
    const struct backend *backend;
    struct backend_options options;
    const struct tfp_tensor_info *infos[2]; /* inputs, outputs */
    size_t n[2];
    bool by_shapes; /* what is open has no range: an engine for each run's shapes */
    struct engine all[MOST_ENGINES];
    uint64_t clock;
};

/* -- what goes in and out ------------------------------------------------------------------------------------------ */

static bool copy_info(struct arena *a, const struct tfp_tensor_info *from, struct tfp_tensor_info *to)
{
    const size_t rank = from->rank > 0 ? (size_t)from->rank : 0;
    int64_t *dims = ARENA_ARRAY(a, int64_t, rank);
    const char **labels = ARENA_ARRAY(a, const char *, rank);
    char *name = arena_string(a, from->name, strlen(from->name));
    if (!dims || !labels || !name) return false;
    for (size_t i = 0; i < rank; i++) {
        const char *label = from->labels ? from->labels[i] : NULL;
        dims[i] = from->dims[i];
        if (label && !(labels[i] = arena_string(a, label, strlen(label)))) return false;
    }
    *to = (struct tfp_tensor_info){ name, from->dtype, from->rank, dims, labels };
    return true;
}

static tfp_status copy_infos(struct tfp_context *ctx, struct engines *e, bool output, const struct tfp_tensor_info *from,
                             size_t n)
{
    struct tfp_tensor_info *to = ARENA_ARRAY(&e->arena, struct tfp_tensor_info, n);
    if (!to) return tfp_no_memory(ctx);
    for (size_t i = 0; i < n; i++)
        if (!copy_info(&e->arena, &from[i], &to[i])) return tfp_no_memory(ctx);
    e->infos[output] = to;
    e->n[output] = n;
    return TFP_OK;
}

static bool is_open(const struct tfp_tensor_info *info)
{
    for (int32_t i = 0; i < info->rank; i++)
        if (info->dims[i] < 0) return true;
    return false;
}

static bool has_range(const struct tfp_profile *p, const char *input)
{
    for (size_t i = 0; i < p->n_ranges; i++)
        if (strcmp(p->ranges[i].input, input) == 0) return true;
    return false;
}

/* Some profile (without any: the one to be made) lacks a range of it. */
static bool lacks_range(const struct engines *e, const struct tfp_tensor_info *input)
{
    for (size_t p = 0; p < e->build.n_profiles; p++)
        if (!has_range(&e->build.profiles[p], input->name)) return is_open(input);
    return e->build.n_profiles == 0 && is_open(input);
}

static void find_open_inputs(struct engines *e)
{
    for (size_t i = 0; i < e->n[0]; i++) e->by_shapes = e->by_shapes || lacks_range(e, &e->infos[0][i]);
}

/* -- one engine ---------------------------------------------------------------------------------------------------- */

static void close_engine(struct engines *e, struct engine *g)
{
    if (g->state) e->backend->close(g->state);
    free(g->state);
    g->state = NULL;
    g->used = 0;
}

static tfp_status open_engine(struct tfp_context *ctx, struct engines *e, const char *where, struct bytes plan,
                              const struct plan_info *info, struct engine *g)
{
    struct backend_options o = e->options;
    o.path = where;
    o.plan = plan;
    o.told = info;
    g->state = calloc(1, e->backend->state_size);
    if (!g->state) return tfp_no_memory(ctx);
    return e->backend->open(ctx, g->state, NULL, &o);
}

/* True: done, whatever the status. An engine that the library does not take is built again; that memory is out, or that
 * host code is not allowed, another would not change. */
static bool open_kept(struct tfp_context *ctx, struct engines *e, const char *path, struct engine *g, tfp_status *status)
{
    struct arena arena = { 0 };
    struct buffer *map = NULL;
    struct bytes plan;
    struct plan_info info;
    bool found = engine_cache_read(ctx, &arena, path, g->key, &map, &plan, &info);
    if (found) {
        tfp_note(ctx, "the engine is the one in %s", path);
        *status = open_engine(ctx, e, path, plan, &info, g);
        if (*status == TFP_E_FORMAT || *status == TFP_E_MISSING) {
            tfp_note(ctx, "an engine is built anew: %s", ctx->text);
            close_engine(e, g);
            found = false;
        }
    }
    buffer_drop(map);
    arena_free(&arena);
    return found;
}

struct making {
    struct engines *engines;
    struct engine *engine;
    const char *path; /* where it is kept; NULL: nowhere */
};

static tfp_status keep_and_open(struct tfp_context *ctx, void *user, struct bytes plan, struct plan_info *info)
{
    struct making *m = user;
    if (m->path) engine_cache_write(ctx, m->path, m->engine->key, plan, info);
    return open_engine(ctx, m->engines, m->path ? m->path : "the engine", plan, info, m->engine);
}

/* Of an ONNX file only its network tells what goes in and out. */
static tfp_status look(struct tfp_context *ctx, void *user, const struct plan_info *info, bool *build)
{
    struct engines *e = ((struct making *)user)->engines;
    if (!e->infos[0]) {
        TFP_TRY(copy_infos(ctx, e, false, info->inputs, info->n_inputs));
        TFP_TRY(copy_infos(ctx, e, true, info->outputs, info->n_outputs));
        find_open_inputs(e);
        *build = !e->by_shapes;
    }
    return TFP_OK;
}

static tfp_status make_engine(struct tfp_context *ctx, struct engines *e, const struct tfp_build_options *o,
                              struct engine *g)
{
    const char *temporary = getenv("TMPDIR");
    char *path = e->folder ? engine_cache_path(&e->arena, e->folder, g->key) : NULL;
    char *beside = arena_printf(&e->arena, "%s/tfport-engine", temporary && *temporary ? temporary : "/tmp");
    struct making m = { e, g, path };
    const struct engine_use use = { look, keep_and_open, &m };
    tfp_status status = TFP_OK;
    if (!beside || (e->folder && !path)) return tfp_no_memory(ctx);
    if (path && open_kept(ctx, e, path, g, &status)) return status;
    return engine_build(ctx, e->from, o, path ? path : beside, &use);
}

/* The open one of that key, else one in the place of the one that was not used for longest. */
static tfp_status take_engine(struct tfp_context *ctx, struct engines *e, const struct tfp_build_options *o, void **state)
{
    char key[DIGEST_TEXT];
    struct engine *oldest = &e->all[0];
    engine_key_end(&e->key, o->profiles, o->n_profiles, key);
    for (size_t i = 0; i < MOST_ENGINES; i++) {
        struct engine *g = &e->all[i];
        if (g->state && strcmp(g->key, key) == 0) {
            g->used = ++e->clock;
            *state = g->state;
            return TFP_OK;
        }
        if (g->used < oldest->used) oldest = g;
    }
    close_engine(e, oldest);
    memcpy(oldest->key, key, sizeof key);
    tfp_status status = make_engine(ctx, e, o, oldest);
    if (status != TFP_OK) close_engine(e, oldest);
    oldest->used = oldest->state ? ++e->clock : 0;
    *state = oldest->state;
    return status;
}

/* -- the shapes at hand -------------------------------------------------------------------------------------------- */

/* `from` with a range of one shape for each open input that has none. */
static tfp_status complete_profile(struct tfp_context *ctx, const struct engines *e, struct arena *a,
                                   const struct tfp_tensor *inputs, const struct tfp_profile *from, struct tfp_profile *to)
{
    const size_t given = from ? from->n_ranges : 0;
    struct tfp_range *ranges = ARENA_ARRAY(a, struct tfp_range, given + e->n[0]);
    if (!ranges) return tfp_no_memory(ctx);
    if (given) memcpy(ranges, from->ranges, given * sizeof *ranges);
    *to = (struct tfp_profile){ ranges, given };
    for (size_t i = 0; i < e->n[0]; i++) {
        const struct tfp_tensor_info *info = &e->infos[0][i];
        const int64_t *dims = inputs[i].dims;
        if (!is_open(info) || (from && has_range(from, info->name))) continue;
        ranges[to->n_ranges++] = (struct tfp_range){ info->name, inputs[i].rank, dims, dims, dims };
    }
    return TFP_OK;
}

static tfp_status take_for_shapes(struct tfp_context *ctx, struct engines *e, struct arena *a,
                                  const struct tfp_tensor *inputs, void **state)
{
    struct tfp_build_options o = e->build;
    struct tfp_profile *profiles = ARENA_ARRAY(a, struct tfp_profile, o.n_profiles + 1);
    if (!profiles) return tfp_no_memory(ctx);
    if (!o.n_profiles) TFP_TRY(complete_profile(ctx, e, a, inputs, NULL, &profiles[0]));
    for (size_t p = 0; p < o.n_profiles; p++)
        TFP_TRY(complete_profile(ctx, e, a, inputs, &o.profiles[p], &profiles[p]));
    o.profiles = profiles;
    if (!o.n_profiles) o.n_profiles = 1;
    return take_engine(ctx, e, &o, state);
}

static void tell_open_inputs(struct tfp_context *ctx, const struct engines *e)
{
    for (size_t i = 0; i < e->n[0]; i++)
        if (lacks_range(e, &e->infos[0][i]))
            tfp_note(ctx, "input %s has open dimensions and no range: there is an engine for each shape that comes",
                     e->infos[0][i].name);
}

tfp_status engines_for(struct tfp_context *ctx, struct engines *e, const struct tfp_tensor *inputs, void **state)
{
    struct arena arena = { 0 };
    *state = NULL;
    if (!e->by_shapes) return take_engine(ctx, e, &e->build, state);
    if (!inputs) return TFP_OK;
    tfp_status status = take_for_shapes(ctx, e, &arena, inputs, state);
    arena_free(&arena);
    return status;
}

/* -- opening ------------------------------------------------------------------------------------------------------- */

static tfp_status keep_names(struct tfp_context *ctx, struct engines *e)
{
    const char **const names[] = { &e->from.onnx, &e->options.library };
    for (size_t i = 0; i < 2; i++)
        if (*names[i] && !(*names[i] = arena_string(&e->arena, *names[i], strlen(*names[i])))) return tfp_no_memory(ctx);
    return TFP_OK;
}

/* What only an engine for elsewhere or for later has. */
static tfp_status check_runs_here(struct tfp_context *ctx, const struct trt_build_options *b)
{
    const char *option = b->n_capabilities                           ? "compute-capability"
                         : b->platform != TRT_PLATFORM_SAME          ? "runtime-platform"
                         : b->flags_on & 1u << TRT_FLAG_STRIP_PLAN ? "strip-weights"
                                                                      : NULL;
    if (!option) return TFP_OK;
    return tfp_fail(ctx, TFP_E_USAGE, "%s: an engine to be run at once is one for this machine, with its weights", option);
}

static tfp_status read_options(struct tfp_context *ctx, struct engines *e, const struct tfp_session_options *o)
{
    struct trt_make_options make;
    struct trt_target target;
    TFP_TRY(API_OPTIONS(ctx, o->build, &e->build));
    if (!o->build && e->from.onnx) e->build.via = TFP_VIA_ONNX;
    e->build.tensorrt = e->options.library;
    e->build.no_cut = true; /* the session has the whole model's inputs and outputs */
    e->build.device = e->options.device;
    e->options.assume_family = e->build.assume_family;
    TFP_TRY(engine_options(ctx, &e->arena, &e->build, &make));
    TFP_TRY(check_runs_here(ctx, &make.build));
    TFP_TRY(trt_make_target(ctx, &make, &target));
    if (!o->no_engine_cache) TFP_TRY(engine_cache_folder(ctx, &e->arena, o->engine_cache, &e->folder));
    return engine_key_begin(ctx, e->from, &e->build, &target, &e->key);
}

/* The first engine, where one serves all shapes. An ONNX file's inputs are then those of the engine, or were read with its
 * network. */
static tfp_status open_first(struct tfp_context *ctx, struct engines *e)
{
    void *state;
    if (e->from.model) {
        TFP_TRY(copy_infos(ctx, e, false, e->from.model->inputs, e->from.model->n_inputs));
        TFP_TRY(copy_infos(ctx, e, true, e->from.model->outputs, e->from.model->n_outputs));
        find_open_inputs(e);
    }
    TFP_TRY(engines_for(ctx, e, NULL, &state));
    for (int side = 0; side < 2 && !e->infos[side]; side++) {
        size_t n;
        const struct tfp_tensor_info *infos = e->backend->info(state, side, &n);
        TFP_TRY(copy_infos(ctx, e, side, infos, n));
    }
    tell_open_inputs(ctx, e);
    return TFP_OK;
}

tfp_status engines_open(struct tfp_context *ctx, struct engine_source from, const struct tfp_session_options *o,
                        const struct backend *backend, const struct backend_options *b, struct engines **out)
{
    struct engines *e = calloc(1, sizeof *e);
    if (!e) return tfp_no_memory(ctx);
    *e = (struct engines){ .from = from, .backend = backend, .options = *b };
    tfp_status status = keep_names(ctx, e);
    if (status == TFP_OK) status = read_options(ctx, e, o);
    if (status == TFP_OK) status = open_first(ctx, e);
    if (status == TFP_OK) *out = e;
    else engines_close(e);
    return status;
}

void engines_close(struct engines *e)
{
    if (!e) return;
    for (size_t i = 0; i < MOST_ENGINES; i++) close_engine(e, &e->all[i]);
    arena_free(&e->arena);
    free(e);
}

const struct tfp_tensor_info *engines_info(const struct engines *e, bool output, size_t *n)
{
    *n = e->n[output];
    return e->infos[output];
}
