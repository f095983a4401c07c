#include "backend/tensorrt/trt_make.h"

#include "backend/tensorrt/trt_types.h"
#include "backend/tensorrt/trt_lower.h"
#include "backend/tensorrt/trt_parser.h"
#include "backend/tensorrt/trt_ranges.h"
#include "backend/tensorrt/trt_shared.h"

#include <stdio.h>
#include <string.h>

const char *trt_precision_word(enum trt_precision p)
{
    static const char *const words[] = { "fp32", "tf32", "fp16", "bf16" };
    return words[p];
}

bool trt_precision_is_low(enum trt_precision p)
{
    return p == TRT_PRECISION_FP16 || p == TRT_PRECISION_BF16;
}

/* -- beginning ----------------------------------------------------------------------------------------------------- */

static enum trt_type low_type(enum trt_precision p)
{
    return p == TRT_PRECISION_BF16 ? TRT_BF16 : p == TRT_PRECISION_FP16 ? TRT_HALF : TRT_FLOAT;
}

/* Where the library can do without, the GPU may be missing unless a certain one is asked for. */
static tfp_status use_gpu(struct tfp_context *ctx, struct trt_make *m, int32_t number)
{
    struct cuda c;
    tfp_status status = cuda_open(ctx, &c, NULL);
    if (status == TFP_E_MISSING && number == 0) return TFP_OK; /* the builder says so if it needs one */
    TFP_TRY(status);
    m->cuda = c;
    TFP_TRY(cuda_use(ctx, &m->cuda, number));
    TFP_TRY(cuda_enter(ctx, &m->cuda));
    m->entered = true;
    return TFP_OK;
}

static tfp_status describe_gpu(struct tfp_context *ctx, int32_t number, struct trt_target *out)
{
    struct cuda c;
    struct cuda_device gpu;
    tfp_status status = cuda_open(ctx, &c, NULL);
    if (status == TFP_E_MISSING)
        return tfp_prefix(ctx, status, "an engine runs on an NVIDIA GPU (to build one for another machine, 'tfport build' with "
                                       "TensorRT-RTX needs none)");
    TFP_TRY(status);
    status = cuda_describe(ctx, &c, number, &gpu);
    cuda_close(&c);
    TFP_TRY(status);
    snprintf(out->gpu, sizeof out->gpu, "%s", gpu.name);
    out->capability = gpu.capability;
    out->processors = gpu.processors;
    return TFP_OK;
}

tfp_status trt_make_target(struct tfp_context *ctx, const struct trt_make_options *o, struct trt_target *out)
{
    const struct trt_open_options open = { .library = o->library, .assume_family = o->assume_family };
    struct trt *t;
    *out = (struct trt_target){ 0 };
    TFP_TRY(trt_borrow(ctx, &open, &t));
    snprintf(out->library, sizeof out->library, "%s", t->name);
    out->parser_version = t->parser_version;
    trt_give_back(t);
    return describe_gpu(ctx, o->device, out);
}

tfp_status trt_make_begin(struct tfp_context *ctx, struct trt_make *m, const struct trt_make_options *o)
{
    const struct trt_open_options open = { .library = o->library, .assume_family = o->assume_family,
                                           .verbosity = o->verbosity };
    *m = (struct trt_make){ .precision = o->precision };
    TFP_TRY(trt_borrow(ctx, &open, &m->trt));
    if (trt_precision_is_low(o->precision) && !trt_has_type(m->trt, low_type(o->precision)))
        return tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s has no %s", m->trt->name, trt_precision_word(o->precision));
    TFP_TRY(use_gpu(ctx, m, o->device));
    TFP_TRY(trt_builder_create(ctx, m->trt, &m->builder));
    m->network = trt_network_create(m->trt, m->builder, false);
    if (!m->network) return trt_fail(ctx, m->trt, TFP_E_SYSTEM, "%s gives no network", m->trt->name);
    m->strongly_typed = trt_network_is_strongly_typed(m->trt, m->network);
    return TFP_OK;
}

