/* tfport inspect: what a model is, its files and arrays, what goes in and out, and whether every op is supported. */
#include "command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LINES = 40, WIDEST_NAME = 60 };

/* Pointers to all of the model's arrays; free() them. NULL: out of memory. */
static const struct tfp_variable **variables_of(const tfp_model *m)
{
    size_t n = tfp_model_n_variables(m);
    const struct tfp_variable **all = calloc(n + 1, sizeof *all);
    for (size_t i = 0; all && i < n; i++) all[i] = tfp_model_variable(m, i);
    return all;
}

/* -- text ---------------------------------------------------------------------------------------------------------- */

static void print_line(const char *key, const char *value)
{
    if (!*value) return;
    printf("%-12s", key);
    print_name(value, 0);
    printf("\n");
}

static void print_origin(const tfp_model *m)
{
    print_line("format", tfp_model_format(m));
    print_line("producer", tfp_model_producer(m));
    print_line("tensorflow", tfp_model_tensorflow_version(m));
    print_line("training", tfp_model_training(m));
    if (tfp_model_min_consumer(m) > 0)
        printf("%-12sGraphDef version %" PRId32 " and newer\n", "readers", tfp_model_min_consumer(m));
    for (size_t i = 0; i < tfp_model_n_tags(m); i++) {
        printf("%-12s", i ? "" : "tags");
        print_name(tfp_model_tag(m, i), 0);
        printf("\n");
    }
}

static void print_files(const tfp_model *m)
{
    size_t n = tfp_model_n_files(m);
    int columns = 7; /* of "missing" */
    char size[24];
    for (size_t i = 0; i < n; i++) {
        int digits = snprintf(size, sizeof size, "%" PRIu64, tfp_model_file(m, i)->size);
        if (digits > columns) columns = digits;
    }
    if (n) printf("files\n");
    for (size_t i = 0; i < n; i++) {
        const struct tfp_file *f = tfp_model_file(m, i);
        if (f->present) printf("  %*" PRIu64 "  ", columns, f->size);
        else printf("  %*s  ", columns, "missing");
        print_name(f->path, 0);
        printf("\n");
    }
}

/* Tensors of one kind; element i is at(of, i). */
struct tensors {
    const struct tfp_tensor_info *(*at)(const void *of, size_t i);
    const void *of;
    size_t n;
};

static const struct tfp_tensor_info *of_input(const void *m, size_t i)
{
    return tfp_model_input(m, i);
}

static const struct tfp_tensor_info *of_output(const void *m, size_t i)
{
    return tfp_model_output(m, i);
}

static const struct tfp_tensor_info *of_list(const void *list, size_t i)
{
    return (const struct tfp_tensor_info *)list + i;
}

static size_t columns_of(struct tensors t, size_t most)
{
    size_t columns = 0;
    for (size_t i = 0; i < t.n && i < most; i++) {
        size_t width = name_width(t.at(t.of, i)->name, WIDEST_NAME);
        if (width > columns) columns = width;
    }
    return columns;
}

static void print_tensors(const char *key, struct tensors t, size_t columns, size_t most)
{
    for (size_t i = 0; i < t.n && i < most; i++) {
        print_name(key, 12);
        print_name(t.at(t.of, i)->name, columns);
        printf("  ");
        print_info(t.at(t.of, i));
        printf("\n");
    }
    if (t.n > most) printf("%-12s... and %zu more; --verbose lists all\n", key, t.n - most);
}

/* Names and types of both in the same columns. */
static void print_both(const char *in_key, struct tensors in, const char *out_key, struct tensors out, size_t most)
{
    size_t columns = columns_of(in, most), other = columns_of(out, most);
    if (other > columns) columns = other;
    print_tensors(in_key, in, columns, most);
    print_tensors(out_key, out, columns, most);
}

static void print_signatures(const tfp_model *m, size_t most)
{
    size_t n = tfp_model_n_signatures(m);
    if (n) printf("signatures\n");
    for (size_t i = 0; i < n; i++) {
        const struct tfp_signature *s = tfp_model_signature(m, i);
        bool used = strcmp(s->name, tfp_model_signature_used(m)) == 0;
        printf("  ");
        print_name(s->name, 0);
        printf(*s->method ? "  " : "");
        print_name(s->method, 0);
        printf(used ? "  (in use)\n" : "\n");
        print_both("    input", (struct tensors){ of_list, s->inputs, s->n_inputs }, "    output",
                   (struct tensors){ of_list, s->outputs, s->n_outputs }, most);
    }
}

