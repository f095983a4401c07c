/* Builder, configuration, timing cache, optimization profile; the parser's own calls. */
#include "backend/tensorrt/trt_call.h"

#include <string.h>

typedef struct trt_builder *builder_p;
typedef struct trt_config *config_p;
typedef struct trt_profile *profile_p;
typedef struct trt_network *network_p;
typedef struct trt_parser *parser_p;
typedef const struct trt_dims *dims_p;

/* -- what a family does -------------------------------------------------------------------------------------------- */

bool trt_strongly_typed_only(const struct trt *t)
{
    return t->family == TRT_11 || t->rtx;
}

bool trt_may_be_strongly_typed(const struct trt *t)
{
    return t->family != TRT_8;
}

/* Numbers that changed between families. */
static const int32_t flags[TRT_N_FLAGS][TRT_N_COLUMNS] = {
#define FLAG(name, ...) [TRT_FLAG_##name] = { __VA_ARGS__ },
#include "backend/tensorrt/trt_slots.def"
};
static const int32_t tactics[TRT_N_TACTICS][TRT_N_COLUMNS] = {
#define TACTIC(name, ...) [TRT_TACTIC_##name] = { __VA_ARGS__ },
#include "backend/tensorrt/trt_slots.def"
};
static const int32_t previews[TRT_N_PREVIEWS][TRT_N_COLUMNS] = {
#define PREVIEW(name, ...) [TRT_PREVIEW_##name] = { __VA_ARGS__ },
#include "backend/tensorrt/trt_slots.def"
};
enum { CREATE_EXPLICIT_BATCH, CREATE_STRONGLY_TYPED, N_CREATIONS };
static const int32_t creations[N_CREATIONS][TRT_N_COLUMNS] = {
#define CREATION(name, ...) [CREATE_##name] = { __VA_ARGS__ },
#include "backend/tensorrt/trt_slots.def"
};

/* RTX 1.3 still has the numbers of the precision flags, but not their meaning. */
bool trt_has_flag(const struct trt *t, enum trt_flag flag)
{
    const bool precision = flag == TRT_FLAG_FP16 || flag == TRT_FLAG_BF16 || flag == TRT_FLAG_INT8 ||
                           flag == TRT_FLAG_FP8 || flag == TRT_FLAG_OBEY_PRECISION || flag == TRT_FLAG_PREFER_PRECISION;
    return flag < TRT_N_FLAGS && trt_cell(t, flags[flag]) >= 0 && !(precision && trt_strongly_typed_only(t));
}

bool trt_has_tactic(const struct trt *t, enum trt_tactic source)
{
    return source < TRT_N_TACTICS && trt_cell(t, tactics[source]) >= 0;
}

bool trt_has_preview(const struct trt *t, enum trt_preview feature)
{
    return feature < TRT_N_PREVIEWS && trt_cell(t, previews[feature]) >= 0;
}

/* -- builder ------------------------------------------------------------------------------------------------------- */

/* The library's log says what CUDA said; without a GPU it is the only reason in practice. */
static tfp_status no_start(struct tfp_context *ctx, struct trt *t, const char *what)
{
    if (t->rtx) return trt_fail(ctx, t, TFP_E_SYSTEM, "%s: no %s", t->name, what);
    return trt_fail(ctx, t, TFP_E_MISSING,
                    "%s gives no %s: it needs an NVIDIA GPU and its driver; TensorRT-RTX builds engines without a GPU",
                    t->name, what);
}

static void *create(struct trt *t, const char *name, const void *object)
{
    trt_function symbol;
    void *at = dl_symbol(&t->library, name);
    if (!at) return NULL;
    memcpy(&symbol, &at, sizeof symbol);
    return object ? ((void *(*)(const void *, void *, int32_t))symbol)(object, &t->logger, t->abi_version)
                  : ((void *(*)(void *, int32_t))symbol)(&t->logger, t->abi_version);
}

tfp_status trt_builder_create(struct tfp_context *ctx, struct trt *t, struct trt_builder **out)
{
    *out = create(t, "createInferBuilder_INTERNAL", NULL);
    return *out ? TFP_OK : no_start(ctx, t, "builder");
}

tfp_status trt_runtime_create(struct tfp_context *ctx, struct trt *t, struct trt_runtime **out)
{
    *out = create(t, "createInferRuntime_INTERNAL", NULL);
    return *out ? TFP_OK : no_start(ctx, t, "runtime");
}

struct trt_refitter *trt_refitter_create(struct trt *t, struct trt_engine *e)
{
    return e ? create(t, "createInferRefitter_INTERNAL", e) : NULL;
}

