/* A model's configuration, as the server hands it over. */
#include "triton/triton_serve.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- inputs and outputs -------------------------------------------------------------------------------------------- */

/* Dimensions behind `at` that are there already. */
static bool read_dims(const json_t *list, struct declared *d)
{
    size_t i;
    const json_t *item;
    if (!json_is_array(list) || json_array_size(list) > TFP_MAX_RANK - d->rank) return false;
    json_array_foreach(list, i, item) {
        if (!json_is_integer(item) || json_integer_value(item) < -1) return false;
        d->dims[d->rank++] = json_integer_value(item);
    }
    return true;
}

static triton_error read_declared(const struct settings *s, const json_t *item, struct declared *d)
{
    const json_t *reshape = json_object_get(item, "reshape"), *dims = json_object_get(reshape ? reshape : item, reshape ? "shape" : "dims");
    const char *type = json_string_value(json_object_get(item, "data_type"));
    d->name = json_string_value(json_object_get(item, "name"));
    if (!d->name) return triton_fail(TRITON_INVALID_ARG, "the configuration has an input or output without a name");
    if (s->max_batch) d->dims[d->rank++] = -1;
    if (!(d->dtype = type ? triton_dtype(type) : TFP_UNDEFINED))
        return triton_fail(TRITON_INVALID_ARG, "'%s': data_type %s is not known", d->name, type ? type : "(none)");
    if (reshape && !dims) return NULL; /* an empty shape is left out */
    return read_dims(dims, d) ? NULL : triton_fail(TRITON_INVALID_ARG, "'%s': its dims are no list of at most %d dimensions", d->name, TFP_MAX_RANK);
}

static triton_error read_all_declared(const struct settings *s, const char *key, struct declared **out, size_t *n)
{
    const json_t *list = json_object_get(s->config, key);
    triton_error error = NULL;
    *out = calloc(json_array_size(list) + 1, sizeof **out);
    if (!*out) return triton_fail(TRITON_INTERNAL, "out of memory");
    for (*n = 0; *n < json_array_size(list) && !error; ++*n) error = read_declared(s, json_array_get(list, *n), &(*out)[*n]);
    return error;
}

/* -- parameters ---------------------------------------------------------------------------------------------------- */

enum kind { TEXT, FLAG, NUMBER, LIST };

static const struct parameter {
    const char *key;
    enum kind kind;
    size_t field;
} parameters[] = {
    { "backend", TEXT, offsetof(struct settings, backend) },
    { "inputs", LIST, offsetof(struct settings, inputs_chosen) },
    { "library", TEXT, offsetof(struct settings, library) },
    { "moving_averages", FLAG, offsetof(struct settings, moving_averages) },
    { "no_verify", FLAG, offsetof(struct settings, no_verify) },
    { "outputs", LIST, offsetof(struct settings, outputs_chosen) },
    { "precision", TEXT, offsetof(struct settings, precision) },
    { "signature", TEXT, offsetof(struct settings, signature) },
    { "state_io", FLAG, offsetof(struct settings, state_io) },
    { "tags", LIST, offsetof(struct settings, tags) },
    { "tensorrt", TEXT, offsetof(struct settings, tensorrt) },
    { "threads", NUMBER, offsetof(struct settings, threads) },
    { "unroll", NUMBER, offsetof(struct settings, unroll) },
    { "weights", TEXT, offsetof(struct settings, weights) },
};
enum { PARAMETERS = sizeof parameters / sizeof *parameters };

static bool read_flag(const char *value, bool *out)
{
    *out = strcmp(value, "true") == 0;
    return *out || strcmp(value, "false") == 0;
}

static bool read_number(const char *value, int64_t *out)
{
    char *end;
    *out = strtoll(value, &end, 10);
    return end != value && !*end;
}

static bool read_list(struct settings *s, const char *value, struct words *out)
{
    size_t k = 0;
    while (k < sizeof s->cut / sizeof *s->cut && s->cut[k]) k++;
    if (k == sizeof s->cut / sizeof *s->cut || !(s->cut[k] = strdup(value))) return false;
    char *rest = NULL;
    for (char *word = strtok_r(s->cut[k], ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
        if (out->n == MOST_WORDS) return false;
        out->at[out->n++] = word;
    }
    return true;
}

static bool read_value(struct settings *s, const struct parameter *p, const char *value)
{
    void *field = (char *)s + p->field;
    switch (p->kind) {
    case TEXT: *(const char **)field = value; return true;
    case FLAG: return read_flag(value, field);
    case NUMBER: return read_number(value, field);
    case LIST: return read_list(s, value, field);
    }
    return false;
}

static triton_error read_parameter(struct settings *s, const char *key, const json_t *entry)
{
    const char *value = json_string_value(json_object_get(entry, "string_value"));
    for (size_t i = 0; i < PARAMETERS; i++) {
        if (strcmp(parameters[i].key, key) != 0) continue;
        if (value && read_value(s, &parameters[i], value)) return NULL;
        return triton_fail(TRITON_INVALID_ARG, "parameter %s: '%s' is not understood", key, value ? value : "");
    }
    return triton_fail(TRITON_INVALID_ARG, "parameter %s is not known", key);
}

/* -- all of it ----------------------------------------------------------------------------------------------------- */

static void count_instances(struct settings *s)
{
    const json_t *groups = json_object_get(s->config, "instance_group"), *g;
    size_t i;
    json_array_foreach(groups, i, g) {
        const char *kind = json_string_value(json_object_get(g, "kind"));
        if (!kind || strcmp(kind, "KIND_GPU") != 0) s->cpu_instances += json_integer_value(json_object_get(g, "count"));
    }
    if (s->cpu_instances < 1) s->cpu_instances = 1;
}

static triton_error read_config(struct settings *s)
{
    const char *key, *file = json_string_value(json_object_get(s->config, "default_model_filename"));
    json_t *entry;
    triton_error error = NULL;
    s->max_batch = json_integer_value(json_object_get(s->config, "max_batch_size"));
    if (s->max_batch < 0) return triton_fail(TRITON_INVALID_ARG, "max_batch_size %lld", (long long)s->max_batch);
    if (file && *file) s->file = file;
    count_instances(s);
    if ((error = read_all_declared(s, "input", &s->inputs, &s->n_inputs))) return error;
    if ((error = read_all_declared(s, "output", &s->outputs, &s->n_outputs))) return error;
    json_object_foreach(json_object_get(s->config, "parameters"), key, entry) {
        if ((error = read_parameter(s, key, entry))) return error;
    }
    /* As many threads as there are cores, divided among the instances that run at a time. */
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (!s->threads) s->threads = cores > s->cpu_instances ? cores / s->cpu_instances : 1;
    return NULL;
}

triton_error settings_read(const char *json, size_t n, const char *folder, struct settings *out)
{
    json_error_t wrong;
    *out = (struct settings){ .folder = strdup(folder), .config = json_loadb(json, n, 0, &wrong) };
    if (!out->folder) return triton_fail(TRITON_INTERNAL, "out of memory");
    if (!out->config) return triton_fail(TRITON_INVALID_ARG, "the configuration cannot be read: %s", wrong.text);
    return read_config(out);
}

void settings_free(struct settings *s)
{
    for (size_t i = 0; i < sizeof s->cut / sizeof *s->cut; i++) free(s->cut[i]);
    free(s->inputs);
    free(s->outputs);
    free(s->folder);
    json_decref(s->config);
}

const char *settings_engine(const struct settings *s, const char *capability)
{
    return json_string_value(json_object_get(json_object_get(s->config, "cc_model_filenames"), capability));
}
