/* The public view of TensorRT: what is installed, and what is told of an engine file. */
#include "backend/tensorrt/cuda.h"
#include "backend/tensorrt/plan_file.h"
#include "backend/tensorrt/trt_shared.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- what is installed --------------------------------------------------------------------------------------------- */

struct tfp_tensorrt {
    struct arena arena;
    struct trt *trt;
    struct tfp_tensorrt_info info;
};

static bool keep(struct arena *a, const char *text, const char **out)
{
    *out = arena_string(a, text, strlen(text));
    return *out != NULL;
}

/* The kernel module tells its version where Linux has it loaded. */
static bool read_driver_version(struct arena *a, const char **out)
{
    char line[64] = "";
    FILE *f = fopen("/sys/module/nvidia/version", "re");
    if (f && !fgets(line, sizeof line, f)) line[0] = '\0';
    if (f) fclose(f);
    line[strcspn(line, "\n")] = '\0';
    return keep(a, line, out);
}

static tfp_status describe_gpus(struct tfp_context *ctx, struct tfp_tensorrt *t, const struct cuda *c)
{
    struct tfp_gpu *gpus = ARENA_ARRAY(&t->arena, struct tfp_gpu, (size_t)c->n_devices);
    struct cuda_device device;
    if (!gpus) return tfp_no_memory(ctx);
    for (int32_t i = 0; i < c->n_devices; i++) {
        TFP_TRY(cuda_describe(ctx, c, i, &device));
        gpus[i] = (struct tfp_gpu){ i, NULL, device.capability / 10, device.capability % 10, device.processors,
                                    device.memory };
        if (!keep(&t->arena, device.name, &gpus[i].name)) return tfp_no_memory(ctx);
    }
    t->info.gpus = gpus;
    t->info.n_gpus = (size_t)c->n_devices;
    return TFP_OK;
}

static tfp_status describe_cuda(struct tfp_context *ctx, struct tfp_tensorrt *t)
{
    struct cuda c;
    t->info.cuda = t->info.no_gpu = "";
    if (!read_driver_version(&t->arena, &t->info.driver)) return tfp_no_memory(ctx);
    tfp_status status = cuda_open(ctx, &c, NULL);
    if (status == TFP_E_MISSING) return keep(&t->arena, ctx->text, &t->info.no_gpu) ? TFP_OK : tfp_no_memory(ctx);
    TFP_TRY(status);
    t->info.cuda_version = c.version;
    status = keep(&t->arena, c.library.path, &t->info.cuda) ? describe_gpus(ctx, t, &c) : tfp_no_memory(ctx);
    cuda_close(&c);
    return status;
}

static tfp_status describe(struct tfp_context *ctx, struct tfp_tensorrt *t)
{
    const struct trt *trt = t->trt;
    t->info.path = trt->library.path;
    t->info.name = trt->name;
    t->info.family = trt_family_name(trt->family);
    t->info.major = trt->major;
    t->info.minor = trt->minor;
    t->info.patch = trt->patch;
    t->info.rtx = trt->rtx;
    t->info.parser = trt->parser.path;
    t->info.parser_version = trt->parser_version;
    t->info.plugins = trt->plugins.path;
    return describe_cuda(ctx, t);
}

tfp_status tfp_tensorrt_open(tfp_context *ctx, const char *library, tfp_tensorrt **out)
{
    const struct trt_open_options options = { .library = library };
    struct tfp_tensorrt *t = calloc(1, sizeof *t);
    if (!t) return tfp_no_memory(ctx);
    tfp_status status = trt_borrow(ctx, &options, &t->trt);
    if (status == TFP_OK) status = describe(ctx, t);
    if (status == TFP_OK) *out = t;
    else tfp_tensorrt_destroy(t);
    return status;
}

void tfp_tensorrt_destroy(tfp_tensorrt *t)
{
    if (!t) return;
    trt_give_back(t->trt);
    arena_free(&t->arena);
    free(t);
}

