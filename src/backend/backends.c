/* The list of backends. A new one is one file that exports one `const struct backend`, and one name here. */
#include "backend/backend.h"

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