bool trt_make_wants_typed(const struct trt_make *m)
{
    return m->strongly_typed && trt_precision_is_low(m->precision);
}

bool trt_make_chooses(const struct trt_make *m)
{
    return !m->strongly_typed && trt_precision_is_low(m->precision);
}

/* A normalization layer's compute precision is float32 unless it is told otherwise. To keep these between tensors of
 * float32, too, parts what the builder fuses: attention became slower than in float32 throughout. */
const enum ir_op *trt_make_float32_inside(size_t *n)
{
    static const enum ir_op ops[] = { IR_GROUP_NORMALIZATION, IR_INSTANCE_NORMALIZATION, IR_LAYER_NORMALIZATION,
                                      IR_SOFTMAX };
    *n = sizeof ops / sizeof ops[0];
    return ops;
}

bool trt_make_takes_attention(const struct trt_make *m)
{
    return trt_has_attention(m->trt);
}

void trt_make_end(struct trt_make *m)
{
    if (m->parser) trt_parser_destroy(m->trt, m->parser);
    if (m->network) trt_destroy(m->trt, m->network);
    if (m->builder) trt_destroy(m->trt, m->builder);
    if (m->entered) cuda_leave(&m->cuda);
    cuda_close(&m->cuda);
    if (m->trt) trt_give_back(m->trt);
    arena_free(&m->lowered);
    arena_free(&m->arena);
    *m = (struct trt_make){ 0 };
}

/* -- networks ------------------------------------------------------------------------------------------------------ */

tfp_status trt_make_direct(struct tfp_context *ctx, struct trt_make *m, struct ir_graph *g, const struct trt_make_options *o)
{
    struct trt_lowered lowered = { { 0 } };
    struct emit_options emit = o->emit;
    emit.low = low_type(m->precision);
    emit.strongly_typed = m->strongly_typed;
    tfp_progress(ctx, "network", 0, 0);
    tfp_status status = trt_lower(ctx, m->trt, m->network, g, &emit, &lowered);
    m->lowered = lowered.arena;
    return status;
}

/* The parser names layers after nodes; of equal names all but the first end in "_1", "_2". */
static bool keeps_layer(const struct emit_options *o, const char *name)
{
    char base[512];
    size_t n = strlen(name);
    if (n >= sizeof base) return o->keeps_float(o->user, name);
    memcpy(base, name, n + 1);
    while (!o->keeps_float(o->user, base)) {
        size_t k = n;
        while (k > 0 && base[k - 1] >= '0' && base[k - 1] <= '9') k--;
        if (k == n || k < 2 || base[k - 1] != '_') return false;
        base[n = k - 1] = '\0';
    }
    return true;
}

static void keep_layers(struct trt_make *m, const struct emit_options *o)
{
    for (int32_t i = 0, n = trt_network_layers(m->trt, m->network); i < n; i++) {
        struct trt_layer *l = trt_network_layer(m->trt, m->network, i);
        const char *name = trt_layer_name(m->trt, l);
        if (name && keeps_layer(o, name)) trt_layer_keep_float(m->trt, l);
    }
    trt_forget(m->trt);
}

tfp_status trt_make_onnx(struct tfp_context *ctx, struct trt_make *m, struct bytes onnx, const char *name, const char *path,
                         const struct trt_make_options *options)
{
    const struct trt_parse_options o = { .name = name, .path = path };
    TFP_TRY(trt_need_parser(ctx, m->trt));
    tfp_progress(ctx, "parse", 0, 0);
    TFP_TRY(trt_parse(ctx, m->trt, m->network, onnx, &o, &m->parser));
    trt_network_set_decomposable(m->trt, m->network);
    if (trt_make_chooses(m) && options->emit.keeps_float) keep_layers(m, &options->emit);
    return TFP_OK;
}

