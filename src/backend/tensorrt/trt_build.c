/* From a network and options to a plan. */
#include "backend/tensorrt/trt_build.h"

#include "base/buffer.h"
#include "base/file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const flag_names[TRT_N_FLAGS] = {
#define FLAG(name, ...) [TRT_FLAG_##name] = #name,
#include "backend/tensorrt/trt_slots.def"
};
static const char *const tactic_names[TRT_N_TACTICS] = {
#define TACTIC(name, ...) [TRT_TACTIC_##name] = #name,
#include "backend/tensorrt/trt_slots.def"
};
static const char *const preview_names[TRT_N_PREVIEWS] = {
#define PREVIEW(name, ...) [TRT_PREVIEW_##name] = #name,
#include "backend/tensorrt/trt_slots.def"
};

const char *trt_tactic_name(enum trt_tactic source)
{
    return source < TRT_N_TACTICS ? tactic_names[source] : "unknown";
}

const char *trt_preview_name(enum trt_preview feature)
{
    return feature < TRT_N_PREVIEWS ? preview_names[feature] : "unknown";
}

const char *trt_dims_text(const struct trt_dims *dims, char *to, size_t room)
{
    size_t n = (size_t)snprintf(to, room, "[");
    for (int32_t i = 0; i < dims->n && i < TRT_MAX_DIMS && n < room; i++)
        n += (size_t)snprintf(to + n, room - n, "%s%lld", i ? ", " : "", (long long)dims->d[i]);
    if (n < room) snprintf(to + n, room - n, "]");
    return to;
}

/* -- options ------------------------------------------------------------------------------------------------------- */

struct build {
    struct tfp_context *ctx;
    struct trt *t;
    struct trt_builder *builder;
    struct trt_network *network;
    struct trt_config *config;
    struct trt_timing_cache *cache;
    const struct trt_build_options *o;
};

static tfp_status refuse(const struct build *b, const char *what)
{
    trt_forget(b->t);
    return tfp_fail(b->ctx, TFP_E_UNSUPPORTED, "%s has no %s", b->t->name, what);
}

static tfp_status set_flags(const struct build *b, uint32_t mask, bool on)
{
    for (int i = 0; i < TRT_N_FLAGS; i++)
        if (mask >> i & 1 && !trt_config_set_flag(b->t, b->config, (enum trt_flag)i, on)) {
            if (on && trt_strongly_typed_only(b->t) && i <= TRT_FLAG_FP8)
                return tfp_fail(b->ctx, TFP_E_UNSUPPORTED, "%s has no %s flag: its networks carry the types themselves",
                                b->t->name, flag_names[i]);
            if (on) return refuse(b, flag_names[i]);
            trt_forget(b->t); /* what is not there is off */
        }
    return TFP_OK;
}

static tfp_status set_previews(const struct build *b, uint32_t mask, bool on)
{
    for (int i = 0; i < TRT_N_PREVIEWS; i++)
        if (mask >> i & 1 && !trt_config_set_preview(b->t, b->config, (enum trt_preview)i, on))
            return refuse(b, preview_names[i]);
    return TFP_OK;
}

static tfp_status set_tactics(const struct build *b, uint32_t on, uint32_t off)
{
    uint32_t all = 0;
    if (!on && !off) return TFP_OK;
    for (int i = 0; i < TRT_N_TACTICS; i++) {
        if (trt_has_tactic(b->t, (enum trt_tactic)i)) all |= 1u << i;
        else if (on >> i & 1) return refuse(b, tactic_names[i]);
    }
    if (!trt_config_set_tactics(b->t, b->config, (on ? on : all) & ~off))
        return trt_fail(b->ctx, b->t, TFP_E_UNSUPPORTED, "these tactic sources are refused");
    return TFP_OK;
}

/* Numbers: the option's words, whether it was given, whether it could be set. */
static tfp_status set_numbers(const struct build *b)
{
    const struct trt_build_options *o = b->o;
    struct trt *t = b->t;
    struct trt_config *c = b->config;
    if (o->workspace && !trt_config_set_pool(t, c, TRT_POOL_WORKSPACE, o->workspace))
        return refuse(b, "workspace limit");
    if (o->tactic_dram && (!trt_has(t, TRT_BuilderConfig_setBuilderOptimizationLevel) ||
                           !trt_config_set_pool(t, c, TRT_POOL_TACTIC_DRAM, o->tactic_dram)))
        return refuse(b, "memory limit for tactics");
    if (o->tactic_shared_memory &&
        (t->family == TRT_8 || !trt_config_set_pool(t, c, TRT_POOL_TACTIC_SHARED_MEMORY, o->tactic_shared_memory)))
        return refuse(b, "shared memory limit for tactics");
    if (o->level >= 0 && !trt_config_set_level(t, c, o->level)) return refuse(b, "optimization level");
    if (o->aux_streams >= 0 && !trt_config_set_aux_streams(t, c, o->aux_streams)) return refuse(b, "auxiliary streams");
    if (o->timing_iterations && !trt_config_set_timing_iterations(t, c, o->timing_iterations))
        return refuse(b, "timing iterations");
    if (o->max_tactics && !trt_config_set_max_tactics(t, c, o->max_tactics)) return refuse(b, "limit of tactics");
    if (o->threads && !trt_builder_set_threads(t, b->builder, o->threads)) return refuse(b, "threads limit");
    if (o->l2_limit && !trt_config_set_l2_limit(t, c, o->l2_limit)) return refuse(b, "L2 limit");
    return TFP_OK;
}

