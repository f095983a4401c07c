/* What tells of an engine: alone as JSON, or in a bundle. What decodes is encoded again and must decode to the same
 * text. */
#include "backend/tensorrt/plan_file.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct tfp_context ctx = { 0 };
    struct arena arena = { 0 };
    struct plan_info info;
    struct bytes json = { (const char *)data, n }, plan = { 0 };
    if (plan_is_bundle(json) && plan_bundle_open(&ctx, "x", json, &json, &plan) != TFP_OK) return 0;
    if (plan_json_decode(&ctx, &arena, "x", json, plan, &info) == TFP_OK) {
        struct text first = { 0 }, second = { 0 };
        if (plan_json_encode(&ctx, &info, plan, &first) != TFP_OK) abort();
        if (plan_json_decode(&ctx, &arena, "y", (struct bytes){ first.at, first.n }, plan, &info) != TFP_OK) abort();
        if (plan_json_encode(&ctx, &info, plan, &second) != TFP_OK) abort();
        if (first.n != second.n || memcmp(first.at, second.at, first.n) != 0) abort();
        text_free(&first);
        text_free(&second);
    }
    arena_free(&arena);
    return 0;
}