const struct tfp_tensorrt_info *tfp_tensorrt_info(const tfp_tensorrt *t)
{
    return &t->info;
}

/* -- engine files -------------------------------------------------------------------------------------------------- */

struct tfp_plan {
    struct arena arena;
    struct plan_info read;
    struct tfp_plan_info info;
    struct tfp_plan_range *ranges; /* of all profiles, one after the other */
};

static tfp_status copy_ranges(struct tfp_context *ctx, struct tfp_plan *p)
{
    size_t n = 0, k = 0;
    for (size_t i = 0; i < p->read.n_profiles; i++) n += p->read.profiles[i].n;
    p->ranges = ARENA_ARRAY(&p->arena, struct tfp_plan_range, n);
    if (!p->ranges) return tfp_no_memory(ctx);
    for (size_t i = 0; i < p->read.n_profiles; i++)
        for (size_t j = 0; j < p->read.profiles[i].n; j++) {
            const struct plan_range *r = &p->read.profiles[i].ranges[j];
            p->ranges[k++] = (struct tfp_plan_range){ r->input,   r->values,  (size_t)r->n,
                                                      r->list[0], r->list[1], r->list[2] };
        }
    return TFP_OK;
}

static struct tfp_plan_info public_info(const struct plan_info *r, bool told)
{
    if (!told) return (struct tfp_plan_info){ .tfport = "", .format = "", .producer = "", .library = "", .hardware = "",
                                              .precision = "" };
    return (struct tfp_plan_info){
        .told = true,
        .tfport = r->tfport,
        .format = r->format,
        .producer = r->producer,
        .library = r->library,
        .major = r->major,
        .minor = r->minor,
        .patch = r->patch,
        .rtx = r->rtx,
        .version_compatible = r->version_compatible,
        .hardware = plan_hardware_word(r->hardware),
        .capabilities = r->capabilities,
        .n_capabilities = r->n_capabilities,
        .precision = r->precision,
        .inputs = r->inputs,
        .outputs = r->outputs,
        .n_inputs = r->n_inputs,
        .n_outputs = r->n_outputs,
        .n_profiles = r->n_profiles,
    };
}

static tfp_status read_plan(struct tfp_context *ctx, const char *path, struct tfp_plan *p)
{
    struct buffer *map;
    struct bytes plan;
    bool told;
    TFP_TRY(plan_file_read(ctx, &p->arena, path, &map, &plan, &p->read, &told));
    p->info = public_info(&p->read, told);
    p->info.bytes = plan.n;
    p->info.one_file = plan_is_bundle((struct bytes){ map->data, map->size });
    buffer_drop(map);
    return copy_ranges(ctx, p);
}

bool tfp_is_plan(const char *path)
{
    return plan_file_probe(path);
}

tfp_status tfp_plan_open(tfp_context *ctx, const char *path, tfp_plan **out)
{
    struct tfp_plan *p = calloc(1, sizeof *p);
    if (!p) return tfp_no_memory(ctx);
    tfp_status status = read_plan(ctx, path, p);
    if (status == TFP_OK) *out = p;
    else tfp_plan_destroy(p);
    return status;
}

void tfp_plan_destroy(tfp_plan *p)
{
    if (!p) return;
    arena_free(&p->arena);
    free(p);
}

const struct tfp_plan_info *tfp_plan_info(const tfp_plan *p)
{
    return &p->info;
}

size_t tfp_plan_n_ranges(const tfp_plan *p, size_t profile)
{
    return profile < p->read.n_profiles ? p->read.profiles[profile].n : 0;
}

const struct tfp_plan_range *tfp_plan_range(const tfp_plan *p, size_t profile, size_t i)
{
    const struct tfp_plan_range *at = p->ranges;
    if (i >= tfp_plan_n_ranges(p, profile)) return NULL;
    for (size_t k = 0; k < profile; k++) at += p->read.profiles[k].n;
    return &at[i];
}
