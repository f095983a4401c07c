/* The public way from a model to a TensorRT engine. */
#include "api/model.h"

#include "backend/onnx/onnx_write.h"
#include "backend/tensorrt/trt_make.h"
#include "backend/tensorrt/trt_settings.h"
#include "optimize/optimize.h"

#include <string.h>

struct building {
    struct tfp_context *ctx;
    struct tfp_build_options o;
    struct trt_make_options make;
    struct trt_make m;
    struct arena arena;
    struct ir_graph *graph; /* a clone that the network's weights lie in */
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

static tfp_status begin(struct tfp_context *ctx, const struct tfp_build_options *options, struct building *b)
{
    static const struct trt_build_options usual = TRT_BUILD_DEFAULTS;
    *b = (struct building){ .ctx = ctx, .make = { .build = usual } };
    TFP_TRY(api_options(ctx, options, options ? options->size : 0, &b->o, sizeof b->o));
    b->make.library = b->o.tensorrt;
    b->make.assume_family = b->o.assume_family;
    b->make.verbosity = 1;
    b->make.build.cancel = b->o.cancel;
    b->make.build.user = b->o.user;
    TFP_TRY(read_precision(b));
    TFP_TRY(read_profiles(b));
    for (size_t i = 0; i < b->o.n_settings; i++)
        TFP_TRY(trt_setting(ctx, &b->arena, b->o.settings[i].name, b->o.settings[i].value, &b->make.build));
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

static tfp_status make_direct(struct building *b, struct ir_graph *g)
{
    TFP_TRY(ir_clone(b->ctx, g, &b->graph));
    TFP_TRY(optimize_fold(b->ctx, b->graph));
    TFP_TRY(ir_align_constants(b->ctx, b->graph));
    if (trt_make_wants_typed(&b->m))
        return tfp_fail(b->ctx, TFP_E_UNSUPPORTED, "%s: precision %s is not there yet", b->m.trt->name, b->o.precision);
    return trt_make_direct(b->ctx, &b->m, b->graph, &b->make);
}

static tfp_status make_through_onnx(struct building *b, struct ir_graph *g)
{
    TFP_TRY(ir_clone(b->ctx, g, &b->graph));
    TFP_TRY(onnx_write_memory(b->ctx, b->graph, trt_make_opset(&b->m), &b->onnx));
    return trt_make_onnx(b->ctx, &b->m, (struct bytes){ b->onnx->data, b->onnx->size }, "ONNX in memory", NULL);
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
    struct plan_info info = { .format = tfp_model_format(m), .producer = tfp_model_producer(m), .inputs = m->inputs,
                              .n_inputs = m->n_inputs, .outputs = m->outputs, .n_outputs = m->n_outputs };
    TFP_TRY(model_graph(b->ctx, m, true, &g));
    TFP_TRY(b->o.via == TFP_VIA_ONNX ? make_through_onnx(b, g) : make_direct(b, g));
    return write_plan(b, path, false, &info);
}

tfp_status tfp_model_build(tfp_context *ctx, tfp_model *m, const char *path, const struct tfp_build_options *options)
{
    struct building b;
    tfp_status status = begin(ctx, options, &b);
    if (status == TFP_OK) status = build_model(&b, m, path);
    end(&b);
    return status;
}

static tfp_status build_onnx(struct building *b, const char *onnx, const char *path)
{
    struct plan_info info = { .format = "ONNX" };
    TFP_TRY(buffer_map(b->ctx, onnx, &b->onnx));
    TFP_TRY(trt_make_onnx(b->ctx, &b->m, (struct bytes){ b->onnx->data, b->onnx->size }, onnx, onnx));
    return write_plan(b, path, true, &info);
}

tfp_status tfp_onnx_build(tfp_context *ctx, const char *onnx, const char *path, const struct tfp_build_options *options)
{
    struct building b;
    tfp_status status = begin(ctx, options, &b);
    if (status == TFP_OK && b.o.via == TFP_VIA_DIRECT)
        status = tfp_fail(ctx, TFP_E_UNSUPPORTED, "%s: an ONNX file is built through TensorRT's parser (via onnx) so far", onnx);
    if (status == TFP_OK) status = build_onnx(&b, onnx, path);
    end(&b);
    return status;
}
