/* tfport inspect: the parts of a model, of which a device can do one, and bundles, which keep them. */
#include "command.h"

#include <stdio.h>
#include <string.h>

enum { WIDEST_NAME = 60 };

/* -- text ---------------------------------------------------------------------------------------------------------- */

static void print_tensors(const char *what, const struct tfp_tensor_info *infos, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        printf("    %-8s", what);
        print_name(infos[i].name, 0);
        printf("  ");
        print_info(&infos[i]);
        printf("\n");
    }
}

static void print_ops(const struct tfp_part *part)
{
    size_t op = 0, reason = 0;
    for (size_t i = 0; i < part->n_ops; i++) {
        const size_t a = name_width(part->ops[i].op, WIDEST_NAME), b = name_width(part->ops[i].reason, WIDEST_NAME);
        op = a > op ? a : op;
        reason = b > reason ? b : reason;
    }
    for (size_t i = 0; i < part->n_ops; i++) {
        const struct tfp_part_op *o = &part->ops[i];
        printf("    %6zu  ", o->count);
        print_name(o->op, op);
        printf("  ");
        print_name(o->reason, *o->node ? reason : 0);
        if (*o->node) printf("  ");
        print_name(o->node, 0);
        printf("\n");
    }
}

void print_parts(const struct tfp_parts_info *info)
{
    if (info->n_parts) printf("parts\n");
    for (size_t k = 0; k < info->n_parts; k++) {
        const struct tfp_part *p = &info->parts[k];
        printf("  %s", p->role);
        if (*p->file) printf("  ");
        print_name(p->file, 0);
        printf("%s\n", strcmp(p->role, "core") == 0 ? "" : "  (a CPU)");
        print_tensors("input", p->inputs, p->n_inputs);
        print_tensors("output", p->outputs, p->n_outputs);
        print_ops(p);
    }
}

/* -- JSON ---------------------------------------------------------------------------------------------------------- */

static void print_json_member(const char *key, const char *value)
{
    printf(", \"%s\": ", key);
    print_json_string(value);
}

static void print_json_infos(const char *key, const struct tfp_tensor_info *list, size_t n)
{
    printf(",\n   \"%s\": [", key);
    for (size_t i = 0; i < n; i++) {
        printf(i ? ", " : "");
        print_json_info(&list[i]);
    }
    printf("]");
}

static void print_json_ops(const struct tfp_part *part)
{
    printf(",\n   \"ops\": [");
    for (size_t i = 0; i < part->n_ops; i++) {
        const struct tfp_part_op *o = &part->ops[i];
        printf(i ? ",\n    {\"op\": " : "{\"op\": ");
        print_json_string(o->op);
        printf(", \"count\": %zu", o->count);
        print_json_member("reason", o->reason);
        print_json_member("node", o->node);
        printf("}");
    }
    printf("]");
}

void print_json_parts(const struct tfp_parts_info *info)
{
    printf(",\n \"parts\": [");
    for (size_t k = 0; info && k < info->n_parts; k++) {
        const struct tfp_part *p = &info->parts[k];
        printf(k ? ",\n  {\"role\": " : "\n  {\"role\": ");
        print_json_string(p->role);
        if (*p->file) print_json_member("kind", p->kind);
        if (*p->file) print_json_member("file", p->file);
        print_json_infos("inputs", p->inputs, p->n_inputs);
        print_json_infos("outputs", p->outputs, p->n_outputs);
        print_json_ops(p);
        printf("}");
    }
    printf("]");
}

/* -- bundles ------------------------------------------------------------------------------------------------------- */

static void print_text(const struct tfp_parts_info *info)
{
    printf("%-12stfport bundle\n", "format");
    printf("%-12s", "from");
    print_name(info->format, 0);
    printf("\n");
    if (*info->producer) {
        printf("%-12s", "producer");
        print_name(info->producer, 0);
        printf("\n");
    }
    printf("%-12s", "tfport");
    print_name(info->tfport, 0);
    printf("\n");
    print_tensors("input", info->inputs, info->n_inputs);
    print_tensors("output", info->outputs, info->n_outputs);
    print_parts(info);
}

static void print_json(const struct tfp_parts_info *info)
{
    printf("{\"format\": \"tfport bundle\"");
    print_json_member("from", info->format);
    print_json_member("producer", info->producer);
    print_json_member("tfport", info->tfport);
    print_json_infos("inputs", info->inputs, info->n_inputs);
    print_json_infos("outputs", info->outputs, info->n_outputs);
    print_json_parts(info);
    printf("}\n");
}

int inspect_bundle(tfp_context *ctx, const struct arguments *a)
{
    tfp_parts *p;
    tfp_status status = tfp_bundle_open(ctx, a->positional.at[0], &p);
    if (status != TFP_OK) return failed(ctx, status);
    progress_end();
    (a->json ? print_json : print_text)(tfp_parts_info(p));
    tfp_parts_destroy(p);
    return TFP_OK;
}
