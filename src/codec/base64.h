/* Base64 (RFC 4648) with line breaks anywhere, as MIME and Python's base64 codec write it. */
#ifndef TFP_CODEC_BASE64_H
#define TFP_CODEC_BASE64_H

#include "base/bytes.h"

/* Decodes into `out`, which has room for 3/4 of the text; *n bytes. False: the text is not base64. */
bool base64_decode(struct bytes text, char *out, size_t *n);

/* The web-safe form (RFC 4648, 5: - and _ for + and /) as TensorFlow's ops have it: no line breaks, padding or none. */
size_t base64_encoded(size_t n, bool pad); /* characters for n bytes */
void base64_encode_web(struct bytes b, bool pad, char *out);
/* Decodes into `out`, which has room for 3/4 of the text, rounded up. */
bool base64_decode_web(struct bytes text, char *out, size_t *n);

#endif