/* -- profiles ------------------------------------------------------------------------------------------------------ */

static struct trt_tensor *find_input(const struct trt_make *m, const char *name)
{
    for (int32_t i = 0; i < trt_network_inputs(m->trt, m->network); i++) {
        struct trt_tensor *x = trt_network_input(m->trt, m->network, i);
        if (strcmp(trt_tensor_name(m->trt, x), name) == 0) return x;
    }
    return NULL;
}

static tfp_status set_range(struct tfp_context *ctx, struct trt_make *m, const struct tfp_range *from, struct trt_range *to)
{
    const int64_t *const lists[3] = { from->least, from->best, from->most };
    struct trt_tensor *x = find_input(m, from->input);
    if (!x) return tfp_fail(ctx, TFP_E_USAGE, "a shape is given for %s, which is no input of the engine", from->input);
    *to = (struct trt_range){ .input = from->input };
    if (trt_tensor_is_shape(m->trt, x)) {
        to->n_values = (int32_t)from->n;
        for (int i = 0; i < 3; i++) to->values[i] = lists[i];
        return TFP_OK;
    }
    struct trt_dims dims = trt_tensor_dims(m->trt, x);
    char text[160];
    if (from->n != (size_t)dims.n)
        return tfp_fail(ctx, TFP_E_USAGE, "input %s is %s, the shape given has %zu dimensions", from->input,
                        trt_dims_text(&dims, text, sizeof text), from->n);
    for (int i = 0; i < 3; i++) {
        to->dims[i].n = dims.n;
        for (int32_t k = 0; k < dims.n; k++) to->dims[i].d[k] = lists[i][k] < 0 ? dims.d[k] : lists[i][k];
    }
    return TFP_OK;
}

static bool is_given(const struct trt_range *ranges, size_t n, const char *input)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(ranges[i].input, input) == 0) return true;
    return false;
}

/* A count that nobody told the range of: the network may know it. */
static tfp_status add_known_ranges(struct tfp_context *ctx, struct trt_make *m, struct trt_range *ranges, size_t *n,
                                   bool first)
{
    for (int32_t i = 0; i < trt_network_inputs(m->trt, m->network); i++) {
        struct trt_tensor *x = trt_network_input(m->trt, m->network, i);
        const char *name = trt_tensor_name(m->trt, x);
        int64_t *values = ARENA_ARRAY(&m->arena, int64_t, 2);
        if (!values) return tfp_no_memory(ctx);
        if (!trt_tensor_is_shape(m->trt, x) || is_given(ranges, *n, name) ||
            !trt_range_of_count(m->trt, m->network, x, &values[1]))
            continue;
        values[0] = 1;
        ranges[(*n)++] = (struct trt_range){ .input = name, .n_values = 1,
                                             .values = { &values[0], &values[1], &values[1] } };
        if (first) tfp_note(ctx, "input %s: from 1 to %lld, which is all there is to take", name, (long long)values[1]);
    }
    return TFP_OK;
}

static tfp_status set_profile(struct tfp_context *ctx, struct trt_make *m, const struct tfp_profile *from, bool first,
                              struct trt_profile_ranges *to)
{
    const size_t inputs = (size_t)trt_network_inputs(m->trt, m->network), given = from ? from->n_ranges : 0;
    struct trt_range *ranges = ARENA_ARRAY(&m->arena, struct trt_range, given + inputs);
    size_t n = 0;
    if (!ranges) return tfp_no_memory(ctx);
    for (; n < given; n++) TFP_TRY(set_range(ctx, m, &from->ranges[n], &ranges[n]));
    TFP_TRY(add_known_ranges(ctx, m, ranges, &n, first));
    *to = (struct trt_profile_ranges){ ranges, n };
    return TFP_OK;
}

