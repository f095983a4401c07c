/* Opening an engine: library, GPU, runtime, what goes in and out. */
#include "backend/tensorrt/trt_session.h"

#include "backend/tensorrt/trt_shared.h"
#include "base/numbers.h"
#include "ir/tensor_info.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- does the plan fit? -------------------------------------------------------------------------------------------- */

static bool version_fits(const struct plan_info *info, const struct trt *t)
{
    if (info->rtx != t->rtx || info->major != t->major) return false;
    return info->version_compatible || (info->minor == t->minor && info->patch == t->patch);
}

static bool gpu_fits(const struct plan_info *info, int32_t capability)
{
    for (size_t i = 0; i < info->n_capabilities; i++)
        if (info->capabilities[i] == capability) return true;
    return info->n_capabilities == 0 || (info->hardware == TRT_HARDWARE_AMPERE_PLUS && capability >= 80);
}

/* "8.0, 12.0" */
static void capabilities_text(const struct plan_info *info, char *room, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < info->n_capabilities && k < n; i++)
        k += (size_t)snprintf(room + k, n - k, "%s%d.%d", i ? ", " : "", info->capabilities[i] / 10,
                              info->capabilities[i] % 10);
}

/* Is the plan that `info` tells of one for this library and GPU (NULL: any)? E_MISSING with both named. */
static tfp_status check_fits(struct tfp_context *ctx, const char *where, const struct plan_info *info,
                             const struct trt *t, const struct cuda_device *gpu)
{
    char built_for[200] = "";
    if (!version_fits(info, t))
        return tfp_fail(ctx, TFP_E_MISSING,
                        "%s: the engine was built by TensorRT%s %d.%d.%d, and %s is %s; other versions do not run it", where,
                        info->rtx ? "-RTX" : "", info->major, info->minor, info->patch, t->library.path, t->name);
    capabilities_text(info, built_for, sizeof built_for);
    if (gpu && !gpu_fits(info, gpu->capability))
        return tfp_fail(ctx, TFP_E_MISSING,
                        "%s: the engine was built for compute capability %s, and GPU %d (%s) has %d.%d", where, built_for,
                        gpu->number, gpu->name, gpu->capability / 10, gpu->capability % 10);
    return TFP_OK;
}

/* -- inputs and outputs -------------------------------------------------------------------------------------------- */

static const struct tfp_tensor_info *told_of(const struct plan_info *info, bool output, const char *name)
{
    if (!info) return NULL;
    const struct tfp_tensor_info *infos = output ? info->outputs : info->inputs;
    const size_t at = tensor_info_find(infos, output ? info->n_outputs : info->n_inputs, name);
    return at == SIZE_MAX ? NULL : &infos[at];
}

/* A slot's place: as told, else one after the other. */
static size_t place_of(const struct plan_info *info, bool output, const char *name, size_t next)
{
    const struct tfp_tensor_info *told = told_of(info, output, name);
    return told ? (size_t)(told - (output ? info->outputs : info->inputs)) : next;
}

static tfp_status read_type(struct tfp_context *ctx, struct trt_session *s, struct trt_slot *slot,
                            const struct tfp_tensor_info *told)
{
    slot->engine = trt_engine_type(s->trt, s->engine, slot->name);
    slot->model = told ? told->dtype : trt_dtype(slot->engine);
    if (!trt_type_carries(slot->engine, slot->model))
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: %s is %s in the engine, which does not become %s", s->where, slot->name,
                        trt_type_name(slot->engine), slot->model ? tfp_dtype_name(slot->model) : "a type known here");
    int32_t layout = trt_engine_format(s->trt, s->engine, slot->name);
    if (layout != TRT_LAYOUT_LINEAR)
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: %s has TensorRT's memory format %d; only linear (0) is known here",
                        s->where, slot->name, layout);
    return TFP_OK;
}

static const struct plan_range *values_of(const struct plan_profile *p, const char *input)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->ranges[i].values && strcmp(p->ranges[i].input, input) == 0) return &p->ranges[i];
    return NULL;
}

