/* tfport inspect: what a model is, what goes in and out, and whether every op of it is supported. */
#include "command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void print_text(tfp_model *m)
{
    uint64_t elements, bytes;
    tfp_model_weights(m, &elements, &bytes);
    printf("format    %s\n", tfp_model_format(m));
    if (*tfp_model_producer(m)) printf("producer  %s\n", tfp_model_producer(m));
    printf("weights   %" PRIu64 " elements, %" PRIu64 " bytes\n", elements, bytes);
    for (size_t i = 0; i < tfp_model_n_inputs(m); i++) {
        printf("input     %s  ", tfp_model_input(m, i)->name);
        print_info(tfp_model_input(m, i));
        printf("\n");
    }
    for (size_t i = 0; i < tfp_model_n_outputs(m); i++) {
        printf("output    %s  ", tfp_model_output(m, i)->name);
        print_info(tfp_model_output(m, i));
        printf("\n");
    }
    printf("ops\n");
    for (size_t i = 0; i < tfp_model_n_ops(m); i++) {
        const struct tfp_op_count *op = tfp_model_op(m, i);
        printf("  %6zu  %s%s\n", op->count, op->op, op->supported ? "" : "   (not supported)");
    }
    printf("%s\n", *tfp_model_refusal(m) ? tfp_model_refusal(m) : "every op is supported");
}

static void print_json(tfp_model *m)
{
    uint64_t elements, bytes;
    tfp_model_weights(m, &elements, &bytes);
    printf("{\"format\": ");
    print_json_string(tfp_model_format(m));
    printf(", \"producer\": ");
    print_json_string(tfp_model_producer(m));
    printf(", \"weight_elements\": %" PRIu64 ", \"weight_bytes\": %" PRIu64 ",\n \"inputs\": [", elements, bytes);
    for (size_t i = 0; i < tfp_model_n_inputs(m); i++) {
        printf(i ? ", " : "");
        print_json_info(tfp_model_input(m, i));
    }
    printf("],\n \"outputs\": [");
    for (size_t i = 0; i < tfp_model_n_outputs(m); i++) {
        printf(i ? ", " : "");
        print_json_info(tfp_model_output(m, i));
    }
    printf("],\n \"ops\": [");
    for (size_t i = 0; i < tfp_model_n_ops(m); i++) {
        const struct tfp_op_count *op = tfp_model_op(m, i);
        printf("%s{\"op\": ", i ? ", " : "");
        print_json_string(op->op);
        printf(", \"count\": %zu, \"supported\": %s}", op->count, op->supported ? "true" : "false");
    }
    printf("],\n \"refusal\": ");
    print_json_string(tfp_model_refusal(m));
    printf("}\n");
}

static int inspect(tfp_context *ctx, const struct arguments *a)
{
    tfp_model *m;
    if (a->positional.n != 1) return wrong_usage("inspect takes one model");
    tfp_status status = open_model(ctx, a, &m);
    if (status != TFP_OK) return failed(ctx, status);
    if (a->json) print_json(m);
    else print_text(m);
    char *dump = NULL;
    if (a->verbose && !a->json && !*tfp_model_refusal(m)) status = tfp_model_dump(ctx, m, &dump);
    if (dump) printf("\n%s", dump);
    free(dump);
    int code = status == TFP_OK ? TFP_OK : failed(ctx, status);
    tfp_model_destroy(m);
    return code;
}

const struct command command_inspect = {
    .name = "inspect",
    .synopsis = "inspect MODEL [--inputs A,B] [--outputs C,D] [--json] [--verbose]",
    .summary = "tells a model's format, inputs, outputs and ops, and which ops are not supported; --verbose adds the IR",
    .options = "--inputs --outputs --shape --json --quiet --verbose --help",
    .run = inspect,
};
