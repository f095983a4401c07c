/* bundle.json. What decodes is encoded again and must decode to the same text. */
#include "api/bundle_file.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool decode(const char *where, struct bytes json, struct text *out)
{
    struct tfp_context ctx = { 0 };
    struct tfp_parts *p = calloc(1, sizeof *p);
    if (!p) abort();
    const bool decoded = bundle_json_decode(&ctx, where, json, p) == TFP_OK;
    if (decoded && bundle_json_encode(&ctx, p, out) != TFP_OK) abort();
    tfp_parts_destroy(p);
    return decoded;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct text first = { 0 }, second = { 0 };
    if (decode("x", (struct bytes){ (const char *)data, n }, &first)) {
        if (!decode("y", (struct bytes){ first.at, first.n }, &second)) abort();
        if (first.n != second.n || memcmp(first.at, second.at, first.n) != 0) abort();
    }
    text_free(&first);
    text_free(&second);
    return 0;
}
