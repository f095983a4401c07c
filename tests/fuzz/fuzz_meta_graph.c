/* A MetaGraph, binary or text, with a checkpoint beside it, with its moving averages, and with none. */
#include "model_sources.h"

extern const struct frontend tensorflow_meta_graph;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char with_checkpoint[] = TEST_DATA "/variables/model.ckpt.meta";
    struct tfp_model_options options = TFP_INIT(options), averages = TFP_INIT(averages), given = TFP_INIT(given);
    averages.moving_averages = true;
    given.weights = TEST_DATA "/saved_models/variables/variables";
    try_model(&tensorflow_meta_graph, with_checkpoint, data, n, &options);
    try_model(&tensorflow_meta_graph, with_checkpoint, data, n, &averages);
    try_model(&tensorflow_meta_graph, TEST_DATA "/alone.meta", data, n, &options);
    try_model(&tensorflow_meta_graph, TEST_DATA "/alone.meta", data, n, &given);
    return 0;
}
