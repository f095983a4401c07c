/* What is told of a plan, as JSON: written as text, read with jansson, and checked by the same rules on both sides. */
#include "backend/tensorrt/plan_file.h"
#include "codec/crc32c.h"
#include "codec/fields.h"
#include "ir/tensor_info.h"

#include <jansson.h>
#include <limits.h>
#include <string.h>

enum { FORMAT = 1, MOST_LISTED = 100000 };

static const char *const whiches[3] = { "min", "opt", "max" };
/* By enum trt_hardware. */
static const char *const hardware_words[] = { "none", "ampere+", "same-compute-capability" };
enum { HARDWARE_WORDS = sizeof hardware_words / sizeof hardware_words[0] };

const char *plan_hardware_word(int32_t hardware)
{
    return (unsigned)hardware < HARDWARE_WORDS ? hardware_words[hardware] : "";
}

/* -- checking ------------------------------------------------------------------------------------------------------ */

#define CHECK(condition, ...)                                                                                          \
    do {                                                                                                               \
        if (!(condition)) return tfp_fail(ctx, code, __VA_ARGS__);                                                     \
    } while (0)

static tfp_status check_range(struct tfp_context *ctx, tfp_status code, const char *where, size_t profile,
                              const struct plan_info *info, const struct plan_range *r)
{
    const size_t at = r->input ? tensor_info_find(info->inputs, info->n_inputs, r->input) : SIZE_MAX;
    CHECK(at != SIZE_MAX, "%s: profile %zu: there is no input '%s'", where, profile, r->input ? r->input : "");
    const struct tfp_tensor_info *input = &info->inputs[at];
    CHECK(r->n >= 0 && r->n <= MOST_LISTED, "%s: profile %zu: input %s has %d entries", where, profile, r->input, r->n);
    CHECK(r->values || input->rank < 0 || r->n == input->rank, "%s: profile %zu: input %s of rank %d has %d dimensions",
          where, profile, r->input, input->rank, r->n);
    for (int32_t k = 0; k < r->n; k++) {
        const long long least = r->list[0][k], usual = r->list[1][k], most = r->list[2][k];
        CHECK((r->values || least >= 0) && least <= usual && usual <= most,
              "%s: profile %zu: entry %d of input %s is min %lld, opt %lld, max %lld", where, profile, k, r->input, least,
              usual, most);
        const int64_t fixed = r->values || input->rank < 0 ? -1 : input->dims[k];
        CHECK(fixed < 0 || (least == fixed && most == fixed),
              "%s: profile %zu: dimension %d of input %s is %lld and cannot be %lld to %lld", where, profile, k, r->input,
              (long long)fixed, least, most);
    }
    return TFP_OK;
}

static tfp_status check_names_once(struct tfp_context *ctx, tfp_status code, const char *where,
                                   const struct plan_info *info)
{
    json_t *seen = json_object();
    const char *twice = NULL;
    bool room = seen != NULL;
    for (size_t i = 0; room && !twice && i < info->n_inputs + info->n_outputs; i++) {
        const char *name = i < info->n_inputs ? info->inputs[i].name : info->outputs[i - info->n_inputs].name;
        if (json_object_get(seen, name)) twice = name;
        else room = json_object_set_new(seen, name, json_true()) == 0;
    }
    json_decref(seen);
    CHECK(!twice, "%s: '%s' is listed twice", where, twice);
    return room ? TFP_OK : tfp_no_memory(ctx);
}

static tfp_status check(struct tfp_context *ctx, tfp_status code, const char *where, const struct plan_info *info)
{
    const char *const texts[] = { info->tfport, info->format, info->producer, info->library, info->precision,
                                  info->key };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CHECK(fields_is_text(texts[i]), "%s: a text is no UTF-8: %s", where, texts[i]);
    CHECK(info->major >= 0 && info->minor >= 0 && info->patch >= 0, "%s: TensorRT version %d.%d.%d", where, info->major,
          info->minor, info->patch);
    CHECK((unsigned)info->hardware < HARDWARE_WORDS, "%s: hardware compatibility %d", where, info->hardware);
    CHECK(info->n_capabilities <= MOST_LISTED && info->n_profiles <= MOST_LISTED, "%s: too many entries", where);
    for (size_t i = 0; i < info->n_capabilities; i++)
        CHECK(info->capabilities[i] >= 10 && info->capabilities[i] < 10000, "%s: compute capability %d", where,
              info->capabilities[i]);
    TFP_TRY(fields_check(ctx, code, where, "input", info->inputs, info->n_inputs));
    TFP_TRY(fields_check(ctx, code, where, "output", info->outputs, info->n_outputs));
    TFP_TRY(check_names_once(ctx, code, where, info));
    for (size_t p = 0; p < info->n_profiles; p++) {
        CHECK(info->profiles[p].n <= info->n_inputs, "%s: profile %zu has %zu inputs, the engine %zu", where, p,
              info->profiles[p].n, info->n_inputs);
        for (size_t i = 0; i < info->profiles[p].n; i++)
            TFP_TRY(check_range(ctx, code, where, p, info, &info->profiles[p].ranges[i]));
    }
    return TFP_OK;
}

