/* The public way from a model to a TensorRT engine. */
#include "api/engine_build.h"

#include "api/bundle_file.h"
#include "api/engine_sizes.h"
#include "api/model_parts.h"

#include "backend/onnx/onnx_write.h"
#include "backend/tensorrt/trt_reader.h"
#include "backend/tensorrt/trt_settings.h"
#include "base/clock.h"
#include "base/file.h"
#include "optimize/optimize.h"
#include "optimize/precision.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ONNX in one message, some of protobuf's 2 GiB being names and nodes. */
#define LARGEST_IN_MEMORY 2000000000u

struct building {
    struct tfp_context *ctx;
    struct tfp_build_options o;
    struct trt_make_options make;
    struct trt_make m;
    struct arena arena;
    struct map kept;        /* names of nodes that stay in float32 where the builder may choose */
    struct ir_graph *graph; /* a clone that the network's weights lie in */
    const struct tfp_tensor_info *inputs, *outputs; /* of the model, with the engine's sizes */
    struct buffer *onnx;
    const char *beside;
    const struct engine_use *use;
    double started, begun, parsing, building; /* seconds: when, then what TensorRT took to begin, to parse, to build */
};

/* -- options ------------------------------------------------------------------------------------------------------- */

static tfp_status read_precision(struct tfp_context *ctx, const struct tfp_build_options *o, enum trt_precision *out)
{
    const char *word = o->precision ? o->precision : "fp32";
    for (int p = TRT_PRECISION_FP32; p <= TRT_PRECISION_BF16; p++)
        if (strcmp(word, trt_precision_word((enum trt_precision)p)) == 0) {
            *out = (enum trt_precision)p;
            return TFP_OK;
        }
    return tfp_fail(ctx, TFP_E_USAGE, "precision %s: fp32, tf32, fp16 or bf16 is expected", word);
}

static tfp_status check_fp32_lists(struct tfp_context *ctx, const struct tfp_build_options *o, enum trt_precision p)
{
    if (trt_precision_is_low(p) || (!o->fp32_ops && !o->n_fp32_nodes)) return TFP_OK;
    return tfp_fail(ctx, TFP_E_USAGE, "precision %s: all is float32, ops and nodes that stay so are chosen for fp16 and bf16",
                    trt_precision_word(p));
}

tfp_status engine_options(struct tfp_context *ctx, struct arena *arena, const struct tfp_build_options *o,
                          struct trt_make_options *out)
{
    static const struct trt_build_options usual = TRT_BUILD_DEFAULTS;
    *out = (struct trt_make_options){ .library = o->tensorrt, .assume_family = o->assume_family, .device = o->device,
                                      .verbosity = 1, .profiles = o->profiles, .n_profiles = o->n_profiles, .build = usual };
    out->build.cancel = o->cancel;
    out->build.user = o->user;
    TFP_TRY(read_precision(ctx, o, &out->precision));
    TFP_TRY(check_fp32_lists(ctx, o, out->precision));
    for (size_t i = 0; i < o->n_settings; i++)
        TFP_TRY(trt_setting(ctx, arena, o->settings[i].name, o->settings[i].value, &out->build));
    return TFP_OK;
}

static tfp_status begin(struct building *b, const struct tfp_build_options *options)
{
    map_init(&b->kept, &b->arena);
    b->started = clock_seconds();
    b->o = *options;
    TFP_TRY(engine_options(b->ctx, &b->arena, &b->o, &b->make));
    tfp_status status = trt_make_begin(b->ctx, &b->m, &b->make);
    b->begun = clock_seconds() - b->started;
    return status;
}

static void end(struct building *b)
{
    trt_make_end(&b->m);
    ir_destroy(b->graph);
    buffer_drop(b->onnx);
    arena_free(&b->arena);
}

/* -- networks ------------------------------------------------------------------------------------------------------ */

static bool is_kept(const void *user, const char *name)
{
    return map_find(user, name, strlen(name)) != NULL;
}

/* The clone of the model's graph: with the types of the precision where the network takes them from it, else with the
 * names of the nodes whose types the builder may not choose. */
