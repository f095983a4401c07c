/* Two polynomials over the integers modulo 2^61 - 1 with the bytes' 32-bit words as coefficients, each at a point of its
 * own: two inputs of n words agree in one of them for at most n of 2^61 points. Sixteen bytes a step, so that products do
 * not wait for one another. */
#include "base/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

#define MODULUS ((UINT64_C(1) << 61) - 1)

static uint64_t reduce(wide x)
{
    const uint64_t once = ((uint64_t)x & MODULUS) + (uint64_t)(x >> 61);
    return (once & MODULUS) + (once >> 61); /* below 2^61 + 4 */
}

static uint64_t times(uint64_t a, uint64_t b)
{
    return reduce((wide)a * b);
}

static uint64_t step(uint64_t sum, const uint32_t words[4], const uint64_t powers[4])
{
    return reduce((wide)sum * powers[3] + (wide)words[0] * powers[2] + (wide)words[1] * powers[1] + (wide)words[2] * powers[0] +
                  words[3]);
}

static void add_blocks(uint64_t sums[2], const char *at, size_t blocks)
{
    static const uint64_t points[2] = { 0x13c6ef372fe94f83, 0x0a4093822299f31d };
    uint64_t powers[2][4];
    for (int p = 0; p < 2; p++) {
        powers[p][0] = points[p];
        for (int k = 1; k < 4; k++) powers[p][k] = times(powers[p][k - 1], points[p]);
    }
    uint64_t first = sums[0], second = sums[1];
    for (; blocks > 0; blocks--, at += 16) {
        uint32_t words[4];
        memcpy(words, at, sizeof words);
        first = step(first, words, powers[0]);
        second = step(second, words, powers[1]);
    }
    sums[0] = first;
    sums[1] = second;
}

void digest_add(struct digest *d, const void *at, size_t n)
{
    char block[16] = { 0 };
    const uint64_t length = n;
    memcpy(block, &length, sizeof length);
    block[15] = 1; /* a length of 0 counts, too */
    add_blocks(d->sums, block, 1);
    add_blocks(d->sums, at, n / 16);
    if (n % 16 == 0) return;
    memset(block, 0, sizeof block);
    memcpy(block, (const char *)at + n / 16 * 16, n % 16);
    add_blocks(d->sums, block, 1);
}

void digest_add_number(struct digest *d, int64_t n)
{
    digest_add(d, &n, sizeof n);
}

void digest_add_string(struct digest *d, const char *s)
{
    digest_add_number(d, s != NULL);
    if (s) digest_add(d, s, strlen(s));
}

void digest_text(const struct digest *d, char room[DIGEST_TEXT])
{
    snprintf(room, DIGEST_TEXT, "%016" PRIx64 "%016" PRIx64, d->sums[0] % MODULUS, d->sums[1] % MODULUS);
}