static tfp_status set_profiles(struct tfp_context *ctx, struct trt_make *m, const struct trt_make_options *o,
                               struct trt_build_options *b)
{
    struct trt_profile_ranges *all = ARENA_ARRAY(&m->arena, struct trt_profile_ranges, o->n_profiles + 1);
    if (!all) return tfp_no_memory(ctx);
    if (!o->n_profiles) TFP_TRY(set_profile(ctx, m, NULL, true, &all[0]));
    for (size_t p = 0; p < o->n_profiles; p++) TFP_TRY(set_profile(ctx, m, &o->profiles[p], p == 0, &all[p]));
    b->profiles = all;
    b->n_profiles = o->n_profiles ? o->n_profiles : all[0].n > 0;
    return TFP_OK;
}

/* -- precision ----------------------------------------------------------------------------------------------------- */

static bool holds_type(struct trt_make *m, enum trt_type type)
{
    for (int32_t i = 0, n = trt_network_layers(m->trt, m->network); i < n; i++) {
        struct trt_layer *l = trt_network_layer(m->trt, m->network, i);
        struct trt_tensor *x = trt_layer_output(m->trt, l, 0);
        if (x && trt_tensor_type(m->trt, x) == type) return true;
    }
    return false;
}

/* A weakly typed network computes in float16 or bfloat16 only where a flag lets it; one that has such tensors of its own
 * needs the flag, too. */
static void set_precision(struct trt_make *m, struct trt_build_options *b)
{
    if (m->precision == TRT_PRECISION_FP32 && trt_has_flag(m->trt, TRT_FLAG_TF32)) b->flags_off |= 1u << TRT_FLAG_TF32;
    if (m->strongly_typed) return;
    if (m->precision == TRT_PRECISION_FP16 || holds_type(m, TRT_HALF)) b->flags_on |= 1u << TRT_FLAG_FP16;
    if (m->precision == TRT_PRECISION_BF16 || (trt_has_flag(m->trt, TRT_FLAG_BF16) && holds_type(m, TRT_BF16)))
        b->flags_on |= 1u << TRT_FLAG_BF16;
    /* Layers that were told to stay in float32 do, where that is possible. */
    if (trt_precision_is_low(m->precision) && !(b->flags_on & 1u << TRT_FLAG_OBEY_PRECISION))
        b->flags_on |= 1u << TRT_FLAG_PREFER_PRECISION;
}

/* -- what is told -------------------------------------------------------------------------------------------------- */

static tfp_status describe_tensor(struct tfp_context *ctx, struct trt_make *m, struct trt_tensor *x,
                                  struct tfp_tensor_info *out)
{
    const struct trt_dims dims = trt_tensor_dims(m->trt, x);
    const char *name = trt_tensor_name(m->trt, x);
    size_t n = dims.n > 0 ? (size_t)dims.n : 0;
    int64_t *own = ARENA_ARRAY(&m->arena, int64_t, n);
    const char **labels = ARENA_ARRAY(&m->arena, const char *, n);
    if (!own || !labels) return tfp_no_memory(ctx);
    for (size_t i = 0; i < n; i++) {
        const char *label = dims.d[i] < 0 ? trt_tensor_dim_name(m->trt, x, (int32_t)i) : NULL;
        own[i] = dims.d[i];
        if (dims.d[i] < 0) labels[i] = label && *label ? label : arena_printf(&m->arena, "%s_d%zu", name, i);
    }
    *out = (struct tfp_tensor_info){ .name = name, .dtype = trt_dtype(trt_tensor_type(m->trt, x)), .rank = dims.n,
                                     .dims = own, .labels = labels };
    return TFP_OK;
}

