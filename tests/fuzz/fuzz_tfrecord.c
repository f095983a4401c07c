/* Records lie inside the file, one behind the other, and a file that is packed is unpacked to an end. */
#include "codec/deflate.h"
#include "codec/tfrecord.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { MOST = 1 << 24 }; /* bytes to unpack */

static bool count(void *user, struct bytes b)
{
    size_t *left = user;
    if (b.n > *left) return false;
    *left -= b.n;
    return true;
}

static void read_all(struct bytes file)
{
    struct tfp_context ctx = { 0 };
    struct tfrecord_reader r = tfrecord_begin(file);
    struct bytes record;
    bool end = false;
    const char *least = file.at;
    while (tfrecord_next(&ctx, "file", &r, &record, &end) == TFP_OK && !end) {
        if (record.at < least || record.at + record.n > file.at + file.n) abort();
        least = record.at + record.n;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *copy = malloc(n + !n);
    size_t left = MOST;
    if (!copy) return 0;
    if (n) memcpy(copy, data, n);
    const struct bytes file = { copy, n };
    const enum tfrecord_packing packing = tfrecord_packing_of(file);
    if (packing != TFRECORD_PLAIN) deflate_expand(file, packing == TFRECORD_GZIP ? DEFLATE_GZIP : DEFLATE_ZLIB, count, &left);
    read_all(file);
    free(copy);
    return 0;
}
