/* A table's block of snappy data reads as a block of what it unpacks to, or is refused where that is or where it cannot
 * be unpacked. The input is such data, and then what is to be packed. */
#include "checkpoint_files.h"
#include "codec/sstable.h"

#include <snappy-c.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { PLAIN = 0, SNAPPY = 1, LARGEST = 1 << 24 };

/* Sums up the pairs. */
static tfp_status see(void *user, struct bytes key, struct bytes value)
{
    uint64_t *sum = user;
    *sum = *sum * 31 + crc32c(crc32c(0, key.at, key.n), value.at, value.n) + value.n + 1;
    return TFP_OK;
}

/* A table of one block. */
static tfp_status read_block(int type, struct bytes block, uint64_t *sum)
{
    struct text data = { 0 }, file = { 0 };
    struct arena arena = { 0 };
    struct sstable *t;
    struct tfp_context ctx = { 0 };
    *sum = 0;
    if (block.n) text_add_bytes(&data, block.at, block.n);
    finish_table_of(&data, type, &file);
    tfp_status status = sstable_open(&ctx, &arena, "x", (struct bytes){ file.at, file.n }, true, &t);
    if (status == TFP_OK) status = sstable_each(&ctx, t, true, see, sum);
    arena_free(&arena);
    text_free(&file);
    return status;
}

static void compare(struct bytes packed, struct bytes plain)
{
    uint64_t sums[2];
    if (read_block(SNAPPY, packed, &sums[0]) != read_block(PLAIN, plain, &sums[1]) || sums[0] != sums[1]) abort();
}

static void unpack(struct bytes packed)
{
    size_t size = 0;
    uint64_t sum;
    if (snappy_uncompressed_length(packed.at, packed.n, &size) != SNAPPY_OK || size > LARGEST) {
        if (read_block(SNAPPY, packed, &sum) != TFP_E_FORMAT) abort();
        return;
    }
    char *plain = malloc(size + 1);
    if (!plain) return;
    if (snappy_uncompress(packed.at, packed.n, plain, &size) == SNAPPY_OK) compare(packed, (struct bytes){ plain, size });
    else if (read_block(SNAPPY, packed, &sum) != TFP_E_FORMAT) abort();
    free(plain);
}

static void pack(struct bytes plain)
{
    size_t size = snappy_max_compressed_length(plain.n);
    char *packed = malloc(size);
    if (!packed) return;
    if (snappy_compress(plain.at, plain.n, packed, &size) != SNAPPY_OK) abort();
    compare((struct bytes){ packed, size }, plain);
    free(packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct bytes input = { (const char *)data, n };
    unpack(input);
    pack(input);
    return 0;
}
