/* The model.json of a TensorFlow.js model, beside files of a few bytes: its arrays whole and in boxes, and the model by either
 * frontend. */
#include "checkpoint_files.h"
#include "model_sources.h"

extern const struct frontend tensorflow_js, keras_js;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char fine[] = "\0\0\0\100\0\0\100\100\0\0\0\77\0\0\200\277", words[] = "\3\0\0\0red\0\0\0\0\5\0\0\0\7\0\0\0\1\0\0\0";
    struct tfp_model_options options = TFP_INIT(options);
    char path[128], file[128];
    write_checkpoint_file("fine.bin", fine, sizeof fine - 1, file, sizeof file);
    write_checkpoint_file("words.bin", words, sizeof words - 1, file, sizeof file);
    write_checkpoint_file("model.json", data, n, path, sizeof path);
    check_checkpoint(path);
    try_model(&tensorflow_js, path, data, n, &options);
    try_model(&keras_js, path, data, n, &options);
    return 0;
}