static tfp_status clone_graph(struct building *b, struct ir_graph *g)
{
    struct precision_options o = {
        .to = b->make.precision == TRT_PRECISION_BF16 ? TFP_BFLOAT16 : TFP_FLOAT16,
        .fp32_ops = b->o.fp32_ops, .n_fp32_ops = b->o.n_fp32_ops,
        .fp32_nodes = b->o.fp32_nodes, .n_fp32_nodes = b->o.n_fp32_nodes,
    };
    TFP_TRY(b->o.no_cut ? ir_clone(b->ctx, g, &b->graph) : parts_core(b->ctx, g, b->o.cut_at, b->o.n_cut_at, &b->graph));
    TFP_TRY(engine_join_sizes(b->ctx, b->graph, b->o.profiles, b->o.n_profiles));
    TFP_TRY(model_describe_graph(b->ctx, &b->arena, b->graph, &b->inputs, &b->outputs));
    if (trt_make_takes_attention(&b->m)) TFP_TRY(optimize_attention(b->ctx, b->graph));
    if (trt_make_wants_typed(&b->m)) return precision_lower(b->ctx, b->graph, &o);
    if (!trt_make_chooses(&b->m)) return TFP_OK;
    o.inside = trt_make_float32_inside(&o.n_inside);
    b->make.emit.keeps_float = is_kept;
    b->make.emit.user = &b->kept;
    return precision_kept(b->ctx, b->graph, &o, &b->kept);
}

static tfp_status make_direct(struct building *b, struct ir_graph *g)
{
    TFP_TRY(clone_graph(b, g));
    TFP_TRY(optimize_fold(b->ctx, b->graph));
    TFP_TRY(ir_align_constants(b->ctx, b->graph));
    return trt_make_direct(b->ctx, &b->m, b->graph, &b->make);
}

static enum onnx_has reader_has(const void *user, const struct ir_node *n, const char **why)
{
    switch (trt_reader_takes(user, n, why)) {
    case TRT_TAKES: return ONNX_HAS;
    case TRT_TAKES_OTHER_TERMS: return ONNX_LACKS;
    case TRT_TAKES_NEVER: break;
    }
    return ONNX_NEVER;
}

static tfp_dtype reader_holds(const void *user, tfp_dtype dtype)
{
    return trt_reader_holds(user, dtype);
}

static bool reader_edge(const void *user, tfp_dtype dtype)
{
    return trt_type_only_at_edge(user, dtype);
}

/* Bodies' too. Constants that several nodes use count as often: what is near the limit goes the long way, which is no
 * mistake. */
static uint64_t constant_bytes(const struct ir_graph *g)
{
    uint64_t bytes = 0;
    for (const struct ir_node *n = g->first; n; n = n->next)
        for (uint32_t i = 0; i < n->n_in; i++)
            if (n->in[i].value && n->in[i].value->constant) bytes += n->in[i].value->constant->size;
    for (const struct ir_graph *body = g->bodies; body; body = body->next_body) bytes += constant_bytes(body);
    return bytes;
}

static tfp_status parse(struct building *b, const char *name, const char *path)
{
    const double start = clock_seconds();
    tfp_status status = trt_make_onnx(b->ctx, &b->m, (struct bytes){ b->onnx->data, b->onnx->size }, name, path, &b->make);
    b->parsing = clock_seconds() - start;
    return status;
}

static tfp_status parse_file(struct building *b, const char *path, const struct onnx_reader *reader)
{
    const struct onnx_write_options o = { .opset = trt_reader_opset(b->m.trt), .external_above = 0, .reader = reader };
    TFP_TRY(onnx_write(b->ctx, b->graph, path, &o));
    TFP_TRY(buffer_map(b->ctx, path, &b->onnx));
    return parse(b, "the ONNX on the way", path);
}

/* Weights that one message cannot hold lie beside the ONNX, in a folder beside the engine until the parser has them. */
static tfp_status parse_beside(struct building *b, const struct onnx_reader *reader)
{
    char *folder = arena_printf(&b->arena, "%s.XXXXXX", b->beside);
    if (!folder) return tfp_no_memory(b->ctx);
    if (!mkdtemp(folder))
        return tfp_fail(b->ctx, TFP_E_SYSTEM, "%s: no folder for the ONNX on the way can be made beside it", b->beside);
    char *model = arena_printf(&b->arena, "%s/model.onnx", folder), *data = arena_printf(&b->arena, "%s/model.onnx.data", folder);
    tfp_status status = model && data ? parse_file(b, model, reader) : tfp_no_memory(b->ctx);
    if (model) unlink(model);
    if (data) unlink(data);
    rmdir(folder);
    return status;
}