static bool print_arrays(const tfp_model *m, size_t most)
{
    size_t n = tfp_model_n_variables(m);
    uint64_t bytes = 0;
    const struct tfp_variable **list = variables_of(m);
    for (size_t i = 0; list && i < n; i++) bytes += list[i]->bytes;
    if (list && n) {
        printf("%-12s%zu %s, %" PRIu64 " bytes\n", "variables", n, n == 1 ? "array" : "arrays", bytes);
        print_variables(list, n, most);
    }
    free(list);
    return list != NULL;
}

/* As Keras' model.summary(). */
static void print_layers(const tfp_model *m, size_t most)
{
    size_t n = tfp_model_n_layers(m), name = 0, kind = 0, output = 0;
    for (size_t i = 0; i < n && i < most; i++) {
        const struct tfp_layer *l = tfp_model_layer(m, i);
        size_t a = name_width(l->name, WIDEST_NAME), b = name_width(l->kind, WIDEST_NAME), c = name_width(l->output, WIDEST_NAME);
        name = a > name ? a : name;
        kind = b > kind ? b : kind;
        output = c > output ? c : output;
    }
    if (n) printf("layers\n");
    for (size_t i = 0; i < n && i < most; i++) {
        const struct tfp_layer *l = tfp_model_layer(m, i);
        printf("  ");
        print_name(l->name, name);
        printf("  ");
        print_name(l->kind, kind);
        printf("  ");
        print_name(l->output, output);
        printf("  %" PRIu64 "\n", l->parameters);
    }
    if (n > most) printf("  ... and %zu more; --verbose lists all\n", n - most);
}

static void print_ops(const tfp_model *m)
{
    if (tfp_model_n_ops(m)) printf("ops\n");
    for (size_t i = 0; i < tfp_model_n_ops(m); i++) {
        const struct tfp_op_count *op = tfp_model_op(m, i);
        printf("  %6zu  ", op->count);
        print_name(op->op, 0);
        printf("%s\n", op->supported ? "" : "   (not supported)");
    }
    print_name(*tfp_model_refusal(m) ? tfp_model_refusal(m) : "every op is supported", 0);
    printf("\n");
}

static bool print_text(const tfp_model *m, const struct tfp_parts_info *parts, bool all)
{
    uint64_t elements, bytes;
    size_t most = all ? SIZE_MAX : MOST_LINES;
    tfp_model_weights(m, &elements, &bytes);
    print_origin(m);
    if (tfp_model_n_outputs(m)) printf("%-12s%" PRIu64 " elements, %" PRIu64 " bytes\n", "weights", elements, bytes);
    print_files(m);
    print_signatures(m, most);
    print_both("input", (struct tensors){ of_input, m, tfp_model_n_inputs(m) }, "output",
               (struct tensors){ of_output, m, tfp_model_n_outputs(m) }, most);
    if (!print_arrays(m, most)) return false;
    print_layers(m, most);
    if (parts && parts->n_parts > 1) print_parts(parts);
    print_ops(m);
    return true;
}

/* -- JSON ---------------------------------------------------------------------------------------------------------- */

static void print_json_member(const char *key, const char *value)
{
    printf(", \"%s\": ", key);
    print_json_string(value);
}

static void print_json_infos(const char *key, const struct tfp_tensor_info *list, size_t n)
{
    printf(", \"%s\": [", key);
    for (size_t i = 0; i < n; i++) {
        printf(i ? ", " : "");
        print_json_info(&list[i]);
    }
    printf("]");
}

static void print_json_origin(const tfp_model *m)
{
    uint64_t elements, bytes;
    tfp_model_weights(m, &elements, &bytes);
    printf("{\"format\": ");
    print_json_string(tfp_model_format(m));
    print_json_member("producer", tfp_model_producer(m));
    print_json_member("tensorflow_version", tfp_model_tensorflow_version(m));
    printf(", \"min_consumer\": %" PRId32, tfp_model_min_consumer(m));
    printf(", \"weight_elements\": %" PRIu64 ", \"weight_bytes\": %" PRIu64 ",\n \"tags\": [", elements, bytes);
    for (size_t i = 0; i < tfp_model_n_tags(m); i++) {
        printf(i ? ", " : "");
        print_json_string(tfp_model_tag(m, i));
    }
    printf("]");
}

static void print_json_files(const tfp_model *m)
{
    printf(",\n \"files\": [");
    for (size_t i = 0; i < tfp_model_n_files(m); i++) {
        const struct tfp_file *f = tfp_model_file(m, i);
        printf("%s{\"path\": ", i ? ",\n  " : "");
        print_json_string(f->path);
        printf(", \"size\": %" PRIu64 ", \"present\": %s}", f->size, f->present ? "true" : "false");
    }
    printf("]");
}

