/* Members of JSON objects: types, ranges and the descriptions of tensors, read with jansson and checked. */
#include "codec/fields.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { MOST_LISTED = 100000 };

/* -- checking ------------------------------------------------------------------------------------------------------ */

#define CHECK(condition, ...)                                                                                          \
    do {                                                                                                               \
        if (!(condition)) return tfp_fail(ctx, code, __VA_ARGS__);                                                     \
    } while (0)

bool fields_is_text(const char *s)
{
    json_t *j = json_string(s ? s : "");
    json_decref(j);
    return j != NULL;
}

tfp_status fields_check(struct tfp_context *ctx, tfp_status code, const char *where, const char *what,
                        const struct tfp_tensor_info *t, size_t n)
{
    CHECK(n <= MOST_LISTED, "%s: %zu %ss", where, n, what);
    for (size_t i = 0; i < n; i++) {
        CHECK(t[i].name && *t[i].name, "%s: %s %zu has no name", where, what, i);
        CHECK(fields_is_text(t[i].name), "%s: the name of %s %zu is no UTF-8: %s", where, what, i, t[i].name);
        CHECK(tfp_dtype_size(t[i].dtype) > 0, "%s: %s %s has no known type", where, what, t[i].name);
        CHECK(t[i].rank >= -1 && t[i].rank <= TFP_MAX_RANK, "%s: %s %s has rank %d", where, what, t[i].name, t[i].rank);
        for (int32_t k = 0; k < t[i].rank; k++) {
            CHECK(t[i].dims[k] >= -1, "%s: dimension %d of %s %s is %lld", where, k, what, t[i].name,
                  (long long)t[i].dims[k]);
            CHECK(!t[i].labels || fields_is_text(t[i].labels[k]), "%s: the label of dimension %d of %s %s is no UTF-8", where, k,
                  what, t[i].name);
        }
    }
    return TFP_OK;
}

/* -- writing ------------------------------------------------------------------------------------------------------- */

void fields_add_string(struct text *t, const char *key, const char *value)
{
    text_add(t, "\"%s\": ", key);
    text_add_json(t, value ? value : "", value ? strlen(value) : 0);
}

static void add_tensor(struct text *t, const struct tfp_tensor_info *info)
{
    text_add(t, "{");
    fields_add_string(t, "name", info->name);
    text_add(t, ", \"dtype\": \"%s\", \"shape\": %s", tfp_dtype_name(info->dtype), info->rank < 0 ? "null" : "[");
    for (int32_t k = 0; k < info->rank; k++) {
        const char *label = info->labels ? info->labels[k] : NULL;
        text_add(t, "%s", k ? ", " : "");
        if (info->dims[k] >= 0) text_add(t, "%lld", (long long)info->dims[k]);
        else if (label && *label) text_add_json(t, label, strlen(label));
        else text_add(t, "null");
    }
    text_add(t, info->rank < 0 ? "}" : "]}");
}