static tfp_status parse_memory(struct building *b, const struct onnx_reader *reader)
{
    TFP_TRY(onnx_write_for(b->ctx, b->graph, trt_reader_opset(b->m.trt), reader, &b->onnx));
    return parse(b, "the ONNX on the way", NULL);
}

static tfp_status make_through_onnx(struct building *b, struct ir_graph *g)
{
    char name[96];
    const struct onnx_reader reader = { name, reader_has, reader_holds, reader_edge, b->m.trt, false };
    snprintf(name, sizeof name, "%s's ONNX parser", b->m.trt->name);
    TFP_TRY(clone_graph(b, g));
    TFP_TRY(trt_reader_adapt(b->ctx, b->m.trt, b->graph));
    return constant_bytes(b->graph) < LARGEST_IN_MEMORY ? parse_memory(b, &reader) : parse_beside(b, &reader);
}

static void tell_times(const struct building *b)
{
    const double all = clock_seconds() - b->started, own = all - b->begun - b->parsing - b->building;
    char parser[64] = "";
    if (b->parsing > 0) snprintf(parser, sizeof parser, "%.2f its parser, ", b->parsing);
    tfp_note(b->ctx, "an engine was built in %.2f s: TensorRT took %.2f to begin, %s%.2f its builder, and tfport %.2f", all,
             b->begun, parser, b->building, own);
}

static tfp_status make_plan(struct building *b, struct plan_info *info)
{
    struct trt_memory *plan = NULL;
    const double start = clock_seconds();
    TFP_TRY(trt_make_plan(b->ctx, &b->m, &b->make, &plan, info));
    b->building = clock_seconds() - start;
    tell_times(b);
    tfp_status status = b->use->take(b->ctx, b->use->user, trt_memory_bytes(b->m.trt, plan), info);
    trt_destroy(b->m.trt, plan);
    return status;
}

static tfp_status build_model(struct building *b, struct tfp_model *m)
{
    struct ir_graph *g;
    struct plan_info info = { .format = tfp_model_format(m), .producer = tfp_model_producer(m) };
    TFP_TRY(model_graph(b->ctx, m, true, &g));
    TFP_TRY(b->o.via == TFP_VIA_ONNX ? make_through_onnx(b, g) : make_direct(b, g));
    info.inputs = b->inputs;
    info.outputs = b->outputs;
    info.n_inputs = b->graph->n_inputs;
    info.n_outputs = b->graph->n_outputs;
    return make_plan(b, &info);
}

static bool is_named(const void *user, const char *name)
{
    const struct tfp_build_options *o = user;
    for (size_t i = 0; i < o->n_fp32_nodes; i++)
        if (precision_pattern_means(o->fp32_nodes[i], name)) return true;
    return false;
}

static tfp_status check_file_options(struct building *b, const char *onnx)
{
    if (b->o.fp32_ops)
        return tfp_fail(b->ctx, TFP_E_UNSUPPORTED, "%s: ops of an ONNX file that stay in float32 cannot be chosen, nodes can", onnx);
    if (trt_make_wants_typed(&b->m))
        return tfp_fail(b->ctx, TFP_E_UNSUPPORTED,
                        "%s: %s takes the types that the file has: precision %s needs a file in it, or the model itself", onnx,
                        b->m.trt->name, trt_precision_word(b->make.precision));
    b->make.emit.keeps_float = is_named;
    b->make.emit.user = &b->o;
    return TFP_OK;
}

static tfp_status build_onnx(struct building *b, const char *onnx)
{
    struct plan_info info = { .format = "ONNX" };
    bool build = true;
    TFP_TRY(check_file_options(b, onnx));
    TFP_TRY(buffer_map(b->ctx, onnx, &b->onnx));
    TFP_TRY(parse(b, onnx, onnx));
    TFP_TRY(trt_make_describe(b->ctx, &b->m, &info));
    if (b->use->look) TFP_TRY(b->use->look(b->ctx, b->use->user, &info, &build));
    return build ? make_plan(b, &info) : TFP_OK;
}

