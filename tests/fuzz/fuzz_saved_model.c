/* A saved_model.pb, binary or text, of TensorFlow 1 or 2, with the variables of both beside it and with none; each
 * signature, and the meta graph of other tags. */
#include "model_sources.h"

extern const struct frontend tensorflow_saved_model;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char with_variables[] = TEST_DATA "/saved_models/saved_model.pb";
    static const char *const tags[] = { "serve", "gpu" };
    struct tfp_model_options options = TFP_INIT(options), other = TFP_INIT(other);
    other.tags = tags;
    other.n_tags = 2;
    try_model(&tensorflow_saved_model, with_variables, data, n, &options);
    try_model(&tensorflow_saved_model, with_variables, data, n, &other);
    try_model(&tensorflow_saved_model, TEST_DATA "/saved_model.pb", data, n, &options);
    return 0;
}
