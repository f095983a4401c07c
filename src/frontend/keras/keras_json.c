/* JSON configurations: reading them, and members of layers' configurations with their kinds checked. */
#include "frontend/keras/keras.h"

#include <math.h>

/* -- reading ------------------------------------------------------------------------------------------------------- */

static const char *const words[] = { "-Infinity", "Infinity", "NaN" };

/* Copies text with the words of Python put into quotes; strings are left as they are. */
static void quote_words(struct bytes text, struct text *out)
{
    bool inside = false;
    size_t from = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (inside && text.at[i] == '\\') i++;
        else if (text.at[i] == '"') inside = !inside;
        for (size_t k = 0; !inside && k < sizeof words / sizeof words[0]; k++) {
            size_t n = strlen(words[k]);
            if (text.n - i < n || memcmp(text.at + i, words[k], n) != 0) continue;
            text_add_bytes(out, text.at + from, i - from);
            text_add(out, "\"%s\"", words[k]);
            i += n - 1;
            from = i + 1;
            break;
        }
    }
    if (from < text.n) text_add_bytes(out, text.at + from, text.n - from);
}

tfp_status keras_json_read(struct tfp_context *ctx, struct bytes text, json_t **out)
{
    json_error_t error;
    struct text quoted = { 0 };
    bool python = memmem(text.at, text.n, "NaN", 3) || memmem(text.at, text.n, "Infinity", 8);
    if (python) {
        quote_words(text, &quoted);
        if (quoted.failed) return text_free(&quoted), tfp_no_memory(ctx);
        text = (struct bytes){ quoted.at, quoted.n };
    }
    *out = json_loadb(text.at, text.n, JSON_ALLOW_NUL, &error);
    text_free(&quoted);
    if (*out) return TFP_OK;
    return tfp_fail(ctx, TFP_E_FORMAT, "the configuration is no JSON: %s, line %d", error.text, error.line);
}

/* -- values -------------------------------------------------------------------------------------------------------- */

const json_t *keras_get(const json_t *object, const char *key)
{
    const json_t *j = object ? json_object_get(object, key) : NULL;
    return json_is_null(j) ? NULL : j;
}

const char *keras_text(const json_t *object, const char *key)
{
    const json_t *j = keras_get(object, key);
    return json_is_string(j) ? json_string_value(j) : NULL;
}

bool keras_number(const json_t *j, double *out)
{
    if (json_is_object(j) && json_object_get(j, "value")) j = json_object_get(j, "value");
    if (json_is_array(j) && json_array_size(j) == 1) j = json_array_get(j, 0);
    if (json_is_number(j)) *out = json_number_value(j);
    else if (json_is_boolean(j)) *out = json_is_true(j);
    else if (!json_is_string(j)) return false;
    else if (strcmp(json_string_value(j), "NaN") == 0) *out = (double)NAN;
    else if (strcmp(json_string_value(j), "Infinity") == 0) *out = (double)INFINITY;
    else if (strcmp(json_string_value(j), "-Infinity") == 0) *out = -(double)INFINITY;
    else return false;
    return true;
}

bool keras_integer(const json_t *j, int64_t *out)
{
    double value;
    if (json_is_integer(j)) return *out = json_integer_value(j), true;
    if (!keras_number(j, &value) || value != floor(value) || fabs(value) > 9e15) return false;
    *out = (int64_t)value;
    return true;
}

/* -- members of a layer's configuration ---------------------------------------------------------------------------- */

static void wrong(struct keras_layer *l, const char *key)
{
    if (!l->fault) l->fault = key;
}

bool config_has(const struct keras_layer *l, const char *key)
{
    return keras_get(l->config, key) != NULL;
}

bool config_bool(struct keras_layer *l, const char *key, bool otherwise)
{
    const json_t *j = keras_get(l->config, key);
    double value = otherwise;
    if (j && !keras_number(j, &value)) wrong(l, key);
    return value != 0;
}

int64_t config_int(struct keras_layer *l, const char *key, int64_t otherwise)
{
    const json_t *j = keras_get(l->config, key);
    int64_t value = otherwise;
    if (j && !keras_integer(j, &value)) wrong(l, key);
    return value;
}

double config_float(struct keras_layer *l, const char *key, double otherwise)
{
    const json_t *j = keras_get(l->config, key);
    double value = otherwise;
    if (j && !keras_number(j, &value)) wrong(l, key);
    return value;
}

const char *config_text(struct keras_layer *l, const char *key, const char *otherwise)
{
    const json_t *j = keras_get(l->config, key);
    if (!j) return otherwise;
    if (json_is_string(j)) return json_string_value(j);
    wrong(l, key);
    return otherwise;
}

void config_ints(struct keras_layer *l, const char *key, int64_t otherwise, size_t n, int64_t *out)
{
    const json_t *j = keras_get(l->config, key);
    for (size_t i = 0; i < n; i++) out[i] = otherwise;
    if (!j) return;
    bool list = json_is_array(j);
    bool fits = !list || json_array_size(j) == n;
    for (size_t i = 0; fits && i < n; i++) fits = keras_integer(list ? json_array_get(j, i) : j, &out[i]);
    if (!fits) wrong(l, key);
}

int64_t config_list(struct keras_layer *l, const char *key, int64_t null, int64_t *out, size_t room)
{
    const json_t *j = keras_get(l->config, key);
    if (!j) return -1;
    if (!json_is_array(j)) {
        if (!room || !keras_integer(j, out)) wrong(l, key);
        return 1;
    }
    size_t n = json_array_size(j);
    if (n > room) return wrong(l, key), -1;
    for (size_t i = 0; i < n; i++) {
        const json_t *element = json_array_get(j, i);
        if (json_is_null(element)) out[i] = null;
        else if (!keras_integer(element, &out[i])) wrong(l, key);
    }
    return (int64_t)n;
}

bool config_channels_last(struct keras_layer *l)
{
    const char *format = config_text(l, "data_format", "channels_last");
    if (strcmp(format, "channels_last") != 0 && strcmp(format, "channels_first") != 0) wrong(l, "data_format");
    return strcmp(format, "channels_first") != 0;
}
