/* tfport inspect on an engine: what is told of it, and where a GPU takes it what TensorRT's inspector tells. */
#include "command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* -- text ---------------------------------------------------------------------------------------------------------- */

static void print_line(const char *key, const char *value)
{
    if (!*value) return;
    printf("%-12s", key);
    print_name(value, 0);
    printf("\n");
}

static void print_tensor(const char *what, const struct tfp_tensor_info *info)
{
    printf("%-12s", what);
    print_name(info->name, 0);
    printf("  ");
    print_info(info);
    printf("\n");
}

static void print_numbers(const int64_t *at, size_t n)
{
    printf("[");
    for (size_t i = 0; i < n; i++) printf(i ? ",%" PRId64 : "%" PRId64, at[i]);
    printf("]");
}

static void print_profiles(const tfp_plan *p, size_t n)
{
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < tfp_plan_n_ranges(p, k); i++) {
            const struct tfp_plan_range *r = tfp_plan_range(p, k, i);
            printf("profile %-4zu", k);
            print_name(r->input, 0);
            printf(r->values ? "  values " : "  ");
            print_numbers(r->least, r->n);
            printf(" to ");
            print_numbers(r->most, r->n);
            printf(", best at ");
            print_numbers(r->best, r->n);
            printf("\n");
        }
}

static void print_told(const tfp_plan *p)
{
    const struct tfp_plan_info *i = tfp_plan_info(p);
    print_line("built by", i->library);
    print_line("from", i->format);
    print_line("producer", i->producer);
    print_line("tfport", i->tfport);
    print_line("precision", i->precision);
    for (size_t k = 0; k < i->n_capabilities; k++)
        printf("%-12s%d.%d\n", k ? "" : "built for", i->capabilities[k] / 10, i->capabilities[k] % 10);
    print_line("runs also on", i->hardware[0] == 'n' ? "" : i->hardware);
    if (i->version_compatible) print_line("", "version compatible: holds a library of its own");
    for (size_t k = 0; k < i->n_inputs; k++) print_tensor("input", &i->inputs[k]);
    for (size_t k = 0; k < i->n_outputs; k++) print_tensor("output", &i->outputs[k]);
    print_profiles(p, i->n_profiles);
}

static void print_session(const tfp_session *s)
{
    for (size_t i = 0; i < tfp_session_n_inputs(s); i++) print_tensor("input", tfp_session_input(s, i));
    for (size_t i = 0; i < tfp_session_n_outputs(s); i++) print_tensor("output", tfp_session_output(s, i));
}

static void print_text(const tfp_plan *p, const tfp_session *s)
{
    const struct tfp_plan_info *i = tfp_plan_info(p);
    print_line("format", i->one_file ? "TensorRT engine (one file)" : "TensorRT engine");
    printf("%-12s%" PRIu64 " bytes\n", "plan", i->bytes);
    if (i->told) print_told(p);
    else print_session(s);
}

/* -- JSON ---------------------------------------------------------------------------------------------------------- */

static void print_member(const char *key, const char *value)
{
    printf(", \"%s\": ", key);
    print_json_string(value);
}

static void print_json_numbers(const char *key, const int64_t *at, size_t n)
{
    printf(", \"%s\": [", key);
    for (size_t i = 0; i < n; i++) printf(i ? ", %" PRId64 : "%" PRId64, at[i]);
    printf("]");
}

static void print_json_range(const struct tfp_plan_range *r)
{
    printf("{\"input\": ");
    print_json_string(r->input);
    printf(", \"of\": \"%s\"", r->values ? "values" : "dimensions");
    print_json_numbers("min", r->least, r->n);
    print_json_numbers("opt", r->best, r->n);
    print_json_numbers("max", r->most, r->n);
    printf("}");
}

static void print_json_infos(const char *key, const struct tfp_tensor_info *infos, size_t n)
{
    printf(",\n \"%s\": [", key);
    for (size_t i = 0; i < n; i++) {
        printf(i ? ", " : "");
        print_json_info(&infos[i]);
    }
    printf("]");
}

static void print_json_told(const tfp_plan *p)
{
    const struct tfp_plan_info *i = tfp_plan_info(p);
    print_member("built_by", i->library);
    printf(", \"version\": [%d, %d, %d], \"rtx\": %s, \"version_compatible\": %s", i->major, i->minor, i->patch,
           i->rtx ? "true" : "false", i->version_compatible ? "true" : "false");
    print_member("hardware_compatibility", i->hardware);
    printf(", \"compute_capabilities\": [");
    for (size_t k = 0; k < i->n_capabilities; k++) printf("%s%d", k ? ", " : "", i->capabilities[k]);
    printf("]");
    print_member("source", i->format);
    print_member("producer", i->producer);
    print_member("tfport", i->tfport);
    print_member("precision", i->precision);
    print_json_infos("inputs", i->inputs, i->n_inputs);
    print_json_infos("outputs", i->outputs, i->n_outputs);
    printf(",\n \"profiles\": [");
    for (size_t k = 0; k < i->n_profiles; k++) {
        printf(k ? ", [" : "[");
        for (size_t r = 0; r < tfp_plan_n_ranges(p, k); r++) {
            printf(r ? ", " : "");
            print_json_range(tfp_plan_range(p, k, r));
        }
        printf("]");
    }
    printf("]");
}

/* `engine`: what the inspector told, already JSON; NULL: `why` not. */
static void print_json(const tfp_plan *p, const tfp_session *s, const char *engine, const char *why)
{
    const struct tfp_plan_info *i = tfp_plan_info(p);
    printf("{\"format\": \"TensorRT engine\", \"one_file\": %s, \"plan_bytes\": %" PRIu64, i->one_file ? "true" : "false",
           i->bytes);
    if (i->told) print_json_told(p);
    else if (s) {
        print_json_infos("inputs", tfp_session_input(s, 0), tfp_session_n_inputs(s));
        print_json_infos("outputs", tfp_session_output(s, 0), tfp_session_n_outputs(s));
    }
    printf(",\n \"engine\": %s", engine ? engine : "null");
    if (!engine) print_member("engine_missing", why);
    printf("}\n");
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* The engine itself is asked where nothing else tells of it, and for JSON. */
static int inspect_open_plan(tfp_context *ctx, const struct arguments *a, const tfp_plan *p)
{
    const bool told = tfp_plan_info(p)->told;
    tfp_session *session = NULL;
    char *engine = NULL;
    tfp_status status = told && !a->json ? TFP_OK : open_engine(ctx, a, &session);
    if (status != TFP_OK && !told) return failed(ctx, status);
    if (session && a->json) status = tfp_session_inspect(ctx, session, &engine);
    progress_end();
    if (a->json) print_json(p, session, status == TFP_OK ? engine : NULL, tfp_context_message(ctx));
    else print_text(p, session);
    free(engine);
    tfp_session_destroy(session);
    return TFP_OK;
}

int inspect_plan(tfp_context *ctx, const struct arguments *a)
{
    tfp_plan *p;
    tfp_status status = tfp_plan_open(ctx, a->positional.at[0], &p);
    if (status != TFP_OK) return failed(ctx, status);
    int code = inspect_open_plan(ctx, a, p);
    tfp_plan_destroy(p);
    return code;
}