void trt_destroy(struct trt *t, void *object)
{
    METHOD(object, NoCopy_end);
    if (call.function) CALL0(void);
}

/* All networks have an explicit batch; families after 8 and RTX 1.3 know no other and ignore or lack the flag. */
network_p trt_network_create(struct trt *t, builder_p b, bool strongly_typed)
{
    METHOD(b, Builder_createNetworkV2);
    const int32_t batch = trt_cell(t, creations[CREATE_EXPLICIT_BATCH]),
                  typed = trt_cell(t, creations[CREATE_STRONGLY_TYPED]);
    if (!call.function) return NULL;
    if (strongly_typed && typed < 0) {
        t->missing = "strongly typed networks";
        return NULL;
    }
    uint32_t bits = batch >= 0 ? 1u << batch : 0;
    if (typed >= 0 && (strongly_typed || trt_strongly_typed_only(t))) bits |= 1u << typed;
    return CALL(network_p, (void *, uint32_t), bits);
}

bool trt_network_is_strongly_typed(struct trt *t, network_p n)
{
    const int32_t typed = trt_cell(t, creations[CREATE_STRONGLY_TYPED]);
    if (typed < 0) return false;
    METHOD(n, NetworkDefinition_getFlag);
    return trt_strongly_typed_only(t) || (call.function && CALL(bool, (void *, int32_t), typed));
}

GIVE(trt_config_create, builder_p, Builder_createBuilderConfig, config_p, config_p, NULL)
GIVE(trt_profile_create, builder_p, Builder_createOptimizationProfile, profile_p, profile_p, NULL)
GIVE(trt_platform_has_fast_fp16, builder_p, Builder_platformHasFastFp16, bool, bool, false)
GIVE(trt_platform_has_tf32, builder_p, Builder_platformHasTf32, bool, bool, false)
TOLD(trt_builder_set_threads, builder_p, Builder_setMaxThreads, int32_t, int32_t)

bool trt_network_supported(struct trt *t, builder_p b, network_p n, config_p c)
{
    METHOD(b, Builder_isNetworkSupported);
    return n && c && call.function && CALL(bool, (void *, network_p, config_p), n, c);
}

struct trt_memory *trt_build_serialized(struct trt *t, builder_p b, network_p n, config_p c)
{
    METHOD(b, Builder_buildSerializedNetwork);
    return n && c && call.function ? CALL(struct trt_memory *, (void *, network_p, config_p), n, c) : NULL;
}

struct bytes trt_memory_bytes(struct trt *t, struct trt_memory *m)
{
    METHOD(m, HostMemory_data);
    const struct trt_call size = trt_call_of(t, m, TRT_HostMemory_size);
    if (!call.function || !size.function) return (struct bytes){ NULL, 0 };
    return (struct bytes){ CALL0(const char *), ((size_t(*)(void *))size.function)(size.self) };
}

/* -- configuration ------------------------------------------------------------------------------------------------- */

bool trt_config_set_flag(struct trt *t, config_p c, enum trt_flag flag, bool on)
{
    const struct trt_call call = trt_call_of(t, c, on ? TRT_BuilderConfig_setFlag : TRT_BuilderConfig_clearFlag);
    if (!trt_has_flag(t, flag)) t->missing = "such a builder flag";
    if (!call.function || !trt_has_flag(t, flag)) return false;
    CALL(void, (void *, int32_t), trt_cell(t, flags[flag]));
    return true;
}

bool trt_config_flag(struct trt *t, config_p c, enum trt_flag flag)
{
    METHOD(c, BuilderConfig_getFlag);
    return call.function && trt_has_flag(t, flag) && CALL(bool, (void *, int32_t), trt_cell(t, flags[flag]));
}

bool trt_config_set_pool(struct trt *t, config_p c, enum trt_pool pool, size_t bytes)
{
    METHOD(c, BuilderConfig_setMemoryPoolLimit);
    if (call.function) CALL(void, (void *, int32_t, size_t), (int32_t)pool, bytes);
    return call.function != NULL;
}

size_t trt_config_pool(struct trt *t, config_p c, enum trt_pool pool)
{
    METHOD(c, BuilderConfig_getMemoryPoolLimit);
    return call.function ? CALL(size_t, (void *, int32_t), (int32_t)pool) : 0;
}