tfp_status trt_make_describe(struct tfp_context *ctx, struct trt_make *m, struct plan_info *info)
{
    int32_t counts[2] = { trt_network_inputs(m->trt, m->network), trt_network_outputs(m->trt, m->network) };
    struct tfp_tensor_info *infos[2];
    for (int side = 0; side < 2; side++) {
        if (!(infos[side] = ARENA_ARRAY(&m->arena, struct tfp_tensor_info, (size_t)counts[side]))) return tfp_no_memory(ctx);
        for (int32_t i = 0; i < counts[side]; i++) {
            struct trt_tensor *x =
                side ? trt_network_output(m->trt, m->network, i) : trt_network_input(m->trt, m->network, i);
            TFP_TRY(describe_tensor(ctx, m, x, &infos[side][i]));
        }
    }
    info->inputs = infos[0];
    info->n_inputs = (size_t)counts[0];
    info->outputs = infos[1];
    info->n_outputs = (size_t)counts[1];
    return TFP_OK;
}

static tfp_status describe_profiles(struct tfp_context *ctx, struct trt_make *m, const struct trt_build_options *b,
                                    struct plan_info *info)
{
    struct plan_profile *all = ARENA_ARRAY(&m->arena, struct plan_profile, b->n_profiles);
    if (!all) return tfp_no_memory(ctx);
    for (size_t p = 0; p < b->n_profiles; p++) {
        struct plan_range *ranges = ARENA_ARRAY(&m->arena, struct plan_range, b->profiles[p].n);
        if (!ranges) return tfp_no_memory(ctx);
        for (size_t i = 0; i < b->profiles[p].n; i++) {
            const struct trt_range *r = &b->profiles[p].ranges[i];
            ranges[i] = (struct plan_range){ .input = r->input, .values = r->n_values > 0,
                                             .n = r->n_values ? r->n_values : r->dims[0].n };
            for (int k = 0; k < 3; k++) ranges[i].list[k] = r->n_values ? r->values[k] : r->dims[k].d;
        }
        all[p] = (struct plan_profile){ ranges, b->profiles[p].n };
    }
    info->profiles = all;
    info->n_profiles = b->n_profiles;
    return TFP_OK;
}

/* What it was built for, else the GPU that it was built on. */
static tfp_status describe_capabilities(struct tfp_context *ctx, struct trt_make *m, const struct trt_build_options *b,
                                        struct plan_info *info)
{
    struct cuda_device gpu;
    info->capabilities = b->capabilities;
    info->n_capabilities = b->n_capabilities;
    if (b->n_capabilities || !m->entered) return TFP_OK;
    TFP_TRY(cuda_describe(ctx, &m->cuda, m->cuda.device, &gpu));
    info->capabilities = arena_copy(&m->arena, &gpu.capability, sizeof gpu.capability);
    info->n_capabilities = 1;
    return info->capabilities ? TFP_OK : tfp_no_memory(ctx);
}

static tfp_status describe(struct tfp_context *ctx, struct trt_make *m, const struct trt_build_options *b,
                           struct plan_info *info)
{
    info->tfport = tfp_version();
    info->library = m->trt->name;
    info->major = m->trt->major;
    info->minor = m->trt->minor;
    info->patch = m->trt->patch;
    info->rtx = m->trt->rtx;
    info->version_compatible = b->flags_on >> TRT_FLAG_VERSION_COMPATIBLE & 1;
    info->hardware = (int32_t)b->hardware;
    info->precision = trt_precision_word(m->precision);
    info->data_dependent_flow = trt_network_flow_depends_on_data(m->trt, m->network);
    TFP_TRY(describe_profiles(ctx, m, b, info));
    return describe_capabilities(ctx, m, b, info);
}

tfp_status trt_make_plan(struct tfp_context *ctx, struct trt_make *m, const struct trt_make_options *o,
                         struct trt_memory **plan, struct plan_info *info)
{
    struct trt_build_options *b = ARENA_NEW(&m->arena, struct trt_build_options);
    if (!b) return tfp_no_memory(ctx);
    *b = o->build;
    TFP_TRY(set_profiles(ctx, m, o, b));
    set_precision(m, b);
    TFP_TRY(describe(ctx, m, b, info));
    return trt_build(ctx, m->trt, m->builder, m->network, b, plan);
}