static tfp_status set_choices(const struct build *b)
{
    const struct trt_build_options *o = b->o;
    struct trt *t = b->t;
    if (o->hardware && !trt_config_set_hardware(t, b->config, o->hardware)) return refuse(b, "hardware compatibility");
    if (o->platform && !trt_config_set_platform(t, b->config, o->platform)) return refuse(b, "runtime platform");
    if (o->verbosity && !trt_config_set_verbosity(t, b->config, o->verbosity)) return refuse(b, "profiling verbosity");
    if (o->tiling && !trt_config_set_tiling(t, b->config, o->tiling)) return refuse(b, "tiling level");
    if (!o->n_capabilities) return TFP_OK;
    if (!trt_has(t, TRT_BuilderConfig_setComputeCapability))
        return refuse(b, "compute capabilities to choose: it builds for the GPU that is there");
    if (!trt_config_set_capabilities(t, b->config, o->capabilities, (int32_t)o->n_capabilities))
        return trt_fail(b->ctx, t, TFP_E_UNSUPPORTED, "%s: these compute capabilities are refused", t->name);
    return TFP_OK;
}

/* -- profiles ------------------------------------------------------------------------------------------------------ */

static bool is_open(struct trt *t, struct trt_tensor *input)
{
    struct trt_dims dims = trt_tensor_dims(t, input);
    for (int32_t i = 0; i < dims.n; i++)
        if (dims.d[i] < 0) return true;
    return false;
}

static const struct trt_range *find_range(const struct trt_profile_ranges *p, const char *input)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->ranges[i].input, input) == 0) return &p->ranges[i];
    return NULL;
}

static tfp_status set_range(const struct build *b, struct trt_profile *p, const struct trt_range *r)
{
    char text[3][160];
    bool set = true;
    for (int which = TRT_MIN; which <= TRT_MAX && set; which++)
        set = r->n_values
                  ? trt_profile_set_values(b->t, p, r->input, (enum trt_which)which, r->values[which], r->n_values)
                  : trt_profile_set_dims(b->t, p, r->input, (enum trt_which)which, &r->dims[which]);
    if (set) return TFP_OK;
    for (int which = 0; which < 3; which++) trt_dims_text(&r->dims[which], text[which], sizeof text[which]);
    return trt_fail(b->ctx, b->t, TFP_E_USAGE, "input %s: the shapes %s, %s, %s (smallest, usual, largest) are refused",
                    r->input, text[0], text[1], text[2]);
}

static tfp_status add_profile(const struct build *b, const struct trt_profile_ranges *ranges)
{
    struct trt_profile *p = trt_profile_create(b->t, b->builder);
    if (!p) return trt_fail(b->ctx, b->t, TFP_E_SYSTEM, "no optimization profile can be made");
    for (size_t i = 0; i < ranges->n; i++) TFP_TRY(set_range(b, p, &ranges->ranges[i]));
    if (trt_config_add_profile(b->t, b->config, p) < 0)
        return trt_fail(b->ctx, b->t, TFP_E_USAGE, "an optimization profile is refused");
    return TFP_OK;
}

/* Sizes of results are computed on the host, and with them what they depend on. */
static tfp_status check_shape_input(const struct build *b, struct trt_tensor *input, bool missing)
{
    const char *name = trt_tensor_name(b->t, input);
    const enum trt_type type = trt_tensor_type(b->t, input);
    if ((type != TRT_INT32 && type != TRT_INT64) || trt_tensor_dims(b->t, input).n > 1)
        return tfp_fail(b->ctx, TFP_E_UNSUPPORTED,
                        "the size of a result depends on what is in input %s, which is more than the list of whole numbers "
                        "that TensorRT reads for that",
                        name);
    if (!missing) return TFP_OK;
    return tfp_fail(b->ctx, TFP_E_USAGE,
                    "the size of a result depends on the values of input %s: their range must be given in place of its "
                    "shape, the least, usual and greatest",
                    name);
}

