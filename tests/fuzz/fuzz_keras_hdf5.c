/* An HDF5 file of Keras: attributes, groups and data sets as they are found by the model's configuration. */
#include "model_sources.h"

extern const struct frontend keras_hdf5;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct tfp_model_options options = TFP_INIT(options);
    try_model(&keras_hdf5, "model.h5", data, n, &options);
    return 0;
}
