/* FlexBuffers (flatbuffers.dev, "FlexBuffers"): values that tell their own types, the root at the end. Offsets are checked; what leads out
 * of the buffer, or is of another kind, is told as absent. */
#ifndef TFP_CODEC_FLEXBUFFER_H
#define TFP_CODEC_FLEXBUFFER_H

#include "base/bytes.h"

struct flex {
    struct bytes buffer;
    size_t at;   /* of the value or, for what is stored elsewhere, of its offset */
    size_t size; /* bytes of the value or the offset: 1, 2, 4, 8; 0: there is no value */
    uint8_t type; /* and the size of what is stored elsewhere, packed */
};

struct flex flex_root(struct bytes buffer);
/* Of a map; absent: size 0. */
struct flex flex_field(const struct flex *map, const char *key);
/* Of a vector; absent: size 0. */
struct flex flex_element(const struct flex *vector, size_t i);
bool flex_number(const struct flex *v, double *out); /* a number or a bool */
struct bytes flex_text(const struct flex *v);        /* a string or a blob; at NULL: neither */

#endif
