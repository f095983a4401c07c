/* A configuration of Keras as an architecture file: read, bound to no weights and to those of a file, lowered. */
#include "model_sources.h"

extern const struct frontend keras_json;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct tfp_model_options options = TFP_INIT(options), with_weights = TFP_INIT(with_weights);
    with_weights.weights = TEST_DATA "/../hostile/keras/weights_only.h5";
    try_model(&keras_json, "model.json", data, n, &options);
    try_model(&keras_json, "model.json", data, n, &with_weights);
    return 0;
}