/* Every input with open dimensions, or of which values are read, must stand in every profile. */
static tfp_status check_inputs(const struct build *b)
{
    char text[160];
    for (int32_t i = 0; i < trt_network_inputs(b->t, b->network); i++) {
        struct trt_tensor *input = trt_network_input(b->t, b->network, i);
        const char *name = trt_tensor_name(b->t, input);
        bool missing = b->o->n_profiles == 0;
        for (size_t p = 0; p < b->o->n_profiles; p++) missing |= !find_range(&b->o->profiles[p], name);
        if (trt_tensor_is_shape(b->t, input)) TFP_TRY(check_shape_input(b, input, missing));
        if (!missing || !is_open(b->t, input)) continue;
        struct trt_dims dims = trt_tensor_dims(b->t, input);
        return tfp_fail(b->ctx, TFP_E_USAGE,
                        "input %s has open dimensions %s: its shape, or its smallest, usual and largest shape, must be "
                        "given", name, trt_dims_text(&dims, text, sizeof text));
    }
    return TFP_OK;
}

static bool has_open_output(const struct build *b)
{
    for (int32_t i = 0; i < trt_network_outputs(b->t, b->network); i++) {
        struct trt_dims dims = trt_tensor_dims(b->t, trt_network_output(b->t, b->network, i));
        for (int32_t k = 0; k < dims.n; k++)
            if (dims.d[k] < 0) return true;
    }
    return false;
}

/* TensorRT 8.6 makes no execution of an engine without profiles whose results have sizes of their own: it gets one without
 * inputs. */
static tfp_status set_profiles(const struct build *b)
{
    static const struct trt_profile_ranges none;
    TFP_TRY(check_inputs(b));
    for (size_t i = 0; i < b->o->n_profiles; i++) TFP_TRY(add_profile(b, &b->o->profiles[i]));
    return b->o->n_profiles || b->t->family != TRT_8 || !has_open_output(b) ? TFP_OK : add_profile(b, &none);
}

/* -- timing cache -------------------------------------------------------------------------------------------------- */

/* TensorRT makes an empty cache of bytes that it cannot read, be they of another GPU or version, which is fine, or a
 * file of another kind, which must not be overwritten: then the cache holds what an empty one does, and the file begins
 * otherwise. */
static bool is_foreign(const struct build *b, struct trt_timing_cache *cache, struct bytes saved)
{
    enum { MARK = 4 };
    bool foreign = false;
    struct trt_timing_cache *none = trt_timing_cache_create(b->t, b->config, (struct bytes){ NULL, 0 });
    struct trt_memory *memories[2] = { trt_timing_cache_serialize(b->t, cache),
                                       trt_timing_cache_serialize(b->t, none) };
    struct bytes now = trt_memory_bytes(b->t, memories[0]), empty = trt_memory_bytes(b->t, memories[1]);
    if (now.n == empty.n && now.n >= MARK && memcmp(now.at, empty.at, now.n) == 0)
        foreign = saved.n < MARK || memcmp(saved.at, empty.at, MARK) != 0;
    trt_destroy(b->t, memories[0]);
    trt_destroy(b->t, memories[1]);
    trt_destroy(b->t, none);
    return foreign;
}

/* The file's cache, an empty one when there is no file. */
static tfp_status read_cache(const struct build *b, struct trt_timing_cache **out)
{
    struct buffer *file = NULL;
    struct bytes saved = { NULL, 0 };
    if (access(b->o->timing_cache, F_OK) == 0) {
        TFP_TRY(buffer_map(b->ctx, b->o->timing_cache, &file));
        saved = (struct bytes){ file->data, file->size };
    }
    *out = trt_timing_cache_create(b->t, b->config, saved);
    const bool foreign = *out && saved.n && is_foreign(b, *out, saved);
    buffer_drop(file);
    if (*out && !foreign) return TFP_OK;
    if (!saved.n)
        return trt_fail(b->ctx, b->t, TFP_E_UNSUPPORTED, "%s: %s gives no timing cache", b->o->timing_cache,
                        b->t->name);
    return trt_fail(b->ctx, b->t, TFP_E_FORMAT, "%s: no timing cache that %s can read", b->o->timing_cache, b->t->name);
}

static tfp_status use_cache(struct build *b)
{
    if (!b->o->timing_cache) return TFP_OK;
    TFP_TRY(read_cache(b, &b->cache));
    if (trt_config_set_timing_cache(b->t, b->config, b->cache, b->o->timing_cache_of_others)) return TFP_OK;
    return trt_fail(b->ctx, b->t, TFP_E_UNSUPPORTED, "%s: the timing cache is of another GPU or TensorRT",
                    b->o->timing_cache);
}