static tfp_status keep_values(struct tfp_context *ctx, struct trt_session *s, struct trt_slot *slot,
                              const struct plan_info *info)
{
    struct plan_range *all = ARENA_ARRAY(&s->arena, struct plan_range, info->n_profiles);
    if (!all) return tfp_no_memory(ctx);
    for (size_t p = 0; p < info->n_profiles; p++) {
        const struct plan_range *told = values_of(&info->profiles[p], slot->name);
        for (int k = 0; told && k < 3; k++) {
            all[p].list[k] = arena_copy(&s->arena, told->list[k], (size_t)told->n * sizeof *told->list[k]);
            if (!all[p].list[k]) return tfp_no_memory(ctx);
        }
        all[p].n = told ? told->n : 0;
    }
    slot->told = all;
    slot->n_told = info->n_profiles;
    return TFP_OK;
}

/* What callers see: dimensions are the engine's, an open one is named as told. */
static tfp_status describe_slot(struct tfp_context *ctx, struct trt_session *s, const struct trt_slot *slot,
                                const struct tfp_tensor_info *told, struct tfp_tensor_info *out)
{
    const int32_t rank = slot->dims.n;
    int64_t *dims = ARENA_ARRAY(&s->arena, int64_t, rank > 0 ? (size_t)rank : 0);
    const char **labels = ARENA_ARRAY(&s->arena, const char *, rank > 0 ? (size_t)rank : 0);
    if (!dims || !labels) return tfp_no_memory(ctx);
    if (told && told->rank >= 0 && rank >= 0 && told->rank != rank)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: %s has rank %d in the engine and %d in its description", s->where,
                        slot->name, rank, told->rank);
    for (int32_t k = 0; k < rank; k++) {
        const char *label = told && told->rank == rank && told->labels ? told->labels[k] : NULL;
        dims[k] = slot->dims.d[k] < 0 ? -1 : slot->dims.d[k];
        if (label && dims[k] < 0 && !(labels[k] = arena_string(&s->arena, label, strlen(label)))) return tfp_no_memory(ctx);
    }
    *out = (struct tfp_tensor_info){ slot->name, slot->model, rank < 0 ? -1 : rank, dims, labels };
    return TFP_OK;
}

static tfp_status read_slot(struct tfp_context *ctx, struct trt_session *s, const struct plan_info *info, const char *name,
                            bool output, size_t at)
{
    struct trt_slot *slot = &s->slots[output][at];
    const struct tfp_tensor_info *told = told_of(info, output, name);
    if (info && !told)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: the engine has the %s %s, of which its description says nothing", s->where,
                        output ? "output" : "input", name);
    *slot = (struct trt_slot){ .output = output, .session = s };
    slot->name = arena_string(&s->arena, name, strlen(name));
    if (!slot->name) return tfp_no_memory(ctx);
    slot->on_host = trt_engine_location(s->trt, s->engine, name) == TRT_ON_HOST;
    slot->dims = trt_engine_dims(s->trt, s->engine, name);
    TFP_TRY(read_type(ctx, s, slot, told));
    if (info && slot->on_host && !output) TFP_TRY(keep_values(ctx, s, slot, info));
    return describe_slot(ctx, s, slot, told, &s->infos[output][at]);
}

static tfp_status count_slots(struct tfp_context *ctx, struct trt_session *s, const struct plan_info *info)
{
    const int32_t n = trt_engine_tensors(s->trt, s->engine);
    for (int32_t i = 0; i < n; i++) {
        const char *name = trt_engine_tensor(s->trt, s->engine, i);
        enum trt_io mode = trt_engine_mode(s->trt, s->engine, name);
        if (!name || mode == TRT_IO_NONE)
            return trt_fail(ctx, s->trt, TFP_E_FORMAT, "%s: tensor %d of the engine has no name", s->where, i);
        s->n[mode == TRT_IO_OUTPUT]++;
    }
    if (info && (info->n_inputs != s->n[0] || info->n_outputs != s->n[1]))
        return tfp_fail(ctx, TFP_E_FORMAT,
                        "%s: the engine has %zu inputs and %zu outputs, its description tells of %zu and %zu", s->where,
                        s->n[0], s->n[1], info->n_inputs, info->n_outputs);
    for (int o = 0; o < 2; o++) {
        s->slots[o] = ARENA_ARRAY(&s->arena, struct trt_slot, s->n[o]);
        s->infos[o] = ARENA_ARRAY(&s->arena, struct tfp_tensor_info, s->n[o]);
        if (!s->slots[o] || !s->infos[o]) return tfp_no_memory(ctx);
    }
    return TFP_OK;
}