FLAT(trt_config_set_level, config_p, BuilderConfig_setBuilderOptimizationLevel, int32_t, int32_t)
FLAT(trt_config_set_timing_iterations, config_p, BuilderConfig_setAvgTimingIterations, int32_t, int32_t)
FLAT(trt_config_set_max_tactics, config_p, BuilderConfig_setMaxNbTactics, int32_t, int32_t)
FLAT(trt_config_set_hardware, config_p, BuilderConfig_setHardwareCompatibilityLevel, enum trt_hardware, int32_t)
FLAT(trt_config_set_platform, config_p, BuilderConfig_setRuntimePlatform, enum trt_platform, int32_t)
FLAT(trt_config_set_verbosity, config_p, BuilderConfig_setProfilingVerbosity, enum trt_verbosity, int32_t)
FLAT(trt_config_set_aux_streams, config_p, BuilderConfig_setMaxAuxStreams, int32_t, int32_t)
TOLD(trt_config_set_tiling, config_p, BuilderConfig_setTilingOptimizationLevel, enum trt_tiling, int32_t)
TOLD(trt_config_set_l2_limit, config_p, BuilderConfig_setL2LimitForTiling, int64_t, int64_t)

bool trt_config_set_tactics(struct trt *t, config_p c, uint32_t mask)
{
    METHOD(c, BuilderConfig_setTacticSources);
    uint32_t bits = 0;
    if (!call.function) return false;
    for (int i = 0; i < 32; i++) {
        if (!(mask >> i & 1)) continue;
        if (!trt_has_tactic(t, (enum trt_tactic)i)) {
            t->missing = "such a tactic source";
            return false;
        }
        bits |= 1u << trt_cell(t, tactics[i]);
    }
    return CALL(bool, (void *, uint32_t), bits);
}

bool trt_config_set_preview(struct trt *t, config_p c, enum trt_preview feature, bool on)
{
    METHOD(c, BuilderConfig_setPreviewFeature);
    if (!call.function) return false;
    if (!trt_has_preview(t, feature)) {
        t->missing = "such a preview feature";
        return false;
    }
    CALL(void, (void *, int32_t, bool), trt_cell(t, previews[feature]), on);
    return true;
}

bool trt_config_set_capabilities(struct trt *t, config_p c, const int32_t *capabilities, int32_t n)
{
    METHOD(c, BuilderConfig_setNbComputeCapabilities);
    const struct trt_call one = trt_call_of(t, c, TRT_BuilderConfig_setComputeCapability);
    if (!call.function || !one.function || !CALL(bool, (void *, int32_t), n)) return false;
    for (int32_t i = 0; i < n; i++)
        if (!((bool (*)(void *, int32_t, int32_t))one.function)(one.self, capabilities[i], i)) return false;
    return true;
}

int32_t trt_config_add_profile(struct trt *t, config_p c, profile_p p)
{
    METHOD(c, BuilderConfig_addOptimizationProfile);
    return p && call.function ? CALL(int32_t, (void *, profile_p), p) : -1;
}

struct trt_timing_cache *trt_timing_cache_create(struct trt *t, config_p c, struct bytes saved)
{
    METHOD(c, BuilderConfig_createTimingCache);
    return call.function ? CALL(struct trt_timing_cache *, (void *, const void *, size_t), saved.at, saved.n) : NULL;
}

bool trt_config_set_timing_cache(struct trt *t, config_p c, struct trt_timing_cache *cache, bool ignore_mismatch)
{
    METHOD(c, BuilderConfig_setTimingCache);
    return cache && call.function && CALL(bool, (void *, struct trt_timing_cache *, bool), cache, ignore_mismatch);
}

bool trt_timing_cache_combine(struct trt *t, struct trt_timing_cache *into, struct trt_timing_cache *from,
                              bool ignore_mismatch)
{
    METHOD(into, TimingCache_combine);
    return from && call.function && CALL(bool, (void *, struct trt_timing_cache *, bool), from, ignore_mismatch);
}

GIVE(trt_timing_cache_serialize, struct trt_timing_cache *, TimingCache_serialize, struct trt_memory *,
     struct trt_memory *, NULL)

bool trt_config_set_progress(struct trt *t, config_p c, const struct trt_progress *progress)
{
    METHOD(c, BuilderConfig_setProgressMonitor);
    if (!call.function) return false;
    pthread_mutex_lock(&t->lock);
    t->progress = progress;
    if (progress) t->cancelled = false; /* else it tells of the build that was */
    memset(t->phases, 0, sizeof t->phases);
    pthread_mutex_unlock(&t->lock);
    CALL(void, (void *, void *), progress ? &t->monitor : NULL);
    return true;
}

