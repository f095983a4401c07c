/* The list of backends. A new one is one file that exports one `const struct backend`, and one name here. And
 * what they share. */
#include "backend/backend.h"

#include <stdio.h>
#include <string.h>

#define BACKENDS(X) X(backend_cpu) X(backend_onnxruntime) X(backend_tensorrt) X(backend_tensorflow)

#define DECLARE(name) extern const struct backend name;
BACKENDS(DECLARE)
#undef DECLARE
#define ROW(name) &name,
static const struct backend *const backends[] = { BACKENDS(ROW) };
#undef ROW

const struct backend *backend_at(size_t i)
{
    return i < sizeof backends / sizeof backends[0] ? backends[i] : NULL;
}

const struct backend *backend_find(const char *name)
{
    for (size_t i = 0; i < sizeof backends / sizeof backends[0]; i++)
        if (strcmp(backends[i]->name, name) == 0) return backends[i];
    return NULL;
}

const char *backend_names(char *room, size_t n)
{
    size_t at = 0;
    room[0] = '\0';
    for (size_t i = 0; backend_at(i) && at < n; i++)
        at += (size_t)snprintf(room + at, n - at, "%s%s", i ? ", " : "", backend_at(i)->name);
    return room;
}

tfp_status backend_check_room(struct tfp_context *ctx, const char *name, const struct tfp_tensor *out, size_t need)
{
    if (!out->data || out->size >= need) return TFP_OK;
    return tfp_fail(ctx, TFP_E_USAGE, "output %s: %zu bytes were given, %zu are needed", name, out->size, need);
}

tfp_status backend_give(struct tfp_context *ctx, const char *name, const struct tfp_tensor *from, struct tfp_tensor *out)
{
    void *room = out->data;
    TFP_TRY(backend_check_room(ctx, name, out, from->size));
    if (room && from->size) memcpy(room, from->data, from->size);
    *out = *from;
    if (room) out->data = room;
    return TFP_OK;
}
