/* The public way from a model to a TensorRT engine. */
#include "api/engine_sizes.h"
#include "api/model.h"

#include "backend/onnx/onnx_write.h"
#include "backend/tensorrt/trt_make.h"
#include "backend/tensorrt/trt_reader.h"
#include "backend/tensorrt/trt_settings.h"
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
};

/* -- options ------------------------------------------------------------------------------------------------------- */

static tfp_status read_precision(struct building *b)
{
    const char *word = b->o.precision ? b->o.precision : "fp32";
    for (int p = TRT_PRECISION_FP32; p <= TRT_PRECISION_BF16; p++)
        if (strcmp(word, trt_precision_word((enum trt_precision)p)) == 0) {
            b->make.precision = (enum trt_precision)p;
            return TFP_OK;
        }
    return tfp_fail(b->ctx, TFP_E_USAGE, "precision %s: fp32, tf32, fp16 or bf16 is expected", word);
}

static bool is_low(enum trt_precision p)
{
    return p == TRT_PRECISION_FP16 || p == TRT_PRECISION_BF16;
}

static tfp_status check_fp32_lists(struct building *b)
{
    if (is_low(b->make.precision) || (!b->o.fp32_ops && !b->o.n_fp32_nodes)) return TFP_OK;
    return tfp_fail(b->ctx, TFP_E_USAGE, "precision %s: all is float32, ops and nodes that stay so are chosen for fp16 and bf16",
                    trt_precision_word(b->make.precision));
}

static tfp_status read_profiles(struct building *b)
{
    struct trt_make_profile *all = ARENA_ARRAY(&b->arena, struct trt_make_profile, b->o.n_profiles);
    if (!all) return tfp_no_memory(b->ctx);
    for (size_t p = 0; p < b->o.n_profiles; p++) {
        const struct tfp_profile *from = &b->o.profiles[p];
        struct trt_make_range *ranges = ARENA_ARRAY(&b->arena, struct trt_make_range, from->n_ranges);
        if (!ranges) return tfp_no_memory(b->ctx);
        for (size_t i = 0; i < from->n_ranges; i++) {
            const struct tfp_range *r = &from->ranges[i];
            ranges[i] = (struct trt_make_range){ r->input, r->n, { r->least, r->best, r->most } };
        }
        all[p] = (struct trt_make_profile){ ranges, from->n_ranges };
    }
    b->make.profiles = all;
    b->make.n_profiles = b->o.n_profiles;
    return TFP_OK;
}

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