void fields_add_tensors(struct text *t, const char *key, const struct tfp_tensor_info *infos, size_t n)
{
    text_add(t, ",\n \"%s\": [", key);
    for (size_t i = 0; i < n; i++) {
        text_add(t, "%s\n  ", i ? "," : "");
        add_tensor(t, &infos[i]);
    }
    text_add(t, "]");
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

tfp_status fields_wrong(struct fields *r, const char *key, const char *expected)
{
    return tfp_fail(r->ctx, TFP_E_FORMAT, "%s: %s%s%s: %s is expected", r->where, r->place, *r->place && *key ? "." : "",
                    key, expected);
}

tfp_status fields_string(struct fields *r, const json_t *j, const char *key, const char **out)
{
    if (!json_is_string(j)) return fields_wrong(r, key, "a string");
    *out = arena_string(r->arena, json_string_value(j), json_string_length(j));
    return *out ? TFP_OK : tfp_no_memory(r->ctx);
}

tfp_status fields_bool(struct fields *r, const json_t *j, const char *key, bool *out)
{
    *out = json_is_true(j);
    return json_is_boolean(j) ? TFP_OK : fields_wrong(r, key, "true or false");
}

tfp_status fields_int32(struct fields *r, const json_t *j, const char *key, int32_t *out)
{
    json_int_t value = json_integer_value(j);
    if (!json_is_integer(j) || value < 0 || value > INT_MAX) return fields_wrong(r, key, "a number from 0 to 2147483647");
    *out = (int32_t)value;
    return TFP_OK;
}

tfp_status fields_list(struct fields *r, const json_t *j, const char *key, size_t element, void *array, size_t *n)
{
    *n = 0;
    if (!json_is_array(j)) return fields_wrong(r, key, "a list");
    *n = json_array_size(j);
    void *at = arena_alloc(r->arena, *n, element);
    memcpy(array, &at, sizeof at);
    return at ? TFP_OK : tfp_no_memory(r->ctx);
}

tfp_status fields_numbers(struct fields *r, const json_t *j, const char *key, const int64_t **out, size_t *n)
{
    int64_t *at = NULL;
    *n = 0;
    TFP_TRY(fields_list(r, j, key, sizeof *at, &at, n));
    for (size_t i = 0; i < *n; i++) {
        if (!json_is_integer(json_array_get(j, i))) return fields_wrong(r, key, "a list of whole numbers");
        at[i] = json_integer_value(json_array_get(j, i));
    }
    *out = at;
    return TFP_OK;
}

tfp_status fields_int32s(struct fields *r, const json_t *j, const char *key, int32_t **out, size_t *n)
{
    *n = 0;
    TFP_TRY(fields_list(r, j, key, sizeof **out, out, n));
    for (size_t i = 0; i < *n; i++) TFP_TRY(fields_int32(r, json_array_get(j, i), key, &(*out)[i]));
    return TFP_OK;
}

tfp_status fields_word(struct fields *r, const json_t *j, const char *key, const char *const *words, int n, int *out)
{
    const char *text = json_string_value(j);
    for (*out = 0; text && *out < n; ++*out)
        if (strcmp(words[*out], text) == 0) return TFP_OK;
    return fields_wrong(r, key, "another word");
}

static tfp_status take_dtype(struct fields *r, const json_t *j, tfp_dtype *out)
{
    const char *text = json_string_value(j);
    for (int d = TFP_FLOAT; text && d <= TFP_BFLOAT16; d++)
        if (strcmp(tfp_dtype_name((tfp_dtype)d), text) == 0) {
            *out = (tfp_dtype)d;
            return TFP_OK;
        }
    return fields_wrong(r, "dtype", "an element type by numpy's word");
}

static tfp_status take_dimension(struct fields *r, const json_t *j, int64_t *dim, const char **label)
{
    *dim = -1;
    if (json_is_null(j)) return TFP_OK;
    if (json_is_string(j)) return fields_string(r, j, "shape", label);
    if (!json_is_integer(j) || json_integer_value(j) < 0) return fields_wrong(r, "shape", "a list of sizes, labels or null");
    *dim = json_integer_value(j);
    return TFP_OK;
}

static tfp_status take_shape(struct fields *r, const json_t *j, struct tfp_tensor_info *out)
{
    size_t n = 0;
    int64_t *dims = NULL;
    out->rank = -1;
    if (json_is_null(j)) return TFP_OK;
    TFP_TRY(fields_list(r, j, "shape", sizeof *dims, &dims, &n));
    const char **labels = ARENA_ARRAY(r->arena, const char *, n);
    if (n > TFP_MAX_RANK) return fields_wrong(r, "shape", "at most 16 dimensions");
    if (!labels) return tfp_no_memory(r->ctx);
    for (size_t k = 0; k < n; k++) TFP_TRY(take_dimension(r, json_array_get(j, k), &dims[k], &labels[k]));
    out->rank = (int32_t)n;
    out->dims = dims;
    out->labels = labels;
    return TFP_OK;
}

tfp_status fields_tensors(struct fields *r, const json_t *j, const char *key, const struct tfp_tensor_info **out, size_t *n)
{
    struct tfp_tensor_info *infos = NULL;
    *n = 0;
    r->place[0] = '\0';
    TFP_TRY(fields_list(r, j, key, sizeof *infos, &infos, n));
    for (size_t i = 0; i < *n; i++) {
        const json_t *item = json_array_get(j, i);
        snprintf(r->place, sizeof r->place, "%s[%zu]", key, i);
        TFP_TRY(fields_string(r, json_object_get(item, "name"), "name", &infos[i].name));
        TFP_TRY(take_dtype(r, json_object_get(item, "dtype"), &infos[i].dtype));
        TFP_TRY(take_shape(r, json_object_get(item, "shape"), &infos[i]));
    }
    *out = infos;
    return TFP_OK;
}