/* -- writing ------------------------------------------------------------------------------------------------------- */

static void add_numbers(struct text *t, const char *key, const int64_t *at, int32_t n)
{
    text_add(t, "\"%s\": [", key);
    for (int32_t i = 0; i < n; i++) text_add(t, "%s%lld", i ? ", " : "", (long long)at[i]);
    text_add(t, "]");
}

static void add_profile(struct text *t, const struct plan_profile *p)
{
    text_add(t, "[");
    for (size_t i = 0; i < p->n; i++) {
        const struct plan_range *r = &p->ranges[i];
        text_add(t, "%s{", i ? ",\n   " : "");
        fields_add_string(t, "input", r->input);
        text_add(t, ", \"of\": \"%s\"", r->values ? "values" : "dimensions");
        for (int w = 0; w < 3; w++) {
            text_add(t, ", ");
            add_numbers(t, whiches[w], r->list[w], r->n);
        }
        text_add(t, "}");
    }
    text_add(t, "]");
}

tfp_status plan_json_encode(struct tfp_context *ctx, const struct plan_info *info, struct bytes plan, struct text *out)
{
    TFP_TRY(check(ctx, TFP_E_UNSUPPORTED, "the engine's description", info));
    text_add(out, "{\"tfport_plan\": %d, ", FORMAT);
    fields_add_string(out, "tfport", info->tfport);
    text_add(out, ",\n \"source\": {");
    fields_add_string(out, "format", info->format);
    text_add(out, ", ");
    fields_add_string(out, "producer", info->producer);
    text_add(out, "},\n \"tensorrt\": {");
    fields_add_string(out, "name", info->library);
    text_add(out, ", \"version\": [%d, %d, %d], \"rtx\": %s, \"version_compatible\": %s},\n", info->major, info->minor,
             info->patch, info->rtx ? "true" : "false", info->version_compatible ? "true" : "false");
    text_add(out, " \"compute_capabilities\": [");
    for (size_t i = 0; i < info->n_capabilities; i++) text_add(out, "%s%d", i ? ", " : "", info->capabilities[i]);
    text_add(out, "], \"hardware_compatibility\": \"%s\",\n ", hardware_words[info->hardware]);
    fields_add_string(out, "precision", info->precision);
    text_add(out, ", \"data_dependent_flow\": %s", info->data_dependent_flow ? "true" : "false");
    if (info->key && *info->key) {
        text_add(out, ",\n ");
        fields_add_string(out, "key", info->key);
    }
    text_add(out, ",\n \"plan\": {\"bytes\": %zu, \"crc32c\": %u}", plan.n, crc32c(0, plan.at, plan.n));
    fields_add_tensors(out, "inputs", info->inputs, info->n_inputs);
    fields_add_tensors(out, "outputs", info->outputs, info->n_outputs);
    text_add(out, ",\n \"profiles\": [");
    for (size_t p = 0; p < info->n_profiles; p++) {
        text_add(out, "%s\n  ", p ? "," : "");
        add_profile(out, &info->profiles[p]);
    }
    text_add(out, "]}\n");
    return out->failed ? tfp_no_memory(ctx) : TFP_OK;
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

static tfp_status take_range(struct fields *r, const json_t *j, struct plan_range *out)
{
    static const char *const words[] = { "dimensions", "values" };
    int word = 0;
    size_t n[3] = { 0 };
    TFP_TRY(fields_string(r, json_object_get(j, "input"), "input", &out->input));
    TFP_TRY(fields_word(r, json_object_get(j, "of"), "of", words, 2, &word));
    for (int w = 0; w < 3; w++)
        TFP_TRY(fields_numbers(r, json_object_get(j, whiches[w]), whiches[w], &out->list[w], &n[w]));
    if (n[0] != n[1] || n[0] != n[2] || n[0] > MOST_LISTED) return fields_wrong(r, "max", "as many entries as in min and opt");
    out->values = word;
    out->n = (int32_t)n[0];
    return TFP_OK;
}

static tfp_status take_profiles(struct fields *r, const json_t *j, struct plan_info *out)
{
    struct plan_profile *profiles = NULL;
    r->place[0] = '\0';
    TFP_TRY(fields_list(r, j, "profiles", sizeof *profiles, &profiles, &out->n_profiles));
    for (size_t p = 0; p < out->n_profiles; p++) {
        const json_t *list = json_array_get(j, p);
        struct plan_range *ranges = NULL;
        snprintf(r->place, sizeof r->place, "profiles[%zu]", p);
        TFP_TRY(fields_list(r, list, "", sizeof *ranges, &ranges, &profiles[p].n));
        for (size_t i = 0; i < profiles[p].n; i++) TFP_TRY(take_range(r, json_array_get(list, i), &ranges[i]));
        profiles[p].ranges = ranges;
    }
    out->profiles = profiles;
    return TFP_OK;
}

static tfp_status take_library(struct fields *r, const json_t *j, struct plan_info *out)
{
    size_t n = 0;
    int32_t *version = NULL;
    snprintf(r->place, sizeof r->place, "tensorrt");
    TFP_TRY(fields_string(r, json_object_get(j, "name"), "name", &out->library));
    TFP_TRY(fields_int32s(r, json_object_get(j, "version"), "version", &version, &n));
    if (n != 3) return fields_wrong(r, "version", "a list of three numbers");
    out->major = version[0];
    out->minor = version[1];
    out->patch = version[2];
    TFP_TRY(fields_bool(r, json_object_get(j, "rtx"), "rtx", &out->rtx));
    return fields_bool(r, json_object_get(j, "version_compatible"), "version_compatible", &out->version_compatible);
}

static tfp_status take_origin(struct fields *r, const json_t *root, struct plan_info *out)
{
    const json_t *source = json_object_get(root, "source"), *key = json_object_get(root, "key"),
                 *flow = json_object_get(root, "data_dependent_flow"); /* absent in descriptions of 0.1.0 before it */
    int32_t *capabilities = NULL;
    int hardware = 0;
    TFP_TRY(fields_string(r, json_object_get(root, "tfport"), "tfport", &out->tfport));
    TFP_TRY(fields_string(r, json_object_get(root, "precision"), "precision", &out->precision));
    if (flow) TFP_TRY(fields_bool(r, flow, "data_dependent_flow", &out->data_dependent_flow));
    TFP_TRY(fields_int32s(r, json_object_get(root, "compute_capabilities"), "compute_capabilities", &capabilities,
                        &out->n_capabilities));
    TFP_TRY(fields_word(r, json_object_get(root, "hardware_compatibility"), "hardware_compatibility", hardware_words,
                      HARDWARE_WORDS, &hardware));
    out->key = "";
    if (key) TFP_TRY(fields_string(r, key, "key", &out->key));
    snprintf(r->place, sizeof r->place, "source");
    TFP_TRY(fields_string(r, json_object_get(source, "format"), "format", &out->format));
    TFP_TRY(fields_string(r, json_object_get(source, "producer"), "producer", &out->producer));
    out->capabilities = capabilities;
    out->hardware = hardware;
    return take_library(r, json_object_get(root, "tensorrt"), out);
}

static tfp_status check_belongs(struct fields *r, const json_t *root, struct bytes plan)
{
    const json_t *j = json_object_get(root, "plan"), *n = json_object_get(j, "bytes"), *sum = json_object_get(j, "crc32c");
    snprintf(r->place, sizeof r->place, "plan");
    if (!json_is_integer(n) || json_integer_value(n) < 0) return fields_wrong(r, "bytes", "a size");
    if (!json_is_integer(sum)) return fields_wrong(r, "crc32c", "a number");
    if (!plan.at) return TFP_OK;
    if ((uint64_t)json_integer_value(n) != plan.n)
        return tfp_fail(r->ctx, TFP_E_FORMAT, "%s: it tells of an engine of %lld bytes, this one has %zu", r->where,
                        (long long)json_integer_value(n), plan.n);
    if (json_integer_value(sum) != crc32c(0, plan.at, plan.n))
        return tfp_fail(r->ctx, TFP_E_FORMAT, "%s: the engine was damaged, or it is not the one that this tells of (its "
                        "checksum differs)", r->where);
    return TFP_OK;
}

static tfp_status take_all(struct fields *r, const json_t *root, struct bytes plan, struct plan_info *out)
{
    int32_t format = 0;
    if (!json_is_object(root)) return fields_wrong(r, "", "an object");
    TFP_TRY(fields_int32(r, json_object_get(root, "tfport_plan"), "tfport_plan", &format));
    if (format != FORMAT)
        return tfp_fail(r->ctx, TFP_E_FORMAT, "%s: description of version %d; version %d is known", r->where, format,
                        FORMAT);
    TFP_TRY(take_origin(r, root, out));
    TFP_TRY(fields_tensors(r, json_object_get(root, "inputs"), "inputs", &out->inputs, &out->n_inputs));
    TFP_TRY(fields_tensors(r, json_object_get(root, "outputs"), "outputs", &out->outputs, &out->n_outputs));
    TFP_TRY(take_profiles(r, json_object_get(root, "profiles"), out));
    TFP_TRY(check(r->ctx, TFP_E_FORMAT, r->where, out));
    return check_belongs(r, root, plan);
}

tfp_status plan_json_decode(struct tfp_context *ctx, struct arena *arena, const char *where, struct bytes json,
                            struct bytes plan, struct plan_info *out)
{
    struct fields r = { .ctx = ctx, .arena = arena, .where = where };
    json_error_t error;
    *out = (struct plan_info){ 0 };
    json_t *root = json_loadb(json.n ? json.at : "", json.n, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        return tfp_fail(ctx, TFP_E_FORMAT, "%s: not JSON: line %d: %s", where, error.line, error.text);
    tfp_status status = take_all(&r, root, plan, out);
    if (status != TFP_OK) *out = (struct plan_info){ 0 };
    json_decref(root);
    return status;
}
