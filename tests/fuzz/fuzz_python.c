/* The code of a Python function, as a Lambda layer's: decoded, followed and lowered, with a default and a closure. */
#include "model_sources.h"

#include "base/text.h"

extern const struct frontend keras_json;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void add_base64(struct text *t, const uint8_t *data, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t bits = (uint32_t)data[i] << 16;
        if (i + 1 < n) bits |= (uint32_t)data[i + 1] << 8;
        if (i + 2 < n) bits |= data[i + 2];
        char four[4] = { digits[bits >> 18], digits[bits >> 12 & 63], '=', '=' };
        if (i + 1 < n) four[2] = digits[bits >> 6 & 63];
        if (i + 2 < n) four[3] = digits[bits & 63];
        text_add_bytes(t, four, 4);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct tfp_model_options options = TFP_INIT(options);
    struct text model = { 0 };
    text_add(&model, "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"m\", \"layers\": [{\"class_name\": \"Lambda\", "
                     "\"config\": {\"name\": \"f\", \"batch_input_shape\": [null, 4, 6], \"function_type\": \"lambda\", "
                     "\"function\": [\"");
    add_base64(&model, data, n);
    text_add(&model, "\", [1.5], [2.0]], \"arguments\": {\"a\": 3}}}]}}");
    if (!model.failed) try_model(&keras_json, "model.json", model.at, model.n, &options);
    text_free(&model);
    return 0;
}