static tfp_status read_slots(struct tfp_context *ctx, struct trt_session *s, const struct plan_info *info)
{
    size_t next[2] = { 0, 0 };
    TFP_TRY(count_slots(ctx, s, info));
    for (int32_t i = 0; i < (int32_t)(s->n[0] + s->n[1]); i++) {
        const char *name = trt_engine_tensor(s->trt, s->engine, i);
        bool output = trt_engine_mode(s->trt, s->engine, name) == TRT_IO_OUTPUT;
        TFP_TRY(read_slot(ctx, s, info, name, output, place_of(info, output, name, next[output]++)));
    }
    return TFP_OK;
}

/* -- opening ------------------------------------------------------------------------------------------------------- */

static tfp_status allow_host_code(struct tfp_context *ctx, struct trt_session *s, const struct plan_info *info, bool allowed)
{
    if (allowed && !trt_runtime_set_host_code_allowed(s->trt, s->runtime, true))
        return trt_fail(ctx, s->trt, TFP_E_UNSUPPORTED, "%s: host code cannot be allowed", s->where);
    if (!info || !info->version_compatible || allowed) return TFP_OK;
    return tfp_fail(ctx, TFP_E_USAGE,
                    "%s: the engine is version compatible, that is, holds a library which runs on this machine; "
                    "--allow-host-code lets it",
                    s->where);
}

/* TensorRT's own words; what it says of memory is no fault of the plan. */
static tfp_status engine_failed(struct tfp_context *ctx, struct trt_session *s, const char *what)
{
    bool memory = strstr(s->trt->log, "out of memory") || strstr(s->trt->log, "OutOfMemory");
    tfp_status code = memory ? TFP_E_SYSTEM : !s->trt->log_n && s->trt->no_gpu[0] ? TFP_E_MISSING : TFP_E_FORMAT;
    return trt_fail(ctx, s->trt, code, "%s: %s by %s", s->where, what, s->trt->name);
}

static tfp_status load_engine(struct tfp_context *ctx, struct trt_session *s, struct bytes plan,
                              const struct plan_info *info, const struct trt_session_options *o)
{
    TFP_TRY(trt_runtime_create(ctx, s->trt, &s->runtime));
    TFP_TRY(allow_host_code(ctx, s, info, o->allow_host_code));
    s->engine = trt_engine_create(s->trt, s->runtime, plan);
    if (!s->engine) return engine_failed(ctx, s, "the engine is not taken");
    TFP_TRY(read_slots(ctx, s, info));
    s->execution = trt_execution_create(s->trt, s->engine);
    if (!s->execution) {
        int64_t need = trt_engine_device_memory(s->trt, s->engine);
        return trt_fail(ctx, s->trt, TFP_E_SYSTEM, "%s: no execution, which takes %lld bytes of device memory", s->where,
                        (long long)need);
    }
    trt_forget(s->trt);
    TFP_TRY(cuda_stream_create(ctx, &s->cuda, &s->stream));
    TFP_TRY(cuda_event_create(ctx, &s->cuda, &s->start));
    return cuda_event_create(ctx, &s->cuda, &s->stop);
}

tfp_status trt_session_open(struct tfp_context *ctx, struct trt_session *s, const char *where, struct bytes plan,
                            const struct plan_info *info, const struct trt_session_options *o)
{
    const struct trt_open_options open = { .library = o->tensorrt, .no_parser = true,
                                           .assume_family = o->assume_family };
    struct cuda_device gpu;
    *s = (struct trt_session){ .ctx = ctx, .profile = -1, .no_graph = o->no_graph || (info && info->data_dependent_flow),
                              .cuda = { .device = -1 } };
    s->where = arena_string(&s->arena, where, strlen(where));
    if (!s->where) return tfp_no_memory(ctx);
    TFP_TRY(trt_borrow(ctx, &open, &s->trt));
    if (info) TFP_TRY(check_fits(ctx, where, info, s->trt, NULL)); /* without a GPU, too */
    TFP_TRY(cuda_open(ctx, &s->cuda, NULL));
    TFP_TRY(cuda_describe(ctx, &s->cuda, o->device, &gpu));
    if (info) TFP_TRY(check_fits(ctx, where, info, s->trt, &gpu));
    TFP_TRY(cuda_use(ctx, &s->cuda, o->device));
    TFP_TRY(cuda_enter(ctx, &s->cuda));
    tfp_status status = load_engine(ctx, s, plan, info, o);
    cuda_leave(&s->cuda);
    return status;
}

