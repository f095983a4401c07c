/* A TensorFlow Lite file: its tables, constants, subgraphs, signatures, and the graph that it becomes. */
#include "model_sources.h"

extern const struct frontend tensorflow_lite;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct tfp_model_options options = TFP_INIT(options);
    try_model(&tensorflow_lite, "model.tflite", data, n, &options);
    return 0;
}
