/* Compressed bytes of a size that is not told before, by zlib: whole streams of zlib (RFC 1950) and gzip (RFC 1952; several behind
 * one another are one). */
#ifndef TFP_CODEC_DEFLATE_H
#define TFP_CODEC_DEFLATE_H

#include "base/bytes.h"

enum deflate_form { DEFLATE_ZLIB, DEFLATE_GZIP };
enum deflate_result { DEFLATE_OK, DEFLATE_DAMAGED, DEFLATE_NO_MEMORY };

/* `put` gets the expanded bytes, piece by piece, and returns false where its memory is out. */
enum deflate_result deflate_expand(struct bytes in, enum deflate_form form, bool (*put)(void *user, struct bytes b), void *user);

#endif
