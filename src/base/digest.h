/* A fingerprint of bytes, 128 bits: tells apart what differs by chance. Who wants to can make two of the same. */
#ifndef TFP_BASE_DIGEST_H
#define TFP_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum { DIGEST_TEXT = 33 }; /* 32 digits and NUL */

struct digest { /* zeroed: of nothing */
    uint64_t sums[2];
};

/* The lengths count: "ab", "c" is not "a", "bc". */
void digest_add(struct digest *d, const void *at, size_t n);
void digest_add_number(struct digest *d, int64_t n);
void digest_add_string(struct digest *d, const char *s); /* NULL is not "" */
void digest_text(const struct digest *d, char room[DIGEST_TEXT]);

#endif
