/* What a Triton server hands the backend: a model's configuration as JSON, and text as KServe packs it, which must come out as it
 * went in. The first byte says which. */
#include "triton/triton_serve.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void read_settings(const char *json, size_t n)
{
    struct settings s;
    TRITONSERVER_ErrorDelete(settings_read(json, n, "/nowhere/1", &s));
    settings_free(&s);
}

static void read_strings(const char *at, size_t n)
{
    struct tfp_string strings[64];
    char out[4096];
    for (size_t k = 0; k < 64; k++) {
        if (!strings_decode(at, n, k, strings)) continue;
        if (strings_size(strings, k) != n) abort();
        if (n > sizeof out) return;
        strings_encode(strings, k, out);
        if (n && memcmp(at, out, n) != 0) abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (!n) return 0;
    if (data[0] == 's') read_strings((const char *)data + 1, n - 1);
    else read_settings((const char *)data, n);
    return 0;
}