/* Merged with what another process may have written meanwhile. */
static tfp_status write_cache(const struct build *b)
{
    struct trt_timing_cache *now = NULL;
    if (!b->o->timing_cache) return TFP_OK;
    if (access(b->o->timing_cache, F_OK) == 0) {
        tfp_status status = read_cache(b, &now);
        if (status == TFP_OK) trt_timing_cache_combine(b->t, b->cache, now, true);
        else trt_destroy(b->t, now);
        TFP_TRY(status);
    }
    trt_destroy(b->t, now);
    struct trt_memory *bytes = trt_timing_cache_serialize(b->t, b->cache);
    if (!bytes)
        return trt_fail(b->ctx, b->t, TFP_E_SYSTEM, "%s: the timing cache cannot be written", b->o->timing_cache);
    struct bytes data = trt_memory_bytes(b->t, bytes);
    tfp_status status = file_write_whole(b->ctx, b->o->timing_cache, data.at, data.n);
    trt_destroy(b->t, bytes);
    return status;
}

/* -- building ------------------------------------------------------------------------------------------------------ */

/* Only outermost phases are told: inner ones come by the thousand. */
static bool on_step(void *user, const char *phase, const char *parent, int32_t done, int32_t total)
{
    const struct build *b = user;
    if (!parent && done >= 0 && total > 0) tfp_progress(b->ctx, phase, (uint64_t)done, (uint64_t)total);
    return !(b->o->cancel && b->o->cancel(b->o->user));
}

static tfp_status configure(struct build *b)
{
    b->config = trt_config_create(b->t, b->builder);
    if (!b->config) return trt_fail(b->ctx, b->t, TFP_E_SYSTEM, "%s gives no builder configuration", b->t->name);
    TFP_TRY(set_flags(b, b->o->flags_on, true));
    TFP_TRY(set_flags(b, b->o->flags_off, false));
    TFP_TRY(set_previews(b, b->o->previews_on, true));
    TFP_TRY(set_previews(b, b->o->previews_off, false));
    TFP_TRY(set_tactics(b, b->o->tactics, b->o->tactics_off));
    TFP_TRY(set_numbers(b));
    TFP_TRY(set_choices(b));
    TFP_TRY(set_profiles(b));
    return use_cache(b);
}

static tfp_status tell_stopped(const struct build *b)
{
    trt_forget(b->t);
    return tfp_fail(b->ctx, TFP_E_SYSTEM, "the build was stopped");
}

/* Out of memory and a GPU that fails are the machine's matter, the rest the network's. */
static tfp_status fail_build(const struct build *b)
{
    if (b->t->cancelled) return tell_stopped(b);
    bool machine =
        strstr(b->t->log, "out of memory") || strstr(b->t->log, "OutOfMemory") || strstr(b->t->log, "Cuda Runtime");
    return trt_fail(b->ctx, b->t, machine ? TFP_E_SYSTEM : TFP_E_UNSUPPORTED, "%s could not build the engine",
                    b->t->name);
}

static tfp_status run_build(struct build *b, struct trt_memory **plan)
{
    TFP_TRY(configure(b));
    const struct trt_progress progress = { on_step, b };
    const bool told = trt_has(b->t, TRT_BuilderConfig_setProgressMonitor);
    trt_forget(b->t);
    if (told) trt_config_set_progress(b->t, b->config, &progress);
    *plan = trt_build_serialized(b->t, b->builder, b->network, b->config);
    if (told) trt_config_set_progress(b->t, b->config, NULL);
    if (!*plan) return fail_build(b);
    if (b->o->cancel && b->o->cancel(b->o->user)) return tell_stopped(b); /* also where nothing asks on the way */
    trt_forget(b->t); /* tactics that failed on the way are logged as errors although the build went well */
    return write_cache(b);
}

tfp_status trt_build(struct tfp_context *ctx, struct trt *t, struct trt_builder *builder, struct trt_network *network,
                     const struct trt_build_options *options, struct trt_memory **plan)
{
    static const struct trt_build_options usual = TRT_BUILD_DEFAULTS;
    struct build b = { .ctx = ctx, .t = t, .builder = builder, .network = network, .o = options ? options : &usual };
    *plan = NULL;
    tfp_status status = run_build(&b, plan);
    trt_destroy(t, b.config);
    trt_destroy(t, b.cache);
    if (status == TFP_OK) return TFP_OK;
    trt_destroy(t, *plan);
    *plan = NULL;
    return status;
}
