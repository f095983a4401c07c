/* tfport tensorrt: which TensorRT and which GPUs are there. */
#include "command.h"

#include <inttypes.h>
#include <stdio.h>

static void print_line(const char *key, const char *value)
{
    printf("%-12s", key);
    print_name(value, 0);
    printf("\n");
}

static void print_text(const struct tfp_tensorrt_info *i)
{
    print_line("tensorrt", i->name);
    print_line("library", i->path);
    print_line("called like", i->family);
    print_line("onnx parser", *i->parser ? i->parser : "none");
    print_line("plugins", *i->plugins ? i->plugins : i->rtx ? "none (TensorRT-RTX has none)" : "none");
    if (*i->driver) print_line("driver", i->driver);
    if (*i->cuda) {
        printf("%-12s%d.%d  ", "cuda", i->cuda_version / 1000, i->cuda_version % 1000 / 10);
        print_name(i->cuda, 0);
        printf("\n");
    }
    for (size_t k = 0; k < i->n_gpus; k++) {
        const struct tfp_gpu *g = &i->gpus[k];
        printf("%-12s%d  ", k ? "" : "gpus", g->number);
        print_name(g->name, 0);
        printf("  compute capability %d.%d, %d processors, %.1f GiB\n", g->major, g->minor, g->processors,
               (double)g->memory / (1 << 30));
    }
    if (!i->n_gpus) print_line("gpus", i->no_gpu);
    if (!i->n_gpus && i->rtx) print_line("", "TensorRT-RTX builds engines without a GPU");
}

static void print_member(const char *key, const char *value)
{
    printf(", \"%s\": ", key);
    if (*value) print_json_string(value);
    else printf("null");
}

static void print_json(const struct tfp_tensorrt_info *i)
{
    printf("{\"name\": ");
    print_json_string(i->name);
    printf(", \"version\": [%d, %d, %d], \"rtx\": %s", i->major, i->minor, i->patch, i->rtx ? "true" : "false");
    print_member("family", i->family);
    print_member("library", i->path);
    print_member("parser", i->parser);
    printf(", \"parser_version\": %d", i->parser_version);
    print_member("plugins", i->plugins);
    print_member("driver", i->driver);
    print_member("cuda", i->cuda);
    printf(", \"cuda_version\": %d", i->cuda_version);
    print_member("no_gpu", i->no_gpu);
    printf(", \"gpus\": [");
    for (size_t k = 0; k < i->n_gpus; k++) {
        const struct tfp_gpu *g = &i->gpus[k];
        printf("%s{\"number\": %d, \"name\": ", k ? ", " : "", g->number);
        print_json_string(g->name);
        printf(", \"compute_capability\": [%d, %d], \"processors\": %d, \"memory\": %" PRIu64 "}", g->major, g->minor,
               g->processors, g->memory);
    }
    printf("]}\n");
}

static int run(tfp_context *ctx, const struct arguments *a)
{
    tfp_tensorrt *t;
    if (a->positional.n) return wrong_usage("tensorrt takes no model");
    tfp_status status = tfp_tensorrt_open(ctx, tensorrt_library(a), &t);
    if (status != TFP_OK) return failed(ctx, status);
    if (a->json) print_json(tfp_tensorrt_info(t));
    else print_text(tfp_tensorrt_info(t));
    tfp_tensorrt_destroy(t);
    return TFP_OK;
}

const struct command command_tensorrt = {
    .name = "tensorrt",
    .synopsis = "tensorrt [--tensorrt PATH] [--json]",
    .summary = "tells which TensorRT and which GPUs are there",
    .options = "--tensorrt --json --verbose --help",
    .run = run,
};
