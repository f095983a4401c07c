/* JSON configurations: members of layers' configurations with their kinds checked. */
#include "frontend/keras/keras.h"

#include <math.h>

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