/* -- profile ------------------------------------------------------------------------------------------------------- */

bool trt_profile_set_dims(struct trt *t, profile_p p, const char *input, enum trt_which which, dims_p dims)
{
    struct dims32 old;
    METHOD(p, OptimizationProfile_setDimensions);
    if (!call.function || !trt_narrow(t, dims, &old)) return false;
    return BY_VALUE ? CALL(bool, (void *, const char *, int32_t, struct dims32), input, (int32_t)which, old)
                    : CALL(bool, (void *, const char *, int32_t, dims_p), input, (int32_t)which, dims);
}

struct trt_dims trt_profile_dims(struct trt *t, profile_p p, const char *input, enum trt_which which)
{
    METHOD(p, OptimizationProfile_getDimensions);
    if (!call.function) return TRT_NO_DIMS;
    return BY_VALUE ? trt_widen(CALL(struct dims32, (void *, const char *, int32_t), input, (int32_t)which))
                    : CALL(struct trt_dims, (void *, const char *, int32_t), input, (int32_t)which);
}

enum { MAX_SHAPE_VALUES = 64 }; /* TensorRT's own limit for a shape tensor */

bool trt_profile_set_values(struct trt *t, profile_p p, const char *input, enum trt_which which, const int64_t *values,
                            int32_t n)
{
    int32_t narrow[MAX_SHAPE_VALUES];
    const bool wide = trt_has(t, TRT_OptimizationProfile_setShapeValuesV2);
    const struct trt_call call =
        trt_call_of(t, p, wide ? TRT_OptimizationProfile_setShapeValuesV2 : TRT_OptimizationProfile_setShapeValues);
    if (!call.function || n > MAX_SHAPE_VALUES) return false;
    for (int32_t i = 0; i < n && !wide; i++) {
        if (values[i] > INT32_MAX || values[i] < INT32_MIN) return false;
        narrow[i] = (int32_t)values[i];
    }
    return wide
               ? CALL(bool, (void *, const char *, int32_t, const int64_t *, int32_t), input, (int32_t)which, values, n)
               : CALL(bool, (void *, const char *, int32_t, const int32_t *, int32_t), input, (int32_t)which, narrow,
                      n);
}

GIVE(trt_profile_valid, profile_p, OptimizationProfile_isValid, bool, bool, false)

/* -- parser -------------------------------------------------------------------------------------------------------- */

parser_p trt_parser_create(struct trt *t, network_p n)
{
    void *(*make)(void *, void *, int32_t);
    void *symbol = t->parser.handle ? dl_symbol(&t->parser, "createNvOnnxParser_INTERNAL") : NULL;
    if (!n || !symbol) return NULL;
    memcpy(&make, &symbol, sizeof make);
    return make(n, &t->logger, t->parser_version);
}

void trt_parser_destroy(struct trt *t, parser_p p)
{
    METHOD(p, Parser_end);
    if (call.function) CALL0(void);
}

FLAT(trt_parser_set_flag, parser_p, Parser_setFlag, enum trt_parser_flag, int32_t)
GIVE(trt_parser_errors, parser_p, Parser_getNbErrors, int32_t, int, 0)

bool trt_parser_parse(struct trt *t, parser_p p, struct bytes onnx, const char *path)
{
    METHOD(p, Parser_parse);
    return call.function && CALL(bool, (void *, const void *, size_t, const char *), onnx.at, onnx.n, path);
}

static const char *error_text(struct trt *t, void *error, enum trt_method method)
{
    if (!trt_has(t, method)) return "";
    const struct trt_call call = trt_call_of(t, error, method);
    const char *text = CALL0(const char *);
    return text ? text : "";
}

bool trt_parser_error(struct trt *t, parser_p p, int32_t i, struct trt_parser_error *out)
{
    METHOD(p, Parser_getError);
    void *error = call.function ? CALL(void *, (void *, int), i) : NULL;
    if (!error) return false;
    const struct trt_call code = trt_call_of(t, error, TRT_ParserError_code),
                          node = trt_call_of(t, error, TRT_ParserError_node);
    *out = (struct trt_parser_error){
        .code = ((int32_t(*)(void *))code.function)(code.self),
        .node = ((int (*)(void *))node.function)(node.self),
        .text = error_text(t, error, TRT_ParserError_desc),
        .function = error_text(t, error, TRT_ParserError_func),
        .node_name = error_text(t, error, TRT_ParserError_nodeName),
        .node_op = error_text(t, error, TRT_ParserError_nodeOperator),
    };
    return true;
}