tfp_status engine_build(struct tfp_context *ctx, struct engine_source from, const struct tfp_build_options *options,
                        const char *beside, const struct engine_use *use)
{
    struct building b = { .ctx = ctx, .beside = beside, .use = use };
    tfp_status status = begin(&b, options);
    if (status == TFP_OK) status = from.model ? build_model(&b, from.model) : build_onnx(&b, from.onnx);
    end(&b);
    return status;
}

/* -- engine files -------------------------------------------------------------------------------------------------- */

/* Told before the engine is built, which may take long. */
static tfp_status check_path(struct tfp_context *ctx, const char *path)
{
    struct stat s;
    struct file_out file = { .fd = -1 };
    if (stat(path, &s) == 0 && S_ISDIR(s.st_mode))
        return tfp_fail(ctx, TFP_E_SYSTEM, "%s: is a folder, an engine file is to be written", path);
    tfp_status status = file_create(ctx, path, &file);
    file_abandon(&file);
    return status;
}

static tfp_status write_plan(struct tfp_context *ctx, void *user, struct bytes plan, struct plan_info *info)
{
    return plan_file_write(ctx, user, plan, info, false);
}

static tfp_status build_file(struct tfp_context *ctx, struct engine_source from, const char *path,
                             const struct tfp_build_options *o)
{
    const struct engine_use use = { .take = write_plan, .user = (void *)(uintptr_t)path };
    TFP_TRY(check_path(ctx, path));
    return engine_build(ctx, from, o, path, &use);
}

/* -- bundles ------------------------------------------------------------------------------------------------------- */

static tfp_status build_parts(struct tfp_context *ctx, struct tfp_model *m, const char *folder, struct tfp_parts *p,
                              const struct tfp_build_options *o)
{
    static const char *const names[] = { "core.plan", "core.plan.json" };
    const char *path = bundle_path(&p->arena, folder, names[0]);
    if (!path) return tfp_no_memory(ctx);
    TFP_TRY(bundle_begin(ctx, folder));
    TFP_TRY(build_file(ctx, (struct engine_source){ .model = m }, path, o));
    for (size_t k = 0; k < p->info.n_parts; k++)
        TFP_TRY(strcmp(p->parts[k].role, "core") == 0 ? bundle_add_files(ctx, folder, p, k, "plan", names, 2)
                                                      : bundle_write_end(ctx, folder, p, k));
    return bundle_finish(ctx, folder, p);
}

static tfp_status build_bundle(struct tfp_context *ctx, struct tfp_model *m, const char *folder, const struct tfp_build_options *o)
{
    struct ir_graph *g;
    struct tfp_parts *p;
    if (o->no_cut) return tfp_fail(ctx, TFP_E_USAGE, "a bundle has what is cut off: --cut none is for an engine alone");
    TFP_TRY(model_graph(ctx, m, true, &g));
    TFP_TRY(parts_of_model(ctx, m, g, o->cut_at, o->n_cut_at, &p));
    tfp_status status = build_parts(ctx, m, folder, p, o);
    tfp_parts_destroy(p);
    return status;
}

tfp_status tfp_model_build(tfp_context *ctx, tfp_model *m, const char *path, const struct tfp_build_options *options)
{
    struct tfp_build_options o;
    TFP_TRY(API_OPTIONS(ctx, options, &o));
    if (o.bundle) return build_bundle(ctx, m, path, &o);
    return build_file(ctx, (struct engine_source){ .model = m }, path, &o);
}

static tfp_status build_own(tfp_context *ctx, const char *onnx, const char *path, const struct tfp_build_options *options)
{
    tfp_model *m;
    TFP_TRY(tfp_model_open(ctx, onnx, NULL, &m));
    tfp_status status = tfp_model_build(ctx, m, path, options);
    tfp_model_destroy(m);
    return status;
}

tfp_status tfp_onnx_build(tfp_context *ctx, const char *onnx, const char *path, const struct tfp_build_options *options)
{
    struct tfp_build_options o;
    TFP_TRY(API_OPTIONS(ctx, options, &o));
    if (o.via == TFP_VIA_DIRECT) return build_own(ctx, onnx, path, options);
    if (o.bundle || o.n_cut_at)
        return tfp_fail(ctx, TFP_E_USAGE, "%s: TensorRT's parser takes the file as a whole; --via direct cuts it into parts", onnx);
    return build_file(ctx, (struct engine_source){ .onnx = onnx }, path, &o);
}
