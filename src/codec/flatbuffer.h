/* FlatBuffers (flatbuffers.dev, "FlatBuffer internals"): tables read where they lie. Offsets are checked against the file; one that leads
 * out of it makes the file `broken`, which stays, and what was asked for is as if it were absent. So a reader asks for what it wants and
 * looks at `broken` at the end. Nothing here follows a chain of offsets: a reader's own depth limits cycles. */
#ifndef TFP_CODEC_FLATBUFFER_H
#define TFP_CODEC_FLATBUFFER_H

#include "base/bytes.h"

struct flatbuffer {
    struct bytes file;
    bool broken;
};

/* `in` NULL: an absent table, whose fields are all absent. */
struct flat_table {
    struct flatbuffer *in;
    size_t at, fields; /* of the table; of the offsets of its fields */
    size_t n_fields;
};

struct flat_vector {
    struct flatbuffer *in;
    size_t at, n; /* of the first element; elements */
    size_t size;  /* bytes of one */
};

/* Whether the file has this identifier, which stands behind the first offset. */
bool flat_is(struct bytes file, const char identifier[4]);
/* The file must live as long as what is read. */
struct flat_table flat_root(struct flatbuffer *f);

bool flat_has(const struct flat_table *t, unsigned field);
/* A number of `size` bytes (1, 2, 4, 8), signed or not. */
int64_t flat_signed(const struct flat_table *t, unsigned field, size_t size, int64_t otherwise);
uint64_t flat_unsigned(const struct flat_table *t, unsigned field, size_t size, uint64_t otherwise);
float flat_float(const struct flat_table *t, unsigned field, float otherwise);
struct flat_table flat_table_of(const struct flat_table *t, unsigned field);
/* `size`: bytes of an element; 4 for tables and strings. Absent: no elements. */
struct flat_vector flat_vector_of(const struct flat_table *t, unsigned field, size_t size);
/* A string, or a vector of bytes. Absent: at NULL. */
struct bytes flat_bytes(const struct flat_table *t, unsigned field);

/* Elements, i below n. */
int64_t flat_vector_signed(const struct flat_vector *v, size_t i);
float flat_vector_float(const struct flat_vector *v, size_t i); /* size 4 */
struct flat_table flat_vector_table(const struct flat_vector *v, size_t i);

#endif
