/* CRC-32C (Castagnoli polynomial 0x1EDC6F41, reflected, all ones before and after), as RFC 3720 B.4 tests it. */
#ifndef TFP_CODEC_CRC32C_H
#define TFP_CODEC_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* The sum of what `crc` was the sum of (0: nothing) followed by n bytes. */
uint32_t crc32c(uint32_t crc, const void *at, size_t n);
/* The same without the processor's instruction, for processors that lack it and for tests. */
uint32_t crc32c_by_table(uint32_t crc, const void *at, size_t n);

/* Tables and bundles store sums masked - rotated right by 15 bits, plus a constant - so that data which holds sums of
 * its own can be summed soundly (tensorflow/core/lib/hash/crc32c.h). */
static inline uint32_t crc32c_mask(uint32_t crc)
{
    return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

#endif