/* -- closing ------------------------------------------------------------------------------------------------------- */

static void free_slots(struct trt_session *s)
{
    for (int o = 0; o < 2; o++)
        for (size_t i = 0; s->slots[o] && i < s->n[o]; i++) {
            struct trt_slot *slot = &s->slots[o][i];
            cuda_free(&s->cuda, slot->device);
            cuda_free_host(&s->cuda, slot->host);
            free(slot->before);
            free(slot->lent);
        }
}

static void free_on_device(struct trt_session *s)
{
    struct tfp_context ctx = { 0 };
    if (cuda_enter(&ctx, &s->cuda) != TFP_OK) return; /* the driver is gone, and all of this with it */
    if (s->stream) cuda_wait(&ctx, &s->cuda, s->stream);
    cuda_graph_destroy(&s->cuda, s->graph);
    if (s->execution) trt_destroy(s->trt, s->execution);
    if (s->engine) trt_destroy(s->trt, s->engine);
    if (s->runtime) trt_destroy(s->trt, s->runtime);
    free_slots(s);
    cuda_event_destroy(&s->cuda, s->start);
    cuda_event_destroy(&s->cuda, s->stop);
    cuda_stream_destroy(&s->cuda, s->stream);
    cuda_leave(&s->cuda);
}

void trt_session_close(struct trt_session *s)
{
    if (s->cuda.context) free_on_device(s);
    if (s->trt) trt_give_back(s->trt);
    cuda_close(&s->cuda);
    arena_free(&s->arena);
    *s = (struct trt_session){ 0 };
}

/* -- asking -------------------------------------------------------------------------------------------------------- */

tfp_status trt_session_inspect(struct tfp_context *ctx, struct trt_session *s, char **json)
{
    TFP_TRY(cuda_enter(ctx, &s->cuda));
    struct trt_inspector *inspector = trt_inspector_create(s->trt, s->engine);
    const char *text = trt_inspector_json(s->trt, inspector);
    *json = text ? strdup(text) : NULL;
    tfp_status status = !text    ? trt_fail(ctx, s->trt, TFP_E_UNSUPPORTED, "%s: the engine cannot be inspected", s->where)
                        : !*json ? tfp_no_memory(ctx)
                                 : TFP_OK;
    if (inspector) trt_destroy(s->trt, inspector);
    cuda_leave(&s->cuda);
    return status;
}

/* TensorRT 8.6 was seen to tell no range of values that are a shape; the description has it. */
bool trt_session_value(struct trt_session *s, const struct trt_slot *slot, int32_t profile, enum trt_which which, size_t i,
                       int64_t *out)
{
    if (trt_engine_profile_value(s->trt, s->engine, slot->name, profile, which, (int32_t)i, out)) return true;
    const struct plan_range *told = (size_t)profile < slot->n_told ? &slot->told[profile] : NULL;
    if (!told || i >= (size_t)told->n) return false;
    *out = told->list[which][i];
    return true;
}

bool trt_session_usual(struct trt_session *s, size_t input, int64_t *dims, int64_t *values)
{
    const struct trt_slot *slot = &s->slots[0][input];
    struct trt_dims usual = slot->dims;
    int64_t count;
    bool open = false;
    for (int32_t k = 0; k < usual.n; k++) open = open || usual.d[k] < 0;
    if (open) usual = trt_engine_profile_dims(s->trt, s->engine, slot->name, 0, TRT_OPT);
    if (usual.n != slot->dims.n || usual.n < 0) return false;
    for (int32_t k = 0; k < usual.n; k++) dims[k] = usual.d[k];
    if (!values) return true;
    if (!slot->on_host || !numbers_count(dims, (size_t)usual.n, &count)) return false;
    for (int64_t i = 0; i < count; i++)
        if (!trt_session_value(s, slot, 0, TRT_OPT, (size_t)i, &values[i])) return false;
    return true;
}