static void print_json_signatures(const tfp_model *m)
{
    printf(",\n \"signatures\": [");
    for (size_t i = 0; i < tfp_model_n_signatures(m); i++) {
        const struct tfp_signature *s = tfp_model_signature(m, i);
        printf("%s{\"name\": ", i ? ",\n  " : "");
        print_json_string(s->name);
        print_json_member("method", s->method);
        print_json_infos("inputs", s->inputs, s->n_inputs);
        print_json_infos("outputs", s->outputs, s->n_outputs);
        printf("}");
    }
    printf("]");
    print_json_member("signature_used", tfp_model_signature_used(m));
}

static void print_json_interface(const tfp_model *m)
{
    printf(",\n \"inputs\": [");
    for (size_t i = 0; i < tfp_model_n_inputs(m); i++) {
        printf(i ? ", " : "");
        print_json_info(tfp_model_input(m, i));
    }
    printf("],\n \"outputs\": [");
    for (size_t i = 0; i < tfp_model_n_outputs(m); i++) {
        printf(i ? ", " : "");
        print_json_info(tfp_model_output(m, i));
    }
    printf("],\n \"variables\": [");
    for (size_t i = 0; i < tfp_model_n_variables(m); i++) {
        printf(i ? ",\n  {" : "{");
        print_json_variable(tfp_model_variable(m, i));
        printf("}");
    }
    printf("]");
}

static void print_json_layers(const tfp_model *m)
{
    printf(",\n \"training\": ");
    print_json_string(tfp_model_training(m));
    printf(",\n \"layers\": [");
    for (size_t i = 0; i < tfp_model_n_layers(m); i++) {
        const struct tfp_layer *l = tfp_model_layer(m, i);
        printf("%s{\"name\": ", i ? ",\n  " : "");
        print_json_string(l->name);
        print_json_member("kind", l->kind);
        print_json_member("output", l->output);
        printf(", \"parameters\": %" PRIu64 "}", l->parameters);
    }
    printf("]");
}

static void print_json_ops(const tfp_model *m)
{
    printf(",\n \"ops\": [");
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

static void print_json(const tfp_model *m, const struct tfp_parts_info *parts)
{
    print_json_origin(m);
    print_json_files(m);
    print_json_signatures(m);
    print_json_interface(m);
    print_json_layers(m);
    print_json_parts(parts);
    print_json_ops(m);
}

/* ------------------------------------------------------------------------------------------------------------------ */

static bool print_model(const tfp_model *m, const struct tfp_parts_info *parts, const struct arguments *a)
{
    if (!a->json) return print_text(m, parts, a->verbose);
    print_json(m, parts);
    return true;
}

/* How the model would be cut. NULL: it is refused, or not to be cut. */
static tfp_status find_parts(tfp_context *ctx, const struct cut_argument *cut, tfp_model *m, tfp_parts **out)
{
    *out = NULL;
    return *tfp_model_refusal(m) || !cut->cut ? TFP_OK : tfp_model_parts(ctx, m, cut->at, cut->n, out);
}

static int inspect(tfp_context *ctx, const struct arguments *a)
{
    tfp_model *m;
    tfp_parts *parts;
    struct cut_argument cut;
    bool fine = true;
    if (a->positional.n != 1) return wrong_usage("inspect takes one model");
    if (tfp_is_plan(a->positional.at[0])) return inspect_plan(ctx, a);
    if (tfp_is_bundle(a->positional.at[0])) return inspect_bundle(ctx, a);
    int code = read_cut(a, true, &cut);
    if (code != TFP_OK) return code;
    tfp_status status = open_model(ctx, a, &m);
    if (status != TFP_OK) return failed(ctx, status);
    status = find_parts(ctx, &cut, m, &parts);
    progress_end();
    if (status == TFP_OK) fine = print_model(m, parts ? tfp_parts_info(parts) : NULL, a);
    char *dump = NULL;
    if (status == TFP_OK && a->verbose && !a->json && !*tfp_model_refusal(m)) status = tfp_model_dump(ctx, m, &dump);
    if (dump) printf("\n%s", dump);
    free(dump);
    code = status == TFP_OK ? TFP_OK : failed(ctx, status);
    if (!fine) code = failed(NULL, TFP_E_SYSTEM);
    tfp_parts_destroy(parts);
    tfp_model_destroy(m);
    return code;
}

const struct command command_inspect = {
    .name = "inspect",
    .synopsis = "inspect MODEL|X.plan|BUNDLE [--cut A,B] [--signature KEY] [--inputs A,B] [--outputs C,D] [--json] [--verbose]",
    .summary = "tells a model's format, files, signatures, variables and ops, which ops are not supported, and what of it only a CPU can do",
    .options = MODEL_OPTIONS " --cut --tensorrt --device --allow-host-code --json --quiet --verbose --help",
    .run = inspect,
};
