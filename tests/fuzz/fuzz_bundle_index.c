/* The index of a checkpoint of version 2, over a data file that is always the same: the input is the table's pairs. */
#include "checkpoint_files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static char path[128];
    uint8_t fixed[256];
    struct text file = { 0 };
    for (size_t i = 0; i < sizeof fixed; i++) fixed[i] = (uint8_t)(i < 64 ? i & 1 : i); /* bools, then anything */
    if (!path[0]) write_checkpoint_file("x.data-00000-of-00001", fixed, sizeof fixed, path, sizeof path);
    table_of_pairs(data, n, &file);
    write_checkpoint_file("x.index", file.at, file.n, path, sizeof path);
    check_checkpoint(path);
    text_free(&file);
    return 0;
}
