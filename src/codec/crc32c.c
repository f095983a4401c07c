/* CRC-32C with the processor's instruction, or in software. There is no table that has to be made first and shared. */
#include "codec/crc32c.h"

#include "base/bytes.h"

/* -- in software --------------------------------------------------------------------------------------------------- */

/* What four bits do to the register: the reflected polynomial 0x82f63b78 stepped four times from 0 to 15. */
static const uint32_t nibbles[16] = {
    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
    0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

/* Above this many bytes, making the larger tables costs less than they save. */
enum { LONG = 4096 };

static uint32_t add_byte(uint32_t crc, uint8_t byte)
{
    crc ^= byte;
    crc = crc >> 4 ^ nibbles[crc & 15];
    return crc >> 4 ^ nibbles[crc & 15];
}

/* Eight bytes a step: tables[k][b] is what byte b does with k bytes behind it. */
static uint32_t add_eights(uint32_t crc, struct cursor *c)
{
    uint32_t tables[8][256], low = 0, high = 0;
    for (uint32_t b = 0; b < 256; b++) {
        tables[0][b] = add_byte(0, (uint8_t)b);
        for (int k = 1; k < 8; k++) tables[k][b] = add_byte(tables[k - 1][b], 0);
    }
    while (cursor_left(c) >= 8) {
        cursor_le32(c, &low);
        cursor_le32(c, &high);
        low ^= crc;
        crc = tables[7][low & 255] ^ tables[6][low >> 8 & 255] ^ tables[5][low >> 16 & 255] ^ tables[4][low >> 24] ^
              tables[3][high & 255] ^ tables[2][high >> 8 & 255] ^ tables[1][high >> 16 & 255] ^ tables[0][high >> 24];
    }
    return crc;
}

uint32_t crc32c_by_table(uint32_t crc, const void *at, size_t n)
{
    struct cursor c = cursor_of(at, n);
    uint8_t byte;
    crc = ~crc;
    if (n >= LONG) crc = add_eights(crc, &c);
    while (cursor_u8(&c, &byte)) crc = add_byte(crc, byte);
    return ~crc;
}

/* -- with the instruction ------------------------------------------------------------------------------------------ */

#if defined(__x86_64__)

#include <nmmintrin.h>

/* Three streams side by side hide the instruction's latency of three cycles. A stream's register is then moved behind
 * the next stream's bytes: bit b of it becomes behind_zeros[b] after STREAM bytes of zeros. */
enum { STREAM = 4096 };
static const uint32_t behind_zeros[32] = {
    0xc2a5b65e, 0x80a71a4d, 0x04a2426b, 0x094484d6, 0x128909ac, 0x25121358, 0x4a2426b0, 0x94484d60,
    0x2d7cec31, 0x5af9d862, 0xb5f3b0c4, 0x6e0b1779, 0xdc162ef2, 0xbdc02b15, 0x7e6c20db, 0xfcd841b6,
    0xfc5cf59d, 0xfd559dcb, 0xff474d67, 0xfb62ec3f, 0xf329ae8f, 0xe3bf2bef, 0xc292212f, 0x80c834af,
    0x047c1faf, 0x08f83f5e, 0x11f07ebc, 0x23e0fd78, 0x47c1faf0, 0x8f83f5e0, 0x1aeb9d31, 0x35d73a62,
};

static uint32_t move_behind(uint32_t crc)
{
    uint32_t moved = 0;
    for (; crc; crc &= crc - 1) moved ^= behind_zeros[__builtin_ctz(crc)];
    return moved;
}

__attribute__((target("sse4.2"))) static uint32_t add_streams(uint32_t crc, const uint8_t *at)
{
    uint64_t a = crc, b = 0, c = 0, x, y, z;
    for (int i = 0; i < STREAM; i += 8) {
        memcpy(&x, at + i, 8);
        memcpy(&y, at + STREAM + i, 8);
        memcpy(&z, at + 2 * STREAM + i, 8);
        a = _mm_crc32_u64(a, x);
        b = _mm_crc32_u64(b, y);
        c = _mm_crc32_u64(c, z);
    }
    return move_behind(move_behind((uint32_t)a) ^ (uint32_t)b) ^ (uint32_t)c;
}

__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t crc, const uint8_t *at, size_t n)
{
    uint64_t wide, word;
    crc = ~crc;
    for (; n >= 3 * STREAM; n -= 3 * STREAM, at += 3 * STREAM) crc = add_streams(crc, at);
    for (wide = crc; n >= 8; n -= 8, at += 8) {
        memcpy(&word, at, 8);
        wide = _mm_crc32_u64(wide, word);
    }
    for (crc = (uint32_t)wide; n; n--) crc = _mm_crc32_u8(crc, *at++);
    return ~crc;
}

uint32_t crc32c(uint32_t crc, const void *at, size_t n)
{
    return __builtin_cpu_supports("sse4.2") ? by_instruction(crc, at, n) : crc32c_by_table(crc, at, n);
}

#else

uint32_t crc32c(uint32_t crc, const void *at, size_t n)
{
    return crc32c_by_table(crc, at, n);
}

#endif
