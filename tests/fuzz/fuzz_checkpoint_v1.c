/* A checkpoint of version 1: the input is the table's pairs. */
#include "checkpoint_files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char path[128];
    struct text file = { 0 };
    table_of_pairs(data, n, &file);
    write_checkpoint_file("x", file.at, file.n, path, sizeof path);
    check_checkpoint(path);
    text_free(&file);
    return 0;
}
