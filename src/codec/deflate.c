#include "codec/deflate.h"

#include <limits.h>
#include <zlib.h>

enum { GZIP = 16 }; /* zlib's way to say so */

/* Takes what is left of `in` where zlib wants more. */
static void feed(z_stream *z, struct bytes *in)
{
    if (z->avail_in) return;
    z->next_in = (Bytef *)(uintptr_t)in->at;
    z->avail_in = in->n < UINT_MAX ? (uInt)in->n : UINT_MAX;
    *in = (struct bytes){ in->at + z->avail_in, in->n - z->avail_in };
}

static enum deflate_result expand(z_stream *z, struct bytes in, enum deflate_form form,
                                  bool (*put)(void *user, struct bytes b), void *user)
{
    char piece[1 << 14];
    for (;;) {
        feed(z, &in);
        z->next_out = (Bytef *)piece;
        z->avail_out = sizeof piece;
        const int code = inflate(z, Z_NO_FLUSH);
        const size_t n = sizeof piece - z->avail_out;
        if (code == Z_MEM_ERROR) return DEFLATE_NO_MEMORY;
        if (code != Z_OK && code != Z_STREAM_END) return DEFLATE_DAMAGED;
        if (n && !put(user, (struct bytes){ piece, n })) return DEFLATE_NO_MEMORY;
        if (code == Z_OK) continue;
        if (!z->avail_in && !in.n) return DEFLATE_OK;
        if (form != DEFLATE_GZIP || inflateReset(z) != Z_OK) return DEFLATE_DAMAGED;
    }
}

enum deflate_result deflate_expand(struct bytes in, enum deflate_form form, bool (*put)(void *user, struct bytes b), void *user)
{
    z_stream z = { .next_in = NULL };
    if (inflateInit2(&z, MAX_WBITS + (form == DEFLATE_GZIP ? GZIP : 0)) != Z_OK) return DEFLATE_NO_MEMORY;
    enum deflate_result result = expand(&z, in, form, put, user);
    inflateEnd(&z);
    return result;
}