static tfp_status begin(struct tfp_context *ctx, const char *path, const struct tfp_build_options *options, struct building *b)
{
    static const struct trt_build_options usual = TRT_BUILD_DEFAULTS;
    *b = (struct building){ .ctx = ctx, .make = { .build = usual } };
    TFP_TRY(api_options(ctx, options, options ? options->size : 0, &b->o, sizeof b->o));
    b->make.library = b->o.tensorrt;
    b->make.assume_family = b->o.assume_family;
    b->make.device = b->o.device;
    b->make.verbosity = 1;
    b->make.build.cancel = b->o.cancel;
    b->make.build.user = b->o.user;
    map_init(&b->kept, &b->arena);
    TFP_TRY(read_precision(b));
    TFP_TRY(check_fp32_lists(b));
    TFP_TRY(read_profiles(b));
    for (size_t i = 0; i < b->o.n_settings; i++)
        TFP_TRY(trt_setting(ctx, &b->arena, b->o.settings[i].name, b->o.settings[i].value, &b->make.build));
    TFP_TRY(check_path(ctx, path));
    return trt_make_begin(ctx, &b->m, &b->make);
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
static tfp_status clone_graph(struct building *b, const struct ir_graph *g)
{
    struct precision_options o = {
        .to = b->make.precision == TRT_PRECISION_BF16 ? TFP_BFLOAT16 : TFP_FLOAT16,
        .fp32_ops = b->o.fp32_ops, .n_fp32_ops = b->o.n_fp32_ops,
        .fp32_nodes = b->o.fp32_nodes, .n_fp32_nodes = b->o.n_fp32_nodes,
    };
    TFP_TRY(ir_clone(b->ctx, g, &b->graph));
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

static tfp_status make_direct(struct building *b, const struct ir_graph *g)
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

/* Constants that several nodes use count as often: what is near the limit goes the long way, which is no mistake. */
static bool fits_into_message(const struct ir_graph *g)
{
    uint64_t bytes = 0;
    for (const struct ir_node *n = g->first; n; n = n->next)
        for (uint32_t i = 0; i < n->n_in; i++)
            if (n->in[i].value && n->in[i].value->constant) bytes += n->in[i].value->constant->size;
    return bytes < LARGEST_IN_MEMORY;
}

static tfp_status parse_file(struct building *b, const char *path, const struct onnx_reader *reader)
{
    const struct onnx_write_options o = { .opset = trt_reader_opset(b->m.trt), .external_above = 0, .reader = reader };
    TFP_TRY(onnx_write(b->ctx, b->graph, path, &o));
    TFP_TRY(buffer_map(b->ctx, path, &b->onnx));
    return trt_make_onnx(b->ctx, &b->m, (struct bytes){ b->onnx->data, b->onnx->size }, "the ONNX on the way", path, &b->make);
}

/* Weights that one message cannot hold lie beside the ONNX, in a folder beside the engine until the parser has them. */
static tfp_status parse_beside(struct building *b, const char *plan, const struct onnx_reader *reader)
{
    char *folder = arena_printf(&b->arena, "%s.XXXXXX", plan);
    if (!folder) return tfp_no_memory(b->ctx);
    if (!mkdtemp(folder)) return tfp_fail(b->ctx, TFP_E_SYSTEM, "%s: no folder for the ONNX on the way can be made beside it", plan);
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
    return trt_make_onnx(b->ctx, &b->m, (struct bytes){ b->onnx->data, b->onnx->size }, "the ONNX on the way", NULL, &b->make);
}

static tfp_status make_through_onnx(struct building *b, const struct ir_graph *g, const char *plan)
{
    char name[96];
    const struct onnx_reader reader = { name, reader_has, reader_holds, reader_edge, b->m.trt };
    snprintf(name, sizeof name, "%s's ONNX parser", b->m.trt->name);
    TFP_TRY(clone_graph(b, g));
    TFP_TRY(trt_reader_adapt(b->ctx, b->m.trt, b->graph));
    return fits_into_message(b->graph) ? parse_memory(b, &reader) : parse_beside(b, plan, &reader);
}

static tfp_status write_plan(struct building *b, const char *path, bool interface, struct plan_info *info)
{
    struct trt_memory *plan = NULL;
    TFP_TRY(trt_make_plan(b->ctx, &b->m, &b->make, interface, &plan, info));
    tfp_status status = plan_file_write(b->ctx, path, trt_memory_bytes(b->m.trt, plan), info, b->o.bundle);
    trt_destroy(b->m.trt, plan);
    return status;
}

static tfp_status build_model(struct building *b, struct tfp_model *m, const char *path)
{
    struct ir_graph *g;
    struct plan_info info = { .format = tfp_model_format(m), .producer = tfp_model_producer(m),
                              .n_inputs = m->n_inputs, .n_outputs = m->n_outputs };
    TFP_TRY(model_graph(b->ctx, m, true, &g));
    TFP_TRY(b->o.via == TFP_VIA_ONNX ? make_through_onnx(b, g, path) : make_direct(b, g));
    info.inputs = b->inputs;
    info.outputs = b->outputs;
    return write_plan(b, path, false, &info);
}

tfp_status tfp_model_build(tfp_context *ctx, tfp_model *m, const char *path, const struct tfp_build_options *options)
{
    struct building b;
    tfp_status status = begin(ctx, path, options, &b);
    if (status == TFP_OK) status = build_model(&b, m, path);
    end(&b);
    return status;
}

static bool is_named(const void *user, const char *name)
{
    const struct tfp_build_options *o = user;
    for (size_t i = 0; i < o->n_fp32_nodes; i++)
        if (precision_pattern_means(o->fp32_nodes[i], name)) return true;
    return false;
}

static tfp_status check_file_precision(struct building *b, const char *onnx)
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

static tfp_status build_onnx(struct building *b, const char *onnx, const char *path)
{
    struct plan_info info = { .format = "ONNX" };
    TFP_TRY(check_file_precision(b, onnx));
    TFP_TRY(buffer_map(b->ctx, onnx, &b->onnx));
    TFP_TRY(trt_make_onnx(b->ctx, &b->m, (struct bytes){ b->onnx->data, b->onnx->size }, onnx, onnx, &b->make));
    return write_plan(b, path, true, &info);
}

tfp_status tfp_onnx_build(tfp_context *ctx, const char *onnx, const char *path, const struct tfp_build_options *options)
{
    struct building b;
    tfp_status status = begin(ctx, path, options, &b);
    if (status == TFP_OK && b.o.via == TFP_VIA_DIRECT)
        status = tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: an ONNX file is built through TensorRT's parser (via onnx) so far", onnx);
    if (status == TFP_OK) status = build_onnx(&b, onnx, path);
    end(&b);
    return status;
}
